//! Formatting, as `fen fmt` does it.

use fen_compiler::literate::is_markdown;
use fen_compiler::{format, format_markdown};
use tower_lsp_server::ls_types::TextEdit;

use super::text::Shift;
use super::workspace::View;

/// What makes the text look as it should: nothing if it does, or if it cannot be read.
pub(crate) fn layout(view: &View) -> Vec<TextEdit> {
    let text = view.text.as_str();
    let formatted = if is_markdown(&view.name) { format_markdown(text, None) } else { format(text, None) };
    // What is wrong is said already.
    let Ok(formatted) = formatted else { return Vec::new() };
    let edit = Shift::between(text, &formatted).edit(&formatted);
    let edit = edit.map(|(span, new)| TextEdit::new(view.text.range(span, view.encoding), new));
    edit.into_iter().collect()
}
