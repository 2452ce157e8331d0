//! The parts of a definition: what a trace tells of each.

use fen_schema::trace::{Branch, Form, Node, Point};

use super::kinds::of_age;
use super::tables::{Told, companion, day};
use super::written::{target, written};
use super::{Detail, Tracer, number, point, rounding};
use crate::check::program::{Alternative, Body, Expr, ExprKind, Input, Program, Role, Value};
use crate::ids::{InputId, LadderId, ParameterId, Symbol, TableId, ValueId};
use crate::lower::tracing::{Tracing, Untold};

/// The most parts of a phase that a trace tells of.
pub(super) const MOST_NODES: usize = 8_000;

/// Parts that lie deeper are not told: hosts read the section with a limit of their own.
const DEEPEST: usize = 24;

/// The parts of the definitions of one phase.
pub(super) struct Nodes<'n, 't, 'a> {
    pub(super) tracer: &'n mut Tracer<'t>,
    /// The program of the phase.
    pub(super) own: &'n Program,
    pub(super) order: &'n [ValueId],
    pub(super) tracing: &'n mut Tracing<'a>,
    pub(super) detail: Detail,
    /// How many more parts may be told.
    pub(super) left: &'n mut usize,
}

type Outcome = Result<Node, Untold>;

impl Nodes<'_, '_, '_> {
    /// How a definition is computed.
    pub(super) fn body(&mut self, id: ValueId, value: &Value) -> Outcome {
        match &value.body {
            Body::Expr(expr) if self.detail == Detail::Definitions => self.reads(expr),
            Body::Expr(expr) => self.expr(expr, 0),
            Body::Share { ladder, column } => {
                let at = point(self.tracing.exact(id)?);
                let amount = self.subject(*ladder)?;
                self.tiers((String::new(), value.ty, at), *ladder, *column, (None, amount))
            }
            Body::Remainder { ladder } => {
                let at = point(self.tracing.exact(id)?);
                let mut parts = vec![self.subject(*ladder)?];
                let columns = self.own.ladder(*ladder).map(|ladder| ladder.columns.clone()).unwrap_or_default();
                for other in columns.into_iter().filter(|other| *other != id) {
                    parts.push(self.symbol(Symbol::Value(other))?);
                }
                let tiers = self.tiers_of_remainder(id, value, *ladder)?;
                self.node(String::new(), value.ty, at, Form::Remainder { parts, tiers })
            }
        }
    }

    /// What the rows give the one that takes what the others leave.
    fn tiers_of_remainder(
        &mut self,
        id: ValueId,
        value: &Value,
        ladder: LadderId,
    ) -> Result<Option<Box<Node>>, Untold> {
        let columns = self.own.ladder(ladder).map(|ladder| ladder.columns.as_slice()).unwrap_or_default();
        let Some(column) = columns.iter().position(|column| *column == id) else { return Ok(None) };
        let at = point(self.tracing.yielded(ladder, column)?);
        let amount = self.subject(ladder)?;
        let told = self.tiers((String::new(), value.ty, at), ladder, column, (None, amount))?;
        Ok(Some(Box::new(told)))
    }

    fn node(&mut self, text: String, ty: crate::check::types::Type, at: Point, form: Form) -> Outcome {
        *self.left = self.left.checked_sub(1).ok_or(Untold)?;
        let read = match &form {
            Form::Import { import } => usize::try_from(*import).ok().and_then(|place| self.own.inputs.get(place)),
            _ => None,
        };
        let kind = match read {
            Some(input) => self.tracer.kinds.of_input(input),
            None => self.tracer.kinds.of(ty),
        };
        Ok(Node { text, kind, at, form })
    }

    /// An input that is counted in years of age.
    fn age(&self, expr: &Expr) -> Option<&Input> {
        let ExprKind::Input(id) = expr.kind else { return None };
        self.own.input(id).filter(|input| self.tracer.kinds.is_age(input))
    }

    /// Only what an expression reads.
    fn reads(&mut self, expr: &Expr) -> Outcome {
        let mut found = Vec::new();
        read(expr, &mut found);
        let parts = found.into_iter().map(|expr| self.expr(expr, 0)).collect::<Result<_, _>>()?;
        let at = point(self.tracing.expr(expr)?);
        let form = operation("computed", parts);
        self.node(self.text(expr), expr.ty, at, form)
    }

    fn expr(&mut self, expr: &Expr, depth: usize) -> Outcome {
        let at = point(self.tracing.expr(expr)?);
        let text = self.text(expr);
        let form = if depth > DEEPEST { operation("computed", Vec::new()) } else { self.form(expr, depth + 1)? };
        self.node(text, expr.ty, at, form)
    }

    fn text(&self, expr: &Expr) -> String {
        written(&self.tracer.texts, self.tracer.program.lang, expr)
    }

    fn form(&mut self, expr: &Expr, depth: usize) -> Result<Form, Untold> {
        let operator = match &expr.kind {
            ExprKind::Constant(_) => {
                let name = self.tracer.texts.line(expr.span);
                return Ok(Form::Constant { citations: self.tracer.clauses.of_rule(&name) });
            }
            ExprKind::Input(id) => return Ok(Form::Import { import: number(id.0) }),
            ExprKind::Parameter(id) => return Ok(self.parameter(*id)),
            ExprKind::Value(id) => return self.definition(*id),
            ExprKind::Known(id) => return Ok(Form::Known { import: number(id.0) }),
            ExprKind::Cases(cases, last) => return self.choice(expr, cases, last, depth),
            ExprKind::Lookup { table, keys, .. } => return self.lookup(*table, keys, depth),
            ExprKind::HasRow { table, keys } => {
                self.note_keys(*table, keys);
                return Ok(Form::HasRow { table: number(table.0), keys: self.all(keys, depth)? });
            }
            ExprKind::Apply(ladder, amount) => {
                let told = self.expr(amount, depth)?;
                let at = Point::Constant(String::new());
                let node = self.tiers((String::new(), expr.ty, at), *ladder, 0, (Some(amount), told))?;
                return Ok(node.form);
            }
            ExprKind::Round(inner, how) => {
                let parts = vec![self.expr(inner, depth)?];
                let rounding = Some(rounding(how));
                return Ok(Form::Operation { operator: "round".into(), parts, rounding, later: None });
            }
            ExprKind::AddMonths { date, months, later } => return self.months(date, months, *later, depth),
            ExprKind::Min(parts) if let Some(limited) = clamped(expr, parts) => {
                let parts = limited.into_iter().map(|part| self.expr(part, depth)).collect::<Result<_, _>>()?;
                return Ok(operation("clamp", parts));
            }
            ExprKind::Negate(_) => "negate",
            ExprKind::Add(..) => "add",
            ExprKind::Sub(..) => "sub",
            ExprKind::Mul(..) => "mul",
            ExprKind::Div(..) => "div",
            ExprKind::Max(_) => "max",
            ExprKind::Min(_) => "min",
            ExprKind::Compare(..) => "compare",
            ExprKind::And(..) => "and",
            ExprKind::Or(..) => "or",
            ExprKind::Not(_) => "not",
            ExprKind::FullMonths { .. } => "full_months",
        };
        let mut parts = Vec::new();
        joined(expr, &expr.kind, &mut parts);
        let parts = parts.into_iter().map(|part| self.expr(part, depth)).collect::<Result<_, _>>()?;
        Ok(operation(operator, parts))
    }

    /// Months are told as they are written, not as they are counted.
    fn months(&mut self, date: &Expr, months: &Expr, later: bool, depth: usize) -> Result<Form, Untold> {
        let (by, is_less) = match &months.kind {
            ExprKind::Mul(by, factor) if by.span == months.span => {
                (&**by, factor.facts.high < num_rational::BigRational::default())
            }
            _ => (months, false),
        };
        let parts = vec![self.expr(date, depth)?, self.expr(by, depth)?];
        let operator = if is_less { "sub_months" } else { "add_months" };
        Ok(Form::Operation { operator: operator.into(), parts, rounding: None, later: Some(later) })
    }

    fn parameter(&mut self, id: ParameterId) -> Form {
        // A cell of a table is called like it, with its key in brackets.
        let name = self.own.parameter(id).map(|parameter| parameter.name.as_str()).unwrap_or_default();
        let rule = name.split('[').next().unwrap_or_default();
        Form::Parameter { parameter: number(id.0), citations: self.tracer.clauses.of_rule(rule) }
    }

    fn all(&mut self, exprs: &[Expr], depth: usize) -> Result<Vec<Node>, Untold> {
        exprs.iter().map(|expr| self.expr(expr, depth)).collect()
    }

    fn definition(&self, id: ValueId) -> Result<Form, Untold> {
        let place = self.order.iter().position(|known| *known == id).ok_or(Untold)?;
        Ok(Form::Definition { definition: number(place) })
    }

    fn symbol(&mut self, symbol: Symbol) -> Outcome {
        let at = point(self.tracing.symbol(symbol)?);
        let name = self.own.name_of(symbol).unwrap_or_default();
        let (ty, form) = match symbol {
            Symbol::Input(InputId(at)) => {
                (self.own.inputs.get(at).ok_or(Untold)?.ty, Form::Import { import: number(at) })
            }
            Symbol::Parameter(ParameterId(at)) => {
                (self.own.parameters.get(at).ok_or(Untold)?.ty, self.parameter(ParameterId(at)))
            }
            Symbol::Value(id) => (self.own.value(id).ok_or(Untold)?.ty, self.definition(id)?),
        };
        self.node(name, ty, at, form)
    }

    /// The amount that a ladder without a name divides.
    fn subject(&mut self, ladder: LadderId) -> Outcome {
        let subject = self.own.ladder(ladder).and_then(|ladder| ladder.subject).ok_or(Untold)?;
        self.symbol(subject)
    }

    fn tiers(
        &mut self,
        (text, ty, at): (String, crate::check::types::Type, Point),
        id: LadderId,
        column: usize,
        (amount, told): (Option<&Expr>, Node),
    ) -> Outcome {
        let ladder = self.own.ladder(id).ok_or(Untold)?;
        let base = ladder.base.as_ref().map(|base| self.expr(base, 1)).transpose()?.map(Box::new);
        let version = point(self.tracing.version(ladder)?);
        let rows: usize = ladder.versions.iter().map(|version| version.rows.len()).sum();
        *self.left = self.left.checked_sub(rows).ok_or(Untold)?;
        let slices = self.tracing.slices(id, column, amount)?;
        // Those of a ladder on a subject are the definition's.
        let citations = if amount.is_some() { self.tracer.clauses.of_tiers(id) } else { Vec::new() };
        let slices = slices.into_iter().map(|rows| rows.into_iter().map(|row| row.map(point)).collect()).collect();
        let (ladder, column) = (number(id.0), number(column));
        let form = Form::Tiers { ladder, column, amount: Box::new(told), base, citations, version, slices };
        self.node(text, ty, at, form)
    }

    fn lookup(&mut self, table: TableId, keys: &[Expr], depth: usize) -> Result<Form, Untold> {
        self.note_keys(table, keys);
        let told = self.own.table(table).map_or(Told::Nothing, Told::of);
        let found = match told {
            Told::Nothing => None,
            Told::Place | Told::Date => Some(point(self.tracing.lookup(companion(self.own, table), keys)?)),
        };
        let (row, from) = if told == Told::Place { (found, None) } else { (None, found) };
        Ok(Form::Lookup { table: number(table.0), keys: self.all(keys, depth)?, row, from })
    }

    fn note_keys(&mut self, table: TableId, keys: &[Expr]) {
        let types = keys.iter().map(|key| (key.ty, self.age(key).is_some())).collect();
        if let Some(known) = self.tracer.keys.get_mut(table.0) {
            *known = types;
        }
    }

    fn choice(&mut self, expr: &Expr, cases: &[(Expr, Expr)], last: &Expr, depth: usize) -> Result<Form, Untold> {
        let conditions: Vec<&Expr> = cases.iter().map(|(condition, _)| condition).collect();
        let taken = point(self.tracing.first_true(&conditions)?);
        let known = super::choice(self.own, expr).cloned();
        let mut branches = Vec::new();
        let alternatives = cases.iter().map(|(when, then)| (Some(when), then)).chain([(None, last)]);
        for (at, (when, then)) in alternatives.enumerate() {
            let note = known.as_ref().and_then(|known| known.alternatives.get(at));
            let has_condition = note.is_some_and(|note| note.role != Role::Row);
            let written = when.and_then(|when| target(&self.tracer.texts, self.tracer.program.lang, when));
            let mut when = when.filter(|_| has_condition).map(|when| self.expr(when, depth)).transpose()?;
            if note.is_some_and(|note| note.role == Role::Met)
                && let (Some(when), Some(written)) = (&mut when, written)
            {
                when.text = written;
            }
            let citations = note.map(|note| self.tracer.clauses.of_alternative(note)).unwrap_or_default();
            branches.push(branch(note, citations, when, self.expr(then, depth)?));
        }
        let known = known.as_ref();
        if known.and_then(|known| known.subject.as_ref()).is_some_and(|subject| self.age(subject).is_some()) {
            branches.iter_mut().for_each(|branch| branch.label = of_age(&branch.label));
        }
        let mut told = |expr: Option<&Expr>| expr.map(|expr| self.expr(expr, depth).map(Box::new)).transpose();
        let subject = told(known.and_then(|known| known.subject.as_ref()))?;
        let base = told(known.and_then(|known| known.base.as_ref()))?;
        Ok(Form::Choice { taken, subject, base, branches })
    }
}

