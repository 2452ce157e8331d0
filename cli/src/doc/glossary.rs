//! What a file defines, and what all of a policy's names stand for.

use fen_compiler::{NameFacts, Text};
use fen_grammar::source::{Source, Span};
use fen_grammar::tree::{DefinitionBody, Item, ItemKind, Name, ParamValue, Quoted, TypeBase, TypeWord, Yields};

use super::html::{anchor, both, escape, say, table};

/// A name that a file defines.
pub(super) struct Entry {
    pub(super) name: String,
    pub(super) span: Span,
    pub(super) kind: Text,
    pub(super) label: Option<Text>,
    /// The clause that is cited or quoted.
    pub(super) clause: Option<String>,
    /// The values of an enum, with their labels.
    pub(super) values: String,
    /// Its type as written, if it has one.
    pub(super) ty: Option<Text>,
}

/// The label in both languages, told apart by their script.
pub(super) fn label(labels: &[Quoted]) -> Option<Text> {
    let is_chinese = |text: &str| text.chars().any(|c| ('\u{3400}'..='\u{9fff}').contains(&c));
    match labels {
        [] => None,
        [only] => Some(Text::new(only.text.clone(), only.text.clone())),
        [first, second, ..] if is_chinese(&second.text) && !is_chinese(&first.text) => {
            Some(Text::new(first.text.clone(), second.text.clone()))
        }
        [first, second, ..] => Some(Text::new(second.text.clone(), first.text.clone())),
    }
}

/// The clauses that an item cites.
pub(super) fn cited(item: &Item) -> Vec<String> {
    let one = |cite: &Option<Quoted>| cite.iter().map(|cite| cite.text.clone()).collect::<Vec<_>>();
    match &item.kind {
        ItemKind::Input(item) => one(&item.cite),
        ItemKind::Param(item) => one(&item.cite),
        ItemKind::Definition(item) => {
            let cases = match &item.body {
                DefinitionBody::Cases(cases, otherwise) => cases.iter().chain(otherwise.as_deref()).collect(),
                DefinitionBody::Expr(_) => Vec::new(),
            };
            let cases = cases.into_iter().flat_map(|case| one(&case.cite));
            let exceptions = item.exceptions.iter().flat_map(|exception| one(&exception.cite));
            one(&item.cite).into_iter().chain(cases).chain(exceptions).collect()
        }
        ItemKind::LadderRow(item) => one(&item.cite),
        ItemKind::Schedule(item) => one(&item.cite),
        ItemKind::Output(item) => one(&item.cite),
        ItemKind::Always(item) => one(&item.cite),
        ItemKind::Check(item) => one(&item.cite),
        ItemKind::Running(item) => one(&item.cite),
        ItemKind::Link(item) => one(&item.cite),
        ItemKind::Split(item) => one(&item.cite),
        _ => Vec::new(),
    }
}

fn is_row_of(item: &Item, subject: &str) -> bool {
    matches!(&item.kind, ItemKind::LadderRow(row) if row.subject.text == subject)
}

/// What a type is called that is not computed.
fn type_of(item: &Item) -> Option<Text> {
    let ty = match &item.kind {
        ItemKind::Input(input) => &input.ty,
        ItemKind::Param(param) => &param.ty,
        _ => return None,
    };
    let word = match &ty.base {
        TypeBase::Name(name) => return Some(Text::new(name.clone(), name.clone())),
        TypeBase::Word(word) => word,
    };
    Some(match word {
        TypeWord::Money => Text::new("money", "金额"),
        TypeWord::Rate => Text::new("rate", "比率"),
        TypeWord::Pp => Text::new("percentage points", "百分点"),
        TypeWord::Factor | TypeWord::Count => Text::new("number", "数"),
        TypeWord::Points => Text::new("points", "点数"),
        TypeWord::Date => Text::new("date", "日期"),
        TypeWord::Days => Text::new("days", "天数"),
        TypeWord::Months => Text::new("months", "月数"),
        TypeWord::Years => Text::new("years", "年数"),
        TypeWord::Persons => Text::new("persons", "人数"),
        TypeWord::Cases => Text::new("cases", "例数"),
        TypeWord::Bool => Text::new("yes or no", "是否"),
        TypeWord::Code => Text::new("code", "编码"),
        TypeWord::Id => Text::new("id", "标识"),
    })
}

