//! The pictures of the README: the screens of the tests as SVG. A test keeps them fresh.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use super::keymap::Action;
use super::look::Role;
use super::model::{Model, Size};
use super::screen::overview::tests::busy;
use super::tests::{act, model, model_of};
use super::view;
use crate::text::width::width;

/// Size of a letter.
const WIDE: f64 = 8.4;
const HIGH: f64 = 18.0;
const SIZE: Size = Size { columns: 120, rows: 40 };

/// What a role looks like on paper: its colour by light and by dark, and whether it is bold.
fn style(role: Role) -> &'static str {
    match role {
        Role::Text => "t",
        Role::Quiet => "q",
        Role::Frame => "r",
        Role::Strong => "b",
        Role::Failed => "f",
        Role::Warning => "w",
        Role::Ok => "o",
        Role::New => "n",
        Role::Silent => "s",
        Role::Match => "m",
        Role::Link => "l",
    }
}

const STYLES: &str = "text{font:14px ui-monospace,SFMono-Regular,Menlo,Consolas,monospace;white-space:pre}\
.g{fill:#fff}.t{fill:#1f2328}.q{fill:#59636e}.r{fill:#9198a1}.b{fill:#1f2328;font-weight:bold}.f{fill:#b3261e;font-weight:bold}\
.w{fill:#8250df}.o{fill:#0550ae}.n{fill:#1b7c83;font-weight:bold}.s{fill:#0550ae;font-weight:bold}.m{fill:#1f2328;text-decoration:underline}\
.l{fill:#0550ae;text-decoration:underline}.c{fill:#ddf4ff}\
@media (prefers-color-scheme:dark){.g{fill:#0d1117}.t,.b,.m{fill:#e6edf3}.q{fill:#9198a1}.r{fill:#59636e}.f{fill:#ff7b72}.w{fill:#d2a8ff}\
.o,.s,.l{fill:#79c0ff}.n{fill:#76e3ea}.c{fill:#1f3a5f}}";

fn svg(model: &Model, about: &str) -> String {
    let (across, down) = (SIZE.columns as f64 * WIDE + 16.0, SIZE.rows as f64 * HIGH + 16.0);
    let mut out = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {across:.0} {down:.0}\" width=\"{across:.0}\" role=\"img\" aria-label=\"{about}\">\n\
         <style>{STYLES}</style>\n<rect class=\"g\" width=\"100%\" height=\"100%\" rx=\"8\"/>\n"
    );
    for (y, row) in view::rows(model).iter().enumerate() {
        let top = 8.0 + y as f64 * HIGH;
        let mut column = 0;
        let pieces = row.pieces(SIZE.columns);
        for piece in &pieces {
            let (x, wide) = (8.0 + column as f64 * WIDE, width(&piece.text));
            if piece.chosen {
                let length = wide as f64 * WIDE;
                let _ = writeln!(
                    out,
                    "<rect class=\"c\" x=\"{x:.1}\" y=\"{top:.0}\" width=\"{length:.1}\" height=\"{HIGH}\"/>"
                );
            }
            if !piece.text.trim().is_empty() {
                let text = piece.text.replace('&', "&amp;").replace('<', "&lt;");
                let (length, base) = (wide as f64 * WIDE, top + 14.0);
                let class = style(piece.role);
                let _ = writeln!(
                    out,
                    "<text class=\"{class}\" x=\"{x:.1}\" y=\"{base:.0}\" textLength=\"{length:.1}\" xml:space=\"preserve\">{text}</text>"
                );
            }
            column += wide;
        }
    }
    out + "</svg>\n"
}

#[test]
fn the_pictures_of_the_readme_are_what_the_screen_shows() {
    let overview = {
        let mut model = model_of(busy(), SIZE);
        act(&mut model, &[Action::Tab1]);
        model
    };
    let issues = {
        let mut model = model_of(busy(), SIZE);
        act(&mut model, &[Action::Tab2, Action::NextPart, Action::Next, Action::Tick, Action::Next]);
        model
    };
    let people = {
        let mut model = model_of(busy(), SIZE);
        act(&mut model, &[Action::Tab4]);
        model
    };
    assert!(model(SIZE).size().is_enough());
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/screens");
    let mut stale = Vec::new();
    for (name, about, model) in [
        ("overview", "The first screen: a verdict, failures over time, apps by health, known issues", overview),
        ("issues", "The issues, and beside them the steps that repair the one under the cursor", issues),
        ("people", "The people for whom something is not as it should be", people),
    ] {
        let (path, now) = (folder.join(format!("{name}.svg")), svg(&model, about));
        if fs::read_to_string(&path).unwrap_or_default() != now {
            fs::create_dir_all(&folder).unwrap();
            fs::write(&path, now).unwrap();
            stale.push(name);
        }
    }
    assert!(stale.is_empty(), "written anew, look at them and commit them: {stale:?}");
}
