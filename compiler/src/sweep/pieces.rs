//! A policy's values as functions of one number: piece by piece, cut exactly where a decision changes. Places are counted
//! in steps of the number, since between two steps there is no claim.

use std::cmp::Ordering;
use std::collections::{BTreeMap, HashMap};
use std::rc::Rc;

use fen_grammar::source::Span;
use fen_grammar::tree::Comparison;
use num_bigint::BigInt;
use num_rational::BigRational;
use num_traits::{One, ToPrimitive, Zero};

use super::function::{Function, add, constant, divide, multiply, negate, rounded};
use crate::check::program::Function as Aggregate;
use crate::check::program::{Body, Claim, Expr, ExprKind, Key, Ladder, Origin, Program, Rounding};
use crate::check::types::{Type, step_of};
use crate::ids::{InputId, LadderId, ParameterId, Symbol, TableId, ValueId};
use crate::interpret::{add_months, full_months, holds};

/// More pieces than this are not looked at one by one.
const MOST_PIECES: usize = 20_000;

/// Where the number is looked at that is no amount: how many equal parts a stretch is probed at for changes of sign.
const PROBES: i128 = 16;

/// What varies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Variable {
    Input(InputId),
    Parameter(ParameterId),
}

/// The numbers that are looked at: `from`, `from + step`, …, and how many steps there are to the last one.
#[derive(Clone, Debug)]
pub(crate) struct Line {
    pub(crate) from: BigRational,
    pub(crate) step: BigRational,
    pub(crate) last: i128,
}

impl Line {
    /// All that an input admits; nothing if that is more than can be counted.
    pub(crate) fn of(input: &crate::check::program::Input) -> Option<Self> {
        let step = step_of(input.scale);
        let last = ((&input.facts.high - &input.facts.low) / &step).to_integer().to_i128()?;
        Some(Self { from: input.facts.low.clone(), step, last })
    }

    pub(crate) fn at(&self, place: i128) -> BigRational {
        &self.from + &self.step * BigInt::from(place)
    }

    /// The place of a number, which may lie between two.
    fn place(&self, x: &BigRational) -> BigRational {
        (x - &self.from) / &self.step
    }
}

/// Functions one after the other, each with its first place; the first begins at 0.
pub(crate) type Pieces = Rc<Vec<(i128, Rc<Function>)>>;

/// There are too many pieces.
#[derive(Clone, Copy, Debug)]
pub(crate) struct TooMany;

type Cut<T> = Result<T, TooMany>;

/// First and last place of a stretch, and the piece that each of two has there.
type Overlap = (i128, i128, Rc<Function>, Rc<Function>);

/// The first place of a stretch of one sign, the sign (none where there is no value), and the exact number where it begins.
type Signs = (i128, Option<Ordering>, Option<BigRational>);

/// What brings a cut about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Cause {
    Span(Span),
    /// A row of a ladder, counted from the lowest, of the version that begins at that day.
    Tier {
        ladder: LadderId,
        from: Option<i32>,
        row: usize,
        applied: Span,
    },
    Table(TableId),
}

/// What is known of a place where a piece begins.
#[derive(Clone, Debug, Default)]
pub(crate) struct Break {
    pub(crate) causes: Vec<Cause>,
    /// The exact number at which the decision changes, which may lie between two places.
    pub(crate) exact: Option<BigRational>,
}

/// Cuts the values of a claim of which one number varies.
pub(crate) struct Cutter<'p> {
    program: &'p Program,
    /// The rest of the claim; what stands for the variable in it does not matter.
    claim: &'p Claim,
    /// By input: it is given, so that it is not what it would be in a stream of one claim.
    given: &'p [bool],
    variable: Variable,
    pub(crate) line: Line,
    values: HashMap<ValueId, Pieces>,
    pub(crate) breaks: BTreeMap<i128, Break>,
    /// Whether conditions are looked at whose outcome, not they themselves, matters.
    quiet: usize,
}

