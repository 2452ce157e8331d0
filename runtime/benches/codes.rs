//! How codes cross into a module: as numbers from a dictionary, which the host looks up, against keys of fixed width,
//! which the module would look up itself. The last is done by native code here, which flatters it.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    missing_docs,
    reason = "a benchmark fails by panicking; its entry is made by a macro"
)]

use std::hint::black_box;
use std::sync::Arc;

use arrow_array::types::Int32Type;
use arrow_array::{Array, ArrayRef, DictionaryArray, RecordBatch, StringArray};
use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use fen_runtime::{Runtime, Session};
use serde_json::json;

const KNOWN: usize = 10_000;
const ROWS: usize = 8_192;
const CAPACITY: usize = 4_096;

/// Codes such as those of drugs: `XA01B01C234567`.
fn code(number: usize) -> String {
    format!("XA{:02}B{:02}C{:06}", number % 97, number % 31, number)
}

/// A module that takes one column of codes and does nothing with it.
fn session(codes: &[String]) -> Session {
    let body =
        "(module (memory (export \"memory\") 1 1) (func (export \"settle\") (param i32) (result i32) i32.const 0))";
    let mut wasm = wat::parse_str(body).unwrap();
    let codes_json = serde_json::to_vec(codes).unwrap();
    let label = json!({ "zh": "drug", "en": "drug" });
    let schema = json!({
        "abi": fen_schema::ABI_VERSION, "policy": "bench", "language": "en", "title": null, "source": null,
        "in_force": null, "dated_by": null, "compiler": "none", "source_sha256": "",
        "code_sha256": fen_schema::sha256(&wasm),
        "batch": { "entry": "settle", "capacity": CAPACITY, "status": { "offset": 0 } },
        "codes": codes.len(), "codes_sha256": fen_schema::sha256(&codes_json),
        "parameters": [], "outputs": [], "rejects": [], "citations": [], "invariants": [],
        "inputs": [{
            "name": "drug", "label": label, "type": "code", "unit": "", "scale": 0, "min": "", "max": "",
            "optional": false, "layout": "i32", "offset": 8_192,
        }],
    });
    for (name, data) in
        [(fen_schema::SECTION, serde_json::to_vec(&schema).unwrap()), (fen_schema::CODES_SECTION, codes_json)]
    {
        let leb = |value: usize| {
            (0..5)
                .map(|at| u8::try_from((value >> (7 * at)) & 127).unwrap() | if at < 4 { 128 } else { 0 })
                .collect::<Vec<u8>>()
        };
        let content = [vec![u8::try_from(name.len()).unwrap()], name.as_bytes().to_vec(), data].concat();
        wasm.push(0);
        wasm.extend(leb(content.len()));
        wasm.extend(content);
    }
    Runtime::new().unwrap().load(&wasm).unwrap().session().unwrap()
}

fn key(text: &str) -> [u8; 16] {
    let mut key = [0; 16];
    let length = text.len().min(16);
    key[..length].copy_from_slice(&text.as_bytes()[..length]);
    key
}

fn crossing(criterion: &mut Criterion) {
    let mut codes: Vec<String> = (0..KNOWN).map(code).collect();
    codes.sort();
    let mut session = session(&codes);
    let mut state = 65_usize;
    let mut next = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        state >> 33
    };
    let known: Vec<&str> = (0..ROWS).map(|_| codes[next() % KNOWN].as_str()).collect();
    let ids: Vec<String> = (0..ROWS).map(|_| format!("5303{:014}", next() % (ROWS / 2))).collect();
    let claims = |array: ArrayRef| RecordBatch::try_from_iter([("drug", array)]).unwrap();
    let texts = StringArray::from(known.clone());
    let dictionary: DictionaryArray<Int32Type> = known.iter().copied().collect();
    let few: DictionaryArray<Int32Type> = (0..ROWS).map(|at| known[at % 500]).collect();
    let keys: Vec<[u8; 16]> = codes.iter().map(|text| key(text)).collect();

    let mut group = criterion.benchmark_group("codes");
    group.throughput(Throughput::Elements(u64::try_from(ROWS).unwrap()));
    let batches = [
        ("numbers from texts", claims(Arc::new(texts.clone()))),
        ("numbers from a dictionary of thousands", claims(Arc::new(dictionary))),
        ("numbers from a dictionary of 500", claims(Arc::new(few))),
        ("numbers of unknown ids, each twice", claims(Arc::new(StringArray::from(ids)))),
    ];
    for (name, batch) in &batches {
        group.bench_function(*name, |bencher| bencher.iter(|| black_box(session.settle(batch).unwrap())));
    }
    let mut memory = vec![[0_u8; 16]; ROWS];
    group.bench_function("keys of 16 bytes, copied and searched", |bencher| {
        bencher.iter(|| {
            for (slot, row) in memory.iter_mut().zip(0..texts.len()) {
                *slot = key(texts.value(row));
            }
            black_box(memory.iter().filter_map(|key| keys.binary_search(key).ok()).sum::<usize>())
        });
    });
    group.finish();
}

criterion_group!(benches, crossing);
criterion_main!(benches);
