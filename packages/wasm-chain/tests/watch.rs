//! A code under watch: its check sees every message, and nothing else changes.

mod common;

use common::{BOTH, SAMPLER, World, call, set};
use cosmwasm_std::Binary;
use sampler::{Execute, Query};
use wasm_chain::{Call, Code, Mode};

/// No message may write `forbidden`, and a refused one is seen with what it wrote.
fn check(call: &Call<'_>) -> Result<(), String> {
    let text = String::from_utf8_lossy(call.msg);
    if text.starts_with("{\"fail\"") {
        let wrote = call.response.is_none() && !call.written.is_empty();
        return wrote.then_some(()).ok_or_else(|| "nothing seen".into());
    }
    // What is asked of a contract costs no gas, whoever asks.
    let query = Query::Get { key: "a".into() };
    let own = &call.env.contract.address;
    let asked: Result<Option<Binary>, _> = call.after.querier.query_wasm_smart(own, &query);
    asked.map_err(|error| error.to_string())?;
    for key in call.written {
        let (before, after) = (call.before.storage.get(key), call.after.storage.get(key));
        if *key == b"forbidden" || before == after {
            return Err(format!("{before:?} became {after:?}"));
        }
    }
    Ok(())
}

const WATCHED: Code = SAMPLER.watched(check);

#[test]
fn nothing_else_changes() {
    for mode in BOTH {
        let (mut plain, mut watched) = (World::new(mode), World::of(mode, &WATCHED));
        let messages = [
            set("a", "1"),
            set("a", "2"),
            Execute::Fail { text: "no".into() },
            call(&plain.second, &set("b", "3"), false),
            call(&plain.second, &Execute::Fail { text: "no".into() }, true),
            Execute::Remove { key: "a".into() },
        ];
        for message in &messages {
            let (one, other) = (plain.execute(message), watched.execute(message));
            assert_eq!(one.is_ok(), other.is_ok(), "{message:?}");
            if let (Ok(one), Ok(other)) = (one, other) {
                assert_eq!(one.response.events, other.response.events);
                assert_eq!(one.gas.total, other.gas.total);
            }
        }
        assert_eq!(plain.chain.dump_state(), watched.chain.dump_state());
        let reports = |world: &mut World| -> Vec<u64> {
            let reports = world.chain.take_gas_reports();
            reports.iter().map(|report| report.total).collect()
        };
        assert_eq!(reports(&mut plain), reports(&mut watched));
    }
}

#[test]
#[should_panic(expected = "None became Some")]
fn what_a_message_did_is_found() {
    let mut world = World::of(Mode::Native, &WATCHED);
    let _ = world.execute(&set("forbidden", "1"));
}

#[test]
#[should_panic(expected = "None became Some")]
fn what_a_message_of_another_contract_did_is_found() {
    let mut world = World::of(Mode::Wasm, &WATCHED);
    let inner = set("forbidden", "1");
    let _ = world.execute(&call(&world.second.clone(), &inner, true));
}
