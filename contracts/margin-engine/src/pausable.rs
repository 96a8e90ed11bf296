//! Pause bits. Who may send which message is `protocol_api::engine::ACCESS`.

use protocol_api::engine::PauseAction;

/// Fills that do not reduce.
pub const PAUSE_OPEN: u32 = 1;
/// Listing of series.
pub const PAUSE_LIST: u32 = 2;
/// New accounts, and deposits into accounts that owe nothing.
pub const PAUSE_DEPOSIT: u32 = 4;
/// Every bit there is. Reducing, settling, repaying, withdrawing have none.
pub const PAUSE_ALL: u32 = PAUSE_OPEN | PAUSE_LIST | PAUSE_DEPOSIT;

/// All that may be paused: the action, its bit, its name in events.
pub const PAUSABLE: [(PauseAction, u32, &str); 3] = [
    (PauseAction::Open, PAUSE_OPEN, "open"),
    (PauseAction::List, PAUSE_LIST, "list"),
    (PauseAction::Deposit, PAUSE_DEPOSIT, "deposit"),
];
