//! Whole programs with all kinds of expressions, made up from a seed.

use fen_grammar::source::Span;
use fen_grammar::tree::{Comparison, RoundingMode};
use jiff::civil::date;
use num_rational::BigRational;
use num_traits::{Signed, Zero};

use super::{
    COMPARISONS, MODES, Random, add, boolean, cases, compare, constant, div, expr, max, min, mul, number, program,
    ratio, rounded, sub, text,
};
use crate::check::program::{
    Body, Break, Enum, EnumValue, Expr, ExprKind, Key, Ladder, LadderVersion, Program, Rounding, Row, TableRow, Value,
    days_of,
};
use crate::check::types::{Facts, Grid, Measure, Type, step_of};
use crate::ids::{EnumId, InputId, LadderId, ParameterId, Symbol, TableId, ValueId};

/// Makes up whole programs with all kinds of expressions.
pub(crate) struct Maker {
    pub(crate) random: Random,
    pub(crate) program: Program,
    numbers: Vec<ValueId>,
    conditions: Vec<ValueId>,
}

const DAY: InputId = InputId(0);
const BIRTH: InputId = InputId(1);
const KIND: InputId = InputId(2);
const DRUG: InputId = InputId(3);
const FLAG: InputId = InputId(4);
const COST: InputId = InputId(5);
const DEBT: InputId = InputId(6);
const EXTRA: InputId = InputId(7);
const MAYBE: InputId = InputId(8);
const POINTS: InputId = InputId(9);

impl Maker {
    pub(crate) fn program(seed: u64) -> Program {
        let mut maker = Self {
            random: Random(seed.wrapping_mul(0x1234_5678_9abc_def1)),
            program: program(),
            numbers: Vec::new(),
            conditions: Vec::new(),
        };
        maker.fill();
        maker.program
    }

    fn fill(&mut self) {
        let days = |y, m, d| i64::from(days_of(date(y, m, d)));
        let cents = |low: i64, high: i64| Facts::range(number(low), number(high), ratio(1, 100));
        let big = [1_000_000, 1_000_000_000, 100_000_000_000_000_000][self.random.below(3) as usize];
        let p = &mut self.program;
        p.enums.push(Enum {
            name: "kind".to_owned(),
            values: ["a", "b", "c"].map(|name| EnumValue { name: name.to_owned(), label: text(name) }).into(),
        });
        p.codes = (0..60).map(|code| format!("code{code:02}")).collect();
        p.with_input("day", Type::Date, 0, Facts::integers(days(2020, 1, 1), days(2026, 12, 31)), false);
        p.with_input("birth", Type::Date, 0, Facts::integers(days(1900, 1, 1), days(2024, 12, 31)), true);
        p.with_input("kind", Type::Enum(EnumId(0)), 0, Facts::integers(0, 2), false);
        p.with_input("drug", Type::Code, 0, Facts::integers(0, i32::MAX.into()), false);
        p.with_input("flag", Type::Bool, 0, Facts::bool(), false);
        p.with_input("cost", Type::MONEY, 2, cents(0, big), false);
        p.with_input("debt", Type::MONEY, 2, cents(-10_000, 10_000), false);
        p.with_input("extra", Type::MONEY, 2, cents(1, 5_000), true);
        p.with_input("maybe", Type::Bool, 0, Facts::bool(), true);
        p.with_input(
            "points",
            Type::Measure(Measure::SCORE),
            4,
            Facts::range(number(0), number(500), step_of(4)),
            false,
        );
        p.dated_by = Some(DAY);
        if !self.random.one_in(3) {
            let to = (!self.random.one_in(2)).then(|| date(2025, 6, 30));
            self.program.in_force = Some((date(2021, 7, 1), to));
        }
        if self.random.one_in(2) {
            self.program.with_parameter("rate", Type::RATE, 4, Facts::range(number(0), number(1), step_of(4)));
            self.program.with_parameter("on", Type::Bool, 0, Facts::bool());
        }
        for _ in 0..=self.random.below(3) {
            self.table();
        }
        if self.random.one_in(2) {
            self.ladder();
        }
        for at in 0..4 + self.random.below(6) {
            let rounding =
                self.random.one_in(3).then(|| Rounding { mode: MODES[at as usize % 4], step: ratio(1, 100) });
            if self.random.one_in(3) {
                let body = self.condition(3);
                let id = self.program.with_value(&format!("b{at}"), body, None);
                self.conditions.push(id);
            } else {
                let body = self.number(3);
                let id = self.program.with_value(&format!("v{at}"), body, rounding);
                self.numbers.push(id);
            }
        }
        for at in 0..=self.random.below(3) {
            let body = self.number(2);
            let rounding = Rounding { mode: MODES[self.random.below(4) as usize], step: ratio(1, 100) };
            let value = self.program.with_value(&format!("o{at}"), body, Some(rounding));
            let present = (self.random.one_in(3) && !self.conditions.is_empty()).then(|| self.conditions[0]);
            self.program.with_output(value, 2, present);
        }
        if let Some(id) = self.conditions.last() {
            self.program.with_output(*id, 0, None);
        }
        let body = self.date();
        let id = self.program.with_value("date", body, None);
        self.program.with_output(id, 0, None);
    }