impl<'p> Cutter<'p> {
    pub(crate) fn new(
        program: &'p Program,
        claim: &'p Claim,
        given: &'p [bool],
        variable: Variable,
        line: Line,
    ) -> Self {
        Self { program, claim, given, variable, line, values: HashMap::new(), breaks: BTreeMap::new(), quiet: 0 }
    }

    fn whole(function: Rc<Function>) -> Pieces {
        Rc::new(vec![(0, function)])
    }

    fn undefined() -> Pieces {
        Self::whole(Rc::new(Function::Undefined))
    }

    fn variable(&self) -> Pieces {
        Self::whole(Rc::new(Function::Affine(BigRational::zero(), BigRational::one())))
    }

    fn note(&mut self, place: i128, cause: Cause, exact: Option<BigRational>) {
        if self.quiet > 0 && exact.is_none() {
            return;
        }
        let known = self.breaks.entry(place).or_default();
        if self.quiet == 0 && !known.causes.contains(&cause) {
            known.causes.push(cause);
        }
        known.exact = known.exact.take().or(exact);
    }

    /// The value of a definition, rounded.
    pub(crate) fn value(&mut self, id: ValueId) -> Cut<Pieces> {
        if let Some(known) = self.values.get(&id) {
            return Ok(Rc::clone(known));
        }
        let Some(value) = self.program.value(id) else { return Ok(Self::undefined()) };
        // What is computed behind a condition is noted as if it stood alone: it is computed once.
        let quiet = std::mem::take(&mut self.quiet);
        let exact = match &value.body {
            Body::Expr(expr) => self.expr(expr),
            Body::Share { ladder, column } => self.share(*ladder, *column),
            Body::Remainder { ladder } => self.remainder(*ladder, id),
        };
        self.quiet = quiet;
        let mut pieces = exact?;
        if let Some(rounding) = &value.rounding {
            pieces = self.round(&pieces, rounding);
        }
        self.values.insert(id, Rc::clone(&pieces));
        Ok(pieces)
    }

    fn round(&self, pieces: &Pieces, rounding: &Rounding) -> Pieces {
        Rc::new(pieces.iter().map(|(start, function)| (*start, rounded(function, rounding))).collect())
    }

    fn symbol(&mut self, symbol: Symbol) -> Cut<Pieces> {
        match symbol {
            Symbol::Input(id) => self.input(id),
            Symbol::Parameter(id) if self.variable == Variable::Parameter(id) => Ok(self.variable()),
            Symbol::Parameter(id) => Ok(self
                .claim
                .parameters
                .get(id.0)
                .map_or_else(Self::undefined, |value| Self::whole(constant(value.clone())))),
            Symbol::Value(id) => self.value(id),
        }
    }

    /// An input; what comes from other rows is what it is for a claim that is alone.
    fn input(&mut self, id: InputId) -> Cut<Pieces> {
        if self.variable == Variable::Input(id) {
            return Ok(self.variable());
        }
        let given = self.given.get(id.0).copied().unwrap_or(true);
        if let (false, Some(input)) = (given, self.program.input(id)) {
            match &input.origin {
                Origin::Total { function: Aggregate::Count, when: None, .. } => {
                    return Ok(Self::whole(constant(BigRational::one())));
                }
                Origin::Total { function, value, when, .. } => {
                    let (function, value, when) = (*function, *value, *when);
                    let amount = match function {
                        Aggregate::Count => Self::whole(constant(BigRational::one())),
                        _ => self.value(value)?,
                    };
                    let Some(when) = when else { return Ok(amount) };
                    let condition = self.value(when)?;
                    let nothing = Self::whole(constant(BigRational::zero()));
                    return self.choose(&condition, &amount, &nothing);
                }
                Origin::Part(split) => {
                    if let Some(split) = self.program.splits.get(split.0) {
                        return self.value(split.amount);
                    }
                }
                Origin::Column | Origin::Running { .. } | Origin::Linked(_) | Origin::Field { .. } => {}
            }
        }
        let value = self.claim.inputs.get(id.0).cloned().flatten();
        Ok(value.map_or_else(Self::undefined, |value| Self::whole(constant(value))))
    }

