//! The command line, as clap sees it.

mod lab;
mod runs;
mod tips;
mod values;

use crate::config::{Activation, DatasetName, Gradient, Precision, Sampling};
use crate::lang::Lang;
use clap::{Args, Parser, Subcommand, ValueEnum};
pub(crate) use lab::{LabArgs, LabCommand, LabSvgArgs};
pub(crate) use runs::{CompareArgs, RunsArgs};
use std::ffi::OsString;
use std::path::{Path, PathBuf};
pub(crate) use tips::parse;
use values::{above_0, count, from_0, thread_count, whole};

/// The two-layer net of chapter 4.5 of "Deep Learning from Scratch": train it,
/// evaluate it, look at it.
#[derive(Parser)]
#[command(
    version,
    term_width = 80,
    after_help = "Without a command: train.\n\nExit codes: 0 done, 1 failed, 2 usage, 129/130/143/149 interrupted."
)]
pub(crate) struct Cli {
    /// Language of help and messages [default: that of the locale, else en]
    #[arg(long, value_enum, global = true)]
    lang: Option<Lang>,
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Subcommand)]
pub(crate) enum Command {
    /// Train a net: the run of the chapter unless told otherwise
    Train(TrainArgs),
    /// Two runs side by side: in what their settings differ, and how they learned
    Compare(CompareArgs),
    /// Accuracy, loss, confusion matrix and surest mistakes of a trained net
    Evaluate(EvaluateArgs),
    /// Write the parameters of a net for Python: .npz or .safetensors
    Export(ExportArgs),
    /// Backpropagation against central differences, parameter by parameter
    Gradcheck(GradcheckArgs),
    /// What a checkpoint (or another MODEL) holds
    Inspect(InspectArgs),
    /// Questions of the notebook, answered by small runs
    Lab {
        #[command(subcommand)]
        question: LabCommand,
    },
    /// What a net reads in image files: PNG, JPEG, BMP, GIF, WebP, IDX
    ///
    /// An image is made grey and brought to the form of MNIST's digits: specks are
    /// removed, the ink is cut out, scaled into 20x20 and made as dark as MNIST's,
    /// thin strokes are widened, and the centre of mass goes to the middle of 28x28.
    ///
    /// Dark digits on light and light on dark are told apart by themselves. A picture
    /// of more than 200 pixels a side is first averaged by squares, which evens out
    /// noise. The paper is the plane that fits the outermost pixels: light may fall
    /// evenly from one side to the other. Ink is what differs from the paper, to the
    /// side (darker or lighter) that differs more, by at least 15 % of the strongest
    /// ink, five times the noise of the paper and 26 of 255 levels (8 in a drawing,
    /// whose paper has one grey). A picture without a margin is read too.
    ///
    /// Anything else with an edge counts as ink: the shadow of a hand, ruled lines,
    /// the border of the sheet. Put one digit into each image. A note says where
    /// there seem to be several, and where the net is not sure.
    Predict(PredictArgs),
    /// The page of a run, on which one can draw a digit and see the net read it
    Report(ReportArgs),
    /// The runs of data/runs: settings that differ, accuracies and time
    Runs(RunsArgs),
    /// Draw an image of a data set
    Show(ShowArgs),
}

/// `app` alone, and `app --seed 1`, mean `app train`.
pub(crate) fn with_default_command(arguments: impl Iterator<Item = OsString>) -> Vec<OsString> {
    let mut arguments: Vec<OsString> = arguments.collect();
    let of_the_top = ["-h", "--help", "-V", "--version"];
    let is_flag = |a: &OsString| a.as_encoded_bytes().starts_with(b"-") && of_the_top.iter().all(|top| a != top);
    if arguments.get(1).is_none_or(is_flag) {
        arguments.insert(arguments.len().min(1), "train".into());
    }
    arguments
}

#[derive(Args)]
pub(crate) struct TrainArgs {
    #[command(flatten)]
    pub(crate) source: SourceArgs,
    /// Train on the first N images only
    #[arg(long, value_name = "N", allow_negative_numbers = true, value_parser = count::<usize>, help_heading = DATA)]
    pub(crate) train_limit: Option<usize>,
    /// Test on the first N images only
    #[arg(long, value_name = "N", allow_negative_numbers = true, value_parser = count::<usize>, help_heading = DATA)]
    pub(crate) test_limit: Option<usize>,

