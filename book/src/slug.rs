//! Anchors of headings, as GitHub makes them, so that links work there and on the site.

use std::collections::HashMap;

/// Gives the headings of one page their anchors.
#[derive(Default)]
pub(crate) struct Slugs(HashMap<String, usize>);

impl Slugs {
    /// The anchor of the page's next heading: lower case, without punctuation, `-` for blanks; numbered if it was there.
    pub(crate) fn next(&mut self, heading: &str) -> String {
        let kept = heading.trim().chars().filter(|c| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_'));
        let slug: String = kept.flat_map(char::to_lowercase).map(|c| if c == ' ' { '-' } else { c }).collect();
        let count = self.0.entry(slug.clone()).or_default();
        *count += 1;
        if *count == 1 { slug } else { format!("{slug}-{}", *count - 1) }
    }
}

#[cfg(test)]
mod tests {
    use super::Slugs;

    #[test]
    fn anchors_are_those_of_github() {
        let mut slugs = Slugs::default();
        let headings = ["What is not needed is not looked up", "`fen` 的命令：一览", "A.  b-c_d", "a  b-c_d"];
        let anchors = headings.map(|heading| slugs.next(heading));
        assert_eq!(anchors, ["what-is-not-needed-is-not-looked-up", "fen-的命令一览", "a--b-c_d", "a--b-c_d-1"]);
    }
}
