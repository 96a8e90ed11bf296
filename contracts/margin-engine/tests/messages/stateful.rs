//! Random lives of four accounts against a reference model written from docs/spec/ledger.md alone: plain maps, dollars and
//! whole numbers, no code of the engine or its libraries. After every step the store is audited, and cash, legs
//! and the covered verdict of every account equal the model's.
//!
//! `PROPTEST_CASES=1700 cargo test -p margin-engine --test messages stateful` sends 10^5 messages, and counts them.

use std::collections::BTreeMap;

use cosmwasm_std::coin;
use proptest::prelude::*;
use proptest::test_runner::TestRunner;
use protocol_api::engine::*;

use crate::common::*;

#[derive(Clone, Copy, Debug, PartialEq)]
enum Pay {
    Call(i128),
    Put(i128),
    Above(i128),
    Forward(i128),
}

/// Name, expiry, payoff, settles in the coin.
const SERIES: [(&str, u32, Pay, bool); 8] = [
    (CALL, DEC, Pay::Call(100_000), false),
    (PUT, DEC, Pay::Put(80_000), false),
    (FAR_CALL, DEC, Pay::Call(120_000), false),
    (NOV_CALL, NOV, Pay::Call(100_000), false),
    (FUTURE, DEC, Pay::Forward(90_000), false),
    ("BTC_USDC-27NOV26-95000-DC", NOV, Pay::Above(95_000), false),
    (COIN_CALL, DEC, Pay::Call(100_000), true),
    (COIN_PUT, DEC, Pay::Put(80_000), true),
];

fn ceil(a: i128, b: i128) -> i128 {
    (a + b - 1).div_euclid(b)
}

/// Base units per quantity unit at a settlement price in whole dollars.
fn payoff(pay: Pay, in_coin: bool, price: i128) -> i128 {
    if in_coin {
        return match pay {
            Pay::Call(k) => (1_000_000 - ceil(1_000_000 * k, price)).max(0),
            Pay::Put(k) => (ceil(1_000_000 * k, price) - 1_000_000).max(0),
            Pay::Above(_) | Pay::Forward(_) => unreachable!(),
        };
    }
    10_000
        * match pay {
            Pay::Call(k) => (price - k).max(0),
            Pay::Put(k) => (k - price).max(0),
            Pay::Above(k) => {
                if price >= k {
                    1_000
                } else {
                    0
                }
            }
            Pay::Forward(k) => price - k,
        }
}

#[derive(Clone, Debug)]
enum Step {
    Deposit {
        account: usize,
        in_coin: bool,
        amount: u32,
    },
    Withdraw {
        account: usize,
        in_coin: bool,
        percent: u8,
    },
    Trade {
        maker: usize,
        taker: usize,
        legs: Vec<(usize, i64, u16)>,
    },
    /// The taker gives back a leg, the first from this place on, mostly for nothing.
    Close {
        maker: usize,
        taker: usize,
        place: usize,
        price: u16,
    },
    Publish {
        spot: u32,
    },
    Silence,
    Advance {
        hours: u8,
    },
    /// Which of the two expiries, if they have passed.
    Fix {
        price: u32,
        nov: bool,
        dec: bool,
    },
    Settle {
        account: usize,
    },
}

fn account() -> std::ops::Range<usize> {
    0..4
}

fn deposit() -> impl Strategy<Value = Step> {
    (account(), any::<bool>(), 1_u32..2_000_000_000).prop_map(|(account, in_coin, amount)| {
        Step::Deposit {
            account,
            in_coin,
            amount,
        }
    })
}

fn take_out() -> impl Strategy<Value = Step> {
    (account(), any::<bool>(), 1_u8..=100).prop_map(|(account, in_coin, percent)| Step::Withdraw {
        account,
        in_coin,
        percent,
    })
}

fn close() -> impl Strategy<Value = Step> {
    let price = prop_oneof![2 => Just(0), 1 => 0_u16..1_500];
    (account(), 1_usize..4, 0_usize..8, price).prop_map(|(maker, away, place, price)| Step::Close {
        maker,
        taker: (maker + away) % 4,
        place,
        price,
    })
}

fn publish() -> impl Strategy<Value = Step> {
    (60_000_u32..140_000).prop_map(|spot| Step::Publish { spot })
}

