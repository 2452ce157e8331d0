//! Parsed pairs of one item to its tree.

mod expressions;
mod grains;
mod items;
mod tokens;

use pest::iterators::{Pair, Pairs};

use crate::diagnostic::{Diagnostic, Fix, Text};
use crate::errors::{Internal, Limit, TooLarge, Unexpected};
use crate::habits;
use crate::parse::Rule;
use crate::source::Span;
use crate::thousands::LeadingZeros;
use crate::tree::Expr;
use crate::words::describe;

/// The deepest expression: later stages walk expressions recursively.
const MAX_DEPTH: usize = 200;

/// The longest number: more than any amount of money or any rate needs.
const MAX_DIGITS: usize = 60;

/// Why an item could not be read although the grammar matched it.
pub(crate) enum ReadError {
    /// An expression deeper than [`MAX_DEPTH`].
    TooDeep(Span),
    /// A number longer than [`MAX_DIGITS`].
    TooManyDigits(Span),
    /// A number that begins with zeros that say nothing, and how it is to be written.
    LeadingZeros(Span, String),
    /// A number with a unit that the language does not have; readers are deep, and what they return is small.
    OddUnit(Box<OddUnit>),
    /// A range where a value is wanted, as it is written.
    RangeForValue(Span, String),
    /// Grammar and reader disagree.
    Mismatch,
}

impl ReadError {
    pub(crate) fn into_diagnostic(self, item: Span) -> Diagnostic {
        match self {
            Self::TooDeep(span) => TooLarge { span, what: Limit::Depth(MAX_DEPTH) }.into(),
            Self::TooManyDigits(span) => {
                let start = Span { end: span.end.min(span.start + MAX_DIGITS), ..span };
                TooLarge { span: start, what: Limit::Digits(MAX_DIGITS) }.into()
            }
            Self::LeadingZeros(span, right) => LeadingZeros { span, right }.into(),
            Self::OddUnit(problem) => problem.into_diagnostic(),
            Self::RangeForValue(span, found) => {
                let expected = vec![describe(Rule::literal, None)];
                Unexpected { span, found, expected, near: None, hint: None, fixes: Vec::new() }.into()
            }
            Self::Mismatch => Internal { span: item }.into(),
        }
    }
}

/// A number and what was meant as its unit, which would be a key and a value: `300圆`.
pub(crate) struct OddUnit {
    span: Span,
    number: Span,
    found: String,
    /// How the two are to be written.
    amount: Option<Text>,
}

impl OddUnit {
    fn into_diagnostic(self) -> Diagnostic {
        let expected = vec![describe(Rule::unit, None)];
        let hint = self.amount.as_ref().map(habits::write_amount);
        let place = self.number.to(self.span);
        let fixes = self.amount.into_iter().map(|text| Fix::replace(habits::write_amount(&text), place, text));
        let fixes = fixes.collect();
        Unexpected { span: self.span, found: self.found, expected, near: None, hint, fixes }.into()
    }
}

type Read<T> = Result<T, ReadError>;

/// Reads pairs whose positions are relative to an item.
pub(crate) struct Reader {
    offset: usize,
}

/// An expression and how deep it is.
struct Deep {
    expr: Expr,
    depth: usize,
}

impl Reader {
    /// A reader for an item that starts at byte `offset` of the source.
    pub(crate) fn new(offset: usize) -> Self {
        Self { offset }
    }

    fn span(&self, pair: &Pair<'_, Rule>) -> Span {
        Span { start: self.offset + pair.as_span().start(), end: self.offset + end(pair.clone()) }
    }
}

/// Where the last word inside a pair ends: white space before something optional that is not there is no part of it.
pub(crate) fn end(mut pair: Pair<'_, Rule>) -> usize {
    while pair.as_rule() != Rule::string {
        let Some(last) = pair.clone().into_inner().next_back() else { break };
        pair = last;
    }
    pair.as_span().end()
}

/// The inner pairs of a rule, taken in order; words and punctuation between them are passed over.
struct Parts<'a> {
    pairs: Pairs<'a, Rule>,
}

impl<'a> Parts<'a> {
    fn of(pair: Pair<'a, Rule>) -> Self {
        Self { pairs: pair.into_inner() }
    }

    /// The next pair of `rule`, which the grammar guarantees.
    fn take(&mut self, rule: Rule) -> Read<Pair<'a, Rule>> {
        self.pairs.by_ref().find(|pair| pair.as_rule() == rule).ok_or(ReadError::Mismatch)
    }

    /// The next pair if it is of `rule`, apart from words and punctuation.
    fn maybe(&mut self, rule: Rule) -> Option<Pair<'a, Rule>> {
        let mut ahead = self.pairs.clone();
        let pair = ahead.find(|pair| pair.as_rule() == rule || !is_punctuation(pair.as_rule()))?;
        (pair.as_rule() == rule).then(|| {
            self.pairs = ahead;
            pair
        })
    }

    /// The next pair that is neither word nor punctuation.
    fn next(&mut self) -> Option<Pair<'a, Rule>> {
        self.pairs.by_ref().find(|pair| !is_punctuation(pair.as_rule()))
    }
}

fn is_punctuation(rule: Rule) -> bool {
    use Rule::{arrow, bar, bracket_close, bracket_open, close, colon, comma, equals, open, slash};
    matches!(rule, comma | colon | slash | bar | open | close | bracket_open | bracket_close | arrow | equals)
        || crate::words::is_word(rule)
}

/// The rule of the only pair inside another, as in `rounding_mode`.
fn inner_rule(pair: Pair<'_, Rule>) -> Read<Rule> {
    pair.into_inner().next().map(|pair| pair.as_rule()).ok_or(ReadError::Mismatch)
}
