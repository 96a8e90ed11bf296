//! Who signed a quote: verifies the signature and names the consenting party.

use cosmwasm_std::{Api, CanonicalAddr};
use protocol_api::engine::Consent;
use protocol_api::exchange::{Signature, adr036_document};
use protocol_std::signature::is_low_s;
use ripemd::Ripemd160;
use sha2::{Digest, Sha256};

use crate::error::ContractError;

/// The party whose signature over `text` holds: a key for the direct form, the key's address for ADR-036.
pub fn consent(api: &dyn Api, text: &str, signature: &Signature) -> Result<Consent, ContractError> {
    match signature {
        Signature::Direct {
            public_key,
            signature,
        } => {
            verify(api, text.as_bytes(), signature, public_key)?;
            Ok(Consent::Key {
                public_key: public_key.clone(),
            })
        }
        Signature::Adr036 {
            public_key,
            signature,
        } => {
            let address = address_of(api, public_key)?;
            verify(
                api,
                adr036_document(&address, text).as_bytes(),
                signature,
                public_key,
            )?;
            Ok(Consent::Address { address })
        }
    }
}

fn verify(
    api: &dyn Api,
    message: &[u8],
    signature: &[u8],
    key: &[u8],
) -> Result<(), ContractError> {
    if key.len() != 33 || !is_low_s(signature) {
        return Err(ContractError::Signature);
    }
    let digest = Sha256::digest(message);
    match api.secp256k1_verify(&digest, signature, key) {
        Ok(true) => Ok(()),
        Ok(false) | Err(_) => Err(ContractError::Signature),
    }
}

/// Bech32 of RIPEMD-160(SHA-256(key)), the account address that wallets derive from a secp256k1 key.
fn address_of(api: &dyn Api, key: &[u8]) -> Result<String, ContractError> {
    let hash = Ripemd160::digest(Sha256::digest(key));
    let address = api.addr_humanize(&CanonicalAddr::from(hash.to_vec()));
    address
        .map(String::from)
        .map_err(|_| ContractError::Signature)
}
