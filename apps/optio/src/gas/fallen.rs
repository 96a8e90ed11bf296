//! Sellers who fall below maintenance, the step that sells their book, and how one is closed whom nobody took.

use cosmwasm_std::{Coin, Uint128, coin};
use protocol_api::engine::{ExecuteMsg, HealthResponse, QueryMsg};
use protocol_api::exchange::QuoteLeg;
use protocol_api::liquidation::{self, Take};
use sandbox::setup::USDC;
use sandbox::{Network as _, Trader, network};

use super::scenario::{Play, ok};
use crate::error::Result;

/// A rise that takes whoever is short up to his initial margin far below maintenance; less than what counts as a jump.
pub const RISE: f64 = 7_000.0;
/// Per cent of what he may withdraw that a seller withdraws: margins move while time passes.
const SPARE: u128 = 98;
/// Seconds between two looks at an auction, and then to the end of a minute: schedule, nominations and tail take one each.
const LOOKS: [u64; 2] = [40, 25];

impl Play {
    /// A seller of ten lots of each of these calls, at the edge of his initial margin, and who bought them.
    ///
    /// # Errors
    /// A contract refuses.
    pub fn seller(&mut self, name: &str, calls: &[String]) -> Result<[Trader; 2]> {
        let coins = [Coin::new(1_000_000_000_000_u128, USDC)];
        let seller = ok(self.world.open_account(name, &coins))?;
        let buyer = ok(self.world.open_account(&format!("{name}'s buyer"), &coins))?;
        for page in calls.chunks(16) {
            self.publish()?;
            let leg = |series: &String| QuoteLeg {
                series: series.clone(),
                ratio: -1,
                price: 1_000,
            };
            self.trade((&seller, &buyer), page.iter().map(leg).collect())?;
        }
        self.publish()?;
        let account = seller.account;
        let query = QueryMsg::Health { account };
        let health: HealthResponse =
            ok(network::ask(&self.world.chain, &self.world.engine, &query))?;
        let surplus = health.initial_surplus.unwrap_or_default().i128();
        let spare = u128::try_from(surplus).unwrap_or_default() * SPARE / 100;
        let msg = ExecuteMsg::Withdraw {
            account,
            amounts: vec![coin(spare, USDC)],
            to: None,
        };
        ok(self.world.engine_as(&seller.address, &msg, &[]))?;
        Ok([seller, buyer])
    }

    /// He is nominated against and closed once his schedule has ended; both are measured.
    ///
    /// # Errors
    /// A contract refuses.
    pub fn close(&mut self, [seller, buyer]: &[Trader; 2]) -> Result<()> {
        let account = seller.account;
        let look = liquidation::ExecuteMsg::Liquidate {
            account,
            take: None,
            keeper: None,
        };
        let nominate = liquidation::ExecuteMsg::Nominate {
            account,
            candidates: vec![buyer.account],
        };
        self.publish()?;
        self.tell(buyer, &look)?;
        self.wait(buyer, &look)?;
        self.measured(|play| play.tell(buyer, &nominate))?;
        self.wait(buyer, &look)?;
        let close = liquidation::ExecuteMsg::Deleverage { account };
        self.measured(|play| play.tell(buyer, &close))
    }

    /// A little more than a minute in which reports come and one looks once.
    fn wait(&mut self, who: &Trader, look: &liquidation::ExecuteMsg) -> Result<()> {
        let [first, second] = LOOKS;
        self.observe_until(self.world.chain.now() + first)?;
        self.tell(who, look)?;
        self.observe_until(self.world.chain.now() + second)
    }

    fn tell(&mut self, who: &Trader, msg: &liquidation::ExecuteMsg) -> Result<()> {
        let done = self.world.liquidation_as(&who.address, msg, &[]);
        ok(done).map(drop)
    }

    /// A step of his liquidation by one taker, measured.
    ///
    /// # Errors
    /// A contract refuses.
    pub fn liquidate(&mut self, seller: &Trader, taker: &Trader) -> Result<()> {
        self.publish()?;
        let msg = liquidation::ExecuteMsg::Liquidate {
            account: seller.account,
            take: Some(Take {
                account: taker.account,
                least_reward: -20_000,
                max_pay: Uint128::new(1 << 60),
                fingerprint: None,
            }),
            keeper: None,
        };
        self.measured(|play| {
            let done = play.world.liquidation_as(&taker.address, &msg, &[]);
            ok(done).map(drop)
        })
    }
}
