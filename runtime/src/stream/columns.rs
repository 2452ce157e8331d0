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
use super::texts::{BLOCK, Local, Texts};
use crate::cell::trim;
use crate::error::SettleError;
use crate::inputs::{Cells, Fault, expected, read_plain};

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

/// Reads the columns. The texts of stable ones get numbers that stay; they are read first, so that other columns know them.
pub(crate) fn read<'b>(
    arrays: &'b [Option<ArrayRef>],
    inputs: &[Column],
    stable: &[bool],
    texts: &mut Texts,
) -> Result<Columns<'b>, StreamError> {
    let mut read =
        Columns { cells: inputs.iter().map(|_| None).collect(), faults: Vec::new(), local: Local::default() };
    for turn in [true, false] {
        for ((at, column), (array, slot)) in inputs.iter().enumerate().zip(arrays.iter().zip(&mut read.cells)) {
            let is_stable = stable.get(at).copied().unwrap_or(false);
            let Some(array) = array.as_deref().filter(|_| is_stable == turn) else { continue };
            let cells = if column.ty.is_text() {
                let mut number = Number { texts, local: (!is_stable).then_some(&mut read.local) };
                number.column(array, column, at, &mut read.faults)?.map(|cells| Cells::I32(Cow::Owned(cells)))
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
        let mut missing = |row| {
            if column.optional {
                return i32::MIN;
            }
            faults.push(Fault { row, input, code: RejectCode::Missing });
            0
        };
        let Some(dictionary) = array.as_any_dictionary_opt() else {
            let mut numbers = Vec::with_capacity(array.len());
            let read = blocks(array, &mut |texts| {
                let start = numbers.len();
                self.all(texts, &mut numbers)?;
                for ((row, text), number) in (start..).zip(texts).zip(numbers.iter_mut().skip(start)) {
                    if text.is_empty() {
                        *number = missing(row);
                    }
                }
                Ok(())
            });
            return read.transpose().map(|read| read.map(|()| numbers));
        };
        let Some(texts) = strings(dictionary.values().as_ref()) else { return Ok(None) };
        let mut numbers = Vec::with_capacity(texts.len());
        self.all(&texts, &mut numbers)?;
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

    /// A number for every text; any for empty ones.
    fn all(&mut self, texts: &[&'b str], numbers: &mut Vec<i32>) -> Result<(), StreamError> {
        match &mut self.local {
            None => self.texts.add_all(texts, numbers)?,
            Some(local) => {
                let mut rest = texts.iter();
                let mut too_many = Ok(());
                self.texts.find_all(texts, |number| {
                    let text = rest.next().copied().unwrap_or_default();
                    numbers.push(match number {
                        Some(number) => number.cast_signed(),
                        None if text.is_empty() => 0,
                        None => local.add(text).unwrap_or_else(|error| {
                            too_many = Err(error);
                            0
                        }),
                    });
                });
                too_many?;
            }
        }
        Ok(())
    }
}

/// What is done with some texts at a time.
type Each<'f, 'b> = &'f mut dyn FnMut(&[&'b str]) -> Result<(), StreamError>;

/// The texts of an array, as [`strings`] has them, so many at a time that they stay near the core. Nothing if it has none.
fn blocks<'b>(array: &'b dyn Array, each: Each<'_, 'b>) -> Option<Result<(), StreamError>> {
    fn all<'b>(texts: impl Iterator<Item = Option<&'b str>>, each: Each<'_, 'b>) -> Result<(), StreamError> {
        let mut block = Vec::with_capacity(BLOCK);
        for text in texts {
            block.push(trimmed(text));
            if block.len() == BLOCK {
                each(&block)?;
                block.clear();
            }
        }
        each(&block)
    }
    match array.data_type() {
        DataType::Utf8 => Some(all(array.as_string_opt::<i32>()?.iter(), each)),
        DataType::LargeUtf8 => Some(all(array.as_string_opt::<i64>()?.iter(), each)),
        DataType::Utf8View => Some(all(array.as_string_view_opt()?.iter(), each)),
        _ => None,
    }
}

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
