//! Examples and invariants: what they say is checked, then they are run.

use fen_grammar::diagnostic::{Diagnostic, Text};
use fen_grammar::source::Span;
use num_rational::BigRational;
use num_traits::{One, Zero};

use super::errors::{
    ExampleFailed, ExampleOutOfRange, ExampleSetting, InvariantViolated, MissingInput, SettingProblem,
};
use super::possible::{is_alone, looks_beyond, possible_claims, take_the_same};
use super::program::{Claim, Example, Expected, Expr, ExprKind, Function, Invariant, Origin, Program, Sheet};
use super::types::{Type, step_of};
use super::{Checker, Claims, show_claim};
use crate::exact::is_whole;
use crate::interpret::{evaluate, settle, unmade};
use crate::resolve::program::{self as resolved, Setting, Symbol};
use crate::shrink::{Toward, smallest};

impl Checker<'_> {
    /// Checks what the examples say; those with an error are left out.
    pub(super) fn examples(&mut self) {
        for example in &self.resolved.examples {
            if let Some(example) = self.example(example) {
                self.program.examples.push(example);
            }
        }
    }

    fn example(&mut self, example: &resolved::Example) -> Option<Example> {
        let before = self.diagnostics.len();
        let sheet = example.sheet.as_ref().map(|file| self.sheet(file));
        let given = self.given(example, sheet.as_ref().map(Option::as_deref));
        let expect = match &example.expect {
            None => Expected::Rejected,
            Some(settings) => Expected::Outputs(self.expected(settings)),
        };
        let example = Example {
            title: example.title.text.clone(),
            sheet: sheet.flatten(),
            given: given?,
            expect,
            span: example.title.span,
        };
        (self.diagnostics.len() == before).then_some(example)
    }

    /// `sheet` is the file that the example names; nothing inside where it cannot be used.
    #[expect(clippy::option_option, reason = "no file and one that cannot be used are different things")]
    fn given(&mut self, example: &resolved::Example, sheet: Option<Option<&Sheet>>) -> Option<Claim> {
        let mut inputs: Vec<Option<BigRational>> = vec![None; self.program.inputs.len()];
        let mut parameters: Vec<Option<BigRational>> = vec![None; self.program.parameters.len()];
        let mut seen: Vec<String> = Vec::new();
        for setting in &example.given {
            if seen.contains(&setting.name.text) {
                self.report(ExampleSetting::new(&setting.name, SettingProblem::Twice));
            }
            seen.push(setting.name.text.clone());
            let input = match setting.symbol {
                Symbol::Input(id) => Some(id),
                Symbol::Value(id) => self.running_import(id),
                _ => None,
            };
            if let Some(id) = input {
                let Some(input) = self.program.input(id).cloned() else { continue };
                let value = self.given_value(setting, input.ty, input.scale, input.is_optional);
                let Some(value) = value else { continue };
                let is_rejected = example.expect.is_none();
                if let Some(value) = &value
                    && (*value < input.facts.low || *value > input.facts.high)
                    && !is_rejected
                {
                    let range =
                        (self.program.show(input.ty, &input.facts.low), self.program.show(input.ty, &input.facts.high));
                    self.report(ExampleOutOfRange { span: setting.span, name: input.name, range });
                }
                if let Some(slot) = inputs.get_mut(id.0) {
                    *slot = value;
                }
                continue;
            }
            let parameter = self.program.parameters.iter().position(|known| known.name == setting.name.text);
            let found = parameter.and_then(|at| self.program.parameters.get(at).cloned().map(|found| (at, found)));
            let Some((at, parameter)) = found else {
                self.report(ExampleSetting::new(&setting.name, SettingProblem::NotAnInput));
                continue;
            };
            let value = self.given_value(setting, parameter.ty, parameter.scale, false);
            if let (Some(Some(value)), Some(slot)) = (value, parameters.get_mut(at)) {
                if value < parameter.facts.low || value > parameter.facts.high {
                    let show = |limit| self.program.show(parameter.ty, limit);
                    let range = (show(&parameter.facts.low), show(&parameter.facts.high));
                    self.report(ExampleOutOfRange { span: setting.span, name: parameter.name, range });
                } else {
                    *slot = Some(value);
                }
            }
        }
        let is_given = |name: &str| seen.iter().any(|seen| seen == name);
        // What the example writes itself goes before what stands in the file.
        let from_file = sheet.flatten().map(|sheet| sheet.values.as_slice()).unwrap_or_default();
        for ((slot, parameter), value) in parameters.iter_mut().zip(&self.program.parameters).zip(from_file) {
            if !is_given(&parameter.name) {
                slot.clone_from(value);
            }
        }
        let columns = self.program.inputs.iter().filter(|input| input.origin == Origin::Column);
        let missing_inputs = columns.filter(|input| !input.is_optional && !is_given(&input.name));
        // What a file would give that cannot be used is not known.
        let is_open = |value: &Option<BigRational>| value.is_none() && sheet.is_none_or(|sheet| sheet.is_some());
        let all = self.program.parameters.iter().zip(&parameters);
        let missing_parameters = all.filter(|(one, value)| is_open(value) && !is_given(&one.name)).map(|(one, _)| one);
        let names: Vec<String> = missing_inputs
            .map(|input| input.name.clone())
            .chain(missing_parameters.map(|parameter| parameter.name.clone()))
            .collect();
        if !names.is_empty() {
            if self.resolved.is_whole {
                let file = example.sheet.as_ref().map(|file| file.path.text.clone());
                self.report(MissingInput { span: example.title.span, names, file });
            }
            return None;
        }
        let parameters = parameters.into_iter().collect::<Option<Vec<BigRational>>>()?;
        let given: Vec<bool> = self.program.inputs.iter().map(|input| is_given(&input.name)).collect();
        Some(alone(&self.program, Claim { inputs, parameters }, &given))
    }

    /// A given value; the outer `None` is an error, the inner a missing value.
    #[expect(clippy::option_option, reason = "an error and a missing value are different things")]
    fn given_value(
        &mut self,
        setting: &Setting,
        ty: Type,
        scale: u32,
        is_optional: bool,
    ) -> Option<Option<BigRational>> {
        let Some(literal) = &setting.value else {
            if !is_optional {
                self.report(ExampleSetting::new(&setting.name, SettingProblem::NotOptional));
                return None;
            }
            return Some(None);
        };
        let value = self.literal(literal, ty)?;
        let step = step_of(scale);
        if !is_whole(&value, &step) {
            self.report(ExampleSetting::new(&setting.name, SettingProblem::TooFine(step)));
            return None;
        }
        Some(Some(value))
    }

    fn expected(&mut self, settings: &[Setting]) -> Vec<(usize, Option<BigRational>, Span)> {
        let mut expect: Vec<(usize, Option<BigRational>, Span)> = Vec::new();
        for setting in settings {
            let outputs = &self.program.outputs;
            let Some(at) = outputs.iter().position(|output| output.name == setting.name.text) else {
                let is_output = match setting.symbol {
                    Symbol::Value(id) => {
                        self.resolved.outputs.iter().any(|output| output.value == id)
                            || self.resolved.indicators.iter().any(|indicator| indicator.value == id)
                    }
                    _ => false,
                };
                if !is_output {
                    self.report(ExampleSetting::new(&setting.name, SettingProblem::NotAnOutput));
                }
                continue;
            };
            let Some(output) = outputs.get(at).cloned() else { continue };
            let Some(value) = self.program.value(output.value).cloned() else { continue };
            if expect.iter().any(|(known, ..)| *known == at) {
                self.report(ExampleSetting::new(&setting.name, SettingProblem::Twice));
            }
            let is_optional = output.present.is_some();
            if let Some(expected) = self.given_value(setting, value.ty, output.scale, is_optional) {
                expect.push((at, expected, setting.span));
            }
        }
        expect
    }
}

