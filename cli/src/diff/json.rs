//! The report as JSON. Amounts are decimal strings.

use fen_compiler::{Change, Head, Lang, Side};
use serde_json::{Value, json};

use super::book::Tally;
use super::by::Place;
use super::causes::Causes;
use super::outputs::Output;
use super::report::{Report, value};
use super::settle::{Reasons, Settled};
use crate::numbers::decimal;

pub(crate) fn json(report: &Report<'_>) -> String {
    let comparison = report.comparison;
    let renamed: Vec<Value> = comparison
        .renamed
        .iter()
        .map(|one| json!({ "kind": one.kind.as_str(), "old": one.old, "new": one.new }))
        .collect();
    let settled = report.settled.as_ref().map(|(settled, causes)| claims(settled, causes));
    let all = json!({
        "old": head(&comparison.old),
        "new": head(&comparison.new),
        "same": comparison.is_same() && report.settled.as_ref().is_none_or(|(settled, _)| settled.is_same()),
        "translation": comparison.is_translation,
        "changes": comparison.changes.iter().map(change).collect::<Vec<_>>(),
        "renamed": renamed,
        "claims": settled,
    });
    format!("{all:#}\n")
}

fn head(head: &Head) -> Value {
    let in_force = head.in_force.as_ref().map(|(from, to)| json!({ "from": from, "to": to }));
    json!({ "policy": head.name, "title": head.title, "source": head.document, "in_force": in_force })
}

fn change(change: &Change) -> Value {
    let side = |side: &Option<Side>| {
        side.as_ref().map(|side| {
            json!({
                "text": { "zh": side.text.zh, "en": side.text.en },
                "clause": side.clause,
                "source": side.document,
                "file": side.place.file,
                "line": side.place.line,
                "column": side.place.column,
            })
        })
    };
    json!({
        "kind": change.kind.as_str(),
        "difference": change.difference.as_str(),
        "name": change.name,
        "part": { "zh": change.part.zh, "en": change.part.en },
        "keys": change.keys,
        "from": change.from,
        "to": change.to,
        "old": side(&change.old),
        "new": side(&change.new),
    })
}

fn claims(settled: &Settled, causes: &[Causes]) -> Value {
    let output = settled.main_output();
    let scale = output.map_or(0, |output| output.scale);
    let totals: Vec<Value> = settled
        .grains
        .iter()
        .zip(&settled.totals)
        .flat_map(|(grain, totals)| grain.outputs.iter().zip(totals).map(move |(output, sums)| (grain, output, sums)))
        .filter(|(_, output, _)| output.is_amount())
        .map(|(grain, output, (old, new))| {
            let text = |sum: i128, is_old: bool| output.is_in(is_old).then(|| decimal(sum, output.scale));
            json!({
                "output": output.column.name,
                "label": output.column.label,
                "per": if grain.name.is_empty() { "row" } else { &grain.name },
                "unit": output.column.unit,
                "old": text(*old, true),
                "new": text(*new, false),
                "difference": decimal(new - old, output.scale),
            })
        })
        .collect();
    let mut all = tally(&settled.book.all, scale);
    if let Some(fields) = all.as_object_mut() {
        fields.insert("rows".into(), settled.rows.into());
        fields.insert("rejected_by_both".into(), settled.rejected_by_both.into());
        fields.insert("output".into(), output.map(|output| output.column.name.clone()).into());
        let grain = settled.grains.get(settled.main.0).map(|grain| grain.name.as_str()).unwrap_or_default();
        fields.insert("per".into(), if grain.is_empty() { "row" } else { grain }.into());
        fields.insert("totals".into(), totals.into());
        fields.insert("rejections".into(), reasons(&settled.newly_rejected));
        fields.insert("no_longer_rejected".into(), reasons(&settled.newly_settled));
        fields.insert("by".into(), by(settled, scale));
        fields.insert("top".into(), top(settled, causes, scale));
    }
    all
}

fn tally(tally: &Tally, scale: u32) -> Value {
    json!({
        "claims": tally.claims(),
        "settled_by_both": tally.both,
        "changed": tally.changed,
        "gaining": tally.gaining,
        "gains": decimal(tally.gains, scale),
        "losing": tally.losing,
        "losses": decimal(tally.losses, scale),
        "newly_rejected": tally.newly_rejected,
        "newly_rejected_amount": decimal(tally.rejected_sum, scale),
        "newly_settled": tally.newly_settled,
        "newly_settled_amount": decimal(tally.settled_sum, scale),
        "old": decimal(tally.old, scale),
        "new": decimal(tally.new, scale),
        "difference": decimal(tally.difference(), scale),
    })
}

fn reasons(reasons: &Reasons) -> Value {
    let all = reasons.iter().map(|((column, code), (count, reason, rows))| {
        json!({ "column": column, "code": code.as_str(), "reason": reason, "count": count, "first_rows": rows })
    });
    all.collect::<Vec<_>>().into()
}

fn by(settled: &Settled, scale: u32) -> Value {
    let mut all = Vec::new();
    for (by, tallies) in settled.by.iter().zip(&settled.book.groups) {
        let groups = by.groups(tallies, Lang::En).into_iter().map(|group| {
            let mut fields = tally(&group.tally, scale);
            if let Some(fields) = fields.as_object_mut() {
                match (group.place, group.bounds) {
                    (Place::Missing, _) => {
                        fields.insert("missing".into(), true.into());
                    }
                    (Place::Several, _) => {
                        fields.insert("several".into(), true.into());
                    }
                    (Place::Of(_), Some((from, to))) => {
                        fields.insert("from".into(), from.map(|from| from.to_string()).into());
                        fields.insert("to".into(), to.map(|to| to.to_string()).into());
                    }
                    (Place::Of(key), None) => {
                        fields.insert("value".into(), by.key_name(key).into());
                    }
                }
            }
            fields
        });
        let groups: Vec<Value> = groups.collect();
        if groups.is_empty() {
            continue;
        }
        all.push(json!({ "input": by.column.name, "label": by.column.label, "groups": groups }));
    }
    all.into()
}

fn top(settled: &Settled, causes: &[Causes], scale: u32) -> Value {
    let outputs: &[Output] = settled.grains.get(settled.main.0).map_or(&[], |grain| &grain.outputs);
    let values = |values: &[Option<i128>]| {
        let pairs = outputs.iter().zip(values);
        let pairs =
            pairs.map(|(output, one)| (output.column.name.clone(), one.map(|one| value(Some(one), output)).into()));
        Value::Object(pairs.collect())
    };
    let all = settled.book.top.kept().iter().zip(causes).map(|(kept, causes)| {
        let through =
            causes.through.iter().map(|one| json!({ "name": one.name, "of": one.of.as_str(), "changes": one.changes }));
        let inputs = kept.inputs.iter().map(|(name, text)| (name.clone(), text.clone().into()));
        let explained = kept.explained.and_then(|row| settled.explained.get(&row));
        json!({
            "row": kept.row,
            "group": kept.row.is_none().then_some(&kept.name),
            "difference": decimal(kept.difference, scale),
            "inputs": Value::Object(inputs.collect()),
            "old": values(&kept.old),
            "new": values(&kept.new),
            "changes": causes.changes,
            "through": through.collect::<Vec<_>>(),
            "known": causes.is_known,
            "explanations": explained.map(|[old, new]| json!({ "old": old, "new": new })),
        })
    });
    all.collect::<Vec<_>>().into()
}
