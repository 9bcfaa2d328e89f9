//! `app report`, and the page that training writes: what the crate `report` needs to know of a run.

use crate::checkpoint::{Run, Stored};
use crate::cli::ReportArgs;
use crate::config::{Config, DatasetName, Gradient};
use crate::data::Data;
use crate::files;
use crate::lang::said;
use crate::model::Model;
use crate::runs::PAGE;
use crate::text::{counted, durations, say, thousands};
use crate::train::{has_risen, is_saturated, loss_at_start};
use anyhow::{Context, Result};
use net::{Activation, Predictor, Rows, TwoLayerNet};
use net_file::AnyParameters;
use report::{Accuracies, Answers, Fact, Page};
use std::fs;
use std::path::Path;
use std::process::ExitCode;
use std::time::SystemTime;

pub(crate) fn run(arguments: &ReportArgs) -> Result<ExitCode> {
    let model = Model::load(arguments.model.path(), arguments.model.activation)?;
    let data = model.data(&arguments.source)?;
    let answers = match model.parameters {
        AnyParameters::F32(_) => answers::<f32>(&model, &data),
        AnyParameters::F64(_) => answers::<f64>(&model, &data),
    };
    let net = model.net::<f32>();
    let page = page(model.run.as_ref(), &net, &data, &answers);

    let file = arguments.output.clone().unwrap_or_else(|| model.path.with_file_name(PAGE));
    let mut figures = Vec::new();
    if let Some(folder) = &arguments.figures {
        figures = page.figures()?.into_iter().map(|(name, svg)| (folder.join(name), svg)).collect();
        fs::create_dir_all(folder).with_context(|| {
            said!("cannot create the folder {}", "폴더 {}을(를) 만들 수 없습니다", folder.display())
        })?;
    }
    files::check_replaceable(&file, START)?;
    for (file, svg) in &figures {
        files::check_replaceable(file, svg.lines().next().unwrap_or_default())?;
    }
    write_page(&page, &file)?;
    say(&said!("wrote {}", "{}을(를) 저장했습니다", file.display()));
    for (file, svg) in figures {
        files::write(&file, svg.as_bytes())?;
        say(&said!("wrote {}", "{}을(를) 저장했습니다", file.display()));
    }
    Ok(ExitCode::SUCCESS)
}

fn answers<T: Stored>(model: &Model, data: &Data) -> Answers {
    let images: Rows<T> = Rows::from_bytes(data.test.pixels(), data.test.pixels_per_image());
    Answers::of(&Predictor::new(&model.net::<T>()), &images, &data.test)
}

/// How a page begins, and no other file.
const START: &str = "<!DOCTYPE html><html lang=\"en\"><head><meta charset=\"utf-8\"><meta \
                     http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'sha256-";

/// Writes the page, whole or not at all.
pub(crate) fn write_page(page: &Page, file: &Path) -> Result<()> {
    files::write(file, page.to_html()?.as_bytes())
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
        warnings: warnings(run, net, data),
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
    let mut fact = |english, korean, value: [String; 2]| facts.push(Fact { name: [english, korean], value });
    let same = |value: String| [value.clone(), value];
    let sizes = net.sizes();
    fact("data set", "데이터셋", data.texts());
    fact("network", "신경망", same(format!("{}-{}-{}", sizes.inputs, sizes.hidden, sizes.classes)));
    fact("parameters", "매개변수", same(sizes.parameters().map_or_else(String::new, thousands)));
    let korean = match net.activation {
        Activation::Sigmoid => "시그모이드",
        Activation::Tanh => "쌍곡탄젠트(tanh)",
        Activation::Relu => "ReLU",
    };
    fact("activation", "활성화 함수", [format!("{:?}", net.activation).to_lowercase(), korean.to_owned()]);
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
            evaluate_every,
        } = config;
        let way = match gradient {
            Gradient::Numerical => {
                [format!("numerical, central differences, h = {step:e}"), format!("수치 미분, 중심 차분, h = {step:e}")]
            }
            Gradient::Backprop => ["backpropagation".to_owned(), "오차역전파법".to_owned()],
        };
        fact("gradient", "기울기", way);
        let (done, of) = (thousands(*iteration), thousands(*iterations));
        fact("iterations", "반복 횟수", [format!("{done} of {of}"), format!("{of}회 중 {done}회")]);
        fact("batch size", "미니배치 크기", same(batch_size.to_string()));
        fact("sampling", "미니배치 추출 방법", [sampling.to_string(), sampling.korean().to_owned()]);
        fact("learning rate", "학습률", same(learning_rate.to_string()));
        let start = match init_from {
            Some(model) => [format!("from {model}"), format!("{model}에서 가져옴")],
            None => same(format!("{weight_init_std} * N(0, 1)")),
        };
        fact("initial weights", "가중치 초깃값", start);
        fact("seed", "시드", same(seed.to_string()));
        fact("precision", "정밀도", same(precision.to_string()));
        let each =
            |every: u64| [format!("every {}", counted(every, "iteration")), format!("{}회마다", thousands(every))];
        let saved = [
            "after an evaluation, at most once per 10 s".to_owned(),
            "정확도를 구할 때마다, 다만 10초에 한 번까지".to_owned(),
        ];
        fact("checkpoints", "체크포인트", checkpoint_every.map_or(saved, each));
        let epoch = ["once per epoch".to_owned(), "에폭마다".to_owned()];
        fact("accuracies", "정확도 측정", evaluate_every.map_or(epoch, each));
        if let Some(last) = history.evaluations.last() {
            fact("time, evaluations included", "걸린 시간(평가 포함)", durations(last.seconds));
        }
    }
    fact("program", "프로그램", same(concat!("app ", env!("CARGO_PKG_VERSION")).to_owned()));
    fact("written", "작성", date(SystemTime::now()));
    facts
}

