//! Section 2, the table of rows: the pricings of one underlying, row by row. *Smile*, `LastDay` and *Pin* have files of their own.

use super::held::{Held, SpotOverForward};
use super::model::Pays;
use super::real::Real;
use super::shock::Shock;
use super::slice::Slice;
use super::totals::{Totals, mixes, product, scaled, sum};
use super::units::{SPOT_ONE, WEIGHT_ONE, moved, ratio, toward, vol_floor};

/// A row of the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Row {
    /// As published.
    Mark,
    /// Every spot move with vol down, flat, up.
    Scan,
    /// A share of a far move.
    Tail,
    /// A share of the payoff at zero.
    Zero,
    /// A share of the slope at infinity.
    Infinity,
    /// Each expiry in the lowest of its smile choices.
    Smile,
    /// Time passes.
    Theta,
    /// Moves of the size that an expiry's own vol makes likely.
    LastDay,
    /// An expiry of the last day settles between two moves of the scan.
    Pin,
    /// The scan times the maintenance multiplier.
    Regime,
    /// The scan times the initial multiplier.
    RegimeInitial,
    /// The ends of the scan widened by the price's band.
    Band,
    /// Vol widened by its published half width.
    Confidence,
}

/// What the vol does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Vol {
    /// By the factor down.
    Down,
    /// Nothing.
    Flat,
    /// By the factor up.
    Up,
}

impl Vol {
    const ALL: [Self; 3] = [Self::Down, Self::Flat, Self::Up];
}

/// Names a pricing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PricingId {
    /// Row.
    pub row: Row,
    /// Vol choice.
    pub vol: Vol,
    /// Spot factor `1 + x`, units of `2^-32`.
    pub spot: i64,
}

impl PricingId {
    pub(super) const fn new(row: Row, vol: Vol, spot: i64) -> Self {
        Self { row, vol, spot }
    }

    /// Of a row that is at one spot factor and leaves the vol alone.
    pub(super) const fn flat(row: Row, spot: i64) -> Self {
        Self::new(row, Vol::Flat, spot)
    }
}

/// A pricing and what the book is worth in it.
pub(super) struct Pricing<R> {
    pub id: PricingId,
    /// The lowest counts.
    pub alternatives: Vec<Totals<R>>,
    /// Share of its move in which other underlyings follow; for the rest they are at their mark.
    pub led: R,
    /// A pin's two moves.
    pub pin: Option<Between<R>>,
}

/// The share `t` of the way from one pricing of a set to another.
#[derive(Clone, Copy)]
pub(super) struct Between<R> {
    /// Places in the set.
    pub left: usize,
    pub right: usize,
    pub t: R,
}

impl<R: Real> Pricing<R> {
    pub(super) fn new(id: PricingId, alternatives: Vec<Totals<R>>) -> Self {
        Self {
            id,
            alternatives,
            led: R::ONE,
            pin: None,
        }
    }
}

