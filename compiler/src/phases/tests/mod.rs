//! Programs of several grains, built by hand, settled phase by phase.

#![expect(clippy::inconsistent_digit_grouping, reason = "the last digits of a cell are its decimals")]

mod differential;
mod host;
mod policies;

use num_bigint::BigInt;

use self::host::{columns, settle};
use self::policies::{capped, fee_lines, gaps, pool, readmitted, wide};
use super::{Cut, cut};
use crate::check::program::Program;
use crate::emit::emit;
use crate::ids::GrainId;
use crate::{Files, Source, analyze_with};

const NONE: i64 = i64::MIN;

fn rows(cells: &[&[i64]]) -> Vec<Vec<Option<BigInt>>> {
    let cell = |cell: &i64| (*cell != NONE).then(|| BigInt::from(*cell));
    cells.iter().map(|row| row.iter().map(cell).collect()).collect()
}

/// Cuts a program, settles rows, and compares the results of grains. The module is read, and written with rows and results
/// into the folder `FEN_STREAMS`, if it is named, for a host to be tested with.
fn check(
    name: &str,
    program: &Program,
    cells: &[&[i64]],
    parameters: &[i64],
    expected: &[(GrainId, &[&[i64]])],
) -> Cut {
    let phases = cut(program).unwrap();
    let rows_of_file = rows(cells);
    assert!(rows_of_file.iter().all(|row| row.len() == columns(program)));
    let host = settle(program, &phases, &rows_of_file, parameters);
    for (grain, results) in expected {
        assert_eq!(host.results(*grain), rows(results), "{name}: {grain:?}");
    }
    let emitted = emit(program, &phases, None, "").unwrap();
    wasmparser::validate(&emitted.module).unwrap();
    let schema = emitted.schema;
    let plan = schema.plan.as_ref().unwrap();
    assert_eq!(plan.phases.len(), phases.phases.len());
    if let Some(folder) = std::env::var_os("FEN_STREAMS").map(std::path::PathBuf::from) {
        let expected: Vec<serde_json::Value> = plan
            .results
            .iter()
            .map(|result| {
                let name = &plan.grains[result.grain as usize].name;
                let grain = GrainId(program.grains.iter().position(|grain| grain.name == *name).unwrap());
                let cells = host.results(grain);
                let text: Vec<Vec<Option<String>>> = cells
                    .into_iter()
                    .map(|row| row.into_iter().map(|cell| cell.map(|cell| cell.to_string())).collect())
                    .collect();
                serde_json::json!({ "grain": name, "rows": text })
            })
            .collect();
        // Numbers of JSON would lose digits.
        let text: Vec<Vec<String>> =
            cells.iter().map(|row| row.iter().map(|cell| cell.to_string()).collect()).collect();
        let case = serde_json::json!({ "rows": text, "parameters": parameters, "rejected": host.rejected, "expected": expected });
        std::fs::write(folder.join(format!("{name}.wasm")), &emitted.module).unwrap();
        std::fs::write(folder.join(format!("{name}.json")), case.to_string()).unwrap();
    }
    phases
}

fn keys(phases: &Cut) -> Vec<usize> {
    phases.phases.iter().map(|phase| phase.grain.0).collect()
}

#[test]
fn a_running_cap_is_one_phase() {
    let program = capped(false);
    // Person, day, amount; 1826 is 1975-01-01.
    let cells: [&[i64]; 6] = [
        &[1, 1500, 60_00],
        &[2, 1500, 130_00],
        &[1, 1501, 50_00],
        &[1, 1502, 1_00],
        &[1, 1826, 1_00],
        &[2, 1827, 99_99],
    ];
    // Paid, paid before, number of claims before, greatest amount before.
    let expected: [&[i64]; 6] = [
        &[60_00, 0, 0, NONE],
        &[100_00, 0, 0, NONE],
        &[40_00, 60_00, 1, 60_00],
        &[0, 100_00, 2, 60_00],
        &[1_00, 0, 0, 60_00],
        &[99_99, 0, 0, 130_00],
    ];
    let phases = check("capped", &program, &cells, &[], &[(GrainId(0), &expected)]);
    assert_eq!(keys(&phases), [0]);
    let schema = emit(&program, &phases, None, "").unwrap().schema;
    let plan = schema.plan.unwrap();
    assert_eq!(schema.inputs.len(), 3);
    assert_eq!(plan.phases[0].outputs.len(), 4);
    let state = plan.phases[0].state.as_ref().unwrap();
    assert_eq!(state.offset % 16, 0);
    let tables: Vec<(&str, u32, usize)> = state
        .tables
        .iter()
        .map(|table| (plan.grains[table.grain as usize].name.as_str(), table.bytes, table.cells.len()))
        .collect();
    assert_eq!(tables, [("person.year", 16, 2), ("person", 8, 1)]);
    let codes: Vec<&str> = schema.rejects.iter().map(|reject| reject.code.as_str()).collect();
    assert_eq!(codes.last(), Some(&"not_given"));
    assert!(codes.len() == 2 + 2 + 1 + 2 + 2 + 2 + 1, "{codes:?}");
}

