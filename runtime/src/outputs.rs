//! The cells that a module writes as Arrow columns.

use std::sync::Arc;

use arrow_array::types::Int8Type;
use arrow_array::{
    ArrayRef, BooleanArray, Date32Array, Decimal64Array, Decimal128Array, DictionaryArray, Int8Array, StringArray,
};
use arrow_buffer::{BooleanBuffer, NullBuffer, ScalarBuffer};
use arrow_schema::{ArrowError, DataType};
use fen_schema::{Column, ColumnType, Layout};

use crate::codes::TextOf;
use crate::error::SettleError;

/// The Arrow type of an output.
pub(crate) fn data_type(column: &Column) -> DataType {
    let scale = i8::try_from(column.scale).unwrap_or(i8::MAX);
    match (column.ty, column.layout) {
        (ColumnType::Bool, _) => DataType::Boolean,
        (ColumnType::Date, _) => DataType::Date32,
        (ColumnType::Enum, _) => DataType::Dictionary(Box::new(DataType::Int8), Box::new(DataType::Utf8)),
        (ColumnType::Code | ColumnType::Id, _) => DataType::Utf8,
        (_, Layout::I128) => DataType::Decimal128(38, scale),
        _ => DataType::Decimal64(18, scale),
    }
}

/// The names of an enum's values, for the dictionaries of its columns.
pub(crate) fn value_names(column: &Column) -> ArrayRef {
    Arc::new(StringArray::from_iter_values(column.values.iter().map(|value| value.name.as_str())))
}

/// The cells of an output column, as they come out of the memory.
pub(crate) enum OutputBuffer {
    I8(Vec<i8>),
    I32(Vec<i32>),
    I64(Vec<i64>),
    I128(Vec<i128>),
}

impl OutputBuffer {
    pub(crate) fn new(layout: Layout, rows: usize) -> Self {
        match layout {
            Layout::I8 => Self::I8(Vec::with_capacity(rows)),
            Layout::I32 => Self::I32(Vec::with_capacity(rows)),
            Layout::I64 => Self::I64(Vec::with_capacity(rows)),
            Layout::I128 => Self::I128(Vec::with_capacity(rows)),
        }
    }

    pub(crate) fn extend(&mut self, bytes: &[u8]) {
        match self {
            Self::I8(cells) => cells.extend_from_slice(bytemuck::cast_slice(bytes)),
            Self::I32(cells) => cells.extend(bytes.as_chunks().0.iter().map(|cell| i32::from_le_bytes(*cell))),
            Self::I64(cells) => cells.extend(bytes.as_chunks().0.iter().map(|cell| i64::from_le_bytes(*cell))),
            Self::I128(cells) => cells.extend(bytes.as_chunks().0.iter().map(|cell| i128::from_le_bytes(*cell))),
        }
    }

    /// How many cells there are.
    pub(crate) fn len(&self) -> usize {
        match self {
            Self::I8(cells) => cells.len(),
            Self::I32(cells) => cells.len(),
            Self::I64(cells) => cells.len(),
            Self::I128(cells) => cells.len(),
        }
    }

    /// A cell; 0 where there is none.
    pub(crate) fn get(&self, row: usize) -> i128 {
        match self {
            Self::I8(cells) => cells.get(row).copied().unwrap_or(0).into(),
            Self::I32(cells) => cells.get(row).copied().unwrap_or(0).into(),
            Self::I64(cells) => cells.get(row).copied().unwrap_or(0).into(),
            Self::I128(cells) => cells.get(row).copied().unwrap_or(0),
        }
    }

    /// Appends one cell that fits the layout.
    pub(crate) fn push(&mut self, cell: i128) {
        match self {
            Self::I8(cells) => cells.push(i8::try_from(cell).unwrap_or(0)),
            Self::I32(cells) => cells.push(i32::try_from(cell).unwrap_or(0)),
            Self::I64(cells) => cells.push(i64::try_from(cell).unwrap_or(0)),
            Self::I128(cells) => cells.push(cell),
        }
    }

    /// The column; null where a row was not settled or an optional output is empty.
    pub(crate) fn finish(
        self,
        column: &Column,
        settled: Option<&NullBuffer>,
        names: &ArrayRef,
        numbering: &dyn TextOf,
    ) -> Result<ArrayRef, SettleError> {
        let nulls = NullBuffer::union(settled, self.filled(column).as_ref());
        let failed = |error: ArrowError| SettleError::Module(error.to_string());
        let senseless = || SettleError::Module(format!("a cell of the output {} makes no sense", column.name));
        Ok(match (self, column.ty) {
            (Self::I8(cells), ColumnType::Bool) => {
                let is_given = |row| nulls.as_ref().is_none_or(|nulls| nulls.is_valid(row));
                if cells.iter().enumerate().any(|(row, cell)| !(0..=1).contains(cell) && is_given(row)) {
                    return Err(senseless());
                }
                Arc::new(BooleanArray::new(cells.iter().map(|cell| *cell == 1).collect(), nulls))
            }
            (Self::I8(cells), _) => {
                let keys = Int8Array::try_new(ScalarBuffer::from(cells), nulls).map_err(failed)?;
                // Refuses keys beyond the names.
                Arc::new(DictionaryArray::<Int8Type>::try_new(keys, Arc::clone(names)).map_err(|_| senseless())?)
            }
            (Self::I32(cells), ColumnType::Date) => {
                Arc::new(Date32Array::try_new(ScalarBuffer::from(cells), nulls).map_err(failed)?)
            }
            (Self::I32(cells), _) => {
                let texts = cells.iter().enumerate().map(|(row, cell)| {
                    let is_given = nulls.as_ref().is_none_or(|nulls| nulls.is_valid(row));
                    is_given.then(|| numbering.text(*cell).ok_or_else(senseless)).transpose()
                });
                Arc::new(texts.collect::<Result<StringArray, SettleError>>()?)
            }
            (Self::I64(cells), _) => {
                let array = Decimal64Array::try_new(ScalarBuffer::from(cells), nulls).map_err(failed)?;
                Arc::new(array.with_data_type(data_type(column)))
            }
            (Self::I128(cells), _) => {
                let array = Decimal128Array::try_new(ScalarBuffer::from(cells), nulls).map_err(failed)?;
                Arc::new(array.with_data_type(data_type(column)))
            }
        })
    }

    /// Which cells of an optional output are not empty; nothing if all are filled.
    fn filled(&self, column: &Column) -> Option<NullBuffer> {
        if !column.optional {
            return None;
        }
        let filled: BooleanBuffer = match self {
            Self::I8(cells) => cells.iter().map(|cell| *cell != i8::MIN).collect(),
            Self::I32(cells) => cells.iter().map(|cell| *cell != i32::MIN).collect(),
            Self::I64(cells) => cells.iter().map(|cell| *cell != i64::MIN).collect(),
            Self::I128(cells) => cells.iter().map(|cell| *cell != i128::MIN).collect(),
        };
        Some(NullBuffer::new(filled)).filter(|filled| filled.null_count() > 0)
    }
}
