//! `app gradcheck`: backpropagation against central differences of the loss.

use crate::cli::GradcheckArgs;
use crate::data::{self, Data};
use crate::lang::said;
use crate::model::Model;
use crate::text::{headings, padded, shape, thousands};
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
            let what = said!(
                "{}-{}-{}, sigmoid, random weights (seed {})",
                "{}-{}-{}, sigmoid, 무작위 가중치 (시드 {})",
                sizes.inputs,
                sizes.hidden,
                sizes.classes,
                arguments.seed
            );
            (what, training::fresh_net(arguments.seed, sizes, net::Activation::Sigmoid, 0.01))
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
        let head = said!(
            "network  {what}\nbatch    the first {batch_size} training images of {name}\n\n",
            "신경망   {what}\n배치     처음 {batch_size}장, {name}의 훈련 이미지\n\n"
        );
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
    /// Analytic over numerical, the median over the failing elements.
    ratio: Option<f64>,
    /// In English.
    cause: Option<String>,
    #[serde(skip)]
    korean_cause: Option<String>,
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
    let is_kink = activation == net::Activation::Relu && matches!(report.cause, Some(Cause::StepTooLarge));
    let cause = report.cause.as_ref().map(|cause| match cause {
        cause if is_kink => format!("{cause}, or a hidden neuron of relu crosses 0 within h"),
        cause => cause.to_string(),
    });
    let korean_cause = report.cause.as_ref().map(|cause| match korean(cause) {
        cause if is_kink => format!("{cause}. 아니면 은닉층의 relu 뉴런이 h 안에서 0을 지납니다"),
        cause => cause,
    });
    let &GradientReport { compared, failed, ratio, .. } = report;
    Array { name, shape, compared, failed, worst, ratio, cause, korean_cause }
}

/// The cause in Korean.
fn korean(cause: &Cause) -> String {
    match cause {
        Cause::Sign => "비율이 -1입니다: 부호가 반대입니다".to_owned(),
        Cause::Log10 => {
            "비율이 ln 10 = 2.303이나 그 역수입니다: 한쪽은 log10을, 다른 쪽은 자연로그를 씁니다".to_owned()
        }
        Cause::Mean { batch_size, forgotten: true } => {
            format!("비율이 배치 크기인 {batch_size}입니다: 배치에 대한 평균을 내지 않았습니다")
        }
        Cause::Mean { batch_size, forgotten: false } => {
            format!("비율이 1/{batch_size}입니다: 배치에 대한 평균을 두 번 냈습니다")
        }
        Cause::NotConnected => "비율이 0입니다: 기울기에서 이 변수를 빠뜨렸습니다".to_owned(),
        Cause::Two => "비율이 2나 1/2입니다: 제곱을 미분할 때 나오는 2를 빠뜨렸거나 두 번 곱했습니다".to_owned(),
        Cause::Factor(ratio) => {
            format!("틀린 원소에서 비율이 모두 {ratio:.4}입니다: 그만큼 곱하거나 나누는 것을 빠뜨렸습니다")
        }
        Cause::Permuted => {
            "값은 맞지만 순서가 다릅니다: 전치되었거나 밀렸거나, 행과 열의 순서가 바뀌었습니다".to_owned()
        }
        Cause::Offset(difference) => format!("틀린 원소에서 차이가 모두 {difference:e}입니다"),
        Cause::WeightDecay(factor) => {
            format!("차이가 모두 매개변수의 {factor:e}배입니다: 가중치 감소가 한쪽에만 있습니다")
        }
        Cause::Kink => "왼쪽과 오른쪽의 기울기가 다릅니다: 함수가 여기서 꺾여 있어 미분할 수 없습니다".to_owned(),
        Cause::Rounding => "차이가 반올림 오차만 합니다: h를 더 크게 하세요".to_owned(),
        Cause::StepTooLarge => "h를 10분의 1로 줄이면 훨씬 잘 맞습니다: h가 너무 큽니다".to_owned(),
        Cause::NotFinite => "NaN이나 무한대가 있습니다".to_owned(),
        Cause::Unknown => "두 기울기 사이에 뚜렷한 관계가 없습니다".to_owned(),
        other => other.to_string(),
    }
}

fn text(checked: &Checked, arguments: &GradcheckArgs) -> Result<String> {
    let mut text = String::new();
    let counts = headings([(said!("shape", "형상"), 9), (said!("tested", "검사"), 6), (said!("failed", "불일치"), 6)]);
    let values = headings([
        (said!("numerical", "수치 미분"), 9),
        (said!("backprop", "역전파"), 9),
        (said!("absolute", "절대 차"), 8),
        (said!("relative", "상대 차"), 8),
    ]);
    writeln!(text, "{:4}{counts}  {}{values}", "", padded(&said!("worst at", "최대 위치"), 10))?;
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
        writeln!(text, "\n{}", said!("The gradients agree: {rule}", "두 기울기가 일치합니다: {rule}"))?;
    } else {
        let line = said!(
            "The gradients differ; this does not hold everywhere: {rule}",
            "두 기울기가 다릅니다. 어긴 조건: {rule}"
        );
        writeln!(text, "\n{line}")?;
    }
    for array in checked.parameters.iter().filter(|array| array.failed > 0) {
        let Array { name, failed, ratio, .. } = array;
        let ratio = ratio.map_or_else(String::new, |ratio| format!(", backprop/numerical {ratio:.4}"));
        let [english, korean] = [&array.cause, &array.korean_cause].map(|cause| cause.as_deref().unwrap_or_default());
        let lines = said!(
            "  {name}: {failed} elements{ratio}\n      {english}",
            "  {name}: 원소 {failed}개{ratio}\n      {korean}"
        );
        writeln!(text, "{lines}")?;
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
