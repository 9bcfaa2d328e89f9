//! The sections of the document, each with its heading.

use super::curves;
use super::text::{both, percent};
use super::{Fact, Page, PageError, pictures};
use crate::chart::Chart;
use maud::{Markup, PreEscaped, html};
use net::ActivationHistogram;

/// A difference of shares in percentage points, with its sign.
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
                            (both("A field to draw in", "숫자를 그리는 캔버스"))
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
                h3 #firing-name { (both("Active hidden neurons", "활성화된 은닉 뉴런")) }
                ol #firing aria-labelledby="firing-name" {}
                h3 { (both("What each neuron adds", "각 뉴런이 더하는 값")) }
                p {
                    (both(
                        "A neuron adds its output times its weight to the score of the answer. These six add most.",
                        "뉴런은 출력에 가중치를 곱한 값을 답의 점수에 더합니다. 가장 크게 더하는 여섯 개입니다.",
                    ))
                }
                table #added {
                    thead {
                        tr {
                            th scope="col" { (both("neuron", "뉴런")) }
                            th scope="col" { (both("looks for", "찾는 모양")) }
                            th scope="col" { (both("output", "출력")) }
                            th scope="col" { (both("weight", "가중치")) }
                            th scope="col" { (both("adds", "더하는 값")) }
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
            h2 #run { (both("Settings of this run", "학습 설정")) }
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

/// A text in both languages, or once if both are the same.
fn same_or_both([english, korean]: &[String; 2]) -> Markup {
    if english == korean {
        html! { (english) }
    } else {
        both(english, korean)
    }
}

/// A chart in both languages. A screen reader reads its caption; the numbers are in a table below it.
fn figure(of: impl Fn(usize) -> Option<Chart>, english: &str, korean: &str) -> Result<Markup, PageError> {
    let mut charts = Vec::new();
    for (language, name) in ["en", "ko"].iter().enumerate() {
        let Some(chart) = of(language) else { return Ok(html! {}) };
        // within HTML an SVG needs no namespace, and this page contains no address, not even that of a namespace
        let svg = chart.to_svg(500, 310)?.replace(" xmlns=\"http://www.w3.org/2000/svg\"", "");
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
            "The share of all images that is classified correctly. Overfitting would show as a gap: here training images are at most {:.2} points ahead of test images.",
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

/// At most about 40 of many rows, including the first and the last.
fn thin<T>(rows: &[T]) -> impl Iterator<Item = &T> {
    let every = rows.len().div_ceil(40).max(1);
    let last = rows.len().saturating_sub(1);
    rows.iter().enumerate().filter(move |(k, _)| k % every == 0 || *k == last).map(|(_, row)| row)
}

pub(super) fn classes(page: &Page) -> Markup {
    let counts = page.confusion;
    let share = |part: usize, whole: usize| {
        // without the unit, the whole matrix fits on a phone
        html! {
            @if whole == 0 { "-" } @else { (format!("{:.1}", 100.0 * part as f64 / whole as f64)) span.unit { " %" } }
        }
    };
    html! {
        section aria-labelledby="classes" {
            h2 #classes { (both("Confusion matrix", "혼동 행렬")) }
            p {
                (both(
                    "The test images: each row is a label, each column an answer of the net. Recall is the correct share of a row, and precision is the correct share of a column.",
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

pub(super) fn activations((histogram, images): &(ActivationHistogram, usize)) -> Result<Markup, PageError> {
    let chart = figure(
        |language| Some(curves::activations(histogram, language)),
        &format!(
            "The outputs of all hidden neurons on {images} test images. Outputs near the ends belong to saturated neurons, through which almost no gradient passes."
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
