//! The rows of a batch as the cells that phases read, with numbers for texts that stay for the whole stream.

use std::borrow::Cow;
use std::fmt::Write as _;
use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::types::{
    ArrowPrimitiveType, Int8Type, Int16Type, Int32Type, Int64Type, UInt8Type, UInt16Type, UInt32Type, UInt64Type,
};
use arrow_array::{Array, ArrayRef, RecordBatch, StringArray};
use arrow_schema::DataType;
use fen_schema::{Column, RejectCode};

use super::error::StreamError;
use super::kept::Kept;
use super::texts::{BLOCK, Local, Texts};
use crate::error::SettleError;
use crate::inputs::{Cells, Fault, expected, read_plain};
use fen_values::trim;

/// The cells of a batch.
pub(crate) struct Columns<'b> {
    /// By input; nothing for those that were not asked for.
    pub(crate) cells: Vec<Option<Cells<'b>>>,
    /// By row, then by input.
    pub(crate) faults: Vec<Fault>,
    pub(crate) local: Local<'b>,
}

/// The arrays of the inputs that are wanted; ids that are given as integers are their decimal text.
pub(crate) fn arrays(
    batch: &RecordBatch,
    inputs: &[Column],
    wanted: &[bool],
) -> Result<Vec<Option<ArrayRef>>, StreamError> {
    let array = |(column, wanted): (&Column, &bool)| {
        if !wanted {
            return Ok(None);
        }
        let array = batch.column_by_name(&column.name);
        let array = array.ok_or_else(|| SettleError::MissingColumn(column.name.clone()))?;
        let text = if column.ty.is_text() { integers_as_text(array.as_ref()) } else { None };
        Ok(Some(text.unwrap_or_else(|| Arc::clone(array))))
    };
    inputs.iter().zip(wanted).map(array).collect()
}

/// What a stream knows of texts.
pub(crate) struct Known<'s> {
    pub(crate) texts: &'s mut Texts,
    /// By input: whether its texts get numbers that stay.
    pub(crate) stable: &'s [bool],
    pub(crate) kept: &'s mut Kept,
    /// In later passes than the first: the first of the rows.
    pub(crate) again_from: Option<usize>,
}

/// Reads the columns. Stable ones are read first, so that other columns know their texts.
pub(crate) fn read<'b>(
    arrays: &'b [Option<ArrayRef>],
    inputs: &[Column],
    known: Known<'_>,
) -> Result<Columns<'b>, StreamError> {
    let Known { texts, stable, kept, again_from } = known;
    let mut read =
        Columns { cells: inputs.iter().map(|_| None).collect(), faults: Vec::new(), local: Local::default() };
    for turn in [true, false] {
        for ((at, column), (array, slot)) in inputs.iter().enumerate().zip(arrays.iter().zip(&mut read.cells)) {
            let is_stable = stable.get(at).copied().unwrap_or(false);
            let Some(array) = array.as_deref().filter(|_| is_stable == turn) else { continue };
            let cells = if column.ty.is_text() {
                let mut number = Number { texts, local: (!is_stable).then_some(&mut read.local) };
                let kept_numbers = |first: usize| kept.get(at, first..first.saturating_add(array.len()));
                let numbers = match again_from.and_then(kept_numbers) {
                    Some(kept) => number.again(kept, array, column, at, &mut read.faults)?,
                    None => number.column(array, column, at, &mut read.faults)?,
                };
                if let Some(numbers) = numbers.as_ref().filter(|_| again_from.is_none()) {
                    kept.keep(at, numbers);
                }
                numbers.map(|cells| Cells::I32(Cow::Owned(cells)))
            } else {
                read_plain(array, column, at, &mut read.faults)
            };
            *slot = Some(cells.ok_or_else(|| SettleError::ColumnType {
                column: column.name.clone(),
                expected: expected(column),
                found: array.data_type().to_string(),
            })?);
        }
    }
    read.faults.sort_unstable_by_key(|fault| (fault.row, fault.input));
    Ok(read)
}

