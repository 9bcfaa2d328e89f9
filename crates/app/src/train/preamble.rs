//! What `app train` says before it starts: data, net, gradient, and how long the run will take.

use super::observers;
use super::setting::Setting;
use crate::checkpoint::Stored;
use crate::config::Gradient;
use crate::lang::said;
use crate::runs::RunFolder;
use crate::text::{counted, duration, program, say, shape, thousands};
use anyhow::Result;
use net::{Parameters, Sizes};
use std::hint::black_box;
use std::sync::Arc;
use std::time::Instant;
use training::{Config, Evaluate, Run, Samples};

pub(super) fn print<T: Stored>(setting: &Setting, run: &Run<T>, folder: &RunFolder) -> Result<()> {
    let config = &setting.config;
    let sizes = run.net().sizes();
    let Sizes { inputs, hidden, classes } = sizes;
    let parameters = sizes.parameters().unwrap_or(usize::MAX);
    let shapes: Vec<String> =
        Parameters::<T>::NAMES.iter().zip(sizes.shapes()).map(|(name, of)| format!("{name} {}", shape(&of))).collect();

    let (data, shapes, thousand_parameters) = (setting.data.describe(), shapes.join(" "), thousands(parameters));
    let (activation, precision) = (config.activation, config.precision);
    say(&said!("data      {data}", "데이터    {data}"));
    say(&said!(
        "net       {inputs}-{hidden}-{classes}, {activation}, {precision}",
        "신경망    {inputs}-{hidden}-{classes}, {activation}, {precision}"
    ));
    say(&said!(
        "          {shapes}: {thousand_parameters} parameters",
        "          {shapes}: 매개변수 {thousand_parameters}개"
    ));
    say(&gradient(config.gradient, config.step, parameters));
    let (iterations, images) = (counted(config.iterations, "iteration"), counted(config.batch_size as u64, "image"));
    let (count, batch) = (thousands(config.iterations), thousands(config.batch_size));
    let (sampling, rate, seed) = (config.sampling.said(), config.learning_rate, config.seed);
    say(&said!(
        "training  {iterations} of {images} ({sampling}), rate {rate}, seed {seed}",
        "학습      {count}번 반복, 배치 크기 {batch}({sampling}), 학습률 {rate}, 시드 {seed}"
    ));
    if run.iteration() > 0 {
        let (done, count) = (counted(run.iteration(), "iteration"), thousands(run.iteration()));
        say(&said!("resumed   after {done}", "재개      {count}번 반복한 뒤부터"));
    }
    let left = config.iterations.saturating_sub(run.iteration());
    let cost = Cost::measure(run, left)?;
    let evaluations = run.config().evaluations_left(run.iteration(), run.train_len());
    let total = left as f64 * cost.iteration + evaluations as f64 * cost.evaluation;
    let [iteration, evaluation, whole] = [cost.iteration, cost.evaluation, total].map(duration);
    let (evaluations, count) = (counted(evaluations, "evaluation"), thousands(evaluations));
    say(&said!(
        "time      about {whole} ({iteration} per iteration, plus {evaluations} of {evaluation})",
        "시간      약 {whole} (반복마다 {iteration}, 평가 {count}번에 {evaluation}씩)"
    ));
    if config.gradient == Gradient::Numerical && total > 3600.0 {
        say(&said!(
            "          Ctrl-C saves and stops; `--gradient backprop` takes seconds",
            "          Ctrl-C를 누르면 저장하고 멈춥니다. `--gradient backprop`은 몇 초면 됩니다"
        ));
    }
    if config.gradient == Gradient::Numerical && moves_little(&run.net().params, config.step) {
        let (h, program) = (config.step, program());
        say(&said!(
            "note: p + h = p in f64 for most parameters p at h = {h:e}, so by definition their numerical gradient \
                 would be 0; this run computes the change without that rounding, and trains. `{program} lab step` \
                 shows how h affects the definition",
            "참고: h = {h:e}이면 매개변수 p의 대부분에서 f64로 p + h = p이므로 정의대로 구한 기울기는 0이 됩니다. 이 학습은 \
                 그렇게 반올림하지 않고 변화를 계산하므로 학습이 됩니다. h에 따라 정의대로 구한 값이 어떻게 달라지는지는 \
                 `{program} lab step`으로 볼 수 있습니다"
        ));
    }
    let every = observers::lines_every(run);
    if every > 1 {
        say(&said!(
            "lines     one for every {every} epochs, and the last one; log.jsonl has all of them",
            "출력      {every}에폭마다 한 줄과 마지막 줄. 모든 줄은 log.jsonl에 있습니다"
        ));
    }
    let folder = folder.path.display();
    say(&said!("run       {folder}", "폴더      {folder}"));
    Ok(())
}

