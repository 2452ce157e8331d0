//! Program to checked program: types, units, ranges, tables, coverage, rounding, examples and invariants.
//!
//! A program that passes can be lowered and emitted; what could go wrong with a policy is said here.

mod build;
mod cases;
mod citations;
pub(crate) mod claims;
mod codes;
mod conditions;
mod coverage;
mod dates;
mod errors;
mod examples;
mod expressions;
mod grains;
mod imports;
mod indicators;
mod inputs;
mod ladders;
mod links;
mod literals;
mod missing_rows;
mod order;
mod outputs;
mod parameters;
pub(crate) mod places;
mod possible;
pub(crate) mod program;
mod proofs;
mod remedies;
mod required;
mod rows;
mod runnings;
mod sheets;
mod sites;
mod splits;
mod spread;
mod table_file;
mod tables;
mod totals;
pub(crate) mod types;

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use fen_grammar::diagnostic::{Diagnostic, Problem, Severity, Text};
use fen_grammar::source::{Sources, Span};
use fen_grammar::tree::Quoted;
use num_rational::BigRational;
use num_traits::Zero;

use self::errors::InvariantViolated;
pub(crate) use self::parameters::Meaning;
use self::program::{Body, Expr, ExprKind, Ladder, Program, Rounding, Value};
use self::types::{Facts, Type};
use crate::ids::{EnumId, GrainId, InputId, LadderId, LinkId, SplitId, Symbol, TableId, ValueId};
use crate::resolve::program::{self as resolved, ParamId, Referent, ValueBody};

pub(crate) use self::claims::{Claims, show_claim};
pub(crate) use self::examples::{alone, run_example, violated_invariants, violations_found};
pub(crate) use self::literals::measure_of;
pub(crate) use self::table_file::table_lines;

/// Money is counted in hundredths of a yuan unless a policy declares a finer step.
pub(crate) const MONEY_DECIMALS: u32 = 2;

/// What is known of a program when it is checked; its examples and tried invariants are not run.
pub(crate) struct Checked {
    /// It is complete if the rules have no error.
    pub(crate) program: Program,
    pub(crate) diagnostics: Vec<Diagnostic>,
    /// There is an error other than an invariant that does not hold or an example that cannot be used.
    pub(crate) rules_have_error: bool,
    /// There is an example that cannot be used.
    pub(crate) examples_have_error: bool,
    /// By parameter of the source; `None` if it has an error.
    pub(crate) meanings: Vec<Option<Meaning>>,
    /// By value of the source: it has no type.
    pub(crate) poisoned: Vec<bool>,
    /// Names whose types decide what they refer to; in no order, and some more than once.
    pub(crate) mentions: Vec<(Span, Referent)>,
}

/// Checks a program.
pub(crate) fn check(resolved: &resolved::Program, sources: &Sources) -> Checked {
    let mut checker = Checker::new(resolved, sources);
    checker.assumed = runnings::ranges(resolved, sources);
    checker.rules();
    checker.unapplied_ladders();
    checker.outputs();
    checker.indicators();
    checker.unused_shares();
    checker.invariants();
    if !checker.has_error() {
        checker.spread();
        checker.required();
    }
    checker.number_sites();
    checker.places();
    let is_error = |one: &Diagnostic| one.severity == Severity::Error && one.code != InvariantViolated::CODE;
    let rules_have_error = checker.diagnostics.iter().any(is_error);
    let before = checker.diagnostics.len();
    checker.examples();
    let Checker { program, diagnostics, meanings, poisoned, mentions, .. } = checker;
    let examples_have_error = diagnostics.len() > before;
    Checked { program, diagnostics, rules_have_error, examples_have_error, meanings, poisoned, mentions }
}

