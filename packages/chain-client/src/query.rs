//! Typed queries of the chain's state.

use cosmrs::Any;
use cosmrs::proto::cosmos::auth::v1beta1::{
    BaseAccount, QueryAccountRequest, QueryAccountResponse,
};
use cosmrs::proto::cosmos::bank::v1beta1::{QueryBalanceRequest, QueryBalanceResponse};
use cosmrs::proto::cosmos::base::query::v1beta1::{PageRequest, PageResponse};
use cosmrs::proto::cosmos::vesting::v1beta1 as vesting;
use cosmrs::proto::cosmwasm::wasm::v1 as wasm;
use cosmrs::proto::prost::{Message, Name};
use cosmwasm_std::{Checksum, Record, Uint256};

use crate::client::Client;
use crate::error::ClientError;

/// A stored code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CodeInfo {
    /// Its number.
    pub id: u64,
    /// SHA-256 of the wasm.
    pub checksum: Checksum,
}

/// Most entries of a page.
const PAGE: u64 = 1_000;

impl Client {
    fn ask<A: Message + Default>(
        &self,
        path: &str,
        request: &impl Message,
        height: u64,
    ) -> Result<A, ClientError> {
        let answer = self.rpc.ask(path, request.encode_to_vec(), height)?;
        A::decode(answer.as_slice()).map_err(ClientError::answer)
    }

    /// Number and next sequence of an account; `None` when the chain has never seen it.
    pub(crate) fn account(&self, address: &str) -> Result<Option<(u64, u64)>, ClientError> {
        let request = QueryAccountRequest {
            address: address.to_owned(),
        };
        let path = "/cosmos.auth.v1beta1.Query/Account";
        let answer: QueryAccountResponse = match self.ask(path, &request, 0) {
            Err(ClientError::Refused(log)) if log.contains("not found") => return Ok(None),
            answer => answer?,
        };
        let account = base(&answer.account.unwrap_or_default(), address)?;
        Ok(Some((account.account_number, account.sequence)))
    }

    /// What an address holds of a denomination.
    ///
    /// # Errors
    /// The node does not answer.
    pub fn balance(&self, address: &str, denom: &str) -> Result<Uint256, ClientError> {
        let request = QueryBalanceRequest {
            address: address.to_owned(),
            denom: denom.to_owned(),
        };
        let answer: QueryBalanceResponse =
            self.ask("/cosmos.bank.v1beta1.Query/Balance", &request, 0)?;
        let amount = answer.balance.map(|coin| coin.amount).unwrap_or_default();
        amount.parse().map_err(ClientError::answer)
    }

    /// A contract's answer to a JSON query.
    ///
    /// # Errors
    /// [`ClientError::Refused`] with the contract's words, or the node does not answer.
    pub fn smart(&self, contract: &str, query: &[u8]) -> Result<Vec<u8>, ClientError> {
        let request = wasm::QuerySmartContractStateRequest {
            address: contract.to_owned(),
            query_data: query.to_vec(),
        };
        let path = "/cosmwasm.wasm.v1.Query/SmartContractState";
        let answer: wasm::QuerySmartContractStateResponse = self.ask(path, &request, 0)?;
        Ok(answer.data)
    }

    /// Everything a contract stores after a block, by ascending key.
    ///
    /// # Errors
    /// The node does not answer, or no longer has the block's state.
    pub fn contract_state(&self, contract: &str, height: u64) -> Result<Vec<Record>, ClientError> {
        let path = "/cosmwasm.wasm.v1.Query/AllContractState";
        let mut records = Vec::new();
        let mut next = Vec::new();
        loop {
            let request = wasm::QueryAllContractStateRequest {
                address: contract.to_owned(),
                pagination: Some(page(next)),
            };
            let answer: wasm::QueryAllContractStateResponse = self.ask(path, &request, height)?;
            records.extend(
                answer
                    .models
                    .into_iter()
                    .map(|model| (model.key, model.value)),
            );
            match following(answer.pagination) {
                Some(key) => next = key,
                None => break,
            }
        }
        records.sort_unstable();
        Ok(records)
    }

