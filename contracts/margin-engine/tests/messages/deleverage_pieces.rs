//! Deleveraging in pieces: several messages, in any order, close an account at the prices of one.

use proptest::prelude::*;
use protocol_api::engine::*;

use crate::common::liquidation::*;
use crate::common::*;

const SIDES: [u64; 3] = [2, 4, 5];

/// What account 1 sold and bought: series, from whose side, units, price in ticks.
type Trades = [(u64, &'static str, i64, i64)];

/// Account 1 after these trades, its market insured; an hour later the spot price stands at `spot`, total vol at `vol` per
/// mille.
fn book(trades: &Trades, fund: u128, (spot, vol): (u64, u64)) -> World {
    let mut world = World::liquidatable();
    for (side, series, units, price) in trades {
        let [seller, buyer] = if *series == FAR_CALL {
            [*side, 1]
        } else {
            [1, *side]
        };
        world
            .trade(seller, buyer, &[(*series, *units, *price)])
            .unwrap();
    }
    if fund > 0 {
        world.insure("BTC_USDC", fund);
    }
    world.advance(3_600);
    for (_, total_vol) in &mut world.market.expiries {
        *total_vol = vol;
    }
    world.set_spot(spot);
    world
}

/// Units that account 1 still holds or owes.
fn left(world: &World) -> i128 {
    let units = |series| i128::from(world.quantity(1, series)).abs();
    units(CALL) + units(PUT) + units(FAR_CALL)
}

/// Closes the account against these, message by message; what each of 2, 4 and 5 paid in all.
fn close(world: &mut World, messages: &[&[u64]]) -> [i128; 3] {
    let mut paid = [0; 3];
    for named in messages {
        let order = DeleverageOrder {
            account: 1,
            auction: begun(world.now(), 3_600).unwrap(),
            end_after: 3_600,
            counterparties: named.to_vec(),
        };
        // Nothing is missing, or nothing is left that could bear it.
        if world.health_of(1).0 >= 0 || left(world) == 0 {
            break;
        }
        for one in world.deleverage(order).unwrap().counterparties {
            let place = SIDES.iter().position(|id| *id == one.account).unwrap();
            paid[place] += one.paid.map_or(0, |paid| paid.i128());
        }
    }
    paid
}

/// Account 1 wrote a strangle, and a leap in vol leaves it with -47,976.07 USD.
fn strangle(fund: u128) -> World {
    let trades = [(2, CALL, 300, 520), (5, CALL, 100, 520), (4, PUT, 380, 200)];
    book(&trades, fund, (95_000, 700))
}

#[test]
fn spec_example_several_messages_pay_what_one_pays() {
    let orders: [&[&[u64]]; 4] = [
        &[&[4], &[2], &[5]],
        &[&[5], &[4], &[2]],
        &[&[4, 5], &[2]],
        &[&[5, 4], &[2]],
    ];
    for (fund, exact) in [
        (0, [49_990_572_749, 47_475_703_000, 16_663_524_249]),
        (
            100_000_000_000,
            [52_362_742_315, 49_312_810_245, 17_454_247_438],
        ),
    ] {
        let mut world = strangle(fund);
        assert_eq!(world.health_of(1).0, -47_976_072_636);
        let once = close(&mut world, &[&[2, 5, 4]]);
        assert_eq!(once.map(|paid| -paid), exact);
        // A twentieth of the fund, once, less what rounding gained.
        let insured = |world: &World| fund - world.insurance("BTC_USDC").balance.u128();
        assert!(insured(&world).abs_diff(fund / 20) <= 3 && world.cash(1, USD) <= 3);
        for messages in orders {
            let mut world = strangle(fund);
            let paid = close(&mut world, messages);
            for (one, other) in once.into_iter().zip(paid) {
                assert!((one - other).abs() <= 2, "{once:?} {paid:?} {messages:?}");
            }
            assert_eq!(world.quantity(1, CALL) + world.quantity(1, PUT), 0);
            assert!(insured(&world).abs_diff(fund / 20) <= 3);
        }
    }
}

/// Whoever is closed in a later hour, in which a richer fund may pay more, pays what the first one paid.
#[test]
fn attack_insurance_is_asked_once_a_deficit() {
    let mut once = strangle(100_000_000_000);
    let exact = close(&mut once, &[&[2, 4, 5]]);
    let mut world = strangle(100_000_000_000);
    let first = close(&mut world, &[&[4]]);
    world.insure("BTC_USDC", 900_000_000_000);
    let paid = |world: &World| 1_000_000_000_000 - world.insurance("BTC_USDC").balance.u128();
    assert!((1..4_999_999_000).contains(&paid(&world)), "its part alone");
    // Prices stand: no time passes in them, the hour of the fund turns.
    let wait = 3_600 - world.now() % 3_600;
    world.advance(wait);
    world.publish();
    let rest = close(&mut world, &[&[2, 5]]);
    assert!(
        paid(&world).abs_diff(5_000_000_000) <= 3,
        "{}",
        paid(&world)
    );
    for place in [0, 1, 2] {
        let (one, other) = (exact[place], first[place] + rest[place]);
        // A vol decays: an hour less is worth a little.
        assert!((one - other).abs() * 500 <= one.abs(), "{one} {other}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    /// INV-16: written and bought legs on either side of the market, a fund, any order, any messages: whoever is closed pays
    /// what he pays in one message, to a base unit for each who was closed before and two, and so does insurance.
    #[test]
    fn any_order_in_any_messages_pays_the_same(
        calls in (1_i64..300, 1_i64..150), puts in 1_i64..400, bought in (0_usize..3, 1_i64..80), fund in 0_u128..400_000_000_000,
        spot in 70_000_u64..140_000, vol in 300_u64..900, order in Just(SIDES.to_vec()).prop_shuffle(), cut in 1_usize..4,
    ) {
        let trades = [
            (2, CALL, calls.0, 520),
            (5, CALL, calls.1, 520),
            (4, PUT, puts, 200),
            (SIDES[bought.0], FAR_CALL, bought.1, 200),
        ];
        let start = || book(&trades, fund, (spot, vol));
        let (mut once, mut apart) = (start(), start());
        prop_assume!(once.health_of(1).0 < -1_000_000);
        let asked = once.insurance("BTC_USDC").balance.u128();
        let messages: Vec<&[u64]> = order.chunks(cut).collect();
        // Who was passed over may go once others have gone.
        let all: &[u64] = &SIDES;
        let in_one = close(&mut once, &[all, all, all]);
        let in_parts = close(&mut apart, &messages.repeat(3));
        for (place, id) in SIDES.into_iter().enumerate() {
            let legs = |world: &World| [CALL, PUT, FAR_CALL].map(|series| world.quantity(id, series));
            if legs(&once) == legs(&apart) {
                let (one, other) = (in_one[place], in_parts[place]);
                prop_assert!((one - other).abs() <= 5, "{id}: {in_one:?} {in_parts:?} {messages:?}");
            }
        }
        if left(&once) + left(&apart) == 0 {
            let insured = |world: &World| asked - world.insurance("BTC_USDC").balance.u128();
            prop_assert!(insured(&once).abs_diff(insured(&apart)) <= 5);
            prop_assert!((once.cash(1, USD) - apart.cash(1, USD)).abs() <= 5);
            prop_assert!(insured(&once) <= asked / 20);
        }
    }
}
