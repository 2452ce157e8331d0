//! Program to checked program: types, units, ranges, coverage of ladders, rounding, examples and invariants.
//!
//! A program that passes can be lowered and emitted; what could go wrong with a policy is said here.

mod claims;
mod errors;
mod examples;
mod expressions;
mod inputs;
mod ladder_errors;
mod ladders;
mod order;
pub(crate) mod program;
pub(crate) mod types;

use std::collections::HashMap;

use fen_grammar::diagnostic::{Diagnostic, Text, nearest};
use fen_grammar::tree::{self, Quoted};
use num_rational::BigRational;
use num_traits::Zero;

use self::errors::{InexactOutput, OutputNotMoney, RoundingUnit};
use self::ladder_errors::UnusedShare;
use self::program::{Body, Expr, ExprKind, Output, Program, Rounding, Value};
use self::types::{Facts, Type, decimals, step_of};
use crate::resolve::program::{self as resolved, LadderId, Symbol, ValueBody, ValueId};

pub(crate) use self::claims::{Claims, show_claim};
pub(crate) use self::examples::{run_example, violated_invariants};

/// Money is counted in hundredths of a yuan unless a policy declares a finer step.
const MONEY_DECIMALS: u32 = 2;

/// Checks a program; its examples and invariants are not run. It is complete if there are no errors among the diagnostics.
pub(crate) fn check(resolved: &resolved::Program) -> (Program, Vec<Diagnostic>) {
    let mut diagnostics = Vec::new();
    let order = order::order(resolved, &mut diagnostics);
    let (inputs, input_is_suspect) = inputs::check(resolved, &mut diagnostics);
    let mut checker = Checker {
        resolved,
        rounding: None,
        poisoned: vec![true; resolved.values.len()],
        suspect: vec![true; resolved.values.len()],
        input_is_suspect,
        bases: HashMap::new(),
        ladder_is_sound: vec![None; resolved.ladders.len()],
        diagnostics,
        program: Program {
            name: resolved.header.name.clone(),
            lang: resolved.header.lang,
            title: resolved.header.title.clone(),
            source: resolved.header.source.clone(),
            in_force: resolved.header.in_force,
            inputs,
            values: resolved.values.iter().map(placeholder).collect(),
            order,
            ladders: resolved.ladders.iter().map(ladders::placeholder).collect(),
            outputs: Vec::new(),
            invariants: Vec::new(),
            examples: Vec::new(),
            citations: citations(resolved),
        },
    };
    checker.rounding = checker.rounding_in_force();
    for id in checker.program.order.clone() {
        checker.value(id);
    }
    checker.outputs();
    checker.invariants();
    checker.unused_shares();
    checker.coverage();
    checker.program.examples = examples::check(resolved, &checker.program, &mut checker.diagnostics);
    (checker.program, checker.diagnostics)
}

/// What stands for a value until it is checked, and for ever if it has an error; nothing sound refers to it then.
fn placeholder(value: &resolved::Value) -> Value {
    let zero = BigRational::zero();
    let facts = Facts::constant(&zero);
    let kind = ExprKind::Constant(zero);
    let body = Body::Expr(Box::new(Expr { span: value.name.span, ty: Type::Money, kind, facts: facts.clone() }));
    Value { name: value.name.text.clone(), span: value.name.span, ty: Type::Money, body, rounding: None, facts }
}

fn citations(resolved: &resolved::Program) -> Vec<(String, String)> {
    let cited = |name: &str, cite: &Option<Quoted>| cite.as_ref().map(|cite| (name.to_owned(), cite.text.clone()));
    let inputs = resolved.inputs.iter().filter_map(|input| cited(&input.name.text, &input.cite));
    let values = resolved.values.iter().filter_map(|value| cited(&value.name.text, &value.cite));
    let ladders = resolved.ladders.iter().filter_map(|ladder| cited(&ladder.name.text, &ladder.cite));
    let outputs = resolved.outputs.iter().filter_map(|output| cited(&output.name.text, &output.cite));
    let invariants = resolved.invariants.iter().filter_map(|invariant| cited("always", &invariant.cite));
    inputs.chain(values).chain(ladders).chain(outputs).chain(invariants).collect()
}

