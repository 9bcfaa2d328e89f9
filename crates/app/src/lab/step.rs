//! `app lab step`: how small should h be?

use super::run::{BATCH, fresh_net, load, paragraph, write_svg};
use crate::cli::LabSvgArgs;
use crate::data::Data;
use anyhow::Result;
use core_math::{FiniteDifference, Real, Step};
use nalgebra::DMatrix;
use net::{Parameters, TwoLayerNet};
use report::{Axis, Chart, Mark, Series};
use std::fmt::Write as _;

/// Places of W1, b1, W2, b2 that are differentiated: the steepest ones.
const PLACES: [usize; 4] = [20, 5, 10, 5];

pub(super) fn answer(arguments: &LabSvgArgs) -> Result<String> {
    let data = load(&arguments.common)?;
    let (x, t) = data.train.range::<f64>(0..BATCH.min(data.train.len()));
    let net = trained(&data, arguments.common.seed);
    let rows = rows(&net, &x, t);

    if let Some(path) = &arguments.svg {
        write_svg(&chart(&rows), 460, path)?;
    }
    Ok(table(&rows)? + &conclusion(&rows))
}

/// A net after some steps of backpropagation, so that its gradient is that of a net in training.
fn trained(data: &Data, seed: u64) -> TwoLayerNet<f64> {
    let mut net = fresh_net(data, seed, 0.01);
    let batches = data.train.len() / BATCH;
    for k in 0..300.min(batches) {
        let (x, t) = data.train.range::<f64>(k * BATCH..(k + 1) * BATCH);
        let gradient = net.gradient(&x, t);
        net.update(&gradient, 0.1);
    }
    net
}

/// The columns of the table: precision and scheme.
const COLUMNS: [&str; 6] =
    ["f64 forward", "f64 central", "f64 five-point", "f32 forward", "f32 central", "f32 five-point"];

/// Relative errors for a step h, in the order of [`COLUMNS`]; `None` where h moves no parameter.
struct Row {
    h: f64,
    errors: [Option<f64>; 6],
}

fn rows(net: &TwoLayerNet<f64>, x: &DMatrix<f64>, t: &[u8]) -> Vec<Row> {
    let analytic = net.gradient(x, t);
    let places = steepest(&analytic);
    let (single, x32) = (TwoLayerNet { params: net.params.map(f32::of), activation: net.activation }, x.map(f32::of));
    (1..=12)
        .map(|exponent| {
            // a division, which every system rounds alike; a power below 1 is 1.0000000000000002e-2 on Windows
            let h = 1.0 / 10_f64.powi(exponent);
            let [a, b, c] = errors(net, x, t, h, &places, &analytic);
            let [d, e, f] = errors(&single, &x32, t, h, &places, &analytic);
            Row { h, errors: [a, b, c, d, e, f] }
        })
        .collect()
}

/// Array and index of the steepest places.
fn steepest(gradient: &Parameters<f64>) -> Vec<(usize, usize)> {
    let mut places = Vec::new();
    for (array, (slopes, count)) in gradient.arrays().into_iter().zip(PLACES).enumerate() {
        let mut order: Vec<usize> = (0..slopes.len()).filter(|&i| slopes[i] != 0.0).collect();
        order.sort_by(|&i, &j| slopes[j].abs().total_cmp(&slopes[i].abs()));
        places.extend(order.into_iter().take(count).map(|i| (array, i)));
    }
    places
}

/// For forward, central and five-point differences the largest |n - a| / |a| over the places.
fn errors<T: Real>(
    net: &TwoLayerNet<T>,
    x: &DMatrix<T>,
    t: &[u8],
    h: f64,
    places: &[(usize, usize)],
    analytic: &Parameters<f64>,
) -> [Option<f64>; 3] {
    [FiniteDifference::forward(), FiniteDifference::central(), FiniteDifference::five_point()].map(|scheme| {
        let mut moving = net.clone();
        let mut largest = 0.0_f64;
        for &(array, i) in places {
            let p = net.params.arrays()[array][i];
            let loss = |moved: T| {
                moving.params.arrays_mut()[array][i] = moved;
                moving.loss(x, t)
            };
            let slope = scheme.clone().step(Step::Fixed(T::of(h))).derivative(loss, p).ok()?.to_f64();
            moving.params.arrays_mut()[array][i] = p;
            let expected = analytic.arrays()[array][i];
            largest = largest.max((slope - expected).abs() / expected.abs());
        }
        Some(largest)
    })
}

fn table(rows: &[Row]) -> Result<String> {
    let mut text = String::from("largest relative error against backpropagation\n\n");
    writeln!(text, "{:6}{:>36}{:>36}", "", "in f64", "in f32")?;
    write!(text, "{:6}", "h")?;
    for _ in 0..2 {
        write!(text, "{:>12}{:>12}{:>12}", "forward", "central", "five-point")?;
    }
    writeln!(text)?;
    for Row { h, errors } in rows {
        write!(text, "{:6}", format!("{h:e}"))?;
        for error in errors {
            let error = error.map_or_else(|| "-".to_owned(), |error| format!("{error:.1e}"));
            write!(text, "{error:>12}")?;
        }
        writeln!(text)?;
    }
    Ok(text + "\n- : the step is too small to move a parameter\n")
}

/// One paragraph, from the figures of the table.
fn conclusion(rows: &[Row]) -> String {
    let best = |column: usize| {
        let errors = rows.iter().filter_map(|row| Some((row.h, row.errors[column]?)));
        errors.min_by(|a, b| a.1.total_cmp(&b.1)).unwrap_or((f64::NAN, f64::NAN))
    };
    let at = |column: usize, h: f64| {
        let row = rows.iter().find(|row| (row.h / h - 1.0).abs() < 1e-9);
        row.and_then(|row| row.errors[column]).unwrap_or(f64::NAN)
    };
    let ((h64, error64), (h32, error32)) = (best(1), best(4));
    paragraph(&format!(
        "How small should h be? Small enough that the curve is straight over 2h, and large enough that the loss moves by \
         more than its rounding. In f64 central differences are best at h = {h64:e} (error {error64:.0e}); the book's \
         1e-4 has {:.0e}. In f32 they are best at h = {h32:e} ({error32:.0e}), and 1e-4 has {:.0e}: the loss, about 2, is \
         rounded to 2e-7, and divided by 2h that is 1e-3 in every slope, more than most slopes are.",
        at(1, 1e-4),
        at(4, 1e-4)
    ))
}

fn chart(rows: &[Row]) -> Chart {
    let series = COLUMNS.iter().enumerate().map(|(column, name)| {
        let mark = if column < 3 { Mark::Line } else { Mark::Dashes };
        Series::new(*name, mark, rows.iter().filter_map(|row| Some((row.h, row.errors[column]?))))
    });
    let title = "Error of the numerical gradient against backpropagation";
    Chart::new(title, Axis::logarithmic("h"), Axis::logarithmic("largest relative error"), series.collect())
        .legend_at_the_left()
}
