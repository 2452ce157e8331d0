//! Streams of rows through a policy that may look beyond the row at hand.

mod between;
mod broken;
mod causes;
mod cells;
mod claims;
mod columns;
mod divide;
mod engine;
mod error;
mod give;
mod group_phases;
mod groups;
mod inspect;
mod kept;
mod kernel;
mod lines;
mod links;
mod missing;
mod periods;
mod places;
mod pooled;
mod records;
mod restored;
mod results;
mod reversals;
mod rows;
mod saved;
mod schedule;
mod short;
mod texts;
mod totals;
mod watch;

use arrow_array::RecordBatch;
use fen_schema::Schema;
use fen_values::ParameterError;

pub use self::error::StreamError;
pub use self::results::GrainResult;
pub use self::schedule::{Step, steps};
use self::watch::Apart;
pub use self::watch::Seen;

use self::engine::Engine;
use self::texts::Texts;
use crate::codes::Codes;
use crate::load::Policy;
use crate::parameters::Parameters;
use crate::session::Session;
use crate::settlement::Settlement;

/// One settlement of a stream of rows, for any policy.
///
/// The stream is given as often as [`Self::passes`] says, in batches of any size, each time the same rows in the same order
/// (the batches may be cut differently). The last pass gives the rows' outputs and rejects. Then [`Self::results`] has the
/// outputs of coarser grains, such as those of hospitals.
///
/// ```no_run
/// # use arrow_array::RecordBatch;
/// # fn settle(policy: &fen_runtime::Policy, batches: &[RecordBatch]) -> Result<(), fen_runtime::StreamError> {
/// let mut stream = fen_runtime::Stream::new(policy, policy.parameters())?;
/// for pass in 1..=stream.passes() {
///     for batch in batches {
///         let settlement = stream.settle(batch)?;
///         if pass == stream.passes() {
///             println!("{:?}", settlement.outputs());
///         }
///     }
///     stream.end_pass()?;
/// }
/// for result in stream.results()? {
///     println!("{}: {:?}", result.grain(), result.outputs());
/// }
/// # Ok(())
/// # }
/// ```
///
/// Memory does not grow with the rows but for 2 bytes each where there is more than one pass (and as much for every column of
/// texts, up to 64 MiB), and what links to later claims need; it grows with the groups (persons, hospitals …), and, where claims can be taken back, with the claims.
pub struct Stream {
    schema: std::sync::Arc<Schema>,
    kind: Kind,
    /// The rows that are watched, if every row is settled on its own.
    watched: Apart,
    codes: std::sync::Arc<Codes>,
}

enum Kind {
    /// Every row on its own; and whether the pass is over.
    Rows(Box<Session>, bool),
    Plan(Box<Engine>),
}

impl Stream {
    /// Makes ready to settle a stream.
    ///
    /// # Errors
    /// If the parameters are those of a policy with others, or one is not set, or the machine has no memory.
    pub fn new(policy: &Policy, parameters: Parameters) -> Result<Self, StreamError> {
        let schema = std::sync::Arc::clone(&policy.schema);
        if !parameters.fit(&schema) {
            return Err(ParameterError::OtherPolicy.into());
        }
        let kind = match schema.plan.clone() {
            Some(plan) => Kind::Plan(Box::new(Engine::new(policy, plan, &parameters)?)),
            None => {
                let mut session = policy.session()?;
                session.set_parameters(&parameters)?;
                Kind::Rows(Box::new(session), false)
            }
        };
        Ok(Self { schema, kind, watched: Apart::default(), codes: std::sync::Arc::clone(&policy.codes) })
    }

    /// What the module says of itself.
    #[must_use]
    pub fn schema(&self) -> &Schema {
        &self.schema
    }

    /// How often all rows are to be given, in the same order.
    #[must_use]
    pub fn passes(&self) -> usize {
        match &self.kind {
            Kind::Rows(..) => 1,
            Kind::Plan(engine) => engine.passes.len(),
        }
    }

