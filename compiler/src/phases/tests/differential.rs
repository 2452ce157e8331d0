//! Streams settled phase by phase mean what the reference interpreter says.

use num_bigint::BigInt;
use num_rational::BigRational;

use super::Tables;
use super::host::{columns, settle};
use super::policies::{capped, fee_lines, gaps, pool, readmitted, wide};
use crate::Source;
use crate::check::check;
use crate::check::program::{Program, days_of};
use crate::check::types::step_of;
use crate::gather::gather;
use crate::ids::{GrainId, InputId};
use crate::interpret::samples::{Random, cell, number};
use crate::interpret::stream::{Stream, settle_stream};
use crate::phases::cut;
use crate::resolve::resolve;

type Cell = Option<BigInt>;

/// The policies as they are written.
fn written() -> Vec<Program> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/grains");
    let paths = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let program = |path: std::path::PathBuf| {
        let source = Source::new(path.to_str().unwrap(), std::fs::read_to_string(&path).unwrap());
        let gathered = gather(&source, &Tables);
        let (resolved, _) = resolve(&gathered);
        check(&resolved, &gathered.sources).program
    };
    paths.map(program).collect()
}

fn whole(value: &BigRational) -> i64 {
    value.to_integer().try_into().unwrap_or(i64::MAX / 4)
}

/// A row in which few keys come again and again, and all cells are in range.
fn row(program: &Program, random: &mut Random, first: i64, day: i64) -> Vec<Cell> {
    let mut row: Vec<Cell> = Vec::new();
    for (at, input) in program.inputs.iter().take(columns(program)).enumerate() {
        let step = step_of(input.scale);
        let low = whole(&(&input.facts.low / &step)).max(-1_000_000_000_000);
        let high = whole(&(&input.facts.high / &step)).min(1_000_000_000_000);
        let same = input.per.and_then(|grain| program.grain(grain)).map(|grain| {
            let keys = grain.keys.iter().map(|key| row[key.0].clone().unwrap_or_default());
            keys.fold(BigInt::from(at), |all, key| all * 7 + key)
        });
        let span = high.saturating_sub(low).saturating_add(1);
        row.push(match same {
            Some(same) if Some(InputId(at)) == program.dated_by => Some(first + same % 300),
            Some(same) => Some(BigInt::from(low) + same % span.min(3)),
            None if Some(InputId(at)) == program.dated_by => Some(day.into()),
            None if input.is_optional && random.one_in(3) => None,
            None if input.ty.is_text() => Some(random.range(0, 5).into()),
            // Weights of a split are not all zero.
            None if random.one_in(4) => Some(random.range((low + 1).min(high), high).into()),
            None => {
                let least = (low + 1).max(-5).min(high);
                Some(random.range(least, (least + 2_000_000).min(high)).into())
            }
        });
    }
    row
}

fn agree(name: &str, program: &Program, seed: u64) -> (usize, usize) {
    let mut random = Random(seed);
    let phases = cut(program).unwrap();
    let facts = program.dated_by.and_then(|id| program.input(id)).map(|input| whole(&input.facts.low));
    let from = program.in_force.map(|(from, _)| i64::from(days_of(from)));
    let first = from.max(facts).unwrap_or_default();
    let mut day = first;
    let rows: Vec<Vec<Cell>> = (0..40)
        .map(|_| {
            day += random.range(0, 20);
            row(program, &mut random, first, day)
        })
        .collect();
    let parameters: Vec<i64> = program
        .parameters
        .iter()
        .map(|one| {
            let step = step_of(one.scale);
            random.range(whole(&(&one.facts.low / &step)), whole(&(&one.facts.high / &step)).min(1_000_000_000))
        })
        .collect();
    let stream = Stream {
        rows: rows
            .iter()
            .map(|row| {
                let cells = row.iter().zip(&program.inputs);
                cells.map(|(cell, input)| cell.clone().map(|cell| step_of(input.scale) * cell)).collect()
            })
            .collect(),
        parameters: parameters
            .iter()
            .zip(&program.parameters)
            .map(|(cell, one)| step_of(one.scale) * number(*cell))
            .collect(),
        texts: (0..9).map(|at| format!("z{at}")).collect(),
    };
    let expected = settle_stream(program, &stream).unwrap();
    let host = settle(program, &phases, &rows, &parameters);
    let cells = |grain: GrainId, values: &[Option<BigRational>]| -> Vec<Cell> {
        let outputs = program.outputs.iter().filter(|output| output.grain == grain);
        values
            .iter()
            .zip(outputs)
            .map(|(value, output)| value.as_ref().map(|value| cell(value, output.scale)))
            .collect()
    };
    let rejected: Vec<bool> = expected.rows.iter().map(Result::is_err).collect();
    assert_eq!(host.rejected, rejected, "{name} {seed}: {:?}", expected.rows);
    let settled: Vec<Vec<Cell>> = expected.rows.iter().flatten().map(|row| cells(GrainId(0), row)).collect();
    if program.outputs.iter().any(|output| output.grain == GrainId(0)) {
        assert_eq!(host.results(GrainId(0)), settled, "{name} {seed}");
    }
    for (grain, groups) in &expected.grains {
        // Those of the interpreter stand in another order.
        let mut known: Vec<Vec<Cell>> = groups.iter().map(|group| cells(*grain, &group.outputs)).collect();
        let mut found = host.results(*grain);
        known.sort();
        found.sort();
        assert_eq!(found, known, "{name} {seed} {grain:?}");
    }
    (settled.len(), rejected.len() - settled.len())
}

#[test]
fn phases_mean_what_the_interpreter_says() {
    let built = [capped(false), pool(), readmitted(), fee_lines(), gaps(), wide()];
    let (mut settled, mut rejected) = (0, 0);
    for program in built.into_iter().chain(written()) {
        for seed in 0..20 {
            let (one, other) = agree(&program.name, &program, seed);
            settled += one;
            rejected += other;
        }
    }
    assert!(settled > 5_000 && rejected > 100, "{settled} {rejected}");
}
