//! Values by themselves.

use super::grains::{Grain, Spread};
use super::{Maker, Ty};
use crate::policies::choices::Choices;

impl Maker {
    /// What a value is given for.
    pub(super) fn some_target(&self, choices: &mut Choices<'_>) -> Grain {
        match choices.weighted(&[4, 3, 4]) {
            0 => self.grains.claim.clone(),
            1 => Grain::row(),
            _ => self.some_grain(choices),
        }
    }

    pub(super) fn some_type(choices: &mut Choices<'_>) -> Ty {
        choices.of(&[Ty::Money, Ty::Money, Ty::Points, Ty::Number, Ty::Rate, Ty::Bool]).copied().unwrap_or(Ty::Money)
    }

    /// `v = …`
    pub(super) fn definition(&mut self, choices: &mut Choices<'_>) {
        let (target, ty) = (self.some_target(choices), Self::some_type(choices));
        let rounding = rounding(ty, choices);
        let mut writer = self.writer(choices, &target);
        let (text, spread) = (writer.expr(ty, 2), writer.spread);
        let name = self.name("v");
        self.text.push(format!("{name} = {text}{rounding}"));
        self.define(name, ty, spread);
    }

    /// `v = sum x per hospital`
    pub(super) fn aggregate_of_its_own(&mut self, choices: &mut Choices<'_>) {
        let ty = choices.of(&[Ty::Money, Ty::Number, Ty::Points]).copied().unwrap_or(Ty::Money);
        let mut writer = self.writer(choices, &Grain::row());
        let Some(text) = writer.aggregate(ty) else { return };
        let spread = writer.spread;
        let name = self.name("t");
        self.text.push(format!("{name} = {text}"));
        self.define(name, ty, spread);
    }

    /// Cases, or a value with an exception.
    pub(super) fn cases(&mut self, choices: &mut Choices<'_>) {
        let (target, ty) = (self.some_target(choices), Self::some_type(choices));
        let is_exception = choices.once_in(3);
        let optional: Vec<usize> = (0..self.inputs.len()).filter(|at| self.is_optional(*at)).collect();
        let optional = choices.of(&optional).copied().filter(|at| self.grains.determines(&target, *at));
        let optional = optional.filter(|_| choices.once_in(2));
        let mut writer = self.writer(choices, &target);
        let otherwise = writer.expr(ty, 1);
        let when = match optional.and_then(|at| Some((at, writer.maker.inputs.get(at)?))) {
            Some((at, input)) => {
                let spread = Spread::column(at);
                writer.maker.grains.join(&mut writer.spread, &spread);
                writer.more.push((input.name.to_owned(), input.ty, spread));
                format!("{} known", input.name)
            }
            None => writer.condition(2),
        };
        let then = writer.expr(ty, 2);
        let spread = writer.spread;
        let name = self.name("w");
        self.text.push(if is_exception {
            format!("{name} = {otherwise}\n  except when {when} : {then}")
        } else {
            format!("{name} =\n  when {when} : {then}\n  otherwise : {otherwise}")
        });
        self.define(name, ty, spread);
    }

    pub(super) fn is_optional(&self, at: usize) -> bool {
        self.inputs.get(at).is_some_and(|input| input.is_optional)
    }
}

/// How a value is rounded, if it is.
pub(super) fn rounding(ty: Ty, choices: &mut Choices<'_>) -> &'static str {
    if choices.once_in(2) {
        return "";
    }
    match ty {
        Ty::Money => "  round half up to 0.01 yuan",
        Ty::Points => "  round half even to 0.01 points",
        _ => "",
    }
}
