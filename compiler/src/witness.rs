//! Finds a claim for which something holds of a checked program, or proves that there is none.
//!
//! Values are piecewise linear in the inputs: `max`, `min` and ladders choose one of several linear pieces, and rounding
//! adds an integer variable. Every combination of pieces is one linear problem over integers (see [`crate::solve`]).
//! What is found is confirmed by the interpreter; what cannot be decided is said to be undecided, never guessed.

use std::collections::HashMap;

use fen_grammar::diagnostic::Text;
use num_bigint::BigInt;
use num_rational::BigRational;
use num_traits::{One, Zero};

use crate::check::program::{Body, Expr, ExprKind, Ladder, Program, Rounding};
use crate::check::types::{Facts, Type, step_of};
use crate::interpret::{Settled, settle};
use crate::resolve::program::{Symbol, ValueId};
use crate::solve::{Linear, Problem, Sign, Solution, Var, Work};

/// Combinations of pieces that are tried before giving up.
const MAX_PATHS: usize = 300;

/// Inputs of a claim that are made pleasant to read; more would take long to find.
const PLEASANT_INPUTS: usize = 6;

/// Round amounts that make a claim easy to read, in yuan.
const PLEASANT: [u32; 5] = [100, 10_000, 1_000_000, 100_000_000, 0];

/// A part of the line on which a ladder's rows lie.
#[derive(Clone, Debug)]
pub(crate) struct Region {
    /// Exclusive.
    low: Option<BigRational>,
    high: Option<BigRational>,
    high_inclusive: bool,
}

impl Region {
    /// Over `low`, up to and including `high`.
    pub(crate) fn between(low: Option<BigRational>, high: Option<BigRational>) -> Self {
        Self { low, high, high_inclusive: true }
    }

    /// Under `high`.
    pub(crate) fn below(high: BigRational) -> Self {
        Self { low: None, high: Some(high), high_inclusive: false }
    }

    /// The region in words, its bounds in units of `ty`.
    pub(crate) fn show(&self, ty: Type) -> Text {
        let show = |value: &BigRational| ty.show(value);
        match (&self.low, &self.high) {
            (Some(low), Some(high)) => {
                let (low, high) = (show(low), show(high));
                Text::new(format!("({}, {}]", low.en, high.en), format!("({}, {}]", low.zh, high.zh))
            }
            (Some(low), None) => Text::new(format!("over {}", show(low).en), format!("超过{}", show(low).zh)),
            (None, Some(high)) if self.high_inclusive => {
                Text::new(format!("up to {}", show(high).en), format!("不超过{}", show(high).zh))
            }
            (None, Some(high)) => Text::new(format!("under {}", show(high).en), format!("不满{}", show(high).zh)),
            (None, None) => Text::new("everywhere", "处处"),
        }
    }

    /// The bounds of a row that would cover the region.
    pub(crate) fn row(&self, ty: Type) -> Text {
        let show =
            |value: &Option<BigRational>| value.as_ref().map_or_else(|| Text::new("", ""), |value| ty.show(value));
        let (low, high) = (show(&self.low), show(&self.high));
        Text::new(format!("{}..{}", low.en, high.en), format!("{}..{}", low.zh, high.zh))
    }

    /// The amounts whose slices pass through the region although they may lie beyond it: slices are counted from zero.
    fn passed_through(&self) -> Vec<Self> {
        let zero = BigRational::zero();
        let mut beyond = Vec::new();
        if self.high.as_ref().is_none_or(|high| *high > zero) {
            let low = self.low.clone().map_or_else(|| zero.clone(), |low| low.max(zero.clone()));
            beyond.push(Self::between(Some(low), None));
        }
        if self.low.as_ref().is_none_or(|low| *low < zero) {
            let high = self.high.clone().map_or_else(|| zero.clone(), |high| high.min(zero.clone()));
            beyond.push(Self::below(high));
        }
        beyond
    }

    fn holds(&self, subject: &BigRational, base: &BigRational) -> bool {
        let above = self.low.as_ref().is_none_or(|low| *subject > low * base);
        let below = self.high.as_ref().is_none_or(|high| {
            let high = high * base;
            *subject < high || (self.high_inclusive && *subject == high)
        });
        above && below
    }

    /// A value well inside, which makes a clearer case than one at the edge.
    fn middle(&self) -> Option<BigRational> {
        let two = BigRational::from(BigInt::from(2));
        match (&self.low, &self.high) {
            (Some(low), Some(high)) => Some((low + high) / two),
            (Some(low), None) => Some(low * two),
            (None, Some(high)) => Some(high / two),
            (None, None) => None,
        }
    }
}

