//! One message per file.

pub mod cancel_quotes;
pub mod prune_quotes;
pub mod take_quotes;
