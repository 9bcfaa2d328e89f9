//! The README shows the example as it is; its code is compiled and run as documentation.

#[test]
fn the_readme_shows_the_example_as_it_is() {
    let lines =
        |text: &'static str| text.lines().filter(|line| !line.starts_with("//!")).collect::<Vec<_>>().join("\n");
    let example = lines(include_str!("../../examples/train.rs"));
    let readme = lines(include_str!("../../README.md"));
    assert!(readme.contains(&format!("\n{}\n```\n", example.trim())), "README.md shows another train");
}
