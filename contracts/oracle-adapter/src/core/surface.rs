//! What of a reported surface is accepted, and whether it jumped.

use pricing::calendar::{certify, envelope_points, within_envelope};
use pricing::shock::{FACTOR_ONE, PreparedSlice, Shock, ShockedSlice, theta_factor};
use pricing::slice::Slice;
use protocol_api::oracle::FeedKind;
use protocol_api::oracle::report::ExpiryReport;
use protocol_api::record::{MAX_EXPIRIES, PackedExpiry, PackedSlice};
use protocol_std::expiry::seconds;
use risk::{BPS_ONE, Profile, smile_mixes};

use super::feed::Feed;
use super::spot::share_at_most;
use crate::error::ReportError;

/// Least discount factor: one half, as a deficit in units of `2^-32`.
const MAX_DEFICIT: u32 = 1 << 31;

/// The surface held before, and when.
pub struct Held<'a> {
    /// Its expiries.
    pub expiries: &'a [PackedExpiry],
    /// Its spot price.
    pub mid: u64,
    /// Its time, unix seconds.
    pub time: u64,
}

impl Held<'_> {
    fn of(&self, expiry: u32) -> Option<&PackedExpiry> {
        self.expiries.iter().find(|old| old.expiry == expiry)
    }

    /// Whether a report leaves out a date that lies ahead of its time.
    fn is_left_out_of(&self, reported: &[ExpiryReport], time: u64) -> bool {
        let ahead = |old: &&PackedExpiry| seconds(old.expiry) > time;
        let missing =
            |old: &PackedExpiry| reported.iter().all(|new| new.entry.expiry != old.expiry);
        self.expiries.iter().filter(ahead).any(missing)
    }
}

/// What a surface is judged at.
pub struct Moment {
    /// The report's time, unix seconds.
    pub time: u64,
    /// The spot price, if there is one.
    pub mid: Option<u64>,
}

/// Checks a reported surface; returns its slices, ready for the envelope test.
///
/// # Errors
/// [`ReportError`]: the first thing that fails.
pub fn accept(
    feed: &Feed,
    reported: &[ExpiryReport],
    moment: &Moment,
) -> Result<Vec<PreparedSlice>, ReportError> {
    let unwanted = feed.kind() == FeedKind::Spot || reported.len() > MAX_EXPIRIES;
    if unwanted && let Some(last) = reported.last() {
        return Err(ReportError::Expiry {
            expiry: last.entry.expiry,
        });
    }
    let mut slices = Vec::with_capacity(reported.len());
    let (mut expiry, mut deficit) = (0, 0);
    for report in reported {
        let entry = &report.entry;
        let past = seconds(entry.expiry) <= moment.time;
        if past || entry.expiry <= expiry {
            return Err(ReportError::Expiry {
                expiry: entry.expiry,
            });
        }
        if entry.discount_deficit < deficit || entry.discount_deficit > MAX_DEFICIT {
            return Err(ReportError::Discount {
                expiry: entry.expiry,
            });
        }
        check_forward(feed, entry, moment.mid)?;
        let slice = slice(entry.expiry, &entry.slice)?;
        let tails = slice.check_tails(report.quoted);
        tails.map_err(|reason| ReportError::Slice {
            expiry: entry.expiry,
            reason,
        })?;
        slices.push(PreparedSlice::new(&slice));
        (expiry, deficit) = (entry.expiry, entry.discount_deficit);
    }
    check_calendar(reported, &slices)?;
    Ok(slices)
}

/// Whether every forward lies within the bounds of the feed and between half and twice the spot price.
pub fn are_possible(feed: &Feed, reported: &[ExpiryReport], mid: u64) -> bool {
    let mut entries = reported.iter().map(|report| &report.entry);
    entries.all(|entry| is_possible(feed, entry, mid))
}

fn is_possible(feed: &Feed, entry: &PackedExpiry, mid: u64) -> bool {
    let bounds = feed.policy().min_price..=feed.policy().max_price;
    let near = mid >> 1..=mid.saturating_mul(2);
    bounds.contains(&entry.forward) && near.contains(&entry.forward)
}

/// Refuses a forward that is not possible. Without a spot price nothing of the surface is kept, and the forwards of prices that
/// left the bounds must not keep the feed from turning invalid.
fn check_forward(feed: &Feed, entry: &PackedExpiry, mid: Option<u64>) -> Result<(), ReportError> {
    if mid.is_none_or(|mid| is_possible(feed, entry, mid)) {
        Ok(())
    } else {
        Err(ReportError::Forward {
            expiry: entry.expiry,
        })
    }
}

fn slice(expiry: u32, packed: &PackedSlice) -> Result<Slice, ReportError> {
    let refused = |reason| ReportError::Slice { expiry, reason };
    packed.checked().map_err(refused)
}

