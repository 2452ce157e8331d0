//! Checked programs by hand.

use fen_grammar::diagnostic::{Lang, Text};
use fen_grammar::source::Span;
use fen_grammar::tree::{Comparison, RoundingMode};
use jiff::civil::{Date, date};
use num_bigint::BigInt;
use num_rational::BigRational;

use crate::check::program::*;
use crate::check::types::{Facts, Grid, Measure, Type, step_of};
use crate::ids::*;

pub(super) fn number(numer: i64, denom: i64) -> BigRational {
    BigRational::new(numer.into(), denom.into())
}

pub(super) fn day(year: i16, month: i8, of_month: i8) -> i64 {
    i64::from(days_of(date(year, month, of_month)))
}

pub(super) fn program() -> Program {
    Program {
        name: "test".into(),
        lang: Lang::En,
        title: None,
        titles: None,
        source: None,
        in_force: Some((Date::new(2022, 8, 1).unwrap(), None)),
        dated_by: None,
        enums: vec![],
        codes: vec![],
        inputs: vec![],
        parameters: vec![],
        tables: vec![],
        values: vec![],
        order: vec![],
        ladders: vec![],
        sites: vec![],
        outputs: vec![],
        grains: vec![Grain::rows()],
        claim: GrainId(0),
        links: vec![],
        splits: vec![],
        required: vec![],
        ordered_by: None,
        reversal: None,
        choices: vec![],
        invariants: vec![],
        examples: vec![],
        citations: vec![],
        clauses: Clauses::default(),
        places: crate::check::places::Places::default(),
    }
}

impl Program {
    fn add_input(&mut self, name: &str, ty: Type, scale: u32, facts: Facts, is_optional: bool) -> Expr {
        let id = InputId(self.inputs.len());
        let label = Text::new(name, name);
        self.inputs.push(Input {
            name: name.into(),
            label,
            ty,
            scale,
            is_optional,
            facts: facts.clone(),
            origin: Origin::Column,
            per: None,
        });
        expr(ty, ExprKind::Input(id), facts)
    }
    /// In yuan.
    pub(super) fn money(&mut self, name: &str, low: i64, high: i64) -> Expr {
        let facts = Facts::range(number(low, 1), number(high, 1), step_of(2));
        self.add_input(name, Type::MONEY, 2, facts, false)
    }
    pub(super) fn count(&mut self, name: &str, low: i64, high: i64) -> Expr {
        self.add_input(name, Type::NUMBER, 0, Facts::integers(low, high), false)
    }
    pub(super) fn flag(&mut self, name: &str) -> Expr {
        self.add_input(name, Type::Bool, 0, Facts::bool(), false)
    }
    pub(super) fn date(&mut self, name: &str) -> Expr {
        let facts = Facts::integers(day(1900, 1, 1), day(2100, 12, 31));
        self.add_input(name, Type::Date, 0, facts, false)
    }
    pub(super) fn text(&mut self, name: &str) -> Expr {
        let facts = Facts::integers(0, i64::try_from(self.codes.len()).unwrap() + 1);
        self.add_input(name, Type::Code, 0, facts, false)
    }
    pub(super) fn new_enum(&mut self, names: &[&str]) -> Type {
        let value = |name: &&str| EnumValue { name: (*name).into(), label: Text::new(*name, *name) };
        self.enums.push(Enum { name: "enum".into(), values: names.iter().map(value).collect() });
        Type::Enum(EnumId(self.enums.len() - 1))
    }
    pub(super) fn one_of(&mut self, name: &str, ty: Type) -> Expr {
        let Type::Enum(id) = ty else { panic!() };
        let count = i64::try_from(self.enums[id.0].values.len()).unwrap();
        self.add_input(name, ty, 0, Facts::integers(0, count - 1), false)
    }
    pub(super) fn optional(&mut self, of: &Expr) -> Expr {
        let ExprKind::Input(id) = of.kind else { panic!() };
        self.inputs[id.0].is_optional = true;
        expr(Type::Bool, ExprKind::Known(id), Facts::bool())
    }
    pub(super) fn define(&mut self, body: Expr, rounding: Option<Rounding>) -> Expr {
        let facts = rounding.as_ref().map_or(body.facts.clone(), |rounding| body.facts.round(&rounding.step));
        let ty = body.ty;
        self.add_value(ty, Body::Expr(Box::new(body)), rounding, facts)
    }
    pub(super) fn add_value(&mut self, ty: Type, body: Body, rounding: Option<Rounding>, facts: Facts) -> Expr {
        let id = ValueId(self.values.len());
        self.values.push(Value {
            name: "v".into(),
            span: Span::default(),
            ty,
            body,
            rounding,
            facts: facts.clone(),
            grain: None,
        });
        self.order.push(id);
        expr(ty, ExprKind::Value(id), facts)
    }
    /// Rows as keys, first day, cell in hundredths.
    pub(super) fn add_table(&mut self, keys: Vec<Key>, rows: &[(&[u32], Option<i64>, i64)]) -> TableId {
        let row = |(keys, from, cell): &(&[u32], Option<i64>, i64)| TableRow {
            keys: keys.to_vec(),
            from: from.map(|from| i32::try_from(from).unwrap()),
            cell: *cell,
        };
        let cells = || rows.iter().map(|row| row.2);
        let (low, high) = (cells().min().unwrap(), cells().max().unwrap());
        self.tables.push(Table {
            name: "table".into(),
            ty: Type::MONEY,
            scale: 2,
            keys,
            rows: rows.iter().map(row).collect(),
            facts: Facts::range(number(low, 100), number(high, 100), step_of(2)),
            is_total: false,
        });
        TableId(self.tables.len() - 1)
    }
    pub(super) fn looked_up(&self, table: TableId, keys: &[&Expr]) -> Expr {
        let keys = keys.iter().map(|key| (*key).clone()).collect();
        expr(Type::MONEY, ExprKind::Lookup { table, keys, site: None }, self.tables[table.0].facts.clone())
    }
}

