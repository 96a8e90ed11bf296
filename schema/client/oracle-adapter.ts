// Generated from schema/oracle-adapter.json (`scripts/schema`): do not edit.

import type * as chain from "./chain.js";

/** What one may want to do with a price. */
export type Action =
  /** A trade that adds risk. */
  | "open"
  /** A trade that only reduces. */
  | "reduce"
  /** Taking cash out. */
  | "withdraw"
  /** Liquidating an account just below maintenance. */
  | "liquidate_shallow"
  /** Liquidating an account far below maintenance. */
  | "liquidate_deep"
  /** Showing a mark. */
  | "mark"
  /** Taking an observation for a settlement price. */
  | "settle";

/** The rule of one action. */
export type ActionRule = {
  /** The action. */
  action: Action;
  /** What is allowed. */
  permission: Permission;
};

/** When prices grow old, seconds. `aging < stale < dead`. */
export type AgePolicy = {
  /** Older than this: no opening trades. Default 10, at most 60. */
  aging: number;
  /** Older than this: invalid. Default 300, at most 900. */
  dead: number;
  /** Older than this: no margin decision. Default 60, at most 300. */
  stale: number;
};

/** What is allowed now. */
export type AllowedActionsResponse = {
  /** One rule per action. */
  actions: ActionRule[];
  /** The level now. */
  validity: Validity;
};

/** A price band. */
export type BandView = {
  /** Upper edge. */
  high: Decimal;
  /** Lower edge. */
  low: Decimal;
  /** Middle. */
  mid: Decimal;
};

/** Binary is a wrapper around Vec<u8> to add base64 de/serialization with serde. It also adds some helper methods to help encode inline. */
export type Binary = string;

/** One lognormal. */
export type ComponentView = {
  /** Relative forward; weight times forward sums to one. */
  forward: Decimal;
  /** Annual vol times the square root of the years left at publication. */
  total_vol: Decimal;
  /** Weight; they sum to one. */
  weight: Decimal;
};

/** The contract's set-up. */
export type ConfigResponse = {
  /** The present signer epoch. */
  epoch: number;
  /** The guardian. */
  guardian?: string | null;
  /** The open offer of ownership. */
  offer?: Offer | null;
  /** The owner. */
  owner: string;
};

/** A fixed-point decimal value with 18 fractional digits, i.e. Decimal(1_000_000_000_000_000_000) == 1.0 */
export type Decimal = string;

/** How the prices of a source arrive. */
export type Driver =
  /** In the signed report. */
  | {
    report: Record<string, never>;
  }
  /** By querying a contract that answers [`super::SourceQueryMsg`]. */
  | {
    contract: {
      /** The contract. */
      address: string;
      /** The name under which it knows the price. */
      key: string;
    };
  };

/** Who vouched for a report. */
export type EvidenceView = {
  /** The digest signed. */
  digest: Binary;
  /** Signer epoch. */
  epoch: number;
  /** Positions of the signers. */
  signers: number[];
};

