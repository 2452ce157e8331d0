//! Which language to speak.

use fen_compiler::Lang;
use fen_schema::Language;

/// The language asked for, else that of the terminal, else English.
pub(crate) fn choose(asked: Option<Lang>) -> Lang {
    asked.unwrap_or_else(|| {
        let locale = ["LC_ALL", "LC_MESSAGES", "LANG"].into_iter().find_map(|name| {
            let value = std::env::var(name).unwrap_or_default();
            (!value.is_empty()).then_some(value)
        });
        if locale.is_some_and(|locale| locale.starts_with("zh")) { Lang::Zh } else { Lang::En }
    })
}

/// The language as the schema and explanations have it.
pub(crate) fn schema_language(lang: Lang) -> Language {
    match lang {
        Lang::En => Language::En,
        Lang::Zh => Language::Zh,
    }
}
