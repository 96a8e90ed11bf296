//! Who may act for an account.

use cosmwasm_std::{Binary, Storage};
use protocol_api::engine::{Consent, Scope};

use crate::core::account::Account;
use crate::error::EngineError;
use crate::state::{self, Meta};

/// Bit of a scope in a stored grant.
pub const fn scope_bit(scope: Scope) -> u8 {
    match scope {
        Scope::Trade => 1,
        Scope::WithdrawToOwner => 2,
    }
}

/// Whether the consenting party is the owner, or a delegate with the scope whose grant lives.
pub fn consents(meta: &Meta, consent: &Consent, scope: Scope, now: u64) -> bool {
    let (is_key, id) = match consent {
        Consent::Key { public_key } => (true, public_key.as_slice()),
        Consent::Address { address } => (false, address.as_bytes()),
    };
    if !is_key && id == meta.owner.as_bytes() {
        return true;
    }
    meta.delegates.iter().any(|delegate| {
        delegate.is_key == is_key
            && delegate.id == id
            && delegate.scopes & scope_bit(scope) != 0
            && now < delegate.expires_at
    })
}

/// Passes when the account's record is the one that a party has looked at, if it names one.
pub fn assert_unchanged(
    storage: &dyn Storage,
    account: u64,
    expected: Option<&Binary>,
) -> Result<(), EngineError> {
    match expected {
        Some(seen) if state::fingerprint(storage, account) != seen.as_slice() => {
            Err(EngineError::Fingerprint { account })
        }
        _ => Ok(()),
    }
}

/// Passes when the account holds the legs that a taker has looked at, if he names them.
pub fn assert_same_legs(
    account: &Account,
    id: u64,
    expected: Option<&Binary>,
) -> Result<(), EngineError> {
    match expected {
        Some(seen) if state::legs_fingerprint(account)? != seen.as_slice() => {
            Err(EngineError::Fingerprint { account: id })
        }
        _ => Ok(()),
    }
}

/// Whether an account is a backstop: a liquidation contract's, in office or replaced.
pub fn is_backstop(storage: &dyn Storage, account: u64) -> Result<bool, EngineError> {
    let owner = state::load_meta(storage, account)?.owner;
    Ok(state::load_liquidators(storage)?.contains(&owner))
}

/// Passes when the calling address is the owner.
pub fn assert_account_owner(meta: &Meta, sender: &str) -> Result<(), EngineError> {
    if meta.owner == sender {
        Ok(())
    } else {
        Err(EngineError::Unauthorized)
    }
}

/// Passes when the calling address is the owner or a delegate with the scope.
pub fn assert_may_act(
    meta: &Meta,
    sender: &str,
    scope: Scope,
    now: u64,
) -> Result<(), EngineError> {
    let consent = Consent::Address {
        address: sender.to_owned(),
    };
    if consents(meta, &consent, scope, now) {
        Ok(())
    } else {
        Err(EngineError::Unauthorized)
    }
}

/// Passes when the account admits the venue, and whoever consented may trade for it.
pub fn assert_admits(
    storage: &dyn Storage,
    account: u64,
    consent: &Consent,
    venue: &str,
    now: u64,
) -> Result<(), EngineError> {
    let meta = state::load_meta(storage, account)?;
    if !meta.venues.iter().any(|known| known == venue) {
        return Err(EngineError::VenueNotAdmitted { account });
    }
    if consents(&meta, consent, Scope::Trade, now) {
        Ok(())
    } else {
        Err(EngineError::Consent { account })
    }
}

#[cfg(test)]
mod tests {
    use cosmwasm_std::{Binary, HexBinary};
    use risk::{Kind, Leg, SeriesKey};

    use super::*;
    use crate::state::Delegate;

    /// Bytes and hash from elsewhere.
    #[test]
    fn spec_example_the_fingerprint_of_legs() {
        let leg = |strike, kind, quantity| Leg {
            key: SeriesKey {
                market: 1,
                expiry: 29_500_000,
                strike,
                kind,
            },
            quantity,
        };
        let mut account = Account {
            legs: vec![leg(90, Kind::Call, -10), leg(95, Kind::Put, 4)],
            ..Account::default()
        };
        let hash = "110c14fe1afadd9cd75b4bcdd1e3c02812fcfb144afc53befc0693b5309465e4";
        let seen = Binary::new(state::legs_fingerprint(&account).unwrap());
        assert_eq!(HexBinary::from(seen.to_vec()).to_hex(), hash);
        assert_eq!(assert_same_legs(&account, 7, None), Ok(()));
        assert_eq!(assert_same_legs(&account, 7, Some(&seen)), Ok(()));
        account.legs.pop();
        let other = Err(EngineError::Fingerprint { account: 7 });
        assert_eq!(assert_same_legs(&account, 7, Some(&seen)), other);
    }

    #[test]
    fn grants_have_kind_scope_and_end() {
        let delegate = |is_key, scopes| Delegate {
            is_key,
            id: b"bob".to_vec(),
            scopes,
            expires_at: 9,
        };
        let meta = |delegates| Meta {
            owner: "eve".into(),
            offer: None,
            delegates,
            venues: vec![],
        };
        let key = Consent::Key {
            public_key: Binary::from(b"bob"),
        };
        let address = |text: &str| Consent::Address {
            address: text.into(),
        };
        assert!(consents(
            &meta(vec![]),
            &address("eve"),
            Scope::WithdrawToOwner,
            9
        ));
        assert!(!consents(&meta(vec![]), &address("EVE"), Scope::Trade, 0));
        let one = meta(vec![delegate(true, 1)]);
        assert!(consents(&one, &key, Scope::Trade, 8));
        assert!(
            !consents(&one, &key, Scope::Trade, 9),
            "the end is exclusive"
        );
        assert!(!consents(&one, &key, Scope::WithdrawToOwner, 8));
        assert!(
            !consents(&one, &address("bob"), Scope::Trade, 8),
            "a key is no address"
        );
        assert!(consents(
            &meta(vec![delegate(false, 3)]),
            &address("bob"),
            Scope::Trade,
            8
        ));
    }
}
