//! Compares the chapter's training: this project with both gradients, then NumPy, PyTorch and JAX with backpropagation.
//! They run in turn, so that a machine that slows down affects all of them.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

use anyhow::{Context, Result, ensure};
use serde::Deserialize;

use super::{printed, succeed, target};
use crate::cargo;

const SCRIPTS: [&str; 3] = ["numpy_backprop.py", "torch_backprop.py", "jax_backprop.py"];
const PRECISIONS: [&str; 2] = ["f32", "f64"];

/// The result that a script prints for a run.
#[derive(Deserialize)]
struct Run {
    peer: String,
    version: String,
    seconds: f64,
    test: f64,
}

/// A row of the table.
struct Row {
    name: String,
    seconds: Vec<f64>,
    /// Test accuracy at the end.
    test: f64,
}

pub(super) fn measure(root: &Path, rounds: u32) -> Result<String> {
    let mnist = root.join("data/mnist");
    ensure!(mnist.is_dir(), "no MNIST in data/mnist; `cargo xtask fetch-mnist` fetches it");
    succeed(cargo(root).args(["build", "--release", "--locked", "-p", "app"]))?;
    let python = environment(root)?;

    let mut text = String::new();
    for precision in PRECISIONS {
        let backprop = ["--gradient", "backprop", "--precision", precision];
        let mut own = vec![("`app train`, backpropagation, the whole process", &backprop[..])];
        if precision == "f32" {
            own.push(("`app train`, numerical gradients in f64, the whole process", &["--gradient", "numerical"]));
        }
        let mut rows: Vec<Row> =
            own.iter().map(|(name, _)| Row { name: (*name).into(), seconds: Vec::new(), test: 0.0 }).collect();
        for round in 1..=rounds {
            eprintln!("{precision}, round {round} of {rounds}");
            for (row, (_, flags)) in rows.iter_mut().zip(&own) {
                let (seconds, test) = ours(root, flags)?;
                row.seconds.push(seconds);
                row.test = test;
            }
            for script in SCRIPTS {
                let mut command = Command::new(&python);
                command.arg(root.join("benches/peers").join(script)).arg(&mnist).arg(precision);
                // if these are set, they slow down a current NumPy
                command.env_remove("OPENBLAS_CORETYPE").env_remove("OPENBLAS_L2_SIZE");
                for line in printed(&mut command)?.lines() {
                    let run: Run = serde_json::from_str(line).with_context(|| format!("{script} printed {line}"))?;
                    add(&mut rows, run);
                }
            }
        }
        let gap = if text.is_empty() { "" } else { "\n" };
        write!(text, "{gap}{}", table(precision, rounds, &rows)?)?;
    }
    Ok(text.trim_end().to_owned())
}

/// The Python of a virtual environment with the peers.
fn environment(root: &Path) -> Result<PathBuf> {
    let folder = target(root).join("peers");
    let python = folder.join(if cfg!(windows) { "Scripts/python.exe" } else { "bin/python" });
    if !python.exists() {
        let system = if cfg!(windows) { "python" } else { "python3" };
        succeed(Command::new(system).args(["-m", "venv"]).arg(&folder))?;
    }
    let requirements = root.join("benches/peers/requirements.txt");
    succeed(Command::new(&python).args(["-m", "pip", "install", "--quiet", "--requirement"]).arg(requirements))?;
    Ok(python)
}

/// Seconds of our whole process, including loading, and its test accuracy.
fn ours(root: &Path, flags: &[&str]) -> Result<(f64, f64)> {
    let folder = tempfile::tempdir().context("cannot create a temporary folder")?;
    let out = folder.path().join("run");
    let program = target(root).join("release").join(format!("app{}", std::env::consts::EXE_SUFFIX));
    let mut command = Command::new(program);
    command.current_dir(root).args(["train", "--dataset", "mnist", "--quiet", "--no-report"]).args(flags);
    command.arg("--out").arg(&out);
    let start = Instant::now();
    succeed(&mut command)?;
    let seconds = start.elapsed().as_secs_f64();

    #[derive(Deserialize)]
    struct Line {
        test_accuracy: f64,
    }
    let log = fs::read_to_string(out.join("log.jsonl")).context("cannot read the log of the run")?;
    let last = log.lines().last().unwrap_or_default();
    let Line { test_accuracy } = serde_json::from_str(last).context("the last line of the log")?;
    Ok((seconds, test_accuracy))
}

fn add(rows: &mut Vec<Row>, run: Run) {
    let name = format!("{} ({})", run.peer, run.version);
    match rows.iter_mut().find(|row| row.name == name) {
        Some(row) => row.seconds.push(run.seconds),
        None => rows.push(Row { name, seconds: vec![run.seconds], test: run.test }),
    }
}

/// This project first; a ratio below 1 means that the peer is faster.
fn table(precision: &str, rounds: u32, rows: &[Row]) -> Result<String> {
    let mut text = format!("| {precision}, {rounds} rounds | median | least to most | times ours | test accuracy |\n");
    writeln!(text, "| --- | --- | --- | --- | --- |")?;
    let own = median(&rows[0].seconds);
    for Row { name, seconds, test } in rows {
        let middle = median(seconds);
        let (least, most) = seconds.iter().fold((f64::INFINITY, 0.0_f64), |(a, b), s| (a.min(*s), b.max(*s)));
        let ratio = middle / own;
        let ahead = if ratio < 1.0 { ", ahead" } else { "" };
        writeln!(text, "| {name} | {middle:.2} s | {least:.2} to {most:.2} s | {ratio:.2}{ahead} | {test:.4} |")?;
    }
    Ok(text)
}

fn median(seconds: &[f64]) -> f64 {
    let mut sorted = seconds.to_vec();
    sorted.sort_by(f64::total_cmp);
    let (low, high) = ((sorted.len() - 1) / 2, sorted.len() / 2);
    f64::midpoint(sorted[low], sorted[high])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_has_the_medians_and_says_where_a_peer_is_ahead() {
        let mut rows = vec![Row { name: "ours".into(), seconds: vec![2.5, 2.0, 1.5], test: 0.95 }];
        for seconds in [7.0, 5.0] {
            add(&mut rows, Run { peer: "slow".into(), version: "1".into(), seconds, test: 0.94 });
        }
        add(&mut rows, Run { peer: "fast".into(), version: "2".into(), seconds: 1.0, test: 0.94 });
        assert_eq!(
            table("f32", 2, &rows).unwrap().lines().skip(2).collect::<Vec<_>>(),
            [
                "| ours | 2.00 s | 1.50 to 2.50 s | 1.00 | 0.9500 |",
                "| slow (1) | 6.00 s | 5.00 to 7.00 s | 3.00 | 0.9400 |",
                "| fast (2) | 1.00 s | 1.00 to 1.00 s | 0.50, ahead | 0.9400 |",
            ]
        );
    }
}
