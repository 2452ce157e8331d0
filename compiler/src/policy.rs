//! The compiler's facade: a source is analyzed; if it is free of errors, it is a policy that can be compiled,
//! interpreted and tested.

mod coverage;
mod names;
mod stream;
#[cfg(test)]
mod tests;

use std::collections::HashSet;
use std::fmt;
use std::sync::{Arc, OnceLock};

use fen_grammar::diagnostic::{Diagnostic, Fix, Label, Lang, Problem, Severity, Text};
use fen_grammar::source::{Source, Sources, Span};
use fen_grammar::tree::Item;
use fen_schema::{RejectCode, Schema};
use num_bigint::BigInt;
use num_rational::BigRational;
use num_traits::ToPrimitive;

use crate::check::program::{Claim, Example, Program, date_of};
use crate::check::types::step_of;
use crate::check::{Checked, Claims, Meaning, check, run_example, violated_invariants, violations_found};
use crate::emit::emit;
use crate::exact;
use crate::gather::{Files, Gathered, NoFiles, gather};
use crate::interpret::stream::Reads;
use crate::interpret::{Rejection, settle};
use crate::lint::lint;
use crate::navigate::{Known, Names, names};
use crate::phases::{Cut, cut};
use crate::resolve::program::{self as resolved, Referent};
use crate::resolve::resolve;
use crate::rules::Rules;
use crate::trace::trace;

pub use self::coverage::{
    CaseOutcome, Coverage, CoveragePoint, PointKind, Standing, Suggested, Suggestion, TableFile, tally,
};
pub use self::names::NameFacts;
pub use self::stream::{GrainOutcome, GroupOutcome, OutOfRange, StreamCells, StreamOutcome};

/// More diagnostics than this help nobody; the rest are not shown.
const MAX_DIAGNOSTICS: usize = 100;

/// Claims that every invariant is tried on whenever a source is analyzed.
const CLAIMS: usize = 200;

/// What is known about a source.
#[derive(Debug)]
pub struct Analysis {
    sources: Arc<Sources>,
    /// The languages of items, by place.
    langs: Vec<(Span, Lang)>,
    diagnostics: Vec<Diagnostic>,
    policy: Option<Policy>,
}

impl Analysis {
    /// The replacements of a remedy, in the language of what they replace.
    #[must_use]
    pub fn edits(&self, fix: &Fix) -> Vec<(Span, String)> {
        edits(&self.langs, fix)
    }

    /// All that is to be said about the source, in source order.
    #[must_use]
    pub fn diagnostics(&self) -> &[Diagnostic] {
        &self.diagnostics
    }

    /// The source and all files that it is made of; places of diagnostics lie in them.
    #[must_use]
    pub fn sources(&self) -> &Sources {
        &self.sources
    }

    /// Whether there is an error among the diagnostics.
    #[must_use]
    pub fn has_error(&self) -> bool {
        has_error(&self.diagnostics)
    }

    /// The policy, if there is no error.
    #[must_use]
    pub fn policy(&self) -> Option<&Policy> {
        self.untested_policy().filter(|_| !self.has_error())
    }

    /// The policy, if nothing is wrong with it but examples that fail and invariants that are violated.
    #[must_use]
    pub fn untested_policy(&self) -> Option<&Policy> {
        self.policy.as_ref()
    }
}

/// Reads and checks a source that needs no other files.
#[must_use]
pub fn analyze(source: &Source) -> Analysis {
    analyze_with(source, &NoFiles)
}

/// Reads and checks a source and the files that it refers to.
#[must_use]
pub fn analyze_with(source: &Source, files: &dyn Files) -> Analysis {
    examine(source, files).finish()
}

/// What is known about a source before its examples and invariants are tried.
pub struct Examination {
    gathered: Gathered,
    sources: Arc<Sources>,
    resolved: resolved::Program,
    meanings: Vec<Option<Meaning>>,
    poisoned: Vec<bool>,
    mentions: Vec<(Span, Referent)>,
    diagnostics: Vec<Diagnostic>,
    /// The program, if it is no policy.
    program: Option<Program>,
    policy: Option<Policy>,
    examples_have_error: bool,
}

