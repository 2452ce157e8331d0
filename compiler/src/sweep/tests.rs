use std::fmt::Write as _;

use fen_grammar::source::Source;

use super::*;
use crate::analyze;
use crate::check::Claims;

fn analyzed(text: &str) -> crate::Analysis {
    let analysis = analyze(&Source::new("p.fen", text));
    assert!(!analysis.has_error(), "{:?}", analysis.diagnostics());
    analysis
}

/// Every mark on one line.
fn marks(text: &str, vary: &str, range: (&str, &str), given: &[(&str, &str)]) -> Vec<String> {
    let analysis = analyzed(text);
    let given: Vec<(String, String)> =
        given.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect();
    let request = SweepRequest { vary, range: Some((range.0, range.1, None)), given: &given, set: &[], outputs: &[] };
    let sweep = analysis.policy().unwrap().sweep(&request).unwrap();
    let line = |mark: &Mark| {
        let kinds: Vec<&str> = mark.kinds.iter().map(|kind| kind.as_str()).collect();
        let mut line = format!("{} {} at {}", sweep.outputs[mark.output].name, kinds.join("+"), mark.x);
        for (_, value) in &mark.around {
            let _ = write!(line, " {}", value.as_deref().unwrap_or("-"));
        }
        let _ = write!(line, " slope {} {}", mark.slopes.0, mark.slopes.1);
        if let Some(jump) = &mark.jump {
            let _ = write!(line, " jump {jump}");
        }
        for rule in &mark.rules {
            let _ = write!(line, " | {} {} [{}]", rule.name, rule.text, rule.clause.as_deref().unwrap_or(""));
        }
        line
    };
    sweep.marks.iter().map(line).collect()
}

const HEAD: &str = "policy demo.x\nround half up to 0.01 yuan\ninput total: money from 0 yuan to 1_000_000 yuan\n";

#[test]
fn tiers_bend_where_their_rows_meet() {
    let text = format!(
        "{HEAD}total tier ..1_000 yuan -> paid 0%\ntotal tier 1_000..3_000 yuan -> paid 60%\ntotal tier 3_000 yuan.. -> paid 70%\n  cite \"三\"\noutput paid\n"
    );
    assert_eq!(
        marks(&text, "total", ("0", "5000"), &[]),
        [
            "paid kink at 1000.00 0.00 0.00 0.01 slope 0 0.6 | total total tier ..1_000 yuan -> paid 0% [三] | \
             total total tier 1_000..3_000 yuan -> paid 60% [三]",
            "paid kink at 3000.00 1199.99 1200.00 1200.01 slope 0.6 0.7 | \
             total total tier 1_000..3_000 yuan -> paid 60% [三] | total total tier 3_000 yuan.. -> paid 70% cite \"三\" [三]"
        ]
    );
}

#[test]
fn bands_jump_and_fall() {
    let text = format!(
        "{HEAD}total band ..=1_000 yuan -> share = 80%\ntotal band 1_000 yuan.. -> share = 60%  cite \"四\"\npaid = total * share\noutput paid\n"
    );
    assert_eq!(
        marks(&text, "total", ("0", "5000"), &[]),
        ["paid jump+not_monotone at 1000.00 799.99 800.00 600.01 slope 0.8 0.6 jump -200.00 yuan | \
          total total band 1_000 yuan.. -> share = 60% cite \"四\" [四] | total total band ..=1_000 yuan -> share = 80% [四]"]
    );
}

#[test]
fn caps_deductibles_and_cases() {
    let text = format!(
        "{HEAD}param cap: money = 500 yuan\nbase = max(total - 100 yuan, 0 yuan)  cite \"一\"\npaid = min(60% * base, cap)  cite \"二\"\n\
         extra =\n  when total > 2_000 yuan : 7 yuan  cite \"三\"\n  otherwise : 9 yuan\noutput paid, extra\n"
    );
    let found = marks(&text, "total", ("0", "5000"), &[]);
    assert_eq!(found.len(), 3, "{found:#?}");
    assert!(found[0].starts_with("paid kink at 100.00 0.00 0.00 0.01 slope 0 0.6 | base"), "{}", found[0]);
    // 833.33… + 100: between two steps.
    assert!(found[1].starts_with("paid kink at 2800/3 500.00 500.00 500.00 slope 0.6 0 | paid"), "{}", found[1]);
    assert!(found[2].starts_with("extra jump at 2000.00 9.00 9.00 7.00 slope 0 0 jump -2.00 yuan"), "{}", found[2]);
    assert!(found[2].contains("when total > 2_000 yuan : 7 yuan cite \"三\" [三]"), "{}", found[2]);
}

