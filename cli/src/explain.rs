//! `fen explain`: how the results of one claim come about.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::ExitCode;

use csv::ByteRecord;
use fen_compiler::Lang;
use fen_explain::{Explanation, Outcome as Fate, Request};
use fen_runtime::{Cell, Parameters, Policy, Stream, format_cell, parse_cell};
use fen_schema::{Column, Schema};

use crate::args::{ExplainArgs, ExplainFormat};
use crate::error::{Error, Outcome};
use crate::files::{self, keep_apart};
use crate::language::schema_language;
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
    let lang = schema_language(lang);
    let shown = match args.format {
        ExplainFormat::Text => fen_explain::text(&explanation, lang),
        ExplainFormat::Html => fen_explain::html(&explanation, lang),
        ExplainFormat::Json => {
            let json = serde_json::to_string_pretty(&explanation);
            format!("{}\n", json.map_err(|error| Error::read(&args.policy, &error))?)
        }
    };
    files::write(args.output.as_deref(), &shown)?;
    Ok(ExitCode::SUCCESS)
}

/// Settles the file as far as the row needs it, and asks the module how the row's results come about.
fn explained(args: &ExplainArgs, policy: &Policy, parameters: &Parameters) -> Outcome<Explanation> {
    let schema = policy.schema();
    let mut input = Input::open(&args.input)?;
    // The row is looked up before anything is settled.
    input.keep()?;
    let mut claims = Claims::open(&mut input, schema, Progress::new(None))?;
    let texts = texts(&mut claims, schema, &[args.row])?;
    claims.rewind(&mut input)?;
    if args.sort {
        sort::sort(&mut input, &mut claims, schema)?;
    }
    let stream = stream::open(policy, parameters.clone(), args.state_in.as_deref())?;
    let explanations = Explained { policy, parameters, all: args.all }.rows(stream, &mut input, &mut claims, texts)?;
    explanations.into_iter().next().ok_or_else(|| no_such_row(args.row, 0))
}

/// What stands in the cells of some rows, by input; by the number of the row. The claims are at the beginning of their file.
pub(crate) fn texts(claims: &mut Claims, schema: &Schema, rows: &[u64]) -> Outcome<Texts> {
    let mut record = ByteRecord::new();
    let mut found = Texts::new();
    for place in 0.. {
        let Some(missing) = rows.iter().find(|row| !found.contains_key(row)) else { break };
        if claims.read_raw(&mut record)?.is_none() {
            return Err(no_such_row(*missing, place));
        }
        let row = claims.number(place);
        if rows.contains(&row) {
            let texts = (0..schema.inputs.len()).map(|input| claims.text(&record, input).map(str::to_owned));
            found.insert(row, texts.collect());
        }
    }
    Ok(found)
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

/// What stands in the results of claims for a row, if it takes a claim of several lines back.
fn result_of_claim(stream: &Stream, texts: &[Option<String>]) -> Outcome<Option<Vec<Option<String>>>> {
    let plan = stream.schema().plan.clone().filter(|plan| plan.claim != 0);
    let Some((reversal, plan)) = plan.and_then(|plan| Some((plan.reversal?, plan))) else { return Ok(None) };
    let place = |number: u32| usize::try_from(number).unwrap_or(usize::MAX);
    let id = texts.get(place(reversal.claim)).cloned().flatten().unwrap_or_default();
    let name = plan.grains.get(place(plan.claim)).map(|grain| grain.name.as_str()).unwrap_or_default();
    let columns = plan.results.iter().find(|results| results.grain == plan.claim);
    let columns = columns.into_iter().flat_map(|results| &results.outputs);
    let columns: Vec<Column> = columns.map(|result| result.column.clone()).collect();
    let results = stream.results()?;
    let Some(batch) = results.iter().find(|result| result.grain() == name).map(fen_runtime::GrainResult::outputs)
    else {
        return Ok(None);
    };
    let outputs = Outputs::new(batch);
    let is_own = |row: &usize| matches!(outputs.row(*row).next(), Some(Cell::Text(known)) if known == id.trim());
    let row = (0..batch.num_rows()).find(is_own);
    Ok(row.map(|row| written(&columns, outputs.row(row).skip(1))))
}

/// The cells of some rows, by input; by the row's number in its file.
pub(crate) type Texts = BTreeMap<u64, Vec<Option<String>>>;

/// How rows are to be explained.
pub(crate) struct Explained<'p> {
    pub(crate) policy: &'p Policy,
    pub(crate) parameters: &'p Parameters,
    /// Whether what was passed over is told too.
    pub(crate) all: bool,
}

