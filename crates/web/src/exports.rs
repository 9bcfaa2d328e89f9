//! What the page's script calls: numbers in, numbers out. The script writes a request into the memory that [`reserve`] gives
//! it, and reads the reply from where [`reply`] says; so no function here reads memory that Rust did not allocate.
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

/// Makes room for a request of so many bytes, and says where.
#[unsafe(no_mangle)]
extern "C" fn reserve(length: usize) -> *mut u8 {
    EXCHANGE.with_borrow_mut(|exchange| {
        exchange.request = vec![0; length];
        exchange.request.as_mut_ptr()
    })
}

/// Answers the request, and says how long the reply is.
#[unsafe(no_mangle)]
extern "C" fn answer() -> usize {
    EXCHANGE.with_borrow_mut(|exchange| {
        let request = std::mem::take(&mut exchange.request);
        exchange.reply = exchange.session.answer(&request);
        exchange.reply.len()
    })
}

/// Where the reply is, until the next request.
#[unsafe(no_mangle)]
extern "C" fn reply() -> *const u8 {
    EXCHANGE.with_borrow(|exchange| exchange.reply.as_ptr())
}
