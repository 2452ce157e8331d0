//! Outputs over one varying input: sampled values, and the exact places where they jump, bend or turn round, each with the
//! rule that causes it.

mod function;
mod marks;
mod pieces;
mod values;

use std::collections::BTreeMap;

use fen_grammar::diagnostic::{Text, nearest};
use fen_grammar::source::Span;
use fen_grammar::tree::{ItemKind, LiteralKind};
use num_bigint::BigInt;
use num_rational::BigRational;
use num_traits::{One, ToPrimitive, Zero};

pub use self::marks::MarkKind;
pub(crate) use self::marks::places;
use self::pieces::{Break, Pieces, at, is_numeric};
pub(crate) use self::pieces::{Cause, Cutter, Line, Variable};
use crate::check::alone;
use crate::check::program::{Claim, Origin, Program, days_of};
use crate::check::types::{Type, step_of};
use crate::ids::{InputId, ParameterId};
use crate::interpret::settle;
use crate::policy::Policy;
use crate::rules::{Rule, Rules};

/// More points than this are no table that anybody reads.
const MOST_POINTS: usize = 100_000;

/// So many points if no step is asked for.
const POINTS: i128 = 100;

/// What is asked.
#[derive(Clone, Copy, Debug)]
pub struct SweepRequest<'a> {
    /// The input, running value or required parameter that varies.
    pub vary: &'a str,
    /// First and last value, and the step between; all that is admitted without.
    pub range: Option<(&'a str, &'a str, Option<&'a str>)>,
    /// The rest of the claim.
    pub given: &'a [(String, String)],
    /// Parameters.
    pub set: &'a [(String, String)],
    /// Outputs; all without.
    pub outputs: &'a [String],
}

/// Why nothing could be computed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SweepProblem {
    /// There is no input or parameter of this name.
    Unknown {
        /// What was asked for.
        name: String,
        /// A similar name.
        nearest: Option<String>,
    },
    /// A text is no value.
    NotAValue {
        /// Of what.
        name: String,
        /// The text.
        text: String,
    },
    /// A parameter would be less or greater than the policy admits.
    OutOfRange {
        /// The parameter.
        name: String,
        /// The text.
        text: String,
        /// What is admitted.
        from: String,
        /// The greatest value that is admitted.
        to: String,
    },
    /// What varies is given too.
    Given {
        /// Its name.
        name: String,
    },
    /// Text that varies: codes and ids have no order.
    NoOrder {
        /// What was asked for.
        name: String,
    },
    /// The last value comes before the first one, or nothing lies between them that is admitted.
    Nothing {
        /// What was asked for.
        name: String,
    },
    /// Values that are needed and not given.
    Missing {
        /// Their names.
        names: Vec<String>,
    },
    /// There is no output of this name.
    UnknownOutput {
        /// What was asked for.
        name: String,
        /// Those that there are.
        known: Vec<String>,
    },
    /// More points, or more pieces, than can be shown.
    TooMany,
}

/// A column of a sweep.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SweptColumn {
    /// Its name.
    pub name: String,
    /// What people call it.
    pub label: Text,
    /// Its unit.
    pub unit: Text,
    /// Decimals of its values.
    pub scale: u32,
    /// Its values are days.
    pub is_date: bool,
    /// It is a number or a date, so that it can be drawn as a curve.
    pub is_numeric: bool,
}

/// A sampled point.
#[derive(Clone, Debug)]
pub struct Point {
    /// The varying value as text.
    pub x: String,
    /// The same as a number of steps of its scale.
    pub cell: i128,
    /// By output, its value as text (nothing where it is empty), or why the claim is rejected: the code and the column.
    pub outputs: Result<Vec<Option<String>>, (String, String)>,
}

/// A place where an output jumps, bends or turns round.
#[derive(Clone, Debug)]
pub struct Mark {
    /// The place of the output.
    pub output: usize,
    /// What is to be seen.
    pub kinds: Vec<MarkKind>,
    /// The exact value at which it happens.
    pub x: String,
    /// The same in steps, or the next step above.
    pub cell: i128,
    /// The value one step below, at, and one step above: the varying value and the output.
    pub around: Vec<(String, Option<String>)>,
    /// How much the output changes for one unit, before and after.
    pub slopes: (String, String),
    /// By how much it jumps, as if nothing were rounded.
    pub jump: Option<String>,
    /// The output there in steps, for drawing.
    pub height: i128,
    /// The rules that cause it.
    pub rules: Vec<Rule>,
}