    /// Pieces of both, cut where either begins a new one.
    fn both(
        &self,
        left: &Pieces,
        right: &Pieces,
        join: impl Fn(&Rc<Function>, &Rc<Function>) -> Rc<Function>,
    ) -> Cut<Pieces> {
        let mut joined = Vec::new();
        for (start, _, left, right) in self.overlaps(left, right)? {
            joined.push((start, join(&left, &right)));
        }
        Ok(merged(joined))
    }

    /// The stretches on which both have one piece: first and last place, and the pieces.
    fn overlaps(&self, left: &Pieces, right: &Pieces) -> Cut<Vec<Overlap>> {
        let mut starts: Vec<i128> = left.iter().chain(right.iter()).map(|(start, _)| *start).collect();
        starts.sort_unstable();
        starts.dedup();
        if starts.len() > MOST_PIECES {
            return Err(TooMany);
        }
        let ends = starts.iter().skip(1).map(|next| next - 1).chain([self.line.last]);
        Ok(starts.iter().zip(ends).map(|(start, end)| (*start, end, at(left, *start), at(right, *start))).collect())
    }

    /// For each place the pieces of `yes` where the condition is 1, of `no` where it is 0.
    fn choose(&self, condition: &Pieces, yes: &Pieces, no: &Pieces) -> Cut<Pieces> {
        let mut chosen = Vec::new();
        for (start, end, condition, _) in self.overlaps(condition, condition)? {
            let from = match condition.as_constant() {
                Some(value) if value.is_zero() => no,
                Some(_) => yes,
                None => &Self::undefined(),
            };
            chosen.push((start, at(from, start)));
            chosen.extend(from.iter().filter(|(at, _)| *at > start && *at <= end).cloned());
        }
        if chosen.len() > MOST_PIECES {
            return Err(TooMany);
        }
        Ok(merged(chosen))
    }

    pub(crate) fn expr(&mut self, expr: &Expr) -> Cut<Pieces> {
        match &expr.kind {
            ExprKind::Constant(value) => Ok(Self::whole(constant(value.clone()))),
            ExprKind::Input(id) => self.symbol(Symbol::Input(*id)),
            ExprKind::Parameter(id) => self.symbol(Symbol::Parameter(*id)),
            ExprKind::Value(id) => self.value(*id),
            ExprKind::Known(id) => {
                let is_given = self.claim.inputs.get(id.0).is_some_and(Option::is_some);
                Ok(Self::whole(constant(truth(is_given || self.variable == Variable::Input(*id)))))
            }
            ExprKind::Negate(inner) => {
                let inner = self.expr(inner)?;
                Ok(Rc::new(inner.iter().map(|(start, function)| (*start, negate(function))).collect()))
            }
            ExprKind::Add(left, right) => {
                let (left, right) = (self.expr(left)?, self.expr(right)?);
                self.both(&left, &right, add)
            }
            ExprKind::Sub(left, right) => {
                let (left, right) = (self.expr(left)?, self.expr(right)?);
                self.both(&left, &right, |left, right| add(left, &negate(right)))
            }
            ExprKind::Mul(left, right) => {
                let (left, right) = (self.expr(left)?, self.expr(right)?);
                self.both(&left, &right, multiply)
            }
            ExprKind::Div(left, right) => {
                let (left, right) = (self.expr(left)?, self.expr(right)?);
                self.quotient(&left, &right)
            }
            ExprKind::Max(args) => self.extreme(args, expr.span, Ordering::Greater),
            ExprKind::Min(args) => self.extreme(args, expr.span, Ordering::Less),
            ExprKind::Round(inner, rounding) => {
                let inner = self.expr(inner)?;
                Ok(self.round(&inner, rounding))
            }
            ExprKind::Compare(comparison, left, right) => {
                let (left, right) = (self.expr(left)?, self.expr(right)?);
                self.compare(*comparison, &left, &right, expr.span)
            }
            ExprKind::And(left, right) => {
                let left = self.expr(left)?;
                let right = self.expr(right)?;
                self.choose(&left, &right, &left)
            }
            ExprKind::Or(left, right) => {
                let left = self.expr(left)?;
                let right = self.expr(right)?;
                self.choose(&left, &left, &right)
            }
            ExprKind::Not(inner) => {
                let inner = self.expr(inner)?;
                let one = constant(BigRational::one());
                Ok(Rc::new(inner.iter().map(|(start, function)| (*start, add(&one, &negate(function)))).collect()))
            }
            ExprKind::Cases(cases, last) => self.cases(cases, last),
            ExprKind::Lookup { table, keys, .. } => self.look_up(*table, keys, false),
            ExprKind::HasRow { table, keys } => self.look_up(*table, keys, true),
            ExprKind::Apply(ladder, amount) => {
                let amount = self.expr(amount)?;
                self.slices(*ladder, 0, &amount, expr.span)
            }
            ExprKind::AddMonths { date, months, later } => {
                let (date, months) = (self.expr(date)?, self.expr(months)?);
                self.by_steps(&date, &months, expr.span, |date, months| add_months(date, months, *later))
            }
            ExprKind::FullMonths { from, to, unit } => {
                let (from, to) = (self.expr(from)?, self.expr(to)?);
                self.by_steps(&from, &to, expr.span, |from, to| full_months(from, to, *unit))
            }
        }
    }

