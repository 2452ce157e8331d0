//! Claims that can be taken back: what each added to running values, and what it was given.

use fen_schema::{Column, StateFunction};

use super::cells::CellVec;
use super::error::StreamError;
use super::groups::NONE;
use super::kernel::Kernel;
use super::records::{Records, Table, new_cell};

/// A claim of the rows that are being settled: whether it is settled is not known yet.
const PENDING: u32 = u32::MAX - 1;
/// The id of a row that takes a claim back.
const REVERSAL: u32 = u32::MAX - 2;

/// What an id stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Known {
    No,
    Pending,
    /// A settled claim, or one that was taken back since: its place in the log.
    Claim(usize),
    Reversal,
}

/// All settled claims of a stream as one phase sees them.
#[derive(Clone)]
pub(crate) struct Claims {
    /// By the number of an id: the place of its claim.
    places: Vec<u32>,
    pub(crate) ids: Vec<u32>,
    /// The rows in the stream; nothing for claims of an earlier one.
    pub(crate) rows: Vec<u64>,
    pub(crate) is_taken_back: Vec<bool>,
    /// Claims of this stream that are known to be taken back further down: they count in nothing that is late.
    never_count: Vec<bool>,
    /// By table of running values.
    pub(crate) tables: Vec<TableClaims>,
    /// By output of the rows; nothing if the phase does not compute them.
    pub(crate) outputs: Vec<CellVec>,
}

/// What claims added to the records of one table.
#[derive(Clone)]
pub(crate) struct TableClaims {
    /// By claim: the record.
    pub(crate) slots: Vec<u32>,
    /// By claim: the one before it in the same record.
    before: Vec<u32>,
    /// By record: the latest claim.
    latest: Vec<u32>,
    /// By cell that has a contribution: place of the cell, the output and what it was.
    pub(crate) added: Vec<Added>,
}

/// What claims added to one cell.
#[derive(Clone)]
pub(crate) struct Added {
    /// Place among the cells of the table.
    pub(crate) cell: usize,
    /// Place among the outputs of the phase.
    pub(crate) output: usize,
    /// Whether the cell is late: claims that are taken back within their own stream never count in it.
    is_late: bool,
    /// The number that stands for nothing, if there is one.
    pub(crate) empty: Option<i128>,
    pub(crate) values: CellVec,
}

impl Claims {
    /// None yet. `phase` are the outputs of the phase, `outputs` those of the rows if it computes them.
    pub(crate) fn new(records: Option<&Records>, phase: &[Column], outputs: &[Column]) -> Self {
        let table = |table: &Table| {
            let mut added = Vec::new();
            for (cell, (of, is_late)) in table.cells.iter().zip(&table.late).enumerate() {
                let output = of.contribution.and_then(|output| usize::try_from(output).ok());
                if let Some((output, column)) = output.and_then(|at| Some((at, phase.get(at)?))) {
                    let empty = column.optional.then(|| column.layout.none());
                    let values = CellVec::new(column.layout);
                    added.push(Added { cell, output, is_late: *is_late, empty, values });
                }
            }
            TableClaims { slots: Vec::new(), before: Vec::new(), latest: Vec::new(), added }
        };
        Self {
            places: Vec::new(),
            ids: Vec::new(),
            rows: Vec::new(),
            is_taken_back: Vec::new(),
            never_count: Vec::new(),
            tables: records.map_or_else(Vec::new, |records| records.tables.iter().map(table).collect()),
            outputs: outputs.iter().map(|column| CellVec::new(column.layout)).collect(),
        }
    }

    /// What an id stands for.
    pub(crate) fn known(&self, id: i32) -> Known {
        let place = usize::try_from(id).ok().and_then(|id| self.places.get(id)).copied().unwrap_or(NONE);
        match place {
            NONE => Known::No,
            PENDING => Known::Pending,
            REVERSAL => Known::Reversal,
            place => usize::try_from(place).map_or(Known::No, Known::Claim),
        }
    }

    fn set(&mut self, id: i32, to: u32) {
        let Ok(id) = usize::try_from(id) else { return };
        if id >= self.places.len() {
            self.places.resize(id + 1, NONE);
        }
        if let Some(place) = self.places.get_mut(id) {
            *place = to;
        }
    }

    /// A row with this id is about to be settled.
    pub(crate) fn expect(&mut self, id: i32) {
        self.set(id, PENDING);
    }

    /// It was not.
    pub(crate) fn forget(&mut self, id: i32) {
        self.set(id, NONE);
    }

    /// A row with this id takes a claim back.
    pub(crate) fn reverse(&mut self, id: i32) {
        self.set(id, REVERSAL);
    }

    /// The ids of rows that take claims back.
    pub(crate) fn reversals(&self) -> impl Iterator<Item = usize> {
        self.places.iter().enumerate().filter(|(_, place)| **place == REVERSAL).map(|(id, _)| id)
    }

    /// A row was settled. Its slots, contributions and outputs are pushed by the caller.
    pub(crate) fn settle(&mut self, id: i32, row: u64, never_counts: bool) -> Result<(), StreamError> {
        let place = u32::try_from(self.ids.len()).ok().filter(|place| *place < REVERSAL).ok_or(StreamError::TooMany)?;
        self.set(id, place);
        self.ids.push(id.cast_unsigned());
        self.rows.push(row);
        self.is_taken_back.push(false);
        self.never_count.push(never_counts);
        Ok(())
    }

