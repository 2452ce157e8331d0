//! The report as text.

use std::fmt::Write as _;

use fen_compiler::{Difference, Head, Lang};

use super::causes::Causes;
use super::report::{
    Report, about, amount, because, claim_name, explanations, groups, inputs, label, outputs, say, source, through,
};
use super::settle::{Reasons, Settled};
use crate::language::schema_language;
use crate::numbers::signed;
use crate::width::{columns_of, padded};

pub(crate) fn text(report: &Report<'_>, lang: Lang) -> String {
    let mut text = String::new();
    heads(report, lang, &mut text);
    rules(report, lang, &mut text);
    if let Some((settled, causes)) = &report.settled {
        claims(report, settled, causes, lang, &mut text);
    }
    text
}

pub(crate) fn head(head: &Head, lang: Lang) -> String {
    let mut text = head.name.clone();
    if let Some(title) = &head.title {
        text = format!("{text} {title}");
    }
    if let Some(document) = &head.document {
        text = format!("{text}{}", say(lang, &format!(" ({document})"), &format!("（{document}）")));
    }
    match (&head.in_force, lang) {
        (Some((from, Some(to))), Lang::En) => format!("{text}, in force {from} to {to}"),
        (Some((from, Some(to))), Lang::Zh) => format!("{text}，施行 {from} 至 {to}"),
        (Some((from, None)), Lang::En) => format!("{text}, in force from {from}"),
        (Some((from, None)), Lang::Zh) => format!("{text}，自 {from} 施行"),
        (None, _) => text,
    }
}

fn heads(report: &Report<'_>, lang: Lang, text: &mut String) {
    let comparison = report.comparison;
    let _ = writeln!(text, "{} {}", say(lang, "old:", "旧："), head(&comparison.old, lang));
    let _ = writeln!(text, "{} {}", say(lang, "new:", "新："), head(&comparison.new, lang));
}

fn rules(report: &Report<'_>, lang: Lang, text: &mut String) {
    let comparison = report.comparison;
    let count = comparison.changes.len();
    let _ = match (count, lang) {
        (0, Lang::En) => writeln!(text, "\nno rule differs"),
        (0, Lang::Zh) => writeln!(text, "\n规则没有差异"),
        (1, Lang::En) => writeln!(text, "\n1 rule differs"),
        (_, Lang::En) => writeln!(text, "\n{count} rules differ"),
        (_, Lang::Zh) => writeln!(text, "\n{count} 处规则不同"),
    };
    for change in &comparison.changes {
        let word = difference(change.difference, lang);
        let _ = writeln!(text, "\n  {word} {}", about(change, lang));
        for (word, side) in [(say(lang, "old", "旧"), &change.old), (say(lang, "new", "新"), &change.new)] {
            if let Some(side) = side {
                let _ = writeln!(text, "    {word}  {}", side.text.get(lang));
                let _ = writeln!(text, "    {}  {}", " ".repeat(columns_of(word)), source(side));
            }
        }
    }
    if !comparison.renamed.is_empty() {
        let names: Vec<String> = comparison.renamed.iter().map(|one| format!("{} = {}", one.old, one.new)).collect();
        let names = names.join(say(lang, ", ", "，"));
        let word = match comparison.is_translation {
            true => say(lang, "other names for the same", "名称不同而含义相同"),
            false => say(lang, "renamed", "改名"),
        };
        let _ = writeln!(text, "\n{word}: {names}");
    }
}

pub(crate) fn difference(difference: Difference, lang: Lang) -> &'static str {
    match difference {
        Difference::Added => say(lang, "added", "新增"),
        Difference::Removed => say(lang, "removed", "删去"),
        Difference::Changed => say(lang, "changed", "改动"),
    }
}

