//! The `fen` command end to end: the real program on real files.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test fails by panicking")]

mod cases;
mod coverage;
mod diff;
mod doc;
mod explain;
mod explain_parts;
mod fmt;
mod folder;
mod help;
mod literate;
mod lsp;
#[path = "../../../runtime/tests/settle/module.rs"]
#[allow(dead_code, reason = "the runtime's tests use more of it")]
mod module;
mod notice;
mod parameters;
mod plan;
mod policies;
mod reversed_lines;
mod run;
mod state;
mod streams;
mod sweep;
