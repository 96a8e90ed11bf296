// Generated from schema/margin-engine.json (`scripts/schema`): do not edit.

import type * as chain from "./chain.js";

/** Answer to `Account`. */
export type AccountResponse = {
  /** Its number. */
  account: number;
  /** Cash by coin. */
  cash: CashView[];
  /** Base units of the quote coin that its standing bids hold in escrow. */
  escrow: Uint128;
  /** Legs by market, expiry, strike and kind. */
  legs: LegView[];
  /** Its open offer. */
  offer?: Offer | null;
  /** Its owner. */
  owner: string;
  /** Signed sums by market. */
  profits: ProfitView[];
};

/** Answer to `Accounts` and `AccountsByOwner`. */
export type AccountsResponse = {
  /** By number. */
  accounts: AccountResponse[];
};

/** An auction as the liquidation contract keeps it. */
export type AuctionStart = {
  /** Its clock, unix seconds: now less its age. */
  at: number;
  /** Publish time of the newest price that was seen when it began, unix seconds. */
  price_time: number;
};

/** Answer to `Authorized`. */
export type AuthorizedResponse = {
  /** True when the party may act now. */
  authorized: boolean;
};

/** Answer to `BelowHealth`: one page by account number. */
export type BelowHealthResponse = {
  /** Accounts below the bound. */
  accounts: LiquidationStateResponse[];
  /** The last account looked at; absent: there are no more. */
  last?: number | null;
};

/** When the driver moves by x, the follower moves by beta x. */
export type BetaEntry = {
  /** Relative move per relative move, basis points, -40,000 to 40,000. */
  beta: number;
  /** The underlying that moves first, below 65,535: that stands for all that are not named. */
  driver: number;
  /** The underlying that follows. */
  follower: number;
};

/** Binary is a wrapper around Vec<u8> to add base64 de/serialization with serde. It also adds some helper methods to help encode inline. */
export type Binary = string;

/** Which expiries anyone may list: always at `at` seconds after midnight UTC. Weekly expiries are Fridays, monthly the last Friday of a month, quarterly that of March, June, September and December. The running day, month or quarter counts as 0 ahead, so a 0 still admits what is left of it. The owner may list any whole minute. */
export type Calendar = {
  /** Seconds after midnight UTC, a whole minute (default 28,800 = 08:00). */
  at: number;
  /** Daily expiries up to this many days ahead, 0 to 366. */
  daily: number;
  /** Monthly expiries up to this many months ahead, 0 to 36. */
  monthly: number;
  /** Quarterly expiries up to this many quarters ahead, 0 to 20. */
  quarterly: number;
  /** Weekly expiries up to this many weeks ahead, 0 to 104. */
  weekly: number;
};

/** Cash of an account in one coin. */
export type CashView = {
  /** Signed base units, interest up to now included. */
  amount: Int128;
  /** Since when the cash has been negative, unix seconds: in the mean of its units. */
  debt_since?: number | null;
  /** Bank denomination. */
  denom: string;
  /** Whether it has been owed for as long as the grace of debts. */
  late: boolean;
};

export type Coin = {
  amount: Uint256;
  denom: string;
};

/** A collateral coin other than the quote coin. */
export type CoinListing = {
  /** Base units per 1.0 as a power of ten, 0 to 18. */
  decimals: number;
  /** Bank denomination. */
  denom: string;
  /** What may change later. */
  terms: CoinTerms;
  /** Underlying (oracle feed) that prices one whole coin. */
  underlying: number;
};

/** The part of a coin's listing that may change. */
export type CoinTerms = {
  /** Most the engine accepts in all, base units; checked at deposit only. */
  cap: Uint128;
  /** Most that accounts may owe in all before openings stop, base units. */
  debt_cap: Uint128;
  /** Share of the value that a holding loses in the depeg pricing, 0 to 1; 0 for floating coins. */
  depeg: Decimal;
  /** Weight of a positive value in the initial test, 0 to `weight_maintenance`. */
  weight_initial: Decimal;
  /** Weight of a positive value in the maintenance test, `weight_initial` to 1. */
  weight_maintenance: Decimal;
};

/** A collateral coin. */
export type CoinView = {
  /** Most the engine accepts now, base units: a raised cap waits and grows. */
  accepted: Uint128;
  /** Base units per 1.0 as a power of ten. */
  decimals: number;
  /** Bank denomination. */
  denom: string;
  /** Its number; 0 is the quote coin. */
  id: number;
  /** Weights and caps. */
  terms: Scheduled_for_CoinTerms;
  /** The feed that prices it; absent for the quote coin. */
  underlying?: number | null;
};

/** Answer to `Coins`. */
export type CoinsResponse = {
  /** By number. */
  coins: CoinView[];
};

/** Answer to `Config`. */
export type ConfigResponse = {
  /** How long a raised cap waits, and then grows, seconds. */
  cap_ramp: number;
  /** The guardian. */
  guardian?: string | null;
  /** The liquidation contract. */
  liquidator?: string | null;
  /** The number the next account gets. */
  next_account: number;
  /** The open offer of ownership. */
  offer?: Offer | null;
  /** The oracle adapter. */
  oracle: string;
  /** The owner. */
  owner: string;
  /** Engine-wide parameters. */
  params: Scheduled_for_EngineParams;
  /** Actions paused now. */
  paused: PauseAction[];
  /** Until when, unix seconds. */
  paused_until: number;
  /** The account that collects fees. */
  treasury?: number | null;
};

/** Who consents for one side of a fill, as established by the venue. */
export type Consent =
  /** A compressed secp256k1 key (33 bytes) whose signature the venue verified. */
  | {
    key: {
      /** The key, compressed, 33 bytes. */
      public_key: Binary;
    };
  }
  /** An address that called the venue, or that the venue derived from a verified signature. */
  | {
    address: {
      /** The address in the chain's own form. */
      address: string;
    };
  };

/** Who can give up the other side, in the order in which they do. */
export type Counterparty = {
  /** The account. */
  account: number;
  /** The account's legs that closed against it, signed as the account held them. */
  closed: LegView[];
  /** It can close less than a 64th of each of the account's legs: after all who can close more. */
  dust: boolean;
  /** What it paid for its part, quote base units; negative: what it got. Absent: it was no longer needed. */
  paid?: Int128 | null;
  /** Its net profit in the account's markets, quote base units: the largest first. */
  profit: Int128;
  /** Its maintenance margin would rise without these legs: after all who have no such spread. */
  spread: boolean;
  /** The account would need more maintenance margin for what it keeps: only where it is insolvent and nobody else who stands beside it is closed. */
  unhedges: boolean;
};

/** Covered surplus of one settlement coin. */
export type CoveredCoin = {
  /** Bank denomination. */
  denom: string;
  /** Lowest of cash and cash + L_1 + ... + L_e over all expiries; absent: unbounded loss. */
  surplus?: Int128 | null;
};

/** Answer to `Covered`. */
export type CoveredResponse = {
  /** By coin. */
  coins: CoveredCoin[];
  /** Whether every coin's surplus is non-negative. */
  covered: boolean;
};

/** A fixed-point decimal value with 18 fractional digits, i.e. Decimal(1_000_000_000_000_000_000) == 1.0 */
export type Decimal = string;

/** A delegate and his grant. */
export type Delegate = {
  /** What, and until when. */
  grant: Grant;
  /** Who. */
  id: DelegateId;
};

/** Who a delegation is given to. */
export type DelegateId =
  /** An address (it calls messages itself). */
  | {
    address: {
      /** The address in the chain's own form. */
      address: string;
    };
  }
  /** A compressed secp256k1 key (33 bytes) that signs quotes off chain. */
  | {
    key: {
      /** The key, compressed, 33 bytes. */
      public_key: Binary;
    };
  };

/** Answer to `Delegates`. */
export type DelegatesResponse = {
  /** Delegates, lapsed ones included until they are replaced. */
  delegates: Delegate[];
  /** The owner. */
  owner: string;
  /** Venues the account admits. */
  venues: string[];
};

/** Data of the response to `Deleverage`, JSON. */
export type DeleverageData = {
  /** How it stands now. */
  after: Standing;
  /** How the account stood before. */
  before: Standing;
  /** Those named who hold another side and may be closed. */
  counterparties: Counterparty[];
  /** What insurance paid, quote base units. */
  insured: Uint128;
  /** What the prices put on the counterparties beyond the mark if every leg goes, quote base units. */
  shared: Uint128;
};

/** Closes an account that nobody took against those who hold the other sides of its legs. */
export type DeleverageOrder = {
  /** The account that is below maintenance. */
  account: number;
  /** Its auction. */
  auction: AuctionStart;
  /** Who may be closed, at most [`MAX_COUNTERPARTIES`] distinct accounts; the engine ranks them. */
  counterparties: number[];
  /** The schedule's length, seconds: the auction must be as old. */
  end_after: number;
};