/// The line that says how many claims are what.
pub(crate) fn counts(settled: &Settled, lang: Lang) -> Vec<(String, u64)> {
    let all = &settled.book.all;
    let unit = settled.unit_name(lang);
    let word = |en: &str, zh: &str| say(lang, en, zh).to_owned();
    let mut counts = vec![(word("rows read", "读入行数"), settled.rows)];
    counts.extend([
        (
            match lang {
                Lang::En => format!("settled by both ({unit})"),
                Lang::Zh => format!("两者均结算（{unit}）"),
            },
            all.both,
        ),
        (word("of them changed", "其中结果不同"), all.changed),
        (word("newly rejected", "新政策拒收"), all.newly_rejected),
        (word("newly settled", "新政策改为结算"), all.newly_settled),
        (word("rejected by both", "两者均拒收"), settled.rejected_by_both),
    ]);
    counts
}

fn claims(report: &Report<'_>, settled: &Settled, causes: &[Causes], lang: Lang, text: &mut String) {
    text.push('\n');
    let counts = counts(settled, lang);
    let width = counts.iter().map(|(word, _)| columns_of(word)).max().unwrap_or(0);
    for (word, count) in &counts {
        let _ = writeln!(text, "{}  {count}", padded(word, width));
    }
    for (title, reasons) in [
        (say(lang, "why the new policy rejects", "新政策拒收的原因"), &settled.newly_rejected),
        (say(lang, "why the old policy rejects", "旧政策拒收的原因"), &settled.newly_settled),
    ] {
        reasons_text(title, reasons, lang, text);
    }
    totals(settled, lang, text);
    let Some(output) = settled.main_output() else { return };
    let all = &settled.book.all;
    let name = label(&output.column.label, lang);
    let sum = |count: u64, sign: &str, sum: i128| match count {
        0 => "0".to_owned(),
        _ => say(
            lang,
            &format!("{count} ({sign}{})", amount(sum, output, lang)),
            &format!("{count} 例（{sign}{}）", amount(sum, output, lang)),
        )
        .to_owned(),
    };
    let (more, less) = (sum(all.gaining, "+", all.gains), sum(all.losing, "-", all.losses));
    let _ = match lang {
        Lang::En => writeln!(text, "\n{name}: more for {more}, less for {less}"),
        Lang::Zh => writeln!(text, "\n{name}：增加 {more}，减少 {less}"),
    };
    let claims = settled.count_name(lang);
    for (column, groups) in groups(settled, lang) {
        let mut rows = vec![
            [
                label(&column.label, lang),
                &claims,
                say(lang, "more", "增加"),
                say(lang, "less", "减少"),
                say(lang, "old", "旧"),
                say(lang, "new", "新"),
                say(lang, "difference", "差额"),
            ]
            .map(str::to_owned)
            .to_vec(),
        ];
        for group in &groups {
            let tally = &group.tally;
            let sum = |number: i128| crate::numbers::grouped(&crate::numbers::decimal(number, output.scale));
            rows.push(vec![
                group.name.clone(),
                tally.claims().to_string(),
                tally.gaining.to_string(),
                tally.losing.to_string(),
                sum(tally.old),
                sum(tally.new),
                signed(tally.difference(), output.scale),
            ]);
        }
        text.push('\n');
        table(&rows, text);
    }
    top(report, settled, causes, lang, text);
}

fn reasons_text(title: &str, reasons: &Reasons, lang: Lang, text: &mut String) {
    if reasons.is_empty() {
        return;
    }
    let _ = writeln!(text, "\n{title}");
    for (count, reason, rows) in reasons.values() {
        let rows: Vec<String> = rows.iter().map(u64::to_string).collect();
        let more = if u64::try_from(rows.len()).is_ok_and(|named| named < *count) { " …" } else { "" };
        let rows = rows.join(", ");
        let _ = match lang {
            Lang::En => writeln!(text, "  {count}  {} (row {rows}{more})", reason.en),
            Lang::Zh => writeln!(text, "  {count}  {}（第 {rows}{more} 行）", reason.zh),
        };
    }
}

