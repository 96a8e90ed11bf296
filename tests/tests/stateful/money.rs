//! Coins in and out of a life, and settlement.

use cosmwasm_std::{Addr, Coin};
use protocol_api::engine::{AccountId, ExecuteMsg};

use crate::check;
use crate::life::{DENOMS, Life};
use crate::model::ledger::{Payee, Wanted};
use crate::model::series::{EXPIRIES, MARKETS, expires};
use crate::model::{Codes, Expect};
use protocol_std::expiry::seconds;

impl Life {
    pub fn number(&self, account: usize) -> AccountId {
        self.traders
            .get(account)
            .map_or(self.world.treasury, |trader| trader.account)
    }

    fn address(&self, account: usize, payee: Payee) -> Addr {
        match payee {
            Payee::Owner => self.traders[account].address.clone(),
            Payee::Vault => self.vault.clone(),
        }
    }

    pub fn deposit(&mut self, account: usize, sender: usize, amounts: &[u32]) {
        // An odd first amount brings dollars, an even one bitcoin; two of them both.
        let first = amounts.first().map_or(0, |amount| (amount % 2) as usize);
        let coin =
            |(place, amount): (usize, &u32)| ((first + place) % 2, u64::from(*amount).max(1));
        let coins: Vec<(usize, u64)> = amounts.iter().enumerate().map(coin).collect();
        self.bring(account, sender, &coins);
    }

    pub fn bring(&mut self, account: usize, sender: usize, coins: &[(usize, u64)]) {
        let now = self.now();
        let mut funds: Vec<Coin> = coins
            .iter()
            .map(|(coin, amount)| Coin::new(u128::from(*amount), DENOMS[*coin]))
            .collect();
        funds.sort_by(|a, b| a.denom.cmp(&b.denom));
        let from = self.traders[sender].address.clone();
        if !funds.is_empty() {
            self.world.chain.mint(&from, &funds).expect("minted");
        }
        let expect = self
            .model
            .expect_deposit(account, (coins, account == sender), now);
        let msg = ExecuteMsg::Deposit {
            account: self.number(account),
        };
        if self
            .send(&expect, |world| world.engine_as(&from, &msg, &funds))
            .is_some()
        {
            self.model.deposit(account, coins, now);
            self.check(false);
        }
    }

    /// What is refused because a gain is not collected yet is asked for again once everybody was settled.
    pub fn withdraw(&mut self, account: usize, sender: usize, wanted: (&[(usize, u8)], Payee)) {
        self.ask_for(account, sender, wanted);
        let last = self.verdicts.last().map(String::as_str);
        if last == Some("E_ENGINE_GAINS") && !self.model.is_short {
            self.settle(&[0, 1, 2, 3]);
            self.ask_for(account, sender, wanted);
            if self.verdicts.last().is_some_and(|verdict| verdict == "ok") {
                self.saw("a gain is collected, then withdrawn");
            }
        }
    }

    fn ask_for(&mut self, account: usize, sender: usize, (percents, to): (&[(usize, u8)], Payee)) {
        let now = self.now();
        let cash = self.model.view(account, now).cash;
        let amount = |(coin, percent): &(usize, u8)| {
            let held = cash[*coin].max(0) as u128;
            (
                *coin,
                if *percent > 100 {
                    held + 1
                } else {
                    held * u128::from(*percent) / 100
                },
            )
        };
        let amounts: Vec<(usize, u128)> = percents.iter().map(amount).collect();
        let wanted = Wanted {
            account,
            amounts,
            to,
            own: sender == account,
        };
        let expect = self.model.expect_withdrawal(&wanted, now);
        let payee = self.address(account, to);
        let coins = wanted
            .amounts
            .iter()
            .map(|(coin, amount)| Coin::new(*amount, DENOMS[*coin]));
        let msg = ExecuteMsg::Withdraw {
            account: self.number(account),
            amounts: coins.collect(),
            to: (to == Payee::Vault).then(|| payee.to_string()),
        };
        let before = [0, 1].map(|coin| self.wallet(&payee, coin));
        let from = self.traders[sender].address.clone();
        if self
            .send(&expect, |world| world.engine_as(&from, &msg, &[]))
            .is_none()
        {
            return;
        }
        let paid = self.model.withdraw(&wanted, now);
        let got = [0, 1].map(|coin| self.wallet(&payee, coin) - before[coin]);
        assert_eq!(got, paid, "paid at once");
        let asked: i128 = wanted
            .amounts
            .iter()
            .map(|(_, amount)| *amount as i128)
            .sum();
        if paid.iter().sum::<i128>() < asked {
            self.saw("queued");
        }
        if matches!(expect, Expect::Judge(_)) {
            check::at_margin(self, account);
            self.saw("withdrawn at margin");
        }
        self.check(true);
    }

