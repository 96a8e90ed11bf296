//! Accounts, cash, the queue of withdrawals and settlement: docs/spec/ledger.md in plain integers.

use std::collections::{BTreeMap, BTreeSet};

use super::oracle::Oracle;
use super::series::{EXPIRIES, Legs, MARKETS, SERIES, expires, lowest};
use super::venue::Venue;
use super::{Codes, Covered, Expect};

/// Accounts of traders; the treasury's follows them.
pub const TRADERS: usize = 4;
pub const TREASURY: usize = TRADERS;

/// What an account holds: cash in dollars' and in bitcoin's base units, and legs.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Holder {
    pub cash: [i128; 2],
    pub legs: Legs,
}

impl Holder {
    pub fn is_debtor(&self) -> bool {
        self.cash.iter().any(|cash| *cash < 0)
    }

    /// Adds to a leg; one of nothing is none.
    pub fn add(&mut self, series: usize, quantity: i64) {
        let held = self.legs.entry(series).or_default();
        *held += quantity;
        if *held == 0 {
            self.legs.remove(&series);
        }
    }

    /// No leg has grown, flipped or appeared.
    pub fn only_shrank(&self, before: &Self) -> bool {
        self.legs.iter().all(|(series, is)| {
            let was = before.legs.get(series).copied().unwrap_or(0);
            is.signum() == was.signum() && is.abs() <= was.abs()
        })
    }

    /// Cash and legs beyond those of another time.
    pub fn since(&self, before: &Self) -> Self {
        let mut since = self.clone();
        for (series, quantity) in &before.legs {
            since.add(*series, -quantity);
        }
        for (cash, was) in since.cash.iter_mut().zip(before.cash) {
            *cash -= was;
        }
        since
    }

    /// Cash, and cash with the lowest payoffs so far, expiry by expiry, never below zero in either coin.
    pub fn covered(&self) -> Covered {
        (0..MARKETS.len())
            .map(|market| self.covered_in(market))
            .min()
            .unwrap_or(Covered::Yes)
    }

    fn covered_in(&self, market: usize) -> Covered {
        let (mut low, mut high) = (self.cash[market], self.cash[market]);
        let mut verdict = Covered::Yes;
        for date in 0..=EXPIRIES.len() {
            verdict = verdict.min(match (low >= 0, high >= 0) {
                (true, _) => Covered::Yes,
                (_, true) => Covered::Perhaps,
                _ => Covered::No,
            });
            if date < EXPIRIES.len() {
                let Some((least, most)) = lowest(&self.legs, market, date) else {
                    return Covered::No;
                };
                (low, high) = (low + least, high + most);
            }
        }
        verdict
    }
}

/// Withdrawals of one coin that wait.
#[derive(Clone, Debug, Default)]
pub struct Queue {
    /// Still to be allotted.
    pub waiting: i128,
    /// Allotted, not claimed.
    pub allotted: i128,
    /// By account and recipient: what was asked for and not paid yet, and of it what waits, in units of `2^-20`.
    pub claims: BTreeMap<(usize, Payee), (i128, i128)>,
}

/// Whom a withdrawal pays.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Payee {
    Owner,
    Vault,
}

impl Payee {
    /// The vault, or else the owner.
    pub const fn of(to_vault: bool) -> Self {
        if to_vault { Self::Vault } else { Self::Owner }
    }
}

const CLAIM_BITS: u32 = 20;

impl Queue {
    fn join(&mut self, key: (usize, Payee), amount: i128) {
        self.waiting += amount;
        let claim = self.claims.entry(key).or_default();
        claim.0 += amount;
        claim.1 += amount << CLAIM_BITS;
    }

    /// Allots what is free to all who wait, in proportion to what each waits for.
    fn serve(&mut self, free: i128) {
        let amount = free.min(self.waiting);
        if amount <= 0 {
            return;
        }
        let left = self.waiting - amount;
        for (_, waits) in self.claims.values_mut() {
            *waits = *waits * left / self.waiting;
        }
        self.waiting = left;
        self.allotted += amount;
    }
}

/// The whole protocol, as far as the lives use it.
pub struct Model {
    /// As they are stored: a leg that could settle does so when the account is touched.
    pub holders: Vec<Holder>,
    pub oracle: Oracle,
    pub venue: Venue,
    /// Coins that came in less coins that went out by the engine's own messages; fees not collected; withdrawals.
    pub held: [i128; 2],
    pub fees: [i128; 2],
    pub queues: [Queue; 2],
    /// Coins the engine was sent unasked.
    pub gifts: [i128; 2],
    /// Markets and dates whose price the engine has taken over.
    pub taken_over: BTreeSet<(usize, usize)>,
    /// A market is short of insurance for deficits, as the engine tells: they are equity's, which the model does not compute.
    pub is_short: bool,
}

