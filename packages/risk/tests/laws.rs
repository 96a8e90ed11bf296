//! The laws of the margin page as properties of random books.

mod support;

use proptest::prelude::*;
use risk::{Kind, Level, assess, covered, explain, max_loss};
use support::*;

const ALL: &[u16] = &[LINEAR, INVERSE, ETH_LINEAR];
const THREE: &[u16] = &[LINEAR, ETH_LINEAR, SOL_LINEAR];
const LINEAR_ONLY: &[u16] = &[LINEAR, ETH_LINEAR];

fn surplus(book: &risk::Book, (level, moment): (Level, Moment)) -> i128 {
    assess(book, &context_at(moment), level).unwrap().surplus
}

fn moments() -> impl Strategy<Value = Moment> {
    prop_oneof![
        Just(Moment::DayBefore),
        Just(Moment::LastDay),
        Just(Moment::Window),
        Just(Moment::Unfixed)
    ]
}

/// What roundings may take from a merger: a base unit a quantity unit, and where settlement rounds already, one of the coin.
fn dust(book: &risk::Book, moment: Moment) -> i128 {
    let unit = |leg: &risk::Leg| match moment {
        Moment::Unfixed if leg.key.market == INVERSE => 900,
        _ => 1,
    };
    let of = |leg: &risk::Leg| i128::from(leg.quantity.abs()) * unit(leg);
    book.legs.iter().map(of).sum()
}

/// Betas of some pairs of three underlyings, the others one.
fn betas() -> impl Strategy<Value = Vec<(u16, u16, i32)>> {
    let pairs = vec![
        (BTC, ETH),
        (BTC, SOL),
        (ETH, BTC),
        (ETH, SOL),
        (SOL, BTC),
        (SOL, ETH),
    ];
    let some = proptest::sample::subsequence(pairs, 0..=6);
    (some, proptest::collection::vec(-70_000_i32..200_000, 6)).prop_map(|(pairs, betas)| {
        let entry = |((driver, follower), beta)| (driver, follower, beta);
        pairs.into_iter().zip(betas).map(entry).collect()
    })
}

/// A level at a moment.
fn at() -> impl Strategy<Value = (Level, Moment)> {
    (levels(), moments())
}

fn levels() -> impl Strategy<Value = Level> {
    prop_oneof![Just(Level::Initial), Just(Level::Maintenance)]
}