    /// The next rows of the pass at hand. Columns are found by their names and are of the types that
    /// [`Session::settle`] says; ids and codes may also be integers, which stand for their decimal text.
    ///
    /// Only the last pass gives outputs and rejects: those of an earlier one are empty.
    ///
    /// # Errors
    /// If a parameter is not set, a column is missing or of another type, rows are out of order or not those of the first
    /// pass, a total is beyond what the policy provides for, memory is exhausted, or the module fails. The stream cannot go
    /// on then. A bad row is no error: it is rejected.
    pub fn settle(&mut self, rows: &RecordBatch) -> Result<Settlement, StreamError> {
        match &mut self.kind {
            Kind::Rows(_, true) => Err(StreamError::Passes),
            Kind::Rows(session, _) => {
                self.watched.look(rows, &self.schema, &self.codes)?;
                Ok(session.settle(rows)?)
            }
            Kind::Plan(engine) => engine.settle(rows),
        }
    }

    /// All rows of the pass were given: adds up, divides and links.
    ///
    /// # Errors
    /// If there were fewer rows than in the first pass, or no pass is left, or as in [`Self::settle`].
    pub fn end_pass(&mut self) -> Result<(), StreamError> {
        match &mut self.kind {
            Kind::Rows(_, true) => Err(StreamError::Passes),
            Kind::Rows(_, is_over) => {
                *is_over = true;
                Ok(())
            }
            Kind::Plan(engine) => engine.end_pass(),
        }
    }

    /// The results of grains that are coarser than rows, in the order of the policy; those without outputs are left out.
    ///
    /// # Errors
    /// Before the end of the last pass, or if the module gave a cell that makes no sense.
    pub fn results(&self) -> Result<Vec<GrainResult>, StreamError> {
        match &self.kind {
            Kind::Rows(_, false) => Err(StreamError::Passes),
            Kind::Rows(_, true) => Ok(Vec::new()),
            Kind::Plan(engine) => engine.results(),
        }
    }

    /// Running totals after the last pass, for [`Self::restore`]: one row for every group of each grain that has any, with
    /// the columns `table` (the grain's name), `key_1` … (text), `period` (see [`fen_schema::PeriodUnit`]; null without),
    /// and one column for every running value under its name. If the policy knows rows that take claims back, also one row for
    /// every claim and every such row: `claim` is its id, `standing` is null for claims that can still be taken back, else
    /// `taken back` or `reversal`, and the columns `group.…`, `added.…` and `output.…` are what is needed to take it back. The policy's name, the SHA-256 of its source and the interface version stand in the metadata.
    ///
    /// # Errors
    /// Before the end of the last pass.
    pub fn state(&self) -> Result<RecordBatch, StreamError> {
        match &self.kind {
            Kind::Rows(_, false) => Err(StreamError::StateOutOfTurn),
            Kind::Rows(_, true) => saved::nothing(&self.schema, &Texts::new(&Codes::none())?),
            Kind::Plan(engine) => engine.state(),
        }
    }

    /// Takes note of what the policy reads to settle a row, counted from 0, and the groups that the row belongs to: see
    /// [`Self::seen`]. Ask for it before the row comes; for several rows, one by one.
    pub fn watch(&mut self, row: u64) {
        match &mut self.kind {
            Kind::Rows(..) => self.watched.watch(row),
            Kind::Plan(engine) => engine.watch(row),
        }
    }

    /// What was seen of a row that is watched, by phase (one if there is no plan); nothing for a phase that it did not
    /// come to, because it is rejected or takes a claim back.
    #[must_use]
    pub fn seen(&self, row: u64) -> Vec<Option<Seen>> {
        match &self.kind {
            Kind::Rows(..) => vec![self.watched.seen(row)],
            Kind::Plan(engine) => engine.seen(row),
        }
    }

    /// Goes on from the running totals of an earlier stream. Rows come after it.
    ///
    /// # Errors
    /// If rows were given already, or the state is that of another policy or damaged. Nothing should be settled then.
    pub fn restore(&mut self, state: &RecordBatch) -> Result<(), StreamError> {
        match &mut self.kind {
            Kind::Rows(..) => saved::check_policy(&self.schema, state),
            Kind::Plan(engine) => engine.restore(state),
        }
    }
}
