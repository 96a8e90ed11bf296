//! Levels by age, and the action table cell by cell.

use protocol_api::oracle::{
    ACTIONS, Action, AllowedActionsResponse, LEVELS, Permission as P, QueryMsg, Validity,
    permission,
};

use crate::world::{FEED, PRICE, World};

#[test]
fn attack_risk_45_silence_walks_from_valid_to_invalid() {
    let mut world = World::new();
    world.publish(&world.report(PRICE)).unwrap();
    let walk = [
        (10, Validity::Valid),
        (11, Validity::Aging),
        (60, Validity::Aging),
        (61, Validity::Stale),
        (300, Validity::Stale),
        (301, Validity::Invalid),
        (1_000_000, Validity::Invalid),
    ];
    let born = world.now();
    for (age, level) in walk {
        world.set_time(born + age);
        assert_eq!(world.validity(), level, "{age}");
    }
}

#[test]
fn age_never_improves_a_level() {
    let mut world = World::new();
    let mut report = world.report(PRICE);
    report.sources.truncate(1);
    world.publish(&report).unwrap();
    let mut last = world.validity();
    assert_eq!(last, Validity::NoQuorum);
    let mut seen = vec![last];
    for _ in 0..80 {
        world.advance(5);
        assert!(world.validity() <= last);
        last = world.validity();
        seen.push(last);
    }
    seen.dedup();
    assert_eq!(
        seen,
        [Validity::NoQuorum, Validity::Stale, Validity::Invalid]
    );
}

#[test]
fn the_whole_table() {
    use Action::*;
    use Validity::*;
    // Written out from the specification, row by row, worst level first.
    let expected = [
        (Invalid, Open, P::No),
        (Invalid, Reduce, P::CloseOnly),
        (Invalid, Withdraw, P::CoveredOnly),
        (Invalid, LiquidateShallow, P::No),
        (Invalid, LiquidateDeep, P::No),
        (Invalid, Mark, P::No),
        (Invalid, Settle, P::Skip),
        (Stale, Open, P::No),
        (Stale, Reduce, P::CloseOnly),
        (Stale, Withdraw, P::CoveredOnly),
        (Stale, LiquidateShallow, P::No),
        (Stale, LiquidateDeep, P::No),
        (Stale, Mark, P::Indicative),
        (Stale, Settle, P::Skip),
        (NoQuorum, Open, P::No),
        (NoQuorum, Reduce, P::CloseOnly),
        (NoQuorum, Withdraw, P::CoveredOnly),
        (NoQuorum, LiquidateShallow, P::No),
        (NoQuorum, LiquidateDeep, P::NearSlowPrice),
        (NoQuorum, Mark, P::Indicative),
        (NoQuorum, Settle, P::Skip),
        (Uncertain, Open, P::No),
        (Uncertain, Reduce, P::Yes),
        (Uncertain, Withdraw, P::WorstPrice),
        (Uncertain, LiquidateShallow, P::No),
        (Uncertain, LiquidateDeep, P::WholeBand),
        (Uncertain, Mark, P::Yes),
        (Uncertain, Settle, P::Skip),
        (Jumped, Open, P::No),
        (Jumped, Reduce, P::Yes),
        (Jumped, Withdraw, P::WorstPrice),
        (Jumped, LiquidateShallow, P::SecondPrice),
        (Jumped, LiquidateDeep, P::Yes),
        (Jumped, Mark, P::Yes),
        (Jumped, Settle, P::Winsorized),
        (Aging, Open, P::No),
        (Aging, Reduce, P::Yes),
        (Aging, Withdraw, P::WorstPrice),
        (Aging, LiquidateShallow, P::SecondPrice),
        (Aging, LiquidateDeep, P::Yes),
        (Aging, Mark, P::Yes),
        (Aging, Settle, P::Yes),
        (Valid, Open, P::Yes),
        (Valid, Reduce, P::Yes),
        (Valid, Withdraw, P::Yes),
        (Valid, LiquidateShallow, P::SecondPrice),
        (Valid, LiquidateDeep, P::Yes),
        (Valid, Mark, P::Yes),
        (Valid, Settle, P::Yes),
    ];
    assert_eq!(expected.len(), LEVELS.len() * ACTIONS.len());
    for (level, action, rule) in expected {
        assert_eq!(permission(level, action), rule, "{level:?} {action:?}");
    }
}

/// The rules an action can have, each stricter than the one before.
fn ever_stricter(action: Action) -> &'static [P] {
    match action {
        Action::Open => &[P::Yes, P::No],
        Action::Reduce => &[P::Yes, P::CloseOnly],
        Action::Withdraw => &[P::Yes, P::WorstPrice, P::CoveredOnly],
        Action::LiquidateShallow => &[P::SecondPrice, P::No],
        Action::LiquidateDeep => &[P::Yes, P::WholeBand, P::NearSlowPrice, P::No],
        Action::Mark => &[P::Yes, P::Indicative, P::No],
        Action::Settle => &[P::Yes, P::Winsorized, P::Skip],
    }
}

/// A quarantine on a jumped feed, a feed without quorum that grows stale: whatever meets, no action gains by it.
#[test]
fn the_worse_of_two_levels_is_the_stricter_of_both_in_every_action() {
    for action in ACTIONS {
        let strictness = |level| {
            let rule = permission(level, action);
            let chain = ever_stricter(action);
            chain.iter().position(|known| *known == rule).unwrap()
        };
        for a in LEVELS {
            for b in LEVELS {
                let worst = strictness(a).max(strictness(b));
                assert_eq!(strictness(a.min(b)), worst, "{action:?}: {a:?} and {b:?}");
            }
        }
    }
}

#[test]
fn no_level_blocks_what_reduces_risk_and_only_valid_opens() {
    for (number, level) in LEVELS.into_iter().enumerate() {
        assert_eq!(usize::from(level.byte()), number);
        assert_eq!(Validity::from_byte(level.byte()), level);
        assert_ne!(permission(level, Action::Reduce), P::No);
        assert_ne!(
            permission(level, Action::Withdraw),
            P::No,
            "covered accounts always can"
        );
        assert_eq!(
            permission(level, Action::Open) == P::Yes,
            level == Validity::Valid
        );
    }
    assert_eq!(Validity::from_byte(7), Validity::Invalid);
    for (number, action) in ACTIONS.into_iter().enumerate() {
        assert_eq!(action as usize, number);
    }
}

#[test]
fn the_query_gives_the_row_of_the_present_level() {
    let mut world = World::new();
    world.publish(&world.report(PRICE)).unwrap();
    world.advance(30);
    let answer: AllowedActionsResponse = world
        .query(&QueryMsg::AllowedActions { feed: FEED })
        .unwrap();
    assert_eq!(answer.validity, Validity::Aging);
    for (rule, action) in answer.actions.iter().zip(ACTIONS) {
        assert_eq!(
            (rule.action, rule.permission),
            (action, permission(Validity::Aging, action))
        );
    }
}
