//! Source text to the same text as it should look, in its own words or in those of the other language.
//!
//! Tokens keep their order and meaning; comments, names, numbers and quoted texts are kept as they are. Where lines end is the
//! author's choice, but for parts of an item that begin a line: cases, exceptions, rows of named ladders, dated values, what is
//! given and expected. What was written is compared with what was read; if they differ, nothing is returned.

mod align;
mod lines;
mod markdown;
mod names;
mod order;
mod tokens;
mod trivia;
mod units;

use self::align::Line;
use self::lines::Layout;
pub use self::markdown::{format_markdown, format_markdown_beside};
use self::names::Names;
use self::order::in_order;
use self::tokens::{Mark, Tokens, tokens};
use self::trivia::{Trivia, comments};
use crate::cut::{Piece, cut};
use crate::diagnostic::{Diagnostic, Lang, Text};
use crate::errors::{Misformatted, Untranslatable};
use crate::parse::{parse, with_pairs};
use crate::source::Span;
use crate::tree::File;

/// Formats a source; with `lang`, its words are translated. Ends of lines are those of its first line.
///
/// # Errors
///
/// What is wrong with the source, in source order. A source with errors is not formatted.
pub fn format(text: &str, lang: Option<Lang>) -> Result<String, Vec<Diagnostic>> {
    format_beside(text, &[], lang)
}

/// The same for a source that amends others: what is named there, and in what they amend themselves, is called so here too.
///
/// # Errors
///
/// As of [`format()`].
pub fn format_beside(text: &str, bases: &[File], lang: Option<Lang>) -> Result<String, Vec<Diagnostic>> {
    let (file, problems) = parse(text);
    if !problems.is_empty() {
        return Err(problems);
    }
    part(text, &Names::of([&file], bases), lang).map_err(|problem| vec![*problem])
}

/// Formats a source without errors, or a part of one, whose names are known.
fn part(text: &str, names: &Names, lang: Option<Lang>) -> Result<String, Box<Diagnostic>> {
    let mark = if text.starts_with('\u{feff}') { "\u{feff}" } else { "" };
    let newline = match text.find('\n') {
        Some(at) if text.get(..at).is_some_and(|line| line.ends_with('\r')) => "\r\n",
        _ => "\n",
    };
    let pieces = cut(text);
    let ordered = in_order(text, &pieces);
    let text = ordered.as_deref().unwrap_or(text);
    let mut lines: Vec<Line> = Vec::new();
    let mut marks = Vec::new();
    let mut end = mark.len();
    for piece in &pieces {
        let source = text.get(piece.span.start..piece.span.end).unwrap_or_default();
        let after_blank = between(text.get(end..piece.span.start).unwrap_or_default(), &mut lines);
        end = piece.span.end;
        let read = with_pairs(source, |pair| (pair.as_rule(), tokens(pair, names, lang)));
        let Some((rule, read)) = read else { return Err(Box::new(Misformatted { span: piece.span }.into())) };
        let Tokens { tokens, marks: meant } = read;
        marks.push(meant);
        lines.extend(Layout { place: piece.span.start, rule, source, tokens, after_blank }.lines());
    }
    between(text.get(end..).unwrap_or_default(), &mut lines);
    let formatted = format!("{mark}{}", align::text(&lines, newline));
    compare(text, &pieces, &marks, &formatted, names, lang)?;
    Ok(formatted)
}

/// Adds the comments between two items; whether a blank line stands before the second one.
fn between(gap: &str, lines: &mut Vec<Line>) -> bool {
    // The first item has no line before it.
    let is_first = lines.is_empty();
    let trivia = if is_first { Trivia::between(&format!("\n{gap}")) } else { Trivia::between(gap) };
    for own in trivia.own {
        // A comment that is indented belongs to the item above.
        let indent = if own.is_indented && !is_first { 2 } else { 0 };
        lines.push(Line::comment(indent, own.after_blank && !lines.is_empty(), own.text));
    }
    trivia.ends_blank && !lines.is_empty()
}

/// Whether what was written says what was read, item by item and comment by comment.
fn compare(
    text: &str,
    pieces: &[Piece],
    marks: &[Vec<Mark>],
    formatted: &str,
    names: &Names,
    lang: Option<Lang>,
) -> Result<(), Box<Diagnostic>> {
    let problem = |span: Span| match lang {
        Some(lang) => Box::new(Untranslatable { span, lang }.into()),
        None => Box::new(Misformatted { span }.into()),
    };
    let whole = Span { start: 0, end: text.len() };
    if let Some(name) = lang.and_then(|lang| names.clash(lang)) {
        let has_it = |marks: &Vec<Mark>| marks.iter().any(|mark| matches!(mark, Mark::Own(_, own) if *own == name));
        let at = marks.iter().position(has_it);
        return Err(problem(at.and_then(|at| pieces.get(at)).map_or(whole, |piece| piece.span)));
    }
    let written = cut(formatted);
    let names = names.translated(lang);
    for (at, piece) in pieces.iter().enumerate() {
        let item = written.get(at).and_then(|piece| formatted.get(piece.span.start..piece.span.end));
        let read = item.and_then(|item| with_pairs(item, |pair| tokens(pair, &names, None).marks));
        if read.as_ref() != marks.get(at) {
            return Err(problem(piece.span));
        }
    }
    let (_, problems) = parse(formatted);
    if let Some(first) = problems.first() {
        // Only sizes can have changed.
        let at = written.iter().position(|piece| piece.span.end > first.offset());
        let span = at.and_then(|at| pieces.get(at)).map_or(whole, |piece| piece.span);
        let labels = vec![crate::diagnostic::Label { span, text: Text::new("formatted", "整理后") }];
        return Err(Box::new(Diagnostic { labels, ..first.clone() }));
    }
    if written.len() != pieces.len() || comments(text) != comments(formatted) {
        return Err(Box::new(Misformatted { span: whole }.into()));
    }
    Ok(())
}

#[cfg(test)]
mod tests;
