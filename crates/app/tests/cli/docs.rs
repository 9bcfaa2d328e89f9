//! What the pages say: links lead somewhere, code is the code of the crates, commands are commands.

use crate::python::python;
use crate::support::{Place, printed, real_mnist};
use pulldown_cmark::{CodeBlockKind, Event, Options, Parser, Tag, TagEnd};
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

#[test]
fn every_relative_link_leads_somewhere() {
    let pages = pages();
    assert!(pages.len() > 10, "{pages:?}");
    let mut dead = Vec::new();
    for page in &pages {
        for link in Page::read(page).links {
            let (path, anchor) = link.split_once('#').unwrap_or((&link, ""));
            let target = if path.is_empty() { page.clone() } else { page.parent().unwrap().join(path) };
            let is_page = target.extension().is_some_and(|extension| extension == "md");
            let leads = target.exists() && (anchor.is_empty() || is_page && Page::read(&target).has_anchor(anchor));
            if !leads {
                dead.push(format!("{}: {link}", page.display()));
            }
        }
    }
    assert!(dead.is_empty(), "{dead:#?}");
}

#[test]
fn every_code_line_of_the_guide_is_a_line_of_the_crates() {
    let page = root().join("docs/guide.md");
    let blocks: Vec<Block> = Page::read(&page).blocks("rust").collect();
    assert!(blocks.len() > 15, "{}", blocks.len());
    for Block { text, after_link, .. } in blocks {
        let source = page.parent().unwrap().join(&after_link);
        assert!(after_link.ends_with(".rs"), "no source is linked above\n{text}");
        let lines = |text: &str| -> Vec<String> { text.lines().map(|line| line.trim().to_owned()).collect() };
        let (quoted, code) = (lines(&text), lines(&fs::read_to_string(&source).unwrap()));
        let stands = code.windows(quoted.len()).any(|window| window == quoted);
        assert!(stands, "{} does not contain what the guide quotes:\n{text}", source.display());
    }
}

/// The lines without the comments after commands, which are in the language of the page.
fn commands(text: &str) -> String {
    let lines = text.lines().map(|line| line.split("  # ").next().unwrap_or_default().trim_end());
    lines.collect::<Vec<_>>().join("\n")
}

#[test]
fn the_korean_pages_show_what_the_english_ones_show() {
    for name in ["README", "docs/guide", "docs/faq", "docs/web", "docs/python", "docs/numerical-gradient"] {
        let [english, korean] = ["md", "ko.md"].map(|end| Page::read(&root().join(format!("{name}.{end}"))));
        // an indented block may have words in it
        let shown = |page: &Page| -> Vec<String> {
            let blocks = page.blocks.iter().filter(|block| !block.language.is_empty());
            blocks
                .map(|block| if block.language == "console" { commands(&block.text) } else { block.text.clone() })
                .collect()
        };
        let (english_blocks, korean_blocks) = (shown(&english), shown(&korean));
        for (english, korean) in english_blocks.iter().zip(&korean_blocks) {
            assert_eq!(english, korean, "{name}.ko.md shows something else");
        }
        assert_eq!(english_blocks.len(), korean_blocks.len(), "blocks of {name}.ko.md");
        // as many formulas, which a paragraph that lost its indentation is not
        assert_eq!(english.blocks.len(), korean.blocks.len(), "indented blocks of {name}.md and {name}.ko.md");
        assert_eq!(english.headings.len(), korean.headings.len(), "headings of {name}.ko.md");
    }
}

#[test]
fn every_command_of_the_pages_is_one_that_the_programs_take() {
    let place = Place::new();
    let mut seen = BTreeSet::new();
    for page in pages() {
        for block in Page::read(&page).blocks("console") {
            for line in block.text.lines().filter_map(|line| line.strip_prefix("$ ")) {
                let command = line.split(" #").next().unwrap().trim_end();
                if seen.insert(command.to_owned()) {
                    let check = is_command(&place, command);
                    assert!(check, "{}: {command}", page.display());
                }
            }
        }
    }
    assert!(seen.len() > 20, "{seen:?}");
}

#[test]
fn the_digit_of_the_guide_is_read_as_what_it_is() {
    let place = Place::new();
    place.run("train --quiet --no-report --dataset digits --gradient backprop --iterations 3000 --out run");
    let five = root().join("docs/figures/five.png");
    let json = place.run(&format!("predict --json --model run {}", five.display()));
    let answers: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!(answers[0]["digit"], 5, "{json}");
}

#[test]
fn the_python_of_the_faq_does_what_stands_below_it() {
    let Some(python) = python() else { return };
    let place = Place::new();
    place.run("train --quiet --no-report --dataset digits --gradient backprop --iterations 10 --out run");
    place.run("export net.npz --model run");
    let mut blocks = Page::read(&root().join("docs/faq.md")).blocks.into_iter();
    let code = blocks.find(|block| block.language == "python").unwrap().text;
    let output = Command::new(python).args(["-c", &code]).current_dir(place.path("")).output().unwrap();
    assert_eq!(printed(&output.stderr), "");
    assert_eq!(printed(&output.stdout), blocks.next().unwrap().text);
    assert_eq!(
        place.run("evaluate mine.npz --dataset digits --json"),
        place.run("evaluate net.npz --dataset digits --json")
    );
}

