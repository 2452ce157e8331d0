//! The `fen` command end to end: the real program on real files.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test fails by panicking")]

mod folder;
mod policies;
mod run;