/// What stands for a value until it is checked, and for ever if it has an error; nothing sound refers to it then.
fn placeholder(value: &resolved::Value) -> Value {
    let expr = Expr::constant(Type::MONEY, BigRational::zero(), value.name.span);
    let (name, span, facts) = (value.name.text.clone(), value.name.span, expr.facts.clone());
    Value { name, span, ty: Type::MONEY, body: Body::Expr(Box::new(expr)), rounding: None, facts, grain: None }
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
    sources: &'a Sources,
    /// What each parameter is; `None` if it has an error.
    meanings: Vec<Option<Meaning>>,
    /// What is known to hold where an expression stands.
    path: Vec<Expr>,
    /// Values without a type: they have an error, or depend on one that has.
    poisoned: Vec<bool>,
    /// Values that have an error or depend on one that has, but may have a type all the same, so that more can be said
    /// about what uses them.
    suspect: Vec<bool>,
    /// By input: its range is not as declared.
    input_is_suspect: Vec<bool>,
    /// What ladders on these values count percents of.
    bases: HashMap<ValueId, Expr>,
    /// By value of an indicator: when it applies.
    guards: HashMap<ValueId, Expr>,
    /// By ladder of the resolved program: its rows, once they are checked.
    rows: HashMap<LadderId, Option<rows::Rows>>,
    /// By named ladder.
    schedules: HashMap<usize, Option<ladders::Schedule>>,
    /// Tables that are known to lack rows; said once.
    incomplete: HashSet<TableId>,
    /// The program is checked only to find the ranges of running values; nothing is proven.
    is_estimating: bool,
    /// What is assumed of running values where nothing is known.
    start: runnings::Start,
    /// What is assumed of running values, and what follows from it.
    assumed: runnings::Assumed,
    followed: runnings::Assumed,
    /// By running value: its import.
    runnings: HashMap<ValueId, InputId>,
    fields: HashMap<(LinkId, resolved::Symbol), InputId>,
    totals: Vec<totals::Total>,
    /// By split of the program: that of the source.
    split_sources: Vec<SplitId>,
    /// Files of parameters for examples, by the place of their text; nothing where one cannot be used.
    sheets: HashMap<Span, Option<Arc<program::Sheet>>>,
    /// Where totals stand.
    spans: HashMap<InputId, Span>,
    mentions: Vec<(Span, Referent)>,
    diagnostics: Vec<Diagnostic>,
    program: Program,
}

impl<'a> Checker<'a> {
    /// Checks inputs, parameters and values to see what follows from assumptions about running values.
    fn estimate(
        resolved: &'a resolved::Program,
        sources: &'a Sources,
        assumed: runnings::Assumed,
        start: runnings::Start,
    ) -> Self {
        let mut checker = Checker { assumed, start, is_estimating: true, ..Checker::new(resolved, sources) };
        checker.rules();
        checker
    }

    /// Checks inputs, parameters and values.
    fn rules(&mut self) {
        self.codes();
        self.inputs();
        self.dated_by();
        self.rows();
        self.links();
        self.parameters();
        for id in self.program.order.clone() {
            self.value(id);
        }
        self.finish_runnings();
        self.finish_links();
    }

    fn has_error(&self) -> bool {
        self.diagnostics.iter().any(|one| one.severity == Severity::Error)
    }

    fn new(resolved: &'a resolved::Program, sources: &'a Sources) -> Self {
        let mut diagnostics = Vec::new();
        let order = order::order(resolved, &mut diagnostics);
        let enums = resolved.enums.iter().map(|one| program::Enum {
            name: one.name.text.clone(),
            values: one
                .values
                .iter()
                .map(|(name, labels)| program::EnumValue { name: name.text.clone(), label: label(&name.text, labels) })
                .collect(),
        });
        let header = &resolved.header;
        let program = Program {
            name: header.name.clone(),
            lang: header.lang,
            title: header.title.first().map(|title| title.text.clone()),
            titles: (header.title.len() > 1).then(|| label(&header.name, &header.title)),
            source: header.source.clone(),
            in_force: header.in_force,
            dated_by: None,
            enums: enums.collect(),
            codes: Vec::new(),
            inputs: Vec::new(),
            parameters: Vec::new(),
            tables: Vec::new(),
            values: resolved.values.iter().map(placeholder).collect(),
            order,
            ladders: resolved.ladders.iter().map(ladders::placeholder).collect(),
            sites: Vec::new(),
            outputs: Vec::new(),
            grains: vec![program::Grain::rows()],
            claim: GrainId(0),
            links: Vec::new(),
            splits: Vec::new(),
            required: Vec::new(),
            ordered_by: None,
            reversal: None,
            choices: Vec::new(),
            invariants: Vec::new(),
            examples: Vec::new(),
            citations: citations::citations(resolved, sources),
            clauses: citations::clauses(resolved, sources),
            places: places::Places::default(),
        };
        Self {
            resolved,
            sources,
            meanings: Vec::new(),
            path: Vec::new(),
            poisoned: vec![true; resolved.values.len()],
            suspect: vec![true; resolved.values.len()],
            input_is_suspect: Vec::new(),
            bases: HashMap::new(),
            guards: HashMap::new(),
            rows: HashMap::new(),
            schedules: HashMap::new(),
            incomplete: HashSet::new(),
            is_estimating: false,
            start: runnings::Start::Nothing,
            assumed: HashMap::new(),
            followed: HashMap::new(),
            runnings: HashMap::new(),
            fields: HashMap::new(),
            totals: Vec::new(),
            split_sources: Vec::new(),
            sheets: HashMap::new(),
            spans: HashMap::new(),
            mentions: Vec::new(),
            diagnostics,
            program,
        }
    }

