//! `app lab init-std`: why do the weights start as 0.01 * N(0, 1)?

use super::run::{HIDDEN, Lab, RATE, Score, best, paragraph, percent, steps, write_svg};
use crate::cli::LabSvgArgs;
use crate::text::thousands;
use anyhow::Result;
use dataset::ImageSet;
use net::TwoLayerNet;
use report::{Axis, Chart, Mark, Series};
use std::fmt::Write as _;

const STDS: [f64; 6] = [0.0, 0.0001, 0.01, 0.1, 1.0, 10.0];
const ITERATIONS: usize = 3000;
/// Iterations from one point of the chart to the next.
const STRIDE: usize = 100;
/// Images on which the hidden units are looked at before the run.
const LOOKED_AT: usize = 500;

pub(super) fn answer(arguments: &LabSvgArgs) -> Result<String> {
    let lab = Lab::load(&arguments.common)?;
    let rows = STDS.iter().map(|&std| row(&lab, std)).collect::<Result<Vec<Row>>>()?;
    if let Some(path) = &arguments.svg {
        write_svg(&chart(&rows), 560, path)?; // so high that the legend covers no line
    }
    let what = format!("{} iterations, batches of {}, rate {RATE}", thousands(ITERATIONS), lab.batch_size());
    Ok(lab.head(&what) + &table(&rows)? + &conclusion(&rows))
}

struct Row {
    std: f64,
    /// The mean of |a|, a = x W1 + b1, and the share of z = sigmoid(a) that are saturated, before the run.
    sum: f64,
    saturated: f64,
    /// How far the run moved W1, in lengths of W1 at its start; infinite where that is 0.
    moved: f64,
    /// How many different hidden units there are at the end.
    different: usize,
    /// On the test images, after every [`STRIDE`] iterations and so at the end.
    course: Vec<(usize, Score)>,
}

impl Row {
    fn last(&self) -> Score {
        self.course[self.course.len() - 1].1
    }
}

fn row(lab: &Lab, std: f64) -> Result<Row> {
    let start = lab.fresh_net(std);
    let (sum, saturated) = hidden_layer(lab, &start);

    let mut run = lab.run_from(&start)?;
    let mut course = vec![(0, lab.test_score(&start))];
    for done in (STRIDE..=ITERATIONS).step_by(STRIDE) {
        steps(&mut run, STRIDE)?;
        course.push((done, lab.test_score(&run.net())));
    }
    let end = run.net();
    let moved = f64::from((&end.params.w1 - &start.params.w1).norm() / start.params.w1.norm());
    Ok(Row { std, sum, saturated, moved, different: different(&end, &used(&lab.data.train)), course })
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

/// How many different units the hidden layer has: with other weights from these inputs, bias, or weights to the classes.
fn different(net: &TwoLayerNet<f32>, inputs: &[usize]) -> usize {
    let (w1, b1, w2) = (&net.params.w1, &net.params.b1, &net.params.w2);
    let unit = |j: usize| -> Vec<u32> {
        let from_inputs = inputs.iter().map(|&i| w1[(i, j)]);
        let to_classes = (0..w2.ncols()).map(|k| w2[(j, k)]);
        let weights = from_inputs.chain([b1[j]]).chain(to_classes);
        weights.map(|weight| (weight + 0.0).to_bits()).collect() // + 0.0, since 0 and -0 have other bits
    };
    let mut units: Vec<Vec<u32>> = (0..HIDDEN).map(unit).collect();
    units.sort_unstable();
    units.dedup();
    units.len()
}

fn table(rows: &[Row]) -> Result<String> {
    let mut text = String::new();
    writeln!(text, "{:8}{:>22}{:>44}", "", "before the run", "after it")?;
    writeln!(
        text,
        "{:8}{:>10}{:>12}{:>10}{:>12}{:>14}{:>8}",
        "std", "mean |a|", "saturated", "moved", "units", "test accuracy", "loss"
    )?;
    for row in rows {
        let (Row { std, sum, saturated, moved, different, .. }, Score { accuracy, loss }) = (row, row.last());
        let (std, saturated) = (std.to_string(), percent(*saturated));
        let moved = if moved.is_finite() { format!("{moved:.2}") } else { "-".to_owned() };
        let units = format!("{different} of {HIDDEN}");
        writeln!(text, "{std:8}{sum:>10.3}{saturated:>12}{moved:>10}{units:>12}{accuracy:>14.4}{loss:>8.3}")?;
    }
    text += "\na: the sums x W1 + b1 that enter the sigmoid\n\
             saturated: outputs z below 0.01 or above 0.99\n\
             moved: how far W1 went, in lengths of W1 at its start\n\
             units: how many different ones are among the hidden units\n";
    Ok(text)
}

/// One paragraph, from the figures of the table.
fn conclusion(rows: &[Row]) -> String {
    let accuracy = |row: &Row| percent(row.last().accuracy);
    let [zero, tiny, book, .., large] = rows else { return String::new() }; // the places of STDS
    let best = best(rows, |row| row.last().accuracy);
    let lesson = if best.std == zero.std {
        "These images ask for no more than that".to_owned()
    } else {
        format!(
            "The best of these runs is the one with {}: {}. What counts is that the units differ, and that the sums \
             stay small",
            best.std,
            accuracy(best)
        )
    };
    paragraph(&format!(
        "Why 0.01? With 0 all hidden units start alike. Then backpropagation gives all of them the same slopes, and \
         they stay alike: after the run there is {} different one among {HIDDEN}, and the net, which can do no more \
         than one with a single hidden unit, gets {} of the test images right. Random weights break this symmetry: {} \
         is enough to make {} of them. But large ones saturate the units. With {} the sums a are {:.0} on average, and {} \
         of the outputs z stand near 0 or 1, where the sigmoid is flat: the slopes of W1 have z (1 - z) as a factor. W1 \
         then moves by {:.2} of its length (with {} by {:.2}), so the hidden layer stays nearly what the draw has made \
         of it, and the run ends at {}. With {} the sums are {:.2} on average, and the run ends at {}. {lesson}. The \
         more inputs a net has, the more terms add up in a sum, and the smaller the weights have to be.",
        zero.different,
        accuracy(zero),
        tiny.std,
        tiny.different,
        large.std,
        large.sum,
        percent(large.saturated),
        large.moved,
        book.std,
        book.moved,
        accuracy(large),
        book.std,
        book.sum,
        accuracy(book),
    ))
}

fn chart(rows: &[Row]) -> Chart {
    let series = rows.iter().map(|row| {
        let points = row.course.iter().map(|&(done, score)| (done as f64, score.accuracy));
        Series::new(format!("std {}", row.std), Mark::Line, points)
    });
    let title = "Test accuracy by how far from 0 the weights start";
    Chart::new(title, Axis::linear("iterations"), Axis::linear("test accuracy"), series.collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use net::{Activation, Parameters, Sizes};

    #[test]
    fn units_differ_by_weights_that_act() {
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