    pub fn claim(&mut self, coin: usize, key: (usize, Payee)) {
        let due = self.model.claimable(coin, key);
        // While anybody waits, each claim is rounded once.
        let spare = if self.model.queues[coin].waiting > 0 {
            2
        } else {
            0
        };
        let mut codes = Codes::new();
        codes.fault(due <= spare, "E_ENGINE_NOTHING_DUE");
        let payee = self.address(key.0, key.1);
        let msg = ExecuteMsg::ClaimQueued {
            account: self.number(key.0),
            denom: DENOMS[coin].into(),
            to: (key.1 == Payee::Vault).then(|| payee.to_string()),
        };
        let before = self.wallet(&payee, coin);
        let expect = if due > 0 && due <= spare {
            Expect::Judge(codes)
        } else {
            codes.expect()
        };
        let keeper = self.world.keeper.clone();
        if self
            .send(&expect, |world| world.engine_as(&keeper, &msg, &[]))
            .is_some()
        {
            let paid = self.wallet(&payee, coin) - before;
            let fair = due - spare..=due + spare.min(1);
            assert!(fair.contains(&paid), "INV-9: {paid} were paid, {due} due");
            self.model.claim(coin, key, paid);
            self.saw("claimed");
            self.check(false);
        }
    }

    pub fn collect(&mut self, coin: usize) {
        let mut codes = Codes::new();
        codes.fault(self.model.fees[coin] == 0, "E_ENGINE_NOTHING_DUE");
        let msg = ExecuteMsg::CollectFees {
            denom: DENOMS[coin].into(),
        };
        let keeper = self.world.keeper.clone();
        if self
            .send(&codes.expect(), |world| world.engine_as(&keeper, &msg, &[]))
            .is_some()
        {
            let now = self.now();
            self.model.collect(coin, now);
            self.check(false);
        }
    }

    pub fn take_over(&mut self, market: usize, date: usize) {
        let mut codes = Codes::new();
        codes.fault(
            !self.model.oracle.fixed.contains_key(&date),
            "E_ENGINE_NOT_FIXED",
        );
        codes.fault(
            self.model.taken_over.contains(&(market, date)),
            "E_ENGINE_ALREADY_FIXED",
        );
        let expiry = seconds(EXPIRIES[date]);
        let message = |world: &mut sandbox::Sandbox| world.fix_market(MARKETS[market], expiry);
        if self.send(&codes.expect(), message).is_some() {
            self.model.taken_over.insert((market, date));
            self.check(false);
        }
    }

    pub fn settle(&mut self, accounts: &[usize]) {
        let mut codes = Codes::new();
        codes.fault(accounts.is_empty(), "E_ENGINE_LIST");
        let numbers: Vec<AccountId> = accounts
            .iter()
            .map(|account| self.number(*account))
            .collect();
        if self
            .send(&codes.expect(), |world| world.settle(&numbers))
            .is_some()
        {
            let now = self.now();
            let legs = |life: &Self| {
                life.model
                    .holders
                    .iter()
                    .map(|held| held.legs.len())
                    .sum::<usize>()
            };
            let before = legs(self);
            accounts
                .iter()
                .for_each(|account| self.model.touch(*account, now));
            let waits = |place: &usize| {
                let legs = self.model.holders[*place].legs.keys();
                legs.copied()
                    .any(|series| check::has_price(self, series) && expired(series, now))
            };
            let waiting = accounts.iter().any(waits);
            if legs(self) < before {
                self.saw("settled");
            }
            if waiting {
                self.saw("a leg waits for an earlier date");
            }
            self.check(false);
        }
    }
}

fn expired(series: usize, now: u64) -> bool {
    now >= expires(crate::model::series::SERIES[series].date)
}
