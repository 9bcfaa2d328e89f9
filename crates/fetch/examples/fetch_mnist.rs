//! Downloads MNIST into data/mnist, and prints what happens.
#![forbid(unsafe_code)]

use fetch::{DataSet, Event, Source};

fn main() -> Result<(), fetch::FetchError> {
    fetch::fetch(DataSet::Mnist, "data/mnist", &Source::BuiltIn, |event| match event {
        Event::Progress { file, bytes, total } => eprint!("\r{file}: {bytes} of {total} bytes"),
        Event::Done { file, outcome } => eprintln!("\r{file}: {outcome}"),
        _ => {}
    })?;
    println!("{}", DataSet::Mnist.attribution());
    Ok(())
}
