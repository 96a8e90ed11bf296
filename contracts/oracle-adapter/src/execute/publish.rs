//! `Publish`: a signed report replaces the record of its feed. Writes `record`, `tape` once per bucket, `feed`
//! once per policy.

use cosmwasm_std::{Api, Binary, DepsMut, Env, QuerierWrapper, Response, Storage};
use protocol_api::oracle::ReportSignature;
use protocol_api::oracle::report::{Domain, MAX_REPORT_BYTES, Report};
use protocol_api::record::{Evidence, MarketRecord};
use risk::default_profile;
use sha2::{Digest, Sha256};

use super::store_report;
use crate::core::advance::{self, Incoming};
use crate::core::feed::Feed;
use crate::core::signers::check_signatures;
use crate::core::spot::{self, SourcePrice};
use crate::core::surface::{self, Held, Moment};
use crate::drivers::{ContractQueries, Driver, SignedReport};
use crate::error::{ContractError, ReportError};
use crate::state;

/// Reports may be this far ahead of the block, seconds.
const MAX_AHEAD_SECONDS: u64 = 5;

/// Checks who signed what and when, then whether it can be true, and stores it.
pub fn run(
    deps: DepsMut<'_>,
    env: &Env,
    bytes: &Binary,
    signatures: &[ReportSignature],
) -> Result<Response, ContractError> {
    let report = parse(bytes)?;
    let now = env.block.time.seconds();
    let feed = state::feed(deps.storage, report.feed, now)?;
    let held = state::record(deps.storage, report.feed)?.map(|(record, _)| record);
    let domain = Domain {
        chain_id: &env.block.chain_id,
        contract: env.contract.address.as_str(),
        feed: report.feed,
        kind: feed.kind(),
    };
    let digest: [u8; 32] = Sha256::digest(domain.preimage(bytes)).into();
    // Whoever carries the same report first must not undo what others bundle with it.
    if held
        .as_ref()
        .is_some_and(|record| record.evidence.digest == digest)
    {
        return Ok(Response::new());
    }
    check_time(&feed, &report, held.as_ref(), now)?;
    let signed = Signed {
        digest,
        epoch: report.epoch,
        signatures,
    };
    let evidence = verify(deps.storage, deps.api, &signed, now)?;
    let quotes = gather(deps.querier, &feed, &report)?;
    let id = report.feed;
    let judged = judge(&feed, report, held.as_ref(), &quotes, now)?;
    let incoming = Incoming { evidence, ..judged };
    store_report::run(deps.storage, id, &feed, held, incoming)
}

/// What the report says, and what the contracts answer that it does not mute.
fn gather(
    querier: QuerierWrapper<'_>,
    feed: &Feed,
    report: &Report,
) -> Result<Vec<SourcePrice>, ReportError> {
    let drivers: [&dyn Driver; 2] = [
        &SignedReport { feed, report },
        &ContractQueries {
            feed,
            signed: &report.sources,
            querier,
        },
    ];
    let mut quotes = Vec::new();
    for driver in drivers {
        quotes.extend(driver.quotes()?);
    }
    Ok(quotes)
}

fn parse(bytes: &Binary) -> Result<Report, ReportError> {
    let sized = (bytes.len() <= MAX_REPORT_BYTES).then_some(bytes);
    sized
        .and_then(|bytes| Report::from_bytes(bytes))
        .ok_or(ReportError::Malformed)
}

/// Strictly newer than the newest report, at most five seconds ahead, not stale on arrival: by the policy in force and by the
/// record held, for a longer age must not open a window again that was closed by the shorter one.
fn check_time(
    feed: &Feed,
    report: &Report,
    held: Option<&MarketRecord>,
    now: u64,
) -> Result<(), ReportError> {
    let time = u64::from(report.time);
    let newest = held.map_or(0, |record| u64::from(record.report_time));
    if time <= newest {
        return Err(ReportError::NotNewer { time, newest });
    }
    if time > now.saturating_add(MAX_AHEAD_SECONDS) {
        return Err(ReportError::Future { time, now });
    }
    let stale = feed.ages().stale;
    let stale = held.map_or(stale, |record| stale.min(record.ages.stale));
    if time.saturating_add(u64::from(stale)) < now {
        return Err(ReportError::Stale { time, now });
    }
    Ok(())
}

struct Signed<'a> {
    digest: [u8; 32],
    epoch: u32,
    signatures: &'a [ReportSignature],
}

fn verify(
    storage: &dyn Storage,
    api: &dyn Api,
    signed: &Signed<'_>,
    now: u64,
) -> Result<Evidence, ContractError> {
    let set = state::epoch(storage, signed.epoch)?;
    set.check_live(signed.epoch, now)?;
    let listed = signed
        .signatures
        .iter()
        .map(|one| (one.signer, one.signature.as_slice()));
    let signers = check_signatures(&set, listed, |signature, key| {
        api.secp256k1_verify(&signed.digest, signature, key)
            .unwrap_or(false)
    })?;
    Ok(Evidence {
        epoch: signed.epoch,
        signers,
        digest: signed.digest,
    })
}

/// Whether the content can be true; the evidence is the caller's to add.
fn judge(
    feed: &Feed,
    report: Report,
    held: Option<&MarketRecord>,
    quotes: &[SourcePrice],
    now: u64,
) -> Result<Incoming, ReportError> {
    let time = u64::from(report.time);
    // One source or two are no price where the forwards are impossible beside them: venues that go on printing a bound of the
    // feed while the market has left it.
    let spot = spot::assess(feed, quotes, time, now).filter(|spot| {
        spot.observation.is_some() || surface::are_possible(feed, &report.expiries, spot.band.mid)
    });
    let moment = Moment {
        time,
        mid: spot.map(|spot| spot.band.mid),
    };
    let slices = surface::accept(feed, &report.expiries, &moment)?;
    let slice_jumped = match held {
        Some(record) => {
            let held = Held {
                expiries: &record.expiries,
                mid: record.band.mid,
                time: u64::from(record.publish_time),
            };
            surface::forward_jumped(feed, &report.expiries, &held, moment.mid)
                || surface::jumped(&report.expiries, &slices, &held, time, &default_profile())?
        }
        None => false,
    };
    Ok(Incoming {
        time: report.time,
        realized_vol: report.realized_vol,
        spot,
        expiries: report
            .expiries
            .into_iter()
            .map(|expiry| expiry.entry)
            .collect(),
        slice_jumped,
        evidence: advance::NO_EVIDENCE,
        now,
    })
}