/// The names that a file defines, in its order.
pub(super) fn entries(source: &Source, items: &[Item]) -> Vec<Entry> {
    let mut entries: Vec<Entry> = Vec::new();
    for item in items {
        let quoted =
            source.outline().and_then(|outline| outline.clause_at(item.span.start)).map(|clause| clause.name());
        let mut clauses = cited(item);
        if let (ItemKind::LadderRow(row), true) = (&item.kind, clauses.is_empty()) {
            // A clause under one row of a ladder is that of all.
            clauses = items.iter().filter(|other| is_row_of(other, &row.subject.text)).flat_map(cited).collect();
        }
        let mut different: Vec<String> = Vec::new();
        for clause in clauses {
            if !different.contains(&clause) {
                different.push(clause);
            }
        }
        let clause = if different.is_empty() { quoted } else { Some(different.join("、")) };
        let mut add = |name: &Name, kind: Text, labels: &[Quoted]| {
            if !entries.iter().any(|known| known.name == name.text) {
                let (name, span) = (name.text.clone(), name.span);
                let (label, clause) = (label(labels), clause.clone());
                entries.push(Entry { name, span, kind, label, clause, values: values(item), ty: type_of(item) });
            }
        };
        match &item.kind {
            ItemKind::Enum(one) => add(&one.name, Text::new("enum", "枚举"), &[]),
            ItemKind::Input(input) if input.is_key => add(&input.name, Text::new("key", "主键"), &input.labels),
            ItemKind::Input(input) => add(&input.name, Text::new("input", "输入"), &input.labels),
            ItemKind::Param(param) => {
                let is_open = matches!(param.value, ParamValue::Required);
                let kind = if is_open {
                    Text::new("open parameter", "待定参数")
                } else {
                    Text::new("parameter", "参数")
                };
                add(&param.name, kind, &param.labels);
            }
            ItemKind::Definition(one) => add(&one.name, Text::new("definition", "定义"), &[]),
            ItemKind::LadderRow(row) => match &row.yields {
                Yields::Tier(shares) => {
                    shares.iter().for_each(|share| add(&share.name, Text::new("share of a ladder", "分档所得"), &[]));
                }
                Yields::Band(grants) => {
                    grants.iter().for_each(|grant| add(&grant.name, Text::new("given by a ladder", "定档取值"), &[]));
                }
            },
            ItemKind::Schedule(one) => add(&one.name, Text::new("ladder", "阶梯"), &[]),
            ItemKind::Check(one) => add(&one.name, Text::new("indicator", "指标"), &one.labels),
            ItemKind::Running(one) => add(&one.name, Text::new("running value", "累计"), &one.labels),
            ItemKind::Link(one) => add(&one.name, Text::new("link to a claim", "关联单据"), &[]),
            ItemKind::Split(one) => add(&one.name, Text::new("part of an amount", "分配所得"), &one.labels),
            _ => {}
        }
    }
    for item in items {
        let ItemKind::Output(output) = &item.kind else { continue };
        for column in &output.columns {
            if let Some(entry) = entries.iter_mut().find(|entry| entry.name == column.name.text) {
                entry.label = label(&column.labels).or_else(|| entry.label.take());
                entry.kind = Text::new(format!("{}, output", entry.kind.en), format!("{}、输出", entry.kind.zh));
            }
        }
    }
    entries
}

/// The values of an enum.
fn values(item: &Item) -> String {
    let ItemKind::Enum(one) = &item.kind else { return String::new() };
    let shown = one.values.iter().map(|(name, labels)| match label(labels) {
        Some(label) => format!("{} <small>{}</small>", escape(&name.text), both(&label)),
        None => escape(&name.text),
    });
    shown.collect::<Vec<_>>().join("<br>")
}

