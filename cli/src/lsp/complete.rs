//! Proposals for what to write next.

use fen_compiler::navigate::{Completion, CompletionKind, NameKind, complete as proposals};
use tower_lsp_server::ls_types::{
    CompletionItem, CompletionItemKind, CompletionResponse, CompletionTextEdit, Position, TextEdit,
};

use super::workspace::View;

/// What can be written at a position. What was asked for by a mere space is answered only where little else makes sense.
pub(crate) fn complete(view: &View, position: Position, is_by_space: bool) -> Option<CompletionResponse> {
    let offset = view.text.offset(position, view.encoding);
    if !view.is_code(offset) {
        return None;
    }
    let mut found = proposals(view.code(), offset, &view.known.names);
    // Names whose items are being typed are known from before.
    if let Some(whole) = view.whole.as_ref().filter(|_| !view.known.examined.is_whole()) {
        let before = proposals(view.code(), offset, &whole.names);
        if before.is_narrow && !found.is_narrow {
            found = before;
        } else if before.is_narrow == found.is_narrow {
            let is_new = |one: &Completion| found.items.iter().all(|known| known.text != one.text);
            let more: Vec<Completion> = before.items.into_iter().filter(is_new).collect();
            found.items.extend(more);
        }
    }
    if is_by_space && !found.is_narrow {
        return None;
    }
    let range = view.text.range(found.replace, view.encoding);
    let item = |(at, one): (usize, Completion)| CompletionItem {
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
