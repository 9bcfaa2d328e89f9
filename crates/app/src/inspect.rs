//! `app inspect`: what a checkpoint holds.

use crate::checkpoint::{self, Run};
use crate::cli::InspectArgs;
use crate::config::Activation;
use crate::data::SetFingerprint;
use crate::model::Model;
use crate::text::{counted, shape, thousands};
use anyhow::Result;
use core_math::Real;
use net::Parameters;
use net_file::AnyParameters;
use serde::Serialize;
use std::fmt::Write as _;
use std::io::{self, Write as _};
use std::process::ExitCode;
use training::History;

#[derive(Serialize)]
struct Inspected<'a> {
    #[serde(flatten)]
    run: Option<&'a Run>,
    activation: Activation,
    /// Equal where every bit of every parameter is.
    parameters_sha256: String,
    parameters: Vec<Array>,
}

#[derive(Serialize)]
struct Array {
    name: &'static str,
    shape: Vec<usize>,
    min: f64,
    max: f64,
    mean: f64,
    standard_deviation: f64,
}

pub(crate) fn run(arguments: &InspectArgs) -> Result<ExitCode> {
    let model = Model::load(arguments.model.path(), arguments.model.activation)?;
    let shapes = model.sizes()?.shapes();
    let inspected = Inspected {
        run: model.run.as_ref(),
        activation: model.activation,
        parameters_sha256: checkpoint::sha256(&model.parameters),
        parameters: match &model.parameters {
            AnyParameters::F32(parameters) => arrays(parameters, shapes),
            AnyParameters::F64(parameters) => arrays(parameters, shapes),
        },
    };
    let text =
        if arguments.json { serde_json::to_string_pretty(&inspected)? + "\n" } else { text(&inspected, &model)? };
    io::stdout().write_all(text.as_bytes())?;
    Ok(ExitCode::SUCCESS)
}

fn arrays<T: Real>(parameters: &Parameters<T>, shapes: [Vec<usize>; 4]) -> Vec<Array> {
    let describe = |((name, values), shape): ((&'static str, &[T]), Vec<usize>)| {
        let values = || values.iter().map(|v| v.to_f64());
        let n = values().count() as f64;
        let mean = values().sum::<f64>() / n;
        Array {
            name,
            shape,
            min: values().fold(f64::INFINITY, f64::min),
            max: values().fold(f64::NEG_INFINITY, f64::max),
            mean,
            standard_deviation: (values().map(|v| (v - mean).powi(2)).sum::<f64>() / n).sqrt(),
        }
    };
    parameters.named().zip(shapes).map(describe).collect()
}

fn text(inspected: &Inspected, model: &Model) -> Result<String> {
    let mut text = String::new();
    match &inspected.run {
        Some(run) => {
            writeln!(text, "checkpoint     {}", model.path.display())?;
            configuration(&mut text, run)?;
        }
        None => writeln!(text, "arrays         {}\nactivation     {}", model.path.display(), model.origin())?,
    }

    let (precision, digest) = (model.parameters.precision(), &inspected.parameters_sha256[..16]);
    writeln!(text, "\nparameters     in {precision}, SHA-256 {digest}...")?;
    writeln!(text, "  {:4} {:>10} {:>12} {:>12} {:>12} {:>12}", "name", "shape", "min", "max", "mean", "std")?;
    for Array { name, shape: of, min, max, mean, standard_deviation } in &inspected.parameters {
        let of = shape(of);
        writeln!(text, "  {name:4} {of:>10} {min:>12.5} {max:>12.5} {mean:>12.5} {standard_deviation:>12.5}")?;
    }
    if let Some(run) = &inspected.run {
        history(&mut text, &run.history)?;
    }
    Ok(text)
}

fn configuration(text: &mut String, Run { iteration, config, data, .. }: &Run) -> Result<()> {
    writeln!(text, "iterations     {} of {}", thousands(*iteration), thousands(config.iterations))?;
    writeln!(text, "data           {}", config.dataset)?;
    for (name, set) in [("train", &data.train), ("test", &data.test)] {
        let SetFingerprint { images, rows, cols, pixels_crc32, labels_crc32 } = set;
        let images = thousands(*images);
        writeln!(
            text,
            "  {name:5}        {images} of {rows}x{cols}, CRC-32 {pixels_crc32:08x} (pixels) {labels_crc32:08x} (labels)"
        )?;
    }

    writeln!(text, "gradient       {}, h = {:e}", config.gradient, config.step)?;
    writeln!(text, "batch size     {}, {}, seed {}", config.batch_size, config.sampling, config.seed)?;
    writeln!(text, "learning rate  {}", config.learning_rate)?;
    if let Some(every) = config.evaluate_every {
        writeln!(text, "accuracies     every {}", counted(every, "iteration"))?;
    }
    let from = config.init_from.as_deref();
    let start = from.map_or_else(|| format!("{} * N(0, 1)", config.weight_init_std), |from| format!("from {from}"));
    writeln!(text, "weights        {start}; {} hidden units, {}", config.hidden, config.activation)?;
    Ok(())
}

fn history(text: &mut String, history: &History) -> Result<()> {
    if let Some(loss) = history.losses.last() {
        let kept = thousands(history.losses.len());
        writeln!(text, "\nlosses         {kept} kept, one every {} iterations, the last {loss:.4}", history.stride)?;
    }
    writeln!(text, "\n  {:>11} {:>10} {:>10} {:>10}", "iteration", "train acc", "test acc", "seconds")?;
    for e in &history.evaluations {
        let iteration = thousands(e.iteration);
        writeln!(text, "  {iteration:>11} {:>10.4} {:>10.4} {:>10.1}", e.train_accuracy, e.test_accuracy, e.seconds)?;
    }
    Ok(())
}
