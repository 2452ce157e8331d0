//! Policies of several grains, as the check would yield them.

use fen_grammar::diagnostic::Text;
use fen_grammar::tree::{Comparison, RoundingMode};

use crate::check::program::{
    Expr, ExprKind, Function, Grain, Input, Key, Link, Origin, Period, Program, Reversal, Rounding, Split, TableRow,
};
use crate::check::types::{Facts, Measure, Type, step_of};
use crate::ids::{GrainId, InputId, LinkId, ParameterId, SplitId, ValueId};
use crate::interpret::samples::{
    add, boolean, cases, compare, constant, div, expr, max, min, mul, number, program, ratio, sub,
};

const ROWS: GrainId = GrainId(0);
const YEAR: Period = Period::Year { month: 1, day: 1 };
const SCORE: Type = Type::Measure(Measure::SCORE);

fn cents(low: i64, high: i64) -> Facts {
    Facts::range(number(low), number(high), ratio(1, 100))
}

fn ids() -> Facts {
    Facts::integers(0, i32::MAX.into())
}

impl Program {
    fn grain_by(&mut self, name: &str, keys: &[InputId], period: Option<Period>) -> GrainId {
        let label = Text::new(name, name);
        self.grains.push(Grain { name: name.to_owned(), label, keys: keys.to_vec(), period, is_row: false });
        GrainId(self.grains.len() - 1)
    }

    fn import(&mut self, name: &str, like: (Type, u32, Facts), is_optional: bool, origin: Origin) -> InputId {
        let (ty, scale, facts) = like;
        let (name, label) = (name.to_owned(), Text::new(name, name));
        self.inputs.push(Input { name, label, ty, scale, is_optional, facts, origin, per: None });
        InputId(self.inputs.len() - 1)
    }

    fn of_grain(&mut self, grain: GrainId, name: &str, body: Expr) -> ValueId {
        let id = self.with_value(name, body, None);
        self.values[id.0].grain = Some(grain);
        id
    }

    fn rounded(&mut self, grain: GrainId, name: &str, body: Expr, scale: u32) -> ValueId {
        let id = self.with_value(name, body, Some(Rounding { mode: RoundingMode::HalfUp, step: step_of(scale) }));
        self.values[id.0].grain = Some(grain);
        id
    }

    fn given(&mut self, value: ValueId, scale: u32, grain: GrainId) {
        self.with_output(value, scale, None);
        self.outputs.last_mut().unwrap().grain = grain;
    }
}

fn count() -> (Type, u32, Facts) {
    (Type::NUMBER, 0, Facts::integers(0, 999_999_999))
}

fn money(high: i64) -> (Type, u32, Facts) {
    (Type::MONEY, 2, cents(0, high))
}

/// No more than 100 yuan a year for a person.
pub(super) fn capped(is_reversible: bool) -> Program {
    let mut p = program();
    let person = p.with_input("person", Type::Id, 0, ids(), false);
    let day = p.with_input("day", Type::Date, 0, Facts::integers(0, 20_000), false);
    let amount = p.with_input("amount", Type::MONEY, 2, cents(0, 1_000), false);
    p.dated_by = Some(day);
    if is_reversible {
        let claim = p.with_input("claim", Type::Id, 0, ids(), false);
        let reverses = p.with_input("reverses", Type::Id, 0, ids(), true);
        p.reversal = Some(Reversal { claim, reverses });
    }
    let year = p.grain_by("person.year", &[person], Some(YEAR));
    let always = p.grain_by("person", &[person], None);
    let running = |function, value, grain| Origin::Running { function, value, when: None, over: ROWS, grain };
    let paid_before = p.import("paid_before", money(99_999_999_900), false, running(Function::Sum, ValueId(0), year));
    let before = p.import("claims_before", count(), false, running(Function::Count, ValueId(0), year));
    let greatest = p.import("greatest", money(1_000), true, running(Function::Max, ValueId(1), always));
    let left = max(sub(constant(number(100)), p.input_expr(paid_before)), constant(number(0)));
    let paid = p.of_grain(ROWS, "paid", min(p.input_expr(amount), left));
    p.with_value("own amount", p.input_expr(amount), None);
    let shown = [p.input_expr(paid_before), p.input_expr(before), p.input_expr(greatest)];
    let [first, second, third] = shown.map(|shown| p.of_grain(ROWS, "before", shown));
    let known = p.of_grain(ROWS, "known", boolean(ExprKind::Known(greatest)));
    for (value, scale, present) in [(paid, 2, None), (first, 2, None), (second, 0, None), (third, 2, Some(known))] {
        p.with_output(value, scale, present);
    }
    p
}

