//! `app lab epochs`: what does the max of iter_per_epoch guard against, and why evaluate only once per epoch?

use super::layout::{line, paragraph, percent};
use super::run::{BATCH, Lab, RATE, steps};
use crate::cli::LabArgs;
use crate::lang::said;
use crate::text::{duration, thousands};
use anyhow::Result;
use std::time::Instant;

/// Of the book's loop.
const ITERATIONS: usize = 10_000;

pub(super) fn answer(arguments: &LabArgs) -> Result<String> {
    let lab = Lab::load(arguments)?;
    let images = lab.data.train.len();
    let counts: Vec<Count> = cases(images).into_iter().map(|(train, batch)| Count::of(train, batch)).collect();
    let epoch = (images / BATCH).max(1);
    let costs = plan(epoch).into_iter().map(|(every, over)| cost(&lab, every, over)).collect::<Result<Vec<Cost>>>()?;

    let (batch, evaluated) = (lab.batch_size(), images + lab.data.test.len());
    let what = said!("batches of {batch}, rate {RATE}", "배치 크기 {batch}, 학습률 {RATE}");
    let text = lab.head(&what) + &count_table(&counts) + &cost_table(&costs, epoch, evaluated);
    Ok(text + &conclusion(&counts, epoch, batch, evaluated))
}

/// Training images and batch sizes: the book's, two that trap its loop, and the images of the data set.
fn cases(images: usize) -> Vec<(usize, usize)> {
    let mut cases = vec![(60_000, 100), (60_000, 128), (70, 100)];
    if !cases.contains(&(images, BATCH)) {
        cases.push((images, BATCH));
    }
    cases
}

/// How many epochs loops of 10,000 iterations report.
struct Count {
    train: usize,
    batch: usize,
    /// The first iterations at which the book's test is true.
    first: Vec<usize>,
    /// `i % max(train / batch, 1) == 0`, the book's, with the `/` of Python 3; and without max.
    book: usize,
    bare: usize,
    /// The same two with `//`; `None` where that divides by 0.
    whole: usize,
    bare_whole: Option<usize>,
    /// As [`training::Evaluate::EachEpoch`].
    ours: usize,
}

impl Count {
    fn of(train: usize, batch: usize) -> Self {
        let quotient = train as f64 / batch as f64;
        let book = |i: &usize| *i as f64 % quotient.max(1.0) == 0.0;
        let count = |test: &dyn Fn(usize) -> bool| (0..ITERATIONS).filter(|&i| test(i)).count();
        let epoch = |i: usize| i * batch / train;
        Self {
            train,
            batch,
            first: (0..ITERATIONS).filter(book).take(2).collect(),
            book: count(&|i| book(&i)),
            bare: count(&|i| i as f64 % quotient == 0.0),
            whole: count(&|i| i % (train / batch).max(1) == 0),
            bare_whole: (train >= batch).then(|| count(&|i| i % (train / batch) == 0)),
            ours: count(&|i| i == 0 || epoch(i) > epoch(i - 1)),
        }
    }
}

/// After how many iterations the accuracies are measured, and over how many iterations that is timed.
fn plan(epoch: usize) -> Vec<(usize, usize)> {
    let mut plan = vec![(1, 50), (10, 300), (100, 1500)];
    if plan.iter().all(|&(every, _)| every != epoch) {
        plan.push((epoch, 3 * epoch));
    }
    plan.sort_unstable();
    plan
}

struct Cost {
    every: usize,
    iterations: usize,
    training: f64,
    evaluating: f64,
}

impl Cost {
    fn share(&self) -> f64 {
        self.evaluating / (self.training + self.evaluating)
    }
}

