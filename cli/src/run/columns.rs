//! The cells of a file as Arrow columns, and back.

use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::types::{Date32Type, Decimal64Type, Decimal128Type, Int8Type, Int32Type};
use arrow_array::{
    Array, ArrayRef, BooleanArray, Date32Array, Decimal64Array, Decimal128Array, DictionaryArray, Int8Array,
    Int32Array, RecordBatch, StringArray,
};
use arrow_buffer::{BooleanBufferBuilder, Buffer, NullBuffer, OffsetBuffer};
use arrow_schema::{ArrowError, DataType};
use fen_runtime::Cell;
use fen_schema::{Column, ColumnType, Layout};

/// The cells of one input, row by row.
#[derive(Default)]
pub(crate) struct Cells {
    /// By row, of columns of up to 64 bits; 0 where the value is missing. Codes and ids have the end of their text here.
    narrow: Vec<i64>,
    /// By row, of columns of 128 bits.
    wide: Vec<i128>,
    /// The rows whose value is missing, in order.
    missing: Vec<usize>,
    text: String,
}

impl Cells {
    /// Adds the cell of the next row, which fits the layout of the column.
    pub(crate) fn push(&mut self, cell: Cell<'_>, column: &Column) {
        let number = match cell {
            Cell::Number(number) => number,
            Cell::Text(text) => {
                self.text.push_str(text);
                i128::try_from(self.text.len()).unwrap_or_default()
            }
            Cell::None => {
                self.missing.push(self.narrow.len().max(self.wide.len()));
                i128::try_from(self.text.len()).unwrap_or_default()
            }
        };
        match column.layout {
            Layout::I128 => self.wide.push(number),
            _ => self.narrow.push(i64::try_from(number).unwrap_or_default()),
        }
    }

    /// The cell of the last row, of columns of up to 64 bits.
    pub(crate) fn last(&self) -> Option<i64> {
        let number = self.narrow.last().copied()?;
        (self.missing.last().copied() != Some(self.narrow.len() - 1)).then_some(number)
    }

    /// Forgets all rows but the first ones.
    pub(crate) fn truncate(&mut self, rows: usize, column: &Column) {
        self.narrow.truncate(rows);
        self.wide.truncate(rows);
        while self.missing.pop_if(|row| *row >= rows).is_some() {}
        if column.ty.is_text() {
            let end = self.narrow.last().and_then(|end| usize::try_from(*end).ok());
            self.text.truncate(end.unwrap_or(0));
        }
    }

    /// Forgets all rows.
    pub(crate) fn clear(&mut self) {
        self.narrow.clear();
        self.wide.clear();
        self.missing.clear();
        self.text.clear();
    }

    /// The rows as a column that a session takes.
    pub(crate) fn array(&self, column: &Column) -> Result<ArrayRef, ArrowError> {
        let nulls = self.nulls();
        Ok(match (column.ty, column.layout) {
            (ColumnType::Bool, _) => {
                Arc::new(BooleanArray::new(self.narrow.iter().map(|cell| *cell == 1).collect(), nulls))
            }
            (ColumnType::Enum, _) => {
                let names = StringArray::from_iter_values(column.values.iter().map(|value| value.name.as_str()));
                let places: Vec<i8> = self.narrow.iter().map(|cell| i8::try_from(*cell).unwrap_or_default()).collect();
                Arc::new(DictionaryArray::try_new(Int8Array::try_new(places.into(), nulls)?, Arc::new(names))?)
            }
            (ColumnType::Date, _) => {
                let days: Vec<i32> = self.narrow.iter().map(|cell| i32::try_from(*cell).unwrap_or_default()).collect();
                Arc::new(Date32Array::try_new(days.into(), nulls)?)
            }
            (ColumnType::Code | ColumnType::Id, _) => {
                let ends = self.narrow.iter().map(|end| i32::try_from(*end));
                let ends = [Ok(0)].into_iter().chain(ends).collect::<Result<Vec<i32>, _>>();
                let ends = ends.map_err(|_| ArrowError::OffsetOverflowError(self.text.len()))?;
                let text = Buffer::from(self.text.as_bytes());
                Arc::new(StringArray::try_new(OffsetBuffer::new(ends.into()), text, nulls)?)
            }
            (_, Layout::I128) => {
                let array = Decimal128Array::try_new(self.wide.clone().into(), nulls)?;
                Arc::new(array.with_data_type(data_type(column)))
            }
            _ => {
                let array = Decimal64Array::try_new(self.narrow.clone().into(), nulls)?;
                Arc::new(array.with_data_type(data_type(column)))
            }
        })
    }

    /// Where there are values; nothing if they are everywhere.
    fn nulls(&self) -> Option<NullBuffer> {
        if self.missing.is_empty() {
            return None;
        }
        let rows = self.narrow.len().max(self.wide.len());
        let mut given = BooleanBufferBuilder::new(rows);
        given.append_n(rows, true);
        self.missing.iter().filter(|row| **row < rows).for_each(|row| given.set_bit(*row, false));
        Some(NullBuffer::new(given.finish()))
    }
}

