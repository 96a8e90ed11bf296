//! Deleverage: an account that nobody took is closed against those who hold the other sides.

use proptest::prelude::*;
use protocol_api::engine::*;

use crate::common::liquidation::*;
use crate::common::*;

/// Account 1 short 400 calls (4 BTC): 200 of 2, 120 of 4, 80 of 5; an hour later the spot price stands at `spot`.
fn crowd(spot: u64) -> World {
    let mut world = World::liquidatable();
    for (buyer, units) in [(2, 200), (4, 120), (5, 80)] {
        world.trade(1, buyer, &[(CALL, units, 520)]).unwrap();
    }
    world.advance(3_600);
    world.set_spot(spot);
    world
}

fn against(world: &World, counterparties: &[u64]) -> DeleverageOrder {
    DeleverageOrder {
        account: 1,
        auction: begun(world.now(), 3_600).unwrap(),
        end_after: 3_600,
        counterparties: counterparties.to_vec(),
    }
}

impl World {
    pub fn deleverage(&mut self, order: DeleverageOrder) -> Result<DeleverageData, String> {
        let sender = self.liquidator();
        let query = QueryMsg::PreviewDeleverage {
            order: order.clone(),
        };
        let preview: Result<DeleverageData, _> =
            self.app.wrap().query_wasm_smart(&self.engine, &query);
        let done = self.send(&sender, ExecuteMsg::Deleverage(order), &[]);
        let done: Result<DeleverageData, String> =
            done.map(|response| cosmwasm_std::from_json(response.data.unwrap()).unwrap());
        // A preview is the very same function.
        assert_eq!(done.clone().ok(), preview.ok());
        done
    }

    /// The value at mark of an account's calls, quote base units.
    fn mark(&self, account: u64) -> i128 {
        let legs = self.health(account).legs;
        let call = legs.iter().find(|leg| leg.series == CALL);
        call.map_or(0, |leg| leg.mark.i128())
    }

    fn series_open(&self) -> u64 {
        let series = CALL.into();
        let found: SeriesResponse = self.query(&QueryMsg::Series { series });
        found.open_interest.u64()
    }
}

fn who(data: &DeleverageData) -> Vec<u64> {
    data.counterparties.iter().map(|c| c.account).collect()
}

fn paid(data: &DeleverageData) -> Vec<i128> {
    let paid = |c: &Counterparty| c.paid.map_or(0, |paid| paid.i128());
    data.counterparties.iter().map(paid).collect()
}

#[test]
fn an_insolvent_account_is_closed_and_those_who_gained_share_its_deficit() {
    let mut world = crowd(131_000);
    let (deficit, marks) = (-world.equity(1), [2, 4, 5].map(|id| world.mark(id)));
    assert!(deficit > 0);
    let before = [2, 4, 5].map(|id| world.cash(id, USD));
    let done = world.deleverage(against(&world, &[5, 2, 4])).unwrap();
    assert_eq!(
        (done.before, done.after),
        (Standing::Insolvent, Standing::Healthy)
    );
    assert_eq!(who(&done), [2, 4, 5], "the largest profit first");
    let closed = done.counterparties.iter().map(|found| &found.closed);
    let closed: Vec<(&str, i64)> = closed
        .flatten()
        .map(|leg| (leg.series.as_str(), leg.quantity.i64()))
        .collect();
    assert_eq!(closed, [(CALL, -200), (CALL, -120), (CALL, -80)]);
    // Each gets the mark of his units less his part of the deficit: 200, 120 and 80 of 400.
    let shared = done.shared.u128() as i128;
    assert!((shared - deficit).abs() <= 2, "{shared} {deficit}");
    for (place, part) in [200, 120, 80].into_iter().enumerate() {
        let got = -paid(&done)[place];
        let exact = marks[place] - shared * part / 400;
        assert!((got - exact).abs() <= 3, "{got} {exact}");
        assert_eq!(world.cash([2, 4, 5][place], USD) - before[place], got);
    }
    // It ends with nothing, to a unit a counterparty, and nobody has a leg more.
    assert!((0..=3).contains(&world.cash(1, USD)));
    assert_eq!([1, 2, 4, 5].map(|id| world.quantity(id, CALL)), [0; 4]);
    assert_eq!(world.series_open(), 0);
    assert_eq!(world.insurance("BTC_USDC").shortfall.u128(), 0);
}

