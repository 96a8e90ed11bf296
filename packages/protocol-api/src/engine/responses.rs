//! What the engine answers.

use cosmwasm_schema::cw_serde;
use cosmwasm_std::{Coin, Decimal, Int64, Int128, SignedDecimal, Uint64, Uint128};

use super::{
    AccountId, Calendar, CoinTerms, Delegate, EngineParams, FixingTerms, MarketParams, MarketStyle,
    PauseAction, SeriesKind,
};
use crate::Scheduled;
use crate::governance::Offer;

/// Answer to `Config`.
#[cw_serde]
pub struct ConfigResponse {
    /// The owner.
    pub owner: String,
    /// The open offer of ownership.
    pub offer: Option<Offer>,
    /// The guardian.
    pub guardian: Option<String>,
    /// The oracle adapter.
    pub oracle: String,
    /// The account that collects fees.
    pub treasury: Option<AccountId>,
    /// The liquidation contract.
    pub liquidator: Option<String>,
    /// Engine-wide parameters.
    pub params: Scheduled<EngineParams>,
    /// How long a raised cap waits, and then grows, seconds.
    pub cap_ramp: u64,
    /// Actions paused now.
    pub paused: Vec<PauseAction>,
    /// Until when, unix seconds.
    pub paused_until: u64,
    /// The number the next account gets.
    pub next_account: AccountId,
}

/// A collateral coin.
#[cw_serde]
pub struct CoinView {
    /// Its number; 0 is the quote coin.
    pub id: u16,
    /// Bank denomination.
    pub denom: String,
    /// The feed that prices it; absent for the quote coin.
    pub underlying: Option<u16>,
    /// Base units per 1.0 as a power of ten.
    pub decimals: u8,
    /// Most the engine accepts now, base units: a raised cap waits and grows.
    pub accepted: Uint128,
    /// Weights and caps.
    pub terms: Scheduled<CoinTerms>,
}

/// Answer to `Coins`.
#[cw_serde]
pub struct CoinsResponse {
    /// By number.
    pub coins: Vec<CoinView>,
}

/// A market's terms.
#[cw_serde]
pub struct MarketResponse {
    /// Its number.
    pub id: u16,
    /// Its symbol.
    pub symbol: String,
    /// The underlying (oracle feed).
    pub underlying: u16,
    /// The coin it settles in.
    pub settle_denom: String,
    /// Linear or inverse.
    pub style: MarketStyle,
    /// Underlying per quantity unit.
    pub unit: Decimal,
    /// Price tick.
    pub tick: Decimal,
    /// Settlement base units per quantity unit per 1.0 of price.
    pub multiplier: Uint64,
    /// Settlement base units per quantity unit per tick.
    pub tick_value: Uint64,
    /// Step of the strike grid, USD.
    pub strike_step: Decimal,
    /// What a digital pays per underlying, USD.
    pub digital_payout: Decimal,
    /// Which expiries anyone may list.
    pub calendar: Calendar,
    /// Fixing terms that new expiries take.
    pub fixing: FixingTerms,
    /// Fees and caps.
    pub params: Scheduled<MarketParams>,
}

/// Answer to `Markets`.
#[cw_serde]
pub struct MarketsResponse {
    /// By number.
    pub markets: Vec<MarketResponse>,
}

/// An expiry of a market.
#[cw_serde]
pub struct ExpiryView {
    /// Unix seconds.
    pub expiry: u64,
    /// Series listed.
    pub series: u16,
    /// How its settlement price is observed.
    pub fixing: FixingTerms,
    /// The settlement price, USD, once fixed.
    pub settlement_price: Option<Decimal>,
}

/// Answer to `Expiries`.
#[cw_serde]
pub struct ExpiriesResponse {
    /// In time order.
    pub expiries: Vec<ExpiryView>,
}

