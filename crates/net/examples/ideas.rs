//! From the definition to the fast numerical gradient, one idea at a time, each counted and timed:
//! `cargo run --release -p two-layer-net --example ideas`. docs/numerical-gradient.md explains each of them.
//!
//! Each step computes the central differences for all of W1 (98.6 % of the parameters) with the same batch, and is
//! compared with the step before it. The steps are written to be read; the last one is the library's code.

use core_math::activation::sigmoid;
use dataset::{Digits, ImageSet, Mnist};
use nalgebra::DMatrix;
use net::{Activation, Batch, GradientMethod, Rows, Sizes, Trainer, TwoLayerNet};
use rand_chacha::{ChaCha8Rng, rand_core::SeedableRng};
use std::collections::BTreeMap;
use std::f64::consts::PI;
use std::path::Path;
use std::time::Instant;

const H: f64 = 1e-4; // the step of the book

/// The results of one forward pass that do not depend on the changed weight.
struct Cache<'a> {
    x: &'a DMatrix<f64>,  // N x D
    t: &'a [u8],          // N
    a1: DMatrix<f64>,     // N x H
    z1: DMatrix<f64>,     // N x H, σ(a1)
    rest: DMatrix<f64>,   // N x H, 1 - z1 with all its digits: σ(-a1)
    logits: DMatrix<f64>, // N x K
    y: DMatrix<f64>,      // N x K
    w2: &'a DMatrix<f64>, // H x K
}

fn main() {
    let (name, images) = images();
    let (x, t) = images.range::<f64>(0..100);
    let net = trained(&images);
    let Sizes { inputs: d, hidden: h, classes: k } = net.sizes();
    let n = x.nrows();
    let rows = Rows::from_matrix(&x);
    let mut a1 = &x * &net.params.w1;
    a1.row_iter_mut().for_each(|mut row| row += &net.params.b1);
    let (z1, rest) = (a1.map(sigmoid), a1.map(|a| sigmoid(-a)));
    let cache = Cache { x: &x, t, a1, z1, rest, logits: net.logits(&x), y: net.predict(&x), w2: &net.params.w2 };

    let not_zero = x.iter().filter(|v| **v != 0.0).count();
    let groups: usize = (0..n).map(|n| distinct(&x, n).len()).sum();
    println!("{name}: {n} images, {not_zero} pixels not 0, {groups} distinct values counted image by image\n");
    println!("{:46}{:>10}{:>13}{:>10}", "gradient in W1 by", "exp", "products", "seconds");
    let row = |what: &str, exponentials: usize, multiplications: usize, seconds: f64| {
        println!("{what:46}{exponentials:>10}{multiplications:>13}{seconds:>10.6}");
    };

    let (_, seconds) = timed(|| net.loss(&x, t));
    let losses = 2 * d * h;
    let (exps, products) = (n * (h + k), n * (d * h + h * k));
    row("0 the definition (one loss timed)", losses * exps, losses * products, losses as f64 * seconds);

    let pairs = not_zero * h;
    let (one, seconds) = timed(|| moved_neuron_only(&cache));
    row("1 the moved neuron alone, inputs not 0", pairs * 2 * (1 + k), pairs * 2 * (1 + k), seconds);

    let pairs = groups * h;
    let (two, seconds) = timed(|| equal_inputs_once(&cache, |e| e, by_sigmoid));
    row("2 equal pixels of an image once", pairs * 2 * (1 + k), pairs * 2 * (1 + k), seconds);

    let (three, seconds) = timed(|| equal_inputs_once(&cache, f64::exp_m1, by_identity));
    row("3 the neuron without an exponential of its own", pairs * 2 * k + groups, pairs * 2 * (3 + k), seconds);

    let (four, seconds) = timed(|| polynomial_over_the_classes(&cache));
    row("4 a polynomial of the neuron's move", groups, n * h * k * 10 + pairs * 24, seconds);

    let (five, seconds) = timed(|| polynomial_of_the_input(&cache));
    let five_products = n * h * (k * 10 + 2 * 24) + not_zero * h * 2;
    row("5 a polynomial of the input", 2, five_products, seconds);

    let batch = Batch::all(&rows, t);
    let mut trainer = Trainer::new(&net, GradientMethod::CentralDifferences { h: H });
    let (six, seconds) = timed(|| trainer.gradient(batch).w1);
    row("6 the library: vectors, threads, all of W1..b2", 6, five_products, seconds);

    let mut trainer = Trainer::new(&net, GradientMethod::Backpropagation);
    let (_, seconds) = timed(|| trainer.gradient(batch).w1);
    row("  the library by backpropagation", 0, n * h * k + not_zero * h, seconds);

    for (step, pair) in [&one, &two, &three, &four, &five, &six].windows(2).enumerate() {
        let difference = (pair[0] - pair[1]).amax();
        assert!(difference < 1e-10, "steps {} and {} differ by {difference:e}", step + 1, step + 2);
    }
    let sample = definition_at(&net, &x, t, &[(0, 0), (350, 7), (406, 20), (430, 49)]);
    for ((i, j), slope) in sample {
        assert!((one[(i, j)] - slope).abs() < 1e-10, "W1[{i}, {j}] is {} by definition {slope}", one[(i, j)]);
    }
    println!("\nthe steps agree with each other, and with the definition where it was computed, to 1e-10");
}

