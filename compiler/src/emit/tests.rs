use fen_schema::RejectCode;
use num_bigint::BigInt;

use super::emit;
use crate::check::program::{Claim, Program};
use crate::interpret::samples::{Maker, Random, cell, claim, large_claim, large_table, months, quotients, surplus};
use crate::interpret::settle;
use crate::phases::cut;

/// The code and column for which a claim is rejected, or the cells of its outputs.
fn expected(program: &Program, claim: &Claim) -> Result<Vec<Option<BigInt>>, (RejectCode, String)> {
    match settle(program, claim) {
        Ok(settled) => {
            let cells = settled.outputs().into_iter().zip(&program.outputs);
            Ok(cells.map(|(value, output)| value.map(|value| cell(&value, output.scale))).collect())
        }
        Err(rejection) => Err(rejection.named(program)),
    }
}

/// All modules can be read. If `FEN_MODULES` names a folder, they are written there with claims and what becomes of them,
/// for a host to be tested with.
#[test]
fn modules_can_be_read() {
    let folder = std::env::var_os("FEN_MODULES").map(std::path::PathBuf::from);
    let mut programs: Vec<Program> = (0..300).map(Maker::program).collect();
    programs.extend([quotients(), months(), large_table(5000, 4), surplus()]);
    for (seed, program) in (0..).zip(programs) {
        let make = if program.codes.len() == 5000 { large_claim } else { claim };
        let Ok(phases) = cut(&program) else { continue };
        let emitted = emit(&program, &phases, None, "").unwrap();
        for payload in wasmparser::Parser::new(0).parse_all(&emitted.module) {
            payload.unwrap();
        }
        let Some(folder) = &folder else { continue };
        let mut random = Random(seed + 1000);
        let parameters = claim(&program, &mut random).parameters;
        let rows: Vec<serde_json::Value> = (0..if seed < 300 { 200 } else { 4000 })
            .map(|_| {
                let claim = Claim { parameters: parameters.clone(), ..make(&program, &mut random) };
                let text = |cell: BigInt| cell.to_string();
                let inputs = claim.inputs.iter().zip(&program.inputs);
                let inputs: Vec<Option<String>> =
                    inputs.map(|(value, input)| value.as_ref().map(|value| text(cell(value, input.scale)))).collect();
                match expected(&program, &claim) {
                    Ok(cells) => {
                        let cells: Vec<Option<String>> = cells.into_iter().map(|cell| cell.map(text)).collect();
                        serde_json::json!({ "inputs": inputs, "outputs": cells })
                    }
                    Err((code, column)) => {
                        serde_json::json!({ "inputs": inputs, "code": code.as_str(), "column": column })
                    }
                }
            })
            .collect();
        let parameters = parameters.iter().zip(&program.parameters);
        let parameters: Vec<String> = parameters.map(|(value, one)| cell(value, one.scale).to_string()).collect();
        let case = serde_json::json!({ "parameters": parameters, "rows": rows });
        std::fs::write(folder.join(format!("{seed}.wasm")), &emitted.module).unwrap();
        std::fs::write(folder.join(format!("{seed}.json")), case.to_string()).unwrap();
    }
}

/// A table of 10 000 rows must cost a few milliseconds; here, without optimization, some more.
#[test]
fn large_tables_are_emitted_quickly() {
    for (codes, most) in [(5_000, 1), (50_000, 10)] {
        let program = large_table(codes, 4);
        let start = std::time::Instant::now();
        let emitted = emit(&program, &cut(&program).unwrap(), None, "").unwrap();
        let took = start.elapsed();
        println!("{} rows: {took:?}, {} bytes", program.tables[0].rows.len(), emitted.module.len());
        assert!(took.as_secs() < most, "{took:?}");
    }
}

/// What a host refuses a module for.
#[test]
fn schemas_keep_the_rules_of_hosts() {
    for seed in 0..60 {
        let program = Maker::program(seed);
        let Ok(phases) = cut(&program) else { continue };
        let schema = emit(&program, &phases, None, "").unwrap().schema;
        let rows = schema.batch.capacity;
        let columns = schema.inputs.iter().chain(&schema.outputs).map(|column| (column, rows));
        let cells = schema.parameters.iter().map(|column| (column, 1));
        let mut places: Vec<(u32, u32)> =
            columns.chain(cells).map(|(column, rows)| (column.offset, rows * column.layout.bytes())).collect();
        places.push((schema.batch.status.offset, 2 * rows));
        places.sort_unstable();
        assert!(places.iter().all(|(offset, _)| offset % 16 == 0));
        assert!(places.windows(2).all(|pair| pair[0].0 + pair[0].1 <= pair[1].0));
        for (at, reject) in schema.rejects.iter().enumerate() {
            assert_eq!(usize::from(reject.status), at + 1);
        }
    }
}

#[test]
fn schemas_say_what_columns_hold() {
    let program = Maker::program(1);
    let schema = emit(&program, &cut(&program).unwrap(), None, "").unwrap().schema;
    let column = |name: &str| {
        let column = schema.inputs.iter().find(|column| column.name == name).unwrap();
        let place = format!("{:?} {:?}", column.ty, column.layout);
        format!("{place} [{}] {}..{} {}", column.unit, column.min, column.max, column.optional)
    };
    assert_eq!(column("day"), "Date I32 [] 2020-01-01..2026-12-31 false");
    assert_eq!(column("kind"), "Enum I8 [] a..c false");
    assert_eq!(column("drug"), "Code I32 [] .. false");
    assert_eq!(column("maybe"), "Bool I8 [] false..true true");
    assert_eq!(column("extra"), "Money I64 [yuan] 1.00..5000.00 true");
    assert_eq!(column("points"), "Measure I64 [points] 0.0000..500.0000 false");
    assert_eq!((schema.codes, schema.dated_by.as_deref()), (60, Some("day")));
    let reasons: Vec<(&str, &str)> =
        schema.rejects.iter().map(|reject| (reject.reason.en.as_str(), reject.reason.zh.as_str())).collect();
    assert!(reasons.contains(&("day is before 2020-01-01", "day早于2020-01-01")), "{reasons:?}");
    assert!(reasons.contains(&("kind is none of the known values", "kind不是已知的值")), "{reasons:?}");
}
