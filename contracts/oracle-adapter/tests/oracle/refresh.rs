//! `Refresh`: a spot feed that lives on contract sources.

use cosmwasm_std::{
    Addr, Binary, Decimal, Deps, DepsMut, Env, MessageInfo, Response, StdError, StdResult,
    from_json, to_json_binary,
};
use cw_multi_test::{App, ContractWrapper, Executor};
use protocol_api::oracle::{
    Driver, ExecuteMsg, FeedKind, FeedPolicy, FeedTerms, QueryMsg, RecordResponse, Source,
    SourceQueryMsg, SourceQuote, Validity,
};

use crate::world::{FEED, PRICE, World, decimal, policy, terms};

/// A source whose instantiation message is what it answers; the key `broken` is an error.
type Quoted = SourceQuote;

fn instantiate(deps: DepsMut<'_>, _: Env, _: MessageInfo, quote: Quoted) -> StdResult<Response> {
    deps.storage.set(b"quote", &to_json_binary(&quote)?);
    Ok(Response::new())
}

fn execute(deps: DepsMut<'_>, _: Env, _: MessageInfo, quote: Quoted) -> StdResult<Response> {
    deps.storage.set(b"quote", &to_json_binary(&quote)?);
    Ok(Response::new())
}

fn query(deps: Deps<'_>, _: Env, msg: SourceQueryMsg) -> StdResult<Binary> {
    let SourceQueryMsg::Price { key } = msg;
    if key == "broken" {
        return Err(StdError::msg("no price"));
    }
    Ok(Binary::from(deps.storage.get(b"quote").unwrap()))
}

fn quote(price: &str, time: u64) -> Quoted {
    SourceQuote {
        price: decimal(price),
        confidence: Decimal::zero(),
        time,
    }
}

fn source(app: &mut App, owner: &Addr, price: &str) -> Addr {
    let code = app.store_code(Box::new(ContractWrapper::new(execute, instantiate, query)));
    let now = app.block_info().time.seconds();
    app.instantiate_contract(code, owner.clone(), &quote(price, now), &[], "source", None)
        .unwrap()
}

fn spot_terms() -> FeedTerms {
    FeedTerms {
        kind: FeedKind::Spot,
        symbol: "ATOM".into(),
        ..terms(60, 30)
    }
}

fn with_sources(contracts: &[(&Addr, &str)]) -> FeedPolicy {
    let listed = contracts
        .iter()
        .enumerate()
        .map(|(index, (address, key))| Source {
            name: format!("source {index}"),
            family: u8::try_from(index).unwrap(),
            driver: Driver::Contract {
                address: address.to_string(),
                key: (*key).into(),
            },
        });
    FeedPolicy {
        sources: listed.collect(),
        ..policy()
    }
}

fn refresh(world: &mut World, feed: u16) -> Result<(), String> {
    let sender = world.stranger.clone();
    world
        .execute(&sender, &ExecuteMsg::Refresh { feed })
        .map(|_| ())
}

/// A world whose feed reads the given prices from three contracts.
fn three(prices: [&str; 3], keys: [&str; 3]) -> (World, Vec<Addr>) {
    let mut world = World::empty();
    let owner = world.owner.clone();
    let contracts: Vec<Addr> = prices
        .iter()
        .map(|price| source(&mut world.app, &owner, price))
        .collect();
    let pairs: Vec<(&Addr, &str)> = contracts.iter().zip(keys).collect();
    world
        .add_feed(FEED, &spot_terms(), &with_sources(&pairs))
        .unwrap();
    (world, contracts)
}

#[test]
fn the_median_of_three_contracts() {
    let (mut world, contracts) = three(["99990", "100000", "100020"], ["p"; 3]);
    refresh(&mut world, FEED).unwrap();
    let record = world.record();
    assert_eq!(record.band.mid, decimal("100000"));
    assert_eq!(
        (record.band.low, record.band.high),
        (decimal("99990"), decimal("100010"))
    );
    assert_eq!(record.validity, Validity::Valid);
    assert_eq!(record.evidence.epoch, 0);
    // Once a second: the next of the same second changes nothing, and undoes nothing that is bundled with it.
    refresh(&mut world, FEED).unwrap();
    assert_eq!(world.record().sequence, 1);

    world.advance(11);
    push(&mut world, &contracts, "100001");
    refresh(&mut world, FEED).unwrap();
    assert_eq!(world.validity(), Validity::Valid);
}

