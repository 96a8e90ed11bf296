//! Section 2, row *Smile* with *Bumps* and *Forwards against each other*: spot moves, and each expiry by itself is in the lowest
//! of its choices.

use super::held::Held;
use super::scenarios::{Pricing, PricingId, Row, Vol};
use super::shock::{Mix, Shock};
use super::slice::Slice;
use super::totals::{Totals, product};
use super::units::{BPS_ONE, ratio, toward, vol_of_bps};

/// 2 %, units of `2^-16`.
const SIDE_WEIGHT: f64 = 1_311.0;
/// 5 %, units of `2^-16`.
const BUMP_WEIGHT: f64 = 3_277.0;

impl Held<'_> {
    pub(super) fn smile(&self, spot: i64) -> Pricing {
        let x = ratio(spot);
        let mut all = product(vec![self.cash(x)], &self.expired(x));
        for slice in &self.slices {
            let choices = self.choices(slice);
            let choices = choices.iter();
            let mut each: Vec<Totals> = choices
                .map(|shock| self.shocked(slice, spot, shock))
                .collect();
            let mark = each[0].clone();
            each.extend(self.with_window(slice, spot, mark));
            all = product(all, &each);
        }
        Pricing::new(PricingId::flat(Row::Smile, spot), all)
    }

    /// Mark first, then vol, skew, curvature, forward, bumps.
    fn choices(&self, slice: &Slice) -> Vec<Shock> {
        let profile = &self.underlying.profile;
        let share = profile.smile_vol_share as i64;
        let vol = [Vol::Up, Vol::Down].map(|vol| slice.factor(vol));
        let vol = vol.map(|c| Shock::vol(toward(c, share, BPS_ONE)));
        let a = vol_of_bps(profile.skew);
        let b = vol_of_bps(profile.curvature);
        let curvature = [1.0 + b, 1.0 - b].map(|curvature| Shock {
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
fn skewed(slice: &Slice, a: f64) -> [Shock; 2] {
    if slice.is_dispersed {
        return [1.0 + a, 1.0 - a].map(|skew| Shock {
            skew,
            ..Shock::NONE
        });
    }
    [1.5, -1.5].map(|place| {
        Shock::mix(Mix {
            weight: SIDE_WEIGHT,
            place,
            width: 1.0,
        })
    })
}

/// A lognormal at `exp(k v)` and `v / 2` wide, k = -3 to 3; fainter above the forward.
fn bumps(slice: &Slice) -> impl Iterator<Item = Shock> {
    (-3..=3).map(|k| {
        let k = f64::from(k);
        let thinner = (k.max(0.0) * slice.v).exp();
        Shock::mix(Mix {
            weight: (BUMP_WEIGHT / thinner).floor(),
            place: k,
            width: 0.5,
        })
    })
}