/// Outputs over one varying value.
#[derive(Clone, Debug)]
pub struct Sweep {
    /// What varies.
    pub variable: SweptColumn,
    /// The outputs.
    pub outputs: Vec<SweptColumn>,
    /// Sampled points and those around marks, ascending.
    pub points: Vec<Point>,
    /// From the lowest to the highest.
    pub marks: Vec<Mark>,
    /// By output: lines to be drawn, in steps of both.
    pub curves: Vec<Vec<Vec<(i128, i128)>>>,
}

impl Policy {
    /// Computes outputs over one varying value.
    ///
    /// # Errors
    /// If what is asked does not fit the policy, or is too much to be shown.
    pub fn sweep(&self, request: &SweepRequest<'_>) -> Result<Sweep, SweepProblem> {
        Sweeper::new(self, request)?.sweep(request)
    }
}

struct Sweeper<'p> {
    program: &'p Program,
    rules: Rules<'p>,
    claim: Claim,
    given: Vec<bool>,
    variable: Variable,
    ty: Type,
    scale: u32,
    outputs: Vec<usize>,
}

impl<'p> Sweeper<'p> {
    fn new(policy: &'p Policy, request: &SweepRequest<'_>) -> Result<Self, SweepProblem> {
        let program = policy.program();
        let (variable, ty, scale) = find(program, request.vary).ok_or_else(|| unknown(program, request.vary))?;
        if ty.is_text() {
            return Err(SweepProblem::NoOrder { name: request.vary.to_owned() });
        }
        let mut inputs: Vec<Option<BigRational>> = vec![None; program.inputs.len()];
        let mut parameters: Vec<Option<BigRational>> = vec![None; program.parameters.len()];
        let mut given = vec![false; program.inputs.len()];
        for (name, text) in request.given.iter().chain(request.set) {
            let (symbol, ty, scale) = find(program, name).ok_or_else(|| unknown(program, name))?;
            if symbol == variable {
                return Err(SweepProblem::Given { name: name.clone() });
            }
            let value = values::read(program, ty, scale, text)
                .ok_or_else(|| SweepProblem::NotAValue { name: name.clone(), text: text.clone() })?;
            in_range(program, symbol, &value, (name, text))?;
            match symbol {
                Variable::Input(id) => {
                    if let (Some(slot), Some(flag)) = (inputs.get_mut(id.0), given.get_mut(id.0)) {
                        *slot = Some(value);
                        *flag = true;
                    }
                }
                Variable::Parameter(id) => {
                    if let Some(slot) = parameters.get_mut(id.0) {
                        *slot = Some(value);
                    }
                }
            }
        }
        // Something admitted stands for the variable.
        match variable {
            Variable::Input(id) => {
                if let (Some(slot), Some(flag), Some(input)) =
                    (inputs.get_mut(id.0), given.get_mut(id.0), program.input(id))
                {
                    *slot = Some(input.facts.low.clone());
                    *flag = true;
                }
            }
            Variable::Parameter(id) => {
                if let (Some(slot), Some(parameter)) = (parameters.get_mut(id.0), program.parameter(id)) {
                    *slot = Some(parameter.facts.low.clone());
                }
            }
        }
        let mut missing = Vec::new();
        for ((input, slot), flag) in program.inputs.iter().zip(&mut inputs).zip(&given) {
            if *flag || input.is_optional || input.origin != Origin::Column {
                continue;
            }
            if input.ty == Type::Id {
                // Which person or hospital it is decides nothing unless a table lists it.
                *slot = Some(BigRational::from_integer(BigInt::from(program.codes.len())));
            } else {
                missing.push(input.name.clone());
            }
        }
        let unset = program.parameters.iter().zip(&parameters).filter(|(_, value)| value.is_none());
        missing.extend(unset.map(|(parameter, _)| parameter.name.clone()));
        if !missing.is_empty() {
            return Err(SweepProblem::Missing { names: missing });
        }
        let claim = Claim { inputs, parameters: parameters.into_iter().flatten().collect() };
        let outputs = outputs(program, request.outputs)?;
        Ok(Self {
            program,
            rules: policy.rules(),
            claim: alone(program, claim, &given),
            given,
            variable,
            ty,
            scale,
            outputs,
        })
    }

