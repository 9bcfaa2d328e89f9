//! Checks the layers: which crates of the workspace, and which kinds of other crates, a crate must not depend on.

use std::path::Path;

use anyhow::{Result, bail};

use super::metadata::Metadata;

/// The crates of the workspace that a crate may depend on, directly or through others. It must not depend on any other.
struct Rule {
    of: &'static str,
    may: &'static [&'static str],
    because: &'static str,
}

const RULES: [Rule; 11] = [
    Rule { of: "two-layer-net-core-math", may: &[], because: "it is the bottom layer: no model, no files" },
    Rule { of: "two-layer-net-npy", may: &[], because: "it reads arrays and leaves their meaning to others" },
    Rule {
        of: "two-layer-net-dataset",
        may: &["two-layer-net-npy"],
        because: "dataset and net do not know each other; training brings them together",
    },
    Rule {
        of: "two-layer-net",
        may: &["two-layer-net-core-math"],
        because: "dataset and net do not know each other; training brings them together",
    },
    Rule { of: "two-layer-net-fetch", may: &[], because: "it brings files and leaves reading them to others" },
    Rule {
        of: "two-layer-net-picture",
        may: &["two-layer-net-dataset", "two-layer-net-npy"],
        because: "a program that only reads pictures needs no net",
    },
    Rule {
        of: "two-layer-net-file",
        may: &["two-layer-net-core-math", "two-layer-net", "two-layer-net-npy"],
        because: "a program that only loads a net needs no images",
    },
    Rule {
        of: "two-layer-net-training",
        may: &["two-layer-net-core-math", "two-layer-net-dataset", "two-layer-net", "two-layer-net-npy"],
        because: "a run needs no files, no page and no command line",
    },
    Rule {
        of: "two-layer-net-report",
        may: &["two-layer-net-core-math", "two-layer-net-dataset", "two-layer-net", "two-layer-net-npy"],
        because: "arrows point down only, and a page must not use the network",
    },
    Rule {
        of: "two-layer-net-korean",
        may: &[
            "two-layer-net-core-math",
            "two-layer-net-dataset",
            "two-layer-net",
            "two-layer-net-file",
            "two-layer-net-npy",
            "two-layer-net-picture",
            "two-layer-net-training",
        ],
        because: "it has words for their errors, and no command line",
    },
    Rule {
        of: "two-layer-net-web",
        may: &[
            "two-layer-net-core-math",
            "two-layer-net-dataset",
            "two-layer-net",
            "two-layer-net-file",
            "two-layer-net-korean",
            "two-layer-net-npy",
            "two-layer-net-picture",
            "two-layer-net-training",
        ],
        because: "a browser has no command line, and nothing there downloads",
    },
];

/// Crates that only the edge may use. Below it, errors are enums with data, and nothing prints to a terminal.
const EDGE_ONLY: [&str; 8] = ["clap", "anyhow", "bincode", "indicatif", "console", "crossterm", "pyo3", "numpy"];

/// The edge, which may use any crate.
const EDGE: [&str; 5] = ["app", "benches", "fuzz", "two-layer-net-python", "xtask"];

pub(super) fn run(root: &Path) -> Result<()> {
    let metadata = Metadata::read(root)?;
    let mut forbidden = Vec::new();
    let members: Vec<&str> = metadata.members().map(|member| member.name.as_str()).collect();
    for name in rulable(members.iter().copied())? {
        // All features and targets: a dependency counts even if a default build does not have it.
        let tree = super::output(
            root,
            &["tree", "--locked", "-e", "normal", "--all-features", "--target", "all", "--prefix", "none", "-p", name],
        )?;
        forbidden.extend(check(name, &members, &tree));
    }
    if !forbidden.is_empty() {
        bail!("found {}\n{}", forbidden.len(), forbidden.join("\n"));
    }
    Ok(())
}

