//! Policies in literate form: Markdown with ```` ```fen ```` blocks under the clauses that they implement.
//!
//! The places of code are places of the Markdown: [`Outline::code`] is as long as the Markdown, and everything outside the blocks
//! is blank in it. What a Markdown file is made of is decided by CommonMark, not here.
//!
//! A file may hold several policies. Each of its blocks then says whose it is, as in ```` ```fen 住院 ````, and `通知.md#住院` names
//! one of them; see [`Outline::only`].

mod plain;
mod scan;

use crate::source::Span;

pub use self::plain::{Plain, needs_space};
pub use self::scan::{beginning, dialect};

/// What a Markdown file holds for the compiler.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Outline {
    code: String,
    blocks: Vec<Block>,
    clauses: Vec<Clause>,
    policies: Vec<String>,
    headings: Vec<usize>,
}

/// A fenced block.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Block {
    /// From its opening fence to the end of the closing one.
    pub span: Span,
    /// What stands behind the opening fence.
    pub info: String,
    /// What it is for.
    pub role: Role,
    /// The policy that it says it belongs to.
    pub policy: Option<String>,
    /// Whether it has a closing fence.
    pub is_closed: bool,
    /// Its lines with their ends, without what lists and quotes around it put before them.
    pub lines: Vec<Span>,
    /// Its place in [`Outline::clauses`]: the clause it stands under.
    pub clause: Option<usize>,
}

/// What a fenced block is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// ```` ```fen ````: a part of the policy.
    Policy,
    /// A part of another policy of the file than the one that was asked for.
    Elsewhere,
    /// ```` ```fen ignore ```` and ```` ```fen refused CODE ````: shown to readers, not compiled.
    Shown,
    /// Another language, or none.
    Other,
}

/// A clause that a Markdown file quotes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Clause {
    /// The heading above it, such as `三(五)3`.
    pub heading: Option<String>,
    /// The quoted text, without marks.
    pub text: String,
    /// The quote in the Markdown.
    pub span: Span,
}

impl Clause {
    /// What the clause is called: its heading, or else how its text begins.
    #[must_use]
    pub fn name(&self) -> String {
        const LONGEST: usize = 24;
        if let Some(heading) = &self.heading {
            return heading.clone();
        }
        let first = self.text.lines().next().unwrap_or_default();
        match first.char_indices().nth(LONGEST) {
            Some((at, _)) => format!("{}…", first.get(..at).unwrap_or(first)),
            None => first.to_owned(),
        }
    }
}

impl Outline {
    /// The text with everything but the policy's blocks blank; every byte has its place.
    #[must_use]
    pub fn code(&self) -> &str {
        &self.code
    }

    /// All fenced blocks, in their order.
    #[must_use]
    pub fn blocks(&self) -> &[Block] {
        &self.blocks
    }

    /// The blocks that make up the policy.
    pub fn policy_blocks(&self) -> impl Iterator<Item = &Block> {
        self.blocks.iter().filter(|block| block.role == Role::Policy)
    }

    /// The policies that blocks belong to by name, in the order in which they begin.
    #[must_use]
    pub fn policies(&self) -> &[String] {
        &self.policies
    }

    /// The policy that a place belongs to: that of the last block with a name which begins there or before; before all of them, the first
    /// one.
    #[must_use]
    pub fn policy_at(&self, place: usize) -> Option<&str> {
        let before = self.blocks.iter().take_while(|block| block.span.start <= place);
        let named = before.filter_map(|block| block.policy.as_deref()).last();
        named.or(self.policies.first().map(String::as_str))
    }

    /// Where headings begin that are not quoted, in their order.
    #[must_use]
    pub fn headings(&self) -> &[usize] {
        &self.headings
    }

    /// All quoted clauses, in their order.
    #[must_use]
    pub fn clauses(&self) -> &[Clause] {
        &self.clauses
    }

    /// The clause that what stands at a place implements.
    #[must_use]
    pub fn clause_at(&self, place: usize) -> Option<&Clause> {
        let after = self.blocks.partition_point(|block| block.span.start <= place);
        let block = self.blocks.get(after.checked_sub(1)?).filter(|block| place < block.span.end)?;
        self.clauses.get(block.clause?).filter(|clause| !clause.text.is_empty())
    }

    /// The clause under the heading of this name, or whose heading begins with it, as in `三(五)3 结余留用`: the only one with rules of
    /// the policy, or else the only one.
    #[must_use]
    pub fn clause_named(&self, name: &str) -> Option<&Clause> {
        let is_named = |clause: &Clause| clause.heading.as_deref().is_some_and(|heading| is_heading_of(heading, name));
        let named: Vec<usize> = (0..self.clauses.len())
            .filter(|at| self.clauses.get(*at).is_some_and(|clause| !clause.text.is_empty() && is_named(clause)))
            .collect();
        let has_rules = |at: &&usize| self.policy_blocks().any(|block| block.clause == Some(**at));
        let with_rules: Vec<usize> = named.iter().filter(has_rules).copied().collect();
        let [only] = (if with_rules.is_empty() { named } else { with_rules })[..] else { return None };
        self.clauses.get(only)
    }
}

/// Whether a file of this name is Markdown. The policy that may be named in it does not matter.
#[must_use]
pub fn is_markdown(name: &str) -> bool {
    has_markdown_ending(split(name).0)
}

/// The file and the policy in it that a name such as `通知.md#住院` means. What is not Markdown holds one policy, whatever it is called.
#[must_use]
pub fn split(name: &str) -> (&str, Option<&str>) {
    match name.rsplit_once('#') {
        Some((file, policy)) if has_markdown_ending(file) => (file, Some(policy)),
        _ => (name, None),
    }
}

/// The name of a policy in a Markdown file.
#[must_use]
pub fn join(file: &str, policy: &str) -> String {
    format!("{file}#{policy}")
}

/// Whether the blocks of a policy say `block`: its name, or the last part of it.
#[must_use]
pub fn is_called(policy: &str, block: &str) -> bool {
    policy == block || policy.rsplit_once('.').is_some_and(|(_, last)| last == block)
}

fn has_markdown_ending(name: &str) -> bool {
    name.rsplit_once('.')
        .is_some_and(|(_, ending)| ["md", "markdown"].iter().any(|one| ending.eq_ignore_ascii_case(one)))
}

/// Whether a heading is the name of a clause, or begins with it. Blanks within a name and the width of punctuation make no
/// difference.
fn is_heading_of(heading: &str, name: &str) -> bool {
    let narrow = |c: char| match c {
        '（' => '(',
        '）' => ')',
        '．' => '.',
        c => c,
    };
    let mut rest = heading.chars().map(narrow);
    for wanted in name.chars().map(narrow).filter(|c| !c.is_whitespace()) {
        if rest.find(|c| !c.is_whitespace()) != Some(wanted) {
            return false;
        }
    }
    let ends = |c: char| c.is_whitespace() || "、.:：，,—-".contains(c);
    !name.trim().is_empty() && rest.next().is_none_or(ends)
}

#[cfg(test)]
mod tests;