/** Engine-wide parameters. Each has a hard range in code. */
export type EngineParams = {
  /** Largest discount below the band's low edge in `BuyCollateral`, 0 to 0.05: the least spot move of a profile. None is given where the sale would leave the debtor below maintenance. */
  collateral_discount: Decimal;
  /** How old a debt must be before anyone may buy its collateral, seconds, 3,600 to 604,800. */
  debt_grace: number;
  /** Interest on negative cash, simple per year, 0 to 1; accrues by index to positive cash. */
  debt_rate: Decimal;
  /** Time over which that discount grows from 0 after the grace, seconds, 0 to 604,800. */
  discount_ramp: number;
  /** Fee for listing one series, in base units of the quote coin; the owner pays none. */
  listing_fee: Uint128;
};

/** Everything the engine can be told to do. `docs/access.md` says who may. */
export type ExecuteMsg =
  /** Opens a new account owned by the sender; attached coins are deposited into it. */
  | {
    create_account: {
      /** Venues the account admits from the start. */
      venues: string[];
    };
  }
  /** Owner: offers the account to another address, or withdraws the offer. */
  | {
    offer_account: {
      /** The account. */
      account: number;
      /** To whom and until when, at most 30 days; absent: the standing offer is withdrawn. */
      offer?: Offer | null;
    };
  }
  /** The offered address: takes the account over. Delegates and venues are cleared. */
  | {
    accept_account: {
      /** The account. */
      account: number;
      /** Fails unless the account's record still has this fingerprint (`LiquidationStates`): nobody takes over less than he looked at. */
      fingerprint?: Binary | null;
    };
  }
  /** Owner: gives, changes or (without `grant`) revokes a delegation. */
  | {
    set_delegate: {
      /** The account. */
      account: number;
      /** Who. */
      delegate: DelegateId;
      /** What and until when; absent: revoked. */
      grant?: Grant | null;
    };
  }
  /** Owner: admits a venue to trade for the account, or bars it. */
  | {
    admit_venue: {
      /** The account. */
      account: number;
      /** True admits, false bars. */
      admitted: boolean;
      /** The venue's address. */
      venue: string;
    };
  }
  /** Anyone: deposits exactly the attached coins into the account. A coin that it neither holds nor owes, but for the quote coin, comes from who may trade for it only. */
  | {
    deposit: {
      /** The account. */
      account: number;
    };
  }
  /** Owner or delegate: withdraws cash. What is left must pass the covered or the initial test and the limit on net vega, keep what a loss may still take of the account's gains and, where it is not covered, none of its markets may be short. If a denom runs short the amount waits in the denom's queue and is paid pro rata. */
  | {
    withdraw: {
      /** The account. */
      account: number;
      /** How much of each coin, no denom twice, at most the cash held. */
      amounts: Coin[];
      /** Whom to pay; default the owner. A delegate may name only the owner. */
      to?: string | null;
    };
  }
  /** Anyone: pays a recipient what his queued withdrawal has been allotted. */
  | {
    claim_queued: {
      /** The account that asked for the withdrawal. */
      account: number;
      /** The coin. */
      denom: string;
      /** Whom it was queued for; default the account's owner. */
      to?: string | null;
    };
  }
  /** Anyone, from an account he may trade for: buys a debtor's collateral against the debt at the band's low edge less a bounded discount; at mark where that would leave the debtor below maintenance, or nobody can tell. */
  | {
    buy_collateral: {
      /** The account that pays and receives the collateral. */
      buyer: number;
      /** Collateral wanted; taken down to what the debt still needs. */
      collateral: Coin;
      /** The coin that is owed. */
      debt_denom: string;
      /** The account that owes. */
      debtor: number;
      /** The most the buyer pays for all of it, base units of the debt's coin. */
      max_pay: Uint128;
    };
  }
  /** Anyone: moves collected fees of a coin into the treasury account. */
  | {
    collect_fees: {
      /** The coin. */
      denom: string;
    };
  }
  /** A venue that the owner authorised and every named account admitted: settles all fills or none. The accounts are tested once, after the last fill. */
  | {
    settle_fills: {
      /** The fills, at most 128 legs over all of them and 32 distinct accounts. */
      fills: Fill[];
    };
  }
  /** The liquidation contract: one step of the liquidation of an account below maintenance. Never pausable. The response's data is [`super::LiquidateData`]. */
  | {
    liquidate: LiquidateOrder;
  }
  /** The liquidation contract: closes an account below maintenance whose schedule has ended against accounts that hold the other sides, at one price a unit. Never pausable. The response's data is [`super::DeleverageData`]. */
  | {
    deleverage: DeleverageOrder;
  }
  /** The liquidation contract: moves quote cash of an account that admits it into escrow, for a standing bid. What is left must pass the test of a withdrawal. */
  | {
    reserve: {
      /** The account. */
      account: number;
      /** Quote base units. */
      amount: Uint128;
      /** Who consents for it. */
      consent: Consent;
    };
  }
  /** The liquidation contract: moves escrow back into an account's cash. */
  | {
    release: {
      /** The account. */
      account: number;
      /** Quote base units. */
      amount: Uint128;
    };
  }
  /** Anyone: adds the attached quote coins to a market's insurance. Nobody can take them out. */
  | {
    fund_insurance: {
      /** The market's symbol. */
      market: string;
    };
  }
  /** Anyone: pays the debts of an account that has nothing left from the insurance of the markets that lost, within the hourly caps; what is older than the grace of debts is written off: a loss of those markets. An account that still has legs, all of which can only pay, is insurance's from then on, and this message collects what it is paid. */
  | {
    cover_debt: {
      /** The account. */
      account: number;
    };
  }
  /** Anyone: goes on with the round that shares a market's loss over the gains made there. Insurance pays what it may. The round ends when insurance has paid all of it, or when its time is over and all accounts were looked at. The accounts named get back what an ended round left of their gains, and are counted into the one that runs. */
  | {
    share_loss: {
      /** At most 16. Who is counted pays his part, the same whatever the order and however often he is named. A round looks at all accounts from the one that `Loss` shows as `unseen` downwards, and waits for that a week at most. */
      accounts: number[];
      /** The market's symbol. */
      market: string;
    };
  }
  /** Anyone: lists series on a market's grid and calendar against the listing fee; the owner pays no fee and may name any whole minute as expiry. Listed series are passed over. */
  | {
    list_series: {
      /** Canonical names, at most 64. */
      series: string[];
    };
  }
  /** Anyone: takes over the oracle's settlement price of an expiry, once it is final. */
  | {
    fix_expiry: {
      /** The expiry, unix seconds. */
      expiry: number;
      /** The market's symbol. */
      market: string;
    };
  }
  /** Anyone: settles whatever has been fixed in these accounts. */
  | {
    settle_accounts: {
      /** At most 32 accounts. */
      accounts: number[];
    };
  }
  /** Anyone: settles whatever has been fixed in the next accounts by number. The response's data is the last number looked at ([`super::SettlePageData`]). */
  | {
    settle_page: {
      /** At most this many accounts: 1 to 50, default 30. */
      limit?: number | null;
      /** Go on after this account. */
      start_after?: number | null;
    };
  }
  /** Owner: adds a collateral coin. */
  | {
    add_coin: {
      /** Its listing. */
      listing: CoinListing;
    };
  }
  /** Owner: changes a coin's terms. */
  | {
    set_coin_terms: {
      /** The coin. */
      denom: string;
      /** When they take effect, unix seconds, from now to a year ahead. */
      effective_at: number;
      /** The new terms. */
      terms: CoinTerms;
    };
  }
  /** Owner: adds a market. */
  | {
    add_market: {
      /** Its listing. */
      listing: MarketListing;
    };
  }
  /** Owner: changes a market's parameters. Listed series keep their terms. */
  | {
    set_market_params: {
      /** When they take effect, unix seconds. */
      effective_at: number;
      /** The market's symbol. */
      market: string;
      /** The new parameters. */
      params: MarketParams;
    };
  }
  /** Owner: sets the margin profile of an underlying. */
  | {
    set_profile: {
      /** When it takes effect, unix seconds. */
      effective_at: number;
      /** The profile. */
      profile: Profile;
      /** The underlying (oracle feed). */
      underlying: number;
    };
  }
  /** Owner: sets how underlyings move together in joint scenarios; pairs not named have beta 1. Every driver leads every account of several underlyings, whether it holds it or not. */
  | {
    set_betas: {
      /** The betas, at most 64. */
      betas: BetaEntry[];
      /** When they take effect, unix seconds. */
      effective_at: number;
    };
  }
  /** Owner: authorises a venue or takes the authority back. */
  | {
    set_venue: {
      /** True authorises. */
      authorized: boolean;
      /** The venue's address. */
      venue: string;
    };
  }
  /** Owner: names the liquidation contract, one that never was it. Bids with the one before end: what they held goes back to each account when it is touched next. */
  | {
    set_liquidator: {
      /** Its address. */
      liquidator: string;
    };
  }
  /** Owner: names the account that collects fees. */
  | {
    set_treasury: {
      /** The account. */
      account: number;
    };
  }
  /** Owner: changes engine-wide parameters. */
  | {
    set_params: {
      /** When they take effect, unix seconds. */
      effective_at: number;
      /** The new parameters. */
      params: EngineParams;
    };
  }
  /** Owner: offers ownership of the engine; a new offer replaces the old one. */
  | {
    propose_owner: {
      /** Until when, unix seconds, at most 30 days ahead. */
      expires_at: number;
      /** To whom. */
      owner: string;
    };
  }
  /** Owner: withdraws the offer. */
  | {
    cancel_owner_proposal: Record<string, never>;
  }
  /** The proposed owner: takes over. */
  | {
    accept_owner: Record<string, never>;
  }
  /** Owner: names or removes the guardian. */
  | {
    set_guardian: {
      /** The guardian; absent: none. */
      guardian?: string | null;
    };
  }
  /** Guardian: pauses actions for a while, then rests as long. Liquidating, reducing, settling, repaying and withdrawing have no pause. */
  | {
    pause: {
      /** What to pause. */
      actions: PauseAction[];
      /** For how long, at most seven days. */
      seconds: number;
    };
  }
  /** Owner: ends a pause at once. */
  | {
    lift_pause: Record<string, never>;
  };

