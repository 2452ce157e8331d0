//! Searching agrees with trying every claim.

use fen_grammar::tree::RoundingMode;
use num_rational::BigRational;
use num_traits::{One, Zero};

use super::build::*;
use crate::check::program::*;
use crate::check::types::{Facts, Type};
use crate::ids::*;
use crate::interpret::evaluate;
use crate::witness::{Witness, find};

struct Random(u64);

impl Random {
    fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % bound
    }
}

/// A program with small domains, and what expressions are made of.
struct World {
    program: Program,
    numbers: Vec<Expr>,
    bools: Vec<Expr>,
    ordinals: Vec<Expr>,
    dates: Vec<Expr>,
    tables: Vec<(TableId, Expr)>,
}

fn numbers() -> World {
    let mut p = program();
    let level = p.new_enum(&["low", "middle", "high"]);
    let numbers = vec![p.count("a", -2, 3), p.count("b", 0, 4), p.count("c", 0, 2)];
    let level = p.one_of("level", level);
    let flag = p.flag("flag");
    let known = p.optional(&numbers[2]);
    let by_level = p.add_table(vec![Key::Enum(EnumId(0))], &[(&[0], None, 100), (&[2], None, 200)]);
    let breaks = vec![Break { at: number(0, 1), is_inclusive: true }, Break { at: number(2, 1), is_inclusive: false }];
    let by_range = p.add_table(vec![Key::Range(breaks)], &[(&[0], None, 300), (&[1], None, 150)]);
    let tables = vec![(by_level, level.clone()), (by_range, numbers[0].clone())];
    World { program: p, numbers, bools: vec![flag, known], ordinals: vec![level], dates: vec![], tables }
}

fn dates() -> World {
    let mut p = program();
    let (first, last) = (day(2022, 1, 27), day(2022, 3, 3));
    p.in_force = None;
    let dates = vec![p.date("from"), p.date("to")];
    for input in &mut p.inputs {
        input.facts = Facts::integers(first, last);
    }
    let facts = Facts::integers(first, last);
    let dates = dates.into_iter().map(|date| expr(date.ty, date.kind, facts.clone())).collect();
    let flag = p.flag("flag");
    World { program: p, numbers: vec![], bools: vec![flag], ordinals: vec![], dates, tables: vec![] }
}

/// Versions by date, ladders, texts.
fn versions() -> World {
    let mut p = program();
    p.codes = vec!["A".into(), "B".into()];
    p.in_force = Some((jiff::civil::date(2022, 12, 30), None));
    let settled = p.date("settled");
    p.inputs[0].facts = Facts::integers(day(2022, 12, 29), day(2023, 1, 2));
    p.dated_by = Some(InputId(0));
    let (amount, base) = (p.count("amount", -3, 5), p.count("base", 0, 3));
    let texts = vec![p.text("one"), p.text("other")];
    let second = Some(day(2023, 1, 1));
    let dated =
        p.add_table(vec![Key::Code], &[(&[0], Some(day(2022, 1, 1)), 100), (&[0], second, 200), (&[1], second, 300)]);
    let row = |low: Option<i64>, high: Option<i64>, share: i64| Row {
        low: low.map(|low| number(low, 1)),
        high: high.map(|high| number(high, 1)),
        shares: vec![number(share, 2), number(2 - share, 2)],
    };
    let version = |from: i64, at: i64| LadderVersion {
        from: Some(i32::try_from(from).unwrap()),
        rows: vec![row(None, Some(at), 0), row(Some(at), Some(at + 1), 1), row(Some(at + 1), None, 2)],
    };
    let ladder = |subject, base, columns| Ladder {
        subject,
        base,
        versions: vec![version(day(2022, 1, 1), 1), version(day(2023, 1, 1), 0)],
        columns,
    };
    p.ladders.push(ladder(None, None, vec![]));
    let columns = vec![ValueId(0), ValueId(1)];
    p.ladders.push(ladder(Some(Symbol::Input(InputId(1))), Some(base.clone()), columns));
    let facts = Facts::range(number(-10, 1), number(10, 1), number(1, 2));
    let share = Body::Share { ladder: LadderId(1), column: 0 };
    let share = p.add_value(Type::NUMBER, share, None, facts.clone());
    let rest = p.add_value(Type::NUMBER, Body::Remainder { ladder: LadderId(1) }, None, facts.clone());
    let applied = expr(Type::NUMBER, ExprKind::Apply(LadderId(0), Box::new(amount.clone())), facts);
    let late = ge(&settled, &constant(Type::Date, number(day(2023, 1, 1), 1)));
    let same = eq(&texts[0], &texts[1]);
    let first = is(&texts[0], 0);
    World {
        program: p,
        numbers: vec![amount, base, share, rest, applied],
        bools: vec![late, same, first],
        ordinals: texts.clone(),
        dates: vec![],
        tables: vec![(dated, texts[0].clone()), (dated, texts[1].clone())],
    }
}

