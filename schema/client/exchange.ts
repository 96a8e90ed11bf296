// Generated from schema/exchange.json (`scripts/schema`): do not edit.

import type * as chain from "./chain.js";

/** Binary is a wrapper around Vec<u8> to add base64 de/serialization with serde. It also adds some helper methods to help encode inline. */
export type Binary = string;

/** Answer to [`QueryMsg::Cancelled`]. */
export type CancelledResponse = {
  /** Every nonce below this is cancelled, and none from [`NONCE_REACH`] above it on can be used yet. */
  floor: Uint64;
  /** Further cancelled ranges, ascending. */
  ranges: NonceRange[];
};

/** Answer to [`QueryMsg::Config`]. */
export type ConfigResponse = {
  /** The margin engine. */
  engine: string;
};

/** What one may ask the exchange to do. */
export type ExecuteMsg =
  /** Takes signed quotes, cheapest first, all legs or none. The engine requires the sender to be the owner or a trading delegate of `account`. */
  | {
    take_quotes: TakeQuotes;
  }
  /** Cancels every nonce in `[from, to]` of the account's quotes. Owner or trading delegate. */
  | {
    cancel_quotes: {
      /** The maker's account. */
      account: number;
      /** First nonce cancelled. */
      from: Uint64;
      /** Last nonce cancelled; less than [`NONCE_REACH`] above the floor. */
      to: Uint64;
    };
  }
  /** Removes fill records of cancelled quotes. Anyone. */
  | {
    prune_quotes: {
      /** The maker's account. */
      account: number;
      /** At most [`MAX_PRUNED`] nonces. */
      nonces: Uint64[];
    };
  };

/** Sets the exchange up. */
export type InstantiateMsg = {
  /** The margin engine that settles the fills; never changes. */
  engine: string;
};

/** An implementation of i128 that is using strings for JSON encoding/decoding, such that the full i128 range can be used for clients that convert JSON numbers to floats, like JavaScript and jq. */
export type Int128 = string;

/** Takes nothing. */
export type MigrateMsg = Record<string, never>;

/** Nonces in a row. */
export type NonceRange = {
  /** The first one. */
  from: Uint64;
  /** The last one. */
  to: Uint64;
};

/** Answer to [`QueryMsg::Preview`]. */
export type PreviewResponse = {
  /** Ticks of price times lots that the taker buys, net; negative: sells. A future moves its price less the reference. */
  cost: Int128;
  /** Lots taken from each quote, in the order given. */
  taken: Uint64[];
};

/** What one may ask the exchange. */
export type QueryMsg =
  /** The engine that settles the fills. */
  | {
    config: Record<string, never>;
  }
  /** How much of a quote is filled and whether it is cancelled. */
  | {
    quote_status: {
      /** The maker's account. */
      account: number;
      /** The quote's nonce. */
      nonce: Uint64;
    };
  }
  /** Cancelled nonces of an account. */
  | {
    cancelled: {
      /** The maker's account. */
      account: number;
    };
  }
  /** The text to sign for a quote on this chain and exchange. */
  | {
    quote_text: {
      /** The quote. */
      quote: Quote;
    };
  }
  /** What `TakeQuotes` would send to the engine; all checks but the engine's. */
  | {
    preview: {
      /** The order. */
      order: TakeQuotes;
    };
  };

/** A maker's offer to trade up to `lots` times the legs. */
export type Quote = {
  /** The maker's account. */
  account: number;
  /** Unix seconds; takeable while block time is before it. */
  expires_at: number;
  /** One to [`MAX_QUOTE_LEGS`] legs of one market. */
  legs: QuoteLeg[];
  /** Lots offered in all. */
  lots: Uint64;
  /** Highest fee per lot the maker pays, in base units of the settlement coin. */
  max_fee_per_lot: Uint128;
  /** Names the quote among the account's quotes; less than [`NONCE_REACH`] above the account's floor. */
  nonce: Uint64;
  /** The only account that may take it; `None`: anyone. */
  taker?: number | null;
};

/** One leg of a quote, from the maker's side. */
export type QuoteLeg = {
  /** Price in ticks of the market. */
  price: number;
  /** Quantity units per lot; positive: the maker buys. */
  ratio: number;
  /** Name of the series, such as `BTC-25DEC26-100000-C`. */
  series: string;
};

/** Answer to [`QueryMsg::QuoteStatus`]. */
export type QuoteStatusResponse = {
  /** True when the nonce is cancelled. */
  cancelled: boolean;
  /** Lots filled so far (0 after the record was pruned). */
  filled: Uint64;
};

/** Answer to [`QueryMsg::QuoteText`]. */
export type QuoteTextResponse = {
  /** SHA-256 of the text. */
  digest: Binary;
  /** The text that makers sign. */
  text: string;
};

