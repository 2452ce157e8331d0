//! What the compiler says, as editors show it: every message in the file where its culprit lies.

use std::collections::{BTreeMap, BTreeSet};

use fen_compiler::{Diagnostic, Lang, Severity, Span};
use tower_lsp_server::ls_types::{
    Diagnostic as Reported, DiagnosticRelatedInformation, DiagnosticSeverity, Location, NumberOrString, Range, Uri,
};

use super::analyst::Message;
use super::workspace::{Known, Root, Workspace};

/// Tells the editor what is new; of the document that was read again, all in any case.
pub(crate) fn publish(workspace: &mut Workspace, read: Option<&str>, send: &dyn Fn(Message)) {
    let mut said: BTreeMap<String, Vec<Reported>> = BTreeMap::new();
    let mut names: BTreeSet<String> = workspace.told.keys().cloned().collect();
    for root in workspace.roots.values() {
        let Some(known) = &root.latest else { continue };
        names.extend(known.texts.keys().cloned());
        for diagnostic in diagnostics(root) {
            let Some((name, reported)) = reported(workspace, known, diagnostic) else { continue };
            let all = said.entry(name).or_default();
            // A file of several policies is read for each of them.
            if !all.contains(&reported) {
                all.push(reported);
            }
        }
    }
    for name in names {
        let new = said.remove(&name).unwrap_or_default();
        let is_new = match workspace.told.get(&name) {
            Some(old) => *old != new,
            None => !new.is_empty() || workspace.documents.contains_key(&name),
        };
        if !is_new && read != Some(name.as_str()) {
            continue;
        }
        let document = workspace.documents.get(&name);
        let version = document
            .filter(|_| workspace.roots_of(&name).all(|root| workspace.is_fresh(root)))
            .map(|document| document.version);
        if let Some(uri) = workspace.uri(&name) {
            send(Message::Diagnostics(uri, new.clone(), version));
        }
        workspace.told.insert(name, new);
    }
}

/// All that is known to be wrong with a policy.
pub(crate) fn diagnostics(root: &Root) -> impl Iterator<Item = &Diagnostic> {
    let clock = root.latest.as_ref().map(|known| known.clock);
    let tried = root.tried.iter().filter(move |(tried, _)| Some(*tried) == clock).flat_map(|(_, found)| found);
    root.latest.iter().flat_map(|known| known.examined.diagnostics()).chain(tried)
}

/// The file of a diagnostic, and the diagnostic as the editor shows it.
pub(crate) fn reported(workspace: &Workspace, known: &Known, diagnostic: &Diagnostic) -> Option<(String, Reported)> {
    let lang = workspace.lang;
    let culprit = diagnostic.labels.first()?;
    let (name, range) = place(workspace, known, culprit.span)?;
    let mut message = diagnostic.message.get(lang).to_owned();
    let here = culprit.text.get(lang);
    if !here.is_empty() {
        message = format!("{message}\n{here}");
    }
    if let Some(help) = &diagnostic.help {
        let word = if lang == Lang::Zh { "建议：" } else { "help: " };
        message = format!("{message}\n{word}{}", help.get(lang));
    }
    let related = diagnostic.labels.iter().skip(1).filter_map(|label| {
        let (name, range) = place(workspace, known, label.span)?;
        let location = Location { uri: workspace.uri(&name)?, range };
        Some(DiagnosticRelatedInformation { location, message: label.text.get(lang).to_owned() })
    });
    let related: Vec<DiagnosticRelatedInformation> = related.collect();
    let reported = Reported {
        range,
        severity: Some(match diagnostic.severity {
            Severity::Error => DiagnosticSeverity::ERROR,
            Severity::Warning => DiagnosticSeverity::WARNING,
        }),
        code: Some(NumberOrString::String(diagnostic.code.to_owned())),
        source: Some("fen".to_owned()),
        message,
        related_information: (!related.is_empty()).then_some(related),
        ..Reported::default()
    };
    Some((name, reported))
}

/// The file and range of a place.
pub(crate) fn place(workspace: &Workspace, known: &Known, span: Span) -> Option<(String, Range)> {
    let (source, span) = known.examined.sources().locate(span)?;
    let text = known.texts.get(source.file())?;
    Some((source.file().to_owned(), text.range(span, workspace.encoding)))
}

/// The location of a place.
pub(crate) fn location(workspace: &Workspace, known: &Known, span: Span) -> Option<Location> {
    let (name, range) = place(workspace, known, span)?;
    let uri: Uri = workspace.uri(&name)?;
    Some(Location { uri, range })
}
