//! What the contract asks of the engine, and the messages it sends there.

use cosmwasm_std::{Coin, QuerierWrapper, WasmMsg, to_json_binary};
use protocol_api::engine::{
    AccountId, AccountResponse, AuthorizedResponse, CoinView, CoinsResponse, Consent,
    DeleverageData, DeleverageOrder, ExecuteMsg, InsuranceResponse, LiquidateOrder,
    LiquidatePreview, LiquidationStateResponse, LossResponse, MarketResponse, QueryMsg, Scope,
    Standing,
};
use protocol_std::message;
use serde::de::DeserializeOwned;

use crate::core::auction::Auction;
use crate::core::terms::Terms;
use crate::error::ContractError;

/// The engine at an address.
pub struct Engine<'a> {
    address: &'a str,
    querier: QuerierWrapper<'a>,
}

impl<'a> Engine<'a> {
    /// Asks the engine at this address.
    pub const fn new(address: &'a str, querier: QuerierWrapper<'a>) -> Self {
        Self { address, querier }
    }

    fn ask<T: DeserializeOwned>(&self, query: &QueryMsg) -> Result<T, ContractError> {
        Ok(message::ask(self.querier, self.address, query)?)
    }

    /// An account as it stands.
    pub fn account(&self, account: AccountId) -> Result<AccountResponse, ContractError> {
        let query = QueryMsg::Account { account };
        self.ask(&query)
    }

    /// Whether an account is late with a debt, or owes and is below maintenance.
    pub fn is_in_default(&self, account: AccountId) -> Result<bool, ContractError> {
        let mut debts = self.account(account)?.cash;
        debts.retain(|cash| cash.amount.is_negative());
        if debts.is_empty() || debts.iter().any(|debt| debt.late) {
            return Ok(!debts.is_empty());
        }
        let standing = self.state(account)?.standing;
        Ok(standing.is_some_and(|standing| standing != Standing::Healthy))
    }

    /// How an account stands, and what it is worth.
    pub fn state(&self, account: AccountId) -> Result<LiquidationStateResponse, ContractError> {
        let query = QueryMsg::LiquidationStates {
            accounts: vec![account],
        };
        let states: Vec<LiquidationStateResponse> = self.ask(&query)?;
        states.into_iter().next().ok_or(ContractError::EngineAnswer)
    }

    /// Whether an address may trade for an account.
    pub fn may_trade(&self, account: AccountId, address: &str) -> Result<bool, ContractError> {
        let query = QueryMsg::Authorized {
            account,
            consent: consent(address),
            scope: Scope::Trade,
        };
        let answer: AuthorizedResponse = self.ask(&query)?;
        Ok(answer.authorized)
    }

    /// A market's terms.
    pub fn market(&self, market: &str) -> Result<MarketResponse, ContractError> {
        let market = market.to_owned();
        let query = QueryMsg::Market { market };
        self.ask(&query)
    }

    /// A market's insurance, and what it would have to pay of deficits.
    pub fn insurance(&self, market: &str) -> Result<InsuranceResponse, ContractError> {
        let market = market.to_owned();
        let query = QueryMsg::Insurance { market };
        self.ask(&query)
    }

    /// A market's loss, and an account's part in it.
    pub fn loss(&self, market: &str, account: AccountId) -> Result<LossResponse, ContractError> {
        let query = QueryMsg::Loss {
            market: market.to_owned(),
            account: Some(account),
        };
        self.ask(&query)
    }

    /// The quote coin: number 0.
    pub fn quote_coin(&self) -> Result<CoinView, ContractError> {
        let query = QueryMsg::Coins {};
        let coins: CoinsResponse = self.ask(&query)?;
        let quote = coins.coins.into_iter().find(|coin| coin.id == 0);
        quote.ok_or(ContractError::EngineAnswer)
    }

    /// What a step would do.
    pub fn preview(&self, order: LiquidateOrder) -> Result<LiquidatePreview, ContractError> {
        let query = QueryMsg::PreviewLiquidate { order };
        self.ask(&query)
    }

    /// What closing an account would do, and how the accounts named rank.
    pub fn preview_deleverage(
        &self,
        order: DeleverageOrder,
    ) -> Result<DeleverageData, ContractError> {
        let query = QueryMsg::PreviewDeleverage { order };
        self.ask(&query)
    }
}

/// The order that closes an account against counterparties.
pub fn deleverage_order(
    account: AccountId,
    auction: &Auction,
    terms: &Terms,
    counterparties: Vec<AccountId>,
) -> DeleverageOrder {
    DeleverageOrder {
        account,
        auction: auction.start(),
        end_after: terms.schedule().end_after,
        counterparties,
    }
}

/// The consent of an address that called this contract, or of this contract.
pub fn consent(address: &str) -> Consent {
    Consent::Address {
        address: address.to_owned(),
    }
}

/// A message to the engine.
pub fn tell(engine: &str, msg: &ExecuteMsg, funds: Vec<Coin>) -> Result<WasmMsg, ContractError> {
    Ok(WasmMsg::Execute {
        contract_addr: engine.to_owned(),
        msg: to_json_binary(msg)?,
        funds,
    })
}
