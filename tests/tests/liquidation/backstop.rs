//! Backstops on the real engine.

use cosmwasm_std::{Coin, Uint128};
use protocol_api::engine::{
    AccountId, ExecuteMsg as EngineMsg, LiquidateData, LiquidatePreview, LossResponse,
    QueryMsg as EngineQuery, Standing,
};
use protocol_api::liquidation::{BackstopResponse, ExecuteMsg, QueryMsg, SharesResponse};
use sandbox::Trader;
use sandbox::setup::{SAT, USDC};
use wasm_chain::ChainError;

use crate::market::{CALL, Market, USD, data, fallen, paid, usd};

/// Opens a backstop of these markets; `holder` deposits dollars.
fn backstop(market: &mut Market, group: u16, markets: &[&str], holder: (&str, u128)) {
    let owner = market.world.owner.clone();
    let msg = ExecuteMsg::CreateBackstop {
        group,
        markets: markets.iter().map(ToString::to_string).collect(),
    };
    market.send(&owner, &msg).expect("created");
    let (name, dollars) = holder;
    let holder = market.world.chain.address(name);
    market
        .world
        .chain
        .mint(&holder, &[usd(dollars)])
        .expect("minted");
    let msg = ExecuteMsg::DepositBackstop { group };
    market
        .world
        .liquidation_as(&holder, &msg, &[usd(dollars)])
        .expect("deposited");
    market.audit();
}

fn shares(market: &Market, group: u16, name: &str) -> SharesResponse {
    let holder = market.world.chain.address(name).to_string();
    market
        .world
        .chain
        .query(
            &market.world.liquidation,
            &QueryMsg::Shares { group, holder },
        )
        .expect("shares")
}

fn view(market: &Market, group: u16) -> BackstopResponse {
    market
        .world
        .chain
        .query(&market.world.liquidation, &QueryMsg::Backstop { group })
        .expect("backstop")
}

fn leave(market: &mut Market, group: u16, name: &str) -> u128 {
    let holder = market.world.chain.address(name);
    let balance = |market: &Market| {
        let held = market.world.chain.balance(&holder, USDC).expect("balance");
        Uint128::try_from(held).expect("fits").u128()
    };
    let before = balance(market);
    let shares = shares(market, group, name).shares;
    let msg = ExecuteMsg::WithdrawBackstop { group, shares };
    market.send(&holder, &msg).expect("redeemed");
    balance(market) - before
}

fn take(seller: &Trader, group: u16) -> ExecuteMsg {
    ExecuteMsg::TakeBackstop {
        group,
        account: seller.account,
        keeper: None,
    }
}

fn insured(market: &Market) -> i128 {
    market.insurance("BTC_USDC").balance.u128() as i128
}

fn preview(market: &Market, seller: &Trader, group: u16) -> Result<LiquidateData, ChainError> {
    let query = QueryMsg::PreviewBackstop {
        group,
        account: seller.account,
        keeper: None,
    };
    let found = market.world.chain.query(&market.world.liquidation, &query);
    found.map(|preview: LiquidatePreview| preview.done)
}

#[test]
fn a_backstop_takes_a_critical_account_and_pays_out_when_its_series_end() {
    let (mut market, seller) = fallen(600, 97_000.0);
    assert_eq!(market.standing(&seller), Standing::Critical);
    backstop(&mut market, 1, &["BTC_USDC"], ("ann", 500_000));
    let keeper = market.keeper.clone();
    // At first the schedule asks for more than the account is worth.
    let error = market
        .send(&keeper, &take(&seller, 1))
        .expect_err("too early");
    assert!(error.to_string().contains("E_ENGINE_NOT_TAKEN"), "{error}");
    market.step(&seller);
    // 20,000 after (40,000 / 70,000) x 600 seconds.
    market.watch(&seller, 360, 97_000.0);
    let shown = preview(&market, &seller, 1).expect("preview");
    let sold = data(&market.send(&keeper, &take(&seller, 1)).expect("taken"));
    assert_eq!(sold.after, Standing::Healthy);
    assert_eq!(shown, sold, "a preview is what happens");
    let error = preview(&market, &seller, 1).expect_err("healthy");
    assert!(error.to_string().contains("E_LIQUIDATION_NOT_CRITICAL"));
    let own = view(&market, 1);
    assert!(!own.open);
    let legs = market.account(own.backstop.account).legs;
    assert!(legs[0].quantity.i64() < 0 && legs[0].series == CALL);
    let ann = market.world.chain.address("ann");
    let out = ExecuteMsg::WithdrawBackstop {
        group: 1,
        shares: Uint128::new(1),
    };
    let error = market.send(&ann, &out).expect_err("busy");
    assert!(error.to_string().contains("E_LIQUIDATION_BACKSTOP_BUSY"));
    // Expiry at 92,000: what it took on at a loss of 7,000 a coin ends at 2,000.
    market.settle(92_000.0, &[own.backstop.account]);
    assert!(view(&market, 1).open);
    let out = leave(&mut market, 1, "ann");
    assert!(out > 500_000 * USD, "{out}");
}

