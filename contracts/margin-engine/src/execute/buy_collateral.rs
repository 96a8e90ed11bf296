//! An old debt's collateral is for sale, whatever the debtor's health.

use cosmwasm_std::{Coin, DepsMut, Env, MessageInfo, Response, Uint128};
use protocol_api::engine::{CollateralBought, Scope};
use protocol_api::event::TypedEvent;
use protocol_api::oracle::{Action, Permission, permission};

use crate::commit::Commit;
use crate::consent::assert_may_act;
use crate::core::account::Cash;
use crate::core::num::{neg, signed};
use crate::core::sale::{Side, Terms, discount, quote};
use crate::desk::Desk;
use crate::error::EngineError;
use crate::execute::liquidation::{Prices, before_trade};
use crate::execute::response_with;
use crate::gate::{Before, Change, check_gains, check_trade};
use crate::margin;
use crate::oracle::are_near;
use crate::pool::Pool;
use crate::state;

/// What the buyer asks for.
#[derive(Clone, Debug)]
pub struct Order {
    /// The account that pays.
    pub buyer: u64,
    /// The account that owes.
    pub debtor: u64,
    /// The coin that is owed.
    pub debt_denom: String,
    /// Collateral wanted.
    pub collateral: Coin,
    /// The most he pays for all of it.
    pub max_pay: u128,
}

/// Buys a debtor's collateral against the debt.
pub fn buy_collateral(
    deps: DepsMut,
    env: &Env,
    info: &MessageInfo,
    order: &Order,
) -> Result<Response, EngineError> {
    let meta = state::load_meta(deps.storage, order.buyer)?;
    let now = env.block.time.seconds();
    assert_may_act(&meta, info.sender.as_str(), Scope::Trade, now)?;
    if order.buyer == order.debtor {
        return Err(EngineError::SelfTrade {
            account: order.buyer,
        });
    }
    let mut desk = Desk::new(deps.as_ref(), env)?;
    desk.open(order.buyer)?;
    desk.open(order.debtor)?;
    if desk.account(order.buyer)?.is_debtor() {
        return Err(EngineError::Debtor {
            account: order.buyer,
        });
    }
    let mut pool = Pool::as_stored();
    let shared = before_trade(&mut desk, &mut pool, order.buyer)?;
    let before = Before::of(&desk, order.buyer)?;
    let (amount, paid) = trade(&mut desk, order)?;
    if paid > order.max_pay {
        return Err(EngineError::MaxPay { price: paid });
    }
    check_trade(&mut desk, &pool, &before)?;
    // No leg shrinks: coins that a loss may take stay here, whatever else the purchase lessens.
    check_gains(&mut desk, &pool, order.buyer, &before.held, Change::Payment)?;
    Commit::with(desk, pool)?.apply(deps.storage)?;
    let (buyer, debtor) = (order.buyer, order.debtor);
    let denom = order.collateral.denom.clone();
    let bought = CollateralBought {
        buyer,
        debtor,
        denom,
        amount,
        paid,
    };
    Ok(response_with(bought.to_event()).add_events(shared))
}

/// Moves collateral and payment between the accounts on the desk.
fn trade(desk: &mut Desk<'_>, order: &Order) -> Result<(u128, u128), EngineError> {
    let (buyer, debtor) = (order.buyer, order.debtor);
    let no_sale = || EngineError::NoSale { account: debtor };
    let debt_coin = desk.coin(&order.debt_denom)?;
    let coin = desk.coin(&order.collateral.denom)?;
    let account = desk.account(debtor)?;
    let owed = account
        .cash
        .iter()
        .find(|cash| cash.coin == debt_coin && cash.amount < 0);
    let owed = *owed.ok_or_else(no_sale)?;
    let offered = u128::try_from(account.amount(coin)).unwrap_or(0);
    let late = lateness(desk, &owed)?.ok_or_else(no_sale)?;
    if offered == 0 || coin == debt_coin {
        return Err(no_sale());
    }
    let wanted = Uint128::try_from(order.collateral.amount).map_err(|_| EngineError::Overflow)?;
    let sale = Sale {
        debtor,
        buyer,
        coin,
        debt_coin,
        wanted: wanted.u128().min(offered),
        owed: owed.amount.unsigned_abs(),
        terms: terms(desk, debtor, coin, debt_coin, late)?,
    };
    let sold = sale.sell(desk)?;
    if sold.0 == 0 {
        return Err(no_sale());
    }
    desk.serve_queue(debt_coin)?;
    if desk.account(buyer)?.amount(debt_coin) < 0 {
        return Err(EngineError::Debtor { account: buyer });
    }
    Ok(sold)
}