#[test]
fn a_solvent_account_is_closed_at_mark_and_only_as_long_as_it_needs() {
    let mut world = crowd(112_000);
    let (equity, margin) = world.health_of(1);
    assert!(0 < equity && equity < margin);
    let owned = [2, 4, 5].map(|id| world.equity(id));
    let done = world.deleverage(against(&world, &[2, 4, 5])).unwrap();
    assert_eq!((done.shared.u128(), done.insured.u128()), (0, 0));
    assert_eq!(done.after, Standing::Healthy);
    // Half of it is enough: who comes later keeps what he has.
    let given: Vec<bool> = done
        .counterparties
        .iter()
        .map(|c| c.paid.is_some())
        .collect();
    assert_eq!(given, [true, false, false]);
    assert_eq!(
        [1, 2, 4, 5].map(|id| world.quantity(id, CALL)),
        [-200, 0, 120, 80]
    );
    // Nobody gained or lost by it.
    for (id, owned) in [2, 4, 5].into_iter().zip(owned) {
        assert!((world.equity(id) - owned).abs() <= 2);
    }
    assert!((world.equity(1) - equity).abs() <= 2);
    assert!(world.may_open(1));
}

#[test]
fn what_insurance_may_pay_counterparties_do_not() {
    let mut world = World::liquidatable();
    for (buyer, units) in [(2, 200), (4, 200)] {
        world.trade(1, buyer, &[(CALL, units, 520)]).unwrap();
    }
    world.insure("BTC_USDC", 20_000_000_000);
    world.advance(3_600);
    world.set_spot(131_000);
    let deficit = -world.equity(1);
    // A twentieth of 20,000 is paid by the fund in one message.
    let mut half = world.deleverage(against(&world, &[4])).unwrap();
    let shared = half.shared.u128() as i128;
    assert!(
        (deficit - 1_000_000_000 - shared).abs() <= 2,
        "{deficit} {shared}"
    );
    assert_eq!(who(&half), [4]);
    assert_eq!(world.quantity(1, CALL), -200);
    // With half of the margin half of what insurance may pay.
    let insured = half.insured.u128();
    assert!((495_000_000..=505_000_000).contains(&insured), "{insured}");
    assert_eq!(half.after, Standing::Insolvent);
    assert_eq!(
        world.insurance("BTC_USDC").shortfall.u128() as i128,
        -world.equity(1)
    );
    half = world.deleverage(against(&world, &[2])).unwrap();
    assert_eq!(half.after, Standing::Healthy);
    assert!(
        (0..=2).contains(&world.cash(1, USD)),
        "{}",
        world.cash(1, USD)
    );
    let balance = world.insurance("BTC_USDC").balance.u128();
    assert!(balance >= 18_000_000_000, "{balance}");
}

#[test]
fn a_deficit_beyond_what_legs_may_bear_stays_a_debt() {
    let mut world = crowd(200_000);
    let values = world.health(1).legs;
    let reach: i128 = values
        .iter()
        .map(|leg| leg.mark.i128() - leg.worst.i128())
        .sum();
    let deficit = -world.equity(1);
    assert!(0 < reach && reach < deficit, "{reach} {deficit}");
    let done = world.deleverage(against(&world, &[2, 4, 5])).unwrap();
    assert!((done.shared.u128() as i128 - reach).abs() <= 1);
    assert_eq!(
        (done.after, world.quantity(1, CALL)),
        (Standing::Insolvent, 0)
    );
    assert!((world.cash(1, USD) + deficit - reach).abs() <= 3);
    let shortfall = world.insurance("BTC_USDC").shortfall.u128() as i128;
    assert_eq!(shortfall, -world.cash(1, USD));
}

