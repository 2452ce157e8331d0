//! An explanation as a tree of lines, for text and pages alike.

use fen_schema::Language;

use crate::model::{Amount, Cited, Explanation, Step};
use crate::node::{Node, NodeForm, Passed, Share, State, Tier};
use crate::words;

/// Steps that lie deeper are only named.
const DEEPEST: usize = 48;

/// A line, and what stands under it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Item {
    pub(crate) mark: Mark,
    /// What it is about: a name, or an expression as written.
    pub(crate) title: String,
    /// Its value with its unit.
    pub(crate) value: Option<String>,
    /// What is to be said about it.
    pub(crate) notes: Vec<String>,
    pub(crate) clauses: Vec<Cited>,
    /// What is to be said about what stands under it.
    pub(crate) lead: Vec<String>,
    pub(crate) children: Vec<Item>,
    /// Whether it is a result or a definition.
    pub(crate) is_step: bool,
}

/// What a line is among its neighbours.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Mark {
    #[default]
    None,
    /// The one of several that was taken.
    Taken,
    /// An alternative that was not taken.
    Passed,
}

/// The results of an explanation, each with the tree behind it.
pub(crate) fn tree(explanation: &Explanation, lang: Language) -> Vec<Item> {
    let mut trees = Trees { explanation, lang, shown: vec![false; explanation.steps.len()] };
    explanation
        .outputs
        .iter()
        .map(|output| {
            let name = words::called(&output.name, &output.label, lang);
            let mut item = output.step.map(|step| trees.step(step, 0)).unwrap_or_default();
            item.title = match &output.per {
                Some(per) => format!("{name} [{}]", words::pick(per, lang)),
                None => name,
            };
            item.value = Some(trees.amount(&output.amount));
            let reason = output.reason.as_ref().map(|reason| words::pick(reason, lang).to_owned());
            item.notes.retain(|note| Some(note) != reason.as_ref());
            item.notes.splice(0..0, reason);
            if let Some(present) = output.present {
                item.children = vec![trees.step(present, 0)];
            }
            item
        })
        .collect()
}

struct Trees<'e> {
    explanation: &'e Explanation,
    lang: Language,
    /// By step: whether it stands somewhere already.
    shown: Vec<bool>,
}

