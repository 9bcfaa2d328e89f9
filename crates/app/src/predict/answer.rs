//! What the net says of one image, as text beside the image or as JSON.

use crate::cli::PredictArgs;
use crate::draw::{self, Style};
use crate::lang::said;
use crate::model::Model;
use crate::terminal;
use crate::text::{tail, thousands, wrapped};
use serde::{Serialize, Serializer};
use std::io::{self, BufWriter, StdoutLock, Write};
use unicode_width::UnicodeWidthStr as _;

/// One image, answered.
#[derive(Serialize)]
pub(super) struct Answer<'a> {
    file: &'a str,
    /// Which image of the file, from 0.
    index: usize,
    digit: usize,
    /// Of each class.
    probabilities: Vec<f64>,
    /// What the net was given, row by row; 0 is background, 255 is ink.
    pixels: &'a [u8],
    /// Why the answer may mean little.
    notes: Vec<Note>,
}

/// An answer with less than this is a guess.
const UNSURE: f64 = 0.5;

/// What makes an answer doubtful.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Note {
    /// A picture such as `15`.
    Several,
    /// An image that `--raw` gives to the network as if its paper were ink.
    MostlyInk,
    /// No probability reaches [`UNSURE`].
    Unsure,
    /// The probabilities are NaN.
    Overflow,
}

impl Note {
    /// In English, for JSON, and in Korean.
    fn texts(self) -> [&'static str; 2] {
        match self {
            Self::Several => [
                "it seems to contain several digits side by side, but the network gives one answer; cut them apart",
                "숫자 여러 개가 나란히 있는 듯한데 신경망은 하나만 답합니다. 한 장에 하나씩 잘라 주세요",
            ],
            Self::MostlyInk => [
                "most of it is ink: with --raw, 0 is paper and 255 is ink; leave out --raw for dark digits on light paper",
                "대부분이 글씨입니다. --raw에서는 0이 종이이고 255가 글씨입니다. 밝은 종이에 어둡게 쓴 숫자라면 --raw를 빼세요",
            ],
            Self::Unsure => [
                "the network is not sure: no digit reaches 50 %",
                "신경망이 확신하지 못합니다. 확률이 50% 이상인 숫자가 없습니다",
            ],
            Self::Overflow => [
                "the numbers in the network overflow, so it has no answer",
                "신경망의 계산 값이 너무 커져서(오버플로) 답을 낼 수 없습니다",
            ],
        }
    }
}

impl Serialize for Note {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.texts()[0])
    }
}

impl<'a> Answer<'a> {
    /// The digit is the most probable class, the first on ties. `doubt` is what makes any answer doubtful.
    pub(super) fn new(
        file: &'a str,
        index: usize,
        probabilities: Vec<f64>,
        pixels: &'a [u8],
        doubt: Option<Note>,
    ) -> Self {
        let best = |best: usize, (k, p): (usize, &f64)| if *p > probabilities[best] { k } else { best };
        let digit = probabilities.iter().enumerate().fold(0, best);
        let is_unsure = probabilities.get(digit).is_some_and(|p| *p < UNSURE);
        let unsure = is_unsure.then_some(Note::Unsure);
        let overflow = probabilities.iter().any(|p| p.is_nan()).then_some(Note::Overflow);
        let notes = doubt.into_iter().chain(unsure).chain(overflow).collect();
        Self { file, index, digit, probabilities, pixels, notes }
    }

    /// A caption, the image of `cols` columns, the probabilities, beside it where there is room for both, and notes.
    fn lines(&self, cols: usize, is_one_of_several: bool, style: Style, width: usize) -> Vec<String> {
        let percent = self.probabilities.get(self.digit).map_or(f64::NAN, |p| p * 100.0);
        let image = if is_one_of_several { said!(", image {}", ", 이미지 {}", self.index) } else { String::new() };
        let answer = said!("{image}: {} ({percent:.1} %)", "{image}: {} ({percent:.1}%)", self.digit);
        let mut lines = vec![tail(self.file, width.saturating_sub(answer.width())) + &answer];

        let drawn = draw::fitted(self.pixels, cols, width);
        let drawing = draw::image(&drawn.pixels, drawn.cols, style);
        if drawn.cols + GAP + LEAST_BARS <= width {
            let bars = self.bars(width - drawn.cols - GAP, style);
            let none = (" ".repeat(drawn.cols), String::new());
            for line in 0..drawing.len().max(bars.len()) {
                let drawing = drawing.get(line).unwrap_or(&none.0);
                let bar = bars.get(line).unwrap_or(&none.1);
                lines.push(format!("{drawing}{:GAP$}{bar}", "").trim_end().to_owned());
            }
        } else {
            lines.extend(drawing);
            lines.extend(self.bars(width, style));
        }
        let notes = self.notes.iter().map(|note| {
            let [english, korean] = note.texts();
            wrapped(&said!("note: {english}", "참고: {korean}"), width)
        });
        lines.extend(notes.flat_map(|note| note.lines().map(str::to_owned).collect::<Vec<_>>()));
        lines
    }

    /// A line for each class: `7 ########   80.0 %`.
    fn bars(&self, width: usize, style: Style) -> Vec<String> {
        let room = width.saturating_sub(LEAST_BARS) + 10;
        let bar = |p: f64| -> String {
            #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a probability, or NaN for 0")]
            let halves = (p * 2.0 * room as f64).round() as usize;
            match style {
                Style::Ascii => "#".repeat(halves.div_ceil(2)),
                _ => "█".repeat(halves / 2) + ["", "▌"][halves % 2],
            }
        };
        let line = |(k, p): (usize, &f64)| format!("{k:>3} {:room$} {:>5.1} %", bar(*p), p * 100.0);
        self.probabilities.iter().enumerate().map(line).collect()
    }
}

