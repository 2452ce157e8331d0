//! Proposals for what to write next.

use fen_compiler::navigate::{CompletionKind, NameKind, complete as proposals};
use tower_lsp_server::ls_types::{
    CompletionItem, CompletionItemKind, CompletionResponse, CompletionTextEdit, Position, TextEdit,
};

use super::workspace::View;

/// What can be written at a position. What was asked for by a mere space is answered only where little else makes sense.
pub(crate) fn complete(view: &View, position: Position, is_by_space: bool) -> Option<CompletionResponse> {
    let offset = view.text.offset(position, view.encoding);
    // Names that are being typed are known from before.
    let names = if view.known.examined.diagnostics().iter().any(|one| one.code.starts_with("fen::syntax::")) {
        view.whole.as_ref().map_or(&view.known.names, |whole| &whole.names)
    } else {
        &view.known.names
    };
    let found = proposals(view.code(), offset, names);
    if is_by_space && !found.is_narrow {
        return None;
    }
    let range = view.text.range(found.replace, view.encoding);
    let item = |(at, one): (usize, fen_compiler::navigate::Completion)| CompletionItem {
        label: one.text.clone(),
        kind: Some(kind(one.kind)),
        detail: Some(one.detail.get(view.lang).to_owned()).filter(|detail| !detail.is_empty()),
        sort_text: Some(format!("{at:04}")),
        text_edit: Some(CompletionTextEdit::Edit(TextEdit::new(range, one.text))),
        ..CompletionItem::default()
    };
    Some(CompletionResponse::Array(found.items.into_iter().enumerate().map(item).collect()))
}

fn kind(kind: CompletionKind) -> CompletionItemKind {
    match kind {
        CompletionKind::Keyword => CompletionItemKind::KEYWORD,
        CompletionKind::Type => CompletionItemKind::CLASS,
        CompletionKind::Unit => CompletionItemKind::UNIT,
        CompletionKind::Name(kind) => match kind {
            NameKind::Enum => CompletionItemKind::ENUM,
            NameKind::EnumValue => CompletionItemKind::ENUM_MEMBER,
            NameKind::Input | NameKind::Key => CompletionItemKind::FIELD,
            NameKind::Parameter | NameKind::RequiredParameter => CompletionItemKind::CONSTANT,
            NameKind::Ladder => CompletionItemKind::FUNCTION,
            NameKind::Link => CompletionItemKind::REFERENCE,
            NameKind::Policy => CompletionItemKind::MODULE,
            _ => CompletionItemKind::VARIABLE,
        },
    }
}