impl Model {
    pub fn new(cash: &[[i128; 2]; TRADERS]) -> Self {
        let mut held = [0; 2];
        let mut holders = Vec::new();
        for cash in cash {
            holders.push(Holder {
                cash: *cash,
                legs: Legs::new(),
            });
            for (held, cash) in held.iter_mut().zip(cash) {
                *held += cash;
            }
        }
        holders.push(Holder::default());
        Self {
            holders,
            held,
            oracle: Oracle::new(),
            venue: Venue::default(),
            fees: [0; 2],
            queues: [Queue::default(), Queue::default()],
            gifts: [0; 2],
            taken_over: BTreeSet::new(),
            is_short: false,
        }
    }

    /// An account as it is once everything due has been settled: so it is shown, and so it is when it is touched.
    ///
    /// Each coin settles expiry by expiry: legs wait for the first expiry that has passed and has no price.
    pub fn view(&self, account: usize, now: u64) -> Holder {
        let mut holder = self.holders[account].clone();
        for market in 0..MARKETS.len() {
            for date in 0..EXPIRIES.len() {
                let due: Vec<(usize, i64)> = self.due(account, (market, date), now);
                let Some(price) = self.oracle.fixed.get(&date) else {
                    if due.is_empty() { continue } else { break }
                };
                for (series, quantity) in due {
                    holder.cash[market] += SERIES[series].payoff(*price) * i128::from(quantity);
                    holder.legs.remove(&series);
                }
            }
        }
        holder
    }

    /// Legs of an account that have expired.
    fn due(&self, account: usize, (market, date): (usize, usize), now: u64) -> Vec<(usize, i64)> {
        let own = |(series, _): &(&usize, &i64)| {
            (SERIES[**series].market, SERIES[**series].date) == (market, date)
        };
        let legs = self.holders[account]
            .legs
            .iter()
            .filter(|_| now >= expires(date))
            .filter(own);
        legs.map(|(series, quantity)| (*series, *quantity))
            .collect()
    }

    /// Settles what is due of an account, because a message touches it.
    pub fn touch(&mut self, account: usize, now: u64) {
        let after = self.view(account, now);
        let fixed: Vec<usize> = self.oracle.fixed.keys().copied().collect();
        for market in 0..MARKETS.len() {
            for date in &fixed {
                if !self.due(account, (market, *date), now).is_empty() {
                    self.taken_over.insert((market, *date));
                }
            }
        }
        self.holders[account] = after;
    }

    /// Sum of what is long, and of everything.
    pub fn open_interest(&self, series: usize) -> (i64, i64) {
        let held = || {
            self.holders
                .iter()
                .filter_map(|holder| holder.legs.get(&series))
        };
        (held().filter(|quantity| **quantity > 0).sum(), held().sum())
    }

    /// Payoffs of fixed series that are not settled yet.
    pub fn unsettled(&self, market: usize) -> i128 {
        let own = (0..SERIES.len()).filter(|series| SERIES[*series].market == market);
        let open = own.filter_map(|series| {
            let price = self.oracle.fixed.get(&SERIES[series].date)?;
            Some(SERIES[series].payoff(*price) * i128::from(self.open_interest(series).1))
        });
        open.sum()
    }

    /// What of fixed series is paid to who gained and not collected from who lost, series by series.
    pub fn uncollected(&self, market: usize) -> i128 {
        self.uncollected_of(&self.holders, market)
    }

    fn uncollected_of(&self, holders: &[Holder], market: usize) -> i128 {
        let own = (0..SERIES.len()).filter(|series| SERIES[*series].market == market);
        let owed = own.filter_map(|series| {
            let price = self.oracle.fixed.get(&SERIES[series].date)?;
            let net = holders.iter().filter_map(|holder| holder.legs.get(&series));
            let net: i128 = net.map(|quantity| i128::from(*quantity)).sum();
            Some((-SERIES[series].payoff(*price) * net).max(0))
        });
        owed.sum()
    }

    /// Gains may have to stay when a message has touched these: not collected, or a deficit's.
    pub fn holds_gains_back(&self, sides: &[usize], now: u64) -> bool {
        let mut holders = self.holders.clone();
        for side in sides {
            holders[*side] = self.view(*side, now);
        }
        let fell = |side: &usize| holders[*side].is_debtor() && !self.holders[*side].is_debtor();
        self.is_short
            || sides.iter().any(fell)
            || (0..MARKETS.len()).any(|market| self.uncollected_of(&holders, market) > 0)
    }

    /// Coins that claims have been allotted, or wait for.
    pub fn reserved(&self, coin: usize) -> i128 {
        self.queues[coin].waiting + self.queues[coin].allotted
    }

    /// Allots what is there to those who wait.
    fn serve(&mut self, coin: usize) {
        let free = self.held[coin] - self.fees[coin] - self.queues[coin].allotted;
        self.queues[coin].serve(free);
    }

