//! Cells as text: the rules of `docs/abi.md`, section "Text".

use fen_schema::{Column, ColumnType, EnumValue, RejectCode};

use crate::{amount, date};

/// What a cell holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cell<'a> {
    /// No value: an optional input left out, or an output that is empty.
    None,
    /// An amount times ten to the power of its column's scale, days since 1970-01-01, 0 or 1 for a bool, or the place of
    /// an enum value.
    Number(i128),
    /// A code or an id.
    Text(&'a str),
}

/// What a cell's text stands for in a column.
///
/// # Errors
/// The code with which the row is to be rejected. Whether an amount or a date is in the column's range is not asked here,
/// only whether it can be stored.
pub fn parse_cell<'a>(text: &'a str, column: &Column) -> Result<Cell<'a>, RejectCode> {
    let text = trim(text);
    if text.is_empty() {
        return if column.optional { Ok(Cell::None) } else { Err(RejectCode::Missing) };
    }
    let amount = |text, shift| amount::parse(text, column.scale, shift, column.layout, column.optional);
    let number = match column.ty {
        ColumnType::Code | ColumnType::Id => return Ok(Cell::Text(text)),
        ColumnType::Money | ColumnType::Number | ColumnType::Measure => amount(text, 0)?,
        ColumnType::Rate => match text.strip_suffix(['%', '％']) {
            Some(percent) => amount(percent, 2)?,
            None => amount(text, 0)?,
        },
        ColumnType::Pp => {
            let points = text.strip_suffix("pp").or_else(|| text.strip_suffix("个百分点"));
            amount(points.ok_or(RejectCode::NotANumber)?, 2)?
        }
        ColumnType::Date => date::day_of(text).ok_or(RejectCode::NotADate)?.into(),
        ColumnType::Bool => match text {
            "true" | "是" => 1,
            "false" | "否" => 0,
            _ => return Err(RejectCode::UnknownValue),
        },
        ColumnType::Enum => place(text, &column.values).ok_or(RejectCode::UnknownValue)?.into(),
    };
    Ok(Cell::Number(number))
}

/// Text without the spaces and tabs around it.
#[inline]
pub fn trim(text: &str) -> &str {
    let is_blank = |byte: &u8| matches!(byte, b' ' | b'\t');
    // Nearly all texts have none: two bytes tell.
    match text.as_bytes() {
        [first, .., last] if !is_blank(first) && !is_blank(last) => text,
        _ => text.trim_matches([' ', '\t']),
    }
}

/// The place of an enum value that has this name, or else of the only one that has it for a label.
pub fn place(text: &str, values: &[EnumValue]) -> Option<i8> {
    let mut labelled = values.iter().enumerate().filter(|(_, value)| value.label.zh == text || value.label.en == text);
    let named = values.iter().position(|value| value.name == text);
    let place = named.or_else(|| match (labelled.next(), labelled.next()) {
        (Some((place, _)), None) => Some(place),
        _ => None,
    });
    i8::try_from(place?).ok()
}

/// Appends a cell of a column as text; nothing where there is no value.
pub fn format_cell(cell: Cell<'_>, column: &Column, text: &mut String) {
    let number = match cell {
        Cell::None => return,
        Cell::Text(code) => return text.push_str(code),
        Cell::Number(number) => number,
    };
    match column.ty {
        ColumnType::Money | ColumnType::Number | ColumnType::Measure => amount::format(number, column.scale, text),
        ColumnType::Rate => {
            amount::format_percent(number, column.scale, text);
            text.push('%');
        }
        ColumnType::Pp => {
            amount::format_percent(number, column.scale, text);
            text.push_str("pp");
        }
        ColumnType::Date => date::format(number, text),
        ColumnType::Bool => text.push_str(if number == 0 { "false" } else { "true" }),
        ColumnType::Enum => {
            let value = usize::try_from(number).ok().and_then(|place| column.values.get(place));
            text.push_str(value.map_or("", |value| value.name.as_str()));
        }
        ColumnType::Code | ColumnType::Id => amount::format(number, 0, text),
    }
}

