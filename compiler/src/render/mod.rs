//! Diagnostics for people (framed text, by miette) and for tools (JSON).

#[cfg(feature = "fancy")]
mod framed;

use fen_grammar::diagnostic::{Diagnostic, Lang, Severity};
use fen_grammar::source::Source;
use serde_json::{Value, json};

#[cfg(feature = "fancy")]
pub use self::framed::{Style, text};

/// Each diagnostic as a JSON object; lines and columns count from 1, columns count characters, ends are exclusive.
#[must_use]
pub fn json(source: &Source, diagnostics: &[Diagnostic], lang: Lang) -> Vec<Value> {
    diagnostics
        .iter()
        .map(|diagnostic| {
            let labels: Vec<Value> = diagnostic
                .labels
                .iter()
                .map(|label| {
                    let (start, end) = (source.position(label.span.start), source.position(label.span.end));
                    json!({
                        "line": start.line,
                        "column": start.column,
                        "end_line": end.line,
                        "end_column": end.column,
                        "text": label.text.get(lang),
                    })
                })
                .collect();
            json!({
                "file": source.name(),
                "code": diagnostic.code,
                "severity": severity(diagnostic.severity),
                "message": diagnostic.message.get(lang),
                "help": diagnostic.help.as_ref().map(|help| help.get(lang)),
                "labels": labels,
            })
        })
        .collect()
}

fn severity(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
    }
}
