//! The trades before the fall.

use protocol_api::exchange::QuoteLeg;
use sandbox::setup::{BTC, ETH};

use super::Story;
use crate::demo::party::Position;
use crate::error::{CliError, Result};

/// Half the maker's spread, a share of the price.
const EDGE: f64 = 0.012;
/// Price over mark at which the maker buys single calls.
const BID: f64 = 0.988;
/// Lots of a single call.
const LOTS: u64 = 200;
/// How often a trade is tried on a chain so slow that what was published for it grew stale on the way.
const TRIES: usize = 3;

/// A leg of a party's trade.
pub(super) struct Deal {
    /// Which of the demo's expiries.
    expiry: usize,
    strike: f64,
    call: bool,
    /// Of a BTC, signed as the party sees it.
    hundredths: i64,
}

/// A call of one of the demo's expiries, in hundredths of a BTC.
pub(super) const fn call(expiry: usize, strike: f64, hundredths: i64) -> Deal {
    Deal {
        expiry,
        strike,
        call: true,
        hundredths,
    }
}

/// A put, likewise.
pub(super) const fn put(expiry: usize, strike: f64, hundredths: i64) -> Deal {
    Deal {
        call: false,
        ..call(expiry, strike, hundredths)
    }
}

impl Story {
    /// Mark of an option from the surface last published, USD per underlying.
    pub(super) fn mark(&self, feed: u16, expiry: usize, strike: f64, call: bool) -> Result<f64> {
        let at = self.pace.expiries()[expiry];
        let slice = self.live.get(&feed).and_then(|f| f.expiry(at));
        let slice = slice.ok_or_else(|| CliError::input("no slice for a listed expiry"))?;
        Ok(slice.price(strike, call))
    }

    /// A party trades linear BTC options against the maker, in one quote.
    pub(super) fn deal(&mut self, name: &str, legs: &[Deal], reduce: bool) -> Result<()> {
        self.refresh()?;
        let who = self.party(name)?;
        let mut quote = Vec::new();
        let mut positions = Vec::new();
        for leg in legs {
            let mark = self.mark(BTC, leg.expiry, leg.strike, leg.call)?;
            let side = if leg.hundredths > 0 { 1.0 } else { -1.0 };
            let price = (mark * (1.0 + side * EDGE) * 2.0).round() / 2.0;
            quote.push(QuoteLeg {
                series: self.name("BTC_USDC", leg.expiry, leg.strike, leg.call),
                ratio: -leg.hundredths.signum(),
                price: (price * 2.0) as i64,
            });
            positions.push(Position {
                expiry: self.pace.expiries()[leg.expiry],
                strike: leg.strike,
                call: leg.call,
                quantity: leg.hundredths as f64 / 100.0,
                price,
            });
        }
        let lots = legs.first().map_or(0, |leg| leg.hundredths.unsigned_abs());
        self.fill(who, quote, lots, reduce)?;
        self.parties[who].positions.extend(positions);
        Ok(())
    }

    /// A party takes lots of a quote that the maker signs.
    pub(super) fn fill(
        &mut self,
        who: usize,
        quote: Vec<QuoteLeg>,
        lots: u64,
        reduce: bool,
    ) -> Result<()> {
        let (maker, taker) = (
            self.parties[0].trader.clone(),
            self.parties[who].trader.clone(),
        );
        for _ in 1..TRIES {
            let signed = self.venue.quote(&maker, quote.clone(), lots);
            match self.venue.take(&taker, signed, reduce) {
                Err(refused) if refused.code == "E_ENGINE_NO_PRICE" => self.refresh()?,
                done => return done,
            }
        }
        let signed = self.venue.quote(&maker, quote, lots);
        self.venue.take(&taker, signed, reduce)
    }

    pub(super) fn trades(&mut self) -> Result<()> {
        self.inverse_calls()?;
        self.deal("bob", &[put(1, 91_000.0, -100)], false)?;
        self.say("bob sells 1 BTC of 91,000 puts, four days out");
        self.deal(
            "carol",
            &[call(0, 95_000.0, 100), put(0, 95_000.0, 100)],
            false,
        )?;
        self.say("carol buys a 95,000 straddle that expires tomorrow");
        let condor = [
            put(1, 84_000.0, 80),
            put(1, 88_000.0, -80),
            call(1, 99_000.0, -80),
            call(1, 103_000.0, 80),
        ];
        self.deal("dave", &condor, false)?;
        self.say("dave sells an iron condor: four legs, one signed quote, all or none");
        let chest = [
            call(2, 90_000.0, 150),
            put(2, 90_000.0, -150),
            call(2, 100_000.0, -150),
            put(2, 100_000.0, 150),
        ];
        self.deal("erin", &chest, false)?;
        self.say("erin buys a box: it pays 10,000 a BTC at any price, so it needs no margin");
        self.eth_calls()?;
        self.strangles()?;
        self.read()
    }

    fn inverse_calls(&mut self) -> Result<()> {
        self.refresh()?;
        let mark = self.mark(BTC, 2, 105_000.0, true)?;
        let spot = self.spot().btc;
        let leg = QuoteLeg {
            series: self.name("BTC", 2, 105_000.0, true),
            ratio: 1,
            price: (mark / spot * BID / 0.0001).round() as i64,
        };
        self.fill(self.party("alice")?, vec![leg], LOTS, false)?;
        self.say("alice sells 2 BTC of inverse 105,000 calls against her coins");
        Ok(())
    }

    fn eth_calls(&mut self) -> Result<()> {
        self.refresh()?;
        let mark = self.mark(ETH, 2, 3_200.0, true)?;
        let leg = QuoteLeg {
            series: self.name("ETH_USDC", 2, 3_200.0, true),
            ratio: 1,
            price: (mark * BID / 0.05).round() as i64,
        };
        self.fill(self.party("frank")?, vec![leg], LOTS, false)?;
        self.say("frank sells 20 ETH of calls with BTC as collateral");
        Ok(())
    }

    /// An account that nobody will look after.
    fn strangles(&mut self) -> Result<()> {
        let strangle = [put(1, 88_000.0, -600), call(1, 103_000.0, -600)];
        self.deal("grace", &strangle, false)?;
        self.say("grace sells 6 BTC of strangles and looks after them no more");
        Ok(())
    }
}
