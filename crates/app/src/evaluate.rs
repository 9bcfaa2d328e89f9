//! `app evaluate`, and the accuracies that training takes once an epoch.

use crate::checkpoint::Stored;
use crate::cli::{EvaluateArgs, SourceArgs};
use crate::config::Precision;
use crate::data::{self, Data};
use crate::draw::{self, Fitted, Style};
use crate::model::Model;
use crate::terminal;
use crate::text::{tell, thousands};
use anyhow::Result;
use core_math::{Real, argmax_rows, log_softmax};
use dataset::ImageSet;
use net::{Predictor, Rows};
use rayon::prelude::*;
use serde::Serialize;
use std::fmt::Write as _;
use std::io::{self, Write as _};
use std::ops::Range;
use std::process::ExitCode;

/// Images that one thread takes at a time.
const SLICE: usize = 1000;

fn slices(images: usize) -> impl IndexedParallelIterator<Item = Range<usize>> {
    (0..images.div_ceil(SLICE)).into_par_iter().map(move |k| k * SLICE..images.min((k + 1) * SLICE))
}

/// The share of the first images that the net gets right, as many as there are labels.
pub(crate) fn accuracy<T: Real>(net: &Predictor<T>, images: &Rows<T>, labels: &[u8]) -> f64 {
    let correct: usize = slices(labels.len()).map(|slice| net.correct(images, slice.clone(), &labels[slice])).sum();
    correct as f64 / labels.len() as f64
}

/// What a net makes of a set.
#[derive(Serialize)]
pub(crate) struct Answers {
    images: usize,
    accuracy: f64,
    loss: f64,
    /// Rows the label, columns the answer.
    pub(crate) confusion: Vec<Vec<usize>>,
    /// Of the answers k, the share that is right; null where k is never the answer.
    precision: Vec<Option<f64>>,
    /// Of the images of k, the share that is found; null where there is none.
    recall: Vec<Option<f64>>,
    /// The wrong answers given with the highest probability, the surest first.
    pub(crate) surest_mistakes: Vec<Mistake>,
}

#[derive(Clone, Serialize)]
pub(crate) struct Mistake {
    pub(crate) index: usize,
    pub(crate) label: u8,
    pub(crate) answer: u8,
    pub(crate) probability: f64,
}

/// How many mistakes a report keeps, and how many are drawn.
const MISTAKES: usize = 50;
const DRAWN: usize = 4;

/// Columns between two drawings: a caption is longer than 28 pixels.
const GAP: usize = 8;

impl Answers {
    pub(crate) fn of<T: Real>(net: &Predictor<T>, images: &Rows<T>, set: &ImageSet) -> Self {
        let classes = set.classes();
        let parts: Vec<(Vec<u8>, Vec<f64>, f64)> = slices(set.len())
            .map(|slice| {
                let t = &set.labels()[slice.clone()];
                let log_y = log_softmax(&net.logits(images, slice));
                let at = |(n, &k): (usize, &u8)| log_y[(n, usize::from(k))].to_f64();
                let answers = argmax_rows(&log_y);
                let probabilities = answers.iter().enumerate().map(|pair| at(pair).exp()).collect();
                let loss = -t.iter().enumerate().map(at).sum::<f64>();
                (answers, probabilities, loss)
            })
            .collect();

        let mut confusion = vec![vec![0_usize; classes]; classes];
        let mut mistakes = Vec::new();
        let answers = parts.iter().flat_map(|(answers, probabilities, _)| answers.iter().zip(probabilities));
        for (index, (&label, (&answer, &probability))) in set.labels().iter().zip(answers).enumerate() {
            confusion[usize::from(label)][usize::from(answer)] += 1;
            if label != answer {
                mistakes.push(Mistake { index, label, answer, probability });
            }
        }
        mistakes.sort_by(|a, b| b.probability.total_cmp(&a.probability)); // stable: the first image first
        mistakes.truncate(MISTAKES);

        let share = |part: usize, whole: usize| (whole > 0).then(|| part as f64 / whole as f64);
        let hits = |k: usize| confusion[k][k];
        let correct: usize = (0..classes).map(hits).sum();
        Self {
            images: set.len(),
            accuracy: correct as f64 / set.len() as f64,
            loss: parts.iter().map(|(_, _, loss)| loss).sum::<f64>() / set.len() as f64,
            precision: (0..classes).map(|k| share(hits(k), confusion.iter().map(|row| row[k]).sum())).collect(),
            recall: (0..classes).map(|k| share(hits(k), confusion[k].iter().sum())).collect(),
            confusion,
            surest_mistakes: mistakes,
        }
    }
}

