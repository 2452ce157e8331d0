//! Days as ISO dates of the Gregorian calendar, from 0001-01-01 to 9999-12-31.

use std::fmt::Write as _;

/// Days from 0000-03-01, where a cycle of 400 years begins, to 1970-01-01.
const EPOCH: i64 = 719_468;
const DAYS_OF_400_YEARS: i64 = 146_097;

/// Days since 1970-01-01 of a date such as `2022-08-01`; nothing if it is not written so or there is no such day.
#[inline]
pub fn day_of(text: &str) -> Option<i32> {
    let &[y1, y2, y3, y4, b'-', m1, m2, b'-', d1, d2] = text.as_bytes() else { return None };
    let number = |digits: &[u8]| {
        let push = |number: i64, digit: &u8| digit.is_ascii_digit().then(|| number * 10 + i64::from(digit - b'0'));
        digits.iter().try_fold(0, push)
    };
    let (year, month, day) = (number(&[y1, y2, y3, y4])?, number(&[m1, m2])?, number(&[d1, d2])?);
    let days = days_of(year, month, day);
    // A day that the calendar does not have comes out as another one.
    (year > 0 && (1..=12).contains(&month) && date_of(days) == (year, month, day)).then_some(())?;
    i32::try_from(days).ok()
}

/// Appends a day as an ISO date.
pub(crate) fn format(days: i128, text: &mut String) {
    let days = i64::try_from(days).unwrap_or(i64::MAX / 2);
    let (year, month, day) = date_of(days);
    // Writing to a string cannot fail.
    let _ = write!(text, "{year:04}-{month:02}-{day:02}");
}

/// Days since 1970-01-01. The years are counted from March, so that the leap day is the last of its year.
pub fn days_of(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let (cycle, of_cycle) = (year.div_euclid(400), year.rem_euclid(400));
    let of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    cycle * DAYS_OF_400_YEARS + of_cycle * 365 + of_cycle / 4 - of_cycle / 100 + of_year - EPOCH
}

/// The year, month and day of a day since 1970-01-01.
pub fn date_of(days: i64) -> (i64, i64, i64) {
    let days = days + EPOCH;
    let (cycle, of_cycle) = (days.div_euclid(DAYS_OF_400_YEARS), days.rem_euclid(DAYS_OF_400_YEARS));
    let year = (of_cycle - of_cycle / 1_460 + of_cycle / 36_524 - of_cycle / 146_096) / 365;
    let of_year = of_cycle - (365 * year + year / 4 - year / 100);
    let shifted = (5 * of_year + 2) / 153;
    let day = of_year - (153 * shifted + 2) / 5 + 1;
    let month = if shifted < 10 { shifted + 3 } else { shifted - 9 };
    (cycle * 400 + year + i64::from(month <= 2), month, day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_days() {
        assert_eq!(day_of("1970-01-01"), Some(0));
        assert_eq!(day_of("2022-08-01"), Some(19_205));
        assert_eq!(day_of("0001-01-01"), Some(-719_162));
        assert_eq!(day_of("9999-12-31"), Some(2_932_896));
        assert_eq!(day_of("2024-02-29"), Some(19_782));
        for text in [
            "",
            "2022-8-1",
            "2022-08-1",
            "2022/08/01",
            "20220801",
            "2022-00-01",
            "2022-13-01",
            "2022-04-31",
            "2023-02-29",
            "1900-02-29",
            "2022-01-00",
            "0000-01-01",
            "2022-08-01T00:00",
            "-022-08-01",
            "２022-08-01",
            "2022-08-0x",
        ] {
            assert_eq!(day_of(text), None, "{text}");
        }
    }

    #[test]
    fn every_day_of_four_centuries_comes_back() {
        let mut text = String::new();
        for day in day_of("1899-12-31").unwrap_or(0)..day_of("2300-01-01").unwrap_or(0) {
            text.clear();
            format(day.into(), &mut text);
            assert_eq!(day_of(&text), Some(day), "{text}");
        }
    }
}
