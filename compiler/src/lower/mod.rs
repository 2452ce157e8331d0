//! Checked program to kernel: exact fractions become integers.
//!
//! Every value of the program is an integer times a grid that is fixed at compile time (see
//! [`crate::check::types::Grid`]), so that sums and comparisons are sums and comparisons of integers, percentages cost
//! nothing, and only rounding divides.

mod errors;
pub(crate) mod ir;

use std::collections::{BTreeMap, HashMap};

use fen_grammar::diagnostic::Diagnostic;
use fen_grammar::tree::RoundingMode;
use num_bigint::BigInt;
use num_rational::BigRational;
use num_traits::{One, Signed, Zero};

use self::errors::{TooLargeNumber, TooManyOperations};
use self::ir::{Builder, Kernel, Ref, TooWide};
use crate::check::program::{Body, Expr, ExprKind, Ladder, Program, Value};
use crate::check::types::{Facts, Grid, step_of};
use crate::resolve::program::{Symbol, ValueId};

/// The most operations of a kernel. Each needs up to two locals, of which engines allow 50 000.
const MAX_OPERATIONS: usize = 20_000;

/// Lowers a program without errors; all that can still be wrong with it is its size and that of its numbers.
pub(crate) fn lower(program: &Program) -> Result<Kernel, Box<Diagnostic>> {
    let mut lowering = Lowering { program, builder: Builder::default(), values: HashMap::new() };
    for at in 0..program.inputs.len() {
        // Every input has its place in the kernel, used or not: its range is checked all the same.
        lowering.input(at).map_err(|wide| too_large(program, None, &wide))?;
    }
    for id in &program.order {
        let Some(value) = program.value(*id) else { continue };
        let lowered = lowering.value(*id, value).map_err(|wide| too_large(program, Some(value), &wide))?;
        lowering.values.insert(*id, lowered);
    }
    let mut outputs = Vec::new();
    for output in &program.outputs {
        let value = program.value(output.value);
        let cell = lowering.output(output.value, output.scale).map_err(|wide| too_large(program, value, &wide))?;
        outputs.push(cell);
    }
    let kernel = lowering.builder.finish(outputs);
    if kernel.ops.len() > MAX_OPERATIONS {
        return Err(Box::new(TooManyOperations { operations: kernel.ops.len(), most: MAX_OPERATIONS }.into()));
    }
    Ok(kernel)
}

fn too_large(program: &Program, value: Option<&Value>, wide: &TooWide) -> Box<Diagnostic> {
    let bits = wide.low.bits().max(wide.high.bits()) + 1;
    let name = value.map_or_else(|| program.name.clone(), |value| value.name.clone());
    let range = value.map(|value| (value.ty.show(&value.facts.low), value.ty.show(&value.facts.high)));
    Box::new(TooLargeNumber { span: value.map(|value| value.span).unwrap_or_default(), name, bits, range }.into())
}

/// An integer times a positive grid.
#[derive(Clone, Debug)]
struct Scaled {
    op: Ref,
    grid: BigRational,
}

struct Lowering<'a> {
    program: &'a Program,
    builder: Builder,
    values: HashMap<ValueId, Scaled>,
}

type Lowered = Result<Scaled, TooWide>;

