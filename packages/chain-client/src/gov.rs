//! Governance, as far as pinning codes needs it: propose, vote, wait.

use cosmrs::proto::Any;
use cosmrs::proto::cosmos::base::v1beta1::Coin;
use cosmrs::proto::cosmos::gov::v1::{MsgSubmitProposal, MsgVote, VoteOption};
use cosmrs::proto::cosmwasm::wasm::v1::{MsgPinCodes, MsgUnpinCodes};
use cosmrs::proto::prost::Name;
use sha2::{Digest, Sha256};

use crate::client::Client;
use crate::error::ClientError;
use crate::key::Key;
use crate::rpc::POLL;
use crate::tx::Delivered;

impl Client {
    /// Pins or unpins codes by a vote of these keys, which must hold enough of the stake; waits until it is done.
    ///
    /// # Errors
    /// The chain refuses proposal or vote, or the vote ends and nothing has changed.
    pub fn vote_pins(
        &self,
        voters: &[Key],
        codes: &[u64],
        pin: bool,
        deposit: u128,
    ) -> Result<(), ClientError> {
        let message = pins(self.module("gov")?, codes.to_vec(), pin);
        let Some(first) = voters.first() else {
            return Err(ClientError::input("a vote needs a voter"));
        };
        let title = if pin { "Pin codes" } else { "Unpin codes" };
        let proposal = MsgSubmitProposal {
            messages: vec![message],
            initial_deposit: vec![Coin {
                denom: self.settings.fees.denom.clone(),
                amount: deposit.to_string(),
            }],
            proposer: self.address(first)?.to_string(),
            metadata: String::new(),
            title: title.to_owned(),
            summary: format!("{title} {codes:?}"),
            expedited: false,
        };
        let delivered = self.send(first, &[any(&proposal)])?;
        let id = proposal_number(&delivered)?;
        for voter in voters {
            let vote = MsgVote {
                proposal_id: id,
                voter: self.address(voter)?.to_string(),
                option: VoteOption::Yes.into(),
                metadata: String::new(),
            };
            self.send(voter, &[any(&vote)])?;
        }
        self.wait_pins(codes, pin)
    }

    fn wait_pins(&self, codes: &[u64], pin: bool) -> Result<(), ClientError> {
        let done = |pinned: &[u64]| codes.iter().all(|code| pinned.contains(code) == pin);
        let since = std::time::Instant::now();
        while !done(&self.pinned()?) {
            if since.elapsed() > self.settings.patience {
                return Err(ClientError::answer("the vote changed no pin"));
            }
            std::thread::sleep(POLL);
        }
        Ok(())
    }

    /// The address of a module: the first 20 bytes of SHA-256 of its name.
    fn module(&self, name: &str) -> Result<String, ClientError> {
        let digest = Sha256::digest(name);
        let bytes = digest.get(..20).unwrap_or_default();
        cosmrs::AccountId::new(&self.settings.prefix, bytes)
            .map(|address| address.to_string())
            .map_err(ClientError::input)
    }
}

fn pins(authority: String, code_ids: Vec<u64>, pin: bool) -> Any {
    if pin {
        any(&MsgPinCodes {
            authority,
            code_ids,
        })
    } else {
        any(&MsgUnpinCodes {
            authority,
            code_ids,
        })
    }
}

fn proposal_number(delivered: &Delivered) -> Result<u64, ClientError> {
    delivered
        .events
        .iter()
        .flat_map(|event| &event.attributes)
        .find(|attribute| attribute.key == "proposal_id")
        .and_then(|attribute| attribute.value.parse().ok())
        .ok_or_else(|| ClientError::answer("the proposal has no number"))
}

fn any<M: Name>(message: &M) -> Any {
    Any {
        type_url: M::type_url(),
        value: message.encode_to_vec(),
    }
}
