//! The network as the page shows it during training.

use crate::session::Course;
use dataset::ImageSet;
use net::nalgebra::DMatrix;
use net::{ActivationHistogram, GradientMethod, Parameters, Predictor};
use serde::Serialize;

/// The number of hidden neurons that are drawn.
const NEURONS: usize = 100;

/// The number of test images in the histogram of hidden activations.
const HISTOGRAM_IMAGES: usize = 200;

/// The current network. The weights of `neurons` hidden neurons follow, 784 f32 each.
#[derive(Serialize)]
pub(crate) struct View {
    iteration: u64,
    neurons: usize,
    hidden: usize,
    /// The histogram of the hidden activations.
    histogram: Option<Histogram>,
    /// The confusion matrix, K x K counts for the test images: rows are labels, columns are answers.
    confusion: Option<Vec<Vec<usize>>>,
    /// The difference between both gradients of the next minibatch.
    difference: Option<Difference>,
}

#[derive(Serialize)]
struct Histogram {
    from: f64,
    width: f64,
    shares: [f64; 20],
    images: usize,
}

/// The parameter whose two gradients differ most, and the difference.
#[derive(Serialize)]
pub(crate) struct Difference {
    name: &'static str,
    largest: f64,
}

pub(crate) fn largest_difference(a: &Parameters<f64>, b: &Parameters<f64>) -> Difference {
    let pairs =
        a.named().zip(b.arrays()).flat_map(|((name, a), b)| a.iter().zip(b).map(move |(a, b)| (name, (a - b).abs())));
    let (name, largest) = pairs.fold(("W1", 0.0), |most, next| if next.1 > most.1 { next } else { most });
    Difference { name, largest }
}

/// The test images for the histogram, N x D.
pub(crate) fn histogram_images(test: &ImageSet) -> DMatrix<f64> {
    test.range(0..test.len().min(HISTOGRAM_IMAGES)).0
}

impl Course {
    /// The current network; the weights of its neurons are appended to `weights`.
    pub(crate) fn view(&self, answers: bool, difference: bool, weights: &mut Vec<u8>) -> View {
        let net = self.run.net();
        let hidden = net.params.w1.ncols();
        let neurons = hidden.min(NEURONS);
        for neuron in 0..neurons {
            #[expect(clippy::cast_possible_truncation, reason = "for a picture")]
            weights.extend(net.params.w1.column(neuron).iter().flat_map(|weight| (*weight as f32).to_le_bytes()));
        }
        View {
            iteration: self.run.iteration(),
            neurons,
            hidden,
            histogram: answers.then(|| {
                let ActivationHistogram { from, width, shares } = ActivationHistogram::of(&net, &self.histogram_images);
                Histogram { from, width, shares, images: self.histogram_images.nrows() }
            }),
            confusion: answers.then(|| self.confusion()),
            difference: if difference { self.difference() } else { None },
        }
    }

    /// `None` if the run has diverged, or if its weights are too large for the step h; a step in detail says so.
    fn difference(&self) -> Option<Difference> {
        let methods = [GradientMethod::CentralDifferences { h: self.h }, GradientMethod::Backpropagation];
        let [numerical, backpropagation] = methods.map(|method| self.run.next_gradient(method).ok());
        Some(largest_difference(&numerical?, &backpropagation?))
    }

    fn confusion(&self) -> Vec<Vec<usize>> {
        let test = &self.run.data().test;
        let mut counts = vec![vec![0; self.run.data().classes]; self.run.data().classes];
        let answers = self.run.predictor().classes(&test.x, 0..test.t.len());
        for (label, answer) in test.t.iter().zip(answers) {
            counts[usize::from(*label)][usize::from(answer)] += 1;
        }
        counts
    }

    /// The probability of each class for one image.
    pub(crate) fn classify(&self, image: &[u8]) -> Vec<f64> {
        let x = net::Rows::from_bytes(image, image.len());
        let predictor: Predictor<f64> = self.run.predictor();
        predictor.probabilities(&x, 0..1).iter().copied().collect()
    }
}
