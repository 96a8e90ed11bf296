//! How far the engine's surplus may lie from the model's. It is a lower bound, so not as far above as below.
//!
//! *Above.* What the kernel may be wrong by is taken off longs and put on shorts, and the last division is down. So nothing that
//! the kernel's bounds cover is allowed for, only what they do not:
//!
//! - in the fixing window what has passed and what moves, each floored to a unit of the forward, whichever side that helps;
//! - on a date with a pin or a window the price looked at beside a strike: 10 units from where the strike is to `2^-36`, so 18
//!   at most from itself, and [`Own::beside`] of it in the model. The slope of a payoff is one there;
//! - what the model itself is off by, see [`Own`].
//!
//! A bound taken to the wrong side would add 20 units at the money, some three hundred times what the model in `f64` is off by.
//!
//! *Below.* All of that, the last division, and what is taken off: for an option the bound of `surface.md`,
//! `(forward + k) 2^-38 + 12 2^-40`, at the greatest forward of the set; for a digital `2^-28.5 + 2^-41 / s` with s down to
//! `2^-20`. What it is taken off may be too low itself, by as much at most; in these books it is by [`OWN_ERROR`] of it at most.

use risk::{
    Book, Context, ExpiryState, FixingStage, Kind, Leg, Level, MarketTerms, Style, Underlying,
};

use optio_tests::margin_reference::Real;

use super::terms::number;

/// A unit of the kernel, of the forward: `2^-40`.
const UNIT: f64 = 1.0 / (1_u64 << 40) as f64;
/// What the kernel's values, and the integers of a shocked slice, are too low by: of the bound that is taken off.
const OWN_ERROR: f64 = 0.125;
/// Share of the forward that that of a date without a slice may be off by: these markets' bases are 3.3 % at most, either sign.
const BORROWED: f64 = 0.07;

/// What divisions inside, each down by a `2^-32` of a unit at most, add up to.
const INSIDE: f64 = 1.0 / (1 << 20) as f64;

/// What the model itself may be off by.
///
/// In `f64` a normal distribution is good to `2^-48.2` (`numbers.rs`); a price has two of them, and logarithms, and up to 128 are
/// added up. In multiple precision it is good to `2^-146`, all else to `2^-180`: of the largest of these books, `2^60` units, that
/// is less than `2^-70`, and settles no more than whether what is the same is above.
#[derive(Clone, Copy)]
struct Own {
    /// Of cash, quote base units.
    cash: f64,
    /// Share of the gross of legs.
    legs: f64,
    /// Share of a strike beside which it looks.
    beside: f64,
}

impl Own {
    fn of<R: Real>() -> Self {
        let beside = (R::ONE - R::ONE.beside()[0]).to_f64();
        let (cash, legs) = match R::BITS {
            53 => (0.01, 2_f64.powi(-45)),
            _ => (2_f64.powi(-100), 2_f64.powi(-130)),
        };
        Self { cash, legs, beside }
    }
}

/// Quote base units.
#[derive(Clone, Copy, Debug)]
pub struct Slack {
    pub above: f64,
    pub below: f64,
}

impl Slack {
    pub fn of<R: Real>(book: &Book, context: &Context, level: Level) -> Self {
        let own = Own::of::<R>();
        let none = Self {
            above: own.cash,
            below: own.cash + 1.0 + INSIDE,
        };
        let legs = book.legs.iter().map(|leg| Sized::of(leg, context, level));
        legs.fold(none, |sum, leg| {
            let both = leg.own(own) + leg.window_floors() + leg.beside_strikes(own);
            Self {
                above: sum.above + both,
                below: sum.below + both + leg.taken_off() * (1.0 + OWN_ERROR),
            }
        })
    }
}

/// A leg with what its slack is counted by.
struct Sized {
    kind: Kind,
    /// Quote base units per USD of payoff.
    size: f64,
    /// The three in USD.
    forward: f64,
    strike: f64,
    payout: f64,
    /// The greatest forward of the set, shares counted, over the unmoved one.
    reach: f64,
    /// The most that spot over the forward is of what it is at mark; one in a linear market.
    rate: f64,
    is_expired: bool,
    has_window: bool,
    has_pin: bool,
}

