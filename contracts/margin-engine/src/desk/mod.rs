//! The desk: every record one message works on, loaded once, changed in memory, saved at the end.
//!
//! Whoever changes cash goes through [`Desk::post`]; [`Desk::close`] proves for every coin that cash of
//! the accounts and the ledger moved by the same amount before anything is written.

mod cash;
mod losses;
mod names;
mod queue;
mod shelf;

use cosmwasm_std::{Deps, Env, Storage};
use fixed_math::Fx;
use protocol_std::expiry::seconds;
use risk::liquidation::Ended;
use risk::{MarketTerms, Profile, SeriesKey, default_profile};
use shelf::Shelf;

use crate::core::account::Account;
use crate::core::ledger::Ledger;
use crate::core::loss::{Gain, Loss};
use crate::core::num::{add_signed, add_unsigned, mul_signed, sub_signed, sub_unsigned};
use crate::core::queue::{Claim, Queue};
use crate::error::EngineError;
use crate::oracle::Feeds;
use crate::state::{self, ClaimKey, Config, Expiry, Market, Params, Series, Settled, Timed};

/// Records at work.
pub struct Desk<'a> {
    storage: &'a dyn Storage,
    /// Block time, unix seconds.
    pub now: u64,
    /// The configuration; read only here.
    pub config: Config,
    /// The oracle's records.
    pub feeds: Feeds<'a>,
    records: Records,
    /// Accounts that settled a leg at a loss and owe.
    fallen: Vec<u64>,
    markets: Vec<(u16, Market)>,
    profiles: Vec<(u16, Profile)>,
}

/// Every record that was loaded or made.
#[derive(Debug)]
struct Records {
    accounts: Shelf<u64, Account>,
    ledgers: Shelf<u16, Ledger>,
    series: Shelf<SeriesKey, Series>,
    expiries: Shelf<(u16, u32), Expiry>,
    queues: Shelf<u16, Queue>,
    claims: Shelf<ClaimKey, Claim>,
    losses: Shelf<u16, Loss>,
    ended: Shelf<(u16, u32), Ended>,
    gains: Shelf<(u16, u64), Gain>,
}

/// What must be written; only [`Changes::apply`] writes.
#[must_use]
#[derive(Debug)]
pub struct Changes(Records);

impl Changes {
    /// Writes what differs from the store.
    pub fn apply(self, storage: &mut dyn Storage) -> Result<(), EngineError> {
        let Self(records) = self;
        records
            .accounts
            .changed(|id, account| state::save_account(storage, *id, account))?;
        records
            .ledgers
            .changed(|coin, ledger| state::save_ledger(storage, *coin, ledger))?;
        records
            .series
            .changed(|key, series| state::save_series(storage, key, series))?;
        records.expiries.changed(|(market, minutes), expiry| {
            state::save_expiry(storage, *market, *minutes, expiry)
        })?;
        records
            .queues
            .changed(|coin, queue| state::save_queue(storage, *coin, queue))?;
        records
            .claims
            .changed(|key, claim| state::save_claim(storage, key, claim))?;
        records
            .losses
            .changed(|market, loss| state::save_loss(storage, *market, loss))?;
        records
            .ended
            .changed(|key, ended| state::save_ended(storage, *key, ended))?;
        records
            .gains
            .changed(|key, gain| state::save_gain(storage, *key, gain))
    }
}

/// Accounts, ledgers, series and losses as they were at a moment.
#[derive(Clone, Debug)]
pub struct Snapshot(
    Shelf<u64, Account>,
    Shelf<u16, Ledger>,
    Shelf<SeriesKey, Series>,
    Shelf<u16, Loss>,
);

impl<'a> Desk<'a> {
    /// An empty desk.
    pub fn new(deps: Deps<'a>, env: &Env) -> Result<Self, EngineError> {
        let config = state::load_config(deps.storage)?;
        let now = env.block.time.seconds();
        Ok(Self {
            storage: deps.storage,
            now,
            feeds: Feeds::new(deps.querier, config.oracle.clone(), now),
            config,
            records: Records {
                accounts: Shelf::new(),
                ledgers: Shelf::new(),
                series: Shelf::new(),
                expiries: Shelf::new(),
                queues: Shelf::new(),
                claims: Shelf::new(),
                losses: Shelf::new(),
                ended: Shelf::new(),
                gains: Shelf::new(),
            },
            fallen: Vec::new(),
            markets: Vec::new(),
            profiles: Vec::new(),
        })
    }

