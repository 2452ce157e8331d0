//! Rates that go up and down along an ordered set of levels, and deductibles that go the same way as the rate: both lead
//! people to the wrong hospital.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use fen_grammar::diagnostic::{Diagnostic, Text};

use super::{or_allow, param, warning};
use crate::check::program::{Body, Expr, ExprKind, Key, Program, Table, date_of};
use crate::check::types::{Kind, Type};
use crate::ids::{EnumId, TableId, ValueId};
use crate::rules::Rules;

pub(super) fn lint(program: &Program, rules: Rules<'_>) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for table in &program.tables {
        found.extend(up_and_down(program, rules, table));
    }
    found.extend(same_way(program, rules));
    found
}

fn is_rate(table: &Table) -> bool {
    table.ty.measure().and_then(crate::check::types::Measure::kind) == Some(Kind::Rate)
}

/// The values of a table by the level that its key at a place is, on a day, for one combination of the other keys; only
/// where all levels have one.
struct Series {
    from: Option<i32>,
    cells: Vec<i64>,
}

/// The level, the first day and the value of a row.
type Cell = (u32, Option<i32>, i64);

/// Every series along a declared enum of at least `least` values: the place of the key, the enum, and the series.
fn series(program: &Program, table: &Table, least: usize) -> Vec<(EnumId, Vec<Series>)> {
    const MOST_ROWS: usize = 20_000;
    let mut all = Vec::new();
    if table.rows.len() > MOST_ROWS {
        return all;
    }
    for (place, key) in table.keys.iter().enumerate() {
        let Key::Enum(id) = key else { continue };
        let Some(levels) = program.enums.get(id.0).filter(|one| one.name != "bool" && one.values.len() >= least) else {
            continue;
        };
        // By the other keys: by level and day, the cell.
        let mut groups: BTreeMap<Vec<u32>, Vec<Cell>> = BTreeMap::new();
        for row in &table.rows {
            let mut others = row.keys.clone();
            if place < others.len() {
                let level = others.remove(place);
                groups.entry(others).or_default().push((level, row.from, row.cell));
            }
        }
        let mut found = Vec::new();
        for rows in groups.values() {
            let days: BTreeSet<Option<i32>> = rows.iter().map(|(_, from, _)| *from).collect();
            for day in days {
                let at = |level: usize| {
                    let applies = |(known, from, _): &&Cell| {
                        usize::try_from(*known).is_ok_and(|known| known == level) && *from <= day
                    };
                    rows.iter().filter(applies).max_by_key(|(_, from, _)| *from).map(|(.., cell)| *cell)
                };
                if let Some(cells) = (0..levels.values.len()).map(at).collect::<Option<Vec<i64>>>() {
                    found.push(Series { from: day, cells });
                }
            }
        }
        all.push((*id, found));
    }
    all
}

/// A rate that neither only falls nor only rises from level to level.
fn up_and_down(program: &Program, rules: Rules<'_>, table: &Table) -> Option<Diagnostic> {
    if !is_rate(table) {
        return None;
    }
    for (id, series) in series(program, table, 3) {
        let levels = &program.enums.get(id.0)?.values;
        for Series { from, cells } in series {
            let falls = cells.windows(2).position(|pair| matches!(pair, [one, other] if other < one));
            let rises = cells.windows(2).position(|pair| matches!(pair, [one, other] if other > one));
            let (Some(falls), Some(rises)) = (falls, rises) else { continue };
            let say = |at: usize| {
                let cell = cells.get(at).copied().unwrap_or(0);
                let value = crate::check::types::step_of(table.scale) * num_bigint::BigInt::from(cell);
                let name = levels.get(at).map(|level| level.name.as_str()).unwrap_or_default();
                format!("{name} {}", program.show(table.ty, &value).en)
            };
            let (first, second) = (falls.min(rises), falls.max(rises));
            let shown = [first, first + 1, second, second + 1].into_iter().fold(Vec::new(), |mut shown, at| {
                if shown.last() != Some(&at) {
                    shown.push(at);
                }
                shown
            });
            let shown: Vec<String> = shown.into_iter().map(say).collect();
            let name = &table.name;
            let since = from.and_then(|day| date_of(&num_rational::BigRational::from_integer(day.into())));
            let (since_en, since_zh) =
                since.map_or_else(Default::default, |day| (format!(" from {day}"), format!("自 {day} 起")));
            let message = Text::new(
                format!("`{name}` goes both up and down from level to level{since_en}: {}", shown.join(", ")),
                format!("“{name}”{since_zh}随级别有升有降：{}", shown.join("，")),
            );
            let code = "fen::lint::rate_order";
            let here = Text::new("by an enum, whose values are in order", "按枚举取值，枚举的取值有次序");
            let help = or_allow(
                code,
                "the higher a hospital's level, the lower its rate, as a rule: check the values, or the order of the enum",
                "通常医院级别越高，支付比例越低：请核对比例或枚举取值的次序",
            );
            return Some(warning(code, message, param(rules, name)?, here).with_help(help));
        }
    }
    None
}

