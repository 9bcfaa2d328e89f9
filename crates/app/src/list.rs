//! `app runs`: what lies in `data/runs`.

use crate::checkpoint::{self, Run};
use crate::cli::RunsArgs;
use crate::config::Config;
use crate::runs::{self, MODEL};
use crate::text::{counted, program, thousands};
use anyhow::Result;
use net::Sizes;
use serde::Serialize;
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
    /// Inputs, hidden units, classes.
    sizes: [usize; 3],
    /// By the last evaluation.
    train_accuracy: Option<f64>,
    test_accuracy: Option<f64>,
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
    let content = match summary(&model) {
        Ok(summary) => Content::Read(Box::new(summary)),
        Err(error) => Content::Damaged { error: format!("{error:#}") },
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
        config,
    })
}

fn text(listed: &[Listed]) -> Result<String> {
    let root = runs::root();
    if listed.is_empty() {
        return Ok(format!("no run in {} yet; `{} train` makes one\n", root.display(), program()));
    }
    let mut text = String::new();
    writeln!(
        text,
        "{:5}  {:>8}  {:7}  {:9}  {:10}  {:>17}  {:>6}",
        "run", "saved", "data", "gradient", "net", "iterations", "test"
    )?;
    let (mut open, mut damaged) = (Vec::new(), Vec::new());
    for Listed { run, age: seconds, content, .. } in listed {
        write!(text, "{:5}  {:>8}", format!("{run:04}"), seconds.map_or_else(|| "-".to_owned(), age))?;
        let Summary { finished, iteration, sizes: [inputs, hidden, classes], test_accuracy, config, .. } = match content
        {
            Content::Read(summary) => &**summary,
            Content::Damaged { .. } => {
                writeln!(text, "  damaged")?;
                damaged.push(*run);
                continue;
            }
        };
        let mut done = thousands(*iteration);
        if !finished {
            done = format!("{done} of {}", thousands(config.iterations));
            open.push(*run);
        }
        let net = format!("{inputs}-{hidden}-{classes}");
        let test = test_accuracy.map_or_else(|| "-".to_owned(), |accuracy| format!("{accuracy:.4}"));
        let (data, gradient) = (config.dataset.to_string(), config.gradient.to_string());
        writeln!(text, "  {data:7}  {gradient:9}  {net:10}  {done:>17}  {test:>6}")?;
    }
    // on a line of its own, since the program may have a long name
    if let Some(last) = open.last() {
        let verb = if open.len() == 1 { "has" } else { "have" };
        let count = counted(open.len() as u64, "run");
        writeln!(text, "\n{count} {verb} not ended. Go on with the last:\n  {} train --resume {last}", program())?;
    }
    if let Some(last) = damaged.last() {
        writeln!(text, "\nWhat is wrong with {last:04}:\n  {} inspect {last}", program())?;
    }
    Ok(text)
}

/// How long ago, in the unit that fits.
fn age(seconds: f64) -> String {
    match seconds {
        s if s < 60.0 => "now".to_owned(),
        s if s < 3600.0 => format!("{:.0} min", (s / 60.0).floor()),
        s if s < 86_400.0 => format!("{:.0} h", (s / 3600.0).floor()),
        s => format!("{:.0} d", (s / 86_400.0).floor()),
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
