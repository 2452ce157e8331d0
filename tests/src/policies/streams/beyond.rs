//! Running values, links and splits.

use super::grains::{Grain, Spread};
use super::{Maker, Reach, Ty, Value};
use crate::policies::choices::Choices;

impl Maker {
    /// A grain that claims belong to.
    fn grain_of_claims(&self, choices: &mut Choices<'_>) -> Grain {
        let grain = self.some_grain(choices);
        let is_known = self.grains.is_coarser(&grain, &self.grains.claim) && grain != self.grains.claim;
        let is_pool = grain.keys.is_empty() && grain.period.is_none();
        match self.input("person") {
            Some(person) if !is_known || is_pool => Grain::of(person),
            _ => grain,
        }
    }

    /// `running r = sum x per person per year`
    pub(super) fn running(&mut self, choices: &mut Choices<'_>) {
        let grain = self.grain_of_claims(choices);
        let per = self.per(&grain, choices.once_in(2));
        let function = choices.word(&["sum", "count", "last", "max", "min"]);
        let claim = self.grains.claim.clone();
        let condition = choices.once_in(3).then(|| self.writer(choices, &claim).condition(1));
        let with = |of: &str| match &condition {
            Some(condition) => format!("({of} when {condition})"),
            None => of.to_owned(),
        };
        let (of, ty) = if function == "count" {
            (with("claims"), Ty::Number)
        } else {
            let types: &[Ty] = if function == "sum" {
                &[Ty::Money, Ty::Points, Ty::Number]
            } else {
                &[Ty::Money, Ty::Date, Ty::Number, Ty::Points, Ty::Level]
            };
            let ty = choices.of(types).copied().unwrap_or(Ty::Money);
            let mut all = self.operands(ty, &claim);
            all.reverse();
            let Some((name, _)) = choices.of(&all).cloned() else { return };
            (with(&name), ty)
        };
        let name = self.name("r");
        self.text.push(format!("running {name} = {function} {of}{per}"));
        let is_maybe = matches!(function, "last" | "max" | "min");
        self.values.push(Value { name, ty, spread: Spread::at(claim), is_maybe, is_open: false });
    }

    /// A running value of what depends on it.
    pub(super) fn capped(&mut self, choices: &mut Choices<'_>) {
        let grain = self.grain_of_claims(choices);
        let per = self.per(&grain, true);
        let claim = self.grains.claim.clone();
        let (before, value) = (self.name("r"), self.name("c"));
        let cap = choices.word(&["100 yuan", "0.05 yuan", "1_500 yuan"]);
        let mut writer = self.writer(choices, &claim);
        let amount = writer.expr(Ty::Money, 2);
        let condition =
            if writer.choices.once_in(3) { format!(" when {}", writer.condition(1)) } else { String::new() };
        let mut spread = writer.spread;
        self.grains.join(&mut spread, &Spread::at(claim.clone()));
        let of = if condition.is_empty() { value.clone() } else { format!("({value}{condition})") };
        self.text.push(format!(
            "running {before} = sum {of}{per}\n\
             {value} = round(min(max({amount}, 0 yuan), max({cap} - {before}, 0 yuan)) half up to 0.01 yuan)"
        ));
        self.define(before, Ty::Money, Spread::at(claim));
        self.define(value, Ty::Money, spread);
    }

    /// A value where a running one is known.
    pub(super) fn remembered(&mut self, choices: &mut Choices<'_>) {
        let known: Vec<Value> = self.values.iter().filter(|value| value.is_maybe).cloned().collect();
        let Some(value) = choices.of(&known).cloned() else { return self.running(choices) };
        let claim = self.grains.claim.clone();
        let ty = if choices.once_in(2) { value.ty } else { Self::some_type(choices) };
        let ty = if matches!(ty, Ty::Level | Ty::Date) { Ty::Bool } else { ty };
        let mut writer = self.writer(choices, &claim);
        let otherwise = writer.expr(ty, 1);
        writer.more.push((value.name.clone(), value.ty, value.spread.clone()));
        let then = writer.expr(ty, 2);
        let mut spread = writer.spread;
        self.grains.join(&mut spread, &value.spread);
        let name = self.name("k");
        self.text.push(format!("{name} =\n  when {} known : {then}\n  otherwise : {otherwise}", value.name));
        self.define(name, ty, spread);
    }

