//! Parameters and tables, of which some have no row for every code.

use super::grains::Spread;
use super::{Maker, Table, Ty, Value};
use crate::policies::choices::Choices;

impl Maker {
    pub(super) fn parameters(&mut self, choices: &mut Choices<'_>) {
        let fund = choices.word(&[
            "money = 1_000 yuan",
            "money from -1_000 yuan to 1_000_000 yuan = required",
            "money from 0 yuan to 0.07 yuan = required",
            "money = -0.05 yuan",
        ]);
        self.text.push(format!("param fund: {fund}"));
        let constant = |name: &str, ty| Value {
            name: name.to_owned(),
            ty,
            spread: Spread::default(),
            is_maybe: false,
            is_open: false,
        };
        self.values.push(constant("fund", Ty::Money));
        let dated = |choices: &mut Choices<'_>, maker: &Self| maker.is_dated && choices.once_in(2);
        if dated(choices, self) {
            self.text.push(
                "param share by level: rate\n  from 2021-01-01: low 90%, mid 50%, top 33.33%\n  \
                 from 2023-01-01: low 80%, mid 0%, top 7%"
                    .into(),
            );
            self.table("share", Ty::Rate, &["level"], true);
        } else {
            self.text.push("param share by level: rate = low 100%, mid 66.67%, top 0%".into());
            self.table("share", Ty::Rate, &["level"], false);
        }
        if dated(choices, self) {
            self.text.push(
                "param price by code: money\n  from 2021-01-01: \"A\" 10 yuan, \"B\" 0.03 yuan\n  \
                 from 2022-12-01: \"A\" 11 yuan, \"C\" 7 yuan"
                    .into(),
            );
            self.table("price", Ty::Money, &["drug"], true);
        } else {
            self.text.push("param price by code: money = \"A\" 10 yuan, \"B\" 0.03 yuan, \"C\" 0 yuan".into());
            self.table("price", Ty::Money, &["drug"], false);
        }
        if choices.once_in(2) {
            self.text.push("param points_of by code: points step 0.01 = \"A\" 1.25 points, \"B\" 0 points, \"H1\" 2 points, \"H2\" 0.5 points".into());
            self.table("points_of", Ty::Points, &["drug", "hospital", "region"], false);
        }
        if choices.once_in(2) {
            self.text.push("param pot by kind: money = ka 500 yuan, kb 0 yuan".into());
            self.table("pot", Ty::Money, &["kind"], false);
        }
    }

    fn table(&mut self, name: &'static str, ty: Ty, keys: &[&str], has_versions: bool) {
        let keys = keys.iter().filter_map(|key| self.input(key)).collect();
        self.tables.push(Table { name, ty, keys, has_versions });
    }
}
