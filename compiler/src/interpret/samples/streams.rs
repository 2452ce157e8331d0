//! Programs that look beyond the row at hand.

use fen_grammar::tree::{Comparison, RoundingMode};
use num_rational::BigRational;

use super::{boolean, cases, compare, constant, div, expr, max, min, mul, number, program, ratio, sub, text};
use crate::check::program::{
    Enum, EnumValue, Expr, ExprKind, Function, Grain, Input, Key, Link, Origin, Output, Period, Program, Reversal,
    Rounding, Split, TableRow,
};
use crate::check::types::{Facts, Measure, Type, step_of};
use crate::ids::{EnumId, GrainId, InputId, LinkId, SplitId, TableId, ValueId};

/// The rows, as a grain.
pub(crate) const ROWS: GrainId = GrainId(0);

pub(crate) const YEAR: Period = Period::Year { month: 1, day: 1 };

/// The most that can be added up.
const INSTANCES: i64 = 999_999_999;

/// Half up.
fn to(decimals: u32) -> Option<Rounding> {
    Some(Rounding { mode: RoundingMode::HalfUp, step: step_of(decimals) })
}

fn yuan(high: i64) -> Facts {
    Facts::range(number(0), number(high), ratio(1, 100))
}

impl Program {
    pub(crate) fn with_id(&mut self, name: &str) -> InputId {
        self.with_input(name, Type::Id, 0, Facts::integers(0, i32::MAX.into()), false)
    }

    /// A date by which the policy goes.
    pub(crate) fn with_date(&mut self, name: &str) -> InputId {
        let id = self.with_input(name, Type::Date, 0, Facts::integers(0, 40_000), false);
        self.dated_by = Some(id);
        id
    }

    pub(crate) fn with_money(&mut self, name: &str) -> InputId {
        self.with_input(name, Type::MONEY, 2, yuan(10_000_000), false)
    }

    /// An input that is no column.
    pub(crate) fn with_import(
        &mut self,
        name: &str,
        (ty, scale): (Type, u32),
        facts: Facts,
        origin: Origin,
    ) -> InputId {
        let (name, label) = (name.to_owned(), text(name));
        let is_optional = match &origin {
            Origin::Field { .. } => true,
            Origin::Running { function, .. } | Origin::Total { function, .. } => {
                !matches!(function, Function::Sum | Function::Count)
            }
            _ => false,
        };
        self.inputs.push(Input { name, label, ty, scale, is_optional, facts, origin, per: None });
        InputId(self.inputs.len() - 1)
    }

    /// How an import takes its value from a value that is defined later.
    pub(crate) fn set_value(&mut self, id: InputId, set: ValueId) {
        match &mut self.inputs[id.0].origin {
            Origin::Running { value, .. } | Origin::Total { value, .. } | Origin::Field { value, .. } => *value = set,
            Origin::Column | Origin::Linked(_) | Origin::Part(_) => {}
        }
    }

    pub(crate) fn with_grain(&mut self, name: &str, keys: &[InputId], period: Option<Period>) -> GrainId {
        let (name, label) = (name.to_owned(), text(name));
        self.grains.push(Grain { name, label, keys: keys.to_vec(), period, is_row: false });
        GrainId(self.grains.len() - 1)
    }

    /// A value of a grain.
    pub(crate) fn with_value_of(
        &mut self,
        grain: GrainId,
        name: &str,
        body: Expr,
        rounding: Option<Rounding>,
    ) -> ValueId {
        let id = self.with_value(name, body, rounding);
        self.values[id.0].grain = Some(grain);
        id
    }

    /// The value that an input is.
    pub(crate) fn with_value_as(&mut self, input: InputId) -> ValueId {
        let (name, body) = (self.inputs[input.0].name.clone(), self.input_expr(input));
        self.with_value(&name, body, None)
    }

    pub(crate) fn with_output_of(&mut self, grain: GrainId, value: ValueId, scale: u32) {
        let name = format!("out{}", self.outputs.len());
        self.outputs.push(Output { label: text(&name), name, value, present: None, scale, grain });
    }

