//! Quotes, orders and cancelled numbers: docs/spec/exchange.md, with a plain set of numbers for what is cancelled.

use std::collections::{BTreeMap, BTreeSet};

use super::series::{SERIES, UNLISTED_PLACE};
use super::{Codes, Expect};

/// Whose signature a quote carries.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Signed {
    /// The maker's key's.
    Maker,
    /// A key's that may not trade for the maker.
    Stranger,
    /// The maker's, over other terms.
    OtherTerms,
    /// The maker's, for another chain.
    OtherChain,
}

/// A leg of a quote, as the maker sees it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct QuotedLeg {
    /// Place in [`SERIES`], or [`UNLISTED_PLACE`].
    pub series: usize,
    pub ratio: i64,
    pub price: i64,
}

/// A quote as the model sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Offer {
    pub maker: usize,
    pub nonce: u64,
    pub expires_at: u64,
    pub reserved: Option<usize>,
    pub lots: u64,
    pub max_fee: Option<u128>,
    pub legs: Vec<QuotedLeg>,
    pub signed: Signed,
}

/// An order as the model sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Order {
    pub taker: usize,
    pub offers: Vec<Offer>,
    pub lots: u64,
    pub min_lots: u64,
    /// Ticks a lot, if there is a limit.
    pub limit: Option<i64>,
    pub max_fee: Option<u128>,
    pub reduce_only: bool,
    /// Sent by somebody who may not trade for the taker.
    pub by_stranger: bool,
}

impl Offer {
    /// Ticks the taker pays per lot.
    pub fn cost(&self) -> i128 {
        -self
            .legs
            .iter()
            .map(|leg| i128::from(leg.ratio) * i128::from(leg.price))
            .sum::<i128>()
    }

    fn shape(&self) -> Vec<(usize, i64)> {
        self.legs
            .iter()
            .map(|leg| (leg.series, leg.ratio))
            .collect()
    }

    fn is_malformed(&self) -> bool {
        let places: BTreeSet<usize> = self.legs.iter().map(|leg| leg.series).collect();
        let markets: BTreeSet<usize> = places.iter().map(|place| market(*place)).collect();
        markets.len() != 1
            || places.len() != self.legs.len()
            || self.legs.iter().any(|leg| leg.ratio == 0)
    }
}

/// The market of a place in [`SERIES`]; what is unlisted is linear.
fn market(place: usize) -> usize {
    if place == UNLISTED_PLACE {
        0
    } else {
        SERIES[place].market
    }
}

/// A number lies less than this above the floor.
const REACH: u64 = 1 << 48;
const MOST_RANGES: usize = 16;

/// What the exchange remembers.
#[derive(Clone, Debug, Default)]
pub struct Venue {
    cancelled: BTreeMap<usize, BTreeSet<u64>>,
    filled: BTreeMap<(usize, u64), u64>,
}

impl Venue {
    pub fn filled(&self, maker: usize, nonce: u64) -> u64 {
        self.filled.get(&(maker, nonce)).copied().unwrap_or(0)
    }

    pub fn is_cancelled(&self, maker: usize, nonce: u64) -> bool {
        self.cancelled
            .get(&maker)
            .is_some_and(|set| set.contains(&nonce))
    }

    /// The first number that is not cancelled.
    pub fn floor(&self, maker: usize) -> u64 {
        (0..)
            .find(|nonce| !self.is_cancelled(maker, *nonce))
            .expect("few are cancelled")
    }

    /// Runs of cancelled numbers above the floor, both ends included.
    pub fn ranges(&self, maker: usize) -> Vec<(u64, u64)> {
        let floor = self.floor(maker);
        let mut runs: Vec<(u64, u64)> = Vec::new();
        for nonce in self.cancelled.get(&maker).into_iter().flatten() {
            match runs.last_mut() {
                _ if *nonce < floor => {}
                Some(run) if run.1 + 1 == *nonce => run.1 = *nonce,
                _ => runs.push((*nonce, *nonce)),
            }
        }
        runs
    }

