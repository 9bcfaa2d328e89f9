//! The README shows the example as it is; its code is compiled with the documentation (run, it needs the network).
#![forbid(unsafe_code)]

#[test]
fn the_readme_shows_the_example_as_it_is() {
    let is_code = |line: &&str| !line.starts_with("//!") && !line.starts_with("#!");
    let example: Vec<_> = include_str!("../examples/fetch_mnist.rs").lines().filter(is_code).collect();
    let example = example.join("\n");
    assert!(include_str!("../README.md").contains(&format!("\n{}\n```\n", example.trim())), "another fetch_mnist");
}
