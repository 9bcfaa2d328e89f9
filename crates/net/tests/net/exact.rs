//! The fast central differences against the same quotients without cancellation, sample by sample and parameter by
//! parameter, up to a few rounding steps. The definition is the meaning; its own rounding, 1e-16 / h, would hide much.

use crate::support::{Problem, problem};
use net::nalgebra::DMatrix;
use net::{Activation, Batch, GradientMethod, Parameters, Rows, Trainer, TwoLayerNet};

/// What a small net may differ by, relative to the largest element of its gradient: its logits are summed in another order.
const TOLERANCE: f64 = 1e-14;

/// h(a + e) - h(a).
fn rise(activation: Activation, a: f64, e: f64) -> f64 {
    match activation {
        Activation::Sigmoid => (e / 2.0).sinh() / (2.0 * ((a + e) / 2.0).cosh() * (a / 2.0).cosh()),
        Activation::Tanh => e.sinh() / ((a + e).cosh() * a.cosh()),
        // on its side the unit moves by e itself, which a + e - a would round
        Activation::Relu if a > 0.0 => e.max(-a),
        Activation::Relu => (a + e).max(0.0),
    }
}

/// The central differences, each from the change of the loss instead of two losses.
fn exact(net: &TwoLayerNet<f64>, x: &DMatrix<f64>, t: &[u8], h: f64) -> Parameters<f64> {
    let sizes = net.sizes();
    let (a1, z1) = net.hidden(x); // N x H
    let logits = net.logits(x); // N x K
    let w2 = &net.params.w2; // H x K
    let mut sums = Parameters::<f64>::zeros(sizes);
    for (n, &label) in t.iter().enumerate() {
        let label = usize::from(label);
        let largest = logits.row(n).max();
        let exps: Vec<f64> = logits.row(n).iter().map(|a| (a - largest).exp()).collect();
        let y: Vec<f64> = exps.iter().map(|e| e / exps.iter().sum::<f64>()).collect();

        for j in 0..sizes.hidden {
            let loss = |e: f64| {
                let d = rise(net.activation, a1[(n, j)], e);
                (0..sizes.classes).map(|k| y[k] * (d * (w2[(j, k)] - w2[(j, label)])).exp_m1()).sum::<f64>().ln_1p()
            };
            for i in 0..sizes.inputs {
                sums.w1[(i, j)] += loss(h * x[(n, i)]) - loss(-h * x[(n, i)]);
            }
            sums.b1[j] += loss(h) - loss(-h);
        }
        for k in 0..sizes.classes {
            let others: f64 = (0..sizes.classes).filter(|other| *other != k).map(|other| y[other]).sum();
            // the label's logit up is all others down
            let loss = |e: f64| {
                if k == label { (others * (-e).exp_m1()).ln_1p() } else { (y[k] * e.exp_m1()).ln_1p() }
            };
            for j in 0..sizes.hidden {
                sums.w2[(j, k)] += loss(h * z1[(n, j)]) - loss(-h * z1[(n, j)]);
            }
            sums.b2[k] += loss(h) - loss(-h);
        }
    }
    sums.map(|sum| sum / (2.0 * h * t.len() as f64))
}

/// The largest distance of two gradients, relative to the largest element of the second.
fn distance(found: &Parameters<f64>, expected: &Parameters<f64>) -> f64 {
    let (found, expected) = (found.arrays().concat(), expected.arrays().concat());
    let largest = expected.iter().fold(0.0_f64, |largest, e| largest.max(e.abs()));
    // not max, which would pass over NaN
    let gaps = found.iter().zip(&expected).map(|(f, e)| (f - e).abs() / largest);
    gaps.fold(0.0, |largest, gap| if gap > largest || gap.is_nan() { gap } else { largest })
}

/// The inputs as a matrix, and as the rows that a trainer takes.
type Inputs = (DMatrix<f64>, Rows<f64>);

#[track_caller]
fn check(net: &TwoLayerNet<f64>, (x, rows): &Inputs, t: &[u8], h: f64) {
    let found = Trainer::new(net, GradientMethod::CentralDifferences { h }).gradient(Batch::all(rows, t));
    let distance = distance(&found, &exact(net, x, t, h));
    // A unit at the kink moves from its input on: the rounding of that, a sum, is then a part of the quotient.
    let reach = h * x.amax().max(1.0);
    let is_at_kink = |a: f64| net.activation == Activation::Relu && a != 0.0 && a.abs() <= reach;
    let has_weights = |j: usize| net.params.w1.column(j).amax() != 0.0;
    let a1 = net.hidden(x).0;
    let rounded = (0..a1.ncols()).any(|j| has_weights(j) && a1.column(j).iter().any(|&a| is_at_kink(a)));
    let tolerance = if rounded { TOLERANCE.max(2e-16 / h) } else { TOLERANCE };
    assert!(distance <= tolerance, "{}, h = {h:e}: relative distance {distance:e}", net.activation);
}

fn bytes(samples: usize, inputs: usize) -> Vec<u8> {
    let pixel = |at: usize| if at * at % 7 < 3 { (at * 37 % 255 + 1).to_le_bytes()[0] } else { 0 };
    (0..samples * inputs).map(pixel).collect()
}

const SAMPLES: usize = 11;
const WIDTH: usize = 30;

/// Bytes, bytes standardised as everybody does, and normal numbers up to about 3.
fn inputs(normal: &DMatrix<f64>) -> [Inputs; 3] {
    let bytes = bytes(SAMPLES, WIDTH);
    let pixels = DMatrix::from_row_iterator(SAMPLES, WIDTH, bytes.iter().map(|&v| f64::from(v) / 255.0));
    let standardised = pixels.map(|x| (x - 0.1307) / 0.3081);
    let of_matrix = |x: DMatrix<f64>| {
        let rows = Rows::from_matrix(&x);
        (x, rows)
    };
    [(pixels, Rows::from_bytes(&bytes, WIDTH)), of_matrix(standardised), of_matrix(normal.clone())]
}

