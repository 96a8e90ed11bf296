//! What an account is priced at, and whether the oracle's table lets it be sold.

use protocol_api::engine::AuctionStart;
use protocol_api::oracle::{Action, Permission, permission};
use risk::liquidation::{Health, Standing, quote_value};
use risk::{Context, Feed, MarketTerms, QUOTE_COIN, UnderlyingState};

use crate::core::account::{Account, Cash};
use crate::desk::Desk;
use crate::error::EngineError;
use crate::gains::withheld;
use crate::margin;
use crate::oracle::are_near;

/// For how many seconds a feed may be silent before its coins are left out ([`left_out`]).
const SILENT: u64 = 3_600;
/// What a coin must have been worth to be waited for ([`left_out`]), whole quote coins.
const DUST: i128 = 100;

/// What an account has beside what is priced, quote base units: coins that are left out, escrow, gains withheld. It stays the
/// account's own, so nobody else pays that much of what it lacks.
#[derive(Clone, Copy, Debug)]
pub struct Aside(u128);

impl Aside {
    /// Of an estate whose legs can only pay: they stand for all that it owes.
    const ALL: Self = Self(u128::MAX);

    /// What others must pay of a price or an equity below zero.
    pub fn lacking(self, equity: i128) -> u128 {
        equity.min(0).unsigned_abs().saturating_sub(self.0)
    }
}

/// What an account is worth selling, and prices of everything it depends on.
#[derive(Debug)]
pub struct Prices {
    /// The account without coins that are left out.
    pub account: Account,
    /// What it is priced in.
    pub context: Context,
    /// Publish time of the newest of them, unix seconds.
    pub newest: u64,
    /// Publish time of the oldest of them; `None` while a coin is left out that has no price, or a feed's level would not
    /// sell it at once.
    pub oldest: Option<u64>,
    /// What the coins that are left out were worth when last priced, quote base units.
    pub left_out: u128,
    /// Since when all of them have been live without a gap, unix seconds.
    live_since: u64,
    ids: Vec<u16>,
}

/// Whether an account below maintenance is sold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It is.
    Sell,
    /// A second, later price must confirm.
    Wait,
}

impl Prices {
    /// Reads them for an open account; an underlying without a record is an error, a bad level is not.
    #[inline(never)] // The VM allows 100 locals a function.
    pub fn read(desk: &mut Desk<'_>, id: u64) -> Result<Self, EngineError> {
        let mut account = desk.account(id)?.clone();
        let terms = desk.terms_of(&account)?;
        let (mut newest, mut oldest, mut live_since) = (0, Some(desk.now), 0);
        let mut worth = 0_u128;
        account.cash.retain(|cash| {
            let Some(out) = left_out(desk, cash, &terms) else {
                return true;
            };
            worth = worth.saturating_add(out.worth);
            oldest = oldest.filter(|_| out.is_priced);
            false
        });
        let ids = margin::underlyings(desk, &account, &terms);
        for underlying in &ids {
            let feed = desk.feeds.feed(*underlying);
            let sells = feed.is_some_and(|feed| {
                permission(feed.validity, Action::LiquidateDeep) == Permission::Yes
            });
            let state = usable(desk, id, *underlying)?;
            newest = newest.max(state.publish_time);
            oldest = oldest
                .filter(|_| sells)
                .map(|time| time.min(state.publish_time));
            live_since = live_since.max(state.live_since);
        }
        Ok(Self {
            account,
            context: margin::context(desk, &ids, terms)?,
            newest,
            oldest,
            left_out: worth,
            live_since,
            ids,
        })
    }

    /// The prices that decide about an account, and its health at them.
    #[inline(never)] // Once in the contract, not once a caller.
    pub fn and_health(desk: &mut Desk<'_>, id: u64) -> Result<(Self, Health), EngineError> {
        let prices = Self::read(desk, id)?;
        let health = margin::health(&prices.account.book(), &prices.context)?;
        Ok((prices, health))
    }

    /// What the open account has beside what is priced.
    pub fn aside(&self, desk: &mut Desk<'_>, id: u64) -> Result<Aside, EngineError> {
        let account = desk.account(id)?;
        let has_legs = !account.legs.is_empty();
        if account.estate && has_legs && margin::can_only_be_paid(account, &self.context.markets)? {
            return Ok(Aside::ALL);
        }
        let own = self.left_out.saturating_add(account.escrow);
        Ok(Aside(own.saturating_add(withheld(desk, id)?)))
    }

