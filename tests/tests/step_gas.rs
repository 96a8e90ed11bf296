//! What the dearest step costs: accounts with as many legs as there may be, in two markets, of a date in its window, whose
//! strikes the window has observed.

use cosmwasm_std::{Coin, Uint128};
use optio_tests::gas::hold;
use optio_tests::month::{self, EXPIRIES, minutes, publish};
use protocol_api::engine::MAX_TAKERS;
use protocol_api::exchange::QuoteLeg;
use protocol_api::liquidation::{ExecuteMsg, Step};
use sandbox::setup::{SAT, USDC, WINDOW};
use sandbox::{Sandbox, Trader};

/// Strikes of a market: with as many of another, an account's legs.
const STRIKES: usize = 64;

/// Calls of both markets, 200 dollars apart.
fn series() -> Vec<String> {
    let call = |market: &'static str| {
        (0..STRIKES).map(move |n| format!("{market}-{}-{}-C", EXPIRIES[0].1, 84_000 + 200 * n))
    };
    call("BTC_USDC").chain(call("BTC")).collect()
}

/// Sold and bought in turn: the payoff bends the other way at each strike.
fn legs(chunk: &[String]) -> Vec<QuoteLeg> {
    let leg = |(place, series): (usize, &String)| QuoteLeg {
        series: series.clone(),
        ratio: if place % 2 == 0 { -2 } else { 1 },
        price: 100,
    };
    chunk.iter().enumerate().map(leg).collect()
}

fn account(world: &mut Sandbox, name: &str, dollars: u128, coins: u128) -> Trader {
    let mut funds = vec![
        Coin::new(dollars * 1_000_000, USDC),
        Coin::new(coins * 100_000_000, SAT),
    ];
    funds.sort_by(|a, b| a.denom.cmp(&b.denom));
    world.open_account(name, &funds).expect("account")
}

/// A seller who falls in the window, and as many bidders as a step may have, each with legs like his from the house.
struct Crowded {
    world: Sandbox,
    seller: Trader,
    spot: f64,
}

impl Crowded {
    fn new() -> Self {
        let mut world = month::deploy();
        for chunk in series().chunks(32) {
            let chunk: Vec<&str> = chunk.iter().map(String::as_str).collect();
            world.list_series(&chunk).expect("listed");
        }
        let house = account(&mut world, "house", 50_000_000, 1_000);
        let seller = account(&mut world, "seller", 120_000, 1);
        let spot = 90_000.0;
        let mut crowded = Self {
            world,
            seller,
            spot,
        };
        crowded.trade(&crowded.seller.clone(), &house, 22);
        for name in ["ann", "bob", "cat", "dan"] {
            let bidder = account(&mut crowded.world, name, 5_000_000, 20);
            crowded.trade(&bidder, &house, 1);
            crowded.bid(&bidder);
        }
        crowded
    }

    /// All legs, against the house.
    fn trade(&mut self, maker: &Trader, house: &Trader, lots: u64) {
        for (nonce, chunk) in (0..).zip(series().chunks(16)) {
            let quote = self.world.quote(maker, nonce, lots, legs(chunk));
            self.world.take(house, quote, lots).expect("taken");
        }
    }

    fn bid(&mut self, bidder: &Trader) {
        let bid = ExecuteMsg::PlaceBid {
            account: bidder.account,
            reward: 0,
            budget: Uint128::new(10_000_000_000),
        };
        let placed = self.world.liquidation_as(&bidder.address, &bid, &[]);
        placed.expect("placed");
    }

    /// Some seconds later, at a price.
    fn publish(&mut self, seconds: u64, spot: f64) {
        self.world.chain.advance(seconds);
        self.spot = spot;
        publish(&mut self.world, spot);
    }

    /// The window observes all strikes, the seller falls at the last of them.
    fn fall(&mut self) {
        let window = u64::from(minutes(EXPIRIES[0].0)) * 60 - WINDOW.seconds();
        self.world.chain.set_time(window);
        self.publish(0, 84_000.0);
        self.publish(60, 97_000.0);
    }

    fn step(&mut self, bids: Option<u32>) -> (u64, usize) {
        let keeper = self.world.keeper.clone();
        let msg = ExecuteMsg::Liquidate(Step {
            account: self.seller.account,
            take: None,
            keeper: None,
            bids,
        });
        let done = self.world.liquidation_as(&keeper, &msg, &[]).expect("step");
        let takers = done.response.events.iter();
        let takers = takers
            .filter(|event| event.ty == "wasm-slice_taken")
            .count();
        month::show("step", &done.gas);
        (done.gas.total, takers)
    }
}

#[test]
fn attack_risk_40_the_dearest_step_takes_as_many_bids_as_its_sender_says() {
    let among = |bids| {
        let mut crowded = Crowded::new();
        crowded.fall();
        crowded.step(None);
        for _ in 0..6 {
            crowded.publish(60, crowded.spot);
        }
        crowded.step(bids)
    };
    let (all, one) = (among(None), among(Some(1)));
    assert_eq!([all.1, one.1], [MAX_TAKERS, 1], "slices sold");
    hold(
        "liquidate against four bids, 128 legs each in a window",
        all.0,
    );
    hold(
        "liquidate against one bid, 128 legs each in a window",
        one.0,
    );
}
