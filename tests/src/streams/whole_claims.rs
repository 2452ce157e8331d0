//! Claims as a whole, with all their rows: streams without some, and in pieces that cut no claim.

use std::error::Error;

use fen_compiler::{Outcome, StreamCells};
use fen_schema::{Plan, Schema};

use super::Compiled;
use super::compare::shown;
use super::host::{Host, Settled};

type Cells = Vec<Option<i128>>;

fn at(place: u32) -> usize {
    usize::try_from(place).unwrap_or(usize::MAX)
}

fn cell(row: &Cells, place: usize) -> Option<i128> {
    row.get(place).copied().flatten()
}

/// The column of a claim's id, and that of the claim which a row takes back, if there is one.
fn ids(plan: &Plan) -> Option<(usize, Option<usize>)> {
    let reversal = plan.reversal.map(|reversal| (at(reversal.claim), Some(at(reversal.reverses))));
    let key = || Some((at(*plan.grains.get(at(plan.claim))?.keys.first()?), None));
    reversal.or_else(key)
}

fn is_reversal(row: &Cells, reverses: Option<usize>) -> bool {
    reverses.is_some_and(|place| cell(row, place).is_some())
}

/// Settles a stream with a claim that is taken back by the very next row, and without both; whether there is such a claim.
///
/// # Errors
/// If anything else is settled otherwise, or the host gives up.
pub fn without_a_pair(
    compiled: &Compiled<'_>,
    host: &Host,
    (cells, settled): (&StreamCells, &Settled),
    seed: u64,
) -> Result<bool, Box<dyn Error>> {
    let plan = compiled.schema.plan.as_ref().filter(|plan| plan.reversal.is_some() && plan.ordered_by.is_none());
    let Some((plan, (claim, Some(reverses)))) = plan.and_then(|plan| Some((plan, ids(plan)?))) else {
        return Ok(false);
    };
    let is_settled = |row: usize| matches!(settled.rows.get(row), Some(Outcome::Settled(_)));
    let mut pairs = Vec::new();
    for (row, of) in cells.rows.iter().enumerate().filter(|(row, _)| is_settled(*row)) {
        let (Some(target), Some(own)) = (cell(of, reverses), cell(of, claim)) else { continue };
        let names = |other: &Cells| [cell(other, claim), cell(other, reverses)];
        let lines: Vec<usize> = (0..cells.rows.len())
            .filter(|other| cells.rows.get(*other).is_some_and(|other| names(other) == [Some(target), None]))
            .collect();
        // Nobody else may speak of either.
        let mut others = cells.rows.iter().enumerate().filter(|(other, _)| *other != row && !lines.contains(other));
        let is_apart = others.all(|(_, other)| names(other).into_iter().flatten().all(|id| id != target && id != own));
        if is_apart && lines.iter().all(|line| is_settled(*line)) {
            pairs.push((row, lines));
        }
    }
    let Some((row, lines)) = pairs.get(usize::try_from(seed)? % pairs.len().max(1)) else { return Ok(false) };
    let rows_of = |rows: &[usize]| rows.iter().filter_map(|row| cells.rows.get(*row).cloned()).collect::<Vec<_>>();
    let others: Vec<usize> = (0..cells.rows.len()).filter(|other| other != row && !lines.contains(other)).collect();
    let (before, after) = others.split_at(others.partition_point(|other| Some(other) < lines.first()));
    let pair: Vec<usize> = lines.iter().chain([row]).copied().collect();
    let with = StreamCells { rows: [rows_of(before), rows_of(&pair), rows_of(after)].concat(), ..cells.clone() };
    let without = StreamCells { rows: rows_of(&others), ..cells.clone() };
    let (mut found, wanted) = (host.settle(&with, 5)?, host.settle(&without, 5)?);
    found.rows.drain(before.len()..before.len() + pair.len());
    let ids: Vec<Option<i128>> = pair.iter().map(|row| cells.rows.get(*row).and_then(|row| cell(row, claim))).collect();
    let name = plan.grains.get(at(plan.claim)).filter(|_| plan.claim != 0).map(|grain| &grain.name);
    for grain in found.grains.iter_mut().filter(|grain| Some(&grain.name) == name) {
        grain.groups.retain(|group| !ids.contains(&group.keys.first().copied()));
    }
    // Which claims lack an output is compared with their outputs.
    if found.rows != wanted.rows || found.grains != wanted.grains {
        return Err(format!("{found:?}\nwithout the pair {wanted:?}\n{}", shown(compiled, &with)).into());
    }
    Ok(true)
}

