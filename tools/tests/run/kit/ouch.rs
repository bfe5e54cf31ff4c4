//! OUCH messages byte by byte, as the vendor's document has them and nothing of the protocol's
//! code does.

/// A buy or a sale of 100 AAA at 10.00 for the day, displayed, to be changed field by field.
#[derive(Clone, Debug)]
pub(crate) struct Enter {
    pub(crate) number: u32,
    pub(crate) side: u8,
    pub(crate) quantity: u32,
    pub(crate) symbol: &'static str,
    pub(crate) price: u64,
    pub(crate) tif: u8,
    pub(crate) display: u8,
    pub(crate) text: &'static str,
    /// Elements of the appendage.
    pub(crate) tags: Vec<u8>,
}

pub(crate) const MARKET: u64 = 0x7FFF_FFFF;
/// Bit 55: references of orders that the public never sees.
pub(crate) const PRIVATE: u64 = 1 << 55;

pub(crate) fn buy(number: u32) -> Enter {
    Enter {
        number,
        side: b'B',
        quantity: 100,
        symbol: "AAA",
        price: 100_000,
        tif: b'0',
        display: b'Y',
        text: "text",
        tags: Vec::new(),
    }
}

pub(crate) fn sell(number: u32) -> Enter {
    Enter { side: b'S', ..buy(number) }
}

/// An element of an appendage.
pub(crate) fn tag(tag: u8, value: &[u8]) -> Vec<u8> {
    let length = u8::try_from(1 + value.len()).expect("it is short");
    [&[length, tag], value].concat()
}

fn appendage(tags: &[u8]) -> Vec<u8> {
    let length = u16::try_from(tags.len()).expect("it is short");
    [&length.to_be_bytes(), tags].concat()
}

fn padded<const N: usize>(text: &str) -> [u8; N] {
    let mut bytes = [b' '; N];
    bytes[..text.len()].copy_from_slice(text.as_bytes());
    bytes
}

impl Enter {
    pub(crate) fn shares(self, quantity: u32) -> Self {
        Enter { quantity, ..self }
    }

    /// At this price in ten thousandths.
    pub(crate) fn at(self, price: u64) -> Self {
        Enter { price, ..self }
    }

    pub(crate) fn tif(self, tif: u8) -> Self {
        Enter { tif, ..self }
    }

    pub(crate) fn with(mut self, number: u8, value: &[u8]) -> Self {
        self.tags.extend(tag(number, value));
        self
    }

    pub(crate) fn bytes(&self) -> Vec<u8> {
        let Enter { number, side, quantity, symbol, price, tif, display, text, tags } = self;
        let codes = [*tif, *display, b'P', b'N', b'N'];
        [
            b"O".as_slice(),
            &number.to_be_bytes(),
            &[*side],
            &quantity.to_be_bytes(),
            &padded::<8>(symbol),
            &price.to_be_bytes(),
            &codes,
            &padded::<14>(text),
            &appendage(tags),
        ]
        .concat()
    }

    /// Accepted as it was sent, with this reference.
    pub(crate) fn accepted(&self, reference: u64) -> Vec<u8> {
        let Enter { number, side, quantity, symbol, price, tif, display, text, tags } = self;
        [
            told(b'A').as_slice(),
            &number.to_be_bytes(),
            &[*side],
            &quantity.to_be_bytes(),
            &padded::<8>(symbol),
            &price.to_be_bytes(),
            &[*tif, *display],
            &reference.to_be_bytes(),
            b"PNNL",
            &padded::<14>(text),
            &appendage(tags),
        ]
        .concat()
    }

    /// A Replace of `original` by this.
    pub(crate) fn replace(&self, original: u32) -> Vec<u8> {
        let Enter { number, quantity, price, tif, display, text, tags, .. } = self;
        [
            b"U",
            original.to_be_bytes().as_slice(),
            &number.to_be_bytes(),
            &quantity.to_be_bytes(),
            &price.to_be_bytes(),
            &[*tif, *display, b'N'],
            &padded::<14>(text),
            &appendage(tags),
        ]
        .concat()
    }

    /// Replaced as it was sent, with `leaves` shares left.
    pub(crate) fn replaced(&self, original: u32, leaves: u32, reference: u64) -> Vec<u8> {
        let accepted = self.accepted(reference);
        let (mut told, rest) = (told(b'U'), &accepted[9..]);
        told.extend_from_slice(&original.to_be_bytes());
        told.extend_from_slice(&rest[..5]);
        told.extend_from_slice(&leaves.to_be_bytes());
        told.extend_from_slice(&rest[9..]);
        told
    }

    /// Rejected for this reason.
    pub(crate) fn rejected(&self, reason: u16) -> Vec<u8> {
        rejected(self.number, reason, self.text)
    }
}

