//! One way through the choices of a condition, as a linear problem.
//!
//! A path starts empty; [`Path::assume`] (in `truth`) and [`Path::form`] (in `number`) add to it. Where they have a choice,
//! the plan says what to take. Every path over-approximates: all claims that go this way solve its problem, but a solution
//! may be none where something was opaque.

use std::collections::HashMap;

use num_bigint::BigInt;
use num_rational::BigRational;
use num_traits::{One, Zero};

use super::opaque::Opaque;
use crate::check::program::Program;
use crate::check::types::{Facts, Grid, Type, step_of};
use crate::exact;
use crate::ids::{InputId, ParameterId, ValueId};
use crate::solve::{Linear, Problem, Sign, Var, Work};

/// What a variable stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Source {
    Input(InputId),
    /// Whether an optional input is there.
    Known(InputId),
    Parameter(ParameterId),
}

/// Why a path ends early.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stop {
    /// No claim goes this way.
    Never,
    /// The work exceeded its bound.
    Overrun,
}

pub(super) type Step<T> = Result<T, Stop>;

/// A numerator and, if it is a quotient, a divisor that is positive on the path.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Form {
    pub(super) numer: Linear,
    pub(super) denom: Option<Linear>,
}

impl From<Linear> for Form {
    fn from(numer: Linear) -> Self {
        Self { numer, denom: None }
    }
}

impl Form {
    pub(super) fn constant(value: BigRational) -> Self {
        Linear::constant(value).into()
    }

    pub(super) fn as_constant(&self) -> Option<&BigRational> {
        self.denom.is_none().then(|| self.numer.as_constant()).flatten()
    }
}

/// The most of [`Path::most_depth`]: the machine's stack bounds it. One value has at most 200 of them.
pub(super) const MAX_DEPTH: usize = 400;

/// Real variables are counted in these parts of one.
const REAL_PARTS: u32 = 1_000_000;

#[derive(Clone)]
pub(super) struct Path<'a> {
    pub(super) program: &'a Program,
    pub(super) work: &'a Work,
    pub(super) problem: Problem,
    /// What to take where there is a choice; the first beyond its end.
    plan: Vec<usize>,
    /// What was taken, and of how many.
    pub(super) taken: Vec<(usize, usize)>,
    vars: HashMap<Source, Var>,
    /// What variables stand for.
    pub(super) sources: Vec<(Source, Var)>,
    pub(super) values: HashMap<ValueId, Form>,
    pub(super) truths: HashMap<ValueId, bool>,
    pub(super) opaques: Vec<(Opaque, Linear)>,
    pub(super) depth: usize,
    /// Expressions inside expressions, through values, that are followed before a value is taken as opaque.
    pub(super) most_depth: usize,
    /// Cases of numbers and rows of tables are not told apart, which is quick and often enough for a proof.
    pub(super) is_coarse: bool,
}

impl<'a> Path<'a> {
    pub(super) fn new(program: &'a Program, work: &'a Work) -> Self {
        Self {
            program,
            work,
            problem: Problem::default(),
            plan: Vec::new(),
            taken: Vec::new(),
            vars: HashMap::new(),
            sources: Vec::new(),
            values: HashMap::new(),
            truths: HashMap::new(),
            opaques: Vec::new(),
            depth: 0,
            most_depth: MAX_DEPTH,
            is_coarse: false,
        }
    }

    /// The same, but cases of numbers and rows of tables are not told apart.
    pub(super) fn coarse(&self) -> Self {
        Self { is_coarse: true, ..self.clone() }
    }

    /// From here with these choices.
    pub(super) fn follow(&self, plan: &[usize]) -> Self {
        self.work
            .take(20 + 4 * (self.values.len() + self.sources.len() + self.opaques.len()) + 10 * self.problem.rows());
        let mut path = self.clone();
        path.plan = plan.to_vec();
        path.taken.clear();
        path
    }

    /// One of so many ways.
    pub(super) fn choose(&mut self, of: usize) -> Step<usize> {
        match of {
            0 => Err(Stop::Never),
            1 => Ok(0),
            _ => {
                let choice = self.plan.get(self.taken.len()).copied().unwrap_or(0);
                self.taken.push((choice, of));
                Ok(choice)
            }
        }
    }

    pub(super) fn spend(&mut self, operations: usize) -> Step<()> {
        if self.work.take(operations) { Ok(()) } else { Err(Stop::Overrun) }
    }

    pub(super) fn require(&mut self, form: &Linear, sign: Sign) -> Step<()> {
        self.spend(20 + 12 * form.len())?;
        if self.problem.require(form, sign) { Ok(()) } else { Err(Stop::Never) }
    }

    /// `least <= form <= most`.
    pub(super) fn between(&mut self, form: &Linear, least: &Linear, most: &Linear) -> Step<()> {
        self.require(&least.clone().sub(form), Sign::NotPositive)?;
        self.require(&form.clone().sub(most), Sign::NotPositive)
    }

    /// The least and greatest value on this path, as far as bounds say.
    pub(super) fn range(&self, form: &Linear) -> (BigRational, BigRational) {
        self.problem.range(form)
    }

    /// The value on this path, if bounds leave only one.
    pub(super) fn fixed(&self, form: &Linear) -> Option<BigRational> {
        if let Some(value) = form.as_constant() {
            return Some(value.clone());
        }
        let (low, high) = self.range(form);
        (low == high).then_some(low)
    }

