//! Single rows of the set, seen through books that only one row decides.

mod support;

use fixed_math::Fx;
use pricing::slice::{Component, Slice};
use risk::liquidation::Health;
use risk::{
    Assessment, Band, BetaEntry, Book, Context, Feed, FixingStage, FixingState, Kind, Level,
    PricingId, Regime, Row, VolMove, Worst, assess, explain, net_vegas, only_shrinks,
    reducing_without_price, unit_values,
};
use support::*;

/// Equal up to spot factors being whole units of 2^-32: 100,000 USD make 24 base units.
fn close(value: i128, expected: i128) {
    assert!(
        (value - expected).abs() <= 48,
        "{value} instead of {expected}"
    );
}

/// One underlying at 100,000 with a forward of the same, no discount, one lognormal of total vol 0.15 at 30
/// days, band of +-1 %.
fn plain() -> Context {
    let mut context = context();
    let state = &mut context.underlyings[0].state;
    let price = Fx::from_num(100_000);
    state.spot = Band {
        low: Fx::from_num(99_000),
        mid: price,
        high: Fx::from_num(101_000),
    };
    state.slow = price;
    state.expiries.truncate(1);
    let expiry = &mut state.expiries[0];
    expiry.expiry = expiry_at(30);
    expiry.forward = price;
    expiry.discount = Fx::ONE;
    expiry.confidence = 0;
    expiry.slice = Slice::new(vec![Component {
        weight: 65_536,
        forward: 1 << 32,
        total_vol: (0.15 * 4_294_967_296.0) as u64,
    }])
    .unwrap();
    context
}

fn expiry_at(days: u32) -> u32 {
    support::expiry(days)
}

fn maintenance(book: &risk::Book, context: &Context) -> Assessment {
    assess(book, context, Level::Maintenance).unwrap()
}

fn row(found: &Assessment) -> Row {
    match found.worst {
        Worst::Joint { pricing, .. } => pricing.row,
        other => panic!("{other:?}"),
    }
}

/// `docs/spec/margin.md`, worked example: one short call of 1 BTC against 30,000 USD.
///
/// By double precision elsewhere: mark 2,500.24; at +16 % and vol x 1.3 12,099.20; +50 % damped at 33 %
/// 14,920.01; +100 % at 16 % 16,500.23; +200 % at 8 % 17,500.23, the worst.
#[test]
fn spec_example_short_call() {
    let context = plain();
    let short = book(
        &[(0, 30_000_000_000)],
        &[leg(LINEAR, 30, 110, Kind::Call, -100)],
    );
    let found = maintenance(&short, &context);
    let near = |value: i128, usd: f64| (value as f64 / 1e6 - usd).abs() < 0.01;
    let worst = WORST_EXAMPLE;
    assert!(near(found.equity, 30_000.0 - MARK_EXAMPLE), "{found:?}");
    assert!(near(found.surplus, 30_000.0 - worst), "{found:?}");
    assert!(near(found.margin, worst - MARK_EXAMPLE), "{found:?}");
    assert_eq!(row(&found), Row::Tail);
    let told = explain(&short, &context, Level::Maintenance).unwrap();
    assert!(near(told.legs[0].mark, -MARK_EXAMPLE), "{told:?}");
    assert!(near(told.legs[0].worst, -worst), "{told:?}");
    // What the other rows of the page's table make of the call.
    let table = unit_values(&[short.legs[0].key], &context, Level::Maintenance).unwrap();
    for (place, expected) in [
        ((Row::Mark, 0, VolMove::Flat), MARK_EXAMPLE),
        ((Row::Scan, 1_600, VolMove::Up), 12_099.20),
        ((Row::Tail, 5_000, VolMove::Flat), 14_920.01),
        ((Row::Tail, 10_000, VolMove::Flat), 16_500.23),
        ((Row::Tail, 20_000, VolMove::Flat), WORST_EXAMPLE),
    ] {
        let here = |p: PricingId| (p.row, p.spot_move, p.vol) == place;
        let found = table.iter().find(|row| here(row.pricing)).unwrap();
        // A unit is 0.01 BTC, its value in 2^-32 of a millionth.
        let worth = found.values[0].1 as f64 / 4_294_967_296.0 / 1e4;
        assert!((worth - expected).abs() < 0.01, "{place:?} {worth}");
    }
}

