//! Where things are: the root of the clone, the build folder, and a shell that stands in the root.

use std::env;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use xshell::Shell;

pub(crate) struct Workspace {
    pub(crate) root: PathBuf,
    pub(crate) target: PathBuf,
    /// Stands in the root; what it starts sees the same build folder as this process.
    pub(crate) shell: Shell,
}

impl Workspace {
    pub(crate) fn open() -> Result<Self> {
        // `cargo run` says which clone it runs for; a binary started by hand falls back on the clone that built it.
        let package = env::var_os("CARGO_MANIFEST_DIR").unwrap_or_else(|| env!("CARGO_MANIFEST_DIR").into());
        let root = Path::new(&package).parent().context("xtask must stand in the workspace")?.to_path_buf();
        let shell = Shell::new()?;
        shell.change_dir(&root);
        let target = match env::var_os("CARGO_TARGET_DIR") {
            // Cargo reads a relative folder from where the user stands, not from the root.
            Some(folder) => std::path::absolute(folder)?,
            None => root.join("target"),
        };
        shell.set_var("CARGO_TARGET_DIR", &target);
        Ok(Self { root, target, shell })
    }
}
