//! What a run comes to.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::time::Duration;

use fen_compiler::Lang;
use fen_runtime::Cause;
use fen_schema::{RejectCode, Schema, Text};
use serde_json::{Map, json};

use super::claims::{Batch, Claims, RejectedRow};
use super::columns::Outputs;
use super::grains::GrainTable;
use super::totals::{Totals, unit_name};
use crate::args::RunArgs;
use crate::numbers::grouped;
use crate::width::{columns_of, padded};

/// What the results of a coarser grain come to.
struct GrainSummary {
    name: String,
    /// What one group is called; nothing if there is only one, of everything.
    label: Option<Text>,
    groups: u64,
    rejected: u64,
    reasons: Reasons,
    totals: Totals,
}

/// By field and code: how many rows or groups, and the reason given for the first.
type Reasons = BTreeMap<(String, RejectCode), (u64, Text)>;

/// Counts and totals of a run.
pub(crate) struct Summary {
    schema: Schema,
    rows: u64,
    settled: u64,
    reasons: Reasons,
    totals: Totals,
    grains: Vec<GrainSummary>,
    /// The first row before which a later one stands, and the date that says so.
    out_of_order: Option<(u64, String)>,
    elapsed: Duration,
    files: Vec<(Text, PathBuf)>,
    rejects_are_listed: bool,
}

impl Summary {
    /// Of nothing yet.
    pub(crate) fn new(schema: &Schema) -> Self {
        let totals = Totals::new(&schema.outputs);
        Self {
            schema: schema.clone(),
            rows: 0,
            settled: 0,
            reasons: BTreeMap::new(),
            totals,
            grains: Vec::new(),
            out_of_order: None,
            elapsed: Duration::ZERO,
            files: Vec::new(),
            rejects_are_listed: false,
        }
    }

    /// Counts a rejected row.
    pub(crate) fn reject(&mut self, rejected: &RejectedRow) {
        count(&mut self.reasons, &rejected.cause);
    }

    /// Adds the results of a coarser grain up.
    pub(crate) fn add_grain(&mut self, table: &GrainTable) {
        let mut grain = GrainSummary {
            name: table.name().to_owned(),
            label: table.label(),
            groups: 0,
            rejected: 0,
            reasons: Reasons::new(),
            totals: Totals::new(table.outputs()),
        };
        for row in table.rows() {
            grain.groups += 1;
            grain.totals.add(table.output_cells(row));
        }
        for cause in table.rejected() {
            grain.rejected += 1;
            count(&mut grain.reasons, cause);
        }
        self.grains.push(grain);
    }

    /// Counts a batch and adds its outputs up.
    pub(crate) fn add(&mut self, batch: &Batch, outputs: &Outputs) {
        self.rows += batch.read;
        for (at, _) in batch.settled_rows() {
            self.settled += 1;
            self.totals.add(outputs.row(at));
        }
    }

    /// Takes note of the order of the rows.
    pub(crate) fn note_order(&mut self, claims: &Claims) {
        self.out_of_order = claims.out_of_order().map(|(row, date)| (row, date.to_owned()));
    }

    /// Takes note of the time and of the files that were written.
    pub(crate) fn finish(&mut self, elapsed: Duration, args: &RunArgs, grains: &[PathBuf]) {
        self.elapsed = elapsed;
        self.rejects_are_listed = args.rejects.is_some();
        let mut file = |en: &str, zh: &str, path: Option<&Path>| {
            if let Some(path) = path {
                self.files.push((Text { zh: zh.into(), en: en.into() }, path.to_owned()));
            }
        };
        file("results", "结果", args.output.as_deref());
        grains.iter().for_each(|path| file("results", "结果", Some(path)));
        file("rejects", "拒收", args.rejects.as_deref());
        file("summary", "汇总", args.summary.as_deref());
        file("state", "状态", args.state_out.as_deref());
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
        let title = schema.titles.as_ref().map(pick).or_else(|| schema.title.clone());
        for part in [&title, &schema.source].into_iter().flatten() {
            let _ = write!(text, " | {part}");
        }
        text.push('\n');
        let rejected = grouped(&(self.rows - self.settled).to_string());
        let (rows, settled) = (grouped(&self.rows.to_string()), grouped(&self.settled.to_string()));
        for (label, count) in [("rows", &rows), ("settled", &settled), ("rejected", &rejected)] {
            let label = if zh { chinese(label) } else { label };
            let _ = writeln!(text, "{} {count:>15}", padded(label, 9));
        }
        write_reasons(&mut text, &self.reasons, lang);
        write_totals(&mut text, &self.totals, lang);
        for grain in &self.grains {
            grain.write(&mut text, lang);
        }
        if let Some((row, date)) = &self.out_of_order {
            let _ = if zh {
                writeln!(
                    text,
                    "\n提示：文件不按{date}排列（第 {row} 行早于前面的行），累计与关联按文件次序计算；政策中写 排序日期 {date}，即由 fen run 核对次序，--sort 可先排序"
                )
            } else {
                writeln!(
                    text,
                    "\nnote: rows do not stand in the order of {date} (row {row} is earlier than one before it); running values and links take them as they stand. With `ordered by {date}` in the policy, fen run sees to the order, and --sort sorts them first"
                )
            };
        }
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

    /// For tools.
    pub(crate) fn json(&self) -> String {
        let (totals, counts) = totals_json(&self.totals);
        let mut summary = json!({
            "policy": self.schema.policy,
            "rows": self.rows,
            "settled": self.settled,
            "rejected": self.rows - self.settled,
            "reasons": reasons_json(&self.reasons, "rows"),
            "totals": totals,
            "counts": counts,
            "seconds": self.seconds(),
            "claims_per_second": u64::try_from(self.per_second()).unwrap_or(u64::MAX),
        });
        if let (Some(_), Some(summary)) = (&self.schema.plan, summary.as_object_mut()) {
            let grains = self.grains.iter().map(|grain| (grain.name.clone(), grain.json()));
            summary.insert("grains".into(), grains.collect::<Map<_, _>>().into());
            summary.insert("first_row_out_of_order".into(), self.out_of_order.as_ref().map(|(row, _)| *row).into());
        }
        format!("{summary:#}\n")
    }
}

impl GrainSummary {
    /// For people.
    fn write(&self, text: &mut String, lang: Lang) {
        let groups = grouped(&self.groups.to_string());
        let label = self.label.as_ref().map(|label| if lang == Lang::Zh { &label.zh } else { &label.en });
        let heading = match (lang, label) {
            (Lang::En, Some(label)) => format!("per {label}"),
            (Lang::En, None) => "all together".to_owned(),
            (Lang::Zh, Some(label)) => format!("每{label}"),
            (Lang::Zh, None) => "总体".to_owned(),
        };
        let _ = match label {
            Some(_) => writeln!(text, "\n{} {groups:>15}", padded(&heading, 9)),
            None => writeln!(text, "\n{heading}"),
        };
        if self.rejected > 0 {
            let label = if lang == Lang::Zh { chinese("rejected") } else { "rejected" };
            let _ = writeln!(text, "{} {:>15}", padded(label, 9), grouped(&self.rejected.to_string()));
            write_reasons(text, &self.reasons, lang);
        }
        write_totals(text, &self.totals, lang);
    }

