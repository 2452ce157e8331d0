//! The second entries, in a module of their own, and the section that says what they write.

use fen_schema::trace::{Import, Trace, TraceCell, TracePhase};

use super::layout::{Cell, Plan, second_entry};
use super::statuses::Statuses;
use super::{Coded, SchemaNotWritten, coded};
use crate::check::program::Program;
use crate::phases::Phase;
use crate::trace::{Traced, TracedPhase};

/// The sections of a trace.
pub(super) struct Sections {
    pub(super) json: Vec<u8>,
    pub(super) code: Vec<u8>,
    /// Of both, one after the other.
    pub(super) hash: String,
}

pub(super) fn sections(program: &Program, traced: &Traced, statuses: &Statuses) -> Result<Sections, SchemaNotWritten> {
    let phases: Vec<&Phase> = traced.phases.iter().map(|phase| &phase.phase).collect();
    let Coded { module, plans } = coded(program, &phases, statuses, 1, second_entry);
    let trace = Trace {
        kinds: traced.kinds.clone(),
        clauses: traced.clauses.clone(),
        input_kinds: traced.input_kinds.clone(),
        parameter_kinds: traced.parameter_kinds.clone(),
        tables: traced.tables.clone(),
        ladders: traced.ladders.clone(),
        parameters: plans.first().map(|plan| plan.parameters.iter().map(cell).collect()).unwrap_or_default(),
        phases: traced.phases.iter().zip(&plans).enumerate().map(|(at, (own, plan))| phase(at, own, plan)).collect(),
    };
    let json = trace.to_json().map_err(|_| SchemaNotWritten)?;
    let code = module.finish();
    let hash = fen_schema::sha256(&[json.as_slice(), code.as_slice()].concat());
    Ok(Sections { json, code, hash })
}

fn cell(cell: &Cell) -> TraceCell {
    TraceCell { layout: cell.layout, offset: cell.offset }
}

fn phase(at: usize, own: &TracedPhase, plan: &Plan) -> TracePhase {
    let placed = |(import, place): (&Import, &Cell)| Import { cell: cell(place), ..import.clone() };
    TracePhase {
        entry: second_entry(at),
        status: plan.status,
        imports: own.imports.iter().zip(&plan.inputs).map(placed).collect(),
        results: plan.outputs.iter().take(own.results).map(cell).collect(),
        cells: plan.outputs.iter().skip(own.results).map(cell).collect(),
        definitions: own.definitions.clone(),
        outputs: own.outputs.clone(),
    }
}
