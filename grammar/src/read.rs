//! Parsed pairs of one item to its tree.

use num_bigint::BigInt;
use num_rational::BigRational;
use num_traits::{Num, One, Pow};
use pest::iterators::{Pair, Pairs};

use crate::diagnostic::Diagnostic;
use crate::errors::{Internal, Limit, TooLarge};
use crate::parse::Rule;
use crate::source::Span;
use crate::tree::{
    Always, BinaryOp, Comparison, Date, Definition, Example, Expr, ExprKind, Function, InForce, Input, ItemKind,
    LadderRow, Name, Output, Quantity, Quoted, Rounding, RoundingMode, Setting, Share, TypeName, Unit,
};

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
            Self::Mismatch => Internal { span: item }.into(),
        }
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
        let span = pair.as_span();
        Span { start: self.offset + span.start(), end: self.offset + span.end() }
    }

    /// The item as a tree.
    pub(crate) fn item(&self, pair: Pair<'_, Rule>) -> Read<ItemKind> {
        let rule = pair.as_rule();
        let mut parts = Parts { pairs: pair.into_inner() };
        Ok(match rule {
            Rule::policy_item => ItemKind::Policy(self.name(&parts.take(Rule::dotted_name)?)),
            Rule::title_item => ItemKind::Title(self.quoted(parts.take(Rule::string)?)?),
            Rule::source_item => ItemKind::Source(self.quoted(parts.take(Rule::string)?)?),
            Rule::in_force_item => ItemKind::InForce(InForce {
                from: self.date(&parts.take(Rule::date)?)?,
                to: parts.maybe(Rule::date).map(|pair| self.date(&pair)).transpose()?,
            }),
            Rule::rounding_item => ItemKind::Rounding(Rounding {
                mode: rounding_mode(parts.take(Rule::rounding_mode)?)?,
                step: self.quantity(parts.take(Rule::quantity)?)?,
            }),
            Rule::input_item => ItemKind::Input(self.input(parts)?),
            Rule::output_item => ItemKind::Output(self.output(parts)?),
            Rule::always_item => ItemKind::Always(self.always(parts)?),
            Rule::definition_item => ItemKind::Definition(self.definition(parts)?),
            Rule::ladder_item => ItemKind::LadderRow(self.ladder_row(parts)?),
            Rule::example_item => ItemKind::Example(self.example(parts)?),
            _ => return Err(ReadError::Mismatch),
        })
    }

    fn input(&self, mut parts: Parts<'_>) -> Read<Input> {
        let name = self.name(&parts.take(Rule::name)?);
        parts.take(Rule::type_name)?;
        let (mut from, mut to) = (None, None);
        if let Some(range) = parts.maybe(Rule::range) {
            let mut is_upper = false;
            for pair in range.into_inner() {
                match pair.as_rule() {
                    Rule::kw_to => is_upper = true,
                    Rule::signed_quantity if is_upper => to = Some(self.signed_quantity(pair)?),
                    Rule::signed_quantity => from = Some(self.signed_quantity(pair)?),
                    _ => {}
                }
            }
        }
        let labels = self.labels(&mut parts)?;
        Ok(Input { name, ty: TypeName::Money, from, to, labels, cite: self.cite(&mut parts)? })
    }

    fn output(&self, mut parts: Parts<'_>) -> Read<Output> {
        let mut names = Vec::new();
        while let Some(pair) = parts.maybe(Rule::output_name) {
            let mut inner = Parts { pairs: pair.into_inner() };
            names.push((self.name(&inner.take(Rule::name)?), self.labels(&mut inner)?));
        }
        Ok(Output { names, cite: self.cite(&mut parts)? })
    }

    fn always(&self, mut parts: Parts<'_>) -> Read<Always> {
        let pair = parts.take(Rule::comparison)?;
        let span = self.span(&pair);
        let mut inner = Parts { pairs: pair.into_inner() };
        let left = self.sum(inner.take(Rule::sum)?)?;
        let comparison = comparison(inner.take(Rule::compare)?)?;
        let right = self.sum(inner.take(Rule::sum)?)?;
        Ok(Always { left: left.expr, comparison, right: right.expr, span, cite: self.cite(&mut parts)? })
    }

    fn definition(&self, mut parts: Parts<'_>) -> Read<Definition> {
        let name = self.name(&parts.take(Rule::name)?);
        let value = self.sum(parts.take(Rule::sum)?)?.expr;
        let share_of = match parts.maybe(Rule::share_of) {
            Some(pair) => Some(self.sum(Parts { pairs: pair.into_inner() }.take(Rule::sum)?)?.expr),
            None => None,
        };
        Ok(Definition { name, value, share_of, cite: self.cite(&mut parts)? })
    }

    fn ladder_row(&self, mut parts: Parts<'_>) -> Read<LadderRow> {
        let subject = self.name(&parts.take(Rule::name)?);
        let pair = parts.take(Rule::bounds)?;
        let bounds = self.span(&pair);
        let (mut low, mut high, mut after_dots) = (None, None, false);
        for part in pair.into_inner() {
            match part.as_rule() {
                Rule::dots => after_dots = true,
                _ if after_dots => high = Some(self.signed_quantity(part)?),
                _ => low = Some(self.signed_quantity(part)?),
            }
        }
        let mut shares = Vec::new();
        while let Some(pair) = parts.maybe(Rule::share) {
            let mut inner = Parts { pairs: pair.into_inner() };
            let name = self.name(&inner.take(Rule::name)?);
            shares.push(Share { name, rate: self.signed_quantity(inner.take(Rule::signed_quantity)?)? });
        }
        Ok(LadderRow { subject, low, high, bounds, shares, cite: self.cite(&mut parts)? })
    }

    fn example(&self, mut parts: Parts<'_>) -> Read<Example> {
        let title = self.quoted(parts.take(Rule::string)?)?;
        let given = self.settings(parts.take(Rule::given)?)?;
        let expect = self.settings(parts.take(Rule::expected)?)?;
        Ok(Example { title, given, expect })
    }

    fn settings(&self, pair: Pair<'_, Rule>) -> Read<Vec<Setting>> {
        let mut parts = Parts { pairs: pair.into_inner() };
        let mut settings = Vec::new();
        while let Some(pair) = parts.maybe(Rule::setting) {
            let mut inner = Parts { pairs: pair.into_inner() };
            let name = self.name(&inner.take(Rule::name)?);
            settings.push(Setting { name, value: self.signed_quantity(inner.take(Rule::signed_quantity)?)? });
        }
        Ok(settings)
    }

    fn labels(&self, parts: &mut Parts<'_>) -> Read<Vec<Quoted>> {
        let Some(pair) = parts.maybe(Rule::labels) else { return Ok(Vec::new()) };
        pair.into_inner().filter(|pair| pair.as_rule() == Rule::string).map(|pair| self.quoted(pair)).collect()
    }

    fn cite(&self, parts: &mut Parts<'_>) -> Read<Option<Quoted>> {
        let Some(pair) = parts.maybe(Rule::cite) else { return Ok(None) };
        Ok(Some(self.quoted(Parts { pairs: pair.into_inner() }.take(Rule::string)?)?))
    }

    fn name(&self, pair: &Pair<'_, Rule>) -> Name {
        Name { text: pair.as_str().to_owned(), span: self.span(pair) }
    }

    fn quoted(&self, pair: Pair<'_, Rule>) -> Read<Quoted> {
        let span = self.span(&pair);
        let text = pair.into_inner().next().ok_or(ReadError::Mismatch)?.as_str().to_owned();
        Ok(Quoted { text, span })
    }

    fn date(&self, pair: &Pair<'_, Rule>) -> Read<Date> {
        let mut parts = pair.as_str().split('-');
        let mut next = || parts.next().ok_or(ReadError::Mismatch);
        let year = next()?.parse().map_err(|_| ReadError::Mismatch)?;
        let month = next()?.parse().map_err(|_| ReadError::Mismatch)?;
        let day = next()?.parse().map_err(|_| ReadError::Mismatch)?;
        Ok(Date { year, month, day, span: self.span(pair) })
    }

    fn signed_quantity(&self, pair: Pair<'_, Rule>) -> Read<Quantity> {
        let span = self.span(&pair);
        let mut parts = Parts { pairs: pair.into_inner() };
        let negative = parts.maybe(Rule::op_sub).is_some();
        let quantity = self.quantity(parts.take(Rule::quantity)?)?;
        let value = if negative { -quantity.value.clone() } else { quantity.value.clone() };
        Ok(Quantity { value, span, ..quantity })
    }

    fn quantity(&self, pair: Pair<'_, Rule>) -> Read<Quantity> {
        let span = self.span(&pair);
        let mut parts = Parts { pairs: pair.into_inner() };
        let number_pair = parts.take(Rule::number)?;
        if number_pair.as_str().len() > MAX_DIGITS {
            return Err(ReadError::TooManyDigits(span));
        }
        let value = number(number_pair.as_str())?;
        let Some(unit) = parts.maybe(Rule::unit) else {
            return Ok(Quantity { value, scale: BigRational::one(), unit: Unit::None, span });
        };
        let written = unit.into_inner().next().ok_or(ReadError::Mismatch)?.as_rule();
        let (unit, scale) = match written {
            Rule::unit_percent => (Unit::Percent, BigRational::new(BigInt::one(), BigInt::from(100))),
            Rule::unit_yuan => (Unit::Yuan, BigRational::one()),
            Rule::unit_wan_yuan => (Unit::Yuan, BigInt::from(10_000).into()),
            Rule::unit_yi_yuan => (Unit::Yuan, BigInt::from(100_000_000).into()),
            _ => return Err(ReadError::Mismatch),
        };
        Ok(Quantity { value: value * &scale, scale, unit, span })
    }

    fn sum(&self, pair: Pair<'_, Rule>) -> Read<Deep> {
        self.chain(pair, |reader, pair| match pair.as_rule() {
            Rule::product => reader.chain(pair, Self::factor),
            _ => Err(ReadError::Mismatch),
        })
    }

    /// Operands joined by operators of one rank, from left to right.
    fn chain(&self, pair: Pair<'_, Rule>, operand: impl Fn(&Self, Pair<'_, Rule>) -> Read<Deep>) -> Read<Deep> {
        let span = self.span(&pair);
        let mut parts = pair.into_inner();
        let mut left = operand(self, parts.next().ok_or(ReadError::Mismatch)?)?;
        while let Some(op) = parts.next() {
            let op = match op.as_rule() {
                Rule::op_add => BinaryOp::Add,
                Rule::op_sub => BinaryOp::Sub,
                Rule::op_mul => BinaryOp::Mul,
                Rule::op_div => BinaryOp::Div,
                _ => return Err(ReadError::Mismatch),
            };
            let right = operand(self, parts.next().ok_or(ReadError::Mismatch)?)?;
            let depth = left.depth.max(right.depth) + 1;
            if depth > MAX_DEPTH {
                return Err(ReadError::TooDeep(span));
            }
            let expr_span = left.expr.span.to(right.expr.span);
            let kind = ExprKind::Binary(op, Box::new(left.expr), Box::new(right.expr));
            left = Deep { expr: Expr { span: expr_span, kind }, depth };
        }
        Ok(left)
    }

    fn factor(&self, pair: Pair<'_, Rule>) -> Read<Deep> {
        let span = self.span(&pair);
        let mut negative = false;
        for part in pair.into_inner() {
            if part.as_rule() == Rule::op_sub {
                negative = !negative;
                continue;
            }
            let inner = self.atom(part)?;
            if !negative {
                return Ok(inner);
            }
            let depth = inner.depth + 1;
            return Ok(Deep { expr: Expr { span, kind: ExprKind::Negate(Box::new(inner.expr)) }, depth });
        }
        Err(ReadError::Mismatch)
    }

    fn atom(&self, pair: Pair<'_, Rule>) -> Read<Deep> {
        let span = self.span(&pair);
        let leaf = |kind| Ok(Deep { expr: Expr { span, kind }, depth: 1 });
        match pair.as_rule() {
            Rule::quantity => leaf(ExprKind::Quantity(self.quantity(pair)?)),
            Rule::name => leaf(ExprKind::Name(pair.as_str().to_owned())),
            Rule::paren => {
                let mut inner = self.sum(Parts { pairs: pair.into_inner() }.take(Rule::sum)?)?;
                inner.expr.span = span;
                Ok(inner)
            }
            Rule::call => self.call(pair),
            _ => Err(ReadError::Mismatch),
        }
    }

    fn call(&self, pair: Pair<'_, Rule>) -> Read<Deep> {
        let span = self.span(&pair);
        let mut parts = Parts { pairs: pair.into_inner() };
        let function = match parts.take(Rule::function)?.into_inner().next().map(|pair| pair.as_rule()) {
            Some(Rule::kw_max) => Function::Max,
            Some(Rule::kw_min) => Function::Min,
            _ => return Err(ReadError::Mismatch),
        };
        let (mut args, mut depth) = (Vec::new(), 0);
        while let Some(pair) = parts.maybe(Rule::sum) {
            let arg = self.sum(pair)?;
            depth = depth.max(arg.depth);
            args.push(arg.expr);
        }
        if depth >= MAX_DEPTH || args.len() > MAX_DEPTH {
            return Err(ReadError::TooDeep(span));
        }
        Ok(Deep { expr: Expr { span, kind: ExprKind::Call(function, args) }, depth: depth + 1 })
    }
}

