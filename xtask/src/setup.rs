//! What a machine needs beside the Rust toolchain. What is missing is installed where that is possible (Debian, as
//! root), all at once; else the error says what to install.

use std::env;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use xshell::{Shell, cmd};

use crate::node;
use crate::python;
use crate::wasm_std::{self, WasmStd};
use crate::workspace::Workspace;

/// The tools that the build of the site and the tests call by path.
pub(crate) struct Tools {
    pub(crate) wasm_std: WasmStd,
    pub(crate) chromium: PathBuf,
    pub(crate) node: PathBuf,
    pub(crate) python: PathBuf,
}

/// Something the machine must have.
struct Need {
    what: &'static str,
    debian: &'static [&'static str],
    elsewhere: &'static str,
    present: fn(&Shell) -> bool,
}

const WASM_STD: Need = Need {
    what: "the standard library for wasm32-unknown-unknown",
    debian: &["rustc-web", "rust-web-src", "lld-19", "binaryen"],
    elsewhere: "rustup target add wasm32-unknown-unknown",
    present: |shell| wasm_std::find(shell).is_some(),
};

const CHROMIUM: Need = Need {
    what: "Chromium",
    debian: &["chromium", "fonts-noto-cjk"],
    elsewhere: "install Chromium and set FEN_CHROMIUM to its path",
    present: |_| chromium().is_some(),
};

const NODE: Need = Need {
    what: "Node and npm",
    debian: &["nodejs", "npm"],
    elsewhere: "install Node 20 or newer",
    present: |_| on_path("node").is_some() && on_path("npm").is_some(),
};

const PYTHON: Need = Need {
    what: "Python with its modules venv and ensurepip",
    debian: &["python3", "python3-venv"],
    elsewhere: "install Python 3.10 or newer",
    present: python::is_whole,
};

/// Everything `cargo xtask test` needs.
pub(crate) fn tools(workspace: &Workspace) -> Result<Tools> {
    let shell = &workspace.shell;
    check_components(shell)?;
    wasm_std::prepare(shell)?;
    install(shell, &[WASM_STD, CHROMIUM, NODE, PYTHON])?;
    let node = node::find_or_fetch(workspace)?;
    node::install_packages(workspace)?;
    Ok(Tools {
        wasm_std: wasm_std::find(shell).context(WASM_STD.what)?,
        chromium: chromium().context(CHROMIUM.what)?,
        node,
        python: python::environment(workspace)?,
    })
}

/// What `cargo xtask site` needs.
pub(crate) fn wasm_std(shell: &Shell) -> Result<WasmStd> {
    wasm_std::prepare(shell)?;
    install(shell, &[WASM_STD])?;
    wasm_std::find(shell).context(WASM_STD.what)
}

fn check_components(shell: &Shell) -> Result<()> {
    for component in ["fmt", "clippy"] {
        if cmd!(shell, "cargo {component} --version").quiet().ignore_stdout().ignore_stderr().run().is_err() {
            bail!("`cargo {component}` is missing: run `rustup component add rustfmt clippy`");
        }
    }
    Ok(())
}

/// Makes sure of the needs, by one installation where this machine allows it.
fn install(shell: &Shell, needs: &[Need]) -> Result<()> {
    let mut missing: Vec<&Need> = needs.iter().filter(|need| !(need.present)(shell)).collect();
    if missing.is_empty() {
        return Ok(());
    }
    if on_path("apt-get").is_some() && is_root(shell) {
        let packages: Vec<&str> = missing.iter().flat_map(|need| need.debian).copied().collect();
        eprintln!("xtask: installing {}", packages.join(" "));
        let _quiet = shell.push_env("DEBIAN_FRONTEND", "noninteractive");
        // An old list may still do; if it does not, the next command says so.
        let _ = cmd!(shell, "apt-get update --quiet").run();
        cmd!(shell, "apt-get install --quiet -y --no-install-recommends {packages...}").run()?;
        missing.retain(|need| !(need.present)(shell));
        if missing.is_empty() {
            return Ok(());
        }
    }
    bail!("{}", advice(&missing));
}

/// Exactly what to type, on Debian and elsewhere.
fn advice(missing: &[&Need]) -> String {
    let mut text = String::from("this machine still needs:");
    for Need { what, debian, elsewhere, .. } in missing {
        let debian = debian.join(" ");
        text += &format!("\n  {what}\n    on Debian:  apt-get install --no-install-recommends {debian}");
        text += &format!("\n    elsewhere:  {elsewhere}");
    }
    text
}

fn is_root(shell: &Shell) -> bool {
    cmd!(shell, "id -u").quiet().read().is_ok_and(|user| user == "0")
}

fn chromium() -> Option<PathBuf> {
    let named = env::var_os("FEN_CHROMIUM").map(PathBuf::from);
    named.filter(|path| path.is_file()).or_else(|| on_path("chromium")).or_else(|| existing("/usr/bin/chromium"))
}

/// Where the shell would find a program.
pub(crate) fn on_path(program: &str) -> Option<PathBuf> {
    env::split_paths(&env::var_os("PATH")?).map(|folder| folder.join(program)).find(|path| path.is_file())
}

fn existing(path: &str) -> Option<PathBuf> {
    Some(Path::new(path)).filter(|path| path.is_file()).map(Path::to_path_buf)
}

#[cfg(test)]
mod tests {
    use super::{CHROMIUM, NODE, advice};

    #[test]
    fn the_advice_names_every_package() {
        let text = advice(&[&CHROMIUM, &NODE]);
        for words in ["Chromium", "--no-install-recommends chromium fonts-noto-cjk", "FEN_CHROMIUM", "nodejs"] {
            assert!(text.contains(words), "{text}");
        }
    }
}