/// USD, double precision.
const MARK_EXAMPLE: f64 = 2500.2448;
const WORST_EXAMPLE: f64 = 17500.2252;

/// A leg between expiry and fixing is damped as everything else is.
#[test]
fn the_explanation_of_an_expired_leg_adds_up() {
    let mut context = context();
    context.now = u64::from(support::expiry(1)) * 60 + 60;
    let sold = book(&[], &[leg(INVERSE, 1, 120, Kind::Put, -100)]);
    let told = explain(&sold, &context, Level::Maintenance).unwrap();
    assert_eq!(row(&told.assessment), Row::Tail);
    let worst: i128 = told.legs.iter().map(|leg| leg.worst).sum();
    assert!((worst - told.assessment.surplus).abs() <= 1, "{told:?}");
}

/// `docs/spec/margin.md`, *Net vega*: the same call at 1.3 times its vol is worth 4,106.71.
#[test]
fn spec_example_net_vega() {
    let context = plain();
    let vega = |quantity| {
        let legs = [leg(LINEAR, 30, 110, Kind::Call, quantity)];
        net_vegas(&book(&[(0, 5), (1, 7)], &legs), &context).unwrap()
    };
    let [sold, bought] = [-100, 100].map(|quantity| vega(quantity)[0]);
    assert_eq!((sold.underlying, vega(1).len()), (BTC, 1));
    for (found, usd) in [(sold, -1_606.46), (bought, 1_606.46)] {
        assert!((found.gain as f64 / 1e6 - usd).abs() < 0.01, "{found:?}");
    }
    let futures = book(&[], &[leg(LINEAR, 30, 100, Kind::Future, 100)]);
    assert_eq!(net_vegas(&futures, &context).unwrap()[0].gain, 0);
}

/// A put far below every move of the scan owes its strike at a price of zero, in USD in both kinds of market. The tail of -66 %
/// alone would be 135.21.
#[test]
fn spec_example_zero() {
    let context = plain();
    for market in [LINEAR, INVERSE] {
        let sold = book(&[], &[leg(market, 30, 30, Kind::Put, -100)]);
        let found = maintenance(&sold, &context);
        assert_eq!(row(&found), Row::Zero);
        assert!((usd(found.margin) - 300.0).abs() < 0.01, "{found:?}");
    }
}

/// A call far above every tail owes a forward, discounted, for each that the price rises by.
#[test]
fn spec_example_infinity() {
    let mut context = plain();
    let date = &mut context.underlyings[0].state.expiries[0];
    date.forward = Fx::from_num(101_000);
    date.discount = Fx::from_num(0.99);
    let sold = book(&[], &[leg(LINEAR, 30, 700, Kind::Call, -100)]);
    let found = maintenance(&sold, &context);
    assert_eq!(row(&found), Row::Infinity);
    assert!((usd(found.margin) - 999.9).abs() < 0.01, "{found:?}");
}

/// A third of the way from 30 to 60 days: vol down 0.8033, up 1.2767.
#[test]
fn spec_example_vol_between_days() {
    let context = lognormals(&[(40, 0.15)]);
    let options = |of: &[(u32, Kind, i64)]| {
        let legs = of.iter().map(|(k, kind, q)| leg(LINEAR, 40, *k, *kind, *q));
        book(&[], &legs.collect::<Vec<_>>())
    };
    let straddle = options(&[(100, Kind::Call, 100), (100, Kind::Put, 100)]);
    let found = maintenance(&straddle, &context);
    assert_eq!(row(&found), Row::Scan);
    for (found, expected) in [
        (found.equity, 11_957.06),
        (found.surplus, 9_608.30),
        (found.margin, 2_348.76),
    ] {
        assert!((usd(found) - expected).abs() < 0.01, "{found} {expected}");
    }
    let vega = net_vegas(&options(&[(110, Kind::Call, -100)]), &context).unwrap();
    assert!((usd(vega[0].gain) + 1_477.58).abs() < 0.01, "{vega:?}");
}

