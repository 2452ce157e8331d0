//! A pool divided by points: ten million claims of a thousand hospitals and eight hundred groups, in two passes.

use std::hint::black_box;
use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::{RecordBatch, StringArray};
use criterion::Criterion;
use fen_runtime::GrainResult;
use hashbrown::HashMap;

use crate::claims::{Random, batches};
use crate::fen::{Fen, assert_equal, steps};
use crate::hand::{Settled, all_valid};
use crate::turns::compare;

const HOSPITALS: usize = 1_000;
const GROUPS: usize = 800;
/// In fen.
const FUND: i64 = 9_876_543_210_987;

/// What the policy and the sum by hand have in common.
struct Tables {
    /// Points of each group in hundredths.
    base_points: Vec<(String, i64)>,
    /// The coefficient of each hospital in ten-thousandths.
    coefficient: Vec<(String, i64)>,
}

impl Tables {
    fn new() -> Self {
        let mut random = Random::new(2019);
        let base_points = (0..GROUPS).map(|at| (format!("G{at:03}"), 1_000 + random.of::<i64>(99_000))).collect();
        let coefficient = (0..HOSPITALS).map(|at| (format!("H330{at:09}"), 7_000 + random.of::<i64>(6_000))).collect();
        Self { base_points, coefficient }
    }

    fn policy(&self) -> String {
        let rows = |table: &[(String, i64)], steps: i64, decimals: usize, unit: &str| {
            let row = |(key, value): &(String, i64)| {
                format!("\"{key}\" {}.{:0decimals$}{unit}", value / steps, value % steps)
            };
            table.iter().map(row).collect::<Vec<_>>().join(",\n  ")
        };
        include_str!("drg.fen")
            .replace("\"GROUPS\" 1 point", &rows(&self.base_points, 100, 2, " points"))
            .replace("\"HOSPITALS\" 1", &rows(&self.coefficient, 10_000, 4, ""))
    }

    /// One claim in a thousand is of a group that is in no table.
    fn claims(&self) -> Vec<RecordBatch> {
        let mut random = Random::new(6);
        batches(|rows| {
            let (mut hospitals, mut groups) = (Vec::with_capacity(rows), Vec::with_capacity(rows));
            for _ in 0..rows {
                hospitals.push(self.coefficient[random.below(HOSPITALS)].0.as_str());
                let group = self.base_points[random.below(GROUPS)].0.as_str();
                groups.push(if random.is_one_in(1_000) { "unknown" } else { group });
            }
            let columns = [
                ("hospital", Arc::new(StringArray::from(hospitals)) as _, true),
                ("drg", Arc::new(StringArray::from(groups)) as _, true),
            ];
            RecordBatch::try_from_iter_with_nullable(columns).unwrap()
        })
    }
}

/// The policy by hand. Points are in ten-thousandths.
struct ByHand {
    /// The points of each group.
    base_points: HashMap<Box<str>, i64>,
    /// The place of each hospital, in the order of their ids.
    hospitals: HashMap<Box<str>, usize>,
    /// By hospital.
    coefficient: Vec<i64>,
    earned: Vec<i64>,
    is_there: Vec<bool>,
}

/// What is known after the first pass.
struct Pool {
    /// In ten-thousandths of a yuan per point.
    point_value: i64,
    /// What each hospital earned and receives; `None` if it has no claim.
    hospitals: Vec<Option<(i64, i64)>>,
}

impl ByHand {
    fn new(tables: &Tables) -> Self {
        let group = |(key, value): &(String, i64)| (key.as_str().into(), *value);
        let hospital = |(place, (key, _)): (usize, &(String, i64))| (key.as_str().into(), place);
        Self {
            base_points: tables.base_points.iter().map(group).collect(),
            hospitals: tables.coefficient.iter().enumerate().map(hospital).collect(),
            coefficient: tables.coefficient.iter().map(|(_, value)| *value).collect(),
            earned: vec![0; HOSPITALS],
            is_there: vec![false; HOSPITALS],
        }
    }

    /// Does something with the hospital and the points of each claim; returns the rows that have none.
    fn each(&self, batch: &RecordBatch, mut settle: impl FnMut(usize, usize, i64)) -> Vec<usize> {
        let hospitals = batch["hospital"].as_string::<i32>();
        let groups = batch["drg"].as_string::<i32>();
        let valid = all_valid(&[&batch["hospital"], &batch["drg"]]);
        let mut rejected = Vec::new();
        for row in 0..batch.num_rows() {
            let claim = || {
                valid.as_ref().is_none_or(|valid| valid.is_valid(row)).then_some(())?;
                let hospital = *self.hospitals.get(hospitals.value(row))?;
                Some((hospital, *self.base_points.get(groups.value(row))?))
            };
            match claim() {
                Some((hospital, base)) => {
                    let product = base.checked_mul(self.coefficient[hospital]).unwrap();
                    settle(row, hospital, product.checked_add(50).unwrap() / 100);
                }
                None => rejected.push(row),
            }
        }
        rejected
    }

