//! A fresh spot price without fresh vols.

use cosmwasm_std::Coin;
use protocol_api::engine::{ExecuteMsg, Standing};
use protocol_api::exchange::QuoteLeg;
use protocol_api::oracle::report::Report;
use sandbox::Trader;
use sandbox::setup::USDC;
use wasm_chain::Mode;

use crate::market::{CALL, Market, USD, open};

impl Market {
    fn publish_changed(&mut self, spot: f64, change: impl FnOnce(&mut Report)) {
        self.world.chain.advance(5);
        let mut report = self.made(self.world.chain.now(), spot);
        change(&mut report);
        self.world.publish(&report).expect("published");
        self.audit();
    }

    /// The seller opens nothing: the code of the refusal.
    fn refuses(&mut self, nonce: u64, sides: (&Trader, &Trader)) -> String {
        let leg = QuoteLeg {
            series: CALL.into(),
            ratio: -1,
            price: 20_000,
        };
        let quote = self.world.quote(sides.0, nonce, 1, vec![leg]);
        let refused = self.world.take(sides.1, quote, 1);
        let error = refused.expect_err("it opens something");
        self.audit();
        error.code().expect("typed").to_owned()
    }

    fn withdraws(&mut self, trader: &Trader) -> bool {
        let msg = ExecuteMsg::Withdraw {
            account: trader.account,
            amounts: vec![Coin::new(USD, USDC)],
            to: None,
        };
        let done = self.world.engine_as(&trader.address, &msg, &[]);
        self.audit();
        done.is_ok()
    }
}

/// Reports go on that say nothing of vols, or leave forwards where they were. Without slices there is no mark: who is not covered
/// opens nothing, takes nothing out and is not sold, and anybody closes. With old forwards the feed is jumped: nothing opens either.
#[test]
fn attack_risk_18_a_fresh_spot_with_old_slices_opens_nothing() {
    let mut market = Market::new(Mode::Native);
    let seller = market.short("seller", 18_000);
    let [ann, bob] = ["ann", "bob"].map(|name| market.trader(name, 1_000_000));
    market.trade((&ann, &bob), CALL, 10, 2_000);
    market.climb(99_000.0);
    let before = market.units(&seller, CALL);
    market.publish_changed(99_000.0, |report| report.expiries.clear());
    let code = market.refuses(100, (&ann, &bob));
    assert!(
        ["E_ENGINE_NO_PRICE", "E_RISK_NO_PRICE"].contains(&&*code),
        "{code}"
    );
    assert!(!market.withdraws(&ann) && !market.withdraws(&seller));
    let take = open(&bob, -20_000);
    let error = market
        .try_take(&seller, &bob, take, None)
        .expect_err("no mark");
    assert_eq!(error.code(), Some("E_RISK_NO_PRICE"));
    assert_eq!(market.units(&seller, CALL), before);
    // Covered afterwards, so it needs no mark.
    market.trade((&bob, &ann), CALL, 10, 20_000);
    assert!(market.withdraws(&ann));
    // Slices again, and after a minute, when their return is no news any more, forwards a seventh below spot.
    market.wait(100, 99_000.0);
    market.trade((&ann, &bob), CALL, 1, 20_000);
    market.publish_changed(99_000.0, |report| {
        for expiry in &mut report.expiries {
            expiry.entry.forward = expiry.entry.forward / 7 * 6;
        }
    });
    assert_eq!(market.refuses(101, (&ann, &bob)), "E_ENGINE_NO_PRICE");
    // A minute after all is as it was the account is sold, and whoever has margin trades.
    market.wait(100, 99_000.0);
    assert_ne!(market.standing(&seller), Standing::Healthy);
    let sold = market.take(&seller, &bob, -20_000);
    assert!(!sold.taken.is_empty() && sold.after == Standing::Healthy);
    market.trade((&bob, &ann), CALL, 1, 20_000);
}