/// Every pair of neighbours by the certificate that the report carries.
fn check_calendar(reported: &[ExpiryReport], slices: &[PreparedSlice]) -> Result<(), ReportError> {
    let mut before: Option<(&ExpiryReport, ShockedSlice)> = None;
    for (report, slice) in reported.iter().zip(slices) {
        let expiry = report.entry.expiry;
        let mark = slice
            .mark()
            .map_err(|reason| ReportError::Slice { expiry, reason })?;
        if let Some((earlier, earlier_mark)) = before {
            let expiry = earlier.entry.expiry;
            certify(&earlier_mark, &mark, &earlier.grid)
                .map_err(|reason| ReportError::Calendar { expiry, reason })?;
        }
        before = Some((report, mark));
    }
    Ok(())
}

/// Whether any new slice lies outside the envelope of what margin promised to cover of the one held before.
///
/// The envelope is spanned by the pricings of the margin set that leave spot where it is: mark, vol up and
/// down, skew and curvature both ways, the faint lognormals of the smile row, and the time that has passed. An expiry that was not
/// held before has no envelope, so it counts as outside: nothing escapes its envelope by being left out once. One that was held
/// and is left out is priced by its neighbours from now on, so that counts as outside too.
pub fn jumped(
    reported: &[ExpiryReport],
    slices: &[PreparedSlice],
    held: &Held<'_>,
    time: u64,
    profile: &Profile,
) -> Result<bool, ReportError> {
    if held.is_left_out_of(reported, time) {
        return Ok(true);
    }
    for (report, new) in reported.iter().zip(slices) {
        let expiry = report.entry.expiry;
        let Some(old) = held.of(expiry) else {
            return Ok(true);
        };
        if old.slice == report.entry.slice {
            continue;
        }
        let fail = |reason| ReportError::Slice { expiry, reason };
        let old = PreparedSlice::new(&slice(expiry, &old.slice)?);
        let left = seconds(expiry).saturating_sub(held.time);
        let passed = time.saturating_sub(held.time);
        let pricings: Result<Vec<_>, _> = envelope(profile, old.atm_total_vol(), left, passed)
            .iter()
            .map(|shock| old.shocked(shock))
            .collect();
        let points = envelope_points(old.atm_total_vol());
        let new = new.mark().map_err(fail)?;
        if within_envelope(&new, &pricings.map_err(fail)?, &points).is_err() {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Whether the ratio of a forward to spot moved by more than the feed's jump against the one held.
pub fn forward_jumped(
    feed: &Feed,
    reported: &[ExpiryReport],
    held: &Held<'_>,
    mid: Option<u64>,
) -> bool {
    reported.iter().any(|report| {
        let Some((old, mid)) = held.of(report.entry.expiry).zip(mid) else {
            return false;
        };
        let carried = u128::from(old.forward)
            .saturating_mul(u128::from(mid))
            .checked_div(u128::from(held.mid));
        let carried = carried.and_then(|wide| u64::try_from(wide).ok());
        carried.is_none_or(|carried| {
            let moved = report.entry.forward.abs_diff(carried);
            !share_at_most(moved, carried, feed.policy().jump)
        })
    })
}

/// The pricings at unmoved spot of a slice of at-the-money total vol `atm`, `left` seconds before the expiry and `passed` seconds ago.
fn envelope(profile: &Profile, atm: u64, left: u64, passed: u64) -> Vec<Shock> {
    let factor = |bps: u32| {
        let scaled = u64::from(bps).saturating_mul(u64::from(FACTOR_ONE));
        u32::try_from(scaled.checked_div(u64::from(BPS_ONE)).unwrap_or(0)).unwrap_or(FACTOR_ONE)
    };
    let (down, up) = profile.vol_factors(left);
    let both = |share: u32| {
        [
            factor(BPS_ONE.saturating_sub(share)),
            factor(BPS_ONE.saturating_add(share)),
        ]
    };
    let mut shocks = vec![Shock::MARK];
    let decay = [
        theta_factor(left, passed),
        theta_factor(left, u64::from(profile.theta_seconds)),
    ];
    for vol in [factor(down), factor(up)].into_iter().chain(decay) {
        shocks.push(Shock { vol, ..Shock::MARK });
    }
    shocks.extend(both(profile.skew).map(|skew| Shock {
        skew,
        ..Shock::MARK
    }));
    shocks.extend(both(profile.curvature).map(|curvature| Shock {
        curvature,
        ..Shock::MARK
    }));
    let mixed = smile_mixes(atm).into_iter().map(|mix| Shock {
        mix: Some(mix),
        ..Shock::MARK
    });
    shocks.extend(mixed);
    shocks
}
