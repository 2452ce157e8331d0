//! Cells as spreadsheets write them. What can mean one thing only is accepted: thousands separators, full-width digits,
//! a currency sign, dates with slashes. What cannot is refused with what to write instead; nothing is guessed.

use std::borrow::Cow;

use fen_compiler::Text;
use fen_runtime::{Cell, parse_cell, split_unit};
use fen_schema::{Column, ColumnType, RejectCode};

/// Why a cell has no value.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Bad {
    /// It is not clear what is meant.
    Unclear(Text),
    /// It is clear, and a run would reject the row for it.
    Rejected(RejectCode),
}

/// The value of a cell in a column.
pub(super) fn read<'a>(text: &'a str, column: &Column) -> Result<Cell<'a>, Bad> {
    let text = trimmed(text);
    if text.is_empty() {
        return parse_cell(text, column).map_err(Bad::Rejected);
    }
    let plain = match column.ty {
        ColumnType::Code | ColumnType::Id if is_scientific(text) => return Err(shortened()),
        ColumnType::Code | ColumnType::Id => return Ok(Cell::Text(text)),
        ColumnType::Enum => Cow::Borrowed(text),
        ColumnType::Bool if text.eq_ignore_ascii_case("true") => Cow::Borrowed("true"),
        ColumnType::Bool if text.eq_ignore_ascii_case("false") => Cow::Borrowed("false"),
        ColumnType::Bool => Cow::Borrowed(text),
        ColumnType::Date => Cow::Owned(date(&half_width(text))?),
        _ => Cow::Owned(amount(&half_width(text), column)?),
    };
    match parse_cell(&plain, column) {
        Ok(Cell::Number(number)) => Ok(Cell::Number(number)),
        Ok(_) => Ok(Cell::None),
        Err(code) => Err(Bad::Rejected(code)),
    }
}

/// Why a run would reject a row for a cell, in words.
pub(super) fn why(column: &Column, code: RejectCode) -> Text {
    let takes = fen_runtime::describe(column);
    match code {
        RejectCode::Missing => Text::new("a value is missing", "缺少取值"),
        RejectCode::TooManyDecimals => {
            Text::new(format!("more decimals than {} has", takes.en), format!("小数位数过多（应为{}）", takes.zh))
        }
        _ => Text::new(format!("not {}", takes.en), format!("不是{}", takes.zh)),
    }
}

/// Without blanks around it, the wide ones of Chinese text among them.
pub(super) fn trimmed(text: &str) -> &str {
    text.trim_matches(|c: char| c.is_whitespace() || c == '\u{feff}')
}

/// Digits and signs that Chinese input methods write wide, as ASCII.
fn half_width(text: &str) -> String {
    let narrow = |c: char| match c {
        '\u{ff01}'..='\u{ff5e}' => {
            let code = u32::from(c) - 0xfee0;
            char::from_u32(code).unwrap_or(c)
        }
        '￥' => '¥',
        '。' => '.',
        '−' => '-',
        c => c,
    };
    text.chars().map(narrow).collect()
}

fn unclear(en: impl Into<String>, zh: impl Into<String>) -> Bad {
    Bad::Unclear(Text::new(en, zh))
}

/// Excel shows long numbers as 4.40301E+17 and writes them so to CSV files.
fn is_scientific(text: &str) -> bool {
    let Some((mantissa, exponent)) = text.split_once(['E', 'e']) else { return false };
    let is_digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let exponent = exponent.strip_prefix(['+', '-']);
    exponent.is_some_and(is_digits) && is_digits(&mantissa.trim_start_matches('-').replacen('.', "", 1))
}

fn shortened() -> Bad {
    unclear(
        "the spreadsheet has shortened a long number, its digits are lost; format the column as text or number, enter it again and save",
        "电子表格已将长数字缩写，位数已丢失；请将该列设为“文本”或“数值”格式，重新录入后保存",
    )
}

