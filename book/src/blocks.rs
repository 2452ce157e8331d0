//! The fenced blocks of a page, and what the words behind a fence say of them.

use pulldown_cmark::{CodeBlockKind, Event, Options, Parser, Tag, TagEnd};

/// A fenced block.
#[derive(Clone, Debug)]
pub struct Block {
    /// What it is; or, if the words behind the fence say nothing known, these words.
    pub kind: Result<Kind, String>,
    /// What stands in it, with the end of its last line.
    pub text: String,
    /// The line of its fence, from 1.
    pub line: usize,
    /// Whether only blank lines stand between it and the block before.
    pub follows_directly: bool,
}

/// What a block is. Every kind is run, or written down for others to be run with, by a test.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Kind {
    /// ```` ```fen setting ````: what fragments of the page's language are read with.
    Setting,
    /// ```` ```fen ````: a policy or fragment that is accepted.
    ///
    /// Behind `fen` may stand `file NAME` (the block is that file from here on) or `add NAME` (it goes to its end), then
    /// `refused CODE`: it is wrong, and has that code and no other.
    Fen {
        /// The file that the block is, or is added to.
        file: Option<String>,
        /// Whether it is added to the file instead of being it.
        is_added: bool,
        /// The code with which it is refused.
        refused: Option<String>,
    },
    /// ```` ```csv NAME ````, and likewise `toml`, `js`, `html`, `lua`, `markdown`: a file that later blocks may use.
    File(String),
    /// ````` ````markdown `````: a policy in literate form that is accepted.
    Literate,
    /// ```` ```console ````: commands behind `$ `, each with all it prints; a line `…` stands for any lines.
    Console,
    /// ```` ```rust ````: a program, run as a documentation test.
    Rust,
    /// ```` ```json column ````: an entry of a schema.
    JsonColumn,
    /// ```` ```text ````: the shape of something, in words; not to be run.
    Text,
}

impl Kind {
    /// What the words behind a fence say.
    fn of(info: &str) -> Option<Self> {
        let words: Vec<&str> = info.split_whitespace().collect();
        Some(match words.as_slice() {
            ["fen", "setting"] => Self::Setting,
            ["fen", rest @ ..] => {
                let (file, is_added, rest) = match rest {
                    ["file", name, rest @ ..] => (Some((*name).to_owned()), false, rest),
                    ["add", name, rest @ ..] => (Some((*name).to_owned()), true, rest),
                    rest => (None, false, rest),
                };
                let refused = match rest {
                    [] => None,
                    ["refused", code] => Some((*code).to_owned()),
                    _ => return None,
                };
                Self::Fen { file, is_added, refused }
            }
            ["csv" | "toml" | "js" | "html" | "lua" | "markdown", name] => Self::File((*name).to_owned()),
            ["markdown"] => Self::Literate,
            ["console"] => Self::Console,
            ["rust"] => Self::Rust,
            ["json", "column"] => Self::JsonColumn,
            ["text"] => Self::Text,
            _ => return None,
        })
    }
}

/// How pages are read.
pub(crate) fn options() -> Options {
    Options::ENABLE_TABLES
}

/// The fenced blocks of a page, in their order. Blocks that are only indented are none: pages do not use them.
#[must_use]
pub fn blocks(markdown: &str) -> Vec<Block> {
    let mut blocks: Vec<Block> = Vec::new();
    let mut open: Option<Block> = None;
    let mut follows_directly = false;
    for (event, range) in Parser::new_ext(markdown, options()).into_offset_iter() {
        match (event, &mut open) {
            (Event::Start(Tag::CodeBlock(CodeBlockKind::Fenced(info))), _) => {
                let line = markdown.bytes().take(range.start).filter(|byte| *byte == b'\n').count() + 1;
                let kind = Kind::of(&info).ok_or_else(|| info.to_string());
                open = Some(Block { kind, text: String::new(), line, follows_directly });
            }
            (Event::Text(text), Some(block)) => block.text += &text,
            (Event::End(TagEnd::CodeBlock), Some(_)) => {
                blocks.extend(open.take());
                follows_directly = true;
            }
            (_, None) => follows_directly = false,
            _ => {}
        }
    }
    blocks
}
