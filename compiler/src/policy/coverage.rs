//! What of a policy its examples and other cases come to, and examples for the rest.

use std::collections::{BTreeSet, HashMap};

use fen_grammar::diagnostic::{Lang, Text};
use fen_grammar::source::Span;
use fen_schema::RejectCode;
use num_bigint::BigInt;
use num_rational::BigRational;

use super::{OutOfRange, Policy, StreamCells, cell};
use crate::check::places::{ChoiceKind, TablePlaces};
use crate::check::program::{Claim, Origin};
use crate::check::types::step_of;
use crate::coverage::{self, Found, Point, Reached, Seeker, Side, What, of_claim, points};
use crate::interpret::settle;
use crate::interpret::stream::{Overflow, Reads, Stream, settle_cases};

/// The longest piece of source that is shown of a point.
const LONGEST: usize = 60;

/// What claims have come to so far.
#[derive(Clone, Debug, Default)]
pub struct Coverage {
    reached: Reached,
}

/// A kind of alternative.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum PointKind {
    /// A row of a ladder, in which an amount lies.
    Row,
    /// A cell of a table in the policy, or a version of one.
    Cell,
    /// `when …`
    Case,
    /// `otherwise`
    Otherwise,
    /// `except when …`
    Exception,
    /// What holds where no exception does.
    Rule,
    /// One side of a bound.
    Boundary,
}

/// Whether a point was reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// By some case.
    Reached,
    /// By none.
    Missed,
    /// By none, and it is proven that no claim can.
    Impossible,
}

/// Something that claims can come to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CoveragePoint {
    /// What it is.
    pub kind: PointKind,
    /// The definition, ladder or table that it belongs to.
    pub rule: String,
    /// What it is, as people say it.
    pub text: Text,
    /// Where it stands.
    pub span: Span,
    /// Whether it was reached.
    pub standing: Standing,
}

/// A table in a file of its own. There may be thousands of lines, which are only counted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TableFile {
    /// The name of the parameter.
    pub name: String,
    /// How many lines were reached.
    pub reached: usize,
    /// How many there are.
    pub total: usize,
    /// The first lines that were not reached.
    pub missed: Vec<Span>,
}

/// An example for what no case reaches.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Suggestion {
    /// What it is for; the first one led to it, the others it reaches as well.
    pub points: Vec<CoveragePoint>,
    /// What was found.
    pub found: Suggested,
}

/// What was found for something that no case reaches.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Suggested {
    /// An example, as it is written in the language of the policy; it passes.
    Example(String),
    /// No claim can come to it.
    Impossible,
    /// Only a claim among others comes to it, which takes a table of cases.
    Several,
    /// None was found, and none excluded.
    Unknown,
}

/// What becomes of a row of a table of cases.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CaseOutcome {
    /// By output of the policy, see [`Policy::output_names`]: its cell, which is `None` if it is empty; or the code and the name of
    /// the split that could not be made.
    Settled(Vec<Result<Option<i128>, (RejectCode, String)>>),
    /// Why it is rejected, and the column at fault.
    Rejected(RejectCode, String),
}

impl Policy {
    /// What the policy's own examples come to.
    #[must_use]
    pub fn coverage(&self) -> Coverage {
        let mut coverage = Coverage::default();
        for example in &self.program.examples {
            if let Ok(settled) = settle(&self.program, &example.given) {
                of_claim(&settled, &mut coverage.reached);
            }
        }
        coverage
    }

    /// The language that the policy is written in.
    #[must_use]
    pub fn lang(&self) -> Lang {
        self.program.lang
    }

    /// The names of all outputs, of whatever grain, in their order.
    #[must_use]
    pub fn output_names(&self) -> Vec<&str> {
        self.program.outputs.iter().map(|output| output.name.as_str()).collect()
    }

    /// The codes and ids that the policy knows; see [`StreamCells::rows`].
    #[must_use]
    pub fn codes(&self) -> &[String] {
        &self.program.codes
    }

    /// Whether a row's outputs depend on nothing but the row.
    #[must_use]
    pub fn is_of_single_rows(&self) -> bool {
        let program = &self.program;
        let is_plain = program.inputs.iter().all(|input| input.origin == Origin::Column && input.per.is_none());
        is_plain && program.outputs.iter().all(|output| output.grain.0 == 0) && program.reversal.is_none()
    }

