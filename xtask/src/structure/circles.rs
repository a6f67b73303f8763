//! Circles of files: two files that need each other can only be read together.
//!
//! A file depends on the file that defines what its paths name. A name that another file only passes on (`pub use`) is
//! followed to where it is defined. Tests may use anything, so they do not count.

use std::collections::{BTreeMap, BTreeSet};

use syn::visit::{self, Visit};

use super::source::Source;

/// The names of a path, after `crate`.
type Path = Vec<String>;

/// What one file says about others.
#[derive(Default)]
struct Module {
    file: String,
    /// Absolute paths that stand in the file.
    paths: BTreeSet<Path>,
    /// Names that `use` brings into the file, and what they mean.
    names: BTreeMap<String, Path>,
    /// Modules all of whose names `use` brings into the file.
    globs: Vec<Path>,
}

/// The files of a crate by their module paths.
type Crate = BTreeMap<Path, Module>;

/// Returns the shortest circle of files, if there is one. `folder` holds the crate's `lib.rs`.
pub(super) fn find(folder: &str, sources: &[&Source]) -> Result<Option<String>, String> {
    let modules: BTreeSet<Path> = sources.iter().map(|source| module_path(folder, &source.path)).collect();
    let mut files = Crate::new();
    for source in sources {
        let syntax = syn::parse_file(&source.text).map_err(|error| format!("{}: {error}", source.path))?;
        let here = module_path(folder, &source.path);
        let module = Module { file: source.path.clone(), ..Module::default() };
        let mut reader = Reader { modules: &modules, inside: here.clone(), module };
        reader.visit_file(&syntax);
        files.insert(here, reader.module);
    }
    Ok(shortest_circle(&dependencies(&files)))
}

/// The module path of a file: `operation/list.rs` is `operation::list`, `lib.rs` is empty.
fn module_path(folder: &str, file: &str) -> Path {
    let name = file.strip_prefix(folder).unwrap_or(file).trim_end_matches(".rs");
    let mut path: Path = name.split('/').map(str::to_owned).collect();
    if path.last().is_some_and(|last| last == "mod" || last == "lib") {
        path.pop();
    }
    path
}

/// Collects a file's paths.
struct Reader<'m> {
    modules: &'m BTreeSet<Path>,
    /// The module that is being read: the file's, or one written inside it.
    inside: Path,
    module: Module,
}

impl Reader<'_> {
    /// Makes a path absolute; `None` where it leads out of the crate or names nothing but a local name.
    fn absolute(&self, path: &[String]) -> Option<Path> {
        let mut rest = path;
        let mut base = self.inside.clone();
        match rest.first()?.as_str() {
            "crate" => {
                base.clear();
                rest = &rest[1..];
            }
            "self" => rest = &rest[1..],
            "super" => {
                while rest.first().is_some_and(|name| name == "super") {
                    base.pop()?;
                    rest = &rest[1..];
                }
            }
            child => {
                let child = [&base[..], &[child.to_owned()]].concat();
                if path.len() < 2 || !self.modules.contains(&child) {
                    return None;
                }
            }
        }
        base.extend_from_slice(rest);
        Some(base)
    }

    fn note(&mut self, path: &[String]) {
        let path = self.absolute(path);
        self.module.paths.extend(path);
    }

    fn note_use(&mut self, tree: &syn::UseTree, before: &mut Path) {
        match tree {
            syn::UseTree::Path(path) => {
                before.push(path.ident.to_string());
                self.note_use(&path.tree, before);
                before.pop();
            }
            syn::UseTree::Name(name) => self.note_name(&name.ident, &name.ident, before),
            syn::UseTree::Rename(name) => self.note_name(&name.ident, &name.rename, before),
            syn::UseTree::Glob(_) => {
                self.note(before);
                let path = self.absolute(before);
                self.module.globs.extend(path);
            }
            syn::UseTree::Group(group) => {
                group.items.iter().for_each(|tree| self.note_use(tree, before));
            }
        }
    }

    fn note_name(&mut self, name: &syn::Ident, as_name: &syn::Ident, before: &[String]) {
        let name = (name != "self").then(|| name.to_string());
        let path: Path = before.iter().cloned().chain(name).collect();
        self.note(&path);
        if let Some(path) = self.absolute(&path) {
            let name = if as_name == "self" {
                path.last().cloned().unwrap_or_default()
            } else {
                as_name.to_string()
            };
            self.module.names.insert(name, path);
        }
    }
}

