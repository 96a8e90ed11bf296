// What the generated clients need of a client library. `CosmWasmClient` and `SigningCosmWasmClient` of
// @cosmjs/cosmwasm-stargate have this shape; anything else that has it will do.

/** Coins of one denomination; the amount in base units. */
export interface Coin {
  readonly denom: string;
  readonly amount: string;
}

/** What a transaction pays: estimated, estimated times a factor, or stated. */
export type Fee = "auto" | number | { readonly amount: readonly Coin[]; readonly gas: string };

/** Asks contracts. */
export interface Reader {
  queryContractSmart(address: string, query: any): Promise<any>;
}

/** Sends messages to contracts; the result is the library's. */
export interface Writer<Result> {
  execute(
    sender: string,
    contract: string,
    msg: object,
    fee: Fee,
    memo?: string,
    funds?: readonly Coin[],
  ): Promise<Result>;
}
