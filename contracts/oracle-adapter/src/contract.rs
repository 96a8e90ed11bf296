//! Entry points: stamp, authorise, dispatch.

#[cfg(not(feature = "library"))]
use cosmwasm_std::entry_point;
use cosmwasm_std::{Binary, Deps, DepsMut, Env, MessageInfo, Response};
use protocol_api::access::{Role, role};
use protocol_api::oracle::{ACCESS, ExecuteMsg, InstantiateMsg, MigrateMsg, QueryMsg};
use protocol_std::message::Message;
use protocol_std::{funds, ownership, version};

use crate::core::signers::SignerSet;
use crate::error::ContractError;
use crate::state::{self, Config};
use crate::{execute as handlers, migrate as migration, query as queries};

/// Name in the version stamp.
pub const NAME: &str = "optio:oracle-adapter";
/// Version in the version stamp.
pub const VERSION: &str = env!("CARGO_PKG_VERSION");
/// The first signer epoch.
const FIRST_EPOCH: u32 = 1;

/// Sets owner, guardian and the first signer epoch.
///
/// # Errors
/// [`ContractError`] for a wrong address or signer set, or coins sent along.
#[cfg_attr(not(feature = "library"), entry_point)]
#[allow(clippy::needless_pass_by_value, reason = "the chain's signature")]
pub fn instantiate(
    deps: DepsMut<'_>,
    _env: Env,
    info: MessageInfo,
    Message(msg): Message<InstantiateMsg>,
) -> Result<Response, ContractError> {
    funds::none(&info.funds)?;
    version::stamp(deps.storage, NAME, VERSION)?;
    let owner = handlers::address(deps.api, &msg.owner)?;
    ownership::initialise(deps.storage, &owner)?;
    let guardian = handlers::optional_address(deps.api, msg.guardian.as_deref())?;
    let set = SignerSet::new(&msg.signers, msg.threshold)?;
    state::save_epoch(deps.storage, FIRST_EPOCH, &set)?;
    state::save_config(
        deps.storage,
        &Config {
            guardian,
            epoch: FIRST_EPOCH,
        },
    )?;
    Ok(Response::new())
}

/// Passes coins to nobody, checks the sender against [`ACCESS`], then runs the message.
///
/// # Errors
/// [`ContractError`], one code per reason; nothing has changed then.
#[cfg_attr(not(feature = "library"), entry_point)]
pub fn execute(
    deps: DepsMut<'_>,
    env: Env,
    info: MessageInfo,
    Message(msg): Message<ExecuteMsg>,
) -> Result<Response, ContractError> {
    funds::none(&info.funds)?;
    authorise(deps.as_ref(), &info, msg.name())?;
    handlers::run(deps, &env, &info, msg)
}

fn authorise(
    deps: Deps<'_>,
    info: &MessageInfo,
    message: &'static str,
) -> Result<(), ContractError> {
    let refused = ContractError::Unauthorized { message };
    match role(ACCESS, message) {
        Some(Role::Owner) => Ok(ownership::assert_owner(deps.storage, &info.sender)?),
        Some(Role::Guardian) => match state::config(deps.storage)?.guardian {
            Some(guardian) if guardian == info.sender.as_str() => Ok(()),
            _ => Err(refused),
        },
        // The message proves itself: signatures, the offer, or what is due.
        Some(Role::Anyone | Role::Quorum | Role::PendingOwner) => Ok(()),
        _ => Err(refused),
    }
}

/// Answers a query.
///
/// # Errors
/// [`ContractError`] when what is asked for does not exist.
#[cfg_attr(not(feature = "library"), entry_point)]
#[allow(clippy::needless_pass_by_value, reason = "the chain's signature")]
pub fn query(
    deps: Deps<'_>,
    env: Env,
    Message(msg): Message<QueryMsg>,
) -> Result<Binary, ContractError> {
    queries::answer(deps, &env, msg)
}

/// Moves the store to this version.
///
/// # Errors
/// [`ContractError::Version`] unless the store is an older version of this contract.
#[cfg_attr(not(feature = "library"), entry_point)]
#[allow(clippy::needless_pass_by_value, reason = "the chain's signature")]
pub fn migrate(
    deps: DepsMut<'_>,
    _env: Env,
    _: Message<MigrateMsg>,
) -> Result<Response, ContractError> {
    migration::run(deps.storage)
}
