//! What is added up between phases.

use fen_schema::{Column, Layout, Total, TotalFunction};

use super::cells::CellVec;
use super::error::StreamError;
use fen_values::bound;

/// Nothing yet, for a greatest or least value. (No value of a layout of 128 bits is this where it could be mistaken: the
/// least number is no value there.)
const NOTHING: i128 = i128::MIN;

/// One total of every group.
pub(crate) struct TotalCells {
    function: TotalFunction,
    /// By slot.
    totals: Vec<i128>,
    /// By slot, as far as there is any: why there is no total.
    pub(crate) missing: Vec<u16>,
    /// As a phase reads them.
    pub(crate) cells: Option<CellVec>,
}

impl TotalCells {
    pub(crate) fn new(total: &Total) -> Self {
        Self { function: total.function, totals: Vec::new(), missing: Vec::new(), cells: None }
    }

    fn initial(&self) -> i128 {
        match self.function {
            TotalFunction::Sum | TotalFunction::Count => 0,
            TotalFunction::Max | TotalFunction::Min => NOTHING,
        }
    }

    /// Makes room for so many groups.
    pub(crate) fn reserve(&mut self, slots: usize) {
        if self.totals.len() < slots {
            self.totals.resize(slots, self.initial());
        }
    }

    /// Adds some cells of a phase's output, as they lie in the memory, each to the group of this slot; those without a
    /// slot are left out, and those that are empty.
    pub(crate) fn add(&mut self, output: &Column, bytes: &[u8], slots: &[u32]) -> Result<(), StreamError> {
        let empty = output.optional.then(|| output.layout.none());
        macro_rules! cells {
            ($type:ty) => {
                self.add_cells(
                    bytes.as_chunks().0.iter().map(|cell| <$type>::from_le_bytes(*cell).into()),
                    empty,
                    slots,
                )
            };
        }
        let added = match output.layout {
            Layout::I8 => cells!(i8),
            Layout::I32 => cells!(i32),
            Layout::I64 => cells!(i64),
            Layout::I128 => cells!(i128),
        };
        added.ok_or_else(|| StreamError::TotalOutOfRange { name: output.name.clone() })
    }

    fn add_cells(&mut self, cells: impl Iterator<Item = i128>, empty: Option<i128>, slots: &[u32]) -> Option<()> {
        let function = self.function;
        for (cell, slot) in cells.zip(slots) {
            let Some(total) = usize::try_from(*slot).ok().and_then(|slot| self.totals.get_mut(slot)) else { continue };
            if Some(cell) == empty {
                continue;
            }
            *total = match function {
                TotalFunction::Sum => total.checked_add(cell)?,
                TotalFunction::Count => total.checked_add(1)?,
                TotalFunction::Max => cell.max(*total),
                TotalFunction::Min if *total == NOTHING => cell,
                TotalFunction::Min => cell.min(*total),
            };
        }
        Some(())
    }

    /// Makes the totals ready to be read by a phase, as cells of this column.
    pub(crate) fn finish(&mut self, column: &Column, slots: usize) -> Result<(), StreamError> {
        if self.cells.is_some() {
            return Ok(());
        }
        self.reserve(slots);
        let (min, max) = (bound(&column.min, column), bound(&column.max, column));
        let mut cells = CellVec::new(column.layout);
        for total in &self.totals {
            let is_nothing = *total == NOTHING && self.initial() == NOTHING;
            let is_in_range = min.is_none_or(|min| *total >= min) && max.is_none_or(|max| *total <= max);
            // A group without settled rows may be below the least total; nobody reads it.
            let is_empty = *total == self.initial();
            cells.push(match () {
                () if is_nothing => column.layout.none(),
                () if is_in_range => *total,
                () if is_empty => 0,
                () => return Err(StreamError::TotalOutOfRange { name: column.name.clone() }),
            });
        }
        self.cells = Some(cells);
        Ok(())
    }

    /// The total of one group; nothing if there is none.
    pub(crate) fn get(&self, slot: u32) -> Option<i128> {
        let total = usize::try_from(slot).ok().and_then(|slot| self.totals.get(slot)).copied();
        total.or(Some(self.initial())).filter(|total| *total != NOTHING)
    }
}

#[cfg(test)]
mod tests {
    use fen_schema::{ColumnType, Text};

    use super::super::groups::NONE;
    use super::*;

    fn column(layout: Layout, optional: bool) -> Column {
        Column {
            name: "points".into(),
            label: Text::default(),
            ty: ColumnType::Money,
            unit: String::new(),
            scale: 2,
            min: "-100.00".into(),
            max: "100.00".into(),
            optional,
            values: Vec::new(),
            layout,
            offset: 0,
        }
    }

    fn total(function: TotalFunction, output: &Column, cells: &[i128], slots: &[u32]) -> Vec<Option<i128>> {
        let mut total = TotalCells::new(&Total { function, phase: 0, output: 0, grain: 1 });
        total.reserve(2);
        let bytes: Vec<u8> = cells.iter().flat_map(|cell| super::super::cells::bytes(*cell, output.layout)).collect();
        total.add(output, &bytes, slots).unwrap();
        let read = column(Layout::I64, true);
        total.finish(&read, 3).unwrap();
        assert_eq!(total.cells.as_ref().unwrap().len(), 3);
        (0..3).map(|slot| total.get(slot)).collect()
    }

    #[test]
    fn totals_of_groups() {
        for layout in [Layout::I64, Layout::I128] {
            let (plain, optional) = (column(layout, false), column(layout, true));
            let slots = [0, 1, 0, NONE, 1];
            let cells = [5, -3, 7, 1_000, -4];
            assert_eq!(total(TotalFunction::Sum, &plain, &cells, &slots), [Some(12), Some(-7), Some(0)]);
            assert_eq!(total(TotalFunction::Count, &plain, &cells, &slots), [Some(2), Some(2), Some(0)]);
            assert_eq!(total(TotalFunction::Max, &plain, &cells, &slots), [Some(7), Some(-3), None]);
            assert_eq!(total(TotalFunction::Min, &plain, &cells, &slots), [Some(5), Some(-4), None]);
            let cells = [5, layout.none(), 7, 1_000, layout.none()];
            assert_eq!(total(TotalFunction::Sum, &optional, &cells, &slots), [Some(12), Some(0), Some(0)]);
            assert_eq!(total(TotalFunction::Count, &optional, &cells, &slots), [Some(2), Some(0), Some(0)]);
            assert_eq!(total(TotalFunction::Min, &optional, &cells, &slots), [Some(5), None, None]);
        }
    }

    #[test]
    fn sums_out_of_range_are_errors() {
        let wide = column(Layout::I128, false);
        let mut total = TotalCells::new(&Total { function: TotalFunction::Sum, phase: 0, output: 0, grain: 1 });
        total.reserve(1);
        let bytes = i128::MAX.to_le_bytes();
        total.add(&wide, &bytes, &[0]).unwrap();
        assert!(total.finish(&column(Layout::I64, false), 1).is_err());
        assert_eq!(total.add(&wide, &bytes, &[0]).unwrap_err().code(), "fen::stream::total_out_of_range");
    }
}
