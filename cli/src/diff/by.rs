//! Groups of claims: by the values of an input, or by bands of an amount.

use std::collections::BTreeMap;

use csv::ByteRecord;
use fen_compiler::Lang;
use fen_runtime::{Cell, parse_cell};
use fen_schema::{Column, ColumnType, Schema};

use super::book::Tally;
use super::outputs::Translation;
use crate::error::{Error, Outcome};
use crate::run::claims::Claims;

/// More bands than this are hard to read.
const MOST_BANDS: usize = 10;

/// An input that claims are grouped by.
pub(crate) struct By {
    pub(crate) column: Column,
    /// Whether it was named.
    is_asked: bool,
    /// Its place in the inputs of the old and of the new policy.
    old: Option<usize>,
    new: Option<usize>,
}

/// Where a claim belongs in a table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Place {
    /// To a value, or to a band.
    Of(i128),
    /// Nowhere: the input is missing.
    Missing,
    /// To several at once: what is compared are groups of rows, and the rows of this one differ.
    Several,
}

/// A group of claims.
pub(crate) struct Group {
    /// What it is called.
    pub(crate) name: String,
    /// Which one it is.
    pub(crate) place: Place,
    /// Of bands: from, and to (not included), in whole units.
    pub(crate) bounds: Option<(Option<i128>, Option<i128>)>,
    pub(crate) tally: Tally,
}

/// The inputs that claims are grouped by: those that are asked for, else every enum and condition, and the first amount of
/// money.
pub(crate) fn inputs(asked: &[String], old: &Schema, new: &Schema, names: &Translation) -> Outcome<Vec<By>> {
    let mut all: Vec<By> = Vec::new();
    for (at, column) in new.inputs.iter().enumerate() {
        let in_old = old.inputs.iter().position(|other| names.of(&other.name) == column.name);
        all.push(By { column: column.clone(), is_asked: !asked.is_empty(), old: in_old, new: Some(at) });
    }
    for (at, column) in old.inputs.iter().enumerate() {
        if !all.iter().any(|by| by.old == Some(at)) {
            all.push(By { column: column.clone(), is_asked: !asked.is_empty(), old: Some(at), new: None });
        }
    }
    if asked.is_empty() {
        let money = all.iter().position(|by| by.column.ty == ColumnType::Money);
        let mut at = 0;
        all.retain(|by| {
            at += 1;
            matches!(by.column.ty, ColumnType::Enum | ColumnType::Bool) || Some(at - 1) == money
        });
        return Ok(all);
    }
    let mut found = Vec::new();
    for name in asked {
        let is_it = |by: &By| {
            by.column.name == *name
                || by.column.label.en == *name
                || by.column.label.zh == *name
                || by.old.and_then(|at| old.inputs.get(at)).is_some_and(|column| column.name == *name)
        };
        let Some(at) = all.iter().position(is_it) else {
            let known: Vec<&str> = all.iter().map(|by| by.column.name.as_str()).collect();
            return Err(unknown_input(name, &known));
        };
        let by = all.swap_remove(at);
        if by.column.ty.is_text() {
            return Err(Error::new(
                "fen::diff::by",
                format!("`{name}` may have any number of values; group by an enum, a condition, a date or an amount"),
                format!("“{name}”的取值不限，不宜用来分组；请选枚举、是否、日期或数额"),
            ));
        }
        found.push(by);
    }
    Ok(found)
}

fn unknown_input(name: &str, known: &[&str]) -> Error {
    Error::new(
        "fen::diff::unknown_input",
        format!("neither policy has an input `{name}`; inputs are {}", known.join(", ")),
        format!("两份政策都没有输入“{name}”；输入有：{}", known.join("、")),
    )
}

impl By {
    /// The group that a row belongs to.
    pub(crate) fn group(&self, old: (&Claims, Option<&ByteRecord>), new: (&Claims, Option<&ByteRecord>)) -> Place {
        let side = |at: Option<usize>, (claims, record): (&Claims, Option<&ByteRecord>)| {
            let cell = claims.text(record?, at?).and_then(|text| parse_cell(text, &self.column).ok())?;
            match cell {
                Cell::Number(number) => Some(self.group_of(number)),
                Cell::None | Cell::Text(_) => None,
            }
        };
        // A row stands in both files as it is: whichever policy settles it will do.
        let found = side(self.new, (new.0, new.1.or(old.1))).or_else(|| side(self.old, (old.0, old.1.or(new.1))));
        found.map_or(Place::Missing, Place::Of)
    }

