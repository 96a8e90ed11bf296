//! Rounding a mixture to stored integers with both sums exact.

use pricing::slice::Component;

use crate::mixture::{Lognormal, Mixture};

/// Sum of the stored weights: one.
const WEIGHT_ONE: i64 = 1 << 16;
/// Smallest stored weight: 1/256.
const WEIGHT_MIN: i64 = WEIGHT_ONE / 256;
/// One in forwards and total volatilities.
const UNIT: f64 = 4_294_967_296.0;
/// Sum of weight times forward: one.
const MEAN_ONE: i64 = 1 << 48;
/// Largest shift of two forwards, in units of 2^-32, tried to make the sum exact.
const SEARCH: i64 = 600;
/// Most units of weight moved between two components.
const WEIGHT_SHIFTS: i64 = 8;

/// A slice as the chain stores it: weights sum to 2^16, weight times forward to 2^48.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IntegerSlice {
    /// The components, by ascending forward.
    pub components: Vec<Component>,
}

/// Why a mixture cannot be rounded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum RoundError {
    /// No component, or more than four.
    #[error("E_CALIBRATE_COMPONENTS: a slice has one to four components, not {0}")]
    Components(usize),
    /// A number is not finite or not positive.
    #[error("E_CALIBRATE_NUMBER: component {0} is not a positive number")]
    Number(usize),
    /// No small change of the forwards makes the sums exact.
    #[error("E_CALIBRATE_SUM: the forwards cannot be rounded to an exact sum")]
    Sum,
}

impl IntegerSlice {
    /// The mixture these integers stand for.
    #[must_use]
    pub fn mixture(&self) -> Mixture {
        let part = |c: &Component| Lognormal {
            weight: f64::from(c.weight) / 65_536.0,
            forward: c.forward as f64 / UNIT,
            total_vol: c.total_vol as f64 / UNIT,
        };
        Mixture {
            parts: self.components.iter().map(part).collect(),
        }
    }
}

/// Rounds a mixture: weights by largest remainder, volatilities to nearest,
/// forwards to the integers close by that make `sum weight * forward` exactly one.
///
/// # Errors
/// [`RoundError`] when the mixture is empty, too long or not positive, or when its weights
/// admit no exact sum near its forwards.
pub fn round_mixture(mixture: &Mixture) -> Result<IntegerSlice, RoundError> {
    let count = mixture.parts.len();
    if count == 0 || count > 4 {
        return Err(RoundError::Components(count));
    }
    for (at, part) in mixture.parts.iter().enumerate() {
        let good = |x: f64| x.is_finite() && x > 0.0;
        if !(good(part.weight) && good(part.forward) && good(part.total_vol)) {
            return Err(RoundError::Number(at));
        }
    }
    let (weights, forwards) = exact_sums(mixture).ok_or(RoundError::Sum)?;
    let mut components: Vec<Component> = mixture
        .parts
        .iter()
        .zip(weights.iter().zip(&forwards))
        .map(|(part, (weight, forward))| Component {
            weight: *weight as u32,
            forward: *forward as u64,
            total_vol: (part.total_vol * UNIT).round() as u64,
        })
        .collect();
    components.sort_by_key(|c| c.forward);
    Ok(IntegerSlice { components })
}

/// Weights with common divisors may admit no exact sum: a few units are then moved between the two
/// heaviest.
fn exact_sums(mixture: &Mixture) -> Option<(Vec<i64>, Vec<i64>)> {
    let rounded = round_weights(mixture);
    let mut order: Vec<usize> = (0..rounded.len()).collect();
    order.sort_by_key(|i| std::cmp::Reverse(rounded[*i]));
    spiral(WEIGHT_SHIFTS).find_map(|units| {
        let mut weights = rounded.clone();
        if let [first, second, ..] = order[..] {
            weights[first] -= units;
            weights[second] += units;
        }
        let legal = weights.iter().all(|w| *w >= WEIGHT_MIN);
        let forwards = if legal {
            round_forwards(mixture, &weights)
        } else {
            None
        };
        forwards.map(|forwards| (weights, forwards))
    })
}