    /// How the gradient is found
    #[arg(long, value_enum, default_value_t = Gradient::Numerical, help_heading = TRAINING)]
    pub(crate) gradient: Gradient,
    /// h of the numerical gradient, (L(p + h) - L(p - h)) / 2h
    #[arg(long, value_name = "H", default_value = "1e-4", allow_negative_numbers = true, value_parser = above_0, help_heading = TRAINING)]
    pub(crate) step: f64,
    /// How many minibatches; 0 evaluates and saves the start [default: 10000, or those of the run that goes on]
    #[arg(long, value_name = "N", allow_negative_numbers = true, value_parser = whole::<u64>, help_heading = TRAINING)]
    pub(crate) iterations: Option<u64>,
    /// Images of a minibatch
    #[arg(long, value_name = "N", default_value_t = 100, allow_negative_numbers = true, value_parser = count::<usize>, help_heading = TRAINING)]
    pub(crate) batch_size: usize,
    /// Step of the descent
    #[arg(long, value_name = "RATE", default_value_t = 0.1, allow_negative_numbers = true, value_parser = above_0, help_heading = TRAINING)]
    pub(crate) learning_rate: f64,
    /// How minibatches are drawn from the training images
    #[arg(long, value_enum, default_value_t = Sampling::Replacement, help_heading = TRAINING)]
    pub(crate) sampling: Sampling,
    /// Where the random numbers of weights and minibatches start
    #[arg(long, value_name = "N", default_value_t = 0, allow_negative_numbers = true, value_parser = whole::<u64>, help_heading = TRAINING)]
    pub(crate) seed: u64,
    /// Take the accuracies every N iterations [default: once an epoch]
    #[arg(long, value_name = "N", allow_negative_numbers = true, value_parser = count::<u64>, help_heading = TRAINING)]
    pub(crate) evaluate_every: Option<u64>,

    /// Hidden units [default: 50]
    #[arg(long, value_name = "N", allow_negative_numbers = true, value_parser = count::<usize>, help_heading = NET)]
    pub(crate) hidden: Option<usize>,
    /// Activation of the hidden layer [default: sigmoid]
    #[arg(long, value_enum, help_heading = NET)]
    pub(crate) activation: Option<Activation>,
    /// Weights start as this times N(0, 1), biases as 0
    #[arg(long, value_name = "STD", default_value_t = 0.01, allow_negative_numbers = true, value_parser = from_0, help_heading = NET)]
    pub(crate) weight_init_std: f64,
    /// Start from the parameters of this run (its number or folder), checkpoint, .npz or .safetensors
    #[arg(long, value_name = "MODEL", conflicts_with = "weight_init_std", help_heading = NET)]
    pub(crate) init_from: Option<PathBuf>,
    /// Floating-point numbers [default: f64 for numerical gradients, else f32]
    #[arg(long, value_enum, help_heading = NET)]
    pub(crate) precision: Option<Precision>,

    /// Folder of the run, new or empty [default: the next of data/runs/0001, 0002, ...]
    #[arg(long, value_name = "DIR", help_heading = RUN)]
    pub(crate) out: Option<PathBuf>,
    /// Save every N iterations [default: at an evaluation, 10 s after the last save]
    #[arg(long, value_name = "N", allow_negative_numbers = true, value_parser = count::<u64>, help_heading = RUN)]
    pub(crate) checkpoint_every: Option<u64>,
    /// Go on with a run (its number or folder), the newest unless named, with its own configuration
    #[arg(long, value_name = "DIR", num_args = 0..=1, conflicts_with_all = FIXED_BY_THE_RUN, help_heading = RUN)]
    pub(crate) resume: Option<Option<PathBuf>>,
    /// Threads, at most 1024; the result does not depend on how many [default: all cores]
    #[arg(long, value_name = "N", allow_negative_numbers = true, value_parser = thread_count, help_heading = RUN)]
    pub(crate) threads: Option<usize>,
    /// Write no report.html
    #[arg(long, help_heading = RUN)]
    pub(crate) no_report: bool,
    /// Print nothing but errors
    #[arg(long, short, help_heading = RUN)]
    pub(crate) quiet: bool,
}

