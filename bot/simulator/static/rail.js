// The list of phones: who they belong to, and where something new stands.

import { $, make } from "./dom.js";
import * as store from "./store.js";
import * as words from "./words.js";

const GROUPS = [
  ["Inburgeraars", (info) => info.role === "inburgeraar"],
  ["Onbekend", (info) => info.role === null],
  ["Rolmodellen en anderen", (info) => info.role !== null && info.role !== "inburgeraar"],
];
const LONGEST = 80; // rows per group; more are found by searching

export const unread = new Map(); // id -> how many pushes nobody saw

export function show(isOpen, toggle) {
  const wanted = $("#search").value.trim().toLowerCase();
  const found = [...store.phones.values()]
    .map((phone) => phone.info)
    .filter((info) => !wanted || `${info.name} ${info.address}`.toLowerCase().includes(wanted));
  $("#phone-list").replaceChildren(
    ...GROUPS.flatMap(([title, belongs]) => {
      const some = found.filter(belongs);
      if (!some.length) return [];
      const more = some.length > LONGEST ? make("p", { class: "more" }, `en nog ${some.length - LONGEST}; zoek een naam`) : null;
      return [make("section", {}, make("h3", {}, title), make("ul", {}, ...some.slice(0, LONGEST).map((info) => row(info, isOpen, toggle))), more)];
    }),
  );
}

function row(info, isOpen, toggle) {
  const count = unread.get(info.id);
  return make(
    "li", {},
    make(
      "button",
      { type: "button", class: `pick ${info.channel}`, "aria-pressed": isOpen(info.id), onclick: () => toggle(info.id) },
      make("i", { class: "dot", title: words.CHANNELS[info.channel] }),
      make("span", { class: "pick-name" }, info.name.replaceAll(" (voorbeeld)", "")),
      make("small", {}, [words.CHANNELS[info.channel], words.language(info.language)].filter(Boolean).join(" · ")),
      count ? make("b", { class: "count", "aria-label": `${count} nieuw` }, String(count)) : null,
    ),
  );
}
