//! A stream through the module and through the interpreter.

use std::collections::HashMap;
use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::temporal_conversions::date32_to_datetime;
use arrow_array::types::{Date32Type, Decimal64Type, Decimal128Type, Int32Type};
use arrow_array::{Array, ArrayRef, BooleanArray, Date32Array, Decimal128Array, RecordBatch, StringArray};
use arrow_schema::DataType;
use fen_compiler::{Outcome, Policy, Source, StreamCells, analyze};
use fen_runtime::{Runtime, Stream};
use fen_schema::{Column, ColumnType, Schema};

/// The cells of a row, or the code and the column it is rejected for.
type Found = Result<Vec<Option<i128>>, (String, String)>;

const TEXTS: [&str; 6] = ["x", "T1", "T2", "é", "zz", "10"];

pub(crate) struct Compared {
    analysis: fen_compiler::Analysis,
    loaded: fen_runtime::Policy,
    schema: Schema,
    codes: Vec<String>,
    parameters: fen_runtime::Parameters,
    cells: Vec<i128>,
}

/// A small generator, the same on all machines.
struct Random(u64);

impl Random {
    fn below(&mut self, count: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % count
    }
}

impl Compared {
    pub(crate) fn new(source: &str, parameters: &[(&str, &str, i128)]) -> Self {
        let analysis = analyze(&Source::new("test.fen", source));
        let messages: Vec<String> = analysis.diagnostics().iter().map(|problem| format!("{problem:?}")).collect();
        let policy = analysis.policy().unwrap_or_else(|| panic!("{messages:#?}"));
        let module = policy.compile().unwrap();
        let loaded = Runtime::new().unwrap().load(&module.wasm).unwrap();
        let mut set = loaded.parameters();
        for (name, text, _) in parameters {
            set.set(name, text).unwrap();
        }
        let codes = wasmparser::Parser::new(0).parse_all(&module.wasm).find_map(|payload| match payload.unwrap() {
            wasmparser::Payload::CustomSection(section) if section.name() == fen_schema::CODES_SECTION => {
                Some(serde_json::from_slice(section.data()).unwrap())
            }
            _ => None,
        });
        let cells = parameters.iter().map(|(_, _, cell)| *cell).collect();
        let codes = codes.unwrap_or_default();
        Self { loaded, schema: module.schema, codes, parameters: set, cells, analysis }
    }

    pub(crate) fn loaded(&self) -> &fen_runtime::Policy {
        &self.loaded
    }

    pub(crate) fn open(&self) -> Stream {
        Stream::new(&self.loaded, self.parameters.clone()).unwrap()
    }

    pub(crate) fn batch_of_seed(&self, seed: u64) -> RecordBatch {
        self.batch(&self.rows(seed))
    }

    fn policy(&self) -> &Policy {
        self.analysis.policy().unwrap()
    }

    /// Texts that the policy does not know.
    fn texts(&self) -> Vec<String> {
        let numbers = (0..40).map(|number| format!("C{number}"));
        let texts = TEXTS.iter().map(|text| (*text).to_owned()).chain(numbers);
        texts.filter(|text| !self.codes.contains(text)).collect()
    }

    fn number(&self, text: &str) -> i128 {
        let texts = self.texts();
        let place = self.codes.iter().chain(&texts).position(|known| known == text);
        place.unwrap().try_into().unwrap()
    }

    fn text(&self, number: i128) -> String {
        let number = usize::try_from(number).unwrap();
        self.codes.get(number).cloned().unwrap_or_else(|| self.texts()[number - self.codes.len()].clone())
    }

    fn cell(&self, column: &Column, row: u64, random: &mut Random, date: i128) -> Option<i128> {
        if column.optional && random.below(4) != 0 || random.below(60) == 0 {
            return None;
        }
        Some(match column.ty {
            ColumnType::Bool => random.below(2).into(),
            ColumnType::Enum => random.below(column.values.len().try_into().unwrap()).into(),
            ColumnType::Date => date,
            ColumnType::Id if column.name == "claim" && self.schema.plan.as_ref().unwrap().claim == 0 => {
                // Mostly its own number.
                let claim = if random.below(10) == 0 { random.below(40) } else { row };
                self.number(&format!("C{claim}"))
            }
            ColumnType::Id if column.name == "claim" && self.takes_lines_back() => {
                self.number(&format!("C{}", (row + random.below(4)) / 3))
            }
            ColumnType::Id if column.name == "reverses" && self.takes_lines_back() => {
                self.number(&format!("C{}", random.below(row / 3 + 1)))
            }
            ColumnType::Id if column.name == "reverses" => self.number(&format!("C{}", random.below(row.max(1)))),
            ColumnType::Id | ColumnType::Code => self.number(TEXTS[usize::try_from(random.below(4)).unwrap()]),
            _ => {
                let unit = 10_i128.pow(column.scale);
                i128::from(random.below(1_100)) * unit + i128::from(random.below(100)) * unit / 100
            }
        })
    }