    fn sweep(&self, request: &SweepRequest<'_>) -> Result<Sweep, SweepProblem> {
        let (low, high) = self.admitted();
        let step = if is_numeric(self.ty) { step_of(self.scale) } else { BigRational::one() };
        let read = |text: &str| {
            values::read(self.program, self.ty, self.scale, text)
                .ok_or_else(|| SweepProblem::NotAValue { name: request.vary.to_owned(), text: text.to_owned() })
        };
        let (from, to, stride) = match request.range {
            Some((from, to, stride)) => (read(from)?, read(to)?, stride),
            None => (low.clone(), high.clone(), None),
        };
        if let Some((first, last, _)) = request.range {
            in_range(self.program, self.variable, &from, (request.vary, first))?;
            in_range(self.program, self.variable, &to, (request.vary, last))?;
        }
        if to < from {
            return Err(SweepProblem::Nothing { name: request.vary.to_owned() });
        }
        let count = ((&to - &from) / &step).floor().to_integer().to_i128().ok_or(SweepProblem::TooMany)?;
        let stride = match stride {
            Some(text) => self.stride(request, text, &step)?,
            None if is_numeric(self.ty) && self.ty != Type::Date => (count / POINTS).max(1),
            None => 1,
        };
        if count / stride >= i128::try_from(MOST_POINTS).unwrap_or(i128::MAX) {
            return Err(SweepProblem::TooMany);
        }
        let line = Line { from: from.clone(), step: step.clone(), last: count };
        let mut places: Vec<i128> = (0..=count / stride).map(|at| at * stride).collect();
        // The last value is shown wherever the steps end.
        places.push(count);
        let (mut marks, mut curves) = (Vec::new(), vec![Vec::new(); self.outputs.len()]);
        if is_numeric(self.ty) {
            // Where claims are admitted; counted from the first value that is asked for.
            let first = ((&low - &from) / &step).ceil().to_integer().to_i128().unwrap_or(0).max(0);
            let last = ((&high - &from) / &step).floor().to_integer().to_i128().unwrap_or(count).min(count);
            if first <= last {
                let inner = Line { from: line.at(first), step: step.clone(), last: last - first };
                self.cut(&inner, &mut marks, &mut curves)?;
                for (place, _) in &marks {
                    places.extend([place - 1, *place, place + 1].map(|place| place + first));
                }
            }
        }
        places.retain(|place| (0..=count).contains(place));
        places.sort_unstable();
        places.dedup();
        let points = places.into_iter().map(|place| self.point(&line.at(place))).collect();
        Ok(Sweep {
            variable: self.variable_column(),
            outputs: self.outputs.iter().filter_map(|at| self.output_column(*at)).collect(),
            points,
            marks: marks.into_iter().map(|(_, mark)| mark).collect(),
            curves,
        })
    }

    /// How many steps of the number one step of the table is.
    fn stride(&self, request: &SweepRequest<'_>, text: &str, step: &BigRational) -> Result<i128, SweepProblem> {
        let wrong = || SweepProblem::NotAValue { name: request.vary.to_owned(), text: text.to_owned() };
        let value = match self.ty {
            // Dates go by days, enums by values.
            Type::Date => {
                let days = Type::Measure(crate::check::types::Measure::DAYS);
                values::read(self.program, days, 0, text).ok_or_else(wrong)?
            }
            Type::Measure(_) => values::read(self.program, self.ty, self.scale, text).ok_or_else(wrong)?,
            _ => values::read(self.program, Type::NUMBER, 0, text).ok_or_else(wrong)?,
        };
        (value / step).to_integer().to_i128().filter(|stride| *stride > 0).ok_or_else(wrong)
    }

    /// The least and the greatest value that a claim may have.
    fn admitted(&self) -> (BigRational, BigRational) {
        let facts = match self.variable {
            Variable::Input(id) => self.program.input(id).map(|input| &input.facts),
            Variable::Parameter(id) => self.program.parameter(id).map(|parameter| &parameter.facts),
        };
        let (mut low, mut high) = facts.map_or_else(
            || (BigRational::zero(), BigRational::zero()),
            |facts| (facts.low.clone(), facts.high.clone()),
        );
        if let (Variable::Input(id), Some((from, to))) = (self.variable, self.program.in_force)
            && self.program.dated_by == Some(id)
        {
            let day = |day| BigRational::from_integer(days_of(day).into());
            low = low.max(day(from));
            high = to.map_or(high.clone(), |to| high.min(day(to)));
        }
        (low, high)
    }

