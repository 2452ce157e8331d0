//! What is kept of the claims while they go by: counts, exact sums and the claims that change most. Nothing here grows
//! with the number of claims.

use std::collections::BTreeMap;

use super::by::Place;
use super::outputs::Values;

/// Counts and sums of some claims.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Tally {
    /// Claims that both policies settle.
    pub(crate) both: u64,
    /// Those of them of which any output differs.
    pub(crate) changed: u64,
    /// Those for which the output that is compared is more under the new policy, and by how much in all.
    pub(crate) gaining: u64,
    pub(crate) gains: i128,
    /// Those for which it is less, and by how much in all; a positive number.
    pub(crate) losing: u64,
    pub(crate) losses: i128,
    /// Claims that only the old policy settles, and what it gives them.
    pub(crate) newly_rejected: u64,
    pub(crate) rejected_sum: i128,
    /// Claims that only the new policy settles, and what it gives them.
    pub(crate) newly_settled: u64,
    pub(crate) settled_sum: i128,
    /// The output over all claims that each policy settles.
    pub(crate) old: i128,
    pub(crate) new: i128,
}

impl Tally {
    /// Adds a claim. `at` is the place of the output that is compared.
    fn add(&mut self, old: Option<&Values>, new: Option<&Values>, at: Option<usize>) {
        let amount = |values: Option<&Values>| at.and_then(|at| *values?.get(at)?).unwrap_or(0);
        let (one, other) = (amount(old), amount(new));
        self.old += one;
        self.new += other;
        match (old, new) {
            (Some(old), Some(new)) => {
                self.both += 1;
                self.changed += u64::from(old != new);
                if other > one {
                    self.gaining += 1;
                    self.gains += other - one;
                } else if other < one {
                    self.losing += 1;
                    self.losses += one - other;
                }
            }
            (Some(_), None) => {
                self.newly_rejected += 1;
                self.rejected_sum += one;
            }
            (None, Some(_)) => {
                self.newly_settled += 1;
                self.settled_sum += other;
            }
            (None, None) => {}
        }
    }

    /// Adds what others come to.
    pub(crate) fn merge(&mut self, other: &Self) {
        self.both += other.both;
        self.changed += other.changed;
        self.gaining += other.gaining;
        self.gains += other.gains;
        self.losing += other.losing;
        self.losses += other.losses;
        self.newly_rejected += other.newly_rejected;
        self.rejected_sum += other.rejected_sum;
        self.newly_settled += other.newly_settled;
        self.settled_sum += other.settled_sum;
        self.old += other.old;
        self.new += other.new;
    }

    /// All claims that at least one policy settles.
    pub(crate) fn claims(&self) -> u64 {
        self.both + self.newly_rejected + self.newly_settled
    }

    /// What the new policy gives beyond the old one; negative if it gives less.
    pub(crate) fn difference(&self) -> i128 {
        self.new - self.old
    }
}

/// A claim that is kept to be shown.
#[derive(Clone, Debug)]
pub(crate) struct Kept {
    /// What tells it apart: the number of its row, or the keys of its group.
    pub(crate) name: String,
    /// The row's number in the file, if it is a row.
    pub(crate) row: Option<u64>,
    /// The row that is explained: that one, or the first one of the group.
    pub(crate) explained: Option<u64>,
    /// Its inputs as they stand in the file.
    pub(crate) inputs: Vec<(String, String)>,
    pub(crate) old: Values,
    pub(crate) new: Values,
    /// The new amount less the old one.
    pub(crate) difference: i128,
}

/// The claims that change most, the most first; of equal ones the first in the file.
#[derive(Debug)]
pub(crate) struct Top {
    most: usize,
    kept: Vec<Kept>,
}

impl Top {
    pub(crate) fn new(most: usize) -> Self {
        Self { most, kept: Vec::new() }
    }