    fn takes_lines_back(&self) -> bool {
        self.schema.plan.as_ref().is_some_and(|plan| plan.claim != 0 && plan.reversal.is_some())
    }

    fn rows(&self, seed: u64) -> Vec<Vec<Option<i128>>> {
        let mut random = Random(seed);
        let count = random.below(40);
        let mut date = 18_900;
        let mut rows = Vec::new();
        for row in 0..count {
            date += i128::from(random.below(40));
            let mut cells: Vec<Option<i128>> =
                self.schema.inputs.iter().map(|column| self.cell(column, row, &mut random, date)).collect();
            for (column, cell) in self.schema.inputs.iter().zip(&mut cells) {
                let most = match column.name.as_str() {
                    "beds" => 3,
                    "points" if random.below(2) == 0 => 1,
                    "points" => 400,
                    _ => continue,
                };
                // Mostly what the column admits.
                *cell = cell.map(|cell| cell % most);
            }
            if let Some(reversal) = self.schema.plan.as_ref().and_then(|plan| plan.reversal)
                && self.takes_lines_back()
                && cells[usize::try_from(reversal.reverses).unwrap()].is_some()
                && random.below(8) != 0
            {
                // Mostly an id of its own.
                cells[usize::try_from(reversal.claim).unwrap()] = Some(self.number(&format!("C{}", 20 + row % 20)));
            }
            for shared in self.schema.plan.iter().flat_map(|plan| &plan.shared) {
                // Mostly what a row of the same group has.
                let grain = &self.schema.plan.as_ref().unwrap().grains[usize::try_from(shared.grain).unwrap()];
                let place = usize::try_from(shared.input).unwrap();
                let is_same = |other: &&Vec<Option<i128>>| {
                    grain
                        .keys
                        .iter()
                        .all(|key| other[usize::try_from(*key).unwrap()] == cells[usize::try_from(*key).unwrap()])
                };
                if let Some(other) = rows.iter().find(is_same)
                    && random.below(40) != 0
                {
                    cells[place] = other[place];
                }
            }
            rows.push(cells);
        }
        rows
    }

    pub(crate) fn batch(&self, rows: &[Vec<Option<i128>>]) -> RecordBatch {
        let columns = self.schema.inputs.iter().enumerate().map(|(place, column)| {
            let cells = rows.iter().map(|row| row[place]);
            let array: ArrayRef = match column.ty {
                ColumnType::Bool => Arc::new(cells.map(|cell| cell.map(|cell| cell == 1)).collect::<BooleanArray>()),
                ColumnType::Date => {
                    Arc::new(cells.map(|cell| cell.map(|cell| i32::try_from(cell).unwrap())).collect::<Date32Array>())
                }
                ColumnType::Enum => Arc::new(
                    cells
                        .map(|cell| cell.map(|cell| column.values[usize::try_from(cell).unwrap()].name.clone()))
                        .collect::<StringArray>(),
                ),
                ColumnType::Id | ColumnType::Code => {
                    Arc::new(cells.map(|cell| cell.map(|cell| self.text(cell))).collect::<StringArray>())
                }
                _ => {
                    let scale = i8::try_from(column.scale).unwrap();
                    let array = cells.collect::<Decimal128Array>();
                    Arc::new(array.with_data_type(DataType::Decimal128(38, scale)))
                }
            };
            (column.name.as_str(), array, true)
        });
        RecordBatch::try_from_iter_with_nullable(columns).unwrap()
    }