fn cost(lab: &Lab, every: usize, iterations: usize) -> Result<Cost> {
    let mut run = lab.run_from(&lab.fresh_net(0.01))?;
    let (mut training, mut evaluating) = (0.0, 0.0);
    for _ in 0..iterations / every {
        let started = Instant::now();
        steps(&mut run, every)?;
        training += started.elapsed().as_secs_f64();
        let started = Instant::now();
        let net = run.net();
        lab.train_score(&net, 0..lab.data.train.len());
        lab.test_score(&net);
        evaluating += started.elapsed().as_secs_f64();
    }
    Ok(Cost { every, iterations, training, evaluating })
}

fn count_table(counts: &[Count]) -> String {
    const WIDTHS: [isize; 10] = [8, 6, 9, 2, -14, 8, 8, 8, 8, 8];
    let iterations = thousands(ITERATIONS);
    let mut text = said!(
        "number of epochs that a loop of {iterations} iterations reports\n\n",
        "{iterations}번 반복하는 동안 에폭이 시작된다고 보는 횟수\n\n"
    );
    text += &line(
        WIDTHS,
        [
            said!("train", "훈련").as_str(),
            said!("batch", "배치").as_str(),
            said!("quotient", "몫").as_str(),
            "",
            said!("book, at i =", "책: i =").as_str(),
            said!("book", "책").as_str(),
            "/",
            "max //",
            "//",
            said!("here", "여기").as_str(),
        ],
    );
    for count in counts {
        let true_at = count.first.iter().map(|i| format!("{i}, ")).collect::<String>() + "...";
        let bare_whole = count.bare_whole.map_or_else(|| said!("error", "오류"), thousands);
        let [train, book, bare, whole, ours] =
            [count.train, count.book, count.bare, count.whole, count.ours].map(thousands);
        let quotient = (count.train as f64 / count.batch as f64).to_string();
        let batch = count.batch.to_string();
        text += &line(WIDTHS, [train, batch, quotient, String::new(), true_at, book, bare, whole, bare_whole, ours]);
    }
    text + &said!(
        "\n\
         train, batch: number of training images, images per batch\n\
         book: i % max(train / batch, 1) == 0; the / of Python 3 keeps the fraction\n\
         max //: the same with //, which drops the fraction\n\
         /, //: both without max; error: division by zero\n\
         here: an epoch begins whenever floor(i * batch / train) grows\n",
        "\n\
         훈련, 배치: 훈련 이미지의 수, 배치 크기\n\
         책: i % max(훈련 / 배치, 1) == 0. 파이썬 3의 /는 소수까지 구합니다\n\
         max //: 같은 식에서 /를 소수 부분을 버리는 //로 바꾼 것\n\
         /, //: 둘에서 max를 뺀 것. 오류: 0으로 나눔\n\
         여기: floor(i * 배치 / 훈련)이 커질 때마다 에폭이 시작됩니다\n"
    )
}

fn cost_table(costs: &[Cost], epoch: usize, images: usize) -> String {
    const WIDTHS: [isize; 6] = [-16, 10, 12, 12, 10, 14];
    let (iterations, images) = (thousands(ITERATIONS), thousands(images));
    let mut text = said!(
        "\ntime to measure the accuracies, on {images} images\n\n",
        "\n정확도를 구하는 데 드는 시간, 이미지 {images}장으로\n\n"
    );
    text += &line(WIDTHS, ["", "", "", "", "", &iterations]);
    text += &line(
        WIDTHS,
        [
            said!("every", "간격"),
            said!("timed", "잰 횟수"),
            said!("training", "학습"),
            said!("evaluating", "평가"),
            said!("share", "비율"),
            said!("would take", "번이면"),
        ],
    );
    for cost in costs {
        let Cost { every, iterations, training, evaluating } = cost;
        let every_shown = thousands(*every);
        let name =
            if *every == epoch { said!("{every_shown} = 1 epoch", "{every_shown} = 1에폭") } else { every_shown };
        let whole = duration((training + evaluating) / *iterations as f64 * ITERATIONS as f64);
        let [training, evaluating] = [training, evaluating].map(|seconds| format!("{seconds:.3}"));
        text += &line(WIDTHS, [name, thousands(*iterations), training, evaluating, percent(cost.share()), whole]);
    }
    text + &said!(
        "\n\
         every: iterations from one evaluation to the next; timed: iterations\n\
         training, evaluating: seconds; share: part of the time spent on evaluating\n",
        "\n\
         간격: 평가와 평가 사이의 반복 횟수, 잰 횟수: 시간을 잰 반복 횟수\n\
         학습, 평가: 초, 비율: 평가에 든 시간의 비율\n"
    )
}

