//! The normal form of what a policy says: two texts of one meaning have one form, whatever their layout, their language,
//! the order of what may be exchanged, and, under a mapping of names, their names.

use std::collections::{BTreeSet, HashMap, HashSet};

use fen_grammar::tree::{
    Aggregate, BaseUnit, BinaryOp, Bounds, Comparison, Edge, Expr, ExprKind, Function, Grain, Literal, LiteralKind,
    Quantity, Rounding, TypeBase, TypeRef, Unit, UnitKind,
};
use num_rational::BigRational;
use num_traits::{One, Signed, Zero};

/// What the names of one policy are called in the normal form.
#[derive(Clone, Debug, Default)]
pub(super) struct Names {
    /// What the policy itself calls things that have values.
    pub(super) own: HashSet<String>,
    /// Those of them that are called otherwise in the other policy.
    pub(super) symbols: HashMap<String, String>,
    pub(super) enums: HashMap<String, String>,
    /// Enum values.
    pub(super) values: HashMap<String, String>,
}

/// Things, each with values of which it must have one.
pub(super) type Needs = Vec<(String, BTreeSet<String>)>;

impl Names {
    /// A thing that has a value.
    pub(super) fn symbol<'a>(&'a self, name: &'a str) -> &'a str {
        self.symbols.get(name).map_or(name, String::as_str)
    }

    pub(super) fn value<'a>(&'a self, name: &'a str) -> &'a str {
        // `level.county`: the enum adds nothing.
        let name = name.rsplit('.').next().unwrap_or(name);
        self.values.get(name).map_or(name, String::as_str)
    }

    pub(super) fn type_name<'a>(&'a self, name: &'a str) -> &'a str {
        self.enums.get(name).map_or(name, String::as_str)
    }

    /// A name in an expression.
    fn any(&self, name: &str) -> String {
        if self.own.contains(name) {
            return self.symbol(name).to_owned();
        }
        match name.split_once('.') {
            Some((link, field)) if self.own.contains(link) => {
                format!("{}.{}", self.symbol(link), self.symbol(field))
            }
            _ => self.value(name).to_owned(),
        }
    }

    pub(super) fn expr(&self, expr: &Expr) -> String {
        match &expr.kind {
            ExprKind::Literal(literal) => self.literal(literal),
            ExprKind::Name(name) => self.any(name),
            ExprKind::Negate(_) | ExprKind::Binary(BinaryOp::Add | BinaryOp::Sub, ..) => self.sum(expr),
            ExprKind::Binary(BinaryOp::Mul | BinaryOp::Div, ..) => self.product(expr),
            ExprKind::Shift { date, by, subtract, direction } => {
                format!("shift({},{},{subtract},{direction:?})", self.expr(date), self.expr(by))
            }
            ExprKind::Call(function, args) => self.call(*function, args),
            ExprKind::Round(inner, mode, step) => {
                let step = step.as_ref().map(quantity);
                format!("round({},{mode:?},{step:?})", self.expr(inner))
            }
            ExprKind::Compare(comparison, left, right) => self.compare(*comparison, left, right, false),
            ExprKind::In(value, members) => {
                let mut members: Vec<String> = members.iter().map(|member| self.expr(member)).collect();
                members.sort();
                members.dedup();
                match members.as_slice() {
                    [only] => ordered("==", self.expr(value), only.clone()),
                    _ => format!("in({};{})", self.expr(value), members.join(",")),
                }
            }
            ExprKind::InTable(value, table) => format!("row({},{})", self.expr(value), self.symbol(&table.text)),
            ExprKind::Known(inner) => format!("known({})", self.expr(inner)),
            ExprKind::Not(inner) => match &inner.kind {
                ExprKind::Not(twice) => self.expr(twice),
                ExprKind::Compare(comparison, left, right) => self.compare(*comparison, left, right, true),
                _ => format!("not({})", self.expr(inner)),
            },
            ExprKind::And(..) => self.joined(expr, true),
            ExprKind::Or(..) => self.joined(expr, false),
            ExprKind::Lookup(table, keys) => {
                let keys: Vec<String> = keys.iter().map(|key| self.expr(key)).collect();
                format!("{}[{}]", self.symbol(&table.text), keys.join(","))
            }
            ExprKind::Apply(ladder, amount) => format!("{}({})", self.symbol(&ladder.text), self.expr(amount)),
            ExprKind::RowOf(ladder, amount) => {
                let amount = amount.as_ref().map(|amount| self.expr(amount)).unwrap_or_default();
                format!("rowof({},{amount})", self.symbol(&ladder.text))
            }
            ExprKind::Between(unit, from, to) => format!("between({unit:?},{},{})", self.expr(from), self.expr(to)),
            ExprKind::Aggregate(aggregate) => self.aggregate(aggregate),
        }
    }

