//! Plain words: no phrase in docs/words.txt occurs in the pages, the documentation and comments of the crates, the messages
//! and help of the programs, or the pages in the browser.
#![forbid(unsafe_code)]
#![expect(clippy::unwrap_used, reason = "a test may")]

use std::fs;
use std::path::{Path, PathBuf};

/// A word, and the line that it is in, counted from 1.
type Word = (usize, String);

/// A line of docs/words.txt: the alternatives for each word of the phrase, and better words.
struct Phrase {
    words: Vec<Vec<String>>,
    better: String,
}

#[test]
fn everything_that_people_read_is_in_plain_words() {
    let list = root().join("docs/words.txt");
    let phrases = phrases(&fs::read_to_string(list).unwrap());
    assert!(phrases.len() > 20);
    let files = files();
    assert!(files.len() > 200, "{}", files.len());
    let mut found = Vec::new();
    for file in files {
        let name = file.display().to_string().replace('\\', "/");
        let text = fs::read_to_string(root().join(&file)).unwrap();
        for (line, phrase, better) in faults(&name, &text, &phrases) {
            found.push(format!("{name}:{line}: \"{phrase}\"; better: {better}"));
        }
    }
    assert!(found.is_empty(), "docs/words.txt lists these phrases:\n{}", found.join("\n"));
}

#[test]
fn a_phrase_is_found_in_pages_comments_and_messages_but_not_in_code() {
    let phrases =
        phrases("those of -> name them\nms|us an iteration|epoch -> per\n# a comment\nsurest -> most confident\n");
    let lines = |name: &str, text: &str| -> Vec<usize> {
        faults(name, text, &phrases).into_iter().map(|(line, ..)| line).collect()
    };
    assert_eq!(lines("a.md", "As *those\nof* the book.\n\n```text\n3 ms an epoch\n```\n\n* 3 ms an epoch."), [1, 8]);
    assert_eq!(lines("a.md", "It takes three ms. An iteration is short; `those of` is code; the surest."), [1]);
    assert_eq!(lines("CHANGELOG.md", "# Changelog\n## Unreleased\nsurest\n## 0.1.0\nsurest\n"), [3]);
    let rust = r##"
/// Those of
/// the book.
/// ```
/// let surest = 1;
/// ```
fn f<'a>(surest: &'a str) -> char {
    // the surest
    let url = "http://surest"; let quote = '"';
    say("12 us an \
         epoch");
    say(r#"the "surest" one"#);
    '\''
}
"##;
    assert_eq!(lines("a.rs", rust), [2, 8, 10, 12]);
    assert_eq!(lines("words.js", "// surest\nconst a = \"surest\";\nconst b = 'surest';\n"), [1, 2, 3]);
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_path_buf()
}

/// The files to check, as paths from the root.
fn files() -> Vec<PathBuf> {
    let mut files = Vec::new();
    for (folder, ends) in [("", &["md"][..]), ("docs", &["md"]), ("data", &["md"]), ("xtask/src", &["rs"])] {
        collect(&root().join(folder), ends, folder == "xtask/src", &mut files);
    }
    for crate_folder in fs::read_dir(root().join("crates")).unwrap() {
        let folder = crate_folder.unwrap().path();
        collect(&folder, &["md"], false, &mut files);
        for inner in ["src", "examples", "python", "page"] {
            collect(&folder.join(inner), &["rs", "py", "pyi", "js"], true, &mut files);
        }
    }
    let names = files.iter().map(|file| file.strip_prefix(root()).unwrap().to_path_buf());
    names.filter(|name| !name.to_string_lossy().ends_with(".ko.md")).collect()
}

fn collect(folder: &Path, ends: &[&str], deep: bool, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).into_iter().flatten() {
        let path = entry.unwrap().path();
        if path.is_dir() && deep {
            collect(&path, ends, deep, files);
        } else if path.extension().is_some_and(|end| ends.iter().any(|&wanted| end == wanted)) {
            files.push(path);
        }
    }
}

fn phrases(list: &str) -> Vec<Phrase> {
    let lines = list.lines().filter(|line| !line.starts_with('#') && !line.trim().is_empty());
    lines
        .map(|line| {
            let (phrase, better) = line.split_once(" -> ").unwrap_or_else(|| panic!("no \" -> \" in {line:?}"));
            let words = phrase.split_whitespace().map(|word| word.split('|').map(str::to_lowercase).collect());
            Phrase { words: words.collect(), better: better.to_owned() }
        })
        .collect()
}

