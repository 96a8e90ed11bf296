//! Standing bids: where they stand, and what a step makes of them.

use borsh::{BorshDeserialize, BorshSerialize};
use protocol_api::engine::MAX_DISCOUNT;
use protocol_std::binary::Record;

use crate::error::ContractError;

/// Where a bid stands: bids fill by reward, then by time, then by account.
#[derive(Clone, Copy, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub struct Place {
    /// The reward asked, parts per million of maintenance margin.
    pub reward: i32,
    /// When it starts to count, unix seconds.
    pub active_at: u64,
    /// The bidder's account.
    pub account: u64,
}

/// What stands there.
#[derive(Clone, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub struct Bid {
    /// Who placed it and consents for the account.
    pub bidder: String,
    /// What is left of the budget; it lies in the engine's escrow.
    pub budget: u128,
}

impl Bid {
    /// Of a bidder, with all of its budget.
    #[must_use]
    pub fn new(bidder: &str, budget: u128) -> Self {
        Self {
            bidder: bidder.to_owned(),
            budget,
        }
    }
}

impl Record for Bid {
    const VERSION: u8 = 1;
}

/// A reward as an unsigned number in the same order; rewards start at `-MAX_DISCOUNT`.
#[must_use]
pub fn rank(reward: i32) -> u32 {
    let above = reward.saturating_add(MAX_DISCOUNT);
    u32::try_from(above).unwrap_or(0)
}

/// The reward of a rank.
#[must_use]
pub fn reward_of(rank: u32) -> i32 {
    let above = i32::try_from(rank).unwrap_or(i32::MAX);
    above.saturating_sub(MAX_DISCOUNT)
}

/// What becomes of a bid that was offered in a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// It stands as it was.
    Stands,
    /// It stands with less.
    Shrinks {
        /// What is left of the budget.
        left: u128,
    },
    /// It ends.
    Ends {
        /// What returns to the account.
        released: u128,
    },
}

/// What a step makes of a bid: `paid` is what it paid if it took (negative: what it was paid, which leaves the budget
/// alone), `passed_over` says that its account may not take. What is left below `least` ends it, so that no remnant too
/// small to matter keeps its place before other bids.
///
/// # Errors
/// [`ContractError::EngineAnswer`] when it paid more than its budget.
pub fn fate(
    budget: u128,
    paid: Option<i128>,
    passed_over: bool,
    least: u128,
) -> Result<Fate, ContractError> {
    if passed_over {
        return Ok(Fate::Ends { released: budget });
    }
    let paid = match paid {
        Some(paid) if paid > 0 => paid.unsigned_abs(),
        _ => return Ok(Fate::Stands),
    };
    let left = budget
        .checked_sub(paid)
        .ok_or(ContractError::EngineAnswer)?;
    Ok(if left < least {
        Fate::Ends { released: left }
    } else {
        Fate::Shrinks { left }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranks_keep_the_order_of_rewards() {
        let rewards = [-100_000, -5_000, 0, 5_000, 1_000_000];
        let ranks = rewards.map(rank);
        assert_eq!(ranks, [0, 95_000, 100_000, 105_000, 1_100_000]);
        assert_eq!(ranks.map(reward_of), rewards);
    }

    #[test]
    fn a_bid_stands_shrinks_or_ends() {
        let least = 10;
        assert_eq!(fate(50, None, false, least), Ok(Fate::Stands));
        assert_eq!(fate(50, Some(-7), false, least), Ok(Fate::Stands));
        assert_eq!(fate(50, Some(0), false, least), Ok(Fate::Stands));
        assert_eq!(
            fate(50, Some(40), false, least),
            Ok(Fate::Shrinks { left: 10 })
        );
        assert_eq!(
            fate(50, Some(41), false, least),
            Ok(Fate::Ends { released: 9 })
        );
        assert_eq!(
            fate(50, Some(50), false, least),
            Ok(Fate::Ends { released: 0 })
        );
        assert_eq!(fate(50, None, true, least), Ok(Fate::Ends { released: 50 }));
        assert_eq!(
            fate(50, Some(51), false, least),
            Err(ContractError::EngineAnswer)
        );
    }
}
