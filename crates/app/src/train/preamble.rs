//! What `app train` says before it starts: data, net, gradient, and what the run will cost.

use super::setting::Setting;
use crate::checkpoint::Stored;
use crate::config::Gradient;
use crate::runs::RunFolder;
use crate::text::{duration, shape, tell, thousands};
use anyhow::Result;
use net::{Parameters, Sizes};
use std::hint::black_box;
use std::sync::Arc;
use std::time::Instant;
use training::{Config, Evaluate, Run, Samples};

pub(super) fn print<T: Stored>(setting: &Setting, run: &Run<T>, folder: &RunFolder) -> Result<()> {
    let config = &setting.config;
    let sizes = run.net().sizes();
    let Sizes { inputs, hidden, classes } = sizes;
    let parameters = sizes.parameters().unwrap_or(usize::MAX);
    let shapes: Vec<String> =
        Parameters::<T>::NAMES.iter().zip(sizes.shapes()).map(|(name, of)| format!("{name} {}", shape(&of))).collect();

    tell!("data      {}", setting.data.describe());
    tell!("net       {inputs}-{hidden}-{classes}, {}, {}", config.activation, config.precision);
    tell!("          {}: {} parameters", shapes.join(" "), thousands(parameters));
    let way = match config.gradient {
        Gradient::Backprop => "backpropagation".to_owned(),
        Gradient::Numerical => {
            let evaluations = thousands(2 * parameters);
            format!("central differences, h = {:e}: {evaluations} losses an iteration", config.step)
        }
    };
    tell!("gradient  {way}");
    tell!(
        "training  {} iterations of {} images ({}), rate {}, seed {}",
        thousands(config.iterations),
        config.batch_size,
        config.sampling,
        config.learning_rate,
        config.seed
    );
    if run.iteration() > 0 {
        tell!("resumed   after {} iterations", thousands(run.iteration()));
    }
    let cost = Cost::measure(run)?;
    let left = config.iterations.saturating_sub(run.iteration());
    let evaluations = run.config().evaluations_left(run.iteration(), run.train_len());
    let total = left as f64 * cost.iteration + evaluations as f64 * cost.evaluation;
    tell!(
        "cost      {} an iteration, {} {} of {}: about {}",
        duration(cost.iteration),
        thousands(evaluations),
        if evaluations == 1 { "evaluation" } else { "evaluations" },
        duration(cost.evaluation),
        duration(total)
    );
    if config.gradient == Gradient::Numerical && total > 3600.0 {
        tell!("          Ctrl-C saves and stops; `--gradient backprop` takes seconds");
    }
    tell!("run       {}", folder.path.display());
    Ok(())
}

/// Seconds, measured on a copy: the run itself has not begun.
struct Cost {
    iteration: f64,
    evaluation: f64,
}

/// Images that the cost of an evaluation is measured on.
const SAMPLE: usize = 2000;

impl Cost {
    fn measure<T: Stored>(run: &Run<T>) -> Result<Self> {
        let config = Config { evaluate: Evaluate::Never, ..run.config().clone() };
        let mut copy = Run::from_net(config, &run.net(), Arc::clone(run.data()))?;
        let first = best_of(1, || copy.step());
        // so many that the clock is good enough, and no more than a moment takes
        let at_a_time = if first < 0.01 { 50 } else { 1 };
        let iterations = best_of(3, || (0..at_a_time).try_for_each(|_| copy.step().map(|_| ())));

        let (predictor, data) = (run.predictor(), run.data());
        let of = |Samples { x, t }: &Samples<T>| {
            let sample = t.len().min(SAMPLE);
            let seconds = best_of(2, || predictor.accuracy(x, 0..sample, &t[..sample]));
            seconds * t.len() as f64 / sample as f64
        };
        let evaluation = of(&data.train) + of(&data.test);
        Ok(Self { iteration: iterations / f64::from(at_a_time), evaluation })
    }
}

/// The shortest of some tries: what disturbs them only makes them longer. Half a second in all is enough of them; a
/// gradient that falls back to the definition (as with --step 1000) takes half a minute.
fn best_of<R>(tries: usize, mut work: impl FnMut() -> R) -> f64 {
    let mut best = f64::INFINITY;
    let first = Instant::now();
    for _ in 0..tries {
        let start = Instant::now();
        black_box(work());
        best = best.min(start.elapsed().as_secs_f64());
        if first.elapsed().as_secs_f64() > 0.5 {
            break;
        }
    }
    best
}