    fn table(&mut self) {
        let mut keys = Vec::new();
        for _ in 0..self.random.below(3) {
            keys.push(match self.random.below(4) {
                0 => Key::Enum(EnumId(0)),
                1 => Key::Code,
                _ => {
                    let count = 1 + self.random.below(9);
                    let mut breaks: Vec<Break> = Vec::new();
                    let mut at = self.random.range(-5_000, 1_000);
                    for _ in 0..count {
                        at += self.random.range(1, 30_000);
                        breaks.push(Break { at: ratio(at, 100), is_inclusive: self.random.one_in(2) });
                    }
                    Key::Range(breaks)
                }
            });
        }
        let is_dated = self.random.one_in(2);
        let is_sparse = self.random.one_in(3);
        if is_sparse {
            // So many combinations that an array of them would be too large.
            keys = vec![Key::Code, Key::Code];
        }
        let mut rows: Vec<TableRow> = Vec::new();
        for _ in 0..self.random.below(if is_sparse { 200 } else { 40 }) {
            let ordinals: Vec<u32> = keys
                .iter()
                .map(|key| match key {
                    Key::Enum(_) => self.random.below(3) as u32,
                    Key::Code => self.random.below(50) as u32,
                    Key::Range(breaks) => self.random.below(breaks.len() as u64 + 1) as u32,
                })
                .collect();
            let from = is_dated.then(|| {
                17_900
                    + self.random.below(5) as i32 * 400
                    + i32::from(is_sparse) * ordinals.first().map_or(0, |one| *one as i32)
            });
            // Either no row of the keys has a date or all have one.
            let from = if ordinals.iter().sum::<u32>() % 3 == 0 { None } else { from };
            if !rows.iter().any(|row| row.keys == ordinals && row.from == from) {
                rows.push(TableRow { keys: ordinals, from, cell: self.random.range(-300, 20_000) });
            }
        }
        self.program.with_table(Type::MONEY, 2, keys, rows);
    }

