//! A sale in the fall: an account that nobody tends is sold in slices until it is healthy.

use cosmwasm_std::Uint128;
use protocol_api::liquidation::ExecuteMsg;

use super::Story;
use super::keeper::seconds_until;
use crate::demo::sold::{Standing, shown};
use crate::error::Result;

/// Heidi's standing bid: reward in parts per million, budget in base units.
const BID: (i32, u128) = (10_000, 300_000_000);
/// The reward that ivan waits for, parts per million.
const PATIENT: i32 = 25_000;
/// Seconds that the messages of a sale may take on a node beside the auction's own time.
const MESSAGES: u64 = 10;

impl Story {
    /// Heidi's standing bid: its budget leaves her cash now.
    pub(super) fn place_bid(&mut self) -> Result<()> {
        let heidi = self.parties[self.party("heidi")?].trader.clone();
        let (reward, budget) = BID;
        let msg = ExecuteMsg::PlaceBid {
            account: heidi.account,
            reward,
            budget: Uint128::new(budget),
        };
        self.venue
            .liquidation("place a bid", &heidi.address, &msg)?;
        self.say("heidi places a standing bid: 300 USDC for whatever falls, at a reward of 1 %");
        Ok(())
    }

    /// Whether an account is below maintenance and there is time to sell it before the fixing window.
    pub(super) fn is_for_sale(&self, seller: usize) -> Result<bool> {
        let account = self.parties[seller].trader.account;
        let needs = seconds_until(&self.terms()?, PATIENT) + MESSAGES;
        let in_time = self.venue.now() + needs < self.pace.opens();
        Ok(in_time && self.below()?.iter().any(|s| s.account == account))
    }

    /// From the first step to health: the auction starts, the standing bid takes what its budget buys, an open taker the
    /// rest.
    pub(super) fn sale(&mut self, seller: usize) -> Result<()> {
        self.say_below()?;
        let terms = self.terms()?;
        self.sell(seller, None)?;
        if self.auction(seller)?.is_none() {
            return Ok(());
        }
        let name = self.parties[seller].name.clone();
        self.say(&format!(
            "the keeper's first step starts {name}'s auction: the reward rises from {} % through {} % after {} s",
            f64::from(terms.auction.schedule.start) / 1e4,
            f64::from(terms.auction.schedule.knee) / 1e4,
            terms.auction.schedule.knee_after,
        ));
        self.ripen(seller, seconds_until(&terms, BID.0))?;
        self.sell(seller, None)?;
        self.ripen(seller, seconds_until(&terms, PATIENT))?;
        if self.auction(seller)?.is_some() {
            let ivan = self.party("ivan")?;
            self.sell(seller, Some(ivan))?;
        }
        let after = Standing::of(&self.state(seller)?).health();
        let how = if after.is_some_and(|h| h < 1.0) {
            "still below maintenance"
        } else {
            "healthy again"
        };
        self.say(&format!("{name} is {how} at {}", shown(after)));
        Ok(())
    }
}
