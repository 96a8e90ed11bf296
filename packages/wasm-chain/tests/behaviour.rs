//! What a contract does is the same natively and on the VM, and what fails leaves nothing behind.
#![allow(clippy::arithmetic_side_effects)]

mod common;

use common::{BOTH, World, call, set};
use cosmwasm_std::{Binary, Uint256, coin, to_json_binary};
use sampler::{Execute, Query};
use wasm_chain::{Chain, Code, Mode};

#[test]
fn stores_and_answers() {
    for mode in BOTH {
        let mut world = World::new(mode);
        let outcome = world.execute(&set("a", "1")).unwrap();
        assert_eq!(outcome.attribute("key"), Some("a"));
        assert_eq!(world.get(&world.first, "a").as_deref(), Some("1"));
        assert_eq!(world.get(&world.second, "a"), None);
        assert_eq!(
            world.chain.query_raw(&world.first, b"a"),
            Some(b"1".to_vec())
        );
        world
            .execute(&Execute::Remove {
                key: "a".to_owned(),
            })
            .unwrap();
        assert_eq!(world.get(&world.first, "a"), None);
    }
}

#[test]
fn a_failed_message_leaves_nothing() {
    for mode in BOTH {
        let mut world = World::new(mode);
        let before = world.chain.dump_state();
        let error = world
            .execute(&Execute::Fail {
                text: "E_SAMPLE: no".to_owned(),
            })
            .unwrap_err();
        assert_eq!(error.code(), Some("E_SAMPLE"));
        // Also when a call it made had gone through.
        let nested = call(
            &world.second,
            &Execute::Fail {
                text: "E_DEEP: no".to_owned(),
            },
            false,
        );
        assert_eq!(world.execute(&nested).unwrap_err().code(), Some("E_DEEP"));
        assert_eq!(world.chain.dump_state(), before);
    }
}

#[test]
fn a_panic_is_an_error() {
    for mode in BOTH {
        let mut world = World::new(mode);
        let before = world.chain.dump_state();
        let error = world.execute(&Execute::Panic {}).unwrap_err();
        // The artefact holds no panic texts: there it is a bare trap.
        let text = if mode == Mode::Native {
            "on purpose"
        } else {
            "unreachable"
        };
        assert!(error.message().contains(text), "{error}");
        assert_eq!(world.chain.dump_state(), before);
        world.execute(&set("still", "works")).unwrap();
    }
}

#[test]
fn out_of_gas_is_an_error() {
    let mut world = World::new(Mode::Wasm);
    world.chain.set_gas_limit(500_000);
    let before = world.chain.dump_state();
    let error = world.execute(&Execute::Burn {}).unwrap_err();
    assert!(error.message().contains("gas"), "{error}");
    assert_eq!(world.chain.dump_state(), before);
    let used = world.chain.last_gas().total;
    assert!((500_000..520_000).contains(&used), "{used}");
    world.execute(&set("still", "works")).unwrap();
}

#[test]
fn a_caught_failure_rolls_back_only_itself() {
    for mode in BOTH {
        let mut world = World::new(mode);
        let second = world.second.clone();
        let caught = call(
            &second,
            &Execute::Fail {
                text: "no".to_owned(),
            },
            true,
        );
        world.execute(&caught).unwrap();
        assert_eq!(
            world.get(&world.first, "note").as_deref(),
            Some("was caught")
        );
        assert_eq!(world.get(&second, "note"), None);
        world.execute(&call(&second, &set("b", "2"), true)).unwrap();
        assert_eq!(
            world.get(&world.first, "note").as_deref(),
            Some("went well")
        );
        assert_eq!(world.get(&second, "b").as_deref(), Some("2"));
    }
}

#[test]
fn iterates_both_ways() {
    for mode in BOTH {
        let mut world = World::new(mode);
        world
            .execute(&Execute::Fill {
                from: 10,
                count: 50,
            })
            .unwrap();
        for descending in [false, true] {
            let count: u32 = world
                .chain
                .query(
                    &world.first,
                    &Query::Count {
                        limit: None,
                        descending,
                    },
                )
                .unwrap();
            assert_eq!(count, 50);
            let some: u32 = world
                .chain
                .query(
                    &world.first,
                    &Query::Count {
                        limit: Some(7),
                        descending,
                    },
                )
                .unwrap();
            assert_eq!(some, 7);
        }
        let query = Query::First {
            from: "g".to_owned(),
            descending: true,
        };
        let last: Option<(Binary, Binary)> = world.chain.query(&world.first, &query).unwrap();
        assert_eq!(last.unwrap().1.as_slice(), 59_u32.to_be_bytes());
        let query = Query::First {
            from: "f".to_owned(),
            descending: false,
        };
        let first: Option<(Binary, Binary)> = world.chain.query(&world.first, &query).unwrap();
        assert_eq!(first.unwrap().1.as_slice(), 10_u32.to_be_bytes());
    }
}

