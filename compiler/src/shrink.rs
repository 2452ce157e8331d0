//! Makes a claim as plain as it can be while something stays true of it: as few values as possible that differ from
//! nothing (or from what is usual), whole and round numbers, first values of enums, the first day of the policy. The same
//! claim always comes out.

use std::cell::Cell;

use num_bigint::BigInt;
use num_integer::Integer;
use num_rational::BigRational;
use num_traits::{One, Signed, ToPrimitive, Zero};

use crate::check::program::{Claim, Origin, Program, days_of};
use crate::check::types::{Facts, Kind, Measure, Type, step_of};
use crate::exact;
use crate::ids::InputId;
use crate::witness::{dates, plainest};

/// Claims that are tried.
const MOST_TRIED: usize = 1_500;

/// Codes that are tried in the place of another.
const MOST_CODES: usize = 12;

/// Round numbers that two amounts are brought to together, in whole units.
const ROUND: [i64; 7] = [0, 1, 10, 100, 1_000, 10_000, 1_000_000];

/// Where a claim is to go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Toward {
    /// Amounts of nothing: what remains is what matters.
    Nothing,
    /// Round amounts that something comes of, so that a reader can follow what becomes of them; parameters as in the file
    /// that the policy's examples name.
    Usual,
}

/// The plainest claim found for which `holds` is true, as it is of `claim`.
pub(crate) fn smallest(program: &Program, claim: Claim, toward: Toward, holds: &dyn Fn(&Claim) -> bool) -> Claim {
    let mut plain = plainest(program);
    let slots = slots(program);
    if toward == Toward::Usual {
        for kept in &slots {
            let is_running = match kept.slot {
                Slot::Input(at) => program.inputs.get(at).is_some_and(|input| input.origin != Origin::Column),
                Slot::Parameter(_) => false,
            };
            if let (Type::Measure(measure), false) = (kept.ty, is_running || kept.is_optional) {
                kept.slot.set(&mut plain, Some(kept.usual(measure)));
            }
        }
    }
    if let (Toward::Usual, Some(sheet)) = (toward, program.sheet()) {
        for (slot, value) in plain.parameters.iter_mut().zip(&sheet.values) {
            if let Some(value) = value {
                slot.clone_from(value);
            }
        }
    }
    let shrinker = Shrinker { program, plain, slots, holds, left: Cell::new(MOST_TRIED) };
    shrinker.run(claim)
}

/// What is usual of amounts, in whole units.
fn usual_of(measure: Measure) -> i64 {
    match measure {
        Measure::MONEY => 10_000,
        Measure::SCORE | Measure::PERSONS => 100,
        Measure::MONTHS => 12,
        Measure::YEARS => 40,
        _ => 10,
    }
}

/// A value of a claim.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Slot {
    Input(usize),
    Parameter(usize),
}

/// What is known of it.
struct Kept {
    slot: Slot,
    ty: Type,
    step: BigRational,
    /// Steps in one whole unit: a yuan, a percent.
    whole: BigInt,
    facts: Facts,
    is_optional: bool,
}

struct Shrinker<'a> {
    program: &'a Program,
    plain: Claim,
    slots: Vec<Kept>,
    holds: &'a dyn Fn(&Claim) -> bool,
    left: Cell<usize>,
}

/// How far from plain a claim is: what differs from nothing, then fractions, digits, size.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Weight {
    given: usize,
    fractions: usize,
    digits: usize,
    size: BigInt,
}

fn slots(program: &Program) -> Vec<Kept> {
    let kept = |slot, ty: Type, scale: u32, facts: &Facts, is_optional| {
        let is_part = matches!(ty, Type::Measure(measure) if matches!(measure.kind(), Some(Kind::Rate | Kind::Points | Kind::Ratio)));
        let decimals = if is_part { scale.saturating_sub(2) } else { scale };
        Kept { slot, ty, step: step_of(scale), whole: exact::power_of_ten(decimals), facts: facts.clone(), is_optional }
    };
    let inputs = program.inputs.iter().enumerate().map(|(at, input)| {
        let mut facts = input.facts.clone();
        if let (true, Some((first, last))) = (program.dated_by == Some(InputId(at)), program.in_force) {
            let day = |date| BigRational::from(BigInt::from(days_of(date)));
            facts.low = facts.low.max(day(first));
            facts.high = last.map_or_else(|| facts.high.clone(), |last| facts.high.clone().min(day(last)));
        }
        kept(Slot::Input(at), input.ty, input.scale, &facts, input.is_optional)
    });
    let parameters = program
        .parameters
        .iter()
        .enumerate()
        .map(|(at, parameter)| kept(Slot::Parameter(at), parameter.ty, parameter.scale, &parameter.facts, false));
    inputs.chain(parameters).collect()
}

