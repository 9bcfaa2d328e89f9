//! What `app lab` and `app train` say in Korean has the numbers of what they say in English.

use crate::korean::{self, is_korean};
use crate::support::{Place, printed, write_mnist};
use std::fs;
use unicode_width::UnicodeWidthStr as _;

/// The numbers of a text, in their order; those in the names of arrays are none.
fn numbers(text: &str) -> Vec<String> {
    let names = ["W1", "b1", "W2", "b2", "L0", "f32", "f64"];
    let text = names.iter().fold(text.to_owned(), |text, name| text.replace(name, ""));
    korean::numbers(&text).into_iter().map(str::to_owned).collect()
}

/// The same, where the order of words in a sentence does not count.
fn sorted_numbers(text: &str) -> Vec<String> {
    let mut numbers = numbers(text);
    numbers.sort_unstable();
    numbers
}

/// An answer of `app lab` in both languages, which must fit into 80 columns.
#[track_caller]
fn ask(place: &Place, question: &str) -> [String; 2] {
    let [english, korean] = ["en", "ko"].map(|lang| place.run(&format!("--lang {lang} lab {question}")));
    assert!(english.is_ascii(), "{english}");
    assert!(korean.lines().filter(|line| is_korean(line)).count() > 10, "{korean}");
    assert!(korean.lines().all(|line| line.width() <= 80 && line.trim_end() == line), "{korean}");
    [english, korean]
}

#[test]
fn every_question_has_the_same_numbers_in_both_languages() {
    let place = Place::new();
    let labels: Vec<u8> = (0..40).flat_map(|_| [3, 1, 4, 1, 5, 9, 2, 6, 5, 3]).collect();
    write_mnist(&place.path("data/mnist"), &labels, &labels);
    for question in ["step --svg f.svg", "init-std --svg f.svg", "learning-rate", "loss-or-accuracy", "overfitting"] {
        let [english, korean] = ask(&place, question);
        let rows = |text: &str| -> Vec<Vec<String>> {
            let is_row = |line: &&str| line.contains("  ") && line.contains(|c: char| c.is_ascii_digit());
            text.lines().filter(is_row).map(numbers).collect()
        };
        assert_eq!(rows(&english), rows(&korean), "{question}:\n{korean}");
        assert_eq!(sorted_numbers(&english), sorted_numbers(&korean), "{question}:\n{korean}");
    }
    // these two measure times as well
    for question in ["batch-size", "epochs"] {
        let texts = ask(&place, question);
        let [english, korean] = texts.map(|text| {
            let (_, sentences) = text.rsplit_once("\n\n").unwrap();
            sorted_numbers(sentences)
        });
        assert_eq!(english, korean, "{question}");
    }
}

#[test]
fn a_figure_is_the_same_in_both_languages() {
    let place = Place::new();
    write_mnist(&place.path("data/mnist"), &[3, 1, 4, 1, 5], &[9, 2]);
    for lang in ["en", "ko"] {
        place.run(&format!("--lang {lang} lab step --svg {lang}.svg"));
    }
    assert_eq!(fs::read(place.path("en.svg")).unwrap(), fs::read(place.path("ko.svg")).unwrap());
}

#[test]
fn the_columns_of_a_table_are_aligned_in_korean_too() {
    let place = Place::new();
    write_mnist(&place.path("data/mnist"), &[3, 1, 4, 1, 5], &[9, 2]);
    let [english, korean] = ask(&place, "step");
    let ends = |text: &str| -> Vec<usize> {
        let table = text.lines().skip_while(|line| !line.starts_with('h')).take_while(|line| !line.is_empty());
        table.map(|line| line.width()).collect()
    };
    assert_eq!(ends(&english), ends(&korean), "{korean}");
    assert!(ends(&korean).len() == 13 && ends(&korean).iter().all(|end| *end == 78), "{korean}");
}

/// What a run that must succeed prints on stderr and stdout.
#[track_caller]
fn train(place: &Place, words: &str) -> [String; 2] {
    let output = place.app(words).assert().success().get_output().clone();
    [printed(&output.stderr), printed(&output.stdout)]
}

#[test]
fn a_run_says_the_same_numbers_in_both_languages_and_writes_the_same_log() {
    let place = Place::new();
    write_mnist(&place.path("data/mnist"), &[3, 1, 4, 1, 5, 9], &[5, 3]);
    // a loss that jumps, neurons that saturate, and more epochs than lines
    let flags = "train --no-report --batch-size 3 --hidden 5 --iterations 60 --learning-rate 1e6 --gradient";
    for way in ["numerical", "backprop"] {
        let [(english, stdout), (korean, same)] = ["en", "ko"].map(|lang| {
            let [stderr, stdout] = train(&place, &format!("--lang {lang} {flags} {way} --out {lang}-{way}"));
            let without_time = |line: &&str| !line.starts_with("time ") && !line.starts_with("시간 ");
            (
                stderr.lines().filter(without_time).collect::<Vec<_>>().join("\n").replace(&format!("{lang}-"), ""),
                stdout,
            )
        });
        assert_eq!(sorted_numbers(&english), sorted_numbers(&korean), "{english}\n{korean}");
        assert_eq!(stdout, same);
        assert_eq!(place.log(&format!("en-{way}")), place.log(&format!("ko-{way}")));
        for (line, korean_line) in english.lines().zip(korean.lines()).take(3) {
            assert_eq!(numbers(line), numbers(korean_line));
        }
        for said in
            ["데이터    MNIST", "신경망    12-5-10", "기울기    ", "학습      60번 반복", "경고: ", "60번 반복해"]
        {
            assert!(korean.contains(said), "{korean}\nwithout {said}");
        }
    }
}
