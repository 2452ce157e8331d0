//! Finds a claim for which a condition holds of a checked program, or proves that there is none.
//!
//! A condition is a set of literals, see [`quick`]. Each is followed along every way through its choices (which case,
//! which row, which of two is greater), and every way adds linear constraints over integers (see [`path`] and
//! [`crate::solve`]); what is not linear is a variable of its own (see [`opaque`]). A way is left as soon as its
//! constraints contradict each other. What is found is confirmed by the interpreter; what cannot be decided is said to be
//! undecided, never guessed.

pub(crate) mod dates;
mod number;
mod opaque;
mod path;
mod pleasant;
mod quick;
mod tables;
#[cfg(test)]
mod tests;
mod truth;

use num_bigint::BigInt;

use self::path::{Path, Stop};
pub(crate) use self::pleasant::plainest;
use self::quick::Literal;
use crate::check::claims::Claims;
use crate::check::program::{Claim, Expr, Program};
use crate::interpret::meets;
use crate::solve::{Solution, Work};

/// What was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Witness {
    /// A claim for which the condition holds.
    Claim(Claim),
    /// There is no such claim.
    Impossible,
    /// Not decided.
    Undecided,
}

/// Ways that are followed before giving up.
const MAX_WAYS: usize = 4_000;

/// Ways that are followed before a coarse look.
const FEW_WAYS: usize = 60;

/// How deep a mere proof follows values, see [`Path::most_depth`].
const PROOF_DEPTH: usize = 60;

/// Claims that are made up where searching does not decide, and what one counts for in work.
const MADE_UP: usize = 1_000;
const WORK_PER_CLAIM: usize = 2_000;

/// A claim within the admitted ranges (and in the period in force) for which all conditions (of type bool) are true, or a
/// proof that there is none. `wishes` are conditions that make a clearer case: tried in order, each kept if it can be had
/// too.
pub(crate) fn find(program: &Program, conditions: &[&Expr], wishes: &[Expr]) -> Witness {
    let mut goals = conditions.to_vec();
    let mut found = Search::new(program, &goals, Work::enough()).run();
    if !matches!(found, Witness::Claim(_)) {
        return found;
    }
    for wish in wishes {
        goals.push(wish);
        let clearer = Search { mode: Mode::Way, ..Search::new(program, &goals, Work::little()) }.run();
        if matches!(clearer, Witness::Claim(_)) {
            found = clearer;
        } else {
            goals.pop();
        }
    }
    found
}

/// Whether it is proven that all conditions are true of no claim. This is far less work than finding one: the search ends
/// at the first way that nothing speaks against, and looks neither deep nor long, since it is asked of every case.
pub(crate) fn excludes(program: &Program, conditions: &[&Expr]) -> bool {
    let search = Search { mode: Mode::Proof, ..Search::new(program, conditions, Work::little()) };
    search.run() == Witness::Impossible
}

/// What a search is for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Mode {
    /// A claim, if need be one that is made up.
    Claim,
    /// A claim on one of the ways.
    Way,
    /// A proof that there is none; what is not proven is undecided.
    Proof,
}

/// A search for a claim for which all goals hold.
struct Search<'a> {
    program: &'a Program,
    goals: Vec<&'a Expr>,
    literals: Vec<Literal<'a>>,
    work: Work,
    mode: Mode,
}

/// A place on the way: what was required so far, and how to go on with the next literal.
struct Place<'a> {
    path: Path<'a>,
    plan: Option<Vec<usize>>,
}

