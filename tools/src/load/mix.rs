//! What share of the requests is what.

use std::fmt;
use std::str::FromStr;

use crate::workload::random::Random;

/// A kind of request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Request {
    /// A day order that does not reach the other side, and rests.
    Rest,
    /// An immediate-or-cancel order that reaches all of the other side.
    Cross,
    /// A cancel of the oldest order at rest.
    Cancel,
    /// A replace of the oldest order at rest, to another price at which it rests.
    Replace,
}

impl Request {
    const ALL: [Request; 4] = [Request::Rest, Request::Cross, Request::Cancel, Request::Replace];

    const fn name(self) -> &'static str {
        match self {
            Request::Rest => "rest",
            Request::Cross => "cross",
            Request::Cancel => "cancel",
            Request::Replace => "replace",
        }
    }
}

/// Shares of the four kinds, in percent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mix([u8; 4]);

impl Default for Mix {
    /// As many orders come to rest as are canceled or traded away.
    fn default() -> Self {
        Mix([45, 10, 35, 10])
    }
}

impl Mix {
    /// One kind by chance.
    pub(crate) fn draw(self, random: &mut Random) -> Request {
        let mut at = u8::try_from(random.below(100)).expect("a percentage fits");
        for (kind, share) in Request::ALL.into_iter().zip(self.0) {
            match at.checked_sub(share) {
                None => return kind,
                Some(rest) => at = rest,
            }
        }
        unreachable!("the shares add up to 100")
    }
}

impl FromStr for Mix {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let mut shares = [None; 4];
        for part in text.split(',') {
            let named = part.trim().split_once('=').and_then(|(name, share)| {
                let at = Request::ALL.iter().position(|kind| kind.name() == name)?;
                Some((at, share.parse().ok().filter(|share| *share <= 100)?))
            });
            let Some((at, share)) = named else {
                return Err(format!("\"{part}\" is no share such as cross=10"));
            };
            if shares[at].replace(share).is_some() {
                return Err(format!("the share of \"{}\" is given twice", Request::ALL[at].name()));
            }
        }
        let shares: [u8; 4] = shares.map(Option::unwrap_or_default);
        match shares.iter().map(|share| u32::from(*share)).sum() {
            100 => Ok(Mix(shares)),
            sum => Err(format!("the shares add up to {sum} and not to 100")),
        }
    }
}

impl fmt::Display for Mix {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let shares = Request::ALL.iter().zip(self.0).filter(|(_, share)| *share > 0);
        let texts: Vec<String> =
            shares.map(|(kind, share)| format!("{}={share}", kind.name())).collect();
        f.write_str(&texts.join(","))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_are_read_and_shown() {
        for text in ["rest=45,cross=10,cancel=35,replace=10", "rest=60,cross=40"] {
            assert_eq!(text.parse::<Mix>().expect("it is a mix").to_string(), text);
        }
        let spaced = "cross=100, rest=0".parse();
        assert_eq!(spaced, Ok(Mix([0, 100, 0, 0])));
    }

    #[test]
    fn what_is_no_mix_is_told() {
        let samples = [
            ("rest=50,cross=40", "the shares add up to 90 and not to 100"),
            ("rest=50,rest=50", "the share of \"rest\" is given twice"),
            ("rest=101", "\"rest=101\" is no share such as cross=10"),
            ("buy=100", "\"buy=100\" is no share such as cross=10"),
            ("", "\"\" is no share such as cross=10"),
        ];
        for (text, error) in samples {
            assert_eq!(text.parse::<Mix>(), Err(error.to_owned()), "{text}");
        }
    }

    #[test]
    fn kinds_are_drawn_by_their_shares() {
        let (mix, mut random, mut counts) = (Mix([70, 0, 20, 10]), Random::new(7), [0_u32; 4]);
        for _ in 0..10_000 {
            counts[mix.draw(&mut random) as usize] += 1;
        }
        let expected = [7_000, 0, 2_000, 1_000];
        for (count, expected) in counts.into_iter().zip(expected) {
            assert!(count.abs_diff(expected) <= 200, "{counts:?}");
        }
    }
}
