//! Conditions on a path: what must hold for one to be true or false.

use fen_grammar::tree::Comparison;
use num_rational::BigRational;
use num_traits::{One, Zero};

use super::path::{Form, Path, Step, Stop};
use super::quick;
use super::tables::Located;
use crate::check::program::{Body, Expr, ExprKind};
use crate::check::types::Type;
use crate::ids::ValueId;
use crate::solve::{Linear, Sign};

impl<'a> Path<'a> {
    /// Requires that a condition is true, or that it is false.
    pub(super) fn assume(&mut self, expr: &'a Expr, wanted: bool) -> Step<()> {
        self.spend(1)?;
        self.depth += 1;
        let done = self.assume_kind(expr, wanted);
        self.depth -= 1;
        done
    }

    fn assume_kind(&mut self, expr: &'a Expr, wanted: bool) -> Step<()> {
        let is_connective = matches!(expr.kind, ExprKind::And(..) | ExprKind::Or(..) | ExprKind::Not(_));
        if let (false, Some(truth)) = (is_connective, quick::truth(expr)) {
            return if truth == wanted { Ok(()) } else { Err(Stop::Never) };
        }
        match &expr.kind {
            ExprKind::Not(inner) => self.assume(inner, !wanted),
            ExprKind::And(left, right) => self.both(left, right, true, wanted),
            ExprKind::Or(left, right) => self.both(left, right, false, !wanted),
            ExprKind::Compare(comparison, left, right) => {
                let comparison = if wanted { *comparison } else { opposite(*comparison) };
                self.compare(comparison, left, right)
            }
            ExprKind::Known(id) => {
                let known = self.known(*id)?;
                self.require(&known.sub(&bit(wanted)), Sign::Zero)
            }
            ExprKind::Value(id) => self.assume_value(*id, wanted),
            ExprKind::Cases(cases, last) => {
                let way = self.case(cases)?;
                self.assume(cases.get(way).map_or(last, |(_, value)| value), wanted)
            }
            ExprKind::HasRow { table, keys } => {
                let found = match self.locate(*table, keys, None)? {
                    Located::Group(rows) => {
                        let froms: Vec<Option<i32>> = rows.iter().map(|row| row.from).collect();
                        self.version(&froms)?.is_some()
                    }
                    Located::Nothing => false,
                    Located::Anything(_) => return Ok(()),
                };
                if found == wanted { Ok(()) } else { Err(Stop::Never) }
            }
            _ => {
                let form = self.form(expr)?;
                let form = self.linear(&form)?;
                self.require(&form.sub(&bit(wanted)), Sign::Zero)
            }
        }
    }

    /// Both are `truth` if `wanted`, else one of them is not: the left one, or the right one only.
    fn both(&mut self, left: &'a Expr, right: &'a Expr, truth: bool, wanted: bool) -> Step<()> {
        if wanted {
            self.assume(left, truth)?;
            return self.assume(right, truth);
        }
        match (quick::truth(left), quick::truth(right)) {
            (Some(left), _) if left == truth => return self.assume(right, !truth),
            (_, Some(right)) if right == truth => return self.assume(left, !truth),
            _ => {}
        }
        if self.choose(2)? == 0 {
            return self.assume(left, !truth);
        }
        self.assume(left, truth)?;
        self.assume(right, !truth)
    }

    fn assume_value(&mut self, id: ValueId, wanted: bool) -> Step<()> {
        if let Some(truth) = self.truths.get(&id) {
            return if *truth == wanted { Ok(()) } else { Err(Stop::Never) };
        }
        let program = self.program;
        let value = program.value(id).ok_or(Stop::Overrun)?;
        let Body::Expr(body) = &value.body else { return Ok(()) };
        if self.depth < self.most_depth {
            self.assume(body, wanted)?;
        } else {
            self.deep(id);
        }
        self.truths.insert(id, wanted);
        Ok(())
    }