    /// Why nothing can be had of an offer; nothing of that: how many lots can.
    fn left(&self, offer: &Offer, now: u64) -> Result<u64, Vec<&'static str>> {
        let left = offer
            .lots
            .saturating_sub(self.filled(offer.maker, offer.nonce));
        let why = [
            (now >= offer.expires_at, "E_EXCHANGE_EXPIRED"),
            (
                self.is_cancelled(offer.maker, offer.nonce),
                "E_EXCHANGE_CANCELLED",
            ),
            (left == 0, "E_EXCHANGE_FILLED"),
        ];
        let why: Vec<&str> = why
            .into_iter()
            .filter(|(over, _)| *over)
            .map(|(_, code)| code)
            .collect();
        if why.is_empty() { Ok(left) } else { Err(why) }
    }

    /// Lots taken of each offer, or why the exchange must refuse the order.
    pub fn plan(&self, order: &Order, now: u64) -> Result<Vec<u64>, Codes> {
        let mut codes = Codes::new();
        let Some(first) = order.offers.first() else {
            codes.fault(true, "E_EXCHANGE_NO_QUOTES");
            return Err(codes);
        };
        codes.fault(first.is_malformed(), "E_EXCHANGE_BAD_LEGS");
        let differs = |offer: &Offer| offer.shape() != first.shape();
        codes.fault(order.offers.iter().any(differs), "E_EXCHANGE_LEGS_DIFFER");
        let names: BTreeSet<_> = order
            .offers
            .iter()
            .map(|offer| (offer.maker, offer.nonce))
            .collect();
        codes.fault(
            names.len() < order.offers.len(),
            "E_EXCHANGE_DUPLICATE_QUOTE",
        );
        for offer in &order.offers {
            let reserved = offer.reserved.is_some_and(|taker| taker != order.taker);
            let unsigned = matches!(offer.signed, Signed::OtherTerms | Signed::OtherChain);
            let far = offer.nonce - self.floor(offer.maker).min(offer.nonce) >= REACH;
            codes.fault(offer.maker == order.taker, "E_EXCHANGE_SELF_TRADE");
            codes.fault(reserved, "E_EXCHANGE_NOT_FOR_TAKER");
            codes.fault(unsigned, "E_EXCHANGE_SIGNATURE");
            codes.fault(far, "E_EXCHANGE_FAR_NONCE");
        }
        let left: Vec<_> = order
            .offers
            .iter()
            .map(|offer| self.left(offer, now))
            .collect();
        if left.iter().all(Result::is_err) {
            left[0]
                .clone()
                .unwrap_err()
                .into_iter()
                .for_each(|code| codes.fault(true, code));
        }
        let left: Vec<u64> = left.into_iter().map(|left| left.unwrap_or(0)).collect();
        let taken = allocate(order, &left, &mut codes);
        if codes.is_empty() {
            Ok(taken)
        } else {
            Err(codes)
        }
    }

    /// Takes over that lots were taken.
    pub fn take(&mut self, order: &Order, taken: &[u64]) {
        for (offer, lots) in order
            .offers
            .iter()
            .zip(taken)
            .filter(|(_, lots)| **lots > 0)
        {
            *self.filled.entry((offer.maker, offer.nonce)).or_default() += lots;
        }
    }

    /// What the exchange must answer to a cancellation.
    pub fn expect_cancel(&self, maker: usize, (from, to): (u64, u64), own: bool) -> Expect {
        let mut codes = Codes::new();
        codes.fault(!own, "E_EXCHANGE_UNAUTHORIZED");
        codes.fault(from > to, "E_EXCHANGE_BAD_RANGE");
        let far = to - self.floor(maker).min(to) >= REACH;
        codes.fault(far, "E_EXCHANGE_FAR_NONCE");
        if codes.is_empty() {
            let mut then = self.clone();
            then.cancel(maker, (from, to));
            codes.fault(
                then.ranges(maker).len() > MOST_RANGES,
                "E_EXCHANGE_TOO_MANY_RANGES",
            );
        }
        codes.expect()
    }

    pub fn cancel(&mut self, maker: usize, (from, to): (u64, u64)) {
        self.cancelled.entry(maker).or_default().extend(from..=to);
    }

    /// Forgets how much of cancelled quotes was taken.
    pub fn prune(&mut self, maker: usize, nonces: &[u64]) {
        for nonce in nonces {
            if self.is_cancelled(maker, *nonce) {
                self.filled.remove(&(maker, *nonce));
            }
        }
    }
}

/// The cheapest first, ties in the order given; one lot after the other, which is slow and plain.
fn allocate(order: &Order, left: &[u64], codes: &mut Codes) -> Vec<u64> {
    codes.fault(
        order.lots == 0 || order.min_lots > order.lots,
        "E_EXCHANGE_ZERO_LOTS",
    );
    let mut taken = vec![0; left.len()];
    let mut cost = 0;
    for _ in 0..order.lots {
        let has = |place: &usize| taken[*place] < left[*place];
        let cheapest = (0..left.len())
            .filter(has)
            .min_by_key(|place| order.offers[*place].cost());
        let Some(place) = cheapest else { break };
        taken[place] += 1;
        cost += order.offers[place].cost();
    }
    let all: u64 = taken.iter().sum();
    let limit = order.limit.map(|limit| i128::from(limit) * i128::from(all));
    codes.fault(
        all < order.min_lots.max(1) && order.lots > 0,
        "E_EXCHANGE_TOO_FEW_LOTS",
    );
    codes.fault(limit.is_some_and(|limit| cost > limit), "E_EXCHANGE_LIMIT");
    taken
}
