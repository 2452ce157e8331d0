//! Arrow columns as the cells that a module reads.

use std::borrow::Cow;

use arrow_array::cast::AsArray;
use arrow_array::types::{
    ArrowPrimitiveType, Date32Type, Decimal32Type, Decimal64Type, Decimal128Type, Int8Type, Int16Type, Int32Type,
    Int64Type, UInt8Type, UInt16Type, UInt32Type, UInt64Type,
};
use arrow_array::{Array, PrimitiveArray, RecordBatch};
use arrow_schema::DataType;
use fen_schema::{Column, ColumnType, Layout, RejectCode};

use crate::codes::Numbering;
use crate::error::SettleError;
use crate::outputs::data_type;
use fen_values::{fit, place, trim};

/// The cells of one column for a whole batch, in the column's layout.
pub(crate) enum Cells<'a> {
    I8(Vec<i8>),
    I32(Cow<'a, [i32]>),
    I64(Cow<'a, [i64]>),
    I128(Cow<'a, [i128]>),
}

/// A cell that cannot be given to the module: its row is rejected.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Fault {
    pub(crate) row: usize,
    /// The input's place.
    pub(crate) input: usize,
    pub(crate) code: RejectCode,
}

impl Cells<'_> {
    /// The bytes of some rows.
    pub(crate) fn bytes(&self, start: usize, rows: usize) -> Option<&[u8]> {
        let range = start..start + rows;
        Some(match self {
            Self::I8(cells) => bytemuck::cast_slice(cells.get(range)?),
            Self::I32(cells) => bytemuck::cast_slice(cells.get(range)?),
            Self::I64(cells) => bytemuck::cast_slice(cells.get(range)?),
            Self::I128(cells) => bytemuck::cast_slice(cells.get(range)?),
        })
    }
}

/// The cells of every input, and those that are at fault: the first of each row, in the order of rows.
pub(crate) fn read<'a>(
    claims: &'a RecordBatch,
    inputs: &[Column],
    numbering: &mut Numbering<'_, 'a>,
) -> Result<(Vec<Cells<'a>>, Vec<Fault>), SettleError> {
    let mut faults = Vec::new();
    let mut all = Vec::new();
    for (at, column) in inputs.iter().enumerate() {
        let array = claims.column_by_name(&column.name);
        let array = array.ok_or_else(|| SettleError::MissingColumn(column.name.clone()))?;
        let mut reader = Reader { column, input: at, faults: &mut faults };
        let cells = reader.read(array.as_ref(), numbering)?;
        all.push(cells.ok_or_else(|| SettleError::ColumnType {
            column: column.name.clone(),
            expected: expected(column),
            found: array.data_type().to_string(),
        })?);
    }
    faults.sort_unstable_by_key(|fault| (fault.row, fault.input));
    faults.dedup_by_key(|fault| fault.row);
    Ok((all, faults))
}

/// The cells of an input that is no code or id; nothing if the array is of a type that the column does not take. Faults are
/// added as they come.
pub(crate) fn read_plain<'a>(
    array: &'a dyn Array,
    column: &Column,
    input: usize,
    faults: &mut Vec<Fault>,
) -> Option<Cells<'a>> {
    Reader { column, input, faults }.plain(array)
}

/// The Arrow types a column takes, in words.
pub(crate) fn expected(column: &Column) -> String {
    match column.ty {
        ColumnType::Bool => "Boolean".into(),
        ColumnType::Date => "Date32".into(),
        ColumnType::Enum | ColumnType::Code | ColumnType::Id => {
            "Utf8, LargeUtf8, Utf8View or a dictionary of one of them".into()
        }
        _ if column.scale == 0 => format!("{} or an integer", data_type(column)),
        _ => data_type(column).to_string(),
    }
}

struct Reader<'r> {
    column: &'r Column,
    input: usize,
    faults: &'r mut Vec<Fault>,
}

