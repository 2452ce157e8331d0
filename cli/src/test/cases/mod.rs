//! Tables of cases: CSV files whose rows are claims with the outputs that are expected of them.

mod cells;
mod compare;
mod find;
mod header;
mod table;

use std::path::{Path, PathBuf};

use fen_compiler::{CaseOutcome, Coverage, Policy, StreamCells, Text};
use fen_schema::{Column, Schema};

use self::compare::Expected;
pub(crate) use self::compare::Failure;
pub(crate) use self::find::beside;
use self::header::Columns;
use self::table::{Row, Table};
use crate::error::{Error, Outcome};

/// A row of a table, and what is wrong with it.
pub(crate) struct RowCase {
    /// The line of the file, as a spreadsheet counts rows.
    pub(crate) row: u64,
    /// What the case is called.
    pub(crate) title: Text,
    /// Empty if all is as expected.
    pub(crate) failures: Vec<Failure>,
}

/// The outcome of a table.
pub(crate) struct Tested {
    pub(crate) path: PathBuf,
    pub(crate) rows: Vec<RowCase>,
}

/// What tables of cases of one policy are run with.
pub(crate) struct Runner<'a> {
    policy: &'a Policy,
    schema: Schema,
    /// All outputs, of whatever grain, in the order of the policy.
    outputs: Vec<Column>,
    /// Values of parameters that a table may leave out.
    settings: Vec<(String, String)>,
}

impl<'a> Runner<'a> {
    /// For a policy; `settings` are names and texts of parameters.
    pub(crate) fn new(policy: &'a Policy, settings: &[(String, String)]) -> Outcome<Self> {
        let module = policy.compile().map_err(|failure| {
            let text = fen_compiler::Diagnostic::from(failure).message;
            Error::new("fen::internal::emit", text.en, text.zh)
        })?;
        let schema = module.schema;
        let coarse = schema.plan.iter().flat_map(|plan| &plan.results).flat_map(|results| &results.outputs);
        let all: Vec<&Column> = schema.outputs.iter().chain(coarse.map(|output| &output.column)).collect();
        let names = policy.output_names();
        let outputs = names.iter().filter_map(|name| all.iter().find(|column| column.name == *name));
        let outputs = outputs.map(|column| (*column).clone()).collect();
        Ok(Self { policy, schema, outputs, settings: settings.to_vec() })
    }

    /// Runs a table; what its cases come to is noted.
    pub(crate) fn run(&self, path: &Path, coverage: &mut Coverage) -> Outcome<Tested> {
        let columns = Columns {
            inputs: &self.schema.inputs,
            parameters: &self.schema.parameters,
            outputs: &self.outputs,
            policy: self.policy.name(),
            from_others: &self.policy.from_other_claims(),
            reversal: self.schema.plan.as_ref().and_then(|plan| plan.reversal).map(|reversal| {
                let place = |input: u32| usize::try_from(input).unwrap_or(usize::MAX);
                (place(reversal.claim), place(reversal.reverses))
            }),
        };
        let table = Table::read(path, &columns, &self.settings, self.policy.codes())?;
        let mut outcomes: Vec<Option<CaseOutcome>> = table.rows.iter().map(|_| None).collect();
        for stream in self.streams(&table, path)? {
            let rows = stream.iter().filter_map(|at| table.rows.get(*at));
            let cells = StreamCells {
                rows: rows.clone().map(|row| self.given(row)).collect(),
                parameters: rows.clone().next().map(|row| row.parameters.clone()).unwrap_or_default(),
                texts: table.texts.clone(),
            };
            let settled =
                self.policy.settle_cases(&cells, coverage).map_err(|error| out_of_range(path, error.total()))?;
            for (at, outcome) in stream.iter().zip(settled) {
                outcomes.iter_mut().skip(*at).take(1).for_each(|slot| *slot = Some(outcome.clone()));
            }
        }
        let rows = table.rows.iter().zip(outcomes).map(|(row, outcome)| {
            let outcome = match &row.fault {
                Some((code, column)) => Some(CaseOutcome::Rejected(*code, column.clone())),
                None => outcome,
            };
            let failures = outcome.map(|outcome| self.compare(&table, row, &outcome)).unwrap_or_default();
            RowCase { row: row.line, title: row.title(), failures }
        });
        Ok(Tested { path: path.to_owned(), rows: rows.collect() })
    }

