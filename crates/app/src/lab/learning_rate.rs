//! `app lab learning-rate`: how large should a step of gradient descent be?

use super::layout::{line, paragraph, percent};
use super::run::{Lab, RATE, Score, best};
use crate::cli::LabArgs;
use crate::lang::said;
use crate::text::thousands;
use anyhow::Result;
use std::iter;
use std::ops::Range;

const RATES: [f64; 8] = [0.0001, 0.001, 0.01, 0.1, 1.0, 3.0, 10.0, 100.0];
const ITERATIONS: usize = 3000;
/// How often the loss is looked at on the way.
const LOOKS: usize = 10;

pub(super) fn answer(arguments: &LabArgs) -> Result<String> {
    let lab = Lab::load(arguments)?;
    let (iterations, batch) = (thousands(ITERATIONS), lab.batch_size());
    let head =
        lab.head(&said!("{iterations} iterations, batches of {batch}", "{iterations}번 반복, 배치 크기 {batch}"));
    let Some(held_out) = lab.held_out() else {
        let text = said!(
            "There is 1 training image, so none can be held out to choose a learning rate by.",
            "훈련 이미지가 1장이라 학습률을 고르는 데 쓸 검증 이미지를 따로 둘 수 없습니다."
        );
        return Ok(head + &paragraph(&text));
    };
    let start = lab.train_score(&lab.fresh_net(0.01), 0..held_out.start).loss;
    let rows = RATES.iter().map(|&rate| row(&lab, &held_out, rate)).collect::<Result<Vec<Row>>>()?;
    Ok(head + &table(&rows, start, &held_out) + &conclusion(&rows, start))
}

struct Row {
    rate: f64,
    /// The loss on the images that the run trains on, after each tenth of it; fewer where it broke off.
    losses: Vec<f64>,
    /// Where it ended, or the iteration after which a parameter was infinite or not a number.
    end: Result<End, usize>,
}

/// The scores of a run at its end.
#[derive(Clone, Copy)]
struct End {
    train: Score,
    /// On the validation images, by which a rate is chosen.
    validation: Score,
    /// On the test images: shown for the chosen rate alone.
    test: Score,
}

fn row(lab: &Lab, held_out: &Range<usize>, rate: f64) -> Result<Row> {
    let kept = held_out.start;
    let mut run = lab.run_with(&lab.fresh_net(0.01), kept, lab.batch_size().min(kept), rate)?;
    let mut losses = Vec::new();
    for done in 1..=ITERATIONS {
        if run.step().is_err() {
            return Ok(Row { rate, losses, end: Err(done) });
        }
        if done % (ITERATIONS / LOOKS) == 0 {
            losses.push(lab.train_score(&run.net(), 0..kept).loss);
        }
    }
    let net = run.net();
    let (train, validation) = (lab.train_score(&net, 0..kept), lab.train_score(&net, held_out.clone()));
    Ok(Row { rate, losses, end: Ok(End { train, validation, test: lab.test_score(&net) }) })
}

impl Row {
    /// The accuracy on the validation images; a run that broke off is worse than any.
    fn validation(&self) -> f64 {
        self.end.map_or(-1.0, |end| end.validation.accuracy)
    }

    /// A few words, by the rule that is printed below the table; `start` is the loss before the run.
    fn what_happened(&self, start: f64) -> String {
        let train = match self.end {
            Ok(end) => end.train,
            Err(iteration) => {
                let iteration = thousands(iteration);
                return said!("not finite at {iteration}", "{iteration}번째에 발산");
            }
        };
        let before = iter::once(&start).chain(&self.losses);
        let rose = self.losses.iter().zip(before).any(|(after, before)| after > before);
        match train.loss / start {
            // a loss that is not a number is in no range
            share if share <= 0.5 && rose => said!("learns, with jumps", "학습됨(손실이 튐)"),
            share if share <= 0.5 => said!("learns", "학습됨"),
            share if share <= 0.99 => said!("learns slowly", "느리게 학습됨"),
            share if share <= 1.0 => said!("hardly moves", "거의 그대로"),
            share if share <= 2.0 => said!("learns nothing", "학습되지 않음"),
            _ => said!("diverges", "발산"),
        }
    }
}

