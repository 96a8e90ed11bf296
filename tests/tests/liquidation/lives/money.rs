//! Coins, trades, prices and settlements of a life.

use cosmwasm_std::{Addr, Coin, Uint128};
use protocol_api::engine::{
    AccountId, ExecuteMsg, HealthResponse, LedgerResponse, LegView, QueryMsg,
};
use protocol_api::exchange::QuoteLeg;
use protocol_std::expiry::seconds;
use sandbox::setup::{BTC, SHORT_WINDOW, USDC};

use super::acts::{Aim, Leap};
use super::auctions::EVERYBODY;
use super::life::{DENOMS, GAMBLER, HOUSE, Life, MARKETS, Pay, SERIES};
use super::watch::{self, Rule};
use crate::market::{EXPIRIES, USD, usd};

impl Life {
    pub fn engine(&mut self, kind: &str, rule: Rule, from: &Addr, msg: &ExecuteMsg) -> bool {
        self.engine_with(kind, rule, (from, &[]), msg)
    }

    pub fn engine_with(
        &mut self,
        kind: &str,
        rule: Rule,
        (from, funds): (&Addr, &[Coin]),
        msg: &ExecuteMsg,
    ) -> bool {
        if !funds.is_empty() {
            self.world.chain.mint(from, funds).expect("minted");
        }
        let sent = self.send(kind, rule, |world| world.engine_as(from, msg, funds));
        sent.is_some()
    }

    pub fn cash(&self, account: AccountId, denom: &str) -> i128 {
        let account = self.last.accounts.get(&account);
        let found = account.and_then(|one| one.cash.iter().find(|cash| cash.denom == denom));
        found.map_or(0, |cash| cash.amount.i128())
    }

    /// The series, or the next one whose date lies ahead.
    fn alive(&self, series: usize) -> usize {
        let ahead = |series: &usize| u64::from(EXPIRIES[SERIES[*series].date]) * 60 > self.now();
        let mut all = (series..SERIES.len()).chain(0..series);
        all.find(ahead).unwrap_or(series)
    }

    /// Ticks near what a unit is worth: what it would pay now, and up to three percent of spot for time.
    fn ticks(&self, series: usize, price: u8) -> i64 {
        let series = &SERIES[series];
        let now = match series.pay {
            Pay::Call => (self.spot - series.strike).max(0.0),
            Pay::Put => (series.strike - self.spot).max(0.0),
            Pay::Future => self.spot,
        };
        let dollars = now + self.spot * 0.03 * f64::from(price) / 255.0;
        let tick = [0.5, 0.0001 * self.spot][series.market];
        (dollars / tick) as i64
    }

    pub fn trade(
        &mut self,
        sides: (usize, usize),
        series: usize,
        (lots, price): (u64, u8),
    ) -> bool {
        let series = self.alive(series);
        let leg = QuoteLeg {
            series: SERIES[series].name.into(),
            ratio: -1,
            price: self.ticks(series, price),
        };
        let (maker, taker) = (self.people[sides.0].clone(), self.people[sides.1].clone());
        // Who cannot carry so much trades less.
        for lots in [lots, lots.div_ceil(5), lots.div_ceil(25)] {
            self.nonce += 1;
            let quote = self
                .world
                .quote(&maker, self.nonce, lots, vec![leg.clone()]);
            let rule = Rule::of(&[maker.account, taker.account]);
            let sent = self.send("trade", rule, |world| world.take(&taker, quote, lots));
            if sent.is_some() {
                return true;
            }
        }
        false
    }

    pub fn deposit(&mut self, who: usize, sender: usize, (coin, amount): (usize, u64)) {
        let account = self.number(who);
        let funds = [Coin::new(u128::from(amount), DENOMS[coin])];
        let from = self.address(sender);
        let msg = ExecuteMsg::Deposit { account };
        self.engine_with("deposit", Rule::of(&[account]), (&from, &funds), &msg);
    }

    pub fn withdraw(&mut self, who: usize, denom: &str, amount: u128) -> bool {
        let account = self.number(who);
        let msg = ExecuteMsg::Withdraw {
            account,
            amounts: vec![Coin::new(amount, denom)],
            to: None,
        };
        let from = self.address(who);
        self.engine("withdraw", Rule::of(&[account]), &from, &msg)
    }

    /// Withdraws so much that little more than initial margin is left.
    pub fn spend(&mut self, who: usize, leave: u8) {
        let account = self.number(who);
        let health: HealthResponse = watch::ask(self, &QueryMsg::Health { account });
        let surplus = health.initial_surplus.map_or(0, |surplus| surplus.i128());
        let spare = surplus - i128::from(leave) * USD as i128 / 4;
        let amount = spare.min(self.cash(account, USDC));
        if amount > 0 {
            self.withdraw(who, USDC, amount.unsigned_abs());
        }
    }

    pub fn withdraw_part(&mut self, who: usize, coin: usize, percent: u8) {
        let held = self.cash(self.number(who), DENOMS[coin]).max(0);
        let amount = held.unsigned_abs() * u128::from(percent) / 100;
        self.withdraw(who, DENOMS[coin], amount);
    }

    /// Coins that no message asked for belong to nobody and change nothing.
    pub fn gift(&mut self, to_engine: bool, coin: usize, amount: u32) {
        let to = if to_engine {
            &self.world.engine
        } else {
            &self.world.liquidation
        };
        let (to, coins) = (to.clone(), [Coin::new(u128::from(amount), DENOMS[coin])]);
        self.world.chain.mint(&to, &coins).expect("minted");
        let now = watch::look(self);
        assert_eq!(self.last.accounts, now.accounts, "a gift");
        watch::everything(self);
    }

