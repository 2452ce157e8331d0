//! Expressions that are amounts, names or rows.

use super::scope::{KeyTy, Table};
use super::types::Ty;
use super::writer::Writer;

/// Rounding modes in both languages.
pub(super) const MODES: [(&str, &str); 4] =
    [("half up", "四舍五入"), ("half even", "四舍六入五成双"), ("down", "舍去"), ("up", "进一")];

impl Writer<'_, '_> {
    /// An expression of a type.
    pub(super) fn expr(&mut self, ty: Ty, depth: usize) -> String {
        match ty {
            Ty::Bool => self.condition(depth),
            Ty::Date => self.date(depth),
            Ty::Ratio => self.ratio(depth),
            Ty::Enum(_) | Ty::Code | Ty::Row => self.leaf(ty),
            _ => self.amount(ty, depth),
        }
    }

    /// A name or a literal.
    pub(super) fn leaf(&mut self, ty: Ty) -> String {
        let names = self.scope.names_of(ty, &self.known);
        let tables: Vec<&Table> =
            self.scope.tables.iter().filter(|table| table.ty == ty && self.can_look_up(table)).collect();
        match self.choices.weighted(&[4 * names.len().min(1), tables.len().min(2), 1]) {
            0 if !names.is_empty() => self.choices.of(&names).copied().unwrap_or_default().to_owned(),
            1 if !tables.is_empty() => match self.choices.of(&tables).copied() {
                Some(table) => self.look_up(table),
                None => self.literal(ty),
            },
            _ => self.literal(ty),
        }
    }

    /// A literal as an operand.
    pub(super) fn literal(&mut self, ty: Ty) -> String {
        match ty {
            Ty::Date => self.day(),
            Ty::Bool => self.word([("true", "是"), ("false", "否")]),
            Ty::Enum(at) => {
                let values = self.scope.enums.get(at).map(Vec::as_slice).unwrap_or_default();
                let value = self.choices.of(values).cloned().unwrap_or_default();
                if self.choices.once_in(6) { format!("e{at}.{value}") } else { value }
            }
            Ty::Code => format!("\"{}\"", self.choices.word(&super::scope::CODES)),
            _ => {
                let hundredths = self.number(ty);
                ty.operand(hundredths, self.lang)
            }
        }
    }

    /// A number in hundredths that is natural for a type.
    pub(super) fn number(&mut self, ty: Ty) -> i128 {
        let whole = |number: i64| i128::from(number) * 100;
        match ty {
            Ty::Days | Ty::Months | Ty::Years => whole(self.choices.between(0, 40)),
            Ty::Rate | Ty::Ratio | Ty::Pp => match self.choices.below(3) {
                0 => whole(self.choices.between(0, 100)),
                1 => self.choices.between(0, 12_000).into(),
                _ => self.choices.between(-1_000, 1_000).into(),
            },
            Ty::Number => match self.choices.below(3) {
                0 => whole(self.choices.between(1, 12)),
                _ => self.choices.between(-300, 300).into(),
            },
            Ty::Points | Ty::PerPoint | Ty::PerDay => match self.choices.below(2) {
                0 => whole(self.choices.between(0, 50)),
                _ => self.choices.between(1, 10_000).into(),
            },
            _ => match self.choices.below(5) {
                0 => whole(self.choices.between(0, 100)),
                1 => whole(1_000 * self.choices.between(0, 500)),
                2 => self.choices.between(0, 1_000_000).into(),
                3 => self.choices.between(-5_000, 5_000).into(),
                _ => self.choices.between(0, 3).into(),
            },
        }
    }

    fn amount(&mut self, ty: Ty, depth: usize) -> String {
        if depth == 0 {
            return self.leaf(ty);
        }
        let deeper = depth - 1;
        match self.choices.weighted(&[2, 3, 3, 3, 1, 1, 1, 2, 3, 1, 2, 4]) {
            0 => self.leaf(ty),
            1 => self.sum(ty, deeper),
            2 => self.extreme(ty, deeper),
            3 => {
                let (rate, inner) = (self.part(ty, deeper), self.expr(ty, deeper));
                if self.choices.once_in(3) { format!("{inner} * {rate}") } else { format!("{rate} * {inner}") }
            }
            4 => {
                let (inner, by) = (self.expr(ty, deeper), self.choices.word(&["2", "3", "7", "12", "0.3", "(-4)"]));
                format!("({inner}) / {by}")
            }
            5 => format!("(-{})", self.operand(ty, deeper)),
            6 => self.clamped(ty, deeper),
            7 => self.rounded(ty, deeper),
            8 => self.applied(ty, deeper),
            9 => format!("({})", self.expr(ty, deeper)),
            // A quotient of bare numbers is a ratio.
            10 if ty != Ty::Number => self.guarded_quotient(ty, deeper),
            _ => self.special(ty, deeper),
        }
    }