#[derive(Serialize)]
struct Evaluated {
    /// Of the run, where the model comes from one.
    #[serde(skip_serializing_if = "Option::is_none")]
    iteration: Option<u64>,
    dataset: String,
    train: Answers,
    test: Answers,
}

pub(crate) fn run(arguments: &EvaluateArgs) -> Result<ExitCode> {
    let model = Model::load(arguments.model.path.as_deref(), arguments.model.activation)?;
    let data = load_data(&arguments.source, &model)?;
    let evaluated = match model.parameters.precision() {
        Precision::F32 => evaluate::<f32>(&model, &data),
        Precision::F64 => evaluate::<f64>(&model, &data),
    };
    let text = if arguments.json {
        serde_json::to_string_pretty(&evaluated)? + "\n"
    } else {
        let head = format!("model   {}, {}\ndata    {}\n", model.path.display(), model.origin(), data.describe());
        head + &text(&evaluated, &data, Style::for_stdout(arguments.ascii), terminal::width(io::stdout()))?
    };
    io::stdout().write_all(text.as_bytes())?;
    Ok(ExitCode::SUCCESS)
}

fn evaluate<T: Stored>(model: &Model, data: &Data) -> Evaluated {
    let net = Predictor::new(&model.net::<T>());
    let inputs = data.inputs();
    Evaluated {
        iteration: model.run.as_ref().map(|run| run.iteration),
        dataset: data.name.to_string(),
        train: Answers::of(&net, &inputs.train, &data.train),
        test: Answers::of(&net, &inputs.test, &data.test),
    }
}

/// The data that the run was trained on, unless the command line names others.
pub(crate) fn load_data(source: &SourceArgs, model: &Model) -> Result<Data> {
    let (name, data_dir) = data::resolve(source, model.run.as_ref().map(|run| &run.config))?;
    let run = model.run.as_ref().filter(|run| run.config.dataset == name);
    let (train_limit, test_limit) = run.map_or((None, None), |run| (run.config.train_limit, run.config.test_limit));
    let data = Data::load(name, &data_dir, train_limit, test_limit)?;
    data.check_fits(model.sizes()?)?;
    if run.is_some_and(|run| data.fingerprint() != run.data) {
        tell!("note: these are not the images that the net was trained on; their checksums differ");
    }
    Ok(data)
}

