//! What interpreter and host say of the same stream.

use std::error::Error;

use fen_compiler::{Outcome, StreamCells, StreamOutcome};
use fen_runtime::{Cell, format_cell};
use fen_schema::{Plan, RejectCode, Schema};

use super::host::{Host, Settled};
use super::rows::shuffled;
use super::whole_claims::{in_pieces, persons, without_a_pair};
use super::{Compiled, texts};

/// How many rows and groups were compared.
#[derive(Clone, Copy, Debug, Default)]
pub struct Tally {
    /// Rows that were settled.
    pub settled: usize,
    /// Rows that were rejected.
    pub rejected: usize,
    /// Groups of coarser grains.
    pub groups: usize,
    /// Groups without some of their outputs.
    pub failed: usize,
    /// Streams that were settled in another order.
    pub shuffled: usize,
    /// Streams that were settled in two runs.
    pub carried: usize,
    /// Streams that were settled person by person.
    pub parted: usize,
    /// Streams of which a claim was left out that is taken back at once.
    pub unpaired: usize,
}

impl Tally {
    /// Both together.
    pub fn add(&mut self, other: &Self) {
        self.settled += other.settled;
        self.rejected += other.rejected;
        self.groups += other.groups;
        self.failed += other.failed;
        self.shuffled += other.shuffled;
        self.carried += other.carried;
        self.parted += other.parted;
        self.unpaired += other.unpaired;
    }
}

/// The interpreter's words in those of a host.
fn meant(outcome: &StreamOutcome) -> Settled {
    // An empty cell is out of range to the interpreter.
    let row = |row: &Outcome| match row {
        Outcome::Rejected(RejectCode::Missing | RejectCode::UnknownValue | RejectCode::BelowMin, column) => {
            Outcome::Rejected(RejectCode::Missing, column.clone())
        }
        other => other.clone(),
    };
    let rows = outcome.rows.iter().map(row).collect();
    let mut meant = Settled { rows, grains: outcome.grains.clone(), failed: Vec::new() };
    meant.grains.sort_by(|one, other| one.name.cmp(&other.name));
    for grain in &mut meant.grains {
        let failed = grain.groups.iter_mut().filter_map(|group| group.failed.take());
        meant.failed.push(failed.map(|(code, name)| (code.as_str().to_owned(), name)).collect());
    }
    meant
}

/// Settles a stream by interpreter and host, in every way in which the result is the same.
///
/// # Errors
/// Says where they do not agree, or why the host gave up.
pub fn compare(compiled: &Compiled<'_>, host: &Host, cells: &StreamCells, seed: u64) -> Result<Tally, Box<dyn Error>> {
    let outcome = compiled.policy.interpret_stream(cells).map_err(|total| format!("{total:?}"))?;
    let whole = meant(&outcome);
    let told = |what: &str, host: &Settled| -> Result<(), Box<dyn Error>> {
        if *host == whole {
            return Ok(());
        }
        Err(format!("{what}\n{}\n{}", difference(host, &whole), shown(compiled, cells)).into())
    };
    told("all rows at once", &host.settle(cells, cells.rows.len()).map_err(|error| gave_up(error, compiled, cells))?)?;
    let some = 1 + usize::try_from(seed % 5)?;
    told(&format!("batches of {some}"), &host.settle(cells, some)?)?;
    let mut tally = Tally {
        groups: whole.grains.iter().map(|grain| grain.groups.len()).sum(),
        failed: whole.failed.iter().map(Vec::len).sum(),
        ..Tally::default()
    };
    tally.settled = whole.rows.iter().filter(|row| matches!(row, Outcome::Settled(_))).count();
    tally.rejected = whole.rows.len() - tally.settled;
    if order_does_not_matter(&compiled.schema) {
        let (other, order) = shuffled(cells, seed);
        let settled = host.settle(&other, some)?;
        let back = order.iter().enumerate().all(|(row, from)| settled.rows.get(row) == whole.rows.get(*from));
        if !back || settled.grains != whole.grains || settled.failed != whole.failed {
            return Err(format!("in another order: {settled:?}\n{whole:?}\n{}", shown(compiled, &other)).into());
        }
        tally.shuffled += 1;
    }
    if can_be_carried(&compiled.schema) {
        let middle = usize::try_from(seed)? % (cells.rows.len() + 1);
        let (before, after) = cells.rows.split_at(middle);
        let with = |rows: &[Vec<Option<i128>>]| StreamCells { rows: rows.to_vec(), ..cells.clone() };
        let mut state = None;
        let mut carried = host.settle_on(&with(before), some, &mut state)?;
        let rest = host.settle_on(&with(after), some, &mut state);
        carried
            .rows
            .extend(rest.map_err(|error| format!("{error} after {middle} rows\n{}", shown(compiled, cells)))?.rows);
        if carried.rows != whole.rows {
            let what = format!("carried on after {middle} rows");
            carried.grains.clone_from(&whole.grains);
            carried.failed.clone_from(&whole.failed);
            told(&what, &carried)?;
        }
        tally.carried += 1;
    }
    tally.carried += usize::from(in_pieces(compiled, host, cells, seed)?);
    tally.unpaired += usize::from(without_a_pair(compiled, host, (cells, &whole), seed)?);
    let plan = compiled.schema.plan.as_ref();
    let of_rows = person_of(&compiled.schema).and_then(|person| persons(plan?, person, &cells.rows));
    if let Some(of_rows) = of_rows {
        let mut persons = of_rows.clone();
        persons.sort_unstable();
        persons.dedup();
        for one in persons {
            let all = cells.rows.iter().zip(&whole.rows).zip(&of_rows);
            let own = all.filter(|(_, person)| **person == one).map(|(row, _)| row);
            let (rows, expected): (Vec<_>, Vec<_>) = own.map(|(row, outcome)| (row.clone(), outcome.clone())).unzip();
            let part = StreamCells { rows, ..cells.clone() };
            if host.settle(&part, some)?.rows != expected {
                return Err(format!("one person apart: {expected:?}\n{}", shown(compiled, &part)).into());
            }
        }
        tally.parted += 1;
    }
    Ok(tally)
}

