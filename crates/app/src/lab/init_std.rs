//! `app lab init-std`: why do the weights start as 0.01 * N(0, 1)?

use super::layout::{line, paragraph, percent};
use super::run::{HIDDEN, Lab, RATE, Score, steps, write_svg};
use crate::cli::LabSvgArgs;
use crate::lang::said;
use crate::text::thousands;
use anyhow::Result;
use dataset::ImageSet;
use net::TwoLayerNet;
use report::{Axis, Chart, Mark, Series};

/// Standard deviations of W1 and W2. The first rows scale both alike, as the book's weight_init_std does; the others scale
/// one alone, to tell what each of them does.
const STDS: [(f64, f64); 10] = [
    (0.0, 0.0),
    (0.0001, 0.0001),
    (BOOK, BOOK),
    (0.1, 0.1),
    (1.0, 1.0),
    (LARGE, LARGE),
    (1.0, BOOK),
    (LARGE, BOOK),
    (BOOK, 1.0),
    (BOOK, LARGE),
];
const BOOK: f64 = 0.01;
const LARGE: f64 = 10.0;
/// How many of the rows scale both alike.
const ALIKE: usize = 6;
const ITERATIONS: usize = 3000;
/// Iterations from one point of the chart to the next.
const STRIDE: usize = 100;
/// Images on which the hidden neurons are looked at before the run.
const LOOKED_AT: usize = 500;

pub(super) fn answer(arguments: &LabSvgArgs) -> Result<String> {
    let lab = Lab::load(&arguments.common)?;
    let rows = STDS.iter().map(|&stds| row(&lab, stds)).collect::<Result<Vec<Row>>>()?;
    if let Some(path) = &arguments.svg {
        write_svg(&chart(&rows[..ALIKE]), 560, path)?; // so high that the legend covers no line
    }
    let (iterations, batch) = (thousands(ITERATIONS), lab.batch_size());
    let what = said!(
        "{iterations} iterations, batches of {batch}, rate {RATE}",
        "{iterations}번 반복, 배치 크기 {batch}, 학습률 {RATE}"
    );
    Ok(lab.head(&what) + &table(&rows) + &conclusion(&rows))
}

struct Row {
    /// Of W1 and of W2.
    stds: (f64, f64),
    /// The mean of |a|, a = x W1 + b1, and the share of z = sigmoid(a) that are saturated, before the run.
    sum: f64,
    saturated: f64,
    /// The length of the difference between W1 at the end and W1 at the start.
    moved: f64,
    /// How many different hidden neurons there are at the end.
    different: usize,
    /// On the test images, after every [`STRIDE`] iterations and so at the end.
    course: Vec<(usize, Score)>,
}

impl Row {
    fn last(&self) -> Score {
        self.course[self.course.len() - 1].1
    }
}

fn row(lab: &Lab, (w1, w2): (f64, f64)) -> Result<Row> {
    let mut start = lab.fresh_net(w1);
    start.params.w2 = lab.fresh_net(w2).params.w2;
    let (sum, saturated) = hidden_layer(lab, &start);

    let mut run = lab.run_from(&start)?;
    let mut course = vec![(0, lab.test_score(&start))];
    for done in (STRIDE..=ITERATIONS).step_by(STRIDE) {
        steps(&mut run, STRIDE)?;
        course.push((done, lab.test_score(&run.net())));
    }
    let end = run.net();
    let moved = f64::from((&end.params.w1 - &start.params.w1).norm());
    Ok(Row { stds: (w1, w2), sum, saturated, moved, different: different(&end, &used(&lab.data.train)), course })
}

/// The mean of |a|, and the share of the outputs z below 0.01 or above 0.99.
fn hidden_layer(lab: &Lab, net: &TwoLayerNet<f32>) -> (f64, f64) {
    let (x, _) = lab.data.train.range::<f32>(0..LOOKED_AT.min(lab.data.train.len()));
    let (a, z) = net.hidden(&x);
    let sum: f64 = a.iter().map(|&a| f64::from(a.abs())).sum();
    let saturated = z.iter().filter(|z| !(0.01..=0.99).contains(*z)).count();
    (sum / a.len() as f64, saturated as f64 / z.len() as f64)
}

/// The pixels that are not blank in all images. The weights of the others stay as they were drawn, and do nothing.
fn used(images: &ImageSet) -> Vec<usize> {
    let pixels = images.pixels_per_image();
    let mut inked = vec![false; pixels];
    for image in images.pixels().chunks(pixels) {
        inked.iter_mut().zip(image).for_each(|(inked, &ink)| *inked |= ink > 0);
    }
    (0..pixels).filter(|&pixel| inked[pixel]).collect()
}

