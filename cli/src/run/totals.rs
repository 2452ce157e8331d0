//! What the outputs of a run add up to: sums of amounts, and how often each value of a bool or an enum came out.

use fen_compiler::Lang;
use fen_runtime::{Cell, format_cell};
use fen_schema::{Column, ColumnType};

/// The totals of the outputs of one grain.
pub(crate) struct Totals {
    outputs: Vec<Total>,
}

/// The total of one output.
struct Total {
    column: Column,
    kind: Kind,
}

enum Kind {
    /// Amounts that can be added up.
    Sum(i128),
    /// By place of the value: how many rows.
    Counts(Vec<u64>),
    /// Rates, days, codes: nothing to add up.
    Nothing,
}

impl Totals {
    /// Of nothing yet.
    pub(crate) fn new<'a>(outputs: impl IntoIterator<Item = &'a Column>) -> Self {
        let outputs = outputs.into_iter().map(|column| {
            let kind = match column.ty {
                ColumnType::Money | ColumnType::Number | ColumnType::Measure => Kind::Sum(0),
                ColumnType::Bool => Kind::Counts(vec![0; 2]),
                ColumnType::Enum => Kind::Counts(vec![0; column.values.len()]),
                ColumnType::Rate | ColumnType::Pp | ColumnType::Date | ColumnType::Code | ColumnType::Id => {
                    Kind::Nothing
                }
            };
            Total { column: column.clone(), kind }
        });
        Self { outputs: outputs.collect() }
    }

    /// Adds the outputs of a row. Those that are empty add nothing.
    pub(crate) fn add<'a>(&mut self, row: impl Iterator<Item = Cell<'a>>) {
        for (total, cell) in self.outputs.iter_mut().zip(row) {
            let Cell::Number(number) = cell else { continue };
            match &mut total.kind {
                Kind::Sum(sum) => *sum = sum.saturating_add(number),
                Kind::Counts(counts) => {
                    if let Some(count) = usize::try_from(number).ok().and_then(|place| counts.get_mut(place)) {
                        *count += 1;
                    }
                }
                Kind::Nothing => {}
            }
        }
    }

    /// The sums as text, each with its output.
    pub(crate) fn sums(&self) -> impl Iterator<Item = (&Column, String)> {
        self.outputs.iter().filter_map(|total| match total.kind {
            Kind::Sum(sum) => Some((&total.column, cell_text(sum, &total.column))),
            _ => None,
        })
    }

    /// Outputs of values, with the name and the number of each value.
    pub(crate) fn counts(&self) -> impl Iterator<Item = (&Column, Vec<(String, u64)>)> {
        self.outputs.iter().filter_map(|total| match &total.kind {
            Kind::Counts(counts) => {
                let name = |place: usize| cell_text(i128::try_from(place).unwrap_or(0), &total.column);
                Some((&total.column, counts.iter().enumerate().map(|(place, count)| (name(place), *count)).collect()))
            }
            _ => None,
        })
    }

    /// The units of the sums in the order of the outputs, each once.
    pub(crate) fn units(&self) -> Vec<&str> {
        let mut units = Vec::new();
        for (column, _) in self.sums() {
            if !units.contains(&column.unit.as_str()) {
                units.push(&column.unit);
            }
        }
        units
    }
}

fn cell_text(number: i128, column: &Column) -> String {
    let mut text = String::new();
    format_cell(Cell::Number(number), column, &mut text);
    text
}

/// A unit of the schema as people write it.
pub(crate) fn unit_name(unit: &str, lang: Lang) -> String {
    /// The plural, what follows `per`, Chinese.
    const UNITS: [(&str, &str, &str); 7] = [
        ("yuan", "yuan", "元"),
        ("points", "point", "点"),
        ("days", "day", "天"),
        ("months", "month", "个月"),
        ("years", "year", "年"),
        ("persons", "person", "人"),
        ("cases", "case", "例"),
    ];
    if lang == Lang::En {
        return unit.to_owned();
    }
    let words = unit.split(' ').filter(|word| !word.is_empty()).map(|word| match word {
        "per" => "每",
        _ => UNITS.iter().find(|(plural, one, _)| word == *plural || word == *one).map_or(word, |(.., zh)| zh),
    });
    words.collect::<String>().replace("每个", "每")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn units_in_chinese() {
        assert_eq!(unit_name("yuan", Lang::Zh), "元");
        assert_eq!(unit_name("yuan per point", Lang::Zh), "元每点");
        assert_eq!(unit_name("yuan per month", Lang::Zh), "元每月");
        assert_eq!(unit_name("yuan per point", Lang::En), "yuan per point");
        assert_eq!(unit_name("", Lang::Zh), "");
    }
}