/// Gives numbers to texts.
struct Number<'n, 'b> {
    texts: &'n mut Texts,
    /// Where texts that the stream does not know get their number; if nothing, the stream gets to know them.
    local: Option<&'n mut Local<'b>>,
}

impl<'b> Number<'_, 'b> {
    /// Nothing if the array is of a type that the column does not take.
    fn column(
        &mut self,
        array: &'b dyn Array,
        column: &Column,
        input: usize,
        faults: &mut Vec<Fault>,
    ) -> Result<Option<Vec<i32>>, StreamError> {
        let mut missing = |row| missing(column, input, row, faults);
        let mut numbers = Vec::with_capacity(array.len());
        let Some(dictionary) = array.as_any_dictionary_opt() else {
            let read = match array.data_type() {
                DataType::Utf8 => array.as_string_opt::<i32>().map(|of| self.all(of.iter(), &mut numbers, missing)),
                DataType::LargeUtf8 => {
                    array.as_string_opt::<i64>().map(|of| self.all(of.iter(), &mut numbers, missing))
                }
                DataType::Utf8View => array.as_string_view_opt().map(|of| self.all(of.iter(), &mut numbers, missing)),
                _ => None,
            };
            return read.transpose().map(|read| read.map(|()| numbers));
        };
        let Some(texts) = strings(dictionary.values().as_ref()) else { return Ok(None) };
        self.all(texts.iter().map(|text| Some(*text)), &mut numbers, |_| 0)?;
        // Without texts there are no keys but nulls.
        let keys = if texts.is_empty() { Vec::new() } else { dictionary.normalized_keys() };
        let nulls = dictionary.nulls().filter(|nulls| nulls.null_count() > 0);
        let is_plain = nulls.is_none() && keys.len() == array.len() && texts.iter().all(|text| !text.is_empty());
        if is_plain {
            return Ok(Some(keys.iter().map(|key| numbers.get(*key).copied().unwrap_or(0)).collect()));
        }
        let cells = (0..array.len()).map(|row| {
            let key = keys.get(row).filter(|_| nulls.is_none_or(|nulls| nulls.is_valid(row)));
            let text = key.and_then(|key| texts.get(*key)).filter(|text| !text.is_empty());
            match (text, key.and_then(|key| numbers.get(*key))) {
                (Some(_), Some(number)) => *number,
                _ => missing(row),
            }
        });
        Ok(Some(cells.collect()))
    }

    /// [`Self::column`] once more: most numbers are known.
    fn again(
        &mut self,
        kept: impl Iterator<Item = Option<i32>>,
        array: &'b dyn Array,
        column: &Column,
        input: usize,
        faults: &mut Vec<Fault>,
    ) -> Result<Option<Vec<i32>>, StreamError> {
        let mut rest = Vec::new();
        let one = |(row, number): (usize, Option<i32>)| {
            number.unwrap_or_else(|| {
                rest.push(row);
                0
            })
        };
        let mut numbers: Vec<i32> = kept.enumerate().map(one).collect();
        let texts: Option<Vec<_>> = rest.iter().map(|row| text_at(array, *row)).collect();
        let Some(texts) = texts else { return self.column(array, column, input, faults) };
        let mut found = Vec::with_capacity(rest.len());
        let row = |place: usize| rest.get(place).copied().unwrap_or(0);
        self.all(texts.into_iter(), &mut found, |place| missing(column, input, row(place), faults))?;
        for (row, number) in rest.iter().zip(found) {
            if let Some(slot) = numbers.get_mut(*row) {
                *slot = number;
            }
        }
        Ok(Some(numbers))
    }

    /// A number for every text; for those that are missing what a function of their row says.
    fn all(
        &mut self,
        texts: impl Iterator<Item = Option<&'b str>>,
        numbers: &mut Vec<i32>,
        mut missing: impl FnMut(usize) -> i32,
    ) -> Result<(), StreamError> {
        let mut texts = texts.map(trimmed);
        if self.texts.are_few() {
            for (row, text) in texts.enumerate() {
                numbers.push(match self.texts.find_few(text) {
                    Some(number) => number.cast_signed(),
                    None if text.is_empty() => missing(row),
                    None => self.number(text)?,
                });
            }
            return Ok(());
        }
        // So many at a time that they stay near the core.
        let mut block = Vec::with_capacity(BLOCK);
        loop {
            block.clear();
            block.extend(texts.by_ref().take(BLOCK));
            if block.is_empty() {
                return Ok(());
            }
            for (text, number) in block.iter().zip(self.texts.find_all(&block)) {
                numbers.push(match number {
                    Some(number) => number.cast_signed(),
                    None if text.is_empty() => missing(numbers.len()),
                    None => self.number(text)?,
                });
            }
        }
    }

    /// The number of a text that was not found, which may have come in since.
    #[cold]
    fn number(&mut self, text: &'b str) -> Result<i32, StreamError> {
        Ok(match &mut self.local {
            None => self.texts.add(text)?.cast_signed(),
            Some(local) => local.add(text)?,
        })
    }
}

