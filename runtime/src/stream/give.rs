//! What rows are given: the outputs of the last pass.

use std::sync::Arc;

use arrow_array::{RecordBatch, RecordBatchOptions};
use arrow_buffer::NullBuffer;
use arrow_schema::Field;
use fen_schema::{Column, ResultSource, Source};

use super::causes::{REVERSAL, SETTLED, TAKEN_BACK};
use super::engine::{Engine, Instances};
use super::error::StreamError;
use super::missing::{Missing, first};
use super::rows::{Work, is_live};
use super::schedule::{Pass, at, row_results};
use super::texts::Names;
use crate::error::SettleError;
use crate::outputs::{data_type, value_names};
use crate::session::settled_rows;
use crate::settlement::{Rejected, Settlement};

impl Engine {
    /// The outputs of the rows at hand: those of the phase, and those of their groups.
    pub(crate) fn give_outputs(
        &self,
        place: usize,
        phase: &fen_schema::Phase,
        work: &mut Work<'_>,
        (instances, missing): (&Instances<'_>, &[Missing]),
        start: usize,
    ) -> Result<(), StreamError> {
        let Instances::Rows { count, .. } = instances else { return Ok(()) };
        let count = usize::try_from(*count).unwrap_or(0);
        let mut bytes = Vec::new();
        for (result, buffer) in row_results(&self.plan).zip(&mut work.outputs) {
            let ResultSource { phase: of, output } = result.source;
            let lacking = if at(of) == place {
                let column = phase.outputs.get(at(output));
                let column = column.ok_or_else(|| SettleError::Module("it lacks an output".into()))?;
                buffer.extend(self.kernel.column(column.offset, count, column.layout.bytes())?);
                missing.get(at(output)).cloned().flatten()
            } else {
                let source = Source::Value { phase: of, output };
                let lacking = self.missing(source, 0, instances);
                self.gather_for(source, &result.column, (0, instances), &lacking, &mut bytes);
                buffer.extend(&bytes);
                lacking
            };
            for (status, cause) in work.lacking.iter_mut().skip(start).zip(lacking.into_iter().flatten()) {
                *status = first(*status, cause);
            }
        }
        Ok(())
    }

    pub(crate) fn settlement(&self, pass: &Pass, work: Work<'_>, rows: usize) -> Result<Settlement, StreamError> {
        let returned: &[Column] = if pass.is_last { &self.schema.outputs } else { &[] };
        let mut rejects = Vec::new();
        for ((row, status), lacking) in work.status.iter().enumerate().zip(&work.lacking) {
            // What is late is not given to claims that are taken back, so they cannot lack it.
            let cause = match *status {
                TAKEN_BACK | REVERSAL => SETTLED,
                status if is_live(status) => *lacking,
                status => status,
            };
            if let Some(cause) = self.causes.get(cause) {
                rejects.push(Rejected { row, cause: Arc::clone(cause) });
            }
        }
        let settled = settled_rows(rows, &rejects);
        let without = |is_empty: fn(u16) -> bool| {
            let known: NullBuffer = work.status.iter().map(|status| !is_empty(*status)).collect();
            NullBuffer::union(settled.as_ref(), Some(&known)).filter(|known| known.null_count() > 0)
        };
        let (known, settled) = match self.plan.reversal {
            // A row that takes a claim back is no line.
            Some(_) if self.lines.is_some() => {
                (without(|status| matches!(status, TAKEN_BACK | REVERSAL)), without(|status| status == REVERSAL))
            }
            Some(_) => (without(|status| matches!(status, TAKEN_BACK | REVERSAL)), settled),
            None => (settled.clone(), settled),
        };
        let names = Names { texts: &self.texts, local: &work.columns.local };
        let columns = returned.iter().zip(row_results(&self.plan)).zip(work.outputs);
        let columns = columns.map(|((column, result), buffer)| {
            // What is pooled is empty for a claim that is taken back, and for the row that does so.
            let is_pooled = self.pooled.output(at(result.source.phase), at(result.source.output));
            let given = if is_pooled { known.as_ref() } else { settled.as_ref() };
            buffer.finish(column, given, &value_names(column), &names)
        });
        let columns = columns.collect::<Result<_, _>>()?;
        let fields: Vec<Field> =
            returned.iter().map(|column| Field::new(&column.name, data_type(column), true)).collect();
        let options = RecordBatchOptions::new().with_row_count(Some(if pass.is_last { rows } else { 0 }));
        let schema = Arc::new(arrow_schema::Schema::new(fields));
        let outputs = RecordBatch::try_new_with_options(schema, columns, &options)
            .map_err(|error| SettleError::Module(error.to_string()))?;
        Ok(Settlement { outputs, rejects })
    }

    /// Outputs of a row that no phase was run for.
    pub(crate) fn push_outputs(work: &mut Work<'_>, outputs: impl Iterator<Item = i128>) {
        for (buffer, cell) in work.outputs.iter_mut().zip(outputs) {
            buffer.push(cell);
        }
    }
}
