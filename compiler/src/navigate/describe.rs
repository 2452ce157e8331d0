//! What is to be said of a name: type, unit, range, rounding, values in force, clauses.

use fen_grammar::diagnostic::Text;
use fen_grammar::source::Span;
use fen_grammar::tree::{self, ItemKind, Quoted, RoundingMode};
use num_rational::BigRational;

use super::names::Known;
use super::{Entry, RoundingHint, Version};
use crate::check::Meaning;
use crate::check::program::{Expr, ExprKind, Rounding};
use crate::check::types::{Facts, Grid, Kind, Type, step_of};
use crate::ids::ValueId;
use crate::resolve::program::{self as resolved, Key, ParamValue, TypeBase, TypeRef, ValueBody};

/// The most characters of values or definitions that are shown.
const MOST: usize = 300;

/// The label in both languages, if there is one.
pub(super) fn label(name: &str, labels: &[Quoted]) -> Option<Text> {
    (!labels.is_empty()).then(|| crate::check::label(name, labels))
}

/// Describes entries from what is known of a policy.
pub(super) struct Describer<'a> {
    known: &'a Known<'a>,
}

impl<'a> Describer<'a> {
    pub(super) fn new(known: &'a Known<'a>) -> Self {
        Self { known }
    }

    pub(super) fn enumeration(&self, entry: &mut Entry, one: &tree::Enum) {
        entry.values = one.values.iter().map(|(name, _)| name.text.clone()).collect();
        entry.written = Some(shortened(&entry.values.join(" | ")));
    }

    pub(super) fn input(&self, entry: &mut Entry, at: usize, input: &resolved::Input) {
        entry.label = label(&input.name.text, &input.labels);
        entry.is_optional = input.is_optional;
        entry.clauses.extend(input.cite.as_ref().map(|cite| cite.text.clone()));
        if let Some(ty) = &input.ty {
            self.written_type(entry, ty);
        }
        let Some(known) = self.known.program.inputs.get(at) else { return };
        if input.ty.as_ref().is_some_and(|ty| ty.base.is_some()) {
            entry.unit = unit(known.ty);
            let is_declared = input.from.is_some() || input.to.is_some();
            entry.range = self.range(known.ty, &known.facts).filter(|_| is_declared);
            entry.step = self.step(known.ty, &step_of(known.scale));
        }
        entry.grain =
            known.per.and_then(|grain| self.known.program.grains.get(grain.0)).map(|grain| grain.label.clone());
    }

    pub(super) fn param(&self, entry: &mut Entry, at: usize, param: &resolved::Param) {
        entry.label = label(&param.name.text, &param.labels);
        entry.clauses.extend(param.cite.as_ref().map(|cite| cite.text.clone()));
        self.written_type(entry, &param.ty);
        for (name, key) in &param.keys {
            entry.keys.push(name.text.clone());
            entry.key_enums.push(match key {
                Some(Key::Enum(id)) => self.enum_name(*id),
                Some(Key::Input(id)) => self.enum_of_input(*id),
                _ => None,
            });
        }
        let typed = match self.known.meanings.get(at).and_then(Option::as_ref) {
            Some(Meaning::Constant { ty, value }) => Some((*ty, Facts::constant(value))),
            Some(Meaning::Required { id }) => self.known.program.parameter(*id).map(|one| (one.ty, one.facts.clone())),
            Some(Meaning::RequiredTable { first, .. }) => {
                self.known.program.parameter(*first).map(|one| (one.ty, one.facts.clone()))
            }
            Some(Meaning::Table { id, .. }) => self.known.program.table(*id).map(|one| (one.ty, one.facts.clone())),
            None => None,
        };
        if let Some((ty, facts)) = typed {
            entry.unit = unit(ty);
            let is_open = matches!(param.value, ParamValue::Required) && param.from.is_none() && param.to.is_none();
            entry.range = self.range(ty, &facts).filter(|(low, high)| low != high && !is_open);
        }
        entry.versions = self.versions(&param.value);
    }