    /// Whole, and in batches that are cut anywhere.
    pub(crate) fn stream(&self, seed: u64) {
        let rows = self.rows(seed);
        let cells = StreamCells { rows: rows.clone(), parameters: self.cells.clone(), texts: self.texts() };
        let expected = self.policy().interpret_stream(&cells).unwrap();
        for cut in [1_000, 7, 1] {
            let mut stream = Stream::new(&self.loaded, self.parameters.clone()).unwrap();
            let mut found: Vec<Found> = Vec::new();
            for pass in 1..=stream.passes() {
                for rows in rows.chunks(cut) {
                    let settled = stream.settle(&self.batch(rows)).unwrap();
                    if pass < stream.passes() {
                        assert!(settled.outputs().num_rows() == 0 && settled.rejects().is_empty());
                        continue;
                    }
                    let rejects: HashMap<_, _> = settled
                        .rejects()
                        .iter()
                        .map(|reject| {
                            (reject.row, (reject.cause.code.as_str().to_owned(), reject.cause.column.clone()))
                        })
                        .collect();
                    let outputs = self.cells_of(settled.outputs(), &self.schema.outputs);
                    for row in 0..rows.len() {
                        found.push(match rejects.get(&row) {
                            Some(reject) => Err(reject.clone()),
                            None => Ok(outputs.iter().map(|column| column[row]).collect()),
                        });
                    }
                }
                stream.end_pass().unwrap();
            }
            let expected_rows: Vec<_> = expected
                .rows
                .iter()
                .map(|row| match row {
                    Outcome::Settled(cells) => Ok(cells.clone()),
                    Outcome::Rejected(code, column) => Err((code.as_str().to_owned(), column.clone())),
                })
                .collect();
            for (row, (found, expected)) in found.iter().zip(&expected_rows).enumerate() {
                if let (Err((found, _)), Err((expected, _))) = (found, expected)
                    && found == "missing"
                {
                    // The interpreter takes what is missing for a value out of range, in the order of the columns.
                    assert!(["below_min", "above_max", "unknown_value"].contains(&expected.as_str()), "{expected}");
                    continue;
                }
                let shown: Vec<String> = rows.iter().take(row + 1).map(|row| show(row)).collect();
                assert_eq!(found, expected, "seed {seed}, cut {cut}, row {row} of\n{}", shown.join("\n"));
            }
            assert_eq!(found.len(), expected_rows.len());
            self.grains(
                &mut stream,
                &expected,
                &format!(
                    "seed {seed}, cut {cut} of\n{}",
                    rows.iter().map(|row| show(row)).collect::<Vec<_>>().join("\n")
                ),
            );
            assert!(stream.state().is_ok());
        }
    }

    /// In two pieces, the second of which goes on from the state of the first; if the stream has an order, the second begins
    /// with a month.
    pub(crate) fn pieces(&self, seed: u64) {
        let rows = self.rows(seed);
        let cells = StreamCells { rows: rows.clone(), parameters: self.cells.clone(), texts: self.texts() };
        let expected = self.policy().interpret_stream(&cells).unwrap();
        let mut cut = usize::try_from(seed).unwrap() % (rows.len() + 1);
        if let Some(date) = self.schema.plan.as_ref().unwrap().ordered_by {
            // A row without a date is rejected, wherever it stands.
            let day = |row: usize| rows[..=row].iter().rev().find_map(|cells| cells[usize::try_from(date).unwrap()]);
            let month = |row| {
                let day = date32_to_datetime(i32::try_from(day(row)?).unwrap()).unwrap();
                Some(day.format("%Y-%m").to_string())
            };
            while cut > 0 && cut < rows.len() && month(cut - 1) == month(cut) {
                cut += 1;
            }
        }
        let (before, after) = rows.split_at(cut);
        let mut state = None;
        let mut settle = |rows: &[Vec<Option<i128>>]| {
            let mut stream = Stream::new(&self.loaded, self.parameters.clone()).unwrap();
            if let Some(state) = &state {
                stream.restore(state).unwrap();
            }
            assert!(stream.state().is_err());
            let mut settled = None;
            for _ in 0..stream.passes() {
                settled = Some(stream.settle(&self.batch(rows)).unwrap());
                stream.end_pass().unwrap();
            }
            let now = stream.state().unwrap();
            let rows = now.num_rows();
            (state.replace(now), rows, settled.unwrap())
        };
        settle(before);
        let (_, count, settled) = settle(after);
        // The state of a state is the same.
        assert_eq!(settle(&[]).1, count);
        let rejects: HashMap<usize, _> = settled.rejects().iter().map(|reject| (reject.row, &reject.cause)).collect();
        let outputs = self.cells_of(settled.outputs(), &self.schema.outputs);
        for (row, expected) in expected.rows.iter().skip(cut).enumerate() {
            let what = || {
                let rows: Vec<String> = rows.iter().map(|row| show(row)).collect();
                format!("seed {seed}, cut {cut}, row {row} of\n{}", rows.join("\n"))
            };
            match expected {
                Outcome::Settled(cells) => {
                    let found: Vec<Option<i128>> = outputs.iter().map(|column| column[row]).collect();
                    assert!(!rejects.contains_key(&row), "{}", what());
                    assert_eq!(&found, cells, "{}", what());
                }
                Outcome::Rejected(code, column) => {
                    let cause = rejects.get(&row).unwrap_or_else(|| panic!("{}", what()));
                    if cause.code.as_str() != "missing" {
                        assert_eq!((cause.code, &cause.column), (*code, column), "{}", what());
                    }
                }
            }
        }
    }

