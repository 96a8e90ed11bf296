//! What every contract that has an owner or a guardian tells in the same words.

mod events;

pub use events::*;
