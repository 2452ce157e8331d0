//! Running values: what came of earlier claims.
//!
//! What is added up may depend on the running value itself (what was paid depends on what was paid before), so its range
//! is not known when it is used. A program with such values is checked several times. First it is assumed that nothing came
//! before; what follows is added to what is assumed, until nothing new follows: then no claim can come to anything else.
//! If that does not end, nearly anything is assumed, then what follows from that, which is sound since it follows from
//! something weaker.

use std::collections::{HashMap, HashSet};

use fen_grammar::source::{Sources, Span};
use fen_grammar::tree::{AggregateFunction, BinaryOp, Duration};
use num_traits::Signed;

use super::imports::{Ahead, anything, is_unbounded, nothing, taken};
use super::parameters::Meaning;
use super::program::{Expr, Function, Origin};
use super::types::{Facts, Grid, Measure, Type};
use super::{Checker, errors, label};
use crate::ids::{InputId, ValueId};
use crate::resolve::program::{self as resolved, AggregateOf, RunningId, Symbol, ValueBody};

/// What is assumed of values that are not computed yet.
pub(super) type Assumed = HashMap<Ahead, (Type, Facts)>;

/// How deep the type of what is added up is looked for.
const MAX_DEPTH: usize = 60;

impl Checker<'_> {
    /// A running value where it is used; what it is made of is checked in the end, see [`Self::finish_runnings`].
    pub(super) fn running(&mut self, id: RunningId, own: ValueId) -> Option<Expr> {
        let running = self.resolved.runnings.get(id.0)?;
        let grain = match &running.aggregate.per {
            Some(per) => self.grain(per)?,
            None => self.grain_with(Vec::new(), None),
        };
        let function = function_of(running.aggregate.function);
        let (ty, facts) = match function {
            Function::Count => (Type::NUMBER, taken(Function::Count, &Facts::bool(), true)),
            _ => self.assumed(Ahead::Running(id))?,
        };
        let name = &running.name.text;
        let origin = Origin::Running { function, value: own, when: None, over: self.program.claim, grain };
        let import = self.add_import(name.clone(), label(name, &running.labels), ty, facts, origin);
        self.runnings.insert(own, import);
        self.input_expr(import, running.name.span)
    }

    /// Type and facts of what is not computed yet.
    pub(super) fn assumed(&mut self, ahead: Ahead) -> Option<(Type, Facts)> {
        if let Some(known) = self.assumed.get(&ahead) {
            return Some(known.clone());
        }
        let ty = match ahead {
            Ahead::Running(id) => match &self.resolved.runnings.get(id.0)?.aggregate.of {
                AggregateOf::Values(of) => self.likely_type(of, MAX_DEPTH),
                AggregateOf::Rows | AggregateOf::Claims | AggregateOf::Keys(_) => Some(Type::NUMBER),
            },
            Ahead::Field(_, symbol) => self.likely_type_of(symbol, MAX_DEPTH),
        };
        let ty = ty.unwrap_or(Type::MONEY);
        let facts = match &self.start {
            Start::Nothing => nothing(ty, self.widest(ty, 0)),
            Start::Anything { may_be_negative } => anything(ty, self.widest(ty, 0), may_be_negative.contains(&ahead)),
        };
        self.assumed.insert(ahead, (ty, facts.clone()));
        Some((ty, facts))
    }

    /// Checks what running values are made of, once all values are checked.
    pub(super) fn finish_runnings(&mut self) {
        let resolved = self.resolved;
        for (at, running) in resolved.runnings.iter().enumerate() {
            let aggregate = &running.aggregate;
            let import = self.runnings.iter().find(|(own, _)| self.is_running(**own, RunningId(at))).map(|(_, id)| *id);
            let Some(import) = import else { continue };
            let function = function_of(aggregate.function);
            self.path.clear();
            let (of, when) = match &aggregate.of {
                AggregateOf::Values(of) => self.operand(of, aggregate.when.as_ref()),
                AggregateOf::Claims => {
                    let one = Expr::constant(Type::NUMBER, num_traits::One::one(), aggregate.span);
                    (Some(one), aggregate.when.as_ref().map(|when| self.condition(when)))
                }
                AggregateOf::Rows | AggregateOf::Keys(_) => {
                    self.report(errors::running_count_of_claims(aggregate.span));
                    continue;
                }
            };
            self.path.clear();
            let (Some(of), false) = (of, matches!(when, Some(None))) else { continue };
            if !self.can_be_taken(function, &of) {
                continue;
            }
            let (ty, facts) = (of.ty, taken(function, &of.facts, true));
            self.follows(Ahead::Running(RunningId(at)), ty, facts, aggregate.span);
            let value = self.value_of(&format!("{} of one claim", running.name.text), of);
            let when = when.flatten().map(|when| self.value_of("counted", when));
            if let Some(input) = self.program.inputs.get_mut(import.0)
                && let Origin::Running { value: slot, when: condition, .. } = &mut input.origin
            {
                (*slot, *condition) = (value, when);
            }
        }
    }

    fn is_running(&self, own: ValueId, id: RunningId) -> bool {
        matches!(self.resolved.values.get(own.0).map(|value| &value.body), Some(ValueBody::Running(known)) if *known == id)
    }

    /// The import that a value stands for, if it is a running value.
    pub(super) fn running_import(&self, id: ValueId) -> Option<InputId> {
        self.runnings.get(&id).copied()
    }

    /// Takes note of what follows from what was assumed.
    pub(super) fn follows(&mut self, ahead: Ahead, ty: Type, facts: Facts, span: Span) {
        let Some((assumed_ty, assumed)) = self.assumed.get(&ahead).cloned() else { return };
        if !self.is_estimating {
            if is_unbounded(&facts) {
                self.report(errors::grows_without_bound(span));
            } else if ty == assumed_ty && !assumed.grid.step().is_none_or(|step| facts.grid.is_on(step)) {
                self.report(errors::grows_finer(span));
            }
        }
        let grid = match (&facts.grid, &assumed.grid) {
            (Grid::Free, _) | (_, Grid::Free) => Grid::Free,
            (own, other) => own.join(other),
        };
        self.followed.insert(ahead, (ty, Facts { grid, ..facts }));
    }

    /// What an expression most likely measures, told without checking it.
    fn likely_type(&self, expr: &resolved::Expr, depth: usize) -> Option<Type> {
        use resolved::ExprKind as Kind;
        let depth = depth.checked_sub(1)?;
        let likely = |expr: &resolved::Expr| self.likely_type(expr, depth);
        match &expr.kind {
            Kind::Quantity(quantity) => super::literals::measure_of(&quantity.unit).map(Type::Measure),
            Kind::Date(_) | Kind::Shift { .. } => Some(Type::Date),
            Kind::Symbol(symbol) | Kind::EnumValue(_, Some(symbol)) => self.likely_type_of(*symbol, depth),
            Kind::Field(_, symbol) => self.likely_type_of(*symbol, depth),
            Kind::Negate(inner) | Kind::Round(inner, ..) => likely(inner),
            Kind::Binary(BinaryOp::Add | BinaryOp::Sub, left, right) => likely(left).or_else(|| likely(right)),
            Kind::Binary(op, left, right) => {
                let (left, right) = (likely(left)?.measure()?, likely(right)?.measure()?);
                let right = if *op == BinaryOp::Div { right.inverse() } else { right };
                left.times(right).or((left == right.inverse()).then_some(Measure::RATIO)).map(Type::Measure)
            }
            Kind::Call(_, args) => args.iter().find_map(likely),
            Kind::Lookup(param, _) => self.likely_type_of(Symbol::Param(*param), depth),
            Kind::Apply(schedule, inner) => {
                let step = self.resolved.schedules.get(schedule.0)?.steps.first()?;
                if step.is_tier { likely(inner) } else { likely(&step.value) }
            }
            Kind::Between(unit, ..) => Some(Type::Measure(match unit {
                Duration::Days => Measure::DAYS,
                Duration::Months => Measure::MONTHS,
                Duration::Years => Measure::YEARS,
            })),
            Kind::Aggregate(aggregate) => match &aggregate.of {
                AggregateOf::Values(of) if aggregate.function != AggregateFunction::Count => likely(of),
                _ => Some(Type::NUMBER),
            },
            Kind::Bool(_)
            | Kind::Compare(..)
            | Kind::In(..)
            | Kind::HasRow(..)
            | Kind::Known(_)
            | Kind::Not(_)
            | Kind::And(..)
            | Kind::Or(..)
            | Kind::Linked(_) => Some(Type::Bool),
            Kind::Text(_)
            | Kind::EnumValue(_, None)
            | Kind::Unknown
            | Kind::RowOfSchedule(..)
            | Kind::RowOfLadder(_) => None,
        }
    }

    fn likely_type_of(&self, symbol: Symbol, depth: usize) -> Option<Type> {
        let depth = depth.checked_sub(1)?;
        match symbol {
            Symbol::Input(id) => self.program.input(id).map(|input| input.ty),
            Symbol::Param(id) => match self.meaning(id)? {
                Meaning::Constant { ty, .. } => Some(*ty),
                Meaning::Required { id } | Meaning::RequiredTable { first: id, .. } => {
                    self.program.parameter(*id).map(|parameter| parameter.ty)
                }
                Meaning::Table { id, .. } => self.program.table(*id).map(|table| table.ty),
            },
            Symbol::Value(id) => {
                if !self.is_poisoned(id) {
                    return self.program.value(id).map(|value| value.ty);
                }
                match &self.resolved.values.get(id.0)?.body {
                    ValueBody::Expr(expr) => self.likely_type(expr, depth),
                    ValueBody::Cases(cases, otherwise) => {
                        cases.iter().chain(otherwise.as_deref()).find_map(|case| self.likely_type(&case.value, depth))
                    }
                    ValueBody::Share(ladder) => {
                        self.likely_type_of(self.resolved.ladders.get(ladder.0)?.subject?, depth)
                    }
                    ValueBody::Grant(ladder) => {
                        let rows = &self.resolved.ladders.get(ladder.0)?.rows;
                        let grants = rows.iter().flat_map(|row| &row.grants).filter(|(column, _)| *column == id);
                        grants.into_iter().find_map(|(_, value)| self.likely_type(value, depth))
                    }
                    ValueBody::Running(id) => match self.assumed.get(&Ahead::Running(*id)) {
                        Some((ty, _)) => Some(*ty),
                        None => match &self.resolved.runnings.get(id.0)?.aggregate.of {
                            AggregateOf::Values(of) => self.likely_type(of, depth),
                            _ => Some(Type::NUMBER),
                        },
                    },
                    ValueBody::Part(id) => self.likely_type(&self.resolved.splits.get(id.0)?.amount, depth),
                }
            }
            Symbol::Schedule(_) | Symbol::Link(_) => None,
        }
    }
}

