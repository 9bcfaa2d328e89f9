//! The report of a run, with the crate `report`.

use crate::arrays::{Arrays, net_of, value_error, with_causes};
use dataset::ImageSet;
use net::{Predictor, Rows, TwoLayerNet};
use numpy::{PyReadonlyArray1, PyReadonlyArray2};
use pyo3::prelude::*;
use report::{Accuracies, Answers, Fact, Page};

/// The report as an HTML document. `images` are bytes of `shape`; `history` is losses, stride and evaluations.
#[pyfunction]
#[expect(clippy::too_many_arguments, reason = "called by one Python function, which names them")]
pub(crate) fn page<'py>(
    py: Python<'py>,
    params: Arrays<'py>,
    activation: &str,
    images: PyReadonlyArray2<'py, u8>,
    labels: PyReadonlyArray1<'py, u8>,
    shape: (usize, usize),
    losses: Vec<f64>,
    stride: u64,
    evaluations: Vec<(u64, f64, f64)>,
    facts: Vec<(String, String)>,
) -> PyResult<String> {
    let net = net_of(&params, activation)?;
    let sizes = net.sizes();
    let pixels: Vec<u8> = images.as_array().iter().copied().collect();
    let labels = labels.as_array().to_vec();
    let set = ImageSet::new(shape.0, shape.1, sizes.classes, pixels, labels);
    let set = set.map_err(|error| value_error(with_causes(&error)))?;
    if set.pixels_per_image() != sizes.inputs {
        return Err(value_error(format!(
            "images of {} pixels for a net of {} inputs",
            set.pixels_per_image(),
            sizes.inputs
        )));
    }
    let html = py.detach(|| {
        let rows = Rows::<f64>::from_bytes(set.pixels(), sizes.inputs);
        let answers = Answers::of(&Predictor::new(&net), &rows, &set);
        #[expect(clippy::cast_possible_truncation, reason = "the page runs in single precision")]
        let net = TwoLayerNet { params: net.params.map(|v| v as f32), activation: net.activation };
        Page {
            facts: facts.into_iter().map(fact).collect(),
            warnings: Vec::new(),
            losses: &losses,
            loss_stride: stride,
            evaluations: evaluations
                .into_iter()
                .map(|(iteration, train, test)| Accuracies { iteration, train, test })
                .collect(),
            net: &net,
            test: &set,
            confusion: &answers.confusion,
            mistakes: answers.surest_mistakes.clone(),
            attribution: None,
        }
        .to_html()
    });
    html.map_err(|error| value_error(with_causes(&error)))
}

/// A row of the table of settings, with its Korean name if it is a setting of `train`.
fn fact((name, value): (String, String)) -> Fact {
    const NAMES: [[&str; 2]; 9] = [
        ["net", "신경망"],
        ["activation", "활성화 함수"],
        ["gradient", "기울기"],
        ["iterations", "반복 횟수"],
        ["batch size", "미니배치 크기"],
        ["sampling", "미니배치 뽑기"],
        ["learning rate", "학습률"],
        ["seed", "시드"],
        ["precision", "정밀도"],
    ];
    let known = NAMES.into_iter().find(|[english, _]| *english == name);
    Fact::new(known.unwrap_or(["run", "학습"]), value)
}
