//! Fen source text to WebAssembly module; pure, without input or output.
//!
//! Data goes one way: parse (in `fen-grammar`), [`resolve`], [`check`], [`lower`], [`emit`]. Beside it [`interpret`] says
//! what a checked program means, over exact fractions; everything else is tested against it. `ARCHITECTURE.md` names
//! what each stage guarantees.

mod check;
mod emit;
mod interpret;
mod lower;
mod policy;
pub mod render;
mod resolve;
mod solve;
mod witness;

pub use fen_grammar::diagnostic::{Diagnostic, Label, Lang, Severity, Text};
pub use fen_grammar::source::{Position, Source, Span};

pub use crate::policy::{Analysis, Failure, Module, Outcome, Policy, TestReport, analyze};
