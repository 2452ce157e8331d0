//! Tree to program: every name is bound to what it means, ladder rows are gathered into ladders, header items are read.
//! Nothing is known about types or values yet.

mod errors;
mod header;
pub(crate) mod program;

use std::collections::{HashMap, HashSet};

use fen_grammar::diagnostic::{Diagnostic, nearest};
use fen_grammar::source::{Source, Span};
use fen_grammar::tree;

use self::errors::{Duplicate, NoOutput, OutputIsInput, RepeatedOutput, ShareTwiceInRow, UnknownName};
use self::program::{
    Example, Expr, ExprKind, Input, InputId, Invariant, Ladder, LadderId, Output, Program, Row, Setting, Symbol, Value,
    ValueBody, ValueId,
};

/// Unknown names that a similar known one is looked for; further ones are not shown anyway.
const MAX_SUGGESTIONS: usize = 100;

/// Binds all names of a file. The program is complete if there are no errors among the diagnostics.
pub(crate) fn resolve(file: &tree::File, source: &Source) -> (Program, Vec<Diagnostic>) {
    let end = source.text().len();
    let broken: Vec<&str> = file.broken.iter().map(|span| source.slice(*span)).collect();
    let mut resolver = Resolver {
        broken_words: broken.iter().flat_map(|text| words(text)).collect(),
        broken,
        unknown: 0,
        symbols: HashMap::new(),
        subjects: HashMap::new(),
        inputs: Vec::new(),
        values: Vec::new(),
        ladders: Vec::new(),
        diagnostics: Vec::new(),
    };
    resolver.declare(file);
    resolver.declare_broken_inputs();
    let header = header::read(file, end, &mut resolver.diagnostics);
    let (values, ladders) = (resolver.values(), resolver.ladders());
    let outputs = resolver.outputs(file);
    let (invariants, examples) = resolver.claims(file, source);
    let inputs = std::mem::take(&mut resolver.inputs);
    let has_output = file.items.iter().any(|item| matches!(item.kind, tree::ItemKind::Output(_)));
    if !has_output && file.broken.is_empty() {
        resolver.diagnostics.push(NoOutput { end }.into());
    }
    let is_whole = file.broken.is_empty();
    let mut program = Program { header, inputs, values, ladders, outputs, invariants, examples, is_whole };
    choose_remainders(&mut program);
    (program, resolver.diagnostics)
}

/// In a ladder that splits, the last of its shares in the order of the `output` items takes the remainder; shares that
/// are no outputs come before all that are.
fn choose_remainders(program: &mut Program) {
    let rank: HashMap<ValueId, usize> =
        program.outputs.iter().enumerate().map(|(at, output)| (output.value, at + 1)).collect();
    for ladder in &mut program.ladders {
        if ladder.columns.len() > 1 {
            let last =
                ladder.columns.iter().enumerate().max_by_key(|(at, id)| (rank.get(id).copied().unwrap_or(0), *at));
            ladder.remainder = last.map(|(_, id)| *id);
        }
    }
}

/// A value that has its id but not yet its body.
enum Declared<'a> {
    Definition(&'a tree::Definition),
    Share(&'a tree::Name, LadderId),
}

#[derive(Default)]
struct DeclaredLadder<'a> {
    rows: Vec<&'a tree::LadderRow>,
    columns: Vec<ValueId>,
    has_double_share: bool,
}

struct Resolver<'a> {
    /// The text of items that could not be parsed; what they may define is not reported as missing.
    broken: Vec<&'a str>,
    broken_words: HashSet<&'a str>,
    /// How many unknown names were met.
    unknown: usize,
    symbols: HashMap<&'a str, (Symbol, Span)>,
    /// Ladders by the name of their subject.
    subjects: HashMap<&'a str, LadderId>,
    inputs: Vec<Input>,
    values: Vec<Declared<'a>>,
    ladders: Vec<DeclaredLadder<'a>>,
    diagnostics: Vec<Diagnostic>,
}

