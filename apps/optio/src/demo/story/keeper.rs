//! What keepers and takers do: who is below maintenance, what a step would do, the step, the waiting between steps.

use cosmwasm_std::Uint128;
use protocol_api::engine::{
    AccountId, BelowHealthResponse, LiquidateData, LiquidatePreview, LiquidationStateResponse, PPM,
    QueryMsg as EngineQuery,
};
use protocol_api::liquidation::{
    AuctionResponse, ConfigResponse, ExecuteMsg, QueryMsg, Step, Take, Terms,
};
use risk::liquidation::Schedule;

use super::Story;
use crate::demo::sold::{Penalty, Slice, Standing, StepReport, shown, usd};
use crate::error::{CliError, Result};

/// Most seconds between two reports while an account is for sale: prices five minutes apart have a gap, and an auction's
/// clock starts anew after it.
const BEAT: u64 = 240;
/// The most a taker pays, base units: more than any account here is worth.
const PURSE: u128 = 1_000_000_000_000;

fn schedule(terms: &Terms) -> Schedule {
    let s = &terms.auction.schedule;
    Schedule {
        start: s.start,
        knee: s.knee,
        end: s.end,
        knee_after: s.knee_after,
        end_after: s.end_after,
    }
}

/// The age at which an auction offers a reward, seconds.
pub(super) fn seconds_until(terms: &Terms, reward: i32) -> u64 {
    let schedule = schedule(terms);
    let end = u64::from(schedule.end_after);
    let reached = (0..end).find(|t| schedule.reward(*t) >= reward);
    reached.unwrap_or(end)
}

impl Story {
    /// The place of a party.
    pub(super) fn party(&self, name: &str) -> Result<usize> {
        let place = self.parties.iter().position(|p| p.name == name);
        place.ok_or_else(|| CliError::input(format!("nobody is called {name}")))
    }

    pub(super) fn name_of(&self, account: AccountId) -> String {
        let party = self.parties.iter().find(|p| p.trader.account == account);
        party.map_or_else(|| format!("account {account}"), |p| p.name.clone())
    }

    pub(super) fn terms(&self) -> Result<Terms> {
        let config: ConfigResponse = self.venue.ask_liquidation(&QueryMsg::Config {})?;
        Ok(config.terms.current)
    }

    /// Every account below maintenance, page by page, as bots look for them.
    pub(super) fn below(&self) -> Result<Vec<LiquidationStateResponse>> {
        let (mut found, mut after) = (Vec::new(), None);
        loop {
            let page: BelowHealthResponse = self.venue.ask(&EngineQuery::BelowHealth {
                bound: PPM,
                start_after: after,
                limit: None,
            })?;
            found.extend(page.accounts);
            after = page.last;
            if after.is_none() {
                return Ok(found);
            }
        }
    }

    /// Says who is below maintenance.
    pub(super) fn say_below(&mut self) -> Result<()> {
        let found = self.below()?;
        let name = |state: &LiquidationStateResponse| {
            let health = shown(Standing::of(state).health());
            let how = state.standing.map(|s| format!("{s:?}").to_lowercase());
            let how = how.unwrap_or_default();
            format!("{} at {health} ({how})", self.name_of(state.account))
        };
        let names: Vec<String> = found.iter().map(name).collect();
        self.say(&format!(
            "bots ask who is below maintenance: {}",
            names.join(", ")
        ));
        Ok(())
    }

    pub(super) fn state(&self, who: usize) -> Result<LiquidationStateResponse> {
        let accounts = vec![self.parties[who].trader.account];
        let query = EngineQuery::LiquidationStates { accounts };
        let states: Vec<LiquidationStateResponse> = self.venue.ask(&query)?;
        let first = states.into_iter().next();
        first.ok_or_else(|| CliError::input("the engine does not know the account"))
    }

    /// The clock of an account's auction, unix seconds: now less its age.
    pub(super) fn auction(&self, who: usize) -> Result<Option<u64>> {
        let account = self.parties[who].trader.account;
        let query = QueryMsg::Auction { account };
        let answer: AuctionResponse = self.venue.ask_liquidation(&query)?;
        Ok(answer.auction.map(|auction| auction.start.at))
    }

    /// Waits, with reports of the last prices often enough that they have no gap; they are fresh at the end.
    pub(super) fn pass(&mut self, until: u64) -> Result<()> {
        while self.venue.now() < until {
            self.reach(until.min(self.venue.now() + BEAT))?;
            let spot = self.spot();
            self.publish_live(spot)?;
            self.went_to(spot);
            self.read()?;
        }
        Ok(())
    }

