//! Tables written by scripts/gen-tables.

pub(crate) mod exponential;
pub(crate) mod logarithm;
pub(crate) mod mills;
pub(crate) mod quantile;
pub(crate) mod roots;
