//! The gap: prices leap over an account's whole equity. Who bears what is missing, rung by rung.

use cosmwasm_std::Coin;
use protocol_api::engine::{
    ExecuteMsg as EngineMsg, HealthResponse, InsuranceResponse, QueryMsg as EngineQuery,
};
use protocol_api::exchange::QuoteLeg;
use sandbox::setup::{ETH, USDC};

use super::keeper::seconds_until;
use super::{Spot, Story};
use crate::data::time::format_timestamp;
use crate::demo::sold::{Bearer, Standing, Waterfall, shown, usd};
use crate::error::Result;

/// The market of the story's second part.
pub(super) const MARKET: &str = "ETH_USDC";
/// Strikes of the spread, USD: what judy sells, and the wing she buys.
pub(super) const SPREAD: [f64; 2] = [2_900.0, 1_600.0];
/// Lots of a tenth of an ETH: that judy sells, and that ken buys.
const LOTS: [u64; 2] = [1_000, 400];
/// Half the maker's spread there, a share of the price.
const EDGE: f64 = 0.012;
/// What the sponsor gives to insurance, base units.
const INSURANCE: u128 = 10_000_000_000;
/// The gap: the price of BTC after it over that before, and the price of ETH after it, below both strikes.
const GAP: (f64, f64) = (0.96, 1_550.0);
/// Of what she could withdraw judy leaves one part in so many.
const LEFT_IN: u128 = 50;

impl Story {
    /// Somebody gives the market's insurance its first money.
    pub(super) fn fund_insurance(&mut self) -> Result<()> {
        let sponsor = self.venue.sandbox.chain.party("sponsor");
        let coins = [Coin::new(INSURANCE, USDC)];
        *self.minted.entry(USDC.to_owned()).or_default() += INSURANCE;
        let funded = self.venue.sandbox.chain.fund(&sponsor, &coins);
        funded.map_err(|e| crate::venue::failed(&e))?;
        let market = MARKET.to_owned();
        let msg = EngineMsg::FundInsurance { market };
        self.venue
            .engine("fund insurance", &sponsor, &msg, &coins)?;
        self.say("10,000 USDC go into the insurance of ETH_USDC: it may pay a tenth of what it holds an hour, half of that at once");
        Ok(())
    }

    /// Trade, gap, auction, insurance, deleveraging, dead debt, haircut.
    pub(super) fn gap(&mut self) -> Result<()> {
        let judy = self.party("judy")?;
        self.sell_spreads(judy)?;
        self.reach(self.venue.now() + self.pace.rest)?;
        self.refresh()?;
        self.read()?;
        let before = Standing::of(&self.state(judy)?);
        self.leap()?;
        self.read()?;
        let found = Standing::of(&self.state(judy)?);
        let mut fall = Waterfall {
            account: self.parties[judy].name.clone(),
            hour: self.hour(),
            lost: usd(before.equity - found.equity),
            rungs: vec![],
        };
        fall.bear(
            self.hour(),
            Bearer::Own,
            "the account's own equity",
            before.equity.max(0),
        );
        self.say(&format!(
            "judy's health goes from {} to {}: she has lost all she had and {:.2} USD more",
            shown(before.health()),
            shown(found.health()),
            usd(found.deficit())
        ));
        self.say_below()?;
        self.insured_slice(judy, &mut fall, found)?;
        self.deleverage(judy, &mut fall)?;
        self.cover(judy, &mut fall)?;
        self.read()?;
        self.share_rest(judy, &mut fall)?;
        self.waterfall = Some(fall);
        self.read_again()
    }

    /// Judy sells put spreads, ken buys some, and judy withdraws what margin leaves her.
    fn sell_spreads(&mut self, judy: usize) -> Result<()> {
        self.refresh()?;
        let [short, wing] = SPREAD;
        let sold = [(short, 1, 1.0 - EDGE), (wing, -1, 1.0 + EDGE)];
        self.eth_puts(judy, &sold, LOTS[0])?;
        self.say("judy sells 100 ETH of 2,900/1,600 put spreads");
        let ken = self.party("ken")?;
        let bought = [(short, -1, 1.0 + EDGE), (wing, 1, 1.0 - EDGE)];
        self.eth_puts(ken, &bought, LOTS[1])?;
        self.say("ken buys 40 ETH of them");
        let judy = self.parties[judy].trader.clone();
        let health: HealthResponse = self.venue.health(judy.account)?;
        let spare = health.initial_surplus.map_or(0, |s| s.i128().max(0));
        let amount = spare.unsigned_abs() / LEFT_IN * (LEFT_IN - 1);
        let msg = EngineMsg::Withdraw {
            account: judy.account,
            amounts: vec![Coin::new(amount, USDC)],
            to: None,
        };
        self.venue.engine("withdraw", &judy.address, &msg, &[])?;
        self.say(&format!(
            "judy withdraws {:.2} USDC: what is left is hardly more than her initial margin",
            amount as f64 / 1e6
        ));
        self.read()
    }

    /// A party takes the maker's quote for ETH puts: strike, the maker's side, price over mark.
    fn eth_puts(&mut self, who: usize, legs: &[(f64, i64, f64)], lots: u64) -> Result<()> {
        let mut quote = Vec::new();
        for (strike, ratio, over) in legs {
            let mark = self.mark(ETH, 1, *strike, false)?;
            quote.push(QuoteLeg {
                series: self.name(MARKET, 1, *strike, false),
                ratio: *ratio,
                price: (mark * over / 0.05).round().max(1.0) as i64,
            });
        }
        self.fill(who, quote, lots, false)
    }

    /// Prices leap between two reports.
    fn leap(&mut self) -> Result<()> {
        let spot = self.spot();
        let low = Spot {
            btc: spot.btc * GAP.0,
            eth: GAP.1,
        };
        self.went_to(spot);
        self.publish_live(low)?;
        self.went_to(low);
        self.say(&format!(
            "ETH leaps from {:.0} to {:.0} between two reports",
            spot.eth, low.eth
        ));
        Ok(())
    }

    /// The auction starts; the maker, whom the legs suit, takes at mark as much of the account as insurance can pay for
    /// at once.
    fn insured_slice(&mut self, judy: usize, fall: &mut Waterfall, found: Standing) -> Result<()> {
        self.sell(judy, None)?;
        let terms = self.terms()?;
        self.ripen(judy, seconds_until(&terms, 1))?;
        let fund = self.insurance()?;
        let before = Standing::of(&self.state(judy)?);
        fall.bear(
            self.hour(),
            Bearer::Drift,
            "time",
            before.equity - found.equity,
        );
        if fund.available.is_zero() {
            let at = format_timestamp(fund.hour_ends);
            self.say(&format!(
                "insurance may pay nothing in this hour: what came in counts from {at} on"
            ));
        } else {
            let maker = self.party("maker")?;
            let told = self.sell(judy, Some(maker))?;
            let paid = told.insurance;
            fall.bear(
                self.hour(),
                Bearer::Fund,
                "insurance, to a taker at mark",
                paid,
            );
            self.say(&format!(
                "that is what insurance can pay for: {:.2} of the {:.2} USDC it may pay at once",
                usd(paid),
                fund.available.u128() as f64 / 1e6
            ));
        }
        self.ripen(judy, terms.auction.schedule.end_after.into())?;
        self.send_step(judy, None).map(drop)
    }

    pub(super) fn insurance(&self) -> Result<InsuranceResponse> {
        let market = MARKET.to_owned();
        self.venue.ask(&EngineQuery::Insurance { market })
    }
}
