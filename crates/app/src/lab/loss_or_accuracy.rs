//! `app lab loss-or-accuracy`: why does the net descend on the loss, when accuracy is what we want?

use super::run::{Lab, paragraph, steps};
use crate::cli::LabArgs;
use crate::text::thousands;
use anyhow::Result;
use core_math::{argmax_rows, numerical_diff, softmax_cross_entropy};
use nalgebra::DMatrix;
use net::TwoLayerNet;
use std::fmt::Write as _;

/// Iterations before: a net that has learned something, and does not decide by a hair as it does at its start.
const TRAINED: usize = 1000;
/// Of the difference quotients; the first is the book's.
const STEPS: [f64; 5] = [1e-4, 1e-2, 0.1, 1.0, 10.0];
/// Places of W1 that are moved; of the other arrays all are.
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

    let what = format!("after {} iterations, on a batch of {}", thousands(TRAINED), t.len());
    let text = lab.head(&what) + &table(&rows, &places)? + &descent_table(&descents)?;
    Ok(text + &conclusion(&rows, &descents, places.len(), t.len()))
}

/// A net in training, in f64, where differences of the loss at h = 1e-4 mean something.
fn trained(lab: &Lab) -> Result<TwoLayerNet<f64>> {
    let mut run = lab.run_from(&lab.fresh_net(0.01))?;
    steps(&mut run, TRAINED)?;
    let net = run.net();
    Ok(TwoLayerNet { params: net.params.map(f64::from), activation: net.activation })
}

/// What may be descended on: the loss, and the share of wrong answers, 1 - accuracy.
const FUNCTIONS: [&str; 2] = ["the loss", "the accuracy"];

/// Both, in this order, from one pass through the net.
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
    // nalgebra stores by column: the weights of hidden unit j lie together, one a pixel
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

/// Descends on one of [`FUNCTIONS`] by the numerical gradient of the book, h = 1e-4, in b1 and b2 alone: W1 would take
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
            let slope = numerical_diff(value, p, STEPS[0]);
            moving.params.arrays_mut()[array][i] = p;
            descending.params.arrays_mut()[array][i] -= RATE * slope;
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

fn table(rows: &[Row], places: &[Place]) -> Result<String> {
    let mut text = String::from("places where the difference quotient (f(p + h) - f(p - h)) / 2h is not 0\n\n");
    writeln!(text, "{:8}{:>40}{:>14}", "", "f: accuracy of the batch", "f: loss")?;
    writeln!(text, "{:8}{:>8}{:>8}{:>8}{:>8}{:>8}{:>14}", "h", "W1", "b1", "W2", "b2", "all", "all")?;
    for Row { h, accuracy, loss } in rows {
        write!(text, "{:8}", short(*h))?;
        accuracy.iter().try_for_each(|count| write!(text, "{count:>8}"))?;
        writeln!(text, "{:>8}{loss:>14}", accuracy.iter().sum::<usize>())?;
    }
    write!(text, "{:8}", "of")?;
    (0..4).try_for_each(|k| write!(text, "{:>8}", places.iter().filter(|place| place.0 == k).count()))?;
    writeln!(text, "{:>8}{:>14}", places.len(), places.len())?;
    Ok(text)
}

fn descent_table(descents: &[Descent]) -> Result<String> {
    let mut text = format!("\n{ITERATIONS} steps of descent on b1 and b2, rate {RATE}, h = {:e}\n\n", STEPS[0]);
    writeln!(text, "{:14}{:>20}{:>20}{:>18}", "descent on", "loss", "accuracy", "biases moved")?;
    for (name, Descent { before, after, moved, biases }) in FUNCTIONS.into_iter().zip(descents) {
        let loss = format!("{:.4} -> {:.4}", before[0], after[0]);
        let accuracy = format!("{:.2} -> {:.2}", 1.0 - before[1], 1.0 - after[1]);
        writeln!(text, "{name:14}{loss:>20}{accuracy:>20}{:>18}", format!("{moved} of {biases}"))?;
    }
    Ok(text)
}

/// One paragraph, from the figures of the tables.
fn conclusion(rows: &[Row; 5], descents: &[Descent; 2], places: usize, images: usize) -> String {
    let [tiny, .., large, largest] = rows;
    let all = |row: &Row| row.accuracy.iter().sum::<usize>();
    let [by_loss, by_accuracy] = descents;
    paragraph(&format!(
        "Why not descend on the accuracy itself? It counts images: of {images} it can only be a multiple of \
         1/{images}, and it changes only where an image crosses from right to wrong or back. A step of h = {} moves \
         hardly any image so far: {} of {} quotients are not 0 (one that is not 0 is at least {}, which is an image \
         over 2h), while the loss, which feels every change of a probability, has {}. A parameter whose slope is 0 \
         stays where it is: descending on the loss moved {} of {} biases, descending on the accuracy {}. A step of {} \
         finds {} of them, and one of {} finds {}; but these tell what happens far away, in jumps of 1/{images}, and \
         not which way is down from here. The same is wrong with the step function as an activation: it is flat \
         everywhere but at 0, where it jumps, so that no slope comes through it to W1. The sigmoid changes everywhere, \
         and so there is a slope to descend.",
        short(tiny.h),
        all(tiny),
        places,
        (1.0 / (images as f64 * 2.0 * tiny.h)).round(),
        tiny.loss,
        by_loss.moved,
        by_loss.biases,
        by_accuracy.moved,
        large.h,
        all(large),
        largest.h,
        all(largest),
    ))
}
