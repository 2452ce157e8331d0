//! What can be wrong with rows, groups, links, running values and reversals.

use fen_grammar::diagnostic::{Diagnostic, Fix, Label, Problem, Text};
use fen_grammar::source::Span;
use fen_grammar::tree::Name;

fn error(
    code: &'static str,
    message: (String, String),
    span: Span,
    here: (&str, &str),
    help: (&str, &str),
) -> Diagnostic {
    Diagnostic::error(code, Text::new(message.0, message.1), span, Text::new(here.0, here.1))
        .with_help(Text::new(help.0, help.1))
}

fn fixed(en: &str, zh: &str) -> (String, String) {
    (en.to_owned(), zh.to_owned())
}

/// `input x: count per year`: a number of so many a year, or a number for each year.
pub(in crate::resolve) fn unit_or_group(name: &Name, period: &Name) -> Diagnostic {
    let (name, span) = (&name.text, period.span);
    let (en, zh) = match period.text.as_str() {
        "year" | "年" => ("year", "年"),
        _ => ("month", "月"),
    };
    let message = (
        format!("`per {en}` could be the unit of `{name}`, or say that there is one `{name}` for each {en}"),
        format!("“每{zh}”可以是“{name}”的单位，也可以表示每{zh}有一个“{name}”"),
    );
    error("fen::input::per_period", message, span, ("which of the two?", "是哪一种？"), ("", "")).with_help(Text::new(
        format!(
            "one for each {en} is written behind the range: `count from 0 to 100 per {en}`; for the unit give the range \
             in it: `count per {en} from 0 per {en} to 100 per {en}`"
        ),
        format!(
            "每{zh}一个的，写在范围之后：“个数 自 0 至 100 每 {zh}”；单位是每{zh}的，范围也写明该单位：“个数每{zh} 自 0每{zh} 至 100每{zh}”"
        ),
    ))
}

/// A group named by something that is not there.
pub(in crate::resolve) struct UnknownGrain {
    pub(in crate::resolve) name: Name,
    pub(in crate::resolve) suggestion: Option<String>,
    /// What a row is called.
    pub(in crate::resolve) row: Text,
}

impl Problem for UnknownGrain {
    const CODE: &'static str = "fen::grain::unknown";

    fn message(&self) -> Text {
        let name = &self.name.text;
        Text::new(
            format!("`{name}` is neither an input nor what rows are called"),
            format!("“{name}”既不是输入，也不是行的名称"),
        )
    }

    fn labels(&self) -> Vec<Label> {
        vec![match &self.suggestion {
            Some(near) => Label::new(self.name.span, format!("did you mean `{near}`?"), format!("是否想写“{near}”？")),
            None => Label::new(self.name.span, "not defined anywhere", "各处均无定义"),
        }]
    }

    fn help(&self) -> Option<Text> {
        let Text { en, zh } = &self.row;
        Some(Text::new(
            format!(
                "rows are grouped by inputs, as in `per person per year`; a row is called `{en}`, and `rows line of claim` \
                 calls it otherwise"
            ),
            format!("分组须写输入，如“每 人员 每 年”；一行称为“{zh}”，可用“每行 明细 属于 单据号”另行命名"),
        ))
    }

    fn fixes(&self) -> Vec<Fix> {
        self.suggestion.iter().map(|near| Fix::rename(self.name.span, near)).collect()
    }
}

/// A group named by a value or a parameter.
pub(in crate::resolve) fn group_of_no_input(name: &Name) -> Diagnostic {
    let text = &name.text;
    error(
        "fen::grain::not_an_input",
        (format!("`{text}` is not an input"), format!("“{text}”不是输入")),
        name.span,
        ("used as a key of a group here", "此处作为分组的键"),
        ("rows are grouped by what the file states, not by what is computed", "分组须依据输入的列，不能依据计算结果"),
    )
}

/// A key that may be missing.
pub(in crate::resolve) fn optional_key(name: &Name) -> Diagnostic {
    let text = &name.text;
    error(
        "fen::grain::optional_key",
        (format!("`{text}` may be missing, so that it is no key"), format!("“{text}”可缺，不能作键")),
        name.span,
        ("used as a key here", "此处作为键"),
        ("remove `optional` from the input", "请删去该输入的“可缺”"),
    )
}

pub(in crate::resolve) fn rows_of_no_input(name: &Name) -> Diagnostic {
    let text = &name.text;
    error(
        "fen::grain::rows_of_no_input",
        (format!("`{text}` is not an input"), format!("“{text}”不是输入")),
        name.span,
        ("lines of one claim must share an input", "同一单据的各行须有相同的输入"),
        ("declare it, for example `key claim: id`", "请列为输入，例如“主键 单据号: 标识”"),
    )
}

