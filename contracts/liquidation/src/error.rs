//! Why the contract refuses: one variant per reason a caller can act on.

use cosmwasm_std::StdError;
use protocol_api::engine::MAX_TAKERS;
use protocol_api::liquidation::{MAX_GROUP_MARKETS, MAX_NOMINEES, SLOT_GRID};
use protocol_std::binary::StoreError;
use protocol_std::funds::FundsError;
use protocol_std::ownership::OwnershipError;
use protocol_std::version::VersionError;
use thiserror::Error;

/// The contract's errors; each message starts with a stable code.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum ContractError {
    /// The sender may not do this.
    #[error("E_LIQUIDATION_UNAUTHORIZED: the sender may not do this")]
    Unauthorized,
    /// A term outside its hard range.
    #[error("E_LIQUIDATION_RANGE: `{field}` is outside its hard range")]
    Range {
        /// The field.
        field: &'static str,
    },
    /// A slot that is not on the grid all slots share.
    #[error("E_LIQUIDATION_SLOT_GRID: a slot is a multiple of {SLOT_GRID} parts per million")]
    SlotGrid,
    /// A time that is not in its range.
    #[error("E_LIQUIDATION_TIME: `effective_at` must lie in {earliest} to {latest}")]
    Time {
        /// First second allowed.
        earliest: u64,
        /// Last second allowed.
        latest: u64,
    },
    /// A reward that is no slot between the schedule's start and end.
    #[error("E_LIQUIDATION_REWARD: a reward is a multiple of {slot} from {lowest} to {highest}")]
    Reward {
        /// Width of a slot.
        slot: u32,
        /// The schedule's start.
        lowest: i32,
        /// The schedule's end.
        highest: i32,
    },
    /// A number of standing bids that no step looks at.
    #[error(
        "E_LIQUIDATION_BIDS: a step looks at 1 to {MAX_TAKERS} bids, beside a taker always at all it has room for"
    )]
    Bids,
    /// A budget below the least one.
    #[error("E_LIQUIDATION_BUDGET: a budget is at least {least}")]
    Budget {
        /// The least budget.
        least: u128,
    },
    /// The account has as many bids as it may.
    #[error("E_LIQUIDATION_TOO_MANY_BIDS: account {account} may have {most} bids")]
    TooManyBids {
        /// The bidder's account.
        account: u64,
        /// How many it may have.
        most: u32,
    },
    /// The account bids at this reward already.
    #[error("E_LIQUIDATION_BID_EXISTS: account {account} bids at {reward} already")]
    BidExists {
        /// The bidder's account.
        account: u64,
        /// The reward.
        reward: i32,
    },
    /// There is no such bid.
    #[error("E_LIQUIDATION_NO_BID: account {account} has no bid at {reward}")]
    NoBid {
        /// The bidder's account.
        account: u64,
        /// The reward.
        reward: i32,
    },
    /// There is no such backstop.
    #[error("E_LIQUIDATION_NO_BACKSTOP: there is no backstop {group}")]
    NoBackstop {
        /// Its number.
        group: u16,
    },
    /// The number is taken.
    #[error("E_LIQUIDATION_BACKSTOP_EXISTS: backstop {group} exists already")]
    BackstopExists {
        /// Its number.
        group: u16,
    },
    /// Not one to sixteen distinct markets.
    #[error("E_LIQUIDATION_MARKETS: want 1 to {MAX_GROUP_MARKETS} distinct markets")]
    Markets,
    /// A market that does not settle in the quote coin.
    #[error("E_LIQUIDATION_NOT_QUOTE: `{market}` does not settle in the quote coin")]
    NotQuote {
        /// Its symbol.
        market: String,
    },
    /// The backstop holds a position or a debt.
    #[error("E_LIQUIDATION_BACKSTOP_BUSY: backstop {group} holds a position or a debt")]
    BackstopBusy {
        /// Its number.
        group: u16,
    },
    /// A market of the backstop is short of insurance for the deficits that were seen: its gains there may be needed.
    #[error(
        "E_LIQUIDATION_SHORTFALL: nobody joins or leaves backstop {group} while deficits exceed insurance"
    )]
    Shortfall {
        /// Its number.
        group: u16,
    },
    /// What the backstop bears of a market's loss, or gets back of it, is not booked yet.
    #[error("E_LIQUIDATION_UNCOUNTED: name account {account} in `ShareLoss` of `{market}` first")]
    Uncounted {
        /// The backstop's account.
        account: u64,
        /// The market's symbol.
        market: String,
    },
    /// Who lost what the backstop has gained is not settled yet, and may not be able to pay.
    #[error(
        "E_LIQUIDATION_UNCOLLECTED: losers of `{market}` are to be settled first: send the engine `SettleAccounts` or `SettlePage`"
    )]
    Uncollected {
        /// The market's symbol.
        market: String,
    },
    /// Gains of the backstop may yet be cut: who came now would pay for them in full.
    #[error(
        "E_LIQUIDATION_WITHHELD: gains of backstop {group} are withheld: name its account in `ShareLoss` once the loss is shared"
    )]
    Withheld {
        /// The backstop.
        group: u16,
    },
    /// The account is of a market that the backstop does not take.
    #[error("E_LIQUIDATION_OTHER_MARKET: backstop {group} takes nothing of market `{market}`")]
    OtherMarket {
        /// The backstop.
        group: u16,
        /// The market.
        market: String,
    },
    /// The account is neither critical nor insolvent.
    #[error("E_LIQUIDATION_NOT_CRITICAL: account {account} is neither critical nor insolvent")]
    NotCritical {
        /// The account.
        account: u64,
    },
    /// No auction of the account runs.
    #[error("E_LIQUIDATION_NO_AUCTION: no auction of account {account} runs")]
    NoAuction {
        /// The account.
        account: u64,
    },
    /// Not one to eight candidates.
    #[error("E_LIQUIDATION_NOMINEES: want 1 to {MAX_NOMINEES} candidates")]
    Nominees,
    /// Nobody stands nominated, or nobody named may be closed.
    #[error("E_LIQUIDATION_NO_NOMINEE: nobody who may be closed against account {account}")]
    NoNominee {
        /// The account.
        account: u64,
    },
    /// The time for nominations has not passed.
    #[error("E_LIQUIDATION_UNRIPE: account {account} takes nominations until {earliest}")]
    Unripe {
        /// The account.
        account: u64,
        /// From when it may be closed, unix seconds.
        earliest: u64,
    },
    /// Other coins of the backstop have no price, or an old one.
    #[error("E_LIQUIDATION_NO_PRICE: backstop {group} holds coins that have no fresh price")]
    NoPrice {
        /// The backstop.
        group: u16,
    },
    /// Too little for one share, or too few shares for one base unit.
    #[error("E_LIQUIDATION_NOTHING: that comes to nothing")]
    Nothing,
    /// More shares than the holder has.
    #[error("E_LIQUIDATION_SHARES: the sender has {held} shares")]
    Shares {
        /// What he has.
        held: u128,
    },
    /// An amount passes its integer type.
    #[error("E_LIQUIDATION_OVERFLOW: an amount is too large")]
    Overflow,
    /// The engine answered with something else than agreed.
    #[error("E_LIQUIDATION_ENGINE_ANSWER: the engine's answer cannot be read")]
    EngineAnswer,
    /// The coins sent along.
    #[error(transparent)]
    Funds(#[from] FundsError),
    /// Ownership.
    #[error(transparent)]
    Ownership(#[from] OwnershipError),
    /// A stored record.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The stored contract is another one, or not older.
    #[error(transparent)]
    Version(#[from] VersionError),
    /// The chain's or the engine's own error.
    #[error("E_LIQUIDATION_CHAIN: {0}")]
    Chain(String),
}

impl From<StdError> for ContractError {
    fn from(error: StdError) -> Self {
        Self::Chain(error.to_string())
    }
}
