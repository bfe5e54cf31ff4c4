#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| tests::fuzz_book_view::book_view(data));
