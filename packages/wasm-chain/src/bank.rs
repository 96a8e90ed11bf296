//! The bank, with what its transfers cost on a chain.

use cosmwasm_std::{
    Addr, Api, BalanceResponse, BankMsg, BankQuery, Binary, BlockInfo, Coin, CustomMsg,
    CustomQuery, Querier, QueryRequest, StdResult, Storage, Uint256, from_json,
};
use cw_multi_test::{AppResponse, Bank, BankKeeper, BankSudo, CosmosRouter, Module};
use serde::de::DeserializeOwned;

use crate::costs;
use crate::meter::Meter;

/// A bank that charges for transfers, where there is a meter.
pub struct MeteredBank {
    keeper: BankKeeper,
    meter: Option<Meter>,
}

impl MeteredBank {
    pub(crate) fn new(meter: Option<Meter>) -> Self {
        let keeper = BankKeeper::new();
        Self { keeper, meter }
    }
}

/// Length of an address's canonical bytes: 20 of a key, 32 of a contract.
fn size(api: &dyn Api, address: &str) -> StdResult<u64> {
    Ok(costs::len(api.addr_canonicalize(address)?.as_slice()))
}

/// The gas of a transfer, from the balances before it.
fn cost(
    api: &dyn Api,
    balance: impl Fn(&str, &str) -> StdResult<Uint256>,
    from: &str,
    to: &str,
    coins: &[Coin],
) -> StdResult<u64> {
    let (payer, payee) = (size(api, from)?, size(api, to)?);
    let mut gas = costs::transfer(payer);
    for coin in coins {
        let denom = costs::len(&coin.denom);
        let (held, there) = (balance(from, &coin.denom)?, balance(to, &coin.denom)?);
        gas += costs::SEND_ENABLED
            + costs::balance_change(payer + denom, held, held.saturating_sub(coin.amount))
            + costs::balance_change(payee + denom, there, there.saturating_add(coin.amount));
    }
    Ok(gas)
}

impl Bank for MeteredBank {}

impl Module for MeteredBank {
    type ExecT = BankMsg;
    type QueryT = BankQuery;
    type SudoT = BankSudo;

    fn execute<ExecC, QueryC>(
        &self,
        api: &dyn Api,
        storage: &mut dyn Storage,
        router: &dyn CosmosRouter<ExecC = ExecC, QueryC = QueryC>,
        block: &BlockInfo,
        sender: Addr,
        msg: BankMsg,
    ) -> StdResult<AppResponse>
    where
        ExecC: CustomMsg + DeserializeOwned + 'static,
        QueryC: CustomQuery + DeserializeOwned + 'static,
    {
        if let (Some(meter), BankMsg::Send { to_address, amount }) = (&self.meter, &msg) {
            let balance = |address: &str, denom: &str| {
                let (address, denom) = (address.to_owned(), denom.to_owned());
                let request = QueryRequest::Bank(BankQuery::Balance { address, denom });
                let answer = router.query(api, storage, block, request)?;
                from_json::<BalanceResponse>(answer).map(|answer| answer.amount.amount)
            };
            let gas = cost(api, balance, sender.as_str(), to_address, amount)?;
            meter.charge_bank(gas)?;
        }
        self.keeper
            .execute(api, storage, router, block, sender, msg)
    }

    fn query(
        &self,
        api: &dyn Api,
        storage: &dyn Storage,
        querier: &dyn Querier,
        block: &BlockInfo,
        request: BankQuery,
    ) -> StdResult<Binary> {
        self.keeper.query(api, storage, querier, block, request)
    }

    fn sudo<ExecC, QueryC>(
        &self,
        api: &dyn Api,
        storage: &mut dyn Storage,
        router: &dyn CosmosRouter<ExecC = ExecC, QueryC = QueryC>,
        block: &BlockInfo,
        msg: BankSudo,
    ) -> StdResult<AppResponse>
    where
        ExecC: CustomMsg + DeserializeOwned + 'static,
        QueryC: CustomQuery + DeserializeOwned + 'static,
    {
        self.keeper.sudo(api, storage, router, block, msg)
    }
}
