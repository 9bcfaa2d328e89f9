//! What every public type can do, so that it fits into the types of others.

use std::error::Error;
use std::fmt::Debug;

use dataset::{
    Digits, Epochs, Idx, IdxError, IdxFileError, IdxSaveError, IdxTypeError, IdxWriteError, ImageFileError, ImageSet,
    ImageSetError, Mnist, MnistError, MnistImageError, Sampler, Sampling, SamplingError,
};

#[test]
fn types_can_be_sent_and_shared_and_errors_boxed() {
    fn check<T: Debug + Clone + Send + Sync>() {}
    fn boxed<E: Error + Send + Sync + 'static>() {}
    check::<(Digits, Epochs, Idx, ImageSet, Mnist, Sampler, Sampling)>();
    boxed::<IdxError>();
    boxed::<IdxFileError>();
    boxed::<IdxSaveError>();
    boxed::<IdxTypeError>();
    boxed::<IdxWriteError>();
    boxed::<ImageFileError>();
    boxed::<ImageSetError>();
    boxed::<MnistError>();
    boxed::<MnistImageError>();
    boxed::<SamplingError>();
}

#[test]
fn a_sampler_shows_what_it_was_made_of() {
    let mut sampler = Sampler::new(Sampling::default(), 7, 60_000, 100).unwrap();
    sampler.batch(3);
    let expected = "Sampler { sampling: Replacement, seed: 7, len: 60000, batch_size: 100, .. }";
    assert_eq!(format!("{sampler:?}"), expected);
}
