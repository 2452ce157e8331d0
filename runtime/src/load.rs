//! Looks a module through before anything of it runs, and compiles it.

use std::collections::HashSet;
use std::sync::Arc;

use fen_schema::{ABI_VERSION, Schema};
use wasmparser::{Parser, Payload};
use wasmtime::{Config, Engine, ExternType, InstancePre, Linker, Module};

use crate::error::{LoadError, MemoryFault};
use crate::session::Session;

/// Compiles modules. Cheap to clone; one per process is enough.
#[derive(Clone)]
pub struct Runtime {
    engine: Engine,
}

impl Runtime {
    /// A runtime for this machine.
    ///
    /// # Errors
    /// If the machine cannot run compiled code.
    pub fn new() -> Result<Self, LoadError> {
        let mut config = Config::new();
        // A module of Fen's always ends; one that was altered might not.
        config.consume_fuel(true);
        let engine = Engine::new(&config).map_err(|error| LoadError::Engine(error.to_string()))?;
        Ok(Self { engine })
    }

    /// Looks a module through and compiles it.
    ///
    /// # Errors
    /// Whatever `docs/abi.md` says a host refuses.
    pub fn load(&self, bytes: &[u8]) -> Result<Policy, LoadError> {
        let schema = inspect(bytes)?;
        // An error of the engine here means that the module is not valid: `inspect` only looked at its outline.
        let module =
            Module::new(&self.engine, bytes).map_err(|error| LoadError::NotAModule(first_line(&error.to_string())))?;
        exports_match(&module, &schema)?;
        let instance =
            Linker::new(&self.engine).instantiate_pre(&module).map_err(|error| LoadError::Engine(error.to_string()))?;
        let size = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
        Ok(Policy { engine: self.engine.clone(), instance, schema: Arc::new(schema), size })
    }
}

/// A module that has been looked through and compiled. Cheap to clone; can be shared between threads.
#[derive(Clone)]
pub struct Policy {
    engine: Engine,
    instance: InstancePre<()>,
    schema: Arc<Schema>,
    /// Bytes of the module.
    size: u64,
}

impl Policy {
    /// What the module says of itself.
    #[must_use]
    pub fn schema(&self) -> &Schema {
        &self.schema
    }

    /// An instance with its own memory.
    ///
    /// # Errors
    /// If the machine has no memory for it.
    pub fn session(&self) -> Result<Session, LoadError> {
        Session::new(&self.engine, &self.instance, Arc::clone(&self.schema), self.size)
    }
}

fn first_line(text: &str) -> String {
    text.lines().next().unwrap_or_default().to_owned()
}

/// Reads the outline of a module: what it imports, its memory, its schema.
fn inspect(bytes: &[u8]) -> Result<Schema, LoadError> {
    let damaged = |error: wasmparser::BinaryReaderError| LoadError::NotAModule(first_line(error.message()));
    let mut schemas = Vec::new();
    let mut memories = Vec::new();
    // The end of the last section that is not a custom one: what the hash in the schema is of.
    let mut code_end = 8;
    for payload in Parser::new(0).parse_all(bytes) {
        let payload = payload.map_err(damaged)?;
        if let Some((id, range)) = payload.as_section()
            && id != 0
        {
            code_end = range.end;
        }
        match payload {
            Payload::Version { encoding: wasmparser::Encoding::Component, .. } => {
                return Err(LoadError::NotAModule("a component, not a core module".into()));
            }
            Payload::ImportSection(imports) => {
                if let Some(import) = imports.into_imports().next() {
                    let import = import.map_err(damaged)?;
                    return Err(LoadError::Imports(format!("{}.{}", import.module, import.name)));
                }
            }
            Payload::StartSection { .. } => return Err(LoadError::StartFunction),
            Payload::MemorySection(section) => {
                for memory in section {
                    memories.push(memory.map_err(damaged)?);
                }
            }
            Payload::CustomSection(section) if section.name() == fen_schema::SECTION => schemas.push(section.data()),
            _ => {}
        }
    }
    let [memory] = memories.as_slice() else { return Err(LoadError::Memory(MemoryFault::Missing)) };
    if memory.memory64 || memory.shared || memory.page_size_log2.is_some() {
        return Err(LoadError::Memory(MemoryFault::Kind));
    }
    if memory.maximum.is_none() {
        return Err(LoadError::Memory(MemoryFault::Unbounded));
    }
    let schema = match schemas.as_slice() {
        [] => return Err(LoadError::NoSchema),
        [schema] => read_schema(schema)?,
        _ => return Err(LoadError::DamagedSchema("it stands twice".into())),
    };
    let code = bytes.get(..code_end).unwrap_or_default();
    if schema.code_sha256 != fen_schema::sha256(code) {
        return Err(LoadError::Altered);
    }
    columns_fit(&schema, memory.initial.saturating_mul(65_536))?;
    Ok(schema)
}

