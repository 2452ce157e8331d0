//! Gathers the names of a program: what they stand for from its tables, where they stand from what resolving and checking
//! have noted.

use std::collections::HashMap;

use fen_grammar::source::Span;
use fen_grammar::tree::{Item, ItemKind, Name};
use jiff::civil::Date;

use super::describe::Describer;
use super::{Entry, FileReference, NameKind, Names, Occurrence};
use super::{sheets, table_cells};
use crate::check::Meaning;
use crate::check::program::Program;
use crate::gather::Gathered;
use crate::ids::EnumId;
use crate::resolve::program::{self as resolved, Key, ParamValue, Referent, Symbol, ValueBody};

/// What is known of a policy.
pub(crate) struct Known<'a> {
    pub(crate) gathered: &'a Gathered,
    pub(crate) sources: &'a fen_grammar::source::Sources,
    pub(crate) resolved: &'a resolved::Program,
    pub(crate) program: &'a Program,
    pub(crate) meanings: &'a [Option<Meaning>],
    pub(crate) poisoned: &'a [bool],
    pub(crate) mentions: &'a [(Span, Referent)],
    /// The day whose version of a parameter is the current one.
    pub(crate) today: Date,
}

/// All names of a policy.
pub(crate) fn names(known: &Known<'_>) -> Names {
    let mut items: Vec<&Item> = known.gathered.items.iter().collect();
    items.sort_by_key(|item| item.span.start);
    let mut builder = Builder {
        known,
        items,
        entries: Vec::new(),
        places: HashMap::new(),
        occurrences: Vec::new(),
        symbols: HashMap::new(),
    };
    builder.definitions();
    builder.mentions();
    builder.exceptions();
    let files = builder.files();
    let Builder { entries, mut occurrences, .. } = builder;
    occurrences.sort_by_key(|one| (one.span, one.entry, !one.is_definition));
    occurrences.dedup_by_key(|one| (one.span, one.entry));
    let roundings = Describer::new(known).roundings();
    Names { entries, occurrences, files, roundings }
}

struct Builder<'a> {
    known: &'a Known<'a>,
    /// By place.
    items: Vec<&'a Item>,
    entries: Vec<Entry>,
    places: HashMap<Referent, usize>,
    occurrences: Vec<Occurrence>,
    /// By name: what it stands for in expressions.
    symbols: HashMap<&'a str, Referent>,
}