/// A fund that hospitals share by points.
pub(super) fn pool() -> Program {
    let mut p = program();
    p.codes = ["a", "b", "c", "d"].map(str::to_owned).to_vec();
    let hospital = p.with_input("hospital", Type::Id, 0, ids(), false);
    let scored = p.with_input("scored", SCORE, 4, Facts::range(number(0), number(10_000), step_of(4)), false);
    let fund = p.with_parameter("fund", Type::MONEY, 2, cents(0, 10_000_000_000));
    let hospitals = p.grain_by("hospital", &[hospital], None);
    let all = p.grain_by("pool", &[], None);
    let listed = (1..4).map(|code| TableRow { keys: vec![code], from: None, cell: 10_000 }).collect();
    let coefficient = p.with_table(Type::NUMBER, 4, vec![Key::Code], listed);
    let site = p.with_site(coefficient, hospital);
    let found = p.lookup(coefficient, vec![p.input_expr(hospital)], Some(site));
    let points = mul(p.input_expr(scored), found);
    let points = p.with_value("points", points, Some(Rounding { mode: RoundingMode::HalfUp, step: step_of(4) }));
    p.required = vec![points];
    let sum = || (SCORE, 4, Facts::range(number(0), number(9_999_999_990_000), step_of(4)));
    let total = |function, value, over, grain| Origin::Total { function, value, when: None, over, grain };
    let earned = p.import("sum points", sum(), false, total(Function::Sum, points, ROWS, hospitals));
    let earned = p.of_grain(hospitals, "earned", p.input_expr(earned));
    let everything = p.import("total points", sum(), false, total(Function::Sum, points, ROWS, all));
    let amount = expr(Type::MONEY, ExprKind::Parameter(ParameterId(0)), p.parameters[fund.0].facts.clone());
    let point_value = div(amount.clone(), p.input_expr(everything));
    let point_value = p.rounded(all, "point_value", point_value, 4);
    let amount = p.with_value("divided", amount, None);
    let (name, label) = ("payment".to_owned(), Text::new("payment", "payment"));
    p.splits.push(Split { name, label, amount, weight: earned, grain: hospitals, pool: all });
    let payment = p.import("payment", money(10_000_000_000), false, Origin::Part(SplitId(0)));
    let payment = p.of_grain(hospitals, "paid", p.input_expr(payment));
    let claims = p.import("claims", count(), false, total(Function::Count, points, ROWS, hospitals));
    let claims = p.of_grain(hospitals, "claims", p.input_expr(claims));
    let counted = p.import("hospitals", count(), false, total(Function::Count, points, hospitals, all));
    let counted = p.of_grain(all, "hospitals", p.input_expr(counted));
    p.given(points, 4, ROWS);
    p.given(point_value, 4, ROWS);
    p.given(earned, 4, hospitals);
    p.given(payment, 2, hospitals);
    p.given(claims, 0, hospitals);
    p.given(point_value, 4, all);
    p.given(counted, 0, all);
    p
}