    /// Settles the rows of a table of cases by the reference interpreter, as one stream, and notes what they come to.
    ///
    /// # Errors
    /// If a total is out of its range.
    pub fn settle_cases(&self, cells: &StreamCells, coverage: &mut Coverage) -> Result<Vec<CaseOutcome>, OutOfRange> {
        let program = &self.program;
        let stream: Stream = self.stream(cells);
        let reads = self.reads.get_or_init(|| Reads::new(program));
        let rows = settle_cases(program, reads, &stream, &mut coverage.reached).map_err(|Overflow(id)| OutOfRange {
            total: program.input(id).map(|input| input.name.clone()).unwrap_or_default(),
        })?;
        let split = |id: crate::ids::SplitId| {
            let name = program.splits.get(id.0).map(|split| split.name.clone()).unwrap_or_default();
            (RejectCode::NoWeights, name)
        };
        let outcome = rows.into_iter().map(|row| match row {
            Ok(outputs) => {
                let outputs = outputs.into_iter().zip(&program.outputs);
                let cells = outputs.map(|(value, output)| match value {
                    Ok(value) => Ok(value.map(|value| cell(&value, output.scale))),
                    Err(id) => Err(split(id)),
                });
                CaseOutcome::Settled(cells.collect())
            }
            Err(rejection) => {
                let (code, column) = rejection.named(program);
                CaseOutcome::Rejected(code, column)
            }
        });
        Ok(outcome.collect())
    }

    /// All that claims can come to, in the order of the source, and whether it was reached.
    #[must_use]
    pub fn points(&self, coverage: &Coverage) -> Vec<CoveragePoint> {
        let seeker = Seeker::new(&self.program);
        points(&self.program).iter().map(|point| self.point(point, &coverage.reached, &seeker)).collect()
    }

    /// The tables in files of their own; of each at most so many lines that were not reached are listed.
    #[must_use]
    pub fn table_files(&self, coverage: &Coverage, most_listed: usize) -> Vec<TableFile> {
        let files = self.program.places.tables.iter().filter(|table| table.is_file);
        let file = |table: &TablePlaces| {
            let lines: BTreeSet<Span> = table.rows.iter().copied().collect();
            let is_reached = |line: &&Span| coverage.reached.contains(&coverage::Key::Cell(**line));
            TableFile {
                name: table.name.clone(),
                reached: lines.iter().filter(is_reached).count(),
                total: lines.len(),
                missed: lines.iter().filter(|line| !is_reached(line)).take(most_listed).copied().collect(),
            }
        };
        files.map(file).collect()
    }

    /// What values take from other claims: running values, links and totals, which no row gives.
    #[must_use]
    pub fn from_other_claims(&self) -> Vec<&str> {
        let others = self.program.inputs.iter().filter(|input| input.origin != Origin::Column);
        others.map(|input| input.name.as_str()).collect()
    }

    /// Examples for what was not reached, in the order of the source; equal seeds give equal ones. What an example reaches
    /// besides needs none of its own.
    #[must_use]
    pub fn suggest(&self, coverage: &Coverage, seed: u64) -> Vec<Suggestion> {
        let mut seeker = Seeker::new(&self.program);
        seeker.make_up(seed);
        // With the parameters of the examples, if that is possible.
        let as_in_sheet = self.program.as_in_sheet();
        let mut first = as_in_sheet.as_ref().map(Seeker::new);
        first.iter_mut().for_each(|first| first.make_up(seed));
        let mut reached = coverage.reached.clone();
        let all = points(&self.program);
        let mut suggestions = Vec::new();
        for point in &all {
            if reached.contains(&point.key) {
                continue;
            }
            let mut shown = vec![self.point(point, &reached, &seeker)];
            let found = first.as_ref().map(|first| first.seek(point.key));
            let found = found.filter(|found| matches!(found, Found::Claim(..)));
            let found = match found.unwrap_or_else(|| seeker.seek(point.key)) {
                Found::Claim(claim, more) => {
                    let also = all.iter().filter(|other| {
                        other.key != point.key && more.contains(&other.key) && !reached.contains(&other.key)
                    });
                    shown.extend(also.map(|other| self.point(other, &reached, &seeker)));
                    reached.extend(more);
                    self.skeleton(&shown, &claim)
                }
                Found::Never => Suggested::Impossible,
                Found::Several => Suggested::Several,
                Found::Unknown => Suggested::Unknown,
            };
            suggestions.push(Suggestion { points: shown, found });
        }
        suggestions
    }

    fn skeleton(&self, points: &[CoveragePoint], claim: &Claim) -> Suggested {
        let title = points.first().map(|point| point.text.get(self.program.lang)).unwrap_or_default();
        coverage::example(&self.program, title, claim).map_or(Suggested::Unknown, Suggested::Example)
    }