impl<'a> Builder<'a> {
    /// The item that a place lies in.
    fn item(&self, span: Span) -> Option<&'a Item> {
        let after = self.items.partition_point(|item| item.span.start <= span.start);
        let before = self.items.get(..after)?.iter().rev().take(4);
        before.copied().find(|item| span.end <= item.span.end)
    }

    fn add(&mut self, referent: Referent, kind: NameKind, name: &Name) -> &mut Entry {
        let place = self.entries.len();
        let item = self.item(name.span).map_or(name.span, |item| item.span);
        let quoted = self.known.sources.clause_at(item).map(|clause| (clause.name(), clause.text.clone()));
        self.places.insert(referent, place);
        // A name that stands nowhere is that of an item that could not be parsed.
        if name.span != Span::default() {
            self.occurrences.push(Occurrence { span: name.span, is_definition: true, entry: place });
        }
        self.entries.push(Entry {
            name: name.text.clone(),
            kind,
            definition: name.span,
            item,
            label: None,
            is_output: false,
            ty: None,
            unit: None,
            of_enum: None,
            range: None,
            step: None,
            rounding: None,
            grain: None,
            is_optional: false,
            keys: Vec::new(),
            key_enums: Vec::new(),
            versions: Vec::new(),
            written: None,
            values: Vec::new(),
            clauses: Vec::new(),
            quoted,
        });
        // It was added just now.
        let last = self.entries.len() - 1;
        #[expect(clippy::indexing_slicing, reason = "the last of a list that is not empty")]
        &mut self.entries[last]
    }

    fn definitions(&mut self) {
        let known = self.known;
        let resolved = known.resolved;
        let describer = Describer::new(known);
        self.policies();
        for (at, one) in resolved.enums.iter().enumerate() {
            let entry = self.add(Referent::Enum(EnumId(at)), NameKind::Enum, &one.name);
            describer.enumeration(entry, one);
            for (place, (name, labels)) in one.values.iter().enumerate() {
                let entry = self.add(Referent::EnumValue(EnumId(at), place), NameKind::EnumValue, name);
                entry.label = super::describe::label(&name.text, labels);
                entry.of_enum = Some(one.name.text.clone());
            }
        }
        for (at, input) in resolved.inputs.iter().enumerate() {
            let is_key = matches!(self.item(input.name.span).map(|item| &item.kind),
                Some(ItemKind::Input(input)) if input.is_key);
            let kind = if is_key { NameKind::Key } else { NameKind::Input };
            let referent = Referent::Symbol(Symbol::Input(crate::ids::InputId(at)));
            describer.input(self.add(referent, kind, &input.name), at, input);
        }
        for (at, param) in resolved.params.iter().enumerate() {
            let is_required = matches!(param.value, ParamValue::Required);
            let kind = if is_required { NameKind::RequiredParameter } else { NameKind::Parameter };
            let referent = Referent::Symbol(Symbol::Param(resolved::ParamId(at)));
            describer.param(self.add(referent, kind, &param.name), at, param);
        }
        for (at, value) in resolved.values.iter().enumerate() {
            let id = crate::ids::ValueId(at);
            let is_indicator = resolved.indicators.iter().any(|indicator| indicator.value == id);
            let kind = match &value.body {
                _ if is_indicator => NameKind::Indicator,
                ValueBody::Expr(_) | ValueBody::Cases(..) => self.kind_of_item(value.name.span),
                ValueBody::Share(_) | ValueBody::Grant(_) => NameKind::Share,
                ValueBody::Running(_) => NameKind::Running,
                ValueBody::Part(_) => NameKind::Part,
            };
            describer.value(self.add(Referent::Symbol(Symbol::Value(id)), kind, &value.name), id, value);
        }
        for (at, schedule) in resolved.schedules.iter().enumerate() {
            let referent = Referent::Symbol(Symbol::Schedule(resolved::ScheduleId(at)));
            describer.schedule(self.add(referent, NameKind::Ladder, &schedule.name), schedule);
        }
        for (at, link) in resolved.links.iter().enumerate() {
            let referent = Referent::Symbol(Symbol::Link(crate::ids::LinkId(at)));
            describer.link(self.add(referent, NameKind::Link, &link.name));
        }
        let rows = known.gathered.items.iter().find_map(|item| match &item.kind {
            ItemKind::Rows(rows) => Some(&rows.row),
            _ => None,
        });
        if let Some(row) = rows {
            self.add(Referent::Row, NameKind::Row, row);
        }
    }

    /// A running value or split with an error is a value without a body.
    fn kind_of_item(&self, span: Span) -> NameKind {
        match self.item(span).map(|item| &item.kind) {
            Some(ItemKind::Running(_)) => NameKind::Running,
            Some(ItemKind::Split(_)) => NameKind::Part,
            _ => NameKind::Definition,
        }
    }

    /// The policy itself, and those that are amended.
    fn policies(&mut self) {
        let named = self.known.gathered.items.iter().filter_map(|item| match &item.kind {
            ItemKind::Policy(name) | ItemKind::Library(name) => Some(name),
            _ => None,
        });
        for name in named {
            let place = self.entries.len();
            // Policies are no symbols; they are told apart by where they stand.
            self.add(Referent::Row, NameKind::Policy, name);
            self.places.remove(&Referent::Row);
            if let Some(entry) = self.entries.get_mut(place) {
                let header = &self.known.resolved.header;
                entry.written = header.title.first().map(|title| title.text.clone());
                entry.clauses.extend(header.source.clone());
            }
        }
    }

    fn mentions(&mut self) {
        let known = self.known;
        for (place, referent) in known.resolved.mentions.iter().chain(known.mentions) {
            self.mention(*place, *referent);
        }
        for (at, input) in known.resolved.inputs.iter().enumerate() {
            self.symbols.insert(&input.name.text, Referent::Symbol(Symbol::Input(crate::ids::InputId(at))));
        }
        for (at, value) in known.resolved.values.iter().enumerate() {
            self.symbols.insert(&value.name.text, Referent::Symbol(Symbol::Value(crate::ids::ValueId(at))));
        }
        for (at, param) in known.resolved.params.iter().enumerate() {
            self.symbols.insert(&param.name.text, Referent::Symbol(Symbol::Param(resolved::ParamId(at))));
        }
        for (at, schedule) in known.resolved.schedules.iter().enumerate() {
            self.symbols.insert(&schedule.name.text, Referent::Symbol(Symbol::Schedule(resolved::ScheduleId(at))));
        }
        for (at, link) in known.resolved.links.iter().enumerate() {
            self.symbols.insert(&link.name.text, Referent::Symbol(Symbol::Link(crate::ids::LinkId(at))));
        }
        for name in &known.gathered.overridden {
            if let Some(referent) = self.symbols.get(name.text.as_str()).copied() {
                self.mention(name.span, referent);
            }
        }
        let enums = known.resolved.enums.iter().enumerate();
        let enums: HashMap<&str, EnumId> = enums.map(|(at, one)| (one.name.text.as_str(), EnumId(at))).collect();
        for name in known.gathered.imports.iter().chain(&known.gathered.overridden) {
            if let Some(id) = enums.get(name.text.as_str()) {
                self.mention(name.span, Referent::Enum(*id));
            }
            if let Some(referent) = self.symbols.get(name.text.as_str()).copied() {
                self.mention(name.span, referent);
            }
        }
        self.undecided();
        self.cells();
        for (span, referent) in sheets::mentions(self.known) {
            self.mention(span, referent);
        }
    }

    /// Notes a mention; a qualified name is that of an enum and that of its value.
    fn mention(&mut self, span: Span, referent: Referent) {
        let Some(place) = self.places.get(&referent).copied() else { return };
        let text = self.known.sources.slice(span);
        let mut own = span;
        if let (Referent::EnumValue(of, _), Some((before, _))) = (referent, text.split_once('.')) {
            let end = span.start + before.len();
            own.start = end + 1;
            if let Some(of) = self.places.get(&Referent::Enum(of)).copied() {
                let span = Span { start: span.start, end };
                self.occurrences.push(Occurrence { span, is_definition: false, entry: of });
            }
        }
        let is_definition = self.entries.get(place).is_some_and(|entry| entry.definition == own);
        self.occurrences.push(Occurrence { span: own, is_definition, entry: place });
    }

    /// Names of enum values in expressions that have an error before their types could be found out: if one enum alone has
    /// such a value.
    fn undecided(&mut self) {
        let known = self.known;
        let decided: std::collections::HashSet<Span> = known.mentions.iter().map(|(span, _)| *span).collect();
        let mut found: Vec<(Span, Referent)> = Vec::new();
        let mut visit = |expr: &resolved::Expr| {
            if let resolved::ExprKind::EnumValue(text, symbol) = &expr.kind
                && !decided.contains(&expr.span)
            {
                match symbol {
                    Some(symbol) => found.push((expr.span, Referent::Symbol(*symbol))),
                    None => found.extend(self.only_value(text).map(|referent| (expr.span, referent))),
                }
            }
        };
        for expr in expressions(known.resolved) {
            walk(expr, &mut visit);
        }
        for (span, referent) in found {
            self.mention(span, referent);
        }
    }

    /// The value of this name, if there is only one.
    fn only_value(&self, text: &str) -> Option<Referent> {
        let (of, name) = text.split_once('.').map_or((None, text), |(of, name)| (Some(of), name));
        let enums = self.known.resolved.enums.iter().enumerate();
        let enums = enums.filter(|(_, one)| of.is_none_or(|of| one.name.text == of));
        let mut having = enums.filter_map(|(at, one)| {
            let place = one.values.iter().position(|(value, _)| value.text == name)?;
            Some(Referent::EnumValue(EnumId(at), place))
        });
        having.next().filter(|_| having.next().is_none())
    }

    /// Names in tables that stand in files of their own.
    fn cells(&mut self) {
        let known = self.known;
        for (at, param) in known.resolved.params.iter().enumerate() {
            let ParamValue::File(Some(text)) = &param.value else { continue };
            let header = |name: &str| {
                if name == param.name.text {
                    return Some(Referent::Symbol(Symbol::Param(resolved::ParamId(at))));
                }
                let (_, key) = param.keys.iter().find(|(key, _)| key.text == name)?;
                match key {
                    Some(Key::Enum(id)) => Some(Referent::Enum(*id)),
                    Some(Key::Input(id)) => Some(Referent::Symbol(Symbol::Input(*id))),
                    _ => None,
                }
            };
            let enum_of = |name: &str| {
                let (_, key) = param.keys.iter().find(|(key, _)| key.text == name)?;
                match (*key)? {
                    Key::Enum(id) => Some(id),
                    Key::Input(id) => known.enum_of_input(id),
                    Key::Word(_) => None,
                }
            };
            let value = |of: EnumId, name: &str| {
                let name = name.rsplit('.').next().unwrap_or(name);
                known.resolved.enums.get(of.0)?.values.iter().position(|(value, _)| value.text == name)
            };
            for (span, referent) in
                table_cells::mentions(known.sources.slice(*text), text.start, &header, &enum_of, &value)
            {
                self.mention(span, referent);
            }
        }
    }

    /// Exceptions have their names within one definition.
    fn exceptions(&mut self) {
        let known = self.known;
        for value in &known.resolved.values {
            for exception in &value.exceptions {
                let Some(name) = &exception.name else { continue };
                let place = self.entries.len();
                self.add(Referent::Row, NameKind::Exception, name);
                let all = value.exceptions.iter().flat_map(|other| &other.overrides);
                for mention in all.filter(|mention| mention.text == name.text) {
                    self.occurrences.push(Occurrence { span: mention.span, is_definition: false, entry: place });
                }
            }
        }
    }

    fn files(&self) -> Vec<FileReference> {
        let gathered = self.known.gathered;
        let paths = gathered.paths.iter().map(|(span, source)| (*span, source.clone(), None));
        let mut files: Vec<FileReference> =
            paths.map(|(span, source, target)| FileReference { span, source, target }).collect();
        let heads = self.known.sources.iter().filter_map(|source| {
            let (file, _) = fen_grammar::parse(head_of(source.code()));
            let name = file.items.into_iter().find_map(|item| match item.kind {
                ItemKind::Policy(name) => Some(name),
                ItemKind::Amend(amend) => Some(amend.name),
                _ => None,
            })?;
            Some((source, name))
        });
        let heads: Vec<_> = if gathered.bases.is_empty() { Vec::new() } else { heads.collect() };
        for base in &gathered.bases {
            if let Some((source, name)) = heads.iter().find(|(_, name)| name.text == base.text) {
                let start = self.known.sources.start(source.name());
                let target = start.map(|start| Span { start: start + name.span.start, end: start + name.span.end });
                files.push(FileReference { span: base.span, source: source.name().to_owned(), target });
            }
        }
        files
    }
}

