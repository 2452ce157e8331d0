//! Values from text, by the rules for cells, with or without their units; and back.

use fen_grammar::tree::{DefinitionBody, ExprKind, ItemKind, LiteralKind};
use num_bigint::BigInt;
use num_rational::BigRational;
use num_traits::{Signed, Zero};

use crate::check::measure_of;
use crate::check::program::{Program, date_of, days_of};
use crate::check::types::{Kind, Measure, Type, decimal, step_of};
use crate::exact::is_whole;
use crate::resolve::header::date;

/// The value that a text stands for; `None` if it is none of the type, or lies between two steps.
pub(super) fn read(program: &Program, ty: Type, scale: u32, text: &str) -> Option<BigRational> {
    let text = text.trim();
    match ty {
        Type::Bool => match text {
            "true" | "是" => Some(BigRational::from_integer(1.into())),
            "false" | "否" => Some(BigRational::zero()),
            _ => None,
        },
        Type::Enum(id) => {
            let values = &program.enums.get(id.0)?.values;
            let named = values.iter().position(|value| value.name == text);
            let at = named.or_else(|| values.iter().position(|one| one.label.en == text || one.label.zh == text))?;
            Some(BigRational::from_integer(BigInt::from(at)))
        }
        Type::Code | Type::Id => {
            let text = text.trim_matches(['"', '“', '”']);
            let at = program.codes.binary_search_by(|code| code.as_str().cmp(text)).unwrap_or(program.codes.len());
            (!text.is_empty()).then(|| BigRational::from_integer(BigInt::from(at)))
        }
        Type::Date => match literal(text)? {
            (LiteralKind::Date(day), false) => {
                Some(BigRational::from_integer(days_of(date(&day, &mut Vec::new())?).into()))
            }
            _ => None,
        },
        Type::Measure(measure) => {
            let (LiteralKind::Quantity(quantity), negative) = literal(text)? else { return None };
            // Without a unit it is in that of the type, as in a file.
            if !quantity.unit.is_none() && measure_of(&quantity.unit) != Some(measure) {
                return None;
            }
            // 20 could be 20 or 2000 percentage points; a rate has a number without a unit, 0.2.
            if quantity.unit.is_none() && measure.kind() == Some(Kind::Points) {
                return None;
            }
            let value = if negative { -quantity.value } else { quantity.value };
            is_whole(&value, &step_of(scale)).then_some(value)
        }
    }
}

/// A literal, and whether a sign stands before it.
fn literal(text: &str) -> Option<(LiteralKind, bool)> {
    // A text of several lines would be several items.
    if text.contains(['\n', '\r', '#']) || text.len() > 200 {
        return None;
    }
    let (file, diagnostics) = fen_grammar::parse(&format!("x = {text}\n"));
    if !diagnostics.is_empty() {
        return None;
    }
    let ItemKind::Definition(definition) = file.items.into_iter().next()?.kind else { return None };
    let DefinitionBody::Expr(expr) = definition.body else { return None };
    match expr.kind {
        ExprKind::Literal(literal) => Some((literal, false)),
        ExprKind::Negate(inner) => match inner.kind {
            ExprKind::Literal(literal) => Some((literal, true)),
            _ => None,
        },
        _ => None,
    }
}

/// A value as it stands in result files.
pub(super) fn write(program: &Program, ty: Type, scale: u32, value: &BigRational) -> String {
    match ty {
        Type::Measure(measure) => {
            let decimals = usize::try_from(scale).unwrap_or(0);
            match measure.kind() {
                Some(kind @ (Kind::Rate | Kind::Points | Kind::Ratio)) => {
                    let percent = decimal(&(value * BigInt::from(100)), decimals.saturating_sub(2));
                    format!("{percent}{}", if kind == Kind::Points { "pp" } else { "%" })
                }
                _ => decimal(value, decimals),
            }
        }
        Type::Date => date_of(value).map(|date| date.to_string()).unwrap_or_default(),
        Type::Bool => (!value.is_zero()).to_string(),
        _ => program.show(ty, value).en,
    }
}

/// How much a value changes for one unit of another: a decimal number, or a fraction if it has no end.
pub(super) fn slope(value: &BigRational) -> String {
    decimal(value, 0)
}

/// A difference of two values of a type with its sign.
pub(super) fn difference(ty: Type, value: &BigRational) -> String {
    let sign = if value.is_positive() { "+" } else { "" };
    let text = match ty {
        Type::Measure(measure) => {
            let points = measure.kind() == Some(Kind::Rate) || measure.kind() == Some(Kind::Ratio);
            let shown = if points { Measure::PP } else { measure };
            shown.show(value).en
        }
        _ => decimal(value, 0),
    };
    format!("{sign}{text}")
}
