//! The Fen compiler for the browser.

use fen_compiler::{Lang, Source, Sources, analyze, render};
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

/// Formats a policy; with `to` being `zh` or `en`, its words are translated. Returns a JSON object with `text` and an empty array
/// `diagnostics`; if the policy has mistakes in its syntax, `text` is null and `diagnostics` has the form that [`check`] gives.
#[wasm_bindgen]
#[must_use]
pub fn format(source: &str, to: Option<String>, lang: &str) -> String {
    let lang_of = |lang: &str| if lang.starts_with("zh") { Lang::Zh } else { Lang::En };
    match fen_compiler::format(source, to.as_deref().map(lang_of)) {
        Ok(text) => serde_json::json!({ "text": text, "diagnostics": [] }).to_string(),
        Err(problems) => {
            let mut sources = Sources::default();
            sources.add(Source::new("policy.fen", source));
            let diagnostics = render::json(&sources, &problems, lang_of(lang));
            serde_json::json!({ "text": null, "diagnostics": diagnostics }).to_string()
        }
    }
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

    #[test]
    fn formats_and_translates() {
        assert_eq!(format("policy  a", None, "en"), r#"{"diagnostics":[],"text":"policy a\n"}"#);
        assert!(format("policy  a", Some("zh".to_owned()), "en").contains("政策 a"));
        assert!(format("polcy a", None, "zh").contains("没有以“polcy”开头的条目"));
    }
}
