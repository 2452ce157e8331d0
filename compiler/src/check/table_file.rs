//! Tables in CSV files: a header with the names of the keys, `from` where rows have dates, and the name of the parameter
//! over its values; then one row per line. Every mistake is reported at its cell.

use std::borrow::Cow;
use std::ops::Range;

use fen_grammar::diagnostic::Text;
use fen_grammar::source::Span;
use fen_grammar::tree::{Edge, Name};
use num_bigint::BigInt;
use num_rational::BigRational;
use num_traits::Pow;

use super::program::days_of;
use super::tables::{RawKey, RawRange, RawRow};
use super::types::{Facts, Kind, Type, step_of};
use super::{Checker, errors};
use crate::exact;
use crate::resolve::program::Param;

/// Mistakes of one file that are reported; more of them are no news.
const MAX_PROBLEMS: usize = 20;

/// The texts in all columns that are named like a key, and in all others: codes are among them.
pub(super) fn texts<'a>(text: &'a str, param: &Param, found: &mut Vec<Cow<'a, str>>) {
    let mut lines = Lines::new(text);
    let mut line = Line::default();
    if !lines.read(&mut line) {
        return;
    }
    let names: Vec<&str> = line.cells.iter().map(|cell| cell.trimmed(text)).collect();
    let columns: Vec<usize> =
        param.keys.iter().filter_map(|(key, _)| names.iter().position(|name| *name == key.text)).collect();
    while lines.read(&mut line) {
        for column in &columns {
            found.extend(line.cells.get(*column).map(|cell| cell.value(text)));
        }
    }
}

/// One cell of a line: where its text lies, and whether it is quoted.
struct Cell {
    range: Range<usize>,
    is_quoted: bool,
}

impl Cell {
    fn trimmed<'a>(&self, text: &'a str) -> &'a str {
        let text = text.get(self.range.clone()).unwrap_or("");
        match text.as_bytes() {
            // Nearly always there is nothing to trim.
            [first, .., last] if first.is_ascii_graphic() && last.is_ascii_graphic() => text,
            _ => text.trim_start_matches('\u{feff}').trim(),
        }
    }

    fn value<'a>(&self, text: &'a str) -> Cow<'a, str> {
        let trimmed = self.trimmed(text);
        if self.is_quoted && trimmed.contains('"') { trimmed.replace("\"\"", "\"").into() } else { trimmed.into() }
    }
}

/// Gives the cells of every line of a table, each with where its text lies.
pub(crate) fn table_lines(text: &str, mut each: impl FnMut(&[(Span, &str)])) {
    let mut lines = Lines::new(text);
    let mut line = Line::default();
    while lines.read(&mut line) {
        let cells = line.cells.iter().map(|cell| {
            let trimmed = cell.trimmed(text);
            let before = text.get(cell.range.clone()).and_then(|whole| whole.find(trimmed)).unwrap_or(0);
            let start = cell.range.start + before;
            (Span { start, end: start + trimmed.len() }, trimmed)
        });
        each(&cells.collect::<Vec<_>>());
    }
}

#[derive(Default)]
struct Line {
    cells: Vec<Cell>,
    range: Range<usize>,
}

/// The lines of a CSV text that are not blank (RFC 4180; a quoted cell may hold line ends).
struct Lines<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Lines<'a> {
    fn new(text: &'a str) -> Self {
        Self { text, at: 0 }
    }

    /// The next one takes the place of the one before, so that no room is made for each; false at the end.
    fn read(&mut self, line: &mut Line) -> bool {
        let bytes = self.text.as_bytes();
        loop {
            if self.at >= bytes.len() {
                return false;
            }
            let start = self.at;
            line.cells.clear();
            loop {
                let mut cell_start = self.at;
                let mut is_quoted = false;
                let mut end = None;
                if bytes.get(self.at) == Some(&b'"') {
                    is_quoted = true;
                    cell_start += 1;
                    self.at += 1;
                    while let Some(byte) = bytes.get(self.at) {
                        if *byte == b'"' {
                            if bytes.get(self.at + 1) != Some(&b'"') {
                                end = Some(self.at);
                                self.at += 1;
                                break;
                            }
                            self.at += 1;
                        }
                        self.at += 1;
                    }
                }
                let rest = bytes.get(self.at..).unwrap_or_default();
                self.at += rest.iter().position(|byte| matches!(byte, b',' | b'\n')).unwrap_or(rest.len());
                line.cells.push(Cell { range: cell_start..end.unwrap_or(self.at), is_quoted });
                if bytes.get(self.at) != Some(&b',') {
                    break;
                }
                self.at += 1;
            }
            let end = self.at;
            self.at += 1;
            line.range = start..end;
            if !self.text.get(start..end).unwrap_or("").trim_start().is_empty() {
                return true;
            }
        }
    }
}

