//! The rungs below a sale by messages: who holds the other sides is named and closed, insurance is asked for dead debts,
//! what is written off is shared over the winners. What everybody lost is read off his own account.

use protocol_api::engine::{AccountId, ExecuteMsg as EngineMsg, LossResponse, QueryMsg, turn_from};
use protocol_api::liquidation::ExecuteMsg;
use sandbox::setup::USDC;

use super::listing::MARKET;
use super::{Pair, Stage};
use crate::error::{CliError, Result};
use crate::stress::rungs::{CENT, DAY, NAMED, ROUNDS, lacking};
use crate::venue::failed;

impl Stage<'_> {
    /// Names the buyer once the schedule has ended; closes the account against him when the table is ripe.
    pub(super) fn close(&mut self, at: usize, pair: &mut Pair) -> Result<()> {
        let now = self.world.chain.now();
        let ended = u64::from(self.rules.schedule.end_after);
        match pair.ripe {
            Some(ripe) if now >= ripe => self.deleverage(at, pair),
            // No auction is older than the fall.
            None if pair.since.is_some_and(|since| now >= since + ended) => {
                pair.ripe = self.nominate(pair)?;
                Ok(())
            }
            _ => Ok(()),
        }
    }

    /// When the table is ripe; none while the schedule runs.
    fn nominate(&mut self, pair: &Pair) -> Result<Option<u64>> {
        let msg = ExecuteMsg::Nominate {
            account: pair.seller.account,
            candidates: vec![pair.buyer.account],
        };
        let keeper = self.world.keeper.clone();
        match self.world.liquidation_as(&keeper, &msg, &[]) {
            Err(error) if error.to_string().contains("E_ENGINE_NO_DELEVERAGE") => Ok(None),
            Err(error) => Err(failed(&error)),
            Ok(done) => {
                self.audit()?;
                let ripe = done.attribute("executable_at");
                Ok(ripe.and_then(|ripe| ripe.parse().ok()))
            }
        }
    }

    fn deleverage(&mut self, at: usize, pair: &mut Pair) -> Result<()> {
        let account = pair.seller.account;
        let both = vec![account, pair.buyer.account];
        let (before, fund) = (self.equities(both.clone())?, self.insurance()?.balance);
        let msg = ExecuteMsg::Deleverage { account };
        let keeper = self.world.keeper.clone();
        let sent = self.world.liquidation_as(&keeper, &msg, &[]);
        sent.map_err(|e| failed(&e))?;
        self.audit()?;
        let after = self.equities(both)?;
        let paid = fund.u128() - self.insurance()?.balance.u128();
        let walk = &mut self.played.walk;
        walk.closed += 1;
        walk.rounded += 1;
        walk.deficit += lacking(before[0]);
        walk.insurance += paid;
        walk.sides += before[1] - after[1];
        self.owed.insert(account, lacking(after[0]));
        self.played.seen[pair.agent].closed = Some(at);
        pair.ripe = None;
        Ok(())
    }

    fn equities(&self, accounts: Vec<AccountId>) -> Result<Vec<i128>> {
        let states = self.states(accounts)?;
        let equity = states.iter().map(|state| state.equity.map(|e| e.i128()));
        let unpriced = || CliError::input("an account that is closed has no price");
        equity.collect::<Option<Vec<i128>>>().ok_or_else(unpriced)
    }

    /// When all lives are over: dead debts hour by hour until they are late, then what is written off, round by round.
    pub(super) fn walk_down(&mut self) -> Result<()> {
        let fund = self.insurance()?.balance.u128();
        let (mut debtors, late) = self.debtors()?;
        let mut now = self.world.chain.now();
        while now < late && self.is_owed(&debtors)? {
            now = ((now / 3_600 + 1) * 3_600).min(late);
            self.world.chain.set_time(now);
            for debtor in &mut debtors {
                let spent = self.insurance()?.available.u128() < CENT;
                if !spent && self.owed(debtor.0)? > 0 {
                    self.cover(debtor)?;
                }
                if spent {
                    break;
                }
            }
        }
        for debtor in &mut debtors {
            if self.owed(debtor.0)? > 0 {
                self.cover(debtor)?;
            }
        }
        self.played.walk.written_off = self.loss()?.lost.u128();
        let had = self.winners()?;
        self.share_rounds()?;
        let has = self.winners()?;
        let (left, kept) = (self.insurance()?, self.loss()?.lost.u128());
        let walk = &mut self.played.walk;
        walk.winners = had - has;
        walk.insurance += fund - left.balance.u128();
        walk.unpaid = kept + left.shortfall.u128();
        walk.rounded += self.accounts.len();
        Ok(())
    }

    /// Accounts without legs that owe, with what they owed when last seen, and when the youngest debt is late. What an account
    /// lacks that was not closed counts from here on.
    fn debtors(&mut self) -> Result<(Vec<(AccountId, u128)>, u64)> {
        let (mut debtors, mut late) = (Vec::new(), 0);
        for (at, (seller, _)) in self.accounts.clone().into_iter().enumerate() {
            let (seen, walk) = (&self.played.seen[at], &mut self.played.walk);
            if seen.closed.is_none() {
                walk.deficit += lacking(seen.equity);
            }
            if !seen.book.legs.is_empty() {
                walk.held += lacking(seen.equity);
            }
            let (cash, since) = self.cash(seller)?;
            if cash < 0 && seen.book.legs.is_empty() {
                let known = self.owed.get(&seller).copied();
                debtors.push((seller, known.unwrap_or(lacking(seen.equity))));
                late = late.max(since + DAY);
            }
        }
        Ok((debtors, late))
    }

    fn is_owed(&self, debtors: &[(AccountId, u128)]) -> Result<bool> {
        for debtor in debtors {
            if self.owed(debtor.0)? > 0 {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Sends `CoverDebt`; what the debt grew by since it was last seen is interest.
    fn cover(&mut self, debtor: &mut (AccountId, u128)) -> Result<()> {
        let account = debtor.0;
        self.played.walk.interest += self.owed(account)?.saturating_sub(debtor.1);
        self.tell(&EngineMsg::CoverDebt { account })?;
        debtor.1 = self.owed(account)?;
        Ok(())
    }

    fn share_rounds(&mut self) -> Result<()> {
        for _ in 0..ROUNDS {
            if self.loss()?.lost.is_zero() {
                break;
            }
            let days = if self.look_at_all()? { 1 } else { 7 };
            let now = self.world.chain.now();
            self.world.chain.set_time(now + days * DAY);
        }
        self.name_buyers()
    }

    /// Buyers are counted, then everybody has his turn, so many in a message; whether all had it: no prices come any more, and
    /// who needs them keeps his turn.
    fn look_at_all(&mut self) -> Result<bool> {
        self.name_buyers()?;
        while let Some(next) = self.loss()?.unseen {
            self.share(turn_from(next))?;
            if self.loss()?.unseen == Some(next) {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// All buyers are named, so many in a message.
    fn name_buyers(&mut self) -> Result<()> {
        let buyers: Vec<AccountId> = self.accounts.iter().map(|pair| pair.1).collect();
        for named in buyers.chunks(NAMED) {
            self.share(named.to_vec())?;
            let withheld = self.loss()?.withheld.u128();
            let walk = &mut self.played.walk;
            walk.withheld = walk.withheld.max(withheld);
        }
        Ok(())
    }

    fn share(&mut self, accounts: Vec<AccountId>) -> Result<()> {
        self.tell(&EngineMsg::ShareLoss {
            market: MARKET.0.to_owned(),
            accounts,
        })
    }

    /// Sends the engine a message that may find nothing to do.
    fn tell(&mut self, msg: &EngineMsg) -> Result<()> {
        let keeper = self.world.keeper.clone();
        match self.world.engine_as(&keeper, msg, &[]) {
            Err(error) if error.to_string().contains("E_ENGINE_NOTHING_DUE") => Ok(()),
            Err(error) => Err(failed(&error)),
            Ok(_) => self.audit(),
        }
    }

    /// Quote cash of all buyers.
    fn winners(&self) -> Result<i128> {
        let mut sum = 0;
        for (_, buyer) in &self.accounts {
            sum += self.cash(*buyer)?.0;
        }
        Ok(sum)
    }

    fn owed(&self, account: AccountId) -> Result<u128> {
        Ok(lacking(self.cash(account)?.0))
    }

    /// Quote cash, and since when it is owed.
    fn cash(&self, account: AccountId) -> Result<(i128, u64)> {
        let found = self.account(account)?;
        let cash = found.cash.iter().find(|cash| cash.denom == USDC);
        Ok(cash.map_or((0, 0), |cash| {
            (cash.amount.i128(), cash.debt_since.unwrap_or(0))
        }))
    }

    fn loss(&self) -> Result<LossResponse> {
        let query = QueryMsg::Loss {
            market: MARKET.0.to_owned(),
            account: None,
        };
        let found = self.world.chain.query(&self.world.engine, &query);
        found.map_err(|e| failed(&e))
    }
}
