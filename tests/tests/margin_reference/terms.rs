//! The inputs of a margin in the model's own terms, every one of them exact in multiple precision.

use fixed::types::I64F64;
use optio_tests::margin_reference::{self as model, Fixing, Pays, Real, World};
use risk::{
    Band, Book, Context, ExpiryState, Feed, FixingStage, Kind, Level, Profile, Style, Underlying,
};

/// A stored number has 64 binary digits after the point.
pub fn number<R: Real>(x: I64F64) -> R {
    R::ratio(x.to_bits(), 1_i128 << 64)
}

/// The same inputs in the model's own terms.
pub fn world<R: Real>(context: &Context, level: Level) -> World<R> {
    let initial = level == Level::Initial;
    World {
        now: context.now,
        initial,
        markets: context
            .markets
            .iter()
            .map(|m| model::Market {
                underlying: m.underlying,
                inverse: m.style == Style::Inverse,
                coin: m.settle_coin,
                multiplier: R::of(m.multiplier as i128),
                payout: number(m.digital_payout),
            })
            .collect(),
        coins: context
            .coins
            .iter()
            .map(|c| model::Coin {
                id: c.id,
                feed: match c.feed {
                    Feed::Quote => None,
                    Feed::Underlying(id) => Some(id),
                },
                scale: R::of(c.scale as i128),
                weight: if initial {
                    c.weight_initial
                } else {
                    c.weight_maintenance
                },
                depeg: c.depeg,
            })
            .collect(),
        underlyings: context
            .underlyings
            .iter()
            .map(|u| underlying(u, initial))
            .collect(),
        betas: context
            .beta
            .entries
            .iter()
            .map(|e| ((e.driver, e.follower), i64::from(e.beta)))
            .collect(),
    }
}

/// A unit of what has 32 binary digits after the point.
const ONE: i64 = 1 << 32;

fn underlying<R: Real>(source: &Underlying, initial: bool) -> model::Underlying<R> {
    let state = &source.state;
    let fixings = state.fixings.iter().map(|f| {
        let stage = match f.stage {
            FixingStage::Window { passed, observed } => Fixing::Window {
                passed: R::ratio(passed, 65_536),
                observed: band(observed),
            },
            FixingStage::Pending { hull } => Fixing::Pending(band(hull)),
            FixingStage::Final { price } => Fixing::Final(number(price)),
        };
        (f.expiry, stage)
    });
    model::Underlying {
        id: state.underlying,
        spot: band(state.spot),
        slow: number(state.slow),
        regime: model::Regime {
            maintenance: i64::from(state.regime.maintenance),
            initial: i64::from(state.regime.initial),
        },
        published: state.publish_time,
        expiries: state.expiries.iter().map(expiry).collect(),
        fixings: fixings.collect(),
        profile: model_profile(&source.profile, initial),
    }
}

fn band<R: Real>(of: Band) -> model::Band<R> {
    model::Band {
        low: number(of.low),
        mid: number(of.mid),
        high: number(of.high),
    }
}

fn expiry<R: Real>(of: &ExpiryState) -> model::Expiry<R> {
    let components = of.slice.components().iter();
    let components: Vec<model::Lognormal<R>> = components
        .map(|c| model::Lognormal {
            weight: R::ratio(c.weight, 65_536),
            forward: R::ratio(c.forward, ONE),
            total_vol: R::ratio(c.total_vol, ONE),
        })
        .collect();
    let v = R::ratio(of.slice.atm_total_vol(), ONE);
    // A whole number of units, found with the one-word kernel: next to the real one, rounded down.
    let off = ((model::at_the_money(&components) - v) * R::of(ONE)).to_f64();
    assert!((-1.0..2.0).contains(&off), "{off} of {of:?}");
    model::Expiry {
        minutes: of.expiry,
        forward: number(of.forward),
        discount: number(of.discount),
        components,
        v,
        confidence: of.confidence,
    }
}

fn model_profile<R: Real>(profile: &Profile, initial: bool) -> model::Profile<R> {
    let share = |bps: u32| R::ratio(bps, 10_000);
    let moves = |all: &[i32]| all.iter().map(|x| i64::from(*x)).collect();
    let vol_shocks = profile.vol_shocks.iter().map(|s| model::VolShock {
        days: u64::from(s.days),
        up: u64::from(s.up),
        down: u64::from(s.down),
    });
    let tails = profile.tails.iter().map(|t| model::Tail {
        spot_move: i64::from(t.spot_move),
        share: share(t.share),
    });
    model::Profile {
        spot_moves: moves(&profile.spot_moves),
        vol_shocks: vol_shocks.collect(),
        tails: tails.collect(),
        zero_share: share(profile.zero_share),
        infinity_share: share(profile.infinity_share),
        smile_moves: moves(&profile.smile_moves),
        smile_vol_share: u64::from(profile.smile_vol_share),
        skew: u64::from(profile.skew),
        curvature: u64::from(profile.curvature),
        forwards: model::ForwardMove {
            forward: u64::from(profile.forward),
            forward_per_year: u64::from(profile.forward_per_year),
        },
        theta_seconds: u64::from(profile.theta_seconds),
        gamma_vols: profile.gamma_vols.iter().map(|g| u64::from(*g)).collect(),
        alpha: share(if initial {
            profile.alpha_initial
        } else {
            profile.alpha_maintenance
        }),
    }
}

pub fn holdings<R: Real>(book: &Book, context: &Context) -> model::Book<R> {
    model::Book {
        cash: book
            .cash
            .iter()
            .map(|(id, amount)| (*id, R::of(*amount)))
            .collect(),
        legs: book
            .legs
            .iter()
            .map(|leg| {
                let index = context
                    .markets
                    .iter()
                    .position(|m| m.id == leg.key.market)
                    .unwrap();
                model::Leg {
                    market: index,
                    expiry: leg.key.expiry,
                    pays: match leg.key.kind {
                        Kind::Call => Pays::Call,
                        Kind::Put => Pays::Put,
                        Kind::DigitalCall => Pays::DigitalCall,
                        Kind::DigitalPut => Pays::DigitalPut,
                        Kind::Future => Pays::Future,
                    },
                    strike: R::of(leg.key.strike) * number(context.markets[index].strike_step),
                    quantity: R::of(leg.quantity),
                }
            })
            .collect(),
    }
}