    /// `link l = next claim per person`, and a value that follows it.
    pub(super) fn link(&mut self, choices: &mut Choices<'_>) {
        let grain = self.grain_of_claims(choices);
        let per = self.per(&grain, true);
        let claim = self.grains.claim.clone();
        let way = if self.reach != Reach::Earlier && choices.once_in(2) { "next" } else { "previous" };
        let condition = if choices.once_in(3) {
            format!(" when {}", self.writer(choices, &claim).condition(1))
        } else {
            String::new()
        };
        let (link, name) = (self.name("l"), self.name("f"));
        let ty = Self::some_type(choices);
        let optional: Vec<usize> =
            (0..self.inputs.len()).filter(|at| self.is_optional(*at) && self.grains.determines(&claim, *at)).collect();
        let optional = choices.of(&optional).copied().filter(|_| choices.once_in(2));
        let follows_itself = optional.is_none() && way == "previous" && ty == Ty::Money && choices.once_in(3);
        let mut writer = self.writer(choices, &claim);
        let otherwise = writer.expr(ty, 1);
        let types = [Ty::Money, Ty::Points, Ty::Number, Ty::Rate, Ty::Bool, Ty::Date, Ty::Level, Ty::Kind];
        let here = Spread::at(claim.clone());
        let mut known = format!("{link} known");
        for ty in types {
            for (field, _) in writer.maker.operands(ty, &claim).into_iter().rev().take(3) {
                if field != "fund" {
                    writer.more.push((format!("{link}.{field}"), ty, here.clone()));
                }
            }
        }
        if let Some(input) = optional.and_then(|at| writer.maker.inputs.get(at)) {
            known = format!("{link}.{} known", input.name);
            writer.more.clear();
            writer.more.push((format!("{link}.{}", input.name), input.ty, here.clone()));
        }
        let then = if follows_itself {
            format!("min({link}.{name}, 100 yuan) + max(min({}, 100 yuan), -100 yuan)", writer.expr(ty, 1))
        } else {
            writer.expr(ty, 2)
        };
        let then = if follows_itself { format!("clamp({then}, -1_000 yuan, 1_000 yuan)") } else { then };
        let otherwise = if follows_itself { format!("clamp({otherwise}, -1_000 yuan, 1_000 yuan)") } else { otherwise };
        let rounded = |text: String| if follows_itself { format!("round({text} half up to 0.01 yuan)") } else { text };
        let mut spread = writer.spread;
        self.grains.join(&mut spread, &here);
        self.text.push(format!(
            "link {link} = {way} claim{per}{condition}\n{name} =\n  when {known} : {}\n  otherwise : {}",
            rounded(then),
            rounded(otherwise)
        ));
        self.define(name, ty, spread);
    }

    /// `split amount over keys by weight -> p`
    pub(super) fn split(&mut self, choices: &mut Choices<'_>) {
        let mut weights = Vec::new();
        for ty in [Ty::Money, Ty::Points, Ty::Number] {
            for (name, spread) in self.operands(ty, &Grain::row()) {
                let grain = self.grains.of(&spread);
                if !grain.is_row && !grain.keys.is_empty() && spread.fixed.is_some() {
                    weights.push((name, ty, grain));
                }
            }
        }
        weights.reverse();
        let Some((weight, of, receiver)) = choices.of(&weights).cloned() else {
            return self.aggregate_of_its_own(choices);
        };
        let mut pool = receiver.clone();
        let mut over = Vec::new();
        for key in &receiver.keys {
            let is_needed = over.is_empty() && pool.keys.len() == 1;
            let stays = self.reach == Reach::Person && self.input("person") == Some(*key) && receiver.keys.len() > 1;
            if is_needed || (!stays && choices.once_in(2)) {
                pool.keys.remove(key);
                over.push(self.inputs.get(*key).map(|input| input.name).unwrap_or_default());
            }
        }
        if over.is_empty()
            && let Some(first) = pool.keys.pop_first()
        {
            over.push(self.inputs.get(first).map(|input| input.name).unwrap_or_default());
        }
        let ty = if choices.once_in(4) { Ty::Points } else { Ty::Money };
        let rounding = if ty == Ty::Money { "half up to 0.01 yuan" } else { "half up to 0.5 points" };
        let mut writer = self.writer(choices, &pool);
        let depth = writer.choices.below(2);
        let mut amount = writer.expr(ty, depth);
        if amount.contains(' ') {
            amount = format!("({amount})");
        }
        if choices.once_in(2) {
            amount = format!("round({amount} {rounding})");
        }
        let unit = match of {
            Ty::Money => "0 yuan",
            Ty::Points => "0 points",
            _ => "0",
        };
        // So that many are zero.
        let weight = match choices.below(3) {
            0 => format!("max({weight}, {unit})"),
            1 => format!("max({weight} - {}, {unit})", unit.replace('0', "1")),
            _ if of == Ty::Number => weight,
            _ => format!("max({weight}, {unit})"),
        };
        let name = self.name("p");
        self.text.push(format!("split {amount} over {} by {weight} -> {name}", over.join(", ")));
        self.define(name, ty, Spread::at(receiver));
    }
}