/// A long future of 1 BTC loses 16.5 % in the damped tails and, initially, 16 % plus half the band.
#[test]
fn spec_example_band() {
    let mut context = plain();
    let long = book(&[], &[leg(LINEAR, 30, 100, Kind::Future, 100)]);
    close(maintenance(&long, &context).margin, 16_500_000_000);
    let initial = assess(&long, &context, Level::Initial).unwrap();
    close(initial.margin, 17_000_000_000);
    assert_eq!(row(&initial), Row::Band);
    context.underlyings[0].state.spot.low = Fx::from_num(95_000);
    let wide = assess(&long, &context, Level::Initial).unwrap();
    close(wide.margin, 19_000_000_000);
    assert_eq!(wide.equity, initial.equity, "the band moves no point");
}

#[test]
fn spec_example_regime() {
    let mut context = plain();
    context.underlyings[0].state.regime = Regime {
        initial: 131_072,
        maintenance: 98_304,
    };
    let long = book(&[], &[leg(LINEAR, 30, 100, Kind::Future, 100)]);
    close(maintenance(&long, &context).margin, 24_000_000_000);
    let initial = assess(&long, &context, Level::Initial).unwrap();
    close(initial.margin, 32_000_000_000);
    assert_eq!(row(&initial), Row::RegimeInitial);
}

/// A straddle bought at the money, 1 BTC, paid for: its value at mark is 11,957.06.
fn straddle() -> Book {
    book(
        &[],
        &[
            leg(LINEAR, 30, 100, Kind::Call, 100),
            leg(LINEAR, 30, 100, Kind::Put, 100),
        ],
    )
}

fn usd(amount: i128) -> f64 {
    amount as f64 / 1e6
}

/// Thirty hours out a day takes four fifths of the variance: 5,351.37 is left, less than vol down leaves.
#[test]
fn spec_example_theta() {
    let mut context = plain();
    context.now = u64::from(expiry_at(30)) * 60 - 30 * 3_600;
    context.underlyings[0].state.publish_time = context.now;
    let found = maintenance(&straddle(), &context);
    assert!((usd(found.equity) - 11_957.06).abs() < 0.01, "{found:?}");
    assert!((usd(found.margin) - 6_605.69).abs() < 0.01, "{found:?}");
    assert_eq!(row(&found), Row::Theta);
}

/// Vol down to 0.79 is 9,449.40, with a published half width of a tenth 0.711: 8,505.41, initially only.
#[test]
fn spec_example_confidence() {
    let mut context = plain();
    let state = &mut context.underlyings[0].state;
    state.publish_time = context.now;
    state.expiries[0].confidence = 6_554;
    let initial = assess(&straddle(), &context, Level::Initial).unwrap();
    assert!((usd(initial.margin) - 3_451.65).abs() < 0.2, "{initial:?}");
    assert_eq!(row(&initial), Row::Confidence);
    let found = maintenance(&straddle(), &context);
    assert!((usd(found.margin) - 2_507.65).abs() < 0.01, "{found:?}");
}

/// In the window spot moves act on the share that has not passed.
#[test]
fn spec_example_fixing_window() {
    let mut context = plain();
    let date = expiry_at(30);
    context.now = u64::from(date) * 60 - 900;
    context.underlyings[0].state.publish_time = context.now - 5;
    context.underlyings[0].state.fixings = vec![FixingState {
        expiry: date,
        stage: FixingStage::Window {
            passed: 32_768,
            observed: only(90_000),
        },
    }];
    let long = book(&[], &[leg(LINEAR, 30, 100, Kind::Future, 100)]);
    let found = maintenance(&long, &context);
    // B = 0.5 x 90,000 + 0.5 x 100,000. 16.5 % of what still moves, 50,000, and down to the lowest observed, 90,000.
    close(found.equity, -5_000_000_000);
    close(found.margin, 13_250_000_000);
    // At the end nothing moves: a call is its payoff at the mean.
    context.now = u64::from(date) * 60 - 1;
    context.underlyings[0].state.publish_time = context.now;
    context.underlyings[0].state.fixings[0].stage = FixingStage::Window {
        passed: 65_536,
        observed: only(112_000),
    };
    let short = book(&[], &[leg(LINEAR, 30, 110, Kind::Call, -100)]);
    let found = maintenance(&short, &context);
    assert!((found.equity + 2_000_000_000).abs() < 2_000, "{found:?}");
    assert!(found.margin < 2_000, "{found:?}");
}

