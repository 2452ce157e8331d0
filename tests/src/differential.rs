//! Interpreter against module: what both say of the same claims.

use std::error::Error;

use fen_compiler::{Analysis, Cells, Lang, Outcome, Policy, Severity, Source, render};
use fen_runtime::Runtime;
use fen_schema::{ColumnType, Schema};

use crate::module::Settler;

/// Neighbouring claims that share their parameters, so that batches have several rows.
const SHARING: usize = 10;

/// What came of a policy.
#[derive(Clone, Copy, Debug, Default)]
pub struct Tally {
    /// Claims that were settled.
    pub settled: usize,
    /// Claims that were rejected.
    pub rejected: usize,
}

/// The codes of the errors of an analysis, each once.
#[must_use]
pub fn errors(analysis: &Analysis) -> Vec<&str> {
    let errors = analysis.diagnostics().iter().filter(|diagnostic| diagnostic.severity == Severity::Error);
    let mut codes: Vec<&str> = errors.map(|diagnostic| diagnostic.code).collect();
    codes.sort_unstable();
    codes.dedup();
    codes
}

/// All that is wrong with a source, for people.
#[must_use]
pub fn explained(source: &Source, analysis: &Analysis) -> String {
    format!("{}\n{:#?}", source.text(), render::json(analysis.sources(), analysis.diagnostics(), Lang::En))
}

/// Settles made-up claims, and some just outside what is admitted, by interpreter and module.
///
/// # Errors
/// Says which claim they do not agree on, or why the module could not be run.
pub fn compare(runtime: &Runtime, policy: &Policy, claims: usize, seed: u64) -> Result<Tally, Box<dyn Error>> {
    let mut settler = Settler::new(runtime, policy)?;
    let claims = some_claims(policy, settler.schema(), claims, seed);
    let mut tally = Tally::default();
    for (claim, outcome) in claims.iter().zip(settler.settle(&claims)?) {
        let meant = policy.interpret(claim);
        if outcome != meant {
            let names: Vec<&str> = settler.schema().outputs.iter().map(|output| output.name.as_str()).collect();
            return Err(format!("module: {outcome:?}\nmeaning: {meant:?}\noutputs: {names:?}\nclaim: {claim:?}").into());
        }
        match outcome {
            Outcome::Settled(_) => tally.settled += 1,
            Outcome::Rejected(..) => tally.rejected += 1,
        }
    }
    Ok(tally)
}

/// Claims within the ranges, then every input one step outside its own and the date one day outside the period in force.
fn some_claims(policy: &Policy, schema: &Schema, count: usize, seed: u64) -> Vec<Cells> {
    let mut claims: Vec<Cells> = policy.claims(seed).take(count).collect();
    for alike in claims.chunks_mut(SHARING) {
        if let Some((first, others)) = alike.split_first_mut() {
            others.iter_mut().for_each(|claim| claim.parameters.clone_from(&first.parameters));
        }
    }
    let mut outside = Vec::new();
    for (at, input) in schema.inputs.iter().enumerate() {
        let mut bounds = vec![(input.min.as_str(), -1), (input.max.as_str(), 1)];
        if let (Some(period), true) = (&schema.in_force, schema.dated_by.as_ref() == Some(&input.name)) {
            bounds.push((&period.from, -1));
            bounds.extend(period.to.as_deref().map(|to| (to, 1)));
        }
        for (bound, step) in bounds {
            let bound = match input.ty {
                ColumnType::Date => days(bound),
                ColumnType::Enum => {
                    input.values.iter().position(|value| value.name == bound).and_then(|at| i128::try_from(at).ok())
                }
                ColumnType::Bool | ColumnType::Code | ColumnType::Id => None,
                _ => bound.replace('.', "").parse().ok(),
            };
            // Nothing lies before the first value of an enum.
            let beyond = bound.map(|bound| bound + step).filter(|beyond| *beyond >= 0 || input.ty != ColumnType::Enum);
            let (Some(beyond), Some(claim)) = (beyond, claims.get(at % claims.len().max(1))) else { continue };
            let mut claim = claim.clone();
            if let Some(cell) = claim.inputs.get_mut(at) {
                *cell = Some(beyond);
            }
            outside.push(claim);
        }
    }
    claims.extend(outside);
    claims
}

/// Days since 1970-01-01 of an ISO date; the algorithm is Howard Hinnant's.
pub(crate) fn days(date: &str) -> Option<i128> {
    let mut parts = date.split('-').map(str::parse::<i128>);
    let (year, month, day) = (parts.next()?.ok()?, parts.next()?.ok()?, parts.next()?.ok()?);
    let year = if month <= 2 { year - 1 } else { year };
    let of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    Some(365 * year + year.div_euclid(4) - year.div_euclid(100) + year.div_euclid(400) + of_year - 719_468)
}
