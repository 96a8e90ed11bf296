//! secp256k1 signatures, low s only.

/// Half the order of secp256k1, big endian.
const HALF_ORDER: [u8; 32] = [
    0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
    0x5d, 0x57, 0x6e, 0x73, 0x57, 0xa4, 0x50, 0x1d, 0xdf, 0xe9, 0x2f, 0x46, 0x68, 0x1b, 0x20, 0xa0,
];

/// Whether a signature is `r | s`, 64 bytes, with `s` from one to half the order `n`. Anybody can turn `(r, s)` into
/// `(r, n - s)`, which verifies too: only the low one is accepted.
#[must_use]
pub fn is_low_s(signature: &[u8]) -> bool {
    let Some((_, s)) = signature.split_at_checked(32) else {
        return false;
    };
    s.len() == 32 && *s <= HALF_ORDER[..] && s.iter().any(|byte| *byte != 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn s_lies_between_one_and_half_the_order() {
        let with = |s: [u8; 32]| is_low_s(&[[1; 32], s].concat());
        let beside = |last: u8| {
            let mut s = HALF_ORDER;
            s[31] = last;
            s
        };
        assert!(with(HALF_ORDER) && with(beside(0x9f)) && !with(beside(0xa1)));
        let mut one = [0; 32];
        assert!(!with(one));
        one[31] = 1;
        assert!(with(one));
        for length in [0, 31, 32, 63, 65] {
            assert!(!is_low_s(&vec![1; length]), "{length}");
        }
    }
}
