//! `app lab loss-or-accuracy`: why train on the loss, when accuracy is what we want?

use super::layout::{line, paragraph};
use super::run::{Lab, steps};
use crate::cli::LabArgs;
use crate::lang::said;
use crate::text::thousands;
use anyhow::Result;
use core_math::{argmax_rows, numerical_diff, softmax_cross_entropy};
use nalgebra::DMatrix;
use net::TwoLayerNet;

/// Iterations before: the network has learned something by then; at its start all classes are about equally likely.
const TRAINED: usize = 1000;
/// Of the difference quotients; the first is the book's.
const STEPS: [f64; 5] = [1e-4, 1e-2, 0.1, 1.0, 10.0];
/// How many weights of W1 are sampled; of the other arrays all are tested.
const PLACES_OF_W1: usize = 200;
/// The descents on the biases.
const ITERATIONS: usize = 20;
const RATE: f64 = 1.0;

pub(super) fn answer(arguments: &LabArgs) -> Result<String> {
    let lab = Lab::load(arguments)?;
    let (x, t) = lab.data.train.range::<f64>(0..lab.batch_size());
    let net = trained(&lab)?;
    let places = places(&net, &x);
    let rows = STEPS.map(|h| row(&net, &x, t, &places, h));
    let descents = [0, 1].map(|function| descend(&net, &x, t, function));

    let (trained, batch) = (thousands(TRAINED), t.len());
    let what =
        said!("after {trained} iterations, on a batch of {batch}", "{trained}번 반복한 뒤, {batch}장짜리 배치로");
    let text = lab.head(&what) + &table(&rows, &places, net.params.w1.len()) + &descent_table(&descents);
    Ok(text + &conclusion(&rows, &descents, places.len(), t.len()))
}

/// A net in training, in f64, where differences of the loss at h = 1e-4 mean something.
fn trained(lab: &Lab) -> Result<TwoLayerNet<f64>> {
    let mut run = lab.run_from(&lab.fresh_net(0.01))?;
    steps(&mut run, TRAINED)?;
    let net = run.net();
    Ok(TwoLayerNet { params: net.params.map(f64::from), activation: net.activation })
}

/// The two functions that gradient descent may use, the loss and the share of wrong answers, 1 - accuracy: in this order,
/// from one pass through the net.
fn values(net: &TwoLayerNet<f64>, x: &DMatrix<f64>, t: &[u8]) -> [f64; 2] {
    let logits = net.logits(x);
    let wrong = argmax_rows(&logits).iter().zip(t).filter(|(y, t)| y != t).count();
    [softmax_cross_entropy(&logits, t), wrong as f64 / t.len() as f64]
}

/// A parameter: which of W1, b1, W2, b2, and its index there.
type Place = (usize, usize);

/// Of W1 some places whose pixel is not blank in the whole batch (the others move nothing), and all of b1, W2 and b2.
fn places(net: &TwoLayerNet<f64>, x: &DMatrix<f64>) -> Vec<Place> {
    let used: Vec<usize> = (0..x.ncols()).filter(|&pixel| x.column(pixel).iter().any(|&v| v > 0.0)).collect();
    // nalgebra stores by column: the weights of hidden neuron j lie together, one per pixel
    let w1 = (0..net.sizes().hidden).flat_map(|j| used.iter().map(move |pixel| (0, j * x.ncols() + pixel)));
    let stride = (used.len() * net.sizes().hidden).div_ceil(PLACES_OF_W1).max(1);
    let mut places: Vec<Place> = w1.step_by(stride).collect();
    for (array, values) in net.params.arrays().iter().enumerate().skip(1) {
        places.extend((0..values.len()).map(|i| (array, i)));
    }
    places
}

/// For a step h, at how many places the central difference quotient is not 0: of the accuracy in W1, b1, W2, b2, and of
/// the loss in all of them.
struct Row {
    h: f64,
    accuracy: [usize; 4],
    loss: usize,
}

