//! `--state-in` and `--state-out`: running values from one run to the next, as a Parquet file. What its columns are is
//! the runtime's business; here is made sure that the file is whole and belongs to the policy.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::Path;
use std::sync::Arc;

use arrow_array::RecordBatch;
use fen_schema::Schema;
use parquet::arrow::ArrowWriter;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use parquet::errors::ParquetError;
use parquet::file::metadata::KeyValue;
use parquet::file::properties::WriterProperties;
use sha2::{Digest, Sha256};

use crate::args::RunArgs;
use crate::error::{Error, Outcome};
use crate::files::{Draft, Whole};
use crate::plan::settles_periods;

/// What the file says of itself, by key.
const POLICY: &str = "fen.policy";
const ROWS: &str = "fen.rows";
const SEAL: &str = "fen.seal";
/// What the seal begins with. The hash of the whole file follows, taken with zeros in the place of the hash.
const SEAL_BEGINS: &str = "fen-state-sha256:";
/// Digits of the hash.
const SEAL_DIGITS: usize = 64;
/// The seal is not farther from the end of the file than this many bytes.
const TAIL: u64 = 1 << 20;
/// Rows that are put together before they are written.
const GROUP_ROWS: usize = 1 << 16;

/// Refuses to carry a state for a policy that has none.
pub(crate) fn check(args: &RunArgs, schema: &Schema) -> Outcome<()> {
    if args.state_in.is_none() && args.state_out.is_none() { Ok(()) } else { carries(schema) }
}

/// Whether a policy has a state to carry.
pub(crate) fn carries(schema: &Schema) -> Outcome<()> {
    let policy = &schema.policy;
    let Some(plan) = &schema.plan else {
        return Err(Error::new(
            "fen::state::none",
            format!("{policy} settles every row by itself and carries nothing; run without --state-in and --state-out"),
            format!("{policy} 逐行结算，没有需要结转的累计值；请去掉 --state-in 与 --state-out"),
        ));
    };
    if plan.phases.iter().any(|phase| phase.state.is_some()) || plan.reversal.is_some() {
        return Ok(());
    }
    let (en, zh) = match (settles_periods(plan), plan.links.is_empty()) {
        (true, true) => ("settles whole periods (totals)", "按整个期间结算（合计）"),
        (true, false) => ("settles whole periods (links to later claims)", "按整个期间结算（指向后续单据的关联）"),
        (false, _) => ("settles claims one by one", "逐张单据结算"),
    };
    Err(Error::new(
        "fen::state::nothing_running",
        format!("{policy} {en} and has no running values to carry; run without --state-in and --state-out"),
        format!("{policy} {zh}，没有需要结转的累计值；请去掉 --state-in 与 --state-out"),
    ))
}

/// Reads the state that an earlier run of the policy has left.
pub(crate) fn read(path: &Path, schema: &Schema) -> Outcome<RecordBatch> {
    let failed = |error: io::Error| Error::read(path, &error);
    let mut file = File::open(path).map_err(failed)?;
    if !file.metadata().map_err(failed)?.is_file() {
        return Err(foreign(path));
    }
    // Nothing else looks at the file before it is known to be as it was written.
    let (_, digest, found) = seal(&mut file).map_err(failed)?.ok_or_else(|| foreign(path))?;
    if digest != found {
        return Err(damaged(path));
    }
    let builder = ParquetRecordBatchReaderBuilder::try_new(file).map_err(|_| foreign(path))?;
    let pairs = builder.metadata().file_metadata().key_value_metadata();
    let said = |key: &str| pairs.and_then(|pairs| pairs.iter().find(|pair| pair.key == key)?.value.clone());
    let policy = said(POLICY).ok_or_else(|| foreign(path))?;
    if policy != schema.policy {
        return Err(other_policy(path, &policy, schema));
    }
    let rows = said(ROWS).and_then(|rows| rows.parse::<usize>().ok()).ok_or_else(|| foreign(path))?;
    let arrow = Arc::clone(builder.schema());
    // One batch of all rows.
    let mut reader = builder.with_batch_size(rows.max(1)).build().map_err(|_| foreign(path))?;
    let batch = match reader.next() {
        // Batches come without what the file says of itself.
        Some(batch) => batch.and_then(|batch| batch.with_schema(arrow)).map_err(|_| foreign(path))?,
        None => RecordBatch::new_empty(arrow),
    };
    if batch.num_rows() == rows { Ok(batch) } else { Err(foreign(path)) }
}