impl Slot {
    fn of(self, claim: &Claim) -> Option<&BigRational> {
        match self {
            Self::Input(at) => claim.inputs.get(at)?.as_ref(),
            Self::Parameter(at) => claim.parameters.get(at),
        }
    }

    fn set(self, claim: &mut Claim, value: Option<BigRational>) {
        match (self, value) {
            (Self::Input(at), value) => claim.inputs.iter_mut().skip(at).take(1).for_each(|slot| *slot = value.clone()),
            (Self::Parameter(at), Some(value)) => {
                claim.parameters.iter_mut().skip(at).take(1).for_each(|slot| *slot = value.clone());
            }
            (Self::Parameter(_), None) => {}
        }
    }
}

impl Shrinker<'_> {
    fn run(&self, mut claim: Claim) -> Claim {
        loop {
            let before = self.weight(&claim);
            self.to_nothing(&mut claim);
            self.rounder(&mut claim);
            self.together(&mut claim);
            if self.left.get() == 0 || self.weight(&claim) >= before {
                return claim;
            }
        }
    }

    /// Takes a claim if it is plainer and still what is wanted.
    fn take(&self, claim: &mut Claim, changes: &[(Slot, Option<BigRational>)]) -> bool {
        let mut tried = claim.clone();
        for (slot, value) in changes {
            slot.set(&mut tried, value.clone());
        }
        let plain = &self.plain;
        tried.follow_links(self.program, |id| Slot::Input(id.0).of(plain).cloned().unwrap_or_default());
        if self.weight(&tried) >= self.weight(claim) {
            return false;
        }
        let Some(left) = self.left.get().checked_sub(1) else { return false };
        self.left.set(left);
        let holds = (self.holds)(&tried);
        if holds {
            *claim = tried;
        }
        holds
    }

    fn default(&self, kept: &Kept) -> Option<BigRational> {
        if kept.is_optional {
            return None;
        }
        if kept.ty == Type::Id {
            return Some(BigRational::from(BigInt::from(self.program.codes.len())));
        }
        kept.slot.of(&self.plain).cloned()
    }

    fn weight(&self, claim: &Claim) -> Weight {
        let mut weight = Weight { given: 0, fractions: 0, digits: 0, size: BigInt::zero() };
        for kept in &self.slots {
            let value = kept.slot.of(claim);
            let default = self.default(kept);
            weight.given += usize::from(value != default.as_ref());
            let (Some(value), Type::Measure(_)) = (value, kept.ty) else {
                weight.digits += 10 * usize::from(value.is_some() && default.is_none());
                let from = default.unwrap_or_default();
                let away = value.map(|value| value - from).unwrap_or_default();
                let is_first = kept.ty == Type::Date && value.is_some_and(is_first_of_a_month);
                weight.digits += if away.is_zero() { 0 } else { 4 - 2 * usize::from(is_first) };
                weight.size += away.to_integer().abs();
                continue;
            };
            let cell = exact::floor(value, &kept.step);
            let from = default.map(|default| exact::floor(&default, &kept.step)).unwrap_or_default();
            weight.fractions += usize::from(!cell.is_multiple_of(&kept.whole));
            // Nothing has no digits, but it is no plainer than a round number where something is usual.
            let digits = digits(&cell).max(usize::from(!from.is_zero()));
            weight.digits += digits + usize::from(cell.is_negative());
            weight.size += (cell - from).abs();
        }
        weight
    }

    /// What can be left out, or nothing.
    fn to_nothing(&self, claim: &mut Claim) {
        for kept in &self.slots {
            self.take(claim, &[(kept.slot, self.default(kept))]);
        }
    }

    /// Rounder values, one at a time.
    fn rounder(&self, claim: &mut Claim) {
        for kept in &self.slots {
            // Whatever takes the place of nothing, or of what is usual, is less plain.
            if kept.slot.of(claim) == self.default(kept).as_ref() {
                continue;
            }
            let with = |candidate: &BigRational| {
                let mut tried = claim.clone();
                kept.slot.set(&mut tried, Some(candidate.clone()));
                self.weight(&tried)
            };
            let mut candidates = self.candidates(kept, kept.slot.of(claim));
            candidates.sort_by_cached_key(with);
            candidates.dedup();
            for candidate in candidates {
                if self.take(claim, &[(kept.slot, Some(candidate))]) {
                    break;
                }
            }
        }
    }

    /// Two amounts or dates that hang together: a round one, and the other in proportion or equally far away.
    fn together(&self, claim: &mut Claim) {
        for one in &self.slots {
            for other in &self.slots {
                if one.slot == other.slot || one.ty != other.ty || !matches!(one.ty, Type::Measure(_) | Type::Date) {
                    continue;
                }
                let (Some(from), Some(too)) = (one.slot.of(claim).cloned(), other.slot.of(claim).cloned()) else {
                    continue;
                };
                for to in self.targets(one) {
                    if to == from || !one.admits(&to) {
                        continue;
                    }
                    let mut seconds = vec![&too + (&to - &from)];
                    if one.ty != Type::Date && !from.is_zero() {
                        let scaled = exact::floor(&(&too * &to / &from), &other.step);
                        seconds.extend((-1..=1).map(|more| &other.step * (&scaled + BigInt::from(more))));
                    }
                    let mut is_taken = false;
                    for second in seconds.into_iter().filter(|second| other.admits(second)) {
                        is_taken = self.take(claim, &[(one.slot, Some(to.clone())), (other.slot, Some(second))]);
                        if is_taken {
                            break;
                        }
                    }
                    if is_taken {
                        break;
                    }
                }
            }
        }
    }

    /// Round values.
    fn targets(&self, kept: &Kept) -> Vec<BigRational> {
        match kept.ty {
            Type::Date => self.default(kept).into_iter().collect(),
            _ => ROUND.iter().map(|round| &kept.step * (&kept.whole * BigInt::from(*round))).collect(),
        }
    }

    /// Plainer values, the plainest first.
    fn candidates(&self, kept: &Kept, own: Option<&BigRational>) -> Vec<BigRational> {
        let Some(own) = own else { return Vec::new() };
        let integer = |value: usize| BigRational::from(BigInt::from(value));
        let all: Vec<BigRational> = match kept.ty {
            Type::Bool | Type::Enum(_) => (0..=own.to_integer().to_usize().unwrap_or(0)).map(integer).collect(),
            Type::Code => (0..self.program.codes.len().min(MOST_CODES)).map(integer).collect(),
            Type::Id => {
                let codes = self.program.codes.len();
                (codes..codes + 3).chain(0..codes.min(MOST_CODES)).map(integer).collect()
            }
            Type::Date => self.days(kept, own),
            Type::Measure(_) => amounts(kept, own),
        };
        all.into_iter().filter(|value| kept.admits(value)).collect()
    }

    /// First days of years and months from the default on, and those around the day itself.
    fn days(&self, kept: &Kept, own: &BigRational) -> Vec<BigRational> {
        let Some(day) = own.to_integer().to_i64() else { return Vec::new() };
        let first = kept.slot.of(&self.plain).and_then(|plain| plain.to_integer().to_i64()).unwrap_or(day);
        let [month, year] = dates::firsts(day);
        let mut days = vec![first];
        days.extend((0..3).map(|years| dates::add_months(dates::firsts(first)[1], 12 * years, false)));
        days.extend([year, dates::add_months(year, 12, false), month, dates::add_months(month, 1, false)]);
        days.into_iter().map(|day| BigRational::from(BigInt::from(day))).collect()
    }
}