/** Answer to `Expiries`. */
export type ExpiriesResponse = {
  /** In time order. */
  expiries: ExpiryView[];
};

/** An expiry of a market. */
export type ExpiryView = {
  /** Unix seconds. */
  expiry: number;
  /** How its settlement price is observed. */
  fixing: FixingTerms;
  /** Series listed. */
  series: number;
  /** The settlement price, USD, once fixed. */
  settlement_price?: Decimal | null;
};

/** A trade between two accounts: all legs settle in one coin. */
export type Fill = {
  /** The legs from the taker's view, at least one, no series twice. */
  legs: FillLeg[];
  /** The side that quoted; it takes every leg with the opposite sign. */
  maker: FillSide;
  /** The side that took the quote. */
  taker: FillSide;
};

/** One leg of a fill, seen by the taker. */
export type FillLeg = {
  /** Price in ticks per quantity unit; zero or more for options and digitals. For a linear future the premium that moves is (price - reference price); for an inverse one the price is that signed premium itself, in coin. */
  price_ticks: Int64;
  /** Signed count of quantity units: positive when the taker buys. Never zero. */
  quantity: Int64;
  /** The series' canonical name, such as `BTC-25DEC26-100000-C`. */
  series: string;
};

/** One side of a fill. */
export type FillSide = {
  /** The account that trades. */
  account: number;
  /** Who agreed to it. */
  consent: Consent;
  /** The most this side pays in fees for this fill, in base units of the settlement coin; a higher fee fails the fill. Absent: no limit. */
  max_fee?: Uint128 | null;
  /** True: this account must satisfy the reducing rule once all fills are in, whatever its margin. */
  reduce_only: boolean;
};

/** How the settlement price of an expiry is observed: `buckets` buckets of `bucket_seconds` before the expiry, both as the underlying's feed has them. A listing term: fixed when the expiry is first listed. */
export type FixingTerms = {
  /** Length of a bucket in seconds; divides 60. */
  bucket_seconds: number;
  /** Number of buckets, 6 to 240. */
  buckets: number;
};

/** What a delegate was given. */
export type Grant = {
  /** When the grant ends, unix seconds, exclusive. */
  expires_at: number;
  /** What he may do, no scope twice. */
  scopes: Scope[];
};

/** Answer to `Health`: all amounts in base units of the quote coin. */
export type HealthResponse = {
  /** The account. */
  account: number;
  /** Exact integer test that needs no price. */
  covered: boolean;
  /** Some cash is negative: the account may only reduce. */
  debtor: boolean;
  /** Cash and legs at mark, no haircut; absent where a price is missing. */
  equity?: Int128 | null;
  /** equity / maintenance margin; absent without margin. */
  health?: SignedDecimal | null;
  /** Initial margin = equity - initial surplus. */
  initial_margin?: Uint128 | null;
  /** Opening and withdrawing need `>= 0`, and a book below the limit on size. */
  initial_surplus?: Int128 | null;
  /** What each leg is worth. */
  legs: LegValue[];
  /** Maintenance margin = equity - maintenance surplus. */
  maintenance_margin?: Uint128 | null;
  /** Liquidation is decided by `< 0`. */
  maintenance_surplus?: Int128 | null;
  /** Name of the pricing that decides. */
  worst?: string | null;
};

/** What a new engine starts with. */
export type InstantiateMsg = {
  /** How long a new or raised cap of a coin waits, and then grows evenly, seconds, 0 to 2,592,000. Fixed for the engine's life; a week leaves time to see a hostile listing. The quote coin's first cap counts at once. */
  cap_ramp: number;
  /** May pause openings, listings and deposits for a while; nothing else. */
  guardian?: string | null;
  /** The oracle adapter whose records margin reads. Fixed for the engine's life. */
  oracle: string;
  /** The first owner (a key, a governance module, a timelock). */
  owner: string;
  /** Engine-wide parameters. */
  params: EngineParams;
  /** The quote coin; it becomes coin 0, has weight 1 and no feed. */
  quote_coin: QuoteCoin;
};

/** Answer to `Insurance`. */
export type InsuranceResponse = {
  /** What it may pay in one message now. */
  available: Uint128;
  /** What it holds, quote base units. */
  balance: Uint128;
  /** When the hour ends, unix seconds. */
  hour_ends: number;
  /** The market's symbol. */
  market: string;
  /** Its part of the deficits of accounts that were seen insolvent and are not wound up; beyond `balance` it is short. */
  shortfall: Uint128;
};

/** An implementation of i128 that is using strings for JSON encoding/decoding, such that the full i128 range can be used for clients that convert JSON numbers to floats, like JavaScript and jq. */
export type Int128 = string;

/** An implementation of i64 that is using strings for JSON encoding/decoding, such that the full i64 range can be used for clients that convert JSON numbers to floats, like JavaScript and jq. */
export type Int64 = string;

/** The ledger of one coin, always: `held` = cash + fees + reserved + insurance + escrow + withheld - lost + interest + unsettled. */
export type LedgerCoin = {
  /** What the bank module says the engine has; at least `held` (donations are outside). */
  bank: Uint128;
  /** Signed cash of all accounts. */
  cash: Int128;
  /** Negative cash of all accounts, positive. */
  debt: Uint128;
  /** Bank denomination. */
  denom: string;
  /** Escrow. */
  escrow: Uint128;
  /** Fees not yet collected by the treasury account. */
  fees: Uint128;
  /** Coins that came in less coins that went out by the engine's own messages. */
  held: Uint128;
  /** Insurance. */
  insurance: Uint128;
  /** Interest charged to debtors less what positive accounts took: below zero while these were counted first, never once everybody is. */
  interest: Int128;
  /** Losses written off and not yet paid by anyone: below zero in the sum. */
  lost: Uint128;
  /** Withdrawals waiting in the queue or allotted and not yet claimed. */
  reserved: Uint128;
  /** Over fixed series, what is paid to who gained and not yet collected from who lost: as much of gains stays; no term of `held`. */
  uncollected: Uint128;
  /** Over fixed series, payoff x net quantity not yet settled. */
  unsettled: Int128;
  /** Gains withheld while a loss is shared, and not yet given back. */
  withheld: Uint128;
};

/** Answer to `Ledger`. */
export type LedgerResponse = {
  /** By coin number. */
  coins: LedgerCoin[];
};

/** What one leg is worth, quote-coin base units for the whole signed quantity. */
export type LegValue = {
  /** At mark. */
  mark: Int128;
  /** Signed quantity units. */
  quantity: Int64;
  /** Canonical name. */
  series: string;
  /** In the pricing that decides the maintenance test. */
  worst: Int128;
};

/** A leg of an account. */
export type LegView = {
  /** Signed quantity units. */
  quantity: Int64;
  /** Canonical name. */
  series: string;
};

/** Data of the response to `Liquidate`, JSON. */
export type LiquidateData = {
  /** How it stands now. */
  after: Standing;
  /** The auction to keep while `after` is not healthy: restarted when prices had a gap. */
  auction: AuctionStart;
  /** How the account stood before. */
  before: Standing;
  /** The keeper's reward, quote base units. */
  keeper_reward: Uint128;
  /** Accounts of takers that were passed over although the step gives what they ask: they no longer consent or admit the contract, would fail their margin or leg limit, or have too little for a whole unit. A taker who was not needed is not among them. */
  passed_over: number[];
  /** Who took what; empty: nothing moved. */
  taken: Taken[];
};

/** One step of a liquidation. */
export type LiquidateOrder = {
  /** The account that is below maintenance. */
  account: number;
  /** Its auction; absent: it starts now. */
  auction?: AuctionStart | null;
  /** Who gets the keeper's part of the penalty; absent: insurance does. */
  keeper?: number | null;
  /** Fails unless the account's legs still have this fingerprint ([`LiquidationStateResponse`]). */
  legs_fingerprint?: Binary | null;
  /** Takers by rising reward; neighbours with one reward share pro rata to their budgets. */
  takers: Taker[];
  /** The terms. */
  terms: LiquidationTerms;
};