/** What one may ask the adapter to do. */
export type ExecuteMsg =
  /** Publishes a signed report of one feed. Anyone may carry it; the signatures are what counts. The one that is held changes nothing when it is carried again. */
  | {
    publish: {
      /** The bytes of a [`super::report::Report`]. */
      report: Binary;
      /** At least the threshold of its epoch. */
      signatures: ReportSignature[];
    };
  }
  /** Reads the contract sources of a spot feed and updates its record; with fewer than three live ones never for the worse. Anyone. */
  | {
    refresh: {
      /** The feed. */
      feed: number;
    };
  }
  /** Fixes the settlement price of an expiry, once its ladder allows. Anyone. */
  | {
    fix: {
      /** The expiry, unix seconds. */
      expiry: number;
      /** The feed. */
      feed: number;
    };
  }
  /** Adds a feed. Owner. */
  | {
    add_feed: {
      /** Its number, not yet used. */
      feed: number;
      /** What may change. */
      policy: FeedPolicy;
      /** What never changes. */
      terms: FeedTerms;
    };
  }
  /** Replaces the policy of a feed from a stated time on, and what was planned and is not yet in force. Owner. */
  | {
    set_policy: {
      /** When it takes effect, unix seconds, from now to a year ahead. */
      effective_at: number;
      /** The feed. */
      feed: number;
      /** The new policy. Reports that come in a block from that time on are judged by it, whenever they were made. */
      policy: FeedPolicy;
    };
  }
  /** Starts a new signer epoch; the old one stays valid for the overlap. Owner. */
  | {
    rotate_signers: {
      /** Seconds for which the old epoch stays valid, at most 7 days. */
      overlap_seconds: number;
      /** Public keys, compressed secp256k1, 33 bytes each. */
      signers: Binary[];
      /** Signatures needed. */
      threshold: number;
    };
  }
  /** Names or removes the guardian. Owner. */
  | {
    set_guardian: {
      /** The guardian. */
      guardian?: string | null;
    };
  }
  /** Caps a feed's validity at *jumped* (no opening trades) for a while; prices, fixings, liquidations and every risk-reducing action go on. Guardian. */
  | {
    quarantine: {
      /** The feed. */
      feed: number;
      /** For how long, at most 7 days; then a rest as long. */
      seconds: number;
    };
  }
  /** Ends a quarantine early. Owner. */
  | {
    lift_quarantine: {
      /** The feed. */
      feed: number;
    };
  }
  /** Offers ownership. Owner. */
  | {
    propose_owner: {
      /** Until when, unix seconds, at most 30 days ahead. */
      expires_at: number;
      /** To whom. */
      owner: string;
    };
  }
  /** Withdraws the offer. Owner. */
  | {
    cancel_owner_proposal: Record<string, never>;
  }
  /** Takes over the ownership on offer. The proposed owner. */
  | {
    accept_owner: Record<string, never>;
  };

/** One expiry of the surface. */
export type ExpiryView = {
  /** The mixture. */
  components: ComponentView[];
  /** Relative uncertainty of the vol. */
  confidence: Decimal;
  /** Discount factor. */
  discount: Decimal;
  /** Unix seconds. */
  expiry: number;
  /** Forward. */
  forward: Decimal;
};

/** What a feed carries. */
export type FeedKind =
  /** A spot price with forwards, discounts and a surface, by signed reports. */
  | "market"
  /** A spot price alone: collateral. By signed reports, or by contract queries alone (`Refresh`). */
  | "spot";

/** What of a feed the owner may change, each within a hard range in code. */
export type FeedPolicy = {
  /** When prices grow old. */
  ages: AgePolicy;
  /** Distance from the slow price beyond which a price is *jumped*. Default 0.1, in `[0.005, 0.5]`. */
  jump: Decimal;
  /** A source less certain than this is not live. Default 0.05, at most 0.2. */
  max_confidence: Decimal;
  /** Upper bound; see `min_price`. */
  max_price: Decimal;
  /** The regime multiplier never exceeds this. In `[1, 4]`. */
  max_regime: Decimal;
  /** A source outside `[min_price, max_price]` is invalid; nothing is ever clipped to a bound. */
  min_price: Decimal;
  /** Live sources needed for *valid*, 3 to 16. Of fewer, but three at least, the median is *uncertain*; two give their hull, *uncertain* too. */
  min_sources: number;
  /** Annualised realised vol at which the regime multiplier is one. In `[0.01, 5]`. */
  normal_vol: Decimal;
  /** Most the slow price moves per second, relative. Default 0.0001, in `[0.000001, 0.001]`. */
  slow_rate: Decimal;
  /** Oldest price of a single source, seconds before the report's time, 1 to 255. */
  source_age: number;
  /** Whose prices count: 3 to 16. A report names a source by its position here. */
  sources: Source[];
  /** Band half-width beyond which a price is *uncertain*. Default 0.01, at most 0.05. */
  uncertain_above: Decimal;
};

