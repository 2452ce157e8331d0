//! Months and years between dates. `None` is what lies outside the calendar, which a checked program never needs.

use jiff::civil::Date;
use num_bigint::BigInt;
use num_rational::BigRational;
use num_traits::ToPrimitive;

use crate::check::program::{date_of, days_of};

/// The date so many months later; see [`crate::check::program::ExprKind::AddMonths`].
pub(crate) fn add_months(date: &BigRational, months: &BigRational, later: bool) -> Option<BigRational> {
    let date = date_of(date)?;
    let month = month_of(date).checked_add(months.to_integer().to_i64()?)?;
    let first = first_of(month)?;
    let landed = match Date::new(first.year(), first.month(), date.day()) {
        Ok(landed) => landed,
        Err(_) if later => first_of(month + 1)?,
        Err(_) => first.last_of_month(),
    };
    Some(number(i64::from(days_of(landed))))
}

/// Full months or years between two dates; see [`crate::check::program::ExprKind::FullMonths`].
pub(crate) fn full_months(from: &BigRational, to: &BigRational, unit: u8) -> Option<BigRational> {
    let (from, to) = (date_of(from)?, date_of(to)?);
    let count = if from <= to { count(from, to) } else { -count(to, from) };
    Some(number(count.checked_div(i64::from(unit))?))
}

/// Full months to a later date: the last one has begun but not ended if its day has not come.
fn count(from: Date, to: Date) -> i64 {
    month_of(to) - month_of(from) - i64::from(to.day() < from.day())
}

/// Months since the year 0.
fn month_of(date: Date) -> i64 {
    i64::from(date.year()) * 12 + i64::from(date.month()) - 1
}

/// The first day of a month.
fn first_of(month: i64) -> Option<Date> {
    let year = i16::try_from(month.div_euclid(12)).ok()?;
    let month = i8::try_from(month.rem_euclid(12) + 1).ok()?;
    Date::new(year, month, 1).ok()
}

fn number(value: i64) -> BigRational {
    BigRational::from(BigInt::from(value))
}