impl fmt::Debug for Examination {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Examination").field("diagnostics", &self.diagnostics).finish_non_exhaustive()
    }
}

/// Reads and checks a source and the files that it refers to, but does not try its examples and invariants on claims.
#[must_use]
pub fn examine(source: &Source, files: &dyn Files) -> Examination {
    let mut gathered = gather(source, files);
    let mut diagnostics = std::mem::take(&mut gathered.diagnostics);
    let (resolved, more) = resolve(&gathered);
    diagnostics.extend(more);
    let had_error = has_error(&diagnostics);
    let checked = check(&resolved, &gathered.sources);
    let Checked { program, rules_have_error, examples_have_error, meanings, poisoned, mentions, .. } = checked;
    diagnostics.extend(checked.diagnostics);
    let sources = Arc::new(std::mem::take(&mut gathered.sources));
    let (mut rest, mut policy) = (None, None);
    if had_error || rules_have_error || resolved.header.is_library {
        diagnostics.extend(violations_found(&program));
        rest = Some(program);
    } else {
        match cut(&program) {
            Ok(phases) => {
                let items = gathered.items.clone();
                policy = Some(Policy { program, phases, items, sources: Arc::clone(&sources), reads: OnceLock::new() });
            }
            Err(diagnostic) => {
                diagnostics.push(*diagnostic);
                rest = Some(program);
            }
        }
    }
    let diagnostics = in_order(diagnostics);
    Examination {
        gathered,
        sources,
        resolved,
        meanings,
        poisoned,
        mentions,
        diagnostics,
        program: rest,
        policy,
        examples_have_error,
    }
}

impl Examination {
    /// All that is to be said about the source before anything is tried, in source order.
    #[must_use]
    pub fn diagnostics(&self) -> &[Diagnostic] {
        &self.diagnostics
    }

    /// The source and all files that it is made of; places of diagnostics and names lie in them.
    #[must_use]
    pub fn sources(&self) -> &Arc<Sources> {
        &self.sources
    }

    /// Whether every item could be read, so that no name is missing.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        self.gathered.broken.is_empty()
    }

    /// The replacements of a remedy, in the language of what they replace.
    #[must_use]
    pub fn edits(&self, fix: &Fix) -> Vec<(Span, String)> {
        edits(&self.langs(), fix)
    }

    /// What names mean and where they stand. Of parameters that change with time, the values that apply on the day
    /// `today` (days since 1970-01-01) are the current ones.
    #[must_use]
    pub fn names(&self, today: i64) -> Names {
        let program = self.program.as_ref().or(self.policy.as_ref().map(|policy| &policy.program));
        let Some(program) = program else { return Names::default() };
        names(&Known {
            gathered: &self.gathered,
            sources: &self.sources,
            resolved: &self.resolved,
            program,
            meanings: &self.meanings,
            poisoned: &self.poisoned,
            mentions: &self.mentions,
            today: date_of(&BigRational::from(BigInt::from(today))).unwrap_or(jiff::civil::Date::MAX),
        })
    }

    /// Tries examples and invariants, and looks for what is allowed but looks wrong.
    #[must_use]
    pub fn finish(self) -> Analysis {
        let tried = self.tried(&|| false).unwrap_or_default();
        let langs = self.langs();
        let policy = self.policy.filter(|_| !self.examples_have_error);
        let diagnostics = in_order(self.diagnostics.into_iter().chain(tried).collect());
        Analysis { sources: self.sources, langs, diagnostics, policy }
    }

    /// What is wrong with examples and invariants, and what is allowed but looks wrong; `None` if `is_outdated` said that
    /// nobody wants to know any more.
    #[must_use]
    pub fn tried(&self, is_outdated: &dyn Fn() -> bool) -> Option<Vec<Diagnostic>> {
        let Some(policy) = &self.policy else { return Some(Vec::new()) };
        let mut found = Vec::new();
        for example in &policy.program.examples {
            if is_outdated() {
                return None;
            }
            found.extend(run_example(&policy.program, example));
        }
        if is_outdated() {
            return None;
        }
        found.extend(violated_invariants(&policy.program, CLAIMS, 0));
        if is_outdated() {
            return None;
        }
        found.extend(lint(&policy.program, policy.rules()));
        Some(found)
    }

    fn langs(&self) -> Vec<(Span, Lang)> {
        let other = self.resolved.header.lang;
        let mut langs: Vec<(Span, Lang)> =
            self.gathered.items.iter().map(|item| (item.span, item.lang.unwrap_or(other))).collect();
        // Where items are broken, the language of their file is likely theirs.
        let of_source = |span: &Span| {
            let (source, _) = self.sources.locate(*span)?;
            Some((*span, fen_grammar::language(source.code()).unwrap_or(other)))
        };
        langs.extend(self.gathered.broken.iter().filter_map(of_source));
        langs.sort_by_key(|(span, _)| span.start);
        langs
    }
}