/// Whether what claims come to depends on nothing but themselves and earlier ones.
fn looks_back_only(schema: &Schema) -> bool {
    schema.plan.as_ref().is_some_and(|plan| {
        let is_within = |grain: u32| plan.grains.get(at(grain)).is_some_and(|grain| grain.within_claim);
        plan.claim != 0
            && plan.reversal.is_some()
            && plan.ordered_by.is_none()
            && plan.links.is_empty()
            && plan.splits.is_empty()
            && plan.totals.iter().all(|total| is_within(total.grain))
            && plan.shared.iter().all(|shared| is_within(shared.grain))
    })
}

/// The same rows, those of a claim one after the other; and how many rows there are before each claim.
fn claim_by_claim(rows: &[Cells], claim: usize, reverses: Option<usize>) -> (Vec<Cells>, Vec<usize>) {
    let (mut sorted, mut cuts): (Vec<Cells>, Vec<usize>) = (Vec::new(), vec![0]);
    let mut done: Vec<i128> = Vec::new();
    for row in rows {
        match cell(row, claim).filter(|_| !is_reversal(row, reverses)) {
            Some(id) if done.contains(&id) => continue,
            Some(id) => {
                let is_own = |other: &&Cells| cell(other, claim) == Some(id) && !is_reversal(other, reverses);
                sorted.extend(rows.iter().filter(is_own).cloned());
                done.push(id);
            }
            None => sorted.push(row.clone()),
        }
        cuts.push(sorted.len());
    }
    (sorted, cuts)
}

/// Settles a stream of lines whole and in two pieces; whether it can be cut.
///
/// # Errors
/// If the results are not the same, or the host gives up.
pub fn in_pieces(compiled: &Compiled<'_>, host: &Host, cells: &StreamCells, seed: u64) -> Result<bool, Box<dyn Error>> {
    let plan = compiled.schema.plan.as_ref().filter(|_| looks_back_only(&compiled.schema));
    let Some((claim, reverses)) = plan.and_then(ids) else { return Ok(false) };
    let (rows, cuts) = claim_by_claim(&cells.rows, claim, reverses);
    let cut = cuts.get(usize::try_from(seed)? % cuts.len()).copied().unwrap_or(0);
    let (before, after) = rows.split_at(cut);
    let with = |rows: &[Cells]| StreamCells { rows: rows.to_vec(), ..cells.clone() };
    let whole = host.settle(&with(&rows), 3)?;
    let mut state = None;
    let mut carried = host.settle_on(&with(before), 3, &mut state)?;
    let rest = host.settle_on(&with(after), 3, &mut state)?;
    // Other groups than claims may have rows in both.
    let name = plan.and_then(|plan| plan.grains.get(at(plan.claim))).map(|grain| &grain.name);
    let of_claims = |settled: &Settled| {
        let grain = settled.grains.iter().find(|grain| Some(&grain.name) == name);
        grain.map_or_else(Vec::new, |grain| grain.groups.clone())
    };
    let claims = [of_claims(&carried), of_claims(&rest)].concat();
    carried.rows.extend(rest.rows);
    if carried.rows != whole.rows || claims != of_claims(&whole) {
        let what = format!("carried on after {cut} rows: {:?} {claims:?}", carried.rows);
        return Err(format!("{what}\nwhole {whole:?}\n{}", shown(compiled, &with(&rows))).into());
    }
    Ok(true)
}

/// By row: the person it belongs to, that of the claim for rows that take one back; nothing if a claim has several persons.
#[must_use]
pub fn persons(plan: &Plan, person: usize, rows: &[Cells]) -> Option<Vec<Option<i128>>> {
    let Some((claim, reverses)) = ids(plan).filter(|_| plan.claim != 0 || plan.reversal.is_some()) else {
        return Some(rows.iter().map(|row| cell(row, person)).collect());
    };
    let of = |id: Option<i128>| {
        let own = rows.iter().find(|row| id.is_some() && cell(row, claim) == id && !is_reversal(row, reverses));
        own.and_then(|row| cell(row, person))
    };
    let of_row = |row: &Cells| match reverses.and_then(|place| cell(row, place)) {
        Some(target) => of(Some(target)),
        None => cell(row, person),
    };
    let persons: Vec<Option<i128>> = rows.iter().map(of_row).collect();
    let is_one = |(row, person): (&Cells, &Option<i128>)| {
        let mut same = rows.iter().zip(&persons).filter(|(other, _)| cell(other, claim) == cell(row, claim));
        cell(row, claim).is_none() || same.all(|(_, other)| other == person)
    };
    rows.iter().zip(&persons).all(is_one).then_some(persons)
}