    fn quotient(&mut self, left: &Pieces, right: &Pieces) -> Cut<Pieces> {
        let mut quotients = Vec::new();
        for (start, end, left, right) in self.overlaps(left, right)? {
            for (start, sign, _) in self.signs(&right, start, end)? {
                let is_zero = sign == Some(Ordering::Equal);
                let function = if is_zero { Rc::new(Function::Undefined) } else { divide(&left, &right) };
                quotients.push((start, function));
            }
        }
        Ok(merged(quotients))
    }

    fn extreme(&mut self, args: &[Expr], span: Span, wanted: Ordering) -> Cut<Pieces> {
        let mut best: Option<Pieces> = None;
        for arg in args {
            let next = self.expr(arg)?;
            let Some(known) = best else {
                best = Some(next);
                continue;
            };
            let mut chosen = Vec::new();
            for (start, end, left, right) in self.overlaps(&known, &next)? {
                let difference = add(&left, &negate(&right));
                let mut before: Option<bool> = None;
                let runs = self.signs(&difference, start, end)?;
                let first = runs.iter().find_map(|(_, sign, _)| sign.filter(|sign| *sign != Ordering::Equal));
                for (start, sign, exact) in runs {
                    // Where both are equal, either will do; the one before goes on.
                    let is_left = match sign {
                        Some(Ordering::Equal) => before.unwrap_or(first.is_none_or(|first| first == wanted)),
                        sign => sign.is_none_or(|sign| sign == wanted),
                    };
                    if before.is_some_and(|before| before != is_left) {
                        self.note(start, Cause::Span(span), exact);
                    }
                    before = Some(is_left);
                    chosen.push((start, Rc::clone(if is_left { &left } else { &right })));
                }
            }
            best = Some(merged(chosen));
        }
        Ok(best.unwrap_or_else(Self::undefined))
    }

    fn compare(&mut self, comparison: Comparison, left: &Pieces, right: &Pieces, span: Span) -> Cut<Pieces> {
        let mut found: Vec<(i128, Rc<Function>)> = Vec::new();
        for (start, end, left, right) in self.overlaps(left, right)? {
            let difference = add(&left, &negate(&right));
            for (start, sign, exact) in self.signs(&difference, start, end)? {
                let Some(sign) = sign else {
                    found.push((start, Rc::new(Function::Undefined)));
                    continue;
                };
                let (one, zero) = (BigRational::one(), BigRational::zero());
                let side = match sign {
                    Ordering::Less => -one,
                    Ordering::Equal => zero.clone(),
                    Ordering::Greater => one,
                };
                let function = constant(truth(holds(&side, comparison, &zero)));
                if found.last().is_some_and(|(_, known)| *known != function) {
                    self.note(start, Cause::Span(span), exact);
                }
                found.push((start, function));
            }
        }
        Ok(merged(found))
    }