/// The cell of a row without a text.
fn missing(column: &Column, input: usize, row: usize, faults: &mut Vec<Fault>) -> i32 {
    if column.optional {
        return i32::MIN;
    }
    faults.push(Fault { row, input, code: RejectCode::Missing });
    0
}

/// The text of a row, if there is one. Nothing if the array holds no texts one by one.
fn text_at(array: &dyn Array, row: usize) -> Option<Option<&str>> {
    let is_given = array.is_valid(row);
    Some(match array.data_type() {
        DataType::Utf8 => is_given.then_some(array.as_string_opt::<i32>()?.value(row)),
        DataType::LargeUtf8 => is_given.then_some(array.as_string_opt::<i64>()?.value(row)),
        DataType::Utf8View => is_given.then_some(array.as_string_view_opt()?.value(row)),
        _ => return None,
    })
}

#[inline]
fn trimmed(text: Option<&str>) -> &str {
    text.map_or("", trim)
}

/// The texts of an array, without blanks around them; empty where there is none.
fn strings(array: &dyn Array) -> Option<Vec<&str>> {
    match array.data_type() {
        DataType::Utf8 => Some(array.as_string_opt::<i32>()?.iter().map(trimmed).collect()),
        DataType::LargeUtf8 => Some(array.as_string_opt::<i64>()?.iter().map(trimmed).collect()),
        DataType::Utf8View => Some(array.as_string_view_opt()?.iter().map(trimmed).collect()),
        _ => None,
    }
}

/// Integers as decimal text; nothing if the array holds none.
fn integers_as_text(array: &dyn Array) -> Option<ArrayRef> {
    fn text<T: ArrowPrimitiveType>(array: &dyn Array) -> Option<ArrayRef>
    where
        T::Native: std::fmt::Display,
    {
        let array = array.as_primitive_opt::<T>()?;
        let mut buffer = String::new();
        let mut texts = arrow_array::builder::StringBuilder::with_capacity(array.len(), array.len() * 8);
        for value in array {
            buffer.clear();
            // Writing to a string cannot fail.
            let written = value.map(|value| write!(buffer, "{value}"));
            texts.append_option(written.map(|_| &buffer));
        }
        Some(Arc::new(texts.finish()) as ArrayRef)
    }
    match array.data_type() {
        DataType::Int8 => text::<Int8Type>(array),
        DataType::Int16 => text::<Int16Type>(array),
        DataType::Int32 => text::<Int32Type>(array),
        DataType::Int64 => text::<Int64Type>(array),
        DataType::UInt8 => text::<UInt8Type>(array),
        DataType::UInt16 => text::<UInt16Type>(array),
        DataType::UInt32 => text::<UInt32Type>(array),
        DataType::UInt64 => text::<UInt64Type>(array),
        // Nothing but missing values.
        DataType::Null => Some(Arc::new(StringArray::new_null(array.len()))),
        _ => None,
    }
}
