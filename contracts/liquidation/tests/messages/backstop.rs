//! Backstops: opened by the owner, shares while they hold nothing but coins, critical accounts at the schedule's price.

use cosmwasm_std::{Addr, Coin, CosmosMsg, Empty, Uint128, WasmMsg, coin, to_json_binary};
use cw_multi_test::Executor;
use protocol_api::engine::{Consent, LiquidateData, Standing};
use protocol_api::liquidation::*;

use crate::engine::{SAT, USDC};
use crate::relay;
use crate::world::{SELLER, World, attribute, deep, taken, usdc};

/// A backstop of number 5; its engine account is 10.
fn opened() -> World {
    let mut world = World::new();
    let owner = world.owner.clone();
    let msg = create(&["BTC_USDC", "ETH_USDC"]);
    let response = world.send(&owner, &msg).unwrap();
    assert_eq!(
        attribute(&response, "backstop_created", "account"),
        Some("10".into())
    );
    world
}

fn create(markets: &[&str]) -> ExecuteMsg {
    ExecuteMsg::CreateBackstop {
        group: 5,
        markets: markets.iter().map(ToString::to_string).collect(),
    }
}

const DEPOSIT: ExecuteMsg = ExecuteMsg::DepositBackstop { group: 5 };

fn deposit(world: &mut World, name: &str, coins: &[Coin]) {
    let holder = world.address(name);
    world.mint(&holder, coins);
    world.send_with(&holder, &DEPOSIT, coins).unwrap();
}

fn withdraw(shares: u128) -> ExecuteMsg {
    ExecuteMsg::WithdrawBackstop {
        group: 5,
        shares: Uint128::new(shares),
    }
}

fn shares(world: &World, name: &str) -> SharesResponse {
    world.query(&QueryMsg::Shares {
        group: 5,
        holder: world.address(name).to_string(),
    })
}

fn all_out(world: &mut World, name: &str) -> u128 {
    let holder = world.address(name);
    let before = balance(world, name, USDC);
    let owned = shares(world, name).shares.u128();
    world.send(&holder, &withdraw(owned)).unwrap();
    balance(world, name, USDC) - before
}

fn balance(world: &World, name: &str, denom: &str) -> u128 {
    let holder = world.address(name);
    let found = world.app.wrap().query_balance(holder, denom).unwrap();
    Uint128::try_from(found.amount).unwrap().u128()
}

/// The backstop's cash changes as by a trade.
fn gain(world: &mut World, denom: &str, amount: i128) {
    world.change(|state| {
        let cash = &mut state.accounts.get_mut(&10).unwrap().cash;
        *cash.entry(denom.into()).or_default() += amount;
    });
    if amount > 0 {
        let engine = world.engine.clone();
        world.mint(&engine, &[coin(amount.unsigned_abs(), denom)]);
    }
}

#[test]
fn a_backstop_is_an_account_of_this_contract_that_admits_it() {
    let mut world = opened();
    let account = world.state().accounts[&10].clone();
    assert_eq!(account.owner, world.contract.to_string());
    assert_eq!(account.venues, [world.contract.to_string()]);
    let owner = world.owner.clone();
    world.refused(
        &owner,
        &create(&["BTC_USDC"]),
        "E_LIQUIDATION_BACKSTOP_EXISTS",
    );
    let listed: BackstopsResponse = world.query(&QueryMsg::Backstops {
        start_after: None,
        limit: None,
    });
    assert_eq!(listed.backstops.len(), 1);
    assert_eq!(listed.backstops[0].account, 10);
}

#[test]
fn its_markets_are_known_distinct_and_settle_in_the_quote_coin() {
    let mut world = World::new();
    let owner = world.owner.clone();
    // One too many: neither is asked for, known or not.
    let names: Vec<String> = (1..=17).map(|number| format!("M{number}")).collect();
    let many: Vec<&str> = names.iter().map(String::as_str).collect();
    world.refused(&owner, &create(&many[..16]), "E_ENGINE_UNKNOWN");
    for (markets, code) in [
        (vec![], "E_LIQUIDATION_MARKETS"),
        (many, "E_LIQUIDATION_MARKETS"),
        (vec!["BTC_USDC", "BTC_USDC"], "E_LIQUIDATION_MARKETS"),
        (vec!["BTC_USDC", "BTC"], "E_LIQUIDATION_NOT_QUOTE"),
        (vec!["DOGE"], "E_ENGINE_UNKNOWN"),
    ] {
        world.refused(&owner, &create(&markets), code);
    }
}

