//! The real binary: exit codes, what stands on stdout, and the real files where they are at hand.
#![forbid(unsafe_code)]
#![expect(clippy::unwrap_used, reason = "a test may")]

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use tempfile::TempDir;

fn xtask(args: &[&str], current: &Path) -> Output {
    command(args, current).output().unwrap()
}

fn command(args: &[&str], current: &Path) -> Command {
    // TEST_RUNNER starts a program that was built for another machine
    let runner = std::env::var("TEST_RUNNER").unwrap_or_default();
    let words: Vec<&str> = runner.split_whitespace().chain([env!("CARGO_BIN_EXE_xtask")]).collect();
    let mut command = Command::new(words[0]);
    command.args(&words[1..]);
    for name in ["http_proxy", "https_proxy", "all_proxy", "no_proxy"] {
        command.env_remove(name).env_remove(name.to_uppercase());
    }
    command.args(args).current_dir(current);
    command
}

#[track_caller]
fn assert_exit(output: &Output, code: i32) -> (String, String) {
    // tests name paths with slashes, which are backslashes where Windows prints them
    let slashed = |text: String| if cfg!(windows) { text.replace('\\', "/") } else { text };
    let [stdout, stderr] =
        [&output.stdout, &output.stderr].map(|text| slashed(String::from_utf8(text.clone()).unwrap()));
    assert_eq!(output.status.code(), Some(code), "stdout: {stdout}\nstderr: {stderr}");
    (stdout, stderr)
}

/// A folder with the four published files: `MNIST_FROM`, else what this checkout has fetched. Where `REQUIRE_MNIST=1`,
/// a test that needs them fails instead of skipping.
fn real_mnist() -> Option<PathBuf> {
    let checkout = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let folder = match std::env::var_os("MNIST_FROM") {
        Some(from) => checkout.join(from),
        None => checkout.join("data/mnist"),
    };
    if folder.join("train-images-idx3-ubyte.gz").exists() {
        return Some(folder);
    }
    let required = std::env::var("REQUIRE_MNIST").is_ok_and(|value| value == "1");
    assert!(!required, "REQUIRE_MNIST=1, but there is no MNIST in {}", folder.display());
    eprintln!("skipped: no MNIST in {}; `cargo xtask fetch-mnist` brings it", folder.display());
    None
}

#[test]
fn a_check_of_an_empty_folder_exits_1_names_each_file_and_creates_nothing() {
    let dir = TempDir::new().unwrap();
    let output = xtask(&["fetch-mnist", "--check", "--data-dir", "."], dir.path());
    let (stdout, stderr) = assert_exit(&output, 1);
    assert_eq!(
        stdout,
        "missing  train-images-idx3-ubyte.gz\n\
         missing  train-labels-idx1-ubyte.gz\n\
         missing  t10k-images-idx3-ubyte.gz\n\
         missing  t10k-labels-idx1-ubyte.gz\n"
    );
    assert_eq!(stderr.matches("error:").count(), 1, "{stderr}");
    assert!(stderr.contains("4 of 4 files in ./mnist are missing or damaged"), "{stderr}");
    assert!(stderr.contains("`cargo xtask fetch-mnist --data-dir .` fetches them"), "{stderr}");
    assert_eq!(dir.path().read_dir().unwrap().count(), 0);
}

#[test]
fn the_data_folder_is_that_of_the_checkout_that_cargo_runs_it_in() {
    let dir = TempDir::new().unwrap();
    let mut command = command(&["fetch-mnist", "--check"], dir.path());
    let output = command.env("CARGO_PKG_NAME", "xtask").env("CARGO_MANIFEST_DIR", dir.path().join("xtask")).output();
    let (_, stderr) = assert_exit(&output.unwrap(), 1);
    let folder = dir.path().join("data").join("mnist").display().to_string().replace('\\', "/");
    assert!(stderr.contains(&folder), "{stderr}");

    // Run from tests of another crate, whose folder says nothing.
    let mut command = self::command(&["fetch-mnist", "--check"], dir.path());
    let output = command.env("CARGO_PKG_NAME", "app").env("CARGO_MANIFEST_DIR", dir.path().join("xtask")).output();
    let stderr = String::from_utf8(output.unwrap().stderr).unwrap();
    assert!(!stderr.contains(&dir.path().display().to_string()), "{stderr}");
}

