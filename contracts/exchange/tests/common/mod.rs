//! The exchange on a test chain, with an engine that records what it is told.

#![allow(dead_code, missing_docs, reason = "each test file uses a part")]

use cosmwasm_std::{
    Addr, Binary, Deps, DepsMut, Empty, Env, Int128, MessageInfo, Response, StdError, StdResult,
    Uint64, Uint128, to_json_binary,
};
use cw_multi_test::{App, AppResponse, Contract, ContractWrapper, Executor};
use exchange::contract;
use k256::ecdsa::{Signature as Ecdsa, SigningKey, signature::hazmat::PrehashSigner};
use protocol_api::engine::{self, AuthorizedResponse, Consent, Fill};
use protocol_api::exchange::*;
use ripemd::Ripemd160;
use serde::de::DeserializeOwned;
use sha2::{Digest, Sha256};
use wasm_chain::Code;

pub const SERIES: &str = "BTC-25DEC26-100000-C";
pub const MAKER: u64 = 7;
pub const TAKER: u64 = 8;

/// An engine that knows who may trade for an account: its owner, its delegate and no other address. Account 666 as
/// the maker is below its margin.
fn engine() -> Box<dyn Contract<Empty>> {
    fn instantiate(_: DepsMut, _: Env, _: MessageInfo, _: Empty) -> StdResult<Response> {
        Ok(Response::new())
    }
    fn execute(
        deps: DepsMut,
        _: Env,
        _: MessageInfo,
        msg: engine::ExecuteMsg,
    ) -> StdResult<Response> {
        let engine::ExecuteMsg::SettleFills { fills } = msg else {
            return Err(StdError::msg("unexpected"));
        };
        if fills.iter().any(|fill| fill.maker.account == 666) {
            return Err(StdError::msg("E_ENGINE_MARGIN: refused"));
        }
        let may = |fill: &Fill| may_trade(deps.as_ref(), fill.taker.account, &fill.taker.consent);
        if !fills.iter().all(may) {
            return Err(StdError::msg("E_ENGINE_CONSENT: refused"));
        }
        deps.storage
            .set(b"fills", &cosmwasm_std::to_json_vec(&fills)?);
        Ok(Response::new())
    }
    fn query(deps: Deps, _: Env, msg: engine::QueryMsg) -> StdResult<Binary> {
        match msg {
            engine::QueryMsg::Authorized {
                account, consent, ..
            } => {
                let authorized = may_trade(deps, account, &consent);
                to_json_binary(&AuthorizedResponse { authorized })
            }
            _ => Err(StdError::msg("unexpected")),
        }
    }
    Box::new(ContractWrapper::new(execute, instantiate, query))
}

/// The owner's address is made of the account's number, the delegate's of its complement.
fn may_trade(deps: Deps, account: u64, consent: &Consent) -> bool {
    let number = account as u8;
    [number, !number].into_iter().any(|byte| {
        let address = deps.api.addr_humanize(&vec![byte; 20].into()).unwrap();
        *consent
            == Consent::Address {
                address: address.into_string(),
            }
    })
}

/// The exchange, as entry points and as an artefact.
const CODE: Code = Code::new("exchange", || {
    Box::new(
        ContractWrapper::new(contract::execute, contract::instantiate, contract::query)
            .with_migrate(contract::migrate),
    )
});

pub struct World {
    pub app: App,
    pub exchange: Addr,
    pub engine: Addr,
    pub admin: Addr,
    /// The exchange's code.
    pub code: u64,
}

impl World {
    pub fn new() -> Self {
        let mut app = App::default();
        let admin = app.api().addr_make("admin");
        let engine_code = app.store_code(engine());
        let exchange_code = app.store_code(wasm_chain::contract(&CODE));
        let engine = app
            .instantiate_contract(engine_code, admin.clone(), &Empty {}, &[], "engine", None)
            .unwrap();
        let msg = InstantiateMsg {
            engine: engine.to_string(),
        };
        let exchange = app
            .instantiate_contract(
                exchange_code,
                admin.clone(),
                &msg,
                &[],
                "exchange",
                Some(admin.to_string()),
            )
            .unwrap();
        Self {
            app,
            exchange,
            engine,
            admin,
            code: exchange_code,
        }
    }

    pub fn now(&self) -> u64 {
        self.app.block_info().time.seconds()
    }

    /// The address that owns an account in the recording engine.
    pub fn owner_of(&self, account: u64) -> Addr {
        self.address_of(account as u8)
    }

    /// The address that may trade for an account it does not own.
    pub fn delegate_of(&self, account: u64) -> Addr {
        self.address_of(!(account as u8))
    }

    fn address_of(&self, byte: u8) -> Addr {
        use cosmwasm_std::Api;
        let api = self.app.api();
        api.addr_humanize(&vec![byte; 20].into()).unwrap()
    }

    /// All that the exchange and the engine store.
    pub fn dump(&self) -> [Vec<cosmwasm_std::Record>; 2] {
        [&self.exchange, &self.engine].map(|contract| self.app.dump_wasm_raw(contract))
    }

    /// What the exchange answers, or why it does not.
    pub fn query<T: DeserializeOwned>(&self, msg: &QueryMsg) -> Result<T, String> {
        let answer = self.app.wrap().query_wasm_smart(&self.exchange, msg);
        answer.map_err(|error| error.to_string())
    }

