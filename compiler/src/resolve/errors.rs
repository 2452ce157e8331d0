//! What can be wrong with names and header items.

pub(super) mod grains;

use fen_grammar::diagnostic::{Diagnostic, Fix, Label, Problem, Text};
use fen_grammar::habits::instead;
use fen_grammar::source::Span;
use fen_grammar::tree::Name;

fn at_end(end: usize) -> Span {
    Span { start: end, end }
}

/// A name that nothing defines.
pub(super) struct UnknownName {
    pub(super) name: Name,
    pub(super) suggestion: Option<String>,
    /// What the language has for a word or number from habit.
    pub(super) instead: Option<Text>,
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
        if self.instead.is_some() {
            return self.instead.clone();
        }
        let name = &self.name.text;
        Some(Text::new(
            format!("define it with `{name} = …`, or declare it as an input with `input {name}: money from … to …`"),
            format!("可用“{name} = …”定义，或用“输入 {name}: 金额 自 … 至 …”列为输入"),
        ))
    }

    fn fixes(&self) -> Vec<Fix> {
        self.suggestion.iter().map(|near| Fix::rename(self.name.span, near)).collect()
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
        Text::new(
            "this can be said only once in a policy; rounding once for each unit",
            "此项在一份政策中只能写一次，取整则每种单位一次",
        )
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
pub(crate) struct RoundingStep {
    pub(crate) span: Span,
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
        Some(Text::new(
            "results of rows carry the columns of the rows anyway, those of groups their keys; leave it out, or, where a group is to show it, define something that is equal to it and output that",
            "按行的结果中已含该行的各列，按组的结果中已含主键；请删去此名；组的结果若须列出，请另行定义一个与之相等的量再输出",
        ))
    }
}

/// The most values of an enum: a cell of one byte holds them, and one number is left for a missing value.
pub(super) const MAX_ENUM_VALUES: usize = 127;

pub(super) fn too_many_enum_values(name: &Name) -> Diagnostic {
    let text = &name.text;
    Diagnostic::error(
        "fen::enum::too_many",
        Text::new(
            format!("`{text}` has more than {MAX_ENUM_VALUES} values"),
            format!("“{text}”的取值超过 {MAX_ENUM_VALUES} 个"),
        ),
        name.span,
        Text::new("too many for an enum", "枚举取值过多"),
    )
    .with_help(Text::new("use a code and a table in a file", "请改用编码与取自文件的表"))
}

pub(super) fn tier_and_band(subject: &Name) -> Diagnostic {
    let text = &subject.text;
    Diagnostic::error(
        "fen::ladder::mixed",
        Text::new(
            format!("the ladder on `{text}` has both tiers and bands"),
            format!("“{text}”的阶梯既有分档又有定档"),
        ),
        subject.span,
        Text::new("another kind of row than those before", "与前面各行不是同一种"),
    )
    .with_help(Text::new(
        "tiers divide an amount into slices, bands give the whole of it one value; give one of the two a subject of its own",
        "分档逐段计算，定档按整体取值；请为其中之一另设对象",
    ))
}

pub(super) fn dated_by_no_input(name: &Name) -> Diagnostic {
    let text = &name.text;
    Diagnostic::error(
        "fen::date::not_an_input",
        Text::new(format!("`{text}` is not an input"), format!("“{text}”不是输入")),
        name.span,
        Text::new("the date must be one that the claim states", "适用日期须为输入的日期"),
    )
}

pub(super) fn rounded_twice(name: &Name, earlier: Span) -> Diagnostic {
    let text = &name.text;
    Diagnostic::error(
        "fen::round::twice",
        Text::new(format!("`{text}` is rounded twice"), format!("“{text}”取整了两次")),
        name.span,
        Text::new("rounded again here", "此处再次取整"),
    )
    .with_label(earlier, Text::new("already rounded here", "此处已取整"))
}

pub(super) fn indicator_without_target(span: Span) -> Diagnostic {
    Diagnostic::error(
        "fen::check::no_target",
        Text::new("an indicator compares a value with a target", "指标须与目标值比较"),
        span,
        Text::new("no comparison here", "此处没有比较"),
    )
    .with_help(Text::new("write it as `check NAME = a / b >= 90%`", "写法：指标 名称 = 甲 / 乙 >= 90%"))
}