impl<'a> Resolver<'a> {
    /// Gives every input, definition and ladder share its symbol, in source order.
    fn declare(&mut self, file: &'a tree::File) {
        for item in &file.items {
            match &item.kind {
                tree::ItemKind::Input(input) => {
                    self.define(Symbol::Input(InputId(self.inputs.len())), &input.name.text, input.name.span);
                    self.inputs.push(Input {
                        name: input.name.clone(),
                        from: input.from.clone(),
                        to: input.to.clone(),
                        labels: input.labels.clone(),
                        cite: input.cite.clone(),
                        is_broken: false,
                    });
                }
                tree::ItemKind::Definition(definition) => {
                    let name = &definition.name;
                    self.define(Symbol::Value(ValueId(self.values.len())), &name.text, name.span);
                    self.values.push(Declared::Definition(definition));
                }
                tree::ItemKind::LadderRow(row) => self.declare_row(row),
                _ => {}
            }
        }
    }

    fn declare_row(&mut self, row: &'a tree::LadderRow) {
        let next = LadderId(self.ladders.len());
        let id = *self.subjects.entry(&row.subject.text).or_insert(next);
        if id == next {
            self.ladders.push(DeclaredLadder::default());
        }
        for (at, share) in row.shares.iter().enumerate() {
            if let Some(earlier) = row.shares.iter().take(at).find(|earlier| earlier.name.text == share.name.text) {
                self.diagnostics.push(ShareTwiceInRow { name: share.name.clone(), earlier: earlier.name.span }.into());
                if let Some(ladder) = self.ladders.get_mut(id.0) {
                    ladder.has_double_share = true;
                }
                continue;
            }
            let columns = self.ladders.get(id.0).map_or(&[][..], |ladder| &ladder.columns);
            let known = self.symbols.get(share.name.text.as_str());
            if known.is_some_and(|(symbol, _)| matches!(symbol, Symbol::Value(id) if columns.contains(id))) {
                continue;
            }
            let value = ValueId(self.values.len());
            if self.define(Symbol::Value(value), &share.name.text, share.name.span) {
                self.values.push(Declared::Share(&share.name, id));
                if let Some(ladder) = self.ladders.get_mut(id.0) {
                    ladder.columns.push(value);
                }
            }
        }
        if let Some(ladder) = self.ladders.get_mut(id.0) {
            ladder.rows.push(row);
        }
    }

    /// Binds a name; false if it is taken.
    fn define(&mut self, symbol: Symbol, name: &'a str, span: Span) -> bool {
        if let Some((_, earlier)) = self.symbols.get(name) {
            let name = tree::Name { text: name.to_owned(), span };
            self.diagnostics.push(Duplicate { name, earlier: *earlier }.into());
            return false;
        }
        self.symbols.insert(name, (symbol, span));
        true
    }

    /// An input whose item could not be parsed still has a name, and what uses it can be checked.
    fn declare_broken_inputs(&mut self) {
        for text in self.broken.clone() {
            let mut words = words(text);
            let (Some(head), Some(name)) = (words.next(), words.next()) else { continue };
            if nearest(head, ["input", "输入"]).is_none() || self.symbols.contains_key(name) {
                continue;
            }
            let span = Span::default();
            self.define(Symbol::Input(InputId(self.inputs.len())), name, span);
            let name = tree::Name { text: name.to_owned(), span };
            self.inputs.push(Input { name, from: None, to: None, labels: Vec::new(), cite: None, is_broken: true });
        }
    }

    fn lookup(&mut self, name: &tree::Name) -> Option<Symbol> {
        if let Some((symbol, _)) = self.symbols.get(name.text.as_str()) {
            return Some(*symbol);
        }
        if self.broken_words.contains(name.text.as_str()) {
            return None;
        }
        self.unknown += 1;
        if self.unknown > MAX_SUGGESTIONS {
            self.diagnostics.push(UnknownName { name: name.clone(), suggestion: None }.into());
            return None;
        }
        let mut known: Vec<&str> = self.symbols.keys().copied().collect();
        known.sort_unstable();
        let suggestion = nearest(&name.text, known).map(str::to_owned);
        self.diagnostics.push(UnknownName { name: name.clone(), suggestion }.into());
        None
    }

    /// All values in the order of their ids.
    fn values(&mut self) -> Vec<Value> {
        let declared = std::mem::take(&mut self.values);
        let values = declared.iter().map(|declared| match declared {
            Declared::Definition(definition) => Value {
                name: definition.name.clone(),
                body: ValueBody::Expr(self.expr(&definition.value)),
                share_of: definition.share_of.as_ref().map(|base| self.expr(base)),
                cite: definition.cite.clone(),
            },
            Declared::Share(name, ladder) => {
                Value { name: (*name).clone(), body: ValueBody::Share(*ladder), share_of: None, cite: None }
            }
        });
        values.collect()
    }

