//! Numbers on a path: the linear form, or the quotient of two, that an expression comes to.

use num_bigint::BigInt;
use num_rational::BigRational;
use num_traits::{Signed, Zero};

use fen_grammar::tree::RoundingMode::{Down, HalfEven, HalfUp, Up};

use super::opaque::Opaque;
use super::path::{Form, Path, Step, Stop, is_bounded};
use crate::check::program::{Body, Expr, ExprKind, Rounding, Value};
use crate::check::types::{Facts, Grid};
use crate::ids::{InputId, LadderId, Symbol, TableId, ValueId};
use crate::solve::{Linear, Sign};

impl<'a> Path<'a> {
    /// The number that an expression comes to. What it does is in functions of their own, so that little of the machine's
    /// stack is used per level.
    pub(super) fn form(&mut self, expr: &'a Expr) -> Step<Form> {
        self.spend(1)?;
        self.depth += 1;
        let form = self.form_of(expr);
        self.depth -= 1;
        form
    }

    fn form_of(&mut self, expr: &'a Expr) -> Step<Form> {
        if is_bounded(expr.ty) && expr.facts.as_constant().is_some() {
            return constant(&expr.facts);
        }
        match &expr.kind {
            ExprKind::Constant(value) => Ok(Form::constant(value.clone())),
            ExprKind::Input(_) | ExprKind::Parameter(_) | ExprKind::Known(_) => self.leaf(expr),
            ExprKind::Value(id) => self.value(*id),
            ExprKind::Negate(inner) => self.negated(inner),
            ExprKind::Add(left, right) => self.added(left, right),
            ExprKind::Sub(left, right) => self.subtracted(left, right),
            ExprKind::Mul(left, right) => self.multiplied(left, right, &expr.facts),
            ExprKind::Div(left, right) => self.divided(left, right),
            ExprKind::Max(args) => self.extreme(args, false),
            ExprKind::Min(args) => self.extreme(args, true),
            ExprKind::Round(inner, rounding) => self.rounded(inner, rounding),
            ExprKind::Not(_)
            | ExprKind::And(..)
            | ExprKind::Or(..)
            | ExprKind::Compare(..)
            | ExprKind::HasRow { .. } => self.truth_as_number(expr),
            ExprKind::Cases(..) if self.is_coarse => {
                Ok(self.opaque(Opaque::Cases(std::ptr::from_ref(expr)), &expr.facts).0.into())
            }
            ExprKind::Cases(cases, last) => {
                let way = self.case(cases)?;
                self.form(cases.get(way).map_or(last, |(_, value)| value))
            }
            ExprKind::Lookup { table, keys, .. } => self.looked_up(*table, keys),
            ExprKind::Apply(ladder, amount) => self.applied(*ladder, amount),
            ExprKind::AddMonths { date, months, later } => self.months_added(date, months, *later, &expr.facts),
            ExprKind::FullMonths { from, to, unit } => self.months_counted(from, to, *unit, &expr.facts),
        }
    }

    fn leaf(&mut self, expr: &'a Expr) -> Step<Form> {
        match &expr.kind {
            ExprKind::Input(id) => Ok(self.used_input(*id)?.into()),
            ExprKind::Parameter(id) => Ok(self.parameter(*id)?.into()),
            ExprKind::Known(id) => Ok(self.known(*id)?.into()),
            _ => Err(Stop::Overrun),
        }
    }

    fn negated(&mut self, inner: &'a Expr) -> Step<Form> {
        self.form(inner).map(negative)
    }

    fn added(&mut self, left: &'a Expr, right: &'a Expr) -> Step<Form> {
        let left = self.form(left)?;
        let right = self.form(right)?;
        self.sum(left, right)
    }

    fn subtracted(&mut self, left: &'a Expr, right: &'a Expr) -> Step<Form> {
        let left = self.form(left)?;
        let right = self.form(right)?;
        self.sum(left, negative(right))
    }

