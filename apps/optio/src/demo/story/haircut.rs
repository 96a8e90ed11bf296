//! The last rung: what nobody paid is shared over the gains of the market's winners, where days can be waited for.

use protocol_api::engine::{AccountId, ExecuteMsg as EngineMsg, LossResponse, QueryMsg, turn_from};
use sandbox::setup::USDC;

use super::Story;
use super::waterfall::MARKET;
use crate::demo::sold::{Bearer, Waterfall, usd};
use crate::error::{CliError, Result};

/// The engine's grace of debts.
const GRACE: u64 = 86_400;
/// Reports before winners are counted: the first one after a gap opens nothing.
const REPORTS: u64 = 3;

impl Story {
    /// A day after it arose the debt is written off; the winners of the market are counted, and pay a day later.
    pub(super) fn share_rest(&mut self, judy: usize, fall: &mut Waterfall) -> Result<()> {
        let account = self.parties[judy].trader.account;
        let old = self.owed(account)?;
        if old == 0 || !self.pace.has_hours {
            return Ok(());
        }
        let since = self.venue.account(account)?.cash;
        let since = since.iter().find(|cash| cash.denom == USDC);
        let since = since.and_then(|cash| cash.debt_since).unwrap_or(0);
        self.come_back(since + GRACE)?;
        let owed = self.owed(account)?;
        self.tell("cover a debt", &EngineMsg::CoverDebt { account })?;
        let lost = self.loss(None)?.lost.u128() as i128;
        let hour = self.hour();
        fall.bear(hour, Bearer::Drift, "a day's interest", old - owed);
        fall.bear(
            hour,
            Bearer::Fund,
            "insurance, for the dead debt",
            owed - lost,
        );
        self.say(&format!(
            "a day old, judy's debt is written off: {:.2} USDC are a loss of {MARKET}",
            usd(lost)
        ));
        self.end_round(lost, fall)
    }

    /// Insurance pays what it may of the loss, the winners what is left of it.
    fn end_round(&mut self, lost: i128, fall: &mut Waterfall) -> Result<()> {
        let winners = ["ken", "maker"].map(|name| self.party(name));
        let winners = winners.into_iter().collect::<Result<Vec<usize>>>()?;
        self.count(&winners)?;
        self.look_at_all()?;
        let ends = self.loss(None)?.ends_at;
        let ends = ends.ok_or_else(|| {
            CliError::new("E_OPTIO_DEMO", "no round although winners were counted")
        })?;
        self.come_back(ends)?;
        let fund = self.insurance()?.balance.u128() as i128;
        self.share(&winners)?;
        let left = self.loss(None)?.lost.u128() as i128;
        let insured = fund - self.insurance()?.balance.u128() as i128;
        let shared = lost - insured - left;
        let hour = self.hour();
        fall.bear(hour, Bearer::Fund, "insurance, for the loss", insured);
        fall.bear(
            hour,
            Bearer::Sides,
            "gains in the market, by haircut",
            shared,
        );
        self.say(&format!(
            "the round ends: {:.2} USDC come from gains, each account's by the same share, and {:.2} are left",
            usd(shared),
            usd(left)
        ));
        Ok(())
    }

    /// The winners are counted: what they could withdraw of what they gained is withheld as far as the loss goes.
    fn count(&mut self, winners: &[usize]) -> Result<()> {
        self.share(winners)?;
        for at in winners {
            let party = &self.parties[*at];
            let name = party.name.clone();
            let Some(part) = self.loss(Some(party.trader.account))?.account else {
                continue;
            };
            self.say(&format!(
                "{name}'s gain in the market counts as {:.2} USDC: {:.2} are withheld until the round ends, {:.2} to be paid as it stands",
                part.gains.u128() as f64 / 1e6,
                part.withheld.u128() as f64 / 1e6,
                part.cut.u128() as f64 / 1e6
            ));
        }
        Ok(())
    }

    /// A round does not end before all accounts were looked at, from the last one down.
    fn look_at_all(&mut self) -> Result<()> {
        let mut messages = 0;
        while let Some(next) = self.loss(None)?.unseen {
            self.share_among(turn_from(next))?;
            messages += 1;
        }
        self.say(&format!(
            "all accounts are looked at for gains that nobody named: {messages} message(s)"
        ));
        Ok(())
    }

    fn share(&mut self, winners: &[usize]) -> Result<()> {
        let account = |at: &usize| self.parties[*at].trader.account;
        self.share_among(winners.iter().map(account).collect())
    }

    fn share_among(&mut self, accounts: Vec<AccountId>) -> Result<()> {
        let msg = EngineMsg::ShareLoss {
            market: MARKET.to_owned(),
            accounts,
        };
        self.tell("share a loss", &msg)
    }

    fn tell(&mut self, what: &str, msg: &EngineMsg) -> Result<()> {
        let keeper = self.parties[self.party("keeper")?].trader.address.clone();
        self.venue.engine(what, &keeper, msg, &[])
    }

    fn loss(&self, account: Option<AccountId>) -> Result<LossResponse> {
        let market = MARKET.to_owned();
        self.venue.ask(&QueryMsg::Loss { market, account })
    }

    /// Nothing happens until a time, and then prices come again.
    fn come_back(&mut self, time: u64) -> Result<()> {
        for beat in 0..REPORTS {
            self.reach(time.max(self.venue.now()) + 60 * beat.min(1))?;
            let spot = self.spot();
            self.publish_live(spot)?;
        }
        Ok(())
    }
}
