//! Auctions, bids, backstops and the last rungs of a life.

use cosmwasm_std::{Addr, Coin, Uint128};
use protocol_api::engine::{
    AccountId, ExecuteMsg as EngineMsg, HealthResponse, LiquidateData, QueryMsg, Standing,
};
use protocol_api::liquidation::{
    BackstopView, BackstopsResponse, BidView, BidsResponse, ExecuteMsg, QueryMsg as Ask,
    SharesResponse, Step, Take,
};
use sandbox::setup::{SAT, USDC};
use wasm_chain::Outcome;

use super::acts::Offer;
use super::life::{DENOMS, HOUSE, Life, MARKETS};
use super::watch::{self, Rule, Seen};
use crate::market::{USD, data, paid, usd};

/// All that there are, in bits.
pub const EVERYBODY: u16 = (1 << 14) - 1;
/// Width of a slot, and seconds of silence that count in full.
const SLOT: i32 = 10_000;
const LULL: u64 = 10;

impl Life {
    pub fn liquidation(
        &mut self,
        kind: &str,
        rule: Rule,
        from: &Addr,
        msg: &ExecuteMsg,
    ) -> Option<Outcome> {
        self.send(kind, rule, |world| world.liquidation_as(from, msg, &[]))
    }

    pub fn sick(&self) -> Vec<AccountId> {
        let states = self.last.states.iter();
        let ill = |standing: &Option<Standing>| !matches!(standing, None | Some(Standing::Healthy));
        let sick = states.filter(|(_, state)| ill(&state.standing));
        sick.map(|(id, _)| *id).collect()
    }

    pub fn debtors(&self) -> Vec<AccountId> {
        let owes = |cash: &protocol_api::engine::CashView| cash.amount.i128() < 0;
        let accounts = self.last.accounts.iter();
        let debtors = accounts.filter(|(_, one)| one.cash.iter().any(owes));
        debtors.map(|(id, _)| *id).collect()
    }

    /// Accounts that insurance has taken over and that owe nothing any more.
    pub fn estates(&self) -> Vec<AccountId> {
        let (engine, debtors) = (self.world.engine.as_str(), self.debtors());
        let accounts = self.last.accounts.values();
        let taken = accounts.filter(|one| one.owner == engine && !debtors.contains(&one.account));
        taken.map(|one| one.account).collect()
    }

    pub fn bids_of(&self, account: AccountId) -> Vec<BidView> {
        let found: BidsResponse = watch::ask_liquidation(self, &Ask::BidsByAccount { account });
        found.bids
    }

    fn bidders(&self) -> Vec<AccountId> {
        let accounts = self.last.accounts.iter();
        let bidders = accounts.filter(|(_, one)| !one.escrow.is_zero());
        bidders.map(|(id, _)| *id).collect()
    }

    pub fn place_bid(&mut self, who: usize, slot: i32, percent: u8) {
        let account = self.number(who);
        // Who bids brings what he bids.
        let dollars = 40 * u128::from(percent);
        self.deposit(who, who, (0, (dollars * USD) as u64 + 1));
        let msg = ExecuteMsg::PlaceBid {
            account,
            reward: slot * SLOT,
            budget: Uint128::new(dollars * USD),
        };
        let from = self.address(who);
        self.liquidation("place_bid", Rule::of(&[account]), &from, &msg);
    }

    pub fn withdraw_bid(&mut self, account: AccountId, which: usize, from: &Addr) {
        let bids = self.bids_of(account);
        let reward = bids.get(which).map_or(SLOT, |bid| bid.place.reward);
        let msg = ExecuteMsg::WithdrawBid { account, reward };
        self.liquidation("withdraw_bid", Rule::of(&[account]), from, &msg);
    }

    pub fn step(
        &mut self,
        account: AccountId,
        offer: Option<Offer>,
        (keeper, bids): (Option<usize>, Option<u32>),
    ) {
        let take = offer.map(|offer| self.take(account, offer));
        let from = match offer {
            Some(offer) if !offer.by_stranger => self.address(offer.who),
            _ => self.world.keeper.clone(),
        };
        let keeper = keeper.map(|who| self.number(who));
        let taker = take.as_ref().map(|take| take.account);
        let msg = ExecuteMsg::Liquidate(Step {
            account,
            take,
            keeper,
            bids,
        });
        let kind = if taker.is_some() { "take" } else { "step" };
        let state = self.last.states.get(&account).cloned();
        let done = self.sale(kind, account, (&from, [keeper, taker]), &msg);
        // Where prices allow a sale, nothing stops a step.
        let stalls = !done && kind == "step" && bids.is_none_or(|bids| (1..=4).contains(&bids));
        let allowed = state.as_ref().is_some_and(|state| state.allowed);
        assert!(!(stalls && allowed), "{state:?}: {}", self.refused);
    }

