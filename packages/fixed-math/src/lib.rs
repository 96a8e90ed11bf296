//! Correctly rounded fixed-point mathematics in integers.
