//! What values are given for: the grains that a program names, and which is coarser.

use fen_grammar::diagnostic::{Lang, Text};
use fen_grammar::source::Span;

use super::program::{Grain, Period, Program};
use super::types::Type;
use super::{Checker, errors};
use crate::ids::{GrainId, InputId, Symbol};
use crate::resolve::program::{self as resolved, GrainOf};

/// The grain of rows.
pub(super) const ROWS: GrainId = GrainId(0);

impl Checker<'_> {
    /// Names the grains of rows and claims, and takes what inputs are declared for. Inputs are known.
    pub(super) fn rows(&mut self) {
        let resolved = self.resolved;
        let is_zh = self.program.lang == Lang::Zh;
        if let Some(rows) = self.program.grains.first_mut() {
            let name = &resolved.rows.name;
            rows.name = if name.is_empty() { if is_zh { "单据" } else { "claim" }.to_owned() } else { name.clone() };
            if !name.is_empty() {
                rows.label = Text::new(name.clone(), name.clone());
            }
        }
        if let Some((name, key)) = &resolved.rows.claim
            && self.is_claim_id(*key, name.span)
        {
            self.program.claim = self.grain_with(vec![*key], None);
        }
        for (at, input) in resolved.inputs.iter().enumerate() {
            let Some(per) = &input.per else { continue };
            let grain = self.grain(per);
            if let (Some(slot), Some(grain)) = (self.program.inputs.get_mut(at), grain)
                && grain != ROWS
            {
                slot.per = Some(grain);
            }
        }
        if let Some((name, id)) = &resolved.ordered_by {
            let input = self.program.input(*id);
            if input.is_some_and(|input| input.ty != Type::Date || input.is_optional) {
                let is_optional = input.is_some_and(|input| input.is_optional);
                self.report(errors::dated_by_type(name, is_optional));
            } else {
                self.program.ordered_by = Some(*id);
            }
        }
        if let Some(reversal) = &resolved.reversal
            && self.is_claim_id(reversal.claim, reversal.name.span)
        {
            let (claim, reverses) = (reversal.claim, reversal.reverses);
            self.program.reversal = Some(super::program::Reversal { claim, reverses });
        }
    }

    /// The grain that is written; `None` if it cannot be one, which is reported.
    pub(super) fn grain(&mut self, grain: &resolved::Grain) -> Option<GrainId> {
        if grain.period.is_some() && self.program.dated_by.is_none() {
            return None; // Reported where the date is declared.
        }
        match &grain.of {
            GrainOf::Row => Some(ROWS),
            GrainOf::Keys(keys) => {
                let mut are_keys = true;
                for key in keys {
                    are_keys &= self.is_key(*key, grain.span);
                }
                are_keys.then(|| self.grain_with(keys.clone(), grain.period))
            }
        }
    }

    /// Whether a column tells claims apart; reported if not.
    fn is_claim_id(&mut self, id: InputId, span: Span) -> bool {
        let Some(input) = self.program.input(id) else { return false };
        if input.ty.is_text() {
            return self.is_key(id, span);
        }
        if !self.is_suspect(Symbol::Input(id)) {
            let name = input.name.clone();
            self.report(errors::claim_without_id(span, &name));
        }
        false
    }

    /// Whether a column can be a key; reported if not.
    fn is_key(&mut self, id: InputId, span: Span) -> bool {
        if self.is_suspect(Symbol::Input(id)) {
            return false;
        }
        let Some(input) = self.program.input(id) else { return false };
        if input.ty.measure().is_none() {
            return !input.is_optional;
        }
        let (name, ty) = (input.name.clone(), self.name_of(input.ty));
        self.report(errors::not_a_group_key(span, &name, &ty));
        false
    }

    /// The grain of so many keys and a period; two of the same are one.
    pub(super) fn grain_with(&mut self, mut keys: Vec<InputId>, period: Option<Period>) -> GrainId {
        keys.sort_unstable();
        keys.dedup();
        let known =
            self.program.grains.iter().position(|grain| !grain.is_row && grain.keys == keys && grain.period == period);
        if let Some(at) = known {
            return GrainId(at);
        }
        let words = |lang| {
            let inputs = keys.iter().filter_map(|key| self.program.input(*key));
            let period = period.map(|period| match (period, lang) {
                (Period::Year { month: 1, day: 1 }, Lang::En) => "year",
                (Period::Year { month: 1, day: 1 }, Lang::Zh) => "年",
                (Period::Year { .. }, Lang::En) => "insurance_year",
                (Period::Year { .. }, Lang::Zh) => "参保年度",
                (Period::Month, Lang::En) => "month",
                (Period::Month, Lang::Zh) => "月",
            });
            let names: Vec<String> = inputs.map(|input| input.name.clone()).chain(period.map(str::to_owned)).collect();
            names
        };
        let name = words(self.program.lang).join(".");
        let label = Text::new(words(Lang::En).join(", "), words(Lang::Zh).join("、"));
        let (mut name, label) =
            if name.is_empty() { ("pool".to_owned(), Text::new("pool", "全部")) } else { (name, label) };
        // A key may be called like the pool, or have a dot in its name.
        while self.program.grains.iter().any(|grain| grain.name == name) {
            name.push('_');
        }
        self.program.grains.push(Grain { name, label, keys, period, is_row: false });
        GrainId(self.program.grains.len() - 1)
    }
}

impl Program {
    /// Whether all rows of an instance of a grain have the same cell in a column.
    pub(crate) fn determines(&self, grain: GrainId, input: InputId) -> bool {
        let Some(known) = self.grain(grain) else { return false };
        if known.is_row || known.keys.contains(&input) {
            return true;
        }
        let per = self.input(input).and_then(|input| input.per);
        per.is_some_and(|per| self.is_coarser(per, grain))
    }

    /// Whether rows are lines, and all rows of an instance of a grain are lines of one claim.
    pub(crate) fn is_within_claim(&self, grain: GrainId) -> bool {
        self.claim != ROWS && self.is_coarser(self.claim, grain)
    }

    /// Whether every instance of the finer grain belongs to exactly one of the coarser; a grain is coarser than itself.
    pub(crate) fn is_coarser(&self, coarser: GrainId, finer: GrainId) -> bool {
        self.is_coarser_within(coarser, finer, self.grains.len())
    }

    fn is_coarser_within(&self, coarser: GrainId, finer: GrainId, depth: usize) -> bool {
        let (Some(coarse), Some(fine)) = (self.grain(coarser), self.grain(finer)) else { return false };
        if coarser == finer || fine.is_row {
            return true;
        }
        if coarse.is_row || depth == 0 {
            return false;
        }
        let determines = |input: InputId| {
            fine.keys.contains(&input)
                || self
                    .input(input)
                    .and_then(|input| input.per)
                    .is_some_and(|per| per == finer || self.is_coarser_within(per, finer, depth - 1))
        };
        let has_period = coarse.period.is_none()
            || coarse.period == fine.period
            || (fine.period == Some(Period::Month) && matches!(coarse.period, Some(Period::Year { day: 1, .. })))
            || self.dated_by.is_some_and(determines);
        has_period && coarse.keys.iter().all(|key| determines(*key))
    }

    /// The finest of two grains; where neither is finer, that of claims, or of rows.
    pub(crate) fn finest(&self, one: GrainId, other: GrainId) -> GrainId {
        if self.is_coarser(one, other) {
            other
        } else if self.is_coarser(other, one) {
            one
        } else if self.is_coarser(one, self.claim) && self.is_coarser(other, self.claim) {
            self.claim
        } else {
            ROWS
        }
    }
}
