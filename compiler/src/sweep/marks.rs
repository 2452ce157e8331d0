//! Places where a function jumps, bends, or turns round.

use std::rc::Rc;

use num_rational::BigRational;
use num_traits::{Signed, Zero};

use super::function::{Function, Ideal};
use super::pieces::{Break, Line, Pieces};

/// What is to be seen at a place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MarkKind {
    /// The value jumps.
    Jump,
    /// The slope changes.
    Kink,
    /// The value begins to fall after it has risen, or to rise after it has fallen.
    NotMonotone,
}

impl MarkKind {
    /// As it stands in JSON.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Jump => "jump",
            Self::Kink => "kink",
            Self::NotMonotone => "not_monotone",
        }
    }
}

/// A place of one function.
#[derive(Clone, Debug)]
pub(crate) struct Place {
    /// The first place of the piece to the right.
    pub(crate) right: i128,
    pub(crate) kinds: Vec<MarkKind>,
    /// The exact number at which something changes.
    pub(crate) x: BigRational,
    pub(crate) slopes: (BigRational, BigRational),
    /// By how much it jumps, as if nothing were rounded.
    pub(crate) jump: Option<BigRational>,
}

/// Which way a function goes.
fn way(change: &BigRational) -> i8 {
    if change.is_zero() {
        0
    } else if change.is_positive() {
        1
    } else {
        -1
    }
}

/// All places of a function worth looking at, from the lowest to the highest.
pub(crate) fn places(pieces: &Pieces, line: &Line, broken: &dyn Fn(i128) -> Option<Break>) -> Vec<Place> {
    let mut found: Vec<Place> = Vec::new();
    let mut last_way = 0_i8;
    for (number, (start, function)) in pieces.iter().enumerate() {
        let end = pieces.get(number + 1).map_or(line.last, |(next, _)| next - 1);
        let before = number.checked_sub(1).and_then(|at| pieces.get(at)).map(|(_, function)| function);
        if let Some(mut place) = before.and_then(|before| boundary(before, function, *start, line, broken)) {
            if let Some(jump) = &place.jump {
                let turned = way(jump);
                if last_way != 0 && turned != 0 && turned != last_way {
                    place.kinds.push(MarkKind::NotMonotone);
                }
                last_way = if turned == 0 { last_way } else { turned };
            }
            found.push(place);
        }
        // A piece of one place goes nowhere.
        if end == *start {
            continue;
        }
        for (at, turned) in ways(function, *start, end, line) {
            if turned != 0 && last_way != 0 && turned != last_way {
                turn(&mut found, function, at, line);
            }
            last_way = if turned == 0 { last_way } else { turned };
        }
    }
    found
}

/// Marks that a function turns round at a place: with what else is marked there, or by itself inside of a curve.
fn turn(found: &mut Vec<Place>, function: &Rc<Function>, at: i128, line: &Line) {
    if let Some(known) = found.last_mut().filter(|known| known.right == at) {
        if !known.kinds.contains(&MarkKind::NotMonotone) {
            known.kinds.push(MarkKind::NotMonotone);
        }
        return;
    }
    let slope = |place: i128| function.ideal(&line.at(place)).map_or_else(BigRational::zero, |ideal| ideal.slope);
    let slopes = (slope(at - 1), slope(at));
    found.push(Place { right: at, kinds: vec![MarkKind::NotMonotone], x: line.at(at), slopes, jump: None });
}

/// Which ways a function goes on a stretch, each with its first place.
fn ways(function: &Rc<Function>, start: i128, end: i128, line: &Line) -> Vec<(i128, i8)> {
    let slope = |place: i128| function.ideal(&line.at(place)).map_or(0, |ideal| way(&ideal.slope));
    if function.is_straight() {
        return vec![(start, slope(start))];
    }
    const PROBES: i128 = 16;
    let mut probes: Vec<i128> = (0..PROBES).map(|at| start + (end - start) / PROBES * at).chain([end]).collect();
    probes.dedup();
    let mut ways = vec![(start, slope(start))];
    for pair in probes.windows(2) {
        let [low, high] = pair else { continue };
        let (known, other) = (slope(*low), slope(*high));
        if known == other {
            continue;
        }
        let (mut inside, mut outside) = (*low, *high);
        while outside - inside > 1 {
            let middle = inside + (outside - inside) / 2;
            if slope(middle) == known { inside = middle } else { outside = middle }
        }
        ways.push((outside, other));
    }
    ways
}

/// What is to be seen where one piece ends and another begins.
fn boundary(
    before: &Rc<Function>,
    after: &Rc<Function>,
    start: i128,
    line: &Line,
    broken: &dyn Fn(i128) -> Option<Break>,
) -> Option<Place> {
    let here = line.at(start);
    let (left, right): (Ideal, Ideal) = (before.ideal(&here)?, after.ideal(&here)?);
    let exact = broken(start).and_then(|known| known.exact);
    let slopes = (left.slope.clone(), right.slope.clone());
    let bend = (&right.slope - &left.slope).abs();
    let difference = &right.value - &left.value;
    let room = &left.error + &right.error + &bend * &line.step;
    if difference.abs() <= room {
        if bend.is_zero() {
            return None;
        }
        // Where the two meet; rounding may move that by a little.
        let meeting = &here - &difference / (&right.slope - &left.slope);
        let lowest = line.at(start - 1);
        let x = exact.unwrap_or(meeting).max(lowest).min(here);
        return Some(Place { right: start, kinds: vec![MarkKind::Kink], x, slopes, jump: None });
    }
    let x = exact.filter(|exact| *exact >= line.at(start - 1) && *exact <= here).unwrap_or(here);
    Some(Place { right: start, kinds: vec![MarkKind::Jump], x, slopes, jump: Some(difference) })
}
