//! Checked program to kernel: exact fractions become integers.
//!
//! Every value of the program is an integer times a grid that is fixed at compile time (see
//! [`crate::check::types::Grid`]), so that sums and comparisons are sums and comparisons of integers, percentages cost
//! nothing, and only rounding divides. Conditions are computed on all paths, and what they choose is selected; a
//! look-up that finds no row yields a number of its own, the fault, which is selected along the same paths.

mod builder;
mod errors;
#[cfg(test)]
pub(crate) mod evaluate;
mod expressions;
mod fraction;
pub(crate) mod ir;
mod ladders;
pub(crate) mod locals;
mod tables;
#[cfg(test)]
mod tests;
pub(crate) mod tracing;

use std::collections::HashMap;
use std::rc::Rc;

use fen_grammar::diagnostic::Diagnostic;
use fen_grammar::source::Span;
use num_rational::BigRational;
use num_traits::Zero;

use self::builder::{Builder, TooWide};
use self::errors::{TooLargeNumber, TooManyOperations};
use self::fraction::Scaled;
use self::ir::{Kernel, OutputCell, Ref};
use self::locals::Locals;
use self::tables::Plan;
use crate::check::program::{Body, Expr, ExprKind, Input, Output, Parameter, Program, Value, days_of};
use crate::check::types::{Facts, Type, step_of};
use crate::exact;
use crate::ids::{InputId, LadderId, ParameterId, Symbol, TableId, ValueId};

/// The most that the operations of a kernel may cost (see [`Kernel::cost`]): what engines can compile.
const MAX_OPERATIONS: usize = 200_000;

/// Engines allow 50 000 locals; some are used while an operation is computed.
const MAX_LOCALS: usize = 49_000;

/// Lowers a program without errors; all that can still be wrong with it is its size and that of its numbers.
pub(crate) fn lower(program: &Program) -> Result<Kernel, Box<Diagnostic>> {
    lower_requiring(program, &[])
}

/// The same; a look-up without a row in one of some values rejects the row, whether an output needs it or not.
pub(crate) fn lower_requiring(program: &Program, required: &[ValueId]) -> Result<Kernel, Box<Diagnostic>> {
    let (lowering, outputs, fault) = lowered(program, required)?;
    let kernel = lowering.builder.finish(outputs, fault);
    fits_engines(&kernel)?;
    Ok(kernel)
}

/// Whether engines can compile a kernel.
fn fits_engines(kernel: &Kernel) -> Result<(), Box<Diagnostic>> {
    let cost = kernel.ops.iter().map(|op| kernel.cost(op)).sum();
    within(cost, MAX_OPERATIONS)?;
    within(Locals::of(kernel).count(), MAX_LOCALS)
}

/// A program whose values are lowered, with the cells of its outputs and the fault that rejects the row.
type LoweredProgram<'a> = (Lowering<'a>, Vec<OutputCell>, Option<Ref>);

fn lowered<'a>(program: &'a Program, required: &[ValueId]) -> Result<LoweredProgram<'a>, Box<Diagnostic>> {
    let mut lowering = Lowering { program, builder: Builder::default(), values: HashMap::new(), plans: HashMap::new() };
    lowering.columns()?;
    for id in &program.order {
        let Some(value) = program.value(*id) else { continue };
        let lowered = lowering.value(*id, value).map_err(|wide| too_large(program, Some(value), &wide))?;
        lowering.values.insert(*id, lowered);
        // What is not used is dropped in the end; until then there may be more.
        within(lowering.builder.len(), 4 * MAX_OPERATIONS)?;
    }
    let mut outputs = Vec::new();
    let mut fault = None;
    for output in &program.outputs {
        let value = program.value(output.value);
        let lowered = lowering.output(output).and_then(|(cell, failing)| {
            fault = lowering.first_fault(fault, failing)?;
            Ok(cell)
        });
        outputs.push(lowered.map_err(|wide| too_large(program, value, &wide))?);
    }
    for id in required {
        let required = lowering.symbol(Symbol::Value(*id)).and_then(|found| lowering.first_fault(fault, found.fault));
        fault = required.map_err(|wide| too_large(program, program.value(*id), &wide))?;
    }
    Ok((lowering, outputs, fault))
}

