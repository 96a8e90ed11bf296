//! The fall: prices through time, and the call that one of the sellers answers.

use protocol_api::engine::ExecuteMsg;
use sandbox::setup::USDC;

use super::Story;
use super::trades::put;
use crate::demo::pace::{STEPS, WATCHED_HOURS};
use crate::error::{CliError, Result};
use crate::random::Random;

/// Seconds for which a surface that was fitted anew may count as a jump: nothing opens meanwhile.
const JUMP: u64 = 61;

pub(super) fn spot_path(hour: f64, random: &mut Random) -> (f64, f64, f64) {
    // Calm, then a fall of a tenth within eight hours, then a partial recovery.
    let fall = ((hour - 6.0) / 8.0).clamp(0.0, 1.0);
    let bounce = ((hour - 16.0) / 10.0).clamp(0.0, 1.0);
    let smooth = |x: f64| x * x * (3.0 - 2.0 * x);
    let drift = -0.115 * smooth(fall) + 0.03 * smooth(bounce);
    let noise = 0.0012 * random.normal();
    let stress = 0.35 * smooth(fall) - 0.12 * smooth(bounce);
    (
        95_000.0 * (drift + noise).exp(),
        2_960.0 * (1.25 * drift + 1.3 * noise).exp(),
        stress,
    )
}

impl Story {
    /// Step by step until the fixing window; bob is called and reacts, grace does not and is sold.
    pub(super) fn watch(&mut self) -> Result<()> {
        let mut called = false;
        let mut lowest = f64::INFINITY;
        let (from, opens) = (self.venue.now(), self.pace.opens());
        let (length, mut step) = (opens.saturating_sub(from).max(1), 0);
        let grace = self.party("grace")?;
        loop {
            // A slow machine looks less often, but at the same prices at the same times.
            let due = (self.venue.now() - from) * STEPS / length;
            step = due.max(step) + 1;
            if step >= STEPS {
                break;
            }
            self.reach(from + length * step / STEPS)?;
            self.step(WATCHED_HOURS * step as f64 / STEPS as f64)?;
            self.read()?;
            let bob = self.parties[2].readings.last().cloned();
            let health = bob.and_then(|r| r.health).unwrap_or(f64::INFINITY);
            lowest = lowest.min(health);
            if health < 1.0 && !called {
                called = true;
                self.margin_call(health)?;
            }
            if self.is_for_sale(grace)? {
                self.sale(grace)?;
            }
        }
        if self.slices.is_empty() {
            self.say("nobody was sold: the fixing window opened too soon after the fall");
        }
        let low = self.low();
        self.say(&format!(
            "BTC fell to {low:.0}; bob's health was {lowest:.2} at its lowest"
        ));
        Ok(())
    }

    fn margin_call(&mut self, health: f64) -> Result<()> {
        self.say(&format!(
            "bob's health is {health:.3}: below 1 he may be liquidated"
        ));
        if self.pace.refits {
            self.pass(self.venue.now() + JUMP)?;
        }
        match self.deal("bob", &[put(1, 88_000.0, -10)], false) {
            Err(error) => self.say(&format!("bob tries to add to his risk: {}", error.code)),
            Ok(()) => {
                return Err(CliError::new(
                    "E_OPTIO_DEMO",
                    "an unhealthy account added risk",
                ));
            }
        }
        self.deal("bob", &[put(1, 91_000.0, 60)], true)?;
        self.say("bob buys back 0.6 BTC of his puts: a fill that reduces is always allowed");
        let bob = self.parties[2].trader.clone();
        let coins = [cosmwasm_std::Coin::new(4_000_000_000u128, USDC)];
        *self.minted.entry(USDC.to_owned()).or_default() += 4_000_000_000;
        let chain = &mut self.venue.sandbox.chain;
        chain
            .fund(&bob.address, &coins)
            .map_err(|e| crate::venue::failed(&e))?;
        let msg = ExecuteMsg::Deposit {
            account: bob.account,
        };
        self.venue.engine("deposit", &bob.address, &msg, &coins)?;
        self.say("bob deposits 4,000 USDC");
        self.read()
    }
}