/// What is still to come of a window counts at the date's forward, not at spot.
#[test]
fn spec_example_window_off_spot() {
    let mut context = plain();
    let date = expiry_at(30);
    context.now = u64::from(date) * 60 - 900;
    let state = &mut context.underlyings[0].state;
    state.publish_time = context.now - 5;
    state.expiries[0].forward = Fx::from_num(101_000);
    state.fixings = vec![FixingState {
        expiry: date,
        stage: FixingStage::Window {
            passed: 32_768,
            observed: only(100_000),
        },
    }];
    let long = book(&[], &[leg(LINEAR, 30, 100, Kind::Future, 100)]);
    let found = maintenance(&long, &context);
    // B = 0.5 x 100,000 + 0.5 x 101,000. 16.5 % of what still moves, 50,500, and down to what was observed, 100,000.
    close(found.equity, 500_000_000);
    close(found.margin, 8_832_500_000);
}

/// A surface of single lognormals: days to expiry and total vol.
fn surface(dates: &[(u32, f64)]) -> Context {
    let mut context = plain();
    // Days to expiry count from a whole minute.
    context.now -= context.now % 60;
    let state = &mut context.underlyings[0].state;
    state.publish_time = context.now;
    let model = state.expiries[0].clone();
    let entry = |(days, vol): &(u32, f64)| risk::ExpiryState {
        expiry: expiry_at(*days),
        slice: Slice::new(vec![Component {
            weight: 65_536,
            forward: 1 << 32,
            total_vol: (vol * 4_294_967_296.0) as u64,
        }])
        .unwrap(),
        ..model.clone()
    };
    state.expiries = dates.iter().map(entry).collect();
    context
}

/// The call of 1 BTC struck at the forward, `minutes` from now, in USD.
fn at_the_money(context: &Context, minutes: u32) -> f64 {
    let mut call = leg(LINEAR, 0, 100, Kind::Call, 100);
    call.key.expiry += minutes;
    maintenance(&book(&[], &[call]), context).equity as f64 / 1e6
}

/// `docs/spec/margin.md`, borrowed slices. A call at the money is `erf(v / sqrt 8)` of its forward: the expected values are
/// double precision from elsewhere.
#[test]
fn spec_example_borrowed_slices() {
    const DAY: u32 = 1_440;
    let near = |value: f64, usd: f64| assert!((value - usd).abs() < 0.05, "{value} {usd}");
    let two = surface(&[(10, 0.1), (40, 0.3)]);
    // 0.01 + (0.09 - 0.01) 20 / 30, whichever of the two is nearer in time.
    near(at_the_money(&two, 30 * DAY), 10_013.396);
    near(at_the_money(&two, 20 * DAY), 7_627.508);
    // In proportion to time outside the surface, however far.
    near(at_the_money(&two, 160 * DAY), 23_582.284);
    near(at_the_money(&surface(&[(1, 0.03)]), 400 * DAY), 23_582.284);
    near(at_the_money(&surface(&[(400, 0.6)]), 5), 70.524);
}

/// Whatever dates are listed on whatever surface: later is never cheaper, so no two of them can be arbitraged at the money.
#[test]
fn borrowed_slices_keep_the_order_of_time() {
    for parts in 1..=3 {
        let mut context = context_with(parts);
        let state = &mut context.underlyings[0].state;
        state.publish_time = context.now;
        state.spot.mid = Fx::from_num(100_000);
        for expiry in &mut state.expiries {
            (expiry.forward, expiry.discount) = (Fx::from_num(100_000), Fx::ONE);
        }
        let mut before = 0.0;
        for step in 0..400 {
            let minutes = 60 + step * step * 6;
            let value = at_the_money(&context, minutes);
            assert!(value >= before - 1.0, "{parts}: {minutes} {value} {before}");
            before = value;
        }
        assert!(before > 25_000.0, "{before}");
    }
}