/// One paragraph, from the figures of the tables, without the times, which are never the same twice.
fn conclusion(counts: &[Count], epoch: usize, batch: usize, images: usize) -> String {
    let [_, uneven, small, ..] = counts else { return String::new() }; // of `cases`
    let (small_train, small_batch, small_true) = (small.train, small.batch, small.bare);
    let quotient = small_train as f64 / small_batch as f64;
    let (uneven_train, uneven_batch) = (thousands(uneven.train), uneven.batch);
    let uneven_quotient = uneven.train as f64 / uneven_batch as f64;
    let multiple = uneven.first.get(1).map_or_else(String::new, |&i| thousands(i));
    let (found, of) = (uneven.book, uneven.ours);
    let (iterations, read, per_epoch) = (thousands(ITERATIONS), thousands(images), thousands(epoch));
    let times = images as f64 / (epoch * batch) as f64;
    paragraph(&said!(
        "What does max(train_size / batch_size, 1) guard against? Against a batch that is larger than the training set. \
         With {small_train} images and batches of {small_batch} the quotient is {quotient}. With // it becomes 0, and \
         i % 0 is an error in the first iteration; with / the test i % {quotient} == 0 is true in {small_true} of \
         {iterations} iterations. With max, every iteration counts as 1 epoch. It doesn't help when the quotient isn't \
         a whole number: with {uneven_train} images in batches of {uneven_batch}, i % {uneven_quotient} == 0 is true \
         only at multiples of {multiple}, so the loop reports {found} epochs of {of}. Why evaluate only once per epoch? \
         Measuring the accuracies takes {read} images, and one iteration takes {batch}; the column share shows what \
         that costs. Once per epoch, every {per_epoch} iterations, evaluating takes {times:.2} times as many images as \
         training.",
        "max(train_size / batch_size, 1)은 무엇을 막을까요? 배치가 훈련 데이터보다 큰 경우입니다. 이미지가 {small_train}장이고 \
         배치 크기가 {small_batch}이면 몫은 {quotient}입니다. //로는 0이 되어 첫 반복에서 i % 0이 오류가 되고, /로는 i % \
         {quotient} == 0이 {iterations}번 가운데 {small_true}번만 참입니다. max를 쓰면 반복할 때마다 1에폭으로 봅니다. 몫이 \
         정수가 아닐 때는 max도 소용이 없습니다. 이미지 {uneven_train}장에 배치 크기가 {uneven_batch}이면 i % \
         {uneven_quotient} == 0은 {multiple}의 배수에서만 참이라서, 반복문은 {of}에폭 가운데 {found}번만 알아챕니다. 정확도는 \
         왜 에폭마다 한 번만 구할까요? 정확도를 구하는 데는 이미지 {read}장이, 반복 한 번에는 {batch}장이 듭니다. 그 비용이 비율 \
         열에 있습니다. 에폭마다 한 번, 곧 {per_epoch}번 반복할 때마다 구하면 평가에 드는 이미지는 학습에 드는 이미지의 \
         {times:.2}배입니다."
    ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{Config, tests::config};

    #[test]
    fn ours_is_what_training_does() {
        for (train, batch) in [(60_000, 100), (60_000, 128), (20, 7), (1000, 3), (5, 5)] {
            let config = Config { batch_size: batch, ..config() };
            let evaluated =
                (1..=config.iterations).filter(|&done| config.of_run().evaluates_after(done, train)).count();
            assert_eq!(Count::of(train, batch).ours, evaluated, "{train} {batch}");
        }
    }
}