const DATA: &str = "Data";
const TRAINING: &str = "Training";
const NET: &str = "Net";
const RUN: &str = "Run";

/// What `--resume` reads from the checkpoint and the command line may not say otherwise.
const FIXED_BY_THE_RUN: [&str; 17] = [
    "dataset",
    "data_dir",
    "train_limit",
    "test_limit",
    "gradient",
    "step",
    "batch_size",
    "learning_rate",
    "sampling",
    "seed",
    "evaluate_every",
    "hidden",
    "activation",
    "weight_init_std",
    "init_from",
    "precision",
    "out",
];

#[derive(Args)]
pub(crate) struct SourceArgs {
    /// Data set [default: that of the run, where there is one, else auto]
    #[arg(long, value_enum, help_heading = DATA)]
    pub(crate) dataset: Option<DatasetChoice>,
    /// Folder of the files, or the one that holds it: mnist/, MNIST/raw/, fashion/ ... [default: that of the run, where there is one, else data of the checkout]
    #[arg(long, value_name = "DIR", help_heading = DATA)]
    pub(crate) data_dir: Option<PathBuf>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum DatasetChoice {
    /// MNIST where it has been fetched, else the built-in digits
    Auto,
    /// Handwritten digits
    Mnist,
    /// Fashion-MNIST
    Fashion,
    /// Kuzushiji-MNIST
    Kmnist,
    /// Built-in synthetic digits, no file needed
    Digits,
}

impl DatasetChoice {
    /// The one data set that is meant; `None` for `auto`.
    pub(crate) fn name(self) -> Option<DatasetName> {
        match self {
            Self::Auto => None,
            Self::Mnist => Some(DatasetName::Mnist),
            Self::Fashion => Some(DatasetName::Fashion),
            Self::Kmnist => Some(DatasetName::Kmnist),
            Self::Digits => Some(DatasetName::Digits),
        }
    }
}

/// A MODEL named by its place or by `--model`.
#[derive(Args)]
pub(crate) struct ModelArgs {
    /// Number of a run, run folder, checkpoint, .npz or .safetensors [default: the newest run]
    #[arg(value_name = "MODEL", group = "a_model")]
    place: Option<PathBuf>,
    /// The same as MODEL
    #[arg(long = "model", value_name = "MODEL", group = "a_model")]
    flag: Option<PathBuf>,
    /// Activation of a MODEL whose file does not name it [default: sigmoid]
    #[arg(long, value_enum)]
    pub(crate) activation: Option<Activation>,
}

impl ModelArgs {
    pub(crate) fn path(&self) -> Option<&Path> {
        self.place.as_deref().or(self.flag.as_deref())
    }
}

/// A MODEL named by `--model` alone, where places are for images.
#[derive(Args)]
pub(crate) struct ModelFlag {
    /// Number of a run, run folder, checkpoint, .npz or .safetensors [default: the newest run]
    #[arg(long = "model", value_name = "MODEL")]
    pub(crate) path: Option<PathBuf>,
    /// Activation of a MODEL whose file does not name it [default: sigmoid]
    #[arg(long, value_enum, requires = "path")]
    pub(crate) activation: Option<Activation>,
}

#[derive(Args)]
pub(crate) struct EvaluateArgs {
    #[command(flatten)]
    pub(crate) model: ModelArgs,
    #[command(flatten)]
    pub(crate) source: SourceArgs,
    /// Print JSON
    #[arg(long)]
    pub(crate) json: bool,
    /// Draw with plain ASCII characters
    #[arg(long)]
    pub(crate) ascii: bool,
}

#[derive(Args)]
pub(crate) struct ExportArgs {
    /// The file to write: .npz for NumPy, or .safetensors
    #[arg(value_name = "FILE")]
    pub(crate) file: PathBuf,
    #[command(flatten)]
    pub(crate) model: ModelArgs,
    /// Replace FILE where there is one
    #[arg(long)]
    pub(crate) force: bool,
}

#[derive(Args)]
pub(crate) struct PredictArgs {
    /// PNG, JPEG, BMP, GIF, WebP, PGM, PPM, or IDX, raw or gzip, of which every
    /// image is read; - for standard input
    #[arg(value_name = "IMAGE", required = true)]
    pub(crate) images: Vec<PathBuf>,
    #[command(flatten)]
    pub(crate) model: ModelFlag,
    /// Images are as the net wants them (its size, 255 for ink): change nothing
    #[arg(long)]
    pub(crate) raw: bool,
    /// Print JSON: file, index, digit, probabilities, and the pixels the net saw
    #[arg(long)]
    pub(crate) json: bool,
    /// Draw with plain ASCII characters
    #[arg(long)]
    pub(crate) ascii: bool,
}

#[derive(Args)]
pub(crate) struct InspectArgs {
    #[command(flatten)]
    pub(crate) model: ModelArgs,
    /// Print JSON, every loss included
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Args)]
pub(crate) struct GradcheckArgs {
    /// Number of a run, run folder, checkpoint, .npz or .safetensors [default: a fresh net, 50 sigmoid units]
    #[arg(value_name = "MODEL", group = "a_model")]
    place: Option<PathBuf>,
    /// The same as MODEL
    #[arg(long = "model", value_name = "MODEL", group = "a_model")]
    flag: Option<PathBuf>,
    /// Activation of a MODEL whose file does not name it [default: sigmoid]
    #[arg(long, value_enum, requires = "a_model")]
    pub(crate) activation: Option<Activation>,
    #[command(flatten)]
    pub(crate) source: SourceArgs,
    /// h of the central differences
    #[arg(long, value_name = "H", default_value = "1e-4", allow_negative_numbers = true, value_parser = above_0)]
    pub(crate) step: f64,
    /// Places of each parameter that are compared, all where it has fewer
    #[arg(long, value_name = "N", default_value_t = 100, allow_negative_numbers = true, value_parser = count::<usize>)]
    pub(crate) samples: usize,
    /// Images of the batch, the first of the training images, all where there are fewer
    #[arg(long, value_name = "N", default_value_t = 100, allow_negative_numbers = true, value_parser = count::<usize>)]
    pub(crate) batch_size: usize,
    /// Where the drawing of places, and of a fresh net, starts
    #[arg(long, value_name = "N", default_value_t = 0, allow_negative_numbers = true, value_parser = whole::<u64>)]
    pub(crate) seed: u64,
    /// Print JSON
    #[arg(long)]
    pub(crate) json: bool,
}

