//! What the adapter reports to the world.

use cosmwasm_std::{Binary, Decimal, HexBinary};

use super::validity::Validity;
use crate::event::TypedEvent;

macro_rules! events {
    ($($(#[$doc:meta])* $name:ident = $text:literal { $($(#[$field_doc:meta])* $field:ident: $kind:ty => $show:expr),* $(,)? })*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq)]
        pub struct $name {
            $($(#[$field_doc])* pub $field: $kind,)*
        }
        impl TypedEvent for $name {
            const NAME: &'static str = $text;
            fn attributes(&self) -> Vec<(&'static str, String)> {
                vec![$((stringify!($field), {
                    let show: fn(&$kind) -> String = $show;
                    show(&self.$field)
                })),*]
            }
        }
    )*};
}

fn level(value: &Validity) -> String {
    let name = match value {
        Validity::Invalid => "invalid",
        Validity::Stale => "stale",
        Validity::NoQuorum => "no_quorum",
        Validity::Uncertain => "uncertain",
        Validity::Jumped => "jumped",
        Validity::Aging => "aging",
        Validity::Valid => "valid",
    };
    name.to_owned()
}

fn hex(value: &Binary) -> String {
    HexBinary::from(value.as_slice()).to_hex()
}

events! {
    /// A report was accepted, or the contract sources were read.
    ReportAccepted = "report_accepted" {
        /// The feed.
        feed: u16 => u16::to_string,
        /// Number of the report.
        sequence: u32 => u32::to_string,
        /// Its time, unix seconds.
        time: u32 => u32::to_string,
        /// Its validity.
        validity: Validity => level,
        /// Middle of the band now held.
        mid: Decimal => Decimal::to_string,
        /// Signer epoch; 0 for a refresh.
        epoch: u32 => u32::to_string,
        /// Bitmap of the signers.
        signers: u32 => u32::to_string,
        /// The digest signed, hexadecimal.
        digest: Binary => hex,
    }
    /// A settlement price became final.
    FixingMade = "fixing_made" {
        /// The feed.
        feed: u16 => u16::to_string,
        /// Unix seconds.
        expiry: u64 => u64::to_string,
        /// The price.
        price: Decimal => Decimal::to_string,
        /// The rung, 1 to 4.
        rung: u8 => u8::to_string,
        /// Buckets filled.
        filled: u8 => u8::to_string,
        /// Digest over the observations.
        evidence: Binary => hex,
    }
    /// A feed was added.
    FeedAdded = "feed_added" {
        /// Its number.
        feed: u16 => u16::to_string,
        /// Its name.
        symbol: String => String::clone,
    }
    /// A policy was planned.
    PolicySet = "policy_set" {
        /// The feed.
        feed: u16 => u16::to_string,
        /// From when, unix seconds.
        effective_at: u64 => u64::to_string,
    }
    /// A signer epoch began.
    SignersRotated = "signers_rotated" {
        /// The new epoch.
        epoch: u32 => u32::to_string,
        /// Its size.
        signers: u8 => u8::to_string,
        /// Signatures needed.
        threshold: u8 => u8::to_string,
    }
    /// A feed was quarantined.
    QuarantineSet = "quarantine_set" {
        /// The feed.
        feed: u16 => u16::to_string,
        /// When it ends by itself, unix seconds.
        until: u64 => u64::to_string,
    }
    /// A quarantine was ended early.
    QuarantineLifted = "quarantine_lifted" {
        /// The feed.
        feed: u16 => u16::to_string,
    }
}
