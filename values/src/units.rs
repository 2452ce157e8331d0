//! Units behind numbers, as people write them where no policy does: `7 days`, `80分`, `10万元`, `12.5元每点`.

use fen_schema::{Column, ColumnType};

/// The names of a unit in a schema, and how it can be written: longer words first, each with the places by which it moves
/// the decimal point.
type Unit = (&'static [&'static str], &'static [(&'static str, usize)]);

const WORDS: [Unit; 7] = [
    (&["yuan"], &[("亿元", 8), ("万元", 4), ("元", 0), ("yi yuan", 8), ("wan yuan", 4), ("yuan", 0)]),
    (&["point", "points"], &[("点", 0), ("分", 0), ("points", 0), ("point", 0), ("marks", 0), ("mark", 0)]),
    (&["day", "days"], &[("天", 0), ("日", 0), ("days", 0), ("day", 0)]),
    (&["month", "months"], &[("个月", 0), ("月", 0), ("months", 0), ("month", 0)]),
    (&["year", "years"], &[("年", 0), ("岁", 0), ("years of age", 0), ("year of age", 0), ("years", 0), ("year", 0)]),
    (&["person", "persons"], &[("人", 0), ("persons", 0), ("person", 0)]),
    (&["case", "cases"], &[("例", 0), ("cases", 0), ("case", 0)]),
];

/// A number without the unit behind it, if that is the column's, and by how many places its decimal point is to be moved
/// to the right.
#[must_use]
pub fn split_unit<'t>(text: &'t str, column: &Column) -> (&'t str, usize) {
    let unit = match column.ty {
        ColumnType::Money => "yuan",
        ColumnType::Measure => column.unit.as_str(),
        _ => return (text, 0),
    };
    without(text, unit).unwrap_or((text, 0))
}

fn without<'t>(text: &'t str, unit: &str) -> Option<(&'t str, usize)> {
    let mut parts = unit.split(" per ");
    let first = parts.next()?;
    let mut rest = text.trim_end();
    let per: Vec<&str> = parts.collect();
    for unit in per.into_iter().rev() {
        let (before, _) = word(rest, unit)?;
        let before = before.trim_end();
        rest = before.strip_suffix('每').or_else(|| before.strip_suffix("per"))?.trim_end();
    }
    let (number, places) = word(rest, first)?;
    Some((number.trim_end(), places))
}

/// Without a word for a unit at its end.
fn word<'t>(text: &'t str, unit: &str) -> Option<(&'t str, usize)> {
    let (_, words) = WORDS.iter().find(|(names, _)| names.contains(&unit))?;
    words.iter().find_map(|(word, places)| Some((text.strip_suffix(word)?, *places)))
}

/// A unit as a schema names it, in Chinese: `元每点` for `yuan per point`.
#[must_use]
pub fn in_chinese(unit: &str) -> String {
    let chinese = |unit: &str| match unit {
        "yuan" => "元",
        "point" | "points" => "点",
        "day" | "days" => "天",
        "month" | "months" => "个月",
        "year" | "years" => "年",
        "person" | "persons" => "人",
        "case" | "cases" => "例",
        _ => "",
    };
    let words: Vec<&str> = unit.split(" per ").collect();
    let named: Vec<&str> = words.iter().map(|word| chinese(word)).collect();
    if named.contains(&"") {
        return unit.to_owned();
    }
    let per = |(at, word): (usize, &str)| if at > 0 && word == "个月" { "月".to_owned() } else { word.to_owned() };
    named.into_iter().enumerate().map(per).collect::<Vec<_>>().join("每")
}

/// A number with its decimal point so many places to the right.
#[must_use]
pub fn shifted(number: &str, places: usize) -> String {
    let (whole, decimals) = number.split_once('.').unwrap_or((number, ""));
    let moved: String = decimals.chars().chain(std::iter::repeat('0')).take(places).collect();
    let left: String = decimals.chars().skip(places).collect();
    if left.is_empty() { format!("{whole}{moved}") } else { format!("{whole}{moved}.{left}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn units_are_taken_off() {
        for (text, unit, number, places) in [
            ("7天", "days", "7", 0),
            ("7 days", "days", "7", 0),
            ("3个月", "months", "3", 0),
            ("3月", "months", "3", 0),
            ("60岁", "years", "60", 0),
            ("60 years of age", "years", "60", 0),
            ("80分", "points", "80", 0),
            ("10万元", "yuan", "10", 4),
            ("1.5 yi yuan", "yuan", "1.5", 8),
            ("12.5元每点", "yuan per point", "12.5", 0),
            ("12.5 yuan per point", "yuan per point", "12.5", 0),
            ("2 万元 每 人 每 年", "yuan per person per year", "2", 4),
            ("5", "days", "5", 0),
        ] {
            assert_eq!(without(text, unit).unwrap_or((text, 0)), (number, places), "{text}");
        }
        for (text, unit) in
            [("7年", "days"), ("7元", "yuan per point"), ("7元每天", "yuan per point"), ("80分", "yuan")]
        {
            assert_eq!(without(text, unit), None, "{text}");
        }
    }

    #[test]
    fn units_in_chinese() {
        let named = ["yuan per point", "years", "days per month", "kilograms"].map(in_chinese);
        assert_eq!(named, ["元每点", "年", "天每月", "kilograms"]);
    }

    #[test]
    fn points_move() {
        let moved = [("1.5", 4), ("10", 4), ("-0.12345", 4), ("7", 0)].map(|(text, places)| shifted(text, places));
        assert_eq!(moved, ["15000", "100000", "-01234.5", "7"]);
    }
}