/// Collateral of a debtor that is for sale.
struct Sale {
    debtor: u64,
    buyer: u64,
    /// The collateral.
    coin: u16,
    debt_coin: u16,
    /// Most that is sold, base units of the collateral.
    wanted: u128,
    /// The debt, base units of its coin.
    owed: u128,
    terms: Terms,
}

impl Sale {
    /// Sells at the terms or, where that would leave the debtor below maintenance, or where nobody knows, at mark: what it
    /// costs to be late is his own to pay, not theirs who would pay for him. What was sold, and what was paid for it.
    fn sell(&self, desk: &mut Desk<'_>) -> Result<(u128, u128), EngineError> {
        let mut sold = (0, 0);
        for (terms, is_last) in [(self.terms, false), (self.terms.at_mark(), true)] {
            let before = desk.snapshot();
            sold = quote(&terms, self.wanted, self.owed)?;
            let (amount, paid) = (signed(sold.0)?, signed(sold.1)?);
            desk.post(self.debtor, self.coin, neg(amount)?)?;
            desk.post(self.buyer, self.coin, amount)?;
            desk.post(self.buyer, self.debt_coin, neg(paid)?)?;
            desk.post(self.debtor, self.debt_coin, paid)?;
            let left = margin::if_priced(Prices::and_health(desk, self.debtor))?;
            if is_last || left.is_some_and(|(_, health)| health.surplus() >= 0) {
                break;
            }
            desk.restore(before);
        }
        Ok(sold)
    }
}

/// Seconds since a debt's grace ended; `None` while it is not for sale: within its grace, and its coin within its debt cap.
fn lateness(desk: &mut Desk<'_>, owed: &Cash) -> Result<Option<u64>, EngineError> {
    let grace = u64::from(desk.config.params.at(desk.now).debt_grace);
    let age = desk.now.saturating_sub(owed.since.into());
    let record = desk.config.coin(owed.coin);
    let cap = record.map_or(0, |record| record.terms.at(desk.now).debt_cap);
    let over_cap = desk.ledger(owed.coin)?.debt > cap;
    Ok((age >= grace || over_cap).then(|| age.saturating_sub(grace)))
}

/// The terms on which a coin goes for a debt in another that is so many seconds late.
fn terms(
    desk: &mut Desk<'_>,
    debtor: u64,
    coin: u16,
    debt_coin: u16,
    late: u64,
) -> Result<Terms, EngineError> {
    let params = desk.config.params.at(desk.now);
    let (most, ramp) = (params.discount, params.discount_ramp);
    Ok(Terms {
        collateral: side(desk, coin, debtor)?,
        debt: side(desk, debt_coin, debtor)?,
        discount: discount(most, ramp, late)?,
    })
}

/// Price band and scale of a coin; a mark must be allowed at the feed's level, and both edges must lie near the middle: they
/// are what is paid, and two live sources that disagree know no bound.
fn side(desk: &mut Desk<'_>, coin: u16, debtor: u64) -> Result<Side, EngineError> {
    let record = desk.config.coin(coin).ok_or(EngineError::Corrupt)?;
    let (decimals, underlying) = (record.decimals, record.underlying);
    let Some(underlying) = underlying else {
        return Ok(Side::quote(decimals));
    };
    let no_price = || EngineError::NoPrice {
        account: debtor,
        underlying,
    };
    let feed = desk.feeds.feed(underlying).ok_or_else(no_price)?;
    if permission(feed.validity, Action::Mark) != Permission::Yes {
        return Err(no_price());
    }
    let state = feed.state.as_ref().ok_or_else(no_price)?;
    let edges = [state.spot.low, state.spot.high];
    if !edges.iter().all(|edge| are_near(*edge, state.spot.mid)) {
        return Err(no_price());
    }
    Ok(Side {
        low: state.spot.low,
        mid: state.spot.mid,
        high: state.spot.high,
        decimals,
    })
}
