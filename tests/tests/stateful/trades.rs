//! Quotes, orders and cancellations of a life.

use cosmwasm_std::{Int128, Uint64, Uint128};
use protocol_api::exchange::{self, Quote, QuoteLeg, SignedQuote, TakeQuotes};
use sandbox::quote::sign_direct;

use crate::check;
use crate::life::Life;
use crate::model::series::{INVERSE, Pay, SERIES, UNLISTED, expires};
use crate::model::trade::Traded;
use crate::model::venue::{Offer, Order, QuotedLeg, Signed};
use crate::model::{Covered, Expect, Holder, TRADERS};
use crate::steps::{Demand, GroupDraft, OfferDraft};

/// A price of a leg in ticks, from what was drawn: around what is usual there.
fn price(series: usize, drawn: u16) -> i64 {
    let drawn = i64::from(drawn);
    match SERIES.get(series) {
        // 88,000 to 92,000 dollars.
        Some(series) if series.pay == Pay::Future && series.market != INVERSE => {
            176_000 + drawn % 8_000
        }
        Some(series) if series.pay == Pay::Future => drawn % 600 - 300,
        Some(series) if series.market == INVERSE => drawn % 600,
        // One in a thousand is negative.
        _ => drawn % 6_000 - i64::from(drawn % 997 == 1) * 6_000,
    }
}

impl Life {
    /// Quotes of a group, signed now.
    pub fn quote(&self, group: &GroupDraft) -> Vec<(Offer, SignedQuote)> {
        let legs = self.mostly_live(group);
        let sign = |draft: &OfferDraft| {
            let offer = self.offer(draft, &legs);
            let signed = self.sign(&offer);
            (offer, signed)
        };
        group.offers.iter().map(sign).collect()
    }

    /// The legs drawn, mostly with series that still trade in the place of those that do not.
    fn mostly_live(&self, group: &GroupDraft) -> Vec<(usize, i64)> {
        let now = self.now();
        let trades = |place: usize| now < expires(SERIES[place].date);
        let mut legs = group.legs.clone();
        if group.offers[0].nonce.is_multiple_of(8) {
            return legs;
        }
        for (place, _) in &mut legs {
            let Some(series) = SERIES.get(*place) else {
                continue;
            };
            let same = |other: &usize| SERIES[*other].market == series.market && trades(*other);
            let choice: Vec<usize> = (0..SERIES.len()).filter(same).collect();
            if !trades(*place) && !choice.is_empty() {
                *place = choice[*place % choice.len()];
            }
        }
        legs.sort_by_key(|(place, _)| *place);
        legs.dedup_by_key(|(place, _)| *place);
        legs
    }

    fn offer(&self, draft: &OfferDraft, legs: &[(usize, i64)]) -> Offer {
        let leg = |((series, ratio), drawn): (&(usize, i64), &u16)| QuotedLeg {
            series: *series,
            ratio: *ratio,
            price: price(*series, *drawn),
        };
        let mut legs: Vec<QuotedLeg> = legs.iter().zip(&draft.prices).map(leg).collect();
        if draft.odd {
            legs[0].ratio = -legs[0].ratio;
        }
        Offer {
            maker: draft.maker,
            nonce: draft.nonce,
            expires_at: self.now() + draft.lifetime,
            reserved: draft.reserved,
            lots: draft.lots,
            max_fee: draft.max_fee.map(u128::from),
            legs,
            signed: draft.signed,
        }
    }

