//! The JavaScript host against the reference interpreter: streams made up at random, settled by both, cell by cell.
//!
//! It needs Node, which `cargo xtask test` names in `NODE`; a plain `cargo test` leaves it out.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a test fails by panicking"
)]

use std::path::Path;
use std::process::Command;

use fen_compiler::{Outcome, Policy, Source, StreamCells, analyze};
use fen_schema::{Column, ColumnType, Schema};
use serde_json::{Value, json};

const POLICIES: [&str; 13] = [
    "carried",
    "carried_lines",
    "claims",
    "lines",
    "missing_flags",
    "missing_links",
    "monthly",
    "pool",
    "reversal",
    "same_claims",
    "same_groups",
    "taken",
    "taken_lines",
];
/// How many streams of each policy.
const STREAMS: u64 = 60;
/// So many, at most, has a stream: more than a batch of the host's own tests, few enough that rows meet.
const ROWS: u64 = 40;
/// 2022-01-05: some days after the policies come into force.
const FIRST_DAY: u64 = 18_997;
/// Texts that no policy knows; some are in another order in UTF-16 than in UTF-8.
const TEXTS: [&str; 6] = ["K1", "K10", "K2", "\u{ff21}", "\u{20000}", "中"];

/// Numbers that only look random: every run tries the same streams.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % limit
    }
}

/// A cell that is mostly admitted.
fn cell(numbers: &mut Numbers, column: &Column, codes: u64) -> Option<i128> {
    if column.optional && numbers.below(10) < 7 {
        return None;
    }
    Some(i128::from(match column.ty {
        ColumnType::Date if numbers.below(40) == 0 => FIRST_DAY - 10,
        ColumnType::Date => FIRST_DAY + numbers.below(4) * numbers.below(190),
        ColumnType::Bool => numbers.below(2),
        ColumnType::Enum => numbers.below(column.values.len().try_into().unwrap()),
        ColumnType::Code if numbers.below(12) > 0 => numbers.below(codes.max(1)),
        ColumnType::Code => codes + numbers.below(2),
        ColumnType::Id => codes + numbers.below(TEXTS.len().try_into().unwrap()),
        _ if numbers.below(40) == 0 => return Some(-1),
        _ => numbers.below(4) * numbers.below(130),
    }))
}

/// Rows whose groups meet often. Inputs that are the same for a group are, mostly, computed from its key.
fn stream(numbers: &mut Numbers, schema: &Schema) -> StreamCells {
    let codes = schema.codes.into();
    let plan = schema.plan.as_ref().unwrap();
    let is_shared = |at: usize| plan.shared.iter().any(|shared| usize::try_from(shared.input).unwrap() == at);
    let count = numbers.below(ROWS);
    let seed = numbers.below(1 << 40) + 1;
    let row = |numbers: &mut Numbers| -> Vec<Option<i128>> {
        let mut key = 0;
        let mut cells = Vec::new();
        for (at, column) in schema.inputs.iter().enumerate() {
            let cell = if is_shared(at) && numbers.below(60) > 0 {
                let place = u64::try_from(at).unwrap();
                cell(&mut Numbers(seed.wrapping_mul(key + 3).wrapping_add(place) | 1), column, codes)
            } else {
                cell(numbers, column, codes)
            };
            if at == 0 {
                key = cell.unwrap_or(0).try_into().unwrap();
            }
            cells.push(cell);
        }
        cells
    };
    let mut rows: Vec<_> = (0..count).map(|_| row(numbers)).collect();
    if let Some(date) = plan.ordered_by.and_then(|date| usize::try_from(date).ok()) {
        rows.sort_by_key(|cells| cells[date]);
    }
    let mut texts: Vec<String> = TEXTS.iter().map(|text| (*text).to_owned()).collect();
    if let Some(reversal) = plan.reversal {
        // Ids of their own, mostly.
        let (claim, reverses) = (usize::try_from(reversal.claim).unwrap(), usize::try_from(reversal.reverses).unwrap());
        let first = i128::from(codes) + i128::try_from(texts.len()).unwrap();
        texts.extend((0..ROWS).map(|at| format!("N{at}")));
        let has_lines = plan.claim != 0;
        let of_line: Vec<Option<i128>> = rows.iter().map(|cells| cells[claim]).collect();
        for (at, cells) in rows.iter_mut().enumerate().filter(|_| has_lines) {
            let any = of_line[usize::try_from(numbers.below(u64::try_from(at).unwrap() + 1)).unwrap()];
            if numbers.below(6) == 0 {
                cells[reverses] = any;
                let own = numbers.below(8) > 0;
                cells[claim] = if own { Some(first + i128::try_from(at).unwrap()) } else { any };
            } else {
                cells[reverses] = None;
            }
        }
        for (at, cells) in rows.iter_mut().enumerate().filter(|_| !has_lines) {
            let own = i128::try_from(at).unwrap();
            let any = i128::from(numbers.below(own.try_into().map_or(1, |own: u64| own + 1)));
            cells[claim] = Some(first + if numbers.below(12) == 0 { any } else { own });
            cells[reverses] = (numbers.below(5) == 0).then_some(first + any);
        }
    }
    StreamCells { rows, parameters: Vec::new(), texts }
}

