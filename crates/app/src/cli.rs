//! The command line, as clap sees it.

mod korean;
mod lab;
mod runs;
mod tips;
mod train;
mod values;

use crate::config::{Activation, DatasetName};
use crate::lang::Lang;
use clap::{Args, Parser, Subcommand, ValueEnum};
pub(crate) use lab::{LabArgs, LabCommand, LabSvgArgs};
pub(crate) use runs::{CompareArgs, RunsArgs};
use std::ffi::OsString;
use std::path::{Path, PathBuf};
pub(crate) use tips::{parse, refuse};
pub(crate) use train::TrainArgs;
use values::{above_0, count, whole};

/// Train and explore the two-layer neural network from chapter 4.5 of
/// "Deep Learning from Scratch".
#[derive(Parser)]
#[command(
    version,
    term_width = 80,
    after_help = "Without a command, app trains a network (app train).\n\nExit codes: 0 success, 1 failure, 2 wrong usage, 129/130/143/149 interrupted."
)]
pub(crate) struct Cli {
    /// Language of help and messages [default: the language of your system, or en]
    #[arg(long, value_enum, global = true)]
    lang: Option<Lang>,
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Subcommand)]
pub(crate) enum Command {
    /// Train a network (default: the book's settings)
    Train(TrainArgs),
    /// Compare the settings and the training of two runs
    Compare(CompareArgs),
    /// Show accuracy, loss, confusion matrix and most confident mistakes
    Evaluate(EvaluateArgs),
    /// Save the parameters of a network for Python: .npz or .safetensors
    Export(ExportArgs),
    /// Check backpropagation against the numerical gradient
    Gradcheck(GradcheckArgs),
    /// Show what a saved model contains
    Inspect(InspectArgs),
    /// Run small experiments that answer questions about the chapter
    Lab {
        #[command(subcommand)]
        question: LabCommand,
    },
    /// Classify handwritten digits in image files
    ///
    /// Put one digit into each image. It may be of any size, anywhere in the image,
    /// dark on light or light on dark; the program finds it and brings it to the form
    /// of MNIST's digits (28x28).
    ///
    /// Noise, faint pencil and uneven light are fine. Sharp edges are not: shadows,
    /// ruled lines and the edge of the paper are mistaken for ink. A note tells you
    /// when an image seems to contain several digits, or when the network is unsure.
    /// docs/guide.md explains the details.
    Predict(PredictArgs),
    /// Create an interactive HTML report with a canvas for drawing digits
    Report(ReportArgs),
    /// List the runs in data/runs, with their settings, accuracies and times
    Runs(RunsArgs),
    /// Draw an image of a data set in the terminal
    Show(ShowArgs),
}

/// `app` alone, and `app --seed 1`, mean `app train`, also after `--lang`.
pub(crate) fn with_default_command(arguments: impl Iterator<Item = OsString>) -> Vec<OsString> {
    let mut arguments: Vec<OsString> = arguments.collect();
    let of_the_top = ["-h", "--help", "-V", "--version"];
    let is_flag = |a: &OsString| a.as_encoded_bytes().starts_with(b"-") && of_the_top.iter().all(|top| a != top);
    let mut first = 1;
    while let Some(argument) = arguments.get(first) {
        first += match argument.to_str() {
            Some("--lang") => 2,
            Some(argument) if argument.starts_with("--lang=") => 1,
            _ => break,
        };
    }
    if arguments.get(first).is_none_or(is_flag) {
        arguments.insert(arguments.len().min(1), "train".into());
    }
    arguments
}

/// The heading of what says which images are used.
const DATA: &str = "Data";