/** Answer to `PreviewLiquidate`. */
export type LiquidatePreview = {
  /** The account, and after it those who would take, once each, as the step would leave them: every leg and coin. */
  accounts: AccountResponse[];
  /** What the step would answer. */
  done: LiquidateData;
};

/** One of the answers to `LiquidationStates`: what a bot needs to decide. */
export type LiquidationStateResponse = {
  /** The account. */
  account: number;
  /** Whether prices allow a sale now (a shallow one once confirmed). */
  allowed: boolean;
  /** Value at mark, quote base units. */
  equity?: Int128 | null;
  /** SHA-256 of its stored record, for who takes over the account. */
  fingerprint: Binary;
  /** SHA-256 of its legs, what is fixed settled, for who takes a slice: a gift of coins leaves it. */
  legs_fingerprint: Binary;
  /** Maintenance margin, quote base units. */
  maintenance?: Uint128 | null;
  /** Publish time of the oldest price that matters, unix seconds; absent while a coin is left out of equity or a feed is of a level at which a deep account would not be sold at once. */
  price_time?: number | null;
  /** Absent where no price is known, or margin cannot be told; equity and maintenance then too. */
  standing?: Standing | null;
};

/** Terms of a liquidation; each within a hard range of the engine. */
export type LiquidationTerms = {
  /** Part of the penalty that the keeper gets per payment, parts per million. */
  chip: number;
  /** Maintenance margin, quote base units, below which a rest is taken whole. */
  dust: Uint128;
  /** Penalty on top of a positive payment, parts per million of it. */
  penalty: number;
  /** The reward as a function of time. */
  schedule: Schedule;
  /** Health that a slice aims at, parts per million, above one. */
  target: number;
  /** Part of the penalty that the keeper gets whatever the size, quote base units. */
  tip: Uint128;
};

/** An account's part in `Loss`. */
export type LossPart = {
  /** What it pays if the round ends as it is. */
  cut: Uint128;
  /** Its gains as counted. */
  gains: Uint128;
  /** What its cash changes by now: withheld (negative), or given back of an ended round. */
  moved: Int128;
  /** What is withheld of them. */
  withheld: Uint128;
};

/** Answer to `Loss`; base units of the market's settlement coin. */
export type LossResponse = {
  /** The account's part; absent when none was named. */
  account?: LossPart | null;
  /** Of the loss, what it shares. */
  due: Uint128;
  /** When it ends, unix seconds, if all accounts have been looked at by then. Absent: none runs. */
  ends_at?: number | null;
  /** When it ends whether or not they have, unix seconds. Absent: none runs. */
  ends_at_latest?: number | null;
  /** Gains counted in it. */
  gains: Uint128;
  /** Written off and not yet paid by anyone. */
  lost: Uint128;
  /** The market's symbol. */
  market: string;
  /** The round that runs, or the next one. */
  round: number;
  /** Paid to who gained by fixed series before who lost by them was settled: as much of gains stays until `SettleAccounts` or `SettlePage` has settled these. */
  uncollected: Uint128;
  /** The account whose turn it is to be looked at, by `ShareLoss` or its own withdrawal: from the last one that was open when the round began down to the first. Absent: all have been. */
  unseen?: number | null;
  /** Withheld in it. */
  withheld: Uint128;
};

/** A new market. Only `params` may change afterwards. */
export type MarketListing = {
  /** Which expiries anyone may list. */
  calendar: Calendar;
  /** What a digital pays per underlying, USD. */
  digital_payout: Decimal;
  /** Fixing terms that new expiries take. */
  fixing: FixingTerms;
  /** What may change later. */
  params: MarketParams;
  /** The coin it settles in; linear markets settle in the quote coin, inverse ones in a coin whose feed is `underlying`. */
  settle_denom: string;
  /** Step of the strike grid in USD. */
  strike_step: Decimal;
  /** Linear or inverse. */
  style: MarketStyle;
  /** Unique symbol, the prefix of its series' names: `A-Z`, `0-9` and `_`, 2 to 16 characters. */
  symbol: string;
  /** Price tick: USD per underlying (linear), coin per underlying (inverse). `unit` x `tick` x base units per coin must be whole, so that every premium is exact. */
  tick: Decimal;
  /** The underlying (oracle feed) whose price settles it. */
  underlying: number;
  /** Underlying per quantity unit. `unit` x base units per coin must be whole. */
  unit: Decimal;
};

/** The part of a market's listing that may change. */
export type MarketParams = {
  /** Most series of one expiry that anyone may list, 0 to 2,000; the owner may list 2,000. */
  expiry_series: number;
  /** Cap of both as a share of the premium, 0 to 0.25 (futures have no such cap). */
  fee_premium_cap: Decimal;
  /** Maker's fee as a share of the index, 0 to 0.01. */
  maker_rate: Decimal;
  /** False: no new series and only reducing fills. */
  open: boolean;
  /** Most open interest (sum of long quantities) in one series, quantity units. */
  series_cap: Uint64;
  /** Taker's fee as a share of the index, 0 to 0.01. */
  taker_rate: Decimal;
};

/** A market's terms. */
export type MarketResponse = {
  /** Which expiries anyone may list. */
  calendar: Calendar;
  /** What a digital pays per underlying, USD. */
  digital_payout: Decimal;
  /** Fixing terms that new expiries take. */
  fixing: FixingTerms;
  /** Its number. */
  id: number;
  /** Settlement base units per quantity unit per 1.0 of price. */
  multiplier: Uint64;
  /** Fees and caps. */
  params: Scheduled_for_MarketParams;
  /** The coin it settles in. */
  settle_denom: string;
  /** Step of the strike grid, USD. */
  strike_step: Decimal;
  /** Linear or inverse. */
  style: MarketStyle;
  /** Its symbol. */
  symbol: string;
  /** Price tick. */
  tick: Decimal;
  /** Settlement base units per quantity unit per tick. */
  tick_value: Uint64;
  /** The underlying (oracle feed). */
  underlying: number;
  /** Underlying per quantity unit. */
  unit: Decimal;
};

/** How a market settles. */
export type MarketStyle =
  /** In the quote coin: payoff in USD x multiplier. */
  | "linear"
  /** In the underlying coin: payoff in USD / settlement price x multiplier. */
  | "inverse";

/** Answer to `Markets`. */
export type MarketsResponse = {
  /** By number. */
  markets: MarketResponse[];
};

/** What `migrate` takes. */
export type MigrateMsg = Record<string, never>;

/** An offer of a contract or an account to a new owner. */
export type Offer = {
  /** Until when, unix seconds; at this second it is void. */
  expires_at: number;
  /** Who may accept. */
  to: string;
};

/** What may be paused. */
export type PauseAction =
  /** Fills that do not reduce. */
  | "open"
  /** Listing of series. */
  | "list"
  /** New accounts, and deposits into accounts that owe nothing. */
  | "deposit";

/** What follows, and when. */
export type Planned_for_CoinTerms = {
  /** From when it is in force, unix seconds. */
  effective_at: number;
  /** The value. */
  value: CoinTerms;
};

/** What follows, and when. */
export type Planned_for_EngineParams = {
  /** From when it is in force, unix seconds. */
  effective_at: number;
  /** The value. */
  value: EngineParams;
};

/** What follows, and when. */
export type Planned_for_MarketParams = {
  /** From when it is in force, unix seconds. */
  effective_at: number;
  /** The value. */
  value: MarketParams;
};

/** Margin profile of an underlying: its scenario set as data, in basis points (1 / 10,000) unless said otherwise. Ranges are those of the risk library. */
export type Profile = {
  /** Share of stand-alone margins that counts over several underlyings, initial. */
  alpha_initial: number;
  /** Share of stand-alone margins that counts over several underlyings, maintenance. */
  alpha_maintenance: number;
  /** Curvature twist. */
  curvature: number;
  /** Move of one expiry's forward against the others. */
  forward: number;
  /** What a year to the expiry adds to it. */
  forward_per_year: number;
  /** Last-day moves in at-the-money total vols. */
  gamma_vols: number[];
  /** Weight of the slope at infinity. */
  infinity_share: number;
  /** Skew twist. */
  skew: number;
  /** Spot moves of the smile and term row, ascending, containing 0, each a move of the scan. */
  smile_moves: number[];
  /** Share of the scan's vol shock in the smile row. */
  smile_vol_share: number;
  /** Relative spot moves of the scan, ascending, containing 0. */
  spot_moves: number[];
  /** Far tails, ascending moves. */
  tails: Tail[];
  /** Time that passes in the theta pricing, and before an expiry in which it may settle anywhere within the scan, seconds. */
  theta_seconds: number;
  /** Most that an account may gain or lose by a rise of every vol as in the scan (its net vega in this underlying) after a trade or withdrawal, unless it counted before and was no smaller; quote-coin base units. Covered accounts have no limit. */
  vega_limit: Uint64;
  /** Vol factors by days to expiry, ascending days. */
  vol_shocks: VolShock[];
  /** Weight of the pricing at a price of zero. */
  zero_share: number;
};

/** Profit of an account in one market. */
export type ProfitView = {
  /** The market's symbol. */
  market: string;
  /** Premium, fees and settlements so far, signed base units of its settlement coin. */
  realized: Int128;
  /** Of its gains, withheld until a round that shares the market's loss ends. */
  withheld: Uint128;
};

