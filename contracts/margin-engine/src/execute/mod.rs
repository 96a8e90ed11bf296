//! One message, or one family of messages, each: check, load, compute, save, emit.

pub mod accounts;
pub mod admin;
pub mod buy_collateral;
pub mod collect_fees;
pub mod deposit;
pub mod govern;
pub mod liquidation;
pub mod list_series;
pub mod listing;
pub mod settle;
pub mod settle_fills;
pub mod withdraw;

use cosmwasm_std::{DepsMut, Env, Event, MessageInfo, Response};
use protocol_api::engine::ExecuteMsg as M;

use crate::error::EngineError;

/// A response that tells one event.
#[inline(never)] // Once, not once a message.
fn response_with(event: Event) -> Response {
    Response::new().add_event(event)
}

/// Every message to its family. A family refuses what is not its own; no message gets there.
pub fn dispatch(
    deps: DepsMut,
    env: &Env,
    info: &MessageInfo,
    msg: M,
) -> Result<Response, EngineError> {
    match msg {
        M::CreateAccount { .. }
        | M::OfferAccount { .. }
        | M::AcceptAccount { .. }
        | M::SetDelegate { .. }
        | M::AdmitVenue { .. } => accounts::dispatch(deps, env, info, msg),
        M::Deposit { .. }
        | M::Withdraw { .. }
        | M::ClaimQueued { .. }
        | M::BuyCollateral { .. }
        | M::CollectFees { .. } => move_coins(deps, env, info, msg),
        M::SettleFills { fills } => settle_fills::settle_fills(deps, env, info, &fills),
        M::ListSeries { series } => list_series::list_series(deps, env, info, &series),
        M::FixExpiry { market, expiry } => settle::fix_expiry(deps, env, market, expiry),
        M::SettleAccounts { accounts } => settle::settle_accounts(deps, env, &accounts),
        M::SettlePage { start_after, limit } => settle::settle_page(deps, env, start_after, limit),
        M::Liquidate(_)
        | M::Deleverage(_)
        | M::Reserve { .. }
        | M::Release { .. }
        | M::FundInsurance { .. }
        | M::CoverDebt { .. }
        | M::ShareLoss { .. } => liquidation::dispatch(deps, env, info, msg),
        M::AddCoin { .. }
        | M::SetCoinTerms { .. }
        | M::AddMarket { .. }
        | M::SetMarketParams { .. }
        | M::SetProfile { .. }
        | M::SetBetas { .. }
        | M::SetVenue { .. }
        | M::SetLiquidator { .. }
        | M::SetTreasury { .. }
        | M::SetParams { .. }
        | M::ProposeOwner { .. }
        | M::CancelOwnerProposal {}
        | M::AcceptOwner {}
        | M::SetGuardian { .. }
        | M::Pause { .. }
        | M::LiftPause {} => govern::dispatch(deps, env, info, msg),
    }
}

/// Messages that move coins into, out of or between accounts.
fn move_coins(
    deps: DepsMut,
    env: &Env,
    info: &MessageInfo,
    msg: M,
) -> Result<Response, EngineError> {
    match msg {
        M::Deposit { account } => deposit::deposit(deps, env, info, account),
        M::Withdraw {
            account,
            amounts,
            to,
        } => {
            let order = withdraw::Order {
                account,
                amounts,
                to,
            };
            withdraw::withdraw(deps, env, info, order)
        }
        M::ClaimQueued { account, denom, to } => withdraw::claim(deps, env, account, &denom, to),
        M::BuyCollateral {
            buyer,
            debtor,
            debt_denom,
            collateral,
            max_pay,
        } => {
            let max_pay = max_pay.u128();
            let order = buy_collateral::Order {
                buyer,
                debtor,
                debt_denom,
                collateral,
                max_pay,
            };
            buy_collateral::buy_collateral(deps, env, info, &order)
        }
        M::CollectFees { denom } => collect_fees::collect_fees(deps, env, &denom),
        _ => Err(EngineError::Unauthorized),
    }
}
