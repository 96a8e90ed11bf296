//! Two-step ownership. Any address may own: a key, a multisig, `x/gov`, a timelock.
//!
//! The owner *proposes*, the proposed address *accepts* before the offer expires. Until then
//! nothing changes, so a wrong address can never take over or lock the contract.

use borsh::{BorshDeserialize, BorshSerialize};
use cosmwasm_std::{Addr, Storage};
use thiserror::Error;

use crate::binary::{Item, Record, StoreError};

/// The longest time an offer of ownership stays open: 30 days.
pub const MAX_OFFER_SECONDS: u64 = 30 * 24 * 3_600;

const OWNERSHIP: Item<Ownership> = Item::new("owner");

/// Why an ownership action is refused.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum OwnershipError {
    /// The caller is not the owner.
    #[error("E_OWNER_ONLY: only the owner may do this")]
    NotOwner,
    /// The caller is not the address the ownership was offered to.
    #[error("E_OWNER_PENDING_ONLY: only the proposed owner may accept")]
    NotPending,
    /// Nothing is on offer.
    #[error("E_OWNER_NO_OFFER: no ownership is on offer")]
    NoOffer,
    /// The offer has expired.
    #[error("E_OWNER_OFFER_EXPIRED: the offer expired at {expired_at}")]
    Expired {
        /// When it expired, unix seconds.
        expired_at: u64,
    },
    /// The expiry asked for is not in (now, now + 30 days].
    #[error("E_OWNER_OFFER_TIME: an offer must expire after {now} and by {latest}")]
    OfferTime {
        /// The block time, unix seconds.
        now: u64,
        /// The last expiry allowed, unix seconds.
        latest: u64,
    },
    /// The stored record is unreadable.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// An offer of ownership.
#[derive(Debug, Clone, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub struct Offer {
    /// Who may accept.
    pub to: String,
    /// Until when, unix seconds; at this second it is already void.
    pub expires_at: u64,
}

impl Offer {
    /// Whether it can still be accepted.
    #[must_use]
    pub const fn is_open(&self, now: u64) -> bool {
        now < self.expires_at
    }
}

/// Who owns the contract and who may become the owner.
#[derive(Debug, Clone, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub struct Ownership {
    /// The present owner, a validated address.
    pub owner: String,
    /// The open offer, if any.
    pub offer: Option<Offer>,
}

impl Record for Ownership {
    const VERSION: u8 = 1;
}

/// Sets the first owner, at instantiation.
///
/// # Errors
/// [`OwnershipError::Store`].
pub fn initialise(storage: &mut dyn Storage, owner: &Addr) -> Result<(), OwnershipError> {
    OWNERSHIP.save(
        storage,
        &Ownership {
            owner: owner.to_string(),
            offer: None,
        },
    )?;
    Ok(())
}

/// The present ownership record.
///
/// # Errors
/// [`OwnershipError::Store`].
pub fn load(storage: &dyn Storage) -> Result<Ownership, OwnershipError> {
    Ok(OWNERSHIP.load(storage)?)
}

/// Passes when `caller` is the owner.
///
/// # Errors
/// [`OwnershipError::NotOwner`], [`OwnershipError::Store`].
pub fn assert_owner(storage: &dyn Storage, caller: &Addr) -> Result<(), OwnershipError> {
    if load(storage)?.owner == caller.as_str() {
        Ok(())
    } else {
        Err(OwnershipError::NotOwner)
    }
}

/// The owner offers ownership to `to` until `expires_at`; a new offer replaces the old one.
///
/// # Errors
/// [`OwnershipError::NotOwner`], [`OwnershipError::OfferTime`], [`OwnershipError::Store`].
pub fn propose(
    storage: &mut dyn Storage,
    caller: &Addr,
    to: &Addr,
    expires_at: u64,
    now: u64,
) -> Result<(), OwnershipError> {
    assert_owner(storage, caller)?;
    let latest = now.saturating_add(MAX_OFFER_SECONDS);
    if expires_at <= now || expires_at > latest {
        return Err(OwnershipError::OfferTime { now, latest });
    }
    let mut record = load(storage)?;
    record.offer = Some(Offer {
        to: to.to_string(),
        expires_at,
    });
    OWNERSHIP.save(storage, &record)?;
    Ok(())
}