#[derive(Args)]
pub(crate) struct SourceArgs {
    /// Data set [default: the data set of the run, or auto]
    #[arg(long, value_enum, help_heading = DATA)]
    pub(crate) dataset: Option<DatasetChoice>,
    /// Folder of the data files, or the folder that contains mnist/, MNIST/raw/, fashion/ ... [default: the folder of the run, or data/ in the repository]
    #[arg(long, value_name = "DIR", help_heading = DATA)]
    pub(crate) data_dir: Option<PathBuf>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum DatasetChoice {
    /// MNIST if it has been downloaded, otherwise the built-in digits
    Auto,
    /// Handwritten digits
    Mnist,
    /// Fashion-MNIST: clothes
    Fashion,
    /// Kuzushiji-MNIST: Japanese characters
    Kmnist,
    /// Built-in digits, drawn by the program; they need no files
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
    /// Number or folder of a run, a checkpoint, .npz or .safetensors [default: the most recent run]
    #[arg(value_name = "MODEL", group = "a_model")]
    place: Option<PathBuf>,
    /// Same as MODEL
    #[arg(long = "model", value_name = "MODEL", group = "a_model")]
    flag: Option<PathBuf>,
    /// Activation function, for model files that do not record it (.npz) [default: sigmoid]
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
    /// Number or folder of a run, a checkpoint, .npz or .safetensors [default: the most recent run]
    #[arg(long = "model", value_name = "MODEL")]
    pub(crate) path: Option<PathBuf>,
    /// Activation function, for model files that do not record it (.npz) [default: sigmoid]
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
    /// Draw with ASCII characters only
    #[arg(long)]
    pub(crate) ascii: bool,
}

#[derive(Args)]
pub(crate) struct ExportArgs {
    /// File to write: .npz for NumPy, or .safetensors
    #[arg(value_name = "FILE")]
    pub(crate) file: PathBuf,
    #[command(flatten)]
    pub(crate) model: ModelArgs,
    /// Replace FILE if it exists
    #[arg(long)]
    pub(crate) force: bool,
}

#[derive(Args)]
pub(crate) struct PredictArgs {
    /// PNG, JPEG, BMP, GIF, WebP, PGM, PPM or IDX files (every image of an IDX
    /// file is classified; it may be a .gz); - reads standard input
    #[arg(value_name = "IMAGE", required = true)]
    pub(crate) images: Vec<PathBuf>,
    #[command(flatten)]
    pub(crate) model: ModelFlag,
    /// Use the pixels as they are (28x28, 255 is ink); skip the preprocessing
    #[arg(long)]
    pub(crate) raw: bool,
    /// Print JSON: file, index, digit, probabilities, and the pixels the network saw
    #[arg(long)]
    pub(crate) json: bool,
    /// Draw with ASCII characters only
    #[arg(long)]
    pub(crate) ascii: bool,
}

#[derive(Args)]
pub(crate) struct InspectArgs {
    #[command(flatten)]
    pub(crate) model: ModelArgs,
    /// Print JSON, including every loss
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Args)]
pub(crate) struct GradcheckArgs {
    /// Number or folder of a run, a checkpoint, .npz or .safetensors [default: an untrained network with 50 sigmoid neurons]
    #[arg(value_name = "MODEL", group = "a_model")]
    place: Option<PathBuf>,
    /// Same as MODEL
    #[arg(long = "model", value_name = "MODEL", group = "a_model")]
    flag: Option<PathBuf>,
    /// Activation function, for model files that do not record it (.npz) [default: sigmoid]
    #[arg(long, value_enum, requires = "a_model")]
    pub(crate) activation: Option<Activation>,
    #[command(flatten)]
    pub(crate) source: SourceArgs,
    /// h of the central differences
    #[arg(long, value_name = "H", default_value = "1e-4", allow_negative_numbers = true, value_parser = above_0)]
    pub(crate) step: f64,
    /// Number of elements to check in each of W1, b1, W2, b2 (all if there are fewer)
    #[arg(long, value_name = "N", default_value_t = 100, allow_negative_numbers = true, value_parser = count::<usize>)]
    pub(crate) samples: usize,
    /// Number of training images to use, from the first (all if there are fewer)
    #[arg(long, value_name = "N", default_value_t = 100, allow_negative_numbers = true, value_parser = count::<usize>)]
    pub(crate) batch_size: usize,
    /// Random seed for the elements to check and for the untrained network
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
    /// HTML file to write [default: report.html next to the checkpoint]
    #[arg(long, short, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
    /// Also save its figures in this folder, as SVG files
    #[arg(long, value_name = "DIR")]
    pub(crate) figures: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) source: SourceArgs,
}

#[derive(Args)]
pub(crate) struct ShowArgs {
    #[command(flatten)]
    pub(crate) source: SourceArgs,
    /// Training images or test images
    #[arg(long, value_enum, default_value_t = Split::Train)]
    pub(crate) split: Split,
    /// Index of the image, from 0
    #[arg(long, value_name = "N", default_value_t = 0, allow_negative_numbers = true, value_parser = whole::<usize>)]
    pub(crate) index: usize,
    /// Draw with ASCII characters only
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
        assert_eq!(with(&["app", "--lang", "ko"]), ["app", "train", "--lang", "ko"]);
        assert_eq!(with(&["app", "--lang"]), ["app", "train", "--lang"]);
        assert_eq!(with(&["app", "--lang=ko", "--seed", "1"]), ["app", "train", "--lang=ko", "--seed", "1"]);
        assert_eq!(with(&["app", "--lang", "ko", "lab", "step"]), ["app", "--lang", "ko", "lab", "step"]);
        assert_eq!(with(&["app", "--lang", "ko", "--help"]), ["app", "--lang", "ko", "--help"]);
    }
}
