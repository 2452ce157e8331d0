//! Every policy in `tests/lints` compiles, and the compiler warns of something in it; what it says stands beside it, in both
//! languages.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

use std::path::Path;

use fen_compiler::render::{Style, text};
use fen_compiler::{Lang, Severity, Source, analyze};

fn folder() -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/lints")
}

#[test]
fn warnings_are_explained() {
    insta::glob!("lints/*.fen", |path| {
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        let analysis = analyze(&Source::new(name, std::fs::read_to_string(path).unwrap()));
        assert!(analysis.policy().is_some() && !analysis.diagnostics().is_empty(), "{path:?}");
        assert!(analysis.diagnostics().iter().all(|one| one.severity == Severity::Warning));
        let both =
            [Lang::En, Lang::Zh].map(|lang| text(analysis.sources(), analysis.diagnostics(), lang, Style::Plain));
        insta::assert_snapshot!(both.join("\n"));
    });
}

/// The same policies are silent when their authors say that they know.
#[test]
fn what_is_allowed_is_not_said() {
    for (name, from, code) in [
        ("band_falls.fen", "total band 1_000 yuan.. -> share = 60%", "fen::lint::band_falls"),
        ("rate_order.fen", "provincial 60%", "fen::lint::rate_order"),
        ("deductible_order.fen", "city 75%", "fen::lint::deductible_order"),
        ("weights.fen", "quality 29%", "fen::lint::weights"),
        ("rounded_share.fen", "each = round(total / members)", "fen::lint::rounded_early"),
        ("rounded_share.fen", "county 29%", "fen::lint::weights"),
        ("unused.fen", "left = max(cap - before, 0 yuan)", "fen::lint::unused"),
        ("rounded_early.fen", "round half up to 0.01 yuan per point", "fen::lint::rounded_early"),
    ] {
        let source = std::fs::read_to_string(folder().join(name)).unwrap();
        assert!(source.contains(from), "{name}");
        let codes = |text: String| -> Vec<&str> {
            analyze(&Source::new(name, text)).diagnostics().iter().map(|one| one.code).collect()
        };
        assert!(codes(source.clone()).contains(&code), "{name}");
        let allowed = source.replacen(from, &format!("{from}  cite \"一\" allow \"{code}\""), 1);
        assert_eq!(
            codes(allowed).iter().filter(|found| **found == code).count() + 1,
            { codes(source).iter().filter(|found| **found == code).count() },
            "{name}"
        );
    }
}

/// What is right raises no warning.
#[test]
fn good_policies_are_silent() {
    for text in [
        // A quick formula: continuous.
        "policy a.b\nround half up to 0.01 yuan\ninput total: money from 0 yuan to 1_000_000 yuan\n\
         total band ..=1_000 yuan -> paid = 80% * total\ntotal band 1_000 yuan.. -> paid = 60% * total + 200 yuan\noutput paid\n",
        // More beyond the boundary.
        "policy a.b\nround half up to 0.01 yuan\ninput total: money from 0 yuan to 1_000_000 yuan\n\
         total band ..=1_000 yuan -> share = 60%\ntotal band 1_000 yuan.. -> share = 80%\npaid = share * total\noutput paid\n",
        // A band of something else.
        "policy a.b\nround half up to 0.01 yuan\ninput base: money from 0 yuan to 1_000_000 yuan\ninput score: count from 0 to 100\n\
         score band ..<60 -> retention = 50%\nscore band 60.. -> retention = 30%\npaid = base * retention\noutput paid\n",
        // Rates that fall, a deductible that rises; weights that add up.
        "policy a.b\nround half up to 0.01 yuan\nenum level = township | county | city\ninput hospital: level\n\
         input total: money from 0 yuan to 1_000_000 yuan\n\
         param rate by level: rate = township 90%, county 80%, city 70%\n\
         param standard by level: money = township 200 yuan, county 400 yuan, city 700 yuan\n\
         param weight by level: rate = township 50%, county 30%, city 20%\n\
         paid = rate[hospital] * max(total - standard[hospital], 0 yuan)\nother = weight[hospital] * total\noutput paid, other\n",
    ] {
        let analysis = analyze(&Source::new("good.fen", text));
        assert_eq!(analysis.diagnostics(), [], "{text}");
        assert!(analysis.policy().is_some());
    }
}
