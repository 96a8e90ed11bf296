//! Typed queries of the chain's state.

use cosmrs::proto::cosmos::auth::v1beta1::{
    BaseAccount, QueryAccountRequest, QueryAccountResponse,
};
use cosmrs::proto::cosmos::bank::v1beta1::{QueryBalanceRequest, QueryBalanceResponse};
use cosmrs::proto::cosmos::base::query::v1beta1::{PageRequest, PageResponse};
use cosmrs::proto::cosmwasm::wasm::v1 as wasm;
use cosmrs::proto::prost::Message;
use cosmwasm_std::{Checksum, Record, Uint256};

use crate::client::Client;
use crate::error::ClientError;

/// A stored code.
#[derive(Debug, Clone, PartialEq, Eq)]
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
        let any = answer.account.unwrap_or_default();
        let account = BaseAccount::decode(any.value.as_slice()).map_err(ClientError::answer)?;
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
