//! `fen run`: a file of claims through a policy, batch by batch, so that a file of any size needs the same memory for its
//! rows.

mod bad_rows;
pub(crate) mod claims;
pub(crate) mod columns;
pub(crate) mod grains;
pub(crate) mod header;
pub(crate) mod input;
pub(crate) mod parameters;
pub(crate) mod progress;
mod quotes;
mod results;
pub(crate) mod sort;
pub(crate) mod state;
pub(crate) mod stream;
mod summary;
mod table;
pub(crate) mod totals;

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Instant;

use fen_compiler::Lang;
use fen_schema::Schema;

use self::claims::{Batch, Claims};
use self::columns::Outputs;
use self::grains::{GrainFiles, GrainTable};
use self::input::Input;
use self::parameters::parameters;
use self::progress::Progress;
use self::results::{Rejects, Results};
use self::summary::Summary;
use crate::args::RunArgs;
use crate::error::{Error, Outcome, print, print_error};
use crate::files::{Draft, Whole, keep_apart, publish};
use crate::load::load;

/// Settles a file; exit code 0 also if rows were rejected.
pub(crate) fn run(args: &RunArgs, lang: Lang) -> Outcome<ExitCode> {
    let policy = load(&args.policy, lang)?;
    let schema = policy.schema();
    let parameters = parameters(&args.set, args.params.as_deref(), &policy)?;
    let grain_paths = grains::paths(args.output.as_deref(), schema);
    refuse_overwriting(args, &grain_paths)?;
    state::check(args, schema)?;
    let mut stream = stream::open(&policy, parameters, args.state_in.as_deref())?;
    let started = Instant::now();
    let mut input = Input::open(&args.input)?;
    let times = stream.passes() + usize::from(args.sort);
    if times > 1 {
        input.keep()?;
    }
    let progress = Progress::new(input.size().map(|size| size.saturating_mul(times as u64)));
    let mut claims = Claims::open(&mut input, schema, progress.clone())?;
    let mut files = Files::create(args, &grain_paths, &claims, schema, lang)?;
    let mut summary = Summary::new(schema);
    if args.sort {
        sort::sort(&mut input, &mut claims, schema)?;
    }

    let settled = |batch: &mut Batch, outputs: &Outputs| files.write(batch, outputs, &mut summary);
    let tables = stream::settle_all(&mut stream, &mut input, &mut claims, settled)?;
    let state = args.state_out.as_ref().map(|path| Ok::<_, Error>((path, stream.state()?))).transpose()?;
    progress.finish();
    tables.iter().for_each(|table| summary.add_grain(table));
    summary.note_order(&claims);
    summary.finish(started.elapsed(), args, &grain_paths);
    let mut whole = files.close(&tables, &summary, lang)?;
    if let Some((path, state)) = state {
        whole.push(state::write(path, &state, schema)?);
    }
    publish(whole)?;
    // Results on standard output leave no room for anything else there.
    let text = summary.text(lang);
    if args.output.as_deref().is_some_and(|path| path != Path::new("-")) {
        print(&text)?;
    } else {
        print_error(&text);
    }
    Ok(ExitCode::SUCCESS)
}

/// The files under construction. None has its name yet.
struct Files {
    results: Results,
    grains: GrainFiles,
    rejects: Option<Rejects>,
    summary: Option<(PathBuf, Draft)>,
}

impl Files {
    /// Begins them.
    fn create(args: &RunArgs, grain_paths: &[PathBuf], claims: &Claims, schema: &Schema, lang: Lang) -> Outcome<Self> {
        let results = Results::create(args.output.as_deref(), claims, schema)?;
        let grains = GrainFiles::create(grain_paths)?;
        let rejects = args.rejects.as_deref().map(|path| Rejects::create(path, lang)).transpose()?;
        let summary = args.summary.clone().filter(|path| path != Path::new("-"));
        let summary = summary.map(|path| Draft::create(&path).map(|draft| (path, draft))).transpose()?;
        Ok(Self { results, grains, rejects, summary })
    }

    /// Writes what became of a batch.
    fn write(&mut self, batch: &mut Batch, outputs: &Outputs, summary: &mut Summary) -> Outcome<()> {
        for (at, row) in batch.settled_rows() {
            self.results.write(row, outputs, at)?;
        }
        batch.rejected.sort_by_key(|rejected| rejected.row);
        for rejected in &batch.rejected {
            summary.reject(rejected);
            if let Some(rejects) = &mut self.rejects {
                rejects.write(rejected)?;
            }
        }
        summary.add(batch, outputs);
        Ok(())
    }

    /// Writes what is known at the end, and ends all files.
    fn close(mut self, tables: &[GrainTable], summary: &Summary, lang: Lang) -> Outcome<Vec<Whole>> {
        if let Some(rejects) = &mut self.rejects {
            tables.iter().flat_map(GrainTable::rejected).try_for_each(|cause| rejects.write_group(cause))?;
        }
        let mut whole = self.grains.close(self.results.into_table(), tables)?;
        whole.extend(self.rejects.map(Rejects::close).transpose()?);
        if let Some((path, mut draft)) = self.summary {
            let is_json = path.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("json"));
            let text = if is_json { summary.json() } else { summary.text(lang) };
            draft.write_all(text.as_bytes()).map_err(|error| Error::write(&path, &error))?;
            whole.push(draft.close()?);
        }
        Ok(whole)
    }
}

/// No file of a run may overwrite another one, and only one thing can go to standard output.
fn refuse_overwriting(args: &RunArgs, grain_paths: &[PathBuf]) -> Outcome<()> {
    let written = [args.output.as_ref(), args.rejects.as_ref(), args.summary.as_ref()];
    let written: Vec<&Path> = written.into_iter().flatten().map(AsRef::as_ref).collect();
    let read = [Some(&args.policy), Some(&args.input), args.params.as_ref(), args.state_in.as_ref()];
    let read: Vec<&Path> = read.into_iter().flatten().map(AsRef::as_ref).collect();
    let others = grain_paths.iter().chain(&args.state_out).map(AsRef::as_ref);
    keep_apart(&read, &written.iter().copied().chain(others).collect::<Vec<_>>())?;
    if [&args.state_in, &args.state_out].into_iter().flatten().any(|path| path == Path::new("-")) {
        return Err(Error::new(
            "fen::run::standard_output",
            "a state is a file; give --state-in and --state-out a name",
            "运行状态须为文件；请为 --state-in 与 --state-out 指定文件名",
        ));
    }
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