/// A claim that is alone in its stream: what is not given of earlier claims is nothing, and totals are its own.
pub(crate) fn alone(program: &Program, mut claim: Claim, given: &[bool]) -> Claim {
    let is_open = |at: usize| !given.get(at).copied().unwrap_or(false);
    // Anything at first, so that what the totals are made of can be computed.
    for (at, (slot, input)) in claim.inputs.iter_mut().zip(&program.inputs).enumerate() {
        if is_open(at) && input.origin != Origin::Column && !input.is_optional {
            let zero = BigRational::zero();
            *slot = Some(zero.max(input.facts.low.clone()).min(input.facts.high.clone()));
        }
    }
    for (at, input) in program.inputs.iter().enumerate() {
        let value = |id| {
            if unmade(program, &claim, vec![id]).is_some() {
                return None;
            }
            let expr = program.value(id).map(|value| Expr {
                span: value.span,
                ty: value.ty,
                kind: ExprKind::Value(id),
                facts: value.facts.clone(),
            });
            expr.and_then(|expr| evaluate(program, &claim, &expr))
        };
        let total = match &input.origin {
            Origin::Total { when: Some(when), .. } if value(*when).is_some_and(|when| when.is_zero()) => {
                Some(BigRational::zero())
            }
            Origin::Total { function: Function::Count, .. } => Some(BigRational::one()),
            Origin::Total { value: of, .. } => value(*of),
            // All of it, unless the only weight there is is nothing.
            Origin::Part(split) => program.splits.get(split.0).and_then(|split| {
                let is_zero = |value: &BigRational| value.is_zero();
                let amount = value(split.amount);
                let is_unmade =
                    value(split.weight).as_ref().is_none_or(is_zero) && !amount.as_ref().is_some_and(is_zero);
                amount.filter(|_| !is_unmade)
            }),
            Origin::Column | Origin::Running { .. } | Origin::Linked(_) | Origin::Field { .. } => None,
        };
        let made_of = match input.origin {
            Origin::Total { value, when, .. } => vec![Some(value), when],
            Origin::Part(split) => {
                program.splits.get(split.0).map(|split| split.amount).into_iter().map(Some).collect()
            }
            _ => Vec::new(),
        };
        let is_lost = matches!(input.origin, Origin::Part(_)) && total.is_none()
            || unmade(program, &claim, made_of.into_iter().flatten().collect()).is_some();
        if let (Some(slot), true) = (claim.inputs.get_mut(at), is_open(at)) {
            match total {
                _ if is_lost => *slot = None,
                Some(total) => *slot = Some(total),
                None => {}
            }
        }
    }
    claim
}