/// The members that have a rule. A member without one is an error, so that new or renamed crates are not forgotten.
fn rulable<'a>(members: impl Iterator<Item = &'a str>) -> Result<Vec<&'a str>> {
    let members: Vec<_> = members.filter(|name| !EDGE.contains(name)).collect();
    if let Some(name) = members.iter().find(|name| RULES.iter().all(|rule| rule.of != **name)) {
        bail!("the crate {name} has no place among the layers; give it a rule in xtask/src/ci/edges.rs");
    }
    Ok(members)
}

/// The problems in the tree that `cargo tree --prefix none` prints for a crate, one per line. `members` are all crates of
/// the workspace.
fn check(name: &str, members: &[&str], tree: &str) -> Vec<String> {
    let rule = RULES.iter().find(|rule| rule.of == name);
    let others = rule.into_iter().flat_map(|rule| {
        let others = members.iter().filter(|member| **member != name && !rule.may.contains(member));
        others.map(|not| (*not, rule.because))
    });
    let forbidden = others.chain(EDGE_ONLY.map(|not| (not, "only the edge uses it: app, fuzz, python and xtask")));
    forbidden
        .filter(|(not, _)| tree.lines().any(|line| line.split(' ').next() == Some(not)))
        .map(|(not, because)| {
            format!("  {name} -> {not}: {because}\n    see `cargo tree -e normal --all-features --target all -p {name} -i {not}`")
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const TREE: &str = "two-layer-net v0.1.0 (crates/net)\n\
                        two-layer-net-core-math v0.1.0 (crates/core-math)\n\
                        nalgebra v0.35.0\n\
                        nalgebra-macros v0.3.0 (proc-macro)\n\
                        thiserror v2.0.0\n\
                        two-layer-net-core-math v0.1.0 (crates/core-math) (*)\n";

    const MEMBERS: [&str; 5] = ["app", "two-layer-net-core-math", "two-layer-net-dataset", "two-layer-net", "xtask"];

    #[test]
    fn a_tree_without_forbidden_edges_passes() {
        assert_eq!(check("two-layer-net", &MEMBERS, TREE), [""; 0]);
    }

    #[test]
    fn a_planted_edge_to_a_crate_of_the_wrong_layer_is_found() {
        let found = check("two-layer-net", &MEMBERS, &format!("{TREE}two-layer-net-dataset v0.1.0 (crates/dataset)\n"));
        assert_eq!(found.len(), 1);
        assert!(
            found[0].contains("two-layer-net -> two-layer-net-dataset: dataset and net do not know each other"),
            "{found:?}"
        );
    }

    #[test]
    fn fetch_may_not_read_what_it_fetches() {
        let tree =
            "two-layer-net-fetch v0.1.0 (crates/fetch)\nureq v3.0.0\ntwo-layer-net-dataset v0.1.0 (crates/dataset)\n";
        let found = check("two-layer-net-fetch", &MEMBERS, tree);
        assert_eq!(found.len(), 1);
        assert!(found[0].contains("two-layer-net-fetch -> two-layer-net-dataset: it brings files"), "{found:?}");
    }

    #[test]
    fn a_planted_edge_to_what_only_the_edge_may_use_is_found_in_every_layer() {
        for rule in &RULES {
            for not in EDGE_ONLY {
                let found = check(rule.of, &MEMBERS, &format!("{TREE}{not} v1.0.0\n"));
                assert!(found.iter().any(|line| line.contains(&format!("-> {not}:"))), "{}: {not}", rule.of);
            }
        }
    }

    #[test]
    fn a_crate_whose_name_only_begins_like_a_forbidden_one_is_none() {
        assert_eq!(
            check("two-layer-net", &MEMBERS, &format!("{TREE}dataset-tools v1.0.0\nclap_lex v1.0.0\n")),
            [""; 0]
        );
    }

    #[test]
    fn a_member_without_a_rule_is_an_error() {
        assert_eq!(rulable(["app", "two-layer-net", "xtask"].into_iter()).unwrap(), ["two-layer-net"]);
        let error = rulable(["two-layer-net", "extra"].into_iter()).unwrap_err().to_string();
        assert!(error.contains("extra"), "{error}");
    }
}