/// A date off the surface is followed through its window as any other.
#[test]
fn a_borrowed_slice_has_its_own_window() {
    let mut context = surface(&[(30, 0.15)]);
    let date = (NOW / 60) as u32 + 15;
    let window = |passed| FixingState {
        expiry: date,
        stage: FixingStage::Window {
            passed,
            observed: only(90_000),
        },
    };
    let mut long = book(&[], &[leg(LINEAR, 0, 100, Kind::Future, 100)]);
    long.legs[0].key.expiry = date;
    context.underlyings[0].state.fixings = vec![window(32_768)];
    let found = maintenance(&long, &context);
    close(found.equity, -5_000_000_000);
    close(found.margin, 13_250_000_000);
}

/// Between expiry and fixing a leg is worth its payoff at the worst of the hull; once fixed, its payoff.
#[test]
fn the_hull_decides_between_expiry_and_fixing() {
    let mut context = plain();
    let date = (NOW / 60) as u32 - 10;
    let state = &mut context.underlyings[0].state;
    state.fixings = vec![FixingState {
        expiry: date,
        stage: FixingStage::Pending {
            hull: Band {
                low: Fx::from_num(98_000),
                mid: Fx::from_num(101_000),
                high: Fx::from_num(103_000),
            },
        },
    }];
    let mut straddle = book(
        &[],
        &[
            leg(LINEAR, 30, 100, Kind::Call, -100),
            leg(LINEAR, 30, 99, Kind::Put, 200),
        ],
    );
    for leg in &mut straddle.legs {
        leg.key.expiry = date;
    }
    let found = maintenance(&straddle, &context);
    close(found.equity, -1_000_000_000);
    assert_eq!(found.surplus, -3_000_000_000);
    context.underlyings[0].state.fixings[0].stage = FixingStage::Final {
        price: Fx::from_num(98_000),
    };
    let found = maintenance(&straddle, &context);
    assert_eq!((found.equity, found.margin), (2_000_000_000, 0));
    // Without any record of the fixing: the spot band and the slow price.
    context.underlyings[0].state.fixings.clear();
    context.underlyings[0].state.slow = Fx::from_num(104_000);
    assert_eq!(maintenance(&straddle, &context).surplus, -4_000_000_000);
}

/// The ladder may return the middle of the hull, far from its mean, or settle at a strike in between.
#[test]
fn spec_example_the_middle_of_the_hull_is_priced_as_the_ladder_may_return_it() {
    let mut context = plain();
    let date = (NOW / 60) as u32 - 10;
    context.underlyings[0].state.fixings = vec![FixingState {
        expiry: date,
        stage: FixingStage::Pending {
            hull: Band {
                low: Fx::from_num(96_000),
                mid: Fx::from_num(102_500),
                high: Fx::from_num(104_000),
            },
        },
    }];
    for (centre, equity) in [(102, -500_000_000), (100, 0)] {
        let call = |strike, quantity| leg(LINEAR, 30, strike, Kind::Call, quantity);
        let legs = [
            call(centre - 1, -100),
            call(centre, 200),
            call(centre + 1, -100),
        ];
        let mut butterfly = book(&[], &legs);
        for leg in &mut butterfly.legs {
            leg.key.expiry = date;
        }
        let found = maintenance(&butterfly, &context);
        assert_eq!((found.equity, found.surplus), (equity, -1_000_000_000));
    }
}

/// An inverse call is covered by the coin it is written on, also when that coin's price is zero.
#[test]
fn a_covered_inverse_call_needs_only_its_coin() {
    let mut context = plain();
    let written = book(
        &[(1, 100_000_000)],
        &[leg(INVERSE, 30, 110, Kind::Call, -100)],
    );
    for spot in [1_u64, 5_000, 1_000_000] {
        context.underlyings[0].state.spot.mid = Fx::from_num(spot);
        assert!(maintenance(&written, &context).surplus >= 0);
        assert!(assess(&written, &context, Level::Initial).unwrap().surplus >= 0);
    }
}

