//! Claims made up to try a program on: the ends of ranges, the bounds of ladders and tables, what is compared with, and
//! one step to either side.

use std::collections::{HashMap, HashSet};

use fen_grammar::diagnostic::Text;
use num_bigint::BigInt;
use num_rational::BigRational;
use num_traits::{One, ToPrimitive, Zero};

use super::program::{Body, Claim, Expr, ExprKind, Key, Origin, Program, days_of};
use super::types::{Facts, Measure, Type, step_of};
use crate::exact;
use crate::ids::{InputId, LadderId, Symbol, ValueId};
use crate::witness::{dates, plainest};

/// Values of one type that are kept as special.
const MAX_SPECIAL: usize = 300;

/// An endless, repeatable sequence of claims within the admitted ranges.
pub(crate) struct Claims<'a> {
    program: &'a Program,
    special: HashMap<Type, Vec<BigRational>>,
    /// Parts of one amount that matter for another: bounds of ladders and what they leave.
    ratios: Vec<BigRational>,
    state: u64,
}

impl<'a> Claims<'a> {
    /// The sequence for a seed.
    pub(crate) fn new(program: &'a Program, seed: u64) -> Self {
        Self::around(program, seed, &[])
    }

    /// The sequence for a seed, for the sake of some more expressions.
    pub(crate) fn around(program: &'a Program, seed: u64, exprs: &[&Expr]) -> Self {
        let mut claims = Self { program, special: HashMap::new(), ratios: vec![BigRational::one()], state: seed };
        exprs.iter().for_each(|expr| claims.learn(expr));
        for value in &program.values {
            if let Body::Expr(expr) = &value.body {
                claims.learn(expr);
            }
        }
        program.invariants.iter().for_each(|invariant| claims.learn(&invariant.condition));
        claims.learn_ladders();
        let starts = program.tables.iter().flat_map(|table| &table.rows).filter_map(|row| row.from);
        let (first, last) = program.in_force.unzip();
        let days = starts.chain(first.into_iter().chain(last.flatten()).map(days_of));
        let days: Vec<BigRational> = days.map(|day| BigRational::from(BigInt::from(day))).collect();
        days.into_iter().for_each(|day| claims.keep(Type::Date, day));
        claims
    }

    fn keep(&mut self, ty: Type, value: BigRational) {
        let values = self.special.entry(ty).or_default();
        if values.len() < MAX_SPECIAL && !values.contains(&value) {
            values.push(value);
        }
    }

    /// Constants that something is compared or computed with, and the breaks of tables it is looked up in.
    fn learn(&mut self, expr: &Expr) {
        if let ExprKind::Constant(value) = &expr.kind {
            self.keep(expr.ty, value.clone());
        }
        if let ExprKind::Lookup { table, keys, .. } | ExprKind::HasRow { table, keys } = &expr.kind {
            let program = self.program;
            let table_keys = program.table(*table).map_or(&[][..], |table| &table.keys);
            for (key, of) in keys.iter().zip(table_keys) {
                if let Key::Range(breaks) = of {
                    breaks.iter().for_each(|one| self.keep(key.ty, one.at.clone()));
                }
            }
        }
        expr.parts().into_iter().for_each(|part| self.learn(part));
    }

    fn learn_ladders(&mut self) {
        let program = self.program;
        for ladder in &program.ladders {
            if let Some(base) = &ladder.base {
                self.learn(base);
            }
            let rows = ladder.versions.iter().flat_map(|version| &version.rows);
            for bound in rows.flat_map(|row| [&row.low, &row.high]).flatten() {
                if ladder.base.is_some() {
                    self.ratios.extend([bound.clone(), BigRational::one() - bound]);
                } else {
                    let types: Vec<Type> = program.inputs.iter().map(|input| input.ty).collect();
                    types.into_iter().filter(|ty| ty.measure().is_some()).for_each(|ty| self.keep(ty, bound.clone()));
                }
            }
            for from in ladder.versions.iter().filter_map(|version| version.from) {
                self.keep(Type::Date, BigRational::from(BigInt::from(from)));
            }
        }
    }