fn text(evaluated: &Evaluated, data: &Data, style: Style, terminal_width: usize) -> Result<String> {
    let Evaluated { train, test, .. } = evaluated;
    let mut text = String::new();
    for (name, report) in [("train", train), ("test", test)] {
        let images = thousands(report.images);
        writeln!(text, "{name:7} accuracy {:.4}  loss {:.4}  ({images} images)", report.accuracy, report.loss)?;
    }

    writeln!(text, "\ntest images: rows the label, columns the answer")?;
    let classes = test.confusion.len();
    let header: String = (0..classes).map(|k| format!("{k:>6}")).collect();
    writeln!(text, "{:9}{header}  recall", "")?;
    let percent = |share: &Option<f64>| share.map_or_else(|| "-".to_owned(), |share| format!("{:.1}", share * 100.0));
    for (k, (row, recall)) in test.confusion.iter().zip(&test.recall).enumerate() {
        let cells: String = row.iter().map(|n| if *n == 0 { "     .".to_owned() } else { format!("{n:>6}") }).collect();
        writeln!(text, "{k:>9}{cells}{:>6} %", percent(recall))?;
    }
    let cells: String = test.precision.iter().map(|share| format!("{:>6}", percent(share))).collect();
    writeln!(text, "precision{cells} %")?;

    let drawn: Vec<(&Mistake, Fitted)> = test.surest_mistakes[..DRAWN.min(test.surest_mistakes.len())]
        .iter()
        .map(|m| (m, draw::fitted(data.test.image(m.index), data.test.cols(), terminal_width)))
        .collect();
    if let Some((_, first)) = drawn.first() {
        let size =
            if first.shrunk > 1 { format!(", drawn at 1/{} of their size", first.shrunk) } else { String::new() };
        writeln!(text, "\nthe surest mistakes among the test images{size}")?;
    }
    let column = drawn.first().map_or(0, |(_, image)| image.cols.max(28)) + GAP;
    for pair in drawn.chunks(if 2 * column - GAP <= terminal_width { 2 } else { 1 }) {
        writeln!(text)?;
        let caption = |m: &Mistake| {
            format!("{} read as {} ({:.1} %), image {}", m.label, m.answer, m.probability * 100.0, m.index)
        };
        let captions: Vec<String> = pair.iter().map(|(m, _)| format!("{:column$}", caption(m))).collect();
        writeln!(text, "{}", captions.concat().trim_end())?;
        let images: Vec<Vec<String>> =
            pair.iter().map(|(_, image)| draw::image(&image.pixels, image.cols, style)).collect();
        for line in 0..images[0].len() {
            // every line of an image has its full width, so the second stands in its column
            let gap = " ".repeat(column - pair[0].1.cols);
            let line: Vec<&str> = images.iter().map(|image| image[line].as_str()).collect();
            writeln!(text, "{}", line.join(&gap).trim_end())?;
        }
    }
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use nalgebra::{DMatrix, RowDVector};
    use net::{Activation, Parameters, TwoLayerNet};

    /// A net that answers with the brightest of three pixels, and five images.
    fn problem() -> (TwoLayerNet<f64>, ImageSet) {
        let params = Parameters {
            w1: DMatrix::identity(3, 3),
            b1: RowDVector::zeros(3),
            w2: DMatrix::identity(3, 3) * 10.0,
            b2: RowDVector::zeros(3),
        };
        let pixels = vec![255, 0, 0, 0, 255, 0, 255, 10, 0, 200, 0, 0, 0, 9, 8];
        (
            TwoLayerNet { params, activation: Activation::Relu },
            ImageSet::new(1, 3, 3, pixels, vec![0, 1, 1, 0, 2]).unwrap(),
        )
    }

    #[test]
    fn a_report_counts_answers_and_names_the_surest_mistakes_first() {
        let (net, set) = problem();
        let (images, predictor) = (Rows::from_bytes(set.pixels(), 3), Predictor::new(&net));
        let report = Answers::of(&predictor, &images, &set);
        assert_eq!(report.confusion, [[2, 0, 0], [1, 1, 0], [0, 1, 0]]);
        assert_eq!(report.accuracy, 0.6);
        assert_eq!(report.precision, [Some(2.0 / 3.0), Some(0.5), None]);
        assert_eq!(report.recall, [Some(1.0), Some(0.5), Some(0.0)]);
        let order: Vec<usize> = report.surest_mistakes.iter().map(|m| m.index).collect();
        assert_eq!(order, [2, 4]);
        let (x, t) = set.range(0..5);
        assert!((report.loss - net.loss(&x, t)).abs() < 1e-12);
        assert_eq!(accuracy(&predictor, &images, t), 0.6);
        assert_eq!(accuracy(&predictor, &images, &t[..2]), 1.0);
    }
}
