//! Whole-amount bands that pay less beyond a boundary: who is one fen over it loses.

use fen_grammar::diagnostic::{Diagnostic, Text};
use fen_grammar::source::Span;
use fen_grammar::tree::{CellKey, ItemKind, Yields};
use num_traits::{Signed, Zero};

use super::{or_allow, warning};
use crate::check::Claims;
use crate::check::program::{Claim, Origin, Program};
use crate::check::types::Type;
use crate::ids::InputId;
use crate::interpret::settle;
use crate::rules::Rules;
use crate::sweep::{Cause, Cutter, Line, MarkKind, Variable, places};

const CODE: &str = "fen::lint::band_falls";

/// Claims that are looked at; the first ones are those at ends of ranges.
const CLAIMS: usize = 24;

/// More than this is not looked at: a warning is no proof.
const MOST_CUTS: usize = 1_500;

pub(super) fn lint(program: &Program, rules: Rules<'_>) -> Vec<Diagnostic> {
    let rows = rows(rules);
    if rows.is_empty() {
        return Vec::new();
    }
    let mut found: Vec<(Span, Diagnostic)> = Vec::new();
    let mut cuts = 0;
    let given = vec![true; program.inputs.len()];
    let examples = program.examples.iter().map(|example| example.given.clone());
    for claim in examples.chain(Claims::new(program, 0).take(CLAIMS)) {
        if settle(program, &claim).is_err() {
            continue;
        }
        for (at, input) in program.inputs.iter().enumerate() {
            let is_amount = matches!(input.ty, Type::Measure(_)) && input.origin == Origin::Column;
            if !is_amount || claim.inputs.get(at).is_none_or(Option::is_none) {
                continue;
            }
            let Some(line) = Line::of(input) else { continue };
            for output in &program.outputs {
                let Some(value) = program.value(output.value).filter(|value| value.ty.measure().is_some()) else {
                    continue;
                };
                cuts += 1;
                if cuts > MOST_CUTS {
                    return found.into_iter().map(|(_, diagnostic)| diagnostic).collect();
                }
                let variable = Variable::Input(InputId(at));
                let mut cutter = Cutter::new(program, &claim, &given, variable, line.clone());
                let Ok(pieces) = cutter.value(output.value) else { continue };
                for place in places(&pieces, &line, &|at| cutter.breaks.get(&at).cloned()) {
                    let falls = place.jump.as_ref().is_some_and(Signed::is_negative)
                        && place.slopes.0.is_positive()
                        && !place.slopes.1.is_negative()
                        && place.kinds.contains(&MarkKind::Jump);
                    let causes = cutter.breaks.get(&place.right).map(|one| one.causes.as_slice()).unwrap_or_default();
                    let Some(row) = causes.iter().find_map(|cause| row_of(program, &rows, cause)).filter(|_| falls)
                    else {
                        continue;
                    };
                    if found.iter().any(|(known, _)| *known == row) {
                        continue;
                    }
                    let shown = |at: i128| {
                        let x = line.at(at);
                        let amount = exact(program, &claim, InputId(at_of(program, input)), &x, output.value)?;
                        Some((program.show(input.ty, &x), program.show(value.ty, &amount), amount))
                    };
                    let (Some((x, low, before)), Some((y, high, after))) = (shown(place.right - 1), shown(place.right))
                    else {
                        continue;
                    };
                    if after >= before || before.is_zero() {
                        continue;
                    }
                    let (name, input) = (&output.name, &input.name);
                    let message = Text::new(
                        format!(
                            "beyond this boundary less is paid: `{name}` is {} with {input} {}, and {} with {}",
                            low.en, x.en, high.en, y.en
                        ),
                        format!(
                            "越过此界反而减少：{input}为{}时“{name}”为{}，为{}时则为{}",
                            x.zh, low.zh, y.zh, high.zh
                        ),
                    );
                    let help = or_allow(
                        CODE,
                        "should each slice of the amount take its own row, as \"…的部分\" says? then write `tier`",
                        "是否应按“……的部分”分段计算？若是，请用“分档”",
                    );
                    let here = Text::new("this row is for the whole amount", "本档适用于全额");
                    found.push((row, warning(CODE, message, row, here).with_help(help)));
                }
            }
        }
    }
    found.into_iter().map(|(_, diagnostic)| diagnostic).collect()
}

fn at_of(program: &Program, input: &crate::check::program::Input) -> usize {
    program.inputs.iter().position(|known| std::ptr::eq(known, input)).unwrap_or(0)
}

/// The output that the claim really has.
fn exact(
    program: &Program,
    claim: &Claim,
    id: InputId,
    x: &num_rational::BigRational,
    value: crate::ids::ValueId,
) -> Option<num_rational::BigRational> {
    let mut claim = claim.clone();
    *claim.inputs.get_mut(id.0)? = Some(x.clone());
    settle(program, &claim).ok()?.value(value).ok()
}

/// Bands, and tables by ranges of amounts: the whole item or step, and where its bounds stand.
struct Row {
    span: Span,
    bounds: Span,
    /// The table it belongs to.
    table: Option<String>,
}

fn rows(rules: Rules<'_>) -> Vec<Row> {
    let mut rows = Vec::new();
    for item in rules.items {
        match &item.kind {
            ItemKind::LadderRow(row) if matches!(row.yields, Yields::Band(_)) => {
                rows.push(Row { span: item.span, bounds: row.bounds.span, table: None });
            }
            ItemKind::Schedule(schedule) => {
                let steps = schedule.versions.iter().flat_map(|(_, steps)| steps).filter(|step| !step.is_tier);
                rows.extend(steps.map(|step| Row { span: step.bounds.span, bounds: step.bounds.span, table: None }));
            }
            ItemKind::Param(param) => {
                let fen_grammar::tree::ParamValue::Cells(versions) = &param.value else { continue };
                let mut keys = versions.iter().flat_map(|(_, cells)| cells).flat_map(|cell| &cell.keys);
                if keys.any(|key| matches!(key, CellKey::Range(_))) {
                    let (span, table) = (param.name.span, Some(param.name.text.clone()));
                    rows.push(Row { span, bounds: span, table });
                }
            }
            _ => {}
        }
    }
    rows
}

/// Where the row stands that a cut is due to, if it is one of those.
fn row_of(program: &Program, rows: &[Row], cause: &Cause) -> Option<Span> {
    match cause {
        Cause::Span(span) => rows
            .iter()
            .find(|row| row.table.is_none() && row.span.start <= span.start && span.end <= row.span.end)
            .map(|row| row.bounds),
        Cause::Table(id) => {
            let name = &program.table(*id)?.name;
            rows.iter().find(|row| row.table.as_ref() == Some(name)).map(|row| row.bounds)
        }
        Cause::Tier { .. } => None,
    }
}
