//! What the sandbox lists: two feeds, two coins beside the quote coin, four markets.

use cosmwasm_std::{Decimal, Uint64, Uint128};
use protocol_api::engine::{
    Calendar, CoinListing, CoinTerms, EngineParams, FixingTerms, LiquidationTerms, MarketListing,
    MarketParams, MarketStyle, QuoteCoin, Schedule,
};
use protocol_api::liquidation::{BidTerms, Terms};
use protocol_api::oracle::{
    AgePolicy, Driver, FeedKind, FeedPolicy, FeedTerms, FixingTerms as FeedFixing, Source,
};

use crate::keys::Signer;
use crate::plan::{Config, Feed};

/// Feed of BTC.
pub const BTC: u16 = 1;
/// Feed of ETH.
pub const ETH: u16 = 2;
/// The quote coin, 6 decimals.
pub const USDC: &str = "uusdc";
/// Bitcoin, 8 decimals.
pub const SAT: &str = "sat";
/// Ether, 9 decimals.
pub const GWEI: &str = "gwei";
/// Fraction bits of stored prices of both feeds.
pub const PRICE_BITS: u8 = 32;
/// Publishers, and how many of them must sign.
pub const PUBLISHERS: u8 = 7;
/// See [`PUBLISHERS`].
pub const THRESHOLD: u8 = 5;

/// A minute in buckets of five seconds: for a market that settles while one watches.
pub const SHORT_WINDOW: Window = Window {
    buckets: 12,
    bucket_seconds: 5,
};

/// How long fixings are observed.
#[derive(Clone, Copy, Debug)]
pub struct Window {
    /// Buckets before expiry.
    pub buckets: u8,
    /// Seconds per bucket.
    pub bucket_seconds: u8,
}

impl Window {
    /// How long it lasts.
    #[must_use]
    pub fn seconds(&self) -> u64 {
        u64::from(self.buckets) * u64::from(self.bucket_seconds)
    }
}

/// Half an hour in buckets of 30 seconds.
pub const WINDOW: Window = Window {
    buckets: 60,
    bucket_seconds: 30,
};

fn decimal(text: &str) -> Decimal {
    text.parse().expect("a decimal")
}

/// The publishers of the local network: keys that belong to names.
pub fn publishers() -> Vec<Signer> {
    let name = |index: u8| Signer::from_name(&format!("publisher {index}"));
    (0..PUBLISHERS).map(name).collect()
}

/// What the sandbox deploys: two feeds, their coins, a linear and an inverse market of each.
pub fn config(window: Window) -> Config {
    let feed = |(feed, symbol, price, low, high)| Feed {
        feed,
        terms: feed_terms(symbol, price, window),
        policy: feed_policy(low, high),
    };
    let markets = [("BTC", BTC), ("ETH", ETH)].map(|(symbol, feed)| {
        [
            linear(&format!("{symbol}_USDC"), feed, window),
            inverse(symbol, feed, window),
        ]
    });
    Config {
        salt: "optio".into(),
        guardian: None,
        signers: publishers().iter().map(Signer::public).collect(),
        threshold: THRESHOLD,
        params: engine_params(),
        // Stories and tests deposit at once.
        cap_ramp: 0,
        quote_coin: quote_coin(),
        liquidation: liquidation_terms(),
        feeds: [
            (BTC, "BTC", "90000", "100", "5000000"),
            (ETH, "ETH", "3000", "10", "1000000"),
        ]
        .map(feed)
        .to_vec(),
        coins: vec![coin(SAT, BTC, 8), coin(GWEI, ETH, 9)],
        markets: markets.concat(),
    }
}

/// The same for a market whose first expiry is minutes away: what a price may do in a day it does in one of them.
pub fn quick_config() -> Config {
    let mut config = config(SHORT_WINDOW);
    for feed in &mut config.feeds {
        feed.policy.slow_rate = decimal("0.001");
        feed.policy.jump = decimal("0.2");
    }
    config.liquidation = quick_liquidation_terms();
    config
}

/// What never changes of a feed.
pub fn feed_terms(symbol: &str, reference_price: &str, window: Window) -> FeedTerms {
    FeedTerms {
        kind: FeedKind::Market,
        symbol: symbol.into(),
        price_bits: PRICE_BITS,
        reference_price: decimal(reference_price),
        fixing: FeedFixing {
            buckets: window.buckets,
            bucket_seconds: window.bucket_seconds,
        },
    }
}

