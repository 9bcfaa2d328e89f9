//! The sections with images: mistakes, and the weights of the hidden neurons with their dialog.

use super::text::both;
use super::{Page, PageError, pictures};
use crate::Mistake;
use maud::{Markup, html};

/// One item of a list of images.
fn picture(img: &Markup, caption: &Markup) -> Markup {
    html! { li { figure { (img) figcaption { (caption) } } } }
}

/// The script replaces `alt` by the Korean text.
fn img(id: Option<String>, data: &str, [english, korean]: &[String; 2]) -> Markup {
    html! { img id=[id] src=(data) alt=(english) data-ko=(korean) width="56" height="56" loading="lazy"; }
}

/// "a 3", "an 8".
fn with_article(digit: impl std::fmt::Display) -> String {
    let digit = digit.to_string();
    let article = if digit.starts_with('8') || digit == "11" || digit == "18" { "an" } else { "a" };
    format!("{article} {digit}")
}

pub(super) fn mistakes(page: &Page) -> Result<Markup, PageError> {
    if page.mistakes.is_empty() {
        return Ok(html! {});
    }
    let mut shown = Vec::new();
    for (k, Mistake { index, label, answer, probability }) in page.mistakes.iter().enumerate() {
        let data = pictures::image(page.test, *index)?.0;
        let says = format!("{label} \u{2192} {answer}");
        let alt = [
            format!("{} that is classified as {}", with_article(label), with_article(answer)),
            format!("{answer}(으)로 분류된 {label}"),
        ];
        let img = img(None, &data, &alt);
        let caption = html! { b { (says) } br; (format!("{:.1} %", probability * 100.0)) };
        if page.is_live() {
            // the script has it after the samples
            let sample = page.samples() + k;
            shown.push(html! { li { button.try type="button" data-sample=(sample) { (img) span { (caption) } } } });
        } else {
            shown.push(picture(&img, &caption));
        }
    }
    let n = page.mistakes.len();
    Ok(html! {
        section aria-labelledby="mistakes" {
            h2 #mistakes { (both("Most confident mistakes", "가장 확신했지만 틀린 이미지")) }
            p {
                (both(
                    &format!("The {n} test images that the net classifies wrongly with the highest probability: label \u{2192} answer."),
                    &format!("가장 높은 확률로 틀린 시험 이미지 {n}장: 정답 \u{2192} 답."),
                ))
            }
            @if page.is_live() {
                p { (both("Press one to lay it on the canvas.", "누르면 위의 캔버스에 놓입니다.")) }
            }
            ul.pictures { @for one in &shown { (one) } }
        }
    })
}

pub(super) fn neurons(page: &Page) -> Result<Markup, PageError> {
    if !page.draws_neurons() {
        return Ok(html! {});
    }
    let mut shown = Vec::new();
    for neuron in 0..page.neurons() {
        let data = pictures::weights(page, neuron)?.0;
        let alt = [format!("weights of hidden neuron {neuron}"), format!("은닉 뉴런 {neuron}의 가중치")];
        let img = img(Some(format!("neuron-{neuron}")), &data, &alt);
        if page.is_live() {
            shown.push(html! { li { button.try type="button" data-neuron=(neuron) { (img) span { (neuron) } } } });
        } else {
            shown.push(picture(&img, &html! { (neuron) }));
        }
    }
    let (shown_neurons, all) = (page.neurons(), page.net.sizes().hidden);
    Ok(html! {
        section aria-labelledby="neurons" {
            h2 #neurons { (both("What the hidden neurons look for", "은닉 뉴런이 찾는 모양")) }
            p {
                (both(
                    &format!("The weights W1 of {shown_neurons} of {all} hidden neurons: ink on red raises the output of a neuron, ink on blue lowers it."),
                    &format!("은닉 뉴런 {all}개 중 {shown_neurons}개의 가중치 W1: 빨간 곳의 잉크는 출력을 올리고 파란 곳은 내립니다."),
                ))
            }
            @if page.is_live() {
                p { (both("Press one to see it large, with its numbers.", "누르면 크게 보이고 숫자도 나옵니다.")) }
            }
            ul.pictures { @for one in &shown { (one) } }
            @if page.is_live() { (dialog()) }
        }
    })
}

/// The dialog that shows a neuron enlarged; the script fills it in.
fn dialog() -> Markup {
    html! {
        dialog #neuron aria-labelledby="neuron-name" {
            h3 #neuron-name {}
            div #neuron-picture {}
            p #neuron-bias {}
            p {
                (both(
                    "Its weights W2 to the classes. Above 0, the neuron raises the score of the class; below 0, it lowers it.",
                    "클래스로 가는 가중치 W2입니다. 0보다 크면 그 클래스의 점수를 올리고 작으면 내립니다.",
                ))
            }
            div.wide tabindex="0" role="region" aria-labelledby="neuron-name" {
                table #neuron-weights {
                    thead {
                        tr {
                            th scope="col" { (both("class", "클래스")) }
                            th scope="col" { (both("weight", "가중치")) }
                        }
                    }
                    tbody {}
                }
            }
            button #neuron-close type="button" { (both("Close", "닫기")) }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn articles_go_by_sound() {
        let found = [0, 1, 8, 10, 11, 18, 80, 81, 108, 111].map(with_article);
        assert_eq!(found, ["a 0", "a 1", "an 8", "a 10", "an 11", "an 18", "an 80", "an 81", "a 108", "a 111"]);
    }
}