impl Reader<'_> {
    /// Nothing if the array is of a type that the column does not take.
    fn read<'a>(
        &mut self,
        array: &'a dyn Array,
        numbering: &mut Numbering<'_, 'a>,
    ) -> Result<Option<Cells<'a>>, SettleError> {
        if self.column.ty.is_text() { self.codes(array, numbering) } else { Ok(self.plain(array)) }
    }

    fn plain<'a>(&mut self, array: &'a dyn Array) -> Option<Cells<'a>> {
        match self.column.ty {
            ColumnType::Bool => self.bools(array),
            ColumnType::Date => array.as_primitive_opt::<Date32Type>().map(|array| self.numbers(array)),
            ColumnType::Enum => self.names(array),
            ColumnType::Code | ColumnType::Id => None,
            ColumnType::Money | ColumnType::Rate | ColumnType::Pp | ColumnType::Number | ColumnType::Measure => {
                self.amounts(array)
            }
        }
    }

    fn amounts<'a>(&mut self, array: &'a dyn Array) -> Option<Cells<'a>> {
        let is_of_scale = |scale: i8| u32::try_from(scale) == Ok(self.column.scale);
        macro_rules! numbers {
            ($type:ty) => {
                array.as_primitive_opt::<$type>().map(|array| self.numbers(array))
            };
        }
        match array.data_type() {
            DataType::Decimal32(_, scale) if is_of_scale(*scale) => numbers!(Decimal32Type),
            DataType::Decimal64(_, scale) if is_of_scale(*scale) => numbers!(Decimal64Type),
            DataType::Decimal128(_, scale) if is_of_scale(*scale) => numbers!(Decimal128Type),
            _ if self.column.scale != 0 => None,
            DataType::Int8 => numbers!(Int8Type),
            DataType::Int16 => numbers!(Int16Type),
            DataType::Int32 => numbers!(Int32Type),
            DataType::Int64 => numbers!(Int64Type),
            DataType::UInt8 => numbers!(UInt8Type),
            DataType::UInt16 => numbers!(UInt16Type),
            DataType::UInt32 => numbers!(UInt32Type),
            DataType::UInt64 => numbers!(UInt64Type),
            _ => None,
        }
    }

    /// Numbers as they lie in memory if the column stores them so, else one by one.
    fn numbers<'a, T>(&mut self, array: &'a PrimitiveArray<T>) -> Cells<'a>
    where
        T: ArrowPrimitiveType,
        T::Native: Into<i128> + bytemuck::Pod,
    {
        let (layout, optional) = (self.column.layout, self.column.optional);
        let values: &[T::Native] = array.values();
        let has_gaps = optional && (array.null_count() > 0 || values.iter().any(|v| (*v).into() == layout.none()));
        if !has_gaps {
            let as_they_are = match layout {
                Layout::I32 if size_of::<T::Native>() == 4 && T::DATA_TYPE != DataType::UInt32 => {
                    bytemuck::try_cast_slice(values).ok().map(|cells| Cells::I32(Cow::Borrowed(cells)))
                }
                Layout::I64 if size_of::<T::Native>() == 8 && T::DATA_TYPE != DataType::UInt64 => {
                    bytemuck::try_cast_slice(values).ok().map(|cells| Cells::I64(Cow::Borrowed(cells)))
                }
                Layout::I128 if size_of::<T::Native>() == 16 => {
                    bytemuck::try_cast_slice(values).ok().map(|cells| Cells::I128(Cow::Borrowed(cells)))
                }
                _ => None,
            };
            if let Some(cells) = as_they_are {
                let nulls = (0..array.len()).filter(|row| array.null_count() > 0 && array.is_null(*row));
                nulls.for_each(|row| self.fault(row, RejectCode::Missing));
                return cells;
            }
        }
        let cells = array.iter().enumerate().map(|(row, value)| match value.map(Into::into) {
            None if optional => layout.none(),
            None => self.fault(row, RejectCode::Missing),
            Some(value) => fit(Some(value), layout, optional).unwrap_or_else(|| {
                self.fault(row, if value < 0 { RejectCode::BelowMin } else { RejectCode::AboveMax })
            }),
        });
        match layout {
            Layout::I8 => Cells::I8(cells.map(|cell| i8::try_from(cell).unwrap_or_default()).collect()),
            Layout::I32 => Cells::I32(cells.map(|cell| i32::try_from(cell).unwrap_or_default()).collect()),
            Layout::I64 => Cells::I64(cells.map(|cell| i64::try_from(cell).unwrap_or_default()).collect()),
            Layout::I128 => Cells::I128(cells.collect()),
        }
    }

    fn bools<'a>(&mut self, array: &dyn Array) -> Option<Cells<'a>> {
        let array = array.as_boolean_opt()?;
        if array.null_count() == 0 {
            return Some(Cells::I8(array.values().iter().map(i8::from).collect()));
        }
        let cells = array.iter().enumerate().map(|(row, value)| match value {
            Some(value) => value.into(),
            None if self.column.optional => i8::MIN,
            None => self.fault(row, RejectCode::Missing),
        });
        Some(Cells::I8(cells.collect()))
    }

    fn names<'a>(&mut self, array: &dyn Array) -> Option<Cells<'a>> {
        let values = &self.column.values;
        let cells = self.texts(array, i8::MIN, |text| place(text, values).ok_or(RejectCode::UnknownValue))?;
        Some(Cells::I8(cells))
    }

    fn codes<'a>(
        &mut self,
        array: &'a dyn Array,
        numbering: &mut Numbering<'_, 'a>,
    ) -> Result<Option<Cells<'a>>, SettleError> {
        let mut too_many = false;
        let number = |text| {
            Ok(numbering.number(text).unwrap_or_else(|| {
                too_many = true;
                0
            }))
        };
        let cells = self.texts(array, i32::MIN, number);
        if too_many {
            return Err(SettleError::TooManyTexts);
        }
        Ok(cells.map(|cells| Cells::I32(Cow::Owned(cells))))
    }

    /// One cell for every text. Each text of a dictionary is looked up once.
    fn texts<'a, T: Copy + Default>(
        &mut self,
        array: &'a dyn Array,
        none: T,
        mut cell_of: impl FnMut(&'a str) -> Result<T, RejectCode>,
    ) -> Option<Vec<T>> {
        let optional = self.column.optional;
        let mut cell = |text: Option<&'a str>| match text.map(trim) {
            None | Some("") if optional => Ok(none),
            None | Some("") => Err(RejectCode::Missing),
            Some(text) => cell_of(text),
        };
        if let Some(dictionary) = array.as_any_dictionary_opt() {
            let texts = strings(dictionary.values().as_ref(), &mut cell)?;
            let missing = cell(None);
            // Without texts there are no keys but nulls.
            let keys = if texts.is_empty() { Vec::new() } else { dictionary.normalized_keys() };
            let nulls = dictionary.nulls().filter(|nulls| nulls.null_count() > 0);
            if let (None, Ok(cells)) = (nulls, texts.iter().copied().collect::<Result<Vec<T>, RejectCode>>())
                && keys.len() == array.len()
            {
                // Nearly all dictionaries: nothing is missing and every text is good.
                return Some(keys.iter().map(|key| cells.get(*key).copied().unwrap_or_default()).collect());
            }
            let cells = (0..array.len()).map(|row| match keys.get(row).and_then(|key| texts.get(*key)) {
                Some(found) if nulls.is_none_or(|nulls| nulls.is_valid(row)) => *found,
                _ => missing,
            });
            return Some(cells.enumerate().map(|(row, cell)| self.checked(row, cell)).collect());
        }
        let cells = strings(array, &mut cell)?;
        Some(cells.into_iter().enumerate().map(|(row, cell)| self.checked(row, cell)).collect())
    }

    fn checked<T: Default>(&mut self, row: usize, cell: Result<T, RejectCode>) -> T {
        cell.unwrap_or_else(|code| self.fault(row, code))
    }

    /// Takes note of a fault; what stands in the cell instead does not matter.
    fn fault<T: Default>(&mut self, row: usize, code: RejectCode) -> T {
        self.faults.push(Fault { row, input: self.input, code });
        T::default()
    }
}

/// What each text of an array of texts comes to.
fn strings<'a, T>(array: &'a dyn Array, cell: impl FnMut(Option<&'a str>) -> T) -> Option<Vec<T>> {
    match array.data_type() {
        DataType::Utf8 => Some(array.as_string_opt::<i32>()?.iter().map(cell).collect()),
        DataType::LargeUtf8 => Some(array.as_string_opt::<i64>()?.iter().map(cell).collect()),
        DataType::Utf8View => Some(array.as_string_view_opt()?.iter().map(cell).collect()),
        _ => None,
    }
}
