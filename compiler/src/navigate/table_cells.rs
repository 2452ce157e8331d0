//! Where names stand in tables that have a file of their own: in the heads of columns, and as values of enums in cells.

use fen_grammar::source::Span;

use crate::check::table_lines;
use crate::ids::EnumId;
use crate::resolve::program::Referent;

/// Longer tables are not searched for names: their keys are codes.
const MAX_BYTES: usize = 1 << 20;

/// The places of names in the text of a table, which begins at `start`. `header` says what the head of a column refers to,
/// `enum_of` which enum its cells are of, `value` the place of a name in an enum.
pub(super) fn mentions(
    text: &str,
    start: usize,
    header: &dyn Fn(&str) -> Option<Referent>,
    enum_of: &dyn Fn(&str) -> Option<EnumId>,
    value: &dyn Fn(EnumId, &str) -> Option<usize>,
) -> Vec<(Span, Referent)> {
    let mut found = Vec::new();
    if text.len() > MAX_BYTES {
        return found;
    }
    let mut columns: Option<Vec<Option<EnumId>>> = None;
    table_lines(text, |cells| {
        let place = |span: &Span| Span { start: start + span.start, end: start + span.end };
        match &columns {
            None => {
                found.extend(cells.iter().filter_map(|(span, name)| Some((place(span), header(name)?))));
                columns = Some(cells.iter().map(|(_, name)| enum_of(name)).collect());
            }
            Some(columns) => {
                for ((span, name), of) in cells.iter().zip(columns) {
                    let Some(of) = of else { continue };
                    found.extend(value(*of, name).map(|at| (place(span), Referent::EnumValue(*of, at))));
                }
            }
        }
    });
    found
}