/// What one file is read for.
pub(super) struct Reading<'a> {
    pub(super) param: &'a Param,
    pub(super) keys: &'a [(&'a Name, Type)],
    pub(super) ty: Type,
    pub(super) scale: u32,
    pub(super) facts: &'a Facts,
    /// Where the file's text stands among the sources.
    pub(super) text: Span,
}

/// The columns of a file.
struct Columns {
    keys: Vec<usize>,
    from: Option<usize>,
    value: usize,
    count: usize,
}

impl Reading<'_> {
    pub(super) fn rows(&self, checker: &mut Checker<'_>) -> Vec<RawRow> {
        let text = checker.sources.slice(self.text);
        let mut lines = Lines::new(text);
        let mut line = Line::default();
        if !lines.read(&mut line) {
            checker.report(errors::file_without_header(self.param));
            return Vec::new();
        }
        let Some(columns) = self.columns(checker, text, &line) else { return Vec::new() };
        let (low, high) = exact::within(&self.facts.low, &self.facts.high, &step_of(self.scale));
        let limit = |value: BigInt, else_: i64| i64::try_from(value).unwrap_or(else_);
        let limits = (limit(low, i64::MIN + 1), limit(high, i64::MAX));
        let mut rows = Vec::new();
        let mut problems = 0;
        while lines.read(&mut line) {
            let span = self.span(&line.range);
            if line.cells.len() != columns.count {
                checker.report(errors::cells_in_line(span, columns.count, line.cells.len()));
                problems += 1;
            } else {
                match self.row(checker, text, &line, &columns, limits, rows.last()) {
                    Ok(row) => rows.push(row),
                    Err((at, problem)) => {
                        let span = line.cells.get(at).map_or(span, |cell| self.span(&cell.range));
                        checker.report(errors::bad_cell(span, &problem));
                        problems += 1;
                    }
                }
            }
            if problems >= MAX_PROBLEMS {
                break;
            }
        }
        rows
    }

    fn span(&self, range: &Range<usize>) -> Span {
        Span { start: self.text.start + range.start, end: self.text.start + range.end.max(range.start) }
    }

    fn columns(&self, checker: &mut Checker<'_>, text: &str, header: &Line) -> Option<Columns> {
        let names: Vec<&str> = header.cells.iter().map(|cell| cell.trimmed(text)).collect();
        let span = self.span(&header.range);
        for (at, name) in names.iter().enumerate() {
            if names.iter().take(at).any(|earlier| earlier == name) {
                let span = header.cells.get(at).map_or(span, |cell| self.span(&cell.range));
                checker.report(errors::column_twice(span, name));
                return None;
            }
        }
        let mut find = |wanted: &[&str]| {
            let found = names.iter().position(|name| wanted.contains(name));
            if found.is_none() {
                checker.report(errors::column_missing(span, wanted.first().copied().unwrap_or(""), &names));
            }
            found
        };
        let keys = self.keys.iter().map(|(key, _)| find(&[&key.text])).collect::<Option<Vec<usize>>>()?;
        let value = find(&[&self.param.name.text, "value", "取值"])?;
        let from = names.iter().position(|name| matches!(*name, "from" | "自"));
        let known = |at: usize| keys.contains(&at) || Some(at) == from || at == value;
        if let Some((at, name)) = names.iter().enumerate().find(|(at, _)| !known(*at)) {
            let span = header.cells.get(at).map_or(span, |cell| self.span(&cell.range));
            checker.report(errors::column_unknown(span, name));
            return None;
        }
        Some(Columns { keys, from, value, count: names.len() })
    }

    /// A row, or the column that is wrong and how.
    fn row(
        &self,
        checker: &Checker<'_>,
        text: &str,
        line: &Line,
        columns: &Columns,
        limits: (i64, i64),
        last: Option<&RawRow>,
    ) -> Result<RawRow, (usize, Text)> {
        let cell = |at: usize| line.cells.get(at).map(|cell| cell.value(text)).unwrap_or_default();
        let mut keys = Vec::with_capacity(columns.keys.len());
        for (place, ((_, ty), at)) in self.keys.iter().zip(&columns.keys).enumerate() {
            let last = last.and_then(|row| row.keys.get(place));
            keys.push(self.key(checker, &cell(*at), *ty, self.span(&line.range), last).map_err(|text| (*at, text))?);
        }
        let from = match columns.from {
            None => None,
            Some(at) => match cell(at).parse::<jiff::civil::Date>() {
                Ok(date) => Some(days_of(date)),
                Err(_) => return Err((at, Text::new("not a date such as 2022-08-01", "不是 2022-08-01 形式的日期"))),
            },
        };
        let value = self.value(checker, &cell(columns.value)).map_err(|text| (columns.value, text))?;
        if value < limits.0 || value > limits.1 {
            let shown = |limit: &BigRational| checker.program.show(self.ty, limit);
            let (low, high) = (shown(&self.facts.low), shown(&self.facts.high));
            let problem = Text::new(
                format!("not from {} to {}", low.en, high.en),
                format!("不在 {} 至 {} 之间", low.zh, high.zh),
            );
            return Err((columns.value, problem));
        }
        Ok(RawRow { keys, from, cell: value, span: self.span(&line.range) })
    }

    fn key(
        &self,
        checker: &Checker<'_>,
        text: &str,
        ty: Type,
        span: Span,
        last: Option<&RawKey>,
    ) -> Result<RawKey, Text> {
        if text.is_empty() {
            return Err(Text::new("this key is empty", "键为空"));
        }
        match ty {
            Type::Code | Type::Id => {
                let near = match last {
                    Some(RawKey::Ordinal(last)) => Some(*last),
                    _ => None,
                };
                let number = checker.code_number(text, near);
                number.map(RawKey::Ordinal).ok_or_else(|| Text::new("an unknown code", "未知编码"))
            }
            Type::Enum(id) => {
                let place = checker.enum_ordinal(text, id).and_then(|place| u32::try_from(place).ok());
                place.map(RawKey::Ordinal).ok_or_else(|| {
                    let known: Vec<&str> = checker.enum_values(id).iter().map(|value| value.name.as_str()).collect();
                    let name = checker.name_of(ty);
                    Text::new(
                        format!("not {}: {}", name.en, known.join(", ")),
                        format!("不是{}：{}", name.zh, known.join("、")),
                    )
                })
            }
            Type::Bool => match text {
                "true" | "是" => Ok(RawKey::Ordinal(1)),
                "false" | "否" => Ok(RawKey::Ordinal(0)),
                _ => Err(Text::new("neither true nor false", "不是 是 或 否")),
            },
            Type::Measure(_) | Type::Date => range(text, ty, span),
        }
    }

    /// The cell of a value.
    fn value(&self, checker: &Checker<'_>, text: &str) -> Result<i64, Text> {
        match self.ty {
            Type::Measure(measure) => amount(text, measure.kind(), self.scale),
            Type::Bool => match text {
                "true" | "是" => Ok(1),
                "false" | "否" => Ok(0),
                _ => Err(Text::new("neither true nor false", "不是 是 或 否")),
            },
            Type::Date => match text.parse::<jiff::civil::Date>() {
                Ok(date) => Ok(days_of(date).into()),
                Err(_) => Err(Text::new("not a date such as 2022-08-01", "不是 2022-08-01 形式的日期")),
            },
            Type::Enum(id) => {
                checker.enum_ordinal(text, id).ok_or_else(|| Text::new("not a value of its enum", "不是该枚举的取值"))
            }
            Type::Code | Type::Id => Err(Text::new("codes are no values", "编码不能作取值")),
        }
    }
}

