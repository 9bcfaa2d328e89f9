//! `cargo xtask wheel`: builds the Python package as a file that `pip` installs without Rust.

use std::fs;
use std::io::{ErrorKind, Read as _};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::SystemTime;

use anyhow::{Context, Result, bail, ensure};

use zip::ZipArchive;

use crate::compile::{self, Toolchain};
use crate::{checkout, say, starts};

/// Build the Python package as a wheel that pip installs without Rust (needs Python)
///
/// One wheel works with Python 3.9 and every later version on this kind of machine. It is built with maturin, from PATH
/// or installed into target/maturin-venv.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// Folder for the wheel [default: target/wheels in the checkout]
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
}

/// The same as in crates/python/pyproject.toml.
const MATURIN: &str = "maturin>=1.9,<2";

/// On Linux, auditwheel checks the platform in a wheel's name.
const AUDITWHEEL: &str = "auditwheel>=6,<7";

pub(crate) fn run(args: &Args) -> Result<()> {
    let root = checkout();
    let out = args.out.clone().unwrap_or_else(|| root.join("target/wheels"));
    let out = std::path::absolute(&out).with_context(|| format!("cannot resolve {}", out.display()))?;
    let wheel = build(&root, &out, maturin(&root)?.args(["build", "--release"]))?;
    say(format_args!("wrote {}\ninstall it with: pip install {}", wheel.display(), wheel.display()));
    Ok(())
}

/// For `cargo xtask dist`: what is not installed here.
pub(crate) fn missing() -> Option<String> {
    let tools = if cfg!(target_os = "linux") { &["maturin", "auditwheel"][..] } else { &["maturin"] };
    (python().is_none() && !tools.iter().all(|tool| starts(tool))).then(|| NO_PYTHON.to_owned())
}

/// For `cargo xtask dist`: a small wheel with the same bytes on every machine, and with the right platform in its name.
pub(crate) fn dist(root: &Path, out: &Path, time: u64, host: &Toolchain) -> Result<()> {
    let mut maturin = maturin(root)?;
    maturin
        .args(["build", "--profile", "shipped"])
        .env("CARGO_ENCODED_RUSTFLAGS", host.flags(root, &[])?)
        .env("SOURCE_DATE_EPOCH", time.to_string());
    let wheel = build(root, out, &mut maturin)?;
    check_nameless(&wheel, &host.folders(root)?).with_context(|| format!("in {}", wheel.display()))?;
    if cfg!(target_os = "linux") {
        let output = tool(root, "auditwheel", AUDITWHEEL)?.arg("show").arg(&wheel).output();
        let output = output.context("cannot start auditwheel")?;
        let said = String::from_utf8_lossy(&output.stdout);
        ensure!(output.status.success(), "auditwheel: {}\n{said}", String::from_utf8_lossy(&output.stderr).trim_end());
        check_tag(&wheel, &said)?;
    }
    Ok(())
}

/// Checks that no file of the wheel, a ZIP archive, names a folder of this machine.
fn check_nameless(wheel: &Path, folders: &[PathBuf]) -> Result<()> {
    let mut archive = ZipArchive::new(fs::File::open(wheel)?)?;
    for i in 0..archive.len() {
        let mut file = archive.by_index(i)?;
        let (name, mut bytes) = (file.name()?.into_owned(), Vec::new());
        file.read_to_end(&mut bytes)?;
        compile::check_nameless(&bytes, folders).context(name)?;
    }
    Ok(())
}

/// Builds the wheel with this maturin.
fn build(root: &Path, out: &Path, maturin: &mut Command) -> Result<PathBuf> {
    let before = SystemTime::now();
    let status = maturin
        .args(["--locked", "--manifest-path"])
        .arg(root.join("crates/python/Cargo.toml"))
        .arg("--out")
        .arg(out)
        .current_dir(root)
        .status()
        .context("cannot start maturin")?;
    ensure!(status.success(), "maturin: {status}");
    newest_wheel(out, before)
}

/// Checks that the platform, the last part of a wheel's name, is the one that auditwheel finds in its symbols.
fn check_tag(wheel: &Path, said: &str) -> Result<()> {
    let stem = wheel.file_stem().unwrap_or_default().to_string_lossy();
    let tag = stem.rsplit('-').next().unwrap_or_default();
    // for several platforms, check each of them
    let agrees = tag.split('.').all(|tag| said.contains(&format!("\"{tag}\"")));
    ensure!(agrees, "{} says that it runs on {tag}, and auditwheel says:\n{}", wheel.display(), said.trim());
    Ok(())
}

fn maturin(root: &Path) -> Result<Command> {
    tool(root, "maturin", MATURIN)
}

const NO_PYTHON: &str = "no Python found, looked for python3, python and py; install Python 3.9 or newer";

fn python() -> Option<&'static str> {
    ["python3", "python", "py"].into_iter().find(|name| starts(name))
}

/// A program in PATH, or in a virtual environment of this checkout.
fn tool(root: &Path, name: &str, requirement: &str) -> Result<Command> {
    if starts(name) {
        return Ok(Command::new(name));
    }
    let venv = root.join("target/maturin-venv");
    let bin = venv.join(if cfg!(windows) { "Scripts" } else { "bin" });
    let installed = |name: &str| bin.join(name).with_extension(std::env::consts::EXE_EXTENSION);
    if !installed("python").is_file() {
        let Some(python) = python() else { bail!(NO_PYTHON) };
        done(Command::new(python).args(["-m", "venv"]).arg(&venv))
            .context("cannot make a virtual environment; on Debian, install python3-venv")?;
    }
    if !installed(name).is_file() {
        done(Command::new(installed("python")).args(["-m", "pip", "install", "--quiet", requirement]))
            .with_context(|| format!("cannot install {name}"))?;
    }
    Ok(Command::new(installed(name)))
}

fn done(command: &mut Command) -> Result<()> {
    let status = match command.status() {
        Err(error) if error.kind() == ErrorKind::NotFound => bail!("{:?} not found", command.get_program()),
        status => status?,
    };
    ensure!(status.success(), "{status}");
    Ok(())
}

/// The wheel that was written after `before`.
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
    fn a_wheel_that_promises_older_systems_than_its_symbols_allow_is_refused() {
        let said = "two_layer_net-1-cp39-abi3-manylinux_2_17_x86_64.whl is consistent\n\
                    with the following platform tag: \"manylinux_2_34_x86_64\".";
        check_tag(Path::new("two_layer_net-1-cp39-abi3-manylinux_2_34_x86_64.whl"), said).unwrap();
        for tag in ["manylinux_2_17_x86_64", "manylinux_2_34_x86_64.manylinux2014_x86_64", "linux_x86_64"] {
            let wheel = format!("two_layer_net-1-cp39-abi3-{tag}.whl");
            let error = check_tag(Path::new(&wheel), said).unwrap_err().to_string();
            assert!(error.contains(tag) && error.contains("auditwheel says"), "{error}");
        }
    }

    #[test]
    fn maturin_is_the_one_that_the_package_asks_for() {
        let manifest = fs::read_to_string(checkout().join("crates/python/pyproject.toml")).unwrap();
        assert!(manifest.contains(&format!("requires = [{MATURIN:?}]")));
    }
}
