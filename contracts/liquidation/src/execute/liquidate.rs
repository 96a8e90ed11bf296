//! `Liquidate`: one step, with the sender as open taker if he wants. Writes nothing itself; the reply does.

use cosmwasm_std::{DepsMut, Env, MessageInfo, Response};
use protocol_api::engine::{AccountId, Consent};
use protocol_api::liquidation::Take;

use crate::engine::consent;
use crate::error::ContractError;
use crate::state;
use crate::step::{self, Open, Request};

/// Sends one step to the engine.
pub fn liquidate(
    deps: &DepsMut,
    env: &Env,
    info: &MessageInfo,
    account: AccountId,
    (take, keeper): (Option<Take>, Option<AccountId>),
) -> Result<Response, ContractError> {
    let config = state::load_config(deps.storage)?;
    let request = Request {
        account,
        open: take.map(|take| open(take, consent(info.sender.as_str()))),
        keeper,
        critical: false,
    };
    let now = env.block.time.seconds();
    step::send(deps.storage, &config, now, request)
}

/// A sender's terms as those of an open taker.
pub fn open(take: Take, consent: Consent) -> Open {
    Open {
        account: take.account,
        consent,
        least_reward: take.least_reward,
        budget: take.max_pay,
        fingerprint: take.fingerprint,
    }
}
