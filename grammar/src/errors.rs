//! What can be wrong with a source before anything is known about its meaning.

use crate::diagnostic::{Fix, Label, Lang, Problem, Text};
use crate::source::Span;

/// Something stands where the grammar wants something else.
pub(crate) struct Unexpected {
    pub(crate) span: Span,
    /// What stands there; empty at the end of the item.
    pub(crate) found: String,
    /// What could stand there.
    pub(crate) expected: Vec<Text>,
    /// The word that is meant by something like it.
    pub(crate) near: Option<&'static str>,
    /// What to do about a common slip.
    pub(crate) hint: Option<Text>,
    /// Replacements after which more of the item can be read.
    pub(crate) fixes: Vec<Fix>,
}

impl Problem for Unexpected {
    const CODE: &'static str = "fen::syntax::unexpected";

    fn message(&self) -> Text {
        if self.found.is_empty() {
            Text::new("the item ends too early", "本条没有写完")
        } else {
            Text::new(format!("`{}` is not expected here", self.found), format!("此处不应出现“{}”", self.found))
        }
    }

    fn labels(&self) -> Vec<Label> {
        if let Some(near) = self.near {
            return vec![Label::new(self.span, format!("did you mean `{near}`?"), format!("是否想写“{near}”？"))];
        }
        let en: Vec<&str> = self.expected.iter().map(|text| text.en.as_str()).collect();
        let zh: Vec<&str> = self.expected.iter().map(|text| text.zh.as_str()).collect();
        let (en, zh) = (choice(&en, ", ", " or "), choice(&zh, "、", "或"));
        vec![Label::new(self.span, format!("expected {en}"), format!("此处应为{zh}"))]
    }

    fn help(&self) -> Option<Text> {
        self.hint.clone()
    }

    fn fixes(&self) -> Vec<Fix> {
        self.fixes.clone()
    }
}

/// `a, b or c`
fn choice(parts: &[&str], comma: &str, or: &str) -> String {
    match parts {
        [] => String::new(),
        [only] => (*only).to_owned(),
        [first @ .., last] => format!("{}{or}{last}", first.join(comma)),
    }
}

/// An item begins with a word that begins no item.
pub(crate) struct UnknownItem {
    pub(crate) span: Span,
    pub(crate) word: String,
    pub(crate) suggestion: Option<&'static str>,
}

/// Words that go on with an item.
const CONTINUE: [&str; 14] = [
    "otherwise",
    "except",
    "when",
    "cite",
    "given",
    "expect",
    "from",
    "其余",
    "例外",
    "当",
    "见",
    "给定",
    "应得",
    "自",
];

impl Problem for UnknownItem {
    const CODE: &'static str = "fen::syntax::unknown_item";

    fn message(&self) -> Text {
        Text::new(format!("no item begins with `{}`", self.word), format!("没有以“{}”开头的条目", self.word))
    }

    fn labels(&self) -> Vec<Label> {
        match self.suggestion {
            _ if CONTINUE.contains(&self.word.as_str()) => {
                vec![Label::new(self.span, "indent this line: it continues the item above", "此行接续上文，须缩进")]
            }
            Some(word) => vec![Label::new(self.span, format!("did you mean `{word}`?"), format!("是否想写“{word}”？"))],
            None => vec![Label::new(self.span, "not the start of an item", "不是条目的开头")],
        }
    }

    fn help(&self) -> Option<Text> {
        match self.word.as_str() {
            ">" => {
                return Some(Text::new(
                    "begin a quotation with `#`, or write the policy as .md",
                    "引文请用 # 开头，或把政策写成 .md",
                ));
            }
            "/" | "-" | "<" => return Some(Text::new("a comment begins with `#`", "注释请用 # 开头")),
            word if CONTINUE.contains(&word) || self.suggestion.is_some() => return None,
            _ => {}
        }
        Some(Text::new(
            "items begin with policy, library, amend, import, title, source, in force, dated by, round, enum, key, input, \
             param, ladder, output, always, check, example, rows, ordered by, insurance year, reverses, running, link, \
             split, or are written `name = …` or `name tier … -> …`; lines that \
             continue an item are indented",
            "条目以 政策、规则库、修订、引入、名称、依据、施行、适用日期、取整、枚举、主键、输入、参数、阶梯、输出、恒有、指标、示例、每行、排序日期、参保年度、冲销、累计、关联、分配 开头，\
             或写作“名称 = …”“名称 分档 … -> …”；续行须缩进",
        ))
    }

    fn fixes(&self) -> Vec<Fix> {
        if CONTINUE.contains(&self.word.as_str()) {
            let start = Span { end: self.span.start, ..self.span };
            return vec![Fix::replace(Text::new("indent the line", "缩进此行"), start, Text::new("  ", "  "))];
        }
        if self.word == ">" {
            return vec![Fix::rename(self.span, "#")];
        }
        self.suggestion.map(|near| Fix::rename(self.span, near)).into_iter().collect()
    }
}

