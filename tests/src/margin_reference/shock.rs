//! `surface.md`, *Shocks*: what a pricing does to a slice, and what a leg is worth in the mixture that it becomes.

use super::black;
use super::model::{Leg, Lognormal, Market, Pays};
use super::real::Real;
use super::slice::Slice;
use super::units::WEIGHT_ONE;

/// What happens to a slice while spot stands.
#[derive(Clone, Copy)]
pub(super) struct Shock<R> {
    /// The forward's move against the others, signed, units of `2^-32`.
    pub forward: i64,
    /// c
    pub vol: R,
    /// Exponent of the component forwards.
    pub skew: R,
    /// Exponent of the total vols over their mean.
    pub curvature: R,
    pub mix: Option<Mix<R>>,
}

/// A lognormal mixed in.
#[derive(Clone, Copy)]
pub(super) struct Mix<R> {
    /// omega, units of `2^-16`.
    pub weight: R,
    /// k: its forward is `exp(k v)`.
    pub place: R,
    /// q: its total vol is `q v`.
    pub width: R,
}

impl<R: Real> Shock<R> {
    pub(super) const NONE: Self = Self {
        forward: 0,
        vol: R::ONE,
        skew: R::ONE,
        curvature: R::ONE,
        mix: None,
    };

    pub(super) fn vol(c: R) -> Self {
        Self {
            vol: c,
            ..Self::NONE
        }
    }

    pub(super) fn mix(mix: Mix<R>) -> Self {
        Self {
            mix: Some(mix),
            ..Self::NONE
        }
    }
}

/// A shocked slice: forwards in USD.
pub(super) struct Mixture<R> {
    components: Vec<Lognormal<R>>,
    pub forward: R,
}

impl<R: Real> Slice<R> {
    /// The slice under a shock and a spot factor.
    pub(super) fn shocked(&self, shock: &Shock<R>, spot: R) -> Mixture<R> {
        let mut components = self.bent(shock);
        if let Some(mix) = shock.mix {
            self.mix_in(&mut components, mix, shock.vol);
        }
        self.at_spot(components, spot)
    }

    /// `f_j^(skew * c)`, `c m (s_j / m)^curvature` with `m = sum w_j s_j`.
    fn bent(&self, shock: &Shock<R>) -> Vec<Lognormal<R>> {
        let parts = || self.components.iter();
        let m = R::sum(parts().map(|p| p.weight * p.total_vol));
        let bent = parts().map(|p| {
            let s = p.total_vol;
            Lognormal {
                weight: p.weight,
                forward: p.forward.powf(shock.skew * shock.vol),
                total_vol: shock.vol * (s * (s / m).powf(shock.curvature - R::ONE)),
            }
        });
        bent.collect()
    }

    /// Weights lose `floor(w_j omega)`; what they lose goes to the new lognormal, which the vol shock moves too.
    fn mix_in(&self, components: &mut Vec<Lognormal<R>>, mix: Mix<R>, c: R) {
        let mut taken = R::ZERO;
        for part in components.iter_mut() {
            let off = (part.weight * mix.weight).floor() / R::of(WEIGHT_ONE);
            taken += off;
            part.weight -= off;
        }
        let v = self.v * c;
        if taken > R::ZERO {
            components.push(Lognormal {
                weight: taken,
                forward: (mix.place * v).exp(),
                total_vol: mix.width * v,
            });
        }
    }

    /// Forwards are scaled so that theirs is exactly the spot factor. In the fixing window spot acts on the rest of the price
    /// alone: `mean_j = phi A + (1 - phi)(1 + x) f_j / sum w f`, and total vols shrink to the moving share of it.
    fn at_spot(&self, mut components: Vec<Lognormal<R>>, spot: R) -> Mixture<R> {
        let sum = R::sum(components.iter().map(|p| p.weight * p.forward));
        let (passed, mean) = self
            .window
            .map_or((R::ZERO, R::ZERO), |w| (w.passed, w.mean));
        let live = (R::ONE - passed) * spot;
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

impl<R: Real> Mixture<R> {
    /// V(Y) of a unit of a leg, USD, not discounted.
    pub(super) fn price(&self, leg: &Leg<R>, market: &Market<R>) -> R {
        let expected = |value: fn(R, R, R) -> R| -> R {
            let parts = self.components.iter();
            R::sum(parts.map(|p| p.weight * value(p.forward, leg.strike, p.total_vol)))
        };
        match leg.pays {
            Pays::Call => expected(black::call),
            Pays::Put => expected(black::put),
            Pays::DigitalCall => market.payout * expected(black::above),
            Pays::DigitalPut => market.payout * (R::ONE - expected(black::above)),
            Pays::Future => self.forward - leg.strike,
        }
    }
}
