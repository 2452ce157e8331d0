//! Names in expressions, types and keys.

use fen_grammar::source::Span;
use fen_grammar::tree::{self, LiteralKind, TypeWord};

use super::program::{Expr, ExprKind, Key, Referent, Symbol, TypeBase, TypeRef};
use super::{Resolver, errors};

impl Resolver<'_> {
    pub(super) fn type_ref(&mut self, ty: &tree::TypeRef) -> TypeRef {
        let base = match &ty.base {
            tree::TypeBase::Word(word) => Some(TypeBase::Word(*word)),
            tree::TypeBase::Name(text) => {
                let known = self.enums.get(text.as_str()).map(|(id, _)| *id);
                if let Some(id) = known {
                    self.mention(ty.span.start, text, Referent::Enum(id));
                }
                let known = known.map(TypeBase::Enum);
                if known.is_none() && !self.broken_words.contains(text.as_str()) {
                    // The name stands at the start of the type.
                    self.report_type(text, Span { end: ty.span.start + text.len(), ..ty.span });
                }
                known
            }
        };
        TypeRef { base, per: ty.per.clone(), step: ty.step.clone(), span: ty.span }
    }

    fn report_type(&mut self, text: &str, span: Span) {
        let enums = self.program.enums.iter().map(|one| one.name.text.as_str());
        let words = TYPE_WORDS.iter().flat_map(|(_, en, zh)| [*en, *zh]);
        let near = fen_grammar::diagnostic::nearest(text, enums.chain(words)).map(str::to_owned);
        self.report(errors::unknown_type(text, span, near));
    }

    /// What a key of a table ranges over: an enum, what an input can be, or all of a type.
    pub(super) fn key(&mut self, name: &tree::Name) -> Option<Key> {
        if let Some((id, _)) = self.enums.get(name.text.as_str()) {
            let id = *id;
            self.mention(name.span.start, &name.text, Referent::Enum(id));
            return Some(Key::Enum(id));
        }
        if let Some((Symbol::Input(id), _)) = self.symbols.get(name.text.as_str()) {
            let id = *id;
            self.mention(name.span.start, &name.text, Referent::Symbol(Symbol::Input(id)));
            return Some(Key::Input(id));
        }
        if let Some((word, ..)) = TYPE_WORDS.iter().find(|(_, en, zh)| name.text == *en || name.text == *zh) {
            return Some(Key::Word(*word));
        }
        if self.symbols.contains_key(name.text.as_str()) {
            self.report(errors::not_a_key(name));
        } else {
            self.unknown(name);
        }
        None
    }

    pub(super) fn expr(&mut self, expr: &tree::Expr) -> Expr {
        let boxed = |resolver: &mut Self, expr: &tree::Expr| Box::new(resolver.expr(expr));
        let kind = match &expr.kind {
            tree::ExprKind::Literal(literal) => match literal {
                LiteralKind::Quantity(quantity) => ExprKind::Quantity(quantity.clone()),
                LiteralKind::Date(date) => ExprKind::Date(*date),
                LiteralKind::Bool(value) => ExprKind::Bool(*value),
                LiteralKind::Text(text) => ExprKind::Text(text.clone()),
                LiteralKind::Name(name) => self.written_name(name, expr.span),
            },
            tree::ExprKind::Name(name) => self.name(name, expr.span),
            tree::ExprKind::Negate(inner) => ExprKind::Negate(boxed(self, inner)),
            tree::ExprKind::Binary(op, left, right) => ExprKind::Binary(*op, boxed(self, left), boxed(self, right)),
            tree::ExprKind::Shift { date, by, subtract, direction } => ExprKind::Shift {
                date: boxed(self, date),
                by: boxed(self, by),
                subtract: *subtract,
                direction: *direction,
            },
            tree::ExprKind::Call(function, args) => {
                ExprKind::Call(*function, args.iter().map(|arg| self.expr(arg)).collect())
            }
            tree::ExprKind::Round(inner, mode, step) => ExprKind::Round(boxed(self, inner), *mode, step.clone()),
            tree::ExprKind::Compare(comparison, left, right) => {
                ExprKind::Compare(*comparison, boxed(self, left), boxed(self, right))
            }
            tree::ExprKind::In(inner, values) => {
                ExprKind::In(boxed(self, inner), values.iter().map(|value| self.expr(value)).collect())
            }
            tree::ExprKind::InTable(inner, name) => match self.lookup(name) {
                Some(Symbol::Param(id)) => ExprKind::HasRow(boxed(self, inner), id),
                Some(_) => self.wrong(errors::not_a_table(name)),
                None => ExprKind::Unknown,
            },
            tree::ExprKind::Known(inner) => match self.link_of(inner) {
                Some(link) => {
                    self.program.mentions.push((inner.span, Referent::Symbol(Symbol::Link(link))));
                    ExprKind::Linked(link)
                }
                None => ExprKind::Known(boxed(self, inner)),
            },
            tree::ExprKind::Not(inner) => ExprKind::Not(boxed(self, inner)),
            tree::ExprKind::And(left, right) => ExprKind::And(boxed(self, left), boxed(self, right)),
            tree::ExprKind::Or(left, right) => ExprKind::Or(boxed(self, left), boxed(self, right)),
            tree::ExprKind::Lookup(name, keys) => {
                let keys: Vec<Expr> = keys.iter().map(|key| self.expr(key)).collect();
                match self.lookup(name) {
                    Some(Symbol::Param(id)) => ExprKind::Lookup(id, keys),
                    Some(_) => self.wrong(errors::not_a_table(name)),
                    None => ExprKind::Unknown,
                }
            }
            tree::ExprKind::Apply(name, inner) => {
                let inner = boxed(self, inner);
                let is_known =
                    self.symbols.contains_key(name.text.as_str()) || self.broken_words.contains(name.text.as_str());
                if !is_known {
                    return Expr { span: expr.span, kind: self.wrong(errors::unknown_function(name)) };
                }
                match self.lookup(name) {
                    Some(Symbol::Schedule(id)) => ExprKind::Apply(id, inner),
                    Some(Symbol::Param(_)) => self.wrong(errors::table_applied(name)),
                    Some(_) => self.wrong(errors::not_a_ladder(name)),
                    None => ExprKind::Unknown,
                }
            }
            tree::ExprKind::RowOf(name, Some(inner)) => {
                let inner = boxed(self, inner);
                match self.lookup(name) {
                    Some(Symbol::Schedule(id)) => ExprKind::RowOfSchedule(id, inner),
                    Some(_) => self.wrong(errors::not_a_ladder(name)),
                    None => ExprKind::Unknown,
                }
            }
            tree::ExprKind::RowOf(name, None) => match self.subjects.get(name.text.as_str()) {
                Some(id) => {
                    let id = *id;
                    if let Some((symbol, _)) = self.symbols.get(name.text.as_str()) {
                        let referent = Referent::Symbol(*symbol);
                        self.mention(name.span.start, &name.text, referent);
                    }
                    ExprKind::RowOfLadder(id)
                }
                None => match self.lookup(name) {
                    Some(_) => self.wrong(errors::not_a_subject(name)),
                    None => ExprKind::Unknown,
                },
            },
            tree::ExprKind::Between(unit, from, to) => ExprKind::Between(*unit, boxed(self, from), boxed(self, to)),
            tree::ExprKind::Aggregate(aggregate) => self.aggregated(aggregate),
        };
        Expr { span: expr.span, kind }
    }

    fn wrong(&mut self, problem: fen_grammar::diagnostic::Diagnostic) -> ExprKind {
        self.report(problem);
        ExprKind::Unknown
    }

    /// A name that stands for a value: of an enum, if it stands for nothing else.
    fn written_name(&mut self, text: &str, span: Span) -> ExprKind {
        if self.symbols.contains_key(text) || self.broken_words.contains(text) {
            return self.name(text, span);
        }
        if let Some(field) = self.field(text, span) {
            return field;
        }
        ExprKind::EnumValue(text.to_owned(), None)
    }

    /// A bare name, or an enum and its value.
    fn name(&mut self, text: &str, span: Span) -> ExprKind {
        if let Some(field) = self.field(text, span) {
            return field;
        }
        let symbol = self.symbols.get(text).map(|(symbol, _)| *symbol);
        if text.contains('.') || self.enum_values.contains(text) {
            let symbol = symbol.filter(|symbol| !matches!(symbol, Symbol::Link(_)));
            return ExprKind::EnumValue(text.to_owned(), symbol);
        }
        match symbol {
            Some(Symbol::Schedule(_)) => self.wrong(errors::not_a_value(&tree::Name { text: text.to_owned(), span })),
            Some(Symbol::Link(_)) => {
                self.wrong(errors::grains::link_alone(&tree::Name { text: text.to_owned(), span }))
            }
            Some(symbol) => {
                self.mention(span.start, text, Referent::Symbol(symbol));
                ExprKind::Symbol(symbol)
            }
            None => {
                self.unknown(&tree::Name { text: text.to_owned(), span });
                ExprKind::Unknown
            }
        }
    }
}

/// The words of types, as keys of tables name them.
const TYPE_WORDS: [(TypeWord, &str, &str); 15] = [
    (TypeWord::Money, "money", "金额"),
    (TypeWord::Rate, "rate", "比率"),
    (TypeWord::Pp, "pp", "百分点"),
    (TypeWord::Factor, "factor", "系数"),
    (TypeWord::Count, "count", "个数"),
    (TypeWord::Points, "points", "点数"),
    (TypeWord::Date, "date", "日期"),
    (TypeWord::Days, "days", "天数"),
    (TypeWord::Months, "months", "月数"),
    (TypeWord::Years, "years", "年数"),
    (TypeWord::Persons, "persons", "人数"),
    (TypeWord::Cases, "cases", "例数"),
    (TypeWord::Bool, "bool", "是否"),
    (TypeWord::Code, "code", "编码"),
    (TypeWord::Id, "id", "标识"),
];
