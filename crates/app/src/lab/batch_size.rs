//! `app lab batch-size`: why minibatches, and why draw them again and again?

use super::run::{BATCH, Lab, RATE, best, paragraph, percent, steps};
use crate::cli::LabArgs;
use crate::text::thousands;
use anyhow::Result;
use dataset::{Sampler, Sampling};
use net::{Parameters, TwoLayerNet};
use std::fmt::Write as _;
use std::time::Instant;

/// And all images.
const SIZES: [usize; 4] = [1, 10, 100, 1000];
/// How many images a run draws, in units of the training images.
const EPOCHS: usize = 5;
/// The gradients of ten batches, and of more where they are small, are compared with that of all images.
const COMPARED: (usize, usize) = (10, 2000);
/// Images at a time for the gradient of all.
const SLICE: usize = 1000;

pub(super) fn answer(arguments: &LabArgs) -> Result<String> {
    let lab = Lab::load(arguments)?;
    let images = lab.data.train.len();
    let mut sizes: Vec<usize> = SIZES.into_iter().filter(|&size| size < images).collect();
    sizes.push(images);

    let compass = Compass::new(&lab)?;
    let rows = sizes.iter().map(|&size| row(&lab, &compass, size)).collect::<Result<Vec<Row>>>()?;
    let what = format!("{EPOCHS} epochs, {} images, rate {RATE}", thousands(EPOCHS * images));
    Ok(lab.head(&what) + &table(&rows, &lab)? + &conclusion(&rows))
}

struct Row {
    batch_size: usize,
    updates: usize,
    /// See [`Compass::noise`].
    noise: f64,
    /// Of training alone.
    seconds: f64,
    /// After one epoch's worth of images, and at the end.
    accuracy: [f64; 2],
    /// Share of the training images that were in a batch by then.
    seen: [f64; 2],
}

fn row(lab: &Lab, compass: &Compass, batch_size: usize) -> Result<Row> {
    let images = lab.data.train.len();
    let noise = compass.noise(lab, batch_size)?;
    let mut run = lab.run_with(&lab.fresh_net(0.01), images, batch_size, RATE)?;
    let mut seen = vec![false; images];
    let (mut seconds, mut updates) = (0.0, 0);
    let mut after = |epochs: usize| {
        let due = epochs * images / batch_size - updates;
        let started = Instant::now();
        for _ in 0..due {
            run.next_batch().iter().for_each(|&image| seen[image] = true);
            run.step()?;
        }
        seconds += started.elapsed().as_secs_f64();
        updates += due;
        let seen = seen.iter().filter(|&&seen| seen).count() as f64 / images as f64;
        anyhow::Ok((lab.test_score(&run.net()).accuracy, seen))
    };
    let (first, last) = (after(1)?, after(EPOCHS)?);
    Ok(Row { batch_size, updates, noise, seconds, accuracy: [first.0, last.0], seen: [first.1, last.1] })
}

/// A net in training and the gradient of all training images there, which that of a batch estimates.
struct Compass {
    net: TwoLayerNet<f32>,
    gradient: Parameters<f32>,
}

impl Compass {
    /// After an epoch of the book's run: at its start the slopes of the classes cancel each other.
    fn new(lab: &Lab) -> Result<Self> {
        let images = lab.data.train.len();
        let mut run = lab.run_from(&lab.fresh_net(0.01))?;
        steps(&mut run, images.div_ceil(BATCH))?;
        let net = run.net();
        let mut gradient = Parameters::zeros(net.sizes());
        for start in (0..images).step_by(SLICE) {
            let (x, t) = lab.data.train.range::<f32>(start..images.min(start + SLICE));
            // descending by -1 times its share adds it
            gradient.descend(&net.gradient(&x, t), -(t.len() as f32) / images as f32);
        }
        Ok(Self { net, gradient })
    }

    /// How far the gradient of a batch is from that of all images, in lengths of the latter: the root of the mean
    /// square of some batches.
    fn noise(&self, lab: &Lab, batch_size: usize) -> Result<f64> {
        let images = lab.data.train.len();
        if batch_size == images {
            return Ok(0.0);
        }
        let (at_least, of_images) = COMPARED;
        let batches = at_least.max(of_images / batch_size);
        let mut sampler = Sampler::new(Sampling::Replacement, lab.seed, images, batch_size)?;
        let mut sum = 0.0;
        for i in 0..batches as u64 {
            let (x, t) = lab.data.train.batch::<f32>(sampler.batch(i));
            let mut rest = self.net.gradient(&x, &t);
            rest.descend(&self.gradient, 1.0);
            sum += square(&rest);
        }
        Ok((sum / batches as f64 / square(&self.gradient)).sqrt())
    }
}

