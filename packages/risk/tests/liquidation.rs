//! The algebra of liquidation on random books: small and large, either sign of equity, haircut collateral.

mod support;

use fixed_math::Fx;
use fixed_math::int::umul_div_floor;
use proptest::prelude::*;
use risk::liquidation::{
    Bid, Closing, Health, Share, claim, market_marks, other_side, penalty_ceil, quote_value,
    rest_of, slice, slice_price,
};
use risk::{Book, Context, Kind, Leg, LegValue, Level, SeriesKey, assess, explain};
use support::*;

const ALL: &[u16] = &[LINEAR, INVERSE, ETH_LINEAR];

fn health(book: &Book) -> Health {
    let found = assess(book, &context(), Level::Maintenance).unwrap();
    Health {
        equity: found.equity,
        margin: found.margin,
    }
}

fn paid(rest: &Health, cash: i128) -> Health {
    Health {
        equity: rest.equity + cash,
        ..*rest
    }
}

/// Legs of 1 to 9 units, or of up to 3,000.
fn legs() -> impl Strategy<Value = Vec<Leg>> {
    let small = (legs_of(ALL), 1_i64..10).prop_map(|(mut leg, size)| {
        leg.quantity = if leg.quantity < 0 { -size } else { size };
        leg
    });
    prop_oneof![
        proptest::collection::vec(small, 1..8),
        proptest::collection::vec(legs_of(ALL), 1..8),
    ]
}

/// A book with haircut collateral whose quote cash puts its health at these parts per million.
fn books_at(low: i128, high: i128) -> impl Strategy<Value = Book> {
    (legs(), -5_000_000_i128..50_000_000, low..high).prop_map(|(legs, btc, at)| {
        let mut made = merge(&book(&[(0, 0), (1, btc)], &[]), &book(&[], &legs));
        let found = health(&made);
        made.cash[0].1 = found.margin * at / 1_000_000 - found.equity;
        made
    })
}

fn rewards() -> impl Strategy<Value = i32> {
    prop_oneof![-100_000..=0, 0..=1_000_000]
}

