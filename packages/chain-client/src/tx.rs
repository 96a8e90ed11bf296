//! Transactions: built, simulated, signed, delivered.

use std::time::Instant;

use cosmrs::proto::cosmos::bank::v1beta1::MsgSend;
use cosmrs::proto::cosmos::base::v1beta1::Coin as ProtoCoin;
use cosmrs::proto::cosmos::tx::v1beta1::{SimulateRequest, SimulateResponse};
use cosmrs::proto::cosmwasm::wasm::v1 as wasm;
use cosmrs::proto::prost::{Message as _, Name};
use cosmrs::tx::{Body, Fee, SignDoc, SignerInfo};
use cosmwasm_std::{Addr, Attribute, Coin, Event};
use sha2::{Digest, Sha256};

use crate::client::Client;
use crate::error::ClientError;
use crate::key::Key;
use crate::rpc::{POLL, answered, brief};
use crate::watch::{Reception, Verdict, Watch};

/// A message of a transaction, encoded.
pub type Message = cosmrs::Any;

/// A transaction that a block holds, successful or not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delivered {
    /// SHA-256 of its bytes, upper-case hexadecimal.
    pub hash: String,
    /// The block.
    pub height: u64,
    /// The block's time, nanoseconds since 1970.
    pub time: u64,
    /// 0 when it succeeded, else the chain's code.
    pub code: u32,
    /// What the chain said of a failure.
    pub log: String,
    /// SDK gas it used.
    pub gas: u64,
    /// Its events in order.
    pub events: Vec<Event>,
}

/// Blocks after which an undelivered transaction is void.
const LIFE: u64 = 120;
/// How often a transaction is signed when no block takes it before its last one.
const SIGNINGS: u32 = 5;
/// SDK's code for a wrong sequence, and the words with which a simulation says the same.
const WRONG_SEQUENCE: u32 = 32;
const WRONG_SEQUENCE_TEXT: &str = "account sequence mismatch";
/// SDK's codes that pass by themselves: the mempool is full, or has the transaction already.
const MEMPOOL_FULL: u32 = 20;
const IN_MEMPOOL: u32 = 19;

/// What the chain counts a key's transactions by.
#[derive(Clone, Copy)]
struct Numbers {
    account: u64,
    sequence: u64,
}

/// What a transaction may take.
#[derive(Clone, Copy, Default)]
struct Limits {
    gas: u64,
    /// The last block that may hold it; 0: any.
    until: u64,
}

/// A transaction ready to be delivered.
struct Signed {
    bytes: Vec<u8>,
    /// It uses this sequence.
    sequence: u64,
    /// The last block that may hold it.
    until: u64,
}

/// What became of signed bytes.
enum Fate {
    Included(Delivered),
    /// Their last block has passed: sign anew.
    TooLate,
}

impl Client {
    /// Simulates, signs and delivers messages in one transaction; waits until a block holds it.
    ///
    /// # Errors
    /// [`ClientError::Refused`] with the words of the chain or the contract; [`ClientError::Taken`] when other bytes of the
    /// key were included instead; the fee ceiling; no answer.
    pub fn send(&self, key: &Key, messages: &[Message]) -> Result<Delivered, ClientError> {
        let delivered = self.deliver(key, messages, None)?;
        if delivered.code == 0 {
            Ok(delivered)
        } else {
            Err(ClientError::Refused(delivered.log))
        }
    }

    /// As [`Client::send`], without simulation and whatever comes of it: also what fails in its block is returned.
    ///
    /// # Errors
    /// The mempool refuses; the fee ceiling; no answer.
    pub fn send_blindly(
        &self,
        key: &Key,
        messages: &[Message],
        gas: u64,
    ) -> Result<Delivered, ClientError> {
        self.deliver(key, messages, Some(gas))
    }

    /// Waits until nothing that this key signed before is still under way: then what the chain shows is all there is. A
    /// process that takes over from one that was killed calls this first.
    ///
    /// # Errors
    /// Something stays under way for longer than the client is patient; no answer.
    pub fn quiesce(&self, key: &Key) -> Result<(), ClientError> {
        let address = self.address(key)?;
        let one = Coin::new(1_u128, &self.settings.fees.denom);
        let nothing = [Self::bank_send(&address, &address, &[one])];
        let since = Instant::now();
        loop {
            // A simulation counts what lies in the mempool, the account's record does not.
            let numbers = self.numbers(key)?;
            match self.simulate(key, &nothing, numbers) {
                Err(ClientError::Refused(log)) if log.contains(WRONG_SEQUENCE_TEXT) => {
                    if since.elapsed() > self.settings.patience {
                        return Err(ClientError::Refused(log));
                    }
                    std::thread::sleep(POLL);
                }
                answer => return answer.map(drop),
            }
        }
    }

