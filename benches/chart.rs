//! Drawing the loss curve of the chapter's run: 10,000 points.

use criterion::{Criterion, criterion_group, criterion_main};
use report::{Axis, Chart, Mark, Series};
use std::time::Duration;

fn benches(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("a chart as SVG");
    group.sample_size(20).measurement_time(Duration::from_secs(2));
    group.bench_function("10,000 points", |b| {
        b.iter(|| {
            let points = (1..=10_000_u32).map(|i| (f64::from(i), 2.3 / f64::from(i).sqrt()));
            let series = vec![Series::new("loss", Mark::Line, points)];
            Chart::new("loss", Axis::linear("iteration"), Axis::linear("loss"), series).to_svg(760, 420)
        });
    });
    group.finish();
}

criterion_group!(chart, benches);
criterion_main!(chart);
