//! What can be wrong with names and header items.

use fen_grammar::diagnostic::{Label, Problem, Text};
use fen_grammar::source::Span;
use fen_grammar::tree::Name;

fn at_end(end: usize) -> Span {
    Span { start: end, end }
}

/// A name that nothing defines.
pub(super) struct UnknownName {
    pub(super) name: Name,
    pub(super) suggestion: Option<String>,
}

impl Problem for UnknownName {
    const CODE: &'static str = "fen::name::unknown";

    fn message(&self) -> Text {
        let name = &self.name.text;
        Text::new(format!("`{name}` is not defined"), format!("“{name}”没有定义"))
    }

    fn labels(&self) -> Vec<Label> {
        vec![match &self.suggestion {
            Some(near) => Label::new(self.name.span, format!("did you mean `{near}`?"), format!("是否想写“{near}”？")),
            None => Label::new(self.name.span, "not defined anywhere", "各处均无定义"),
        }]
    }

    fn help(&self) -> Option<Text> {
        let name = &self.name.text;
        Some(Text::new(
            format!("define it with `{name} = …`, or declare it as an input with `input {name}: money from … to …`"),
            format!("可用“{name} = …”定义，或用“输入 {name}: 金额 自 … 至 …”列为输入"),
        ))
    }
}

/// A name defined twice.
pub(super) struct Duplicate {
    pub(super) name: Name,
    pub(super) earlier: Span,
}

impl Problem for Duplicate {
    const CODE: &'static str = "fen::name::duplicate";

    fn message(&self) -> Text {
        let name = &self.name.text;
        Text::new(format!("`{name}` is defined twice"), format!("“{name}”重复定义"))
    }

    fn labels(&self) -> Vec<Label> {
        vec![
            Label::new(self.name.span, "defined again here", "此处再次定义"),
            Label::new(self.earlier, "first defined here", "最先在此定义"),
        ]
    }

    fn help(&self) -> Option<Text> {
        Some(Text::new("give one of the two another name", "请为其中之一另取名称"))
    }
}

/// A share named twice in one ladder row.
pub(super) struct ShareTwiceInRow {
    pub(super) name: Name,
    pub(super) earlier: Span,
}

impl Problem for ShareTwiceInRow {
    const CODE: &'static str = "fen::tier::share_twice";

    fn message(&self) -> Text {
        let name = &self.name.text;
        Text::new(format!("this row gives `{name}` two shares"), format!("本档给“{name}”列了两份"))
    }

    fn labels(&self) -> Vec<Label> {
        vec![
            Label::new(self.name.span, "again here", "再次列出"),
            Label::new(self.earlier, "first share here", "已在此列出"),
        ]
    }

    fn help(&self) -> Option<Text> {
        Some(Text::new("add the two shares up, or name the other receiver", "请合并两份，或写明另一去向的名称"))
    }
}

/// No `policy` item.
pub(super) struct NoPolicy {
    pub(super) end: usize,
}

impl Problem for NoPolicy {
    const CODE: &'static str = "fen::policy::missing";

    fn message(&self) -> Text {
        Text::new("the file names no policy", "文件未写明政策名称")
    }

    fn labels(&self) -> Vec<Label> {
        vec![Label::new(at_end(self.end), "no `policy` item in the whole file", "全文没有“政策”条目")]
    }

    fn help(&self) -> Option<Text> {
        Some(Text::new("begin with a line such as `policy city.subject`", "请以“政策 城市.事项”一行开头"))
    }
}

/// No `output` item.
pub(super) struct NoOutput {
    pub(super) end: usize,
}

impl Problem for NoOutput {
    const CODE: &'static str = "fen::output::none";

    fn message(&self) -> Text {
        Text::new("the policy has no output", "政策没有输出")
    }

    fn labels(&self) -> Vec<Label> {
        vec![Label::new(at_end(self.end), "no `output` item in the whole file", "全文没有“输出”条目")]
    }

    fn help(&self) -> Option<Text> {
        Some(Text::new("name what is to be settled with `output NAME`", "请用“输出 名称”写明要结算的结果"))
    }
}

/// A header item that stands twice.
pub(super) struct RepeatedHeader {
    pub(super) span: Span,
    pub(super) earlier: Span,
}

impl Problem for RepeatedHeader {
    const CODE: &'static str = "fen::policy::repeated";

    fn message(&self) -> Text {
        Text::new("this can be said only once in a policy", "此项在一份政策中只能写一次")
    }

    fn labels(&self) -> Vec<Label> {
        vec![
            Label::new(self.span, "said again here", "此处重复"),
            Label::new(self.earlier, "first said here", "最先写在此处"),
        ]
    }

    fn help(&self) -> Option<Text> {
        Some(Text::new("remove one of the two", "请删去其中之一"))
    }
}

/// A day that no calendar has.
pub(super) struct InvalidDate {
    pub(super) span: Span,
}

impl Problem for InvalidDate {
    const CODE: &'static str = "fen::date::invalid";

    fn message(&self) -> Text {
        Text::new("there is no such day", "没有这一天")
    }

    fn labels(&self) -> Vec<Label> {
        vec![Label::new(self.span, "not in the calendar", "日历中不存在")]
    }
}

/// A period that ends before it begins.
pub(super) struct PeriodBackwards {
    pub(super) span: Span,
}

impl Problem for PeriodBackwards {
    const CODE: &'static str = "fen::date::backwards";

    fn message(&self) -> Text {
        Text::new("the period ends before it begins", "施行期间的止日早于起日")
    }

    fn labels(&self) -> Vec<Label> {
        vec![Label::new(self.span, "first day after last day", "起日晚于止日")]
    }
}

/// A rounding step that is not positive.
pub(super) struct RoundingStep {
    pub(super) span: Span,
}

impl Problem for RoundingStep {
    const CODE: &'static str = "fen::round::step";

    fn message(&self) -> Text {
        Text::new("the rounding step must be more than nothing", "取整的单位必须大于零")
    }

    fn labels(&self) -> Vec<Label> {
        vec![Label::new(self.span, "not positive", "不是正数")]
    }

    fn help(&self) -> Option<Text> {
        Some(Text::new("for example `round half up to 0.01 yuan`", "例如“取整 四舍五入 到 0.01元”"))
    }
}

/// An output named twice.
pub(super) struct RepeatedOutput {
    pub(super) name: Name,
    pub(super) earlier: Span,
}

impl Problem for RepeatedOutput {
    const CODE: &'static str = "fen::output::repeated";

    fn message(&self) -> Text {
        let name = &self.name.text;
        Text::new(format!("`{name}` is an output twice"), format!("“{name}”重复列为输出"))
    }

    fn labels(&self) -> Vec<Label> {
        vec![
            Label::new(self.name.span, "again here", "此处重复"),
            Label::new(self.earlier, "first here", "最先列在此处"),
        ]
    }
}

/// An input that is declared an output.
pub(super) struct OutputIsInput {
    pub(super) name: Name,
}

impl Problem for OutputIsInput {
    const CODE: &'static str = "fen::output::input";

    fn message(&self) -> Text {
        let name = &self.name.text;
        Text::new(format!("`{name}` is an input, not a result"), format!("“{name}”是输入，不是结果"))
    }

    fn labels(&self) -> Vec<Label> {
        vec![Label::new(self.name.span, "an input", "这是输入")]
    }

    fn help(&self) -> Option<Text> {
        Some(Text::new("inputs stand in the results anyway; remove it here", "结果中已含全部输入，请删去此名"))
    }
}
