//! Integer helpers.