    /// The values of a parameter as written, and which of them apply now.
    fn versions(&self, value: &ParamValue) -> Vec<Version> {
        match value {
            ParamValue::Required => Vec::new(),
            ParamValue::File(None) => Vec::new(),
            ParamValue::File(Some(text)) => {
                let source = self.known.sources.locate(*text).map_or("", |(source, _)| source.name());
                let name = source.rsplit(['/', '\\']).next().unwrap_or(source);
                let content = self.known.sources.slice(*text);
                let lines: Vec<&str> = content.lines().filter(|line| !line.trim().is_empty()).take(4).collect();
                let rows = content.lines().filter(|line| !line.trim().is_empty()).count().saturating_sub(1);
                let more = if rows + 1 > lines.len() { "\n…" } else { "" };
                let values = format!("{name} ({rows})\n{}{more}", lines.join("\n"));
                vec![Version { from: None, values, is_current: true }]
            }
            ParamValue::Cells(versions) => {
                let day = |date: &tree::Date| jiff::civil::Date::new(date.year, date.month, date.day).ok();
                let begun = versions.iter().enumerate().filter_map(|(at, (from, _))| match from {
                    None => Some((None, at)),
                    Some(date) => day(date).filter(|day| *day <= self.known.today).map(|day| (Some(day), at)),
                });
                // Before the first version begins, that one is the next to apply.
                let first =
                    || versions.iter().enumerate().filter_map(|(at, (from, _))| Some((day(from.as_ref()?), at)));
                let current = begun.max().or_else(|| first().min()).map(|(_, at)| at);
                let version = |(at, (from, cells)): (usize, &(Option<tree::Date>, Vec<tree::ParamCell>))| {
                    let values: Vec<&str> = cells.iter().map(|cell| self.known.sources.slice(cell.span)).collect();
                    Version {
                        from: from.as_ref().map(|date| self.known.sources.slice(date.span).to_owned()),
                        values: shortened(&values.join(", ")),
                        is_current: current == Some(at),
                    }
                };
                versions.iter().enumerate().map(version).collect()
            }
        }
    }

    pub(super) fn value(&self, entry: &mut Entry, id: ValueId, value: &resolved::Value) {
        let program = self.known.program;
        entry.clauses.extend(value.cite.as_ref().map(|cite| cite.text.clone()));
        for exception in self.cites_within(entry.item) {
            if !entry.clauses.contains(&exception) {
                entry.clauses.push(exception);
            }
        }
        if let ValueBody::Share(ladder) | ValueBody::Grant(ladder) = &value.body {
            let cite = self.known.resolved.ladders.get(ladder.0).and_then(|ladder| ladder.cite.as_ref());
            entry.clauses.extend(cite.map(|cite| cite.text.clone()));
        }
        if let Some(output) = self.known.resolved.outputs.iter().find(|output| output.value == id) {
            entry.is_output = true;
            entry.label = label(&output.name.text, &output.labels);
            entry.clauses.extend(output.cite.as_ref().map(|cite| cite.text.clone()));
        }
        if let Some(indicator) = self.known.resolved.indicators.iter().find(|indicator| indicator.value == id) {
            entry.is_output = true;
            entry.label = label(&indicator.name.text, &indicator.labels);
        }
        if let ValueBody::Running(running) = &value.body
            && let Some(running) = self.known.resolved.runnings.get(running.0)
        {
            entry.label = entry.label.take().or_else(|| label(&running.name.text, &running.labels));
        }
        if let ValueBody::Part(split) = &value.body
            && let Some(split) = self.known.resolved.splits.get(split.0)
        {
            entry.label = entry.label.take().or_else(|| label(&split.name.text, &split.labels));
        }
        entry.written = self.definition(entry.item);
        if self.known.poisoned.get(id.0).copied().unwrap_or(true) {
            return;
        }
        let Some(checked) = program.value(id) else { return };
        entry.ty = Some(self.type_word(checked.ty));
        entry.unit = unit(checked.ty);
        entry.of_enum = match checked.ty {
            Type::Enum(id) => self.enum_name(id),
            _ => None,
        };
        entry.range = self.range(checked.ty, &checked.facts);
        entry.step = match &checked.facts.grid {
            Grid::Step(step) if checked.ty.measure().is_some() && checked.facts.low != checked.facts.high => {
                self.step(checked.ty, step)
            }
            _ => None,
        };
        entry.rounding = checked.rounding.as_ref().map(|rounding| self.rounding(checked.ty, rounding));
        let output = program.outputs.iter().find(|output| output.value == id);
        let grain = checked.grain.or(output.map(|output| output.grain));
        entry.grain = grain.and_then(|grain| program.grains.get(grain.0)).map(|grain| {
            let is_named = !grain.label.en.is_empty();
            if is_named { grain.label.clone() } else { Text::new(grain.name.clone(), grain.name.clone()) }
        });
    }

