//! Which of the changed rules alter what a claim gives: both explanations are followed from the output as far as their values
//! differ. What has the same value on both sides alters nothing, nor does a part that `max` or `min` did not take.

use std::collections::{BTreeSet, HashMap, HashSet};

use fen_compiler::{Change, RuleKind, Side as Said};
use fen_explain::{Explanation, Node, NodeForm, Rounding, Step};
use fen_schema::trace::Origin;

use super::book::Kept;
use super::bounds::bounds;
use super::touches::Touches;

/// Why a claim changes.
#[derive(Debug, Default)]
pub(crate) struct Causes {
    /// The places of the changes that alter its value.
    pub(crate) changes: Vec<usize>,
    /// What it takes from other claims that is another value now.
    pub(crate) through: Vec<Through>,
    /// Whether that is known; otherwise `changes` are those that it reads.
    pub(crate) is_known: bool,
}

/// A value that is taken from other claims.
#[derive(Clone, Debug)]
pub(crate) struct Through {
    /// Its name in the new policy, or in the old one if that alone has it.
    pub(crate) name: String,
    pub(crate) of: Others,
    /// The places of the changes that it reads.
    pub(crate) changes: Vec<usize>,
}

/// Which other claims.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Others {
    Earlier,
    All,
    Divided,
    Linked,
}

impl Others {
    /// As it stands in JSON.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Earlier => "earlier_claims",
            Self::All => "total",
            Self::Divided => "division",
            Self::Linked => "linked_claim",
        }
    }
}

/// One of the two explanations.
struct Side<'e> {
    steps: &'e [Step],
    /// By what is written (of definitions, by name): the value.
    values: HashMap<String, &'e Option<String>>,
    is_old: bool,
}

struct Walk<'w, 't> {
    touches: &'w Touches<'t>,
    claim: &'w Kept,
    found: BTreeSet<usize>,
    through: Vec<Through>,
}

/// Finds out why a claim changes.
pub(crate) fn causes(touches: &Touches<'_>, claim: &Kept, explained: Option<&[Explanation; 2]>) -> Causes {
    let known = explained.and_then(|pair| from_explanations(touches, claim, pair));
    known.unwrap_or_else(|| Causes { changes: touches.of(claim), through: Vec::new(), is_known: false })
}

fn from_explanations(touches: &Touches<'_>, claim: &Kept, [old, new]: &[Explanation; 2]) -> Option<Causes> {
    let sides = [(old, true), (new, false)].map(|(explanation, is_old)| Side::new(explanation, is_old, touches));
    let mut walk = Walk { touches, claim, found: BTreeSet::new(), through: Vec::new() };
    let [one, other] = &sides;
    for (side, beside, explanation) in [(one, other, old), (other, one, new)] {
        let name = touches.output(side.is_old);
        let output = explanation.outputs.iter().find(|output| output.name == name)?;
        let mut seen = HashSet::new();
        for at in [output.step, output.present].into_iter().flatten() {
            walk.step(side, beside, at, true, &mut seen);
        }
    }
    let Walk { found, through, .. } = walk;
    let is_known = !found.is_empty() || through.iter().any(|one| !one.changes.is_empty());
    is_known.then(|| Causes { changes: found.into_iter().collect(), through, is_known })
}

impl<'e> Side<'e> {
    fn new(explanation: &'e Explanation, is_old: bool, touches: &Touches<'_>) -> Self {
        let mut values = HashMap::new();
        for step in &explanation.steps {
            values.insert(step_key(touches.name(&step.name, is_old)), &step.amount.value);
            collect(&step.how, &mut values);
        }
        Self { steps: &explanation.steps, values, is_old }
    }

    fn step(&self, name: &str, touches: &Touches<'_>) -> Option<&'e Step> {
        self.steps.iter().find(|step| touches.name(&step.name, self.is_old) == name)
    }
}

fn step_key(name: &str) -> String {
    format!("= {name}")
}

fn collect<'e>(node: &'e Node, values: &mut HashMap<String, &'e Option<String>>) {
    if !node.text.is_empty() && !matches!(node.form, NodeForm::Step { .. }) {
        values.insert(node.text.clone(), &node.amount.value);
    }
    children(node).into_iter().for_each(|child| collect(child, values));
}

/// All parts of a computation.
fn children(node: &Node) -> Vec<&Node> {
    match &node.form {
        NodeForm::Operation { parts, .. } | NodeForm::Remainder { parts, .. } => parts.iter().collect(),
        NodeForm::Choice { when, then, .. } => when.as_deref().into_iter().chain([&**then]).collect(),
        NodeForm::Lookup { keys, .. } | NodeForm::HasRow { keys, .. } => keys.iter().collect(),
        NodeForm::Tiers { amount, base, .. } => [&**amount].into_iter().chain(base.as_deref()).collect(),
        _ => Vec::new(),
    }
}

