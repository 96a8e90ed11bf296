//! Correctly rounded fixed-point mathematics in integers.
pub mod wide;
