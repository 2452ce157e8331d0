//! Expressions for a grain.

use super::grains::{Grain, Spread};
use super::{Maker, Reach, Ty};
use crate::policies::choices::Choices;

/// Writes an expression that can be computed for a grain, and takes note of what it reads.
pub(super) struct Writer<'m, 'c, 'n> {
    pub(super) maker: &'m Maker,
    pub(super) choices: &'c mut Choices<'n>,
    pub(super) grain: Grain,
    pub(super) spread: Spread,
    /// More that can be read here, such as fields of a link.
    pub(super) more: Vec<(String, Ty, Spread)>,
}

impl Maker {
    pub(super) fn writer<'m, 'c, 'n>(&'m self, choices: &'c mut Choices<'n>, grain: &Grain) -> Writer<'m, 'c, 'n> {
        Writer { maker: self, choices, grain: grain.clone(), spread: Spread::default(), more: Vec::new() }
    }

    /// What can be read at a grain.
    pub(super) fn operands(&self, ty: Ty, grain: &Grain) -> Vec<(String, Spread)> {
        let mut all = Vec::new();
        for (at, input) in self.inputs.iter().enumerate() {
            if input.ty == ty && !input.is_optional {
                all.push((input.name.to_owned(), Spread::column(at)));
            }
        }
        let values = self.values.iter().filter(|value| value.ty == ty && !value.is_maybe && !value.is_open);
        all.extend(values.map(|value| (value.name.clone(), value.spread.clone())));
        all.retain(|(_, spread)| self.grains.fits(spread, grain));
        all
    }
}

