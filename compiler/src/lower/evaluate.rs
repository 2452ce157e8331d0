//! What a kernel means, over integers of any size: for tests.

use num_bigint::BigInt;
use num_integer::Integer;
use num_rational::BigRational;
use num_traits::{Signed, ToPrimitive, Zero};

use super::ir::{Kernel, OpKind, Ref, rounded};
use crate::check::program::date_of;
use crate::check::program::days_of;

/// What becomes of a row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    Settled(Vec<Option<BigInt>>),
    /// The number of the look-up that rejects it.
    Rejected(usize),
}

/// Computes a row from its cells, `None` where one is missing, and the cells of parameters.
pub(crate) fn evaluate(kernel: &Kernel, inputs: &[Option<BigInt>], parameters: &[BigInt], sites: usize) -> Outcome {
    let mut results: Vec<BigInt> = Vec::new();
    for op in &kernel.ops {
        let at = |at: &Ref| results[at.0].clone();
        let is_true = |at: &Ref| !results[at.0].is_zero();
        let flag = |is_true: bool| BigInt::from(u8::from(is_true));
        let result = match &op.kind {
            OpKind::Constant(value) => value.clone(),
            OpKind::Input(column) => inputs[*column].clone().unwrap_or_else(|| i64::MIN.into()),
            OpKind::Parameter(column) => parameters[*column].clone(),
            OpKind::Known(input) => match kernel.ops[input.0].kind {
                OpKind::Input(column) => flag(inputs[column].is_some()),
                _ => panic!("not an input"),
            },
            OpKind::Narrow(inner, ..) => at(inner),
            OpKind::Add(a, b) => at(a) + at(b),
            OpKind::Sub(a, b) => at(a) - at(b),
            OpKind::Mul(a, b) => at(a) * at(b),
            OpKind::Max(a, b) => at(a).max(at(b)),
            OpKind::Min(a, b) => at(a).min(at(b)),
            OpKind::Divide { value, divisor, mode } => rounded(&at(value), divisor, *mode),
            OpKind::Quotient { value, divisor, mode } => {
                let divisor = at(divisor);
                if divisor.is_positive() { rounded(&at(value), &divisor, *mode) } else { 7.into() }
            }
            OpKind::Less(a, b) => flag(at(a) < at(b)),
            OpKind::Equal(a, b) => flag(at(a) == at(b)),
            OpKind::And(a, b) => flag(is_true(a) && is_true(b)),
            OpKind::Or(a, b) => flag(is_true(a) || is_true(b)),
            OpKind::Not(a) => flag(!is_true(a)),
            OpKind::Select(c, a, b) => {
                if is_true(c) {
                    at(a)
                } else {
                    at(b)
                }
            }
            OpKind::Position { list, value } => {
                let value = at(value);
                kernel.lists[*list].partition_point(|one| BigInt::from(*one) <= value).into()
            }
            OpKind::Cell { array, index } => {
                let array = &kernel.arrays[*array];
                let index = at(index).to_usize().filter(|index| *index < array.len());
                array[index.unwrap_or(0)].into()
            }
            OpKind::AddMonths { date, months, later } => add_months(&at(date), &at(months), *later),
            OpKind::FullMonths { from, to } => full_months(&at(from), &at(to)),
        };
        if op.is_solid {
            assert!(op.low <= result && result <= op.high, "{op:?} is {result}");
        }
        results.push(result);
    }
    let fault = kernel.fault.map_or(sites, |fault| results[fault.0].to_usize().unwrap());
    if fault != sites {
        return Outcome::Rejected(fault);
    }
    let cells = kernel.outputs.iter().map(|cell| {
        let is_present = cell.present.is_none_or(|present| !results[present.0].is_zero());
        is_present.then(|| results[cell.value.0].clone())
    });
    Outcome::Settled(cells.collect())
}

/// Year and month as one number, and the day of the month.
fn month_of(date: &BigInt) -> Option<(i64, i64)> {
    let date = date_of(&BigRational::from(date.clone()))?;
    Some((i64::from(date.year()) * 12 + i64::from(date.month()) - 1, i64::from(date.day())))
}

fn first_of(month: i64) -> Option<i64> {
    let (year, month) = month.div_mod_floor(&12);
    let date = jiff::civil::Date::new(year.to_i16()?, month.to_i8()? + 1, 1).ok()?;
    Some(days_of(date).into())
}

fn add_months(date: &BigInt, months: &BigInt, later: bool) -> BigInt {
    let added = || {
        let (month, day) = month_of(date)?;
        let month = month.checked_add(months.to_i64()?)?;
        let (first, next) = (first_of(month)?, first_of(month + 1)?);
        Some(first + (day - 1).min(next - first - 1 + i64::from(later)))
    };
    added().unwrap_or_default().into()
}

fn full_months(from: &BigInt, to: &BigInt) -> BigInt {
    let count = || {
        let (earlier, later) = (from.min(to), from.max(to));
        let ((start, day), (end, last)) = (month_of(earlier)?, month_of(later)?);
        let count = end - start - i64::from(last < day);
        Some(if from <= to { count } else { -count })
    };
    count().unwrap_or_default().into()
}
