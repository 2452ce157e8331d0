//! The amounts behind a result as a waterfall: where it starts from, what is added and taken away, what remains.

use std::fmt::Write;

use fen_schema::{ColumnType, Language};
use num_bigint::BigInt;
use num_integer::Integer;
use num_rational::BigRational;
use num_traits::{Signed, ToPrimitive, Zero};

use crate::model::{Explanation, Output};
use crate::node::{Node, NodeForm};
use crate::numbers::{about, number};
use crate::words::{self, say};

/// Longer pictures begin with what has been reached by then.
const MOST_BARS: usize = 20;
/// Values that lie deeper are not taken apart.
const DEEPEST: usize = 40;
/// Characters of a label.
const LABEL: usize = 44;

/// Sizes of the picture, in its own units.
const WIDTH: i64 = 360;
const ROW: i64 = 34;
const MARGIN: i64 = 6;

/// A bar of a waterfall.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Bar {
    pub(crate) label: String,
    pub(crate) kind: Kind,
    pub(crate) from: BigRational,
    pub(crate) to: BigRational,
}

/// What a bar stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// An amount to start from.
    Start,
    /// A change.
    Change,
    /// The result.
    Result,
}

/// The bars of a result; none if it is not an amount of money, or nothing is done to an amount.
pub(crate) fn bars(explanation: &Explanation, output: &Output, lang: Language) -> Vec<Bar> {
    let Some(result) = money(output.amount.ty, output.amount.value.as_deref()) else { return Vec::new() };
    let flow = Flow { explanation, lang };
    let mut bars = output.step.map(|step| flow.step(step, 0)).unwrap_or_default();
    if bars.len() < 2 {
        return Vec::new();
    }
    if bars.len() > MOST_BARS {
        bars = bars.split_off(bars.len() - MOST_BARS);
        if let Some(first) = bars.first_mut()
            && first.kind == Kind::Change
        {
            let level = first.from.clone();
            let label = say(lang, "so far", "前述各步合计").to_owned();
            bars.insert(0, Bar { label, kind: Kind::Start, from: BigRational::zero(), to: level });
        }
    }
    let label = words::called(&output.name, &output.label, lang);
    bars.push(Bar { label, kind: Kind::Result, from: BigRational::zero(), to: result });
    bars
}

/// An amount of money from its text.
fn money(ty: ColumnType, text: Option<&str>) -> Option<BigRational> {
    let text = text.filter(|_| ty == ColumnType::Money)?;
    match text.split_once('.') {
        None => number(text),
        Some((whole, decimals)) => {
            let digits: BigInt = format!("{whole}{decimals}").parse().ok()?;
            let scale = BigInt::from(10).pow(u32::try_from(decimals.len()).ok()?);
            Some(BigRational::new(digits, scale))
        }
    }
}

struct Flow<'e> {
    explanation: &'e Explanation,
    lang: Language,
}

