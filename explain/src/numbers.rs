//! Exact numbers from the cells of a trace, and as text.

use fen_schema::trace::{Kind, Point};
use fen_schema::{ColumnType, Text};
use num_bigint::BigInt;
use num_integer::Integer;
use num_rational::BigRational;
use num_traits::{One, Signed, ToPrimitive, Zero};

use crate::model::Amount;

/// A number with more decimals is shown as a fraction.
const MOST_DECIMALS: usize = 40;

/// The number at a point; nothing if it is a quotient by zero, which nothing needs.
pub(crate) fn value_at(point: &Point, cells: &[i128]) -> Option<BigRational> {
    let cell = |at: &u32| cells.get(usize::try_from(*at).ok()?).map(|cell| BigInt::from(*cell));
    match point {
        Point::Constant(text) => number(text),
        Point::Cell(at, step) => Some(number(step)? * cell(at)?),
        Point::Quotient(at, step, under) => {
            let under = cell(under).filter(|under| !under.is_zero())?;
            Some(number(step)? * cell(at)? / under)
        }
    }
}

/// An exact number from its text: `7/10`.
pub(crate) fn number(text: &str) -> Option<BigRational> {
    let (numer, denom) = text.split_once('/').unwrap_or((text, "1"));
    let denom: BigInt = denom.parse().ok()?;
    if denom.is_zero() { None } else { Some(BigRational::new(numer.parse().ok()?, denom)) }
}

/// A value of a kind.
pub(crate) fn amount(value: Option<&BigRational>, kind: &Kind, least: usize) -> Amount {
    let text = value.and_then(|value| shown(value, kind, least));
    Amount { ty: kind.ty, unit: kind.unit.clone(), value_label: label_of(text.as_deref(), kind), value: text }
}

/// What people call a value of an enum, if that is not its name.
pub(crate) fn label_of(value: Option<&str>, kind: &Kind) -> Option<Text> {
    let known = kind.values.iter().find(|known| Some(known.name.as_str()) == value)?;
    Some(known.label.clone()).filter(|label| label.zh != known.name || label.en != known.name)
}

/// A value as text, with at least so many decimals (of a rate: in percent). Texts of codes are not numbers.
pub(crate) fn shown(value: &BigRational, kind: &Kind, least: usize) -> Option<String> {
    let hundredfold = || value * BigInt::from(100);
    Some(match kind.ty {
        ColumnType::Money => decimal(value, least.max(2)),
        ColumnType::Number | ColumnType::Measure => decimal(value, least),
        ColumnType::Rate => format!("{}%", decimal(&hundredfold(), least.saturating_sub(2))),
        ColumnType::Pp => format!("{}pp", decimal(&hundredfold(), least.saturating_sub(2))),
        ColumnType::Date => day(value.to_integer().to_i64()?)?,
        ColumnType::Bool => (if value.is_zero() { "false" } else { "true" }).to_owned(),
        ColumnType::Enum => kind.values.get(value.to_integer().to_usize()?)?.name.clone(),
        ColumnType::Code | ColumnType::Id => return None,
    })
}

/// A number with as many decimals as it needs and at least so many; a fraction if no number of them is enough.
fn decimal(value: &BigRational, least: usize) -> String {
    let mut decimals = 0;
    let mut scaled = value.clone();
    while !scaled.is_integer() {
        if decimals == MOST_DECIMALS {
            return value.to_string();
        }
        scaled *= BigInt::from(10);
        decimals += 1;
    }
    let padding = least.saturating_sub(decimals);
    let sign = if scaled.is_negative() { "-" } else { "" };
    let decimals = decimals + padding;
    let digits = format!("{}{}", scaled.numer().abs(), "0".repeat(padding));
    let digits = format!("{digits:0>width$}", width = decimals + 1);
    let (whole, rest) = digits.split_at(digits.len() - decimals);
    if rest.is_empty() { format!("{sign}{whole}") } else { format!("{sign}{whole}.{rest}") }
}

