//! The version stamp (kept in the `cw2` form that explorers read) and the gate of migrations.

use cosmwasm_std::Storage;
use cw2::{CONTRACT, ContractVersion};
use thiserror::Error;

use crate::message;

/// Why a migration is refused.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum VersionError {
    /// The stored contract is another contract.
    #[error("E_MIGRATE_CONTRACT: stored contract is `{found}`, expected `{expected}`")]
    Contract {
        /// The name in the code.
        expected: String,
        /// The name in the store.
        found: String,
    },
    /// The stored version is not older than the code's.
    #[error("E_MIGRATE_VERSION: cannot go from {from} to {to}")]
    NotNewer {
        /// The stored version.
        from: String,
        /// The version of the code.
        to: String,
    },
    /// A version that is not three numbers.
    #[error("E_MIGRATE_MALFORMED: `{version}` is not a version")]
    Malformed {
        /// What was read.
        version: String,
    },
    /// No stamp, or an unreadable one.
    #[error("E_MIGRATE_STAMP: the version stamp cannot be read or written")]
    Stamp,
}

/// Stamps name and version, at instantiation and after a migration.
///
/// # Errors
/// [`VersionError::Stamp`].
pub fn stamp(storage: &mut dyn Storage, name: &str, version: &str) -> Result<(), VersionError> {
    cw2::set_contract_version(storage, name, version).map_err(|_| VersionError::Stamp)
}

/// Passes when the store belongs to `name` at a version older than `version`, then stamps it.
/// Returns the version found.
///
/// # Errors
/// [`VersionError`], one variant per reason.
pub fn check_upgrade(
    storage: &mut dyn Storage,
    name: &str,
    version: &str,
) -> Result<String, VersionError> {
    let stamped = storage
        .get(CONTRACT.as_slice())
        .ok_or(VersionError::Stamp)?;
    let found: ContractVersion = message::read(&stamped).map_err(|_| VersionError::Stamp)?;
    if found.contract != name {
        return Err(VersionError::Contract {
            expected: name.to_owned(),
            found: found.contract,
        });
    }
    if parse(&found.version)? >= parse(version)? {
        return Err(VersionError::NotNewer {
            from: found.version,
            to: version.to_owned(),
        });
    }
    stamp(storage, name, version)?;
    Ok(found.version)
}

fn parse(version: &str) -> Result<[u32; 3], VersionError> {
    let malformed = || VersionError::Malformed {
        version: version.to_owned(),
    };
    let parts: Result<Vec<u32>, _> = version.split('.').map(str::parse).collect();
    parts
        .ok()
        .and_then(|parts| parts.try_into().ok())
        .ok_or_else(malformed)
}

#[cfg(test)]
mod tests {
    use cosmwasm_std::testing::MockStorage;

    use super::*;

    #[test]
    fn attack_risk_38_only_the_same_contract_moves_forward() {
        let mut store = MockStorage::new();
        assert_eq!(
            check_upgrade(&mut store, "a", "0.2.0"),
            Err(VersionError::Stamp)
        );
        stamp(&mut store, "a", "0.1.10").unwrap();
        assert!(matches!(
            check_upgrade(&mut store, "b", "0.2.0"),
            Err(VersionError::Contract { .. })
        ));
        assert!(matches!(
            check_upgrade(&mut store, "a", "0.1.10"),
            Err(VersionError::NotNewer { .. })
        ));
        assert!(matches!(
            check_upgrade(&mut store, "a", "0.1.9"),
            Err(VersionError::NotNewer { .. })
        ));
        assert!(matches!(
            check_upgrade(&mut store, "a", "0.2"),
            Err(VersionError::Malformed { .. })
        ));
        assert_eq!(check_upgrade(&mut store, "a", "0.2.0").unwrap(), "0.1.10");
        assert!(check_upgrade(&mut store, "a", "0.2.0").is_err());
    }
}
