//! Trades: premium, fees, and which of them may pass: docs/spec/ledger.md, section 4, in plain integers.

use super::series::{INVERSE, MULTIPLIER, Pay, SERIES, TICK, UNLISTED_PLACE, ceil, expires};
use super::venue::{Order, Signed};
use super::{Codes, Covered, Expect, Holder, Model};

/// Shares of the index in hundredths of a percent.
const MAKER_RATE: i128 = 1;
const TAKER_RATE: i128 = 3;

/// What an order comes to.
#[derive(Clone, Debug)]
pub struct Traded {
    /// Lots of each offer.
    pub taken: Vec<u64>,
    /// Everybody as he would be.
    pub after: Vec<Holder>,
    /// Fees by coin.
    pub fees: [i128; 2],
    /// Makers whose quotes are used, then the taker.
    pub sides: Vec<usize>,
}

/// One leg as it is filled, from the taker's side.
struct Filled {
    series: usize,
    quantity: i128,
    price: i128,
    opened: i128,
}

impl Filled {
    fn premium(&self) -> i128 {
        let series = &SERIES[self.series];
        let reference = if series.pay == Pay::Future && series.market != INVERSE {
            MULTIPLIER[series.market] * series.strike
        } else {
            0
        };
        (self.price * TICK[series.market] - reference) * self.quantity
    }

    /// A share of the index, at most an eighth of the premium; of new units at least of a tick each.
    fn fee(&self, rate: i128, index: i128) -> i128 {
        let series = &SERIES[self.series];
        let units = MULTIPLIER[series.market] * self.quantity.abs();
        let notional = if series.market == INVERSE {
            units
        } else {
            ceil(units * index, 1 << 32)
        };
        let share = ceil(notional * rate, 10_000);
        let least = TICK[series.market] * self.opened;
        let cap = ceil(self.premium().abs().max(least), 8);
        if series.pay == Pay::Future {
            share
        } else {
            share.min(cap)
        }
    }
}

impl Model {
    /// What must come of an order, and what it would come to.
    pub fn expect_order(&self, order: &Order, now: u64) -> (Expect, Option<Traded>) {
        let taken = match self.venue.plan(order, now) {
            Ok(taken) => taken,
            Err(codes) => return (Expect::Refuse(codes), None),
        };
        let mut codes = self.leg_faults(order, &taken, now);
        if codes.has("E_ENGINE_NOT_LISTED") {
            return (codes.expect(), None);
        }
        let traded = self.traded(order, taken, (&mut codes, now));
        if !codes.is_empty() {
            return (codes.expect(), None);
        }
        (self.judge(order, &traded, now), Some(traded))
    }

    fn leg_faults(&self, order: &Order, taken: &[u64], now: u64) -> Codes {
        let mut codes = Codes::new();
        codes.fault(order.by_stranger, "E_ENGINE_CONSENT");
        for (offer, _) in order
            .offers
            .iter()
            .zip(taken)
            .filter(|(_, lots)| **lots > 0)
        {
            codes.fault(offer.signed == Signed::Stranger, "E_ENGINE_CONSENT");
            for leg in &offer.legs {
                let Some(series) = SERIES.get(leg.series) else {
                    codes.fault(leg.series == UNLISTED_PLACE, "E_ENGINE_NOT_LISTED");
                    continue;
                };
                let any_sign = series.pay == Pay::Future && series.market == INVERSE;
                codes.fault(now >= expires(series.date), "E_ENGINE_EXPIRED");
                codes.fault(leg.price < 0 && !any_sign, "E_ENGINE_LEG");
            }
        }
        codes
    }