#[test]
fn the_rung_opens_when_the_schedule_has_ended_and_prices_allow_a_sale() {
    let code = "E_ENGINE_NO_DELEVERAGE";
    let refused = |world: &mut World, order: DeleverageOrder, code: &str| {
        let error = world.deleverage(order).unwrap_err();
        assert!(error.contains(code), "{error}");
    };
    let mut world = crowd(131_000);
    let young = DeleverageOrder {
        auction: begun(world.now(), 3_599).unwrap(),
        ..against(&world, &[2])
    };
    refused(&mut world, young, code);
    // A gap in prices starts the clock anew.
    world.market.live_since = world.now() - 100;
    world.publish();
    let order = against(&world, &[2]);
    refused(&mut world, order, code);
    let mut world = crowd(131_000);
    world.silence();
    let order = against(&world, &[2]);
    refused(&mut world, order, "E_ENGINE_NO_PRICE");
    let mut world = crowd(95_000);
    let order = against(&world, &[2]);
    refused(&mut world, order, code);
    let mut world = crowd(131_000);
    for list in [vec![2, 2], (10..27).collect()] {
        let order = against(&world, &list);
        refused(&mut world, order, "E_ENGINE_LIST");
    }
    let order = against(&world, &[2, 99]);
    refused(&mut world, order, "E_ENGINE_NO_ACCOUNT");
    // Nobody who holds the other side: nothing moves, the deficit is on record.
    let done = world.deleverage(against(&world, &[1, 3])).unwrap();
    assert!(done.counterparties.is_empty());
    assert_eq!(world.quantity(1, CALL), -400);
    assert!(world.insurance("BTC_USDC").shortfall.u128() > 0);
}

#[test]
fn attack_risk_30_a_matched_spread_goes_last_and_nobody_falls_below_maintenance() {
    let mut world = World::liquidatable();
    world.trade(1, 2, &[(CALL, 100, 520)]).unwrap();
    world.trade(1, 4, &[(CALL, 300, 520)]).unwrap();
    // 4 has sold a farther call against his own, and some more: covered he is not.
    world.trade(4, 5, &[(FAR_CALL, 320, 100)]).unwrap();
    world.advance(3_600);
    world.set_spot(131_000);
    let done = world.deleverage(against(&world, &[4, 2])).unwrap();
    // 4 gained more, but his margin would rise without his calls.
    assert_eq!(who(&done), [2, 4]);
    assert!(done.counterparties[0].profit < done.counterparties[1].profit);
    assert_eq!(
        [false, true],
        [0, 1].map(|place: usize| done.counterparties[place].spread)
    );
    let (equity, margin) = world.health_of(4);
    assert!(equity >= margin);
    // One whom it would leave below maintenance is left alone, and so is who would no longer be covered.
    let alone = |extra: u128, far: i64| {
        let mut world = World::liquidatable();
        world.trade(1, 2, &[(CALL, 100, 520)]).unwrap();
        world.trade(1, 5, &[(CALL, 300, 520)]).unwrap();
        world.trade(5, 2, &[(FAR_CALL, far, 100)]).unwrap();
        let spare = world.cash(5, USD) as u128 - extra;
        world.withdraw(5, spare, USD).unwrap();
        world.advance(3_600);
        world.set_spot(131_000);
        let (equity, margin) = world.health_of(5);
        assert!(equity >= margin);
        let done = world.deleverage(against(&world, &[5, 2])).unwrap();
        let (left, rest) = world.health_of(5);
        assert!(left >= rest, "{left} {rest}");
        (who(&done), world.quantity(5, CALL))
    };
    assert_eq!(alone(900_000_000_000, 300), (vec![2], 300), "covered");
    assert_eq!(alone(8_000_000_000, 320), (vec![2], 300), "at the edge");
}

