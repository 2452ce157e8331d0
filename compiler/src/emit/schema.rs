//! The schema of a program and its plan.

use fen_grammar::diagnostic::{self, Lang};
use fen_schema::{
    ABI_VERSION, Batch, Citation, Column, ColumnType, InForce, Language, Place, Reject, RejectCode, Schema, Text,
};
use num_bigint::BigInt;
use num_rational::BigRational;

use super::layout::{CAPACITY, Cell, ENTRY, Plan};
use crate::check::program::Program;
use crate::check::types::{decimal, step_of};

pub(super) fn schema(program: &Program, plan: &Plan, source_sha256: &str, code_sha256: String) -> Schema {
    let inputs: Vec<Column> = program
        .inputs
        .iter()
        .zip(&plan.inputs)
        .map(|(input, cell)| column(&input.name, &input.label, input.scale, cell))
        .collect();
    let outputs = program.outputs.iter().zip(&plan.outputs).filter_map(|(output, cell)| {
        let value = program.value(output.value)?;
        Some(column(&value.name, &output.label, output.scale, cell))
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
        compiler: concat!("fen ", env!("CARGO_PKG_VERSION")).to_owned(),
        source_sha256: source_sha256.to_owned(),
        code_sha256,
        batch: Batch { entry: ENTRY.to_owned(), capacity: CAPACITY, status: Place { offset: plan.status } },
        rejects: rejects(program),
        outputs: outputs.collect(),
        inputs,
        citations: program
            .citations
            .iter()
            .map(|(rule, clause)| Citation { rule: rule.clone(), clause: clause.clone() })
            .collect(),
        invariants: program.invariants.iter().map(|invariant| invariant.text.clone()).collect(),
    }
}

/// Inputs and outputs are amounts of money: the check of a program sees to it.
fn column(name: &str, label: &diagnostic::Text, scale: u32, cell: &Cell) -> Column {
    let show = |value: &BigInt| decimal(&(step_of(scale) * value), scale as usize);
    Column {
        name: name.to_owned(),
        label: text(label),
        ty: ColumnType::Money,
        unit: "yuan".to_owned(),
        scale,
        min: show(&cell.low),
        max: show(&cell.high),
        layout: cell.layout,
        offset: cell.offset,
    }
}

fn text(text: &diagnostic::Text) -> Text {
    Text { zh: text.zh.clone(), en: text.en.clone() }
}

/// Status 2i+1: input i is below its least value; status 2i+2: above its greatest.
fn rejects(program: &Program) -> Vec<Reject> {
    let mut rejects = Vec::new();
    for input in &program.inputs {
        let mut reject = |code, limit: &BigRational, en: &str, zh: &str| {
            let (limit, name, label) = (input.ty.show(limit), &input.name, &input.label);
            let called = |label: &str| if label == name { String::new() } else { format!(" ({label})") };
            rejects.push(Reject {
                status: u16::try_from(rejects.len() + 1).unwrap_or(u16::MAX),
                code,
                column: name.clone(),
                reason: Text {
                    en: format!("{name}{} is {en} {}", called(&label.en), limit.en),
                    zh: format!("{name}{}{zh}{}", called(&label.zh), limit.zh),
                },
            });
        };
        reject(RejectCode::BelowMin, &input.facts.low, "below", "低于");
        reject(RejectCode::AboveMax, &input.facts.high, "above", "高于");
    }
    rejects
}