    /// SplitMix64 (Steele, Lea, Flood, OOPSLA 2014).
    fn next_random(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.state;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number below a bound.
    pub(super) fn below(&mut self, bound: usize) -> usize {
        let bound = u64::try_from(bound.max(1)).unwrap_or(u64::MAX);
        usize::try_from(self.next_random() % bound).unwrap_or(0)
    }

    fn one_of<T: Clone>(&mut self, all: &[T]) -> Option<T> {
        let at = self.below(all.len());
        all.get(at).cloned()
    }

    fn one_special(&mut self, ty: Type) -> Option<BigRational> {
        let count = self.special.get(&ty).map_or(0, Vec::len);
        let at = self.below(count);
        self.special.get(&ty).and_then(|values| values.get(at)).cloned()
    }

    /// One of the earlier values of a type.
    fn one_alike(&mut self, ty: Type, earlier: &[(Type, BigRational)]) -> Option<BigRational> {
        let alike = || earlier.iter().filter(|(other, _)| *other == ty);
        let at = self.below(alike().count());
        alike().nth(at).map(|(_, value)| value.clone())
    }

    /// A point of a range, as a quotient that is not reduced: it is only rounded.
    fn within(&mut self, low: &BigRational, high: &BigRational) -> BigRational {
        let (part, whole) = (BigInt::from(self.next_random()), BigInt::from(u64::MAX));
        let size = high - low;
        let numer = size.numer() * part * low.denom() + low.numer() * size.denom() * &whole;
        BigRational::new_raw(numer, size.denom() * low.denom() * whole)
    }

    /// One value of a type, given those of inputs before it.
    fn value(&mut self, ty: Type, scale: u32, facts: &Facts, earlier: &[(Type, BigRational)]) -> BigRational {
        let step = step_of(scale);
        let raw = match ty {
            Type::Code | Type::Id => return self.text(ty, earlier),
            Type::Bool | Type::Enum(_) => self.within(&facts.low, &(&facts.high + BigRational::one())),
            Type::Date => self.day(facts, earlier),
            Type::Measure(_) => self.amount(ty, scale, facts, earlier),
        };
        let nudge = if matches!(ty, Type::Bool | Type::Enum(_)) { 0 } else { (self.below(5) / 2).cast_signed() - 1 };
        let (least, greatest) = exact::within(&facts.low, &facts.high, &step);
        let steps = exact::floor(&raw, &step) + nudge;
        exact::product(&steps.max(least).min(greatest).into(), &step)
    }

    fn text(&mut self, ty: Type, earlier: &[(Type, BigRational)]) -> BigRational {
        let codes = self.program.codes.len();
        if let (0, Some(same)) = (self.below(4), self.one_alike(ty, earlier)) {
            return same;
        }
        let number = if self.below(6) == 0 { codes + self.below(2) } else { self.below(codes) };
        BigRational::from(BigInt::from(number))
    }

    fn day(&mut self, facts: &Facts, earlier: &[(Type, BigRational)]) -> BigRational {
        let whole = |day: i64| BigRational::from(BigInt::from(day));
        match self.below(8) {
            0 => facts.low.clone(),
            1 => facts.high.clone(),
            2 => self.within(&facts.low, &facts.high),
            3 | 4 => self.one_special(Type::Date).unwrap_or_else(|| whole(dates::days_from(2024, 2, 29))),
            5 => {
                let near = self.one_alike(Type::Date, earlier).or_else(|| self.one_special(Type::Date));
                let near = near.unwrap_or_else(BigRational::zero);
                let near = near.to_integer().to_i64().unwrap_or(0);
                let [month, year] = dates::firsts(near);
                let all = [month, year, dates::add_months(month, 1, false), dates::add_months(year, 2, false)];
                whole(self.one_of(&all).unwrap_or(near))
            }
            _ => {
                // Some full years, months or days from another date.
                let near = self.one_alike(Type::Date, earlier).or_else(|| self.one_special(Type::Date));
                let near = near.unwrap_or_else(BigRational::zero);
                let near = near.to_integer().to_i64().unwrap_or(0);
                let (unit, days) = self.one_of(&[(12, 0), (12, 0), (1, 0), (0, 1)]).unwrap_or((12, 0));
                let measure = [Measure::DAYS, Measure::MONTHS, Measure::YEARS];
                let measure = measure.get(if days == 1 { 0 } else { usize::from(unit == 12) + 1 });
                let special = measure.and_then(|measure| self.one_special(Type::Measure(*measure)));
                let count = special.and_then(|count| count.to_integer().to_i64()).unwrap_or(0).clamp(-2_000, 2_000);
                let count = if self.below(3) == 0 { count } else { -count };
                whole(dates::add_months(near, count * unit, false) + count * days)
            }
        }
    }

    fn amount(&mut self, ty: Type, scale: u32, facts: &Facts, earlier: &[(Type, BigRational)]) -> BigRational {
        match self.below(10) {
            0 => facts.low.clone(),
            1 => facts.high.clone(),
            2 => BigRational::zero(),
            3 => self.within(&facts.low, &facts.high),
            4 => {
                let digits = u32::try_from(self.below(14)).unwrap_or(0);
                BigRational::from(BigInt::from(self.next_random()) % BigInt::from(10).pow(digits)) * step_of(scale)
            }
            5 | 6 => self.one_special(ty).unwrap_or_else(|| facts.low.clone()),
            _ => {
                let ratios = self.ratios.len();
                let ratio = self.below(ratios);
                let ratio = self.ratios.get(ratio).cloned().unwrap_or_else(BigRational::one);
                let like = self.one_alike(ty, earlier);
                exact::product(&like.unwrap_or_else(|| BigRational::from(BigInt::from(100_000_000))), &ratio)
            }
        }
    }

    /// The admitted range, for the date of the claim that of the period in force.
    pub(super) fn facts(&self, at: usize, facts: &Facts) -> Facts {
        let mut facts = facts.clone();
        if let (true, Some((first, last))) = (self.program.dated_by == Some(InputId(at)), self.program.in_force) {
            let day = |date| BigRational::from(BigInt::from(days_of(date)));
            facts.low = facts.low.max(day(first));
            facts.high = last.map_or_else(|| facts.high.clone(), |last| facts.high.clone().min(day(last)));
        }
        facts
    }
}

impl Iterator for Claims<'_> {
    type Item = Claim;

