//! The end of the first expiry: window, fixing, payouts.

use protocol_api::engine::ExecuteMsg;
use protocol_api::lens::{QueryMsg, SettlementEstimateResponse};
use sandbox::setup::{BTC, USDC};

use super::{Settled, Story};
use crate::demo::party::Party;
use crate::error::Result;

impl Story {
    /// The fixing window, the fixing and the payouts of the daily expiry.
    pub(super) fn expire(&mut self) -> Result<()> {
        let mean = self.fixing_window()?;
        let before = self.cash()?;
        self.venue.fix(BTC, self.daily, &["BTC_USDC"])?;
        self.fixing = self.settlement_price()?;
        self.say(&format!(
            "fixed at {:.2} (mean of what was published: {mean:.2})",
            self.fixing
        ));
        self.settle(before)?;
        self.read()?;
        self.withdraw_all()
    }

    /// Publishes prices in each bucket and after the last; returns the mean of BTC's in the buckets.
    fn fixing_window(&mut self) -> Result<f64> {
        let (buckets, seconds) = (self.pace.window.buckets, self.pace.window.bucket_seconds);
        self.say(&format!(
            "the fixing window opens: {buckets} buckets of {seconds} seconds"
        ));
        let mut spot = self.spot();
        let mut sum = 0.0;
        for bucket in 0..u64::from(buckets) {
            let begins = self.pace.opens() + u64::from(seconds) * bucket;
            self.reach(begins + u64::from(seconds) / 3)?;
            let step = 0.0004 * self.random.normal();
            spot.btc *= step.exp();
            spot.eth *= (1.2 * step).exp();
            sum += spot.btc;
            self.publish_live(spot)?;
            if bucket % 10 == 0 {
                self.went_to(spot);
                self.read()?;
            }
        }
        self.reach(self.daily + u64::from(seconds) / 2)?;
        self.publish_live(spot)?;
        Ok(sum / f64::from(buckets))
    }

    /// Pays everybody; `before` is their cash until then.
    fn settle(&mut self, before: Vec<f64>) -> Result<()> {
        let accounts: Vec<u64> = self.parties.iter().map(|p| p.trader.account).collect();
        self.venue.settle(&accounts)?;
        let after = self.cash()?;
        for ((party, before), after) in self.parties.iter().zip(before).zip(after) {
            self.settled.push(Settled {
                name: party.name.clone(),
                before,
                after,
            });
        }
        let paid = self
            .settled
            .iter()
            .find(|s| s.name == "carol")
            .map_or(0.0, Settled::paid);
        self.say(&format!(
            "everybody settled; carol's straddle paid {paid:.2} USDC"
        ));
        Ok(())
    }

    fn withdraw_all(&mut self) -> Result<()> {
        let carol = self.parties[3].trader.clone();
        let account = self.venue.account(carol.account)?;
        let held = account
            .cash
            .iter()
            .find(|c| c.denom == USDC)
            .map_or(0, |c| c.amount.i128());
        let amounts = vec![cosmwasm_std::Coin::new(held.unsigned_abs(), USDC)];
        let msg = ExecuteMsg::Withdraw {
            account: carol.account,
            amounts,
            to: None,
        };
        self.venue.engine("withdraw", &carol.address, &msg, &[])?;
        self.say(&format!(
            "carol withdraws all she has: {:.2} USDC",
            held as f64 / 1e6
        ));
        Ok(())
    }

    fn settlement_price(&self) -> Result<f64> {
        let msg = QueryMsg::SettlementEstimate {
            market: "BTC_USDC".to_owned(),
            expiry: self.daily,
        };
        let answer: SettlementEstimateResponse = self.venue.ask_lens(&msg)?;
        Ok(answer
            .price
            .and_then(|p| p.to_string().parse().ok())
            .unwrap_or(0.0))
    }

    /// USDC cash of each party.
    fn cash(&self) -> Result<Vec<f64>> {
        let of = |party: &Party| {
            let account = self.venue.account(party.trader.account)?;
            let cash = account.cash.iter().find(|c| c.denom == USDC);
            Ok(cash.map_or(0.0, |c| c.amount.i128() as f64 / 1e6))
        };
        self.parties.iter().map(of).collect()
    }
}
