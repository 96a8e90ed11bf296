//! The data that a message answered with, as its reply hands it over.

use cosmwasm_std::{Reply, SubMsgResult};

/// The bytes a contract set as data when it was executed. The chain wraps them: `MsgExecuteContractResponse`, whose
/// one field (number 1) they are. `None` when the message failed, set none, or the wrapping is another.
#[must_use]
pub fn data(reply: Reply) -> Option<Vec<u8>> {
    let SubMsgResult::Ok(response) = reply.result else {
        return None;
    };
    let wrapped = response.msg_responses.into_iter().next()?.value;
    unwrap(&wrapped).map(<[u8]>::to_vec)
}

/// What such a response wraps: field 1 with a length before it, and nothing after it.
#[must_use]
pub fn unwrap(message: &[u8]) -> Option<&[u8]> {
    const FIELD_1_BYTES: u8 = 0x0a;
    let (tag, mut rest) = message.split_first()?;
    if *tag != FIELD_1_BYTES {
        return None;
    }
    let mut length = 0_u64;
    // Seven bits a byte, low bits first; four bytes hold any length a message can have.
    for place in 0..4_u32 {
        let (byte, after) = rest.split_first()?;
        rest = after;
        length |= u64::from(byte & 0x7f).checked_shl(place.checked_mul(7)?)?;
        if byte & 0x80 == 0 {
            return (u64::try_from(rest.len()) == Ok(length)).then_some(rest);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_field_of_any_length_is_unwrapped() {
        // Lengths by hand: 3; 300 = 2 * 128 + 44, low seven bits first.
        assert_eq!(unwrap(b"\x0a\x03abc"), Some(b"abc".as_slice()));
        let long = [b"\x0a\xac\x02".as_slice(), &[7; 300]].concat();
        assert_eq!(unwrap(&long), Some([7; 300].as_slice()));
        assert_eq!(unwrap(b"\x0a\x00"), Some(b"".as_slice()));
    }

    #[test]
    fn anything_else_is_nothing() {
        for bytes in [
            b"".as_slice(),
            b"\x12\x03abc",
            b"\x0a\x02abc",
            b"\x0a\x04abc",
            b"\x0a\x80\x80\x80\x80\x00",
            b"\x0a\x80",
        ] {
            assert_eq!(unwrap(bytes), None);
        }
    }
}
