//! The report as a page to hand on: one file without anything that is loaded or run.

mod chart;
mod issues;
mod parts;
mod people;
#[cfg(test)]
mod tests;
mod top;
mod writer;

use jiff::tz::TimeZone;

use self::parts::{list, more, warning};
use self::writer::{Html, With};
use super::verdict::Verdict;
use super::{Handout, inputs, unusual, words};
use crate::analysis::{Analysis, InputAccount};
use crate::output::page::shown;
use crate::rules::Library;

/// Inputs on the page.
const INPUTS: usize = 200;
/// Sentences of each kind of what is out of the ordinary.
const SENTENCES: usize = 50;

const CSS: &str = include_str!("style.css");

/// The whole page.
pub fn render(analysis: &Analysis, library: &Library, handout: &Handout) -> String {
    let zone = &handout.zone;
    let verdict = Verdict::of(analysis, library);
    Html::page(&format!("Provisioning report: {}", verdict.words), CSS, |html| {
        html.element("header", &[], |html| top::header(html, &verdict, analysis, zone));
        html.element("main", &[], |html| {
            top::figures(html, analysis);
            top::apps(html, analysis, library, zone);
            chart::section(html, analysis, zone);
            issues::section(html, analysis, library, zone);
            people::section(html, analysis, library, zone);
            out_of_the_ordinary(html, analysis, library, zone);
            issues::unknown(html, analysis, zone);
            issues::normal(html, analysis, library);
            what_was_read(html, analysis);
        });
        html.element("footer", &[], |html| footer(html, analysis, handout));
    })
}

fn out_of_the_ordinary(html: &mut Html, analysis: &Analysis, library: &Library, zone: &TimeZone) {
    let groups = unusual::groups(analysis, library, zone);
    if groups.is_empty() {
        return;
    }
    html.element("section", &[With::At("unusual", 0)], |html| {
        html.leaf("h2", &[], unusual::TITLE);
        for unusual::Group { title, sentences, .. } in &groups {
            html.leaf("h3", &[], title);
            list(html, sentences.get(..SENTENCES).unwrap_or(sentences));
            more(html, sentences.len().saturating_sub(SENTENCES), "", "provlens report --format json");
        }
    });
}

fn what_was_read(html: &mut Html, analysis: &Analysis) {
    html.element("section", &[With::At("read", 0)], |html| {
        html.leaf("h2", &[], inputs::TITLE);
        html.leaf("p", &[], &inputs::account(analysis));
        let (remarks, others) = inputs::remarks(analysis);
        remarks.iter().chain(&others).for_each(|line| warning(html, line));
        html.element("details", &[], |html| {
            html.leaf("summary", &[], "File by file");
            html.element("dl", &[With::Is("class", "inputs")], |html| {
                analysis.inputs.iter().take(INPUTS).for_each(|input| one_input(html, input));
            });
        });
        more(html, analysis.inputs.len().saturating_sub(INPUTS), "", "provlens inputs");
    });
}

fn one_input(html: &mut Html, input: &InputAccount) {
    html.element("div", &[], |html| {
        html.element("dt", &[], |html| html.name(&input.name));
        match &input.error {
            Some(error) => html.leaf("dd", &[], &shown(error)),
            None => {
                for (label, text) in inputs::facts(input).into_iter().chain(inputs::problems(input)) {
                    let label = if label.is_empty() { String::new() } else { format!("{label}: ") };
                    html.leaf("dd", &[], &format!("{label}{text}"));
                }
            }
        }
    });
}

fn footer(html: &mut Html, analysis: &Analysis, handout: &Handout) {
    html.element("p", &[], |html| {
        html.text(concat!("Made by Provlens ", env!("CARGO_PKG_VERSION")));
        if handout.made.is_some() {
            html.text(" on ");
            html.minute(handout.made, &handout.zone);
            html.zone(handout.made, &handout.zone);
        }
        html.text(". Passwords and tokens in the logs are hidden.");
    });
    html.leaf("p", &[], words::whom_it_names(analysis));
}
