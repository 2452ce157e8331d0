//! The compiler's facade: a source is analyzed; if it is free of errors, it is a policy that can be compiled,
//! interpreted and tested.

use fen_grammar::diagnostic::{Diagnostic, Label, Problem, Severity, Text};
use fen_grammar::source::{Source, Span};
use fen_schema::{RejectCode, Schema};
use num_bigint::BigInt;
use num_traits::ToPrimitive;

use crate::check::program::{Example, Program};
use crate::check::types::step_of;
use crate::check::{Claims, check, run_example, violated_invariants};
use crate::emit::emit;
use crate::interpret::{Rejection, settle};
use crate::lower::ir::Kernel;
use crate::lower::lower;
use crate::resolve::program::InputId;
use crate::resolve::resolve;

/// More diagnostics than this help nobody; the rest are not shown.
const MAX_DIAGNOSTICS: usize = 100;

/// Claims that every invariant is tried on whenever a source is analyzed.
const CLAIMS: usize = 200;

/// What is known about a source.
#[derive(Debug)]
pub struct Analysis {
    diagnostics: Vec<Diagnostic>,
    policy: Option<Policy>,
}

impl Analysis {
    /// All that is to be said about the source, in source order.
    #[must_use]
    pub fn diagnostics(&self) -> &[Diagnostic] {
        &self.diagnostics
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

/// Reads and checks a source.
#[must_use]
pub fn analyze(source: &Source) -> Analysis {
    let (file, mut diagnostics) = fen_grammar::parse(source.text());
    let (resolved, more) = resolve(&file, source);
    diagnostics.extend(more);
    let (program, more) = check(&resolved);
    diagnostics.extend(more);
    let mut policy = None;
    if !has_error(&diagnostics) {
        match lower(&program) {
            Ok(kernel) => {
                let source_sha256 = fen_schema::sha256(source.text().as_bytes());
                let tested = Policy { program, kernel, source_sha256 };
                let report = tested.test(CLAIMS, 0);
                let (examples, invariants) = (report.examples.into_iter(), report.invariants.into_iter());
                diagnostics.extend(examples.chain(invariants).filter_map(|(_, problem)| problem));
                policy = Some(tested);
            }
            Err(diagnostic) => diagnostics.push(*diagnostic),
        }
    }
    diagnostics.sort_by_key(Diagnostic::offset);
    diagnostics.truncate(MAX_DIAGNOSTICS);
    Analysis { diagnostics, policy }
}

fn has_error(diagnostics: &[Diagnostic]) -> bool {
    diagnostics.iter().any(|diagnostic| diagnostic.severity == Severity::Error)
}

/// A policy without errors.
#[derive(Debug)]
pub struct Policy {
    program: Program,
    kernel: Kernel,
    source_sha256: String,
}

/// A compiled policy.
#[derive(Clone, Debug)]
pub struct Module {
    /// The WebAssembly module.
    pub wasm: Vec<u8>,
    /// The schema that stands in it.
    pub schema: Schema,
}

/// What the interpreter says of a claim. Amounts are integers: the value times ten to the power of the column's scale.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// One cell per output.
    Settled(Vec<i128>),
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
        let emitted = emit(&self.program, &self.kernel, &self.source_sha256).map_err(|_| Failure)?;
        Ok(Module { wasm: emitted.module, schema: emitted.schema })
    }

    /// Settles one claim by the reference interpreter. `cells` holds one integer per input: the value times ten to the
    /// power of the column's scale.
    #[must_use]
    pub fn interpret(&self, cells: &[i128]) -> Outcome {
        let inputs = self.program.inputs.iter().zip(cells);
        let inputs: Vec<_> = inputs.map(|(input, cell)| step_of(input.scale) * BigInt::from(*cell)).collect();
        match settle(&self.program, &inputs) {
            Ok(settled) => {
                let outputs = self.program.outputs.iter();
                let cells = outputs.map(|output| {
                    (settled.value(output.value) / step_of(output.scale)).to_integer().to_i128().unwrap_or(i128::MAX)
                });
                Outcome::Settled(cells.collect())
            }
            Err(Rejection::BelowMin(id)) => Outcome::Rejected(RejectCode::BelowMin, self.input_name(id)),
            Err(Rejection::AboveMax(id)) => Outcome::Rejected(RejectCode::AboveMax, self.input_name(id)),
        }
    }

    fn input_name(&self, id: InputId) -> String {
        self.program.input(id).map(|input| input.name.clone()).unwrap_or_default()
    }

    /// Claims made up to try the policy on, as cells of its inputs: ends of ranges and bounds of ladders first. Equal
    /// seeds give equal claims.
    pub fn claims(&self, seed: u64) -> impl Iterator<Item = Vec<i128>> + '_ {
        Claims::new(&self.program, seed).map(|claim| {
            let cells = self.program.inputs.iter().zip(&claim);
            cells
                .map(|(input, value)| (value / step_of(input.scale)).to_integer().to_i128().unwrap_or_default())
                .collect()
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
