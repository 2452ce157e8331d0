//! Why rows are rejected, as small numbers that can be kept for every row of a stream.

use std::collections::HashMap;
use std::sync::Arc;

use fen_schema::{Reject, RejectCode, Schema, Text};

use crate::settlement::{Cause, reason};

/// A row that is settled.
pub(crate) const SETTLED: u16 = 0;
/// A row that is settled, but taken back later on: no total knows it.
pub(crate) const TAKEN_BACK: u16 = u16::MAX;
/// A row that takes a claim back.
pub(crate) const REVERSAL: u16 = u16::MAX - 1;

/// A row with the id of an earlier claim, unless it turns out to be at fault by itself.
pub(crate) const DUPLICATE: u16 = u16::MAX - 2;

/// All causes of a stream so far.
pub(crate) struct Causes {
    schema: Arc<Schema>,
    /// By number, from 1.
    list: Vec<(Arc<Cause>, bool)>,
    /// By status of the module.
    of_status: Vec<Option<u16>>,
    found: HashMap<(usize, RejectCode), u16>,
}

impl Causes {
    pub(crate) fn new(schema: Arc<Schema>) -> Self {
        let highest = schema.rejects.iter().map(|reject| usize::from(reject.status)).max().unwrap_or(0);
        let mut causes = Self { list: Vec::new(), of_status: vec![None; highest + 1], found: HashMap::new(), schema };
        let schema = Arc::clone(&causes.schema);
        for reject in &schema.rejects {
            let Reject { status, code, column, reason } = reject;
            let is_input = schema.inputs.iter().any(|input| input.name == *column);
            let is_of_the_row = is_input
                && matches!(
                    code,
                    RejectCode::BelowMin
                        | RejectCode::AboveMax
                        | RejectCode::UnknownValue
                        | RejectCode::BeforeInForce
                        | RejectCode::AfterInForce
                );
            let number =
                causes.push(Cause { column: column.clone(), code: *code, reason: reason.clone() }, is_of_the_row);
            if let Some(slot) = causes.of_status.get_mut(usize::from(*status)) {
                *slot = Some(number);
            }
        }
        // In this order: where several splits fail, the first one is named.
        for split in schema.plan.iter().flat_map(|plan| &plan.splits) {
            causes.no_weights(&split.name);
        }
        causes
    }

    /// The cause of this number.
    pub(crate) fn get(&self, number: u16) -> Option<&Arc<Cause>> {
        self.list.get(usize::from(number).checked_sub(1)?).map(|(cause, _)| cause)
    }

    /// Whether the row itself is at fault, whatever other rows there are.
    pub(crate) fn is_of_the_row(&self, number: u16) -> bool {
        usize::from(number).checked_sub(1).and_then(|at| self.list.get(at)).is_some_and(|(_, is)| *is)
    }

    /// What a status of the module means.
    pub(crate) fn of_status(&self, status: u16) -> Option<u16> {
        self.of_status.get(usize::from(status)).copied().flatten()
    }

    /// What the host found about an input.
    pub(crate) fn of_input(&mut self, input: usize, code: RejectCode) -> u16 {
        if let Some(number) = self.found.get(&(input, code)) {
            return *number;
        }
        let column = self.schema.inputs.get(input);
        let (name, reason) = match column {
            Some(column) => (column.name.clone(), reason(&self.schema, column, code)),
            None => Default::default(),
        };
        let is_of_the_row = !matches!(
            code,
            RejectCode::Differs
                | RejectCode::ClaimRejected
                | RejectCode::DuplicateClaim
                | RejectCode::UnknownClaim
                | RejectCode::AlreadyReversed
        );
        let number = self.push(Cause { column: name, code, reason }, is_of_the_row);
        self.found.insert((input, code), number);
        number
    }

    /// That an amount could not be divided.
    pub(crate) fn no_weights(&mut self, name: &str) -> u16 {
        let code = RejectCode::NoWeights;
        if let Some(at) = self.list.iter().position(|(cause, _)| cause.code == code && cause.column == name) {
            return u16::try_from(at + 1).unwrap_or(SETTLED);
        }
        let reason = Text {
            en: format!("{name} cannot be divided: all weights are zero"),
            zh: format!("{name}无法分配：权重全部为零"),
        };
        self.push(Cause { column: name.to_owned(), code, reason }, false)
    }

    /// There are at most some hundred: of every column a few, and of every split one.
    fn push(&mut self, cause: Cause, is_of_the_row: bool) -> u16 {
        self.list.push((Arc::new(cause), is_of_the_row));
        u16::try_from(self.list.len()).unwrap_or(DUPLICATE - 1)
    }
}