fn within(operations: usize, most: usize) -> Result<(), Box<Diagnostic>> {
    if operations > most { Err(Box::new(TooManyOperations { operations, most }.into())) } else { Ok(()) }
}

/// The range of an input or a parameter is too wide. The place is where it is read first.
fn too_large_input(
    program: &Program,
    name: &str,
    (ty, facts): (Type, &Facts),
    of: &ExprKind,
    wide: &TooWide,
) -> Box<Diagnostic> {
    fn read(expr: &Expr, of: &ExprKind) -> Option<Span> {
        if expr.kind == *of { Some(expr.span) } else { expr.parts().into_iter().find_map(|part| read(part, of)) }
    }
    let span = program.values.iter().find_map(|value| match &value.body {
        Body::Expr(expr) => read(expr, of),
        _ => None,
    });
    let bits = wide.low.bits().max(wide.high.bits()) + 1;
    let range = Some((program.show(ty, &facts.low), program.show(ty, &facts.high)));
    Box::new(TooLargeNumber { span: span.unwrap_or_default(), name: name.to_owned(), bits, range }.into())
}

fn too_large(program: &Program, value: Option<&Value>, wide: &TooWide) -> Box<Diagnostic> {
    let bits = wide.low.bits().max(wide.high.bits()) + 1;
    let name = value.map_or_else(|| program.name.clone(), |value| value.name.clone());
    let range =
        value.map(|value| (program.show(value.ty, &value.facts.low), program.show(value.ty, &value.facts.high)));
    Box::new(TooLargeNumber { span: value.map(|value| value.span).unwrap_or_default(), name, bits, range }.into())
}

/// A value, and the number of the look-up without which there is none, if that can be.
#[derive(Clone, Debug)]
struct Lowered {
    value: Scaled,
    fault: Option<Ref>,
}

struct Lowering<'a> {
    program: &'a Program,
    builder: Builder,
    values: HashMap<ValueId, Lowered>,
    plans: HashMap<TableId, Rc<Plan>>,
}