impl World {
    fn pick(all: &[Expr], random: &mut Random) -> Expr {
        all[random.below(all.len())].clone()
    }

    fn number(&mut self, depth: usize, random: &mut Random) -> Expr {
        if depth == 0 || random.below(4) == 0 {
            if self.numbers.is_empty() || random.below(3) == 0 {
                return bare(i64::try_from(random.below(6)).unwrap() - 2);
            }
            return Self::pick(&self.numbers, random);
        }
        let mode =
            [RoundingMode::HalfUp, RoundingMode::HalfEven, RoundingMode::Down, RoundingMode::Up][random.below(4)];
        match random.below(12) {
            0 | 1 => add(&self.number(depth - 1, random), &self.number(depth - 1, random)),
            2 => sub(&self.number(depth - 1, random), &self.number(depth - 1, random)),
            3 => mul(&self.number(depth - 1, random), &self.number(depth - 1, random)),
            4 => max(&self.number(depth - 1, random), &self.number(depth - 1, random)),
            5 => min(&self.number(depth - 1, random), &self.number(depth - 1, random)),
            6 => {
                let divisor = self.number(1, random);
                let numer = self.number(depth - 1, random);
                if divisor.facts.divide(&divisor.facts).is_none()
                    || divisor.facts.as_constant().is_some_and(Zero::is_zero)
                {
                    return numer;
                }
                div(&numer, &divisor)
            }
            7 => {
                let inner = self.number(depth - 1, random);
                let inner = mul(&inner, &constant(Type::NUMBER, number(1, 3)));
                let rounding = Rounding { mode, step: number(1, 2) };
                let facts = inner.facts.round(&rounding.step);
                expr(inner.ty, ExprKind::Round(Box::new(inner), rounding), facts)
            }
            8 => {
                let condition = self.bool(depth - 1, random);
                cases(&[(&condition, &self.number(depth - 1, random))], &self.number(depth - 1, random))
            }
            9 if !self.tables.is_empty() => {
                let (table, key) = self.tables[random.below(self.tables.len())].clone();
                self.program.looked_up(table, &[&key])
            }
            10 if !self.dates.is_empty() => units(&self.date(depth - 1, random), &self.date(depth - 1, random), 1),
            _ => {
                let body = self.number(depth - 1, random);
                self.program.define(body, None)
            }
        }
    }

    fn date(&mut self, depth: usize, random: &mut Random) -> Expr {
        let date = Self::pick(&self.dates, random);
        match random.below(if depth == 0 { 2 } else { 4 }) {
            2 => later(&date, i64::try_from(random.below(3)).unwrap() - 1),
            3 => add(&date, &bare(i64::try_from(random.below(40)).unwrap())),
            _ => date,
        }
    }

