//! The socket in the file system.

use std::fs;
use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt;
use std::os::unix::net::UnixListener;

use appliance::office::{DoorError, Doors};

use crate::kit::{Folder, House, done};

#[test]
fn the_socket_is_the_owners_alone_and_gone_after_a_clean_end() {
    let mut house = House::new(|_| done("done"));
    let mode = fs::metadata(&house.socket).expect("it is there").permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    house.end();
    assert!(!house.socket.exists());
}

#[test]
fn folders_that_are_not_there_are_made() {
    let folder = Folder::new();
    let path = folder.join("a/b/admin.sock");
    let doors = Doors::open(Some(&path), None).expect("it can be made");
    assert!(path.exists());
    assert_eq!(doors.metrics(), None);
    drop(doors);
    assert!(!path.exists(), "doors that nobody serves are closed as well");
}

#[test]
fn the_socket_of_a_process_that_has_died_is_replaced() {
    let folder = Folder::new();
    let path = folder.join("admin.sock");
    drop(UnixListener::bind(&path).expect("a socket can be made"));
    assert!(path.exists(), "it is left behind");
    Doors::open(Some(&path), None).expect("the new one takes its place");
}

#[test]
fn the_socket_of_one_that_lives_is_not() {
    let folder = Folder::new();
    let path = folder.join("admin.sock");
    let living = UnixListener::bind(&path).expect("a socket can be made");
    let error = Doors::open(Some(&path), None).expect_err("it is taken");
    assert!(matches!(error, DoorError::Taken(_)), "{error}");
    assert!(error.to_string().contains("another process answers at"), "{error}");
    assert!(path.exists(), "and it stays where it is");
    drop(living);
}

#[test]
fn what_is_no_socket_is_left_alone() {
    let folder = Folder::new();
    let path = folder.join("admin.sock");
    fs::write(&path, "precious").expect("a file can be written");
    let error = Doors::open(Some(&path), None).expect_err("it is in the way");
    assert!(error.to_string().contains("is no socket"), "{error}");
    assert_eq!(fs::read_to_string(&path).expect("it is there"), "precious");
}

#[test]
fn a_path_that_is_too_long_is_named_with_what_to_do() {
    let folder = Folder::new();
    let path = folder.join(&"x".repeat(120));
    let error = Doors::open(Some(&path), None).expect_err("it has no room").to_string();
    assert!(error.contains("at most 107") && error.contains("[admin]"), "{error}");
}

#[test]
fn a_socket_that_somebody_else_has_put_there_meanwhile_is_not_removed() {
    let folder = Folder::new();
    let path = folder.join("admin.sock");
    let doors = Doors::open(Some(&path), None).expect("it can be made");
    fs::remove_file(&path).expect("it can be removed");
    let other = UnixListener::bind(&path).expect("a socket can be made");
    drop(doors);
    assert!(path.exists());
    drop(other);
}

#[test]
fn an_address_that_is_taken_is_named_and_no_socket_is_left() {
    let folder = Folder::new();
    let path = folder.join("admin.sock");
    let other = TcpListener::bind("127.0.0.1:0").expect("a port is free");
    let address = other.local_addr().expect("it has an address");
    let error = Doors::open(Some(&path), Some(address)).expect_err("it is taken").to_string();
    assert!(error.contains(&address.to_string()) && error.contains("[metrics]"), "{error}");
    assert!(!path.exists());
}
