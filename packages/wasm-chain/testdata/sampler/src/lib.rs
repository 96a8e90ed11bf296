//! A contract that does each thing a contract can do: store, iterate, call, reply, query, pay, emit, fail, trap.
#![allow(clippy::panic, reason = "one message panics on purpose")]

mod msg;

use cosmwasm_std::{
    BankMsg, Binary, Coin, Deps, DepsMut, Empty, Env, Event, MessageInfo, Order, Reply, Response,
    StdError, StdResult, Storage, SubMsg, SubMsgResult, WasmMsg, entry_point, from_json,
    to_json_binary,
};
pub use msg::{Execute, Query};

/// Key of the caller, for the reply's note.
const NOTE: &[u8] = b"note";

/// Keeps who made it.
///
/// # Errors
/// None.
#[entry_point]
pub fn instantiate(
    deps: DepsMut,
    _env: Env,
    info: MessageInfo,
    _msg: Empty,
) -> StdResult<Response> {
    deps.storage.set(b"owner", info.sender.as_bytes());
    Ok(Response::new())
}

/// Does what the message says.
///
/// # Errors
/// [`Execute::Fail`] asks for one; otherwise bad input.
#[entry_point]
pub fn execute(deps: DepsMut, env: Env, info: MessageInfo, msg: Execute) -> StdResult<Response> {
    match msg {
        Execute::Set { key, value } => {
            deps.storage.set(key.as_bytes(), value.as_bytes());
            Ok(Response::new().add_attribute("key", key))
        }
        Execute::Remove { key } => {
            deps.storage.remove(key.as_bytes());
            Ok(Response::new())
        }
        Execute::Fill { from, count } => {
            for number in from..from.saturating_add(count) {
                deps.storage.set(&filled(number), &number.to_be_bytes());
            }
            Ok(Response::new())
        }
        Execute::Fail { text } => {
            deps.storage.set(NOTE, b"must not stay");
            Err(StdError::msg(text))
        }
        Execute::Panic {} => panic!("on purpose"),
        Execute::Burn {} => burn(deps.storage),
        Execute::Pay { amount } => pay(&info, amount),
        Execute::Emit { times } => Ok(emit(times)),
        Execute::Call {
            contract,
            msg,
            catch,
        } => call(contract, msg, catch),
        Execute::CountTwice {} => {
            let first = count(deps.storage, None, Order::Ascending);
            deps.storage.set(b"count", &first.to_be_bytes());
            Ok(Response::new().set_data(to_json_binary(&(first, env.block.height))?))
        }
    }
}

/// Notes what became of a called message.
///
/// # Errors
/// None.
#[entry_point]
pub fn reply(deps: DepsMut, _env: Env, reply: Reply) -> StdResult<Response> {
    let note: &[u8] = match reply.result {
        SubMsgResult::Ok(_) => b"went well",
        SubMsgResult::Err(_) => b"was caught",
    };
    deps.storage.set(NOTE, note);
    Ok(Response::new())
}

/// Answers.
///
/// # Errors
/// The asked contract's.
#[entry_point]
pub fn query(deps: Deps, _env: Env, msg: Query) -> StdResult<Binary> {
    match msg {
        Query::Get { key } => {
            let value = deps.storage.get(key.as_bytes()).map(Binary::from);
            to_json_binary(&value)
        }
        Query::Count { limit, descending } => {
            let order = if descending {
                Order::Descending
            } else {
                Order::Ascending
            };
            to_json_binary(&count(deps.storage, limit, order))
        }
        Query::First { from, descending } => first(deps.storage, &from, descending),
        Query::Ask { contract, msg } => {
            let answer: Option<Binary> = deps
                .querier
                .query_wasm_smart(contract, &from_json::<Query>(msg)?)?;
            to_json_binary(&answer)
        }
        Query::Peek { contract, key } => {
            let value = deps.querier.query_wasm_raw(contract, key.as_bytes())?;
            to_json_binary(&value.map(Binary::from))
        }
        Query::Balance { of, denom } => {
            to_json_binary(&deps.querier.query_balance(of, denom)?.amount)
        }
        Query::Valid { address } => to_json_binary(&deps.api.addr_validate(&address).is_ok()),
    }
}

/// Another version of itself: notes the move.
///
/// # Errors
/// None.
#[entry_point]
pub fn migrate(deps: DepsMut, _env: Env, _msg: Empty) -> StdResult<Response> {
    deps.storage.set(NOTE, b"migrated");
    Ok(Response::new())
}

/// As the chain itself: notes it.
///
/// # Errors
/// None.
#[entry_point]
pub fn sudo(deps: DepsMut, _env: Env, _msg: Empty) -> StdResult<Response> {
    deps.storage.set(NOTE, b"by the chain");
    Ok(Response::new())
}

/// Key of the n-th filled record.
pub fn filled(number: u32) -> Vec<u8> {
    [b"f".as_slice(), &number.to_be_bytes()].concat()
}

fn count(storage: &dyn Storage, limit: Option<u32>, order: Order) -> u32 {
    let limit = usize::try_from(limit.unwrap_or(u32::MAX)).unwrap_or(usize::MAX);
    let range = storage.range(Some(b"f"), Some(b"g"), order);
    u32::try_from(range.take(limit).count()).unwrap_or(u32::MAX)
}

fn first(storage: &dyn Storage, from: &str, descending: bool) -> StdResult<Binary> {
    let from = from.as_bytes();
    let record = if descending {
        storage.range(None, Some(from), Order::Descending).next()
    } else {
        storage.range(Some(from), None, Order::Ascending).next()
    };
    to_json_binary(&record.map(|(key, value)| (Binary::from(key), Binary::from(value))))
}

/// Writes for ever.
fn burn(storage: &mut dyn Storage) -> StdResult<Response> {
    let mut number = 0_u32;
    loop {
        number = number.wrapping_add(1);
        storage.set(b"burn", &number.to_be_bytes());
    }
}

fn pay(info: &MessageInfo, amount: Coin) -> StdResult<Response> {
    let pay = BankMsg::Send {
        to_address: info.sender.to_string(),
        amount: vec![amount],
    };
    Ok(Response::new().add_message(pay))
}

fn emit(times: u32) -> Response {
    let events =
        (0..times).map(|number| Event::new("sample").add_attribute("number", number.to_string()));
    Response::new()
        .add_attribute("times", times.to_string())
        .add_events(events)
}

fn call(contract: String, msg: Binary, catch: bool) -> StdResult<Response> {
    let execute = WasmMsg::Execute {
        contract_addr: contract,
        msg,
        funds: vec![],
    };
    let sub = if catch {
        SubMsg::reply_always(execute, 1)
    } else {
        SubMsg::new(execute)
    };
    Ok(Response::new().add_submessage(sub))
}