pub(in crate::resolve) fn reverses_no_input(name: &Name) -> Diagnostic {
    let text = &name.text;
    error(
        "fen::grain::reverses_no_input",
        (format!("`{text}` is not an input"), format!("“{text}”不是输入")),
        name.span,
        ("the input that tells claims apart is wanted here", "此处须写区分单据的输入"),
        ("declare it, for example `key claim: id`", "请列为输入，例如“主键 单据号: 标识”"),
    )
}

pub(in crate::resolve) fn reversal_of_lines(name: &Name, own: &Name) -> Diagnostic {
    let (text, claim) = (&name.text, &own.text);
    error(
        "fen::grain::reversal_of_lines",
        (
            format!("rows are lines of `{claim}`, so that `{claim}` is taken back and not `{text}`"),
            format!("每行是“{claim}”的明细，冲销的须是“{claim}”，而非“{text}”"),
        ),
        name.span,
        ("whole claims are taken back", "冲销针对整张单据"),
        (&format!("write `reverses {claim}`"), &format!("请写“冲销 {claim}”")),
    )
}

pub(in crate::resolve) fn no_insurance_year(span: Span) -> Diagnostic {
    error(
        "fen::grain::no_insurance_year",
        fixed("the policy does not say when an insurance year begins", "政策未写明参保年度何时开始"),
        span,
        ("used here", "此处使用"),
        ("add for example `insurance year from 07-01`", "请补一行，例如“参保年度 自 07-01”"),
    )
}

pub(in crate::resolve) fn leap_day(span: Span) -> Diagnostic {
    error(
        "fen::grain::leap_day",
        fixed("most years have no such day", "多数年份没有这一天"),
        span,
        ("29 February", "二月二十九日"),
        ("let the year begin on 02-28 or 03-01", "请改为 02-28 或 03-01"),
    )
}

pub(in crate::resolve) fn period_without_date(span: Span) -> Diagnostic {
    error(
        "fen::grain::no_date",
        fixed("the policy does not say which date tells the period", "政策未写明以哪个日期确定期间"),
        span,
        ("a period is named here", "此处写有期间"),
        ("add `dated by INPUT`", "请补一行“适用日期 输入名”"),
    )
}

pub(in crate::resolve) fn last_outside_running(span: Span) -> Diagnostic {
    error(
        "fen::grain::last",
        fixed("`last` stands in running values only", "“最近”只能用于累计"),
        span,
        ("no order is known here", "此处没有先后次序"),
        ("write `running NAME = last VALUE per KEYS`", "请写“累计 名称 = 最近 数值 每 键”"),
    )
}

pub(in crate::resolve) fn counts_no_rows(span: Span) -> Diagnostic {
    error(
        "fen::grain::count",
        fixed("rows, claims or the values of an input are counted", "计数的对象是行、单据或某一输入的取值"),
        span,
        ("none of these", "不属于以上各项"),
        (
            "write `count claims per person`, and for some of them `count (claims when CONDITION) per person`",
            "请写“计数 单据 每 人员”；只计其中一部分时写“计数 (单据 当 条件) 每 人员”",
        ),
    )
}

pub(in crate::resolve) fn link_to_no_claim(name: &Name) -> Diagnostic {
    let text = &name.text;
    error(
        "fen::link::no_claim",
        (format!("a link leads to a claim, not to a `{text}`"), format!("关联指向单据，不指向“{text}”")),
        name.span,
        ("not what claims are called", "不是单据的名称"),
        ("write `next claim` or `previous claim`", "请写“下一 单据”或“上一 单据”"),
    )
}

pub(in crate::resolve) fn link_alone(name: &Name) -> Diagnostic {
    let text = &name.text;
    Diagnostic::error(
        "fen::link::alone",
        Text::new(format!("`{text}` is a link, not a value"), format!("“{text}”是关联，不是数值")),
        name.span,
        Text::new("used as a value here", "此处当作数值使用"),
    )
    .with_help(Text::new(
        format!("write `{text}.NAME` for what the other claim has, or `{text} known` for whether there is one"),
        format!("另一单据的内容写作“{text}.名称”，是否存在写作“{text} 已知”"),
    ))
}

pub(in crate::resolve) fn field_of_no_claim(name: &Name) -> Diagnostic {
    let text = &name.text;
    error(
        "fen::link::field",
        (format!("`{text}` does not belong to a claim"), format!("“{text}”不属于单据")),
        name.span,
        ("neither an input nor a value", "既不是输入，也不是计算结果"),
        ("parameters and ladders are the same for all claims", "参数与阶梯对所有单据相同，请直接使用"),
    )
}