/// Sells to one group of takers at one reward; per taker what he paid and the margin and equity he took over.
fn sell(book: &Book, reward: i32, budgets: &[u128]) -> Vec<(i128, i128, i128)> {
    let mut for_sale = book.clone();
    let mut proceeds = 0;
    let mut out = Vec::new();
    for (place, budget) in budgets.iter().enumerate() {
        let before = health(&for_sale);
        let bid = Bid {
            reward,
            target: 1_100_000,
            penalty: 10_000,
            budget: *budget,
            budgets: budgets[place..].iter().sum(),
        };
        let (share, _) = claim(&paid(&before, proceeds), &before, &bid);
        let rest = rest_of(&for_sale, &slice(&for_sale, share));
        let after = health(&rest);
        let pay = slice_price(&before, &after, reward);
        out.push((
            pay,
            before.margin - after.margin,
            before.equity - after.equity,
        ));
        proceeds += pay;
        for_sale = rest;
    }
    out
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(192))]

    /// Whatever the sign of equity: a step at a price that is not negative never lowers health while margin falls,
    /// the share lies strictly between none and all, and the seller gets what was asked for what moved.
    #[test]
    fn attack_risk_23_health_never_falls(book in books_at(-500_000, 1_000_000), reward in rewards()) {
        let before = health(&book);
        prop_assume!(before.surplus() < 0);
        let price = before.price(reward);
        let share = before.share(reward, 1_100_000);
        if price > 0 {
            prop_assert!(Share::NONE < share && share < Share::WHOLE);
        } else {
            prop_assert_eq!(share, Share::WHOLE);
        }
        let rest = health(&rest_of(&book, &slice(&book, share)));
        let pay = slice_price(&before, &rest, reward);
        let moved = (before.equity - rest.equity, before.margin - rest.margin);
        prop_assert!(pay * 1_000_000 >= moved.0 * 1_000_000 - i128::from(reward) * moved.1);
        let after = paid(&rest, pay);
        if price >= 0 && rest.margin <= before.margin {
            prop_assert!(!after.falls_below(&before), "{:?} {:?}", before, after);
        }
    }

    /// INV-15: a reward never makes a solvent account's price negative, nor an insolvent one's lower than its equity; it is the
    /// schedule's wherever that leaves something, and slices at it never lower what may be given next.
    #[test]
    fn a_reward_comes_from_equity_alone(
        book in books_at(-500_000, 1_000_000), scheduled in rewards(), part in 1_u128..100,
    ) {
        let before = health(&book);
        let reward = before.reward(scheduled);
        prop_assert!(reward <= scheduled);
        prop_assert!(before.price(reward) >= before.equity.min(0));
        if before.price(scheduled) >= 0 {
            prop_assert_eq!(reward, scheduled);
        }
        let rest = health(&rest_of(&book, &slice(&book, Share::floor(part, 100))));
        let after = paid(&rest, slice_price(&before, &rest, reward));
        if before.equity >= 0 && rest.margin <= before.margin {
            prop_assert!(after.price(reward) >= 0, "{:?} {:?}", before, after);
        }
    }

    /// An exact share lands on the target: books of many units, no rounding to speak of.
    #[test]
    fn a_share_reaches_the_target(book in books_at(300_000, 1_000_000), reward in 0_i32..200_000) {
        let mut large = book;
        for leg in &mut large.legs { leg.quantity *= 10_000_000; }
        for cash in &mut large.cash { cash.1 *= 10_000_000; }
        let before = health(&large);
        prop_assume!(before.surplus() < 0 && before.margin > 1_000_000_000_000);
        let share = before.share(reward, 1_100_000);
        let rest = health(&rest_of(&large, &slice(&large, share)));
        let after = paid(&rest, slice_price(&before, &rest, reward));
        let at = after.equity * 1_000_000 / after.margin;
        prop_assert!((1_099_990..=1_100_010).contains(&at), "{at}");
    }

    /// Over any number of slices the rewards add up to no more than the reward for the margin that went.
    #[test]
    fn rewards_over_any_slicing_are_bounded(
        book in books_at(-500_000, 1_000_000), reward in rewards(),
        shares in prop::collection::vec(1_u128..100, 1..5),
    ) {
        let start = health(&book);
        let (mut left, mut now, mut rewards) = (book, start, 0);
        for share in shares {
            left = rest_of(&left, &slice(&left, Share::floor(share, 100)));
            let rest = health(&left);
            rewards += now.equity - rest.equity - slice_price(&now, &rest, reward);
            now = rest;
        }
        let whole = i128::from(reward) * (start.margin - now.margin);
        prop_assert!(rewards * 1_000_000 <= whole);
    }

    /// Takers at one reward pay the same for what they take whatever their order: equity taken over less the reward
    /// for the margin taken over, to a base unit; none pays beyond his budget; together they take what one would.
    #[test]
    fn attack_risk_26_order_inside_a_reward_has_no_value(
        book in books_at(300_000, 950_000), reward in 0_i32..200_000,
        mut budgets in prop::collection::vec(1_000_000_000_u128..1_000_000_000_000_000, 2..5),
    ) {
        let mut options = book;
        for leg in &mut options.legs {
            if leg.key.kind == Kind::Future { leg.key.kind = Kind::Call; }
            leg.quantity *= 1_000;
        }
        options = merge(&options, &Book::default());
        for cash in &mut options.cash { cash.1 *= 1_000; }
        let before = health(&options);
        prop_assume!(before.surplus() < 0 && before.price(reward) > 0);
        let forth = sell(&options, reward, &budgets);
        for ((pay, margin, equity), budget) in forth.iter().zip(&budgets) {
            let reward_taken = (i128::from(reward) * margin).div_euclid(1_000_000);
            prop_assert_eq!(*pay, equity - reward_taken);
            let cost = u128::try_from(*pay).unwrap_or(0) + penalty_ceil(*pay, 10_000);
            prop_assert!(cost <= *budget, "{cost} {budget}");
        }
        budgets.reverse();
        let back = sell(&options, reward, &budgets);
        let total = |sales: &[(i128, i128, i128)]| sales.iter().map(|sale| sale.0).sum::<i128>();
        // Whole units: every taker may take one more or less of each leg.
        let told = explain(&options, &context(), Level::Maintenance).unwrap();
        let unit = |leg: &LegValue| (leg.mark.abs() + leg.worst.abs()) / i128::from(leg.leg.quantity.abs());
        let units: i128 = told.legs.iter().map(unit).sum();
        let gross: i128 = options.legs.iter().map(|leg| i128::from(leg.quantity.abs())).sum();
        let slack = 2 * units * budgets.len() as i128 + before.price(reward) / 100 + before.margin / 100 + gross;
        prop_assert!((total(&forth) - total(&back)).abs() <= slack);
        for (one, other) in forth.iter().zip(back.iter().rev()) {
            prop_assert!((one.0 - other.0).abs() <= slack, "{one:?} {other:?}");
        }
    }

    /// INV-16, attack_risk_24: legs that are closed go at one price a unit, between the mark and the mark and the margin that
    /// they need by themselves; whatever goes bears its part of the deficit and no more.
    #[test]
    fn attack_options_4_closing_shares_the_deficit_at_one_price_a_unit(
        book in books_at(-500_000, 900_000), deficit in 0_u128..1 << 44, cuts in prop::collection::vec(1_i64..100, 8),
    ) {
        let at_mark = Closing::at_mark(&book.legs, &context()).unwrap();
        let closing = at_mark.clone().sharing(&book.legs, deficit);
        let reach = at_mark.reach(&book.legs) >> 32;
        prop_assert_eq!(closing.shared as i128, reach.min(deficit as i128));
        for leg in &book.legs {
            let mark = at_mark.proceeds_ceil(&[*leg]);
            let alone = health(&Book { cash: vec![], legs: vec![*leg] });
            prop_assert!((mark - alone.equity).abs() <= 2, "{mark} {alone:?}");
            let got = closing.proceeds_ceil(&[*leg]);
            prop_assert!((mark..=mark + alone.margin + 2).contains(&got), "{mark} {got} {alone:?}");
        }
        // Everybody who holds a part of each leg, and one who holds the rest.
        let part = |leg: &Leg, cut: i64| Leg { quantity: leg.quantity * cut / 100, ..*leg };
        let held: Vec<Leg> = book.legs.iter().zip(cuts).map(|(leg, cut)| part(leg, -cut)).collect();
        let first = other_side(&book.legs, &held);
        let moved = Book { cash: vec![], legs: first.clone() };
        let rest = rest_of(&book, &moved).legs;
        let given = closing.proceeds_ceil(&first) - at_mark.proceeds_ceil(&first);
        prop_assert!(given <= closing.shared as i128 + 1, "{given}");
        let sum = closing.proceeds_ceil(&first) + closing.proceeds_ceil(&rest);
        let exact = at_mark.proceeds_ceil(&book.legs) + closing.shared as i128;
        prop_assert!(exact <= sum + 1 && sum <= exact + 3, "{exact} {sum}");
    }

    /// INV-16: closed one after the other, with insurance paying its part of each, they pay what they would have paid at once,
    /// in any order, and the account ends with nothing.
    #[test]
    fn closing_in_pieces_is_closing_at_once(
        book in books_at(-2_000_000, -1), insured in 0_u32..=100, backwards: bool,
        cuts in prop::collection::vec((1_i64..50, 1_i64..50), 8),
    ) {
        let whole = Closing::at_mark(&book.legs, &context()).unwrap();
        let cash = health(&Book { legs: vec![], ..book.clone() }).equity;
        let missing = (-cash - whole.proceeds_ceil(&book.legs)).max(0) as u128;
        let insurance = missing * u128::from(insured) / 100;
        let at_once = whole.sharing(&book.legs, missing - insurance);
        // Three hold a part of each leg: two what the cuts say, the third the rest.
        let sizes = |leg: &Leg, (one, two): (i64, i64)| [leg.quantity * one / 100, leg.quantity * two / 100];
        let mut pieces: [Vec<Leg>; 3] = [vec![], vec![], vec![]];
        for (leg, cut) in book.legs.iter().zip(cuts) {
            let [one, two] = sizes(leg, cut);
            for (piece, quantity) in pieces.iter_mut().zip([one, two, leg.quantity - one - two]) {
                piece.extend((quantity != 0).then_some(Leg { quantity, ..*leg }));
            }
        }
        if backwards {
            pieces.reverse();
        }
        let (mut rest, mut cash, mut insurance) = (book, cash, insurance);
        rest.cash.clear();
        for piece in &pieces {
            let at_mark = Closing::at_mark(&rest.legs, &context()).unwrap();
            let missing = (-cash - at_mark.proceeds_ceil(&rest.legs)).max(0) as u128;
            let closing = at_mark.sharing(&rest.legs, missing.saturating_sub(insurance));
            let (paid, once) = (closing.proceeds_ceil(piece), at_once.proceeds_ceil(piece));
            prop_assert!((paid - once).abs() <= 3, "{paid} {once}");
            let all = closing.reach(&rest.legs);
            rest = rest_of(&rest, &Book { cash: vec![], legs: piece.clone() });
            let gone = (all - closing.reach(&rest.legs)) as u128;
            let part = umul_div_floor(insurance, gone, (all as u128).max(1)).unwrap();
            insurance -= part;
            cash += paid + part as i128;
        }
        prop_assert!(rest.legs.is_empty());
        let (left, beyond) = (cash + insurance as i128, missing - (missing * u128::from(insured) / 100));
        let debt = (beyond - at_once.shared) as i128;
        prop_assert!((left + debt).abs() <= 4, "{left} {debt}");
        prop_assert!(debt > 0 || left >= 0, "{left}");
    }

    /// What moved and what is left are the book, leg by leg and coin by coin.
    #[test]
    fn slices_conserve(book in books_at(-500_000, 1_000_000), share in 0_u128..=100) {
        let moved = slice(&book, Share::floor(share, 100));
        let mut again = merge(&moved, &rest_of(&book, &moved));
        let mut book = book;
        for made in [&mut again, &mut book] {
            made.cash.retain(|entry| entry.1 != 0);
            made.cash.sort_unstable();
            made.legs.sort_unstable();
        }
        prop_assert_eq!(again, book);
    }

    /// Marks by market add up to the equity of the legs, inverse ones through their coin.
    #[test]
    fn marks_add_up(legs in proptest::collection::vec(legs_of(ALL), 1..10)) {
        let legs = merge(&book(&[(0, 0)], &[]), &book(&[], &legs));
        let context = context();
        let marks = market_marks(&legs, &context).unwrap();
        let quote: i128 = marks
            .iter()
            .map(|(id, value)| {
                let coin = &context.coins[usize::from(market(*id).settle_coin)];
                let spot = context.underlying(market(*id).underlying).unwrap().state.spot.mid;
                quote_value(*value, coin, &context.coins[0], spot)
            })
            .sum();
        let gross: i128 = legs.legs.iter().map(|leg| i128::from(leg.quantity.abs())).sum();
        let equity = health(&legs).equity;
        // A base unit of the coin is worth 877 of the quote coin.
        prop_assert!((quote - equity).abs() <= 64 + 2 * gross + 877, "{quote} {equity}");
    }
}

