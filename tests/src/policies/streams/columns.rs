//! The header and the columns.

use super::grains::{Grain, Grains};
use super::{Input, Maker, Reach, Ty};
use crate::policies::choices::Choices;

impl Maker {
    /// A policy that has its columns and parameters.
    pub(super) fn new(choices: &mut Choices<'_>) -> Self {
        let reach = match choices.weighted(&[6, 2, 2]) {
            0 => Reach::All,
            1 => Reach::Earlier,
            _ => Reach::Person,
        };
        let has_lines = reach != Reach::Earlier && choices.once_in(4);
        let mut maker = Self {
            reach,
            is_dated: !choices.once_in(8),
            has_lines,
            inputs: Vec::new(),
            grains: Grains { claim: Grain::row(), ..Grains::default() },
            tables: Vec::new(),
            values: Vec::new(),
            names: 0,
            text: vec![
                "policy made.up".into(),
                "round half up to 0.01 yuan".into(),
                "round half even to 0.01 points".into(),
            ],
        };
        maker.columns(choices);
        maker.parameters(choices);
        maker
    }

    fn columns(&mut self, choices: &mut Choices<'_>) {
        let has_reversals = choices.once_in(if self.has_lines { 2 } else { 4 });
        if self.is_dated {
            let to = choices.word(&["from 2022-01-01", "2021-03-01 to 2023-02-28", "from 2022-07-01"]);
            let year = choices.word(&["07-01", "01-01", "03-01", "12-31"]);
            self.text.push(format!("in force {to}\ninsurance year from {year}"));
        }
        self.text.push("enum level = low | mid | top\nenum kind = ka | kb".into());
        if self.has_lines {
            self.text.push("rows line of claim".into());
            self.grains.claim = Grain::of(0);
            self.column("key", "claim", Ty::Text, "id", None);
        } else if has_reversals || choices.once_in(4) {
            self.column("key", "claim", Ty::Text, "id", None);
        }
        let shared = self.reach != Reach::Earlier;
        let of_claim = self.has_lines.then(|| Grain::of(0));
        self.column("key", "person", Ty::Text, "id", of_claim.clone());
        let person = self.input("person").map(Grain::of);
        let per_person = shared && choices.once_in(5);
        let ty = choices.word(&["id", "code"]);
        self.column("key", "hospital", Ty::Text, ty, if per_person { person.clone() } else { of_claim.clone() });
        let hospital = self.input("hospital").map(Grain::of).filter(|_| self.reach == Reach::All);
        if choices.once_in(3) {
            let per = if choices.once_in(2) { hospital.clone() } else { of_claim.clone() };
            self.column("key", "region", Ty::Text, "code", per);
        }
        if self.is_dated {
            self.column("input", "day", Ty::Date, "date", of_claim.clone());
            self.grains.date = self.input("day");
            self.text.push("dated by day".into());
            if choices.once_in(3) {
                self.text.push("ordered by day".into());
            }
        }
        let per = match choices.below(4) {
            1 if shared => hospital.clone(),
            _ => of_claim.clone(),
        };
        self.column("input", "level", Ty::Level, "level", per);
        let per = match choices.below(5) {
            1 if shared => person.clone(),
            2 if shared && self.is_dated => person.clone().map(|grain| Grain { period: Some(0), ..grain }),
            3 => of_claim.clone(),
            _ => None,
        };
        self.column("input", "kind", Ty::Kind, "kind", per);
        self.column("input", "drug", Ty::Text, "code", None);
        let per = if choices.once_in(2) { of_claim.clone() } else { None };
        self.column("input", "flag", Ty::Bool, "bool", per);
        let range = choices.word(&["0 yuan to 1_000 yuan", "-50 yuan to 1_000 yuan", "0 yuan to 0.05 yuan"]);
        self.column("input", "cost", Ty::Money, &format!("money from {range}"), None);
        self.column("input", "weight", Ty::Points, "points from 0 points to 3 points", None);
        let per = if choices.once_in(2) { of_claim } else { None };
        self.column("input", "times", Ty::Number, "count from 0 to 4", per);
        if shared && choices.once_in(2) {
            let per = if choices.once_in(3) { person } else { hospital };
            self.column("input", "beds", Ty::Number, "count from 1 to 9", per);
        }
        if choices.once_in(2) {
            self.column("input", "extra", Ty::Money, "money optional from 0 yuan to 10 yuan", None);
        }
        if choices.once_in(3) {
            self.column("input", "since", Ty::Date, "date optional", None);
        }
        if has_reversals {
            self.text.push("reverses claim".into());
        }
    }

    fn column(&mut self, item: &str, name: &'static str, ty: Ty, declared: &str, per: Option<Grain>) {
        let text = per.as_ref().map(|per| self.per(per, true)).unwrap_or_default();
        self.text.push(format!("{item} {name}: {declared}{text}"));
        self.inputs.push(Input { name, ty, is_optional: declared.contains("optional") });
        self.grains.per.push(per);
    }
}
