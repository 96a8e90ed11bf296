//! Attack rows that need the whole protocol; numbers are those of the attack registers.

use cosmwasm_std::{Coin, Uint128};
use protocol_api::engine::{ExecuteMsg as EngineMsg, PauseAction, Standing};
use protocol_api::liquidation::{ExecuteMsg, Take};
use sandbox::report::{SurfaceExpiry, build, stored};
use sandbox::setup::{BTC, GWEI, SAT, USDC};
use wasm_chain::Mode;

use crate::market::{CALL, EXPIRIES, Market, USD, data, fallen, open, paid};

#[test]
fn attack_risk_6_a_spike_sells_nobody() {
    let (mut market, seller) = fallen(1_020, 97_000.0);
    let taker = market.trader("taker", 1_000_000);
    // One source of five, ten percent off, for twenty seconds: the median does not move.
    market.world.chain.advance(20);
    let now = market.world.chain.now();
    let left = |expiry: u32| (u64::from(expiry) * 60 - now) as f64 / 31_536_000.0;
    let surface: Vec<SurfaceExpiry> = EXPIRIES
        .map(|expiry| SurfaceExpiry::flat(expiry, 97_000.0, 0.5 * left(expiry).sqrt()))
        .to_vec();
    let mut report = build(BTC, now, 97_000.0, &surface).expect("calendar");
    report.sources[0].price = stored(106_700.0);
    market.world.publish(&report).expect("published");
    assert_eq!(market.standing(&seller), Standing::Healthy);
    market.not_taken(&seller, &taker, -20_000);
    // All sources for one report: the account is shallow, and the next price finds it healthy.
    market.world.chain.advance(20);
    market.publish(97_600.0);
    assert_eq!(market.standing(&seller), Standing::Shallow);
    assert!(market.step(&seller).taken.is_empty());
    market.not_taken(&seller, &taker, -20_000);
    market.world.chain.advance(20);
    market.publish(97_000.0);
    let end = market.step(&seller);
    assert!(end.taken.is_empty() && end.after == Standing::Healthy);
    assert_eq!(market.units(&seller, CALL), -100);
    assert_eq!(market.auction(&seller), None);
}

/// A coin that backs a short call: one of its five venues prints it ten percent lower, then all do.
#[test]
fn attack_risk_21_collateral_off_its_price_on_one_venue_sells_nobody() {
    let mut market = Market::new(Mode::Native);
    market.publish_eth(3_000.0, 3_000.0);
    let coins = [Coin::new(100_000_000_000_u128, GWEI)];
    let seller = market
        .world
        .open_account("seller", &coins)
        .expect("account");
    let taker = market.trader("taker", 1_000_000);
    market.sell(&seller, CALL, 100, 2_000);
    // A tenth of an ether at a time, down to the initial margin.
    let withdraw = EngineMsg::Withdraw {
        account: seller.account,
        amounts: vec![Coin::new(100_000_000_u128, GWEI)],
        to: None,
    };
    while market
        .world
        .engine_as(&seller.address, &withdraw, &[])
        .is_ok()
    {}
    for _ in 0..4 {
        market.wait(5, 90_000.0);
        market.publish_eth(3_000.0, 2_700.0);
        assert_eq!(market.standing(&seller), Standing::Healthy);
        market.not_taken(&seller, &taker, -20_000);
    }
    let mut price = 3_000.0;
    while price > 2_700.0 {
        price *= 0.995;
        market.wait(60, 90_000.0);
        market.publish_eth(price, price);
    }
    assert_ne!(market.standing(&seller), Standing::Healthy);
    market.step(&seller);
    market.wait(60, 90_000.0);
    market.publish_eth(price, price);
    let sold = market.take(&seller, &taker, -20_000);
    assert!(!sold.taken.is_empty() && sold.after == Standing::Healthy);
}

#[test]
fn attack_risk_23_health_never_falls_in_many_small_steps() {
    let (mut market, seller) = fallen(800, 97_000.0);
    let taker = market.trader("taker", 1_000_000);
    let (equity, margin) = market.health(&seller);
    let mut last = (equity, margin);
    let mut spent = 0;
    for _ in 0..80 {
        let take = Take {
            max_pay: Uint128::new(150 * USD),
            ..open(&taker, -20_000)
        };
        let sold = market.try_take(&seller, &taker, take, None).expect("step");
        let sold = crate::market::data(&sold);
        spent += sold.taken.iter().map(paid).sum::<i128>();
        let now = market.health(&seller);
        assert!(now.0 * last.1 >= last.0 * now.1, "{now:?} after {last:?}");
        if sold.after == Standing::Healthy {
            break;
        }
        // A shallow account needs a later price.
        market.wait(5, 97_000.0);
        last = market.health(&seller);
    }
    assert_eq!(market.standing(&seller), Standing::Healthy);
    assert!(spent > 0);
}