    fn deliver(
        &self,
        key: &Key,
        messages: &[Message],
        gas: Option<u64>,
    ) -> Result<Delivered, ClientError> {
        let mut last = ClientError::input("no attempt");
        for _ in 0..SIGNINGS {
            let numbers = self.numbers(key)?;
            let gas = match gas.map_or_else(|| self.simulate(key, messages, numbers), Ok) {
                Err(ClientError::Refused(log)) if log.contains(WRONG_SEQUENCE_TEXT) => {
                    return Err(ClientError::Taken(log));
                }
                gas => gas?,
            };
            let height = self.rpc.height()?;
            let until = height.saturating_add(LIFE);
            let signed = self.sign(key, messages, numbers, Limits { gas, until })?;
            match self.follow(&signed, key, height)? {
                Fate::Included(delivered) => return Ok(delivered),
                Fate::TooLate => last = ClientError::Timeout(hash(&signed.bytes), until),
            }
        }
        Err(last)
    }

    fn numbers(&self, key: &Key) -> Result<Numbers, ClientError> {
        let address = self.address(key)?;
        let (account, sequence) = self.account(address.as_str())?.ok_or_else(|| {
            ClientError::Input(format!(
                "{address} has no account: it holds no coins for fees"
            ))
        })?;
        Ok(Numbers { account, sequence })
    }

    fn simulate(
        &self,
        key: &Key,
        messages: &[Message],
        numbers: Numbers,
    ) -> Result<u64, ClientError> {
        let signed = self.sign(key, messages, numbers, Limits::default())?;
        #[allow(deprecated, reason = "the message's other field, left empty")]
        let request = SimulateRequest {
            tx: None,
            tx_bytes: signed.bytes,
        };
        let path = "/cosmos.tx.v1beta1.Service/Simulate";
        let answer = self.rpc.ask(path, request.encode_to_vec(), 0)?;
        let answer = SimulateResponse::decode(answer.as_slice()).map_err(ClientError::answer)?;
        let used = answer.gas_info.unwrap_or_default().gas_used;
        Ok(self.settings.fees.with_margin(used))
    }

    fn sign(
        &self,
        key: &Key,
        messages: &[Message],
        numbers: Numbers,
        limits: Limits,
    ) -> Result<Signed, ClientError> {
        let Numbers { account, sequence } = numbers;
        let Limits { gas, until } = limits;
        let timeout = u32::try_from(until).map_err(ClientError::input)?;
        let body = Body::new(messages.to_vec(), "", timeout);
        let fee = self.settings.fees.for_gas(gas)?;
        let fee = Fee::from_amount_and_gas(fee, gas);
        let auth = SignerInfo::single_direct(Some(key.public()), sequence).auth_info(fee);
        let chain_id = self.chain_id.parse().map_err(ClientError::input)?;
        let bytes = SignDoc::new(&body, &auth, &chain_id, account)
            .and_then(|doc| doc.sign(key.signing()))
            .and_then(|raw| raw.to_bytes())
            .map_err(ClientError::input)?;
        Ok(Signed {
            bytes,
            sequence,
            until,
        })
    }

    /// Sends the same bytes again and again and watches the blocks after `sent_at` until one holds them.
    fn follow(&self, signed: &Signed, key: &Key, sent_at: u64) -> Result<Fate, ClientError> {
        let Signed {
            bytes,
            sequence,
            until,
        } = signed;
        let mut seen = sent_at;
        let mut watch = Watch::new(self.offer(bytes));
        let mut offered = Instant::now();
        loop {
            // First the sequence, then the blocks: if these bytes used it, they are found there.
            let used = watch.asks_for_sequence() && self.numbers(key)?.sequence > *sequence;
            let tip = self.rpc.height()?;
            while seen < tip.min(*until) {
                seen = seen.saturating_add(1);
                if let Some(delivered) = self.find(bytes, seen)? {
                    return Ok(Fate::Included(delivered));
                }
            }
            match watch.verdict(used, tip >= *until) {
                Verdict::Refused(error) => return Err(error),
                Verdict::Taken(text) => return Err(ClientError::Taken(text)),
                Verdict::TooLate => return Ok(Fate::TooLate),
                Verdict::Wait(pause) if offered.elapsed() >= pause => {
                    watch.offered(self.offer(bytes));
                    offered = Instant::now();
                }
                Verdict::Wait(_) => {}
            }
            std::thread::sleep(POLL);
        }
    }