fn branch(note: Option<&Alternative>, citations: Vec<u32>, when: Option<Node>, then: Node) -> Branch {
    let role = match note.map(|note| note.role) {
        Some(Role::Case) => "case",
        Some(Role::Otherwise) => "otherwise",
        Some(Role::Exception) => "exception",
        Some(Role::Rule) => "rule",
        Some(Role::Row) => "row",
        Some(Role::Met) => "met",
        Some(Role::Missed) => "missed",
        Some(Role::NotApplicable) => "not_applicable",
        None => "value",
    };
    Branch {
        role: role.to_owned(),
        label: note.map(|note| super::kinds::text(&note.label)).unwrap_or_default(),
        from: note.and_then(|note| note.from).map(day),
        citations,
        when,
        then,
    }
}

fn operation(operator: &str, parts: Vec<Node>) -> Form {
    Form::Operation { operator: operator.into(), parts, rounding: None, later: None }
}

/// A value with its least and its greatest, if `clamp` limits it: the least of two, one of which is the greatest of two and
/// stands in the same place.
fn clamped<'e>(expr: &Expr, parts: &'e [Expr]) -> Option<[&'e Expr; 3]> {
    let [raised, high] = parts else { return None };
    match &raised.kind {
        ExprKind::Max(inner) if raised.span == expr.span => match inner.as_slice() {
            [value, low] => Some([value, low, high]),
            _ => None,
        },
        _ => None,
    }
}

/// The operands of an operation; those of equal ones inside it if the order in which they are joined does not matter.
fn joined<'e>(expr: &'e Expr, outer: &ExprKind, parts: &mut Vec<&'e Expr>) {
    let is_joined = match outer {
        ExprKind::Add(..) | ExprKind::And(..) | ExprKind::Or(..) | ExprKind::Mul(..) => {
            std::mem::discriminant(&expr.kind) == std::mem::discriminant(outer)
        }
        _ => false,
    };
    for part in expr.parts() {
        if is_joined && std::mem::discriminant(&part.kind) == std::mem::discriminant(outer) {
            joined(part, outer, parts);
        } else {
            parts.push(part);
        }
    }
}

/// What an expression reads, each once.
fn read<'e>(expr: &'e Expr, found: &mut Vec<&'e Expr>) {
    let is_read = matches!(expr.kind, ExprKind::Input(_) | ExprKind::Parameter(_) | ExprKind::Value(_));
    if is_read && !found.contains(&expr) {
        found.push(expr);
    }
    expr.parts().into_iter().for_each(|part| read(part, found));
}
