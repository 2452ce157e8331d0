//! Explanations of claims and policies made up at random: what is traced is what was settled, and an explanation's parts
//! agree with one another.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

use fen_compiler::{Source, analyze};
use fen_explain::{Amount, Explanation, Fate, Node, NodeForm, fragment, text};
use fen_runtime::Runtime;
use fen_schema::{ColumnType, Language};
use fen_tests::explained::Explainer;
use fen_tests::policies::policy;
use fen_tests::policies::streams::stream_policy;
use fen_tests::streams::rows::stream;
use proptest::prelude::*;
use proptest::strategy::ValueTree as _;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};

const POLICIES: u32 = 50;
const CLAIMS: usize = 6;
const STREAMS: u64 = 40;
const ROWS: usize = 9;

/// Every step that is named is there.
fn steps_of(node: &Node, found: &mut Vec<usize>) {
    match &node.form {
        NodeForm::Step { step } => found.push(*step),
        NodeForm::Input { own, divided, .. } => {
            found.extend(own);
            found.extend(divided.iter().flatten());
        }
        NodeForm::Operation { parts, .. } => parts.iter().for_each(|part| steps_of(part, found)),
        NodeForm::Remainder { parts, tiers } => {
            parts.iter().for_each(|part| steps_of(part, found));
            tiers.iter().for_each(|tiers| steps_of(tiers, found));
        }
        NodeForm::Choice { subject, base, when, then, passed, .. } => {
            subject.iter().chain(base).chain(when).chain([then]).for_each(|part| steps_of(part, found));
            passed.iter().filter_map(|passed| passed.when.as_ref()).for_each(|when| steps_of(when, found));
        }
        NodeForm::Lookup { keys, .. } | NodeForm::HasRow { keys, .. } => {
            keys.iter().for_each(|key| steps_of(key, found))
        }
        NodeForm::Tiers { amount, base, .. } => {
            [amount].into_iter().chain(base).for_each(|part| steps_of(part, found));
        }
        NodeForm::Constant { .. } | NodeForm::Parameter { .. } | NodeForm::Known { .. } => {}
    }
}

/// An amount without zeros behind its last decimal.
fn plain(amount: &Amount) -> Option<String> {
    let text = amount.value.as_deref()?.trim_end_matches(['%', 'p']);
    let is_decimal = text.contains('.');
    Some(if is_decimal { text.trim_end_matches('0').trim_end_matches('.').to_owned() } else { text.to_owned() })
}

fn check(explanation: &Explanation) {
    let mut named: Vec<usize> = explanation.outputs.iter().filter_map(|output| output.step).collect();
    named.extend(explanation.outputs.iter().filter_map(|output| output.present));
    explanation.steps.iter().for_each(|step| steps_of(&step.how, &mut named));
    named.sort_unstable();
    named.dedup();
    assert_eq!(named, (0..explanation.steps.len()).collect::<Vec<_>>());
    for step in &explanation.steps {
        // What needed no rounding is the value of what computes it.
        if step.rounding.is_none() && step.amount.ty.is_amount() {
            assert_eq!(plain(&step.amount), plain(&step.how.amount), "{}", step.name);
        }
        // Only what could not be computed has no value.
        assert!(step.amount.value.is_some() || step.how.amount.value.is_none(), "{}", step.name);
    }
    for lang in [Language::En, Language::Zh] {
        let (shown, page) = (text(explanation, lang), fragment(explanation, lang));
        for output in &explanation.outputs {
            let value = match (output.amount.value.as_deref().unwrap_or_default(), output.amount.ty, lang) {
                ("true", ColumnType::Bool, Language::Zh) => "是",
                ("false", ColumnType::Bool, Language::Zh) => "否",
                (value, ..) => value,
            };
            let escaped = value.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
            assert!(shown.contains(&output.name) && shown.contains(value), "{shown}");
            assert!(page.contains(&escaped), "{escaped}: {page}");
        }
    }
}

#[test]
fn what_is_traced_is_what_was_settled() {
    let runtime = Runtime::new().unwrap();
    let config = Config { cases: POLICIES, failure_persistence: None, ..Config::default() };
    let mut runner = TestRunner::new_with_rng(config, TestRng::from_seed(RngAlgorithm::ChaCha, &[7; 32]));
    let (mut settled, mut rejected) = (0, 0);
    for _ in 0..POLICIES {
        let made = policy().new_tree(&mut runner).unwrap().current();
        let analysis = analyze(&Source::new("made_up.fen", made.clone()));
        let Some(policy) = analysis.policy() else { continue };
        let explainer = Explainer::new(&runtime, policy).unwrap();
        assert!(explainer.has_trace());
        for (at, claim) in policy.claims(3).take(CLAIMS).enumerate() {
            let explanation = explainer.explain(&claim, at % 2 == 0);
            let explanation = explanation.unwrap_or_else(|error| panic!("{error}\n{claim:?}\n{made}"));
            match explanation.status {
                Fate::Settled => settled += 1,
                Fate::Rejected | Fate::Reversal => rejected += 1,
            }
            check(&explanation);
        }
    }
    assert!(settled > 100, "{settled} settled, {rejected} rejected");
}

/// The same of policies that look beyond one claim: what is seen of a row on its way is what its results come from, wherever
/// batches are cut.
#[test]
fn rows_of_streams_are_traced_as_they_were_settled() {
    let runtime = Runtime::new().unwrap();
    let config = Config { failure_persistence: None, ..Config::default() };
    let mut runner = TestRunner::new_with_rng(config, TestRng::from_seed(RngAlgorithm::ChaCha, &[5; 32]));
    let (mut settled, mut reversals, mut groups, mut policies) = (0, 0, 0, 0);
    for at in 0..STREAMS {
        let made = stream_policy().new_tree(&mut runner).unwrap().current();
        let analysis = analyze(&Source::new("made_up.fen", made.clone()));
        let Some(policy) = analysis.policy() else { continue };
        policies += 1;
        let explainer = Explainer::new(&runtime, policy).unwrap();
        let cells = stream(explainer.schema(), explainer.codes(), ROWS, at);
        for row in 0..cells.rows.len() {
            let batch = if row % 2 == 0 { ROWS } else { 5 };
            let explanation = explainer.explain_row(&cells, row, batch, row % 3 == 0);
            let explanation = explanation.unwrap_or_else(|error| panic!("row {row}: {error}\n{cells:?}\n{made}"));
            match explanation.status {
                Fate::Settled => {
                    settled += 1;
                    groups += explanation.outputs.iter().filter(|output| output.per.is_some()).count();
                    check(&explanation);
                }
                Fate::Reversal => reversals += 1,
                Fate::Rejected => assert!(explanation.reject.is_some()),
            }
        }
    }
    assert!(policies > 20 && settled > 60 && reversals > 0 && groups > 20, "{policies} {settled} {reversals} {groups}");
}
