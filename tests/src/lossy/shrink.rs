//! The smallest list that still fails.

/// Leaves out of `list` whatever it can while `fails` holds: halves first, then ever smaller parts,
/// until no single element can go, or `fails` was asked `tries` times.
pub fn shrink<T: Clone>(list: &[T], tries: u32, mut fails: impl FnMut(&[T]) -> bool) -> Vec<T> {
    let mut list = list.to_vec();
    let mut left = tries;
    let mut part = list.len().div_ceil(2);
    while part > 0 {
        let mut from = 0;
        let mut is_smaller = false;
        while from < list.len() {
            let to = list.len().min(from + part);
            let without = [&list[..from], &list[to..]].concat();
            let Some(one_less) = left.checked_sub(1) else { return list };
            left = one_less;
            if fails(&without) {
                list = without;
                is_smaller = true;
            } else {
                from = to;
            }
        }
        // What one part alone did not allow may go now that another is gone.
        let again = is_smaller && part == 1;
        part = if again { 1 } else { part / 2 };
    }
    list
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_does_not_matter_is_left_out() {
        let list: Vec<u32> = (0..1000).collect();
        let mut runs = 0;
        let smallest = shrink(&list, 10_000, |list| {
            runs += 1;
            [17, 400, 999].iter().all(|each| list.contains(each))
        });
        assert_eq!(smallest, [17, 400, 999]);
        assert!(runs < 300, "{runs} runs");
        assert_eq!(shrink(&list, 10_000, |_| true), [0u32; 0]);
        assert_eq!(shrink(&list, 10_000, |part| part.len() == 1000), list);
        assert_eq!(shrink(&list, 1, |_| true).len(), 500, "one try is one half");
    }

    #[test]
    fn one_alone_may_need_another_to_go_first() {
        // 1 may go only after 3 is gone.
        let fails = |list: &[u32]| list.contains(&2) && (list.contains(&1) || !list.contains(&3));
        assert_eq!(shrink(&[1, 2, 3], 100, fails), [2]);
    }
}