    fn report(&mut self, problem: impl Into<Diagnostic>) {
        self.diagnostics.push(problem.into());
    }

    fn is_suspect(&self, symbol: Symbol) -> bool {
        let flag = match symbol {
            Symbol::Input(id) => self.input_is_suspect.get(id.0),
            Symbol::Value(id) => self.suspect.get(id.0),
            Symbol::Parameter(_) => Some(&false),
        };
        flag.copied().unwrap_or(true)
    }

    /// Whether there is a mistake in what a name of the source stands for.
    fn is_mistaken(&self, symbol: resolved::Symbol) -> bool {
        match symbol {
            resolved::Symbol::Input(id) => self.is_suspect(Symbol::Input(id)),
            resolved::Symbol::Value(id) => self.is_suspect(Symbol::Value(id)),
            resolved::Symbol::Param(id) => self.meaning(id).is_none(),
            resolved::Symbol::Schedule(_) | resolved::Symbol::Link(_) => false,
        }
    }

    /// Whether a mistake that is reported already may be behind an expression.
    fn is_sound(&self, expr: &Expr) -> bool {
        let own = match &expr.kind {
            ExprKind::Input(id) | ExprKind::Known(id) => !self.is_suspect(Symbol::Input(*id)),
            ExprKind::Value(id) => !self.is_suspect(Symbol::Value(*id)),
            _ => true,
        };
        own && expr.parts().into_iter().all(|part| self.is_sound(part))
    }

    fn is_poisoned(&self, id: ValueId) -> bool {
        self.poisoned.get(id.0).copied().unwrap_or(true)
    }

    fn meaning(&self, id: ParamId) -> Option<&Meaning> {
        self.meanings.get(id.0).and_then(Option::as_ref)
    }

    /// The name of an enum's value, by its place.
    fn enum_values(&self, id: EnumId) -> &[program::EnumValue] {
        self.program.enums.get(id.0).map(|one| one.values.as_slice()).unwrap_or_default()
    }

    /// What people call a type.
    fn name_of(&self, ty: Type) -> Text {
        match ty {
            Type::Measure(measure) => measure.name(),
            Type::Date => Text::new("a date", "日期"),
            Type::Bool => Text::new("a condition", "条件（是或否）"),
            Type::Code => Text::new("a code", "编码"),
            Type::Id => Text::new("an id", "标识"),
            Type::Enum(id) => {
                let name = self.program.enums.get(id.0).map_or("", |one| one.name.as_str());
                if name.is_empty() {
                    return Text::new("a row of a ladder", "阶梯的档");
                }
                Text::new(format!("a value of `{name}`"), format!("“{name}”的取值"))
            }
        }
    }

