//! Quotients that are rounded before they are used: what is lost is multiplied.

use fen_grammar::diagnostic::{Diagnostic, Text};
use fen_grammar::source::Span;

use super::{or_allow, warning};
use crate::check::program::{Body, Expr, ExprKind, Program, Value};
use crate::check::types::Kind;
use crate::ids::ValueId;
use crate::rules::Rules;

const CODE: &str = "fen::lint::rounded_early";

pub(super) fn lint(program: &Program, _rules: Rules<'_>) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for (at, value) in program.values.iter().enumerate() {
        let Some(quotient) = rounded_quotient(value) else { continue };
        let id = ValueId(at);
        let used = program.values.iter().find_map(|other| match &other.body {
            Body::Expr(body) => use_of(body, id, &quotient),
            Body::Share { .. } | Body::Remainder { .. } => None,
        });
        let Some((span, is_compared)) = used else { continue };
        let name = &value.name;
        let message = match is_compared {
            true => Text::new(format!("`{name}` is rounded before it is compared"), format!("“{name}”先取整、后比较")),
            false => Text::new(
                format!(
                    "`{name}` is rounded before it is multiplied: what comes of it does not add up to what was divided"
                ),
                format!("“{name}”先取整、后相乘：所得各数合计与被除的总数不符"),
            ),
        };
        let help = match is_compared {
            true => or_allow(
                CODE,
                "compare the exact quotient, and round what is shown: `output … round …`",
                "请用未取整的商比较，只在输出时取整",
            ),
            false => or_allow(
                CODE,
                "multiply first and round the result, or divide the amount with `split`",
                "请先乘后取整，或用“分配”分摊总额",
            ),
        };
        let here = Text::new("rounded here", "在此取整");
        let there = Text::new("and used here", "在此使用");
        found.push(warning(CODE, message, value.span, here).with_label(span, there).with_help(help));
    }
    found
}

/// A quotient that is rounded.
struct Quotient<'p> {
    /// A ratio, or so much per something: whatever it is multiplied with, it was rounded too early.
    is_price: bool,
    /// What it is divided by: multiplied with that, it should come to what was divided.
    divisors: Vec<&'p Expr>,
}

fn rounded_quotient(value: &Value) -> Option<Quotient<'_>> {
    let Body::Expr(body) = &value.body else { return None };
    let measure = value.ty.measure()?;
    let is_ratio = matches!(measure.kind(), Some(Kind::Ratio | Kind::Rate));
    let is_price = is_ratio || measure.suffix().en.contains("per ");
    let inner = match &body.kind {
        ExprKind::Round(inner, _) => inner,
        _ if value.rounding.is_some() => body,
        _ => return None,
    };
    let divisors = divisors(inner);
    (!divisors.is_empty()).then_some(Quotient { is_price, divisors })
}

/// What varies, and divides the value or one of the cases of it.
fn divisors(expr: &Expr) -> Vec<&Expr> {
    match &expr.kind {
        ExprKind::Div(_, right) if right.facts.as_constant().is_none() => vec![right],
        ExprKind::Cases(cases, last) => {
            cases.iter().map(|(_, value)| value).chain([&**last]).flat_map(divisors).collect()
        }
        ExprKind::Mul(left, right) => [divisors(left), divisors(right)].concat(),
        _ => Vec::new(),
    }
}

/// Whether two expressions are the same input, parameter or definition.
fn is_same(one: &Expr, other: &Expr) -> bool {
    match (&one.kind, &other.kind) {
        (ExprKind::Input(one), ExprKind::Input(other)) => one == other,
        (ExprKind::Parameter(one), ExprKind::Parameter(other)) => one == other,
        (ExprKind::Value(one), ExprKind::Value(other)) => one == other,
        _ => false,
    }
}

/// Where a quotient is multiplied with something that varies, or compared; and whether it is compared.
fn use_of(expr: &Expr, id: ValueId, quotient: &Quotient<'_>) -> Option<(Span, bool)> {
    let is_it = |expr: &Expr| matches!(expr.kind, ExprKind::Value(known) if known == id);
    let matters = |by: &Expr| match quotient.is_price {
        true => by.facts.as_constant().is_none(),
        false => quotient.divisors.iter().any(|divisor| is_same(divisor, by)),
    };
    match &expr.kind {
        ExprKind::Mul(left, right) if (is_it(left) && matters(right)) || (is_it(right) && matters(left)) => {
            Some((expr.span, false))
        }
        ExprKind::Compare(_, left, right) if quotient.is_price && (is_it(left) || is_it(right)) => {
            Some((expr.span, true))
        }
        _ => expr.parts().into_iter().find_map(|part| use_of(part, id, quotient)),
    }
}