#[test]
fn shares_follow_gains_and_losses() {
    let mut world = opened();
    deposit(&mut world, "ann", &[usdc(1_000)]);
    assert_eq!(shares(&world, "ann").shares.u128(), 1_000_000);
    gain(&mut world, USDC, 250);
    deposit(&mut world, "bob", &[usdc(500)]);
    // 500 x 1,001,000 / 1,251
    assert_eq!(shares(&world, "bob").shares.u128(), 400_079);
    // 1,750 x 400,079 / 1,401,079 = 499.7...
    assert_eq!(shares(&world, "bob").worth, Some(vec![usdc(499)]));
    assert_eq!(all_out(&mut world, "bob"), 499);
    gain(&mut world, USDC, -251);
    // 1,000 x 1,000,000 / 1,001,000 = 999.0...
    assert_eq!(all_out(&mut world, "ann"), 999);
    assert_eq!(shares(&world, "ann").shares.u128(), 0);
}

#[test]
fn nobody_comes_or_leaves_while_it_carries_positions_or_owes() {
    let mut world = opened();
    deposit(&mut world, "ann", &[usdc(1_000)]);
    let ann = world.address("ann");
    world.mint(&ann, &[usdc(1_000)]);
    let busy = "E_LIQUIDATION_BACKSTOP_BUSY";
    world.change(|state| {
        state.accounts.get_mut(&10).unwrap().legs = vec!["BTC_USDC-2JAN26-90000-C".into()];
    });
    world.refused_with(&ann, &DEPOSIT, &[usdc(1_000)], busy);
    world.refused(&ann, &withdraw(1), busy);
    assert_eq!(shares(&world, "ann").worth, None);
    world.change(|state| state.accounts.get_mut(&10).unwrap().legs.clear());
    gain(&mut world, SAT, -1);
    world.refused_with(&ann, &DEPOSIT, &[usdc(1_000)], busy);
    world.refused(&ann, &withdraw(1), busy);
}

#[test]
fn nobody_leaves_while_one_of_its_markets_is_short_of_insurance() {
    let mut world = opened();
    deposit(&mut world, "ann", &[usdc(1_000)]);
    let ann = world.address("ann");
    let set = |world: &mut World, market: &str, deficits: u128| {
        world.change(|state| {
            state.shortfall.insert(market.into(), deficits);
        });
    };
    for market in ["BTC_USDC", "ETH_USDC"] {
        set(&mut world, market, 61);
        world.refused(&ann, &withdraw(1_000), "E_LIQUIDATION_SHORTFALL");
        set(&mut world, market, 60);
    }
    // Another market's deficits are not its to bear.
    set(&mut world, "SOL_USDC", 1_000);
    assert_eq!(all_out(&mut world, "ann"), 999);
}

#[test]
fn nobody_leaves_before_its_part_of_a_loss_is_booked() {
    let mut world = opened();
    deposit(&mut world, "ann", &[usdc(1_000)]);
    let ann = world.address("ann");
    for market in ["BTC_USDC", "ETH_USDC"] {
        world.change(|state| state.unbooked = vec![market.into()]);
        world.refused(&ann, &withdraw(1_000), "E_LIQUIDATION_UNCOUNTED");
    }
    world.change(|state| state.unbooked = vec!["SOL_USDC".into()]);
    assert_eq!(all_out(&mut world, "ann"), 999);
}

#[test]
fn nobody_comes_or_leaves_while_a_gain_is_not_collected() {
    let mut world = opened();
    deposit(&mut world, "ann", &[usdc(1_000)]);
    let ann = world.address("ann");
    world.mint(&ann, &[usdc(1_000)]);
    let uncollected = "E_LIQUIDATION_UNCOLLECTED";
    let set = |world: &mut World, gained: i128, markets: &[&str]| {
        world.change(|state| {
            state.accounts.get_mut(&10).unwrap().gained = gained;
            state.uncollected = markets.iter().map(|market| (*market).into()).collect();
        });
    };
    set(&mut world, 1, &["BTC_USDC"]);
    world.refused(&ann, &withdraw(1_000), uncollected);
    world.refused_with(&ann, &DEPOSIT, &[usdc(1_000)], uncollected);
    // Who has gained nothing there, or nothing but elsewhere, waits for nobody.
    set(&mut world, 0, &["BTC_USDC"]);
    deposit(&mut world, "ann", &[usdc(500)]);
    set(&mut world, 1, &["ETH_USDC", "SOL_USDC"]);
    assert_eq!(all_out(&mut world, "ann"), 1_499);
}