/// The word between a subject and its bounds is like one of those for rows of ladders.
pub(crate) struct UnknownRow {
    pub(crate) span: Span,
    pub(crate) word: String,
    pub(crate) near: &'static str,
}

impl Problem for UnknownRow {
    const CODE: &'static str = Unexpected::CODE;

    fn message(&self) -> Text {
        Text::new(format!("`{}` is not expected here", self.word), format!("此处不应出现“{}”", self.word))
    }

    fn labels(&self) -> Vec<Label> {
        let near = self.near;
        vec![Label::new(self.span, format!("did you mean `{near}`?"), format!("是否想写“{near}”？"))]
    }

    fn fixes(&self) -> Vec<Fix> {
        vec![Fix::rename(self.span, self.near)]
    }
}

/// Indented text before the first item.
pub(crate) struct NotInColumn0 {
    pub(crate) span: Span,
}

impl Problem for NotInColumn0 {
    const CODE: &'static str = "fen::syntax::indented";

    fn message(&self) -> Text {
        Text::new("this indented line continues no item", "这一缩进行不属于任何条目")
    }

    fn labels(&self) -> Vec<Label> {
        vec![Label::new(self.span, "no item stands before it", "前面没有条目")]
    }

    fn help(&self) -> Option<Text> {
        Some(Text::new("begin an item at the start of the line", "条目须从行首写起"))
    }
}

/// English and Chinese keywords in one item.
pub(crate) struct MixedLanguages {
    pub(crate) first: (Span, Lang, String),
    pub(crate) second: (Span, Lang, String),
}

impl Problem for MixedLanguages {
    const CODE: &'static str = "fen::syntax::mixed_languages";

    fn message(&self) -> Text {
        Text::new("English and Chinese words are mixed in one item", "同一条目内混用了英文与中文词语")
    }

    fn labels(&self) -> Vec<Label> {
        let label = |(span, lang, word): &(Span, Lang, String)| match lang {
            Lang::En => Label::new(*span, format!("`{word}` is English"), format!("“{word}”是英文")),
            Lang::Zh => Label::new(*span, format!("`{word}` is Chinese"), format!("“{word}”是中文")),
        };
        vec![label(&self.second), label(&self.first)]
    }

    fn help(&self) -> Option<Text> {
        Some(Text::new("write the whole item in one language", "整条请用同一种语言书写"))
    }
}

/// Source, item or nesting beyond the limits.
pub(crate) struct TooLarge {
    pub(crate) span: Span,
    pub(crate) what: Limit,
}

/// What is limited.
#[derive(Clone, Copy)]
pub(crate) enum Limit {
    /// Bytes of the source.
    Source(usize),
    /// Bytes of one item.
    Item(usize),
    /// Brackets inside brackets.
    Nesting(usize),
    /// Operators on operators in one expression.
    Depth(usize),
    /// Digits of one number.
    Digits(usize),
    /// Work of the parser.
    Work,
}

impl Problem for TooLarge {
    const CODE: &'static str = "fen::syntax::too_large";

    fn message(&self) -> Text {
        match self.what {
            Limit::Source(most) => {
                Text::new(format!("the file is larger than {most} bytes"), format!("文件超过 {most} 字节"))
            }
            Limit::Item(most) => {
                Text::new(format!("this item is longer than {most} bytes"), format!("本条超过 {most} 字节"))
            }
            Limit::Nesting(most) => {
                Text::new(format!("more than {most} brackets inside one another"), format!("括号嵌套超过 {most} 层"))
            }
            Limit::Depth(most) => Text::new(
                format!("more than {most} operations in one expression"),
                format!("一个算式中的运算超过 {most} 次"),
            ),
            Limit::Digits(most) => {
                Text::new(format!("a number of more than {most} digits"), format!("一个数超过 {most} 位"))
            }
            Limit::Work => Text::new("this item is too complicated to read", "本条过于复杂，无法读入"),
        }
    }

    fn labels(&self) -> Vec<Label> {
        vec![Label::new(self.span, "here", "在此处")]
    }

    fn help(&self) -> Option<Text> {
        match self.what {
            Limit::Source(_) | Limit::Digits(_) => None,
            _ => Some(Text::new("give parts of it names of their own", "请把其中部分另行命名，分开书写")),
        }
    }
}

/// The reader met a pair that the grammar cannot yield: a mistake in the compiler.
pub(crate) struct Internal {
    pub(crate) span: Span,
}

impl Problem for Internal {
    const CODE: &'static str = "fen::internal::syntax";

    fn message(&self) -> Text {
        Text::new("the compiler could not read this item; please report it", "编译器未能读入本条，请反馈")
    }

    fn labels(&self) -> Vec<Label> {
        vec![Label::new(self.span, "this item", "本条")]
    }
}

/// A fenced block of a Markdown file has no end.
pub(crate) struct UnclosedBlock {
    pub(crate) span: Span,
}

impl Problem for UnclosedBlock {
    const CODE: &'static str = "fen::markdown::unclosed";