impl Kept {
    /// What is usual, within the range.
    fn usual(&self, measure: Measure) -> BigRational {
        let usual = &self.step * (&self.whole * BigInt::from(usual_of(measure)));
        let on_grid = |value: &BigRational| BigRational::from(exact::floor(value, &self.step)) * &self.step;
        usual.max(self.facts.low.clone()).min(on_grid(&self.facts.high))
    }

    fn admits(&self, value: &BigRational) -> bool {
        self.ty.is_text() || (*value >= self.facts.low && *value <= self.facts.high)
    }
}

/// Amounts of few digits: whole ones before fractions, small ones before large ones.
fn amounts(kept: &Kept, own: &BigRational) -> Vec<BigRational> {
    let cell = exact::floor(own, &kept.step);
    let size = cell.abs();
    let most = size.to_string().len() + 2;
    let mut cells: Vec<BigInt> = Vec::new();
    let powers = |unit: &BigInt| -> Vec<BigInt> {
        let mut powers = vec![unit.clone()];
        while powers.len() < most {
            powers.extend(powers.last().map(|last| last * BigInt::from(10)));
        }
        powers
    };
    for unit in [kept.whole.clone(), BigInt::one()] {
        cells.extend(powers(&unit).iter().flat_map(|power| (1..=9).map(move |digit| power * BigInt::from(digit))));
        // More digits only around the number itself.
        for power in powers(&unit).into_iter().rev() {
            let down = Integer::div_floor(&size, &power) * &power;
            cells.extend([down.clone(), down + power]);
        }
    }
    let sign = if cell.is_negative() { -BigInt::one() } else { BigInt::one() };
    let both = cells.iter().map(|cell| cell * &sign).chain(cells.iter().take(9).map(|cell| -cell * &sign));
    both.map(|cell| &kept.step * cell).collect()
}