impl Writer<'_, '_, '_> {
    fn reads(&mut self, spread: &Spread) {
        self.maker.grains.join(&mut self.spread, spread);
    }

    pub(super) fn expr(&mut self, ty: Ty, depth: usize) -> String {
        match ty {
            Ty::Money | Ty::Points => self.amount(ty, depth),
            Ty::Number => self.number(depth),
            Ty::Rate => self.rate(depth),
            Ty::Bool => self.condition(depth),
            Ty::Date | Ty::Level | Ty::Kind | Ty::Text => self.leaf(ty),
        }
    }

    pub(super) fn leaf(&mut self, ty: Ty) -> String {
        let mut names = self.maker.operands(ty, &self.grain);
        // The newest are the most interesting.
        names.reverse();
        let more =
            self.more.iter().filter(|(_, of, _)| *of == ty).map(|(name, _, spread)| (name.clone(), spread.clone()));
        let more: Vec<(String, Spread)> = more.collect();
        let chosen = match self.choices.weighted(&[6 * names.len().min(1), 8 * more.len().min(1), 1]) {
            0 if !names.is_empty() => self.choices.of(&names).cloned(),
            1 if !more.is_empty() => self.choices.of(&more).cloned(),
            _ => None,
        };
        match chosen {
            Some((name, spread)) => {
                self.reads(&spread);
                name
            }
            None => self.literal(ty),
        }
    }

    fn literal(&mut self, ty: Ty) -> String {
        let words: &[&'static str] = match ty {
            Ty::Money => &["1 yuan", "0 yuan", "0.01 yuan", "100 yuan", "(-3 yuan)"],
            Ty::Points => &["1 point", "0.5 points", "0 points"],
            Ty::Number => &["1", "0", "3"],
            Ty::Rate => &["50%", "33.33%", "0%", "110%"],
            Ty::Bool => &["true", "false"],
            Ty::Date => &["2022-07-01", "2023-01-01"],
            Ty::Level => &["mid", "top"],
            Ty::Kind => &["ka", "kb"],
            Ty::Text => &["\"A\"", "\"B\"", "\"H1\"", "\"Z\""],
        };
        self.choices.word(words).to_owned()
    }

    fn operand(&mut self, ty: Ty, depth: usize) -> String {
        if depth == 0 { self.leaf(ty) } else { format!("({})", self.expr(ty, depth - 1)) }
    }

    fn amount(&mut self, ty: Ty, depth: usize) -> String {
        if depth == 0 {
            return self.leaf(ty);
        }
        let deeper = depth - 1;
        let unit = if ty == Ty::Money { "yuan" } else { "points" };
        match self.choices.weighted(&[4, 3, 3, 2, 3, 2, 1, 1, 6, 2]) {
            0 => self.leaf(ty),
            1 => self.look_up(ty).unwrap_or_else(|| self.leaf(ty)),
            2 => {
                let sign = self.choices.word(&["+", "-"]);
                format!("{} {sign} {}", self.operand(ty, deeper), self.operand(ty, deeper))
            }
            3 => {
                let function = self.choices.word(&["max", "min"]);
                format!("{function}({}, {})", self.expr(ty, deeper), self.expr(ty, deeper))
            }
            4 => format!("{} * {}", self.operand(Ty::Rate, deeper.min(1)), self.operand(ty, deeper)),
            5 => {
                let each = self.choices.word(&["2", "0.5", "1.25"]);
                format!("{} * {each} {unit}", self.operand(Ty::Number, deeper))
            }
            6 if ty == Ty::Money => format!("{} * 1.5 yuan per point", self.operand(Ty::Points, deeper)),
            7 => {
                let step = self.choices.word(&["1", "0.1", "0.05"]);
                format!("round({} half up to {step} {unit})", self.expr(ty, deeper))
            }
            8 => self.aggregate(ty).unwrap_or_else(|| self.leaf(ty)),
            9 => {
                let (amount, number) = (self.operand(ty, deeper), self.operand(Ty::Number, deeper));
                format!("round({amount} / max({number}, 1) half even to 0.01 {unit})")
            }
            _ => format!("clamp({}, 0 {unit}, 50 {unit})", self.expr(ty, deeper)),
        }
    }

    fn number(&mut self, depth: usize) -> String {
        if depth == 0 {
            return self.leaf(Ty::Number);
        }
        match self.choices.below(4) {
            1 => format!("{} + {}", self.operand(Ty::Number, depth - 1), self.operand(Ty::Number, depth - 1)),
            2 => self.aggregate(Ty::Number).unwrap_or_else(|| self.leaf(Ty::Number)),
            3 => format!("max({}, {})", self.leaf(Ty::Number), self.expr(Ty::Number, depth - 1)),
            _ => self.leaf(Ty::Number),
        }
    }

    fn rate(&mut self, depth: usize) -> String {
        match self.choices.below(4) {
            1 => self.look_up(Ty::Rate).unwrap_or_else(|| self.literal(Ty::Rate)),
            2 if depth > 0 => {
                let (part, whole) = (self.operand(Ty::Money, depth - 1), self.operand(Ty::Money, depth - 1));
                format!("round(clamp({part} / max({whole}, 1 yuan), 0%, 200%) half up to 0.01%)")
            }
            _ => self.leaf(Ty::Rate),
        }
    }

    pub(super) fn condition(&mut self, depth: usize) -> String {
        if depth > 1 && self.choices.once_in(3) {
            let word = self.choices.word(&["and", "or"]);
            return format!("({}) {word} ({})", self.condition(depth - 1), self.condition(depth - 1));
        }
        let mut types = vec![Ty::Money, Ty::Number, Ty::Points, Ty::Level, Ty::Kind, Ty::Text, Ty::Bool];
        types.extend(self.maker.is_dated.then_some(Ty::Date));
        let ty = self.choices.of(&types).copied().unwrap_or(Ty::Money);
        let mut left = self.named(ty).map(|left| (left, ty));
        if left.is_none() {
            left = self.named(Ty::Money).map(|left| (left, Ty::Money));
        }
        let Some((left, ty)) = left else { return self.literal(Ty::Bool) };
        match ty {
            Ty::Bool => left,
            Ty::Level | Ty::Kind => format!("{left} is {}", self.literal(ty)),
            Ty::Text => format!("{left} {} {}", self.choices.word(&["==", "!="]), self.literal(ty)),
            _ => {
                let sign = self.choices.word(&["<", "<=", ">"]);
                let right = if self.choices.once_in(2) { self.operand(ty, 0) } else { self.literal(ty) };
                let right = match ty {
                    _ if right != left && right.starts_with(char::is_alphabetic) => right,
                    Ty::Money => "0.02 yuan".into(),
                    Ty::Points => "0.5 points".into(),
                    Ty::Number => "1".into(),
                    _ => "2022-07-01".into(),
                };
                format!("{left} {sign} {right}")
            }
        }
    }

    /// Something that is no constant.
    fn named(&mut self, ty: Ty) -> Option<String> {
        let mut names = self.maker.operands(ty, &self.grain);
        names.retain(|(name, _)| name != "fund");
        names.extend(
            self.more.iter().filter(|(_, of, _)| *of == ty).map(|(name, _, spread)| (name.clone(), spread.clone())),
        );
        names.reverse();
        let (name, spread) = self.choices.of(&names).cloned()?;
        self.reads(&spread);
        Some(name)
    }

    fn look_up(&mut self, ty: Ty) -> Option<String> {
        let maker = self.maker;
        let mut fitting = Vec::new();
        for table in maker.tables.iter().filter(|table| table.ty == ty) {
            for key in &table.keys {
                let mut spread = Spread::column(*key);
                spread.reads.extend(maker.grains.date.filter(|_| table.has_versions));
                if maker.grains.fits(&spread, &self.grain) {
                    fitting.push((table.name, *key, spread));
                }
            }
        }
        let (name, key, spread) = self.choices.of(&fitting)?.clone();
        self.reads(&spread);
        Some(format!("{name}[{}]", maker.inputs.get(key)?.name))
    }

    /// `sum x per hospital`
    pub(super) fn aggregate(&mut self, ty: Ty) -> Option<String> {
        if self.maker.reach == Reach::Earlier {
            return None;
        }
        let maker = self.maker;
        let mut grain = maker.some_grain(self.choices);
        if !maker.grains.is_coarser(&grain, &self.grain) {
            // The group itself, or everything.
            grain = if self.grain.is_row || self.grain.keys.len() + 1 == maker.inputs.len() || self.choices.once_in(3) {
                Grain {
                    keys: maker.input("person").filter(|_| maker.reach == Reach::Person).into_iter().collect(),
                    ..Grain::default()
                }
            } else {
                self.grain.clone()
            };
        }
        if !maker.grains.is_coarser(&grain, &self.grain) || grain.is_row {
            return None;
        }
        let per = maker.per(&grain, false);
        let text = if ty == Ty::Number && self.choices.once_in(2) {
            if grain == maker.grains.claim || per.is_empty() {
                return None;
            }
            let is_of_claims = maker.grains.is_coarser(&grain, &maker.grains.claim);
            let is_lines = maker.has_lines && (!is_of_claims || self.choices.once_in(2));
            let mut of = if is_lines { "lines" } else { "claims" }.to_owned();
            if self.choices.once_in(3) {
                let keys: Vec<usize> = (0..maker.inputs.len())
                    .filter(|at| maker.is_key(*at) && !maker.grains.determines(&grain, *at))
                    .collect();
                of = maker.inputs.get(*self.choices.of(&keys)?)?.name.to_owned();
            } else if self.choices.once_in(3) {
                let finest = if of == "lines" { Grain::row() } else { maker.grains.claim.clone() };
                of = format!("({of} when {})", maker.writer(self.choices, &finest).condition(1));
            }
            format!("count {of}{per}")
        } else {
            let finer = |spread: &Spread| {
                let own = maker.grains.of(spread);
                own != grain && maker.grains.is_coarser(&grain, &own)
            };
            let mut all = maker.operands(ty, &Grain::row());
            all.retain(|(_, spread)| finer(spread));
            all.reverse();
            let (name, spread) = self.choices.of(&all).cloned()?;
            let own = maker.grains.of(&spread);
            let function = if per.is_empty() { "total" } else { self.choices.word(&["sum", "max", "min", "sum"]) };
            let is_sum = matches!(function, "sum" | "total");
            if is_sum && self.choices.once_in(3) {
                let condition = maker.writer(self.choices, &own).condition(1);
                format!("{function} ({name} when {condition}){per}")
            } else {
                format!("{function} {name}{per}")
            }
        };
        self.reads(&Spread::at(grain));
        Some(format!("({text})"))
    }
}