    pub(super) fn aggregate(&self, aggregate: &Aggregate) -> String {
        let when = aggregate.when.as_ref().map(|when| self.expr(when)).unwrap_or_default();
        let per = aggregate.per.as_ref().map(|per| self.grain(per)).unwrap_or_default();
        format!("{:?}({};{when};{per})", aggregate.function, self.expr(&aggregate.of))
    }

    /// The words for claims and lines are those of the policy's language.
    pub(super) fn grain(&self, grain: &Grain) -> String {
        let word = |name: &str| match name {
            "单据" if !self.own.contains(name) => "claim".to_owned(),
            "明细" if !self.own.contains(name) => "line".to_owned(),
            _ => self.symbol(name).to_owned(),
        };
        let mut keys: Vec<String> = grain.keys.iter().map(|key| word(&key.text)).collect();
        keys.sort();
        format!("{}/{:?}", keys.join(","), grain.period.map(|(period, _)| period))
    }

    fn call(&self, function: Function, args: &[Expr]) -> String {
        let one = |at: usize| args.get(at).map(|arg| self.expr(arg)).unwrap_or_default();
        match function {
            Function::Max => self.extreme(Function::Max, "max", args),
            Function::Min => self.extreme(Function::Min, "min", args),
            Function::Clamp => {
                let mut inner = [one(0), one(1)];
                inner.sort();
                let mut outer = [format!("max({})", inner.join(",")), one(2)];
                outer.sort();
                format!("min({})", outer.join(","))
            }
        }
    }

    /// `max(a, max(b, c))` is `max(a, b, c)`.
    fn extreme(&self, function: Function, word: &str, args: &[Expr]) -> String {
        let mut parts = Vec::new();
        let mut open: Vec<&Expr> = args.iter().collect();
        while let Some(arg) = open.pop() {
            match &arg.kind {
                ExprKind::Call(inner, more) if *inner == function => open.extend(more),
                _ => parts.push(self.expr(arg)),
            }
        }
        parts.sort();
        parts.dedup();
        match parts.as_slice() {
            [only] => only.clone(),
            _ => format!("{word}({})", parts.join(",")),
        }
    }

    fn compare(&self, comparison: Comparison, left: &Expr, right: &Expr, negated: bool) -> String {
        let comparison = if negated { opposite(comparison) } else { comparison };
        let (left, right) = (self.expr(left), self.expr(right));
        match comparison {
            Comparison::Eq => ordered("==", left, right),
            Comparison::Ne => ordered("!=", left, right),
            Comparison::Lt => format!("({left}<{right})"),
            Comparison::Le => format!("({left}<={right})"),
            Comparison::Gt => format!("({right}<{left})"),
            Comparison::Ge => format!("({right}<={left})"),
        }
    }

    /// What a condition needs: values of which a thing must have one. What is not said so is left out.
    pub(super) fn needs(&self, condition: &Expr) -> Needs {
        let one = |value: &Expr, only: String| vec![(self.expr(value), BTreeSet::from([only]))];
        match &condition.kind {
            ExprKind::And(left, right) => [self.needs(left), self.needs(right)].concat(),
            ExprKind::Name(name) if self.own.contains(name) => one(condition, "true".to_owned()),
            ExprKind::Not(inner) if matches!(&inner.kind, ExprKind::Name(name) if self.own.contains(name)) => {
                one(inner, "false".to_owned())
            }
            ExprKind::In(value, members) if members.iter().all(|member| self.is_value(member)) => {
                vec![(self.expr(value), members.iter().map(|member| self.expr(member)).collect())]
            }
            ExprKind::Compare(Comparison::Eq, value, other) if self.is_value(other) => one(value, self.expr(other)),
            ExprKind::Compare(Comparison::Eq, other, value) if self.is_value(other) => one(value, self.expr(other)),
            _ => Vec::new(),
        }
    }

    /// Whether it is a value of its own: two that are written otherwise are two values.
    fn is_value(&self, expr: &Expr) -> bool {
        match &expr.kind {
            ExprKind::Literal(_) => true,
            ExprKind::Name(name) => {
                !self.own.contains(name) && name.split_once('.').is_none_or(|(link, _)| !self.own.contains(link))
            }
            _ => false,
        }
    }