/// A number without what people put around it.
fn amount(text: &str, column: &Column) -> Result<String, Bad> {
    if is_scientific(text) {
        return Err(shortened());
    }
    if text.starts_with('(') && text.ends_with(')') {
        return Err(unclear(
            "brackets may mean a negative number; write it with a minus sign",
            "括号可能表示负数，请改用负号书写",
        ));
    }
    let (negative, rest) = match text.strip_prefix('-') {
        Some(rest) => (true, rest.trim_start()),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    let mut rest = rest;
    let mut zeros = 0;
    let mut suffix = "";
    if column.ty == ColumnType::Money {
        rest = rest.strip_prefix('¥').unwrap_or(rest).trim_start();
    }
    match column.ty {
        ColumnType::Money | ColumnType::Measure => (rest, zeros) = split_unit(rest, column),
        ColumnType::Rate if rest.ends_with('%') => {
            rest = rest.trim_end_matches('%').trim_end();
            suffix = "%";
        }
        ColumnType::Pp => {
            let before = rest.strip_suffix("pp").or_else(|| rest.strip_suffix("个百分点"));
            if let Some(before) = before {
                (rest, suffix) = (before.trim_end(), "pp");
            }
        }
        _ => {}
    }
    let (whole, decimals) = rest.split_once('.').unwrap_or((rest, ""));
    if decimals.contains(',') || (whole.contains(',') && !has_thousands(whole)) {
        return Err(unclear(
            "a comma that separates no thousands: write 1,234.50 or 1234.50, with a point before the decimals",
            "逗号不是千位分隔符：请写作 1,234.50 或 1234.50，小数点用“.”",
        ));
    }
    if rest.contains(char::is_whitespace) {
        return Err(unclear("blanks inside a number; write it without them", "数字中间有空格，请去掉"));
    }
    let whole = whole.replace(',', "");
    let (whole, decimals) = shifted(&whole, decimals, zeros);
    // Zeros at the end say nothing.
    let decimals = decimals.trim_end_matches('0');
    let mut number = String::new();
    if negative {
        number.push('-');
    }
    number.push_str(&whole);
    if !decimals.is_empty() {
        number.push('.');
        number.push_str(decimals);
    }
    number.push_str(suffix);
    Ok(number)
}

/// `1,234,567`
fn has_thousands(whole: &str) -> bool {
    let mut groups = whole.split(',');
    let is_digits = |group: &str| group.bytes().all(|byte| byte.is_ascii_digit());
    groups.next().is_some_and(|first| (1..=3).contains(&first.len()) && is_digits(first))
        && groups.all(|group| group.len() == 3 && is_digits(group))
}

/// With the decimal point so many places to the right.
fn shifted(whole: &str, decimals: &str, places: usize) -> (String, String) {
    let moved: String = decimals.chars().chain(std::iter::repeat('0')).take(places).collect();
    (format!("{whole}{moved}"), decimals.chars().skip(places).collect())
}

/// A date as 2022-03-01.
fn date(text: &str) -> Result<String, Bad> {
    // Excel adds the time of day where a cell has one.
    let (text, time) = text.split_once([' ', 'T']).unwrap_or((text, ""));
    let is_midnight = time.chars().all(|c| matches!(c, '0' | ':' | '.'));
    if !is_midnight {
        return Err(unclear("a date must not have a time of day", "日期不应带有时刻"));
    }
    let is_digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    if is_digits(text) {
        let part = |from: usize, count: usize| text.chars().skip(from).take(count).collect::<String>();
        if text.len() == 8 && part(0, 4).parse::<u16>().is_ok_and(|year| (1900..=2199).contains(&year)) {
            return Ok(format!("{}-{}-{}", part(0, 4), part(4, 2), part(6, 2)));
        }
        return Err(unclear(
            "a number, not a date: format the cells as dates, 2022-03-01, and save again",
            "这是数字而不是日期：请将单元格设为日期格式（2022-03-01）后重新保存",
        ));
    }
    let text = text.strip_suffix('日').unwrap_or(text).replace(['年', '月'], "-");
    let parts: Vec<&str> = text.split(['-', '/', '.']).collect();
    match parts.as_slice() {
        [year, month, day] if [year, month, day].into_iter().all(|part| is_digits(part)) => {
            if year.len() == 4 && month.len() <= 2 && day.len() <= 2 {
                return Ok(format!("{year}-{month:0>2}-{day:0>2}"));
            }
            Err(unclear(
                "it is not clear which part is the year, the month and the day; write 2022-03-01",
                "年、月、日的顺序不明确，请写作 2022-03-01",
            ))
        }
        _ => Err(Bad::Rejected(RejectCode::NotADate)),
    }
}

#[cfg(test)]
mod tests {
    use fen_schema::Layout;

    use super::*;

    fn column(ty: ColumnType, scale: u32) -> Column {
        let label = fen_schema::Text { zh: "x".into(), en: "x".into() };
        let (name, unit, min, max) = ("x".into(), String::new(), String::new(), String::new());
        let (values, layout) = (Vec::new(), Layout::I64);
        Column { name, label, ty, unit, scale, min, max, optional: false, values, layout, offset: 0 }
    }

    fn number(text: &str, ty: ColumnType, scale: u32) -> Option<i128> {
        match read(text, &column(ty, scale)) {
            Ok(Cell::Number(number)) => Some(number),
            _ => None,
        }
    }

    #[test]
    fn amounts_as_spreadsheets_write_them() {
        let money = |text| number(text, ColumnType::Money, 2);
        for (text, cents) in [
            ("1234.5", 123_450),
            ("1,234.50", 123_450),
            ("12,345,678", 1_234_567_800),
            ("１，２３４．５０", 123_450),
            ("¥1,234.50", 123_450),
            ("￥ 1,234.50", 123_450),
            ("-1,234.50", -123_450),
            ("－１２", -1_200),
            ("1234.5000", 123_450),
            ("100元", 10_000),
            ("1.5万元", 1_500_000),
            ("0.12345678亿元", 1_234_567_800),
            ("\u{3000}7\u{a0}", 700),
        ] {
            assert_eq!(money(text), Some(cents), "{text}");
        }
        assert_eq!(number("70.00%", ColumnType::Rate, 4), Some(7_000));
        assert_eq!(number("７０％", ColumnType::Rate, 4), Some(7_000));
        assert_eq!(number("0.7", ColumnType::Rate, 4), Some(7_000));
        assert_eq!(number("5 pp", ColumnType::Pp, 4), Some(500));
    }

    #[test]
    fn amounts_may_have_their_unit() {
        let measured = |text: &str, unit: &str, scale| {
            let column = Column { unit: unit.into(), ..column(ColumnType::Measure, scale) };
            match read(text, &column) {
                Ok(Cell::Number(number)) => Some(number),
                _ => None,
            }
        };
        assert_eq!(measured("2年", "years", 0), Some(2));
        assert_eq!(measured("3个月", "months", 0), Some(3));
        assert_eq!(measured("0天", "days", 0), Some(0));
        assert_eq!(measured("1,200 天", "days", 0), Some(1_200));
        assert_eq!(measured("８０．５分", "points", 2), Some(8_050));
        assert_eq!(measured("12.5元每点", "yuan per point", 4), Some(125_000));
        assert_eq!(measured("2年", "months", 0), None);
    }

    #[test]
    fn what_is_not_clear_is_refused() {
        for text in ["1,23", "1,2345", "1.234,50", "12,34,567", "1.23E+08", "(1,234.50)", "1 234"] {
            assert!(matches!(read(text, &column(ColumnType::Money, 2)), Err(Bad::Unclear(_))), "{text}");
        }
        assert_eq!(read("abc", &column(ColumnType::Money, 2)), Err(Bad::Rejected(RejectCode::NotANumber)));
        assert_eq!(read("1.001", &column(ColumnType::Money, 2)), Err(Bad::Rejected(RejectCode::TooManyDecimals)));
        assert!(matches!(read("4.40301E+17", &column(ColumnType::Id, 0)), Err(Bad::Unclear(_))));
        assert_eq!(read("E11", &column(ColumnType::Code, 0)), Ok(Cell::Text("E11")));
        assert_eq!(read("1E5", &column(ColumnType::Code, 0)), Ok(Cell::Text("1E5")));
    }

    #[test]
    fn dates_as_spreadsheets_write_them() {
        let day = number("2022-03-01", ColumnType::Date, 0);
        assert!(day.is_some());
        for text in [
            "2022/3/1",
            "2022/03/01",
            "2022.3.1",
            "2022年3月1日",
            "20220301",
            "２０２２－３－１",
            "2022/3/1 0:00",
            "2022-03-01T00:00:00",
        ] {
            assert_eq!(number(text, ColumnType::Date, 0), day, "{text}");
        }
        for text in ["44621", "3/1/2022", "22/3/1", "2022/3/1 8:30"] {
            assert!(matches!(read(text, &column(ColumnType::Date, 0)), Err(Bad::Unclear(_))), "{text}");
        }
        for text in ["2022-02-30", "1-Mar-22", "三月"] {
            assert_eq!(read(text, &column(ColumnType::Date, 0)), Err(Bad::Rejected(RejectCode::NotADate)), "{text}");
        }
    }

    #[test]
    fn conditions_as_spreadsheets_write_them() {
        for (text, is) in [("TRUE", 1), ("true", 1), ("是", 1), ("False", 0), ("否", 0)] {
            assert_eq!(number(text, ColumnType::Bool, 0), Some(is), "{text}");
        }
        assert_eq!(read("1", &column(ColumnType::Bool, 0)), Err(Bad::Rejected(RejectCode::UnknownValue)));
    }
}
