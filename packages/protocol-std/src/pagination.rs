//! Bounded pages: no query and no crank walks further than it says.

/// Records in a page when the caller does not say.
pub const DEFAULT_LIMIT: u32 = 30;
/// The most records any page holds.
pub const MAX_LIMIT: u32 = 100;

/// The page size to use: the caller's, the default when absent, never above [`MAX_LIMIT`].
#[must_use]
pub fn limit(asked: Option<u32>) -> usize {
    usize::try_from(asked.unwrap_or(DEFAULT_LIMIT).min(MAX_LIMIT)).unwrap_or(usize::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limits_are_bounded() {
        assert_eq!(limit(None), 30);
        assert_eq!(limit(Some(0)), 0);
        assert_eq!(limit(Some(99)), 99);
        assert_eq!(limit(Some(u32::MAX)), 100);
    }
}
