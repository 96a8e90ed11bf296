//! The terms as they are stored, and their hard ranges: whatever the owner sets, accounts are sold.

use core::ops::RangeInclusive;

use borsh::{BorshDeserialize, BorshSerialize};
use cosmwasm_std::Uint128;
use protocol_api::engine::{self, LiquidationTerms, MAX_PENALTY, MAX_TARGET, PPM};
use protocol_api::liquidation::{self as api, BidTerms, MAX_BIDS, SLOT_GRID};
use risk::liquidation::Schedule;

use crate::error::ContractError;

/// The least reward that a schedule must end at: a buyer is always paid something in the end.
const LEAST_END: i32 = 100_000;
/// Shortest and longest time until then, seconds.
const END_AFTER: RangeInclusive<u32> = 60..=86_400;
/// The least target health.
const LEAST_TARGET: u32 = 1_010_000;
/// Shortest and longest silence after which an auction starts anew, seconds.
const TAIL: RangeInclusive<u32> = 120..=3_600;
/// Widest slot.
const MOST_SLOT: u32 = 100_000;
/// Longest waiting time of a bid, seconds.
const MOST_WAIT: u32 = 86_400;
/// Shortest time for nominations, seconds, and how much shorter than a tail it is: the auction that the first one touched
/// runs on for a minute when the table is ripe.
const A_MINUTE: u32 = 60;
/// Highest dust floor and least budget, whole quote coins.
const MOST_COINS: u128 = 100_000;
/// Highest tip, whole quote coins.
const MOST_TIP: u128 = 1_000;

/// The contract's terms; see the fields of the message.
#[derive(Clone, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub struct Terms {
    start: i32,
    knee: i32,
    end: i32,
    knee_after: u32,
    end_after: u32,
    target: u32,
    penalty: u32,
    dust: u128,
    tip: u128,
    chip: u32,
    /// Seconds after which an untouched auction starts anew.
    pub tail: u32,
    /// Width of a slot.
    pub slot: u32,
    /// Seconds until a bid counts.
    pub wait: u32,
    /// Most bids of one account.
    pub most: u32,
    /// The least budget.
    pub least_budget: u128,
    /// The least reward at which a backstop takes.
    pub backstop_reward: u32,
    /// Seconds from the first nomination until an account is deleveraged.
    pub nomination: u32,
}

impl Terms {
    /// The terms in their hard ranges, for a quote coin of so many decimals.
    ///
    /// # Errors
    /// [`ContractError::Range`], [`ContractError::SlotGrid`].
    pub fn checked(terms: &api::Terms, decimals: u8) -> Result<Self, ContractError> {
        let stored = Self::from_wire(terms);
        let one = 10_u128
            .checked_pow(decimals.into())
            .ok_or(ContractError::Overflow)?;
        stored.check_auction(one)?;
        stored.check_own(one)?;
        Ok(stored)
    }

    fn from_wire(terms: &api::Terms) -> Self {
        let (auction, bids) = (&terms.auction, &terms.bids);
        let schedule = &auction.schedule;
        Self {
            start: schedule.start,
            knee: schedule.knee,
            end: schedule.end,
            knee_after: schedule.knee_after,
            end_after: schedule.end_after,
            target: auction.target,
            penalty: auction.penalty,
            dust: auction.dust.u128(),
            tip: auction.tip.u128(),
            chip: auction.chip,
            tail: terms.tail,
            slot: bids.slot,
            wait: bids.wait,
            most: bids.most,
            least_budget: bids.least_budget.u128(),
            backstop_reward: terms.backstop_reward,
            nomination: terms.nomination,
        }
    }

    /// What the engine goes by.
    #[must_use]
    pub const fn auction(&self) -> LiquidationTerms {
        LiquidationTerms {
            schedule: engine::Schedule {
                start: self.start,
                knee: self.knee,
                end: self.end,
                knee_after: self.knee_after,
                end_after: self.end_after,
            },
            target: self.target,
            penalty: self.penalty,
            dust: Uint128::new(self.dust),
            tip: Uint128::new(self.tip),
            chip: self.chip,
        }
    }

