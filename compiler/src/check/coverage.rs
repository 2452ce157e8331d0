//! Whether the rows of a ladder cover what its subject can come to exactly once.

use fen_grammar::diagnostic::Text;
use fen_grammar::source::Span;
use num_bigint::BigInt;
use num_rational::BigRational;
use num_traits::{Signed, Zero};

use super::Checker;
use super::errors::{Gap, OpenEnd, Overlap, Undecided};
use super::program::Expr;
use super::proofs::Finding;
use super::rows::{Row, Rows, Version};
use super::types::Type;

/// Gaps and overlaps of one ladder that are looked into; more of them are no news.
const MAX_PROBLEMS: usize = 20;

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Below,
    Gap,
    Overlap,
    Above,
}

/// What may be covered not at all, or twice.
struct Suspicion {
    kind: Kind,
    region: Row,
    span: Span,
    other: Span,
}

/// A ladder's rows on a subject.
pub(super) struct Covering<'a> {
    pub(super) name: &'a str,
    pub(super) rows: &'a Rows,
    pub(super) subject: &'a Expr,
    pub(super) base: Option<&'a Expr>,
    pub(super) is_band: bool,
    /// Whether the ladder has a name of its own: its rows do not say what they divide.
    pub(super) is_named: bool,
}

impl Checker<'_> {
    /// Reports every gap, overlap and missing end that a claim can come to; false if there is one.
    pub(super) fn covers(&mut self, covering: &Covering<'_>) -> bool {
        let before = self.diagnostics.len();
        for (at, version) in covering.rows.versions.iter().enumerate() {
            let in_version = self.in_version(covering.rows, at, covering.subject.span);
            let depth = self.path.len();
            self.path.extend(in_version);
            for suspicion in suspicions(version).into_iter().take(MAX_PROBLEMS) {
                let found = self.reached(covering, &suspicion.region);
                if let Some(claim) = found {
                    self.report_suspicion(covering, suspicion, claim);
                }
            }
            self.path.truncate(depth);
        }
        self.version_missing(covering);
        self.diagnostics.len() == before
    }

    /// A claim whose subject lies in a region, or, where every slice counts, beyond it.
    pub(super) fn reached(&self, covering: &Covering<'_>, region: &Row) -> Finding {
        let condition = |region: &Row| region.holds(covering.subject, covering.base, covering.rows.unit);
        let wishes: Vec<Expr> = middle(region).map(|middle| condition(&middle)).into_iter().collect();
        let mut found = self.find_clear(&condition(region), &wishes);
        if !covering.is_band {
            for beyond in beyond(region) {
                if matches!(found, Some(Some(_))) {
                    break;
                }
                found = self.find(condition(&beyond)).or(found);
            }
        }
        found
    }

    /// A claim older than the first version has no rows.
    fn version_missing(&mut self, covering: &Covering<'_>) {
        let first = covering.rows.versions.first().and_then(|version| version.from);
        let (Some(first), Some(date)) = (first, self.claim_date()) else { return };
        let span = covering.rows.versions.first().and_then(|version| version.rows.first()).map(|row| row.span);
        let span = span.unwrap_or(covering.subject.span);
        let day = Expr::ordinal(Type::Date, first.into(), span);
        if let Some(claim) = self.find(date.compare(fen_grammar::tree::Comparison::Lt, day)) {
            self.report(super::errors::version_missing(span, covering.name, claim));
        }
    }

    fn report_suspicion(&mut self, covering: &Covering<'_>, suspicion: Suspicion, claim: Option<Text>) {
        let Suspicion { kind, region, span, other } = suspicion;
        let (name, is_band) = (covering.name.to_owned(), covering.is_band);
        let shown = self.show_region(&region, covering.rows.unit);
        let row = Self::row_for(&region, covering);
        let fix = self.row_added(&row, span, kind == Kind::Above);
        match (kind, claim) {
            (_, None) => self.report(Undecided { span, name, region: shown, is_band }),
            (Kind::Gap, claim) => {
                self.report(Gap { span, below: other, name, region: shown, row, fix, claim, is_band })
            }
            (Kind::Overlap, claim) => self.report(Overlap { span, other, name, region: shown, claim, is_band }),
            (Kind::Below | Kind::Above, claim) => {
                let is_top = kind == Kind::Above;
                self.report(OpenEnd { span, name, region: shown, row, fix, is_top, claim, is_band });
            }
        }
    }

    /// Gaps and overlaps between the rows of a ladder that is applied to nothing.
    pub(super) fn covers_itself(&mut self, covering: &Covering<'_>) {
        let found = covering.rows.versions.iter().flat_map(suspicions);
        let inner: Vec<Suspicion> =
            found.filter(|found| matches!(found.kind, Kind::Gap | Kind::Overlap)).take(MAX_PROBLEMS).collect();
        for suspicion in inner {
            let Suspicion { kind, region, span, other } = suspicion;
            let (name, is_band) = (covering.name.to_owned(), covering.is_band);
            let shown = self.show_region(&region, covering.rows.unit);
            let row = Self::row_for(&region, covering);
            let claim = None;
            let fix = self.row_added(&row, span, false);
            if kind == Kind::Gap {
                self.report(Gap { span, below: other, name, region: shown, row, fix, claim, is_band });
            } else {
                self.report(Overlap { span, other, name, region: shown, claim, is_band });
            }
        }
    }

    /// `(5%, 10%]`, or in words where an end is open.
    fn show_region(&self, region: &Row, unit: Type) -> Text {
        let show = |bound: &BigRational| self.program.show(unit, bound);
        match (&region.low, &region.high) {
            (Some(low), Some(high)) if low == high => {
                let at = show(low);
                Text::new(format!("at {}", at.en), format!("在{}处", at.zh))
            }
            (Some(low), Some(high)) => {
                let (low, high) = (show(low), show(high));
                let open = if region.has_low { '[' } else { '(' };
                let close = if region.has_high { ']' } else { ')' };
                Text::new(
                    format!("{open}{}, {}{close}", low.en, high.en),
                    format!("{open}{}, {}{close}", low.zh, high.zh),
                )
            }
            (Some(low), None) => {
                let low = show(low);
                let (en, zh) = if region.has_low { ("from", "及以上") } else { ("above", "以上") };
                Text::new(format!("{en} {}", low.en), format!("{}{zh}", low.zh))
            }
            (None, Some(high)) => {
                let high = show(high);
                let (en, zh) = if region.has_high { ("up to", "及以下") } else { ("below", "以下") };
                Text::new(format!("{en} {}", high.en), format!("{}{zh}", high.zh))
            }
            (None, None) => Text::new("everywhere", "全部范围"),
        }
    }

    /// The row that a drafter would add to cover a region.
    fn row_for(region: &Row, covering: &Covering<'_>) -> Text {
        let dots = match (covering.is_band, region.has_high) {
            (false, _) => "..",
            (true, true) => "..=",
            (true, false) => "..<",
        };
        let bounds = region.text_with(covering.rows.unit, dots);
        let (en, zh) = if covering.is_band { ("band", "定档") } else { ("tier", "分档") };
        let subject = if covering.is_named { String::new() } else { format!("{} ", covering.name) };
        Text::new(format!("{subject}{en} {}", bounds.en), format!("{subject}{zh} {}", bounds.zh))
    }
}

