//! `app lab step`: how small should h be?

use super::layout::{line, paragraph, percent};
use super::run::{BATCH, fresh_net, load, write_svg};
use crate::cli::LabSvgArgs;
use crate::data::Data;
use crate::lang::said;
use anyhow::Result;
use core_math::{FiniteDifference, Real, Step};
use nalgebra::DMatrix;
use net::{Parameters, TwoLayerNet};
use report::{Axis, Chart, Mark, Series};

/// Of how many parameters of W1, b1, W2, b2 the derivative is taken: of those where it is largest.
const PLACES: [usize; 4] = [20, 5, 10, 5];

pub(super) fn answer(arguments: &LabSvgArgs) -> Result<String> {
    let data = load(&arguments.common)?;
    let (x, t) = data.train.range::<f64>(0..BATCH.min(data.train.len()));
    let net = trained(&data, arguments.common.seed);
    let analytic = net.gradient(&x, t);
    let places = steepest(&analytic);
    let rows = rows(&net, &x, t, &places, &analytic);
    let rounding = Rounding::of(net.loss(&x, t), &analytic);

    if let Some(path) = &arguments.svg {
        write_svg(&chart(&rows), 460, path)?;
    }
    Ok(table(&rows, places.len()) + &conclusion(&rows, &rounding))
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

fn rows(
    net: &TwoLayerNet<f64>,
    x: &DMatrix<f64>,
    t: &[u8],
    places: &[(usize, usize)],
    analytic: &Parameters<f64>,
) -> Vec<Row> {
    let (single, x32) = (TwoLayerNet { params: net.params.map(f32::of), activation: net.activation }, x.map(f32::of));
    (1..=12)
        .map(|exponent| {
            // a division, which every system rounds alike; a power below 1 is 1.0000000000000002e-2 on Windows
            let h = 1.0 / 10_f64.powi(exponent);
            let [a, b, c] = errors(net, x, t, h, places, analytic);
            let [d, e, f] = errors(&single, &x32, t, h, places, analytic);
            Row { h, errors: [a, b, c, d, e, f] }
        })
        .collect()
}

/// What the rounding of a loss to f32 does to a derivative, at the book's h.
struct Rounding {
    loss: f64,
    /// The distance from the loss to the next number in f32.
    apart: f64,
    /// The same divided by 2h.
    shift: f64,
    /// The share of the derivatives, where they are not 0, that are smaller than that.
    drowned: f64,
}

impl Rounding {
    fn of(loss: f64, gradient: &Parameters<f64>) -> Self {
        let single = f32::of(loss);
        let apart = f64::from(single.next_up() - single);
        let shift = apart / (2.0 * 1e-4);
        let derivatives = || gradient.arrays().into_iter().flatten().filter(|derivative| **derivative != 0.0);
        let smaller = derivatives().filter(|derivative| derivative.abs() < shift).count();
        Self { loss, apart, shift, drowned: smaller as f64 / derivatives().count().max(1) as f64 }
    }
}

/// Array and index of the parameters with the largest derivatives.
fn steepest(gradient: &Parameters<f64>) -> Vec<(usize, usize)> {
    let mut places = Vec::new();
    for (array, (derivatives, count)) in gradient.arrays().into_iter().zip(PLACES).enumerate() {
        let mut order: Vec<usize> = (0..derivatives.len()).filter(|&i| derivatives[i] != 0.0).collect();
        order.sort_by(|&i, &j| derivatives[j].abs().total_cmp(&derivatives[i].abs()));
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
            let derivative = scheme.clone().step(Step::Fixed(T::of(h))).derivative(loss, p).ok()?.to_f64();
            moving.params.arrays_mut()[array][i] = p;
            let expected = analytic.arrays()[array][i];
            largest = largest.max((derivative - expected).abs() / expected.abs());
        }
        Some(largest)
    })
}

