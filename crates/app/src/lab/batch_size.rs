//! `app lab batch-size`: why minibatches, and why draw them again and again?

use super::layout::{line, paragraph, percent};
use super::run::{BATCH, Lab, RATE, steps};
use crate::cli::LabArgs;
use crate::lang::said;
use crate::text::thousands;
use anyhow::Result;
use dataset::{Sampler, Sampling};
use net::{Parameters, TwoLayerNet};
use rayon::prelude::*;
use std::array;
use std::ops::Range;
use std::time::Instant;

/// And all images.
const SIZES: [usize; 4] = [1, 10, 100, 1000];
/// How many images each run draws, in epochs.
const EPOCHS: usize = 5;
/// The gradients of ten batches, and of more where they are small, are compared with that of all images.
const COMPARED: (usize, usize) = (10, 2000);
/// Images at a time for the gradient of all.
const SLICE: usize = 1000;
/// The learning rates that are tried for each batch size, upwards, until one is so much less accurate than the best. Not
/// before one has learned something: guesses differ by more.
const RATES: [f64; 7] = [0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0];
const WORSE: f64 = 0.02;
const LEARNED: f64 = 0.5;

pub(super) fn answer(arguments: &LabArgs) -> Result<String> {
    let lab = Lab::load(arguments)?;
    let images = lab.data.train.len();
    let mut sizes: Vec<usize> = SIZES.into_iter().filter(|&size| size < images).collect();
    sizes.push(images);

    let drawn = thousands(EPOCHS * images);
    let head = lab
        .head(&said!("{EPOCHS} epochs, {drawn} images, rate {RATE}", "{EPOCHS}에폭, 이미지 {drawn}장, 학습률 {RATE}"));
    let Some(held_out) = lab.held_out() else {
        return Ok(head
            + &paragraph(&said!(
                "There is 1 training image, so there is 1 batch.",
                "훈련 이미지가 1장이라 배치도 1가지입니다."
            )));
    };
    let compass = Compass::new(&lab)?;
    let rows = sizes.iter().map(|&size| row(&lab, &compass, size)).collect::<Result<Vec<Row>>>()?;
    let choices = rows.par_iter().map(|row| Choice::of(&lab, &held_out, row)).collect::<Result<Vec<Choice>>>()?;
    Ok(head + &table(&rows, &lab) + &rate_table(&rows, &choices, &held_out) + &conclusion(&rows, &choices))
}

struct Row {
    batch_size: usize,
    updates: usize,
    /// See [`Compass::noise`].
    noise: f64,
    /// Of training alone.
    seconds: f64,
    /// After one epoch's worth of images, and at the end.
    accuracy: [f64; 2],
    /// Share of the training images that were in a batch by then.
    seen: [f64; 2],
}

fn row(lab: &Lab, compass: &Compass, batch_size: usize) -> Result<Row> {
    let images = lab.data.train.len();
    let noise = compass.noise(lab, batch_size)?;
    let mut run = lab.run_with(&lab.fresh_net(0.01), images, batch_size, RATE)?;
    let mut seen = vec![false; images];
    let (mut seconds, mut updates) = (0.0, 0);
    let mut after = |epochs: usize| {
        let due = epochs * images / batch_size - updates;
        let started = Instant::now();
        for _ in 0..due {
            run.next_batch().iter().for_each(|&image| seen[image] = true);
            run.step()?;
        }
        seconds += started.elapsed().as_secs_f64();
        updates += due;
        let seen = seen.iter().filter(|&&seen| seen).count() as f64 / images as f64;
        anyhow::Ok((lab.test_score(&run.net()).accuracy, seen))
    };
    let (first, last) = (after(1)?, after(EPOCHS)?);
    Ok(Row { batch_size, updates, noise, seconds, accuracy: [first.0, last.0], seen: [first.1, last.1] })
}

/// A learning rate for a batch size, chosen on the validation images.
struct Choice {
    /// The validation accuracy for each of [`RATES`]; `None` where it was not tried, or its run broke off.
    validated: [Option<f64>; RATES.len()],
    rate: f64,
    /// On the test images, of a run on all training images.
    test: Option<f64>,
}

