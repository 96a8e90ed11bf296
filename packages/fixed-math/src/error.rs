//! What can go wrong in a computation.

use crate::wide::WideError;
use thiserror::Error;

/// Why a function gave no number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum MathError {
    /// `exp` outside [-44.3, 43.6].
    #[error("E_MATH_EXP_DOMAIN: the argument of exp must lie in [-44.3, 43.6]")]
    ExpDomain,
    /// `ln` of zero or a negative number.
    #[error("E_MATH_LN_DOMAIN: the argument of ln must be positive")]
    LnDomain,
    /// `sqrt` of a negative number.
    #[error("E_MATH_SQRT_DOMAIN: the argument of sqrt must not be negative")]
    SqrtDomain,
    /// `norm_quantile` outside (0, 1).
    #[error("E_MATH_QUANTILE_DOMAIN: a probability must lie strictly between 0 and 1")]
    QuantileDomain,
    /// Division by zero.
    #[error("E_MATH_DIVISION_BY_ZERO: division by zero")]
    DivisionByZero,
    /// The exact result does not fit the type.
    #[error("E_MATH_OVERFLOW: the result does not fit the type")]
    Overflow,
    /// The widening evaluation, which decides what the fast path cannot, gave no number.
    #[error(transparent)]
    Wide(#[from] WideError),
}