pub(super) fn unknown_type(text: &str, span: Span, near: Option<String>) -> Diagnostic {
    let fix = near.as_ref().map(|near| Fix::rename(span, near));
    let here = near.map_or_else(
        || Text::new("neither a type nor an enum", "既不是类型也不是枚举"),
        |near| Text::new(format!("did you mean `{near}`?"), format!("是否想写“{near}”？")),
    );
    Diagnostic::error(
        "fen::type::unknown",
        Text::new(format!("there is no type `{text}`"), format!("没有“{text}”这一类型")),
        span,
        here,
    )
    .with_fix(fix)
    .with_help(Text::new(
        format!(
            "types are money, rate, pp, factor, count, points, date, days, months, years, persons, cases, bool, code, \
             id, or an enum: `enum {text} = …`"
        ),
        format!(
            "类型有：金额、比率、百分点、系数、个数、点数、日期、天数、月数、年数、人数、例数、是否、编码、标识，或枚举（枚举 {text} = …）"
        ),
    ))
}

fn wrong_kind(code: &'static str, name: &Name, en: &str, zh: &str) -> Diagnostic {
    let text = &name.text;
    let message = Text::new(format!("`{text}` is {en}"), format!("“{text}”{zh}"));
    Diagnostic::error(code, message, name.span, Text::new("used as one here", "此处如此使用"))
}

pub(super) fn not_a_key(name: &Name) -> Diagnostic {
    wrong_kind(
        "fen::table::key",
        name,
        "neither an enum, an input nor a type",
        "既不是枚举、输入，也不是类型，不能作键",
    )
    .with_help(Text::new(
        "for a computed value name its type, as in `by money`",
        "若键是计算所得，请写其类型，例如“按 金额”",
    ))
}

pub(super) fn not_a_table(name: &Name) -> Diagnostic {
    wrong_kind("fen::name::not_a_table", name, "not a parameter with keys", "不是带键的参数")
}

pub(super) fn not_a_ladder(name: &Name) -> Diagnostic {
    wrong_kind("fen::name::not_a_ladder", name, "not a named ladder", "不是阶梯")
}

pub(super) fn table_applied(name: &Name) -> Diagnostic {
    let text = &name.text;
    not_a_ladder(name).with_help(Text::new(
        format!("the keys of a table stand in square brackets: `{text}[…]`"),
        format!("表的键写在方括号内：{text}[…]"),
    ))
}

pub(super) fn unknown_function(name: &Name) -> Diagnostic {
    let text = &name.text;
    Diagnostic::error(
        UnknownName::CODE,
        Text::new(format!("there is no function or ladder `{text}`"), format!("没有名为“{text}”的函数或阶梯")),
        name.span,
        Text::new("not defined anywhere", "各处均无定义"),
    )
    .with_help(instead(text).unwrap_or_else(|| {
        Text::new(
            "the functions are max, min, clamp and round; a ladder of yours is applied in the same way",
            "函数有：较大、较小、限于、取整；自定的阶梯也如此使用",
        )
    }))
}

pub(super) fn not_a_subject(name: &Name) -> Diagnostic {
    wrong_kind("fen::name::not_a_ladder", name, "not the subject of a ladder", "不是分档或定档的对象")
}

pub(super) fn not_a_value(name: &Name) -> Diagnostic {
    wrong_kind("fen::name::not_a_value", name, "not a value", "不是数值")
        .with_help(Text::new("a ladder is applied as `ladder(amount)`", "阶梯的用法是：阶梯名(数额)"))
}

pub(super) fn output_of_no_value(name: &Name) -> Diagnostic {
    let text = &name.text;
    Diagnostic::error(
        "fen::output::input",
        Text::new(
            format!("`{text}` is a parameter or a ladder, not a result"),
            format!("“{text}”是参数或阶梯，不是计算结果"),
        ),
        name.span,
        Text::new("cannot be an output", "不能作为输出"),
    )
    .with_help(Text::new(
        format!("define a result from it: `used_{text} = {text}`, and let that be the output"),
        format!("请另行定义：所用{text} = {text}，再将其列为输出"),
    ))
}
