//! Fen source text to WebAssembly module; pure, without input or output.
//!
//! Data goes one way: parse (in `fen-grammar`), [`gather`], [`resolve`], [`check`], [`lower`], [`emit`]. Beside it
//! [`interpret`] says what a checked program means, over exact fractions; everything else is tested against it.
//! `ARCHITECTURE.md` names what each stage guarantees.

mod check;
mod columns;
mod compare;
mod coverage;
mod emit;
mod exact;
mod gather;
mod ids;
mod interpret;
mod lint;
mod lower;
pub mod navigate;
mod phases;
mod policy;
pub mod render;
mod resolve;
mod rules;
mod shrink;
mod solve;
mod sweep;
mod trace;
mod witness;

pub use fen_grammar::diagnostic::{Diagnostic, Edit, Fix, Label, Lang, Severity, Text, nearest};
pub use fen_grammar::literate;
pub use fen_grammar::source::{Position, Source, Sources, Span};
pub use fen_grammar::{format, format_beside, format_markdown, format_markdown_beside};

pub use crate::compare::{Change, Comparison, Difference, Head, Renamed, Side, compare};
pub use crate::gather::{Files, NoFiles, bases};
pub use crate::policy::{
    Analysis, CaseOutcome, Cells, Coverage, CoveragePoint, Examination, Failure, GrainOutcome, GroupOutcome, Module,
    NameFacts, OutOfRange, Outcome, PointKind, Policy, Standing, StreamCells, StreamOutcome, Suggested, Suggestion,
    TableFile, TestReport, analyze, analyze_with, examine, tally,
};
pub use crate::rules::{Place, Rule, RuleKind};
pub use crate::sweep::{Mark, MarkKind, Point, Sweep, SweepProblem, SweepRequest, SweptColumn};