/// A rate times what a deductible leaves, both by level, of which both rise or both fall.
fn same_way(program: &Program, rules: Rules<'_>) -> Vec<Diagnostic> {
    let mut pairs: BTreeSet<(TableId, TableId)> = BTreeSet::new();
    for value in &program.values {
        if let Body::Expr(body) = &value.body {
            products(program, body, &mut pairs);
        }
    }
    pairs.into_iter().filter_map(|(rate, deductible)| opposed(program, rules, rate, deductible)).collect()
}

fn products(program: &Program, expr: &Expr, pairs: &mut BTreeSet<(TableId, TableId)>) {
    if let ExprKind::Mul(left, right) = &expr.kind {
        for (rate, amount) in [(left, right), (right, left)] {
            let (mut rates, mut deductibles) = (BTreeSet::new(), BTreeSet::new());
            tables(program, rate, &mut HashSet::new(), &mut rates);
            subtracted(program, amount, &mut HashSet::new(), &mut deductibles);
            let is = |id: &TableId, wanted: &dyn Fn(&Table) -> bool| program.table(*id).is_some_and(wanted);
            for rate in rates.iter().filter(|id| is(id, &is_rate)) {
                for deductible in deductibles.iter().filter(|id| is(id, &|table| table.ty == Type::MONEY)) {
                    pairs.insert((*rate, *deductible));
                }
            }
        }
    }
    expr.parts().into_iter().for_each(|part| products(program, part, pairs));
}

/// The tables that an expression looks anything up in, also by way of definitions.
fn tables(program: &Program, expr: &Expr, seen: &mut HashSet<ValueId>, found: &mut BTreeSet<TableId>) {
    match &expr.kind {
        ExprKind::Lookup { table, .. } => {
            found.insert(*table);
        }
        ExprKind::Value(id) if seen.insert(*id) => {
            if let Some(Body::Expr(body)) = program.value(*id).map(|value| &value.body) {
                tables(program, body, seen, found);
            }
        }
        _ => {}
    }
    expr.parts().into_iter().for_each(|part| tables(program, part, seen, found));
}

/// The tables of what is taken away from an amount.
fn subtracted(program: &Program, expr: &Expr, seen: &mut HashSet<ValueId>, found: &mut BTreeSet<TableId>) {
    match &expr.kind {
        ExprKind::Sub(left, right) => {
            subtracted(program, left, seen, found);
            tables(program, right, &mut HashSet::new(), found);
        }
        ExprKind::Value(id) if seen.insert(*id) => {
            if let Some(Body::Expr(body)) = program.value(*id).map(|value| &value.body) {
                subtracted(program, body, seen, found);
            }
        }
        ExprKind::Max(parts) | ExprKind::Min(parts) => {
            parts.iter().for_each(|part| subtracted(program, part, seen, found));
        }
        ExprKind::Cases(cases, last) => {
            let values = cases.iter().map(|(_, value)| value).chain([&**last]);
            values.for_each(|value| subtracted(program, value, seen, found));
        }
        _ => {}
    }
}

/// 1 if values rise and never fall, -1 if they fall and never rise, 0 otherwise.
fn way(cells: &[i64]) -> i8 {
    let rises = cells.windows(2).any(|pair| matches!(pair, [one, other] if other > one));
    let falls = cells.windows(2).any(|pair| matches!(pair, [one, other] if other < one));
    i8::from(rises) - i8::from(falls)
}

fn opposed(program: &Program, rules: Rules<'_>, rate: TableId, deductible: TableId) -> Option<Diagnostic> {
    let (rate, deductible) = (program.table(rate)?, program.table(deductible)?);
    let only = |table: &Table| -> Option<(EnumId, Vec<Series>)> {
        if table.keys.len() == 1 { series(program, table, 2).pop() } else { None }
    };
    let ((one, rates), (other, deductibles)) = (only(rate)?, only(deductible)?);
    let (last_rate, last_deductible) = (rates.last()?, deductibles.last()?);
    let (rate_way, deductible_way) = (way(&last_rate.cells), way(&last_deductible.cells));
    if one != other || rate_way == 0 || rate_way != deductible_way {
        return None;
    }
    let (name, other) = (&rate.name, &deductible.name);
    let (en, zh) = if rate_way > 0 { ("rise", "升高") } else { ("fall", "降低") };
    let levels = &program.enums.get(one.0)?.name;
    let message = Text::new(
        format!("`{name}` and the deductible `{other}` both {en} along `{levels}`"),
        format!("“{name}”与起付标准“{other}”随“{levels}”一同{zh}"),
    );
    let code = "fen::lint::deductible_order";
    let help = or_allow(
        code,
        "where the deductible is higher, the rate is lower, as a rule: check the values of both",
        "通常起付标准越高，支付比例越低：请核对两者的取值",
    );
    let diagnostic = warning(code, message, param(rules, name)?, Text::new("this rate", "此比例"));
    let there = Text::new("goes the same way as this deductible", "与此起付标准同向");
    Some(diagnostic.with_label(param(rules, other)?, there).with_help(help))
}
