//! A stay with a yearly cap: ten million claims of a million persons in random order.

use std::hint::black_box;
use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::types::{Date32Type, Decimal64Type};
use arrow_array::{BooleanArray, Date32Array, Int8Array, RecordBatch, StringArray};
use criterion::Criterion;
use hashbrown::HashMap;

use crate::claims::{Random, batches, decimal, names};
use crate::fen::{Fen, assert_equal};
use crate::hand::{Names, Settled, all_valid};
use crate::turns::compare;

const POLICY: &str = include_str!("inpatient.fen");
const PERSONS: usize = 1_000_000;
const LEVELS: [&str; 4] = ["township", "county", "city", "provincial"];
const TRANSFERS: [&str; 4] = ["direct", "up", "down", "irregular"];
const DIRECT: usize = 0;
const UP: usize = 1;
const DOWN: usize = 2;
const IRREGULAR: usize = 3;
/// Days since 1970: the first and the last day in force, and the first day of the second year.
const FIRST: i32 = 19_205;
const LAST: i32 = 19_722;
const SECOND_YEAR: i32 = 19_358;
/// In fen.
const GREATEST: i64 = 1_000_000_000;

/// Stays of August 2022 to December 2023; one in a thousand is of the day before, and of one in a thousand the total is
/// negative.
fn claims() -> Vec<RecordBatch> {
    let mut random = Random::new(65);
    batches(|rows| {
        let mut persons = Vec::with_capacity(rows);
        let (mut hospital, mut previous, mut referral) = (vec![], vec![], vec![]);
        let (mut discharged, mut day_surgery, mut total, mut eligible) = (vec![], vec![], vec![], vec![]);
        for _ in 0..rows {
            persons.push(format!("5303{:014}", random.below(PERSONS)));
            discharged.push(if random.is_one_in(1_000) { FIRST - 1 } else { FIRST + random.of::<i32>(518) });
            hospital.push(random.of::<i8>(4));
            previous.push((!random.is_one_in(3)).then(|| random.of::<i8>(4)));
            referral.push(random.of::<i8>(4));
            day_surgery.push(random.is_one_in(8));
            let cost = 10_000 + random.of::<i64>(3_000_000);
            eligible.push(cost / 100 * (70 + random.of::<i64>(31)));
            total.push(if random.is_one_in(1_000) { -cost } else { cost });
        }
        let columns = [
            ("person", Arc::new(StringArray::from(persons)) as _, true),
            ("discharged", Arc::new(Date32Array::from(discharged)) as _, true),
            ("hospital", names(Int8Array::from(hospital), &LEVELS), true),
            ("previous", names(Int8Array::from(previous), &LEVELS), true),
            ("referral", names(Int8Array::from(referral), &TRANSFERS), true),
            ("day_surgery", Arc::new(BooleanArray::from(day_surgery)) as _, true),
            ("total", decimal(total, None, 2), true),
            ("eligible", decimal(eligible, None, 2), true),
        ];
        RecordBatch::try_from_iter_with_nullable(columns).unwrap()
    })
}

/// What a stay is, once it is read; amounts in fen.
struct Stay {
    year: usize,
    hospital: usize,
    previous: Option<usize>,
    referral: usize,
    is_day_surgery: bool,
    eligible: i64,
}

/// The policy by hand: amounts in fen, rates in hundredths of a percent.
struct ByHand {
    standard: [i64; 4],
    /// By year.
    rate: [[i64; 4]; 2],
    irregular_cut: i64,
    annual_cap: i64,
    /// The place of each person.
    persons: HashMap<Box<str>, u32>,
    /// What was paid for a person in each year.
    paid: Vec<[i64; 2]>,
}

impl ByHand {
    fn new() -> Self {
        Self {
            standard: [20_000, 40_000, 70_000, 120_000],
            rate: [[9_000, 8_000, 7_000, 6_000], [9_200, 8_000, 7_000, 6_000]],
            irregular_cut: 1_000,
            annual_cap: 15_000_000,
            persons: HashMap::new(),
            paid: Vec::new(),
        }
    }

