//! `fen schema`

use std::process::ExitCode;

use fen_compiler::Lang;

use crate::args::SchemaArgs;
use crate::error::{Error, Outcome, print};
use crate::load::load;

/// Prints the schema of a policy or module.
pub(crate) fn schema(args: &SchemaArgs, lang: Lang) -> Outcome<ExitCode> {
    let policy = load(&args.policy, lang)?;
    let json = serde_json::to_string_pretty(policy.schema()).map_err(|error| Error::read(&args.policy, &error))?;
    print(&format!("{json}\n"))?;
    Ok(ExitCode::SUCCESS)
}