/// X: `quantity` is what is wanted in all.
pub(crate) fn cancel(number: u32, quantity: u32) -> Vec<u8> {
    [b"X", number.to_be_bytes().as_slice(), &quantity.to_be_bytes()].concat()
}

pub(crate) fn modify(number: u32, side: u8, quantity: u32) -> Vec<u8> {
    [b"M", number.to_be_bytes().as_slice(), &[side], &quantity.to_be_bytes()].concat()
}

pub(crate) fn mass_cancel(number: u32, firm: &str, symbol: &str, tags: &[u8]) -> Vec<u8> {
    let (firm, symbol) = (padded::<4>(firm), padded::<8>(symbol));
    [b"C", number.to_be_bytes().as_slice(), &firm, &symbol, &appendage(tags)].concat()
}

/// D or E.
pub(crate) fn switch(kind: u8, number: u32, firm: &str) -> Vec<u8> {
    [&[kind], number.to_be_bytes().as_slice(), &padded::<4>(firm), &[0, 0]].concat()
}

pub(crate) fn query_on(channel: u8) -> Vec<u8> {
    [b"Q", appendage(&tag(28, &[channel])).as_slice()].concat()
}

/// The type and a time of 0.
fn told(kind: u8) -> Vec<u8> {
    [&[kind], [0; 8].as_slice()].concat()
}

/// A message of the venue with its time set to 0.
pub(crate) fn untimed(message: &[u8]) -> Vec<u8> {
    let mut bytes = message.to_vec();
    bytes[1..9].fill(0);
    bytes
}

pub(crate) fn system(event: u8) -> Vec<u8> {
    [told(b'S').as_slice(), &[event]].concat()
}

pub(crate) fn rejected(number: u32, reason: u16, text: &str) -> Vec<u8> {
    let told = told(b'J');
    let number = number.to_be_bytes();
    [told.as_slice(), &number, &reason.to_be_bytes(), &padded::<14>(text)].concat()
}

pub(crate) fn canceled(number: u32, shares: u32, reason: u8) -> Vec<u8> {
    [told(b'C').as_slice(), &number.to_be_bytes(), &shares.to_be_bytes(), &[reason]].concat()
}

/// B, of a trade of the order `number` with this text.
pub(crate) fn broken(number: u32, trade: u64, reason: u8, text: &str) -> Vec<u8> {
    let (told, number, trade) = (told(b'B'), number.to_be_bytes(), trade.to_be_bytes());
    [told.as_slice(), &number, &trade, &[reason], &padded::<14>(text)].concat()
}

pub(crate) fn executed(number: u32, shares: u32, price: u64, flag: u8, trade: u64) -> Vec<u8> {
    let told = told(b'E');
    let (number, shares, price) = (number.to_be_bytes(), shares.to_be_bytes(), price.to_be_bytes());
    [told.as_slice(), &number, &shares, &price, &[flag], &trade.to_be_bytes(), &[0, 0]].concat()
}

/// D: `shares` were taken off, as many were prevented from trading.
pub(crate) fn prevented(number: u32, shares: u32, price: u64, flag: u8, how: u8) -> Vec<u8> {
    let told = told(b'D');
    let (number, shares) = (number.to_be_bytes(), shares.to_be_bytes());
    let price = price.to_be_bytes();
    [told.as_slice(), &number, &shares, b"Q", &shares, &price, &[flag, how]].concat()
}

pub(crate) fn modified(number: u32, side: u8, leaves: u32) -> Vec<u8> {
    [told(b'M').as_slice(), &number.to_be_bytes(), &[side], &leaves.to_be_bytes()].concat()
}

pub(crate) fn restated(number: u32, reference: u64, shares: u32, price: u64) -> Vec<u8> {
    let tags = [
        tag(1, &reference.to_be_bytes()),
        tag(22, &shares.to_be_bytes()),
        tag(23, &price.to_be_bytes()),
    ];
    [told(b'R').as_slice(), &number.to_be_bytes(), b"R", &appendage(&tags.concat())].concat()
}

pub(crate) fn mass_canceled(number: u32, firm: &str, symbol: &str, tags: &[u8]) -> Vec<u8> {
    let told = told(b'X');
    let (firm, symbol) = (padded::<4>(firm), padded::<8>(symbol));
    [told.as_slice(), &number.to_be_bytes(), &firm, &symbol, &appendage(tags)].concat()
}

/// G or K.
pub(crate) fn switched(kind: u8, number: u32, firm: &str) -> Vec<u8> {
    let told = told(kind);
    [told.as_slice(), &number.to_be_bytes(), &padded::<4>(firm), &[0, 0]].concat()
}

pub(crate) fn queried(next: u32) -> Vec<u8> {
    [told(b'Q').as_slice(), &next.to_be_bytes()].concat()
}

/// With the channel that a message without an appendage of its own gets.
pub(crate) fn on_channel(message: &[u8], channel: u8) -> Vec<u8> {
    [message, &appendage(&tag(28, &[channel]))].concat()
}
