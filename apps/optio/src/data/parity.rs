//! The forward inside the marks, against the printed one.

use std::collections::BTreeMap;

use super::snapshot::{Row, Side, Snapshot};
use super::time::{format_expiry, format_timestamp};

/// How far, as a share, the two may lie apart.
const APART: f64 = 0.02;
/// Within so many seconds of the expiry the printed forward is an average of the past.
const AVERAGED: u64 = 1_800;

/// The call and the put of a strike, those that are listed.
type Both<'a> = (Option<&'a Row>, Option<&'a Row>);

/// The forward that a strike's two marks imply (call mark - put mark = `1 - K / F`), if it is near the printed one.
pub fn forward(call: &Row, put: &Row, printed: f64) -> Option<f64> {
    let forward = call.instrument.strike / (1.0 - (call.mark - put.mark));
    let near = forward.is_finite() && (forward / printed - 1.0).abs() < APART;
    near.then_some(forward)
}

/// Refuses an expiry whose marks contradict its printed forward on most strikes: they are in another unit, or another's.
pub fn check(snapshot: &Snapshot) -> Result<(), String> {
    let mut strikes: BTreeMap<(&str, u64, u64), Both<'_>> = BTreeMap::new();
    let ahead = |row: &&Row| row.instrument.expiry > snapshot.time.saturating_add(AVERAGED);
    for row in snapshot.rows.iter().filter(ahead) {
        let of = &row.instrument;
        let both = strikes.entry((&of.coin, of.expiry, of.strike.to_bits()));
        let both = both.or_default();
        match of.side {
            Side::Call => both.0 = Some(row),
            Side::Put => both.1 = Some(row),
        }
    }
    // Per expiry, the strikes that have both, and those among them that disagree.
    let mut counts: BTreeMap<(&str, u64), (usize, usize)> = BTreeMap::new();
    for ((coin, expiry, _), both) in strikes {
        if let (Some(call), Some(put)) = both {
            let count = counts.entry((coin, expiry)).or_default();
            count.0 += 1;
            count.1 += usize::from(forward(call, put, call.underlying).is_none());
        }
    }
    let wrong = counts.iter().find(|(_, (all, off))| 2 * off > *all);
    wrong.map_or(Ok(()), |((coin, expiry), (all, off))| {
        Err(format!(
            "{coin} {} at {}: call mark - put mark is not 1 - strike / underlying_price on {off} of {all} strikes: are \
             the marks in the coin?",
            format_expiry(*expiry),
            format_timestamp(snapshot.time),
        ))
    })
}
