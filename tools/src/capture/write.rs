//! Captures made from payloads: Ethernet frames of UDP and TCP over IPv4 in a classic pcap file.

mod conversation;
mod pcap_writer;

pub use conversation::{FULL_SEGMENT, Side, TcpConversation};
pub use pcap_writer::PcapWriter;
