//! A debt behind legs that can only pay, on the whole protocol: bids back, taken over, sold, cleared.

use protocol_api::engine::{self, Standing};
use protocol_api::liquidation::ExecuteMsg;
use sandbox::Trader;
use wasm_chain::Mode;

use crate::market::{Market, USD};

const DAY: u64 = 86_400;
const FAR_CALL: &str = "BTC_USDC-9JAN26-95000-C";
const SPOT: f64 = 115_000.0;

impl Market {
    fn cover(&mut self, debtor: &Trader) -> Result<(), String> {
        let account = debtor.account;
        let msg = engine::ExecuteMsg::CoverDebt { account };
        let done = self.world.engine_as(&self.keeper.clone(), &msg, &[]);
        self.audit();
        done.map(drop).map_err(|error| error.to_string())
    }
}

/// A seller without insurance behind him owes some 6,000 dollars at an expiry, has calls worth 2,000 and as much in a bid.
fn taken_over(mode: Mode) -> Market {
    let mut market = Market::new(mode);
    let seller = market.short("seller", 20_000);
    let house = market.house.clone();
    market.trade((&house, &seller), FAR_CALL, 10, 100);
    market.bid(&seller, 1_000_000, 2_000);
    market.settle(SPOT, &[seller.account, house.account]);
    market.world.chain.advance(DAY);
    market.publish(SPOT);

    // A bid at a reward that no schedule reaches: whoever comes takes it back, and its coins pay.
    let refused = market.cover(&seller).expect_err("it has a bid");
    assert!(refused.contains("E_ENGINE_ALIVE"), "{refused}");
    let owed = -market.cash(&seller);
    let back = ExecuteMsg::WithdrawBid {
        account: seller.account,
        reward: 1_000_000,
    };
    let keeper = market.keeper.clone();
    market.send(&keeper, &back).expect("a debtor's bid");
    assert_eq!(market.cash(&seller), 2_000 * USD as i128 - owed);

    // What the calls do not reach is written off, and the account is the engine's.
    market.cover(&seller).expect("taken over");
    let lost = market.ledger().coins[0].lost.u128() as i128;
    let (owed, all) = (-market.cash(&seller), owed - 2_000 * USD as i128);
    assert!(
        lost > 1_000 * USD as i128 && owed + lost == all,
        "{owed} {lost} {all}"
    );
    let owner = market.account(seller.account).owner;
    assert_eq!(owner, market.world.engine.to_string());

    // Sold at mark, and what was paid on top of it is insurance's.
    let taken = market.take(&seller, &house, -20_000).taken;
    assert!(taken.iter().all(|taken| taken.reward <= 0) && taken.len() == 1);
    assert_eq!(market.units(&seller, FAR_CALL), 0);
    assert_eq!(market.standing(&seller), Standing::Healthy);
    let (rest, before) = (market.cash(&seller), market.insurance("BTC_USDC").balance);
    assert!(rest > 0, "{rest}");
    market.cover(&seller).expect("cleared");
    assert_eq!(market.cash(&seller), 0);
    let after = market.insurance("BTC_USDC").balance;
    assert_eq!((after - before).u128() as i128, rest);
    market
}

#[test]
fn native_and_wasm_take_over_an_account_alike() {
    let (native, wasm) = (taken_over(Mode::Native), taken_over(Mode::Wasm));
    assert!(
        native.world.chain.dump_state() == wasm.world.chain.dump_state(),
        "the states differ"
    );
}