    /// The claim with a value of the variable.
    fn claim(&self, x: &BigRational) -> Claim {
        let mut claim = self.claim.clone();
        match self.variable {
            Variable::Input(id) => {
                if let Some(slot) = claim.inputs.get_mut(id.0) {
                    *slot = Some(x.clone());
                }
            }
            Variable::Parameter(id) => {
                if let Some(slot) = claim.parameters.get_mut(id.0) {
                    slot.clone_from(x);
                }
            }
        }
        alone(self.program, claim, &self.given)
    }

    /// The outputs, exactly; or why the claim is rejected.
    fn settled(&self, x: &BigRational) -> Result<Vec<Option<BigRational>>, (String, String)> {
        let claim = self.claim(x);
        match settle(self.program, &claim) {
            Ok(settled) => {
                let all = settled.outputs();
                Ok(self.outputs.iter().map(|at| all.get(*at).cloned().flatten()).collect())
            }
            Err(rejection) => {
                let (code, column) = rejection.named(self.program);
                Err((code.as_str().to_owned(), column))
            }
        }
    }

    fn point(&self, x: &BigRational) -> Point {
        let outputs = self.settled(x).map(|values| {
            let values = values.iter().enumerate();
            values.map(|(at, value)| value.as_ref().map(|value| self.output_text(at, value))).collect()
        });
        Point { x: self.text(x), cell: self.cell(x), outputs }
    }

    fn text(&self, x: &BigRational) -> String {
        values::write(self.program, self.ty, self.scale, x)
    }

    fn cell(&self, x: &BigRational) -> i128 {
        let step = if is_numeric(self.ty) { step_of(self.scale) } else { BigRational::one() };
        (x / step).ceil().to_integer().to_i128().unwrap_or(i128::MAX)
    }

    fn output_of(&self, at: usize) -> Option<(Type, u32)> {
        let output = self.program.outputs.get(*self.outputs.get(at)?)?;
        Some((self.program.value(output.value)?.ty, output.scale))
    }

    fn output_text(&self, at: usize, value: &BigRational) -> String {
        self.output_of(at).map(|(ty, scale)| values::write(self.program, ty, scale, value)).unwrap_or_default()
    }

    fn height(&self, at: usize, value: &BigRational) -> i128 {
        let scale = self.output_of(at).map_or(0, |(_, scale)| scale);
        (value / step_of(scale)).round().to_integer().to_i128().unwrap_or(i128::MAX)
    }

    /// Cuts all outputs into pieces, and finds what is to be seen where they meet.
    fn cut(
        &self,
        line: &Line,
        marks: &mut Vec<(i128, Mark)>,
        curves: &mut [Vec<Vec<(i128, i128)>>],
    ) -> Result<(), SweepProblem> {
        for (at, number) in self.outputs.iter().enumerate() {
            let Some(output) = self.program.outputs.get(*number) else { continue };
            // A cutter of its own for each output: what cuts another one is no cause here.
            let mut cutter = Cutter::new(self.program, &self.claim, &self.given, self.variable, line.clone());
            let pieces = cutter.value(output.value).map_err(|_| SweepProblem::TooMany)?;
            let breaks = std::mem::take(&mut cutter.breaks);
            if let Some(curve) = curves.get_mut(at) {
                *curve = self.curve(at, &pieces, line);
            }
            self.marks(at, &pieces, line, &breaks, marks);
        }
        marks.sort_by_key(|(place, mark)| (*place, mark.output));
        Ok(())
    }

    fn marks(
        &self,
        output: usize,
        pieces: &Pieces,
        line: &Line,
        breaks: &BTreeMap<i128, Break>,
        marks: &mut Vec<(i128, Mark)>,
    ) {
        let Some((ty, _)) = self.output_of(output) else { return };
        for place in places(pieces, line, &|at| breaks.get(&at).cloned()) {
            let values: Vec<(BigRational, Option<BigRational>)> = {
                // Where it is exact, the place itself is the middle; else the two sides of it.
                let middle = if place.x == line.at(place.right - 1) { place.right - 1 } else { place.right };
                let around = [middle - 1, middle, middle + 1].into_iter().filter(|at| (0..=line.last).contains(at));
                around
                    .map(|at| {
                        let x = line.at(at);
                        let value = self.settled(&x).ok().and_then(|values| values.get(output).cloned().flatten());
                        (x, value)
                    })
                    .collect()
            };
            // A rejected claim has no outputs to look at.
            if values.iter().any(|(_, value)| value.is_none()) {
                continue;
            }
            let height =
                self.settled(&line.at(place.right)).ok().and_then(|values| values.get(output).cloned().flatten());
            let causes = breaks.get(&place.right).map(|known| known.causes.as_slice()).unwrap_or_default();
            let kinds = match is_numeric(ty) {
                true => place.kinds,
                // Names do not rise or fall.
                false => place.kinds.into_iter().filter(|kind| *kind == MarkKind::Jump).collect(),
            };
            if kinds.is_empty() {
                continue;
            }
            let mark = Mark {
                output,
                kinds,
                x: values::write(self.program, self.ty, self.scale, &place.x),
                cell: self.cell(&place.x),
                around: values
                    .iter()
                    .map(|(x, value)| (self.text(x), value.as_ref().map(|value| self.output_text(output, value))))
                    .collect(),
                slopes: (values::slope(&place.slopes.0), values::slope(&place.slopes.1)),
                jump: place.jump.as_ref().filter(|_| is_numeric(ty)).map(|jump| values::difference(ty, jump)),
                height: height.map_or(0, |height| self.height(output, &height)),
                rules: self.rules_of(causes),
            };
            marks.push((place.right, mark));
        }
    }

