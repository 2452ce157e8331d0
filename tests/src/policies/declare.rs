//! The header, enums, inputs, and parameters without keys.

use super::Maker;
use super::amounts::MODES;
use super::choices::Choices;
use super::scope::{Input, Named};
use super::types::{AMOUNTS, Lang, Ty, day};

/// Ranges of inputs in hundredths; of the first one is the simplest.
fn ranges(ty: Ty) -> &'static [(i128, i128)] {
    const WIDE: i128 = 10_i128.pow(18);
    match ty {
        Ty::Money => &[
            (0, 1_000_000),
            (0, 1_000_000_000),
            (-100_000_000, 100_000_000),
            (0, 100_000_000_000_000),
            (1, 5),
            (700, 700),
            (-9 * WIDE, 9 * WIDE),
            (-10_000 * WIDE, 10_000 * WIDE),
            (-WIDE * WIDE / 10_000, WIDE * WIDE / 10_000),
        ],
        Ty::Rate | Ty::Ratio => &[(0, 10_000), (0, 1_000), (-5_000, 15_000), (1, 10_000)],
        Ty::Pp => &[(0, 2_000), (-1_000, 1_000)],
        Ty::Points => &[(0, 100_000), (1, 50_000)],
        Ty::Number => &[(0, 10_000), (0, 100_000_000), (100, 1_200), (50, 150)],
        Ty::Days => &[(0, 36_600), (-3_000, 3_000), (100, 9_000)],
        Ty::Months => &[(0, 2_400), (-1_200, 1_200)],
        Ty::Years => &[(0, 12_000), (100, 500)],
        _ => &[(0, 100_000), (100, 2_000)],
    }
}

/// The first and the last month in force, counted from January 1990.
const IN_FORCE: (i64, i64) = (384, 419);

impl Maker {
    pub(super) fn header(&mut self, choices: &mut Choices<'_>) {
        self.text.push("policy made.up".into());
        let lang = Lang::En;
        let (mode, step) = {
            let mut writer = self.writer(choices, lang);
            (writer.word(MODES), writer.choices.word(Ty::Money.steps()))
        };
        self.text.push(format!("round {mode} to {step} yuan"));
        self.scope.rounded.push(Ty::Money);
        for ty in [Ty::Points, Ty::Rate, Ty::Number, Ty::PerPoint, Ty::Days] {
            if choices.once_in(3) {
                let rounding = self.writer(choices, lang).rounding(ty);
                self.text.push(format!("round {rounding}"));
                self.scope.rounded.push(ty);
                if ty == Ty::Rate {
                    self.scope.rounded.push(Ty::Ratio);
                }
            }
        }
        self.text.push("input i: money from 0 yuan to 1_000_000 yuan".into());
        let (ty, low, high) = (Ty::Money, 0, 100_000_000);
        self.scope.inputs.push(Input { name: "i".into(), ty, is_optional: false, low, high });
        if choices.once_in(2) {
            return;
        }
        let ends = choices.once_in(2);
        let (first, last) = IN_FORCE;
        let to = if ends { format!(" to {}", day(last, 28)) } else { String::new() };
        self.text.push(format!("in force from {}{to}\ninput day: date\ndated by day", day(first, 1)));
        self.scope.is_dated = true;
        let (low, high) = (first.into(), if ends { last.into() } else { 470 });
        self.scope.inputs.push(Input { name: "day".into(), ty: Ty::Date, is_optional: false, low, high });
    }

    pub(super) fn add_enum(&mut self, choices: &mut Choices<'_>, lang: Lang) {
        let at = self.scope.enums.len();
        let values: Vec<String> = (0..2 + choices.below(4)).map(|value| format!("v{at}_{value}")).collect();
        let labelled = values.iter().enumerate().map(|(place, value)| match place {
            1 => format!("{value} \"第二\" / \"Second\""),
            _ => value.clone(),
        });
        let item = format!("{} e{at} = {}", lang.word("enum", "枚举"), labelled.collect::<Vec<_>>().join(" | "));
        self.text.push(item);
        self.scope.enums.push(values);
    }