/// A future of an inverse market is worth (F - K) / F coin a unit, at the middle spot price 87,654.25.
#[test]
fn marks_of_an_inverse_market_are_in_its_coin() {
    let held = book(&[], &[leg(INVERSE, 7, 80, Kind::Future, 10)]);
    let marks = market_marks(&held, &context()).unwrap();
    // F = 87,654.25 x 1.0007; 10 units of 0.01 BTC; 8 decimals.
    let forward = 87_654.25 * 1.0007;
    let expected = 10_000_000.0 * (forward - 80_000.0) / forward;
    assert_eq!(marks.len(), 1);
    assert!(
        (marks[0].1 as f64 - expected).abs() < 1_000.0,
        "{marks:?} {expected}"
    );
}

/// A quote coin of 12 decimals and units of one BTC, which listings allow, at this spot price.
fn finest(spot: u32) -> Context {
    let mut context = lognormals(&[(35, 0.15)]);
    context.coins[0].scale = 1_000_000_000_000;
    context.markets[0].multiplier = 1_000_000_000_000;
    context.markets[0].tick_value = 1_000_000_000_000;
    let price = Fx::from_num(spot);
    let state = &mut context.underlyings[0].state;
    (state.spot.low, state.spot.mid, state.spot.high) = (price, price, price);
    state.slow = price;
    state.expiries[0].forward = price;
    context
}

/// A unit is worth up to 2^59 base units here, and 2^20 of it more than any margin counts.
#[test]
fn a_unit_of_the_largest_permitted_value_is_closed_at_its_mark() {
    for spot in [400_000_u32, 100_000] {
        let context = finest(spot);
        let calls = [(Kind::Call, 90, -2), (Kind::Call, spot / 1_000, -1)];
        for (kind, strike, quantity) in calls.into_iter().chain([(Kind::Future, 300, 1)]) {
            let key = SeriesKey {
                market: LINEAR,
                expiry: expiry(35),
                strike,
                kind,
            };
            let legs = vec![Leg { key, quantity }];
            let closing = Closing::at_mark(&legs, &context).unwrap();
            let closes_at = (closing.proceeds_ceil(&legs), closing.reach(&legs) >> 32);
            let book = Book { cash: vec![], legs };
            let found = assess(&book, &context, Level::Maintenance).unwrap();
            let near = |a: i128, b: i128| (a - b).abs() <= found.margin / 1_000 + 2;
            let holds = near(closes_at.0, found.equity) && near(closes_at.1, found.margin);
            assert!(
                holds,
                "{kind:?} {strike} at {spot}: {closes_at:?}, {found:?}"
            );
        }
    }
}