/** One feed. */
export type FeedResponse = {
  /** Its number. */
  feed: number;
  /** What the owner may change, and what is planned to replace it. */
  policy: Scheduled_for_FeedPolicy;
  /** End of the running quarantine, unix seconds. */
  quarantined_until?: number | null;
  /** What never changes. */
  terms: FeedTerms;
};

/** What of a feed never changes. Another window or scale is another feed. */
export type FeedTerms = {
  /** How settlement prices are observed. */
  fixing: FixingTerms;
  /** What it carries. */
  kind: FeedKind;
  /** A price `p` travels and is stored as `p * 2^price_bits`, 0 to 48. */
  price_bits: number;
  /** The price the feed starts from: anchor of the slow price and the last rung of a fixing should no report ever come. */
  reference_price: Decimal;
  /** Name for people, 1 to 16 of `A-Z 0-9 _`, e.g. `BTC`. */
  symbol: string;
};

/** A page of feeds. */
export type FeedsResponse = {
  /** By rising number. */
  feeds: FeedResponse[];
};

/** A page of observations in a window. */
export type FixingEvidenceResponse = {
  /** By rising bucket. */
  observations: ObservationView[];
};

/** A settlement price. */
export type FixingResponse = {
  /** Buckets confirmed by a second family. */
  confirmed: number;
  /** Digest over the bucket entries used; absent until it is final. */
  evidence?: Binary | null;
  /** Unix seconds. */
  expiry: number;
  /** The feed. */
  feed: number;
  /** Buckets filled. */
  filled: number;
  /** When it was fixed, unix seconds. */
  fixed_at?: number | null;
  /** Until it is final what the ladder can still return: lowest, expected, highest; in the window, prices to come are taken to lie in the spot band. Then the price thrice. */
  hull: BandView;
  /** The fixed price; absent until it is final. */
  price?: Decimal | null;
  /** The rung of the ladder, 1 to 4; absent until it is final. */
  rung?: number | null;
};

/** How settlement prices are observed: the mean of `buckets` buckets that end at the expiry. */
export type FixingTerms = {
  /** Seconds per bucket; divides 60. Default 30. */
  bucket_seconds: number;
  /** Number of buckets, 6 to 240. Default 60. */
  buckets: number;
};

/** A page of final fixings. */
export type FixingsResponse = {
  /** By rising expiry. */
  fixings: FixingResponse[];
};

/** Sets the adapter up. */
export type InstantiateMsg = {
  /** The guardian, if any. */
  guardian?: string | null;
  /** The owner; any address. */
  owner: string;
  /** Public keys of the first signer epoch, compressed secp256k1, 33 bytes each. */
  signers: Binary[];
  /** Signatures needed. */
  threshold: number;
};

/** A migration carries nothing. */
export type MigrateMsg = Record<string, never>;

/** One observation. */
export type ObservationView = {
  /** Unix time divided by the seconds per bucket. */
  bucket: number;
  /** Whether a second family lay within 1 %. */
  confirmed: boolean;
  /** Who signed. */
  evidence: EvidenceView;
  /** Whether the price was *jumped*; it counts, winsorised, but is no valid price before a window. */
  jumped: boolean;
  /** The bucket's price: median over the live sources. */
  price: Decimal;
};

/** An offer of a contract or an account to a new owner. */
export type Offer = {
  /** Until when, unix seconds; at this second it is void. */
  expires_at: number;
  /** Who may accept. */
  to: string;
};

/** A fixing in progress. */
export type PendingView = {
  /** Buckets confirmed by a second family. */
  confirmed: number;
  /** Unix seconds. */
  expiry: number;
  /** Buckets filled. */
  filled: number;
  /** What the ladder can still return: lowest, expected, highest. In the window, prices to come are taken to lie in the spot band. */
  hull: BandView;
  /** Mean of the filled buckets. */
  mean?: Decimal | null;
};

