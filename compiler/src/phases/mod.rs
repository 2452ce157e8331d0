//! Checked program to phases: kernels over the instances of one grain each, and what a host does between them.
//!
//! A value that looks beyond its row is an input of the phase that reads it: a total, a part, a field of a later claim is
//! written by the host, a running value is loaded from a record. So every phase is a row program like any other, and is
//! lowered like one. Whatever a phase needs of its own grain it computes from scratch; hosts keep nothing between passes
//! but totals, parts and the values of groups.

mod assemble;
mod derive;
mod needs;
mod reads;
mod stages;
#[cfg(test)]
mod tests;
mod uses;
mod wanted;

use fen_grammar::diagnostic::{Diagnostic, Text};
use fen_schema::{StateFunction, TotalFunction};

use crate::check::program::{Input, Origin, Program};
use crate::check::types::Type;
use crate::ids::{GrainId, InputId, LinkId, SplitId, ValueId};
use crate::lower::ir::Kernel;
use crate::lower::lower;

/// A policy in phases.
#[derive(Clone, Debug)]
pub(crate) struct Cut {
    /// In the order in which they are run; the first is that of the rows.
    pub(crate) phases: Vec<Phase>,
    /// What is done between them; `None` if the policy looks at nothing but the row at hand.
    pub(crate) between: Option<Between>,
}

/// One kernel over the instances of a grain.
#[derive(Clone, Debug)]
pub(crate) struct Phase {
    pub(crate) grain: GrainId,
    /// By input of the kernel. Those of the first phase begin with all columns of the file.
    pub(crate) inputs: Vec<Import>,
    /// By output of the kernel; those that are no columns come last.
    pub(crate) outputs: Vec<Export>,
    /// The input that must lie in the period in force and chooses versions, if the phase reads it.
    pub(crate) dated_by: Option<usize>,
    /// What it carries from row to row.
    pub(crate) tables: Vec<Records>,
    pub(crate) kernel: Kernel,
    /// What the kernel was lowered from; nothing if it is the policy itself.
    pub(crate) program: Option<Box<Program>>,
    /// Values whose look-ups must find rows.
    pub(crate) required: Vec<ValueId>,
}

/// An input of a phase.
#[derive(Clone, Debug)]
pub(crate) struct Import {
    pub(crate) input: Input,
    pub(crate) source: Source,
}

/// Where the cells of an input come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Source {
    Column(InputId),
    /// An output of an earlier phase, of the same or a coarser grain.
    Value(Place),
    /// By place in [`Between`].
    Total(usize),
    Part(usize),
    Linked(usize),
    Field {
        link: usize,
        field: usize,
    },
    /// A cell of a record: places among the phase's tables and in the table.
    Record {
        table: usize,
        cell: usize,
    },
}

/// An output of a phase.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Place {
    pub(crate) phase: usize,
    pub(crate) output: usize,
}

/// What a phase computes for each row.
#[derive(Clone, Debug)]
pub(crate) struct Export {
    pub(crate) name: String,
    pub(crate) label: Text,
    pub(crate) ty: Type,
    /// Cells are the value times ten to this power.
    pub(crate) scale: u32,
    pub(crate) is_optional: bool,
    /// Whether the host reads it; otherwise it only changes a record.
    pub(crate) is_column: bool,
    /// The inputs that it is computed from, whether they are needed or not; columns and records are left out.
    pub(crate) uses: Vec<usize>,
    pub(crate) reads: Reads,
}

/// What something is computed from directly: inputs but for columns, and cells by their places among those of all records.
#[derive(Clone, Debug, Default)]
pub(crate) struct Reads {
    pub(crate) inputs: Vec<usize>,
    pub(crate) cells: Vec<usize>,
}

/// Records of one kind: one for every group of the grain.
#[derive(Clone, Debug)]
pub(crate) struct Records {
    pub(crate) grain: GrainId,
    pub(crate) cells: Vec<RecordCell>,
}

/// A cell of a record: an input that is loaded from it, and the output that changes it.
#[derive(Clone, Debug)]
pub(crate) struct RecordCell {
    pub(crate) input: usize,
    pub(crate) output: usize,
    pub(crate) function: StateFunction,
    /// What the condition is computed from, if the cell belongs to a link.
    pub(crate) condition: Option<Reads>,
    /// Whether claims that are taken back never count in it, because it comes from a link with a late field.
    pub(crate) is_late: bool,
}

/// What a host does between phases.
#[derive(Clone, Debug, Default)]
pub(crate) struct Between {
    pub(crate) totals: Vec<Total>,
    pub(crate) splits: Vec<Split>,
    pub(crate) links: Vec<Link>,
    /// Outputs of the policy by their place, each with where it is computed; by grain, that of rows first.
    pub(crate) results: Vec<(GrainId, Vec<(usize, Place)>)>,
}

#[derive(Clone, Copy, Debug)]
pub(crate) struct Total {
    pub(crate) function: TotalFunction,
    pub(crate) of: Place,
    pub(crate) grain: GrainId,
}

#[derive(Clone, Copy, Debug)]
pub(crate) struct Split {
    pub(crate) split: SplitId,
    pub(crate) amount: Place,
    pub(crate) weight: Place,
}

/// A link to later claims, with the fields that are known at the same time.
#[derive(Clone, Debug)]
pub(crate) struct Link {
    pub(crate) link: LinkId,
    pub(crate) phase: usize,
    pub(crate) when: Option<usize>,
    pub(crate) fields: Vec<usize>,
}

/// Cuts a program into phases and lowers each; all that can be wrong with it is its size and that of its numbers.
pub(crate) fn cut(program: &Program) -> Result<Cut, Box<Diagnostic>> {
    if is_plain(program) {
        return Ok(Cut { phases: vec![plain(program)?], between: None });
    }
    assemble::assemble(program, needs::needs(program))
}

/// Whether the policy looks at nothing but the row at hand, and its rows are settled one by one.
fn is_plain(program: &Program) -> bool {
    let is_own = |input: &Input| input.origin == Origin::Column && input.per.is_none();
    let rows = GrainId(0);
    program.claim == rows
        && program.ordered_by.is_none()
        && program.reversal.is_none()
        && program.inputs.iter().all(is_own)
        && program.outputs.iter().all(|output| output.grain == rows)
}

/// The program is its only phase.
fn plain(program: &Program) -> Result<Phase, Box<Diagnostic>> {
    let columns = program.inputs.iter().enumerate();
    let outputs = program.outputs.iter().filter_map(|output| {
        Some(Export {
            name: output.name.clone(),
            label: output.label.clone(),
            ty: program.value(output.value)?.ty,
            scale: output.scale,
            is_optional: output.present.is_some(),
            is_column: true,
            uses: Vec::new(),
            reads: Reads::default(),
        })
    });
    Ok(Phase {
        grain: GrainId(0),
        inputs: columns
            .map(|(at, input)| Import { input: input.clone(), source: Source::Column(InputId(at)) })
            .collect(),
        outputs: outputs.collect(),
        dated_by: program.dated_by.map(|id| id.0),
        tables: Vec::new(),
        kernel: lower(program)?,
        program: None,
        required: Vec::new(),
    })
}
