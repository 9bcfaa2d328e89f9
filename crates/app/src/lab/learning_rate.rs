//! `app lab learning-rate`: how large should a step of the descent be?

use super::run::{Lab, RATE, Score, best, paragraph, percent};
use crate::cli::LabArgs;
use crate::text::thousands;
use anyhow::Result;
use std::fmt::Write as _;
use std::iter;

const RATES: [f64; 8] = [0.0001, 0.001, 0.01, 0.1, 1.0, 3.0, 10.0, 100.0];
const ITERATIONS: usize = 3000;
/// How often the loss is looked at on the way.
const LOOKS: usize = 10;

pub(super) fn answer(arguments: &LabArgs) -> Result<String> {
    let lab = Lab::load(arguments)?;
    let start = lab.train_score(&lab.fresh_net(0.01), lab.data.train.len()).loss;
    let rows = RATES.iter().map(|&rate| row(&lab, rate)).collect::<Result<Vec<Row>>>()?;

    let what = format!("{} iterations, batches of {}", thousands(ITERATIONS), lab.batch_size());
    Ok(lab.head(&what) + &table(&rows, start)? + &conclusion(&rows, start))
}

struct Row {
    rate: f64,
    /// The loss on all training images, after each tenth of the run; fewer where it broke off.
    losses: Vec<f64>,
    /// On training and test images, or the iteration after which a parameter was infinite or not a number.
    end: Result<[Score; 2], usize>,
}

fn row(lab: &Lab, rate: f64) -> Result<Row> {
    let images = lab.data.train.len();
    let mut run = lab.run_with(&lab.fresh_net(0.01), images, lab.batch_size(), rate)?;
    let mut losses = Vec::new();
    for done in 1..=ITERATIONS {
        if run.step().is_err() {
            return Ok(Row { rate, losses, end: Err(done) });
        }
        if done % (ITERATIONS / LOOKS) == 0 {
            losses.push(lab.train_score(&run.net(), images).loss);
        }
    }
    let net = run.net();
    Ok(Row { rate, losses, end: Ok([lab.train_score(&net, images), lab.test_score(&net)]) })
}

impl Row {
    /// The accuracy on the test images; a run that broke off is worse than any.
    fn accuracy(&self) -> f64 {
        self.end.map_or(-1.0, |[_, test]| test.accuracy)
    }

    /// A few words, by the rule that is printed below the table; `start` is the loss before the run.
    fn what_happened(&self, start: f64) -> String {
        let [train, _] = match self.end {
            Ok(end) => end,
            Err(iteration) => return format!("not finite at {}", thousands(iteration)),
        };
        let before = iter::once(&start).chain(&self.losses);
        let rose = self.losses.iter().zip(before).any(|(after, before)| after > before);
        let what = match train.loss / start {
            // a loss that is not a number is in no range
            share if share <= 0.5 && rose => "learns, with jumps",
            share if share <= 0.5 => "learns",
            share if share <= 0.99 => "learns slowly",
            share if share <= 1.0 => "hardly moves",
            share if share <= 2.0 => "learns nothing",
            _ => "diverges",
        };
        what.to_owned()
    }
}

const RULE: &str = "
what happened, by the loss L on the training images, L0 before the run:
  learns          L <= 0.5 L0; with jumps, where L rose in a tenth of the run
  learns slowly   L <= 0.99 L0          hardly moves    L <= L0
  learns nothing  L <= 2 L0             diverges        L > 2 L0
";

fn table(rows: &[Row], start: f64) -> Result<String> {
    let mut text = String::new();
    writeln!(text, "loss on the training images before the run: {start:.4}\n")?;
    writeln!(text, "{:8}{:>22}{:>22}", "", "training loss after", "accuracy at the end")?;
    let (first, last) = (thousands(ITERATIONS / LOOKS), thousands(ITERATIONS));
    writeln!(text, "{:8}{first:>11}{last:>11}{:>11}{:>11}   what happened", "rate", "train", "test")?;
    for row in rows {
        let number = |number: Option<f64>| number.map_or_else(|| "-".to_owned(), |number| format!("{number:.4}"));
        let end = |figure: fn([Score; 2]) -> f64| row.end.ok().map(figure);
        let figures = [
            row.losses.first().copied(),
            end(|[train, _]| train.loss),
            end(|[train, _]| train.accuracy),
            end(|[_, test]| test.accuracy),
        ];
        let [first, loss, train, test] = figures.map(number);
        let rate = row.rate.to_string();
        writeln!(text, "{rate:8}{first:>11}{loss:>11}{train:>11}{test:>11}   {}", row.what_happened(start))?;
    }
    Ok(text + RULE)
}

