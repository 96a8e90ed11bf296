//! `Liquidate`: one step, with the sender as open taker if he wants. Writes nothing itself; the reply does.

use cosmwasm_std::{DepsMut, Env, MessageInfo, Response};
use protocol_api::engine::MAX_TAKERS;
use protocol_api::liquidation::{Step, Take};

use crate::engine::consent;
use crate::error::ContractError;
use crate::state;
use crate::step::{self, Open, Request};

/// Sends one step to the engine.
pub fn liquidate(
    deps: &DepsMut,
    env: &Env,
    info: &MessageInfo,
    step: Step,
) -> Result<Response, ContractError> {
    let config = state::load_config(deps.storage)?;
    let request = request(step, info.sender.as_str())?;
    let now = env.block.time.seconds();
    step::send(deps.storage, &config, now, request)
}

/// The step, its open taker's part with this address's consent.
pub fn request(step: Step, sender: &str) -> Result<Request, ContractError> {
    let bids = bids(&step)?;
    let open = step.take.map(|take| open(take, sender));
    Ok(Request {
        account: step.account,
        open,
        keeper: step.keeper,
        critical: false,
        bids,
    })
}

/// How many standing bids the step looks at. Beside an open taker no fewer than there is room for: he would pass them.
fn bids(step: &Step) -> Result<usize, ContractError> {
    let Some(bids) = step.bids else {
        return Ok(MAX_TAKERS.saturating_sub(usize::from(step.take.is_some())));
    };
    let bids = usize::try_from(bids).unwrap_or(usize::MAX);
    if step.take.is_some() || !(1..=MAX_TAKERS).contains(&bids) {
        return Err(ContractError::Bids);
    }
    Ok(bids)
}

/// A sender's terms as those of an open taker.
fn open(take: Take, sender: &str) -> Open {
    Open {
        account: take.account,
        consent: consent(sender),
        least_reward: take.least_reward,
        budget: take.max_pay,
        legs_fingerprint: take.legs_fingerprint,
    }
}