/// Columns between image and bars.
const GAP: usize = 2;

/// Columns that bars need at least: the class, ten for the bar, the percentage.
const LEAST_BARS: usize = 22;

/// The file of the net, and what it has seen, where that is known.
fn net_lines(model: &Model, width: usize) -> Vec<String> {
    let data = model.run.as_ref().map(|run| {
        let (of, seen) = (run.config.dataset, &run.data.train);
        let (images, rows, cols) = (thousands(seen.images), seen.rows, seen.cols);
        said!("data    {of}, {images} train images of {rows}x{cols}", "데이터  {of}, 훈련 {images}장, {rows}x{cols}")
    });
    let (label, origin) = (said!("model   ", "모델    "), format!(", {}", model.origin()));
    let path = tail(&model.path.display().to_string(), width.saturating_sub(label.width() + origin.width()));
    [format!("{label}{path}{origin}")].into_iter().chain(data).collect()
}

/// Where answers go, one by one.
pub(super) struct Output {
    stdout: BufWriter<StdoutLock<'static>>,
    is_json: bool,
    style: Style,
    width: usize,
    written: usize,
}

impl Output {
    pub(super) fn new(arguments: &PredictArgs) -> Self {
        Self {
            stdout: BufWriter::new(io::stdout().lock()),
            is_json: arguments.json,
            style: Style::for_stdout(arguments.ascii),
            width: terminal::width(io::stdout()).min(80),
            written: 0,
        }
    }

    /// Says in text which net answers, before all answers.
    pub(super) fn name_net(&mut self, model: &Model) -> anyhow::Result<()> {
        if !self.is_json {
            for line in net_lines(model, self.width) {
                writeln!(self.stdout, "{line}")?;
            }
            writeln!(self.stdout)?;
        }
        Ok(())
    }

    pub(super) fn write(&mut self, answer: &Answer, cols: usize, is_one_of_several: bool) -> anyhow::Result<()> {
        if self.is_json {
            let separator = if self.written == 0 { "[" } else { "," };
            writeln!(self.stdout, "{separator}")?;
            write!(self.stdout, "{}", serde_json::to_string(answer)?)?;
        } else {
            if self.written > 0 {
                writeln!(self.stdout)?;
            }
            for line in answer.lines(cols, is_one_of_several, self.style, self.width) {
                writeln!(self.stdout, "{line}")?;
            }
        }
        self.written += 1;
        Ok(())
    }

    pub(super) fn end(mut self) -> anyhow::Result<()> {
        match (self.is_json, self.written) {
            (false, _) => {}
            (true, 0) => writeln!(self.stdout, "[]")?,
            (true, _) => writeln!(self.stdout, "\n]")?,
        }
        Ok(self.stdout.flush()?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_likeliest_digit_stands_in_the_caption_and_bars_beside_the_image() {
        let answer = Answer::new("a.png", 4, vec![0.25, 0.75, 0.0], &[255, 0, 0, 255], None);
        let lines = answer.lines(2, false, Style::Ascii, 36);
        let expected = [
            "a.png: 1 (75.0 %)",
            "==    0 #####                 25.0 %",
            "      1 ###############       75.0 %",
            "      2                        0.0 %",
        ];
        assert_eq!(lines, expected);
        assert!(answer.lines(2, true, Style::Blocks, 36)[0].starts_with("a.png, image 4: 1"));
    }

    #[test]
    fn every_line_keeps_within_the_width_whatever_the_image_and_the_name() {
        let pixels = vec![128; 200 * 4];
        for cols in [1, 28, 50, 200] {
            let name = "folder/".repeat(20) + "five.png";
            let answer = Answer::new(&name, 99_999, vec![0.1; 10], &pixels[..cols * 4], None);
            for width in [40, 51, 60, 80] {
                for style in [Style::Ascii, Style::Blocks] {
                    let lines = answer.lines(cols, true, style, width);
                    assert!(lines.iter().all(|line| line.chars().count() <= width), "{cols} {width} {lines:#?}");
                    assert!(lines[0].contains("five.png, image 99999: 0 (10.0 %)"), "{}", lines[0]);
                }
            }
        }
    }

    #[test]
    fn an_answer_below_a_half_says_that_it_is_a_guess() {
        let notes = |most: f64, doubt| Answer::new("a.png", 0, vec![1.0 - most, most], &[0; 4], doubt).notes;
        assert_eq!(notes(0.5, None), []);
        assert_eq!(notes(0.9, Some(Note::Several)), [Note::Several]);
        let guess = Answer::new("a.png", 0, vec![0.3, 0.49, 0.21], &[0; 4], Some(Note::Several));
        assert_eq!(guess.notes, [Note::Several, Note::Unsure]);
        let lines = guess.lines(2, false, Style::Ascii, 36);
        let expected = ["note: the network is not sure: no", "  digit reaches 50 %"];
        assert_eq!(lines[lines.len() - 2..], expected);
    }

    #[test]
    fn a_net_that_answers_with_nan_is_shown_as_such() {
        let lines = Answer::new("a.png", 0, vec![f64::NAN; 2], &[0; 4], None).lines(2, false, Style::Blocks, 80);
        assert!(lines[0].contains("0 (NaN %)"), "{lines:?}");
        assert_eq!(lines[lines.len() - 1], "note: the numbers in the network overflow, so it has no answer");
    }
}
