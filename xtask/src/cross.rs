//! `cargo xtask cross`: builds all tests for another system, and runs them with wine or qemu.

mod tally;
mod wine;

use std::collections::BTreeMap;
use std::env;
use std::io::{self, BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::Stdio;

use anyhow::{Context, Result, bail, ensure};
use clap::ValueEnum;

use crate::compile::Toolchain;
use crate::{cargo, checkout, say};
use tally::Tally;

/// Build and run all tests for another system: Windows with wine, or aarch64 Linux with qemu
///
/// It first checks that the target's standard library, a linker and wine or qemu are installed, and tells you how to
/// install what is missing. Tests that cannot run there are skipped; it prints their names and the reason.
#[derive(clap::Args)]
pub(crate) struct Args {
    system: System,
    /// Test only these crates
    #[arg(short, long, value_name = "NAME")]
    package: Vec<String>,
    /// Build the tests, but do not run them
    #[arg(long)]
    no_run: bool,
    /// Arguments for each test program, such as a part of a test's name
    #[arg(last = true, value_name = "TEST ARGS")]
    test: Vec<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum System {
    Windows,
    Aarch64,
}

/// How to run tests for another system.
struct Way {
    target: &'static str,
    linker: &'static str,
    /// Programs that can run the tests; the first that is installed is used, with `runner_args` before the test's own
    /// arguments.
    runners: &'static [&'static str],
    runner_args: &'static [&'static str],
    /// The command that installs linker and runner.
    install: &'static str,
    /// Whether a program there can start another one directly. If not, tests use the runner again.
    starts_programs: bool,
    /// Crates that are left out, and the reason.
    without: &'static [(&'static str, &'static str)],
    /// Tests that are left out, and the reason.
    skipped: &'static [(&'static str, &'static str)],
}

/// Why tests of xtask itself are left out with wine.
const NO_RUST: &str = "it starts cargo or rustc, which are Linux programs here";

const NO_PYTHON: (&str, &str) = ("two-layer-net-python", "its library needs a Python for that system");

impl System {
    fn way(self) -> Way {
        match self {
            Self::Windows => Way {
                target: "x86_64-pc-windows-gnu",
                linker: "x86_64-w64-mingw32-gcc",
                runners: &["wine", "wine64"],
                runner_args: &[],
                install: "apt-get install gcc-mingw-w64-x86-64 wine64 wine",
                starts_programs: true,
                without: &[NO_PYTHON],
                skipped: &[
                    ("bench::tests::a_machine_has_a_compiler_and_a_day", NO_RUST),
                    ("ci::tests::a_cargo_that_fails_is_an_error", NO_RUST),
                    ("ci::tests::a_failing_cargo_is_an_error_that_holds_what_it_said", NO_RUST),
                    ("tests::a_program_that_is_not_here_does_not_start", NO_RUST),
                    (
                        "dist::target::tests::a_target_without_its_standard_library_is_missing_with_the_command_that_installs_it",
                        NO_RUST,
                    ),
                    ("dist::target::tests::a_name_that_is_no_target_is_an_error_that_says_so", NO_RUST),
                ],
            },
            Self::Aarch64 => Way {
                target: "aarch64-unknown-linux-gnu",
                linker: "aarch64-linux-gnu-gcc",
                runners: &["qemu-aarch64", "qemu-aarch64-static"],
                runner_args: &["-L", "/usr/aarch64-linux-gnu"],
                install: "apt-get install gcc-aarch64-linux-gnu libc6-dev-arm64-cross qemu-user-static",
                starts_programs: false,
                without: &[NO_PYTHON],
                skipped: &[(
                    "hostile::nohup_keeps_a_run_going_when_the_terminal_closes",
                    "the program reads in /proc which signals are ignored, and qemu has the answer for itself there",
                )],
            },
        }
    }

    fn is_this(self) -> bool {
        match self {
            Self::Windows => cfg!(windows),
            Self::Aarch64 => cfg!(all(target_os = "linux", target_arch = "aarch64")),
        }
    }
}

pub(crate) fn run(args: &Args) -> Result<()> {
    ensure!(!args.system.is_this(), "this machine is such a system: `cargo test --workspace` runs the tests");
    let (root, way) = (checkout(), args.system.way());
    if let Some(missing) = Toolchain::of_target(&root, way.target)?.missing_library() {
        bail!(missing);
    }
    let mut variables = way.variables(|name| env::var(name).ok(), &env::var_os("PATH").unwrap_or_default())?;
    if args.system == System::Windows {
        variables.extend([wine::libraries(&root.join("target/cross-wine"))?]);
    }
    let mut tally = Tally::of(&build(&root, &way, args, &variables)?)?;
    if args.no_run {
        return Ok(());
    }

    let mut command = cargo(&root);
    command.args(["test", "--no-fail-fast"]).args(way.arguments(&args.package)).arg("--");
    for (test, reason) in way.skipped {
        say(format_args!("skipped: {test}, since {reason}"));
        command.args(["--skip", test]);
    }
    // cargo prints the names of the programs on stderr, and they print on stdout; one pipe keeps the order
    let (reader, writer) = io::pipe().context("cannot make a pipe")?;
    // these variables name programs of this system
    for name in ["PYTHON", "REQUIRE_PYTHON", "CHROMIUM", "REQUIRE_BROWSER"] {
        command.env_remove(name);
    }
    command.args(&args.test).envs(&variables).stdout(writer.try_clone()?).stderr(writer);
    let mut child = command.spawn().context("cannot start cargo")?;
    drop(command); // also drops its ends of the pipe
    for line in BufReader::new(reader).split(b'\n') {
        let line = line.context("cannot read what the tests print")?;
        let line = String::from_utf8_lossy(&line);
        say(line.trim_end());
        tally.read(line.trim_end());
    }
    let status = child.wait().context("cannot wait for cargo")?;
    say(tally.table());
    // a program that crashed has printed no result
    ensure!(status.success() && tally.failed() == 0, "cargo test for {}: {status}", way.target);
    Ok(())
}

