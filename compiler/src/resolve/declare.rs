//! Gives everything that has a name its symbol, in source order.

use fen_grammar::diagnostic::{Lang, nearest};
use fen_grammar::source::Span;
use fen_grammar::tree::{self, ItemKind};

use super::errors::{self, Duplicate, ShareTwiceInRow};
use super::program::{Input, ParamId, ScheduleId, Symbol, TypeBase, TypeRef};
use super::{Resolver, words};
use crate::ids::{EnumId, InputId, LadderId, LinkId, ValueId};

/// A value that has its id but not yet its body.
pub(super) enum Declared<'a> {
    Definition(&'a tree::Definition),
    Share(&'a tree::Name, LadderId),
    Grant(&'a tree::Name, LadderId),
    Indicator(&'a tree::Check),
    Running(&'a tree::Running),
    Part(&'a tree::Split),
}

#[derive(Default)]
pub(super) struct DeclaredLadder<'a> {
    pub(super) rows: Vec<(Span, &'a tree::LadderRow)>,
    pub(super) columns: Vec<ValueId>,
    pub(super) is_band: bool,
    pub(super) has_double_share: bool,
}

impl<'a> Resolver<'a> {
    pub(super) fn declare(&mut self) {
        let gathered = self.gathered;
        // Enums first: types may name those that are declared further down.
        for item in &gathered.items {
            if let ItemKind::Enum(one) = &item.kind {
                let id = EnumId(self.program.enums.len());
                if let Some((_, earlier)) = self.enums.get(one.name.text.as_str()) {
                    let earlier = *earlier;
                    self.report(Duplicate { name: one.name.clone(), earlier });
                } else {
                    self.enums.insert(&one.name.text, (id, one.name.span));
                }
                self.enum_values(one);
                self.program.enums.push(one.clone());
            }
        }
        let (mut params, mut schedules, mut links) = (0, 0, 0);
        for item in &gathered.items {
            match &item.kind {
                ItemKind::Input(input) => {
                    self.define(Symbol::Input(InputId(self.program.inputs.len())), &input.name.text, input.name.span);
                    let ty = Some(self.type_ref(&input.ty));
                    self.program.inputs.push(Input {
                        name: input.name.clone(),
                        ty,
                        is_optional: input.is_optional,
                        from: input.from.clone(),
                        to: input.to.clone(),
                        per: None,
                        labels: input.labels.clone(),
                        cite: input.cite.clone(),
                    });
                }
                ItemKind::Param(param) => {
                    self.define(Symbol::Param(ParamId(params)), &param.name.text, param.name.span);
                    params += 1;
                }
                ItemKind::Schedule(schedule) => {
                    self.define(Symbol::Schedule(ScheduleId(schedules)), &schedule.name.text, schedule.name.span);
                    schedules += 1;
                }
                ItemKind::Definition(definition) => {
                    let name = &definition.name;
                    self.define(Symbol::Value(ValueId(self.values.len())), &name.text, name.span);
                    self.values.push(Declared::Definition(definition));
                }
                ItemKind::Check(check) => {
                    let id = ValueId(self.values.len());
                    self.define(Symbol::Value(id), &check.name.text, check.name.span);
                    self.values.push(Declared::Indicator(check));
                    self.indicators.push((check, id));
                }
                ItemKind::Running(running) => {
                    let name = &running.name;
                    self.define(Symbol::Value(ValueId(self.values.len())), &name.text, name.span);
                    self.values.push(Declared::Running(running));
                }
                ItemKind::Split(split) => {
                    let name = &split.name;
                    self.define(Symbol::Value(ValueId(self.values.len())), &name.text, name.span);
                    self.values.push(Declared::Part(split));
                }
                ItemKind::Link(link) => {
                    self.define(Symbol::Link(LinkId(links)), &link.name.text, link.name.span);
                    links += 1;
                }
                ItemKind::LadderRow(row) => self.declare_row(item.span, row),
                _ => {}
            }
        }
        self.declare_reverses();
        self.declare_broken_inputs();
    }

    /// `reverses KEY` declares an input: the id of the claim that a row takes back.
    fn declare_reverses(&mut self) {
        let gathered = self.gathered;
        let item = gathered.items.iter().find_map(|item| match &item.kind {
            ItemKind::Reverses(claim) => Some((item, claim)),
            _ => None,
        });
        let Some((item, claim)) = item else { return };
        let (text, label) = if item.lang == Some(Lang::Zh) { ("冲销", "reverses") } else { ("reverses", "冲销") };
        let span = Span { end: item.span.start + text.len(), ..item.span };
        let id = InputId(self.program.inputs.len());
        if !self.define(Symbol::Input(id), text, span) {
            return;
        }
        let base = Some(TypeBase::Word(tree::TypeWord::Id));
        self.program.inputs.push(Input {
            name: tree::Name { text: text.to_owned(), span },
            ty: Some(TypeRef { base, per: Vec::new(), step: None, span }),
            is_optional: true,
            from: None,
            to: None,
            per: None,
            labels: vec![tree::Quoted { text: label.to_owned(), span }],
            cite: None,
        });
        self.reverses = Some((claim, id));
    }

    fn enum_values(&mut self, one: &'a tree::Enum) {
        for (at, (value, _)) in one.values.iter().enumerate() {
            let earlier = one.values.iter().take(at).find(|(earlier, _)| earlier.text == value.text);
            if let Some((earlier, _)) = earlier {
                self.report(Duplicate { name: value.clone(), earlier: earlier.span });
            }
            self.enum_values.insert(&value.text);
        }
        if one.values.len() > errors::MAX_ENUM_VALUES {
            self.report(errors::too_many_enum_values(&one.name));
        }
    }

    fn declare_row(&mut self, span: Span, row: &'a tree::LadderRow) {
        let next = LadderId(self.ladders.len());
        let id = *self.subjects.entry(&row.subject.text).or_insert(next);
        let is_band = matches!(row.yields, tree::Yields::Band(_));
        if id == next {
            self.ladders.push(DeclaredLadder { is_band, ..DeclaredLadder::default() });
        }
        let names: Vec<&'a tree::Name> = match &row.yields {
            tree::Yields::Tier(shares) => shares.iter().map(|share| &share.name).collect(),
            tree::Yields::Band(grants) => grants.iter().map(|grant| &grant.name).collect(),
        };
        if self.ladders.get(id.0).is_some_and(|ladder| ladder.is_band != is_band) {
            self.report(errors::tier_and_band(&row.subject));
            return;
        }
        for (at, name) in names.iter().enumerate() {
            if let Some(earlier) = names.iter().take(at).find(|earlier| earlier.text == name.text) {
                self.report(ShareTwiceInRow { name: (*name).clone(), earlier: earlier.span });
                if let Some(ladder) = self.ladders.get_mut(id.0) {
                    ladder.has_double_share = true;
                }
                continue;
            }
            let columns = self.ladders.get(id.0).map_or(&[][..], |ladder| &ladder.columns);
            let known = self.symbols.get(name.text.as_str());
            if known.is_some_and(|(symbol, _)| matches!(symbol, Symbol::Value(id) if columns.contains(id))) {
                continue;
            }
            let value = ValueId(self.values.len());
            if self.define(Symbol::Value(value), &name.text, name.span) {
                self.values.push(if is_band { Declared::Grant(name, id) } else { Declared::Share(name, id) });
                if let Some(ladder) = self.ladders.get_mut(id.0) {
                    ladder.columns.push(value);
                }
            }
        }
        if let Some(ladder) = self.ladders.get_mut(id.0) {
            ladder.rows.push((span, row));
        }
    }

    /// Binds a name; false if it is taken.
    fn define(&mut self, symbol: Symbol, name: &'a str, span: Span) -> bool {
        if let Some((_, earlier)) = self.symbols.get(name) {
            let name = tree::Name { text: name.to_owned(), span };
            let earlier = *earlier;
            self.report(Duplicate { name, earlier });
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
            self.define(Symbol::Input(InputId(self.program.inputs.len())), name, span);
            let name = tree::Name { text: name.to_owned(), span };
            let (from, to, per, labels, cite) = (None, None, None, Vec::new(), None);
            self.program.inputs.push(Input { name, ty: None, is_optional: false, from, to, per, labels, cite });
        }
    }
}
