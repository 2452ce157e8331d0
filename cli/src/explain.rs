//! `fen explain`: how the results of one claim come about.

use std::io::Write;
use std::path::Path;
use std::process::ExitCode;

use csv::ByteRecord;
use fen_compiler::Lang;
use fen_explain::{Explanation, Outcome as Fate, Request};
use fen_runtime::{Cell, Parameters, Policy, Seen, Stream, format_cell, parse_cell};
use fen_schema::{Language, Schema};

use crate::args::{ExplainArgs, ExplainFormat};
use crate::error::{Error, Outcome, print};
use crate::files::{Draft, keep_apart};
use crate::load::load;
use crate::run::claims::{Batch, Claims};
use crate::run::columns::Outputs;
use crate::run::input::Input;
use crate::run::progress::Progress;
use crate::run::{parameters, sort, state, stream};

/// Explains a row; exit code 0 also if it was rejected.
pub(crate) fn explain(args: &ExplainArgs, lang: Lang) -> Outcome<ExitCode> {
    let policy = load(&args.policy, lang)?;
    let parameters = parameters::parameters(&args.set, args.params.as_deref(), &policy)?;
    if args.state_in.is_some() {
        state::carries(policy.schema())?;
    }
    if let Some(output) = &args.output {
        let read = [Some(&args.policy), Some(&args.input), args.params.as_ref(), args.state_in.as_ref()];
        let read: Vec<&Path> = read.into_iter().flatten().map(AsRef::as_ref).collect();
        keep_apart(&read, &[output.as_path()])?;
    }
    let explanation = explained(args, &policy, &parameters)?;
    let lang = match lang {
        Lang::En => Language::En,
        Lang::Zh => Language::Zh,
    };
    let shown = match args.format {
        ExplainFormat::Text => fen_explain::text(&explanation, lang),
        ExplainFormat::Html => fen_explain::html(&explanation, lang),
        ExplainFormat::Json => {
            let json = serde_json::to_string_pretty(&explanation);
            format!("{}\n", json.map_err(|error| Error::read(&args.policy, &error))?)
        }
    };
    match args.output.as_deref().filter(|path| *path != Path::new("-")) {
        None => print(&shown)?,
        Some(path) => {
            let mut draft = Draft::create(path)?;
            draft.write_all(shown.as_bytes()).map_err(|error| Error::write(path, &error))?;
            draft.finish()?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// Settles the file as far as the row needs it, and asks the module how the row's results come about.
fn explained(args: &ExplainArgs, policy: &Policy, parameters: &Parameters) -> Outcome<Explanation> {
    let schema = policy.schema();
    let mut input = Input::open(&args.input)?;
    // The row is looked up before anything is settled.
    input.keep()?;
    let mut claims = Claims::open(&mut input, schema, Progress::new(None))?;
    let texts = texts(&mut claims, schema, args.row)?;
    claims.rewind(&mut input)?;
    if args.sort {
        sort::sort(&mut input, &mut claims, schema)?;
    }
    let (outcome, seen) = if schema.plan.is_some() {
        in_stream(args, policy, parameters, &mut input, &mut claims)?
    } else {
        alone(args, policy, parameters, &mut claims)?
    };
    let Some(outcome) = outcome else { return Err(no_such_row(args.row, 0)) };
    let outcome = match outcome {
        Fate::Settled(outputs) if is_reversal(schema, &texts) => Fate::Reversal(outputs),
        other => other,
    };
    let request = Request { row: args.row, texts, outcome, all: args.all };
    Ok(fen_explain::explain(policy, parameters, &seen, &request)?)
}

/// What stands in the cells of a row, by input.
fn texts(claims: &mut Claims, schema: &Schema, row: u64) -> Outcome<Vec<Option<String>>> {
    let mut record = ByteRecord::new();
    for read in 0..row {
        if claims.read_raw(&mut record)?.is_none() {
            return Err(no_such_row(row, read));
        }
    }
    Ok((0..schema.inputs.len()).map(|input| claims.text(&record, input).map(str::to_owned)).collect())
}

fn no_such_row(row: u64, rows: u64) -> Error {
    Error::new(
        "fen::explain::no_such_row",
        format!("there is no row {row}: the file has {rows} rows after its header"),
        format!("没有第 {row} 行：文件表头之后共有 {rows} 行"),
    )
}

/// Whether a row takes a claim back.
fn is_reversal(schema: &Schema, texts: &[Option<String>]) -> bool {
    let reversal = schema.plan.as_ref().and_then(|plan| plan.reversal);
    let place = reversal.and_then(|reversal| usize::try_from(reversal.reverses).ok());
    let found = place.and_then(|place| Some((schema.inputs.get(place)?, texts.get(place)?.as_deref()?)));
    found.is_some_and(|(column, text)| matches!(parse_cell(text, column), Ok(Cell::Text(_))))
}

/// What became of a row, and what was seen of it.
type Explained = (Option<Fate>, Vec<Option<Seen>>);

/// A row that is settled by itself: only the rows that are read together with it are settled.
fn alone(args: &ExplainArgs, policy: &Policy, parameters: &Parameters, claims: &mut Claims) -> Outcome<Explained> {
    let mut batch = Batch::default();
    while claims.read(&mut batch)? {
        if let Some(cause) = cause_of(&batch, args.row) {
            return Ok((Some(cause), vec![None]));
        }
        let Some(place) = batch.place_of(args.row) else { continue };
        let mut stream = Stream::new(policy, parameters.clone())?;
        stream.watch(u64::try_from(place).unwrap_or(u64::MAX));
        let settlement = stream.settle(&claims.columns(&batch)?)?;
        settlement.rejects().iter().for_each(|rejected| batch.reject(rejected));
        let outputs = Outputs::new(settlement.outputs());
        let outcome = cause_of(&batch, args.row).unwrap_or_else(|| settled(policy.schema(), &outputs, place));
        return Ok((Some(outcome), stream.seen()));
    }
    Ok((None, Vec::new()))
}

/// A row of a policy that looks beyond it: the stream is settled, to its end where something is known only then.
fn in_stream(
    args: &ExplainArgs,
    policy: &Policy,
    parameters: &Parameters,
    input: &mut Input,
    claims: &mut Claims,
) -> Outcome<Explained> {
    let schema = policy.schema();
    let mut stream = stream::open(policy, parameters.clone(), args.state_in.as_deref())?;
    // The row's place in the order in which rows are settled.
    let place = (0..).find(|place| claims.number(*place) == args.row).unwrap_or(u64::MAX);
    stream.watch(place);
    let is_over_early = stream.passes() == 1
        && schema
            .plan
            .as_ref()
            .is_some_and(|plan| plan.phases.len() == 1 && plan.results.iter().all(|results| results.grain == 0));
    let mut batch = Batch::default();
    let mut outcome = None;
    let passes = stream.passes();
    'passes: for pass in 1..=passes {
        if pass > 1 {
            claims.rewind(input)?;
        }
        while claims.read(&mut batch)? {
            let settlement = stream.settle(&claims.columns(&batch)?).map_err(|error| stream::in_file(error, claims))?;
            let Some(place) = batch.place_of(args.row).filter(|_| pass == passes) else { continue };
            settlement.rejects().iter().for_each(|rejected| batch.reject(rejected));
            let outputs = Outputs::new(settlement.outputs());
            outcome = Some(cause_of(&batch, args.row).unwrap_or_else(|| settled(schema, &outputs, place)));
            if is_over_early {
                break 'passes;
            }
        }
        stream.end_pass()?;
    }
    Ok((outcome, stream.seen()))
}

/// Why a row of a batch is rejected.
fn cause_of(batch: &Batch, row: u64) -> Option<Fate> {
    let rejected = batch.rejected.iter().find(|rejected| rejected.row == row)?;
    Some(Fate::Rejected(rejected.cause.as_ref().clone()))
}

/// The outputs of a row as written in files.
fn settled(schema: &Schema, outputs: &Outputs, place: usize) -> Fate {
    let written = outputs.row(place).zip(&schema.outputs).map(|(cell, column)| {
        let mut text = String::new();
        format_cell(cell, column, &mut text);
        (!matches!(cell, Cell::None)).then_some(text)
    });
    Fate::Settled(written.collect())
}