/// What a claim is wanted for.
pub(crate) enum Target<'a> {
    /// The subject of a ladder lies in a region, whose bounds are parts of `base` if there is one.
    Subject { subject: Symbol, base: Option<&'a Expr>, region: Region },
    /// An expression is less than zero.
    Negative(&'a Expr),
}

/// What was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Witness {
    /// One value per input.
    Claim(Vec<BigRational>),
    /// There is no such claim.
    Impossible,
    /// Not decided.
    Undecided,
}

/// A search over one program.
pub(crate) struct Search<'a> {
    program: &'a Program,
    work: Work,
}

/// The expression is not linear.
struct NotLinear;

impl<'a> Search<'a> {
    pub(crate) fn new(program: &'a Program) -> Self {
        Self { program, work: Work::enough() }
    }

    /// A claim with a slice of a ladder's subject in the region: best one that lies in the region itself, else one beyond.
    pub(crate) fn find_slice(&self, subject: Symbol, base: Option<&Expr>, region: &Region) -> Witness {
        let mut undecided = false;
        for region in std::iter::once(region.clone()).chain(region.passed_through()) {
            match self.find(&Target::Subject { subject, base, region }) {
                Witness::Impossible => {}
                Witness::Undecided => undecided = true,
                found => return found,
            }
        }
        if undecided { Witness::Undecided } else { Witness::Impossible }
    }

    /// A claim for which the target holds.
    pub(crate) fn find(&self, target: &Target<'_>) -> Witness {
        let mut choices: Vec<usize> = Vec::new();
        let mut undecided = false;
        for _ in 0..MAX_PATHS {
            let mut path = Path::new(self.program, &choices);
            let Ok(middle) = path.target(target) else { return Witness::Undecided };
            let found = match path.problem.solve(&self.work) {
                Solution::Found(values) => Some(values),
                Solution::None => None,
                Solution::GaveUp => {
                    undecided = true;
                    easier(&path, &self.work)
                }
            };
            if let Some(values) = found {
                let claim = self.claim(&pleasant(&path, &self.work, middle.as_ref(), values));
                if self.confirms(target, &claim) {
                    return Witness::Claim(claim);
                }
                undecided = true;
            }
            let Some(next) = next_choices(&path.taken) else {
                return if undecided { Witness::Undecided } else { Witness::Impossible };
            };
            choices = next;
        }
        Witness::Undecided
    }

    fn claim(&self, values: &[BigInt]) -> Vec<BigRational> {
        let inputs = self.program.inputs.iter().zip(values);
        inputs.map(|(input, value)| step_of(input.scale) * value).collect()
    }

    fn confirms(&self, target: &Target<'_>, claim: &[BigRational]) -> bool {
        settle(self.program, claim).is_ok_and(|settled| holds(&settled, target))
    }
}

fn holds(settled: &Settled<'_>, target: &Target<'_>) -> bool {
    match target {
        Target::Subject { subject, base, region } => {
            let base = base.map_or_else(BigRational::one, |base| settled.expr(base));
            region.holds(&settled.symbol(*subject), &base)
        }
        Target::Negative(expr) => settled.expr(expr) < BigRational::zero(),
    }
}

/// The combination after the one taken, in the order of an odometer.
fn next_choices(taken: &[(usize, usize)]) -> Option<Vec<usize>> {
    let mut next: Vec<(usize, usize)> = taken.to_vec();
    while let Some((choice, of)) = next.pop() {
        if choice + 1 < of {
            let mut choices: Vec<usize> = next.iter().map(|(choice, _)| *choice).collect();
            choices.push(choice + 1);
            return Some(choices);
        }
    }
    None
}

/// A solution with one input set to a round amount, which leaves an easier problem.
fn easier(path: &Path<'_>, work: &Work) -> Option<Vec<BigInt>> {
    let inputs = path.program.inputs.iter().enumerate().filter(|(at, _)| path.problem.mentions(Var(*at)));
    for (at, input) in inputs.take(PLEASANT_INPUTS) {
        for amount in PLEASANT {
            let mut problem = path.problem.clone();
            let amount = Linear::constant(BigRational::from(BigInt::from(amount)));
            problem.require(Linear::var(Var(at), step_of(input.scale)).sub(&amount), Sign::Zero);
            if let Solution::Found(values) = problem.solve(work) {
                return Some(values);
            }
        }
    }
    None
}

