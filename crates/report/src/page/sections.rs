//! The sections of the document, each with its heading.

use super::curves::{self, Histogram};
use super::text::{both, percent};
use super::{Fact, Page, PageError, pictures};
use crate::Mistake;
use crate::chart::Chart;
use maud::{Markup, PreEscaped, html};

/// A difference of shares in points of a hundred, with its sign where it has one.
fn points(difference: f64) -> String {
    let rounded = (difference * 1e4).round() / 100.0;
    if rounded == 0.0 { "0.00".to_owned() } else { format!("{rounded:+.2}") }
}

pub(super) fn canvas(page: &Page) -> Markup {
    html! {
        section aria-labelledby="draw" {
            h2 #draw { (both("Draw a digit", "숫자를 그려 보세요")) }
            @if page.is_live() {
                div.drawing {
                    div {
                        canvas.paper #paper width="280" height="280" aria-labelledby="draw" aria-describedby="how" {
                            (both("A field to draw in", "그리는 곳"))
                        }
                        p.caption #how {
                            (both(
                                "Draw with a mouse, pen or finger. At first you see a test image. With the keyboard: the arrow keys move a ring, space lowers and lifts the pen, Escape clears.",
                                "마우스, 펜, 손가락으로 그립니다. 처음에는 시험 이미지가 놓여 있습니다. 키보드로는 화살표 키로 동그라미를 옮기고, 스페이스로 펜을 내리거나 떼고, Esc로 지웁니다.",
                            ))
                        }
                        p.buttons {
                            button #clear type="button" { (both("Clear", "지우기")) }
                            button #next type="button" { (both("Next test image", "다음 시험 이미지")) }
                        }
                        p {
                            label for="pen" { (both("Pen width", "펜 굵기")) }
                            " "
                            input #pen type="range" min="8" max="36" step="2" value="20";
                        }
                    }
                    div {
                        p.answer #answer role="status" aria-live="polite" {}
                        ol.bars #bars {}
                        div.seen {
                            canvas #seen width="28" height="28" role="img" aria-labelledby="seen-label" {}
                            p.caption #seen-label {
                                (both(
                                    "What the net sees: 28 x 28 pixels. The digit is scaled into 20 x 20 and shifted until its centre of mass is in the middle, as MNIST's makers did. Thin strokes are widened.",
                                    "신경망이 보는 28 x 28 픽셀: MNIST와 같이 20 x 20 안에 맞추고 무게중심을 가운데로 옮겼습니다. 가는 획은 굵게 합니다.",
                                ))
                            }
                        }
                    }
                }
                h3 { (both("Which hidden units fire", "켜지는 은닉 뉴런")) }
                ol #firing aria-label="hidden units" {}
                h3 { (both("What they vote for", "무엇에 표를 던지는가")) }
                table #votes {
                    thead {
                        tr {
                            th scope="col" { (both("unit", "뉴런")) }
                            th scope="col" { (both("looks for", "찾는 모양")) }
                            th scope="col" { (both("output", "출력")) }
                            th scope="col" { (both("weight", "가중치")) }
                            th scope="col" { (both("vote", "표")) }
                        }
                    }
                    tbody {}
                }
            } @else {
                p {
                    (both(
                        "A net for images that are not 28 x 28, or one of more than 190,000 parameters, does not run in the page.",
                        "28 x 28이 아닌 이미지의 신경망이나 매개변수가 190,000개를 넘는 신경망은 이 페이지에서 실행하지 않습니다.",
                    ))
                }
            }
        }
    }
}

pub(super) fn run(facts: &[Fact]) -> Markup {
    html! {
        section aria-labelledby="run" {
            h2 #run { (both("What was run", "실행한 것")) }
            div.wide {
                table.facts {
                    tbody {
                        @for Fact { name: [english, korean], value } in facts {
                            tr { th scope="row" { (both(english, korean)) } td { (same_or_both(value)) } }
                        }
                    }
                }
            }
        }
    }
}

/// A text in both languages, or once where they are the same.
fn same_or_both([english, korean]: &[String; 2]) -> Markup {
    if english == korean {
        html! { (english) }
    } else {
        both(english, korean)
    }
}

