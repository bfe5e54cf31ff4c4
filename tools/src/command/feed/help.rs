//! What `outcry feed --help` says behind the arguments.

pub(super) const FEED: &str = "\
Examples:
  outcry feed save day.itch              the day of a venue on this machine, to its end or Ctrl-C
  outcry feed check day.itch             whether a receiver could build its books from it
  outcry feed check --live               the same while it is told
  outcry feed save - | outcry decode -   every message in words, as it comes
  outcry feed save --help                more of each";

pub(super) const SAVE: &str = "\
Examples:
  outcry feed save day.itch
  outcry feed save day.itch --config venue.toml
  outcry feed save day.itch --lines 239.192.26.1:26401@10.0.0.7,239.192.26.2:26402@10.0.1.7 \\
      --rerequest 10.0.0.9:26410
  outcry feed save day.itch --receive 10.0.0.7:26401 --rerequest none
  outcry feed save - --from now | outcry decode - --stock AAPL
  outcry feed save opening.itch --for 10m --force

What happens.
  Lines carry the same messages. Each message is saved once, in order; what one line loses another
  brings, and what all lose is asked for again, as is what was told before the command began.
  Standard error has what is missing and who healed it. Lines are IPv4.

  The file is a BinaryFILE: each message behind its length in 2 bytes. It has its end mark when the
  day is over. Ctrl-C and SIGTERM end it before; it is whole up to there, as it is
  if the disk is full: what was written of a message is cut off again. A day that is over can be
  saved for as long as the venue tells its end, half a minute, and the file has all of it.

  Messages that nobody has are said to be lost. They are not in the file then, and what follows
  them is: its messages no longer have the numbers of their places.

  --lines alone names nobody who could be asked: give --rerequest as well.

Exit status:
  0 if every message is in the file, to the end of the day or to where it was stopped,
  1 if messages were lost or still missing when it was stopped, the session was left before its
    end, nothing was heard, or the file cannot be written,
  2 for misuse; a file that is there is not written over without --force.";

pub(super) const CHECK: &str = "\
Examples:
  outcry feed check day.itch
  gzip -dc day.itch.gz | outcry feed check -
  outcry feed check --live --for 30s
  outcry feed check day.itch --json | jq .faults

What is checked.
  All books are rebuilt. No message is malformed or names an order or a security that there is not;
  no order loses more shares than it has; no reference and no match number is used twice, but for
  the two sides of a pair in a cross; only matches are broken that there were; times do not go
  back; nothing displayed is locked or crossed while its security trades.

  A day is checked from its first message on. What is left out of a recording shows as orders that
  nobody has heard of. The number of a message is its place in the file; with --live it is that of
  the session, and the check ends where messages are lost. It says why it ended; in JSON `end` is
  over, stopped, time_over, lost, or abandoned for another session.

Exit status:
  0 if nothing is wrong; a file that ends after a whole message is not,
  1 if something is, the file is cut off or cannot be read, or with --live messages are lost or
    missing, or nothing is heard,
  2 for misuse.";