/** A secp256k1 signature, compact 64 bytes, s in the lower half; the key compressed, 33 bytes. */
export type Signature =
  /** Over SHA-256 of the quote's text; the key is a delegate of the account. */
  | {
    direct: {
      /** The signing key, compressed. */
      public_key: Binary;
      /** r and s. */
      signature: Binary;
    };
  }
  /** Over SHA-256 of the ADR-036 document that carries the text; the key's address is the owner or a delegate. */
  | {
    adr036: {
      /** The wallet's key, compressed. */
      public_key: Binary;
      /** r and s. */
      signature: Binary;
    };
  };

/** A quote and the proof of who made it. */
export type SignedQuote = {
  /** The terms. */
  quote: Quote;
  /** The maker's signature over [`Quote::text`]. */
  signature: Signature;
};

/** A taker's order against signed quotes. */
export type TakeQuotes = {
  /** The taker's account. */
  account: number;
  /** Most the taker pays per lot on average, in signed ticks of price, fees beside; negative: least he receives. */
  limit: Int128;
  /** Most lots wanted. */
  lots: Uint64;
  /** Highest fee per lot the taker pays, in base units of the settlement coin. */
  max_fee_per_lot: Uint128;
  /** Fewest lots accepted; fewer left fails the call. The limit lessens nothing: it holds or the call fails. */
  min_lots: Uint64;
  /** One to [`MAX_QUOTES`] quotes for the same legs. */
  quotes: SignedQuote[];
  /** True: all fills together must reduce the taker's risk, whatever his margin. */
  reduce_only: boolean;
};

/** A thin wrapper around u128 that is using strings for JSON encoding/decoding, such that the full u128 range can be used for clients that convert JSON numbers to floats, like JavaScript and jq. */
export type Uint128 = string;

/** A thin wrapper around u64 that is using strings for JSON encoding/decoding, such that the full u64 range can be used for clients that convert JSON numbers to floats, like JavaScript and jq. */
export type Uint64 = string;

/** Asks the contract `exchange`. */
export class ExchangeReader {
  readonly #chain: chain.Reader;
  readonly #address: string;

  constructor(chain: chain.Reader, address: string) {
    this.#chain = chain;
    this.#address = address;
  }

  /** The engine that settles the fills. */
  config(): Promise<ConfigResponse> {
    return this.#chain.queryContractSmart(this.#address, { config: {} } satisfies QueryMsg);
  }

  /** How much of a quote is filled and whether it is cancelled. */
  quoteStatus(args: {
    /** The maker's account. */
    account: number;
    /** The quote's nonce. */
    nonce: Uint64;
  }): Promise<QuoteStatusResponse> {
    return this.#chain.queryContractSmart(this.#address, { quote_status: args } satisfies QueryMsg);
  }

  /** Cancelled nonces of an account. */
  cancelled(args: {
    /** The maker's account. */
    account: number;
  }): Promise<CancelledResponse> {
    return this.#chain.queryContractSmart(this.#address, { cancelled: args } satisfies QueryMsg);
  }

  /** The text to sign for a quote on this chain and exchange. */
  quoteText(args: {
    /** The quote. */
    quote: Quote;
  }): Promise<QuoteTextResponse> {
    return this.#chain.queryContractSmart(this.#address, { quote_text: args } satisfies QueryMsg);
  }

  /** What `TakeQuotes` would send to the engine; all checks but the engine's. */
  preview(args: {
    /** The order. */
    order: TakeQuotes;
  }): Promise<PreviewResponse> {
    return this.#chain.queryContractSmart(this.#address, { preview: args } satisfies QueryMsg);
  }
}

/** Sends as one party to the contract `exchange`. */
export class ExchangeWriter<R> {
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

  /** Takes signed quotes, cheapest first, all legs or none. The engine requires the sender to be the owner or a trading delegate of `account`. */
  takeQuotes(args: TakeQuotes, funds: readonly chain.Coin[] = [], fee: chain.Fee = "auto"): Promise<R> {
    return this.execute({ take_quotes: args }, funds, fee);
  }

  /** Cancels every nonce in `[from, to]` of the account's quotes. Owner or trading delegate. */
  cancelQuotes(args: {
    /** The maker's account. */
    account: number;
    /** First nonce cancelled. */
    from: Uint64;
    /** Last nonce cancelled; less than [`NONCE_REACH`] above the floor. */
    to: Uint64;
  }, funds: readonly chain.Coin[] = [], fee: chain.Fee = "auto"): Promise<R> {
    return this.execute({ cancel_quotes: args }, funds, fee);
  }

  /** Removes fill records of cancelled quotes. Anyone. */
  pruneQuotes(args: {
    /** The maker's account. */
    account: number;
    /** At most [`MAX_PRUNED`] nonces. */
    nonces: Uint64[];
  }, funds: readonly chain.Coin[] = [], fee: chain.Fee = "auto"): Promise<R> {
    return this.execute({ prune_quotes: args }, funds, fee);
  }
}
