//! The smile row: what one expiry's slice may do while spot stands, by itself.

use pricing::shock::Mix;

/// One of the choices of the smile row.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SmileChoice {
    /// As published.
    Mark,
    /// Vol up by a share of the scan's shock.
    VolUp,
    /// Vol down by a share of the scan's shock.
    VolDown,
    /// Skew steeper.
    SkewUp,
    /// Skew flatter.
    SkewDown,
    /// Curvature higher.
    CurvatureUp,
    /// Curvature lower.
    CurvatureDown,
    /// The expiry's forward higher, against spot and the others.
    ForwardUp,
    /// The expiry's forward lower.
    ForwardDown,
    /// A bump of the density so many `v` from the forward, in log-moneyness.
    Bump(i8),
}

/// The choices of the smile row, in the order in which ties are decided.
pub const SMILE_CHOICES: [SmileChoice; 16] = [
    SmileChoice::Mark,
    SmileChoice::VolUp,
    SmileChoice::VolDown,
    SmileChoice::SkewUp,
    SmileChoice::SkewDown,
    SmileChoice::CurvatureUp,
    SmileChoice::CurvatureDown,
    SmileChoice::ForwardUp,
    SmileChoice::ForwardDown,
    SmileChoice::Bump(-3),
    SmileChoice::Bump(-2),
    SmileChoice::Bump(-1),
    SmileChoice::Bump(0),
    SmileChoice::Bump(1),
    SmileChoice::Bump(2),
    SmileChoice::Bump(3),
];

/// 2 %, units of `2^-16`.
const SIDE_WEIGHT: u32 = 1_311;
/// 5 %, units of `2^-16`.
const BUMP_WEIGHT: u32 = 3_277;

/// What skew is on a slice without dispersion: 2 % of a lognormal of total vol `v` at `exp(1.5 v)` (`sign` 1) or at `exp(-1.5 v)`
/// (-1).
pub(crate) const fn side_mix(sign: i8) -> Mix {
    Mix {
        weight: SIDE_WEIGHT,
        place: sign.saturating_mul(3),
        width: 2,
    }
}

/// 5 % of a lognormal of total vol `v / 2` at `exp(vols v)`; above the forward [`Mix::faint`]. `atm` is `v`, units of `2^-32`.
pub(crate) fn bump_mix(vols: i8, atm: u64) -> Mix {
    let mix = Mix {
        weight: BUMP_WEIGHT,
        place: vols.saturating_mul(2),
        width: 1,
    };
    mix.faint(atm)
}

/// Every lognormal that a choice of the smile row mixes into a slice whose at-the-money total vol is `atm`, units of `2^-32`.
#[must_use]
pub fn smile_mixes(atm: u64) -> Vec<Mix> {
    let bumps = SMILE_CHOICES.iter().filter_map(|choice| match choice {
        SmileChoice::Bump(vols) => Some(bump_mix(*vols, atm)),
        _ => None,
    });
    [side_mix(-1), side_mix(1)]
        .into_iter()
        .chain(bumps)
        .collect()
}