    fn group_of(&self, number: i128) -> i128 {
        match self.column.ty {
            ColumnType::Enum | ColumnType::Bool => number,
            ColumnType::Date => year_of(number),
            _ => {
                let unit = 10_i128.checked_pow(self.column.scale).unwrap_or(i128::MAX);
                band(number.div_euclid(unit))
            }
        }
    }

    fn is_banded(&self) -> bool {
        !matches!(self.column.ty, ColumnType::Enum | ColumnType::Bool | ColumnType::Date)
    }

    /// The groups in their order; neighbouring bands with few claims are put together. Claims that belong to none of them come
    /// last, so that the groups add up to everything. None at all if that would be all there is to say.
    pub(crate) fn groups(&self, tallies: &BTreeMap<Place, Tally>, lang: Lang) -> Vec<Group> {
        let rest = |place: Place| tallies.get(&place).map(|tally| (place, tally));
        let several = rest(Place::Several);
        let values: BTreeMap<i128, &Tally> = tallies
            .iter()
            .filter_map(|(place, tally)| match place {
                Place::Of(key) => Some((*key, tally)),
                _ => None,
            })
            .collect();
        // An amount that is not the group's own says nothing of it.
        if values.is_empty() || (several.is_some() && self.is_banded() && !self.is_asked) {
            return Vec::new();
        }
        let mut groups = if self.is_banded() { self.bands(&values, lang) } else { self.values(&values, lang) };
        for (place, tally) in [rest(Place::Missing), several].into_iter().flatten() {
            let name = match (place, lang) {
                (Place::Several, Lang::En) => "several",
                (Place::Several, Lang::Zh) => "兼有多种",
                (_, Lang::En) => "not given",
                (_, Lang::Zh) => "未填",
            };
            groups.push(Group { name: name.to_owned(), place, bounds: None, tally: tally.clone() });
        }
        groups
    }

    fn values(&self, tallies: &BTreeMap<i128, &Tally>, lang: Lang) -> Vec<Group> {
        let groups = tallies.iter().map(|(key, tally)| Group {
            name: self.value_name(*key, lang),
            place: Place::Of(*key),
            bounds: None,
            tally: (*tally).clone(),
        });
        groups.collect()
    }

    fn bands(&self, tallies: &BTreeMap<i128, &Tally>, lang: Lang) -> Vec<Group> {
        let (Some(first), Some(last)) = (tallies.keys().next(), tallies.keys().next_back()) else { return Vec::new() };
        let of = |key: i128| tallies.get(&key).map(|tally| (*tally).clone()).unwrap_or_default();
        let mut bands: Vec<(i128, i128, Tally)> = (*first..=*last).map(|key| (key, key, of(key))).collect();
        while bands.len() > MOST_BANDS {
            // The end with fewer claims is made coarser.
            let claims = |at: usize| bands.get(at).map_or(0, |(.., tally)| tally.claims());
            let count = bands.len();
            let at = if claims(0) + claims(1) <= claims(count - 2) + claims(count - 1) { 1 } else { count - 1 };
            let (_, end, tally) = bands.remove(at);
            if let Some((_, known, sum)) = bands.get_mut(at - 1) {
                *known = end;
                sum.merge(&tally);
            }
        }
        let bands = bands.into_iter().map(|(first, last, tally)| {
            let bounds = (lower(first), lower(last + 1));
            Group { name: band_name(bounds, lang), place: Place::Of(first), bounds: Some(bounds), tally }
        });
        bands.collect()
    }

