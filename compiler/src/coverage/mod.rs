//! What of a policy claims come to: cases, exceptions, rows of ladders, cells of tables, and both sides of every bound.
//!
//! It looks at what the reference interpreter has settled, and follows from the outputs what a claim needs: a case counts
//! only if the claim's outputs depend on it. The interpreter knows nothing of this. What was reached is named by places in
//! the source, so that an alternative that the program has twice (a named ladder applied to two amounts) is one.

mod limits;
mod points;
mod sites;
mod skeleton;
mod suggest;
mod walk;

use std::collections::HashSet;

use fen_grammar::source::Span;

pub(crate) use self::limits::Side;
pub(crate) use self::points::{Point, What, points};
pub(crate) use self::skeleton::example;
pub(crate) use self::suggest::{Found, Seeker};
pub(crate) use self::walk::{of_claim, of_value, sources};

/// Something that a claim can come to, by its place in the source.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Key {
    /// A choice, by its number among the places.
    Choice(usize),
    /// A cell of a table.
    Cell(Span),
    /// One side of a bound: of a comparison, or of the bounds of the row that ends there.
    Side(Span, Side),
}

/// What was reached.
pub(crate) type Reached = HashSet<Key>;