/// What an example shows to be wrong.
pub(crate) fn run_example(program: &Program, example: &Example) -> Option<Diagnostic> {
    let settled = settle(program, &example.given);
    let expect = match (&example.expect, &settled) {
        (Expected::Rejected, Err(_)) => return None,
        (Expected::Rejected, Ok(_)) => {
            return Some(super::errors::example_not_rejected(&example.title, example.span));
        }
        (Expected::Outputs(_), Err(rejection)) => {
            return Some(super::errors::example_rejected(&example.title, example.span, program, *rejection));
        }
        (Expected::Outputs(expect), Ok(_)) => expect,
    };
    let outputs = settled.ok()?.outputs();
    let show = |at: usize, value: &Option<BigRational>| match value {
        None => Text::new("empty", "空"),
        Some(value) => {
            let output = program.outputs.get(at).and_then(|output| program.value(output.value));
            output.map_or_else(|| Text::new("?", "?"), |known| program.show(known.ty, value))
        }
    };
    let wrong = expect.iter().filter(|(at, expected, _)| outputs.get(*at) != Some(expected));
    let differences = wrong.filter_map(|(at, expected, span)| {
        let name = program.outputs.get(*at)?.name.clone();
        Some((*span, name, show(*at, expected), show(*at, outputs.get(*at)?)))
    });
    let differences: Vec<_> = differences.collect();
    if differences.is_empty() {
        return None;
    }
    Some(ExampleFailed { title: example.title.clone(), span: example.span, differences }.into())
}

