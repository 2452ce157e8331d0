//! From amounts to places on an axis.

/// A range of amounts on a stretch of an axis.
#[derive(Clone, Copy, Debug)]
pub(super) struct Scale {
    low: i128,
    high: i128,
    from: i128,
    to: i128,
}

impl Scale {
    /// `low` lies at `from`, `high` at `to`.
    pub(super) fn new((low, high): (i128, i128), (from, to): (i128, i128)) -> Self {
        let high = if high > low { high } else { low.saturating_add(1) };
        Self { low, high, from, to }
    }

    /// Where an amount lies, rounded to a whole place.
    pub(super) fn place(&self, value: i128) -> i128 {
        // Amounts that no axis needs to the last digit are made shorter first.
        let (mut above, mut span) = (value.saturating_sub(self.low), self.high.saturating_sub(self.low));
        while span.unsigned_abs() > 1 << 60 {
            span /= 1024;
            above /= 1024;
        }
        let width = self.to - self.from;
        self.from + (2 * above * width + span).div_euclid(2 * span.max(1))
    }

    /// Round amounts from the low to the high end, at most `most` of them.
    pub(super) fn ticks(&self, most: i128) -> Vec<i128> {
        let span = self.high.saturating_sub(self.low);
        let mut step = 1_i128;
        'found: loop {
            for factor in [1, 2, 5] {
                if span / step.saturating_mul(factor) < most {
                    step = step.saturating_mul(factor);
                    break 'found;
                }
            }
            step = step.saturating_mul(10);
        }
        let first = self.low.div_euclid(step) + i128::from(self.low.rem_euclid(step) != 0);
        let last = self.high.div_euclid(step);
        (first..=last).map(|at| at * step).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_rounded() {
        let scale = Scale::new((0, 3), (0, 10));
        assert_eq!([0, 1, 2, 3].map(|value| scale.place(value)), [0, 3, 7, 10]);
        let down = Scale::new((0, 10), (100, 0));
        assert_eq!([0, 5, 10].map(|value| down.place(value)), [100, 50, 0]);
        let great = Scale::new((0, i128::MAX), (0, 100));
        assert_eq!((great.place(0), great.place(i128::MAX)), (0, 100));
    }

    #[test]
    fn ticks_are_round_amounts() {
        assert_eq!(Scale::new((0, 100), (0, 1)).ticks(6), [0, 20, 40, 60, 80, 100]);
        assert_eq!(Scale::new((-30, 45), (0, 1)).ticks(6), [-20, 0, 20, 40]);
        assert_eq!(Scale::new((7, 7), (0, 1)).ticks(6), [7, 8]);
    }
}
