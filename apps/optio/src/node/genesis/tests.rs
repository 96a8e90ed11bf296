//! A small genesis, and a small record.

use super::*;
use crate::node::record::At;

/// What is read and written of a genesis, 28 November 2026, 16:20:02.61 UTC.
pub fn empty() -> Value {
    json!({
        "chain_id": "optio-local",
        "genesis_time": "2026-11-28T16:20:02.61807254Z",
        "app_state": {
            "auth": { "accounts": [{ "address": "faucet", "account_number": "0" }] },
            "bank": {
                "balances": [{ "address": "faucet", "coins": [{ "denom": "stake", "amount": "7" }] }],
                "supply": [{ "denom": "stake", "amount": "7" }],
            },
            "wasm": { "params": {}, "codes": [], "contracts": [], "sequences": [] },
        },
    })
}

fn codes() -> Vec<Artifact> {
    [("first", vec![1, 2]), ("second", vec![3])]
        .map(|(name, wasm)| Artifact { name, wasm })
        .into()
}

/// Two contracts of the second code and one of the first, and two purses, one of them empty.
fn past() -> Vec<Entry> {
    let contract = |code: &str, address: &str| Entry::Contract {
        at: At {
            height: 12,
            time: 0,
        },
        code: code.to_owned(),
        checksum: Checksum::generate(code.as_bytes()),
        pinned: false,
        sender: Addr::unchecked("wasm1owner"),
        address: Addr::unchecked(address),
        label: format!("label of {address}"),
        msg: json!({ "begin": code }),
    };
    let hex = |bytes: &[u8]| HexBinary::from(bytes);
    let states = ["wasm1one", "wasm1two", "wasm1three"].map(|address| {
        let records = vec![(hex(&[0xab, 1]), hex(&[0, 255])), (hex(&[0xac]), hex(&[]))];
        (Addr::unchecked(address), records)
    });
    let purse = |uusdc: u128, stake: u128| {
        let held = [("uusdc", uusdc), ("stake", stake)];
        BTreeMap::from(held.map(|(denom, amount)| (denom.to_owned(), amount.into())))
    };
    vec![
        Entry::Chain {
            chain_id: "optio-local".to_owned(),
            prefix: "wasm".to_owned(),
            version: String::new(),
        },
        contract("second", "wasm1one"),
        contract("first", "wasm1two"),
        contract("second", "wasm1three"),
        Entry::End {
            contracts: states.into(),
            balances: BTreeMap::from([
                (Addr::unchecked("wasm1ann"), purse(5, 2)),
                (Addr::unchecked("wasm1one"), purse(0, 0)),
            ]),
        },
    ]
}

fn begun() -> Value {
    let genesis = Genesis::new(empty()).unwrap();
    genesis.begin_with(&codes(), &past()).unwrap()
}

#[test]
fn codes_and_contracts_are_written_as_a_chain_exports_them() {
    let wasm = &begun()["app_state"]["wasm"];
    let codes = wasm["codes"].as_array().unwrap();
    assert_eq!(codes.len(), 2);
    assert_eq!(codes[0]["code_id"], "1");
    assert_eq!(codes[0]["code_bytes"], "AQI=");
    assert_eq!(codes[0]["pinned"], false);
    // SHA-256 of the bytes 1, 2, from `printf '\001\002' | sha256sum | xxd -r -p | base64`.
    assert_eq!(
        codes[0]["code_info"]["code_hash"],
        "oShx/uIQ+4YZKR6uoZRYHL0lMeSyN1nSJfaAaSP2MiI="
    );
    assert_eq!(codes[1]["code_info"]["creator"], "wasm1owner");
    let contracts = wasm["contracts"].as_array().unwrap();
    let ids = contracts
        .iter()
        .map(|made| &made["contract_info"]["code_id"]);
    assert_eq!(ids.collect::<Vec<_>>(), ["2", "1", "2"]);
    assert_eq!(
        contracts[2],
        json!({
            "contract_address": "wasm1three",
            "contract_info": {
                "code_id": "2",
                "creator": "wasm1owner",
                "admin": "wasm1owner",
                "label": "label of wasm1three",
                "created": { "block_height": "12", "tx_index": "0" },
                "ibc_port_id": "",
                "extension": null,
                "ibc2_port_id": "wasm21three",
            },
            "contract_state": [{ "key": "AB01", "value": "AP8=" }, { "key": "AC", "value": "" }],
            "contract_code_history": [{
                "operation": "CONTRACT_CODE_HISTORY_OPERATION_TYPE_INIT",
                "code_id": "2",
                "updated": { "block_height": "12", "tx_index": "0" },
                "msg": { "begin": "second" },
            }],
        })
    );
    // The names as `wasmd export` writes them.
    assert_eq!(
        wasm["sequences"],
        json!([
            { "id_key": "BGxhc3RDb2RlSWQ=", "value": "3" },
            { "id_key": "BGxhc3RDb250cmFjdElk", "value": "4" },
        ])
    );
}

