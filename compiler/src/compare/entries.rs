//! A policy as a list of entries, one for each thing it defines, each with the facts that are stated of it in normal form.

use fen_grammar::diagnostic::Text;
use fen_grammar::source::Span;
use fen_grammar::tree::{self, Definition, DefinitionBody, Item, ItemKind, Literal, Name, ParamValue, Quoted, Yields};

use super::normal::{Names, Needs, Range, quantity, rounding};
use crate::check::program::{Program, days_of};
use crate::check::types::{Measure, Type};
use crate::resolve::header::date;
use crate::rules::{RuleKind, Rules, cite, named};

/// One side of a comparison.
pub(super) struct View<'a> {
    pub(super) rules: Rules<'a>,
    pub(super) program: &'a Program,
    pub(super) names: Names,
}

/// Something a policy defines.
pub(super) struct Entry<'a> {
    pub(super) kind: RuleKind,
    /// As this policy calls it.
    pub(super) name: String,
    /// As both call it.
    pub(super) key: String,
    pub(super) span: Span,
    pub(super) cite: Option<Quoted>,
    pub(super) facts: Vec<Fact>,
    pub(super) body: Body<'a>,
}

/// What facts cannot say.
pub(super) enum Body<'a> {
    Plain,
    Param(&'a tree::Param),
    Rows(Vec<Row>),
}

/// Something that is stated.
#[derive(Clone, Debug)]
pub(super) struct Fact {
    /// Of all that is stated of an entry, what it is about; unique.
    pub(super) key: String,
    pub(super) part: Text,
    /// Equal ones mean the same.
    pub(super) form: String,
    pub(super) text: Text,
    pub(super) span: Span,
    pub(super) cite: Option<Quoted>,
    /// A fact whose key is a condition: one with another condition and the same form is the same with its condition changed.
    pub(super) is_conditional: bool,
}

/// A row of a ladder.
#[derive(Clone, Debug)]
pub(super) struct Row {
    pub(super) from: Option<i32>,
    pub(super) range: Range,
    pub(super) bounds: String,
    /// By receiver: name in normal form, what it gets, in normal form.
    pub(super) yields: Vec<(String, String)>,
    pub(super) text: String,
    pub(super) span: Span,
    pub(super) cite: Option<Quoted>,
}

impl Fact {
    fn new(key: impl Into<String>, part: (&str, &str), form: String, text: String, span: Span) -> Self {
        let (part, text) = (Text::new(part.0, part.1), same(text));
        Self { key: key.into(), part, form, text, span, cite: None, is_conditional: false }
    }

    /// A fact that is written in words of the language.
    fn in_words(self, text: Text) -> Self {
        Self { text, ..self }
    }
}

/// What is shown as it is written, whatever the language.
pub(super) fn same(text: String) -> Text {
    Text { en: text.clone(), zh: text }
}