    pub(crate) fn with_link(&mut self, is_next: bool, grain: GrainId, when: Option<ValueId>) -> LinkId {
        let name = format!("link{}", self.links.len());
        self.links.push(Link { name, is_next, grain, when });
        LinkId(self.links.len() - 1)
    }

    pub(crate) fn with_split(&mut self, amount: ValueId, weight: ValueId, grain: GrainId, pool: GrainId) -> SplitId {
        let name = format!("split{}", self.splits.len());
        self.splits.push(Split { label: text(&name), name, amount, weight, grain, pool });
        SplitId(self.splits.len() - 1)
    }

    fn with_enum(&mut self, name: &str, values: &[&str]) -> Type {
        let values = values.iter().map(|name| EnumValue { name: (*name).to_owned(), label: text(name) });
        self.enums.push(Enum { name: name.to_owned(), values: values.collect() });
        Type::Enum(EnumId(self.enums.len() - 1))
    }

    /// A table with one key and one value for every of its ordinals.
    fn with_row_each(&mut self, (ty, scale): (Type, u32), key: Key, cells: &[i64]) -> TableId {
        let rows = cells.iter().zip(0..).map(|(cell, key)| TableRow { keys: vec![key], from: None, cell: *cell });
        self.with_table(ty, scale, vec![key], rows.collect())
    }

    /// A look-up of a column that may find nothing.
    fn lookup_or_reject(&mut self, table: TableId, column: InputId) -> Expr {
        let site = self.with_site(table, column);
        self.lookup(table, vec![self.input_expr(column)], Some(site))
    }
}

fn known(input: InputId) -> Expr {
    boolean(ExprKind::Known(input))
}

pub(crate) fn and(left: Expr, right: Expr) -> Expr {
    boolean(ExprKind::And(Box::new(left), Box::new(right)))
}

fn money(value: i64) -> Expr {
    let value = number(value);
    let facts = Facts::constant(&value);
    expr(Type::MONEY, ExprKind::Constant(value), facts)
}

/// A cap on what is paid over a year: `settled`, `person`, `rank` (0 to 2, else it is rejected), `eligible` gives `paid` and
/// `before`. The cap is 1500 yuan; rank 1 is paid by half, rank 2 not at all.
pub(crate) fn capped(period: Period) -> Program {
    let mut p = program();
    let settled = p.with_date("settled");
    let person = p.with_id("person");
    p.codes = ["r0", "r1", "r2"].map(str::to_owned).to_vec();
    let rank = p.with_input("rank", Type::Code, 0, Facts::integers(0, i32::MAX.into()), false);
    let eligible = p.with_money("eligible");
    p.ordered_by = Some(settled);
    let year = p.with_grain("person.year", &[person], Some(period));
    let origin = Origin::Running { function: Function::Sum, value: ValueId(0), when: None, over: ROWS, grain: year };
    let before = p.with_import("paid_before", (Type::MONEY, 2), yuan(1500 * INSTANCES), origin);
    let rates = p.with_row_each((Type::RATE, 2), Key::Code, &[100, 50, 0]);
    let rate = p.lookup_or_reject(rates, rank);
    let share = mul(p.input_expr(eligible), rate);
    let rest = max(sub(money(1500), p.input_expr(before)), money(0));
    let paid = p.with_value_of(ROWS, "paid", min(share, rest), to(2));
    p.set_value(before, paid);
    let shown = p.with_value_of(ROWS, "before", p.input_expr(before), None);
    p.with_output(paid, 2, None);
    p.with_output(shown, 2, None);
    p
}

