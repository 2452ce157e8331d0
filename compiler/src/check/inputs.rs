//! Types and admitted ranges of inputs.

use fen_grammar::diagnostic::Diagnostic;
use fen_grammar::tree::{Quantity, Unit};
use num_bigint::BigInt;
use num_rational::BigRational;

use super::errors::{InputBound, InputBoundProblem};
use super::program::Input;
use super::types::{Facts, Grid, Type, step_of};
use super::{MONEY_DECIMALS, label};
use crate::resolve::program::{self as resolved, Program};

/// A column without a declared bound admits what fits in so many digits (the precision of Arrow's Decimal64).
const DIGITS: u32 = 18;

/// Checks all inputs and says which of them have an error; those get the widest range, so that what uses them can still
/// be checked.
pub(crate) fn check(program: &Program, diagnostics: &mut Vec<Diagnostic>) -> (Vec<Input>, Vec<bool>) {
    let checked = program.inputs.iter().map(|input| {
        let problems = diagnostics.len();
        let checked = check_input(input, diagnostics);
        (checked, input.is_broken || diagnostics.len() > problems)
    });
    checked.unzip()
}

fn check_input(input: &resolved::Input, diagnostics: &mut Vec<Diagnostic>) -> Input {
    let step = step_of(MONEY_DECIMALS);
    let widest: BigRational = &step * (BigInt::from(10).pow(DIGITS) - 1);
    let mut bound = |quantity: &Option<Quantity>, default: BigRational| match quantity {
        Some(quantity) => match bound_problem(quantity, &step) {
            None => quantity.value.clone(),
            Some(problem) => {
                diagnostics.push(InputBound { name: input.name.clone(), span: quantity.span, problem }.into());
                default
            }
        },
        None => default,
    };
    let low = bound(&input.from, -widest.clone());
    let mut high = bound(&input.to, widest.clone());
    if high < low {
        if let Some(quantity) = input.to.as_ref().or(input.from.as_ref()) {
            let problem = InputBoundProblem::Backwards;
            diagnostics.push(InputBound { name: input.name.clone(), span: quantity.span, problem }.into());
        }
        high.clone_from(&low);
    }
    Input {
        name: input.name.text.clone(),
        label: label(&input.name.text, &input.labels),
        ty: Type::Money,
        scale: MONEY_DECIMALS,
        facts: Facts { low, high, grid: Grid(Some(step)) },
    }
}

fn bound_problem(quantity: &Quantity, step: &BigRational) -> Option<InputBoundProblem> {
    if quantity.unit != Unit::Yuan {
        return Some(InputBoundProblem::NotMoney);
    }
    if !(&quantity.value / step).is_integer() {
        return Some(InputBoundProblem::TooFine);
    }
    let digits = step * BigInt::from(10).pow(36);
    (quantity.value > digits || quantity.value < -digits).then_some(InputBoundProblem::TooLarge)
}
