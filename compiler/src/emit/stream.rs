//! The plan that stands in the schema: what a host does with a stream.

use fen_schema::{
    Grain, GrainResults, Link, Period, PeriodUnit, Phase, PhaseInput, Place, Plan, Reads, ResultColumn, ResultSource,
    Reversal, Shared, Source, Split, State, StateCell, StateTable, Total,
};

use super::layout::{self, entry};
use super::schema::{input, output, result};
use crate::check::program::{self, Program};
use crate::columns::text;
use crate::ids::{GrainId, InputId};
use crate::phases::{self, Between, Cut, Records};

/// The plan of a policy in phases.
pub(super) fn plan(program: &Program, cut: &Cut, between: &Between, plans: &[layout::Plan]) -> Plan {
    let grains = Grains::used(program, cut, between);
    let phases = cut.phases.iter().zip(plans).enumerate();
    let totals = between.totals.iter().map(|total| Total {
        function: total.function,
        phase: number(total.of.phase),
        output: number(total.of.output),
        grain: grains.of(total.grain),
    });
    let shared = program
        .inputs
        .iter()
        .enumerate()
        .filter_map(|(at, input)| Some(Shared { input: number(at), grain: grains.of(input.per?) }));
    let results = between.results.iter().map(|(grain, outputs)| GrainResults {
        grain: grains.of(*grain),
        outputs: outputs
            .iter()
            .filter_map(|(at, place)| {
                let source = ResultSource { phase: number(place.phase), output: number(place.output) };
                Some(ResultColumn { source, column: result(program, cut, plans, *at, *place)? })
            })
            .collect(),
    });
    Plan {
        grains: grains.used.iter().filter_map(|id| grain(program, *id)).collect(),
        claim: grains.of(program.claim),
        phases: phases.map(|(at, (own, plan))| phase(program, &grains, at, own, plan)).collect(),
        totals: totals.collect(),
        splits: between.splits.iter().filter_map(|own| split(program, &grains, own)).collect(),
        links: between.links.iter().filter_map(|own| link(program, &grains, own)).collect(),
        results: results.collect(),
        shared: shared.collect(),
        ordered_by: program.ordered_by.map(column),
        reversal: program
            .reversal
            .map(|reversal| Reversal { claim: column(reversal.claim), reverses: column(reversal.reverses) }),
    }
}

/// Columns stand first among the inputs of a program.
fn column(id: InputId) -> u32 {
    number(id.0)
}

fn number(at: usize) -> u32 {
    u32::try_from(at).unwrap_or(u32::MAX)
}

/// The grains that a plan names, each by its place.
struct Grains {
    used: Vec<GrainId>,
}

impl Grains {
    fn used(program: &Program, cut: &Cut, between: &Between) -> Self {
        let mut grains = Self { used: vec![GrainId(0)] };
        let phases = cut
            .phases
            .iter()
            .flat_map(|phase| [phase.grain].into_iter().chain(phase.tables.iter().map(|records| records.grain)));
        let totals = between.totals.iter().map(|total| total.grain);
        let splits = between.splits.iter().filter_map(|own| program.splits.get(own.split.0)).map(|split| split.pool);
        let links = between.links.iter().filter_map(|own| program.links.get(own.link.0)).map(|link| link.grain);
        let results = between.results.iter().map(|(grain, _)| *grain);
        let shared = program.inputs.iter().filter_map(|input| input.per);
        let all = phases.chain(totals).chain(splits).chain(links).chain(results).chain(shared);
        for grain in [program.claim].into_iter().chain(all) {
            if !grains.used.contains(&grain) {
                grains.used.push(grain);
            }
        }
        grains
    }

    fn of(&self, id: GrainId) -> u32 {
        number(self.used.iter().position(|used| *used == id).unwrap_or_default())
    }
}

fn grain(program: &Program, id: GrainId) -> Option<Grain> {
    let grain = program.grain(id)?;
    let period = grain.period.map(|period| match period {
        program::Period::Year { month, day } => {
            Period { unit: PeriodUnit::Year, month: month.unsigned_abs(), day: day.unsigned_abs() }
        }
        program::Period::Month => Period { unit: PeriodUnit::Month, month: 1, day: 1 },
    });
    let keys = grain.keys.iter().copied().map(column).collect();
    let within_claim = program.reversal.is_some() && program.is_within_claim(id);
    Some(Grain { name: grain.name.clone(), label: text(&grain.label), keys, period, within_claim })
}

