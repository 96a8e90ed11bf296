//! Section 2, *Borrowed slices* and *Fixing window*: the slice of a date, its own or a borrowed one, brought to the time left;
//! and by how much its time to expiry lets vol and forward move.

use super::model::{Expiry, Fixing, ForwardMove, Lognormal, Underlying, VolShock};
use super::scenarios::Vol;
use super::units::{BPS_ONE, SPOT_ONE, floor_to, vol_floor, vol_of_bps};

const DAY: u64 = 86_400;
const YEAR: u64 = 365 * DAY;

/// What a date is priced with.
pub(super) struct Slice {
    /// Unix minutes.
    pub date: u32,
    /// F
    pub forward: f64,
    /// D
    pub discount: f64,
    /// Over the forward.
    pub components: Vec<Lognormal>,
    /// At-the-money total vol.
    pub v: f64,
    /// Whether the published component forwards spread enough for skew to act on them.
    pub is_dispersed: bool,
    /// Of the price, while it is being observed.
    pub window: Option<Observed>,
    vols: VolFactors,
    /// Vol factor of a time that passes.
    pub theta: f64,
    /// How far the forward may move against the others, units of `2^-32`.
    pub tau: i64,
    /// Half width of the vol, of one.
    confidence: f64,
}

/// A part of the settlement price that is known.
#[derive(Clone, Copy)]
pub(super) struct Observed {
    /// phi
    pub passed: f64,
    /// A, over the forward.
    pub mean: f64,
}

impl Observed {
    fn of(underlying: &Underlying, date: u32, forward: f64) -> Option<Self> {
        match underlying.fixings.get(&date) {
            Some(Fixing::Window { passed, observed }) if *passed > 0.0 => Some(Self {
                passed: *passed,
                mean: floor_to(32, observed.mid / forward),
            }),
            _ => None,
        }
    }
}

/// The scan's, by days to expiry.
struct VolFactors {
    down: f64,
    up: f64,
}

impl Slice {
    pub(super) fn of(underlying: &Underlying, date: u32, now: u64) -> Self {
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
            c_squared *= (end - now.max(published)) as f64 / (end - published) as f64;
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
            confidence: f64::from(lender.confidence.min(65_536)) / 65_536.0,
        }
    }

    /// The scan's vol factor.
    pub(super) fn factor(&self, vol: Vol) -> f64 {
        match vol {
            Vol::Down => self.vols.down,
            Vol::Flat => 1.0,
            Vol::Up => self.vols.up,
        }
    }

    /// The scan's vol factor, widened by the published half width.
    pub(super) fn confident_factor(&self, vol: Vol) -> f64 {
        let wider = match vol {
            Vol::Down => 1.0 - self.confidence,
            Vol::Flat => 1.0,
            Vol::Up => 1.0 + self.confidence,
        };
        vol_floor(self.factor(vol) * wider)
    }
}

/// `s_j` to `c s_j`, `f_j` to `f_j^c`.
fn stretched(components: &[Lognormal], c: f64) -> Vec<Lognormal> {
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
fn is_dispersed(lender: &Expiry) -> bool {
    let forwards = || lender.components.iter().map(|part| part.forward);
    let spread = forwards().fold(0.0, f64::max) - forwards().fold(9.0, f64::min);
    spread >= lender.v / 4.0
}

/// `sqrt(max(T - delta, 0) / T)`
fn theta(delta: u64, left: u64) -> f64 {
    vol_floor((left.saturating_sub(delta) as f64 / left as f64).sqrt())
}

/// `forward + forward_per_year T`, both and their product rounded down to `2^-32`, a quarter at most.
fn tau(moves: ForwardMove, left: u64) -> i64 {
    let bits = |bps: u64| bps * SPOT_ONE as u64 / BPS_ONE as u64;
    let grown = u128::from(bits(moves.forward_per_year)) * u128::from(left) / u128::from(YEAR);
    (i128::from(bits(moves.forward)) + grown as i128).min(i128::from(SPOT_ONE / 4)) as i64
}

impl VolFactors {
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
struct Carried {
    /// Unix seconds.
    at: f64,
    forward: f64,
    discount: f64,
    /// What the forward may be off by, of one.
    off: f64,
}

impl Carried {
    /// Linear in time from spot and one at publication through the dates of the surface; beyond the last what they are there.
    fn of(underlying: &Underlying, date: u32, lender: &Expiry) -> Self {
        if lender.minutes == date {
            return Self::published(lender);
        }
        let known = underlying.expiries.iter().map(Self::published);
        let publication = Self {
            at: underlying.published as f64,
            forward: underlying.spot.mid,
            discount: 1.0,
            off: 0.0,
        };
        let points: Vec<Self> = [publication].into_iter().chain(known).collect();
        let at = f64::from(date) * 60.0;
        match points.windows(2).find(|pair| at < pair[1].at) {
            Some(pair) => Self::between(&pair[0], &pair[1], at, lender),
            None => Self::beyond(&points[points.len() - 1], &points[0], at),
        }
    }

    fn published(expiry: &Expiry) -> Self {
        Self {
            at: f64::from(expiry.minutes) * 60.0,
            forward: expiry.forward,
            discount: expiry.discount,
            off: 0.0,
        }
    }

    /// Off by `|F / F_nearest - 1|`.
    fn between(a: &Self, b: &Self, at: f64, nearest: &Expiry) -> Self {
        let way = (at - a.at) / (b.at - a.at);
        let forward = a.forward + (b.forward - a.forward) * way;
        Self {
            at,
            forward,
            discount: a.discount + (b.discount - a.discount) * way,
            off: (forward / nearest.forward - 1.0).abs(),
        }
    }

    /// Off by `|F_last / S - 1| (T - T_last) / max(T_last, 30 days)`.
    fn beyond(last: &Self, publication: &Self, at: f64) -> Self {
        let time = (last.at - publication.at).max(30.0 * DAY as f64);
        Self {
            off: (last.forward / publication.forward - 1.0).abs() * (at - last.at) / time,
            at,
            ..*last
        }
    }

    /// In units of `2^-32`, rounded down.
    fn off(&self) -> i64 {
        (self.off * SPOT_ONE as f64) as i64
    }
}

/// Total variance at the money over that of the lender: linear in time between the dates of the surface, proportional to it
/// before the first and after the last. The quotient of two vols is rounded down.
fn variance_ratio(underlying: &Underlying, date: u32, lender: &Expiry) -> f64 {
    struct Point {
        time: f64,
        ratio: f64,
    }
    if lender.minutes == date {
        return 1.0;
    }
    let since = |minutes: u32| f64::from(minutes) * 60.0 - underlying.published as f64;
    let known = underlying.expiries.iter().map(|e| Point {
        time: since(e.minutes),
        ratio: vol_floor(e.v / lender.v).powi(2),
    });
    let publication = Point {
        time: 0.0,
        ratio: 0.0,
    };
    let points: Vec<Point> = [publication].into_iter().chain(known).collect();
    let time = since(date);
    match points.windows(2).find(|pair| time <= pair[1].time) {
        Some([a, b]) => a.ratio + (b.ratio - a.ratio) * (time - a.time) / (b.time - a.time),
        _ => {
            let last = &points[points.len() - 1];
            last.ratio * time / last.time
        }
    }
}