/// In the order of the sources, each once, and not too many.
fn in_order(mut diagnostics: Vec<Diagnostic>) -> Vec<Diagnostic> {
    diagnostics.sort_by_key(Diagnostic::offset);
    diagnostics.dedup();
    diagnostics.truncate(MAX_DIAGNOSTICS);
    diagnostics
}

fn edits(langs: &[(Span, Lang)], fix: &Fix) -> Vec<(Span, String)> {
    let lang = |at: usize| {
        let after = langs.partition_point(|(span, _)| span.start <= at);
        let before = langs.get(..after).unwrap_or_default().last().or(langs.first());
        before.map_or(Lang::En, |(_, lang)| *lang)
    };
    fix.edits.iter().map(|edit| (edit.span, edit.text.get(lang(edit.span.start)).to_owned())).collect()
}

/// Of the text of the source, or of all texts one after the other if there are several.
fn sha256_of(sources: &Sources) -> String {
    let text: Vec<&str> = sources.iter().map(Source::text).collect();
    fen_schema::sha256(text.concat().as_bytes())
}

fn has_error(diagnostics: &[Diagnostic]) -> bool {
    diagnostics.iter().any(|diagnostic| diagnostic.severity == Severity::Error)
}

/// A policy without errors.
#[derive(Debug)]
pub struct Policy {
    program: Program,
    phases: Cut,
    /// What it is made of, as written.
    items: Vec<Item>,
    sources: Arc<Sources>,
    /// What its values read; only streams of cases need it.
    reads: OnceLock<Reads>,
}

/// A compiled policy.
#[derive(Clone, Debug)]
pub struct Module {
    /// The WebAssembly module.
    pub wasm: Vec<u8>,
    /// The schema that stands in it.
    pub schema: Schema,
}

/// A claim and the parameters it is settled with, as the module takes them: integers, which are the value times ten to
/// the power of the column's scale.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cells {
    /// One per input; `None` is a missing value.
    pub inputs: Vec<Option<i128>>,
    /// One per parameter.
    pub parameters: Vec<i128>,
}

/// What the interpreter says of a claim.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// One cell per output; `None` is an empty one.
    Settled(Vec<Option<i128>>),
    /// Why the claim is rejected, and the column at fault.
    Rejected(RejectCode, String),
}

/// What came of testing a policy.
#[derive(Clone, Debug)]
pub struct TestReport {
    /// Every example: its title and what is wrong with it, if anything.
    pub examples: Vec<(String, Option<Diagnostic>)>,
    /// Every invariant: its text and what is wrong with it, if anything.
    pub invariants: Vec<(String, Option<Diagnostic>)>,
    /// How many made-up claims each invariant was tried on.
    pub claims: usize,
}

/// The compiler contradicts itself.
#[derive(Debug)]
pub struct Failure;

impl Problem for Failure {
    const CODE: &'static str = "fen::internal::emit";

    fn message(&self) -> Text {
        Text::new("the compiler could not write the module; please report it", "编译器未能写出模块，请反馈")
    }

