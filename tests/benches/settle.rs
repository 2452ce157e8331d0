//! The generated kernel against the same calculation written by hand in Rust, on the same columns, in the same run.
//!
//! Three ways to settle one batch of county-years: by hand with every operation checked for overflow; the module's
//! entry alone, its columns already in memory; and [`fen_runtime::Session::settle`] from Arrow columns to Arrow columns.
//! Beside criterion's figures, the last lines give the ratios, measured in turns so that both sides see the same machine.
#![expect(
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a benchmark reports on standard output and stops when it cannot run"
)]

use std::hint::black_box;
use std::time::{Duration, Instant};

use arrow_array::RecordBatch;
use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use fen_compiler::{Module, Source, analyze};
use fen_runtime::{Runtime, Session};
use wasmtime::{Engine, Instance, Memory, Store, TypedFunc};

const POLICY: &str = include_str!("../../policies/qujing/surplus.fen");
const LIMIT: i64 = 10_000_000_000_000;

/// Why a row is rejected, as the module numbers it.
fn status_of(budget: i64, spent: i64) -> u16 {
    match (budget, spent) {
        (..0, _) => 1,
        (budget, _) if budget > LIMIT => 2,
        (_, ..0) => 3,
        (_, spent) if spent > LIMIT => 4,
        _ => 0,
    }
}

/// Tiers of 5 % with 100 %, 70 %, 30 % and 0 % retained, by hand; `None` on overflow.
fn share(budget: i64, spent: i64) -> Option<(i64, i64)> {
    let surplus = budget.checked_sub(spent)?.max(0);
    // In hundredths of a fen.
    let amount = surplus.checked_mul(100)?;
    let tier = budget.checked_mul(5)?;
    let first = amount.min(tier);
    let second = amount.checked_sub(tier)?.clamp(0, tier);
    let third = amount.checked_sub(tier.checked_mul(2)?)?.clamp(0, tier);
    let retained = first.checked_mul(10)?.checked_add(second.checked_mul(7)?)?.checked_add(third.checked_mul(3)?)?;
    let retain = retained.checked_add(500)? / 1000;
    Some((retain, surplus.checked_sub(retain)?))
}

struct Columns {
    budget: Vec<i64>,
    spent: Vec<i64>,
    retain: Vec<i64>,
    carry: Vec<i64>,
    status: Vec<u16>,
}

impl Columns {
    /// Budgets of up to a billion yuan; surpluses from none to a quarter; one row in a hundred out of range.
    fn made_up(rows: usize) -> Self {
        let mut state = 65_u64;
        let mut next = |bound: i64| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            i64::try_from(state >> 33).unwrap() % bound
        };
        let budget: Vec<i64> = (0..rows).map(|_| 1 + next(100_000_000_000)).collect();
        let spent = budget.iter().map(|budget| match next(100) {
            0 => -1,
            _ => budget / 1_000 * (750 + next(300)),
        });
        let spent = spent.collect();
        Self { spent, retain: vec![0; rows], carry: vec![0; rows], status: vec![0; rows], budget }
    }

    fn settle_by_hand(&mut self) {
        let outputs = self.retain.iter_mut().zip(&mut self.carry).zip(&mut self.status);
        for ((budget, spent), ((retain, carry), status)) in self.budget.iter().zip(&self.spent).zip(outputs) {
            *status = status_of(*budget, *spent);
            (*retain, *carry) = if *status == 0 { share(*budget, *spent).unwrap() } else { (0, 0) };
        }
    }
}

/// The module's entry alone.
struct Kernel {
    store: Store<()>,
    entry: TypedFunc<i32, i32>,
    memory: Memory,
}

impl Kernel {
    fn new(module: &Module) -> Self {
        let engine = Engine::default();
        let mut store = Store::new(&engine, ());
        let compiled = wasmtime::Module::new(&engine, &module.wasm).unwrap();
        let instance = Instance::new(&mut store, &compiled, &[]).unwrap();
        let entry = instance.get_typed_func(&mut store, &module.schema.batch.entry).unwrap();
        let memory = instance.get_memory(&mut store, "memory").unwrap();
        Self { store, entry, memory }
    }

    fn write(&mut self, offset: u32, cells: &[i64]) {
        let bytes: Vec<u8> = cells.iter().flat_map(|cell| cell.to_le_bytes()).collect();
        self.memory.write(&mut self.store, usize::try_from(offset).unwrap(), &bytes).unwrap();
    }

