//! The kernel of a trace: the same program, which also yields the values of its parts.
//!
//! It is lowered like any other, and equal operations are one: asking for the value of a part again finds the operation
//! that computes it. So what a trace says is what the outputs were computed from.

use std::collections::HashMap;

use num_bigint::BigInt;
use num_rational::BigRational;
use num_traits::Zero;

use super::builder::TooWide;
use super::fraction::Scaled;
use super::ir::{Kernel, OutputCell, Ref};
use super::{Lowered, Lowering, fits_engines, lowered};
use crate::check::program::{Expr, Ladder, Program, Row};
use crate::ids::{LadderId, Symbol, TableId, ValueId};

/// A value that a trace tells.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Spot {
    /// The same for all rows.
    Constant(BigRational),
    /// The number in a cell times a step, by the number in another cell if there is one.
    Cell { cell: usize, step: BigRational, under: Option<usize> },
}

/// A trace that is being made. The program must live as long.
pub(crate) struct Tracing<'a> {
    lowering: Lowering<'a>,
    outputs: Vec<OutputCell>,
    fault: Option<Ref>,
    /// What is told beside the outputs.
    told: Vec<Ref>,
    cells: HashMap<Ref, usize>,
}

/// A part of a program that cannot be told; never for programs that could be lowered, but for their size.
#[derive(Debug)]
pub(crate) struct Untold;

impl From<TooWide> for Untold {
    fn from(_: TooWide) -> Self {
        Self
    }
}

impl<'a> Tracing<'a> {
    /// Lowers the program as its own kernel was.
    pub(crate) fn new(program: &'a Program, required: &[ValueId]) -> Result<Self, Untold> {
        let (lowering, outputs, fault) = lowered(program, required).map_err(|_| Untold)?;
        Ok(Self { lowering, outputs, fault, told: Vec::new(), cells: HashMap::new() })
    }

    /// The kernel: so many outputs of the program, then the cells of what is told.
    pub(crate) fn finish(self, results: usize) -> Result<Kernel, Untold> {
        let mut outputs = self.outputs;
        outputs.truncate(results);
        outputs.extend(self.told.iter().map(|at| OutputCell { value: *at, present: None }));
        let kernel = self.lowering.builder.finish(outputs, self.fault);
        fits_engines(&kernel).map_err(|_| Untold)?;
        Ok(kernel)
    }

    fn cell(&mut self, at: Ref) -> usize {
        let at = self.lowering.builder.source(at);
        let told = &mut self.told;
        *self.cells.entry(at).or_insert_with(|| {
            told.push(at);
            told.len() - 1
        })
    }

    fn spot(&mut self, value: &Scaled) -> Spot {
        let builder = &self.lowering.builder;
        let (number, under) = (builder.only(value.op).cloned(), value.under);
        match (number, under) {
            (Some(number), None) => Spot::Constant(&value.grid * number),
            (Some(number), Some(_)) if number.is_zero() => Spot::Constant(BigRational::zero()),
            _ => {
                let cell = self.cell(value.op);
                Spot::Cell { cell, step: value.grid.clone(), under: under.map(|under| self.cell(under)) }
            }
        }
    }

    /// The value of an expression.
    pub(crate) fn expr(&mut self, expr: &Expr) -> Result<Spot, Untold> {
        let lowered = self.lowering.expr(expr)?;
        Ok(self.spot(&lowered.value))
    }

    /// The value of something that has a name.
    pub(crate) fn symbol(&mut self, symbol: Symbol) -> Result<Spot, Untold> {
        let lowered = self.lowering.symbol(symbol)?;
        Ok(self.spot(&lowered.value))
    }

    /// A definition's value before it is rounded.
    pub(crate) fn exact(&mut self, id: ValueId) -> Result<Spot, Untold> {
        let value = self.lowering.program.value(id).ok_or(Untold)?;
        let lowered = self.lowering.exact_value(id, value)?;
        Ok(self.spot(&lowered.value))
    }