#[test]
fn nobody_is_made_to_owe_what_he_has_only_in_other_coins() {
    let mut world = World::liquidatable();
    let alice = world.alice.clone();
    let venues = vec![world.venue.to_string()];
    world.ok(&alice, ExecuteMsg::CreateAccount { venues });
    world.deposit(6, 100_000_000, BTC);
    world.trade(1, 2, &[(CALL, 400, 520)]).unwrap();
    world.trade(6, 1, &[(PUT, 10, 200)]).unwrap();
    let premium = world.cash(6, USD) as u128;
    world.withdraw(6, premium, USD).unwrap();
    world.advance(3_600);
    world.set_spot(131_000);
    // His ten puts cost little to be rid of, and he has a bitcoin, but not a dollar.
    let done = world.deleverage(against(&world, &[6, 2])).unwrap();
    assert_eq!((who(&done), world.cash(6, USD)), (vec![2], 0));
    assert_eq!(world.quantity(6, PUT), -10);
    world.deposit(6, 1_000_000_000, USD);
    let done = world.deleverage(against(&world, &[6, 2])).unwrap();
    assert!(paid(&done)[0] > 0, "{done:?}");
    assert_eq!((who(&done), world.quantity(6, PUT)), (vec![6], 0));
}

#[test]
fn attack_risk_24_no_price_is_beyond_the_worst_pricing_whatever_traded() {
    let unit = |world: &mut World| {
        let legs = world.health(1).legs;
        let (mark, worst) = (legs[0].mark.i128(), legs[0].worst.i128());
        let done = world.deleverage(against(world, &[2, 4, 5])).unwrap();
        let got = -paid(&done).iter().sum::<i128>();
        // Its calls are worth -mark to those who hold them: they get at least that less what the worst pricing adds.
        assert!(
            got <= -mark && got >= -(mark + (mark - worst)) - 3,
            "{got} {mark} {worst}"
        );
        paid(&done)
    };
    let calm = unit(&mut crowd(131_000));
    // An absurd fill between two others changes no price.
    let mut world = crowd(131_000);
    world.trade(5, 4, &[(FAR_CALL, 1, 20_000)]).unwrap();
    assert_eq!(unit(&mut world)[0], calm[0]);
    unit(&mut crowd(200_000));
}

#[test]
fn attack_options_4_and_35_order_and_pieces_pay_the_same_a_unit_and_choose_no_victim() {
    let orders = [[2, 4, 5], [5, 4, 2], [4, 2, 5]];
    let runs = orders.map(|order| {
        let mut world = crowd(131_000);
        let done = world.deleverage(against(&world, &order)).unwrap();
        (done, world.dump())
    });
    assert_eq!(runs[0], runs[1]);
    assert_eq!(runs[0], runs[2]);
    // One after the other, each in a message of his own: a unit of money apart.
    let mut world = crowd(131_000);
    for (place, id) in [(2, 5), (0, 2), (1, 4)] {
        let done = world.deleverage(against(&world, &[id])).unwrap();
        let (piece, whole) = (paid(&done)[0], paid(&runs[0].0)[place]);
        assert!((piece - whole).abs() <= 4, "{id}: {piece} {whole}");
    }
    assert!((0..=4).contains(&world.cash(1, USD)));
}

#[test]
fn the_profit_of_what_is_closed_goes_along_at_mark() {
    let mut world = crowd(131_000);
    let realised = |world: &World, account| {
        let found: AccountResponse = world.query(&QueryMsg::Account { account });
        found.profits.first().map_or(0, |sum| sum.realized.i128())
    };
    let all = |world: &World| {
        [1, 2, 4, 5]
            .map(|id| realised(world, id))
            .iter()
            .sum::<i128>()
    };
    let (before, mine) = (all(&world), realised(&world, 2));
    let mark = world.mark(2);
    world.deleverage(against(&world, &[2, 4, 5])).unwrap();
    assert_eq!(all(&world), before);
    assert!((realised(&world, 2) - mine - mark).abs() <= 1);
}