/// The label in both languages: as written, told apart by their script; the name where there is none.
pub(crate) fn label(name: &str, labels: &[Quoted]) -> Text {
    let is_chinese = |text: &str| text.chars().any(|c| ('\u{3400}'..='\u{9fff}').contains(&c));
    match labels {
        [only] if is_chinese(&only.text) => Text::new(name, only.text.clone()),
        [only] => Text::new(only.text.clone(), name),
        [first, second, ..] if is_chinese(&second.text) && !is_chinese(&first.text) => {
            Text::new(first.text.clone(), second.text.clone())
        }
        [first, second, ..] => Text::new(second.text.clone(), first.text.clone()),
        [] => Text::new(name, name),
    }
}

struct Checker<'a> {
    resolved: &'a resolved::Program,
    /// What the policy declares for its outputs, if that can be used.
    rounding: Option<Rounding>,
    /// Values without a type: they have an error, or depend on one that has.
    poisoned: Vec<bool>,
    /// Values that have an error or depend on one that has, but may have a type all the same, so that more can be said
    /// about what uses them.
    suspect: Vec<bool>,
    /// By input: its range is not as declared.
    input_is_suspect: Vec<bool>,
    /// What ladders on these values count percents of.
    bases: HashMap<ValueId, Expr>,
    /// By ladder: its rows can be used; `None` until it is checked.
    ladder_is_sound: Vec<Option<bool>>,
    diagnostics: Vec<Diagnostic>,
    program: Program,
}