impl<'ast> Visit<'ast> for Reader<'_> {
    fn visit_item_mod(&mut self, item: &'ast syn::ItemMod) {
        if !is_for_tests(&item.attrs) && item.content.is_some() {
            self.inside.push(item.ident.to_string());
            visit::visit_item_mod(self, item);
            self.inside.pop();
        }
    }

    fn visit_item_use(&mut self, item: &'ast syn::ItemUse) {
        if !is_for_tests(&item.attrs) {
            self.note_use(&item.tree, &mut Path::new());
        }
    }

    fn visit_item_fn(&mut self, item: &'ast syn::ItemFn) {
        if !is_for_tests(&item.attrs) {
            visit::visit_item_fn(self, item);
        }
    }

    fn visit_item_impl(&mut self, item: &'ast syn::ItemImpl) {
        if !is_for_tests(&item.attrs) {
            visit::visit_item_impl(self, item);
        }
    }

    fn visit_path(&mut self, path: &'ast syn::Path) {
        let names: Path = path.segments.iter().map(|segment| segment.ident.to_string()).collect();
        self.note(&names);
        visit::visit_path(self, path);
    }

    /// The arguments of a macro are no syntax yet, only words.
    fn visit_macro(&mut self, item: &'ast syn::Macro) {
        let text = item.tokens.to_string();
        let words: Vec<&str> = text.split_whitespace().collect();
        for start in (0..words.len()).filter(|&start| words[start] == "crate") {
            let after = words[start + 1..].chunks(2).take_while(|pair| pair.len() == 2 && pair[0] == "::");
            let names: Path =
                std::iter::once("crate").chain(after.map(|pair| pair[1])).map(str::to_owned).collect();
            self.note(&names);
        }
    }

    /// `pub(crate)` and `pub(super)` are no dependencies.
    fn visit_visibility(&mut self, _: &'ast syn::Visibility) {}

    fn visit_attribute(&mut self, _: &'ast syn::Attribute) {}
}

fn is_for_tests(attributes: &[syn::Attribute]) -> bool {
    attributes.iter().any(|attribute| {
        attribute.path().is_ident("cfg")
            && attribute.parse_args::<syn::Path>().is_ok_and(|condition| condition.is_ident("test"))
    })
}

/// Returns the module whose file defines what a path names.
fn defining<'c>(files: &'c Crate, path: &[String], depth: usize) -> &'c [String] {
    let mut end = 0;
    while end < path.len() && files.contains_key(&path[..=end]) {
        end += 1;
    }
    let Some((here, module)) = files.get_key_value(&path[..end]) else { return &[] };
    let Some((name, rest)) = path[end..].split_first() else { return here };
    // A name that is passed on in a circle defines nothing.
    if depth > 16 {
        return here;
    }
    if let Some(target) = module.names.get(name) {
        return defining(files, &[&target[..], rest].concat(), depth + 1);
    }
    for glob in &module.globs {
        let target = [&glob[..], &path[end..]].concat();
        let found = defining(files, &target, depth + 1);
        if found != &glob[..] {
            return found;
        }
    }
    here
}

/// For each file, the files it depends on, and a path of its text that says so.
type Dependencies<'c> = BTreeMap<&'c str, BTreeMap<&'c str, String>>;

fn dependencies(files: &Crate) -> Dependencies<'_> {
    let mut all = Dependencies::new();
    for (here, module) in files {
        let on = all.entry(&module.file).or_default();
        for path in &module.paths {
            let target = defining(files, path, 0);
            if target != here {
                on.entry(&files[target].file).or_insert_with(|| format!("crate::{}", path.join("::")));
            }
        }
    }
    all
}

/// Returns the shortest circle: of one wrong import the longer ones would only repeat it.
fn shortest_circle(dependencies: &Dependencies<'_>) -> Option<String> {
    let circles = dependencies.keys().filter_map(|file| shortest_way_back(dependencies, file));
    let circle = circles.min_by_key(Vec::len)?;
    let steps = circle.iter().zip(circle.iter().cycle().skip(1));
    let steps = steps.map(|(from, to)| format!("  {from} needs {to} for {}", dependencies[from][to]));
    Some(format!("a circle of files:\n{}", steps.collect::<Vec<_>>().join("\n")))
}

