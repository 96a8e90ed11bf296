//! The exchange's messages and the quote text that makers sign (docs/spec/exchange.md).

use std::fmt::Write as _;

use cosmwasm_schema::{QueryResponses, cw_serde};
use cosmwasm_std::{Binary, Int128, Uint64, Uint128};

use crate::access::Role;
use crate::engine::AccountId;

mod events;
pub use events::*;

/// Most legs in one quote.
pub const MAX_QUOTE_LEGS: usize = 16;
/// Most quotes in one `TakeQuotes`.
pub const MAX_QUOTES: usize = 8;
/// Most disjoint cancelled ranges kept per account above its floor.
pub const MAX_CANCELLED_RANGES: usize = 16;
/// A nonce lies less than this above the account's floor, the first nonce not cancelled from below: what one owner cancels
/// leaves numbers to the next, and a quote that could not be cancelled cannot be taken.
pub const NONCE_REACH: u64 = 1 << 48;
/// Most nonces in one `PruneQuotes`.
pub const MAX_PRUNED: usize = 100;

/// Sets the exchange up.
#[cw_serde]
pub struct InstantiateMsg {
    /// The margin engine that settles the fills; never changes.
    pub engine: String,
}

/// What one may ask the exchange to do.
#[cw_serde]
pub enum ExecuteMsg {
    /// Takes signed quotes, cheapest first, all legs or none. The engine requires the sender to be the owner or a trading delegate of `account`.
    TakeQuotes(TakeQuotes),
    /// Cancels every nonce in `[from, to]` of the account's quotes. Owner or trading delegate.
    CancelQuotes {
        /// The maker's account.
        account: AccountId,
        /// First nonce cancelled.
        from: Uint64,
        /// Last nonce cancelled; less than [`NONCE_REACH`] above the floor.
        to: Uint64,
    },
    /// Removes fill records of cancelled quotes. Anyone.
    PruneQuotes {
        /// The maker's account.
        account: AccountId,
        /// At most [`MAX_PRUNED`] nonces.
        nonces: Vec<Uint64>,
    },
}

/// A taker's order against signed quotes.
#[cw_serde]
pub struct TakeQuotes {
    /// The taker's account.
    pub account: AccountId,
    /// One to [`MAX_QUOTES`] quotes for the same legs.
    pub quotes: Vec<SignedQuote>,
    /// Most lots wanted.
    pub lots: Uint64,
    /// Fewest lots accepted; fewer left fails the call. The limit lessens nothing: it holds or the call fails.
    pub min_lots: Uint64,
    /// Most the taker pays per lot on average, in signed ticks of price, fees beside; negative: least he receives.
    pub limit: Int128,
    /// Highest fee per lot the taker pays, in base units of the settlement coin.
    pub max_fee_per_lot: Uint128,
    /// True: all fills together must reduce the taker's risk, whatever his margin.
    pub reduce_only: bool,
}

/// A quote and the proof of who made it.
#[cw_serde]
pub struct SignedQuote {
    /// The terms.
    pub quote: Quote,
    /// The maker's signature over [`Quote::text`].
    pub signature: Signature,
}

/// A secp256k1 signature, compact 64 bytes, s in the lower half; the key compressed, 33 bytes.
#[cw_serde]
pub enum Signature {
    /// Over SHA-256 of the quote's text; the key is a delegate of the account.
    Direct {
        /// The signing key, compressed.
        public_key: Binary,
        /// r and s.
        signature: Binary,
    },
    /// Over SHA-256 of the ADR-036 document that carries the text; the key's address is the owner or a delegate.
    Adr036 {
        /// The wallet's key, compressed.
        public_key: Binary,
        /// r and s.
        signature: Binary,
    },
}

/// A maker's offer to trade up to `lots` times the legs.
#[cw_serde]
pub struct Quote {
    /// The maker's account.
    pub account: AccountId,
    /// Names the quote among the account's quotes; less than [`NONCE_REACH`] above the account's floor.
    pub nonce: Uint64,
    /// Unix seconds; takeable while block time is before it.
    pub expires_at: u64,
    /// The only account that may take it; `None`: anyone.
    pub taker: Option<AccountId>,
    /// Lots offered in all.
    pub lots: Uint64,
    /// Highest fee per lot the maker pays, in base units of the settlement coin.
    pub max_fee_per_lot: Uint128,
    /// One to [`MAX_QUOTE_LEGS`] legs of one market.
    pub legs: Vec<QuoteLeg>,
}

/// One leg of a quote, from the maker's side.
#[cw_serde]
pub struct QuoteLeg {
    /// Name of the series, such as `BTC-25DEC26-100000-C`.
    pub series: String,
    /// Quantity units per lot; positive: the maker buys.
    pub ratio: i64,
    /// Price in ticks of the market.
    pub price: i64,
}