/// The Arrow type of an input's column.
pub(crate) fn data_type(column: &Column) -> DataType {
    let scale = i8::try_from(column.scale).unwrap_or(i8::MAX);
    match (column.ty, column.layout) {
        (ColumnType::Bool, _) => DataType::Boolean,
        (ColumnType::Enum, _) => DataType::Dictionary(Box::new(DataType::Int8), Box::new(DataType::Utf8)),
        (ColumnType::Date, _) => DataType::Date32,
        (ColumnType::Code | ColumnType::Id, _) => DataType::Utf8,
        (_, Layout::I128) => DataType::Decimal128(38, scale),
        _ => DataType::Decimal64(18, scale),
    }
}

/// The outputs of a batch: by column, one cell per claim that was given to the module.
pub(crate) struct Outputs {
    columns: Vec<Output>,
}

enum Output {
    Narrow(Decimal64Array),
    Wide(Decimal128Array),
    Days(Date32Array),
    Years(Int32Array),
    Bools(BooleanArray),
    Places(Int8Array),
    Texts(StringArray),
}

impl Outputs {
    /// Of what a session has settled.
    pub(crate) fn new(outputs: &RecordBatch) -> Self {
        let columns = outputs.columns().iter().filter_map(|array| match array.data_type() {
            DataType::Decimal64(..) => array.as_primitive_opt::<Decimal64Type>().cloned().map(Output::Narrow),
            DataType::Decimal128(..) => array.as_primitive_opt::<Decimal128Type>().cloned().map(Output::Wide),
            DataType::Date32 => array.as_primitive_opt::<Date32Type>().cloned().map(Output::Days),
            DataType::Int32 => array.as_primitive_opt::<Int32Type>().cloned().map(Output::Years),
            DataType::Boolean => array.as_boolean_opt().cloned().map(Output::Bools),
            DataType::Utf8 => array.as_string_opt::<i32>().cloned().map(Output::Texts),
            _ => array.as_dictionary_opt::<Int8Type>().map(|array| Output::Places(array.keys().clone())),
        });
        Self { columns: columns.collect() }
    }

    /// The cells of one claim, output by output.
    pub(crate) fn row(&self, at: usize) -> impl Iterator<Item = Cell<'_>> {
        self.columns.iter().map(move |column| column.cell(at))
    }
}

impl Output {
    fn cell(&self, at: usize) -> Cell<'_> {
        macro_rules! cell {
            ($array:expr, $kind:expr) => {
                if at < $array.len() && $array.is_valid(at) { $kind($array.value(at).into()) } else { Cell::None }
            };
        }
        match self {
            Self::Narrow(array) => cell!(array, Cell::Number),
            Self::Wide(array) => cell!(array, Cell::Number),
            Self::Days(array) => cell!(array, Cell::Number),
            Self::Years(array) => cell!(array, Cell::Number),
            Self::Bools(array) => cell!(array, Cell::Number),
            Self::Places(array) => cell!(array, Cell::Number),
            Self::Texts(array) => cell!(array, Cell::Text),
        }
    }
}

#[cfg(test)]
mod tests {
    use fen_schema::{EnumValue, Text};

    use super::*;

    fn column(ty: ColumnType, layout: Layout) -> Column {
        let label = || Text { zh: "x".into(), en: "x".into() };
        let value = |name: &str| EnumValue { name: name.into(), label: label() };
        let values = if ty == ColumnType::Enum { vec![value("a"), value("b")] } else { Vec::new() };
        let (min, max) = (String::new(), String::new());
        Column {
            name: "x".into(),
            label: label(),
            ty,
            unit: String::new(),
            scale: 0,
            min,
            max,
            optional: true,
            values,
            layout,
            offset: 0,
        }
    }

    #[test]
    fn cells_become_columns_and_cells_again() {
        let numbers = [Cell::Number(1), Cell::None, Cell::Number(0)];
        let texts = [Cell::Text("甲"), Cell::None, Cell::Text("")];
        for (ty, layout) in [
            (ColumnType::Bool, Layout::I8),
            (ColumnType::Enum, Layout::I8),
            (ColumnType::Date, Layout::I32),
            (ColumnType::Money, Layout::I64),
            (ColumnType::Money, Layout::I128),
            (ColumnType::Id, Layout::I32),
        ] {
            let column = column(ty, layout);
            let given = if ty.is_text() { texts } else { numbers };
            let mut cells = Cells::default();
            for round in 0..2 {
                given.iter().for_each(|cell| cells.push(*cell, &column));
                // A row that turns out to be bad is taken back.
                cells.push(given.first().copied().unwrap_or(Cell::None), &column);
                cells.truncate(3, &column);
                let array = cells.array(&column).map_err(|_| "arrow");
                let batch = array.and_then(|array| {
                    assert_eq!(*array.data_type(), data_type(&column));
                    RecordBatch::try_from_iter_with_nullable([("x", array, true)]).map_err(|_| "batch")
                });
                let read = batch.map(|batch| Outputs::new(&batch)).map(|outputs| {
                    (0..3).flat_map(|at| outputs.row(at).map(|cell| format!("{cell:?}")).collect::<Vec<_>>()).collect()
                });
                let wanted: Vec<String> = given.iter().map(|cell| format!("{cell:?}")).collect();
                assert_eq!(read, Ok(wanted), "{ty:?} {round}");
                cells.clear();
            }
        }
    }
}