    /// The place of the first condition that is true; the number of all if none is.
    pub(crate) fn first_true(&mut self, conditions: &[&Expr]) -> Result<Spot, Untold> {
        let mut chosen = self.lowering.builder.constant(conditions.len())?;
        for (place, condition) in conditions.iter().enumerate().rev() {
            let condition = self.lowering.expr(condition)?.value.op;
            let place = self.lowering.builder.constant(place)?;
            chosen = self.lowering.builder.select(condition, place, chosen)?;
        }
        Ok(self.spot(&Scaled::whole(chosen)))
    }

    /// What another table says for the keys of a look-up.
    pub(crate) fn lookup(&mut self, table: TableId, keys: &[Expr]) -> Result<Spot, Untold> {
        let keys = keys.iter().map(|key| self.lowering.expr(key).map(|key| key.value));
        let keys = keys.collect::<Result<Vec<_>, _>>()?;
        let (value, _) = self.lowering.lookup(table, &keys)?;
        Ok(self.spot(&value))
    }

    /// The place of a ladder's version that applies.
    pub(crate) fn version(&mut self, ladder: &Ladder) -> Result<Spot, Untold> {
        let date = self.lowering.date()?;
        let builder = &mut self.lowering.builder;
        let mut count = builder.constant(0)?;
        for from in ladder.versions.iter().skip(1).filter_map(|version| version.from) {
            if let Some(date) = date {
                let from = builder.constant(from)?;
                let has_begun = builder.at_most(from, date)?;
                count = builder.add(count, has_begun)?;
            }
        }
        Ok(self.spot(&Scaled::whole(count)))
    }

    /// The slices of an amount by version and row of a ladder, each with what it yields for a column. The amount is the
    /// ladder's own if none is given.
    pub(crate) fn slices(
        &mut self,
        id: LadderId,
        column: usize,
        amount: Option<&Expr>,
    ) -> Result<Vec<Vec<[Spot; 2]>>, Untold> {
        let ladder = self.lowering.program.ladder(id).ok_or(Untold)?;
        let amount = match amount {
            Some(amount) => self.lowering.expr(amount)?,
            None => self.lowering.subject(id)?,
        };
        let base = match &ladder.base {
            Some(base) => self.lowering.expr(base)?.value,
            None => self.lowering.builder.exactly(&BigRational::from(BigInt::from(1)))?,
        };
        let mut versions = Vec::new();
        for version in &ladder.versions {
            let mut rows = Vec::new();
            for row in &version.rows {
                let slice = self.slice(row, &amount, &base)?;
                let share = row.shares.get(column).cloned().unwrap_or_else(BigRational::zero);
                let yields = self.lowering.builder.scaled(&slice, &share)?;
                rows.push([self.spot(&slice), self.spot(&yields)]);
            }
            versions.push(rows);
        }
        Ok(versions)
    }

    /// What the rows of a ladder give a column of its subject.
    pub(crate) fn yielded(&mut self, id: LadderId, column: usize) -> Result<Spot, Untold> {
        let subject = self.lowering.subject(id)?;
        let yielded = self.lowering.slices(id, column, &subject)?;
        Ok(self.spot(&yielded.value))
    }

    /// The part of the way from nothing to an amount that lies in a row.
    fn slice(&mut self, row: &Row, amount: &Lowered, base: &Scaled) -> Result<Scaled, Untold> {
        let builder = &mut self.lowering.builder;
        let zero = builder.exactly(&BigRational::zero())?;
        let mut ends = Vec::new();
        for value in [&amount.value, &zero] {
            let mut end = value.clone();
            if let Some(low) = &row.low {
                let low = builder.scaled(base, low)?;
                end = builder.greatest(&low, &end)?;
            }
            if let Some(high) = &row.high {
                let high = builder.scaled(base, high)?;
                end = builder.least(&high, &end)?;
            }
            ends.push(end);
        }
        match ends.as_slice() {
            [end, start] => Ok(builder.minus(end, start)?),
            _ => Err(Untold),
        }
    }
}
