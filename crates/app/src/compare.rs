//! `app compare`: two runs side by side.

use crate::chart::{Dots, both_courses};
use crate::checkpoint::Run;
use crate::cli::CompareArgs;
use crate::config::Config;
use crate::failure::usage;
use crate::lang::said;
use crate::model::Model;
use crate::terminal;
use crate::text::{headings, padded, right, tail, thousands};
use anyhow::Result;
use net::Parameters;
use serde::Serialize;
use serde_json::{Map, Value};
use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::io::{self, IsTerminal as _, Write as _};
use std::path::Path;
use std::process::ExitCode;
use training::History;

#[derive(Serialize)]
struct Compared<'a> {
    models: [String; 2],
    /// Settings that are not the same, each with both values; null where one has none.
    differences: Map<String, Value>,
    same_images: bool,
    /// The parameter that differs most; null where the sizes differ.
    largest_difference: Option<Largest>,
    iterations: [u64; 2],
    histories: [&'a History; 2],
}

#[derive(Serialize)]
struct Largest {
    name: &'static str,
    difference: f64,
}

pub(crate) fn run(arguments: &CompareArgs) -> Result<ExitCode> {
    let (one, other) = (load(&arguments.one)?, load(&arguments.other)?);
    let (a, b) = (run_of(&one)?, run_of(&other)?);
    let compared = Compared {
        models: [&one, &other].map(|model| model.path.display().to_string()),
        differences: differences(&a.config, &b.config)?,
        same_images: a.data == b.data,
        largest_difference: largest(&one.parameters.to(), &other.parameters.to()),
        iterations: [a.iteration, b.iteration],
        histories: [&a.history, &b.history],
    };
    let names = [&arguments.one, &arguments.other].map(|given| given.display().to_string());
    let text = if arguments.json { serde_json::to_string_pretty(&compared)? + "\n" } else { text(&compared, &names)? };
    io::stdout().write_all(text.as_bytes())?;
    Ok(ExitCode::SUCCESS)
}

fn load(given: &Path) -> Result<Model> {
    Model::load(Some(given), None)
}

fn run_of(model: &Model) -> Result<&Run> {
    let path = model.path.display();
    model.run.as_ref().ok_or_else(|| {
        usage(said!(
            "{path} contains only a network, without settings and history; name a run or a checkpoint",
            "{path}에는 신경망만 있고 설정과 기록이 없습니다. 학습이나 체크포인트를 지정하세요"
        ))
    })
}

fn differences(a: &Config, b: &Config) -> Result<Map<String, Value>> {
    let (Value::Object(a), Value::Object(b)) = (serde_json::to_value(a)?, serde_json::to_value(b)?) else {
        return Ok(Map::new());
    };
    let names: BTreeSet<&String> = a.keys().chain(b.keys()).collect();
    let of = |settings: &Map<String, Value>, name: &str| settings.get(name).cloned().unwrap_or(Value::Null);
    let both = names.into_iter().map(|name| (name, of(&a, name), of(&b, name)));
    Ok(both.filter(|(_, a, b)| a != b).map(|(name, a, b)| (name.clone(), Value::from(vec![a, b]))).collect())
}

fn largest(a: &Parameters<f64>, b: &Parameters<f64>) -> Option<Largest> {
    if a.sizes().ok()? != b.sizes().ok()? {
        return None;
    }
    let pairs = a
        .named()
        .zip(b.named())
        .flat_map(|((name, a), (_, b))| a.iter().zip(b).map(move |(a, b)| (name, (a - b).abs())));
    let (name, difference) = pairs.reduce(|largest, next| if next.1 > largest.1 { next } else { largest })?;
    Some(Largest { name, difference })
}

/// Columns of a setting's name, and of each value.
const NAME: usize = 22;
const VALUE: usize = 28;

/// At most so many lines of accuracies.
const MOST_LINES: usize = 20;