    fn ladder(&mut self) {
        let mut versions = Vec::new();
        for from in [None, Some(19_000), Some(19_500)].into_iter().skip(self.random.below(2) as usize * 2) {
            let mut bounds: Vec<BigRational> = Vec::new();
            let mut at = self.random.range(-50, 20);
            for _ in 0..self.random.below(4) {
                bounds.push(ratio(at, 10));
                at += self.random.range(1, 60);
            }
            let open = |random: &mut Random| random.one_in(2);
            let mut rows = Vec::new();
            for row in 0..=bounds.len() {
                let low = row.checked_sub(1).map(|at| bounds[at].clone());
                let high = bounds.get(row).cloned();
                if (low.is_none() || high.is_none()) && open(&mut self.random) && bounds.len() > 1 {
                    continue;
                }
                let shares = vec![ratio(self.random.range(0, 100), 100), ratio(self.random.range(0, 50), 100)];
                rows.push(Row { low, high, shares });
            }
            versions.push(LadderVersion { from, rows });
        }
        if versions.len() == 1 {
            versions[0].from = None;
        }
        let is_named = self.random.one_in(2);
        let base = self.random.one_in(2).then(|| max(self.program.input_expr(COST), constant(number(0))));
        let subject = (!is_named).then_some(Symbol::Input(DEBT));
        let ladder = LadderId(0);
        let mut columns = Vec::new();
        if !is_named {
            let facts = Facts {
                low: number(-200_000_000_000_000_000),
                high: number(200_000_000_000_000_000),
                grid: Grid::Free,
            };
            let wide = |rounding: Option<Rounding>, body| Value {
                name: "share".to_owned(),
                span: Span::default(),
                ty: Type::MONEY,
                body,
                facts: rounding.as_ref().map_or(facts.clone(), |rounding| facts.round(&rounding.step)),
                rounding,
                grain: None,
            };
            let rounding = Rounding { mode: RoundingMode::HalfUp, step: ratio(1, 100) };
            let values =
                [wide(Some(rounding), Body::Share { ladder, column: 0 }), wide(None, Body::Remainder { ladder })];
            for value in values {
                self.program.values.push(value);
                let id = ValueId(self.program.values.len() - 1);
                self.program.order.push(id);
                columns.push(id);
                self.numbers.push(id);
            }
        }
        self.program.ladders.push(Ladder { subject, base, versions, columns });
    }

    fn number(&mut self, depth: u32) -> Expr {
        if depth == 0 {
            return self.leaf();
        }
        let inner = |maker: &mut Self| maker.number(depth - 1);
        match self.random.below(16) {
            0 => add(inner(self), inner(self)),
            1 => sub(inner(self), inner(self)),
            2 => mul(inner(self), inner(self)),
            3 => max(inner(self), inner(self)),
            4 => min(inner(self), inner(self)),
            5 => {
                let mode = MODES[self.random.below(4) as usize];
                let step = [ratio(1, 100), ratio(1, 10), number(1), ratio(3, 1)][self.random.below(4) as usize].clone();
                rounded(inner(self), mode, step)
            }
            6 | 7 => {
                let (value, divisor) = (inner(self), self.leaf());
                if divisor.facts.as_constant().is_some_and(Zero::is_zero) || divisor.facts.grid == Grid::Free {
                    return value;
                }
                let quotient = div(value, divisor.clone());
                let last = self.leaf();
                cases(vec![(compare(Comparison::Ne, divisor, constant(number(0))), quotient)], last)
            }
            8 | 9 => {
                let mut chosen = Vec::new();
                for _ in 0..=self.random.below(2) {
                    chosen.push((self.condition(depth - 1), inner(self)));
                }
                cases(chosen, inner(self))
            }
            10 => {
                let known = boolean(ExprKind::Known(EXTRA));
                let value = add(self.program.input_expr(EXTRA), inner(self));
                cases(vec![(known, value)], inner(self))
            }
            11 | 12 => self.lookup(true),
            13 => {
                let inner = inner(self);
                let facts = inner.facts.negate();
                expr(inner.ty, ExprKind::Negate(Box::new(inner)), facts)
            }
            14 if self.program.ladders.first().is_some_and(|ladder| ladder.columns.is_empty()) => {
                let amount = inner(self);
                let size = amount.facts.low.abs().max(amount.facts.high.abs()) * number(2);
                // Slices from nothing to the amount: shares are at most 1.
                let facts = Facts { low: -size.clone(), high: size, grid: Grid::Free };
                expr(Type::MONEY, ExprKind::Apply(LadderId(0), Box::new(amount)), facts)
            }
            _ => {
                let known = boolean(ExprKind::Known(BIRTH));
                let (from, to) = (self.program.input_expr(BIRTH), self.program.input_expr(DAY));
                let (from, to) = if self.random.one_in(3) { (to, from) } else { (from, to) };
                let unit = if self.random.one_in(2) { 12 } else { 1 };
                let kind = ExprKind::FullMonths { from: Box::new(from), to: Box::new(to), unit };
                let age = expr(Type::Measure(Measure::YEARS), kind, Facts::integers(-1600, 1600));
                cases(vec![(known, age)], self.leaf())
            }
        }
    }

