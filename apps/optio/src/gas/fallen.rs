//! Sellers who fall below maintenance, and the step that sells their book.

use cosmwasm_std::{Coin, Uint128, coin};
use protocol_api::engine::{ExecuteMsg, HealthResponse, QueryMsg};
use protocol_api::exchange::QuoteLeg;
use protocol_api::liquidation::{self, Take};
use sandbox::setup::USDC;
use sandbox::{Trader, network};

use super::scenario::{Play, ok};
use crate::error::Result;

/// A rise that takes whoever is short up to his initial margin far below maintenance; less than what counts as a jump.
pub const RISE: f64 = 7_000.0;
/// Per cent of what he may withdraw that a seller withdraws: margins move while time passes.
const SPARE: u128 = 98;

impl Play {
    /// A seller of ten lots of each of these calls, at the edge of his initial margin.
    ///
    /// # Errors
    /// A contract refuses.
    pub fn seller(&mut self, name: &str, calls: &[String]) -> Result<Trader> {
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
        Ok(seller)
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
