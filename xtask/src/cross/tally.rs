//! Counts the passed tests of each crate, from the output of cargo and the test programs.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::{Context, Result};
use serde::Deserialize;

/// The results of each crate.
#[derive(Default)]
pub(super) struct Tally {
    /// The crate of each test program, by the name of its file, and of each library, by the name that code uses.
    crates: BTreeMap<String, String>,
    /// The program that is printing now.
    current: String,
    results: BTreeMap<String, Results>,
    failures: Vec<String>,
}

#[derive(Default)]
struct Results {
    passed: u64,
    failed: u64,
    ignored: u64,
}

#[derive(Deserialize)]
struct Message {
    reason: String,
    #[serde(default)]
    package_id: String,
    target: Option<Target>,
    executable: Option<String>,
}

#[derive(Deserialize)]
struct Target {
    name: String,
}

impl Tally {
    /// An empty tally for the programs in cargo's messages.
    pub(super) fn of(messages: &str) -> Result<Self> {
        let mut crates = BTreeMap::new();
        for line in messages.lines() {
            let message: Message = serde_json::from_str(line).context("cannot read what cargo printed")?;
            let (true, Some(target)) = (message.reason == "compiler-artifact", message.target) else { continue };
            let package = name_of(&message.package_id);
            if let Some(name) = message.executable.as_deref().and_then(file_name) {
                crates.insert(name, package.clone());
            }
            crates.insert(target.name.replace('-', "_"), package);
        }
        Ok(Self { crates, ..Self::default() })
    }

    /// Reads a line of the output.
    pub(super) fn read(&mut self, line: &str) {
        let words = line.trim_start();
        if let Some(program) = words.strip_prefix("Running ") {
            let path = program.rsplit_once('(').and_then(|(_, path)| file_name(path.trim_end_matches(')')));
            self.enter(path.unwrap_or_default());
        } else if let Some(library) = words.strip_prefix("Doc-tests ") {
            self.enter(library.to_owned());
        } else if let Some(counts) = line.strip_prefix("test result: ") {
            let count = |what: &str| {
                let number = counts.split([';', '.']).find_map(|part| part.trim().strip_suffix(what));
                number.and_then(|number| number.trim().parse::<u64>().ok()).unwrap_or(0)
            };
            let results = self.results.entry(self.current.clone()).or_default();
            results.passed += count(" passed");
            results.failed += count(" failed");
            results.ignored += count(" ignored");
        } else if let Some(name) = line.strip_prefix("test ").and_then(|rest| rest.strip_suffix(" ... FAILED")) {
            self.failures.push(format!("{}: {name}", self.current));
        }
    }

    fn enter(&mut self, program: String) {
        self.current = self.crates.get(&program).cloned().unwrap_or(program);
    }

    pub(super) fn failed(&self) -> u64 {
        self.results.values().map(|results| results.failed).sum()
    }

    /// One line per crate, the total, and the tests that failed.
    pub(super) fn table(&self) -> String {
        let mut table = format!("\n{:<28}{:>8}{:>8}{:>8}", "crate", "passed", "failed", "ignored");
        let mut all = Results::default();
        for (name, Results { passed, failed, ignored }) in &self.results {
            table += &format!("\n{name:<28}{passed:>8}{failed:>8}{ignored:>8}");
            all.passed += passed;
            all.failed += failed;
            all.ignored += ignored;
        }
        table += &format!("\n{:<28}{:>8}{:>8}{:>8}", "all", all.passed, all.failed, all.ignored);
        for failure in &self.failures {
            table += &format!("\nfailed: {failure}");
        }
        table
    }
}

/// `path+file:///home/me/net/crates/app#0.1.0`, or `...crates/net#two-layer-net@0.1.0`.
fn name_of(id: &str) -> String {
    let (path, name) = id.rsplit_once('#').unwrap_or((id, id));
    let name = match name.split_once('@') {
        Some((name, _)) => name,
        None => path.rsplit('/').next().unwrap_or(path),
    };
    name.to_owned()
}

fn file_name(path: &str) -> Option<String> {
    Some(Path::new(path).file_name()?.to_str()?.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(id: &str, name: &str, executable: &str) -> String {
        format!(
            r#"{{"reason":"compiler-artifact","package_id":"path+file:///t/{id}","target":{{"name":"{name}"}},"executable":{executable}}}"#
        )
    }

    fn tally() -> Tally {
        let messages = [
            message("crates/app#0.1.0", "cli", r#""/t/deps/cli-01.exe""#),
            message("crates/app#0.1.0", "app", r#""/t/deps/app-02.exe""#),
            message("crates/net#two-layer-net@0.1.0", "net", r#""/t/deps/net-03.exe""#),
            message("crates/net#two-layer-net@0.1.0", "net", "null"),
            r#"{"reason":"build-finished","success":true}"#.to_owned(),
        ];
        Tally::of(&messages.join("\n")).unwrap()
    }

    #[test]
    fn results_are_added_up_for_each_crate_and_failures_are_named() {
        let mut tally = tally();
        let printed = "     Running unittests src/lib.rs (target/t/debug/deps/app-02.exe)
running 4 tests
test result: ok. 4 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.13s
     Running tests/cli/main.rs (target/t/debug/deps/cli-01.exe)
test page::a_page ... FAILED
test result: FAILED. 10 passed; 1 failed; 2 ignored; 0 measured; 0 filtered out; finished in 0.13s
     Running unittests src/lib.rs (target/t/debug/deps/net-03.exe)
test result: ok. 7 passed; 0 failed; 0 ignored; 0 measured; 3 filtered out; finished in 0.13s
   Doc-tests net
test result: ok. 2 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.13s";
        printed.lines().for_each(|line| tally.read(line));
        assert_eq!(tally.failed(), 1);
        let table = tally.table();
        for line in [
            "app                               14       1       2",
            "two-layer-net                      9       0       0",
            "all                               23       1       2",
            "failed: app: page::a_page",
        ] {
            assert!(table.lines().any(|found| found == line), "{table}\nwithout {line}");
        }
    }

    #[test]
    fn messages_that_are_not_cargos_are_an_error() {
        assert!(Tally::of("Compiling app").is_err());
    }
}