/// Account 6 short a BTC of futures that 2 bought, long as many calls that 4 sold and short puts of the same strike that 5 bought:
/// each leg hedges the others. It gets 10,000 USD for what it owes at the expiry, discounted by a tenth then and not at all now:
/// 1,000 USD are lost of the 500 that it has.
fn reversal() -> World {
    let mut world = World::liquidatable();
    let alice = world.alice.clone();
    let venues = vec![world.venue.to_string()];
    world.ok(&alice, ExecuteMsg::CreateAccount { venues });
    world.list(&[STRIKE_PUT]);
    world.deposit(6, 100_000_000_000, USD);
    world.market.discount_deficit = u32::MAX / 10;
    world.publish();
    world.trade(6, 2, &[(FUTURE, 100, 20_000)]).unwrap();
    world.trade(6, 4, &[(CALL, -100, 520)]).unwrap();
    world.trade(6, 5, &[(STRIKE_PUT, 100, 520)]).unwrap();
    let spare = world.cash(6, USD) as u128 - 9_500_000_000;
    world.withdraw(6, spare, USD).unwrap();
    world.advance(3_600);
    world.set_spot(110_000);
    world
}

const STRIKE_PUT: &str = "BTC_USDC-25DEC26-100000-P";

fn of_hedges(world: &World, counterparties: &[u64]) -> DeleverageOrder {
    DeleverageOrder {
        account: 6,
        ..against(world, counterparties)
    }
}

#[test]
fn an_insolvent_account_of_hedges_alone_is_closed_to_the_last_leg() {
    let mut world = reversal();
    let (equity, _) = world.health_of(6);
    assert!((-501_000_000..=-499_000_000).contains(&equity), "{equity}");
    let order = of_hedges(&world, &[5, 2, 4]);
    let done = world.deleverage(order).unwrap();
    for one in &done.counterparties {
        assert!(one.unhedges && !one.dust && one.paid.is_some(), "{one:?}");
    }
    let ended = (done.counterparties.len(), done.after);
    assert_eq!(ended, (3, Standing::Healthy));
    let left = [FUTURE, CALL, STRIKE_PUT].map(|series| world.quantity(6, series));
    assert_eq!(left, [0; 3]);
    assert!((done.shared.u128() as i128 + equity).abs() <= 2);
    assert!((0..=4).contains(&world.cash(6, USD)));
}

#[test]
fn who_takes_a_hedge_away_is_closed_only_where_nobody_else_is() {
    // One side alone: the hedge goes, and what is left goes without it.
    let mut world = reversal();
    let (_, hedged) = world.health_of(6);
    let order = of_hedges(&world, &[2]);
    assert_eq!(who(&world.deleverage(order).unwrap()), [2]);
    let (_, naked) = world.health_of(6);
    assert!(naked > hedged, "{naked} {hedged}");
    let order = of_hedges(&world, &[4, 5]);
    let rest = world.deleverage(order).unwrap();
    let ended = (rest.counterparties.len(), rest.after);
    assert_eq!(ended, (2, Standing::Healthy));
    // Who holds the other side of a leg that hedges nothing goes before them; they stay for the next message.
    let mut world = reversal();
    world.deposit(6, 100_000_000_000, USD);
    world.trade(6, 5, &[(FAR_CALL, 400, 800)]).unwrap();
    world.set_spot(170_000);
    let order = of_hedges(&world, &[4, 5]);
    let first = world.deleverage(order).unwrap();
    assert_eq!(who(&first), [5, 4]);
    assert_eq!(
        [0, 1].map(|place: usize| (
            first.counterparties[place].unhedges,
            first.counterparties[place].paid.is_some()
        )),
        [(false, true), (true, false)]
    );
}

