//! Keys that sign transactions.

use std::path::Path;

use cosmrs::AccountId;
use cosmrs::crypto::PublicKey;
use cosmrs::crypto::secp256k1::SigningKey;

use crate::error::ClientError;

/// A secp256k1 key. It never shows itself: `Debug` prints the public key.
pub struct Key(SigningKey);

impl Key {
    /// The key of a 32-byte secret.
    ///
    /// # Errors
    /// [`ClientError::Input`]: not a secret of the curve.
    pub fn from_secret(secret: &[u8]) -> Result<Self, ClientError> {
        SigningKey::from_slice(secret)
            .map(Self)
            .map_err(|_| ClientError::input("a key is a secret of 32 bytes"))
    }

    /// The key written as 64 hexadecimal digits.
    ///
    /// # Errors
    /// [`ClientError::Input`]: anything else.
    pub fn from_hex(text: &str) -> Result<Self, ClientError> {
        let secret = hex::decode(text.trim())
            .map_err(|_| ClientError::input("a key is written as 64 hexadecimal digits"))?;
        Self::from_secret(&secret)
    }

    /// The key in a file, else in an environment variable. There is no way to give one on the command line, where other
    /// users of the machine could read it.
    ///
    /// # Errors
    /// [`ClientError::Input`]: neither is there, or what is there is no key.
    pub fn load(file: Option<&Path>, variable: &str) -> Result<Self, ClientError> {
        let text = match file {
            Some(path) => std::fs::read_to_string(path)
                .map_err(|e| ClientError::Input(format!("{}: {e}", path.display())))?,
            None => std::env::var(variable).map_err(|_| {
                ClientError::Input(format!("no key: give a key file or set {variable}"))
            })?,
        };
        Self::from_hex(&text)
    }

    /// The public key.
    pub fn public(&self) -> PublicKey {
        self.0.public_key()
    }

    /// The key's address under a prefix.
    ///
    /// # Errors
    /// [`ClientError::Input`]: the prefix is no bech32 prefix.
    pub fn address(&self, prefix: &str) -> Result<AccountId, ClientError> {
        self.public().account_id(prefix).map_err(ClientError::input)
    }

    pub(crate) fn signing(&self) -> &SigningKey {
        &self.0
    }
}

impl std::fmt::Debug for Key {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Key({})", self.public().to_json())
    }
}

#[cfg(test)]
mod tests {
    use super::Key;

    #[test]
    fn address_of_the_generator_point() {
        // Secret 1: its public key is the curve's generator; RIPEMD-160 of SHA-256 of it is well known from Bitcoin.
        let key = Key::from_hex(&format!("{:064x}", 1)).unwrap();
        let address = key.address("wasm").unwrap();
        assert_eq!(
            hex::encode(address.to_bytes()),
            "751e76e8199196d454941c45d1b3a323f1433bd6"
        );
    }

    #[test]
    fn what_is_no_key_is_refused_without_showing_it() {
        for text in ["", "00", "zz", &"0".repeat(64), &"f".repeat(64)] {
            let error = Key::from_hex(text).unwrap_err().to_string();
            assert!(error.starts_with("E_CHAIN_INPUT: a key"), "{error}");
        }
        assert!(Key::load(None, "OPTIO_NO_SUCH_KEY").is_err());
    }
}