    /// As they are shown.
    #[must_use]
    pub const fn to_wire(&self) -> api::Terms {
        api::Terms {
            auction: self.auction(),
            tail: self.tail,
            bids: BidTerms {
                slot: self.slot,
                wait: self.wait,
                most: self.most,
                least_budget: Uint128::new(self.least_budget),
            },
            backstop_reward: self.backstop_reward,
            nomination: self.nomination,
        }
    }

    /// The reward as a function of time.
    #[must_use]
    pub const fn schedule(&self) -> Schedule {
        Schedule {
            start: self.start,
            knee: self.knee,
            end: self.end,
            knee_after: self.knee_after,
            end_after: self.end_after,
        }
    }

    /// How many of the seconds between two steps count.
    #[must_use]
    pub const fn lull(&self) -> u32 {
        self.schedule().lull()
    }

    /// Passes when a bid may ask this reward.
    ///
    /// # Errors
    /// [`ContractError::Reward`].
    pub fn check_reward(&self, reward: i32) -> Result<(), ContractError> {
        let on_slot = i64::from(reward).checked_rem_euclid(self.slot.into()) == Some(0);
        if on_slot && (self.start..=self.end).contains(&reward) {
            Ok(())
        } else {
            Err(ContractError::Reward {
                slot: self.slot,
                lowest: self.start,
                highest: self.end,
            })
        }
    }

    fn check_auction(&self, one: u128) -> Result<(), ContractError> {
        require(self.schedule().is_valid(), "schedule")?;
        require(self.start <= 0, "start")?;
        require(self.end >= LEAST_END, "end")?;
        require(END_AFTER.contains(&self.end_after), "end_after")?;
        require((LEAST_TARGET..=MAX_TARGET).contains(&self.target), "target")?;
        require(self.penalty <= MAX_PENALTY, "penalty")?;
        require(self.dust <= coins(MOST_COINS, one)?, "dust")?;
        require(self.tip <= coins(MOST_TIP, one)?, "tip")?;
        require(self.chip <= PPM, "chip")
    }

    fn check_own(&self, one: u128) -> Result<(), ContractError> {
        require(TAIL.contains(&self.tail), "tail")?;
        require((1..=MOST_SLOT).contains(&self.slot), "slot")?;
        if self.slot.checked_rem(SLOT_GRID) != Some(0) {
            return Err(ContractError::SlotGrid);
        }
        require((1..=MOST_WAIT).contains(&self.wait), "wait")?;
        require((1..=MAX_BIDS).contains(&self.most), "most")?;
        let budgets = 1..=coins(MOST_COINS, one)?;
        require(budgets.contains(&self.least_budget), "least_budget")?;
        let rewards = 0..=u32::try_from(self.end).unwrap_or(0);
        require(rewards.contains(&self.backstop_reward), "backstop_reward")?;
        // A critical account's price is below two thirds of its margin: a backstop pays no more penalty than its reward.
        let (reward, penalty) = (u64::from(self.backstop_reward), u64::from(self.penalty));
        require(
            reward.saturating_mul(3) >= penalty.saturating_mul(2),
            "backstop_reward",
        )?;
        let nominations = A_MINUTE..=self.tail.saturating_sub(A_MINUTE);
        require(nominations.contains(&self.nomination), "nomination")
    }
}

fn coins(count: u128, one: u128) -> Result<u128, ContractError> {
    count.checked_mul(one).ok_or(ContractError::Overflow)
}

const fn require(holds: bool, field: &'static str) -> Result<(), ContractError> {
    if holds {
        Ok(())
    } else {
        Err(ContractError::Range { field })
    }
}

#[cfg(test)]
mod tests;
