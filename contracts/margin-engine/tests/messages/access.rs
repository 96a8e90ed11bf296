//! Who may send what: the table, its golden, and every message against every role.

use cosmwasm_std::{Addr, Binary, Uint128, coin};
use protocol_api::access::{Role, section};
use protocol_api::engine::*;
use protocol_api::event::TypedEvent;

use crate::common::liquidation::{begun, order};
use crate::common::*;

fn samples(world: &World) -> Vec<ExecuteMsg> {
    let to = world.mallory.to_string();
    let profile = Profile::from(&risk::default_profile());
    vec![
        ExecuteMsg::CreateAccount { venues: vec![] },
        ExecuteMsg::OfferAccount {
            account: 1,
            offer: None,
        },
        ExecuteMsg::AcceptAccount {
            account: 1,
            fingerprint: None,
        },
        ExecuteMsg::SetDelegate {
            account: 1,
            delegate: DelegateId::Address {
                address: to.clone(),
            },
            grant: None,
        },
        ExecuteMsg::AdmitVenue {
            account: 1,
            venue: to.clone(),
            admitted: true,
        },
        ExecuteMsg::Deposit { account: 1 },
        ExecuteMsg::Withdraw {
            account: 1,
            amounts: vec![coin(1, USD)],
            to: None,
        },
        ExecuteMsg::ClaimQueued {
            account: 1,
            denom: USD.into(),
            to: None,
        },
        ExecuteMsg::BuyCollateral {
            buyer: 1,
            debtor: 2,
            debt_denom: USD.into(),
            collateral: coin(1, BTC),
            max_pay: Uint128::MAX,
        },
        ExecuteMsg::CollectFees { denom: USD.into() },
        ExecuteMsg::SettleFills {
            fills: vec![world.fill(1, 2, &[(CALL, 1, 500)])],
        },
        ExecuteMsg::Liquidate(order(1, vec![])),
        ExecuteMsg::Deleverage(DeleverageOrder {
            account: 1,
            auction: begun(world.now(), 3_600).unwrap(),
            end_after: 3_600,
            counterparties: vec![2],
        }),
        ExecuteMsg::Reserve {
            account: 1,
            consent: world.side(1).consent,
            amount: Uint128::new(1),
        },
        ExecuteMsg::Release {
            account: 1,
            amount: Uint128::zero(),
        },
        ExecuteMsg::FundInsurance {
            market: "BTC".into(),
        },
        ExecuteMsg::CoverDebt { account: 1 },
        ExecuteMsg::ShareLoss {
            market: "BTC_USDC".into(),
            accounts: vec![1],
        },
        ExecuteMsg::ListSeries {
            series: vec![PUT.into()],
        },
        ExecuteMsg::FixExpiry {
            market: "BTC".into(),
            expiry: u64::from(DEC) * 60,
        },
        ExecuteMsg::SettleAccounts { accounts: vec![1] },
        ExecuteMsg::SettlePage {
            start_after: None,
            limit: None,
        },
        ExecuteMsg::AddCoin {
            listing: CoinListing {
                denom: "ueth".into(),
                ..btc_coin()
            },
        },
        ExecuteMsg::SetCoinTerms {
            denom: BTC.into(),
            terms: coin_terms(),
            effective_at: START,
        },
        ExecuteMsg::AddMarket {
            listing: MarketListing {
                symbol: "NEW".into(),
                ..linear()
            },
        },
        ExecuteMsg::SetMarketParams {
            market: "BTC".into(),
            params: market_params(),
            effective_at: START,
        },
        ExecuteMsg::SetProfile {
            underlying: 1,
            profile,
            effective_at: START,
        },
        ExecuteMsg::SetBetas {
            betas: vec![],
            effective_at: START,
        },
        ExecuteMsg::SetVenue {
            venue: to.clone(),
            authorized: true,
        },
        ExecuteMsg::SetLiquidator {
            liquidator: to.clone(),
        },
        ExecuteMsg::SetTreasury { account: 3 },
        ExecuteMsg::SetParams {
            params: params(),
            effective_at: START,
        },
        ExecuteMsg::ProposeOwner {
            owner: to.clone(),
            expires_at: START + 60,
        },
        ExecuteMsg::CancelOwnerProposal {},
        ExecuteMsg::AcceptOwner {},
        ExecuteMsg::SetGuardian { guardian: None },
        ExecuteMsg::Pause {
            actions: vec![PauseAction::Open],
            seconds: 60,
        },
        ExecuteMsg::LiftPause {},
    ]
}

