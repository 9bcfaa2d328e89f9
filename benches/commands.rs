//! How long the program takes to start and to read a checkpoint of the chapter's net: `app inspect`.

use criterion::{Criterion, criterion_group, criterion_main};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

/// The program, built now.
fn program() -> PathBuf {
    let built = Command::new(env!("CARGO")).args(["build", "--release", "-p", "app", "--locked"]).status();
    assert!(built.is_ok_and(|status| status.success()), "cargo build --release -p app has failed");
    let bench = std::env::current_exe().expect("the path of this bench"); // target/release/deps/commands-...
    bench.ancestors().nth(2).expect("the folder of the profile").join(format!("app{}", std::env::consts::EXE_SUFFIX))
}

fn app(program: &Path, words: &[&str]) -> Command {
    let mut command = Command::new(program);
    command.args(words).stdout(Stdio::null()).stderr(Stdio::null());
    command
}

fn benches(criterion: &mut Criterion) {
    let program = program();
    let app = |words: &[&str]| app(&program, words);
    let folder = tempfile::tempdir().expect("a temporary folder");
    let run = folder.path().join("run");
    let run = run.to_str().expect("a path in UTF-8");
    let trained =
        app(&["train", "--dataset", "digits", "--gradient", "backprop", "--quiet", "--no-report", "--out", run]);
    let succeeds = |mut command: Command| command.status().is_ok_and(|status| status.success());
    assert!(succeeds(trained));

    let mut group = criterion.benchmark_group("start-up");
    group.sample_size(20).measurement_time(Duration::from_secs(2));
    group.bench_function("app inspect, 10,000 losses", |b| b.iter(|| assert!(succeeds(app(&["inspect", run])))));
    group.bench_function("app --version", |b| b.iter(|| assert!(succeeds(app(&["--version"])))));
    group.finish();
}

criterion_group!(commands, benches);
criterion_main!(commands);