impl Lowering<'_> {
    /// Every input and parameter has its place in the kernel, used or not: its range is checked all the same.
    fn columns(&mut self) -> Result<(), Box<Diagnostic>> {
        let program = self.program;
        for (at, input) in program.inputs.iter().enumerate() {
            let (id, known) = (InputId(at), (input.ty, &input.facts));
            self.input(id).map_err(|wide| too_large_input(program, &input.name, known, &ExprKind::Input(id), &wide))?;
        }
        for (at, parameter) in program.parameters.iter().enumerate() {
            let (id, known) = (ParameterId(at), (parameter.ty, &parameter.facts));
            self.parameter(id)
                .map_err(|wide| too_large_input(program, &parameter.name, known, &ExprKind::Parameter(id), &wide))?;
        }
        Ok(())
    }

    fn input(&mut self, id: InputId) -> Result<Scaled, TooWide> {
        let Some(Input { scale, facts, is_optional, .. }) = self.program.input(id) else { return self.zero() };
        let grid = step_of(*scale);
        let (low, high) = exact::within(&facts.low, &facts.high, &grid);
        Ok(Scaled::new(self.builder.input(id.0, low, high, *is_optional)?, grid))
    }

    fn parameter(&mut self, id: ParameterId) -> Result<Scaled, TooWide> {
        let Some(Parameter { scale, facts, .. }) = self.program.parameter(id) else { return self.zero() };
        let grid = step_of(*scale);
        let (low, high) = exact::within(&facts.low, &facts.high, &grid);
        Ok(Scaled::new(self.builder.parameter(id.0, low, high)?, grid))
    }

    /// The date that chooses versions; a row is only computed if it lies in the period in force.
    fn date(&mut self) -> Result<Option<Ref>, TooWide> {
        let Some(id) = self.program.dated_by else { return Ok(None) };
        let date = self.input(id)?.op;
        let Some((from, to)) = self.program.in_force else { return Ok(Some(date)) };
        let to = to.map_or(i32::MAX, days_of);
        self.builder.narrow_always(date, &days_of(from).into(), &to.into()).map(Some)
    }

    fn zero(&mut self) -> Result<Scaled, TooWide> {
        self.builder.exactly(&BigRational::zero())
    }

    /// A value before it is rounded.
    fn exact_value(&mut self, id: ValueId, value: &Value) -> Result<Lowered, TooWide> {
        match &value.body {
            Body::Expr(expr) => self.expr(expr),
            Body::Share { ladder, column } => {
                let subject = self.subject(*ladder)?;
                self.slices(*ladder, *column, &subject)
            }
            Body::Remainder { ladder } => self.remainder(*ladder, id),
        }
    }

    fn value(&mut self, id: ValueId, value: &Value) -> Result<Lowered, TooWide> {
        let exact = self.exact_value(id, value)?;
        let mut result = exact.value;
        if let Some(rounding) = &value.rounding {
            result = self.builder.round(&result, &rounding.step, rounding.mode)?;
        }
        let value = self.builder.informed(&result, &value.facts)?;
        Ok(Lowered { value, fault: exact.fault })
    }

    fn remainder(&mut self, ladder: LadderId, id: ValueId) -> Result<Lowered, TooWide> {
        let mut rest = self.subject(ladder)?;
        let columns = self.program.ladder(ladder).map(|ladder| ladder.columns.as_slice()).unwrap_or_default();
        for other in columns.iter().filter(|column| **column != id) {
            let other = self.symbol(Symbol::Value(*other))?;
            let value = self.builder.minus(&rest.value, &other.value)?;
            rest = Lowered { value, fault: self.first_fault(rest.fault, other.fault)? };
        }
        Ok(rest)
    }

    /// The cell of an output column, and the fault for which the row is rejected.
    fn output(&mut self, output: &Output) -> Result<(OutputCell, Option<Ref>), TooWide> {
        let lowered = self.symbol(Symbol::Value(output.value))?;
        let mut value = self.builder.in_steps(&lowered.value, &step_of(output.scale))?;
        if let Some(defined) = self.program.value(output.value) {
            let cell = Scaled::new(value, step_of(output.scale));
            value = self.builder.informed(&cell, &defined.facts)?.op;
        }
        let Some(present) = output.present else {
            return Ok((OutputCell { value, present: None }, lowered.fault));
        };
        let present = self.symbol(Symbol::Value(present))?;
        let needed = self.fault_if(present.value.op, lowered.fault, None)?;
        let fault = self.fault_after(present.fault, needed)?;
        let is_always = self.builder.only(present.value.op).is_some_and(|only| !only.is_zero());
        Ok((OutputCell { value, present: (!is_always).then_some(present.value.op) }, fault))
    }

    fn symbol(&mut self, symbol: Symbol) -> Result<Lowered, TooWide> {
        let value = match symbol {
            Symbol::Input(id) => self.input(id)?,
            Symbol::Parameter(id) => self.parameter(id)?,
            Symbol::Value(id) => match self.values.get(&id) {
                Some(lowered) => return Ok(lowered.clone()),
                None => self.zero()?,
            },
        };
        Ok(Lowered { value, fault: None })
    }

    /// No look-up fails.
    fn no_fault(&mut self) -> Result<Ref, TooWide> {
        self.builder.constant(self.program.sites.len())
    }

    /// The fault of what needs both: that of the look-up that comes first.
    fn first_fault(&mut self, left: Option<Ref>, right: Option<Ref>) -> Result<Option<Ref>, TooWide> {
        match (left, right) {
            (Some(left), Some(right)) => self.builder.min(left, right).map(Some),
            (left, right) => Ok(left.or(right)),
        }
    }

    /// The fault of what needs one thing if a condition is true and another thing if it is false.
    fn fault_if(&mut self, condition: Ref, yes: Option<Ref>, no: Option<Ref>) -> Result<Option<Ref>, TooWide> {
        if yes == no {
            return Ok(yes);
        }
        let none = self.no_fault()?;
        self.builder.select(condition, yes.unwrap_or(none), no.unwrap_or(none)).map(Some)
    }

    /// The fault of a condition, else that of what it chooses.
    fn fault_after(&mut self, condition: Option<Ref>, chosen: Option<Ref>) -> Result<Option<Ref>, TooWide> {
        let (Some(first), Some(then)) = (condition, chosen) else { return Ok(condition.or(chosen)) };
        let none = self.no_fault()?;
        let is_failing = self.builder.less(first, none)?;
        self.builder.select(is_failing, first, then).map(Some)
    }
}