/// Answer to `Series`.
#[cw_serde]
pub struct SeriesResponse {
    /// Canonical name.
    pub series: String,
    /// The market's symbol.
    pub market: String,
    /// Unix seconds.
    pub expiry: u64,
    /// What it pays.
    pub kind: SeriesKind,
    /// Strike or reference price, USD.
    pub strike: Decimal,
    /// Sum of long quantities, quantity units.
    pub open_interest: Uint64,
    /// Payoff per quantity unit in base units of the settlement coin, once fixed.
    pub payoff: Option<Int128>,
    /// Net quantity not yet settled; zero before the fixing.
    pub unsettled: Int64,
}

/// Answer to `SeriesPage`.
#[cw_serde]
pub struct SeriesPageResponse {
    /// By expiry, strike and kind.
    pub series: Vec<SeriesResponse>,
}

/// A leg of an account.
#[cw_serde]
pub struct LegView {
    /// Canonical name.
    pub series: String,
    /// Signed quantity units.
    pub quantity: Int64,
}

/// Cash of an account in one coin.
#[cw_serde]
pub struct CashView {
    /// Bank denomination.
    pub denom: String,
    /// Signed base units, interest up to now included.
    pub amount: Int128,
    /// Since when the cash has been negative, unix seconds: in the mean of its units.
    pub debt_since: Option<u64>,
    /// Whether it has been owed for as long as the grace of debts.
    pub late: bool,
}

/// Profit of an account in one market.
#[cw_serde]
pub struct ProfitView {
    /// The market's symbol.
    pub market: String,
    /// Premium, fees and settlements so far, signed base units of its settlement coin.
    pub realized: Int128,
    /// Of its gains, withheld until a round that shares the market's loss ends.
    pub withheld: Uint128,
}

/// Answer to `Account`.
#[cw_serde]
pub struct AccountResponse {
    /// Its number.
    pub account: AccountId,
    /// Its owner.
    pub owner: String,
    /// Its open offer.
    pub offer: Option<Offer>,
    /// Cash by coin.
    pub cash: Vec<CashView>,
    /// Legs by market, expiry, strike and kind.
    pub legs: Vec<LegView>,
    /// Signed sums by market.
    pub profits: Vec<ProfitView>,
    /// Base units of the quote coin that its standing bids hold in escrow.
    pub escrow: Uint128,
}

/// Answer to `Accounts` and `AccountsByOwner`.
#[cw_serde]
pub struct AccountsResponse {
    /// By number.
    pub accounts: Vec<AccountResponse>,
}

/// Answer to `Delegates`.
#[cw_serde]
pub struct DelegatesResponse {
    /// The owner.
    pub owner: String,
    /// Delegates, lapsed ones included until they are replaced.
    pub delegates: Vec<Delegate>,
    /// Venues the account admits.
    pub venues: Vec<String>,
}

/// What one leg is worth, quote-coin base units for the whole signed quantity.
#[cw_serde]
pub struct LegValue {
    /// Canonical name.
    pub series: String,
    /// Signed quantity units.
    pub quantity: Int64,
    /// At mark.
    pub mark: Int128,
    /// In the pricing that decides the maintenance test.
    pub worst: Int128,
}

/// Answer to `Health`: all amounts in base units of the quote coin.
#[cw_serde]
pub struct HealthResponse {
    /// The account.
    pub account: AccountId,
    /// Cash and legs at mark, no haircut; absent where a price is missing.
    pub equity: Option<Int128>,
    /// Maintenance margin = equity - maintenance surplus.
    pub maintenance_margin: Option<Uint128>,
    /// Initial margin = equity - initial surplus.
    pub initial_margin: Option<Uint128>,
    /// Liquidation is decided by `< 0`.
    pub maintenance_surplus: Option<Int128>,
    /// Opening and withdrawing need `>= 0`, and a book below the limit on size.
    pub initial_surplus: Option<Int128>,
    /// equity / maintenance margin; absent without margin.
    pub health: Option<SignedDecimal>,
    /// Exact integer test that needs no price.
    pub covered: bool,
    /// Some cash is negative: the account may only reduce.
    pub debtor: bool,
    /// Name of the pricing that decides.
    pub worst: Option<String>,
    /// What each leg is worth.
    pub legs: Vec<LegValue>,
}