    /// All ladders in the order of their ids.
    fn ladders(&mut self) -> Vec<Ladder> {
        let declared = std::mem::take(&mut self.ladders);
        let mut ladders = Vec::new();
        for DeclaredLadder { rows, columns, has_double_share } in declared {
            let Some(first) = rows.first() else { continue };
            let cite = rows.iter().rev().find_map(|row| row.cite.clone());
            ladders.push(Ladder {
                subject: self.lookup(&first.subject),
                name: first.subject.clone(),
                rows: rows.iter().map(|row| self.row(row)).collect(),
                columns,
                remainder: None,
                cite,
                has_double_share,
                is_whole: !self.broken.iter().any(|text| words(text).next() == Some(first.subject.text.as_str())),
            });
        }
        ladders
    }

    fn row(&self, row: &tree::LadderRow) -> Row {
        let shares = row.shares.iter().filter_map(|share| match self.symbols.get(share.name.text.as_str()) {
            Some((Symbol::Value(id), _)) => Some((*id, share.rate.clone())),
            _ => None,
        });
        Row { low: row.low.clone(), high: row.high.clone(), bounds: row.bounds, shares: shares.collect() }
    }

    fn expr(&mut self, expr: &tree::Expr) -> Expr {
        let kind = match &expr.kind {
            tree::ExprKind::Quantity(quantity) => ExprKind::Quantity(quantity.clone()),
            tree::ExprKind::Name(text) => match self.lookup(&tree::Name { text: text.clone(), span: expr.span }) {
                Some(symbol) => ExprKind::Symbol(symbol),
                None => ExprKind::Unknown,
            },
            tree::ExprKind::Negate(inner) => ExprKind::Negate(Box::new(self.expr(inner))),
            tree::ExprKind::Binary(op, left, right) => {
                ExprKind::Binary(*op, Box::new(self.expr(left)), Box::new(self.expr(right)))
            }
            tree::ExprKind::Call(function, args) => {
                ExprKind::Call(*function, args.iter().map(|arg| self.expr(arg)).collect())
            }
        };
        Expr { span: expr.span, kind }
    }

    fn outputs(&mut self, file: &tree::File) -> Vec<Output> {
        let mut outputs: Vec<Output> = Vec::new();
        for item in &file.items {
            let tree::ItemKind::Output(output) = &item.kind else { continue };
            for (name, labels) in &output.names {
                match self.lookup(name) {
                    Some(Symbol::Value(value)) => {
                        if let Some(earlier) = outputs.iter().find(|output| output.value == value) {
                            let earlier = earlier.name.span;
                            self.diagnostics.push(RepeatedOutput { name: name.clone(), earlier }.into());
                        } else {
                            let labels = labels.clone();
                            outputs.push(Output { name: name.clone(), value, labels, cite: output.cite.clone() });
                        }
                    }
                    Some(Symbol::Input(_)) => self.diagnostics.push(OutputIsInput { name: name.clone() }.into()),
                    None => {}
                }
            }
        }
        outputs
    }

    fn claims(&mut self, file: &tree::File, source: &Source) -> (Vec<Invariant>, Vec<Example>) {
        let (mut invariants, mut examples) = (Vec::new(), Vec::new());
        for item in &file.items {
            match &item.kind {
                tree::ItemKind::Always(always) => invariants.push(Invariant {
                    left: self.expr(&always.left),
                    comparison: always.comparison,
                    right: self.expr(&always.right),
                    span: always.span,
                    text: source.slice(always.span).to_owned(),
                    cite: always.cite.clone(),
                }),
                tree::ItemKind::Example(example) => examples.push(Example {
                    title: example.title.clone(),
                    given: self.settings(&example.given),
                    expect: self.settings(&example.expect),
                }),
                _ => {}
            }
        }
        (invariants, examples)
    }

    fn settings(&mut self, settings: &[tree::Setting]) -> Vec<Setting> {
        let mut resolved = Vec::new();
        for setting in settings {
            if let Some(symbol) = self.lookup(&setting.name) {
                resolved.push(Setting { name: setting.name.clone(), symbol, value: setting.value.clone() });
            }
        }
        resolved
    }
}

/// The words of a text that could not be parsed.
fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !(c.is_alphanumeric() || c == '_')).filter(|word| !word.is_empty())
}
