//! Gas: by hand from wasmd's table, and flat in the size of the state.
#![allow(clippy::arithmetic_side_effects)]

mod common;

use std::time::{Duration, Instant};

use common::{World, call, set};
use cosmwasm_std::{
    Binary, Deps, DepsMut, Empty, Env, MessageInfo, Reply, Response, StdResult, SubMsg, WasmMsg,
    coin, to_json_binary,
};
use cw_multi_test::ContractWrapper;
use sampler::{Execute, Query};
use wasm_chain::{Entry, GasReport, Mode, costs};

#[test]
fn a_write_by_hand() {
    let mut world = World::new(Mode::Wasm);
    let gas = world.execute(&set("key", "value")).unwrap().gas;
    let [one] = gas.calls.as_slice() else {
        panic!("one call")
    };
    assert_eq!(
        (one.entry, one.message.as_str(), one.code.as_str()),
        (Entry::Execute, "set", "sampler")
    );
    assert_eq!(one.load, 60_000);
    // Contract info 1,000 + 3 (33 + 200), code info 1,000 + 3 (9 + 85), pin flag 1,000.
    assert_eq!(one.lookup, 1_699 + 1_282 + 1_000);
    // 2,000 + 30 (33 + 3 + 5).
    assert_eq!(one.write, 3_230);
    assert_eq!((one.read, one.iterate, one.query), (0, 0, 0));
    // One attribute of six bytes.
    assert_eq!(one.events, 10);
    let operations = one.operations;
    assert_eq!(
        (operations.reads, operations.writes, operations.steps),
        (0, 1, 0)
    );
    // The response is parsed for one gas a byte, over what the VM itself used.
    assert!(
        one.vm_gas > 20_000_000 && one.vm == one.vm_gas / 140_000,
        "{one:?}"
    );
    assert_eq!(gas.total, one.total());
}

#[test]
fn a_pinned_code_and_a_second_load_are_cheap() {
    let mut world = World::new(Mode::Wasm);
    let loads = |gas: &GasReport| gas.calls.iter().map(|call| call.load).collect::<Vec<_>>();
    let nested = call(&world.second.clone(), &set("a", "1"), true);
    // The call, the called (same code, same transaction), the reply.
    assert_eq!(
        loads(&world.execute(&nested).unwrap().gas),
        [60_000, 2_000, 2_000]
    );
    world.chain.pin(world.code);
    assert_eq!(loads(&world.execute(&set("a", "1")).unwrap().gas), [2_000]);
    world.chain.unpin(world.code);
    assert_eq!(loads(&world.execute(&set("a", "1")).unwrap().gas), [60_000]);
}

#[test]
fn transfers_by_hand() {
    let mut world = World::new(Mode::Wasm);
    let (user, sampler) = (world.user.clone(), world.first.clone());
    world.chain.mint(&user, &[coin(1_000, "uusdc")]).unwrap();
    let funds = [coin(400, "uusdc")];
    let paid = world.chain.execute(&user, &sampler, &set("a", "1"), &funds);
    // Addresses made from names are as long as contracts'. Parameters, account, whether the payee has one; whether the
    // coin may be sent. Payer from four digits to three, payee from none: keys of 39 bytes, of the index 40.
    let once = (1_000 + 3 * 3) + (1_000 + 3 * (33 + 103)) + 1_000 + 1_000;
    let written = (2_000 + 30 * (39 + 3)) + (2_000 + 30 * 40);
    let gas = paid.unwrap().gas;
    assert_eq!(
        gas.bank,
        once + (1_000 + 3 * (39 + 4) + written) + (1_000 + 3 * 39 + written)
    );
    assert_eq!(gas.total, gas.bank + gas.calls[0].total());
    // All of it back: the contract's balance and its index entry are deleted; the user's has four digits again.
    let amount = coin(400, "uusdc");
    let gas = world.execute(&Execute::Pay { amount }).unwrap().gas;
    let emptied = 1_000 + 3 * (39 + 3) + 2 * 1_000;
    assert_eq!(
        gas.bank,
        once + emptied + (1_000 + 3 * (39 + 3) + written + 30)
    );
    let mut native = World::new(Mode::Native);
    native.chain.mint(&user, &funds).unwrap();
    let paid = native
        .chain
        .execute(&user, &sampler, &set("a", "1"), &funds);
    assert_eq!(paid.unwrap().gas.total, 0);
}

#[test]
fn queries_within_calls_are_charged_to_who_answers() {
    let mut world = World::new(Mode::Wasm);
    world.execute(&set("a", "12345")).unwrap();
    let msg = to_json_binary(&Query::Get {
        key: "a".to_owned(),
    })
    .unwrap();
    let ask = Query::Ask {
        contract: world.first.to_string(),
        msg,
    };
    let (_, gas) = world
        .chain
        .query_metered::<_, Option<Binary>>(&world.second, &ask)
        .unwrap();
    let [asker, asked] = gas.calls.as_slice() else {
        panic!("two calls")
    };
    assert_eq!((asker.depth, asked.depth), (0, 1));
    assert_eq!((asker.read, asker.query), (0, 0));
    assert_eq!(asked.read, costs::read(34, 5));
    let peek = Query::Peek {
        contract: world.first.to_string(),
        key: "a".to_owned(),
    };
    let (_, gas) = world
        .chain
        .query_metered::<_, Option<Binary>>(&world.second, &peek)
        .unwrap();
    assert_eq!(gas.calls[0].query, costs::read(34, 5));
    assert_eq!(gas.calls.len(), 1);
}