impl Lowering<'_> {
    fn input(&mut self, at: usize) -> Lowered {
        let Some(input) = self.program.inputs.get(at) else { return self.constant(&BigRational::zero()) };
        let grid = step_of(input.scale);
        let (low, high) = ((&input.facts.low / &grid).to_integer(), (&input.facts.high / &grid).to_integer());
        Ok(Scaled { op: self.builder.input(at, low, high)?, grid })
    }

    fn constant(&mut self, value: &BigRational) -> Lowered {
        let (number, grid) = match (value.is_zero(), value.is_negative()) {
            (true, _) => (BigInt::zero(), BigRational::one()),
            (_, true) => (-BigInt::one(), value.abs()),
            _ => (BigInt::one(), value.clone()),
        };
        Ok(Scaled { op: self.builder.constant(number)?, grid })
    }

    fn value(&mut self, id: ValueId, value: &Value) -> Lowered {
        let exact = match &value.body {
            Body::Expr(expr) => self.expr(expr)?,
            Body::Share { ladder, column } => match self.program.ladder(*ladder) {
                Some(ladder) => self.share(ladder, *column)?,
                None => self.constant(&BigRational::zero())?,
            },
            Body::Remainder { ladder } => {
                let Some(ladder) = self.program.ladder(*ladder) else { return self.constant(&BigRational::zero()) };
                let mut rest = self.symbol(ladder.subject)?;
                for other in ladder.columns.iter().filter(|column| **column != id) {
                    let other = self.symbol(Symbol::Value(*other))?;
                    rest = self.add(&rest, &other, true)?;
                }
                rest
            }
        };
        let result = match &value.rounding {
            Some(rounding) => self.round(&exact, &rounding.step, rounding.mode)?,
            None => exact,
        };
        self.narrow(&result, &value.facts);
        Ok(result)
    }

    fn narrow(&mut self, value: &Scaled, facts: &Facts) {
        let low = (&facts.low / &value.grid).ceil().to_integer();
        let high = (&facts.high / &value.grid).floor().to_integer();
        self.builder.narrow(value.op, &low, &high);
    }

    /// The cell of an output column: the value times ten to the power of its scale.
    fn output(&mut self, id: ValueId, scale: u32) -> Result<Ref, TooWide> {
        let value = self.symbol(Symbol::Value(id))?;
        let step = step_of(scale);
        if self.builder.range(value.op) == (BigInt::zero(), BigInt::zero()) {
            return Ok(value.op);
        }
        Ok(self.on_grid(&value, &step)?.op)
    }

    fn symbol(&mut self, symbol: Symbol) -> Lowered {
        match symbol {
            Symbol::Input(id) => self.input(id.0),
            Symbol::Value(id) => match self.values.get(&id) {
                Some(value) => Ok(value.clone()),
                None => self.constant(&BigRational::zero()),
            },
        }
    }

    fn expr(&mut self, expr: &Expr) -> Lowered {
        if let Some(value) = expr.facts.as_constant() {
            return self.constant(value);
        }
        match &expr.kind {
            ExprKind::Constant(value) => self.constant(value),
            ExprKind::Input(id) => self.input(id.0),
            ExprKind::Value(id) => self.symbol(Symbol::Value(*id)),
            ExprKind::Negate(inner) => {
                let (zero, inner) = (self.constant(&BigRational::zero())?, self.expr(inner)?);
                self.add(&zero, &inner, true)
            }
            ExprKind::Add(left, right) => {
                let (left, right) = (self.expr(left)?, self.expr(right)?);
                self.add(&left, &right, false)
            }
            ExprKind::Sub(left, right) => {
                let (left, right) = (self.expr(left)?, self.expr(right)?);
                self.add(&left, &right, true)
            }
            ExprKind::Mul(left, right) => {
                let (left, right) = (self.expr(left)?, self.expr(right)?);
                let grid = &left.grid * &right.grid;
                Ok(Scaled { op: self.builder.mul(left.op, right.op)?, grid })
            }
            ExprKind::Div(inner, divisor) => {
                let (inner, factor) = (self.expr(inner)?, divisor.recip());
                self.scale(&inner, &factor)
            }
            ExprKind::Max(args) => self.extreme(args, Builder::max),
            ExprKind::Min(args) => self.extreme(args, Builder::min),
        }
    }

    fn extreme(&mut self, args: &[Expr], choose: fn(&mut Builder, Ref, Ref) -> Result<Ref, TooWide>) -> Lowered {
        let mut best: Option<Scaled> = None;
        for arg in args {
            let arg = self.expr(arg)?;
            best = Some(match best {
                None => arg,
                Some(best) => {
                    let (best, arg) = self.common(&best, &arg)?;
                    Scaled { op: choose(&mut self.builder, best.op, arg.op)?, grid: best.grid }
                }
            });
        }
        best.map_or_else(|| self.constant(&BigRational::zero()), Ok)
    }

    /// What a ladder's rows give a column. With the rate changing by d at each breakpoint b, it is
    /// Σ d·(max(x − b, 0) − max(−b, 0)), plus the rate below all breakpoints times x.
    fn share(&mut self, ladder: &Ladder, column: usize) -> Lowered {
        let subject = self.symbol(ladder.subject)?;
        let base = match &ladder.base {
            Some(base) => self.expr(base)?,
            None => self.constant(&BigRational::one())?,
        };
        let mut lowest = BigRational::zero();
        let mut changes: BTreeMap<&BigRational, BigRational> = BTreeMap::new();
        for row in &ladder.rows {
            let Some(share) = row.shares.get(column) else { continue };
            match &row.low {
                None => lowest += share,
                Some(low) => *changes.entry(low).or_default() += share,
            }
            if let Some(high) = &row.high {
                *changes.entry(high).or_default() -= share;
            }
        }
        let mut sum = self.scale(&subject, &lowest)?;
        for (bound, by) in changes.iter().filter(|(_, by)| !by.is_zero()) {
            let bound_amount = self.scale(&base, bound)?;
            let beyond = self.add(&subject, &bound_amount, true)?;
            let above = self.at_least_zero(&beyond)?;
            let term = self.scale(&above, by)?;
            sum = self.add(&sum, &term, false)?;
            if bound.is_negative() {
                // max(−b, 0) = −b, since the base is never negative.
                let origin = self.scale(&bound_amount, by)?;
                sum = self.add(&sum, &origin, false)?;
            }
        }
        Ok(sum)
    }

    fn at_least_zero(&mut self, value: &Scaled) -> Lowered {
        let zero = self.builder.constant(BigInt::zero())?;
        Ok(Scaled { op: self.builder.max(value.op, zero)?, grid: value.grid.clone() })
    }

    fn scale(&mut self, value: &Scaled, factor: &BigRational) -> Lowered {
        if factor.is_zero() {
            return self.constant(factor);
        }
        let scaled = Scaled { op: value.op, grid: &value.grid * factor.abs() };
        if factor.is_negative() {
            let zero = self.constant(&BigRational::zero())?;
            return self.add(&zero, &scaled, true);
        }
        Ok(scaled)
    }

    fn add(&mut self, left: &Scaled, right: &Scaled, subtract: bool) -> Lowered {
        let (left, right) = self.common(left, right)?;
        let op = if subtract { self.builder.sub(left.op, right.op)? } else { self.builder.add(left.op, right.op)? };
        Ok(Scaled { op, grid: left.grid })
    }

    /// Both values on the coarsest grid that holds both.
    fn common(&mut self, left: &Scaled, right: &Scaled) -> Result<(Scaled, Scaled), TooWide> {
        let grid = |builder: &Builder, value: &Scaled| {
            let (low, high) = builder.range(value.op);
            if low.is_zero() && high.is_zero() {
                return Grid(None);
            }
            Grid(Some(value.grid.clone()))
        };
        let joined = grid(&self.builder, left).join(&grid(&self.builder, right)).0.unwrap_or_else(BigRational::one);
        Ok((self.on_grid(left, &joined)?, self.on_grid(right, &joined)?))
    }

    /// The same value counted in multiples of `grid`, of which its own grid is a multiple unless it is zero.
    fn on_grid(&mut self, value: &Scaled, grid: &BigRational) -> Lowered {
        let factor = (&value.grid / grid).to_integer();
        if factor.is_one() {
            return Ok(Scaled { op: value.op, grid: grid.clone() });
        }
        let (low, high) = self.builder.range(value.op);
        let op = if low == high {
            self.builder.constant(low * factor)?
        } else {
            let factor = self.builder.constant(factor)?;
            self.builder.mul(value.op, factor)?
        };
        Ok(Scaled { op, grid: grid.clone() })
    }

    fn round(&mut self, exact: &Scaled, step: &BigRational, mode: RoundingMode) -> Lowered {
        // value / step = n · grid / step = n · p / q
        let ratio = &exact.grid / step;
        let numerator = self.builder.constant(ratio.numer().clone())?;
        let multiplied = self.builder.mul(exact.op, numerator)?;
        let op = self.builder.divide(multiplied, ratio.denom().clone(), mode)?;
        Ok(Scaled { op, grid: step.clone() })
    }
}
