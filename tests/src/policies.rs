//! Well-formed policies made up at random, as source text.
//!
//! They are built by type: every expression is an amount of money. Ranges go from single fens to more than 64 bits hold;
//! ladders stand on inputs and definitions, in yuan or as a share, on subjects that may be negative, with one to three
//! shares; rounding has all modes and odd steps.

use std::fmt::Write as _;

use proptest::prelude::*;
use proptest::sample::{Index, select};

/// Ranges of inputs, in yuan.
const RANGES: [(&str, &str); 8] = [
    ("0", "100_000_000_000"),
    ("0", "10_000"),
    ("-1_000_000", "1_000_000"),
    ("0.01", "0.05"),
    ("0", "10_000_000_000_000_000"),
    ("-90_000_000_000_000_000", "90_000_000_000_000_000"),
    ("-10_000_000_000_000_000_000_000", "10_000_000_000_000_000_000_000"),
    ("7", "7"),
];

const MODES: [&str; 4] = ["half up", "half even", "down", "up"];
const STEPS: [&str; 7] = ["0.01", "0.1", "1", "100", "0.05", "0.001", "3"];

/// A number that is used to choose among what is there when it is needed.
type Choice = Index;

#[derive(Clone, Debug)]
enum Expr {
    Name(Choice),
    Amount(i64),
    Scaled(u32, Box<Expr>),
    Divided(Box<Expr>, u32),
    Negated(Box<Expr>),
    Sum(Box<Expr>, Box<Expr>, bool),
    Extreme(Vec<Expr>, bool),
}

#[derive(Clone, Debug)]
struct Ladder {
    subject: Expr,
    base: Option<Expr>,
    /// Distances between bounds, in hundredths of a percent or in fen.
    steps: Vec<u32>,
    /// The lowest bound.
    lowest: i32,
    /// By row, how a whole is divided, as weights.
    weights: Vec<[u16; 3]>,
    columns: usize,
    ends_are_open: bool,
}

fn expr() -> impl Strategy<Value = Expr> {
    let leaf = prop_oneof![
        4 => any::<Choice>().prop_map(Expr::Name),
        1 => prop_oneof![-1_000_i64..1_000, any::<i32>().prop_map(i64::from)].prop_map(Expr::Amount),
    ];
    leaf.prop_recursive(3, 12, 3, |inner| {
        let boxed = inner.clone().prop_map(Box::new);
        prop_oneof![
            (0_u32..20_000, boxed.clone()).prop_map(|(rate, inner)| Expr::Scaled(rate, inner)),
            (boxed.clone(), 1_u32..13).prop_map(|(inner, divisor)| Expr::Divided(inner, divisor)),
            boxed.clone().prop_map(Expr::Negated),
            (boxed.clone(), boxed, any::<bool>()).prop_map(|(left, right, minus)| Expr::Sum(left, right, minus)),
            (prop::collection::vec(inner, 2..4), any::<bool>()).prop_map(|(args, least)| Expr::Extreme(args, least)),
        ]
    })
}

fn ladder() -> impl Strategy<Value = Ladder> {
    let shape = (prop::collection::vec(1_u32..3_000, 0..4), -3_000_i32..3_000, 1_usize..4, any::<bool>());
    (expr(), prop::option::of(expr()), shape, prop::collection::vec(any::<[u16; 3]>(), 5)).prop_map(
        |(subject, base, (steps, lowest, columns, ends_are_open), weights)| Ladder {
            subject,
            base,
            steps,
            lowest,
            weights,
            columns,
            ends_are_open,
        },
    )
}

/// The source of a policy.
pub fn policy() -> impl Strategy<Value = String> {
    let inputs = prop::collection::vec(select(RANGES.to_vec()), 1..4);
    let definitions = prop::collection::vec(expr(), 0..3);
    let ladders = prop::collection::vec(ladder(), 1..3);
    let rounding = (select(MODES.to_vec()), select(STEPS.to_vec()));
    (inputs, definitions, ladders, rounding, any::<bool>()).prop_map(
        |(inputs, definitions, ladders, rounding, reverse)| {
            let mut source = format!("policy made.up\nround {} to {} yuan\n\n", rounding.0, rounding.1);
            let (mut names, mut outputs) = (Vec::new(), Vec::new());
            for (at, (low, high)) in inputs.iter().enumerate() {
                let _ = writeln!(source, "input i{at}: money from {low} yuan to {high} yuan");
                names.push(format!("i{at}"));
            }
            for (at, definition) in definitions.iter().enumerate() {
                let name = format!("d{at}");
                let _ = writeln!(source, "{name} = {}", write_expr(definition, &names));
                outputs.push(name.clone());
                names.push(name);
            }
            for (at, ladder) in ladders.iter().enumerate() {
                write_ladder(&mut source, at, ladder, &mut names, &mut outputs);
            }
            if reverse {
                outputs.reverse();
            }
            let _ = writeln!(source, "output {}", outputs.join(", "));
            source
        },
    )
}