/// Every contract says something new.
fn push(world: &mut World, contracts: &[Addr], price: &str) {
    let (sender, now) = (world.stranger.clone(), world.now());
    for contract in contracts {
        world
            .app
            .execute_contract(sender.clone(), contract.clone(), &quote(price, now), &[])
            .unwrap();
    }
}

/// Whoever picks a moment when the sources have said nothing new must not turn a price that others act at invalid.
#[test]
fn attack_risk_45_a_refresh_between_pushes_lowers_no_level() {
    let (mut world, contracts) = three(["99990", "100000", "100020"], ["p"; 3]);
    refresh(&mut world, FEED).unwrap();
    world.advance(12);
    assert_eq!(world.validity(), Validity::Aging);
    assert_eq!(refresh(&mut world, FEED).unwrap_err(), "E_REFRESH_LOWER");
    // Nor when one or two of them are new.
    push(&mut world, &contracts[..2], "100001");
    assert_eq!(refresh(&mut world, FEED).unwrap_err(), "E_REFRESH_LOWER");
    assert_eq!(world.record().sequence, 1);
    // A push and a refresh of the same block count.
    push(&mut world, &contracts, "100002");
    refresh(&mut world, FEED).unwrap();
    assert_eq!(world.validity(), Validity::Valid);
    // Two are more than a stale price; silence is no more than a dead one.
    world.advance(61);
    push(&mut world, &contracts[..2], "100003");
    assert_eq!(world.validity(), Validity::Stale);
    refresh(&mut world, FEED).unwrap();
    assert_eq!(world.validity(), Validity::Uncertain);
    world.advance(300);
    assert_eq!(refresh(&mut world, FEED).unwrap_err(), "E_REFRESH_LOWER");
    world.advance(1);
    refresh(&mut world, FEED).unwrap();
    assert_eq!(world.validity(), Validity::Invalid);
}

/// The contracts of the list in force are asked, and a feed that its owner gives sources that report is refreshed no more.
#[test]
fn a_refresh_asks_the_sources_of_the_policy_in_force() {
    let (mut world, contracts) = three(["99990", "100000", "100020"], ["p"; 3]);
    let owner = world.owner.clone();
    let mut others = contracts.clone();
    others[1] = source(&mut world.app, &owner, "100015");
    let pairs: Vec<(&Addr, &str)> = others.iter().map(|of| (of, "p")).collect();
    let at = world.now() + 6;
    world.set_policy(&with_sources(&pairs), at).unwrap();
    let mut mid_at = |time: u64| {
        world.set_time(time);
        refresh(&mut world, FEED).unwrap();
        world.record().band.mid
    };
    assert_eq!(mid_at(at - 1), decimal("100000"));
    assert_eq!(mid_at(at), decimal("100015"));
    world.set_policy(&policy(), at + 1).unwrap();
    assert_eq!(refresh(&mut world, FEED), Ok(()), "nothing new this second");
    world.advance(1);
    assert_eq!(refresh(&mut world, FEED).unwrap_err(), "E_REFRESH_KIND");
}

#[test]
fn a_broken_contract_is_silent_and_stops_nobody() {
    let (mut world, _) = three(["99990", "100000", "100020"], ["p", "broken", "p"]);
    refresh(&mut world, FEED).unwrap();
    assert_eq!(
        world.validity(),
        Validity::Uncertain,
        "two are left: their hull"
    );
    let mut nobody = World::empty();
    let stranger = nobody.stranger.clone();
    let pairs = [(&stranger, "p")];
    let pairs = [pairs[0]; 3];
    nobody
        .add_feed(FEED, &spot_terms(), &with_sources(&pairs))
        .unwrap();
    refresh(&mut nobody, FEED).unwrap();
    assert_eq!(nobody.validity(), Validity::Invalid);
}

#[test]
fn attack_risk_12_extreme_answers_are_dropped() {
    let huge = "340282366920938463463.374607431768211455";
    let (mut world, _) = three([huge, "0", "100000"], ["p"; 3]);
    refresh(&mut world, FEED).unwrap();
    assert_eq!(world.validity(), Validity::NoQuorum);
    assert_eq!(world.record().band.mid, decimal("100000"));
}

#[test]
fn feeds_with_reports_or_surfaces_cannot_be_refreshed() {
    let mut world = World::new();
    assert_eq!(refresh(&mut world, FEED).unwrap_err(), "E_REFRESH_KIND");
    world.add_feed(2, &spot_terms(), &policy()).unwrap();
    assert_eq!(
        refresh(&mut world, 2).unwrap_err(),
        "E_REFRESH_KIND",
        "its sources report"
    );
    assert_eq!(refresh(&mut world, 3).unwrap_err(), "E_FEED_UNKNOWN");
}