    pub fn expect_deposit(
        &self,
        account: usize,
        (coins, own): (&[(usize, u64)], bool),
        now: u64,
    ) -> Expect {
        let mut codes = Codes::new();
        let holds = |coin: usize| self.view(account, now).cash[coin] != 0;
        let gift = !own && coins.iter().any(|(coin, _)| *coin == 1 && !holds(1));
        codes.fault(coins.is_empty(), "E_FUNDS_MISSING");
        codes.fault(gift, "E_ENGINE_GIFT");
        codes.expect()
    }

    pub fn deposit(&mut self, account: usize, coins: &[(usize, u64)], now: u64) {
        self.touch(account, now);
        for (coin, amount) in coins {
            self.holders[account].cash[*coin] += i128::from(*amount);
            self.held[*coin] += i128::from(*amount);
            self.serve(*coin);
        }
    }

    pub fn expect_withdrawal(&self, wanted: &Wanted, now: u64) -> Expect {
        let mut codes = Codes::new();
        let before = self.view(wanted.account, now);
        let coins: BTreeSet<usize> = wanted.amounts.iter().map(|(coin, _)| *coin).collect();
        let twice = coins.len() < wanted.amounts.len();
        let nothing = wanted.amounts.iter().all(|(_, amount)| *amount == 0);
        let zero = wanted.amounts.iter().any(|(_, amount)| *amount == 0);
        let too_much = |(coin, amount): &(usize, u128)| *amount as i128 > before.cash[*coin];
        codes.fault(!wanted.own, "E_ENGINE_UNAUTHORIZED");
        codes.fault(before.is_debtor(), "E_ENGINE_DEBTOR");
        codes.fault(twice || nothing || zero, "E_ENGINE_LIST");
        codes.fault(wanted.amounts.iter().any(too_much), "E_ENGINE_CASH");
        if !codes.is_empty() {
            return codes.expect();
        }
        let held_back = self.holds_gains_back(&[wanted.account], now);
        codes.fault(held_back, "E_ENGINE_GAINS");
        codes.fault(held_back, "E_ENGINE_SHORTFALL");
        match self.left(wanted, now).covered() {
            Covered::Yes if !held_back => Expect::Accept,
            Covered::No if !self.oracle.may_price(now) => {
                let mut codes = Codes::new();
                codes.fault(true, "E_ENGINE_NO_PRICE");
                Expect::Refuse(codes)
            }
            _ => {
                codes.fault(true, "E_ENGINE_MARGIN");
                codes.fault(true, "E_ENGINE_NO_PRICE");
                Expect::Judge(codes)
            }
        }
    }

    /// What a withdrawal leaves.
    fn left(&self, wanted: &Wanted, now: u64) -> Holder {
        let mut left = self.view(wanted.account, now);
        for (coin, amount) in &wanted.amounts {
            left.cash[*coin] -= *amount as i128;
        }
        left
    }

    /// Takes an accepted withdrawal out; what is paid at once of each coin. A coin that runs short waits as a whole.
    pub fn withdraw(&mut self, wanted: &Wanted, now: u64) -> [i128; 2] {
        let left = self.left(wanted, now);
        self.touch(wanted.account, now);
        self.holders[wanted.account] = left;
        let mut paid = [0; 2];
        for (coin, amount) in &wanted.amounts {
            let (coin, amount) = (*coin, *amount as i128);
            self.serve(coin);
            let free = self.held[coin] - self.fees[coin] - self.reserved(coin);
            if self.queues[coin].waiting == 0 && amount <= free {
                self.held[coin] -= amount;
                paid[coin] = amount;
            } else {
                self.queues[coin].join((wanted.account, wanted.to), amount);
                self.serve(coin);
            }
        }
        paid
    }

    /// What a claim is due, within two units while anybody waits.
    pub fn claimable(&mut self, coin: usize, key: (usize, Payee)) -> i128 {
        self.serve(coin);
        let (owed, waits) = self.queues[coin]
            .claims
            .get(&key)
            .copied()
            .unwrap_or_default();
        owed - ((waits + (1 << CLAIM_BITS) - 1) >> CLAIM_BITS)
    }

    /// Takes over what a claim was paid.
    pub fn claim(&mut self, coin: usize, key: (usize, Payee), paid: i128) {
        let queue = &mut self.queues[coin];
        queue.allotted -= paid;
        self.held[coin] -= paid;
        let claim = queue
            .claims
            .get_mut(&key)
            .expect("somebody was paid who waited");
        claim.0 -= paid;
        if claim.0 == 0 {
            queue.claims.remove(&key);
        }
    }

    /// Moves fees to the treasury.
    pub fn collect(&mut self, coin: usize, now: u64) {
        self.touch(TREASURY, now);
        self.holders[TREASURY].cash[coin] += core::mem::take(&mut self.fees[coin]);
    }
}

/// A withdrawal as the model sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wanted {
    pub account: usize,
    pub amounts: Vec<(usize, u128)>,
    pub to: Payee,
    /// Sent by the owner.
    pub own: bool,
}
