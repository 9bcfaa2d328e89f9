//! Trains with observers until the network is good enough, saves it as .npz, loads it, and classifies the digit in a PNG.

use net::{Activation, GradientMethod, Predictor, Rows};
use std::error::Error;
use std::ops::ControlFlow;
use std::sync::Arc;
use training::{Config, Data, Observer, Run};

/// Prints the notebook's line, and stops the run above a given accuracy.
struct UntilGood(f64);

impl Observer<f64> for UntilGood {
    type Error = std::convert::Infallible;

    fn after_evaluation(&mut self, run: &Run<f64>) -> Result<ControlFlow<()>, Self::Error> {
        let Some(last) = run.history().evaluations.last() else { return Ok(ControlFlow::Continue(())) };
        println!("train acc, test acc | {},{}", last.train_accuracy, last.test_accuracy);
        Ok(if last.test_accuracy > self.0 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) })
    }
}

fn main() -> Result<(), Box<dyn Error>> {
    let folder = std::env::args_os().nth(1).map_or_else(std::env::temp_dir, Into::into);
    let digits = dataset::Digits::new(0);
    let data = Arc::new(Data::of_images(&digits.train, &digits.test));
    let gradient = GradientMethod::CentralDifferences { h: 1e-4 };
    let mut run = Run::new(Config { gradient, ..Config::default() }, data)?;
    let outcome = run.run(&mut UntilGood(0.9))?;
    println!("{outcome:?} after {} iterations", run.iteration());

    let file = folder.join("net.npz");
    std::fs::write(&file, net_file::npz::write(&run.net().params.into(), run.net().activation)?)?;

    let net = net_file::read(&std::fs::read(&file)?)?.net::<f64>(Activation::Sigmoid);
    let pixels = picture::read_digit(include_bytes!("../../../docs/figures/five.png"))?;
    let x = Rows::from_bytes(&pixels, 784);
    let predictor = Predictor::new(&net);
    let class = predictor.classes(&x, 0..1)[0];
    let probability = predictor.probabilities(&x, 0..1)[(0, usize::from(class))];
    println!("five.png shows a {class} ({:.1} %)", probability * 100.0);
    Ok(())
}
