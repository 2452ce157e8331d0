//! The schema of a program and its plan.

use fen_grammar::diagnostic::{self, Lang};
use fen_schema::{ABI_VERSION, Batch, Citation, Column, ColumnType, EnumValue, InForce, Language, Place, Schema, Text};
use num_bigint::BigInt;
use num_rational::BigRational;

use super::layout::{CAPACITY, Cell, ENTRY, Plan};
use super::statuses::Statuses;
use crate::check::program::{Program, date_of};
use crate::check::types::{Kind, Measure, Type, decimal, step_of};

/// The hashes of what the schema belongs to.
pub(super) struct Hashes {
    pub(super) source: String,
    pub(super) code: String,
    pub(super) codes: String,
}

pub(super) fn schema(program: &Program, plan: &Plan, statuses: Statuses, hashes: Hashes) -> Schema {
    let inputs = program.inputs.iter().zip(&plan.inputs).map(|(input, cell)| {
        column(program, cell, Facts { name: &input.name, label: &input.label, ty: input.ty, scale: input.scale })
    });
    let parameters = program.parameters.iter().zip(&plan.parameters).map(|(parameter, cell)| {
        let (name, label) = (&parameter.name, &parameter.label);
        column(program, cell, Facts { name, label, ty: parameter.ty, scale: parameter.scale })
    });
    let outputs = program.outputs.iter().zip(&plan.outputs).filter_map(|(output, cell)| {
        let ty = program.value(output.value)?.ty;
        Some(column(program, cell, Facts { name: &output.name, label: &output.label, ty, scale: output.scale }))
    });
    Schema {
        abi: ABI_VERSION,
        policy: program.name.clone(),
        language: match program.lang {
            Lang::En => Language::En,
            Lang::Zh => Language::Zh,
        },
        title: program.title.clone(),
        source: program.source.clone(),
        in_force: program
            .in_force
            .map(|(from, to)| InForce { from: from.to_string(), to: to.map(|to| to.to_string()) }),
        dated_by: program.dated_by.and_then(|id| program.input(id)).map(|input| input.name.clone()),
        compiler: concat!("fen ", env!("CARGO_PKG_VERSION")).to_owned(),
        source_sha256: hashes.source,
        code_sha256: hashes.code,
        batch: Batch { entry: ENTRY.to_owned(), capacity: CAPACITY, status: Place { offset: plan.status } },
        codes: u32::try_from(program.codes.len()).unwrap_or(u32::MAX),
        codes_sha256: hashes.codes,
        parameters: parameters.collect(),
        inputs: inputs.collect(),
        outputs: outputs.collect(),
        rejects: statuses.rejects,
        citations: program
            .citations
            .iter()
            .map(|(rule, clause)| Citation { rule: rule.clone(), clause: clause.clone() })
            .collect(),
        invariants: program.invariants.iter().map(|invariant| invariant.text.clone()).collect(),
    }
}

/// What a column is, apart from its place.
struct Facts<'a> {
    name: &'a str,
    label: &'a diagnostic::Text,
    ty: Type,
    scale: u32,
}

fn column(program: &Program, cell: &Cell, facts: Facts<'_>) -> Column {
    let values = match facts.ty {
        Type::Enum(id) => program.enums.get(id.0).map(|one| one.values.as_slice()).unwrap_or_default(),
        _ => &[],
    };
    Column {
        name: facts.name.to_owned(),
        label: text(facts.label),
        ty: column_type(facts.ty),
        unit: facts.ty.measure().map(unit).unwrap_or_default(),
        scale: facts.scale,
        min: limit(program, &facts, &cell.low),
        max: limit(program, &facts, &cell.high),
        optional: cell.is_optional,
        values: values.iter().map(|value| EnumValue { name: value.name.clone(), label: text(&value.label) }).collect(),
        layout: cell.layout,
        offset: cell.offset,
    }
}

/// The unit as people write it. A quotient of like amounts is a rate.
fn unit(measure: Measure) -> String {
    if measure == Measure::RATIO { Measure::RATE.suffix().en } else { measure.suffix().en }
}

fn column_type(ty: Type) -> ColumnType {
    match ty {
        Type::Measure(Measure::MONEY) => ColumnType::Money,
        Type::Measure(measure) => match measure.kind() {
            Some(Kind::Rate | Kind::Ratio) => ColumnType::Rate,
            Some(Kind::Points) => ColumnType::Pp,
            Some(Kind::Plain) => ColumnType::Number,
            None => ColumnType::Measure,
        },
        Type::Date => ColumnType::Date,
        Type::Bool => ColumnType::Bool,
        Type::Enum(_) => ColumnType::Enum,
        Type::Code => ColumnType::Code,
        Type::Id => ColumnType::Id,
    }
}

/// A limit of a column's cells as text.
fn limit(program: &Program, facts: &Facts<'_>, cell: &BigInt) -> String {
    let value = BigRational::from(cell.clone());
    match facts.ty {
        Type::Measure(_) => decimal(&(step_of(facts.scale) * value), usize::try_from(facts.scale).unwrap_or_default()),
        Type::Date => date_of(&value).map(|date| date.to_string()).unwrap_or_default(),
        Type::Bool | Type::Enum(_) => program.show(facts.ty, &value).en,
        Type::Code | Type::Id => String::new(),
    }
}

fn text(text: &diagnostic::Text) -> Text {
    Text { zh: text.zh.clone(), en: text.en.clone() }
}
