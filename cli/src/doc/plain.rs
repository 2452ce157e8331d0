//! Policies without Markdown: comments and the clauses that rules cite stand beside the rules.

use fen_grammar::literate::needs_space;
use fen_grammar::source::{Source, Span};
use fen_grammar::tree::Item;

use super::body::Body;
use super::code::Code;
use super::glossary::cited;
use super::html::escape;

/// The body of a policy. Every comment that begins a line, or empty line, begins a new row.
pub(super) fn body(source: &Source, items: &[Item], code: &Code<'_>, figures: &dyn Fn(Span) -> String) -> Body {
    let mut body = Body::default();
    let mut comment: Vec<&str> = Vec::new();
    let mut lines: Vec<Span> = Vec::new();
    let mut start = 0;
    for line in source.text().split_inclusive('\n') {
        let span = Span { start, end: start + line.len() };
        start = span.end;
        let is_comment = line.starts_with('#');
        // An empty line within an item does not end it.
        let is_within = items.iter().any(|item| item.span.start < span.start && span.start < item.span.end);
        let ends_row = is_comment || (line.trim().is_empty() && !is_within);
        if ends_row && !lines.is_empty() {
            row(&mut body, &std::mem::take(&mut comment), &std::mem::take(&mut lines), items, code, figures);
        }
        if is_comment {
            comment.push(line.trim_start_matches(['#', ' ']).trim_end());
        } else if !line.trim().is_empty() || !lines.is_empty() {
            lines.push(span);
        } else if !comment.is_empty() {
            // A comment that stands alone.
            row(&mut body, &std::mem::take(&mut comment), &[], items, code, figures);
        }
    }
    row(&mut body, &comment, &lines, items, code, figures);
    body
}

fn row(
    body: &mut Body,
    comment: &[&str],
    lines: &[Span],
    items: &[Item],
    code: &Code<'_>,
    figures: &dyn Fn(Span) -> String,
) {
    let mut words = String::new();
    if !comment.is_empty() {
        let mut text = String::new();
        for line in comment {
            if needs_space(text.chars().next_back(), line.chars().next()) {
                text.push(' ');
            }
            text += line;
        }
        words += &format!("<p>{}</p>\n", escape(&text));
    }
    let span = lines.iter().copied().reduce(Span::to);
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
        body.rules(&(code.block(lines) + &figures(span)));
    }
    body.end_row();
}
