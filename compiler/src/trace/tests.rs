use fen_grammar::source::{Source, Sources};
use fen_schema::trace::{Form, Node, Point, TRACE_CODE_SECTION, TRACE_SECTION, Trace};
use num_bigint::BigInt;
use num_rational::BigRational;
use num_traits::Zero;
use wasmparser::{Parser, Payload};

use super::{Traced, trace};
use crate::check::program::{Body, Claim, ExprKind, Program};
use crate::emit::emit;
use crate::gather::NoFiles;
use crate::interpret::samples::{Maker, Random, cell, claim, quotients, surplus};
use crate::interpret::settle;
use crate::lower::evaluate::{Outcome, evaluate};
use crate::phases::cut;
use crate::policy::analyze_with;

fn traced(program: &Program) -> Option<Traced> {
    trace(program, &cut(program).ok()?, &Sources::default())
}

/// What the second entry of a policy without a plan says of a claim: the cells of results, and of the trace.
fn told(program: &Program, traced: &Traced, claim: &Claim) -> Option<(Vec<Option<BigInt>>, Vec<BigInt>)> {
    let inputs = claim.inputs.iter().zip(&program.inputs);
    let inputs: Vec<Option<BigInt>> =
        inputs.map(|(value, input)| value.as_ref().map(|value| cell(value, input.scale))).collect();
    let parameters = claim.parameters.iter().zip(&program.parameters);
    let parameters: Vec<BigInt> = parameters.map(|(value, one)| cell(value, one.scale)).collect();
    let phase = &traced.phases[0];
    match evaluate(&phase.phase.kernel, &inputs, &parameters, program.sites.len()) {
        Outcome::Settled(mut cells) => {
            let told = cells.split_off(phase.results).into_iter().flatten().collect();
            Some((cells, told))
        }
        Outcome::Rejected(_) => None,
    }
}

fn number(text: &str) -> BigRational {
    let (numer, denom) = text.split_once('/').unwrap_or((text, "1"));
    BigRational::new(numer.parse().unwrap(), denom.parse().unwrap())
}

fn value(point: &Point, cells: &[BigInt]) -> Option<BigRational> {
    let at = |at: &u32| BigRational::from(cells[usize::try_from(*at).unwrap()].clone());
    match point {
        Point::Constant(text) => Some(number(text)),
        Point::Cell(cell, step) => Some(number(step) * at(cell)),
        Point::Quotient(cell, step, under) => {
            let under = at(under);
            (!under.is_zero()).then(|| number(step) * at(cell) / under)
        }
    }
}

/// Outputs are those of the batch kernel's meaning; definitions, before and after rounding, and choices are what the
/// interpreter says, wherever it says anything.
#[test]
fn traces_mean_what_the_interpreter_says() {
    let (mut programs, mut settled_claims, mut values, mut choices) = (0, 0, 0, 0);
    let made = (0..250).map(Maker::program).chain([quotients(), surplus()]);
    for (seed, program) in (0..).zip(made) {
        let Some(traced) = traced(&program) else { continue };
        programs += 1;
        let mut random = Random(seed);
        for _ in 0..40 {
            let claim = claim(&program, &mut random);
            let Ok(settled) = settle(&program, &claim) else { continue };
            settled_claims += 1;
            let (results, cells) = told(&program, &traced, &claim).unwrap();
            let outputs = settled.outputs().into_iter().zip(&program.outputs);
            let outputs: Vec<_> =
                outputs.map(|(value, output)| value.map(|value| cell(&value, output.scale))).collect();
            assert_eq!(results, outputs, "seed {seed}, {claim:?}");
            for (id, definition) in program.order.iter().zip(&traced.phases[0].definitions) {
                let known = program.value(*id).unwrap();
                // What nothing needs may be anything.
                let Ok(meant) = settled.value(*id) else { continue };
                values += 1;
                assert_eq!(value(&definition.value, &cells), Some(meant), "seed {seed}, {}", known.name);
                let Body::Expr(expr) = &known.body else { continue };
                let exact = settled.expr(expr);
                assert_eq!(value(&definition.exact, &cells), exact.ok(), "seed {seed}, {}", known.name);
                if let (ExprKind::Cases(cases, _), Form::Choice { taken, .. }) = (&expr.kind, &definition.how.form) {
                    let is_true = |condition| settled.expr(condition).is_ok_and(|value| !value.is_zero());
                    let first = cases.iter().position(|(condition, _)| is_true(condition)).unwrap_or(cases.len());
                    choices += 1;
                    assert_eq!(value(taken, &cells), Some(BigRational::from(BigInt::from(first))), "seed {seed}");
                }
            }
        }
    }
    assert!(programs > 100 && settled_claims > 1_500, "{programs} {settled_claims}");
    assert!(values > 5_000 && choices > 50, "{values} {choices}");
}