    fn point(&self, point: &Point, reached: &Reached, seeker: &Seeker<'_>) -> CoveragePoint {
        let standing = if reached.contains(&point.key) {
            Standing::Reached
        } else if seeker.is_never(point.key) {
            Standing::Impossible
        } else {
            Standing::Missed
        };
        let kind = match point.what {
            What::Cell => PointKind::Cell,
            What::Side(_) => PointKind::Boundary,
            What::Choice(ChoiceKind::Case) => PointKind::Case,
            What::Choice(ChoiceKind::Otherwise) => PointKind::Otherwise,
            What::Choice(ChoiceKind::Exception) => PointKind::Exception,
            What::Choice(ChoiceKind::Rule) => PointKind::Rule,
            What::Choice(ChoiceKind::Tier | ChoiceKind::Band) => PointKind::Row,
        };
        CoveragePoint { kind, rule: point.rule.clone(), text: self.text(point), span: point.span, standing }
    }

    /// A point in words.
    fn text(&self, point: &Point) -> Text {
        let written = written(self.sources.slice(point.span));
        let rule = &point.rule;
        let mut text = match (point.what, &point.bound) {
            (What::Side(side), Some(bound)) => {
                let (en, zh) = side_words(side);
                Text::new(format!("{rule} {en} {}", bound.en), format!("{rule} {zh} {}", bound.zh))
            }
            (What::Side(side), None) if let Some(operand) = point.operand => {
                let (en, zh) = side_words(side);
                let bound = self.sources.slice(operand).trim();
                Text::new(format!("{rule}, {written}: {en} {bound}"), format!("{rule}，{written}：{zh}{bound}"))
            }
            (What::Side(side), None) => {
                let (en, zh) = side_words(side);
                Text::new(format!("{rule}, {written}: {en} the bound"), format!("{rule}，{written}：{zh}界限"))
            }
            (What::Choice(ChoiceKind::Rule), _) => Text::new(
                format!("{rule} = {written}, no exception applies"),
                format!("{rule} = {written}，不适用任何例外"),
            ),
            _ if written.starts_with(rule.as_str()) => Text::new(written.clone(), written),
            _ => Text::new(format!("{rule}: {written}"), format!("{rule}：{written}")),
        };
        if let Some(from) = &point.from {
            text.en.push_str(&format!(" (from {from})"));
            text.zh.push_str(&format!("（自 {from}）"));
        }
        text
    }
}

fn side_words(side: Side) -> (&'static str, &'static str) {
    match side {
        Side::At => ("exactly at", "恰在"),
        Side::Above => ("just above", "刚超过"),
        Side::Below => ("just below", "刚不足"),
        Side::Beside => ("right beside", "紧邻"),
    }
}

/// Source in one line.
fn written(source: &str) -> String {
    let line = source.split_whitespace().collect::<Vec<_>>().join(" ");
    if line.chars().count() <= LONGEST {
        return line;
    }
    line.chars().take(LONGEST - 1).chain(['…']).collect()
}

impl Policy {
    /// A stream from its cells.
    pub(super) fn stream(&self, cells: &StreamCells) -> Stream {
        let program = &self.program;
        let value = |cell: i128, scale: u32| step_of(scale) * BigInt::from(cell);
        let columns: Vec<u32> = {
            let columns = program.inputs.iter().take_while(|input| input.origin == Origin::Column);
            columns.map(|input| input.scale).collect()
        };
        let row = |row: &Vec<Option<i128>>| -> Vec<Option<BigRational>> {
            let cells = columns.iter().zip(row);
            cells.map(|(scale, cell)| cell.map(|cell| value(cell, *scale))).collect()
        };
        let parameters = program.parameters.iter().zip(&cells.parameters);
        Stream {
            rows: cells.rows.iter().map(row).collect(),
            parameters: parameters.map(|(parameter, cell)| value(*cell, parameter.scale)).collect(),
            texts: cells.texts.clone(),
        }
    }
}

/// How many points were reached, of how many that can be, by kind.
#[must_use]
pub fn tally(points: &[CoveragePoint]) -> Vec<(PointKind, usize, usize)> {
    let mut counts: HashMap<PointKind, (usize, usize)> = HashMap::new();
    for point in points.iter().filter(|point| point.standing != Standing::Impossible) {
        let count = counts.entry(point.kind).or_default();
        count.0 += usize::from(point.standing == Standing::Reached);
        count.1 += 1;
    }
    let mut tally: Vec<_> = counts.into_iter().map(|(kind, (reached, of))| (kind, reached, of)).collect();
    tally.sort();
    tally
}