#[test]
#[ignore = "runs every command of guide and FAQ on MNIST: two minutes"]
fn guide_and_faq_show_what_their_commands_print() {
    let Some(data_dir) = real_mnist() else { return };
    for name in ["guide", "faq"] {
        let place = Place::new();
        copy_files(&data_dir.join("mnist"), &place.path("data/mnist"));
        copy_files(&root().join("docs/figures"), &place.path("docs/figures"));
        place.run("train --quiet --no-report"); // the run that the reader has by then
        let (mut printed, mut compared, mut wrong) = (None, 0, String::new());
        for Block { language, text, .. } in Page::read(&root().join(format!("docs/{name}.md"))).blocks {
            match language.as_str() {
                "console" => {
                    for line in text.lines() {
                        printed = print(&place, line);
                    }
                }
                "text" => {
                    let Some((command, printed)) = &printed else { continue };
                    let shown: Vec<String> = text.lines().map(|line| times_aside(command, line)).collect();
                    let stands = printed.windows(shown.len()).any(|window| window == shown);
                    if !stands {
                        wrong += &format!("docs/{name}.md, {command}: {shown:#?}\nis not in {printed:#?}\n");
                    }
                    compared += 1;
                }
                "python" => printed = None,
                _ => {}
            }
        }
        assert!(wrong.is_empty(), "{wrong}");
        assert!(compared > 3, "docs/{name}.md");
    }
}

/// Runs a line of a console block, where it is one of `app` itself, and returns it with the lines that it prints.
fn print(place: &Place, line: &str) -> Option<(String, Vec<String>)> {
    let words = line.strip_prefix("$ cargo run -p app")?;
    if words.contains("--example") {
        return None;
    }
    let command = words.trim_start_matches(" --").trim().to_owned();
    let output = place.app(&command).output().unwrap();
    let text = printed(&output.stdout) + &printed(&output.stderr);
    let lines = text.lines().map(|line| times_aside(&command, line)).collect();
    Some((command, lines))
}

/// A line without what no two runs have in common: its numbers, where it tells a time.
fn times_aside(command: &str, line: &str) -> String {
    let is_unit = |word: &&str| ["us", "ms", "s", "min"].contains(&word.trim_end_matches([',', ':', ')']));
    let is_number = |word: &str| word.trim_start_matches('(').starts_with(|c: char| c.is_ascii_digit());
    let mut words: Vec<&str> = line.split_whitespace().collect();
    if words.iter().any(is_unit) {
        words.retain(|word| !is_unit(word));
        words.iter_mut().filter(|word| is_number(word)).for_each(|word| *word = "#");
    } else if command == "lab batch-size" && line.ends_with('%') {
        words[2] = "#"; // its column of seconds
    } else {
        return line.trim_end().to_owned();
    }
    words.join(" ")
}

fn copy_files(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        fs::copy(entry.path(), to.join(entry.file_name())).unwrap();
    }
}

/// Where a package lies: the folders have no prefix.
fn folder_of(package: &str) -> String {
    match package.strip_prefix("two-layer-net").unwrap_or(package) {
        "" => "crates/net".to_owned(),
        "-file" => "crates/net-file".to_owned(),
        rest => format!("crates/{}", rest.trim_start_matches('-')),
    }
}

