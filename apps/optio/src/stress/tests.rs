//! Small seeded runs: the ledger comes out even, the same numbers come every time, both depths agree.

use risk::liquidation::Fund;
use wasm_chain::Mode;

use super::agents::{Agent, Draw, Kind, agents};
use super::agree::is_same;
use super::contracts::{converted, play};
use super::law::Law;
use super::path::{Coin, Path, Silence, Way};
use super::rules::Rules;
use super::run::{Outcome, Setting, run};
use super::synthetic::chains;
use super::waterfall::Walk;

/// A coin that falls by its seed.
fn coin(days: u64) -> Coin {
    seeded(days, 5)
}

fn seeded(days: u64, seed: u64) -> Coin {
    Coin::fit("BTC", &chains("BTC", 100.0, 90_000.0, days, seed))
}

fn drawn(count: usize, ticks: usize) -> Draw {
    Draw {
        count,
        life: ticks,
        baskets: 1,
        seed: 3,
        fits: |book| converted(book).is_some(),
    }
}

fn followed(path: &Path<'_>, law: Law, count: usize) -> (usize, Outcome) {
    let agents = agents(path, law, drawn(count, 200)).unwrap();
    let rules = Rules::standard();
    let setting = Setting {
        law,
        rules: &rules,
        fund: 1_000_000_000,
    };
    let outcome = run(path, &agents, &setting).unwrap();
    assert_eq!(outcome.made(), 0, "cash from nowhere");
    assert_eq!(outcome.legs_made(&agents), 0, "legs from nowhere");
    (agents.len(), outcome)
}

#[test]
fn accounts_are_sold_and_nothing_is_made_or_lost() {
    let coin = coin(2);
    let path = Path::new(&coin, 300, Way::Jump, 1);
    for law in [Law::Grid, Law::Static] {
        let (count, outcome) = followed(&path, law, 60);
        let ends = &outcome.ends;
        assert_eq!(ends.len(), count);
        let sold = ends.iter().filter(|end| !end.sales.is_empty()).count();
        let healthy = ends.iter().filter(|end| end.fell.is_none()).count();
        assert!(
            sold > 3 && healthy > 10,
            "{sold} sold, {healthy} never fell"
        );
        if law == Law::Grid {
            let covered = ends.iter().filter(|end| end.kind == Kind::Covered);
            let fell = covered.clone().filter(|end| end.fell.is_some()).count();
            assert!(covered.count() > 2 && fell == 0);
        }
    }
}

/// Every account of the contracts against the pure crates at the same prices: when it fell, what buyers paid, what is
/// left of it, insurance, to the last unit. Late keepers, a gap in prices.
#[test]
fn both_depths_agree_to_the_last_unit() {
    let coin = coin(1);
    let silence = Silence {
        oracle: 3_600,
        keeper: 0,
    };
    let path = Path::new(&coin, 240, Way::Jump, 1).silenced(silence);
    let drawn = agents(&path, Law::Grid, drawn(40, 360)).unwrap();
    let rules = Rules {
        delay: 480,
        ..Rules::standard()
    };
    let (count, relief) = sales(&agreed(&path, &drawn, &rules));
    assert!(count > 3, "{count} slices");
    assert_eq!(relief, [0; 0], "a reward comes from equity alone");
}

/// Keepers come eight hours late to a fall of four percent, and buyers take for no reward: insurance pays for accounts that
/// are worth less than nothing, hour by hour as far as it may, and both depths agree all the same.
#[test]
fn both_depths_agree_where_insurance_pays() {
    let coin = seeded(1, 3);
    let path = Path::new(&coin, 240, Way::Jump, 1);
    let drawn = agents(&path, Law::Grid, drawn(40, 360)).unwrap();
    let rules = Rules {
        delay: 28_800,
        appetite: 0,
        ..Rules::standard()
    };
    let pure = agreed(&path, &drawn, &rules);
    let (_, relief) = sales(&pure);
    assert!(relief.len() > 5, "{relief:?}");
    assert!(
        relief.iter().sum::<u128>() > FUND / 10,
        "more than an hour's tenth"
    );
    assert!(pure.others.fund.balance < FUND);
}

/// How many slices were sold, and what insurance paid for those that it paid for.
fn sales(pure: &Outcome) -> (usize, Vec<u128>) {
    let sold = || pure.ends.iter().flat_map(|end| &end.sales);
    let relief = sold().map(|(_, sold)| sold.relief);
    (sold().count(), relief.filter(|paid| *paid > 0).collect())
}

/// Insurance of the market at the start.
const FUND: u128 = 20_000_000_000;

/// Plays agents on the contracts and follows them on the pure crates.
fn agreed(path: &Path<'_>, drawn: &[Agent], rules: &Rules) -> Outcome {
    let fund = FUND;
    let played = play(Mode::Native, path, drawn, rules, fund).unwrap();
    let setting = Setting {
        law: Law::Grid,
        rules,
        fund,
    };
    let pure = run(&played.prices, &played.agents, &setting).unwrap();
    let (count, left_out) = (played.agents.len(), played.left_out);
    assert!(count >= 20, "{left_out} of {} left out", drawn.len());
    for (seen, end) in played.seen.iter().zip(&pure.ends) {
        assert!(is_same(seen, end), "{seen:?} {end:?}");
    }
    assert_eq!(played.fund, pure.others.fund.balance);
    pure
}

/// A fund of 1,000 pays 50, 50, 45, 45, ...: 500 are paid in the seventh hour, and at most all of it in ten days.
#[test]
fn what_is_left_is_walked_down_by_the_hour() {
    let fund = Fund {
        balance: 1_000,
        ..Fund::default()
    };
    let paid = Walk::down(500, fund, 0);
    assert_eq!((paid.insurance, paid.winners), (500, 0));
    let more = Walk::down(2_000, fund, 0);
    assert_eq!(more.insurance + more.winners, 2_000);
    // Below twenty units a twentieth is nothing.
    assert_eq!(more.insurance, 982);
}

#[test]
fn prices_join_the_chains_and_fall_silent_when_told() {
    let coin = coin(1);
    let index = |at: usize| coin.chains[at].0.index;
    for way in [Way::Bridge, Way::Jump] {
        let path = Path::new(&coin, 600, way, 1);
        for at in 0..coin.chains.len() - 1 {
            assert_eq!(path.ticks[path.tick_of(at)].spot, index(at));
        }
    }
    let told = Silence {
        oracle: 7_200,
        keeper: 3_600,
    };
    let path = Path::new(&coin, 600, Way::Bridge, 1).silenced(told);
    let silent = path.ticks.iter().filter(|tick| !tick.priced).count();
    let alone = path.ticks.iter().filter(|tick| !tick.kept).count();
    assert_eq!((silent, alone), (12, 6));
}
