//! `cargo xtask wheel`: the Python package as a file that `pip` installs without Rust.

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::SystemTime;

use anyhow::{Context, Result, bail, ensure};

use crate::{checkout, say};

/// Build the Python package as a wheel that pip installs without Rust (Python needed)
///
/// One wheel serves Python 3.9 and every later version on this kind of machine. It is built by maturin, which is taken from
/// PATH or else installed into target/maturin-venv.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// Folder for the wheel [default: target/wheels of the checkout]
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
}

/// As in crates/python/pyproject.toml.
const MATURIN: &str = "maturin>=1.9,<2";

pub(crate) fn run(args: &Args) -> Result<()> {
    let root = checkout();
    let out = args.out.clone().unwrap_or_else(|| root.join("target/wheels"));
    let out = std::path::absolute(&out).with_context(|| format!("cannot resolve {}", out.display()))?;
    let before = SystemTime::now();
    let status = maturin(&root)?
        .args(["build", "--release", "--locked", "--manifest-path"])
        .arg(root.join("crates/python/Cargo.toml"))
        .arg("--out")
        .arg(&out)
        .current_dir(&root)
        .status()
        .context("cannot start maturin")?;
    ensure!(status.success(), "maturin: {status}");
    let wheel = newest_wheel(&out, before)?;
    say(format_args!("wrote {}\ninstall it with: pip install {}", wheel.display(), wheel.display()));
    Ok(())
}

/// The maturin of PATH, or one in a virtual environment of its own.
fn maturin(root: &Path) -> Result<Command> {
    if succeeds("maturin", &["--version"]) {
        return Ok(Command::new("maturin"));
    }
    let venv = root.join("target/maturin-venv");
    let bin = venv.join(if cfg!(windows) { "Scripts" } else { "bin" });
    let program = bin.join("maturin");
    if !program.with_extension(std::env::consts::EXE_EXTENSION).is_file() {
        let Some(python) = ["python3", "python", "py"].into_iter().find(|name| succeeds(name, &["--version"])) else {
            bail!("no Python found, looked for python3, python and py; install Python 3.9 or newer");
        };
        done(Command::new(python).args(["-m", "venv"]).arg(&venv))
            .context("cannot make a virtual environment; on Debian, install python3-venv")?;
        done(Command::new(bin.join("python")).args(["-m", "pip", "install", "--quiet", MATURIN]))
            .context("cannot install maturin")?;
    }
    Ok(Command::new(program))
}

fn succeeds(program: &str, args: &[&str]) -> bool {
    let status = Command::new(program).args(args).stdout(Stdio::null()).stderr(Stdio::null()).status();
    status.is_ok_and(|status| status.success())
}

fn done(command: &mut Command) -> Result<()> {
    let status = match command.status() {
        Err(error) if error.kind() == ErrorKind::NotFound => bail!("{:?} not found", command.get_program()),
        status => status?,
    };
    ensure!(status.success(), "{status}");
    Ok(())
}

/// The wheel that was written since `before`.
fn newest_wheel(folder: &Path, before: SystemTime) -> Result<PathBuf> {
    let mut newest: Option<(SystemTime, PathBuf)> = None;
    for entry in fs::read_dir(folder).with_context(|| format!("cannot read {}", folder.display()))? {
        let path = entry?.path();
        let written = fs::metadata(&path)?.modified()?;
        if path.extension().is_some_and(|extension| extension == "whl")
            && newest.as_ref().is_none_or(|(other, _)| written > *other)
        {
            newest = Some((written, path));
        }
    }
    match newest {
        // file systems may round times to seconds
        Some((written, path)) if written + std::time::Duration::from_secs(2) >= before => Ok(path),
        _ => bail!("maturin wrote no wheel into {}", folder.display()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_wheel_that_was_just_written_is_found_and_an_older_one_is_not() {
        let folder = tempfile::tempdir().unwrap();
        let error = newest_wheel(folder.path(), SystemTime::now()).unwrap_err().to_string();
        assert!(error.contains("wrote no wheel"), "{error}");
        fs::write(folder.path().join("a-1-cp39-abi3-any.whl"), "").unwrap();
        fs::write(folder.path().join("notes.txt"), "").unwrap();
        assert_eq!(
            newest_wheel(folder.path(), SystemTime::now()).unwrap().file_name().unwrap(),
            "a-1-cp39-abi3-any.whl"
        );
        let later = SystemTime::now() + std::time::Duration::from_secs(60);
        assert!(newest_wheel(folder.path(), later).is_err());
    }

    #[test]
    fn maturin_is_the_one_that_the_package_asks_for() {
        let manifest = fs::read_to_string(checkout().join("crates/python/pyproject.toml")).unwrap();
        assert!(manifest.contains(&format!("requires = [{MATURIN:?}]")));
    }
}
