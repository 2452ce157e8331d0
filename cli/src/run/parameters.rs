//! Parameters from the command line and from a file.

use std::path::Path;

use fen_compiler::Source;
use fen_runtime::{Parameters, Policy, SettleError};
use fen_schema::Column;
use fen_values::{Given, Mistake, Setting, assigned};

use crate::error::{Error, Outcome};
use crate::files;

/// Mistakes of one file that are shown; more of them are no news.
const MOST_SHOWN: usize = 20;

/// The values of a policy's parameters, all of them: those of `--set` go before those of `--params`.
pub(crate) fn parameters(sets: &[String], params: Option<&Path>, policy: &Policy) -> Outcome<Parameters> {
    let mut parameters = policy.parameters();
    if let Some(path) = params {
        let (source, found) = read(path)?;
        given(&source, &found, &policy.schema().parameters, &policy.schema().policy)?;
        for Setting { name, text, .. } in found {
            parameters.set(&name, &text)?;
        }
    }
    for (name, text) in settings(sets, None)? {
        parameters.set(&name, &text)?;
    }
    whole(parameters)
}

/// Names and texts: those of a file, then those of the command line.
pub(crate) fn settings(sets: &[String], params: Option<&Path>) -> Outcome<Vec<(String, String)>> {
    let read = params.map(read).transpose()?.map(|(_, settings)| settings).unwrap_or_default();
    let mut settings: Vec<(String, String)> = read.into_iter().map(|one| (one.name, one.text)).collect();
    for set in sets {
        let (name, text) = set.split_once('=').ok_or_else(|| without_value(set))?;
        settings.push((name.trim().to_owned(), text.to_owned()));
    }
    Ok(settings)
}

/// Refuses parameters of which one is not set.
pub(crate) fn whole(parameters: Parameters) -> Outcome<Parameters> {
    let missing: Vec<_> = parameters.missing().cloned().collect();
    if !missing.is_empty() {
        let text = SettleError::MissingParameters(missing).text();
        return Err(Error::new(
            "fen::run::missing_parameter",
            format!("{}; give them with --set NAME=VALUE or --params FILE", text.en),
            format!("{}；请用 --set 名称=值 或 --params 文件 给出", text.zh),
        ));
    }
    Ok(parameters)
}

pub(crate) fn without_value(set: &str) -> Error {
    Error::new(
        "fen::run::parameter_syntax",
        format!("--set {set} gives no value; write --set NAME=VALUE"),
        format!("--set {set} 没有给出值，应写作 --set 名称=值"),
    )
}

/// A file of parameters, and the names and texts in it.
pub(crate) fn read(path: &Path) -> Outcome<(Source, Vec<Setting>)> {
    let source = files::source(path)?;
    let settings = fen_values::settings(source.text()).map_err(|mistakes| mistaken(&source, &mistakes))?;
    Ok((source, settings))
}

/// What a file gives for the parameters of a policy.
pub(crate) fn given(source: &Source, settings: &[Setting], columns: &[Column], policy: &str) -> Outcome<Vec<Given>> {
    let (given, mistakes) = assigned(settings, columns, policy);
    if mistakes.is_empty() { Ok(given) } else { Err(mistaken(source, &mistakes)) }
}

/// All that is wrong in a file, with its code and place; the code is that of the first mistake.
fn mistaken(source: &Source, mistakes: &[Mistake]) -> Error {
    let mut lines = mistakes.iter().take(MOST_SHOWN).map(|mistake| {
        let position = source.position(mistake.at.start);
        let (name, line, column) = (source.name(), position.line, position.column);
        let text = mistake.error.text();
        (format!("{name}:{line}:{column}: {}", text.en), format!("{name}:{line}:{column}：{}", text.zh))
    });
    let (mut en, mut zh) = lines.next().unwrap_or_default();
    for (more_en, more_zh) in lines {
        en.push_str(&format!("\n  {more_en}"));
        zh.push_str(&format!("\n  {more_zh}"));
    }
    if let Some(more @ 1..) = mistakes.len().checked_sub(MOST_SHOWN) {
        en.push_str(&format!("\n  and {more} more"));
        zh.push_str(&format!("\n  另有 {more} 处"));
    }
    let code = mistakes.first().map_or("fen::parameter::not_toml", |mistake| mistake.error.code());
    Error::new(code, en, zh)
}
