//! Quick fixes: the compiler's remedies as edits.

use std::collections::HashMap;

use fen_compiler::{Fix, Span};
use tower_lsp_server::ls_types::{
    CodeAction, CodeActionKind, CodeActionOrCommand, InlayHint, InlayHintKind, InlayHintLabel, Range, TextEdit, Uri,
    WorkspaceEdit,
};

use super::report;
use super::workspace::{Known, View, Workspace};

/// The remedies for what is wrong in a range.
pub(crate) fn actions(workspace: &Workspace, view: &View, range: Range) -> Vec<CodeActionOrCommand> {
    // Edits of an older text would hit the wrong places.
    let Some(root) = workspace.roots.get(&view.root) else {
        return Vec::new();
    };
    if !view.is_fresh {
        return Vec::new();
    }
    let wanted = view.text.span(range, view.encoding);
    let mut found = Vec::new();
    for diagnostic in report::diagnostics(root) {
        let touches =
            |span: Span| view.here(span).is_some_and(|span| span.start <= wanted.end && wanted.start <= span.end);
        if !diagnostic.labels.first().is_some_and(|label| touches(label.span)) {
            continue;
        }
        let reported = report::reported(workspace, &view.known, diagnostic).map(|(_, reported)| vec![reported]);
        for (at, fix) in diagnostic.fixes.iter().enumerate() {
            let Some(edit) = edit(workspace, &view.known, fix) else { continue };
            found.push(CodeActionOrCommand::CodeAction(CodeAction {
                title: fix.title.get(view.lang).to_owned(),
                kind: Some(CodeActionKind::QUICKFIX),
                diagnostics: reported.clone(),
                edit: Some(edit),
                is_preferred: Some(at == 0 && diagnostic.fixes.len() == 1),
                ..CodeAction::default()
            }));
        }
    }
    found
}

fn edit(workspace: &Workspace, known: &Known, fix: &Fix) -> Option<WorkspaceEdit> {
    let mut changes: HashMap<Uri, Vec<TextEdit>> = HashMap::new();
    for (span, text) in known.examined.edits(fix) {
        let location = report::location(workspace, known, span)?;
        changes.entry(location.uri).or_default().push(TextEdit::new(location.range, text));
    }
    Some(WorkspaceEdit { changes: Some(changes), ..WorkspaceEdit::default() })
}

/// How values are rounded whose definitions do not say so.
pub(crate) fn hints(view: &View, range: Range) -> Vec<InlayHint> {
    let wanted = view.text.span(range, view.encoding);
    let hints = view.known.names.roundings().iter().filter_map(|hint| {
        let place = view.here(Span { start: hint.at, end: hint.at })?;
        (wanted.start <= place.start && place.start <= wanted.end).then(|| InlayHint {
            position: view.text.position(place.start, view.encoding),
            label: InlayHintLabel::String(hint.text.get(view.lang).to_owned()),
            kind: Some(InlayHintKind::TYPE),
            text_edits: None,
            tooltip: None,
            padding_left: Some(true),
            padding_right: Some(true),
            data: None,
        })
    });
    hints.collect()
}