    /// For tools.
    fn json(&self) -> serde_json::Value {
        let (totals, counts) = totals_json(&self.totals);
        json!({
            "groups": self.groups,
            "rejected": self.rejected,
            "reasons": reasons_json(&self.reasons, "groups"),
            "totals": totals,
            "counts": counts,
        })
    }
}

fn count(reasons: &mut Reasons, cause: &Cause) {
    let key = (cause.column.clone(), cause.code);
    reasons.entry(key).or_insert_with(|| (0, cause.reason.clone())).0 += 1;
}

fn write_reasons(text: &mut String, reasons: &Reasons, lang: Lang) {
    for ((field, code), (count, reason)) in reasons {
        let field = if field.is_empty() { "-" } else { field };
        let (count, reason) = (grouped(&count.to_string()), if lang == Lang::Zh { &reason.zh } else { &reason.en });
        let _ = writeln!(text, "{} {count:>15}  {field}: {} ({reason})", padded("", 9), code.as_str());
    }
}

/// Sums by unit, then how often each value came out.
fn write_totals(text: &mut String, totals: &Totals, lang: Lang) {
    let zh = lang == Lang::Zh;
    let label = |column: &fen_schema::Column| {
        let label = if zh { &column.label.zh } else { &column.label.en };
        if *label == column.name { String::new() } else { format!("  {label}") }
    };
    let sums: Vec<_> = totals.sums().map(|(column, sum)| (column, grouped(&sum))).collect();
    let width = sums.iter().map(|(_, sum)| sum.len()).max().unwrap_or(0).max(15);
    let name_width = sums.iter().map(|(column, _)| columns_of(&column.name)).max().unwrap_or(0).max(9);
    for unit in totals.units() {
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
    for (column, counts) in totals.counts() {
        let _ = writeln!(text, "{}{}", column.name, label(column));
        for (value, count) in counts {
            let value = match value.as_str() {
                "true" if zh && column.ty == fen_schema::ColumnType::Bool => "是",
                "false" if zh && column.ty == fen_schema::ColumnType::Bool => "否",
                value => value,
            };
            let _ = writeln!(text, "{} {:>width$}  {value}", padded("", name_width), grouped(&count.to_string()));
        }
    }
}

/// Reasons, with how many rows or groups each.
fn reasons_json(reasons: &Reasons, what: &str) -> serde_json::Value {
    let reasons = reasons.iter().map(|((field, code), (count, reason))| {
        json!({ "field": field, "code": code.as_str(), what: count, "reason": reason })
    });
    reasons.collect()
}

/// Sums, and how often each value came out.
fn totals_json(totals: &Totals) -> (Map<String, serde_json::Value>, Map<String, serde_json::Value>) {
    let sums = totals.sums().map(|(column, total)| (column.name.clone(), total.into())).collect();
    let counts = totals.counts().map(|(column, counts)| {
        let counts: Map<_, _> = counts.into_iter().map(|(value, n)| (value, n.into())).collect();
        (column.name.clone(), counts.into())
    });
    (sums, counts.collect())
}

fn chinese(label: &str) -> &'static str {
    match label {
        "rows" => "行数",
        "settled" => "已结算",
        _ => "拒收",
    }
}
