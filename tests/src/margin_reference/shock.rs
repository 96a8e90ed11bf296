//! `surface.md`, *Shocks*: what a pricing does to a slice, and what a leg is worth in the mixture that it becomes.

use super::black;
use super::model::{Leg, Lognormal, Market, Pays};
use super::slice::Slice;

/// What happens to a slice while spot stands.
#[derive(Clone, Copy)]
pub(super) struct Shock {
    /// The forward's move against the others, signed, units of `2^-32`.
    pub forward: i64,
    /// c
    pub vol: f64,
    /// Exponent of the component forwards.
    pub skew: f64,
    /// Exponent of the total vols over their mean.
    pub curvature: f64,
    pub mix: Option<Mix>,
}

/// A lognormal mixed in.
#[derive(Clone, Copy)]
pub(super) struct Mix {
    /// omega, units of `2^-16`.
    pub weight: f64,
    /// k: its forward is `exp(k v)`.
    pub place: f64,
    /// q: its total vol is `q v`.
    pub width: f64,
}

impl Shock {
    pub(super) const NONE: Self = Self {
        forward: 0,
        vol: 1.0,
        skew: 1.0,
        curvature: 1.0,
        mix: None,
    };

    pub(super) const fn vol(c: f64) -> Self {
        Self {
            vol: c,
            ..Self::NONE
        }
    }

    pub(super) const fn mix(mix: Mix) -> Self {
        Self {
            mix: Some(mix),
            ..Self::NONE
        }
    }
}

/// A shocked slice: forwards in USD.
pub(super) struct Mixture {
    components: Vec<Lognormal>,
    pub forward: f64,
}

impl Slice {
    /// The slice under a shock and a spot factor.
    pub(super) fn shocked(&self, shock: &Shock, spot: f64) -> Mixture {
        let mut components = self.bent(shock);
        if let Some(mix) = shock.mix {
            self.mix_in(&mut components, mix, shock.vol);
        }
        self.at_spot(components, spot)
    }

    /// `f_j^(skew * c)`, `c m (s_j / m)^curvature` with `m = sum w_j s_j`.
    fn bent(&self, shock: &Shock) -> Vec<Lognormal> {
        let parts = || self.components.iter();
        let m = parts().map(|p| p.weight * p.total_vol).sum::<f64>();
        let bent = parts().map(|p| {
            let s = p.total_vol;
            Lognormal {
                weight: p.weight,
                forward: p.forward.powf(shock.skew * shock.vol),
                total_vol: shock.vol * (s * (s / m).powf(shock.curvature - 1.0)),
            }
        });
        bent.collect()
    }

    /// Weights lose `floor(w_j omega)`; what they lose goes to the new lognormal, which the vol shock moves too.
    fn mix_in(&self, components: &mut Vec<Lognormal>, mix: Mix, c: f64) {
        let mut taken = 0.0;
        for part in components.iter_mut() {
            let off = (part.weight * mix.weight).floor() / 65_536.0;
            taken += off;
            part.weight -= off;
        }
        let v = self.v * c;
        if taken > 0.0 {
            components.push(Lognormal {
                weight: taken,
                forward: (mix.place * v).exp(),
                total_vol: mix.width * v,
            });
        }
    }

    /// Forwards are scaled so that theirs is exactly the spot factor. In the fixing window spot acts on the rest of the price
    /// alone: `mean_j = phi A + (1 - phi)(1 + x) f_j / sum w f`, and total vols shrink to the moving share of it.
    fn at_spot(&self, mut components: Vec<Lognormal>, spot: f64) -> Mixture {
        let sum: f64 = components.iter().map(|p| p.weight * p.forward).sum();
        let (passed, mean) = self.window.map_or((0.0, 0.0), |w| (w.passed, w.mean));
        let live = (1.0 - passed) * spot;
        for part in &mut components {
            let moving = live * part.forward / sum;
            let whole = passed * mean + moving;
            part.total_vol *= moving / whole;
            part.forward = whole * self.forward;
        }
        Mixture {
            components,
            forward: (passed * mean + live) * self.forward,
        }
    }
}

impl Mixture {
    /// V(Y) of a unit of a leg, USD, not discounted.
    pub(super) fn price(&self, leg: &Leg, market: &Market) -> f64 {
        let expected = |value: fn(f64, f64, f64) -> f64| -> f64 {
            self.components
                .iter()
                .map(|p| p.weight * value(p.forward, leg.strike, p.total_vol))
                .sum()
        };
        match leg.pays {
            Pays::Call => expected(black::call),
            Pays::Put => expected(black::put),
            Pays::DigitalCall => market.payout * expected(black::above),
            Pays::DigitalPut => market.payout * (1.0 - expected(black::above)),
            Pays::Future => self.forward - leg.strike,
        }
    }
}
