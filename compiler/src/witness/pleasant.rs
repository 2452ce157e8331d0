//! Claims that are easy to read: round amounts, simple dates, nothing that is not needed.

use num_bigint::BigInt;
use num_rational::BigRational;
use num_traits::{One, Signed, ToPrimitive, Zero};

use super::dates;
use super::path::{Path, Source, input_range, steps};
use crate::check::program::{Claim, Program, days_of};
use crate::check::types::{Measure, Type, step_of};
use crate::solve::{Linear, Problem, Sign, Solution, Var};

/// Inputs of a claim that are made pleasant to read; more would take long to find.
const MOST: usize = 10;

/// Round amounts of money that make a claim easy to read, in yuan.
const AMOUNTS: [i64; 5] = [100, 10_000, 1_000_000, 100_000_000, 0];

/// Round amounts of anything else.
const COUNTS: [i64; 4] = [1, 10, 100, 0];

impl Path<'_> {
    /// A solution with round amounts, as far as there is one.
    pub(super) fn pleasant(&self, problem: &Problem, found: Vec<BigInt>) -> Vec<BigInt> {
        let mut problem = problem.clone();
        let mut best = found;
        let mut sources = self.sources.clone();
        sources.sort_by_key(|(source, _)| self.rank(*source));
        for (source, var) in sources.into_iter().take(MOST) {
            let (low, high) = problem.bounds(var);
            if low == high {
                continue;
            }
            let own = best.get(var.0).cloned().unwrap_or_default();
            for candidate in self.candidates(source, &own) {
                if candidate < low || candidate > high {
                    continue;
                }
                let mut tried = problem.clone();
                let form = Linear::var(var, BigRational::one()).sub(&Linear::integer(candidate));
                if !tried.require(&form, Sign::Zero) {
                    continue;
                }
                if let Solution::Found(values) = tried.solve(self.work) {
                    best = values;
                    problem = tried;
                    break;
                }
            }
        }
        best
    }

    /// A solution of the problem with one number set to a round one, which leaves an easier problem.
    pub(super) fn easier(&self) -> Option<Vec<BigInt>> {
        let mut tries = 0;
        for (source, var) in &self.sources {
            for candidate in self.candidates(*source, &BigInt::zero()) {
                let mut problem = self.problem.clone();
                tries += 1;
                let form = Linear::var(*var, BigRational::one()).sub(&Linear::integer(candidate));
                if problem.require(&form, Sign::Zero)
                    && let Solution::Found(values) = problem.solve(self.work)
                {
                    return Some(values);
                }
                if tries > 30 {
                    return None;
                }
            }
        }
        None
    }

    /// What is to be made pleasant first.
    fn rank(&self, source: Source) -> usize {
        match (source, self.ty(source)) {
            (Source::Known(_), _) => 0,
            (_, Type::Bool) => 1,
            (_, Type::Enum(_) | Type::Code | Type::Id) => 2,
            (_, Type::Date) => 3,
            _ => 4,
        }
    }

    fn ty(&self, source: Source) -> Type {
        let ty = match source {
            Source::Known(_) => None,
            Source::Input(id) => self.program.input(id).map(|input| input.ty),
            Source::Parameter(id) => self.program.parameter(id).map(|parameter| parameter.ty),
        };
        ty.unwrap_or(Type::Bool)
    }

    /// Pleasant values of a variable, in its steps; `own` is the one it has.
    fn candidates(&self, source: Source, own: &BigInt) -> Vec<BigInt> {
        let scale = match source {
            Source::Known(_) => 0,
            Source::Input(id) => self.program.input(id).map_or(0, |input| input.scale),
            Source::Parameter(id) => self.program.parameter(id).map_or(0, |parameter| parameter.scale),
        };
        match self.ty(source) {
            Type::Bool | Type::Enum(_) | Type::Code | Type::Id => vec![BigInt::zero(), BigInt::one()],
            Type::Date => {
                let mut days = vec![default_day(self.program)];
                if let Some(own) = own.to_i64() {
                    let [month, year] = dates::firsts(own);
                    days.extend([year, month, dates::add_months(month, 1, false), dates::add_months(year, 12, false)]);
                }
                days.into_iter().map(BigInt::from).collect()
            }
            Type::Measure(measure) => {
                let amounts: &[i64] = if measure == Measure::MONEY { &AMOUNTS } else { &COUNTS };
                let parts = BigInt::from(10).pow(scale);
                let mut all: Vec<BigInt> = amounts.iter().map(|amount| BigInt::from(*amount) * &parts).collect();
                all.extend(rounder(own));
                all
            }
        }
    }

    /// The claim that a solution stands for.
    pub(super) fn claim(&self, values: &[BigInt]) -> Claim {
        let var = |wanted: Source| self.sources.iter().find(|(source, _)| *source == wanted).map(|(_, var)| *var);
        let value = |var: Var| values.get(var.0).cloned().unwrap_or_default();
        let mut claim = plainest(self.program);
        for (at, (slot, input)) in claim.inputs.iter_mut().zip(&self.program.inputs).enumerate() {
            let id = crate::ids::InputId(at);
            let known = !input.is_optional || var(Source::Known(id)).is_some_and(|var| value(var).is_one());
            let cell = var(Source::Input(id)).map_or_else(|| plain_input(self.program, id), value);
            *slot = known.then(|| step_of(input.scale) * cell);
        }
        claim.follow_links(self.program, |id| {
            let cell = var(Source::Input(id)).map_or_else(|| plain_input(self.program, id), value);
            step_of(self.program.input(id).map_or(0, |input| input.scale)) * cell
        });
        for (at, (slot, parameter)) in claim.parameters.iter_mut().zip(&self.program.parameters).enumerate() {
            if let Some(var) = var(Source::Parameter(crate::ids::ParameterId(at))) {
                *slot = step_of(parameter.scale) * value(var);
            }
        }
        claim
    }
}

/// Numbers of fewer digits beside one.
fn rounder(own: &BigInt) -> Vec<BigInt> {
    let digits = u32::try_from(own.abs().to_string().len()).unwrap_or(1);
    let powers = (1..=3).filter_map(|kept| digits.checked_sub(kept)).filter(|power| *power > 0);
    powers
        .flat_map(|power| {
            let unit = BigInt::from(10).pow(power);
            let down = num_integer::Integer::div_floor(own, &unit) * &unit;
            [&down + &unit, down]
        })
        .collect()
}

/// A simple day: the first of the period in force.
fn default_day(program: &Program) -> i64 {
    program.in_force.map_or_else(|| dates::days_from(2024, 1, 1), |(first, _)| i64::from(days_of(first)))
}

fn plain(ty: Type, (low, high): (BigInt, BigInt), program: &Program) -> BigInt {
    let wanted = if ty == Type::Date { BigInt::from(default_day(program)) } else { BigInt::zero() };
    if low > high { low } else { wanted.clamp(low, high) }
}

fn plain_input(program: &Program, id: crate::ids::InputId) -> BigInt {
    program.input(id).map(|input| plain(input.ty, input_range(program, id), program)).unwrap_or_default()
}

/// The plainest claim: nothing but what must be there.
pub(crate) fn plainest(program: &Program) -> Claim {
    let inputs = program.inputs.iter().enumerate().map(|(at, input)| {
        (!input.is_optional).then(|| step_of(input.scale) * plain_input(program, crate::ids::InputId(at)))
    });
    let parameters = program.parameters.iter().map(|parameter| {
        step_of(parameter.scale) * plain(parameter.ty, steps(&parameter.facts, parameter.scale), program)
    });
    Claim { inputs: inputs.collect(), parameters: parameters.collect() }
}