#[test]
fn an_iterator_pays_every_step() {
    let mut world = World::new(Mode::Wasm);
    world
        .execute(&Execute::Fill { from: 0, count: 10 })
        .unwrap();
    let all = Query::Count {
        limit: None,
        descending: false,
    };
    let (_, gas) = world
        .chain
        .query_metered::<_, u32>(&world.first, &all)
        .unwrap();
    // Opening reads the first; each of ten steps reads its record of 33 + 5 + 4 bytes.
    assert_eq!(gas.calls[0].iterate, 11 * (30 + 3 * 42));
    assert_eq!(gas.calls[0].operations.steps, 11);
    let none = Query::First {
        from: "zzz".to_owned(),
        descending: false,
    };
    let (_, gas) = world
        .chain
        .query_metered::<_, Option<(Binary, Binary)>>(&world.first, &none)
        .unwrap();
    assert_eq!(gas.calls[0].iterate, 30);
}

/// Has a contract write for far more gas than it grants.
fn grant(_: DepsMut, _: Env, _: MessageInfo, contract: String) -> StdResult<Response> {
    let write = WasmMsg::Execute {
        contract_addr: contract,
        msg: to_json_binary(&set("a", "1"))?,
        funds: vec![],
    };
    let sub = SubMsg::reply_always(write, 1).with_gas_limit(GRANTED);
    Ok(Response::new().add_submessage(sub))
}

fn granted(_: DepsMut, _: Env, reply: Reply) -> StdResult<Response> {
    Ok(Response::new().add_attribute("written", reply.result.is_ok().to_string()))
}

fn nothing(_: DepsMut, _: Env, _: MessageInfo, _: Empty) -> StdResult<Response> {
    Ok(Response::new())
}

fn silence(_: Deps, _: Env, _: Empty) -> StdResult<Binary> {
    Ok(Binary::default())
}

const GRANTED: u64 = 1_000;

/// As on no node: `cw-multi-test` drops the limit before anybody can see it.
#[test]
fn the_gas_limit_of_a_sub_message_is_ignored() {
    let mut world = World::new(Mode::Wasm);
    let wrapper = ContractWrapper::new(grant, nothing, silence).with_reply(granted);
    let code = world.chain.app_mut().store_code(Box::new(wrapper));
    let (user, first) = (world.user.clone(), world.first.clone());
    let made = world
        .chain
        .instantiate(code, &user, &Empty {}, &[], "granter");
    let done = world
        .chain
        .execute(&user, &made.unwrap(), &first, &[])
        .unwrap();
    assert_eq!(done.attribute("written"), Some("true"));
    assert!(done.gas.calls[0].total() > GRANTED);
    assert_eq!(world.get(&first, "a").as_deref(), Some("1"));
}

/// As on a node: a reply that wants errors gets no gas to see this one.
#[test]
fn the_end_of_the_transactions_gas_is_not_caught() {
    let mut world = World::new(Mode::Wasm);
    world.chain.set_gas_limit(500_000);
    let before = world.chain.dump_state();
    let burn = call(&world.second.clone(), &Execute::Burn {}, true);
    let error = world.execute(&burn).unwrap_err();
    assert!(error.message().contains("out of gas"), "{error}");
    assert_eq!(world.chain.dump_state(), before);
}

#[test]
fn gas_is_the_same_every_time() {
    let run = || {
        let mut world = World::new(Mode::Wasm);
        world
            .execute(&Execute::Fill { from: 0, count: 20 })
            .unwrap();
        world.chain.take_gas_reports()
    };
    assert_eq!(run(), run());
}

#[test]
fn a_failed_message_is_reported_too() {
    let mut world = World::new(Mode::Wasm);
    world.execute(&Execute::Panic {}).unwrap_err();
    let reports = world.chain.take_gas_reports();
    assert_eq!(reports.len(), 1);
    assert!(reports[0].calls[0].failed && reports[0].total > 60_000);
}

/// 100,000 keys more change neither gas nor time: nothing copies a contract's storage, which would take far longer than the
/// calls. A world with them and one without take turns, so that whatever else the machine does slows both.
#[test]
fn a_hundred_thousand_keys_slow_no_call() {
    let [few, mut many] = [(); 2].map(|()| World::new(Mode::Wasm));
    for chunk in 0..50 {
        let fill = Execute::Fill {
            from: chunk * 2_000,
            count: 2_000,
        };
        many.execute(&fill).unwrap();
    }
    assert!(many.chain.contract_state(&many.first).len() >= 100_000);
    let mut worlds = [few, many];
    let mut times: [Vec<Duration>; 2] = Default::default();
    // The first round warms up.
    for round in 0..42 {
        let gas = [0, 1].map(|n| {
            let start = Instant::now();
            let gas = write_and_read(&mut worlds[n]);
            if round > 0 {
                times[n].push(start.elapsed());
            }
            gas
        });
        assert_eq!(gas[0], gas[1]);
    }
    let [few, many] = times.map(|mut times| {
        times.sort_unstable();
        times[times.len() / 2]
    });
    assert!(many < few * 3, "{few:?} -> {many:?}");
}

fn write_and_read(world: &mut World) -> u64 {
    let gas = world.execute(&set("probe", "value")).unwrap().gas.total;
    let first = Query::First {
        from: "f".to_owned(),
        descending: false,
    };
    let _: Option<(Binary, Binary)> = world.chain.query(&world.first, &first).unwrap();
    gas
}
