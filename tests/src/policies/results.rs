//! What a policy gives: outputs, indicators, invariants.

use super::Maker;
use super::choices::Choices;
use super::scope::Value;
use super::types::{AMOUNTS, Lang, Ty};

impl Maker {
    /// Everything that is defined is an output; what would be inexact says how it is rounded.
    pub(super) fn outputs(&mut self) {
        if self.scope.values.is_empty() {
            self.text.push("d = i".into());
            self.scope.define("d".into(), Ty::Money, false);
        }
        let column = |value: &Value| {
            let is_declared = self.scope.rounded.contains(&value.ty) || value.is_rounded || value.is_part;
            if is_declared || !value.ty.is_amount() {
                return value.name.clone();
            }
            let unit = value.ty.unit(Lang::En);
            format!("{} round half even to 0.01{unit}", value.name)
        };
        let columns: Vec<String> = self.scope.values.iter().map(column).collect();
        for some in columns.chunks(4) {
            self.text.push(format!("output {}", some.join(", ")));
        }
    }

    /// `check name = value >= target`
    pub(super) fn indicator(&mut self, choices: &mut Choices<'_>, lang: Lang) {
        let name = self.scope.name("k", "标", lang);
        let inputs = self.scope.inputs.iter().filter(|input| {
            !input.is_optional
                && input.low >= 0
                && input.high > 0
                && matches!(input.ty, Ty::Money | Ty::Number | Ty::Days)
        });
        let inputs: Vec<(String, Ty)> = inputs.map(|input| (input.name.clone(), input.ty)).collect();
        let guard = choices.of(&inputs).cloned().filter(|_| choices.once_in(2));
        let mut writer = self.writer(choices, lang);
        let (value, ty) = match &guard {
            Some((input, ty)) => (format!("{} / {input}", writer.operand(*ty, 1)), Ty::Ratio),
            None => {
                let ty = writer.choices.of(&AMOUNTS).copied().unwrap_or(Ty::Money);
                (writer.expr(ty, 2), ty)
            }
        };
        let (comparison, target) = (writer.comparison(), writer.literal(ty));
        let mut text = format!("{} {name} = {value} {comparison} {target}", lang.word("check", "指标"));
        if writer.choices.once_in(2) {
            let severity = writer.word([("target", "目标"), ("warning", "预警")]);
            text += &format!(" {} {severity}", lang.word("severity", "程度"));
        }
        if let Some((input, ty)) = guard {
            text += &format!("\n  {} {input} > {}", lang.word("when", "当"), ty.literal(0, lang));
        } else if writer.choices.once_in(4) {
            text += &format!("\n  {} {}", lang.word("when", "当"), writer.atom());
        }
        self.push(choices, lang, text);
    }

    /// Something that holds for all claims.
    pub(super) fn invariant(&mut self, choices: &mut Choices<'_>, lang: Lang) {
        let whole = choices.of(&self.scope.wholes).cloned();
        let mut writer = self.writer(choices, lang);
        let ty = writer.choices.of(&[Ty::Money, Ty::Points, Ty::Days, Ty::Number]).copied().unwrap_or(Ty::Money);
        let (max, min) = (lang.word("max", "较大"), lang.word("min", "较小"));
        let mut text = match writer.choices.below(5) {
            0 => match whole {
                Some((parts, subject)) => format!("{parts} == {subject}"),
                None => "i >= 0".to_owned() + Ty::Money.unit(lang),
            },
            1 => {
                let (one, other) = (writer.operand(ty, 1), writer.operand(ty, 1));
                format!("{max}({one}, {other}) >= {one}")
            }
            2 => {
                let (one, other) = (writer.operand(ty, 1), writer.operand(ty, 1));
                format!("{min}({one}, {other}) <= {other}")
            }
            3 => {
                let condition = writer.condition(1);
                format!("{} ({condition} {} {} ({condition}))", lang.word("not", "非"), lang.word("and", "且"), {
                    lang.word("not", "非")
                })
            }
            _ => {
                let one = writer.operand(ty, 1);
                format!("{one} == {one}")
            }
        };
        if writer.choices.once_in(3) {
            text += &format!(" {} {}", lang.word("when", "当"), writer.atom());
        }
        self.push(choices, lang, format!("{} {text}", lang.word("always", "恒有")));
    }
}
