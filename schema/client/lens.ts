// Generated from schema/lens.json (`scripts/schema`): do not edit.

import type * as chain from "./chain.js";

/** Answer to `Chain`. */
export type ChainResponse = {
  /** The tickers. */
  tickers: Ticker[];
};

/** Answer to `Config`. */
export type ConfigResponse = {
  /** The margin engine. */
  engine: string;
  /** The oracle adapter. */
  oracle: string;
};

/** A fixed-point decimal value with 18 fractional digits, i.e. Decimal(1_000_000_000_000_000_000) == 1.0 */
export type Decimal = string;

/** Greeks per 1 of the underlying, USD. Toward zero. */
export type Greeks = {
  /** Change per 1 USD of forward. */
  delta: SignedDecimal;
  /** Change of delta per 1 USD of forward. */
  gamma: SignedDecimal;
  /** Change per percent of rate. */
  rho: SignedDecimal;
  /** Change per day. */
  theta: SignedDecimal;
  /** Change per vol point (0.01). */
  vega: SignedDecimal;
};

/** Sets the lens up. */
export type InstantiateMsg = {
  /** The margin engine whose series are shown. */
  engine: string;
  /** The oracle adapter whose marks are shown. */
  oracle: string;
};

/** What one may ask the lens. */
export type QueryMsg =
  /** The contracts it reads. */
  | {
    config: Record<string, never>;
  }
  /** Tickers of a market's series, by expiry, strike and kind. */
  | {
    chain: {
      /** Only this expiry, unix seconds. */
      expiry?: number | null;
      /** At most this many: 1 to 50, default 30; a price costs more than other records. */
      limit?: number | null;
      /** The market's symbol. */
      market: string;
      /** Go on after this series. */
      start_after?: string | null;
    };
  }
  /** What the settlement price of an expiry would be now, or is. */
  | {
    settlement_estimate: {
      /** The expiry, unix seconds. */
      expiry: number;
      /** The market's symbol. */
      market: string;
    };
  };

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

/** Answer to `SettlementEstimate`. */
export type SettlementEstimateResponse = {
  /** Whether the price is final. */
  is_final: boolean;
  /** The estimated or final settlement price, USD; absent without any price. Toward zero. */
  price?: Decimal | null;
  /** Share of the fixing window that has passed. */
  share_passed: Decimal;
};

/** A signed fixed-point decimal value with 18 fractional digits, i.e. SignedDecimal(1_000_000_000_000_000_000) == 1.0 */
export type SignedDecimal = string;

/** A series with the fields of a ticker. Prices are absent while the feed has no usable price. */
export type Ticker = {
  /** Expiry, unix seconds. */
  expiration_timestamp: number;
  /** Black-76 Greeks at the mark's implied vol, undiscounted; calls and puts. Absent where there is no vol. */
  greeks?: Greeks | null;
  /** Middle of the spot band, USD. */
  index_price?: Decimal | null;
  /** The prices are stale or lack a quorum: they are shown, nothing trades at them. */
  indicative: boolean;
  /** Canonical name of the series. */
  instrument_name: string;
  /** What it pays. */
  kind: SeriesKind;
  /** Black-76 implied vol of the mark, in percent per year (50 is 50 %); calls and puts. Absent in the fixing window: an average is priced there, and no Black vol belongs to it. Toward zero. */
  mark_iv?: Decimal | null;
  /** As margin counts it, discounted; in the fixing window of what is observed and what is still to come. Linear: USD per underlying; inverse: coin per underlying. A linear future's is the price at which a trade in it is worth nothing. Absent for a date off the surface, though margin prices it on a borrowed slice. Toward zero. */
  mark_price?: SignedDecimal | null;
  /** Sum of long quantities, quantity units. */
  open_interest: Uint64;
  /** Strike, USD; a future's reference price. */
  strike: Decimal;
  /** Forward of the expiry, USD; in its fixing window the price that it is expected to settle at. */
  underlying_price?: Decimal | null;
};

/** A thin wrapper around u64 that is using strings for JSON encoding/decoding, such that the full u64 range can be used for clients that convert JSON numbers to floats, like JavaScript and jq. */
export type Uint64 = string;

/** Asks the contract `lens`. */
export class LensReader {
  readonly #chain: chain.Reader;
  readonly #address: string;

  constructor(chain: chain.Reader, address: string) {
    this.#chain = chain;
    this.#address = address;
  }

  /** The contracts it reads. */
  config(): Promise<ConfigResponse> {
    return this.#chain.queryContractSmart(this.#address, { config: {} } satisfies QueryMsg);
  }

  /** Tickers of a market's series, by expiry, strike and kind. */
  chain(args: {
    /** Only this expiry, unix seconds. */
    expiry?: number | null;
    /** At most this many: 1 to 50, default 30; a price costs more than other records. */
    limit?: number | null;
    /** The market's symbol. */
    market: string;
    /** Go on after this series. */
    start_after?: string | null;
  }): Promise<ChainResponse> {
    return this.#chain.queryContractSmart(this.#address, { chain: args } satisfies QueryMsg);
  }

  /** What the settlement price of an expiry would be now, or is. */
  settlementEstimate(args: {
    /** The expiry, unix seconds. */
    expiry: number;
    /** The market's symbol. */
    market: string;
  }): Promise<SettlementEstimateResponse> {
    return this.#chain.queryContractSmart(this.#address, { settlement_estimate: args } satisfies QueryMsg);
  }
}
