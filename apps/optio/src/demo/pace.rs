//! How fast the story runs: in hours on a chain that can be told the time, in minutes on a node.

use sandbox::setup::{SHORT_WINDOW, WINDOW, Window};

/// Hours of the story until its first expiry, and until its fixing window opens in it.
const DAILY_HOURS: u64 = 28;
pub const WATCHED_HOURS: f64 = 27.5;
/// Looks at the market until then.
pub const STEPS: u64 = 55;
const DAY: u64 = 86_400;
const EIGHT_O_CLOCK: u64 = 8 * 3_600;
/// Days from the first day's 08:00 to the further expiries.
const FURTHER_DAYS: [u64; 3] = [4, 25, 116];

/// Block times of the story, unix seconds.
#[derive(Debug, Clone, Copy)]
pub struct Pace {
    /// When it begins.
    pub start: u64,
    /// The expiry that settles in it, a whole minute.
    pub daily: u64,
    /// How that expiry is fixed.
    pub window: Window,
    /// Whether surfaces are fitted anew at every look, or carried from the first: noise of a fit that is fair after
    /// half an hour counts as a jump after a second.
    pub refits: bool,
    /// Seconds from the last trade to the gap in prices.
    pub rest: u64,
    /// Whether hours can be waited for: insurance pays by the hour.
    pub has_hours: bool,
}

impl Pace {
    /// Twenty-eight hours, a look each half hour.
    pub fn calm(start: u64) -> Self {
        Self {
            start,
            daily: start + DAILY_HOURS * 3_600,
            window: WINDOW,
            refits: true,
            rest: 1_800,
            has_hours: true,
        }
    }

    /// From now to the first whole minute at least `lead` seconds ahead, fixed over its last minute.
    pub fn quick(now: u64, lead: u64) -> Self {
        Self {
            start: now,
            daily: (now + lead).div_ceil(60) * 60,
            window: SHORT_WINDOW,
            refits: false,
            rest: 5,
            has_hours: false,
        }
    }

    /// Hours of the story at a block time.
    pub fn hour(&self, now: u64) -> f64 {
        let length = (self.daily - self.start) as f64;
        (now as f64 - self.start as f64) / length * DAILY_HOURS as f64
    }

    /// When the fixing window opens.
    pub fn opens(&self) -> u64 {
        self.daily - self.window.seconds()
    }

    /// The expiries: the one that settles, and three far ones.
    pub fn expiries(&self) -> [u64; 4] {
        let morning = self.start / DAY * DAY + EIGHT_O_CLOCK;
        let [near, middle, far] = FURTHER_DAYS.map(|days| morning + days * DAY);
        [self.daily, near, middle, far]
    }

    /// Minutes to an expiry as the story counts them: those of the first are stretched to its day, so that its smile
    /// looks the same at either pace.
    pub fn minutes(&self, expiry: u64, now: u64) -> u64 {
        let left = expiry.saturating_sub(now);
        let length = self.daily - self.start;
        if expiry == self.daily {
            (left * DAILY_HOURS * 60).div_ceil(length)
        } else {
            left.div_ceil(60)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Pace;

    #[test]
    fn a_quick_story_ends_on_a_whole_minute() {
        let pace = Pace::quick(1_000_001, 150);
        // 1,000,151 is 16,669.18 minutes.
        assert_eq!(pace.daily, 16_670 * 60);
        assert_eq!(pace.opens(), pace.daily - 60);
        assert_eq!(pace.minutes(pace.daily, 1_000_001), 28 * 60);
        // Any other expiry in real time: 319 seconds are six minutes begun.
        assert_eq!(pace.minutes(pace.daily + 120, 1_000_001), 6);
    }

    #[test]
    fn a_calm_story_counts_real_time() {
        let pace = Pace::calm(1_772_424_000);
        assert_eq!(pace.minutes(pace.daily, pace.start + 90), 28 * 60 - 1);
        assert!((pace.hour(pace.start + 5_400) - 1.5).abs() < 1e-12);
        assert_eq!(pace.expiries()[1], pace.start + (4 * 24 + 4) * 3_600);
    }
}