#[test]
fn attack_risk_24_an_absurd_offer_is_never_hit() {
    let (mut market, seller) = fallen(800, 97_000.0);
    let [taker, bidder] = ["taker", "bidder"].map(|name| market.trader(name, 1_000_000));
    market.bid(&bidder, 1_000_000, 1_000);
    market.step(&seller);
    market.wait(330, 97_000.0);
    market.not_taken(&seller, &taker, 1_000_000);
    assert!(market.step(&seller).taken.is_empty());
    assert_eq!(market.units(&seller, CALL), -100);
    assert_eq!(market.bids().len(), 1, "it was not at fault");
}

#[test]
fn attack_risk_25_owning_every_role_gains_nothing() {
    for wait in [0, 330, 900] {
        let (mut market, seller) = fallen(900, 97_000.0);
        let [taker, bidder, keeper] =
            ["taker", "bidder", "watcher"].map(|name| market.trader(name, 100_000));
        market.bid(&bidder, -20_000, 500);
        market.step(&seller);
        market.watch(&seller, wait, 97_000.0);
        let mine = [&seller, &taker, &bidder, &keeper];
        let worth = |market: &Market| -> i128 {
            let equity = |trader| market.health(trader).0;
            let bids: u128 = market.bids().iter().map(|bid| bid.budget.u128()).sum();
            mine.iter().map(|trader| equity(*trader)).sum::<i128>() + bids as i128
        };
        let before = worth(&market);
        let take = open(&taker, -20_000);
        market
            .try_take(&seller, &taker, take, Some(keeper.account))
            .expect("step");
        let after = worth(&market);
        // A leg's value is rounded once in each account that holds a part of it.
        assert!(after <= before + 4, "{before} to {after}");
    }
}

#[test]
fn attack_risk_25_the_fund_pays_nobody_for_a_solvent_account() {
    let spot = 97_000.0;
    let (mut market, seller) = fallen(600, spot);
    let [taker, keeper] = ["taker", "watcher"].map(|name| market.trader(name, 100_000));
    market.fund("BTC_USDC", 1_000_000, spot);
    market.step(&seller);
    // The schedule gives all of the margin by now, more than the account is worth.
    market.watch(&seller, 3_600, spot);
    let mine = [&seller, &taker, &keeper];
    let worth = |market: &Market| {
        mine.map(|trader| market.health(trader).0)
            .iter()
            .sum::<i128>()
    };
    let (owned, insured) = (worth(&market), market.insurance("BTC_USDC").balance);
    let take = open(&taker, -20_000);
    let sold = market.try_take(&seller, &taker, take, Some(keeper.account));
    let sold = crate::market::data(&sold.expect("step"));
    assert!((500_000..700_000).contains(&sold.taken[0].reward));
    assert!(market.account(seller.account).legs.is_empty());
    // A leg's value is rounded once in each account that holds a part of it.
    assert!(worth(&market) <= owned + 4);
    assert!(market.insurance("BTC_USDC").balance >= insured);
}

#[test]
fn attack_risk_26_without_keepers_nothing_is_sold_below_the_schedule() {
    let (mut market, seller) = fallen(900, 97_000.0);
    let taker = market.trader("taker", 1_000_000);
    market.step(&seller);
    // Prices go on, bots do not, for longer than the tail.
    market.wait(630, 97_000.0);
    let again = market.world.chain.now();
    let sold = market.take(&seller, &taker, -20_000);
    assert_eq!(sold.auction.at, again);
    assert!(sold.taken.iter().all(|taken| taken.reward == -20_000));
}

#[test]
fn attack_risk_6_a_dip_of_long_ago_has_no_auction_left() {
    let (mut market, seller) = fallen(900, 97_000.0);
    let taker = market.trader("taker", 1_000_000);
    market.step(&seller);
    // It recovers, and nobody tells the contract so. Most of an hour later it dips again.
    market.climb_from(97_000.0, 92_000.0);
    assert_eq!(market.standing(&seller), Standing::Healthy);
    market.wait(2_000, 92_000.0);
    market.climb_from(92_000.0, 97_000.0);
    let again = market.world.chain.now();
    let sold = market.take(&seller, &taker, -20_000);
    assert_eq!(sold.auction.at, again);
    assert!(sold.taken.iter().all(|taken| taken.reward == -20_000));
}

