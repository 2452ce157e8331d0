//! Compiles modules that have been looked through.

use std::sync::{Arc, OnceLock};

use fen_schema::Schema;
use wasmtime::{Config, Engine, ExternType, InstancePre, Linker, Module};

use crate::codes::Codes;
use crate::error::{LoadError, MemoryFault};
use crate::outline::{Outline, TraceBytes, first_line};
use crate::parameters::Parameters;
use crate::places;
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
        let Outline { schema, codes, memory, trace } = Outline::read(bytes)?;
        places::check(&schema, memory).map_err(LoadError::DamagedSchema)?;
        // An error of the engine here means that the module is not valid: only its outline has been looked at.
        let module =
            Module::new(&self.engine, bytes).map_err(|error| LoadError::NotAModule(first_line(&error.to_string())))?;
        exports_match(&module, &schema)?;
        let instance =
            Linker::new(&self.engine).instantiate_pre(&module).map_err(|error| LoadError::Engine(error.to_string()))?;
        let size = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
        let (engine, schema, codes) = (self.engine.clone(), Arc::new(schema), Arc::new(codes));
        Ok(Policy { engine, instance, schema, codes, size, trace, second: Arc::default() })
    }
}

/// A module that has been looked through and compiled. Cheap to clone; can be shared between threads.
#[derive(Clone)]
pub struct Policy {
    pub(crate) engine: Engine,
    pub(crate) instance: InstancePre<()>,
    pub(crate) schema: Arc<Schema>,
    pub(crate) codes: Arc<Codes>,
    /// Bytes of the module.
    pub(crate) size: u64,
    pub(crate) trace: Option<TraceBytes>,
    /// The module of second entries, once it is needed.
    pub(crate) second: Arc<OnceLock<InstancePre<()>>>,
}

impl Policy {
    /// What the module says of itself.
    #[must_use]
    pub fn schema(&self) -> &Schema {
        &self.schema
    }

    /// Values for its parameters, of which none is set yet. Set them once and give them to every session.
    #[must_use]
    pub fn parameters(&self) -> Parameters {
        Parameters::new(Arc::clone(&self.schema))
    }

    /// An instance with its own memory. If the policy has parameters, the session settles nothing until they are set.
    ///
    /// # Errors
    /// If the policy looks beyond the row at hand (then [`crate::Stream`] settles its rows), or the machine has no memory
    /// for it.
    pub fn session(&self) -> Result<Session, LoadError> {
        Session::new(self)
    }
}

fn exports_match(module: &Module, schema: &Schema) -> Result<(), LoadError> {
    if !matches!(module.get_export("memory"), Some(ExternType::Memory(_))) {
        return Err(LoadError::Memory(MemoryFault::Missing));
    }
    exports_entry(module, &schema.batch.entry)?;
    let phases = schema.plan.iter().flat_map(|plan| &plan.phases);
    phases.into_iter().try_for_each(|phase| exports_entry(module, &phase.entry))
}

fn exports_entry(module: &Module, name: &str) -> Result<(), LoadError> {
    let is_entry = match module.get_export(name) {
        Some(ExternType::Func(entry)) => {
            let is_i32 = |ty: wasmtime::ValType| matches!(ty, wasmtime::ValType::I32);
            entry.params().len() == 1 && entry.results().len() == 1 && entry.params().chain(entry.results()).all(is_i32)
        }
        _ => false,
    };
    if is_entry { Ok(()) } else { Err(LoadError::DamagedSchema(format!("no function `{name}`"))) }
}