#[test]
fn purses_add_to_the_supply() {
    let state = &begun()["app_state"];
    let coin = |denom: &str, amount: &str| json!({ "denom": denom, "amount": amount });
    assert_eq!(
        state["bank"]["supply"],
        json!([coin("stake", "9"), coin("uusdc", "5")])
    );
    let balances = state["bank"]["balances"].as_array().unwrap();
    assert_eq!(balances.len(), 2, "an empty purse is none");
    assert_eq!(balances[1]["address"], "wasm1ann");
    assert_eq!(
        balances[1]["coins"],
        json!([coin("stake", "2"), coin("uusdc", "5")])
    );
    let accounts = state["auth"]["accounts"].as_array().unwrap();
    let named: Vec<_> = accounts
        .iter()
        .map(|account| (&account["address"], &account["account_number"]))
        .map(|(address, number)| (address.as_str().unwrap(), number.as_str().unwrap()))
        .collect();
    assert_eq!(
        named,
        [
            ("faucet", "0"),
            ("wasm1ann", "1"),
            ("wasm1one", "2"),
            ("wasm1owner", "3"),
            ("wasm1three", "4"),
            ("wasm1two", "5"),
        ]
    );
}

#[test]
fn a_genesis_that_is_none_is_refused() {
    let genesis = Genesis::new(empty()).unwrap();
    assert_eq!(genesis.time, 1_795_882_802);
    type Spoil = fn(&mut Value);
    let spoilt: [(Spoil, &str); 7] = [
        (|genesis| *genesis = json!([]), "no list at /app_state/auth"),
        (
            |genesis| genesis["app_state"]["wasm"]["codes"] = json!(null),
            "no list at /app_state/wasm/codes",
        ),
        (
            |genesis| genesis["app_state"]["bank"]["supply"] = json!({}),
            "no list at /app_state/bank/supply",
        ),
        (
            |genesis| genesis["app_state"]["wasm"]["contracts"] = json!([{}]),
            "something is at /app_state/wasm/contracts already",
        ),
        (
            |genesis| genesis["app_state"]["wasm"]["sequences"] = json!([{}]),
            "something is at /app_state/wasm/sequences already",
        ),
        (|genesis| genesis["chain_id"] = json!(1), "no chain_id"),
        (
            |genesis| genesis["genesis_time"] = json!("yesterday"),
            "no genesis_time",
        ),
    ];
    for (spoil, why) in spoilt {
        let mut genesis = empty();
        spoil(&mut genesis);
        let error = Genesis::new(genesis).unwrap_err();
        assert_eq!(error.code, "E_OPTIO_GENESIS");
        assert!(error.message.starts_with(why), "{error}");
    }
    let again = Genesis::new(begun()).unwrap_err();
    assert!(again.message.contains("already"), "{again}");
}

#[test]
fn a_record_that_does_not_fit_is_refused() {
    let refused = |genesis: Value, codes: &[Artifact], past: &[Entry]| {
        let genesis = Genesis::new(genesis).unwrap();
        let error = genesis.begin_with(codes, past).unwrap_err();
        assert_eq!(error.code, "E_OPTIO_GENESIS");
        error.message
    };
    let (codes, past) = (codes(), past());
    assert_eq!(refused(empty(), &codes, &[]), "the record is empty");
    assert_eq!(
        refused(empty(), &codes, &past[..4]),
        "the record has no end"
    );
    assert_eq!(refused(empty(), &codes[..1], &past), "no code second");
    let without_first = [&past[..2], &past[3..]].concat();
    assert_eq!(
        refused(empty(), &codes, &without_first),
        "no contract of first"
    );
    let mut genesis = empty();
    genesis["app_state"]["bank"]["supply"] = json!([{ "denom": "stake" }]);
    let why = refused(genesis, &codes, &past);
    assert!(why.starts_with("/app_state/bank/supply: "), "{why}");
}