/// The function of the checked program.
pub(super) fn function_of(function: AggregateFunction) -> Function {
    match function {
        AggregateFunction::Sum => Function::Sum,
        AggregateFunction::Count => Function::Count,
        AggregateFunction::Max => Function::Max,
        AggregateFunction::Min => Function::Min,
        AggregateFunction::Last => Function::Last,
    }
}

/// What a program with running values is checked with.
pub(super) fn ranges(resolved: &resolved::Program, sources: &Sources) -> Assumed {
    if resolved.runnings.is_empty() && resolved.links.is_empty() {
        return Assumed::new();
    }
    reached(resolved, sources).unwrap_or_else(|| narrowed(resolved, sources))
}

/// What running values can come to from nothing, claim after claim: what is assumed grows until nothing more follows from
/// it. `None` if that does not come to an end soon.
fn reached(resolved: &resolved::Program, sources: &Sources) -> Option<Assumed> {
    let mut assumed = Assumed::new();
    for _ in 0..ROUNDS {
        let checker = Checker::estimate(resolved, sources, assumed, Start::Nothing);
        let mut next = Assumed::new();
        for (ahead, (ty, facts)) in &checker.assumed {
            let (followed, more) = checker.followed.get(ahead)?;
            let facts = if followed == ty { facts.either(more) } else { more.clone() };
            if is_unbounded(&facts) {
                return None;
            }
            next.insert(*ahead, (*followed, facts));
        }
        if is_settled(&checker.assumed, &next) {
            return Some(next);
        }
        assumed = next;
    }
    None
}

