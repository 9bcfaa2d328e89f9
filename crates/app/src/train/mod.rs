//! `app train`: from the flags to a finished run.

mod log;
mod observers;
mod preamble;
mod progress;
mod setting;
mod signals;
mod warnings;

use crate::chart::{self, Dots};
use crate::checkpoint::{self, Checkpoint, MOST_PARAMETERS, Stored};
use crate::cli::{DatasetChoice, TrainArgs};
use crate::config::{Activation, Config, DatasetName, Gradient, Precision};
use crate::data::{self, Data};
use crate::failure::usage;
use crate::memory;
use crate::model::Model;
use crate::runs::{self, RunFolder};
use crate::terminal;
use crate::text::{counted, program, quoted, tell, thousands};
use anyhow::{Context, Result, anyhow, bail};
use dataset::{MnistFolder, MnistKind};
use net::{Sizes, TwoLayerNet};
use setting::Setting;
use signals::Signals;
use std::io::{self, IsTerminal};
use std::path::Path;
use std::process::ExitCode;
use training::{Diverged, History, Outcome, Run, RunError, fresh_net};
pub(crate) use warnings::{has_risen, is_saturated, loss_at_start};

/// Trains, and tells the exit code: 0, or 129, 130, 143 and 149 when a signal ended it.
pub(crate) fn run(arguments: &TrainArgs) -> Result<ExitCode> {
    match &arguments.resume {
        Some(folder) => resume(folder.as_deref(), arguments),
        None => start(arguments),
    }
}

/// A new run.
fn start(arguments: &TrainArgs) -> Result<ExitCode> {
    let from = match &arguments.init_from {
        Some(model) if arguments.quiet => Some(Model::load_quietly(Some(model), arguments.activation)?),
        Some(model) => Some(Model::load(Some(model), arguments.activation)?),
        None => None,
    };
    let (config, data_dir) = configure(arguments, from.as_ref())?;
    let data = Data::load(config.dataset, &data_dir, config.train_limit, config.test_limit)?;
    let sizes = check_sizes(&config, &data, from.as_ref())?;

    match config.precision {
        Precision::F32 => train(start_net::<f32>(&config, sizes, from)?, config, &data, arguments),
        Precision::F64 => train(start_net::<f64>(&config, sizes, from)?, config, &data, arguments),
    }
}

fn train<T: Stored>(net: TwoLayerNet<T>, config: Config, data: &Data, arguments: &TrainArgs) -> Result<ExitCode> {
    let (setting, run) = Setting::new(config, &net, data)?;
    finish(&setting, run, &RunFolder::create(arguments.out.as_deref())?, arguments)
}

/// A run that goes on.
fn resume(folder: Option<&Path>, arguments: &TrainArgs) -> Result<ExitCode> {
    let folder = match folder {
        Some(folder) => runs::named(folder)?,
        None => runs::newest()?,
    };
    let folder = RunFolder::open(&folder)?;
    let mut checkpoint = checkpoint::read(&folder.model())?;
    let reached = checkpoint.iteration;
    let config = &mut checkpoint.config;
    if let Some(iterations) = arguments.iterations {
        if iterations < reached {
            return Err(usage(format!(
                "--iterations {iterations}: {} has reached iteration {reached} already; name at least that",
                folder.path.display()
            )));
        }
        config.iterations = iterations;
    }
    if arguments.checkpoint_every.is_some() {
        config.checkpoint_every = arguments.checkpoint_every;
    }

    let data_dir = config.data_dir.clone().unwrap_or_else(data::default_dir);
    let data = Data::load(config.dataset, &data_dir, config.train_limit, config.test_limit)?;
    if data.fingerprint() != checkpoint.data {
        bail!(
            "the data set {} is not the one that {} was trained on: its images, labels or counts differ",
            checkpoint.config.dataset,
            folder.path.display()
        );
    }
    match checkpoint.config.precision {
        Precision::F32 => go_on::<f32>(checkpoint, &data, &folder, arguments),
        Precision::F64 => go_on::<f64>(checkpoint, &data, &folder, arguments),
    }
}

fn go_on<T: Stored>(
    checkpoint: Checkpoint,
    data: &Data,
    folder: &RunFolder,
    arguments: &TrainArgs,
) -> Result<ExitCode> {
    let (setting, run) = Setting::resumed::<T>(checkpoint, data)?;
    finish(&setting, run, folder, arguments)
}

