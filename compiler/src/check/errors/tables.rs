//! What can be wrong with parameters and tables.

use fen_grammar::diagnostic::{Diagnostic, Text};
use fen_grammar::source::Span;
use fen_grammar::tree::Name;

use super::{code, error, shown_by, t};
use crate::resolve::program::Param;

pub(in crate::check) fn parameter_type(name: &Name, ty: &Text) -> Diagnostic {
    let text = &name.text;
    let message = t(format!("the values of `{text}` cannot be {}", ty.en), format!("“{text}”的取值不能是{}", ty.zh));
    error("fen::table::type", message, name.span, t("this parameter", "此参数")).with_help(t(
        "codes and ids are keys; use an enum for values that are names",
        "编码与标识只能作键；取值为名称的请用枚举",
    ))
}

pub(in crate::check) fn several_values(name: &Name, span: Span) -> Diagnostic {
    let text = &name.text;
    let message = t(format!("`{text}` has no keys, but several values"), format!("“{text}”没有键，却有多个取值"));
    error("fen::table::keys", message, span, t("a second value", "第二个取值"))
}

/// `1 key`, `2 keys`
fn keys(count: usize) -> String {
    if count == 1 { "1 key".to_owned() } else { format!("{count} keys") }
}

pub(in crate::check) fn wrong_keys(span: Span, wanted: usize, found: usize) -> Diagnostic {
    let message = match wanted {
        0 => t("this parameter has no keys", "此参数没有键"),
        _ => t(
            format!("the table has {}, here are {found}", keys(wanted)),
            format!("该表有 {wanted} 个键，此处写了 {found} 个"),
        ),
    };
    error("fen::table::keys", message, span, t("in this place", "在此处"))
}

pub(in crate::check) fn table_without_keys(span: Span, name: &str, count: usize) -> Diagnostic {
    let message = t(format!("`{name}` is a table with {}", keys(count)), format!("“{name}”是有 {count} 个键的表"));
    error("fen::table::keys", message, span, t("its keys are missing", "缺少键"))
        .with_help(t(format!("write the keys in brackets: `{name}[…]`"), format!("请在方括号内写键：{name}[…]")))
}

pub(in crate::check) fn key_type(span: Span, written: &Text, wanted: &Text) -> Diagnostic {
    let message = t(
        format!("this must be {}, not {}", wanted.en, written.en),
        format!("此处应为{}，而不是{}", wanted.zh, written.zh),
    );
    error("fen::table::key_type", message, span, t(format!("this is {}", written.en), format!("这是{}", written.zh)))
}

pub(in crate::check) fn key_not_an_input(span: Span) -> Diagnostic {
    let message = t("a code is looked up as it stands in the claim", "编码须直接取自输入");
    error("fen::table::key_type", message, span, t("not an input", "不是输入")).with_help(t(
        "declare an input for it; for one fixed value write a parameter without keys",
        "请为其设一项输入；固定的取值请写成没有键的参数",
    ))
}

pub(in crate::check) fn key_not_a_range(span: Span) -> Diagnostic {
    let message = t("the rows of this key are ranges", "此键以范围分行");
    error("fen::table::key", message, span, t("not a range", "不是范围"))
        .with_help(t("for example `60..<80`, `..=5` or `90..`", "例如 60..<80、..=5 或 90.."))
}

pub(in crate::check) fn key_is_a_range(span: Span, ty: &Text) -> Diagnostic {
    let message = t(format!("this key is {}, not a range", ty.en), format!("此键是{}，不是范围", ty.zh));
    error("fen::table::key", message, span, t("a range", "范围"))
}

pub(in crate::check) fn range_without_values(span: Span) -> Diagnostic {
    let message = t("this range holds no value", "此范围内没有数值");
    error("fen::table::key", message, span, t("ends where it starts or before", "上限不高于下限"))
}

