//! `fen build`

use std::io::Write;
use std::process::ExitCode;

use fen_compiler::Lang;

use crate::args::BuildArgs;
use crate::error::{Error, Outcome, print_error};
use crate::files::{self, Draft};
use crate::load::compile;

/// Compiles a policy; exit code 1 if it has errors.
pub(crate) fn build(args: &BuildArgs, lang: Lang) -> Outcome<ExitCode> {
    files::keep_apart(&[&args.policy], &[&args.output])?;
    let source = files::source(&args.policy)?;
    let module = match compile(&source, lang) {
        Ok(module) => module,
        Err(Error::Reported) => return Ok(ExitCode::from(1)),
        Err(error) => return Err(error),
    };
    let mut draft = Draft::create(&args.output)?;
    draft.write_all(&module.wasm).map_err(|error| Error::write(&args.output, &error))?;
    draft.finish()?;
    let (path, bytes) = (args.output.display(), module.wasm.len());
    print_error(&match lang {
        Lang::En => format!("{} -> {path}, {bytes} bytes\n", module.schema.policy),
        Lang::Zh => format!("{} -> {path},{bytes} 字节\n", module.schema.policy),
    });
    Ok(ExitCode::SUCCESS)
}
