//! Why messages of a life may be refused: each kind of them for reasons that its sender can act on. A code that is not here
//! (a record that cannot be read, a sum that overflows, a ledger that does not balance, a price out of range, a chain's own
//! error) cannot come of a sound state.

use wasm_chain::ChainError;

/// Kinds of messages and the codes that they may be refused with.
const REFUSALS: [(&str, &[&str]); 21] = [
    // Without a taker a step needs an account and prices, and nothing else.
    (
        "step",
        &[
            "E_ENGINE_NO_ACCOUNT",
            "E_ENGINE_NO_PRICE",
            "E_LIQUIDATION_BIDS",
        ],
    ),
    (
        "take",
        &[
            "E_ENGINE_NO_ACCOUNT",
            "E_ENGINE_NO_PRICE",
            "E_LIQUIDATION_BIDS",
            "E_ENGINE_CONSENT",
            "E_ENGINE_FINGERPRINT",
            "E_ENGINE_NOT_TAKEN",
            "E_ENGINE_SELF_TRADE",
            "E_ENGINE_MARGIN",
            "E_ENGINE_REDUCE_ONLY",
            "E_ENGINE_DEBTOR",
            "E_ENGINE_GAINS",
            "E_ENGINE_VENUE",
        ],
    ),
    (
        "take_backstop",
        &[
            "E_ENGINE_NO_ACCOUNT",
            "E_ENGINE_NO_PRICE",
            "E_ENGINE_NOT_TAKEN",
            "E_ENGINE_MARGIN",
            "E_ENGINE_REDUCE_ONLY",
            "E_ENGINE_DEBTOR",
            "E_ENGINE_GAINS",
            "E_ENGINE_SELF_TRADE",
            "E_LIQUIDATION_NOT_CRITICAL",
            "E_LIQUIDATION_NO_BACKSTOP",
            "E_LIQUIDATION_OTHER_MARKET",
        ],
    ),
    (
        "nominate",
        &[
            "E_ENGINE_NO_ACCOUNT",
            "E_ENGINE_NO_PRICE",
            "E_ENGINE_NO_DELEVERAGE",
            "E_LIQUIDATION_NOMINEES",
            "E_LIQUIDATION_NO_AUCTION",
            "E_LIQUIDATION_NO_NOMINEE",
        ],
    ),
    (
        "deleverage",
        &[
            "E_ENGINE_NO_PRICE",
            "E_ENGINE_NO_DELEVERAGE",
            "E_LIQUIDATION_NO_AUCTION",
            "E_LIQUIDATION_NO_NOMINEE",
            "E_LIQUIDATION_UNRIPE",
        ],
    ),
    (
        "place_bid",
        &[
            "E_ENGINE_CASH",
            "E_ENGINE_DEBTOR",
            "E_ENGINE_GAINS",
            "E_ENGINE_MARGIN",
            "E_ENGINE_NO_PRICE",
            "E_ENGINE_SHORTFALL",
            "E_ENGINE_VENUE",
            "E_ENGINE_CONSENT",
            "E_LIQUIDATION_BID_EXISTS",
            "E_LIQUIDATION_BUDGET",
            "E_LIQUIDATION_REWARD",
            "E_LIQUIDATION_TOO_MANY_BIDS",
        ],
    ),
    (
        "withdraw_bid",
        &["E_LIQUIDATION_NO_BID", "E_LIQUIDATION_UNAUTHORIZED"],
    ),
    (
        "create_backstop",
        &["E_LIQUIDATION_BACKSTOP_EXISTS", "E_LIQUIDATION_NOT_QUOTE"],
    ),
    (
        "deposit_backstop",
        &[
            "E_LIQUIDATION_BACKSTOP_BUSY",
            "E_LIQUIDATION_NO_BACKSTOP",
            "E_LIQUIDATION_NO_PRICE",
            "E_LIQUIDATION_NOTHING",
            "E_LIQUIDATION_SHORTFALL",
            "E_LIQUIDATION_UNCOLLECTED",
            "E_LIQUIDATION_UNCOUNTED",
            "E_LIQUIDATION_WITHHELD",
        ],
    ),
    (
        "withdraw_backstop",
        &[
            "E_ENGINE_CASH",
            "E_LIQUIDATION_BACKSTOP_BUSY",
            "E_LIQUIDATION_NO_BACKSTOP",
            "E_LIQUIDATION_NOTHING",
            "E_LIQUIDATION_SHARES",
            "E_LIQUIDATION_SHORTFALL",
            "E_LIQUIDATION_UNCOLLECTED",
            "E_LIQUIDATION_UNCOUNTED",
        ],
    ),
    (
        "cover_debt",
        &[
            "E_ENGINE_ALIVE",
            "E_ENGINE_NOTHING_DUE",
            "E_ENGINE_NO_ACCOUNT",
            "E_ENGINE_NO_PRICE",
        ],
    ),
    (
        "share_loss",
        &["E_ENGINE_NOTHING_DUE", "E_ENGINE_NO_ACCOUNT"],
    ),
    (
        "buy_collateral",
        &[
            "E_ENGINE_DEBTOR",
            "E_ENGINE_GAINS",
            "E_ENGINE_MARGIN",
            "E_ENGINE_NO_ACCOUNT",
            "E_ENGINE_NO_PRICE",
            "E_ENGINE_NO_SALE",
            "E_ENGINE_REDUCE_ONLY",
            "E_ENGINE_SELF_TRADE",
            // Its account is an estate.
            "E_ENGINE_UNAUTHORIZED",
        ],
    ),
    ("fund_insurance", &[]),
    ("claim_queued", &["E_ENGINE_NOTHING_DUE"]),
    ("settle", &["E_ENGINE_LIST", "E_ENGINE_NO_ACCOUNT"]),
    ("fix", &["E_FIXING_DONE", "E_FIXING_EARLY", "E_FIXING_OPEN"]),
    (
        "take over",
        &["E_ENGINE_ALREADY_FIXED", "E_ENGINE_NOT_FIXED"],
    ),
    ("deposit", &["E_ENGINE_GIFT"]),
    (
        "withdraw",
        &[
            "E_ENGINE_CASH",
            "E_ENGINE_DEBTOR",
            "E_ENGINE_GAINS",
            "E_ENGINE_LIST",
            "E_ENGINE_MARGIN",
            "E_ENGINE_NO_PRICE",
            "E_ENGINE_SHORTFALL",
            "E_ENGINE_UNAUTHORIZED",
        ],
    ),
    (
        "trade",
        &[
            "E_ENGINE_DEBT_CAP",
            "E_ENGINE_EXPIRED",
            "E_ENGINE_GAINS",
            "E_ENGINE_MARGIN",
            "E_ENGINE_NO_PRICE",
            "E_ENGINE_REDUCE_ONLY",
            "E_ENGINE_VENUE",
            "E_EXCHANGE_SIGNATURE",
            "E_EXCHANGE_UNAUTHORIZED",
            "E_ENGINE_CONSENT",
        ],
    ),
];

/// The code of a refusal, which must be one that such a message may have.
pub fn typed(kind: &str, error: &ChainError) -> String {
    let code = error.code();
    let code = code.unwrap_or_else(|| panic!("{kind}: refused without a code: {error}"));
    let row = REFUSALS.iter().find(|(name, _)| *name == kind);
    let (_, codes) = row.unwrap_or_else(|| panic!("{kind}: never refused, and was: {error}"));
    assert!(codes.contains(&code), "{kind}: not a reason: {error}");
    code.to_owned()
}