#[test]
fn asks_other_contracts_and_the_bank() {
    for mode in BOTH {
        let mut world = World::new(mode);
        world.execute(&set("a", "1")).unwrap();
        let msg = to_json_binary(&Query::Get {
            key: "a".to_owned(),
        })
        .unwrap();
        let ask = Query::Ask {
            contract: world.first.to_string(),
            msg,
        };
        let answer: Option<Binary> = world.chain.query(&world.second, &ask).unwrap();
        assert_eq!(answer.unwrap().as_slice(), b"1");
        let peek = Query::Peek {
            contract: world.first.to_string(),
            key: "a".to_owned(),
        };
        let raw: Option<Binary> = world.chain.query(&world.second, &peek).unwrap();
        assert_eq!(raw.unwrap().as_slice(), b"1");
        world
            .chain
            .mint(&world.user.clone(), &[coin(7, "usd")])
            .unwrap();
        let balance = Query::Balance {
            of: world.user.to_string(),
            denom: "usd".to_owned(),
        };
        assert_eq!(
            world
                .chain
                .query::<_, Uint256>(&world.first, &balance)
                .unwrap(),
            Uint256::from(7_u32)
        );
        for (address, valid) in [(world.user.to_string(), true), ("nobody".to_owned(), false)] {
            assert_eq!(
                world
                    .chain
                    .query::<_, bool>(&world.first, &Query::Valid { address })
                    .unwrap(),
                valid
            );
        }
    }
}

#[test]
fn money_moves_with_messages() {
    for mode in BOTH {
        let mut world = World::new(mode);
        let (user, first) = (world.user.clone(), world.first.clone());
        world.chain.mint(&user, &[coin(100, "usd")]).unwrap();
        world
            .chain
            .execute(&user, &first, &set("a", "1"), &[coin(60, "usd")])
            .unwrap();
        let pay = Execute::Pay {
            amount: coin(25, "usd"),
        };
        world.execute(&pay).unwrap();
        assert_eq!(
            world.chain.balance(&user, "usd").unwrap(),
            Uint256::from(65_u32)
        );
        assert_eq!(
            world.chain.balance(&first, "usd").unwrap(),
            Uint256::from(35_u32)
        );
        // More than it has: the whole message fails.
        assert!(
            world
                .execute(&Execute::Pay {
                    amount: coin(36, "usd")
                })
                .is_err()
        );
        assert_eq!(
            world.chain.balance(&first, "usd").unwrap(),
            Uint256::from(35_u32)
        );
    }
}

#[test]
fn an_address_that_was_not_used_is_nobodys() {
    for mode in BOTH {
        let mut world = World::new(mode);
        let wanted = world.chain.address("wanted");
        let (user, nothing) = (world.user.clone(), serde_json::json!({}));
        let unknown = world.code + 1;
        // Refused before the chain asks for an address: the next contract gets its own.
        let refused = world.chain.instantiate_at(&wanted, |chain| {
            chain.instantiate(unknown, &user, &nothing, &[], "x")
        });
        refused.unwrap_err();
        let third = world
            .chain
            .instantiate(world.code, &user, &nothing, &[], "third");
        assert_ne!(third.unwrap(), wanted);
        let made = world.chain.instantiate_at(&wanted, |chain| {
            chain.instantiate(world.code, &user, &nothing, &[], "there")
        });
        assert_eq!(made.unwrap(), wanted);
    }
}

#[test]
fn migrates_and_answers_the_chain() {
    for mode in BOTH {
        let mut world = World::new(mode);
        let (user, first, code) = (world.user.clone(), world.first.clone(), world.code);
        world
            .chain
            .migrate(&user, &first, &serde_json::json!({}), code)
            .unwrap();
        assert_eq!(world.get(&first, "note").as_deref(), Some("migrated"));
        world.chain.sudo(&first, &serde_json::json!({})).unwrap();
        assert_eq!(world.get(&first, "note").as_deref(), Some("by the chain"));
    }
}

#[test]
fn a_missing_artefact_is_an_error() {
    let code = Code::new("never_built", || unreachable!());
    let error = Chain::new(Mode::Wasm).store(&code).unwrap_err();
    let text = error.message();
    assert!(text.contains("never_built.wasm") && text.contains("WASM_ARTIFACTS"));
}

/// The same long story natively and on the VM: every answer and the whole state are equal.
#[test]
fn native_equals_wasm() {
    let story = |mode| {
        let mut world = World::new(mode);
        let second = world.second.clone();
        let mut events = Vec::new();
        let user = world.user.clone();
        world.chain.mint(&user, &[coin(1_000, "usd")]).unwrap();
        for round in 0..20_u32 {
            let messages = [
                set(&format!("key{}", round % 7), &format!("value{round}")),
                Execute::Fill {
                    from: round * 3,
                    count: 5,
                },
                call(&second, &set("seen", &round.to_string()), round % 2 == 0),
                call(
                    &second,
                    &Execute::Fail {
                        text: "no".to_owned(),
                    },
                    round % 3 == 0,
                ),
                Execute::Remove {
                    key: format!("key{}", (round + 3) % 7),
                },
                Execute::CountTwice {},
                Execute::Emit { times: round % 4 },
            ];
            for message in &messages {
                events.push(
                    world
                        .execute(message)
                        .map(|outcome| (outcome.response.events, outcome.response.data))
                        .ok(),
                );
                world.chain.advance(7);
            }
        }
        (events, world.chain.dump_state())
    };
    let (native, wasm) = (story(Mode::Native), story(Mode::Wasm));
    assert_eq!(native.0, wasm.0);
    assert_eq!(native.1, wasm.1);
    assert!(native.1.len() > 60);
}
