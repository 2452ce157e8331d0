//! Checked programs and claims for tests, and what they are built with.

mod made_up;
mod special;
pub(crate) mod streams;

use fen_grammar::diagnostic::{Lang, Text};
use fen_grammar::source::Span;
use fen_grammar::tree::{Comparison, RoundingMode};
use num_bigint::BigInt;
use num_rational::BigRational;
use num_traits::One;

pub(crate) use self::made_up::Maker;
pub(crate) use self::special::{large_claim, large_table, months, quotients, surplus};
use crate::check::program::{
    Body, Claim, Expr, ExprKind, Grain, Input, Key, Origin, Output, Parameter, Program, Rounding, Site, Table,
    TableRow, Value,
};
use crate::check::types::{Facts, Type, step_of};
use crate::ids::{GrainId, InputId, ParameterId, SiteId, TableId, ValueId};

pub(crate) fn number(value: i64) -> BigRational {
    BigRational::from(BigInt::from(value))
}

pub(crate) fn ratio(numer: i64, denom: i64) -> BigRational {
    BigRational::new(numer.into(), denom.into())
}

fn text(name: &str) -> Text {
    Text::new(name, name)
}

/// Numbers made up from a seed.
pub(crate) struct Random(pub(crate) u64);

impl Random {
    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    pub(crate) fn below(&mut self, end: u64) -> u64 {
        self.next() % end
    }

    pub(crate) fn range(&mut self, low: i64, high: i64) -> i64 {
        low + (self.next() % u64::try_from(high - low + 1).unwrap()) as i64
    }

    pub(crate) fn one_in(&mut self, count: u64) -> bool {
        self.below(count) == 0
    }
}

/// An empty program, to be filled.
pub(crate) fn program() -> Program {
    Program {
        name: "test".to_owned(),
        lang: Lang::En,
        title: None,
        titles: None,
        source: None,
        in_force: None,
        dated_by: None,
        enums: Vec::new(),
        codes: Vec::new(),
        inputs: Vec::new(),
        parameters: Vec::new(),
        tables: Vec::new(),
        values: Vec::new(),
        order: Vec::new(),
        ladders: Vec::new(),
        sites: Vec::new(),
        outputs: Vec::new(),
        grains: vec![Grain::rows()],
        claim: GrainId(0),
        links: Vec::new(),
        splits: Vec::new(),
        required: Vec::new(),
        ordered_by: None,
        reversal: None,
        choices: Vec::new(),
        invariants: Vec::new(),
        examples: Vec::new(),
        citations: Vec::new(),
        clauses: crate::check::program::Clauses::default(),
        places: crate::check::places::Places::default(),
    }
}

impl Program {
    pub(crate) fn with_input(&mut self, name: &str, ty: Type, scale: u32, facts: Facts, is_optional: bool) -> InputId {
        self.inputs.push(Input {
            name: name.to_owned(),
            label: text(name),
            ty,
            scale,
            is_optional,
            facts,
            origin: Origin::Column,
            per: None,
        });
        InputId(self.inputs.len() - 1)
    }

    pub(crate) fn with_parameter(&mut self, name: &str, ty: Type, scale: u32, facts: Facts) -> ParameterId {
        self.parameters.push(Parameter { name: name.to_owned(), label: text(name), ty, scale, facts });
        ParameterId(self.parameters.len() - 1)
    }

    pub(crate) fn with_value(&mut self, name: &str, body: Expr, rounding: Option<Rounding>) -> ValueId {
        let facts = match &rounding {
            Some(rounding) => body.facts.round(&rounding.step),
            None => body.facts.clone(),
        };
        let ty = body.ty;
        let body = Body::Expr(Box::new(body));
        self.values.push(Value {
            name: name.to_owned(),
            span: Span::default(),
            ty,
            body,
            rounding,
            facts,
            grain: None,
        });
        let id = ValueId(self.values.len() - 1);
        self.order.push(id);
        id
    }

    pub(crate) fn with_output(&mut self, value: ValueId, scale: u32, present: Option<ValueId>) {
        let name = format!("out{}", self.outputs.len());
        self.outputs.push(Output { label: text(&name), name, value, present, scale, grain: GrainId(0) });
    }

    pub(crate) fn with_table(&mut self, ty: Type, scale: u32, keys: Vec<Key>, mut rows: Vec<TableRow>) -> TableId {
        rows.sort_by_key(|row| (row.keys.clone(), row.from));
        let low = rows.iter().map(|row| row.cell).min().unwrap_or_default();
        let high = rows.iter().map(|row| row.cell).max().unwrap_or_default();
        let step = step_of(scale);
        let facts = Facts::range(&step * BigInt::from(low), &step * BigInt::from(high), step);
        let name = format!("table{}", self.tables.len());
        self.tables.push(Table { name, ty, scale, keys, rows, facts, is_total: false });
        TableId(self.tables.len() - 1)
    }

    pub(crate) fn with_site(&mut self, table: TableId, input: InputId) -> SiteId {
        self.sites.push(Site { table, input });
        SiteId(self.sites.len() - 1)
    }

    pub(crate) fn input_expr(&self, id: InputId) -> Expr {
        let input = &self.inputs[id.0];
        expr(input.ty, ExprKind::Input(id), input.facts.clone())
    }

    pub(crate) fn value_expr(&self, id: ValueId) -> Expr {
        let value = &self.values[id.0];
        expr(value.ty, ExprKind::Value(id), value.facts.clone())
    }

