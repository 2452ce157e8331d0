//! Outputs.

use super::grains::Grain;
use super::{Maker, Ty};

impl Maker {
    /// Everything that is defined is an output, for its own grain or a finer one.
    pub(super) fn finish(mut self) -> String {
        if self.values.iter().all(|value| value.is_maybe || value.name == "fund") {
            self.text.push("v = cost".into());
            let spread = super::grains::Spread { reads: self.input("cost").into_iter().collect(), fixed: None };
            self.define("v".into(), Ty::Money, spread);
        }
        let values = self.values.clone();
        for (at, value) in values.iter().enumerate().filter(|(_, value)| !value.is_maybe && value.name != "fund") {
            let rounding = match value.ty {
                Ty::Rate => " round half even to 0.01%",
                Ty::Number => " round half even to 0.01",
                _ => "",
            };
            let own = self.grains.of(&value.spread);
            let finer = [None, Some(self.grains.claim.clone()), Some(Grain::row()), None];
            let per = match finer.get((value.name.len() + at) % 4).cloned().flatten() {
                Some(grain) if self.grains.is_coarser(&own, &grain) => self.per(&grain, true),
                _ => String::new(),
            };
            self.text.push(format!("output {}{rounding}{per}", value.name));
        }
        self.text.join("\n") + "\n"
    }
}
