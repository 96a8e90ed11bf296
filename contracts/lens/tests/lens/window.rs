//! Tickers in the fixing window: by hand, from the worked examples, and as the engine counts the same legs.

use cosmwasm_std::Coin;
use protocol_api::engine::{AccountResponse, HealthResponse, QueryMsg as EngineQuery};
use protocol_api::exchange::QuoteLeg;
use protocol_api::lens::Ticker;
use sandbox::report::SurfaceExpiry;
use sandbox::setup::{SAT, USDC, WINDOW, Window};

use crate::world::{NEAR, SPOT, World, example_slice};

const KINDS: [&str; 5] = ["-C", "-P", "-DC", "-DP", ""];
/// Expiry, unix seconds.
const EXPIRY: u64 = NEAR as u64 * 60;
/// Base units a dollar.
const UNITS: f64 = 1e6;

fn name(market: &str, strike: u32, letters: &str) -> String {
    match letters {
        "" => format!("{market}-2JAN26"),
        _ => format!("{market}-2JAN26-{strike}{letters}"),
    }
}

fn date(forward: f64, discount: f64) -> SurfaceExpiry {
    SurfaceExpiry {
        expiry: NEAR,
        forward,
        discount,
        slice: example_slice(),
        quoted: [0.8, 1.2],
    }
}

/// One report a bucket from the beginning of the window, the forward with the spot.
fn observe(world: &mut World, window: Window, prices: &[f64]) {
    let now = world.sandbox.chain.now();
    world.advance(EXPIRY - window.seconds() - now);
    for (bucket, price) in prices.iter().enumerate() {
        if bucket > 0 {
            world.advance(window.bucket_seconds.into());
        }
        world.report(*price, &[date(*price, 1.0)]);
    }
}

fn mark(world: &World, name: &str) -> f64 {
    let market = name.split('-').next().unwrap();
    number(world.ticker(market, name).mark_price.unwrap())
}

fn number(value: impl ToString) -> f64 {
    value.to_string().parse().unwrap()
}

fn near(value: f64, expected: f64, slack: f64, what: &str) {
    let off = (value - expected).abs();
    assert!(off <= slack, "{what}: {value}, expected {expected}");
}

/// The window of docs/spec/surface.md at F = 100,000: half has passed at 102,000, the call at 100,000 is worth 0.0302928331 F.
#[test]
fn spec_example_a_window_that_is_half_over() {
    let mut world = World::observed(WINDOW, &date(SPOT, 1.0));
    let list = KINDS.map(|letters| name("BTC_USDC", 100_000, letters));
    world.list(&list.iter().map(String::as_str).collect::<Vec<_>>());
    let coin = name("BTC", 100_000, "-P");
    world.list(&[&coin]);
    observe(&mut world, WINDOW, &[102_000.0; 30]);
    world.advance(1);
    world.report(100_000.0, &[date(100_000.0, 31.0 / 32.0)]);
    // 31/32 of 3,029.28332, of 1,000 less, of 1,000 x 0.585271 and of the rest, and 100,000 + 31/32 of 1,000.
    for (name, expected) in list.iter().zip([
        2_934.618_21,
        1_965.868_21,
        566.981_36,
        401.768_64,
        100_968.75,
    ]) {
        let ticker = world.ticker("BTC_USDC", name);
        near(number(ticker.mark_price.unwrap()), expected, 1e-4, name);
        near(
            number(ticker.underlying_price.unwrap()),
            101_000.0,
            1e-4,
            name,
        );
        assert_eq!((ticker.mark_iv, ticker.greeks), (None, None), "{name}");
    }
    near(mark(&world, &coin), 1_965.868_21 / 101_000.0, 1e-9, &coin);
}

/// 28 of 30 minutes were observed at 99,000; the last two can no longer lift the mean from 99,067 to 99,500.
#[test]
fn what_was_observed_counts_and_the_forward_alone_no_longer() {
    let window = Window {
        buckets: 30,
        bucket_seconds: 60,
    };
    let mut world = World::observed(window, &date(SPOT, 1.0));
    let names = [
        name("BTC_USDC", 99_500, "-C"),
        name("BTC_USDC", 99_500, "-P"),
        name("BTC_USDC", 99_000, "-DC"),
        name("BTC_USDC", 0, ""),
    ];
    world.list(&names.each_ref().map(String::as_str));
    observe(&mut world, window, &[99_000.0; 28]);
    let flat =
        |minutes: f64| SurfaceExpiry::flat(NEAR, 100_000.0, 0.5 * (minutes / 525_600.0).sqrt());
    world.advance(1);
    world.report(100_000.0, &[flat(2.0)]);
    let mean = 99_000.0 + 1_000.0 / 15.0;
    for (name, expected) in names.iter().zip([0.0, 99_500.0 - mean, 1_000.0, mean]) {
        // The share is in 2^-16: up to 0.0153 of the 1,000 between mean and forward.
        near(mark(&world, name), expected, 0.02, name);
    }
    assert_eq!(world.ticker("BTC_USDC", &names[0]).mark_iv, None);
}