/// All that is told of parts agrees with the parts: a sum is the sum of its parts, and so on.
fn agrees(node: &Node, cells: &[BigInt], checked: &mut usize) {
    let of = |node: &Node| value(&node.at, cells);
    match &node.form {
        Form::Operation { operator, parts, .. } => {
            let known: Option<Vec<BigRational>> = parts.iter().map(of).collect();
            if let (Some(known), Some(whole)) = (known, of(node)) {
                let meant = match operator.as_str() {
                    "add" => Some(known.iter().sum()),
                    "mul" => Some(known.iter().product()),
                    "sub" => Some(&known[0] - &known[1]),
                    "max" => known.iter().max().cloned(),
                    "min" => known.iter().min().cloned(),
                    _ => None,
                };
                if let Some(meant) = meant {
                    *checked += 1;
                    assert_eq!(whole, meant, "{}", node.text);
                }
            }
            parts.iter().for_each(|part| agrees(part, cells, checked));
        }
        Form::Choice { taken, branches, .. } => {
            let taken = value(taken, cells).unwrap().to_integer();
            let then = &branches[usize::try_from(taken).unwrap()].then;
            *checked += 1;
            assert_eq!(of(node), of(then), "{}", node.text);
            agrees(then, cells, checked);
        }
        Form::Tiers { version, slices, amount, .. } => {
            let version = usize::try_from(value(version, cells).unwrap().to_integer()).unwrap();
            let sum = |place: usize| -> Option<BigRational> {
                slices[version].iter().map(|row| value(&row[place], cells)).sum()
            };
            *checked += 1;
            assert_eq!(sum(1), of(node));
            assert!(sum(0) <= of(amount) || of(amount) < Some(BigRational::zero()));
        }
        _ => {}
    }
}

const STAY: &str = include_str!("../../tests/grains/inpatient.fen");
const SURPLUS: &str = include_str!("../../../policies/qujing/surplus.fen");

#[test]
fn parts_add_up_to_the_whole() {
    let source = Source::new("surplus.fen", SURPLUS);
    let analysis = analyze_with(&source, &NoFiles);
    let policy = analysis.policy().unwrap();
    let (program, sources) = policy.parts();
    let traced = trace(program, &cut(program).unwrap(), sources).unwrap();
    let mut checked = 0;
    for cells in policy.claims(1).take(200) {
        let value = |cell: Option<i128>| cell.map(|cell| BigRational::new(cell.into(), 100.into()));
        let claim = Claim { inputs: cells.inputs.iter().map(|cell| value(*cell)).collect(), parameters: Vec::new() };
        let Some((_, cells)) = told(program, &traced, &claim) else { continue };
        traced.phases[0].definitions.iter().for_each(|definition| agrees(&definition.how, &cells, &mut checked));
    }
    assert!(checked > 500, "{checked}");
}

/// Where a module's code ends: before its first custom section.
fn code(module: &[u8]) -> &[u8] {
    let mut end = 8;
    for payload in Parser::new(0).parse_all(module) {
        if let Some((id, range)) = payload.unwrap().as_section()
            && id != 0
        {
            end = range.end;
        }
    }
    &module[..end]
}

fn section<'m>(module: &'m [u8], name: &str) -> Option<&'m [u8]> {
    Parser::new(0).parse_all(module).find_map(|payload| match payload.unwrap() {
        Payload::CustomSection(section) if section.name() == name => Some(section.data()),
        _ => None,
    })
}

/// Whoever only settles gets the same code, whether there is a trace or not.
#[test]
fn code_is_the_same_with_and_without_a_trace() {
    for text in [STAY, SURPLUS] {
        let source = Source::new("policy.fen", text);
        let analysis = analyze_with(&source, &NoFiles);
        let (program, sources) = analysis.policy().unwrap().parts();
        let phases = cut(program).unwrap();
        let without = emit(program, &phases, None, "").unwrap().module;
        let traced = trace(program, &phases, sources).unwrap();
        let with = emit(program, &phases, Some(&traced), "").unwrap().module;
        assert_eq!(code(&with), code(&without));
        assert_eq!(section(&without, TRACE_SECTION), None);
        let told = Trace::from_json(section(&with, TRACE_SECTION).unwrap()).unwrap();
        assert_eq!(told.phases.len(), phases.phases.len());
        let second = section(&with, TRACE_CODE_SECTION).unwrap();
        Parser::new(0).parse_all(second).for_each(|payload| assert!(payload.is_ok()));
        let schema = emit(program, &phases, Some(&traced), "").unwrap().schema;
        let bytes = [section(&with, TRACE_SECTION).unwrap(), second].concat();
        assert_eq!(schema.trace_sha256, fen_schema::sha256(&bytes));
    }
}

/// What a trace says of the exceptions of a rule: their conditions, values and clauses as written.
#[test]
fn exceptions_are_told_as_written() {
    let source = Source::new("stay.fen", STAY);
    let analysis = analyze_with(&source, &NoFiles);
    let (program, sources) = analysis.policy().unwrap().parts();
    let traced = trace(program, &cut(program).unwrap(), sources).unwrap();
    let definition = traced.phases[0].definitions.iter().find(|one| one.name == "deductible").unwrap();
    let Form::Choice { branches, .. } = &definition.how.form else { panic!("no choice") };
    let told: Vec<String> = branches
        .iter()
        .map(|branch| {
            let when = branch.when.as_ref().map_or("", |when| &when.text);
            format!(
                "{} | {when} | {} | {}",
                branch.role,
                branch.then.text,
                branch.citations.iter().map(|at| traced.clauses[*at as usize].clause.as_str()).collect::<String>()
            )
        })
        .collect();
    assert_eq!(
        told,
        [
            "exception | referral is down | 0 yuan | 三(四)2",
            "exception | referral is up and previous known | max(standard[hospital] - standard[previous], 0 yuan) | 三(四)2",
            "exception | day_surgery and referral is direct | 50% * standard[hospital] | 三(三)3",
            "rule |  | standard[hospital] | ",
        ]
    );
    assert!(definition.text.starts_with("deductible = standard[hospital]\n  except when"), "{}", definition.text);
}
