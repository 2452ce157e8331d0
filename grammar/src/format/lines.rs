//! Tokens to lines.

use super::align::{Cell, Line, Table};
use super::tokens::{Column, Part, Token, columns};
use super::trivia::Trivia;
use crate::parse::Rule;

/// How far what continues an item is indented,
const INDENT: usize = 2;
/// and what continues a part of one.
const DEEPER: usize = 4;

/// An item that is to be laid out.
pub(super) struct Layout<'a> {
    /// Its place in the source, which tells tables of items apart.
    pub(super) place: usize,
    pub(super) rule: Rule,
    /// The item as written.
    pub(super) source: &'a str,
    pub(super) tokens: Vec<Token>,
    pub(super) after_blank: bool,
}

impl Layout<'_> {
    /// The lines of the item.
    pub(super) fn lines(self) -> Vec<Line> {
        let name = self.table();
        let inner = Inner { place: self.place, is_values: self.rule == Rule::param_item };
        let mut lines: Vec<Line> = Vec::new();
        let mut part = None;
        let mut cells = 0;
        let mut before: Option<(usize, usize)> = None;
        for token in self.tokens {
            let (start, end) = (token.start, token.end);
            let Some(last) = before.replace((start, end)) else {
                lines.push(Line::new(0, self.after_blank, Table::Break, token.text));
                continue;
            };
            let trivia = Trivia::between(self.source.get(last.1..start).unwrap_or_default())
                .with_those_inside(self.source.get(last.0..last.1).unwrap_or_default());
            let is_behind_comment = trivia.behind.is_some() || !trivia.own.is_empty();
            if token.part.is_some() || is_behind_comment || (trivia.breaks && !token.stays) {
                let indent = if token.part.is_none() && part.is_some() { DEEPER } else { INDENT };
                part = token.part.or(part);
                if let Some(line) = lines.last_mut() {
                    line.comment = trivia.behind;
                }
                for own in trivia.own {
                    lines.push(Line::comment(indent, own.after_blank, own.text));
                }
                let table = inner.table(part, token.part.is_some());
                cells = 0;
                let mut line = Line::new(indent, trivia.ends_blank, table, String::new());
                append(&mut line, token, &mut cells, inner.is_values);
                lines.push(line);
            } else if let Some(line) = lines.last_mut() {
                append(line, token, &mut cells, inner.is_values);
            }
        }
        let count = lines.len();
        let (start, end) = before.unwrap_or_default();
        let tail = Trivia::between(self.source.get(end..).unwrap_or_default())
            .with_those_inside(self.source.get(start..end).unwrap_or_default());
        if let Some(line) = lines.last_mut() {
            line.comment = tail.behind;
        }
        lines.extend(tail.own.into_iter().map(|own| Line::comment(INDENT, own.after_blank, own.text)));
        if let (Some(first), Some((name, spans_lines))) = (lines.first_mut(), name)
            && (spans_lines || count == 1)
        {
            first.table = Table::Of(name);
        }
        lines
    }

    /// The table that the item's first line belongs to, and whether also if the item goes on below.
    fn table(&self) -> Option<(String, bool)> {
        let token = |at: usize| self.tokens.get(at).map(|token| token.text.as_str()).unwrap_or_default();
        let head = if matches!(token(0), "add" | "增设") { 1 } else { 0 };
        Some(match self.rule {
            // Rows of one subject; keys and other inputs apart.
            Rule::ladder_item => (format!("ladder {}", token(head)), true),
            Rule::input_item => (format!("input {}", token(head)), true),
            Rule::output_item => ("output".to_owned(), true),
            Rule::title_item | Rule::source_item => ("head".to_owned(), true),
            Rule::definition_item => ("definition".to_owned(), false),
            Rule::enum_item => ("enum".to_owned(), false),
            Rule::running_item => ("running".to_owned(), false),
            Rule::link_item => ("link".to_owned(), false),
            Rule::param_item if !self.tokens.iter().any(|token| token.text == "by" || token.text == "按") => {
                ("param".to_owned(), false)
            }
            _ => return None,
        })
    }
}

/// What the lines inside an item have in common.
struct Inner {
    place: usize,
    is_values: bool,
}

impl Inner {
    /// The table of a line in a part of the item, which begins there or goes on.
    fn table(&self, part: Option<Part>, begins: bool) -> Table {
        let of = |name: &str| Table::Of(format!("{name} {}", self.place));
        match part {
            Some(Part::Cells) => of("cells"),
            None if self.is_values => of("cells"),
            Some(Part::Case) if begins => of("cases"),
            Some(Part::Exception) if begins => of("exceptions"),
            Some(Part::Step) if begins => of("steps"),
            Some(Part::Example) if begins => of("example"),
            _ => Table::Through,
        }
    }
}

/// Adds a token to a line: to its last cell, or as a new one.
fn append(line: &mut Line, token: Token, cells: &mut u32, is_values: bool) {
    let starts_line = line.cells.iter().all(|cell| cell.text.is_empty());
    let column = match token.column {
        Some(Column::At(..)) if starts_line => None,
        Some(Column::At(column, gap)) => Some((column, gap)),
        // In the line of `param NAME` itself values are not lined up.
        Some(Column::Cell(_)) if !is_values || line.indent == 0 => None,
        Some(Column::Cell(place)) => {
            if place == 0 {
                *cells = (*cells + 1).min(8_000);
            }
            Some((columns::CELLS + *cells * 64 + place.min(63), usize::from(!starts_line)))
        }
        None => None,
    };
    let last = line.cells.last().map_or(0, |cell| cell.column);
    match (column, line.cells.last_mut()) {
        (Some((column, gap)), _) if column > last => line.cells.push(Cell { column, gap, text: token.text }),
        (column, Some(cell)) => {
            let apart = usize::from(token.is_apart && !starts_line);
            let gap = column.map_or(apart, |(_, gap)| gap);
            cell.text.extend(std::iter::repeat_n(' ', gap));
            cell.text.push_str(&token.text);
        }
        (_, None) => {}
    }
}
