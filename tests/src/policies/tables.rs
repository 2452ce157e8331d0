//! Tables by enums, codes, bools, dates and ranges of numbers, with versions by date.

use super::Maker;
use super::choices::Choices;
use super::declare::between;
use super::scope::{CODES, KeyTy, Table};
use super::types::{Lang, Ty};
use super::writer::Writer;

/// Types whose ranges can be keys.
const RANGES: [Ty; 8] = [Ty::Money, Ty::Years, Ty::Number, Ty::Rate, Ty::Points, Ty::Days, Ty::Date, Ty::Months];

/// The most cells of a version.
const CELLS: usize = 24;

impl Maker {
    pub(super) fn table(&mut self, choices: &mut Choices<'_>, lang: Lang) {
        let ty = self.declared_type(choices);
        let name = self.scope.name("t", "表", lang);
        if choices.once_in(5) && !self.scope.enums.is_empty() {
            return self.required_table(choices, lang, ty, name);
        }
        let mut keys: Vec<KeyTy> = Vec::new();
        // By key: how it is written, for every row.
        let mut parts: Vec<Vec<String>> = Vec::new();
        for _ in 0..1 + choices.weighted(&[5, 2, 1]) {
            let key = self.some_key(choices);
            let written = self.writer(choices, lang).key_parts(key);
            if parts.iter().map(Vec::len).product::<usize>() * written.len() <= CELLS {
                keys.push(key);
                parts.push(written);
            }
        }
        let has_hole = keys.len() == 1 && matches!(keys.first(), Some(KeyTy::Enum(_))) && choices.once_in(5);
        if let (true, Some(values)) = (has_hole, parts.first_mut()) {
            values.truncate(values.len() - 1);
        }
        let versions: &[&str] =
            if self.scope.is_dated && choices.once_in(3) { &["2021-07-01", "2022-11-30", "2024-02-29"] } else { &[""] };
        let mut text = String::new();
        for version in versions {
            let mut rows: Vec<String> = vec![String::new()];
            for part in &parts {
                rows = rows.iter().flat_map(|row| part.iter().map(move |key| format!("{row}{key} "))).collect();
            }
            let mut writer = self.writer(choices, lang);
            let cells: Vec<String> = rows.iter().map(|row| format!("{row}{}", writer.cell(ty))).collect();
            let from = lang.word("from", "自");
            let head = if version.is_empty() { " =".to_owned() } else { format!("\n  {from} {version}:") };
            text += &format!("{head} {}", cells.join(", "));
        }
        let words: Vec<String> = keys.iter().map(|key| self.key_word(*key, lang)).collect();
        let (param, by) = (lang.word("param", "参数"), lang.word("by", "按"));
        let ty_name = ty.name(lang, &self.scope.enums);
        self.push(choices, lang, format!("{param} {name} {by} {}: {ty_name}{text}", words.join(", ")));
        let is_total = !has_hole && !keys.contains(&KeyTy::Code);
        self.scope.tables.push(Table { name, ty, keys, is_total });
    }

    fn required_table(&mut self, choices: &mut Choices<'_>, lang: Lang, ty: Ty, name: String) {
        let at = choices.below(self.scope.enums.len());
        let (param, by, required) = (lang.word("param", "参数"), lang.word("by", "按"), lang.word("required", "待定"));
        let range = match ty {
            Ty::Money | Ty::Points | Ty::PerPoint | Ty::PerDay | Ty::Number => {
                between(&ty.literal(0, lang), &ty.literal(100_000, lang), lang)
            }
            _ => String::new(),
        };
        let ty_name = ty.name(lang, &self.scope.enums);
        self.push(choices, lang, format!("{param} {name} {by} e{at}: {ty_name}{range} = {required}"));
        let keys = vec![KeyTy::Enum(at)];
        self.scope.tables.push(Table { name, ty, keys, is_total: true });
    }

    fn some_key(&self, choices: &mut Choices<'_>) -> KeyTy {
        let enums = self.scope.enums.len();
        match choices.weighted(&[4, 4, 2, 3]) {
            0 if enums > 0 => KeyTy::Enum(choices.below(enums)),
            2 => KeyTy::Bool,
            3 => KeyTy::Code,
            _ => KeyTy::Range(choices.of(&RANGES).copied().unwrap_or(Ty::Money)),
        }
    }

    fn key_word(&self, key: KeyTy, lang: Lang) -> String {
        match key {
            KeyTy::Enum(at) => format!("e{at}"),
            KeyTy::Bool => lang.word("bool", "是否").to_owned(),
            KeyTy::Code => lang.word("code", "编码").to_owned(),
            KeyTy::Range(ty) => ty.name(lang, &self.scope.enums),
        }
    }
}

impl Writer<'_, '_> {
    /// A value of a parameter.
    pub(super) fn cell(&mut self, ty: Ty) -> String {
        match ty {
            Ty::Rate | Ty::Pp => {
                let hundredths = self.choices.between(0, 10_000).into();
                ty.literal(hundredths, self.lang)
            }
            Ty::Date => self.day(),
            Ty::Bool | Ty::Enum(_) => self.literal(ty),
            _ => {
                let hundredths = self.number(ty);
                ty.literal(hundredths, self.lang)
            }
        }
    }

    /// All rows of a key.
    fn key_parts(&mut self, key: KeyTy) -> Vec<String> {
        match key {
            KeyTy::Enum(at) => self.scope.enums.get(at).cloned().unwrap_or_default(),
            KeyTy::Bool => vec![self.lang.word("true", "是").to_owned(), self.lang.word("false", "否").to_owned()],
            KeyTy::Code => CODES.iter().take(2 + self.choices.below(3)).map(|code| format!("\"{code}\"")).collect(),
            KeyTy::Range(ty) => {
                let bounds = self.bounds(ty, 3);
                let ends: Vec<&str> = bounds.iter().map(|_| self.choices.word(&["..<", "..="])).collect();
                let lows = std::iter::once(String::new()).chain(bounds.iter().cloned());
                let highs = ends.iter().zip(&bounds).map(|(dots, bound)| format!("{dots}{bound}"));
                lows.zip(highs.chain(std::iter::once("..".to_owned()))).map(|(low, high)| low + &high).collect()
            }
        }
    }

    /// Different bounds of rows, ascending; at least one.
    pub(super) fn bounds(&mut self, ty: Ty, most: usize) -> Vec<String> {
        let count = 1 + self.choices.below(most);
        if ty == Ty::Date {
            let mut days: Vec<String> = (0..count).map(|_| self.day()).collect();
            days.sort();
            days.dedup();
            return days;
        }
        let mut numbers: Vec<i128> = (0..count).map(|_| self.number(ty)).collect();
        numbers.sort_unstable();
        numbers.dedup();
        numbers.into_iter().map(|number| ty.literal(number, self.lang)).collect()
    }
}