    fn message(&self) -> Text {
        Text::new("this block has no closing fence", "代码块没有结束标记")
    }

    fn labels(&self) -> Vec<Label> {
        vec![Label::new(self.span, "opened here; everything below is in it", "自此处开始，其后内容都在块内")]
    }

    fn help(&self) -> Option<Text> {
        Some(Text::new(
            "end it by a line of as many ``` or ~~~ as it begins with, and nothing else",
            "请另起一行写上与开头相同的 ``` 或 ~~~ 结束该块，该行不写其他内容",
        ))
    }
}

/// A Markdown file without rules.
pub(crate) struct NoBlocks {
    pub(crate) span: Span,
}

impl Problem for NoBlocks {
    const CODE: &'static str = "fen::markdown::no_blocks";

    fn message(&self) -> Text {
        Text::new("the Markdown file has no ```fen block", "该 Markdown 文件中没有 ```fen 代码块")
    }

    fn labels(&self) -> Vec<Label> {
        vec![Label::new(self.span, "nothing here is a policy", "没有可作为政策的内容")]
    }

    fn help(&self) -> Option<Text> {
        Some(Text::new(
            "rules stand between a line ```fen and a line ```; blocks marked `ignore` or `refused` are only shown",
            "规则须写在 ```fen 与 ``` 两行之间；标有 ignore 或 refused 的代码块只供阅读",
        ))
    }
}

/// A block that does not say which of the file's policies it belongs to.
pub(crate) struct UnnamedBlock {
    /// Its opening fence.
    pub(crate) span: Span,
    /// The policy of the block before it.
    pub(crate) before: String,
}

impl Problem for UnnamedBlock {
    const CODE: &'static str = "fen::markdown::unnamed";

    fn message(&self) -> Text {
        Text::new(
            "the file holds several policies, and this block does not say which one it belongs to",
            "文件中有几个政策，这个代码块没有写明属于哪一个",
        )
    }

    fn labels(&self) -> Vec<Label> {
        let name = &self.before;
        vec![Label::new(
            self.span,
            format!("write ```fen {name}, if that is meant"),
            format!("若属于“{name}”，请写 ```fen {name}"),
        )]
    }

    fn fixes(&self) -> Vec<Fix> {
        let name = &self.before;
        let title = Text::new(format!("a block of `{name}`"), format!("属于“{name}”"));
        let end = Span { start: self.span.end, end: self.span.end };
        let text = format!(" {name}");
        vec![Fix::replace(title, end, Text::new(text.clone(), text))]
    }
}

/// A policy that is called otherwise than its blocks say.
pub(crate) struct OtherName {
    /// Its name.
    pub(crate) span: Span,
    pub(crate) name: String,
    /// What the blocks say.
    pub(crate) block: String,
}

impl Problem for OtherName {
    const CODE: &'static str = "fen::markdown::other_name";

    fn message(&self) -> Text {
        let (name, block) = (&self.name, &self.block);
        Text::new(
            format!("the blocks say ```fen {block}, but the policy is called `{name}`"),
            format!("代码块写的是 ```fen {block}，政策却名为“{name}”"),
        )
    }

    fn labels(&self) -> Vec<Label> {
        let block = &self.block;
        vec![Label::new(self.span, format!("not `{block}`"), format!("不是“{block}”"))]
    }

    fn help(&self) -> Option<Text> {
        Some(Text::new(
            "blocks name the policy by its last part: those of `city.inpatient` say ```fen inpatient",
            "代码块写政策名称的最后一段：“某市.住院”的代码块写 ```fen 住院",
        ))
    }
}

/// The formatter would write something else than it has read: a mistake in the formatter.
pub(crate) struct Misformatted {
    pub(crate) span: Span,
}

impl Problem for Misformatted {
    const CODE: &'static str = "fen::internal::format";

    fn message(&self) -> Text {
        Text::new(
            "this item could not be formatted without changing it; nothing was written; please report it",
            "整理本条会改变其内容，因此未作任何改动，请反馈",
        )
    }

    fn labels(&self) -> Vec<Label> {
        vec![Label::new(self.span, "this item", "本条")]
    }
}

/// A name would be read as a word of the language an item is to be translated to.
pub(crate) struct Untranslatable {
    pub(crate) span: Span,
    pub(crate) lang: Lang,
}

impl Problem for Untranslatable {
    const CODE: &'static str = "fen::format::name";

    fn message(&self) -> Text {
        match self.lang {
            Lang::En => Text::new("this item cannot be translated to English", "本条无法译成英文"),
            Lang::Zh => Text::new("this item cannot be translated to Chinese", "本条无法译成中文"),
        }
    }

    fn labels(&self) -> Vec<Label> {
        vec![Label::new(
            self.span,
            "one of its names would be read as a word of the language there",
            "其中某个名称译后会被读作关键词",
        )]
    }

    fn help(&self) -> Option<Text> {
        Some(Text::new("rename what is called like a word of the language", "请将与关键词同名者改名"))
    }
}
