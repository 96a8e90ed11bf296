//! One step: who stands how, whether prices allow a sale, who takes what, what remains. Execution and preview are this.

use cosmwasm_std::{Event, Uint128};
use protocol_api::engine::{
    AuctionStart, LiquidateData, LiquidateOrder, LiquidationStepped, Standing as WireStanding,
};
use protocol_api::event::TypedEvent;
use risk::QUOTE_COIN;
use risk::liquidation::{Health, Standing, market_marks};

use super::prices::{Aside, Prices, Verdict};
use super::sale::{Sale, Sold, offers};
use super::terms::Terms;
use crate::consent::assert_unchanged;
use crate::core::account::Account;
use crate::desk::Desk;
use crate::error::EngineError;
use crate::margin;
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
    let terms = Terms::of(order)?;
    let id = order.account;
    assert_unchanged(desk.storage(), id, order.fingerprint.as_ref())?;
    desk.open(id)?;
    let prices = Prices::read(desk, id)?;
    let book = prices.account.book();
    let before = margin::health(&book, &prices.context)?;
    let aside = prices.aside(desk, id)?;
    let mut auction = prices.clock(order.auction.as_ref(), desk.now);
    if before.standing() == Standing::Healthy {
        // A price that would not sell an account does not free it either, nor does it end its auction.
        match prices.verdict(desk, id, Standing::Healthy, 0) {
            Ok(_) => pool.note(desk, id, (false, vec![]))?,
            Err(error) if order.auction.is_some() => return Err(error),
            Err(_) => {}
        }
        return Ok(done(id, (&before, &before), auction, Sold::default()));
    }
    let verdict = prices.verdict(desk, id, before.standing(), auction.price_time)?;
    let marks = market_marks(&book, &prices.context)?;
    let mut losses = Losses::of(desk, &prices.account, &marks)?;
    let (mut after, mut sold) = (before, Sold::default());
    if verdict == Verdict::Sell {
        let scheduled = terms.schedule.reward(desk.now.saturating_sub(auction.at));
        let reward = before.reward(scheduled.min(most_reward(desk.account(id)?)));
        let (offers, passed_over) = offers(desk, order, reward, venue)?;
        let mut sale = Sale::new(id, terms, (prices.context, losses, aside), (book, before));
        sale.sold.passed_over = passed_over;
        sale.run(desk, pool, &offers)?;
        sale.share_penalty(desk, pool, order.keeper)?;
        desk.serve_queue(QUOTE_COIN)?;
        (after, sold, losses) = (sale.account(), sale.sold, sale.losses);
    } else {
        // Until a second price has come nobody could take: no time has passed.
        auction.at = desk.now;
    }
    record(desk, pool, id, (&after, aside, &losses))?;
    Ok(done(id, (&before, &after), auction, sold))
}

/// The most that a taker may get for an account: insurance sells what it took over at mark.
fn most_reward(account: &Account) -> i32 {
    if account.estate { 0 } else { i32::MAX }
}

/// Notes on the account whether its fills must reduce, and its deficit beyond what it has aside, as its markets bear it.
pub(super) fn record(
    desk: &mut Desk<'_>,
    pool: &mut Pool,
    id: u64,
    (health, aside, losses): (&Health, Aside, &Losses),
) -> Result<(), EngineError> {
    let deficit = losses.parts(aside.lacking(health.equity));
    pool.note(desk, id, (health.surplus() < 0, deficit))
}

#[inline(never)] // The VM allows 100 locals a function.
fn done(
    account: u64,
    (before, after): (&Health, &Health),
    auction: AuctionStart,
    sold: Sold,
) -> Done {
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
