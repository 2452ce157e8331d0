//! Remedies that a tool can apply: what of them depends on how the source is written.

use fen_grammar::diagnostic::{Diagnostic, Fix, Text};
use fen_grammar::source::Span;

use super::Checker;
use super::errors::step_like;
use super::types::Measure;

/// The dots of ranges, as they may be written.
const DOTS: [&str; 2] = ["..", "．．"];

impl Checker<'_> {
    /// Whether what is written at a place is a number, not a name for one.
    pub(super) fn is_number(&self, span: Span) -> bool {
        self.sources.slice(span).starts_with(|c: char| c.is_ascii_digit() || c == '-')
    }

    /// Says to whom the upper bound of a range belongs.
    pub(super) fn with_owners(&self, diagnostic: Diagnostic, bounds: Span) -> Diagnostic {
        let text = self.sources.slice(bounds);
        let dots = DOTS.iter().find_map(|dots| Some((text.find(dots)?, dots.len())));
        let Some((at, length)) = dots else { return diagnostic };
        let span = Span { start: bounds.start + at, end: bounds.start + at + length };
        let owner = |sign: &str, en: &str, zh: &str| {
            let title = Text::new(format!("write `{sign}`: {en}"), format!("改为 {sign}：{zh}"));
            Fix::replace(title, span, Text::new(sign, sign))
        };
        diagnostic.with_fix(owner("..<", "the bound belongs to the next row", "上限归下一档")).with_fix(owner(
            "..=",
            "the bound belongs to this row",
            "上限归本档",
        ))
    }

    /// Adds a row to a ladder beside the one whose bounds stand at `bounds`; it yields the same, for its author to change.
    pub(super) fn row_added(&self, row: &Text, bounds: Span, is_top: bool) -> Option<Fix> {
        let (source, place) = self.sources.locate(bounds)?;
        let text = source.text();
        let line = text.get(..place.start)?.rfind('\n').map_or(0, |at| at + 1);
        let rest = text.get(place.end..)?;
        let end = place.end + rest.find('\n').unwrap_or(rest.len());
        let behind = text.get(place.end..end)?;
        let (_, yields) = behind.split_once("->").or_else(|| behind.split_once("－＞"))?;
        let stops = ["#", " cite ", " 见 ", " from ", " 自 "];
        let stop = stops.iter().filter_map(|stop| yields.find(stop)).min().unwrap_or(yields.len());
        let yields = yields.get(..stop)?.trim();
        if yields.is_empty() || yields.ends_with([',', '，', '、']) {
            return None;
        }
        let indent = text.get(line..place.start)?;
        let indent = indent.get(..indent.len() - indent.trim_start().len())?;
        let whole = |row: &str| format!("{indent}{row} -> {yields}");
        let (en, zh) = (whole(&row.en), whole(&row.zh));
        let title = Text::new(
            format!("add the row `{}`; change what it yields", en.trim()),
            format!("补一行“{}”，所得请自行核定", zh.trim()),
        );
        let start = bounds.start - place.start;
        if !is_top {
            let at = Span { start: start + line, end: start + line };
            return Some(Fix::replace(title, at, Text::new(format!("{en}\n"), format!("{zh}\n"))));
        }
        // Behind the lines that continue the row. A clause below the rows of a named ladder is that of the whole ladder.
        let mut last = end;
        if indent.is_empty() {
            for line in text.get((end + 1).min(text.len())..)?.split_inclusive('\n') {
                let is_more = line.starts_with(char::is_whitespace) && !line.trim().is_empty();
                if !is_more {
                    break;
                }
                last += line.trim_end_matches('\n').len() + 1;
            }
        }
        let before = text.get(..last)?;
        let last = before.trim_end().len().max(end.min(before.len()));
        let last = last - usize::from(text.get(..last)?.ends_with('\r'));
        let at = Span { start: start + last, end: start + last };
        Some(Fix::replace(title, at, Text::new(format!("\n{en}"), format!("\n{zh}"))))
    }

    /// Declares how a measure is rounded, before the item at a place.
    pub(super) fn rounding_declared(&self, span: Span, measure: Measure) -> Option<Fix> {
        let (source, place) = self.sources.locate(span)?;
        let before = source.text().get(..place.start)?;
        // An item begins with the last line before the place that is not indented.
        let mut line = before.rfind('\n').map_or(0, |at| at + 1);
        while line > 0 && source.code().get(line..)?.starts_with(|c: char| c.is_whitespace() || c == '#') {
            line = before.get(..line - 1)?.rfind('\n').map_or(0, |at| at + 1);
        }
        // In a list of Markdown, items do not begin where lines do.
        if source.code().get(line..)?.starts_with(char::is_whitespace) {
            return None;
        }
        let step = step_like(measure);
        let item = Text::new(format!("round half up to {}", step.en), format!("取整 四舍五入 到 {}", step.zh));
        let title = Text::new(format!("declare `{}`", item.en), format!("声明“{}”", item.zh));
        let at = span.start - place.start + line;
        let text = Text::new(format!("{}\n", item.en), format!("{}\n", item.zh));
        Some(Fix::replace(title, Span { start: at, end: at }, text))
    }
}
