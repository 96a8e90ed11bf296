//! What no message can bring about.

use cosmwasm_std::testing::{message_info, mock_dependencies, mock_env};
use cosmwasm_std::{Decimal, Deps, DepsMut, Env, MessageInfo, Uint128};
use protocol_api::engine::{EngineParams, ExecuteMsg, InstantiateMsg, QuoteCoin};
use protocol_std::message::Message;
use risk::QUOTE_COIN;

use super::Desk;
use crate::contract::{execute, instantiate};
use crate::error::EngineError;

/// An engine with one account.
fn make(mut deps: DepsMut<'_>, env: &Env, info: &MessageInfo) {
    let owner = info.sender.to_string();
    let msg = InstantiateMsg {
        owner: owner.clone(),
        guardian: None,
        oracle: owner,
        params: EngineParams {
            debt_grace: 86_400,
            debt_rate: Decimal::zero(),
            collateral_discount: Decimal::percent(5),
            discount_ramp: 3_600,
            listing_fee: Uint128::new(1),
        },
        cap_ramp: 0,
        quote_coin: QuoteCoin {
            denom: "uusd".into(),
            decimals: 6,
            cap: Uint128::new(1_000),
            debt_cap: Uint128::new(1_000),
        },
    };
    instantiate(deps.branch(), env.clone(), info.clone(), Message(msg)).unwrap();
    let create = ExecuteMsg::CreateAccount { venues: vec![] };
    execute(deps, env.clone(), info.clone(), Message(create)).unwrap();
}

/// A message by which an account gains so much, and the engine holds so much more.
fn close(deps: Deps<'_>, env: &Env, gained: i128, held: u128) -> Result<(), EngineError> {
    let mut desk = Desk::new(deps, env)?;
    desk.open(1)?;
    desk.post(1, QUOTE_COIN, gained)?;
    desk.ledger(QUOTE_COIN)?.held += held;
    desk.close().map(drop)
}

#[test]
fn inv_1_cash_from_nowhere_is_never_written() {
    let (mut deps, env) = (mock_dependencies(), mock_env());
    let info = message_info(&deps.api.addr_make("owner"), &[]);
    make(deps.as_mut(), &env, &info);
    let close = |gained, held| close(deps.as_ref(), &env, gained, held);
    assert_eq!(close(5, 5), Ok(()));
    for (gained, held) in [(5, 4), (5, 6), (5, 0), (0, 1), (-1, 0)] {
        let error = close(gained, held).unwrap_err();
        assert_eq!(error, EngineError::Imbalance { coin: QUOTE_COIN });
        assert!(error.to_string().starts_with("E_ENGINE_IMBALANCE: "));
    }
}