fn write_ladder(source: &mut String, at: usize, ladder: &Ladder, names: &mut Vec<String>, outputs: &mut Vec<String>) {
    let subject = format!("x{at}");
    let _ = write!(source, "{subject} = {}", write_expr(&ladder.subject, names));
    if let Some(base) = &ladder.base {
        let _ = write!(source, " as share of max({}, 0 yuan)", write_expr(base, names));
    }
    source.push('\n');
    let unit = if ladder.base.is_some() { "%" } else { " yuan" };
    let columns: Vec<String> = (0..ladder.columns).map(|column| format!("s{at}_{column}")).collect();
    let mut bounds = vec![i64::from(ladder.lowest)];
    for step in &ladder.steps {
        bounds.push(bounds.last().copied().unwrap_or(0) + i64::from(*step));
    }
    let shown: Vec<String> = bounds.iter().map(|bound| format!("{}{unit}", hundredths(*bound))).collect();
    // A ladder without a bound has a single row that is open on both sides.
    let no_bound = String::new();
    let single = ladder.steps.is_empty() && ladder.ends_are_open;
    let rows: Vec<(&String, &String)> = if single {
        vec![(&no_bound, &no_bound)]
    } else {
        let lows = std::iter::once(&no_bound).chain(&shown);
        lows.zip(shown.iter().chain(std::iter::once(&no_bound))).collect()
    };
    for ((low, high), weights) in rows.into_iter().zip(ladder.weights.iter().cycle()) {
        let shares = shares(&columns, weights);
        let _ = writeln!(source, "{subject} tier {low}..{high} -> {shares}");
    }
    outputs.extend(columns.iter().cloned());
    names.push(subject);
    names.extend(columns);
}

/// Shares in hundredths of a percent that add up to a whole; a single one need not.
fn shares(columns: &[String], weights: &[u16; 3]) -> String {
    let sum: u64 = weights.iter().take(columns.len()).map(|weight| u64::from(*weight)).sum::<u64>().max(1);
    let mut left = 10_000;
    let last = columns.len() - 1;
    let parts = columns.iter().zip(weights).enumerate().map(|(at, (column, weight))| {
        let part = match (columns.len(), at) {
            (1, _) => u64::from(*weight) % 15_000,
            (_, at) if at == last => left,
            _ => 10_000 * u64::from(*weight) / sum,
        };
        left -= part.min(left);
        format!("{column} {}%", hundredths(i64::try_from(part).unwrap_or(0)))
    });
    parts.collect::<Vec<_>>().join(", ")
}

fn hundredths(value: i64) -> String {
    let sign = if value < 0 { "-" } else { "" };
    format!("{sign}{}.{:02}", value.unsigned_abs() / 100, value.unsigned_abs() % 100)
}

fn write_expr(expr: &Expr, names: &[String]) -> String {
    match expr {
        Expr::Name(choice) => choice.get(names).clone(),
        Expr::Amount(fen) if *fen < 0 => format!("({} yuan)", hundredths(*fen)),
        Expr::Amount(fen) => format!("{} yuan", hundredths(*fen)),
        Expr::Scaled(rate, inner) => format!("{}% * {}", hundredths(i64::from(*rate)), write_expr(inner, names)),
        Expr::Divided(inner, divisor) => format!("({}) / {divisor}", write_expr(inner, names)),
        Expr::Negated(inner) => format!("(-{})", write_expr(inner, names)),
        Expr::Sum(left, right, minus) => {
            let sign = if *minus { '-' } else { '+' };
            format!("({} {sign} {})", write_expr(left, names), write_expr(right, names))
        }
        Expr::Extreme(args, least) => {
            let args: Vec<String> = args.iter().map(|arg| write_expr(arg, names)).collect();
            format!("{}({})", if *least { "min" } else { "max" }, args.join(", "))
        }
    }
}