/// How many different neurons the hidden layer has: with other weights from these inputs, bias, or weights to the classes.
fn different(net: &TwoLayerNet<f32>, inputs: &[usize]) -> usize {
    let (w1, b1, w2) = (&net.params.w1, &net.params.b1, &net.params.w2);
    let neuron = |j: usize| -> Vec<u32> {
        let from_inputs = inputs.iter().map(|&i| w1[(i, j)]);
        let to_classes = (0..w2.ncols()).map(|k| w2[(j, k)]);
        let weights = from_inputs.chain([b1[j]]).chain(to_classes);
        weights.map(|weight| (weight + 0.0).to_bits()).collect() // + 0.0, since 0 and -0 have other bits
    };
    let mut neurons: Vec<Vec<u32>> = (0..HIDDEN).map(neuron).collect();
    neurons.sort_unstable();
    neurons.dedup();
    neurons.len()
}

fn table(rows: &[Row]) -> String {
    const WIDTHS: [isize; 8] = [-8, -8, 10, 12, 10, 11, 11, 8];
    let mut text = line(
        [-16, 22, 40],
        [said!("std of", "표준편차"), said!("before the run", "학습 전"), said!("after it", "학습 후")],
    );
    text += &line(
        WIDTHS,
        [
            "W1".to_owned(),
            "W2".to_owned(),
            said!("mean |a|", "|a|의 평균"),
            said!("saturated", "포화"),
            said!("W1 moved", "W1 이동"),
            said!("distinct", "다른 뉴런"),
            said!("accuracy", "정확도"),
            said!("loss", "손실"),
        ],
    );
    for row in rows {
        let Row { stds: (w1, w2), sum, saturated, moved, different, .. } = row;
        let Score { accuracy, loss } = row.last();
        text += &line(
            WIDTHS,
            [
                w1.to_string(),
                w2.to_string(),
                format!("{sum:.3}"),
                percent(*saturated),
                format!("{moved:.1}"),
                said!("{different} of {HIDDEN}", "{different} / {HIDDEN}"),
                format!("{accuracy:.4}"),
                format!("{loss:.3}"),
            ],
        );
    }
    text + &said!(
        "\n\
         std: standard deviation of the initial weights\n\
         a: the sums x W1 + b1 that enter the sigmoid\n\
         saturated: share of its outputs z that are below 0.01 or above 0.99\n\
         W1 moved: distance from the initial W1 to the final W1\n\
         distinct: number of hidden neurons that differ from each other\n\
         accuracy, loss: on the test images\n",
        "\n\
         표준편차: 가중치 초깃값의 표준편차\n\
         a: 시그모이드에 들어가는 합 x W1 + b1\n\
         포화: 시그모이드의 출력 z 가운데 0.01보다 작거나 0.99보다 큰 것의 비율\n\
         W1 이동: 처음 W1에서 마지막 W1까지의 거리\n\
         다른 뉴런: 은닉층에서 서로 다른 뉴런의 수\n\
         정확도, 손실: 시험 이미지에서 구한 값\n"
    )
}