impl Sized {
    fn of(leg: &Leg, context: &Context, level: Level) -> Self {
        let markets = &context.markets;
        let market = markets.iter().find(|m| m.id == leg.key.market).unwrap();
        let underlyings = &context.underlyings;
        let of_market = |u: &&Underlying| u.state.underlying == market.underlying;
        let underlying = underlyings.iter().find(of_market).unwrap();
        let state = &underlying.state;
        let away = |e: &&ExpiryState| e.expiry.abs_diff(leg.key.expiry);
        let near = state.expiries.iter().min_by_key(away).unwrap();
        let spot = number::<f64>(state.spot.mid);
        let left = (u64::from(leg.key.expiry) * 60).saturating_sub(context.now);
        let has_window = state
            .fixings
            .iter()
            .any(|f| f.expiry == leg.key.expiry && matches!(f.stage, FixingStage::Window { .. }));
        let twist = twist(underlying);
        let reach = reach(underlying, level, twist);
        Self {
            kind: leg.key.kind,
            size: unit(market, context) * leg.quantity.unsigned_abs() as f64,
            forward: spot.max(number::<f64>(near.forward)),
            strike: f64::from(leg.key.strike) * number::<f64>(market.strike_step),
            payout: number::<f64>(market.digital_payout),
            reach,
            rate: match market.style {
                Style::Linear => 1.0,
                // What has passed stays behind while the coin moves.
                Style::Inverse if has_window => reach / (1.0 - BORROWED),
                Style::Inverse => 1.0 / (1.0 - twist),
            },
            is_expired: left == 0,
            has_window,
            has_pin: left < u64::from(underlying.profile.theta_seconds),
        }
    }

    fn own(&self, own: Own) -> f64 {
        let most = self.reach * self.forward + self.strike + self.payout;
        self.size * self.rate * most * own.legs
    }

    fn window_floors(&self) -> f64 {
        let floors = if self.has_window { 2.0 } else { 0.0 };
        floors * UNIT * self.size * self.rate * self.forward
    }

    fn beside_strikes(&self, own: Own) -> f64 {
        let bends = matches!(self.kind, Kind::Call | Kind::Put);
        if !bends || !(self.has_window || self.has_pin) {
            return 0.0;
        }
        self.size * self.rate * (18.0 * UNIT * self.forward + own.beside * self.strike)
    }

    fn taken_off(&self) -> f64 {
        let share = match self.kind {
            _ if self.is_expired => 0.0,
            Kind::Future => 0.0,
            Kind::Call | Kind::Put => {
                let both = self.reach * self.forward + self.strike;
                4.0 * UNIT * both + 12.0 * UNIT * self.forward
            }
            Kind::DigitalCall | Kind::DigitalPut => {
                self.payout * (2_f64.powf(-28.5) + 2_f64.powi(-21))
            }
        };
        self.size * self.rate * share
    }
}

/// Quote base units per quantity unit and USD.
fn unit(market: &MarketTerms, context: &Context) -> f64 {
    let scale = |id| {
        let coin = context.coins.iter().find(|coin| coin.id == id);
        coin.unwrap().scale as f64
    };
    market.multiplier as f64 * scale(0) / scale(market.settle_coin)
}

/// More than tau on any date of these markets, none of which is half a year away.
fn twist(underlying: &Underlying) -> f64 {
    let profile = &underlying.profile;
    let bps = f64::from(profile.forward) + f64::from(profile.forward_per_year) / 2.0;
    (bps / 10_000.0 + BORROWED).min(0.25)
}

fn reach(underlying: &Underlying, level: Level, twist: f64) -> f64 {
    let profile = &underlying.profile;
    let last = |moves: &[i32]| f64::from(*moves.last().unwrap()) / 10_000.0;
    let regime = &underlying.state.regime;
    let widest = match level {
        Level::Initial => regime.initial.max(regime.maintenance),
        Level::Maintenance => regime.maintenance,
    };
    let band = &underlying.state.spot;
    let half = number::<f64>(band.high - band.low) / number::<f64>(band.mid) / 2.0;
    let scan = 1.0 + last(&profile.spot_moves) * f64::from(widest) / 65_536.0 + half;
    let tails = profile
        .tails
        .iter()
        .map(|tail| 1.0 + f64::from(tail.spot_move) / 10_000.0 * f64::from(tail.share) / 10_000.0);
    let smile = (1.0 + last(&profile.smile_moves)) * (1.0 + twist);
    tails.fold(scan.max(smile), f64::max)
}
