//! Stored configuration.

use borsh::{BorshDeserialize, BorshSerialize};
use protocol_std::binary::Record;
use protocol_std::pause::Pause;
pub use protocol_std::timed::Timed;

use crate::core::cap::Cap;
use crate::error::EngineError;

/// Number of the next account.
#[derive(Clone, Debug, BorshSerialize, BorshDeserialize)]
pub(super) struct Next(pub u64);
impl Record for Next {
    const VERSION: u8 = 1;
}

/// A market's number.
#[derive(Clone, Debug, BorshSerialize, BorshDeserialize)]
pub(super) struct Number(pub u16);
impl Record for Number {
    const VERSION: u8 = 1;
}

/// Engine-wide parameters; shares and rates in `10^-18`.
#[derive(Clone, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub struct Params {
    /// Age from which a debt's collateral is for sale, seconds.
    pub debt_grace: u32,
    /// Interest on negative cash, simple per year.
    pub debt_rate: u128,
    /// Largest discount in a collateral sale.
    pub discount: u128,
    /// Seconds over which the discount grows.
    pub discount_ramp: u32,
    /// Fee for listing a series, base units of the quote coin.
    pub listing_fee: u128,
}

/// The part of a coin's record that may change; weights in `2^-16`.
#[derive(Clone, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub struct CoinTerms {
    /// Weight in the initial test.
    pub weight_initial: u32,
    /// Weight in the maintenance test.
    pub weight_maintenance: u32,
    /// Share of value lost in the depeg pricing.
    pub depeg: u32,
    /// Most the engine accepts, checked at deposit.
    pub cap: Cap,
    /// Sum of negative cash above which openings stop.
    pub debt_cap: u128,
}

/// A coin; its number is its place in [`Config::coins`].
#[derive(Clone, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub struct CoinRecord {
    /// Bank denomination.
    pub denom: String,
    /// The feed that prices it; `None`: the quote coin.
    pub underlying: Option<u16>,
    /// Base units per coin as a power of ten.
    pub decimals: u8,
    /// Weights and caps.
    pub terms: Timed<CoinTerms>,
}

/// The configuration.
#[derive(Clone, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub struct Config {
    /// The oracle adapter's address.
    pub oracle: String,
    /// May pause for a while.
    pub guardian: Option<String>,
    /// The account that collects fees.
    pub treasury: Option<u64>,
    /// The guardian's brake.
    pub pause: Pause,
    /// Parameters.
    pub params: Timed<Params>,
    /// How long a raised cap waits, and then grows, seconds. Fixed for the engine's life.
    pub cap_ramp: u32,
    /// Number of markets.
    pub markets: u16,
    /// Number of liquidation contracts there have been, the one of the day included.
    pub liquidators: u16,
    /// Coins by number, the quote coin first.
    pub coins: Vec<CoinRecord>,
    /// Authorised venues.
    pub venues: Vec<String>,
}
impl Record for Config {
    const VERSION: u8 = 1;
}

impl Config {
    /// The number of a coin.
    pub fn coin_id(&self, denom: &str) -> Option<u16> {
        self.coins
            .iter()
            .position(|coin| coin.denom == denom)?
            .try_into()
            .ok()
    }

    /// A coin by number.
    pub fn coin(&self, id: u16) -> Option<&CoinRecord> {
        self.coins.get(usize::from(id))
    }

    /// How much of a coin is accepted at `now`; nothing of an unknown one.
    pub fn cap(&self, id: u16, now: u64) -> Result<u128, EngineError> {
        self.coin(id)
            .map_or(Ok(0), |coin| coin.terms.at(now).cap.at(now, self.cap_ramp))
    }
}