#[test]
fn contributions_are_told_where_claims_can_be_taken_back() {
    let phases = cut(&capped(true)).unwrap();
    let plan = emit(&capped(true), &phases, None, "").unwrap().schema.plan.unwrap();
    let phase = &plan.phases[0];
    let cells = phase.state.iter().flat_map(|state| &state.tables).flat_map(|table| &table.cells);
    let names: Vec<(&str, &str)> = cells
        .map(|cell| (cell.column.name.as_str(), phase.outputs[cell.contribution.unwrap() as usize].name.as_str()))
        .collect();
    assert_eq!(names, [("paid_before", "out0"), ("claims_before", "counted"), ("greatest", "own amount")]);
    assert!(plan.reversal.is_some());
}

#[test]
fn a_pool_is_added_up_and_divided() {
    let program = pool();
    let (rows, hospital, all) = (GrainId(0), GrainId(1), GrainId(2));
    // Hospital, points in ten thousandths; the fund is 1 000 000.00.
    let cells: [&[i64]; 6] = [&[1, 100_0000], &[1, 250_5000], &[2, 85_0000], &[9, 1], &[3, 37_4429], &[3, 281_4117]];
    let expected: [&[i64]; 5] = [
        &[100_0000, 1325_6365],
        &[250_5000, 1325_6365],
        &[85_0000, 1325_6365],
        &[37_4429, 1325_6365],
        &[281_4117, 1325_6365],
    ];
    let of_hospitals: [&[i64]; 3] = [&[350_5000, 464_635_60, 2], &[85_0000, 112_679_10, 1], &[318_8546, 422_685_30, 2]];
    let results: [(GrainId, &[&[i64]]); 3] = [(rows, &expected), (hospital, &of_hospitals), (all, &[&[1325_6365, 3]])];
    let phases = check("pool", &program, &cells, &[1_000_000_00], &results);
    // Points; points added up; the fund; the value of a point; what hospitals are paid.
    let stages: Vec<usize> = keys(&phases);
    assert_eq!(stages[0], 0);
    assert!(phases.phases.iter().all(|phase| phase.tables.is_empty()));
}

#[test]
fn outputs_say_what_they_are_computed_from() {
    let uses = |program: &Program, phase: usize, outputs: usize| {
        let plan = emit(program, &cut(program).unwrap(), None, "").unwrap().schema.plan.unwrap();
        let phase = &plan.phases[phase];
        let names = |uses: &Vec<u32>| uses.iter().map(|at| phase.inputs[*at as usize].column.name.clone()).collect();
        phase.uses.iter().take(outputs).map(names).collect::<Vec<Vec<String>>>()
    };
    assert_eq!(uses(&capped(false), 0, 4), vec![Vec::<String>::new(); 4]);
    // The points of a stay depend on the next one, its ordinal does not.
    let known = ["next_stay", "next_stay.admitted"].map(str::to_owned).to_vec();
    assert_eq!(uses(&readmitted(), 1, 3), [known.clone(), Vec::new(), known]);
    // What lines see is carried on by what claims are paid.
    assert_eq!(uses(&fee_lines(), 2, 2), [Vec::new(), vec!["paid_before".to_owned()]]);
    assert_eq!(uses(&fee_lines(), 1, 3), [vec!["sum amount"], vec!["sum in scope"], vec!["sum in scope"]]);
}

#[test]
fn the_next_claim_is_waited_for() {
    let program = readmitted();
    // Person, group, admitted, discharged.
    let cells: [&[i64]; 5] = [&[1, 0, 60, 64], &[1, 1, 65, 69], &[1, 0, 79, 84], &[1, 0, 100, 102], &[2, 0, 102, 103]];
    let expected: [&[i64]; 5] = [&[50, 1, 1], &[100, 2, 0], &[100, 3, 0], &[100, 4, 0], &[100, 1, 0]];
    let phases = check("readmitted", &program, &cells, &[], &[(GrainId(0), &expected)]);
    assert_eq!(keys(&phases), [0, 0]);
    // What is counted is only needed in the end.
    assert!(phases.phases[0].tables.is_empty() && phases.phases[1].tables.len() == 1);
    assert_eq!(
        phases.phases[1].inputs.iter().filter(|import| matches!(import.source, super::Source::Column(_))).count(),
        1
    );
}

#[test]
fn lines_are_gathered_into_claims() {
    let program = fee_lines();
    let (lines, claims) = (GrainId(0), GrainId(1));
    // Claim, person, class, amount.
    let cells: [&[i64]; 6] = [
        &[7, 1, 0, 1000_00],
        &[7, 1, 1, 10_10],
        &[8, 1, 0, 500_00],
        &[7, 1, 1, 10_10],
        &[7, 1, 2, 200_05],
        &[7, 1, 3, 30_00],
    ];
    let expected: [&[i64]; 6] = [&[0, 0], &[51, 0], &[0, 559_45], &[51, 0], &[20_01, 0], &[30_00, 0]];
    let of_claims: [&[i64]; 2] = [&[1250_25, 1199_22, 559_45], &[500_00, 500_00, 70_00]];
    let phases = check("fee_lines", &program, &cells, &[], &[(lines, &expected), (claims, &of_claims)]);
    let plan = emit(&program, &phases, None, "").unwrap().schema.plan.unwrap();
    assert_eq!((plan.claim, plan.shared.len()), (1, 1));
    // Prepayments; sums of claims, with what was paid before; and what lines see of their claim.
    assert_eq!(keys(&phases), [0, 1, 0]);
}