/** Everything the engine can be asked. */
export type QueryMsg =
  /** Owner, guardian, oracle, treasury, parameters, pauses. */
  | {
    config: Record<string, never>;
  }
  /** Collateral coins. */
  | {
    coins: Record<string, never>;
  }
  /** Markets by number. */
  | {
    markets: {
      /** At most this many: 1 to 100, default 30. */
      limit?: number | null;
      /** Go on after this market number. */
      start_after?: number | null;
    };
  }
  /** One market. */
  | {
    market: {
      /** The market's symbol. */
      market: string;
    };
  }
  /** Expiries of a market in time order, fixed ones included. */
  | {
    expiries: {
      /** At most this many: 1 to 100, default 30. */
      limit?: number | null;
      /** The market's symbol. */
      market: string;
      /** Go on after this expiry, unix seconds. */
      start_after?: number | null;
    };
  }
  /** One series: terms, open interest, payoff once fixed. */
  | {
    series: {
      /** Canonical name. */
      series: string;
    };
  }
  /** A market's series: terms, open interest, payoff once fixed. Marks, vols and Greeks: the lens. */
  | {
    series_page: {
      /** Only this expiry, unix seconds. */
      expiry?: number | null;
      /** At most this many: 1 to 100, default 30. */
      limit?: number | null;
      /** The market's symbol. */
      market: string;
      /** Go on after this series. */
      start_after?: string | null;
    };
  }
  /** One account. */
  | {
    account: {
      /** The account. */
      account: number;
    };
  }
  /** Accounts by number. */
  | {
    accounts: {
      /** At most this many: 1 to 50, default 30; an account costs more to show than other records. */
      limit?: number | null;
      /** Go on after this account. */
      start_after?: number | null;
    };
  }
  /** Accounts of an owner by number. */
  | {
    accounts_by_owner: {
      /** At most this many: 1 to 50, default 30; an account costs more to show than other records. */
      limit?: number | null;
      /** The owner's address. */
      owner: string;
      /** Go on after this account. */
      start_after?: number | null;
    };
  }
  /** Delegates and admitted venues of an account. */
  | {
    delegates: {
      /** The account. */
      account: number;
    };
  }
  /** Health with its explanation. */
  | {
    health: {
      /** The account. */
      account: number;
    };
  }
  /** Whether the account is covered, and by how much, with no price at all. */
  | {
    covered: {
      /** The account. */
      account: number;
    };
  }
  /** What `SettleFills` would do now, without any venue's authority. */
  | {
    simulate_fills: {
      /** The fills. */
      fills: Fill[];
    };
  }
  /** What `Withdraw` would do now. */
  | {
    simulate_withdraw: {
      /** The account. */
      account: number;
      /** How much of each coin. */
      amounts: Coin[];
    };
  }
  /** How accounts stand in liquidation, at most 32, cheaply and without explanation. */
  | {
    liquidation_states: {
      /** The accounts. */
      accounts: number[];
    };
  }
  /** Accounts by number whose health is below a bound. */
  | {
    below_health: {
      /** The bound, parts per million; a million: below maintenance. */
      bound: number;
      /** Look at no more than this many: 1 to 50, default 30; an account costs more to show than other records. */
      limit?: number | null;
      /** Go on after this account. */
      start_after?: number | null;
    };
  }
  /** What `Liquidate` would do now, without the liquidation contract's authority. */
  | {
    preview_liquidate: {
      /** The step. */
      order: LiquidateOrder;
    };
  }
  /** What `Deleverage` would do now, without the liquidation contract's authority; also how the accounts named rank. */
  | {
    preview_deleverage: {
      /** The order. */
      order: DeleverageOrder;
    };
  }
  /** The insurance of a market. */
  | {
    insurance: {
      /** The market's symbol. */
      market: string;
    };
  }
  /** The loss of a market and the round that shares it, as `ShareLoss` of one account would leave them now. */
  | {
    loss: {
      /** The account. */
      account?: number | null;
      /** The market's symbol. */
      market: string;
    };
  }
  /** Every term of the ledger of each coin. */
  | {
    ledger: Record<string, never>;
  }
  /** The withdrawal queue of a coin and an account's place in it. */
  | {
    queue: {
      /** The account, for a claim of its own. */
      account?: number | null;
      /** The coin. */
      denom: string;
      /** Whom the claim pays; default the account's owner. Nothing without an account. */
      to?: string | null;
    };
  }
  /** Whether an address is an authorised venue. */
  | {
    venue: {
      /** The address. */
      venue: string;
    };
  }
  /** Authorised venues by address. */
  | {
    venues: {
      /** At most this many: 1 to 100, default 30. */
      limit?: number | null;
      /** Go on after this address. */
      start_after?: string | null;
    };
  }
  /** Whether a party is the account's owner or a live delegate with the scope. */
  | {
    authorized: {
      /** The account. */
      account: number;
      /** The party. */
      consent: Consent;
      /** What it wants to do. */
      scope: Scope;
    };
  };

/** Answer to `Queue`. */
export type QueueResponse = {
  /** Allotted and not yet claimed. */
  allotted: Uint128;
  /** What of it `ClaimQueued` pays now. */
  own_claimable: Uint128;
  /** What of the claim still waits. */
  own_waiting: Uint128;
  /** Still to be allotted over all claims. */
  waiting: Uint128;
};

/** The quote coin ("USD"): everything in margin is counted in it. */
export type QuoteCoin = {
  /** Most the engine accepts in all, base units; checked at deposit only. */
  cap: Uint128;
  /** Most that accounts may owe in all before openings stop, base units. */
  debt_cap: Uint128;
  /** Base units per 1.0 as a power of ten, 0 to 12 (normally 6). */
  decimals: number;
  /** Bank denomination. */
  denom: string;
};

/** How the asked reward rises with time: linear from `start` to `knee`, then to `end`, flat from there on. */
export type Schedule = {
  /** Reward after `end_after` seconds. */
  end: number;
  /** Seconds from the start of the auction. */
  end_after: number;
  /** Reward after `knee_after` seconds. */
  knee: number;
  /** Seconds from the start of the auction. */
  knee_after: number;
  /** Reward at once, parts per million of maintenance; below zero: a price above equity. */
  start: number;
};

/** A parameter set, and what is planned to replace it. */
export type Scheduled_for_CoinTerms = {
  /** In force now. */
  current: CoinTerms;
  /** What follows. */
  next?: Planned_for_CoinTerms | null;
};

/** A parameter set, and what is planned to replace it. */
export type Scheduled_for_EngineParams = {
  /** In force now. */
  current: EngineParams;
  /** What follows. */
  next?: Planned_for_EngineParams | null;
};

/** A parameter set, and what is planned to replace it. */
export type Scheduled_for_MarketParams = {
  /** In force now. */
  current: MarketParams;
  /** What follows. */
  next?: Planned_for_MarketParams | null;
};

/** What a delegate may do. */
export type Scope =
  /** Consent to fills and buy collateral. */
  | "trade"
  /** Withdraw to the owner's address, nowhere else. */
  | "withdraw_to_owner";

/** What a leg pays. */
export type SeriesKind =
  /** max(S - K, 0) */
  | "call"
  /** max(K - S, 0) */
  | "put"
  /** The market's digital payout if S >= K, else nothing. */
  | "digital_call"
  /** The market's digital payout if S < K, else nothing. */
  | "digital_put"
  /** S - reference price. */
  | "future";

/** Answer to `SeriesPage`. */
export type SeriesPageResponse = {
  /** By expiry, strike and kind. */
  series: SeriesResponse[];
};

/** Answer to `Series`. */
export type SeriesResponse = {
  /** Unix seconds. */
  expiry: number;
  /** What it pays. */
  kind: SeriesKind;
  /** The market's symbol. */
  market: string;
  /** Sum of long quantities, quantity units. */
  open_interest: Uint64;
  /** Payoff per quantity unit in base units of the settlement coin, once fixed. */
  payoff?: Int128 | null;
  /** Canonical name. */
  series: string;
  /** Strike or reference price, USD. */
  strike: Decimal;
  /** Net quantity not yet settled; zero before the fixing. */
  unsettled: Int64;
};

/** A signed fixed-point decimal value with 18 fractional digits, i.e. SignedDecimal(1_000_000_000_000_000_000) == 1.0 */
export type SignedDecimal = string;

/** Answer to `SimulateFills`. */
export type SimulateFillsResponse = {
  /** What would happen to each account, as far as it got. */
  accounts: SimulatedAccount[];
  /** Why it would fail; absent: it would pass. */
  error?: string | null;
};

/** Answer to `SimulateWithdraw`. */
export type SimulateWithdrawResponse = {
  /** Why it would fail; absent: it would pass. */
  error?: string | null;
  /** What would be paid at once. */
  paid: Coin[];
  /** What would wait in the queue. */
  queued: Coin[];
};

