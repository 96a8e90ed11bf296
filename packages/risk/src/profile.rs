//! The scenario set of one underlying as data.
//!
//! Every number that shapes the set is here, has a hard range, and is counted in basis points
//! (`1 / 10,000`) unless its name says otherwise.

use crate::RiskError;
use crate::scenario::SPOT_ONE;

/// One, in basis points.
pub const BPS_ONE: u32 = 10_000;
/// One in basis points, as a divisor of wide values.
pub(crate) const BPS_WIDE: u64 = 10_000;
/// Seconds of a year of 365 days.
const YEAR: u64 = 31_536_000;

/// Vol shocks of one point of the table by days to expiry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct VolShock {
    /// Days to expiry.
    pub days: u16,
    /// Factor of the vol when it rises, basis points, at least one.
    pub up: u32,
    /// Factor of the vol when it falls, basis points, at most one.
    pub down: u32,
}

/// A far move, damped: the pricing is `(1 - share) mark + share V_move`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tail {
    /// Relative spot move, basis points, above -10,000.
    pub spot_move: i32,
    /// Weight of the moved pricing, basis points.
    pub share: u32,
}

/// The scenario set of one underlying.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Profile {
    /// Relative spot moves of the scan, strictly ascending, containing 0; each is priced with
    /// vol down, flat and up.
    pub spot_moves: Vec<i32>,
    /// Vol factors by days to expiry, strictly ascending days; linear between, flat outside.
    pub vol_shocks: Vec<VolShock>,
    /// Far tails, moves strictly ascending.
    pub tails: Vec<Tail>,
    /// Weight of the pricing at `x = -100 %` (each payoff at a price of zero).
    pub zero_share: u32,
    /// Weight of the slope at infinity added to the mark.
    pub infinity_share: u32,
    /// Spot moves of the smile and term row, strictly ascending, containing 0 and each a move of the scan.
    pub smile_moves: Vec<i32>,
    /// Share of the scan's vol shock (`c - 1`) taken by the row's vol choices.
    pub smile_vol_share: u32,
    /// Exponent change of the components' forwards in the skew choices.
    pub skew: u32,
    /// Exponent change of the components' vols in the curvature choices.
    pub curvature: u32,
    /// Relative move of an expiry's forward, against spot and all others, in the forward choices.
    pub forward: u32,
    /// What a year to the expiry adds to it: a basis is a rate.
    pub forward_per_year: u32,
    /// Time that passes in the theta pricing, and before an expiry in which it may settle anywhere within the scan, seconds.
    pub theta_seconds: u32,
    /// Spot moves in at-the-money total vols of the expiries whose vol is not much wider than the scan's gaps, both signs are
    /// taken.
    pub gamma_vols: Vec<u32>,
    /// Share of the stand-alone margins that counts when several underlyings meet, initial.
    pub alpha_initial: u32,
    /// Share of the stand-alone margins for the maintenance margin, not above the initial one.
    pub alpha_maintenance: u32,
    /// Most that an account's net vega may be after a trade, either sign, quote-coin base units ([`crate::net_vegas`]):
    /// a limit on opening, no part of any margin.
    pub vega_limit: u64,
}

impl Profile {
    /// Checks every field against its hard range.
    ///
    /// # Errors
    /// [`RiskError::Profile`] naming the first field that is out of range.
    pub fn validate(&self) -> Result<(), RiskError> {
        check(self.spot_moves_valid(), "spot_moves")?;
        check(self.vol_shocks_valid(), "vol_shocks")?;
        check(self.tails_valid(), "tails")?;
        check(self.smile_moves_valid(), "smile_moves")?;
        check(within(self.zero_share, 0, 1_000), "zero_share")?;
        check(within(self.infinity_share, 0, 1_000), "infinity_share")?;
        check(
            within(self.smile_vol_share, 500, BPS_ONE),
            "smile_vol_share",
        )?;
        check(within(self.skew, 0, 5_000), "skew")?;
        check(within(self.curvature, 0, 5_000), "curvature")?;
        check(within(self.forward, 0, 500), "forward")?;
        check(within(self.forward_per_year, 0, 1_000), "forward_per_year")?;
        check(within(self.theta_seconds, 0, 604_800), "theta_seconds")?;
        let gammas = ascending(&self.gamma_vols)
            && self.gamma_vols.len() <= 4
            && self.gamma_vols.iter().all(|v| within(*v, 1_000, 80_000));
        check(gammas, "gamma_vols")?;
        check(within(self.alpha_initial, 5_000, BPS_ONE), "alpha_initial")?;
        let alpha = within(self.alpha_maintenance, 5_000, self.alpha_initial);
        check(alpha, "alpha_maintenance")
    }

    fn spot_moves_valid(&self) -> bool {
        ascending(&self.spot_moves)
            && self.spot_moves.contains(&0)
            && (3..=17).contains(&self.spot_moves.len())
            && self.spot_moves.iter().all(|x| x.unsigned_abs() <= 6_000)
            && self.spot_moves.first().is_some_and(|x| *x <= -500)
            && self.spot_moves.last().is_some_and(|x| *x >= 500)
    }

