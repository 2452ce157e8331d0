//! A module that breaks the interface is refused before anything of it runs.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a test fails by panicking"
)]

use fen_compiler::{Source, analyze};
use fen_runtime::{LoadError, Runtime};
use wasm_encoder::{
    BlockType, CodeSection, CustomSection, EntityType, ExportKind, ExportSection, Function, FunctionSection,
    ImportSection, Instruction, MemorySection, MemoryType, Module, StartSection, TypeSection, ValType,
};

const POLICY: &str = include_str!("../../policies/qujing/surplus.fen");

fn schema() -> serde_json::Value {
    let analysis = analyze(&Source::new("surplus.fen", POLICY));
    let mut schema = analysis.policy().unwrap().compile().unwrap().schema;
    // The modules made here cannot explain what they do.
    schema.trace_sha256.clear();
    serde_json::to_value(schema).unwrap()
}

/// A module that follows the interface as far as it is not told otherwise.
struct Parts {
    import: bool,
    start: bool,
    memory: Option<MemoryType>,
    exported_memory: &'static str,
    results: Vec<ValType>,
    schema: Option<Vec<u8>>,
    /// The schema belongs to other code.
    altered: bool,
    /// Its entry never returns.
    endless: bool,
}

impl Parts {
    fn good() -> Self {
        let memory = MemoryType { minimum: 4, maximum: Some(4), memory64: false, shared: false, page_size_log2: None };
        Self {
            import: false,
            start: false,
            memory: Some(memory),
            exported_memory: "memory",
            results: vec![ValType::I32],
            schema: Some(serde_json::to_vec(&schema()).unwrap()),
            altered: false,
            endless: false,
        }
    }

    fn with_schema(change: impl FnOnce(&mut serde_json::Value)) -> Self {
        let mut schema = schema();
        change(&mut schema);
        Self { schema: Some(serde_json::to_vec(&schema).unwrap()), ..Self::good() }
    }

    fn load(&self) -> Result<(), LoadError> {
        Runtime::new().unwrap().load(&self.module()).map(drop)
    }

    fn module(&self) -> Vec<u8> {
        let mut module = Module::new();
        let mut types = TypeSection::new();
        types.ty().function([ValType::I32], self.results.clone());
        types.ty().function([], []);
        module.section(&types);
        if self.import {
            let mut imports = ImportSection::new();
            imports.import("host", "clock", EntityType::Function(1));
            module.section(&imports);
        }
        let mut functions = FunctionSection::new();
        functions.function(0).function(1);
        module.section(&functions);
        if let Some(memory) = self.memory {
            let mut memories = MemorySection::new();
            memories.memory(memory);
            module.section(&memories);
        }
        let first = u32::from(self.import);
        let mut exports = ExportSection::new();
        if self.memory.is_some() {
            exports.export(self.exported_memory, ExportKind::Memory, 0);
        }
        exports.export("settle", ExportKind::Func, first);
        module.section(&exports);
        if self.start {
            module.section(&StartSection { function_index: first + 1 });
        }
        let mut code = CodeSection::new();
        let mut settle = Function::new([]);
        if self.endless {
            settle.instruction(&Instruction::Loop(BlockType::Empty));
            settle.instruction(&Instruction::Br(0));
            settle.instruction(&Instruction::End);
        }
        for _ in &self.results {
            settle.instruction(&Instruction::I32Const(0));
        }
        settle.instruction(&Instruction::End);
        let mut nothing = Function::new([]);
        nothing.instruction(&Instruction::End);
        code.function(&settle).function(&nothing);
        module.section(&code);
        if let Some(schema) = &self.schema {
            let mut data = schema.clone();
            if let Ok(mut schema) = serde_json::from_slice::<serde_json::Value>(schema) {
                if !self.altered {
                    schema["code_sha256"] = fen_schema::sha256(module.as_slice()).into();
                }
                data = serde_json::to_vec(&schema).unwrap();
            }
            module.section(&CustomSection { name: fen_schema::SECTION.into(), data: data.into() });
            module.section(&CustomSection { name: fen_schema::CODES_SECTION.into(), data: b"[]".into() });
        }
        module.finish()
    }

    fn refused(&self) -> String {
        self.load().unwrap_err().code().to_owned()
    }
}

#[test]
fn a_module_that_follows_the_interface_is_loaded() {
    Parts::good().load().unwrap();
}

