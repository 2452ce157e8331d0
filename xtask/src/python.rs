//! Python and the wheels of the tests that compute the same thing another way.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use xshell::{Shell, cmd};

use crate::workspace::Workspace;

/// Whether the machine's Python can make environments; Debian has that in a package of its own.
pub(crate) fn is_whole(shell: &Shell) -> bool {
    cmd!(shell, "python3 -c 'import venv, ensurepip'").quiet().ignore_stdout().ignore_stderr().run().is_ok()
}

/// A Python that has what the tests ask for, in an environment that is kept in the build folder.
pub(crate) fn environment(workspace: &Workspace) -> Result<PathBuf> {
    let shell = &workspace.shell;
    let folder = workspace.target.join("tools/python");
    let python = folder.join("bin/python");
    if !runs(shell, &python) {
        cmd!(shell, "python3 -m venv --clear {folder}").run().context("cannot make a Python environment")?;
    }
    // Asks no registry if what is pinned is there. Wheels only: to build DuckDB would take longer than all tests.
    let wanted = workspace.root.join("tests/synthea/requirements.txt");
    cmd!(
        shell,
        "{python} -m pip install --quiet --disable-pip-version-check --only-binary :all: --requirement {wanted}"
    )
    .run()
    .with_context(|| format!("cannot install the wheels that {} names", wanted.display()))?;
    Ok(python)
}

/// An environment may be there whose Python is gone.
fn runs(shell: &Shell, python: &Path) -> bool {
    python.is_file() && cmd!(shell, "{python} -m pip --version").quiet().ignore_stdout().ignore_stderr().run().is_ok()
}
