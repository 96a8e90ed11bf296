//! `Refresh`: a spot feed that lives on contract sources alone. Writes `record`, and `tape` once per bucket.

use cosmwasm_std::{DepsMut, Env, Response};
use protocol_api::oracle::FeedKind;

use super::store_report;
use crate::core::advance::{Incoming, NO_EVIDENCE};
use crate::core::spot;
use crate::drivers::{ContractQueries, Driver};
use crate::error::{ContractError, ReportError};
use crate::state;

/// Reads every contract source at block time.
pub fn run(deps: DepsMut<'_>, env: &Env, id: u16) -> Result<Response, ContractError> {
    let feed = state::feed(deps.storage, id)?;
    let alone = feed
        .policy
        .sources
        .iter()
        .all(|source| source.contract.is_some());
    if feed.kind() != FeedKind::Spot || !alone {
        return Err(ReportError::NoRefresh.into());
    }
    let held = state::record(deps.storage, id)?.map(|(record, _)| record);
    let now = env.block.time.seconds();
    let newest = held
        .as_ref()
        .map_or(0, |record| u64::from(record.report_time));
    if now <= newest {
        return Err(ReportError::NotNewer { time: now, newest }.into());
    }
    let quotes = ContractQueries {
        feed: &feed,
        querier: deps.querier,
    }
    .quotes()?;
    let incoming = Incoming {
        time: u32::try_from(now).map_err(|_| ReportError::Malformed)?,
        realised_vol: 0,
        spot: spot::assess(&feed, &quotes, now, now),
        expiries: Vec::new(),
        slice_jumped: false,
        evidence: NO_EVIDENCE,
        now,
    };
    store_report::run(deps.storage, id, &feed, held, incoming)
}