#[test]
fn outlines_that_break_the_interface() {
    let good = Parts::good;
    let memory = good().memory.unwrap();
    assert_eq!(Parts { import: true, ..good() }.refused(), "fen::module::imports");
    assert_eq!(Parts { start: true, ..good() }.refused(), "fen::module::start_function");
    assert_eq!(Parts { memory: None, ..good() }.refused(), "fen::module::memory");
    assert_eq!(Parts { exported_memory: "ram", ..good() }.refused(), "fen::module::memory");
    assert_eq!(Parts { altered: true, ..good() }.load(), Err(LoadError::Altered));
    let unbounded = MemoryType { maximum: None, ..memory };
    assert_eq!(
        Parts { memory: Some(unbounded), ..good() }.load(),
        Err(LoadError::Memory(fen_runtime::MemoryFault::Unbounded))
    );
    let wide = MemoryType { memory64: true, ..memory };
    assert_eq!(Parts { memory: Some(wide), ..good() }.refused(), "fen::module::memory");
    assert_eq!(Parts { results: vec![ValType::I64], ..good() }.refused(), "fen::module::not_a_module");
    assert_eq!(Parts { results: vec![ValType::I32, ValType::I32], ..good() }.refused(), "fen::module::damaged_schema");
}

#[test]
fn schemas_that_do_not_describe_the_module() {
    assert_eq!(Parts { schema: None, ..Parts::good() }.refused(), "fen::module::no_schema");
    assert_eq!(
        Parts { schema: Some(b"{\"abi\": 2".to_vec()), ..Parts::good() }.refused(),
        "fen::module::damaged_schema"
    );
    assert_eq!(Parts { schema: Some(b"\xff\xfe".to_vec()), ..Parts::good() }.refused(), "fen::module::damaged_schema");
    assert_eq!(Parts::with_schema(|schema| schema["abi"] = 1.into()).load(), Err(LoadError::AbiVersion(1)));
    type Change = fn(&mut serde_json::Value);
    let changes: [Change; 13] = [
        |schema| schema["abi"] = "2".into(),
        |schema| schema["inputs"] = 3.into(),
        |schema| drop(schema.as_object_mut().unwrap().remove("policy")),
        |schema| schema["batch"]["entry"] = "run".into(),
        |schema| schema["batch"]["capacity"] = 0.into(),
        |schema| schema["batch"]["capacity"] = 4_000_000_000_u32.into(),
        |schema| schema["inputs"][0]["offset"] = schema["inputs"][1]["offset"].clone(),
        |schema| schema["inputs"][0]["offset"] = (u32::MAX - 15).into(),
        |schema| schema["outputs"][0]["offset"] = 8.into(),
        |schema| schema["outputs"][1]["name"] = schema["outputs"][0]["name"].clone(),
        |schema| schema["outputs"][1]["scale"] = 99.into(),
        |schema| schema["rejects"][1]["status"] = 1.into(),
        |schema| schema["rejects"][0]["column"] = "elsewhere".into(),
    ];
    for (at, change) in changes.into_iter().enumerate() {
        assert_eq!(Parts::with_schema(change).refused(), "fen::module::damaged_schema", "change {at}");
    }
}

#[test]
fn any_cut_or_flipped_byte_is_survived() {
    let analysis = analyze(&Source::new("surplus.fen", POLICY));
    let wasm = analysis.policy().unwrap().compile().unwrap().wasm;
    let runtime = Runtime::new().unwrap();
    for length in 0..wasm.len() {
        let error = runtime.load(&wasm[..length]).map(drop).unwrap_err();
        assert!(!error.text().en.is_empty() && !error.text().zh.is_empty());
    }
    // Any altered byte of the code is noticed; one in a label is not, and changes no amount.
    let schema = wasm.windows(10).position(|window| window == b"fen.schema").unwrap();
    for at in 0..wasm.len() {
        let mut flipped = wasm.clone();
        flipped[at] ^= 1 << (at % 8);
        match runtime.load(&flipped) {
            Ok(policy) => {
                assert!(at > schema, "byte {at} was altered unnoticed");
                policy.session().unwrap();
            }
            Err(error) => assert!(!error.text().zh.is_empty()),
        }
    }
}

/// A module that never comes to an end is stopped, whatever its schema says.
#[test]
fn endless_modules_are_stopped() {
    let parts = Parts { endless: true, ..Parts::good() };
    let policy = Runtime::new().unwrap().load(&parts.module()).unwrap();
    let claims = fen_tests::module::batch(&policy.schema().inputs, &[vec![1, 1]]).unwrap();
    let error = policy.session().unwrap().settle(&claims).unwrap_err();
    assert_eq!(error.code(), "fen::batch::module");
}
