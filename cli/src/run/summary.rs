//! What a run comes to.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::PathBuf;
use std::time::Duration;

use fen_compiler::Lang;
use fen_schema::{RejectCode, Schema, Text};
use serde_json::json;

use super::claims::{Batch, RejectedRow};
use super::columns::Outputs;
use super::totals::{Totals, unit_name};
use crate::args::RunArgs;

/// Counts and totals of a run.
pub(crate) struct Summary {
    schema: Schema,
    rows: u64,
    settled: u64,
    /// By field and code: how many rows, and the reason given for the first.
    reasons: BTreeMap<(String, RejectCode), (u64, Text)>,
    totals: Totals,
    elapsed: Duration,
    files: Vec<(Text, PathBuf)>,
    rejects_are_listed: bool,
}

impl Summary {
    /// Of nothing yet.
    pub(crate) fn new(schema: &Schema) -> Self {
        let totals = Totals::new(schema);
        Self {
            schema: schema.clone(),
            rows: 0,
            settled: 0,
            reasons: BTreeMap::new(),
            totals,
            elapsed: Duration::ZERO,
            files: Vec::new(),
            rejects_are_listed: false,
        }
    }

    /// Counts a rejected row.
    pub(crate) fn reject(&mut self, rejected: &RejectedRow) {
        let cause = &rejected.cause;
        let key = (cause.column.clone(), cause.code);
        self.reasons.entry(key).or_insert_with(|| (0, cause.reason.clone())).0 += 1;
    }

    /// Counts a batch and adds its outputs up.
    pub(crate) fn add(&mut self, batch: &Batch, outputs: &Outputs) {
        self.rows += batch.rows;
        for (at, _) in batch.settled_rows() {
            self.settled += 1;
            self.totals.add(outputs.row(at));
        }
    }

    /// Takes note of the time and of the files that were written.
    pub(crate) fn finish(&mut self, elapsed: Duration, args: &RunArgs) {
        self.elapsed = elapsed;
        self.rejects_are_listed = args.rejects.is_some();
        let mut file = |en: &str, zh: &str, path: &Option<PathBuf>| {
            if let Some(path) = path {
                self.files.push((Text { zh: zh.into(), en: en.into() }, path.clone()));
            }
        };
        file("results", "结果", &args.output);
        file("rejects", "拒收", &args.rejects);
        file("summary", "汇总", &args.summary);
    }

    fn per_second(&self) -> u128 {
        u128::from(self.rows) * 1_000_000_000 / self.elapsed.as_nanos().max(1)
    }

    fn seconds(&self) -> String {
        format!("{}.{:03}", self.elapsed.as_secs(), self.elapsed.subsec_millis())
    }

    /// For people.
    pub(crate) fn text(&self, lang: Lang) -> String {
        let zh = lang == Lang::Zh;
        let pick = |text: &Text| if zh { text.zh.clone() } else { text.en.clone() };
        let schema = &self.schema;
        let mut text = schema.policy.clone();
        for part in [&schema.title, &schema.source].into_iter().flatten() {
            let _ = write!(text, " | {part}");
        }
        text.push('\n');
        let rejected = grouped(&(self.rows - self.settled).to_string());
        let (rows, settled) = (grouped(&self.rows.to_string()), grouped(&self.settled.to_string()));
        for (label, count) in [("rows", &rows), ("settled", &settled), ("rejected", &rejected)] {
            let label = if zh { chinese(label) } else { label };
            let _ = writeln!(text, "{} {count:>15}", padded(label, 9));
        }
        for ((field, code), (count, reason)) in &self.reasons {
            let field = if field.is_empty() { "-" } else { field };
            let count = grouped(&count.to_string());
            let _ = writeln!(text, "{} {count:>15}  {field}: {} ({})", padded("", 9), code.as_str(), pick(reason));
        }
        self.write_totals(&mut text, lang);
        let (speed, seconds) = (grouped(&self.per_second().to_string()), self.seconds());
        let _ = if zh {
            writeln!(text, "用时 {seconds} 秒，每秒 {speed} 例（含读写文件）")
        } else {
            writeln!(text, "{seconds} s, {speed} claims per second, reading and writing files included")
        };
        for (label, path) in &self.files {
            let _ = writeln!(text, "{} {}", padded(&pick(label), 9), path.display());
        }
        if self.rows > self.settled && !self.rejects_are_listed {
            text.push_str(if zh {
                "加上 --rejects 文件名，可列出被拒收的各行\n"
            } else {
                "add --rejects FILE to list the rejected rows\n"
            });
        }
        text
    }

