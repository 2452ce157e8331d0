//! Coverage in words.

use std::fmt::Write as _;

use fen_compiler::{CoveragePoint, Lang, PointKind, Span, Standing, TableFile, tally};

use super::Tested;

/// Where a point stands: file and line.
pub(in crate::test) fn place(tested: &Tested, point: &CoveragePoint) -> String {
    place_of(tested, point.span)
}

fn place_of(tested: &Tested, span: Span) -> String {
    let Some((source, span)) = tested.analysis.sources().locate(span) else { return String::new() };
    format!("{}:{}", source.file(), source.position(span.start).line)
}

/// The word for a kind in files.
pub(super) fn word(kind: PointKind) -> &'static str {
    match kind {
        PointKind::Row => "row",
        PointKind::Cell => "cell",
        PointKind::Case => "case",
        PointKind::Otherwise => "otherwise",
        PointKind::Exception => "exception",
        PointKind::Rule => "rule",
        PointKind::Boundary => "boundary",
    }
}

fn called(kind: PointKind, lang: Lang) -> &'static str {
    match (kind, lang) {
        (PointKind::Row, Lang::En) => "ladder rows",
        (PointKind::Cell, Lang::En) => "table cells",
        (PointKind::Case, Lang::En) => "cases",
        (PointKind::Otherwise, Lang::En) => "otherwise",
        (PointKind::Exception, Lang::En) => "exceptions",
        (PointKind::Rule, Lang::En) => "rules without exception",
        (PointKind::Boundary, Lang::En) => "boundary sides",
        (PointKind::Row, Lang::Zh) => "阶梯档次",
        (PointKind::Cell, Lang::Zh) => "参数表单元",
        (PointKind::Case, Lang::Zh) => "情形",
        (PointKind::Otherwise, Lang::Zh) => "其余",
        (PointKind::Exception, Lang::Zh) => "例外",
        (PointKind::Rule, Lang::Zh) => "无例外的通则",
        (PointKind::Boundary, Lang::Zh) => "界限两侧",
    }
}

/// How much was reached.
pub(super) fn counts(points: &[CoveragePoint]) -> (usize, usize) {
    tally(points).into_iter().fold((0, 0), |(reached, total), (_, got, of)| (reached + got, total + of))
}

/// In percent, rounded down: 100 only if nothing is left.
pub(super) fn percent(reached: usize, total: usize) -> usize {
    (100 * reached).checked_div(total).unwrap_or(100)
}

/// The summary of one policy, and a list of what was not reached.
pub(super) fn text(tested: &Tested, lang: Lang) -> String {
    let mut text = String::new();
    let Some(points) = tested.coverage.as_ref() else { return text };
    if !points.is_empty() {
        let (reached, total) = counts(points);
        let kinds = tally(points).into_iter().map(|(kind, got, of)| format!("{} {got}/{of}", called(kind, lang)));
        let kinds: Vec<String> = kinds.collect();
        let percent = percent(reached, total);
        let _ = match lang {
            Lang::En => writeln!(text, "  coverage {reached}/{total} ({percent}%): {}", kinds.join(", ")),
            Lang::Zh => writeln!(text, "  覆盖 {reached}/{total}（{percent}%）：{}", kinds.join("，")),
        };
    }
    for (standing, en, zh) in [
        (Standing::Missed, "not reached by any example or case:", "尚无示例或用例到达："),
        (Standing::Impossible, "can never be reached:", "永远无法到达："),
    ] {
        let list: Vec<&CoveragePoint> = points.iter().filter(|point| point.standing == standing).collect();
        if list.is_empty() {
            continue;
        }
        let _ = writeln!(text, "    {}", if lang == Lang::Zh { zh } else { en });
        for point in &list {
            let _ = writeln!(text, "      {}  {}", place(tested, point), point.text.get(lang));
        }
    }
    for TableFile { name, reached, total, missed } in &tested.table_files {
        let missed: Vec<String> = missed.iter().map(|line| place_of(tested, *line)).collect();
        let missed = missed.join(", ");
        let _ = match (lang, missed.as_str()) {
            (Lang::En, "") => writeln!(text, "    {name}: {reached}/{total} lines of its file"),
            (Lang::Zh, "") => writeln!(text, "    {name}：其文件 {reached}/{total} 行"),
            (Lang::En, _) => {
                writeln!(text, "    {name}: {reached}/{total} lines of its file, not reached are for example {missed}")
            }
            (Lang::Zh, _) => writeln!(text, "    {name}：其文件 {reached}/{total} 行，未到达的例如 {missed}"),
        };
    }
    text
}

/// What is said of policies of which less than `least` percent was reached.
pub(in crate::test) fn short_of(tested: &[Tested], least: u8, lang: Lang) -> String {
    let mut text = String::new();
    for one in tested {
        let Some(points) = &one.coverage else { continue };
        let (reached, total) = counts(points);
        let percent = percent(reached, total);
        if percent < usize::from(least) {
            let name = &one.name;
            let _ = match lang {
                Lang::En => writeln!(text, "{name}: {percent}% reached, less than {least}% (--coverage-min)"),
                Lang::Zh => writeln!(text, "{name}：覆盖 {percent}%，低于 {least}%（--coverage-min）"),
            };
        }
    }
    text
}
