//! `app lab init-std`: why do the weights start as 0.01 * N(0, 1)?

use super::run::{HIDDEN, Lab, RATE, Score, paragraph, percent, write_svg};
use crate::cli::LabSvgArgs;
use crate::text::thousands;
use anyhow::Result;
use net::TwoLayerNet;
use report::{Axis, Chart, Mark, Series};
use std::fmt::Write as _;
use std::io::{self, Write as _};
use std::process::ExitCode;

const STDS: [f64; 6] = [0.0, 0.0001, 0.01, 0.1, 1.0, 10.0];
const ITERATIONS: usize = 3000;
/// Iterations from one point of the chart to the next.
const STRIDE: usize = 100;
/// Images on which the hidden units are looked at before the run.
const LOOKED_AT: usize = 500;

pub(crate) fn run(arguments: &LabSvgArgs) -> Result<ExitCode> {
    let lab = Lab::load(&arguments.common)?;
    let rows = STDS.iter().map(|&std| row(&lab, std)).collect::<Result<Vec<Row>>>()?;

    let what = format!("{} iterations, batches of {}, rate {RATE}", thousands(ITERATIONS), lab.batch_size());
    let text = lab.head(&what) + &table(&rows)? + &conclusion(&rows);
    io::stdout().write_all(text.as_bytes())?;
    if let Some(path) = &arguments.svg {
        write_svg(&chart(&rows), 560, path)?; // so high that the legend covers no line;
    }
    Ok(ExitCode::SUCCESS)
}

struct Row {
    std: f64,
    /// The mean of |a|, a = x W1 + b1, and the share of z = sigmoid(a) that are saturated, before the run.
    sum: f64,
    saturated: f64,
    /// On the test images, after every [`STRIDE`] iterations and so at the end.
    course: Vec<(usize, Score)>,
    /// How many different hidden units there are at the end.
    different: usize,
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
        run.steps(STRIDE);
        course.push((done, lab.test_score(&run.net())));
    }
    Ok(Row { std, sum, saturated, course, different: different(&run.net()) })
}

/// The mean of |a|, and the share of z below 0.01 or above 0.99, where the slope z (1 - z) is below 0.01 too.
fn hidden_layer(lab: &Lab, net: &TwoLayerNet<f32>) -> (f64, f64) {
    let (x, _) = lab.data.train.range::<f32>(0..LOOKED_AT.min(lab.data.train.len()));
    let (a, z) = net.hidden(&x);
    let sum: f64 = a.iter().map(|&a| f64::from(a.abs())).sum();
    let saturated = z.iter().filter(|&&z| z * (1.0 - z) < 0.01 * 0.99).count();
    (sum / a.len() as f64, saturated as f64 / z.len() as f64)
}

/// How many different units the hidden layer has: with other weights from the inputs, bias, or weights to the classes.
fn different(net: &TwoLayerNet<f32>) -> usize {
    let (w1, b1, w2) = (&net.params.w1, &net.params.b1, &net.params.w2);
    let unit = |j: usize| -> Vec<u32> {
        let (from_inputs, to_classes) = (w1.column(j), w2.row(j));
        let weights = from_inputs.iter().chain([&b1[j]]).chain(to_classes.iter());
        weights.map(|weight| (weight + 0.0).to_bits()).collect() // + 0.0, since 0 and -0 have other bits
    };
    let mut units: Vec<Vec<u32>> = (0..HIDDEN).map(unit).collect();
    units.sort_unstable();
    units.dedup();
    units.len()
}

fn table(rows: &[Row]) -> Result<String> {
    let mut text = String::new();
    writeln!(text, "{:8}{:>24}{:>40}", "", "before the run", "after it")?;
    writeln!(
        text,
        "{:8}{:>10}{:>14}{:>18}{:>10}{:>12}",
        "std", "mean |a|", "saturated", "test accuracy", "loss", "units"
    )?;
    for row in rows {
        let (Row { std, sum, saturated, different, .. }, Score { accuracy, loss }) = (row, row.last());
        let (std, saturated) = (std.to_string(), percent(*saturated));
        let units = format!("{different} of {HIDDEN}");
        writeln!(text, "{std:8}{sum:>10.3}{saturated:>14}{accuracy:>18.4}{loss:>10.3}{units:>12}")?;
    }
    text += "\na: the sums x W1 + b1 that enter the sigmoid\n\
             saturated: outputs z below 0.01 or above 0.99\n\
             units: how many different ones are among the hidden units\n";
    Ok(text)
}

/// One paragraph, from the figures of the table.
fn conclusion(rows: &[Row]) -> String {
    let accuracy = |row: &Row| percent(row.last().accuracy);
    // the places of STDS
    let (zero, book, large) = (&rows[0], &rows[2], &rows[5]);
    // the first of equals
    let best = rows.iter().min_by(|a, b| b.last().accuracy.total_cmp(&a.last().accuracy)).unwrap_or(book);
    paragraph(&format!(
        "Why 0.01? With 0 all hidden units start alike. Then backpropagation gives all of them the same slopes, and \
         they stay alike: after the run the {HIDDEN} are copies of {}, and the net can do no more than one of that \
         hidden size, {} of the test images. Random weights break this symmetry, however small they are. But too large \
         is bad as well: with 10 the sums a are {:.0} on average, and {} of the outputs z stand near 0 or 1, where the \
         sigmoid is flat. The slopes of W1 have z (1 - z) as a factor, which is almost 0 there, so these units hardly \
         learn; the run ends at {}. With 0.01 the sums are {:.2} on average, {} of the outputs are saturated, and the \
         run ends at {}. The best of these runs is the one with {}: {}. So 0.01 is no magic number: what counts is \
         that it is not 0, and that the sums stay small. The more inputs a net has, the more terms add up in a sum, \
         and the smaller the weights have to be.",
        zero.different,
        accuracy(zero),
        large.sum,
        percent(large.saturated),
        accuracy(large),
        book.sum,
        percent(book.saturated),
        accuracy(book),
        best.std,
        accuracy(best),
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