/// One paragraph, from the figures of the table.
fn conclusion(rows: &[Row]) -> String {
    let [zero, tiny, book, tenth, _, large, _, large_w1, _, large_w2] = rows else { return String::new() }; // as in STDS
    let accuracy = |row: &Row| percent(row.last().accuracy);
    let (one, zero_accuracy, tiny_std, many) = (zero.different, accuracy(zero), tiny.stds.0, tiny.different);
    let (sum, saturated) = (large.sum, percent(large.saturated));
    let (book_moved, w1_moved, large_moved) = (book.moved, large_w1.moved, large.moved);
    let [book_accuracy, w1_accuracy, w2_accuracy, large_accuracy] = [book, large_w1, large_w2, large].map(accuracy);
    let small = [tiny, book, tenth].map(|row| row.last().accuracy);
    let (lowest, highest) = (small.into_iter().fold(1.0, f64::min), small.into_iter().fold(0.0, f64::max));
    let (lowest, highest, tenth_std) = (percent(lowest), percent(highest), tenth.stds.0);
    let of = |row: &Row| row.last().accuracy;
    let lesson = if of(large_w1) < of(book) && of(large_w2) >= of(book) {
        said!(
            "So in these runs a large W1 does harm, and a large W2 alone doesn't.",
            "그러니 이 실험에서 해로운 것은 큰 W1이고, W2만 클 때는 해롭지 않습니다."
        )
    } else {
        String::new()
    };
    paragraph(&said!(
        "Why 0.01? With 0 all hidden neurons start the same. Backpropagation gives them the same gradient, so they stay \
         the same: after the run there is {one} distinct neuron among {HIDDEN}, and the net classifies {zero_accuracy} \
         of the test images correctly. Random weights break this symmetry: with {tiny_std} there are {many}. \
         Weights that are too large saturate the neurons: with {LARGE} the sums a are {sum:.0} on average, and \
         {saturated} of the outputs z are close to 0 or 1, where the sigmoid is almost flat. The gradient of W1 has the \
         factor z (1 - z), which is almost 0 there, but also the factor W2, which weight_init_std scales along with W1. \
         So compare rows with the same W2. With a W2 of {BOOK}, a W1 of {LARGE} moved by {w1_moved:.1} and ended at \
         {w1_accuracy}; the book's W1 of {BOOK} moved by {book_moved:.1} and ended at {book_accuracy}. With a W1 of \
         {BOOK}, a W2 of {LARGE} ended at {w2_accuracy}. {lesson} With both at {LARGE}, where W2 \
         scales the gradient of W1, W1 moved by {large_moved:.1} and the run ended at {large_accuracy}. With {tiny_std}, \
         {BOOK} and {tenth_std} the accuracy is between {lowest} and {highest}. Section 6.2 of the book \
         derives a scale from the number of inputs.",
        "왜 0.01일까요? 0이면 은닉층의 뉴런이 모두 똑같이 시작합니다. 오차역전파법으로 구한 기울기도 모두 같으므로 끝까지 \
         똑같습니다. 학습이 끝나도 {HIDDEN}개 가운데 서로 다른 뉴런은 {one}개이고, 시험 이미지의 {zero_accuracy}를 맞힙니다. \
         가중치를 난수로 정하면 이 대칭이 깨집니다. {tiny_std}이면 {many}개입니다. 가중치가 너무 크면 \
         뉴런이 포화합니다. {LARGE}이면 합 a의 크기가 평균 {sum:.0}이고, 출력 z의 {saturated}가 시그모이드가 거의 평평한 0이나 \
         1 근처에 있습니다. W1의 기울기에는 z (1 - z)가 곱해지는데, 거기서는 거의 0입니다. 그런데 W2도 곱해지고, \
         weight_init_std는 W1과 W2를 함께 키웁니다. 그래서 W2가 같은 행끼리 비교해야 합니다. W2가 {BOOK}일 때, \
         W1이 {LARGE}이면 {w1_moved:.1}만큼 움직이고 마지막 정확도는 {w1_accuracy}입니다. 책처럼 W1이 {BOOK}이면 \
         {book_moved:.1}만큼 움직이고 {book_accuracy}입니다. W1이 {BOOK}이고 W2가 {LARGE}이면 {w2_accuracy}입니다. \
         {lesson} 둘 다 {LARGE}이면 W2도 W1의 기울기를 키우고, W1이 {large_moved:.1}만큼 움직여 \
         마지막 정확도가 {large_accuracy}입니다. {tiny_std}, {BOOK}, {tenth_std}의 정확도는 {lowest}에서 \
         {highest} 사이입니다. 입력의 수에 맞는 크기는 책의 6.2절에서 구합니다."
    ))
}

fn chart(rows: &[Row]) -> Chart {
    let series = rows.iter().map(|row| {
        let points = row.course.iter().map(|&(done, score)| (done as f64, score.accuracy));
        Series::new(format!("std {}", row.stds.0), Mark::Line, points)
    });
    let title = "Test accuracy by how far from 0 the weights start";
    Chart::new(title, Axis::linear("iterations"), Axis::linear("test accuracy"), series.collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use net::{Activation, Parameters, Sizes};

    #[test]
    fn neurons_differ_by_weights_that_act() {
        let images = ImageSet::new(1, 3, 10, vec![0, 9, 0, 0, 7, 0], vec![1, 2]).unwrap();
        let inputs = used(&images);
        assert_eq!(inputs, [1]);
        let params = Parameters::zeros(Sizes { inputs: 3, hidden: HIDDEN, classes: 10 });
        let mut net = TwoLayerNet { params, activation: Activation::Sigmoid };
        net.params.w1[(0, 4)] = 1.0; // of a pixel that is blank in both images
        net.params.w1[(1, 5)] = -0.0;
        assert_eq!(different(&net, &inputs), 1);
        net.params.w1[(1, 6)] = 1.0;
        net.params.b1[7] = 1.0;
        net.params.w2[(8, 3)] = 1.0;
        assert_eq!(different(&net, &inputs), 4);
    }
}