/// A chart in both languages. What a screen reader says of it is the caption; the numbers stand in a table below.
fn figure(of: impl Fn(usize) -> Option<Chart>, english: &str, korean: &str) -> Result<Markup, PageError> {
    let mut charts = Vec::new();
    for (language, name) in ["en", "ko"].iter().enumerate() {
        let Some(chart) = of(language) else { return Ok(html! {}) };
        // within HTML an SVG needs no namespace, and this page holds no address, not even that one
        let svg = chart.to_svg(600, 340)?.replace(" xmlns=\"http://www.w3.org/2000/svg\"", "");
        let caption = [english, korean][language];
        charts.push(html! { div lang=(*name) role="img" aria-label=(caption) { (PreEscaped(svg)) } });
    }
    Ok(html! { figure { @for chart in &charts { (chart) } figcaption { (both(english, korean)) } } })
}

pub(super) fn learning(page: &Page) -> Result<Markup, PageError> {
    if page.losses.is_empty() && page.evaluations.is_empty() {
        return Ok(html! {});
    }
    let smoothed = curves::smoothed(page.losses);
    let every = smoothed.len().div_ceil(20).max(1);
    let gap = page.evaluations.iter().map(|e| e.train - e.test).fold(0.0, f64::max);
    let loss = figure(
        |language| curves::loss(page, language),
        "The loss of each minibatch after the step on it, and its mean over a hundredth of the run.",
        "미니배치마다 갱신한 뒤의 손실과 그 평균.",
    )?;
    let accuracy = figure(
        |language| curves::accuracy(page, language),
        &format!(
            "The share of all images that is read right. Overfitting would show as a gap: here training images are at most {:.2} points ahead of test images.",
            gap * 100.0
        ),
        &format!(
            "맞힌 이미지의 비율. 오버피팅이면 두 선이 벌어집니다. 여기서는 훈련 데이터가 최대 {:.2} 포인트 높습니다.",
            gap * 100.0
        ),
    )?;
    Ok(html! {
        section aria-labelledby="learning" {
            h2 #learning { (both("How it learned", "학습 과정")) }
            (loss)
            (accuracy)
            details {
                summary { (both("The same as tables", "표로 보기")) }
                div.tables {
                    table {
                        thead { tr {
                            th scope="col" { (both("iteration", "반복")) }
                            th scope="col" { (both("train", "훈련")) }
                            th scope="col" { (both("test", "시험")) }
                            th scope="col" { (both("gap", "차이")) }
                        } }
                        tbody {
                            @for e in thin(&page.evaluations) {
                                tr {
                                    th scope="row" { (e.iteration) }
                                    td { (percent(e.train)) }
                                    td { (percent(e.test)) }
                                    td { (points(e.train - e.test)) }
                                }
                            }
                        }
                    }
                    table {
                        thead { tr {
                            th scope="col" { (both("iteration", "반복")) }
                            th scope="col" { (both("smoothed loss", "평균 손실")) }
                        } }
                        tbody {
                            @for (k, loss) in smoothed.iter().enumerate().skip(every - 1).step_by(every) {
                                tr {
                                    th scope="row" { ((k as u64 + 1) * page.loss_stride) }
                                    td { (if loss.abs() < 1e6 { format!("{loss:.4}") } else { format!("{loss:.3e}") }) }
                                }
                            }
                        }
                    }
                }
            }
        }
    })
}

/// At most about 40 rows of many, the first and the last among them.
fn thin<T>(rows: &[T]) -> impl Iterator<Item = &T> {
    let every = rows.len().div_ceil(40).max(1);
    let last = rows.len().saturating_sub(1);
    rows.iter().enumerate().filter(move |(k, _)| k % every == 0 || *k == last).map(|(_, row)| row)
}

pub(super) fn classes(page: &Page) -> Markup {
    let counts = page.confusion;
    let share = |part: usize, whole: usize| {
        // without the unit a phone has room for the whole matrix
        html! {
            @if whole == 0 { "-" } @else { (format!("{:.1}", 100.0 * part as f64 / whole as f64)) span.unit { " %" } }
        }
    };
    html! {
        section aria-labelledby="classes" {
            h2 #classes { (both("What it takes for what", "무엇을 무엇으로 읽는가")) }
            p {
                (both(
                    "Test images: a row for each label, a column for each answer. Recall is the share of a row that is right, precision that of a column.",
                    "시험 이미지: 행은 정답, 열은 신경망의 답. 재현율은 행에서, 정밀도는 열에서 맞은 비율입니다.",
                ))
            }
            div.wide tabindex="0" role="region" aria-labelledby="classes" {
                table.confusion {
                    thead {
                        tr {
                            td {}
                            @for answer in 0..counts.len() { th scope="col" { (answer) } }
                            th scope="col" { (both("recall", "재현율")) }
                        }
                    }
                    tbody {
                        @for (label, row) in counts.iter().enumerate() {
                            tr {
                                th scope="row" { (label) }
                                @for (answer, count) in row.iter().enumerate() {
                                    td class={
                                        @if label == answer { "hit" } @else { "miss" }
                                        " s" (pictures::shade(counts, label, answer))
                                    } { (count) }
                                }
                                td { (share(row[label], row.iter().sum())) }
                            }
                        }
                        tr {
                            th scope="row" { (both("precision", "정밀도")) }
                            @for k in 0..counts.len() {
                                td { (share(counts[k][k], counts.iter().map(|row| row[k]).sum())) }
                            }
                            td {}
                        }
                    }
                }
            }
        }
    }
}