#[test]
fn spec_example_off_peg() {
    let context = plain();
    // 1 BTC at 100,000: 95 % (62,259 / 65,536) in maintenance, at the lowest spot move of the set.
    let coins = maintenance(&book(&[(1, 100_000_000)], &[]), &context);
    assert_eq!(coins.equity, 100_000_000_000);
    let weight = 62_259.0 / 65_536.0;
    assert!(
        (coins.surplus as f64 - 100e9 * weight * 0.835).abs() < 10.0,
        "{coins:?}"
    );
    // 1,000 of a coin that is an underlying of its own, at 1 USD: 98 %, then 5 % of the scan, or 10 % off its peg.
    let mut narrow = context.clone();
    let peg = &mut narrow.underlyings[1];
    (peg.state.spot, peg.state.slow) = (only(1), Fx::ONE);
    peg.profile.spot_moves = vec![-500, 0, 500];
    peg.profile.smile_moves = vec![0];
    peg.profile.tails.clear();
    assert_eq!(peg.profile.validate(), Ok(()));
    narrow.coins[3].feed = Feed::Underlying(ETH);
    let worth = |context: &Context| {
        let found = maintenance(&book(&[(3, 1_000_000_000)], &[]), context);
        assert_eq!(found.equity, 1_000_000_000);
        (found.surplus as f64 / 1e9, found.worst)
    };
    let (off_peg, worst) = worth(&narrow);
    assert_eq!(worst, Worst::Depeg);
    assert!((off_peg - 0.98 * 0.9).abs() < 1e-4, "{off_peg}");
    narrow.coins[3].depeg = 0;
    let (held, _) = worth(&narrow);
    assert!((held - 0.98 * 0.95).abs() < 1e-4, "{held}");
    // One that is worth 1 USD by definition: 98 %, then 10 % off its peg.
    let (pegged, worst) = worth(&context);
    assert_eq!(worst, Worst::Depeg);
    assert!((pegged - 0.98 * 0.9).abs() < 1e-4, "{pegged}");
    // Debt in it counts in full.
    let debt = maintenance(&book(&[(3, -1_000_000_000)], &[]), &context);
    assert_eq!(debt.surplus, -1_000_000_000);
}

/// Without legs or coins no pricing counts: a debtor of quote coins is not "covered".
#[test]
fn cash_alone_is_no_cover() {
    let context = plain();
    for cash in [-5, 0, 5] {
        let found = maintenance(&book(&[(0, cash)], &[]), &context);
        assert_eq!((found.surplus, found.worst), (cash, Worst::Cash));
        let explained = explain(&book(&[(0, cash)], &[]), &context, Level::Maintenance).unwrap();
        assert_eq!(explained.assessment, found);
    }
}

/// Long BTC against short ETH: half the stand-alone margins stay, whatever the joint moves say.
#[test]
fn several_underlyings_keep_a_share_of_their_own_margins() {
    let mut context = plain();
    context.underlyings[1].state.expiries[0].discount = Fx::ONE;
    let btc = leg(LINEAR, 30, 100, Kind::Future, 100);
    let eth = leg(ETH_LINEAR, 1, 60, Kind::Future, -335);
    let of = |legs: &[risk::Leg]| maintenance(&book(&[], legs), &context);
    let (one, two, both) = (of(&[btc]), of(&[eth]), of(&[btc, eth]));
    assert_eq!(both.worst, Worst::Apart);
    let half = (one.margin + two.margin) / 2;
    assert!((both.margin - half).abs() <= 2, "{both:?} {half}");
    // Moving against each other they add up.
    let entry = |driver, follower| BetaEntry {
        driver,
        follower,
        beta: -65_536,
    };
    let mut against = context.clone();
    against.beta.entries = vec![entry(BTC, ETH), entry(ETH, BTC)];
    let added = assess(&book(&[], &[btc, eth]), &against, Level::Maintenance).unwrap();
    assert!(added.margin > both.margin + both.margin / 2, "{added:?}");
}