/// An amount as an integer of `scale` decimals. A rate may be in percent, percentage points must say so.
fn amount(text: &str, kind: Option<Kind>, scale: u32) -> Result<i64, Text> {
    let suffixes: &[&str] = match kind {
        Some(Kind::Rate | Kind::Ratio) => &["%", "％"],
        Some(Kind::Points) => &["个百分点", "百分点", "pp"],
        _ => &[],
    };
    let bare = suffixes.iter().find_map(|suffix| text.strip_suffix(suffix)).map(str::trim_end);
    if bare.is_none() && kind == Some(Kind::Points) {
        return Err(Text::new("percentage points are written as in 5pp", "百分点须写作 5个百分点"));
    }
    let shift = if bare.is_some() { 2 } else { 0 };
    let number = bare.unwrap_or(text);
    let (sign, digits) = number.strip_prefix('-').map_or((1, number), |rest| (-1, rest));
    let not_a_number = || Text::new("not a plain number such as 1250.00", "不是 1250.00 形式的数字");
    // The digits as one integer, `None` if it is too large; how many they are, and how many of them follow the point.
    let (mut mantissa, mut count, mut decimals) = (Some(0_i64), 0_u32, None);
    for byte in digits.bytes() {
        match byte {
            b'0'..=b'9' => {
                mantissa = mantissa.and_then(|sum| sum.checked_mul(10)?.checked_add((byte - b'0').into()));
                count += 1;
                decimals = decimals.map(|decimals: u32| decimals + 1);
            }
            b'.' if count > 0 && decimals.is_none() => decimals = Some(0),
            _ => return Err(not_a_number()),
        }
    }
    if count == 0 || decimals == Some(0) {
        return Err(not_a_number());
    }
    let written = decimals.unwrap_or(0).saturating_add(shift);
    if written > scale {
        return Err(Text::new("more decimals than the parameter's step", "小数位数多于参数的步长"));
    }
    let too_large = || Text::new("too large a number", "数值过大");
    let mantissa = mantissa.ok_or_else(too_large)?;
    let power = 10_i64.checked_pow(scale - written).ok_or_else(too_large)?;
    mantissa.checked_mul(power).map(|cell| sign * cell).ok_or_else(too_large)
}