/// What a refusal for want of authority looks like.
const DENIED: [&str; 6] = [
    "E_OWNER_ONLY",
    "E_OWNER_PENDING_ONLY",
    "E_OWNER_NO_OFFER",
    "E_ENGINE_UNAUTHORIZED",
    "E_ENGINE_CONSENT",
    "E_ENGINE_NO_OFFER",
];

#[test]
fn attack_options_3_every_message_against_every_role() {
    let world = World::liquidatable();
    let messages = samples(&world);
    let names: Vec<&str> = messages.iter().map(ExecuteMsg::name).collect();
    let table: Vec<&str> = ACCESS.iter().map(|(name, _)| *name).collect();
    assert_eq!(names, table, "a message without a sample, or without a row");
    for (message, (name, role)) in messages.into_iter().zip(ACCESS) {
        let callers = [
            ("owner", &world.owner),
            ("guardian", &world.guardian),
            ("venue", &world.venue),
            ("alice", &world.alice),
            ("bob", &world.bob),
            ("mallory", &world.mallory),
            ("liquidator", &world.liquidator()),
        ];
        for (who, caller) in callers {
            let allowed = match role {
                Role::Anyone => true,
                Role::Owner => who == "owner",
                Role::Guardian => who == "guardian",
                Role::Venue => who == "venue",
                Role::AccountOwner | Role::AccountDelegate => who == "alice",
                Role::PendingOwner => false,
                Role::Protocol => who == "liquidator",
                Role::Quorum | Role::AccountDelegateOrDebtor => unreachable!(),
            };
            let denied = is_denied(caller, message.clone());
            assert_eq!(denied, !allowed, "{name} by {who}");
        }
    }
}

/// Whether the message is refused for want of authority, in a world of its own.
fn is_denied(caller: &Addr, message: ExecuteMsg) -> bool {
    let mut world = World::liquidatable();
    // So that a missing offer does not hide who may withdraw it.
    let owner = world.owner.clone();
    if message == (ExecuteMsg::CancelOwnerProposal {}) {
        let to = world.bob.to_string();
        let expires_at = START + 60;
        world.ok(
            &owner,
            ExecuteMsg::ProposeOwner {
                owner: to,
                expires_at,
            },
        );
    }
    match world.send(caller, message, &[]) {
        Ok(_) => false,
        Err(error) => DENIED.iter().any(|code| error.contains(code)),
    }
}

#[test]
fn the_access_table_is_frozen() {
    let golden = include_str!("../../testdata/access.golden");
    assert_eq!(section("margin-engine", ACCESS), golden);
}