fn totals(settled: &Settled, lang: Lang, text: &mut String) {
    let mut rows = vec![
        [say(lang, "total", "合计"), say(lang, "old", "旧"), say(lang, "new", "新"), say(lang, "difference", "差额")]
            .map(str::to_owned)
            .to_vec(),
    ];
    for (grain, totals) in settled.grains.iter().zip(&settled.totals) {
        for (output, (old, new)) in grain.outputs.iter().zip(totals).filter(|(output, _)| output.is_amount()) {
            let side = |sum: i128, is_old: bool| match output.is_in(is_old) {
                true => crate::numbers::grouped(&crate::numbers::decimal(sum, output.scale)),
                false => "–".to_owned(),
            };
            let name = label(&output.column.label, lang).to_owned();
            rows.push(vec![name, side(*old, true), side(*new, false), signed(new - old, output.scale)]);
        }
    }
    if rows.len() > 1 {
        text.push('\n');
        table(&rows, text);
    }
}

fn top(report: &Report<'_>, settled: &Settled, causes: &[Causes], lang: Lang, text: &mut String) {
    let (kept, Some(output)) = (settled.book.top.kept(), settled.main_output()) else { return };
    if kept.is_empty() {
        return;
    }
    let _ = writeln!(text, "\n{}", say(lang, "what changes most", "变化最大的"));
    for (claim, causes) in kept.iter().zip(causes) {
        let name = claim_name(settled, claim, lang);
        let _ = writeln!(text, "\n  {name}  {}", signed(claim.difference, output.scale));
        let inputs: Vec<String> =
            inputs(settled, claim, lang).into_iter().map(|(name, text)| format!("{name} {text}")).collect();
        if !inputs.is_empty() {
            let _ = writeln!(text, "    {}", inputs.join(say(lang, ", ", "，")));
        }
        for (name, old, new) in outputs(settled, claim, lang) {
            let _ = match old == new {
                true => writeln!(text, "    {name}  {old}"),
                false => writeln!(text, "    {name}  {old} -> {new}"),
            };
        }
        causes_text(report, causes, lang, text);
        for (word, explanation) in explanations(settled, claim, lang) {
            let _ = writeln!(text, "    {word}");
            for line in fen_explain::body(explanation, schema_language(lang)).lines() {
                let _ = writeln!(text, "{}", format!("      {line}").trim_end());
            }
        }
    }
}

fn causes_text(report: &Report<'_>, causes: &Causes, lang: Lang, text: &mut String) {
    for change in causes.changes.iter().filter_map(|at| report.comparison.changes.get(*at)) {
        let _ = writeln!(text, "    {} {}", because(causes, lang), about(change, lang));
        for (word, side) in [(say(lang, "old", "旧"), &change.old), (say(lang, "new", "新"), &change.new)] {
            let _ = writeln!(text, "      {word}  {}", side.as_ref().map_or("–", |side| side.text.get(lang)));
        }
    }
    for one in &causes.through {
        let changes = one.changes.iter().filter_map(|at| report.comparison.changes.get(*at));
        let changes: Vec<String> = changes.map(|change| about(change, lang)).collect();
        let _ = match (through(one, lang), changes.is_empty(), lang) {
            (through, true, _) => writeln!(text, "    {through}"),
            (through, false, Lang::En) => writeln!(text, "    {through}, which may read {}", changes.join("; ")),
            (through, false, Lang::Zh) => writeln!(text, "    {through}，其中可能涉及{}", changes.join("；")),
        };
    }
}

/// Columns side by side: the first to the left, the others to the right.
fn table(rows: &[Vec<String>], text: &mut String) {
    let columns = rows.first().map_or(0, Vec::len);
    let width = |at: usize| rows.iter().filter_map(|row| row.get(at)).map(|cell| columns_of(cell)).max().unwrap_or(0);
    let widths: Vec<usize> = (0..columns).map(width).collect();
    for row in rows {
        let cells: Vec<String> = row
            .iter()
            .zip(&widths)
            .enumerate()
            .map(|(at, (cell, width))| match at {
                0 => padded(cell, *width),
                _ => format!("{}{cell}", " ".repeat(width.saturating_sub(columns_of(cell)))),
            })
            .collect();
        let _ = writeln!(text, "{}", cells.join("  ").trim_end());
    }
}
