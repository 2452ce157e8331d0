//! Examples and invariants: what they say is checked, then they are run.

use fen_grammar::diagnostic::{Diagnostic, Text};
use fen_grammar::source::Span;
use num_rational::BigRational;

use super::errors::{
    ExampleFailed, ExampleOutOfRange, ExampleSetting, InvariantViolated, MissingInput, SettingProblem,
};
use super::program::{Example, Expr, Program};
use super::types::{Type, step_of};
use super::{Claims, show_claim};
use crate::interpret::{Settled, holds, settle};
use crate::resolve::program::{self as resolved, Symbol, ValueId};

/// Checks what the examples say; those with an error are left out.
pub(super) fn check(
    resolved: &resolved::Program,
    program: &Program,
    diagnostics: &mut Vec<Diagnostic>,
) -> Vec<Example> {
    resolved.examples.iter().filter_map(|example| check_example(resolved, example, program, diagnostics)).collect()
}

fn check_example(
    resolved: &resolved::Program,
    example: &resolved::Example,
    program: &Program,
    diagnostics: &mut Vec<Diagnostic>,
) -> Option<Example> {
    let before = diagnostics.len();
    let mut given: Vec<Option<BigRational>> = vec![None; program.inputs.len()];
    for setting in &example.given {
        let Symbol::Input(id) = setting.symbol else {
            diagnostics.push(ExampleSetting::new(&setting.name, SettingProblem::NotAnInput).into());
            continue;
        };
        let Some((input, slot)) = program.input(id).zip(given.get_mut(id.0)) else { continue };
        if let Some(problem) = setting_problem(setting, input.ty, &step_of(input.scale)) {
            diagnostics.push(ExampleSetting::new(&setting.name, problem).into());
        } else if slot.is_some() {
            diagnostics.push(ExampleSetting::new(&setting.name, SettingProblem::Twice).into());
        }
        if setting.value.value < input.facts.low || setting.value.value > input.facts.high {
            let range = (input.ty.show(&input.facts.low), input.ty.show(&input.facts.high));
            diagnostics.push(ExampleOutOfRange { span: setting.value.span, name: input.name.clone(), range }.into());
        }
        *slot = Some(setting.value.value.clone());
    }
    let missing: Vec<String> = program
        .inputs
        .iter()
        .zip(&given)
        .filter(|(_, value)| value.is_none())
        .map(|(input, _)| input.name.clone())
        .collect();
    if !missing.is_empty() && resolved.is_whole {
        diagnostics.push(MissingInput { span: example.title.span, names: missing }.into());
    }
    let mut expect: Vec<(ValueId, BigRational, Span)> = Vec::new();
    for setting in &example.expect {
        let output = match setting.symbol {
            Symbol::Value(id) if resolved.outputs.iter().any(|output| output.value == id) => id,
            _ => {
                diagnostics.push(ExampleSetting::new(&setting.name, SettingProblem::NotAnOutput).into());
                continue;
            }
        };
        let Some(output) = program.outputs.iter().find(|known| known.value == output) else { continue };
        let Some(value) = program.value(output.value) else { continue };
        if let Some(problem) = setting_problem(setting, value.ty, &step_of(output.scale)) {
            diagnostics.push(ExampleSetting::new(&setting.name, problem).into());
        } else if expect.iter().any(|(id, ..)| *id == output.value) {
            diagnostics.push(ExampleSetting::new(&setting.name, SettingProblem::Twice).into());
        }
        expect.push((output.value, setting.value.value.clone(), setting.name.span.to(setting.value.span)));
    }
    let given = given.into_iter().collect::<Option<Vec<BigRational>>>()?;
    let example = Example { title: example.title.text.clone(), given, expect, span: example.title.span };
    (diagnostics.len() == before).then_some(example)
}

fn setting_problem(setting: &resolved::Setting, ty: Type, step: &BigRational) -> Option<SettingProblem> {
    if Type::of(setting.value.unit) != ty {
        return Some(SettingProblem::Unit(ty.name()));
    }
    (!(&setting.value.value / step).is_integer()).then(|| SettingProblem::TooFine(step.clone()))
}

/// What an example shows to be wrong.
pub(crate) fn run_example(program: &Program, example: &Example) -> Option<Diagnostic> {
    let settled = settle(program, &example.given).ok()?;
    let wrong = example.expect.iter().filter(|(id, expected, _)| settled.value(*id) != *expected);
    let differences = wrong.filter_map(|(id, expected, span)| {
        let value = program.value(*id)?;
        Some((*span, value.name.clone(), value.ty.show(expected), value.ty.show(&settled.value(*id))))
    });
    let differences: Vec<_> = differences.collect();
    if differences.is_empty() {
        return None;
    }
    Some(ExampleFailed { title: example.title.clone(), span: example.span, differences }.into())
}

/// Every invariant that does not hold on an example or on one of `count` claims of the seed, with the first such claim.
pub(crate) fn violated_invariants(program: &Program, count: usize, seed: u64) -> Vec<Diagnostic> {
    let mut open: Vec<usize> = (0..program.invariants.len()).collect();
    let mut diagnostics = Vec::new();
    if open.is_empty() {
        return diagnostics;
    }
    let examples = program.examples.iter().map(|example| example.given.clone());
    for claim in examples.chain(Claims::new(program, seed).take(count)) {
        let Ok(settled) = settle(program, &claim) else { continue };
        open.retain(|at| {
            let Some(invariant) = program.invariants.get(*at) else { return false };
            let (left, right) = (settled.expr(&invariant.left), settled.expr(&invariant.right));
            if holds(&left, invariant.comparison, &right) {
                return true;
            }
            let sides = (shown(&invariant.left, &settled), shown(&invariant.right, &settled));
            diagnostics
                .push(InvariantViolated { span: invariant.span, claim: show_claim(program, &claim), sides }.into());
            false
        });
    }
    diagnostics
}

fn shown(expr: &Expr, settled: &Settled<'_>) -> Text {
    expr.ty.show(&settled.expr(expr))
}
