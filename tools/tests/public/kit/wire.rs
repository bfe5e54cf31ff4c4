//! Packets of the feed byte by byte, as the vendor's document has them and nothing of the
//! protocol's code does.

/// A packet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Packet {
    pub(crate) session: String,
    /// Of the first message, or of the next one where there is none.
    pub(crate) number: u64,
    pub(crate) body: Body,
}

/// What a packet has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Body {
    Heartbeat,
    Messages(Vec<Vec<u8>>),
    EndOfSession,
}

impl Packet {
    /// Reads a packet, which has to be well-formed to the last byte.
    #[track_caller]
    pub(crate) fn read(bytes: &[u8]) -> Self {
        assert!(bytes.len() >= 20, "no header: {bytes:?}");
        let session = String::from_utf8(bytes[..10].to_vec()).expect("a session is text");
        assert!(session.bytes().all(|byte| byte.is_ascii_alphanumeric()), "{session:?}");
        let number = u64::from_be_bytes(bytes[10..18].try_into().expect("eight bytes"));
        assert!(number > 0, "no message has the number 0");
        let count = u16::from_be_bytes(bytes[18..20].try_into().expect("two bytes"));
        let mut rest = &bytes[20..];
        let body = match count {
            0 => Body::Heartbeat,
            u16::MAX => Body::EndOfSession,
            _ => Body::Messages((0..count).map(|_| block(&mut rest)).collect()),
        };
        assert!(rest.is_empty(), "nothing follows the last message");
        Packet { session, number, body }
    }

    /// The number of the first message behind it.
    pub(crate) fn next(&self) -> u64 {
        self.number + self.messages().len() as u64
    }

    pub(crate) fn messages(&self) -> &[Vec<u8>] {
        match &self.body {
            Body::Messages(messages) => messages,
            Body::Heartbeat | Body::EndOfSession => &[],
        }
    }
}

fn block(rest: &mut &[u8]) -> Vec<u8> {
    let (length, bytes) = rest.split_first_chunk().expect("the block has a length");
    let length = usize::from(u16::from_be_bytes(*length));
    let (message, behind) = bytes.split_at_checked(length).expect("the block is whole");
    *rest = behind;
    message.to_vec()
}

/// A request for `count` messages from `number` on.
pub(crate) fn request(session: &str, number: u64, count: u16) -> Vec<u8> {
    let session: [u8; 10] = session.as_bytes().try_into().expect("ten characters");
    [session.as_slice(), &number.to_be_bytes(), &count.to_be_bytes()].concat()
}

/// What one line told of a session, put together from its packets.
#[derive(Clone, Debug, Default)]
pub(crate) struct Stream {
    pub(crate) session: String,
    /// From number 1 on.
    pub(crate) messages: Vec<Vec<u8>>,
    pub(crate) is_over: bool,
    /// Messages that were told again, with the same bytes.
    pub(crate) again: usize,
}

impl Stream {
    /// Takes a packet that came next. Numbers may go back, as they do after a start, and then bring
    /// the same bytes; they never leave one out.
    #[track_caller]
    pub(crate) fn take(&mut self, packet: &Packet) {
        if self.session.is_empty() {
            self.session.clone_from(&packet.session);
        }
        assert_eq!(self.session, packet.session, "one session");
        let told = self.messages.len() as u64;
        assert!(packet.number <= told + 1, "{told} messages were told, now {}", packet.number);
        match packet.body {
            Body::Messages(_) => {
                let is_known = packet.next() <= told + 1;
                assert!(!self.is_over || is_known, "a message after the end");
            }
            Body::Heartbeat => {
                assert!(!self.is_over, "a heartbeat after the end");
                assert!(packet.number <= told + 1, "a heartbeat tells the next number");
            }
            Body::EndOfSession => {
                assert_eq!(packet.number, told + 1, "the end tells the next number");
                self.is_over = true;
            }
        }
        for (at, message) in (packet.number - 1..).zip(packet.messages()) {
            match self.messages.get(at as usize) {
                Some(known) => {
                    assert_eq!(known, message, "message {} was told otherwise", at + 1);
                    self.again += 1;
                }
                None => self.messages.push(message.clone()),
            }
        }
    }
}