fn text(compared: &Compared, names: &[String; 2]) -> Result<String> {
    let mut text = String::new();
    let line = |text: &mut String, name: &str, [a, b]: [String; 2]| {
        let line = format!("{}{} {}", padded(name, NAME), padded(&tail(&a, VALUE), VALUE), tail(&b, VALUE));
        writeln!(text, "{}", line.trim_end())
    };
    line(&mut text, "", names.clone())?;
    for (name, values) in &compared.differences {
        line(&mut text, &name.replace('_', " "), [shown(&values[0]), shown(&values[1])])?;
    }
    line(&mut text, &said!("iterations done", "반복한 횟수"), compared.iterations.map(thousands))?;
    let settings = if compared.differences.is_empty() {
        said!("All settings are the same.", "모든 설정이 같습니다.")
    } else {
        said!("All other settings are the same.", "나머지 설정은 모두 같습니다.")
    };
    writeln!(text, "{settings}")?;
    if !compared.same_images {
        writeln!(text, "{}", said!("The images are not the same.", "이미지가 서로 다릅니다."))?;
    }
    let parameters = match &compared.largest_difference {
        Some(Largest { difference: 0.0, .. }) => said!("The parameters are the same.", "매개변수가 같습니다."),
        Some(Largest { name, difference }) => said!(
            "The parameters differ by at most {difference:.2e}, in {name}.",
            "매개변수의 차이는 최대 {difference:.2e}입니다({name})."
        ),
        None => said!("The networks have different sizes.", "신경망의 크기가 서로 다릅니다."),
    };
    writeln!(text, "{parameters}")?;

    let columns = [(said!("loss", "손실"), 8), (said!("train", "훈련"), 7), (said!("test", "시험"), 7)];
    let columns = headings(columns);
    let [a, b] = [&names[0], &names[1]].map(|name| tail(name, 25));
    writeln!(text, "\n{:11}{}   {}", "", right(&a, 25), right(&b, 25))?;
    writeln!(text, "{}{columns}   {columns}", right(&said!("iteration", "반복"), 11))?;
    for iteration in thin(&iterations(compared)) {
        let [a, b] = compared.histories.map(|history| cells(history, iteration));
        writeln!(text, "{}", format!("{:>11}{a}   {b}", thousands(iteration)).trim_end())?;
    }
    let line = said!(
        "loss: the mean over the batches since the previous evaluation",
        "손실: 바로 앞의 평가 뒤에 쓴 미니배치들의 평균 손실"
    );
    writeln!(text, "\n{line}")?;
    let dots = if io::stdout().is_terminal() { Dots::of_environment() } else { Dots::Ascii };
    let chart = both_courses(compared.histories, terminal::width(io::stdout()), dots);
    if !chart.is_empty() {
        let [line, dotted] = match dots {
            Dots::Ascii => ["*", "o"].map(str::to_owned),
            Dots::Braille => [said!("line", "선"), said!("dots", "점")],
        };
        writeln!(text, "\n{}\n{line}: {}, {dotted}: {}", chart.join("\n"), a.trim(), b.trim())?;
    }
    Ok(text)
}

/// The value of a setting, as people read it.
pub(crate) fn shown(value: &Value) -> String {
    match value {
        Value::Null => "-".to_owned(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

/// Where either run was evaluated.
fn iterations(compared: &Compared) -> Vec<u64> {
    let all = compared.histories.iter().flat_map(|history| history.evaluations.iter().map(|e| e.iteration));
    all.collect::<BTreeSet<u64>>().into_iter().collect()
}

/// Some of many, the first and the last among them.
fn thin(all: &[u64]) -> impl Iterator<Item = u64> {
    let every = all.len().div_ceil(MOST_LINES).max(1);
    let last = all.len().saturating_sub(1);
    all.iter().enumerate().filter(move |(k, _)| k % every == 0 || *k == last).map(|(_, iteration)| *iteration)
}

/// Loss and accuracies of a run after this iteration, or blanks.
fn cells(history: &History, iteration: u64) -> String {
    let Some(k) = history.evaluations.iter().position(|e| e.iteration == iteration) else { return " ".repeat(25) };
    let (losses, evaluation) = (history.losses_before(k), &history.evaluations[k]);
    let mean = losses.iter().sum::<f64>() / losses.len() as f64;
    let loss = match mean {
        _ if losses.is_empty() => "-".to_owned(),
        mean if mean.abs() < 1000.0 => format!("{mean:.4}"),
        mean => format!("{mean:.2e}"),
    };
    format!("{loss:>9} {:>7.4} {:>7.4}", evaluation.train_accuracy, evaluation.test_accuracy)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::tests::config;

    #[test]
    fn differences_name_what_is_not_the_same_and_nothing_else() {
        let other = Config { seed: 1, evaluate_every: Some(50), ..config() };
        let found = differences(&config(), &other).unwrap();
        assert_eq!(Value::Object(found), serde_json::json!({ "seed": [0, 1], "evaluate_every": [null, 50] }));
        assert!(differences(&other, &other).unwrap().is_empty());
    }

    #[test]
    fn the_first_and_the_last_line_stay_of_many() {
        let all: Vec<u64> = (1..=101).collect();
        let kept: Vec<u64> = thin(&all).collect();
        assert_eq!((kept[0], kept[1], kept.last(), kept.len()), (1, 7, Some(&101), 18));
        assert_eq!(thin(&all[..3]).count(), 3);
        assert_eq!(thin(&[]).count(), 0);
    }
}
