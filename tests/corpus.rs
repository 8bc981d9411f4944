//! What a fuzzer found worth keeping, and whatever showed a fault: each input is put to the library again, as `fuzz/`
//! does. Where the library is wrong, a target panics.

use std::fs;
use std::path::Path;

#[path = "../fuzz/targets/mod.rs"]
#[allow(unreachable_pub, missing_docs, clippy::pedantic, reason = "they are the library of the fuzzer's own package")]
mod targets;

#[test]
fn every_input_is_answered() {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/corpus");
    for (name, target) in targets::ALL {
        let mut inputs: Vec<_> = fs::read_dir(corpus.join(name)).unwrap().map(|entry| entry.unwrap().path()).collect();
        inputs.sort();
        assert!(!inputs.is_empty(), "no input for {name}");
        for input in inputs {
            // Captured output is shown with a failure, and tells the input.
            println!("{}", input.display());
            target(&fs::read(&input).unwrap());
        }
    }
}