/// The same where claims can be taken back: with `claim` and `reverses` in front.
pub(crate) fn reversible() -> Program {
    let mut p = program();
    let claim = p.with_id("claim");
    let reverses = p.with_input("reverses", Type::Id, 0, Facts::integers(0, i32::MAX.into()), true);
    let person = p.with_id("person");
    let eligible = p.with_money("eligible");
    p.reversal = Some(Reversal { claim, reverses });
    let group = p.with_grain("person", &[person], None);
    let pool = p.with_grain("pool", &[], None);
    let running = |function| Origin::Running { function, value: ValueId(0), when: None, over: ROWS, grain: group };
    let before = p.with_import("paid_before", (Type::MONEY, 2), yuan(1500 * INSTANCES), running(Function::Sum));
    let last = p.with_import("last", (Type::MONEY, 2), yuan(10_000_000), running(Function::Last));
    let link = p.with_link(false, group, None);
    let origin = Origin::Field { link, value: ValueId(0) };
    let previous = p.with_import("previous", (Type::Id, 0), Facts::integers(0, i32::MAX.into()), origin);
    let total = Origin::Total { function: Function::Sum, value: ValueId(0), when: None, over: ROWS, grain: pool };
    let total = p.with_import("total", (Type::MONEY, 2), yuan(1500 * INSTANCES), total);
    let rest = max(sub(money(1500), p.input_expr(before)), money(0));
    let paid = p.with_value_of(ROWS, "paid", min(p.input_expr(eligible), rest), to(2));
    p.set_value(before, paid);
    p.set_value(total, paid);
    let eligible = p.with_value_as(eligible);
    p.set_value(last, eligible);
    let claim = p.with_value_as(claim);
    p.set_value(previous, claim);
    let or = |p: &Program, id, otherwise| cases(vec![(known(id), p.input_expr(id))], otherwise);
    let last = p.with_value_of(ROWS, "last", or(&p, last, money(0)), None);
    let nobody = expr(Type::Id, ExprKind::Constant(number(0)), Facts::constant(&number(0)));
    let previous = p.with_value_of(ROWS, "previous", or(&p, previous, nobody), None);
    let all = p.with_value_of(pool, "all", p.input_expr(total), None);
    p.required = vec![paid];
    p.with_output(paid, 2, None);
    p.with_output(last, 2, None);
    p.with_output(previous, 0, None);
    p.with_output(all, 2, None);
    p.with_output_of(pool, all, 2);
    p
}

/// Points of a pool: `hospital` (h1 to h3), `drg` (AA1, BB2, CC3), with the parameter `fund`. Gives `points` per claim;
/// `earned` and `payment` per hospital; `point_value` for the pool. `reads_payment` adds the payment to each claim.
pub(crate) fn pool(reads_payment: bool) -> Program {
    let mut p = program();
    p.codes = ["AA1", "BB2", "CC3", "h1", "h2", "h3"].map(str::to_owned).to_vec();
    let hospital = p.with_id("hospital");
    let drg = p.with_input("drg", Type::Code, 0, Facts::integers(0, i32::MAX.into()), false);
    let fund = p.with_parameter("fund", Type::MONEY, 2, yuan(100_000_000_000));
    let score = Type::Measure(Measure::SCORE);
    let base = p.with_row_each((score, 2), Key::Code, &[10_000, 25_050, 3_333]);
    let rows = [10_000, 8_500, 11_234].into_iter().zip(3..);
    let rows = rows.map(|(cell, key)| TableRow { keys: vec![key], from: None, cell }).collect();
    let factors = p.with_table(Type::NUMBER, 4, vec![Key::Code], rows);
    let per_hospital = p.with_grain("hospital", &[hospital], None);
    let pool = p.with_grain("pool", &[], None);
    let total = |value, grain, over| Origin::Total { function: Function::Sum, value, when: None, over, grain };
    let (base, factor) = (p.lookup_or_reject(base, drg), p.lookup_or_reject(factors, hospital));
    let points = p.with_value_of(ROWS, "points", mul(base, factor), to(4));
    let facts = Facts::range(number(0), number(300 * INSTANCES), ratio(1, 10_000));
    let earned = p.with_import("sum_points", (score, 4), facts.clone(), total(points, per_hospital, ROWS));
    let earned = p.with_value_of(per_hospital, "earned", p.input_expr(earned), None);
    let all = p.with_import("total_points", (score, 4), facts, total(points, pool, ROWS));
    let fund = expr(Type::MONEY, ExprKind::Parameter(fund), yuan(100_000_000_000));
    let quotient = cases(
        vec![(compare(Comparison::Gt, p.input_expr(all), constant(number(0))), div(fund.clone(), p.input_expr(all)))],
        constant(number(0)),
    );
    let point_value = p.with_value_of(pool, "point_value", quotient, to(4));
    let fund = p.with_value("fund", fund, None);
    let split = p.with_split(fund, earned, per_hospital, pool);
    let part = p.with_import("payment", (Type::MONEY, 2), yuan(100_000_000_000), Origin::Part(split));
    let payment = p.with_value_of(per_hospital, "payment", p.input_expr(part), None);
    p.required = vec![points];
    p.with_output(points, 4, None);
    if reads_payment {
        p.with_output(payment, 2, None);
    }
    p.with_output_of(per_hospital, earned, 4);
    p.with_output_of(per_hospital, payment, 2);
    p.with_output_of(pool, point_value, 4);
    p
}

