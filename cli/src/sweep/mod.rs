//! `fen sweep`: outputs over one varying input, and where they jump, bend or turn round.

mod draw;
mod table;

use std::path::Path;
use std::process::ExitCode;

use fen_compiler::{Lang, MarkKind, Sweep, SweepProblem, SweepRequest, analyze_with};
use serde_json::{Value, json};

use crate::args::{SweepArgs, SweepFormat};
use crate::disk::Disk;
use crate::error::{Error, Outcome, print_error};
use crate::files::{self, keep_apart};
use crate::load;
use crate::run::parameters::settings;

/// Computes outputs over one varying input.
pub(crate) fn sweep(args: &SweepArgs, lang: Lang) -> Outcome<ExitCode> {
    let read: Vec<&Path> =
        [Some(&args.policy), args.params.as_ref()].into_iter().flatten().map(AsRef::as_ref).collect();
    let written: Vec<&Path> = args.output.iter().map(AsRef::as_ref).collect();
    keep_apart(&read, &written)?;
    let source = files::source(&args.policy)?;
    let analysis = analyze_with(&source, &Disk);
    if analysis.has_error() {
        load::report(&analysis, lang);
        return Err(Error::Reported);
    }
    let Some(policy) = analysis.policy() else {
        let name = source.name();
        return Err(Error::new(
            "fen::build::library",
            format!("{name} is a library; policies that import from it can be swept"),
            format!("{name} 是规则库，不能单独试算；请用引用它的政策"),
        ));
    };
    let (name, range) = vary(&args.vary)?;
    let (given, set) = (settings(&args.given, None)?, settings(&args.set, args.params.as_deref())?);
    let request = SweepRequest { vary: name, range, given: &given, set: &set, outputs: &args.outputs };
    let swept = policy.sweep(&request).map_err(problem)?;
    let text = match args.format {
        SweepFormat::Csv => table::csv(&swept, lang)?,
        SweepFormat::Json => json_of(&swept),
        SweepFormat::Svg => draw::svg(&swept, policy.name(), lang)?,
    };
    files::write(args.output.as_deref(), &text)?;
    // What is marked is said beside the file too, but not into a table on the terminal.
    if args.format != SweepFormat::Json {
        print_error(&table::marks(&swept, lang));
    }
    Ok(ExitCode::SUCCESS)
}

type Range<'a> = Option<(&'a str, &'a str, Option<&'a str>)>;

/// `NAME=FROM..TO:STEP`, or `NAME` for all values.
fn vary(text: &str) -> Outcome<(&str, Range<'_>)> {
    let wrong = || {
        Error::new(
            "fen::sweep::range",
            format!("--vary {text} is no range; write NAME=FROM..TO or NAME=FROM..TO:STEP"),
            format!("--vary {text} 不是范围；应写作 名称=起..止 或 名称=起..止:步长"),
        )
    };
    let Some((name, range)) = text.split_once('=') else { return Ok((text.trim(), None)) };
    let (from, rest) = range.split_once("..").ok_or_else(wrong)?;
    let (to, step) = match rest.split_once([':', '：']) {
        Some((to, step)) => (to, Some(step.trim())),
        None => (rest, None),
    };
    let (name, from, to) = (name.trim(), from.trim(), to.trim().trim_start_matches('='));
    if name.is_empty() || from.is_empty() || to.is_empty() {
        return Err(wrong());
    }
    Ok((name, Some((from, to, step))))
}

