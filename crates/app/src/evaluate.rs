//! `app evaluate`: accuracy, confusion matrix and the worst mistakes of a net.

use crate::checkpoint::Stored;
use crate::cli::EvaluateArgs;
use crate::config::Activation;
use crate::data::Data;
use crate::draw::{self, Fitted, Style};
use crate::lang::said;
use crate::model::Model;
use crate::terminal;
use crate::text::{padded, say, thousands};
use anyhow::Result;
use clap::ValueEnum as _;
use net::Predictor;
use net_file::AnyParameters;
use report::{Answers, Mistake};
use serde::Serialize;
use std::fmt::Write as _;
use std::io::{self, Write as _};
use std::process::ExitCode;

/// How many mistakes are drawn.
const DRAWN: usize = 4;

/// Columns between two drawings: a caption is longer than 28 pixels.
const GAP: usize = 8;

/// The test accuracy below which another activation is tried, where the file names none.
const POOR: f64 = 0.5;

/// How much more accurate it has to be to be worth a word.
const FAR: f64 = 0.2;

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
    let model = Model::load(arguments.model.path(), arguments.model.activation)?;
    let data = model.data(&arguments.source)?;
    data.tell_notes();
    let evaluated = match model.parameters {
        AnyParameters::F32(_) => evaluate::<f32>(&model, &data),
        AnyParameters::F64(_) => evaluate::<f64>(&model, &data),
    };
    let better = match model.parameters {
        AnyParameters::F32(_) => better_activation::<f32>(&model, &data, evaluated.test.accuracy),
        AnyParameters::F64(_) => better_activation::<f64>(&model, &data, evaluated.test.accuracy),
    };
    let text = if arguments.json {
        serde_json::to_string_pretty(&evaluated)? + "\n"
    } else {
        let head = said!(
            "model   {}, {}\ndata    {}\n",
            "모델    {}, {}\n데이터  {}\n",
            model.path.display(),
            model.origin(),
            data.describe()
        );
        head + &text(&evaluated, &data, Style::for_stdout(arguments.ascii), terminal::width(io::stdout()))?
    };
    io::stdout().write_all(text.as_bytes())?;
    if let Some((activation, accuracy)) = better {
        let percent = accuracy * 100.0;
        say(&said!(
            "hint: with --activation {activation} the test accuracy would be {percent:.2} %",
            "힌트: --activation {activation}을(를) 쓰면 시험 정확도가 {percent:.2}%입니다"
        ));
    }
    Ok(ExitCode::SUCCESS)
}

fn evaluate<T: Stored>(model: &Model, data: &Data) -> Evaluated {
    let net = Predictor::new(&model.net::<T>());
    let inputs = data.inputs();
    Evaluated {
        iteration: model.run.as_ref().map(|run| run.iteration),
        dataset: data.name.to_string(),
        train: Answers::of(&net, &inputs.train.x, &data.train),
        test: Answers::of(&net, &inputs.test.x, &data.test),
    }
}

/// The activation with which a net that does poorly, and whose file names none, would do far better; its test accuracy.
fn better_activation<T: Stored>(model: &Model, data: &Data, accuracy: f64) -> Option<(Activation, f64)> {
    if model.is_activation_known || accuracy >= POOR {
        return None;
    }
    let (inputs, labels) = (data.inputs(), data.test.labels());
    let others = Activation::value_variants().iter().filter(|activation| **activation != model.activation);
    let measured = others.map(|&activation| {
        let net = Predictor::new(&model.net_with::<T>(activation));
        (activation, net.accuracy(&inputs.test.x, 0..labels.len(), labels))
    });
    let best = measured.max_by(|(_, a), (_, b)| a.total_cmp(b))?;
    (best.1 >= accuracy + FAR).then_some(best)
}

fn text(evaluated: &Evaluated, data: &Data, style: Style, terminal_width: usize) -> Result<String> {
    let Evaluated { train, test, .. } = evaluated;
    let mut text = String::new();
    for (name, report) in [(said!("train", "훈련"), train), (said!("test", "시험"), test)] {
        let (name, images, Answers { accuracy, loss, .. }) = (padded(&name, 7), thousands(report.images), report);
        let line = said!(
            "{name} accuracy {accuracy:.4}  loss {loss:.4}  ({images} images)",
            "{name} 정확도 {accuracy:.4}  손실 {loss:.4}  (이미지 {images}장)"
        );
        writeln!(text, "{line}")?;
    }

    let of_the_matrix = said!(
        "test images: each row is a label, each column an answer of the network",
        "시험 이미지의 혼동 행렬: 행은 정답, 열은 신경망의 답입니다"
    );
    writeln!(text, "\n{of_the_matrix}")?;
    let classes = test.confusion.len();
    let header: String = (0..classes).map(|k| format!("{k:>6}")).collect();
    writeln!(text, "{:9}{header}  {}", "", said!("recall", "재현율"))?;
    let percent = |share: &Option<f64>| share.map_or_else(|| "-".to_owned(), |share| format!("{:.1}", share * 100.0));
    for (k, (row, recall)) in test.confusion.iter().zip(&test.recall).enumerate() {
        let cells: String = row.iter().map(|n| if *n == 0 { "     .".to_owned() } else { format!("{n:>6}") }).collect();
        writeln!(text, "{k:>9}{cells}{:>6} %", percent(recall))?;
    }
    let cells: String = test.precision.iter().map(|share| format!("{:>6}", percent(share))).collect();
    writeln!(text, "{}{cells} %", padded(&said!("precision", "정밀도"), 9))?;

    let drawn: Vec<(&Mistake, Fitted)> = test.surest_mistakes[..DRAWN.min(test.surest_mistakes.len())]
        .iter()
        .map(|m| (m, draw::fitted(data.test.image(m.index), data.test.cols(), terminal_width)))
        .collect();
    if let Some((_, first)) = drawn.first() {
        let size = match first.shrunk {
            0 | 1 => String::new(),
            shrunk => said!(", drawn at 1/{shrunk} of their size", ", 1/{shrunk} 크기로 그림"),
        };
        let heading = said!("most confident mistakes on the test images", "가장 확신했지만 틀린 시험 이미지");
        writeln!(text, "\n{heading}{size}")?;
    }
    let column = drawn.first().map_or(0, |(_, image)| image.cols.max(28)) + GAP;
    for pair in drawn.chunks(if 2 * column - GAP <= terminal_width { 2 } else { 1 }) {
        writeln!(text)?;
        let caption = |m: &Mistake| {
            said!(
                "{} read as {} ({:.1} %), image {}",
                "정답 {}, 답 {} ({:.1}%), 이미지 {}",
                m.label,
                m.answer,
                m.probability * 100.0,
                m.index
            )
        };
        let captions: Vec<String> = pair.iter().map(|(m, _)| padded(&caption(m), column)).collect();
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
