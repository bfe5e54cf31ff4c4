use super::*;

fn name(of: &str) -> String {
    format!("outcry-{}-{of}", std::process::id())
}

#[test]
fn blocks_stand_one_behind_the_other_and_then_begin_anew() {
    let dir = std::env::temp_dir();
    for method in Method::ALL {
        let name = name(method.key());
        let made = Durable::create(&dir, &name, method, 4_096, 3);
        let written = made.and_then(|mut file| {
            (0..4).try_for_each(|_| file.write())?;
            fs::read(dir.join(&name))
        });
        let bytes = match written {
            Err(error) if is_impossible(&error) => continue,
            other => other.expect("the directory for such files takes it"),
        };
        let firsts: Vec<u8> = bytes.chunks(4_096).map(|block| block[0]).collect();
        assert_eq!((bytes.len(), firsts), (3 * 4_096, vec![4, 2, 3]), "{method:?}");
        assert!(!dir.join(&name).exists(), "{method:?}");
    }
}

#[test]
fn a_file_that_is_there_already_is_left_alone() {
    let (dir, name) = (std::env::temp_dir(), name("taken"));
    fs::write(dir.join(&name), b"mine").expect("the directory for such files takes it");
    let error = Durable::create(&dir, &name, Method::Growing, 4_096, 1).expect_err("it is taken");
    assert_eq!((error.kind(), is_impossible(&error)), (ErrorKind::AlreadyExists, false));
    assert_eq!(fs::read(dir.join(&name)).expect("it is still there"), b"mine");
    fs::remove_file(dir.join(&name)).expect("it is still there");
}
