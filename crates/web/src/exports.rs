//! The functions that the page's script calls, with numbers as arguments and results. The script writes a request to the
//! memory from [`reserve`], and reads the reply from the address that [`reply`] returns. So no function here reads memory
//! that Rust did not allocate.
#![expect(unsafe_code, reason = "a function exported by name needs the attribute; no block here is unsafe")]

use crate::Session;
use std::cell::RefCell;

#[derive(Default)]
struct Exchange {
    session: Session,
    request: Vec<u8>,
    reply: Vec<u8>,
}

thread_local! {
    static EXCHANGE: RefCell<Exchange> = RefCell::default();
}

/// Allocates memory for a request of this many bytes, and returns its address.
#[unsafe(no_mangle)]
extern "C" fn reserve(length: usize) -> *mut u8 {
    EXCHANGE.with_borrow_mut(|exchange| {
        exchange.request = vec![0; length];
        exchange.request.as_mut_ptr()
    })
}

/// Answers the request, and returns the length of the reply.
#[unsafe(no_mangle)]
extern "C" fn answer() -> usize {
    EXCHANGE.with_borrow_mut(|exchange| {
        let request = std::mem::take(&mut exchange.request);
        exchange.reply = exchange.session.answer(&request);
        exchange.reply.len()
    })
}

/// Returns the address of the reply; it is valid until the next request.
#[unsafe(no_mangle)]
extern "C" fn reply() -> *const u8 {
    EXCHANGE.with_borrow(|exchange| exchange.reply.as_ptr())
}
