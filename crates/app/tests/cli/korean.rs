//! The same program in Korean: what it says changes, its numbers and files do not.

use crate::support::{Place, printed};
use std::fs;
use std::path::{Path, PathBuf};
use unicode_width::UnicodeWidthStr as _;

/// Whether a text has a Korean letter.
pub(crate) fn is_korean(text: &str) -> bool {
    text.contains(|c: char| ('가'..='힣').contains(&c))
}

#[test]
fn the_language_comes_from_lang_or_from_the_locale() {
    let place = Place::new();
    let help = |words: &str, variables: &[(&str, &str)]| {
        let mut app = place.app(words);
        app.env_remove("LC_ALL").env_remove("LC_MESSAGES").env("LANG", "C");
        for (name, value) in variables {
            app.env(name, value);
        }
        printed(&app.assert().success().get_output().stdout)
    };
    for (words, variables, korean) in [
        ("--help", &[][..], false),
        ("--lang ko --help", &[], true),
        ("--lang ko lab step --help", &[], true),
        ("lab step --lang=ko --help", &[], true),
        ("--lang ko help lab", &[], true),
        ("--help", &[("LANG", "ko_KR.UTF-8")], true),
        ("--help", &[("LANG", "ko_KR.UTF-8"), ("LC_ALL", "C")], false),
        ("--lang en --help", &[("LC_ALL", "ko_KR.UTF-8")], false),
    ] {
        let text = help(words, variables);
        assert_eq!(text.contains("사용법: app"), korean, "{words} {variables:?}: {text}");
        assert_eq!(text.contains("Usage: app"), !korean, "{words} {variables:?}: {text}");
    }
}

/// The numbers of a text, in their order.
pub(crate) fn numbers(text: &str) -> Vec<&str> {
    let parts = text.split(|c: char| !(c.is_ascii_digit() || "e.,-".contains(c)));
    let trimmed = parts.map(|part| part.trim_matches(|c: char| !c.is_ascii_digit()));
    trimmed.filter(|part| !part.is_empty()).collect()
}

#[test]
fn numbers_and_files_are_the_same_in_both_languages() {
    let place = Place::new();
    place.run(&Place::small("data/runs/0001", "--iterations 60"));
    place.run(&Place::small("data/runs/0002", "--iterations 60 --lang ko"));
    place.same("data/runs/0001", "data/runs/0002");
    place.run(&Place::small("data/runs/0003", "--gradient backprop --iterations 30 --seed 1"));
    place.run("export net.npz --model 1");
    let five = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/figures/five.png");
    fs::copy(five, place.path("five.png")).unwrap();
    for words in [
        "evaluate 1",
        "evaluate net.npz --dataset digits --ascii",
        "inspect 3",
        "inspect net.npz",
        "predict five.png --model 1",
        "show --dataset digits --index 7",
        "gradcheck --dataset digits --batch-size 10",
        "compare 1 3",
        "compare 1 2",
        "runs",
    ] {
        let [english, korean] = ["en", "ko"].map(|lang| place.run(&format!("{words} --lang {lang}")));
        assert!(is_korean(&korean) || words == "runs", "{words}: {korean}");
        assert!(!is_korean(&english), "{words}: {english}");
        assert_eq!(numbers(&english), numbers(&korean), "{words}\n{english}\n{korean}");
        let wide: Vec<&str> = korean.lines().filter(|line| line.width() > 80).collect();
        assert!(wide.is_empty(), "{words}: {wide:#?}");
    }
    for words in ["evaluate 1", "inspect 1", "predict five.png --model 1", "gradcheck 1", "compare 1 3"] {
        let [english, korean] = ["en", "ko"].map(|lang| place.run(&format!("{words} --json --lang {lang}")));
        assert_eq!(english, korean, "{words} --json");
    }
    fs::write(place.path("data/runs/0002/model.ckpt"), "no checkpoint").unwrap();
    let of = |lang: &str| -> serde_json::Value {
        serde_json::from_str(&place.run(&format!("runs --json --lang {lang}"))).unwrap()
    };
    assert_eq!(of("en"), of("ko"));
    assert!(place.run("runs --lang ko").contains("0002번이 어떻게 손상되었는지"));
}