#[test]
fn attack_risk_27_dust_goes_whole() {
    let mut market = Market::new(Mode::Native);
    // Half a hundredth of a coin: maintenance is under the dust floor of a hundred dollars.
    let dust = market.trader("dust", 200);
    market.sell(&dust, "BTC_USDC-2JAN26-90000-C", 1, 2_000);
    let taker = market.trader("taker", 1_000_000);
    market.climb(101_000.0);
    assert_ne!(market.standing(&dust), Standing::Healthy);
    market.step(&dust);
    market.wait(60, 101_000.0);
    let sold = market.take(&dust, &taker, -20_000);
    assert_eq!(sold.after, Standing::Healthy);
    assert!(market.account(dust.account).legs.is_empty());
}

#[test]
fn attack_risk_29_a_loss_drains_its_own_fund_by_the_hour() {
    let (mut market, seller) = fallen(-300, 112_000.0);
    market.fund("ETH_USDC", 10_000, 112_000.0);
    market.fund("BTC_USDC", 10_000, 112_000.0);
    let taker = market.trader("taker", 1_000_000);
    let sold = market.take(&seller, &taker, -20_000);
    let before: u128 = 10_000 * USD;
    let spent = before - market.insurance("BTC_USDC").balance.u128();
    assert!(spent <= before / 10, "{spent}: a tenth an hour at most");
    assert_eq!(market.insurance("ETH_USDC").balance.u128(), before);
    assert!(!sold.taken.is_empty() && paid(&sold.taken[0]) < 0);
    assert!(market.insurance("BTC_USDC").shortfall.u128() > 0);
    // However many steps the hour has, they share its tenth; the next hour there is more.
    for _ in 0..2 {
        market.watch(&seller, 60, 112_000.0);
        market.take(&seller, &taker, -20_000);
    }
    let again = before - market.insurance("BTC_USDC").balance.u128();
    assert!(spent < again && again <= before / 10, "{spent} {again}");
    market.watch(&seller, 3_600, 112_000.0);
    market.take(&seller, &taker, -20_000);
    assert!(before - market.insurance("BTC_USDC").balance.u128() > again);
}

#[test]
fn attack_risk_32_no_pause_stops_a_liquidation() {
    let (mut market, seller) = fallen(900, 97_000.0);
    let owner = market.world.owner.clone();
    let guardian = market.world.chain.address("guardian");
    let taker = market.trader("taker", 1_000_000);
    let bidder = market.trader("bidder", 1_000_000);
    let msgs = [
        (
            owner,
            EngineMsg::SetGuardian {
                guardian: Some(guardian.to_string()),
            },
        ),
        (
            guardian,
            EngineMsg::Pause {
                actions: vec![PauseAction::Open, PauseAction::List, PauseAction::Deposit],
                seconds: 86_400_u64,
            },
        ),
    ];
    for (sender, msg) in msgs {
        market.world.engine_as(&sender, &msg, &[]).expect("paused");
    }
    market.bid(&bidder, -20_000, 500);
    let back = ExecuteMsg::WithdrawBid {
        account: bidder.account,
        reward: -20_000,
    };
    market.send(&bidder.address, &back).expect("taken back");
    let sold = market.take(&seller, &taker, -20_000);
    assert_eq!(sold.after, Standing::Healthy);
}

#[test]
fn attack_risk_33_after_a_halt_no_auction_stands_at_a_decayed_price() {
    // The chain stands for nine minutes, less than the tail; or for just under six, and goes on with an old report.
    for (seconds, age) in [(540, 0), (355, 59)] {
        let (mut market, seller) = fallen(900, 97_000.0);
        let taker = market.trader("taker", 1_000_000);
        market.step(&seller);
        market.world.chain.advance(seconds);
        let resumed = market.world.chain.now();
        let report = market.made(resumed - age, 97_000.0);
        market.world.publish(&report).expect("published");
        let sold = market.take(&seller, &taker, -20_000);
        assert_eq!(sold.auction.at, resumed);
        assert!(sold.taken.iter().all(|taken| taken.reward == -20_000));
    }
}

