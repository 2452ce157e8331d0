//! Two ways to do one thing, measured in turns.

use std::time::{Duration, Instant};

use criterion::{Criterion, Throughput};

use crate::claims::CLAIMS;

const TURNS: usize = 5;

/// Criterion's figures for both ways, then the ratio of the fastest of several turns: what disturbs a turn only ever
/// makes it slower.
pub(crate) fn compare(criterion: &mut Criterion, name: &str, mut by_hand: impl FnMut(), mut by_fen: impl FnMut()) {
    let mut group = criterion.benchmark_group(name);
    group.throughput(Throughput::Elements(u64::try_from(CLAIMS).unwrap())).sample_size(10);
    group.bench_function("by hand, overflow-checked", |bencher| bencher.iter(&mut by_hand));
    group.bench_function("stream, Arrow to Arrow", |bencher| bencher.iter(&mut by_fen));
    group.finish();

    let mut best = [Duration::MAX; 2];
    for _ in 0..TURNS {
        best[0] = best[0].min(timed(&mut by_hand));
        best[1] = best[1].min(timed(&mut by_fen));
    }
    let [hand, fen] = best.map(|time| time.as_nanos());
    for (way, time) in [("by hand", hand), ("stream", fen)] {
        let per_claim = time * 100 / u128::try_from(CLAIMS).unwrap();
        println!("{name:<10} {way:<10} {}.{:02} ns per claim", per_claim / 100, per_claim % 100);
    }
    let ratio = fen * 1_000 / hand.max(1);
    println!("ratio {name}: stream / by hand {}.{:03}", ratio / 1_000, ratio % 1_000);
}

fn timed(way: &mut impl FnMut()) -> Duration {
    let start = Instant::now();
    way();
    start.elapsed()
}
