//! Node and the npm packages of the browser and Node tests.

use std::env::consts::ARCH;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use xshell::{Shell, cmd};

use crate::setup::on_path;
use crate::wasm_std::version;
use crate::workspace::Workspace;

/// What the browser driver asks for.
const OLDEST_MAJOR: u32 = 20;
/// Where the machine's Node is older (Debian 12 has 18), its npm gets this one from the npm registry.
const OWN_VERSION: &str = "22.23.3";

/// A Node that is new enough: the machine's, or one that is kept in the build folder.
pub(crate) fn find_or_fetch(workspace: &Workspace) -> Result<PathBuf> {
    let shell = &workspace.shell;
    if let Some(node) = on_path("node").filter(|node| is_new_enough(shell, node)) {
        return Ok(node);
    }
    let arch = if ARCH == "aarch64" { "arm64" } else { "x64" };
    let package = format!("node-linux-{arch}");
    let tools = workspace.target.join("tools");
    let node = tools.join("node_modules").join(&package).join("bin/node");
    if !is_new_enough(shell, &node) {
        fs::create_dir_all(&tools)?;
        let needed = || format!("this machine needs Node {OLDEST_MAJOR} or newer");
        cmd!(
            shell,
            "npm install --no-save --no-audit --no-fund --ignore-scripts --prefix {tools} {package}@{OWN_VERSION}"
        )
        .run()
        .with_context(needed)?;
    }
    Ok(node)
}

/// Installs what the lock file of the tests names, unless that was done since the lock file last changed.
pub(crate) fn install_packages(workspace: &Workspace) -> Result<()> {
    let folder = workspace.root.join("tests/web");
    let changed = |file: &str| fs::metadata(folder.join(file)).and_then(|metadata| metadata.modified());
    let locked = changed("package-lock.json").context("tests/web/package-lock.json")?;
    // npm writes this file last.
    if changed("node_modules/.package-lock.json").is_ok_and(|installed| installed >= locked) {
        return Ok(());
    }
    let shell = &workspace.shell;
    let _folder = shell.push_dir(&folder);
    Ok(cmd!(shell, "npm ci --no-audit --no-fund").run()?)
}

fn is_new_enough(shell: &Shell, node: &Path) -> bool {
    let line = cmd!(shell, "{node} --version").quiet().ignore_stderr().read().unwrap_or_default();
    version(&line).is_some_and(|(major, _)| major >= OLDEST_MAJOR)
}