/// The loss of sample `n` if the output of neuron `j` changes by `dz`.
fn moved_loss(cache: &Cache, n: usize, j: usize, dz: f64) -> f64 {
    let moved = |k: usize| cache.logits[(n, k)] + dz * cache.w2[(j, k)];
    let classes = cache.logits.ncols();
    let max = (0..classes).map(moved).fold(f64::NEG_INFINITY, f64::max);
    let sum: f64 = (0..classes).map(|k| (moved(k) - max).exp()).sum();
    max + sum.ln() - moved(usize::from(cache.t[n]))
}

/// Step 1: W1[i, j] moves one neuron, and only for the samples whose input i is not 0.
fn moved_neuron_only(cache: &Cache) -> DMatrix<f64> {
    gradient(cache, |n, j, sums| {
        let (a, z) = (cache.a1[(n, j)], cache.z1[(n, j)]);
        for (i, &x) in cache.x.row(n).iter().enumerate().filter(|(_, x)| **x != 0.0) {
            let up = moved_loss(cache, n, j, sigmoid(a + H * x) - z);
            sums[i] += up - moved_loss(cache, n, j, sigmoid(a - H * x) - z);
        }
    })
}

/// Steps 2 and 3: equal inputs of a sample change the neuron equally. `prepare` is applied to h x, once for each distinct
/// value of a sample; from the result, `moves` computes how +h and -h change z, for neuron j of sample n.
fn equal_inputs_once(
    cache: &Cache,
    prepare: impl Fn(f64) -> f64,
    moves: impl Fn(&Cache, usize, usize, f64) -> (f64, f64),
) -> DMatrix<f64> {
    let groups = groups(cache, prepare);
    gradient(cache, |n, j, sums| {
        for (prepared, inputs) in &groups[n] {
            let (up, down) = moves(cache, n, j, *prepared);
            let difference = moved_loss(cache, n, j, up) - moved_loss(cache, n, j, down);
            inputs.iter().for_each(|&i| sums[i] += difference);
        }
    })
}

/// Step 2: evaluate the neuron again, e = h x.
fn by_sigmoid(cache: &Cache, n: usize, j: usize, e: f64) -> (f64, f64) {
    let (a, z) = (cache.a1[(n, j)], cache.z1[(n, j)]);
    (sigmoid(a + e) - z, sigmoid(a - e) - z)
}

/// Step 3: σ(a + e) - σ(a) = z (1 - z) u / (1 + z u), u = eᵉ - 1.
fn by_identity(cache: &Cache, n: usize, j: usize, u: f64) -> (f64, f64) {
    let (z, rest) = (cache.z1[(n, j)], cache.rest[(n, j)]);
    (z * rest * u / (1.0 + z * u), -z * rest * u / (1.0 + rest * u))
}

/// Step 4: Σₖ yₖ exp(d qₖ) = 1 + Σₘ Mₘ dᵐ with Mₘ = Σₖ yₖ qₖᵐ / m!. For |d q| below 2⁻¹⁰, five powers are exact up to
/// rounding. The library checks this bound, and computes exponentials if it does not hold.
fn polynomial_over_the_classes(cache: &Cache) -> DMatrix<f64> {
    let groups = groups(cache, f64::exp_m1);
    gradient(cache, |n, j, sums| {
        let moments = moments(cache, n, j);
        for (u, inputs) in &groups[n] {
            let difference = difference(&moments, by_identity(cache, n, j, *u));
            inputs.iter().for_each(|&i| sums[i] += difference);
        }
    })
}

/// M₁ to M₅ for neuron j in sample n.
fn moments(cache: &Cache, n: usize, j: usize) -> [f64; 5] {
    let mut moments = [0.0; 5];
    for k in 0..cache.y.ncols() {
        let q = cache.w2[(j, k)] - cache.w2[(j, usize::from(cache.t[n]))];
        let mut term = cache.y[(n, k)];
        for (m, moment) in moments.iter_mut().enumerate() {
            term *= q / (m + 1) as f64;
            *moment += term;
        }
    }
    moments
}

/// The loss of the sample with the neuron moved up, minus the loss with the neuron moved down.
fn difference(moments: &[f64; 5], (up, down): (f64, f64)) -> f64 {
    let rise = |d: f64| moments.iter().rev().fold(0.0, |sum, moment| (sum + moment) * d);
    let (up, down) = (rise(up), rise(down));
    let s = (up - down) / (2.0 + up + down); // ln (1 + up) - ln (1 + down) = 2 artanh s
    2.0 * s * (1.0 + s * s * (1.0 / 3.0 + s * s / 5.0))
}