    fn lookup(&mut self, may_fail: bool) -> Expr {
        let table = TableId(self.random.below(self.program.tables.len() as u64) as usize);
        let keys: Vec<Expr> = self.program.tables[table.0]
            .keys
            .clone()
            .iter()
            .map(|key| match key {
                Key::Enum(_) => self.program.input_expr(KIND),
                Key::Code => self.program.input_expr(DRUG),
                Key::Range(_) => self.leaf(),
            })
            .collect();
        if may_fail && self.random.one_in(2) {
            let input = if self.random.one_in(4) { KIND } else { DRUG };
            let site = self.program.with_site(table, input);
            return self.program.lookup(table, keys, Some(site));
        }
        let found = boolean(ExprKind::HasRow { table, keys: keys.clone() });
        let value = self.program.lookup(table, keys, None);
        cases(vec![(found, value)], self.leaf())
    }

    fn leaf(&mut self) -> Expr {
        match self.random.below(8) {
            0 => self.program.input_expr(COST),
            1 => self.program.input_expr(DEBT),
            2 => self.program.input_expr(POINTS),
            3 if !self.program.parameters.is_empty() => {
                expr(Type::RATE, ExprKind::Parameter(ParameterId(0)), self.program.parameters[0].facts.clone())
            }
            4..=6 if !self.numbers.is_empty() => {
                let at = self.random.below(self.numbers.len() as u64) as usize;
                self.program.value_expr(self.numbers[at])
            }
            _ => constant(ratio(self.random.range(-300, 3_000), [1, 7, 100][self.random.below(3) as usize])),
        }
    }

    fn condition(&mut self, depth: u32) -> Expr {
        if depth == 0 {
            return match self.random.below(5) {
                0 => self.program.input_expr(FLAG),
                1 => boolean(ExprKind::Known(EXTRA)),
                2 if !self.program.parameters.is_empty() => boolean(ExprKind::Parameter(ParameterId(1))),
                3 if !self.conditions.is_empty() => self.program.value_expr(self.conditions[0]),
                _ => {
                    let kind = constant(number(self.random.range(0, 2)));
                    compare(COMPARISONS[self.random.below(6) as usize], self.program.input_expr(KIND), kind)
                }
            };
        }
        let inner = |maker: &mut Self| Box::new(maker.condition(depth - 1));
        match self.random.below(6) {
            0 => boolean(ExprKind::And(inner(self), inner(self))),
            1 => boolean(ExprKind::Or(inner(self), inner(self))),
            2 => boolean(ExprKind::Not(inner(self))),
            3 => {
                let known = boolean(ExprKind::Known(MAYBE));
                let maybe = self.program.input_expr(MAYBE);
                boolean(ExprKind::And(Box::new(known), Box::new(maybe)))
            }
            4 => cases(vec![(*inner(self), *inner(self))], *inner(self)),
            _ => {
                let comparison = COMPARISONS[self.random.below(6) as usize];
                compare(comparison, self.number(depth - 1), self.number(depth - 1))
            }
        }
    }

    fn date(&mut self) -> Expr {
        let months = self.random.range(-40, 300);
        let kind = ExprKind::AddMonths {
            date: Box::new(self.program.input_expr(BIRTH)),
            months: Box::new(constant(number(months))),
            later: self.random.one_in(2),
        };
        let moved = expr(Type::Date, kind, Facts::integers(-40_000, 40_000));
        let known = boolean(ExprKind::Known(BIRTH));
        cases(vec![(known, moved)], self.program.input_expr(DAY))
    }
}