/// Readmissions: `person`, `drg` (AA1, BB2), `admitted`, `discharged` give `points`, `ordinal` of the year and `readmitted`.
pub(crate) fn readmissions() -> Program {
    let mut p = program();
    p.codes = ["AA1", "BB2"].map(str::to_owned).to_vec();
    let person = p.with_id("person");
    let drg = p.with_input("drg", Type::Code, 0, Facts::integers(0, i32::MAX.into()), false);
    let admitted = p.with_input("admitted", Type::Date, 0, Facts::integers(0, 40_000), false);
    let discharged = p.with_date("discharged");
    p.ordered_by = Some(discharged);
    let score = Type::Measure(Measure::SCORE);
    let base = p.with_row_each((score, 2), Key::Code, &[10_000, 25_050]);
    let stays = p.with_grain("person.drg", &[person, drg], None);
    let year = p.with_grain("person.year", &[person], Some(YEAR));
    let link = p.with_link(true, stays, None);
    let admitted = p.with_value_as(admitted);
    let field = Origin::Field { link, value: admitted };
    let next = p.with_import("next.admitted", (Type::Date, 0), Facts::integers(0, 40_000), field);
    let linked = p.with_import("next", (Type::Bool, 0), Facts::bool(), Origin::Linked(link));
    let one = p.with_value("one", constant(number(1)), None);
    let origin = Origin::Running { function: Function::Count, value: one, when: None, over: ROWS, grain: year };
    let before = p.with_import("stays_before", (Type::NUMBER, 0), Facts::integers(0, INSTANCES), origin);
    let points = p.lookup_or_reject(base, drg);
    let points = p.with_value("base_points", points, None);
    let days = sub(p.input_expr(next), p.input_expr(discharged));
    let is_soon = compare(Comparison::Le, days, constant(number(15)));
    let readmitted = p.with_value_of(ROWS, "readmitted", and(p.input_expr(linked), is_soon), None);
    let half = mul(p.value_expr(points), constant(ratio(1, 2)));
    let result = cases(vec![(p.value_expr(readmitted), half)], p.value_expr(points));
    let result = p.with_value_of(ROWS, "points", result, to(4));
    let ordinal = super::add(p.input_expr(before), constant(number(1)));
    let ordinal = p.with_value_of(ROWS, "ordinal", ordinal, None);
    p.required = vec![points, ordinal];
    p.with_output(result, 4, None);
    p.with_output(ordinal, 0, None);
    p.with_output(readmitted, 0, None);
    p
}

/// Fee lines: `claim`, `discharged`, `hospital` (township, county, city), `item` (a to d by code, else rejected), `amount`
/// give `prepay` per line; `total`, `in_scope`, `fund_pays` and the number of the person's earlier claims per claim.
pub(crate) fn fee_lines() -> Program {
    lines(false)
}

