//! The layers: which crates of the workspace, and which kinds of others, a crate must not reach.

use std::path::Path;

use anyhow::{Result, bail};

use super::metadata::Metadata;

/// What one crate must not depend on, directly or through others.
struct Rule {
    of: &'static str,
    not: &'static [&'static str],
    because: &'static str,
}

const RULES: [Rule; 6] = [
    Rule {
        of: "core-math",
        not: &["net", "dataset", "net-file", "picture", "report", "app", "xtask"],
        because: "it is the bottom layer: no model, no files",
    },
    Rule {
        of: "net",
        not: &["dataset", "net-file", "picture", "report", "app", "xtask"],
        because: "net and dataset do not know each other, app converts between them",
    },
    Rule {
        of: "dataset",
        not: &["net", "net-file", "picture", "report", "app", "xtask"],
        because: "net and dataset do not know each other, app converts between them",
    },
    Rule {
        of: "net-file",
        not: &["dataset", "picture", "report", "app", "xtask"],
        because: "a program that only loads a net needs no images",
    },
    Rule {
        of: "picture",
        not: &["core-math", "net", "net-file", "report", "app", "xtask"],
        because: "a program that only reads pictures needs no net",
    },
    Rule { of: "report", not: &["app", "xtask"], because: "arrows point down only" },
];

/// Crates that only the edge may use: below it, errors are enums with data and nothing speaks to a terminal.
const EDGE_ONLY: [&str; 6] = ["clap", "anyhow", "bincode", "indicatif", "console", "crossterm"];

/// The edge itself, free to use what it likes.
const EDGE: [&str; 3] = ["app", "fuzz", "xtask"];

pub(super) fn run(root: &Path) -> Result<()> {
    let metadata = Metadata::read(root)?;
    let mut forbidden = Vec::new();
    for name in rulable(metadata.members().map(|member| member.name.as_str()))? {
        // All features and targets: an edge that a default build does not have is still one.
        let tree = super::output(
            root,
            &["tree", "--locked", "-e", "normal", "--all-features", "--target", "all", "--prefix", "none", "-p", name],
        )?;
        forbidden.extend(check(name, &tree));
    }
    if !forbidden.is_empty() {
        bail!("found {}\n{}", forbidden.len(), forbidden.join("\n"));
    }
    Ok(())
}

/// The members that have a rule. One that has none is an error, so a new or renamed crate is not passed over in silence.
fn rulable<'a>(members: impl Iterator<Item = &'a str>) -> Result<Vec<&'a str>> {
    let members: Vec<_> = members.filter(|name| !EDGE.contains(name)).collect();
    if let Some(name) = members.iter().find(|name| RULES.iter().all(|rule| rule.of != **name)) {
        bail!("the crate {name} has no place among the layers; give it a rule in xtask/src/ci/edges.rs");
    }
    Ok(members)
}

/// What is wrong with the tree that `cargo tree --prefix none` prints for a crate, a line each.
fn check(name: &str, tree: &str) -> Vec<String> {
    let rule = RULES.iter().filter(|rule| rule.of == name);
    let forbidden = rule
        .flat_map(|rule| rule.not.iter().map(|not| (*not, rule.because)))
        .chain(EDGE_ONLY.map(|not| (not, "only app and xtask use it")));
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

    const TREE: &str = "net v0.1.0 (crates/net)\n\
                        core-math v0.1.0 (crates/core-math)\n\
                        nalgebra v0.35.0\n\
                        nalgebra-macros v0.3.0 (proc-macro)\n\
                        thiserror v2.0.0\n\
                        core-math v0.1.0 (crates/core-math) (*)\n";

    #[test]
    fn a_tree_without_forbidden_edges_passes() {
        assert_eq!(check("net", TREE), [""; 0]);
    }

    #[test]
    fn a_planted_edge_to_a_crate_of_the_wrong_layer_is_found() {
        let found = check("net", &format!("{TREE}dataset v0.1.0 (crates/dataset)\n"));
        assert_eq!(found.len(), 1);
        assert!(found[0].contains("net -> dataset: net and dataset do not know each other"), "{found:?}");
    }

    #[test]
    fn a_planted_edge_to_what_only_the_edge_may_use_is_found_in_every_layer() {
        for rule in &RULES {
            for not in EDGE_ONLY {
                let found = check(rule.of, &format!("{TREE}{not} v1.0.0\n"));
                assert!(found.iter().any(|line| line.contains(&format!("-> {not}:"))), "{}: {not}", rule.of);
            }
        }
    }

    #[test]
    fn a_crate_whose_name_only_begins_like_a_forbidden_one_is_none() {
        assert_eq!(check("net", &format!("{TREE}dataset-tools v1.0.0\nclap_lex v1.0.0\n")), [""; 0]);
    }

    #[test]
    fn a_member_without_a_rule_is_an_error() {
        assert_eq!(rulable(["app", "net", "xtask"].into_iter()).unwrap(), ["net"]);
        let error = rulable(["net", "extra"].into_iter()).unwrap_err().to_string();
        assert!(error.contains("extra"), "{error}");
    }
}