/// A net of 21 units, in one panel of two groups and one of one, its weights multiplied by `weight`.
fn net(activation: Activation, weight: f64) -> Problem {
    let mut problem = problem(activation, (SAMPLES, WIDTH, 21, 4), 9);
    problem.net.params.arrays_mut().into_iter().flatten().for_each(|w| *w *= weight);
    problem
}

#[test]
fn every_step_from_1e_6_to_3_gives_the_exact_quotients() {
    // each step a sixth above the one before: close to every bound at which the number of points changes
    for activation in Activation::ALL {
        for weight in [0.02, 0.3] {
            let Problem { net, x, t } = net(activation, weight);
            for inputs in inputs(&x) {
                let steps = std::iter::successors(Some(1e-6), |h| Some(h * 1.17)).take_while(|h| *h < 3.0);
                steps.for_each(|h| check(&net, &inputs, &t, h));
            }
        }
    }
}

#[test]
fn the_steps_of_the_book_and_ten_times_as_large_are_exact_for_many_nets() {
    for activation in Activation::ALL {
        for seed in 0..20 {
            let Problem { mut net, x, t } = problem(activation, (SAMPLES, WIDTH, 21, 4), seed);
            net.params.w1 *= 0.2; // units that are not all saturated
            for inputs in inputs(&x) {
                [1e-4, 1e-3].into_iter().for_each(|h| check(&net, &inputs, &t, h));
            }
        }
    }
}

#[test]
fn relu_units_at_their_kink_and_near_it_are_exact() {
    for h in [1e-4, 1e-3, 0.5] {
        // units without weights, so that their input is the bias: at the kink, at the ends of what a step moves, between
        let x = DMatrix::from_fn(5, 6, |n, i| [0.0, 0.25, 1.0, -0.5, 2.0, -1.0, 0.75][(n * n + 3 * i) % 7]);
        let places =
            [0.0, -0.0, 1.0, -1.0, 2.0, -2.0, 0.25, -0.25, 0.3, -0.3, 1.9, -1.9, 1.995, -1.995, 2.1, -2.1, 1e-9, -1e-9];
        let just_beyond = |a: f64| a * (1.0 + f64::EPSILON);
        let moved = places.map(|place| place * h);
        let biases: Vec<f64> = moved.into_iter().chain(moved.map(just_beyond)).collect();
        let rows = Rows::from_matrix(&x);
        let inputs = (x, rows);
        let Problem { mut net, t, .. } = problem(Activation::Relu, (5, 6, biases.len() + 3, 4), 2);
        for (j, &bias) in biases.iter().enumerate() {
            net.params.w1.column_mut(j).fill(0.0);
            net.params.b1[j] = bias;
        }
        check(&net, &inputs, &t, h);
        // and each alone: among others a neighbour at its kink has the whole group evaluated one by one
        for bias in biases {
            let Problem { mut net, t, .. } = problem(Activation::Relu, (5, 6, 1, 4), 2);
            net.params.w1.fill(0.0);
            net.params.b1[0] = bias;
            check(&net, &inputs, &t, h);
        }
    }
}

#[test]
fn the_largest_input_is_exact_up_to_the_bounds_of_two_and_three_points() {
    // A polynomial through too few points is farthest off at the largest input, here the only one. W2 spreads little: else
    // eight points are taken early.
    for activation in [Activation::Sigmoid, Activation::Tanh] {
        for w2 in [0.06, 0.1, 0.7, 3.0] {
            let Problem { mut net, .. } = problem(activation, (1, 4, 1, 3), 5);
            net.params.w1.fill(0.0);
            net.params.b1.fill(0.1);
            net.params.w2.copy_from_slice(&[0.0, w2, w2 / 2.0]);
            net.params.b2.copy_from_slice(&[2.0, 0.0, 0.0]);
            let x = DMatrix::from_element(1, 4, 50.0);
            let rows = Rows::from_matrix(&x);
            for h in std::iter::successors(Some(1e-6), |h| Some(h * 1.1)).take_while(|h| *h < 1e-3) {
                let found =
                    Trainer::new(&net, GradientMethod::CentralDifferences { h }).gradient(Batch::all(&rows, &[0]));
                let distance = distance(&found, &exact(&net, &x, &[0], h));
                assert!(distance < 2.5e-15, "{activation}, {w2}, h = {h:e}: relative distance {distance:e}");
            }
        }
    }
}

#[test]
fn sure_answers_and_saturated_units_are_exact() {
    for activation in [Activation::Sigmoid, Activation::Tanh] {
        let Problem { mut net, x, t } = net(activation, 0.3);
        // the first class is almost certain, and the first units hardly move
        net.params.b2[0] = 12.0;
        net.params.b1.iter_mut().take(5).zip([-30.0, -9.0, 9.0, 18.0, 30.0]).for_each(|(b, value)| *b = value);
        let rows = Rows::from_matrix(&x);
        // where every answer is right all gradients are small, and still have all their digits
        for t in [t, vec![0; SAMPLES]] {
            [1e-4, 1e-3, 0.5].into_iter().for_each(|h| check(&net, &(x.clone(), rows.clone()), &t, h));
        }
    }
}

#[test]
fn a_derivative_is_told_from_a_difference_of_the_books_step() {
    // so that the tests above mean something: (h / 2)² is far above their tolerance
    let Problem { net, x, t } = net(Activation::Tanh, 0.3);
    let apart = distance(&net.gradient(&x, &t), &exact(&net, &x, &t, 1e-4));
    assert!(apart > 1e-10, "{apart:e}");
}
