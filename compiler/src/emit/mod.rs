//! Kernel to WebAssembly module. See `docs/abi.md` for what the module promises.

mod batch;
mod layout;
mod row;
mod schema;
mod wide;

use wasm_encoder::{
    CodeSection, CustomSection, ExportKind, ExportSection, FunctionSection, MemorySection, MemoryType, Module,
    TypeSection,
};

use self::layout::Plan;
use self::wide::Helpers;
use crate::check::program::Program;
use crate::lower::ir::Kernel;

/// What the schema section could not be written as: never for programs that can be checked.
#[derive(Debug)]
pub(crate) struct SchemaNotWritten;

/// A module and the schema in it.
pub(crate) struct Emitted {
    pub(crate) module: Vec<u8>,
    pub(crate) schema: fen_schema::Schema,
}

/// Writes the module of a checked program and its kernel.
pub(crate) fn emit(program: &Program, kernel: &Kernel, source_sha256: &str) -> Result<Emitted, SchemaNotWritten> {
    let plan = Plan::new(program, kernel);
    let helpers = Helpers::used_by(kernel);

    let mut types = TypeSection::new();
    let mut functions = FunctionSection::new();
    let mut code = CodeSection::new();
    types.ty().function([wasm_encoder::ValType::I32], [wasm_encoder::ValType::I32]);
    functions.function(0);
    code.function(&batch::function(kernel, &plan, &helpers));
    helpers.declare(&mut types, &mut functions, &mut code);

    let mut memories = MemorySection::new();
    let pages = u64::from(plan.pages);
    memories.memory(MemoryType {
        minimum: pages,
        maximum: Some(pages),
        memory64: false,
        shared: false,
        page_size_log2: None,
    });
    let mut exports = ExportSection::new();
    exports.export("memory", ExportKind::Memory, 0);
    exports.export(layout::ENTRY, ExportKind::Func, 0);

    let mut module = Module::new();
    module.section(&types).section(&functions).section(&memories).section(&exports).section(&code);
    let schema = schema::schema(program, &plan, source_sha256, fen_schema::sha256(module.as_slice()));
    let json = schema.to_json().map_err(|_| SchemaNotWritten)?;
    module.section(&CustomSection { name: fen_schema::SECTION.into(), data: json.into() });
    Ok(Emitted { module: module.finish(), schema })
}
