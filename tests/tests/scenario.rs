//! One book from first report to last payout, natively and as wasm: results and state must be identical.

use cosmwasm_std::{Coin, Int128, Record};
use protocol_api::engine::{AccountResponse, HealthResponse, LedgerResponse, QueryMsg};
use protocol_api::exchange::QuoteLeg;
use protocol_api::lens;
use protocol_std::expiry::seconds;
use sandbox::report::{SurfaceExpiry, build};
use sandbox::setup::{BTC, SAT, USDC, Window};
use sandbox::{Sandbox, Trader};
use wasm_chain::Mode;

/// 1 January 2026, 00:00 UTC, a Thursday.
const START: u64 = 1_767_225_600;
/// 2 January 2026, 08:00 UTC, in minutes.
const EXPIRY: u32 = ((START + 32 * 3_600) / 60) as u32;
/// 9 January 2026, 08:00 UTC, in minutes.
const LATER: u32 = EXPIRY + 7 * 1_440;
const WINDOW: Window = Window {
    buckets: 6,
    bucket_seconds: 30,
};

fn leg(series: &str, ratio: i64, price: i64) -> QuoteLeg {
    QuoteLeg {
        series: series.into(),
        ratio,
        price,
    }
}

fn publish(world: &mut Sandbox, spot: f64) {
    let now = world.chain.now();
    let vol = |minutes: u32| {
        let left = (u64::from(minutes) * 60).saturating_sub(now);
        0.5 * (left as f64 / 31_536_000.0).sqrt()
    };
    let surface: Vec<SurfaceExpiry> = [EXPIRY, LATER]
        .into_iter()
        .filter(|expiry| u64::from(*expiry) * 60 > now)
        .map(|expiry| SurfaceExpiry::flat(expiry, spot, vol(expiry)))
        .collect();
    let report = build(BTC, now, spot, &surface).expect("longer expiries are dearer");
    world.publish(&report).expect("published");
    world.audit().expect("invariants");
}

fn cash(world: &Sandbox, trader: &Trader, denom: &str) -> i128 {
    let account = trader.account;
    let answer: AccountResponse = world
        .chain
        .query(&world.engine, &QueryMsg::Account { account })
        .expect("account");
    answer
        .cash
        .iter()
        .find(|cash| cash.denom == denom)
        .map_or(0, |cash| cash.amount.i128())
}

fn health(world: &Sandbox, trader: &Trader) -> HealthResponse {
    let account = trader.account;
    world
        .chain
        .query(&world.engine, &QueryMsg::Health { account })
        .expect("health")
}