    pub fn quote(&self, nonce: u64, lots: u64, price: i64) -> Quote {
        Quote {
            account: MAKER,
            nonce: nonce.into(),
            expires_at: self.now() + 60,
            taker: None,
            lots: lots.into(),
            max_fee_per_lot: Uint128::new(9),
            legs: vec![QuoteLeg {
                series: SERIES.into(),
                ratio: -2,
                price,
            }],
        }
    }

    pub fn text(&self, quote: &Quote) -> String {
        quote.text(&self.app.block_info().chain_id, self.exchange.as_str())
    }

    pub fn signed(&self, quote: Quote) -> SignedQuote {
        let signature = direct(&key(1), &self.text(&quote));
        SignedQuote { quote, signature }
    }

    pub fn order(&self, quotes: Vec<SignedQuote>, lots: u64, limit: i128) -> TakeQuotes {
        TakeQuotes {
            account: TAKER,
            quotes,
            lots: lots.into(),
            min_lots: lots.into(),
            limit: Int128::new(limit),
            max_fee_per_lot: Uint128::new(11),
            reduce_only: false,
        }
    }

    pub fn send(&mut self, sender: &Addr, msg: &ExecuteMsg) -> Result<AppResponse, String> {
        let exchange = self.exchange.clone();
        self.app
            .execute_contract(sender.clone(), exchange, msg, &[])
            .map_err(|error| format!("{error:?}"))
    }

    pub fn take(&mut self, order: TakeQuotes) -> Result<AppResponse, String> {
        let sender = self.owner_of(TAKER);
        self.send(&sender, &ExecuteMsg::TakeQuotes(order))
    }

    /// Fails unless the order is refused with the code and nothing changes.
    pub fn refused(&mut self, order: TakeQuotes, code: &str) {
        let sender = self.owner_of(TAKER);
        self.refuses(&sender, &ExecuteMsg::TakeQuotes(order), code);
    }

    /// The same for any message.
    pub fn refuses(&mut self, sender: &Addr, msg: &ExecuteMsg, code: &str) {
        let before = self.dump();
        let error = self.send(sender, msg).unwrap_err();
        assert!(error.contains(code), "wanted {code}, got {error}");
        assert_eq!(self.dump(), before);
    }

    pub fn fills(&self) -> Vec<Fill> {
        let raw = self
            .app
            .wrap()
            .query_wasm_raw(&self.engine, b"fills".as_slice())
            .unwrap();
        raw.map_or_else(Vec::new, |bytes| cosmwasm_std::from_json(bytes).unwrap())
    }

    pub fn status(&self, account: u64, nonce: u64) -> QuoteStatusResponse {
        let msg = QueryMsg::QuoteStatus {
            account,
            nonce: Uint64::new(nonce),
        };
        self.app
            .wrap()
            .query_wasm_smart(&self.exchange, &msg)
            .unwrap()
    }
}

pub fn key(seed: u8) -> SigningKey {
    SigningKey::from_slice(&[seed; 32]).unwrap()
}

pub fn public(key: &SigningKey) -> Binary {
    Binary::new(
        key.verifying_key()
            .to_encoded_point(true)
            .as_bytes()
            .to_vec(),
    )
}

fn sign(key: &SigningKey, message: &[u8]) -> Binary {
    let signature: Ecdsa = key.sign_prehash(&Sha256::digest(message)).unwrap();
    let low = signature.normalize_s().unwrap_or(signature);
    Binary::new(low.to_bytes().to_vec())
}

pub fn direct(key: &SigningKey, text: &str) -> Signature {
    Signature::Direct {
        public_key: public(key),
        signature: sign(key, text.as_bytes()),
    }
}

/// The same signature with s replaced by the order minus s: valid for lax verifiers.
pub fn high_s(key: &SigningKey, text: &str) -> Signature {
    let bytes = sign(key, text.as_bytes());
    let low = Ecdsa::from_slice(&bytes).unwrap();
    let high = Ecdsa::from_scalars(low.r().to_bytes(), (-*low.s()).to_bytes()).unwrap();
    Signature::Direct {
        public_key: public(key),
        signature: Binary::new(high.to_bytes().to_vec()),
    }
}

/// What a wallet makes of the text: the document is written here a second time, from the standard.
pub fn adr036(world: &World, key: &SigningKey, text: &str) -> (Signature, Addr) {
    use cosmwasm_std::Api;
    let hash = Ripemd160::digest(Sha256::digest(public(key)));
    let address = world
        .app
        .api()
        .addr_humanize(&hash.to_vec().into())
        .unwrap();
    let document = format!(
        "{{\"account_number\":\"0\",\"chain_id\":\"\",\"fee\":{{\"amount\":[],\"gas\":\"0\"}},\"memo\":\"\",\"msgs\":[{{\"type\":\"sign/MsgSignData\",\"value\":{{\"data\":\"{}\",\"signer\":\"{address}\"}}}}],\"sequence\":\"0\"}}",
        Binary::from(text.as_bytes()).to_base64(),
    );
    (
        Signature::Adr036 {
            public_key: public(key),
            signature: sign(key, document.as_bytes()),
        },
        address,
    )
}
