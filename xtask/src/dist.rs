//! `cargo xtask dist`: builds the files of a release in target/dist; every machine builds the same bytes.

mod archive;
mod target;
mod third_party;

use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, bail, ensure};
use sha2::{Digest, Sha256};

use self::archive::Entry;
use self::target::Target;
use crate::compile::Toolchain;
use crate::{checkout, say, web, wheel};

/// Build a release: archives of the program, the wheel, the page, SHA256SUMS
///
/// The files go to target/dist, which is emptied first. Without PARTS, anything that this machine cannot build is left
/// out, with the reason. The times in the archives are SOURCE_DATE_EPOCH, or else the time of the last commit.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// Rust targets, `wheel` or `page` [default: x86_64-unknown-linux-musl aarch64-unknown-linux-musl
    /// x86_64-pc-windows-gnu wheel page]
    parts: Vec<String>,
}

const DEFAULT: [&str; 5] =
    ["x86_64-unknown-linux-musl", "aarch64-unknown-linux-musl", "x86_64-pc-windows-gnu", WHEEL, PAGE];
const WHEEL: &str = "wheel";
const PAGE: &str = "page";

/// The files that every archive contains besides the program.
const DOCUMENTS: [&str; 4] = ["README.md", "CHANGELOG.md", "LICENSE-APACHE", "LICENSE-MIT"];

const VERSION: &str = env!("CARGO_PKG_VERSION");

pub(crate) fn run(args: &Args) -> Result<()> {
    let root = checkout();
    let time = time(&root)?;
    let named: Vec<&str> = args.parts.iter().map(String::as_str).collect();
    let parts = if named.is_empty() { &DEFAULT[..] } else { &named };
    // check all of this before anything is removed or compiled
    let (mut ready, mut left_out) = (Vec::new(), Vec::new());
    for &part in parts {
        match missing(&root, part).with_context(|| format!("cannot build {part}"))? {
            None => ready.push(part),
            Some(missing) if named.is_empty() => left_out.push(format!("{part}: {missing}")),
            Some(missing) => bail!("cannot build {part}: {missing}"),
        }
    }
    ensure!(!ready.is_empty(), "this machine can build nothing:\n{}", left_out.join("\n"));
    let out = root.join("target/dist");
    if out.exists() {
        fs::remove_dir_all(&out).with_context(|| format!("cannot empty {}", out.display()))?;
    }
    fs::create_dir_all(&out).with_context(|| format!("cannot create {}", out.display()))?;
    for part in ready {
        build(&root, &out, part, time).with_context(|| format!("cannot build {part}"))?;
    }
    let files = files(&out)?;
    write(&out.join("SHA256SUMS"), sums(&files).as_bytes())?;
    say(format_args!("\n{}", out.display()));
    for (name, bytes) in &files {
        say(format_args!("{:>12}  {name}", bytes.len()));
    }
    say(format_args!("{:>12}  SHA256SUMS", ""));
    for reason in left_out {
        say(format_args!("left out: {reason}"));
    }
    Ok(())
}

/// What this machine lacks for a part, and the command that installs it.
fn missing(root: &Path, part: &str) -> Result<Option<String>> {
    match part {
        WHEEL => Ok(wheel::missing()),
        PAGE => web::missing(root),
        target => Target::named(target).missing(root),
    }
}

fn build(root: &Path, out: &Path, part: &str, time: u64) -> Result<()> {
    match part {
        WHEEL => {
            // a file that pyproject.toml takes into the wheel if it is there
            let licences = root.join("crates/python/LICENSE-THIRD-PARTY");
            let host = Toolchain::of_host(root)?;
            write(&licences, third_party::text(root, "two-layer-net-python", host.target())?.as_bytes())?;
            let built = wheel::dist(root, out, time, &host);
            fs::remove_file(&licences).with_context(|| format!("cannot remove {}", licences.display()))?;
            built
        }
        PAGE => {
            let licences = third_party::text(root, "two-layer-net-web", web::TARGET)?;
            let page = web::with_licences(root, &licences)?;
            write(&out.join(format!("two-layer-net-{VERSION}.html")), page.as_bytes())
        }
        target => {
            let target = Target::named(target);
            let program = target.compile(root)?;
            let folder = format!("two-layer-net-{VERSION}-{}", target.name());
            let mut entries = vec![Entry { executable: true, ..entry(&program)? }];
            for document in DOCUMENTS {
                entries.push(entry(&root.join(document))?);
            }
            let licences = third_party::text(root, "app", target.name())?;
            let third_party = "THIRD-PARTY.txt".to_owned();
            entries.push(Entry { name: third_party, bytes: licences.into_bytes(), executable: false });
            if target.is_windows() {
                write(&out.join(format!("{folder}.zip")), &archive::zip(&folder, &entries, time)?)
            } else {
                write(&out.join(format!("{folder}.tar.gz")), &archive::tar_gz(&folder, &entries, time)?)
            }
        }
    }
}

