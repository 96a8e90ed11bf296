//! Quotes as makers sign them.

use protocol_api::exchange::{Quote, Signature, SignedQuote, adr036_document};

use crate::keys::Signer;

/// Signs a quote with a key that is a delegate of the maker's account.
pub fn sign_direct(quote: Quote, chain_id: &str, exchange: &str, key: &Signer) -> SignedQuote {
    let signature = key.sign(quote.text(chain_id, exchange).as_bytes());
    SignedQuote {
        quote,
        signature: Signature::Direct {
            key: key.public(),
            signature,
        },
    }
}

/// Signs a quote as a wallet does; `signer` is the key's own address.
pub fn sign_adr036(
    quote: Quote,
    (chain_id, exchange): (&str, &str),
    (key, signer): (&Signer, &str),
) -> SignedQuote {
    let document = adr036_document(signer, &quote.text(chain_id, exchange));
    let signature = key.sign(document.as_bytes());
    SignedQuote {
        quote,
        signature: Signature::Adr036 {
            key: key.public(),
            signature,
        },
    }
}
