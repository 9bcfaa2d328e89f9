//! A panic names the line that made the wrong call. A binary of its own, since the hook belongs to the whole process.

#![allow(clippy::unwrap_used, reason = "a test stops at its first surprise")]

use core_math::{argmax_rows, cross_entropy_error, softmax_cross_entropy, sum_squared_error};
use nalgebra::DMatrix;
use std::panic::{AssertUnwindSafe, catch_unwind, set_hook, take_hook};
use std::sync::Mutex;

/// File and message of the last panic.
static LAST: Mutex<Option<(String, String)>> = Mutex::new(None);

/// Whether `call` panics in this file, with a message that contains `message`.
#[track_caller]
fn panics_here<R>(message: &str, call: impl FnOnce() -> R) -> bool {
    *LAST.lock().unwrap() = None;
    assert!(catch_unwind(AssertUnwindSafe(call)).is_err(), "no panic: {message}");
    let (file, found) = LAST.lock().unwrap().take().unwrap();
    assert!(found.contains(message), "{found}");
    file.ends_with("callers.rs")
}

#[test]
fn a_panic_names_the_line_of_the_caller() {
    let print = take_hook();
    set_hook(Box::new(move |panic| {
        let file = panic.location().unwrap().file().to_owned();
        *LAST.lock().unwrap() = Some((file, panic.to_string()));
        print(panic);
    }));
    let zeros = DMatrix::<f64>::zeros;
    let found = [
        panics_here("the batch is empty", || softmax_cross_entropy(&zeros(0, 2), &[])),
        panics_here("must be equally many", || softmax_cross_entropy(&zeros(2, 2), &[0])),
        panics_here("is not below the number of classes, 2", || softmax_cross_entropy(&zeros(2, 2), &[0, 2])),
        panics_here("the batch is empty", || cross_entropy_error(&zeros(0, 2), &[])),
        panics_here("must be equally many", || cross_entropy_error(&zeros(2, 2), &[0])),
        panics_here("is not below the number of classes, 2", || cross_entropy_error(&zeros(2, 2), &[0, 2])),
        panics_here("must have the same shape", || sum_squared_error(&zeros(2, 2), &zeros(2, 3))),
        panics_here("1 to 256 columns, found 0", || argmax_rows(&zeros(1, 0))),
        panics_here("1 to 256 columns, found 257", || argmax_rows(&zeros(1, 257))),
    ];
    assert_eq!(found, [true; 9]);
}
