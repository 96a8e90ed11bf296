//! Stored markets, expiries and series.

use std::io::{Read, Result, Write};

use borsh::{BorshDeserialize, BorshSerialize};
use fixed_math::Fx;
use protocol_std::binary::Record;
use risk::{MarketTerms, Style};

use super::codec::{read_int, read_uint, write_int, write_uint};
use super::config::Timed;

/// The part of a market that may change; rates and shares in `10^-18`.
#[derive(Clone, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub struct MarketParams {
    /// Maker's fee as a share of the index.
    pub maker_rate: u128,
    /// Taker's fee as a share of the index.
    pub taker_rate: u128,
    /// Cap of both as a share of the premium.
    pub premium_cap: u128,
    /// Most open interest in one series.
    pub series_cap: u64,
    /// Most series in one expiry.
    pub expiry_series: u16,
    /// False: no new series, only reducing fills.
    pub open: bool,
}

/// A market. All but `params` never changes.
#[derive(Clone, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub struct Market {
    /// Unique symbol.
    pub symbol: String,
    /// The feed that settles it.
    pub underlying: u16,
    /// The coin it settles in.
    pub settle_coin: u16,
    /// Settles in the underlying itself.
    pub inverse: bool,
    /// Base units per quantity unit per 1.0 of price.
    pub multiplier: u64,
    /// Base units per quantity unit per tick.
    pub tick_value: u64,
    /// Strike grid, `2^-64` USD.
    pub strike_step: i128,
    /// What a digital pays per underlying, `2^-64` USD.
    pub digital_payout: i128,
    /// Underlying per quantity unit, `10^-18` (shown in queries only).
    pub unit: u128,
    /// Price tick, `10^-18` (shown in queries only).
    pub tick: u128,
    /// Seconds after midnight UTC of calendar expiries.
    pub calendar_at: u32,
    /// Days, weeks, months and quarters ahead that may be listed.
    pub calendar: [u16; 4],
    /// Buckets and seconds per bucket of the fixing.
    pub fixing: (u16, u16),
    /// Fees and caps.
    pub params: Timed<MarketParams>,
}
impl Record for Market {
    const VERSION: u8 = 1;
}

impl Market {
    /// The market as margin sees it.
    pub const fn terms(&self, id: u16) -> MarketTerms {
        MarketTerms {
            id,
            underlying: self.underlying,
            settle_coin: self.settle_coin,
            style: if self.inverse {
                Style::Inverse
            } else {
                Style::Linear
            },
            multiplier: self.multiplier,
            tick_value: self.tick_value,
            strike_step: Fx::from_bits(self.strike_step),
            digital_payout: Fx::from_bits(self.digital_payout),
        }
    }
}

/// An expiry of a market.
#[derive(Clone, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub struct Expiry {
    /// Series listed.
    pub series: u16,
    /// Buckets and seconds per bucket of the fixing.
    pub fixing: (u16, u16),
    /// Reference price of its future as a count of strike steps, once listed.
    pub future: Option<u32>,
    /// Settlement price, `2^-64` USD, once fixed.
    pub price: Option<i128>,
}
impl Record for Expiry {
    const VERSION: u8 = 1;
}

/// A series whose payoff is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Settled {
    /// Base units of the settlement coin per quantity unit.
    pub payoff: i128,
    /// Net quantity not yet settled.
    pub net: i64,
}

impl Settled {
    /// What those who are not yet settled owe to those who are, base units.
    pub fn uncollected(&self) -> u128 {
        let due = self.payoff.saturating_mul(self.net.into());
        due.min(0).unsigned_abs()
    }
}

/// A listed series. Small, because every fill writes it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Series {
    /// Sum of long quantities.
    pub open: u64,
    /// Its payoff, from the first settlement on.
    pub settled: Option<Settled>,
}
impl Record for Series {
    const VERSION: u8 = 1;
}

impl BorshSerialize for Series {
    fn serialize<W: Write>(&self, writer: &mut W) -> Result<()> {
        let head = (u128::from(self.open) << 1) | u128::from(self.settled.is_some());
        write_uint(head, writer)?;
        if let Some(settled) = &self.settled {
            write_int(settled.payoff, writer)?;
            write_int(settled.net.into(), writer)?;
        }
        Ok(())
    }
}

impl BorshDeserialize for Series {
    fn deserialize_reader<R: Read>(reader: &mut R) -> Result<Self> {
        let invalid = |_| std::io::Error::new(std::io::ErrorKind::InvalidData, "malformed record");
        let head = read_uint(reader)?;
        let open = u64::try_from(head >> 1).map_err(invalid)?;
        let settled = if head & 1 == 0 {
            None
        } else {
            let payoff = read_int(reader)?;
            Some(Settled {
                payoff,
                net: i64::try_from(read_int(reader)?).map_err(invalid)?,
            })
        };
        Ok(Self { open, settled })
    }
}