    fn read(&self, offset: u32, rows: usize) -> Vec<i64> {
        let mut bytes = vec![0; rows * 8];
        self.memory.read(&self.store, usize::try_from(offset).unwrap(), &mut bytes).unwrap();
        bytes.as_chunks().0.iter().map(|cell| i64::from_le_bytes(*cell)).collect()
    }

    fn settle(&mut self, rows: usize) -> i32 {
        self.entry.call(&mut self.store, i32::try_from(rows).unwrap()).unwrap()
    }
}

/// The same batch, ready for each of the three ways.
struct Setup {
    columns: Columns,
    kernel: Kernel,
    session: Session,
    batch: RecordBatch,
    rows: usize,
}

impl Setup {
    fn new() -> Self {
        let analysis = analyze(&Source::new("surplus.fen", POLICY));
        let module = analysis.policy().unwrap().compile().map_err(|_| "not compiled").unwrap();
        let rows = usize::try_from(module.schema.batch.capacity).unwrap();
        let mut columns = Columns::made_up(rows);
        let mut kernel = Kernel::new(&module);
        let [budget, spent] = module.schema.inputs.as_slice() else { unreachable_inputs() };
        kernel.write(budget.offset, &columns.budget);
        kernel.write(spent.offset, &columns.spent);
        let session = Runtime::new().unwrap().load(&module.wasm).unwrap().session().unwrap();
        let claims: Vec<Vec<i128>> =
            columns.budget.iter().zip(&columns.spent).map(|(b, s)| vec![i128::from(*b), i128::from(*s)]).collect();
        let batch = fen_tests::module::batch(&module.schema.inputs, &claims).unwrap();

        // The figures are worth nothing unless both sides compute the same.
        columns.settle_by_hand();
        kernel.settle(rows);
        let [retain, carry] = module.schema.outputs.as_slice() else { unreachable_inputs() };
        assert_eq!(kernel.read(retain.offset, rows), columns.retain);
        assert_eq!(kernel.read(carry.offset, rows), columns.carry);
        Self { columns, kernel, session, batch, rows }
    }

    fn by_hand(&mut self) {
        black_box(&mut self.columns).settle_by_hand();
    }

    fn by_kernel(&mut self) {
        black_box(self.kernel.settle(black_box(self.rows)));
    }

    fn by_session(&mut self) {
        black_box(self.session.settle(black_box(&self.batch)).unwrap());
    }
}

fn unreachable_inputs() -> ! {
    std::process::abort()
}

fn settle(criterion: &mut Criterion) {
    let mut setup = Setup::new();
    let mut group = criterion.benchmark_group("surplus");
    group.throughput(Throughput::Elements(u64::try_from(setup.rows).unwrap()));
    group.bench_function("by hand, overflow-checked", |bencher| bencher.iter(|| setup.by_hand()));
    group.bench_function("module in wasmtime", |bencher| bencher.iter(|| setup.by_kernel()));
    group.bench_function("session, Arrow to Arrow", |bencher| bencher.iter(|| setup.by_session()));
    group.finish();
    print_ratios(&mut setup);
}

/// The fastest of many turns of each way: what disturbs a turn only ever makes it slower.
fn print_ratios(setup: &mut Setup) {
    const TURNS: usize = 400;
    const CALLS: u32 = 20;
    let ways: [fn(&mut Setup); 3] = [Setup::by_hand, Setup::by_kernel, Setup::by_session];
    let mut best = [Duration::MAX; 3];
    for _ in 0..TURNS {
        for (way, best) in ways.iter().zip(&mut best) {
            let start = Instant::now();
            for _ in 0..CALLS {
                way(setup);
            }
            *best = start.elapsed().min(*best);
        }
    }
    let rows = u128::try_from(setup.rows).unwrap() * u128::from(CALLS);
    let [hand, kernel, session] = best.map(|time| time.as_nanos());
    for (name, time) in [("by hand", hand), ("module in wasmtime", kernel), ("session", session)] {
        let per_claim = time * 1_000 / rows;
        println!("{name:<20} {}.{:03} ns per claim", per_claim / 1_000, per_claim % 1_000);
    }
    for (name, time) in [("module / by hand", kernel), ("session / by hand", session)] {
        let ratio = time * 1_000 / hand.max(1);
        println!("ratio {name:<20} {}.{:03}", ratio / 1_000, ratio % 1_000);
    }
}

criterion_group!(benches, settle);
criterion_main!(benches);
