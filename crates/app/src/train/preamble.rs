//! What `app train` says before it starts: data, net, gradient, and what the run will cost.

use super::learner::Learner;
use super::training::Training;
use crate::answers::accuracy;
use crate::checkpoint::Stored;
use crate::config::Gradient;
use crate::runs::RunFolder;
use crate::text::{duration, shape, tell, thousands};
use anyhow::Result;
use net::{Parameters, Predictor, Rows, Sizes};
use std::hint::black_box;
use std::time::Instant;

pub(super) fn print<T: Stored>(training: &Training<T>, folder: &RunFolder) -> Result<()> {
    let config = training.config();
    let sizes = training.net().sizes();
    let Sizes { inputs, hidden, classes } = sizes;
    let parameters = sizes.parameters().unwrap_or(usize::MAX);
    let shapes: Vec<String> =
        Parameters::<T>::NAMES.iter().zip(sizes.shapes()).map(|(name, of)| format!("{name} {}", shape(&of))).collect();

    tell!("data      {}", training.data().describe());
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
    if training.iteration() > 0 {
        tell!("resumed   after {} iterations", thousands(training.iteration()));
    }
    let cost = Cost::measure(training)?;
    let left = config.iterations.saturating_sub(training.iteration());
    let evaluations = config.evaluations_left(training.iteration(), training.data().train.len());
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
    fn measure<T: Stored>(training: &Training<T>) -> Result<Self> {
        let (net, config, data, inputs) = (training.net(), training.config(), training.data(), training.inputs());
        let mut learner = Learner::new(config, net.clone().into_owned(), data, inputs)?;
        let at_a_time = match config.gradient {
            Gradient::Backprop => 50,
            Gradient::Numerical => 1,
        };
        let mut iteration = 0;
        let iterations = best_of(3, || {
            for _ in 0..at_a_time {
                learner.iterate(iteration);
                iteration += 1;
            }
        });

        let predictor = Predictor::new(&net);
        let of = |images: &Rows<T>, labels: &[u8]| {
            let sample = &labels[..labels.len().min(SAMPLE)];
            let seconds = best_of(2, || accuracy(&predictor, images, sample));
            seconds * labels.len() as f64 / sample.len() as f64
        };
        let evaluation = of(&inputs.train, data.train.labels()) + of(&inputs.test, data.test.labels());
        Ok(Self { iteration: iterations / at_a_time as f64, evaluation })
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