fn table(rows: &[Row], start: f64, held_out: &Range<usize>) -> String {
    const WIDTHS: [isize; 7] = [-8, 11, 11, 11, 12, 3, -1];
    let (kept, held) = (thousands(held_out.start), thousands(held_out.len()));
    let mut text = said!(
        "trained on {kept} of the training images, validated on the other {held};\n\
         loss on the former before the run: {start:.4}\n\n",
        "훈련 이미지 가운데 {kept}장으로 학습하고 나머지 {held}장으로 검증합니다.\n\
         학습하기 전에 앞의 이미지로 구한 손실은 {start:.4}입니다\n\n"
    );
    text += &line(
        [-8, 22, 23],
        [
            String::new(),
            said!("training loss after", "반복 뒤의 훈련 손실"),
            said!("accuracy at the end", "마지막 정확도"),
        ],
    );
    text += &line(
        WIDTHS,
        [
            said!("rate", "학습률"),
            thousands(ITERATIONS / LOOKS),
            thousands(ITERATIONS),
            said!("train", "훈련"),
            said!("validation", "검증"),
            String::new(),
            said!("what happened", "결과"),
        ],
    );
    for row in rows {
        let number = |number: Option<f64>| number.map_or_else(|| "-".to_owned(), |number| format!("{number:.4}"));
        let end = row.end.ok();
        text += &line(
            WIDTHS,
            [
                row.rate.to_string(),
                number(row.losses.first().copied()),
                number(end.map(|end| end.train.loss)),
                number(end.map(|end| end.train.accuracy)),
                number(end.map(|end| end.validation.accuracy)),
                String::new(),
                row.what_happened(start),
            ],
        );
    }
    text + &said!(
        "
what happened, by the training loss L, and L0 before the run:
  learns          L <= 0.5 L0; with jumps: L rose in some 1/10 of the run
  learns slowly   L <= 0.99 L0          hardly moves    L <= L0
  learns nothing  L <= 2 L0             diverges        L > 2 L0
",
        "
결과는 훈련 손실 L과 학습하기 전의 손실 L0으로 정합니다.
  학습됨          L <= 0.5 L0. 손실이 튐: 학습의 1/10 동안 L이 커진 적이 있음
  느리게 학습됨   L <= 0.99 L0          거의 그대로     L <= L0
  학습되지 않음   L <= 2 L0             발산            L > 2 L0
"
    )
}

