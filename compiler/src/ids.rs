//! Typed indices into the vectors of a program.

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident,)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub(crate) struct $name(pub(crate) usize);
    )*};
}

ids! {
    /// An input column.
    InputId,
    /// A parameter whose value the host supplies.
    ParameterId,
    /// A definition, or a share that a ladder yields.
    ValueId,
    /// A ladder of tiers.
    LadderId,
    /// A table of parameters.
    TableId,
    /// An ordered set of named values.
    EnumId,
    /// A place where a table is looked up that may have no row for a claim.
    SiteId,
    /// What a value is given for; 0 is the row.
    GrainId,
    /// A link from a claim to another one.
    LinkId,
    /// A division of an amount by weights.
    SplitId,
}

/// What an amount can be read from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Symbol {
    Input(InputId),
    Parameter(ParameterId),
    Value(ValueId),
}