/// Half of the points for a stay that is followed by another one within 15 days.
pub(super) fn readmitted() -> Program {
    let mut p = program();
    let person = p.with_input("person", Type::Id, 0, ids(), false);
    let drg = p.with_input("drg", Type::Code, 0, ids(), false);
    let admitted = p.with_input("admitted", Type::Date, 0, Facts::integers(0, 20_000), false);
    let discharged = p.with_input("discharged", Type::Date, 0, Facts::integers(0, 20_000), false);
    p.dated_by = Some(discharged);
    p.ordered_by = Some(discharged);
    let same = p.grain_by("person.drg", &[person, drg], None);
    let year = p.grain_by("person.year", &[person], Some(YEAR));
    p.links.push(Link { name: "next_stay".to_owned(), is_next: true, grain: same, when: None });
    let own = p.with_value("admitted", p.input_expr(admitted), None);
    let linked = p.import("next_stay", (Type::Bool, 0, Facts::bool()), false, Origin::Linked(LinkId(0)));
    let like = (Type::Date, 0, Facts::integers(0, 20_000));
    let next = p.import("next_stay.admitted", like, true, Origin::Field { link: LinkId(0), value: own });
    let origin = Origin::Running { function: Function::Count, value: own, when: None, over: ROWS, grain: year };
    let before = p.import("stays_before", count(), false, origin);
    let days = sub(p.input_expr(next), p.input_expr(discharged));
    let is_soon = compare(Comparison::Le, days, constant(number(15)));
    let again = boolean(ExprKind::And(Box::new(p.input_expr(linked)), Box::new(is_soon)));
    let again = p.of_grain(ROWS, "readmitted", again);
    let points = cases(vec![(p.value_expr(again), constant(number(50)))], constant(number(100)));
    let points = p.of_grain(ROWS, "points", points);
    let ordinal = add(p.input_expr(before), constant(number(1)));
    let ordinal = p.of_grain(ROWS, "ordinal", ordinal);
    for value in [points, ordinal, again] {
        p.with_output(value, 0, None);
    }
    p
}

/// What the lines of a claim come to, and what was paid for the person before.
pub(super) fn fee_lines() -> Program {
    let mut p = program();
    let claim = p.with_input("claim", Type::Id, 0, ids(), false);
    let person = p.with_input("person", Type::Id, 0, ids(), false);
    let class = p.with_input("class", Type::NUMBER, 0, Facts::integers(0, 3), false);
    let amount = p.with_input("amount", Type::MONEY, 2, cents(0, 1_000_000), false);
    p.grains[0].name = "line".to_owned();
    let claims = p.grain_by("claim", &[claim], None);
    let persons = p.grain_by("person", &[person], None);
    p.inputs[person.0].per = Some(claims);
    p.claim = claims;
    let is = |p: &Program, class_at: i64| compare(Comparison::Eq, p.input_expr(class), constant(number(class_at)));
    let rates = [(0, 0), (1, 5), (2, 10)];
    let rates = rates.map(|(at, rate)| (is(&p, at), constant(ratio(rate, 100)))).to_vec();
    let prepay = mul(cases(rates, constant(number(1))), p.input_expr(amount));
    let prepay = Expr { ty: Type::MONEY, ..prepay };
    let prepay = p.with_value("prepay", prepay, Some(Rounding { mode: RoundingMode::HalfUp, step: step_of(2) }));
    let whole = p.with_value("amount", p.input_expr(amount), None);
    let rest = sub(p.input_expr(amount), p.value_expr(prepay));
    let rest = p.with_value("rest", rest, None);
    let sum = || (Type::MONEY, 2, cents(-999_999_999_000_000, 999_999_999_000_000));
    let total = |value| Origin::Total { function: Function::Sum, value, when: None, over: ROWS, grain: claims };
    let all = p.import("sum amount", sum(), false, total(whole));
    let all = p.of_grain(claims, "total", p.input_expr(all));
    let in_scope = p.import("sum in scope", sum(), false, total(rest));
    let in_scope = p.of_grain(claims, "in_scope", p.input_expr(in_scope));
    let paid = p.order.len();
    let origin =
        Origin::Running { function: Function::Sum, value: ValueId(paid), when: None, over: claims, grain: persons };
    let before = p.import("paid_before", money(999_999_999_000), false, origin);
    let above = max(sub(p.value_expr(in_scope), constant(number(400))), constant(number(0)));
    let left = max(sub(constant(number(1_000)), p.input_expr(before)), constant(number(0)));
    let pays = min(mul(above, constant(ratio(70, 100))), left);
    let pays = p.rounded(claims, "fund_pays", pays, 2);
    assert_eq!(pays, ValueId(paid));
    let is_some = compare(Comparison::Ge, p.input_expr(amount), constant(number(0)));
    let seen = cases(vec![(is_some, p.input_expr(before))], constant(number(0)));
    let seen = p.of_grain(ROWS, "seen", seen);
    p.given(prepay, 2, ROWS);
    p.given(seen, 2, ROWS);
    for value in [all, in_scope, pays] {
        p.given(value, 2, claims);
    }
    p
}