    /// The code that a contract runs; `None` where there is no contract.
    ///
    /// # Errors
    /// The node does not answer.
    pub fn code_of(&self, contract: &str) -> Result<Option<u64>, ClientError> {
        let request = wasm::QueryContractInfoRequest {
            address: contract.to_owned(),
        };
        let path = "/cosmwasm.wasm.v1.Query/ContractInfo";
        match self.ask::<wasm::QueryContractInfoResponse>(path, &request, 0) {
            Ok(answer) => Ok(answer.contract_info.map(|info| info.code_id)),
            Err(ClientError::Refused(log)) if log.contains("no such contract") => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// All stored codes.
    ///
    /// # Errors
    /// The node does not answer.
    pub fn codes(&self) -> Result<Vec<CodeInfo>, ClientError> {
        let mut codes = Vec::new();
        let mut next = Vec::new();
        loop {
            let request = wasm::QueryCodesRequest {
                pagination: Some(page(next)),
            };
            let answer: wasm::QueryCodesResponse =
                self.ask("/cosmwasm.wasm.v1.Query/Codes", &request, 0)?;
            for info in answer.code_infos {
                let checksum = Checksum::try_from(info.data_hash.as_slice());
                codes.push(CodeInfo {
                    id: info.code_id,
                    checksum: checksum.map_err(ClientError::answer)?,
                });
            }
            match following(answer.pagination) {
                Some(key) => next = key,
                None => return Ok(codes),
            }
        }
    }

    /// Which codes are pinned.
    ///
    /// # Errors
    /// The node does not answer.
    pub fn pinned(&self) -> Result<Vec<u64>, ClientError> {
        let request = wasm::QueryPinnedCodesRequest {
            pagination: Some(page(Vec::new())),
        };
        let answer: wasm::QueryPinnedCodesResponse =
            self.ask("/cosmwasm.wasm.v1.Query/PinnedCodes", &request, 0)?;
        Ok(answer.code_ids)
    }
}

/// The account that signs, by the type that the chain names: plain, or within one whose coins vest.
fn base(any: &Any, address: &str) -> Result<BaseAccount, ClientError> {
    fn read<M: Message + Default>(any: &Any) -> Result<M, ClientError> {
        M::decode(any.value.as_slice()).map_err(ClientError::answer)
    }
    let kind = any.type_url.as_str();
    if kind == BaseAccount::type_url() {
        return read(any);
    }
    let vesting = if kind == vesting::BaseVestingAccount::type_url() {
        Some(read(any)?)
    } else if kind == vesting::ContinuousVestingAccount::type_url() {
        read::<vesting::ContinuousVestingAccount>(any)?.base_vesting_account
    } else if kind == vesting::DelayedVestingAccount::type_url() {
        read::<vesting::DelayedVestingAccount>(any)?.base_vesting_account
    } else if kind == vesting::PeriodicVestingAccount::type_url() {
        read::<vesting::PeriodicVestingAccount>(any)?.base_vesting_account
    } else if kind == vesting::PermanentLockedAccount::type_url() {
        read::<vesting::PermanentLockedAccount>(any)?.base_vesting_account
    } else {
        None
    };
    let account = vesting.and_then(|vesting| vesting.base_account);
    account.ok_or_else(|| ClientError::Account {
        address: address.to_owned(),
        kind: kind.trim_start_matches('/').to_owned(),
    })
}

fn page(key: Vec<u8>) -> PageRequest {
    PageRequest {
        key,
        limit: PAGE,
        ..PageRequest::default()
    }
}

fn following(page: Option<PageResponse>) -> Option<Vec<u8>> {
    page.map(|page| page.next_key).filter(|key| !key.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;
    use cosmrs::proto::cosmos::auth::v1beta1::ModuleAccount;

    fn any<M: Name>(message: &M) -> Any {
        Any {
            type_url: M::type_url(),
            value: message.encode_to_vec(),
        }
    }

    #[test]
    fn an_account_is_read_by_its_type() {
        let plain = BaseAccount {
            account_number: 7,
            sequence: 3,
            ..BaseAccount::default()
        };
        let within = vesting::BaseVestingAccount {
            base_account: Some(plain.clone()),
            ..vesting::BaseVestingAccount::default()
        };
        let continuous = vesting::ContinuousVestingAccount {
            base_vesting_account: Some(within.clone()),
            start_time: 1,
        };
        let periodic = vesting::PeriodicVestingAccount {
            base_vesting_account: Some(within.clone()),
            ..vesting::PeriodicVestingAccount::default()
        };
        for account in [any(&plain), any(&within), any(&continuous), any(&periodic)] {
            assert_eq!(
                base(&account, "wasm1").unwrap(),
                plain,
                "{}",
                account.type_url
            );
        }
        let module = any(&ModuleAccount::default());
        let error = base(&module, "wasm1x").unwrap_err().to_string();
        let said = "E_CHAIN_ACCOUNT: wasm1x is a cosmos.auth.v1beta1.ModuleAccount, not an account that signs";
        assert_eq!(error, said);
    }
}
