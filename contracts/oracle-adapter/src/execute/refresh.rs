//! `Refresh`: a spot feed that lives on contract sources alone. Writes `record`, `tape`
//! once per bucket, `feed` once per policy.
//!
//! Anyone picks the moment. So without a median a refresh does not lower the level: age lowers it anyway.

use cosmwasm_std::{DepsMut, Env, Response};
use protocol_api::oracle::{FeedKind, Validity, validity_at};
use protocol_api::record::MarketRecord;

use super::store_report;
use crate::core::advance::{Incoming, NO_EVIDENCE};
use crate::core::spot::{self, Spot};
use crate::drivers::{ContractQueries, Driver};
use crate::error::{ContractError, FeedError, ReportError};
use crate::state;

/// Reads every contract source at block time.
pub fn run(deps: DepsMut<'_>, env: &Env, id: u16) -> Result<Response, ContractError> {
    let now = env.block.time.seconds();
    let feed = state::feed(deps.storage, id, now)?;
    let alone = feed
        .policy()
        .sources
        .iter()
        .all(|source| source.contract.is_some());
    if feed.kind() != FeedKind::Spot || !alone {
        return Err(ReportError::NoRefresh.into());
    }
    let held = state::record(deps.storage, id)?.map(|(record, _)| record);
    let time = u32::try_from(now).map_err(|_| FeedError::Range {
        field: "block time",
    })?;
    if held
        .as_ref()
        .is_some_and(|record| record.report_time >= time)
    {
        // As new as can be: whoever refreshed it must not undo what others bundle with theirs.
        return Ok(Response::new());
    }
    let quotes = ContractQueries {
        feed: &feed,
        signed: &[],
        querier: deps.querier,
    }
    .quotes()?;
    let spot = spot::assess(&feed, &quotes, now, now);
    check_level(spot.as_ref(), held.as_ref(), now)?;
    let incoming = Incoming {
        time,
        realized_vol: 0,
        spot,
        expiries: Vec::new(),
        slice_jumped: false,
        evidence: NO_EVIDENCE,
        now,
    };
    store_report::run(deps.storage, id, &feed, held, incoming)
}

/// Without a median the level held, age counted, must not be better than the one found.
fn check_level(
    spot: Option<&Spot>,
    held: Option<&MarketRecord>,
    now: u64,
) -> Result<(), ReportError> {
    let level = spot.map_or(Validity::Invalid, |spot| spot.level);
    let has_median = spot.is_some_and(|spot| spot.observation.is_some());
    if !has_median && held.is_some_and(|record| level < validity_at(record, now)) {
        return Err(ReportError::Lower);
    }
    Ok(())
}
