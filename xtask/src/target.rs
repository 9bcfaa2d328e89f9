//! What a build for another kind of machine needs: its standard library, and programs.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail, ensure};

/// Where the Rust is that cargo uses, with a standard library for `target`; `debian` is the package that has it.
pub(crate) fn sysroot(root: &Path, target: &str, debian: &str) -> Result<PathBuf> {
    let rustc = env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let mut command = Command::new(&rustc);
    command.args(["--print", "sysroot", "--print", "target-libdir", "--target", target]).current_dir(root);
    let output = command.output().with_context(|| format!("cannot start {}", rustc.display()))?;
    let printed = String::from_utf8_lossy(&output.stdout);
    let folders: Vec<&Path> = printed.lines().map(Path::new).collect();
    let [sysroot, libraries] = folders[..] else {
        bail!("{} --print target-libdir: {}", rustc.display(), String::from_utf8_lossy(&output.stderr).trim_end());
    };
    ensure!(
        has_standard_library(libraries),
        "this Rust has no standard library for {target}, looked for {}\n\
         `rustup target add {target}` installs it; without rustup, a package of your system does (Debian: {debian})",
        libraries.display()
    );
    Ok(sysroot.to_owned())
}

fn has_standard_library(folder: &Path) -> bool {
    let is_std = |name: &str| name.starts_with("libstd-") && name.ends_with(".rlib");
    fs::read_dir(folder).into_iter().flatten().flatten().any(|entry| entry.file_name().to_str().is_some_and(is_std))
}

/// The first of these programs that a folder of `path` (as in PATH) holds.
pub(crate) fn find<'a>(programs: &[&'a str], path: &std::ffi::OsStr) -> Option<&'a str> {
    let folders: Vec<PathBuf> = env::split_paths(path).collect();
    programs.iter().copied().find(|program| folders.iter().any(|folder| folder.join(program).is_file()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_target_is_there_when_its_folder_has_the_standard_library() {
        let folder = tempfile::tempdir().unwrap();
        assert!(!has_standard_library(&folder.path().join("no")));
        fs::write(folder.path().join("libcore-0123.rlib"), "").unwrap();
        assert!(!has_standard_library(folder.path()));
        fs::write(folder.path().join("libstd-0123.rlib"), "").unwrap();
        assert!(has_standard_library(folder.path()));
    }

    #[test]
    fn the_first_program_that_is_in_a_folder_of_the_path_is_found() {
        let folders = [(); 2].map(|()| tempfile::tempdir().unwrap());
        fs::write(folders[0].path().join("second"), "").unwrap();
        fs::write(folders[1].path().join("third"), "").unwrap();
        fs::create_dir(folders[1].path().join("first")).unwrap();
        let path = env::join_paths(folders.iter().map(tempfile::TempDir::path)).unwrap();
        assert_eq!(find(&["first", "second", "third"], &path), Some("second"));
        assert_eq!(find(&["first"], &path), None);
    }
}
