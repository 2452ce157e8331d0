//! Policies without Markdown: comments and the clauses that rules cite stand beside the rules.

use fen_grammar::literate::needs_space;
use fen_grammar::source::{Source, Span};
use fen_grammar::tree::Item;

use super::body::Body;
use super::code::Code;
use super::glossary::cited;
use super::html::escape;

/// Comments, and the lines of code below them.
#[derive(Default)]
struct Row<'a> {
    comment: Vec<&'a str>,
    lines: Vec<Span>,
}

/// The body of a policy. Every comment that begins a line, or empty line, begins a new row.
pub(super) fn body(source: &Source, items: &[Item], code: &Code<'_>, figures: &dyn Fn(Span) -> String) -> Body {
    let mut body = Body::default();
    let rows = rows(source, items);
    let others = code.twin.as_ref().map(|twin| self::rows(&twin.source, &twin.items)).unwrap_or_default();
    for (at, row) in rows.iter().enumerate() {
        // Comments and empty lines stay where they are in other words.
        let other = others.get(at).filter(|_| others.len() == rows.len());
        show(&mut body, row, other, items, code, figures);
    }
    body
}

fn rows<'a>(source: &'a Source, items: &[Item]) -> Vec<Row<'a>> {
    let mut rows = Vec::new();
    let mut row = Row::default();
    let mut start = 0;
    for line in source.text().split_inclusive('\n') {
        let span = Span { start, end: start + line.len() };
        start = span.end;
        let is_comment = line.starts_with('#');
        // An empty line within an item does not end it.
        let is_within = items.iter().any(|item| item.span.start < span.start && span.start < item.span.end);
        let ends_row = is_comment || (line.trim().is_empty() && !is_within);
        if ends_row && !row.lines.is_empty() {
            rows.push(std::mem::take(&mut row));
        }
        if is_comment {
            row.comment.push(line.trim_start_matches(['#', ' ']).trim_end());
        } else if !line.trim().is_empty() || !row.lines.is_empty() {
            row.lines.push(span);
        } else if !row.comment.is_empty() {
            // A comment that stands alone.
            rows.push(std::mem::take(&mut row));
        }
    }
    rows.push(row);
    rows
}

fn show(
    body: &mut Body,
    row: &Row<'_>,
    other: Option<&Row<'_>>,
    items: &[Item],
    code: &Code<'_>,
    figures: &dyn Fn(Span) -> String,
) {
    let mut words = String::new();
    if !row.comment.is_empty() {
        let mut text = String::new();
        for line in &row.comment {
            if needs_space(text.chars().next_back(), line.chars().next()) {
                text.push(' ');
            }
            text += line;
        }
        words += &format!("<p>{}</p>\n", escape(&text));
    }
    let span = row.lines.iter().copied().reduce(Span::to);
    if let Some(span) = span {
        let is_here = |item: &&Item| span.start <= item.span.start && item.span.start < span.end;
        let mut clauses: Vec<String> = Vec::new();
        for clause in items.iter().filter(is_here).flat_map(cited) {
            if !clauses.contains(&clause) {
                clauses.push(clause);
            }
        }
        for clause in clauses {
            words += &format!("<p class=\"cited\">{}</p>\n", escape(&clause));
        }
    }
    if !words.is_empty() {
        body.words(&words);
    }
    if let Some(span) = span {
        let html = code.block(&row.lines, other.map(|row| row.lines.as_slice()));
        body.rules(&(html + &figures(span)));
    }
    body.end_row();
}