#[test]
fn attack_options_35_units_fill_no_seats_before_those_who_can_close_more() {
    let mut world = World::liquidatable();
    for (buyer, units) in [(2, 320), (4, 9), (5, 311)] {
        world.trade(1, buyer, &[(CALL, units, 520)]).unwrap();
    }
    // 4 gains most of all in this market, by other calls.
    world.trade(5, 4, &[(FAR_CALL, 900, 100)]).unwrap();
    world.advance(3_600);
    world.set_spot(131_000);
    let done = world.deleverage(against(&world, &[4, 2, 5])).unwrap();
    let dust: Vec<bool> = done.counterparties.iter().map(|one| one.dust).collect();
    assert_eq!(
        (who(&done).last(), &dust[..]),
        (Some(&4), &[false, false, true][..])
    );
    let profit = |place: usize| done.counterparties[place].profit;
    assert!(profit(2) > profit(0) && profit(2) > profit(1));
    assert_eq!(done.after, Standing::Healthy);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, max_global_rejects: 400, ..ProptestConfig::default() })]

    /// Whatever the book and the price, deleveraging is an answer, the ledger balances (audited after every message), nobody
    /// gets a leg or falls below maintenance, a solvent account's margin does not rise and equity falls by rounding alone.
    #[test]
    fn attack_options_10_no_book_makes_deleveraging_fail(
        calls in 1_i64..9, puts in 1_i64..9, futures in -9_i64..9, coins in 0_u128..1_000_000,
        spot in 40_000_u64..260_000, split in 0_i64..9, fund in 1_u128..20_000_000_000,
    ) {
        let mut world = World::liquidatable();
        let alice = world.alice.clone();
        let venues = vec![world.venue.to_string()];
        world.ok(&alice, ExecuteMsg::CreateAccount { venues });
        world.deposit(6, 20_000_000_000, USD);
        if coins > 0 {
            world.deposit(6, coins, BTC);
        }
        let mut legs = vec![(CALL, -calls, 520), (PUT, -puts, 200), (FAR_CALL, calls, 100)];
        if futures != 0 {
            legs.push((FUTURE, futures, 18_000));
        }
        world.trade(6, 2, &legs).unwrap();
        world.trade(2, 6, &[(COIN_CALL, 1, 10)]).unwrap();
        if split > 0 {
            world.trade(4, 2, &[(CALL, split.min(calls), 520)]).unwrap();
        }
        world.insure("BTC_USDC", fund);
        let held = world.health(6).initial_surplus.unwrap().i128().max(0) as u128;
        let _ = world.withdraw(6, held.min(world.cash(6, USD).max(0) as u128), USD);
        world.advance(3_600);
        world.set_spot(spot);
        let (equity, margin) = world.health_of(6);
        prop_assume!(equity < margin);
        let legs_of = |world: &World, id| -> Vec<LegView> {
            world.query::<AccountResponse>(&QueryMsg::Account { account: id }).legs
        };
        let before = [2, 4].map(|id| legs_of(&world, id));
        let order = DeleverageOrder { account: 6, ..against(&world, &[2, 4]) };
        world.deleverage(order).unwrap();
        let (left, rest) = world.health_of(6);
        // A hedge may go where all legs do.
        prop_assert!((rest <= margin || equity < 0) && left >= equity.min(0) - 20, "{equity} {left}");
        for (id, before) in [2, 4].into_iter().zip(before) {
            for leg in legs_of(&world, id) {
                let was = before.iter().find(|was| was.series == leg.series).unwrap();
                prop_assert!(was.quantity.i64().abs() >= leg.quantity.i64().abs());
                prop_assert_eq!(was.quantity.i64().signum(), leg.quantity.i64().signum());
            }
            let (equity, margin) = world.health_of(id);
            prop_assert!(equity >= margin);
        }
    }
}
