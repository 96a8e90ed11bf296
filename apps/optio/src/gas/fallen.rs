//! Sellers who fall below maintenance, the step that sells their book, and how one is closed whom nobody took.

use cosmwasm_std::{Coin, Uint128, coin};
use protocol_api::engine::{ExecuteMsg, HealthResponse, QueryMsg};
use protocol_api::exchange::QuoteLeg;
use protocol_api::liquidation::{self, Step, Take};
use sandbox::setup::USDC;
use sandbox::{Network as _, Trader, network};

use super::scenario::{Play, ok};
use crate::error::Result;

/// A rise that takes whoever is short up to his initial margin far below maintenance; less than what counts as a jump.
pub const RISE: f64 = 7_000.0;
/// Per cent of what he may withdraw that a seller withdraws: margins move while time passes.
const SPARE: u128 = 98;
/// Seconds between two looks at an auction, of which no more than a sixth of its schedule count, and how many looks are a
/// little more than a minute: schedule, nominations and tail take one each.
const LOOK: u64 = 10;
const LOOKS: usize = 7;
/// Lots of every series between two.
pub const LOTS: u64 = 10;
/// Lots that a seller sold to a crowd, how many they are, and what each holds: the eight best give up half of the legs.
const CROWD_LOTS: u64 = 32;
const CROWD: usize = 16;
const HELD: u64 = 2;

/// A seller of 32 calls, and who holds them.
struct Fallen {
    seller: Trader,
    holders: Vec<Trader>,
}

/// Sellers for one round of measurements.
pub struct Group {
    /// A slice of his book is sold.
    sold: Fallen,
    /// Nobody takes theirs: one is closed against one other side, one against eight.
    closed: [Fallen; 2],
}

impl Play {
    /// Sellers at the edge of their initial margin.
    ///
    /// # Errors
    /// A contract refuses.
    pub fn group(&mut self, name: &str, calls: &[String]) -> Result<Group> {
        Ok(Group {
            sold: self.seller(&format!("{name} seller"), calls)?,
            closed: [
                self.seller(&format!("{name} seller to one"), calls)?,
                self.seller_to_many(&format!("{name} seller to many"), calls)?,
            ],
        })
    }

    /// After the rise: what becomes of them, measured.
    ///
    /// # Errors
    /// A contract refuses.
    pub fn liquidate(&mut self, group: &Group, taker: &Trader) -> Result<()> {
        self.sell_a_slice(&group.sold.seller, taker)?;
        self.close(&group.closed)
    }

    /// A seller of ten lots of each of these calls, and who bought them.
    fn seller(&mut self, name: &str, calls: &[String]) -> Result<Fallen> {
        let (seller, buyer) = self.sold(name, calls, LOTS)?;
        self.withdraw_to_the_edge(&seller)?;
        let holders = vec![buyer];
        Ok(Fallen { seller, holders })
    }

    /// A seller whose calls sixteen others hold, each a part of every one: their buyer sold them on.
    fn seller_to_many(&mut self, name: &str, calls: &[String]) -> Result<Fallen> {
        let (seller, house) = self.sold(name, calls, CROWD_LOTS)?;
        let mut holders = Vec::new();
        for n in 1..=CROWD {
            let holder = self.trader(&format!("{name}'s holder {n}"))?;
            self.sell(&house, &holder, calls, HELD)?;
            holders.push(holder);
        }
        self.withdraw_to_the_edge(&seller)?;
        Ok(Fallen { seller, holders })
    }

    fn sold(&mut self, name: &str, calls: &[String], lots: u64) -> Result<(Trader, Trader)> {
        let seller = self.trader(name)?;
        let buyer = self.trader(&format!("{name}'s buyer"))?;
        self.sell(&seller, &buyer, calls, lots)?;
        Ok((seller, buyer))
    }

    fn trader(&mut self, name: &str) -> Result<Trader> {
        let coins = [Coin::new(1_000_000_000_000_u128, USDC)];
        ok(self.world.open_account(name, &coins))
    }

    /// Sells so many lots of each call.
    fn sell(&mut self, seller: &Trader, buyer: &Trader, calls: &[String], lots: u64) -> Result<()> {
        for page in calls.chunks(16) {
            self.publish()?;
            let leg = |series: &String| QuoteLeg {
                series: series.clone(),
                ratio: -1,
                price: 1_000,
            };
            self.trade(seller, buyer, page.iter().map(leg).collect(), lots)?;
        }
        Ok(())
    }

    /// He withdraws nearly all that he may.
    fn withdraw_to_the_edge(&mut self, seller: &Trader) -> Result<()> {
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
        ok(self.world.engine_as(&seller.address, &msg, &[])).map(drop)
    }

    /// They are nominated against and closed once their schedules have ended; both are measured.
    fn close(&mut self, fallen: &[Fallen]) -> Result<()> {
        self.publish()?;
        self.look(fallen)?;
        self.wait(fallen)?;
        for fallen in fallen {
            self.nominate(fallen)?;
        }
        self.wait(fallen)?;
        for fallen in fallen {
            let account = fallen.seller.account;
            let close = liquidation::ExecuteMsg::Deleverage { account };
            self.measured(|play| play.tell(&close))?;
        }
        Ok(())
    }

    /// A little more than a minute in which reports come and one looks.
    fn wait(&mut self, fallen: &[Fallen]) -> Result<()> {
        for _ in 0..LOOKS {
            self.observe_until(self.world.chain.now() + LOOK)?;
            self.look(fallen)?;
        }
        Ok(())
    }

    fn look(&mut self, fallen: &[Fallen]) -> Result<()> {
        for fallen in fallen {
            self.tell(&liquidation::ExecuteMsg::Liquidate(Step {
                account: fallen.seller.account,
                take: None,
                keeper: None,
                bids: None,
            }))?;
        }
        Ok(())
    }

    /// As many a message as may be named; the last message is measured.
    fn nominate(&mut self, fallen: &Fallen) -> Result<()> {
        let mut pages = fallen.holders.chunks(liquidation::MAX_NOMINEES).peekable();
        while let Some(page) = pages.next() {
            let msg = liquidation::ExecuteMsg::Nominate {
                account: fallen.seller.account,
                candidates: page.iter().map(|holder| holder.account).collect(),
            };
            if pages.peek().is_none() {
                self.measured(|play| play.tell(&msg))?;
            } else {
                self.tell(&msg)?;
            }
        }
        Ok(())
    }

    fn tell(&mut self, msg: &liquidation::ExecuteMsg) -> Result<()> {
        let keeper = self.world.keeper.clone();
        let done = self.world.liquidation_as(&keeper, msg, &[]);
        ok(done).map(drop)
    }

    /// A step of his liquidation by one taker, measured.
    fn sell_a_slice(&mut self, seller: &Trader, taker: &Trader) -> Result<()> {
        self.publish()?;
        let msg = liquidation::ExecuteMsg::Liquidate(Step {
            account: seller.account,
            take: Some(Take {
                account: taker.account,
                least_reward: -20_000,
                max_pay: Uint128::new(1 << 60),
                legs_fingerprint: None,
            }),
            keeper: None,
            bids: None,
        });
        self.measured(|play| {
            let done = play.world.liquidation_as(&taker.address, &msg, &[]);
            ok(done).map(drop)
        })
    }
}
