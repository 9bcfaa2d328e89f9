//! `app report`, and the page that training writes: what the crate `report` needs to know of a run.

use crate::checkpoint::{Run, Stored};
use crate::cli::ReportArgs;
use crate::config::{Config, DatasetName, Gradient};
use crate::data::Data;
use crate::files;
use crate::model::Model;
use crate::runs::PAGE;
use crate::text::{duration, tell, thousands};
use anyhow::{Context, Result};
use net::{Predictor, Rows, TwoLayerNet};
use net_file::AnyParameters;
use report::{Accuracies, Answers, Fact, Page};
use std::fs;
use std::path::Path;
use std::process::ExitCode;
use std::time::SystemTime;

pub(crate) fn run(arguments: &ReportArgs) -> Result<ExitCode> {
    let model = Model::load(arguments.model.path.as_deref(), arguments.model.activation)?;
    let data = model.data(&arguments.source)?;
    let answers = match model.parameters {
        AnyParameters::F32(_) => answers::<f32>(&model, &data),
        AnyParameters::F64(_) => answers::<f64>(&model, &data),
    };
    let net = model.net::<f32>();
    let page = page(model.run.as_ref(), &net, &data, &answers);

    let file = arguments.output.clone().unwrap_or_else(|| model.path.with_file_name(PAGE));
    write_page(&page, &file)?;
    tell!("wrote {}", file.display());
    if let Some(folder) = &arguments.figures {
        fs::create_dir_all(folder).with_context(|| format!("cannot create the folder {}", folder.display()))?;
        for (name, svg) in page.figures()? {
            let file = folder.join(name);
            write(&file, &svg)?;
            tell!("wrote {}", file.display());
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn answers<T: Stored>(model: &Model, data: &Data) -> Answers {
    let images: Rows<T> = Rows::from_bytes(data.test.pixels(), data.test.pixels_per_image());
    Answers::of(&Predictor::new(&model.net::<T>()), &images, &data.test)
}

/// Writes the page, whole or not at all.
pub(crate) fn write_page(page: &Page, file: &Path) -> Result<()> {
    write(file, &page.to_html()?)
}

fn write(file: &Path, content: &str) -> Result<()> {
    files::replace(file, &[content.as_bytes()]).with_context(|| format!("cannot write {}", file.display()))
}

/// The page of a net that gives these answers to the test images.
pub(crate) fn page<'a>(
    run: Option<&'a Run>,
    net: &'a TwoLayerNet<f32>,
    data: &'a Data,
    answers: &'a Answers,
) -> Page<'a> {
    let history = run.map(|run| &run.history);
    Page {
        facts: facts(run, net, data),
        losses: history.map_or(&[], |history| &history.losses),
        loss_stride: history.map_or(1, |history| history.stride),
        evaluations: history.map_or_else(Vec::new, |history| {
            let evaluations = history.evaluations.iter();
            evaluations
                .map(|e| Accuracies { iteration: e.iteration, train: e.train_accuracy, test: e.test_accuracy })
                .collect()
        }),
        net,
        test: &data.test,
        confusion: &answers.confusion,
        mistakes: answers.surest_mistakes.clone(),
        attribution: attribution(data.name),
    }
}

/// All of the configuration but the folder of the data, which is nobody else's business.
fn facts(run: Option<&Run>, net: &TwoLayerNet<f32>, data: &Data) -> Vec<Fact> {
    let mut facts = Vec::new();
    let mut fact = |english, korean, value: String| facts.push(Fact { name: [english, korean], value });
    let sizes = net.sizes();
    fact("data set", "데이터셋", data.describe());
    fact("net", "신경망", format!("{}-{}-{}", sizes.inputs, sizes.hidden, sizes.classes));
    fact("parameters", "매개변수", sizes.parameters().map_or_else(String::new, thousands));
    fact("activation", "활성화 함수", format!("{:?}", net.activation).to_lowercase());
    if let Some(Run { config, iteration, history, .. }) = run {
        // every field is named, so that a new one has to be thought of here
        let Config {
            dataset: _, // above, with the counts that the limits left
            data_dir: _,
            train_limit: _,
            test_limit: _,
            gradient,
            step,
            iterations,
            batch_size,
            learning_rate,
            sampling,
            seed,
            hidden: _,     // above
            activation: _, // above
            weight_init_std,
            init_from,
            precision,
            checkpoint_every,
        } = config;
        let way = match gradient {
            Gradient::Numerical => format!("numerical, central differences, h = {step:e}"),
            Gradient::Backprop => "backpropagation".to_owned(),
        };
        fact("gradient", "기울기", way);
        fact("iterations", "반복 횟수", format!("{} of {}", thousands(*iteration), thousands(*iterations)));
        fact("batch size", "미니배치 크기", batch_size.to_string());
        fact("sampling", "미니배치 뽑기", sampling.to_string());
        fact("learning rate", "학습률", learning_rate.to_string());
        let start = match init_from {
            Some(model) => format!("from {model}"),
            None => format!("{weight_init_std} * N(0, 1)"),
        };
        fact("weights at the start", "처음 가중치", start);
        fact("seed", "시드", seed.to_string());
        fact("precision", "정밀도", precision.to_string());
        let saved = match checkpoint_every {
            Some(every) => format!("every {} iterations", thousands(*every)),
            None => "at an evaluation, ten seconds apart".to_owned(),
        };
        fact("checkpoints", "체크포인트", saved);
        if let Some(last) = history.evaluations.last() {
            fact("time, evaluations included", "걸린 시간(평가 포함)", duration(last.seconds));
        }
    }
    fact("program", "프로그램", concat!("app ", env!("CARGO_PKG_VERSION")).to_owned());
    fact("written", "작성", date(SystemTime::now()));
    facts
}

/// As `2026-05-17 09:30:00 UTC`. A clock that is wrong by decades is no reason to have no page.
fn date(time: SystemTime) -> String {
    /// The first second of the year 10000.
    const TOO_LATE: u64 = 253_402_300_800;
    match time.duration_since(SystemTime::UNIX_EPOCH) {
        Err(_) => "before 1970, if the clock is right".to_owned(),
        Ok(since) if since.as_secs() >= TOO_LATE => "after the year 9999, if the clock is right".to_owned(),
        Ok(_) => humantime::format_rfc3339_seconds(time).to_string().replace('T', " ").replace('Z', " UTC"),
    }
}

/// Whom images on the page are by, in words: a page that asks the network for nothing has no link either.
fn attribution(name: DatasetName) -> Option<&'static str> {
    match name {
        DatasetName::Mnist => Some(
            "The images are of MNIST, by Yann LeCun, Corinna Cortes and Christopher J.C. Burges, under CC BY-SA 3.0.",
        ),
        DatasetName::Fashion => Some("The images are of Fashion-MNIST, (c) 2017 Zalando SE, under the MIT License."),
        DatasetName::Kmnist => Some(
            "The images are of the KMNIST Dataset (created by CODH), adapted from the Kuzushiji Dataset (created by NIJL \
             and others), doi:10.20676/00000341, under CC BY-SA 4.0.",
        ),
        DatasetName::Digits => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[test]
    fn every_clock_gives_a_date() {
        let at = |seconds: i64| {
            let distance = Duration::from_secs(seconds.unsigned_abs());
            let epoch = SystemTime::UNIX_EPOCH;
            date(if seconds < 0 { epoch.checked_sub(distance) } else { epoch.checked_add(distance) }.unwrap())
        };
        assert_eq!(at(0), "1970-01-01 00:00:00 UTC");
        assert_eq!(at(253_402_300_799), "9999-12-31 23:59:59 UTC");
        assert!(at(-1).contains("before 1970"));
        assert!(at(253_402_300_800).contains("after the year 9999"));
    }
}
