//! The target `mnist_npz`, for libFuzzer.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| fuzz::mnist_npz(bytes));
