//! Compiles a package of this checkout for another target, without the names of this machine's folders.

use std::collections::BTreeSet;
use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail, ensure};
use serde::Deserialize;

use crate::cargo;
use crate::ci::metadata::Metadata;

/// What to build.
pub(crate) struct Build<'a> {
    pub(crate) package: &'a str,
    /// The name of the resulting file.
    pub(crate) file: &'a str,
    pub(crate) profile: &'a str,
    /// Flags for rustc.
    pub(crate) flags: &'a [&'a str],
}

/// Cargo's Rust toolchain, for one target.
pub(crate) struct Toolchain {
    target: String,
    sysroot: PathBuf,
    libraries: PathBuf,
}

impl Toolchain {
    /// Fails if rustc does not know the target.
    pub(crate) fn of_target(root: &Path, target: &str) -> Result<Self> {
        let [sysroot, libraries] = print(root, ["sysroot", "target-libdir"], &["--target", target])?;
        Ok(Self { target: target.to_owned(), sysroot: sysroot.into(), libraries: libraries.into() })
    }

    /// For the machine that compiles.
    pub(crate) fn of_host(root: &Path) -> Result<Self> {
        let [host] = print(root, ["host-tuple"], &[])?;
        Self::of_target(root, &host)
    }

    pub(crate) fn target(&self) -> &str {
        &self.target
    }

    /// How to install the target's standard library, if it is missing.
    pub(crate) fn missing_library(&self) -> Option<String> {
        let Self { target, libraries, .. } = self;
        // Debian's names
        let package = match target.as_str() {
            "wasm32-unknown-unknown" => Some("libstd-rust-dev-wasm32"),
            "x86_64-pc-windows-gnu" => Some("libstd-rust-dev-windows"),
            _ => None,
        };
        let package = package.map_or_else(String::new, |package| {
            format!("; without rustup, a package of your system does (Debian: {package})")
        });
        (!has_standard_library(libraries)).then(|| {
            format!(
                "this Rust has no standard library for {target}, looked for {}\n\
                 `rustup target add {target}` installs it{package}",
                libraries.display()
            )
        })
    }

    /// Whether the linker that rustup provides exists.
    pub(crate) fn has_own_linker(&self) -> bool {
        let linker = |host: &Path| host.join("bin/rust-lld").with_extension(env::consts::EXE_EXTENSION);
        let hosts = fs::read_dir(self.sysroot.join("lib/rustlib")).into_iter().flatten().flatten();
        hosts.into_iter().any(|host| linker(&host.path()).is_file())
    }

    /// Flags of rustc that keep this machine's folders out of the compiled code. Panic messages still contain paths such
    /// as `serde-1.0.0/src/lib.rs` and `crates/web/src/lib.rs`.
    fn remap(&self, folders: &[PathBuf]) -> Vec<String> {
        let mut flags = vec![format!("--remap-path-prefix={}=rust", self.sysroot.display())];
        // the last match counts
        flags.extend(folders.iter().map(|folder| format!("--remap-path-prefix={}=", folder.display())));
        flags
    }

    /// The value of CARGO_ENCODED_RUSTFLAGS, so that folders may contain spaces. RUSTFLAGS is not used: its flags are for
    /// another machine, such as `-C target-cpu=native`.
    pub(crate) fn flags(&self, root: &Path, more: &[&str]) -> Result<String> {
        Ok(self.encoded(&self.folders(root)?, more))
    }

    fn encoded(&self, folders: &[PathBuf], more: &[&str]) -> String {
        let mut flags: Vec<String> = more.iter().map(|&flag| flag.to_owned()).collect();
        flags.extend(self.remap(folders));
        flags.join("\x1f")
    }

    /// The folders that the compiled code must not name: the checkout, and the folders of the dependencies.
    pub(crate) fn folders(&self, root: &Path) -> Result<Vec<PathBuf>> {
        let mut folders = crate_folders(&Metadata::of_target(root, &self.target)?);
        folders.push(root.to_owned());
        Ok(folders)
    }
}

impl Build<'_> {
    /// Compiles, and returns the file. It names none of this machine's folders.
    pub(crate) fn run(&self, root: &Path, toolchain: &Toolchain) -> Result<PathBuf> {
        let folders = toolchain.folders(root)?;
        let output = cargo(root)
            .args(["build", "--locked", "--profile", self.profile, "--target", toolchain.target(), "-p", self.package])
            .arg("--message-format=json-render-diagnostics")
            .env("CARGO_ENCODED_RUSTFLAGS", toolchain.encoded(&folders, self.flags))
            .stderr(Stdio::inherit())
            .output()
            .context("cannot start cargo")?;
        ensure!(output.status.success(), "cargo build: {}", output.status);
        let path = built(&String::from_utf8_lossy(&output.stdout), self.file)?;
        let bytes = fs::read(&path).with_context(|| format!("cannot read {}", path.display()))?;
        check_nameless(&bytes, &folders).with_context(|| format!("in {}", path.display()))?;
        Ok(path)
    }
}

