//! The page of a run: one file that asks the network for nothing.

mod curves;
mod gallery;
mod html;
mod pictures;
mod sections;
mod text;

use crate::Mistake;
use crate::chart::ChartError;
use dataset::ImageSet;
use net::{ActivationHistogram, TwoLayerNet};

/// All that the page shows.
///
/// Text in it is escaped; what is not in it is not on the page: no path, no user, no address.
///
/// ```
/// use dataset::ImageSet;
/// use net::{Activation, Parameters, Sizes, TwoLayerNet};
/// use report::{Fact, Page};
///
/// let params = Parameters::zeros(Sizes { inputs: 784, hidden: 3, classes: 2 });
/// let page = Page {
///     facts: vec![Fact::new(["data set", "데이터셋"], "<two> images")],
///     warnings: vec![],
///     losses: &[0.7, 0.6],
///     loss_stride: 1,
///     evaluations: vec![],
///     net: &TwoLayerNet { params, activation: Activation::Sigmoid },
///     test: &ImageSet::new(28, 28, 2, vec![0; 2 * 784], vec![0, 1])?,
///     confusion: &[vec![1, 0], vec![1, 0]],
///     mistakes: vec![],
///     attribution: None,
/// };
/// let html = page.to_html()?;
/// assert!(html.contains("&lt;two&gt; images") && html.contains("50.00 % of 2 test images"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct Page<'a> {
    /// What was run: the rows of a table.
    pub facts: Vec<Fact>,
    /// What a reader of the page should know before anything else, in English and in Korean.
    pub warnings: Vec<[String; 2]>,
    /// The loss after every `loss_stride`-th iteration; none where the run is not known.
    pub losses: &'a [f64],
    /// See `losses`.
    pub loss_stride: u64,
    /// The accuracies, in the order of their iterations.
    pub evaluations: Vec<Accuracies>,
    /// The net, which the page runs itself.
    pub net: &'a TwoLayerNet<f32>,
    /// The test images that `confusion` and `mistakes` are about.
    pub test: &'a ImageSet,
    /// K x K counts: rows the label, columns the answer.
    pub confusion: &'a [Vec<usize>],
    /// The wrong answers to show, the most confident first.
    pub mistakes: Vec<Mistake>,
    /// Whom the images are by, where somebody must be named, in English and in Korean.
    pub attribution: Option<[&'a str; 2]>,
}

/// A row of the table of what was run.
#[derive(Clone, Debug)]
pub struct Fact {
    /// Its name in English and in Korean.
    pub name: [&'static str; 2],
    /// Its value in English and in Korean.
    pub value: [String; 2],
}

impl Fact {
    /// A fact whose value needs no translation.
    pub fn new(name: [&'static str; 2], value: impl Into<String>) -> Self {
        let value = value.into();
        Self { name, value: [value.clone(), value] }
    }
}

/// The accuracies after an iteration.
#[derive(Clone, Copy, Debug)]
pub struct Accuracies {
    /// How many iterations were done.
    pub iteration: u64,
    /// The share of the training images that is classified correctly.
    pub train: f64,
    /// The same of the test images.
    pub test: f64,
}

/// Why there is no page.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PageError {
    /// A chart could not be drawn.
    #[error("a chart of the page")]
    Chart(#[from] ChartError),
    /// A picture could not be encoded.
    #[error("a picture of the page")]
    Picture(#[from] png::EncodingError),
    /// The data for the page's script could not be encoded.
    #[error("the data of the page")]
    Data(#[from] serde_json::Error),
}

/// At most so many hidden neurons are drawn.
const NEURONS: usize = 100;

/// So many test images, the first, can be put into the canvas.
const SAMPLES: usize = 100;

/// A net with more parameters than this does not run in the page: its weights alone would take 1 MB.
const MOST_PARAMETERS: usize = 190_000;

impl Page<'_> {
    /// The page as an HTML document.
    ///
    /// # Errors
    ///
    /// When a figure cannot be drawn.
    ///
    /// # Panics
    ///
    /// When net, test images and confusion matrix do not fit together.
    pub fn to_html(&self) -> Result<String, PageError> {
        html::document(self)
    }

    /// The figures as SVG files: name and content.
    ///
    /// # Errors
    ///
    /// When a figure cannot be drawn.
    ///
    /// # Panics
    ///
    /// As [`Page::to_html`].
    pub fn figures(&self) -> Result<Vec<(&'static str, String)>, PageError> {
        let mut figures = Vec::new();
        if let Some(loss) = curves::loss(self, 0) {
            figures.push(("loss.svg", loss.to_svg(760, 420)?));
        }
        if let Some(accuracy) = curves::accuracy(self, 0) {
            figures.push(("accuracy.svg", accuracy.to_svg(760, 420)?));
        }
        figures.push(("activations.svg", curves::activations(&self.histogram().0, 0).to_svg(760, 420)?));
        figures.push(("confusion.svg", pictures::confusion(self.confusion)));
        if self.draws_neurons() {
            let neurons = (0..self.neurons()).map(|neuron| pictures::weights(self, neuron));
            figures.push(("neurons.svg", pictures::sheet(&neurons.collect::<Result<Vec<_>, _>>()?, self.test)));
        }
        let mistakes = self.mistakes.iter().map(|mistake| pictures::image(self.test, mistake.index));
        figures.push(("mistakes.svg", pictures::sheet(&mistakes.collect::<Result<Vec<_>, _>>()?, self.test)));
        Ok(figures)
    }

    fn neurons(&self) -> usize {
        self.net.sizes().hidden.min(NEURONS)
    }

    /// Whether a row of weights is an image like those of the set.
    fn draws_neurons(&self) -> bool {
        self.net.sizes().inputs == self.test.pixels_per_image()
    }

    /// Whether one can draw into the page: 28 x 28 and not too large.
    fn is_live(&self) -> bool {
        let parameters = self.net.sizes().parameters().unwrap_or(usize::MAX);
        (self.test.rows(), self.test.cols()) == (28, 28) && parameters <= MOST_PARAMETERS
    }

    /// How many test images can be put into the canvas.
    fn samples(&self) -> usize {
        if self.is_live() { self.test.len().min(SAMPLES) } else { 0 }
    }

    fn accuracy(&self) -> f64 {
        let right: usize = (0..self.confusion.len()).map(|k| self.confusion[k][k]).sum();
        right as f64 / self.test.len() as f64
    }

    /// Of the hidden activations, and of how many test images.
    fn histogram(&self) -> (ActivationHistogram, usize) {
        curves::histogram(self.net, self.test)
    }
}
