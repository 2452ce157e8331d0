//! Fen source text to WebAssembly module; pure, without input or output.
//!
//! Data goes one way: parse (in `fen-grammar`), [`gather`], [`resolve`], [`check`], [`lower`], [`emit`]. Beside it
//! [`interpret`] says what a checked program means, over exact fractions; everything else is tested against it.
//! `ARCHITECTURE.md` names what each stage guarantees.

mod check;
mod compare;
mod emit;
mod exact;
mod gather;
mod ids;
mod interpret;
mod lint;
mod lower;
mod phases;
mod policy;
pub mod render;
mod resolve;
mod rules;
mod solve;
mod sweep;
mod witness;

pub use fen_grammar::diagnostic::{Diagnostic, Label, Lang, Severity, Text};
pub use fen_grammar::source::{Position, Source, Sources, Span};

pub use crate::compare::{Change, Comparison, Difference, Head, Renamed, Side, compare};
pub use crate::gather::{Files, NoFiles};
pub use crate::policy::{
    Analysis, Cells, Failure, GrainOutcome, GroupOutcome, Module, OutOfRange, Outcome, Policy, StreamCells,
    StreamOutcome, TestReport, analyze, analyze_with,
};
pub use crate::rules::{Place, Rule, RuleKind};
pub use crate::sweep::{Mark, MarkKind, Point, Sweep, SweepProblem, SweepRequest, SweptColumn};