fn gave_up(error: Box<dyn Error>, compiled: &Compiled<'_>, cells: &StreamCells) -> Box<dyn Error> {
    format!("the host gave up: {error}\n{}", shown(compiled, cells)).into()
}

/// Nothing earlier or later is asked for, and results have no order of their own.
fn order_does_not_matter(schema: &Schema) -> bool {
    schema.plan.as_ref().is_none_or(|plan| {
        plan.links.is_empty()
            && plan.reversal.is_none()
            && plan.ordered_by.is_none()
            && plan.claim == 0
            && plan.phases.iter().all(|phase| phase.state.is_none())
    })
}

/// Nothing is asked for that only the whole stream tells.
fn can_be_carried(schema: &Schema) -> bool {
    schema.plan.as_ref().is_some_and(|plan| {
        plan.links.is_empty()
            && plan.totals.is_empty()
            && plan.splits.is_empty()
            && plan.shared.is_empty()
            && plan.claim == 0
    })
}

/// The column of persons, if claims of others do not matter.
fn person_of(schema: &Schema) -> Option<usize> {
    let plan: &Plan = schema.plan.as_ref()?;
    let person = schema.inputs.iter().position(|input| input.name == "person")?;
    let is_of_claims = |place: usize| usize::try_from(plan.claim) == Ok(place);
    let is_own = |grain: &fen_schema::Grain| grain.keys.iter().any(|key| usize::try_from(*key) == Ok(person));
    plan.grains
        .iter()
        .enumerate()
        .all(|(place, grain)| place == 0 || is_of_claims(place) || is_own(grain))
        .then_some(person)
}

/// The first rows and groups that are not the same.
fn difference(host: &Settled, meant: &Settled) -> String {
    let mut text = String::new();
    for (row, (host, meant)) in host.rows.iter().zip(&meant.rows).enumerate() {
        if host != meant {
            text += &format!("row {row}: host {host:?}\n       meaning {meant:?}\n");
        }
    }
    for ((host, meant), failed) in host.grains.iter().zip(&meant.grains).zip(host.failed.iter().zip(&meant.failed)) {
        if host != meant || failed.0 != failed.1 {
            text += &format!(
                "{}: host {:?} {:?}\n  meaning {:?} {:?}\n",
                host.name, host.groups, failed.0, meant.groups, failed.1
            );
        }
    }
    text
}

/// A stream as a table, for people.
#[must_use]
pub fn shown(compiled: &Compiled<'_>, cells: &StreamCells) -> String {
    let texts = texts(&compiled.codes, cells);
    let columns = &compiled.schema.inputs;
    let names: Vec<&str> = columns.iter().map(|column| column.name.as_str()).collect();
    let outputs: Vec<&str> = compiled.schema.outputs.iter().map(|output| output.name.as_str()).collect();
    let mut text = format!("outputs of rows {outputs:?}, parameters {:?}\n{}\n", cells.parameters, names.join(","));
    for row in &cells.rows {
        let row = columns.iter().zip(row).map(|(column, cell)| cell_text(column, *cell, &texts));
        text += &(row.collect::<Vec<_>>().join(",") + "\n");
    }
    text
}

/// A cell as it stands in a file; empty if it is missing.
fn cell_text(column: &fen_schema::Column, cell: Option<i128>, texts: &[String]) -> String {
    let mut text = String::new();
    match cell {
        Some(number) if column.ty.is_text() => {
            let known = usize::try_from(number).ok().and_then(|at| texts.get(at));
            text.extend(known.map(String::as_str));
        }
        Some(number) => format_cell(Cell::Number(number), column, &mut text),
        None => {}
    }
    text
}