/** Why a simulation would pass or fail for one account. */
export type SimulatedAccount = {
  /** The account. */
  account: number;
  /** Covered after the fills. */
  covered: boolean;
  /** Total fees, base units of the settlement coin. */
  fee: Uint128;
  /** Initial surplus after the fills, quote-coin base units; absent where a price is missing. */
  initial_surplus?: Int128 | null;
  /** Signed premium received, base units of the settlement coin. */
  premium: Int128;
  /** The reducing rule holds. */
  reducing: boolean;
};

/** How an account stands in liquidation. */
export type Standing =
  /** Not below maintenance: it cannot be liquidated. */
  | "healthy"
  /** Below maintenance, health at least 0.95: a second, later price must confirm. */
  | "shallow"
  /** Health below 0.95. */
  | "deep"
  /** Health below two thirds: the backstop may take. */
  | "critical"
  /** Equity below zero. */
  | "insolvent";

/** A far move, damped. */
export type Tail = {
  /** Weight of the moved pricing, basis points. */
  share: number;
  /** Relative spot move, basis points. */
  spot_move: number;
};

/** What one taker took. */
export type Taken = {
  /** The taker's account. */
  account: number;
  /** What he paid, penalty included, quote base units; negative: what insurance paid him. */
  paid: Int128;
  /** The reward, parts per million. */
  reward: number;
};

/** Who takes a slice. */
export type Taker = {
  /** His account; it must admit the liquidation contract as a venue. */
  account: number;
  /** The most he pays in all, penalty included, quote base units. */
  budget: Uint128;
  /** Who consents for it. */
  consent: Consent;
  /** True: the budget lies in escrow and what is not spent stays there. */
  escrowed: boolean;
  /** The least reward he accepts. A taker who names one insists: a step that sells him nothing fails with the reason, while others are passed over. */
  least_reward?: number | null;
  /** The reward he asks, parts per million; absent: whatever the step gives. Out of escrow he gets no other, and one above what the step gives is passed over; else it is the most he gets. A step gives what the schedule says now, as far as the account's equity can pay it. */
  reward?: number | null;
};

/** A thin wrapper around u128 that is using strings for JSON encoding/decoding, such that the full u128 range can be used for clients that convert JSON numbers to floats, like JavaScript and jq. */
export type Uint128 = string;

/** An implementation of u256 that is using strings for JSON encoding/decoding, such that the full u256 range can be used for clients that convert JSON numbers to floats, like JavaScript and jq. */
export type Uint256 = string;

/** A thin wrapper around u64 that is using strings for JSON encoding/decoding, such that the full u64 range can be used for clients that convert JSON numbers to floats, like JavaScript and jq. */
export type Uint64 = string;

/** Answer to `Venue`. */
export type VenueResponse = {
  /** Whether it is authorised. */
  authorized: boolean;
};

/** Answer to `Venues`. */
export type VenuesResponse = {
  /** By address. */
  venues: string[];
};

/** Vol factors at a number of days to expiry, basis points. */
export type VolShock = {
  /** Days to expiry. */
  days: number;
  /** When it falls, at most 10,000. */
  down: number;
  /** When it rises, at least 10,000. */
  up: number;
};

/** Asks the contract `margin-engine`. */
export class MarginEngineReader {
  readonly #chain: chain.Reader;
  readonly #address: string;

  constructor(chain: chain.Reader, address: string) {
    this.#chain = chain;
    this.#address = address;
  }

  /** Owner, guardian, oracle, treasury, parameters, pauses. */
  config(): Promise<ConfigResponse> {
    return this.#chain.queryContractSmart(this.#address, { config: {} } satisfies QueryMsg);
  }

  /** Collateral coins. */
  coins(): Promise<CoinsResponse> {
    return this.#chain.queryContractSmart(this.#address, { coins: {} } satisfies QueryMsg);
  }

  /** Markets by number. */
  markets(args: {
    /** At most this many: 1 to 100, default 30. */
    limit?: number | null;
    /** Go on after this market number. */
    start_after?: number | null;
  }): Promise<MarketsResponse> {
    return this.#chain.queryContractSmart(this.#address, { markets: args } satisfies QueryMsg);
  }

  /** One market. */
  market(args: {
    /** The market's symbol. */
    market: string;
  }): Promise<MarketResponse> {
    return this.#chain.queryContractSmart(this.#address, { market: args } satisfies QueryMsg);
  }

  /** Expiries of a market in time order, fixed ones included. */
  expiries(args: {
    /** At most this many: 1 to 100, default 30. */
    limit?: number | null;
    /** The market's symbol. */
    market: string;
    /** Go on after this expiry, unix seconds. */
    start_after?: number | null;
  }): Promise<ExpiriesResponse> {
    return this.#chain.queryContractSmart(this.#address, { expiries: args } satisfies QueryMsg);
  }

  /** One series: terms, open interest, payoff once fixed. */
  series(args: {
    /** Canonical name. */
    series: string;
  }): Promise<SeriesResponse> {
    return this.#chain.queryContractSmart(this.#address, { series: args } satisfies QueryMsg);
  }

  /** A market's series: terms, open interest, payoff once fixed. Marks, vols and Greeks: the lens. */
  seriesPage(args: {
    /** Only this expiry, unix seconds. */
    expiry?: number | null;
    /** At most this many: 1 to 100, default 30. */
    limit?: number | null;
    /** The market's symbol. */
    market: string;
    /** Go on after this series. */
    start_after?: string | null;
  }): Promise<SeriesPageResponse> {
    return this.#chain.queryContractSmart(this.#address, { series_page: args } satisfies QueryMsg);
  }

  /** One account. */
  account(args: {
    /** The account. */
    account: number;
  }): Promise<AccountResponse> {
    return this.#chain.queryContractSmart(this.#address, { account: args } satisfies QueryMsg);
  }

  /** Accounts by number. */
  accounts(args: {
    /** At most this many: 1 to 50, default 30; an account costs more to show than other records. */
    limit?: number | null;
    /** Go on after this account. */
    start_after?: number | null;
  }): Promise<AccountsResponse> {
    return this.#chain.queryContractSmart(this.#address, { accounts: args } satisfies QueryMsg);
  }

  /** Accounts of an owner by number. */
  accountsByOwner(args: {
    /** At most this many: 1 to 50, default 30; an account costs more to show than other records. */
    limit?: number | null;
    /** The owner's address. */
    owner: string;
    /** Go on after this account. */
    start_after?: number | null;
  }): Promise<AccountsResponse> {
    return this.#chain.queryContractSmart(this.#address, { accounts_by_owner: args } satisfies QueryMsg);
  }

  /** Delegates and admitted venues of an account. */
  delegates(args: {
    /** The account. */
    account: number;
  }): Promise<DelegatesResponse> {
    return this.#chain.queryContractSmart(this.#address, { delegates: args } satisfies QueryMsg);
  }

  /** Health with its explanation. */
  health(args: {
    /** The account. */
    account: number;
  }): Promise<HealthResponse> {
    return this.#chain.queryContractSmart(this.#address, { health: args } satisfies QueryMsg);
  }

  /** Whether the account is covered, and by how much, with no price at all. */
  covered(args: {
    /** The account. */
    account: number;
  }): Promise<CoveredResponse> {
    return this.#chain.queryContractSmart(this.#address, { covered: args } satisfies QueryMsg);
  }

  /** What `SettleFills` would do now, without any venue's authority. */
  simulateFills(args: {
    /** The fills. */
    fills: Fill[];
  }): Promise<SimulateFillsResponse> {
    return this.#chain.queryContractSmart(this.#address, { simulate_fills: args } satisfies QueryMsg);
  }

  /** What `Withdraw` would do now. */
  simulateWithdraw(args: {
    /** The account. */
    account: number;
    /** How much of each coin. */
    amounts: Coin[];
  }): Promise<SimulateWithdrawResponse> {
    return this.#chain.queryContractSmart(this.#address, { simulate_withdraw: args } satisfies QueryMsg);
  }

  /** How accounts stand in liquidation, at most 32, cheaply and without explanation. */
  liquidationStates(args: {
    /** The accounts. */
    accounts: number[];
  }): Promise<LiquidationStateResponse[]> {
    return this.#chain.queryContractSmart(this.#address, { liquidation_states: args } satisfies QueryMsg);
  }

  /** Accounts by number whose health is below a bound. */
  belowHealth(args: {
    /** The bound, parts per million; a million: below maintenance. */
    bound: number;
    /** Look at no more than this many: 1 to 50, default 30; an account costs more to show than other records. */
    limit?: number | null;
    /** Go on after this account. */
    start_after?: number | null;
  }): Promise<BelowHealthResponse> {
    return this.#chain.queryContractSmart(this.#address, { below_health: args } satisfies QueryMsg);
  }

  /** What `Liquidate` would do now, without the liquidation contract's authority. */
  previewLiquidate(args: {
    /** The step. */
    order: LiquidateOrder;
  }): Promise<LiquidatePreview> {
    return this.#chain.queryContractSmart(this.#address, { preview_liquidate: args } satisfies QueryMsg);
  }

