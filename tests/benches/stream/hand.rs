//! What both streams by hand need to read and to write Arrow columns.

use arrow_array::cast::AsArray;
use arrow_array::types::Int8Type;
use arrow_array::{Array, Int8Array, RecordBatch};
use arrow_buffer::NullBuffer;

use crate::claims::decimal;

/// A batch that is settled: its outputs, and the rows that are not.
pub(crate) struct Settled {
    pub(crate) outputs: RecordBatch,
    pub(crate) rejected: Vec<usize>,
}

impl Settled {
    /// Columns by their names, with their decimals; null in rejected rows.
    pub(crate) fn new<const N: usize>(columns: [(&str, Vec<i64>, i8); N], rejected: Vec<usize>) -> Self {
        let rows = columns[0].1.len();
        let nulls = (!rejected.is_empty()).then(|| {
            let mut is_valid = vec![true; rows];
            rejected.iter().for_each(|row| is_valid[*row] = false);
            NullBuffer::from(is_valid)
        });
        let columns = columns.map(|(name, steps, scale)| (name, decimal(steps, nulls.clone(), scale), true));
        Self { outputs: RecordBatch::try_from_iter_with_nullable(columns).unwrap(), rejected }
    }
}

/// A column of names that are known beforehand.
pub(crate) struct Names<'a> {
    keys: &'a Int8Array,
    /// Of each name of the column its place among the known ones.
    places: Vec<Option<usize>>,
}

impl<'a> Names<'a> {
    pub(crate) fn new(column: &'a dyn Array, known: &[&str]) -> Self {
        let column = column.as_dictionary::<Int8Type>();
        let texts = column.values().as_string::<i32>();
        let place = |text| known.iter().position(|name| Some(*name) == text);
        Self { keys: column.keys(), places: texts.iter().map(place).collect() }
    }

    /// The place of a row's name; `None` if it is none of the known ones.
    pub(crate) fn place(&self, row: usize) -> Option<usize> {
        self.places[usize::try_from(self.keys.value(row)).ok()?]
    }

    /// Whether there is a name.
    pub(crate) fn is_given(&self, row: usize) -> bool {
        self.keys.is_valid(row)
    }
}

/// Where none of the columns lacks a cell; `None` if that is everywhere.
pub(crate) fn all_valid(columns: &[&dyn Array]) -> Option<NullBuffer> {
    columns.iter().fold(None, |all, column| NullBuffer::union(all.as_ref(), column.nulls()))
}
