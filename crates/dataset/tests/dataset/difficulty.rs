//! How hard the built-in digits are: too hard for a linear model, easy enough for the chapter's net.

use dataset::{Digits, ImageSet, Sampler, Sampling};
use nalgebra::DMatrix;
use rand::Rng;
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng;

type Matrix = DMatrix<f32>;

#[test]
#[ignore]
fn tune() {
    let seeds: u64 = std::env::var("SEEDS").map_or(1, |s| s.parse().unwrap());
    for seed in 0..seeds {
        let t = std::time::Instant::now();
        let d = Digits::new(seed);
        let gen_t = t.elapsed();
        if std::env::var("NOSOFT").is_err() {
        for (rate, its) in [(0.05, 5000), (0.3, 5000), (0.1,30_000)] {
            let t = std::time::Instant::now();
            let (best, last) = train(&d, &[784, 10], rate, its, seed);
            eprintln!("seed {seed} gen {gen_t:?} softmax rate {rate}: best {best:.4} last {last:.4} {:?}", t.elapsed());
        }
        }
        let t = std::time::Instant::now();
        let (best, last) = train(&d, &[784, 50, 10], 0.1, 10_000, seed);
        eprintln!("seed {seed} net: best {best:.4} last {last:.4} {:?}", t.elapsed());
    }
}

fn train(d: &Digits, sizes: &[usize], rate: f32, iterations: u64, seed: u64) -> (f64, f64) {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let mut layers: Vec<(Matrix, Matrix)> = sizes.windows(2).map(|s| {
        (Matrix::from_fn(s[0], s[1], |_, _| 0.01 * normal(&mut rng)), Matrix::zeros(1, s[1]))
    }).collect();
    let mut sampler = Sampler::new(Sampling::Replacement, seed, d.train.len(), 100).unwrap();
    let mut best: f64 = 0.0;
    let mut last = 0.0;
    for i in 0..iterations {
        let (x, t) = d.train.batch::<f32>(sampler.batch(i));
        // forward
        let mut acts = vec![x];
        for (k, (w, b)) in layers.iter().enumerate() {
            let mut z = acts.last().unwrap() * w;
            for mut r in z.row_iter_mut() { r += b; }
            if k + 1 < layers.len() { z.apply(|v| *v = 1.0 / (1.0 + (-*v).exp())); }
            acts.push(z);
        }
        let mut delta = softmax(acts.pop().unwrap());
        for (r, &l) in t.iter().enumerate() { delta[(r, usize::from(l))] -= 1.0; }
        delta /= t.len() as f32;
        for (w, b) in layers.iter_mut().rev() {
            let a = acts.pop().unwrap();
            let gw = a.transpose() * &delta;
            let gb = Matrix::from_row_slice(1, delta.ncols(), delta.row_sum().as_slice());
            if !acts.is_empty() {
                let mut next = &delta * w.transpose();
                next.zip_apply(&a, |d, a| *d *= a * (1.0 - a));
                delta = next;
            }
            *w -= gw * rate;
            *b -= gb * rate;
        }
        if (i + 1) % 500 == 0 {
            last = accuracy(&d.test, &layers);
            best = best.max(last);
            if std::env::var("V").is_ok() { eprintln!("  {} {last:.4} train {:.4}", i + 1, accuracy(&d.train, &layers)); }
        }
    }
    if std::env::var("CONF").is_ok() && sizes.len() == 3 {
        let (mut z, t) = d.test.range::<f32>(0..d.test.len());
        for (k, (w, b)) in layers.iter().enumerate() {
            z = z * w;
            for mut r in z.row_iter_mut() { r += b; }
            if k + 1 < layers.len() { z.apply(|v| *v = 1.0 / (1.0 + (-*v).exp())); }
        }
        let mut m = [[0; 10]; 10];
        for (r, &l) in t.iter().enumerate() { m[l as usize][z.row(r).transpose().argmax().0] += 1; }
        for r in m { eprintln!("{r:?}"); }
    }
    (best, last)
}

fn accuracy(set: &ImageSet, layers: &[(Matrix, Matrix)]) -> f64 {
    let (mut z, t) = set.range::<f32>(0..set.len());
    for (k, (w, b)) in layers.iter().enumerate() {
        z = z * w;
        for mut r in z.row_iter_mut() { r += b; }
        if k + 1 < layers.len() { z.apply(|v| *v = 1.0 / (1.0 + (-*v).exp())); }
    }
    let right = t.iter().enumerate().filter(|(r, l)| z.row(*r).transpose().argmax().0 == usize::from(**l)).count();
    right as f64 / t.len() as f64
}

fn softmax(mut z: Matrix) -> Matrix {
    for mut row in z.row_iter_mut() {
        let max = row.max();
        row.apply(|v| *v = (*v - max).exp());
        let sum = row.sum();
        row /= sum;
    }
    z
}

fn normal(rng: &mut ChaCha8Rng) -> f32 {
    (0..12).map(|_| (rng.next_u32() >> 8) as f32 / 16_777_216.0).sum::<f32>() - 6.0
}
#[test]
#[ignore]
fn sheet() {
    let d = Digits::with_sizes(0, 4000, 0).train;
    // 10 rows (by label) x 24
    let mut out = vec![0u8; 280 * 28 * 24];
    for k in 0..10usize {
        let idx: Vec<usize> = (0..d.len()).filter(|&i| d.labels()[i] as usize == k).take(24).collect();
        for (c, &i) in idx.iter().enumerate() { for r in 0..28 { for x in 0..28 {
            out[(k * 28 + r) * 28 * 24 + c * 28 + x] = d.image(i)[r * 28 + x];
        }}}
    }
    let mut f = format!("P5\n{} {}\n255\n", 28 * 24, 280).into_bytes();
    f.extend(out);
    std::fs::write("/tmp/sheet/sheet.pgm", f).unwrap();
}