impl Choice {
    /// The runs that are compared train on the other images, and make as many updates as the one that is tested.
    fn of(lab: &Lab, held_out: &Range<usize>, row: &Row) -> Result<Self> {
        let (mut validated, mut best) = ([None; RATES.len()], 0);
        for (k, &rate) in RATES.iter().enumerate() {
            let net = trained(lab, held_out.start, row.batch_size.min(held_out.start), rate, row.updates)?;
            validated[k] = net.map(|net| lab.train_score(&net, held_out.clone()).accuracy);
            if validated[k] > validated[best] {
                best = k;
            }
            if validated[best] > Some(LEARNED) && validated[k] < validated[best].map(|best| best - WORSE) {
                break;
            }
        }
        let net = trained(lab, lab.data.train.len(), row.batch_size, RATES[best], row.updates)?;
        Ok(Self { validated, rate: RATES[best], test: net.map(|net| lab.test_score(&net).accuracy) })
    }

    fn best(&self) -> f64 {
        self.validated.into_iter().flatten().fold(0.0, f64::max)
    }
}

/// A network after so many updates on the first `images`; `None` where a parameter ceased to be finite.
fn trained(lab: &Lab, images: usize, batch_size: usize, rate: f64, updates: usize) -> Result<Option<TwoLayerNet<f32>>> {
    let mut run = lab.run_with(&lab.fresh_net(0.01), images, batch_size, rate)?;
    let broke_off = (0..updates).any(|_| run.step().is_err());
    Ok((!broke_off).then(|| run.net()))
}

/// A net in training and the gradient of all training images there, which that of a batch estimates.
struct Compass {
    net: TwoLayerNet<f32>,
    gradient: Parameters<f32>,
}

impl Compass {
    /// After an epoch of the book's run: at its start the derivatives by the classes cancel each other.
    fn new(lab: &Lab) -> Result<Self> {
        let images = lab.data.train.len();
        let mut run = lab.run_from(&lab.fresh_net(0.01))?;
        steps(&mut run, images.div_ceil(BATCH))?;
        let net = run.net();
        let mut gradient = Parameters::zeros(net.sizes());
        for start in (0..images).step_by(SLICE) {
            let (x, t) = lab.data.train.range::<f32>(start..images.min(start + SLICE));
            // descending by -1 times its share adds it
            gradient.descend(&net.gradient(&x, t), -(t.len() as f32) / images as f32);
        }
        Ok(Self { net, gradient })
    }

    /// How far the gradient of a batch is from that of all images, in lengths of the latter: the root of the mean
    /// square of some batches.
    fn noise(&self, lab: &Lab, batch_size: usize) -> Result<f64> {
        let images = lab.data.train.len();
        if batch_size == images {
            return Ok(0.0);
        }
        let (at_least, of_images) = COMPARED;
        let batches = at_least.max(of_images / batch_size);
        let mut sampler = Sampler::new(Sampling::Replacement, lab.seed, images, batch_size)?;
        let mut sum = 0.0;
        for i in 0..batches as u64 {
            let (x, t) = lab.data.train.batch::<f32>(sampler.batch(i));
            let mut rest = self.net.gradient(&x, &t);
            rest.descend(&self.gradient, 1.0);
            sum += square(&rest);
        }
        Ok((sum / batches as f64 / square(&self.gradient)).sqrt())
    }
}

/// The square of the length.
fn square(gradient: &Parameters<f32>) -> f64 {
    gradient.arrays().into_iter().flatten().map(|&derivative| f64::from(derivative).powi(2)).sum()
}

