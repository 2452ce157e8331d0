//! `cargo xtask book`: the book as a folder of pages that need neither a server nor a network.

use std::fs;

use anyhow::{Context, Result, ensure};
use fen_book::{Book, dead_links, write_site};

use crate::workspace::Workspace;

/// Builds the book afresh into `target/book`.
pub(crate) fn build(workspace: &Workspace) -> Result<()> {
    let book = Book::read(&workspace.root)?;
    let dead = dead_links(&book);
    ensure!(dead.is_empty(), "links that lead nowhere:\n{}", dead.join("\n"));
    let folder = workspace.target.join("book");
    if folder.exists() {
        fs::remove_dir_all(&folder).with_context(|| format!("cannot clear {}", folder.display()))?;
    }
    write_site(&book, &folder)?;
    eprintln!("xtask: the book is in {}", folder.join("index.html").display());
    Ok(())
}
