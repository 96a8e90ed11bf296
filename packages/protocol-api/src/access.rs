//! Permissions as data: which message who may send.
//!
//! Every contract module has a table `ACCESS: &[(&str, Role)]` with one row per execute message.
//! The gates of engine, oracle and liquidation read that table for the roles that need no account; each message decides about the
//! accounts and offers that it names. `docs/access.md` is printed from it, and tests send every message in every role.

use std::fmt::Write as _;

/// Who may send a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// Anybody; the message proves itself or only moves what is due.
    Anyone,
    /// The owner of the contract.
    Owner,
    /// The address the ownership was offered to.
    PendingOwner,
    /// The guardian, who can only tighten, and only for a while.
    Guardian,
    /// Anybody who carries the signatures of a quorum.
    Quorum,
    /// The owner of the account named in the message.
    AccountOwner,
    /// The account's owner or a live delegate with the scope of the message.
    AccountDelegate,
    /// The account's owner or a live delegate with the scope of the message; anybody while the account is late
    /// with a debt, or owes and is below maintenance.
    AccountDelegateOrDebtor,
    /// A venue the owner authorised and the accounts admitted.
    Venue,
    /// Another contract of the protocol, named in the configuration.
    Protocol,
}

impl Role {
    /// The words used in `docs/access.md`.
    #[must_use]
    pub const fn describe(self) -> &'static str {
        match self {
            Self::Anyone => "anyone",
            Self::Owner => "owner",
            Self::PendingOwner => "proposed owner",
            Self::Guardian => "guardian (only tightens, expires by itself)",
            Self::Quorum => "anyone with the signatures of a quorum",
            Self::AccountOwner => "owner of the account",
            Self::AccountDelegate => "owner of the account or a delegate with the scope",
            Self::AccountDelegateOrDebtor => {
                "owner of the account or a delegate with the scope; anyone while it is late with a debt, or owes and is below maintenance"
            }
            Self::Venue => "venue authorised by the owner and admitted by the accounts",
            Self::Protocol => "contract of the protocol named in the configuration",
        }
    }
}

/// The row of a message in a table; a message without a row may be sent by nobody.
#[must_use]
pub fn role(table: &[(&str, Role)], message: &str) -> Option<Role> {
    table
        .iter()
        .find(|(name, _)| *name == message)
        .map(|(_, role)| *role)
}

/// One section of `docs/access.md`.
#[must_use]
pub fn section(contract: &str, table: &[(&str, Role)]) -> String {
    let mut out = format!("## {contract}\n\n| message | who may send it |\n|---|---|\n");
    for (message, role) in table {
        let _ = writeln!(out, "| `{message}` | {} |", role.describe());
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    const TABLE: &[(&str, Role)] = &[("open", Role::Anyone), ("set", Role::Owner)];

    #[test]
    fn a_message_without_a_row_has_no_role() {
        assert_eq!(role(TABLE, "set"), Some(Role::Owner));
        assert_eq!(role(TABLE, "close"), None);
    }

    #[test]
    fn sections_print_one_row_per_message() {
        let page = section("thing", TABLE);
        assert!(page.starts_with("## thing\n"));
        assert!(page.ends_with("| `open` | anyone |\n| `set` | owner |\n"));
    }
}