/// One of a list of pictures.
fn picture(id: Option<String>, data: &str, alt: &str, caption: &Markup) -> Markup {
    html! { li { figure { (img(id, data, alt)) figcaption { (caption) } } } }
}

fn img(id: Option<String>, data: &str, alt: &str) -> Markup {
    html! { img id=[id] src=(data) alt=(alt) width="56" height="56" loading="lazy"; }
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
        let alt = format!("{} that is read as {}", with_article(label), with_article(answer));
        let caption = html! { b { (says) } br; (format!("{:.1} %", probability * 100.0)) };
        if page.is_live() {
            // the script has it behind the samples
            let sample = page.samples() + k;
            let picture = img(None, &data, &alt);
            shown.push(html! { li { button.try type="button" data-sample=(sample) { (picture) span { (caption) } } } });
        } else {
            shown.push(picture(None, &data, &alt, &caption));
        }
    }
    let n = page.mistakes.len();
    Ok(html! {
        section aria-labelledby="mistakes" {
            h2 #mistakes { (both("Its surest mistakes", "가장 자신 있게 틀린 것")) }
            p {
                (both(
                    &format!("The {n} test images that it reads wrong with the highest probability: label \u{2192} answer."),
                    &format!("가장 높은 확률로 틀린 시험 이미지 {n}장: 정답 \u{2192} 답."),
                ))
            }
            @if page.is_live() {
                p { (both("Press one to lay it on the canvas.", "누르면 위의 그림판에 놓입니다.")) }
            }
            ul.pictures { @for one in &shown { (one) } }
        }
    })
}

pub(super) fn units(page: &Page) -> Result<Markup, PageError> {
    if !page.draws_units() {
        return Ok(html! {});
    }
    let mut shown = Vec::new();
    for unit in 0..page.units() {
        let data = pictures::weights(page, unit)?.0;
        let alt = format!("weights of hidden unit {unit}");
        shown.push(picture(Some(format!("unit-{unit}")), &data, &alt, &html! { (unit) }));
    }
    let (shown_units, all) = (page.units(), page.net.sizes().hidden);
    Ok(html! {
        section aria-labelledby="units" {
            h2 #units { (both("What its hidden units look for", "은닉 뉴런이 찾는 모양")) }
            p {
                (both(
                    &format!("The weights W1 of {shown_units} of {all} hidden units: ink on red raises the unit, ink on blue lowers it."),
                    &format!("은닉 뉴런 {all}개 중 {shown_units}개의 가중치 W1: 빨간 곳의 잉크는 출력을 올리고 파란 곳은 내립니다."),
                ))
            }
            ul.pictures { @for one in &shown { (one) } }
        }
    })
}

pub(super) fn activations(histogram: &Histogram) -> Result<Markup, PageError> {
    let images = histogram.images;
    let chart = figure(
        |language| Some(curves::activations(histogram, language)),
        &format!(
            "The outputs of all hidden units on {images} test images. Bars at the ends are saturated units: they pass no gradient on."
        ),
        &format!(
            "시험 이미지 {images}장에 대한 모든 은닉 뉴런의 출력. 양끝에 몰리면 포화 상태로, 기울기를 전하지 못합니다."
        ),
    )?;
    Ok(html! {
        section aria-labelledby="activations" {
            h2 #activations { (both("Its hidden activations", "은닉층의 활성화 값")) }
            (chart)
            details {
                summary { (both("The same as a table", "표로 보기")) }
                table {
                    thead { tr {
                        th scope="col" { (both("from", "부터")) }
                        th scope="col" { (both("to", "까지")) }
                        th scope="col" { (both("share", "비율")) }
                    } }
                    tbody {
                        @for (k, share) in histogram.shares.iter().enumerate() {
                            tr {
                                th scope="row" { (format!("{:.2}", histogram.from + k as f64 * histogram.width)) }
                                td { (format!("{:.2}", histogram.from + (k + 1) as f64 * histogram.width)) }
                                td { (percent(*share)) }
                            }
                        }
                    }
                }
            }
        }
    })
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
