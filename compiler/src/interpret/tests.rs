use jiff::civil::date;

use super::calendar::{add_months, full_months};
use super::*;
use crate::check::program::date_of;
use crate::interpret::samples::number;

fn day(year: i16, month: i8, day: i8) -> BigRational {
    number(days_of(date(year, month, day)).into())
}

#[test]
fn months_end_where_the_next_begins() {
    let later = |from, months, later| date_of(&add_months(&from, &number(months), later).unwrap()).unwrap();
    assert_eq!(later(day(2024, 1, 31), 1, false), date(2024, 2, 29));
    assert_eq!(later(day(2024, 1, 31), 1, true), date(2024, 3, 1));
    assert_eq!(later(day(2024, 2, 29), 12, true), date(2025, 3, 1));
    assert_eq!(later(day(2024, 3, 31), -1, false), date(2024, 2, 29));
    assert_eq!(later(day(2024, 12, 15), 1, false), date(2025, 1, 15));
}

#[test]
fn full_months_end_on_the_day_they_began() {
    let full = |from, to, unit| full_months(&from, &to, unit).unwrap();
    assert_eq!(full(day(2020, 2, 29), day(2021, 2, 28), 12), number(0));
    assert_eq!(full(day(2020, 2, 29), day(2021, 3, 1), 12), number(1));
    assert_eq!(full(day(2024, 1, 31), day(2024, 2, 29), 1), number(0));
    assert_eq!(full(day(2024, 1, 31), day(2024, 3, 1), 1), number(1));
    assert_eq!(full(day(2021, 3, 1), day(2020, 2, 29), 12), number(-1));
}