#[test]
fn a_report_and_contracts_make_one_median() {
    let mut world = World::empty();
    let owner = world.owner.clone();
    let contract = source(&mut world.app, &owner, "100300");
    let mut mixed = policy();
    mixed.sources[4].driver = Driver::Contract {
        address: contract.to_string(),
        key: "p".into(),
    };
    world.add_feed(FEED, &terms(60, 30), &mixed).unwrap();
    let mut report = world.report(PRICE);
    assert_eq!(
        world.publish(&report).unwrap_err(),
        "E_REPORT_SOURCE",
        "a report cannot speak for a contract"
    );
    // It mutes it: one that eats all gas, or lies, holds nobody up.
    report.sources[4].price = 0;
    report.sources.drain(..2);
    world.publish(&report).unwrap();
    assert_eq!(
        world.validity(),
        Validity::Uncertain,
        "two reported, the contract is not asked"
    );
    world.advance(5);
    let mut report = world.report(PRICE);
    report.sources.truncate(2);
    world.publish(&report).unwrap();
    assert_eq!(
        world.validity(),
        Validity::Valid,
        "two reported, one queried"
    );
    assert_eq!(world.record().band.mid, decimal("100000"));
}

#[test]
fn a_contract_that_is_newer_than_the_report_counts() {
    let mut world = World::empty();
    let mut report = world.report(PRICE);
    world.advance(3);
    let owner = world.owner.clone();
    let contract = source(&mut world.app, &owner, "100300");
    let mut mixed = policy();
    mixed.sources[4].driver = Driver::Contract {
        address: contract.to_string(),
        key: "p".into(),
    };
    world.add_feed(FEED, &terms(60, 30), &mixed).unwrap();
    report.sources.truncate(2);
    world.publish(&report).unwrap();
    assert_eq!(world.validity(), Validity::Valid);
}

/// Told who the adapter is, it answers half as much again as the adapter holds, which it asks while the adapter asks it.
fn ask_back(deps: Deps<'_>, env: Env, _: SourceQueryMsg) -> StdResult<Binary> {
    let adapter: Addr = from_json(deps.storage.get(b"adapter").unwrap())?;
    let held: RecordResponse = deps
        .querier
        .query_wasm_smart(adapter, &QueryMsg::Record { feed: FEED })?;
    to_json_binary(&SourceQuote {
        price: held.band.mid * Decimal::percent(150),
        confidence: Decimal::zero(),
        time: env.block.time.seconds(),
    })
}

fn told(deps: DepsMut<'_>, _: Env, _: MessageInfo, adapter: Addr) -> StdResult<Response> {
    deps.storage.set(b"adapter", &to_json_binary(&adapter)?);
    Ok(Response::new())
}

/// The adapter gives control to others in queries alone, which write nothing. Whoever asks it meanwhile is told what it held
/// before, and what he makes of it is one source's word.
#[test]
fn attack_risk_39_and_options_7_a_source_that_asks_back_sees_what_was_held_and_moves_no_median() {
    let mut world = World::empty();
    let (owner, adapter) = (world.owner.clone(), world.adapter.clone());
    let mut contracts: Vec<Addr> = ["99990", "100000", "100020"]
        .map(|price| source(&mut world.app, &owner, price))
        .to_vec();
    let honest = contracts.clone();
    let code = ContractWrapper::new(told, told, ask_back);
    let code = world.app.store_code(Box::new(code));
    let echo = world
        .app
        .instantiate_contract(code, owner, &adapter, &[], "echo", None);
    contracts.push(echo.unwrap());
    let pairs: Vec<(&Addr, &str)> = contracts.iter().map(|of| (of, "p")).collect();
    world
        .add_feed(FEED, &spot_terms(), &with_sources(&pairs))
        .unwrap();
    // Nothing is held: it is silent, and stops nobody.
    refresh(&mut world, FEED).unwrap();
    assert_eq!(world.record().band.mid, decimal("100000"));
    let sender = world.stranger.clone();
    for sequence in 2..=9 {
        world.advance(5);
        let now = world.now();
        for (contract, price) in honest.iter().zip(["99990", "100000", "100020"]) {
            let quote = quote(price, now);
            let contract = contract.clone();
            world
                .app
                .execute_contract(sender.clone(), contract, &quote, &[])
                .unwrap();
        }
        refresh(&mut world, FEED).unwrap();
        let record = world.record();
        // Of four: the middle of 100,000 and 100,020, whatever it makes of what it read.
        assert_eq!(
            (record.sequence, record.band.mid),
            (sequence, decimal("100010"))
        );
    }
}