fn fix() -> impl Strategy<Value = Step> {
    (60_000_u32..140_000, any::<bool>(), any::<bool>()).prop_map(|(price, nov, dec)| Step::Fix {
        price,
        nov,
        dec,
    })
}

fn settle() -> impl Strategy<Value = Step> {
    account().prop_map(|account| Step::Settle { account })
}

/// What happens after the last expiry, while prices become final in any order.
fn ending() -> impl Strategy<Value = Step> {
    prop_oneof![1 => deposit(), 2 => take_out(), 1 => publish(), 3 => fix(), 2 => settle()]
}

fn step() -> impl Strategy<Value = Step> {
    // Mostly series of one coin, and taker other than maker.
    let series = prop_oneof![6 => 0_usize..6, 1 => 0_usize..8];
    let dollars = prop::collection::btree_map(series, (-200_i64..200, 0_u16..1_500), 1..5);
    let coins = prop::collection::btree_map(6_usize..8, (-200_i64..200, 0_u16..150), 1..3);
    let legs = prop_oneof![3 => dollars, 1 => coins]
        .prop_map(|map| map.into_iter().map(|(s, (q, p))| (s, q, p)).collect());
    let other = prop_oneof![9 => 1_usize..4, 1 => Just(0)];
    prop_oneof![
        2 => deposit(),
        2 => take_out(),
        8 => (account(), other, legs)
            .prop_map(|(maker, away, legs)| Step::Trade { maker, taker: (maker + away) % 4, legs }),
        3 => close(),
        2 => publish(),
        1 => Just(Step::Silence),
        1 => (1_u8..30).prop_map(|hours| Step::Advance { hours }),
        1 => fix(),
        1 => settle(),
    ]
}

#[derive(Clone, Debug, Default)]
struct Holder {
    usd: i128,
    coin: i128,
    legs: BTreeMap<usize, i64>,
}

impl Holder {
    fn cash(&mut self, in_coin: bool) -> &mut i128 {
        if in_coin {
            &mut self.coin
        } else {
            &mut self.usd
        }
    }

    /// Legs and cash beyond those of another time.
    fn since(&self, before: &Self) -> Self {
        let mut legs = self.legs.clone();
        for (series, held) in &before.legs {
            *legs.entry(*series).or_default() -= held;
        }
        legs.retain(|_, quantity| *quantity != 0);
        Self {
            usd: self.usd - before.usd,
            coin: self.coin - before.coin,
            legs,
        }
    }

    /// No leg has grown, flipped or appeared.
    fn only_shrank(&self, before: &Self) -> bool {
        self.legs.iter().all(|(series, is)| {
            let was = before.legs.get(series).copied().unwrap_or(0);
            is.signum() == was.signum() && is.abs() <= was.abs()
        })
    }

    fn debtor(&self) -> bool {
        self.usd < 0 || self.coin < 0
    }

    /// Cash and cash plus the lowest payoffs so far, expiry by expiry, never below zero in either coin.
    fn covered(&self) -> bool {
        self.side_covered(false) && self.side_covered(true)
    }

    fn side_covered(&self, in_coin: bool) -> bool {
        let mut cash = if in_coin { self.coin } else { self.usd };
        if cash < 0 {
            return false;
        }
        for expiry in [NOV, DEC] {
            let legs: Vec<(Pay, i128)> = self
                .legs
                .iter()
                .filter(|(s, _)| SERIES[**s].1 == expiry && SERIES[**s].3 == in_coin)
                .map(|(s, q)| (SERIES[*s].2, i128::from(*q)))
                .collect();
            let Some(low) = lowest(&legs, in_coin) else {
                return false;
            };
            cash += low;
            if cash < 0 {
                return false;
            }
        }
        true
    }
}