#[test]
fn a_backstop_takes_an_insolvent_account_at_mark_and_insurance_pays_the_deficit() {
    let (mut market, seller) = fallen(-100, 108_000.0);
    backstop(&mut market, 1, &["BTC_USDC"], ("ann", 500_000));
    market.fund("BTC_USDC", 1_000_000, 108_000.0);
    market.step(&seller);
    // From 171 seconds on the schedule is above zero; an insolvent account pays no reward.
    market.watch(&seller, 180, 108_000.0);
    let (deficit, fund) = (-market.health(&seller).0, insured(&market));
    assert!(deficit > 0);
    let keeper = market.keeper.clone();
    let sold = data(&market.send(&keeper, &take(&seller, 1)).expect("taken"));
    let stands = (sold.before, sold.after);
    assert_eq!(stands, (Standing::Insolvent, Standing::Healthy));
    assert_eq!((sold.taken[0].reward, paid(&sold.taken[0])), (0, -deficit));
    assert_eq!(fund - insured(&market), deficit);
    assert!(market.account(seller.account).legs.is_empty());
}

#[test]
fn a_backstop_takes_for_what_equity_can_pay_of_its_least_reward() {
    let (mut market, seller) = fallen(10, 108_000.0);
    backstop(&mut market, 1, &["BTC_USDC"], ("ann", 500_000));
    market.step(&seller);
    // 20,000, the least, after 343 seconds.
    market.watch(&seller, 360, 108_000.0);
    let (equity, margin) = market.health(&seller);
    let most = equity * 1_000_000 / margin;
    assert!(0 < most && most < 20_000, "{most}");
    let keeper = market.keeper.clone();
    let sold = data(&market.send(&keeper, &take(&seller, 1)).expect("taken"));
    assert_eq!(i128::from(sold.taken[0].reward), most);
    assert_eq!(sold.after, Standing::Healthy);
}

#[test]
fn attack_risk_28_a_poisoned_market_leaves_other_backstops_alone() {
    let (mut market, seller) = fallen(600, 97_000.0);
    backstop(&mut market, 1, &["BTC_USDC"], ("ann", 20_000));
    backstop(&mut market, 2, &["ETH_USDC"], ("bob", 20_000));
    market.step(&seller);
    market.watch(&seller, 400, 97_000.0);
    let keeper = market.keeper.clone();
    let error = market
        .send(&keeper, &take(&seller, 2))
        .expect_err("not its market");
    assert!(error.to_string().contains("E_LIQUIDATION_OTHER_MARKET"));
    market.send(&keeper, &take(&seller, 1)).expect("taken");
    let bob = shares(&market, 2, "bob").worth.expect("open");
    assert_eq!(shares(&market, 1, "ann").worth, None, "busy");
    market.climb_from(97_000.0, 112_000.0);
    // The first is on its way down; the second pays as on the first day.
    assert_eq!(shares(&market, 2, "bob").worth.expect("open"), bob);
    assert!(leave(&mut market, 2, "bob") + 1 >= 20_000 * USD);
}

