//! Which rows are rejected, and why. A row's reason is the first that is found: by its own cells (A), by cells that must be
//! equal in several rows (B), by what is looked up (C), by another line of its claim (D), by what became of the claim's id (E).

use std::collections::hash_map::Entry;
use std::collections::{HashMap, HashSet};

use num_rational::BigRational;
use num_traits::Zero;

use super::groups::Groups;
use super::{Evaluation, Rejection, Standing};
use crate::check::program::{Origin, Reversal};
use crate::ids::{GrainId, InputId, SiteId};
use crate::interpret::{check_date, check_input};

impl Evaluation<'_> {
    /// Decides of every row whether it is settled.
    pub(super) fn reject(&mut self) {
        self.reject_cells();
        self.reject_differences();
        self.reject_in_order();
        self.reject_claims();
        self.reverse_claims();
    }

    /// Finds out at which rows the values of groups are computed.
    pub(super) fn find_first_rows(&mut self) {
        let mut counts: Vec<Vec<bool>> = Vec::new();
        for grain in 0..self.program.grains.len() {
            counts.push((0..self.rows.len()).map(|row| self.counts_within(GrainId(grain), row)).collect());
        }
        let counts = |grain: GrainId, row: usize| counts.get(grain.0).and_then(|rows| rows.get(row)).copied();
        self.groups.find_firsts(|grain, row| counts(grain, row).unwrap_or_default());
    }

    fn is_open(&self, row: usize) -> bool {
        self.rows.get(row).is_some_and(|row| row.standing == Standing::Open)
    }

    fn is_settled(&self, row: usize) -> bool {
        self.rows.get(row).is_some_and(|row| row.standing == Standing::Settled)
    }

    fn decide(&mut self, row: usize, standing: Standing) {
        self.rows.iter_mut().skip(row).take(1).for_each(|row| row.standing = standing);
    }

    pub(super) fn cell(&self, row: usize, input: InputId) -> Option<BigRational> {
        self.rows.get(row)?.claim.inputs.get(input.0).cloned().flatten()
    }

    /// The declaration of reversals, if the row takes a claim back.
    fn reversal(&self, row: usize) -> Option<Reversal> {
        self.program.reversal.filter(|reversal| self.cell(row, reversal.reverses).is_some())
    }

    /// (A) What is seen in the row alone.
    fn reject_cells(&mut self) {
        let program = self.program;
        for row in 0..self.rows.len() {
            let reversal = self.reversal(row);
            // A reversal is only read as far as it says what it takes back.
            let is_read = |id: InputId| reversal.is_none_or(|it| id == it.claim || id == it.reverses);
            let Some(claim) = self.rows.get(row).map(|row| &row.claim) else { continue };
            let columns = program.inputs.iter().enumerate().filter(|(_, input)| input.origin == Origin::Column);
            let columns = columns.filter(|(at, _)| is_read(InputId(*at)));
            // Cells that are missing come before those that are out of range.
            let is_missing = |at: usize| {
                claim.inputs.get(at).is_none_or(Option::is_none)
                    && program.inputs.get(at).is_some_and(|it| !it.is_optional)
            };
            let (missing, given): (Vec<_>, Vec<_>) = columns.map(|(at, _)| at).partition(|at| is_missing(*at));
            let mut columns = missing.into_iter().chain(given).map(InputId);
            let mut result = columns.try_for_each(|id| check_input(program, claim, id));
            if reversal.is_none() {
                result = result.and_then(|()| check_date(program, claim));
            }
            if let Err(rejection) = result {
                self.decide(row, Standing::Rejected(rejection));
            }
        }
        // Only rows that can be read belong to groups, and reversals belong to none.
        let rows = (0..self.rows.len()).filter(|row| self.is_open(*row) && self.reversal(*row).is_none());
        let rows: Vec<usize> = rows.collect();
        self.groups = Groups::new(program, self.stream, &rows);
    }

    /// (B) Rows of a group that do not agree.
    fn reject_differences(&mut self) {
        for (at, input) in self.program.inputs.iter().enumerate() {
            let Some(grain) = input.per else { continue };
            let id = InputId(at);
            let is_one = |rows: &&Vec<usize>| {
                rows.windows(2).all(|pair| {
                    let [one, other] = pair else { return true };
                    self.cell(*one, id) == self.cell(*other, id)
                })
            };
            let differing: Vec<usize> =
                self.groups.of(grain).iter().filter(|rows| !is_one(rows)).flatten().copied().collect();
            for row in differing {
                if self.is_open(row) {
                    self.decide(row, Standing::Rejected(Rejection::Differs(id)));
                }
            }
        }
    }

    /// (C) What is looked up. Later rows depend on which earlier ones are settled.
    fn reject_in_order(&mut self) {
        let has_lines = self.program.claim != GrainId(0);
        // Settled claims by their id.
        let mut claims: HashMap<BigRational, usize> = HashMap::new();
        for row in 0..self.rows.len() {
            if !self.is_open(row) {
                continue;
            }
            if has_lines {
                // Which claims are settled is known only when all of their lines are.
                if self.reversal(row).is_none() {
                    let failed = self.failed_lookup(row).map(Rejection::UnknownCode);
                    self.decide(row, failed.map_or(Standing::Settled, Standing::Rejected));
                }
                continue;
            }
            let standing = self.in_order(row, &claims);
            self.decide(row, standing);
            if let Standing::Reversal { of } = standing {
                self.rows.iter_mut().skip(of).take(1).for_each(|taken| taken.taken_back_by = Some(row));
            }
            let id = self.program.reversal.and_then(|reversal| self.cell(row, reversal.claim));
            if let (Some(id), Standing::Settled | Standing::Reversal { .. }) = (id, standing) {
                claims.insert(id, row);
            }
        }
    }

    /// What becomes of the next row.
    fn in_order(&mut self, row: usize, claims: &HashMap<BigRational, usize>) -> Standing {
        let id = self.program.reversal.and_then(|reversal| self.cell(row, reversal.claim));
        if id.is_some_and(|id| claims.contains_key(&id)) {
            return Standing::Rejected(Rejection::DuplicateClaim);
        }
        if let Some(reversal) = self.reversal(row) {
            return self.taking_back(row, reversal, claims);
        }
        match self.running_outside(row).or_else(|| self.failed_lookup(row).map(Rejection::UnknownCode)) {
            Some(rejection) => Standing::Rejected(rejection),
            None => Standing::Settled,
        }
    }

    /// What becomes of a reversal with an id of its own.
    fn taking_back(&self, row: usize, reversal: Reversal, claims: &HashMap<BigRational, usize>) -> Standing {
        let of = self.cell(row, reversal.reverses).and_then(|id| claims.get(&id).copied());
        let taken = of.and_then(|of| self.rows.get(of)).filter(|taken| taken.standing == Standing::Settled);
        match (of, taken.map(|taken| taken.taken_back_by)) {
            (Some(of), Some(None)) => Standing::Reversal { of },
            (_, Some(Some(_))) => Standing::Rejected(Rejection::AlreadyReversed),
            _ => Standing::Rejected(Rejection::UnknownClaim),
        }
    }

    /// A running value that is out of range.
    fn running_outside(&mut self, row: usize) -> Option<Rejection> {
        let program = self.program;
        for (at, input) in program.inputs.iter().enumerate() {
            let id = InputId(at);
            if !matches!(input.origin, Origin::Running { .. }) || self.reads.is_input_late(id) {
                continue;
            }
            match self.input(id, row) {
                Ok(Some(value)) if value < input.facts.low => return Some(Rejection::BelowMin(id)),
                Ok(Some(value)) if value > input.facts.high => return Some(Rejection::AboveMax(id)),
                _ => {}
            }
        }
        None
    }

    /// The first look-up that the row needs and that finds nothing.
    fn failed_lookup(&mut self, row: usize) -> Option<SiteId> {
        let program = self.program;
        // All that can be known by now, so that no later row has to go back far.
        for id in &program.order {
            let grain = program.value(*id).and_then(|value| value.grain);
            if !self.reads.is_late(*id) && grain.is_none_or(|grain| grain == GrainId(0)) {
                let _known = self.value(*id, row);
            }
        }
        let mut failed: Vec<SiteId> = Vec::new();
        for id in &program.required {
            failed.extend(self.value(*id, row).ok().and_then(Result::err));
        }
        for output in program.outputs.iter().filter(|output| output.grain == GrainId(0)) {
            if self.reads.is_output_late(output) {
                continue;
            }
            let shown = match output.present.map(|present| self.value(present, row)) {
                Some(Ok(Err(site))) => {
                    failed.push(site);
                    false
                }
                Some(Ok(Ok(present))) => !present.is_zero(),
                _ => true,
            };
            if shown {
                failed.extend(self.value(output.value, row).ok().and_then(Result::err));
            }
        }
        failed.into_iter().min()
    }

    /// (D) Claims with a line that is rejected. A line that cannot be read rejects the claim that it names.
    fn reject_claims(&mut self) {
        let Some(claim) = self.program.grain(self.program.claim).filter(|claim| !claim.is_row) else { return };
        let name =
            |row: usize| -> Option<Vec<BigRational>> { claim.keys.iter().map(|key| self.cell(row, *key)).collect() };
        // A row that takes a claim back is no line.
        let is_line = |row: usize| self.reversal(row).is_none();
        let names: Vec<_> = (0..self.rows.len()).map(|row| name(row).filter(|_| is_line(row))).collect();
        let rejected = names.iter().enumerate().filter(|(row, _)| !self.is_settled(*row));
        let rejected: HashSet<_> = rejected.filter_map(|(_, name)| name.clone()).collect();
        for (row, name) in names.iter().enumerate() {
            if name.as_ref().is_some_and(|name| rejected.contains(name)) && self.is_settled(row) {
                self.decide(row, Standing::Rejected(Rejection::ClaimRejected));
            }
        }
    }

    /// (E) Where rows are lines: claims that are taken back, and ids that are known already, in the order of first lines and of
    /// reversals.
    fn reverse_claims(&mut self) {
        let Some(reversal) = self.program.reversal.filter(|_| self.program.claim != GrainId(0)) else { return };
        let mut claims: HashMap<BigRational, usize> = HashMap::new();
        for row in 0..self.rows.len() {
            let Some(id) = self.cell(row, reversal.claim) else { continue };
            let own: Vec<usize> = self.groups.members(self.program.claim, row).to_vec();
            if self.is_settled(row) && own.first() == Some(&row) {
                let duplicate = Standing::Rejected(Rejection::DuplicateClaim);
                match claims.entry(id) {
                    Entry::Vacant(entry) => {
                        entry.insert(row);
                    }
                    Entry::Occupied(_) => own.into_iter().for_each(|line| self.decide(line, duplicate)),
                }
            } else if self.is_open(row) {
                let standing = match claims.contains_key(&id) {
                    true => Standing::Rejected(Rejection::DuplicateClaim),
                    false => self.taking_back(row, reversal, &claims),
                };
                self.decide(row, standing);
                if let Standing::Reversal { of } = standing {
                    claims.insert(id, row);
                    for line in self.groups.members(self.program.claim, of).to_vec() {
                        self.rows.iter_mut().skip(line).take(1).for_each(|taken| taken.taken_back_by = Some(row));
                    }
                }
            }
        }
    }
}
