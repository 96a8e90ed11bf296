//! Where one underlying is in a pricing, and what every group of legs is worth there.

use pricing::shock::Shock;

use crate::RiskError;
use crate::coin_weights::{Weights, total};
use crate::expiry::{Live, Slots};
use crate::fine;
use crate::joint::Follows;
use crate::net::Side;
use crate::pin::{Pin, between, spot_between};
use crate::price::{Holding, Outcome};
use crate::scenario::{Points, SPOT_ONE, Scenario};
use crate::smile::SmileChoice;

/// Where one underlying is: a share of the way from one pricing of its set to another, one expiry pinned or none.
pub(super) struct Place<'a> {
    pub ends: [&'a Scenario; 2],
    /// Units of `2^-62`.
    pub share: u64,
    pub pin: Option<Pin>,
}

impl<'a> Place<'a> {
    pub const MARK: Self = Self::at(&Scenario::MARK);

    /// One pricing of the set.
    pub const fn at(scenario: &'a Scenario) -> Self {
        Self {
            ends: [scenario; 2],
            share: 0,
            pin: None,
        }
    }

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

    /// Every group of an expiry, fine USD; `choice` is the smile row's at one of the ends. Where it can still settle `book`,
    /// the expiry with all of its legs netted, decides, unless it is pinned itself.
    pub fn values(
        &self,
        place: usize,
        live: &Live,
        choice: &dyn Fn(&Scenario) -> Result<SmileChoice, RiskError>,
        book: Option<Netted<'_>>,
    ) -> Result<Vec<i128>, RiskError> {
        let [low, high] = self.ends;
        let book = book.filter(|_| self.pin.is_none_or(|pin| pin.live != place));
        let values = |end: &Scenario, choice| {
            end.shape.value(&Each {
                live,
                scenario: end,
                choice,
                book,
            })
        };
        let mut found = values(low, choice(low)?)?;
        if self.share != 0 {
            let far = values(high, choice(high)?)?;
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

/// An expiry with all of its legs netted, and the weights of the pricing that decides.
#[derive(Clone, Copy)]
pub(super) struct Netted<'a> {
    pub live: &'a Live,
    pub weights: &'a Weights,
}

impl Netted<'_> {
    /// The price at which the book settles if that is worse for it than what it is worth.
    fn settlement(&self, worth: &Slots, spot: u64) -> Option<i64> {
        let settled = self.live.settlements(spot).into_iter();
        let totals = settled.map(|(price, slots)| (total(&slots, self.weights), price));
        let (least, price) = totals.min_by_key(|(value, _)| *value)?;
        (least < total(worth, self.weights)).then_some(price)
    }
}

/// The groups of an expiry, each by itself.
struct Each<'a> {
    live: &'a Live,
    scenario: &'a Scenario,
    choice: SmileChoice,
    book: Option<Netted<'a>>,
}

impl Each<'_> {
    fn at(&self, shock: &Shock, spot: u64) -> Result<Vec<i128>, RiskError> {
        let worth = |book: &Live| book.value(shock, spot, Side::Against);
        match self.settled(worth, spot)? {
            Some(values) => Ok(values),
            None => self.live.each(shock, spot, Side::Against),
        }
    }

    /// The groups where the book settles, if that is worse for it.
    fn settled(
        &self,
        worth: impl Fn(&Live) -> Result<Slots, RiskError>,
        spot: u64,
    ) -> Result<Option<Vec<i128>>, RiskError> {
        let Some(book) = self.book.filter(|book| book.live.observed.is_some()) else {
            return Ok(None);
        };
        let price = book.settlement(&worth(book.live)?, spot);
        let groups = self.live.groups.iter();
        Ok(price.map(|price| groups.map(|part| part.settled(price, spot)).collect()))
    }

    fn mark(&self) -> Result<Vec<i128>, RiskError> {
        self.at(&self.live.shock(&Scenario::MARK), SPOT_ONE)
    }
}

impl Points for Each<'_> {
    type Value = Vec<i128>;

    fn moved(&self) -> Result<Vec<i128>, RiskError> {
        self.at(&self.live.shock(self.scenario), self.scenario.spot)
    }

    fn zero(&self) -> Result<Vec<i128>, RiskError> {
        let settled = self.settled(|book| Ok(book.zero()), 0)?;
        Ok(settled.unwrap_or_else(|| self.live.each_zero()))
    }

    fn infinity(&self, share: u32) -> Result<Vec<i128>, RiskError> {
        let both = self.mark()?.into_iter().zip(self.live.each_slope());
        let sum = |(mark, slope)| fine::add(mark, fine::mix(0, slope, share));
        Ok(both.map(sum).collect())
    }

    fn smile(&self) -> Result<Vec<i128>, RiskError> {
        let spot = self.scenario.spot;
        self.at(&self.live.choice(self.choice, spot), spot)
    }

    fn damped(&self, value: Vec<i128>, share: u32) -> Result<Vec<i128>, RiskError> {
        let both = self.mark()?.into_iter().zip(value);
        Ok(both
            .map(|(mark, value)| fine::mix(mark, value, share))
            .collect())
    }
}
