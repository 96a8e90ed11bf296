//! Section 2, `LastDay`: moves of the size of each expiry's own vol, in the gaps of the scan.

use super::held::Held;
use super::model::Expiry;
use super::real::Real;
use super::scenarios::{Pricing, PricingId, Row, Vol};
use super::shock::Shock;
use super::totals::{Totals, mixes};
use super::units::{BPS_ONE, SPOT_ONE, moved};

impl<R: Real> Held<'_, R> {
    /// Of every expiry of the market, whatever the book holds.
    pub(super) fn last_day(&self, mark: &[Totals<R>]) -> Vec<Pricing<R>> {
        let now = self.world.now;
        let expiries = self.underlying.expiries.iter();
        expiries
            .filter(|expiry| u64::from(expiry.minutes) * 60 > now)
            .flat_map(|expiry| self.own_moves(expiry, mark))
            .collect()
    }

    /// `(1 - share) mark + share V_x` for `x = +-m v`, no further than the scan's upper end, vol down and flat.
    fn own_moves(&self, expiry: &Expiry<R>, mark: &[Totals<R>]) -> Vec<Pricing<R>> {
        let v = (expiry.v * R::of(SPOT_ONE)).whole();
        let share = self.share_bps(v);
        let limit = moved(*self.underlying.profile.spot_moves.last().unwrap_or(&0)) - SPOT_ONE;
        let multiples = self.underlying.profile.gamma_vols.iter();
        let sizes = multiples.map(|m| (v * (*m as i64) / BPS_ONE).min(limit));
        let spots = sizes
            .filter(|size| *size != 0 && share != 0)
            .flat_map(|size| [SPOT_ONE - size, SPOT_ONE + size]);
        let ids = spots.flat_map(|spot| {
            [Vol::Down, Vol::Flat].map(|vol| PricingId::new(Row::LastDay, vol, spot))
        });
        ids.map(|id| {
            let far = self.everything(id.spot, |slice| Shock::vol(slice.factor(id.vol)));
            let led = R::ratio(share, BPS_ONE);
            Pricing {
                led,
                ..Pricing::new(id, mixes(mark, &far, led))
            }
        })
        .collect()
    }

    /// `min(1, (3 g - 2 v) / g)`, g the widest gap of the scan; basis points, rounded down.
    fn share_bps(&self, v: i64) -> i64 {
        let moves = &self.underlying.profile.spot_moves;
        let gaps = moves.windows(2).map(|pair| moved(pair[1]) - moved(pair[0]));
        let g = gaps.max().unwrap_or(0);
        ((3 * g - 2 * v).max(0) * BPS_ONE / g).min(BPS_ONE)
    }
}