    pub(super) fn schedule(&self, entry: &mut Entry, schedule: &resolved::Schedule) {
        entry.clauses.extend(schedule.cite.as_ref().map(|cite| cite.text.clone()));
        self.written_type(entry, &schedule.on);
        entry.written = Some(shortened_lines(self.known.sources.slice(entry.item)));
    }

    pub(super) fn link(&self, entry: &mut Entry) {
        entry.written = self.definition(entry.item);
    }

    /// What stands behind `=` in a definition.
    fn definition(&self, item: Span) -> Option<String> {
        let text = self.known.sources.slice(item);
        let (_, body) = text.split_once(['=', '＝'])?;
        let is_definition = !text.starts_with("output") && !text.starts_with("输出");
        is_definition.then(|| shortened_lines(body.trim()))
    }

    /// The clauses that parts of a definition cite.
    fn cites_within(&self, span: Span) -> Vec<String> {
        let is_it = |item: &&tree::Item| item.span == span;
        let Some(item) = self.known.gathered.items.iter().find(is_it) else { return Vec::new() };
        let ItemKind::Definition(definition) = &item.kind else { return Vec::new() };
        let cases: Vec<&tree::Case> = match &definition.body {
            tree::DefinitionBody::Cases(cases, otherwise) => cases.iter().chain(otherwise.as_deref()).collect(),
            tree::DefinitionBody::Expr(_) => Vec::new(),
        };
        let exceptions = definition.exceptions.iter().map(|exception| &exception.cite);
        let cites = cases.iter().map(|case| &case.cite).chain(exceptions).flatten();
        cites.map(|cite| cite.text.clone()).collect()
    }

    fn written_type(&self, entry: &mut Entry, ty: &TypeRef) {
        let text = self.known.sources.slice(ty.span);
        if ty.base.is_some() && !text.is_empty() {
            entry.ty = Some(Text::new(text, text));
        }
        if let Some(TypeBase::Enum(id)) = ty.base {
            entry.of_enum = self.enum_name(id);
        }
    }

    fn enum_name(&self, id: crate::ids::EnumId) -> Option<String> {
        self.known.resolved.enums.get(id.0).map(|one| one.name.text.clone())
    }

    fn enum_of_input(&self, id: crate::ids::InputId) -> Option<String> {
        match self.known.resolved.inputs.get(id.0)?.ty.as_ref()?.base? {
            TypeBase::Enum(id) => self.enum_name(id),
            TypeBase::Word(_) => None,
        }
    }

    fn type_word(&self, ty: Type) -> Text {
        match ty {
            Type::Measure(measure) => match measure.kind() {
                Some(Kind::Plain) => Text::new("number", "数"),
                Some(Kind::Rate) => Text::new("rate", "比率"),
                Some(Kind::Points) => Text::new("percentage points", "百分点"),
                Some(Kind::Ratio) => Text::new("ratio", "比值"),
                None if ty == Type::MONEY => Text::new("money", "金额"),
                None => measure.suffix(),
            },
            Type::Date => Text::new("date", "日期"),
            Type::Bool => Text::new("bool", "是否"),
            Type::Code => Text::new("code", "编码"),
            Type::Id => Text::new("id", "标识"),
            Type::Enum(id) => {
                let name = self.enum_name(id).filter(|name| !name.is_empty());
                name.map_or_else(|| Text::new("row of a ladder", "阶梯的档"), |name| Text::new(name.clone(), name))
            }
        }
    }

