//! What the exchange answers, and that it answers nothing from a record it cannot read.

mod common;

use common::*;
use cosmwasm_std::{Binary, Uint64};
use protocol_api::exchange::*;
use protocol_std::binary::{prefix, raw_key};
use sha2::{Digest, Sha256};

fn cancel(from: u64, to: u64) -> ExecuteMsg {
    ExecuteMsg::CancelQuotes {
        account: MAKER,
        from: from.into(),
        to: to.into(),
    }
}

fn prune(nonce: u64) -> ExecuteMsg {
    ExecuteMsg::PruneQuotes {
        account: MAKER,
        nonces: vec![nonce.into()],
    }
}

fn cancelled(world: &World, account: u64) -> CancelledResponse {
    world.query(&QueryMsg::Cancelled { account }).unwrap()
}

fn ranges(ranges: &[(u64, u64)]) -> Vec<NonceRange> {
    let range = |(from, to): &(u64, u64)| NonceRange {
        from: (*from).into(),
        to: (*to).into(),
    };
    ranges.iter().map(range).collect()
}

#[test]
fn cancelled_nonces_are_a_floor_and_ranges_above_it() {
    let mut world = World::new();
    let maker = world.owner_of(MAKER);
    let none = CancelledResponse {
        floor: Uint64::zero(),
        ranges: vec![],
    };
    assert_eq!(cancelled(&world, MAKER), none);
    for (from, to) in [(30, 39), (10, 19), (20, 24), (60, 60)] {
        world.send(&maker, &cancel(from, to)).unwrap();
    }
    let apart = cancelled(&world, MAKER);
    assert_eq!(apart.floor.u64(), 0);
    assert_eq!(apart.ranges, ranges(&[(10, 24), (30, 39), (60, 60)]));
    world.send(&maker, &cancel(0, 12)).unwrap();
    let risen = cancelled(&world, MAKER);
    assert_eq!(risen.floor.u64(), 25);
    assert_eq!(risen.ranges, ranges(&[(30, 39), (60, 60)]));
    assert_eq!(cancelled(&world, TAKER), none, "each account its own");
}

#[test]
fn at_most_sixteen_ranges_are_kept_and_all_are_told() {
    let mut world = World::new();
    let maker = world.owner_of(MAKER);
    let all: Vec<(u64, u64)> = (1..=16).map(|n| (10 * n, 10 * n + 3)).collect();
    for (from, to) in &all {
        world.send(&maker, &cancel(*from, *to)).unwrap();
    }
    assert_eq!(cancelled(&world, MAKER).ranges, ranges(&all));
    world.refuses(&maker, &cancel(900, 900), "E_EXCHANGE_TOO_MANY_RANGES");
    // One that joins two makes room.
    world.send(&maker, &cancel(14, 19)).unwrap();
    world.send(&maker, &cancel(900, 900)).unwrap();
    let joined = cancelled(&world, MAKER).ranges;
    assert_eq!(
        (joined.len(), &joined[..1]),
        (16, ranges(&[(10, 23)]).as_slice())
    );
}

#[test]
fn the_text_of_a_quote_is_what_makers_sign() {
    let mut world = World::new();
    let mut quote = world.quote(42, 3, 520);
    quote.taker = Some(TAKER);
    quote.legs.push(QuoteLeg {
        series: "BTC-25DEC26-90000-P".into(),
        ratio: 4,
        price: -7,
    });
    let shown: QuoteTextResponse = world
        .query(&QueryMsg::QuoteText {
            quote: quote.clone(),
        })
        .unwrap();
    let lines = [
        "Optio quote 1".to_string(),
        format!("chain {}", world.app.block_info().chain_id),
        format!("exchange {}", world.exchange),
        "account 7".into(),
        "nonce 42".into(),
        format!("expires {}", world.now() + 60),
        "taker 8".into(),
        "lots 3".into(),
        "max fee per lot 9".into(),
        "sell 2 x BTC-25DEC26-100000-C @ 520".into(),
        "buy 4 x BTC-25DEC26-90000-P @ -7".into(),
    ];
    let text = lines.map(|line| line + "\n").concat();
    assert_eq!(shown.text, text);
    let digest: [u8; 32] = Sha256::digest(&text).into();
    assert_eq!(shown.digest, Binary::from(digest));
    let signature = direct(&key(1), &shown.text);
    let signed = SignedQuote { quote, signature };
    world.take(world.order(vec![signed], 1, 2_000)).unwrap();
}

#[test]
fn config_names_the_engine() {
    let world = World::new();
    let config: ConfigResponse = world.query(&QueryMsg::Config {}).unwrap();
    assert_eq!(config.engine, world.engine.to_string());
}

/// A record as the head of the exchange's `state.rs` describes it.
fn spoil(world: &mut World, key: &[u8], value: Option<&[u8]>) {
    let exchange = world.exchange.clone();
    let mut storage = world.app.contract_storage_mut(&exchange);
    match value {
        Some(value) => storage.set(key, value),
        None => storage.remove(key),
    }
}

const STATE: &str = "E_STORE_";

fn unreadable(world: &World, query: &QueryMsg) {
    let error = world.query::<cosmwasm_std::Empty>(query).unwrap_err();
    assert!(error.contains(STATE), "{error}");
}

#[test]
fn without_a_readable_engine_nothing_is_taken_or_cancelled() {
    for stored in [None, Some(b"\xff\xfe".as_slice())] {
        let mut world = World::new();
        let maker = world.owner_of(MAKER);
        spoil(&mut world, &prefix("e"), stored);
        unreadable(&world, &QueryMsg::Config {});
        let quote = world.signed(world.quote(1, 5, 500));
        world.refused(world.order(vec![quote], 1, 1_000), STATE);
        world.refuses(&maker, &cancel(0, 1), STATE);
    }
}

#[test]
fn a_record_that_cannot_be_read_is_not_taken_for_none() {
    let filled = raw_key("f", &(MAKER, 1_u64));
    let cancelled = raw_key("c", &MAKER);
    for key in [filled.as_slice(), cancelled.as_slice()] {
        let mut world = World::new();
        let maker = world.owner_of(MAKER);
        spoil(&mut world, key, Some(b"?"));
        let nonce = 1u64.into();
        let account = MAKER;
        unreadable(&world, &QueryMsg::QuoteStatus { account, nonce });
        let quote = world.signed(world.quote(1, 5, 500));
        let order = world.order(vec![quote], 1, 1_000);
        let preview = QueryMsg::Preview {
            order: order.clone(),
        };
        unreadable(&world, &preview);
        world.refused(order, STATE);
        world.refuses(&maker, &prune(1), STATE);
        if key == cancelled {
            unreadable(&world, &QueryMsg::Cancelled { account });
            world.refuses(&maker, &cancel(0, 1), STATE);
        }
    }
}
