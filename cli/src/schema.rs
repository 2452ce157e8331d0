//! `fen schema`

use std::process::ExitCode;

use fen_compiler::Lang;

use crate::args::SchemaArgs;
use crate::error::{Error, Outcome, print};
use crate::load::load;
use crate::plan;

/// Prints the schema of a policy or module, or its plan.
pub(crate) fn schema(args: &SchemaArgs, lang: Lang) -> Outcome<ExitCode> {
    let policy = load(&args.policy, lang)?;
    if args.plan {
        print(&plan::draw(policy.schema(), lang))?;
        return Ok(ExitCode::SUCCESS);
    }
    let json = serde_json::to_string_pretty(policy.schema()).map_err(|error| Error::read(&args.policy, &error))?;
    print(&format!("{json}\n"))?;
    Ok(ExitCode::SUCCESS)
}
