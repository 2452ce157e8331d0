//! Diagnostics for people (framed text, by miette) and for tools (JSON).

#[cfg(feature = "fancy")]
mod framed;

use fen_grammar::diagnostic::{Diagnostic, Lang, Severity};
use fen_grammar::source::{Source, Sources, Span};
use serde_json::{Value, json};

#[cfg(feature = "fancy")]
pub use self::framed::{Style, text};

/// Each diagnostic as a JSON object; lines and columns count from 1, columns count characters, ends are exclusive.
#[must_use]
pub fn json(sources: &Sources, diagnostics: &[Diagnostic], lang: Lang) -> Vec<Value> {
    diagnostics
        .iter()
        .map(|diagnostic| {
            let labels: Vec<Value> = diagnostic
                .labels
                .iter()
                .map(|label| {
                    let (source, span) = place(sources, label.span);
                    let (start, end) = (source.position(span.start), source.position(span.end));
                    json!({
                        "file": source.file(),
                        "line": start.line,
                        "column": start.column,
                        "end_line": end.line,
                        "end_column": end.column,
                        "text": label.text.get(lang),
                    })
                })
                .collect();
            let culprit = diagnostic.labels.first().map(|label| label.span).unwrap_or_default();
            json!({
                "file": place(sources, culprit).0.file(),
                "code": diagnostic.code,
                "severity": severity(diagnostic.severity),
                "message": diagnostic.message.get(lang),
                "help": diagnostic.help.as_ref().map(|help| help.get(lang)),
                "labels": labels,
            })
        })
        .collect()
}

/// The source that a place lies in, and the place there.
fn place(sources: &Sources, span: Span) -> (&Source, Span) {
    static NOWHERE: std::sync::LazyLock<Source> = std::sync::LazyLock::new(|| Source::new("", ""));
    sources.locate(span).unwrap_or((&NOWHERE, Span::default()))
}

fn severity(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
    }
}
