//! English that is left in a Korean text; the tests of crates/web ask this, too.

/// Whether three English words follow each other, nothing between them; a letter alone is none, as in N x D.
pub(crate) fn has_english(text: &str) -> bool {
    let mut row = 0;
    text.split(' ').any(|word| {
        row = if word.len() > 1 && word.chars().all(|c| c.is_ascii_alphabetic()) { row + 1 } else { 0 };
        row == 3
    })
}
