//! On which days two versions of something are compared: those on which both policies are in force. What a policy says of
//! days on which it is not in force settles no claim.

use jiff::civil::Date;

use crate::check::program::days_of;

/// The days that are compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Days {
    /// Both are in force; `None` is open.
    Common { from: Option<i32>, to: Option<i32> },
    /// No day is common: the day of the old policy nearest to the new one, that of the new one, and the last day of the later
    /// policy, up to which it is compared.
    Apart { old: i32, new: i32, end: Option<i32> },
}

/// A stretch of days, with what holds on all of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Stretch<T> {
    /// The first day, if the stretch does not begin where all begins.
    pub(super) from: Option<i32>,
    /// The last day, if it does not end where all ends.
    pub(super) to: Option<i32>,
    pub(super) old: Option<T>,
    pub(super) new: Option<T>,
}

type Period = Option<(Date, Option<Date>)>;

impl Days {
    pub(super) fn of(old: Period, new: Period) -> Self {
        let first = |period: Period| period.map(|(from, _)| days_of(from));
        let last = |period: Period| period.and_then(|(_, to)| to).map(days_of);
        let from = first(old).max(first(new));
        let to = match (last(old), last(new)) {
            (Some(old), Some(new)) => Some(old.min(new)),
            (old, new) => old.or(new),
        };
        match (from, to) {
            (Some(from), Some(to)) if to < from => {
                let is_later = last(old) == Some(to);
                let (old_day, new_day) = if is_later { (last(old), first(new)) } else { (first(old), last(new)) };
                let end = if is_later { last(new) } else { last(old) };
                Self::Apart { old: old_day.unwrap_or(to), new: new_day.unwrap_or(from), end }
            }
            _ => Self::Common { from, to },
        }
    }

    /// Two histories, each by first day (none: from the beginning) and in its order, cut where one of them changes.
    pub(super) fn stretches<T: Clone + PartialEq>(
        self,
        old: &[(Option<i32>, T)],
        new: &[(Option<i32>, T)],
    ) -> Vec<Stretch<T>> {
        let (begin, end) = match self {
            Self::Apart { old: old_day, new: new_day, end } => {
                // The earlier policy stays at its last word; what the later one says goes on.
                let last_word = |history: &[(Option<i32>, T)], day: i32| -> Vec<(Option<i32>, T)> {
                    at(history, Some(day)).map(|value| (None, value)).into_iter().collect()
                };
                let (old, new) = match old_day < new_day {
                    true => (last_word(old, old_day), new.to_vec()),
                    false => (old.to_vec(), last_word(new, new_day)),
                };
                let from = Some(old_day.max(new_day));
                return Self::Common { from, to: end }.stretches(&old, &new);
            }
            Self::Common { from, to } => (from, to),
        };
        let inside = |day: &i32| begin.is_none_or(|begin| *day > begin) && end.is_none_or(|end| *day <= end);
        let mut cuts: Vec<i32> = old.iter().chain(new).filter_map(|(from, _)| *from).filter(inside).collect();
        cuts.sort_unstable();
        cuts.dedup();
        let mut stretches = vec![Stretch { from: None, to: None, old: at(old, begin), new: at(new, begin) }];
        for cut in cuts {
            let next = Stretch { from: Some(cut), to: None, old: at(old, Some(cut)), new: at(new, Some(cut)) };
            if let Some(last) = stretches.last_mut() {
                if last.old == next.old && last.new == next.new {
                    continue;
                }
                last.to = Some(cut - 1);
            }
            stretches.push(next);
        }
        stretches
    }
}

/// What holds on a day; without a day, from the beginning.
fn at<T: Clone>(history: &[(Option<i32>, T)], day: Option<i32>) -> Option<T> {
    let holds = |from: Option<i32>| from.is_none_or(|from| day.is_some_and(|day| from <= day));
    history.iter().rfind(|(from, _)| holds(*from)).map(|(_, value)| value.clone())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stretch(from: Option<i32>, to: Option<i32>, old: u8, new: u8) -> Stretch<u8> {
        Stretch { from, to, old: Some(old), new: Some(new) }
    }

    #[test]
    fn histories_are_cut_where_they_change() {
        let days = Days::Common { from: Some(100), to: None };
        let old = [(Some(50), 1)];
        let new = [(Some(50), 1), (Some(200), 2), (Some(300), 1)];
        let wanted =
            [stretch(None, Some(199), 1, 1), stretch(Some(200), Some(299), 1, 2), stretch(Some(300), None, 1, 1)];
        assert_eq!(days.stretches(&old, &new), wanted);
        // What both say of days before they are both in force does not matter.
        assert_eq!(Days::Common { from: Some(400), to: None }.stretches(&old, &new), [stretch(None, None, 1, 1)]);
        assert_eq!(days.stretches(&[(None, 1)], &[(None, 2)]), [stretch(None, None, 1, 2)]);
    }

    #[test]
    fn policies_that_follow_one_another_meet_at_the_turn() {
        let day = |text: &str| text.parse::<Date>().unwrap();
        let old = Some((day("1970-01-01"), Some(day("1970-12-31"))));
        let new = Some((day("1971-01-01"), None));
        let apart = Days::Apart { old: 364, new: 365, end: None };
        assert_eq!(Days::of(old, new), apart);
        assert_eq!(Days::of(new, old), Days::Apart { old: 365, new: 364, end: None });
        assert_eq!(Days::of(old, None), Days::Common { from: Some(0), to: Some(364) });
        assert_eq!(apart.stretches(&[(None, 1), (Some(365), 3)], &[(Some(365), 2)]), [stretch(None, None, 1, 2)]);
        // Values of later days of the new policy.
        let new = [(Some(365), 1), (Some(400), 2), (Some(500), 1)];
        let wanted =
            [stretch(None, Some(399), 1, 1), stretch(Some(400), Some(499), 1, 2), stretch(Some(500), None, 1, 1)];
        assert_eq!(apart.stretches(&[(None, 1)], &new), wanted);
        assert_eq!(Days::Apart { old: 364, new: 365, end: Some(450) }.stretches(&[(None, 1)], &new).len(), 2);
    }
}
