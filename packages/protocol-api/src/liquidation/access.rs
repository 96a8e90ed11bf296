//! Who may send which message; the contract's gate reads this table.

use crate::access::Role;

/// One row per message. Whether a sender may bid for an account, the engine decides.
pub const ACCESS: &[(&str, Role)] = &[
    ("liquidate", Role::Anyone),
    ("place_bid", Role::AccountDelegate),
    ("withdraw_bid", Role::AccountDelegateOrDebtor),
    ("deposit_backstop", Role::Anyone),
    ("withdraw_backstop", Role::Anyone),
    ("take_backstop", Role::Anyone),
    ("nominate", Role::Anyone),
    ("deleverage", Role::Anyone),
    ("create_backstop", Role::Owner),
    ("set_terms", Role::Owner),
    ("propose_owner", Role::Owner),
    ("cancel_owner_proposal", Role::Owner),
    ("accept_owner", Role::PendingOwner),
];