/// Jumps are measured at the boundary itself, turning points lie where a curve is level.
#[test]
fn limits_and_turning_points() {
    let text = format!(
        "{HEAD}y =\n  when total > 0 yuan : 1_000_000 yuan / (total / 1 yuan + 1)\n  otherwise : 5 yuan\n\
         z = total * (100% - total / 100_000 yuan)\nm = max(z, 20_000 yuan)\nt = total * (100% - total / 100_000.01 yuan)\noutput y, z, m, t\n"
    );
    let found = marks(&text, "total", ("0", "60000"), &[]);
    assert!(
        found[0].starts_with("y jump+not_monotone at 0.00 5.00 990099.01") && found[0].contains("jump +999995.00 yuan"),
        "{found:#?}"
    );
    let turning: Vec<&str> = found.iter().filter(|one| one.contains("not_monotone at ")).map(String::as_str).collect();
    assert!(turning.iter().any(|one| one.starts_with("z not_monotone at 50000.00 ")), "{turning:#?}");
    assert!(turning.iter().any(|one| one.starts_with("m not_monotone at 50000.00 ")), "{turning:#?}");
    assert!(turning.iter().any(|one| one.starts_with("t not_monotone at 50000.005 ")), "{turning:#?}");
}

#[test]
fn dated_bands_name_their_rows() {
    let text = "policy d.bd\nin force from 2022-01-01\nround half up to 0.01 yuan\ninput d: date\ninput x: money from 0 yuan to 10_000 yuan\n\
        dated by d\nx band ..=50 yuan -> y = 1 yuan from 2022-01-01\nx band 50 yuan.. -> y = 2 yuan from 2022-01-01\n\
        x band ..=70 yuan -> y = 1 yuan from 2023-01-01\nx band 70 yuan.. -> y = 3 yuan from 2023-01-01\noutput y\n";
    let found = marks(text, "x", ("0", "1000"), &[("d", "2022-05-01")]);
    assert_eq!(found.len(), 1, "{found:#?}");
    assert!(
        found[0].contains("| x x band 50 yuan.. -> y = 2 yuan from 2022-01-01 [] | x x band ..=50 yuan"),
        "{found:#?}"
    );
    let found = marks(text, "d", ("2022-06-01", "2023-06-01"), &[("x", "60")]);
    assert_eq!(found.len(), 1, "{found:#?}");
    assert!(found[0].contains("| x x band ..=70 yuan -> y = 1 yuan from 2023-01-01"), "{found:#?}");
}

#[test]
fn parameters_have_values_that_are_admitted() {
    let analysis = analyzed(
        "policy d.rq\nround half up to 0.01 yuan\ninput x: money from 0 yuan to 100 yuan\nparam r: rate from 50% to 60% = required\nparam cut: pp = required\ny = (r + cut) * x\noutput y\n",
    );
    let sweep = |vary: &str, range: (&str, &str), set: &[(&str, &str)], given: &[(&str, &str)]| {
        let owned = |pairs: &[(&str, &str)]| -> Vec<(String, String)> {
            pairs.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect()
        };
        let (given, set) = (owned(given), owned(set));
        let request =
            SweepRequest { vary, range: Some((range.0, range.1, None)), given: &given, set: &set, outputs: &[] };
        analysis.policy().unwrap().sweep(&request).map(|_| ())
    };
    let good = [("r", "55%"), ("cut", "5pp")];
    assert_eq!(sweep("x", ("0", "10"), &good, &[]), Ok(()));
    let problem = sweep("x", ("0", "10"), &[("r", "90%"), ("cut", "5pp")], &[]);
    assert!(
        matches!(&problem, Err(SweepProblem::OutOfRange { from, to, .. }) if from == "50.00%" && to == "60.00%"),
        "{problem:?}"
    );
    let problem = sweep("x", ("0", "10"), &[("r", "55%"), ("cut", "20")], &[]);
    assert!(matches!(problem, Err(SweepProblem::NotAValue { .. })), "{problem:?}");
    assert!(matches!(sweep("cut", ("0", "60"), &good[..1], &[("x", "3")]), Err(SweepProblem::NotAValue { .. })));
    assert_eq!(sweep("cut", ("0pp", "60pp"), &good[..1], &[("x", "3")]), Ok(()));
    assert!(matches!(sweep("r", ("0%", "60%"), &good[1..], &[("x", "3")]), Err(SweepProblem::OutOfRange { .. })));
    assert_eq!(sweep("x", ("0", "10"), &good, &[("x", "3")]), Err(SweepProblem::Given { name: "x".to_owned() }));
}