/// The output of rustc, one line for each of `what`.
fn print<const N: usize>(root: &Path, what: [&str; N], args: &[&str]) -> Result<[String; N]> {
    let rustc = env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let mut command = Command::new(&rustc);
    command.args(args).args(what.iter().flat_map(|what| ["--print", what])).current_dir(root);
    let output = command.output().with_context(|| format!("cannot start {}", rustc.display()))?;
    let lines: Vec<String> = String::from_utf8_lossy(&output.stdout).lines().map(str::to_owned).collect();
    let Ok(lines) = lines.try_into() else {
        let error = String::from_utf8_lossy(&output.stderr);
        bail!("{} --print {}: {}", rustc.display(), what.join(" "), error.trim_end());
    };
    Ok(lines)
}

fn has_standard_library(folder: &Path) -> bool {
    let is_std = |name: &str| name.starts_with("libstd-") && name.ends_with(".rlib");
    fs::read_dir(folder).into_iter().flatten().flatten().any(|entry| entry.file_name().to_str().is_some_and(is_std))
}

/// The folders with the crates of others: for most people one, in cargo's registry.
fn crate_folders(metadata: &Metadata) -> Vec<PathBuf> {
    let folders: BTreeSet<&Path> =
        metadata.others().filter_map(|package| package.manifest_path.parent()?.parent()).collect();
    folders.into_iter().map(Path::to_owned).collect()
}

#[derive(Deserialize)]
struct Message {
    reason: String,
    #[serde(default)]
    filenames: Vec<PathBuf>,
}

/// The file that cargo reports; the target folder may be anywhere.
fn built(messages: &str, name: &str) -> Result<PathBuf> {
    let messages = messages.lines().map(serde_json::from_str::<Message>);
    let messages: Vec<Message> = messages.collect::<Result<_, _>>().context("cannot read what cargo build printed")?;
    let artifacts = messages.into_iter().filter(|message| message.reason == "compiler-artifact");
    let mut files = artifacts.flat_map(|message| message.filenames);
    let file = files.find(|file| file.file_name().is_some_and(|file| file == name));
    file.with_context(|| format!("cargo build made no file {name}"))
}

/// Checks that a file for other people does not name a folder of this machine.
pub(crate) fn check_nameless(bytes: &[u8], folders: &[PathBuf]) -> Result<()> {
    for folder in folders {
        let name = folder.as_os_str().as_encoded_bytes();
        ensure!(
            name.is_empty() || !bytes.windows(name.len()).any(|part| part == name),
            "the compiled code names the folder {}, which it should not; does a crate use env!(\"CARGO_MANIFEST_DIR\")?",
            folder.display()
        );
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn toolchain(libraries: &Path) -> Toolchain {
        Toolchain { target: "wasm32-unknown-unknown".to_owned(), sysroot: "/r".into(), libraries: libraries.to_owned() }
    }

    #[test]
    fn a_target_is_there_when_its_folder_has_the_standard_library() {
        let folder = tempfile::tempdir().unwrap();
        assert!(!has_standard_library(&folder.path().join("no")));
        fs::write(folder.path().join("libcore-0123.rlib"), "").unwrap();
        let missing = toolchain(folder.path()).missing_library().unwrap();
        assert!(missing.contains("`rustup target add wasm32-unknown-unknown`"), "{missing}");
        fs::write(folder.path().join("libstd-0123.rlib"), "").unwrap();
        assert_eq!(toolchain(folder.path()).missing_library(), None);
    }

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
    fn the_flags_take_folders_out_also_those_with_spaces() {
        let flags = toolchain(Path::new("/lib")).remap(&["/my crates".into(), "/my net".into()]);
        assert_eq!(
            flags,
            ["--remap-path-prefix=/r=rust", "--remap-path-prefix=/my crates=", "--remap-path-prefix=/my net="]
        );
    }

    #[test]
    fn the_file_is_the_one_that_cargo_names() {
        let message = |reason, file| format!(r#"{{"reason":"{reason}","filenames":["{file}"],"fresh":true}}"#);
        let messages = [
            message("build-script", "/a/web.wasm"),
            message("compiler-artifact", "/libnet.rlib"),
            message("compiler-artifact", "/t/web.wasm"),
        ];
        assert_eq!(built(&messages.join("\n"), "web.wasm").unwrap(), Path::new("/t/web.wasm"));
        assert!(built(&messages[1], "web.wasm").unwrap_err().to_string().contains("no file web.wasm"));
    }

    #[test]
    fn a_file_that_names_a_folder_is_refused() {
        let folders = [PathBuf::from("/home/me/.cargo"), PathBuf::from("/home/me/net")];
        check_nameless(b"\0asm crates/web/src/lib.rs", &folders).unwrap();
        let error = check_nameless(b"\0asm /home/me/net/crates/web/src/lib.rs", &folders).unwrap_err().to_string();
        assert!(error.contains("/home/me/net"), "{error}");
    }
}
