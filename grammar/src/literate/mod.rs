//! Policies in literate form: Markdown with ```` ```fen ```` blocks under the clauses that they implement.
//!
//! The places of code are places of the Markdown: [`Outline::code`] is as long as the Markdown, and everything outside the blocks
//! is blank in it. What a Markdown file is made of is decided by CommonMark, not here.

mod plain;
mod scan;

use crate::source::Span;

pub use self::plain::{Plain, needs_space};
pub use self::scan::{beginning, dialect, is_markdown};

/// What a Markdown file holds for the compiler.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Outline {
    code: String,
    blocks: Vec<Block>,
    clauses: Vec<Clause>,
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

    /// The clause under the heading of this name, or whose heading begins with it, as in `三(五)3 结余留用`; if there is one only.
    #[must_use]
    pub fn clause_named(&self, name: &str) -> Option<&Clause> {
        let is_named = |clause: &&Clause| clause.heading.as_deref().is_some_and(|heading| is_heading_of(heading, name));
        let mut named = self.clauses.iter().filter(|clause| !clause.text.is_empty()).filter(is_named);
        named.next().filter(|_| named.next().is_none())
    }
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