/// The owner withdraws the open offer.
///
/// # Errors
/// [`OwnershipError::NotOwner`], [`OwnershipError::NoOffer`], [`OwnershipError::Store`].
pub fn cancel(storage: &mut dyn Storage, caller: &Addr) -> Result<(), OwnershipError> {
    assert_owner(storage, caller)?;
    let mut record = load(storage)?;
    record.offer.take().ok_or(OwnershipError::NoOffer)?;
    OWNERSHIP.save(storage, &record)?;
    Ok(())
}

/// The proposed owner takes over.
///
/// # Errors
/// [`OwnershipError::NoOffer`], [`OwnershipError::NotPending`], [`OwnershipError::Expired`],
/// [`OwnershipError::Store`].
pub fn accept(storage: &mut dyn Storage, caller: &Addr, now: u64) -> Result<(), OwnershipError> {
    let offer = load(storage)?.offer.ok_or(OwnershipError::NoOffer)?;
    if offer.to != caller.as_str() {
        return Err(OwnershipError::NotPending);
    }
    if now >= offer.expires_at {
        return Err(OwnershipError::Expired {
            expired_at: offer.expires_at,
        });
    }
    OWNERSHIP.save(
        storage,
        &Ownership {
            owner: offer.to,
            offer: None,
        },
    )?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use cosmwasm_std::testing::MockStorage;

    use super::*;

    fn addr(name: &str) -> Addr {
        Addr::unchecked(name)
    }

    #[test]
    fn ownership_moves_in_two_steps() {
        let mut store = MockStorage::new();
        initialise(&mut store, &addr("alice")).unwrap();
        propose(&mut store, &addr("alice"), &addr("bob"), 200, 100).unwrap();
        assert_owner(&store, &addr("alice")).unwrap();
        assert_eq!(
            accept(&mut store, &addr("carol"), 150),
            Err(OwnershipError::NotPending)
        );
        accept(&mut store, &addr("bob"), 199).unwrap();
        assert_owner(&store, &addr("bob")).unwrap();
        assert_eq!(
            assert_owner(&store, &addr("alice")),
            Err(OwnershipError::NotOwner)
        );
        assert_eq!(
            accept(&mut store, &addr("bob"), 199),
            Err(OwnershipError::NoOffer)
        );
    }

    #[test]
    fn attack_risk_37_offer_expires_and_others_cannot_take_it() {
        let mut store = MockStorage::new();
        initialise(&mut store, &addr("alice")).unwrap();
        let latest = 100 + MAX_OFFER_SECONDS;
        for bad in [0, 100, latest + 1] {
            let refused = propose(&mut store, &addr("alice"), &addr("bob"), bad, 100);
            assert_eq!(refused, Err(OwnershipError::OfferTime { now: 100, latest }));
        }
        let by_stranger = propose(&mut store, &addr("bob"), &addr("bob"), 200, 100);
        assert_eq!(by_stranger, Err(OwnershipError::NotOwner));
        propose(&mut store, &addr("alice"), &addr("bob"), 200, 100).unwrap();
        let late = accept(&mut store, &addr("bob"), 200);
        assert_eq!(late, Err(OwnershipError::Expired { expired_at: 200 }));
        assert_eq!(
            cancel(&mut store, &addr("bob")),
            Err(OwnershipError::NotOwner)
        );
        cancel(&mut store, &addr("alice")).unwrap();
        assert_eq!(
            accept(&mut store, &addr("bob"), 150),
            Err(OwnershipError::NoOffer)
        );
        assert_eq!(
            cancel(&mut store, &addr("alice")),
            Err(OwnershipError::NoOffer)
        );
    }
}