/// The same with a column `reverses`, and the sum of `fund_pays` of all claims per claim and for the pool.
pub(crate) fn reversible_lines() -> Program {
    lines(true)
}

fn lines(is_reversible: bool) -> Program {
    let mut p = program();
    p.codes = ["a", "b", "c", "d"].map(str::to_owned).to_vec();
    let claim = p.with_id("claim");
    let person = p.with_id("person");
    p.with_date("discharged");
    let level = p.with_enum("level", &["township", "county", "city"]);
    let hospital = p.with_input("hospital", level, 0, Facts::integers(0, 2), false);
    let item = p.with_input("item", Type::Code, 0, Facts::integers(0, i32::MAX.into()), false);
    let amount = p.with_input("amount", Type::MONEY, 2, yuan(1_000_000), false);
    if is_reversible {
        let reverses = p.with_input("reverses", Type::Id, 0, Facts::integers(0, i32::MAX.into()), true);
        p.reversal = Some(Reversal { claim, reverses });
    }
    let rates = p.with_row_each((Type::RATE, 2), Key::Code, &[0, 5, 10, 100]);
    let standards = p.with_row_each((Type::MONEY, 2), Key::Enum(EnumId(0)), &[20_000, 40_000, 70_000]);
    p.grains[0].name = "line".into();
    let claims = p.with_grain("claim", &[claim], None);
    let persons = p.with_grain("person", &[person], None);
    p.claim = claims;
    for shared in 1..4 {
        p.inputs[shared].per = Some(claims);
    }
    let per_claim = |value| Origin::Total { function: Function::Sum, value, when: None, over: ROWS, grain: claims };
    let rate = p.lookup_or_reject(rates, item);
    let prepay = p.with_value_of(ROWS, "prepay", mul(p.input_expr(amount), rate), to(2));
    let left = sub(p.input_expr(amount), p.value_expr(prepay));
    let left = p.with_value_of(ROWS, "left", left, None);
    let amount = p.with_value_as(amount);
    let total = p.with_import("total", (Type::MONEY, 2), yuan(1_000_000 * INSTANCES), per_claim(amount));
    let total = p.with_value_of(claims, "total", p.input_expr(total), None);
    let in_scope = p.with_import("in_scope", (Type::MONEY, 2), yuan(1_000_000 * INSTANCES), per_claim(left));
    let in_scope = p.with_value_of(claims, "in_scope", p.input_expr(in_scope), None);
    let standard = p.lookup(standards, vec![p.input_expr(hospital)], None);
    let over = max(sub(p.value_expr(in_scope), standard), money(0));
    let pays = p.with_value_of(claims, "fund_pays", mul(over, constant(ratio(7, 10))), to(2));
    let origin = Origin::Running { function: Function::Sum, value: pays, when: None, over: claims, grain: persons };
    let before = p.with_import("before", (Type::MONEY, 2), yuan(1_000_000 * INSTANCES), origin);
    let before = p.with_value_of(claims, "before", p.input_expr(before), None);
    p.required = vec![prepay];
    p.with_output(prepay, 2, None);
    for value in [total, in_scope, pays, before] {
        p.with_output_of(claims, value, 2);
    }
    if is_reversible {
        let pool = p.with_grain("pool", &[], None);
        let origin = Origin::Total { function: Function::Sum, value: pays, when: None, over: claims, grain: pool };
        let everything = p.with_import("everything", (Type::MONEY, 2), yuan(1_000_000 * INSTANCES), origin);
        let everything = p.with_value_of(pool, "everything", p.input_expr(everything), None);
        p.with_output_of(claims, everything, 2);
        p.with_output_of(pool, everything, 2);
    }
    p
}

/// A date, as it is computed with.
pub(crate) fn day(year: i16, month: i8, day: i8) -> BigRational {
    number(crate::check::program::days_of(jiff::civil::date(year, month, day)).into())
}
