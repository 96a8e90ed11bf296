//! What can be wrong with a Black-76 question.

use fixed_math::wide::WideError;
use thiserror::Error;

/// Why there is no Black-76 number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum BlackError {
    /// Forward outside `[2^-20, 2^40]`.
    #[error("E_BLACK_FORWARD: the forward must lie in [2^-20, 2^40]")]
    Forward,
    /// Strike outside `[2^-20, 2^40]`.
    #[error("E_BLACK_STRIKE: the strike must lie in [2^-20, 2^40]")]
    Strike,
    /// Vol or years not above zero.
    #[error("E_BLACK_VOL: vol and years must be above zero")]
    Vol,
    /// Total vol outside `[2^-20, 8]`.
    #[error("E_BLACK_TOTAL_VOL: the total vol must lie in [2^-20, 8]")]
    TotalVol,
    /// `|ln(F/K)|` above 8.
    #[error("E_BLACK_MONEYNESS: |ln(forward / strike)| must not be above 8")]
    Moneyness,
    /// The value does not fit the number type.
    #[error("E_BLACK_RANGE: the value does not fit the number type")]
    Range,
    /// The widening evaluation reached its last precision without deciding a rounding.
    #[error("E_BLACK_UNDECIDED: the rounding could not be decided")]
    Undecided,
}

impl From<WideError> for BlackError {
    fn from(error: WideError) -> Self {
        match error {
            WideError::Domain => Self::Vol,
            WideError::Range => Self::Range,
            WideError::Undecided => Self::Undecided,
        }
    }
}
