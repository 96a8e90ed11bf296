//! Small seeded runs: the ledger comes out even, the same numbers come every time, both depths agree.

use risk::liquidation::Fund;
use wasm_chain::Mode;

use super::agents::{Agent, Draw, Kind, agents};
use super::agree::{Both, INTEREST, PART, is_same};
use super::coin::Coin;
use super::contracts::converted;
use super::law::Law;
use super::path::{Path, Silence, Way};
use super::report::walked;
use super::rules::Rules;
use super::run::{Outcome, Setting, run};
use super::rungs::Rest;
use super::synthetic::chains;
use super::waterfall::Walk;

/// A coin that falls by its seed.
fn coin(days: u64) -> Coin {
    seeded(days, 5)
}

fn seeded(days: u64, seed: u64) -> Coin {
    let coin = Coin::fit("BTC", &chains("BTC", 100.0, 90_000.0, days, seed));
    coin.searched(1).unwrap()
}

fn drawn(count: usize, ticks: usize) -> Draw {
    Draw {
        count,
        life: ticks,
        seconds: 300 * ticks as u64,
        silence: Silence::default(),
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
        closes: false,
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
fn played(path: &Path<'_>, drawn: &[Agent], rules: &Rules) -> Both {
    let both = Both::of("", Mode::Native, (path, drawn), rules, FUND).unwrap();
    let (count, left_out) = (both.played.agents.len(), both.played.left_out);
    assert!(count >= 20, "{left_out} of {} left out", drawn.len());
    both
}

fn agreed(path: &Path<'_>, drawn: &[Agent], rules: &Rules) -> Outcome {
    let both = played(path, drawn, rules);
    for (seen, end) in both.played.seen.iter().zip(&both.pure.ends) {
        assert!(is_same(seen, end, 0), "{seen:?} {end:?}");
    }
    assert_eq!(both.played.fund, both.pure.others.fund.balance);
    both.pure
}

/// Eighty per cent up within one report: accounts lack more than they have, the keeper closes them against the other sides,
/// and what these cannot bear goes to insurance and the winners, on the contracts as on the pure crates.
#[test]
fn after_a_leap_both_depths_walk_every_rung_alike() {
    let coin = coin(1);
    let path = Path::new(&coin, 240, Way::Leap(80), 1);
    let drawn = agents(&path, Law::Grid, drawn(40, 360)).unwrap();
    let both = played(&path, &drawn, &Rules::standard());
    for (seen, end) in both.played.seen.iter().zip(&both.pure.ends) {
        assert!(is_same(seen, end, INTEREST), "{seen:?} {end:?}");
    }
    let [contracts, pure] = both.walks;
    assert!(contracts.is_near(&pure, PART), "{contracts:?} {pure:?}");
    assert!(both.even && both.differing == 0);
    for walk in both.walks {
        assert!(walk.is_even(), "{} nobody's: {walk:?}", walk.gap());
        assert!(walk.closed > 5 && walk.unpaid == 0, "{walk:?}");
        assert!(walk.insurance > 0 && walk.sides > 0 && walk.winners > 0);
        assert!(walk.written_off > 0 && walk.withheld > walk.winners.unsigned_abs());
        assert_broken_sums_show(&walk);
    }
    assert!(contracts.interest > 0 && pure.interest == 0);
    let beyond = contracts.deficit / PART + 2_000_000;
    let apart = Walk {
        written_off: contracts.written_off + beyond,
        ..contracts
    };
    assert!(!apart.is_near(&pure, PART), "a thousandth apart");
    assert_eq!(both.pure.made(), 0, "cash from nowhere");
    assert_eq!(both.pure.legs_made(&both.played.agents), 0);
}

/// A USD more or less in any sum: the target is not met.
fn assert_broken_sums_show(walk: &Walk) {
    const USD: u128 = 1_000_000;
    let broken = [
        Walk {
            deficit: walk.deficit - USD,
            ..*walk
        },
        Walk {
            interest: walk.interest + USD,
            ..*walk
        },
        Walk {
            insurance: walk.insurance + USD,
            ..*walk
        },
        Walk {
            sides: walk.sides - 1_000_000,
            ..*walk
        },
        Walk {
            winners: walk.winners - 1_000_000,
            ..*walk
        },
        Walk {
            unpaid: walk.unpaid + USD,
            ..*walk
        },
    ];
    for walk in broken {
        assert!(!walk.is_even(), "{walk:?}");
        assert_eq!(walked(&[("", walk)]).0, "NOT MET");
    }
    assert_eq!(walked(&[("", *walk)]).0, "met");
}

fn rest(debts: &[u128], gains: &[u128]) -> Walk {
    let fund = Fund {
        balance: 100_000_000,
        ..Fund::default()
    };
    let rest = Rest {
        fund,
        debts: debts.to_vec(),
        gains: gains.to_vec(),
        now: 0,
        since: 0,
    };
    rest.down().unwrap()
}

/// A fund of 100 USD pays 5, 5, 4.50, 4.50, ...: 50 USD are paid in the seventh hour, and nothing is written off.
#[test]
fn dead_debts_are_paid_by_the_hour() {
    let paid = rest(&[20_000_000, 30_000_000], &[7_000_000]);
    assert_eq!((paid.insurance, paid.written_off), (50_000_000, 0));
    assert_eq!((paid.winners, paid.unpaid), (0, 0));
}

/// 1,000 USD are owed. In a day's hours insurance pays what it may; winners of 600 USD each pay the rest; of 90 and 30 USD they pay all, and the rest stays unpaid.
#[test]
fn what_insurance_leaves_is_shared_over_winners() {
    let owed = 1_000_000_000;
    for gains in [[600_000_000, 600_000_000], [90_000_000, 30_000_000]] {
        let walk = rest(&[owed], &gains);
        assert!(walk.insurance > 60_000_000 && walk.insurance < 100_000_000);
        let borne = walk.insurance + walk.winners.unsigned_abs() + walk.unpaid;
        assert!(borne.abs_diff(owed) <= 2, "{walk:?}");
        let most: u128 = gains.iter().sum();
        assert_eq!(walk.unpaid > 0, most < owed);
        assert!(walk.unpaid == 0 || walk.winners.unsigned_abs() == most);
    }
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

#[test]
fn on_a_bridge_the_surface_comes_in_steps_and_otherwise_with_the_next_chain() {
    let mut coin = coin(1);
    let first = coin.chains[0].1.clone();
    let times = [3_600, 7_200].map(|passed| first.time + passed);
    coin.between[0] = times
        .map(|time| first.carried(time, first.index).unwrap())
        .into();
    for (way, due) in [
        (Way::Bridge, [first.time, times[0], times[1]]),
        (Way::Jump, [first.time; 3]),
        (Way::Leap(40), [first.time; 3]),
    ] {
        let path = Path::new(&coin, 600, way, 1);
        // Just before the first step, at it, and long after the second.
        let seen = [5, 6, 30].map(|at| path.surface(at).time);
        assert_eq!(seen, due, "{way:?}");
    }
}