/// Every invariant that does not hold on an example or on one of `count` claims of the seed, with the first such claim.
/// Proven ones are not tried. Where claims take something from others, they are those of streams.
pub(crate) fn violated_invariants(program: &Program, count: usize, seed: u64) -> Vec<Diagnostic> {
    let mut open: Vec<usize> = (0..program.invariants.len())
        .filter(|at| program.invariants.get(*at).is_some_and(|one| !one.is_proven))
        .collect();
    let mut diagnostics = Vec::new();
    let examples = program.examples.iter().map(|example| example.given.clone());
    let made_up: Box<dyn Iterator<Item = Claim>> = match looks_beyond(program) {
        true => Box::new(possible_claims(program, count, seed)),
        false => Box::new(Claims::new(program, seed).take(count)),
    };
    let mut claims = examples.chain(program.invariants.iter().filter_map(|one| refuted(program, one))).chain(made_up);
    while !open.is_empty()
        && let Some(claim) = claims.next()
    {
        let Ok(settled) = settle(program, &claim) else { continue };
        open.retain(|at| {
            let Some(invariant) = program.invariants.get(*at) else { return false };
            let Ok(holds) = settled.expr(&invariant.condition) else { return true };
            if !holds.is_zero() {
                return true;
            }
            diagnostics.push(violated(program, invariant, claim.clone()));
            false
        });
    }
    diagnostics
}

/// The claim by which the check itself refutes an invariant; none if it is not known to occur.
fn refuted(program: &Program, invariant: &Invariant) -> Option<Claim> {
    invariant.violated_by.clone().filter(|claim| !looks_beyond(program) || is_alone(program, claim))
}

/// An invariant that a claim violates, shown by the plainest such claim.
fn violated(program: &Program, invariant: &Invariant, claim: Claim) -> Diagnostic {
    let fails = |tried: &Claim| {
        take_the_same(program, tried, &claim)
            && settle(program, tried)
                .is_ok_and(|settled| settled.expr(&invariant.condition).is_ok_and(|holds| holds.is_zero()))
    };
    let claim = smallest(program, claim.clone(), Toward::Nothing, &fails);
    let sides = sides(program, &invariant.condition, &|side| evaluate(program, &claim, side));
    InvariantViolated { span: invariant.span, claim: show_claim(program, &claim, &[&invariant.condition]), sides }
        .into()
}

/// Invariants that the check itself found to be violated, of a program that has other errors and cannot be tested.
pub(crate) fn violations_found(program: &Program) -> Vec<Diagnostic> {
    let found = program.invariants.iter().filter_map(|invariant| Some((invariant, refuted(program, invariant)?)));
    let reports = found.map(|(invariant, claim)| {
        let sides = sides(program, &invariant.condition, &|side| evaluate(program, &claim, side));
        InvariantViolated { span: invariant.span, claim: show_claim(program, &claim, &[&invariant.condition]), sides }
            .into()
    });
    reports.collect()
}

/// What the two sides of a comparison come to, as `value` computes them.
fn sides(program: &Program, condition: &Expr, value: &dyn Fn(&Expr) -> Option<BigRational>) -> Option<(Text, Text)> {
    match &condition.kind {
        ExprKind::Compare(_, left, right) => {
            let show = |side: &Expr| value(side).map(|value| program.show(side.ty, &value));
            Some((show(left)?, show(right)?))
        }
        ExprKind::Or(_, right) => sides(program, right, value),
        _ => None,
    }
}
