//! Where one underlying is in a pricing, and what every group of legs is worth there.

use pricing::shock::Shock;

use crate::RiskError;
use crate::expiry::{Live, SmileChoice};
use crate::fine;
use crate::joint::Follows;
use crate::net::Side;
use crate::pin::{Pin, between, spot_between};
use crate::price::{Holding, Outcome};
use crate::scenario::{SPOT_ONE, Scenario, Shape};

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
    pub fn between(&self, value: impl Fn(&Scenario) -> i128) -> i128 {
        let [low, high] = self.ends;
        between(value(low), value(high), self.share)
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
    let at = |shock: Shock, spot: u64| live.each(&shock, spot, Side::Against);
    let mark = || at(live.shock(&Scenario::MARK), SPOT_ONE);
    let moved = || at(live.shock(scenario), scenario.spot);
    let blend = |moved: Vec<i128>, share: u32| -> Result<Vec<i128>, RiskError> {
        let mixed = |(a, b): (i128, i128)| fine::mix(a, b, share);
        Ok(mark()?.into_iter().zip(moved).map(mixed).collect())
    };
    match scenario.shape {
        Shape::Moved | Shape::Theta | Shape::Confidence => moved(),
        Shape::Damped(share) => blend(moved()?, share),
        Shape::Zero(share) => blend(live.each_zero(), share),
        Shape::Infinity(share) => {
            let add = |(a, b): (i128, i128)| fine::add(a, fine::mix(0, b, share));
            Ok(mark()?
                .into_iter()
                .zip(live.each_slope())
                .map(add)
                .collect())
        }
        Shape::Smile => at(live.choice(choice, scenario.spot), scenario.spot),
    }
}
