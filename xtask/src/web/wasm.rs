//! crates/web compiled to WebAssembly, with SIMD and without the names of this machine's folders.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use anyhow::{Context, Result, ensure};
use serde::Deserialize;

use crate::cargo;
use crate::ci::metadata::Metadata;
use crate::target;

const TARGET: &str = "wasm32-unknown-unknown";
const PACKAGE: &str = "two-layer-net-web";

/// A file that was compiled elsewhere.
pub(super) fn read(path: &Path) -> Result<Vec<u8>> {
    let wasm = fs::read(path).with_context(|| format!("cannot read {}", path.display()))?;
    ensure!(wasm.starts_with(b"\0asm"), "{} is no WebAssembly: it does not begin with \\0asm", path.display());
    Ok(wasm)
}

/// Compiles crates/web of the checkout.
pub(super) fn compile(root: &Path) -> Result<Vec<u8>> {
    let sysroot = target::sysroot(root, TARGET, "libstd-rust-dev-wasm32")?;
    let mut folders = crate_folders(&Metadata::of_target(root, TARGET)?);
    folders.push(root.to_owned());
    let output = cargo(root)
        .args(["build", "--locked", "--profile", "wasm", "--target", TARGET, "-p", PACKAGE])
        .arg("--message-format=json-render-diagnostics")
        .env("CARGO_ENCODED_RUSTFLAGS", flags(&sysroot, &folders))
        .stderr(Stdio::inherit())
        .output()
        .context("cannot start cargo")?;
    ensure!(output.status.success(), "cargo build: {}", output.status);
    let wasm = read(&built(&String::from_utf8_lossy(&output.stdout))?)?;
    check_nameless(&wasm, &folders)?;
    Ok(wasm)
}

/// The folders that hold the crates of others: for most people one, in cargo's registry.
fn crate_folders(metadata: &Metadata) -> Vec<PathBuf> {
    let folders: BTreeSet<&Path> =
        metadata.others().filter_map(|package| package.manifest_path.parent()?.parent()).collect();
    folders.into_iter().map(Path::to_owned).collect()
}

/// Ours alone: what RUSTFLAGS says is meant for another machine, such as `-C target-cpu=native`. Encoded, so that a folder
/// may have spaces. Of the paths in messages of panics, `serde-1.0.0/src/lib.rs` and `crates/web/src/lib.rs` remain.
fn flags(sysroot: &Path, folders: &[PathBuf]) -> String {
    let mut flags = vec!["-C".to_owned(), "target-feature=+simd128".to_owned()];
    flags.push(format!("--remap-path-prefix={}=rust", sysroot.display()));
    // the last that fits wins
    flags.extend(folders.iter().map(|folder| format!("--remap-path-prefix={}=", folder.display())));
    flags.join("\x1f")
}

#[derive(Deserialize)]
struct Message {
    reason: String,
    #[serde(default)]
    filenames: Vec<PathBuf>,
}

/// The file that cargo says it has made; the target folder may be anywhere.
fn built(messages: &str) -> Result<PathBuf> {
    let messages = messages.lines().map(serde_json::from_str::<Message>);
    let messages: Vec<Message> = messages.collect::<Result<_, _>>().context("cannot read what cargo build printed")?;
    let artifacts = messages.into_iter().filter(|message| message.reason == "compiler-artifact");
    let mut files = artifacts.flat_map(|message| message.filenames);
    files.find(|file| file.extension().is_some_and(|end| end == "wasm")).context("cargo build made no .wasm file")
}

/// A page that people pass on names no folder of the machine that made it.
fn check_nameless(wasm: &[u8], folders: &[PathBuf]) -> Result<()> {
    for folder in folders {
        let name = folder.as_os_str().as_encoded_bytes();
        ensure!(
            name.is_empty() || !wasm.windows(name.len()).any(|part| part == name),
            "the WebAssembly names the folder {}, which the page should not; does a crate use env!(\"CARGO_MANIFEST_DIR\")?",
            folder.display()
        );
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_folders_of_other_crates_are_taken_from_the_metadata_each_once() {
        let package = |name: &str, path: &str| {
            format!(r#"{{"id":"{name}","name":"{name}","version":"1.0.0","manifest_path":"{path}"}}"#)
        };
        let packages = [
            package("web", "/home/me/net/crates/web/Cargo.toml"),
            package("serde", "/home/me/.cargo/registry/src/index-1/serde-1.0.0/Cargo.toml"),
            package("rand", "/home/me/.cargo/registry/src/index-1/rand-1.0.0/Cargo.toml"),
            package("mine", "/opt/vendor/mine/Cargo.toml"),
        ];
        let json = format!(r#"{{"packages":[{}],"workspace_members":["web"]}}"#, packages.join(","));
        let folders = crate_folders(&Metadata::parse(&json).unwrap());
        assert_eq!(folders, ["/home/me/.cargo/registry/src/index-1", "/opt/vendor"].map(PathBuf::from));
    }

    #[test]
    fn the_flags_turn_simd_on_and_take_folders_out_also_those_with_spaces() {
        let flags = flags(Path::new("/r"), &["/my crates".into(), "/my net".into()]);
        assert_eq!(
            flags.split('\x1f').collect::<Vec<_>>(),
            [
                "-C",
                "target-feature=+simd128",
                "--remap-path-prefix=/r=rust",
                "--remap-path-prefix=/my crates=",
                "--remap-path-prefix=/my net="
            ]
        );
    }

    #[test]
    fn the_wasm_is_the_file_that_cargo_names() {
        let message = |reason, file| format!(r#"{{"reason":"{reason}","filenames":["{file}"],"fresh":true}}"#);
        let messages = [
            message("build-script", "/a.wasm"),
            message("compiler-artifact", "/libnet.rlib"),
            message("compiler-artifact", "/t/web.wasm"),
        ];
        assert_eq!(built(&messages.join("\n")).unwrap(), Path::new("/t/web.wasm"));
        assert!(built(&messages[1]).is_err());
    }

    #[test]
    fn a_wasm_that_names_a_folder_is_refused() {
        let folders = [PathBuf::from("/home/me/.cargo"), PathBuf::from("/home/me/net")];
        check_nameless(b"\0asm crates/web/src/lib.rs", &folders).unwrap();
        let error = check_nameless(b"\0asm /home/me/net/crates/web/src/lib.rs", &folders).unwrap_err().to_string();
        assert!(error.contains("/home/me/net"), "{error}");
    }

    #[test]
    fn a_file_that_is_no_wasm_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.wasm");
        assert!(read(&path).unwrap_err().to_string().contains("cannot read"));
        fs::write(&path, "<!DOCTYPE html>").unwrap();
        assert!(read(&path).unwrap_err().to_string().contains("is no WebAssembly"));
        fs::write(&path, "\0asm\x01").unwrap();
        assert_eq!(read(&path).unwrap(), b"\0asm\x01");
    }
}