    /// Waits until an account's auction is so old, with steps in which nobody takes: of a lull only so much counts.
    pub(super) fn ripen(&mut self, seller: usize, age: u64) -> Result<()> {
        let lull = u64::from(schedule(&self.terms()?).lull());
        while let Some(at) = self.auction(seller)? {
            let now = self.venue.now();
            let left = (at + age).saturating_sub(now);
            self.pass(now + left.min(lull))?;
            if left <= lull {
                break;
            }
            self.send_step(seller, None)?;
        }
        Ok(())
    }

    /// Waits until a time, with steps in which nobody takes, so that the auction goes on.
    pub(super) fn let_pass(&mut self, seller: usize, until: u64) -> Result<()> {
        let tail = u64::from(self.terms()?.tail);
        while self.venue.now() < until {
            self.pass(until.min(self.venue.now() + tail / 2))?;
            self.send_step(seller, None)?;
        }
        Ok(())
    }

    /// One step, previewed, sent by the taker or else by the keeper, and noted.
    pub(super) fn sell(&mut self, seller: usize, taker: Option<usize>) -> Result<StepReport> {
        let before = Standing::of(&self.state(seller)?);
        let (sender, take) = self.take(seller, taker)?;
        let preview = self.preview(seller, &take, sender)?;
        for taken in &preview.taken {
            let (name, paid) = (self.name_of(taken.account), usd(taken.paid.i128()));
            let reward = f64::from(taken.reward) / 1e4;
            let how = if paid < 0.0 { "be paid" } else { "pay" };
            self.say(&format!(
                "a preview: at a reward of {reward:.2} % {name} would {how} {:.2} USDC",
                paid.abs()
            ));
        }
        let told = self.send_step(seller, taker)?;
        self.note(seller, before, &told);
        self.read()?;
        Ok(told)
    }

    /// Who sends a step, and on which terms he takes.
    fn take(&self, seller: usize, taker: Option<usize>) -> Result<(usize, Option<Take>)> {
        let Some(taker) = taker else {
            return Ok((self.party("keeper")?, None));
        };
        let take = Take {
            account: self.parties[taker].trader.account,
            least_reward: 0,
            max_pay: Uint128::new(PURSE),
            legs_fingerprint: Some(self.state(seller)?.legs_fingerprint),
        };
        Ok((taker, Some(take)))
    }

    fn preview(&self, seller: usize, take: &Option<Take>, keeper: usize) -> Result<LiquidateData> {
        let found: LiquidatePreview = self.venue.ask_liquidation(&QueryMsg::Preview(Step {
            account: self.parties[seller].trader.account,
            take: take.clone(),
            keeper: Some(self.parties[keeper].trader.account),
            bids: None,
        }))?;
        Ok(found.done)
    }

    pub(super) fn send_step(&mut self, seller: usize, taker: Option<usize>) -> Result<StepReport> {
        let (keeper, take) = self.take(seller, taker)?;
        let preview = self.preview(seller, &take, keeper)?;
        let at = self.venue.now();
        let sender = self.parties[keeper].trader.clone();
        let msg = ExecuteMsg::Liquidate(Step {
            account: self.parties[seller].trader.account,
            take,
            keeper: Some(sender.account),
            bids: None,
        });
        let sent = self.venue.liquidation("liquidate", &sender.address, &msg);
        let told = StepReport::of(&sent?)?;
        // On a node the message is in a later block than the preview, at a later reward.
        if self.venue.now() == at && !told.is_as_shown(&preview) {
            let what = "a step did something else than its preview";
            return Err(CliError::new("E_OPTIO_DEMO", what));
        }
        Ok(told)
    }

    /// A line of the table for each taker, or one that says that nobody took.
    fn note(&mut self, seller: usize, before: Standing, told: &StepReport) {
        let health = [before.health(), told.after.health()];
        let mut slice = Slice {
            hour: self.hour(),
            account: self.parties[seller].name.clone(),
            taker: None,
            reward: 0.0,
            health,
            paid: 0.0,
            penalty: Some(Penalty {
                all: usd(told.penalty),
                keeper: usd(told.keeper),
            }),
        };
        for (taker, reward, paid) in &told.taken {
            slice.taker = Some(self.name_of(*taker));
            slice.reward = f64::from(*reward) / 1e4;
            slice.paid = usd(*paid);
            self.say(&slice.to_string());
            self.slices.push(slice.clone());
            slice.penalty = None;
        }
        if told.taken.is_empty() {
            self.slices.push(slice);
        }
    }
}
