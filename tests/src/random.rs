//! Random numbers that are the same every time, with the seed in the test's text.

pub use sandbox::random::Random;