/// SOL, of which the book holds nothing, draws BTC one way and ETH the other.
#[test]
fn spec_example_phantom() {
    let mut context = plain();
    let expiry = &mut context.underlyings[1].state.expiries[0];
    expiry.forward = Fx::from_num(3_000);
    expiry.discount = Fx::ONE;
    let held = [
        leg(LINEAR, 30, 100, Kind::Future, 100),
        leg(ETH_LINEAR, 1, 60, Kind::Future, -400),
    ];
    let entry = |follower, beta| BetaEntry {
        driver: SOL,
        follower,
        beta,
    };
    let apart = maintenance(&book(&[], &held), &context);
    assert_eq!(apart.worst, Worst::Apart);
    close(apart.margin, 18_150_000_000);
    context.beta.entries = vec![entry(BTC, 65_536), entry(ETH, -65_536)];
    let found = maintenance(&book(&[], &held), &context);
    // A quarter of 66 % of 100,000 USD and a third of +50 % of 120,000.
    close(found.margin, 16_500_000_000 + 19_800_000_000);
    let by_sol =
        matches!(found.worst, Worst::Joint { driver: SOL, pricing } if pricing.row == Row::Tail);
    assert!(by_sol, "{found:?}");
    // Either alone has no one to be drawn away from.
    for (one, alone) in held.into_iter().zip([16_500_000_000, 19_800_000_000]) {
        close(maintenance(&book(&[], &[one]), &context).margin, alone);
    }
}

/// A tail of BTC leads, ETH does not follow it: a short in ETH must not gain by a fall that nobody expects.
#[test]
fn what_does_not_follow_a_tail_stays_unmoved() {
    let mut context = plain();
    context.underlyings[1].state.expiries[0].discount = Fx::ONE;
    let entry = |driver, follower| BetaEntry {
        driver,
        follower,
        beta: 0,
    };
    context.beta.entries = vec![entry(BTC, ETH), entry(ETH, BTC)];
    let held = [
        leg(LINEAR, 30, 100, Kind::Future, 100),
        leg(ETH_LINEAR, 1, 60, Kind::Future, -67),
    ];
    let found = maintenance(&book(&[], &held), &context);
    // A quarter of 66 % of 100,000 USD; the scan's -16 % would be 16,000.
    close(found.margin, 16_500_000_000);
    assert_eq!(row(&found), Row::Tail);
}

#[test]
fn reducing_is_shrinking_without_losing_surplus() {
    let context = context();
    let before = book(
        &[(0, 50_000_000_000)],
        &[leg(LINEAR, 35, 100, Kind::Call, -100)],
    );
    let after = |cash: i128, quantity: i64| {
        book(&[(0, cash)], &[leg(LINEAR, 35, 100, Kind::Call, quantity)])
    };
    let initial = |book: &Book| {
        let found = assess(book, &context, Level::Initial).unwrap();
        Health {
            equity: found.equity,
            margin: found.margin,
        }
    };
    let reduces = |to: &Book| {
        only_shrinks(&before.legs, &to.legs) && initial(to).is_no_weaker_than(&initial(&before))
    };
    assert!(reduces(&after(49_900_000_000, -90)));
    assert!(!reduces(&after(30_000_000_000, -90)));
    assert!(!only_shrinks(&before.legs, &after(0, -101).legs));
    assert!(!only_shrinks(&before.legs, &after(0, 1).legs));
    let markets = &context.markets;
    let blind = |cash, q| reducing_without_price(&before, &after(cash, q), markets).unwrap();
    assert!(blind(50_000_000_000, -90), "bought back for nothing");
    assert!(!blind(49_000_000_000, -90), "no price says what is fair");
    assert!(blind(1, 0), "closed and covered");
    assert!(!blind(-1, 0), "closed into debt");
}