/// A solution with round amounts, as far as there is one.
fn pleasant(path: &Path<'_>, work: &Work, middle: Option<&Linear>, found: Vec<BigInt>) -> Vec<BigInt> {
    let mut problem = path.problem.clone();
    let mut best = found;
    let mut attempt = |problem: &mut Problem, form: Linear| {
        let mut tried = problem.clone();
        tried.require(form, Sign::Zero);
        let Solution::Found(values) = tried.solve(work) else { return false };
        best = values;
        *problem = tried;
        true
    };
    let mut is_centred = false;
    let inputs = path.program.inputs.iter().enumerate().filter(|(at, _)| path.problem.mentions(Var(*at)));
    for (at, input) in inputs.take(PLEASANT_INPUTS) {
        for amount in PLEASANT {
            let amount = Linear::constant(BigRational::from(BigInt::from(amount)));
            let form = Linear::var(Var(at), step_of(input.scale)).sub(&amount);
            if attempt(&mut problem, form) {
                break;
            }
        }
        // Not before: an equation between large ranges is hard to solve, with some inputs fixed it is easy.
        is_centred = is_centred || middle.is_some_and(|middle| attempt(&mut problem, middle.clone()));
    }
    best
}

/// One combination of linear pieces.
struct Path<'a> {
    program: &'a Program,
    /// Inputs are the first variables, in order.
    problem: Problem,
    /// Which piece to take where there is a choice; the first beyond its end.
    choices: &'a [usize],
    /// What was taken, and of how many.
    taken: Vec<(usize, usize)>,
    values: HashMap<ValueId, Linear>,
}

impl<'a> Path<'a> {
    fn new(program: &'a Program, choices: &'a [usize]) -> Self {
        let mut problem = Problem::default();
        for input in &program.inputs {
            let step = step_of(input.scale);
            problem
                .var((&input.facts.low / &step).ceil().to_integer(), (&input.facts.high / &step).floor().to_integer());
        }
        Self { program, problem, choices, taken: Vec::new(), values: HashMap::new() }
    }

    fn choose(&mut self, of: usize) -> usize {
        let choice = self.choices.get(self.taken.len()).copied().unwrap_or(0);
        self.taken.push((choice, of));
        choice
    }

    /// Requires the target; what must be zero for it to be met well inside, if that is a question.
    fn target(&mut self, target: &Target<'_>) -> Result<Option<Linear>, NotLinear> {
        match target {
            Target::Negative(expr) => {
                let form = self.expr(expr)?;
                self.problem.require(form, Sign::Negative);
                Ok(None)
            }
            Target::Subject { subject, base, region } => {
                let subject = self.symbol(*subject)?;
                let base = self.base(*base)?;
                if let Some(low) = &region.low {
                    self.problem.require(base.scale(low).sub(&subject), Sign::Negative);
                }
                if let Some(high) = &region.high {
                    let sign = if region.high_inclusive { Sign::NotPositive } else { Sign::Negative };
                    self.problem.require(subject.sub(&base.scale(high)), sign);
                }
                Ok(region.middle().map(|middle| subject.sub(&base.scale(&middle))))
            }
        }
    }

    fn base(&mut self, base: Option<&Expr>) -> Result<Linear, NotLinear> {
        base.map_or_else(|| Ok(Linear::constant(BigRational::one())), |base| self.expr(base))
    }

    fn symbol(&mut self, symbol: Symbol) -> Result<Linear, NotLinear> {
        match symbol {
            Symbol::Input(id) => {
                let input = self.program.input(id).ok_or(NotLinear)?;
                Ok(Linear::var(Var(id.0), step_of(input.scale)))
            }
            Symbol::Value(id) => self.value(id),
        }
    }

    fn value(&mut self, id: ValueId) -> Result<Linear, NotLinear> {
        if let Some(known) = self.values.get(&id) {
            return Ok(known.clone());
        }
        let program = self.program;
        let value = program.value(id).ok_or(NotLinear)?;
        let exact = match &value.body {
            Body::Expr(expr) => self.expr(expr)?,
            Body::Share { ladder, column } => self.share(program.ladder(*ladder).ok_or(NotLinear)?, *column)?,
            Body::Remainder { ladder } => {
                let ladder = program.ladder(*ladder).ok_or(NotLinear)?;
                let mut rest = self.symbol(ladder.subject)?;
                for other in ladder.columns.iter().filter(|column| **column != id) {
                    rest = rest.sub(&self.value(*other)?);
                }
                rest
            }
        };
        let form = match &value.rounding {
            Some(rounding) => self.round(&exact, rounding, &value.facts),
            None => exact,
        };
        self.values.insert(id, form.clone());
        Ok(form)
    }