#[test]
fn refusals_are_korean_with_the_same_facts() {
    let place = Place::new();
    place.run(&Place::small("run", "--iterations 5"));
    fs::write(place.path("text.png"), "root:x:0:0").unwrap();
    fs::write(place.path("weights.npz"), "root:x:0:0").unwrap();
    fs::write(place.path("damaged.ckpt"), &fs::read(place.path("run/model.ckpt")).unwrap()[..100]).unwrap();
    fs::create_dir_all(place.path("book")).unwrap();
    fs::write(place.path("book/mnist.pkl"), "").unwrap();
    for (code, words, says) in [
        (1, "evaluate", "학습한 신경망이 없습니다. 먼저"),
        (1, "evaluate 7", "학습 7번이 없습니다"),
        (1, "evaluate no.npz", "그런 파일이 없습니다: no.npz"),
        (1, "evaluate weights.npz", "weights.npz은(는) 쓸 수 있는 .npz 파일이 아닙니다"),
        (1, "inspect damaged.ckpt", "파일이 손상되었습니다"),
        (
            1,
            "predict text.png --model run",
            "text.png 읽기에 실패했습니다: 이미지가 아니라 글자로 시작하는 파일입니다(\"root\")",
        ),
        (1, "predict no.png --model run", "no.png 읽기에 실패했습니다: 그런 파일이나 폴더가 없습니다"),
        (1, "show --data-dir book", "책의 피클 파일입니다"),
        (1, "show --data-dir nowhere", "--data-dir nowhere: 그런 폴더가 없습니다"),
        (2, "show --dataset digits --index 99999", "번호는 0부터 9999까지입니다"),
        (2, "export net.txt --model run", "이름이 .npz나 .safetensors로 끝나야 합니다"),
        (2, "evaluate run --activation relu", "--activation을 빼세요"),
        (2, "train --hidden 0", "1 이상의 정수여야 합니다"),
        (2, "train --learning-rate -1", "0보다 큰 유한한 수여야 합니다"),
        (2, "train --epochs 3", "--epochs라는 옵션은 없습니다\n\n  도움말: 학습 길이는"),
        (2, "train --gradient backprop2", "[가능한 값: numerical, backprop]"),
        (2, "trian", "혹시 이것인가요? train"),
        (2, "predict", "다음 인수가 필요합니다: <IMAGE>..."),
        (2, "train --resume --seed 1", "함께 쓸 수 없습니다\n\n  도움말: 이어서 하는"),
        (2, "lab", "명령"),
        (2, "train --dataset digits --out run", "빈 폴더가 아닙니다"),
    ] {
        let stderr = place.fails(code, &format!("{words} --lang ko"));
        assert!(stderr.contains(says), "{words}: {stderr}");
        assert!(stderr.starts_with("오류: ") || words == "lab", "{words}: {stderr}");
    }
}

/// Names of columns, which both languages have, and the book's line.
const COLUMNS: [&str; 4] = ["worst at", "train acc", "test acc", "train acc, test acc | {},{}"];

/// What a person reads goes through these.
const SPEAKERS: [&str; 14] = [
    "println!(",
    "eprintln!(",
    "tell!(",
    "say(",
    "bail!(",
    "anyhow!(",
    "usage(",
    ".context(",
    ".with_context(",
    "writeln!(",
    "write!(",
    "ensure!(",
    "Error::new(",
    "Error::msg(",
];

#[test]
fn every_sentence_of_the_source_has_both_languages() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut alone = Vec::new();
    let mut count = 0;
    for file in sources(&root) {
        let name = file.strip_prefix(&root).unwrap().to_string_lossy().replace('\\', "/");
        if name.ends_with("tests.rs") {
            continue;
        }
        let text = fs::read_to_string(&file).unwrap();
        let text = text.split("#[cfg(test)]").next().unwrap();
        for speaker in SPEAKERS {
            for (start, _) in text.match_indices(speaker) {
                let call = call(&text[start + speaker.len()..]);
                count += 1;
                let has_both = call.contains("said!(") || is_korean(call);
                let english = literals(call)
                    .into_iter()
                    .find(|literal| has_two_words(literal) && !COLUMNS.contains(&literal.as_str()));
                if let Some(english) = english.filter(|_| !has_both) {
                    alone.push(format!("src/{name}: {english:?}"));
                }
            }
        }
    }
    assert!(count > 100, "{count}");
    assert!(alone.is_empty(), "in one language alone: {alone:#?}");
    assert!(has_two_words("cannot read {name}") && !has_two_words("{name} {value:>12.5}"));
    assert_eq!(literals(call(r#""a (b", c("d")), "e")"#)), ["a (b", "d"]);
}

fn sources(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let of = |path: PathBuf| if path.is_dir() { sources(&path) } else { vec![path] };
    entries.flat_map(of).filter(|path| path.extension().is_some_and(|extension| extension == "rs")).collect()
}

/// The arguments of a call, up to its closing bracket.
fn call(text: &str) -> &str {
    let (mut depth, mut in_string, mut escaped) = (1, false, false);
    for (at, c) in text.char_indices() {
        match c {
            _ if escaped => escaped = false,
            '\\' if in_string => escaped = true,
            '"' => in_string = !in_string,
            '(' if !in_string => depth += 1,
            ')' if !in_string => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return &text[..at];
        }
    }
    text
}

/// The string literals of some code.
fn literals(code: &str) -> Vec<String> {
    let (mut found, mut open, mut escaped) = (Vec::new(), None, false);
    for (at, c) in code.char_indices() {
        match (c, open) {
            _ if escaped => escaped = false,
            ('\\', Some(_)) => escaped = true,
            ('"', None) => open = Some(at + 1),
            ('"', Some(start)) => {
                found.push(code[start..at].to_owned());
                open = None;
            }
            _ => {}
        }
    }
    found
}

/// Whether two words follow each other, outside of braces.
fn has_two_words(literal: &str) -> bool {
    let mut depth = 0;
    let shown: String = literal
        .chars()
        .map(|c| {
            depth += i32::from(c == '{') - i32::from(c == '}');
            if depth > 0 || c == '}' { '#' } else { c }
        })
        .collect();
    let is_word = |word: &str| word.len() > 1 && word.chars().all(|c| c.is_ascii_alphabetic());
    let words: Vec<&str> = shown.split(' ').collect();
    words.windows(2).any(|pair| pair.iter().all(|word| is_word(word.trim_end_matches([',', ':', ';']))))
}