    fn sign(&self, offer: &Offer) -> SignedQuote {
        let leg = |leg: &QuotedLeg| QuoteLeg {
            series: SERIES
                .get(leg.series)
                .map_or(UNLISTED, |series| series.name)
                .into(),
            ratio: leg.ratio,
            price: leg.price,
        };
        let mut quote = Quote {
            account: self.number(offer.maker),
            nonce: offer.nonce.into(),
            expires_at: offer.expires_at,
            taker: offer.reserved.map(|taker| self.number(taker)),
            lots: offer.lots.into(),
            max_fee_per_lot: offer.max_fee.map_or(Uint128::MAX, Uint128::new),
            legs: offer.legs.iter().map(leg).collect(),
        };
        let chain_id = match offer.signed {
            Signed::OtherChain => "another-1".to_owned(),
            _ => self.world.chain.chain_id(),
        };
        let signer = match offer.signed {
            Signed::Stranger => (offer.maker + 1) % TRADERS,
            _ => offer.maker,
        };
        let terms = quote.clone();
        if offer.signed == Signed::OtherTerms {
            quote.lots = Uint64::new(offer.lots + 1);
        }
        let exchange = self.world.exchange.as_str();
        let signed = sign_direct(quote, &chain_id, exchange, &self.traders[signer].key);
        SignedQuote {
            quote: terms,
            ..signed
        }
    }

    pub fn take(&mut self, group: usize, demand: &Demand) {
        // Bits beyond the quotes that there are choose all of them.
        let first = demand.which.trailing_zeros() as usize;
        let all = demand.which > 0 && first >= self.groups[group].len();
        let chosen =
            |(place, _): &(usize, &(Offer, SignedQuote))| all || demand.which >> place & 1 == 1;
        let group = self.groups[group].iter().enumerate().filter(chosen);
        let (offers, quotes): (Vec<Offer>, Vec<SignedQuote>) = group
            .map(|(_, (offer, signed))| (offer.clone(), signed.clone()))
            .unzip();
        let first = offers.first().map_or(0, |offer| offer.cost() as i64);
        let order = Order {
            taker: demand.taker,
            offers,
            lots: demand.lots,
            min_lots: demand.min_lots,
            limit: demand.limit.map(|limit| first + i64::from(limit) / 16),
            max_fee: demand.max_fee.map(u128::from),
            reduce_only: demand.reduce_only,
            by_stranger: demand.by_stranger,
        };
        self.send_order(&order, quotes);
    }

    fn send_order(&mut self, order: &Order, quotes: Vec<SignedQuote>) {
        let now = self.now();
        let (expect, traded) = self.model.expect_order(order, now);
        let msg = TakeQuotes {
            account: self.number(order.taker),
            quotes,
            lots: order.lots.into(),
            min_lots: order.min_lots.into(),
            limit: Int128::new(order.limit.unwrap_or(i64::MAX).into()),
            max_fee_per_lot: order.max_fee.map_or(Uint128::MAX, Uint128::new),
            reduce_only: order.reduce_only,
        };
        let before = self.surpluses();
        let mut sender = self.traders[order.taker].clone();
        if order.by_stranger {
            sender.address = self.vault.clone();
        }
        let sent = self.send(&expect, |world| world.take_order(&sender, msg));
        if sent.is_some() {
            let traded = traded.expect("what is accepted was predicted");
            let held: Vec<Holder> = (0..TRADERS)
                .map(|account| self.model.view(account, now))
                .collect();
            self.saw_trade(order, &traded);
            let sides = traded.sides.clone();
            self.model.trade(order, traded, now);
            self.check(true);
            for side in sides {
                let bound = order.reduce_only && side == order.taker;
                self.may_trade(side, (&held[side], before[side]), bound);
            }
        }
        check::quotes(self, &order.offers);
    }

    fn saw_trade(&mut self, order: &Order, traded: &Traded) {
        self.saw("trade");
        let used = traded.taken.iter().filter(|lots| **lots > 0).count();
        if used > 1 {
            self.saw("several quotes in one order");
        }
        let part = |(offer, lots): (&Offer, &u64)| {
            let filled = self.model.venue.filled(offer.maker, offer.nonce);
            *lots > 0 && filled + lots < offer.lots
        };
        let more = |(offer, lots): (&Offer, &u64)| {
            *lots > 0 && self.model.venue.filled(offer.maker, offer.nonce) > 0
        };
        let pairs = || order.offers.iter().zip(&traded.taken);
        let (partial, again) = (pairs().any(part), pairs().any(more));
        if partial {
            self.saw("a quote taken in part");
        }
        if again {
            self.saw("a quote taken again");
        }
    }