#[test]
fn flags_that_contradict_or_mean_nothing_exit_2() {
    let dir = TempDir::new().unwrap();
    for args in [
        &["fetch-mnist", "--check", "--from", "x"][..],
        &["fetch-mnist", "--check", "--mirror", "http://a/"],
        &["fetch-mnist", "--from", "x", "--mirror", "http://a/"],
        &["fetch-mnist", "--mirror", "not an address"],
        &["fetch-mnist", "--dataset", "imagenet"],
        &["no-such-task"],
        &[],
    ] {
        assert_exit(&xtask(args, dir.path()), 2);
    }
}

#[test]
#[cfg(unix)]
fn an_audit_needs_cargo_deny_and_fails_where_it_does() {
    let dir = TempDir::new().unwrap();
    let audit = |cargo: &str| command(&["audit", "bans"], dir.path()).env("CARGO", cargo).output().unwrap();
    let (_, stderr) = assert_exit(&audit("false"), 1);
    assert!(stderr.contains("cargo install --locked cargo-deny"), "{stderr}");
    assert_exit(&audit("true"), 0);

    // one that is there, and finds something
    let cargo = dir.path().join("cargo");
    std::fs::write(&cargo, "#!/bin/sh\n[ \"$2\" = --version ]\n").unwrap();
    std::fs::set_permissions(&cargo, std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();
    let (_, stderr) = assert_exit(&audit(cargo.to_str().unwrap()), 1);
    assert!(stderr.contains("deny.toml"), "{stderr}");
}

#[test]
fn a_part_of_a_release_that_is_no_target_exits_1_and_the_files_of_before_stay() {
    let dir = TempDir::new().unwrap();
    let kept = dir.path().join("target/dist/SHA256SUMS");
    std::fs::create_dir_all(kept.parent().unwrap()).unwrap();
    std::fs::write(&kept, "of before").unwrap();
    let mut command = command(&["dist", "page-for-my-phone"], dir.path());
    command.env("CARGO_PKG_NAME", "xtask").env("CARGO_MANIFEST_DIR", dir.path().join("xtask"));
    let (stdout, stderr) = assert_exit(&command.env("SOURCE_DATE_EPOCH", "1795885200").output().unwrap(), 1);
    assert_eq!(stdout, "");
    assert!(stderr.contains("cannot build page-for-my-phone"), "{stderr}");
    assert!(kept.is_file());

    // where git knows no commit, somebody must say the time
    let output = command.env_remove("SOURCE_DATE_EPOCH").env("GIT_CEILING_DIRECTORIES", "/").output().unwrap();
    let (_, stderr) = assert_exit(&output, 1);
    assert!(stderr.contains("set SOURCE_DATE_EPOCH"), "{stderr}");
    let (_, stderr) = assert_exit(&command.env("SOURCE_DATE_EPOCH", "today").output().unwrap(), 1);
    assert!(stderr.contains("not a number of seconds: \"today\""), "{stderr}");
}

#[test]
fn a_mirror_that_cannot_be_reached_exits_1_and_says_what_else_to_try() {
    let dir = TempDir::new().unwrap();
    let args = ["fetch-mnist", "--dataset", "kmnist", "--mirror", "http://127.0.0.1:1/x", "--data-dir", "data"];
    let (stdout, stderr) = assert_exit(&xtask(&args, dir.path()), 1);
    assert_eq!(stdout, "");
    assert!(stderr.contains("http://127.0.0.1:1/x/train-images-idx3-ubyte.gz"), "{stderr}");
    for next in ["--mirror URL", "--from DIR"] {
        let next = format!("cargo xtask fetch-mnist --dataset kmnist --data-dir data {next}");
        assert!(stderr.contains(&next), "{stderr}");
    }
    assert!(stderr.contains("put the four files into data/kmnist yourself"), "{stderr}");
    assert!(stderr.ends_with("or go on without: the built-in digits need no file\n"), "{stderr}");
    assert!(!dir.path().join("data/kmnist/train-images-idx3-ubyte.gz").exists());
}

#[test]
fn a_local_folder_without_the_files_exits_1_and_names_all_four() {
    let dir = TempDir::new().unwrap();
    let output = xtask(&["fetch-mnist", "--from", ".", "--data-dir", "data"], dir.path());
    let (_, stderr) = assert_exit(&output, 1);
    assert_eq!(stderr.matches("-ubyte.gz: missing").count(), 4, "{stderr}");
    assert!(stderr.contains("download them by `cargo xtask fetch-mnist --data-dir data`"), "{stderr}");

    let output = xtask(&["fetch-mnist", "--from", "nowhere", "--data-dir", "data"], dir.path());
    let (_, stderr) = assert_exit(&output, 1);
    assert!(stderr.contains("nowhere is not a folder") && stderr.contains("download them by `"), "{stderr}");
}

#[test]
fn a_fault_of_this_machine_exits_1_with_its_cause_once_and_says_how_to_continue() {
    let dir = TempDir::new().unwrap();
    std::fs::write(dir.path().join("data"), b"a file in the way of the folder").unwrap();
    let output = xtask(&["fetch-mnist", "--mirror", "http://127.0.0.1:1/", "--data-dir", "data"], dir.path());
    let (_, stderr) = assert_exit(&output, 1);
    assert!(stderr.contains("error: cannot create the folder data/mnist: "), "{stderr}");
    assert_eq!(stderr.matches("os error").count(), 1, "{stderr}");
    assert!(stderr.ends_with("after that, `cargo xtask fetch-mnist --data-dir data` continues\n"), "{stderr}");

    let mut command = command(&["fetch-mnist", "--data-dir", "elsewhere"], dir.path());
    let output = command.env("https_proxy", "gopher://me:secret@host").output().unwrap();
    let (_, stderr) = assert_exit(&output, 1);
    assert!(stderr.contains("https_proxy") && !stderr.contains("secret") && stderr.contains("` continues"), "{stderr}");
}

#[test]
fn the_published_files_of_mnist_are_taken_from_a_local_folder_and_pass_the_check() {
    let Some(from) = real_mnist() else { return };
    let from = from.canonicalize().unwrap();
    let dir = TempDir::new().unwrap();
    let fetch = ["fetch-mnist", "--from", from.to_str().unwrap(), "--data-dir", "data"];
    let (stdout, _) = assert_exit(&xtask(&fetch, dir.path()), 0);
    assert!(stdout.contains("Yann LeCun, Corinna Cortes and Christopher J.C. Burges"), "{stdout}");
    assert!(stdout.contains("CC BY-SA 3.0"), "{stdout}");
    let (stdout, _) = assert_exit(&xtask(&fetch, dir.path()), 0);
    assert_eq!(stdout.matches("already there, verified").count(), 4, "{stdout}");

    let check = ["fetch-mnist", "--check", "--data-dir", "data"];
    let (stdout, stderr) = assert_exit(&xtask(&check, dir.path()), 0);
    assert_eq!((stdout.matches("ok  ").count(), stderr.as_str()), (4, ""));

    // An unpacked file of other content is read before the .gz.
    let raw = dir.path().join("data/mnist/train-images-idx3-ubyte");
    std::fs::write(&raw, b"other").unwrap();
    let (stdout, stderr) = assert_exit(&xtask(&check, dir.path()), 1);
    let line = "hidden   train-images-idx3-ubyte.gz: train-images-idx3-ubyte next to it has different content";
    assert!(stdout.contains(line), "{stdout}");
    assert!(
        stderr.contains("1 of 4 files in data/mnist are hidden") && stderr.contains("remove or rename"),
        "{stderr}"
    );
    assert!(!stderr.contains("fetches them"), "{stderr}");
    std::fs::remove_file(&raw).unwrap();

    let labels = dir.path().join("data/mnist/t10k-labels-idx1-ubyte.gz");
    let mut bytes = std::fs::read(&labels).unwrap();
    bytes[4000] ^= 1;
    std::fs::write(&labels, bytes).unwrap();
    let (stdout, _) = assert_exit(&xtask(&check, dir.path()), 1);
    assert!(stdout.contains("damaged  t10k-labels-idx1-ubyte.gz: found sha256 "), "{stdout}");
    assert!(stdout.contains("expected sha256 f7ae60f92e00"), "{stdout}");
    assert!(stdout.lines().all(|line| line.len() <= 100), "{stdout}");

    let (stdout, _) = assert_exit(&xtask(&fetch, dir.path()), 0);
    assert!(stdout.contains("replaces a damaged one"), "{stdout}");
    assert_exit(&xtask(&check, dir.path()), 0);
}
