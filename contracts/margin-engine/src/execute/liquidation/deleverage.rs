//! Auto-deleveraging: an account that nobody took is closed against those who hold the other sides. Execution and preview
//! are this.

use cosmwasm_std::{Event, Int128, Uint128};
use protocol_api::engine::{
    Counterparty, DeleverageData, DeleverageOrder, Deleveraged, LiquidationStepped,
    MAX_COUNTERPARTIES,
};
use protocol_api::event::TypedEvent;
use risk::liquidation::{Health, Rank};
use risk::{Book, QUOTE_COIN};

use super::deliver::deliver;
use super::rung::Rung;
use super::step::standing;
use crate::core::num::{
    add_signed, mul_div_floor, neg, signed, sub_signed, sub_unsigned, unsigned,
};
use crate::desk::Desk;
use crate::error::EngineError;
use crate::pool::Pool;

/// What was done.
#[derive(Debug)]
pub struct Done {
    /// The response's data.
    pub data: DeleverageData,
    /// What to tell.
    pub events: Vec<Event>,
}

/// An account being closed.
struct Closed {
    rung: Rung,
    /// What is left of it, without what it was paid.
    rest: Book,
    /// The health of that.
    health: Health,
    /// What it was paid.
    proceeds: i128,
    events: Vec<Event>,
}

/// Closes the account against the counterparties in the order of their ranks, as long as it is below maintenance.
pub fn deleverage(
    desk: &mut Desk<'_>,
    pool: &mut Pool,
    order: &DeleverageOrder,
) -> Result<Done, EngineError> {
    check(&order.counterparties)?;
    let rung = Rung::open(desk, pool, order)?;
    let ranks = rung.ranked(desk, &order.counterparties)?;
    let mut closed = Closed {
        rest: rung.prices.account.book(),
        health: rung.before,
        proceeds: 0,
        events: vec![],
        rung,
    };
    let (whole, dust) = ranks.split_at(ranks.partition_point(|rank| !rank.dust));
    let mut counterparties = closed.close_all(desk, whole)?;
    counterparties.append(&mut closed.close_all(desk, dust)?);
    let insured = closed.insure(desk, pool)?;
    desk.serve_queue(QUOTE_COIN)?;
    let after = closed.health_now();
    let deficit = closed.rung.aside.lacking(after.equity);
    let deficit = closed.rung.losses.parts(deficit);
    pool.note(desk, closed.rung.id, after.surplus() < 0, deficit)?;
    let data = DeleverageData {
        before: standing(&closed.rung.before),
        after: standing(&after),
        shared: Uint128::new(closed.rung.closing.shared),
        insured: Uint128::new(insured),
        counterparties,
    };
    Ok(closed.report(&after, data))
}

fn check(counterparties: &[u64]) -> Result<(), EngineError> {
    let mut sorted = counterparties.to_vec();
    sorted.sort_unstable();
    sorted.dedup();
    if sorted.len() == counterparties.len() && sorted.len() <= MAX_COUNTERPARTIES {
        Ok(())
    } else {
        Err(EngineError::List {
            field: "counterparties",
        })
    }
}

impl Closed {
    /// The account's health, what it was paid included.
    fn health_now(&self) -> Health {
        self.health.with_cash(self.proceeds)
    }

    /// Closes these in their order. Whoever would take a hedge away stays on, unless all legs go and nobody of these goes first.
    fn close_all(
        &mut self,
        desk: &mut Desk<'_>,
        ranks: &[Rank],
    ) -> Result<Vec<Counterparty>, EngineError> {
        let mut found = Vec::with_capacity(ranks.len());
        for rank in ranks {
            found.push(self.close(desk, rank, false)?);
        }
        if self.rung.ends() && found.iter().all(|one| one.paid.is_none()) {
            for (rank, one) in ranks.iter().zip(&mut found) {
                *one = self.close(desk, rank, true)?;
            }
        }
        Ok(found)
    }

    /// Closes one counterparty if the account still needs it and the rule still lets it; with `unhedging` if the account
    /// needs more margin then, too.
    #[inline(never)] // The VM allows 100 locals a function.
    fn close(
        &mut self,
        desk: &mut Desk<'_>,
        rank: &Rank,
        unhedging: bool,
    ) -> Result<Counterparty, EngineError> {
        let (id, account) = (self.rung.id, rank.account);
        let mut counterparty = Counterparty {
            account,
            dust: rank.dust,
            unhedges: rank.unhedges,
            spread: rank.spread,
            profit: Int128::new(rank.profit.0),
            paid: None,
            closed: vec![],
        };
        if self.health_now().surplus() >= 0 {
            return Ok(counterparty);
        }
        // Whatever hinders one counterparty must not hinder the others.
        let Ok(Some(trial)) = self.rung.trial(desk, account, &self.rest) else {
            return Ok(counterparty);
        };
        if trial.health.margin > self.health.margin && !unhedging {
            return Ok(counterparty);
        }
        let paid = trial.paid;
        deliver(desk, id, account, &trial.moved, &self.rung.prices.context)?;
        desk.post(id, QUOTE_COIN, paid)?;
        desk.post(account, QUOTE_COIN, neg(paid)?)?;
        self.proceeds = add_signed(self.proceeds, paid)?;
        (self.rest, self.health) = (trial.rest, trial.health);
        let event = Deleveraged {
            account: id,
            counterparty: account,
            paid,
        };
        self.events.push(event.to_event());
        counterparty.paid = Some(Int128::new(paid));
        counterparty.closed = desk.leg_views(&trial.moved.legs)?;
        Ok(counterparty)
    }

    /// Insurance pays its part of the deficit: the part of all that the legs may bear that has gone, all of it with the last
    /// leg, and never more than is missing. What it has not paid is kept for what is left: it is asked once.
    fn insure(&mut self, desk: &mut Desk<'_>, pool: &mut Pool) -> Result<u128, EngineError> {
        let (rung, rest) = (&self.rung, &self.rest.legs);
        let all = rung.closing.reach(&rung.prices.account.legs);
        let gone = sub_signed(all, rung.closing.reach(rest))?;
        let part = if rest.is_empty() {
            rung.payable
        } else {
            mul_div_floor(rung.payable, unsigned(gone)?, unsigned(all.max(1))?)?
        };
        let missing = rung.aside.lacking(self.health_now().equity);
        let amount = pool.payable(desk, &rung.losses, part.min(missing))?;
        self.events.extend(pool.pay(desk, &rung.losses, amount)?);
        if gone > 0 && missing > amount {
            pool.keep_insured(rung.id, sub_unsigned(rung.insured, amount)?);
        }
        desk.post(self.rung.id, QUOTE_COIN, signed(amount)?)?;
        self.proceeds = add_signed(self.proceeds, signed(amount)?)?;
        Ok(amount)
    }

    fn report(self, after: &Health, data: DeleverageData) -> Done {
        let mut events = self.events;
        events.push(
            LiquidationStepped {
                account: self.rung.id,
                equity: after.equity,
                maintenance: after.margin,
                penalty: 0,
                keeper_reward: 0,
            }
            .to_event(),
        );
        Done { data, events }
    }
}