impl<'a> View<'a> {
    /// Everything that the policy defines, in its order.
    pub(super) fn entries(&self) -> Vec<Entry<'a>> {
        let mut entries: Vec<Entry<'a>> = Vec::new();
        for item in self.rules.items {
            let Some((kind, name)) = named(&item.kind) else { continue };
            if let ItemKind::LadderRow(row) = &item.kind {
                let name = &row.subject.text;
                let known = entries.iter_mut().find(|entry| entry.kind == kind && entry.name == *name);
                let entry = match known {
                    Some(entry) => entry,
                    None => {
                        entries.push(self.entry(kind, name, item, Body::Rows(Vec::new())));
                        let Some(entry) = entries.last_mut() else { continue };
                        entry.cite = self.rules.ladder_cite(name);
                        entry
                    }
                };
                if let Body::Rows(rows) = &mut entry.body {
                    rows.push(self.row(row, item.span));
                }
                continue;
            }
            if let ItemKind::Output(output) = &item.kind {
                for column in &output.columns {
                    let mut entry = self.entry(kind, &column.name.text, item, Body::Plain);
                    entry.span = column.name.span;
                    entry.facts = self.output(output, column);
                    entries.push(entry);
                }
                continue;
            }
            let body = match &item.kind {
                ItemKind::Param(param) => Body::Param(param),
                ItemKind::Schedule(schedule) => Body::Rows(self.steps(schedule)),
                _ => Body::Plain,
            };
            let mut entry = self.entry(kind, name, item, body);
            entry.facts = self.facts(&item.kind);
            entries.push(entry);
        }
        self.rename_unnamed(&mut entries);
        entries
    }

    fn entry(&self, kind: RuleKind, name: &str, item: &Item, body: Body<'a>) -> Entry<'a> {
        let key = match kind {
            RuleKind::Enum => self.names.type_name(name),
            _ => self.names.symbol(name),
        };
        let cite = cite(&item.kind).cloned();
        Entry { kind, name: name.to_owned(), key: key.to_owned(), span: item.span, cite, facts: Vec::new(), body }
    }

    /// Settings, roundings and invariants have no names: what they are about tells them apart.
    fn rename_unnamed(&self, entries: &mut [Entry<'a>]) {
        for entry in entries.iter_mut().filter(|entry| entry.name.is_empty()) {
            if let Some(fact) = entry.facts.first() {
                entry.key.clone_from(&fact.key);
            }
        }
    }

    fn facts(&self, item: &ItemKind) -> Vec<Fact> {
        let slice = |span: Span| self.rules.text(span);
        let names = &self.names;
        let symbol = |name: &Name| names.symbol(&name.text).to_owned();
        match item {
            ItemKind::InForce(period) => {
                let to = period.to.as_ref();
                let span = to.map_or(period.from.span, |to| period.from.span.to(to.span));
                let text = match to {
                    Some(to) => format!("{} – {}", iso(&period.from), iso(to)),
                    None => format!("{} –", iso(&period.from)),
                };
                vec![Fact::new("in force", ("in force", "施行期间"), text.clone(), text, span)]
            }
            ItemKind::DatedBy(name) => {
                vec![Fact::new("dated by", ("dated by", "适用日期"), symbol(name), name.text.clone(), name.span)]
            }
            ItemKind::OrderedBy(name) => {
                vec![Fact::new("ordered by", ("ordered by", "排序日期"), symbol(name), name.text.clone(), name.span)]
            }
            ItemKind::Reverses(name) => {
                vec![Fact::new("reverses", ("reverses", "冲销"), symbol(name), name.text.clone(), name.span)]
            }
            ItemKind::Rows(rows) => {
                let form = rows.claim.as_ref().map(symbol).unwrap_or_default();
                let span = rows.claim.as_ref().map_or(rows.row.span, |claim| rows.row.span.to(claim.span));
                vec![Fact::new("rows", ("rows", "每行"), form, slice(span), span)]
            }
            ItemKind::InsuranceYear(day) => {
                let text = format!("{:02}-{:02}", day.month, day.day);
                vec![Fact::new("insurance year", ("insurance year", "参保年度"), text.clone(), text, day.span)]
            }
            ItemKind::Rounding(one) => {
                let key = format!("round {:?}", one.step.unit);
                vec![self.rounding(one, key, ("outputs", "输出"))]
            }
            ItemKind::Enum(one) => {
                let forms: Vec<&str> = one.values.iter().map(|(name, _)| names.value(&name.text)).collect();
                let texts: Vec<&str> = one.values.iter().map(|(name, _)| name.text.as_str()).collect();
                let (form, text) = (forms.join("|"), texts.join(" | "));
                vec![Fact::new("values", ("values", "取值"), form, text, one.name.span)]
            }
            ItemKind::Input(input) => self.input(input),
            ItemKind::Param(param) => self.param(param),
            ItemKind::Definition(definition) => self.definition(definition),
            ItemKind::Schedule(schedule) => {
                let (form, text) = (names.type_ref(&schedule.on), slice(schedule.on.span));
                vec![Fact::new("on", ("on", "按"), form, text, schedule.on.span)]
            }
            ItemKind::Always(always) => {
                let guard = always.guard.as_ref().map(|guard| names.expr(guard)).unwrap_or_default();
                let form = format!("{} when {guard}", names.expr(&always.condition));
                vec![Fact::new(form.clone(), ("always", "恒有"), form, slice(always.span), always.span)]
            }
            ItemKind::Check(check) => {
                let condition = &check.condition;
                let mut facts = vec![Fact::new(
                    "condition",
                    ("condition", "条件"),
                    names.expr(condition),
                    slice(condition.span),
                    condition.span,
                )];
                if let Some(guard) = &check.guard {
                    let (form, text) = (names.expr(guard), slice(guard.span));
                    facts.push(Fact::new("when", ("when", "当"), form, text, guard.span));
                }
                if let Some(severity) = check.severity {
                    let text = match severity {
                        tree::IndicatorSeverity::Target => Text::new("target", "目标"),
                        tree::IndicatorSeverity::Warning => Text::new("warning", "预警"),
                    };
                    let fact =
                        Fact::new("severity", ("severity", "程度"), text.en.clone(), String::new(), check.name.span);
                    facts.push(fact.in_words(text));
                }
                facts
            }
            ItemKind::Running(running) => {
                let (form, span) = (names.aggregate(&running.aggregate), running.aggregate.span);
                vec![Fact::new("of", ("of", "累计"), form, slice(span), span)]
            }
            ItemKind::Link(link) => {
                let when = link.when.as_ref().map(|when| names.expr(when)).unwrap_or_default();
                let form = format!("{} {} when {when}", link.is_next, names.grain(&link.per));
                let span =
                    link.when.as_ref().map_or(link.what.span.to(link.per.span), |when| link.what.span.to(when.span));
                vec![Fact::new("to", ("to", "关联"), form, slice(span), span)]
            }
            ItemKind::Split(split) => {
                let amount = &split.amount;
                let over: Vec<String> = split.over.iter().map(symbol).collect();
                let span = split.over.iter().fold(split.weight.span, |span, over| span.to(over.span));
                let form = format!("{} by {}", over.join(","), names.expr(&split.weight));
                vec![
                    Fact::new("amount", ("amount", "数额"), names.expr(amount), slice(amount.span), amount.span),
                    Fact::new("over", ("over", "给"), form, slice(span), span),
                ]
            }
            _ => Vec::new(),
        }
    }

    fn input(&self, input: &tree::Input) -> Vec<Fact> {
        let per = input.per.as_ref().map(|per| self.names.grain(per)).unwrap_or_default();
        let per_names: Vec<&str> = input.trailing.iter().map(|name| self.names.symbol(&name.text)).collect();
        let form = format!("{} {} {per} {per_names:?}", self.names.type_ref(&input.ty), input.is_optional);
        let mut text = self.rules.text(input.ty.span);
        if let Some(per) = &input.per {
            text = format!("{text} {}", self.rules.text(per.span));
        }
        let words = match input.is_optional {
            true => Text::new(format!("{text}, optional"), format!("{text}，可缺")),
            false => same(text),
        };
        let fact = Fact::new("type", ("type", "类型"), form, String::new(), input.ty.span);
        let mut facts = vec![fact.in_words(words)];
        facts.extend(self.range(input.from.as_ref(), input.to.as_ref(), &input.name));
        facts
    }

    fn range(&self, from: Option<&Literal>, to: Option<&Literal>, name: &Name) -> Option<Fact> {
        from.or(to)?;
        let form = |bound: Option<&Literal>| bound.map(|bound| self.names.written(bound)).unwrap_or_default();
        let text = |bound: Option<&Literal>| bound.map(|bound| self.rules.text(bound.span)).unwrap_or_default();
        let span = from.or(to).map_or(name.span, |bound| bound.span);
        let (form, text) = (format!("{}..{}", form(from), form(to)), format!("{}..{}", text(from), text(to)));
        Some(Fact::new("range", ("range", "范围"), form, text, span))
    }

    fn param(&self, param: &tree::Param) -> Vec<Fact> {
        let keys: Vec<&str> = param.keys.iter().map(|key| self.key_of(&key.text)).collect();
        let form = format!("{} by {}", self.names.type_ref(&param.ty), keys.join(","));
        let written: Vec<&str> = param.keys.iter().map(|key| key.text.as_str()).collect();
        let mut text = self.rules.text(param.ty.span);
        if !written.is_empty() {
            text = format!("{text} ({})", written.join(", "));
        }
        let mut facts = vec![Fact::new("type", ("type", "类型"), form, text, param.ty.span)];
        facts.extend(self.range(param.from.as_ref(), param.to.as_ref(), &param.name));
        if matches!(param.value, ParamValue::Required) {
            let fact = Fact::new("required", ("value", "取值"), String::new(), String::new(), param.name.span);
            facts.push(fact.in_words(Text::new("required", "待定")));
        }
        facts
    }

    /// A key is an enum, an input, or a word, for which both languages have one.
    pub(super) fn key_of<'n>(&'n self, name: &'n str) -> &'n str {
        const WORDS: [(&str, &str); 15] = [
            ("金额", "money"),
            ("比率", "rate"),
            ("百分点", "pp"),
            ("系数", "factor"),
            ("个数", "count"),
            ("点数", "points"),
            ("日期", "date"),
            ("天数", "days"),
            ("月数", "months"),
            ("年数", "years"),
            ("人数", "persons"),
            ("例数", "cases"),
            ("是否", "bool"),
            ("编码", "code"),
            ("标识", "id"),
        ];
        let is_enum = self.program.enums.iter().any(|one| one.name == name);
        if is_enum {
            return self.names.type_name(name);
        }
        let word = WORDS.iter().find(|(zh, _)| *zh == name && !self.names.own.contains(name));
        word.map_or_else(|| self.names.symbol(name), |(_, en)| en)
    }

    fn definition(&self, definition: &Definition) -> Vec<Fact> {
        let names = &self.names;
        let mut facts = Vec::new();
        let conditional = |key: String, part: Text, value: &tree::Expr, span: Span, cite: &Option<Quoted>| Fact {
            key,
            part,
            form: names.expr(value),
            text: same(self.rules.text(value.span)),
            span,
            cite: cite.clone(),
            is_conditional: true,
        };
        match &definition.body {
            DefinitionBody::Expr(value) => {
                let (form, text) = (names.expr(value), self.rules.text(value.span));
                facts.push(Fact::new("value", ("value", "取值"), form, text, value.span));
            }
            DefinitionBody::Cases(cases, otherwise) => {
                let mut order = Vec::new();
                for case in cases {
                    let Some(condition) = &case.condition else { continue };
                    let form = names.expr(condition);
                    let written = self.rules.text(condition.span);
                    order.push((form.clone(), names.needs(condition), written.clone()));
                    let part = Text::new(format!("when {written}"), format!("当 {written}"));
                    facts.push(conditional(format!("when {form}"), part, &case.value, case.span, &case.cite));
                }
                if let Some(case) = otherwise {
                    let (form, text) = (names.expr(&case.value), self.rules.text(case.value.span));
                    let mut fact = Fact::new("otherwise", ("otherwise", "其余"), form, text, case.span);
                    fact.cite.clone_from(&case.cite);
                    facts.push(fact);
                }
                let texts: Vec<&str> = order.iter().map(|(_, _, written)| written.as_str()).collect();
                let (form, text) = (in_order(&order).join(" ; "), texts.join("; "));
                facts.push(Fact::new("order", ("order of cases", "情形的次序"), form, text, definition.name.span));
            }
        }
        for exception in &definition.exceptions {
            let form = names.expr(&exception.condition);
            let written = self.rules.text(exception.condition.span);
            let part = Text::new(format!("except when {written}"), format!("例外 当 {written}"));
            let mut fact =
                conditional(format!("except {form}"), part, &exception.value, exception.span, &exception.cite);
            // The names of exceptions only serve to order them.
            let overridden = |name: &Name| {
                let known = definition
                    .exceptions
                    .iter()
                    .find(|other| other.name.as_ref().is_some_and(|one| one.text == name.text));
                known.map(|other| names.expr(&other.condition)).unwrap_or_default()
            };
            let mut overridden: Vec<String> = exception.overrides.iter().map(overridden).collect();
            if !overridden.is_empty() {
                overridden.sort();
                fact.form = format!("{} overrides {}", fact.form, overridden.join(";"));
                let written: Vec<&str> = exception.overrides.iter().map(|name| name.text.as_str()).collect();
                let (written, text) = (written.join(", "), fact.text.en);
                fact.text = Text::new(format!("{text} (overrides {written})"), format!("{text}（优先于 {written}）"));
            }
            facts.push(fact);
        }
        if let Some(one) = &definition.rounding {
            facts.push(self.rounding(one, "rounding".to_owned(), ("rounding", "取整")));
        }
        if let Some(base) = &definition.share_of {
            let (form, text) = (names.expr(base), self.rules.text(base.span));
            facts.push(Fact::new("share of", ("as share of", "占"), form, text, base.span));
        }
        facts
    }

    fn output(&self, output: &tree::Output, column: &tree::OutputColumn) -> Vec<Fact> {
        let mut facts = Vec::new();
        let trailing: Vec<&str> = output.trailing.iter().map(|name| self.names.symbol(&name.text)).collect();
        let per = output.per.as_ref();
        if per.is_some() || !trailing.is_empty() {
            let form = format!("{} {trailing:?}", per.map(|per| self.names.grain(per)).unwrap_or_default());
            let text = per.map_or_else(|| trailing.join(", "), |per| self.rules.text(per.span));
            facts.push(Fact::new("per", ("per", "每"), form, text, per.map_or(column.name.span, |per| per.span)));
        }
        if let Some(one) = &column.rounding {
            facts.push(self.rounding(one, "rounding".to_owned(), ("rounding", "取整")));
        }
        facts
    }

    fn rounding(&self, one: &tree::Rounding, key: String, part: (&str, &str)) -> Fact {
        let (en, zh) = match one.mode {
            tree::RoundingMode::HalfUp => ("half up", "四舍五入"),
            tree::RoundingMode::HalfEven => ("half even", "四舍六入五成双"),
            tree::RoundingMode::Down => ("down", "舍去"),
            tree::RoundingMode::Up => ("up", "进一"),
        };
        let step = self.step(&one.step);
        let fact = Fact::new(key, part, rounding(one), String::new(), one.step.span);
        fact.in_words(Text::new(format!("{en} to {}", step.en), format!("{zh}到{}", step.zh)))
    }

    /// A step of rounding, in words of both languages.
    fn step(&self, step: &tree::Quantity) -> Text {
        let measure = match step.unit.kind {
            tree::UnitKind::Of(unit) if step.unit.per.is_empty() => match unit {
                tree::BaseUnit::Yuan => Type::MONEY,
                tree::BaseUnit::Point => Type::Measure(Measure::SCORE),
                tree::BaseUnit::Day => Type::Measure(Measure::DAYS),
                tree::BaseUnit::Month => Type::Measure(Measure::MONTHS),
                tree::BaseUnit::Year => Type::Measure(Measure::YEARS),
                tree::BaseUnit::Person => Type::Measure(Measure::PERSONS),
                tree::BaseUnit::Case => Type::Measure(Measure::CASES),
            },
            _ => return same(self.rules.text(step.span)),
        };
        self.program.show(measure, &step.value)
    }

    fn row(&self, row: &tree::LadderRow, span: Span) -> Row {
        let is_tier = matches!(row.yields, Yields::Tier(_));
        let mut yields = Vec::new();
        let mut texts = Vec::new();
        match &row.yields {
            Yields::Tier(shares) => {
                for share in shares {
                    texts.push(format!("{} {}", share.name.text, self.rules.text(share.rate.span)));
                    // A receiver that gets nothing may as well not be named.
                    if share.rate.value != num_rational::BigRational::from_integer(0.into()) {
                        yields.push((self.names.symbol(&share.name.text).to_owned(), quantity(&share.rate)));
                    }
                }
            }
            Yields::Band(grants) => {
                for grant in grants {
                    texts.push(format!("{} = {}", grant.name.text, self.rules.text(grant.value.span)));
                    yields.push((self.names.symbol(&grant.name.text).to_owned(), self.names.expr(&grant.value)));
                }
            }
        }
        yields.sort();
        Row {
            from: row.from.as_ref().and_then(day),
            range: self.names.bounds(&row.bounds, is_tier),
            bounds: self.rules.text(row.bounds.span),
            yields,
            text: texts.join(", "),
            span,
            cite: row.cite.clone(),
        }
    }

    fn steps(&self, schedule: &tree::Schedule) -> Vec<Row> {
        let steps = schedule.versions.iter().flat_map(|(from, steps)| steps.iter().map(move |step| (from, step)));
        steps
            .map(|(from, step)| Row {
                from: from.as_ref().and_then(day),
                range: self.names.bounds(&step.bounds, step.is_tier),
                bounds: self.rules.text(step.bounds.span),
                yields: vec![(if step.is_tier { "tier" } else { "band" }.to_owned(), self.names.expr(&step.value))],
                text: self.rules.text(step.value.span),
                span: step.bounds.span.to(step.value.span),
                cite: None,
            })
            .collect()
    }
}

/// The conditions of cases in an order that is the same for all orders of one meaning: cases that exclude one another may be
/// exchanged.
fn in_order(cases: &[(String, Needs, String)]) -> Vec<&str> {
    let mut left: Vec<_> = cases.iter().collect();
    let mut order = Vec::new();
    while !left.is_empty() {
        let excludes = |one: &Needs, other: &Needs| {
            one.iter().any(|(of, values)| other.iter().any(|(known, others)| known == of && values.is_disjoint(others)))
        };
        let may_be_first = |at: &usize| {
            let Some((_, needs, _)) = left.get(*at) else { return false };
            left.iter().take(*at).all(|(_, before, _)| excludes(before, needs))
        };
        let first = (0..left.len()).filter(may_be_first).min_by_key(|at| left.get(*at).map(|(form, ..)| form));
        order.push(left.remove(first.unwrap_or(0)).0.as_str());
    }
    order
}

/// Days since 1970-01-01; a checked policy has only days that exist.
pub(super) fn day(written: &tree::Date) -> Option<i32> {
    date(written, &mut Vec::new()).map(days_of)
}

fn iso(date: &tree::Date) -> String {
    format!("{:04}-{:02}-{:02}", date.year, date.month, date.day)
}