/// One paragraph, from the figures of the table.
fn conclusion(rows: &[Row], start: f64) -> String {
    let loss = |row: &Row| row.end.map_or(f64::NAN, |[train, _]| train.loss);
    let [smallest, ..] = rows else { return String::new() };
    let book = rows.iter().find(|row| row.rate == RATE).unwrap_or(smallest);
    let best = best(rows, Row::accuracy);
    let too_large = match rows.iter().rev().find(|row| row.end.is_err() || loss(row) > start) {
        Some(Row { rate, end: Err(iteration), .. }) => {
            format!("with {rate} a parameter ceased to be finite at iteration {}", thousands(*iteration))
        }
        Some(row) => format!("with {} the loss ended at {:.3}", row.rate, loss(row)),
        None => "though on these images none of the rates did".to_owned(),
    };
    paragraph(&format!(
        "How large should a step be? The slope holds at the point where it was taken. A short step goes downhill, but \
         a short way: with {} the loss went from {start:.3} to {:.3} in all {} iterations. A long one may land where \
         the slope is another, on the other side of the valley, higher than before, and the next step starts from \
         there: {too_large}. The best test accuracy of these runs, {}, is that with {}; the book's {RATE} came to {}, \
         and to a loss of {:.3}. Even a run that diverges need not end in NaN here: the outputs of the sigmoid lie \
         between 0 and 1 and the slopes of the loss by the logits between -1 and 1, so that a step moves no weight of \
         W2 by more than the rate. A good rate is found by trying, in powers of ten first: the largest that learns \
         without jumps, or somewhat less.",
        smallest.rate,
        loss(smallest),
        thousands(ITERATIONS),
        percent(best.accuracy()),
        best.rate,
        percent(book.accuracy()),
        loss(book),
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(losses: &[f64], broke_at: Option<usize>) -> Row {
        let end = Score { accuracy: 0.5, loss: losses.last().copied().unwrap_or(f64::NAN) };
        Row { rate: 1.0, losses: losses.to_vec(), end: broke_at.map_or(Ok([end; 2]), Err) }
    }

    #[test]
    fn what_happened_follows_the_rule_below_the_table() {
        let happened = |losses: &[f64]| row(losses, None).what_happened(2.0);
        assert_eq!(happened(&[1.5, 0.9]), "learns");
        assert_eq!(happened(&[1.5, 1.6, 0.9]), "learns, with jumps");
        assert_eq!(happened(&[2.5, 0.9]), "learns, with jumps");
        assert_eq!(happened(&[1.95, 1.8]), "learns slowly");
        assert_eq!(happened(&[2.0, 1.99]), "hardly moves");
        assert_eq!(happened(&[2.5, 2.1]), "learns nothing");
        assert_eq!(happened(&[9.0, 4.1]), "diverges");
        assert_eq!(happened(&[f64::NAN]), "diverges");
        assert_eq!(happened(&[f64::INFINITY]), "diverges");
    }

    #[test]
    fn a_run_that_breaks_shows_its_iteration_and_no_figures() {
        let rows = [row(&[2.0], None), row(&[7.0], Some(1412)), row(&[], Some(1))];
        let text = table(&rows, 2.3).unwrap() + &conclusion(&rows, 2.3);
        assert!(text.contains("7.0000          -          -          -   not finite at 1,412\n"), "{text}");
        assert!(text.contains("-          -          -          -   not finite at 1\n"), "{text}");
        assert!(text.replace('\n', " ").contains("ceased to be finite at iteration 1."), "{text}");
    }
}
