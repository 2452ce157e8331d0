//! What the tests that cross crates share: policies made up at random, and modules settled cell by cell.

#[cfg(doctest)]
pub mod book;
pub mod differential;
pub mod explained;
pub mod module;
pub mod mutations;
pub mod policies;
pub mod streams;
