//! The program, compiled for a target.

use std::path::{Path, PathBuf};

#[cfg(unix)]
use anyhow::Context;
use anyhow::Result;

use crate::compile::{Build, Toolchain};
use crate::starts;

pub(super) struct Target<'a> {
    name: &'a str,
}

/// A linker that a target needs, the flags that select it, and how to install it.
struct Linker {
    program: &'static str,
    flags: &'static [&'static str],
    install: &'static str,
}

/// Rust's own linker makes a static program and uses nothing of this system, so that every system gives the same bytes.
const OWN: Linker = Linker {
    program: "rust-lld",
    flags: &["-C", "linker=rust-lld", "-C", "target-feature=+crt-static"],
    install: "the Rust of rustup has it (https://rustup.rs)",
};

/// By default, an .exe contains the time of linking, and lists what it imports in the order of the libraries' paths. The
/// libraries of Rust are in this checkout, the linker's own in a folder of the system. A relative path comes after all
/// absolute ones, so the linker gets its folder as a relative path, and the order is the same in every checkout.
const MINGW: Linker = Linker {
    program: "x86_64-w64-mingw32-gcc",
    flags: &["-C", "link-arg=-Wl,--no-insert-timestamp", "-C", "link-arg=-Ltarget/mingw"],
    install: "on Debian, `apt-get install gcc-mingw-w64-x86-64` does",
};

impl<'a> Target<'a> {
    pub(super) fn named(name: &'a str) -> Self {
        Self { name }
    }

    pub(super) fn name(&self) -> &'a str {
        self.name
    }

    pub(super) fn is_windows(&self) -> bool {
        self.name.contains("-windows-")
    }

    /// Other targets use Rust's default linker, which their own systems have.
    fn linker(&self) -> Option<Linker> {
        match self.name {
            name if name.ends_with("-linux-musl") => Some(OWN),
            "x86_64-pc-windows-gnu" => Some(MINGW),
            _ => None,
        }
    }

    /// What is not installed here, and how to install it.
    pub(super) fn missing(&self, root: &Path) -> Result<Option<String>> {
        let toolchain = Toolchain::of_target(root, self.name)?;
        let library = toolchain.missing_library();
        Ok(library.or_else(|| {
            let linker = self.linker()?;
            let found = match linker.program {
                "rust-lld" => toolchain.has_own_linker(),
                program => starts(program),
            };
            (!found).then(|| format!("no linker {} here; {}", linker.program, linker.install))
        }))
    }

    /// Compiles the program in the profile `shipped`.
    pub(super) fn compile(&self, root: &Path) -> Result<PathBuf> {
        let flags = self.linker().map_or(&[][..], |linker| linker.flags);
        #[cfg(unix)]
        if self.linker().is_some_and(|linker| linker.program == MINGW.program) {
            link_to_mingw(root).context("cannot make target/mingw")?;
        }
        let file = if self.is_windows() { "app.exe" } else { "app" };
        let build = Build { package: "app", file, profile: "shipped", flags };
        build.run(root, &Toolchain::of_target(root, self.name)?)
    }
}

/// Makes target/mingw, a link to the folder with the linker's libraries. On Windows, that needs a privilege; without the
/// link, only the order of the imports is another one.
#[cfg(unix)]
fn link_to_mingw(root: &Path) -> Result<()> {
    use std::fs;

    let output = std::process::Command::new(MINGW.program).arg("-print-file-name=libkernel32.a").output()?;
    let library = fs::canonicalize(String::from_utf8(output.stdout)?.trim_end())?;
    let link = root.join("target/mingw");
    if link.is_symlink() {
        fs::remove_file(&link)?;
    }
    let folder = library.parent().context("libkernel32.a is in no folder")?;
    Ok(std::os::unix::fs::symlink(folder, &link)?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::checkout;

    #[test]
    fn a_target_without_its_standard_library_is_missing_with_the_command_that_installs_it() {
        let missing = Target::named("armv5te-unknown-linux-musleabi").missing(&checkout()).unwrap().unwrap();
        assert!(missing.contains("`rustup target add armv5te-unknown-linux-musleabi`"), "{missing}");
    }

    #[test]
    fn a_name_that_is_no_target_is_an_error_that_says_so() {
        let error = Target::named("vax-unknown-vms").missing(&checkout()).unwrap_err().to_string();
        assert!(error.contains("vax-unknown-vms"), "{error}");
    }
}