#[test]
fn an_earlier_claim_may_lack_a_field() {
    let program = gaps();
    // Person, level (optional), amount.
    let cells: [&[i64]; 5] = [&[1, 2, 5], &[1, NONE, 6], &[2, 1, 7], &[1, 3, 8], &[1, 0, 9]];
    // Linked, level of the claim before if it is known, else −1, amount of the claim before or 0.
    let expected: [&[i64]; 5] = [&[0, -1, 0], &[1, 2, 5], &[0, -1, 0], &[1, -1, 6], &[1, 3, 8]];
    check("gaps", &program, &cells, &[], &[(GrainId(0), &expected)]);
}

#[test]
fn wide_numbers_are_carried() {
    let program = wide();
    let most = i64::MAX;
    // Person, flag, amount.
    let cells: [&[i64]; 6] =
        [&[1, 1, most], &[1, 1, most - 1], &[1, 0, -5], &[2, 1, -most], &[1, 1, -most], &[2, 0, 8]];
    let phases = cut(&program).unwrap();
    let host = settle(&program, &phases, &rows(&cells), &[]).results(GrainId(0));
    let text = |row: &Vec<Option<BigInt>>| {
        let cells: Vec<String> =
            row.iter().map(|cell| cell.as_ref().map(|cell| (cell - most).to_string()).unwrap_or_default()).collect();
        cells.join(" ")
    };
    // All are shown less the greatest amount: sum, count, least, greatest and last before, the greatest of all, above.
    let less = |cells: [Option<i128>; 7]| {
        let cells = cells.map(|cell| cell.map(|cell| (cell - i128::from(most)).to_string()).unwrap_or_default());
        cells.join(" ")
    };
    let m = i128::from(most);
    let expected = [
        less([Some(0), Some(0), None, None, None, Some(m), Some(1)]),
        less([Some(m), Some(1), Some(m), Some(m), Some(m), Some(m), Some(1)]),
        less([Some(2 * m - 1), Some(2), Some(m - 1), Some(m), Some(m - 1), Some(m), Some(0)]),
        less([Some(0), Some(0), None, None, None, Some(-m), Some(0)]),
        less([Some(2 * m - 1), Some(2), Some(m - 1), Some(m), Some(-5), Some(m), Some(0)]),
        less([Some(-m), Some(1), Some(-m), Some(-m), Some(-m), Some(-m), Some(1)]),
    ];
    assert_eq!(host.iter().map(text).collect::<Vec<_>>(), expected);
    // What is in records is only needed in the end, and the mean is computed where it is used.
    assert_eq!(keys(&phases), [0, 0]);
    assert!(phases.phases[0].tables.is_empty());
    check("wide", &program, &cells, &[], &[]);
}

/// Tables that policies have beside them.
struct Tables;

impl Files for Tables {
    fn read(&self, from: &str, path: &str) -> Result<Source, String> {
        let is_zh = from.contains("点数");
        let (header, rows) = match (path, is_zh) {
            ("drg_points.csv", false) => ("drg,base_points", "AA1,100.00\nBB2,250.50\nCC3,33.33\n"),
            ("drg_points.csv", true) => ("病组,基准点数", "AA1,100.00\nBB2,250.50\nCC3,33.33\n"),
            (_, false) => ("hospital,coefficient", "h1,1.0000\nh2,0.8500\nh3,1.1234\n"),
            (_, true) => ("医院,差异系数", "h1,1.0000\nh2,0.8500\nh3,1.1234\n"),
        };
        Ok(Source::new(path, format!("{header}\n{rows}")))
    }

    fn policy(&self, _from: &str, _name: &str) -> Option<Source> {
        None
    }
}

/// Policies as they are written.
#[test]
fn policies_of_several_grains_are_cut() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/grains");
    let mut plans = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let source = Source::new(path.to_str().unwrap(), std::fs::read_to_string(&path).unwrap());
        let analysis = analyze_with(&source, &Tables);
        let Some(policy) = analysis.untested_policy() else { panic!("{path:?} {:?}", analysis.diagnostics()) };
        let module = policy.compile().unwrap();
        wasmparser::validate(&module.wasm).unwrap();
        let plan = module.schema.plan.unwrap();
        let phases = plan.phases.iter().map(|phase| {
            let grain = &plan.grains[phase.grain as usize].name;
            let state = phase.state.as_ref().map_or(0, |state| state.tables.len());
            format!("{grain} {}>{} {state}", phase.inputs.len(), phase.outputs.len())
        });
        plans.push(format!("{}: {}", module.schema.policy, phases.collect::<Vec<_>>().join(", ")));
    }
    plans.sort();
    println!("{}", plans.join("\n"));
}
