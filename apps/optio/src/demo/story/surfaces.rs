//! The made-up market through time: its chains are fitted and published.

use sandbox::setup::{BTC, ETH};

use super::fall::spot_path;
use super::{Fit, Point, Spot, Story};
use crate::demo::synthetic::{Listing, Weather};
use crate::error::Result;
use crate::fitted::{FittedChain, fit};

/// Seconds after which prices are published again before a trade.
const FRESH: u64 = 5;
/// Components a slice.
const COMPONENTS: usize = 3;

/// A made-up coin.
struct Coin {
    name: &'static str,
    feed: u16,
    /// USD that strikes are multiples of.
    grid: f64,
    /// Long-run volatility in calm weather.
    vol: f64,
}

const COINS: [Coin; 2] = [
    Coin {
        name: "BTC",
        feed: BTC,
        grid: 500.0,
        vol: 0.46,
    },
    Coin {
        name: "ETH",
        feed: ETH,
        grid: 10.0,
        vol: 0.62,
    },
];

impl Story {
    /// Calibrates both chains at the present time, or carries them there, and publishes them.
    pub(super) fn step(&mut self, hour: f64) -> Result<()> {
        let (btc, eth, stress) = spot_path(hour, &mut self.random);
        let spot = Spot { btc, eth };
        self.path.push(Point { hour, spot });
        if !self.pace.refits && !self.live.is_empty() {
            return self.publish_live(spot);
        }
        for (coin, spot) in COINS.iter().zip([spot.btc, spot.eth]) {
            let weather = Weather {
                spot,
                vol: coin.vol * (1.0 + 0.5 * stress),
                stress,
                carry: 0.045,
            };
            self.refit(coin, hour, &weather)?;
        }
        self.published = self.venue.now();
        Ok(())
    }

    /// Fits a coin's chain in this weather, starting from its last surface, and publishes it.
    fn refit(&mut self, coin: &Coin, hour: f64, weather: &Weather) -> Result<()> {
        let listing = Listing {
            coin: coin.name,
            grid: coin.grid,
            expiries: &self.pace.expiries(),
        };
        let now = self.venue.now();
        let quotes = listing.chain(now, &self.pace, weather, &mut self.random);
        let last = self.live.get(&coin.feed);
        let memory = last.map(FittedChain::memory).unwrap_or_default();
        let fitted = fit(&quotes, &memory, COMPONENTS)?;
        let errors = fitted.expiries.iter().map(|e| e.error.rms);
        let worst = errors.fold(0.0, f64::max);
        self.fits.push(Fit {
            coin: coin.name.to_owned(),
            hour,
            worst,
        });
        self.venue.publish(coin.feed, &fitted, weather.spot)?;
        if self.first.len() < 2 {
            self.say(&format!(
                "{}: {} expiries fitted within {worst:.2} vol points rms, published by 5 of 7 signers",
                coin.name,
                fitted.expiries.len()
            ));
            self.first.push((quotes, fitted.clone()));
        }
        self.live.insert(coin.feed, fitted);
        Ok(())
    }

    /// Publishes again what was published last, when time has passed since: trades need fresh prices.
    pub(super) fn refresh(&mut self) -> Result<()> {
        if self.venue.now() > self.published + FRESH {
            let spot = self.spot();
            self.publish_live(spot)?;
        }
        Ok(())
    }

    /// The last spot prices.
    pub(super) fn spot(&self) -> Spot {
        self.path
            .last()
            .map_or_else(Spot::default, |last| last.spot)
    }

    /// Spot is there now.
    pub(super) fn went_to(&mut self, spot: Spot) {
        let hour = self.hour();
        self.path.push(Point { hour, spot });
    }

    pub(super) fn publish_live(&mut self, spot: Spot) -> Result<()> {
        // A report must be newer than the last, in whole seconds; a node may make several blocks in one.
        self.reach(self.published + 1)?;
        for (coin, spot) in COINS.iter().zip([spot.btc, spot.eth]) {
            if let Some(fitted) = self.live.get(&coin.feed).cloned() {
                self.venue.publish(coin.feed, &fitted, spot)?;
            }
        }
        self.published = self.venue.now();
        Ok(())
    }

    pub(super) fn reach(&mut self, time: u64) -> Result<()> {
        let chain = &mut self.venue.sandbox.chain;
        chain.reach(time).map_err(|e| crate::venue::failed(&e))
    }
}
