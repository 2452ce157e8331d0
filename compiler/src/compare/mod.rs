//! What one policy says otherwise than another: rule by rule, by meaning and not by text. Layout, comments, labels,
//! examples, the language of keywords and the order of what may be exchanged make no difference; a policy that amends
//! another is compared as what comes of it.

mod days;
mod entries;
mod ladders;
mod names;
mod normal;
mod tables;

use fen_grammar::diagnostic::Text;
use fen_grammar::source::Span;
use fen_grammar::tree::Quoted;

use self::days::{Days, Stretch};
use self::entries::{Body, Entry, Fact, View, same};
pub use self::names::Renamed;
use self::normal::Names;
use crate::check::program::date_of;
use crate::policy::Policy;
use crate::rules::{Place, RuleKind, Rules};

/// How a rule differs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Difference {
    /// The new policy alone has it.
    Added,
    /// The old policy alone has it.
    Removed,
    /// Both have it, and say different things.
    Changed,
}

impl Difference {
    /// As it stands in JSON.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Added => "added",
            Self::Removed => "removed",
            Self::Changed => "changed",
        }
    }
}

/// What one of the policies says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Side {
    /// The value, as it is written or shown.
    pub text: Text,
    /// The clause that the rule implements.
    pub clause: Option<String>,
    /// The document that the clause stands in.
    pub document: Option<String>,
    /// Where the rule stands.
    pub place: Place,
}

/// A rule that the policies do not agree on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// What kind of rule it is.
    pub kind: RuleKind,
    /// How it differs.
    pub difference: Difference,
    /// Its name; that in the new policy, if both have it. Empty for what has none.
    pub name: String,
    /// What of it: a cell of a table, a row of a ladder, an exception; empty for all of it.
    pub part: Text,
    /// The keys of a cell, as they are written; empty otherwise.
    pub keys: Vec<String>,
    /// The first day on which they disagree, if they agree before.
    pub from: Option<String>,
    /// The last day on which they disagree, if they agree afterwards.
    pub to: Option<String>,
    /// What the old policy says.
    pub old: Option<Side>,
    /// What the new policy says.
    pub new: Option<Side>,
}

/// What a policy says of itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Head {
    /// Its name.
    pub name: String,
    /// Its title.
    pub title: Option<String>,
    /// The document that it implements.
    pub document: Option<String>,
    /// First and last day in force.
    pub in_force: Option<(String, Option<String>)>,
}

/// What two policies do not agree on.
#[derive(Clone, Debug)]
pub struct Comparison {
    /// The old policy.
    pub old: Head,
    /// The new policy.
    pub new: Head,
    /// Rules, in the order of the new policy; those that only the old one has come last of their kind.
    pub changes: Vec<Change>,
    /// What they call differently. In a policy and its translation that is no difference.
    pub renamed: Vec<Renamed>,
    /// Whether they are written in different languages.
    pub is_translation: bool,
}

impl Comparison {
    /// Whether the policies say the same.
    #[must_use]
    pub fn is_same(&self) -> bool {
        self.changes.is_empty() && (self.is_translation || self.renamed.is_empty())
    }
}

/// Compares two policies.
#[must_use]
pub fn compare(old: &Policy, new: &Policy) -> Comparison {
    let is_translation = old.program().lang != new.program().lang;
    let view = |policy: &'_ Policy| Names { own: names::own(policy.items()), ..Names::default() };
    let (old_names, new_names) = (view(old), view(new));
    let mut old_view = View { rules: old.rules(), program: old.program(), names: old_names };
    let new_view = View { rules: new.rules(), program: new.program(), names: new_names };
    let renamed = names::match_names(&mut old_view, &new_view, is_translation);
    let days = Days::of(old.program().in_force, new.program().in_force);
    let mut comparer = Comparer { old: &old_view, new: &new_view, days, changes: Vec::new() };
    comparer.all();
    let changes = comparer.changes;
    Comparison { old: head(old), new: head(new), changes, renamed, is_translation }
}

fn head(policy: &Policy) -> Head {
    let program = policy.program();
    let in_force = program.in_force.map(|(from, to)| (from.to_string(), to.map(|to| to.to_string())));
    Head { name: program.name.clone(), title: program.title.clone(), document: program.source.clone(), in_force }
}

struct Comparer<'v, 'a> {
    old: &'v View<'a>,
    new: &'v View<'a>,
    days: Days,
    changes: Vec<Change>,
}