/// The table for linear programs prices what `assess` prices.
#[test]
fn unit_values_rebuild_the_margin() {
    let context = context();
    let legs = [
        leg(LINEAR, 7, 90, Kind::Call, -300),
        leg(LINEAR, 7, 80, Kind::Put, 200),
        leg(LINEAR, 35, 95, Kind::Call, 250),
    ];
    let keys: Vec<_> = legs.iter().map(|leg| leg.key).collect();
    let table = unit_values(&keys, &context, Level::Maintenance).unwrap();
    let mut lowest = f64::INFINITY;
    let value = |row: &risk::UnitValues, date: Option<u32>| -> f64 {
        row.values
            .iter()
            .filter(|(key, _)| date.is_none_or(|date| key.expiry == date))
            .map(|(key, unit)| {
                let leg = legs.iter().find(|leg| leg.key == *key).unwrap();
                leg.quantity as f64 * *unit as f64 / 4_294_967_296.0
            })
            .sum()
    };
    for row in table.iter().filter(|row| row.choice.is_none()) {
        lowest = lowest.min(value(row, None));
    }
    for spot in [-400, 0, 400] {
        let rows = || {
            table
                .iter()
                .filter(move |row| row.choice.is_some() && row.pricing.spot_move == spot)
        };
        let total: f64 = [7, 35]
            .iter()
            .map(|days| {
                rows()
                    .map(|row| value(row, Some(support::expiry(*days))))
                    .fold(f64::INFINITY, f64::min)
            })
            .sum();
        lowest = lowest.min(total);
    }
    let found = maintenance(&book(&[], &legs), &context);
    assert!(
        (found.surplus as f64 - lowest).abs() < 1_000.0,
        "{found:?} {lowest}"
    );
}

#[test]
fn spec_example_units() {
    let unit = |id, scale| market(id).unit_value(scale, 1_000_000);
    assert_eq!(unit(LINEAR, 1_000_000), Ok(10_000));
    assert_eq!(unit(INVERSE, 100_000_000), Ok(10_000));
    let satoshi = risk::MarketTerms {
        multiplier: 1,
        ..market(INVERSE)
    };
    let refused = Err(risk::RiskError::Terms { market: INVERSE });
    assert_eq!(satoshi.unit_value(100_000_000, 1_000_000), refused);
}

/// Three coins may settle inverse legs of one underlying; the fourth is named.
#[test]
fn a_fourth_settlement_coin_has_no_room() {
    let mut context = plain();
    let mut legs = vec![];
    for more in 0..4_u16 {
        context.markets.push(risk::MarketTerms {
            id: 100 + more,
            settle_coin: 50 + more,
            ..market(INVERSE)
        });
        let coin = context.coins[1];
        context.coins.push(risk::Coin {
            id: 50 + more,
            ..coin
        });
        legs.push(leg(100 + more, 30, 100, Kind::Call, 1));
        let found = assess(&book(&[], &legs), &context, Level::Initial);
        if more < 3 {
            assert!(found.is_ok(), "{found:?}");
        } else {
            assert_eq!(found, Err(risk::RiskError::SettleCoins { coin: 53 }));
        }
    }
}

#[test]
fn profiles_stay_within_their_hard_ranges() {
    let refused = |change: fn(&mut risk::Profile)| {
        let mut profile = risk::default_profile();
        change(&mut profile);
        match profile.validate() {
            Err(risk::RiskError::Profile { field }) => field,
            other => panic!("{other:?}"),
        }
    };
    assert_eq!(risk::default_profile().validate(), Ok(()));
    assert_eq!(refused(|p| p.spot_moves = vec![-400, 0, 400]), "spot_moves");
    assert_eq!(refused(|p| p.vol_shocks[3].days = 7), "vol_shocks");
    assert_eq!(refused(|p| p.tails[0].spot_move = -10_000), "tails");
    assert_eq!(refused(|p| p.smile_moves = vec![-300, 0]), "smile_moves");
    assert_eq!(refused(|p| p.gamma_vols[2] = 80_001), "gamma_vols");
    assert_eq!(
        refused(|p| p.gamma_vols = (1..=5).map(|n| n * 10_000).collect()),
        "gamma_vols"
    );
    assert_eq!(refused(|p| p.zero_share = 1_001), "zero_share");
    assert_eq!(refused(|p| p.alpha_initial = 4_999), "alpha_initial");
    assert_eq!(
        refused(|p| p.alpha_maintenance = 6_001),
        "alpha_maintenance"
    );
    // Halfway between 7 and 14 days: (1.65 + 1.48) / 2 and (0.65 + 0.72) / 2.
    let profile = risk::default_profile();
    assert_eq!(profile.vol_factors(21 * 43_200), (6_850, 15_650));
    assert_eq!(profile.vol_factors(0), (5_000, 22_500));
}