    fn next(&mut self) -> Option<Self::Item> {
        let program = self.program;
        let mut earlier = Vec::new();
        let mut claim = Claim { inputs: Vec::new(), parameters: Vec::new() };
        for (at, input) in program.inputs.iter().enumerate() {
            let facts = self.facts(at, &input.facts);
            let value = self.value(input.ty, input.scale, &facts, &earlier);
            earlier.push((input.ty, value.clone()));
            let is_missing = input.is_optional && self.below(3) == 0;
            claim.inputs.push((!is_missing).then_some(value));
        }
        claim.follow_links(program, |id| earlier.get(id.0).map(|(_, value)| value.clone()).unwrap_or_default());
        for parameter in &program.parameters {
            let value = self.value(parameter.ty, parameter.scale, &parameter.facts, &earlier);
            claim.parameters.push(value);
        }
        Some(claim)
    }
}

impl Claim {
    /// Makes fields agree with their links: a field is there if its link leads somewhere, unless it is an optional input of
    /// the other claim.
    pub(crate) fn follow_links(&mut self, program: &Program, value: impl Fn(InputId) -> BigRational) {
        for (at, input) in program.inputs.iter().enumerate() {
            let Origin::Field { link, value: of } = &input.origin else { continue };
            let linked = program.inputs.iter().position(|input| input.origin == Origin::Linked(*link));
            let is_linked = linked
                .and_then(|at| self.inputs.get(at))
                .is_some_and(|cell| cell.as_ref().is_some_and(|cell| !cell.is_zero()));
            let Some(slot) = self.inputs.get_mut(at) else { continue };
            if !is_linked {
                *slot = None;
            } else if slot.is_none() && !program.is_optional_input(*of) {
                *slot = Some(value(InputId(at)));
            }
        }
    }
}

/// The most values of a claim that are shown whether they matter or not.
const MOST_SHOWN: usize = 12;