/// How the gradient is computed.
fn gradient(gradient: Gradient, h: f64, parameters: usize) -> String {
    let evaluations = thousands(2 * parameters);
    match gradient {
        Gradient::Backprop => said!("gradient  backpropagation", "기울기    오차역전파법"),
        Gradient::Numerical => said!(
            "gradient  central differences, h = {h:e}\n          \
             (equivalent to {evaluations} loss evaluations per iteration)",
            "기울기    중심 차분, h = {h:e}\n          \
             (반복마다 손실을 {evaluations}번 계산하는 것과 같음)"
        ),
    }
}

/// Whether a step of `h` is lost in the rounding of most parameters.
fn moves_little<T: Stored>(parameters: &Parameters<T>, h: f64) -> bool {
    let values = || parameters.arrays().into_iter().flatten().map(|p| p.to_f64());
    2 * values().filter(|p| p + h == *p).count() > values().count()
}

/// Seconds, measured on a copy: the run itself has not begun.
struct Cost {
    iteration: f64,
    evaluation: f64,
}

/// Images that the cost of an evaluation is measured on.
const SAMPLE: usize = 2000;

impl Cost {
    /// Takes a tenth of the `left` iterations that it measures, and half a second at most; but one iteration at least.
    fn measure<T: Stored>(run: &Run<T>, left: u64) -> Result<Self> {
        let config = Config { evaluate: Evaluate::Never, ..run.config().clone() };
        let mut copy = Run::from_net(config, &run.net(), Arc::clone(run.data()))?;
        let first = best_of(1, || copy.step());
        // so many that the clock is good enough
        let at_a_time = at_a_time(first, left);
        let iteration = match at_a_time {
            0 => first,
            _ => best_of(TRIES, || (0..at_a_time).try_for_each(|_| copy.step().map(|_| ()))) / f64::from(at_a_time),
        };

        let (predictor, data) = (run.predictor(), run.data());
        let of = |Samples { x, t }: &Samples<T>| {
            let sample = t.len().min(SAMPLE);
            let seconds = best_of(2, || predictor.accuracy(x, 0..sample, &t[..sample]));
            seconds * t.len() as f64 / sample as f64
        };
        let evaluation = of(&data.train) + of(&data.test);
        Ok(Self { iteration, evaluation })
    }
}

/// How often some iterations are timed.
const TRIES: u32 = 3;

/// How many iterations are timed together, where the first took so many seconds and so many are `left` in the run.
fn at_a_time(first: f64, left: u64) -> u32 {
    let share = (0.1 * left as f64 * first).min(0.5);
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "0 to 50")]
    let at_a_time = (share / f64::from(TRIES) / first).min(50.0) as u32;
    at_a_time
}

/// The shortest of some tries: what disturbs them only makes them longer.
fn best_of<R>(tries: u32, mut work: impl FnMut() -> R) -> f64 {
    let mut best = f64::INFINITY;
    for _ in 0..tries {
        let start = Instant::now();
        black_box(work());
        best = best.min(start.elapsed().as_secs_f64());
    }
    best
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn measuring_takes_a_tenth_of_the_run_or_half_a_second() {
        // an iteration of 1 ms: 50 at a time in a long run, fewer in a short one
        assert_eq!([10_000, 1600, 310, 31, 29, 0].map(|left| at_a_time(1e-3, left)), [50, 50, 10, 1, 0, 0]);
        // one of 0.13 s, as a batch of all images takes: the first tells enough of a run of five
        assert_eq!([10_000, 5].map(|left| at_a_time(0.13, left)), [1, 0]);
        assert_eq!(at_a_time(30.0, 10_000), 0);
        assert_eq!(at_a_time(0.0, 10_000), 50, "by a clock that has not moved");
    }

    #[test]
    fn a_step_is_lost_where_most_parameters_do_not_move() {
        let mut parameters = Parameters::<f64>::zeros(Sizes { inputs: 3, hidden: 2, classes: 2 });
        parameters.w1.fill(0.01);
        parameters.w2.fill(0.01);
        // ten of fourteen are not 0
        assert!(moves_little(&parameters, 1e-50));
        assert!(!moves_little(&parameters, 1e-17));
        parameters.w1.fill(0.0);
        assert!(!moves_little(&parameters, 1e-50));
    }
}
