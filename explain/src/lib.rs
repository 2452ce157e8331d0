//! How the results of one claim come about: the tree of values behind each output, with the clauses they rest on.
//!
//! [`explain`] makes an [`Explanation`] of what a module's second entries tell of a row (see [`fen_runtime::Tracer`]); no
//! source is needed. It is shown as [`text`], as JSON (it can be serialized; `docs/explain.md` describes the form), or as a
//! page of HTML with the amounts as a picture ([`html`]).

mod choices;
mod html;
mod model;
mod node;
mod nodes;
mod numbers;
mod outputs;
mod parts;
mod refused;
mod text;
mod tree;
mod walk;
mod waterfall;
mod words;

pub use self::html::{fragment, html, style};
pub use self::model::{Admitted, Amount, Cited, Explanation, Fate, Given, Output, Refused, Rounding, Rule, Step};
pub use self::node::{KeyRange, Node, NodeForm, Passed, PassedRow, Share, State, Tier};
pub use self::text::{body, text};
pub use self::walk::{Outcome, Problem, Request, explain};