    /// The first case whose condition holds.
    fn cases(&mut self, cases: &[(Expr, Expr)], last: &Expr) -> Cut<Pieces> {
        let mut conditions = Vec::new();
        for (condition, _) in cases {
            self.quiet += 1;
            let pieces = self.expr(condition);
            self.quiet -= 1;
            conditions.push(pieces?);
        }
        // From the last to the first: which case applies, and what it yields.
        let mut chosen = self.expr(last)?;
        let mut which = Self::whole(constant(index(cases.len())));
        for (at, ((_, value), condition)) in cases.iter().zip(&conditions).enumerate().rev() {
            let value = self.expr(value)?;
            chosen = self.choose(condition, &value, &chosen)?;
            which = self.choose(condition, &Self::whole(constant(index(at))), &which)?;
        }
        for pair in which.windows(2) {
            let [(_, before), (start, after)] = pair else { continue };
            let span = |which: &Function| {
                let at = which.as_constant().and_then(|at| at.to_integer().to_usize());
                at.map(|at| cases.get(at).map_or(last.span, |(condition, _)| condition.span))
            };
            for span in [span(after), span(before)].into_iter().flatten() {
                self.note(*start, Cause::Span(span), None);
            }
        }
        Ok(chosen)
    }

    /// The stretches on which a function has one sign: first place, sign, and the exact number where it changes.
    fn signs(&self, function: &Rc<Function>, start: i128, end: i128) -> Cut<Vec<Signs>> {
        let zero = BigRational::zero();
        let sign = |place: i128| function.at(&self.line.at(place)).map(|value| value.cmp(&zero));
        if function.as_constant().is_some() || function.is_undefined() {
            return Ok(vec![(start, sign(start), None)]);
        }
        let mut probes = vec![start, end];
        let root = if function.is_straight() { self.root(function) } else { None };
        if let Some(root) = &root {
            let near = root.floor().to_integer().to_i128().unwrap_or(start);
            probes.extend((-2..=3).map(|away| near.saturating_add(away)));
        } else if !function.is_straight() {
            probes.extend((1..PROBES).map(|at| start + (end - start) / PROBES * at));
        }
        probes.retain(|probe| (start..=end).contains(probe));
        probes.sort_unstable();
        probes.dedup();
        let mut found = vec![(start, sign(start), None)];
        for pair in probes.windows(2) {
            let [low, high] = pair else { continue };
            let (mut low, high) = (*low, *high);
            // There may be a place of zero between the two sides.
            while sign(low) != sign(high) {
                let known = sign(low);
                let (mut inside, mut outside) = (low, high);
                while outside - inside > 1 {
                    let middle = inside + (outside - inside) / 2;
                    if sign(middle) == known { inside = middle } else { outside = middle }
                }
                let exact = root
                    .as_ref()
                    .filter(|_| !function.is_rounded())
                    .map(|root| &self.line.from + &self.line.step * root);
                found.push((outside, sign(outside), exact));
                low = outside;
            }
            if found.len() > MOST_PIECES {
                return Err(TooMany);
            }
        }
        Ok(found)
    }

    /// Where a straight function would be zero if nothing were rounded, counted in places.
    fn root(&self, function: &Function) -> Option<BigRational> {
        let ideal = function.ideal(&BigRational::zero())?;
        if ideal.slope.is_zero() {
            return None;
        }
        Some(self.line.place(&(-ideal.value / ideal.slope)))
    }

