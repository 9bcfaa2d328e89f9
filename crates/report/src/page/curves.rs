//! The charts of the report: loss, accuracy, hidden activations. Language 0 is English, 1 is Korean.

use super::{Accuracies, Page};
use crate::chart::{Axis, Chart, LARGEST, Mark, Series};
use dataset::ImageSet;
use net::{ActivationHistogram, TwoLayerNet};

/// Raw losses are reduced to at most twice this many points.
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

/// The histogram of the hidden activations for the first test images, and the number of these images.
pub(super) fn histogram(net: &TwoLayerNet<f32>, test: &ImageSet) -> (ActivationHistogram, usize) {
    let images = test.len().min(1000);
    let (x, _) = test.range::<f32>(0..images);
    (ActivationHistogram::of(net, &x), images)
}

pub(super) fn activations(histogram: &ActivationHistogram, language: usize) -> Chart {
    let ActivationHistogram { from, width, shares } = histogram;
    let bars = shares.iter().enumerate().map(|(k, share)| (from + (k as f64 + 0.5) * width, *share));
    let series = vec![Series::new("", Mark::Bars { width: *width }, bars)];
    let [x, y] = [["hidden activation", "share"], ["은닉층의 출력", "비율"]][language];
    Chart::new("", Axis::linear(x), Axis::linear(y), series)
}

/// The smallest and the largest loss in each of `POINTS` sections, in order.
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

/// The mean over a hundredth of the run around each point, or over less at the ends.
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
}
