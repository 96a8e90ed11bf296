//! What is known of signed bytes while blocks are watched for them, and what that allows: plain data, no node.

use std::time::Duration;

use crate::error::ClientError;
use crate::rpc::POLL;

/// How often the same bytes are sent again.
const AGAIN: Duration = Duration::from_secs(2);

/// How a mempool took the bytes.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Reception {
    /// It holds them.
    Held,
    /// It has no room for them now.
    Full,
    /// No answer: it may hold them.
    Unanswered,
    /// Their sequence is taken: by themselves, or by other bytes of the same key.
    Taken(String),
    /// Refused.
    Refused(ClientError),
}

/// What follows from all that is known.
#[derive(Debug, PartialEq)]
pub(crate) enum Verdict {
    /// They may still be included: look on, and offer them again when the last offer is as old as this.
    Wait(Duration),
    /// No mempool can hold them.
    Refused(ClientError),
    /// They can never be included: other bytes used their sequence.
    Taken(String),
    /// They can never be included: their last block has passed.
    TooLate,
}

/// Signed bytes under way.
#[derive(Debug)]
pub(crate) struct Watch {
    last: Reception,
    /// Some mempool holds them, or may: they are passed on, and what one node says later binds no other.
    out: bool,
}

impl Watch {
    /// After the first offer.
    pub fn new(first: Reception) -> Self {
        let mut watch = Self {
            last: Reception::Full,
            out: false,
        };
        watch.offered(first);
        watch
    }

    /// After another offer.
    pub fn offered(&mut self, reception: Reception) {
        self.out |= matches!(reception, Reception::Held | Reception::Unanswered);
        self.last = reception;
    }

    /// Whether a mempool says that the sequence is taken: its word is not enough, only a block's is.
    pub fn asks_for_sequence(&self) -> bool {
        matches!(self.last, Reception::Taken(_))
    }

    /// What follows, when the blocks so far do not hold the bytes: `used` says that a block has used their sequence, `late`
    /// that their last block has passed.
    pub fn verdict(&self, used: bool, late: bool) -> Verdict {
        match &self.last {
            Reception::Taken(text) if used => Verdict::Taken(text.clone()),
            Reception::Refused(error) if !self.out => Verdict::Refused(error.clone()),
            _ if late => Verdict::TooLate,
            Reception::Full | Reception::Unanswered => Verdict::Wait(POLL),
            _ => Verdict::Wait(AGAIN),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refusal() -> Reception {
        Reception::Refused(ClientError::Refused("insufficient fee".to_owned()))
    }

    #[test]
    fn a_first_refusal_is_final() {
        let refused = Verdict::Refused(ClientError::Refused("insufficient fee".to_owned()));
        assert_eq!(Watch::new(refusal()).verdict(false, false), refused);
        // A full mempool took nothing.
        let mut watch = Watch::new(Reception::Full);
        assert_eq!(watch.verdict(false, false), Verdict::Wait(POLL));
        watch.offered(refusal());
        assert_eq!(watch.verdict(false, false), refused);
    }

    /// A node that restarted, whose fee rose, or that stands behind a balancer: others hold the bytes and may include them.
    #[test]
    fn attack_a_refusal_after_an_acceptance_is_not_final() {
        for first in [Reception::Held, Reception::Unanswered] {
            let mut watch = Watch::new(first);
            watch.offered(refusal());
            assert_eq!(watch.verdict(false, false), Verdict::Wait(AGAIN));
            assert_eq!(watch.verdict(false, true), Verdict::TooLate);
            let taken = "account sequence mismatch".to_owned();
            watch.offered(Reception::Taken(taken.clone()));
            assert!(watch.asks_for_sequence());
            assert_eq!(watch.verdict(false, false), Verdict::Wait(AGAIN));
            assert_eq!(watch.verdict(true, false), Verdict::Taken(taken));
        }
    }

    #[test]
    fn a_full_mempool_is_not_asked_without_a_pause() {
        let watch = Watch::new(Reception::Full);
        assert_eq!(watch.verdict(false, false), Verdict::Wait(POLL));
        assert_eq!(watch.verdict(false, true), Verdict::TooLate);
        assert!(!watch.asks_for_sequence() && !POLL.is_zero());
    }
}