    /// A function that changes in steps, upwards or downwards.
    fn by_steps(
        &mut self,
        left: &Pieces,
        right: &Pieces,
        span: Span,
        value: impl Fn(&BigRational, &BigRational) -> Option<BigRational>,
    ) -> Cut<Pieces> {
        let mut found = Vec::new();
        for (start, end, left, right) in self.overlaps(left, right)? {
            let at = |place: i128| {
                let x = self.line.at(place);
                value(&left.at(&x)?, &right.at(&x)?)
            };
            let is_fixed = left.as_constant().is_some() && right.as_constant().is_some();
            let mut place = start;
            loop {
                let known = at(place);
                let function = known.clone().map_or_else(|| Rc::new(Function::Undefined), constant);
                found.push((place, function));
                if is_fixed || at(end) == known {
                    break;
                }
                // The next place with another value; values only rise or only fall.
                let (mut inside, mut stride) = (place, 1);
                while inside + stride < end && at(inside + stride) == known {
                    inside += stride;
                    stride *= 2;
                }
                let mut outside = (inside + stride).min(end);
                while outside - inside > 1 {
                    let middle = inside + (outside - inside) / 2;
                    if at(middle) == known { inside = middle } else { outside = middle }
                }
                place = outside;
                if found.len() > MOST_PIECES {
                    return Err(TooMany);
                }
            }
        }
        for (place, _) in found.iter().skip(1) {
            self.note(*place, Cause::Span(span), None);
        }
        Ok(merged(found))
    }

    /// The date of the claim: constant, or the variable.
    fn date(&mut self) -> Cut<Option<Pieces>> {
        match self.program.dated_by {
            None => Ok(None),
            Some(id) => self.input(id).map(Some),
        }
    }

    /// The stretches on which the claim's date lies between two of some days: first place, and how many of the days have come.
    fn versions(&mut self, days: &[i32]) -> Cut<Vec<(i128, usize)>> {
        let Some(date) = self.date()? else { return Ok(vec![(0, days.len())]) };
        let mut starts = vec![(0, 0)];
        for (start, end, date, _) in self.overlaps(&date, &date)? {
            let come = |place: i128| {
                let date = date.at(&self.line.at(place));
                days.iter()
                    .filter(|day| date.as_ref().is_none_or(|date| BigRational::from_integer((**day).into()) <= *date))
                    .count()
            };
            let mut place = start;
            starts.push((start, come(start)));
            while come(place) < come(end) {
                let (mut inside, mut outside) = (place, end);
                while outside - inside > 1 {
                    let middle = inside + (outside - inside) / 2;
                    if come(middle) == come(place) { inside = middle } else { outside = middle }
                }
                place = outside;
                starts.push((place, come(place)));
            }
        }
        starts.dedup_by_key(|(start, _)| *start);
        // A later stretch at the same place says what holds.
        let mut known: BTreeMap<i128, usize> = BTreeMap::new();
        starts.into_iter().for_each(|(start, come)| {
            known.insert(start, come);
        });
        if let Some(first) = known.get_mut(&0) {
            let date = at(&date, 0).at(&self.line.at(0));
            *first = days
                .iter()
                .filter(|day| date.as_ref().is_none_or(|date| BigRational::from_integer((**day).into()) <= *date))
                .count();
        }
        Ok(known.into_iter().collect())
    }

