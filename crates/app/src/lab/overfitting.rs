//! `app lab overfitting`: why is the accuracy taken on images that the net was not trained on?

use super::run::{BATCH, Lab, RATE, Score, paragraph, percent, steps};
use crate::cli::LabArgs;
use crate::text::thousands;
use anyhow::Result;
use std::fmt::Write as _;

/// And all images.
const SIZES: [usize; 3] = [300, 1000, 10_000];
const ITERATIONS: usize = 10_000;
/// Iterations from one look at the test images to the next.
const STRIDE: usize = 100;

pub(super) fn answer(arguments: &LabArgs) -> Result<String> {
    let lab = Lab::load(arguments)?;
    let all = lab.data.train.len();
    let mut sizes: Vec<usize> = SIZES.into_iter().filter(|&size| size < all).collect();
    sizes.push(all);
    let rows = sizes.iter().map(|&images| row(&lab, images)).collect::<Result<Vec<Row>>>()?;

    let what = format!("{} iterations, batches of {}, rate {RATE}", thousands(ITERATIONS), lab.batch_size());
    Ok(lab.head(&what) + &table(&rows)? + &conclusion(&rows))
}

struct Row {
    images: usize,
    train: Score,
    test: Score,
    /// On the test images where their loss was lowest, and after how many iterations that was.
    lowest: (Score, usize),
}

impl Row {
    /// In ten-thousandths; adding 0 makes -0 a 0.
    fn gap(&self) -> f64 {
        ((self.train.accuracy - self.test.accuracy) * 1e4).round() / 1e4 + 0.0
    }
}

fn row(lab: &Lab, images: usize) -> Result<Row> {
    let mut run = lab.run_with(&lab.fresh_net(0.01), images, BATCH.min(images), RATE)?;
    let mut test = lab.test_score(&run.net());
    let mut lowest = (test, 0);
    for done in (STRIDE..=ITERATIONS).step_by(STRIDE) {
        steps(&mut run, STRIDE)?;
        test = lab.test_score(&run.net());
        if test.loss < lowest.0.loss {
            lowest = (test, done);
        }
    }
    Ok(Row { images, train: lab.train_score(&run.net(), images), test, lowest })
}

fn table(rows: &[Row]) -> Result<String> {
    let mut text = String::new();
    writeln!(text, "{:10}{:>27}{:>36}", "", "accuracy", "loss of the test images")?;
    writeln!(
        text,
        "{:10}{:>9}{:>9}{:>9}{:>14}{:>12}{:>10}",
        "images", "train", "test", "gap", "at the end", "lowest", "after"
    )?;
    for row in rows {
        let Row { images, train, test, lowest: (lowest, done) } = row;
        write!(text, "{:10}{:>9.4}{:>9.4}{:>9.4}", thousands(*images), train.accuracy, test.accuracy, row.gap())?;
        writeln!(text, "{:>14.4}{:>12.4}{:>10}", test.loss, lowest.loss, thousands(*done))?;
    }
    text += "\nimages: those that the net is trained on, train: accuracy on these\n\
             after: the iteration at which the loss of the test images was lowest\n";
    Ok(text)
}

/// One paragraph, from the figures of the table.
fn conclusion(rows: &[Row]) -> String {
    let [few, .., all] = rows else {
        return paragraph("There are too few training images for a comparison: it takes more than 300.");
    };
    let (lowest, done) = few.lowest;
    let course = if done < ITERATIONS {
        format!(
            "With {} the loss of the test images is lowest after {} iterations, {:.3}; at the end it is {:.3}, while \
             the accuracy went from {} to {}: the net became surer of its answers, of the wrong ones too. Whoever \
             watches such a loss, on images kept apart for that, can stop at its lowest.",
            thousands(few.images),
            thousands(done),
            lowest.loss,
            few.test.loss,
            percent(lowest.accuracy),
            percent(few.test.accuracy),
        )
    } else {
        format!("With {} the loss of the test images still falls at the end of this run.", thousands(few.images))
    };
    paragraph(&format!(
        "What is overfitting? A net may learn what is common to all images of a class, or what is particular to the \
         images it is shown; both bring the training loss down, and only the first helps with other images. After \
         equally many updates the net that saw {} images gets {} of these right and {} of the test images, a gap of \
         {:.1} points; the net that saw {} has a gap of {:.1} points, and gets {} of the test images right: more images \
         are the best remedy. Accuracy on the training images therefore says little, and the book prints both. {course}",
        thousands(few.images),
        percent(few.train.accuracy),
        percent(few.test.accuracy),
        few.gap() * 100.0,
        thousands(all.images),
        all.gap() * 100.0,
        percent(all.test.accuracy),
    ))
}
