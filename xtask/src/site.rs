//! `cargo xtask site`: a folder that any static web server can publish: the pages, the compiled policies, and the
//! compiler itself for the browser.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use wasm_bindgen_cli_support::Bindgen;
use xshell::cmd;

use crate::wasm_std::{TARGET, WasmStd};
use crate::workspace::Workspace;

/// The policies that the pages load, by source and by name in the site.
const POLICIES: [(&str, &str); 2] =
    [("policies/qujing/surplus.fen", "surplus.wasm"), ("policies/qujing/结余留用.fen", "结余留用.wasm")];

const PAGE_ENDINGS: [&str; 3] = ["html", "js", "css"];

/// Builds the site afresh and returns its folder.
pub(crate) fn build(workspace: &Workspace, wasm_std: WasmStd) -> Result<PathBuf> {
    let Workspace { root, target, shell } = workspace;
    let site = target.join("site");
    if site.exists() {
        fs::remove_dir_all(&site).with_context(|| format!("cannot clear {}", site.display()))?;
    }
    fs::create_dir_all(&site)?;

    copy_pages(&root.join("wasm/web"), &site)?;
    // Node takes a script for a module only where a package says so.
    fs::write(site.join("package.json"), "{ \"type\": \"module\" }\n")?;
    copy(&root.join("tests/expectations/surplus.json"), &site.join("expectations.json"))?;
    // Not `cargo run -p fen-cli`: alone, it would build its dependencies with other features than the tests do, and
    // so wasmtime twice.
    cmd!(shell, "cargo build --workspace --bin fen").run()?;
    let fen = target.join("debug/fen");
    for (source, module) in POLICIES {
        let module = site.join(module);
        cmd!(shell, "{fen} build {source} -o {module}").run()?;
    }
    build_compiler(workspace, wasm_std, &site.join("pkg"))?;
    Ok(site)
}

/// The compiler for the browser: `fen_wasm.js` and `fen_wasm_bg.wasm`.
fn build_compiler(workspace: &Workspace, wasm_std: WasmStd, pkg: &Path) -> Result<()> {
    // A folder of its own: the compiler that builds it may be another one than that of the workspace.
    let target = workspace.target.join("wasm");
    wasm_std.cargo_build(&workspace.shell, &target)?.args(["-p", "fen-wasm"]).run()?;
    let module = target.join(TARGET).join("release/fen_wasm.wasm");
    Bindgen::new()
        .input_path(&module)
        .web(true)?
        .typescript(false)
        // The pages call `init()` without saying where the module lies.
        .omit_default_module_path(false)
        .remove_name_section(true)
        .remove_producers_section(true)
        .generate(pkg)
        .with_context(|| format!("wasm-bindgen refused {}", module.display()))
}

fn copy_pages(from: &Path, to: &Path) -> Result<()> {
    let mut pages = 0;
    for entry in fs::read_dir(from).with_context(|| format!("cannot read {}", from.display()))? {
        let path = entry?.path();
        let is_page =
            path.extension().is_some_and(|ending| PAGE_ENDINGS.iter().any(|known| ending.eq_ignore_ascii_case(known)));
        if let Some(name) = path.file_name().filter(|_| is_page && path.is_file()) {
            copy(&path, &to.join(name))?;
            pages += 1;
        }
    }
    ensure!(pages > 0, "no pages in {}", from.display());
    Ok(())
}

fn copy(from: &Path, to: &Path) -> Result<()> {
    fs::copy(from, to).with_context(|| format!("cannot copy {} to {}", from.display(), to.display()))?;
    Ok(())
}