    pub(super) fn input(&mut self, choices: &mut Choices<'_>, lang: Lang) {
        let ty = self.input_type(choices);
        let name = self.scope.name("i", "入", lang);
        let is_optional = choices.once_in(4);
        let optional = if is_optional { lang.word(" optional", " 可缺") } else { "" };
        let (mut low, mut high) = (0, 0);
        let mut ty_name = ty.name(lang, &self.scope.enums);
        let mut range = String::new();
        if ty == Ty::Date {
            (low, high) = (0, 480);
            if choices.once_in(2) {
                let (first, last) = (choices.between(0, 400), choices.between(401, 480));
                (low, high) = (first.into(), last.into());
                range = between(&day(first, 1), &day(last, 28), lang);
            }
        } else if ty.is_amount() {
            (low, high) = choices.of(ranges(ty)).copied().unwrap_or_default();
            if ty == Ty::Number && low % 100 == 0 && high % 100 == 0 && choices.once_in(2) {
                ty_name = lang.word("count", "个数").to_owned();
            } else if choices.once_in(6) {
                ty_name += match ty {
                    Ty::Money => lang.word(" step 0.0001", " 步长 0.0001"),
                    Ty::Rate => lang.word(" step 0.01%", " 步长 0.01%"),
                    Ty::Points => lang.word(" step 0.001 point", " 步长 0.001点"),
                    _ => "",
                };
            }
            range = between(&ty.literal(low, lang), &ty.literal(high, lang), lang);
            if matches!(ty, Ty::Rate | Ty::Pp) && (low, high) == (0, 10_000) && choices.once_in(2) {
                range.clear();
            }
        }
        let label = if choices.once_in(5) { " \"标签\" / \"Label\"" } else { "" };
        let word = if choices.once_in(6) { ("key", "主键") } else { ("input", "输入") };
        let item = format!("{} {name}: {ty_name}{optional}{range}{label}", lang.word(word.0, word.1));
        self.push(choices, lang, item);
        self.scope.inputs.push(Input { name, ty, is_optional, low, high });
    }

    fn input_type(&mut self, choices: &mut Choices<'_>) -> Ty {
        match choices.weighted(&[8, 6, 4, 5, 4, 4]) {
            0 => Ty::Money,
            1 => loop {
                let ty = choices.of(&AMOUNTS).copied().unwrap_or(Ty::Money);
                if ty != Ty::Ratio {
                    break ty;
                }
            },
            2 => Ty::Bool,
            3 => {
                if self.scope.enums.is_empty() {
                    self.add_enum(choices, Lang::En);
                }
                Ty::Enum(choices.below(self.scope.enums.len()))
            }
            4 => Ty::Date,
            _ => Ty::Code,
        }
    }

    pub(super) fn parameter(&mut self, choices: &mut Choices<'_>, lang: Lang) {
        match choices.weighted(&[2, 2, 2, 6]) {
            0 => self.constant(choices, lang, false),
            1 if self.scope.is_dated => self.constant(choices, lang, true),
            2 => self.required(choices, lang),
            _ => self.table(choices, lang),
        }
    }

    fn constant(&mut self, choices: &mut Choices<'_>, lang: Lang, is_dated: bool) {
        let ty = self.declared_type(choices);
        let name = self.scope.name("c", "常", lang);
        let mut writer = self.writer(choices, lang);
        let value = if is_dated {
            let (one, other) = (writer.cell(ty), writer.cell(ty));
            let from = lang.word("from", "自");
            format!("\n  {from} 2021-07-01: {one}\n  {from} 2023-01-01: {other}")
        } else {
            format!(" = {}", writer.cell(ty))
        };
        let ty_name = ty.name(lang, &self.scope.enums);
        self.push(choices, lang, format!("{} {name}: {ty_name}{value}", lang.word("param", "参数")));
        self.scope.constants.push(Named { name, ty });
    }

    fn required(&mut self, choices: &mut Choices<'_>, lang: Lang) {
        let ty = self.declared_type(choices);
        let name = self.scope.name("r", "待", lang);
        let range = if ty.is_amount() {
            let (low, high) = ranges(ty).first().copied().unwrap_or_default();
            between(&ty.literal(low, lang), &ty.literal(high, lang), lang)
        } else {
            String::new()
        };
        let (param, required) = (lang.word("param", "参数"), lang.word("required", "待定"));
        let ty_name = ty.name(lang, &self.scope.enums);
        self.push(choices, lang, format!("{param} {name}: {ty_name}{range} = {required}"));
        self.scope.constants.push(Named { name, ty });
    }

    /// A type that a parameter can have.
    pub(super) fn declared_type(&self, choices: &mut Choices<'_>) -> Ty {
        match self.some_type(choices) {
            Ty::Ratio => Ty::Rate,
            ty => ty,
        }
    }
}

/// ` from LOW to HIGH`
pub(super) fn between(low: &str, high: &str, lang: Lang) -> String {
    format!(" {} {low} {} {high}", lang.word("from", "自"), lang.word("to", "至"))
}
