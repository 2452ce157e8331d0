//! Runs the `fen` command and reads the files that it writes.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use xshell::{Shell, cmd};

/// The command, and the folder in which everything of the demo lies.
pub(crate) struct Fen<'a> {
    pub(crate) shell: &'a Shell,
    pub(crate) command: PathBuf,
    pub(crate) policies: PathBuf,
    pub(crate) folder: PathBuf,
}

/// One run over one file.
pub(crate) struct Run {
    /// What it was, for the report.
    pub(crate) name: String,
    pub(crate) rows: u64,
    pub(crate) rejected: u64,
    /// As the command measured it: reading and writing files included, starting and compiling not.
    pub(crate) milliseconds: u64,
    pub(crate) rejects: PathBuf,
    output: PathBuf,
}

impl Fen<'_> {
    /// Compiles a policy, so that every run of it takes the same module.
    pub(crate) fn build(&self, policy: &Path, name: &str) -> Result<PathBuf> {
        let module = self.folder.join(format!("{name}.wasm"));
        let fen = &self.command;
        cmd!(self.shell, "{fen} build {policy} -o {module}").quiet().ignore_stdout().ignore_stderr().run()?;
        Ok(module)
    }

    /// Settles a text with a policy or a module, with the companion parameters of that name and others before them.
    pub(crate) fn run(
        &self,
        name: &str,
        policy: &Path,
        params: Option<&str>,
        sets: &[&str],
        input: &Path,
    ) -> Result<Run> {
        let file = |ending: &str| self.folder.join(format!("{name}.{ending}"));
        let (output, rejects, summary) = (file("csv"), file("rejects.csv"), file("json"));
        let fen = &self.command;
        let mut command = cmd!(
            self.shell,
            "{fen} run {policy} --lang zh --input {input} --output {output} --rejects {rejects} --summary {summary}"
        );
        for set in sets {
            command = command.args(["--set", set]);
        }
        if let Some(params) = params {
            command = command.arg("--params").arg(self.policies.join("params").join(format!("{params}.toml")));
        }
        command.quiet().ignore_stdout().run().with_context(|| format!("cannot settle {name}"))?;
        let text = fs::read_to_string(&summary)?;
        let (rows, settled, rejected) = (number(&text, "rows")?, number(&text, "settled")?, number(&text, "rejected")?);
        ensure!(rows == settled + rejected, "{name}: {rows} rows in, {settled} settled and {rejected} rejected");
        Ok(Run { name: name.to_owned(), rows, rejected, milliseconds: number(&text, "seconds")?, rejects, output })
    }
}

impl Run {
    /// The results of the rows, or of the groups of a grain such as `单据号` or `机构.年`.
    pub(crate) fn table(&self, grain: Option<&str>) -> Result<Table> {
        let path = match grain {
            Some(grain) => self.output.with_extension(format!("{grain}.csv")),
            None => self.output.clone(),
        };
        Table::read(&path)
    }
}

/// A file of the demo: no cell of it has a comma or a quotation mark.
pub(crate) struct Table {
    text: String,
}

impl Table {
    pub(crate) fn read(path: &Path) -> Result<Self> {
        let text = fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
        ensure!(!text.contains('"'), "{} has quotation marks", path.display());
        Ok(Self { text })
    }

    /// Each row's cells of the named columns.
    pub(crate) fn rows<'t, const N: usize>(
        &'t self,
        columns: [&str; N],
    ) -> Result<impl Iterator<Item = Result<[&'t str; N]>> + use<'t, N>> {
        let mut lines = self.text.lines();
        let header: Vec<&str> = lines.next().context("an empty file")?.split(',').collect();
        let mut places = [0; N];
        for (place, column) in places.iter_mut().zip(columns) {
            *place = header.iter().position(|name| *name == column).with_context(|| format!("no column {column}"))?;
        }
        Ok(lines.map(move |line| {
            let cells: Vec<&str> = line.split(',').collect();
            let mut found = [""; N];
            for (found, place) in found.iter_mut().zip(places) {
                *found = cells.get(place).with_context(|| format!("a short row: {line}"))?;
            }
            Ok(found)
        }))
    }

    /// The only row's cells of the named columns.
    pub(crate) fn only<const N: usize>(&self, columns: [&str; N]) -> Result<[String; N]> {
        let row = self.rows(columns)?.next().context("no row was settled")??;
        Ok(row.map(str::to_owned))
    }
}

/// An amount as it is written, in fen; a percentage in ten thousandths.
pub(crate) fn fen(cell: &str) -> Result<i64> {
    let digits = cell.trim_end_matches('%');
    let (whole, decimals) = digits.split_once('.').with_context(|| format!("`{cell}` has no decimals"))?;
    ensure!(decimals.len() == 2, "`{cell}` has not two decimals");
    format!("{whole}{decimals}").parse().with_context(|| format!("`{cell}` is no amount"))
}

/// A number at the top of a summary, without its decimal point.
fn number(summary: &str, key: &str) -> Result<u64> {
    let line = summary
        .lines()
        .find_map(|line| line.strip_prefix(&format!("  \"{key}\": ")))
        .with_context(|| format!("the summary does not say `{key}`"))?;
    let digits: String = line.chars().filter(char::is_ascii_digit).collect();
    digits.parse().with_context(|| format!("`{key}` is no number"))
}
