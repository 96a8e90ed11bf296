//! The last rung on the whole protocol: a debt that nobody pays is shared over its market's gains.

use cosmwasm_std::{Addr, coin};
use optio_tests::gas::hold;
use protocol_api::engine::{ExecuteMsg, LossResponse, QueryMsg};
use sandbox::Trader;
use sandbox::setup::USDC;
use wasm_chain::Mode;

use crate::market::{CALL, Market, USD};

const DAY: u64 = 86_400;

impl Market {
    fn tell(&mut self, sender: &Addr, msg: &ExecuteMsg) -> u64 {
        let outcome = self.world.engine_as(sender, msg, &[]).expect("sent");
        self.audit();
        outcome.gas.total
    }

    fn share(&mut self, among: &[&Trader]) -> u64 {
        let keeper = self.keeper.clone();
        let msg = ExecuteMsg::ShareLoss {
            market: "BTC_USDC".into(),
            accounts: among.iter().map(|trader| trader.account).collect(),
        };
        self.tell(&keeper, &msg)
    }

    /// Everybody is looked at in turn: at most sixteen, who gained nothing but for those counted already.
    fn look_at_all(&mut self) -> u64 {
        let last = self.loss(None).unseen.expect("a round runs");
        let keeper = self.keeper.clone();
        let msg = ExecuteMsg::ShareLoss {
            market: "BTC_USDC".into(),
            accounts: (1..=last).rev().collect(),
        };
        let gas = self.tell(&keeper, &msg);
        assert_eq!(self.loss(None).unseen, None);
        gas
    }

    fn loss(&self, of: Option<&Trader>) -> LossResponse {
        let query = QueryMsg::Loss {
            market: "BTC_USDC".into(),
            account: of.map(|trader| trader.account),
        };
        let engine = &self.world.engine;
        self.world.chain.query(engine, &query).expect("loss")
    }

    fn withdraw_all(&mut self, trader: &Trader) {
        let cash = self.cash(trader).unsigned_abs();
        let msg = ExecuteMsg::Withdraw {
            account: trader.account,
            amounts: vec![coin(cash, USDC)],
            to: None,
        };
        self.tell(&trader.address, &msg);
        assert_eq!(self.cash(trader), 0);
    }
}

/// A seller without insurance behind him owes 8,000 dollars at an expiry that pays 25,000; house and ann gained it seven to
/// three. Returns what they lose to it, and the gas of counting them, of looking at all sixteen accounts, of ending the round and of opening an account.
fn shared(mode: Mode) -> ([i128; 2], [u64; 4], Market) {
    let mut market = Market::new(mode);
    let seller = market.short("seller", 16_000);
    let (house, ann) = (market.house.clone(), market.trader("ann", 100_000));
    let idler = market.world.chain.address("idler");
    let open = ExecuteMsg::CreateAccount { venues: vec![] };
    let opened = (ann.account..16).map(|_| market.tell(&idler, &open)).last();
    market.trade((&house, &ann), CALL, 30, 2_000);
    let all = [seller.account, house.account, ann.account];
    market.settle(115_000.0, &all);
    let debt = -market.cash(&seller);
    assert!(
        (debt - 8_000 * USD as i128).abs() < 50 * USD as i128,
        "{debt}"
    );

    let keeper = market.keeper.clone();
    let cover = ExecuteMsg::CoverDebt {
        account: seller.account,
    };
    market.world.chain.advance(DAY);
    market.tell(&keeper, &cover);
    assert_eq!(market.cash(&seller), 0);
    let before = [market.cash(&house), market.cash(&ann)];
    let counted = market.share(&[&house, &ann]);
    // A day's interest on top.
    let due = market.loss(Some(&ann)).due.u128() as i128;
    assert!(
        (debt..debt + 2 * USD as i128).contains(&due),
        "{due} {debt}"
    );
    let looked = market.look_at_all();
    // Nobody leaves past a round: what is withheld is no longer there.
    assert_eq!(
        market.cash(&ann),
        before[1]
            - market
                .loss(Some(&ann))
                .account
                .expect("ann")
                .withheld
                .u128() as i128
    );
    market.world.chain.advance(DAY);
    let ended = market.share(&[&house, &ann]);
    let lost = [
        before[0] - market.cash(&house),
        before[1] - market.cash(&ann),
    ];
    assert!(
        (0..=1).contains(&(lost[0] + lost[1] - due)),
        "{lost:?} {due}"
    );
    for trader in [&house, &ann] {
        market.withdraw_all(trader);
    }
    let ledger = market.ledger().coins.remove(0);
    assert_eq!(
        (
            ledger.lost.u128(),
            ledger.withheld.u128(),
            ledger.debt.u128()
        ),
        (0, 0, 0)
    );
    let interest = ledger.interest.i128();
    assert!((0..10).contains(&interest), "{interest}");
    assert_eq!(
        ledger.held.u128() as i128,
        ledger.fees.u128() as i128 + interest,
        "only fees are left"
    );
    let opened = opened.expect("some were opened");
    (lost, [counted, looked, ended, opened], market)
}

#[test]
fn native_and_wasm_share_a_loss_alike() {
    let (native, wasm) = (shared(Mode::Native), shared(Mode::Wasm));
    let [house, ann] = native.0;
    // Seven to three, but for fees on both trades.
    assert!(
        (3 * house - 7 * ann).abs() < 60 * USD as i128,
        "{house} {ann}"
    );
    assert_eq!(native.0, wasm.0);
    hold("share a loss: count two accounts", wasm.1[0]);
    hold("share a loss: look at sixteen accounts", wasm.1[1]);
    hold(
        "share a loss: end the round, give two their rest",
        wasm.1[2],
    );
    hold("create an account", wasm.1[3]);
    // Whoever would hold a round up by accounts pays seven times what it costs to look at them.
    assert!(7 * wasm.1[1] < 16 * wasm.1[3], "{:?}", wasm.1);
    assert!(
        native.2.world.chain.dump_state() == wasm.2.world.chain.dump_state(),
        "the states differ"
    );
}