    fn vol_shocks_valid(&self) -> bool {
        self.vol_shocks.is_sorted_by(|a, b| a.days < b.days)
            && (1..=16).contains(&self.vol_shocks.len())
            && self.vol_shocks.iter().all(|shock| {
                within(shock.up, BPS_ONE, 40_000) && within(shock.down, 1_000, BPS_ONE)
            })
    }

    fn tails_valid(&self) -> bool {
        self.tails.len() <= 8
            && self.tails.is_sorted_by(|a, b| a.spot_move < b.spot_move)
            && self.tails.iter().all(|tail| {
                (-9_900..=40_000).contains(&tail.spot_move) && within(tail.share, 0, BPS_ONE)
            })
    }

    fn smile_moves_valid(&self) -> bool {
        ascending(&self.smile_moves)
            && self.smile_moves.contains(&0)
            && self.smile_moves.len() <= 5
            && self.smile_moves.iter().all(|x| self.spot_moves.contains(x))
    }

    /// Vol factors (down, up) in basis points at `seconds` to expiry.
    #[must_use]
    pub fn vol_factors(&self, seconds: u64) -> (u32, u32) {
        let day = |shock: &VolShock| u64::from(shock.days).saturating_mul(86_400);
        let after = self.vol_shocks.iter().find(|shock| day(shock) > seconds);
        let before = self.vol_shocks.iter().rfind(|shock| day(shock) <= seconds);
        match (before, after) {
            (Some(a), Some(b)) => {
                let (from, to) = (day(a), day(b));
                let mix = |x: u32, y: u32| interpolate((from, x), (to, y), seconds);
                (mix(a.down, b.down), mix(a.up, b.up))
            }
            (Some(only), None) | (None, Some(only)) => (only.down, only.up),
            (None, None) => (BPS_ONE, BPS_ONE),
        }
    }

    /// How far the forward of an expiry `seconds` away moves against the others, units of `2^-32`; a quarter at most. One that
    /// has no date of its own may be off by `apart` beside.
    /// Each of five roundings, two of them in `apart`, is down, which is the account's gain: less than five units of its forward.
    #[must_use]
    pub fn forward_twist(&self, seconds: u64, apart: u64) -> u64 {
        let bits = |bps: u32| (u64::from(bps) << 32) / BPS_WIDE;
        let grown = bits(self.forward_per_year).saturating_mul(seconds) / YEAR;
        let sum = bits(self.forward)
            .saturating_add(grown)
            .saturating_add(apart);
        sum.min(SPOT_ONE / 4)
    }
}

/// Linear between two points, rounded to nearest.
fn interpolate(a: (u64, u32), b: (u64, u32), at: u64) -> u32 {
    let width = b.0.saturating_sub(a.0).max(1);
    let right = at.saturating_sub(a.0).min(width);
    let left = width.saturating_sub(right);
    let sum = u64::from(a.1)
        .saturating_mul(left)
        .saturating_add(u64::from(b.1).saturating_mul(right))
        .saturating_add(width >> 1);
    u32::try_from(sum.checked_div(width).unwrap_or(0)).unwrap_or(u32::MAX)
}

fn ascending<T: PartialOrd>(values: &[T]) -> bool {
    values.is_sorted_by(|a, b| a < b)
}

fn within(value: u32, least: u32, greatest: u32) -> bool {
    (least..=greatest).contains(&value)
}

fn check(holds: bool, field: &'static str) -> Result<(), RiskError> {
    if holds {
        Ok(())
    } else {
        Err(RiskError::Profile { field })
    }
}

/// The scenario set that a major underlying starts with.
#[must_use]
pub fn default_profile() -> Profile {
    let shock = |days, up, down| VolShock { days, up, down };
    let tail = |spot_move, share| Tail { spot_move, share };
    Profile {
        spot_moves: vec![-1_600, -1_200, -800, -400, 0, 400, 800, 1_200, 1_600],
        vol_shocks: vec![
            shock(1, 22_500, 5_000),
            shock(3, 19_000, 5_800),
            shock(7, 16_500, 6_500),
            shock(14, 14_800, 7_200),
            shock(30, 13_000, 7_900),
            shock(60, 12_300, 8_300),
            shock(90, 12_000, 8_500),
            shock(180, 11_600, 8_800),
            shock(365, 11_300, 9_000),
        ],
        tails: vec![
            tail(-6_600, 2_500),
            tail(-3_300, 5_000),
            tail(5_000, 3_300),
            tail(10_000, 1_600),
            tail(20_000, 800),
        ],
        zero_share: 100,
        infinity_share: 100,
        smile_moves: vec![-400, 0, 400],
        smile_vol_share: 4_000,
        skew: 1_500,
        curvature: 1_500,
        forward: 8,
        forward_per_year: 30,
        theta_seconds: 86_400,
        gamma_vols: vec![5_000, 10_000, 20_000],
        alpha_initial: 6_000,
        alpha_maintenance: 5_000,
        vega_limit: u64::MAX,
    }
}
