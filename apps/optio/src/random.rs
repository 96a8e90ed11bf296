//! Random numbers that are the same every time.

pub use sandbox::random::Random;
