//! `app runs`: what lies in `data/runs`.

use crate::checkpoint::{self, Run};
use crate::cli::RunsArgs;
use crate::compare::shown;
use crate::config::Config;
use crate::lang::{self, said};
use crate::runs::{self, MODEL};
use crate::text::{duration, headings, padded, program, right, tail, thousands, wrapped};
use anyhow::Result;
use net::Sizes;
use serde::Serialize;
use serde_json::{Map, Value};
use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::SystemTime;

/// A run folder with a checkpoint.
#[derive(Serialize)]
struct Listed {
    run: u64,
    folder: String,
    /// When the checkpoint was saved, as RFC 3339.
    saved: Option<String>,
    #[serde(skip)]
    age: Option<f64>,
    #[serde(flatten)]
    content: Content,
}

#[derive(Serialize)]
#[serde(untagged)]
enum Content {
    Read(Box<Summary>),
    Damaged { error: String },
}

#[derive(Serialize)]
struct Summary {
    finished: bool,
    iteration: u64,
    /// Inputs, hidden neurons, classes.
    sizes: [usize; 3],
    /// By the last evaluation.
    train_accuracy: Option<f64>,
    test_accuracy: Option<f64>,
    /// What the training took up to that evaluation, earlier sittings and evaluations included.
    seconds: Option<f64>,
    config: Config,
}

pub(crate) fn run(arguments: &RunsArgs) -> Result<ExitCode> {
    let folders = runs::all()?.into_iter().filter(|(_, folder)| folder.join(MODEL).is_file());
    let listed: Vec<Listed> = folders.map(|(run, folder)| look(run, folder)).collect();
    let text = if arguments.json { serde_json::to_string_pretty(&listed)? + "\n" } else { text(&listed)? };
    io::stdout().write_all(text.as_bytes())?;
    Ok(ExitCode::SUCCESS)
}

fn look(run: u64, folder: PathBuf) -> Listed {
    let model = folder.join(MODEL);
    let saved = fs::metadata(&model).and_then(|metadata| metadata.modified()).ok();
    let age = saved.and_then(|saved| SystemTime::now().duration_since(saved).ok()).map(|age| age.as_secs_f64());
    // what a clock that is far off has written cannot be printed
    let saved = saved.and_then(date);
    // JSON alone shows the error
    let content = match lang::in_english(|| summary(&model).map_err(|error| format!("{error:#}"))) {
        Ok(summary) => Content::Read(Box::new(summary)),
        Err(error) => Content::Damaged { error },
    };
    Listed { run, folder: folder.display().to_string(), saved, age, content }
}

/// `None` where the year has not four digits or is before 1970.
fn date(time: SystemTime) -> Option<String> {
    if time < SystemTime::UNIX_EPOCH {
        return None;
    }
    let mut text = String::new();
    write!(text, "{}", humantime::format_rfc3339_seconds(time)).ok()?;
    Some(text)
}

fn summary(model: &Path) -> Result<Summary> {
    let (parameters, run) = checkpoint::read(model)?.into_parts();
    let Sizes { inputs, hidden, classes } = parameters.sizes()?;
    let finished = run.is_finished();
    let Run { iteration, config, history, .. } = run;
    let last = history.evaluations.last();
    Ok(Summary {
        finished,
        iteration,
        sizes: [inputs, hidden, classes],
        train_accuracy: last.map(|last| last.train_accuracy),
        test_accuracy: last.map(|last| last.test_accuracy),
        seconds: last.map(|last| last.seconds),
        config,
    })
}