    fn look_up(&mut self, id: TableId, keys: &[Expr], only_whether: bool) -> Cut<Pieces> {
        let Some(table) = self.program.table(id) else { return Ok(Self::undefined()) };
        // By key: which row of the table's key it is.
        let mut places: Vec<Pieces> = Vec::new();
        for (key, expr) in table.keys.iter().zip(keys) {
            let value = self.expr(expr)?;
            let Key::Range(breaks) = key else {
                places.push(value);
                continue;
            };
            let mut ordinals = Self::whole(constant(BigRational::zero()));
            for one in breaks {
                let bound = Self::whole(constant(one.at.clone()));
                let comparison = if one.is_inclusive { Comparison::Ge } else { Comparison::Gt };
                self.quiet += 1;
                let passed = self.compare(comparison, &value, &bound, expr.span);
                self.quiet -= 1;
                ordinals = self.both(&ordinals, &passed?, add)?;
            }
            places.push(ordinals);
        }
        let mut days: Vec<i32> = table.rows.iter().filter_map(|row| row.from).collect();
        days.sort_unstable();
        days.dedup();
        let versions = if days.is_empty() { vec![(0, 0)] } else { self.versions(&days)? };
        let versions: Pieces =
            Rc::new(versions.into_iter().map(|(start, come)| (start, constant(index(come)))).collect());
        let mut starts: Vec<i128> =
            places.iter().chain([&versions]).flat_map(|pieces| pieces.iter().map(|(start, _)| *start)).collect();
        starts.sort_unstable();
        starts.dedup();
        if starts.len() > MOST_PIECES {
            return Err(TooMany);
        }
        let mut found: Vec<(i128, Rc<Function>)> = Vec::new();
        for start in starts {
            let ordinals: Option<Vec<u32>> =
                places.iter().map(|pieces| at(pieces, start).at(&self.line.at(start))?.to_integer().to_u32()).collect();
            let come = at(&versions, start).as_constant().and_then(|come| come.to_integer().to_usize()).unwrap_or(0);
            let latest = come.checked_sub(1).and_then(|at| days.get(at)).copied();
            let function = match ordinals {
                None => Rc::new(Function::Undefined),
                Some(ordinals) => {
                    let applies =
                        |from: Option<i32>| from.is_none_or(|from| latest.is_some_and(|latest| from <= latest));
                    let end = table
                        .rows
                        .partition_point(|row| row.keys < ordinals || (row.keys == ordinals && applies(row.from)));
                    let row = end.checked_sub(1).and_then(|at| table.rows.get(at)).filter(|row| row.keys == ordinals);
                    match row {
                        found if only_whether => constant(truth(found.is_some())),
                        Some(row) => constant(step_of(table.scale) * BigInt::from(row.cell)),
                        None => Rc::new(Function::Undefined),
                    }
                }
            };
            if found.last().is_some_and(|(_, known)| *known != function) {
                self.note(start, Cause::Table(id), None);
            }
            found.push((start, function));
        }
        Ok(merged(found))
    }

    fn subject(&mut self, ladder: &Ladder) -> Cut<Pieces> {
        match ladder.subject {
            Some(subject) => self.symbol(subject),
            None => Ok(Self::undefined()),
        }
    }

    fn share(&mut self, id: LadderId, column: usize) -> Cut<Pieces> {
        let Some(ladder) = self.program.ladder(id) else { return Ok(Self::undefined()) };
        let subject = self.subject(ladder)?;
        self.slices(id, column, &subject, Span::default())
    }

    fn remainder(&mut self, id: LadderId, own: ValueId) -> Cut<Pieces> {
        let Some(ladder) = self.program.ladder(id) else { return Ok(Self::undefined()) };
        let mut rest = self.subject(ladder)?;
        for other in ladder.columns.iter().filter(|other| **other != own) {
            let other = self.value(*other)?;
            rest = self.both(&rest, &other, |rest, other| add(rest, &negate(other)))?;
        }
        Ok(rest)
    }

