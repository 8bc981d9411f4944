//! What the page calls. A module for browsers passes numbers and has a memory that the page can read and write: a
//! question and its answer are texts in a room in it. Three functions do; a generator of bindings would bring a command
//! whose version has to be that of its library, to write what is thirty lines here and in the page.
//!
//! The page asks for room, writes the question there, has it answered, and reads the answer. A question that is not
//! UTF-8 has U+FFFD where it is not, so nothing that a page writes can do more than be refused.
#![allow(unsafe_code, reason = "a function with a name of its own in the module; no code here is unsafe")]

use std::cell::RefCell;

thread_local! {
    /// The question, then its answer.
    static ROOM: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
}

/// Makes room for a question of so many bytes, and tells where it is.
#[unsafe(no_mangle)]
extern "C" fn room(bytes: usize) -> *mut u8 {
    ROOM.with_borrow_mut(|room| {
        room.clear();
        room.resize(bytes, 0);
        room.as_mut_ptr()
    })
}

/// Answers the question in the room, and tells how long the answer is.
#[unsafe(no_mangle)]
extern "C" fn answer() -> usize {
    ROOM.with_borrow_mut(|room| {
        *room = crate::answer(&String::from_utf8_lossy(room)).into_bytes();
        room.len()
    })
}

/// Tells where the answer is.
#[unsafe(no_mangle)]
extern "C" fn place() -> *const u8 {
    ROOM.with_borrow(Vec::as_ptr)
}
