// A liquidator: finds accounts below maintenance, looks at what a step would do, sends those that are worth it.
// It takes with an account of its own, which must have admitted the liquidation contract as a venue.

import type { Reader, Writer } from "../chain.js";
import { LiquidationReader, LiquidationWriter, type Step } from "../liquidation.js";
import { MarginEngineReader, type LiquidationStateResponse } from "../margin-engine.js";

/** Where the contracts are, and who acts. */
export interface Setup {
  readonly engine: string;
  readonly liquidation: string;
  readonly sender: string;
  /** The bot's account in the engine. */
  readonly account: number;
  /** The least reward it acts for, parts per million of the margin it takes over. */
  readonly leastReward: number;
  /** The most it pays in one step, quote base units. */
  readonly mostPaid: bigint;
}

/** One round over all accounts; how many steps were sent. */
export async function round<R>(chain: Reader & Writer<R>, setup: Setup): Promise<number> {
  const engine = new MarginEngineReader(chain, setup.engine);
  const shown = new LiquidationReader(chain, setup.liquidation);
  const steps = new LiquidationWriter<R>(chain, setup.liquidation, setup.sender);
  let sent = 0;
  for await (const state of below(engine)) {
    const step = take(state, setup);
    // A preview is the step itself, answered and rolled back: it refuses for the same reasons.
    const found = await shown.preview(step).catch(() => undefined);
    if (found === undefined) continue;
    if (!found.done.taken.some((taken) => taken.account === setup.account)) continue;
    // Refused when somebody was faster or a price came in between: the next round looks again.
    const done = await steps.liquidate(step).then(() => true, () => false);
    if (done) sent += 1;
  }
  return sent;
}

/** Accounts below maintenance that prices allow to sell, page by page. */
async function* below(engine: MarginEngineReader): AsyncGenerator<LiquidationStateResponse> {
  let start_after: number | null | undefined;
  do {
    // Health below one, in parts per million.
    const page = await engine.belowHealth({ bound: 1_000_000, limit: 50, start_after: start_after ?? null });
    yield* page.accounts.filter((state) => state.allowed);
    start_after = page.last;
  } while (start_after != null);
}

/** A step in which the bot takes what standing bids leave, of the account as it was seen. */
function take(state: LiquidationStateResponse, setup: Setup): Step {
  return {
    account: state.account,
    take: {
      account: setup.account,
      least_reward: setup.leastReward,
      max_pay: setup.mostPaid.toString(),
      legs_fingerprint: state.legs_fingerprint,
    },
    keeper: setup.account,
  };
}