    /// Every row's slice of an amount times what the row gives the column.
    fn slices(&mut self, id: LadderId, column: usize, amount: &Pieces, applied: Span) -> Cut<Pieces> {
        let Some(ladder) = self.program.ladder(id) else { return Ok(Self::undefined()) };
        let base = match &ladder.base {
            Some(base) => self.expr(base)?,
            None => Self::whole(constant(BigRational::one())),
        };
        let days: Vec<i32> = ladder.versions.iter().filter_map(|version| version.from).collect();
        let versions = if days.is_empty() { vec![(0, 0)] } else { self.versions(&days)? };
        for (start, _) in versions.iter().skip(1) {
            self.note(*start, Cause::Tier { ladder: id, from: None, row: 0, applied }, None);
        }
        let undated = ladder.versions.len() - days.len();
        let version_at = |place: i128| {
            let come = versions.iter().rfind(|(start, _)| *start <= place).map_or(0, |(_, come)| *come);
            (come + undated).saturating_sub(1)
        };
        let mut sum: Pieces = Self::whole(constant(BigRational::zero()));
        for (number, version) in ladder.versions.iter().enumerate() {
            let holds: Vec<(i128, Rc<Function>)> =
                versions.iter().map(|(start, _)| (*start, constant(truth(version_at(*start) == number)))).collect();
            let holds = merged(holds);
            if !holds.iter().any(|(_, one)| one.as_constant().is_some_and(One::is_one)) {
                continue;
            }
            let mut total: Pieces = Self::whole(constant(BigRational::zero()));
            for (row_number, row) in version.rows.iter().enumerate() {
                let share = row.shares.get(column).cloned().unwrap_or_else(BigRational::zero);
                let cause = Cause::Tier { ladder: id, from: version.from, row: row_number, applied };
                let mut slice = Rc::clone(amount);
                let mut origin: Pieces = Self::whole(constant(BigRational::zero()));
                for (bound, wanted) in [(&row.low, Ordering::Greater), (&row.high, Ordering::Less)] {
                    let Some(bound) = bound else { continue };
                    let bound = self.both(&base, &Self::whole(constant(bound.clone())), multiply)?;
                    slice = self.clamped(&slice, &bound, wanted, Some(&cause))?;
                    origin = self.clamped(&origin, &bound, wanted, None)?;
                }
                let part = self.both(&slice, &origin, |slice, origin| add(slice, &negate(origin)))?;
                let part = self.both(&part, &Self::whole(constant(share)), multiply)?;
                total = self.both(&total, &part, add)?;
            }
            sum = self.choose(&holds, &total, &sum)?;
        }
        Ok(sum)
    }

    /// The greater or the lesser of two.
    fn clamped(&mut self, value: &Pieces, bound: &Pieces, wanted: Ordering, cause: Option<&Cause>) -> Cut<Pieces> {
        let mut chosen = Vec::new();
        for (start, end, left, right) in self.overlaps(value, bound)? {
            let difference = add(&left, &negate(&right));
            for (number, (start, sign, exact)) in self.signs(&difference, start, end)?.into_iter().enumerate() {
                // On the boundary both are equal; the slice below has it, as in 5%—10%(含10%).
                let is_left = sign.is_none_or(|sign| (sign == Ordering::Greater) == (wanted == Ordering::Greater));
                if let Some(cause) = cause.filter(|_| number > 0) {
                    self.note(start, cause.clone(), exact);
                }
                chosen.push((start, Rc::clone(if is_left { &left } else { &right })));
            }
        }
        Ok(merged(chosen))
    }
}

/// The piece at a place.
pub(crate) fn at(pieces: &Pieces, place: i128) -> Rc<Function> {
    let after = pieces.partition_point(|(start, _)| *start <= place);
    let piece = after.checked_sub(1).and_then(|at| pieces.get(at)).or_else(|| pieces.first());
    piece.map_or_else(|| Rc::new(Function::Undefined), |(_, function)| Rc::clone(function))
}

/// Neighbours that are one function are one piece.
fn merged(mut pieces: Vec<(i128, Rc<Function>)>) -> Pieces {
    pieces.dedup_by(|next, known| next.1 == known.1);
    Rc::new(pieces)
}

fn truth(is_true: bool) -> BigRational {
    if is_true { BigRational::one() } else { BigRational::zero() }
}

fn index(at: usize) -> BigRational {
    BigRational::from_integer(BigInt::from(at))
}

/// Whether a type is one of numbers, so that between two values there are others.
pub(crate) fn is_numeric(ty: Type) -> bool {
    matches!(ty, Type::Measure(_) | Type::Date)
}