    fn surpluses(&self) -> Vec<Option<i128>> {
        (0..TRADERS)
            .map(|account| check::initial_surplus(self, account))
            .collect()
    }

    /// INV-3: who has traded is covered, or has initial surplus at a fresh price, or only reduced and gave none away.
    fn may_trade(&mut self, side: usize, (before, was): (&Holder, Option<i128>), bound: bool) {
        let now = self.now();
        let after = self.model.holders[side].clone();
        let (bound, shrank) = (bound || before.is_debtor(), after.only_shrank(before));
        let surplus = check::initial_surplus(self, side);
        assert!(
            shrank || !bound,
            "INV-3: bound to reduce, {before:?} became {after:?}"
        );
        if !bound && self.covered[side] {
            return self.saw("covered");
        }
        if !bound && self.model.oracle.may_open(now) && surplus.is_some_and(|left| left >= 0) {
            return self.saw("at margin");
        }
        assert!(
            shrank,
            "INV-3: {before:?} became {after:?} with {surplus:?}"
        );
        if self.model.oracle.may_price(now) {
            let gave = was.zip(surplus).is_some_and(|(was, left)| left < was);
            assert!(!gave, "INV-3: {was:?} became {surplus:?}");
        } else {
            let alone = after.since(before).covered() != Covered::No;
            assert!(
                alone || after.covered() != Covered::No,
                "INV-3: {before:?} became {after:?} without a price"
            );
        }
        self.saw("reduced");
    }

    /// The taker gives lots of a leg back, the first that he holds from a place on.
    pub fn close(
        &mut self,
        (maker, taker): (usize, usize),
        place: usize,
        (lots, drawn, reduce_only): (u64, u16, bool),
    ) {
        let held = self.model.view(taker, self.now()).legs;
        let Some((series, quantity)) = held.range(place..).chain(held.range(..place)).next() else {
            return;
        };
        let draft = OfferDraft {
            maker,
            // No other quote has such a number.
            nonce: 1_000 + self.verdicts.len() as u64,
            lifetime: 60,
            reserved: Some(taker),
            lots: lots.min(quantity.unsigned_abs()),
            max_fee: None,
            prices: [drawn; 3],
            signed: Signed::Maker,
            odd: false,
        };
        let offer = self.offer(&draft, &[(*series, quantity.signum())]);
        let signed = self.sign(&offer);
        let order = Order {
            taker,
            lots: offer.lots,
            min_lots: offer.lots,
            limit: None,
            max_fee: None,
            reduce_only,
            by_stranger: false,
            offers: vec![offer],
        };
        self.send_order(&order, vec![signed]);
    }

    pub fn cancel(&mut self, maker: usize, sender: usize, (from, to): (u64, u64)) {
        let expect = self
            .model
            .venue
            .expect_cancel(maker, (from, to), maker == sender);
        let account = self.number(maker);
        let msg = exchange::ExecuteMsg::CancelQuotes {
            account,
            from: from.into(),
            to: to.into(),
        };
        let (sender, exchange) = (
            self.traders[sender].address.clone(),
            self.world.exchange.clone(),
        );
        if self
            .send(&expect, |world| {
                world.chain.execute(&sender, &exchange, &msg, &[])
            })
            .is_some()
        {
            self.model.venue.cancel(maker, (from, to));
            self.saw("cancelled");
            check::cancelled(self, maker);
            self.check(false);
        }
    }

    pub fn prune(&mut self, maker: usize, nonces: Vec<u64>) {
        let account = self.number(maker);
        let numbers = nonces.iter().map(|nonce| Uint64::new(*nonce)).collect();
        let msg = exchange::ExecuteMsg::PruneQuotes {
            account,
            nonces: numbers,
        };
        let (keeper, exchange) = (self.world.keeper.clone(), self.world.exchange.clone());
        let sent = self.send(&Expect::Accept, |world| {
            world.chain.execute(&keeper, &exchange, &msg, &[])
        });
        assert!(sent.is_some());
        self.model.venue.prune(maker, &nonces);
        check::every_quote(self);
        self.check(false);
    }
}
