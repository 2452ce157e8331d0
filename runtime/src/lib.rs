//! Fen module to settled batches: the embedding API of settlement engines.
//!
//! ```no_run
//! # use arrow_array::RecordBatch;
//! # fn settle(bytes: &[u8], claims: &RecordBatch) -> Result<(), Box<dyn std::error::Error>> {
//! let runtime = fen_runtime::Runtime::new()?;
//! let policy = runtime.load(bytes)?;
//! let mut parameters = policy.parameters();
//! parameters.set("irregular_cut", "10pp")?;
//! let mut session = policy.session()?;
//! session.set_parameters(&parameters)?;
//! let settlement = session.settle(claims)?;
//! for rejected in settlement.rejects() {
//!     println!("row {}: {}", rejected.row, rejected.cause.reason.en);
//! }
//! # Ok(())
//! # }
//! ```
//!
//! A [`Runtime`] compiles modules; a [`Policy`] is a module that has been looked through and can be shared between
//! threads; a [`Session`] is one instance of it with its memory, for one thread. [`Parameters`] are values for what a
//! policy leaves open: set once, given to every session.

mod codes;
mod error;
mod inputs;
mod load;
mod outline;
mod outputs;
mod parameters;
mod places;
mod plan;
mod session;
mod settlement;
mod stream;
mod trace;

pub use error::{LoadError, MemoryFault, SettleError};
pub use load::{Policy, Runtime};
pub use parameters::Parameters;
pub use session::Session;
pub use settlement::{Cause, Rejected, Settlement, reason};
pub use stream::{GrainResult, Seen, Step, Stream, StreamError, steps};
pub use trace::{Traced, Tracer};

pub use fen_values::{Cell, ParameterError, describe, format_cell, in_chinese, parse_cell, shifted, split_unit};