/// The lowest payoff: at zero, at and one unit before each strike, and at infinity where it has a slope.
fn lowest(legs: &[(Pay, i128)], in_coin: bool) -> Option<i128> {
    if in_coin {
        // In coins a short put is unbounded at zero; a call pays less than one coin: between strikes monotone.
        let puts: i128 = legs
            .iter()
            .map(|(p, q)| if matches!(p, Pay::Put(_)) { *q } else { 0 })
            .sum();
        let calls: i128 = legs
            .iter()
            .map(|(p, q)| if matches!(p, Pay::Call(_)) { *q } else { 0 })
            .sum();
        return (puts >= 0).then(|| (1_000_000 * calls).min(0));
    }
    let slope: i128 = legs
        .iter()
        .map(|(p, q)| {
            if matches!(p, Pay::Call(_) | Pay::Forward(_)) {
                *q
            } else {
                0
            }
        })
        .sum();
    if slope < 0 {
        return None;
    }
    // In units of 10^-4 dollars, which is what a base unit of 0.01 BTC comes to.
    let value = |ticks: i128| -> i128 {
        legs.iter()
            .map(|(pay, q)| {
                q * match pay {
                    Pay::Call(k) => (ticks - k * 10_000).max(0),
                    Pay::Put(k) => (k * 10_000 - ticks).max(0),
                    Pay::Above(k) => {
                        if ticks >= k * 10_000 {
                            10_000_000
                        } else {
                            0
                        }
                    }
                    Pay::Forward(k) => ticks - k * 10_000,
                }
            })
            .sum()
    };
    let mut points = vec![0];
    for (pay, _) in legs {
        let (Pay::Call(k) | Pay::Put(k) | Pay::Above(k) | Pay::Forward(k)) = pay;
        points.extend([k * 10_000, k * 10_000 - 1]);
    }
    points.into_iter().map(value).min()
}

struct Model {
    holders: Vec<Holder>,
    spot: Option<i128>,
    /// The record is of this second; by the next step that takes time it allows nothing.
    fresh: bool,
    fixed: BTreeMap<u32, i128>,
    interest: bool,
    seen: Seen,
}

#[derive(Clone, Copy, Debug, Default)]
struct Seen {
    /// Messages of steps that the engine answered, passed or refused.
    messages: usize,
    /// Trades that passed.
    trades: usize,
    /// Sides of them that no price was there for.
    unpriced: usize,
}

impl Model {
    /// What the trade would leave both sides with.
    fn traded(&self, maker: usize, taker: usize, legs: &[(usize, i64, u16)]) -> (Holder, Holder) {
        let (mut m, mut t) = (self.holders[maker].clone(), self.holders[taker].clone());
        for (series, quantity, price) in legs {
            let (_, _, pay, in_coin) = SERIES[*series];
            let (q, p) = (i128::from(*quantity), i128::from(*price));
            let premium = match (pay, in_coin) {
                (_, true) => p * 500 * q,
                (Pay::Forward(k), _) => (p * 50_000 - k * 10_000) * q,
                _ => p * 50_000 * q,
            };
            let long = |held: i64| i128::from(held.max(0));
            let opened = |holder: &Holder, by: i64| {
                let held = holder.legs.get(series).copied().unwrap_or(0);
                long(held + by) - long(held)
            };
            let opened = (opened(&m, -quantity) + opened(&t, *quantity)).max(0);
            let tick = if in_coin { 500 } else { 50_000 };
            let cap = ceil(premium.abs().max(tick * opened) * 125, 1_000);
            let fee = |bps: i128| match (pay, in_coin, self.spot) {
                (_, true, _) => ceil(1_000_000 * q.abs() * bps, 10_000).min(cap),
                (Pay::Forward(_), _, Some(spot)) => ceil(spot * 10_000 * q.abs() * bps, 10_000),
                (Pay::Forward(_), _, None) => ceil(p * 50_000 * q.abs() * bps, 10_000),
                (_, _, Some(spot)) => ceil(spot * 10_000 * q.abs() * bps, 10_000).min(cap),
                (_, _, None) => cap,
            };
            *m.cash(in_coin) += premium - fee(1);
            *t.cash(in_coin) -= premium + fee(3);
            for (holder, signed) in [(&mut m, -quantity), (&mut t, *quantity)] {
                let held = holder.legs.entry(*series).or_default();
                *held += signed;
                if *held == 0 {
                    holder.legs.remove(series);
                }
            }
        }
        (m, t)
    }

    /// INV-3, as far as it needs no price: a debtor only reduces; where no price is valid an account ends covered, or only
    /// reduces by a change that is covered by itself.
    fn may_end(&mut self, account: usize, after: &Holder) {
        let before = &self.holders[account];
        let shrunk = after.only_shrank(before);
        assert!(
            shrunk || !before.debtor(),
            "a debtor grew: {before:?}, {after:?}"
        );
        if self.fresh {
            return;
        }
        let alone = shrunk && after.since(before).covered();
        assert!(
            alone || after.covered(),
            "INV-3: without a price {before:?} became {after:?}"
        );
        self.seen.unpriced += 1;
    }