    /// Sums by unit, then how often each value came out.
    fn write_totals(&self, text: &mut String, lang: Lang) {
        let zh = lang == Lang::Zh;
        let label = |column: &fen_schema::Column| {
            let label = if zh { &column.label.zh } else { &column.label.en };
            if *label == column.name { String::new() } else { format!("  {label}") }
        };
        let sums: Vec<_> = self.totals.sums().map(|(column, sum)| (column, grouped(&sum))).collect();
        let width = sums.iter().map(|(_, sum)| sum.len()).max().unwrap_or(0).max(15);
        let name_width = sums.iter().map(|(column, _)| columns_of(&column.name)).max().unwrap_or(0).max(9);
        for unit in self.totals.units() {
            let name = unit_name(unit, lang);
            let _ = match (zh, name.is_empty()) {
                (true, true) => writeln!(text, "合计"),
                (true, false) => writeln!(text, "合计（{name}）"),
                (false, true) => writeln!(text, "totals"),
                (false, false) => writeln!(text, "totals ({name})"),
            };
            for (column, sum) in sums.iter().filter(|(column, _)| column.unit == unit) {
                let _ = writeln!(text, "{} {sum:>width$}{}", padded(&column.name, name_width), label(column));
            }
        }
        for (column, counts) in self.totals.counts() {
            let _ = writeln!(text, "{}{}", column.name, label(column));
            for (value, count) in counts {
                let _ = writeln!(text, "{} {:>width$}  {value}", padded("", name_width), grouped(&count.to_string()));
            }
        }
    }

    /// For tools.
    pub(crate) fn json(&self) -> String {
        let reasons: Vec<_> = self
            .reasons
            .iter()
            .map(|((field, code), (rows, reason))| {
                json!({ "field": field, "code": code.as_str(), "rows": rows, "reason": reason })
            })
            .collect();
        let totals: serde_json::Map<String, serde_json::Value> =
            self.totals.sums().map(|(column, total)| (column.name.clone(), total.into())).collect();
        let counts: serde_json::Map<String, serde_json::Value> = self
            .totals
            .counts()
            .map(|(column, counts)| {
                let counts: serde_json::Map<_, _> = counts.into_iter().map(|(value, n)| (value, n.into())).collect();
                (column.name.clone(), counts.into())
            })
            .collect();
        let summary = json!({
            "policy": self.schema.policy,
            "rows": self.rows,
            "settled": self.settled,
            "rejected": self.rows - self.settled,
            "reasons": reasons,
            "totals": totals,
            "counts": counts,
            "seconds": self.seconds(),
            "claims_per_second": u64::try_from(self.per_second()).unwrap_or(u64::MAX),
        });
        format!("{summary:#}\n")
    }
}

fn chinese(label: &str) -> &'static str {
    match label {
        "rows" => "行数",
        "settled" => "已结算",
        _ => "拒收",
    }
}

/// `text` filled up with spaces to `width` columns of a terminal, where Chinese characters take two.
fn padded(text: &str, width: usize) -> String {
    format!("{text}{}", " ".repeat(width.saturating_sub(columns_of(text))))
}

/// How many columns of a terminal text takes.
fn columns_of(text: &str) -> usize {
    text.chars().map(|c| if c.is_ascii() { 1 } else { 2 }).sum()
}

/// Digits in groups of three.
fn grouped(number: &str) -> String {
    let (sign, size) = number.strip_prefix('-').map_or(("", number), |size| ("-", size));
    let (whole, decimals) = size.split_once('.').map_or((size, None), |(whole, decimals)| (whole, Some(decimals)));
    let mut text = sign.to_owned();
    for (at, digit) in whole.chars().enumerate() {
        if at > 0 && (whole.len() - at) % 3 == 0 {
            text.push(',');
        }
        text.push(digit);
    }
    if let Some(decimals) = decimals {
        text.push('.');
        text.push_str(decimals);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_in_threes() {
        assert_eq!(grouped("0"), "0");
        assert_eq!(grouped("999.99"), "999.99");
        assert_eq!(grouped("-1234567.89"), "-1,234,567.89");
        assert_eq!(grouped("123456"), "123,456");
    }
}
