//! Accounts: open, hand over, delegate, admit venues. Writes the account, its owner and delegates, and
//! the index of owners.

use std::collections::BTreeSet;

use cosmwasm_std::{Api, DepsMut, Env, MessageInfo, Response, Storage};
use protocol_api::engine::{
    AccountAccepted, AccountCreated, AccountOffered, DelegateId, DelegateSet, ExecuteMsg, Grant,
    Scope, VenueAdmitted,
};
use protocol_api::event::TypedEvent;
use protocol_api::governance;
use protocol_std::ownership::{MAX_OFFER_SECONDS, Offer};

use crate::consent::{assert_account_owner, assert_unchanged, scope_bit};
use crate::core::account::Account;
use crate::error::EngineError;
use crate::execute::deposit;
use crate::execute::response_with;
use crate::pausable::PAUSE_DEPOSIT;
use crate::state::{self, Delegate, Meta};

/// Most delegates, and most venues, of one account.
const MAX_GRANTS: usize = 16;

/// Which message goes where.
pub fn dispatch(
    deps: DepsMut,
    env: &Env,
    info: &MessageInfo,
    msg: ExecuteMsg,
) -> Result<Response, EngineError> {
    use ExecuteMsg as M;
    match msg {
        M::CreateAccount { venues } => create(deps, env, info, &venues),
        M::OfferAccount { account, offer } => {
            Owned::load(deps.storage, info, account)?.offer(deps, env, offer)
        }
        M::AcceptAccount {
            account,
            fingerprint,
        } => {
            assert_unchanged(deps.storage, account, fingerprint.as_ref())?;
            accept(deps, env, info, account)
        }
        M::SetDelegate {
            account,
            delegate,
            grant,
        } => Owned::load(deps.storage, info, account)?.set_delegate(deps, env, &delegate, grant),
        M::AdmitVenue {
            account,
            venue,
            admitted,
        } => Owned::load(deps.storage, info, account)?.admit_venue(deps, &venue, admitted),
        _ => Err(EngineError::Unauthorized),
    }
}

/// Opens an account owned by the sender.
fn create(
    mut deps: DepsMut,
    env: &Env,
    info: &MessageInfo,
    venues: &[String],
) -> Result<Response, EngineError> {
    let config = state::load_config(deps.storage)?;
    config
        .pause
        .check(PAUSE_DEPOSIT, env.block.time.seconds())?;
    let admitted = distinct_addresses(deps.api, venues)?;
    let owner = info.sender.to_string();
    let id = state::take_account_number(deps.storage)?;
    let meta = Meta {
        owner: owner.clone(),
        offer: None,
        delegates: vec![],
        venues: admitted,
    };
    state::save_meta(deps.storage, id, &meta)?;
    state::save_account(deps.storage, id, &Account::default())?;
    state::index_owner(deps.storage, padded(deps.api, &owner)?, id)?;
    let created = AccountCreated { account: id, owner }.to_event();
    let mut response = Response::new()
        .add_event(created)
        .set_data(cosmwasm_std::to_json_binary(&id)?);
    if !info.funds.is_empty() {
        let events = deposit::take(deps.branch(), env, info, id)?;
        response = response.add_events(events);
    }
    Ok(response)
}

/// An account that the sender owns.
struct Owned {
    account: u64,
    meta: Meta,
}

impl Owned {
    fn load(storage: &dyn Storage, info: &MessageInfo, account: u64) -> Result<Self, EngineError> {
        let meta = state::load_meta(storage, account)?;
        assert_account_owner(&meta, info.sender.as_str())?;
        Ok(Self { account, meta })
    }

    /// Offers it, or withdraws the offer.
    fn offer(
        self,
        deps: DepsMut,
        env: &Env,
        offer: Option<governance::Offer>,
    ) -> Result<Response, EngineError> {
        let Self { account, mut meta } = self;
        meta.offer = match offer {
            None => None,
            Some(governance::Offer { to, expires_at }) => {
                let now = env.block.time.seconds();
                check_future("expires_at", expires_at, now, MAX_OFFER_SECONDS)?;
                let to = deps.api.addr_validate(&to)?.into_string();
                Some(Offer { to, expires_at })
            }
        };
        state::save_meta(deps.storage, account, &meta)?;
        let to = meta.offer.map_or_else(String::new, |offer| offer.to);
        Ok(response_with(AccountOffered { account, to }.to_event()))
    }

    /// Gives, changes or revokes a delegation.
    fn set_delegate(
        self,
        deps: DepsMut,
        env: &Env,
        delegate: &DelegateId,
        grant: Option<Grant>,
    ) -> Result<Response, EngineError> {
        let Self { account, mut meta } = self;
        let now = env.block.time.seconds();
        let (is_key, id, shown) = identify(deps.api, delegate)?;
        // Lapsed grants make room.
        meta.delegates
            .retain(|old| now < old.expires_at && (old.is_key != is_key || old.id != id));
        let mut scopes = 0_u8;
        let mut expires_at = 0;
        if let Some(grant) = grant {
            check_future("expires_at", grant.expires_at, now, 10 * 366 * 86_400)?;
            scopes = bits(&grant.scopes)?;
            if scopes == 0 || meta.delegates.len() >= MAX_GRANTS {
                return Err(EngineError::List { field: "delegates" });
            }
            expires_at = grant.expires_at;
            meta.delegates.push(Delegate {
                is_key,
                id,
                scopes,
                expires_at,
            });
        }
        state::save_meta(deps.storage, account, &meta)?;
        let set = DelegateSet {
            account,
            delegate: shown,
            scopes,
            expires_at,
        };
        Ok(response_with(set.to_event()))
    }

