// A trader: an account, a deposit, a quote that a maker signed and sent, and a withdrawal.
// How a quote is signed, with a key or by a wallet (ADR-036), is in docs/spec/exchange.md.

import type { Coin, Reader, Writer } from "../chain.js";
import { ExchangeWriter, type SignedQuote } from "../exchange.js";
import { MarginEngineReader, MarginEngineWriter } from "../margin-engine.js";

/** Where the contracts are, and who acts. */
export interface Setup {
  readonly engine: string;
  readonly exchange: string;
  readonly sender: string;
}

/** Opens an account that the exchange may trade for, with coins; its number. */
export async function open<R>(chain: Reader & Writer<R>, setup: Setup, coins: readonly Coin[]): Promise<number> {
  const writer = new MarginEngineWriter<R>(chain, setup.engine, setup.sender);
  await writer.createAccount({ venues: [setup.exchange] }, coins);
  return newest(new MarginEngineReader(chain, setup.engine), setup.sender);
}

/** The highest number among an owner's accounts. The event `account_created` names it too. */
async function newest(engine: MarginEngineReader, owner: string): Promise<number> {
  let start_after: number | null = null;
  for (;;) {
    const { accounts } = await engine.accountsByOwner({ owner, limit: 50, start_after });
    const last = accounts.at(-1);
    if (last === undefined) break;
    start_after = last.account;
  }
  if (start_after === null) throw new Error(`${owner} has no account`);
  return start_after;
}

/** Takes so many lots of a quote, all or nothing, at no more than `limit` a lot: ticks of price, negative to receive. */
export async function take<R>(
  chain: Writer<R>,
  setup: Setup,
  order: { account: number; quote: SignedQuote; lots: bigint; limit: bigint; maxFeePerLot: bigint },
): Promise<R> {
  const exchange = new ExchangeWriter<R>(chain, setup.exchange, setup.sender);
  return exchange.takeQuotes({
    account: order.account,
    quotes: [order.quote],
    lots: order.lots.toString(),
    min_lots: order.lots.toString(),
    limit: order.limit.toString(),
    max_fee_per_lot: order.maxFeePerLot.toString(),
    reduce_only: false,
  });
}

/** Takes coins out; what the engine would refuse is not sent. */
export async function withdraw<R>(
  chain: Reader & Writer<R>,
  setup: Setup,
  account: number,
  amounts: Coin[],
): Promise<R> {
  const reader = new MarginEngineReader(chain, setup.engine);
  const shown = await reader.simulateWithdraw({ account, amounts });
  if (shown.error != null) throw new Error(shown.error);
  const writer = new MarginEngineWriter<R>(chain, setup.engine, setup.sender);
  return writer.withdraw({ account, amounts });
}