/// Returns the files of the shortest circle through a file, from that file on.
fn shortest_way_back<'c>(dependencies: &Dependencies<'c>, start: &'c str) -> Option<Vec<&'c str>> {
    let mut ways = vec![vec![start]];
    let mut seen = BTreeSet::new();
    while !ways.is_empty() {
        let mut longer = Vec::new();
        for way in ways {
            for &next in dependencies[way[way.len() - 1]].keys() {
                if next == start {
                    return Some(way);
                }
                if seen.insert(next) {
                    longer.push([&way[..], &[next]].concat());
                }
            }
        }
        ways = longer;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn circle_of(planted: &[(&str, &str)]) -> Option<String> {
        let sources: Vec<Source> = planted
            .iter()
            .map(|(path, text)| Source { path: format!("core/src/{path}"), text: (*text).to_owned() })
            .collect();
        find("core/src/", &sources.iter().collect::<Vec<_>>()).unwrap()
    }

    #[test]
    fn two_files_that_import_each_other() {
        let found = circle_of(&[
            ("lib.rs", "mod a; mod b; mod c; pub use a::A;"),
            ("a.rs", "use crate::b::{self, B}; pub struct A(B);"),
            ("b.rs", "use crate::a::A; pub struct B; fn f(_: A) {}"),
            ("c.rs", "use crate::{a::A, b::B};"),
        ]);
        let circle = "a circle of files:\n  core/src/a.rs needs core/src/b.rs for crate::b\n  \
                      core/src/b.rs needs core/src/a.rs for crate::a::A";
        assert_eq!(found.as_deref(), Some(circle));
    }

    #[test]
    fn one_way_is_no_circle_and_neither_are_tests_or_visibilities() {
        let found = circle_of(&[
            ("lib.rs", "mod a; mod b; pub use b::B;"),
            ("a.rs", "pub(crate) struct A; #[cfg(test)] mod tests { use super::*; use crate::b::B; }"),
            (
                "b.rs",
                "use crate::a::A; pub struct B(A); #[cfg(test)] use crate::B as C; mod inner { use super::A; }",
            ),
        ]);
        assert_eq!(found, None);
    }

    #[test]
    fn a_circle_through_a_name_that_is_passed_on() {
        // `crate::B` and `super::C` are passed on by lib.rs and b/mod.rs, and defined elsewhere.
        let found = circle_of(&[
            ("lib.rs", "mod a; mod b; pub use b::B;"),
            ("a.rs", "pub struct A(crate::B);"),
            ("b/mod.rs", "mod c; mod d; pub use c::C; pub use d::B;"),
            ("b/c.rs", "use crate::a::A; pub struct C(A);"),
            ("b/d.rs", "use super::C; pub struct B(C);"),
        ]);
        let found = found.unwrap();
        assert!(found.contains("core/src/a.rs needs core/src/b/d.rs for crate::B"), "{found}");
        assert!(found.contains("core/src/b/c.rs needs core/src/a.rs"), "{found}");
        assert!(found.contains("core/src/b/d.rs needs core/src/b/c.rs"), "{found}");
    }

    #[test]
    fn circle_of_bodies_macros_globs_and_parents() {
        let with_a =
            |a: &str| circle_of(&[("lib.rs", "mod a; mod b;"), ("a.rs", a), ("b.rs", "use crate::a::*;")]);
        assert_eq!(with_a("fn f() {}"), None);
        assert!(with_a("fn f() { crate::b::g() }").is_some());
        assert!(with_a("fn f(b: &super::b::B) {}").is_some());
        assert!(with_a("fn f() { println!(\"{}\", crate::b::g()) }").is_some());
        let child = |parent: &str| {
            circle_of(&[
                ("lib.rs", "mod a;"),
                ("a/mod.rs", parent),
                ("a/b.rs", "use super::A; pub struct B(A);"),
            ])
        };
        assert!(child("mod b; pub struct A; pub use b::B;").is_some());
        assert!(child("mod b; pub struct A; fn f() { b::B::new() }").is_some());
        assert_eq!(child("mod b; pub struct A;"), None);
    }
}