/// Step 5: for one neuron and one sample, the difference depends only on the input x. It is odd and smooth, so its values
/// at two inputs determine all others: x (c₁ + c₂ (x² - s₁)), exact up to rounding for this H. Inputs are in [0, 1].
fn polynomial_of_the_input(cache: &Cache) -> DMatrix<f64> {
    let not_zero = |n| cache.x.row(n).iter().copied().enumerate().filter(|(_, x)| *x != 0.0).collect::<Vec<_>>();
    let inputs: Vec<Vec<(usize, f64)>> = (0..cache.x.nrows()).map(not_zero).collect();
    let at = [PI / 8.0, 3.0 * PI / 8.0].map(f64::sin); // their squares are the zeros of a Chebyshev polynomial
    let squares = at.map(|x| x * x);
    let u = at.map(|x| (H * x).exp_m1());
    gradient(cache, |n, j, sums| {
        let moments = moments(cache, n, j);
        let [first, second] = [0, 1].map(|p| difference(&moments, by_identity(cache, n, j, u[p])) / at[p]);
        let slope = (second - first) / (squares[1] - squares[0]);
        inputs[n].iter().for_each(|&(i, x)| sums[i] += x * (first + slope * (x * x - squares[0])));
    })
}

/// For each sample, its distinct inputs x that are not 0: `prepare(h x)`, and the positions of x.
fn groups(cache: &Cache, prepare: impl Fn(f64) -> f64) -> Vec<Vec<(f64, Vec<usize>)>> {
    let of_sample =
        |n| distinct(cache.x, n).into_iter().map(|(bits, places)| (prepare(H * f64::from_bits(bits)), places));
    (0..cache.x.nrows()).map(|n| of_sample(n).collect()).collect()
}

/// The gradient from sums over the samples: `add(n, j, sums)` adds the contribution of sample n to W1[.., j].
fn gradient(cache: &Cache, add: impl Fn(usize, usize, &mut [f64])) -> DMatrix<f64> {
    let (n, d) = cache.x.shape();
    let mut sums = DMatrix::zeros(d, cache.w2.nrows());
    for (j, sums) in sums.as_mut_slice().chunks_mut(d).enumerate() {
        (0..n).for_each(|n| add(n, j, sums));
    }
    sums / (2.0 * H * n as f64)
}

/// The distinct inputs of a sample that are not 0, compared by their bits, each with its positions.
fn distinct(x: &DMatrix<f64>, n: usize) -> BTreeMap<u64, Vec<usize>> {
    let mut groups = BTreeMap::<u64, Vec<usize>>::new();
    for (i, x) in x.row(n).iter().enumerate().filter(|(_, x)| **x != 0.0) {
        groups.entry(x.to_bits()).or_default().push(i);
    }
    groups
}

/// A few elements by the definition, with the whole loss computed twice for each.
fn definition_at(
    net: &TwoLayerNet<f64>,
    x: &DMatrix<f64>,
    t: &[u8],
    places: &[(usize, usize)],
) -> Vec<((usize, usize), f64)> {
    let loss = |place: (usize, usize), step: f64| {
        let mut net = net.clone();
        net.params.w1[place] += step;
        net.loss(x, t)
    };
    places.iter().map(|&place| (place, (loss(place, H) - loss(place, -H)) / (2.0 * H))).collect()
}

fn timed<R>(mut work: impl FnMut() -> R) -> (R, f64) {
    let mut timed = || {
        let start = Instant::now();
        let result = work();
        (result, start.elapsed().as_secs_f64())
    };
    let first = timed();
    (0..4).fold(first, |best, _| {
        let next = timed();
        if next.1 < best.1 { next } else { best }
    })
}

fn images() -> (&'static str, ImageSet) {
    match Mnist::open(Path::new(env!("CARGO_MANIFEST_DIR")).join("../../data/mnist")) {
        Ok(mnist) => ("MNIST", mnist.train),
        Err(_) => ("built-in digits", Digits::new(0).train),
    }
}

/// A network after 600 iterations, when its weights are no longer all alike.
fn trained(images: &ImageSet) -> TwoLayerNet<f64> {
    let sizes = Sizes { inputs: images.pixels_per_image(), hidden: 50, classes: images.classes() };
    let mut net = TwoLayerNet::random(sizes, Activation::Sigmoid, 0.01, &mut ChaCha8Rng::seed_from_u64(0));
    for step in 0..600 {
        let (x, t) = images.range::<f64>(step * 16..step * 16 + 100);
        let gradient = net.gradient(&x, t);
        net.update(&gradient, 0.1);
    }
    net
}