    fn settle(&mut self, batch: &RecordBatch) -> Settled {
        let persons = batch["person"].as_string::<i32>();
        let discharged = batch["discharged"].as_primitive::<Date32Type>();
        let hospital = Names::new(&batch["hospital"], &LEVELS);
        let previous = Names::new(&batch["previous"], &LEVELS);
        let referral = Names::new(&batch["referral"], &TRANSFERS);
        let day_surgery = batch["day_surgery"].as_boolean();
        let total = batch["total"].as_primitive::<Decimal64Type>();
        let eligible = batch["eligible"].as_primitive::<Decimal64Type>();
        let required = ["person", "discharged", "hospital", "referral", "day_surgery", "total", "eligible"];
        let valid = all_valid(&required.map(|name| batch[name].as_ref()));

        let rows = batch.num_rows();
        let (mut fund_pays, mut person_pays, mut rejected) = (vec![0; rows], vec![0; rows], Vec::new());
        for row in 0..rows {
            let stay = || {
                let day = discharged.value(row);
                let is_good = valid.as_ref().is_none_or(|valid| valid.is_valid(row))
                    && (FIRST..=LAST).contains(&day)
                    && (0..=GREATEST).contains(&total.value(row))
                    && (0..=GREATEST).contains(&eligible.value(row));
                is_good.then_some(())?;
                Some(Stay {
                    year: usize::from(day >= SECOND_YEAR),
                    hospital: hospital.place(row)?,
                    previous: if previous.is_given(row) { Some(previous.place(row)?) } else { None },
                    referral: referral.place(row)?,
                    is_day_surgery: day_surgery.value(row),
                    eligible: eligible.value(row),
                })
            };
            let Some(stay) = stay() else {
                rejected.push(row);
                continue;
            };
            let place = self.place(persons.value(row));
            let paid = self.paid[place][stay.year];
            let pays = self.pays(&stay, paid).unwrap();
            self.paid[place][stay.year] = paid.checked_add(pays).unwrap();
            fund_pays[row] = pays;
            person_pays[row] = total.value(row).checked_sub(pays).unwrap();
        }
        Settled::new([("fund_pays", fund_pays, 2), ("person_pays", person_pays, 2)], rejected)
    }

    fn place(&mut self, person: &str) -> usize {
        if let Some(place) = self.persons.get(person) {
            return usize::try_from(*place).unwrap();
        }
        let place = self.paid.len();
        self.paid.push([0; 2]);
        self.persons.insert(person.into(), u32::try_from(place).unwrap());
        place
    }

    /// `None` on overflow.
    fn pays(&self, stay: &Stay, paid: i64) -> Option<i64> {
        let standard = self.standard[stay.hospital];
        let deductible = match (stay.referral, stay.previous) {
            (DOWN, _) => 0,
            (UP, Some(previous)) => standard.checked_sub(self.standard[previous])?.max(0),
            (DIRECT, _) if stay.is_day_surgery => standard / 2,
            _ => standard,
        };
        let mut rate = self.rate[stay.year][stay.hospital];
        if stay.referral == IRREGULAR {
            rate = rate.checked_sub(self.irregular_cut)?;
        }
        let share = rate.checked_mul(stay.eligible.checked_sub(deductible)?.max(0))?;
        Some((share.checked_add(5_000)? / 10_000).min(self.annual_cap.checked_sub(paid)?.max(0)))
    }
}

pub(crate) fn bench(criterion: &mut Criterion) {
    let batches = claims();
    let fen = Fen::new(POLICY, ("irregular_cut", "10pp"));
    let mut policy = ByHand::new();
    fen.settle(&batches, |at, settlement| assert_equal(at, &policy.settle(&batches[at]), settlement));
    drop(policy);

    let by_hand = || {
        let mut policy = ByHand::new();
        for batch in &batches {
            black_box(policy.settle(black_box(batch)));
        }
    };
    let by_fen = || {
        black_box(fen.settle(&batches, |_, settlement| {
            black_box(settlement);
        }));
    };
    compare(criterion, "inpatient", by_hand, by_fen);
}
