//! Text in the columns of a terminal, where a Hangul syllable is two wide: lines of a table, paragraphs, percentages.

use crate::lang::korean;
use unicode_width::UnicodeWidthStr;

/// A line of a table. Each cell ends at the right of so many columns; where the number is negative, it begins at their left.
pub(super) fn line<const N: usize>(widths: [isize; N], cells: [impl AsRef<str>; N]) -> String {
    let mut line = String::new();
    for (width, cell) in widths.into_iter().zip(&cells) {
        let cell = cell.as_ref();
        let blanks = " ".repeat(width.unsigned_abs().saturating_sub(cell.width()));
        let (first, second) = if width < 0 { (cell, blanks.as_str()) } else { (blanks.as_str(), cell) };
        line.extend([first, second]);
    }
    line.trim_end().to_owned() + "\n"
}

/// Text filled into lines of fewer than 80 columns, below an empty one.
pub(super) fn paragraph(text: &str) -> String {
    let mut lines = String::from("\n");
    let mut column = 0;
    // a percentage stays in one piece
    for word in text.replace(" %", "~%").split_whitespace() {
        if column > 0 {
            let fits = column + 1 + word.width() < 80;
            lines.push(if fits { ' ' } else { '\n' });
            column = if fits { column + 1 } else { 0 };
        }
        lines += &word.replace('~', " ");
        column += word.width();
    }
    lines + "\n"
}

/// A share as `97.3 %`, in Korean as `97.3%`.
pub(super) fn percent(share: f64) -> String {
    let blank = if korean() { "" } else { " " };
    format!("{:.1}{blank}%", share * 100.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_paragraph_fills_its_lines_and_keeps_percentages_whole() {
        for shift in 0..90 {
            let text = paragraph(&format!("{} {}", "x".repeat(shift), "word 12.3 % and, ".repeat(20)));
            let lines: Vec<&str> = text.split('\n').collect();
            let [empty, filled @ .., last] = &lines[..] else { panic!("{text}") };
            assert!(empty.is_empty() && last.is_empty() && text.matches("12.3 %").count() == 20, "{text}");
            for pair in filled.windows(2).filter(|pair| !pair[0].starts_with('x')) {
                let next = pair[1].split(' ').next().unwrap();
                assert!(pair[0].len() < 80 && pair[0].len() + " %".len() + 1 + next.len() >= 80, "{text}");
            }
        }
    }

    #[test]
    fn a_hangul_syllable_takes_two_columns() {
        assert_eq!(line([-8, 8, 3], ["배치", "갱신", "7"]), "배치        갱신  7\n");
        assert_eq!(line([-8, 8, 3], ["batch", "updates", "7"]), "batch    updates  7\n");
        assert_eq!(line([6, -8], ["7", "정확도"]), "     7정확도\n");
        let text = paragraph(&"기울기 ".repeat(40));
        assert!(text.lines().all(|line| line.width() < 80) && text.lines().any(|line| line.width() > 72), "{text}");
    }
}
