//! Definitions: one expression, or cases, and the exceptions to them.

use std::collections::BTreeSet;

use fen_grammar::diagnostic::Text;
use fen_grammar::source::Span;
use fen_grammar::tree::{Name, Quoted};

use super::program::{Alternative, Choice, Expr, ExprKind, Role};
use super::types::Type;
use super::{Checker, errors};
use crate::ids::ValueId;
use crate::resolve::program::{self as resolved, Case, Exception, ValueBody};

impl Checker<'_> {
    /// The value of a definition with its exceptions.
    pub(super) fn definition(&mut self, value: &resolved::Value) -> Option<Expr> {
        if value.exceptions.is_empty() {
            return self.ordinary(value);
        }
        self.exceptions(value)
    }

    /// The value without its exceptions.
    fn ordinary(&mut self, value: &resolved::Value) -> Option<Expr> {
        match &value.body {
            ValueBody::Expr(expr) => self.expr(expr),
            ValueBody::Cases(cases, otherwise) => self.cases(value, cases, otherwise.as_deref()),
            ValueBody::Share(_) | ValueBody::Grant(_) | ValueBody::Running(_) | ValueBody::Part(_) => None,
        }
    }

    /// `when …: … otherwise: …`: in order, complete, none of them idle.
    fn cases(&mut self, value: &resolved::Value, cases: &[Case], otherwise: Option<&Case>) -> Option<Expr> {
        let depth = self.path.len();
        let mut checked: Vec<(Expr, Expr)> = Vec::new();
        let mut notes = Vec::new();
        let mut wanted: Option<Type> = None;
        let mut is_whole = true;
        for case in cases {
            let condition = case.condition.as_ref().and_then(|condition| self.condition(condition));
            let Some(condition) = condition else {
                is_whole = false;
                let _ = self.expr_as(&case.value, wanted);
                continue;
            };
            if is_whole && self.has_to_apply(case.span) && self.never(&condition) {
                self.report(errors::idle_case(case.span, checked.is_empty()));
            }
            let expr = self.under(condition.clone(), |checker| checker.expr_as(&case.value, wanted));
            self.path.push(condition.clone().negated());
            match expr {
                Some(expr) => {
                    wanted = wanted.or(Some(expr.ty));
                    checked.push((condition, expr));
                    notes.push(noted(Role::Case, case.cite.as_ref()));
                }
                None => is_whole = false,
            }
        }
        let last = match otherwise {
            Some(case) => {
                if is_whole && self.has_to_apply(case.span) && self.nowhere() {
                    self.report(errors::idle_otherwise(case.span));
                }
                self.expr_as(&case.value, wanted)
            }
            None => {
                if is_whole {
                    let everything = Expr::truth(true, value.name.span);
                    if let Some(claim) = self.find(everything) {
                        self.report(errors::uncovered(&value.name, claim));
                    }
                }
                None
            }
        };
        self.path.truncate(depth);
        if !is_whole || (otherwise.is_some() && last.is_none()) {
            return None;
        }
        // Without `otherwise` the last case is what remains.
        let last = match last {
            Some(last) => {
                notes.push(noted(Role::Otherwise, otherwise.and_then(|case| case.cite.as_ref())));
                last
            }
            None => {
                let (condition, last) = checked.pop()?;
                let written = self.sources.slice(condition.span);
                notes.iter_mut().last()?.label = Text::new(written, written);
                last
            }
        };
        self.one_of(checked, last, value, notes)
    }

    /// A choice whose values are brought to one type.
    fn one_of(
        &mut self,
        cases: Vec<(Expr, Expr)>,
        last: Expr,
        value: &resolved::Value,
        notes: Vec<Alternative>,
    ) -> Option<Expr> {
        let mut joined = last;
        let mut unified = Vec::new();
        for (condition, expr) in cases {
            let (expr, last) = self.same_type(expr, joined, "choose between", "并列为取值")?;
            joined = last;
            unified.push((condition, expr));
        }
        let ty = joined.ty;
        for (_, expr) in &mut unified {
            expr.ty = ty;
        }
        let chosen = Expr::cases(unified, joined, value.name.span);
        self.note_choice(&chosen, (None, None), notes);
        Some(chosen)
    }

    /// Takes note of what the alternatives of a choice are, in its order; of rows also the amount that lies in one of them.
    pub(super) fn note_choice(
        &mut self,
        chosen: &Expr,
        (subject, base): (Option<&Expr>, Option<&Expr>),
        alternatives: Vec<Alternative>,
    ) {
        if let ExprKind::Cases(cases, _) = &chosen.kind
            && let Some((first, _)) = cases.first()
        {
            let (subject, base) = (subject.cloned(), base.cloned());
            let choice = Choice { span: chosen.span, first: first.span, subject, base, alternatives };
            self.program.choices.push(choice);
        }
    }

    /// Whether an alternative must apply to some claim. Those of a policy that is amended need not: what is amended may
    /// decide between them.
    fn has_to_apply(&self, alternative: Span) -> bool {
        self.sources.is_in_first(alternative)
    }

    fn nowhere(&self) -> bool {
        !self.path.is_empty() && self.never(&Expr::truth(true, Span::default()))
    }

    fn exceptions(&mut self, value: &resolved::Value) -> Option<Expr> {
        let before = self.overridden(value)?;
        let mut conditions: Vec<Expr> = Vec::new();
        for exception in &value.exceptions {
            conditions.extend(self.condition(&exception.condition));
        }
        if conditions.len() < value.exceptions.len() {
            return None;
        }
        let problems = self.diagnostics.len();
        self.exceptions_apart(value, &conditions, &before);
        // Of exceptions without an order none can be said to take what another would.
        let are_apart = self.diagnostics.len() == problems;
        // Those that override others come first; else the order of the source.
        let count = conditions.len();
        let mut order: Vec<usize> = Vec::new();
        while order.len() < count {
            let is_next = |at: &usize| {
                !order.contains(at) && (0..count).all(|other| order.contains(&other) || !before.contains(&(other, *at)))
            };
            order.push((0..count).find(is_next)?);
        }
        let depth = self.path.len();
        let mut cases: Vec<(Expr, Option<Expr>)> = Vec::new();
        let mut notes = Vec::new();
        for at in &order {
            let (Some(exception), Some(condition)) = (value.exceptions.get(*at), conditions.get(*at)) else { continue };
            if are_apart && self.has_to_apply(exception.span) && self.never(condition) {
                self.report(errors::idle_exception(exception.span));
            }
            let expr = self.under(condition.clone(), |checker| checker.expr(&exception.value));
            cases.push((condition.clone(), expr));
            let name = exception.name.as_ref().map(|name| name.text.as_str()).unwrap_or_default();
            let label = Text::new(name, name);
            notes.push(Alternative { label, ..noted(Role::Exception, exception.cite.as_ref()) });
            self.path.push(condition.clone().negated());
        }
        let last = self.ordinary(value);
        self.path.truncate(depth);
        let cases = cases.into_iter().map(|(condition, expr)| Some((condition, expr?)));
        notes.push(Alternative::new(Role::Rule));
        self.one_of(cases.collect::<Option<Vec<_>>>()?, last?, value, notes)
    }

    /// Which exception comes before which, by place, through any number of others.
    fn overridden(&mut self, value: &resolved::Value) -> Option<BTreeSet<(usize, usize)>> {
        let place = |name: &Name| {
            let is_it = |exception: &Exception| exception.name.as_ref().is_some_and(|known| known.text == name.text);
            value.exceptions.iter().position(is_it)
        };
        let mut before: BTreeSet<(usize, usize)> = BTreeSet::new();
        let mut is_whole = true;
        for (at, exception) in value.exceptions.iter().enumerate() {
            if let Some(name) = &exception.name
                && let Some(first) = place(name).filter(|first| *first < at)
                && let Some(earlier) = value.exceptions.get(first).and_then(|earlier| earlier.name.as_ref())
            {
                self.report(errors::exception_named_twice(name, earlier.span));
                is_whole = false;
            }
            for name in &exception.overrides {
                match place(name) {
                    Some(other) if other != at => {
                        before.insert((at, other));
                    }
                    _ => {
                        let known = value.exceptions.iter().filter_map(|known| known.name.as_ref());
                        let near = fen_grammar::diagnostic::nearest(&name.text, known.map(|name| name.text.as_str()));
                        self.report(errors::unknown_exception(name, near));
                        is_whole = false;
                    }
                }
            }
        }
        loop {
            let more: Vec<(usize, usize)> = before
                .iter()
                .flat_map(|(a, b)| before.iter().filter(move |(c, _)| b == c).map(move |(_, d)| (*a, *d)))
                .filter(|pair| !before.contains(pair))
                .collect();
            if more.is_empty() {
                break;
            }
            before.extend(more);
        }
        if let Some((at, _)) = before.iter().find(|(a, b)| a == b)
            && let Some(exception) = value.exceptions.get(*at)
        {
            self.report(errors::exceptions_in_circle(exception.span));
            return None;
        }
        is_whole.then_some(before)
    }

    /// No claim may meet two exceptions that have no order.
    fn exceptions_apart(&mut self, value: &resolved::Value, conditions: &[Expr], before: &BTreeSet<(usize, usize)>) {
        for (second, condition) in conditions.iter().enumerate() {
            for (first, earlier) in conditions.iter().enumerate().take(second) {
                if before.contains(&(first, second)) || before.contains(&(second, first)) {
                    continue;
                }
                let Some(claim) = self.find(earlier.clone().and(condition.clone())) else { continue };
                if let (Some(one), Some(other)) = (value.exceptions.get(first), value.exceptions.get(second)) {
                    self.report(errors::exceptions_overlap(&value.name, one, other, claim));
                }
            }
        }
    }

    /// When the value of an indicator exists.
    pub(super) fn indicator_guard(&mut self, id: ValueId) -> Option<Expr> {
        let resolved = self.resolved;
        let indicator = resolved.indicators.iter().find(|indicator| indicator.value == id)?;
        let guard = self.condition(indicator.guard.as_ref()?)?;
        self.guards.insert(id, guard.clone());
        Some(guard)
    }

    /// What ladders on this value count percents of.
    pub(super) fn base(
        &mut self,
        value: &resolved::Value,
        subject: Option<Type>,
        base: &resolved::Expr,
    ) -> Option<Expr> {
        let base = self.expr(base)?;
        if let Some(subject) = subject
            && base.ty != subject
        {
            let (name, span) = (value.name.clone(), base.span);
            let (subject, base) = (self.name_of(subject), self.name_of(base.ty));
            self.report(errors::BaseType { name, span, subject, base });
            return None;
        }
        Some(base)
    }
}

fn noted(role: Role, cite: Option<&Quoted>) -> Alternative {
    Alternative { clause: cite.map(|cite| cite.text.clone()), ..Alternative::new(role) }
}