    /// Takes a claim out of the running values: what is left is as if it had never been.
    pub(crate) fn take_back(
        &mut self,
        claim: usize,
        records: Option<&Records>,
        kernel: &mut Kernel,
    ) -> Result<(), StreamError> {
        if let Some(is_taken_back) = self.is_taken_back.get_mut(claim) {
            *is_taken_back = true;
        }
        let is_of_this_stream = self.rows.get(claim).is_some_and(|row| *row != u64::MAX);
        for (table, claims) in records.iter().flat_map(|records| &records.tables).zip(&self.tables) {
            let slot = claims.slots.get(claim).copied().unwrap_or(NONE);
            for added in claims.added.iter().filter(|added| !(added.is_late && is_of_this_stream)) {
                let Some(cell) = table.cells.get(added.cell) else { continue };
                let left = || claims.left(added, slot, |claim| self.counts(claim, added.is_late));
                let value = Some(added.values.get(claim)).filter(|value| Some(*value) != added.empty);
                let left = match (cell.function, value) {
                    (_, None) | (StateFunction::Count | StateFunction::Linked, Some(0)) => continue,
                    (StateFunction::Sum | StateFunction::Count, Some(value)) => {
                        table.get(cell, slot, kernel)?.wrapping_sub(value)
                    }
                    (StateFunction::Max, _) => left().max().unwrap_or(new_cell(cell)),
                    (StateFunction::Min, _) => left().min().unwrap_or(new_cell(cell)),
                    (StateFunction::Last, _) => left().next().unwrap_or(new_cell(cell)),
                    (StateFunction::Linked, _) => left().max().unwrap_or(0),
                };
                table.set(cell, slot, left, kernel)?;
            }
        }
        Ok(())
    }

    /// Whether a claim counts in cells, late ones or others.
    fn counts(&self, claim: usize, is_late: bool) -> bool {
        let is = |list: &[bool]| list.get(claim) == Some(&true);
        !(is(&self.is_taken_back) || is_late && is(&self.never_count))
    }
}

impl TableClaims {
    /// The claim that was just settled belongs to this record.
    pub(crate) fn push(&mut self, slot: u32) {
        let claim = u32::try_from(self.slots.len()).unwrap_or(NONE);
        if slot == NONE {
            // A claim that was taken back before: it is in no record.
            self.slots.push(slot);
            self.before.push(NONE);
            return;
        }
        let at = usize::try_from(slot).unwrap_or(0);
        if at >= self.latest.len() {
            self.latest.resize(at + 1, NONE);
        }
        let before = self.latest.get_mut(at).map_or(NONE, |latest| std::mem::replace(latest, claim));
        self.slots.push(slot);
        self.before.push(before);
    }

    /// What the claims of a record added that count, the latest first.
    fn left<'c>(
        &'c self,
        added: &'c Added,
        slot: u32,
        counts: impl Fn(usize) -> bool + 'c,
    ) -> impl Iterator<Item = i128> + 'c {
        let at = |list: &[u32], place: u32| usize::try_from(place).ok().and_then(|place| list.get(place)).copied();
        let latest = at(&self.latest, slot).filter(|claim| *claim != NONE);
        let claims =
            std::iter::successors(latest, move |claim| at(&self.before, *claim).filter(|claim| *claim != NONE));
        claims.filter_map(move |claim| {
            let claim = usize::try_from(claim).ok()?;
            let value = added.values.get(claim);
            (counts(claim) && Some(value) != added.empty).then_some(value)
        })
    }
}

#[cfg(test)]
mod tests {
    use fen_schema::Layout;

    use super::*;

    #[test]
    fn what_is_left_of_a_record() {
        let mut values = CellVec::new(Layout::I64);
        [4, 9, -1, 7, 5].into_iter().for_each(|value| values.push(value));
        let added = Added { cell: 0, output: 0, is_late: false, empty: Some(-1), values };
        let mut table = TableClaims { slots: Vec::new(), before: Vec::new(), latest: Vec::new(), added: Vec::new() };
        [0, 1, 1, 1, 0].into_iter().for_each(|slot| table.push(slot));
        let left = |slot, is_taken_back: &[bool]| {
            table.left(&added, slot, |claim| is_taken_back.get(claim) != Some(&true)).collect::<Vec<i128>>()
        };
        assert_eq!(left(1, &[false; 5]), [7, 9]);
        assert_eq!(left(1, &[false, false, false, true, false]), [9]);
        assert_eq!(left(0, &[false; 5]), [5, 4]);
        assert_eq!(left(2, &[false; 5]), []);
    }

    #[test]
    fn ids() {
        let mut claims = Claims::new(None, &[], &[]);
        claims.expect(3);
        assert_eq!(claims.known(3), Known::Pending);
        claims.settle(3, 0, false).unwrap();
        claims.expect(4);
        claims.forget(4);
        claims.reverse(5);
        assert_eq!([3, 4, 5, -1].map(|id| claims.known(id)), [Known::Claim(0), Known::No, Known::Reversal, Known::No]);
    }
}