    /// Which case applies; the number of cases if it is the last value.
    pub(super) fn case(&mut self, cases: &'a [(Expr, Expr)]) -> Step<usize> {
        let truths: Vec<Option<bool>> = cases.iter().map(|(condition, _)| quick::truth(condition)).collect();
        let certain = truths.iter().position(|truth| *truth == Some(true)).unwrap_or(cases.len());
        let ways: Vec<usize> =
            (0..=certain).filter(|way| truths.get(*way).is_none_or(|truth| *truth != Some(false))).collect();
        let choice = self.choose(ways.len())?;
        let way = *ways.get(choice).ok_or(Stop::Never)?;
        for (condition, _) in cases.iter().take(way) {
            self.assume(condition, false)?;
        }
        if let Some((condition, _)) = cases.get(way) {
            self.assume(condition, true)?;
        }
        Ok(way)
    }

    fn compare(&mut self, comparison: Comparison, left: &'a Expr, right: &'a Expr) -> Step<()> {
        if left.ty == Type::Bool && matches!(comparison, Comparison::Eq | Comparison::Ne) {
            let same = comparison == Comparison::Eq;
            let (known, other) = match (quick::truth(left), quick::truth(right)) {
                (Some(known), _) => (known, right),
                (_, Some(known)) => (known, left),
                _ => {
                    let truth = self.choose(2)? == 1;
                    self.assume(left, truth)?;
                    (truth, right)
                }
            };
            return self.assume(other, known == same);
        }
        let left = self.form(left)?;
        let right = self.form(right)?;
        self.relate(comparison, &left, &right)
    }

    /// Requires that two forms compare so.
    pub(super) fn relate(&mut self, comparison: Comparison, left: &Form, right: &Form) -> Step<()> {
        let difference = self.difference(left, right)?;
        match comparison {
            Comparison::Eq => self.require(&difference, Sign::Zero),
            Comparison::Le => self.require(&difference, Sign::NotPositive),
            Comparison::Lt => self.require(&difference, Sign::Negative),
            Comparison::Ge => self.require(&difference.negate(), Sign::NotPositive),
            Comparison::Gt => self.require(&difference.negate(), Sign::Negative),
            Comparison::Ne => {
                let (low, high) = self.range(&difference);
                let zero = BigRational::zero();
                let ways: Vec<bool> = [low < zero, high > zero]
                    .into_iter()
                    .zip([true, false])
                    .filter(|(can_be, _)| *can_be)
                    .map(|(_, less)| less)
                    .collect();
                let choice = self.choose(ways.len())?;
                let less = *ways.get(choice).ok_or(Stop::Never)?;
                self.require(&if less { difference } else { difference.negate() }, Sign::Negative)
            }
        }
    }

    /// Something of the sign of the difference.
    fn difference(&mut self, left: &Form, right: &Form) -> Step<Linear> {
        match (&left.denom, &right.denom) {
            (None, None) => return Ok(left.numer.clone().sub(&right.numer)),
            (Some(one), Some(other)) if one == other => return Ok(left.numer.clone().sub(&right.numer)),
            (Some(denom), None) => {
                if let Some(value) = self.fixed(&right.numer) {
                    return Ok(left.numer.clone().sub(&denom.clone().scale(&value)));
                }
            }
            (None, Some(denom)) => {
                if let Some(value) = self.fixed(&left.numer) {
                    return Ok(denom.clone().scale(&value).sub(&right.numer));
                }
            }
            _ => {}
        }
        let left = self.linear(left)?;
        let right = self.linear(right)?;
        Ok(left.sub(&right))
    }
}

fn bit(truth: bool) -> Linear {
    Linear::constant(if truth { BigRational::one() } else { BigRational::zero() })
}

fn opposite(comparison: Comparison) -> Comparison {
    match comparison {
        Comparison::Eq => Comparison::Ne,
        Comparison::Ne => Comparison::Eq,
        Comparison::Lt => Comparison::Ge,
        Comparison::Le => Comparison::Gt,
        Comparison::Gt => Comparison::Le,
        Comparison::Ge => Comparison::Lt,
    }
}
