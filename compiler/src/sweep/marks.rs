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
        for Way { at, turned, exact } in ways(function, *start, end, line) {
            if turned != 0 && last_way != 0 && turned != last_way {
                turn(&mut found, function, at, exact, line);
            }
            last_way = if turned == 0 { last_way } else { turned };
        }
    }
    found
}

/// Marks that a function turns round at a place: with what else is marked there, or by itself inside of a curve.
fn turn(found: &mut Vec<Place>, function: &Rc<Function>, at: i128, exact: Option<BigRational>, line: &Line) {
    if let Some(known) = found.last_mut().filter(|known| known.right == at) {
        if !known.kinds.contains(&MarkKind::NotMonotone) {
            known.kinds.push(MarkKind::NotMonotone);
        }
        return;
    }
    let slope = |place: i128| function.ideal(&line.at(place)).map_or_else(BigRational::zero, |ideal| ideal.slope);
    let x = exact.unwrap_or_else(|| line.at(at));
    // One step before and after it.
    let after = if x == line.at(at) { at + 1 } else { at };
    let slopes = (slope(at - 1), slope(after));
    found.push(Place { right: at, kinds: vec![MarkKind::NotMonotone], x, slopes, jump: None });
}

/// Which way a function goes from a place on.
struct Way {
    at: i128,
    turned: i8,
    /// Where the slope is zero, if that is known to be between this place and the one before.
    exact: Option<BigRational>,
}

/// Which ways a function goes on a stretch, each with its first place.
fn ways(function: &Rc<Function>, start: i128, end: i128, line: &Line) -> Vec<Way> {
    let slope = |place: i128| function.ideal(&line.at(place)).map_or(0, |ideal| way(&ideal.slope));
    let mut ways = vec![Way { at: start, turned: slope(start), exact: None }];
    if function.is_straight() {
        return ways;
    }
    const PROBES: i128 = 16;
    let mut probes: Vec<i128> = (0..PROBES).map(|at| start + (end - start) / PROBES * at).chain([end]).collect();
    probes.dedup();
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
        // A curve is level at its turning point alone: it turns there, not one step later.
        match ways.last_mut().filter(|last| last.turned == 0 && last.at + 1 == outside) {
            Some(last) => last.turned = other,
            None => ways.push(Way { at: outside, turned: other, exact: level(function, outside, line) }),
        }
    }
    ways
}

/// The number between a place and the one before at which a curve is level, if its slope is a straight line there.
fn level(function: &Rc<Function>, place: i128, line: &Line) -> Option<BigRational> {
    let (low, high) = (line.at(place - 1), line.at(place));
    let (first, last) = (function.ideal(&low)?.slope, function.ideal(&high)?.slope);
    let x = &low - &first * (&high - &low) / (&last - &first);
    let is_inside = x >= low && x <= high;
    (is_inside && function.ideal(&x)?.slope.is_zero()).then_some(x)
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
    let Some(x) = exact.filter(|exact| *exact >= line.at(start - 1) && *exact <= here) else {
        return Some(Place { right: start, kinds: vec![MarkKind::Jump], x: here, slopes, jump: Some(difference) });
    };
    // The limits of both sides, which may lie between two steps.
    let limits = before.ideal(&x).zip(after.ideal(&x));
    let (slopes, difference) =
        limits.map_or((slopes, difference), |(left, right)| ((left.slope, right.slope), right.value - left.value));
    Some(Place { right: start, kinds: vec![MarkKind::Jump], x, slopes, jump: Some(difference) })
}
