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
    let rounded: Vec<(ValueId, &Value)> = program
        .values
        .iter()
        .enumerate()
        .filter(|(_, value)| is_rounded_quotient(value))
        .map(|(at, value)| (ValueId(at), value))
        .collect();
    let mut found = Vec::new();
    for (id, value) in rounded {
        let used = program.values.iter().find_map(|other| match &other.body {
            Body::Expr(body) => use_of(body, id),
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

/// A ratio, or so much per something, that is a quotient and rounded.
fn is_rounded_quotient(value: &Value) -> bool {
    let Body::Expr(body) = &value.body else { return false };
    let Some(measure) = value.ty.measure() else { return false };
    let is_ratio = matches!(measure.kind(), Some(Kind::Ratio | Kind::Rate));
    let is_price = measure.suffix().en.contains("per ");
    let inner = match &body.kind {
        ExprKind::Round(inner, _) => inner,
        _ if value.rounding.is_some() => body,
        _ => return false,
    };
    (is_ratio || is_price) && divides(inner)
}

/// Whether a quotient by something that varies is the value, or one of the cases of it.
fn divides(expr: &Expr) -> bool {
    match &expr.kind {
        ExprKind::Div(_, right) => right.facts.as_constant().is_none(),
        ExprKind::Cases(cases, last) => cases.iter().map(|(_, value)| value).chain([&**last]).any(divides),
        ExprKind::Mul(left, right) => divides(left) || divides(right),
        _ => false,
    }
}

/// Where a value is multiplied with something that varies, or compared; and whether it is compared.
fn use_of(expr: &Expr, id: ValueId) -> Option<(Span, bool)> {
    let is_it = |expr: &Expr| matches!(expr.kind, ExprKind::Value(known) if known == id);
    match &expr.kind {
        ExprKind::Mul(left, right)
            if (is_it(left) && right.facts.as_constant().is_none())
                || (is_it(right) && left.facts.as_constant().is_none()) =>
        {
            Some((expr.span, false))
        }
        ExprKind::Compare(_, left, right) if is_it(left) || is_it(right) => Some((expr.span, true)),
        _ => expr.parts().into_iter().find_map(|part| use_of(part, id)),
    }
}