  /** What `Deleverage` would do now, without the liquidation contract's authority; also how the accounts named rank. */
  previewDeleverage(args: {
    /** The order. */
    order: DeleverageOrder;
  }): Promise<DeleverageData> {
    return this.#chain.queryContractSmart(this.#address, { preview_deleverage: args } satisfies QueryMsg);
  }

  /** The insurance of a market. */
  insurance(args: {
    /** The market's symbol. */
    market: string;
  }): Promise<InsuranceResponse> {
    return this.#chain.queryContractSmart(this.#address, { insurance: args } satisfies QueryMsg);
  }

  /** The loss of a market and the round that shares it, as `ShareLoss` of one account would leave them now. */
  loss(args: {
    /** The account. */
    account?: number | null;
    /** The market's symbol. */
    market: string;
  }): Promise<LossResponse> {
    return this.#chain.queryContractSmart(this.#address, { loss: args } satisfies QueryMsg);
  }

  /** Every term of the ledger of each coin. */
  ledger(): Promise<LedgerResponse> {
    return this.#chain.queryContractSmart(this.#address, { ledger: {} } satisfies QueryMsg);
  }

  /** The withdrawal queue of a coin and an account's place in it. */
  queue(args: {
    /** The account, for a claim of its own. */
    account?: number | null;
    /** The coin. */
    denom: string;
    /** Whom the claim pays; default the account's owner. Nothing without an account. */
    to?: string | null;
  }): Promise<QueueResponse> {
    return this.#chain.queryContractSmart(this.#address, { queue: args } satisfies QueryMsg);
  }

  /** Whether an address is an authorised venue. */
  venue(args: {
    /** The address. */
    venue: string;
  }): Promise<VenueResponse> {
    return this.#chain.queryContractSmart(this.#address, { venue: args } satisfies QueryMsg);
  }

  /** Authorised venues by address. */
  venues(args: {
    /** At most this many: 1 to 100, default 30. */
    limit?: number | null;
    /** Go on after this address. */
    start_after?: string | null;
  }): Promise<VenuesResponse> {
    return this.#chain.queryContractSmart(this.#address, { venues: args } satisfies QueryMsg);
  }

  /** Whether a party is the account's owner or a live delegate with the scope. */
  authorized(args: {
    /** The account. */
    account: number;
    /** The party. */
    consent: Consent;
    /** What it wants to do. */
    scope: Scope;
  }): Promise<AuthorizedResponse> {
    return this.#chain.queryContractSmart(this.#address, { authorized: args } satisfies QueryMsg);
  }
}

/** Sends as one party to the contract `margin-engine`. */
export class MarginEngineWriter<R> {
  readonly #chain: chain.Writer<R>;
  readonly #address: string;
  readonly #sender: string;

  constructor(chain: chain.Writer<R>, address: string, sender: string) {
    this.#chain = chain;
    this.#address = address;
    this.#sender = sender;
  }

  /** Sends any message. */
  execute(msg: ExecuteMsg, funds: readonly chain.Coin[] = [], fee: chain.Fee = "auto", memo?: string): Promise<R> {
    return this.#chain.execute(this.#sender, this.#address, msg, fee, memo, funds);
  }

  /** Opens a new account owned by the sender; attached coins are deposited into it. */
  createAccount(args: {
    /** Venues the account admits from the start. */
    venues: string[];
  }, funds: readonly chain.Coin[] = [], fee: chain.Fee = "auto"): Promise<R> {
    return this.execute({ create_account: args }, funds, fee);
  }

  /** Owner: offers the account to another address, or withdraws the offer. */
  offerAccount(args: {
    /** The account. */
    account: number;
    /** To whom and until when, at most 30 days; absent: the standing offer is withdrawn. */
    offer?: Offer | null;
  }, funds: readonly chain.Coin[] = [], fee: chain.Fee = "auto"): Promise<R> {
    return this.execute({ offer_account: args }, funds, fee);
  }

  /** The offered address: takes the account over. Delegates and venues are cleared. */
  acceptAccount(args: {
    /** The account. */
    account: number;
    /** Fails unless the account's record still has this fingerprint (`LiquidationStates`): nobody takes over less than he looked at. */
    fingerprint?: Binary | null;
  }, funds: readonly chain.Coin[] = [], fee: chain.Fee = "auto"): Promise<R> {
    return this.execute({ accept_account: args }, funds, fee);
  }

  /** Owner: gives, changes or (without `grant`) revokes a delegation. */
  setDelegate(args: {
    /** The account. */
    account: number;
    /** Who. */
    delegate: DelegateId;
    /** What and until when; absent: revoked. */
    grant?: Grant | null;
  }, funds: readonly chain.Coin[] = [], fee: chain.Fee = "auto"): Promise<R> {
    return this.execute({ set_delegate: args }, funds, fee);
  }

  /** Owner: admits a venue to trade for the account, or bars it. */
  admitVenue(args: {
    /** The account. */
    account: number;
    /** True admits, false bars. */
    admitted: boolean;
    /** The venue's address. */
    venue: string;
  }, funds: readonly chain.Coin[] = [], fee: chain.Fee = "auto"): Promise<R> {
    return this.execute({ admit_venue: args }, funds, fee);
  }

  /** Anyone: deposits exactly the attached coins into the account. A coin that it neither holds nor owes, but for the quote coin, comes from who may trade for it only. */
  deposit(args: {
    /** The account. */
    account: number;
  }, funds: readonly chain.Coin[] = [], fee: chain.Fee = "auto"): Promise<R> {
    return this.execute({ deposit: args }, funds, fee);
  }

  /** Owner or delegate: withdraws cash. What is left must pass the covered or the initial test and the limit on net vega, keep what a loss may still take of the account's gains and, where it is not covered, none of its markets may be short. If a denom runs short the amount waits in the denom's queue and is paid pro rata. */
  withdraw(args: {
    /** The account. */
    account: number;
    /** How much of each coin, no denom twice, at most the cash held. */
    amounts: Coin[];
    /** Whom to pay; default the owner. A delegate may name only the owner. */
    to?: string | null;
  }, funds: readonly chain.Coin[] = [], fee: chain.Fee = "auto"): Promise<R> {
    return this.execute({ withdraw: args }, funds, fee);
  }

  /** Anyone: pays a recipient what his queued withdrawal has been allotted. */
  claimQueued(args: {
    /** The account that asked for the withdrawal. */
    account: number;
    /** The coin. */
    denom: string;
    /** Whom it was queued for; default the account's owner. */
    to?: string | null;
  }, funds: readonly chain.Coin[] = [], fee: chain.Fee = "auto"): Promise<R> {
    return this.execute({ claim_queued: args }, funds, fee);
  }

  /** Anyone, from an account he may trade for: buys a debtor's collateral against the debt at the band's low edge less a bounded discount; at mark where that would leave the debtor below maintenance, or nobody can tell. */
  buyCollateral(args: {
    /** The account that pays and receives the collateral. */
    buyer: number;
    /** Collateral wanted; taken down to what the debt still needs. */
    collateral: Coin;
    /** The coin that is owed. */
    debt_denom: string;
    /** The account that owes. */
    debtor: number;
    /** The most the buyer pays for all of it, base units of the debt's coin. */
    max_pay: Uint128;
  }, funds: readonly chain.Coin[] = [], fee: chain.Fee = "auto"): Promise<R> {
    return this.execute({ buy_collateral: args }, funds, fee);
  }

  /** Anyone: moves collected fees of a coin into the treasury account. */
  collectFees(args: {
    /** The coin. */
    denom: string;
  }, funds: readonly chain.Coin[] = [], fee: chain.Fee = "auto"): Promise<R> {
    return this.execute({ collect_fees: args }, funds, fee);
  }

  /** A venue that the owner authorised and every named account admitted: settles all fills or none. The accounts are tested once, after the last fill. */
  settleFills(args: {
    /** The fills, at most 128 legs over all of them and 32 distinct accounts. */
    fills: Fill[];
  }, funds: readonly chain.Coin[] = [], fee: chain.Fee = "auto"): Promise<R> {
    return this.execute({ settle_fills: args }, funds, fee);
  }

  /** The liquidation contract: one step of the liquidation of an account below maintenance. Never pausable. The response's data is [`super::LiquidateData`]. */
  liquidate(args: LiquidateOrder, funds: readonly chain.Coin[] = [], fee: chain.Fee = "auto"): Promise<R> {
    return this.execute({ liquidate: args }, funds, fee);
  }

  /** The liquidation contract: closes an account below maintenance whose schedule has ended against accounts that hold the other sides, at one price a unit. Never pausable. The response's data is [`super::DeleverageData`]. */
  deleverage(args: DeleverageOrder, funds: readonly chain.Coin[] = [], fee: chain.Fee = "auto"): Promise<R> {
    return this.execute({ deleverage: args }, funds, fee);
  }

  /** The liquidation contract: moves quote cash of an account that admits it into escrow, for a standing bid. What is left must pass the test of a withdrawal. */
  reserve(args: {
    /** The account. */
    account: number;
    /** Quote base units. */
    amount: Uint128;
    /** Who consents for it. */
    consent: Consent;
  }, funds: readonly chain.Coin[] = [], fee: chain.Fee = "auto"): Promise<R> {
    return this.execute({ reserve: args }, funds, fee);
  }