impl Flow<'_> {
    fn step(&self, place: usize, depth: usize) -> Vec<Bar> {
        let Some(step) = self.explanation.steps.get(place) else { return Vec::new() };
        let mut bars = self.node(&step.how, depth + 1);
        if let Some(value) = money(step.amount.ty, step.amount.value.as_deref()) {
            bars.extend(change(&bars, say(self.lang, "rounding", "取整").to_owned(), &value));
        }
        // An amount that is nothing but itself is known by its name.
        if let [only] = bars.as_mut_slice() {
            only.label = words::called(&step.name, &step.label, self.lang);
        }
        bars
    }

    /// The way to the value of a part, from left to right as it is written.
    fn node(&self, node: &Node, depth: usize) -> Vec<Bar> {
        let Some(value) = money(node.amount.ty, node.amount.value.as_deref()) else { return Vec::new() };
        let alone =
            || vec![Bar { label: self.label(node), kind: Kind::Start, from: BigRational::zero(), to: value.clone() }];
        if depth > DEEPEST {
            return alone();
        }
        let bars = match &node.form {
            NodeForm::Step { step } => self.step(*step, depth + 1),
            NodeForm::Choice { then, .. } => self.node(then, depth + 1),
            NodeForm::Remainder { parts, .. } => self.sum(parts, true, depth),
            NodeForm::Operation { operator, parts, taken, .. } => match operator.as_str() {
                "add" => self.sum(parts, false, depth),
                "sub" => self.sum(parts, true, depth),
                "mul" | "div" => self.scaled(operator, parts, &value, depth),
                "clamp" => {
                    let mut bars = parts.first().map(|part| self.node(part, depth + 1)).unwrap_or_default();
                    bars.extend(change(&bars, say(self.lang, "within its limits", "限于上下限").to_owned(), &value));
                    bars
                }
                "min" | "max" => self.extreme(operator == "min", parts, *taken, &value, depth),
                "round" => {
                    let mut bars = parts.first().map(|part| self.node(part, depth + 1)).unwrap_or_default();
                    bars.extend(change(&bars, say(self.lang, "rounding", "取整").to_owned(), &value));
                    bars
                }
                _ => Vec::new(),
            },
            NodeForm::Tiers { tiers, .. } => {
                let mut bars: Vec<Bar> = Vec::new();
                for tier in tiers {
                    let yields = money(tier.yields.ty, tier.yields.value.as_deref());
                    let Some(yields) = yields.filter(|yields| !yields.is_zero()) else { continue };
                    let range = words::pick(&tier.range, self.lang);
                    let label = format!("{range} × {}", tier.share.value.as_deref().unwrap_or_default());
                    let from = bars.last().map(|bar| bar.to.clone()).unwrap_or_default();
                    let to = &from + yields;
                    bars.push(Bar { label, kind: Kind::Change, from, to });
                }
                bars
            }
            _ => Vec::new(),
        };
        // What could not be followed to this value stands alone.
        if bars.last().is_some_and(|last| last.to == value) { bars } else { alone() }
    }

    fn sum(&self, parts: &[Node], is_less: bool, depth: usize) -> Vec<Bar> {
        let Some((first, others)) = parts.split_first() else { return Vec::new() };
        let mut bars = self.node(first, depth + 1);
        for other in others {
            let Some(amount) = money(other.amount.ty, other.amount.value.as_deref()) else { return Vec::new() };
            let Some(level) = bars.last().map(|bar| bar.to.clone()) else { return Vec::new() };
            let to = if is_less { &level - amount } else { &level + amount };
            let sign = if is_less { "−" } else { "+" };
            bars.extend(change(&bars, format!("{sign} {}", self.label(other)), &to));
        }
        bars
    }

    fn scaled(&self, operator: &str, parts: &[Node], value: &BigRational, depth: usize) -> Vec<Bar> {
        let is_money = |part: &&Node| part.amount.ty == ColumnType::Money;
        let mut amounts = parts.iter().filter(is_money);
        let (Some(amount), None) = (amounts.next(), amounts.next()) else { return Vec::new() };
        if operator == "div" && !parts.first().is_some_and(|first| is_money(&first)) {
            return Vec::new();
        }
        let mut bars = self.node(amount, depth + 1);
        let factors: Vec<String> = parts.iter().filter(|part| !is_money(part)).map(|part| self.factor(part)).collect();
        let sign = if operator == "mul" { "×" } else { "÷" };
        bars.extend(change(&bars, format!("{sign} {}", factors.join(" × ")), value));
        bars
    }

    fn extreme(
        &self,
        is_least: bool,
        parts: &[Node],
        taken: Option<usize>,
        value: &BigRational,
        depth: usize,
    ) -> Vec<Bar> {
        let Some((first, _)) = parts.split_first() else { return Vec::new() };
        let mut bars = self.node(first, depth + 1);
        let limit = taken.and_then(|taken| parts.get(taken)).map(|part| self.label(part)).unwrap_or_default();
        let word =
            if is_least { say(self.lang, "at most", "不超过") } else { say(self.lang, "at least", "不低于") };
        bars.extend(change(&bars, format!("{word} {limit}"), value));
        bars
    }

    fn factor(&self, part: &Node) -> String {
        let value = part.amount.value.clone().unwrap_or_default();
        let label = self.label(part);
        if label == value { value } else { format!("{label} {value}") }
    }

    fn label(&self, node: &Node) -> String {
        let label = match &node.form {
            NodeForm::Step { step } => match self.explanation.steps.get(*step) {
                Some(step) => words::called(&step.name, &step.label, self.lang),
                None => node.text.clone(),
            },
            NodeForm::Input { name, label, .. } | NodeForm::Parameter { name, label, .. } => {
                words::called(name, label, self.lang)
            }
            _ => node.text.clone(),
        };
        if label.chars().count() <= LABEL {
            return label;
        }
        let cut: String = label.chars().take(LABEL - 1).collect();
        format!("{cut}…")
    }
}