/// The inner pairs of a rule, taken in order; words and punctuation between them are passed over.
struct Parts<'a> {
    pairs: Pairs<'a, Rule>,
}

impl<'a> Parts<'a> {
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
}

fn is_punctuation(rule: Rule) -> bool {
    matches!(rule, Rule::comma | Rule::colon | Rule::slash | Rule::open | Rule::close | Rule::arrow | Rule::equals)
        || crate::words::WORDS.iter().any(|(word, ..)| *word == rule)
}

fn rounding_mode(pair: Pair<'_, Rule>) -> Read<RoundingMode> {
    match pair.into_inner().next().map(|pair| pair.as_rule()) {
        Some(Rule::kw_half_up) => Ok(RoundingMode::HalfUp),
        Some(Rule::kw_half_even) => Ok(RoundingMode::HalfEven),
        Some(Rule::kw_down) => Ok(RoundingMode::Down),
        Some(Rule::kw_up) => Ok(RoundingMode::Up),
        _ => Err(ReadError::Mismatch),
    }
}

fn comparison(pair: Pair<'_, Rule>) -> Read<Comparison> {
    match pair.into_inner().next().map(|pair| pair.as_rule()) {
        Some(Rule::op_eq) => Ok(Comparison::Eq),
        Some(Rule::op_ne) => Ok(Comparison::Ne),
        Some(Rule::op_lt) => Ok(Comparison::Lt),
        Some(Rule::op_le) => Ok(Comparison::Le),
        Some(Rule::op_gt) => Ok(Comparison::Gt),
        Some(Rule::op_ge) => Ok(Comparison::Ge),
        _ => Err(ReadError::Mismatch),
    }
}

fn number(text: &str) -> Read<BigRational> {
    let digits = text.replace('_', "");
    let (whole, decimals) = digits.split_once('.').unwrap_or((&digits, ""));
    let numerator = BigInt::from_str_radix(&format!("{whole}{decimals}"), 10).map_err(|_| ReadError::Mismatch)?;
    Ok(BigRational::new(numerator, BigInt::from(10).pow(decimals.len())))
}