fn round_weights(mixture: &Mixture) -> Vec<i64> {
    let total: f64 = mixture.parts.iter().map(|p| p.weight).sum();
    let exact = |p: &Lognormal| p.weight / total * WEIGHT_ONE as f64;
    let mut weights: Vec<i64> = mixture
        .parts
        .iter()
        .map(|p| (exact(p).floor() as i64).max(WEIGHT_MIN))
        .collect();
    let mut order: Vec<usize> = (0..weights.len()).collect();
    let remainder = |i: usize| exact(&mixture.parts[i]) - exact(&mixture.parts[i]).floor();
    order.sort_by(|a, b| remainder(*b).total_cmp(&remainder(*a)));
    let mut missing = WEIGHT_ONE - weights.iter().sum::<i64>();
    for at in order.iter().cycle().take(order.len() * 2) {
        if missing > 0 {
            weights[*at] += 1;
            missing -= 1;
        }
    }
    // Raised minima are taken from the heaviest component.
    if let Some(heaviest) = (0..weights.len()).max_by_key(|i| weights[*i]) {
        weights[heaviest] += missing;
    }
    weights
}

/// Forwards near the given ones with `sum weight * forward = 2^48`.
fn round_forwards(mixture: &Mixture, weights: &[i64]) -> Option<Vec<i64>> {
    let mean: f64 = mixture
        .parts
        .iter()
        .zip(weights)
        .map(|(p, w)| p.forward * *w as f64)
        .sum::<f64>()
        / WEIGHT_ONE as f64;
    let mut forwards: Vec<i64> = mixture
        .parts
        .iter()
        .map(|p| (p.forward / mean * UNIT).round() as i64)
        .collect();
    let sum: i64 = forwards.iter().zip(weights).map(|(f, w)| f * w).sum();
    let mut order: Vec<usize> = (0..weights.len()).collect();
    order.sort_by_key(|i| std::cmp::Reverse(weights[*i]));
    let falling: Vec<i64> = order.iter().map(|i| weights[*i]).collect();
    let shifts = smallest_shifts(MEAN_ONE - sum, &falling)?;
    for (i, shift) in order.into_iter().zip(shifts) {
        forwards[i] += shift;
    }
    Some(forwards)
}

/// Shifts of the up to three heaviest forwards that add `missing` to the sum: of all found, those
/// whose largest is smallest. The weights fall.
///
/// The heaviest moves least for a given change of the sum, and is solved for; the search runs over
/// small shifts of the next, or of the next two when there are three components or more. Their residues
/// mostly cover the divisor; where they do not (weights with a common divisor) nothing may be found.
fn smallest_shifts(missing: i64, weights: &[i64]) -> Option<[i64; 3]> {
    let weight = |at: usize| weights.get(at).copied().unwrap_or(0);
    let (heavy, next, third) = (weights[0], weight(1), weight(2));
    let (first, second) = match weights.len() {
        1 => (0, 0),
        2 => (WEIGHT_ONE, 0),
        _ => (SEARCH, SEARCH),
    };
    let mut best: Option<(i64, [i64; 3])> = None;
    for shift in spiral(first) {
        if best.is_some_and(|b| shift.abs() > b.0) {
            break;
        }
        for other in spiral(second) {
            let largest = shift.abs().max(other.abs());
            if best.is_some_and(|b| largest >= b.0) {
                break;
            }
            let rest = missing - shift * next - other * third;
            if rest % heavy == 0 {
                let solved = rest / heavy;
                let size = largest.max(solved.abs());
                if best.is_none_or(|b| size < b.0) {
                    best = Some((size, [solved, shift, other]));
                }
            }
        }
    }
    best.map(|(_, shifts)| shifts)
}

/// `0, 1, -1, 2, -2, ...` up to `reach`.
fn spiral(reach: i64) -> impl Iterator<Item = i64> {
    (0..=2 * reach).map(|i| if i % 2 == 1 { (i + 1) / 2 } else { -i / 2 })
}
