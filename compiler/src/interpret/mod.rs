//! The reference interpreter: what a checked program means, over exact fractions. Everything else is tested against it.

mod calendar;
mod ladders;
mod numbers;
mod rejection;
#[cfg(test)]
pub(crate) mod samples;
pub(crate) mod stream;
mod tables;

use std::collections::{HashMap, HashSet};

use num_rational::BigRational;
use num_traits::{One, ToPrimitive, Zero};

pub(crate) use self::calendar::{add_months, full_months};
pub(crate) use self::numbers::{holds, round};
pub(crate) use self::rejection::Rejection;
use self::stream::inputs_of;
use crate::check::program::{Body, Claim, Expr, ExprKind, Origin, Program, days_of};
use crate::check::types::Type;
use crate::ids::{InputId, SiteId, SplitId, Symbol, TableId, ValueId};

/// A value, or the look-up without which there is none, or [`UNDEFINED`].
pub(crate) type Evaluated = Result<BigRational, SiteId>;

/// Stands for what has no value: an optional input that is left out, a quotient by zero. The check has proven that no
/// claim needs it; behind a condition that is false it does no harm. Of several failures the look-up counts.
const UNDEFINED: SiteId = SiteId(usize::MAX);

/// All values of one claim.
#[derive(Clone, Debug)]
pub(crate) struct Settled<'a> {
    program: &'a Program,
    claim: &'a Claim,
    /// Those computed by now. One that failed, or was computed from what is not there, matters only to what needs it.
    values: HashMap<ValueId, Evaluated>,
}

/// Settles one claim.
pub(crate) fn settle<'a>(program: &'a Program, claim: &'a Claim) -> Result<Settled<'a>, Rejection> {
    check_inputs(program, claim)?;
    check_date(program, claim)?;
    let settled = compute(program, claim);
    // What others may ask of the claim is needed whatever its own outputs need.
    let required = program.required.iter().filter_map(|id| settled.value(*id).err()).filter(|site| *site != UNDEFINED);
    let failed = program.outputs.iter().filter_map(|output| {
        let shown = output.present.map_or_else(|| Ok(true), |id| settled.value(id).map(|present| !present.is_zero()));
        match shown {
            Ok(true) => settled.value(output.value).err(),
            Ok(false) => None,
            Err(site) => Some(site),
        }
    });
    let shown = program.outputs.iter().flat_map(|output| [Some(output.value), output.present]).flatten();
    match (required.chain(failed).min(), unmade(program, claim, shown.collect())) {
        // What is computed from a part that is not there has no value either.
        (None | Some(UNDEFINED), Some(split)) => Err(Rejection::NoWeights(split)),
        (Some(site), _) => Err(Rejection::UnknownCode(site)),
        (None, None) => Ok(settled),
    }
}

/// The split that could not be made, if one of the values is computed from its parts. What a claim is not given of them
/// and of totals over them is missing.
pub(crate) fn unmade(program: &Program, claim: &Claim, values: Vec<ValueId>) -> Option<SplitId> {
    let is_missing = |at: usize| claim.inputs.get(at).is_none_or(Option::is_none);
    let given = program.inputs.iter().enumerate().filter(|(at, input)| input.is_shared_out() && is_missing(*at));
    let missing: Vec<usize> = given.map(|(at, _)| at).collect();
    if missing.is_empty() {
        return None;
    }
    let mut read = Vec::new();
    sorted(program, values).into_iter().for_each(|id| inputs_of(program, id, &mut read));
    let splits = missing.iter().filter_map(|at| match program.inputs.get(*at)?.origin {
        Origin::Part(split) => Some(split),
        _ => None,
    });
    read.iter().any(|id| missing.contains(&id.0)).then(|| splits.min()).flatten()
}

/// Computes all values of a claim, whatever its inputs are.
pub(crate) fn compute<'a>(program: &'a Program, claim: &'a Claim) -> Settled<'a> {
    let mut settled = Settled::empty(program, claim);
    for id in &program.order {
        settled.compute(*id);
    }
    settled
}

