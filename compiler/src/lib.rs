//! Fen source text to WebAssembly module; pure, without input or output.
//!
//! Data goes one way: parse (in `fen-grammar`), [`gather`], [`resolve`], [`check`], [`lower`], [`emit`]. Beside it
//! [`interpret`] says what a checked program means, over exact fractions; everything else is tested against it.
//! `ARCHITECTURE.md` names what each stage guarantees.

mod check;
mod emit;
mod exact;
mod gather;
mod ids;
mod interpret;
mod lower;
pub mod navigate;
mod phases;
mod policy;
pub mod render;
mod resolve;
mod solve;
mod witness;

pub use fen_grammar::diagnostic::{Diagnostic, Edit, Fix, Label, Lang, Severity, Text};
pub use fen_grammar::literate;
pub use fen_grammar::source::{Position, Source, Sources, Span};

pub use crate::gather::{Files, NoFiles};
pub use crate::policy::{
    Analysis, Cells, Examination, Failure, GrainOutcome, GroupOutcome, Module, NameFacts, OutOfRange, Outcome, Policy,
    StreamCells, StreamOutcome, TestReport, analyze, analyze_with, examine,
};
