#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| credpath_fuzz::targets::imports(data));