/// Whether a line of a console block is what it seems to be. `--help` behind the words has clap judge them, and does
/// nothing.
fn is_command(place: &Place, command: &str) -> bool {
    let app = |words: &[&str]| {
        let output = place.app(&format!("{} --help", words.join(" "))).output().unwrap();
        output.status.success()
    };
    let words: Vec<&str> = command.split_whitespace().collect();
    match words[..] {
        ["cargo", "run", "--release", ref words @ ..] => is_command(place, &format!("cargo run {}", words.join(" "))),
        ["cargo", "run"] | ["cargo", "run", "-p", "app"] => true,
        ["cargo", "app", ref words @ ..] => app(words),
        ["cargo", "run", "-p", "app", "--", ref words @ ..] => app(words),
        ["cargo", "run", "-p", package, "--example", example, ..] => {
            root().join(format!("{}/examples/{example}.rs", folder_of(package))).is_file()
        }
        ["cargo", "bench", "-p", "benches", "--bench", bench, ..] => {
            root().join(format!("benches/{bench}.rs")).is_file()
        }
        ["cargo", "run", "--manifest-path", manifest] => root().join(manifest).is_file(),
        ["cargo", "xtask", task, ..] => {
            let variant: String = task.split('-').map(|word| word[..1].to_uppercase() + &word[1..]).collect();
            let tasks = fs::read_to_string(root().join("xtask/src/main.rs")).unwrap();
            ["", "(args)"].iter().any(|arguments| tasks.contains(&format!("Task::{variant}{arguments} =>")))
        }
        ["cargo", "test", "-p", package, "--test", test, ..] => {
            let tests = root().join(format!("{}/tests/{test}", folder_of(package)));
            tests.join("main.rs").is_file() || tests.with_extension("rs").is_file()
        }
        ["cargo", "bench" | "test", "-p", package, ..] => {
            root().join(format!("{}/Cargo.toml", folder_of(package))).is_file()
        }
        ["cargo", "fuzz", "run", "--features", "libfuzzer", target, ..] => {
            root().join(format!("fuzz/fuzz_targets/{target}.rs")).is_file()
        }
        ["rustup", "target", "add", ref targets @ ..] => {
            let folder = root().join("xtask/src");
            let tasks =
                ["web/wasm.rs", "dist.rs", "cross.rs"].map(|file| fs::read_to_string(folder.join(file)).unwrap());
            targets.iter().all(|target| tasks.iter().any(|task| task.contains(&format!("\"{target}\""))))
        }
        ["pip", "install", "-r", requirements] => root().join(requirements).is_file(),
        ["python", "-m", "pytest", folder] => root().join(folder).is_dir(),
        ["cargo", "install", "cargo-fuzz"] | ["cargo", "test", "--workspace"] => true,
        ["cargo", "doc", "--open", "--no-deps", "--workspace"] => true,
        ["target/release/app" | "target/debug/app", ref words @ ..] => app(words),
        ["python", script, ..] if script.ends_with(".py") => root().join(script).is_file(),
        ["pip", "install", folder] if folder.starts_with("./") => root().join(folder).join("pyproject.toml").is_file(),
        ["pip", "install", wheel] => wheel.starts_with("target/wheels/two_layer_net-"),
        ["OPENBLAS_NUM_THREADS=1" | "time" | "WEB_PAGE=$PWD/target/web/two-layer-net.html", ref words @ ..] => {
            is_command(place, &words.join(" "))
        }
        ["/usr/bin/time", "-f", ..] => is_command(place, command.rsplit_once('"').unwrap().1),
        ["RUSTC_BOOTSTRAP=1", ref words @ ..] => is_command(place, &words.join(" ")),
        _ => false,
    }
}

/// A page of Markdown, as far as the tests look at it.
struct Page {
    headings: Vec<String>,
    /// Links and pictures within the repository.
    links: Vec<String>,
    blocks: Vec<Block>,
}

struct Block {
    /// What stands behind the three backticks; empty for an indented block.
    language: String,
    text: String,
    /// The last link before the block.
    after_link: String,
}

impl Page {
    fn read(path: &Path) -> Self {
        let text = fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        let mut page = Self { headings: Vec::new(), links: Vec::new(), blocks: Vec::new() };
        let (mut in_heading, mut in_block, mut last_link) = (false, false, String::new());
        for event in Parser::new_ext(&text, Options::ENABLE_TABLES) {
            match event {
                Event::Start(Tag::Heading { .. }) => {
                    in_heading = true;
                    page.headings.push(String::new());
                }
                Event::End(TagEnd::Heading(_)) => in_heading = false,
                Event::Start(Tag::Link { dest_url, .. } | Tag::Image { dest_url, .. }) => {
                    last_link = dest_url.to_string();
                    if !dest_url.contains("://") {
                        page.links.push(last_link.clone());
                    }
                }
                Event::Start(Tag::CodeBlock(kind)) => {
                    in_block = true;
                    let language = match kind {
                        CodeBlockKind::Fenced(language) => language.to_string(),
                        CodeBlockKind::Indented => String::new(),
                    };
                    page.blocks.push(Block { language, text: String::new(), after_link: last_link.clone() });
                }
                Event::End(TagEnd::CodeBlock) => in_block = false,
                Event::Text(text) | Event::Code(text) => {
                    if in_heading {
                        page.headings.last_mut().unwrap().push_str(&text);
                    } else if in_block {
                        page.blocks.last_mut().unwrap().text.push_str(&text);
                    }
                }
                _ => {}
            }
        }
        page
    }

    fn blocks(self, language: &str) -> impl Iterator<Item = Block> {
        self.blocks.into_iter().filter(move |block| block.language == language)
    }

    /// Whether a heading has this anchor, by GitHub's rule: lower case, hyphens for spaces, no punctuation.
    fn has_anchor(&self, anchor: &str) -> bool {
        self.headings.iter().any(|heading| {
            let kept = heading.to_lowercase().replace(' ', "-");
            kept.chars().filter(|c| c.is_alphanumeric() || "-_".contains(*c)).collect::<String>() == anchor
        })
    }
}

/// The checkout, with its drive on Windows.
fn root() -> PathBuf {
    std::path::absolute(Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")).unwrap()
}

/// Every page of the repository.
fn pages() -> Vec<PathBuf> {
    let mut pages = Vec::new();
    let mut folders = vec![root()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            if path.is_dir() {
                let not_ours = name.starts_with('.') || name == "target" || folder.ends_with("data");
                if !not_ours {
                    folders.push(path);
                }
            } else if name.ends_with(".md") {
                pages.push(path);
            }
        }
    }
    pages
}