    pub fn insure(&mut self, market: usize, dollars: u32) {
        let giver = self.world.chain.address("giver");
        let msg = ExecuteMsg::FundInsurance {
            market: MARKETS[market].into(),
        };
        let funds = [usd(dollars.into())];
        self.engine_with("fund_insurance", Rule::default(), (&giver, &funds), &msg);
    }

    /// The same prices until nothing is jumped any more but for a leap in price.
    pub fn calm(&mut self) {
        self.live(65);
    }

    pub fn leap(&mut self, leap: Leap) {
        let factor = 1.0 + f64::from(leap.basis_points) / 10_000.0;
        self.spot = (self.spot * factor).clamp(5_000.0, 1_500_000.0);
        self.vol = f64::from(leap.vol) / 10.0;
        self.ether_speaks = leap.ether;
        self.ether = (self.ether * factor).clamp(200.0, 50_000.0);
        self.world.chain.advance(5);
        self.publish(leap.sources);
        let now = watch::look(self);
        assert_eq!(Self::records(&self.last), Self::records(&now), "a report");
        watch::everything(self);
        self.last = now;
    }

    /// Prices leap until somebody is below maintenance.
    pub fn trouble(&mut self, pick: usize) {
        let leaps = [1_500_i16, -2_500, 2_500, -4_000, 6_000, -6_000];
        for basis_points in leaps.into_iter().skip(pick % 3) {
            if !self.sick().is_empty() {
                return;
            }
            self.leap(Leap {
                basis_points,
                vol: 5 + (pick % 5) as u8,
                sources: 5,
                ether: true,
            });
        }
    }

    /// Who holds which legs.
    fn records(seen: &watch::Seen) -> Vec<(AccountId, Vec<LegView>)> {
        let accounts = seen.accounts.iter();
        accounts.map(|(id, one)| (*id, one.legs.clone())).collect()
    }

    /// Through the window of the next date; which of its buckets have a report is given by bits.
    pub fn expire(&mut self, basis_points: i16, filled: u16) {
        let ends = EXPIRIES.map(|expiry| u64::from(expiry) * 60);
        let Some(date) = ends.iter().position(|end| *end > self.now() + 120) else {
            return;
        };
        self.world.chain.set_time(ends[date] - 60);
        self.spot = (self.spot * (1.0 + f64::from(basis_points) / 10_000.0)).max(5_000.0);
        for bucket in 0..u64::from(SHORT_WINDOW.buckets) {
            let start = ends[date] - 60 + 5 * bucket + 2;
            self.world.chain.set_time(start);
            if filled >> bucket & 1 == 1 {
                self.publish(5);
            }
        }
        self.world.chain.set_time(ends[date] + 30);
        self.publish(5);
        self.last = watch::look(self);
        self.fix(date);
        self.take_over(0, date);
        self.take_over(1, date);
    }

    /// Who may end with a debt behind options that can only pay.
    pub fn gamble(&mut self, lots: u64, up: bool) {
        let (near, far) = if up { (0, 3) } else { (1, 4) };
        self.calm();
        self.trade((HOUSE, GAMBLER), far, (lots.div_ceil(4), 30));
        self.trade((GAMBLER, HOUSE), near, (lots, 128));
        self.spend(GAMBLER, 0);
        self.expire(if up { 5_000 } else { -4_000 }, u16::MAX);
        // A debt's age counts from the settlement.
        let everybody = self.everybody();
        self.settle(&everybody);
        self.default(1, EVERYBODY);
    }

    /// Days in which nobody pays, then keepers come.
    pub fn default(&mut self, days: u64, named: u16) {
        self.wait(days * 86_400);
        self.calm();
        self.clear_debts(named);
    }

    pub fn fix(&mut self, date: usize) {
        let expiry = seconds(EXPIRIES[date]);
        // Known to the check of this very message; a refusal changes no account.
        let known = core::mem::replace(&mut self.is_final[date], true);
        let sent = self.send("fix", Rule::settling(), |world| world.fix(BTC, expiry));
        self.is_final[date] = known || sent.is_some();
    }

    pub fn take_over(&mut self, market: usize, date: usize) {
        let expiry = seconds(EXPIRIES[date]);
        self.send("take over", Rule::settling(), |world| {
            world.fix_market(MARKETS[market], expiry)
        });
    }

    pub fn settle(&mut self, accounts: &[AccountId]) {
        let rule = Rule::about(accounts);
        self.send("settle", rule, |world| world.settle(accounts));
    }

    /// The account that is meant: one in trouble, if that is wanted and there is any, or any number near those in use.
    pub fn aimed(&mut self, aim: Aim) -> AccountId {
        if aim.sick && !aim.pick.is_multiple_of(4) {
            self.trouble(aim.pick);
        }
        let sick: Vec<AccountId> = self.sick();
        if aim.sick && !sick.is_empty() {
            return sick[aim.pick % sick.len()];
        }
        aim.pick as u64 % 12
    }

    /// The same among debtors.
    pub fn debtor(&self, aim: Aim) -> AccountId {
        let debtors = self.debtors();
        if aim.sick && !debtors.is_empty() {
            return debtors[aim.pick % debtors.len()];
        }
        aim.pick as u64 % 12
    }

    pub fn insurance(&self) -> u128 {
        let ledger: LedgerResponse = watch::ask(self, &QueryMsg::Ledger {});
        let insurance = ledger.coins.iter().map(|coin| coin.insurance);
        insurance.sum::<Uint128>().u128()
    }
}