impl Trees<'_> {
    fn say<'t>(&self, en: &'t str, zh: &'t str) -> &'t str {
        words::say(self.lang, en, zh)
    }

    fn amount(&self, amount: &Amount) -> String {
        words::amount(amount, self.lang)
    }

    fn step(&mut self, place: usize, depth: usize) -> Item {
        let Some(step) = self.explanation.steps.get(place) else { return Item::default() };
        let is_known = self.shown.get_mut(place).is_none_or(|shown| std::mem::replace(shown, true));
        let name = words::called(&step.name, &step.label, self.lang);
        let title = match &step.per {
            Some(per) => format!("{name} [{}]", words::pick(per, self.lang)),
            None => name,
        };
        let mut item = Item { title, value: Some(self.amount(&step.amount)), is_step: true, ..Item::default() };
        if is_known || depth > DEEPEST {
            item.notes.push(self.say("see above", "见上").to_owned());
            return item;
        }
        self.explain_step(step, depth, &mut item);
        item
    }

    fn explain_step(&mut self, step: &Step, depth: usize, item: &mut Item) {
        if let (Some(exact), Some(rounding)) = (&step.exact, &step.rounding) {
            let exact = self.amount(&Amount { value: Some(exact.clone()), ..step.amount.clone() });
            item.notes.push(words::rounded(&exact, rounding, self.lang));
        }
        item.clauses.clone_from(&step.citations);
        let how = self.node(&step.how, depth + 1);
        // What is computed is the definition: its parts stand right under it.
        if matches!(step.how.form, NodeForm::Operation { .. }) && !how.title.is_empty() && how.title != step.name {
            item.lead.push(format!("= {}", how.title));
        }
        match step.how.form {
            NodeForm::Operation { .. }
            | NodeForm::Choice { .. }
            | NodeForm::Tiers { .. }
            | NodeForm::Remainder { .. } => {
                item.notes.extend(how.notes);
                item.clauses.extend(how.clauses);
                item.lead.extend(how.lead);
                item.children.extend(how.children);
            }
            // A definition that is what is read under the same name.
            NodeForm::Input { ref name, .. } if *name == step.name => {
                item.notes.extend(how.notes);
                item.children.extend(how.children);
            }
            _ => item.children.push(how),
        }
    }

    fn node(&mut self, node: &Node, depth: usize) -> Item {
        let value = Some(self.amount(&node.amount));
        let mut item = Item { title: node.text.clone(), value, ..Item::default() };
        match &node.form {
            NodeForm::Constant { citations } => {
                item.clauses.clone_from(citations);
                // A literal is its own value.
                if node.text.starts_with(|char: char| char.is_ascii_digit() || char == '"' || char == '-') {
                    item.value = None;
                }
            }
            NodeForm::Input { name, label, origin, own, divided, share, row, reason } => {
                item.title = words::called(name, label, self.lang);
                item.notes.extend(origin.as_ref().map(|origin| words::origin(origin, self.lang)));
                item.notes.extend(row.map(|row| match self.lang {
                    Language::En => format!("it is row {row}"),
                    Language::Zh => format!("即第 {row} 行"),
                }));
                item.notes.extend(reason.as_ref().map(|reason| words::pick(reason, self.lang).to_owned()));
                if let Some(own) = own {
                    let mut child = self.step(*own, depth + 1);
                    child.notes.insert(0, self.say("what is added here", "本条计入的部分").to_owned());
                    item.children.push(child);
                }
                for (place, (en, zh)) in
                    divided.iter().flatten().zip([("what is divided", "分配总额"), ("its weight", "权重")])
                {
                    let mut child = self.step(*place, depth + 1);
                    child.notes.insert(0, self.say(en, zh).to_owned());
                    item.children.push(child);
                }
                if let (Some(share), Some(divided)) = (share, divided) {
                    item.children.extend(self.share(share, *divided, &node.amount));
                }
            }
            NodeForm::Parameter { name, label, citations } => {
                item.title = words::called(name, label, self.lang);
                item.clauses.clone_from(citations);
                item.notes.push(self.say("a parameter, set for this run", "由运行时设定的参数").to_owned());
            }
            NodeForm::Step { step } => return self.step(*step, depth + 1),
            NodeForm::Known { .. } => {}
            NodeForm::Operation { operator, parts, taken, rounding, shifted } => {
                item.lead.extend(words::operation(operator, self.lang).map(str::to_owned));
                item.lead.extend(shifted.as_ref().map(|direction| words::shifted(direction, self.lang).to_owned()));
                for (place, part) in parts.iter().enumerate() {
                    let mut child = self.node(part, depth + 1);
                    if *taken == Some(place) {
                        child.mark = Mark::Taken;
                    }
                    item.children.push(child);
                }
                if let (Some(rounding), [part]) = (rounding, parts.as_slice()) {
                    let exact = self.amount(&part.amount);
                    item.notes.push(words::rounded(&exact, rounding, self.lang));
                }
            }
            NodeForm::Choice { citations, subject, base, when, then, passed, role, .. } => {
                item.clauses.clone_from(citations);
                let said = self.taken(&node.form);
                item.notes.extend(Some(said).filter(|said| !said.is_empty()));
                if let Some(when) = when {
                    item.children.extend(self.condition(when, depth + 1));
                }
                for read in subject.iter().chain(base) {
                    // What is of the claim itself has been said.
                    if !matches!(read.form, NodeForm::Input { origin: None, .. } | NodeForm::Constant { .. }) {
                        item.children.push(self.node(read, depth + 1));
                    }
                }
                // A verdict is its own value.
                if !matches!(role.as_str(), "met" | "missed" | "not_applicable") {
                    item.children.push(self.node(then, depth + 1));
                }
                for passed in passed {
                    let passed = self.passed(passed, depth + 1);
                    item.children.push(passed);
                }
            }
            NodeForm::Lookup { keys, ranges, from, citations, passed, .. } => {
                item.clauses.clone_from(citations);
                for lying in ranges {
                    let Some(key) = keys.get(lying.key) else { continue };
                    let (title, value) = (self.named(key), self.amount(&key.amount));
                    let range = words::pick(&lying.range, self.lang);
                    item.notes.push(words::lies_in(&title, &value, range, None, self.lang));
                }
                item.notes.extend(from.as_ref().map(|from| words::since(from, self.lang)));
                for key in keys {
                    let key = self.node(key, depth + 1);
                    item.children.push(key);
                }
                for row in passed {
                    let note = format!("{}{}", row.from, self.say(" on", " 起"));
                    let title = format!("{} {note}", self.say("from", "自"));
                    let value = Amount { value: Some(row.value.clone()), ..node.amount.clone() };
                    let (value, notes) =
                        (Some(self.amount(&value)), vec![words::passed(row.state, self.lang).to_owned()]);
                    item.children.push(Item { mark: Mark::Passed, title, value, notes, ..Item::default() });
                }
            }
            NodeForm::HasRow { keys, .. } => {
                for key in keys {
                    let key = self.node(key, depth + 1);
                    item.children.push(key);
                }
            }
            NodeForm::Tiers { amount, base, from, citations, tiers } => {
                item.notes.extend(from.as_ref().map(|from| words::since(from, self.lang)));
                item.clauses.clone_from(citations);
                let subject = self.node(amount, depth + 1);
                item.children.push(subject);
                if let Some(base) = base {
                    let mut base = self.node(base, depth + 1);
                    base.notes.push(self.say("what the bounds are parts of", "各档界限以此为基数").to_owned());
                    item.children.push(base);
                }
                item.children.extend(tiers.iter().map(|tier| self.tier(tier)));
            }
            NodeForm::Remainder { parts, tiers } => {
                if let Some(tiers) = tiers {
                    item.children = self.node(tiers, depth + 1).children;
                }
                let left = "it takes what the others leave, so that the parts add up";
                let title = self.say(left, "取其余各项分配后的余额，使各项之和不变").to_owned();
                let names: Vec<String> = parts.iter().map(|part| self.named(part)).collect();
                let (title, value) = (format!("{title}: {}", names.join(" − ")), item.value.clone());
                let children = parts.iter().map(|part| self.node(part, depth + 1)).collect();
                item.children.push(Item { title, value, children, ..Item::default() });
            }
        }
        item
    }

    fn tier(&self, tier: &Tier) -> Item {
        let range = words::pick(&tier.range, self.lang);
        let (slice, share) = (self.amount(&tier.slice), self.amount(&tier.share));
        let is_reached = !tier.slice.value.as_deref().is_some_and(|value| value.trim_matches(['0', '.']).is_empty());
        Item {
            mark: if is_reached { Mark::None } else { Mark::Passed },
            title: format!("{} {range}: {slice} × {share}", self.say("tier", "分档")),
            value: Some(self.amount(&tier.yields)),
            clauses: if is_reached { tier.citations.clone() } else { Vec::new() },
            ..Item::default()
        }
    }

    /// How a part was divided: the sum of the weights, the exact part, and what became of what was left over.
    fn share(&self, share: &Share, divided: [usize; 2], part: &Amount) -> [Item; 2] {
        let of = |value: &str| self.amount(&Amount { value: Some(value.to_owned()), ..part.clone() });
        let [amount, weight] = divided
            .map(|step| self.explanation.steps.get(step).map(|step| self.amount(&step.amount)).unwrap_or_default());
        let weights = Item {
            title: self.say("sum of all weights", "权重合计").to_owned(),
            value: Some(self.amount(&share.weights)),
            ..Item::default()
        };
        let exact = Item {
            title: format!("{amount} × {weight} ÷ {}", self.amount(&share.weights)),
            value: Some(of(&share.exact)),
            notes: vec![words::left_over(&of(&share.down), &of(&share.step), share.extra, self.lang)],
            ..Item::default()
        };
        [weights, exact]
    }

    /// What something is called that was read, or its text.
    fn named(&self, node: &Node) -> String {
        match &node.form {
            NodeForm::Input { name, label, .. } => words::called(name, label, self.lang),
            NodeForm::Step { step } => match self.explanation.steps.get(*step) {
                Some(step) => words::called(&step.name, &step.label, self.lang),
                None => node.text.clone(),
            },
            _ => node.text.clone(),
        }
    }

    /// Which alternative was taken, and why.
    fn taken(&self, form: &NodeForm) -> String {
        let NodeForm::Choice { role, label, from, subject, base, when, .. } = form else { return String::new() };
        let label = words::pick(label, self.lang);
        if let Some(subject) = subject {
            let (name, value) = (self.named(subject), self.amount(&subject.amount));
            let base = base.as_ref().map(|base| (self.named(base), self.amount(&base.amount)));
            let base = base.as_ref().map(|(base, of)| (base.as_str(), of.as_str()));
            let lies = words::lies_in(&name, &value, label, base, self.lang);
            return words::with_since(lies, from.as_deref(), self.lang);
        }
        let said = words::taken(role, label, from.as_deref(), self.lang);
        let colon = self.say(": ", "：");
        match when.as_ref().filter(|_| role != "not_applicable").map(|when| when.text.as_str()) {
            None => said,
            Some(when) if said.is_empty() => when.to_owned(),
            Some(when) if role == "missed" => format!("{said}{colon}{when}{}", self.say(" does not hold", " 不成立")),
            Some(when) => format!("{said}{colon}{when}"),
        }
    }

    /// What a condition has read: its parts where there is more than one to say.
    fn condition(&mut self, when: &Node, depth: usize) -> Vec<Item> {
        match &when.form {
            NodeForm::Operation { operator, parts, .. }
                if operator == "and" || operator == "or" || operator == "not" =>
            {
                parts.iter().flat_map(|part| self.condition(part, depth)).collect()
            }
            NodeForm::Operation { parts, .. } => {
                let parts = parts.iter().filter(|part| !matches!(part.form, NodeForm::Constant { .. }));
                parts.map(|part| self.node(part, depth)).collect()
            }
            NodeForm::Constant { .. } => Vec::new(),
            _ => vec![self.node(when, depth)],
        }
    }

    fn passed(&mut self, passed: &Passed, depth: usize) -> Item {
        let label = words::pick(&passed.label, self.lang);
        let said = words::taken(&passed.role, label, passed.from.as_deref(), self.lang);
        let named = match (passed.role.as_str(), self.lang) {
            ("exception", Language::En) if label.is_empty() => "exception".to_owned(),
            ("exception", Language::Zh) if label.is_empty() => "例外".to_owned(),
            ("exception", Language::Zh) => format!("例外“{label}”"),
            ("case", Language::Zh) => "情形".to_owned(),
            ("otherwise", _) => self.say("otherwise", "其他情形").to_owned(),
            ("not_applicable", _) => self.say("not applicable", "不适用").to_owned(),
            ("rule", _) => self.say("the rule without exceptions", "一般规定").to_owned(),
            ("row", Language::Zh) => format!("档次 {label}"),
            _ => said,
        };
        let title = match (passed.condition.is_empty(), passed.text.is_empty()) {
            (true, true) => named,
            (true, false) => format!("{named}: {}", passed.text),
            (false, true) if passed.role == "not_applicable" => named,
            (false, true) => format!("{named}: {}", passed.condition),
            (false, false) => format!("{named}: {} → {}", passed.condition, passed.text),
        };
        let mut notes = vec![words::passed(passed.state, self.lang).to_owned()];
        if passed.state == State::Elsewhere {
            notes.clear();
        }
        // An indicator applies, or its target is not met.
        if passed.state == State::False && passed.role == "not_applicable" {
            notes = vec![format!("{label}{}", self.say(" holds", " 成立"))];
        } else if passed.state == State::False && passed.role == "met" {
            notes = vec![self.say("the target is not met", "未达到目标").to_owned()];
        }
        let children = passed.when.as_ref().map(|when| self.condition(when, depth)).unwrap_or_default();
        Item { mark: Mark::Passed, title, notes, clauses: passed.citations.clone(), children, ..Item::default() }
    }
}
