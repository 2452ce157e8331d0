//! The Fen compiler for the browser.

use fen_compiler::{Lang, Source, analyze, render};
use wasm_bindgen::prelude::wasm_bindgen;

/// Checks a policy. Returns a JSON object whose array `diagnostics` is empty if nothing is to be said; each diagnostic has
/// `code`, `severity`, `message`, `help` (text or null) and `labels` with `line`, `column`, `end_line`, `end_column`
/// (from 1, columns in characters, ends exclusive) and `text`. Messages are Chinese if `lang` begins with `zh`, else
/// English.
#[wasm_bindgen]
#[must_use]
pub fn check(source: &str, lang: &str) -> String {
    let lang = if lang.starts_with("zh") { Lang::Zh } else { Lang::En };
    let source = Source::new("policy.fen", source);
    let analysis = analyze(&source);
    let diagnostics = render::json(analysis.sources(), analysis.diagnostics(), lang);
    serde_json::json!({ "diagnostics": diagnostics }).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn speaks_both_languages() {
        assert!(check("polcy a.b", "en").contains("no item begins with `polcy`"));
        assert!(check("polcy a.b", "zh-CN").contains("没有以“polcy”开头的条目"));
    }
}