fn problem(problem: SweepProblem) -> Error {
    match problem {
        SweepProblem::Unknown { name, nearest } => {
            let (en, zh) = nearest.map_or_else(
                || (String::new(), String::new()),
                |near| (format!("; did you mean `{near}`?"), format!("；是否想写“{near}”？")),
            );
            Error::new(
                "fen::sweep::unknown",
                format!("there is no input or parameter `{name}`{en}"),
                format!("没有名为“{name}”的输入或参数{zh}"),
            )
        }
        SweepProblem::NotAValue { name, text } => Error::new(
            "fen::sweep::value",
            format!("`{text}` is no value of `{name}`, or lies between two of its steps"),
            format!("“{text}”不是“{name}”的取值，或不在其步长上"),
        ),
        SweepProblem::OutOfRange { name, text, from, to } => Error::new(
            "fen::sweep::out_of_range",
            format!("parameter `{name}` cannot be {text}; it must be from {from} to {to}"),
            format!("参数“{name}”不能取 {text}，应在 {from} 至 {to} 之间"),
        ),
        SweepProblem::Given { name } => Error::new(
            "fen::sweep::given",
            format!("`{name}` varies, so it cannot be given too; leave out one of the two"),
            format!("“{name}”已由 --vary 变化，不能再给定；请去掉其中一个"),
        ),
        SweepProblem::NoOrder { name } => Error::new(
            "fen::sweep::no_order",
            format!("`{name}` is a code or an id, which has no order; vary an amount, a date or an enum"),
            format!("“{name}”是编码或标识，没有次序；请让数额、日期或枚举变化"),
        ),
        SweepProblem::Nothing { name } => Error::new(
            "fen::sweep::range",
            format!("the last value of `{name}` comes before the first one"),
            format!("“{name}”的止值小于起值"),
        ),
        SweepProblem::Missing { names } => Error::new(
            "fen::sweep::missing",
            format!(
                "also needed: {}; give inputs with --given NAME=VALUE and parameters with --set NAME=VALUE",
                names.join(", ")
            ),
            format!("还需要：{}；输入用 --given 名称=值 给出，参数用 --set 名称=值 给出", names.join("、")),
        ),
        SweepProblem::UnknownOutput { name, known } => Error::new(
            "fen::sweep::output",
            format!("there is no output `{name}`; outputs are {}", known.join(", ")),
            format!("没有输出“{name}”；输出有：{}", known.join("、")),
        ),
        SweepProblem::TooMany => Error::new(
            "fen::sweep::too_many",
            "there are too many points; take a narrower range or a greater step",
            "点数过多；请缩小范围或加大步长",
        ),
    }
}

/// What is marked, as people say it.
pub(crate) fn kind(kind: MarkKind, lang: Lang) -> &'static str {
    match (kind, lang) {
        (MarkKind::Jump, Lang::En) => "jump",
        (MarkKind::Kink, Lang::En) => "kink",
        (MarkKind::NotMonotone, Lang::En) => "not monotone",
        (MarkKind::Jump, Lang::Zh) => "跳变",
        (MarkKind::Kink, Lang::Zh) => "转折",
        (MarkKind::NotMonotone, Lang::Zh) => "不单调",
    }
}

fn json_of(swept: &Sweep) -> String {
    let column = |column: &fen_compiler::SweptColumn| {
        json!({
            "name": column.name,
            "label": { "zh": column.label.zh, "en": column.label.en },
            "unit": { "zh": column.unit.zh, "en": column.unit.en },
        })
    };
    let points: Vec<Value> = swept
        .points
        .iter()
        .map(|point| match &point.outputs {
            Ok(outputs) => json!({ "x": point.x, "outputs": outputs }),
            Err((code, column)) => json!({ "x": point.x, "rejected": { "code": code, "column": column } }),
        })
        .collect();
    let marks: Vec<Value> = swept
        .marks
        .iter()
        .map(|mark| {
            let rules: Vec<Value> = mark
                .rules
                .iter()
                .map(|rule| {
                    json!({
                        "kind": rule.kind.as_str(),
                        "name": rule.name,
                        "text": rule.text,
                        "clause": rule.clause,
                        "source": rule.document,
                        "file": rule.place.file,
                        "line": rule.place.line,
                        "column": rule.place.column,
                    })
                })
                .collect();
            let around: Vec<Value> = mark.around.iter().map(|(x, value)| json!({ "x": x, "value": value })).collect();
            json!({
                "output": swept.outputs.get(mark.output).map(|output| output.name.clone()),
                "kinds": mark.kinds.iter().map(|kind| kind.as_str()).collect::<Vec<_>>(),
                "x": mark.x,
                "around": around,
                "slope_before": mark.slopes.0,
                "slope_after": mark.slopes.1,
                "jump": mark.jump,
                "rules": rules,
            })
        })
        .collect();
    let all = json!({
        "input": column(&swept.variable),
        "outputs": swept.outputs.iter().map(column).collect::<Vec<_>>(),
        "points": points,
        "marks": marks,
    });
    format!("{all:#}\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges() {
        assert_eq!(vary("a=0..10").ok(), Some(("a", Some(("0", "10", None)))));
        assert_eq!(vary("a = 0元..=10元：2").ok(), Some(("a", Some(("0元", "10元", Some("2"))))));
        assert_eq!(
            vary("day=2022-01-01..2022-12-31:30").ok(),
            Some(("day", Some(("2022-01-01", "2022-12-31", Some("30")))))
        );
        assert_eq!(vary("level").ok(), Some(("level", None)));
        for wrong in ["a=", "a=1", "a=1..", "a=..1", "=1..2"] {
            assert!(vary(wrong).is_err(), "{wrong}");
        }
    }
}