    fn labels(&self) -> Vec<Label> {
        vec![Label::new(Span::default(), "in this policy", "本政策")]
    }
}

impl Policy {
    pub(crate) fn program(&self) -> &Program {
        &self.program
    }

    pub(crate) fn items(&self) -> &[Item] {
        &self.items
    }

    /// Its rules by place.
    pub(crate) fn rules(&self) -> Rules<'_> {
        Rules { items: &self.items, sources: &self.sources }
    }

    /// The names of everything that an output may be computed from, itself among them.
    #[must_use]
    pub fn reads(&self, output: &str) -> HashSet<String> {
        self.rules().reads(output)
    }

    /// The policy's name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.program.name
    }

    /// Compiles the policy.
    ///
    /// # Errors
    /// Only if the compiler contradicts itself.
    pub fn compile(&self) -> Result<Module, Failure> {
        let traced = trace(&self.program, &self.phases, &self.sources);
        let hash = sha256_of(&self.sources);
        let emitted = emit(&self.program, &self.phases, traced.as_ref(), &hash).map_err(|_| Failure)?;
        Ok(Module { wasm: emitted.module, schema: emitted.schema })
    }

    /// Settles one claim by the reference interpreter.
    #[must_use]
    pub fn interpret(&self, cells: &Cells) -> Outcome {
        let program = &self.program;
        let value = |cell: i128, scale: u32| step_of(scale) * BigInt::from(cell);
        let inputs = program.inputs.iter().zip(&cells.inputs);
        let inputs = inputs.map(|(input, cell)| cell.map(|cell| value(cell, input.scale))).collect();
        let parameters = program.parameters.iter().zip(&cells.parameters);
        let parameters = parameters.map(|(parameter, cell)| value(*cell, parameter.scale)).collect();
        let claim = Claim { inputs, parameters };
        match settle(program, &claim) {
            Ok(settled) => {
                let outputs = settled.outputs().into_iter().zip(&program.outputs);
                let cells = outputs.map(|(value, output)| value.map(|value| cell(&value, output.scale)));
                Outcome::Settled(cells.collect())
            }
            Err(rejection) => self.rejected(rejection),
        }
    }

    /// The checked program and its sources.
    #[cfg(test)]
    pub(crate) fn parts(&self) -> (&Program, &Sources) {
        (&self.program, &self.sources)
    }

    fn rejected(&self, rejection: Rejection) -> Outcome {
        let (code, column) = rejection.named(&self.program);
        Outcome::Rejected(code, column)
    }

    /// Claims made up to try the policy on: ends of ranges, bounds of ladders and such first. Equal seeds give equal
    /// claims.
    pub fn claims(&self, seed: u64) -> impl Iterator<Item = Cells> + '_ {
        Claims::new(&self.program, seed).map(|claim| {
            let inputs = self.program.inputs.iter().zip(&claim.inputs);
            let parameters = self.program.parameters.iter().zip(&claim.parameters);
            Cells {
                inputs: inputs.map(|(input, value)| value.as_ref().map(|value| cell(value, input.scale))).collect(),
                parameters: parameters.map(|(parameter, value)| cell(value, parameter.scale)).collect(),
            }
        })
    }

    /// Runs every example, and tries every invariant on the examples and on `claims` made-up claims.
    #[must_use]
    pub fn test(&self, claims: usize, seed: u64) -> TestReport {
        let example = |example: &Example| (example.title.clone(), run_example(&self.program, example));
        let violated = violated_invariants(&self.program, claims, seed);
        let invariants = self.program.invariants.iter().map(|invariant| {
            let found = violated.iter().find(|diagnostic| diagnostic.offset() == invariant.span.start);
            (invariant.text.clone(), found.cloned())
        });
        TestReport {
            examples: self.program.examples.iter().map(example).collect(),
            invariants: invariants.collect(),
            claims,
        }
    }
}

/// The integer that a value is stored as.
fn cell(value: &BigRational, scale: u32) -> i128 {
    exact::floor(value, &step_of(scale)).to_i128().unwrap_or(i128::MAX)
}
