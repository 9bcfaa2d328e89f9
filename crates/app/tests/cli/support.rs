//! Running `app` in a folder of its own, and data sets made by hand.

use assert_cmd::Command;
use serde_json::Value;
use std::ffi::OsString;
use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, ExitStatus, Stdio};
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
        Command::from_std(self.command(assert_cmd::cargo::cargo_bin!("app"), words))
    }

    /// Starts `app` and lets it run.
    pub(crate) fn start(&self, words: &str) -> Running {
        let mut command = self.command(assert_cmd::cargo::cargo_bin!("app"), words);
        Running(command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap())
    }

    /// Starts `app` as the last words, `$@`, of a shell script that ends by becoming it, and lets it run.
    #[cfg(unix)]
    pub(crate) fn start_in_shell(&self, script: &str, words: &str) -> Running {
        let mut command = std::process::Command::new("sh");
        command.current_dir(self.0.path()).env("LC_ALL", "C").args(["-c", script, "sh"]);
        command.args(started(assert_cmd::cargo::cargo_bin!("app"))).args(words.split_whitespace());
        Running(command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap())
    }

    /// `app` as the last words, `$@`, of a shell script.
    #[cfg(unix)]
    pub(crate) fn app_in_shell(&self, script: &str, words: &str) -> Command {
        let mut command = Command::new("sh");
        command.current_dir(self.0.path()).env("LC_ALL", "C").args(["-c", script, "sh"]);
        command.args(started(assert_cmd::cargo::cargo_bin!("app"))).args(words.split_whitespace());
        command
    }

    /// A program that was built here, with these words, split at spaces, in this folder.
    pub(crate) fn command(&self, program: &Path, words: &str) -> std::process::Command {
        let started = started(program);
        let mut command = std::process::Command::new(&started[0]);
        // in English, whatever this computer speaks
        command.env("LC_ALL", "C").current_dir(self.0.path()).args(&started[1..]).args(words.split_whitespace());
        command
    }

    /// Runs `app`, which must succeed, and returns its stdout.
    #[track_caller]
    pub(crate) fn run(&self, words: &str) -> String {
        let output = self.app(words).assert().success().get_output().clone();
        printed(&output.stdout)
    }

    /// Runs `app`, which must fail with this exit code and without a panic, and returns its stderr.
    #[track_caller]
    pub(crate) fn fails(&self, code: i32, words: &str) -> String {
        without_panic(self.app(words).assert().code(code).get_output().stderr.clone())
    }

    /// Runs `app` in a shell script, which must fail with exit code 1 and without a panic, and returns its stderr.
    #[cfg(unix)]
    #[track_caller]
    pub(crate) fn fails_in_shell(&self, script: &str, words: &str) -> String {
        without_panic(self.app_in_shell(script, words).assert().code(1).get_output().stderr.clone())
    }

    /// `app inspect --json` of a run.
    #[track_caller]
    pub(crate) fn inspect(&self, model: &str) -> Value {
        serde_json::from_str(&self.run(&format!("inspect {model} --json"))).unwrap()
    }

    /// The lines of a run's log, without the seconds and the number of threads, on which nothing else depends.
    pub(crate) fn log(&self, run: &str) -> Vec<Value> {
        let text = std::fs::read_to_string(self.path(run).join("log.jsonl")).unwrap();
        let lines = text.lines().map(|line| {
            let mut line: Value = serde_json::from_str(line).unwrap();
            line.as_object_mut().unwrap().retain(|name, _| name != "seconds" && name != "threads");
            line
        });
        lines.collect()
    }

    /// Checkpoint and log of two runs agree in all but seconds, threads, and in how many iterations were asked for at
    /// first.
    #[track_caller]
    pub(crate) fn same(&self, one: &str, other: &str) {
        let (a, b) = (self.inspect(one), self.inspect(other));
        for field in ["iteration", "parameters_sha256", "config", "data", "parameters"] {
            assert_eq!(a[field], b[field], "{field}");
        }
        assert_eq!(a["history"]["losses"], b["history"]["losses"]);
        assert_eq!(self.log(one), self.log(other));
    }

    /// What a folder holds, sorted.
    pub(crate) fn names(&self, folder: &str) -> Vec<String> {
        let entries = std::fs::read_dir(self.path(folder)).unwrap();
        let mut names: Vec<_> = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }

    /// A small run of 60 iterations on the built-in digits, for tests that do not care which.
    pub(crate) fn small(out: &str, flags: &str) -> String {
        format!(
            "train --quiet --dataset digits --train-limit 200 --test-limit 50 --hidden 6 --batch-size 7 --out {out} {flags}"
        )
    }
}

