//! Cells of one column, kept as narrow as their layout.

use fen_schema::Layout;

/// Cells by place: of groups, of rows, or of claims.
#[derive(Clone, Debug)]
pub(crate) enum CellVec {
    I8(Vec<i8>),
    I32(Vec<i32>),
    I64(Vec<i64>),
    I128(Vec<i128>),
}

/// One step for whichever layout it is.
macro_rules! with {
    ($cells:expr, $list:ident => $then:expr) => {
        match $cells {
            CellVec::I8($list) => $then,
            CellVec::I32($list) => $then,
            CellVec::I64($list) => $then,
            CellVec::I128($list) => $then,
        }
    };
}

impl CellVec {
    pub(crate) fn new(layout: Layout) -> Self {
        match layout {
            Layout::I8 => Self::I8(Vec::new()),
            Layout::I32 => Self::I32(Vec::new()),
            Layout::I64 => Self::I64(Vec::new()),
            Layout::I128 => Self::I128(Vec::new()),
        }
    }

    pub(crate) fn layout(&self) -> Layout {
        match self {
            Self::I8(_) => Layout::I8,
            Self::I32(_) => Layout::I32,
            Self::I64(_) => Layout::I64,
            Self::I128(_) => Layout::I128,
        }
    }

    pub(crate) fn len(&self) -> usize {
        with!(self, list => list.len())
    }

    /// As long as this; new cells are 0.
    pub(crate) fn grow(&mut self, length: usize) {
        if length > self.len() {
            with!(self, list => list.resize(length, 0));
        }
    }

    /// The cell at a place; 0 where there is none.
    pub(crate) fn get(&self, place: usize) -> i128 {
        match self {
            Self::I8(list) => list.get(place).copied().unwrap_or(0).into(),
            Self::I32(list) => list.get(place).copied().unwrap_or(0).into(),
            Self::I64(list) => list.get(place).copied().unwrap_or(0).into(),
            Self::I128(list) => list.get(place).copied().unwrap_or(0),
        }
    }

    /// Sets a cell that fits.
    pub(crate) fn set(&mut self, place: usize, cell: i128) {
        self.grow(place + 1);
        macro_rules! put {
            ($list:ident, $cell:expr) => {
                if let (Some(slot), Ok(cell)) = ($list.get_mut(place), $cell) {
                    *slot = cell;
                }
            };
        }
        match self {
            Self::I8(list) => put!(list, i8::try_from(cell)),
            Self::I32(list) => put!(list, i32::try_from(cell)),
            Self::I64(list) => put!(list, i64::try_from(cell)),
            Self::I128(list) => put!(list, Ok::<i128, ()>(cell)),
        }
    }

    /// Appends a cell that fits.
    pub(crate) fn push(&mut self, cell: i128) {
        let place = self.len();
        self.set(place, cell);
    }

    /// Appends cells as they lie in the module's memory.
    pub(crate) fn extend(&mut self, bytes: &[u8]) {
        match self {
            Self::I8(list) => list.extend_from_slice(bytemuck::cast_slice(bytes)),
            Self::I32(list) => list.extend(bytes.as_chunks().0.iter().map(|cell| i32::from_le_bytes(*cell))),
            Self::I64(list) => list.extend(bytes.as_chunks().0.iter().map(|cell| i64::from_le_bytes(*cell))),
            Self::I128(list) => list.extend(bytes.as_chunks().0.iter().map(|cell| i128::from_le_bytes(*cell))),
        }
    }

    /// The cells of some places as bytes for the module's memory; 0 where a place is none. `cells` is overwritten.
    pub(crate) fn gather(&self, places: &[u32], cells: &mut Vec<u8>) {
        cells.clear();
        let at = |place: &u32| usize::try_from(*place).unwrap_or(usize::MAX);
        macro_rules! copy {
            ($list:ident) => {
                for place in places {
                    cells.extend_from_slice(&$list.get(at(place)).copied().unwrap_or(0).to_le_bytes());
                }
            };
        }
        match self {
            Self::I8(list) => copy!(list),
            Self::I32(list) => copy!(list),
            Self::I64(list) => copy!(list),
            Self::I128(list) => copy!(list),
        }
    }

    /// Like [`Self::gather`], but the least number where a place is none; `cells` is added to.
    pub(crate) fn gather_or_none(&self, places: &[u32], cells: &mut Vec<u8>) {
        let at = |place: &u32| usize::try_from(*place).unwrap_or(usize::MAX);
        macro_rules! copy {
            ($list:ident, $type:ty) => {
                for place in places {
                    cells.extend_from_slice(&$list.get(at(place)).copied().unwrap_or(<$type>::MIN).to_le_bytes());
                }
            };
        }
        match self {
            Self::I8(list) => copy!(list, i8),
            Self::I32(list) => copy!(list, i32),
            Self::I64(list) => copy!(list, i64),
            Self::I128(list) => copy!(list, i128),
        }
    }

    /// Puts cells from the module's memory at these places.
    pub(crate) fn scatter(&mut self, bytes: &[u8], places: &[u32]) {
        let at = |place: &u32| usize::try_from(*place).unwrap_or(usize::MAX);
        macro_rules! copy {
            ($list:ident, $type:ty) => {
                for (cell, place) in bytes.as_chunks().0.iter().zip(places) {
                    if let Some(slot) = $list.get_mut(at(place)) {
                        *slot = <$type>::from_le_bytes(*cell);
                    }
                }
            };
        }
        match self {
            Self::I8(list) => copy!(list, i8),
            Self::I32(list) => copy!(list, i32),
            Self::I64(list) => copy!(list, i64),
            Self::I128(list) => copy!(list, i128),
        }
    }
}

/// The number that lies in some bytes: one cell of a layout.
pub(crate) fn cell(bytes: &[u8], layout: Layout) -> i128 {
    let number = match layout {
        Layout::I8 => bytes.first_chunk().map(|cell| i8::from_le_bytes(*cell).into()),
        Layout::I32 => bytes.first_chunk().map(|cell| i32::from_le_bytes(*cell).into()),
        Layout::I64 => bytes.first_chunk().map(|cell| i64::from_le_bytes(*cell).into()),
        Layout::I128 => bytes.first_chunk().map(|cell| i128::from_le_bytes(*cell)),
    };
    number.unwrap_or(0)
}

/// The bytes of a cell of a layout that the number fits.
pub(crate) fn bytes(cell: i128, layout: Layout) -> Vec<u8> {
    // Little-endian: the first bytes are the cell.
    cell.to_le_bytes().into_iter().take(usize::try_from(layout.bytes()).unwrap_or(0)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_go_and_come() {
        for layout in [Layout::I8, Layout::I32, Layout::I64, Layout::I128] {
            let mut cells = CellVec::new(layout);
            cells.extend(&[bytes(-5, layout), bytes(7, layout)].concat());
            cells.push(9);
            let mut out = Vec::new();
            cells.gather(&[2, u32::MAX, 0], &mut out);
            assert_eq!(out, [bytes(9, layout), bytes(0, layout), bytes(-5, layout)].concat());
            cells.scatter(&out, &[0, 1, u32::MAX]);
            assert_eq!([cells.get(0), cells.get(1), cells.get(2), cells.get(3)], [9, 0, 9, 0]);
            assert_eq!(cell(&bytes(-5, layout), layout), -5);
            assert_eq!(cell(&bytes(layout.none(), layout), layout), layout.none());
        }
    }
}
