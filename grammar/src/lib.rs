//! Fen source text to syntax tree.
//!
//! [`parse`] cuts a source into items (one starts in column 0, its continuation lines are indented), parses every item
//! by itself with a pest grammar, and returns the tree of the good items together with one diagnostic per bad one.
//! Nothing here knows what a name means.

mod blank;
mod cut;
pub mod diagnostic;
mod errors;
mod expect;
mod format;
pub mod habits;
mod heads;
mod hints;
mod kept;
pub mod literate;
mod parse;
mod ranges;
mod read;
mod remedies;
pub mod source;
#[cfg(test)]
mod textmate;
mod thousands;
mod tokens;
pub mod tree;
mod words;

pub use expect::{Expected, ItemWord, Word, expected, keyword, language};
pub use format::{format, format_beside, format_markdown, format_markdown_beside};
pub use parse::{MAX_ITEM_BYTES, MAX_NESTING, MAX_SOURCE_BYTES, parse, parse_at, parse_source};
pub use tokens::{Token, TokenKind, is_part as is_name_part, tokens};
pub use words::is_keyword;
