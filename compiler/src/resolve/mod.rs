//! Items to program: every name is bound to what it means, ladder rows are gathered into ladders, header items are read.
//! Nothing is known about types or values yet.

mod aggregates;
mod declare;
pub(crate) mod errors;
mod expressions;
mod grains;
pub(crate) mod header;
pub(crate) mod program;
#[cfg(test)]
mod tests;

use std::collections::{HashMap, HashSet};

use fen_grammar::diagnostic::{Diagnostic, nearest};
use fen_grammar::habits::instead;
use fen_grammar::source::Span;
use fen_grammar::tree::{self, ItemKind};

use self::declare::{Declared, DeclaredLadder};
use self::errors::{NoOutput, OutputIsInput, RepeatedOutput, UnknownName};
use self::program::{
    Case, Example, Exception, Indicator, Invariant, Key, Ladder, Output, Param, ParamId, ParamValue, Program, Referent,
    Row, Schedule, Setting, SheetFile, Step, Symbol, Value, ValueBody,
};
use crate::gather::Gathered;
use crate::ids::{EnumId, InputId, ValueId};

/// Unknown names that a similar known one is looked for; further ones are not shown anyway.
const MAX_SUGGESTIONS: usize = 100;

/// Binds all names. The program is complete if there are no errors among the diagnostics.
pub(crate) fn resolve(gathered: &Gathered) -> (Program, Vec<Diagnostic>) {
    let broken: Vec<&str> = gathered.broken.iter().map(|span| gathered.sources.written(*span)).collect();
    let is_whole = broken.is_empty();
    let mut resolver = Resolver {
        gathered,
        broken_words: broken.iter().flat_map(|text| words(text)).collect(),
        broken,
        unknown: 0,
        symbols: HashMap::new(),
        enums: HashMap::new(),
        enum_values: HashSet::new(),
        subjects: HashMap::new(),
        values: Vec::new(),
        ladders: Vec::new(),
        indicators: Vec::new(),
        year_start: None,
        reverses: None,
        diagnostics: Vec::new(),
        program: Program { is_whole, ..Program::default() },
    };
    resolver.declare();
    resolver.program.header = header::read(&gathered.items, is_whole, gathered.end, &mut resolver.diagnostics);
    resolver.date();
    resolver.stream();
    resolver.params();
    resolver.schedules();
    resolver.links();
    resolver.values();
    resolver.ladders();
    resolver.outputs();
    resolver.indicators();
    resolver.claims();
    let Resolver { mut program, mut diagnostics, .. } = resolver;
    let is_output = |item: &tree::Item| matches!(item.kind, ItemKind::Output(_) | ItemKind::Check(_));
    if !program.header.is_library && is_whole && !gathered.items.iter().any(is_output) {
        diagnostics.push(NoOutput { end: gathered.end }.into());
    }
    choose_remainders(&mut program);
    (program, diagnostics)
}

/// In a ladder that splits, the last of its shares in the order of the `output` items takes the remainder; shares that
/// are no outputs come before all that are.
fn choose_remainders(program: &mut Program) {
    let rank: HashMap<ValueId, usize> =
        program.outputs.iter().enumerate().map(|(at, output)| (output.value, at + 1)).collect();
    for ladder in program.ladders.iter_mut().filter(|ladder| !ladder.is_band && ladder.columns.len() > 1) {
        let last = ladder.columns.iter().enumerate().max_by_key(|(at, id)| (rank.get(id).copied().unwrap_or(0), *at));
        ladder.remainder = last.map(|(_, id)| *id);
    }
}

