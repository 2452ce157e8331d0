//! Looking a value up in a table.

use num_bigint::BigInt;
use num_rational::BigRational;
use num_traits::ToPrimitive;

use crate::check::program::{Key, Table, TableRow};
use crate::check::types::step_of;

/// The value for keys at a date, if there is a row for them.
pub(super) fn find(table: &Table, keys: &[BigRational], date: Option<i32>) -> Option<BigRational> {
    let row = table.rows.get(place(table, keys, date)?)?;
    Some(step_of(table.scale) * BigInt::from(row.cell))
}

/// The place of the row for keys at a date, if there is one.
pub(super) fn place(table: &Table, keys: &[BigRational], date: Option<i32>) -> Option<usize> {
    let ordinals: Vec<u32> =
        table.keys.iter().zip(keys).map(|(key, value)| ordinal(key, value)).collect::<Option<_>>()?;
    let applies = |row: &TableRow| match (row.from, date) {
        (Some(from), Some(date)) => from <= date,
        _ => true,
    };
    // Rows are sorted by keys, then by date: the last one that is not beyond the claim is the one, if its keys are.
    let end = table.rows.partition_point(|row| row.keys < ordinals || (row.keys == ordinals && applies(row)));
    let at = end.checked_sub(1)?;
    table.rows.get(at).filter(|row| row.keys == ordinals).map(|_| at)
}

/// See [`Key`].
fn ordinal(key: &Key, value: &BigRational) -> Option<u32> {
    match key {
        Key::Enum(_) | Key::Code => value.to_integer().to_u32(),
        Key::Range(breaks) => {
            let below = breaks.partition_point(|one| one.at < *value || (one.is_inclusive && one.at == *value));
            u32::try_from(below).ok()
        }
    }
}