impl Walk<'_, '_> {
    fn step(&mut self, side: &Side<'_>, beside: &Side<'_>, at: usize, is_output: bool, seen: &mut HashSet<usize>) {
        let Some(step) = side.steps.get(at).filter(|_| seen.insert(at)) else { return };
        let name = self.touches.name(&step.name, side.is_old).to_owned();
        let other = beside.step(&name, self.touches);
        if other.is_some_and(|other| other.amount.value == step.amount.value) {
            return;
        }
        let changes = self.touches.changes().iter().enumerate();
        for (at, change) in changes {
            let is_its_own = change.name == name || change.name == step.name;
            let is_meant = match change.kind {
                RuleKind::Rounding => is_output && other.is_some_and(|other| is_rounded_otherwise(step, other)),
                RuleKind::Definition | RuleKind::Output | RuleKind::Indicator | RuleKind::Split if is_its_own => {
                    match change.part.en.as_str() {
                        "rounding" => other.is_none_or(|other| is_rounded_otherwise(step, other)),
                        "order of cases" => other.is_none_or(|other| taken(&step.how) != taken(&other.how)),
                        part if is_conditional(part) => is_taken(change, side.is_old, step),
                        _ => true,
                    }
                }
                RuleKind::Ladder => self.is_row_of(change, side.is_old, step, other),
                _ => false,
            };
            if is_meant {
                self.found.insert(at);
            }
        }
        let exact = |step: &Step| step.exact.clone().or_else(|| step.amount.value.clone());
        if other.is_none_or(|other| exact(other) != exact(step)) {
            self.node(side, beside, &step.how, seen);
        }
    }

    fn node(&mut self, side: &Side<'_>, beside: &Side<'_>, node: &Node, seen: &mut HashSet<usize>) {
        if !matches!(node.form, NodeForm::Step { .. })
            && beside.values.get(&node.text).is_some_and(|value| **value == node.amount.value)
        {
            return;
        }
        match &node.form {
            NodeForm::Step { step } => self.step(side, beside, *step, false, seen),
            NodeForm::Constant { .. } => self.parameter(side, &node.text, &[], None),
            NodeForm::Parameter { name, .. } => self.parameter(side, name, &[], None),
            NodeForm::Lookup { table, keys, .. } => self.parameter(side, table, keys, node.amount.value.as_deref()),
            NodeForm::HasRow { table, keys } => self.parameter(side, table, keys, None),
            NodeForm::Input { name, origin: Some(origin), own, divided, .. } => {
                self.others(side, name, origin);
                for at in own.iter().chain(divided.iter().flatten()) {
                    self.step(side, beside, *at, false, seen);
                }
            }
            _ => {}
        }
        let taken = match &node.form {
            NodeForm::Operation { parts, taken: Some(taken), .. } => parts.get(*taken),
            _ => None,
        };
        let parts = taken.map_or_else(|| children(node), |taken| vec![taken]);
        for part in parts {
            self.node(side, beside, part, seen);
        }
    }

    /// A parameter is read, with some keys: the changes of what is read.
    fn parameter(&mut self, side: &Side<'_>, name: &str, keys: &[Node], value: Option<&str>) {
        let name = self.touches.name(name, side.is_old);
        let keys: Vec<&str> = keys
            .iter()
            .map(|key| key.amount.value.as_deref().unwrap_or_default())
            .map(|key| self.touches.name(key, side.is_old))
            .collect();
        for (at, change) in self.touches.changes().iter().enumerate() {
            if change.kind != RuleKind::Parameter || change.name != name || !self.touches.is_on_day(change, self.claim)
            {
                continue;
            }
            let said = if side.is_old { &change.old } else { &change.new };
            let has_ranges = change.keys.iter().any(|key| key.contains(".."));
            let is_it = change.keys.is_empty()
                || change.keys.iter().all(|key| key.contains("..") || keys.contains(&key.as_str()));
            // What lies in which range is not told: the value says it.
            let is_value = !has_ranges || said.as_ref().zip(value).is_none_or(|(said, value)| is_same(said, value));
            if is_it && is_value {
                self.found.insert(at);
            }
        }
    }

    /// A value that comes from other claims.
    fn others(&mut self, side: &Side<'_>, name: &str, origin: &Origin) {
        let (of, words) = match origin {
            Origin::Running(gathered) => (Others::Earlier, format!("{name} {}", gathered.of)),
            Origin::Total(gathered) => (Others::All, format!("{name} {}", gathered.of)),
            Origin::Part { split } => (Others::Divided, format!("{name} {split}")),
            Origin::Linked { link, .. } => (Others::Linked, link.clone()),
            Origin::Field { link, of, .. } => (Others::Linked, format!("{link} {of}")),
        };
        let name = self.touches.name(name, side.is_old).to_owned();
        let changes = self.touches.read_by(&words, side.is_old);
        match self.through.iter_mut().find(|known| known.name == name) {
            Some(known) => {
                known.changes.extend(changes);
                known.changes.sort_unstable();
                known.changes.dedup();
            }
            None => self.through.push(Through { name, of, changes }),
        }
    }

