//! Checked integer arithmetic on money; every result that passes its type is an error.

use fixed_math::int;

use crate::error::EngineError;

/// `a + b` of amounts with a sign.
pub fn add_signed(a: i128, b: i128) -> Result<i128, EngineError> {
    a.checked_add(b).ok_or(EngineError::Overflow)
}

/// `a - b` of amounts with a sign.
pub fn sub_signed(a: i128, b: i128) -> Result<i128, EngineError> {
    a.checked_sub(b).ok_or(EngineError::Overflow)
}

/// `a x b` of amounts with a sign.
pub fn mul_signed(a: i128, b: i128) -> Result<i128, EngineError> {
    a.checked_mul(b).ok_or(EngineError::Overflow)
}

/// `a + b` of amounts without one.
pub fn add_unsigned(a: u128, b: u128) -> Result<u128, EngineError> {
    a.checked_add(b).ok_or(EngineError::Overflow)
}

/// `a - b` of amounts without one; below zero is an error.
pub fn sub_unsigned(a: u128, b: u128) -> Result<u128, EngineError> {
    a.checked_sub(b).ok_or(EngineError::Overflow)
}

/// `-a`.
pub fn neg(a: i128) -> Result<i128, EngineError> {
    a.checked_neg().ok_or(EngineError::Overflow)
}

/// `a` as an unsigned amount.
pub fn unsigned(a: i128) -> Result<u128, EngineError> {
    u128::try_from(a).map_err(|_| EngineError::Overflow)
}

/// `a` as a signed amount.
pub fn signed(a: u128) -> Result<i128, EngineError> {
    i128::try_from(a).map_err(|_| EngineError::Overflow)
}

/// `a x b / c` rounded down; all non-negative, 256 bits between.
pub fn mul_div_floor(a: u128, b: u128, c: u128) -> Result<u128, EngineError> {
    int::umul_div_floor(a, b, c).map_err(|_| EngineError::Overflow)
}

/// `a x b / c` rounded up; all non-negative, 256 bits between.
pub fn mul_div_ceil(a: u128, b: u128, c: u128) -> Result<u128, EngineError> {
    int::umul_div_ceil(a, b, c).map_err(|_| EngineError::Overflow)
}