    fn var(&mut self, source: Source, bounds: impl FnOnce() -> (BigInt, BigInt)) -> Var {
        if let Some(var) = self.vars.get(&source) {
            return *var;
        }
        let (low, high) = bounds();
        let var = self.problem.var(low, high);
        self.vars.insert(source, var);
        self.sources.push((source, var));
        var
    }

    /// An input's value, whether it is known or not.
    pub(super) fn input(&mut self, id: InputId) -> Step<Linear> {
        let program = self.program;
        let input = program.input(id).ok_or(Stop::Overrun)?;
        let var = self.var(Source::Input(id), || input_range(program, id));
        Ok(Linear::var(var, step_of(input.scale)))
    }

    pub(super) fn parameter(&mut self, id: ParameterId) -> Step<Linear> {
        let program = self.program;
        let parameter = program.parameter(id).ok_or(Stop::Overrun)?;
        if let (false, Some(value)) = (parameter.ty.is_text(), parameter.facts.as_constant()) {
            return Ok(Linear::constant(value.clone()));
        }
        let var = self.var(Source::Parameter(id), || {
            if parameter.ty.is_text() { text_range(program) } else { steps(&parameter.facts, parameter.scale) }
        });
        Ok(Linear::var(var, step_of(parameter.scale)))
    }

    /// 1 if the input is there.
    pub(super) fn known(&mut self, id: InputId) -> Step<Linear> {
        if self.program.input(id).is_some_and(|input| !input.is_optional) {
            return Ok(Linear::integer(1));
        }
        let var = self.var(Source::Known(id), || (BigInt::zero(), BigInt::one()));
        Ok(Linear::var(var, BigRational::one()))
    }

    /// A new variable for something with these facts, and what one of it stands for.
    pub(super) fn fresh(&mut self, facts: &Facts) -> (Var, BigRational) {
        let (step, is_real) = match &facts.grid {
            Grid::Step(step) => (step.clone(), false),
            Grid::Zero => (BigRational::one(), false),
            Grid::Free => (BigRational::new(BigInt::one(), BigInt::from(REAL_PARTS)), true),
        };
        let var = if is_real {
            self.problem.real(exact::floor(&facts.low, &step), exact::ceil(&facts.high, &step))
        } else {
            let (low, high) = exact::within(&facts.low, &facts.high, &step);
            self.problem.var(low, high)
        };
        (var, step)
    }

    /// Which of the versions applies to the claim's date; `None` before the first one.
    pub(super) fn version(&mut self, froms: &[Option<i32>]) -> Step<Option<usize>> {
        if froms.is_empty() {
            return Ok(None);
        }
        let dated = froms.iter().any(Option::is_some);
        let (Some(id), true) = (self.program.dated_by, dated) else {
            return Ok(Some(0));
        };
        let date = self.input(id)?;
        let (low, high) = self.range(&date);
        let day = |day: i32| BigRational::from(BigInt::from(day));
        // Before the first, then each until the next one begins.
        let mut starts: Vec<Option<i32>> = vec![None];
        starts.extend(froms.iter().map(|from| Some(from.unwrap_or(i32::MIN))));
        let ends = starts.iter().skip(1).copied().chain([None]);
        let ways: Vec<(usize, Option<i32>, Option<i32>)> = starts
            .iter()
            .copied()
            .zip(ends)
            .enumerate()
            .map(|(at, (start, end))| (at, start, end))
            .filter(|(_, start, end)| {
                start.is_none_or(|start| day(start) <= high) && end.is_none_or(|end| day(end) > low)
            })
            .collect();
        let choice = self.choose(ways.len())?;
        let (at, start, end) = *ways.get(choice).ok_or(Stop::Never)?;
        if let Some(start) = start {
            self.require(&Linear::integer(start).sub(&date), Sign::NotPositive)?;
        }
        if let Some(end) = end {
            self.require(&date.sub(&Linear::integer(end)), Sign::Negative)?;
        }
        Ok(at.checked_sub(1))
    }
}

/// The range of an input in its steps.
pub(super) fn input_range(program: &Program, id: InputId) -> (BigInt, BigInt) {
    let Some(input) = program.input(id) else { return Default::default() };
    if input.ty.is_text() {
        return text_range(program);
    }
    let (mut low, mut high) = steps(&input.facts, input.scale);
    if let (true, Some((first, last))) = (program.dated_by == Some(id), program.in_force) {
        low = low.max(BigInt::from(crate::check::program::days_of(first)));
        if let Some(last) = last {
            high = high.min(BigInt::from(crate::check::program::days_of(last)));
        }
    }
    (low, high)
}

/// All listed texts, and as many others as a claim can have.
fn text_range(program: &Program) -> (BigInt, BigInt) {
    let texts = program.inputs.iter().filter(|input| input.ty.is_text()).count();
    (BigInt::zero(), BigInt::from(program.codes.len() + texts) - 1)
}

pub(super) fn steps(facts: &Facts, scale: u32) -> (BigInt, BigInt) {
    exact::within(&facts.low, &facts.high, &step_of(scale))
}

/// Whether facts about values of the type mean anything: texts beyond those listed have any number.
pub(super) fn is_bounded(ty: Type) -> bool {
    !ty.is_text()
}
