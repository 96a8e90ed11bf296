//! Insurance at work: the funds of markets and the deficits of accounts, loaded when first needed, saved at a message's end.

use cosmwasm_std::{Event, Storage};
use protocol_api::engine::{InsuranceFunded, InsurancePaid};
use protocol_api::event::TypedEvent;
use risk::liquidation::{Fund, payable, quote_value, split_by_loss};
use risk::{Feed, QUOTE_COIN};

use crate::core::account::Account;
use crate::core::num::{add_unsigned, sub_unsigned};
use crate::desk::Desk;
use crate::error::EngineError;
use crate::margin::risk_coin;
use crate::state;

/// Who bears what nobody can be named for.
const FIRST_MARKET: u16 = 1;

/// What an account lost, market by market: in quote base units, or all in one coin.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Losses(Vec<(u16, u128)>);

impl Losses {
    /// Per market `max(0, -(sum of premium, fees, settlements + mark of the legs))` in quote base units, `marks` in the market's
    /// settlement coin; never empty. A coin without a price loses nothing.
    pub fn of(
        desk: &mut Desk<'_>,
        account: &Account,
        marks: &[(u16, i128)],
    ) -> Result<Self, EngineError> {
        let mut losses = Self::default();
        for (market, sum) in account.sums_with(marks)? {
            losses.add(market, in_quote(desk, market, sum)?);
        }
        if losses.is_empty() {
            losses.add(FIRST_MARKET, 0);
        }
        Ok(losses)
    }

    /// A loss of one market.
    pub fn of_market(market: u16, amount: u128) -> Self {
        Self(vec![(market, amount)])
    }

    /// Adds a market with the account's sum there: a loss where it is below zero.
    pub fn add(&mut self, market: u16, sum: i128) {
        self.0.push((market, sum.min(0).unsigned_abs()));
    }

    /// Whether no market is among them.
    pub const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// An amount as the markets bear it, without those that bear nothing.
    pub fn parts(&self, amount: u128) -> Vec<(u16, u128)> {
        let parts = split_by_loss(amount, &self.amounts());
        let markets = self.0.iter().map(|loss| loss.0);
        markets.zip(parts).filter(|part| part.1 > 0).collect()
    }

    /// The market that lost most; of several the first.
    pub fn largest(&self) -> u16 {
        let most = self.0.iter().rev().max_by_key(|loss| loss.1);
        most.map_or(FIRST_MARKET, |loss| loss.0)
    }

    fn amounts(&self) -> Vec<u128> {
        self.0.iter().map(|loss| loss.1).collect()
    }
}

/// A market's sum in quote base units, rounded down; nothing where its coin has no price.
pub fn in_quote(desk: &mut Desk<'_>, market: u16, sum: i128) -> Result<i128, EngineError> {
    let coin = desk.market(market)?.settle_coin;
    worth(desk, coin, sum)
}

/// An amount of a coin in quote base units at its last price, rounded down; nothing where it never had one.
pub fn worth(desk: &mut Desk<'_>, coin: u16, amount: i128) -> Result<i128, EngineError> {
    if coin == QUOTE_COIN || amount == 0 {
        return Ok(amount);
    }
    let now = desk.now;
    let listed = |id: u16| {
        desk.config
            .coin(id)
            .map(|record| risk_coin(id, record, now))
    };
    let coin = listed(coin).ok_or(EngineError::Corrupt)?;
    let quote = listed(QUOTE_COIN).ok_or(EngineError::Corrupt)?;
    let Feed::Underlying(underlying) = coin.feed else {
        return Ok(0);
    };
    let feed = desk.feeds.feed(underlying);
    let spot = feed.and_then(|feed| feed.state.as_ref().map(|state| state.spot.mid));
    Ok(spot.map_or(0, |spot| quote_value(amount, &coin, &quote, spot)))
}

/// Funds and deficits that one message touched.
#[derive(Clone, Debug)]
pub struct Pool {
    funds: Vec<(u16, Fund)>,
    /// New deficits of accounts ([`Self::note`]).
    deficits: Vec<(u64, Vec<(u16, u128)>)>,
    /// What insurance is still to pay of the deficit of one account, as above.
    insured: Option<(u64, u128)>,
}

impl Pool {
    /// As it is stored: nothing was touched yet.
    pub const fn as_stored() -> Self {
        Self {
            funds: Vec::new(),
            deficits: Vec::new(),
            insured: None,
        }
    }

    /// A market's fund in the hour of now.
    pub fn fund(&self, desk: &Desk<'_>, market: u16) -> Result<Fund, EngineError> {
        if let Some((_, fund)) = self.funds.iter().find(|known| known.0 == market) {
            return Ok(*fund);
        }
        Ok(state::load_fund(desk.storage(), market)?.at(desk.now))
    }

    /// What of the deficits recorded a market's insurance could not pay, quote base units.
    pub fn unmet(&self, desk: &Desk<'_>, market: u16) -> Result<u128, EngineError> {
        if desk.shortfall()? == 0 {
            return Ok(0);
        }
        Ok(self.fund(desk, market)?.unmet())
    }

    fn put(&mut self, market: u16, fund: Fund) {
        self.funds.retain(|known| known.0 != market);
        self.funds.push((market, fund));
    }

    /// Adds an amount that the caller takes out of another term of the quote coin's ledger, and tells so.
    pub fn take_in(
        &mut self,
        desk: &mut Desk<'_>,
        market: u16,
        amount: u128,
    ) -> Result<Option<Event>, EngineError> {
        if amount == 0 {
            return Ok(None);
        }
        let fund = self.fund(desk, market)?.take_in(amount);
        self.put(market, fund.ok_or(EngineError::Overflow)?);
        let ledger = desk.ledger(QUOTE_COIN)?;
        ledger.insurance = add_unsigned(ledger.insurance, amount)?;
        let market = desk.market(market)?.symbol.clone();
        Ok(Some(InsuranceFunded { market, amount }.to_event()))
    }