    /// Remembers accounts, ledgers, series and losses.
    pub fn snapshot(&self) -> Snapshot {
        Snapshot(
            self.records.accounts.clone(),
            self.records.ledgers.clone(),
            self.records.series.clone(),
            self.records.losses.clone(),
        )
    }

    /// Goes back to a snapshot: accounts, ledgers, series and losses are what they were. Prices that were taken over since
    /// stay: they are final. Nothing else may be touched in between: not queues, claims or gains.
    pub fn restore(&mut self, snapshot: Snapshot) {
        let Snapshot(accounts, ledgers, series, losses) = snapshot;
        (
            self.records.accounts,
            self.records.ledgers,
            self.records.series,
            self.records.losses,
        ) = (accounts, ledgers, series, losses);
    }

    /// The storage the desk loads from.
    pub fn storage(&self) -> &'a dyn Storage {
        self.storage
    }

    /// Loads an account, brings its interest up to date, gives it back what a replaced liquidation contract holds of it, settles
    /// what is fixed and sets how old its debts are.
    pub fn open(&mut self, id: u64) -> Result<(), EngineError> {
        if self.records.accounts.has(&id) {
            return Ok(());
        }
        let account = state::load_account(self.storage, id)?;
        self.records.accounts.put(id, account.clone());
        for cash in &account.cash {
            self.post(id, cash.coin, 0)?;
        }
        self.end_old_escrow(id)?;
        self.settle_due(id)?;
        self.age_debts(id)
    }

    /// An account that is open.
    pub fn account(&self, id: u64) -> Result<&Account, EngineError> {
        let held = self.records.accounts.held(&id);
        Ok(&held.ok_or(EngineError::NoAccount { account: id })?.now)
    }

    /// An account that is open, to change its legs and sums (never its cash).
    pub fn account_mut(&mut self, id: u64) -> Result<&mut Account, EngineError> {
        let held = self.records.accounts.get_mut(&id);
        held.ok_or(EngineError::NoAccount { account: id })
    }

    /// The ledger of a coin.
    pub fn ledger(&mut self, coin: u16) -> Result<&mut Ledger, EngineError> {
        let now = self.now;
        let is_new = !self.records.ledgers.has(&coin);
        let load = || state::load_ledger(self.storage, coin);
        let ledger = self.records.ledgers.get(coin, load)?;
        if is_new {
            accrue(ledger, &self.config.params, now)?;
        }
        Ok(ledger)
    }

    /// The sum of negative cash of a coin before this message.
    pub fn debt_before(&mut self, coin: u16) -> Result<u128, EngineError> {
        self.ledger(coin)?;
        let held = self
            .records
            .ledgers
            .held(&coin)
            .ok_or(EngineError::Corrupt)?;
        Ok(held.before.debt)
    }

    /// Coins whose ledger was touched.
    pub fn touched_coins(&self) -> Vec<u16> {
        self.records.ledgers.0.iter().map(|held| held.key).collect()
    }

    fn open_accounts(&self) -> Vec<u64> {
        self.records
            .accounts
            .0
            .iter()
            .map(|held| held.key)
            .collect()
    }

    /// A market.
    pub fn market(&mut self, id: u16) -> Result<&Market, EngineError> {
        let place = match self.markets.iter().position(|(known, _)| *known == id) {
            Some(place) => place,
            None => {
                self.markets
                    .push((id, state::load_market(self.storage, id)?));
                self.markets.len().saturating_sub(1)
            }
        };
        let (_, market) = self.markets.get(place).ok_or(EngineError::Corrupt)?;
        Ok(market)
    }

    /// The margin profile of an underlying that is in force.
    pub fn profile(&mut self, underlying: u16) -> Result<&Profile, EngineError> {
        let known = |(id, _): &(u16, Profile)| *id == underlying;
        let place = match self.profiles.iter().position(known) {
            Some(place) => place,
            None => {
                let stored = state::load_profile(self.storage, underlying)?;
                let profile =
                    stored.map_or_else(default_profile, |timed| timed.at(self.now).into());
                self.profiles.push((underlying, profile));
                self.profiles.len().saturating_sub(1)
            }
        };
        let (_, profile) = self.profiles.get(place).ok_or(EngineError::Corrupt)?;
        Ok(profile)
    }

    /// Terms of the markets that these legs name.
    pub fn terms_of(&mut self, account: &Account) -> Result<Vec<MarketTerms>, EngineError> {
        let mut terms: Vec<MarketTerms> = Vec::new();
        for leg in &account.legs {
            if terms.last().is_none_or(|last| last.id != leg.key.market) {
                terms.push(self.market(leg.key.market)?.terms(leg.key.market));
            }
        }
        Ok(terms)
    }

    /// A series, `None` if it was never listed.
    pub fn series(&mut self, key: &SeriesKey) -> Result<Option<&mut Series>, EngineError> {
        let load = || state::load_series(self.storage, key);
        self.records.series.find(*key, load)
    }

    /// An expiry (unix minutes) of a market, `None` if nothing of it was ever listed.
    pub fn expiry(
        &mut self,
        market: u16,
        minutes: u32,
    ) -> Result<Option<&mut Expiry>, EngineError> {
        let load = || state::load_expiry(self.storage, market, minutes);
        self.records.expiries.find((market, minutes), load)
    }

    /// Puts a new or changed expiry on the desk.
    pub fn put_expiry(&mut self, market: u16, minutes: u32, expiry: Expiry) {
        self.records.expiries.put_fresh((market, minutes), expiry);
    }

    /// Puts a new series on the desk.
    pub fn put_series(&mut self, key: SeriesKey, series: Series) {
        self.records.series.put_fresh(key, series);
    }

    /// The settlement price of an expiry that has passed: what the engine took over before, else what
    /// the oracle holds as final now, which is then taken over. `None`: not final yet.
    pub fn fixed_price(&mut self, market: u16, minutes: u32) -> Result<Option<Fx>, EngineError> {
        let Some(expiry) = self.expiry(market, minutes)? else {
            return Ok(None);
        };
        if let Some(bits) = expiry.price {
            return Ok(Some(Fx::from_bits(bits)));
        }
        if seconds(minutes) > self.now {
            return Ok(None);
        }
        let underlying = self.market(market)?.underlying;
        let price = self.feeds.fixing(underlying, minutes);
        if let (Some(price), Some(expiry)) = (price, self.expiry(market, minutes)?) {
            expiry.price = Some(price.to_bits());
        }
        Ok(price)
    }

    /// Settles the legs of an open account whose price is fixed, in each coin expiry by expiry: from the first
    /// one on that is not final all wait. Out of that order a covered account could owe what an earlier
    /// expiry is bound to pay.
    fn settle_due(&mut self, id: u64) -> Result<(), EngineError> {
        let mut due = Vec::new();
        let mut pending: Vec<(u16, u32)> = Vec::new();
        // Legs lie by market and expiry: what has no price yet is asked for once.
        let mut asked = None;
        for leg in self.account(id)?.legs.clone() {
            if leg.key.expiry_seconds() > self.now {
                continue;
            }
            let (market, expiry) = (leg.key.market, leg.key.expiry);
            let coin = self.market(market)?.settle_coin;
            let price = match asked {
                Some((known, price)) if known == (market, expiry) => price,
                _ => self.fixed_price(market, expiry)?,
            };
            asked = Some(((market, expiry), price));
            match price {
                Some(price) => due.push((coin, leg, price)),
                None => pending.push((coin, leg.key.expiry)),
            }
        }
        let mut lost = false;
        for (coin, leg, price) in due {
            let waits = |(other, expiry): &(u16, u32)| *other == coin && *expiry <= leg.key.expiry;
            if pending.iter().any(waits) {
                let underlying = self.market(leg.key.market)?.underlying;
                self.feeds.note_final(underlying, leg.key.expiry, price);
            } else {
                lost |= self.settle_leg(id, leg, price)? < 0;
            }
        }
        if lost && self.account(id)?.is_debtor() && !self.fallen.contains(&id) {
            self.fallen.push(id);
        }
        Ok(())
    }

    /// Open accounts whose settlement left them owing and whose deficit nobody has noted since; each once.
    pub fn take_fallen(&mut self) -> Vec<u64> {
        let mut fallen = core::mem::take(&mut self.fallen);
        fallen.retain(|id| self.records.accounts.has(id));
        fallen
    }

    /// An account's deficit is noted.
    pub fn forget_fallen(&mut self, id: u64) {
        self.fallen.retain(|fallen| *fallen != id);
    }

    /// Pays one leg out: cash goes up by payoff x quantity, the series' unsettled net goes down. Returns the amount.
    fn settle_leg(&mut self, id: u64, leg: risk::Leg, price: Fx) -> Result<i128, EngineError> {
        let market = self.market(leg.key.market)?.terms(leg.key.market);
        let series = self.series(&leg.key)?.ok_or(EngineError::Corrupt)?;
        let mut settled = match series.settled {
            Some(settled) => settled,
            None => Settled {
                payoff: market
                    .payoff(&leg.key)?
                    .per_unit(market.settlement(), price)?,
                net: 0,
            },
        };
        let amount = mul_signed(settled.payoff, i128::from(leg.quantity))?;
        let was = settled.uncollected();
        settled.net = settled
            .net
            .checked_sub(leg.quantity)
            .ok_or(EngineError::Overflow)?;
        let is = settled.uncollected();
        series.settled = Some(settled);
        let long = u64::try_from(leg.quantity.max(0)).map_err(|_| EngineError::Overflow)?;
        series.open = series.open.checked_sub(long).ok_or(EngineError::Overflow)?;
        self.post(id, market.settle_coin, amount)?;
        let ledger = self.ledger(market.settle_coin)?;
        ledger.unsettled = sub_signed(ledger.unsettled, amount)?;
        ledger.uncollected = sub_unsigned(add_unsigned(ledger.uncollected, is)?, was)?;
        let loss = self.loss(market.id)?;
        loss.uncollected = sub_unsigned(add_unsigned(loss.uncollected, is)?, was)?;
        let account = self.account_mut(id)?;
        account.add_leg(
            leg.key,
            leg.quantity.checked_neg().ok_or(EngineError::Overflow)?,
        )?;
        account.add_profit(market.id, amount)?;
        Ok(amount)
    }

    /// Checks conservation per coin and the records' bounds, and leaves accounts as they are stored: debts with their age,
    /// nothing empty.
    pub fn finish(&mut self) -> Result<(), EngineError> {
        for coin in self.touched_coins() {
            self.check_coin(coin)?;
        }
        for id in self.open_accounts() {
            self.age_debts(id)?;
        }
        for held in &mut self.records.accounts.0 {
            held.now.tidy();
            held.now.check_bounds(held.key)?;
        }
        Ok(())
    }

    /// Finishes, and hands over what changed.
    pub fn close(mut self) -> Result<Changes, EngineError> {
        self.finish()?;
        Ok(Changes(self.records))
    }

    /// Cash of the accounts on the desk moved by exactly what the ledger's cash term moved.
    fn check_coin(&self, coin: u16) -> Result<(), EngineError> {
        let mut moved = 0_i128;
        for held in &self.records.accounts.0 {
            moved = add_signed(
                moved,
                sub_signed(held.now.amount(coin), held.before.amount(coin))?,
            )?;
        }
        let ledger = self
            .records
            .ledgers
            .held(&coin)
            .ok_or(EngineError::Corrupt)?;
        if sub_signed(ledger.now.cash()?, ledger.before.cash()?)? == moved {
            Ok(())
        } else {
            Err(EngineError::Imbalance { coin })
        }
    }
}

/// A time as records keep it, unix seconds.
pub fn second(time: u64) -> u32 {
    u32::try_from(time).unwrap_or(u32::MAX)
}

/// Interest up to now; where the rate changed since it was last counted, at each rate for its time.
pub fn accrue(ledger: &mut Ledger, params: &Timed<Params>, now: u64) -> Result<(), EngineError> {
    if let Some((from, _)) = params.next.as_ref().filter(|(from, _)| *from <= now) {
        let from = second(*from);
        if from > ledger.indexed_at {
            ledger.accrue(params.current.debt_rate, from)?;
            ledger.start(from);
        }
    }
    ledger.accrue(params.at(now).debt_rate, second(now))
}

#[cfg(test)]
mod tests;
