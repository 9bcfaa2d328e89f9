//! `app gradcheck`: backpropagation against central differences of the loss.

use crate::cli::GradcheckArgs;
use crate::data::{self, Data};
use crate::model::Model;
use crate::text::{shape, thousands};
use anyhow::Result;
use core_math::{Cause, CheckMode, FiniteDifference, GradientCheck, GradientReport, Place, Step, gradient_check};
use nalgebra::DMatrix;
use net::{Parameters, Sizes, TwoLayerNet};
use serde::Serialize;
use std::fmt::Write as _;
use std::io::{self, Write as _};
use std::process::ExitCode;

pub(crate) fn run(arguments: &GradcheckArgs) -> Result<ExitCode> {
    let load = |path| Model::load(Some(path), arguments.activation);
    let model = arguments.model().map(load).transpose()?;
    let run = model.as_ref().and_then(|model| model.run.as_ref());
    let (name, data_dir) = data::resolve(&arguments.source, run.map(|run| &run.config))?;
    let data = Data::load(name, &data_dir, None, None)?;
    let (what, net) = match &model {
        None => {
            let sizes = Sizes { inputs: data.train.pixels_per_image(), hidden: 50, classes: data.train.classes() };
            ("a fresh net".to_owned(), training::fresh_net(arguments.seed, sizes, net::Activation::Sigmoid, 0.01))
        }
        Some(model) => {
            data.check_fits(model.sizes()?)?;
            (model.path.display().to_string(), model.net::<f64>())
        }
    };
    let batch_size = arguments.batch_size.min(data.train.len());
    let (x, t) = data.train.range::<f64>(0..batch_size);
    let checked = check(&net, &x, t, &net.gradient(&x, t), arguments)?;

    let text = if arguments.json {
        serde_json::to_string_pretty(&checked)? + "\n"
    } else {
        let head = format!("net     {what}\nbatch   the first {batch_size} training images of {name}\n\n");
        head + &text(&checked, arguments)?
    };
    io::stdout().write_all(text.as_bytes())?;
    Ok(if checked.holds { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

#[derive(Serialize)]
struct Checked {
    holds: bool,
    step: f64,
    absolute_tolerance: f64,
    relative_tolerance: f64,
    parameters: Vec<Array>,
}

/// The report on W1, b1, W2 or b2.
#[derive(Serialize)]
struct Array {
    name: &'static str,
    shape: Vec<usize>,
    compared: usize,
    failed: usize,
    worst: Option<Worst>,
    /// Analytic over numerical, the median over the failing places.
    ratio: Option<f64>,
    cause: Option<String>,
}

#[derive(Serialize)]
struct Worst {
    /// Row and column, or the one index of a bias.
    at: Vec<usize>,
    numerical: f64,
    analytic: f64,
    absolute: f64,
    relative: f64,
}

/// Compares `analytic` with central differences of the loss, in some places of each array.
fn check(
    net: &TwoLayerNet<f64>,
    x: &DMatrix<f64>,
    t: &[u8],
    analytic: &Parameters<f64>,
    arguments: &GradcheckArgs,
) -> Result<Checked> {
    let options = GradientCheck {
        difference: FiniteDifference::central().step(Step::Fixed(arguments.step)),
        mode: CheckMode::Sampled { count: arguments.samples, seed: arguments.seed },
        batch_size: Some(t.len()),
        ..GradientCheck::default()
    };
    let mut parameters = Vec::new();
    for (k, ((name, analytic), shape)) in analytic.named().zip(net.sizes().shapes()).enumerate() {
        let mut moving = net.clone();
        let loss = |values: &[f64]| {
            moving.params.arrays_mut()[k].copy_from_slice(values);
            moving.loss(x, t)
        };
        let values = net.params.arrays()[k];
        let report = gradient_check(loss, values, analytic, &options)?;
        parameters.push(array(name, shape, &report, net.activation));
    }
    Ok(Checked {
        holds: parameters.iter().all(|array| array.failed == 0),
        step: arguments.step,
        absolute_tolerance: options.absolute,
        relative_tolerance: options.relative,
        parameters,
    })
}

fn array(name: &'static str, shape: Vec<usize>, report: &GradientReport, activation: net::Activation) -> Array {
    // the matrices are stored by column
    let at = |index: usize| match shape[..] {
        [rows, _] => vec![index % rows, index / rows],
        _ => vec![index],
    };
    let worst = report.worst.map(|Place { index, numerical, analytic, absolute, relative, .. }| Worst {
        at: at(index),
        numerical,
        analytic,
        absolute,
        relative,
    });
    let cause = report.cause.as_ref().map(|cause| match cause {
        Cause::StepTooLarge if activation == net::Activation::Relu => {
            format!("{cause}, or a hidden unit of relu crosses 0 within h")
        }
        cause => cause.to_string(),
    });
    Array { name, shape, compared: report.compared, failed: report.failed, worst, ratio: report.ratio, cause }
}

fn text(checked: &Checked, arguments: &GradcheckArgs) -> Result<String> {
    let mut text = String::new();
    writeln!(
        text,
        "{:4} {:>9} {:>6} {:>6}  {:10} {:>9} {:>9} {:>8} {:>8}",
        "", "shape", "places", "failed", "worst at", "numerical", "backprop", "absolute", "relative"
    )?;
    for Array { name, shape: of, compared, failed, worst, .. } in &checked.parameters {
        write!(text, "{name:4} {:>9} {:>6} {failed:>6}", shape(of), thousands(*compared))?;
        if let Some(Worst { at, numerical, analytic, absolute, relative }) = worst {
            write!(
                text,
                "  {:10} {numerical:>9.2e} {analytic:>9.2e} {absolute:>8.0e} {relative:>8.0e}",
                format!("{at:?}")
            )?;
        }
        writeln!(text)?;
    }
    let (absolute, relative) = (checked.absolute_tolerance, checked.relative_tolerance);
    let rule = format!("|n - a| <= {absolute:e} + {relative:e} max(|n|, |a|), h = {:e}", arguments.step);
    if checked.holds {
        writeln!(text, "\nThe gradients agree: {rule}")?;
    } else {
        writeln!(text, "\nThe gradients differ: not everywhere {rule}")?;
    }
    for Array { name, failed, ratio, cause, .. } in checked.parameters.iter().filter(|array| array.failed > 0) {
        let ratio = ratio.map_or_else(String::new, |ratio| format!(", backprop/numerical {ratio:.4}"));
        let cause = cause.as_deref().unwrap_or_default();
        writeln!(text, "  {name}: {failed} places{ratio}\n      {cause}")?;
    }
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::Parser;

    #[derive(Parser)]
    struct Only {
        #[command(flatten)]
        arguments: GradcheckArgs,
    }

    fn problem() -> (TwoLayerNet<f64>, DMatrix<f64>, Vec<u8>, GradcheckArgs) {
        let sizes = Sizes { inputs: 7, hidden: 5, classes: 3 };
        let net = training::fresh_net(1, sizes, net::Activation::Sigmoid, 0.8);
        let x = DMatrix::from_fn(4, 7, |i, j| ((i * 3 + j * 5) % 11) as f64 / 10.0);
        (net, x, vec![0, 2, 1, 2], Only::parse_from(["app"]).arguments)
    }

    #[test]
    fn the_right_gradient_holds_in_every_array() {
        let (net, x, t, arguments) = problem();
        let checked = check(&net, &x, &t, &net.gradient(&x, &t), &arguments).unwrap();
        assert!(checked.holds);
        assert_eq!(checked.parameters.iter().map(|array| array.compared).collect::<Vec<_>>(), [35, 5, 15, 3]);
        assert!(text(&checked, &arguments).unwrap().contains("The gradients agree"));
    }

    #[test]
    fn a_bug_in_one_array_is_found_there_and_named() {
        let (net, x, t, arguments) = problem();
        let right = net.gradient(&x, &t);
        let planted = [(-1.0, "a sign is wrong"), (4.0, "the batch size"), (0.0, "leaves this variable out")];
        for (factor, word) in planted {
            for k in 0..4 {
                let mut wrong = right.clone();
                wrong.arrays_mut()[k].iter_mut().for_each(|slope| *slope *= factor);
                let checked = check(&net, &x, &t, &wrong, &arguments).unwrap();
                assert!(!checked.holds);
                for (array, found) in checked.parameters.iter().enumerate() {
                    assert_eq!(found.failed > 0, array == k, "{}", found.name);
                }
                assert!(
                    checked.parameters[k].cause.as_deref().unwrap().contains(word),
                    "{:?}",
                    checked.parameters[k].cause
                );
            }
        }
    }

    #[test]
    fn the_worst_place_is_named_by_row_and_column() {
        let (net, x, t, arguments) = problem();
        let mut wrong = net.gradient(&x, &t);
        wrong.w2[(3, 1)] += 1.0;
        let checked = check(&net, &x, &t, &wrong, &arguments).unwrap();
        assert_eq!(checked.parameters[2].worst.as_ref().unwrap().at, [3, 1]);
        assert_eq!(checked.parameters[2].failed, 1);
    }
}
