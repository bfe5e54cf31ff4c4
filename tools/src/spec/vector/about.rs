//! What the file of vectors says of itself.

/// The members of the file, of a vector and of a field.
pub(super) const MEMBERS: &[(&str, &str)] = &[
    (
        "what",
        "One valid example at least of every message and every OUCH tag, printed from the tables \
         that the venue reads and writes messages by.",
    ),
    (
        "protocol",
        "itch, glimpse, ouch, soup (SoupBinTCP), mold (MoldUDP64) or binaryfile. Types of ouch \
         mean different messages each way, so its vectors have a direction: inbound is what \
         brokers send, outbound what the venue sends.",
    ),
    (
        "name",
        "Of a vector: the message's name in code. Of a field: the field's name in code, as in the \
         column Field of the documents. The title is the name in the vendor's document.",
    ),
    ("case", "Which example of a message it is, where there are several."),
    ("type", "Of a vector: the type byte. Of a field: what its value is, one of types."),
    ("hex", "The whole message, in the order of the wire."),
    ("fields", "Every field but tags: offset and length in bytes, from the start of the message."),
    (
        "value",
        "Exact. Numbers, prices and times are whole numbers as on the wire; those above 2^53 are \
         strings of digits. Codes are strings as on the wire, padding included; text and numbers \
         in ASCII digits are strings without padding.",
    ),
    (
        "text",
        "The value as people write it, where that differs: prices with their decimals, times as \
         hours, minutes and seconds since midnight, numeric codes in hexadecimal.",
    ),
    ("meaning", "What a code says."),
    (
        "tags",
        "The elements of the appendage; the offset is that of the value, after length and tag.",
    ),
    ("payload", "Where the bytes of the layer above begin, and how many they are."),
];