/// One paragraph, from the figures of the table.
fn conclusion(rows: &[Row], start: f64) -> String {
    let loss = |row: &Row| row.end.map_or(f64::NAN, |end| end.train.loss);
    let [smallest, ..] = rows else { return String::new() };
    let book = rows.iter().find(|row| row.rate == RATE).unwrap_or(smallest);
    let best = best(rows, Row::validation);
    let too_large = match rows.iter().rev().find(|row| row.end.is_err() || loss(row) > start) {
        Some(Row { rate, end: Err(iteration), .. }) => {
            let iteration = thousands(*iteration);
            said!(
                "with {rate} a parameter was no longer finite at iteration {iteration}",
                "학습률 {rate}에서는 {iteration}번째 반복에서 매개변수가 무한대나 NaN이 되었습니다"
            )
        }
        Some(row) => {
            let (rate, loss) = (row.rate, loss(row));
            said!("with {rate} the loss ended at {loss:.3}", "학습률 {rate}에서는 마지막 손실이 {loss:.3}입니다")
        }
        None => said!(
            "though none of the rates was that large for these images",
            "다만 이 이미지에서는 그렇게 큰 학습률이 없었습니다"
        ),
    };
    let (small, small_loss, iterations) = (smallest.rate, loss(smallest), thousands(ITERATIONS));
    let (best_rate, best_accuracy) = (best.rate, percent(best.validation()));
    let tested = best.end.map_or_else(|_| "-".to_owned(), |end| percent(end.test.accuracy));
    let (book_accuracy, book_loss) = (percent(book.validation()), loss(book));
    paragraph(&said!(
        "How large should a step be? The gradient holds only at the point where it was computed. A short step goes \
         downhill, but not far: with {small} the loss went from {start:.3} to {small_loss:.3} in all {iterations} \
         iterations. A long step may land where the gradient is different, on the other side of the valley and higher \
         up, and the next step starts from there: {too_large}. The best rate on the validation images is {best_rate}, \
         with an accuracy of {best_accuracy}; the book's {RATE} reached {book_accuracy}, and a training loss of \
         {book_loss:.3}. The test images take no part in this choice; with the chosen rate, {tested} of them are \
         classified correctly. A run that diverges need not end in NaN here: the outputs of the sigmoid are between 0 \
         and 1, and the derivatives of the loss by the scores of the classes between -1 and 1, so a step changes no \
         weight of W2 by more than the rate. Try powers of 10 first, and choose on validation images. The answer \
         depends on the batch size: see lab batch-size.",
        "한 걸음은 얼마나 커야 할까요? 기울기는 그것을 구한 지점의 기울기일 뿐입니다. 작은 걸음은 내리막으로 가지만 멀리 가지 \
         못합니다. 학습률 {small}에서는 손실이 처음에 {start:.3}, {iterations}번을 모두 반복한 뒤에 {small_loss:.3}입니다. 큰 걸음은 기울기가 다른 곳, 골짜기 건너편의 더 높은 곳에 떨어질 수 있고, 다음 걸음은 거기서 시작합니다. \
         {too_large}. 검증 이미지에서 가장 좋은 학습률은 {best_rate}이고 정확도는 {best_accuracy}입니다. 책의 {RATE}은 \
         {book_accuracy}, 훈련 손실은 {book_loss:.3}입니다. 시험 이미지는 이 선택에 쓰지 않습니다. 고른 학습률로는 시험 \
         이미지의 {tested}를 맞힙니다. 여기서는 발산해도 NaN이 되지 않을 수 있습니다. 시그모이드의 출력은 0과 1 사이이고, \
         클래스의 점수에 대한 손실의 미분은 -1과 1 사이라서, 한 걸음에 W2의 가중치가 학습률보다 많이 변하지 않기 \
         때문입니다. 먼저 10의 거듭제곱을 시험해 보고, 검증 이미지로 고르세요. 답은 배치 크기에 따라 다릅니다(lab \
         batch-size)."
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(losses: &[f64], broke_at: Option<usize>) -> Row {
        let score = Score { accuracy: 0.5, loss: losses.last().copied().unwrap_or(f64::NAN) };
        let end = End { train: score, validation: score, test: score };
        Row { rate: 1.0, losses: losses.to_vec(), end: broke_at.map_or(Ok(end), Err) }
    }

    #[test]
    fn what_happened_follows_the_rule_below_the_table() {
        let happened = |losses: &[f64]| row(losses, None).what_happened(2.0);
        assert_eq!(happened(&[1.5, 0.9]), "learns");
        assert_eq!(happened(&[1.5, 1.6, 0.9]), "learns, with jumps");
        assert_eq!(happened(&[2.5, 0.9]), "learns, with jumps");
        assert_eq!(happened(&[1.95, 1.8]), "learns slowly");
        assert_eq!(happened(&[2.0, 1.99]), "hardly moves");
        assert_eq!(happened(&[2.5, 2.1]), "learns nothing");
        assert_eq!(happened(&[9.0, 4.1]), "diverges");
        assert_eq!(happened(&[f64::NAN]), "diverges");
        assert_eq!(happened(&[f64::INFINITY]), "diverges");
    }

    #[test]
    fn a_run_that_breaks_shows_its_iteration_and_no_figures() {
        let rows = [row(&[2.0], None), row(&[7.0], Some(1412)), row(&[], Some(1))];
        let text = table(&rows, 2.3, &(5..6)) + &conclusion(&rows, 2.3);
        assert!(text.contains("7.0000          -          -           -   not finite at 1,412\n"), "{text}");
        assert!(text.contains("-          -          -           -   not finite at 1\n"), "{text}");
        assert!(text.replace('\n', " ").contains("was no longer finite at iteration 1."), "{text}");
    }
}