impl<R: Real> Held<'_, R> {
    /// The set, the mark first.
    pub(super) fn pricings(&self) -> Vec<Pricing<R>> {
        let profile = &self.underlying.profile;
        let mark = self.everything(SPOT_ONE, |_| Shock::NONE);
        let mut set = vec![Pricing::new(
            PricingId::flat(Row::Mark, SPOT_ONE),
            mark.clone(),
        )];
        for x in &profile.spot_moves {
            set.extend(self.scan(Row::Scan, *x, WEIGHT_ONE));
        }
        set.extend(self.tails(&mark));
        set.push(self.zero(&mark));
        set.push(self.infinity(&mark));
        for x in &profile.smile_moves {
            set.push(self.smile(moved(*x)));
        }
        set.push(self.theta());
        set.extend(self.last_day(&mark));
        set.extend(self.pins(&set));
        set.extend(self.regimes());
        if self.world.initial {
            set.extend(self.band());
            set.extend(self.confidence());
        }
        set
    }

    /// Everything at a spot factor, each slice shocked.
    pub(super) fn everything(
        &self,
        spot: i64,
        shock: impl Fn(&Slice<R>) -> Shock<R>,
    ) -> Vec<Totals<R>> {
        self.everything_but(None, spot, shock)
    }

    /// The same without the legs of one date.
    pub(super) fn everything_but(
        &self,
        without: Option<u32>,
        spot: i64,
        shock: impl Fn(&Slice<R>) -> Shock<R>,
    ) -> Vec<Totals<R>> {
        let mut all = vec![self.cash(ratio(spot))];
        let slices = self.slices.iter();
        for slice in slices.filter(|slice| Some(slice.date) != without) {
            let legs = self.shocked(slice, spot, &shock(slice));
            all = product(all, &self.with_window(slice, spot, legs));
        }
        product(all, &self.expired(ratio(spot)))
    }

    /// One spot move of the scan, widened by a multiplier. Without the mark, which is a row of its own.
    fn scan(&self, row: Row, bps: i64, multiplier: i64) -> Vec<Pricing<R>> {
        let spot = moved((bps * multiplier).div_euclid(WEIGHT_ONE));
        let is_mark = |vol: Vol| row == Row::Scan && spot == SPOT_ONE && vol == Vol::Flat;
        let vols = Vol::ALL.into_iter().filter(|vol| !is_mark(*vol));
        let pricing = |vol| {
            let shock = |slice: &Slice<R>| Shock::vol(widened(slice.factor(vol), multiplier));
            Pricing::new(PricingId::new(row, vol, spot), self.everything(spot, shock))
        };
        vols.map(pricing).collect()
    }

    /// `(1 - share) mark + share V_x`
    fn tails(&self, mark: &[Totals<R>]) -> Vec<Pricing<R>> {
        let tails = self.underlying.profile.tails.iter();
        let pricing = tails.map(|tail| {
            let spot = moved(tail.spot_move);
            let far = self.everything(spot, |_| Shock::NONE);
            let id = PricingId::flat(Row::Tail, spot);
            Pricing::new(id, mixes(mark, &far, tail.share))
        });
        pricing.collect()
    }

    /// `(1 - share) mark + share (payoff at 0)`; coins are worth nothing. In the fixing window zero means phi A.
    fn zero(&self, mark: &[Totals<R>]) -> Pricing<R> {
        let mut all = vec![self.cash(R::ZERO)];
        for slice in &self.slices {
            let fixed = slice.window.map_or(R::ZERO, |w| w.passed * w.mean) * slice.forward;
            let legs = self.payoff(slice, R::ZERO, fixed);
            all = product(all, &self.with_window(slice, 0, legs));
        }
        let payoff = product(all, &self.expired(R::ZERO));
        let share = self.underlying.profile.zero_share;
        let id = PricingId::flat(Row::Zero, SPOT_ONE);
        Pricing::new(id, mixes(mark, &payoff, share))
    }

    /// `mark + share (sum of D F n_e + S q)`. In the fixing window on `1 - phi` of the forward.
    fn infinity(&self, mark: &[Totals<R>]) -> Pricing<R> {
        let mut slope = self.cash(R::ONE);
        for slice in &self.slices {
            let moving = slice.window.map_or(R::ONE, |w| R::ONE - w.passed);
            // A coin is worth one over the unmoved forward, in the window too.
            let at = SpotOverForward {
                spot: R::ONE,
                forward: slice.forward,
            };
            let rising = self.legs_worth(slice, at, |leg, _| match leg.pays {
                Pays::Call | Pays::Future => slice.forward * moving,
                _ => R::ZERO,
            });
            slope = sum(&slope, &rising);
        }
        let added = scaled(&slope, self.underlying.profile.infinity_share);
        let alternatives = mark.iter().map(|mark| sum(mark, &added)).collect();
        Pricing::new(PricingId::flat(Row::Infinity, SPOT_ONE), alternatives)
    }

    fn theta(&self) -> Pricing<R> {
        let later = self.everything(SPOT_ONE, |slice| Shock::vol(slice.theta));
        Pricing::new(PricingId::flat(Row::Theta, SPOT_ONE), later)
    }

    /// The scan with x and `c - 1` times each multiplier above one. At the initial level both, unless they are the same.
    fn regimes(&self) -> Vec<Pricing<R>> {
        let regime = self.underlying.regime;
        let mut rows = vec![(Row::Regime, regime.maintenance)];
        if self.world.initial && regime.initial != regime.maintenance {
            rows.push((Row::RegimeInitial, regime.initial));
        }
        rows.retain(|(_, multiplier)| *multiplier > WEIGHT_ONE);
        let moves = &self.underlying.profile.spot_moves;
        rows.into_iter()
            .flat_map(|(row, multiplier)| moves.iter().map(move |x| (row, *x, multiplier)))
            .flat_map(|(row, x, multiplier)| self.scan(row, x, multiplier))
            .collect()
    }

    /// The ends of the scan, half of `(high - low) / mid` further out.
    fn band(&self) -> Vec<Pricing<R>> {
        let moves = &self.underlying.profile.spot_moves;
        let spot = self.underlying.spot;
        let half = (spot.high - spot.low) * R::of(SPOT_ONE) / R::of(2) / spot.mid;
        let half = half.floor().whole();
        let half = half.min(SPOT_ONE);
        let ends = [moved(moves[0]) - half, moved(moves[moves.len() - 1]) + half];
        let each = ends.map(|spot| {
            Vol::ALL.map(|vol| {
                let found = self.everything(spot, |slice| Shock::vol(slice.factor(vol)));
                Pricing::new(PricingId::new(Row::Band, vol, spot), found)
            })
        });
        each.into_iter().flatten().collect()
    }

    fn confidence(&self) -> [Pricing<R>; 2] {
        [Vol::Down, Vol::Up].map(|vol| {
            let shock = |slice: &Slice<R>| Shock::vol(slice.confident_factor(vol));
            let id = PricingId::new(Row::Confidence, vol, SPOT_ONE);
            Pricing::new(id, self.everything(SPOT_ONE, shock))
        })
    }
}

/// A vol factor whose distance from one is multiplied, never under a tenth of what it was.
fn widened<R: Real>(c: R, multiplier: i64) -> R {
    if multiplier == WEIGHT_ONE {
        return c;
    }
    toward(c, multiplier, WEIGHT_ONE).max(vol_floor(c / R::of(10)))
}