/// `60..<80` and its like, in the unit of the key.
fn range(text: &str, ty: Type, span: Span) -> Result<RawKey, Text> {
    let form = || Text::new("not a range such as 60..<80 or ..=5", "不是 60..<80 或 ..=5 形式的范围");
    let (low, rest) = text.split_once("..").ok_or_else(form)?;
    let (edge, high) = match rest.strip_prefix('=') {
        Some(high) => (Edge::UpTo, high),
        None => rest.strip_prefix('<').map_or((Edge::Plain, rest), |high| (Edge::Below, high)),
    };
    let bound = |text: &str| match text.trim() {
        "" => Ok(None),
        text => bound_value(text, ty).map(Some),
    };
    let (low, high) = (bound(low)?, bound(high)?);
    if high.is_some() && edge == Edge::Plain {
        return Err(Text::new("say to whom the end belongs: ..= or ..<", "须写明上限归谁：..= 或 ..<"));
    }
    if low.as_ref().zip(high.as_ref()).is_some_and(|(low, high)| high <= low) {
        return Err(Text::new("a range without values", "范围内没有数值"));
    }
    Ok(RawKey::Range(Box::new(RawRange { low, high, edge, span })))
}

fn bound_value(text: &str, ty: Type) -> Result<BigRational, Text> {
    if ty == Type::Date {
        let date = text.parse::<jiff::civil::Date>();
        let date = date.map_err(|_| Text::new("not a date such as 2022-08-01", "不是 2022-08-01 形式的日期"))?;
        return Ok(BigRational::from(BigInt::from(days_of(date))));
    }
    let kind = ty.measure().and_then(super::types::Measure::kind);
    let digits = text.split_once('.').map_or(0, |(_, decimals)| decimals.trim_end_matches(['%', '％']).len());
    let scale = u32::try_from(digits).unwrap_or(9).min(12) + 2;
    let cell = amount(text, kind, scale)?;
    Ok(BigRational::new(cell.into(), BigInt::from(10).pow(scale)))
}