/// What is known of the claim before, which may have left something out.
pub(super) fn gaps() -> Program {
    let mut p = program();
    let person = p.with_input("person", Type::Id, 0, ids(), false);
    let level = p.with_input("level", Type::NUMBER, 0, Facts::integers(0, 5), true);
    let amount = p.with_input("amount", Type::NUMBER, 0, Facts::integers(0, 1_000), false);
    let persons = p.grain_by("person", &[person], None);
    p.links.push(Link { name: "earlier".to_owned(), is_next: false, grain: persons, when: None });
    let fields = [level, amount].map(|id| p.with_value("field", p.input_expr(id), None));
    let linked = p.import("earlier", (Type::Bool, 0, Facts::bool()), false, Origin::Linked(LinkId(0)));
    let imports = [level, amount].map(|id| {
        let like = (Type::NUMBER, 0, p.inputs[id.0].facts.clone());
        let origin = Origin::Field { link: LinkId(0), value: fields[id.0 - 1] };
        let name = format!("earlier.{}", p.inputs[id.0].name);
        p.import(&name, like, true, origin)
    });
    let known = |id| boolean(ExprKind::Known(id));
    let levels = cases(vec![(known(imports[0]), p.input_expr(imports[0]))], constant(number(-1)));
    let amounts = cases(vec![(p.input_expr(linked), p.input_expr(imports[1]))], constant(number(0)));
    let linked = p.input_expr(linked);
    for body in [linked, levels, amounts] {
        let value = p.of_grain(ROWS, "shown", body);
        p.with_output(value, 0, None);
    }
    p
}

/// Numbers of 128 bits under a condition, over the earlier claims of a person and over all of them.
pub(super) fn wide() -> Program {
    let mut p = program();
    let person = p.with_input("person", Type::Id, 0, ids(), false);
    let flag = p.with_input("flag", Type::Bool, 0, Facts::bool(), false);
    let size = number(i64::MAX);
    let range = |times: i64| Facts::range(-&size * number(times), &size * number(times), number(1));
    let amount = p.with_input("amount", Type::NUMBER, 0, range(1), false);
    let persons = p.grain_by("person", &[person], None);
    let own = p.with_value("own", p.input_expr(amount), None);
    let when = p.with_value("when", p.input_expr(flag), None);
    let running = |function, when| Origin::Running { function, value: own, when, over: ROWS, grain: persons };
    let like = |times| (Type::NUMBER, 0, range(times));
    let sum = p.import("sum before", like(1_000_000_000), false, running(Function::Sum, Some(when)));
    let counted = p.import("counted", count(), false, running(Function::Count, Some(when)));
    let least = p.import("least", like(1), true, running(Function::Min, Some(when)));
    let greatest = p.import("greatest", like(1), true, running(Function::Max, Some(when)));
    let last = p.import("last", like(1), true, running(Function::Last, None));
    let total = |function, when| Origin::Total { function, value: own, when, over: ROWS, grain: persons };
    let all = p.import("sum", like(1_000_000_000), false, total(Function::Sum, None));
    let claims = p.import("claims", count(), false, total(Function::Count, None));
    let top = p.import("top", like(1), true, total(Function::Max, Some(when)));
    // No number of decimals is enough for it, so that it is no column.
    let divisor = max(p.input_expr(claims), constant(number(1)));
    let mean = p.of_grain(persons, "mean", div(p.input_expr(all), divisor));
    let is_above = compare(Comparison::Gt, p.input_expr(amount), p.value_expr(mean));
    let is_above = p.of_grain(ROWS, "above", is_above);
    for id in [sum, counted, least, greatest, last, top] {
        let value = p.of_grain(ROWS, "shown", p.input_expr(id));
        let is_known = p.inputs[id.0].is_optional.then(|| p.of_grain(ROWS, "known", boolean(ExprKind::Known(id))));
        p.with_output(value, 0, is_known);
    }
    p.with_output(is_above, 0, None);
    p
}
