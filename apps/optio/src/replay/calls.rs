//! Accounts that owe or lack margin.

use cosmwasm_std::Coin;
use protocol_api::engine::{ExecuteMsg, HealthResponse};
use sandbox::Trader;
use sandbox::setup::USDC;

use super::desk::DESKS;
use super::prepare::Moment;
use super::run::Replay;
use crate::error::Result;
use crate::venue::failed;

impl Replay<'_> {
    /// Who owes coins pays them: a debtor may only reduce.
    pub fn pay_debts(&mut self) -> Result<()> {
        for at in 0..self.traders.len() {
            let trader = self.traders[at].clone();
            let cash = self.outcome.venue.account(trader.account)?.cash;
            let owed = cash.iter().filter(|c| c.amount.is_negative());
            let coins: Vec<Coin> = owed
                .map(|c| Coin::new(c.amount.i128().unsigned_abs(), &c.denom))
                .collect();
            if !coins.is_empty() {
                self.outcome.debts += 1;
                self.deposit(&trader, &coins)?;
            }
        }
        Ok(())
    }

    /// Accounts below maintenance reduce first; what is still missing they deposit.
    pub fn margin_calls(&mut self, moment: &Moment) -> Result<()> {
        for at in 0..self.traders.len() {
            let trader = self.traders[at].clone();
            let health = self.outcome.venue.health(trader.account)?;
            if !below(&health) {
                continue;
            }
            self.outcome.calls += 1;
            if health.equity.is_some_and(|e| e.is_negative()) {
                self.outcome.insolvent += 1;
            }
            self.reduce(&trader, &health, moment)?;
            let health = self.outcome.venue.health(trader.account)?;
            if !below(&health) {
                self.outcome.reduced += 1;
                continue;
            }
            let short = health
                .initial_surplus
                .map_or(0, |s| s.i128().unsigned_abs());
            let coins = [Coin::new(short + short / 4 + 1_000_000, USDC)];
            self.deposit(&trader, &coins)?;
        }
        Ok(())
    }

    fn deposit(&mut self, trader: &Trader, coins: &[Coin]) -> Result<()> {
        let venue = &mut self.outcome.venue;
        let minted = venue.sandbox.chain.mint(&trader.address, coins);
        minted.map_err(|e| failed(&e))?;
        let msg = ExecuteMsg::Deposit {
            account: trader.account,
        };
        venue.engine("deposit", &trader.address, &msg, coins)
    }

    /// Buys back, at the real ask, the short leg that costs most in the deciding pricing.
    fn reduce(&mut self, trader: &Trader, health: &HealthResponse, moment: &Moment) -> Result<()> {
        let shorts = health.legs.iter().filter(|l| l.quantity.i64() < 0);
        let Some(short) = shorts.max_by_key(|l| l.mark.i128() - l.worst.i128()) else {
            return Ok(());
        };
        for desk in &DESKS {
            let Some(prepared) = moment.coins.get(desk.coin) else {
                continue;
            };
            for expiry in &prepared.chain.expiries {
                let row = expiry
                    .rows()
                    .find(|r| desk.series(r) == short.series && r.ask.is_some());
                let Some(row) = row else { continue };
                let legs = vec![desk.leg(row, expiry.forward, true)];
                let lots = short.quantity.i64().unsigned_abs();
                self.take(trader, legs, lots, true);
            }
        }
        Ok(())
    }
}

fn below(health: &HealthResponse) -> bool {
    !health.covered && health.maintenance_surplus.is_some_and(|s| s.is_negative())
}
