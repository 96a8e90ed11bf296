// Generated from schema/liquidation.json (`scripts/schema`): do not edit.

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

/** Answer to `Auction`. */
export type AuctionResponse = {
  /** Absent: none. */
  auction?: AuctionView | null;
};

/** An auction as the liquidation contract keeps it. */
export type AuctionStart = {
  /** Its clock, unix seconds: now less its age. */
  at: number;
  /** Publish time of the newest price that was seen when it began, unix seconds. */
  price_time: number;
};

/** An auction. */
export type AuctionView = {
  /** The account. */
  account: number;
  /** From when the next step starts it anew, unix seconds. */
  restarts_at: number;
  /** Its clock, as a step now would find it if it comes before `restarts_at` and prices had no gap of five minutes since it was touched. */
  start: AuctionStart;
  /** When a step last touched it, unix seconds. */
  touched: number;
};

/** Answer to `Auctions`. */
export type AuctionsResponse = {
  /** By account number. */
  auctions: AuctionView[];
};

/** Answer to `Backstop`. */
export type BackstopResponse = {
  /** The backstop. */
  backstop: BackstopView;
  /** The coins it holds. */
  holdings: Coin[];
  /** It holds no position and no debt: shares are issued and redeemed, unless one of its markets has more deficits than insurance, or has yet to book its part of a loss (`ShareLoss`). */
  open: boolean;
  /** Gains withheld until a loss is shared, quote base units, while it is open; while there are any no share is issued. */
  withheld: Uint128;
};

/** A backstop. */
export type BackstopView = {
  /** Its engine account. */
  account: number;
  /** Its number. */
  group: number;
  /** Symbols of its markets. */
  markets: string[];
  /** Shares in all. */
  supply: Uint128;
};

/** Answer to `Backstops`. */
export type BackstopsResponse = {
  /** By number. */
  backstops: BackstopView[];
};

/** Where a bid stands in the order of filling. */
export type BidPlace = {
  /** The bidder's account. */
  account: number;
  /** When it starts to count, unix seconds. */
  active_at: number;
  /** The reward asked. */
  reward: number;
};

/** Terms of standing bids. */
export type BidTerms = {
  /** The least budget; a bid of which less is left ends. One base unit to 100,000 whole quote coins. */
  least_budget: Uint128;
  /** Most bids of one account, 1 to [`MAX_BIDS`]. */
  most: number;
  /** Width of a slot: a reward is a multiple of it. A multiple of [`SLOT_GRID`], at most 100,000. */
  slot: number;
  /** Seconds from placing to counting, 1 to 86,400. */
  wait: number;
};

/** A standing bid. */
export type BidView = {
  /** Who placed it and consents for the account. */
  bidder: string;
  /** What is left of its budget. */
  budget: Uint128;
  /** Where it stands. */
  place: BidPlace;
};

/** Answer to `Bids` and `BidsByAccount`. */
export type BidsResponse = {
  /** The bids. */
  bids: BidView[];
};

/** Binary is a wrapper around Vec<u8> to add base64 de/serialization with serde. It also adds some helper methods to help encode inline. */
export type Binary = string;

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

