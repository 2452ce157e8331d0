//! Policies in literate form: the ```` ```fen ```` blocks of a Markdown text are formatted, and nothing else is touched.

use super::names::Names;
use super::part;
use crate::diagnostic::{Diagnostic, Label, Lang};
use crate::errors::Misformatted;
use crate::literate::{Block, Outline};
use crate::parse::parse_source;
use crate::source::{Source, Span};
use crate::tree::File;

/// Formats the blocks of a Markdown text that are parts of a policy, as [`format`](super::format()) does. Everything outside of
/// them is kept byte for byte, and so are blocks marked `ignore` or `refused`. A text without such blocks stays as it is.
///
/// # Errors
///
/// What is wrong with the blocks, in source order and with places in the Markdown. Nothing is formatted then.
pub fn format_markdown(text: &str, lang: Option<Lang>) -> Result<String, Vec<Diagnostic>> {
    format_markdown_beside(text, &[], lang)
}

/// The same for a text that amends other policies, as [`format_beside`](super::format_beside()) does.
///
/// # Errors
///
/// As of [`format_markdown`].
pub fn format_markdown_beside(text: &str, bases: &[File], lang: Option<Lang>) -> Result<String, Vec<Diagnostic>> {
    let source = Source::new("policy.md", text);
    if source.outline().is_some_and(|outline| outline.policy_blocks().next().is_none()) {
        return Ok(text.to_owned());
    }
    let (file, mut problems) = parse_source(&source, 0);
    if !problems.is_empty() {
        return Err(problems);
    }
    let blocks: Vec<&Block> = source.outline().into_iter().flat_map(Outline::policy_blocks).collect();
    let codes: Vec<String> = blocks.iter().map(|block| code(text, block)).collect();
    let names = Names::of([&file], bases);
    let mut formatted = Vec::new();
    for (block, code) in blocks.iter().zip(&codes) {
        match part(code, &names, lang) {
            // Blank lines in a block stay.
            Ok(text) if text.is_empty() => formatted.push(code.clone()),
            Ok(text) => formatted.push(text),
            Err(problem) => problems.push(moved(*problem, &block.lines)),
        }
    }
    if !problems.is_empty() {
        return Err(problems);
    }
    let written = written(text, &blocks, &codes, &formatted);
    let outline = Outline::of(&written);
    let again: Vec<String> = outline.policy_blocks().map(|block| code(&written, block)).collect();
    let is_same = |(again, formatted): (&String, &String)| again.lines().eq(formatted.lines());
    if again.len() != formatted.len() || !again.iter().zip(&formatted).all(is_same) {
        return Err(vec![Misformatted { span: Span { start: 0, end: text.len() } }.into()]);
    }
    Ok(written)
}

/// The code of a block.
fn code(text: &str, block: &Block) -> String {
    block.lines.iter().filter_map(|line| text.get(line.start..line.end)).collect()
}

/// The text with other code in its blocks.
fn written(text: &str, blocks: &[&Block], codes: &[String], formatted: &[String]) -> String {
    let mut written = String::with_capacity(text.len());
    let mut done = 0;
    for ((block, code), formatted) in blocks.iter().zip(codes).zip(formatted) {
        let (Some(first), Some(last)) = (block.lines.first(), block.lines.last()) else { continue };
        if code == formatted {
            continue;
        }
        // What indents the block, or quotes it.
        let before = text.get(..first.start).unwrap_or_default();
        let begin = before.rfind('\n').map_or(0, |at| at + 1);
        let margin = before.get(begin..).unwrap_or_default();
        written.push_str(text.get(done..begin).unwrap_or_default());
        for line in formatted.split_inclusive('\n') {
            written.push_str(if line.trim().is_empty() { margin.trim_end() } else { margin });
            written.push_str(line);
        }
        done = last.end;
    }
    written.push_str(text.get(done..).unwrap_or_default());
    written
}

/// A problem of a block's code with its places in the Markdown.
fn moved(problem: Diagnostic, block: &[Span]) -> Diagnostic {
    let place = |at: usize| {
        let mut start = 0;
        for line in block {
            let length = line.end - line.start;
            if at <= start + length {
                return line.start + (at - start);
            }
            start += length;
        }
        block.last().map_or(0, |line| line.end)
    };
    // A place at the end of one line and at the start of the next one is meant at the start, unless something ends there.
    let span = |span: Span| {
        let end = place(span.end);
        let start = if span.start < span.end { place(span.start + 1).saturating_sub(1) } else { end };
        Span { start, end }
    };
    let labels = problem.labels.into_iter().map(|label| Label { span: span(label.span), ..label }).collect();
    Diagnostic { labels, ..problem }
}