    /// An expression that can stand behind any operator.
    pub(super) fn operand(&mut self, ty: Ty, depth: usize) -> String {
        if depth == 0 { self.leaf(ty) } else { format!("({})", self.expr(ty, depth)) }
    }

    /// A rate or a bare number, to multiply with; a bare number by a rate would be a rate.
    fn part(&mut self, of: Ty, depth: usize) -> String {
        let ty = if of == Ty::Number || self.choices.once_in(3) { Ty::Number } else { Ty::Rate };
        self.operand(ty, depth.min(1))
    }

    fn sum(&mut self, ty: Ty, depth: usize) -> String {
        let sign = if self.choices.once_in(2) { '+' } else { '-' };
        // Rates are not added to one another; what is added to them are percentage points.
        let right = if ty == Ty::Rate { Ty::Pp } else { ty };
        let (left, right) = (self.expr(ty, depth), self.operand(right, depth));
        format!("({left} {sign} {right})")
    }

    fn extreme(&mut self, ty: Ty, depth: usize) -> String {
        let function = self.word([("max", "较大"), ("min", "较小")]);
        let count = 2 + self.choices.below(2);
        let args: Vec<String> = (0..count).map(|_| self.expr(ty, depth)).collect();
        format!("{function}({})", args.join(", "))
    }

    pub(super) fn clamped(&mut self, ty: Ty, depth: usize) -> String {
        let inner = self.expr(ty, depth);
        let (one, other) = (self.number(ty), self.number(ty));
        let (low, high) = (ty.literal(one.min(other), self.lang), ty.literal(one.max(other), self.lang));
        format!("{}({inner}, {low}, {high})", self.lang.word("clamp", "限于"))
    }

    /// `round(…)`, with mode and step unless the policy declares them.
    fn rounded(&mut self, ty: Ty, depth: usize) -> String {
        let (inner, round) = (self.expr(ty, depth), self.lang.word("round", "取整"));
        if self.scope.rounded.contains(&ty) && self.choices.once_in(3) {
            return format!("{round}({inner})");
        }
        let rounding = self.rounding(ty);
        format!("{round}({inner} {rounding})")
    }

    /// `half up to 0.01 yuan`
    pub(super) fn rounding(&mut self, ty: Ty) -> String {
        let mode = self.word(MODES);
        let step = self.choices.word(ty.steps());
        format!("{mode} {} {step}{}", self.lang.word("to", "到"), ty.unit(self.lang))
    }

    /// A named ladder applied to an amount.
    fn applied(&mut self, ty: Ty, depth: usize) -> String {
        let ladders: Vec<_> = self.scope.schedules.iter().filter(|ladder| ladder.ty == ty).collect();
        let Some(ladder) = self.choices.of(&ladders).copied() else { return self.leaf(ty) };
        format!("{}({})", ladder.name, self.expr(ladder.on, depth))
    }

    /// A quotient by something that is never zero.
    fn guarded_quotient(&mut self, ty: Ty, depth: usize) -> String {
        let (inner, divisor) = (self.operand(ty, depth), self.divisor(Ty::Number));
        format!("{inner} / {divisor}")
    }

    /// Something that is never zero.
    pub(super) fn divisor(&mut self, ty: Ty) -> String {
        let positive = self.scope.inputs.iter().filter(|input| input.ty == ty && !input.is_optional && input.low > 0);
        let positive: Vec<&str> = positive.map(|input| input.name.as_str()).collect();
        if !positive.is_empty() && self.choices.once_in(2) {
            return self.choices.of(&positive).copied().unwrap_or_default().to_owned();
        }
        let inner = self.leaf(ty);
        let least = ty.literal(100 * i128::from(self.choices.between(1, 30)), self.lang);
        format!("{}({inner}, {least})", self.lang.word("max", "较大"))
    }

