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

impl Story {
    /// Mark of an option from the surface last published, USD per underlying.
    pub(super) fn mark(&self, feed: u16, expiry: usize, strike: f64, call: bool) -> Result<f64> {
        let at = self.pace.expiries()[expiry];
        let slice = self.live.get(&feed).and_then(|f| f.expiry(at));
        let slice = slice.ok_or_else(|| CliError::input("no slice for a listed expiry"))?;
        Ok(slice.price(strike, call))
    }

    /// A party trades linear BTC options against the maker: (expiry, strike, call, quantity in
    /// hundredths of a BTC, signed as the party sees it) in one quote.
    pub(super) fn deal(
        &mut self,
        who: usize,
        legs: &[(usize, f64, bool, i64)],
        reduce: bool,
    ) -> Result<()> {
        self.refresh()?;
        let mut quote = Vec::new();
        let mut positions = Vec::new();
        for (expiry, strike, call, quantity) in legs {
            let mark = self.mark(BTC, *expiry, *strike, *call)?;
            let side = if *quantity > 0 { 1.0 } else { -1.0 };
            let price = (mark * (1.0 + side * EDGE) * 2.0).round() / 2.0;
            quote.push(QuoteLeg {
                series: self.name("BTC_USDC", *expiry, *strike, *call),
                ratio: -quantity.signum(),
                price: (price * 2.0) as i64,
            });
            positions.push(Position {
                expiry: self.pace.expiries()[*expiry],
                strike: *strike,
                call: *call,
                quantity: *quantity as f64 / 100.0,
                price,
            });
        }
        let lots = legs.first().map_or(0, |leg| leg.3.unsigned_abs());
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
        self.deal(2, &[(1, 91_000.0, false, -100)], false)?;
        self.say("bob sells 1 BTC of 91,000 puts, four days out");
        self.deal(
            3,
            &[(0, 95_000.0, true, 100), (0, 95_000.0, false, 100)],
            false,
        )?;
        self.say("carol buys a 95,000 straddle that expires tomorrow");
        let condor = [
            (1, 84_000.0, false, 80),
            (1, 88_000.0, false, -80),
            (1, 99_000.0, true, -80),
            (1, 103_000.0, true, 80),
        ];
        self.deal(4, &condor, false)?;
        self.say("dave sells an iron condor: four legs, one signed quote, all or none");
        let chest = [
            (2, 90_000.0, true, 150),
            (2, 90_000.0, false, -150),
            (2, 100_000.0, true, -150),
            (2, 100_000.0, false, 150),
        ];
        self.deal(5, &chest, false)?;
        self.say("erin buys a box: it pays 10,000 a BTC at any price, so it needs no margin");
        self.eth_calls()?;
        self.strangles()?;
        self.read()
    }

    fn inverse_calls(&mut self) -> Result<()> {
        self.refresh()?;
        let mark = self.mark(BTC, 2, 105_000.0, true)?;
        let spot = self.path.last().map_or(1.0, |p| p.1);
        let leg = QuoteLeg {
            series: self.name("BTC", 2, 105_000.0, true),
            ratio: 1,
            price: (mark / spot * BID / 0.0001).round() as i64,
        };
        self.fill(1, vec![leg], LOTS, false)?;
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
        self.fill(6, vec![leg], LOTS, false)?;
        self.say("frank sells 20 ETH of calls with BTC as collateral");
        Ok(())
    }

    /// An account that nobody will look after.
    fn strangles(&mut self) -> Result<()> {
        let strangle = [(1, 88_000.0, false, -600), (1, 103_000.0, true, -600)];
        let grace = self.party("grace")?;
        self.deal(grace, &strangle, false)?;
        self.say("grace sells 6 BTC of strangles and looks after them no more");
        Ok(())
    }
}
