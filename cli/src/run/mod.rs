//! `fen run`: a file of claims through a policy, batch by batch, so that a file of any size needs the same memory.

mod claims;
mod header;
mod progress;
mod quotes;
mod results;
mod summary;

use std::io::Write;
use std::path::Path;
use std::process::ExitCode;
use std::time::Instant;

use arrow_array::RecordBatch;
use arrow_array::cast::AsArray;
use arrow_array::types::{Decimal64Type, Decimal128Type};
use fen_compiler::Lang;
use fen_runtime::{Policy, Session};
use fen_schema::Schema;

use self::claims::{Batch, Claims};
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
    refuse_parameters(args, policy.schema())?;
    refuse_overwriting(args)?;
    let started = Instant::now();
    let progress = Progress::new(&args.input);
    let mut claims = Claims::open(&args.input, policy.schema(), progress.clone())?;
    let mut results = Results::create(args.output.as_deref(), &claims, policy.schema())?;
    let mut rejects = args.rejects.as_deref().map(|path| Rejects::create(path, lang)).transpose()?;
    let summary_path = args.summary.as_deref().filter(|path| *path != Path::new("-"));
    let summary_file = summary_path.map(|path| Draft::create(path).map(|draft| (path, draft))).transpose()?;
    let mut summary = Summary::new(policy.schema());

    settle_all(&policy, &mut claims, &mut results, rejects.as_mut(), &mut summary)?;

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
    policy: &Policy,
    claims: &mut Claims,
    results: &mut Results,
    mut rejects: Option<&mut Rejects>,
    summary: &mut Summary,
) -> Outcome<()> {
    let mut session = policy.session()?;
    let mut batch = Batch::default();
    while claims.read(&mut batch)? {
        let settled = settle(&mut session, &mut batch, claims)?;
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

/// The outputs of a batch as integers: by column, one per claim that was given to the module.
pub(crate) struct Cells {
    columns: Vec<Column>,
}

enum Column {
    Narrow(arrow_array::Decimal64Array),
    Wide(arrow_array::Decimal128Array),
}

impl Cells {
    fn new(outputs: &RecordBatch) -> Self {
        let columns = outputs.columns().iter().filter_map(|array| {
            let narrow = array.as_primitive_opt::<Decimal64Type>().cloned().map(Column::Narrow);
            narrow.or_else(|| array.as_primitive_opt::<Decimal128Type>().cloned().map(Column::Wide))
        });
        Self { columns: columns.collect() }
    }

    /// The cells of one claim.
    fn row(&self, at: usize) -> impl Iterator<Item = i128> + '_ {
        self.columns.iter().map(move |column| match column {
            Column::Narrow(cells) if at < cells.len() => i128::from(cells.value(at)),
            Column::Wide(cells) if at < cells.len() => cells.value(at),
            _ => 0,
        })
    }
}

/// Settles the claims of a batch; those that the module rejects join those that could not be read.
fn settle(session: &mut Session, batch: &mut Batch, claims: &Claims) -> Outcome<Cells> {
    let settlement = session.settle(&claims.columns(batch)?)?;
    for rejected in settlement.rejects() {
        batch.reject(rejected);
    }
    Ok(Cells::new(settlement.outputs()))
}

/// No policy of this version has parameters; a value given for one must not be dropped silently.
fn refuse_parameters(args: &RunArgs, schema: &Schema) -> Outcome<()> {
    let policy = &schema.policy;
    if let Some(set) = args.set.first() {
        let name = set.split('=').next().unwrap_or(set);
        return Err(Error::new(
            "fen::run::unknown_parameter",
            format!("the policy {policy} has no parameter `{name}`"),
            format!("政策 {policy} 没有参数“{name}”"),
        ));
    }
    if let Some(path) = &args.params {
        let path = path.display();
        return Err(Error::new(
            "fen::run::unknown_parameter",
            format!("the policy {policy} has no parameters; {path} cannot be used"),
            format!("政策 {policy} 没有参数，无法使用 {path}"),
        ));
    }
    Ok(())
}

/// No file of a run may overwrite another one, and only one thing can go to standard output.
fn refuse_overwriting(args: &RunArgs) -> Outcome<()> {
    let written = [args.output.as_ref(), args.rejects.as_ref(), args.summary.as_ref()];
    let written: Vec<&Path> = written.into_iter().flatten().map(AsRef::as_ref).collect();
    keep_apart(&[&args.policy, &args.input], &written)?;
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
