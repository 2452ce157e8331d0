//! From what a row's trace tells to its explanation: outputs first, then every definition that something needs.

use std::cell::RefCell;
use std::collections::BTreeMap;

use fen_runtime::{Cause, Parameters, Policy, Seen, StreamError, Traced};
use fen_schema::trace::{Definition, Form, Kind, Node, Point, Trace, TracePhase};
use fen_schema::{Column, ColumnType, Schema, Source, Text};
use num_rational::BigRational;
use num_traits::ToPrimitive;

use crate::model::{Amount, Cited, Explanation, Fate, Given, Rounding, Step};
use crate::node::NodeForm;
use crate::numbers::{amount, decimals, label_of, number, plain, shown, value_at};

/// What is to be explained.
#[derive(Clone, Debug)]
pub struct Request {
    /// The row's number in its file, from 1.
    pub row: u64,
    /// By input of the schema: what stands in the file.
    pub texts: Vec<Option<String>>,
    /// What became of the row.
    pub outcome: Outcome,
    /// Whether alternatives are wanted that were not taken.
    pub all: bool,
    /// The numbers in the file of the rows that links lead to, by their numbers in the stream (see
    /// [`fen_runtime::Seen::linked`]); those that are not here are not named.
    pub numbers: BTreeMap<u64, u64>,
}

/// What became of a row.
#[derive(Clone, Debug)]
pub enum Outcome {
    /// The outputs of the row as written in files, in the order of the schema; nothing for an empty one.
    Settled(Vec<Option<String>>),
    /// The same of a row that takes a claim back; where rows are lines, what stands in the results of claims.
    Reversal(Vec<Option<String>>),
    /// Why it is rejected.
    Rejected(Cause),
}

/// Why a row cannot be explained.
#[derive(Debug)]
pub enum Problem {
    /// The module cannot be traced.
    Stream(StreamError),
    /// The trace does not agree with the settlement: the module was altered.
    Differs {
        /// The output.
        output: String,
        /// As it was settled.
        settled: String,
        /// As it is traced.
        traced: String,
    },
}

impl From<StreamError> for Problem {
    fn from(error: StreamError) -> Self {
        Self::Stream(error)
    }
}

impl Problem {
    /// A stable code.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Stream(error) => error.code(),
            Self::Differs { .. } => "fen::explain::differs",
        }
    }

    /// What is wrong, for people.
    #[must_use]
    pub fn text(&self) -> Text {
        match self {
            Self::Stream(error) => error.text(),
            Self::Differs { output, settled, traced } => Text {
                en: format!("`{output}` was settled as {settled}, but traced as {traced}; the module is damaged"),
                zh: format!("“{output}”结算为 {settled}，而计算过程得出 {traced}；模块已损坏"),
            },
        }
    }
}

/// Explains a row, given what was seen of it on its way (see [`fen_runtime::Stream::seen`]).
///
/// # Errors
/// If the module has no trace or fails, or its trace contradicts the settlement.
pub fn explain(
    policy: &Policy,
    parameters: &Parameters,
    seen: &[Option<Seen>],
    request: &Request,
) -> Result<Explanation, Problem> {
    let mut tracer = policy.tracer(parameters)?;
    let is_settled = matches!(request.outcome, Outcome::Settled(_));
    let mut traced = Vec::new();
    for (place, seen) in seen.iter().enumerate() {
        let one = seen.as_ref().filter(|_| is_settled).map(|seen| tracer.run(place, seen)).transpose()?;
        traced.push(one.filter(|one| one.status == 0));
    }
    let trace = tracer.trace();
    let (schema, numbers) = (policy.schema(), &request.numbers);
    let (lacking, wanted) = (RefCell::default(), Vec::new());
    let mut walk = Walk { policy, schema, trace, seen, traced, all: request.all, numbers, lacking, wanted };
    let outputs = walk.outputs(request)?;
    let mut steps = Vec::new();
    while let Some((phase, definition)) = walk.wanted.get(steps.len()).copied() {
        steps.push(walk.step(phase, definition));
    }
    let (status, reject) = match &request.outcome {
        Outcome::Settled(_) => (Fate::Settled, None),
        Outcome::Reversal(_) => (Fate::Reversal, None),
        Outcome::Rejected(cause) => (Fate::Rejected, Some(walk.refused(cause, request))),
    };
    let given = |(column, value): (&Column, Option<String>), kind: Option<&u32>| Given {
        name: column.name.clone(),
        label: column.label.clone(),
        amount: written_amount(column, value, kind.map(|kind| walk.kind(*kind).unit).unwrap_or_default()),
    };
    let texts: Vec<Option<String>> = (0..schema.inputs.len()).map(|at| walk.input_text(at, request)).collect();
    let input = |place: usize, of: usize| {
        let column = schema.inputs.get(place)?;
        Some(given((column, texts.get(of)?.clone()), trace.input_kinds.get(place)))
    };
    let reversal = schema.plan.as_ref().and_then(|plan| plan.reversal).filter(|_| status == Fate::Reversal);
    let reverses = reversal.and_then(|reversal| input(at(reversal.claim), at(reversal.reverses)));
    let set = parameters.iter().enumerate();
    let set = set.map(|(place, one)| given(one, trace.parameter_kinds.get(place))).collect();
    Ok(Explanation {
        explanation: 1,
        policy: schema.policy.clone(),
        title: schema.title.clone(),
        source: schema.source.clone(),
        language: schema.language,
        row: request.row,
        status,
        reverses,
        reject,
        inputs: (0..schema.inputs.len()).filter_map(|place| input(place, place)).collect(),
        parameters: set,
        outputs,
        steps,
    })
}