    /// A multiple of the step less than a step away, or at most half a step where the mode says so.
    fn round(&mut self, exact: &Linear, rounding: &Rounding, facts: &Facts) -> Linear {
        use fen_grammar::tree::RoundingMode::{Down, HalfEven, HalfUp, Up};
        let step = &rounding.step;
        let low = (&facts.low / step).floor().to_integer();
        let high = (&facts.high / step).ceil().to_integer();
        let rounded = Linear::var(self.problem.var(low, high), step.clone());
        let (slack, sign) = match rounding.mode {
            HalfUp | HalfEven => (step / BigInt::from(2), Sign::NotPositive),
            Down | Up => (step.clone(), Sign::Negative),
        };
        let slack = Linear::constant(slack);
        self.problem.require(rounded.sub(exact).sub(&slack), sign);
        self.problem.require(exact.sub(&rounded).sub(&slack), sign);
        rounded
    }

    fn share(&mut self, ladder: &Ladder, column: usize) -> Result<Linear, NotLinear> {
        let subject = self.symbol(ladder.subject)?;
        let base = self.base(ladder.base.as_ref())?;
        let reached = self.choose(ladder.rows.len());
        let mut sum = Linear::default();
        for (at, row) in ladder.rows.iter().enumerate() {
            let share = row.shares.get(column).ok_or(NotLinear)?;
            let (low, high) =
                (row.low.as_ref().map(|low| base.scale(low)), row.high.as_ref().map(|high| base.scale(high)));
            // The base is never negative, so that zero lies in the same row whatever the base is.
            let zero = BigRational::zero();
            let raised = row.low.as_ref().map_or(&zero, |low| low.max(&zero));
            let origin = row.high.as_ref().map_or(raised, |high| high.min(raised));
            let end = if at == reached {
                if let Some(low) = &low {
                    self.problem.require(low.sub(&subject), Sign::NotPositive);
                }
                if let Some(high) = &high {
                    self.problem.require(subject.sub(high), Sign::NotPositive);
                }
                subject.clone()
            } else if at < reached {
                high.ok_or(NotLinear)?
            } else {
                low.ok_or(NotLinear)?
            };
            sum = sum.add(&end.sub(&base.scale(origin)).scale(share));
        }
        Ok(sum)
    }

    fn expr(&mut self, expr: &Expr) -> Result<Linear, NotLinear> {
        Ok(match &expr.kind {
            ExprKind::Constant(value) => Linear::constant(value.clone()),
            ExprKind::Input(id) => self.symbol(Symbol::Input(*id))?,
            ExprKind::Value(id) => self.value(*id)?,
            ExprKind::Negate(inner) => self.expr(inner)?.scale(&-BigRational::one()),
            ExprKind::Add(left, right) => self.expr(left)?.add(&self.expr(right)?),
            ExprKind::Sub(left, right) => self.expr(left)?.sub(&self.expr(right)?),
            ExprKind::Mul(left, right) => match (left.facts.as_constant(), right.facts.as_constant()) {
                (Some(factor), _) => self.expr(right)?.scale(factor),
                (_, Some(factor)) => self.expr(left)?.scale(factor),
                _ => return Err(NotLinear),
            },
            ExprKind::Div(inner, divisor) => self.expr(inner)?.scale(&divisor.recip()),
            ExprKind::Max(args) => self.extreme(args, false)?,
            ExprKind::Min(args) => self.extreme(args, true)?,
        })
    }

    fn extreme(&mut self, args: &[Expr], least: bool) -> Result<Linear, NotLinear> {
        let forms = args.iter().map(|arg| self.expr(arg)).collect::<Result<Vec<_>, _>>()?;
        let choice = self.choose(forms.len());
        let chosen = forms.get(choice).cloned().ok_or(NotLinear)?;
        for (at, form) in forms.iter().enumerate() {
            if at != choice {
                let beyond = if least { chosen.sub(form) } else { form.sub(&chosen) };
                self.problem.require(beyond, Sign::NotPositive);
            }
        }
        Ok(chosen)
    }
}