    fn multiplied(&mut self, left: &'a Expr, right: &'a Expr, facts: &Facts) -> Step<Form> {
        let left = self.form(left)?;
        let right = self.form(right)?;
        self.product(left, right, facts)
    }

    fn divided(&mut self, left: &'a Expr, right: &'a Expr) -> Step<Form> {
        let numer = self.form(left)?;
        let divisor = self.form(right)?;
        self.quotient(numer, divisor, &right.facts)
    }

    fn rounded(&mut self, inner: &'a Expr, rounding: &Rounding) -> Step<Form> {
        let exact = self.form(inner)?;
        self.round(exact, rounding, &inner.facts)
    }

    fn truth_as_number(&mut self, expr: &'a Expr) -> Step<Form> {
        let truth = self.choose(2)? == 1;
        self.assume(expr, truth)?;
        Ok(Linear::integer(i32::from(truth)).into())
    }

    fn looked_up(&mut self, table: TableId, keys: &'a [Expr]) -> Step<Form> {
        self.lookup(table, keys).map(Form::from)
    }

    fn applied(&mut self, ladder: LadderId, amount: &'a Expr) -> Step<Form> {
        let amount = self.number(amount)?;
        self.share(ladder, 0, &amount).map(Form::from)
    }

    fn months_added(&mut self, date: &'a Expr, months: &'a Expr, later: bool, facts: &Facts) -> Step<Form> {
        let date = self.number(date)?;
        let months = self.number(months)?;
        self.add_months(date, months, later, facts).map(Form::from)
    }

    fn months_counted(&mut self, from: &'a Expr, to: &'a Expr, unit: u8, facts: &Facts) -> Step<Form> {
        let from = self.number(from)?;
        let to = self.number(to)?;
        self.full_months(from, to, unit, facts).map(Form::from)
    }

    /// The number that an expression comes to, as a linear form.
    fn number(&mut self, expr: &'a Expr) -> Step<Linear> {
        let form = self.form(expr)?;
        self.linear(&form)
    }

    /// An input where its value is used.
    fn used_input(&mut self, id: InputId) -> Step<Linear> {
        if self.program.input(id).is_some_and(|input| input.is_optional) {
            let known = self.known(id)?;
            self.require(&known.sub(&Linear::integer(1)), Sign::Zero)?;
        }
        self.input(id)
    }

    pub(super) fn symbol(&mut self, symbol: Symbol) -> Step<Form> {
        match symbol {
            Symbol::Input(id) => Ok(self.used_input(id)?.into()),
            Symbol::Parameter(id) => Ok(self.parameter(id)?.into()),
            Symbol::Value(id) => self.value(id),
        }
    }

    pub(super) fn value(&mut self, id: ValueId) -> Step<Form> {
        if let Some(known) = self.values.get(&id) {
            return Ok(known.clone());
        }
        if let Some(truth) = self.truths.get(&id) {
            return Ok(Linear::integer(i32::from(*truth)).into());
        }
        let program = self.program;
        let value = program.value(id).ok_or(Stop::Overrun)?;
        if let (true, Some(constant)) = (is_bounded(value.ty), value.facts.as_constant()) {
            return Ok(Form::constant(constant.clone()));
        }
        if self.depth >= self.most_depth {
            return Ok(self.deep(id).into());
        }
        let form = self.body(id, value)?;
        self.values.insert(id, form.clone());
        Ok(form)
    }

    fn body(&mut self, id: ValueId, value: &'a Value) -> Step<Form> {
        let (exact, facts) = match &value.body {
            Body::Expr(expr) => (self.form(expr)?, &expr.facts),
            Body::Share { ladder, column } => (self.divided_share(*ladder, *column)?, &value.facts),
            Body::Remainder { ladder } => (self.remainder(*ladder, id)?, &value.facts),
        };
        match &value.rounding {
            Some(rounding) => self.round(exact, rounding, facts),
            None => Ok(exact),
        }
    }

