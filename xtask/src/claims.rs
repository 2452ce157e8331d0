//! `cargo xtask claims`: synthetic county-years for the surplus policy, the same ones for the same seed for ever.
//!
//! The file has the columns `county,year,budget,spent`: UTF-8, LF, amounts in yuan with two decimals. County `C00001`
//! has the years 2022 to 2031, then comes `C00002`, and so on; the codes are made up. A longer file begins with the
//! rows of a shorter one. Rows are written as they are drawn, so ten million of them need no memory.
//!
//! A budget is drawn by its magnitude: a power of two of fen, each as likely as the next, then evenly within it, from
//! 1 yuan to 5 billion yuan. So most budgets have odd fens, and small ones, whose percentages are no whole fen, are as
//! common as large ones. What was spent of it, in 1000 rows on average:
//!
//! | rows | kind |
//! |---:|---|
//! | 10 | must be rejected: an empty cell, text, a third decimal, a negative amount, an amount above 100 000 000 000.00 yuan, or separators of thousands, in either amount |
//! | 10 | no budget; half of them without spending |
//! | 40 | spent exactly the budget |
//! | 150 | a deficit of one fen to 30 % of the budget |
//! | 180 | a surplus of exactly 0, 5, 10 or 15 %, or one fen less or more, on a budget that makes it a whole fen |
//! | 60 | the whole fen below or above 5, 10 or 15 % of any budget |
//! | 550 | a surplus anywhere in one of the tiers up to 5 %, to 10 %, to 15 % and above, each as likely as the next |

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::Path;

use anyhow::{Context, Result, bail};

use crate::random::SplitMix64;
use crate::workspace::Workspace;

pub(crate) const DEFAULT_ROWS: u64 = 12_000;
pub(crate) const DEFAULT_SEED: u64 = 65;
const COMMITTED: &str = "examples/county_years.csv";

const FIRST_YEAR: u64 = 2022;
const YEARS: u64 = 10;
/// 5 billion yuan, in fen like every amount here.
const LARGEST_BUDGET: u64 = 500_000_000_000;
/// The largest amount that the policy takes.
const LARGEST_AMOUNT: u64 = 10_000_000_000_000;

/// Writes a file of county-years: the committed one, unless told otherwise.
pub(crate) fn generate(workspace: &Workspace, rows: u64, seed: u64, output: Option<&Path>) -> Result<()> {
    let path = match output {
        Some(path) if path == "-" => return Ok(write(rows, seed, io::stdout().lock())?),
        Some(path) => path.to_path_buf(),
        None if (rows, seed) == (DEFAULT_ROWS, DEFAULT_SEED) => workspace.root.join(COMMITTED),
        None => bail!("{COMMITTED} has {DEFAULT_ROWS} rows of seed {DEFAULT_SEED}: name another file with --output"),
    };
    let file = File::create(&path).with_context(|| format!("cannot write {}", path.display()))?;
    write(rows, seed, file).with_context(|| format!("cannot write {}", path.display()))
}

fn write(rows: u64, seed: u64, output: impl Write) -> io::Result<()> {
    let mut output = BufWriter::new(output);
    let mut random = SplitMix64::new(seed);
    output.write_all(b"county,year,budget,spent\n")?;
    for row in 0..rows {
        let county = row / YEARS + 1;
        let year = FIRST_YEAR + row % YEARS;
        let (budget, spent) = cells(&mut random);
        writeln!(output, "C{county:05},{year},{budget},{spent}")?;
    }
    output.flush()
}

/// The two amounts of one row, as they stand in the file.
fn cells(random: &mut SplitMix64) -> (String, String) {
    let kind = random.below(1000);
    let budget = amount(random);
    let spent = match kind {
        0..10 => {
            let (good, bad) = (yuan(budget), rejected(random));
            return if random.below(2) == 0 { (bad, good) } else { (good, bad) };
        }
        10..20 => {
            let spent = if random.below(2) == 0 { 0 } else { budget };
            return (yuan(0), yuan(spent));
        }
        20..60 => budget,
        60..210 => budget + random.between(1, budget * 3 / 10),
        210..390 => return on_boundary(random, budget),
        390..450 => budget - percent(budget, random.between(1, 3) * 5) - random.below(2),
        _ => in_tier(random, budget),
    };
    (yuan(budget), yuan(spent))
}

/// A surplus of exactly 0, 5, 10 or 15 %, or one fen to either side; the budget gives way until that is a whole fen.
fn on_boundary(random: &mut SplitMix64, budget: u64) -> (String, String) {
    let share = random.below(4) * 5;
    let whole = match share {
        0 => 1,
        10 => 10,
        _ => 20,
    };
    let budget = budget - budget % whole;
    let spent = budget - percent(budget, share) + random.below(3) - 1;
    (yuan(budget), yuan(spent))
}

/// What was spent where the surplus lies in one of the four tiers, whose upper bound belongs to it.
fn in_tier(random: &mut SplitMix64, budget: u64) -> u64 {
    let (above, up_to) = match random.below(4) {
        0 => (0, 5),
        1 => (5, 10),
        2 => (10, 15),
        _ => (15, 100),
    };
    budget - random.between(percent(budget, above) + 1, percent(budget, up_to))
}

/// A cell that no run may take for an amount.
fn rejected(random: &mut SplitMix64) -> String {
    let fen = amount(random);
    match random.below(6) {
        0 => String::new(),
        1 => match random.below(3) {
            0 => "n/a".to_owned(),
            1 => "待核定".to_owned(),
            _ => "1e6".to_owned(),
        },
        2 => format!("{}{}", yuan(fen), random.between(1, 9)),
        3 => format!("-{}", yuan(fen)),
        4 => yuan(LARGEST_AMOUNT + if random.below(2) == 0 { 1 } else { fen }),
        _ => {
            // At least 1,000.00, or there would be nothing to separate.
            let fen = fen.max(100_000);
            format!("\"{}.{:02}\"", thousands(fen / 100), fen % 100)
        }
    }
}