    /// How much of `wanted` the markets' funds may pay now, each its part.
    pub fn payable(
        &self,
        desk: &Desk<'_>,
        losses: &Losses,
        wanted: u128,
    ) -> Result<u128, EngineError> {
        if wanted == 0 {
            return Ok(0);
        }
        let mut available = Vec::with_capacity(losses.0.len());
        for (market, _) in &losses.0 {
            available.push(self.fund(desk, *market)?.available());
        }
        Ok(payable(wanted, &losses.amounts(), &available))
    }

    /// Takes an amount that is payable out of the funds; the caller puts it into cash. Tells who paid what.
    pub fn pay(
        &mut self,
        desk: &mut Desk<'_>,
        losses: &Losses,
        amount: u128,
    ) -> Result<Vec<Event>, EngineError> {
        let mut events = Vec::new();
        if amount == 0 {
            return Ok(events);
        }
        for (id, amount) in losses.parts(amount) {
            let fund = self.fund(desk, id)?.pay(amount);
            self.put(id, fund.ok_or(EngineError::Overflow)?);
            let market = desk.market(id)?.symbol.clone();
            events.push(InsurancePaid { market, amount }.to_event());
        }
        let ledger = desk.ledger(QUOTE_COIN)?;
        ledger.insurance = sub_unsigned(ledger.insurance, amount)?;
        Ok(events)
    }

    /// Pays an amount that is payable toward an account's deficit; the caller puts it into the account's cash. Between two
    /// closings it lessens what the second may still draw.
    pub fn relieve(
        &mut self,
        desk: &mut Desk<'_>,
        id: u64,
        losses: &Losses,
        amount: u128,
    ) -> Result<Vec<Event>, EngineError> {
        if amount > 0
            && let Some(left) = self.insured(desk, id)?
        {
            self.keep_insured(id, left.saturating_sub(amount));
        }
        self.pay(desk, losses, amount)
    }

    /// What insurance is still to pay of an account's deficit; `None` before its first closing.
    pub fn insured(&self, desk: &Desk<'_>, id: u64) -> Result<Option<u128>, EngineError> {
        match self.insured {
            Some((account, left)) if account == id => Ok(Some(left)),
            _ => Ok(state::load_insured(desk.storage(), id)?),
        }
    }

    /// Notes whether an open account's fills must reduce, and its deficit as its markets bear it. Who has a deficit is restricted
    /// (INV-13): of one that was not, none is stored, and none is read.
    pub fn note(
        &mut self,
        desk: &mut Desk<'_>,
        id: u64,
        is_below: bool,
        deficit: Vec<(u16, u128)>,
    ) -> Result<(), EngineError> {
        desk.forget_fallen(id);
        let account = desk.account_mut(id)?;
        let lacks = !deficit.is_empty();
        let was = core::mem::replace(&mut account.restricted, is_below || lacks);
        if was || lacks {
            self.set_deficit(desk, id, deficit)?;
        }
        Ok(())
    }

    /// Keeps what insurance is still to pay of a deficit that stays.
    pub const fn keep_insured(&mut self, account: u64, amount: u128) {
        self.insured = Some((account, amount));
    }

    /// The deficit recorded of an account as its markets bear it, quote base units.
    pub fn deficit(&self, desk: &Desk<'_>, id: u64) -> Result<Vec<(u16, u128)>, EngineError> {
        match self.deficits.iter().find(|known| known.0 == id) {
            Some((_, deficit)) => Ok(deficit.clone()),
            None => Ok(state::load_deficit(desk.storage(), id)?),
        }
    }

    /// Replaces the deficit of an account and keeps the sums.
    fn set_deficit(
        &mut self,
        desk: &mut Desk<'_>,
        account: u64,
        deficit: Vec<(u16, u128)>,
    ) -> Result<(), EngineError> {
        let old = self.deficit(desk, account)?;
        self.count(desk, &old, sub_unsigned)?;
        self.count(desk, &deficit, add_unsigned)?;
        self.deficits.retain(|known| known.0 != account);
        if deficit != old {
            self.deficits.push((account, deficit));
        }
        Ok(())
    }

    /// Adds parts of a deficit to the sums, or takes them out.
    fn count(
        &mut self,
        desk: &mut Desk<'_>,
        parts: &[(u16, u128)],
        with: fn(u128, u128) -> Result<u128, EngineError>,
    ) -> Result<(), EngineError> {
        for (market, part) in parts {
            let mut fund = self.fund(desk, *market)?;
            fund.shortfall = with(fund.shortfall, *part)?;
            self.put(*market, fund);
            let ledger = desk.ledger(QUOTE_COIN)?;
            ledger.shortfall = with(ledger.shortfall, *part)?;
        }
        Ok(())
    }

    /// Writes what changed.
    pub fn apply(self, storage: &mut dyn Storage) -> Result<(), EngineError> {
        for (market, fund) in self.funds {
            state::save_fund(storage, market, fund)?;
        }
        for (account, deficit) in self.deficits {
            state::save_deficit(storage, account, deficit)?;
        }
        match self.insured {
            // It ends when the deficit does.
            Some((account, insured)) if !state::load_deficit(storage, account)?.is_empty() => {
                state::save_insured(storage, account, insured)
            }
            _ => Ok(()),
        }
    }
}