    fn rules_of(&self, causes: &[Cause]) -> Vec<Rule> {
        let mut rules: Vec<Rule> = Vec::new();
        for cause in causes {
            let span = match cause {
                Cause::Span(span) => Some(*span),
                Cause::Table(id) => self.program.table(*id).and_then(|table| self.param(&table.name)),
                Cause::Tier { ladder, from, row, applied } => self.tier(*ladder, *from, *row, *applied),
            };
            if let Some(rule) = span.and_then(|span| self.rules.at(span))
                && !rules.contains(&rule)
            {
                rules.push(rule);
            }
        }
        rules
    }

    fn param(&self, name: &str) -> Option<Span> {
        let is_it =
            |item: &&fen_grammar::tree::Item| matches!(&item.kind, ItemKind::Param(param) if param.name.text == name);
        self.rules.items.iter().find(is_it).map(|item| item.span)
    }

    /// Where a row of a ladder stands.
    fn tier(&self, id: crate::ids::LadderId, from: Option<i32>, row: usize, applied: Span) -> Option<Span> {
        use crate::ids::Symbol;
        let ladder = self.program.ladder(id)?;
        let name = match ladder.subject {
            Some(Symbol::Input(id)) => self.program.input(id)?.name.clone(),
            Some(Symbol::Value(id)) => self.program.value(id)?.name.clone(),
            Some(Symbol::Parameter(_)) => return None,
            None => {
                let text = self.rules.sources.slice(applied);
                text.split(|c: char| !(c.is_alphanumeric() || c == '_')).next()?.to_owned()
            }
        };
        let day = |date: &fen_grammar::tree::Date| crate::resolve::header::date(date, &mut Vec::new()).map(days_of);
        let low = |bounds: &fen_grammar::tree::Bounds| -> Option<BigRational> {
            let kind = |bound: &Option<fen_grammar::tree::Literal>| match bound.as_ref().map(|bound| &bound.kind) {
                Some(LiteralKind::Quantity(quantity)) => Some(quantity.clone()),
                _ => None,
            };
            let (low, high) = (kind(&bounds.low)?, kind(&bounds.high));
            let scale = high.filter(|_| low.unit.is_none()).map_or_else(BigRational::one, |high| high.scale);
            Some(low.value * scale)
        };
        let mut rows: Vec<(Option<BigRational>, Span)> = Vec::new();
        for item in self.rules.items {
            match &item.kind {
                ItemKind::LadderRow(row)
                    if row.subject.text == name && (from.is_none() || row.from.as_ref().and_then(day) == from) =>
                {
                    rows.push((low(&row.bounds), item.span));
                }
                ItemKind::Schedule(schedule) if schedule.name.text == name => {
                    for (begin, steps) in &schedule.versions {
                        if from.is_none() || begin.as_ref().and_then(day) == from {
                            rows.extend(steps.iter().map(|step| (low(&step.bounds), step.bounds.span)));
                        }
                    }
                }
                _ => {}
            }
        }
        rows.sort();
        rows.get(row).map(|(_, span)| *span)
    }

