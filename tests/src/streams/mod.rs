//! Streams made up at random, and what interpreter and hosts say of them.

pub mod compare;
pub mod exchange;
pub mod host;
mod random;
pub mod rows;
pub mod whole_claims;

use fen_compiler::{Policy, StreamCells};
use fen_schema::Schema;

/// Codes that a policy knows, then those that only a stream has: texts by their numbers.
#[must_use]
pub fn texts(codes: &[String], cells: &StreamCells) -> Vec<String> {
    codes.iter().chain(&cells.texts).cloned().collect()
}

/// A policy that is compiled.
pub struct Compiled<'p> {
    /// As it is checked.
    pub policy: &'p Policy,
    /// What it is compiled to.
    pub wasm: Vec<u8>,
    /// What the module says of itself.
    pub schema: Schema,
    /// The codes that it knows.
    pub codes: Vec<String>,
}

impl<'p> Compiled<'p> {
    /// Compiles a policy.
    ///
    /// # Errors
    /// If the module cannot be written, or not be read.
    pub fn new(policy: &'p Policy) -> Result<Self, Box<dyn std::error::Error>> {
        let module = policy.compile().map_err(|failure| format!("the module was not written: {failure:?}"))?;
        let codes = crate::module::codes(&module.wasm)?;
        Ok(Self { policy, wasm: module.wasm, schema: module.schema, codes })
    }
}
