//! The last rungs: an account that nobody took is closed against the other sides, and insurance pays the debt that is left.

use protocol_api::engine::{AccountId, DeleverageData, ExecuteMsg as EngineMsg};
use protocol_api::liquidation::{ExecuteMsg, NomineesResponse, QueryMsg};
use sandbox::setup::USDC;

use super::Story;
use crate::data::time::format_timestamp;
use crate::demo::sold::{Bearer, Standing, StepReport, Waterfall, usd};
use crate::error::{CliError, Result};

/// Hours for which insurance is asked for a dead debt.
const HOURS: u32 = 3;
/// Less is not worth a message, base units.
const CENT: u128 = 10_000;

impl Story {
    /// The account is closed against those who hold the other sides.
    pub(super) fn deleverage(&mut self, judy: usize, fall: &mut Waterfall) -> Result<()> {
        let account = self.parties[judy].trader.account;
        let ripe = self.nominate(account)?;
        self.let_pass(judy, ripe)?;
        let before = Standing::of(&self.state(judy)?);
        let query = QueryMsg::PreviewDeleverage { account };
        let preview: DeleverageData = self.venue.ask_liquidation(&query)?;
        let at = self.venue.now();
        let keeper = self.parties[self.party("keeper")?].trader.clone();
        let msg = ExecuteMsg::Deleverage { account };
        let sent = self.venue.liquidation("deleverage", &keeper.address, &msg);
        let told = StepReport::of(&sent?)?;
        let left = told.after.deficit();
        let shared = before.deficit() - told.insurance - left;
        // On a node the message is in a later block than the preview.
        let apart = shared.abs_diff(i128::try_from(preview.shared.u128()).unwrap_or(i128::MAX));
        if self.venue.now() == at && apart > told.closed.len() as u128 + 1 {
            return Err(CliError::new(
                "E_OPTIO_DEMO",
                "deleveraging shared something else than its preview",
            ));
        }
        let drift = (fall.left() * 1e6).round() as i128 - before.deficit();
        fall.bear(self.hour(), Bearer::Drift, "time and whole units", drift);
        fall.bear(
            self.hour(),
            Bearer::Fund,
            "insurance, at deleveraging",
            told.insurance,
        );
        fall.bear(
            self.hour(),
            Bearer::Sides,
            "other sides, by deleveraging",
            shared,
        );
        self.say_closed(&told, &preview, (shared, left));
        self.read()
    }

    /// The keeper names who holds other sides; when the table is ripe, unix seconds.
    fn nominate(&mut self, account: AccountId) -> Result<u64> {
        let keeper = self.parties[self.party("keeper")?].trader.clone();
        let sides = [self.party("ken")?, self.party("maker")?];
        let candidates = sides.map(|p| self.parties[p].trader.account).to_vec();
        let msg = ExecuteMsg::Nominate {
            account,
            candidates,
        };
        self.venue.liquidation("nominate", &keeper.address, &msg)?;
        let query = QueryMsg::Nominees { account };
        let found: NomineesResponse = self.venue.ask_liquidation(&query)?;
        let table = found.table.ok_or_else(|| {
            CliError::new("E_OPTIO_DEMO", "no table although somebody was nominated")
        })?;
        let names: Vec<String> = table.nominees.iter().map(|a| self.name_of(*a)).collect();
        self.say(&format!(
            "the schedule has ended; the keeper nominates who holds the other sides, the engine ranks them: {}",
            names.join(", then ")
        ));
        Ok(table.executable_at)
    }

    fn say_closed(&mut self, told: &StepReport, preview: &DeleverageData, sums: (i128, i128)) {
        for side in &preview.counterparties {
            let paid = told.closed.iter().find(|c| c.0 == side.account);
            let name = self.name_of(side.account);
            let profit = usd(side.profit.i128());
            if let Some((_, paid)) = paid {
                let gets = usd(-paid);
                self.say(&format!(
                    "{name}, {profit:.2} USD ahead in the market, gives up his side for {gets:.2} USDC"
                ));
            }
        }
        let (shared, left) = sums;
        self.say(&format!(
            "judy has no leg any more: insurance paid {:.2}, the other sides {:.2} less than at mark; {:.2} USDC are left as a debt",
            usd(told.insurance),
            usd(shared),
            usd(left)
        ));
    }

    /// Insurance pays a debt that nothing stands against, hour by hour.
    pub(super) fn cover(&mut self, judy: usize, fall: &mut Waterfall) -> Result<()> {
        let account = self.parties[judy].trader.account;
        let keeper = self.parties[self.party("keeper")?].trader.clone();
        for _ in 0..HOURS {
            let owed = self.owed(account)?;
            let fund = self.insurance()?;
            if owed == 0 {
                break;
            }
            let spent = fund.available.u128() < CENT;
            if spent && !self.pace.has_hours {
                let at = format_timestamp(fund.hour_ends);
                self.say(&format!(
                    "{:.2} USDC stay owed here: insurance may pay again at {at}, which this run does not wait for",
                    usd(owed)
                ));
                break;
            }
            if spent {
                self.pass(fund.hour_ends)?;
            }
            let msg = EngineMsg::CoverDebt { account };
            self.venue
                .engine("cover a debt", &keeper.address, &msg, &[])?;
            let left = self.owed(account)?;
            fall.bear(
                self.hour(),
                Bearer::Fund,
                "insurance, for the dead debt",
                owed - left,
            );
            self.say(&format!(
                "insurance pays {:.2} USDC of judy's dead debt; {:.2} are left",
                usd(owed - left),
                usd(left)
            ));
        }
        Ok(())
    }

    /// Negative quote cash, as a positive number.
    pub(super) fn owed(&self, account: AccountId) -> Result<i128> {
        let account = self.venue.account(account)?;
        let cash = account.cash.iter().find(|c| c.denom == USDC);
        Ok(cash.map_or(0, |c| (-c.amount.i128()).max(0)))
    }
}
