//! Random numbers that are the same every time: the same seed tells the same story everywhere.

/// The SplitMix64 generator (Steele, Lea, Flood 2014): good enough for tests and made-up markets, ten lines.
#[derive(Debug, Clone)]
pub struct Random(u64);

impl Random {
    /// Numbers of a seed.
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// 64 random bits.
    pub fn bits(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// 128 random bits.
    pub fn wide(&mut self) -> u128 {
        u128::from(self.bits()) << 64 | u128::from(self.bits())
    }

    /// An integer of `low..high`.
    pub fn range(&mut self, low: i128, high: i128) -> i128 {
        assert!(low < high, "an empty range");
        low.wrapping_add_unsigned(self.wide() % high.abs_diff(low))
    }

    /// A positive integer below 2^`bits` whose number of bits is itself random: small and large ones alike.
    pub fn scaled(&mut self, bits: u32) -> i128 {
        let size = self.range(1, i128::from(bits) + 1) as u32;
        1 + self.range(0, 1_i128 << (size.min(126) - 1).max(1))
    }

    /// Uniform in [0, 1).
    pub fn unit(&mut self) -> f64 {
        (self.bits() >> 11) as f64 / (1u64 << 53) as f64
    }

    /// Uniform in `0..count`; zero of none.
    pub fn below(&mut self, count: usize) -> usize {
        ((self.unit() * count as f64) as usize).min(count.saturating_sub(1))
    }

    /// One of the choices.
    pub fn pick<'a, T>(&mut self, choices: &'a [T]) -> &'a T {
        &choices[self.range(0, choices.len() as i128) as usize]
    }

    /// Standard normal.
    pub fn normal(&mut self) -> f64 {
        let radius = (-2.0 * (1.0 - self.unit()).ln()).sqrt();
        radius * (std::f64::consts::TAU * self.unit()).cos()
    }
}

#[cfg(test)]
mod tests {
    use super::Random;

    #[test]
    fn published_first_numbers() {
        // Of seed 1234567, from the generator's reference implementation.
        let mut random = Random::new(1_234_567);
        assert_eq!(random.bits(), 6_457_827_717_110_365_317);
        assert_eq!(random.bits(), 3_203_168_211_198_807_973);
    }

    #[test]
    fn ranges_are_kept() {
        let mut random = Random::new(7);
        for _ in 0..10_000 {
            assert!((-5..9).contains(&random.range(-5, 9)));
            assert!((1..=1 << 40).contains(&random.scaled(40)));
        }
    }
}
