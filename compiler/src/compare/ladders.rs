//! Rows of ladders: versions by date, and the rows of each by their bounds.

use super::entries::same;
use super::entries::{Body, Entry, Row, View};
use super::{Comparer, difference, side};
use crate::rules::Rules;

/// All rows that hold from one day on, from the lowest to the highest.
#[derive(Clone, Debug)]
struct Version(Vec<Row>);

impl PartialEq for Version {
    fn eq(&self, other: &Self) -> bool {
        let said = |version: &Self| {
            let mut rows: Vec<_> = version.0.iter().map(|row| (row.range.clone(), row.yields.clone())).collect();
            rows.sort();
            rows
        };
        said(self) == said(other)
    }
}

fn versions(entry: &Entry<'_>) -> Vec<(Option<i32>, Version)> {
    let Body::Rows(rows) = &entry.body else { return Vec::new() };
    let mut days: Vec<Option<i32>> = rows.iter().map(|row| row.from).collect();
    days.sort_unstable();
    days.dedup();
    let of = |day: Option<i32>| Version(rows.iter().filter(|row| row.from == day).cloned().collect());
    days.into_iter().map(|day| (day, of(day))).collect()
}

impl Comparer<'_, '_> {
    /// A ladder that both policies have.
    pub(super) fn ladder(&mut self, old: &Entry<'_>, new: &Entry<'_>) {
        let stretches = self.days.stretches(&versions(old), &versions(new));
        for stretch in stretches.into_iter().filter(|stretch| stretch.old != stretch.new) {
            let rows = |version: Option<Version>| version.map(|version| version.0).unwrap_or_default();
            let pairs = pairs(rows(stretch.old), rows(stretch.new));
            for (one, other) in pairs {
                let moved = one.as_ref().zip(other.as_ref()).is_some_and(|(one, other)| one.range != other.range);
                let say = |view: &View<'_>, entry: &Entry<'_>, row: &Row| {
                    let text = if moved { format!("{} -> {}", row.bounds, row.text) } else { row.text.clone() };
                    let rules: Rules<'_> = view.rules;
                    side(rules, same(text), row.span, row.cite.as_ref().or(entry.cite.as_ref()))
                };
                let sides = (
                    one.as_ref().map(|row| say(self.old, old, row)),
                    other.as_ref().map(|row| say(self.new, new, row)),
                );
                let bounds = other.as_ref().or(one.as_ref()).map(|row| row.bounds.clone()).unwrap_or_default();
                let days = (stretch.from, stretch.to);
                self.push(new, difference(&sides), same(bounds), Vec::new(), days, sides);
            }
        }
    }
}

/// Rows that belong together and differ: of the same bounds first, then those that begin or end at the same place, then
/// those that yield the same.
fn pairs(mut old: Vec<Row>, new: Vec<Row>) -> Vec<(Option<Row>, Option<Row>)> {
    let mut pairs: Vec<(usize, Option<Row>, Row)> = Vec::new();
    let mut left: Vec<(usize, Row)> = new.into_iter().enumerate().collect();
    let alike: [fn(&Row, &Row) -> bool; 4] = [
        |one, other| one.range == other.range,
        |one, other| {
            one.yields == other.yields && (one.range.low == other.range.low || one.range.high == other.range.high)
        },
        |one, other| one.range.low == other.range.low || one.range.high == other.range.high,
        |one, other| one.yields == other.yields,
    ];
    for is_alike in alike {
        left.retain(|(at, row)| {
            let Some(found) = old.iter().position(|known| is_alike(known, row)) else { return true };
            pairs.push((*at, Some(old.remove(found)), row.clone()));
            false
        });
    }
    pairs.extend(left.into_iter().map(|(at, row)| (at, None, row)));
    pairs.sort_by_key(|(at, ..)| *at);
    let differs = |one: &Row, other: &Row| one.range != other.range || one.yields != other.yields;
    let both = pairs.into_iter().filter(|(_, one, other)| one.as_ref().is_none_or(|one| differs(one, other)));
    let both = both.map(|(_, one, other)| (one, Some(other)));
    both.chain(old.into_iter().map(|row| (Some(row), None))).collect()
}