/// Regions that the shape of the rows leaves uncovered or covers twice.
fn suspicions(version: &Version) -> Vec<Suspicion> {
    let mut found = Vec::new();
    let Some(first) = version.rows.first() else { return found };
    let region = |low: Option<BigRational>, has_low, high: Option<BigRational>, has_high| Row {
        low,
        has_low,
        high,
        has_high,
        span: first.span,
        at: 0,
    };
    if first.low.is_some() {
        let region = region(None, false, first.low.clone(), !first.has_low);
        found.push(Suspicion { kind: Kind::Below, region, span: first.span, other: first.span });
    }
    // The row reaching highest so far.
    let mut top = first;
    for row in version.rows.iter().skip(1) {
        let (kind, region) = match (&top.high, &row.low) {
            (Some(high), Some(low)) if high < low => {
                (Some(Kind::Gap), region(Some(high.clone()), !top.has_high, Some(low.clone()), !row.has_low))
            }
            (Some(high), Some(low)) if high == low => (None, region(None, false, None, false)),
            _ => {
                let (until, has_until) = match (&top.high, &row.high) {
                    (Some(a), Some(b)) if a <= b => (Some(a.clone()), top.has_high),
                    (Some(a), None) => (Some(a.clone()), top.has_high),
                    (_, b) => (b.clone(), row.has_high),
                };
                (Some(Kind::Overlap), region(row.low.clone(), row.has_low, until, has_until))
            }
        };
        if let Some(kind) = kind {
            found.push(Suspicion { kind, region, span: row.span, other: top.span });
        }
        let reaches_higher = match (&top.high, &row.high) {
            (None, _) => false,
            (Some(_), None) => true,
            (Some(top), Some(high)) => high > top,
        };
        if reaches_higher {
            top = row;
        }
    }
    if let Some(high) = &top.high {
        let region = region(Some(high.clone()), !top.has_high, None, false);
        found.push(Suspicion { kind: Kind::Above, region, span: top.span, other: top.span });
    }
    found
}

/// The amounts whose slices reach through a region: beyond it, seen from zero.
fn beyond(region: &Row) -> Vec<Row> {
    let zero = BigRational::zero();
    let mut beyond = Vec::new();
    if region.high.as_ref().is_none_or(Signed::is_positive) {
        let low = region.low.clone().map_or_else(|| zero.clone(), |low| low.max(zero.clone()));
        beyond.push(Row { low: Some(low), has_low: false, high: None, has_high: false, ..region.clone() });
    }
    if region.low.as_ref().is_none_or(Signed::is_negative) {
        let high = region.high.clone().map_or_else(|| zero.clone(), |high| high.min(zero.clone()));
        beyond.push(Row { low: None, has_low: false, high: Some(high), has_high: false, ..region.clone() });
    }
    beyond
}

/// The one value well inside a region, which makes a clearer case than one at its edge.
fn middle(region: &Row) -> Option<Row> {
    let two = BigInt::from(2);
    let at = match (&region.low, &region.high) {
        (Some(low), Some(high)) if low < high => (low + high) / two,
        (Some(low), None) if low.is_positive() => low * two,
        (None, Some(high)) if !high.is_zero() => high / two,
        _ => return None,
    };
    Some(Row { low: Some(at.clone()), has_low: true, high: Some(at), has_high: true, ..region.clone() })
}

/// A condition that a base must never meet.
pub(super) fn is_negative(base: &Expr) -> Expr {
    let zero = Expr::constant(base.ty, BigRational::zero(), base.span);
    base.clone().compare(fen_grammar::tree::Comparison::Lt, zero)
}
