//! Quotes as makers sign them.

use protocol_api::exchange::{Quote, Signature, SignedQuote};

use crate::keys::Signer;

/// Signs a quote with a key that is a delegate of the maker's account.
pub fn sign_direct(quote: Quote, chain_id: &str, exchange: &str, key: &Signer) -> SignedQuote {
    let signature = key.sign(quote.text(chain_id, exchange).as_bytes());
    SignedQuote {
        quote,
        signature: Signature::Direct {
            public_key: key.public(),
            signature,
        },
    }
}