/// As `2026-05-17 09:30:00 UTC`. A clock that is wrong by decades is no reason to have no page.
fn date(time: SystemTime) -> [String; 2] {
    /// The first second of the year 10000.
    const TOO_LATE: u64 = 253_402_300_800;
    match time.duration_since(SystemTime::UNIX_EPOCH) {
        Err(_) => ["before 1970, if the clock is right".to_owned(), "1970년 이전(시계가 맞다면)".to_owned()],
        Ok(since) if since.as_secs() >= TOO_LATE => {
            ["after the year 9999, if the clock is right".to_owned(), "9999년 이후(시계가 맞다면)".to_owned()]
        }
        Ok(_) => {
            let date = humantime::format_rfc3339_seconds(time).to_string().replace('T', " ").replace('Z', " UTC");
            [date.clone(), date]
        }
    }
}

/// What went wrong with the run, or makes it another one than a reader of the page may think.
fn warnings(run: Option<&Run>, net: &TwoLayerNet<f32>, data: &Data) -> Vec<[String; 2]> {
    let mut warnings = Vec::new();
    let mut warn = |english: String, korean: String| warnings.push([english, korean]);
    if data.name == DatasetName::Digits {
        warn(
            "These are the built-in digits, which the program draws itself; they are not MNIST.".to_owned(),
            "MNIST가 아니라 프로그램이 직접 그린 내장 숫자입니다.".to_owned(),
        );
    }
    let Some(run) = run else { return warnings };
    if !run.is_finished() {
        let (done, of) = (thousands(run.iteration), thousands(run.config.iterations));
        warn(
            format!("The run is not finished: this is the network after {done} of {of} iterations."),
            format!("아직 끝나지 않은 학습입니다. 전체 {of}회 중 {done}회까지 학습한 신경망입니다."),
        );
    }
    let start = match run.config.init_from {
        None => {
            let Config { seed, activation, weight_init_std, .. } = run.config;
            let fresh = training::fresh_net::<f32>(seed, net.sizes(), activation.into(), weight_init_std);
            loss_at_start(&fresh, &data.train)
        }
        Some(_) => run.history.losses.first().copied().unwrap_or(f64::INFINITY),
    };
    let largest = run.history.losses.iter().copied().fold(0.0, f64::max);
    if has_risen(largest, start, net.sizes().classes) {
        let rate = run.config.learning_rate;
        warn(
            format!("The loss rose to {largest:.3}: the learning rate is too large. Try one below {rate}."),
            format!("손실이 {largest:.3}까지 올랐습니다. 학습률이 너무 큽니다. {rate}보다 작게 해 보세요."),
        );
    }
    if is_saturated(net, &data.train) {
        warn(
            "All hidden neurons are saturated: the derivative of their activation function is almost 0, so W1 and b1 \
             learn very slowly."
                .to_owned(),
            "은닉층의 뉴런이 모두 포화되어 활성화 함수의 미분이 거의 0입니다. W1과 b1은 아주 느리게 학습합니다."
                .to_owned(),
        );
    }
    warnings
}

/// Who made the images on the page, in words: the page works offline and has no links.
fn attribution(name: DatasetName) -> Option<[&'static str; 2]> {
    match name {
        DatasetName::Mnist => Some([
            "The images are from MNIST, by Yann LeCun, Corinna Cortes and Christopher J.C. Burges, under CC BY-SA 3.0.",
            "이미지: MNIST, Yann LeCun, Corinna Cortes, Christopher J.C. Burges, CC BY-SA 3.0.",
        ]),
        DatasetName::Fashion => Some([
            "The images are from Fashion-MNIST, (c) 2017 Zalando SE, under the MIT License.",
            "이미지: Fashion-MNIST, (c) 2017 Zalando SE, MIT License.",
        ]),
        DatasetName::Kmnist => Some([
            "The images are from the KMNIST Dataset (created by CODH), adapted from the Kuzushiji Dataset (created by NIJL \
             and others), doi:10.20676/00000341, under CC BY-SA 4.0.",
            "이미지: KMNIST Dataset(CODH 제작), Kuzushiji Dataset(국문학연구자료관 등 제작)을 가공함, \
             doi:10.20676/00000341, CC BY-SA 4.0.",
        ]),
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
        assert_eq!(at(0)[0], "1970-01-01 00:00:00 UTC");
        assert_eq!(at(253_402_300_799)[0], "9999-12-31 23:59:59 UTC");
        assert!(at(-1)[0].contains("before 1970"));
        assert!(at(253_402_300_800)[0].contains("after the year 9999"));
    }
}