/// Writes a state, without giving the file its name.
pub(crate) fn write(path: &Path, state: &RecordBatch, schema: &Schema) -> Outcome<Whole> {
    let failed = |error: ParquetError| match error {
        ParquetError::External(error) => Error::write(path, &io::Error::other(error)),
        other => Error::write(path, &io::Error::other(other)),
    };
    let properties = WriterProperties::builder().set_max_row_group_row_count(Some(GROUP_ROWS)).build();
    let mut writer = ArrowWriter::try_new(Draft::create(path)?, state.schema(), Some(properties)).map_err(failed)?;
    writer.write(state).map_err(failed)?;
    for (key, value) in [
        (POLICY, schema.policy.clone()),
        (ROWS, state.num_rows().to_string()),
        (SEAL, format!("{SEAL_BEGINS}{}", "0".repeat(SEAL_DIGITS))),
    ] {
        writer.append_key_value_metadata(KeyValue::new(key.to_owned(), value));
    }
    let mut whole = writer.into_inner().map_err(failed)?.close()?;
    let failed = |error: io::Error| Error::write(path, &error);
    let Whole::File(file, _) = &mut whole else {
        return Err(failed(io::Error::other("a state needs a file, not a pipe or device")));
    };
    let file = file.as_file_mut();
    let (place, _, digest) =
        seal(file).map_err(failed)?.ok_or_else(|| failed(io::Error::other("its seal is not where it belongs")))?;
    file.seek(SeekFrom::Start(place)).and_then(|_| file.write_all(digest.as_bytes())).map_err(failed)?;
    Ok(whole)
}

/// Where the digits of a file's seal stand, what they are, and what they should be. The file is at its beginning then.
fn seal(file: &mut File) -> io::Result<Option<(u64, String, String)>> {
    let start = file.metadata()?.len().saturating_sub(TAIL);
    let mut tail = Vec::new();
    file.seek(SeekFrom::Start(start))?;
    file.read_to_end(&mut tail)?;
    let begins = tail.windows(SEAL_BEGINS.len()).rposition(|window| window == SEAL_BEGINS.as_bytes());
    let Some(place) = begins.map(|begins| begins + SEAL_BEGINS.len()) else { return Ok(None) };
    let Some(digits) = tail.get_mut(place..place + SEAL_DIGITS) else { return Ok(None) };
    let digest = String::from_utf8_lossy(digits).into_owned();
    digits.fill(b'0');
    let mut hasher = Hasher(Sha256::new());
    file.rewind()?;
    io::copy(&mut Read::take(&mut *file, start), &mut hasher)?;
    hasher.0.update(&tail);
    file.rewind()?;
    let found = hasher.0.finalize().iter().map(|byte| format!("{byte:02x}")).collect();
    Ok(Some((start + place as u64, digest, found)))
}

/// Takes the hash of what is written to it.
struct Hasher(Sha256);