/// Covered surplus of one settlement coin.
#[cw_serde]
pub struct CoveredCoin {
    /// Bank denomination.
    pub denom: String,
    /// Lowest of cash and cash + L_1 + ... + L_e over all expiries; absent: unbounded loss.
    pub surplus: Option<Int128>,
}

/// Answer to `Covered`.
#[cw_serde]
pub struct CoveredResponse {
    /// Whether every coin's surplus is non-negative.
    pub covered: bool,
    /// By coin.
    pub coins: Vec<CoveredCoin>,
}

/// Why a simulation would pass or fail for one account.
#[cw_serde]
pub struct SimulatedAccount {
    /// The account.
    pub account: AccountId,
    /// Total fees, base units of the settlement coin.
    pub fee: Uint128,
    /// Signed premium received, base units of the settlement coin.
    pub premium: Int128,
    /// Covered after the fills.
    pub covered: bool,
    /// The reducing rule holds.
    pub reducing: bool,
    /// Initial surplus after the fills, quote-coin base units; absent where a price is missing.
    pub initial_surplus: Option<Int128>,
}

/// Answer to `SimulateFills`.
#[cw_serde]
pub struct SimulateFillsResponse {
    /// Why it would fail; absent: it would pass.
    pub error: Option<String>,
    /// What would happen to each account, as far as it got.
    pub accounts: Vec<SimulatedAccount>,
}

/// Answer to `SimulateWithdraw`.
#[cw_serde]
pub struct SimulateWithdrawResponse {
    /// Why it would fail; absent: it would pass.
    pub error: Option<String>,
    /// What would be paid at once.
    pub paid: Vec<Coin>,
    /// What would wait in the queue.
    pub queued: Vec<Coin>,
}

/// The ledger of one coin, always: `held` = cash + fees + reserved + insurance + escrow + withheld - lost + interest
/// + unsettled.
#[cw_serde]
pub struct LedgerCoin {
    /// Bank denomination.
    pub denom: String,
    /// Coins that came in less coins that went out by the engine's own messages.
    pub held: Uint128,
    /// What the bank module says the engine has; at least `held` (donations are outside).
    pub bank: Uint128,
    /// Signed cash of all accounts.
    pub cash: Int128,
    /// Negative cash of all accounts, positive.
    pub debt: Uint128,
    /// Withdrawals waiting in the queue or allotted and not yet claimed.
    pub reserved: Uint128,
    /// Insurance.
    pub insurance: Uint128,
    /// Gains withheld while a loss is shared, and not yet given back.
    pub withheld: Uint128,
    /// Losses written off and not yet paid by anyone: below zero in the sum.
    pub lost: Uint128,
    /// Fees not yet collected by the treasury account.
    pub fees: Uint128,
    /// Escrow.
    pub escrow: Uint128,
    /// Interest charged to debtors less what positive accounts took: below zero while these were counted first, never
    /// once everybody is.
    pub interest: Int128,
    /// Over fixed series, payoff x net quantity not yet settled.
    pub unsettled: Int128,
    /// Over fixed series, what is paid to who gained and not yet collected from who lost: as much of gains stays; no term of `held`.
    pub uncollected: Uint128,
}

/// Answer to `Ledger`.
#[cw_serde]
pub struct LedgerResponse {
    /// By coin number.
    pub coins: Vec<LedgerCoin>,
}

/// Answer to `Queue`.
#[cw_serde]
pub struct QueueResponse {
    /// Still to be allotted over all claims.
    pub waiting: Uint128,
    /// Allotted and not yet claimed.
    pub allotted: Uint128,
    /// What of the claim still waits.
    pub own_waiting: Uint128,
    /// What of it `ClaimQueued` pays now.
    pub own_claimable: Uint128,
}

/// Answer to `Venue`.
#[cw_serde]
pub struct VenueResponse {
    /// Whether it is authorised.
    pub authorized: bool,
}

/// Answer to `Venues`.
#[cw_serde]
pub struct VenuesResponse {
    /// By address.
    pub venues: Vec<String>,
}

/// Answer to `Authorized`.
#[cw_serde]
pub struct AuthorizedResponse {
    /// True when the party may act now.
    pub authorized: bool,
}
