//! The items of a document, for overviews.

use fen_compiler::navigate::{OutlineItem, OutlineKind, outline};
use tower_lsp_server::ls_types::{DocumentSymbol, SymbolKind};

use super::workspace::View;

/// The items of the text now, of all policies in it.
pub(crate) fn symbols(views: &[View]) -> Vec<DocumentSymbol> {
    let of = |view: &View| outline(view.code()).iter().map(|item| symbol(view, item)).collect::<Vec<_>>();
    let mut all: Vec<DocumentSymbol> = views.iter().flat_map(of).collect();
    all.sort_by_key(|symbol| symbol.range.start);
    all
}

fn symbol(view: &View, item: &OutlineItem) -> DocumentSymbol {
    let children: Vec<DocumentSymbol> = item.children.iter().map(|child| symbol(view, child)).collect();
    let detail = item.detail.get(view.lang);
    // Editors refuse symbols without a name.
    let name = if item.name.trim().is_empty() { "…" } else { item.name.trim() };
    #[expect(deprecated, reason = "the protocol's type has a field that is not used any more")]
    DocumentSymbol {
        name: name.to_owned(),
        detail: (!detail.is_empty()).then(|| detail.to_owned()),
        kind: kind(item.kind),
        tags: None,
        deprecated: None,
        range: view.text.range(item.span, view.encoding),
        selection_range: view.text.range(item.name_span, view.encoding),
        children: (!children.is_empty()).then_some(children),
    }
}

fn kind(kind: OutlineKind) -> SymbolKind {
    match kind {
        OutlineKind::Policy => SymbolKind::MODULE,
        OutlineKind::Enum => SymbolKind::ENUM,
        OutlineKind::EnumValue => SymbolKind::ENUM_MEMBER,
        OutlineKind::Input => SymbolKind::FIELD,
        OutlineKind::Key | OutlineKind::Link => SymbolKind::KEY,
        OutlineKind::Parameter => SymbolKind::CONSTANT,
        OutlineKind::Definition | OutlineKind::Running | OutlineKind::Split => SymbolKind::VARIABLE,
        OutlineKind::Rows => SymbolKind::ARRAY,
        OutlineKind::Row => SymbolKind::NUMBER,
        OutlineKind::Ladder => SymbolKind::FUNCTION,
        OutlineKind::Output => SymbolKind::PROPERTY,
        OutlineKind::Indicator => SymbolKind::BOOLEAN,
        OutlineKind::Always => SymbolKind::BOOLEAN,
        OutlineKind::Example => SymbolKind::EVENT,
    }
}
