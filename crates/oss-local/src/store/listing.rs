//! What is in a bucket, in pages.

use std::ops::Bound;
use std::sync::Arc;

use super::index::{Bucket, Version};
use super::meta::Meta;
use super::opened::{Store, existing};
use crate::error::Result;

/// What a list is asked for.
#[derive(Debug, Default)]
pub(crate) struct Wanted {
    pub(crate) prefix: String,
    /// Empty: no grouping.
    pub(crate) delimiter: String,
    /// Begin after this key or common prefix.
    pub(crate) after: String,
    pub(crate) limit: usize,
}

/// A page of a list.
#[derive(Debug, Default)]
pub(crate) struct Page {
    pub(crate) objects: Vec<Listed>,
    pub(crate) prefixes: Vec<String>,
    /// The last key or prefix of the page, if more follow.
    pub(crate) next: Option<String>,
}

#[derive(Debug)]
pub(crate) struct Listed {
    pub(crate) meta: Arc<Meta>,
    /// The current version of its object.
    pub(crate) latest: bool,
}

impl Store {
    /// The current versions of the objects in a bucket, by key.
    pub(crate) fn list(&self, bucket: &str, wanted: &Wanted) -> Result<Page> {
        let index = self.read();
        let current = |versions: &[Version]| {
            let last = versions.last().filter(|version| !version.meta.is_marker());
            last.map(|version| Listed { meta: version.meta.clone(), latest: true }).into_iter().collect()
        };
        Ok(page(existing(&index, bucket)?, wanted, current))
    }

    /// All versions of the objects in a bucket, by key and the newest first. A page may hold more than `limit`
    /// entries: the versions of one object are not divided.
    pub(crate) fn list_versions(&self, bucket: &str, wanted: &Wanted) -> Result<Page> {
        let index = self.read();
        let all = |versions: &[Version]| {
            let newest_first = versions.iter().rev().enumerate();
            newest_first.map(|(at, version)| Listed { meta: version.meta.clone(), latest: at == 0 }).collect()
        };
        Ok(page(existing(&index, bucket)?, wanted, all))
    }
}

fn page(bucket: &Bucket, wanted: &Wanted, listed: impl Fn(&[Version]) -> Vec<Listed>) -> Page {
    let mut page = Page::default();
    let from = if wanted.after >= wanted.prefix {
        Bound::Excluded(wanted.after.clone())
    } else {
        Bound::Included(wanted.prefix.clone())
    };
    let mut last = String::new();
    for (key, versions) in bucket.objects.range((from, Bound::Unbounded)) {
        let Some(rest) = key.strip_prefix(&wanted.prefix) else {
            break;
        };
        let entries = listed(versions);
        if entries.is_empty() {
            continue;
        }
        let group = (!wanted.delimiter.is_empty()).then(|| rest.find(&wanted.delimiter)).flatten();
        let group = group.and_then(|at| key.get(..wanted.prefix.len() + at + wanted.delimiter.len()));
        // A group is listed once, and not again on the page after it.
        if group.is_some_and(|group| group == last || group == wanted.after) {
            continue;
        }
        if page.objects.len() + page.prefixes.len() >= wanted.limit {
            // Without a last entry (a limit of 0) there is no place to go on from.
            page.next = (!last.is_empty()).then_some(last);
            return page;
        }
        match group {
            Some(group) => {
                group.clone_into(&mut last);
                page.prefixes.push(group.to_owned());
            }
            None => {
                key.clone_into(&mut last);
                page.objects.extend(entries);
            }
        }
    }
    page
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::{Guard, Storage};

    fn store(keys: &[&str]) -> Store {
        let store = Store::open(&Storage::Memory, u64::MAX).unwrap();
        store.create_bucket("b", crate::store::BucketMeta::new(0)).unwrap();
        for key in keys {
            let mut meta = Meta::delete_marker(key, 0);
            meta.kind = crate::store::Kind::Normal;
            store.commit("b", store.sink().unwrap(), meta, &Guard::default()).unwrap();
        }
        store
    }

    fn names(page: &Page) -> Vec<&str> {
        let mut names: Vec<_> = page.objects.iter().map(|listed| listed.meta.key.as_str()).collect();
        names.extend(page.prefixes.iter().map(String::as_str));
        names.sort_unstable();
        names
    }

    #[test]
    fn groups_and_keys_come_in_order_and_once_whatever_the_page_size() {
        let store = store(&["a", "b/1", "b/2", "b/c/3", "c", "d/1", "e"]);
        for limit in 1..9 {
            let mut found = Vec::new();
            let mut after = String::new();
            loop {
                let wanted = Wanted { delimiter: "/".into(), after, limit, ..Wanted::default() };
                let page = store.list("b", &wanted).unwrap();
                assert!(names(&page).len() <= limit);
                found.extend(names(&page).into_iter().map(str::to_owned));
                match page.next {
                    Some(next) => after = next,
                    None => break,
                }
            }
            assert_eq!(found, ["a", "b/", "c", "d/", "e"], "limit {limit}");
        }
    }

    #[test]
    fn prefixes_narrow_the_list() {
        let store = store(&["a", "b/1", "b/2", "b/c/3", "bb", "c"]);
        let list = |prefix: &str, delimiter: &str| {
            let wanted = Wanted {
                prefix: prefix.into(),
                delimiter: delimiter.into(),
                limit: 100,
                ..Wanted::default()
            };
            let page = store.list("b", &wanted).unwrap();
            names(&page).into_iter().map(str::to_owned).collect::<Vec<_>>()
        };
        assert_eq!(list("b/", "/"), ["b/1", "b/2", "b/c/"]);
        assert_eq!(list("b", ""), ["b/1", "b/2", "b/c/3", "bb"]);
        assert_eq!(list("x", ""), Vec::<String>::new());
    }
}