/// A file, stored under its name without the folders.
fn entry(path: &Path) -> Result<Entry> {
    let name = path.file_name().context("it is not a file")?.to_string_lossy().into_owned();
    let bytes = fs::read(path).with_context(|| format!("cannot read {}", path.display()))?;
    Ok(Entry { name, bytes, executable: false })
}

/// SOURCE_DATE_EPOCH, or the time of the last commit. The clock is not used, so that a second build gets the same time.
fn time(root: &Path) -> Result<u64> {
    if let Ok(time) = std::env::var("SOURCE_DATE_EPOCH") {
        return time.parse().with_context(|| format!("SOURCE_DATE_EPOCH is not a number of seconds: {time:?}"));
    }
    let output = Command::new("git").args(["log", "-1", "--format=%ct"]).current_dir(root).output();
    let printed = output.ok().filter(|output| output.status.success());
    let time = printed.and_then(|output| String::from_utf8(output.stdout).ok()?.trim().parse().ok());
    time.context("git has no commit here; set SOURCE_DATE_EPOCH to the time for the archives, in seconds since 1970")
}

/// Names and contents, in the order of the names.
fn files(folder: &Path) -> Result<Vec<(String, Vec<u8>)>> {
    let mut files = Vec::new();
    for file in fs::read_dir(folder).with_context(|| format!("cannot read {}", folder.display()))? {
        let Entry { name, bytes, .. } = entry(&file?.path())?;
        files.push((name, bytes));
    }
    files.sort();
    Ok(files)
}

/// The format of `sha256sum`, which `sha256sum -c` reads.
fn sums(files: &[(String, Vec<u8>)]) -> String {
    let line = |(name, bytes): &(String, Vec<u8>)| {
        let digest: String = Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect();
        format!("{digest}  {name}\n")
    };
    files.iter().map(line).collect()
}

fn write(path: &Path, bytes: &[u8]) -> Result<()> {
    fs::write(path, bytes).with_context(|| format!("cannot write {}", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sums_are_those_of_sha256sum_in_the_order_of_the_names() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("b.zip"), "").unwrap();
        fs::write(folder.path().join("a.tar.gz"), "abc").unwrap();
        // printf abc | sha256sum; printf '' | sha256sum
        assert_eq!(
            sums(&files(folder.path()).unwrap()),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad  a.tar.gz\n\
             e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855  b.zip\n"
        );
    }

    #[test]
    fn every_document_of_an_archive_is_in_this_checkout() {
        for document in DOCUMENTS {
            assert!(!entry(&checkout().join(document)).unwrap().bytes.is_empty(), "{document}");
        }
    }

    #[test]
    fn the_citation_names_the_version_that_is_released() {
        let citation = fs::read_to_string(checkout().join("CITATION.cff")).unwrap();
        assert!(citation.lines().any(|line| line == format!("version: {VERSION}")), "CITATION.cff is not of {VERSION}");
    }

    #[test]
    fn every_default_part_is_in_the_help() {
        let command = <Args as clap::Args>::augment_args(clap::Command::new("dist"));
        let parts = command.get_arguments().find(|argument| argument.get_id() == "parts").unwrap();
        let help = parts.get_help().unwrap().to_string();
        assert!(help.contains(&format!("[default: {}]", DEFAULT.join(" "))), "{help}");
    }
}