/// Reports come, and none of them sells the account: whoever takes it first after that gains no more than who comes after
/// five minutes in which everybody could have taken, or after a sixth of a shorter schedule.
#[test]
fn attack_risk_33_no_price_falls_while_reports_sell_nobody() {
    let (mut market, seller) = fallen(900, 97_000.0);
    let taker = market.trader("taker", 1_000_000);
    market.step(&seller);
    market.wait(60, 97_000.0);
    market.split(539, 97_000.0);
    let take = open(&taker, -20_000);
    let refused = market.try_take(&seller, &taker, take, None);
    let error = refused.expect_err("at one edge it is sound").to_string();
    assert!(error.contains("E_ENGINE_NO_PRICE"), "{error}");
    market.publish(97_000.0);
    let sold = market.take(&seller, &taker, -20_000);
    let taken = sold.taken.first().expect("sold");
    assert_eq!(taken.reward, 15_000, "half of the way to the knee");
}

#[test]
fn attack_options_11_a_silent_feed_sells_nobody_and_breaks_nothing() {
    let (mut market, seller) = fallen(900, 97_000.0);
    let taker = market.trader("taker", 1_000_000);
    market.step(&seller);
    for silence in [61, 300, 3_600] {
        market.world.chain.advance(silence);
        let take = open(&taker, -20_000);
        let refused = market.try_take(&seller, &taker, take, None);
        let error = refused.expect_err("no price").to_string();
        assert!(error.contains("E_ENGINE_NO_PRICE"), "{error}");
    }
    market.publish(97_000.0);
    market.wait(60, 97_000.0);
    let sold = market.take(&seller, &taker, -20_000);
    assert_eq!(market.standing(&seller), Standing::Healthy, "{sold:?}");
}

#[test]
fn attack_options_18_dust_changes_no_eligibility() {
    let (mut market, seller) = fallen(900, 97_000.0);
    let [taker, bidder] = ["taker", "bidder"].map(|name| market.trader(name, 1_000_000));
    market.bid(&bidder, -20_000, 100);
    market.wait(330, 97_000.0);
    // A stranger brings no coin that an account does not hold, and dust of one that it does; its owner brings any.
    let giver = market.world.chain.address("giver");
    let dust = |denom| [Coin::new(1_u128, denom)];
    for trader in [&seller, &taker, &bidder] {
        let gift = EngineMsg::Deposit {
            account: trader.account,
        };
        for (from, denom) in [(&giver, USDC), (&giver, SAT), (&trader.address, SAT)] {
            let coins = dust(denom);
            market.world.chain.mint(from, &coins).expect("minted");
            let given = market.world.engine_as(from, &gift, &coins);
            assert_eq!(given.is_err(), *from == giver && denom == SAT, "{given:?}");
        }
    }
    assert_eq!(market.standing(&seller), Standing::Deep);
    let sold = market.take(&seller, &taker, -20_000);
    let who: Vec<u64> = sold.taken.iter().map(|taken| taken.account).collect();
    assert_eq!(who, [bidder.account, taker.account]);
    assert_eq!(sold.after, Standing::Healthy);
}

#[test]
fn attack_options_19_losses_shared_in_two_steps_equal_one() {
    // One account of 100 units, or the same loss sold by two takers: the fund pays the same.
    let spent = |parts: u128| {
        let (mut market, seller) = fallen(-100, 108_000.0);
        market.fund("BTC_USDC", 1_000_000, 108_000.0);
        let before = market.insurance("BTC_USDC").balance.u128();
        for part in 0..parts {
            let bidder = market.trader(&format!("bidder {part}"), 1_000_000);
            market.bid(&bidder, -20_000, 1_000);
        }
        market.wait(330, 108_000.0);
        market.step(&seller);
        assert!(market.account(seller.account).legs.is_empty());
        before - market.insurance("BTC_USDC").balance.u128()
    };
    let (one, two) = (spent(1), spent(2));
    assert!(one > 0 && one.abs_diff(two) <= 1, "{one} and {two}");
}

#[test]
fn attack_options_20_the_shortfall_is_the_sum_of_the_deficits() {
    let (mut market, seller) = fallen(-300, 112_000.0);
    let taker = market.trader("taker", 1_000_000);
    assert_eq!(market.insurance("BTC_USDC").shortfall.u128(), 0);
    // No fund: nothing can be sold, the deficit is on record.
    market.step(&seller);
    market.not_taken(&seller, &taker, -20_000);
    let (equity, _) = market.health(&seller);
    let shortfall = |market: &Market| market.insurance("BTC_USDC").shortfall.u128() as i128;
    assert_eq!(shortfall(&market), -equity);
    market.fund("BTC_USDC", 1_000_000, 112_000.0);
    let sold = market.take(&seller, &taker, -20_000);
    assert_eq!(sold.after, Standing::Healthy);
    assert_eq!(shortfall(&market), 0);
}

