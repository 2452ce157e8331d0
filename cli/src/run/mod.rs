//! `fen run`: a file of claims through a policy, batch by batch, so that a file of any size needs the same memory.

mod claims;
mod columns;
mod header;
mod parameters;
mod progress;
mod quotes;
mod results;
mod summary;
mod totals;

use std::io::Write;
use std::path::Path;
use std::process::ExitCode;
use std::time::Instant;

use fen_compiler::Lang;
use fen_runtime::Session;

use self::claims::{Batch, Claims};
use self::columns::Outputs;
use self::parameters::parameters;
use self::progress::Progress;
use self::results::{Rejects, Results};
use self::summary::Summary;
use crate::args::RunArgs;
use crate::error::{Error, Outcome, print, print_error};
use crate::files::{Draft, keep_apart};
use crate::load::load;

/// Settles a file; exit code 0 also if rows were rejected.
pub(crate) fn run(args: &RunArgs, lang: Lang) -> Outcome<ExitCode> {
    let policy = load(&args.policy, lang)?;
    let mut session = policy.session()?;
    session.set_parameters(&parameters(args, &policy)?)?;
    refuse_overwriting(args)?;
    let started = Instant::now();
    let progress = Progress::new(&args.input);
    let mut claims = Claims::open(&args.input, policy.schema(), progress.clone())?;
    let mut results = Results::create(args.output.as_deref(), &claims, policy.schema())?;
    let mut rejects = args.rejects.as_deref().map(|path| Rejects::create(path, lang)).transpose()?;
    let summary_path = args.summary.as_deref().filter(|path| *path != Path::new("-"));
    let summary_file = summary_path.map(|path| Draft::create(path).map(|draft| (path, draft))).transpose()?;
    let mut summary = Summary::new(policy.schema());

    settle_all(&mut session, &mut claims, &mut results, rejects.as_mut(), &mut summary)?;

    progress.finish();
    summary.finish(started.elapsed(), args);
    let summary_file = match summary_file {
        Some((path, mut draft)) => {
            let is_json = path.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("json"));
            let text = if is_json { summary.json() } else { summary.text(lang) };
            draft.write_all(text.as_bytes()).map_err(|error| Error::write(path, &error))?;
            Some(draft)
        }
        None => None,
    };
    // All files are written; now they get their names.
    results.finish()?;
    if let Some(rejects) = rejects {
        rejects.finish()?;
    }
    if let Some(draft) = summary_file {
        draft.finish()?;
    }
    // Results on standard output leave no room for anything else there.
    let text = summary.text(lang);
    if args.output.as_deref().is_some_and(|path| path != Path::new("-")) {
        print(&text)?;
    } else {
        print_error(&text);
    }
    Ok(ExitCode::SUCCESS)
}

fn settle_all(
    session: &mut Session,
    claims: &mut Claims,
    results: &mut Results,
    mut rejects: Option<&mut Rejects>,
    summary: &mut Summary,
) -> Outcome<()> {
    let mut batch = Batch::default();
    while claims.read(&mut batch)? {
        let settled = settle(session, &mut batch, claims)?;
        for (at, row) in batch.settled_rows() {
            results.write(row, &settled, at)?;
        }
        batch.rejected.sort_by_key(|rejected| rejected.row);
        for rejected in &batch.rejected {
            summary.reject(rejected);
            if let Some(rejects) = rejects.as_deref_mut() {
                rejects.write(rejected)?;
            }
        }
        summary.add(&batch, &settled);
    }
    Ok(())
}

/// Settles the claims of a batch; those that the module rejects join those that could not be read.
fn settle(session: &mut Session, batch: &mut Batch, claims: &Claims) -> Outcome<Outputs> {
    let settlement = session.settle(&claims.columns(batch)?)?;
    for rejected in settlement.rejects() {
        batch.reject(rejected);
    }
    Ok(Outputs::new(settlement.outputs()))
}

/// No file of a run may overwrite another one, and only one thing can go to standard output.
fn refuse_overwriting(args: &RunArgs) -> Outcome<()> {
    let written = [args.output.as_ref(), args.rejects.as_ref(), args.summary.as_ref()];
    let written: Vec<&Path> = written.into_iter().flatten().map(AsRef::as_ref).collect();
    let read = [Some(&args.policy), Some(&args.input), args.params.as_ref()];
    let read: Vec<&Path> = read.into_iter().flatten().map(AsRef::as_ref).collect();
    keep_apart(&read, &written)?;
    let to_stdout = usize::from(args.output.is_none()) + written.iter().filter(|path| **path == Path::new("-")).count();
    if to_stdout > 1 {
        return Err(Error::new(
            "fen::run::standard_output",
            "only one of results, rejects and summary can go to standard output",
            "结果、拒收清单与汇总之中只能有一项写到标准输出",
        ));
    }
    Ok(())
}
