//! `fen build`

use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;

use fen_compiler::{Lang, Module, Source};
use fen_grammar::tree::ItemKind;

use crate::args::BuildArgs;
use crate::error::{Error, Outcome, print_error};
use crate::files::{self, Draft};
use crate::load::compile;

/// Compiles policies; exit code 1 if one of them has errors, and then nothing is written.
pub(crate) fn build(args: &BuildArgs, lang: Lang) -> Outcome<ExitCode> {
    let is_folder = args.output.is_dir() || args.output.to_string_lossy().ends_with(['/', '\\']);
    let policies = match is_folder {
        true => files::policies(std::slice::from_ref(&args.policy))?,
        false => vec![args.policy.clone()],
    };
    let output = |policy: &PathBuf| match is_folder {
        true => args.output.join(format!("{}.wasm", files::stem(policy).unwrap_or("policy"))),
        false => args.output.clone(),
    };
    let outputs: Vec<PathBuf> = policies.iter().map(output).collect();
    files::keep_apart(&[&args.policy], &outputs.iter().map(PathBuf::as_path).collect::<Vec<_>>())?;
    let mut modules: Vec<(PathBuf, Module)> = Vec::new();
    let mut is_bad = false;
    for (path, output) in policies.iter().zip(outputs) {
        let source = files::source(path)?;
        // A library among several policies has no module of its own.
        if policies.len() > 1 && is_library(&source) {
            continue;
        }
        match compile(&source, lang) {
            Ok(module) => modules.push((output, module)),
            Err(Error::Reported) => is_bad = true,
            Err(error) => return Err(error),
        }
    }
    if is_bad {
        return Ok(ExitCode::from(1));
    }
    let mut whole = Vec::new();
    for (path, module) in &modules {
        let mut draft = Draft::create(path)?;
        draft.write_all(&module.wasm).map_err(|error| Error::write(path, &error))?;
        whole.push(draft.close()?);
    }
    files::publish(whole)?;
    for (path, module) in &modules {
        let (path, bytes) = (path.display(), module.wasm.len());
        print_error(&match lang {
            Lang::En => format!("{} -> {path}, {bytes} bytes\n", module.schema.policy),
            Lang::Zh => format!("{} -> {path},{bytes} 字节\n", module.schema.policy),
        });
    }
    Ok(ExitCode::SUCCESS)
}

/// Whether a source has rules for other policies only.
fn is_library(source: &Source) -> bool {
    let (tree, _) = fen_grammar::parse_source(source, 0);
    tree.items.iter().any(|item| matches!(item.kind, ItemKind::Library(_)))
}