/// The cells of a list as texts: JSON knows no integers of 128 bits.
fn texts(cells: &[Option<i128>]) -> Value {
    cells.iter().map(|cell| cell.map(|cell| cell.to_string())).collect()
}

fn case(policy: &Policy, cells: &StreamCells) -> Value {
    let outcome = policy.interpret_stream(cells).unwrap();
    let rows = outcome.rows.iter().map(|row| match row {
        Outcome::Settled(outputs) => json!({ "outputs": texts(outputs) }),
        Outcome::Rejected(code, column) => json!({ "code": code.as_str(), "column": column }),
    });
    let grains = outcome.grains.iter().map(|grain| {
        let groups = grain.groups.iter().map(|group| {
            let keys: Vec<_> = group.keys.iter().copied().map(Some).collect();
            let failed = group.failed.as_ref().map(|(_, split)| split);
            json!({ "keys": texts(&keys), "period": group.period, "outputs": texts(&group.outputs), "failed": failed })
        });
        json!({ "name": grain.name, "groups": groups.collect::<Vec<_>>() })
    });
    json!({
        "given": cells.rows.iter().map(|row| texts(row)).collect::<Vec<_>>(),
        "texts": cells.texts,
        "rows": rows.collect::<Vec<_>>(),
        "grains": grains.collect::<Vec<_>>(),
    })
}

#[test]
#[ignore = "needs Node; run by `cargo xtask test`"]
fn the_host_and_the_interpreter_agree() {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("streams");
    std::fs::create_dir_all(&folder).unwrap();
    let web = Path::new(env!("CARGO_MANIFEST_DIR")).join("web");
    for name in POLICIES {
        let text = std::fs::read_to_string(web.join(format!("streams/{name}.fen"))).unwrap();
        let analysis = analyze(&Source::new(name, text));
        let policy = analysis.policy().unwrap_or_else(|| panic!("{name}: {:?}", analysis.diagnostics()));
        let module = policy.compile().unwrap();
        let mut numbers = Numbers(0x9e37_79b9_7f4a_7c15);
        let cases: Vec<Value> = (0..STREAMS).map(|_| case(policy, &stream(&mut numbers, &module.schema))).collect();
        std::fs::write(folder.join(format!("{name}.wasm")), module.wasm).unwrap();
        std::fs::write(folder.join(format!("{name}.json")), Value::from(cases).to_string()).unwrap();
    }
    let node = std::env::var("NODE").unwrap_or_else(|_| "node".to_owned());
    let mut command = Command::new(&node);
    command.args(["--test", "--test-reporter=spec", "differential.test.mjs"]).current_dir(web);
    let output =
        command.env("FEN_STREAMS", folder).output().unwrap_or_else(|error| panic!("cannot run {node}: {error}"));
    let report = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{report}{}", String::from_utf8_lossy(&output.stderr));
    print!("{report}");
}