    /// The auction's clock: from its start, or anew from when prices came back.
    pub fn clock(&self, auction: Option<&AuctionStart>, now: u64) -> AuctionStart {
        match auction {
            Some(known) if known.at >= self.live_since => known.clone(),
            known => AuctionStart {
                at: known.map_or(now, |_| self.live_since),
                price_time: self.newest,
            },
        }
    }

    /// Whether prices allow a sale; `since`: the publish time that a shallow one's prices must all be later than.
    #[inline(never)] // The VM allows 100 locals a function.
    pub fn verdict(
        &self,
        desk: &mut Desk<'_>,
        id: u64,
        standing: Standing,
        since: u64,
    ) -> Result<Verdict, EngineError> {
        let action = if standing == Standing::Shallow {
            Action::LiquidateShallow
        } else {
            Action::LiquidateDeep
        };
        let mut verdict = Verdict::Sell;
        let mut whole_band = None;
        for underlying in self.ids.iter().copied() {
            let feed = desk.feeds.feed(underlying);
            let level = feed.map(|feed| permission(feed.validity, action));
            let state = usable(desk, id, underlying)?;
            match level {
                Some(Permission::Yes) => {}
                Some(Permission::SecondPrice) if state.publish_time > since => {}
                Some(Permission::SecondPrice) => verdict = Verdict::Wait,
                Some(Permission::WholeBand) => whole_band = Some(underlying),
                Some(Permission::NearSlowPrice) if are_near(state.spot.mid, state.slow) => {
                    whole_band = Some(underlying);
                }
                _ => return Err(no_price(id, underlying)),
            }
        }
        match whole_band {
            // At the middle it is healthy already.
            Some(underlying) if standing == Standing::Healthy => Err(no_price(id, underlying)),
            Some(underlying) if !margin::is_below_at_edges(desk, &self.account, &self.ids)? => {
                Err(no_price(id, underlying))
            }
            _ => Ok(verdict),
        }
    }
}

/// A coin in hand that is left out of its account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LeftOut {
    /// What it was worth when last priced, quote base units; nothing if it never was.
    pub worth: u128,
    /// That is less than [`DUST`].
    pub is_small: bool,
    /// Its feed allows a sale.
    pub is_priced: bool,
    /// For how many seconds its feed has been silent.
    pub silent: u64,
}

/// A coin in hand, if it is left out of its account: its feed allows no sale and has been silent for longer than [`SILENT`], or
/// allows none and the coin was last worth less than [`DUST`]; or it was last worth less than a base unit of the quote coin.
/// Otherwise whoever sends an account a dead coin would stop its sale. Never one that legs settle in, whose markets are `terms`.
pub fn left_out(desk: &mut Desk<'_>, cash: &Cash, terms: &[MarketTerms]) -> Option<LeftOut> {
    let settles = terms.iter().any(|market| market.settle_coin == cash.coin);
    if settles || cash.amount <= 0 {
        return None;
    }
    let coin = |id: u16| Some(margin::risk_coin(id, desk.config.coin(id)?, desk.now));
    let (coin, quote) = (coin(cash.coin)?, coin(QUOTE_COIN)?);
    let Feed::Underlying(underlying) = coin.feed else {
        return None;
    };
    let now = desk.now;
    let feed = desk.feeds.feed(underlying);
    let Some((feed, state)) = feed.and_then(|feed| Some((feed, feed.state.as_ref()?))) else {
        return Some(LeftOut {
            worth: 0,
            is_small: true,
            is_priced: false,
            silent: u64::MAX,
        });
    };
    let worth = quote_value(cash.amount, &coin, &quote, state.spot.mid);
    let out = LeftOut {
        worth: worth.unsigned_abs(),
        is_small: worth < DUST.saturating_mul(quote.scale.into()),
        is_priced: permission(feed.validity, Action::LiquidateDeep) == Permission::Yes,
        silent: now.saturating_sub(state.publish_time),
    };
    // What is worth less than a unit of the quote coin nobody can buy.
    let is_out = worth == 0 || !out.is_priced && (out.silent > SILENT || out.is_small);
    is_out.then_some(out)
}

fn no_price(account: u64, underlying: u16) -> EngineError {
    EngineError::NoPrice {
        account,
        underlying,
    }
}

fn usable<'d>(
    desk: &'d mut Desk<'_>,
    account: u64,
    underlying: u16,
) -> Result<&'d UnderlyingState, EngineError> {
    let feed = desk.feeds.feed(underlying);
    feed.and_then(|feed| feed.state.as_ref())
        .ok_or_else(|| no_price(account, underlying))
}
