//! The charts of a page: loss, accuracy, hidden activations. Language 0 is English, 1 Korean.

use super::{Accuracies, Page};
use crate::chart::{Axis, Chart, LARGEST, Mark, Series};
use dataset::ImageSet;
use net::{Activation, TwoLayerNet};

/// Raw losses are thinned to at most twice this many points.
const POINTS: usize = 300;

pub(super) fn loss(page: &Page, language: usize) -> Option<Chart> {
    let losses = page.losses;
    if losses.is_empty() {
        return None;
    }
    let at = |k: usize| (k + 1) as f64 * page.loss_stride as f64;
    let [raw, smooth] = [["each minibatch", "smoothed"], ["미니배치마다", "평균"]][language];
    let smoothed = smoothed(losses);
    let every = losses.len().div_ceil(POINTS);
    let smoothed = smoothed.iter().enumerate().step_by(every).map(|(k, loss)| (at(k), *loss));
    let series = vec![
        Series::new(raw, Mark::Faint, thinned(losses).into_iter().map(|(k, loss)| (at(k), loss))),
        Series::new(smooth, Mark::Line, smoothed),
    ];
    Some(chart(["loss", "손실"][language], language, series).legend_at_the_right_top())
}

pub(super) fn accuracy(page: &Page, language: usize) -> Option<Chart> {
    if page.evaluations.is_empty() {
        return None;
    }
    let of = |share: fn(&Accuracies) -> f64| page.evaluations.iter().map(move |e| (e.iteration as f64, share(e)));
    let [train, test] = [["training images", "test images"], ["훈련 데이터", "시험 데이터"]][language];
    let series = vec![Series::new(train, Mark::Line, of(|e| e.train)), Series::new(test, Mark::Dashes, of(|e| e.test))];
    Some(chart(["accuracy", "정확도"][language], language, series))
}

fn chart(y: &str, language: usize, series: Vec<Series>) -> Chart {
    Chart::new("", Axis::linear(["iteration", "반복"][language]), Axis::linear(y), series)
}

/// How often the hidden activations of some test images fall between two borders.
pub(super) struct Histogram {
    /// The lower border of the first bin, and the width of each.
    pub(super) from: f64,
    pub(super) width: f64,
    /// Shares of all activations; together 1.
    pub(super) shares: [f64; 20],
    pub(super) images: usize,
}

impl Histogram {
    pub(super) fn of(net: &TwoLayerNet<f32>, test: &ImageSet) -> Self {
        let images = test.len().min(1000);
        let (x, _) = test.range::<f32>(0..images);
        let (_, z) = net.hidden(&x); // N x H
        let (from, to) = match net.activation {
            Activation::Sigmoid => (0.0, 1.0),
            Activation::Tanh => (-1.0, 1.0),
            Activation::Relu => {
                let finite = z.iter().map(|value| f64::from(*value)).filter(|value| value.is_finite());
                (0.0, finite.fold(1e-3, f64::max))
            }
        };
        let mut shares = [0.0; 20];
        let width = (to - from) / shares.len() as f64;
        for value in &z {
            #[expect(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "saturates, and is cut to a bin"
            )]
            let bin = ((f64::from(*value) - from) / width) as usize;
            shares[bin.min(19)] += 1.0 / z.len() as f64;
        }
        Self { from, width, shares, images }
    }
}

pub(super) fn activations(histogram: &Histogram, language: usize) -> Chart {
    let Histogram { from, width, shares, .. } = histogram;
    let bars = shares.iter().enumerate().map(|(k, share)| (from + (k as f64 + 0.5) * width, *share));
    let series = vec![Series::new("", Mark::Bars { width: *width }, bars)];
    let [x, y] = [["hidden activation", "share"], ["은닉층의 출력", "비율"]][language];
    Chart::new("", Axis::linear(x), Axis::linear(y), series)
}

/// Of each of `POINTS` stretches the least and the largest loss, in their order.
fn thinned(losses: &[f64]) -> Vec<(usize, f64)> {
    let length = losses.len().div_ceil(POINTS);
    let mut kept = Vec::new();
    for (n, stretch) in losses.chunks(length).enumerate() {
        let places = || stretch.iter().enumerate();
        let least = places().min_by(|a, b| a.1.total_cmp(b.1)).map_or(0, |(k, _)| k);
        let largest = places().max_by(|a, b| a.1.total_cmp(b.1)).map_or(0, |(k, _)| k);
        let (first, second) = (least.min(largest), least.max(largest));
        kept.push((n * length + first, stretch[first]));
        if second > first {
            kept.push((n * length + second, stretch[second]));
        }
    }
    kept
}

/// The mean over a hundredth of the run around each place, over less at the ends.
pub(super) fn smoothed(losses: &[f64]) -> Vec<f64> {
    let reach = losses.len() / 200;
    let mean = |k: usize| {
        let reach = reach.min(k).min(losses.len() - 1 - k);
        let around = &losses[k - reach..=k + reach];
        around.iter().map(|loss| loss.clamp(-LARGEST, LARGEST)).sum::<f64>() / around.len() as f64
    };
    (0..losses.len()).map(mean).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use net::{Parameters, Sizes};

    #[test]
    fn thinning_keeps_the_extremes_and_short_runs_whole() {
        assert_eq!(thinned(&[3.0, 1.0, 2.0]), [(0, 3.0), (1, 1.0), (2, 2.0)]);
        let mut losses = vec![1.0; 10_000];
        losses[5_000] = 9.0;
        losses[7_777] = 0.1;
        let kept = thinned(&losses);
        assert!(kept.len() <= 2 * POINTS && kept.contains(&(5_000, 9.0)) && kept.contains(&(7_777, 0.1)));
        assert!(kept.is_sorted_by(|a, b| a.0 < b.0));
    }

    #[test]
    fn smoothing_is_a_mean_around_each_place() {
        assert_eq!(smoothed(&[4.0, 2.0]), [4.0, 2.0]);
        let line: Vec<f64> = (0..1000).map(f64::from).collect();
        assert!(smoothed(&line).iter().zip(&line).all(|(a, b)| (a - b).abs() < 1e-9), "a line stays a line");
        let mut spike = vec![0.0; 1000];
        spike[500] = 11.0;
        assert!((smoothed(&spike)[503] - 1.0).abs() < 1e-12);
        assert!(smoothed(&[f64::MAX; 1000]).iter().all(|mean| mean.is_finite()));
    }

    #[test]
    fn a_histogram_counts_every_neuron_on_every_image_in_its_bin() {
        let mut params = Parameters::<f32>::zeros(Sizes { inputs: 1, hidden: 4, classes: 2 });
        params.b1.copy_from_slice(&[0.0, 9.0, -9.0, -9.0]);
        let net = |activation| TwoLayerNet { params: params.clone(), activation };
        let test = ImageSet::new(1, 1, 2, vec![0, 0, 0], vec![0, 1, 0]).unwrap();
        let sigmoid = Histogram::of(&net(Activation::Sigmoid), &test);
        assert!((sigmoid.shares.iter().sum::<f64>() - 1.0).abs() < 1e-12);
        let close = |found: f64, expected: f64| assert!((found - expected).abs() < 1e-12, "{found} {expected}");
        for (bin, share) in [(0, 0.5), (10, 0.25), (19, 0.25)] {
            close(sigmoid.shares[bin], share);
        }
        let relu = Histogram::of(&net(Activation::Relu), &test);
        close(relu.from + 20.0 * relu.width, 9.0);
        close(relu.shares[0], 0.75);
        assert!(activations(&relu, 1).to_svg(300, 200).unwrap().matches("<rect").count() > 1);
    }
}