    fn offer(&self, bytes: &[u8]) -> Reception {
        match self.rpc.broadcast(bytes) {
            Ok(answer) => match answer.code.value() {
                0 | IN_MEMPOOL => Reception::Held,
                MEMPOOL_FULL => Reception::Full,
                WRONG_SEQUENCE => Reception::Taken(answer.log),
                _ => Reception::Refused(ClientError::Refused(answer.log)),
            },
            Err(error) => {
                let text = brief(&error);
                if !answered(&error) {
                    Reception::Unanswered
                } else if text.contains("already exists in cache") {
                    Reception::Held
                } else if text.contains("mempool is full") {
                    Reception::Full
                } else {
                    Reception::Refused(ClientError::Answer(text))
                }
            }
        }
    }

    /// The transaction's result in this block, if the block holds it.
    fn find(&self, bytes: &[u8], height: u64) -> Result<Option<Delivered>, ClientError> {
        let block = self.rpc.block(height)?.block;
        let Some(place) = block.data.iter().position(|tx| tx == bytes) else {
            return Ok(None);
        };
        let time =
            u64::try_from(block.header.time.unix_timestamp_nanos()).map_err(ClientError::answer)?;
        let results = self
            .rpc
            .block_results(height)?
            .txs_results
            .unwrap_or_default();
        let result = results
            .into_iter()
            .nth(place)
            .ok_or_else(|| ClientError::Answer(format!("block {height} has no result {place}")))?;
        Ok(Some(Delivered {
            hash: hash(bytes),
            height,
            time,
            code: result.code.value(),
            log: result.log,
            gas: u64::try_from(result.gas_used).unwrap_or_default(),
            events: result.events.iter().map(event).collect(),
        }))
    }
}

fn hash(bytes: &[u8]) -> String {
    hex::encode_upper(Sha256::digest(bytes))
}

fn event(event: &cosmrs::tendermint::abci::Event) -> Event {
    let attributes = event.attributes.iter().map(|attribute| {
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        // Past the constructor, which refuses the keys that the chain itself adds.
        Attribute {
            key: text(attribute.key_bytes()),
            value: text(attribute.value_bytes()),
        }
    });
    let mut copy = Event::new(&event.kind);
    copy.attributes = attributes.collect();
    copy
}

fn encoded<M: Name>(message: &M) -> Message {
    Message {
        type_url: M::type_url(),
        value: message.encode_to_vec(),
    }
}

fn coins(coins: &[Coin]) -> Vec<ProtoCoin> {
    // The bank wants them by denomination.
    let mut sorted: Vec<&Coin> = coins.iter().collect();
    sorted.sort_by(|a, b| a.denom.cmp(&b.denom));
    let coin = |coin: &Coin| ProtoCoin {
        denom: coin.denom.clone(),
        amount: coin.amount.to_string(),
    };
    sorted.into_iter().map(coin).collect()
}

/// The messages.
impl Client {
    /// Sends coins.
    pub fn bank_send(from: &Addr, to: &Addr, amount: &[Coin]) -> Message {
        encoded(&MsgSend {
            from_address: from.to_string(),
            to_address: to.to_string(),
            amount: coins(amount),
        })
    }

    /// Stores a wasm, plain or gzipped.
    pub fn store_code(sender: &Addr, wasm: Vec<u8>) -> Message {
        encoded(&wasm::MsgStoreCode {
            sender: sender.to_string(),
            wasm_byte_code: wasm,
            instantiate_permission: None,
        })
    }

    /// Makes a contract at the address that checksum, sender and salt decide; the sender becomes its admin.
    pub fn instantiate2(
        sender: &Addr,
        code_id: u64,
        label: &str,
        salt: &[u8],
        msg: Vec<u8>,
    ) -> Message {
        encoded(&wasm::MsgInstantiateContract2 {
            sender: sender.to_string(),
            admin: sender.to_string(),
            code_id,
            label: label.to_owned(),
            msg,
            funds: Vec::new(),
            salt: salt.to_vec(),
            fix_msg: false,
        })
    }

    /// Sends a contract a message.
    pub fn execute(sender: &Addr, contract: &Addr, msg: Vec<u8>, funds: &[Coin]) -> Message {
        encoded(&wasm::MsgExecuteContract {
            sender: sender.to_string(),
            contract: contract.to_string(),
            msg,
            funds: coins(funds),
        })
    }
}