/// Whether all conditions are true of a claim, for which only what they need is computed. They are not if the claim is
/// rejected, or a look-up fails. The program need not be whole.
pub(crate) fn meets(program: &Program, claim: &Claim, conditions: &[&Expr]) -> bool {
    let Some(settled) = settle_for(program, claim, conditions) else { return false };
    conditions.iter().all(|condition| settled.expr(condition).is_ok_and(|value| value.is_one()))
}

/// The value of one expression, for which only what it needs is computed; `None` if the claim is rejected, or a look-up
/// fails.
pub(crate) fn evaluate(program: &Program, claim: &Claim, expr: &Expr) -> Option<BigRational> {
    settle_for(program, claim, &[expr])?.expr(expr).ok()
}

/// The values that expressions need of a claim, unless it is rejected.
fn settle_for<'a>(program: &'a Program, claim: &'a Claim, exprs: &[&Expr]) -> Option<Settled<'a>> {
    check_inputs(program, claim).ok()?;
    check_date(program, claim).ok()?;
    let mut settled = Settled::empty(program, claim);
    needed(program, exprs).into_iter().for_each(|id| settled.compute(id));
    Some(settled)
}

/// The values that expressions need, each after those it is computed from.
fn needed(program: &Program, exprs: &[&Expr]) -> Vec<ValueId> {
    let mut direct = Vec::new();
    exprs.iter().for_each(|expr| values_in(expr, &mut direct));
    sorted(program, direct)
}

/// Values and all that they need, each after those it is computed from.
fn sorted(program: &Program, mut direct: Vec<ValueId>) -> Vec<ValueId> {
    let mut sorted = Vec::new();
    let mut seen = HashSet::new();
    // A value comes twice: to be looked into, and when all it needs is there.
    let mut open: Vec<(ValueId, bool)> = direct.drain(..).map(|id| (id, false)).collect();
    while let Some((id, is_ready)) = open.pop() {
        if is_ready {
            sorted.push(id);
        } else if seen.insert(id) {
            open.push((id, true));
            needs(program, id, &mut direct);
            open.extend(direct.drain(..).map(|id| (id, false)));
        }
    }
    sorted
}

/// The values that a value is computed from directly.
fn needs(program: &Program, id: ValueId, found: &mut Vec<ValueId>) {
    match program.value(id).map(|value| &value.body) {
        Some(Body::Expr(body)) => values_in(body, found),
        Some(body @ (Body::Share { ladder, .. } | Body::Remainder { ladder })) => {
            let Some(ladder) = program.ladder(*ladder) else { return };
            if let Some(Symbol::Value(subject)) = ladder.subject {
                found.push(subject);
            }
            ladder.base.iter().for_each(|base| values_in(base, found));
            if matches!(body, Body::Remainder { .. }) {
                found.extend(ladder.columns.iter().filter(|column| **column != id));
            }
        }
        None => {}
    }
}

/// The values that an expression names.
fn values_in(expr: &Expr, found: &mut Vec<ValueId>) {
    if let ExprKind::Value(id) = &expr.kind {
        found.push(*id);
    }
    expr.parts().into_iter().for_each(|part| values_in(part, found));
}

fn check_inputs(program: &Program, claim: &Claim) -> Result<(), Rejection> {
    (0..program.inputs.len()).try_for_each(|at| check_input(program, claim, InputId(at)))
}

fn check_input(program: &Program, claim: &Claim, id: InputId) -> Result<(), Rejection> {
    let Some(input) = program.input(id) else { return Ok(()) };
    let is_ranked = matches!(input.ty, Type::Measure(_) | Type::Date);
    let rejection = |ranked| Err(if is_ranked { ranked } else { Rejection::UnknownValue(id) });
    match claim.inputs.get(id.0).and_then(Option::as_ref) {
        None if input.is_optional || input.is_shared_out() => Ok(()),
        None => rejection(Rejection::BelowMin(id)),
        Some(value) if *value < input.facts.low => rejection(Rejection::BelowMin(id)),
        Some(value) if *value > input.facts.high => rejection(Rejection::AboveMax(id)),
        Some(_) => Ok(()),
    }
}

