//! Reads MNIST from a folder, by default data/mnist, and shows its size and the first image.
//! `cargo run -p two-layer-net-dataset --example read_mnist [FOLDER]`

use dataset::Mnist;

fn main() -> anyhow::Result<()> {
    let folder = std::env::args().nth(1).unwrap_or("data/mnist".to_owned());
    let Mnist { train, test } = Mnist::open(folder)?;
    println!("{} and {} images of {} x {} pixels", train.len(), test.len(), train.rows(), train.cols());
    println!("labels: {:?}", train.labels().iter().take(10).collect::<Vec<_>>());
    for row in train.pixels().chunks(train.cols()).take(train.rows()) {
        println!("{}", row.iter().map(|&ink| [' ', '.', 'o', '@'][usize::from(ink / 64)]).collect::<String>());
    }
    Ok(())
}
