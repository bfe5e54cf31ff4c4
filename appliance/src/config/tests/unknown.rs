//! Keys and sections that there are not, and text that is not TOML.

use super::super::Config;
use super::wrong;

#[test]
fn an_unknown_key_is_answered_with_the_one_that_was_meant() {
    let rows = [
        (
            "[order_entry]\nlisen = \"127.0.0.1:1\"\n",
            "v.toml:2: order_entry.lisen: no such key in [order_entry]; did you mean listen?",
        ),
        (
            "[order_entry]\nidle-timeout = \"5s\"\n",
            "v.toml:2: order_entry.idle-timeout: no such key in [order_entry]; did you mean \
             idle_timeout?",
        ),
        (
            "[venue]\ndurability = \"os\"\n",
            "v.toml:2: venue.durability: no such key in [venue]; it is one under [journal]",
        ),
        (
            "[log]\nverbose = true\n",
            "v.toml:2: log.verbose: no such key in [log]; there are counters_every, format, level",
        ),
        (
            "[jornal]\ndurability = \"os\"\n",
            "v.toml:1: jornal: no such section; did you mean [journal]?",
        ),
        ("[[ports]]\nfirm = \"A\"\n", "v.toml:1: ports: no such section; did you mean [[port]]?"),
        (
            "listen = \"127.0.0.1:1\"\n",
            "v.toml:1: listen: no such section; it is a key under [metrics] or \
             [order_entry]",
        ),
        (
            "[kitchen]\n",
            "v.toml:1: kitchen: no such section; there are [admin], [feed], [[instrument]], \
             [instruments], [journal], [limits], [log], [metrics], [order_entry], [[port]], \
             [recovery], [threads], [venue], [venue.calendar]",
        ),
    ];
    for (text, said) in rows {
        assert_eq!(wrong(text), [said]);
    }
}

#[test]
fn a_section_is_written_with_the_brackets_it_has() {
    let rows = [
        ("[port]\n", "v.toml:1: port: write [[port]] in double brackets, once for each"),
        (
            "port = 5\n",
            "v.toml:1: port: write [[port]] in double brackets, once for each; this \
             is a value of type integer",
        ),
        (
            "port = [5]\n",
            "v.toml:1: port: write [[port]] in double brackets, once for each; this \
             is a value of type integer",
        ),
        ("[[venue]]\n", "v.toml:1: venue: is a section: write [venue] on a line of its own, once"),
    ];
    for (text, said) in rows {
        assert_eq!(wrong(text), [said]);
    }
}

#[test]
fn everything_that_is_wrong_is_told_at_once_in_the_order_of_the_file() {
    let said = wrong(
        "[order_entry]\nlisten = 1\nidle_timeout = \"1s\"\n[jornal]\n[log]\nlevl = \"info\"\n\
         format = \"xml\"\n",
    );
    let lines: Vec<&str> = said.iter().map(|line| line.split(": ").next().expect("one")).collect();
    assert_eq!(lines, ["v.toml:2", "v.toml:3", "v.toml:4", "v.toml:6", "v.toml:7"]);
}

#[test]
fn text_that_is_not_toml_is_refused_with_its_line() {
    let rows = [
        "[venue\nname = \"x\"\n",
        "[venue]\nname = \n",
        "[venue]\nname = x\n",
        "[venue]\nname = \"x\"\nname = \"y\"\n",
        "[venue]\n\n[venue]\n",
        "\u{0}",
    ];
    for text in rows {
        let said = wrong(text);
        assert!(said.iter().all(|line| line.contains(": not TOML: ")), "{said:#?}\n{text}");
    }
}

#[test]
fn what_is_wrong_beside_text_that_is_not_toml_is_told_as_well() {
    let said = wrong(
        "[venue]\nname = Outcry\ntimezone = \"Mars\"\nnam = \"x\"\n[journal]\n\
         low_disk_warn = 1 GiB\nlow_disk_stop = \"3GiB\"\nkeep_days = -1\n\
         [[port]]\nusername = broker\npassword = \"x\"\nfirm = \"FIRMS\"\n",
    );
    let lines: Vec<&str> = said.iter().map(|line| line.split(": ").next().expect("one")).collect();
    let expected = [2, 3, 4, 6, 8, 10, 12].map(|line| format!("v.toml:{line}"));
    assert_eq!(lines, expected, "{said:#?}");
    // Where a section is lost, so is what its keys mean.
    let said = wrong("[venue\nname = 5\n[log]\nlevel = 5\n");
    assert!(said.len() == 1 && said[0].starts_with("v.toml:1: not TOML: "), "{said:#?}");
}

#[test]
fn a_file_that_cannot_be_read_is_named() {
    let dir = env!("CARGO_MANIFEST_DIR");
    let path = std::path::Path::new(dir).join("missing.toml");
    let errors = Config::read(&path).expect_err("there is no such file");
    assert!(errors.to_string().starts_with(&format!("{}: cannot read: ", path.display())));
}