fn check_date(program: &Program, claim: &Claim) -> Result<(), Rejection> {
    let (Some(date), Some((from, to))) = (claim_date(program, claim), program.in_force) else { return Ok(()) };
    if date < days_of(from) {
        return Err(Rejection::BeforeInForce);
    }
    if to.is_some_and(|to| date > days_of(to)) {
        return Err(Rejection::AfterInForce);
    }
    Ok(())
}

/// The date that chooses versions.
fn claim_date(program: &Program, claim: &Claim) -> Option<i32> {
    let date = claim.inputs.get(program.dated_by?.0)?.as_ref()?;
    date.to_integer().to_i32()
}

impl<'a> Settled<'a> {
    fn empty(program: &'a Program, claim: &'a Claim) -> Self {
        Self { program, claim, values: HashMap::new() }
    }

    /// Computes a value from those it needs, which are computed already.
    fn compute(&mut self, id: ValueId) {
        let Some(value) = self.program.value(id) else { return };
        let exact = self.body(&value.body, id);
        let result = match &value.rounding {
            Some(rounding) => exact.map(|exact| round(&exact, rounding)),
            None => exact,
        };
        self.values.insert(id, result);
    }

    /// The value of a definition or share.
    pub(crate) fn value(&self, id: ValueId) -> Evaluated {
        self.values.get(&id).cloned().unwrap_or_else(|| Ok(BigRational::zero()))
    }

    /// The outputs, in their order; `None` is an empty one. One that could not be computed is empty too, but such a
    /// claim is rejected.
    pub(crate) fn outputs(&self) -> Vec<Option<BigRational>> {
        let outputs = self.program.outputs.iter();
        outputs
            .map(|output| match output.present.map(|id| self.value(id)) {
                Some(Ok(present)) if present.is_zero() => None,
                Some(Err(_)) => None,
                _ => self.value(output.value).ok(),
            })
            .collect()
    }

    /// The value of an input, a parameter, a definition or a share.
    pub(crate) fn symbol(&self, symbol: Symbol) -> Evaluated {
        match symbol {
            Symbol::Input(id) => self.claim.inputs.get(id.0).cloned().flatten().ok_or(UNDEFINED),
            Symbol::Parameter(id) => self.claim.parameters.get(id.0).cloned().ok_or(UNDEFINED),
            Symbol::Value(id) => self.value(id),
        }
    }

    /// The exact value of an expression.
    pub(crate) fn expr(&self, expr: &Expr) -> Evaluated {
        match &expr.kind {
            ExprKind::Constant(value) => Ok(value.clone()),
            ExprKind::Input(id) => self.symbol(Symbol::Input(*id)),
            ExprKind::Parameter(id) => self.symbol(Symbol::Parameter(*id)),
            ExprKind::Value(id) => self.value(*id),
            ExprKind::Known(id) => Ok(truth(self.claim.inputs.get(id.0).is_some_and(Option::is_some))),
            ExprKind::Negate(inner) => Ok(-self.expr(inner)?),
            ExprKind::Add(left, right) => self.both(left, right).map(|(left, right)| left + right),
            ExprKind::Sub(left, right) => self.both(left, right).map(|(left, right)| left - right),
            ExprKind::Mul(left, right) => self.both(left, right).map(|(left, right)| left * right),
            ExprKind::Div(left, right) => {
                let (left, right) = self.both(left, right)?;
                if right.is_zero() { Err(UNDEFINED) } else { Ok(left / right) }
            }
            ExprKind::Max(args) => Ok(self.all(args)?.into_iter().max().unwrap_or_else(BigRational::zero)),
            ExprKind::Min(args) => Ok(self.all(args)?.into_iter().min().unwrap_or_else(BigRational::zero)),
            ExprKind::Round(inner, rounding) => Ok(round(&self.expr(inner)?, rounding)),
            ExprKind::Compare(comparison, left, right) => {
                self.both(left, right).map(|(left, right)| truth(holds(&left, *comparison, &right)))
            }
            ExprKind::And(left, right) => {
                let left = self.expr(left)?;
                if left.is_zero() { Ok(left) } else { self.expr(right) }
            }
            ExprKind::Or(left, right) => {
                let left = self.expr(left)?;
                if left.is_zero() { self.expr(right) } else { Ok(left) }
            }
            ExprKind::Not(inner) => Ok(truth(self.expr(inner)?.is_zero())),
            ExprKind::Cases(cases, last) => {
                for (condition, value) in cases {
                    if !self.expr(condition)?.is_zero() {
                        return self.expr(value);
                    }
                }
                self.expr(last)
            }
            ExprKind::Lookup { table, keys, site } => match (self.find(*table, keys)?, site) {
                (Some(value), _) => Ok(value),
                (None, site) => Err(site.unwrap_or(UNDEFINED)),
            },
            ExprKind::HasRow { table, keys } => Ok(truth(self.find(*table, keys)?.is_some())),
            ExprKind::Apply(ladder, amount) => {
                let amount = self.expr(amount);
                self.slices(*ladder, 0, amount)
            }
            ExprKind::AddMonths { date, months, later } => {
                let (date, months) = self.both(date, months)?;
                add_months(&date, &months, *later).ok_or(UNDEFINED)
            }
            ExprKind::FullMonths { from, to, unit } => {
                let (from, to) = self.both(from, to)?;
                full_months(&from, &to, *unit).ok_or(UNDEFINED)
            }
        }
    }

