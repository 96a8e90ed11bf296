//! Section 2, *Borrowed slices* and *Fixing window*: the slice of a date, its own or a borrowed one, brought to the time left;
//! and by how much its time to expiry lets vol and forward move.

use super::model::{Expiry, Fixing, ForwardMove, Lognormal, Underlying, VolShock};
use super::real::Real;
use super::scenarios::Vol;
use super::units::{BPS_ONE, SPOT_ONE, floor_to, vol_floor, vol_of_bps};

const DAY: u64 = 86_400;
const YEAR: u64 = 365 * DAY;

/// What a date is priced with.
pub(super) struct Slice<R> {
    /// Unix minutes.
    pub date: u32,
    /// F
    pub forward: R,
    /// D
    pub discount: R,
    /// Over the forward.
    pub components: Vec<Lognormal<R>>,
    /// At-the-money total vol.
    pub v: R,
    /// Whether the published component forwards spread enough for skew to act on them.
    pub is_dispersed: bool,
    /// Of the price, while it is being observed.
    pub window: Option<Observed<R>>,
    vols: VolFactors<R>,
    /// Vol factor of a time that passes.
    pub theta: R,
    /// How far the forward may move against the others, units of `2^-32`.
    pub tau: i64,
    /// Half width of the vol, of one.
    confidence: R,
}

/// A part of the settlement price that is known.
#[derive(Clone, Copy)]
pub(super) struct Observed<R> {
    /// phi
    pub passed: R,
    /// A, over the forward.
    pub mean: R,
}

impl<R: Real> Observed<R> {
    fn of(underlying: &Underlying<R>, date: u32, forward: R) -> Option<Self> {
        match underlying.fixings.get(&date) {
            Some(Fixing::Window { passed, observed }) if *passed > R::ZERO => Some(Self {
                passed: *passed,
                mean: floor_to(32, observed.mid / forward),
            }),
            _ => None,
        }
    }
}

/// The scan's, by days to expiry.
struct VolFactors<R> {
    down: R,
    up: R,
}

impl<R: Real> Slice<R> {
    pub(super) fn of(underlying: &Underlying<R>, date: u32, now: u64) -> Self {
        let expiries = underlying.expiries.iter();
        let lender = expiries.min_by_key(|e| e.minutes.abs_diff(date));
        let lender = lender.expect("a date on the surface");
        let carried = Carried::of(underlying, date, lender);
        let window = Observed::of(underlying, date, carried.forward);
        let mut c_squared = variance_ratio(underlying, date, lender);
        let end = u64::from(date) * 60;
        let left = end - now;
        if window.is_some() {
            // Brought to the time left.
            let published = underlying.published;
            c_squared = c_squared * R::of(end - now.max(published)) / R::of(end - published);
        }
        let c = vol_floor(floor_to(48, c_squared).sqrt());
        let profile = &underlying.profile;
        Self {
            date,
            forward: carried.forward,
            discount: floor_to(32, carried.discount),
            components: stretched(&lender.components, c),
            v: floor_to(32, c * lender.v),
            is_dispersed: is_dispersed(lender),
            window,
            vols: VolFactors::of(&profile.vol_shocks, left),
            theta: theta(profile.theta_seconds, left),
            tau: (tau(profile.forwards, left) + carried.off()).min(SPOT_ONE / 4),
            confidence: R::ratio(lender.confidence.min(65_536), 65_536),
        }
    }

    /// The scan's vol factor.
    pub(super) fn factor(&self, vol: Vol) -> R {
        match vol {
            Vol::Down => self.vols.down,
            Vol::Flat => R::ONE,
            Vol::Up => self.vols.up,
        }
    }

    /// The scan's vol factor, widened by the published half width.
    pub(super) fn confident_factor(&self, vol: Vol) -> R {
        let wider = match vol {
            Vol::Down => R::ONE - self.confidence,
            Vol::Flat => R::ONE,
            Vol::Up => R::ONE + self.confidence,
        };
        vol_floor(self.factor(vol) * wider)
    }
}

/// `s_j` to `c s_j`, `f_j` to `f_j^c`.
fn stretched<R: Real>(components: &[Lognormal<R>], c: R) -> Vec<Lognormal<R>> {
    components
        .iter()
        .map(|part| Lognormal {
            forward: part.forward.powf(c),
            total_vol: floor_to(32, c * part.total_vol),
            ..*part
        })
        .collect()
}

/// Whether component forwards spread by a quarter of `v` or more.
fn is_dispersed<R: Real>(lender: &Expiry<R>) -> bool {
    let forwards = || lender.components.iter().map(|part| part.forward);
    let greatest = forwards().fold(R::ZERO, R::max);
    greatest - R::least(forwards()) >= lender.v / R::of(4)
}

/// `sqrt(max(T - delta, 0) / T)`
fn theta<R: Real>(delta: u64, left: u64) -> R {
    vol_floor(R::ratio(left.saturating_sub(delta), left).sqrt())
}