    fn range(&self, ty: Type, facts: &Facts) -> Option<(Text, Text)> {
        if facts.is_hopeless() || !matches!(ty, Type::Measure(_) | Type::Date) {
            return None;
        }
        // A fraction without an end is no range for people.
        let shown = |value: &BigRational| self.known.program.show(ty, value);
        let (low, high) = (shown(&facts.low), shown(&facts.high));
        let is_short = |text: &Text| text.en.chars().count() <= 40 && !text.en.contains('/');
        (is_short(&low) && is_short(&high)).then_some((low, high))
    }

    fn step(&self, ty: Type, step: &BigRational) -> Option<Text> {
        ty.measure()?;
        crate::check::types::decimals(step)?;
        let shown = self.known.program.show(ty, step);
        (shown.en.chars().count() <= 40).then_some(shown)
    }

    /// As it is written in a policy.
    fn rounding(&self, ty: Type, rounding: &Rounding) -> Text {
        let mode = match rounding.mode {
            RoundingMode::HalfUp => ("half up", "四舍五入"),
            RoundingMode::HalfEven => ("half even", "四舍六入五成双"),
            RoundingMode::Down => ("down", "舍去"),
            RoundingMode::Up => ("up", "进一"),
        };
        let step = self.known.program.show(ty, &rounding.step);
        Text::new(format!("round {} to {}", mode.0, step.en), format!("取整 {} 到 {}", mode.1, step.zh))
    }

    /// Where values are rounded without saying so: definitions behind their name, `round(…)` at its end.
    pub(super) fn roundings(&self) -> Vec<RoundingHint> {
        let known = self.known;
        let mut hints = Vec::new();
        for (at, (written, checked)) in known.resolved.values.iter().zip(&known.program.values).enumerate() {
            if known.poisoned.get(at).copied().unwrap_or(true) {
                continue;
            }
            if let (None, Some(rounding)) = (&written.rounding, &checked.rounding) {
                hints.push(RoundingHint { at: written.name.span.end, text: self.rounding(checked.ty, rounding) });
            }
            let mut calls = Vec::new();
            let mut stack = match &checked.body {
                crate::check::program::Body::Expr(expr) => vec![&**expr],
                _ => Vec::new(),
            };
            while let Some(expr) = stack.pop() {
                if let ExprKind::Round(_, rounding) = &expr.kind {
                    calls.push((expr, rounding));
                }
                stack.extend(expr.parts());
            }
            hints.extend(calls.into_iter().filter_map(|(expr, rounding)| self.call(expr, rounding)));
        }
        hints.sort_by_key(|hint| hint.at);
        hints.dedup_by_key(|hint| hint.at);
        hints
    }

    /// `round(x)` without mode or step: the hint stands before the closing bracket.
    fn call(&self, expr: &Expr, rounding: &Rounding) -> Option<RoundingHint> {
        let text = self.known.sources.slice(expr.span);
        let is_call = text.starts_with("round") || text.starts_with("取整");
        let close = text.chars().next_back().filter(|c| matches!(c, ')' | '）'))?;
        let inner = text.get(..text.len() - close.len_utf8())?;
        // What is written in the policy need not be said.
        let words = ["half", "down", "up", "四舍", "舍去", "进一"];
        let is_written =
            inner.rsplit([')', '）']).next().is_some_and(|end| words.iter().any(|word| end.contains(word)));
        let text = self.rounding(expr.ty, rounding);
        (is_call && !is_written).then(|| RoundingHint { at: expr.span.end - close.len_utf8(), text })
    }
}

fn unit(ty: Type) -> Option<Text> {
    let suffix = ty.measure()?.suffix();
    (!suffix.en.is_empty()).then_some(suffix)
}

fn shortened(text: &str) -> String {
    if text.chars().count() <= MOST {
        return text.to_owned();
    }
    text.chars().take(MOST).chain(['…']).collect()
}

fn shortened_lines(text: &str) -> String {
    let lines: Vec<&str> = text.lines().map(str::trim_end).take(12).collect();
    let more = if text.lines().count() > lines.len() { "\n…" } else { "" };
    shortened(&(lines.join("\n") + more))
}