impl Comparer<'_, '_> {
    fn all(&mut self) {
        let (old, new) = (self.old.entries(), self.new.entries());
        let is_same = |one: &Entry<'_>, other: &Entry<'_>| one.kind == other.kind && one.key == other.key;
        for entry in &new {
            match old.iter().find(|known| is_same(known, entry)) {
                Some(known) => self.entry(known, entry),
                None => self.whole(entry, self.new, Difference::Added),
            }
        }
        for entry in old.iter().filter(|entry| !new.iter().any(|known| is_same(known, entry))) {
            self.whole(entry, self.old, Difference::Removed);
        }
        self.output_order(&old, &new);
        // By kind; those of one kind stay in their order.
        self.changes.sort_by_key(|change| change.kind);
    }

    /// A rule that only one of the policies has.
    fn whole(&mut self, entry: &Entry<'_>, view: &View<'_>, difference: Difference) {
        let rows = match &entry.body {
            Body::Rows(rows) if entry.facts.is_empty() => rows.as_slice(),
            _ => &[],
        };
        let text = match (entry.facts.as_slice(), rows) {
            ([fact], []) if entry.name.is_empty() => fact.text.clone(),
            (_, []) => same(view.rules.text(entry.span)),
            (_, rows) => {
                same(rows.iter().map(|row| format!("{} -> {}", row.bounds, row.text)).collect::<Vec<_>>().join("; "))
            }
        };
        let side = side(view.rules, text, entry.span, entry.cite.as_ref());
        let part = match entry.facts.first() {
            Some(fact) if entry.name.is_empty() => fact.part.clone(),
            _ => same(String::new()),
        };
        let (old, new) = if difference == Difference::Added { (None, Some(side)) } else { (Some(side), None) };
        self.push(entry, difference, part, Vec::new(), (None, None), (old, new));
    }

    fn push(
        &mut self,
        entry: &Entry<'_>,
        difference: Difference,
        part: Text,
        keys: Vec<String>,
        (from, to): (Option<i32>, Option<i32>),
        (old, new): (Option<Side>, Option<Side>),
    ) {
        let (kind, name) = (entry.kind, entry.name.clone());
        let (from, to) = (from.and_then(iso), to.and_then(iso));
        self.changes.push(Change { kind, difference, name, part, keys, from, to, old, new });
    }

    fn entry(&mut self, old: &Entry<'_>, new: &Entry<'_>) {
        self.facts(old, new);
        match (&old.body, &new.body) {
            (Body::Param(one), Body::Param(other)) => {
                let differences = tables::compare((self.old, one), (self.new, other), self.days);
                let Some(differences) = differences else {
                    // One is supplied by the host, or the keys are others: what is written is all that can be said.
                    if old.facts.iter().any(|fact| new.facts.iter().all(|other| other.form != fact.form))
                        || new.facts.iter().any(|fact| old.facts.iter().all(|other| other.form != fact.form))
                    {
                        let text = |view: &View<'_>, entry: &Entry<'_>| same(view.rules.text(entry.span));
                        let sides = (
                            Some(side(self.old.rules, text(self.old, old), old.span, old.cite.as_ref())),
                            Some(side(self.new.rules, text(self.new, new), new.span, new.cite.as_ref())),
                        );
                        self.changes.retain(|change| !(change.kind == new.kind && change.name == new.name));
                        let part = same(String::new());
                        self.push(new, Difference::Changed, part, Vec::new(), (None, None), sides);
                    }
                    return;
                };
                for tables::Difference { keys, stretch } in differences {
                    let Stretch { from, to, old: one, new: other } = stretch;
                    let side = |view: &View<'_>, entry: &Entry<'_>, worth: Option<tables::Worth>| {
                        worth.map(|worth| side(view.rules, worth.text, entry.span, entry.cite.as_ref()))
                    };
                    let sides = (side(self.old, old, one), side(self.new, new, other));
                    let names = keys.en.split(", ").filter(|key| !key.is_empty()).map(str::to_owned).collect();
                    self.push(new, difference(&sides), keys, names, (from, to), sides);
                }
            }
            (Body::Rows(_), Body::Rows(_)) => self.ladder(old, new),
            _ => {}
        }
    }

