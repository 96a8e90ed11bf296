//! Net vega: what a rise of every vol makes of a book. Margin does not know it; markets limit it.

use crate::assess::Level;
use crate::build::parts;
use crate::fine;
use crate::net::Side;
use crate::scenario::{SPOT_ONE, Scenario};
use crate::{Book, Context, RiskError, UnderlyingId};

/// What one underlying's legs gain when every vol rises as in the scan and spot stays.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NetVega {
    /// The underlying.
    pub underlying: UnderlyingId,
    /// Quote-coin base units, rounded down; negative for a book that is short of vol.
    pub gain: i128,
}

/// Net vega by underlying: `V(x = 0, vol up) - V(mark)` of the legs alone, coins at weight one.
///
/// # Errors
/// As [`crate::assess()`].
pub fn net_vegas(book: &Book, context: &Context) -> Result<Vec<NetVega>, RiskError> {
    let mut vegas = Vec::new();
    for holding in parts(book, context, Level::Maintenance)?.holdings {
        let mut gain = 0;
        for live in &holding.live {
            let at = |scenario| live.value(&live.shock(scenario), SPOT_ONE, Side::Against);
            let (mark, up) = (at(&Scenario::MARK)?, at(&Scenario::VOL_UP)?);
            for (mark, up) in mark.iter().zip(&up) {
                gain = fine::add(gain, up.saturating_sub(*mark));
            }
        }
        vegas.push(NetVega {
            underlying: holding.underlying,
            gain: fine::to_units(gain),
        });
    }
    Ok(vegas)
}