/// The square of the length.
fn square(gradient: &Parameters<f32>) -> f64 {
    gradient.arrays().into_iter().flatten().map(|&slope| f64::from(slope).powi(2)).sum()
}

fn table(rows: &[Row], lab: &Lab) -> Result<String> {
    let images = lab.data.train.len();
    let mut text = String::new();
    writeln!(text, "{:34}{:>22}{:>22}", "", "test accuracy after", "images seen after")?;
    writeln!(
        text,
        "{:7}{:>9}{:>9}{:>9}{:>11}{:>11}{:>11}{:>11}",
        "batch", "updates", "seconds", "noise", "1 epoch", "5 epochs", "1 epoch", "5 epochs"
    )?;
    for Row { batch_size, updates, seconds, noise, accuracy, seen } in rows {
        let batch_size = if *batch_size == images { "all".to_owned() } else { thousands(*batch_size) };
        let (updates, [seen_first, seen_last]) = (thousands(*updates), seen.map(percent));
        write!(text, "{batch_size:7}{updates:>9}{seconds:>9.2}{noise:>9.2}")?;
        writeln!(text, "{:>11.4}{:>11.4}{seen_first:>11}{seen_last:>11}", accuracy[0], accuracy[1])?;
    }
    write!(
        text,
        "\nnoise: how far the gradient of a batch is from that of all images, in lengths of\n\
         the latter, for a net after one epoch in batches of {}\n\
         images seen: those that were in a batch at least once; all rows but the last\n\
         draw with replacement, as the book does\n",
        lab.batch_size()
    )?;
    Ok(text)
}

/// One paragraph, from the figures of the table.
fn conclusion(rows: &[Row]) -> String {
    let (all, others) = (&rows[rows.len() - 1], &rows[..rows.len() - 1]);
    let Some(row) = others.iter().rfind(|row| row.batch_size <= BATCH) else {
        return paragraph("There is one training image, and so there is one batch.");
    };
    let (single, best) = (&rows[0], best(rows, |row| row.accuracy[1]));
    paragraph(&format!(
        "Why minibatches? All runs read about equally many images. With all of them in a batch the gradient is exact, \
         but there are only {} updates, and the run ends at {}. Batches of {} make {} updates and end at {}. Their \
         gradients are noisy ({:.2}), but right on average; and a hundred times as many images make the noise only ten \
         times smaller. Batches of {} make the most updates, {}, with the most noise, {:.2}, and end at {}. Every \
         update has costs of its own, however few images it is for: see the seconds. So the batch is a compromise of \
         updates, noise and time; by accuracy alone the best of these runs is that with batches of {}, {}. (A larger \
         batch bears a larger learning rate.) Why go on drawing after an epoch? First, drawing with replacement misses \
         images: after one epoch batches of {} have shown {} of them, since N draws out of N miss an image with \
         probability (1 - 1/N)^N, for large N about 1/e = 37 %; after {EPOCHS} epochs {}. Second, an image that was \
         seen is not learned yet: every update is a small step. From 1 epoch to {EPOCHS} the accuracy went from {} to \
         {}.",
        all.updates,
        percent(all.accuracy[1]),
        thousands(row.batch_size),
        thousands(row.updates),
        percent(row.accuracy[1]),
        row.noise,
        single.batch_size,
        thousands(single.updates),
        single.noise,
        percent(single.accuracy[1]),
        thousands(best.batch_size),
        percent(best.accuracy[1]),
        thousands(row.batch_size),
        percent(row.seen[0]),
        percent(row.seen[1]),
        percent(row.accuracy[0]),
        percent(row.accuracy[1]),
    ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::DatasetName;
    use crate::data::Data;
    use dataset::ImageSet;

    #[test]
    fn images_that_are_all_the_same_make_no_noise() {
        let images = ImageSet::new(1, 3, 2, [[9, 0, 200]; 20].concat(), vec![1; 20]).unwrap();
        let lab = Lab::new(Data::new(DatasetName::Mnist, images.clone(), images), 0);
        let noise = Compass::new(&lab).unwrap().noise(&lab, 5).unwrap();
        assert!(noise < 1e-3, "{noise}");
    }
}
