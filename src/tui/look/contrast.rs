//! Whether colours can be read: in the standard palettes of four terminals, against their dark and a
//! white background.

use super::*;

/// The sixteen colours of Windows Terminal, macOS Terminal, GNOME Terminal and xterm; the first one is
/// the dark background.
const PALETTES: [[u32; 16]; 4] = [
    [
        0x0C0C0C, 0xC50F1F, 0x13A10E, 0xC19C00, 0x0037DA, 0x881798, 0x3A96DD, 0xCCCCCC, 0x767676, 0xE74856, 0x16C60C,
        0xF9F1A5, 0x3B78FF, 0xB4009E, 0x61D6D6, 0xF2F2F2,
    ],
    [
        0x000000, 0xC23621, 0x25BC24, 0xADAD27, 0x492EE1, 0xD338D3, 0x33BBC8, 0xCBCCCD, 0x818383, 0xFC391F, 0x31E722,
        0xEAEC23, 0x5833FF, 0xF935F8, 0x14F0F0, 0xE9EBEB,
    ],
    [
        0x171421, 0xC01C28, 0x26A269, 0xA2734C, 0x12488B, 0xA347BA, 0x2AA1B3, 0xD0CFCC, 0x5E5C64, 0xF66151, 0x33D17A,
        0xE9AD0C, 0x2A7BDE, 0xC061CB, 0x33C7DE, 0xFFFFFF,
    ],
    [
        0x000000, 0xCD0000, 0x00CD00, 0xCDCD00, 0x0000EE, 0xCD00CD, 0x00CDCD, 0xE5E5E5, 0x7F7F7F, 0xFF0000, 0x00FF00,
        0xFFFF00, 0x5C5CFF, 0xFF00FF, 0x00FFFF, 0xFFFFFF,
    ],
];

const WHITE: u32 = 0xFFFFFF;

fn number(color: Color) -> usize {
    const ORDER: [Color; 16] = [
        Color::Black,
        Color::Red,
        Color::Green,
        Color::Yellow,
        Color::Blue,
        Color::Magenta,
        Color::Cyan,
        Color::Gray,
        Color::DarkGray,
        Color::LightRed,
        Color::LightGreen,
        Color::LightYellow,
        Color::LightBlue,
        Color::LightMagenta,
        Color::LightCyan,
        Color::White,
    ];
    ORDER.iter().position(|known| *known == color).expect("one of the sixteen colours")
}

/// How bright a colour is, as the Web Content Accessibility Guidelines count it.
fn luminance(rgb: u32) -> f64 {
    let part = |shift: u32| {
        let share = f64::from(rgb >> shift & 0xFF) / 255.0;
        if share <= 0.040_45 { share / 12.92 } else { ((share + 0.055) / 1.055).powf(2.4) }
    };
    0.2126 * part(16) + 0.7152 * part(8) + 0.0722 * part(0)
}

fn contrast(a: u32, b: u32) -> f64 {
    let (a, b) = (luminance(a), luminance(b));
    (a.max(b) + 0.05) / (a.min(b) + 0.05)
}

/// The least contrast of any role, against dark and against white.
fn least(colors: Colors) -> (f64, f64) {
    let used = || Role::ALL.iter().filter_map(|role| colors.style(*role).fg).map(number);
    let least = |white: bool| {
        let all = PALETTES.iter().flat_map(|palette| {
            used().map(move |color| contrast(palette[color], if white { WHITE } else { palette[0] }))
        });
        all.fold(f64::INFINITY, f64::min)
    };
    (least(false), least(true))
}

#[test]
fn every_colour_can_be_read_where_it_is_meant_to_be() {
    assert!(least(Colors::Dark).0 >= 3.0, "{:?}", least(Colors::Dark));
    assert!(least(Colors::Light).1 >= 3.9, "{:?}", least(Colors::Light));
    // No blue is bright enough for black and no cyan dark enough for white in all of them: that is what the
    // other two are for, and why nothing is told by colour alone.
    let (dark, white) = least(Colors::Neutral);
    assert!(dark >= 2.0 && white >= 1.9, "{:?}", (dark, white));
}

#[test]
fn contrast_is_counted_as_everybody_does() {
    assert!((contrast(0x000000, WHITE) - 21.0).abs() < 1e-9);
    assert!((contrast(0x767676, WHITE) - 4.54).abs() < 0.01);
}

#[test]
fn without_colours_there_are_none() {
    assert!(Role::ALL.iter().all(|role| Colors::Mono.style(*role).fg.is_none()));
    assert!(Colors::ALL.iter().all(|colors| Role::ALL.iter().all(|role| colors.style(*role).bg.is_none())));
}
