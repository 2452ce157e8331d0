//! Which language to speak.

use std::path::Path;

use fen_compiler::literate::is_markdown;
use fen_compiler::{Lang, navigate};
use fen_schema::Language;

use crate::files;

/// The language asked for; else that of the terminal; else, where the terminal has none, that of the policy.
pub(crate) fn choose(asked: Option<Lang>, policy: Option<&Path>) -> Lang {
    asked.or_else(of_terminal).or_else(|| of_policy(policy?)).unwrap_or_default()
}

/// The language of the terminal. `C` and `POSIX` are none.
pub(crate) fn of_terminal() -> Option<Lang> {
    let locale = ["LC_ALL", "LC_MESSAGES", "LANG"].into_iter().find_map(|name| {
        let value = std::env::var(name).unwrap_or_default();
        (!value.is_empty()).then_some(value)
    })?;
    match locale.split(['.', '@']).next() {
        None | Some("C" | "POSIX") => None,
        Some(name) if name.starts_with("zh") => Some(Lang::Zh),
        Some(_) => Some(Lang::En),
    }
}

/// The language that a policy, or the first one of a folder, is written in.
fn of_policy(path: &Path) -> Option<Lang> {
    let path = files::policies(&[path.to_owned()]).ok()?.into_iter().next()?;
    let is_source = path.extension().is_some_and(|ending| ending == "fen") || is_markdown(&path.to_string_lossy());
    let source = files::source(&path).ok().filter(|_| is_source)?;
    navigate::language(navigate::code(&source))
}

/// The language as the schema and explanations have it.
pub(crate) fn schema_language(lang: Lang) -> Language {
    match lang {
        Lang::En => Language::En,
        Lang::Zh => Language::Zh,
    }
}