fn table(rows: &[Row], places: usize) -> String {
    const WIDTHS: [isize; 7] = [-6, 12, 12, 12, 12, 12, 12];
    let mut text = said!(
        "largest relative error of the numerical gradient against backpropagation,\n\
         over the {places} parameters with the largest derivatives\n\n",
        "미분값이 가장 큰 매개변수 {places}개에서,\n\
         수치 미분과 오차역전파법으로 구한 기울기의 상대 오차 가운데 최댓값\n\n"
    );
    text += &line([-6, 36, 36], ["", "f64", "f32"]);
    let schemes = [said!("forward", "전방 차분"), said!("central", "중심 차분"), said!("five-point", "5점 공식")];
    let [forward, central, five_point] = &schemes;
    text += &line(WIDTHS, ["h", forward, central, five_point, forward, central, five_point]);
    for Row { h, errors } in rows {
        let [a, b, c, d, e, f] =
            errors.map(|error| error.map_or_else(|| "-".to_owned(), |error| format!("{error:.1e}")));
        text += &line(WIDTHS, [format!("{h:e}"), a, b, c, d, e, f]);
    }
    text + &said!(
        "\n\
         forward: (f(x + h) - f(x)) / h; central: (f(x + h) - f(x - h)) / 2h\n\
         five-point: from f at x - 2h, x - h, x + h and x + 2h\n\
         -: h is too small to change a parameter\n",
        "\n\
         전방 차분: (f(x + h) - f(x)) / h, 중심 차분: (f(x + h) - f(x - h)) / 2h\n\
         5점 공식: x - 2h, x - h, x + h, x + 2h에서 구한 f로 계산\n\
         -: h가 너무 작아서 매개변수가 변하지 않음\n"
    )
}

/// One paragraph, from the figures of the table.
fn conclusion(rows: &[Row], rounding: &Rounding) -> String {
    let best = |column: usize| {
        let errors = rows.iter().filter_map(|row| Some((row.h, row.errors[column]?)));
        errors.min_by(|a, b| a.1.total_cmp(&b.1)).unwrap_or((f64::NAN, f64::NAN))
    };
    let at = |column: usize, h: f64| {
        let row = rows.iter().find(|row| (row.h / h - 1.0).abs() < 1e-9);
        row.and_then(|row| row.errors[column]).unwrap_or(f64::NAN)
    };
    let [forward, central] = [0, 1].map(|column| at(column, 1e-2) / at(column, 1e-3));
    let why = if forward.is_finite() && central.is_finite() {
        said!(
            "Why central differences (section 4.3.1)? From h = 1e-2 to 1e-3 the error of the forward difference became \
             {forward:.0} times smaller, and the error of the central difference {central:.0} times. A forward \
             difference is exact for a straight line, a central one for a parabola too.",
            "왜 중심 차분일까요(4.3.1절)? h를 1e-2에서 1e-3으로 줄이면 전방 차분의 오차는 {forward:.0}분의 1이 되고, 중심 \
             차분의 오차는 {central:.0}분의 1이 됩니다. 전방 차분은 직선에서, 중심 차분은 포물선에서도 정확합니다."
        )
    } else {
        String::new()
    };
    let ((h64, error64), (h32, error32)) = (best(1), best(4));
    let [book64, book32] = [at(1, 1e-4), at(4, 1e-4)];
    let double = if (h64 / 1e-4 - 1.0).abs() < 1e-9 {
        said!(
            "In f64 the book's h = 1e-4 is the best of these for central differences (error {error64:.0e}).",
            "f64로 중심 차분을 구하면 책의 h = 1e-4가 이 가운데 가장 좋습니다(오차 {error64:.0e})."
        )
    } else {
        said!(
            "In f64 the best of these for central differences is h = {h64:e} (error {error64:.0e}); the book's 1e-4 has {book64:.0e}.",
            "f64로 중심 차분을 구하면 이 가운데 h = {h64:e}일 때 가장 좋고(오차 {error64:.0e}), 책의 1e-4는 {book64:.0e}입니다."
        )
    };
    let Rounding { loss, apart, shift, drowned } = rounding;
    let drowned = percent(*drowned);
    paragraph(&said!(
        "How small should h be? Small enough that the difference quotient is close to the derivative, but large enough \
         that the change in the loss isn't lost in rounding. {why} {double} In f32 the best is \
         h = {h32:e} ({error32:.0e}), and 1e-4 has {book32:.0e}: at a loss of {loss:.2} the next number in f32 is \
         {apart:.0e} away, and divided by 2h that is {shift:.0e}. Of all derivatives that aren't 0, {drowned} are smaller.",
        "h는 얼마나 작아야 할까요? 차분이 미분에 가까워질 만큼 작아야 하지만, 손실의 변화가 반올림 오차에 묻히지 않을 만큼은 \
         커야 합니다. {why} {double} f32에서는 h = {h32:e}일 때 가장 좋고({error32:.0e}), 1e-4의 오차는 \
         {book32:.0e}입니다. 손실이 {loss:.2}일 때 f32의 그다음 수는 {apart:.0e}만큼 떨어져 있고, 2h로 나누면 \
         {shift:.0e}입니다. 0이 아닌 미분의 {drowned}가 이보다 작습니다."
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
