//! Liquidation: one step, deleveraging, escrow of standing bids, insurance, losses.

mod cut;
mod debts;
mod deleverage;
mod deliver;
mod escrow;
mod insurance;
mod losses;
mod prices;
mod rung;
mod sale;
mod step;
mod terms;

use cosmwasm_std::{DepsMut, Env, MessageInfo, Response, to_json_binary};
use protocol_api::engine::{DeleverageOrder, ExecuteMsg, LiquidateOrder};

pub use deleverage::deleverage;
pub use losses::{before_trade, before_withdrawal, go_on};
pub use prices::Prices;
pub use step::{standing, step};

use crate::commit::Commit;
use crate::desk::Desk;
use crate::error::EngineError;
use crate::pool::Pool;

/// Which message goes where.
pub fn dispatch(
    deps: DepsMut,
    env: &Env,
    info: &MessageInfo,
    msg: ExecuteMsg,
) -> Result<Response, EngineError> {
    use ExecuteMsg as M;
    match msg {
        M::Liquidate(order) => liquidate(deps, env, info, &order),
        M::Deleverage(order) => close(deps, env, &order),
        M::Reserve {
            account,
            consent,
            amount,
        } => {
            let amount = amount.u128();
            let reservation = escrow::Reservation {
                account,
                consent,
                amount,
            };
            escrow::reserve(deps, env, info, &reservation)
        }
        M::Release { account, amount } => escrow::release(deps, env, account, amount.u128()),
        M::FundInsurance { market } => insurance::fund(deps, env, info, &market),
        M::CoverDebt { account } => debts::cover_debt(deps, env, account),
        M::ShareLoss { market, accounts } => losses::share_loss(deps, env, &market, &accounts),
        _ => Err(EngineError::Unauthorized),
    }
}

/// One step of a liquidation.
fn liquidate(
    deps: DepsMut,
    env: &Env,
    info: &MessageInfo,
    order: &LiquidateOrder,
) -> Result<Response, EngineError> {
    let mut desk = Desk::new(deps.as_ref(), env)?;
    let mut pool = Pool::as_stored();
    let done = step(&mut desk, &mut pool, order, info.sender.as_str())?;
    Commit::with(desk, pool)?.apply(deps.storage)?;
    Ok(Response::new()
        .add_events(done.events)
        .set_data(to_json_binary(&done.data)?))
}

/// Auto-deleveraging.
fn close(deps: DepsMut, env: &Env, order: &DeleverageOrder) -> Result<Response, EngineError> {
    let mut desk = Desk::new(deps.as_ref(), env)?;
    let mut pool = Pool::as_stored();
    let done = deleverage(&mut desk, &mut pool, order)?;
    Commit::with(desk, pool)?.apply(deps.storage)?;
    Ok(Response::new()
        .add_events(done.events)
        .set_data(to_json_binary(&done.data)?))
}
