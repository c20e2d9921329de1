// One bubble as its app shows it: words per paragraph in their own direction, and the answers below.

import * as clock from "./clock.js";
import { make } from "./dom.js";

const MOST_BUTTONS = 3; // WhatsApp's; more become a list

export function bubble(message, channel, answer, open) {
  if (message.removed) {
    // A tap is no message of its own: nothing of it is missed.
    if (message.tapped) return make("div", { class: "row", "data-n": message.n, hidden: true });
    const gone = make("p", { class: "removed" }, "bericht weggehaald");
    return make("div", { class: `row from-${message.from}`, "data-n": message.n }, gone);
  }
  if (message.from === "person") return own(message, channel);
  const box = make("div", { class: "row from-service", "data-n": message.n });
  const words = make("div", { class: "bubble", lang: message.language, dir: message.direction });
  words.append(...files(message), ...paragraphs(message));
  words.append(stamp(message));
  box.append(words);
  const buttons = answers(message, channel, answer, open);
  if (buttons) (channel === "whatsapp" ? words : box).append(buttons);
  return box;
}

function own(message, channel) {
  const tapped = message.tapped && channel === "telegram";
  const words = make("div", { class: tapped ? "tapped" : "bubble", dir: message.direction });
  words.append(...files(message), ...paragraphs(message));
  if (!tapped) words.append(stamp(message));
  return make("div", { class: "row from-person", "data-n": message.n }, words);
}

// A voice can be played and a picture seen; the words stand below them.
function files(message) {
  const found = [];
  if (message.picture) found.push(make("img", { class: "picture", src: message.picture, alt: "foto" }));
  if (message.voice) {
    found.push(make("audio", { class: "voice", src: message.voice, controls: "", preload: "none", "aria-label": "stem" }));
  }
  return found;
}

function paragraphs(message) {
  if (!message.text) return [];
  let place = 0;
  return message.text.split(/(\n{2,})/).map((text, number) => {
    const paragraph = number % 2 ? null : make("p", { dir: number === 0 ? message.direction : "auto" }, ...lines(message, text, place));
    place += text.length;
    return paragraph;
  }).filter(Boolean);
}

// A paragraph that begins at this place of the text: its lines, with what stands out in bold.
function lines(message, text, place) {
  const found = [];
  text.split("\n").forEach((line, number) => {
    if (number) found.push(make("br"));
    found.push(...weighed(line, place, message.bold ?? []));
    place += line.length + 1;
  });
  return found;
}

function weighed(line, place, bold) {
  const found = [];
  let at = 0;
  for (const [offset, length] of bold) {
    const start = offset - place;
    if (start < at || start >= line.length) continue;
    found.push(line.slice(at, start), make("b", {}, line.slice(start, start + length)));
    at = start + length;
  }
  return [...found, line.slice(at)];
}

function stamp(message) {
  const said = message.from === "person" ? " ✓✓" : "";
  return make("time", { class: "stamp", datetime: message.at, dir: "ltr" }, clock.time(Date.parse(message.at)) + said);
}

function answers(message, channel, answer, open) {
  if (!message.choices.length || channel === "sms") return null;
  const button = (choice) =>
    make("button", { type: "button", dir: "auto", lang: message.language, onclick: () => answer({ choice: choice.id }) }, choice.label);
  if (channel === "whatsapp" && message.choices.length > MOST_BUTTONS) {
    const list = make("button", { type: "button", class: "as-list", onclick: () => open(message) }, message.opens || "☰");
    return make("div", { class: "answers" }, list);
  }
  const box = make("div", { class: "answers", dir: message.direction }, ...message.choices.map(button));
  box.style.setProperty("--columns", channel === "telegram" ? Math.min(message.columns, message.choices.length) : 1);
  return box;
}