  /** The liquidation contract: moves escrow back into an account's cash. */
  release(args: {
    /** The account. */
    account: number;
    /** Quote base units. */
    amount: Uint128;
  }, funds: readonly chain.Coin[] = [], fee: chain.Fee = "auto"): Promise<R> {
    return this.execute({ release: args }, funds, fee);
  }

  /** Anyone: adds the attached quote coins to a market's insurance. Nobody can take them out. */
  fundInsurance(args: {
    /** The market's symbol. */
    market: string;
  }, funds: readonly chain.Coin[] = [], fee: chain.Fee = "auto"): Promise<R> {
    return this.execute({ fund_insurance: args }, funds, fee);
  }

  /** Anyone: pays the debts of an account that has nothing left from the insurance of the markets that lost, within the hourly caps; what is older than the grace of debts is written off: a loss of those markets. An account that still has legs, all of which can only pay, is insurance's from then on, and this message collects what it is paid. */
  coverDebt(args: {
    /** The account. */
    account: number;
  }, funds: readonly chain.Coin[] = [], fee: chain.Fee = "auto"): Promise<R> {
    return this.execute({ cover_debt: args }, funds, fee);
  }

  /** Anyone: goes on with the round that shares a market's loss over the gains made there. Insurance pays what it may. The round ends when insurance has paid all of it, or when its time is over and all accounts were looked at. The accounts named get back what an ended round left of their gains, and are counted into the one that runs. */
  shareLoss(args: {
    /** At most 16. Who is counted pays his part, the same whatever the order and however often he is named. A round looks at all accounts from the one that `Loss` shows as `unseen` downwards, and waits for that a week at most. */
    accounts: number[];
    /** The market's symbol. */
    market: string;
  }, funds: readonly chain.Coin[] = [], fee: chain.Fee = "auto"): Promise<R> {
    return this.execute({ share_loss: args }, funds, fee);
  }

  /** Anyone: lists series on a market's grid and calendar against the listing fee; the owner pays no fee and may name any whole minute as expiry. Listed series are passed over. */
  listSeries(args: {
    /** Canonical names, at most 64. */
    series: string[];
  }, funds: readonly chain.Coin[] = [], fee: chain.Fee = "auto"): Promise<R> {
    return this.execute({ list_series: args }, funds, fee);
  }

  /** Anyone: takes over the oracle's settlement price of an expiry, once it is final. */
  fixExpiry(args: {
    /** The expiry, unix seconds. */
    expiry: number;
    /** The market's symbol. */
    market: string;
  }, funds: readonly chain.Coin[] = [], fee: chain.Fee = "auto"): Promise<R> {
    return this.execute({ fix_expiry: args }, funds, fee);
  }

  /** Anyone: settles whatever has been fixed in these accounts. */
  settleAccounts(args: {
    /** At most 32 accounts. */
    accounts: number[];
  }, funds: readonly chain.Coin[] = [], fee: chain.Fee = "auto"): Promise<R> {
    return this.execute({ settle_accounts: args }, funds, fee);
  }

  /** Anyone: settles whatever has been fixed in the next accounts by number. The response's data is the last number looked at ([`super::SettlePageData`]). */
  settlePage(args: {
    /** At most this many accounts: 1 to 50, default 30. */
    limit?: number | null;
    /** Go on after this account. */
    start_after?: number | null;
  }, funds: readonly chain.Coin[] = [], fee: chain.Fee = "auto"): Promise<R> {
    return this.execute({ settle_page: args }, funds, fee);
  }

  /** Owner: adds a collateral coin. */
  addCoin(args: {
    /** Its listing. */
    listing: CoinListing;
  }, funds: readonly chain.Coin[] = [], fee: chain.Fee = "auto"): Promise<R> {
    return this.execute({ add_coin: args }, funds, fee);
  }

  /** Owner: changes a coin's terms. */
  setCoinTerms(args: {
    /** The coin. */
    denom: string;
    /** When they take effect, unix seconds, from now to a year ahead. */
    effective_at: number;
    /** The new terms. */
    terms: CoinTerms;
  }, funds: readonly chain.Coin[] = [], fee: chain.Fee = "auto"): Promise<R> {
    return this.execute({ set_coin_terms: args }, funds, fee);
  }

  /** Owner: adds a market. */
  addMarket(args: {
    /** Its listing. */
    listing: MarketListing;
  }, funds: readonly chain.Coin[] = [], fee: chain.Fee = "auto"): Promise<R> {
    return this.execute({ add_market: args }, funds, fee);
  }

  /** Owner: changes a market's parameters. Listed series keep their terms. */
  setMarketParams(args: {
    /** When they take effect, unix seconds. */
    effective_at: number;
    /** The market's symbol. */
    market: string;
    /** The new parameters. */
    params: MarketParams;
  }, funds: readonly chain.Coin[] = [], fee: chain.Fee = "auto"): Promise<R> {
    return this.execute({ set_market_params: args }, funds, fee);
  }

  /** Owner: sets the margin profile of an underlying. */
  setProfile(args: {
    /** When it takes effect, unix seconds. */
    effective_at: number;
    /** The profile. */
    profile: Profile;
    /** The underlying (oracle feed). */
    underlying: number;
  }, funds: readonly chain.Coin[] = [], fee: chain.Fee = "auto"): Promise<R> {
    return this.execute({ set_profile: args }, funds, fee);
  }

  /** Owner: sets how underlyings move together in joint scenarios; pairs not named have beta 1. Every driver leads every account of several underlyings, whether it holds it or not. */
  setBetas(args: {
    /** The betas, at most 64. */
    betas: BetaEntry[];
    /** When they take effect, unix seconds. */
    effective_at: number;
  }, funds: readonly chain.Coin[] = [], fee: chain.Fee = "auto"): Promise<R> {
    return this.execute({ set_betas: args }, funds, fee);
  }

  /** Owner: authorises a venue or takes the authority back. */
  setVenue(args: {
    /** True authorises. */
    authorized: boolean;
    /** The venue's address. */
    venue: string;
  }, funds: readonly chain.Coin[] = [], fee: chain.Fee = "auto"): Promise<R> {
    return this.execute({ set_venue: args }, funds, fee);
  }

  /** Owner: names the liquidation contract, one that never was it. Bids with the one before end: what they held goes back to each account when it is touched next. */
  setLiquidator(args: {
    /** Its address. */
    liquidator: string;
  }, funds: readonly chain.Coin[] = [], fee: chain.Fee = "auto"): Promise<R> {
    return this.execute({ set_liquidator: args }, funds, fee);
  }

  /** Owner: names the account that collects fees. */
  setTreasury(args: {
    /** The account. */
    account: number;
  }, funds: readonly chain.Coin[] = [], fee: chain.Fee = "auto"): Promise<R> {
    return this.execute({ set_treasury: args }, funds, fee);
  }

  /** Owner: changes engine-wide parameters. */
  setParams(args: {
    /** When they take effect, unix seconds. */
    effective_at: number;
    /** The new parameters. */
    params: EngineParams;
  }, funds: readonly chain.Coin[] = [], fee: chain.Fee = "auto"): Promise<R> {
    return this.execute({ set_params: args }, funds, fee);
  }

  /** Owner: offers ownership of the engine; a new offer replaces the old one. */
  proposeOwner(args: {
    /** Until when, unix seconds, at most 30 days ahead. */
    expires_at: number;
    /** To whom. */
    owner: string;
  }, funds: readonly chain.Coin[] = [], fee: chain.Fee = "auto"): Promise<R> {
    return this.execute({ propose_owner: args }, funds, fee);
  }

  /** Owner: withdraws the offer. */
  cancelOwnerProposal(funds: readonly chain.Coin[] = [], fee: chain.Fee = "auto"): Promise<R> {
    return this.execute({ cancel_owner_proposal: {} }, funds, fee);
  }

  /** The proposed owner: takes over. */
  acceptOwner(funds: readonly chain.Coin[] = [], fee: chain.Fee = "auto"): Promise<R> {
    return this.execute({ accept_owner: {} }, funds, fee);
  }

  /** Owner: names or removes the guardian. */
  setGuardian(args: {
    /** The guardian; absent: none. */
    guardian?: string | null;
  }, funds: readonly chain.Coin[] = [], fee: chain.Fee = "auto"): Promise<R> {
    return this.execute({ set_guardian: args }, funds, fee);
  }

  /** Guardian: pauses actions for a while, then rests as long. Liquidating, reducing, settling, repaying and withdrawing have no pause. */
  pause(args: {
    /** What to pause. */
    actions: PauseAction[];
    /** For how long, at most seven days. */
    seconds: number;
  }, funds: readonly chain.Coin[] = [], fee: chain.Fee = "auto"): Promise<R> {
    return this.execute({ pause: args }, funds, fee);
  }

  /** Owner: ends a pause at once. */
  liftPause(funds: readonly chain.Coin[] = [], fee: chain.Fee = "auto"): Promise<R> {
    return this.execute({ lift_pause: {} }, funds, fee);
  }
}
