//! Where the columns of a batch lie in the module's memory.

use fen_schema::Layout;
use num_bigint::BigInt;

use crate::check::program::Program;
use crate::lower::ir::Kernel;

/// The name of the function that settles a batch.
pub(super) const ENTRY: &str = "settle";

/// Rows of one batch: few enough that its columns stay in a core's cache, many enough that a call costs nothing.
pub(super) const CAPACITY: u32 = 4096;

/// Columns start here; the first bytes stay unused, so that address 0 is never data.
const FIRST: u32 = 64;

/// Added between columns, so that equal rows of different columns do not compete for the same cache set.
const STAGGER: u32 = 192;

const PAGE: u32 = 65_536;

/// A column's place.
#[derive(Clone, Debug)]
pub(super) struct Cell {
    pub(super) layout: Layout,
    pub(super) offset: u32,
    pub(super) low: BigInt,
    pub(super) high: BigInt,
}

/// The places of all columns.
#[derive(Clone, Debug)]
pub(super) struct Plan {
    /// By input of the program.
    pub(super) inputs: Vec<Cell>,
    /// By output of the program.
    pub(super) outputs: Vec<Cell>,
    pub(super) status: u32,
    /// Pages of memory.
    pub(super) pages: u32,
}

impl Plan {
    pub(super) fn new(program: &Program, kernel: &Kernel) -> Self {
        let mut next = FIRST;
        let mut place = |bytes: u32| {
            let offset = next;
            next += CAPACITY * bytes + STAGGER;
            offset
        };
        let mut cell = |low: BigInt, high: BigInt| {
            let layout = layout(&low, &high);
            Cell { layout, offset: place(layout.bytes()), low, high }
        };
        let inputs = program.inputs.iter().map(|input| {
            let cells = crate::check::types::step_of(input.scale);
            cell((&input.facts.low / &cells).to_integer(), (&input.facts.high / &cells).to_integer())
        });
        let inputs = inputs.collect();
        let outputs = kernel.outputs.iter().filter_map(|at| kernel.op(*at));
        let outputs = outputs.map(|op| cell(op.low.clone(), op.high.clone())).collect();
        let status = place(2);
        Self { inputs, outputs, status, pages: next.div_ceil(PAGE) }
    }
}

/// Eight bytes where 18 digits are enough (the precision of Arrow's Decimal64), else sixteen.
fn layout(low: &BigInt, high: &BigInt) -> Layout {
    let end = BigInt::from(10).pow(18);
    if *low > -end.clone() && *high < end { Layout::I64 } else { Layout::I128 }
}
