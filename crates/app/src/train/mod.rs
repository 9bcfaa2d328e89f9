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
use crate::failure::{chain, usage};
use crate::lang::said;
use crate::memory;
use crate::model::Model;
use crate::runs::{self, RunFolder};
use crate::terminal;
use crate::text::{counted, program, quoted, say, thousands};
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
            let run = folder.path.display();
            return Err(usage(said!(
                "--iterations {iterations}: {run} has already reached iteration {reached}; give at least that number",
                "--iterations {iterations}: {run}은(는) 이미 {reached}번 반복했습니다. 그보다 작지 않은 수를 쓰세요"
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
        let (dataset, run) = (checkpoint.config.dataset, folder.path.display());
        bail!(said!(
            "the data set {dataset} is not the one that {run} was trained on: its images, labels or counts differ; name \
             the folder with the right files in --data-dir of a new run, or put them back",
            "데이터셋 {dataset}이(가) {run}을(를) 학습한 데이터셋과 다릅니다. 이미지나 레이블, 개수가 다릅니다. 원래 파일을 \
             되돌려 놓거나, 새로 학습하면서 --data-dir로 파일이 있는 폴더를 알려 주세요"
        ));
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
    let was_finished = arguments.resume.is_some() && run.iteration() == setting.config.iterations;
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

    let (done, count) = (counted(run.iteration(), "iteration"), thousands(run.iteration()));
    let page = folder.page();
    let page = page.display();
    let again = quoted(&folder.path);
    let folder = folder.path.display();
    Ok(match signals.exit_code().filter(|_| outcome == Outcome::Stopped) {
        None => {
            if !arguments.quiet {
                draw_course(run.history());
                if arguments.no_report {
                    say(&said!(
                        "done after {done}; the run is in {folder}",
                        "{count}번 반복해 학습을 마쳤습니다. 결과가 든 폴더: {folder}"
                    ));
                } else {
                    say(&said!(
                        "done after {done}; open {page}",
                        "{count}번 반복해 학습을 마쳤습니다. 브라우저에서 열어 볼 파일: {page}"
                    ));
                }
                if was_finished {
                    say(&said!(
                        "note: it had already finished; to train on, resume it with a larger number of --iterations",
                        "참고: 이미 끝난 학습입니다. 더 학습하려면 --iterations에 더 큰 값을 주어 이어서 하세요"
                    ));
                }
                // the first line, which said so, is far up by now
                let not_asked_for =
                    arguments.resume.is_none() && arguments.source.dataset.is_none_or(|of| of.name().is_none());
                if setting.config.dataset == DatasetName::Digits && not_asked_for {
                    say(&said!(
                        "note: it trained on the built-in digits, not on MNIST; `cargo xtask fetch-mnist` fetches \
                             MNIST",
                        "참고: MNIST가 아니라 내장된 숫자 이미지로 학습했습니다. `cargo xtask fetch-mnist`로 MNIST를 \
                             내려받을 수 있습니다"
                    ));
                }
            }
            ExitCode::SUCCESS
        }
        Some(exit_code) => {
            if !arguments.quiet {
                let (at, of) = (thousands(run.iteration()), counted(run.config().iterations, "iteration"));
                let (end, program) = (thousands(run.config().iterations), program());
                say(&said!(
                    "interrupted after {at} of {of}; saved. Resume with:\n  {program} train --resume {again}",
                    "{end}번 가운데 {at}번 반복한 뒤 멈추고 저장했습니다. 이어서 학습하려면:\n  \
                         {program} train --resume {again}"
                ));
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
        say(&line);
    }
}

/// In the words of the command line.
fn run_error(error: RunError<anyhow::Error>) -> anyhow::Error {
    match error {
        RunError::Observer(error) => error,
        RunError::Diverged(diverged) => {
            let Diverged { iteration, learning_rate, .. } = diverged;
            let (culprit, sentence) = (diverged.culprit(), korean::diverged(&diverged));
            anyhow!(said!(
                "stopped at iteration {iteration}: {culprit}. The last checkpoint is kept; try a --learning-rate below \
                 {learning_rate:?}",
                "{sentence}(--learning-rate). 마지막 체크포인트는 남아 있습니다"
            ))
        }
        other => anyhow!("{other}"),
    }
}

/// What ended a run, what is left of it, and how to go on. `saved` is the iteration that could still be saved.
fn stopped(error: &anyhow::Error, folder: &RunFolder, saved: Option<u64>) -> anyhow::Error {
    let (shown, folder_word, program) = (folder.path.display(), quoted(&folder.path), program());
    let left = if error.chain().all(|cause| !cause.is::<io::Error>()) {
        String::new() // it says itself what to do
    } else if let Some(iteration) = saved {
        let iteration = thousands(iteration);
        said!(
            ". Saved after {iteration} iterations, so nothing is lost; free some space, or correct the cause above, and \
             resume with:\n  {program} train --resume {folder_word}",
            ". {iteration}번 반복한 뒤의 상태를 저장했으므로 잃은 것은 없습니다. 디스크 공간을 비우거나 위의 원인을 해결한 뒤 \
             이어서 학습하세요.\n  {program} train --resume {folder_word}"
        )
    } else if folder.model().is_file() {
        said!(
            ". The last checkpoint is kept; free some space, or correct the cause above, and resume with:\n  \
             {program} train --resume {folder_word}",
            ". 마지막 체크포인트는 남아 있습니다. 디스크 공간을 비우거나 위의 원인을 해결한 뒤 이어서 학습하세요.\n  \
             {program} train --resume {folder_word}"
        )
    } else if folder.path.is_dir() {
        said!(
            ". Nothing has been saved; free some space, or correct the cause above, and start again",
            ". 저장된 것이 없습니다. 디스크 공간을 비우거나 위의 원인을 해결한 뒤 다시 시작하세요"
        )
    } else {
        said!(
            ". The folder {shown} is gone; if you have renamed it, `{program} train --resume` with the new name resumes \
             the run",
            ". 폴더 {shown}이(가) 없습니다. 이름을 바꾸었다면 새 이름으로 `{program} train --resume`을 실행하세요"
        )
    };
    anyhow!("{shown}: {}{left}", chain(error))
}

/// The flags, checked against each other and against the model to start from; and the folder of the data.
fn configure(arguments: &TrainArgs, from: Option<&Model>) -> Result<(Config, std::path::PathBuf)> {
    let given_dir = data::given_dir(&arguments.source)?;
    let data_dir = given_dir.clone().unwrap_or_else(data::default_dir);
    let dataset = arguments.source.dataset.unwrap_or(DatasetChoice::Auto).name().unwrap_or_else(|| {
        let found = data::auto(given_dir.as_deref());
        if found == DatasetName::Digits && !arguments.quiet {
            let folder = data_dir.display();
            say(&said!(
                    "No MNIST in {folder}: training on the built-in digits. `cargo xtask fetch-mnist` fetches MNIST.",
                    "{folder}에 MNIST가 없어 내장된 숫자 이미지로 학습합니다. `cargo xtask fetch-mnist`로 MNIST를 내려받을 수 \
                     있습니다."
                )
            );
            let folder = MnistFolder::look(&data_dir, MnistKind::Mnist);
            folder.unread().iter().for_each(|unread| say(&said!("note: {unread}", "참고: {unread}")));
        }
        found
    });

    let precision = match (arguments.gradient, arguments.precision) {
        (Gradient::Numerical, Some(Precision::F32)) => {
            return Err(usage(said!(
                "--precision f32 does not go with --gradient numerical: f32 rounds the loss to about 1e-7, and at \
                 h = 1e-4 that changes a numerical derivative by up to 1e-3; leave --precision out (f64)",
                "--precision f32는 --gradient numerical과 함께 쓸 수 없습니다. f32는 손실을 1e-7쯤에서 반올림하는데, \
                 h = 1e-4이면 그 때문에 수치 미분이 1e-3까지 달라집니다. --precision을 빼면 f64로 계산합니다"
            )));
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
            return Err(usage(said!(
                "--hidden contradicts --init-from: {model} has {hidden} hidden neurons; leave --hidden out",
                "--hidden이 --init-from과 맞지 않습니다. {model}의 은닉층 뉴런은 {hidden}개입니다. --hidden을 빼세요"
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
        let Sizes { inputs, hidden, classes } = sizes;
        let most = thousands(MOST_PARAMETERS);
        return Err(usage(said!(
            "--hidden {hidden}: with {inputs} inputs and {classes} classes that is more than {most} parameters, the most \
             that can be saved",
            "--hidden {hidden}: 입력이 {inputs}개, 클래스가 {classes}개이면 저장할 수 있는 매개변수의 최대 개수 {most}개보다 \
             많아집니다"
        )));
    }
    // the net, its copy in training, and what becomes a checkpoint: row by row, then byte by byte
    let copies = 4 * if config.precision == Precision::F32 { 4 } else { 8 };
    let count = thousands(parameters);
    let what = said!("a net of {count} parameters", "매개변수가 {count}개인 신경망");
    memory::check(parameters as u64 * copies, &what)?;
    if config.batch_size > data.train.len() {
        let (batch, images) = (config.batch_size, thousands(data.train.len()));
        return Err(usage(said!(
            "--batch-size {batch}: there are only {images} training images",
            "--batch-size {batch}: 훈련 이미지는 {images}장뿐입니다"
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
        return Err(usage(said!(
            "{name} would start with {value}: choose a smaller --weight-init-std, or --precision f64",
            "{name}의 초깃값이 {value}입니다. --weight-init-std를 줄이거나 --precision f64를 쓰세요"
        )));
    }
    Ok(net)
}
