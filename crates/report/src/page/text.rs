//! Text that all parts of the page use: both languages, and percentages.

use maud::{Markup, html};

/// A text in both languages; the style shows one of them.
pub(super) fn both(english: &str, korean: &str) -> Markup {
    html! { span lang="en" { (english) } span lang="ko" { (korean) } }
}

/// A share as a percentage with two decimal places.
pub(super) fn percent(share: f64) -> String {
    format!("{:.2} %", share * 100.0)
}