/// A party that holds 1 BTC of one series and its money.
fn holder(world: &mut World, series: &str, nonce: u64) -> u64 {
    let coins = [
        Coin::new(10_000_000_000_000_u128, USDC),
        Coin::new(100_000_000_000_u128, SAT),
    ];
    let maker = world
        .sandbox
        .open_account(&format!("maker {nonce}"), &coins);
    let taker = world
        .sandbox
        .open_account(&format!("taker {nonce}"), &coins);
    let (maker, taker) = (maker.unwrap(), taker.unwrap());
    let leg = QuoteLeg {
        series: series.into(),
        ratio: -1,
        price: 0,
    };
    let quote = world.sandbox.quote(&maker, nonce, 100, vec![leg]);
    world.sandbox.take(&taker, quote, 100).unwrap();
    taker.account
}

/// What the engine's equity counts an account's only leg as, dollars.
fn counted(world: &World, account: u64, spot: f64) -> f64 {
    let sandbox = &world.sandbox;
    let ask = |query: &EngineQuery| sandbox.chain.query(&sandbox.engine, query);
    let health: HealthResponse = ask(&EngineQuery::Health { account }).unwrap();
    let query = EngineQuery::Account { account };
    let held: AccountResponse = sandbox.chain.query(&sandbox.engine, &query).unwrap();
    let worth = |denom: &str| match denom {
        SAT => spot / 1e8,
        _ => 1.0 / UNITS,
    };
    let cash = held.cash.iter();
    let cash: f64 = cash
        .map(|cash| number(cash.amount) * worth(&cash.denom))
        .sum();
    number(health.equity.unwrap()) / UNITS - cash
}

/// Every kind in both styles, in the middle of a window, a while after the report: the mark of 1 BTC is what equity counts, to
/// the error of margin's kernel (call 2^-35.7 of the forward, digital 2^-28.5 of the payout) and a few base units.
#[test]
fn marks_in_a_window_are_what_the_engine_counts() {
    let mut world = World::observed(WINDOW, &date(SPOT, 1.0));
    let mut held = Vec::new();
    for market in ["BTC_USDC", "BTC"] {
        for letters in KINDS {
            let series = name(market, 100_000, letters);
            world.list(&[&series]);
            let nonce = held.len() as u64 + 1;
            held.push((holder(&mut world, &series, nonce), market, series));
        }
    }
    let prices: Vec<f64> = (0..20)
        .map(|step| 99_000.0 + 100.0 * f64::from(step))
        .collect();
    observe(&mut world, WINDOW, &prices);
    world.advance(1);
    let spot = 100_900.0;
    world.report(spot, &[date(101_300.0, 1.0 - 1.0 / 64.0)]);
    for passed in [0, 20, 40] {
        world.advance(passed);
        for (account, market, series) in &held {
            let ticker: Ticker = world.ticker(market, series);
            let mark = number(ticker.mark_price.unwrap());
            let expected = match (*market, series.ends_with("26")) {
                ("BTC", _) => mark * spot,
                // A future's mark is the price at which a trade in it is worth nothing.
                (_, true) => mark - number(ticker.strike),
                _ => mark,
            };
            near(counted(&world, *account, spot), expected, 2e-5, series);
        }
    }
}

/// A window that the market record does not count is asked for.
#[test]
fn a_window_that_the_record_does_not_follow_is_asked_for() {
    let mut world = World::observed(WINDOW, &date(SPOT, 1.0));
    let future = name("BTC_USDC", 0, "");
    world.list(&[&future]);
    observe(&mut world, WINDOW, &[99_000.0; 20]);
    world.advance(1);
    world.report(100_000.0, &[date(100_000.0, 1.0)]);
    let followed = mark(&world, &future);
    near(followed, 99_666.67, 0.02, &future);
    world.forget_windows();
    near(mark(&world, &future), followed, 0.0, &future);
}