/// The words before a program that was built for another machine, which start it here: `TEST_RUNNER`.
pub(crate) fn runner() -> String {
    std::env::var("TEST_RUNNER").unwrap_or_default()
}

/// The command that starts a program.
fn started(program: &Path) -> Vec<OsString> {
    runner().split_whitespace().map(OsString::from).chain([program.into()]).collect()
}

/// An `app` at work, which no failing test leaves behind.
pub(crate) struct Running(Child);

impl Running {
    /// Its stdout, or what is left of it; closed when this is dropped.
    pub(crate) fn stdout(&mut self) -> BufReader<ChildStdout> {
        BufReader::new(self.0.stdout.take().unwrap())
    }

    /// Waits for its first line, after which it has begun to train, and reads no other.
    pub(crate) fn first_line(&mut self) -> String {
        let mut line = String::new();
        self.stdout().read_line(&mut line).unwrap();
        line
    }

    #[cfg(unix)]
    pub(crate) fn id(&self) -> u32 {
        self.0.id()
    }

    /// Waits until it has made this file.
    #[track_caller]
    pub(crate) fn wait_for(&mut self, file: &Path) {
        while !file.exists() {
            assert!(self.is_running(), "it ended without {}", file.display());
            std::thread::sleep(std::time::Duration::from_millis(5));
        }
    }

    pub(crate) fn is_running(&mut self) -> bool {
        self.0.try_wait().unwrap().is_none()
    }

    /// Sends a signal, as in `kill -INT`.
    #[cfg(unix)]
    #[track_caller]
    pub(crate) fn signal(&self, name: &str) {
        let kill = std::process::Command::new("kill").args([name, &self.id().to_string()]).status();
        assert!(kill.unwrap().success());
    }

    /// SIGKILL, or what Windows has for it: nothing is tidied up.
    pub(crate) fn kill(&mut self) {
        self.0.kill().unwrap();
    }

    /// Waits for its end; returns how it ended, without a panic, and its stderr.
    #[track_caller]
    pub(crate) fn end(mut self) -> (ExitStatus, String) {
        let mut stderr = Vec::new();
        self.0.stderr.take().unwrap().read_to_end(&mut stderr).unwrap();
        (self.0.wait().unwrap(), without_panic(stderr))
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // it may have ended long ago
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// What a program printed. Tests name paths with slashes and the program `app`, which Windows has otherwise.
pub(crate) fn printed(bytes: &[u8]) -> String {
    let text = String::from_utf8(bytes.to_vec()).unwrap();
    let is_json = text.starts_with(['{', '[']);
    if cfg!(windows) && !is_json { text.replace('\\', "/").replace("app.exe", "app") } else { text }
}

/// Whether [`Running::kill`] ended a process that ended like this.
#[cfg(unix)]
pub(crate) fn was_killed(status: ExitStatus) -> bool {
    std::os::unix::process::ExitStatusExt::signal(&status) == Some(9)
}

/// Whether [`Running::kill`] ended a process that ended like this: Windows has exit codes alone.
#[cfg(windows)]
pub(crate) fn was_killed(status: ExitStatus) -> bool {
    status.code() == Some(1)
}

#[track_caller]
fn without_panic(stderr: Vec<u8>) -> String {
    let stderr = printed(&stderr);
    assert!(!stderr.contains("panicked"), "{stderr}");
    stderr
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

/// The folder that holds `mnist/`: `data` of the workspace. Without it a test is skipped, with a word; where
/// `REQUIRE_MNIST=1`, as in CI, it fails.
pub(crate) fn real_mnist() -> Option<PathBuf> {
    let data_dir = std::path::absolute(Path::new(env!("CARGO_MANIFEST_DIR")).join("../../data")).unwrap();
    if data_dir.join("mnist").is_dir() {
        return Some(data_dir);
    }
    assert!(
        std::env::var_os("REQUIRE_MNIST").is_none_or(|v| v != "1"),
        "REQUIRE_MNIST=1, but {data_dir:?} has no mnist"
    );
    eprintln!("skipped: no MNIST in {}; `cargo xtask fetch-mnist` fetches it", data_dir.display());
    None
}
