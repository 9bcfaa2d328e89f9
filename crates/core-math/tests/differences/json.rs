//! With the feature `serde`: reports and what they hold as JSON.

use core_math::{
    BlockReports, Cause, CheckMode, Extrapolated, GradientCheck, GradientReport, gradient_check, gradient_check_blocks,
};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::{from_str, to_string};

#[track_caller]
fn there_and_back<V: Serialize + DeserializeOwned + PartialEq + std::fmt::Debug>(value: V, json: &str) {
    assert_eq!(to_string(&value).unwrap(), json);
    assert_eq!(from_str::<V>(json).unwrap(), value);
}

fn report(analytic: &[f64]) -> GradientReport {
    gradient_check(|x: &[f64]| x[0] + 2.0 * x[1], &[1.0, 1.0], analytic, &GradientCheck::default()).unwrap()
}

#[test]
fn a_report_comes_back_whole() {
    let flat = gradient_check(|_: &[f64]| 1.0, &[1.0], &[0.5], &GradientCheck::default()).unwrap();
    assert!(flat.failed == 1 && flat.ratio.is_none(), "{flat:?}"); // 0.5 over 0
    for report in [[1.0, 2.0], [1.0, -2.0], [0.3, 0.7]].map(|analytic| report(&analytic)).into_iter().chain([flat]) {
        assert_eq!(from_str::<GradientReport>(&to_string(&report).unwrap()).unwrap(), report);
    }
    let json = to_string(&report(&[1.0, -2.0])).unwrap();
    assert!(json.starts_with(r#"{"compared":2,"failed":1,"worst":{"index":1,"output":null,"numerical":"#), "{json}");
    assert!(json.ends_with(r#","cause":"sign"}"#), "{json}");
}

#[test]
fn what_is_not_finite_is_null_and_not_read_back() {
    let json = to_string(&report(&[f64::NAN, 2.0])).unwrap();
    assert!(json.contains(r#""analytic":null"#) && json.contains(r#""cause":"not_finite""#), "{json}");
    assert!(from_str::<GradientReport>(&json).is_err());
}

#[test]
fn causes_and_modes_have_names() {
    there_and_back(Cause::Log10, r#""log10""#);
    there_and_back(Cause::StepTooLarge, r#""step_too_large""#);
    there_and_back(Cause::Permuted, r#""permuted""#);
    there_and_back(Cause::Offset(0.5), r#"{"offset":0.5}"#);
    there_and_back(Cause::WeightDecay(-0.5), r#"{"weight_decay":-0.5}"#);
    there_and_back(Cause::Factor(3.25), r#"{"factor":3.25}"#);
    let mean = r#"{"mean":{"batch_size":100,"forgotten":true}}"#;
    there_and_back(Cause::Mean { batch_size: 100, forgotten: true }, mean);
    there_and_back(CheckMode::Full, r#""full""#);
    there_and_back(CheckMode::Sampled { count: 20, seed: 7 }, r#"{"sampled":{"count":20,"seed":7}}"#);
    there_and_back(CheckMode::Directions { count: 3, seed: 0 }, r#"{"directions":{"count":3,"seed":0}}"#);
    there_and_back(Extrapolated { value: 0.1, error: 1e-13 }, r#"{"value":0.1,"error":1e-13}"#);
    assert!(from_str::<CheckMode>(r#"{"sampled":{"count":20,"sed":7}}"#).is_err());
}

#[test]
fn reports_of_blocks_come_back_whole() {
    let blocks = [("W", 1), ("b", 1)];
    let f = |x: &[f64]| x[0] + 2.0 * x[1];
    let reports = gradient_check_blocks(f, &[1.0, 1.0], &[1.0, -2.0], &blocks, &GradientCheck::default()).unwrap();
    let json = to_string(&reports).unwrap();
    assert!(json.starts_with(r#"{"blocks":[{"name":"W","report":{"compared":1,"#), "{json}");
    assert_eq!(from_str::<BlockReports>(&json).unwrap(), reports);
}
