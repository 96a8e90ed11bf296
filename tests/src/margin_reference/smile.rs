//! Section 2, row *Smile* with *Bumps* and *Forwards against each other*: spot moves, and each expiry by itself is in the lowest
//! of its choices.

use super::held::Held;
use super::real::Real;
use super::scenarios::{Pricing, PricingId, Row, Vol};
use super::shock::{Mix, Shock};
use super::slice::Slice;
use super::totals::{Totals, product};
use super::units::{BPS_ONE, ratio, toward, vol_of_bps};

/// 2 %, units of `2^-16`.
const SIDE_WEIGHT: u16 = 1_311;
/// 5 %, units of `2^-16`.
const BUMP_WEIGHT: u16 = 3_277;

impl<R: Real> Held<'_, R> {
    pub(super) fn smile(&self, spot: i64) -> Pricing<R> {
        let x = ratio(spot);
        let mut all = product(vec![self.cash(x)], &self.expired(x));
        for slice in &self.slices {
            let choices = self.choices(slice);
            let choices = choices.iter();
            let mut each: Vec<Totals<R>> = choices
                .map(|shock| self.shocked(slice, spot, shock))
                .collect();
            let mark = each[0].clone();
            each.extend(self.with_window(slice, spot, mark));
            all = product(all, &each);
        }
        Pricing::new(PricingId::flat(Row::Smile, spot), all)
    }

    /// Mark first, then vol, skew, curvature, forward, bumps.
    fn choices(&self, slice: &Slice<R>) -> Vec<Shock<R>> {
        let profile = &self.underlying.profile;
        let share = profile.smile_vol_share as i64;
        let vol = [Vol::Up, Vol::Down].map(|vol| slice.factor(vol));
        let vol = vol.map(|c| Shock::vol(toward(c, share, BPS_ONE)));
        let a = vol_of_bps(profile.skew);
        let b = vol_of_bps(profile.curvature);
        let curvature = [R::ONE + b, R::ONE - b].map(|curvature| Shock {
            curvature,
            ..Shock::NONE
        });
        let forward = [slice.tau, -slice.tau].map(|forward| Shock {
            forward,
            ..Shock::NONE
        });
        let mut all = vec![Shock::NONE];
        all.extend(vol);
        all.extend(skewed(slice, a));
        all.extend(curvature);
        all.extend(forward);
        all.extend(bumps(slice));
        all
    }
}

/// Skew up and down: powers of the component forwards, or where these hardly spread a lognormal on either side.
fn skewed<R: Real>(slice: &Slice<R>, a: R) -> [Shock<R>; 2] {
    if slice.is_dispersed {
        return [R::ONE + a, R::ONE - a].map(|skew| Shock {
            skew,
            ..Shock::NONE
        });
    }
    [3, -3].map(|halves| {
        Shock::mix(Mix {
            weight: R::of(SIDE_WEIGHT),
            place: R::ratio(halves, 2),
            width: R::ONE,
        })
    })
}

/// A lognormal at `exp(k v)` and `v / 2` wide, k = -3 to 3; fainter above the forward.
fn bumps<R: Real>(slice: &Slice<R>) -> impl Iterator<Item = Shock<R>> {
    (-3_i32..=3).map(|k| {
        let k = R::of(k);
        let thinner = (k.max(R::ZERO) * slice.v).exp();
        Shock::mix(Mix {
            weight: (R::of(BUMP_WEIGHT) / thinner).floor(),
            place: k,
            width: R::ratio(1, 2),
        })
    })
}
