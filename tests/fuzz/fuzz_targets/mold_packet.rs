#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| tests::fuzz::mold_packet(data));