/// Five reported sources of three families.
pub fn feed_policy(min_price: &str, max_price: &str) -> FeedPolicy {
    let names = [
        ("alpha", 0),
        ("beta", 0),
        ("gamma", 1),
        ("delta", 1),
        ("epsilon", 2),
    ];
    let source = |(name, family): (&str, u8)| Source {
        name: name.into(),
        family,
        driver: Driver::Report {},
    };
    FeedPolicy {
        sources: names.map(source).to_vec(),
        min_sources: 3,
        min_price: decimal(min_price),
        max_price: decimal(max_price),
        source_age: 10,
        uncertain_above: decimal("0.01"),
        max_confidence: decimal("0.05"),
        jump: decimal("0.1"),
        slow_rate: decimal("0.0001"),
        ages: AgePolicy {
            aging: 10,
            stale: 60,
            dead: 300,
        },
        normal_vol: decimal("0.5"),
        max_regime: decimal("2"),
    }
}

/// The quote coin.
pub fn quote_coin() -> QuoteCoin {
    QuoteCoin {
        denom: USDC.into(),
        decimals: 6,
        cap: Uint128::new(1 << 99),
        debt_cap: Uint128::new(10_000_000_000_000),
    }
}

/// Engine-wide parameters.
pub fn engine_params() -> EngineParams {
    EngineParams {
        debt_grace: 86_400,
        debt_rate: decimal("0.05"),
        collateral_discount: decimal("0.05"),
        discount_ramp: 21_600,
        listing_fee: Uint128::zero(),
    }
}

/// Ten minutes to a fair reward, an hour to all of the margin; amounts in millionths of a dollar.
pub fn liquidation_terms() -> Terms {
    Terms {
        auction: LiquidationTerms {
            schedule: Schedule {
                start: -20_000,
                knee: 50_000,
                end: 1_000_000,
                knee_after: 600,
                end_after: 3_600,
            },
            target: 1_100_000,
            penalty: 10_000,
            dust: Uint128::new(100_000_000),
            tip: Uint128::new(5_000_000),
            chip: 2_000,
        },
        tail: 600,
        bids: BidTerms {
            slot: 10_000,
            wait: 300,
            most: 8,
            least_budget: Uint128::new(100_000_000),
        },
        backstop_reward: 20_000,
        nomination: 300,
    }
}

/// The shortest that the hard ranges allow: a minute to all of the margin, another for nominations.
pub fn quick_liquidation_terms() -> Terms {
    let mut terms = liquidation_terms();
    let schedule = &mut terms.auction.schedule;
    (schedule.knee_after, schedule.end_after) = (20, 60);
    terms.bids.wait = 10;
    (terms.tail, terms.nomination) = (120, 60);
    terms
}

/// A collateral coin of 90 % initial and 95 % maintenance weight.
pub fn coin(denom: &str, underlying: u16, decimals: u8) -> CoinListing {
    CoinListing {
        denom: denom.into(),
        underlying,
        decimals,
        terms: CoinTerms {
            weight_initial: decimal("0.9"),
            weight_maintenance: decimal("0.95"),
            depeg: Decimal::zero(),
            cap: Uint128::new(1 << 99),
            debt_cap: Uint128::new(10_000_000_000_000),
        },
    }
}

/// The linear market of a feed, settled in the quote coin.
pub fn linear(symbol: &str, underlying: u16, window: Window) -> MarketListing {
    let (unit, tick, step) = if underlying == BTC {
        ("0.01", "0.5", "100")
    } else {
        ("0.1", "0.05", "5")
    };
    MarketListing {
        symbol: symbol.into(),
        underlying,
        settle_denom: USDC.into(),
        style: MarketStyle::Linear,
        unit: decimal(unit),
        tick: decimal(tick),
        strike_step: decimal(step),
        digital_payout: decimal("1000"),
        calendar: Calendar::default(),
        fixing: FixingTerms {
            buckets: window.buckets.into(),
            bucket_seconds: window.bucket_seconds.into(),
        },
        params: market_params(),
    }
}

/// The inverse market of a feed, settled in the underlying itself.
pub fn inverse(symbol: &str, underlying: u16, window: Window) -> MarketListing {
    let denom = if underlying == BTC { SAT } else { GWEI };
    MarketListing {
        settle_denom: denom.into(),
        style: MarketStyle::Inverse,
        tick: decimal("0.0001"),
        ..linear(symbol, underlying, window)
    }
}

fn market_params() -> MarketParams {
    MarketParams {
        maker_rate: decimal("0.0001"),
        taker_rate: decimal("0.0003"),
        fee_premium_cap: decimal("0.125"),
        series_cap: Uint64::new(10_000_000_000),
        expiry_series: 500,
        open: true,
    }
}
