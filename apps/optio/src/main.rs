//! The Optio command: demo, replay, calculators.
fn main() {}