    /// Everybody after the order; a fee beyond what its side allows is a fault.
    fn traded(&self, order: &Order, taken: Vec<u64>, (codes, now): (&mut Codes, u64)) -> Traded {
        let used = || {
            order
                .offers
                .iter()
                .zip(&taken)
                .filter(|(_, lots)| **lots > 0)
        };
        let mut sides: Vec<usize> = used().map(|(offer, _)| offer.maker).collect();
        sides.push(order.taker);
        let mut after = self.holders.clone();
        for side in &sides {
            after[*side] = self.view(*side, now);
        }
        let mut fees = [0; 2];
        for (offer, lots) in used() {
            let (mut maker_fee, mut taker_fee) = (0, 0);
            for leg in &offer.legs {
                let quantity = -leg.ratio * *lots as i64;
                let market = SERIES[leg.series].market;
                let was = open_interest(&after, leg.series);
                after[offer.maker].add(leg.series, -quantity);
                after[order.taker].add(leg.series, quantity);
                let filled = Filled {
                    series: leg.series,
                    quantity: quantity.into(),
                    price: leg.price.into(),
                    opened: (open_interest(&after, leg.series) - was).max(0),
                };
                let [of_maker, of_taker] =
                    [MAKER_RATE, TAKER_RATE].map(|rate| filled.fee(rate, self.oracle.index()));
                after[offer.maker].cash[market] += filled.premium() - of_maker;
                after[order.taker].cash[market] -= filled.premium() + of_taker;
                fees[market] += of_maker + of_taker;
                (maker_fee, taker_fee) = (maker_fee + of_maker, taker_fee + of_taker);
            }
            let allows = |most: Option<u128>, fee: i128| {
                most.is_none_or(|most| fee as u128 <= most * u128::from(*lots))
            };
            let allowed = allows(offer.max_fee, maker_fee) && allows(order.max_fee, taker_fee);
            codes.fault(!allowed, "E_ENGINE_FEE");
        }
        Traded {
            taken,
            after,
            fees,
            sides,
        }
    }

    /// Nobody who was no debtor, ends covered, did not bind himself to reduce and has all his gains collected is refused. Who owes
    /// and grows is.
    fn judge(&self, order: &Order, traded: &Traded, now: u64) -> Expect {
        let mut codes = Codes::new();
        let (mut sure, mut lost) = (true, Codes::new());
        for side in &traded.sides {
            let (before, after) = (self.view(*side, now), &traded.after[*side]);
            let bound = before.is_debtor() || (order.reduce_only && *side == order.taker);
            sure &= !bound && after.covered() == Covered::Yes;
            codes.fault(bound, "E_ENGINE_REDUCE_ONLY");
            let (shrank, covered) = (after.only_shrank(&before), after.covered());
            lost.fault(bound && !shrank, "E_ENGINE_REDUCE_ONLY");
            let opens = !bound && !shrank && covered == Covered::No;
            lost.fault(opens && !self.oracle.may_open(now), "E_ENGINE_NO_PRICE");
        }
        let held_back = self.holds_gains_back(&traded.sides, now);
        codes.fault(held_back, "E_ENGINE_GAINS");
        // Whose deficit was noted.
        codes.fault(self.is_short, "E_ENGINE_REDUCE_ONLY");
        codes.fault(true, "E_ENGINE_MARGIN");
        codes.fault(true, "E_ENGINE_NO_PRICE");
        if sure && !held_back {
            Expect::Accept
        } else if lost.is_empty() {
            Expect::Judge(codes)
        } else {
            // Another side may be refused before for want of margin.
            Expect::Refuse(codes)
        }
    }

    /// Takes over an accepted order.
    pub fn trade(&mut self, order: &Order, traded: Traded, now: u64) {
        for side in &traded.sides {
            self.touch(*side, now);
        }
        self.holders = traded.after;
        self.venue.take(order, &traded.taken);
        for (fees, more) in self.fees.iter_mut().zip(traded.fees) {
            *fees += more;
        }
    }
}

fn open_interest(holders: &[Holder], series: usize) -> i128 {
    let held = holders.iter().filter_map(|holder| holder.legs.get(&series));
    held.map(|quantity| i128::from(*quantity).max(0)).sum()
}