/** What a level allows an action. */
export type Permission =
  /** Refused. */
  | "no"
  /** Allowed at the band as it is. */
  | "yes"
  /** Only legs that shrink, at a price both sides agree on; no price is read. */
  | "close_only"
  /** Only what a covered account may take out: no price is read. */
  | "covered_only"
  /** Allowed, counted where the account is worth least of all that is published: middle, both edges, slow price. */
  | "worst_price"
  /** Allowed once a second price, published later, confirms. */
  | "second_price"
  /** Allowed only if the account is unhealthy over the whole band. */
  | "whole_band"
  /** Allowed only if the account is unhealthy over the whole band and the price lies within 5 % of the slow price. */
  | "near_slow_price"
  /** Shown, marked as indicative. */
  | "indicative"
  /** No observation is taken; the ladder decides. */
  | "skip"
  /** An observation is taken and may be winsorised. */
  | "winsorized";

/** What follows, and when. */
export type Planned_for_FeedPolicy = {
  /** From when it is in force, unix seconds. */
  effective_at: number;
  /** The value. */
  value: FeedPolicy;
};

/** A window so far; prices in stored units, `p * 2^price_bits`. */
export type ProgressResponse = {
  /** The last valid price before the window. */
  before: Uint64;
  /** Buckets confirmed by a second source family. */
  confirmed: number;
  /** Buckets filled. */
  filled: number;
  /** Highest bucket; 0 when none is filled. */
  highest: Uint64;
  /** Lowest bucket; 0 when none is filled. */
  lowest: Uint64;
  /** Sum of the filled buckets. */
  sum: Uint64;
};

/** Questions to the adapter. Lists hold 30 entries unless asked otherwise, 100 at most. */
export type QueryMsg =
  /** Owner, guardian, present signer epoch. */
  | {
    config: Record<string, never>;
  }
  /** One feed. */
  | {
    feed: {
      /** The feed. */
      feed: number;
    };
  }
  /** Feeds by rising number. */
  | {
    feeds: {
      /** At most this many: 1 to 100, default 30. */
      limit?: number | null;
      /** Start after this feed. */
      start_after?: number | null;
    };
  }
  /** The market record in human units. */
  | {
    record: {
      /** The feed. */
      feed: number;
    };
  }
  /** How valid the feed's prices are now. */
  | {
    validity: {
      /** The feed. */
      feed: number;
    };
  }
  /** What the feed's validity allows now, action by action. */
  | {
    allowed_actions: {
      /** The feed. */
      feed: number;
    };
  }
  /** A settlement price: final, or what the ladder can still return. */
  | {
    fixing: {
      /** The expiry, unix seconds. */
      expiry: number;
      /** The feed. */
      feed: number;
    };
  }
  /** What has been observed so far of any expiry's window, in stored units: what the market record keeps of the windows it follows, for those that it does not. */
  | {
    progress: {
      /** The expiry, unix seconds. */
      expiry: number;
      /** The feed. */
      feed: number;
    };
  }
  /** Final fixings of a feed by rising expiry. */
  | {
    fixings: {
      /** The feed. */
      feed: number;
      /** At most this many: 1 to 100, default 30. */
      limit?: number | null;
      /** Start after this expiry, unix seconds. */
      start_after?: number | null;
    };
  }
  /** The observations in the window of an expiry, with who signed them. */
  | {
    fixing_evidence: {
      /** The expiry, unix seconds. */
      expiry: number;
      /** The feed. */
      feed: number;
      /** At most this many: 1 to 100, default 30. */
      limit?: number | null;
      /** Start after this bucket (unix time divided by the seconds per bucket). */
      start_after?: number | null;
    };
  }
  /** A signer epoch, the present one by default. */
  | {
    signer_epoch: {
      /** The epoch. */
      epoch?: number | null;
    };
  }
  /** Signer epochs by rising number. */
  | {
    signer_epochs: {
      /** At most this many: 1 to 100, default 30. */
      limit?: number | null;
      /** Start after this epoch. */
      start_after?: number | null;
    };
  };