    /// Where debts bear interest the model takes it over: it has no clock. It is shared among the accounts, and
    /// only a debtor loses by it.
    fn take_interest(&mut self, world: &World) {
        for in_coin in [false, true] {
            if !self.interest {
                return;
            }
            for (account, holder) in (1..).zip(&mut self.holders) {
                let (held, found) = (*holder.cash(in_coin), world.cash(account, denom(in_coin)));
                assert!(held < 0 || found >= held, "INV-11: {held} became {found}");
                *holder.cash(in_coin) = found;
            }
        }
    }

    /// Whoever holds a leg of a fixed expiry has been paid, unless a leg of his in the same coin that expired
    /// no later is not fixed: what queries show is what the next touch leaves.
    fn settle(&mut self, now: u64) {
        let expired = |expiry: u32| now >= u64::from(expiry) * 60;
        for holder in &mut self.holders {
            for in_coin in [false, true] {
                for date in [NOV, DEC] {
                    let own = |s: &usize| (SERIES[*s].1, SERIES[*s].3) == (date, in_coin);
                    let legs: Vec<usize> = holder.legs.keys().copied().filter(own).collect();
                    let Some(price) = self.fixed.get(&date) else {
                        if expired(date) && !legs.is_empty() {
                            break;
                        }
                        continue;
                    };
                    for s in legs {
                        let quantity = i128::from(holder.legs.remove(&s).unwrap());
                        *holder.cash(in_coin) += payoff(SERIES[s].2, in_coin, *price) * quantity;
                    }
                }
            }
        }
    }
}

fn denom(in_coin: bool) -> &'static str {
    if in_coin { BTC } else { USD }
}

fn run(rate: u64, steps: Vec<Step>, ending: Vec<Step>) -> Seen {
    let mut world = World::funded();
    let charged = EngineParams {
        debt_rate: percent(rate),
        ..params()
    };
    let set = ExecuteMsg::SetParams {
        params: charged,
        effective_at: START,
    };
    let owner = world.owner.clone();
    world.ok(&owner, set);
    world.list(&[SERIES[5].0]);
    world.deposit(1, 200_000_000, BTC);
    world.deposit(3, 300_000_000, BTC);
    let (venue, owner) = (world.venue.to_string(), world.owner.clone());
    world.ok(
        &owner,
        ExecuteMsg::CreateAccount {
            venues: vec![venue],
        },
    );
    let holder = |usd, coin| Holder {
        usd,
        coin,
        legs: BTreeMap::new(),
    };
    let rich = 100_000_000_000;
    let holders = vec![
        holder(rich, 200_000_000),
        holder(rich, 0),
        holder(0, 300_000_000),
        holder(0, 0),
    ];
    let mut model = Model {
        holders,
        spot: Some(90_000),
        fresh: true,
        fixed: BTreeMap::new(),
        interest: rate > 0,
        seen: Seen::default(),
    };
    live(&mut world, &mut model, steps);
    world.advance_to(u64::from(DEC) * 60);
    model.settle(world.now());
    live(&mut world, &mut model, ending);
    let (nov, dec) = (true, true);
    let last = Step::Fix {
        price: 100_000,
        nov,
        dec,
    };
    live(&mut world, &mut model, vec![last]);
    let all_settled = model.holders.iter().all(|holder| holder.legs.is_empty());
    assert!(all_settled, "every account reaches an end");
    model.seen
}

/// Steps of which each agrees with the model.
fn live(world: &mut World, model: &mut Model, steps: Vec<Step>) {
    model.take_interest(world);
    let mut covered = compare(world, model);
    for step in steps {
        let chosen = matches!(
            step,
            Step::Trade { .. } | Step::Close { .. } | Step::Withdraw { .. }
        );
        act(world, model, step);
        model.take_interest(world);
        let now = compare(world, model);
        // Only what an owner consents to ends it; no price and no order of prices does.
        let lost = covered.iter().zip(&now).any(|(was, is)| *was && !is);
        assert!(chosen || !lost, "INV-10: {covered:?}, then {now:?}");
        covered = now;
    }
}

