//! The outline of a module, read before anything of it is compiled: what it imports, its memory, data, schema and codes.

use std::sync::Arc;

use fen_schema::trace::{TRACE_CODE_SECTION, TRACE_SECTION};
use fen_schema::{ABI_VERSION, CODES_SECTION, SECTION, Schema};
use wasmparser::{BinaryReaderError, Data, DataKind, MemoryType, Operator, Parser, Payload};

use crate::codes::Codes;
use crate::error::{LoadError, MemoryFault};
use crate::plan::MemorySize;

/// What a module says of itself.
pub(crate) struct Outline {
    pub(crate) schema: Schema,
    pub(crate) codes: Codes,
    pub(crate) memory: MemorySize,
    pub(crate) trace: Option<TraceBytes>,
}

/// The sections of a trace, as they stand in the module.
#[derive(Clone)]
pub(crate) struct TraceBytes {
    pub(crate) json: Arc<[u8]>,
    pub(crate) code: Arc<[u8]>,
}

/// The parts of a module that matter here, as they lie in its bytes.
#[derive(Default)]
struct Parts<'a> {
    schemas: Vec<&'a [u8]>,
    codes: Vec<&'a [u8]>,
    traces: Vec<&'a [u8]>,
    trace_codes: Vec<&'a [u8]>,
    memories: Vec<MemoryType>,
    /// Where each data segment ends in the memory.
    data_ends: Vec<u64>,
    /// The end of the last section that is not a custom one: what the hash in the schema is of.
    code_end: usize,
}

impl Outline {
    /// Reads it, and refuses a module that is not outlined as `docs/abi.md` says.
    pub(crate) fn read(bytes: &[u8]) -> Result<Self, LoadError> {
        let parts = Parts::read(bytes)?;
        let memory = parts.memory()?;
        let damaged = |why: &str| LoadError::DamagedSchema(why.to_owned());
        let schema = match parts.schemas.as_slice() {
            [] => return Err(LoadError::NoSchema),
            [schema] => read_schema(schema)?,
            _ => return Err(damaged("it stands twice")),
        };
        let section = match parts.codes.as_slice() {
            [] => None,
            [codes] => Some(*codes),
            _ => return Err(damaged("the codes stand twice")),
        };
        let code = bytes.get(..parts.code_end).unwrap_or_default();
        let is_hash = |hash: &str, of: &[u8]| hash == fen_schema::sha256(of);
        if !is_hash(&schema.code_sha256, code) || !is_hash(&schema.codes_sha256, section.unwrap_or_default()) {
            return Err(LoadError::Altered);
        }
        let codes = Codes::read(section).map_err(LoadError::DamagedSchema)?;
        if u32::try_from(codes.len()) != Ok(schema.codes) || i32::try_from(codes.len()).is_err() {
            return Err(damaged("it has another number of codes"));
        }
        let trace = parts.trace(&schema.trace_sha256)?;
        Ok(Self { schema, codes, memory, trace })
    }
}

/// Looks the module of second entries through: it keeps to the same rules.
pub(crate) fn check_trace_code(code: &[u8]) -> Result<(), LoadError> {
    Parts::read(code)?.memory().map(|_| ())
}

impl<'a> Parts<'a> {
    fn read(bytes: &'a [u8]) -> Result<Self, LoadError> {
        let mut parts = Self { code_end: 8, ..Self::default() };
        for payload in Parser::new(0).parse_all(bytes) {
            let payload = payload.map_err(damaged)?;
            if let Some((id, range)) = payload.as_section()
                && id != 0
            {
                parts.code_end = range.end;
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
                        parts.memories.push(memory.map_err(damaged)?);
                    }
                }
                Payload::DataSection(section) => {
                    for data in section {
                        parts.data_ends.push(end_of(&data.map_err(damaged)?)?);
                    }
                }
                Payload::CustomSection(section) if section.name() == SECTION => parts.schemas.push(section.data()),
                Payload::CustomSection(section) if section.name() == CODES_SECTION => parts.codes.push(section.data()),
                Payload::CustomSection(section) if section.name() == TRACE_SECTION => parts.traces.push(section.data()),
                Payload::CustomSection(section) if section.name() == TRACE_CODE_SECTION => {
                    parts.trace_codes.push(section.data());
                }
                _ => {}
            }
        }
        Ok(parts)
    }

    /// The sections of the trace, if the schema says that there are any.
    fn trace(&self, hash: &str) -> Result<Option<TraceBytes>, LoadError> {
        match (self.traces.as_slice(), self.trace_codes.as_slice()) {
            _ if hash.is_empty() => Ok(None),
            ([json], [code]) if fen_schema::sha256(&[*json, *code].concat()) == hash => {
                Ok(Some(TraceBytes { json: Arc::from(*json), code: Arc::from(*code) }))
            }
            _ => Err(LoadError::Altered),
        }
    }

    /// The size of the memory, if it is what the interface demands and all data fit into it.
    fn memory(&self) -> Result<MemorySize, LoadError> {
        let [memory] = self.memories.as_slice() else { return Err(LoadError::Memory(MemoryFault::Missing)) };
        if memory.memory64 || memory.shared || memory.page_size_log2.is_some() {
            return Err(LoadError::Memory(MemoryFault::Kind));
        }
        let Some(maximum) = memory.maximum else { return Err(LoadError::Memory(MemoryFault::Unbounded)) };
        let size = memory.initial.saturating_mul(65_536);
        if self.data_ends.iter().any(|end| *end > size) {
            return Err(LoadError::Memory(MemoryFault::Data));
        }
        Ok(MemorySize { initial: size, maximum: maximum.saturating_mul(65_536) })
    }
}

fn damaged(error: BinaryReaderError) -> LoadError {
    LoadError::NotAModule(first_line(error.message()))
}

pub(crate) fn first_line(text: &str) -> String {
    text.lines().next().unwrap_or_default().to_owned()
}

/// Where a data segment ends. It must be put into the memory when the module is loaded, at a constant place.
fn end_of(data: &Data<'_>) -> Result<u64, LoadError> {
    let DataKind::Active { memory_index: 0, offset_expr } = &data.kind else {
        return Err(LoadError::Memory(MemoryFault::Data));
    };
    let mut operators = offset_expr.get_operators_reader();
    match (operators.read().map_err(damaged)?, operators.read().map_err(damaged)?) {
        // Offsets are unsigned.
        (Operator::I32Const { value }, Operator::End) => {
            let length = u64::try_from(data.data.len()).unwrap_or(u64::MAX);
            Ok(u64::from(value.cast_unsigned()).saturating_add(length))
        }
        _ => Err(LoadError::Memory(MemoryFault::Data)),
    }
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