/// `forward + forward_per_year T`, both and their product rounded down to `2^-32`, a quarter at most.
fn tau(moves: ForwardMove, left: u64) -> i64 {
    let bits = |bps: u64| bps * SPOT_ONE as u64 / BPS_ONE as u64;
    let grown = u128::from(bits(moves.forward_per_year)) * u128::from(left) / u128::from(YEAR);
    (i128::from(bits(moves.forward)) + grown as i128).min(i128::from(SPOT_ONE / 4)) as i64
}

impl<R: Real> VolFactors<R> {
    /// Linear in the days to expiry, flat outside the table, to the nearest basis point.
    fn of(table: &[VolShock], left: u64) -> Self {
        let before = table.iter().rfind(|line| line.days * DAY <= left);
        let after = table.iter().find(|line| line.days * DAY > left);
        let (down, up) = match (before, after) {
            (Some(a), Some(b)) => {
                let (from, to) = (a.days * DAY, b.days * DAY);
                let between = |x: u64, y: u64| {
                    (x * (to - left) + y * (left - from) + (to - from) / 2) / (to - from)
                };
                (between(a.down, b.down), between(a.up, b.up))
            }
            (Some(only), None) | (None, Some(only)) => (only.down, only.up),
            (None, None) => (10_000, 10_000),
        };
        Self {
            down: vol_of_bps(down),
            up: vol_of_bps(up),
        }
    }
}

/// A forward and a discount, a date's own or carried to it.
struct Carried<R> {
    /// Unix seconds.
    at: R,
    forward: R,
    discount: R,
    /// What the forward may be off by, of one.
    off: R,
}

impl<R: Real> Carried<R> {
    /// Linear in time from spot and one at publication through the dates of the surface; beyond the last what they are there.
    fn of(underlying: &Underlying<R>, date: u32, lender: &Expiry<R>) -> Self {
        if lender.minutes == date {
            return Self::published(lender);
        }
        let known = underlying.expiries.iter().map(Self::published);
        let publication = Self {
            at: R::of(underlying.published),
            forward: underlying.spot.mid,
            discount: R::ONE,
            off: R::ZERO,
        };
        let points: Vec<Self> = [publication].into_iter().chain(known).collect();
        let at = R::of(u64::from(date) * 60);
        match points.windows(2).find(|pair| at < pair[1].at) {
            Some(pair) => Self::between(&pair[0], &pair[1], at, lender),
            None => Self::beyond(&points[points.len() - 1], &points[0], at),
        }
    }

    fn published(expiry: &Expiry<R>) -> Self {
        Self {
            at: R::of(u64::from(expiry.minutes) * 60),
            forward: expiry.forward,
            discount: expiry.discount,
            off: R::ZERO,
        }
    }

    /// Off by `|F / F_nearest - 1|`.
    fn between(a: &Self, b: &Self, at: R, nearest: &Expiry<R>) -> Self {
        let between = |x: R, y: R| floor_to(64, x + (y - x) * (at - a.at) / (b.at - a.at));
        let forward = between(a.forward, b.forward);
        Self {
            at,
            forward,
            discount: between(a.discount, b.discount),
            off: (forward / nearest.forward - R::ONE).abs(),
        }
    }

    /// Off by `|F_last / S - 1| (T - T_last) / max(T_last, 30 days)`.
    fn beyond(last: &Self, publication: &Self, at: R) -> Self {
        let time = (last.at - publication.at).max(R::of(30 * DAY));
        Self {
            off: (last.forward / publication.forward - R::ONE).abs() * (at - last.at) / time,
            at,
            ..*last
        }
    }

    /// In units of `2^-32`, rounded down.
    fn off(&self) -> i64 {
        (self.off * R::of(SPOT_ONE)).whole()
    }
}

/// Total variance at the money over that of the lender: linear in time between the dates of the surface, proportional to it
/// before the first and after the last. The quotient of two vols is rounded down.
fn variance_ratio<R: Real>(underlying: &Underlying<R>, date: u32, lender: &Expiry<R>) -> R {
    struct Point<R> {
        time: R,
        ratio: R,
    }
    if lender.minutes == date {
        return R::ONE;
    }
    let square = |c: R| c * c;
    let since = |minutes: u32| R::of(u64::from(minutes) * 60) - R::of(underlying.published);
    let known = underlying.expiries.iter().map(|e| Point {
        time: since(e.minutes),
        ratio: square(vol_floor(e.v / lender.v)),
    });
    let publication = Point {
        time: R::ZERO,
        ratio: R::ZERO,
    };
    let points: Vec<Point<R>> = [publication].into_iter().chain(known).collect();
    let time = since(date);
    match points.windows(2).find(|pair| time <= pair[1].time) {
        Some([a, b]) => a.ratio + (b.ratio - a.ratio) * (time - a.time) / (b.time - a.time),
        _ => {
            let last = &points[points.len() - 1];
            last.ratio * time / last.time
        }
    }
}