pub(crate) struct Walk<'a> {
    pub(crate) policy: &'a Policy,
    pub(crate) schema: &'a Schema,
    pub(crate) trace: &'a Trace,
    pub(crate) seen: &'a [Option<Seen>],
    /// By phase.
    pub(crate) traced: Vec<Option<Traced>>,
    pub(crate) all: bool,
    /// By number in the stream: that in the file.
    pub(crate) numbers: &'a BTreeMap<u64, u64>,
    /// By phase and definition, as far as it was asked for: whether it has no value because something that it needs has none.
    pub(crate) lacking: RefCell<BTreeMap<(usize, usize), bool>>,
    /// Phase and definition of each step, in the order in which they are first needed.
    wanted: Vec<(usize, usize)>,
}

pub(crate) fn at(number: u32) -> usize {
    usize::try_from(number).unwrap_or(usize::MAX)
}

impl Walk<'_> {
    /// The place of a definition among the steps.
    pub(crate) fn step_of(&mut self, phase: usize, definition: usize) -> usize {
        match self.wanted.iter().position(|known| *known == (phase, definition)) {
            Some(known) => known,
            None => {
                self.wanted.push((phase, definition));
                self.wanted.len() - 1
            }
        }
    }

    /// Phase and definition of a step.
    pub(crate) fn wanted_at(&self, step: usize) -> Option<(usize, usize)> {
        self.wanted.get(step).copied()
    }

    pub(crate) fn phase(&self, phase: usize) -> Option<&TracePhase> {
        self.trace.phases.get(phase)
    }

    pub(crate) fn kind(&self, kind: u32) -> Kind {
        self.trace.kinds.get(at(kind)).cloned().unwrap_or_else(plain)
    }

    pub(crate) fn value(&self, phase: usize, point: &Point) -> Option<BigRational> {
        let cells = self.traced.get(phase).and_then(Option::as_ref).map_or(&[][..], |traced| &traced.cells);
        value_at(point, cells)
    }

    /// The value at a point as text, with at least so many decimals.
    pub(crate) fn amount(&self, phase: usize, point: &Point, kind: u32, least: usize) -> Amount {
        let kind = self.kind(kind);
        let value = self.value(phase, point);
        if matches!(kind.ty, ColumnType::Code | ColumnType::Id) {
            let number = value.and_then(|value| value.to_integer().to_i128());
            let text = number.and_then(|number| self.text_of(phase, number));
            return Amount { ty: kind.ty, unit: kind.unit, value: text, value_label: None };
        }
        amount(value.as_ref(), &kind, least)
    }

    /// The text of a code or id that a phase read, or that the policy knows.
    fn text_of(&self, phase: usize, number: i128) -> Option<String> {
        let known = usize::try_from(number).ok().and_then(|number| self.policy.code(number)).map(str::to_owned);
        known.or_else(|| {
            let seen = self.seen.get(phase)?.as_ref()?;
            let cells = seen.inputs.iter().zip(&seen.texts).chain(seen.records.iter().zip(&seen.record_texts));
            let mut found =
                cells.filter(|(cell, text)| **cell == number && text.is_some()).map(|(_, text)| text.clone());
            found.next_back().flatten()
        })
    }

    pub(crate) fn clauses(&self, places: &[u32]) -> Vec<Cited> {
        let known = places.iter().filter_map(|place| self.trace.clauses.get(at(*place)));
        known.map(|known| Cited { clause: known.clause.clone(), text: known.text.clone() }).collect()
    }

    pub(crate) fn definition(&self, phase: usize, place: usize) -> Option<&Definition> {
        self.phase(phase)?.definitions.get(place)
    }

    fn step(&mut self, phase: usize, place: usize) -> Step {
        let definition = self.definition(phase, place).cloned().unwrap_or_else(nothing);
        let rounding = definition.rounding.as_ref().map(|rounding| self.rounding(rounding, definition.kind));
        let step_of = |text: &str| number(text).and_then(|step| decimals(&step));
        let least = definition.rounding.as_ref().and_then(|rounding| step_of(&rounding.step)).unwrap_or(0);
        let exact = rounding.as_ref().and_then(|_| self.amount(phase, &definition.exact, definition.kind, 0).value);
        let mut step = Step {
            name: definition.name.clone(),
            label: definition.label.clone(),
            per: self.per(phase),
            amount: self.amount(phase, &definition.value, definition.kind, least),
            exact,
            rounding,
            text: definition.text.clone(),
            citations: self.clauses(&definition.citations),
            how: self.node(phase, &definition.how),
        };
        // A definition that is nothing but a rounding is a rounded one.
        if let (None, NodeForm::Operation { operator, parts, rounding: Some(rounding), .. }) =
            (&step.rounding, &step.how.form)
            && operator == "round"
            && let [inner] = parts.as_slice()
        {
            let inner = inner.clone();
            (step.exact, step.rounding) = (inner.amount.value.clone(), Some(rounding.clone()));
            step.how = inner;
        }
        // What stands with the alternative that was taken need not be said twice.
        if let NodeForm::Choice { citations, .. } = &step.how.form {
            step.citations.retain(|cited| !citations.contains(cited));
        }
        if self.lacks(phase, &definition.how) {
            (step.amount.value, step.amount.value_label, step.exact, step.rounding) = (None, None, None, None);
        }
        step
    }

    pub(crate) fn rounding(&self, rounding: &fen_schema::trace::TraceRounding, kind: u32) -> Rounding {
        let step =
            number(&rounding.step).and_then(|step| shown(&step, &Kind { unit: Text::default(), ..self.kind(kind) }, 0));
        Rounding { mode: rounding.mode.clone(), step: step.unwrap_or_else(|| rounding.step.clone()) }
    }

    /// What a phase is computed for, if it is not the row.
    fn per(&self, phase: usize) -> Option<Text> {
        let plan = self.schema.plan.as_ref()?;
        let grain = plan.phases.get(phase)?.grain;
        if grain == 0 { None } else { plan.grains.get(at(grain)).map(|grain| grain.label.clone()) }
    }

    pub(crate) fn input_text(&self, input: usize, request: &Request) -> Option<String> {
        let column = self.schema.inputs.get(input)?;
        let raw = || request.texts.get(input).cloned().flatten().map(|text| text.trim().to_owned());
        let seen = self.seen.first().and_then(Option::as_ref);
        let place = match &self.schema.plan {
            None => Some(input),
            Some(plan) => plan.phases.first().and_then(|phase| {
                let is_it = |of: &fen_schema::PhaseInput| matches!(of.source, Source::Input { input: known } if at(known) == input);
                phase.inputs.iter().position(is_it)
            }),
        };
        let (Some(seen), Some(place)) = (seen, place) else { return raw().filter(|text| !text.is_empty()) };
        let cell = seen.inputs.get(place).copied()?;
        if column.optional && cell == column.layout.none() {
            return None;
        }
        if column.ty.is_text() {
            return seen.texts.get(place).cloned().flatten().or_else(raw);
        }
        Some(written(cell, column))
    }
}

/// A value as it is written in files, of a column.
pub(crate) fn written_amount(column: &Column, value: Option<String>, unit: Text) -> Amount {
    let kind = Kind { ty: column.ty, unit, values: column.values.clone() };
    Amount { ty: kind.ty, value_label: label_of(value.as_deref(), &kind), unit: kind.unit, value }
}

/// A cell as it is written in files.
pub(crate) fn written(cell: i128, column: &Column) -> String {
    let mut text = String::new();
    fen_runtime::format_cell(fen_runtime::Cell::Number(cell), column, &mut text);
    text
}

/// Stands for a definition that a damaged trace lacks.
fn nothing() -> Definition {
    let at = Point::Constant("0".into());
    Definition {
        name: String::new(),
        label: Text::default(),
        kind: u32::MAX,
        text: String::new(),
        citations: Vec::new(),
        exact: at.clone(),
        rounding: None,
        value: at.clone(),
        how: Node { text: String::new(), kind: u32::MAX, at, form: Form::Constant { citations: Vec::new() } },
    }
}