/// The integer of a bound of a column as its schema writes it: without a percent sign, an ISO date, a value's name.
/// Bools, codes and ids have no bounds.
pub fn bound(text: &str, column: &Column) -> Option<i128> {
    match column.ty {
        ColumnType::Date => date::day_of(text).map(i128::from),
        ColumnType::Enum => column.values.iter().position(|value| value.name == text).and_then(|at| at.try_into().ok()),
        ColumnType::Bool | ColumnType::Code | ColumnType::Id => None,
        _ => amount::parse(text, column.scale, 0, column.layout, column.optional).ok(),
    }
}

/// A bound of a column as people write it: rates in percent.
pub fn bound_text(bound_of_schema: &str, column: &Column) -> String {
    match (column.ty, bound(bound_of_schema, column)) {
        (ColumnType::Rate | ColumnType::Pp, Some(number)) => {
            let mut text = String::new();
            format_cell(Cell::Number(number), column, &mut text);
            text
        }
        _ => bound_of_schema.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use fen_schema::{Layout, Text};

    use super::*;

    fn column(ty: ColumnType, scale: u32, layout: Layout) -> Column {
        let value = |name: &str, zh: &str, en: &str| {
            let label = Text { zh: zh.into(), en: en.into() };
            EnumValue { name: name.into(), label }
        };
        let values = vec![
            value("county", "县", "County"),
            value("city", "市", "City"),
            value("County", "县级", "Both"),
            value("other", "市", "Both"),
        ];
        Column {
            name: "x".into(),
            label: Text { zh: "x".into(), en: "x".into() },
            ty,
            unit: String::new(),
            scale,
            min: String::new(),
            max: String::new(),
            optional: false,
            values: if ty == ColumnType::Enum { values } else { Vec::new() },
            layout,
            offset: 0,
        }
    }

    fn parse(text: &str, column: &Column) -> Result<i128, RejectCode> {
        parse_cell(text, column).map(|cell| if let Cell::Number(number) = cell { number } else { -99 })
    }

    fn format(number: i128, ty: ColumnType, scale: u32) -> String {
        let mut text = String::new();
        format_cell(Cell::Number(number), &column(ty, scale, Layout::I64), &mut text);
        text
    }

    #[test]
    fn amounts() {
        let money = column(ColumnType::Money, 2, Layout::I64);
        let money = |text| parse(text, &money);
        assert_eq!(money("12.34"), Ok(1234));
        assert_eq!(money(" 12.3\t"), Ok(1230));
        assert_eq!(money("-0.01"), Ok(-1));
        assert_eq!(money("007"), Ok(700));
        assert_eq!(money(""), Err(RejectCode::Missing));
        assert_eq!(money("  "), Err(RejectCode::Missing));
        assert_eq!(money("1.000"), Err(RejectCode::TooManyDecimals));
        for text in [
            "1e3", "+1", "1,000.00", ".5", "5.", "-", "--1", "1.2.3", "NaN", "¥5", "１", "1 000", "0x10", ".", "5%",
            "5pp",
        ] {
            assert_eq!(money(text), Err(RejectCode::NotANumber), "{text}");
        }
        assert_eq!(money("92233720368547758.07"), Ok(i128::from(i64::MAX)));
        assert_eq!(money("92233720368547758.08"), Err(RejectCode::AboveMax));
        assert_eq!(money("-92233720368547758.08"), Ok(i128::from(i64::MIN)));
        assert_eq!(money("-92233720368547758.09"), Err(RejectCode::BelowMin));
        assert_eq!(money(&"9".repeat(60)), Err(RejectCode::AboveMax));
        let wide = column(ColumnType::Money, 2, Layout::I128);
        assert_eq!(parse("92233720368547758.08", &wide), Ok(1 << 63));
        assert_eq!(parse("-1701411834604692317316873037158841057.28", &wide), Ok(i128::MIN));
        assert_eq!(parse("1701411834604692317316873037158841057.28", &wide), Err(RejectCode::AboveMax));
    }

    #[test]
    fn the_least_number_of_an_optional_column_is_no_amount() {
        let optional = Column { optional: true, ..column(ColumnType::Money, 2, Layout::I64) };
        assert_eq!(parse_cell("", &optional), Ok(Cell::None));
        assert_eq!(parse_cell(" \t", &optional), Ok(Cell::None));
        assert_eq!(parse("-92233720368547758.08", &optional), Err(RejectCode::BelowMin));
        assert_eq!(parse("-92233720368547758.07", &optional), Ok(i128::from(i64::MIN) + 1));
    }

    #[test]
    fn rates_and_percentage_points() {
        let rate = column(ColumnType::Rate, 4, Layout::I64);
        for (text, number) in [("0.7", 7_000), ("70%", 7_000), ("70.25％", 7_025), ("-5%", -500), ("1", 10_000)] {
            assert_eq!(parse(text, &rate), Ok(number), "{text}");
        }
        assert_eq!(parse("70.250%", &rate), Err(RejectCode::TooManyDecimals));
        assert_eq!(parse("70%", &column(ColumnType::Rate, 1, Layout::I64)), Err(RejectCode::TooManyDecimals));
        for text in ["%", "70 %", "70%%", "70pp", "7_0%"] {
            assert_eq!(parse(text, &rate), Err(RejectCode::NotANumber), "{text}");
        }
        let points = column(ColumnType::Pp, 4, Layout::I64);
        assert_eq!(parse("5pp", &points), Ok(500));
        assert_eq!(parse("2.5个百分点", &points), Ok(250));
        for text in ["5", "5%", "0.05", "pp", "5PP", "5 pp"] {
            assert_eq!(parse(text, &points), Err(RejectCode::NotANumber), "{text}");
        }
    }

    #[test]
    fn words() {
        let is = column(ColumnType::Bool, 0, Layout::I8);
        for (text, number) in [("true", 1), ("是", 1), (" false", 0), ("否", 0)] {
            assert_eq!(parse(text, &is), Ok(number));
        }
        for text in ["TRUE", "1", "0", "yes", "对"] {
            assert_eq!(parse(text, &is), Err(RejectCode::UnknownValue), "{text}");
        }
        let level = column(ColumnType::Enum, 0, Layout::I8);
        // `County` is a value's name before it is another one's label; `市` and `Both` are labels of two.
        for (text, place) in [("county", 0), ("县", 0), ("City", 1), ("County", 2), ("县级", 2), ("other", 3)] {
            assert_eq!(parse(text, &level), Ok(place), "{text}");
        }
        for text in ["Both", "市", "COUNTY", "0"] {
            assert_eq!(parse(text, &level), Err(RejectCode::UnknownValue), "{text}");
        }
        assert_eq!(parse("2022-02-30", &column(ColumnType::Date, 0, Layout::I32)), Err(RejectCode::NotADate));
        assert_eq!(parse_cell("\t AA 1 ", &column(ColumnType::Code, 0, Layout::I32)), Ok(Cell::Text("AA 1")));
        assert_eq!(parse_cell("  ", &column(ColumnType::Id, 0, Layout::I32)), Err(RejectCode::Missing));
    }

    #[test]
    fn cells_are_written_exactly() {
        assert_eq!(format(1234, ColumnType::Money, 2), "12.34");
        assert_eq!(format(-5, ColumnType::Money, 2), "-0.05");
        assert_eq!(format(0, ColumnType::Measure, 2), "0.00");
        assert_eq!(format(7, ColumnType::Number, 0), "7");
        assert_eq!(format(i128::MIN, ColumnType::Money, 2), "-1701411834604692317316873037158841057.28");
        assert_eq!(format(7_025, ColumnType::Rate, 4), "70.25%");
        assert_eq!(format(-500, ColumnType::Pp, 4), "-5.00pp");
        assert_eq!(format(7, ColumnType::Rate, 1), "70%");
        assert_eq!(format(0, ColumnType::Rate, 0), "0%");
        assert_eq!(format(1, ColumnType::Rate, 0), "100%");
        assert_eq!(format(0, ColumnType::Bool, 0), "false");
        assert_eq!(format(1, ColumnType::Enum, 0), "city");
        assert_eq!(format(19_205, ColumnType::Date, 0), "2022-08-01");
        let mut text = String::new();
        format_cell(Cell::None, &column(ColumnType::Date, 0, Layout::I32), &mut text);
        assert_eq!(text, "");
    }
}