/// How many decimals a number needs; nothing if no number of them is enough.
pub(crate) fn decimals(value: &BigRational) -> Option<usize> {
    let mut scaled = value.clone();
    (0..=MOST_DECIMALS).find(|_| {
        let is_done = scaled.is_integer();
        scaled *= BigInt::from(10);
        is_done
    })
}

/// A fraction in decimals, cut off after some of them; nothing if it is shown in decimals anyway.
pub(crate) fn about(text: &str) -> Option<String> {
    let suffix = text.trim_start_matches(|char: char| char.is_ascii_digit() || matches!(char, '-' | '/'));
    let value = number(text.strip_suffix(suffix)?).filter(|value| decimals(value).is_none())?;
    let scale = BigInt::from(1_000_000);
    let (cut, _) = (value.numer().abs() * &scale).div_rem(value.denom());
    let sign = if value.is_negative() { "-" } else { "" };
    Some(format!("{sign}{}{suffix}", decimal(&BigRational::new(cut, scale), 6)))
}

/// A day of the Gregorian calendar, so many days after 1970-01-01; the algorithm is Howard Hinnant's.
pub(crate) fn day(days: i64) -> Option<String> {
    let days = days.checked_add(719_468)?;
    let era = days.div_euclid(146_097);
    let of_era = days.rem_euclid(146_097);
    let year = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year + year / 4 - year / 100);
    let month = (5 * of_year + 2) / 153;
    let day = of_year - (153 * month + 2) / 5 + 1;
    let month = if month < 10 { month + 3 } else { month - 9 };
    let year = year + era * 400 + i64::from(month <= 2);
    Some(format!("{year:04}-{month:02}-{day:02}"))
}

/// A kind of which nothing is known.
pub(crate) fn plain() -> Kind {
    Kind { ty: ColumnType::Number, unit: Text::default(), values: Vec::new() }
}

/// Whether a number is 1: a condition that is true.
pub(crate) fn is_true(value: Option<&BigRational>) -> bool {
    value.is_some_and(One::is_one)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kind(ty: ColumnType) -> Kind {
        Kind { ty, ..plain() }
    }

    #[test]
    fn numbers_are_shown_exactly() {
        let show = |text: &str, ty, least| number(text).and_then(|value| shown(&value, &kind(ty), least));
        let shown = |text: &str, ty| show(text, ty, 0).unwrap_or_default();
        assert_eq!(shown("31290", ColumnType::Money), "31290.00");
        assert_eq!(shown("-7/1000", ColumnType::Money), "-0.007");
        assert_eq!(shown("100/3", ColumnType::Money), "100/3");
        assert_eq!(shown("7/10", ColumnType::Rate), "70%");
        assert_eq!(shown("1/3", ColumnType::Rate), "100/3%");
        assert_eq!(shown("1/20", ColumnType::Pp), "5pp");
        assert_eq!(show("1/2", ColumnType::Measure, 4).as_deref(), Some("0.5000"));
        assert_eq!(shown("19205", ColumnType::Date), "2022-08-01");
        assert_eq!(shown("-719162", ColumnType::Date), "0001-01-01");
        assert_eq!(shown("1", ColumnType::Bool), "true");
        assert_eq!(about("100/3").as_deref(), Some("33.333333"));
        assert_eq!(about("-100/3%").as_deref(), Some("-33.333333%"));
        assert_eq!(about("31290.00"), None);
    }

    #[test]
    fn points_are_numbers_of_cells() {
        let cells = [30, 7, 0];
        let at = |point: Point| value_at(&point, &cells).map(|value| value.to_string());
        assert_eq!(at(Point::Constant("3/4".into())).as_deref(), Some("3/4"));
        assert_eq!(at(Point::Cell(0, "1/100".into())).as_deref(), Some("3/10"));
        assert_eq!(at(Point::Quotient(0, "1/2".into(), 1)).as_deref(), Some("15/7"));
        assert_eq!(at(Point::Quotient(0, "1/2".into(), 2)), None);
        assert_eq!(at(Point::Cell(9, "1".into())), None);
    }
}