    fn joined(&self, expr: &Expr, is_and: bool) -> String {
        let (mut parts, mut open) = (Vec::new(), vec![expr]);
        while let Some(part) = open.pop() {
            match &part.kind {
                ExprKind::And(left, right) if is_and => open.extend([&**left, &**right]),
                ExprKind::Or(left, right) if !is_and => open.extend([&**left, &**right]),
                _ => parts.push(self.expr(part)),
            }
        }
        parts.sort();
        parts.dedup();
        match parts.as_slice() {
            [only] => only.clone(),
            _ => format!("{}({})", if is_and { "and" } else { "or" }, parts.join(",")),
        }
    }

    /// Terms in order, constants of one unit added up.
    fn sum(&self, expr: &Expr) -> String {
        let mut terms: Vec<String> = Vec::new();
        let mut constants: HashMap<String, BigRational> = HashMap::new();
        let mut open = vec![(expr, false)];
        while let Some((term, negative)) = open.pop() {
            match &term.kind {
                ExprKind::Binary(BinaryOp::Add, left, right) => {
                    open.extend([(&**left, negative), (&**right, negative)])
                }
                ExprKind::Binary(BinaryOp::Sub, left, right) => {
                    open.extend([(&**left, negative), (&**right, !negative)])
                }
                ExprKind::Negate(inner) => open.push((inner, !negative)),
                ExprKind::Literal(LiteralKind::Quantity(one)) => {
                    let value = if negative { -one.value.clone() } else { one.value.clone() };
                    *constants.entry(unit(&one.unit)).or_insert_with(BigRational::zero) += value;
                }
                _ => terms.push(format!("{}{}", if negative { "-" } else { "+" }, self.expr(term))),
            }
        }
        terms.extend(constants.into_iter().filter(|(_, value)| !value.is_zero()).map(|(unit, value)| {
            let sign = if value.is_negative() { "-" } else { "+" };
            format!("{sign}{}{unit}", value.abs())
        }));
        terms.sort();
        format!("({})", terms.join(""))
    }

    /// Factors in order, numbers and percentages multiplied.
    fn product(&self, expr: &Expr) -> String {
        let (mut factors, mut constant): (Vec<String>, _) = (Vec::new(), BigRational::one());
        let mut open = vec![(expr, false)];
        while let Some((factor, below)) = open.pop() {
            match &factor.kind {
                ExprKind::Binary(BinaryOp::Mul, left, right) => open.extend([(&**left, below), (&**right, below)]),
                ExprKind::Binary(BinaryOp::Div, left, right) => open.extend([(&**left, below), (&**right, !below)]),
                ExprKind::Literal(LiteralKind::Quantity(one))
                    if one.unit.per.is_empty()
                        && matches!(one.unit.kind, UnitKind::None | UnitKind::Percent)
                        && !one.value.is_zero() =>
                {
                    constant = if below { constant / &one.value } else { constant * &one.value };
                }
                _ => factors.push(format!("{}{}", if below { "/" } else { "*" }, self.expr(factor))),
            }
        }
        factors.sort();
        if !constant.is_one() || factors.is_empty() {
            factors.insert(0, format!("*{constant}"));
        }
        format!("[{}]", factors.join(""))
    }

    fn literal(&self, literal: &LiteralKind) -> String {
        match literal {
            LiteralKind::Quantity(one) => quantity(one),
            LiteralKind::Date(date) => format!("{:04}-{:02}-{:02}", date.year, date.month, date.day),
            LiteralKind::Bool(is) => is.to_string(),
            LiteralKind::Name(name) => self.any(name),
            LiteralKind::Text(text) => format!("{text:?}"),
        }
    }

    /// A value of a table or a bound of a range.
    pub(super) fn written(&self, literal: &Literal) -> String {
        match &literal.kind {
            LiteralKind::Name(name) => self.value(name).to_owned(),
            kind => self.literal(kind),
        }
    }

    /// A range; `is_tier` says that a plain boundary belongs to the row that ends there.
    pub(super) fn bounds(&self, bounds: &Bounds, is_tier: bool) -> Range {
        let end =
            |own: &Option<Literal>, other: &Option<Literal>| own.as_ref().map(|own| self.bound(own, other.as_ref()));
        let edge = match bounds.edge {
            Edge::Plain if is_tier => Edge::UpTo,
            edge => edge,
        };
        // Whoever begins at a place takes what is left, so that the lower bound says nothing of its own.
        let high = end(&bounds.high, &bounds.low);
        Range { low: end(&bounds.low, &bounds.high), edge: high.is_some().then_some(edge.into()), high }
    }

    fn bound(&self, own: &Literal, other: Option<&Literal>) -> String {
        if let (LiteralKind::Quantity(own), Some(LiteralKind::Quantity(other))) =
            (&own.kind, other.map(|one| &one.kind))
            && own.unit.is_none()
            && !other.unit.is_none()
        {
            return format!("{}{}", &own.value * &other.scale, unit(&other.unit));
        }
        self.written(own)
    }

