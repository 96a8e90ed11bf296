//! Who takes part, and the series they trade.

use sandbox::setup::{GWEI, SAT, USDC};

use super::Story;
use super::waterfall::SPREAD;
use crate::data::time::format_expiry;
use crate::demo::party::Party;
use crate::error::Result;

impl Story {
    fn open(&mut self, name: &str, plan: &str, coins: &[(u128, &str)]) -> Result<()> {
        for (amount, denom) in coins {
            *self.minted.entry((*denom).to_owned()).or_default() += amount;
        }
        let trader = self.venue.open(name, coins)?;
        self.parties.push(Party {
            name: name.to_owned(),
            plan: plan.to_owned(),
            trader,
            readings: Vec::new(),
            positions: Vec::new(),
        });
        Ok(())
    }

    pub(super) fn open_accounts(&mut self) -> Result<()> {
        let usd = |amount: u128| (amount * 1_000_000, USDC);
        let rich = [
            usd(2_000_000),
            (2_000_000_000, SAT),
            (200_000_000_000, GWEI),
        ];
        self.open("maker", "quotes both sides", &rich)?;
        self.open(
            "alice",
            "covered call: 2 BTC held, 2 BTC of inverse calls sold",
            &[(200_000_000, SAT)],
        )?;
        self.open("bob", "short 1 BTC of puts on little cash", &[usd(15_500)])?;
        self.open("carol", "long a one-day straddle", &[usd(6_000)])?;
        self.open("dave", "iron condor, four legs in one quote", &[usd(6_000)])?;
        self.open("erin", "box: four legs, no risk", &[usd(16_000)])?;
        self.open(
            "frank",
            "short ETH calls on BTC collateral",
            &[(15_000_000, SAT), usd(50)],
        )?;
        self.open(
            "grace",
            "short a strangle that she does not tend",
            &[usd(99_600)],
        )?;
        self.open("heidi", "a standing bid on whatever falls", &[usd(30_000)])?;
        self.open("ivan", "takes what bids leave", &[usd(60_000)])?;
        self.open(
            "judy",
            "short ETH put spreads at the edge of her margin",
            &[usd(150_000)],
        )?;
        self.open("ken", "long ETH put spreads", &[usd(30_000)])?;
        self.open("keeper", "sends what nobody else has to", &[])?;
        let count = self.parties.len();
        self.say(&format!("{count} accounts opened and funded"));
        Ok(())
    }

    pub(super) fn name(&self, market: &str, expiry: usize, strike: f64, call: bool) -> String {
        let at = self.pace.expiries()[expiry];
        let side = if call { 'C' } else { 'P' };
        format!("{market}-{}-{strike:.0}-{side}", format_expiry(at))
    }

    pub(super) fn list(&mut self) -> Result<()> {
        let mut series = Vec::new();
        for (expiry, strikes) in [
            (0, vec![95_000.0]),
            (1, vec![84_000.0, 88_000.0, 91_000.0, 99_000.0, 103_000.0]),
            (2, vec![90_000.0, 100_000.0]),
        ] {
            for strike in strikes {
                for call in [true, false] {
                    series.push(self.name("BTC_USDC", expiry, strike, call));
                }
            }
        }
        series.push(self.name("BTC", 2, 105_000.0, true));
        series.push(self.name("ETH_USDC", 2, 3_200.0, true));
        series.extend(SPREAD.map(|strike| self.name("ETH_USDC", 1, strike, false)));
        self.venue.list(&series)?;
        self.say(&format!("{} series listed", series.len()));
        Ok(())
    }
}
