//! `--state-in` and `--state-out`: one month after the other.

use crate::folder::{Folder, repository};

fn policy(name: &str) -> String {
    repository(&format!("cli/tests/command/streams/{name}.fen")).display().to_string()
}

const HEADER: &str = "claim,person,settled,burden,reverses\n";
const JANUARY: &str = "C1,P,2022-01-01,100.00,\nC2,Q,2022-01-02,7.00,\nC3,P,2022-01-31,50.00,\n";
const FEBRUARY: &str = "C4,P,2022-02-01,30.00,\nR1,P,2022-02-01,,C1\nC5,P,2022-02-02,1.00,\nC6,R,2023-01-01,1.00,\n\
    C3,P,2023-01-02,1.00,\nC7,P,2023-01-02,1.00,\n";

#[test]
fn two_months_are_as_good_as_both_at_once() {
    let folder = Folder::new();
    let burdens = policy("burdens");
    folder.write("both.csv", format!("{HEADER}{JANUARY}{FEBRUARY}"));
    folder.write("january.csv", format!("{HEADER}{JANUARY}"));
    folder.write("february.csv", format!("{HEADER}{FEBRUARY}"));
    let run = |input: &str, more: &[&str]| {
        let output = format!("out.{input}");
        let args = ["run", &burdens, "--input", input, "--output", &output, "--rejects", "no.csv"];
        folder.fen(&[&args[..], more].concat()).good();
        folder.read(&output)
    };
    let both = run("both.csv", &["--state-out", "both.parquet"]);
    let january = run("january.csv", &["--state-out", "january.parquet"]);
    let february = run("february.csv", &["--state-in", "january.parquet", "--state-out", "february.parquet"]);
    let february = february.split_once('\n').unwrap().1;
    assert_eq!(format!("{january}{february}"), both);
    assert!(both.contains("R1,P,2022-02-01,,C1,-100.00,-50.00\nC5,P,2022-02-02,1.00,,81.00,0.50\n"), "{both}");
    // An id that January has settled already is still taken.
    assert!(folder.read("no.csv").contains("5,claim,duplicate_claim"), "{}", folder.read("no.csv"));
    // March is the same after either.
    folder.write("march.csv", format!("{HEADER}C8,P,2023-03-01,1.00,\nR2,P,2023-03-01,,C7\nC9,R,2023-03-01,5.00,\n"));
    let after_both = run("march.csv", &["--state-in", "both.parquet"]);
    assert_eq!(run("march.csv", &["--state-in", "february.parquet"]), after_both);
    assert!(after_both.contains("C9,R,2023-03-01,5.00,,6.00,2.50"), "{after_both}");
}

#[test]
fn late_values_of_the_months_before() {
    let folder = Folder::new();
    let monthly = std::fs::read_to_string(repository("tests/web/streams/monthly.fen")).unwrap();
    folder.write("monthly.fen", monthly.replace("ordered by day", "reverses claim"));
    let header = "claim,hospital,person,kind,day,points,loss,reverses\n";
    let run = |month: &str, rows: &str, more: &[&str]| {
        let (input, output) = (format!("{month}.csv"), format!("out.{month}.csv"));
        folder.write(&input, format!("{header}{rows}"));
        let args = ["run", "monthly.fen", "--input", &input, "--output", &output, "--rejects", "no.csv"];
        folder.fen(&[&args[..], more].concat()).good();
        (folder.read(&output), folder.read("no.csv"))
    };
    // 16.69 yuan (2 · 10.01 − 3.33) are divided among A and B as 3 to 1. In the other kind the weights are zero.
    let january = "1,A,P,small,2022-01-03,3.00,true,\n2,A,P,small,2022-01-03,6.00,true,\n3,A,Q,small,2022-01-04,9.00,true,2\n\
        4,B,P,small,2022-01-05,1.00,true,\n5,C,R,large,2022-01-06,0.00,true,\n";
    let (_, rejected) = run("january", january, &["--state-out", "january.parquet"]);
    assert!(rejected.contains("share,no_weights"), "{rejected}");
    let last = |(output, _): (String, String)| output.lines().next_back().unwrap().to_owned();
    let february = "7,B,P,small,2022-02-01,1.00,true,\n";
    let after = ["--state-in", "january.parquet"];
    // Since, rich, top, newest, got, seen, paid, ordinal: P has 12.52 and 4.17 yuan of January, or the first alone.
    let with = last(run("february", february, &after));
    let without = last(run("less", &format!("6,,,,,,,4\n{february}"), &after));
    assert!(with.ends_with(",4.17,1.00,3.00,4.17,16.69,4.17,3.31,2"), "{with}");
    assert!(without.ends_with(",12.52,0.00,3.00,0.00,12.52,0.00,6.68,1"), "{without}");
    // What had no value in January has none in February.
    let (output, rejected) =
        run("lost", "8,D,R,small,2022-02-01,1.00,true,\n9,D,S,small,2022-02-01,1.00,true,\n", &after);
    assert!(rejected.contains("share,no_weights") && !rejected.contains("\n9,"), "{rejected}");
    assert!(output.contains("\n9,"), "{output}");
}

#[test]
fn states_that_do_not_fit_are_refused() {
    let folder = Folder::new();
    let (burdens, catastrophic) = (policy("burdens"), policy("catastrophic"));
    folder.write("claims.csv", format!("{HEADER}{JANUARY}"));
    let run = |policy: &str, more: &[&str]| {
        folder.fen(&[&["run", policy, "--input", "claims.csv", "--output", "out.csv"], more].concat())
    };
    run(&burdens, &["--state-out", "state.parquet"]).good();
    std::fs::remove_file(folder.path("out.csv")).unwrap();
    let before = folder.names();
    run(&burdens, &["--state-in", "nothing.parquet"]).refused("fen::file::read");
    run(&burdens, &["--state-in", "claims.csv"]).refused("fen::state::foreign");
    run(&burdens, &["--state-in", &burdens]).refused("fen::state::foreign");
    run(&catastrophic, &["--state-in", "state.parquet"]).refused("fen::state::other_policy");
    run(&burdens, &["--state-in", "state.parquet", "--state-out", "state.parquet"]).refused("fen::file::same_file");
    let state = std::fs::read(folder.path("state.parquet")).unwrap();
    let mut damaged = state.clone();
    damaged[state.len() / 3] ^= 1;
    for (bad, code) in [
        (&damaged[..], "fen::state::damaged"),
        (&state[..state.len() / 2], "fen::state::foreign"),
        (b"", "fen::state::foreign"),
        (b"claim,person\n", "fen::state::foreign"),
    ] {
        let path = folder.write("bad.parquet", bad);
        run(&burdens, &["--state-in", "bad.parquet", "--state-out", "next.parquet"]).refused(code);
        std::fs::remove_file(path).unwrap();
    }
    assert_eq!(folder.names(), before);
}

#[test]
fn policies_that_carry_nothing_refuse_states() {
    let folder = Folder::new();
    folder.write("claims.csv", "hospital,drg\nh1,AA1\n");
    let drg = policy("drg_points");
    let args = ["run", &drg, "--set", "fund=1", "--input", "claims.csv", "--state-out", "state.parquet"];
    let message = folder.fen(&args).refused("fen::state::nothing_running");
    assert!(message.contains("totals"), "{message}");
    let surplus = crate::folder::surplus();
    let args = ["run", &surplus, "--input", "claims.csv", "--state-out", "state.parquet"];
    folder.fen(&args).refused("fen::state::none");
    assert_eq!(folder.names(), ["claims.csv"]);
}