/// From 1 yuan to 5 billion yuan, each power of two of fen as likely as the next.
fn amount(random: &mut SplitMix64) -> u64 {
    let magnitude = 1u64 << random.between(6, 38);
    random.between(magnitude.max(100), (2 * magnitude - 1).min(LARGEST_BUDGET))
}

fn percent(amount: u64, share: u64) -> u64 {
    amount * share / 100
}

fn yuan(fen: u64) -> String {
    format!("{}.{:02}", fen / 100, fen % 100)
}

fn thousands(number: u64) -> String {
    if number < 1000 { number.to_string() } else { format!("{},{:03}", thousands(number / 1000), number % 1000) }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::fs;
    use std::path::Path;

    use anyhow::{Context, Result, ensure};

    use super::{COMMITTED, DEFAULT_ROWS, DEFAULT_SEED, LARGEST_AMOUNT, write};

    fn generated(rows: u64) -> Result<String> {
        let mut bytes = Vec::new();
        write(rows, DEFAULT_SEED, &mut bytes)?;
        Ok(String::from_utf8(bytes)?)
    }

    #[test]
    fn the_committed_file_is_what_the_generator_writes() -> Result<()> {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().context("the workspace")?;
        let committed = fs::read_to_string(root.join(COMMITTED))?;
        ensure!(committed == generated(DEFAULT_ROWS)?, "run `cargo xtask claims`");
        ensure!(committed.len() < 1_000_000, "the file has {} bytes", committed.len());
        Ok(())
    }

    #[test]
    fn a_longer_file_begins_with_the_rows_of_a_shorter_one() -> Result<()> {
        assert!(generated(500)?.starts_with(&generated(100)?));
        Ok(())
    }

    #[test]
    fn counties_have_ten_years_each() -> Result<()> {
        let text = generated(11)?;
        let keys: Vec<&str> = text.lines().filter_map(|line| line.get(..11)).collect();
        assert_eq!(keys.first().zip(keys.get(1)), Some((&"county,year", &"C00001,2022")));
        assert_eq!(keys.get(10).zip(keys.get(11)), Some((&"C00001,2031", &"C00002,2022")));
        Ok(())
    }

    #[test]
    fn every_kind_of_row_is_there() -> Result<()> {
        let mut kinds: BTreeMap<String, u32> = BTreeMap::new();
        for line in generated(DEFAULT_ROWS)?.lines().skip(1) {
            let cells = line.splitn(3, ',').nth(2).with_context(|| line.to_owned())?;
            for kind in kinds_of(cells) {
                *kinds.entry(kind).or_default() += 1;
            }
        }
        let boundaries = ["0%", "5%", "10%", "15%"].map(|share| ["-1", "+0", "+1"].map(|fen| format!("{share}{fen}")));
        let others = ["to 5%", "to 10%", "to 15%", "above 15%", "deficit", "equal", "no budget", "nothing at all"];
        let rejects = ["empty", "text", "third decimal", "negative", "too large", "one fen too large", "separators"];
        let expected = boundaries.iter().flatten().map(String::as_str).chain(others).chain(rejects);
        for kind in expected {
            assert!(kinds.get(kind).is_some_and(|&rows| rows >= 5), "{kind}: {kinds:?}");
        }
        let rejected: u32 = rejects.iter().filter_map(|&kind| kinds.get(kind)).sum();
        assert!((80..=160).contains(&rejected), "{rejected} of {DEFAULT_ROWS} rows are rejected");
        Ok(())
    }

    /// What a row shows: read from the file, independently of how it was drawn.
    fn kinds_of(cells: &str) -> Vec<String> {
        if cells.contains('"') {
            return vec!["separators".to_owned()];
        }
        let mut amounts = Vec::new();
        for cell in cells.split(',') {
            match fen(cell) {
                Ok(fen) => amounts.push(fen),
                Err(why) => return vec![why.to_owned()],
            }
        }
        let &[budget, spent] = amounts.as_slice() else { return vec![] };
        let surplus = budget - spent;
        let mut kinds = vec![
            match (budget, surplus) {
                (0, 0) => "nothing at all",
                (0, _) => "no budget",
                (_, 0) => "equal",
                (_, ..0) => "deficit",
                _ if surplus * 100 <= budget * 5 => "to 5%",
                _ if surplus * 100 <= budget * 10 => "to 10%",
                _ if surplus * 100 <= budget * 15 => "to 15%",
                _ => "above 15%",
            }
            .to_owned(),
        ];
        for share in [0, 5, 10, 15] {
            let fen = surplus - budget * share / 100;
            if budget * share % 100 == 0 && (-1..=1).contains(&fen) {
                kinds.push(format!("{share}%{fen:+}"));
            }
        }
        kinds
    }

    fn fen(cell: &str) -> Result<i64, &'static str> {
        if cell.is_empty() {
            return Err("empty");
        }
        let (yuan, decimals) = cell.split_once('.').ok_or("text")?;
        if decimals.len() != 2 {
            return Err("third decimal");
        }
        let fen: i64 = format!("{yuan}{decimals}").parse().map_err(|_| "text")?;
        let above = fen - i64::try_from(LARGEST_AMOUNT).unwrap_or_default();
        match (fen, above) {
            (..0, _) => Err("negative"),
            (_, 1) => Err("one fen too large"),
            (_, 2..) => Err("too large"),
            _ => Ok(fen),
        }
    }
}
