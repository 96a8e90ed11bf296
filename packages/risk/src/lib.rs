//! Portfolio margin as a worst price, and the settlement fixing ladder.
//!
//! The road of a margin: [`assess()`] takes a [`Book`] apart into one holding per underlying (`build`: legs netted by expiry,
//! `net`, `expiry`), prices each holding in every pricing of its set (`scenario`, `smile`, `pin`, `window`, `expired`; `price`),
//! and takes the lowest over the underlyings together (`joint`, `phantom`) and apart.
//!
//! | module | what it gives |
//! |---|---|
//! | `book`, `series`, `market`, `coin`, `state`, `context` | what is asked: legs and cash, their terms, the prices |
//! | `profile`, `scenario`, `smile` | the set of pricings, as data |
//! | `net`, `expiry`, `expired`, `window`, `pin`, `term` | one expiry: netted, live, settling, in its window, on its last day, between dates |
//! | `cash`, `coin_weights`, `fine` | coins and their weights; sums in units of `2^-32` |
//! | `assess`, `price`, `joint`, `phantom` | the lowest price |
//! | `covered`, `loss`, `reducing`, `vega` | what needs no scenario, or is no margin |
//! | `explain` | which pricing decides, and what each leg is worth in it |
//! | [`fixing`] | the ladder that settles every expiry |
//! | [`liquidation`] | slices, closings, insurance and haircuts of accounts below maintenance |

mod assess;
mod book;
mod build;
mod cash;
mod coin;
mod coin_weights;
mod context;
mod covered;
mod error;
mod expired;
mod expiry;
mod explain;
mod fine;
pub mod fixing;
mod joint;
pub mod liquidation;
mod loss;
mod market;
pub mod name;
mod net;
mod phantom;
mod pin;
mod price;
mod profile;
mod reducing;
mod scenario;
mod series;
mod smile;
mod state;
mod term;
mod vega;
mod window;

pub use assess::{Assessment, Level, MAX_GROSS, PricingId, Row, VolMove, Worst, assess};
pub use book::{Book, Leg, MAX_LEGS, MAX_QUANTITY};
pub use coin::{Coin, CoinId, Feed, MAX_SCALE, QUOTE_COIN, WEIGHT_ONE};
pub use context::{Beta, BetaEntry, Context, Underlying};
pub use covered::{CoveredPath, covered, is_covered};
pub use error::RiskError;
pub use explain::{Explanation, LegValue, UnitValues, explain, unit_values};
pub use loss::max_loss;
pub use market::{MAX_PRICE_LOG2, MAX_UNIT_VALUE, MarketTerms};
pub use pricing::payoff::{Kind, Style};
pub use profile::{BPS_ONE, Profile, Tail, VolShock, default_profile};
pub use reducing::{only_shrinks, reducing_without_price};
pub use series::{MAX_EXPIRY_MINUTES, SERIES_KEY_BYTES, SeriesKey};
pub use smile::{SMILE_CHOICES, SmileChoice, smile_mixes};
pub use state::{
    Band, ExpiryState, FixingStage, FixingState, Regime, UnderlyingId, UnderlyingState,
};
pub use vega::{NetVega, net_vegas};
pub use window::mark_in_window;
