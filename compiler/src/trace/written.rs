//! Expressions as they are written; those that the compiler makes itself as they would be.

use fen_grammar::diagnostic::Lang;
use fen_grammar::tree::Comparison;

use super::texts::Texts;
use crate::check::program::{Expr, ExprKind};

/// The text of an expression.
pub(super) fn written(texts: &Texts<'_>, lang: Lang, expr: &Expr) -> String {
    let say = |en: &str, zh: &str| if lang == Lang::En { en.to_owned() } else { zh.to_owned() };
    let of = |expr: &Expr| written(texts, lang, expr);
    // What stands in the place of one of its parts is not written there.
    let is_made = |part: &Expr| part.span == expr.span;
    match &expr.kind {
        ExprKind::Not(part) if is_made(part) => say(&format!("not ({})", of(part)), &format!("非（{}）", of(part))),
        ExprKind::Negate(part) if is_made(part) => format!("-({})", of(part)),
        ExprKind::Sub(left, right) if is_made(left) || is_made(right) => format!("{} - {}", of(left), of(right)),
        ExprKind::Max(parts) if parts.iter().all(is_made) => {
            let parts: Vec<String> = parts.iter().map(of).collect();
            say(&format!("max({})", parts.join(", ")), &format!("较大({})", parts.join(", ")))
        }
        // The direction stands behind the sum.
        ExprKind::AddMonths { later, .. } => {
            let direction = if *later { say(" or later", " 顺延") } else { say(" or earlier", " 提前") };
            texts.line(expr.span) + &direction
        }
        _ => texts.line(expr.span),
    }
}

/// A comparison of an indicator with its target, which stand in different places of one item.
pub(super) fn target(texts: &Texts<'_>, lang: Lang, met: &Expr) -> Option<String> {
    let ExprKind::Compare(comparison, value, target) = &met.kind else { return None };
    let sign = match comparison {
        Comparison::Eq => "==",
        Comparison::Ne => "!=",
        Comparison::Lt => "<",
        Comparison::Le => "<=",
        Comparison::Gt => ">",
        Comparison::Ge => ">=",
    };
    Some(format!("{} {sign} {}", written(texts, lang, value), written(texts, lang, target)))
}
