//! Ladders: tiers that split or give one share, bands, ladders with a name, all with versions by date.

use super::Maker;
use super::choices::Choices;
use super::scope::{Schedule, Value};
use super::types::{Lang, Ty, decimal};
use super::writer::Writer;

/// Versions of a ladder; the first is older than any claim.
const VERSIONS: [&str; 2] = ["2021-07-01", "2023-03-31"];

/// The least and the greatest value of a subject.
type Ends = (String, String);

impl Maker {
    /// `subject tier bounds -> shares`
    pub(super) fn tiers(&mut self, choices: &mut Choices<'_>, lang: Lang) {
        let ty = choices.of(&[Ty::Money, Ty::Money, Ty::Points, Ty::Number, Ty::Days, Ty::Rate, Ty::Pp]).copied();
        let ty = ty.unwrap_or(Ty::Money);
        let splits = self.scope.rounded.contains(&ty) && choices.once_in(2);
        let columns = if splits { 2 + choices.below(2) } else { 1 };
        let (subject, unit, ends) = self.subject(choices, lang, ty);
        let names: Vec<String> = (0..columns).map(|_| self.scope.name("s", "份", lang)).collect();
        let per_point = ty == Ty::Points && columns == 1 && choices.once_in(2);
        for version in self.versions(choices) {
            let mut writer = self.writer(choices, lang);
            let rows = writer.tier_rows(unit, ends.as_ref());
            let mut text = Vec::new();
            for bounds in rows {
                let shares = if per_point {
                    vec![Ty::PerPoint.literal(writer.number(Ty::PerPoint), lang)]
                } else {
                    writer.shares(columns)
                };
                let shares = names.iter().zip(shares).map(|(name, share)| format!("{name} {share}"));
                let shares = shares.collect::<Vec<_>>().join(", ");
                text.push(format!(
                    "{subject} {} {bounds} -> {shares}{}",
                    lang.word("tier", "分档"),
                    from(version, lang)
                ));
            }
            self.text.extend(text);
        }
        // Rates cannot be added up.
        if splits && ty != Ty::Rate {
            self.scope.wholes.push((names.join(" + "), subject.clone()));
        }
        self.scope.subjects.push(subject);
        let column = match ty {
            Ty::Points if per_point => Ty::Money,
            ty => ty,
        };
        let values = names.into_iter().map(|name| Value { name, ty: column, is_rounded: false, is_part: splits });
        self.scope.values.extend(values);
    }

    /// What a ladder stands on, the unit of its bounds, and the ends of its range if it has any.
    fn subject(&mut self, choices: &mut Choices<'_>, lang: Lang, ty: Ty) -> (String, Ty, Option<Ends>) {
        let name = self.scope.name("x", "额", lang);
        let mut writer = self.writer(choices, lang);
        if ty != Ty::Ratio && writer.choices.once_in(6) {
            let (inner, low) = (writer.expr(ty, 2), writer.number(ty).min(0));
            // Tiers begin at nothing.
            let high = 100 * i128::from(writer.choices.between(2, 2_000));
            let (low, high) = (ty.literal(low, lang), ty.literal(high, lang));
            // Rounded to a coarser step as an output, it could leave its range.
            let (clamp, round) = (lang.word("clamp", "限于"), lang.word("round half up to", "取整 四舍五入 到"));
            let item = format!("{name} = {clamp}({inner}, {low}, {high}) {round} 0.01{}", ty.unit(lang));
            self.push(choices, lang, item);
            self.scope.define(name.clone(), ty, true);
            return (name, ty, Some((low, high)));
        }
        let body = writer.expr(ty, 2);
        let mut item = format!("{name} = {body}");
        let mut unit = ty;
        // Nothing is a share of a quotient.
        if ty != Ty::Ratio && writer.choices.once_in(2) {
            let (max, base) = (lang.word("max", "较大"), writer.expr(ty, 1));
            item += &format!(" {} {max}({base}, {})", lang.word("as share of", "占"), ty.literal(0, lang));
            unit = Ty::Rate;
        }
        self.push(choices, lang, item);
        self.scope.define(name.clone(), ty, false);
        (name, unit, None)
    }