impl Write for Hasher {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.update(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn foreign(path: &Path) -> Error {
    let path = path.display();
    Error::new(
        "fen::state::foreign",
        format!("{path} is no state of a run, or it is cut off; --state-in takes what --state-out has written"),
        format!("{path} 不是运行状态文件，或不完整；--state-in 须为 --state-out 写出的文件"),
    )
}

fn damaged(path: &Path) -> Error {
    let path = path.display();
    Error::new(
        "fen::state::damaged",
        format!("{path} was altered or damaged after it was written; make it again with the run before this one"),
        format!("{path} 在写出后被改动或损坏；请重新执行上一次运行以生成该文件"),
    )
}

fn other_policy(path: &Path, found: &str, schema: &Schema) -> Error {
    let (path, policy) = (path.display(), &schema.policy);
    Error::new(
        "fen::state::other_policy",
        format!("{path} is the state of {found}, not of {policy}"),
        format!("{path} 是 {found} 的运行状态，不属于 {policy}"),
    )
}

#[cfg(test)]
mod tests {
    use arrow_array::{ArrayRef, BinaryArray, Decimal64Array, Decimal128Array, Int64Array, StringArray};

    use super::*;

    fn schema(policy: &str) -> Schema {
        let json = serde_json::json!({
            "abi": fen_schema::ABI_VERSION, "policy": policy, "language": "en", "title": null, "source": null,
            "in_force": null, "dated_by": null, "compiler": "", "source_sha256": "", "code_sha256": "",
            "batch": { "entry": "settle", "capacity": 1, "status": { "offset": 0 } }, "codes": 0, "codes_sha256": "",
            "parameters": [], "inputs": [], "outputs": [], "rejects": [], "citations": [], "invariants": [],
        });
        serde_json::from_value(json).unwrap_or_else(|error| unreachable(&error))
    }

    fn unreachable<T>(error: &dyn std::fmt::Display) -> T {
        std::panic::panic_any(error.to_string())
    }

    fn state(rows: i32) -> RecordBatch {
        let numbers = || (0..rows).map(i64::from);
        let narrow = Decimal64Array::from_iter_values(numbers()).with_precision_and_scale(18, 2);
        let wide = Decimal128Array::from_iter_values(numbers().map(i128::from)).with_precision_and_scale(38, 4);
        let texts = StringArray::from_iter((0..rows).map(|row| (row % 3 != 0).then(|| format!("人{row}"))));
        let columns: [(&str, ArrayRef); 5] = [
            ("key", Arc::new(texts)),
            ("narrow", Arc::new(narrow.unwrap_or_else(|error| unreachable(&error)))),
            ("wide", Arc::new(wide.unwrap_or_else(|error| unreachable(&error)))),
            ("count", Arc::new(Int64Array::from_iter(numbers().map(|row| (row % 2 == 0).then_some(row))))),
            ("bytes", Arc::new(BinaryArray::from_iter_values((0..rows).map(|row| row.to_le_bytes())))),
        ];
        let batch = RecordBatch::try_from_iter_with_nullable(columns.map(|(name, array)| (name, array, true)))
            .unwrap_or_else(|error| unreachable(&error));
        let metadata = [("of".to_owned(), "a.b".to_owned())].into_iter().collect();
        let named = batch.schema().as_ref().clone().with_metadata(metadata);
        batch.with_schema(Arc::new(named)).unwrap_or_else(|error| unreachable(&error))
    }

    fn code<T>(outcome: Outcome<T>) -> &'static str {
        match outcome {
            Ok(_) => "",
            Err(Error::Said { code, .. }) => code,
            Err(_) => "other",
        }
    }

    #[test]
    fn states_come_back_as_they_were() {
        let folder = tempfile::tempdir().unwrap_or_else(|error| unreachable(&error));
        let path = folder.path().join("state.parquet");
        // More rows than a row group holds, too.
        for rows in [0, 1, 70_000] {
            let state = state(rows);
            let whole = write(&path, &state, &schema("a.b")).and_then(|whole| crate::files::publish(vec![whole]));
            assert_eq!(code(whole), "");
            let read = read(&path, &schema("a.b")).unwrap_or_else(|error| unreachable(&format!("{error:?}")));
            assert_eq!(read.schema().metadata().get("of").map(String::as_str), Some("a.b"));
            assert!(read.columns() == state.columns() && read.schema().fields() == state.schema().fields(), "{rows}");
        }
        assert_eq!(code(read(&path, &schema("a.c"))), "fen::state::other_policy");
    }

    #[test]
    fn damaged_states_are_refused() {
        let folder = tempfile::tempdir().unwrap_or_else(|error| unreachable(&error));
        let path = folder.path().join("state.parquet");
        let schema = schema("a.b");
        let state = state(50);
        let whole = write(&path, &state, &schema).and_then(|whole| crate::files::publish(vec![whole]));
        assert_eq!(code(whole), "");
        let good = std::fs::read(&path).unwrap_or_default();
        for at in 0..good.len() {
            let mut bad = good.clone();
            if let Some(byte) = bad.get_mut(at) {
                *byte ^= 0x10;
            }
            assert!(std::fs::write(&path, bad).is_ok());
            let refused = code(read(&path, &schema));
            assert!(["fen::state::damaged", "fen::state::foreign"].contains(&refused), "byte {at}: {refused}");
        }
        for length in [0, 3, 100, good.len() - 1] {
            assert!(std::fs::write(&path, good.get(..length).unwrap_or_default()).is_ok());
            let refused = code(read(&path, &schema));
            assert!(["fen::state::damaged", "fen::state::foreign"].contains(&refused), "{length} bytes: {refused}");
        }
        assert_eq!(code(read(&folder.path().join("none"), &schema)), "fen::file::read");
        assert_eq!(code(read(folder.path(), &schema)), "fen::state::foreign");
    }
}