/** A market record in human units, as of its publication. */
export type RecordResponse = {
  /** When its prices grow old. */
  ages: AgePolicy;
  /** The band as published. */
  band: BandView;
  /** Who vouched for the last accepted report. */
  evidence: EvidenceView;
  /** The surface. */
  expiries: ExpiryView[];
  /** The feed. */
  feed: number;
  /** Since when without a gap of five minutes, unix seconds. */
  live_since: number;
  /** Fixings in progress. */
  pending: PendingView[];
  /** Time of the prices held, unix seconds. */
  publish_time: number;
  /** The volatility regime multiplier of the initial set. */
  regime: Decimal;
  /** The volatility regime multiplier of the maintenance set. */
  regime_maintenance: Decimal;
  /** Time of the newest report, unix seconds. */
  report_time: number;
  /** Accepted reports so far. */
  sequence: number;
  /** The slow price. */
  slow_price: Decimal;
  /** Size of the stored record, bytes. */
  stored_bytes: number;
  /** Validity now, age included. */
  validity: Validity;
};

/** One signature under a report. */
export type ReportSignature = {
  /** `r | s`, 64 bytes, with `s` in the lower half of the order. */
  signature: Binary;
  /** Position of the signer in its epoch. Signatures are listed by rising position. */
  signer: number;
};

/** A parameter set, and what is planned to replace it. */
export type Scheduled_for_FeedPolicy = {
  /** In force now. */
  current: FeedPolicy;
  /** What follows. */
  next?: Planned_for_FeedPolicy | null;
};

/** A signer epoch. */
export type SignerEpochResponse = {
  /** Its number. */
  epoch: number;
  /** Public keys, compressed. */
  signers: Binary[];
  /** Signatures needed. */
  threshold: number;
  /** When its reports stop being accepted, unix seconds; absent for the present epoch. */
  valid_until?: number | null;
};

/** A page of signer epochs. */
export type SignerEpochsResponse = {
  /** By rising number. */
  epochs: SignerEpochResponse[];
};

/** One source of prices. */
export type Source = {
  /** How its prices arrive. */
  driver: Driver;
  /** Sources of one family share a way to fail (one operator, one venue, one library). */
  family: number;
  /** Name for people, 1 to 32 characters. */
  name: string;
};

/** A thin wrapper around u64 that is using strings for JSON encoding/decoding, such that the full u64 range can be used for clients that convert JSON numbers to floats, like JavaScript and jq. */
export type Uint64 = string;

/** How valid prices are, worst first. */
export type Validity =
  /** No usable price: out of bounds, or dead of age. */
  | "invalid"
  /** Older than the margin age. */
  | "stale"
  /** Fewer than two live sources. */
  | "no_quorum"
  /** The band is too wide, or fewer sources are live than the feed asks for (two: the band is their hull). */
  | "uncertain"
  /** Too far from the slow price, a slice outside the envelope of the last accepted one, a market feed without surface, or quarantined. */
  | "jumped"
  /** Older than the trade age. */
  | "aging"
  /** Everything is allowed. */
  | "valid";

/** How valid prices are. */
export type ValidityResponse = {
  /** Age of the prices, seconds. */
  age: number;
  /** The level at publication, before age. */
  published: Validity;
  /** The level now. */
  validity: Validity;
};

/** Asks the contract `oracle-adapter`. */
export class OracleAdapterReader {
  readonly #chain: chain.Reader;
  readonly #address: string;

  constructor(chain: chain.Reader, address: string) {
    this.#chain = chain;
    this.#address = address;
  }

  /** Owner, guardian, present signer epoch. */
  config(): Promise<ConfigResponse> {
    return this.#chain.queryContractSmart(this.#address, { config: {} } satisfies QueryMsg);
  }

  /** One feed. */
  feed(args: {
    /** The feed. */
    feed: number;
  }): Promise<FeedResponse> {
    return this.#chain.queryContractSmart(this.#address, { feed: args } satisfies QueryMsg);
  }

  /** Feeds by rising number. */
  feeds(args: {
    /** At most this many: 1 to 100, default 30. */
    limit?: number | null;
    /** Start after this feed. */
    start_after?: number | null;
  }): Promise<FeedsResponse> {
    return this.#chain.queryContractSmart(this.#address, { feeds: args } satisfies QueryMsg);
  }