impl Checker<'_> {
    fn report(&mut self, problem: impl Into<Diagnostic>) {
        self.diagnostics.push(problem.into());
    }

    fn is_suspect(&self, symbol: Symbol) -> bool {
        let flag = match symbol {
            Symbol::Input(id) => self.input_is_suspect.get(id.0),
            Symbol::Value(id) => self.suspect.get(id.0),
        };
        flag.copied().unwrap_or(true)
    }

    fn is_poisoned(&self, id: ValueId) -> bool {
        self.poisoned.get(id.0).copied().unwrap_or(true)
    }

    fn rounding_in_force(&mut self) -> Option<Rounding> {
        let rounding = self.resolved.header.rounding.as_ref()?;
        if rounding.step.unit != tree::Unit::Yuan {
            self.report(RoundingUnit { span: rounding.step.span });
            return None;
        }
        Some(Rounding { mode: rounding.mode, step: rounding.step.value.clone() })
    }

    /// Checks one value; those it is computed from are checked already.
    fn value(&mut self, id: ValueId) {
        let resolved = self.resolved;
        let Some(value) = resolved.values.get(id.0) else { return };
        let problems = self.diagnostics.len();
        let typed = match &value.body {
            ValueBody::Expr(expr) => {
                self.expr(expr).map(|expr| (expr.ty, expr.facts.clone(), Body::Expr(Box::new(expr))))
            }
            ValueBody::Share(ladder) => self.share(*ladder, id),
        };
        if let Some(base) = &value.share_of
            && let Some(base) = self.base(value, typed.as_ref().map(|(ty, ..)| *ty), base)
        {
            self.bases.insert(id, base);
        }
        let Some((ty, exact, body)) = typed else { return };
        let is_output = resolved.outputs.iter().any(|output| output.value == id);
        // What a ladder divides is whole again only if every part of it is rounded.
        let rounding = if ty == Type::Money && (is_output || self.is_part_of_a_whole(&value.body)) {
            self.output_rounding(value, &exact)
        } else {
            None
        };
        let facts = rounding.as_ref().map_or_else(|| exact.clone(), |rounding| exact.round(&rounding.step));
        if let (Some(slot), Some(poisoned)) = (self.program.values.get_mut(id.0), self.poisoned.get_mut(id.0)) {
            *slot = Value { name: value.name.text.clone(), span: value.name.span, ty, body, rounding, facts };
            *poisoned = false;
        }
        let is_suspect = self.diagnostics.len() > problems
            || order::needs(resolved, id).into_iter().any(|need| self.is_suspect(need));
        if let Some(slot) = self.suspect.get_mut(id.0) {
            *slot = is_suspect;
        }
    }

    fn is_part_of_a_whole(&self, body: &ValueBody) -> bool {
        let ValueBody::Share(ladder) = body else { return false };
        self.resolved.ladders.get(ladder.0).is_some_and(|ladder| ladder.columns.len() > 1)
    }

    /// How an output or a part of a whole is rounded; `None` if it is exact anyway.
    fn output_rounding(&mut self, value: &resolved::Value, exact: &Facts) -> Option<Rounding> {
        let step = self.rounding.as_ref().map_or_else(|| step_of(MONEY_DECIMALS), |rounding| rounding.step.clone());
        if exact.grid.is_on(&step) {
            return None;
        }
        if self.rounding.is_none() && self.resolved.header.rounding.is_none() && self.resolved.is_whole {
            let grid = exact.grid.0.as_ref().map(|grid| Type::Money.show(grid));
            self.report(InexactOutput { name: value.name.clone(), grid });
        }
        self.rounding.clone()
    }

    fn outputs(&mut self) {
        for output in &self.resolved.outputs {
            let Some(value) = self.program.value(output.value) else { continue };
            if self.is_poisoned(output.value) {
                continue;
            }
            if value.ty != Type::Money {
                let ty = value.ty.name();
                self.report(OutputNotMoney { name: output.name.clone(), ty });
                continue;
            }
            let needed = value.facts.grid.0.as_ref().and_then(decimals).unwrap_or(0);
            let label = label(&output.name.text, &output.labels);
            self.program.outputs.push(Output { value: output.value, label, scale: needed.max(MONEY_DECIMALS) });
        }
    }

    /// A part of a whole that nothing uses is money that is lost, most likely by a slip of the pen.
    fn unused_shares(&mut self) {
        let resolved = self.resolved;
        let used = order::used(resolved);
        for ladder in resolved.ladders.iter().filter(|ladder| ladder.columns.len() > 1) {
            for column in ladder.columns.iter().filter(|column| !used.contains(&Symbol::Value(**column))) {
                let Some(value) = resolved.values.get(column.0) else { continue };
                let others = ladder.columns.iter().filter(|other| *other != column);
                let others =
                    others.filter_map(|other| resolved.values.get(other.0)).map(|other| other.name.text.as_str());
                let suggestion = nearest(&value.name.text, others).map(str::to_owned);
                if resolved.is_whole {
                    self.report(UnusedShare { name: value.name.clone(), suggestion });
                }
            }
        }
    }

    fn invariants(&mut self) {
        for invariant in &self.resolved.invariants {
            let (left, right) = (self.expr(&invariant.left), self.expr(&invariant.right));
            let (Some(left), Some(right)) = (left, right) else { continue };
            let (left, right) = self.same_type(left, right, "compare", "比较");
            let (comparison, span, text) = (invariant.comparison, invariant.span, invariant.text.clone());
            self.program.invariants.push(program::Invariant { left, comparison, right, span, text });
        }
    }

    /// What ladders on this value count percents of.
    fn base(&mut self, value: &resolved::Value, subject: Option<Type>, base: &resolved::Expr) -> Option<Expr> {
        let base = self.expr(base)?;
        if let Some(subject) = subject
            && base.ty != subject
        {
            let (name, span) = (value.name.clone(), base.span);
            self.report(errors::BaseType { name, span, subject: subject.name(), base: base.ty.name() });
            return None;
        }
        Some(base)
    }

    fn share(&mut self, ladder: LadderId, id: ValueId) -> Option<(Type, Facts, Body)> {
        if !self.ladder(ladder) {
            return None;
        }
        let resolved = self.resolved.ladders.get(ladder.0)?;
        let checked = self.program.ladder(ladder)?;
        let (ty, subject) = self.symbol_facts(checked.subject)?;
        if resolved.remainder == Some(id) {
            let facts = self.remainder_facts(checked, id, &subject);
            return Some((ty, facts, Body::Remainder { ladder }));
        }
        let column = checked.columns.iter().position(|column| *column == id)?;
        let facts = ladders::share_facts(checked, column, &subject);
        Some((ty, facts, Body::Share { ladder, column }))
    }

    fn remainder_facts(&self, ladder: &program::Ladder, id: ValueId, subject: &Facts) -> Facts {
        let others =
            ladder.columns.iter().filter(|column| **column != id).filter_map(|column| self.program.value(*column));
        let plain = others.clone().fold(subject.clone(), |rest, other| rest.add(&other.facts.negate()));
        // Each other share differs from its exact value by less than a step, and all exact shares lie between
        // nothing and the subject.
        let slack =
            others.filter_map(|other| other.rounding.as_ref()).fold(BigRational::zero(), |sum, r| sum + &r.step);
        let zero = BigRational::zero();
        let low = (&subject.low).min(&zero) - &slack;
        let high = (&subject.high).max(&zero) + &slack;
        Facts { low: plain.low.max(low), high: plain.high.min(high), grid: plain.grid }
    }
}
