//! Unit tests of the one-word kernel.