    fn divided_share(&mut self, ladder: LadderId, column: usize) -> Step<Form> {
        let subject = self.subject(ladder)?;
        self.share(ladder, column, &subject).map(Form::from)
    }

    fn remainder(&mut self, ladder: LadderId, id: ValueId) -> Step<Form> {
        let mut rest = self.subject(ladder)?;
        let program = self.program;
        for other in program.ladder(ladder).map_or(&[][..], |ladder| &ladder.columns) {
            if *other != id {
                let other = self.value(*other)?;
                rest = rest.sub(&self.linear(&other)?);
            }
        }
        Ok(rest.into())
    }

    /// A value that is too deep to follow.
    pub(super) fn deep(&mut self, id: ValueId) -> Linear {
        match self.program.value(id) {
            Some(value) => self.opaque(Opaque::Value(id), &value.facts).0,
            None => Linear::default(),
        }
    }

    fn sum(&mut self, left: Form, right: Form) -> Step<Form> {
        Ok(match (left, right) {
            (Form { numer: left, denom: None }, Form { numer: right, denom: None }) => left.add(&right).into(),
            (Form { numer: left, denom: Some(one) }, Form { numer: right, denom: Some(other) }) if one == other => {
                Form { numer: left.add(&right), denom: Some(one) }
            }
            (Form { numer, denom: Some(denom) }, Form { numer: whole, denom: None })
            | (Form { numer: whole, denom: None }, Form { numer, denom: Some(denom) })
                if self.fixed(&whole).is_some() =>
            {
                let whole = self.fixed(&whole).unwrap_or_else(BigRational::zero);
                Form { numer: numer.add(&denom.clone().scale(&whole)), denom: Some(denom) }
            }
            (left, right) => {
                let left = self.linear(&left)?;
                left.add(&self.linear(&right)?).into()
            }
        })
    }

    fn product(&mut self, left: Form, right: Form, facts: &Facts) -> Step<Form> {
        for (one, other) in [(&left, &right), (&right, &left)] {
            if let (None, Some(factor)) = (&one.denom, self.fixed(&one.numer)) {
                let denom = other.denom.clone().filter(|_| !factor.is_zero());
                return Ok(Form { numer: other.numer.clone().scale(&factor), denom });
            }
            // The divisor times the quotient.
            if one.denom.is_none() && other.denom.as_ref() == Some(&one.numer) {
                return Ok(other.numer.clone().into());
            }
        }
        let left = self.linear(&left)?;
        let right = self.linear(&right)?;
        Ok(self.multiply(left, right, facts)?.into())
    }

    fn quotient(&mut self, left: Form, right: Form, facts: &Facts) -> Step<Form> {
        if let Some(divisor) = right.as_constant() {
            if divisor.is_zero() {
                return Err(Stop::Never);
            }
            return Ok(Form { numer: left.numer.scale(&divisor.recip()), denom: left.denom });
        }
        let mut numer = left;
        let divisor = match right.denom {
            None => {
                if facts.low.is_positive() {
                    self.require(&Linear::constant(facts.low.clone()).sub(&right.numer), Sign::NotPositive)?;
                }
                right.numer
            }
            // By a quotient: times its divisor, by its numerator.
            Some(denom) => {
                let unknown =
                    Facts { grid: Grid::Free, ..self.facts_of(&denom).multiply(&self.facts_of(&numer.numer)) };
                numer = self.product(numer, denom.into(), &unknown)?;
                right.numer
            }
        };
        let (low, high) = self.range(&divisor);
        let ways: Vec<bool> = [(high.is_positive(), true), (low.is_negative(), false)]
            .into_iter()
            .filter(|(can_be, _)| *can_be)
            .map(|(_, is_positive)| is_positive)
            .collect();
        let choice = self.choose(ways.len())?;
        let is_positive = *ways.get(choice).ok_or(Stop::Never)?;
        let divisor = if is_positive { divisor } else { divisor.negate() };
        self.require(&divisor.clone().negate(), Sign::Negative)?;
        if !is_positive {
            numer.numer = numer.numer.negate();
        }
        if let Some(divisor) = self.fixed(&divisor) {
            return Ok(Form { numer: numer.numer.scale(&divisor.recip()), denom: numer.denom });
        }
        let numer = self.linear(&numer)?;
        if let Some(factor) = numer.ratio_to(&divisor) {
            return Ok(Form::constant(factor));
        }
        Ok(Form { numer, denom: Some(divisor) })
    }