/// The version is read first: another version may have another schema.
fn read_schema(json: &[u8]) -> Result<Schema, LoadError> {
    let damaged = |why: String| LoadError::DamagedSchema(why);
    let value: serde_json::Value = serde_json::from_slice(json).map_err(|error| damaged(error.to_string()))?;
    let abi = value.get("abi").and_then(serde_json::Value::as_u64).ok_or_else(|| damaged("no `abi`".into()))?;
    if abi != u64::from(ABI_VERSION) {
        return Err(LoadError::AbiVersion(u32::try_from(abi).unwrap_or(u32::MAX)));
    }
    serde_json::from_value(value).map_err(|error| damaged(error.to_string()))
}

/// Columns lie within the memory and apart from one another; names and statuses are told apart.
fn columns_fit(schema: &Schema, memory: u64) -> Result<(), LoadError> {
    let damaged = |why: &str| Err(LoadError::DamagedSchema(why.to_owned()));
    let capacity = u64::from(schema.batch.capacity);
    if capacity == 0 {
        return damaged("batches have no rows");
    }
    let columns = schema.inputs.iter().chain(&schema.outputs);
    let mut places: Vec<(u64, u64)> =
        columns.clone().map(|column| (u64::from(column.offset), capacity * u64::from(column.layout.bytes()))).collect();
    places.push((u64::from(schema.batch.status.offset), capacity * 2));
    places.sort_unstable();
    let mut end = 0;
    for (offset, length) in places {
        if offset % 16 != 0 {
            return damaged("a column is not aligned");
        }
        if offset < end {
            return damaged("two columns overlap");
        }
        end = offset + length;
    }
    if end > memory {
        return damaged("a column lies outside the memory");
    }
    let mut names = HashSet::new();
    if !columns.clone().all(|column| names.insert(column.name.as_str())) {
        return damaged("two columns have the same name");
    }
    if columns.clone().any(|column| column.scale > 36) {
        return damaged("a column has more decimals than can be stored");
    }
    let mut statuses = HashSet::new();
    for reject in &schema.rejects {
        if reject.status == 0 || !statuses.insert(reject.status) {
            return damaged("two reasons for rejection have the same status");
        }
        if !schema.inputs.iter().any(|column| column.name == reject.column) {
            return damaged("a reason for rejection names no input");
        }
    }
    Ok(())
}

fn exports_match(module: &Module, schema: &Schema) -> Result<(), LoadError> {
    if !matches!(module.get_export("memory"), Some(ExternType::Memory(_))) {
        return Err(LoadError::Memory(MemoryFault::Missing));
    }
    let is_entry = match module.get_export(&schema.batch.entry) {
        Some(ExternType::Func(entry)) => {
            let is_i32 = |ty: wasmtime::ValType| matches!(ty, wasmtime::ValType::I32);
            entry.params().len() == 1 && entry.results().len() == 1 && entry.params().chain(entry.results()).all(is_i32)
        }
        _ => false,
    };
    if is_entry { Ok(()) } else { Err(LoadError::DamagedSchema(format!("no function `{}`", schema.batch.entry))) }
}