fn phase(program: &Program, grains: &Grains, at: usize, phase: &phases::Phase, plan: &layout::Plan) -> Phase {
    let inputs = phase.inputs.iter().zip(&plan.inputs).filter_map(|(import, cell)| {
        let source = match import.source {
            phases::Source::Column(id) => Source::Input { input: column(id) },
            phases::Source::Value(place) => Source::Value { phase: number(place.phase), output: number(place.output) },
            phases::Source::Total(total) => Source::Total { total: number(total) },
            phases::Source::Part(split) => Source::Part { split: number(split) },
            phases::Source::Linked(link) => Source::Linked { link: number(link) },
            phases::Source::Field { link, field } => Source::Field { link: number(link), field: number(field) },
            phases::Source::Record { .. } => return None,
        };
        Some(PhaseInput { source, column: input(program, import, cell) })
    });
    let outputs = phase.outputs.iter().zip(&plan.outputs);
    // Cells of records are no inputs of the host's.
    let is_given = |import: &&phases::Import| !matches!(import.source, phases::Source::Record { .. });
    let place = |input: usize| number(phase.inputs.iter().take(input).filter(is_given).count());
    let uses = phase.outputs.iter().filter(|export| export.is_column);
    let uses = uses.map(|export| export.uses.iter().copied().map(place).collect());
    // Nothing lacks a value where nothing is divided.
    let is_late = phase.outputs.iter().any(|export| !export.uses.is_empty());
    let may_be_missing = is_late && !program.splits.is_empty();
    let has_late_cells = phase.tables.iter().flat_map(|records| &records.cells).any(|cell| cell.is_late);
    let is_told = may_be_missing || has_late_cells;
    let reads_of = |reads: &phases::Reads| Reads {
        inputs: reads.inputs.iter().copied().map(place).collect(),
        cells: reads.cells.iter().copied().map(number).collect(),
    };
    let reads = phase.outputs.iter().filter(|export| export.is_column && is_told);
    let reads = reads.map(|export| reads_of(&export.reads)).collect();
    let tables = phase.tables.iter().zip(&plan.tables);
    let mut tables: Vec<StateTable> =
        tables.map(|(records, table)| state(program, grains, phase, records, (plan, table))).collect();
    if is_told {
        let cells = tables.iter_mut().flat_map(|table| &mut table.cells);
        for (cell, known) in cells.zip(phase.tables.iter().flat_map(|records| &records.cells)) {
            cell.reads = phase.outputs.get(known.output).map(|export| reads_of(&export.reads));
            cell.condition = known.condition.as_ref().map(reads_of);
        }
    }
    Phase {
        entry: entry(at),
        grain: grains.of(phase.grain),
        status: Place { offset: plan.status },
        inputs: inputs.collect(),
        outputs: outputs.map(|(export, cell)| output(program, export, cell)).collect(),
        uses: uses.collect(),
        state: (!tables.is_empty()).then_some(State { offset: plan.state, tables, reads }),
    }
}

fn state(
    program: &Program,
    grains: &Grains,
    phase: &phases::Phase,
    records: &Records,
    (plan, table): (&layout::Plan, &layout::Table),
) -> StateTable {
    let cells = records.cells.iter().filter_map(|cell| {
        let import = phase.inputs.get(cell.input)?;
        let is_column = phase.outputs.get(cell.output).is_some_and(|export| export.is_column);
        let is_told = program.reversal.is_some() || (cell.condition.is_some() && !program.splits.is_empty());
        Some(StateCell {
            function: cell.function,
            column: input(program, import, plan.inputs.get(cell.input)?),
            contribution: (is_told && is_column).then(|| number(cell.output)),
            reads: None,
            condition: None,
            late: cell.is_late,
        })
    });
    StateTable {
        grain: grains.of(records.grain),
        bytes: table.bytes,
        places: Place { offset: table.places },
        cells: cells.collect(),
    }
}

fn split(program: &Program, grains: &Grains, own: &phases::Split) -> Option<Split> {
    let split = program.splits.get(own.split.0)?;
    Some(Split {
        name: split.name.clone(),
        label: text(&split.label),
        amount: Source::Value { phase: number(own.amount.phase), output: number(own.amount.output) },
        step: program.step_of_part(own.split).to_string(),
        phase: number(own.weight.phase),
        weight: number(own.weight.output),
        pool: grains.of(split.pool),
    })
}

fn link(program: &Program, grains: &Grains, own: &phases::Link) -> Option<Link> {
    let link = program.links.get(own.link.0)?;
    Some(Link {
        name: link.name.clone(),
        grain: grains.of(link.grain),
        phase: number(own.phase),
        when: own.when.map(number),
        fields: own.fields.iter().copied().map(number).collect(),
    })
}