/// Trains to the end or to a signal, watched by the log, the saver, the epoch lines and the bar.
fn finish<T: Stored>(
    setting: &Setting,
    mut run: Run<T>,
    folder: &RunFolder,
    arguments: &TrainArgs,
) -> Result<ExitCode> {
    if !arguments.quiet {
        setting.data.tell_notes();
        preamble::print(setting, &run, folder)?;
    }
    let signals = Signals::catch()?;
    let mut observers =
        observers::all(setting, &run, &signals, folder, arguments).map_err(|error| stopped(&error, folder, None))?;
    let outcome = run.run(&mut observers);
    drop(observers); // the bar with them
    let outcome = outcome.map_err(|error| match error {
        // What the run has learned is worth more than the error, whatever it is: log, page or stdout.
        RunError::Observer(error) => {
            let saved = checkpoint::write(&folder.model(), &setting.checkpoint(&run)).is_ok();
            stopped(&error, folder, saved.then(|| run.iteration()))
        }
        error => stopped(&run_error(error), folder, None),
    })?;

    let done = counted(run.iteration(), "iteration");
    let page = folder.path.join("report.html");
    let again = quoted(&folder.path);
    let folder = folder.path.display();
    Ok(match signals.exit_code().filter(|_| outcome == Outcome::Stopped) {
        None => {
            if !arguments.quiet {
                draw_course(run.history());
                if arguments.no_report {
                    tell!("done after {done}; the run is in {folder}");
                } else {
                    tell!("done after {done}; open {}", page.display());
                }
                // the first line, which said so, is far up by now
                let not_asked_for =
                    arguments.resume.is_none() && arguments.source.dataset.is_none_or(|of| of.name().is_none());
                if setting.config.dataset == DatasetName::Digits && not_asked_for {
                    tell!(
                        "note: it trained on the built-in digits, not on MNIST; `cargo xtask fetch-mnist` fetches that"
                    );
                }
            }
            ExitCode::SUCCESS
        }
        Some(exit_code) => {
            if !arguments.quiet {
                let (at, of) = (thousands(run.iteration()), counted(run.config().iterations, "iteration"));
                tell!("interrupted after {at} of {of}; saved. Go on with:\n  {} train --resume {again}", program());
            }
            ExitCode::from(exit_code)
        }
    })
}

/// The chart of a run, where stderr is a terminal.
fn draw_course(history: &History) {
    if !io::stderr().is_terminal() {
        return;
    }
    for line in chart::chart(history, terminal::width(io::stderr()), Dots::of_environment()) {
        tell!("{line}");
    }
}

/// In the words of the command line.
fn run_error(error: RunError<anyhow::Error>) -> anyhow::Error {
    match error {
        RunError::Observer(error) => error,
        RunError::Diverged(diverged) => {
            let Diverged { iteration, learning_rate, .. } = diverged;
            let culprit = diverged.culprit();
            anyhow!(
                "stopped at iteration {iteration}: {culprit}. The last checkpoint is kept; try a --learning-rate below \
                 {learning_rate:?}"
            )
        }
        other => anyhow!("{other}"),
    }
}

/// What ended a run, what is left of it, and how to go on. `saved` is the iteration that could still be saved.
fn stopped(error: &anyhow::Error, folder: &RunFolder, saved: Option<u64>) -> anyhow::Error {
    let shown = folder.path.display();
    let left = if error.chain().all(|cause| !cause.is::<io::Error>()) {
        String::new() // it says itself what to do
    } else if let Some(iteration) = saved {
        format!(
            ". Saved after {} iterations, so nothing is lost; free some space, or mend what else is wrong, and go on \
             with:\n  {} train --resume {}",
            thousands(iteration),
            program(),
            quoted(&folder.path)
        )
    } else if folder.model().is_file() {
        format!(
            ". The last checkpoint is kept; free some space, or mend what else is wrong, and go on with:\n  \
             {} train --resume {}",
            program(),
            quoted(&folder.path)
        )
    } else if folder.path.is_dir() {
        ". Nothing has been saved; free some space, or mend what else is wrong, and start again".to_owned()
    } else {
        format!(
            ". The folder {shown} is gone; if it has another name now, `{} train --resume` goes on under that",
            program()
        )
    };
    anyhow!("{shown}: {error:#}{left}")
}