    fn compare(&self, table: &Table, row: &Row, outcome: &CaseOutcome) -> Vec<Failure> {
        Expected { schema: &self.schema, outputs: &self.outputs, names: &table.names, row }.compare(outcome)
    }

    /// The cells of a row. Of one that cannot be read only what says to which claim it belongs is given, so that it is
    /// rejected.
    fn given(&self, row: &Row) -> Vec<Option<i128>> {
        if row.fault.is_none() {
            return row.inputs.clone();
        }
        let plan = self.schema.plan.as_ref();
        let place = |input: u32| usize::try_from(input).unwrap_or(usize::MAX);
        let claim = plan.filter(|plan| plan.claim != 0).and_then(|plan| plan.grains.get(place(plan.claim)));
        let is_key = |at: usize| claim.is_some_and(|claim| claim.keys.iter().any(|key| place(*key) == at));
        row.inputs.iter().enumerate().map(|(at, cell)| cell.filter(|_| is_key(at))).collect()
    }

    /// The places of the rows of each stream. Where rows have nothing to do with each other, those with equal parameters
    /// are taken together.
    fn streams(&self, table: &Table, path: &Path) -> Outcome<Vec<Vec<usize>>> {
        let is_single = self.policy.is_of_single_rows();
        let mut streams: Vec<Vec<usize>> = Vec::new();
        for (at, row) in table.rows.iter().enumerate() {
            let first_of = |stream: &Vec<usize>| stream.first().and_then(|first| table.rows.get(*first));
            let is_same = |stream: &&mut Vec<usize>| {
                first_of(stream).is_some_and(|first| {
                    if is_single { first.parameters == row.parameters } else { first.stream == row.stream }
                })
            };
            match streams.iter_mut().find(is_same) {
                Some(stream) => {
                    if first_of(stream).is_some_and(|first| first.parameters != row.parameters) {
                        return Err(parameters_differ(path, row.line));
                    }
                    stream.push(at);
                }
                None => streams.push(vec![at]),
            }
        }
        for stream in &streams {
            self.in_order(table, stream, path)?;
        }
        Ok(streams)
    }

    /// Rows stand in the order of the date by which the policy orders them.
    fn in_order(&self, table: &Table, stream: &[usize], path: &Path) -> Outcome<()> {
        let Some(place) = self.schema.plan.as_ref().and_then(|plan| plan.ordered_by) else { return Ok(()) };
        let place = usize::try_from(place).unwrap_or(usize::MAX);
        let mut last: Option<i128> = None;
        // Rows that cannot be read do not matter, and of reversals no date is read.
        for row in stream.iter().filter_map(|at| table.rows.get(*at)).filter(|row| row.fault.is_none()) {
            let Some(day) = row.inputs.get(place).copied().flatten() else { continue };
            if last.is_some_and(|last| day < last) {
                let name = self.schema.inputs.get(place).map_or("", |column| column.name.as_str());
                return Err(out_of_order(path, row.line, name));
            }
            last = Some(day);
        }
        Ok(())
    }
}

fn parameters_differ(path: &Path, row: u64) -> Error {
    let path = path.display();
    Error::new(
        "fen::cases::parameters_differ",
        format!(
            "{path}, row {row}: parameters must be the same in all rows of one stream; separate streams by a column `stream`"
        ),
        format!("{path} 第 {row} 行：同一批次各行的参数须相同；不同批次请用“批次”列区分"),
    )
}

fn out_of_order(path: &Path, row: u64, name: &str) -> Error {
    let path = path.display();
    Error::new(
        "fen::cases::out_of_order",
        format!(
            "{path}, row {row}: the policy orders rows by `{name}`, and this row is earlier than one before it; sort the rows"
        ),
        format!("{path} 第 {row} 行：政策按“{name}”排序，而该行早于其前的行；请先排序"),
    )
}

fn out_of_range(path: &Path, total: &str) -> Error {
    let path = path.display();
    Error::new(
        "fen::cases::out_of_range",
        format!("{path}: `{total}` is out of its range"),
        format!("{path}：“{total}”超出范围"),
    )
}