#[test]
fn events_are_frozen() {
    fn show<E: TypedEvent>(event: &E) -> String {
        let names: Vec<&str> = event
            .attributes()
            .into_iter()
            .map(|(name, _)| name)
            .collect();
        format!("{}: {}\n", E::NAME, names.join(", "))
    }
    let text = || String::new();
    let mut shown = String::new();
    shown += &show(&AccountCreated {
        account: 0,
        owner: text(),
    });
    shown += &show(&AccountOffered {
        account: 0,
        to: text(),
    });
    shown += &show(&AccountAccepted {
        account: 0,
        owner: text(),
    });
    shown += &show(&DelegateSet {
        account: 0,
        delegate: text(),
        scopes: 0,
        expires_at: 0,
    });
    shown += &show(&VenueAdmitted {
        account: 0,
        venue: text(),
        admitted: true,
    });
    shown += &show(&Deposited {
        account: 0,
        denom: text(),
        amount: 0,
    });
    shown += &show(&Withdrawn {
        account: 0,
        denom: text(),
        amount: 0,
        queued: 0,
        to: text(),
    });
    shown += &show(&QueuePaid {
        account: 0,
        denom: text(),
        amount: 0,
        to: text(),
    });
    shown += &show(&CollateralBought {
        buyer: 0,
        debtor: 0,
        denom: text(),
        amount: 0,
        paid: 0,
    });
    shown += &show(&LiquidationStepped {
        account: 0,
        equity: 0,
        maintenance: 0,
        penalty: 0,
        keeper_reward: 0,
    });
    shown += &show(&SliceTaken {
        account: 0,
        taker: 0,
        reward: 0,
        paid: 0,
    });
    shown += &show(&Deleveraged {
        account: 0,
        counterparty: 0,
        paid: 0,
    });
    shown += &show(&InsurancePaid {
        market: text(),
        amount: 0,
    });
    shown += &show(&InsuranceFunded {
        market: text(),
        amount: 0,
    });
    shown += &show(&DebtCovered {
        account: 0,
        amount: 0,
    });
    shown += &show(&EstateTaken {
        account: 0,
        owner: text(),
    });
    shown += &show(&EstateCleared {
        account: 0,
        denom: text(),
        amount: 0,
    });
    shown += &show(&DebtWrittenOff {
        account: 0,
        market: text(),
        amount: 0,
    });
    shown += &show(&GainsMoved {
        account: 0,
        market: text(),
        amount: 0,
    });
    shown += &show(&LossShared {
        market: text(),
        round: 0,
        gains: 0,
        raised: 0,
        left: 0,
    });
    shown += &show(&EscrowMoved {
        account: 0,
        amount: 0,
    });
    shown += &show(&FeesCollected {
        denom: text(),
        amount: 0,
    });
    shown += &show(&FillSettled {
        maker: 0,
        taker: 0,
        premium: 0,
        maker_fee: 0,
        taker_fee: 0,
    });
    shown += &show(&SeriesListed { series: text() });
    shown += &show(&ExpiryFixed {
        market: text(),
        expiry: 0,
        price: text(),
    });
    shown += &show(&CoinSet {
        denom: text(),
        effective_at: 0,
    });
    shown += &show(&MarketSet {
        market: text(),
        effective_at: 0,
    });
    shown += &show(&ProfileSet {
        underlying: 0,
        effective_at: 0,
    });
    shown += &show(&ConfigSet {
        what: text(),
        effective_at: 0,
    });
    shown += &show(&Paused {
        actions: text(),
        until: 0,
    });
    shown += &show(&PauseLifted {});
    shown += &show(&LiquidatorSet { liquidator: text() });
    shown += &show(&TreasurySet { account: 0 });
    shown += &show(&VenueSet {
        venue: text(),
        authorized: true,
    });
    assert_eq!(shown, include_str!("../../testdata/events.golden"));
}

#[test]
fn coins_are_refused_where_no_message_takes_them() {
    let mut world = World::funded();
    let alice = world.alice.clone();
    for message in samples(&world) {
        if message.takes_coins() {
            continue;
        }
        world.refused_with(&alice, message, &[coin(1, USD)], "E_FUNDS_UNWANTED");
    }
}

#[test]
fn a_key_cannot_call() {
    let mut world = World::funded();
    let alice = world.alice.clone();
    let delegate = DelegateId::Key {
        public_key: Binary::from([2_u8; 33]),
    };
    let grant = Some(Grant {
        scopes: vec![Scope::WithdrawToOwner],
        expires_at: START + 60,
    });
    world.ok(
        &alice,
        ExecuteMsg::SetDelegate {
            account: 1,
            delegate,
            grant,
        },
    );
    let mallory = world.mallory.clone();
    let withdraw = ExecuteMsg::Withdraw {
        account: 1,
        amounts: vec![coin(1, USD)],
        to: None,
    };
    world.refused(&mallory, withdraw, "E_ENGINE_UNAUTHORIZED");
}
