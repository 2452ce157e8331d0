//! Numbers made up at random, as the choices that they decide.

/// A sequence of numbers that decide one choice each. After the last one comes nothing but zeros, which choose whatever is
/// simplest: fewer and smaller numbers make a smaller policy, which is how failures shrink.
pub(super) struct Choices<'a> {
    left: std::slice::Iter<'a, u16>,
}

impl<'a> Choices<'a> {
    pub(super) fn new(numbers: &'a [u16]) -> Self {
        Self { left: numbers.iter() }
    }

    /// A number below `count`.
    pub(super) fn below(&mut self, count: usize) -> usize {
        (usize::from(self.left.next().copied().unwrap_or(0)) * count) >> 16
    }

    /// A number from `low` to `high`, `low` being the simplest.
    pub(super) fn between(&mut self, low: i64, high: i64) -> i64 {
        let coarse = i64::from(self.left.next().copied().unwrap_or(0));
        let fine = i64::from(self.left.next().copied().unwrap_or(0));
        let part = (i128::from((coarse << 16) | fine) * i128::from((high - low).saturating_add(1))) >> 32;
        low + i64::try_from(part).unwrap_or(0)
    }

    /// True once in `count` times; not for the simplest choice.
    pub(super) fn once_in(&mut self, count: usize) -> bool {
        self.below(count) + 1 == count
    }

    /// The place that a number lies at, each being as likely as its weight says.
    pub(super) fn weighted(&mut self, weights: &[usize]) -> usize {
        let mut at = self.below(weights.iter().sum());
        for (place, weight) in weights.iter().enumerate() {
            if at < *weight {
                return place;
            }
            at -= weight;
        }
        0
    }

    /// One of several; nothing if there are none.
    pub(super) fn of<'t, T>(&mut self, all: &'t [T]) -> Option<&'t T> {
        all.get(self.below(all.len()))
    }

    /// One of several texts.
    pub(super) fn word(&mut self, all: &[&'static str]) -> &'static str {
        self.of(all).copied().unwrap_or_default()
    }
}