    /// Whether a changed row of a ladder is one that decides what a definition is.
    fn is_row_of(&self, change: &Change, is_old: bool, step: &Step, other: Option<&Step>) -> bool {
        if !self.touches.is_on_day(change, self.claim) || !self.touches.is_ladder_of(change, &step.name, is_old) {
            return false;
        }
        let rows = rows(&step.how);
        if rows.is_empty() {
            return false;
        }
        let row = |said: &Option<Said>| {
            let said = said.as_ref()?;
            bounds(said.text.en.split_once(" -> ").map_or(change.part.en.as_str(), |(bounds, _)| bounds))
        };
        let (own, their) = match is_old {
            true => (row(&change.old), row(&change.new)),
            false => (row(&change.new), row(&change.old)),
        };
        // A whole ladder, and bounds that are no numbers.
        let Some(own) = own else { return if is_old { change.old.is_some() } else { change.new.is_some() } };
        let yields = |rows: &[(String, String)], wanted: &(Option<String>, Option<String>)| {
            rows.iter().find(|(range, _)| bounds(range).as_ref() == Some(wanted)).map(|(_, yields)| yields.clone())
        };
        let other_rows = other.map(|other| self::rows(&other.how)).unwrap_or_default();
        let their = their.and_then(|their| yields(&other_rows, &their));
        yields(&rows, &own).is_some_and(|yields| their != Some(yields))
    }
}

/// The rows of a ladder that were reached, each with what it yields.
fn rows(node: &Node) -> Vec<(String, String)> {
    let value = |node: &Node| node.amount.value.clone().unwrap_or_default();
    match &node.form {
        NodeForm::Tiers { tiers, .. } => {
            tiers.iter().map(|tier| (tier.range.en.clone(), tier.yields.value.clone().unwrap_or_default())).collect()
        }
        NodeForm::Choice { role, label, then, .. } if role == "row" => vec![(label.en.clone(), value(then))],
        _ => children(node).into_iter().flat_map(rows).collect(),
    }
}

fn is_conditional(part: &str) -> bool {
    part == "otherwise" || part.starts_with("when ") || part.starts_with("except when ")
}

/// What decided: the roles of the alternatives that were taken, with their conditions.
fn taken(node: &Node) -> Vec<(&str, String)> {
    let NodeForm::Choice { role, when, then, .. } = &node.form else { return Vec::new() };
    let own = (role.as_str(), when.as_ref().map(|when| spaced(&when.text)).unwrap_or_default());
    [vec![own], taken(then)].concat()
}

fn spaced(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Whether the case or exception that a change is about was taken.
fn is_taken(change: &Change, is_old: bool, step: &Step) -> bool {
    let Some(said) = (if is_old { &change.old } else { &change.new }) else { return false };
    // Where the condition changed too, it stands before the value.
    let own = said.text.en.split_once(": ").map(|(part, _)| part).filter(|part| is_conditional(part));
    let part = own.unwrap_or(&change.part.en);
    taken(&step.how).into_iter().any(|(role, when)| match part.strip_prefix("except ") {
        _ if part == "otherwise" => role == "otherwise",
        Some(part) => role == "exception" && part.strip_prefix("when ").is_some_and(|part| spaced(part) == when),
        None => role == "case" && part.strip_prefix("when ").is_some_and(|part| spaced(part) == when),
    })
}

/// Whether two steps of one definition are rounded otherwise, so that it matters.
fn is_rounded_otherwise(one: &Step, other: &Step) -> bool {
    if one.rounding == other.rounding {
        return false;
    }
    let matters = |step: &Step| match (&step.exact, &one.rounding, &other.rounding) {
        (None, ..) => false,
        (Some(exact), Some(first), Some(second)) if is_half(first) && is_half(second) && first.step == second.step => {
            // Halves alone are rounded otherwise.
            exact.contains('/') || is_tie(exact, &first.step)
        }
        (Some(exact), ..) => step.amount.value.as_deref().is_none_or(|value| trimmed(value) != trimmed(exact)),
    };
    matters(one) || matters(other)
}

fn is_half(rounding: &Rounding) -> bool {
    rounding.mode.starts_with("half")
}

/// Whether a decimal number lies in the middle between two steps, as far as that is easily seen.
fn is_tie(exact: &str, step: &str) -> bool {
    let decimals = |text: &str| text.split_once('.').map_or(0, |(_, decimals)| decimals.trim_end_matches('0').len());
    let digits = exact.split_once('.').map_or("", |(_, decimals)| decimals);
    let is_power = step.chars().all(|c| matches!(c, '0' | '1' | '.'));
    !is_power
        || step.len() > 1 && !step.contains('.')
        || digits.get(decimals(step)..).is_some_and(|rest| rest.trim_end_matches('0') == "5")
}

fn trimmed(number: &str) -> &str {
    if number.contains('.') { number.trim_end_matches('0').trim_end_matches('.') } else { number }
}

/// Whether what is said of a cell is a value.
fn is_same(said: &Said, value: &str) -> bool {
    let text = said.text.en.replace(['_', ','], "");
    let number: String = text.chars().take_while(|c| c.is_ascii_digit() || matches!(c, '.' | '-')).collect();
    let of_value: String = value.chars().take_while(|c| c.is_ascii_digit() || matches!(c, '.' | '-')).collect();
    number.is_empty() || of_value.is_empty() || value.contains('/') || trimmed(&number) == trimmed(&of_value)
}