impl Quote {
    /// The text that is signed, bound to a chain and an exchange (docs/spec/exchange.md, "What is signed").
    ///
    /// ```
    /// use cosmwasm_std::{Uint64, Uint128};
    /// use protocol_api::exchange::{Quote, QuoteLeg};
    /// let quote = Quote {
    ///     account: 7,
    ///     nonce: Uint64::new(42),
    ///     expires_at: 1_766_649_600,
    ///     taker: None,
    ///     lots: Uint64::new(3),
    ///     max_fee_per_lot: Uint128::new(5_000),
    ///     legs: vec![QuoteLeg { series: "BTC-25DEC26-100000-C".into(), ratio: -2, price: 520 }],
    /// };
    /// assert!(quote.text("optio-1", "optio1xyz").ends_with("\nsell 2 x BTC-25DEC26-100000-C @ 520\n"));
    /// ```
    pub fn text(&self, chain_id: &str, exchange: &str) -> String {
        let taker = self.taker.map_or("any".to_string(), |t| t.to_string());
        let mut text = format!(
            "Optio quote 1\nchain {chain_id}\nexchange {exchange}\naccount {}\nnonce {}\nexpires {}\ntaker {taker}\nlots {}\nmax fee per lot {}\n",
            self.account, self.nonce, self.expires_at, self.lots, self.max_fee_per_lot,
        );
        for leg in &self.legs {
            let side = if leg.ratio > 0 { "buy" } else { "sell" };
            // Writing to a String cannot fail.
            let _ = writeln!(
                text,
                "{side} {} x {} @ {}",
                leg.ratio.unsigned_abs(),
                leg.series,
                leg.price
            );
        }
        text
    }
}

/// The ADR-036 document a wallet signs for `text`: keys sorted, no white space.
///
/// `signer` is the bech32 address of the signing key.
pub fn adr036_document(signer: &str, text: &str) -> String {
    let data = Binary::from(text.as_bytes()).to_base64();
    format!(
        concat!(
            r#"{{"account_number":"0","chain_id":"","fee":{{"amount":[],"gas":"0"}},"memo":"","#,
            r#""msgs":[{{"type":"sign/MsgSignData","value":{{"data":"{data}","signer":"{signer}"}}}}],"sequence":"0"}}"#
        ),
        data = data,
        signer = signer,
    )
}

/// Takes nothing.
#[cw_serde]
pub struct MigrateMsg {}

/// What one may ask the exchange.
#[cw_serde]
#[derive(QueryResponses)]
pub enum QueryMsg {
    /// The engine that settles the fills.
    #[returns(ConfigResponse)]
    Config {},
    /// How much of a quote is filled and whether it is cancelled.
    #[returns(QuoteStatusResponse)]
    QuoteStatus {
        /// The maker's account.
        account: AccountId,
        /// The quote's nonce.
        nonce: Uint64,
    },
    /// Cancelled nonces of an account.
    #[returns(CancelledResponse)]
    Cancelled {
        /// The maker's account.
        account: AccountId,
    },
    /// The text to sign for a quote on this chain and exchange.
    #[returns(QuoteTextResponse)]
    QuoteText {
        /// The quote.
        quote: Quote,
    },
    /// What `TakeQuotes` would send to the engine; all checks but the engine's.
    #[returns(PreviewResponse)]
    Preview {
        /// The order.
        order: TakeQuotes,
    },
}

/// Answer to [`QueryMsg::Config`].
#[cw_serde]
pub struct ConfigResponse {
    /// The margin engine.
    pub engine: String,
}

/// Answer to [`QueryMsg::QuoteStatus`].
#[cw_serde]
pub struct QuoteStatusResponse {
    /// Lots filled so far (0 after the record was pruned).
    pub filled: Uint64,
    /// True when the nonce is cancelled.
    pub cancelled: bool,
}

/// Answer to [`QueryMsg::Cancelled`].
#[cw_serde]
pub struct CancelledResponse {
    /// Every nonce below this is cancelled, and none from [`NONCE_REACH`] above it on can be used yet.
    pub floor: Uint64,
    /// Further cancelled ranges, ascending.
    pub ranges: Vec<NonceRange>,
}

/// Nonces in a row.
#[cw_serde]
pub struct NonceRange {
    /// The first one.
    pub from: Uint64,
    /// The last one.
    pub to: Uint64,
}

/// Answer to [`QueryMsg::QuoteText`].
#[cw_serde]
pub struct QuoteTextResponse {
    /// The text that makers sign.
    pub text: String,
    /// SHA-256 of the text.
    pub digest: Binary,
}

/// Answer to [`QueryMsg::Preview`].
#[cw_serde]
pub struct PreviewResponse {
    /// Lots taken from each quote, in the order given.
    pub taken: Vec<Uint64>,
    /// Ticks of price times lots that the taker buys, net; negative: sells. A future moves its price less the reference.
    pub cost: Int128,
}

/// Who may send each message. For the first two the engine decides: `TakeQuotes` names the sender as the taker's
/// consent, `CancelQuotes` asks.
pub const ACCESS: &[(&str, Role)] = &[
    ("take_quotes", Role::AccountDelegate),
    ("cancel_quotes", Role::AccountDelegate),
    ("prune_quotes", Role::Anyone),
];

impl ExecuteMsg {
    /// The name of the message, as in [`ACCESS`] and on the wire.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::TakeQuotes(_) => "take_quotes",
            Self::CancelQuotes { .. } => "cancel_quotes",
            Self::PruneQuotes { .. } => "prune_quotes",
        }
    }
}
