//! An expiry: unix seconds in messages, unix minutes in records and keys.

/// Unix minutes of an expiry in unix seconds. None for a fraction of a minute, or beyond what a record holds.
#[must_use]
pub fn minutes(seconds: u64) -> Option<u32> {
    let whole = u32::try_from(seconds / 60).ok()?;
    seconds.is_multiple_of(60).then_some(whole)
}

/// Unix seconds of an expiry in unix minutes.
#[must_use]
pub const fn seconds(minutes: u32) -> u64 {
    // A product of 38 bits.
    (minutes as u64).saturating_mul(60)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whole_minutes_go_both_ways_and_nothing_else_goes() {
        for at in [0, 1, 29_000_000, u32::MAX] {
            assert_eq!(minutes(seconds(at)), Some(at));
            assert_eq!(minutes(seconds(at) + 1), None);
        }
        assert_eq!(minutes(seconds(u32::MAX) + 60), None);
    }
}