fn row(net: &TwoLayerNet<f64>, x: &DMatrix<f64>, t: &[u8], places: &[Place], h: f64) -> Row {
    let mut row = Row { h, accuracy: [0; 4], loss: 0 };
    let mut moving = net.clone();
    for &(array, i) in places {
        let p = net.params.arrays()[array][i];
        let [above, below] = [p + h, p - h].map(|moved| {
            moving.params.arrays_mut()[array][i] = moved;
            values(&moving, x, t)
        });
        moving.params.arrays_mut()[array][i] = p;
        row.loss += usize::from(above[0] != below[0]);
        row.accuracy[array] += usize::from(above[1] != below[1]);
    }
    row
}

/// A short descent on the biases.
struct Descent {
    /// [`values`] before and after.
    before: [f64; 2],
    after: [f64; 2],
    /// How many biases have another value than before, of how many.
    moved: usize,
    biases: usize,
}

/// Descends on one of [`values`] by the numerical gradient of the book, h = 1e-4, in b1 and b2 alone: W1 would take
/// minutes.
fn descend(net: &TwoLayerNet<f64>, x: &DMatrix<f64>, t: &[u8], function: usize) -> Descent {
    let mut descending = net.clone();
    let places: Vec<Place> =
        [1, 3].into_iter().flat_map(|b| (0..net.params.arrays()[b].len()).map(move |i| (b, i))).collect();
    for _ in 0..ITERATIONS {
        let mut moving = descending.clone();
        for &(array, i) in &places {
            let p = moving.params.arrays()[array][i];
            let value = |moved: f64| {
                moving.params.arrays_mut()[array][i] = moved;
                values(&moving, x, t)[function]
            };
            let derivative = numerical_diff(value, p, STEPS[0]);
            moving.params.arrays_mut()[array][i] = p;
            descending.params.arrays_mut()[array][i] -= RATE * derivative;
        }
    }
    let moved = |&&(array, i): &&Place| descending.params.arrays()[array][i] != net.params.arrays()[array][i];
    Descent {
        before: values(net, x, t),
        after: values(&descending, x, t),
        moved: places.iter().filter(moved).count(),
        biases: places.len(),
    }
}

/// 0.0001 as `1e-4`, 10 as `10`.
fn short(h: f64) -> String {
    if h < 0.1 { format!("{h:e}") } else { h.to_string() }
}

fn table(rows: &[Row], places: &[Place], all_of_w1: usize) -> String {
    const WIDTHS: [isize; 7] = [-10, 8, 8, 8, 8, 8, 14];
    let mut text = said!(
        "number of parameters p where (f(p + h) - f(p - h)) / 2h is not 0\n\n",
        "(f(p + h) - f(p - h)) / 2h가 0이 아닌 매개변수 p의 수\n\n"
    );
    text += &line(
        [-10, 40, 14],
        [String::new(), said!("f: accuracy of the batch", "f: 배치의 정확도"), said!("f: loss", "f: 손실")],
    );
    let all = said!("all", "전체");
    text += &line(WIDTHS, ["h", "W1", "b1", "W2", "b2", &all, &all]);
    for Row { h, accuracy, loss } in rows {
        let [w1, b1, w2, b2] = accuracy.map(|count| count.to_string());
        text +=
            &line(WIDTHS, [short(*h), w1, b1, w2, b2, accuracy.iter().sum::<usize>().to_string(), loss.to_string()]);
    }
    let count = |array: usize| places.iter().filter(|place| place.0 == array).count();
    let [w1, b1, w2, b2] = [0, 1, 2, 3].map(|array| count(array).to_string());
    let all = places.len().to_string();
    text += &line(WIDTHS, [said!("tested", "시험한 수"), w1, b1, w2, b2, all.clone(), all]);
    let (sampled, all_of_w1) = (thousands(count(0)), thousands(all_of_w1));
    text + &said!(
        "\n{sampled} of the {all_of_w1} weights of W1 are sampled; of b1, W2 and b2 all are tested\n",
        "\nW1은 가중치 {all_of_w1}개 가운데 {sampled}개를 골랐고, b1, W2, b2는 모두 시험했습니다\n"
    )
}

