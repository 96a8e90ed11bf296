//! Bounded pages: no query and no crank walks further than it says, and a page is empty only when no record is left.

/// Records in a page when the caller does not say.
pub const DEFAULT_LIMIT: u32 = 30;
/// The most records any page holds.
pub const MAX_LIMIT: u32 = 100;
/// The most where every record costs much: an account that is opened, settled and perhaps priced, a series that is priced.
pub const MAX_COSTLY: u32 = 50;

/// The page size to use: the caller's, at least 1 and at most [`MAX_LIMIT`], the default when absent.
#[must_use]
pub fn limit(asked: Option<u32>) -> usize {
    within(asked, MAX_LIMIT)
}

/// The page size where every record costs much: at least 1 and at most [`MAX_COSTLY`].
#[must_use]
pub fn costly(asked: Option<u32>) -> usize {
    within(asked, MAX_COSTLY)
}

fn within(asked: Option<u32>, most: u32) -> usize {
    usize::try_from(asked.unwrap_or(DEFAULT_LIMIT).clamp(1, most)).unwrap_or(usize::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limits_are_bounded() {
        for (asked, plain, dear) in [
            (None, 30, 30),
            (Some(0), 1, 1),
            (Some(50), 50, 50),
            (Some(99), 99, 50),
            (Some(u32::MAX), 100, 50),
        ] {
            assert_eq!((limit(asked), costly(asked)), (plain, dear), "{asked:?}");
        }
    }
}