    /// Two values that are both needed: of two look-ups that fail, the first one counts.
    fn both(&self, left: &Expr, right: &Expr) -> Result<(BigRational, BigRational), SiteId> {
        both(self.expr(left), self.expr(right))
    }

    /// Values that are all needed.
    fn all(&self, exprs: &[Expr]) -> Result<Vec<BigRational>, SiteId> {
        let values: Vec<Evaluated> = exprs.iter().map(|expr| self.expr(expr)).collect();
        match values.iter().filter_map(|value| value.as_ref().err()).min() {
            Some(site) => Err(*site),
            None => Ok(values.into_iter().flatten().collect()),
        }
    }

    fn body(&self, body: &Body, id: ValueId) -> Evaluated {
        match body {
            Body::Expr(expr) => self.expr(expr),
            Body::Share { ladder, column } => self.slices(*ladder, *column, self.subject(*ladder)),
            Body::Remainder { ladder } => {
                let Some(columns) = self.program.ladder(*ladder).map(|ladder| &ladder.columns) else {
                    return Ok(BigRational::zero());
                };
                let others = columns.iter().filter(|column| **column != id);
                others.fold(self.subject(*ladder), |rest, other| {
                    both(rest, self.value(*other)).map(|(rest, other)| rest - other)
                })
            }
        }
    }

    /// The place of the row of a table that a look-up with these keys finds.
    pub(crate) fn row_found(&self, table: TableId, keys: &[Expr]) -> Option<usize> {
        let keys = self.all(keys).ok()?;
        tables::place(self.program.table(table)?, &keys, claim_date(self.program, self.claim))
    }

    /// The program.
    pub(crate) fn program(&self) -> &'a Program {
        self.program
    }

    /// The value of a table for keys, if it has a row for them.
    fn find(&self, table: TableId, keys: &[Expr]) -> Result<Option<BigRational>, SiteId> {
        let keys = self.all(keys)?;
        let date = claim_date(self.program, self.claim);
        Ok(self.program.table(table).and_then(|table| tables::find(table, &keys, date)))
    }
}

fn both(left: Evaluated, right: Evaluated) -> Result<(BigRational, BigRational), SiteId> {
    match (left, right) {
        (Ok(left), Ok(right)) => Ok((left, right)),
        (Err(left), Err(right)) => Err(left.min(right)),
        (Err(site), _) | (_, Err(site)) => Err(site),
    }
}

fn truth(is_true: bool) -> BigRational {
    if is_true { BigRational::one() } else { BigRational::zero() }
}

#[cfg(test)]
mod tests;
