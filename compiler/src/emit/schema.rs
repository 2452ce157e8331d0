//! The schema of a program and its phases.

use fen_grammar::diagnostic::Lang;
use fen_schema::{ABI_VERSION, Batch, Citation, Column, InForce, Language, Place, Schema, Text};

use super::layout::{CAPACITY, Cell, Plan, entry};
use super::statuses::Statuses;
use super::stream;
use crate::check::program::Program;
use crate::columns::{self, Facts, text};
use crate::phases::{Cut, Export, Import, Place as Computed, Source};

/// The hashes of what the schema belongs to.
pub(super) struct Hashes {
    pub(super) source: String,
    pub(super) code: String,
    pub(super) codes: String,
    pub(super) trace: String,
}

pub(super) fn schema(program: &Program, cut: &Cut, plans: &[Plan], statuses: Statuses, hashes: Hashes) -> Schema {
    let first = cut.phases.iter().zip(plans).next();
    let inputs = first.into_iter().flat_map(|(phase, plan)| phase.inputs.iter().zip(&plan.inputs));
    let inputs = inputs.filter(|(import, _)| matches!(import.source, Source::Column(_)));
    let inputs = inputs.map(|(import, cell)| input(program, import, cell));
    let parameters = first.into_iter().flat_map(|(_, plan)| program.parameters.iter().zip(&plan.parameters));
    let parameters = parameters.map(|(parameter, cell)| {
        let (name, label) = (&parameter.name, &parameter.label);
        column(program, cell, Facts { name, label, ty: parameter.ty, scale: parameter.scale })
    });
    let outputs: Vec<Column> = match &cut.between {
        None => first
            .into_iter()
            .flat_map(|(phase, plan)| {
                phase.outputs.iter().zip(&plan.outputs).map(|(export, cell)| output(program, export, cell))
            })
            .collect(),
        Some(between) => {
            let rows = between.results.iter().filter(|(grain, _)| grain.0 == 0).flat_map(|(_, results)| results);
            rows.filter_map(|(at, place)| result(program, cut, plans, *at, *place)).collect()
        }
    };
    let status = Place { offset: first.map_or(0, |(_, plan)| plan.status) };
    Schema {
        abi: ABI_VERSION,
        policy: program.name.clone(),
        language: match program.lang {
            Lang::En => Language::En,
            Lang::Zh => Language::Zh,
        },
        title: program.title.clone(),
        titles: program.titles.as_ref().map(|titles| Text { zh: titles.zh.clone(), en: titles.en.clone() }),
        source: program.source.clone(),
        in_force: program
            .in_force
            .map(|(from, to)| InForce { from: from.to_string(), to: to.map(|to| to.to_string()) }),
        dated_by: program.dated_by.and_then(|id| program.input(id)).map(|input| input.name.clone()),
        compiler: concat!("fen ", env!("CARGO_PKG_VERSION")).to_owned(),
        source_sha256: hashes.source,
        code_sha256: hashes.code,
        batch: Batch { entry: entry(0), capacity: CAPACITY, status },
        codes: u32::try_from(program.codes.len()).unwrap_or(u32::MAX),
        codes_sha256: hashes.codes,
        trace_sha256: hashes.trace,
        parameters: parameters.collect(),
        inputs: inputs.collect(),
        outputs,
        rejects: statuses.rejects,
        citations: program
            .citations
            .iter()
            .map(|citation| Citation {
                rule: citation.rule.clone(),
                clause: citation.clause.clone(),
                text: citation.text.clone(),
            })
            .collect(),
        invariants: program.invariants.iter().map(|invariant| invariant.text.clone()).collect(),
        plan: cut.between.as_ref().map(|between| stream::plan(program, cut, between, plans)),
    }
}

/// An input of a phase.
pub(super) fn input(program: &Program, import: &Import, cell: &Cell) -> Column {
    let Import { input, .. } = import;
    column(program, cell, Facts { name: &input.name, label: &input.label, ty: input.ty, scale: input.scale })
}

/// An output of a phase.
pub(super) fn output(program: &Program, export: &Export, cell: &Cell) -> Column {
    let Export { name, label, ty, scale, .. } = export;
    column(program, cell, Facts { name, label, ty: *ty, scale: *scale })
}

/// An output of the policy, by its place, where a phase computes it.
pub(super) fn result(program: &Program, cut: &Cut, plans: &[Plan], at: usize, place: Computed) -> Option<Column> {
    let named = program.outputs.get(at)?;
    let export = cut.phases.get(place.phase)?.outputs.get(place.output)?;
    let cell = plans.get(place.phase)?.outputs.get(place.output)?;
    let (name, label) = (named.name.clone(), text(&named.label));
    Some(Column { name, label, ..output(program, export, cell) })
}

fn column(program: &Program, cell: &Cell, facts: Facts<'_>) -> Column {
    let column = columns::column(program, &facts, &cell.low, &cell.high);
    Column { optional: cell.is_optional, layout: cell.layout, offset: cell.offset, ..column }
}
