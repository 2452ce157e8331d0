//! The second entries of a module: one row is settled once more, and tells how its results come about.

use fen_schema::Layout;
use fen_schema::trace::{ImportSource, Trace, TraceCell, TracePhase};
use wasmtime::{Linker, Memory, Module, Store, TypedFunc};

use crate::error::{LoadError, SettleError};
use crate::load::Policy;
use crate::outline::check_trace_code;
use crate::parameters::Parameters;
use crate::stream::{Seen, StreamError};

/// An instance of the module's second entries, with its parameters.
pub struct Tracer {
    trace: Trace,
    store: Store<()>,
    memory: Memory,
    /// By phase.
    entries: Vec<TypedFunc<i32, i32>>,
    fuel: u64,
}

/// What a second entry wrote for a row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Traced {
    /// 0 if the row is settled, else the status of a reject.
    pub status: u16,
    /// By import of the phase: what it was given.
    pub imports: Vec<i128>,
    /// The outputs of the phase: the same as those of its own entry.
    pub results: Vec<i128>,
    /// The cells of the trace.
    pub cells: Vec<i128>,
}

impl Policy {
    /// Makes ready to trace rows.
    ///
    /// # Errors
    /// If the module has no trace, it is damaged, or a parameter is not set.
    pub fn tracer(&self, parameters: &Parameters) -> Result<Tracer, StreamError> {
        Tracer::new(self, parameters)
    }

    /// The text of a code that the policy knows, by its number.
    #[must_use]
    pub fn code(&self, number: usize) -> Option<&str> {
        self.codes.texts().nth(number)
    }

    /// Whether the module tells how its results come about.
    #[must_use]
    pub fn has_trace(&self) -> bool {
        self.trace.is_some()
    }
}

impl Tracer {
    fn new(policy: &Policy, parameters: &Parameters) -> Result<Self, StreamError> {
        let bytes = policy.trace.as_ref().ok_or(LoadError::NoTrace)?;
        let damaged = |why: String| LoadError::DamagedSchema(format!("the trace: {why}"));
        let trace = Trace::from_json(&bytes.json).map_err(|error| damaged(error.to_string()))?;
        let phases = policy.schema.plan.as_ref().map_or(1, |plan| plan.phases.len());
        if trace.phases.len() != phases || trace.parameters.len() != policy.schema.parameters.len() {
            return Err(damaged("it is that of another policy".into()).into());
        }
        let refused = |error: wasmtime::Error| damaged(error.to_string());
        let second = match policy.second.get() {
            Some(second) => second.clone(),
            None => {
                check_trace_code(&bytes.code)?;
                let module = Module::new(&policy.engine, &bytes.code).map_err(refused)?;
                let second = Linker::new(&policy.engine).instantiate_pre(&module).map_err(refused)?;
                policy.second.get_or_init(|| second).clone()
            }
        };
        let mut store = Store::new(&policy.engine, ());
        let fuel = u64::try_from(bytes.code.len()).unwrap_or(u64::MAX).saturating_mul(1_024);
        store.set_fuel(fuel).map_err(refused)?;
        let instance = second.instantiate(&mut store).map_err(refused)?;
        let memory = instance.get_memory(&mut store, "memory").ok_or_else(|| damaged("no memory".into()))?;
        let entries = trace.phases.iter().map(|phase| instance.get_typed_func(&mut store, &phase.entry));
        let entries = entries.collect::<Result<_, _>>().map_err(refused)?;
        let missing: Vec<_> = parameters.missing().cloned().collect();
        if !missing.is_empty() {
            return Err(SettleError::MissingParameters(missing).into());
        }
        let mut tracer = Self { trace, store, memory, entries, fuel };
        let cells: Vec<TraceCell> = tracer.trace.parameters.clone();
        for ((column, cell), place) in parameters.all().zip(cells) {
            tracer.write(place, cell.unwrap_or_else(|| column.layout.none()))?;
        }
        Ok(tracer)
    }

    /// What the cells of a trace mean.
    #[must_use]
    pub fn trace(&self) -> &Trace {
        &self.trace
    }

    /// Settles a row, or a group, once more in a phase, given what the phase read for it.
    ///
    /// # Errors
    /// If there is no such phase, or the module fails.
    pub fn run(&mut self, place: usize, seen: &Seen) -> Result<Traced, StreamError> {
        let phase = self.trace.phases.get(place).cloned().ok_or_else(|| broken("it has no such phase"))?;
        let entry = self.entries.get(place).cloned().ok_or_else(|| broken("it has no such phase"))?;
        let imports = imports(&phase, seen).ok_or_else(|| broken("it reads something else"))?;
        for (import, cell) in phase.imports.iter().zip(&imports) {
            self.write(import.cell, *cell)?;
        }
        let failed = |error: wasmtime::Error| broken(&error.to_string());
        self.store.set_fuel(self.fuel).map_err(failed)?;
        let rejected = entry.call(&mut self.store, 1).map_err(failed)?;
        let status = self.bytes(phase.status, 2)?;
        let status = u16::from_le_bytes(status.first_chunk().copied().unwrap_or_default());
        if rejected != i32::from(status != 0) {
            return Err(broken("its answer makes no sense"));
        }
        let read = |cells: &[TraceCell]| cells.iter().map(|cell| self.read(*cell)).collect::<Result<Vec<_>, _>>();
        Ok(Traced { status, results: read(&phase.results)?, cells: read(&phase.cells)?, imports })
    }

    fn write(&mut self, cell: TraceCell, number: i128) -> Result<(), StreamError> {
        let bytes = number.to_le_bytes();
        let bytes = bytes.get(..size(cell.layout)).unwrap_or_default();
        let offset = usize::try_from(cell.offset).unwrap_or(usize::MAX);
        self.memory.write(&mut self.store, offset, bytes).map_err(|_| outside())
    }

    fn read(&self, cell: TraceCell) -> Result<i128, StreamError> {
        let bytes = self.bytes(cell.offset, size(cell.layout))?;
        let negative = bytes.last().is_some_and(|last| *last >= 0x80);
        let mut number = [if negative { 0xff } else { 0 }; 16];
        number.iter_mut().zip(bytes).for_each(|(slot, byte)| *slot = *byte);
        Ok(i128::from_le_bytes(number))
    }

    fn bytes(&self, offset: u32, length: usize) -> Result<&[u8], StreamError> {
        let offset = usize::try_from(offset).unwrap_or(usize::MAX);
        self.memory.data(&self.store).get(offset..offset.saturating_add(length)).ok_or_else(outside)
    }
}

/// What is given for each import of a phase.
fn imports(phase: &TracePhase, seen: &Seen) -> Option<Vec<i128>> {
    let cell = |source: ImportSource| match source {
        ImportSource::Input { input } => seen.inputs.get(usize::try_from(input).ok()?),
        ImportSource::Record { record } => seen.records.get(usize::try_from(record).ok()?),
    };
    phase.imports.iter().map(|import| cell(import.source).copied()).collect()
}

fn size(layout: Layout) -> usize {
    usize::try_from(layout.bytes()).unwrap_or(0)
}

fn broken(why: &str) -> StreamError {
    SettleError::Module(format!("the trace: {why}")).into()
}

fn outside() -> StreamError {
    broken("a cell lies outside the memory")
}