    /// A quotient of like amounts.
    fn ratio(&mut self, depth: usize) -> String {
        let ty = self.choices.of(&[Ty::Money, Ty::Points, Ty::Days, Ty::Years]).copied().unwrap_or(Ty::Money);
        let (left, right) = (self.operand(ty, depth.saturating_sub(1)), self.divisor(ty));
        format!("{left} / {right}")
    }

    /// What only amounts of one kind are made of.
    fn special(&mut self, ty: Ty, depth: usize) -> String {
        match ty {
            Ty::Money if self.choices.once_in(2) => {
                format!("{} * {}", self.operand(Ty::PerDay, depth), self.operand(Ty::Days, depth))
            }
            Ty::Money => format!("{} * {}", self.operand(Ty::Points, depth), self.operand(Ty::PerPoint, depth)),
            Ty::PerPoint => format!("{} / {}", self.operand(Ty::Money, depth), self.divisor(Ty::Points)),
            Ty::PerDay => format!("{} / {}", self.operand(Ty::Money, depth), self.divisor(Ty::Days)),
            Ty::Points => format!("{} / {}", self.operand(Ty::Money, depth), self.positive_literal(Ty::PerPoint)),
            Ty::Days | Ty::Months | Ty::Years => {
                let unit = match ty {
                    Ty::Days => self.lang.word("days", "天数"),
                    Ty::Months => self.lang.word("months", "月数"),
                    _ => self.lang.word("years", "年数"),
                };
                let (from, to) = (self.date(depth.min(1)), self.date(depth.min(1)));
                format!("({unit} {} {from} {} {to})", self.lang.word("from", "自"), self.lang.word("to", "至"))
            }
            Ty::Number => match self.choices.below(2) {
                0 => format!("(1 + {})", self.operand(Ty::Rate, depth.min(1))),
                _ => format!("(1 - {})", self.operand(Ty::Rate, depth.min(1))),
            },
            Ty::Rate => match self.choices.below(2) {
                0 => format!("{}({}, {})", self.word([("min", "较小"), ("max", "较大")]), self.ratio(depth), {
                    self.expr(Ty::Rate, depth)
                }),
                _ => format!("{} * {}", self.operand(Ty::Rate, depth), self.operand(Ty::Rate, depth)),
            },
            _ => self.leaf(ty),
        }
    }

    fn positive_literal(&mut self, ty: Ty) -> String {
        let number = i128::from(self.choices.between(1, 30)) * 50;
        format!("({})", ty.literal(number, self.lang))
    }

    /// Whether keys for a look-up can be written.
    fn can_look_up(&self, table: &Table) -> bool {
        let has_code = |input: &super::scope::Input| input.ty == Ty::Code && !input.is_optional;
        let keys = || table.keys.iter();
        (table.is_total || keys().any(|key| *key == KeyTy::Code))
            && (!keys().any(|key| *key == KeyTy::Code) || self.scope.inputs.iter().any(has_code))
    }

    /// `TABLE[key, …]`
    pub(super) fn look_up(&mut self, table: &Table) -> String {
        let keys: Vec<String> = table.keys.iter().map(|key| self.key(*key)).collect();
        format!("{}[{}]", table.name, keys.join(", "))
    }

    /// Something to look up with.
    pub(super) fn key(&mut self, key: KeyTy) -> String {
        match key {
            KeyTy::Enum(at) => self.name_or_literal(Ty::Enum(at)),
            KeyTy::Bool => self.name_or_literal(Ty::Bool),
            KeyTy::Range(ty) => self.name_or_literal(ty),
            KeyTy::Code => self.code(),
        }
    }

    /// An input that is a code.
    pub(super) fn code(&mut self) -> String {
        let is_code = |input: &&super::scope::Input| {
            input.ty == Ty::Code && (!input.is_optional || self.known.contains(&input.name))
        };
        let inputs: Vec<&str> = self.scope.inputs.iter().filter(is_code).map(|input| input.name.as_str()).collect();
        self.choices.of(&inputs).copied().unwrap_or_default().to_owned()
    }

    fn name_or_literal(&mut self, ty: Ty) -> String {
        let names = self.scope.names_of(ty, &self.known);
        match self.choices.of(&names) {
            Some(name) => (*name).to_owned(),
            None => self.literal(ty),
        }
    }
}