/// Line, phrase and better words for each phrase that occurs in a text.
fn faults(name: &str, text: &str, phrases: &[Phrase]) -> Vec<(usize, String, String)> {
    let words = match name.rsplit('.').next() {
        Some("md") => words_of_page(if name == "CHANGELOG.md" { unreleased(text) } else { text }),
        Some("rs") => words_of_rust(text),
        _ => text.lines().enumerate().flat_map(|(i, line)| words_of_line(i + 1, line)).collect(),
    };
    let mut found = Vec::new();
    for phrase in phrases {
        for window in words.windows(phrase.words.len()) {
            // no punctuation within a phrase: "3 ms. An iteration" is two sentences
            let last = window.len() - 1;
            let fits = window.iter().zip(&phrase.words).enumerate().all(|(i, ((_, word), wanted))| {
                let word = word.trim_start_matches(MARKS).to_lowercase();
                let word = word.trim_end_matches(if i == last { MARKS } else { &['*', '_'] });
                wanted.iter().any(|wanted| wanted == word)
            });
            if fits {
                let shown: Vec<&str> = window.iter().map(|(_, word)| word.as_str()).collect();
                found.push((window[0].0, shown.join(" "), phrase.better.clone()));
            }
        }
    }
    found.sort();
    found
}

const MARKS: &[char] =
    &['.', ',', ':', ';', '!', '?', '(', ')', '[', ']', '"', '\'', '*', '_', '`', '{', '}', '=', '<', '>'];

fn unreleased(changelog: &str) -> &str {
    let end = changelog.match_indices("\n## ").nth(1).map_or(changelog.len(), |(end, _)| end);
    &changelog[..end]
}

/// The words of a line; code between backticks counts as one word that is in no phrase.
fn words_of_line(number: usize, line: &str) -> Vec<Word> {
    let parts = line.split('`').enumerate();
    let prose: String = parts.map(|(i, part)| if i % 2 == 0 { part } else { "`" }).collect();
    prose.split_whitespace().map(|word| (number, word.to_owned())).collect()
}

/// The words outside of fenced code.
fn words_of_page(page: &str) -> Vec<Word> {
    let mut words = Vec::new();
    let mut in_code = false;
    for (i, line) in page.lines().enumerate() {
        if line.trim_start().starts_with("```") {
            in_code = !in_code;
        } else if !in_code {
            words.extend(words_of_line(i + 1, line));
        }
        if line.trim().is_empty() || line.trim_start().starts_with("```") {
            words.push((i + 1, "\n".into())); // a phrase does not reach into the next paragraph
        }
    }
    words
}

/// The words of comments (without their examples) and of string literals.
fn words_of_rust(code: &str) -> Vec<Word> {
    let mut words = Vec::new();
    let mut example = false;
    let mut rest = code;
    let mut line = 1;
    while let Some(c) = rest.chars().next() {
        let length = if let Some(comment) = rest.strip_prefix("//") {
            let end = comment.find('\n').unwrap_or(comment.len());
            let text = comment[..end].trim_start_matches(['/', '!']);
            if text.trim_start().starts_with("```") {
                example = !example;
            } else if !example {
                words.extend(words_of_line(line, text));
            }
            2 + end
        } else if let Some((opening, length)) = literal(rest) {
            example = false;
            words.push((line, "\n".into()));
            for (i, part) in rest[opening..length].lines().enumerate() {
                let part = part.trim_end_matches(['\\', '#', '"']);
                words.extend(words_of_line(line + i, &part.replace("\\n", " ")));
            }
            words.push((line, "\n".into()));
            length
        } else if rest.starts_with("'\"'") || rest.starts_with("'\\") {
            2 + rest[2..].find('\'').map_or(0, |end| end + 1).max(1)
        } else {
            if !c.is_whitespace() && words.last().is_some_and(|(_, word)| word != "\n") {
                words.push((line, "\n".into()));
            }
            c.len_utf8()
        };
        line += rest[..length].matches('\n').count();
        rest = &rest[length..];
    }
    words
}

/// The lengths of the opening quote and of the whole string literal, if the text begins with one.
fn literal(text: &str) -> Option<(usize, usize)> {
    if let Some(rest) = text.strip_prefix('"') {
        let mut escaped = false;
        let end = rest.find(|c| {
            let ends = c == '"' && !escaped;
            escaped = c == '\\' && !escaped;
            ends
        });
        return Some((1, end.map_or(text.len(), |end| end + 2)));
    }
    let hashes = text.strip_prefix('r')?.bytes().take_while(|&b| b == b'#').count();
    if !text[1 + hashes..].starts_with('"') {
        return None;
    }
    let opening = hashes + 2;
    let close = format!("\"{}", "#".repeat(hashes));
    Some((opening, text[opening..].find(&close).map_or(text.len(), |end| opening + end + close.len())))
}