#[test]
fn attack_risk_28_a_market_short_of_insurance_keeps_its_own_backstops_alone() {
    let (mut market, seller) = fallen(-300, 112_000.0);
    backstop(&mut market, 1, &["BTC_USDC"], ("ann", 20_000));
    backstop(&mut market, 2, &["ETH_USDC"], ("bob", 20_000));
    market.step(&seller);
    assert!(market.insurance("BTC_USDC").shortfall > market.insurance("BTC_USDC").balance);
    let (ann, shares) = (market.world.chain.address("ann"), Uint128::new(1_000));
    let out = ExecuteMsg::WithdrawBackstop { group: 1, shares };
    let error = market.send(&ann, &out).expect_err("short").to_string();
    assert!(error.contains("E_LIQUIDATION_SHORTFALL"), "{error}");
    assert!(leave(&mut market, 2, "bob") + 1 >= 20_000 * USD);
    // Insurance of another market opens nothing.
    market.fund("ETH_USDC", 1_000_000, 112_000.0);
    let error = market.send(&ann, &out).expect_err("short").to_string();
    assert!(error.contains("E_LIQUIDATION_SHORTFALL"), "{error}");
    market.fund("BTC_USDC", 1_000_000, 112_000.0);
    assert!(leave(&mut market, 1, "ann") + 1 >= 20_000 * USD);
}

#[test]
fn attack_options_18_gifts_shut_nobody_in_or_out() {
    let (mut market, seller) = fallen(600, 97_000.0);
    backstop(&mut market, 1, &["BTC_USDC"], ("ann", 500_000));
    // A satoshi for the backstop is refused, a unit of the quote coin is not; the account to be taken gets both from its owner.
    let giver = market.world.chain.address("giver");
    let fund = view(&market, 1).backstop.account;
    for (from, account) in [(&giver, fund), (&seller.address, seller.account)] {
        let gift = EngineMsg::Deposit { account };
        for denom in [SAT, USDC] {
            let coins = [Coin::new(1_u128, denom)];
            market.world.chain.mint(from, &coins).expect("minted");
            let given = market.world.engine_as(from, &gift, &coins);
            assert_eq!(given.is_err(), *from == giver && denom == SAT, "{given:?}");
            market.audit();
        }
    }
    assert_eq!(market.standing(&seller), Standing::Critical);
    assert!(view(&market, 1).open);
    assert!(leave(&mut market, 1, "ann") + 1 >= 500_000 * USD);
    backstop(&mut market, 2, &["BTC_USDC"], ("bob", 500_000));
    market.step(&seller);
    market.watch(&seller, 360, 97_000.0);
    let keeper = market.keeper.clone();
    let sold = data(&market.send(&keeper, &take(&seller, 2)).expect("taken"));
    assert_eq!(sold.after, Standing::Healthy);
}

/// A debt of the backstop's market is written off while the backstop, whose call ended worthless, has gained there. Returns its account.
fn loss_after_a_gain(market: &mut Market, seller: &Trader) -> AccountId {
    const PUT: &str = "BTC_USDC-2JAN26-95000-P";
    market.world.list_series(&[PUT]).expect("listed");
    market.step(seller);
    market.watch(seller, 360, 97_000.0);
    let keeper = market.keeper.clone();
    data(&market.send(&keeper, &take(seller, 1)).expect("taken"));
    let own = view(market, 1).backstop.account;
    let debtor = market.trader("debtor", 20_000);
    market.sell(&debtor, PUT, 100, 2_000);
    let house = market.house.account;
    market.settle(65_000.0, &[seller.account, debtor.account, house, own]);
    assert!(market.cash(&debtor) < 0);
    market.world.chain.advance(86_400);
    let account = debtor.account;
    engine(market, &EngineMsg::CoverDebt { account });
    own
}

fn engine(market: &mut Market, msg: &EngineMsg) {
    let keeper = market.keeper.clone();
    let sent = market.world.engine_as(&keeper, msg, &[]);
    sent.expect("the engine's");
    market.audit();
}

