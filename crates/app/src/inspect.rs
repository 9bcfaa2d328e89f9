//! `app inspect`: what a checkpoint holds.

use crate::checkpoint::{self, Run};
use crate::cli::InspectArgs;
use crate::config::{Activation, Config, Gradient};
use crate::data::SetFingerprint;
use crate::lang::said;
use crate::model::Model;
use crate::text::{headings, padded, shape, thousands};
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
            writeln!(text, "{}{}", said!("checkpoint     ", "체크포인트     "), model.path.display())?;
            configuration(&mut text, run)?;
        }
        None => {
            let (path, activation) = (model.path.display(), model.origin());
            let lines = said!(
                "arrays         {path}\nactivation     {activation}",
                "배열           {path}\n활성화 함수    {activation}"
            );
            writeln!(text, "{lines}")?;
        }
    }

    let (precision, digest) = (model.parameters.precision(), &inspected.parameters_sha256[..16]);
    let line = said!("parameters     in {precision}, SHA-256", "매개변수       {precision}, SHA-256");
    writeln!(text, "\n{line} {digest}...")?;
    let columns = headings([
        (said!("shape", "형상"), 10),
        (said!("min", "최솟값"), 12),
        (said!("max", "최댓값"), 12),
        (said!("mean", "평균"), 12),
        (said!("std", "표준편차"), 12),
    ]);
    writeln!(text, "  {}{columns}", padded(&said!("name", "이름"), 4))?;
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
    let (done, of) = (thousands(*iteration), thousands(config.iterations));
    writeln!(text, "{}", said!("iterations     {done} of {of}", "반복 횟수      {done}회, 전체 {of}회"))?;
    writeln!(text, "{}{}", said!("data           ", "데이터         "), config.dataset)?;
    for (name, set) in [(said!("train", "훈련"), &data.train), (said!("test", "시험"), &data.test)] {
        let SetFingerprint { images, rows, cols, pixels_crc32, labels_crc32 } = set;
        let images = thousands(*images);
        let name = padded(&name, 13);
        let line = said!(
            "  {name}{images} of {rows}x{cols}, CRC-32 {pixels_crc32:08x} (pixels) {labels_crc32:08x} (labels)",
            "  {name}{images}장, {rows}x{cols}, CRC-32 {pixels_crc32:08x} (픽셀) {labels_crc32:08x} (레이블)"
        );
        writeln!(text, "{line}")?;
    }

    let h = if config.gradient == Gradient::Numerical { format!(", h = {:e}", config.step) } else { String::new() };
    writeln!(text, "{}{}{h}", said!("gradient       ", "기울기         "), config.gradient)?;
    let Config { batch_size, seed, learning_rate, hidden, activation, .. } = config;
    let sampling = config.sampling.said();
    let line = said!(
        "batch size     {batch_size}, {sampling}, seed {seed}",
        "배치 크기      {batch_size}, {sampling}, 시드 {seed}"
    );
    writeln!(text, "{line}")?;
    writeln!(text, "{}{learning_rate}", said!("learning rate  ", "학습률         "))?;
    if let Some(every) = config.evaluate_every {
        let line = if every == 1 {
            said!("accuracies     every iteration", "정확도         반복마다")
        } else {
            let every = thousands(every);
            said!("accuracies     every {every} iterations", "정확도         {every}회마다")
        };
        writeln!(text, "{line}")?;
    }
    let start = match &config.init_from {
        None => format!("{} * N(0, 1)", config.weight_init_std),
        Some(from) => said!("from {from}", "{from}에서 시작"),
    };
    let line = said!(
        "weights        {start}; {hidden} hidden neurons, {activation}",
        "가중치         {start}, 은닉층의 뉴런 {hidden}개, {activation}"
    );
    writeln!(text, "{line}")?;
    Ok(())
}

fn history(text: &mut String, history: &History) -> Result<()> {
    if let Some(loss) = history.losses.last() {
        let kept = thousands(history.losses.len());
        let stride = history.stride;
        let line = if stride == 1 {
            said!(
                "losses         {kept}, one per iteration; the last is {loss:.4}",
                "손실           {kept}개, 반복마다 하나씩, 마지막 값 {loss:.4}"
            )
        } else {
            said!(
                "losses         {kept}, one per {stride} iterations; the last is {loss:.4}",
                "손실           {kept}개, {stride}회마다 하나씩, 마지막 값 {loss:.4}"
            )
        };
        writeln!(text, "\n{line}")?;
    }
    let columns = headings([
        (said!("iteration", "반복"), 11),
        (said!("train acc", "훈련"), 10),
        (said!("test acc", "시험"), 10),
        (said!("seconds", "시간(초)"), 10),
    ]);
    writeln!(text, "\n {columns}")?;
    for e in &history.evaluations {
        let iteration = thousands(e.iteration);
        writeln!(text, "  {iteration:>11} {:>10.4} {:>10.4} {:>10.1}", e.train_accuracy, e.test_accuracy, e.seconds)?;
    }
    Ok(())
}