    fn versions(&self, choices: &mut Choices<'_>) -> Vec<&'static str> {
        if self.scope.is_dated && choices.once_in(4) { VERSIONS.to_vec() } else { vec![""] }
    }

    /// `subject band bounds -> name = value`
    pub(super) fn bands(&mut self, choices: &mut Choices<'_>, lang: Lang) {
        let is_date = choices.once_in(5);
        let ty = if is_date { Ty::Date } else { choices.of(&super::types::AMOUNTS).copied().unwrap_or(Ty::Money) };
        let inputs = self.scope.inputs.iter().filter(|input| input.ty == ty && !input.is_optional);
        let inputs = inputs.map(|input| &input.name).filter(|name| !self.scope.subjects.contains(name));
        let inputs: Vec<String> = inputs.cloned().collect();
        let (subject, unit, ends) = match choices.of(&inputs) {
            Some(input) if choices.once_in(2) => (input.clone(), ty, None),
            _ if is_date => {
                let name = self.scope.name("x", "额", lang);
                let body = self.writer(choices, lang).date(1);
                self.push(choices, lang, format!("{name} = {body}"));
                self.scope.define(name.clone(), ty, false);
                (name, ty, None)
            }
            _ => self.subject(choices, lang, ty),
        };
        let types: Vec<Ty> = (0..1 + choices.below(2)).map(|_| self.some_type(choices)).collect();
        let names: Vec<String> = types.iter().map(|_| self.scope.name("g", "予", lang)).collect();
        for version in self.versions(choices) {
            let mut writer = self.writer(choices, lang);
            let mut text = Vec::new();
            for bounds in writer.band_rows(unit, ends.as_ref()) {
                let grants = names.iter().zip(&types);
                let grants = grants.map(|(name, ty)| format!("{name} = {}", writer.expr(*ty, 1)));
                let grants = grants.collect::<Vec<_>>().join(", ");
                text.push(format!(
                    "{subject} {} {bounds} -> {grants}{}",
                    lang.word("band", "定档"),
                    from(version, lang)
                ));
            }
            self.text.extend(text);
        }
        self.scope.subjects.push(subject);
        for (name, ty) in names.into_iter().zip(types) {
            self.scope.define(name, ty, false);
        }
    }

    /// `ladder name on type` with its steps.
    pub(super) fn named_ladder(&mut self, choices: &mut Choices<'_>, lang: Lang) {
        let is_band = choices.once_in(2);
        let on = choices.of(&[Ty::Money, Ty::Points, Ty::Number, Ty::Days, Ty::Rate, Ty::Years]).copied();
        let on = on.unwrap_or(Ty::Money);
        let name = self.scope.name("l", "梯", lang);
        let ty = match (is_band, on) {
            (true, _) => self.some_type(choices),
            (false, Ty::Points) => Ty::Money,
            (false, on) => on,
        };
        let mut text =
            format!("{} {name} {} {}", lang.word("ladder", "阶梯"), lang.word("on", "按"), on.name(lang, &[]));
        for version in self.versions(choices) {
            text += &if version.is_empty() { String::new() } else { format!("\n {}", from(version, lang)) };
            let mut writer = self.writer(choices, lang);
            let rows = if is_band { writer.band_rows(on, None) } else { writer.tier_rows(on, None) };
            for bounds in rows {
                let (word, value) = match (is_band, on) {
                    (true, _) => (lang.word("band", "定档"), writer.expr(ty, 1)),
                    (false, Ty::Points) => {
                        (lang.word("tier", "分档"), Ty::PerPoint.literal(writer.number(Ty::PerPoint), lang))
                    }
                    _ => (lang.word("tier", "分档"), writer.shares(1).concat()),
                };
                text += &format!("\n  {word} {bounds} -> {value}");
            }
        }
        self.text.push(text);
        self.scope.schedules.push(Schedule { name, on, ty });
    }

    /// `name = row of …`
    pub(super) fn row_reached(&mut self, choices: &mut Choices<'_>, lang: Lang) {
        let name = self.scope.name("w", "档", lang);
        let word = lang.word("row of", "所在档");
        let ladder = choices.of(&self.scope.schedules).cloned();
        let subject = choices.of(&self.scope.subjects).cloned();
        let reached = match (ladder, subject) {
            (Some(ladder), _) if choices.once_in(2) => {
                format!("{}({})", ladder.name, self.writer(choices, lang).expr(ladder.on, 1))
            }
            (_, Some(subject)) => subject,
            _ => return self.definition(choices, lang),
        };
        self.push(choices, lang, format!("{name} = {word} {reached}"));
        self.scope.define(name, Ty::Row, false);
    }
}

/// ` from DATE`, or nothing.
fn from(version: &str, lang: Lang) -> String {
    if version.is_empty() { String::new() } else { format!(" {} {version}", lang.word("from", "自")) }
}

impl Writer<'_, '_> {
    /// Bounds of tiers that cover everything; between two of them it need not be said who owns the boundary.
    fn tier_rows(&mut self, unit: Ty, ends: Option<&Ends>) -> Vec<String> {
        if let Some((low, high)) = ends {
            return vec![format!("{low}..{high}")];
        }
        if self.choices.once_in(8) {
            return vec!["..".to_owned()];
        }
        let bounds = self.bounds(unit, 4);
        let dots: Vec<&str> = bounds.iter().map(|_| self.choices.word(&["..", "..", "..<", "..="])).collect();
        rows(&bounds, &dots)
    }

    fn band_rows(&mut self, unit: Ty, ends: Option<&Ends>) -> Vec<String> {
        if let Some((low, high)) = ends {
            return vec![format!("{low}..={high}")];
        }
        let bounds = self.bounds(unit, 4);
        let dots: Vec<&str> = bounds.iter().map(|_| self.choices.word(&["..<", "..="])).collect();
        rows(&bounds, &dots)
    }

    /// Parts of a whole; a single one is any rate.
    fn shares(&mut self, columns: usize) -> Vec<String> {
        if columns == 1 {
            let share = self.choices.between(-1_000, 14_000);
            return vec![format!("{}%", decimal(share.abs().into()))];
        }
        let mut left = 10_000;
        let mut shares = Vec::new();
        for column in 0..columns {
            let share = if column + 1 == columns { left } else { self.choices.between(0, left) };
            left -= share;
            shares.push(format!("{}%", decimal(share.into())));
        }
        shares
    }
}

fn rows(bounds: &[String], dots: &[&str]) -> Vec<String> {
    let lows = std::iter::once("").chain(bounds.iter().map(String::as_str));
    let highs = dots.iter().zip(bounds).map(|(dots, bound)| format!("{dots}{bound}"));
    lows.zip(highs.chain(std::iter::once("..".to_owned()))).map(|(low, high)| format!("{low}{high}")).collect()
}