fn act(world: &mut World, model: &mut Model, step: Step) {
    match step {
        Step::Deposit {
            account,
            in_coin,
            amount,
        } => {
            world.deposit(account as u64 + 1, amount.into(), denom(in_coin));
            model.seen.messages += 1;
            *model.holders[account].cash(in_coin) += i128::from(amount);
        }
        Step::Withdraw {
            account,
            in_coin,
            percent,
        } => withdraw(world, model, account, (in_coin, percent)),
        Step::Trade { maker, taker, legs } => trade(world, model, (maker, taker), &legs),
        Step::Close {
            maker,
            taker,
            place,
            price,
        } => {
            let held = &model.holders[taker].legs;
            let leg = held.range(place..).chain(held.range(..place)).next();
            if let Some((series, quantity)) = leg {
                let leg = (*series, -quantity, price);
                trade(world, model, (maker, taker), &[leg]);
            }
        }
        Step::Publish { spot } => {
            world.set_spot(spot.into());
            model.spot = Some(spot.into());
            model.fresh = true;
        }
        Step::Silence => {
            world.silence();
            model.spot = None;
            model.fresh = false;
        }
        Step::Advance { hours } => {
            world.advance(u64::from(hours) * 3_600);
            model.fresh = false;
            model.settle(world.now());
        }
        Step::Fix { price, nov, dec } => {
            for (expiry, _) in [(NOV, nov), (DEC, dec)].into_iter().filter(|(_, now)| *now) {
                if world.now() >= u64::from(expiry) * 60 && !model.fixed.contains_key(&expiry) {
                    world.fix(expiry, price.into());
                    model.fixed.insert(expiry, price.into());
                }
            }
            model.settle(world.now());
        }
        Step::Settle { account } => {
            model.seen.messages += 1;
            let sender = world.mallory.clone();
            world.ok(
                &sender,
                ExecuteMsg::SettleAccounts {
                    accounts: vec![account as u64 + 1],
                },
            );
        }
    }
}

fn withdraw(world: &mut World, model: &mut Model, account: usize, (in_coin, percent): (bool, u8)) {
    let held = *model.holders[account].cash(in_coin);
    let amount = held * i128::from(percent) / 100;
    if amount <= 0 {
        return;
    }
    let id = account as u64 + 1;
    let sender = world.owner_of(id);
    let msg = ExecuteMsg::Withdraw {
        account: id,
        amounts: vec![coin(amount as u128, denom(in_coin))],
        to: None,
    };
    let mut left = model.holders[account].clone();
    *left.cash(in_coin) -= amount;
    model.seen.messages += 1;
    match world.send(&sender, msg.clone(), &[]) {
        Ok(_) => model.holders[account] = left,
        Err(_) if left.covered() => {
            if once_collected(world, |world| world.send(&sender, msg, &[])) {
                model.holders[account] = left;
            }
        }
        Err(_) => {}
    }
}

/// INV-10 holds back no more than what losers have not paid: what was refused goes through once everybody is settled who can be,
/// unless a loser waits for another price or could not pay. Tells whether it did.
fn once_collected<T>(
    world: &mut World,
    again: impl FnOnce(&mut World) -> Result<T, String>,
) -> bool {
    let uncollected =
        |world: &World| [USD, BTC].map(|denom| world.ledger(denom).uncollected.u128());
    let is_short = |world: &World| {
        let mut markets = ["BTC_USDC", "BTC"].into_iter();
        markets.any(|market| !world.insurance(market).shortfall.is_zero())
    };
    let sender = world.mallory.clone();
    let accounts = (1..=4).collect();
    world.ok(&sender, ExecuteMsg::SettleAccounts { accounts });
    match again(world) {
        Ok(_) => true,
        Err(error) => {
            let held = uncollected(world) != [0; 2] || is_short(world);
            assert!(held, "INV-10: covered and collected, but {error}");
            false
        }
    }
}