fn table(rows: &[Row], lab: &Lab) -> String {
    const WIDTHS: [isize; 8] = [-7, 9, 9, 9, 11, 11, 11, 11];
    let mut text = line(
        [34, 22, 22],
        [String::new(), said!("test accuracy after", "시험 정확도"), said!("images seen after", "본 이미지")],
    );
    let (first, last) = (said!("1 epoch", "1에폭 뒤"), said!("{EPOCHS} epochs", "{EPOCHS}에폭 뒤"));
    text += &line(
        WIDTHS,
        [
            said!("batch", "배치").as_str(),
            said!("updates", "갱신").as_str(),
            said!("seconds", "초").as_str(),
            said!("noise", "잡음").as_str(),
            &first,
            &last,
            &first,
            &last,
        ],
    );
    for row in rows {
        let [accuracy_first, accuracy_last] = row.accuracy.map(|accuracy| format!("{accuracy:.4}"));
        let [seen_first, seen_last] = row.seen.map(percent);
        text += &line(
            WIDTHS,
            [
                name(row, rows),
                thousands(row.updates),
                format!("{:.2}", row.seconds),
                format!("{:.2}", row.noise),
                accuracy_first,
                accuracy_last,
                seen_first,
                seen_last,
            ],
        );
    }
    let batch = lab.batch_size();
    text + &said!(
        "\n\
         noise: distance between the gradient of a batch and that of all images, divided\n\
         by the length of the latter; for a net after 1 epoch in batches of {batch}\n\
         images seen: images that were in a batch at least once; all rows but the last\n\
         draw with replacement, as in the book\n",
        "\n\
         잡음: 배치의 기울기와 이미지 전체의 기울기 사이의 거리를 뒤의 것의 길이로 나눈\n\
         값. {batch}장짜리 배치로 1에폭 학습한 신경망에서 구했습니다\n\
         본 이미지: 배치에 한 번이라도 들어간 이미지. 마지막 행만 빼고 책처럼 복원\n\
         추출합니다\n"
    )
}

/// The batch size, in the first column.
fn name(row: &Row, rows: &[Row]) -> String {
    let is_last = row.batch_size == rows[rows.len() - 1].batch_size;
    if is_last { said!("all", "전체") } else { thousands(row.batch_size) }
}

fn rate_table(rows: &[Row], choices: &[Choice], held_out: &Range<usize>) -> String {
    const WIDTHS: [isize; RATES.len() + 3] = [-7, 8, 8, 8, 8, 8, 8, 8, 8, 8];
    let (kept, held) = (thousands(held_out.start), thousands(held_out.len()));
    let mut text = said!(
        "\nvalidation accuracy after {EPOCHS} epochs, by learning rate: trained on {kept} of the\n\
         training images, validated on the other {held}\n\n",
        "\n학습률에 따른 {EPOCHS}에폭 뒤의 검증 정확도: 훈련 이미지 가운데 {kept}장으로\n\
         학습하고 나머지 {held}장으로 검증합니다\n\n"
    );
    let rates = RATES.map(|rate| rate.to_string());
    text += &line(WIDTHS, cells(said!("batch", "배치"), rates, [said!("best", "선택"), said!("test", "시험")]));
    for (row, choice) in rows.iter().zip(choices) {
        let number =
            |accuracy: Option<f64>| accuracy.map_or_else(|| "-".to_owned(), |accuracy| format!("{accuracy:.4}"));
        let end = [choice.rate.to_string(), number(choice.test)];
        text += &line(WIDTHS, cells(name(row, rows), choice.validated.map(number), end));
    }
    text + &said!(
        "\n\
         best: the rate with the best validation accuracy\n\
         test: test accuracy of a new run with this rate, on all training images\n\
         -: the run broke off, or was not tried, since a smaller rate was more\n   \
         than {WORSE} below the best\n",
        "\n\
         선택: 검증 정확도가 가장 높은 학습률\n\
         시험: 그 학습률로 훈련 이미지 전체를 다시 학습한 신경망의 시험 정확도\n\
         -: 발산했거나, 더 작은 학습률의 정확도가 가장 높은 것보다 {WORSE} 넘게 낮아\n   \
         시험하지 않음\n"
    )
}

fn cells(first: String, rates: [String; RATES.len()], last: [String; 2]) -> [String; RATES.len() + 3] {
    let mut cells = [first].into_iter().chain(rates).chain(last);
    array::from_fn(|_| cells.next().unwrap_or_default())
}