struct Resolver<'a> {
    gathered: &'a Gathered,
    /// The text of items that could not be parsed; what they may define is not reported as missing.
    broken: Vec<&'a str>,
    broken_words: HashSet<&'a str>,
    /// How many unknown names were met.
    unknown: usize,
    symbols: HashMap<&'a str, (Symbol, Span)>,
    /// Types have names of their own, so that an input may be called like its enum.
    enums: HashMap<&'a str, (EnumId, Span)>,
    /// All names of values of declared enums.
    enum_values: HashSet<&'a str>,
    /// Ladders by the name of their subject.
    subjects: HashMap<&'a str, crate::ids::LadderId>,
    /// Values that have their id but not yet their body.
    values: Vec<Declared<'a>>,
    ladders: Vec<DeclaredLadder<'a>>,
    indicators: Vec<(&'a tree::Check, ValueId)>,
    /// Month and day on which an insurance year begins.
    year_start: Option<(i8, i8)>,
    /// The key in `reverses KEY`, and the input that the item declares.
    reverses: Option<(&'a tree::Name, InputId)>,
    diagnostics: Vec<Diagnostic>,
    program: Program,
}

impl<'a> Resolver<'a> {
    fn report(&mut self, diagnostic: impl Into<Diagnostic>) {
        self.diagnostics.push(diagnostic.into());
    }

    /// What a name stands for; reported if nothing.
    fn lookup(&mut self, name: &tree::Name) -> Option<Symbol> {
        let symbol = self.symbols.get(name.text.as_str()).map(|(symbol, _)| *symbol);
        match symbol {
            Some(symbol) => self.mention(name.span.start, &name.text, Referent::Symbol(symbol)),
            None => self.unknown(name),
        }
        symbol
    }

    /// Notes that the name at `start` refers to something.
    fn mention(&mut self, start: usize, text: &str, referent: Referent) {
        self.program.mentions.push((Span { start, end: start + text.len() }, referent));
    }

    /// Reports a name that stands for nothing, unless an item that could not be parsed may have defined it.
    fn unknown(&mut self, name: &tree::Name) {
        if self.broken_words.contains(name.text.as_str()) {
            return;
        }
        self.unknown += 1;
        let instead = instead(&name.text);
        let mut suggestion = None;
        if self.unknown <= MAX_SUGGESTIONS && instead.is_none() {
            let mut known: Vec<&str> = self.symbols.keys().chain(&self.enum_values).copied().collect();
            known.sort_unstable();
            let begins = || begun(&name.text, &known);
            suggestion = nearest(&name.text, known.iter().copied()).or_else(begins).map(str::to_owned);
        }
        self.report(UnknownName { name: name.clone(), suggestion, instead });
    }

    fn date(&mut self) {
        let gathered = self.gathered;
        let named = gathered.items.iter().find_map(|item| match &item.kind {
            ItemKind::DatedBy(name) => Some(name),
            _ => None,
        });
        let Some(name) = named else { return };
        match self.lookup(name) {
            Some(Symbol::Input(id)) => self.program.header.dated_by = Some((name.clone(), id)),
            Some(_) => self.report(errors::dated_by_no_input(name)),
            None => {}
        }
    }

    fn params(&mut self) {
        let gathered = self.gathered;
        for item in &gathered.items {
            let ItemKind::Param(param) = &item.kind else { continue };
            let keys = param.keys.iter().map(|key| (key.clone(), self.key(key))).collect();
            let ty = self.type_ref(&param.ty);
            let value = match &param.value {
                tree::ParamValue::Required => ParamValue::Required,
                tree::ParamValue::Cells(cells) => ParamValue::Cells(cells.clone()),
                tree::ParamValue::File(path) => ParamValue::File(gathered.tables.get(&path.span).copied()),
            };
            self.program.params.push(Param {
                name: param.name.clone(),
                keys,
                ty,
                from: param.from.clone(),
                to: param.to.clone(),
                value,
                labels: param.labels.clone(),
                cite: param.cite.clone(),
            });
        }
    }

    fn schedules(&mut self) {
        let gathered = self.gathered;
        for item in &gathered.items {
            let ItemKind::Schedule(schedule) = &item.kind else { continue };
            let mut steps = Vec::new();
            for (from, version) in &schedule.versions {
                for step in version {
                    let value = self.expr(&step.value);
                    steps.push(Step { from: *from, is_tier: step.is_tier, bounds: step.bounds.clone(), value });
                }
            }
            let (name, cite) = (schedule.name.clone(), schedule.cite.clone());
            let on = self.type_ref(&schedule.on);
            self.program.schedules.push(Schedule { name, on, steps, cite });
        }
    }

    /// All values in the order of their ids.
    fn values(&mut self) {
        for declared in std::mem::take(&mut self.values) {
            let value = match declared {
                Declared::Definition(definition) => self.definition(definition),
                Declared::Share(name, ladder) => bare(name, ValueBody::Share(ladder)),
                Declared::Grant(name, ladder) => bare(name, ValueBody::Grant(ladder)),
                Declared::Running(running) => self.running(running),
                Declared::Part(split) => self.part(split),
                Declared::Indicator(check) => {
                    let left = match &check.condition.kind {
                        tree::ExprKind::Compare(_, left, _) => left,
                        _ => &check.condition,
                    };
                    let body = ValueBody::Expr(self.expr(left));
                    Value { cite: check.cite.clone(), ..bare(&check.name, body) }
                }
            };
            self.program.values.push(value);
        }
    }

    fn definition(&mut self, definition: &tree::Definition) -> Value {
        let body = match &definition.body {
            tree::DefinitionBody::Expr(expr) => ValueBody::Expr(self.expr(expr)),
            tree::DefinitionBody::Cases(cases, otherwise) => ValueBody::Cases(
                cases.iter().map(|case| self.case(case)).collect(),
                otherwise.as_ref().map(|case| Box::new(self.case(case))),
            ),
        };
        let share_of = definition.share_of.as_ref().map(|base| self.expr(base));
        let exceptions = definition.exceptions.iter().map(|exception| self.exception(exception)).collect();
        Value {
            name: definition.name.clone(),
            body,
            rounding: definition.rounding.clone(),
            share_of,
            exceptions,
            cite: definition.cite.clone().or_else(|| inner_cite(definition)),
        }
    }

    fn case(&mut self, case: &tree::Case) -> Case {
        let condition = case.condition.as_ref().map(|condition| self.expr(condition));
        Case { condition, value: self.expr(&case.value), span: case.span, cite: case.cite.clone() }
    }

    fn exception(&mut self, exception: &tree::Exception) -> Exception {
        Exception {
            name: exception.name.clone(),
            condition: self.expr(&exception.condition),
            value: self.expr(&exception.value),
            overrides: exception.overrides.clone(),
            span: exception.span,
            cite: exception.cite.clone(),
        }
    }

    /// All ladders in the order of their ids.
    fn ladders(&mut self) {
        for declared in std::mem::take(&mut self.ladders) {
            let Some((_, first)) = declared.rows.first() else { continue };
            for (_, row) in declared.rows.iter().skip(1) {
                if let Some((symbol, _)) = self.symbols.get(row.subject.text.as_str()) {
                    let referent = Referent::Symbol(*symbol);
                    self.mention(row.subject.span.start, &row.subject.text, referent);
                }
            }
            let cite = declared.rows.iter().rev().find_map(|(_, row)| row.cite.clone());
            let rows = declared.rows.iter().map(|(span, row)| self.row(*span, row)).collect();
            let is_whole = !self.broken.iter().any(|text| words(text).next() == Some(first.subject.text.as_str()));
            let ladder = Ladder {
                subject: self.subject(&first.subject),
                name: first.subject.clone(),
                is_band: declared.is_band,
                rows,
                columns: declared.columns,
                remainder: None,
                cite,
                has_double_share: declared.has_double_share,
                is_whole,
            };
            self.program.ladders.push(ladder);
        }
    }

    /// What a ladder or a line of an example is about: anything but a link.
    fn subject(&mut self, name: &tree::Name) -> Option<Symbol> {
        let symbol = self.lookup(name);
        if matches!(symbol, Some(Symbol::Link(_))) {
            self.report(errors::grains::link_alone(name));
            return None;
        }
        symbol
    }

    fn row(&mut self, span: Span, row: &tree::LadderRow) -> Row {
        let value = |resolver: &mut Self, name: &tree::Name| match resolver.symbols.get(name.text.as_str()) {
            Some((Symbol::Value(id), _)) => {
                let id = *id;
                resolver.mention(name.span.start, &name.text, Referent::Symbol(Symbol::Value(id)));
                Some(id)
            }
            _ => None,
        };
        let (mut shares, mut grants) = (Vec::new(), Vec::new());
        match &row.yields {
            tree::Yields::Tier(named) => {
                for share in named {
                    shares.extend(value(self, &share.name).map(|id| (id, share.rate.clone())));
                }
            }
            tree::Yields::Band(named) => {
                for grant in named {
                    let granted = self.expr(&grant.value);
                    grants.extend(value(self, &grant.name).map(|id| (id, granted)));
                }
            }
        }
        Row { bounds: row.bounds.clone(), from: row.from, shares, grants, cite: row.cite.clone(), span }
    }

    fn outputs(&mut self) {
        let gathered = self.gathered;
        for item in &gathered.items {
            let ItemKind::Output(output) = &item.kind else { continue };
            let units = self.grain_names(&output.trailing, "");
            let per = self.joined_grain(units, output.per.as_ref());
            let last = output.columns.last().map(|column| column.name.span);
            for column in &output.columns {
                let name = &column.name;
                match self.lookup(name) {
                    Some(Symbol::Value(value)) => {
                        if let Some(earlier) = self.program.outputs.iter().find(|output| output.value == value) {
                            let earlier = earlier.name.span;
                            self.report(RepeatedOutput { name: name.clone(), earlier });
                            continue;
                        }
                        let mut rounding = column.rounding.clone();
                        if let Some(rounding) = rounding.as_mut().filter(|_| last == Some(name.span)) {
                            grains::drop_last(&mut rounding.step.unit.per, units.len());
                        }
                        if let Some(rounding) = rounding
                            && let Some(slot) = self.program.values.get_mut(value.0)
                        {
                            match &slot.rounding {
                                Some(earlier) => {
                                    let earlier = earlier.step.span;
                                    self.report(errors::rounded_twice(name, earlier));
                                }
                                None => slot.rounding = Some(rounding),
                            }
                        }
                        let (labels, cite) = (column.labels.clone(), output.cite.clone());
                        let per = per.clone();
                        self.program.outputs.push(Output { name: name.clone(), value, per, labels, cite });
                    }
                    Some(Symbol::Input(_)) => self.report(OutputIsInput { name: name.clone() }),
                    Some(Symbol::Link(_)) => self.report(errors::grains::link_alone(name)),
                    Some(_) => self.report(errors::output_of_no_value(name)),
                    None => {}
                }
            }
        }
    }

    fn indicators(&mut self) {
        for (check, value) in std::mem::take(&mut self.indicators) {
            let tree::ExprKind::Compare(comparison, _, target) = &check.condition.kind else {
                self.report(errors::indicator_without_target(check.condition.span));
                continue;
            };
            let target = self.expr(target);
            let guard = check.guard.as_ref().map(|guard| self.expr(guard));
            self.program.indicators.push(Indicator {
                name: check.name.clone(),
                value,
                comparison: *comparison,
                target,
                guard,
                severity: check.severity,
                labels: check.labels.clone(),
            });
        }
    }

    fn claims(&mut self) {
        let gathered = self.gathered;
        for item in &gathered.items {
            match &item.kind {
                ItemKind::Always(always) => {
                    let condition = self.expr(&always.condition);
                    let guard = always.guard.as_ref().map(|guard| self.expr(guard));
                    self.program.invariants.push(Invariant {
                        condition,
                        guard,
                        span: always.span,
                        text: gathered.sources.slice(always.span).to_owned(),
                        cite: always.cite.clone(),
                    });
                }
                ItemKind::Example(example) => {
                    let given = self.settings(&example.given);
                    let expect = example.expect.as_ref().map(|expect| self.settings(expect));
                    let sheet = example
                        .params
                        .as_ref()
                        .map(|path| SheetFile { path: path.clone(), text: gathered.sheets.get(&path.span).copied() });
                    self.program.examples.push(Example { title: example.title.clone(), sheet, given, expect });
                }
                _ => {}
            }
        }
    }

    /// The verdict and the gap of an indicator are outputs without a name of their own in the source.
    fn indicator_column(&self, text: &str) -> Option<Symbol> {
        let is_column = |indicator: &&Indicator| {
            let columns = Indicator::columns(&indicator.name.text, self.program.header.lang);
            columns.iter().any(|column| column == text)
        };
        self.program.indicators.iter().find(is_column).map(|indicator| Symbol::Value(indicator.value))
    }

    fn settings(&mut self, settings: &[tree::Setting]) -> Vec<Setting> {
        let mut resolved = Vec::new();
        for setting in settings {
            // `rate[county]` is a cell of `rate`.
            let text = setting.name.text.split('[').next().unwrap_or_default();
            let name = tree::Name { text: text.to_owned(), span: setting.name.span };
            let symbol = self.indicator_column(text).or_else(|| self.subject(&name));
            if let Some(Symbol::Param(id)) = symbol {
                self.keys_of_setting(id, &setting.keys);
            }
            if let Some(symbol) = symbol {
                let (name, value) = (setting.name.clone(), setting.value.clone());
                resolved.push(Setting { name, symbol, value, span: setting.span });
            }
        }
        resolved
    }

    /// The values of enums in `rate[county]`.
    fn keys_of_setting(&mut self, id: ParamId, keys: &[tree::Name]) {
        for (at, key) in keys.iter().enumerate() {
            let found = self.program.params.get(id.0).and_then(|param| param.keys.get(at));
            let Some((_, Some(Key::Enum(of)))) = found else { continue };
            let of = *of;
            let mut values = self.program.enums.get(of.0).map(|one| one.values.as_slice()).unwrap_or_default().iter();
            if let Some(place) = values.position(|(value, _)| value.text == key.text) {
                self.mention(key.span.start, &key.text, Referent::EnumValue(of, place));
            }
        }
    }
}

fn bare(name: &tree::Name, body: ValueBody) -> Value {
    Value { name: name.clone(), body, rounding: None, share_of: None, exceptions: Vec::new(), cite: None }
}

/// The clause of a case or exception, where the definition as a whole names none.
fn inner_cite(definition: &tree::Definition) -> Option<tree::Quoted> {
    let cases: Vec<&tree::Case> = match &definition.body {
        tree::DefinitionBody::Cases(cases, otherwise) => cases.iter().chain(otherwise.as_deref()).collect(),
        tree::DefinitionBody::Expr(_) => Vec::new(),
    };
    let exceptions = definition.exceptions.iter().map(|exception| &exception.cite);
    cases.iter().map(|case| &case.cite).chain(exceptions).flatten().next().cloned()
}

/// The words of a text that could not be parsed.
fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !(c.is_alphanumeric() || c == '_')).filter(|word| !word.is_empty())
}

/// The longest known name that a name begins with, or else the shortest that begins with it: `over` for `over_part`.
fn begun<'a>(name: &str, known: &[&'a str]) -> Option<&'a str> {
    let is_word = |text: &str| text.chars().count() >= 2;
    let prefixes = known.iter().filter(|known| is_word(known) && name.starts_with(**known));
    let longer =
        || known.iter().filter(|known| is_word(name) && known.starts_with(name)).min_by_key(|known| known.len());
    prefixes.max_by_key(|known| known.len()).or_else(longer).copied()
}
