//! What of a message goes to Wireshark's Info column.

use protocol_spec::wire::layout::{FieldLayout, Layout};

/// Place of codes that are told with what they say.
pub(super) const SPELLED: u8 = 6;

/// The title without what follows a dash.
pub(super) fn title(layout: &Layout) -> &'static str {
    match layout.title.split_once(" - ") {
        Some((title, _)) => title,
        None => layout.title,
    }
}

/// The place of a field in the summary, and what stands before its value.
pub(super) fn place(layout: &Layout, field: &FieldLayout) -> Option<(u8, &'static str)> {
    let has = |name: &str| layout.fields.iter().any(|field| field.name == name);
    let place = match field.name {
        "username" => (1, ""),
        "session" => (1, "session "),
        "number" | "next" => (2, "#"),
        "count" => (3, "count "),
        "original_ref" => (1, "ref "),
        "order_ref" if !has("stock") && !has("symbol") => (1, "ref "),
        "new_ref" => (1, "-> "),
        "orig_user_ref_num" => (1, "UserRefNum "),
        "user_ref_num" if has("orig_user_ref_num") => (1, "-> "),
        "user_ref_num" => (1, "UserRefNum "),
        "next_user_ref_num" => (1, "next "),
        "stock" | "symbol" => (2, ""),
        "mpid" => (2, ""),
        "side" => (3, ""),
        "shares" | "quantity" | "decrement" | "paired_shares" => (4, ""),
        "price" | "ipo_price" => (5, "@ "),
        "state" if has("price") => return None,
        "event" | "state" | "reason" | "action" | "breached" | "qualifier" | "interest" => {
            (SPELLED, "")
        }
        "match_no" => (SPELLED + 1, "match "),
        _ => return None,
    };
    Some(place)
}