pub(super) fn expr(ty: Type, kind: ExprKind, facts: Facts) -> Expr {
    Expr { span: Span::default(), ty, kind, facts }
}

pub(super) fn constant(ty: Type, value: BigRational) -> Expr {
    expr(ty, ExprKind::Constant(value.clone()), Facts::constant(&value))
}

pub(super) fn yuan(value: i64) -> Expr {
    constant(Type::MONEY, number(value, 1))
}

pub(super) fn bare(value: i64) -> Expr {
    constant(Type::NUMBER, number(value, 1))
}

fn boxed(expr: &Expr) -> Box<Expr> {
    Box::new(expr.clone())
}

pub(super) fn compare(left: &Expr, comparison: Comparison, right: &Expr) -> Expr {
    expr(Type::Bool, ExprKind::Compare(comparison, boxed(left), boxed(right)), Facts::bool())
}

pub(super) fn lt(left: &Expr, right: &Expr) -> Expr {
    compare(left, Comparison::Lt, right)
}
pub(super) fn le(left: &Expr, right: &Expr) -> Expr {
    compare(left, Comparison::Le, right)
}
pub(super) fn gt(left: &Expr, right: &Expr) -> Expr {
    compare(left, Comparison::Gt, right)
}
pub(super) fn ge(left: &Expr, right: &Expr) -> Expr {
    compare(left, Comparison::Ge, right)
}
pub(super) fn eq(left: &Expr, right: &Expr) -> Expr {
    compare(left, Comparison::Eq, right)
}
pub(super) fn ne(left: &Expr, right: &Expr) -> Expr {
    compare(left, Comparison::Ne, right)
}

/// `input is value` of an enum, a code or a date.
pub(super) fn is(left: &Expr, ordinal: i64) -> Expr {
    eq(left, &constant(left.ty, number(ordinal, 1)))
}

