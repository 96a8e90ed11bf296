//! What a step of a liquidation costs on the VM: a 32-leg account, one taker, penalty, insurance and keeper.

use cosmwasm_std::{Int128, Uint128, coin};
use optio_tests::month::{self, EXPIRIES, START, publish, show};
use protocol_api::engine::*;
use protocol_api::exchange::QuoteLeg;
use sandbox::setup::USDC;
use sandbox::{Sandbox, Trader};

/// Most SDK gas of a step on a 32-leg account.
const BUDGET: u64 = 350_000;

fn trader(world: &mut Sandbox, name: &str) -> Trader {
    let trader = month::trader(world, name, 1_000_000);
    let venue = world.chain.address("liquidator").to_string();
    let account = trader.account;
    let admit = ExecuteMsg::AdmitVenue {
        account,
        venue,
        admitted: true,
    };
    world
        .engine_as(&trader.address, &admit, &[])
        .expect("admitted");
    trader
}

/// A seller at the edge of his initial margin, short 32 calls over four expiries, and the price 8 % higher.
fn world() -> (Sandbox, Trader, Trader) {
    let mut world = month::deploy();
    let owner = world.owner.clone();
    let liquidator = world.chain.address("liquidator").to_string();
    world
        .engine_as(&owner, &ExecuteMsg::SetLiquidator { liquidator }, &[])
        .expect("named");
    let names: Vec<String> = EXPIRIES
        .iter()
        .flat_map(|(_, day)| {
            (0..8).map(move |n| format!("BTC_USDC-{day}-{}-C", 86_000 + 1_000 * n))
        })
        .collect();
    let listed: Vec<&str> = names.iter().map(String::as_str).collect();
    world.list_series(&listed).expect("listed");
    let (seller, buyer) = (trader(&mut world, "seller"), trader(&mut world, "buyer"));
    for (place, chunk) in names.chunks(16).enumerate() {
        let leg = |series: &String| QuoteLeg {
            series: series.clone(),
            ratio: -1,
            price: 500,
        };
        let legs = chunk.iter().map(leg).collect();
        let quote = world.quote(&seller, 1 + place as u64, 50, legs);
        world.take(&buyer, quote, 50).expect("taken");
    }
    let account = seller.account;
    let health: HealthResponse = world
        .chain
        .query(&world.engine, &QueryMsg::Health { account })
        .expect("health");
    let spare = health.initial_surplus.unwrap_or(Int128::zero()).i128() as u128;
    let amounts = vec![coin(spare, USDC)];
    let withdraw = ExecuteMsg::Withdraw {
        account,
        amounts,
        to: None,
    };
    world
        .engine_as(&seller.address, &withdraw, &[])
        .expect("withdrawn");
    let taker = trader(&mut world, "taker");
    world.chain.set_time(START + 30);
    publish(&mut world, 97_000.0);
    (world, seller, taker)
}

#[test]
fn a_step_on_a_32_leg_account() {
    let (mut world, seller, taker) = world();
    let keeper = world.treasury;
    let order = LiquidateOrder {
        account: seller.account,
        auction: Some(AuctionStart {
            at: START - 570,
            price_time: START - 570,
        }),
        terms: LiquidationTerms {
            schedule: Schedule {
                start: -20_000,
                knee: 50_000,
                end: 1_000_000,
                knee_after: 600,
                end_after: 3_600,
            },
            target: 1_100_000,
            penalty: 10_000,
            dust: Uint128::new(100_000_000),
            tip: Uint128::new(1_000_000),
            chip: 1_000,
        },
        takers: vec![Taker {
            account: taker.account,
            consent: Consent::Address {
                address: taker.address.to_string(),
            },
            reward: None,
            least_reward: Some(-100_000),
            budget: Uint128::new(900_000_000_000),
            escrowed: false,
        }],
        fingerprint: None,
        keeper: Some(keeper),
    };
    let contract = world.chain.address("liquidator");
    let done = world
        .engine_as(&contract, &ExecuteMsg::Liquidate(order), &[])
        .expect("sold");
    world.audit().expect("invariants");
    show("liquidate 32 legs", &done.gas);
    let moved: AccountResponse = world
        .chain
        .query(
            &world.engine,
            &QueryMsg::Account {
                account: taker.account,
            },
        )
        .expect("account");
    assert_eq!(moved.legs.len(), 32);
    assert!(done.gas.total <= BUDGET, "{} SDK gas", done.gas.total);
}