/** Answer to `Config`. */
export type ConfigResponse = {
  /** The margin engine. */
  engine: string;
  /** The open offer of ownership. */
  offer?: Offer | null;
  /** The owner. */
  owner: string;
  /** The quote coin. */
  quote_denom: string;
  /** The terms. */
  terms: Scheduled_for_Terms;
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

/** Everything the contract can be told. `docs/access.md` says who may. Only `DepositBackstop` takes coins; none stay here. */
export type ExecuteMsg =
  /** Anyone: one step of a liquidation. Starts the auction, restarts it, sells, or ends it, as the account stands. The response's data is [`crate::engine::LiquidateData`]. */
  | {
    liquidate: Step;
  }
  /** Owner or trading delegate of an account that admits this contract: offers to take from any liquidation at this reward. The budget moves from the account's cash into the engine's escrow. */
  | {
    place_bid: {
      /** The bidder's account. */
      account: number;
      /** The most it pays in all. */
      budget: Uint128;
      /** The reward asked: a slot, from the schedule's start to its end. One bid an account and reward. */
      reward: number;
    };
  }
  /** Owner or trading delegate, anyone while the account is late with a debt, or owes and is below maintenance: takes a bid back; what is left of its budget returns to the account. */
  | {
    withdraw_bid: {
      /** The bidder's account. */
      account: number;
      /** The bid's reward. */
      reward: number;
    };
  }
  /** Anyone: deposits quote coins for shares, while the backstop holds no position and no debt. Other coins that it holds count at mark and a tenth on top. */
  | {
    deposit_backstop: {
      /** Its number. */
      group: number;
    };
  }
  /** A holder: redeems shares for the same part of every coin, while the backstop holds no position and no debt. */
  | {
    withdraw_backstop: {
      /** Its number. */
      group: number;
      /** How many of his shares. */
      shares: Uint128;
    };
  }
  /** Anyone: one step in which the backstop takes what the standing bids leave. The account must be critical or insolvent, its legs in the group's markets, the schedule at the terms' least reward, or at what the account's equity can pay of it. */
  | {
    take_backstop: {
      /** The account that is taken. */
      account: number;
      /** The backstop's number. */
      group: number;
      /** Who gets the keeper's part of the penalty; absent: insurance does. */
      keeper?: number | null;
    };
  }
  /** Anyone: names accounts that hold the other side of legs of an account below maintenance whose schedule has ended. The engine ranks them; the best [`MAX_NOMINEES`] of all named so far stand. The first nomination opens the table. */
  | {
    nominate: {
      /** The account that nobody took. */
      account: number;
      /** At most [`MAX_NOMINEES`] accounts. */
      candidates: number[];
    };
  }
  /** Anyone, once the table has been open for the terms' time: closes the account against its nominees in their order, and ends the table. The response's data is [`crate::engine::DeleverageData`]. */
  | {
    deleverage: {
      /** The account. */
      account: number;
    };
  }
  /** Owner: opens a backstop with an engine account of its own. */
  | {
    create_backstop: {
      /** A number that is not taken. */
      group: number;
      /** Symbols of the markets whose legs it takes, all settled in the quote coin, at most [`MAX_GROUP_MARKETS`]. */
      markets: string[];
    };
  }
  /** Owner: changes the terms. */
  | {
    set_terms: {
      /** When they take effect, unix seconds, a day to a year ahead: whoever has a bid can withdraw it before. */
      effective_at: number;
      /** The new terms. */
      terms: Terms;
    };
  }
  /** Owner: offers ownership; a new offer replaces the old one. */
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
  };

/** Sets the contract up. */
export type InstantiateMsg = {
  /** The margin engine; never changes. Its quote coin is the backstops' coin. */
  engine: string;
  /** The owner: terms and backstops. */
  owner: string;
  /** The first terms. */
  terms: Terms;
};

/** An implementation of i128 that is using strings for JSON encoding/decoding, such that the full i128 range can be used for clients that convert JSON numbers to floats, like JavaScript and jq. */
export type Int128 = string;

/** An implementation of i64 that is using strings for JSON encoding/decoding, such that the full i64 range can be used for clients that convert JSON numbers to floats, like JavaScript and jq. */
export type Int64 = string;

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