#[test]
fn shares_of_a_base_dates_and_tables() {
    let text = "policy demo.y\nin force from 2022-01-01\nround half up to 0.01 yuan\ninput day: date\ninput born: date\n\
        input budget: money from 0 yuan to 1_000_000 yuan\ninput spent: money from 0 yuan to 1_000_000 yuan\ndated by day\n\
        param rate: rate\n  from 2022-01-01: 50%\n  from 2023-01-01: 60%\n  cite \"五\"\n\
        surplus = max(budget - spent, 0 yuan) as share of budget\n\
        surplus tier ..5% -> keep 100%\nsurplus tier 5%.. -> keep 30%, carry 70%\n\
        age = years from born to day\nbonus = rate * 100 yuan\noutput keep, carry, bonus, age\n";
    let given = [("day", "2022-06-01"), ("born", "2000-01-01"), ("budget", "10000")];
    let found = marks(text, "spent", ("0", "12000"), &given);
    assert!(found[0].starts_with("keep kink at 9500.00"), "{found:#?}");
    assert!(found.iter().any(|one| one.starts_with("carry kink at 9500.00")), "{found:#?}");
    assert!(
        found.iter().any(|one| one.starts_with("keep kink at 10000.00 0.01 0.00 0.00 slope -1 0 | surplus")),
        "{found:#?}"
    );
    let given = [("born", "2000-01-01"), ("budget", "10000"), ("spent", "0")];
    let found = marks(text, "day", ("2022-06-01", "2023-06-01"), &given);
    assert_eq!(found.len(), 2, "{found:#?}");
    assert!(found[0].starts_with("bonus jump at 2023-01-01 50.00 60.00 60.00"), "{found:#?}");
    assert!(found[0].contains("| rate param rate: rate") && found[0].contains("[五]"), "{found:#?}");
    assert!(found[1].starts_with("age jump at 2023-01-01 22 23 23"), "{found:#?}");
}

/// The pieces say what the interpreter says, on all kinds of policies.
#[test]
fn pieces_are_what_the_interpreter_computes() {
    use crate::interpret::samples::*;
    let mut programs = vec![quotients(), months(), surplus()];
    programs.extend((0..10).map(Maker::program));
    let mut compared = 0;
    for (number, program) in programs.iter().enumerate() {
        for claim in Claims::new(program, 1).take(3) {
            for (at, input) in program.inputs.iter().enumerate() {
                if is_numeric(input.ty) && claim.inputs[at].is_some() {
                    compared += checked_against(number, program, &claim, InputId(at));
                }
            }
        }
    }
    assert!(compared > 300, "{compared}");
}

fn checked_against(name: usize, program: &Program, claim: &Claim, id: InputId) -> usize {
    let input = program.input(id).unwrap();
    let step = step_of(input.scale);
    // Dates go over a few years, amounts over all that is admitted.
    let (low, high) = match (input.ty, &claim.inputs[id.0]) {
        (Type::Date, Some(day)) => {
            let years = BigRational::from_integer(500.into());
            ((day - &years).max(input.facts.low.clone()), (day + years).min(input.facts.high.clone()))
        }
        _ => (input.facts.low.clone(), input.facts.high.clone()),
    };
    let all = ((high - &low) / &step).to_integer().to_i128().unwrap_or(1 << 60);
    let line = Line { from: low, step, last: all };
    let given = vec![true; program.inputs.len()];
    let mut compared = 0;
    for output in &program.outputs {
        let mut cutter = Cutter::new(program, claim, &given, Variable::Input(id), line.clone());
        let Ok(pieces) = cutter.value(output.value) else { continue };
        let mut places = vec![0, all, all / 2, all / 3];
        for (start, _) in pieces.iter().take(40) {
            places.extend([start - 1, *start, start + 1]);
        }
        for place in places.into_iter().filter(|place| (0..=all).contains(place)) {
            let x = line.at(place);
            let mut claim = claim.clone();
            claim.inputs[id.0] = Some(x.clone());
            let settled = crate::interpret::compute(program, &claim);
            if let Ok(wanted) = settled.value(output.value) {
                let found = at(&pieces, place).at(&x);
                assert_eq!(
                    found,
                    Some(wanted),
                    "{name}: {} of {} at {x}\n{}\n{:?}",
                    output.name,
                    input.name,
                    short(program, output.value),
                    pieces.iter().map(|(at, f)| (line.at(*at), f.clone())).collect::<Vec<_>>()
                );
                compared += 1;
            }
        }
    }
    compared
}

fn short(program: &Program, id: crate::ids::ValueId) -> String {
    fn of(program: &Program, expr: &crate::check::program::Expr) -> String {
        use crate::check::program::ExprKind;
        let parts: Vec<String> = expr.parts().into_iter().map(|part| of(program, part)).collect();
        let parts = parts.join(", ");
        match &expr.kind {
            ExprKind::Constant(value) => value.to_string(),
            ExprKind::Value(id) => short(program, *id),
            ExprKind::Input(id) => program.input(*id).unwrap().name.clone(),
            ExprKind::Compare(comparison, ..) => format!("{comparison:?}({parts})"),
            kind => format!("{}({parts})", format!("{kind:?}").split(['(', ' ']).next().unwrap()),
        }
    }
    match &program.value(id).unwrap().body {
        crate::check::program::Body::Expr(expr) => of(program, expr),
        other => format!(
            "{other:?} {:?}",
            match other {
                crate::check::program::Body::Share { ladder, .. }
                | crate::check::program::Body::Remainder { ladder } => program.ladder(*ladder),
                _ => None,
            }
        ),
    }
}