    pub(crate) fn lookup(&self, table: TableId, keys: Vec<Expr>, site: Option<SiteId>) -> Expr {
        let found = &self.tables[table.0];
        expr(found.ty, ExprKind::Lookup { table, keys, site }, found.facts.clone())
    }
}

pub(crate) fn expr(ty: Type, kind: ExprKind, facts: Facts) -> Expr {
    Expr { span: Span::default(), ty, kind, facts }
}

pub(crate) fn constant(value: BigRational) -> Expr {
    let facts = Facts::constant(&value);
    expr(Type::NUMBER, ExprKind::Constant(value), facts)
}

pub(crate) fn boolean(kind: ExprKind) -> Expr {
    expr(Type::Bool, kind, Facts::bool())
}

pub(crate) fn add(a: Expr, b: Expr) -> Expr {
    let facts = a.facts.add(&b.facts);
    expr(a.ty, ExprKind::Add(Box::new(a), Box::new(b)), facts)
}

pub(crate) fn sub(a: Expr, b: Expr) -> Expr {
    let facts = a.facts.add(&b.facts.negate());
    expr(a.ty, ExprKind::Sub(Box::new(a), Box::new(b)), facts)
}

pub(crate) fn mul(a: Expr, b: Expr) -> Expr {
    let facts = a.facts.multiply(&b.facts);
    expr(a.ty, ExprKind::Mul(Box::new(a), Box::new(b)), facts)
}

pub(crate) fn div(a: Expr, b: Expr) -> Expr {
    let facts = a.facts.divide(&b.facts).expect("a divisor with a grid");
    expr(a.ty, ExprKind::Div(Box::new(a), Box::new(b)), facts)
}

pub(crate) fn max(a: Expr, b: Expr) -> Expr {
    let facts = a.facts.max(&b.facts);
    expr(a.ty, ExprKind::Max(vec![a, b]), facts)
}

pub(crate) fn min(a: Expr, b: Expr) -> Expr {
    let facts = a.facts.min(&b.facts);
    expr(a.ty, ExprKind::Min(vec![a, b]), facts)
}

pub(crate) fn rounded(a: Expr, mode: RoundingMode, step: BigRational) -> Expr {
    let facts = a.facts.round(&step);
    expr(a.ty, ExprKind::Round(Box::new(a), Rounding { mode, step }), facts)
}

pub(crate) fn compare(comparison: Comparison, a: Expr, b: Expr) -> Expr {
    boolean(ExprKind::Compare(comparison, Box::new(a), Box::new(b)))
}

pub(crate) fn cases(cases: Vec<(Expr, Expr)>, last: Expr) -> Expr {
    let facts = cases.iter().fold(last.facts.clone(), |facts, (_, value)| facts.either(&value.facts));
    expr(last.ty, ExprKind::Cases(cases, Box::new(last)), facts)
}

pub(crate) const MODES: [RoundingMode; 4] =
    [RoundingMode::HalfUp, RoundingMode::HalfEven, RoundingMode::Down, RoundingMode::Up];

pub(crate) const COMPARISONS: [Comparison; 6] =
    [Comparison::Eq, Comparison::Ne, Comparison::Lt, Comparison::Le, Comparison::Gt, Comparison::Ge];

/// A claim for any program: mostly inside its ranges, often at an end.
pub(crate) fn claim(program: &Program, random: &mut Random) -> Claim {
    let inputs = program.inputs.iter().map(|input| {
        if input.scale == 0 && input.facts.high > number(i64::MAX / 4) {
            // As many bits as it may have, or fewer.
            let bits = random.below(input.facts.high.numer().bits() + 1);
            let cell = (BigInt::from(random.next()) << 64) + random.next();
            let cell = cell >> (128 - bits);
            let cell =
                if bits > 60 && random.one_in(4) { (BigInt::one() << (bits - 1)) - random.below(3) } else { cell };
            return Some(BigRational::from(if random.one_in(2) { -cell } else { cell }));
        }
        if random.one_in(if input.is_optional { 3 } else { 400 }) {
            return None;
        }
        let step = step_of(input.scale);
        let low: i64 = (&input.facts.low / &step).to_integer().try_into().unwrap_or(i64::MIN / 2);
        let high: i64 = (&input.facts.high / &step).to_integer().try_into().unwrap_or(i64::MAX / 4);
        let span = high - low;
        let cell = match random.below(16) {
            0 => low,
            1 => high,
            2 if random.one_in(6) => low - 1,
            3 if random.one_in(6) && high < i32::MAX.into() => high + 1,
            4..=7 => low + random.range(0, span.min(10_000)),
            _ if input.ty.is_text() => random.range(0, 63),
            _ => random.range(low, high),
        };
        Some(step * BigInt::from(cell))
    });
    let inputs = inputs.collect();
    let parameters = program.parameters.iter().map(|parameter| {
        let step = step_of(parameter.scale);
        let high: i64 = (&parameter.facts.high / &step).to_integer().try_into().unwrap();
        step * BigInt::from(random.range(0, high))
    });
    Claim { inputs, parameters: parameters.collect() }
}

/// The cell of a value.
pub(crate) fn cell(value: &BigRational, scale: u32) -> BigInt {
    let cell = value / step_of(scale);
    assert!(cell.denom().is_one(), "{value} is not on the grid");
    cell.to_integer()
}