    /// The lines of an output that are to be drawn.
    fn curve(&self, output: usize, pieces: &Pieces, line: &Line) -> Vec<Vec<(i128, i128)>> {
        const PARTS: i128 = 32;
        let mut curve = Vec::new();
        for (number, (start, function)) in pieces.iter().enumerate() {
            let end = pieces.get(number + 1).map_or(line.last, |(next, _)| next - 1);
            let mut places = vec![*start, end];
            if !function.is_straight() {
                places.extend((1..PARTS).map(|at| start + (end - start) / PARTS * at));
            }
            places.sort_unstable();
            places.dedup();
            let points = places.into_iter().filter_map(|place| {
                let x = line.at(place);
                Some((self.cell(&x), self.height(output, &at(pieces, place).at(&x)?)))
            });
            curve.push(points.collect());
        }
        curve
    }

    fn variable_column(&self) -> SweptColumn {
        let (name, label) = match self.variable {
            Variable::Input(id) => self.program.input(id).map(|input| (input.name.clone(), input.label.clone())),
            Variable::Parameter(id) => self.program.parameter(id).map(|one| (one.name.clone(), one.label.clone())),
        }
        .unwrap_or_else(|| (String::new(), Text::new("", "")));
        column(name, label, self.ty, self.scale)
    }

    fn output_column(&self, at: usize) -> Option<SweptColumn> {
        let output = self.program.outputs.get(at)?;
        let ty = self.program.value(output.value)?.ty;
        Some(column(output.name.clone(), output.label.clone(), ty, output.scale))
    }
}

fn column(name: String, label: Text, ty: Type, scale: u32) -> SweptColumn {
    let unit = ty.measure().map_or_else(|| Text::new("", ""), |measure| measure.suffix());
    SweptColumn { name, label, unit, scale, is_date: ty == Type::Date, is_numeric: is_numeric(ty) }
}

/// An input, running value or parameter by its name or label.
fn find(program: &Program, name: &str) -> Option<(Variable, Type, u32)> {
    let input = |is_it: &dyn Fn(&crate::check::program::Input) -> bool| {
        let at = program.inputs.iter().position(is_it)?;
        let input = program.inputs.get(at)?;
        Some((Variable::Input(InputId(at)), input.ty, input.scale))
    };
    let parameter = |is_it: &dyn Fn(&crate::check::program::Parameter) -> bool| {
        let at = program.parameters.iter().position(is_it)?;
        let parameter = program.parameters.get(at)?;
        Some((Variable::Parameter(ParameterId(at)), parameter.ty, parameter.scale))
    };
    input(&|input| input.name == name)
        .or_else(|| parameter(&|one| one.name == name))
        .or_else(|| input(&|input| input.label.en == name || input.label.zh == name))
        .or_else(|| parameter(&|one| one.label.en == name || one.label.zh == name))
}

/// A parameter has only values that the policy admits, as in a run. Claims with other inputs are rejected one by one.
fn in_range(
    program: &Program,
    symbol: Variable,
    value: &BigRational,
    (name, text): (&str, &str),
) -> Result<(), SweepProblem> {
    let Variable::Parameter(id) = symbol else { return Ok(()) };
    let Some(parameter) = program.parameter(id) else { return Ok(()) };
    let (low, high) = (&parameter.facts.low, &parameter.facts.high);
    if value >= low && value <= high {
        return Ok(());
    }
    let show = |bound: &BigRational| values::write(program, parameter.ty, parameter.scale, bound);
    let (name, text) = (name.to_owned(), text.to_owned());
    Err(SweepProblem::OutOfRange { name, text, from: show(low), to: show(high) })
}

fn unknown(program: &Program, name: &str) -> SweepProblem {
    let inputs = program.inputs.iter().map(|input| input.name.as_str());
    let known = inputs.chain(program.parameters.iter().map(|one| one.name.as_str()));
    SweepProblem::Unknown { name: name.to_owned(), nearest: nearest(name, known).map(str::to_owned) }
}

/// The places of the outputs that are asked for.
fn outputs(program: &Program, asked: &[String]) -> Result<Vec<usize>, SweepProblem> {
    if asked.is_empty() {
        return Ok((0..program.outputs.len()).collect());
    }
    let mut found = Vec::new();
    for name in asked {
        let name = name.trim();
        let is_it = |output: &crate::check::program::Output| {
            output.name == name || output.label.en == name || output.label.zh == name
        };
        match program.outputs.iter().position(is_it) {
            Some(at) if found.contains(&at) => {}
            Some(at) => found.push(at),
            None => {
                let known = program.outputs.iter().map(|output| output.name.clone()).collect();
                return Err(SweepProblem::UnknownOutput { name: name.to_owned(), known });
            }
        }
    }
    Ok(found)
}

#[cfg(test)]
mod tests;
