//! What phases yield: values, and what running values, totals, splits and links are told of a row.

use fen_schema::StateFunction;

use super::needs::Key;
use super::stages::Stages;
use crate::check::program::{Body, ExprKind, Function, Input, Origin, Program, Value};
use crate::check::types::{Grid, decimals, step_of};
use crate::exact;
use crate::ids::{GrainId, InputId, SplitId, ValueId};

/// What a phase is to yield.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum What {
    Value(ValueId),
    /// An input that is no column, for a finer grain.
    Input(InputId),
    /// Whether an optional input is there.
    Known(InputId),
    /// An optional input, or if it is missing its least admitted value.
    OrLeast(InputId),
    True,
}

/// When there is something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Present {
    Always,
    If(ValueId),
    IfKnown(InputId),
}

/// An output of a phase.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Wanted {
    pub(super) what: What,
    pub(super) present: Present,
    pub(super) scale: u32,
}

/// What is done with a cell of a record, and what a row contributes.
pub(super) fn contribution(program: &Program, id: InputId) -> Option<(StateFunction, Wanted)> {
    let input = program.input(id)?;
    let given = |what, when: Option<ValueId>| Wanted {
        what,
        present: when.map_or(Present::Always, Present::If),
        scale: input.scale,
    };
    let whether = |when: Option<ValueId>| Wanted {
        what: when.map_or(What::True, What::Value),
        present: Present::Always,
        scale: 0,
    };
    Some(match &input.origin {
        Origin::Running { function: Function::Count, when, .. } => (StateFunction::Count, whether(*when)),
        Origin::Running { function, value, when, .. } => {
            let function = match function {
                Function::Sum | Function::Count => StateFunction::Sum,
                Function::Max => StateFunction::Max,
                Function::Min => StateFunction::Min,
                Function::Last => StateFunction::Last,
            };
            (function, given(What::Value(*value), *when))
        }
        Origin::Linked(link) => (StateFunction::Linked, whether(program.links.get(link.0)?.when)),
        Origin::Field { link, value } => {
            let what = optional_input(program, *value).map_or(What::Value(*value), What::OrLeast);
            (StateFunction::Last, given(what, program.links.get(link.0)?.when))
        }
        Origin::Column | Origin::Total { .. } | Origin::Part(_) => return None,
    })
}

/// What a row contributes to the cell that says whether the field of an earlier claim was there.
pub(super) fn flag(program: &Program, id: InputId) -> Option<Wanted> {
    let Origin::Field { link, value } = &program.input(id)?.origin else { return None };
    let present = program.links.get(link.0)?.when.map_or(Present::Always, Present::If);
    Some(Wanted { what: What::Known(optional_input(program, *value)?), present, scale: 0 })
}

/// What a link to later claims must be told of a field.
pub(super) fn field(program: &Program, id: InputId) -> Option<Wanted> {
    let input = program.input(id)?;
    let Origin::Field { value, .. } = &input.origin else { return None };
    let present = optional_input(program, *value).map_or(Present::Always, Present::IfKnown);
    Some(Wanted { what: What::Value(*value), present, scale: input.scale })
}

/// What is added up, counted or compared for a total.
pub(super) fn addend(program: &Program, id: InputId) -> Option<(GrainId, Wanted)> {
    let input = program.input(id)?;
    let Origin::Total { function, value, when, over, .. } = &input.origin else { return None };
    let present = when.map_or(Present::Always, Present::If);
    let (what, scale) = match function {
        Function::Count => (What::True, 0),
        _ => (What::Value(*value), input.scale),
    };
    Some((*over, Wanted { what, present, scale }))
}

/// The optional input that a value stands for.
fn optional_input(program: &Program, id: ValueId) -> Option<InputId> {
    let Value { body: Body::Expr(expr), .. } = program.value(id)? else { return None };
    let ExprKind::Input(input) = expr.kind else { return None };
    program.input(input)?.is_optional.then_some(input)
}

/// The decimals of a value's cells; `None` if no number of them that cells can have is enough.
pub(super) fn scale_of(value: &Value) -> Option<u32> {
    if value.ty.measure().is_none() {
        return Some(0);
    }
    let scale = match &value.facts.grid {
        Grid::Zero => 0,
        Grid::Step(step) => decimals(step)?,
        Grid::Free => return None,
    };
    let (low, high) = exact::within(&value.facts.low, &value.facts.high, &step_of(scale));
    (scale <= 36 && low.bits().max(high.bits()) < 120).then_some(scale)
}

/// Where the amount and the weights of a split are computed.
pub(super) fn divided(program: &Program, stages: &Stages, id: SplitId) -> Option<((Key, Wanted), (Key, Wanted))> {
    let split = program.splits.get(id.0)?;
    let (amount, weight) = (program.value(split.amount)?, program.value(split.weight)?);
    let is_part = |input: &&Input| input.origin == Origin::Part(id);
    // Amounts are counted in the steps of the parts.
    let scale = program.inputs.iter().find(is_part).map_or(0, |part| part.scale);
    let given = |value: ValueId, scale| Wanted { what: What::Value(value), present: Present::Always, scale };
    let of_pool = Key { stage: stages.value(split.amount), grain: amount.grain.unwrap_or(split.pool) };
    let of_part = Key { stage: stages.value(split.weight), grain: split.grain };
    let scale_of_weight = scale_of(weight).unwrap_or_default();
    Some(((of_pool, given(split.amount, scale)), (of_part, given(split.weight, scale_of_weight))))
}
