//! A policy or module from a file, ready to settle.

use std::path::Path;

use fen_compiler::render::{self, Style};
use fen_compiler::{Analysis, Lang, Module, Source, analyze_with};
use fen_runtime::{Policy, Runtime};

use crate::disk::Disk;
use crate::error::{Error, Outcome, print_error};
use crate::files;

/// Loads a module, or compiles a policy and loads the result. Diagnostics of the policy go to standard error.
pub(crate) fn load(path: &Path, lang: Lang) -> Outcome<Policy> {
    let bytes = files::bytes(path)?;
    let is_module = bytes.starts_with(b"\0asm") || path.extension().is_some_and(|ending| ending == "wasm");
    let wasm = if is_module { bytes } else { compile(&files::source_of(path, bytes)?, lang)?.wasm };
    Ok(Runtime::new()?.load(&wasm)?)
}

/// Compiles a policy. Its diagnostics go to standard error.
pub(crate) fn compile(source: &Source, lang: Lang) -> Outcome<Module> {
    let analysis = analyze_with(source, &Disk);
    report(&analysis, lang);
    let Some(policy) = analysis.policy() else {
        if analysis.has_error() {
            return Err(Error::Reported);
        }
        let name = source.name();
        return Err(Error::new(
            "fen::build::library",
            format!("{name} is a library; policies that import from it can be built and run"),
            format!("{name} 是规则库，不能单独编译或运行；请编译引用它的政策"),
        ));
    };
    policy.compile().map_err(|failure| {
        let text = fen_compiler::Diagnostic::from(failure).message;
        Error::new("fen::internal::emit", text.en, text.zh)
    })
}

/// Prints the diagnostics of a policy on standard error.
pub(crate) fn report(analysis: &Analysis, lang: Lang) {
    if !analysis.diagnostics().is_empty() {
        print_error(&render::text(analysis.sources(), analysis.diagnostics(), lang, style()));
    }
}

/// How messages are drawn: in colours on a terminal.
pub(crate) fn style() -> Style {
    let colours = std::io::IsTerminal::is_terminal(&std::io::stderr()) && std::env::var_os("NO_COLOR").is_none();
    if colours { Style::Colours } else { Style::Plain }
}