pub(in crate::check) fn boundary_unowned(span: Span, is_table: bool) -> Diagnostic {
    let message = t("the upper bound does not say to whom it belongs", "未写明上限归哪一档");
    let help = t(
        "write `..=` if the bound belongs to this row (以内, 不超过), `..<` if it belongs to the next (不满, 以下不含)",
        "上限归本档（以内、不超过）写 ..=，归下一档（不满、不含）写 ..<",
    );
    let code = if is_table { "fen::table::boundary" } else { "fen::band::boundary" };
    error(code, message, span, t("who owns the boundary?", "边界归谁？")).with_help(help)
}

pub(in crate::check) fn boundary_contested(span: Span, earlier: Span) -> Diagnostic {
    let message =
        t("two rows end at one place but disagree to whom it belongs", "两档止于同一界限，却对其归属说法不一");
    error("fen::band::boundary", message, span, t("this row", "此档")).with_label(earlier, t("and this one", "与此档"))
}

pub(in crate::check) fn value_too_fine(span: Span, step: &Text) -> Diagnostic {
    let message = t(
        format!("this value is finer than the step of its type, {}", step.en),
        format!("此值精于其类型的步长 {}", step.zh),
    );
    error("fen::table::value", message, span, t("too fine", "过于精细"))
        .with_help(t("declare a finer step, as in `money step 0.0001`", "请声明更细的步长，例如“金额 步长 0.0001”"))
}

pub(in crate::check) fn value_out_of_range(span: Span, range: &(Text, Text)) -> Diagnostic {
    let (low, high) = range;
    let message = t(
        format!("this value is not from {} to {}", low.en, high.en),
        format!("此值不在 {} 至 {} 之间", low.zh, high.zh),
    );
    error("fen::table::value", message, span, t("outside the parameter's range", "超出参数的范围"))
}

pub(in crate::check) fn cell_too_large(span: Span) -> Diagnostic {
    error(
        "fen::table::value",
        t("this value has too many digits for a table", "此值位数过多，表中无法存储"),
        span,
        t("too large", "过大"),
    )
}

pub(in crate::check) fn empty_table(name: &Name) -> Diagnostic {
    let text = &name.text;
    error(
        "fen::table::empty",
        t(format!("`{text}` has no rows"), format!("“{text}”没有行")),
        name.span,
        t("this table", "此表"),
    )
}

pub(in crate::check) fn table_too_large(name: &Name, most: usize) -> Diagnostic {
    let text = &name.text;
    let message = t(format!("`{text}` has more than {most} rows"), format!("“{text}”超过 {most} 行"));
    error("fen::table::too_large", message, name.span, t("this table", "此表")).with_help(t(
        "ranges of several keys are cut into each other's pieces; make several tables of it",
        "多个范围键会互相切分；请拆成几张表",
    ))
}

pub(in crate::check) fn double_key(span: Span, earlier: Span) -> Diagnostic {
    error("fen::table::duplicate", t("this key stands twice", "此键重复"), span, t("again here", "再次出现"))
        .with_label(earlier, t("first here", "最先在此"))
        .with_help(t("leave one of the two, or give the newer one a later date", "请保留其一，或给新值写明更晚的日期"))
}

pub(in crate::check) fn date_missing(span: Span) -> Diagnostic {
    let message = t("some values have a date and others have none", "有的取值写了日期，有的没有");
    error("fen::date::missing", message, span, t("no date here", "此处没有日期"))
}

pub(in crate::check) fn no_date_to_choose(name: &Name) -> Diagnostic {
    let text = &name.text;
    let message = t(
        format!("`{text}` depends on the date, but the policy does not say which date counts"),
        format!("“{text}”随日期而变，但政策未写明以哪个日期为准"),
    );
    error("fen::date::which", message, name.span, t("which date chooses?", "以哪个日期为准？"))
        .with_help(t("declare it with `dated by INPUT`", "请用“适用日期 某输入”写明"))
}