fn trade(
    world: &mut World,
    model: &mut Model,
    (maker, taker): (usize, usize),
    legs: &[(usize, i64, u16)],
) {
    let named: Vec<(&str, i64, i64)> = legs
        .iter()
        .map(|(s, q, p)| (SERIES[*s].0, *q, i64::from(*p)))
        .collect();
    model.seen.messages += 1;
    let result = world.trade(maker as u64 + 1, taker as u64 + 1, &named);
    let one_coin = legs
        .iter()
        .all(|leg| SERIES[leg.0].3 == SERIES[legs[0].0].3);
    let live = legs
        .iter()
        .all(|leg| world.now() < u64::from(SERIES[leg.0].1) * 60);
    if maker == taker || !one_coin || !live || legs.iter().any(|leg| leg.1 == 0) {
        assert!(result.is_err());
        return;
    }
    let (m, t) = model.traded(maker, taker, legs);
    match result {
        Ok(_) => {}
        Err(_) => {
            let debtor = |account: usize| model.holders[account].debtor();
            let sound = m.covered() && t.covered() && !debtor(maker) && !debtor(taker);
            let (maker, taker) = (maker as u64 + 1, taker as u64 + 1);
            if !sound || !once_collected(world, |world| world.trade(maker, taker, &named)) {
                return;
            }
        }
    }
    model.may_end(maker, &m);
    model.may_end(taker, &t);
    model.seen.trades += 1;
    (model.holders[maker], model.holders[taker]) = (m, t);
}

/// Which accounts are covered, once cash, legs and that verdict were found equal.
fn compare(world: &World, model: &Model) -> Vec<bool> {
    let mut verdicts = Vec::new();
    for (place, holder) in model.holders.iter().enumerate() {
        let account = place as u64 + 1;
        let found: AccountResponse = world.query(&QueryMsg::Account { account });
        let cash = |denom: &str| {
            found
                .cash
                .iter()
                .find(|c| c.denom == denom)
                .map_or(0, |c| c.amount.i128())
        };
        assert_eq!(
            (cash(USD), cash(BTC)),
            (holder.usd, holder.coin),
            "cash of {account}"
        );
        let legs: BTreeMap<usize, i64> = found
            .legs
            .iter()
            .map(|leg| {
                (
                    SERIES.iter().position(|s| s.0 == leg.series).unwrap(),
                    leg.quantity.i64(),
                )
            })
            .collect();
        assert_eq!(legs, holder.legs, "legs of {account}");
        let covered: CoveredResponse = world.query(&QueryMsg::Covered { account });
        assert_eq!(
            covered.covered,
            holder.covered(),
            "covered verdict of {account}: {holder:?}"
        );
        verdicts.push(covered.covered);
    }
    verdicts
}

/// How many lives `scripts/test` asks for.
fn asked_for() -> u32 {
    let command = include_str!("../../../../scripts/test").lines();
    let line = command.map(str::trim).find(|line| {
        line.starts_with("PROPTEST_CASES=") && line.contains("--test messages stateful::")
    });
    let cases = line.and_then(|line| line["PROPTEST_CASES=".len()..].split(' ').next());
    cases.unwrap().parse().unwrap()
}

/// So many random lives, in which enough trades pass to prove something; as many as `scripts/test` asks for send half
/// of 10^5 messages in each of the two tests.
fn lives(rate: u64, steps: core::ops::Range<usize>) {
    let cases = std::env::var("PROPTEST_CASES").ok();
    let cases = cases.and_then(|n| n.parse().ok()).unwrap_or(40);
    let mut runner = TestRunner::new(ProptestConfig {
        cases,
        max_shrink_iters: 500,
        source_file: Some(file!()),
        ..ProptestConfig::default()
    });
    let seen = core::cell::Cell::new(Seen::default());
    let life = (
        prop::collection::vec(step(), steps),
        prop::collection::vec(ending(), 4..16),
    );
    let done = runner.run(&life, |(steps, ending)| {
        let (all, one) = (seen.get(), run(rate, steps, ending));
        seen.set(Seen {
            messages: all.messages + one.messages,
            trades: all.trades + one.trades,
            unpriced: all.unpriced + one.unpriced,
        });
        Ok(())
    });
    if let Err(error) = done {
        panic!("{error}");
    }
    let least = if cases >= asked_for() { 50_000 } else { 0 };
    let (seen, cases) = (seen.get(), cases as usize);
    println!("{seen:?} in {cases} lives");
    assert!(seen.messages >= least, "only {} messages", seen.messages);
    let enough = seen.trades >= 2 * cases && seen.unpriced >= cases / 10;
    assert!(enough, "only {seen:?} in {cases} lives");
}

#[test]
fn inv_10_lives_agree_with_the_reference_model() {
    lives(0, 20..90);
}

#[test]
fn inv_11_lives_with_interest_take_no_more_than_debtors_owe() {
    lives(100, 20..60);
}