    /// Takes a claim if it is among those that change most.
    fn offer(&mut self, difference: i128, claim: impl FnOnce() -> Kept) {
        let size = difference.unsigned_abs();
        if size == 0 || self.most == 0 {
            return;
        }
        let at = self.kept.partition_point(|known| known.difference.unsigned_abs() >= size);
        if at < self.most {
            self.kept.insert(at, claim());
            self.kept.truncate(self.most);
        }
    }

    pub(crate) fn kept(&self) -> &[Kept] {
        &self.kept
    }
}

/// Everything that is kept.
#[derive(Debug)]
pub(crate) struct Book {
    /// The place of the output that is compared.
    pub(crate) at: Option<usize>,
    pub(crate) all: Tally,
    /// By input that claims are grouped by: by group.
    pub(crate) groups: Vec<BTreeMap<Place, Tally>>,
    pub(crate) top: Top,
}

impl Book {
    pub(crate) fn new(at: Option<usize>, inputs: usize, top: usize) -> Self {
        Self { at, all: Tally::default(), groups: vec![BTreeMap::new(); inputs], top: Top::new(top) }
    }

    /// Adds a claim. By input, `groups` says which group it belongs to, if that is known.
    pub(crate) fn add(
        &mut self,
        old: Option<Values>,
        new: Option<Values>,
        groups: &[Option<Place>],
        kept: impl FnOnce(Values, Values) -> Kept,
    ) {
        self.all.add(old.as_ref(), new.as_ref(), self.at);
        for (group, tallies) in groups.iter().zip(&mut self.groups) {
            if let Some(group) = group {
                tallies.entry(*group).or_default().add(old.as_ref(), new.as_ref(), self.at);
            }
        }
        let (Some(old), Some(new), Some(at)) = (old, new, self.at) else { return };
        let amount = |values: &Values| values.get(at).copied().flatten().unwrap_or(0);
        let difference = amount(&new) - amount(&old);
        self.top.offer(difference, || Kept { difference, ..kept(old, new) });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn claim(name: &str, old: Values, new: Values) -> Kept {
        Kept { name: name.to_owned(), row: None, explained: None, inputs: Vec::new(), old, new, difference: 0 }
    }

    #[test]
    fn gains_losses_and_rejections_make_up_the_difference() {
        let mut book = Book::new(Some(0), 1, 2);
        let amounts =
            [(Some(100), Some(130)), (Some(50), Some(20)), (Some(7), Some(7)), (Some(9), None), (None, Some(4))];
        for (at, (old, new)) in amounts.into_iter().enumerate() {
            let values = |amount: Option<i128>| amount.map(|amount| vec![Some(amount)]);
            let group = [(at < 3).then_some(Place::Of(1))];
            book.add(values(old), values(new), &group, |old, new| claim(&at.to_string(), old, new));
        }
        let all = &book.all;
        assert_eq!((all.old, all.new, all.difference()), (166, 161, -5));
        assert_eq!(all.difference(), all.gains - all.losses + all.settled_sum - all.rejected_sum);
        assert_eq!((all.both, all.changed, all.gaining, all.losing), (3, 2, 1, 1));
        assert_eq!((all.newly_rejected, all.newly_settled, all.claims()), (1, 1, 5));
        let groups = &book.groups[0];
        assert_eq!(groups.keys().collect::<Vec<_>>(), [&Place::Of(1)]);
        assert_eq!((groups[&Place::Of(1)].old, groups[&Place::Of(1)].new), (157, 157));
        // Of equal changes the first one comes first.
        let top: Vec<&str> = book.top.kept().iter().map(|kept| kept.name.as_str()).collect();
        assert_eq!(top, ["0", "1"]);
    }

    #[test]
    fn only_the_greatest_are_kept() {
        let mut top = Top::new(2);
        for (at, difference) in [3, -8, 0, 5, 8].into_iter().enumerate() {
            top.offer(difference, || Kept { difference, ..claim(&at.to_string(), Vec::new(), Vec::new()) });
        }
        let kept: Vec<(&str, i128)> = top.kept().iter().map(|one| (one.name.as_str(), one.difference)).collect();
        assert_eq!(kept, [("1", -8), ("4", 8)]);
    }
}
