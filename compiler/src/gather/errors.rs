//! What can be wrong with files, imports and amendments.

use fen_grammar::diagnostic::{Diagnostic, Fix, Text, nearest};
use fen_grammar::literate;
use fen_grammar::source::Span;
use fen_grammar::tree::{Name, Quoted};

pub(super) fn unreadable(path: &Quoted, why: &str) -> Diagnostic {
    let file = &path.text;
    Diagnostic::error(
        "fen::file::unreadable",
        Text::new(format!("the file `{file}` cannot be read: {why}"), format!("无法读取文件“{file}”：{why}")),
        path.span,
        Text::new("named here", "在此处引用"),
    )
    .with_help(Text::new("paths are relative to the file that names them", "路径相对于引用它的文件"))
}

pub(super) fn several_policies(span: Span, file: &str, known: &[String]) -> Diagnostic {
    let file = last_of(file);
    let [en, zh] = [", ", "、"].map(|comma| in_file(file, known, comma));
    Diagnostic::error(
        "fen::markdown::several",
        Text::new(format!("{file} holds several policies"), format!("{file} 中有几个政策")),
        span,
        Text::new("which one is not said", "没有写明是哪一个"),
    )
    .with_help(Text::new(format!("name one of them: {en}"), format!("请写明其中一个：{zh}")))
}

pub(super) fn unknown_policy(span: Span, file: &str, name: &str, known: &[String]) -> Diagnostic {
    let file = last_of(file);
    let near = nearest(name, known.iter().map(String::as_str));
    let here = near.map_or_else(
        || Text::new("not found there", "该文件中没有"),
        |near| Text::new(format!("did you mean `{near}`?"), format!("是否想写“{near}”？")),
    );
    let [en, zh] = [", ", "、"].map(|comma| in_file(file, known, comma));
    let help = match known {
        [] => Text::new(
            "its blocks name no policy: leave out `#` and what follows",
            "其中的代码块没有写政策名称：请删去“#”及其后的文字",
        ),
        _ => Text::new(format!("there are {en}"), format!("其中有：{zh}")),
    };
    Diagnostic::error(
        "fen::markdown::unknown_policy",
        Text::new(format!("{file} has no block ```fen {name}"), format!("{file} 中没有写着 ```fen {name} 的代码块")),
        span,
        here,
    )
    .with_help(help)
}

/// A file without its folders.
fn last_of(path: &str) -> &str {
    path.rsplit(['/', '\\']).next().unwrap_or(path)
}

/// The policies of a file as they are named elsewhere.
fn in_file(file: &str, policies: &[String], comma: &str) -> String {
    policies.iter().map(|policy| literate::join(file, policy)).collect::<Vec<_>>().join(comma)
}

pub(super) fn too_many_files(span: Span, most: usize) -> Diagnostic {
    Diagnostic::error(
        "fen::file::too_many",
        Text::new(format!("the policy is made of more than {most} files"), format!("政策引用的文件超过 {most} 个")),
        span,
        Text::new("one too many", "超出限额"),
    )
}

pub(super) fn too_deep(span: Span, most: usize) -> Diagnostic {
    Diagnostic::error(
        "fen::file::too_many",
        Text::new(
            format!("more than {most} files refer to one another, each to the next"),
            format!("文件逐层引用超过 {most} 层"),
        ),
        span,
        Text::new("one too many", "超出限额"),
    )
}

pub(super) fn cycle(span: Span, files: Vec<String>) -> Diagnostic {
    let path = files.join(" → ");
    Diagnostic::error(
        "fen::file::cycle",
        Text::new(format!("the file refers to itself, through {path}"), format!("文件之间循环引用：{path}")),
        span,
        Text::new("this closes the circle", "此处构成循环"),
    )
    .with_help(Text::new("move what both need into a third file", "请把双方都要用的内容移到另一文件"))
}

pub(super) fn unknown_import(name: &Name, file: &Quoted, near: Option<String>) -> Diagnostic {
    let (text, file) = (&name.text, &file.text);
    let fix = near.as_ref().map(|near| Fix::rename(name.span, near));
    let here = near.map_or_else(
        || Text::new("not found there", "该文件中没有"),
        |near| Text::new(format!("did you mean `{near}`?"), format!("是否想写“{near}”？")),
    );
    Diagnostic::error(
        "fen::import::unknown",
        Text::new(format!("`{file}` defines no `{text}`"), format!("“{file}”中没有定义“{text}”")),
        name.span,
        here,
    )
    .with_fix(fix)
}

pub(super) fn not_for_import(name: &Name) -> Diagnostic {
    let text = &name.text;
    Diagnostic::error(
        "fen::import::kind",
        Text::new(format!("`{text}` cannot be imported"), format!("“{text}”不能引入")),
        name.span,
        Text::new("neither enum, parameter nor ladder", "既不是枚举、参数，也不是阶梯"),
    )
    .with_help(Text::new(
        "enums, parameters and ladders are imported; to take over rules, amend the policy",
        "可引入的是枚举、参数与阶梯；沿用规则请用“修订”",
    ))
}

pub(super) fn added_to_nothing(span: Span) -> Diagnostic {
    Diagnostic::error(
        "fen::amend::add",
        Text::new("`add` stands in a policy that amends no other", "本政策不修订其他政策，不能用“增设”"),
        span,
        Text::new("there is nothing to add to", "没有可供增设的基础"),
    )
    .with_help(Text::new("leave `add` out", "请删去“增设”"))
}

pub(super) fn amends_twice(span: Span, earlier: Span) -> Diagnostic {
    Diagnostic::error(
        "fen::amend::twice",
        Text::new("a policy amends one other policy", "一项政策只能修订一项基础政策"),
        span,
        Text::new("a second one", "第二项"),
    )
    .with_label(earlier, Text::new("the first one", "第一项"))
}

pub(super) fn unknown_base(base: &Name) -> Diagnostic {
    let name = &base.text;
    Diagnostic::error(
        "fen::amend::base",
        Text::new(format!("there is no policy `{name}` to amend"), format!("找不到所修订的政策“{name}”")),
        base.span,
        Text::new("not found beside this file", "本文件所在文件夹中没有"),
    )
    .with_help(Text::new(
        "say where it is: `amend NAME as NAME from file \"base.fen\"`",
        "可写明所在文件：修订 … 为 … 取自文件 \"base.fen\"",
    ))
}

pub(super) fn other_base(base: &Name, held: &Name) -> Diagnostic {
    let (name, other) = (&base.text, &held.text);
    Diagnostic::error(
        "fen::amend::base",
        Text::new(format!("the file holds another policy than `{name}`"), format!("该文件中的政策不是“{name}”")),
        base.span,
        Text::new(format!("the file holds `{other}`"), format!("该文件中是“{other}”")),
    )
}

pub(super) fn nothing_to_override(name: &Name, near: Option<String>) -> Diagnostic {
    let text = &name.text;
    let fix = near.as_ref().map(|near| Fix::rename(name.span, near));
    let here = near.map_or_else(
        || Text::new("not there", "基础政策中没有"),
        |near| Text::new(format!("did you mean `{near}`?"), format!("是否想写“{near}”？")),
    );
    Diagnostic::error(
        "fen::amend::unknown",
        Text::new(
            format!("the amended policy has no `{text}` of this kind to override"),
            format!("被修订的政策没有可替换的同类“{text}”"),
        ),
        name.span,
        here,
    )
    .with_fix(fix)
    .with_help(Text::new("for something new, begin the item with `add`", "若是新增内容，请以“增设”开头"))
}