proptest! {
    /// Law 1: a leg with a non-negative payoff, received free, never lowers surplus; a short one
    /// given away never raises it.
    #[test]
    fn law_1_monotone(base in books(ALL, 12), extra in legs_of(ALL), at in at()) {
        let mut extra = extra;
        if extra.key.kind == Kind::Future { extra.key.kind = Kind::Call; }
        let more = merge(&base, &book(&[], &[extra]));
        prop_assume!(more.legs.len() <= 128);
        let (before, after) = (surplus(&base, at), surplus(&more, at));
        if extra.quantity > 0 {
            prop_assert!(after >= before, "{before} -> {after}");
        } else {
            prop_assert!(after <= before, "{before} -> {after}");
        }
    }

    /// Law 2: n times the book has n times the surplus, up to the final rounding down.
    #[test]
    fn law_2_scaling(base in books(ALL, 12), n in 2_i64..50, at in at()) {
        let mut scaled = base.clone();
        for leg in &mut scaled.legs { leg.quantity *= n; }
        for cash in &mut scaled.cash { cash.1 *= i128::from(n); }
        let (one, many) = (surplus(&base, at), surplus(&scaled, at));
        let n = i128::from(n);
        prop_assert!(many >= n * one && many <= n * (one + 1), "{one} x {n}: {many}");
    }

    /// Law 3: merging two accounts never needs more than the two apart. Exact, up to the kernel's
    /// error where the exact bound of law 4 decides (below one part in 10^9 of the gross).
    #[test]
    fn attack_options_23_law_3_merging(a in books(ALL, 10), b in books(ALL, 10), at in at()) {
        let apart = surplus(&a, at) + surplus(&b, at);
        let merged = merge(&a, &b);
        let joint = surplus(&merged, at);
        prop_assert!(joint + dust(&merged, at.1) >= apart, "{apart} > {joint}");
    }

    /// Laws 1 and 3 with a third underlying, whatever the betas: what leads another's followers leads one's own. It may come
    /// in by the merger, or go by it: as legs or as a coin that the other book is short of.
    #[test]
    fn laws_1_and_3_with_betas_that_contradict_each_other(
        a in books(THREE, 8), b in books(THREE, 8), coins in -1_000_000_000_i128..1_000_000_000, undone in any::<bool>(),
        betas in betas(), heat in 0_u32..70_000, level in levels(), late in any::<bool>(),
    ) {
        let mut context = three(&betas, heat);
        context.now += if late { 15 * 3_600 } else { 0 };
        let surplus = |book: &risk::Book| assess(book, &context, level).unwrap().surplus;
        // An account has no entry for a coin that it does not hold.
        let merge = |a: &risk::Book, b: &risk::Book| {
            let mut merged = merge(a, b);
            merged.cash.retain(|cash| cash.1 != 0);
            merged
        };
        let with_coins = |base: &risk::Book, coins| merge(base, &book(&[(4, coins)], &[]));
        let a = with_coins(&a, coins);
        let b = if undone {
            let mut back = book(&[(4, -coins)], &a.legs);
            back.legs.retain(|leg| leg.key.market == SOL_LINEAR);
            for leg in &mut back.legs { leg.quantity = -leg.quantity; }
            back
        } else { b };
        let merged = merge(&a, &b);
        let gross: i128 = a.legs.iter().chain(&b.legs).map(|l| i128::from(l.quantity.abs())).sum();
        let (apart, joint) = (surplus(&a) + surplus(&b), surplus(&merged));
        prop_assert!(joint + gross >= apart, "{apart} > {joint}");
        let given = with_coins(&a, coins.abs());
        prop_assert!(surplus(&given) >= surplus(&a), "a gift of {coins}");
    }

    /// Laws 1 and 3 where an expiry may settle anywhere: no strike of another's book makes a new pricing.
    #[test]
    fn laws_1_and_3_on_the_last_day(a in butterflies(5), b in butterflies(5), extra in legs_of(ALL), at in at()) {
        let apart = surplus(&a, at) + surplus(&b, at);
        let merged = merge(&a, &b);
        let joint = surplus(&merged, at);
        prop_assert!(joint + dust(&merged, at.1) >= apart, "{apart} > {joint}");
        let kind = if extra.key.kind == Kind::Future { Kind::Call } else { extra.key.kind };
        let key = risk::SeriesKey { kind, ..extra.key };
        let given = |quantity| merge(&a, &book(&[], &[risk::Leg { key, quantity }]));
        let (less, more) = (surplus(&given(-7), at), surplus(&given(7), at));
        let plain = surplus(&a, at);
        prop_assert!(less <= plain && plain <= more, "{less} {plain} {more}");
    }

    /// Law 4: covered in every coin means healthy.
    #[test]
    fn law_4_covered_is_healthy(base in books(ALL, 8), (level, moment) in at(), spot in 1_000.0_f64..500_000.0) {
        let markets = context().markets;
        let mut funded = base.clone();
        for path in covered(&base, &markets).unwrap() {
            let Some(low) = path.lowest() else { return Ok(()) };
            let entry = funded.cash.iter_mut().find(|c| c.0 == path.coin);
            match entry { Some(e) => e.1 -= low, None => funded.cash.push((path.coin, -low)) }
        }
        prop_assert!(covered(&funded, &markets).unwrap().iter().all(risk::CoveredPath::is_covered));
        let mut context = context_at(moment);
        context.underlyings[0].state = state(BTC, spot, 0.9, 2);
        let found = assess(&funded, &context, level).unwrap();
        prop_assert!(found.surplus >= 0, "{found:?}");
        prop_assert!(base.legs.is_empty() || found.worst != risk::Worst::Covered, "the bound per expiry already says so: {found:?}");
    }

    /// Law 4 without coins: never above the exact maximum loss.
    #[test]
    fn attack_options_23_law_4_margin_is_at_most_the_exact_loss(base in books(LINEAR_ONLY, 8), (level, moment) in at()) {
        let mut base = base;
        base.cash = vec![(0, 5)];
        let context = context_at(moment);
        if let Some(loss) = max_loss(&base, &context).unwrap() {
            let found = assess(&base, &context, level).unwrap();
            prop_assert!(found.margin <= loss + 1, "{found:?} {loss}");
        }
    }

    /// Law 5: initial is never below maintenance, and margin never negative.
    #[test]
    fn law_5_initial_above_maintenance(base in books(ALL, 12), moment in moments()) {
        let context = context_at(moment);
        let initial = assess(&base, &context, Level::Initial).unwrap();
        let maintenance = assess(&base, &context, Level::Maintenance).unwrap();
        prop_assert!(initial.surplus <= maintenance.surplus);
        prop_assert!(initial.margin >= 0 && maintenance.margin >= 0);
        prop_assert_eq!(initial.equity - initial.surplus, initial.margin);
    }

    /// Law 6: boxes and conversions of linear markets need nothing.
    #[test]
    fn law_6_replications_need_nothing(
        low in 30_u32..100, wide in 1_u32..60, q in -5_000_i64..5_000,
        days in proptest::sample::select(&DAYS[..]), (level, moment) in at(),
    ) {
        let high = low + wide;
        let of = |k, kind, q| leg(LINEAR, days, k, kind, q);
        let boxed = book(&[(0, 9)], &[
            of(low, Kind::Call, q), of(low, Kind::Put, -q),
            of(high, Kind::Call, -q), of(high, Kind::Put, q),
        ]);
        let conversion = book(&[], &[
            of(low, Kind::Call, q), of(low, Kind::Put, -q), of(high, Kind::Future, -q),
        ]);
        let digitals = book(&[], &[of(low, Kind::DigitalCall, q), of(low, Kind::DigitalPut, q)]);
        for replicated in [boxed, conversion, digitals] {
            let found = assess(&replicated, &context_at(moment), level).unwrap();
            prop_assert_eq!(found.margin, 0, "{:?}", found);
        }
    }

    /// An explanation adds up to the margin it explains, up to rounding and kernel error.
    #[test]
    fn explanation_adds_up(base in books(LINEAR_ONLY, 10), (level, moment) in at()) {
        let mut base = base;
        base.cash = vec![(0, 1_000_000)];
        let found = explain(&base, &context_at(moment), level).unwrap();
        let mark: i128 = found.legs.iter().map(|l| l.mark).sum::<i128>() + 1_000_000;
        let worst: i128 = found.legs.iter().map(|l| l.worst).sum::<i128>() + 1_000_000;
        // A digital's bound is the widest: 2^-20 of its payout where hardly any vol is left.
        let slack = 64 + 10 * base.legs.iter().map(|l| i128::from(l.quantity.abs())).sum::<i128>();
        prop_assert!((mark - found.assessment.equity).abs() <= slack, "{mark} {:?}", found.assessment);
        if found.assessment.worst != risk::Worst::Covered {
            prop_assert!((worst - found.assessment.surplus).abs() <= slack, "{worst} {:?}", found.assessment);
        }
    }
}
