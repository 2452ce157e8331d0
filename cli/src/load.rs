//! A policy or module from a file, ready to settle.

use std::fs;
use std::path::Path;

use fen_compiler::render::{self, Style};
use fen_compiler::{Analysis, Lang, Module, Source, analyze};
use fen_runtime::{Policy, Runtime};

use crate::error::{Error, Outcome, print_error};
use crate::files;

/// Loads a module, or compiles a policy and loads the result. Diagnostics of the policy go to standard error.
pub(crate) fn load(path: &Path, lang: Lang) -> Outcome<Policy> {
    let bytes = fs::read(path).map_err(|error| Error::read(path, &error))?;
    let is_module = bytes.starts_with(b"\0asm") || path.extension().is_some_and(|ending| ending == "wasm");
    let wasm = if is_module { bytes } else { compile(&files::source_of(path, bytes)?, lang)?.wasm };
    Ok(Runtime::new()?.load(&wasm)?)
}

/// Compiles a policy. Its diagnostics go to standard error.
pub(crate) fn compile(source: &Source, lang: Lang) -> Outcome<Module> {
    let analysis = analyze(source);
    report(source, &analysis, lang);
    let Some(policy) = analysis.policy() else { return Err(Error::Reported) };
    policy.compile().map_err(|failure| {
        let text = fen_compiler::Diagnostic::from(failure).message;
        Error::new("fen::internal::emit", text.en, text.zh)
    })
}

/// Prints the diagnostics of a source on standard error.
pub(crate) fn report(source: &Source, analysis: &Analysis, lang: Lang) {
    if !analysis.diagnostics().is_empty() {
        print_error(&render::text(source, analysis.diagnostics(), lang, style()));
    }
}

fn style() -> Style {
    let colours = std::io::IsTerminal::is_terminal(&std::io::stderr()) && std::env::var_os("NO_COLOR").is_none();
    if colours { Style::Colours } else { Style::Plain }
}