    /// What is stated of something in both policies.
    fn facts(&mut self, old: &Entry<'_>, new: &Entry<'_>) {
        let mut left: Vec<&Fact> = Vec::new();
        let mut gone: Vec<&Fact> = old.facts.iter().collect();
        let mut pairs: Vec<(Option<&Fact>, Option<&Fact>)> = Vec::new();
        for fact in &new.facts {
            match gone.iter().position(|known| known.key == fact.key) {
                Some(at) => {
                    let known = gone.remove(at);
                    if known.form != fact.form {
                        pairs.push((Some(known), Some(fact)));
                    }
                }
                None => left.push(fact),
            }
        }
        // Another condition for the same; another condition and another value, if there is only one of each.
        left.retain(|fact| {
            let same = |known: &&Fact| known.is_conditional && fact.is_conditional && known.form == fact.form;
            let Some(at) = gone.iter().position(same) else { return true };
            pairs.push((Some(gone.remove(at)), Some(fact)));
            false
        });
        let is_about = |fact: &&&Fact, key: &str| !fact.is_conditional && fact.key == key;
        let is_recast = gone.iter().any(|fact| is_about(&fact, "value"))
            != left.iter().any(|fact| is_about(&fact, "value"))
            && (gone.iter().any(|fact| is_about(&fact, "order")) != left.iter().any(|fact| is_about(&fact, "order")));
        if is_recast {
            // One expression on one side, cases on the other.
            let text = |view: &View<'_>, entry: &Entry<'_>| same(view.rules.text(entry.span));
            let sides = (
                Some(side(self.old.rules, text(self.old, old), old.span, old.cite.as_ref())),
                Some(side(self.new.rules, text(self.new, new), new.span, new.cite.as_ref())),
            );
            return self.push(new, Difference::Changed, same(String::new()), Vec::new(), (None, None), sides);
        }
        pairs.extend(left.into_iter().map(|fact| (None, Some(fact))));
        pairs.extend(gone.into_iter().map(|fact| (Some(fact), None)));
        // That cases are tried in another order is only said if they are the same cases.
        let has_other_cases = pairs.iter().any(|pair| {
            let is_case = |fact: &Fact| fact.is_conditional && fact.key.starts_with("when ");
            matches!(pair, (None, Some(fact)) | (Some(fact), None) if is_case(fact))
                || matches!(pair, (Some(one), Some(other)) if is_case(one) && one.key != other.key)
        });
        pairs.retain(|(_, fact)| !(has_other_cases && fact.is_some_and(|fact| fact.key == "order")));
        for (one, other) in pairs {
            let is_new_condition = one.zip(other).is_some_and(|(one, other)| one.key != other.key);
            let say = |view: &View<'_>, entry: &Entry<'_>, fact: &Fact| {
                let text = match is_new_condition {
                    true => Text::new(
                        format!("{}: {}", fact.part.en, fact.text.en),
                        format!("{}：{}", fact.part.zh, fact.text.zh),
                    ),
                    false => fact.text.clone(),
                };
                side(view.rules, text, fact.span, fact.cite.as_ref().or(entry.cite.as_ref()))
            };
            let sides = (one.map(|fact| say(self.old, old, fact)), other.map(|fact| say(self.new, new, fact)));
            let part = other.or(one).map_or_else(|| same(String::new()), |fact| fact.part.clone());
            self.push(new, difference(&sides), part, Vec::new(), (None, None), sides);
        }
    }

    /// The order of outputs decides which receiver of a ladder takes what rounding leaves.
    fn output_order(&mut self, old: &[Entry<'_>], new: &[Entry<'_>]) {
        let keys = |entries: &[Entry<'_>], others: &[Entry<'_>]| -> Vec<String> {
            let is_output = |entry: &&Entry<'_>| entry.kind == RuleKind::Output;
            let common =
                |entry: &&Entry<'_>| others.iter().any(|other| other.kind == entry.kind && other.key == entry.key);
            entries.iter().filter(is_output).filter(common).map(|entry| entry.key.clone()).collect()
        };
        let (olds, news) = (keys(old, new), keys(new, old));
        if olds == news {
            return;
        }
        let first = |entries: &'_ [Entry<'_>]| entries.iter().position(|entry| entry.kind == RuleKind::Output);
        let (Some(one), Some(other)) = (first(old).and_then(|at| old.get(at)), first(new).and_then(|at| new.get(at)))
        else {
            return;
        };
        let sides = (
            Some(side(self.old.rules, same(olds.join(", ")), one.span, None)),
            Some(side(self.new.rules, same(news.join(", ")), other.span, None)),
        );
        let part = Text::new("order of outputs", "输出的次序");
        self.push(other, Difference::Changed, part, Vec::new(), (None, None), sides);
        if let Some(change) = self.changes.last_mut() {
            change.name.clear();
        }
    }
}

fn difference(sides: &(Option<Side>, Option<Side>)) -> Difference {
    match sides {
        (None, _) => Difference::Added,
        (_, None) => Difference::Removed,
        _ => Difference::Changed,
    }
}

fn side(rules: Rules<'_>, text: Text, span: Span, cite: Option<&Quoted>) -> Side {
    let clause = cite.map(|cite| cite.text.clone());
    // A clause may be named in another file than the one the value stands in.
    let document = rules.document(cite.map_or(span, |cite| cite.span));
    Side { text, clause, document, place: rules.place(span) }
}

fn iso(day: i32) -> Option<String> {
    date_of(&num_rational::BigRational::from_integer(day.into())).map(|date| date.to_string())
}

#[cfg(test)]
mod tests;