/// One paragraph, from the figures of the tables.
fn conclusion(rows: &[Row], choices: &[Choice]) -> String {
    let [single, .., all] = rows else { return String::new() };
    let others = &rows[..rows.len() - 1];
    let row = others.iter().rfind(|row| row.batch_size <= BATCH).unwrap_or(single);
    let [row_first, row_last] = row.accuracy.map(percent);
    let (batch, updates) = (thousands(row.batch_size), thousands(row.updates));
    let (single_updates, all_last) = (thousands(single.updates), percent(all.accuracy[1]));
    let (single_noise, row_noise) = (format!("{:.2}", single.noise), format!("{:.2}", row.noise));
    let [seen_first, seen_last] = row.seen.map(percent);
    let all_best = percent(choices[choices.len() - 1].best());
    let chosen: Vec<String> = rows
        .iter()
        .zip(choices)
        .map(|(row, choice)| {
            let (batch, rate) = (name(row, rows), choice.rate);
            let test = choice.test.map_or_else(|| "-".to_owned(), percent);
            said!("{test} for {batch} (rate {rate})", "{batch}: {test}(학습률 {rate})")
        })
        .collect();
    let chosen = chosen.join(", ");
    let all_updates = all.updates;
    paragraph(&said!(
        "Why minibatches? All runs draw the same number of images, but they make different numbers of updates from them. \
         With all images in a batch the gradient is exact, but there are only {all_updates} updates: the test accuracy is \
         {all_last} at {RATE}, and the best validation accuracy at any of the rates is {all_best}. Batches of \
         {batch} make {updates} updates; their gradients are noisy, but right on average. The noise falls slowly \
         with the batch size, in inverse proportion to its square root: {single_noise} with 1 image, {row_noise} with \
         {batch}. One update \
         costs time even when it uses only 1 image: see the seconds of the {single_updates} updates. Don't compare the \
         batch sizes at the same rate of {RATE}, as in the first table: a good rate for one is too large or too small \
         for another. With the rate that is best on the validation images, the test accuracy is {chosen}. Why go on \
         drawing after an epoch? First, drawing with replacement misses images: after 1 epoch batches of {batch} have \
         shown {seen_first} of them, since N draws out of N miss an image with probability (1 - 1/N)^N, for large N \
         about 1/e = 37 %; after {EPOCHS} epochs they have shown {seen_last}. Second, an image that was seen once isn't \
         learned yet, because every update is a small step: from 1 epoch to {EPOCHS} the accuracy went from {row_first} \
         to {row_last}.",
        "왜 미니배치일까요? 모든 실행이 뽑는 이미지의 수는 같지만, 그것으로 갱신하는 횟수가 다릅니다. 이미지 전체를 한 배치에 \
         넣으면 기울기는 정확하지만 갱신이 {all_updates}번뿐입니다. 학습률 {RATE}의 시험 정확도는 {all_last}이고, 표의 모든 \
         학습률 가운데 가장 높은 검증 정확도는 {all_best}입니다. {batch}장짜리 배치는 {updates}번 갱신합니다. 기울기에 \
         잡음이 있지만 평균하면 맞습니다. 잡음은 배치 크기의 제곱근에 반비례해서 천천히 줄어듭니다. 1장이면 {single_noise}, \
         {batch}장이면 {row_noise}입니다. 이미지를 1장만 써도 갱신할 때마다 따로 드는 시간이 있습니다. {single_updates}번 \
         갱신하는 데 걸린 시간을 보세요. 첫 번째 표처럼 학습률을 모두 {RATE}로 두고 배치 크기를 비교하면 안 됩니다. 어떤 \
         배치에 알맞은 학습률이 다른 배치에는 너무 크거나 너무 작기 때문입니다. 검증 이미지에서 가장 좋은 학습률을 쓸 때 배치 크기별 시험 \
         정확도는 {chosen}입니다. 에폭이 지났는데 왜 계속 뽑을까요? 첫째, 복원 추출이라 빠지는 이미지가 있습니다. \
         {batch}장짜리 배치로 1에폭 뒤에 본 이미지는 {seen_first}입니다. N장에서 N번 뽑을 때 어떤 이미지가 빠질 확률은 \
         (1 - 1/N)^N이고, N이 크면 약 1/e = 37%이기 때문입니다. {EPOCHS}에폭 뒤에는 {seen_last}를 봅니다. 둘째, 한 번 \
         봤다고 배운 것은 아닙니다. 갱신 한 번은 작은 걸음이기 때문입니다. 1에폭에서 {EPOCHS}에폭까지 정확도는 {row_first}에서 {row_last}가 되었습니다."
    ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::DatasetName;
    use crate::data::Data;
    use dataset::ImageSet;

    #[test]
    fn images_that_are_all_the_same_make_no_noise() {
        let images = ImageSet::new(1, 3, 2, [[9, 0, 200]; 20].concat(), vec![1; 20]).unwrap();
        let lab = Lab::new(Data::new(DatasetName::Mnist, images.clone(), images), 0);
        let noise = Compass::new(&lab).unwrap().noise(&lab, 5).unwrap();
        assert!(noise < 1e-3, "{noise}");
    }
}