impl Explained<'_> {
    /// Settles a file and explains some of its rows, whose texts are given, in the order of their numbers. A file of rows
    /// that are settled one by one is read as far as the last of them; another one as often as the policy has passes.
    pub(crate) fn rows(
        &self,
        mut stream: Stream,
        input: &mut Input,
        claims: &mut Claims,
        mut texts: Texts,
    ) -> Outcome<Vec<Explanation>> {
        let rows: Vec<u64> = texts.keys().copied().collect();
        let found = found(&mut stream, self.policy.schema(), input, claims, &rows)?;
        let seen = |place: Option<u64>| place.map_or_else(|| vec![None], |place| stream.seen(place));
        let linked = found.values().flat_map(|(place, _)| seen(*place)).flatten().flat_map(|seen| seen.linked);
        let numbers = numbers(input, claims, &linked.flatten().collect::<Vec<_>>())?;
        let mut explanations = Vec::new();
        for (row, (place, fate)) in found {
            let texts = texts.remove(&row).unwrap_or_default();
            let outcome = match fate {
                Fate::Settled(outputs) if is_reversal(self.policy.schema(), &texts) => {
                    Fate::Reversal(result_of_claim(&stream, &texts)?.unwrap_or(outputs))
                }
                other => other,
            };
            let request = Request { row, texts, outcome, all: self.all, numbers: numbers.clone() };
            explanations.push(fen_explain::explain(self.policy, self.parameters, &seen(place), &request)?);
        }
        Ok(explanations)
    }
}

/// By row: its place among those that are given to the module, unless it cannot be read, and what becomes of it.
type Found = BTreeMap<u64, (Option<u64>, Fate)>;

/// Looks for some rows and watches them; the stream is settled as far as is needed for that.
fn found(stream: &mut Stream, schema: &Schema, input: &mut Input, claims: &mut Claims, rows: &[u64]) -> Outcome<Found> {
    let is_over_early = stream.passes() == 1
        && schema
            .plan
            .as_ref()
            .is_none_or(|plan| plan.phases.len() == 1 && plan.results.iter().all(|results| results.grain == 0));
    let mut batch = Batch::default();
    let mut places = BTreeMap::new();
    let mut found = Found::new();
    let mut given = 0;
    let passes = stream.passes();
    for pass in 1..=passes {
        if pass > 1 {
            claims.rewind(input)?;
        }
        while claims.read(&mut batch)? {
            let columns = claims.columns(&batch)?;
            if pass == 1 {
                for (row, at) in rows.iter().filter_map(|row| Some((*row, batch.place_of(*row)?))) {
                    let place = given + u64::try_from(at).unwrap_or(u64::MAX);
                    places.insert(row, place);
                    stream.watch(place);
                }
                given += u64::try_from(columns.num_rows()).unwrap_or(0);
            }
            let settlement = stream.settle(&columns).map_err(|error| stream::in_file(error, claims))?;
            if pass < passes {
                continue;
            }
            settlement.rejects().iter().for_each(|rejected| batch.reject(rejected, claims));
            let outputs = Outputs::new(settlement.outputs());
            for row in rows {
                let settled = || Some(settled(schema, &outputs, batch.place_of(*row)?));
                if let Some(fate) = cause_of(&batch, *row).or_else(settled) {
                    found.insert(*row, (places.get(row).copied(), fate));
                }
            }
            if is_over_early && found.len() == rows.len() {
                return Ok(found);
            }
        }
        stream.end_pass()?;
    }
    Ok(found)
}

/// The numbers in the file of some rows that are given to the module; those that cannot be read are not among them.
fn numbers(input: &mut Input, claims: &mut Claims, places: &[u64]) -> Outcome<BTreeMap<u64, u64>> {
    let mut numbers = BTreeMap::new();
    let Some(last) = places.iter().max() else { return Ok(numbers) };
    claims.rewind(input)?;
    let mut batch = Batch::default();
    let mut given = 0;
    while given <= *last && claims.read(&mut batch)? {
        for place in places {
            let at = place.checked_sub(given).and_then(|at| usize::try_from(at).ok());
            numbers.extend(at.and_then(|at| batch.number_at(at)).map(|number| (*place, number)));
        }
        given += u64::try_from(claims.columns(&batch)?.num_rows()).unwrap_or(0);
    }
    Ok(numbers)
}

/// Why a row of a batch is rejected.
fn cause_of(batch: &Batch, row: u64) -> Option<Fate> {
    let rejected = batch.rejected.iter().find(|rejected| rejected.row == row)?;
    Some(Fate::Rejected(rejected.cause.as_ref().clone()))
}

/// The outputs of a row as written in files.
fn settled(schema: &Schema, outputs: &Outputs, place: usize) -> Fate {
    Fate::Settled(written(&schema.outputs, outputs.row(place)))
}

fn written<'c>(columns: &[Column], cells: impl Iterator<Item = Cell<'c>>) -> Vec<Option<String>> {
    let written = cells.zip(columns).map(|(cell, column)| {
        let mut text = String::new();
        format_cell(cell, column, &mut text);
        (!matches!(cell, Cell::None)).then_some(text)
    });
    written.collect()
}