    fn bool(&mut self, depth: usize, random: &mut Random) -> Expr {
        use fen_grammar::tree::Comparison::*;
        let comparison = [Eq, Ne, Lt, Le, Gt, Ge][random.below(6)];
        if depth == 0 || random.below(6) == 0 {
            if !self.ordinals.is_empty() && random.below(2) == 0 {
                let ordinal = Self::pick(&self.ordinals, random);
                let place = constant(ordinal.ty, number(i64::try_from(random.below(3)).unwrap(), 1));
                let comparison = match comparison {
                    Lt | Le | Gt if ordinal.ty.is_text() => Ne,
                    Ge if ordinal.ty.is_text() => Eq,
                    _ => comparison,
                };
                return compare(&ordinal, comparison, &place);
            }
            return Self::pick(&self.bools, random);
        }
        match random.below(9) {
            0 => and(&self.bool(depth - 1, random), &self.bool(depth - 1, random)),
            1 => or(&self.bool(depth - 1, random), &self.bool(depth - 1, random)),
            2 => not(&self.bool(depth - 1, random)),
            3 => {
                let condition = self.bool(depth - 1, random);
                cases(&[(&condition, &self.bool(depth - 1, random))], &self.bool(depth - 1, random))
            }
            4 => {
                let body = self.bool(depth - 1, random);
                self.program.define(body, None)
            }
            5 if !self.tables.is_empty() => {
                let (table, key) = self.tables[random.below(self.tables.len())].clone();
                expr(Type::Bool, ExprKind::HasRow { table, keys: vec![key] }, Facts::bool())
            }
            6 => eq(&self.bool(depth - 1, random), &self.bool(depth - 1, random)),
            7 if !self.dates.is_empty() => {
                compare(&self.date(depth - 1, random), comparison, &self.date(depth - 1, random))
            }
            _ => compare(&self.number(depth - 1, random), comparison, &self.number(depth - 1, random)),
        }
    }

    /// Whether any claim makes the condition true.
    fn exists(&self, condition: &Expr) -> bool {
        let mut claims: Vec<Vec<Option<BigRational>>> = vec![vec![]];
        for input in &self.program.inputs {
            let mut next = Vec::new();
            let (low, mut high) = (int(&input.facts.low), int(&input.facts.high));
            if input.ty.is_text() {
                high += 1;
            }
            for claim in claims {
                let mut value = low.clone();
                while value <= high {
                    let mut claim = claim.clone();
                    claim.push(Some(BigRational::from(value.clone())));
                    next.push(claim);
                    value += 1;
                }
                if input.is_optional {
                    let mut claim = claim;
                    claim.push(None);
                    next.push(claim);
                }
            }
            claims = next;
        }
        claims.into_iter().any(|inputs| {
            let claim = Claim { inputs, parameters: vec![] };
            evaluate(&self.program, &claim, condition).is_some_and(|value| value.is_one())
        })
    }
}

fn agree(world: impl Fn() -> World, seeds: std::ops::Range<u64>, depth: usize) {
    let (mut found, mut impossible, mut undecided, mut missed) = (0_u64, 0_u64, 0_u64, 0_u64);
    let count = seeds.end - seeds.start;
    for seed in seeds {
        let mut world = world();
        let mut random = Random(seed * 7_919 + 17);
        let condition = world.bool(depth, &mut random);
        match find(&world.program, &[&condition], &[]) {
            Witness::Claim(claim) => {
                found += 1;
                let value = evaluate(&world.program, &claim, &condition);
                assert!(value.is_some_and(|value| value.is_one()), "seed {seed}");
            }
            Witness::Impossible => {
                impossible += 1;
                assert!(!world.exists(&condition), "seed {seed}: {condition:#?}");
            }
            Witness::Undecided => {
                undecided += 1;
                missed += u64::from(world.exists(&condition));
            }
        }
    }
    eprintln!("{found} found, {impossible} impossible, {undecided} undecided, of which {missed} can be");
    assert!(missed * 200 < found);
    assert!(undecided * 50 < count && impossible * 20 > count && found * 20 > count);
}

/// Seeds of an ordinary run; `FEN_CONDITIONS=n` tries n times as many.
fn seeds(count: u64) -> std::ops::Range<u64> {
    let times: u64 = std::env::var("FEN_CONDITIONS").ok().and_then(|times| times.parse().ok()).unwrap_or(1);
    0..count * times
}

#[test]
fn agrees_with_trying_all_numbers() {
    agree(numbers, seeds(1_500), 4);
}

#[test]
fn agrees_with_trying_all_dates() {
    agree(dates, seeds(600), 3);
}

#[test]
fn agrees_with_trying_all_versions() {
    agree(versions, seeds(800), 4);
}