/// Digits before the zeros at the end.
fn digits(cell: &BigInt) -> usize {
    cell.abs().to_string().trim_end_matches('0').len()
}

fn is_first_of_a_month(day: &BigRational) -> bool {
    let day = day.to_integer().to_i64();
    day.is_some_and(|day| dates::firsts(day).first() == Some(&day))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::interpret::samples::{number, program, ratio};

    fn two_amounts() -> Program {
        let mut program = program();
        let yuan = Facts::range(number(0), number(1_000_000_000), ratio(1, 100));
        program.with_input("budget", Type::MONEY, 2, yuan.clone(), false);
        program.with_input("spent", Type::MONEY, 2, yuan.clone(), false);
        program.with_input("more", Type::MONEY, 2, yuan, true);
        program.with_input("flag", Type::Bool, 0, Facts::bool(), false);
        program
    }

    fn shrunk(inputs: [i64; 4], holds: &dyn Fn(&[Option<BigRational>]) -> bool) -> Vec<Option<BigRational>> {
        let inputs = inputs.into_iter().enumerate();
        let inputs = inputs.map(|(at, cell)| Some(if at == 3 { number(cell) } else { ratio(cell, 100) })).collect();
        let claim = Claim { inputs, parameters: Vec::new() };
        smallest(&two_amounts(), claim, Toward::Nothing, &|claim| holds(&claim.inputs)).inputs
    }

    #[test]
    fn what_does_not_matter_becomes_nothing() {
        let found = shrunk([9_876_543_210, 8_765_432_109, 777, 1], &|inputs| inputs[0] > Some(number(20)));
        assert_eq!(found, [Some(number(30)), Some(number(0)), None, Some(number(0))]);
    }

    #[test]
    fn amounts_that_hang_together_become_round_together() {
        // One fen more than 95%.
        let holds = |inputs: &[Option<BigRational>]| {
            let (budget, spent) = (inputs[0].clone().unwrap(), inputs[1].clone().unwrap());
            let over = spent - budget * ratio(95, 100);
            over > number(0) && over <= ratio(1, 100)
        };
        let found = shrunk([9_876_543_200, 9_382_716_041, 777, 1], &holds);
        assert!(holds(&found));
        assert_eq!(found, [Some(number(0)), Some(ratio(1, 100)), None, Some(number(0))]);
        let holds = |inputs: &[Option<BigRational>]| holds(inputs) && inputs[0] > Some(number(50));
        let found = shrunk([9_876_543_200, 9_382_716_041, 777, 1], &holds);
        assert_eq!(found, [Some(number(100)), Some(ratio(9_501, 100)), None, Some(number(0))]);
    }

    #[test]
    fn usual_amounts_are_round_ones() {
        let inputs = vec![Some(ratio(123_457, 100)), Some(number(0)), Some(number(3)), Some(number(0))];
        let claim = Claim { inputs, parameters: Vec::new() };
        let found = smallest(&two_amounts(), claim, Toward::Usual, &|claim| {
            let (budget, spent) = (claim.inputs[0].clone().unwrap(), claim.inputs[1].clone().unwrap());
            spent < budget * ratio(85, 100)
        });
        assert_eq!(found.inputs, [Some(number(10_000)), Some(number(8_000)), None, Some(number(0))]);
    }

    #[test]
    fn the_outcome_holds_and_is_the_same_again() {
        for threshold in [1_i64, 99, 100, 12_345, 999_999] {
            let holds = |inputs: &[Option<BigRational>]| {
                inputs[1].as_ref().is_some_and(|spent| *spent >= ratio(threshold, 100))
            };
            let found = shrunk([1, 123_456_789, 5, 1], &holds);
            assert!(holds(&found));
            assert_eq!(found, shrunk([1, 123_456_789, 5, 1], &holds));
        }
    }
}