/// The flags, checked against each other and against the model to start from; and the folder of the data.
fn configure(arguments: &TrainArgs, from: Option<&Model>) -> Result<(Config, std::path::PathBuf)> {
    let given_dir = data::given_dir(&arguments.source)?;
    let data_dir = given_dir.clone().unwrap_or_else(data::default_dir);
    let dataset = arguments.source.dataset.unwrap_or(DatasetChoice::Auto).name().unwrap_or_else(|| {
        let found = data::auto(given_dir.as_deref());
        if found == DatasetName::Digits && !arguments.quiet {
            tell!(
                "No MNIST in {}: training on the built-in digits. `cargo xtask fetch-mnist` fetches it.",
                data_dir.display()
            );
            MnistFolder::look(&data_dir, MnistKind::Mnist).unread().iter().for_each(|unread| tell!("note: {unread}"));
        }
        found
    });

    let precision = match (arguments.gradient, arguments.precision) {
        (Gradient::Numerical, Some(Precision::F32)) => {
            return Err(usage(
                "--precision f32 does not go with --gradient numerical: with h = 1e-4 the loss moves by less than f32 \
                 can tell, and one rounding step of it shifts the slope by 1e-3; leave --precision out (f64)",
            ));
        }
        (_, Some(precision)) => precision,
        (Gradient::Numerical, None) => Precision::F64,
        (Gradient::Backprop, None) => Precision::F32,
    };

    let model = arguments.init_from.as_deref().map(Path::display);
    let model = model.map_or_else(String::new, |model| model.to_string());
    let (mut hidden, mut activation) = (arguments.hidden.unwrap_or(50), Activation::Sigmoid);
    if let Some(from) = from {
        (hidden, activation) = (from.sizes()?.hidden, from.activation);
        if arguments.hidden.is_some_and(|given| given != hidden) {
            return Err(usage(format!(
                "--hidden contradicts --init-from: {model} has {hidden} hidden units; leave it out"
            )));
        }
    }
    let config = Config {
        dataset,
        data_dir: given_dir,
        train_limit: arguments.train_limit,
        test_limit: arguments.test_limit,
        gradient: arguments.gradient,
        step: arguments.step,
        iterations: arguments.iterations.unwrap_or(10_000),
        batch_size: arguments.batch_size,
        learning_rate: arguments.learning_rate,
        sampling: arguments.sampling,
        seed: arguments.seed,
        hidden,
        activation: arguments.activation.unwrap_or(activation),
        weight_init_std: arguments.weight_init_std,
        init_from: arguments.init_from.as_ref().map(|model| {
            // The name alone: where it lay is nobody else's business. `runs/x/..` and `.` have none before they are resolved.
            let resolved = if model.file_name().is_some() { None } else { model.canonicalize().ok() };
            let name = resolved.as_ref().unwrap_or(model).file_name();
            name.map_or_else(|| "a folder".to_owned(), |name| name.to_string_lossy().into_owned())
        }),
        precision,
        checkpoint_every: arguments.checkpoint_every,
        evaluate_every: arguments.evaluate_every,
    };
    Ok((config, data_dir))
}

/// The sizes of the net, once data, flags and the model to start from agree.
fn check_sizes(config: &Config, data: &Data, from: Option<&Model>) -> Result<Sizes> {
    let sizes = Sizes { inputs: data.train.pixels_per_image(), hidden: config.hidden, classes: data.train.classes() };
    let parameters = sizes.parameters().unwrap_or(usize::MAX);
    if parameters > MOST_PARAMETERS {
        return Err(usage(format!(
            "--hidden {}: with {} inputs and {} classes that is more than {} parameters, the most that can be saved",
            sizes.hidden,
            sizes.inputs,
            sizes.classes,
            thousands(MOST_PARAMETERS)
        )));
    }
    // the net, its copy in training, and what becomes a checkpoint: row by row, then byte by byte
    let copies = 4 * if config.precision == Precision::F32 { 4 } else { 8 };
    memory::check(parameters as u64 * copies, &format!("a net of {} parameters", thousands(parameters)))?;
    if config.batch_size > data.train.len() {
        return Err(usage(format!(
            "--batch-size {}: there are only {} training images",
            config.batch_size,
            thousands(data.train.len())
        )));
    }
    if let Some(from) = from {
        data.check_fits(from.sizes()?).context("--init-from")?;
    }
    Ok(sizes)
}

/// The net that a run starts with: the model given, or weights drawn from (seed, purpose) alone.
fn start_net<T: Stored>(config: &Config, sizes: Sizes, from: Option<Model>) -> Result<TwoLayerNet<T>> {
    let net: TwoLayerNet<T> = match from {
        Some(from) => from.net(),
        None => fresh_net(config.seed, sizes, config.activation.into(), config.weight_init_std),
    };
    if let Some((name, value)) = net.params.first_not_finite() {
        return Err(usage(format!(
            "{name} would start with {value}: choose a smaller --weight-init-std, or --precision f64"
        )));
    }
    Ok(net)
}