  /** The market record in human units. */
  record(args: {
    /** The feed. */
    feed: number;
  }): Promise<RecordResponse> {
    return this.#chain.queryContractSmart(this.#address, { record: args } satisfies QueryMsg);
  }

  /** How valid the feed's prices are now. */
  validity(args: {
    /** The feed. */
    feed: number;
  }): Promise<ValidityResponse> {
    return this.#chain.queryContractSmart(this.#address, { validity: args } satisfies QueryMsg);
  }

  /** What the feed's validity allows now, action by action. */
  allowedActions(args: {
    /** The feed. */
    feed: number;
  }): Promise<AllowedActionsResponse> {
    return this.#chain.queryContractSmart(this.#address, { allowed_actions: args } satisfies QueryMsg);
  }

  /** A settlement price: final, or what the ladder can still return. */
  fixing(args: {
    /** The expiry, unix seconds. */
    expiry: number;
    /** The feed. */
    feed: number;
  }): Promise<FixingResponse> {
    return this.#chain.queryContractSmart(this.#address, { fixing: args } satisfies QueryMsg);
  }

  /** What has been observed so far of any expiry's window, in stored units: what the market record keeps of the windows it follows, for those that it does not. */
  progress(args: {
    /** The expiry, unix seconds. */
    expiry: number;
    /** The feed. */
    feed: number;
  }): Promise<ProgressResponse> {
    return this.#chain.queryContractSmart(this.#address, { progress: args } satisfies QueryMsg);
  }

  /** Final fixings of a feed by rising expiry. */
  fixings(args: {
    /** The feed. */
    feed: number;
    /** At most this many: 1 to 100, default 30. */
    limit?: number | null;
    /** Start after this expiry, unix seconds. */
    start_after?: number | null;
  }): Promise<FixingsResponse> {
    return this.#chain.queryContractSmart(this.#address, { fixings: args } satisfies QueryMsg);
  }

  /** The observations in the window of an expiry, with who signed them. */
  fixingEvidence(args: {
    /** The expiry, unix seconds. */
    expiry: number;
    /** The feed. */
    feed: number;
    /** At most this many: 1 to 100, default 30. */
    limit?: number | null;
    /** Start after this bucket (unix time divided by the seconds per bucket). */
    start_after?: number | null;
  }): Promise<FixingEvidenceResponse> {
    return this.#chain.queryContractSmart(this.#address, { fixing_evidence: args } satisfies QueryMsg);
  }

  /** A signer epoch, the present one by default. */
  signerEpoch(args: {
    /** The epoch. */
    epoch?: number | null;
  }): Promise<SignerEpochResponse> {
    return this.#chain.queryContractSmart(this.#address, { signer_epoch: args } satisfies QueryMsg);
  }

  /** Signer epochs by rising number. */
  signerEpochs(args: {
    /** At most this many: 1 to 100, default 30. */
    limit?: number | null;
    /** Start after this epoch. */
    start_after?: number | null;
  }): Promise<SignerEpochsResponse> {
    return this.#chain.queryContractSmart(this.#address, { signer_epochs: args } satisfies QueryMsg);
  }
}

/** Sends as one party to the contract `oracle-adapter`. */
export class OracleAdapterWriter<R> {
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

  /** Publishes a signed report of one feed. Anyone may carry it; the signatures are what counts. The one that is held changes nothing when it is carried again. */
  publish(args: {
    /** The bytes of a [`super::report::Report`]. */
    report: Binary;
    /** At least the threshold of its epoch. */
    signatures: ReportSignature[];
  }, funds: readonly chain.Coin[] = [], fee: chain.Fee = "auto"): Promise<R> {
    return this.execute({ publish: args }, funds, fee);
  }

