//! secp256k1 keys that sign what the contracts verify.

use cosmwasm_std::Binary;
use k256::ecdsa::signature::hazmat::PrehashSigner;
use k256::ecdsa::{Signature, SigningKey};
use ripemd::Ripemd160;
use sha2::{Digest, Sha256};

/// A signing key.
#[derive(Clone, Debug)]
pub struct Signer(SigningKey);

impl Signer {
    /// The key that belongs to a name: always the same one. For tests and local chains only.
    pub fn from_name(name: &str) -> Self {
        // A hash is a valid secret but for one in 2^127.
        Self(SigningKey::from_slice(&Sha256::digest(name)).expect("a hash is a valid secret"))
    }

    /// The public key, compressed, 33 bytes.
    pub fn public(&self) -> Binary {
        Binary::from(self.0.verifying_key().to_encoded_point(true).as_bytes())
    }

    /// The 20 bytes of the address that wallets derive from the key: RIPEMD-160 of SHA-256.
    pub fn address(&self) -> [u8; 20] {
        Ripemd160::digest(Sha256::digest(self.public())).into()
    }

    /// The signature over SHA-256 of the message: `r | s`, s in the lower half of the order.
    pub fn sign(&self, message: &[u8]) -> Binary {
        let digest = Sha256::digest(message);
        let signature: Signature = self
            .0
            .sign_prehash(&digest)
            .expect("the digest has 32 bytes");
        let low = signature.normalize_s().unwrap_or(signature);
        Binary::new(low.to_bytes().to_vec())
    }
}
