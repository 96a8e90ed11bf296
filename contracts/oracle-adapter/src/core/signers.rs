//! Signer sets: who may sign, how many must, and what a signature must look like.

use borsh::{BorshDeserialize, BorshSerialize};
use protocol_std::binary::Record;
use protocol_std::signature::is_low_s;

use crate::error::SignersError;

/// The longest time an old epoch stays valid beside the new one: 7 days.
pub const MAX_OVERLAP_SECONDS: u64 = 7 * 24 * 3_600;
/// Most signers of an epoch.
const MAX_SIGNERS: usize = 32;

/// The signers of one epoch.
#[derive(Debug, Clone, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub struct SignerSet {
    /// Signatures needed.
    pub threshold: u8,
    /// Compressed public keys.
    pub keys: Vec<[u8; 33]>,
    /// When its reports stop being accepted; absent for the present epoch.
    pub valid_until: Option<u64>,
}

impl Record for SignerSet {
    const VERSION: u8 = 1;
}

impl SignerSet {
    /// A set in which a minority can neither publish (`2k > n`) nor stop publication alone (`n >= k + 2`).
    ///
    /// # Errors
    /// [`SignersError`], one variant per reason.
    pub fn new<K: AsRef<[u8]>>(keys: &[K], threshold: u8) -> Result<Self, SignersError> {
        let count = keys.len();
        let needed = usize::from(threshold);
        let majority = needed.saturating_mul(2) > count;
        if !majority || count < needed.saturating_add(2) || count > MAX_SIGNERS {
            return Err(SignersError::Set {
                threshold,
                signers: count,
            });
        }
        let mut parsed: Vec<[u8; 33]> = Vec::with_capacity(count);
        for (index, key) in keys.iter().enumerate() {
            let key = <[u8; 33]>::try_from(key.as_ref()).ok();
            let compressed = key.filter(|key| matches!(key.first(), Some(2 | 3)));
            let key = compressed.ok_or(SignersError::Key { index })?;
            if parsed.contains(&key) {
                return Err(SignersError::DuplicateKey { index });
            }
            parsed.push(key);
        }
        Ok(Self {
            threshold,
            keys: parsed,
            valid_until: None,
        })
    }

    /// Passes while reports of this epoch are accepted.
    ///
    /// # Errors
    /// [`SignersError::Ended`].
    pub fn check_live(&self, epoch: u32, now: u64) -> Result<(), SignersError> {
        match self.valid_until {
            Some(ended_at) if now >= ended_at => Err(SignersError::Ended { epoch, ended_at }),
            _ => Ok(()),
        }
    }
}

/// Checks form and order of the signatures and calls `verify` on each; returns the bitmap of signers.
///
/// Positions must rise strictly, so no signer counts twice; `s` must be low, so no signature has a twin.
///
/// # Errors
/// [`SignersError`], one variant per reason.
pub fn check_signatures<'a>(
    set: &SignerSet,
    signatures: impl ExactSizeIterator<Item = (u8, &'a [u8])>,
    mut verify: impl FnMut(&[u8], &[u8; 33]) -> bool,
) -> Result<u32, SignersError> {
    let given = signatures.len();
    if given < usize::from(set.threshold) || given > set.keys.len() {
        return Err(SignersError::Few {
            given,
            needed: set.threshold,
        });
    }
    let mut bitmap = 0_u32;
    for (signer, signature) in signatures {
        let key = set
            .keys
            .get(usize::from(signer))
            .ok_or(SignersError::NoSigner { signer })?;
        let bit = 1_u32
            .checked_shl(u32::from(signer))
            .ok_or(SignersError::NoSigner { signer })?;
        if bitmap >= bit {
            return Err(SignersError::Order { signer });
        }
        if !is_low_s(signature) {
            return Err(SignersError::Form { signer });
        }
        if !verify(signature, key) {
            return Err(SignersError::Invalid { signer });
        }
        bitmap |= bit;
    }
    Ok(bitmap)
}
