//! Who signed a quote: verifies the signature and names the consenting party.

use cosmwasm_std::{Api, CanonicalAddr};
use protocol_api::engine::Consent;
use protocol_api::exchange::{Signature, adr036_document};
use ripemd::Ripemd160;
use sha2::{Digest, Sha256};

use crate::error::ContractError;

/// Half the order of secp256k1, big endian: a signature's s must not exceed it, so that each has one form.
const HALF_ORDER: [u8; 32] = [
    0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
    0x5d, 0x57, 0x6e, 0x73, 0x57, 0xa4, 0x50, 0x1d, 0xdf, 0xe9, 0x2f, 0x46, 0x68, 0x1b, 0x20, 0xa0,
];

/// The party whose signature over `text` holds: a key for the direct form, the key's address for ADR-036.
pub fn consent(api: &dyn Api, text: &str, signature: &Signature) -> Result<Consent, ContractError> {
    match signature {
        Signature::Direct { key, signature } => {
            verify(api, text.as_bytes(), signature, key)?;
            Ok(Consent::Key {
                public_key: key.clone(),
            })
        }
        Signature::Adr036 { key, signature } => {
            let address = address_of(api, key)?;
            verify(
                api,
                adr036_document(&address, text).as_bytes(),
                signature,
                key,
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
    let s = signature.get(32..).ok_or(ContractError::Signature)?;
    if signature.len() != 64 || key.len() != 33 || s > HALF_ORDER.as_slice() {
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
