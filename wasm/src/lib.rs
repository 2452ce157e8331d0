//! The Fen compiler for the browser.

use fen_compiler::{Lang, Source, analyze, render};
use wasm_bindgen::prelude::wasm_bindgen;

/// Checks a policy. Returns a JSON object whose array `diagnostics` is empty if nothing is to be said; each diagnostic has
/// `code`, `severity`, `message`, `help` (text or null) and `labels` with `line`, `column`, `end_line`, `end_column`
/// (from 1, columns in characters, ends exclusive) and `text`. Messages are Chinese if `lang` begins with `zh`, else
/// English. `name` is the file's name, `policy.fen` by default; with one that ends in `.md` the source is Markdown.
#[wasm_bindgen]
#[must_use]
pub fn check(source: &str, lang: &str, name: Option<String>) -> String {
    let lang = if lang.starts_with("zh") { Lang::Zh } else { Lang::En };
    let source = Source::new(name.unwrap_or_else(|| "policy.fen".to_owned()), source);
    let analysis = analyze(&source);
    let diagnostics = render::json(analysis.sources(), analysis.diagnostics(), lang);
    serde_json::json!({ "diagnostics": diagnostics }).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn speaks_both_languages() {
        assert!(check("polcy a.b", "en", None).contains("no item begins with `polcy`"));
        assert!(check("polcy a.b", "zh-CN", None).contains("没有以“polcy”开头的条目"));
        assert!(check("# polcy a.b", "en", Some("a.md".to_owned())).contains("fen::markdown::no_blocks"));
    }
}