  /** Reads the contract sources of a spot feed and updates its record; with fewer than three live ones never for the worse. Anyone. */
  refresh(args: {
    /** The feed. */
    feed: number;
  }, funds: readonly chain.Coin[] = [], fee: chain.Fee = "auto"): Promise<R> {
    return this.execute({ refresh: args }, funds, fee);
  }

  /** Fixes the settlement price of an expiry, once its ladder allows. Anyone. */
  fix(args: {
    /** The expiry, unix seconds. */
    expiry: number;
    /** The feed. */
    feed: number;
  }, funds: readonly chain.Coin[] = [], fee: chain.Fee = "auto"): Promise<R> {
    return this.execute({ fix: args }, funds, fee);
  }

  /** Adds a feed. Owner. */
  addFeed(args: {
    /** Its number, not yet used. */
    feed: number;
    /** What may change. */
    policy: FeedPolicy;
    /** What never changes. */
    terms: FeedTerms;
  }, funds: readonly chain.Coin[] = [], fee: chain.Fee = "auto"): Promise<R> {
    return this.execute({ add_feed: args }, funds, fee);
  }

  /** Replaces the policy of a feed from a stated time on, and what was planned and is not yet in force. Owner. */
  setPolicy(args: {
    /** When it takes effect, unix seconds, from now to a year ahead. */
    effective_at: number;
    /** The feed. */
    feed: number;
    /** The new policy. Reports that come in a block from that time on are judged by it, whenever they were made. */
    policy: FeedPolicy;
  }, funds: readonly chain.Coin[] = [], fee: chain.Fee = "auto"): Promise<R> {
    return this.execute({ set_policy: args }, funds, fee);
  }

  /** Starts a new signer epoch; the old one stays valid for the overlap. Owner. */
  rotateSigners(args: {
    /** Seconds for which the old epoch stays valid, at most 7 days. */
    overlap_seconds: number;
    /** Public keys, compressed secp256k1, 33 bytes each. */
    signers: Binary[];
    /** Signatures needed. */
    threshold: number;
  }, funds: readonly chain.Coin[] = [], fee: chain.Fee = "auto"): Promise<R> {
    return this.execute({ rotate_signers: args }, funds, fee);
  }

  /** Names or removes the guardian. Owner. */
  setGuardian(args: {
    /** The guardian. */
    guardian?: string | null;
  }, funds: readonly chain.Coin[] = [], fee: chain.Fee = "auto"): Promise<R> {
    return this.execute({ set_guardian: args }, funds, fee);
  }

  /** Caps a feed's validity at *jumped* (no opening trades) for a while; prices, fixings, liquidations and every risk-reducing action go on. Guardian. */
  quarantine(args: {
    /** The feed. */
    feed: number;
    /** For how long, at most 7 days; then a rest as long. */
    seconds: number;
  }, funds: readonly chain.Coin[] = [], fee: chain.Fee = "auto"): Promise<R> {
    return this.execute({ quarantine: args }, funds, fee);
  }

  /** Ends a quarantine early. Owner. */
  liftQuarantine(args: {
    /** The feed. */
    feed: number;
  }, funds: readonly chain.Coin[] = [], fee: chain.Fee = "auto"): Promise<R> {
    return this.execute({ lift_quarantine: args }, funds, fee);
  }

  /** Offers ownership. Owner. */
  proposeOwner(args: {
    /** Until when, unix seconds, at most 30 days ahead. */
    expires_at: number;
    /** To whom. */
    owner: string;
  }, funds: readonly chain.Coin[] = [], fee: chain.Fee = "auto"): Promise<R> {
    return this.execute({ propose_owner: args }, funds, fee);
  }

  /** Withdraws the offer. Owner. */
  cancelOwnerProposal(funds: readonly chain.Coin[] = [], fee: chain.Fee = "auto"): Promise<R> {
    return this.execute({ cancel_owner_proposal: {} }, funds, fee);
  }

  /** Takes over the ownership on offer. The proposed owner. */
  acceptOwner(funds: readonly chain.Coin[] = [], fee: chain.Fee = "auto"): Promise<R> {
    return this.execute({ accept_owner: {} }, funds, fee);
  }
}