    /// Admits or bars a venue.
    fn admit_venue(
        self,
        deps: DepsMut,
        venue: &str,
        admitted: bool,
    ) -> Result<Response, EngineError> {
        let Self { account, mut meta } = self;
        let venue = deps.api.addr_validate(venue)?.into_string();
        meta.venues.retain(|old| *old != venue);
        if admitted {
            if meta.venues.len() >= MAX_GRANTS {
                return Err(EngineError::List { field: "venues" });
            }
            meta.venues.push(venue.clone());
        }
        state::save_meta(deps.storage, account, &meta)?;
        Ok(response_with(
            VenueAdmitted {
                account,
                venue,
                admitted,
            }
            .to_event(),
        ))
    }
}

/// Takes an offered account over; delegates and venues of the old owner are cleared.
fn accept(
    deps: DepsMut,
    env: &Env,
    info: &MessageInfo,
    account: u64,
) -> Result<Response, EngineError> {
    let meta = state::load_meta(deps.storage, account)?;
    let now = env.block.time.seconds();
    let stands = meta
        .offer
        .as_ref()
        .is_some_and(|offer| offer.to == info.sender.as_str() && offer.is_open(now));
    if !stands {
        return Err(EngineError::NoOffer { account });
    }
    let owner = info.sender.to_string();
    hand_over(deps, account, &meta.owner, &owner)?;
    Ok(response_with(AccountAccepted { account, owner }.to_event()))
}

/// Puts an account into other hands, without the delegates and venues that it had.
pub fn hand_over(deps: DepsMut, account: u64, from: &str, to: &str) -> Result<(), EngineError> {
    state::unindex_owner(deps.storage, padded(deps.api, from)?, account);
    state::index_owner(deps.storage, padded(deps.api, to)?, account)?;
    let meta = Meta {
        owner: to.to_owned(),
        offer: None,
        delegates: vec![],
        venues: vec![],
    };
    state::save_meta(deps.storage, account, &meta)
}

/// Whether a delegate is a key, what he is stored as, and how events show him.
fn identify(api: &dyn Api, delegate: &DelegateId) -> Result<(bool, Vec<u8>, String), EngineError> {
    Ok(match delegate {
        DelegateId::Address { address } => {
            let address = api.addr_validate(address)?.into_string();
            (false, address.clone().into_bytes(), address)
        }
        DelegateId::Key { public_key } => {
            let bytes = public_key.to_vec();
            let compressed = bytes.len() == 33 && matches!(bytes.first(), Some(2 | 3));
            crate::core::market::require(compressed, "public_key")?;
            let shown = cosmwasm_std::HexBinary::from(bytes.clone()).to_hex();
            (true, bytes, shown)
        }
    })
}

/// Scopes as a grant stores them; each is named once.
fn bits(scopes: &[Scope]) -> Result<u8, EngineError> {
    let mut bits = 0;
    for scope in scopes {
        let bit = scope_bit(*scope);
        if bits & bit != 0 {
            return Err(EngineError::List { field: "scopes" });
        }
        bits |= bit;
    }
    Ok(bits)
}

/// Canonical address padded to 32 bytes: a key of fixed width.
pub fn padded(api: &dyn Api, address: &str) -> Result<[u8; 32], EngineError> {
    let canonical = api.addr_canonicalize(address)?;
    let bytes = canonical.as_slice();
    let mut key = [0_u8; 32];
    key.get_mut(..bytes.len())
        .ok_or(EngineError::Corrupt)?
        .copy_from_slice(bytes);
    Ok(key)
}

/// Passes when `time` lies after `now` and at most `most` seconds ahead.
pub fn check_future(
    field: &'static str,
    time: u64,
    now: u64,
    most: u64,
) -> Result<(), EngineError> {
    let (earliest, latest) = (now.saturating_add(1), now.saturating_add(most));
    if (earliest..=latest).contains(&time) {
        Ok(())
    } else {
        Err(EngineError::Time {
            field,
            earliest,
            latest,
        })
    }
}

fn distinct_addresses(api: &dyn Api, given: &[String]) -> Result<Vec<String>, EngineError> {
    let mut seen = BTreeSet::new();
    let mut out = Vec::with_capacity(given.len());
    for raw in given {
        let address = api.addr_validate(raw)?.into_string();
        if out.len() >= MAX_GRANTS || !seen.insert(address.clone()) {
            return Err(EngineError::List { field: "venues" });
        }
        out.push(address);
    }
    Ok(out)
}
