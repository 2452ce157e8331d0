//! Claims that can occur. A claim has, beside its columns, what it takes from other claims: running values, links, totals. Made
//! up one by one these contradict each other; here they are those of streams of claims, which are made up instead.

use num_bigint::BigInt;
use num_rational::BigRational;

use super::Claims;
use super::examples::alone;
use super::program::{Claim, Origin, Program};
use crate::ids::InputId;
use crate::interpret::stream::{Reads, Stream, whole_claims};

/// Rows of a stream that is made up.
const ROWS: usize = 8;

/// Whether claims take anything from other claims.
pub(super) fn looks_beyond(program: &Program) -> bool {
    program.inputs.iter().any(|input| input.origin != Origin::Column)
}

/// Whether a claim is as if it were alone in its stream.
pub(super) fn is_alone(program: &Program, claim: &Claim) -> bool {
    let given: Vec<bool> = program.inputs.iter().map(|input| input.origin == Origin::Column).collect();
    let mut open = claim.clone();
    let others = open.inputs.iter_mut().zip(&given).filter(|(_, given)| !**given);
    others.for_each(|(cell, _)| *cell = None);
    alone(program, open, &given) == *claim
}

/// Whether two claims take the same from other claims, if they take anything: on the same day then.
pub(super) fn take_the_same(program: &Program, one: &Claim, other: &Claim) -> bool {
    if !looks_beyond(program) {
        return true;
    }
    let cells = one.inputs.iter().zip(&other.inputs).zip(&program.inputs).enumerate();
    let mut fixed =
        cells.filter(|(at, (_, input))| input.origin != Origin::Column || program.dated_by == Some(InputId(*at)));
    fixed.all(|(_, ((one, other), _))| one == other)
}

/// So many claims of made-up streams, always the same ones for a seed; at least as many rows are tried.
pub(super) fn possible_claims(program: &Program, count: usize, seed: u64) -> impl Iterator<Item = Claim> {
    let mut claims = Claims::new(program, seed);
    let reads = Reads::new(program);
    let mut left = count.div_ceil(ROWS);
    std::iter::from_fn(move || {
        left = left.checked_sub(1)?;
        Some(whole_claims(program, &reads, &stream(program, &mut claims)))
    })
    .flatten()
}

/// A short stream whose claims meet in their groups: few keys, days that follow one another closely.
fn stream(program: &Program, claims: &mut Claims<'_>) -> Stream {
    let made: Vec<Claim> = claims.by_ref().take(ROWS).collect();
    let first = made.first().cloned().unwrap_or(Claim { inputs: Vec::new(), parameters: Vec::new() });
    let is_key = |at: usize| program.grains.iter().any(|grain| grain.keys.contains(&InputId(at)));
    let reverses = program.reversal.map(|reversal| (reversal.claim, reversal.reverses));
    let mut day: Option<BigRational> = None;
    let mut rows = Vec::new();
    for (number, claim) in made.iter().enumerate() {
        let mut cells = Vec::new();
        for (at, (cell, input)) in claim.inputs.iter().zip(&program.inputs).enumerate() {
            let cell = match reverses {
                _ if input.origin != Origin::Column => None,
                Some((id, _)) if id.0 == at && program.claim.0 == 0 => Some(text(program, number)),
                Some((_, id)) if id.0 == at => None,
                // What a group shares is the same in all rows, so that none is rejected for it.
                _ if input.per.is_some() => first.inputs.get(at).cloned().flatten(),
                _ if is_key(at) && input.ty.is_text() && program.codes.is_empty() => {
                    Some(text(program, claims.below(2)))
                }
                _ if is_key(at) && claims.below(2) == 0 => first.inputs.get(at).cloned().flatten(),
                _ if program.dated_by == Some(InputId(at)) => {
                    let days = BigRational::from(BigInt::from(claims.below(60)));
                    let next = day.take().map(|day| day + days).or_else(|| cell.clone());
                    day = next.map(|next| next.min(claims.facts(at, &input.facts).high));
                    day.clone()
                }
                _ => cell.clone(),
            };
            cells.push(cell);
        }
        rows.push(cells);
    }
    if let Some(date) = program.ordered_by.filter(|date| Some(*date) != program.dated_by) {
        rows.sort_by(|one, other| one.get(date.0).cmp(&other.get(date.0)));
    }
    let texts = (0..ROWS).map(|number| format!("{number}")).collect();
    Stream { rows, parameters: first.parameters, texts }
}

/// A text that the policy does not know.
fn text(program: &Program, number: usize) -> BigRational {
    BigRational::from(BigInt::from(program.codes.len() + number))
}

#[cfg(test)]
mod tests {
    use crate::{Source, analyze};

    const CAP: &str = "policy demo.cap\nin force from 2022-01-01\nround half up to 0.01 yuan\nkey person: id\n\
        input day: date\ninput cost: money from 0 yuan to 10_000 yuan\ndated by day\n\
        running paid = sum pays per person per year\npays = min(cost, max(400 yuan - paid, 0 yuan))\noutput pays\n";

    fn refuted(invariant: &str) -> Vec<String> {
        let analysis = analyze(&Source::new("cap.fen", format!("{CAP}always {invariant}\n")));
        let mut found: Vec<_> =
            analysis.diagnostics().iter().filter(|one| one.code.starts_with("fen::always")).cloned().collect();
        if found.is_empty() {
            let tested = analysis.policy().map(|policy| policy.test(2_000, 1));
            found.extend(tested.into_iter().flat_map(|report| report.invariants).filter_map(|(_, found)| found));
        }
        found.iter().map(|one| format!("{} {} {:?}", one.code, one.message.en, one.labels)).collect()
    }

    #[test]
    fn what_no_stream_reaches_refutes_nothing() {
        assert_eq!(refuted("pays + paid <= 400 yuan"), [""; 0]);
        assert_eq!(refuted("paid <= 400 yuan"), [""; 0]);
    }

    #[test]
    fn what_a_stream_reaches_does() {
        for (invariant, code) in
            [("pays + paid <= 399 yuan", "400"), ("paid == 0 yuan", "0"), ("paid < 400 yuan", "400")]
        {
            let found = refuted(invariant);
            assert!(
                found.len() == 1 && found[0].contains("fen::always::violated") && found[0].contains(code),
                "{found:?}"
            );
        }
    }
}
