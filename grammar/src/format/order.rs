//! Parts of an item that may stand in either order, in the one order that is written.

use pest::iterators::Pair;

use crate::cut::Piece;
use crate::parse::{Rule, with_pairs};
use crate::read::end;
use crate::source::Span;

/// The source with what an exception overrides before its clause. It is as long as before, and every item has its place.
pub(super) fn in_order(text: &str, pieces: &[Piece]) -> Option<String> {
    let mut ordered: Option<String> = None;
    for piece in pieces {
        let item = text.get(piece.span.start..piece.span.end)?;
        let swaps = with_pairs(item, swaps).unwrap_or_default();
        for [first, second] in swaps {
            let part = |span: Span| item.get(span.start..span.end);
            let (one, gap, two) = (part(first)?, item.get(first.end..second.start)?, part(second)?);
            // Comments stay where they are.
            if [one, gap, two].iter().any(|part| part.contains('\n') && part.contains('#')) {
                continue;
            }
            let place = piece.span.start + first.start..piece.span.start + second.end;
            ordered.get_or_insert_with(|| text.to_owned()).replace_range(place, &format!("{two}{gap}{one}"));
        }
    }
    ordered
}

/// The clauses that stand before what their exception overrides, and that.
fn swaps(item: Pair<'_, Rule>) -> Vec<[Span; 2]> {
    let span = |pair: Pair<'_, Rule>| Span { start: pair.as_span().start(), end: end(pair) };
    let of_exception = |exception: Pair<'_, Rule>| {
        let mut behind = exception.into_inner().skip_while(|part| part.as_rule() != Rule::cite);
        let (cite, overrides) = (behind.next()?, behind.find(|part| part.as_rule() == Rule::overrides)?);
        Some([span(cite), span(overrides)])
    };
    item.into_inner().filter(|part| part.as_rule() == Rule::exception).filter_map(of_exception).collect()
}
