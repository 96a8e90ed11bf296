//! What happens in the demo.

mod cast;
mod deleverage;
mod expiry;
mod fall;
mod haircut;
mod keeper;
mod refusals;
mod sale;
mod surfaces;
mod trades;
mod waterfall;

use std::collections::BTreeMap;

use protocol_api::engine::LedgerResponse;
use sandbox::Network;

use super::Part;
use super::pace::Pace;
use super::party::{Party, Reading};
use super::sold::{Slice, Waterfall};
use crate::data::chain::Chain;
use crate::data::time::format_timestamp;
use crate::error::Result;
use crate::fitted::FittedChain;
use crate::random::Random;
use crate::venue::Venue;

/// One calibration.
pub struct Fit {
    /// The coin.
    pub coin: String,
    /// Hours since the start.
    pub hour: f64,
    /// Error of the worst expiry, vol points, root mean square.
    pub worst: f64,
}

/// Spot prices, USD.
#[derive(Clone, Copy, Default)]
pub struct Spot {
    /// Of bitcoin.
    pub btc: f64,
    /// Of ether.
    pub eth: f64,
}

/// Spot prices at a time.
#[derive(Clone, Copy)]
pub struct Point {
    /// Hours since the start.
    pub hour: f64,
    /// The prices.
    pub spot: Spot,
}

/// A party's cash around the settlement, USD.
pub struct Settled {
    /// The party.
    pub name: String,
    /// Before it.
    pub before: f64,
    /// After it.
    pub after: f64,
}

impl Settled {
    /// What it was paid; negative: what it paid.
    pub fn paid(&self) -> f64 {
        self.after - self.before
    }
}

/// Everything the report is made of.
pub struct Story {
    /// The protocol.
    pub venue: Venue<Box<dyn Network>>,
    /// The parties; the market maker first.
    pub parties: Vec<Party>,
    /// First fits with their quotes.
    pub first: Vec<(Chain, FittedChain)>,
    /// Calibrations.
    pub fits: Vec<Fit>,
    /// Spot prices, hour by hour.
    pub path: Vec<Point>,
    /// What happened: hour and words.
    pub events: Vec<(f64, String)>,
    /// The settlement price of the daily expiry.
    pub fixing: f64,
    /// What settlement paid each party.
    pub settled: Vec<Settled>,
    /// Steps of liquidations.
    pub slices: Vec<Slice>,
    /// Who bore the loss of the account that a gap left insolvent.
    pub waterfall: Option<Waterfall>,
    /// The ledger at the end.
    pub ledger: LedgerResponse,
    /// Newly minted coins by denom: what the bank must hold in all.
    pub minted: BTreeMap<String, u128>,
    /// The daily expiry, unix seconds.
    pub daily: u64,
    pace: Pace,
    published: u64,
    random: Random,
    live: BTreeMap<u16, FittedChain>,
}

/// Tells the story of this seed, or one part of it.
///
/// # Errors
/// When a step fails that should not.
pub fn tell(
    venue: Venue<Box<dyn Network>>,
    pace: Pace,
    seed: u64,
    part: Option<Part>,
) -> Result<Story> {
    let mut story = Story::new(venue, pace, seed);
    let contracts = sandbox::plan::PARTS.len();
    story.say(&format!("{contracts} contracts deployed, wired and listed"));
    story.step(0.0)?;
    story.open_accounts()?;
    story.list()?;
    let (market, gap) = (part != Some(Part::Gap), part != Some(Part::Market));
    if gap {
        story.fund_insurance()?;
    }
    if market {
        story.place_bid()?;
        story.trades()?;
        story.refusals()?;
        story.watch()?;
        story.expire()?;
    }
    if gap {
        story.gap()?;
    }
    story.ledger = story.venue.ledger()?;
    story.say("the ledger was audited after every accepted message");
    Ok(story)
}

impl Story {
    fn new(venue: Venue<Box<dyn Network>>, pace: Pace, seed: u64) -> Self {
        Self {
            venue,
            parties: Vec::new(),
            first: Vec::new(),
            fits: Vec::new(),
            path: Vec::new(),
            events: Vec::new(),
            fixing: 0.0,
            settled: Vec::new(),
            slices: Vec::new(),
            waterfall: None,
            ledger: LedgerResponse { coins: Vec::new() },
            minted: BTreeMap::new(),
            daily: pace.daily,
            pace,
            published: 0,
            random: Random::new(seed),
            live: BTreeMap::new(),
        }
    }

    /// The lowest bitcoin price.
    pub fn low(&self) -> f64 {
        let prices = self.path.iter().map(|point| point.spot.btc);
        prices.fold(f64::INFINITY, f64::min)
    }

    /// How many slices found a taker.
    pub fn slices_taken(&self) -> usize {
        self.slices.iter().filter(|s| s.taker.is_some()).count()
    }

    fn hour(&self) -> f64 {
        self.pace.hour(self.venue.now())
    }

    fn say(&mut self, what: &str) {
        let hour = self.hour();
        println!("[{}] {what}", format_timestamp(self.venue.now()));
        self.events.push((hour, what.to_owned()));
    }

    /// Notes every account's health.
    fn read(&mut self) -> Result<()> {
        self.read_as_of(self.hour())
    }

    /// The same in place of the last notes: two days in which nothing is traded would only squeeze the pictures.
    fn read_again(&mut self) -> Result<()> {
        let last = self.parties.first().and_then(|party| party.readings.last());
        let hour = last.map_or_else(|| self.hour(), |reading| reading.hour);
        for party in &mut self.parties {
            party.readings.pop();
        }
        self.read_as_of(hour)
    }

    fn read_as_of(&mut self, hour: f64) -> Result<()> {
        for at in 0..self.parties.len() {
            let health = self.venue.health(self.parties[at].trader.account)?;
            let usd = |x: i128| x as f64 / 1e6;
            let margin =
                |x: Option<cosmwasm_std::Uint128>| x.map_or(0.0, |x| x.u128() as f64 / 1e6);
            self.parties[at].readings.push(Reading {
                hour,
                equity: health.equity.map_or(0.0, |x| usd(x.i128())),
                maintenance: margin(health.maintenance_margin),
                initial: margin(health.initial_margin),
                health: health.health.and_then(|h| h.to_string().parse().ok()),
                covered: health.covered,
                worst: health.worst.unwrap_or_default(),
            });
        }
        Ok(())
    }
}
