//! Expressions.

use num_bigint::BigInt;
use num_rational::BigRational;
use num_traits::One;

use super::builder::{Builder, TooWide};
use super::fraction::{Exact, Scaled};
use super::ir::Ref;
use super::{Lowered, Lowering};
use crate::check::program::{Expr, ExprKind};
use crate::ids::Symbol;

/// How two values become one.
type Join = fn(&mut Builder, &Scaled, &Scaled) -> Exact;

impl Lowering<'_> {
    pub(super) fn expr(&mut self, expr: &Expr) -> Result<Lowered, TooWide> {
        let lowered = self.kind(&expr.kind)?;
        let value = match expr.facts.as_constant() {
            Some(value) => self.builder.exactly(value)?,
            None => self.builder.informed(&lowered.value, &expr.facts)?,
        };
        Ok(Lowered { value, ..lowered })
    }

    fn kind(&mut self, kind: &ExprKind) -> Result<Lowered, TooWide> {
        let value = match kind {
            ExprKind::Constant(value) => self.builder.exactly(value)?,
            ExprKind::Input(id) => return self.symbol(Symbol::Input(*id)),
            ExprKind::Parameter(id) => return self.symbol(Symbol::Parameter(*id)),
            ExprKind::Value(id) => return self.symbol(Symbol::Value(*id)),
            ExprKind::Known(id) => {
                let input = self.input(*id)?;
                let is_optional = self.program.input(*id).is_some_and(|input| input.is_optional);
                Scaled::whole(if is_optional { self.builder.known(input.op)? } else { self.builder.constant(1)? })
            }
            ExprKind::Negate(inner) => {
                let inner = self.expr(inner)?;
                return Ok(Lowered { value: self.builder.negated(&inner.value)?, ..inner });
            }
            ExprKind::Add(left, right) => return self.binary(left, right, Builder::plus),
            ExprKind::Sub(left, right) => return self.binary(left, right, Builder::minus),
            ExprKind::Mul(left, right) => return self.binary(left, right, Builder::times),
            ExprKind::Div(left, right) => return self.binary(left, right, Builder::over),
            ExprKind::Max(args) => return self.fold(args, Builder::greatest),
            ExprKind::Min(args) => return self.fold(args, Builder::least),
            ExprKind::Round(inner, rounding) => {
                let inner = self.expr(inner)?;
                let value = self.builder.round(&inner.value, &rounding.step, rounding.mode)?;
                return Ok(Lowered { value, ..inner });
            }
            ExprKind::Compare(comparison, left, right) => {
                let (left, right) = (self.expr(left)?, self.expr(right)?);
                let op = self.builder.compare(*comparison, &left.value, &right.value)?;
                return Ok(Lowered { value: Scaled::whole(op), fault: self.first_fault(left.fault, right.fault)? });
            }
            ExprKind::And(left, right) => {
                let (left, right) = (self.expr(left)?, self.expr(right)?);
                let needed = self.fault_if(left.value.op, right.fault, None)?;
                let op = self.builder.and(left.value.op, right.value.op)?;
                return Ok(Lowered { value: Scaled::whole(op), fault: self.fault_after(left.fault, needed)? });
            }
            ExprKind::Or(left, right) => {
                let (left, right) = (self.expr(left)?, self.expr(right)?);
                let needed = self.fault_if(left.value.op, None, right.fault)?;
                let op = self.builder.or(left.value.op, right.value.op)?;
                return Ok(Lowered { value: Scaled::whole(op), fault: self.fault_after(left.fault, needed)? });
            }
            ExprKind::Not(inner) => {
                let inner = self.expr(inner)?;
                return Ok(Lowered { value: Scaled::whole(self.builder.not(inner.value.op)?), ..inner });
            }
            ExprKind::Cases(cases, last) => return self.cases(cases, last),
            ExprKind::Lookup { table, keys, site } => {
                let (keys, fault) = self.keys(keys)?;
                let (value, missing) = self.lookup(*table, &keys)?;
                let Some(site) = site else { return Ok(Lowered { value, fault }) };
                let site = Some(self.builder.constant(site.0)?);
                let failing = self.fault_if(missing, site, None)?;
                return Ok(Lowered { value, fault: self.fault_after(fault, failing)? });
            }
            ExprKind::HasRow { table, keys } => {
                let (keys, fault) = self.keys(keys)?;
                let (_, missing) = self.lookup(*table, &keys)?;
                return Ok(Lowered { value: Scaled::whole(self.builder.not(missing)?), fault });
            }
            ExprKind::Apply(ladder, amount) => {
                let amount = self.expr(amount)?;
                return self.slices(*ladder, 0, &amount);
            }
            ExprKind::AddMonths { date, months, later } => {
                let (date, months) = (self.expr(date)?, self.expr(months)?);
                let op = self.whole(&date.value)?;
                let count = self.whole(&months.value)?;
                let op = self.builder.add_months(op, count, *later)?;
                return Ok(Lowered { value: Scaled::whole(op), fault: self.first_fault(date.fault, months.fault)? });
            }
            ExprKind::FullMonths { from, to, unit } => {
                let (from, to) = (self.expr(from)?, self.expr(to)?);
                let (start, end) = (self.whole(&from.value)?, self.whole(&to.value)?);
                let months = Scaled::whole(self.builder.full_months(start, end)?);
                let step = BigRational::from(BigInt::from(*unit));
                let op = self.builder.in_steps(&months, &step)?;
                return Ok(Lowered { value: Scaled::whole(op), fault: self.first_fault(from.fault, to.fault)? });
            }
        };
        Ok(Lowered { value, fault: None })
    }

    fn binary(&mut self, left: &Expr, right: &Expr, join: Join) -> Result<Lowered, TooWide> {
        let (left, right) = (self.expr(left)?, self.expr(right)?);
        let value = join(&mut self.builder, &left.value, &right.value)?;
        Ok(Lowered { value, fault: self.first_fault(left.fault, right.fault)? })
    }

    fn fold(&mut self, args: &[Expr], join: Join) -> Result<Lowered, TooWide> {
        let mut best: Option<Lowered> = None;
        for arg in args {
            let arg = self.expr(arg)?;
            best = Some(match best {
                None => arg,
                Some(best) => {
                    let value = join(&mut self.builder, &best.value, &arg.value)?;
                    Lowered { value, fault: self.first_fault(best.fault, arg.fault)? }
                }
            });
        }
        match best {
            Some(best) => Ok(best),
            None => Ok(Lowered { value: self.zero()?, fault: None }),
        }
    }

    /// All cases are computed, and the last ones selected first.
    fn cases(&mut self, cases: &[(Expr, Expr)], last: &Expr) -> Result<Lowered, TooWide> {
        let mut lowered = Vec::new();
        for (condition, value) in cases {
            lowered.push((self.expr(condition)?, self.expr(value)?));
        }
        let mut chosen = self.expr(last)?;
        for (condition, value) in lowered.into_iter().rev() {
            let is_true = condition.value.op;
            let needed = self.fault_if(is_true, value.fault, chosen.fault)?;
            chosen = Lowered {
                value: self.builder.either(is_true, &value.value, &chosen.value)?,
                fault: self.fault_after(condition.fault, needed)?,
            };
        }
        Ok(chosen)
    }

    fn keys(&mut self, keys: &[Expr]) -> Result<(Vec<Scaled>, Option<Ref>), TooWide> {
        let mut values = Vec::new();
        let mut fault = None;
        for key in keys {
            let key = self.expr(key)?;
            fault = self.first_fault(fault, key.fault)?;
            values.push(key.value);
        }
        Ok((values, fault))
    }

    /// The integer of a value that is one.
    pub(super) fn whole(&mut self, value: &Scaled) -> Result<Ref, TooWide> {
        self.builder.in_steps(value, &BigRational::one())
    }
}
