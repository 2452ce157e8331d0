//! Days, months and years of the calendar.

/// Days since 1970-01-01 as year, month and day (H. Hinnant, "chrono-compatible low-level date algorithms").
fn civil(days: i64) -> (i64, i64, i64) {
    let days = days + 719_468;
    let (era, of_era) = (days.div_euclid(146_097), days.rem_euclid(146_097));
    let year = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year + year / 4 - year / 100);
    let shifted = (5 * of_year + 2) / 153;
    let day = of_year - (153 * shifted + 2) / 5 + 1;
    let month = if shifted < 10 { shifted + 3 } else { shifted - 9 };
    (year + era * 400 + i64::from(month <= 2), month, day)
}

/// The opposite of [`civil`].
pub(crate) fn days_from(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let (era, of_era) = (year.div_euclid(400), year.rem_euclid(400));
    let of_year = (153 * (if month > 2 { month - 3 } else { month + 9 }) + 2) / 5 + day - 1;
    era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468
}

/// The first day of the month and of the year.
pub(crate) fn firsts(days: i64) -> [i64; 2] {
    let (year, month, _) = civil(days);
    [days_from(year, month, 1), days_from(year, 1, 1)]
}

/// Full months from one day to another, times -1 if the other is earlier.
pub(crate) fn full_months(from: i64, to: i64) -> i64 {
    if to < from {
        return -full_months(to, from);
    }
    let ((year, month, day), (to_year, to_month, to_day)) = (civil(from), civil(to));
    (to_year - year) * 12 + to_month - month - i64::from(to_day < day)
}

/// Full units of so many months.
pub(crate) fn full_units(from: i64, to: i64, unit: u8) -> i64 {
    full_months(from, to) / i64::from(unit.max(1))
}

/// The day so many months later.
pub(crate) fn add_months(days: i64, months: i64, later: bool) -> i64 {
    let (year, month, day) = civil(days);
    let count = year * 12 + month - 1 + months;
    let first = |count: i64| days_from(count.div_euclid(12), count.rem_euclid(12) + 1, 1);
    let (start, next) = (first(count), first(count + 1));
    let wanted = start + day - 1;
    if wanted < next {
        wanted
    } else if later {
        next
    } else {
        next - 1
    }
}

/// The first and the last day that have `count` full units to `to`, if there are any.
pub(super) fn froms(to: i64, count: i64, unit: u8) -> Option<(i64, i64)> {
    // Counts fall with later days.
    let near = add_months(to, -count * i64::from(unit), false);
    let reach = 40 * i64::from(unit);
    let first = partition(near - reach, near + reach, |day| full_units(day, to, unit) <= count);
    let after = partition(near - reach, near + reach, |day| full_units(day, to, unit) < count);
    (first < after).then_some((first, after - 1))
}

/// The first and the last day to which there are `count` full units from `from`, if there are any.
pub(super) fn tos(from: i64, count: i64, unit: u8) -> Option<(i64, i64)> {
    let near = add_months(from, count * i64::from(unit), false);
    let reach = 40 * i64::from(unit);
    let first = partition(near - reach, near + reach, |day| full_units(from, day, unit) >= count);
    let after = partition(near - reach, near + reach, |day| full_units(from, day, unit) > count);
    (first < after).then_some((first, after - 1))
}

/// The first of the days for which the condition holds, if it holds for all after one.
fn partition(mut low: i64, mut high: i64, holds: impl Fn(i64) -> bool) -> i64 {
    while low < high {
        let middle = low + (high - low) / 2;
        if holds(middle) {
            high = middle;
        } else {
            low = middle + 1;
        }
    }
    low
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn months_of_the_calendar() {
        let day = days_from;
        assert_eq!(day(1970, 1, 1), 0);
        assert_eq!(civil(day(2024, 2, 29)), (2024, 2, 29));
        assert_eq!(full_units(day(2004, 2, 29), day(2022, 2, 28), 12), 17);
        assert_eq!(full_units(day(2004, 2, 29), day(2022, 3, 1), 12), 18);
        assert_eq!(full_months(day(2022, 1, 31), day(2022, 3, 1)), 1);
        assert_eq!(full_months(day(2022, 3, 1), day(2022, 1, 31)), -1);
        assert_eq!(add_months(day(2022, 1, 31), 1, false), day(2022, 2, 28));
        assert_eq!(add_months(day(2022, 1, 31), 1, true), day(2022, 3, 1));
        assert_eq!(add_months(day(2022, 3, 31), -1, false), day(2022, 2, 28));
        assert_eq!(firsts(day(2022, 8, 15)), [day(2022, 8, 1), day(2022, 1, 1)]);
    }

    #[test]
    fn all_days_with_a_count_are_found() {
        for to in [days_from(2024, 2, 29), days_from(2023, 3, 1), days_from(2022, 8, 1)] {
            for (count, unit) in [(0, 12), (18, 12), (1, 1), (-2, 1), (-1, 12), (13, 1)] {
                let range = || to - 9_000..to + 2_000;
                let all: Vec<i64> = range().filter(|from| full_units(*from, to, unit) == count).collect();
                assert_eq!(froms(to, count, unit), Some((all[0], all[all.len() - 1])), "{to} {count} {unit}");
                let range = || to - 2_000..to + 9_000;
                let all: Vec<i64> = range().filter(|day| full_units(to, *day, unit) == count).collect();
                assert_eq!(tos(to, count, unit), Some((all[0], all[all.len() - 1])), "{to} {count} {unit}");
            }
        }
    }
}
