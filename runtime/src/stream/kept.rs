//! Numbers of texts that the first pass over the rows found, for the later ones.

use std::ops::Range;

/// Stands for a number that is not kept.
const OTHER: u16 = u16::MAX;
/// Bytes that are kept at most. Longer streams look their texts up in every pass.
const MOST: usize = 64 << 20;

/// By input, then by row: the numbers of its texts as far as they are small, as those of codes, hospitals and groups are.
pub(crate) struct Kept {
    /// Nothing for inputs that no later pass reads as text, or once there would be too much of it.
    columns: Vec<Option<Vec<u16>>>,
}

impl Kept {
    /// For the inputs that are wanted again.
    pub(crate) fn new(inputs: impl Iterator<Item = bool>) -> Self {
        Self { columns: inputs.map(|is_wanted| is_wanted.then(Vec::new)).collect() }
    }

    /// Takes note of the next rows of the first pass.
    pub(crate) fn keep(&mut self, input: usize, numbers: &[i32]) {
        let size: usize = self.columns.iter().flatten().map(Vec::len).sum();
        if (size + numbers.len()) * 2 > MOST {
            return self.columns.fill(None);
        }
        if let Some(Some(column)) = self.columns.get_mut(input) {
            column.extend(numbers.iter().map(|number| u16::try_from(*number).unwrap_or(OTHER)));
        }
    }

    /// What is kept of some rows: the number of each, as far as there is one.
    pub(crate) fn get(&self, input: usize, rows: Range<usize>) -> Option<impl Iterator<Item = Option<i32>>> {
        let numbers = self.columns.get(input)?.as_ref()?.get(rows)?;
        Some(numbers.iter().map(|number| (*number != OTHER).then(|| (*number).into())))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn small_numbers_are_kept() {
        let mut kept = Kept::new([true, false].into_iter());
        kept.keep(0, &[0, 65_534, 65_535]);
        kept.keep(0, &[i32::MIN, i32::MAX, 7]);
        kept.keep(1, &[5]);
        let read: Option<Vec<_>> = kept.get(0, 1..6).map(Iterator::collect);
        assert_eq!(read, Some(vec![Some(65_534), None, None, None, Some(7)]));
        assert!(kept.get(0, 1..7).is_none() && kept.get(1, 0..1).is_none() && kept.get(2, 0..1).is_none());
        let many = vec![3; 1 << 20];
        (0..31).for_each(|_| kept.keep(0, &many));
        assert!(kept.get(0, 0..6).is_some());
        kept.keep(0, &many);
        assert!(kept.get(0, 0..6).is_none());
    }
}
