use super::*;

/// Terms like those of the sandbox, for a coin of 6 decimals.
fn terms() -> api::Terms {
    api::Terms {
        auction: LiquidationTerms {
            schedule: engine::Schedule {
                start: -20_000,
                knee: 50_000,
                end: 1_000_000,
                knee_after: 600,
                end_after: 3_600,
            },
            target: 1_100_000,
            penalty: 10_000,
            dust: Uint128::new(100_000_000),
            tip: Uint128::new(5_000_000),
            chip: 2_000,
        },
        tail: 600,
        bids: BidTerms {
            slot: 10_000,
            wait: 300,
            most: 8,
            least_budget: Uint128::new(100_000_000),
        },
        backstop_reward: 100_000,
        nomination: 300,
    }
}

type Change = fn(&mut api::Terms);

#[test]
fn terms_survive_storage() {
    let stored = Terms::checked(&terms(), 6).unwrap();
    assert_eq!(stored.to_wire(), terms());
    assert_eq!(stored.auction(), terms().auction);
}

#[test]
fn every_term_has_a_hard_range() {
    let bad: [(&str, Change); 25] = [
        ("schedule", |t| t.auction.schedule.knee = -20_001),
        ("schedule", |t| t.auction.schedule.start = -100_001),
        ("schedule", |t| t.auction.schedule.end = 1_000_001),
        ("schedule", |t| t.auction.schedule.knee_after = 3_601),
        ("start", |t| t.auction.schedule.start = 1),
        ("end", |t| t.auction.schedule.end = 99_999),
        ("end_after", |t| {
            (t.auction.schedule.knee_after, t.auction.schedule.end_after) = (0, 59);
        }),
        ("end_after", |t| t.auction.schedule.end_after = 86_401),
        ("target", |t| t.auction.target = 1_009_999),
        ("target", |t| t.auction.target = 1_500_001),
        ("penalty", |t| t.auction.penalty = 50_001),
        ("dust", |t| t.auction.dust = Uint128::new(100_000_000_001)),
        ("tip", |t| t.auction.tip = Uint128::new(1_000_000_001)),
        ("chip", |t| t.auction.chip = 1_000_001),
        ("backstop_reward", |t| {
            (t.auction.penalty, t.backstop_reward) = (30_000, 19_999);
        }),
        ("tail", |t| t.tail = 119),
        ("tail", |t| t.tail = 3_601),
        ("slot", |t| t.bids.slot = 0),
        ("wait", |t| t.bids.wait = 0),
        ("most", |t| t.bids.most = 17),
        ("least_budget", |t| t.bids.least_budget = Uint128::zero()),
        ("least_budget", |t| {
            t.bids.least_budget = Uint128::new(100_000_000_001);
        }),
        ("backstop_reward", |t| t.backstop_reward = 1_000_001),
        ("nomination", |t| t.nomination = 59),
        ("nomination", |t| t.nomination = t.tail - 59),
    ];
    for (field, change) in bad {
        let mut changed = terms();
        change(&mut changed);
        let expected = Err(ContractError::Range { field });
        assert_eq!(Terms::checked(&changed, 6), expected);
    }
    let mut covered = terms();
    (covered.auction.penalty, covered.backstop_reward) = (30_000, 20_000);
    assert!(Terms::checked(&covered, 6).is_ok());
    let mut off_grid = terms();
    off_grid.bids.slot = 7_500;
    assert_eq!(Terms::checked(&off_grid, 6), Err(ContractError::SlotGrid));
}

#[test]
fn a_bid_asks_a_slot_of_the_schedule() {
    let terms = Terms::checked(&terms(), 6).unwrap();
    for reward in [-20_000, -10_000, 0, 10_000, 1_000_000] {
        assert_eq!(terms.check_reward(reward), Ok(()));
    }
    for reward in [-30_000, -5_000, 1, 15_000, 1_010_000, i32::MIN, i32::MAX] {
        assert!(terms.check_reward(reward).is_err(), "{reward}");
    }
}