    /// What the bounds say of a form.
    pub(super) fn facts_of(&self, form: &Linear) -> Facts {
        let (low, high) = self.range(form);
        Facts { low, high, grid: Grid::Free }
    }

    /// A linear form that has the value: a quotient becomes a real variable.
    pub(super) fn linear(&mut self, form: &Form) -> Step<Linear> {
        let Some(denom) = &form.denom else { return Ok(form.numer.clone()) };
        self.divide(&form.numer, denom)
    }

    fn extreme(&mut self, args: &'a [Expr], least: bool) -> Step<Form> {
        let zero = BigRational::zero();
        let best = if least {
            args.iter().map(|arg| &arg.facts.high).min().unwrap_or(&zero)
        } else {
            args.iter().map(|arg| &arg.facts.low).max().unwrap_or(&zero)
        };
        // The others can never be it.
        let args = args.iter().filter(|arg| if least { arg.facts.low <= *best } else { arg.facts.high >= *best });
        let mut forms = Vec::new();
        for arg in args {
            let form = self.form(arg)?;
            if !forms.contains(&form) {
                forms.push(form);
            }
        }
        let choice = self.choose(forms.len())?;
        let chosen = forms.get(choice).cloned().ok_or(Stop::Never)?;
        for (at, form) in forms.iter().enumerate() {
            if at != choice {
                let comparison =
                    if least { fen_grammar::tree::Comparison::Le } else { fen_grammar::tree::Comparison::Ge };
                self.relate(comparison, &chosen, form)?;
            }
        }
        Ok(chosen)
    }

    /// A multiple of the step less than a step away, or at most half a step where the mode says so.
    fn round(&mut self, exact: Form, rounding: &Rounding, facts: &Facts) -> Step<Form> {
        let step = &rounding.step;
        if facts.grid.is_on(step) {
            return Ok(exact);
        }
        let exact = self.linear(&exact)?;
        let rounded = facts.round(step);
        let (form, is_new) = self.opaque(
            Opaque::Rounded(exact.clone(), rounding.clone()),
            &Facts { grid: Grid::Step(step.clone()), ..rounded },
        );
        if !is_new {
            return Ok(form.into());
        }
        // Above is how far the result may lie above the exact value, below how far under it.
        let half = step / BigInt::from(2);
        let (whole, none) = ((step.clone(), Sign::Negative), (BigRational::zero(), Sign::NotPositive));
        let (low, high) = self.range(&exact);
        let (above, below) = match (rounding.mode, !low.is_negative(), !high.is_positive()) {
            (HalfUp, true, _) => ((half.clone(), Sign::NotPositive), (half, Sign::Negative)),
            (HalfUp, _, true) => ((half.clone(), Sign::Negative), (half, Sign::NotPositive)),
            (HalfUp | HalfEven, ..) => ((half.clone(), Sign::NotPositive), (half, Sign::NotPositive)),
            (Down, true, _) | (Up, _, true) => (none, whole),
            (Down, _, true) | (Up, true, _) => (whole, none),
            (Down | Up, ..) => (whole.clone(), whole),
        };
        let difference = form.clone().sub(&exact);
        self.require(&difference.clone().sub(&Linear::constant(above.0)), above.1)?;
        self.require(&difference.negate().sub(&Linear::constant(below.0)), below.1)?;
        Ok(form.into())
    }
}

fn constant(facts: &Facts) -> Step<Form> {
    Ok(Form::constant(facts.low.clone()))
}

fn negative(form: Form) -> Form {
    Form { numer: form.numer.negate(), denom: form.denom }
}
