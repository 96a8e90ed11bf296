//! The markets that the replay trades, and a snapshot's options as their series.

use protocol_api::exchange::QuoteLeg;
use sandbox::setup::{BTC, ETH};

use crate::data::snapshot::{Row, Side};
use crate::data::time::format_expiry;

/// A coin of the snapshots and its feed.
pub struct Feed {
    /// Coin symbol.
    pub coin: &'static str,
    /// Number.
    pub feed: u16,
}

/// Everything that is published.
pub const FEEDS: [Feed; 2] = [
    Feed {
        coin: "BTC",
        feed: BTC,
    },
    Feed {
        coin: "ETH",
        feed: ETH,
    },
];

/// What a price is counted in.
pub enum Ticks {
    /// So many to a USD: linear.
    PerUsd(f64),
    /// So many to a coin: inverse.
    PerCoin(f64),
}

/// A market on the chain.
pub struct Desk {
    /// Coin symbol of the snapshots.
    pub coin: &'static str,
    /// Its feed.
    pub feed: u16,
    /// Symbol of the market.
    pub market: &'static str,
    /// Its ticks.
    pub ticks: Ticks,
    /// USD between strikes.
    pub grid: f64,
}

/// Every market.
pub const DESKS: [Desk; 4] = [
    Desk {
        coin: "BTC",
        feed: BTC,
        market: "BTC_USDC",
        ticks: Ticks::PerUsd(2.0),
        grid: 100.0,
    },
    Desk {
        coin: "BTC",
        feed: BTC,
        market: "BTC",
        ticks: Ticks::PerCoin(10_000.0),
        grid: 100.0,
    },
    Desk {
        coin: "ETH",
        feed: ETH,
        market: "ETH_USDC",
        ticks: Ticks::PerUsd(20.0),
        grid: 5.0,
    },
    Desk {
        coin: "ETH",
        feed: ETH,
        market: "ETH",
        ticks: Ticks::PerCoin(10_000.0),
        grid: 5.0,
    },
];

impl Desk {
    /// A two-sided quote on our strike grid, near enough to the money to be somebody's business.
    pub fn trades(&self, row: &Row, side: Side) -> bool {
        row.instrument.side == side
            && row.bid.is_some()
            && row.ask.is_some()
            && row.instrument.strike % self.grid == 0.0
            && (0.02..0.9).contains(&row.delta.abs())
    }

    /// The option's name in this market.
    pub fn series(&self, row: &Row) -> String {
        let side = if row.instrument.side == Side::Call {
            'C'
        } else {
            'P'
        };
        let (expiry, strike) = (format_expiry(row.instrument.expiry), row.instrument.strike);
        format!("{}-{expiry}-{strike:.0}-{side}", self.market)
    }

    /// The maker's leg when the taker buys at the ask or sells at the bid.
    pub fn leg(&self, row: &Row, forward: f64, taker_buys: bool) -> QuoteLeg {
        let quoted = if taker_buys { row.ask } else { row.bid };
        let coins = quoted.unwrap_or(row.mark);
        let ticks = match self.ticks {
            Ticks::PerUsd(ticks) => coins * forward * ticks,
            Ticks::PerCoin(ticks) => coins * ticks,
        };
        QuoteLeg {
            series: self.series(row),
            ratio: if taker_buys { -1 } else { 1 },
            price: (ticks.round() as i64).max(1),
        }
    }
}