    fn grains(&self, stream: &mut Stream, expected: &fen_compiler::StreamOutcome, what: &str) {
        let plan = self.schema.plan.as_ref().unwrap();
        let results = stream.results().unwrap();
        assert_eq!(results.len(), expected.grains.len());
        for grain in &expected.grains {
            let result = results.iter().find(|result| result.grain() == grain.name).unwrap();
            let columns =
                plan.results.iter().find(|of| plan.grains[usize::try_from(of.grain).unwrap()].name == grain.name);
            let columns: Vec<Column> = columns.unwrap().outputs.iter().map(|output| output.column.clone()).collect();
            let outputs = self.cells_of(result.outputs(), &columns);
            let known = plan.grains.iter().find(|of| of.name == grain.name).unwrap();
            let keys: Vec<Column> =
                known.keys.iter().map(|key| self.schema.inputs[usize::try_from(*key).unwrap()].clone()).collect();
            let keys = self.cells_of(result.outputs(), &keys);
            let groups: Vec<_> = (0..result.outputs().num_rows())
                .map(|row| {
                    let of =
                        |columns: &[Vec<Option<i128>>]| columns.iter().map(|column| column[row]).collect::<Vec<_>>();
                    (of(&keys), of(&outputs))
                })
                .collect();
            let expected: Vec<_> = grain
                .groups
                .iter()
                .map(|group| (group.keys.iter().map(|key| Some(*key)).collect::<Vec<_>>(), group.outputs.clone()))
                .collect();
            assert_eq!(groups, expected, "{} {what}", grain.name);
            let failed = grain.groups.iter().filter(|group| group.failed.is_some()).count();
            assert_eq!(result.rejects().len(), failed, "{} {what}", grain.name);
        }
    }

    fn cells_of(&self, batch: &RecordBatch, columns: &[Column]) -> Vec<Vec<Option<i128>>> {
        columns
            .iter()
            .map(|column| {
                let array = batch.column_by_name(&column.name).unwrap();
                (0..array.len()).map(|row| array.is_valid(row).then(|| self.cell_of(array, column, row))).collect()
            })
            .collect()
    }

    fn cell_of(&self, array: &ArrayRef, column: &Column, row: usize) -> i128 {
        match array.data_type() {
            DataType::Boolean => array.as_boolean().value(row).into(),
            DataType::Date32 => array.as_primitive::<Date32Type>().value(row).into(),
            DataType::Int32 => array.as_primitive::<Int32Type>().value(row).into(),
            DataType::Decimal64(..) => array.as_primitive::<Decimal64Type>().value(row).into(),
            DataType::Decimal128(..) => array.as_primitive::<Decimal128Type>().value(row),
            DataType::Utf8 => self.number(array.as_string::<i32>().value(row)),
            _ => {
                let names = array.as_any_dictionary();
                let name = names.normalized_keys()[row];
                let name = names.values().as_string::<i32>().value(name).to_owned();
                column.values.iter().position(|value| value.name == name).unwrap().try_into().unwrap()
            }
        }
    }
}

fn show(row: &[Option<i128>]) -> String {
    row.iter().map(|cell| cell.map_or("-".to_owned(), |cell| cell.to_string())).collect::<Vec<_>>().join(" ")
}
