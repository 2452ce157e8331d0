//! Phases with their kernels, and what lies between them, from what is needed.

use std::collections::HashSet;

use fen_grammar::diagnostic::Diagnostic;
use fen_schema::TotalFunction;

use super::derive::derive;
use super::needs::{Draft, Key, Leaf, LinkDraft, Needs};
use super::stages::Stages;
use super::uses::{reads, reads_of, uses};
use super::wanted::{Present, Wanted, What, addend, contribution, divided, field, flag};
use super::{Between, Cut, Export, Import, Link, Phase, Place, Reads, RecordCell, Records, Source, Split, Total};
use crate::check::program::{Function, Origin, Program};
use crate::ids::{GrainId, InputId};
use crate::lower::lower_requiring;

/// Lowers every phase and says where everything is.
pub(super) fn assemble(program: &Program, mut needs: Needs) -> Result<Cut, Box<Diagnostic>> {
    for draft in &mut needs.drafts {
        // What the host reads comes first.
        draft.wanted.sort_by_key(|(_, is_column)| !is_column);
    }
    let mut phases = Vec::new();
    for draft in &needs.drafts {
        phases.push(phase(program, &needs, draft)?);
    }
    let between = Between {
        totals: needs.totals.iter().filter_map(|id| total(program, &needs, *id)).collect(),
        splits: splits(program, &needs),
        links: links(program, &needs),
        results: results(program, &needs),
    };
    Ok(Cut { phases, between: Some(between) })
}

impl Needs {
    fn phase(&self, key: Key) -> Option<usize> {
        self.drafts.iter().position(|draft| draft.key == key)
    }

    fn place(&self, (key, wanted): (Key, Wanted)) -> Option<Place> {
        let phase = self.phase(key)?;
        let output = self.drafts.get(phase)?.place(wanted)?;
        Some(Place { phase, output })
    }
}

impl Draft {
    fn place(&self, wanted: Wanted) -> Option<usize> {
        self.wanted.iter().position(|(known, _)| *known == wanted)
    }
}

fn phase(program: &Program, needs: &Needs, draft: &Draft) -> Result<Phase, Box<Diagnostic>> {
    let (derived, leaves) = derive(program, needs, draft);
    let kernel = lower_requiring(&derived, &draft.required)?;
    let mut tables = tables(program, draft, &leaves);
    let mut names = HashSet::new();
    let mut inputs = Vec::new();
    for (at, (input, leaf)) in derived.inputs.iter().zip(&leaves).enumerate() {
        let mut input = input.clone();
        input.name = unique(&mut names, input.name);
        let source = source(program, needs, &tables, at, leaf).unwrap_or(Source::Column(InputId(at)));
        inputs.push(Import { input, source });
    }
    let mut outputs = Vec::new();
    let uses = uses(needs, draft, &leaves, &tables);
    let reads = reads(needs, draft, &leaves, &tables);
    let conditions: Vec<_> = tables
        .iter()
        .flat_map(|records| &records.cells)
        .map(|cell| {
            let wanted = condition(program, leaves.get(cell.input)?)?;
            Some(reads_of(needs, draft, &leaves, &tables, wanted))
        })
        .collect();
    let cells = tables.iter_mut().flat_map(|records| &mut records.cells);
    cells.zip(conditions).for_each(|(cell, condition)| cell.condition = condition);
    mark_late(program, needs, &leaves, &reads, &mut tables);
    for (((output, (wanted, is_column)), uses), reads) in derived.outputs.iter().zip(&draft.wanted).zip(uses).zip(reads)
    {
        let result = needs.results.iter().position(|known| *known == (draft.key, *wanted));
        let result = result.and_then(|at| program.outputs.get(at));
        let (name, label) = result.map_or((&output.name, &output.label), |result| (&result.name, &result.label));
        outputs.push(Export {
            name: unique(&mut names, name.clone()),
            label: label.clone(),
            ty: derived.value(output.value).map_or(crate::check::types::Type::Bool, |value| value.ty),
            scale: output.scale,
            is_optional: output.present.is_some(),
            is_column: *is_column,
            uses: uses.into_iter().collect(),
            reads,
        });
    }
    let dated_by = derived.dated_by.map(|id| id.0);
    let (grain, required) = (draft.key.grain, draft.required.clone());
    Ok(Phase { grain, inputs, outputs, dated_by, tables, kernel, program: Some(Box::new(derived)), required })
}

