//! The reference model: what the specification says of accounts, quotes, prices and settlement, in plain maps and whole
//! numbers. It calls nothing of the contracts nor of their libraries.
//!
//! Margin it does not compute. Where only margin decides it says so ([`Expect::Judge`]), and what may be accepted is
//! held against statements that need none ([`Model::may_trade`], [`Model::may_withdraw`]).

pub mod ledger;
pub mod oracle;
pub mod series;
pub mod trade;
pub mod venue;

use std::collections::BTreeSet;

pub use ledger::{Holder, Model, TRADERS, TREASURY};

/// Codes of which the refusal must carry one: which of several faults is named first is nobody's promise.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Codes(BTreeSet<&'static str>);

impl Codes {
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds the code of a fault that is there.
    pub fn fault(&mut self, is_there: bool, code: &'static str) {
        if is_there {
            self.0.insert(code);
        }
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub fn has(&self, code: &str) -> bool {
        self.0.contains(code)
    }

    /// Refused for one of these, accepted if there is none.
    pub fn expect(self) -> Expect {
        if self.is_empty() {
            Expect::Accept
        } else {
            Expect::Refuse(self)
        }
    }
}

/// What must come of a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Expect {
    Accept,
    Refuse(Codes),
    /// Margin decides: accepted, or refused for one of these.
    Judge(Codes),
}

/// Whether a book is covered, as far as the specification fixes it: in coin the test may be a little on the safe side.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Covered {
    No,
    Perhaps,
    Yes,
}
