//! Rows with everything that they take from elsewhere.

use super::reads::Reads;
use super::{Evaluation, Stream};
use crate::check::program::{Claim, Program};
use crate::ids::InputId;

/// The settled rows of a stream as claims: with their running values, linked fields and totals filled in. Rows that lack one
/// are left out.
pub(crate) fn whole_claims(program: &Program, reads: &Reads, stream: &Stream) -> Vec<Claim> {
    let mut evaluation = Evaluation::new(program, stream, reads);
    evaluation.reject();
    evaluation.find_first_rows();
    let rows = (0..stream.rows.len()).filter_map(|row| evaluation.whole(row)).collect();
    // Running values out of their ranges are none.
    if evaluation.overflow.is_some() { Vec::new() } else { rows }
}

impl Evaluation<'_> {
    fn whole(&mut self, row: usize) -> Option<Claim> {
        if !self.counts_at_all(row) {
            return None;
        }
        for at in 0..self.program.inputs.len() {
            self.input(InputId(at), row).ok()?;
        }
        self.rows.get(row).map(|row| row.claim.clone())
    }
}