/// Compiles the tests; returns cargo's messages.
fn build(root: &Path, way: &Way, args: &Args, variables: &BTreeMap<String, String>) -> Result<String> {
    let mut command = cargo(root);
    command.args(["test", "--no-run", "--message-format=json-render-diagnostics"]).args(way.arguments(&args.package));
    let output = command.envs(variables).stderr(Stdio::inherit()).output().context("cannot start cargo")?;
    ensure!(output.status.success(), "cargo test --no-run for {}: {}", way.target, output.status);
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

impl Way {
    fn arguments(&self, packages: &[String]) -> Vec<String> {
        let mut words = vec!["--locked", "--target", self.target];
        if packages.is_empty() {
            words.push("--workspace");
            words.extend(self.without.iter().flat_map(|(name, _)| ["--exclude", name]));
        }
        words.extend(packages.iter().flat_map(|name| ["-p", name]));
        words.into_iter().map(str::to_owned).collect()
    }

    /// The variables for cargo and the tests. Variables that are already set in `given` keep their values.
    fn variables(
        &self,
        given: impl Fn(&str) -> Option<String>,
        path: &std::ffi::OsStr,
    ) -> Result<BTreeMap<String, String>> {
        let target = self.target.replace('-', "_").to_uppercase();
        let [linker, runner] = ["LINKER", "RUNNER"].map(|what| format!("CARGO_TARGET_{target}_{what}"));
        let mut missing = Vec::new();
        let mut look = |variable: &str, programs: &[&str], args: &[&str]| {
            let found = find(programs, path).map(|program| [&[program], args].concat().join(" "));
            if let Some(words) = given(variable).or(found) {
                return words;
            }
            missing.push(programs.join(" or "));
            String::new()
        };
        let mut variables = BTreeMap::from([
            (linker.clone(), look(&linker, &[self.linker], &[])),
            (runner.clone(), look(&runner, self.runners, self.runner_args)),
        ]);
        if !missing.is_empty() {
            bail!("no {} in PATH; on Debian, `{}` installs it", missing.join(" and no "), self.install);
        }
        if !self.starts_programs {
            variables.insert("TEST_RUNNER".to_owned(), variables[&runner].clone());
        }
        // without line numbers the programs are a tenth of the size, and wine then prints no warnings about missing
        // functions
        for (name, value) in [("CARGO_PROFILE_DEV_DEBUG", "0"), ("CARGO_INCREMENTAL", "0"), ("WINEDEBUG", "-all")] {
            variables.insert(name.to_owned(), given(name).unwrap_or_else(|| value.to_owned()));
        }
        Ok(variables)
    }
}

/// The first of these programs that exists in a folder of `path` (as in PATH).
fn find<'a>(programs: &[&'a str], path: &std::ffi::OsStr) -> Option<&'a str> {
    let folders: Vec<PathBuf> = env::split_paths(path).collect();
    programs.iter().copied().find(|program| folders.iter().any(|folder| folder.join(program).is_file()))
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn what_is_missing_is_named_with_the_command_that_installs_it() {
        let folder = tempfile::tempdir().unwrap();
        let missing = |way: &Way| way.variables(|_| None, folder.path().as_os_str()).unwrap_err().to_string();
        let way = System::Windows.way();
        let error = missing(&way);
        for words in ["no x86_64-w64-mingw32-gcc and no wine or wine64", "apt-get install gcc-mingw-w64-x86-64 wine64"]
        {
            assert!(error.contains(words), "{error}");
        }
        fs::write(folder.path().join(way.linker), "").unwrap();
        assert!(missing(&way).starts_with("no wine or wine64 in PATH"));
        fs::write(folder.path().join("wine64"), "").unwrap();
        let found = way.variables(|_| None, folder.path().as_os_str()).unwrap();
        assert_eq!(found["CARGO_TARGET_X86_64_PC_WINDOWS_GNU_RUNNER"], "wine64");
        assert!(!found.contains_key("TEST_RUNNER"), "Windows starts its own programs");
    }

    #[test]
    fn qemu_gets_the_folder_of_its_libraries_in_tests_that_start_programs_too() {
        let folder = tempfile::tempdir().unwrap();
        for program in ["aarch64-linux-gnu-gcc", "qemu-aarch64-static"] {
            fs::write(folder.path().join(program), "").unwrap();
        }
        let way = System::Aarch64.way();
        let found = way.variables(|_| None, folder.path().as_os_str()).unwrap();
        let words = "qemu-aarch64-static -L /usr/aarch64-linux-gnu";
        assert_eq!(found["CARGO_TARGET_AARCH64_UNKNOWN_LINUX_GNU_RUNNER"], words);
        assert_eq!(found["TEST_RUNNER"], words);

        let given = |name: &str| name.ends_with("RUNNER").then(|| "mine".to_owned());
        let found = way.variables(given, folder.path().as_os_str()).unwrap();
        assert_eq!(found["TEST_RUNNER"], "mine");
    }

    #[test]
    fn crates_are_all_but_those_left_out_or_those_that_are_named() {
        let way = System::Windows.way();
        let all = way.arguments(&[]).join(" ");
        assert_eq!(all, "--locked --target x86_64-pc-windows-gnu --workspace --exclude two-layer-net-python");
        assert_eq!(way.arguments(&["app".to_owned()]).join(" "), "--locked --target x86_64-pc-windows-gnu -p app");
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
