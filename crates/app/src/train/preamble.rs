//! What `app train` says before it starts: data, net, gradient, and what the run will cost.

use super::observers;
use super::setting::Setting;
use crate::checkpoint::Stored;
use crate::config::Gradient;
use crate::runs::RunFolder;
use crate::text::{counted, duration, program, shape, tell, thousands};
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
        "training  {} of {} ({}), rate {}, seed {}",
        counted(config.iterations, "iteration"),
        counted(config.batch_size as u64, "image"),
        config.sampling,
        config.learning_rate,
        config.seed
    );
    if run.iteration() > 0 {
        tell!("resumed   after {}", counted(run.iteration(), "iteration"));
    }
    let left = config.iterations.saturating_sub(run.iteration());
    let cost = Cost::measure(run, left)?;
    let evaluations = run.config().evaluations_left(run.iteration(), run.train_len());
    let total = left as f64 * cost.iteration + evaluations as f64 * cost.evaluation;
    tell!(
        "cost      {} an iteration, {} of {}: about {}",
        duration(cost.iteration),
        counted(evaluations, "evaluation"),
        duration(cost.evaluation),
        duration(total)
    );
    if config.gradient == Gradient::Numerical && total > 3600.0 {
        tell!("          Ctrl-C saves and stops; `--gradient backprop` takes seconds");
    }
    if config.gradient == Gradient::Numerical && moves_little(&run.net().params, config.step) {
        tell!(
            "note: p + h = p in f64 for most parameters p at h = {:e}, so the definition would find slopes of 0; this \
             run moves p without that rounding, and trains. `{} lab step` shows what an h does to the definition",
            config.step,
            program()
        );
    }
    let every = observers::lines_every(run);
    if every > 1 {
        tell!("lines     one for every {every} epochs, and the last; log.jsonl has all");
    }
    tell!("run       {}", folder.path.display());
    Ok(())
}

/// Whether a step of `h` is lost in the rounding of most parameters.
fn moves_little<T: Stored>(parameters: &Parameters<T>, h: f64) -> bool {
    let values = || parameters.arrays().into_iter().flatten().map(|p| p.to_f64());
    2 * values().filter(|p| p + h == *p).count() > values().count()
}

/// Seconds, measured on a copy: the run itself has not begun.
struct Cost {
    iteration: f64,
    evaluation: f64,
}

/// Images that the cost of an evaluation is measured on.
const SAMPLE: usize = 2000;

impl Cost {
    /// Takes a tenth of the `left` iterations that it measures, and half a second at most; but one iteration at least.
    fn measure<T: Stored>(run: &Run<T>, left: u64) -> Result<Self> {
        let config = Config { evaluate: Evaluate::Never, ..run.config().clone() };
        let mut copy = Run::from_net(config, &run.net(), Arc::clone(run.data()))?;
        let first = best_of(1, || copy.step());
        // so many that the clock is good enough
        let at_a_time = at_a_time(first, left);
        let iteration = match at_a_time {
            0 => first,
            _ => best_of(TRIES, || (0..at_a_time).try_for_each(|_| copy.step().map(|_| ()))) / f64::from(at_a_time),
        };

        let (predictor, data) = (run.predictor(), run.data());
        let of = |Samples { x, t }: &Samples<T>| {
            let sample = t.len().min(SAMPLE);
            let seconds = best_of(2, || predictor.accuracy(x, 0..sample, &t[..sample]));
            seconds * t.len() as f64 / sample as f64
        };
        let evaluation = of(&data.train) + of(&data.test);
        Ok(Self { iteration, evaluation })
    }
}

/// How often some iterations are timed.
const TRIES: u32 = 3;

/// How many iterations are timed together, where the first took so many seconds and so many are `left` in the run.
fn at_a_time(first: f64, left: u64) -> u32 {
    let share = (0.1 * left as f64 * first).min(0.5);
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "0 to 50")]
    let at_a_time = (share / f64::from(TRIES) / first).min(50.0) as u32;
    at_a_time
}

/// The shortest of some tries: what disturbs them only makes them longer.
fn best_of<R>(tries: u32, mut work: impl FnMut() -> R) -> f64 {
    let mut best = f64::INFINITY;
    for _ in 0..tries {
        let start = Instant::now();
        black_box(work());
        best = best.min(start.elapsed().as_secs_f64());
    }
    best
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn measuring_takes_a_tenth_of_the_run_or_half_a_second() {
        // an iteration of 1 ms: 50 at a time in a long run, fewer in a short one
        assert_eq!([10_000, 1600, 310, 31, 29, 0].map(|left| at_a_time(1e-3, left)), [50, 50, 10, 1, 0, 0]);
        // one of 0.13 s, as a batch of all images takes: the first tells enough of a run of five
        assert_eq!([10_000, 5].map(|left| at_a_time(0.13, left)), [1, 0]);
        assert_eq!(at_a_time(30.0, 10_000), 0);
        assert_eq!(at_a_time(0.0, 10_000), 50, "by a clock that has not moved");
    }

    #[test]
    fn a_step_is_lost_where_most_parameters_do_not_move() {
        let mut parameters = Parameters::<f64>::zeros(Sizes { inputs: 3, hidden: 2, classes: 2 });
        parameters.w1.fill(0.01);
        parameters.w2.fill(0.01);
        // ten of fourteen are not 0
        assert!(moves_little(&parameters, 1e-50));
        assert!(!moves_little(&parameters, 1e-17));
        parameters.w1.fill(0.0);
        assert!(!moves_little(&parameters, 1e-50));
    }
}
