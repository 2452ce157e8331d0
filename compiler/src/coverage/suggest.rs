//! Claims that come to what no example comes to yet: made-up ones first, then the solver's. Each is made as plain as it can
//! be, in the form of an example: alone in its stream, with running values as they are given.

use std::collections::HashMap;
use std::rc::Rc;

use super::sites::Sites;
use super::{Key, Reached, of_claim};
use crate::check::program::{Claim, Expr, Origin, Program};
use crate::check::{Claims, alone};
use crate::interpret::settle;
use crate::shrink::{Toward, smallest};
use crate::witness::{self, Witness};

/// Claims that are made up.
const MADE_UP: usize = 400;

/// Questions to the solver for one point.
const MOST_QUESTIONS: usize = 12;

/// What was found for a point.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Found {
    /// A claim that comes to it, and all that it comes to.
    Claim(Box<Claim>, Reached),
    /// No claim can come to it.
    Never,
    /// No claim by itself comes to it, but one among others may.
    Several,
    /// None was found, and none excluded.
    Unknown,
}

/// Looks for claims.
pub(crate) struct Seeker<'a> {
    program: &'a Program,
    sites: Sites<'a>,
    /// By input: whether an example gives it.
    given: Vec<bool>,
    /// The first made-up claim that comes to a point.
    made_up: HashMap<Key, Claim>,
}

impl<'a> Seeker<'a> {
    /// For a program; nothing is made up yet.
    pub(crate) fn new(program: &'a Program) -> Self {
        let is_given = |origin: &Origin| matches!(origin, Origin::Column | Origin::Running { .. });
        let given = program.inputs.iter().map(|input| is_given(&input.origin)).collect();
        Self { program, sites: Sites::new(program), given, made_up: HashMap::new() }
    }

    /// Makes up claims; equal seeds give equal ones.
    pub(crate) fn make_up(&mut self, seed: u64) {
        for claim in Claims::new(self.program, seed).take(MADE_UP) {
            let claim = self.as_example(claim);
            let Some(reached) = self.reached(&claim) else { continue };
            for key in reached {
                self.made_up.entry(key).or_insert_with(|| claim.clone());
            }
        }
    }

    /// Whether it is proven, with little work, that no claim comes to a point.
    pub(crate) fn is_never(&self, key: Key) -> bool {
        let is_excluded = |conditions: &[Rc<Expr>]| {
            let goals: Vec<&Expr> = conditions.iter().map(Rc::as_ref).collect();
            !goals.is_empty() && witness::excludes(self.program, &goals)
        };
        self.sites.of(key).iter().all(|site| is_excluded(&site.conditions) || self.is_unused(site.value))
    }

    fn is_unused(&self, value: crate::ids::ValueId) -> bool {
        let (ways, is_whole) = self.sites.ways(value);
        ways.is_empty() && is_whole
    }

    /// A claim that comes to a point.
    pub(crate) fn seek(&self, key: Key) -> Found {
        if let Some(claim) = self.made_up.get(&key) {
            return self.plain(key, claim.clone());
        }
        let mut is_excluded = true;
        let mut needs_others = false;
        let mut questions = 0;
        for site in self.sites.of(key) {
            let (ways, is_whole) = self.sites.ways(site.value);
            is_excluded &= is_whole;
            for way in ways {
                questions += 1;
                if questions > MOST_QUESTIONS {
                    is_excluded = false;
                    break;
                }
                let goals: Vec<&Expr> = site.conditions.iter().chain(&way).map(Rc::as_ref).collect();
                match witness::find(self.program, &goals, &[]) {
                    Witness::Claim(claim) => {
                        is_excluded = false;
                        let alone = self.as_example(claim);
                        if self.comes_to(&alone, key) {
                            return self.plain(key, alone);
                        }
                        needs_others = self.given.iter().any(|is_given| !is_given);
                    }
                    Witness::Impossible => {}
                    Witness::Undecided => is_excluded = false,
                }
            }
        }
        match (is_excluded, needs_others) {
            (true, _) => Found::Never,
            (false, true) => Found::Several,
            (false, false) => Found::Unknown,
        }
    }

    /// The plainest claim that comes to a point.
    fn plain(&self, key: Key, claim: Claim) -> Found {
        let holds = |claim: &Claim| self.comes_to(&self.as_example(claim.clone()), key);
        let claim = smallest(self.program, claim, Toward::Usual, &holds);
        let claim = self.as_example(claim);
        let reached = self.reached(&claim).unwrap_or_default();
        Found::Claim(Box::new(claim), reached)
    }

    fn comes_to(&self, claim: &Claim, key: Key) -> bool {
        self.reached(claim).is_some_and(|reached| reached.contains(&key))
    }

    /// What a claim comes to, unless it is rejected.
    fn reached(&self, claim: &Claim) -> Option<Reached> {
        let settled = settle(self.program, claim).ok()?;
        let mut reached = Reached::new();
        of_claim(&settled, &mut reached);
        Some(reached)
    }

    /// The claim as an example can give it.
    fn as_example(&self, mut claim: Claim) -> Claim {
        for (slot, _) in claim.inputs.iter_mut().zip(&self.given).filter(|(_, is_given)| !**is_given) {
            *slot = None;
        }
        alone(self.program, claim, &self.given)
    }
}