#[test]
fn nobody_comes_while_a_loss_may_take_of_what_is_there() {
    let mut world = opened();
    deposit(&mut world, "ann", &[usdc(1_000)]);
    // It gained 1,000, all of them withheld.
    world.change(|state| state.withheld = 1_000);
    let bob = world.address("bob");
    world.mint(&bob, &[usdc(1_000)]);
    let refused = |world: &mut World, code| {
        world.refused_with(&bob, &DEPOSIT, &[usdc(1_000)], code);
    };
    refused(&mut world, "E_LIQUIDATION_WITHHELD");
    world.change(|state| {
        state.withheld = 0;
        state.unbooked = vec!["BTC_USDC".into()];
    });
    refused(&mut world, "E_LIQUIDATION_UNCOUNTED");
    world.change(|state| {
        state.unbooked = vec![];
        state.shortfall.insert("ETH_USDC".into(), 61);
    });
    refused(&mut world, "E_LIQUIDATION_SHORTFALL");
    world.change(|state| state.shortfall.clear());
    gain(&mut world, USDC, 1_000);
    deposit(&mut world, "bob", &[usdc(1_000)]);
    let bob = all_out(&mut world, "bob");
    assert!(bob <= 1_000, "{bob}");
}

#[test]
fn other_coins_count_dearer_than_mark_and_leave_in_kind() {
    let mut world = opened();
    deposit(&mut world, "ann", &[usdc(1_000)]);
    gain(&mut world, SAT, 35);
    let bob = world.address("bob");
    world.mint(&bob, &[usdc(1_000), coin(10, SAT)]);
    world.refused_with(&bob, &DEPOSIT, &[usdc(500)], "E_LIQUIDATION_NO_PRICE");
    let now = world.now();
    world.change(|state| state.price_time = Some(now));
    world.advance(61);
    world.refused_with(&bob, &DEPOSIT, &[usdc(500)], "E_LIQUIDATION_NO_PRICE");
    world.change(|state| state.price_time = Some(now + 1));
    let foreign = [coin(4, SAT), usdc(500)];
    world.refused_with(&bob, &DEPOSIT, &foreign, "E_FUNDS_ONE_COIN");
    world.send_with(&bob, &DEPOSIT, &[usdc(500)]).unwrap();
    // Worth 1,000 + 70 + 7: 500 x 1,001,000 / 1,078 = 464,285.7...
    assert_eq!(shares(&world, "bob").shares.u128(), 464_285);
    // Of 1,500 and 35: 464,285 / 1,465,285 of each, 475.2... and 11.08...; together below 500.
    let worth = shares(&world, "bob").worth.unwrap();
    assert_eq!(worth, [usdc(475), coin(11, SAT)]);
    // Leaving needs no price.
    world.change(|state| state.price_time = None);
    assert_eq!(all_out(&mut world, "bob"), 475);
    assert_eq!(balance(&world, "bob", SAT), 21);
}

#[test]
fn attack_options_13_a_gift_before_the_second_deposit_costs_the_giver() {
    let mut world = opened();
    deposit(&mut world, "thief", &[usdc(1)]);
    gain(&mut world, USDC, 1_000_000);
    deposit(&mut world, "victim", &[usdc(2_000_000)]);
    let (thief, victim) = (all_out(&mut world, "thief"), all_out(&mut world, "victim"));
    assert!(thief < 501_000, "half of the gift is lost: {thief}");
    assert!(victim > 1_999_000, "{victim}");
}

#[test]
fn attack_options_13_after_a_total_loss_it_lives_again() {
    let mut world = opened();
    for round in 0..12 {
        let name = format!("holder {round}");
        deposit(&mut world, &name, &[usdc(1_000_000)]);
        let owned = shares(&world, &name).shares.u128();
        assert_eq!(owned, 1_000_000_000, "every round begins as the first");
        gain(&mut world, USDC, -1_000_000);
        let holder = world.address(&name);
        world.refused(&holder, &withdraw(owned), "E_LIQUIDATION_NOTHING");
    }
    deposit(&mut world, "late", &[usdc(500)]);
    assert_eq!(shares(&world, "holder 11").shares.u128(), 0, "lost");
    assert_eq!(all_out(&mut world, "late"), 499);
}

/// A holder that is a contract: it owns 1,000 coins, and nobody else holds a share but ann.
fn relayed() -> (World, Addr) {
    let mut world = opened();
    deposit(&mut world, "ann", &[usdc(1_000)]);
    let owner = world.owner.clone();
    let code = world.app.store_code(relay::contract());
    let relay = world
        .app
        .instantiate_contract(code, owner, &Empty {}, &[], "relay", None)
        .unwrap();
    world.mint(&relay, &[usdc(1_000)]);
    (world, relay)
}