    fn add(&mut self, batch: &RecordBatch) {
        let mut earned = std::mem::take(&mut self.earned);
        let mut is_there = std::mem::take(&mut self.is_there);
        self.each(batch, |_, hospital, points| {
            earned[hospital] = earned[hospital].checked_add(points).unwrap();
            is_there[hospital] = true;
        });
        (self.earned, self.is_there) = (earned, is_there);
    }

    /// Divides the fund by largest remainder, ties to the smaller id.
    fn divide(&self) -> Pool {
        let total: i64 = self.earned.iter().try_fold(0_i64, |sum, earned| sum.checked_add(*earned)).unwrap();
        let (fund, weights) = (i128::from(FUND), i128::from(total));
        let parts: Vec<(i128, i128)> = self
            .earned
            .iter()
            .map(|earned| fund.checked_mul(i128::from(*earned)).unwrap())
            .map(|share| (share / weights, share % weights))
            .collect();
        let left = fund - parts.iter().map(|(part, _)| part).sum::<i128>();
        let mut order: Vec<usize> = (0..parts.len()).filter(|place| self.is_there[*place]).collect();
        order.sort_by_key(|place| std::cmp::Reverse(parts[*place].1));
        let mut parts: Vec<i64> = parts.iter().map(|(part, _)| i64::try_from(*part).unwrap()).collect();
        order.iter().take(usize::try_from(left).unwrap()).for_each(|place| parts[*place] += 1);
        let point_value = (fund.checked_mul(2_000_000).unwrap() + weights) / (2 * weights);
        let result = |(place, part): (usize, i64)| self.is_there[place].then_some((self.earned[place], part));
        Pool {
            point_value: i64::try_from(point_value).unwrap(),
            hospitals: parts.into_iter().enumerate().map(result).collect(),
        }
    }

    fn settle(&self, batch: &RecordBatch, pool: &Pool) -> Settled {
        let rows = batch.num_rows();
        let (mut all_points, mut pays) = (vec![0; rows], vec![0; rows]);
        let rejected = self.each(batch, |row, _, points| {
            all_points[row] = points;
            pays[row] = points.checked_mul(pool.point_value).unwrap().checked_add(500_000).unwrap() / 1_000_000;
        });
        Settled::new([("points", all_points, 4), ("pays", pays, 2)], rejected)
    }
}

pub(crate) fn bench(criterion: &mut Criterion) {
    let tables = Tables::new();
    let batches = tables.claims();
    let fen = Fen::new(&tables.policy(), ("fund", &format!("{}.{:02}", FUND / 100, FUND % 100)));
    assert_eq!(fen.passes(), 2);
    let (policy, pool) = first_pass(&tables, &batches);
    let results =
        fen.settle(&batches, |at, settlement| assert_equal(at, &policy.settle(&batches[at], &pool), settlement));
    assert_equal_results(&pool, &results);

    let by_hand = || {
        let (policy, pool) = first_pass(&tables, &batches);
        for batch in &batches {
            black_box(policy.settle(black_box(batch), &pool));
        }
        black_box(pool);
    };
    let by_fen = || {
        black_box(fen.settle(&batches, |_, settlement| {
            black_box(settlement);
        }));
    };
    compare(criterion, "drg", by_hand, by_fen);
}

fn first_pass(tables: &Tables, batches: &[RecordBatch]) -> (ByHand, Pool) {
    let mut policy = ByHand::new(tables);
    batches.iter().for_each(|batch| policy.add(black_box(batch)));
    let pool = policy.divide();
    (policy, pool)
}

fn assert_equal_results(pool: &Pool, results: &[GrainResult]) {
    let column = |grain: &str, name: &str| {
        let result = results.iter().find(|result| result.grain() == grain).unwrap();
        steps(&result.outputs()[name]).into_iter().map(Option::unwrap).collect::<Vec<i128>>()
    };
    let (earned, paid): (Vec<i128>, Vec<i128>) =
        pool.hospitals.iter().flatten().map(|(earned, part)| (i128::from(*earned), i128::from(*part))).unzip();
    assert_eq!(column("hospital", "earned"), earned);
    assert_eq!(column("hospital", "payment"), paid);
    assert_eq!(column("pool", "point_value"), [i128::from(pool.point_value)]);
}