    /// Checks one value; those it is computed from are checked already.
    fn value(&mut self, id: ValueId) {
        let resolved = self.resolved;
        let Some(value) = resolved.values.get(id.0) else { return };
        let problems = self.diagnostics.len();
        self.path.clear();
        if let Some(guard) = self.indicator_guard(id) {
            self.path.push(guard);
        }
        let typed = match &value.body {
            ValueBody::Share(ladder) => self.share(*ladder, id),
            ValueBody::Grant(ladder) => self.grant(*ladder, id).map(of_expr),
            ValueBody::Expr(_) | ValueBody::Cases(..) => self.definition(value).map(of_expr),
            ValueBody::Running(running) => self.running(*running, id).map(of_expr),
            ValueBody::Part(split) => self.part(*split).map(of_expr),
        };
        self.path.clear();
        if let Some(base) = &value.share_of
            && let Some(base) = self.base(value, typed.as_ref().map(|(ty, ..)| *ty), base)
        {
            self.bases.insert(id, base);
        }
        if let Some((ty, exact, body)) = typed {
            let rounding = self.value_rounding(id, value, ty, &exact);
            let facts = rounding.as_ref().map_or_else(|| exact.clone(), |rounding| exact.round(&rounding.step));
            if let (Some(slot), Some(poisoned)) = (self.program.values.get_mut(id.0), self.poisoned.get_mut(id.0)) {
                *slot = Value {
                    name: value.name.text.clone(),
                    span: value.name.span,
                    ty,
                    body,
                    rounding,
                    facts,
                    grain: None,
                };
                *poisoned = false;
            }
        }
        let is_suspect = self.diagnostics.len() > problems
            || self.is_poisoned(id)
            || order::needs(resolved, id).into_iter().any(|need| self.is_mistaken(need));
        if let Some(slot) = self.suspect.get_mut(id.0) {
            *slot = is_suspect;
        }
    }

    /// The input whose date chooses versions.
    fn dated_by(&mut self) {
        let Some((name, id)) = &self.resolved.header.dated_by else { return };
        let Some(input) = self.program.input(*id) else { return };
        if input.ty != Type::Date || input.is_optional {
            if !self.is_suspect(Symbol::Input(*id)) {
                let problem = errors::dated_by_type(name, input.is_optional);
                self.report(problem);
            }
            return;
        }
        self.program.dated_by = Some(*id);
    }

    /// The date of the claim, if the policy has one.
    fn claim_date(&self) -> Option<Expr> {
        let id = self.program.dated_by?;
        let facts = self.program.input(id)?.facts.clone();
        let span = self.resolved.header.dated_by.as_ref().map(|(name, _)| name.span).unwrap_or_default();
        Some(Expr { span, ty: Type::Date, kind: ExprKind::Input(id), facts })
    }

    /// The first day that a claim can have: of the period in force, or of the input's range.
    fn first_day(&self) -> Option<i32> {
        let in_force = self.program.in_force.map(|(from, _)| program::days_of(from));
        let input = self.program.dated_by.and_then(|id| self.program.input(id));
        let declared = input.and_then(|input| i32::try_from(input.facts.low.to_integer()).ok());
        match (in_force, declared) {
            (Some(in_force), Some(declared)) => Some(in_force.max(declared)),
            (either, other) => either.or(other),
        }
    }

    fn input_expr(&self, id: InputId, span: Span) -> Option<Expr> {
        let input = self.program.input(id)?;
        Some(Expr { span, ty: input.ty, kind: ExprKind::Input(id), facts: input.facts.clone() })
    }

    fn value_expr(&self, id: ValueId, span: Span) -> Option<Expr> {
        if self.is_poisoned(id) {
            return None;
        }
        let value = self.program.value(id)?;
        Some(Expr { span, ty: value.ty, kind: ExprKind::Value(id), facts: value.facts.clone() })
    }

    /// Adds a value that the source does not name; it is computed after all there are.
    fn add_value(&mut self, name: String, expr: Expr, rounding: Option<Rounding>) -> ValueId {
        let id = ValueId(self.program.values.len());
        let facts = rounding.as_ref().map_or_else(|| expr.facts.clone(), |rounding| expr.facts.round(&rounding.step));
        let (span, ty) = (expr.span, expr.ty);
        self.program.values.push(Value {
            name,
            span,
            ty,
            body: Body::Expr(Box::new(expr)),
            rounding,
            facts,
            grain: None,
        });
        self.program.order.push(id);
        self.poisoned.push(false);
        self.suspect.push(false);
        id
    }

    /// A tier ladder that is applied to amounts.
    fn add_ladder(&mut self, ladder: Ladder) -> LadderId {
        self.program.ladders.push(ladder);
        LadderId(self.program.ladders.len() - 1)
    }
}

fn of_expr(expr: Expr) -> (Type, Facts, Body) {
    (expr.ty, expr.facts.clone(), Body::Expr(Box::new(expr)))
}