pub(super) fn and(left: &Expr, right: &Expr) -> Expr {
    expr(Type::Bool, ExprKind::And(boxed(left), boxed(right)), Facts::bool())
}
pub(super) fn or(left: &Expr, right: &Expr) -> Expr {
    expr(Type::Bool, ExprKind::Or(boxed(left), boxed(right)), Facts::bool())
}
pub(super) fn not(inner: &Expr) -> Expr {
    expr(Type::Bool, ExprKind::Not(boxed(inner)), Facts::bool())
}
pub(super) fn all(parts: &[Expr]) -> Expr {
    parts[1..].iter().fold(parts[0].clone(), |left, right| and(&left, right))
}
pub(super) fn none(parts: &[Expr]) -> Expr {
    all(&parts.iter().map(not).collect::<Vec<_>>())
}

pub(super) fn add(left: &Expr, right: &Expr) -> Expr {
    expr(left.ty, ExprKind::Add(boxed(left), boxed(right)), left.facts.add(&right.facts))
}
pub(super) fn sub(left: &Expr, right: &Expr) -> Expr {
    expr(left.ty, ExprKind::Sub(boxed(left), boxed(right)), left.facts.add(&right.facts.negate()))
}
pub(super) fn mul(left: &Expr, right: &Expr) -> Expr {
    expr(left.ty, ExprKind::Mul(boxed(left), boxed(right)), left.facts.multiply(&right.facts))
}
pub(super) fn div(left: &Expr, right: &Expr) -> Expr {
    let facts = left.facts.divide(&right.facts).unwrap();
    expr(Type::RATE, ExprKind::Div(boxed(left), boxed(right)), facts)
}
pub(super) fn max(left: &Expr, right: &Expr) -> Expr {
    expr(left.ty, ExprKind::Max(vec![left.clone(), right.clone()]), left.facts.max(&right.facts))
}
pub(super) fn min(left: &Expr, right: &Expr) -> Expr {
    expr(left.ty, ExprKind::Min(vec![left.clone(), right.clone()]), left.facts.min(&right.facts))
}
pub(super) fn cases(cases: &[(&Expr, &Expr)], last: &Expr) -> Expr {
    let facts = cases.iter().fold(last.facts.clone(), |facts, (_, value)| facts.either(&value.facts));
    let cases = cases.iter().map(|(condition, value)| ((*condition).clone(), (*value).clone())).collect();
    expr(last.ty, ExprKind::Cases(cases, boxed(last)), facts)
}
pub(super) fn to_fen(mode: RoundingMode) -> Rounding {
    Rounding { mode, step: step_of(2) }
}
pub(super) fn round(inner: &Expr, mode: RoundingMode) -> Expr {
    let rounding = to_fen(mode);
    let facts = inner.facts.round(&rounding.step);
    expr(inner.ty, ExprKind::Round(boxed(inner), rounding), facts)
}
pub(super) fn units(from: &Expr, to: &Expr, unit: u8) -> Expr {
    let ty = Type::Measure(if unit == 12 { Measure::YEARS } else { Measure::MONTHS });
    let facts = Facts::integers(-201 * i64::from(12 / unit), 201 * i64::from(12 / unit));
    expr(ty, ExprKind::FullMonths { from: boxed(from), to: boxed(to), unit }, facts)
}
pub(super) fn later(date: &Expr, months: i64) -> Expr {
    let facts = date.facts.add(&Facts::integers(-31 * months.abs(), 31 * months.abs()));
    let months = Box::new(constant(Type::Measure(Measure::MONTHS), number(months, 1)));
    expr(Type::Date, ExprKind::AddMonths { date: boxed(date), months, later: false }, facts)
}
pub(super) fn scaled(part: (i64, i64), amount: &Expr) -> Expr {
    mul(amount, &constant(Type::RATE, number(part.0, part.1)))
}
pub(super) fn is_free(expr: &Expr) -> bool {
    expr.facts.grid == Grid::Free
}
pub(super) fn int(value: &BigRational) -> BigInt {
    value.to_integer()
}
