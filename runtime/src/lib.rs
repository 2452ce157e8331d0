//! Fen module to settled batches: the embedding API of settlement engines.
//!
//! ```no_run
//! # use arrow_array::RecordBatch;
//! # fn settle(bytes: &[u8], claims: &RecordBatch) -> Result<(), Box<dyn std::error::Error>> {
//! let runtime = fen_runtime::Runtime::new()?;
//! let policy = runtime.load(bytes)?;
//! let mut session = policy.session()?;
//! let settlement = session.settle(claims)?;
//! for rejected in settlement.rejects() {
//!     println!("row {}: {}", rejected.row, rejected.cause.reason.en);
//! }
//! # Ok(())
//! # }
//! ```
//!
//! A [`Runtime`] compiles modules; a [`Policy`] is a module that has been looked through and can be shared between
//! threads; a [`Session`] is one instance of it with its memory, for one thread.

mod cell;
mod error;
mod load;
mod session;

pub use cell::{format_cell, parse_cell};
pub use error::{LoadError, MemoryFault, SettleError};
pub use load::{Policy, Runtime};
pub use session::{Cause, Rejected, Session, Settlement, reason};
