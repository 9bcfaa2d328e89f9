//! Runs that cannot begin, and those that went astray.

use crate::nets::shape_error;
use crate::with_causes;
use dataset::SamplingError;
use training::{ConfigError, Diverged};

/// A sentence about settings that cannot be used.
#[must_use]
pub fn config_error(error: &ConfigError) -> String {
    match error {
        ConfigError::LearningRate(rate) => format!("학습률은 0보다 큰 유한한 수여야 하는데 {rate}입니다"),
        ConfigError::Step(h) => format!("수치 미분의 h는 0보다 큰 유한한 수여야 하는데 {h}입니다"),
        ConfigError::WeightInitStd(std) => format!("weight_init_std는 0 이상의 유한한 수여야 하는데 {std}입니다"),
        ConfigError::Hidden => "은닉 뉴런의 수 hidden은 1 이상이어야 하는데 0입니다".to_owned(),
        ConfigError::Sampling(SamplingError::EmptySet { batch_size }) => {
            format!("이미지가 0장이어서 {batch_size}장짜리 미니배치를 뽑을 수 없습니다")
        }
        ConfigError::Sampling(SamplingError::BatchSize { batch_size, len }) => {
            format!("배치 크기는 1부터 이미지 수인 {len}까지여야 하는데 {batch_size}입니다")
        }
        ConfigError::Net { net, data } => format!(
            "이 신경망은 입력이 {}개, 클래스가 {}개인데 데이터는 입력이 {}개, 클래스가 {}개입니다",
            net.0, net.1, data.0, data.1
        ),
        ConfigError::Labels { set, samples, labels } => {
            format!("{} 데이터는 {samples}개인데 레이블은 {labels}개입니다", korean_set(set))
        }
        ConfigError::Label { set, index, label, classes } => {
            format!(
                "{} 데이터 {index}번의 레이블이 {label}입니다. 클래스가 {classes}개이니 그보다 작아야 합니다",
                korean_set(set)
            )
        }
        ConfigError::Inputs { train, test } => {
            format!("훈련 데이터의 입력은 {train}개인데 시험 데이터의 입력은 {test}개입니다")
        }
        ConfigError::Classes(classes) => format!("클래스 수는 1부터 256까지여야 하는데 {classes}입니다"),
        ConfigError::Parameters(error) => shape_error(error),
        ConfigError::Start { name, value } => {
            format!("{name}의 초깃값 가운데 {value}이(가) 있습니다. weight_init_std를 더 작게 하세요")
        }
        other => with_causes(other),
    }
}

fn korean_set(english: &str) -> &'static str {
    if english == "test" { "시험" } else { "훈련" }
}

/// A sentence about a run that diverged.
#[must_use]
pub fn diverged(error: &Diverged) -> String {
    let Diverged { iteration, name, value, loss, learning_rate, .. } = error;
    let culprit = match error.step {
        Some(h) => format!("{name}의 값이 {value:.2e}에 이르러 h = {h:e}인 수치 미분으로는 너무 큽니다"),
        None if value.is_finite() => format!("손실이 {loss:?}이고 {name}의 값은 {value:.2e}에 이르렀습니다"),
        None => format!("{name}의 값 가운데 {value}이(가) 있습니다"),
    };
    format!("{iteration}번째 반복에서 멈췄습니다. {culprit}. 학습률을 {learning_rate:?}보다 작게 하세요")
}