    fn take(&self, account: AccountId, offer: Offer) -> Take {
        let taker = self.number(offer.who);
        let cash = self.cash(taker, USDC).max(0).unsigned_abs();
        let limit = offer.limit.map(|cents| cash * u128::from(cents) / 100);
        let print = |id| {
            self.last
                .states
                .get(&id)
                .map(|state| state.legs_fingerprint.clone())
        };
        let meant = |right: bool| print(if right { account } else { taker });
        Take {
            account: taker,
            least_reward: offer.least,
            max_pay: Uint128::new(limit.unwrap_or(1 << 60)),
            legs_fingerprint: offer.fingerprint.and_then(meant),
        }
    }

    /// A step of either kind: the seller is named, all others who may be changed have consented.
    fn sale(
        &mut self,
        kind: &str,
        account: AccountId,
        (from, willing): (&Addr, [Option<AccountId>; 2]),
        msg: &ExecuteMsg,
    ) -> bool {
        let rule = Rule::about(&[account]).and(&self.bidders());
        let rule = rule.and(&willing.into_iter().flatten().collect::<Vec<_>>());
        let (before, insured) = (self.last.clone(), self.insurance());
        let Some(outcome) = self.liquidation(kind, rule, from, msg) else {
            return false;
        };
        let done = data(&outcome);
        if done.taken.is_empty() {
            return true;
        }
        self.saw(&format!("{kind} sold, {:?}", done.before));
        self.sold(account, &before, &done);
        let state = &before.states[&account];
        if state.equity.is_some_and(|equity| !equity.is_negative()) {
            assert!(self.insurance() >= insured, "INV-15: {state:?} {done:?}");
        }
        true
    }

    /// INV-14: only who is below maintenance is sold, his health does not fall, and takers end as traders must.
    fn sold(&mut self, account: AccountId, before: &Seen, done: &LiquidateData) {
        let (was, is) = (&before.states[&account], &self.last.states[&account]);
        assert_ne!(was.standing, Some(Standing::Healthy), "{was:?} {done:?}");
        let of = |state: &protocol_api::engine::LiquidationStateResponse| {
            let margin = state.maintenance.map(|margin| margin.u128() as i128);
            state.equity.map(|equity| equity.i128()).zip(margin)
        };
        if let (Some((equity, margin)), Some((left, rest))) = (of(was), of(is)) {
            let fell = left * margin < equity * rest;
            let solvent = equity >= 0 && done.taken.iter().all(|taken| paid(taken) >= 0);
            assert!(!(solvent && fell), "health fell: {was:?} {is:?} {done:?}");
        }
        for taken in &done.taken {
            let query = QueryMsg::Health {
                account: taken.account,
            };
            let health: HealthResponse = watch::ask(self, &query);
            let surplus = health.initial_surplus.map(|surplus| surplus.i128());
            let trader = health.covered || surplus.is_some_and(|surplus| surplus >= 0);
            assert!(trader, "{taken:?} {health:?}");
        }
    }

    /// Steps that only look, and so let the price fall.
    pub fn touch(&mut self, account: AccountId, times: u8) {
        for _ in 0..times {
            self.live(LULL);
            self.step(account, None, (None, Some(1)));
        }
    }

    pub fn nominate(&mut self, account: AccountId, named: u16) {
        let msg = ExecuteMsg::Nominate {
            account,
            candidates: self.numbers(named, 8),
        };
        let from = self.world.keeper.clone();
        self.liquidation("nominate", Rule::default(), &from, &msg);
    }

    pub fn deleverage(&mut self, account: AccountId) {
        let everybody = self.everybody();
        let (from, before) = (self.world.keeper.clone(), self.last.clone());
        let msg = ExecuteMsg::Deleverage { account };
        let rule = Rule::about(&everybody).closing(account);
        let done = self.liquidation("deleverage", rule, &from, &msg);
        if done.is_some() {
            let was = &before.states[&account];
            assert_ne!(was.standing, Some(Standing::Healthy), "{was:?}");
            self.saw(&format!("deleverage, {:?}", was.standing.expect("priced")));
        }
    }

    pub fn last_rung(&mut self, account: AccountId, named: u16) {
        self.touch(account, 7);
        self.nominate(account, EVERYBODY);
        self.nominate(account, named);
        self.touch(account, 7);
        self.deleverage(account);
    }

    pub fn backstops(&self) -> Vec<BackstopView> {
        let query = Ask::Backstops {
            start_after: None,
            limit: None,
        };
        let found: BackstopsResponse = watch::ask_liquidation(self, &query);
        found.backstops
    }

    fn backstop(&self, group: u16) -> Vec<AccountId> {
        let found = self.backstops().into_iter();
        let own = found.filter(|backstop| backstop.group == group);
        own.map(|backstop| backstop.account).collect()
    }