/// A name that no other column of the phase has.
fn unique(names: &mut HashSet<String>, name: String) -> String {
    let mut free = name.clone();
    let mut count = 1;
    while !names.insert(free.clone()) {
        count += 1;
        free = format!("{name} ({count})");
    }
    free
}

fn source(program: &Program, needs: &Needs, tables: &[Records], at: usize, leaf: &Leaf) -> Option<Source> {
    match leaf {
        Leaf::Column(id) => Some(Source::Column(*id)),
        Leaf::Value(_, key, wanted) | Leaf::Input(_, key, wanted) => needs.place((*key, *wanted)).map(Source::Value),
        Leaf::Record(_) | Leaf::Flag(_) => tables.iter().enumerate().find_map(|(table, records)| {
            let cell = records.cells.iter().position(|cell| cell.input == at)?;
            Some(Source::Record { table, cell })
        }),
        Leaf::Late(id) => match &program.input(*id)?.origin {
            Origin::Total { .. } => needs.totals.iter().position(|known| known == id).map(Source::Total),
            Origin::Part(split) => needs.splits.iter().position(|known| known == split).map(Source::Part),
            Origin::Linked(link) | Origin::Field { link, .. } => {
                let stage = needs.stages.input(*id).saturating_sub(1);
                let found = needs.links.iter().position(|known| known.link == *link && known.key.stage == stage)?;
                match needs.links.get(found)?.fields.iter().position(|field| field == id) {
                    Some(field) => Some(Source::Field { link: found, field }),
                    None => Some(Source::Linked(found)),
                }
            }
            Origin::Column | Origin::Running { .. } => None,
        },
    }
}

/// The records of a phase, by grain.
fn tables(program: &Program, draft: &Draft, leaves: &[Leaf]) -> Vec<Records> {
    let mut tables: Vec<Records> = Vec::new();
    for (input, leaf) in leaves.iter().enumerate() {
        let (id, contributed) = match leaf {
            Leaf::Record(id) => (*id, contribution(program, *id)),
            Leaf::Flag(id) => (*id, flag(program, *id).map(|wanted| (fen_schema::StateFunction::Last, wanted))),
            _ => continue,
        };
        let (Some((function, wanted)), Some(grain)) = (contributed, grain_of_record(program, id)) else { continue };
        let Some(output) = draft.place(wanted) else { continue };
        let cell = RecordCell { input, output, function, condition: None, is_late: false };
        match tables.iter_mut().find(|records| records.grain == grain) {
            Some(records) => records.cells.push(cell),
            None => tables.push(Records { grain, cells: vec![cell] }),
        }
    }
    tables
}

/// Whether the condition of the link holds that a cell of a record belongs to.
fn condition(program: &Program, leaf: &Leaf) -> Option<Wanted> {
    let (Leaf::Record(id) | Leaf::Flag(id)) = leaf else { return None };
    let (Origin::Linked(link) | Origin::Field { link, .. }) = &program.input(*id)?.origin else { return None };
    let present = program.links.get(link.0)?.when.map_or(Present::Always, Present::If);
    Some(Wanted { what: What::True, present, scale: 0 })
}

