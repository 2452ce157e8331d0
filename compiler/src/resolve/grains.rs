//! What rows are, and what things are given for: lines, claims, groups and periods.

use fen_grammar::diagnostic::{Text, nearest};
use fen_grammar::source::Span;
use fen_grammar::tree::{self, BaseUnit, ItemKind, Name, PeriodWord, TypeBase, TypeWord};

use super::errors::InvalidDate;
use super::errors::grains::{self as errors, UnknownGrain};
use super::program::{Grain, GrainOf, Period, Referent, Reversal, Symbol};
use super::{Resolver, errors as general};
use crate::ids::InputId;

/// What a name behind `per` stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    Row,
    Key(InputId),
}

impl Resolver<'_> {
    /// What the policy says of its rows as a whole.
    pub(super) fn stream(&mut self) {
        let gathered = self.gathered;
        for item in &gathered.items {
            match &item.kind {
                ItemKind::Rows(rows) if self.program.rows.name.is_empty() => self.rows(rows),
                ItemKind::OrderedBy(name) if self.program.ordered_by.is_none() => match self.lookup(name) {
                    Some(Symbol::Input(id)) => self.program.ordered_by = Some((name.clone(), id)),
                    Some(_) => self.report(general::dated_by_no_input(name)),
                    None => {}
                },
                ItemKind::InsuranceYear(start) if self.year_start.is_none() => self.insurance_year(*start),
                _ => {}
            }
        }
        self.reversal();
        self.input_grains();
    }

    fn rows(&mut self, rows: &tree::Rows) {
        self.program.rows.name.clone_from(&rows.row.text);
        let Some(claim) = &rows.claim else { return };
        match self.symbols.get(claim.text.as_str()).map(|(symbol, _)| *symbol) {
            Some(Symbol::Input(id)) => {
                self.mention(claim.span.start, &claim.text, Referent::Symbol(Symbol::Input(id)));
                self.key_is_there(id, claim);
                self.program.rows.claim = Some((claim.clone(), id));
            }
            None if self.broken_words.contains(claim.text.as_str()) => {}
            _ => self.report(errors::rows_of_no_input(claim)),
        }
    }

    fn insurance_year(&mut self, start: tree::YearStart) {
        // A leap year has all days that any year has.
        if jiff::civil::Date::new(2000, start.month, start.day).is_err() {
            self.report(InvalidDate { span: start.span });
        } else if (start.month, start.day) == (2, 29) {
            self.report(errors::leap_day(start.span));
        } else {
            self.year_start = Some((start.month, start.day));
            return;
        }
        // Any day will do for what else is to be said.
        self.year_start = Some((1, 1));
    }

    fn reversal(&mut self) {
        let Some((claim, reverses)) = self.reverses.take() else { return };
        let of_lines = self.program.rows.claim.as_ref().map(|(name, _)| name.clone());
        if let Some(own) = of_lines.filter(|own| own.text != claim.text) {
            self.report(errors::reversal_of_lines(claim, &own));
            return;
        }
        match self.symbols.get(claim.text.as_str()).map(|(symbol, _)| *symbol) {
            Some(Symbol::Input(id)) => {
                self.mention(claim.span.start, &claim.text, Referent::Symbol(Symbol::Input(id)));
                self.key_is_there(id, claim);
                self.program.reversal = Some(Reversal { name: claim.clone(), claim: id, reverses });
            }
            None if self.broken_words.contains(claim.text.as_str()) => {}
            _ => self.report(errors::reverses_no_input(claim)),
        }
    }

    /// Whether rows always have a key; reported if not.
    pub(super) fn key_is_there(&mut self, id: InputId, name: &Name) -> bool {
        let is_optional = self.program.inputs.get(id.0).is_some_and(|input| input.is_optional);
        if is_optional {
            self.report(errors::optional_key(name));
        }
        !is_optional
    }

    /// Inputs that are the same in all rows of a group. `money per person` is one where a `key person` is declared, and an
    /// amount for each person elsewhere.
    fn input_grains(&mut self) {
        let gathered = self.gathered;
        let inputs = gathered.items.iter().filter_map(|item| match &item.kind {
            ItemKind::Input(input) => Some(input),
            _ => None,
        });
        for (at, input) in inputs.enumerate() {
            let (of_type, of_amount) = self.grain_of_input(input);
            if let Some(slot) = self.program.inputs.get_mut(at) {
                if let Some(ty) = &mut slot.ty {
                    drop_last(&mut ty.per, of_type.len());
                }
                let step = slot.ty.as_mut().and_then(|ty| ty.step.as_mut());
                let last =
                    [&mut slot.to, &mut slot.from].into_iter().find_map(|bound| match &mut bound.as_mut()?.kind {
                        tree::LiteralKind::Quantity(quantity) => Some(quantity),
                        _ => None,
                    });
                if let Some(quantity) = last.or(step) {
                    drop_last(&mut quantity.unit.per, of_amount.len());
                }
            }
            let names: Vec<Name> = of_type.iter().chain(of_amount).cloned().collect();
            let grain = self.joined_grain(&names, input.per.as_ref());
            if let Some(slot) = self.program.inputs.get_mut(at) {
                slot.per = grain;
            }
        }
    }

    /// The names behind the type and behind the last amount of an input that stand for a group and not for a unit.
    fn grain_of_input<'n>(&mut self, input: &'n tree::Input) -> (&'n [Name], &'n [Name]) {
        let mut of_type = self.grain_names(&input.ty.per_names, &input.name.text);
        let of_amount = self.grain_names(&input.trailing, &input.name.text);
        let period = input.ty.per_names.last().filter(|name| is_period(name)).filter(|_| of_type.is_empty());
        if !is_amount(&input.ty.base) {
            let first = input.ty.per_names.iter().position(is_period).unwrap_or(input.ty.per_names.len());
            of_type = if of_type.is_empty() { input.ty.per_names.get(first..).unwrap_or_default() } else { of_type };
        } else if let Some(period) = period
            && input.per.is_none()
            && input.from.is_none()
            && input.to.is_none()
            && self.gathered.items.iter().any(|item| matches!(item.kind, ItemKind::DatedBy(_)))
        {
            self.report(errors::unit_or_group(&input.name, period));
        }
        (of_type, of_amount)
    }

    /// Those of the names behind `per` that stand for a group and not for a unit: from the first one that a key has.
    pub(super) fn grain_names<'n>(&self, names: &'n [Name], own: &str) -> &'n [Name] {
        let is_key = |name: &Name| {
            name.text != own
                && match self.place_of(&name.text) {
                    Some(Place::Row) => true,
                    Some(Place::Key(_)) => self.is_declared_key(&name.text),
                    None => false,
                }
        };
        let first = names.iter().position(is_key).unwrap_or(names.len());
        names.get(first..).unwrap_or_default()
    }

    /// Whether the source says `key`, not `input`.
    fn is_declared_key(&self, text: &str) -> bool {
        let mut items = self.gathered.items.iter();
        items.any(|item| matches!(&item.kind, ItemKind::Input(input) if input.is_key && input.name.text == text))
    }

    /// The grain of names that could have been units, and of what was written behind them.
    pub(super) fn joined_grain(&mut self, names: &[Name], written: Option<&tree::Grain>) -> Option<Grain> {
        let (Some(first), Some(last)) = (names.first(), names.last()) else { return self.grain(written?) };
        let mut joined = tree::Grain { keys: Vec::new(), period: None, span: first.span.to(last.span) };
        for name in names {
            match name.text.as_str() {
                "year" | "年" => joined.period = Some((PeriodWord::Year, name.span)),
                "month" | "月" => joined.period = Some((PeriodWord::Month, name.span)),
                _ => joined.keys.push(name.clone()),
            }
        }
        if let Some(written) = written {
            joined.keys.extend(written.keys.iter().cloned());
            joined.period = written.period.or(joined.period);
            joined.span = joined.span.to(written.span);
        }
        self.grain(&joined)
    }

    /// What a grain as written is; `None` if something in it was reported.
    pub(super) fn grain(&mut self, grain: &tree::Grain) -> Option<Grain> {
        let (mut keys, mut is_row, mut is_good) = (Vec::new(), false, true);
        for name in &grain.keys {
            match self.place(name) {
                Some(Place::Row) => is_row = true,
                Some(Place::Key(id)) => {
                    is_good &= self.key_is_there(id, name);
                    if !keys.contains(&id) {
                        keys.push(id);
                    }
                }
                None => is_good = false,
            }
        }
        let mut period = None;
        if let Some((word, span)) = grain.period {
            period = self.period(word, span);
            is_good &= period.is_some();
        }
        // A row has one value of every key and one date.
        let (of, period) = if is_row { (GrainOf::Row, None) } else { (GrainOf::Keys(keys), period) };
        is_good.then_some(Grain { of, period, span: grain.span })
    }

    fn period(&mut self, word: PeriodWord, span: Span) -> Option<Period> {
        if self.program.header.dated_by.is_none() {
            // A `dated by` that could not be read is reported already.
            let is_said = self.gathered.items.iter().any(|item| matches!(item.kind, ItemKind::DatedBy(_)));
            if self.program.is_whole && !is_said {
                self.report(errors::period_without_date(span));
            }
            return None;
        }
        match word {
            PeriodWord::Year => Some(Period::Year { month: 1, day: 1 }),
            PeriodWord::Month => Some(Period::Month),
            PeriodWord::InsuranceYear => {
                let Some((month, day)) = self.year_start else {
                    if self.program.is_whole {
                        self.report(errors::no_insurance_year(span));
                    }
                    return None;
                };
                Some(Period::Year { month, day })
            }
        }
    }

    /// What a name behind `per` stands for; reported if nothing.
    pub(super) fn place(&mut self, name: &Name) -> Option<Place> {
        let place = self.place_of(&name.text);
        match place {
            Some(Place::Row) if !self.program.rows.name.is_empty() => {
                self.mention(name.span.start, &name.text, Referent::Row);
            }
            Some(Place::Key(id)) => self.mention(name.span.start, &name.text, Referent::Symbol(Symbol::Input(id))),
            Some(Place::Row) | None => {}
        }
        if place.is_none() && !self.broken_words.contains(name.text.as_str()) {
            if self.symbols.contains_key(name.text.as_str()) {
                self.report(errors::group_of_no_input(name));
            } else {
                self.unknown_grain(name);
            }
        }
        place
    }

    fn unknown_grain(&mut self, name: &Name) {
        let inputs = self.program.inputs.iter().map(|input| input.name.text.as_str());
        let row = self.program.rows.name.as_str();
        let suggestion = nearest(&name.text, inputs.chain([row, "claim", "year", "month"])).map(str::to_owned);
        let row = if row.is_empty() { Text::new("claim", "单据") } else { Text::new(row, row) };
        self.report(UnknownGrain { name: name.clone(), suggestion, row });
    }

    /// What a word for rows, claims or a key stands for.
    pub(super) fn place_of(&self, text: &str) -> Option<Place> {
        let rows = &self.program.rows;
        let is_claim = matches!(text, "claim" | "claims" | "单据");
        let is_row = if rows.name.is_empty() { is_claim } else { is_called(text, &rows.name) };
        if is_row {
            return Some(Place::Row);
        }
        if let Some((name, id)) = &rows.claim
            && is_called(text, &name.text)
        {
            return Some(Place::Key(*id));
        }
        if let Some((Symbol::Input(id), _)) = self.symbols.get(text) {
            return Some(Place::Key(*id));
        }
        is_claim.then(|| rows.claim.as_ref().map_or(Place::Row, |(_, id)| Place::Key(*id)))
    }

    /// Whether a place is that of claims.
    pub(super) fn is_claim(&self, place: Place) -> bool {
        match &self.program.rows.claim {
            Some((_, claim)) => place == Place::Key(*claim),
            None => place == Place::Row,
        }
    }
}

/// A name, or its plural.
fn is_called(text: &str, name: &str) -> bool {
    text == name || text.strip_suffix('s') == Some(name)
}

fn is_period(name: &Name) -> bool {
    matches!(name.text.as_str(), "year" | "年" | "month" | "月")
}

fn is_amount(base: &TypeBase) -> bool {
    !matches!(base, TypeBase::Name(_) | TypeBase::Word(TypeWord::Date | TypeWord::Bool | TypeWord::Code | TypeWord::Id))
}

pub(super) fn drop_last(units: &mut Vec<BaseUnit>, count: usize) {
    units.truncate(units.len().saturating_sub(count));
}
