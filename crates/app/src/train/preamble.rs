//! What `app train` says before it starts: data, net, gradient, and what the run will cost.

use super::training::{Training, gradient};
use crate::checkpoint::Stored;
use crate::config::Gradient;
use crate::evaluate::accuracy_of_first;
use crate::runs::RunFolder;
use crate::text::{duration, shape, thousands};
use dataset::ImageSet;
use net::{Parameters, Sizes};
use std::hint::black_box;
use std::time::Instant;

pub(super) fn print<T: Stored>(training: &Training<T>, folder: &RunFolder) {
    let config = training.config();
    let sizes = training.net().sizes();
    let Sizes { inputs, hidden, classes } = sizes;
    let parameters = sizes.parameters().unwrap_or(usize::MAX);
    let shapes: Vec<String> =
        Parameters::<T>::NAMES.iter().zip(sizes.shapes()).map(|(name, of)| format!("{name} {}", shape(&of))).collect();

    eprintln!("data      {}", training.data().describe());
    eprintln!("net       {inputs}-{hidden}-{classes}, {}, {}", config.activation, config.precision);
    eprintln!("          {}: {} parameters", shapes.join(" "), thousands(parameters));
    let way = match config.gradient {
        Gradient::Backprop => "backpropagation".to_owned(),
        Gradient::Numerical => {
            let evaluations = thousands(2 * parameters);
            format!("central differences, h = {:e}: {evaluations} losses an iteration", config.step)
        }
    };
    eprintln!("gradient  {way}");
    eprintln!(
        "training  {} iterations of {} images ({}), rate {}, seed {}",
        thousands(config.iterations),
        config.batch_size,
        config.sampling,
        config.learning_rate,
        config.seed
    );
    if training.iteration() > 0 {
        eprintln!("resumed   after {} iterations", thousands(training.iteration()));
    }
    let cost = Cost::measure(training);
    let left = config.iterations.saturating_sub(training.iteration());
    let evaluations = config.evaluations_left(training.iteration(), training.data().train.len());
    let total = left as f64 * cost.iteration + evaluations as f64 * cost.evaluation;
    eprintln!(
        "cost      {} an iteration, {} evaluations of {}: about {}",
        duration(cost.iteration),
        thousands(evaluations),
        duration(cost.evaluation),
        duration(total)
    );
    if config.gradient == Gradient::Numerical && total > 3600.0 {
        eprintln!("          Ctrl-C saves and stops; `--gradient backprop` takes seconds");
    }
    eprintln!("run       {}", folder.path.display());
}

/// Seconds, measured on a copy: the run itself has not begun.
struct Cost {
    iteration: f64,
    evaluation: f64,
}

/// Images that the cost of an evaluation is measured on.
const SAMPLE: usize = 2000;

impl Cost {
    fn measure<T: Stored>(training: &Training<T>) -> Self {
        let (net, config, data) = (training.net(), training.config(), training.data());
        let indices: Vec<usize> = (0..config.batch_size).collect();
        let batch = best_of(3, || data.train.batch::<T>(&indices));
        let (x, t) = data.train.batch::<T>(&indices);
        let loss = best_of(3, || net.loss(&x, &t));
        let gradient = best_of(3, || gradient(net, config, &x, &t));
        let of = |set: &ImageSet| {
            let sample = set.len().min(SAMPLE);
            let seconds = best_of(2, || accuracy_of_first(net, set, sample));
            seconds * set.len() as f64 / sample as f64
        };
        Self { iteration: batch + gradient + loss, evaluation: of(&data.train) + of(&data.test) }
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