impl<'a> Search<'a> {
    fn new(program: &'a Program, goals: &[&'a Expr], work: Work) -> Self {
        let mut literals = Vec::new();
        for goal in goals {
            quick::conjuncts(goal, true, &mut literals);
        }
        Self { program, goals: goals.to_vec(), literals, work, mode: Mode::Claim }
    }

    fn run(mut self) -> Witness {
        if quick::is_absurd(&self.literals) {
            return Witness::Impossible;
        }
        self.literals.sort_by_cached_key(quick::ways);
        let mut near = None;
        let mut base = Path::new(self.program, &self.work);
        if self.mode == Mode::Proof {
            base.most_depth = PROOF_DEPTH;
        }
        // Most questions have few ways; a coarse look comes before following many.
        let mut found = self.follow(base.clone(), FEW_WAYS, &mut near);
        if found.is_none() {
            found = self.follow(base.coarse(), MAX_WAYS, &mut near);
        }
        if found.is_none() && self.mode != Mode::Proof {
            found = self.follow(base, MAX_WAYS, &mut near);
        }
        match found {
            Some(Witness::Undecided) | None if self.mode == Mode::Claim => self.invent(near),
            found => found.unwrap_or(Witness::Undecided),
        }
    }

    /// Depth first through so many ways; `near` becomes a claim for which the goals nearly hold. `None` if they were
    /// not all.
    fn follow<'b>(&'b self, base: Path<'b>, most: usize, near: &mut Option<Claim>) -> Option<Witness> {
        let mut is_open = false;
        let is_coarse = base.is_coarse;
        let mut places = vec![Place { path: base, plan: Some(Vec::new()) }];
        for _ in 0..most {
            while places.last().is_some_and(|place| place.plan.is_none()) {
                places.pop();
            }
            let at = places.len().saturating_sub(1);
            let Some(place) = places.last_mut() else {
                return Some(if is_open { Witness::Undecided } else { Witness::Impossible });
            };
            let Some((expr, wanted)) = self.literals.get(at) else {
                place.plan = None;
                match self.settle(&place.path, near) {
                    Witness::Impossible => {}
                    Witness::Undecided if is_coarse => return None,
                    Witness::Undecided if self.mode == Mode::Proof => return Some(Witness::Undecided),
                    Witness::Undecided => is_open = true,
                    found => return Some(found),
                }
                continue;
            };
            let mut path = place.path.follow(place.plan.as_deref().unwrap_or_default());
            let followed = path.assume(expr, *wanted);
            place.plan = next_plan(&path.taken);
            match followed {
                Ok(()) => places.push(Place { path, plan: Some(Vec::new()) }),
                Err(Stop::Never) => {}
                Err(Stop::Overrun) => return None,
            }
        }
        None
    }

    /// At the end of a way: a claim that goes it, if there is one.
    fn settle(&self, path: &Path<'_>, near: &mut Option<Claim>) -> Witness {
        let solution = match self.mode {
            Mode::Proof => path.problem.solve(&Work::least()),
            Mode::Claim | Mode::Way => path.problem.solve(&self.work),
        };
        let found = match solution {
            Solution::None => return Witness::Impossible,
            _ if path.is_coarse || self.mode == Mode::Proof => return Witness::Undecided,
            Solution::Found(values) => Some(values),
            Solution::GaveUp => path.easier(),
        };
        let Some(values) = found else { return Witness::Undecided };
        if !path.is_opaque() {
            let best = path.pleasant(&path.problem, values.clone());
            return self.confirmed(path, &[best, values], near);
        }
        if let Some((problem, values)) = path.repaired(values.clone()) {
            let best = path.pleasant(&problem, values.clone());
            if let Witness::Claim(claim) = self.confirmed(path, &[best, values], near) {
                return Witness::Claim(claim);
            }
        }
        self.confirmed(path, &[values], near)
    }

    fn confirmed(&self, path: &Path<'_>, solutions: &[Vec<BigInt>], near: &mut Option<Claim>) -> Witness {
        for values in solutions {
            let claim = path.claim(values);
            if self.holds(&claim) {
                return Witness::Claim(claim);
            }
            near.get_or_insert(claim);
        }
        Witness::Undecided
    }

    fn holds(&self, claim: &Claim) -> bool {
        meets(self.program, claim, &self.goals)
    }

    /// The last resort: any claim for which the goals hold, some of them like the one that nearly did.
    fn invent(&self, near: Option<Claim>) -> Witness {
        for (at, mut claim) in Claims::around(self.program, 1, &self.goals).take(MADE_UP).enumerate() {
            if !self.work.take(WORK_PER_CLAIM) {
                break;
            }
            if let (Some(near), true) = (&near, at % 2 == 0) {
                // One or two values differ.
                let (one, other) = (at / 2 % 7, at / 14 % 7);
                for (at, (slot, value)) in claim.inputs.iter_mut().zip(&near.inputs).enumerate() {
                    if at % 7 != one && at % 7 != other {
                        slot.clone_from(value);
                    }
                }
            }
            if self.holds(&claim) {
                return Witness::Claim(claim);
            }
        }
        Witness::Undecided
    }
}

/// The combination after the one taken, in the order of an odometer.
fn next_plan(taken: &[(usize, usize)]) -> Option<Vec<usize>> {
    let mut next: Vec<(usize, usize)> = taken.to_vec();
    while let Some((choice, of)) = next.pop() {
        if choice + 1 < of {
            let mut choices: Vec<usize> = next.iter().map(|(choice, _)| *choice).collect();
            choices.push(choice + 1);
            return Some(choices);
        }
    }
    None
}
