//! The items at the head of a policy: its name, title, source, period in force, date and rounding.

use fen_grammar::diagnostic::{Diagnostic, Lang};
use fen_grammar::source::Span;
use fen_grammar::tree::{Date, Item, ItemKind};
use jiff::civil;
use num_traits::Signed;

use super::errors::{InvalidDate, NoPolicy, PeriodBackwards, RepeatedHeader, RoundingStep};
use super::program::Header;

/// Reads the header and reports what is missing, doubled or impossible in it; the date's input is bound later.
pub(super) fn read(items: &[Item], is_whole: bool, end: usize, diagnostics: &mut Vec<Diagnostic>) -> Header {
    let mut header = Header::default();
    let mut seen: Vec<(std::mem::Discriminant<ItemKind>, Span)> = Vec::new();
    for item in items {
        let is_header = matches!(
            item.kind,
            ItemKind::Policy(_)
                | ItemKind::Library(_)
                | ItemKind::Title(_)
                | ItemKind::Source(_)
                | ItemKind::InForce(_)
                | ItemKind::DatedBy(_)
                | ItemKind::Rows(_)
                | ItemKind::OrderedBy(_)
                | ItemKind::InsuranceYear(_)
                | ItemKind::Reverses(_)
        );
        if let ItemKind::Rounding(rounding) = &item.kind {
            let earlier = header.roundings.iter().find(|known| known.step.unit == rounding.step.unit);
            if let Some(earlier) = earlier {
                diagnostics.push(RepeatedHeader { span: item.span, earlier: earlier.step.span }.into());
            } else if rounding.step.value.is_positive() {
                header.roundings.push(rounding.clone());
            } else {
                diagnostics.push(RoundingStep { span: rounding.step.span }.into());
            }
        }
        if !is_header {
            continue;
        }
        let kind = std::mem::discriminant(&item.kind);
        if let Some((_, earlier)) = seen.iter().find(|(known, _)| *known == kind) {
            diagnostics.push(RepeatedHeader { span: item.span, earlier: *earlier }.into());
            continue;
        }
        seen.push((kind, item.span));
        match &item.kind {
            ItemKind::Policy(name) | ItemKind::Library(name) => {
                header.is_library = matches!(item.kind, ItemKind::Library(_));
                header.name.clone_from(&name.text);
                header.lang = item.lang.unwrap_or(Lang::En);
            }
            ItemKind::Title(labels) => header.title.clone_from(labels),
            ItemKind::Source(source) => header.source = Some(source.text.clone()),
            ItemKind::InForce(in_force) => {
                let from = date(&in_force.from, diagnostics);
                let to = in_force.to.as_ref().map(|to| date(to, diagnostics));
                if let (Some(from), Some(Some(to))) = (from, to)
                    && to < from
                {
                    diagnostics.push(PeriodBackwards { span: item.span }.into());
                }
                header.in_force = from.map(|from| (from, to.flatten()));
            }
            _ => {}
        }
    }
    let is_named = items.iter().any(|item| matches!(item.kind, ItemKind::Policy(_) | ItemKind::Library(_)));
    if is_whole && !is_named {
        diagnostics.push(NoPolicy { end }.into());
    }
    header
}

/// The day, if it exists; reported if not.
pub(crate) fn date(date: &Date, diagnostics: &mut Vec<Diagnostic>) -> Option<civil::Date> {
    let civil = civil::Date::new(date.year, date.month, date.day).ok();
    if civil.is_none() {
        diagnostics.push(InvalidDate { span: date.span }.into());
    }
    civil
}
