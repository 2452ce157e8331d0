//! Columns and parameters in words.

use fen_schema::{Column, ColumnType, Text};

use crate::cell::bound_text;
use crate::units::in_chinese;

/// What a column takes, for people: its type, and its range or its values.
#[must_use]
pub fn describe(column: &Column) -> Text {
    let (en, zh) = type_name(column);
    let (from, to) = (bound_text(&column.min, column), bound_text(&column.max, column));
    match column.ty {
        ColumnType::Bool => text(format!("{en}: true or false"), format!("{zh}：true/是 或 false/否")),
        ColumnType::Enum => text(format!("{en}: {}", names(column, ", ")), format!("{zh}：{}", names(column, "、"))),
        _ if from.is_empty() || to.is_empty() => text(en, zh),
        _ => text(format!("{en} from {from} to {to}"), format!("{zh}，{from} 至 {to}")),
    }
}

/// The names of a column's values.
pub fn names(column: &Column, separator: &str) -> String {
    column.values.iter().map(|value| value.name.as_str()).collect::<Vec<_>>().join(separator)
}

/// Text that the column takes.
pub(crate) fn example(column: &Column) -> String {
    match column.ty {
        ColumnType::Rate => "80%".into(),
        ColumnType::Pp => "10pp".into(),
        ColumnType::Date => "2022-08-01".into(),
        ColumnType::Bool => "true".into(),
        ColumnType::Enum => column.values.first().map_or_else(String::new, |value| value.name.clone()),
        ColumnType::Code | ColumnType::Id => "AA1".into(),
        ColumnType::Money | ColumnType::Number | ColumnType::Measure if column.scale > 0 => "12.5".into(),
        ColumnType::Money | ColumnType::Number | ColumnType::Measure => "12".into(),
    }
}

fn type_name(column: &Column) -> (String, String) {
    let unit = &column.unit;
    let (en, zh) = match column.ty {
        ColumnType::Money => return (format!("money in {unit}"), "金额（元）".into()),
        ColumnType::Measure => return (format!("a number of {unit}"), format!("数值（{}）", in_chinese(unit))),
        ColumnType::Rate => ("a rate", "比率"),
        ColumnType::Pp => ("percentage points", "百分点"),
        ColumnType::Number => ("a number", "数值"),
        ColumnType::Date => ("a date", "日期"),
        ColumnType::Bool => ("a bool", "是否"),
        ColumnType::Enum => ("one of", "取值之一"),
        ColumnType::Code => ("a code", "编码"),
        ColumnType::Id => ("an id", "标识"),
    };
    (en.into(), zh.into())
}

fn text(en: String, zh: String) -> Text {
    Text { zh, en }
}

/// The name most like a word, if one is alike enough to be what was meant.
pub(crate) fn nearest<'a>(word: &str, names: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    /// Longer words are not compared: the work grows with the product of the lengths.
    const LONGEST: usize = 64;
    let letters: Vec<char> = word.chars().flat_map(char::to_lowercase).take(LONGEST + 1).collect();
    if letters.len() > LONGEST {
        return None;
    }
    let allowed = (letters.len() / 3).max(1);
    let distances = names.map(|name| {
        let other: Vec<char> = name.chars().flat_map(char::to_lowercase).take(LONGEST + 1).collect();
        (distance(&letters, &other), name)
    });
    let (distance, name) = distances.min_by_key(|(distance, _)| *distance)?;
    (distance <= allowed).then_some(name)
}

/// How many letters must be put in, taken out or changed to turn one word into another.
fn distance(one: &[char], other: &[char]) -> usize {
    let mut row: Vec<usize> = (0..=other.len()).collect();
    for (at, letter) in one.iter().enumerate() {
        let (mut left, mut corner) = (at + 1, at);
        for (slot, opposite) in row.iter_mut().skip(1).zip(other) {
            let above = *slot;
            left = (corner + usize::from(letter != opposite)).min(above + 1).min(left + 1);
            (corner, *slot) = (above, left);
        }
        if let Some(first) = row.first_mut() {
            *first = at + 1;
        }
    }
    row.last().copied().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_name() {
        let names = ["irregular_cut", "annual_cap", "封顶线"];
        let nearest = |word| nearest(word, names.into_iter());
        assert_eq!(nearest("iregular_cut"), Some("irregular_cut"));
        assert_eq!(nearest("Annual_Cap"), Some("annual_cap"));
        assert_eq!(nearest("封项线"), Some("封顶线"));
        assert_eq!(nearest("fund"), None);
        assert_eq!(nearest(&"x".repeat(10_000)), None);
        assert_eq!(distance(&['a', 'b', 'c'], &['b', 'c', 'd']), 2);
        assert_eq!(distance(&[], &['b']), 1);
    }
}
