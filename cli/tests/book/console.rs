//! What commands print, and what a page says they print.

/// Stands for lines that are left out.
const LEFT_OUT: &str = "…";

/// Whether what was printed is what a block shows.
pub(crate) fn matches(shown: &str, printed: &str) -> bool {
    let lines = |text: &str| -> Vec<String> { text.lines().map(|line| line.trim_end().to_owned()).collect() };
    follows(&lines(shown), &lines(printed))
}

fn follows(shown: &[String], printed: &[String]) -> bool {
    match (shown, printed) {
        ([], []) => true,
        ([left_out, shown @ ..], _) if left_out.trim() == LEFT_OUT => {
            (0..=printed.len()).any(|skipped| follows(shown, &printed[skipped..]))
        }
        ([one, shown @ ..], [other, printed @ ..]) => one == other && follows(shown, printed),
        _ => false,
    }
}

/// What was printed, as a page shows it: what differs from run to run is left out.
pub(crate) fn shown(printed: &str) -> String {
    let differs = |line: &str| {
        let is_speed = line.contains(" claims per second") || line.contains("每秒");
        is_speed || (line.contains("->") && line.contains(".wasm"))
    };
    printed.lines().map(|line| format!("{}\n", if differs(line) { LEFT_OUT } else { line.trim_end() })).collect()
}

#[test]
fn lines_can_be_left_out() {
    assert!(matches("$ a\n…\nc\n", "$ a\nb\nb\nc\n"));
    assert!(matches("$ a\n…\n", "$ a\n"));
    assert!(!matches("$ a\n…\nc\n", "$ a\nb\n"));
    assert!(!matches("$ a\n", "$ a\nb\n"));
}
