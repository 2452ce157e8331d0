//! Definitions: one expression, cases, exceptions, quotients behind a guard.

use super::Maker;
use super::choices::Choices;
use super::scope::{Input, KeyTy, Table};
use super::types::{Lang, Ty, day};
use super::writer::Writer;

/// A condition that claims can meet.
struct Piece {
    condition: String,
    /// The optional input that is there if it holds.
    known: Option<String>,
}

/// Conditions of which at most one holds.
struct Family {
    /// What they are about.
    about: String,
    pieces: Vec<Piece>,
    /// Whether one of them always holds.
    is_complete: bool,
}

impl Maker {
    /// `name = expression`
    pub(super) fn definition(&mut self, choices: &mut Choices<'_>, lang: Lang) {
        let ty = self.some_type(choices);
        let name = self.scope.name("d", "义", lang);
        let depth = 1 + choices.below(4);
        let mut writer = self.writer(choices, lang);
        let body = writer.expr(ty, depth);
        let (rounding, is_rounded) = writer.own_rounding(ty);
        self.push(choices, lang, format!("{name} = {body}{rounding}"));
        self.scope.define(name, ty, is_rounded);
    }

    /// `name = when …: … otherwise: …`
    pub(super) fn cases(&mut self, choices: &mut Choices<'_>, lang: Lang) {
        let ty = self.some_type(choices);
        let name = self.scope.name("d", "义", lang);
        let mut writer = self.writer(choices, lang);
        let Some(Family { pieces, is_complete, .. }) = writer.family(None) else {
            return self.definition(choices, lang);
        };
        let used = 1 + writer.choices.below(pieces.len());
        let mut text = format!("{name} =");
        for piece in pieces.iter().take(used) {
            let value = writer.under(piece, ty);
            text += &format!("\n  {} {} : {value}", lang.word("when", "当"), piece.condition);
        }
        if !(is_complete && used == pieces.len()) {
            text += &format!("\n  {} : {}", lang.word("otherwise", "其余"), writer.expr(ty, 1));
        }
        let (rounding, is_rounded) = writer.own_rounding(ty);
        self.push(choices, lang, text + &rounding);
        self.scope.define(name, ty, is_rounded);
    }

    /// `name = … except when …`: of one family, or of two with an order.
    pub(super) fn exceptions(&mut self, choices: &mut Choices<'_>, lang: Lang) {
        let ty = self.some_type(choices);
        let name = self.scope.name("d", "义", lang);
        let mut writer = self.writer(choices, lang);
        let Some(first) = writer.family(None) else { return self.definition(choices, lang) };
        let second = if writer.choices.once_in(2) { writer.family(Some(&first.about)) } else { None };
        let mut text = format!("{name} = {}", writer.ordinary(ty, &first.about));
        let (except, when) = (lang.word("except", "例外"), lang.word("when", "当"));
        let is_named = second.is_some() || writer.choices.once_in(3);
        let mut names: Vec<String> = Vec::new();
        let most = if first.is_complete { first.pieces.len() - 1 } else { first.pieces.len() };
        let used = 1 + writer.choices.below(most.max(1));
        for (at, piece) in first.pieces.iter().take(used).enumerate() {
            let mut label = String::new();
            if is_named {
                label = format!(" {}{at}", lang.word("x", "其"));
                names.push(label.trim().to_owned());
            }
            let value = writer.under(piece, ty);
            text += &format!("\n  {except}{label} {when} {} : {value}", piece.condition);
        }
        if let Some(piece) = second.and_then(|second| second.pieces.into_iter().next()) {
            let (value, overrides) = (writer.under(&piece, ty), lang.word("overrides", "优先于"));
            text += &format!("\n  {except} {when} {} : {value} {overrides} {}", piece.condition, names.join(", "));
        }
        let (rounding, is_rounded) = writer.own_rounding(ty);
        self.push(choices, lang, text + &rounding);
        self.scope.define(name, ty, is_rounded);
    }

    /// A look-up in a table with holes, where it has a row.
    fn looked_up(&mut self, choices: &mut Choices<'_>, lang: Lang) -> Option<()> {
        let keyed = |table: &&Table| matches!(table.keys.as_slice(), [KeyTy::Enum(_) | KeyTy::Code]);
        let holes: Vec<&Table> = self.scope.tables.iter().filter(keyed).filter(|table| !table.is_total).collect();
        let table = choices.of(&holes).copied().cloned()?;
        let key = match table.keys.first()? {
            KeyTy::Enum(at) => Ty::Enum(*at),
            _ => Ty::Code,
        };
        let inputs = self.scope.inputs.iter().filter(|input| input.ty == key && !input.is_optional);
        let inputs: Vec<&str> = inputs.map(|input| input.name.as_str()).collect();
        let (input, ty) = ((*choices.of(&inputs)?).to_owned(), table.ty);
        let name = self.scope.name("d", "义", lang);
        let mut writer = self.writer(choices, lang);
        let (when, within) = (lang.word("when", "当"), lang.word("in", "属于"));
        let (otherwise, other) = (lang.word("otherwise", "其余"), writer.expr(ty, 1));
        let table = &table.name;
        let text = format!("{name} =\n  {when} {input} {within} {table} : {table}[{input}]\n  {otherwise} : {other}");
        let (rounding, is_rounded) = writer.own_rounding(ty);
        self.push(choices, lang, text + &rounding);
        self.scope.define(name, ty, is_rounded);
        Some(())
    }

