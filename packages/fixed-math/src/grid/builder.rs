//! Builds a mixture from logarithms: what a shocked slice needs, in place and without copies.

use super::elementary::exp;
use super::mixture::{MAX_PARTS, MAX_SCALE, Mixture, MixtureError, Prepared};
use super::shape::{multiply, ratio};

/// Logarithms are clamped to `+-64`: beyond it a part has no mass anyway.
const LOG_LIMIT: i64 = 1 << 50;
/// Least live forward, so that every part can have a unit.
const LEAST_LIVE: i64 = 8;

/// Lognormals under construction, each given by weight, logarithm of its relative mean and total vol.
#[derive(Clone, Debug, Default)]
pub struct Builder {
    /// Drafts until the end: see [`Prepared::draft`].
    parts: Vec<Prepared>,
}

impl Builder {
    /// Room for `count` lognormals.
    #[must_use]
    pub fn with_capacity(count: usize) -> Self {
        Self {
            parts: Vec::with_capacity(count),
        }
    }

    /// Adds a lognormal: weight in units of `2^-16`, logarithm of the mean in units of `2^-44` (all
    /// means are scaled together at the end), total vol in units of `2^-36`.
    pub fn push(&mut self, weight: u32, log: i64, vol: i64) {
        let log = log.clamp(-LOG_LIMIT, LOG_LIMIT);
        self.parts
            .push(Prepared::draft(i64::from(weight), log, vol));
    }

    /// Thins every weight `w` by `floor(w weight / 2^16)` and adds one lognormal of what was taken; the sum
    /// of weights stays exact. `weight` is below `2^16`.
    pub fn mix(&mut self, weight: u32, log: i64, vol: i64) {
        let mut taken = 0;
        for part in &mut self.parts {
            let off = (part.weight * i64::from(weight & 0xffff)) >> 16;
            part.weight -= off;
            taken += off;
        }
        if taken > 0 {
            self.push(taken as u32, log, vol);
        }
    }

    /// The mixture whose means are `fixed + live e^log_j / sum w e^log`: forward exactly `live + fixed`
    /// (units of `2^-40`). A part's vol is multiplied by the share of its mean that is live.
    ///
    /// Each part gets at least one unit of `live`; what the floors leave goes to the heaviest (live) and
    /// to the first (fixed).
    ///
    /// # Errors
    /// [`MixtureError`]: counts, weights that do not sum to `2^16`, `live` below 8 units or a forward
    /// above [`MAX_SCALE`].
    pub fn finish(mut self, live: i64, fixed: i64) -> Result<Mixture, MixtureError> {
        let count = self.parts.len();
        if count == 0 || count > MAX_PARTS {
            return Err(MixtureError::Count);
        }
        if live < LEAST_LIVE || !(0..=MAX_SCALE).contains(&fixed) || live > MAX_SCALE - fixed {
            return Err(MixtureError::Mean);
        }
        let (mut weights, mut rest, mut lightest) = (0, fixed, 1);
        for part in &self.parts {
            weights += part.weight;
            lightest = part.weight.min(lightest);
            rest -= (fixed * part.weight) >> 16;
        }
        if weights != 1 << super::WEIGHT_BITS || lightest <= 0 {
            return Err(MixtureError::Weight);
        }
        self.split(live);
        for part in &mut self.parts {
            let moving = part.draft_mass();
            let mass = moving + ((fixed * part.weight) >> 16) + rest;
            rest = 0;
            let vol = if fixed == 0 {
                part.vol
            } else {
                // At most 2^39; the ratio is at most one.
                multiply(ratio(moving as u64, mass as u64), part.vol.max(0) as u64) as i64
            };
            part.fill(mass, vol);
        }
        Ok(Mixture::from_prepared(self.parts, live + fixed))
    }

    /// Splits `live` in proportion to `weight * e^log` into the masses.
    fn split(&mut self, live: i64) {
        let top = self
            .parts
            .iter()
            .fold(i64::MIN, |top, part| top.max(part.log));
        let mut total = 0_u64;
        for part in &mut self.parts {
            // At most 2^16 2^40; the sum too.
            let share = part.weight as u64 * exp(part.log - top);
            part.set_draft_share(share);
            total += share;
        }
        let (mut rest, mut most, mut heaviest) = (live, 0, 0);
        for (index, part) in self.parts.iter_mut().enumerate() {
            let share = ratio(part.draft_share(), total);
            let mass = (multiply(share, live as u64) as i64).max(1);
            part.set_draft_mass(mass);
            rest -= mass;
            if mass > most {
                (most, heaviest) = (mass, index);
            }
        }
        if let Some(part) = self.parts.get_mut(heaviest) {
            part.set_draft_mass((part.draft_mass() + rest).max(1));
        }
    }
}