/// The glossary: the file's own names in their order, then those that it takes from others.
pub(super) fn section(entries: &[Entry], facts: &[NameFacts], clause_of: &dyn Fn(&str) -> Option<String>) -> String {
    let head = [
        Text::new("name", "名称"),
        Text::new("label", "标签"),
        Text::new("what it is", "种类"),
        Text::new("type", "类型"),
        Text::new("unit", "单位"),
        Text::new("range", "范围"),
        Text::new("clause", "条款"),
    ];
    let known = |name: &str| facts.iter().find(|facts| facts.name == name);
    let own = entries.iter().map(|entry| {
        let facts = known(&entry.name);
        let label = entry.label.clone().or_else(|| facts.map(|facts| facts.label.clone()));
        let shown = escape(&entry.name);
        let name = format!("<a id=\"{}\" class=\"name\" href=\"#d-{shown}\">{shown}</a>", anchor(&entry.name));
        let clause = entry.clause.clone().or_else(|| clause_of(&entry.name));
        let mut row = row(name, &entry.name, label, &entry.kind, facts, clause);
        if let (Some(ty), None) = (row.get_mut(3), facts) {
            *ty = entry.ty.as_ref().map(both).unwrap_or_default();
        }
        if let Some(range) = row.get_mut(5).filter(|_| !entry.values.is_empty()) {
            range.clone_from(&entry.values);
        }
        row
    });
    let is_other = |facts: &&NameFacts| !entries.iter().any(|entry| entry.name == facts.name);
    let others = facts.iter().filter(is_other).map(|facts| {
        let shown = escape(&facts.name);
        let name = format!("<b id=\"{}\" class=\"name\">{shown}</b>", anchor(&facts.name));
        let is_of_indicator =
            |entry: &Entry| facts.name.strip_prefix(&entry.name).is_some_and(|rest| rest.starts_with('_'));
        let kind = match entries.iter().find(|entry| entry.kind.en == "indicator" && is_of_indicator(entry)) {
            Some(entry) => Text::new(format!("output of {}", entry.name), format!("{}的输出列", entry.name)),
            None => Text::new("from another file", "来自其他文件"),
        };
        row(name, &facts.name, Some(facts.label.clone()), &kind, Some(facts), clause_of(&facts.name))
    });
    let rows: Vec<Vec<String>> = own.chain(others).collect();
    if rows.is_empty() {
        return String::new();
    }
    let title = say("Glossary", "名称表");
    format!("<section id=\"fen-glossary\"><h2>{title}</h2>\n{}</section>\n", table("glossary", &head, &rows))
}

fn row(
    name: String,
    plain: &str,
    label: Option<Text>,
    kind: &Text,
    facts: Option<&NameFacts>,
    clause: Option<String>,
) -> Vec<String> {
    let label = label.filter(|label| label.en != plain || label.zh != plain);
    let mut ty = facts.map(|facts| both(&facts.ty)).unwrap_or_default();
    if facts.is_some_and(|facts| facts.is_optional) {
        ty += &say(", may be missing", "，可缺");
    }
    if let Some(per) = facts.map(|facts| &facts.per).filter(|per| !per.en.is_empty()) {
        ty += &say(&format!(" per {}", per.en), &format!("，按{}", per.zh));
    }
    // What has no declared range goes as far as amounts go; that tells nobody anything.
    let digits = |text: &str| {
        let whole = text.split('.').next().unwrap_or_default();
        whole.chars().filter(char::is_ascii_digit).count()
    };
    let is_told = |(low, high): &&(Text, Text)| [low, high].iter().all(|text| digits(&text.en) < 14);
    let range = facts.and_then(|facts| facts.range.as_ref()).filter(is_told).map(|(low, high)| {
        let (low, high) = (grouped(low), grouped(high));
        if low == high {
            both(&low)
        } else {
            say(&format!("{} to {}", low.en, high.en), &format!("{} 至 {}", low.zh, high.zh))
        }
    });
    vec![
        name,
        label.map(|label| both(&label)).unwrap_or_default(),
        both(kind),
        ty,
        facts.map(|facts| both(&facts.unit)).unwrap_or_default(),
        range.unwrap_or_default(),
        escape(&clause.unwrap_or_default()),
    ]
}

/// An amount with its thousands set apart.
fn grouped(amount: &Text) -> Text {
    let one = |text: &str| {
        let start = text.find(|c: char| c.is_ascii_digit()).unwrap_or(text.len());
        let (sign, rest) = text.split_at_checked(start).unwrap_or((text, ""));
        let length = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
        let (digits, rest) = rest.split_at_checked(length).unwrap_or((rest, ""));
        // Years of dates are four digits.
        if length < 5 {
            return text.to_owned();
        }
        let mut shown = sign.to_owned();
        for (at, digit) in digits.chars().enumerate() {
            if at > 0 && (length - at) % 3 == 0 {
                shown.push(',');
            }
            shown.push(digit);
        }
        shown + rest
    };
    Text::new(one(&amount.en), one(&amount.zh))
}
