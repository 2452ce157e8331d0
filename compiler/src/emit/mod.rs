//! Kernels to WebAssembly module. See `docs/abi.md` for what the module promises.

mod batch;
mod calendar;
mod compute;
mod divide;
mod helpers;
mod layout;
mod row;
mod schema;
mod search;
mod state;
mod statuses;
mod stream;
#[cfg(test)]
mod tests;
mod trace;
mod wide;

use std::borrow::Cow;

use fen_schema::trace::{TRACE_CODE_SECTION, TRACE_SECTION};
use wasm_encoder::{
    CodeSection, ConstExpr, CustomSection, DataSection, ExportKind, ExportSection, FunctionSection, MemorySection,
    MemoryType, Module, TypeSection, ValType,
};

use self::helpers::Helpers;
use self::layout::{Plan, Space};
use self::statuses::Statuses;
use crate::check::program::Program;
use crate::phases::{Cut, Phase};
use crate::trace::Traced;

/// As many pages as 32 bits can address.
const MOST_PAGES: u64 = 65_536;

/// What the schema section could not be written as: never for programs that can be checked.
#[derive(Debug)]
pub(crate) struct SchemaNotWritten;

/// A module and the schema in it.
pub(crate) struct Emitted {
    pub(crate) module: Vec<u8>,
    pub(crate) schema: fen_schema::Schema,
}

/// Writes the module of a checked program and its phases, and, beside its code, the one that traces a row.
pub(crate) fn emit(
    program: &Program,
    cut: &Cut,
    traced: Option<&Traced>,
    source_sha256: &str,
) -> Result<Emitted, SchemaNotWritten> {
    let statuses = Statuses::of(program, cut);
    let phases: Vec<&Phase> = cut.phases.iter().collect();
    let Coded { mut module, plans } = coded(program, &phases, &statuses, layout::CAPACITY, layout::entry);
    let codes = serde_json::to_vec(&program.codes).map_err(|_| SchemaNotWritten)?;
    let trace = traced.map(|traced| trace::sections(program, traced, &statuses)).transpose()?;
    let hashes = schema::Hashes {
        source: source_sha256.to_owned(),
        code: fen_schema::sha256(module.as_slice()),
        codes: fen_schema::sha256(&codes),
        trace: trace.as_ref().map(|trace| trace.hash.clone()).unwrap_or_default(),
    };
    let schema = schema::schema(program, cut, &plans, statuses, hashes);
    let json = schema.to_json().map_err(|_| SchemaNotWritten)?;
    module.section(&CustomSection { name: fen_schema::SECTION.into(), data: Cow::Owned(json) });
    module.section(&CustomSection { name: fen_schema::CODES_SECTION.into(), data: Cow::Owned(codes) });
    if let Some(trace) = trace {
        module.section(&CustomSection { name: TRACE_SECTION.into(), data: Cow::Owned(trace.json) });
        module.section(&CustomSection { name: TRACE_CODE_SECTION.into(), data: Cow::Owned(trace.code) });
    }
    Ok(Emitted { module: module.finish(), schema })
}

/// A module without its custom sections, and where everything lies in its memory.
struct Coded {
    module: Module,
    plans: Vec<Plan>,
}

/// Writes the functions of phases, for batches of so many rows.
fn coded(
    program: &Program,
    phases: &[&Phase],
    statuses: &Statuses,
    capacity: u32,
    entry: fn(usize) -> String,
) -> Coded {
    let helpers = Helpers::used_by(phases.iter().map(|phase| &phase.kernel));
    let mut space = Space::new(capacity);
    let mut plans = Vec::new();
    for phase in phases {
        if !plans.is_empty() {
            space.close_phase();
        }
        plans.push(Plan::new(program, phase, statuses, &mut space));
    }
    for plan in &mut plans {
        plan.state = space.end();
    }
    let has_state = phases.iter().any(|phase| !phase.tables.is_empty());

    let mut types = TypeSection::new();
    let mut functions = FunctionSection::new();
    let mut code = CodeSection::new();
    types.ty().function([ValType::I32], [ValType::I32]);
    for (at, (phase, plan)) in phases.iter().zip(&plans).enumerate() {
        functions.function(0);
        code.function(&batch::function(phase, at, plan, statuses, &helpers));
    }
    helpers.declare(&mut types, &mut functions, &mut code);

    let mut memories = MemorySection::new();
    let pages = u64::from(space.pages());
    memories.memory(MemoryType {
        minimum: pages,
        maximum: Some(if has_state { MOST_PAGES } else { pages }),
        memory64: false,
        shared: false,
        page_size_log2: None,
    });
    let mut exports = ExportSection::new();
    exports.export("memory", ExportKind::Memory, 0);
    for (at, index) in (0..phases.len()).zip(0..) {
        exports.export(&entry(at), ExportKind::Func, index);
    }
    let mut data = DataSection::new();
    for (offset, bytes) in &space.data {
        data.active(0, &ConstExpr::i32_const(offset.cast_signed()), bytes.iter().copied());
    }

    let mut module = Module::new();
    module.section(&types).section(&functions).section(&memories).section(&exports).section(&code);
    if !space.data.is_empty() {
        module.section(&data);
    }
    Coded { module, plans }
}