/// A look-up without a row; `place` is where the table is declared, `row` what is to be added there.
pub(in crate::check) fn no_row(
    span: Span,
    table: &str,
    claim: Option<Text>,
    place: Option<Span>,
    row: Option<Text>,
) -> Diagnostic {
    let code = code(claim.as_ref(), "fen::table::missing");
    let message =
        shown_by(&format!("`{table}` has no row for some claims"), &format!("“{table}”缺少某些案例的行"), claim);
    let mut problem = error(code, message, span, t("looked up here", "在此处查表"));
    if let Some(place) = place {
        let here =
            if row.is_some() { t("a row is missing here", "此表缺少行") } else { t("this table", "此表") };
        problem = problem.with_label(place, here);
    }
    problem.with_help(match row {
        Some(row) => t(
            format!("add `{}` to `{table}`, or look it up only where there is a row", row.en),
            format!("请在“{table}”中补 {}，或只在有行的情形下查表", row.zh),
        ),
        None => {
            t("add the missing rows, or look it up only where there is one", "请补上缺少的行，或只在有行的情形下查表")
        }
    })
}

pub(in crate::check) fn version_missing(span: Span, name: &str, claim: Option<Text>) -> Diagnostic {
    let code = code(claim.as_ref(), "fen::date::uncovered");
    let message = shown_by(
        &format!("`{name}` has no rows yet for some claims"),
        &format!("“{name}”对某些案例的日期尚无适用的档"),
        claim,
    );
    error(code, message, span, t("the first rows apply later", "最早的档自更晚的日期起适用"))
        .with_help(t("let the first rows begin with the period in force", "请使最早的档自施行之日起适用"))
}

pub(in crate::check) fn required_key(name: &Name) -> Diagnostic {
    let message = t("the keys of a required parameter are enums", "待定参数的键须为枚举");
    error("fen::table::required", message, name.span, t("not an enum", "不是枚举"))
}

pub(in crate::check) fn required_too_large(name: &Name, most: usize) -> Diagnostic {
    let text = &name.text;
    let message =
        t(format!("`{text}` would need more than {most} values"), format!("“{text}”需要的取值超过 {most} 个"));
    error("fen::table::required", message, name.span, t("this parameter", "此参数"))
}

pub(in crate::check) fn file_without_header(param: &Param) -> Diagnostic {
    let text = &param.name.text;
    error(
        "fen::table::empty",
        t(format!("the file of `{text}` is empty"), format!("“{text}”的文件是空的")),
        param.name.span,
        t("this table", "此表"),
    )
}

pub(in crate::check) fn cells_in_line(span: Span, wanted: usize, found: usize) -> Diagnostic {
    let message = t(
        format!("this line has {found} cells, the header {wanted}"),
        format!("此行有 {found} 格，表头有 {wanted} 格"),
    );
    error("fen::table::line", message, span, t("this line", "此行"))
}

pub(in crate::check) fn bad_cell(span: Span, problem: &Text) -> Diagnostic {
    let message = t(format!("this cell cannot be used: {}", problem.en), format!("此格无法使用：{}", problem.zh));
    error("fen::table::cell", message, span, t("this cell", "此格"))
}

pub(in crate::check) fn column_twice(span: Span, name: &str) -> Diagnostic {
    let message = t(format!("the column `{name}` stands twice"), format!("“{name}”列重复"));
    error("fen::table::column", message, span, t("again here", "再次出现"))
}

pub(in crate::check) fn column_missing(span: Span, name: &str, names: &[&str]) -> Diagnostic {
    let message = t(format!("the file has no column `{name}`"), format!("文件中没有“{name}”列"));
    error(
        "fen::table::column",
        message,
        span,
        t(format!("its header is {}", names.join(", ")), format!("表头为：{}", names.join("，"))),
    )
}

pub(in crate::check) fn column_unknown(span: Span, name: &str) -> Diagnostic {
    let message = t(format!("the table has no key `{name}`"), format!("该表没有键“{name}”"));
    error("fen::table::column", message, span, t("not used", "未使用"))
        .with_help(t("leave the column out, or declare it as a key", "请删去此列，或将其列为键"))
}