/// The whole run; returns the state it ends in.
fn run(mode: Mode) -> Vec<Record> {
    let mut world = Sandbox::deploy(mode, START, WINDOW).expect("deployed");
    publish(&mut world, 90_000.0);
    let maker = world
        .open_account("maker", &[Coin::new(50_000_000_000_u128, USDC)])
        .expect("maker");
    let taker = world
        .open_account("taker", &[Coin::new(20_000_000_000_u128, USDC)])
        .expect("taker");
    world
        .list_series(&[
            "BTC_USDC-2JAN26-90000-C",
            "BTC_USDC-2JAN26-95000-C",
            "BTC_USDC-9JAN26-80000-P",
        ])
        .expect("listed");
    world.audit().expect("invariants");

    // The maker sells 100 units (1 BTC) of a 90,000 / 95,000 call spread and of a put.
    let legs = vec![
        leg("BTC_USDC-2JAN26-90000-C", -1, 2_000),
        leg("BTC_USDC-2JAN26-95000-C", 1, 200),
        leg("BTC_USDC-9JAN26-80000-P", -1, 500),
    ];
    let quote = world.quote(&maker, 1, 100, legs);
    world.take(&taker, quote, 100).expect("taken");
    world.audit().expect("invariants");
    // 100 units x (2,000 - 200 + 500) ticks x 5,000 base units a tick.
    let premium = 100 * 2_300 * 5_000;
    let fees =
        50_000_000_000 + 20_000_000_000 - cash(&world, &maker, USDC) - cash(&world, &taker, USDC);
    // Taker 27 + 12.5 + 27 USD (3 bp of the index, at most an eighth of the premium), maker a third of each rate: 9 + 9 + 9.
    assert_eq!(fees, 93_500_000);
    assert!(cash(&world, &maker, USDC) > 50_000_000_000 + premium - fees);
    let before = health(&world, &maker);
    assert!(before.maintenance_margin.expect("priced").u128() > 0);

    // The market as traders know it: at the money the call's mark vol is the 50 % that was published.
    let query = lens::QueryMsg::Chain {
        market: "BTC_USDC".into(),
        expiry: None,
        start_after: None,
        limit: None,
    };
    let shown: lens::ChainResponse = world.chain.query(&world.lens, &query).expect("chain");
    assert_eq!(shown.tickers.len(), 3);
    let call = &shown.tickers[0];
    assert_eq!(call.instrument_name, "BTC_USDC-2JAN26-90000-C");
    assert_eq!(call.open_interest.u64(), 100);
    assert_eq!(call.underlying_price, call.index_price);
    let vol: f64 = call
        .mark_iv
        .expect("priced")
        .to_string()
        .parse()
        .expect("a number");
    assert!((vol - 50.0).abs() < 0.01, "{vol}");
    let delta = call.greeks.as_ref().expect("priced").delta.to_string();
    assert!(
        delta.starts_with("0.506"),
        "N(s / 2) for s = 0.5 sqrt(32 h): {delta}"
    );

    // The price falls in steps the feed's jump limit allows.
    for spot in [88_000.0, 86_000.0, 84_000.0] {
        world.chain.advance(60);
        publish(&mut world, spot);
    }
    let (ours, theirs) = (health(&world, &maker), health(&world, &taker));
    assert_ne!(ours.equity, before.equity);
    // Every leg has two sides: the marks cancel and the equities add up to the cash, but for the rounding of each leg.
    let equities = ours.equity.expect("priced") + theirs.equity.expect("priced");
    let held = cash(&world, &maker, USDC) + cash(&world, &taker, USDC);
    assert!(
        (equities.i128() - held).abs() <= 6,
        "{equities} against {held}"
    );

    // Expiry: reports through the window, then fix and settle.
    world.chain.set_time(u64::from(EXPIRY) * 60 - 200);
    while world.chain.now() <= u64::from(EXPIRY) * 60 {
        publish(&mut world, 92_000.0);
        world.chain.advance(10);
    }
    let unsettled = cash(&world, &taker, USDC);
    world.fix(BTC, seconds(EXPIRY)).expect("fixed");
    world
        .fix_market("BTC_USDC", seconds(EXPIRY))
        .expect("taken over");
    world.audit().expect("invariants");
    world
        .settle(&[maker.account, taker.account])
        .expect("settled");
    world.audit().expect("invariants");
    // 1 BTC of a 90,000 call at 92,000.
    let paid = cash(&world, &taker, USDC) - unsettled;
    assert_eq!(paid, 2_000_000_000);
    let ledger: LedgerResponse = world
        .chain
        .query(&world.engine, &QueryMsg::Ledger {})
        .expect("ledger");
    let usdc = &ledger.coins[0];
    assert_eq!(usdc.bank.u128(), 70_000_000_000);
    assert_eq!(
        usdc.cash + Int128::new(usdc.fees.u128() as i128),
        Int128::new(70_000_000_000)
    );
    assert_eq!(cash(&world, &taker, SAT), 0);
    world.chain.dump_state()
}

#[test]
fn native_and_wasm_end_in_the_same_state() {
    let (native, wasm) = (run(Mode::Native), run(Mode::Wasm));
    assert_eq!(native.len(), wasm.len());
    for (ours, theirs) in native.iter().zip(&wasm) {
        assert_eq!(ours, theirs, "key {}", String::from_utf8_lossy(&ours.0));
    }
}