/// The bar from the level that is reached to another one; nothing if that is the same.
fn change(bars: &[Bar], label: String, to: &BigRational) -> Option<Bar> {
    let from = bars.last()?.to.clone();
    (from != *to).then(|| Bar { label, kind: Kind::Change, from, to: to.clone() })
}

/// The picture of some bars; all coordinates are integers.
pub(crate) fn svg(bars: &[Bar], title: &str, escape: fn(&str) -> String) -> String {
    let zero = BigRational::zero();
    let ends = || bars.iter().flat_map(|bar| [&bar.from, &bar.to]).chain([&zero]);
    let (Some(low), Some(high)) = (ends().min(), ends().max()) else { return String::new() };
    let span = if high == low { BigRational::from(BigInt::from(1)) } else { high - low };
    let width = WIDTH - 2 * MARGIN;
    let x = |value: &BigRational| {
        let scaled = (value - low) * BigInt::from(width) / &span;
        let (whole, rest) = scaled.numer().div_rem(scaled.denom());
        let is_up = rest * BigInt::from(2) >= *scaled.denom();
        MARGIN + whole.to_i64().unwrap_or(0) + i64::from(is_up)
    };
    let count = i64::try_from(bars.len()).unwrap_or(0);
    let height = count * ROW + MARGIN;
    let mut out = String::new();
    // Writing to a string cannot fail.
    let _ = write!(
        out,
        "<svg class=\"waterfall\" viewBox=\"0 0 {WIDTH} {height}\" role=\"img\" aria-label=\"{}\">",
        escape(title)
    );
    let _ = write!(out, "<line class=\"axis\" x1=\"{0}\" x2=\"{0}\" y1=\"0\" y2=\"{height}\"/>", x(&zero));
    for (row, bar) in (0..).zip(bars) {
        let top = row * ROW;
        let (left, right) = (x((&bar.from).min(&bar.to)), x((&bar.from).max(&bar.to)));
        let class = match bar.kind {
            Kind::Start => "start",
            Kind::Result => "result",
            Kind::Change if bar.to > bar.from => "more",
            Kind::Change => "less",
        };
        let shown = match bar.kind {
            Kind::Start | Kind::Result => bar.to.clone(),
            Kind::Change => &bar.to - &bar.from,
        };
        let sign = if bar.kind == Kind::Change && shown.is_positive() { "+" } else { "" };
        let (text, base) = (top + 13, top + 18);
        let _ = write!(out, "<text x=\"{MARGIN}\" y=\"{text}\">{}</text>", escape(&bar.label));
        let end = WIDTH - MARGIN;
        let _ = write!(out, "<text class=\"amount\" x=\"{end}\" y=\"{text}\">{sign}{}</text>", grouped(&shown));
        let long = (right - left).max(1);
        let _ = write!(out, "<rect class=\"{class}\" x=\"{left}\" y=\"{base}\" width=\"{long}\" height=\"11\"/>");
        if row + 1 < count {
            let (at, next) = (x(&bar.to), base + ROW);
            let _ = write!(out, "<line class=\"link\" x1=\"{at}\" x2=\"{at}\" y1=\"{base}\" y2=\"{next}\"/>");
        }
    }
    out.push_str("</svg>");
    out
}

/// An amount of money with commas between thousands.
fn grouped(value: &BigRational) -> String {
    let kind = fen_schema::trace::Kind { ty: ColumnType::Money, ..crate::numbers::plain() };
    let text = crate::numbers::shown(value, &kind, 2).unwrap_or_default();
    if let Some(about) = about(&text) {
        return format!("≈{about}");
    }
    let (whole, decimals) = text.split_once('.').unwrap_or((&text, ""));
    let (sign, digits) = whole.strip_prefix('-').map_or(("", whole), |digits| ("−", digits));
    let mut grouped = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    if decimals.is_empty() { format!("{sign}{grouped}") } else { format!("{sign}{grouped}.{decimals}") }
}
