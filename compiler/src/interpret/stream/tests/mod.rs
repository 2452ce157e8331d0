mod claims;
mod groups;
mod lines;
mod reversals;

use num_rational::BigRational;

use super::*;
use crate::check::program::{Claim, Input};
use crate::interpret::samples::{Maker, Random, cell, claim, number, ratio};
use crate::interpret::settle;

/// A column's cell.
type Cell = Option<BigRational>;

/// What a row becomes: the cells of its outputs, or why there are none.
type Became = Result<Vec<Option<i64>>, Rejection>;

/// A group: its key, its outputs, the split that failed.
type Cells = (Vec<i64>, Vec<Option<i64>>, Option<SplitId>);

/// A stream without codes that the policy does not know.
fn stream<const N: usize>(rows: impl IntoIterator<Item = [Cell; N]>) -> Stream {
    Stream { rows: rows.into_iter().map(Vec::from).collect(), parameters: Vec::new(), texts: Vec::new() }
}

fn code(value: i64) -> Cell {
    Some(number(value))
}

/// So many cents.
fn cents(value: i64) -> Cell {
    Some(ratio(value, 100))
}

fn cells(program: &Program, grain: GrainId, values: &[Option<BigRational>]) -> Vec<Option<i64>> {
    let outputs = program.outputs.iter().filter(|output| output.grain == grain);
    let cell = |value: &BigRational, scale| i64::try_from(cell(value, scale)).unwrap();
    outputs.zip(values).map(|(output, value)| value.as_ref().map(|value| cell(value, output.scale))).collect()
}

fn rows(program: &Program, stream: &Stream) -> Vec<Became> {
    let outcome = settle_stream(program, stream).unwrap();
    outcome.rows.into_iter().map(|row| row.map(|row| cells(program, GrainId(0), &row))).collect()
}

/// The groups of a grain.
fn groups(program: &Program, stream: &Stream, name: &str) -> Vec<Cells> {
    let outcome = settle_stream(program, stream).unwrap();
    let named = |id: GrainId| program.grains[id.0].name == name;
    let (id, groups) = outcome.grains.into_iter().find(|(id, _)| named(*id)).unwrap();
    let group = |group: Group| {
        let key = group.keys.iter().map(|key| i64::try_from(cell(key, 0)).unwrap()).chain(group.period);
        (key.collect(), cells(program, id, &group.outputs), group.failed)
    };
    groups.into_iter().map(group).collect()
}

fn settled<const N: usize>(outputs: [i64; N]) -> Became {
    Ok(outputs.into_iter().map(Some).collect())
}

/// A policy that looks at nothing but the row settles every row of a stream like a claim.
#[test]
fn rows_alone_are_settled_like_claims() {
    for seed in 0..150 {
        let program = Maker::program(seed);
        let mut random = Random(seed);
        let mut claims: Vec<Claim> = (0..8).map(|_| claim(&program, &mut random)).collect();
        let parameters = claims[0].parameters.clone();
        claims.iter_mut().for_each(|claim| claim.parameters.clone_from(&parameters));
        // In a stream, what is missing is found before anything else is looked at.
        let is_there = |(input, cell): (&Input, &Option<_>)| input.is_optional || cell.is_some();
        claims.retain(|claim| program.inputs.iter().zip(&claim.inputs).all(is_there));
        let rows = claims.iter().map(|claim| claim.inputs.clone()).collect();
        let outcome = settle_stream(&program, &Stream { rows, parameters, texts: Vec::new() }).unwrap();
        let alone = claims.iter().map(|claim| settle(&program, claim).map(|settled| settled.outputs()));
        assert_eq!(outcome.rows, alone.collect::<Vec<_>>(), "seed {seed}");
        assert_eq!(outcome.grains, []);
    }
}