    pub fn open_backstop(&mut self, group: u16, markets: u8) {
        // One of seven names a market that settles in coins.
        let names = match markets {
            0 => vec!["BTC".to_owned()],
            1 => vec!["BTC_USDC".to_owned(), "ETH_USDC".to_owned()],
            _ => vec!["BTC_USDC".to_owned()],
        };
        let msg = ExecuteMsg::CreateBackstop {
            group,
            markets: names,
        };
        let from = self.world.owner.clone();
        self.liquidation("create_backstop", Rule::default(), &from, &msg);
    }

    pub fn join(&mut self, group: u16, who: usize, dollars: u32) {
        let (from, funds) = (self.address(who), [usd(dollars.max(1).into())]);
        self.world.chain.mint(&from, &funds).expect("minted");
        let msg = ExecuteMsg::DepositBackstop { group };
        let rule = Rule::of(&self.backstop(group));
        self.send("deposit_backstop", rule, |world| {
            world.liquidation_as(&from, &msg, &funds)
        });
    }

    pub fn shares(&self, group: u16, who: usize) -> u128 {
        let holder = self.address(who).to_string();
        let found: SharesResponse = watch::ask_liquidation(self, &Ask::Shares { group, holder });
        found.shares.u128()
    }

    pub fn leave(&mut self, group: u16, who: usize, percent: u8) {
        let own = self.backstop(group);
        let held = if own.is_empty() {
            1_000
        } else {
            self.shares(group, who)
        };
        let shares = Uint128::new((held * u128::from(percent)).div_ceil(100));
        let (from, rule) = (self.address(who), Rule::of(&own));
        let msg = ExecuteMsg::WithdrawBackstop { group, shares };
        self.liquidation("withdraw_backstop", rule, &from, &msg);
    }

    pub fn take_backstop(&mut self, group: u16, account: AccountId, keeper: Option<usize>) {
        let keeper = keeper.map(|who| self.number(who));
        let msg = ExecuteMsg::TakeBackstop {
            group,
            account,
            keeper,
        };
        let fund = self.backstop(group).first().copied();
        let from = self.world.keeper.clone();
        self.sale("take_backstop", account, (&from, [keeper, fund]), &msg);
    }

    pub fn cover_debt(&mut self, account: AccountId) {
        let msg = EngineMsg::CoverDebt { account };
        let from = self.world.keeper.clone();
        let rule = Rule::about(&[account]).paying();
        self.engine("cover_debt", rule, &from, &msg);
    }

    pub fn share_loss(&mut self, market: usize, accounts: &[AccountId]) {
        let msg = EngineMsg::ShareLoss {
            market: MARKETS[market].into(),
            accounts: accounts.to_vec(),
        };
        let from = self.world.keeper.clone();
        self.engine("share_loss", Rule::about(accounts).paying(), &from, &msg);
    }

    /// Buys a part of a debtor's coin; a buyer without what is owed brings it first.
    pub fn buy_collateral(&mut self, buyer: usize, debtor: AccountId, deal: ((usize, usize), u8)) {
        let ((owed, wanted), percent) = deal;
        let (owed, wanted) = (DENOMS[owed], DENOMS[wanted]);
        let held = self.cash(debtor, wanted).max(0).unsigned_abs();
        let msg = EngineMsg::BuyCollateral {
            buyer: self.number(buyer),
            debtor,
            debt_denom: owed.into(),
            collateral: Coin::new(held * u128::from(percent) / 100, wanted),
            max_pay: Uint128::new(1 << 60),
        };
        let from = self.address(buyer);
        let rule = Rule::about(&[debtor]).and(&[self.number(buyer)]).paying();
        self.engine("buy_collateral", rule, &from, &msg);
    }

    /// What keepers do about debts: bids come back, coins are bought, what is left is covered and shared.
    pub fn clear_debts(&mut self, named: u16) {
        let (keeper, house) = (self.world.keeper.clone(), self.number(HOUSE));
        for debtor in self.debtors() {
            for _ in self.bids_of(debtor) {
                self.withdraw_bid(debtor, 0, &keeper);
            }
            for (owed, denom) in DENOMS.iter().enumerate() {
                for wanted in (0..DENOMS.len()).filter(|wanted| *wanted != owed) {
                    let (debt, held) =
                        (self.cash(debtor, denom), self.cash(debtor, DENOMS[wanted]));
                    if debt < 0 && held > 0 && debtor != house {
                        self.buy_collateral(HOUSE, debtor, ((owed, wanted), 100));
                    }
                }
            }
            self.cover_debt(debtor);
        }
        for estate in self.estates() {
            self.cover_debt(estate);
        }
        let all = self.numbers(named, 16);
        for market in 0..MARKETS.len() {
            self.share_loss(market, &all);
        }
    }

    /// The house has what debts are paid in.
    pub fn stock(&mut self) {
        for coin in [
            Coin::new(100_000 * USD, USDC),
            Coin::new(1_000_000_000_u128, SAT),
        ] {
            let account = self.number(HOUSE);
            let from = self.address(HOUSE);
            let msg = EngineMsg::Deposit { account };
            self.engine_with("deposit", Rule::of(&[account]), (&from, &[coin]), &msg);
        }
    }
}