impl GradcheckArgs {
    pub(crate) fn model(&self) -> Option<&Path> {
        self.place.as_deref().or(self.flag.as_deref())
    }
}

#[derive(Args)]
pub(crate) struct ReportArgs {
    #[command(flatten)]
    pub(crate) model: ModelArgs,
    /// The page to write [default: report.html beside the checkpoint]
    #[arg(long, short, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
    /// Write its figures into this folder too, as SVG
    #[arg(long, value_name = "DIR")]
    pub(crate) figures: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) source: SourceArgs,
}

#[derive(Args)]
pub(crate) struct ShowArgs {
    #[command(flatten)]
    pub(crate) source: SourceArgs,
    /// Which half of the data set
    #[arg(long, value_enum, default_value_t = Split::Train)]
    pub(crate) split: Split,
    /// Which image, from 0
    #[arg(long, value_name = "N", default_value_t = 0, allow_negative_numbers = true, value_parser = whole::<usize>)]
    pub(crate) index: usize,
    /// Draw with plain ASCII characters
    #[arg(long)]
    pub(crate) ascii: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Split {
    Train,
    Test,
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn the_command_line_is_consistent() {
        Cli::command().debug_assert();
    }

    #[test]
    fn no_command_means_train_and_help_stays_help() {
        let with = |arguments: &[&str]| -> Vec<String> {
            let arguments = arguments.iter().map(OsString::from);
            with_default_command(arguments).into_iter().map(|a| a.into_string().unwrap()).collect()
        };
        assert_eq!(with(&["app"]), ["app", "train"]);
        assert_eq!(with(&["app", "--seed", "1"]), ["app", "train", "--seed", "1"]);
        assert_eq!(with(&["app", "--help"]), ["app", "--help"]);
        assert_eq!(with(&["app", "show"]), ["app", "show"]);
    }
}
