//! SoupBinTCP 3.00 (and the longer login of 4.10): packets on a TCP connection.
//!
//! ```text
//! packet := length:u16 type:u8 payload       length counts type and payload
//! ```
//!
//! Offsets in the table count from the start of the packet, its length field included.

use core::fmt;

use super::error::{BadCode, DecodeError};
use super::field::{Field, Singles};
use super::layout::{Code, FieldLayout, Kind, Layout, Shape, Tail};
use super::table::{codes, field, messages, record};
use super::text::{Alpha, Digits, Secret};

/// Name of a session.
pub type SessionId = Alpha<10>;

/// Bytes before the payload: the length and the type.
pub const HEADER: usize = 3;
/// Longest payload that the length field can tell.
pub const MAX_PAYLOAD: usize = 0xFFFF - 1;

/// Bytes that the login request of version 4.10 has more.
pub const TIMEOUT_LEN: usize = 5;

/// What follows the login request of version 4.10.
const LOGIN_4_10: &[FieldLayout] = &[field!(49 5 heartbeat_timeout: Digits<5>,
    "Heartbeat Timeout", "Milliseconds of silence after which the server may hang up (4.10)")];

codes! {
    /// Why a login was refused.
    LoginRejectReason[1] Code {
        NOT_AUTHORIZED b"A" "not authorized: no such pair of username and password";
        SESSION_NOT_AVAILABLE b"S" "the session asked for is not available";
    }
}

messages! {
    /// A packet.
    enum Packet;
    type at 2;
    carrier;
    header {}

    Debug = b'+', 3, "Debug",
        "Text for people; receivers ignore it." {
    } + Tail::Payload("Text");

    LoginAccepted = b'A', 33, "Login Accepted",
        "The server took the login; sequenced packets follow from the number given." {
        3 10 session: SessionId, "Session", "The session, padded on the left";
        13 20 number: Digits<20>, "Sequence Number", "Number of the next sequenced packet";
    };

    LoginRejected = b'J', 4, "Login Rejected",
        "The server refused the login and closes." {
        3 1 reason: LoginRejectReason, "Reject Reason Code", "Why";
    };

    SequencedData = b'S', 3, "Sequenced Data",
        "One message from the server, numbered by its place in the session." {
    } + Tail::Payload("The message");

    ServerHeartbeat = b'H', 3, "Server Heartbeat",
        "The server lives; sent after a second without another packet." {
    };

    EndOfSession = b'Z', 3, "End of Session",
        "The session is over; the server closes." {
    };

    LoginRequest = b'L', 49, "Login Request",
        "The client names itself and where it wants to go on." {
        3 6 username: Alpha<6>, "Username", "Case does not matter";
        9 10 password: Secret<10>, "Password", "Case does not matter";
        19 10 session: SessionId, "Requested Session", "The session; spaces mean the current one";
        29 20 number: Digits<20>, "Requested Sequence Number",
            "Number of the first packet wanted; 0 is the most recent one";
    } + Tail::Optional(LOGIN_4_10);

    UnsequencedData = b'U', 3, "Unsequenced Data",
        "One message without a number; it may be lost." {
    } + Tail::Payload("The message");

    ClientHeartbeat = b'R', 3, "Client Heartbeat",
        "The client lives; sent after a second without another packet." {
    };

    LogoutRequest = b'O', 3, "Logout Request",
        "The client wants the connection closed." {
    };
}

/// A whole packet and what it carries.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Framed<'a> {
    /// The packet.
    pub packet: Packet<'a>,
    /// Message or text of packets that carry one, the timeout of a login of version 4.10,
    /// otherwise empty.
    pub payload: &'a [u8],
}

impl<'a> Framed<'a> {
    /// Reads exactly one packet, its length field included.
    ///
    /// # Errors
    /// If the length field does not fit the bytes, the type is unknown, a code has no meaning, or
    /// the packet has not the length of its type.
    pub fn decode(bytes: &'a [u8]) -> Result<Self, DecodeError> {
        let have = bytes.len();
        let Some((&length, rest)) = bytes.split_first_chunk() else {
            return Err(DecodeError::Truncated { need: HEADER, have });
        };
        let need = 2 + usize::from(u16::from_be_bytes(length));
        if have < need {
            return Err(DecodeError::Truncated { need, have });
        }
        if have > need {
            return Err(DecodeError::Trailing { extra: have - need });
        }
        if rest.is_empty() {
            return Err(DecodeError::Truncated { need: HEADER, have });
        }
        let (packet, payload) = Packet::split(bytes)?;
        match (packet.layout().tail, payload.len()) {
            (Tail::Payload(_), _) | (_, 0) => {}
            (Tail::Optional(_), TIMEOUT_LEN) => {
                if let Some(bad) = LOGIN_4_10[0].bad_code(bytes) {
                    return Err(DecodeError::BadCode(bad));
                }
            }
            (Tail::Optional(_), extra @ 1..TIMEOUT_LEN) => {
                let need = need + TIMEOUT_LEN - extra;
                return Err(DecodeError::Truncated { need, have });
            }
            (Tail::Optional(_), extra) => {
                return Err(DecodeError::Trailing { extra: extra - TIMEOUT_LEN });
            }
            (_, extra) => return Err(DecodeError::Trailing { extra }),
        }
        match packet.bad_code() {
            Some(bad) => Err(DecodeError::BadCode(bad)),
            None => Ok(Framed { packet, payload }),
        }
    }
}

/// Writes the length and type of a packet whose payload follows.
///
/// # Panics
/// If the payload is longer than [`MAX_PAYLOAD`].
#[must_use]
pub fn header(kind: u8, payload: usize) -> [u8; HEADER] {
    let length = u16::try_from(1 + payload).expect("a payload fits its length field");
    let [high, low] = length.to_be_bytes();
    [high, low, kind]
}