/// A claim in words, for the sake of conditions that hold of it: every input with its value, then the parameters; of many only
/// those that the conditions depend on, and of many of those only what is not as plain as can be.
pub(crate) fn show_claim(program: &Program, claim: &Claim, conditions: &[&Expr]) -> Text {
    let plain = plainest(program);
    let read = Read::by(program, conditions);
    let mut shown: Vec<Shown> = Vec::new();
    for (at, (input, value)) in program.inputs.iter().zip(&claim.inputs).enumerate() {
        // Where the policy knows no codes, it makes no difference which ones a claim has.
        if input.ty.is_text() && program.codes.is_empty() {
            continue;
        }
        let text = value.as_ref().map_or_else(|| Text::new("missing", "缺"), |value| program.show(input.ty, value));
        shown.push(Shown {
            name: &input.name,
            text,
            matters: read.inputs.contains(&at) || program.dated_by == Some(InputId(at)),
            is_plain: plain.inputs.get(at) == Some(value) && value.is_some(),
        });
    }
    for (at, (parameter, value)) in program.parameters.iter().zip(&claim.parameters).enumerate() {
        let (matters, is_plain) = (read.parameters.contains(&at), plain.parameters.get(at) == Some(value));
        shown.push(Shown { name: &parameter.name, text: program.show(parameter.ty, value), matters, is_plain });
    }
    let all = shown.len();
    if shown.len() > MOST_SHOWN && shown.iter().any(|one| one.matters) {
        shown.retain(|one| one.matters);
    }
    if shown.len() > MOST_SHOWN && shown.iter().any(|one| !one.is_plain) {
        shown.retain(|one| !one.is_plain);
    }
    let is_cut = shown.len() < all;
    let words = shown
        .into_iter()
        .map(|Shown { name, text, .. }| (format!("{name} {}", text.en), format!("{name} {}", text.zh)));
    let (mut en, mut zh): (Vec<String>, Vec<String>) = words.unzip();
    if is_cut {
        en.push("…".to_owned());
        zh.push("……".to_owned());
    }
    Text::new(en.join(", "), zh.join("，"))
}

/// A value of a claim as it is shown.
struct Shown<'a> {
    name: &'a str,
    text: Text,
    /// Whether the conditions depend on it.
    matters: bool,
    is_plain: bool,
}

/// The places of the inputs and parameters that expressions depend on.
#[derive(Default)]
struct Read {
    inputs: HashSet<usize>,
    parameters: HashSet<usize>,
    values: HashSet<ValueId>,
    ladders: HashSet<LadderId>,
}

impl Read {
    fn by(program: &Program, exprs: &[&Expr]) -> Self {
        let mut read = Self::default();
        let mut open: Vec<ValueId> = Vec::new();
        exprs.iter().for_each(|expr| read.expr(program, expr, &mut open));
        while let Some(id) = open.pop() {
            if !read.values.insert(id) {
                continue;
            }
            match program.value(id).map(|value| &value.body) {
                Some(Body::Expr(expr)) => read.expr(program, expr, &mut open),
                Some(Body::Share { ladder, .. } | Body::Remainder { ladder }) => {
                    read.ladder(program, *ladder, &mut open)
                }
                None => {}
            }
        }
        read
    }

    fn expr(&mut self, program: &Program, expr: &Expr, open: &mut Vec<ValueId>) {
        match &expr.kind {
            ExprKind::Input(id) | ExprKind::Known(id) => drop(self.inputs.insert(id.0)),
            ExprKind::Parameter(id) => drop(self.parameters.insert(id.0)),
            ExprKind::Value(id) => open.push(*id),
            ExprKind::Apply(ladder, _) => self.ladder(program, *ladder, open),
            _ => {}
        }
        expr.parts().into_iter().for_each(|part| self.expr(program, part, open));
    }

    fn ladder(&mut self, program: &Program, id: LadderId, open: &mut Vec<ValueId>) {
        let Some(ladder) = program.ladder(id).filter(|_| self.ladders.insert(id)) else { return };
        match ladder.subject {
            Some(Symbol::Value(id)) => open.push(id),
            Some(Symbol::Input(id)) => drop(self.inputs.insert(id.0)),
            Some(Symbol::Parameter(id)) => drop(self.parameters.insert(id.0)),
            None => {}
        }
        if let Some(base) = &ladder.base {
            self.expr(program, base, open);
        }
    }
}