/// Of two holders with the same shares one redeems in the message after a loss was written off, the other at the end of its
/// round. They get the same but for what comes back at the end.
#[test]
fn nobody_redeems_before_the_backstop_has_borne_its_part_of_a_loss() {
    let (mut market, seller) = fallen(600, 97_000.0);
    backstop(&mut market, 1, &["BTC_USDC"], ("ann", 200_000));
    let bob = market.world.chain.address("bob");
    let coins = [usd(200_000)];
    market.world.chain.mint(&bob, &coins).expect("minted");
    let deposit = ExecuteMsg::DepositBackstop { group: 1 };
    let sent = market.world.liquidation_as(&bob, &deposit, &coins);
    sent.expect("deposited");
    let own = loss_after_a_gain(&mut market, &seller);
    let redeem = ExecuteMsg::WithdrawBackstop {
        group: 1,
        shares: shares(&market, 1, "bob").shares,
    };
    let refused = market.send(&bob, &redeem).unwrap_err();
    assert!(refused.to_string().contains("E_LIQUIDATION_UNCOUNTED"));
    let share = EngineMsg::ShareLoss {
        market: "BTC_USDC".into(),
        accounts: vec![own],
    };
    engine(&mut market, &share);
    let first = leave(&mut market, 1, "bob");
    market.audit();
    market.world.chain.advance(86_400);
    engine(&mut market, &share);
    let second = leave(&mut market, 1, "ann");
    assert!(first.abs_diff(second) < 10, "{first} and {second}");
}

/// An account that lost in one market has a coin and a debt left, and no leg: no business of a backstop of another market.
#[test]
fn attack_risk_28_a_backstop_takes_no_account_that_lost_in_another_market() {
    let mut market = Market::new(wasm_chain::Mode::Native);
    let coins = [Coin::new(100_000_000_u128, SAT)];
    let seller = market
        .world
        .open_account("seller", &coins)
        .expect("account");
    market.sell(&seller, CALL, 100, 2_000);
    market.climb_from(90_000.0, 150_000.0);
    let house = market.house.account;
    market.settle(150_000.0, &[seller.account, house]);
    market.climb_from(150_000.0, 60_300.0);
    backstop(&mut market, 2, &["ETH_USDC"], ("bob", 200_000));
    market.step(&seller);
    market.watch(&seller, 400, 60_300.0);
    let keeper = market.keeper.clone();
    let refused = market
        .send(&keeper, &take(&seller, 2))
        .expect_err("not its market");
    assert_eq!(refused.code(), Some("E_LIQUIDATION_OTHER_MARKET"));
}

/// A newcomer would pay in full for gains that are about to be cut, and who was there before would leave with his money.
#[test]
fn attack_risk_28_nobody_buys_gains_of_a_backstop_that_a_loss_may_take() {
    let (mut market, seller) = fallen(600, 97_000.0);
    backstop(&mut market, 1, &["BTC_USDC"], ("ann", 20_000));
    let own = loss_after_a_gain(&mut market, &seller);
    let (bob, coins) = (market.world.chain.address("bob"), [usd(20_000)]);
    market.world.chain.mint(&bob, &coins).expect("minted");
    let msg = ExecuteMsg::DepositBackstop { group: 1 };
    let come = |market: &mut Market| {
        let sent = market.world.liquidation_as(&bob, &msg, &coins);
        sent.err().and_then(|error| error.code().map(str::to_owned))
    };
    assert_eq!(
        come(&mut market).as_deref(),
        Some("E_LIQUIDATION_UNCOUNTED")
    );
    let share = EngineMsg::ShareLoss {
        market: "BTC_USDC".into(),
        accounts: vec![own],
    };
    engine(&mut market, &share);
    assert!(!view(&market, 1).withheld.is_zero());
    assert_eq!(come(&mut market).as_deref(), Some("E_LIQUIDATION_WITHHELD"));
    let loss = EngineQuery::Loss {
        market: "BTC_USDC".into(),
        account: None,
    };
    let loss: LossResponse = market
        .world
        .chain
        .query(&market.world.engine, &loss)
        .expect("loss");
    if let Some(last) = loss.unseen {
        let all = EngineMsg::ShareLoss {
            market: "BTC_USDC".into(),
            accounts: (1..=last).rev().collect(),
        };
        engine(&mut market, &all);
    }
    market.world.chain.advance(86_400);
    engine(&mut market, &share);
    assert!(view(&market, 1).withheld.is_zero());
    assert_eq!(come(&mut market), None);
    // In and out at once costs a unit.
    assert!(leave(&mut market, 1, "bob") + 2 >= 20_000 * USD);
}
