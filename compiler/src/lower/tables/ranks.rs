//! Ordinals of keys: places among breaks, and places among the few numbers that have rows.

use fen_grammar::tree::RoundingMode;
use num_bigint::BigInt;
use num_rational::BigRational;
use num_traits::One;

use crate::check::program::Break;
use crate::lower::builder::{Builder, TooWide};
use crate::lower::fraction::{Scaled, common_step};
use crate::lower::ir::Ref;

/// From numbers of which few have rows to their places among those, from 1; 0 is a number without rows.
#[derive(Clone, Debug)]
pub(super) enum Ranks {
    /// By number; the last entry is for whatever is beyond.
    Map { array: usize, last: usize },
    /// The numbers, and the same with one in front that is none.
    Search { list: usize, entries: usize },
}

impl Ranks {
    /// Of numbers below `size`, those in `known` (ascending) have rows.
    pub(super) fn new(known: &[i64], size: u64, builder: &mut Builder) -> Self {
        let few = u64::try_from(8 * known.len() + 4096).unwrap_or(u64::MAX);
        match usize::try_from(size) {
            Ok(last) if size <= few => {
                let mut ranks = vec![0; last + 1];
                for (rank, number) in (1..).zip(known) {
                    if let Some(slot) = usize::try_from(*number).ok().and_then(|at| ranks.get_mut(at)) {
                        *slot = rank;
                    }
                }
                Self::Map { array: builder.array(ranks), last }
            }
            _ => Self::Search {
                entries: builder.array([-1].into_iter().chain(known.iter().copied()).collect()),
                list: builder.list(known.to_vec()),
            },
        }
    }
}

impl Builder {
    pub(super) fn rank(&mut self, ranks: &Ranks, number: Ref) -> Result<Ref, TooWide> {
        match ranks {
            Ranks::Map { array, last } => {
                let last = self.constant(*last)?;
                let index = self.min(number, last)?;
                self.cell(*array, index)
            }
            Ranks::Search { list, entries } => {
                let position = self.position(*list, number)?;
                let entry = self.cell(*entries, position)?;
                let is_known = self.equal(entry, number)?;
                let none = self.constant(0)?;
                self.select(is_known, position, none)
            }
        }
    }

    /// How many breaks lie below a value; see [`crate::check::program::Key::Range`].
    pub(super) fn breaks_below(&mut self, breaks: &[Break], value: &Scaled) -> Result<Ref, TooWide> {
        let reached = |at: &BigRational, is_inclusive: bool| {
            // n >= at, or n > at, of whole numbers
            if is_inclusive { at.ceil().to_integer() } else { at.floor().to_integer() + 1 }
        };
        if value.under.is_none() {
            let list: Vec<BigInt> =
                breaks.iter().map(|one| reached(&(&one.at / &value.grid), one.is_inclusive)).collect();
            return self.count_at_most(&list, value.op);
        }
        // Breaks are whole numbers of a step; a quotient lies on one or between two of them. Rounded down and rounded up
        // it is twice that number, or the odd number between.
        let step = common_step(breaks.iter().map(|one| &one.at));
        let below = self.steps(value, &step, RoundingMode::Down)?;
        let above = self.steps(value, &step, RoundingMode::Up)?;
        let place = self.add(below, above)?;
        let two = BigRational::one() + BigRational::one();
        let list: Vec<BigInt> = breaks.iter().map(|one| reached(&(&one.at / &step * &two), one.is_inclusive)).collect();
        self.count_at_most(&list, place)
    }
}