/// The part of a source that names its policy: its first items.
fn head_of(text: &str) -> &str {
    let end = text.char_indices().map(|(at, _)| at).find(|at| *at > 20_000).unwrap_or(text.len());
    text.get(..end).unwrap_or(text)
}

impl Known<'_> {
    pub(super) fn enum_of_input(&self, id: crate::ids::InputId) -> Option<EnumId> {
        match self.resolved.inputs.get(id.0)?.ty.as_ref()?.base? {
            resolved::TypeBase::Enum(id) => Some(id),
            resolved::TypeBase::Word(_) => None,
        }
    }
}

fn walk(expr: &resolved::Expr, visit: &mut impl FnMut(&resolved::Expr)) {
    visit(expr);
    for part in expr.parts() {
        walk(part, visit);
    }
}

/// All expressions of a program.
fn expressions(program: &resolved::Program) -> Vec<&resolved::Expr> {
    let mut found = Vec::new();
    for value in &program.values {
        match &value.body {
            ValueBody::Expr(expr) => found.push(expr),
            ValueBody::Cases(cases, otherwise) => {
                for case in cases.iter().chain(otherwise.as_deref()) {
                    found.extend(case.condition.iter().chain([&case.value]));
                }
            }
            ValueBody::Share(_) | ValueBody::Grant(_) | ValueBody::Running(_) | ValueBody::Part(_) => {}
        }
        found.extend(&value.share_of);
        found.extend(value.exceptions.iter().flat_map(|one| [&one.condition, &one.value]));
    }
    found
        .extend(program.ladders.iter().flat_map(|ladder| &ladder.rows).flat_map(|row| &row.grants).map(|(_, one)| one));
    found.extend(program.schedules.iter().flat_map(|schedule| &schedule.steps).map(|step| &step.value));
    found.extend(program.invariants.iter().flat_map(|one| one.guard.iter().chain([&one.condition])));
    found.extend(program.indicators.iter().flat_map(|one| one.guard.iter().chain([&one.target])));
    found.extend(program.links.iter().filter_map(|link| link.when.as_ref()));
    found.extend(program.splits.iter().flat_map(|split| [&split.amount, &split.weight]));
    for running in &program.runnings {
        if let resolved::AggregateOf::Values(of) = &running.aggregate.of {
            found.push(of);
        }
        found.extend(&running.aggregate.when);
    }
    found
}
