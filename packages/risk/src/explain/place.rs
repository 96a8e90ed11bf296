//! Where one underlying is in a pricing, and what every group of legs is worth there.

use pricing::shock::Shock;

use crate::RiskError;
use crate::expiry::{Live, SmileChoice};
use crate::fine;
use crate::joint::Follows;
use crate::net::Side;
use crate::pin::{Pin, between, spot_between};
use crate::price::{Holding, Outcome};
use crate::scenario::{Points, SPOT_ONE, Scenario};

/// Where one underlying is: a share of the way from one pricing of its set to another, one expiry pinned or none.
pub(super) struct Place<'a> {
    pub ends: [&'a Scenario; 2],
    /// Units of `2^-62`.
    pub share: u64,
    pub pin: Option<Pin>,
}

impl<'a> Place<'a> {
    pub fn of(follows: &Follows, holding: &'a Holding) -> Self {
        if let Some(Outcome { pin: Some(pin), .. }) = follows.low {
            return Self::pinned(*pin, holding);
        }
        let scenario = |outcome: Option<&Outcome>| {
            let same = |s: &&Scenario| outcome.is_some_and(|o| s.id == o.id && s.spot == o.spot);
            let found = holding.scenarios.iter().find(same);
            found.unwrap_or(&Scenario::MARK)
        };
        Self {
            ends: [scenario(follows.low), scenario(follows.high)],
            share: follows.share,
            pin: None,
        }
    }

    pub fn pinned(pin: Pin, holding: &'a Holding) -> Self {
        let end = |place: usize| holding.scenarios.get(place).unwrap_or(&Scenario::MARK);
        Self {
            ends: [end(pin.left), end(pin.right)],
            share: pin.share,
            pin: Some(pin),
        }
    }

    /// The spot factor here.
    pub fn spot(&self) -> u64 {
        let [low, high] = self.ends;
        spot_between(low.spot, high.spot, self.share)
    }

    /// A number at both ends, brought here.
    pub fn between(
        &self,
        value: impl Fn(&Scenario) -> Result<i128, RiskError>,
    ) -> Result<i128, RiskError> {
        let [low, high] = self.ends;
        Ok(between(value(low)?, value(high)?, self.share))
    }

    /// Every group of an expiry, fine USD; `choice` is the smile row's at one of the ends.
    pub fn values(
        &self,
        (place, live): (usize, &Live),
        choice: &dyn Fn(&Scenario) -> Result<SmileChoice, RiskError>,
    ) -> Result<Vec<i128>, RiskError> {
        let [low, high] = self.ends;
        let mut found = values(live, low, choice(low)?)?;
        if self.share != 0 {
            let far = values(live, high, choice(high)?)?;
            for (value, far) in found.iter_mut().zip(far) {
                *value = between(*value, far, self.share);
            }
        }
        if let Some(pin) = self.pin.filter(|pin| pin.live == place) {
            for (value, part) in found.iter_mut().zip(&live.groups) {
                *value = fine::mix(*value, part.settled_at(&pin), live.pin_share);
            }
        }
        Ok(found)
    }
}

/// Every group of an expiry under one pricing, fine USD.
fn values(live: &Live, scenario: &Scenario, choice: SmileChoice) -> Result<Vec<i128>, RiskError> {
    scenario.shape.value(&Each {
        live,
        scenario,
        choice,
    })
}

/// The groups of an expiry, each by itself.
struct Each<'a> {
    live: &'a Live,
    scenario: &'a Scenario,
    choice: SmileChoice,
}

impl Each<'_> {
    fn at(&self, shock: &Shock, spot: u64) -> Result<Vec<i128>, RiskError> {
        self.live.each(shock, spot, Side::Against)
    }

    fn mark(&self) -> Result<Vec<i128>, RiskError> {
        self.at(&self.live.shock(&Scenario::MARK), SPOT_ONE)
    }

    /// The mark and other numbers, one by one.
    fn marked(
        &self,
        others: Vec<i128>,
        both: impl Fn((i128, i128)) -> i128,
    ) -> Result<Vec<i128>, RiskError> {
        Ok(self.mark()?.into_iter().zip(others).map(both).collect())
    }
}

impl Points for Each<'_> {
    type Value = Vec<i128>;

    fn moved(&self) -> Result<Vec<i128>, RiskError> {
        self.at(&self.live.shock(self.scenario), self.scenario.spot)
    }

    fn zero(&self) -> Result<Vec<i128>, RiskError> {
        Ok(self.live.each_zero())
    }

    fn infinity(&self, share: u32) -> Result<Vec<i128>, RiskError> {
        self.marked(self.live.each_slope(), |(mark, slope)| {
            fine::add(mark, fine::mix(0, slope, share))
        })
    }

    fn smile(&self) -> Result<Vec<i128>, RiskError> {
        let spot = self.scenario.spot;
        self.at(&self.live.choice(self.choice, spot), spot)
    }

    fn damped(&self, value: Vec<i128>, share: u32) -> Result<Vec<i128>, RiskError> {
        self.marked(value, |(mark, value)| fine::mix(mark, value, share))
    }
}
