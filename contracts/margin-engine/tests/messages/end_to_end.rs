//! The whole way: deposit, list, trade, expire, fix, settle, withdraw.

use crate::common::*;
use protocol_api::engine::*;

#[test]
fn spec_example_a_call_is_traded_settled_and_paid_out_to_the_last_unit() {
    let mut world = World::funded();
    // Bob buys 1 BTC (100 units) of the 100,000 call at 2,600 USD from alice.
    world.trade(1, 2, &[(CALL, 100, 520)]).unwrap();
    assert_eq!(world.quantity(1, CALL), -100);
    assert_eq!(world.quantity(2, CALL), 100);
    // Fees: 0.01 % and 0.03 % of 90,000 USD.
    assert_eq!(
        world.cash(1, USD),
        100_000_000_000 + 2_600_000_000 - 9_000_000
    );
    assert_eq!(
        world.cash(2, USD),
        100_000_000_000 - 2_600_000_000 - 27_000_000
    );
    assert_eq!(world.ledger(USD).fees.u128(), 36_000_000);

    world.market.expiries.retain(|entry| entry.0 == DEC);
    world.advance_to(u64::from(DEC) * 60 + 60);
    let owner = world.owner.clone();
    let fix = ExecuteMsg::FixExpiry {
        market: "BTC_USDC".into(),
        expiry: u64::from(DEC) * 60,
    };
    world.refused(&owner, fix.clone(), "E_ENGINE_NOT_FIXED");
    world.fix(DEC, 104_500);
    world.ok(&owner, fix);
    world.ok(&owner, ExecuteMsg::SettleAccounts { accounts: vec![2] });
    // Alice is not settled yet: the ledger owes nothing and is owed 4,500 USD.
    assert_eq!(world.ledger(USD).unsettled.i128(), -4_500_000_000);
    world.ok(
        &owner,
        ExecuteMsg::SettlePage {
            start_after: None,
            limit: None,
        },
    );
    assert_eq!(world.ledger(USD).unsettled.i128(), 0);
    assert_eq!(
        world.cash(1, USD),
        100_000_000_000 + 2_600_000_000 - 9_000_000 - 4_500_000_000
    );
    assert_eq!(
        world.cash(2, USD),
        100_000_000_000 - 2_600_000_000 - 27_000_000 + 4_500_000_000
    );

    world.ok(&owner, ExecuteMsg::CollectFees { denom: USD.into() });
    for account in [1, 2, 3] {
        let all = world.cash(account, USD);
        world.withdraw(account, all.unsigned_abs(), USD).unwrap();
    }
    assert_eq!(world.bank(&world.engine, USD), 0);
}
