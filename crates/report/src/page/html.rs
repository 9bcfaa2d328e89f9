//! The document: its head with the security policy, its frame, and the data for the script.

use super::text::{both, percent};
use super::{Page, PageError, gallery, sections};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use maud::{DOCTYPE, PreEscaped, html};
use net::{Activation, Parameters};
use serde::Serialize;
use sha2::{Digest, Sha256};

const STYLE: &str = concat!(include_str!("base.css"), include_str!("page.css"));
const SCRIPT: &str = concat!(include_str!("digit_image.js"), include_str!("canvas.js"), include_str!("page.js"));

pub(super) fn document(page: &Page) -> Result<String, PageError> {
    // only these two run, and nothing is loaded except the contents of the page
    let policy = format!(
        "default-src 'none'; style-src '{}'; script-src '{}'; img-src data:; base-uri 'none'; form-action 'none'",
        hash(STYLE),
        hash(SCRIPT)
    );
    let (accuracy, images) = (percent(page.accuracy()), thousands(page.test.len()));
    let document = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta http-equiv="Content-Security-Policy" content=(policy);
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="referrer" content="no-referrer";
                title data-ko=(format!("4.5절의 신경망: {accuracy}")) { "The net of chapter 4.5: " (accuracy) }
                style { (PreEscaped(STYLE)) }
            }
            body {
                header {
                    h1 { (both("What the net learned", "신경망이 배운 것")) }
                    p.lead {
                        (both(
                            &format!("{accuracy} of {images} test images are classified correctly."),
                            &format!("시험 이미지 {images}장 가운데 {accuracy}를 맞혔습니다."),
                        ))
                    }
                    @for [english, korean] in &page.warnings {
                        p.warning { (both(english, korean)) }
                    }
                    button #language type="button" { (both("한국어", "English")) }
                }
                main {
                    (sections::canvas(page))
                    (sections::run(&page.facts))
                    (sections::learning(page)?)
                    (sections::classes(page))
                    (gallery::mistakes(page)?)
                    (gallery::neurons(page)?)
                    (sections::activations(&page.histogram())?)
                }
                footer {
                    p {
                        span lang="en" {
                            "To watch this net in your browser: " code { "cargo xtask web --open" } ", then "
                            code { "app export net.npz" } " and drop net.npz on that page."
                        }
                        span lang="ko" {
                            "이 신경망을 브라우저에서 보려면 " code { "cargo xtask web --open" } "을 실행하고, "
                            code { "app export net.npz" } "로 만든 net.npz를 그 페이지에 끌어다 놓으세요."
                        }
                    }
                    @if let Some([english, korean]) = page.attribution {
                        p { (both(english, korean)) }
                    }
                }
                script #data type="application/json" { (PreEscaped(data(page)?)) }
                script { (PreEscaped(SCRIPT)) }
            }
        }
    };
    Ok(document.into_string())
}

fn hash(text: &str) -> String {
    format!("sha256-{}", STANDARD.encode(Sha256::digest(text)))
}

/// Formats 60000 as `60,000`.
fn thousands(n: usize) -> String {
    let digits = n.to_string();
    let is_set_off = |k: usize| k > 0 && (digits.len() - k).is_multiple_of(3);
    digits.chars().enumerate().flat_map(|(k, c)| is_set_off(k).then_some(',').into_iter().chain([c])).collect()
}

/// The data for the script. Numbers are little-endian f32, images are bytes, both in base64.
#[derive(Serialize)]
struct Data {
    inputs: usize,
    hidden: usize,
    classes: usize,
    activation: &'static str,
    /// W1 b1 W2 b2, row by row.
    parameters: Vec<String>,
    images: String,
    labels: Vec<u8>,
    /// The index of each image in the test set.
    indices: Vec<usize>,
    /// The first of them, this many, are consecutive; the mistakes follow.
    samples: usize,
}

/// The data as JSON that cannot end its script block: `<` is written as `\u003c`.
fn data(page: &Page) -> Result<String, PageError> {
    let sizes = page.net.sizes();
    let live = page.is_live();
    let samples = page.samples();
    let mistakes = page.mistakes.iter().filter(|_| live).map(|mistake| mistake.index);
    let indices: Vec<usize> = (0..samples).chain(mistakes).collect();
    let images: Vec<u8> = indices.iter().flat_map(|index| page.test.image(*index)).copied().collect();
    let encode = |values: Vec<f32>| STANDARD.encode(values.iter().flat_map(|v| v.to_le_bytes()).collect::<Vec<u8>>());
    let parameters: &Parameters<f32> = &page.net.params;
    let data = Data {
        inputs: sizes.inputs,
        hidden: sizes.hidden,
        classes: sizes.classes,
        activation: match page.net.activation {
            Activation::Sigmoid => "sigmoid",
            Activation::Tanh => "tanh",
            Activation::Relu => "relu",
        },
        parameters: if live { parameters.to_row_major().map(encode).to_vec() } else { Vec::new() },
        images: STANDARD.encode(images),
        labels: indices.iter().map(|index| page.test.labels()[*index]).collect(),
        indices,
        samples,
    };
    Ok(serde_json::to_string(&data)?.replace('<', "\\u003c"))
}