fn descent_table(descents: &[Descent; 2]) -> String {
    const WIDTHS: [isize; 4] = [-16, 20, 20, 18];
    let h = STEPS[0];
    let mut text = said!(
        "\n{ITERATIONS} updates of b1 and b2 by gradient descent, rate {RATE}, h = {h:e}\n\n",
        "\n경사 하강법으로 b1과 b2를 {ITERATIONS}번 갱신, 학습률 {RATE}, h = {h:e}\n\n"
    );
    text += &line(
        WIDTHS,
        [
            said!("gradient of", "기울기"),
            said!("loss", "손실"),
            said!("accuracy", "정확도"),
            said!("biases changed", "변한 편향"),
        ],
    );
    let names = [said!("the loss", "손실의 기울기"), said!("the accuracy", "정확도의 기울기")];
    for (name, Descent { before, after, moved, biases }) in names.into_iter().zip(descents) {
        let loss = format!("{:.4} -> {:.4}", before[0], after[0]);
        let accuracy = format!("{:.2} -> {:.2}", 1.0 - before[1], 1.0 - after[1]);
        text += &line(WIDTHS, [name, loss, accuracy, said!("{moved} of {biases}", "{moved} / {biases}")]);
    }
    text
}

/// One paragraph, from the figures of the tables.
fn conclusion(rows: &[Row; 5], descents: &[Descent; 2], places: usize, images: usize) -> String {
    let [tiny, .., large, largest] = rows;
    let all = |row: &Row| row.accuracy.iter().sum::<usize>();
    let [by_loss, by_accuracy] = descents;
    let (h, found, of_loss) = (short(tiny.h), all(tiny), tiny.loss);
    let (moved, biases, moved_by_accuracy) = (by_loss.moved, by_loss.biases, by_accuracy.moved);
    let (large_h, large_found, largest_h, largest_found) = (large.h, all(large), largest.h, all(largest));
    paragraph(&said!(
        "Why not use the gradient of the accuracy (section 4.2.5)? Accuracy counts images: on {images} of them it is a \
         multiple of 1/{images}, and it changes only when an image goes from right to wrong or back. A change of h = {h} \
         in one parameter hardly ever does that: of {places} difference quotients {found} are not 0 for the accuracy, and \
         {of_loss} for the loss, which changes with every probability. A parameter whose derivative is 0 keeps its \
         value: the gradient of the loss changed {moved} of {biases} biases, the gradient of the accuracy \
         {moved_by_accuracy}. With h = {large_h} the accuracy's quotient is not 0 at {large_found} places, with h = \
         {largest_h} at {largest_found}, but it compares points far apart, and doesn't tell which way is down from here. For the \
         same reason the \
         activation function is a sigmoid and not a step function, which is flat everywhere but at 0.",
        "왜 정확도의 기울기를 쓰지 않을까요(4.2.5절)? 정확도는 이미지의 수를 셉니다. 이미지가 {images}장이면 정확도는 \
         1/{images}의 배수이고, 어떤 이미지가 맞다가 틀리거나 틀리다가 맞게 될 때만 변합니다. 매개변수 하나를 h = {h}만큼 \
         바꾼다고 그렇게 되는 일은 거의 없습니다. 차분 {places}개 가운데 정확도에서 0이 아닌 것은 {found}개이고, 확률이 조금만 \
         변해도 달라지는 손실에서는 {of_loss}개입니다. 기울기가 0인 매개변수는 그대로 있습니다. 손실의 기울기로는 편향 \
         {biases}개 가운데 {moved}개가, 정확도의 기울기로는 {moved_by_accuracy}개가 변했습니다. \
         h가 {large_h}이면 정확도의 차분 {large_found}개가, {largest_h}이면 {largest_found}개가 \
         0이 아니지만, 멀리 떨어진 점을 비교하는 것이라서 지금 위치에서 \
         어느 쪽이 내리막인지는 알 수 없습니다. 활성화 함수로 계단 함수가 아니라 시그모이드를 쓰는 까닭도 같습니다. 계단 함수는 \
         0만 빼고 어디서나 평평합니다."
    ))
}