/// Equity that a deep account gains and margin it is rid of, by takers with these budgets one after the other.
fn given(seconds: u64, budgets: &[u128]) -> Vec<(i128, i128)> {
    let (mut market, seller) = fallen(600, 97_000.0);
    let taker = market.trader("taker", 1_000_000);
    market.step(&seller);
    market.watch(&seller, seconds, 97_000.0);
    // Minus 2 % of it when the auction begins, after 900 s plus 14.5 %.
    let reward = if seconds == 0 { -20_000 } else { 145_000 };
    let mut steps = Vec::new();
    for dollars in budgets {
        let (equity, margin) = market.health(&seller);
        let take = Take {
            max_pay: Uint128::new(dollars * USD),
            ..open(&taker, -20_000)
        };
        let sold = market.try_take(&seller, &taker, take, None).expect("step");
        assert_eq!(crate::market::data(&sold).taken[0].reward, reward);
        let (left, rest) = market.health(&seller);
        let (gained, gone) = (left - equity, margin - rest);
        assert_eq!(gained, -(i128::from(reward) * gone).div_euclid(1_000_000));
        steps.push((gained, gone));
    }
    steps
}

#[test]
fn attack_options_21_many_small_takers_cost_the_seller_no_more_than_one() {
    for seconds in [0, 900] {
        let (once, pieces) = (given(seconds, &[100_000]), given(seconds, &[200; 12]));
        let (one, gone) = once[0];
        let (many, part) = pieces
            .iter()
            .fold((0, 0), |(a, b), piece| (a + piece.0, b + piece.1));
        assert!(0 < part && part < gone, "{part} {gone}");
        // By the margin that went: never less, and a unit a piece more at most, of which one is the other's.
        let more = many * gone - one * part;
        assert!(
            (-part..=12 * gone).contains(&more),
            "{once:?} {pieces:?} {more}"
        );
    }
}

#[test]
fn attack_options_18_a_bid_that_cannot_carry_its_slice_blocks_nobody() {
    let (mut market, seller) = fallen(800, 97_000.0);
    let poor = market.trader("poor", 1_000);
    let rich = market.trader("rich", 1_000_000);
    market.bid(&poor, -20_000, 1_000);
    market.bid(&rich, -20_000, 10_000);
    market.wait(330, 97_000.0);
    let sold = market.step(&seller);
    assert_eq!(sold.passed_over, [poor.account]);
    assert_eq!(sold.taken.len(), 1);
    assert_eq!(sold.after, Standing::Healthy);
    let left: Vec<u64> = market.bids().iter().map(|bid| bid.place.account).collect();
    assert_eq!(left, [rich.account]);
    assert_eq!(market.cash(&poor), 1_000 * USD as i128);
    assert!(market.units(&rich, CALL) < 0);
}

/// Three bids of the least budget stand first, and a bid that asks for no reward and could pay for all finds no room beside an
/// open taker: he gets what that bid asks, no more.
#[test]
fn attack_options_18_decoys_do_not_lead_an_open_taker_past_a_better_bid() {
    let sold = |decoys: usize, least: i32| {
        let (mut market, seller) = fallen(800, 97_000.0);
        let taker = market.trader("taker", 1_000_000);
        let honest = market.trader("honest", 1_000_000);
        market.bid(&honest, 0, 500_000);
        for n in 0..decoys {
            let decoy = market.trader(&format!("decoy {n}"), 100_000);
            market.bid(&decoy, -20_000, 100);
        }
        market.step(&seller);
        market.wait(300, 97_000.0);
        let done = market.try_take(&seller, &taker, open(&taker, least), None);
        let taken = done.map(|done| data(&done).taken);
        let reward = taken.map(|taken| {
            let own = taken.iter().find(|taken| taken.account == taker.account);
            own.map(|taken| taken.reward)
        });
        reward.map_err(|refused| refused.code().unwrap_or_default().to_owned())
    };
    let not_taken = Err("E_ENGINE_NOT_TAKEN".to_owned());
    // The bid serves all that must go.
    assert_eq!(sold(0, -20_000), not_taken);
    assert_eq!(sold(3, -20_000), Ok(Some(0)));
    assert_eq!(sold(3, 10_000), not_taken);
}
