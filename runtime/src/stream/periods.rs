//! Which period a day falls into.

use fen_schema::{Period, PeriodUnit};
use fen_values::days_of;

const FIRST_YEAR: i64 = 0;
const LAST_YEAR: i64 = 10_000;
const DAYS_OF_400_YEARS: i64 = 146_097;
/// Days from 0000-01-01 to 1970-01-01.
const EPOCH: i64 = 719_528;

/// The periods of one kind, from the year 0 to the year 10000.
pub(crate) struct Periods {
    /// Their first days, ascending.
    starts: Vec<i32>,
    /// The number of the first one.
    first: i32,
    /// How many there are in 400 years.
    cycle: i64,
}

impl Periods {
    pub(crate) fn new(period: &Period) -> Self {
        let years = FIRST_YEAR..=LAST_YEAR;
        let start = |year, month, day| i32::try_from(days_of(year, month, day)).unwrap_or(i32::MAX);
        match period.unit {
            PeriodUnit::Year => Self {
                starts: years.map(|year| start(year, period.month.into(), period.day.into())).collect(),
                first: 0,
                cycle: 400,
            },
            PeriodUnit::Month => Self {
                starts: years.flat_map(|year| (1..=12).map(move |month| start(year, month, 1))).collect(),
                first: 0,
                cycle: 4_800,
            },
        }
    }

    /// The number of the period that a day falls into: see [`PeriodUnit`]. Days that no calendar has get any.
    pub(crate) fn number(&self, day: i32) -> i32 {
        let guess = (i64::from(day) + EPOCH).saturating_mul(self.cycle).div_euclid(DAYS_OF_400_YEARS);
        let last = self.starts.len().saturating_sub(1);
        let mut place = usize::try_from(guess).unwrap_or(0).min(last);
        while place > 0 && self.starts.get(place).is_some_and(|start| *start > day) {
            place -= 1;
        }
        while place < last && self.starts.get(place + 1).is_some_and(|start| *start <= day) {
            place += 1;
        }
        self.first + i32::try_from(place).unwrap_or(0)
    }
}

/// A period's number as text: `2022` or `2022-03`.
pub(crate) fn text(period: i32, unit: PeriodUnit) -> String {
    match unit {
        PeriodUnit::Year => format!("{period:04}"),
        PeriodUnit::Month => format!("{:04}-{:02}", period.div_euclid(12), period.rem_euclid(12) + 1),
    }
}

#[cfg(test)]
mod tests {
    use fen_values::{date_of, day_of};

    use super::*;

    fn number(unit: PeriodUnit, month: u8, day: u8, of: &str) -> i32 {
        Periods::new(&Period { unit, month, day }).number(day_of(of).unwrap())
    }

    #[test]
    fn years_and_months() {
        for (day, expected) in [("2022-01-01", 2022), ("2022-12-31", 2022), ("0001-01-01", 1), ("9999-12-31", 9999)] {
            assert_eq!(number(PeriodUnit::Year, 1, 1, day), expected, "{day}");
        }
        for (day, expected) in [("2022-06-30", 2021), ("2022-07-01", 2022), ("0001-01-01", 0), ("9999-12-31", 9999)] {
            assert_eq!(number(PeriodUnit::Year, 7, 1, day), expected, "{day}");
        }
        for (day, expected) in [("2022-03-31", 2022 * 12 + 2), ("2024-02-29", 2024 * 12 + 1), ("0001-01-01", 12)] {
            assert_eq!(number(PeriodUnit::Month, 1, 1, day), expected, "{day}");
        }
        assert_eq!(text(2022 * 12 + 2, PeriodUnit::Month), "2022-03");
        assert_eq!(text(2022, PeriodUnit::Year), "2022");
    }

    #[test]
    fn every_day_is_in_its_period() {
        let years = Periods::new(&Period { unit: PeriodUnit::Year, month: 3, day: 15 });
        let months = Periods::new(&Period { unit: PeriodUnit::Month, month: 1, day: 1 });
        for day in (-719_162..2_932_896).step_by(5) {
            let (year, month, of_month) = date_of(day.into());
            let expected = if (month, of_month) >= (3, 15) { year } else { year - 1 };
            assert_eq!(i64::from(years.number(day)), expected);
            assert_eq!(i64::from(months.number(day)), year * 12 + month - 1);
        }
        for day in [i32::MIN, i32::MAX] {
            years.number(day);
        }
    }
}