/// In the replies to its own messages a holder finds no share that is issued but not paid for, nor one that is paid out and
/// still there: what it does there comes out as one message after another would.
#[test]
fn attack_risk_39_and_options_7_a_holder_that_acts_again_from_the_reply_has_no_phantom_share() {
    let steps = [
        (DEPOSIT, vec![usdc(600)]),
        (withdraw(600_000), vec![]),
        (withdraw(600_000), vec![]),
        (DEPOSIT, vec![usdc(1_000)]),
        (DEPOSIT, vec![usdc(400)]),
        // 400 x 1,001,000 / 1,002 = 399,600.8...
        (withdraw(399_600), vec![]),
        (withdraw(399_600), vec![]),
    ];
    let (mut world, relay) = relayed();
    let contract_addr = world.contract.to_string();
    let all: Vec<CosmosMsg> = steps
        .iter()
        .map(|(msg, funds)| {
            let msg = to_json_binary(msg).unwrap();
            let (contract_addr, funds) = (contract_addr.clone(), funds.clone());
            WasmMsg::Execute {
                contract_addr,
                msg,
                funds,
            }
            .into()
        })
        .collect();
    let eve = world.address("eve");
    world
        .app
        .execute_contract(eve, relay.clone(), &all, &[])
        .unwrap();
    let passed = world.app.contract_storage(&relay).get(relay::PASSED);
    assert_eq!(passed.unwrap(), [1, 1, 0, 0, 1, 1, 0]);

    let (mut apart, same) = relayed();
    assert_eq!(same, relay);
    for (msg, funds) in &steps {
        let _ = apart.send_with(&relay, msg, funds);
    }
    let seen = |world: &World| {
        let stores = [&world.contract, &world.engine].map(|of| world.app.dump_wasm_raw(of));
        let coins = world.app.wrap().query_balance(&relay, USDC).unwrap();
        (stores, coins)
    };
    assert_eq!(seen(&world), seen(&apart));
    // Twice in and out, and not a unit gained.
    assert!(seen(&world).1.amount <= usdc(1_000).amount);
    assert!(all_out(&mut world, "ann") >= 999);
}

#[test]
fn nobody_redeems_what_he_does_not_hold() {
    let mut world = opened();
    deposit(&mut world, "ann", &[usdc(1_000)]);
    let (ann, eve) = (world.address("ann"), world.address("eve"));
    world.refused(&eve, &withdraw(1), "E_LIQUIDATION_SHARES");
    world.refused(&ann, &withdraw(1_000_001), "E_LIQUIDATION_SHARES");
    world.refused(&ann, &withdraw(0), "E_LIQUIDATION_NOTHING");
    world.refused(&ann, &withdraw(1_000), "E_LIQUIDATION_NOTHING");
    let other = ExecuteMsg::WithdrawBackstop {
        group: 6,
        shares: Uint128::new(1),
    };
    world.refused(&ann, &other, "E_LIQUIDATION_NO_BACKSTOP");
    world.refused(&ann, &DEPOSIT, "E_FUNDS_ONE_COIN");
}

const TAKE: ExecuteMsg = ExecuteMsg::TakeBackstop {
    group: 5,
    account: SELLER,
    keeper: Some(9),
};

fn critical(world: &World, standing: Standing, who: u64) -> LiquidateData {
    LiquidateData {
        before: standing,
        taken: vec![taken(who, 150_000, 400)],
        ..deep(world.now())
    }
}

#[test]
fn a_backstop_takes_what_the_bids_leave() {
    let mut world = opened();
    deposit(&mut world, "ann", &[usdc(1_000)]);
    world.place(3, -20_000, 5_000).unwrap();
    world.advance(300);
    let data = critical(&world, Standing::Critical, 10);
    world.script(data);
    let keeper = world.address("keeper");
    world.send(&keeper, &TAKE).unwrap();
    let order = world.order();
    assert_eq!(order.keeper, Some(9));
    let takers: Vec<u64> = order.takers.iter().map(|t| t.account).collect();
    assert_eq!(takers, [3, 10]);
    let last = order.takers.last().unwrap();
    let address = world.contract.to_string();
    assert_eq!(last.consent, Consent::Address { address });
    assert_eq!((last.reward, last.least_reward), (None, Some(100_000)));
    assert_eq!((last.budget.u128(), last.escrowed), (1_000, false));
    assert!(world.auction().is_some());
}

#[test]
fn a_backstop_takes_only_critical_accounts_of_its_markets() {
    let mut world = opened();
    deposit(&mut world, "ann", &[usdc(1_000)]);
    let keeper = world.address("keeper");
    for standing in [Standing::Healthy, Standing::Shallow, Standing::Deep] {
        let data = critical(&world, standing, 10);
        world.script(data);
        world.refused(&keeper, &TAKE, "E_LIQUIDATION_NOT_CRITICAL");
    }
    world.change(|state| {
        let legs = ["BTC_USDC-2JAN26-90000-C", "BTC-2JAN26-90000-C"];
        state.accounts.get_mut(&SELLER).unwrap().legs = legs.map(String::from).to_vec();
    });
    world.refused(&keeper, &TAKE, "E_LIQUIDATION_OTHER_MARKET");
}
