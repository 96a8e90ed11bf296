//! A liquidation contract played by an address, and orders as it would send them.

use cosmwasm_std::{Addr, Uint128, coin, from_json};
use cw_multi_test::AppResponse;
use protocol_api::engine::*;

use super::*;

pub fn terms() -> LiquidationTerms {
    LiquidationTerms {
        schedule: Schedule {
            start: -20_000,
            knee: 50_000,
            end: 1_000_000,
            knee_after: 600,
            end_after: 3_600,
        },
        target: 1_100_000,
        penalty: 10_000,
        dust: Uint128::new(100_000_000),
        tip: Uint128::new(1_000_000),
        chip: 1_000,
    }
}

pub fn order(account: u64, takers: Vec<Taker>) -> LiquidateOrder {
    LiquidateOrder {
        account,
        auction: None,
        terms: terms(),
        takers,
        legs_fingerprint: None,
        keeper: None,
    }
}

/// An auction that is this old at `now`, seen at no price.
pub fn begun(now: u64, ago: u64) -> Option<AuctionStart> {
    Some(AuctionStart {
        at: now - ago,
        price_time: 0,
    })
}

impl World {
    /// Who plays the liquidation contract.
    pub fn liquidator(&self) -> Addr {
        self.app.api().addr_make("liquidator")
    }

    /// Lists a coin whose feed has not spoken yet.
    pub fn ether(&mut self) {
        let owner = self.owner.clone();
        let listing = CoinListing {
            denom: "ueth".into(),
            underlying: 2,
            ..btc_coin()
        };
        self.ok(&owner, ExecuteMsg::AddCoin { listing });
    }

    /// As [`World::funded`], with the liquidation contract admitted by accounts 1 and 2, and 4 (mallory, 1,000,000 USD)
    /// and 5 (carol, 1,000,000 USD) who take.
    pub fn liquidatable() -> Self {
        let mut world = Self::funded();
        let liquidator = world.liquidator().into_string();
        let venues = vec![world.venue.to_string(), liquidator.clone()];
        for name in ["mallory", "carol"] {
            let user = world.app.api().addr_make(name);
            world.ok(
                &user,
                ExecuteMsg::CreateAccount {
                    venues: venues.clone(),
                },
            );
        }
        for account in [1, 2] {
            let owner = world.owner_of(account);
            let venue = liquidator.clone();
            let admit = ExecuteMsg::AdmitVenue {
                account,
                venue,
                admitted: true,
            };
            world.ok(&owner, admit);
        }
        world.deposit(4, 1_000_000_000_000, USD);
        world.deposit(5, 1_000_000_000_000, USD);
        world
    }

    /// Account 1 short 400 calls (4 BTC) and the spot price at `spot`.
    pub fn short_calls(spot: u64) -> Self {
        let mut world = Self::liquidatable();
        world.trade(1, 2, &[(CALL, 400, 520)]).unwrap();
        world.advance(60);
        world.set_spot(spot);
        world
    }

    pub fn taker(&self, account: u64, budget: u128) -> Taker {
        Taker {
            account,
            consent: self.side(account).consent,
            reward: None,
            least_reward: None,
            budget: Uint128::new(budget),
            escrowed: false,
        }
    }

    pub fn liquidate(&mut self, order: LiquidateOrder) -> Result<LiquidateData, String> {
        let sender = self.liquidator();
        let preview = self.preview(&order);
        let done: Result<LiquidateData, String> = self
            .send(&sender, ExecuteMsg::Liquidate(order), &[])
            .map(|response: AppResponse| from_json(response.data.unwrap()).unwrap());
        // A preview is the very same function.
        assert_eq!(done.is_ok(), preview.is_ok(), "{done:?} {preview:?}");
        if let (Ok(done), Ok(preview)) = (&done, preview) {
            assert_eq!(*done, preview.done);
            for shown in preview.accounts {
                let account = shown.account;
                let is: AccountResponse = self.query(&QueryMsg::Account { account });
                assert_eq!(shown, is);
            }
        }
        done
    }

    /// What a step would do.
    pub fn preview(&self, order: &LiquidateOrder) -> Result<LiquidatePreview, String> {
        let order = order.clone();
        let query = QueryMsg::PreviewLiquidate { order };
        let found = self.app.wrap().query_wasm_smart(&self.engine, &query);
        found.map_err(|error| error.to_string())
    }

    pub fn liquidation_refused(&mut self, order: LiquidateOrder, code: &str) {
        let error = self.liquidate(order).unwrap_err();
        assert!(error.contains(code), "{error}, expected {code}");
    }

    pub fn state_of(&self, account: u64) -> LiquidationStateResponse {
        let accounts = vec![account];
        let found: Vec<LiquidationStateResponse> =
            self.query(&QueryMsg::LiquidationStates { accounts });
        found.into_iter().next().unwrap()
    }

    pub fn insurance(&self, market: &str) -> InsuranceResponse {
        let market = market.into();
        self.query(&QueryMsg::Insurance { market })
    }

    /// Funds a market's insurance; it counts from the next hour on.
    pub fn insure(&mut self, market: &str, amount: u128) {
        let sender = self.mallory.clone();
        let message = ExecuteMsg::FundInsurance {
            market: market.into(),
        };
        self.send(&sender, message, &[coin(amount, USD)]).unwrap();
    }

    pub fn health_of(&self, account: u64) -> (i128, i128) {
        let found = self.state_of(account);
        (
            found.equity.unwrap().i128(),
            found.maintenance.unwrap().u128() as i128,
        )
    }

    /// Equity at mark of an account, quote base units.
    pub fn equity(&self, account: u64) -> i128 {
        self.health_of(account).0
    }

    /// Publishes the record of another underlying.
    pub fn publish_as(&mut self, underlying: u16, market: &oracle::Market) {
        self.raw(market_record_key(underlying), market.record());
    }

    /// What an account may not do while it is in liquidation: grow.
    pub fn may_open(&mut self, account: u64) -> bool {
        let other = if account == 2 { 1 } else { 2 };
        self.trade(other, account, &[(PUT, 1, 1)]).is_ok()
    }
}