    pub(super) fn type_ref(&self, ty: &TypeRef) -> String {
        let base = match &ty.base {
            TypeBase::Word(word) => format!("{word:?}"),
            TypeBase::Name(name) => format!("enum {}", self.type_name(name)),
        };
        let step = ty.step.as_ref().map(quantity);
        format!("{base}{:?}{step:?}", ty.per)
    }
}

/// A range in normal form.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Range {
    pub(super) low: Option<String>,
    pub(super) high: Option<String>,
    edge: Option<EdgeKey>,
}

/// To whom an upper bound belongs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
enum EdgeKey {
    UpTo,
    Below,
    Plain,
}

impl From<Edge> for EdgeKey {
    fn from(edge: Edge) -> Self {
        match edge {
            Edge::Plain => Self::Plain,
            Edge::UpTo => Self::UpTo,
            Edge::Below => Self::Below,
        }
    }
}

pub(super) fn rounding(rounding: &Rounding) -> String {
    format!("{:?} {}", rounding.mode, quantity(&rounding.step))
}

pub(super) fn quantity(quantity: &Quantity) -> String {
    format!("{}{}", quantity.value, unit(&quantity.unit))
}

pub(super) fn unit(unit: &Unit) -> String {
    let kind = match unit.kind {
        UnitKind::None => "",
        UnitKind::Percent => "%",
        UnitKind::PercentagePoint => "pp",
        UnitKind::Of(BaseUnit::Yuan) => "yuan",
        UnitKind::Of(BaseUnit::Point) => "point",
        UnitKind::Of(BaseUnit::Day) => "day",
        UnitKind::Of(BaseUnit::Month) => "month",
        UnitKind::Of(BaseUnit::Year) => "year",
        UnitKind::Of(BaseUnit::Person) => "person",
        UnitKind::Of(BaseUnit::Case) => "case",
    };
    format!("{kind}{}", unit.per.iter().map(|per| format!("/{per:?}")).collect::<String>())
}

fn ordered(word: &str, left: String, right: String) -> String {
    let (left, right) = if left <= right { (left, right) } else { (right, left) };
    format!("({left}{word}{right})")
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

#[cfg(test)]
mod tests {
    use fen_grammar::tree::{DefinitionBody, ItemKind};

    use super::*;

    fn normal(text: &str) -> String {
        let (file, diagnostics) = fen_grammar::parse(&format!("x = {text}\n"));
        assert!(diagnostics.is_empty(), "{text}: {diagnostics:?}");
        let own = ["a", "b", "c", "t", "next"].map(str::to_owned).into();
        let names = Names { own, ..Names::default() };
        match &file.items[0].kind {
            ItemKind::Definition(definition) => match &definition.body {
                DefinitionBody::Expr(expr) => names.expr(expr),
                DefinitionBody::Cases(..) => String::new(),
            },
            _ => String::new(),
        }
    }

    #[test]
    fn what_means_the_same_has_one_form() {
        for (left, right) in [
            ("a + b - c", "b - c + a"),
            ("70% * a", "a * 0.7"),
            ("a * b / c", "(a / c) * b"),
            ("max(a, max(b, c))", "max(c, b, a)"),
            ("a > b", "b < a"),
            ("not a >= b", "a < b"),
            ("a == b and c", "c and b == a"),
            ("clamp(a, b, c)", "min(c, max(b, a))"),
            ("a is county", "a in (county)"),
            ("a in (up, down)", "a in (down, up)"),
            ("a is level.county", "a is county"),
            ("max(a - 1_000 yuan, 0 yuan)", "max(a - 500 yuan - 500 yuan, 0 yuan)"),
            ("a - (b - c)", "a + c - b"),
            ("10_000 yuan", "10000.00 yuan"),
            ("max(a, b)", "较大(b, a)"),
            ("a - 1万元", "a - 10_000元"),
        ] {
            assert_eq!(normal(left), normal(right), "{left} and {right}");
        }
    }

    #[test]
    fn what_means_something_else_has_another() {
        for (left, right) in [
            ("a - b", "b - a"),
            ("a / b", "b / a"),
            ("a > b", "a >= b"),
            ("5% + a", "5pp + a"),
            ("a and b or c", "a and (b or c)"),
            ("t[a, b]", "t[b, a]"),
            ("round(a down to 1 yuan)", "round(a up to 1 yuan)"),
            ("next.a known", "a known"),
            ("a is county", "a is not county"),
        ] {
            assert_ne!(normal(left), normal(right), "{left} and {right}");
        }
    }
}