/** Answer to `PreviewLiquidate`. */
export type LiquidatePreview = {
  /** The account, and after it those who would take, once each, as the step would leave them: every leg and coin. */
  accounts: AccountResponse[];
  /** What the step would answer. */
  done: LiquidateData;
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

/** Takes nothing. */
export type MigrateMsg = Record<string, never>;

/** Who stands nominated to be closed against an account. */
export type NomineeTable = {
  /** From when the account may be closed, unix seconds. */
  executable_at: number;
  /** From when a new table must begin if no step touches the auction, unix seconds. */
  lapses_at: number;
  /** Best ranked first when somebody last nominated. */
  nominees: number[];
};

/** Answer to `Nominees`. */
export type NomineesResponse = {
  /** The table of the account, if one is open. */
  table?: NomineeTable | null;
};

/** An offer of a contract or an account to a new owner. */
export type Offer = {
  /** Until when, unix seconds; at this second it is void. */
  expires_at: number;
  /** Who may accept. */
  to: string;
};

/** What follows, and when. */
export type Planned_for_Terms = {
  /** From when it is in force, unix seconds. */
  effective_at: number;
  /** The value. */
  value: Terms;
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

/** Everything the contract can be asked. */
export type QueryMsg =
  /** Owner, engine, terms. */
  | {
    config: Record<string, never>;
  }
  /** The auction of an account, if there is one. */
  | {
    auction: {
      /** The account. */
      account: number;
    };
  }
  /** Auctions by account number. */
  | {
    auctions: {
      /** At most this many: 1 to 100, default 30. */
      limit?: number | null;
      /** Go on after this account. */
      start_after?: number | null;
    };
  }
  /** Standing bids in the order in which they fill: lowest reward first, then by time. */
  | {
    bids: {
      /** At most this many: 1 to 100, default 30. */
      limit?: number | null;
      /** Go on after this bid. */
      start_after?: BidPlace | null;
    };
  }
  /** The bids of an account by reward. */
  | {
    bids_by_account: {
      /** The bidder's account. */
      account: number;
    };
  }
  /** One backstop. */
  | {
    backstop: {
      /** Its number. */
      group: number;
    };
  }
  /** Backstops by number. */
  | {
    backstops: {
      /** At most this many: 1 to 100, default 30. */
      limit?: number | null;
      /** Go on after this number. */
      start_after?: number | null;
    };
  }
  /** What a holder has in a backstop. */
  | {
    shares: {
      /** The backstop's number. */
      group: number;
      /** The holder's address. */
      holder: string;
    };
  }
  /** Exactly what `Liquidate` would do now, sent by the owner of the taker's account. */
  | {
    preview: Step;
  }
  /** Exactly what `TakeBackstop` would do now. */
  | {
    preview_backstop: {
      /** The account that is taken. */
      account: number;
      /** The backstop's number. */
      group: number;
      /** Who gets the keeper's part. */
      keeper?: number | null;
    };
  }
  /** Who stands nominated against an account. */
  | {
    nominees: {
      /** The account that is to be closed. */
      account: number;
    };
  }
  /** What `Deleverage` would do if the table were ripe now. */
  | {
    preview_deleverage: {
      /** The account. */
      account: number;
    };
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
export type Scheduled_for_Terms = {
  /** In force now. */
  current: Terms;
  /** What follows. */
  next?: Planned_for_Terms | null;
};

/** Answer to `Shares`. */
export type SharesResponse = {
  /** How many. */
  shares: Uint128;
  /** What they would be redeemed for; absent while the backstop holds a position or a debt. */
  worth?: Coin[] | null;
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

/** One step of a liquidation. */
export type Step = {
  /** The account that is below maintenance. */
  account: number;
  /** How many standing bids are looked at, the first ones, 1 to [`crate::engine::MAX_TAKERS`]: fewer keep a step within a block where their accounts are dear to test. Absent: that many. Not with `take`, which comes after all there is room for. */
  bids?: number | null;
  /** Who gets the keeper's part of the penalty; absent: insurance does. */
  keeper?: number | null;
  /** The sender takes what the standing bids leave; a sale in which nothing is left for him fails. Absent: they alone take. */
  take?: Take | null;
};

/** A sender who takes what the standing bids leave, at the step's reward. */
export type Take = {
  /** His account. The engine requires the sender to be its owner or trading delegate, and that it admits this contract. */
  account: number;
  /** The least reward he accepts. */
  least_reward: number;
  /** Fails unless the liquidated account's legs still have this fingerprint (the engine's `LiquidationStates`). */
  legs_fingerprint?: Binary | null;
  /** The most he pays in all, penalty included. */
  max_pay: Uint128;
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

/** The contract's terms; each within a hard range. */
export type Terms = {
  /** What the engine goes by in every step. */
  auction: LiquidationTerms;
  /** The least reward at which a backstop takes an account that can pay it: at least two thirds of the penalty, at most the schedule's end. */
  backstop_reward: number;
  /** Standing bids. */
  bids: BidTerms;
  /** Seconds for which accounts are nominated before an account is deleveraged, at least 60, and 60 less than `tail` at most. */
  nomination: number;
  /** Seconds after which an auction that no step touched starts anew, 120 to 3,600. Of those between two steps five minutes at most, or a sixth of the schedule, count: the price does not fall while prices allow no sale. */
  tail: number;
};

/** A thin wrapper around u128 that is using strings for JSON encoding/decoding, such that the full u128 range can be used for clients that convert JSON numbers to floats, like JavaScript and jq. */
export type Uint128 = string;

/** An implementation of u256 that is using strings for JSON encoding/decoding, such that the full u256 range can be used for clients that convert JSON numbers to floats, like JavaScript and jq. */
export type Uint256 = string;

/** Asks the contract `liquidation`. */
export class LiquidationReader {
  readonly #chain: chain.Reader;
  readonly #address: string;

  constructor(chain: chain.Reader, address: string) {
    this.#chain = chain;
    this.#address = address;
  }

  /** Owner, engine, terms. */
  config(): Promise<ConfigResponse> {
    return this.#chain.queryContractSmart(this.#address, { config: {} } satisfies QueryMsg);
  }

  /** The auction of an account, if there is one. */
  auction(args: {
    /** The account. */
    account: number;
  }): Promise<AuctionResponse> {
    return this.#chain.queryContractSmart(this.#address, { auction: args } satisfies QueryMsg);
  }

  /** Auctions by account number. */
  auctions(args: {
    /** At most this many: 1 to 100, default 30. */
    limit?: number | null;
    /** Go on after this account. */
    start_after?: number | null;
  }): Promise<AuctionsResponse> {
    return this.#chain.queryContractSmart(this.#address, { auctions: args } satisfies QueryMsg);
  }

  /** Standing bids in the order in which they fill: lowest reward first, then by time. */
  bids(args: {
    /** At most this many: 1 to 100, default 30. */
    limit?: number | null;
    /** Go on after this bid. */
    start_after?: BidPlace | null;
  }): Promise<BidsResponse> {
    return this.#chain.queryContractSmart(this.#address, { bids: args } satisfies QueryMsg);
  }

  /** The bids of an account by reward. */
  bidsByAccount(args: {
    /** The bidder's account. */
    account: number;
  }): Promise<BidsResponse> {
    return this.#chain.queryContractSmart(this.#address, { bids_by_account: args } satisfies QueryMsg);
  }

  /** One backstop. */
  backstop(args: {
    /** Its number. */
    group: number;
  }): Promise<BackstopResponse> {
    return this.#chain.queryContractSmart(this.#address, { backstop: args } satisfies QueryMsg);
  }

  /** Backstops by number. */
  backstops(args: {
    /** At most this many: 1 to 100, default 30. */
    limit?: number | null;
    /** Go on after this number. */
    start_after?: number | null;
  }): Promise<BackstopsResponse> {
    return this.#chain.queryContractSmart(this.#address, { backstops: args } satisfies QueryMsg);
  }

  /** What a holder has in a backstop. */
  shares(args: {
    /** The backstop's number. */
    group: number;
    /** The holder's address. */
    holder: string;
  }): Promise<SharesResponse> {
    return this.#chain.queryContractSmart(this.#address, { shares: args } satisfies QueryMsg);
  }

  /** Exactly what `Liquidate` would do now, sent by the owner of the taker's account. */
  preview(args: Step): Promise<LiquidatePreview> {
    return this.#chain.queryContractSmart(this.#address, { preview: args } satisfies QueryMsg);
  }

  /** Exactly what `TakeBackstop` would do now. */
  previewBackstop(args: {
    /** The account that is taken. */
    account: number;
    /** The backstop's number. */
    group: number;
    /** Who gets the keeper's part. */
    keeper?: number | null;
  }): Promise<LiquidatePreview> {
    return this.#chain.queryContractSmart(this.#address, { preview_backstop: args } satisfies QueryMsg);
  }

  /** Who stands nominated against an account. */
  nominees(args: {
    /** The account that is to be closed. */
    account: number;
  }): Promise<NomineesResponse> {
    return this.#chain.queryContractSmart(this.#address, { nominees: args } satisfies QueryMsg);
  }

  /** What `Deleverage` would do if the table were ripe now. */
  previewDeleverage(args: {
    /** The account. */
    account: number;
  }): Promise<DeleverageData> {
    return this.#chain.queryContractSmart(this.#address, { preview_deleverage: args } satisfies QueryMsg);
  }
}

/** Sends as one party to the contract `liquidation`. */
export class LiquidationWriter<R> {
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

  /** Anyone: one step of a liquidation. Starts the auction, restarts it, sells, or ends it, as the account stands. The response's data is [`crate::engine::LiquidateData`]. */
  liquidate(args: Step, funds: readonly chain.Coin[] = [], fee: chain.Fee = "auto"): Promise<R> {
    return this.execute({ liquidate: args }, funds, fee);
  }

  /** Owner or trading delegate of an account that admits this contract: offers to take from any liquidation at this reward. The budget moves from the account's cash into the engine's escrow. */
  placeBid(args: {
    /** The bidder's account. */
    account: number;
    /** The most it pays in all. */
    budget: Uint128;
    /** The reward asked: a slot, from the schedule's start to its end. One bid an account and reward. */
    reward: number;
  }, funds: readonly chain.Coin[] = [], fee: chain.Fee = "auto"): Promise<R> {
    return this.execute({ place_bid: args }, funds, fee);
  }

  /** Owner or trading delegate, anyone while the account is late with a debt, or owes and is below maintenance: takes a bid back; what is left of its budget returns to the account. */
  withdrawBid(args: {
    /** The bidder's account. */
    account: number;
    /** The bid's reward. */
    reward: number;
  }, funds: readonly chain.Coin[] = [], fee: chain.Fee = "auto"): Promise<R> {
    return this.execute({ withdraw_bid: args }, funds, fee);
  }

  /** Anyone: deposits quote coins for shares, while the backstop holds no position and no debt. Other coins that it holds count at mark and a tenth on top. */
  depositBackstop(args: {
    /** Its number. */
    group: number;
  }, funds: readonly chain.Coin[] = [], fee: chain.Fee = "auto"): Promise<R> {
    return this.execute({ deposit_backstop: args }, funds, fee);
  }

  /** A holder: redeems shares for the same part of every coin, while the backstop holds no position and no debt. */
  withdrawBackstop(args: {
    /** Its number. */
    group: number;
    /** How many of his shares. */
    shares: Uint128;
  }, funds: readonly chain.Coin[] = [], fee: chain.Fee = "auto"): Promise<R> {
    return this.execute({ withdraw_backstop: args }, funds, fee);
  }

  /** Anyone: one step in which the backstop takes what the standing bids leave. The account must be critical or insolvent, its legs in the group's markets, the schedule at the terms' least reward, or at what the account's equity can pay of it. */
  takeBackstop(args: {
    /** The account that is taken. */
    account: number;
    /** The backstop's number. */
    group: number;
    /** Who gets the keeper's part of the penalty; absent: insurance does. */
    keeper?: number | null;
  }, funds: readonly chain.Coin[] = [], fee: chain.Fee = "auto"): Promise<R> {
    return this.execute({ take_backstop: args }, funds, fee);
  }

  /** Anyone: names accounts that hold the other side of legs of an account below maintenance whose schedule has ended. The engine ranks them; the best [`MAX_NOMINEES`] of all named so far stand. The first nomination opens the table. */
  nominate(args: {
    /** The account that nobody took. */
    account: number;
    /** At most [`MAX_NOMINEES`] accounts. */
    candidates: number[];
  }, funds: readonly chain.Coin[] = [], fee: chain.Fee = "auto"): Promise<R> {
    return this.execute({ nominate: args }, funds, fee);
  }

  /** Anyone, once the table has been open for the terms' time: closes the account against its nominees in their order, and ends the table. The response's data is [`crate::engine::DeleverageData`]. */
  deleverage(args: {
    /** The account. */
    account: number;
  }, funds: readonly chain.Coin[] = [], fee: chain.Fee = "auto"): Promise<R> {
    return this.execute({ deleverage: args }, funds, fee);
  }

  /** Owner: opens a backstop with an engine account of its own. */
  createBackstop(args: {
    /** A number that is not taken. */
    group: number;
    /** Symbols of the markets whose legs it takes, all settled in the quote coin, at most [`MAX_GROUP_MARKETS`]. */
    markets: string[];
  }, funds: readonly chain.Coin[] = [], fee: chain.Fee = "auto"): Promise<R> {
    return this.execute({ create_backstop: args }, funds, fee);
  }

  /** Owner: changes the terms. */
  setTerms(args: {
    /** When they take effect, unix seconds, a day to a year ahead: whoever has a bid can withdraw it before. */
    effective_at: number;
    /** The new terms. */
    terms: Terms;
  }, funds: readonly chain.Coin[] = [], fee: chain.Fee = "auto"): Promise<R> {
    return this.execute({ set_terms: args }, funds, fee);
  }

  /** Owner: offers ownership; a new offer replaces the old one. */
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
}