    /// A quotient by an input that may be zero, where it is not; or a look-up in a table with holes.
    pub(super) fn quotient(&mut self, choices: &mut Choices<'_>, lang: Lang) {
        if choices.once_in(2) && self.looked_up(choices, lang).is_some() {
            return;
        }
        let divisors: Vec<Input> = self.scope.inputs.iter().filter(|input| can_divide(input)).cloned().collect();
        let Some(divisor) = choices.of(&divisors).cloned() else { return self.definition(choices, lang) };
        let name = self.scope.name("d", "义", lang);
        let ty = match divisor.ty {
            Ty::Points => Ty::PerPoint,
            Ty::Days => Ty::PerDay,
            _ => Ty::Ratio,
        };
        let dividend = if ty == Ty::Ratio { divisor.ty } else { Ty::Money };
        let mut writer = self.writer(choices, lang);
        let (when, otherwise) = (lang.word("when", "当"), lang.word("otherwise", "其余"));
        let (above, literal) = (writer.operand(dividend, 1), writer.literal(ty));
        let sign = writer.choices.word(&[">", "!="]);
        let (by, zero) = (&divisor.name, divisor.ty.literal(0, lang));
        let text = format!("{name} =\n  {when} {by} {sign} {zero} : {above} / {by}\n  {otherwise} : {literal}");
        let (rounding, is_rounded) = writer.own_rounding(ty);
        self.push(choices, lang, text + &rounding);
        self.scope.define(name, ty, is_rounded);
    }
}

fn can_divide(input: &Input) -> bool {
    let is_quantity = matches!(input.ty, Ty::Money | Ty::Points | Ty::Days | Ty::Years | Ty::Number);
    is_quantity && !input.is_optional && input.low <= 0 && input.high > 0
}

impl Writer<'_, '_> {
    /// What exceptions are made to: an expression, or cases of another family.
    fn ordinary(&mut self, ty: Ty, about: &str) -> String {
        let cases = if self.choices.once_in(4) { self.family(Some(about)) } else { None };
        let Some(piece) = cases.and_then(|cases| cases.pieces.into_iter().next()) else { return self.expr(ty, 1) };
        let (when, otherwise) = (self.lang.word("when", "当"), self.lang.word("otherwise", "其余"));
        let (value, other) = (self.under(&piece, ty), self.expr(ty, 1));
        format!("\n  {when} {} : {value}\n  {otherwise} : {other}", piece.condition)
    }

    /// The value of a case.
    fn under(&mut self, piece: &Piece, ty: Ty) -> String {
        match &piece.known {
            Some(name) => self.with_known(name, |writer| writer.expr(ty, 1)),
            None => self.expr(ty, 1),
        }
    }

    /// ` round …` behind a definition, or nothing.
    fn own_rounding(&mut self, ty: Ty) -> (String, bool) {
        if !ty.is_amount() || !self.choices.once_in(3) {
            return (String::new(), false);
        }
        (format!(" {} {}", self.lang.word("round", "取整"), self.rounding(ty)), true)
    }

    /// Conditions on one input other than `not`.
    fn family(&mut self, not: Option<&str>) -> Option<Family> {
        let fits = |input: &&Input| {
            let is_free = !matches!(input.ty, Ty::Row | Ty::Ratio) && Some(input.name.as_str()) != not;
            let is_wide = !(input.ty.is_amount() || input.ty == Ty::Date) || input.high - input.low >= 12;
            is_free && (is_wide || input.is_optional)
        };
        let inputs: Vec<&Input> = self.scope.inputs.iter().filter(fits).collect();
        let input = self.choices.of(&inputs).copied()?;
        let about = input.name.clone();
        let (name, is, lang) = (&input.name, self.lang.word("is", "为"), self.lang);
        let plain = |condition: String| Piece { condition, known: None };
        if input.is_optional {
            let known = format!("{name} {}", lang.word("known", "已知"));
            let pieces = vec![
                Piece { condition: known.clone(), known: Some(name.clone()) },
                plain(format!("{} {known}", lang.word("not", "非"))),
            ];
            return Some(Family { about, pieces, is_complete: true });
        }
        let mut is_complete = true;
        let pieces = match input.ty {
            Ty::Bool => vec![plain(name.clone()), plain(format!("{} {name}", lang.word("not", "非")))],
            Ty::Enum(at) => {
                let values = self.scope.enums.get(at).map(Vec::as_slice).unwrap_or_default();
                values.iter().map(|value| plain(format!("{name} {is} {value}"))).collect()
            }
            Ty::Code => {
                is_complete = false;
                super::scope::CODES.iter().map(|code| plain(format!("{name} {is} \"{code}\""))).collect()
            }
            _ => self.slices(input).into_iter().map(plain).collect(),
        };
        Some(Family { about, pieces, is_complete })
    }

    /// Conditions that divide the range of an input.
    fn slices(&mut self, input: &Input) -> Vec<String> {
        let third = (input.high - input.low) / 3;
        let nudge = i128::from(self.choices.between(0, 1));
        let mut bounds = vec![input.low + third + nudge, input.low + 2 * third];
        if self.choices.once_in(2) {
            bounds.truncate(1);
        }
        let lang = self.lang;
        let write = |bound: &i128| match input.ty {
            Ty::Date => day(i64::try_from(*bound).unwrap_or(0), 15),
            ty if ty.is_whole() => ty.operand(bound / 100 * 100, lang),
            ty => ty.operand(*bound, lang),
        };
        let bounds: Vec<String> = bounds.iter().map(write).collect();
        let (name, and) = (&input.name, self.lang.word("and", "且"));
        let mut slices: Vec<String> = bounds.first().map(|bound| format!("{name} < {bound}")).into_iter().collect();
        if let [low, high] = bounds.as_slice() {
            slices.push(format!("{name} >= {low} {and} {name} < {high}"));
        }
        slices.extend(bounds.last().map(|bound| format!("{name} >= {bound}")));
        slices
    }
}