    fn value_name(&self, key: i128, lang: Lang) -> String {
        match (self.column.ty, lang) {
            (ColumnType::Bool, Lang::Zh) => if key == 0 { "否" } else { "是" }.to_owned(),
            (ColumnType::Bool, Lang::En) => if key == 0 { "no" } else { "yes" }.to_owned(),
            (ColumnType::Enum, _) => {
                let value = usize::try_from(key).ok().and_then(|at| self.column.values.get(at));
                value.map_or_else(String::new, |value| {
                    match lang {
                        Lang::En => &value.label.en,
                        Lang::Zh => &value.label.zh,
                    }
                    .clone()
                })
            }
            (_, Lang::En) => key.to_string(),
            (_, Lang::Zh) => format!("{key}年"),
        }
    }

    /// The name of a group as the policy has it; nothing for bands.
    pub(crate) fn key_name(&self, key: i128) -> Option<String> {
        match self.column.ty {
            ColumnType::Enum => Some(self.column.values.get(usize::try_from(key).ok()?)?.name.clone()),
            ColumnType::Bool => Some((key != 0).to_string()),
            ColumnType::Date => Some(key.to_string()),
            _ => None,
        }
    }
}

/// The year of a day counted from 1970-01-01.
fn year_of(day: i128) -> i128 {
    // 400 years have 146 097 days; counted from 1 March 2000, leap days come last.
    let day = day - 11_017;
    let (era, day) = (day.div_euclid(146_097), day.rem_euclid(146_097));
    let year = (day - day / 1_460 + day / 36_524 - day / 146_096) / 365;
    let of_year = day - (365 * year + year / 4 - year / 100);
    2_000 + era * 400 + year + i128::from(of_year >= 306)
}

/// The number of the band of 0, 1, 2, 5, 10, 20, 50 and so on that whole units lie in; -1 for those below zero.
fn band(units: i128) -> i128 {
    if units < 0 {
        return -1;
    }
    let mut at = 0;
    while lower(at + 1).is_some_and(|lower| lower <= units) {
        at += 1;
    }
    at
}

/// Where a band begins; nothing for amounts below zero, and beyond all numbers.
fn lower(band: i128) -> Option<i128> {
    match band {
        ..0 => None,
        0 => Some(0),
        _ => {
            let (power, step) = ((band - 1) / 3, (band - 1) % 3);
            let step = [1, 2, 5].get(usize::try_from(step).ok()?)?;
            10_i128.checked_pow(u32::try_from(power).ok()?)?.checked_mul(*step)
        }
    }
}

fn band_name((from, to): (Option<i128>, Option<i128>), lang: Lang) -> String {
    let short = |units: i128| match lang {
        Lang::Zh if units >= 100_000_000 && units % 100_000_000 == 0 => format!("{}亿", units / 100_000_000),
        Lang::Zh if units >= 10_000 && units % 10_000 == 0 => format!("{}万", units / 10_000),
        _ => crate::numbers::grouped(&units.to_string()),
    };
    match (from, to, lang) {
        (None, None, _) => String::new(),
        (None, Some(to), Lang::En) => format!("below {}", short(to)),
        (None, Some(to), Lang::Zh) => format!("不满{}", short(to)),
        (Some(from), Some(to), _) => format!("{} – {}", short(from), short(to)),
        (Some(from), None, Lang::En) => format!("{} and more", short(from)),
        (Some(from), None, Lang::Zh) => format!("{}以上", short(from)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bands_are_half_open() {
        for (units, from, to) in [
            (0, 0, 1),
            (1, 1, 2),
            (4, 2, 5),
            (5, 5, 10),
            (9_999, 5_000, 10_000),
            (10_000, 10_000, 20_000),
            (123_456_789, 100_000_000, 200_000_000),
        ] {
            let band = band(units);
            assert_eq!((lower(band), lower(band + 1)), (Some(from), Some(to)), "{units}");
        }
        assert_eq!((band(-1), lower(-1)), (-1, None));
    }

    #[test]
    fn years_of_days() {
        for (day, year) in [
            (0, 1970),
            (-1, 1969),
            (364, 1970),
            (365, 1971),
            (10_956, 1999),
            (10_957, 2000),
            (11_016, 2000),
            (11_322, 2000),
            (11_323, 2001),
            (19_357, 2022),
            (19_358, 2023),
            (-25_567, 1900),
        ] {
            assert_eq!(year_of(day), year, "{day}");
        }
    }
}
