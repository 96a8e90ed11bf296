//! One step: who stands how, whether prices allow a sale, who takes what, what remains. Execution and preview are this.

use cosmwasm_std::{Event, Uint128};
use protocol_api::engine::{
    AuctionStart, LiquidateData, LiquidateOrder, LiquidationStepped, Standing as WireStanding,
};
use protocol_api::event::TypedEvent;
use risk::QUOTE_COIN;
use risk::liquidation::{Health, Standing, market_marks};

use super::prices::{Prices, Verdict};
use super::sale::{Sale, Sold, offers};
use super::terms::Terms;
use crate::consent::assert_same_legs;
use crate::core::account::Account;
use crate::desk::Desk;
use crate::error::EngineError;
use crate::pool::{Losses, Pool};

/// What a step did.
#[derive(Debug)]
pub struct Done {
    /// The response's data.
    pub data: LiquidateData,
    /// What to tell.
    pub events: Vec<Event>,
}

/// Runs a step on the desk; `venue` is the liquidation contract, whom takers must have admitted.
pub fn step(
    desk: &mut Desk<'_>,
    pool: &mut Pool,
    order: &LiquidateOrder,
    venue: &str,
) -> Result<Done, EngineError> {
    let (terms, id) = (Terms::of(order)?, order.account);
    desk.open(id)?;
    assert_same_legs(desk.account(id)?, id, order.legs_fingerprint.as_ref())?;
    let (prices, before) = Prices::and_health(desk, id)?;
    let aside = prices.aside(desk, id)?;
    let mut auction = prices.clock(order.auction.as_ref(), desk.now);
    if before.standing() == Standing::Healthy {
        leave(desk, pool, order, &prices)?;
        return Ok(done(id, &before, &before, auction, Sold::default()));
    }
    let verdict = prices.verdict(desk, id, before.standing(), auction.price_time)?;
    let book = prices.account.book();
    let marks = market_marks(&book, &prices.context)?;
    let mut sale = Sale {
        sold: Sold::default(),
        id,
        terms,
        losses: Losses::of(desk, &prices.account, &marks)?,
        context: prices.context,
        aside,
        for_sale: book,
        health: before,
        proceeds: 0,
    };
    if verdict == Verdict::Sell {
        let age = desk.now.saturating_sub(auction.at);
        let scheduled = sale.terms.schedule.reward(age);
        let reward = before.reward(scheduled.min(most_reward(desk.account(id)?)));
        let (offers, passed_over) = offers(desk, order, reward, venue)?;
        sale.sold.passed_over = passed_over;
        sale.run(desk, pool, &offers)?;
        sale.share_penalty(desk, pool, order.keeper)?;
        desk.serve_queue(QUOTE_COIN)?;
    } else {
        // Until a second price has come nobody could take: no time has passed.
        auction.at = desk.now;
    }
    sale.record(desk, pool)?;
    Ok(done(id, &before, &sale.health_now(), auction, sale.sold))
}

/// Frees a healthy account at a price that would sell it; any other does not free it, nor does it end its auction.
fn leave(
    desk: &mut Desk<'_>,
    pool: &mut Pool,
    order: &LiquidateOrder,
    prices: &Prices,
) -> Result<(), EngineError> {
    let id = order.account;
    match prices.verdict(desk, id, Standing::Healthy, 0) {
        Ok(_) => pool.note(desk, id, false, vec![]),
        Err(error) if order.auction.is_some() => Err(error),
        Err(_) => Ok(()),
    }
}

/// The most that a taker may get for an account: insurance sells what it took over at mark.
fn most_reward(account: &Account) -> i32 {
    if account.estate { 0 } else { i32::MAX }
}

#[inline(never)] // The VM allows 100 locals a function.
fn done(account: u64, before: &Health, after: &Health, auction: AuctionStart, sold: Sold) -> Done {
    let data = LiquidateData {
        before: standing(before),
        after: standing(after),
        auction,
        taken: sold.taken,
        passed_over: sold.passed_over,
        keeper_reward: Uint128::new(sold.keeper_reward),
    };
    let mut events = sold.events;
    events.push(
        LiquidationStepped {
            account,
            equity: after.equity,
            maintenance: after.margin,
            penalty: sold.penalty,
            keeper_reward: sold.keeper_reward,
        }
        .to_event(),
    );
    Done { data, events }
}

/// A standing on the wire.
pub fn standing(health: &Health) -> WireStanding {
    match health.standing() {
        Standing::Healthy => WireStanding::Healthy,
        Standing::Shallow => WireStanding::Shallow,
        Standing::Deep => WireStanding::Deep,
        Standing::Critical => WireStanding::Critical,
        Standing::Insolvent => WireStanding::Insolvent,
    }
}
