//! Running `app` in a folder of its own, and data sets made by hand.

use assert_cmd::Command;
use serde_json::Value;
use std::path::{Path, PathBuf};
use tempfile::TempDir;

/// An empty folder in which `app` runs: no checkout above it, so `data` is its own.
pub(crate) struct Place(TempDir);

impl Place {
    pub(crate) fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    /// `app` with these words, split at spaces, in this folder.
    pub(crate) fn app(&self, words: &str) -> Command {
        let mut command = Command::new(assert_cmd::cargo::cargo_bin!("app"));
        command.current_dir(self.0.path()).args(words.split_whitespace());
        command
    }

    /// Runs `app`, which must succeed, and returns its stdout.
    #[track_caller]
    pub(crate) fn run(&self, words: &str) -> String {
        let output = self.app(words).assert().success().get_output().clone();
        String::from_utf8(output.stdout).unwrap()
    }

    /// Runs `app`, which must fail with this exit code and without a panic, and returns its stderr.
    #[track_caller]
    pub(crate) fn fails(&self, code: i32, words: &str) -> String {
        let output = self.app(words).assert().code(code).get_output().clone();
        let stderr = String::from_utf8(output.stderr).unwrap();
        assert!(!stderr.contains("panicked"), "{stderr}");
        stderr
    }

    /// `app inspect --json` of a run.
    #[track_caller]
    pub(crate) fn inspect(&self, model: &str) -> Value {
        serde_json::from_str(&self.run(&format!("inspect {model} --json"))).unwrap()
    }

    /// The lines of a run's log, without the seconds, which no two runs share.
    pub(crate) fn log(&self, run: &str) -> Vec<Value> {
        let text = std::fs::read_to_string(self.path(run).join("log.jsonl")).unwrap();
        let lines = text.lines().map(|line| {
            let mut line: Value = serde_json::from_str(line).unwrap();
            line.as_object_mut().unwrap().remove("seconds");
            line
        });
        lines.collect()
    }

    /// A small run of 60 iterations on the built-in digits, for tests that do not care which.
    pub(crate) fn small(out: &str, flags: &str) -> String {
        format!(
            "train --quiet --dataset digits --train-limit 200 --test-limit 50 --hidden 6 --batch-size 7 --out {out} {flags}"
        )
    }
}

/// Four IDX files in `folder`: `train` and `test` images of 4x3 pixels with these labels.
pub(crate) fn write_mnist(folder: &Path, train: &[u8], test: &[u8]) {
    std::fs::create_dir_all(folder).unwrap();
    for (prefix, labels) in [("train", train), ("t10k", test)] {
        let n = u32::try_from(labels.len()).unwrap();
        let pixels: Vec<u8> = (0..labels.len() * 12).map(|i| u8::try_from(i * 31 % 256).unwrap()).collect();
        std::fs::write(folder.join(format!("{prefix}-images-idx3-ubyte")), idx(&[n, 4, 3], &pixels)).unwrap();
        std::fs::write(folder.join(format!("{prefix}-labels-idx1-ubyte")), idx(&[n], labels)).unwrap();
    }
}

/// An IDX file of bytes.
pub(crate) fn idx(shape: &[u32], data: &[u8]) -> Vec<u8> {
    let mut bytes = vec![0, 0, 8, u8::try_from(shape.len()).unwrap()];
    shape.iter().for_each(|n| bytes.extend(n.to_be_bytes()));
    bytes.extend(data);
    bytes
}
