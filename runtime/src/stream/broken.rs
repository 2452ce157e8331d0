//! Records that were changed by something without a value: they have none either, nor has what is computed from them.

use fen_schema::{Phase, Reads, StateCell, StateFunction};

use super::causes::{SETTLED, TAKEN_BACK};
use super::cells;
use super::error::StreamError;
use super::groups::NONE;
use super::kernel::Kernel;
use super::missing::{Missing, first};
use super::schedule::at;

/// What is missing in the records of one phase.
pub(crate) struct Broken {
    /// By output of the phase.
    outputs: Vec<Reads>,
    /// Of all tables.
    cells: Vec<BrokenCell>,
    /// Whether a cell of a record may have no value.
    is_any: bool,
}

/// One cell of all records of a table.
struct BrokenCell {
    /// Place of the table.
    table: usize,
    reads: Reads,
    link: Option<OfLink>,
    /// By record, as far as there is any: why the cell has no value.
    causes: Vec<u16>,
}

/// A cell that belongs to a link: what was before the claim that the link leads to does not matter.
struct OfLink {
    condition: Reads,
    /// Place among the outputs of what a row contributes; none if the link has no condition.
    contribution: Option<usize>,
    is_flag: bool,
}

/// Instances that were just run through a phase.
pub(crate) struct Ran<'r> {
    /// By input: why it has no value.
    pub(crate) inputs: &'r [Missing],
    /// Whether they are settled, and not taken back later.
    pub(crate) counts: &'r [bool],
    /// By table: their records.
    pub(crate) slots: Vec<&'r [u32]>,
}

impl Broken {
    /// Nothing is missing yet. None for phases whose records always have a value.
    pub(crate) fn new(phase: &Phase) -> Option<Self> {
        let state = phase.state.as_ref().filter(|state| !state.reads.is_empty())?;
        let cell = |table: usize, cell: &StateCell| {
            let link = cell.condition.clone().map(|condition| OfLink {
                condition,
                contribution: cell.contribution.map(at),
                is_flag: cell.function == StateFunction::Linked,
            });
            BrokenCell { table, reads: cell.reads.clone().unwrap_or_default(), link, causes: Vec::new() }
        };
        let tables = state.tables.iter().enumerate();
        let cells = tables.flat_map(|(place, table)| table.cells.iter().map(move |of| cell(place, of))).collect();
        Some(Self { outputs: state.reads.clone(), cells, is_any: false })
    }

    /// Nothing is missing again: the phase begins anew.
    pub(crate) fn clear(&mut self) {
        self.cells.iter_mut().for_each(|cell| cell.causes.clear());
        self.is_any = false;
    }

    /// Why a cell of a record has no value; [`SETTLED`] if it has.
    pub(crate) fn cause(&self, table: usize, cell: usize, slot: u32) -> u16 {
        let of = self.cells.iter().filter(|of| of.table == table).nth(cell);
        of.and_then(|of| of.causes.get(at(slot))).copied().unwrap_or(SETTLED)
    }

    /// Takes note that a cell of a record has no value.
    pub(crate) fn lose(&mut self, table: usize, cell: usize, slot: u32, cause: u16) {
        if let Some(of) = self.cells.iter_mut().filter(|of| of.table == table).nth(cell) {
            of.lose(at(slot), cause);
            self.is_any = true;
        }
    }

    /// Whether no output of instances lacks anything if their inputs lack only this.
    pub(crate) fn lacks_nothing(&self, inputs: &[Missing]) -> bool {
        let is_missing = |cause: &u16| *cause != SETTLED && *cause != TAKEN_BACK;
        !self.is_any && !inputs.iter().flatten().flatten().any(is_missing)
    }

    /// Why outputs of some instances have no value, by output; takes note of the records that they leave without one.
    pub(crate) fn follow(
        &mut self,
        phase: &Phase,
        ran: &Ran<'_>,
        kernel: &Kernel,
    ) -> Result<Vec<Missing>, StreamError> {
        let count = ran.counts.len();
        let mut missing = vec![vec![SETTLED; count]; self.outputs.len()];
        let mut known = Vec::new();
        for (row, _) in ran.counts.iter().enumerate().filter(|(_, counts)| **counts) {
            let slot = |cell: &BrokenCell| {
                let slot = ran.slots.get(cell.table)?.get(row)?;
                (*slot != NONE).then_some(at(*slot))
            };
            known.clear();
            known.extend(self.cells.iter().map(|cell| {
                let cause = slot(cell).and_then(|slot| cell.causes.get(slot));
                cause.copied().unwrap_or(SETTLED)
            }));
            let why = |reads: &Reads| {
                let input = |input: &u32| ran.inputs.get(at(*input))?.as_ref()?.get(row).copied();
                let cell = |cell: &u32| known.get(at(*cell)).copied();
                let causes = reads.inputs.iter().filter_map(input).chain(reads.cells.iter().filter_map(cell));
                causes.fold(SETTLED, first)
            };
            for (list, reads) in missing.iter_mut().zip(&self.outputs) {
                list.get_mut(row).into_iter().for_each(|slot| *slot = why(reads));
            }
            for (cell, known) in self.cells.iter_mut().zip(&known) {
                let cause = match &cell.link {
                    None => first(*known, why(&cell.reads)),
                    Some(link) => match why(&link.condition) {
                        SETTLED if link.holds(phase, kernel, row)? => why(&cell.reads),
                        SETTLED => *known,
                        cause => cause,
                    },
                };
                if cause != *known
                    && let Some(slot) = slot(&*cell)
                {
                    cell.lose(slot, cause);
                    self.is_any = true;
                }
            }
        }
        let is_any = |list: &Vec<u16>| list.iter().any(|cause| *cause != SETTLED);
        Ok(missing.into_iter().map(|list| Some(list).filter(is_any)).collect())
    }
}

impl BrokenCell {
    fn lose(&mut self, slot: usize, cause: u16) {
        if slot >= self.causes.len() {
            self.causes.resize(slot + 1, SETTLED);
        }
        self.causes.get_mut(slot).into_iter().for_each(|slot| *slot = cause);
    }
}

impl OfLink {
    /// Whether later claims are linked to this one.
    fn holds(&self, phase: &Phase, kernel: &Kernel, row: usize) -> Result<bool, StreamError> {
        let Some(contribution) = self.contribution else { return Ok(true) };
        let Some(column) = phase.outputs.get(contribution) else { return Ok(false) };
        let size = column.layout.bytes();
        let bytes = kernel.column(column.offset, row + 1, size)?;
        let cell = cells::cell(bytes.get(row * at(size)..).unwrap_or_default(), column.layout);
        Ok(if self.is_flag { cell == 1 } else { !column.optional || cell != column.layout.none() })
    }
}