/// What follows from assuming nearly anything. That nothing is negative is tried first: it is true if it follows from
/// itself, as the first claim has nothing before it.
fn narrowed(resolved: &resolved::Program, sources: &Sources) -> Assumed {
    let mut assumed = Assumed::new();
    let mut may_be_negative = HashSet::new();
    for _ in 0..ROUNDS {
        let start = Start::Anything { may_be_negative: may_be_negative.clone() };
        let checker = Checker::estimate(resolved, sources, assumed.clone(), start);
        let is_negative = |(_, facts): &(Type, Facts)| facts.low.is_negative();
        let negative = checker.followed.iter().filter(|(_, known)| is_negative(known)).map(|(ahead, _)| *ahead);
        let before = may_be_negative.len();
        if assumed.is_empty() {
            may_be_negative.extend(negative);
        }
        if may_be_negative.len() > before {
            continue; // What was tried is not so: begin again without it.
        }
        if is_settled(&checker.assumed, &checker.followed) {
            break;
        }
        assumed.extend(checker.followed);
    }
    assumed
}

/// What is assumed at first.
#[derive(Clone, Debug)]
pub(super) enum Start {
    /// That there was nothing before.
    Nothing,
    /// Nearly anything, negative only where it is said.
    Anything { may_be_negative: HashSet<Ahead> },
}

/// How often a program is checked to find its ranges.
const ROUNDS: usize = 8;

/// Whether what was assumed is no weaker in any way that matters than what follows from it, so that checking once more
/// would tell nothing new.
fn is_settled(assumed: &Assumed, followed: &Assumed) -> bool {
    followed.iter().all(|(ahead, (ty, facts))| {
        assumed.get(ahead).is_some_and(|(known, before)| {
            known == ty && before.low == facts.low && before.high == facts.high && before.grid == facts.grid
        })
    })
}