/// Marks the cells of links that leave out claims which are taken back from the beginning, and what is changed by such cells.
fn mark_late(program: &Program, needs: &Needs, leaves: &[Leaf], reads: &[Reads], tables: &mut [Records]) {
    if program.reversal.is_none() {
        return;
    }
    let stages = Stages::of_pools(program, &needs.reads);
    let is_late_link = |leaf: Option<&Leaf>| {
        let Some(Leaf::Record(id) | Leaf::Flag(id)) = leaf else { return false };
        match program.input(*id).map(|input| &input.origin) {
            Some(Origin::Linked(link) | Origin::Field { link, .. }) => stages.is_late_link(program, *link),
            _ => false,
        }
    };
    let cells = || tables.iter().flat_map(|records| &records.cells);
    let mut late: Vec<bool> = cells().map(|cell| is_late_link(leaves.get(cell.input))).collect();
    let reads_of: Vec<Option<&Reads>> = cells().map(|cell| reads.get(cell.output)).collect();
    for _ in 0..late.len() {
        for (at, reads) in reads_of.iter().enumerate() {
            let is_late = reads.is_some_and(|reads| reads.cells.iter().any(|cell| late.get(*cell) == Some(&true)));
            late.iter_mut().skip(at).take(1).for_each(|mark| *mark |= is_late);
        }
    }
    let cells = tables.iter_mut().flat_map(|records| &mut records.cells);
    cells.zip(late).for_each(|(cell, is_late)| cell.is_late = is_late);
}

fn grain_of_record(program: &Program, id: InputId) -> Option<GrainId> {
    match &program.input(id)?.origin {
        Origin::Running { grain, .. } => Some(*grain),
        Origin::Linked(link) | Origin::Field { link, .. } => program.links.get(link.0).map(|link| link.grain),
        Origin::Column | Origin::Total { .. } | Origin::Part(_) => None,
    }
}

fn total(program: &Program, needs: &Needs, id: InputId) -> Option<Total> {
    let Origin::Total { function, grain, .. } = &program.input(id)?.origin else { return None };
    let function = match function {
        Function::Sum => TotalFunction::Sum,
        Function::Count => TotalFunction::Count,
        Function::Max | Function::Last => TotalFunction::Max,
        Function::Min => TotalFunction::Min,
    };
    let (over, wanted) = addend(program, id)?;
    let key = Key { stage: needs.stages.input(id).saturating_sub(1), grain: over };
    Some(Total { function, of: needs.place((key, wanted))?, grain: *grain })
}

fn splits(program: &Program, needs: &Needs) -> Vec<Split> {
    let split = |id: &crate::ids::SplitId| {
        let (amount, weight) = divided(program, &needs.stages, *id)?;
        Some(Split { split: *id, amount: needs.place(amount)?, weight: needs.place(weight)? })
    };
    needs.splits.iter().filter_map(split).collect()
}

fn links(program: &Program, needs: &Needs) -> Vec<Link> {
    let link = |known: &LinkDraft| {
        let phase = needs.phase(known.key)?;
        let draft = needs.drafts.get(phase)?;
        let when = program.links.get(known.link.0)?.when;
        let place = |wanted: Wanted| draft.place(wanted);
        let condition = when.map(|when| Wanted { what: What::Value(when), present: Present::Always, scale: 0 });
        let fields = known.fields.iter().filter_map(|id| field(program, *id).and_then(place));
        Some(Link { link: known.link, phase, when: condition.and_then(place), fields: fields.collect() })
    };
    needs.links.iter().filter_map(link).collect()
}

/// By grain, that of rows first, others in the order of the source.
fn results(program: &Program, needs: &Needs) -> Vec<(GrainId, Vec<(usize, Place)>)> {
    let mut results: Vec<(GrainId, Vec<(usize, Place)>)> = Vec::new();
    for (at, (output, result)) in program.outputs.iter().zip(&needs.results).enumerate() {
        let Some(place) = needs.place(*result) else { continue };
        match results.iter_mut().find(|(grain, _)| *grain == output.grain) {
            Some((_, places)) => places.push((at, place)),
            None => results.push((output.grain, vec![(at, place)])),
        }
    }
    results.sort_by_key(|(grain, _)| *grain != GrainId(0));
    results
}
