//! `log.jsonl`, and how it goes on after a resumption.

use super::observers::GO_ON;
use super::setting::Setting;
use crate::checkpoint::Stored;
use crate::config::Config;
use crate::data::Fingerprint;
use crate::files;
use crate::lang::said;
use crate::runs::RunFolder;
use anyhow::{Context, Result};
use serde::{Deserialize, Serialize};
use std::fs::File;
use std::io::{self, Write};
use std::ops::ControlFlow;
use std::path::PathBuf;
use training::{History, Observer, Run};

/// `log.jsonl`: the configuration, then a line an evaluation.
pub(super) struct Log {
    path: PathBuf,
}

#[derive(Serialize)]
struct LogHead<'a> {
    program: &'static str,
    version: &'static str,
    config: &'a Config,
    threads: usize,
    data: &'a Fingerprint,
}

#[derive(Serialize)]
struct LogLine<'a> {
    iteration: u64,
    train_accuracy: f64,
    test_accuracy: f64,
    seconds: f64,
    /// There is a loss for every `loss_stride`-th iteration.
    loss_stride: u64,
    /// Since the line before.
    losses: &'a [f64],
}

impl Log {
    /// Writes what the run has so far: the head, and after a resumption the lines up to the checkpoint, from the
    /// checkpoint. So each evaluation stands once, whatever the log held. A line that the log had stays where it holds more
    /// of the losses than the checkpoint: then the log ends up as if the run had never stopped.
    pub(super) fn open<T: Stored>(folder: &RunFolder, setting: &Setting, run: &Run<T>) -> Result<Self> {
        let head = LogHead {
            program: env!("CARGO_PKG_NAME"),
            version: env!("CARGO_PKG_VERSION"),
            config: &setting.config,
            threads: rayon::current_num_threads(),
            data: &setting.fingerprint,
        };
        let mut lines = serde_json::to_string(&head)? + "\n";
        let log = Self { path: folder.log() };
        let old = if run.history().stride > 1 { files::read(&log.path).unwrap_or_default() } else { Vec::new() };
        let mut old = old.split(|byte| *byte == b'\n').skip(1);
        for k in 0..run.history().evaluations.len() {
            match old.next().and_then(|old| finer(old, run.history(), k)) {
                Some(old) => lines = lines + old + "\n",
                None => lines += &line(run.history(), k)?,
            }
        }
        files::replace(&log.path, &[lines.as_bytes()]).with_context(|| log.cannot_write())?;
        Ok(log)
    }

    /// Opened again for each line: in a file that was held open, a run would go on writing after its folder is gone.
    fn append(&self, line: &str) -> io::Result<()> {
        files::check_writable(&self.path)?;
        File::options().append(true).open(&self.path)?.write_all(line.as_bytes())
    }

    fn cannot_write(&self) -> String {
        let path = self.path.display();
        said!("cannot write the log {path}", "로그 {path}에 쓸 수 없습니다")
    }
}

fn line(history: &History, k: usize) -> Result<String> {
    let evaluation = history.evaluations[k];
    let line = LogLine {
        iteration: evaluation.iteration,
        train_accuracy: evaluation.train_accuracy,
        test_accuracy: evaluation.test_accuracy,
        seconds: (evaluation.seconds * 1e3).round() / 1e3,
        loss_stride: history.stride,
        losses: history.losses_before(k),
    };
    Ok(serde_json::to_string(&line)? + "\n")
}

/// `old` where it is the line of evaluation `k`, with losses of more iterations than are kept by now.
fn finer<'a>(old: &'a [u8], history: &History, k: usize) -> Option<&'a str> {
    #[derive(Deserialize)]
    struct Old {
        iteration: u64,
        train_accuracy: f64,
        test_accuracy: f64,
        loss_stride: u64,
        losses: Vec<f64>,
    }
    let old = std::str::from_utf8(old).ok()?;
    let Old { iteration, train_accuracy, test_accuracy, loss_stride, losses } = serde_json::from_str(old).ok()?;
    let evaluation = history.evaluations[k];
    let before = k.checked_sub(1).map_or(0, |before| history.evaluations[before].iteration);
    let same = iteration == evaluation.iteration
        && (train_accuracy, test_accuracy) == (evaluation.train_accuracy, evaluation.test_accuracy);
    if !same || !loss_stride.is_power_of_two() || loss_stride >= history.stride {
        return None;
    }
    let first = before / loss_stride + 1; // in strides
    let whole = first.checked_add(losses.len() as u64)? == iteration / loss_stride + 1;
    let coarser = history.stride / loss_stride;
    let kept = (first..).zip(&losses).filter(|(at, _)| at.is_multiple_of(coarser)).map(|(_, loss)| loss);
    (whole && kept.eq(history.losses_before(k))).then_some(old)
}

impl<T: Stored> Observer<T> for Log {
    type Error = anyhow::Error;

    fn after_evaluation(&mut self, run: &Run<T>) -> Result<ControlFlow<()>> {
        let line = line(run.history(), run.history().evaluations.len() - 1)?;
        self.append(&line).with_context(|| self.cannot_write())?;
        Ok(GO_ON)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use training::Evaluation;

    #[test]
    fn a_line_stays_only_where_it_has_all_that_the_checkpoint_has_and_more() {
        let evaluation = |iteration| Evaluation { iteration, train_accuracy: 0.25, test_accuracy: 0.5, seconds: 1.5 };
        let evaluations = vec![evaluation(3), evaluation(9)];
        let fine = History { stride: 1, losses: (1..=9).map(f64::from).collect(), evaluations: evaluations.clone() };
        let coarse = History { stride: 2, losses: vec![2.0, 4.0, 6.0, 8.0], evaluations };
        for k in 0..2 {
            let old = line(&fine, k).unwrap();
            let old = old.trim_end();
            assert_eq!(finer(old.as_bytes(), &coarse, k), Some(old));
            assert_eq!(finer(old.as_bytes(), &coarse, 1 - k), None, "of another evaluation");
            assert_eq!(finer(old.as_bytes(), &fine, k), None, "no finer");
            let same = line(&coarse, k).unwrap();
            assert_eq!(finer(same.as_bytes(), &coarse, k), None, "no finer");
            for (right, wrong) in
                [("2.0,", "2.5,"), ("8.0,", "8.5,"), ("1.0,", ""), (",9.0", ""), ("0.25", "0.26"), ("}", "")]
            {
                let damaged = old.replace(right, wrong);
                assert!(damaged == old || finer(damaged.as_bytes(), &coarse, k).is_none(), "{damaged}");
            }
        }
    }
}