fn text(listed: &[Listed]) -> Result<String> {
    let root = runs::root();
    if listed.is_empty() {
        return Ok(said!(
            "no run in {} yet; train a network with `{} train`\n",
            "{}에 아직 학습이 없습니다. `{} train`으로 학습하세요\n",
            root.display(),
            program()
        ));
    }
    let mut text = String::new();
    let left = [(said!("data", "데이터"), 8), (said!("gradient", "기울기"), 10), (said!("net", "신경망"), 6)];
    let left: String = left.iter().map(|(heading, width)| padded(heading, *width)).collect();
    let numbers = headings([
        (said!("iterations", "반복 횟수"), 20),
        (said!("train", "훈련"), 6),
        (said!("test", "시험"), 6),
        (said!("time", "시간"), 7),
    ]);
    writeln!(text, "{} {}  {left}{numbers}", padded(&said!("run", "번호"), 4), right(&said!("saved", "경과"), 6))?;
    let (mut open, mut damaged) = (Vec::new(), Vec::new());
    for Listed { run, age: seconds, content, .. } in listed {
        let saved = seconds.map_or_else(|| "-".to_owned(), age);
        write!(text, "{run:04} {}", right(&saved, 6))?;
        let summary = match content {
            Content::Read(summary) => &**summary,
            Content::Damaged { .. } => {
                writeln!(text, "  {}", said!("damaged", "손상됨"))?;
                damaged.push(*run);
                continue;
            }
        };
        let Summary { finished, iteration, sizes: [inputs, hidden, classes], config, .. } = summary;
        let mut done = thousands(*iteration);
        if !finished {
            done = format!("{done}/{}", thousands(config.iterations));
            open.push(*run);
        }
        let net = format!("{inputs}-{hidden}-{classes}");
        // the two share 27 columns, since few runs have both a wide net and a long count
        let rest = 27_usize.saturating_sub(net.len()).max(done.len() + 1);
        let or_dash = |text: Option<String>| text.unwrap_or_else(|| "-".to_owned());
        let [train, test] = [summary.train_accuracy, summary.test_accuracy]
            .map(|accuracy| or_dash(accuracy.map(|accuracy| format!("{accuracy:.4}"))));
        let took = or_dash(summary.seconds.map(duration));
        let (data, gradient) = (config.dataset.to_string(), config.gradient.to_string());
        writeln!(text, "  {data:7} {gradient:9} {net}{done:>rest$} {train:>6} {test:>6} {}", right(&took, 7))?;
    }
    let lines = settings_that_differ(listed)?;
    if !lines.is_empty() {
        writeln!(text, "\n{}\n{}", said!("Settings that differ:", "서로 다른 설정:"), lines.join("\n"))?;
    }
    // on a line of its own, since the program may have a long name
    if let Some(last) = open.last() {
        let line = match thousands(open.len()) {
            _ if open.len() == 1 => {
                said!("1 run is not finished. Resume it with:", "끝나지 않은 학습이 1개 있습니다. 이어서 하려면:")
            }
            n => said!(
                "{n} runs are not finished. Resume the last one with:",
                "끝나지 않은 학습이 {n}개 있습니다. 마지막 학습을 이어서 하려면:"
            ),
        };
        writeln!(text, "\n{line}\n  {} train --resume {last}", program())?;
    }
    if let Some(last) = damaged.last() {
        let line = said!("To see what is wrong with {last:04}:", "{last:04}번이 어떻게 손상되었는지 보려면:");
        writeln!(text, "\n{line}\n  {} inspect {last}", program())?;
    }
    Ok(text)
}

/// A line per run, with the settings in which the runs differ. Settings that have a column in the table are left out.
fn settings_that_differ(listed: &[Listed]) -> Result<Vec<String>> {
    let mut runs: Vec<(u64, Map<String, Value>)> = Vec::new();
    for Listed { run, content, .. } in listed {
        if let Content::Read(summary) = content
            && let Value::Object(settings) = serde_json::to_value(&summary.config)?
        {
            runs.push((*run, settings));
        }
    }
    let names: BTreeSet<&String> = runs.iter().flat_map(|(_, settings)| settings.keys()).collect();
    let in_table = ["dataset", "data_dir", "gradient", "iterations", "hidden"];
    let differs = |name: &&&String| {
        let mut values = runs.iter().map(|(_, settings)| settings.get(**name).unwrap_or(&Value::Null));
        let first = values.next();
        !in_table.contains(&name.as_str()) && values.any(|value| Some(value) != first)
    };
    let names: Vec<&String> = names.iter().filter(differs).copied().collect();
    let mut lines = Vec::new();
    for (run, settings) in &runs {
        let of = |name: &&String| {
            let value = settings.get(*name).filter(|value| !value.is_null())?;
            Some(format!("{} {}", name.replace('_', " "), tail(&shown(value), 28)))
        };
        let values: Vec<String> = names.iter().filter_map(of).collect();
        if !values.is_empty() {
            lines.push(wrapped(&format!("{run:04}  {}", values.join(", ")), 80));
        }
    }
    Ok(lines)
}

/// How long ago, in the unit that fits.
fn age(seconds: f64) -> String {
    match seconds {
        s if s < 60.0 => said!("now", "방금"),
        s if s < 3600.0 => said!("{:.0} min", "{:.0}분", (s / 60.0).floor()),
        s if s < 86_400.0 => said!("{:.0} h", "{:.0}시간", (s / 3600.0).floor()),
        s => said!("{:.0} d", "{:.0}일", (s / 86_400.0).floor()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_age_is_told_in_the_unit_that_fits() {
        let found = [0.0, 59.9, 60.0, 3599.0, 3600.0, 86_399.0, 86_400.0, 1e7].map(age);
        assert_eq!(found, ["now", "now", "1 min", "59 min", "1 h", "23 h", "1 d", "115 d"]);
    }
}
