// The time machine: the big clock, the jumps, and what went out on the way, in order.

import * as api from "./api.js";
import * as clock from "./clock.js";
import { $, make } from "./dom.js";
import * as words from "./words.js";

const AFTERGLOW_MS = 1500; // pushes of a jump may be read a little after it ended
const LONGEST_FEED = 200;

let movingUntil = 0;
export const moving = () => performance.now() < movingUntil;

export async function start() {
  clock.set((await api.get("clock")).now);
  clock.everySecond(show);
  setInterval(look, 10_000);
  for (const button of document.querySelectorAll("[data-advance]")) {
    button.addEventListener("click", () => move({ advance: button.dataset.advance }));
  }
  $("#to").addEventListener("submit", (event) => {
    event.preventDefault();
    move({ to: clock.instant(event.target.to.value) });
  });
  $("#to").to.addEventListener("focus", (event) => {
    if (!event.target.value) event.target.value = clock.wall(clock.now() + 3_600_000);
  });
}

async function look() {
  if (clock.spinning() || moving()) return;
  try {
    const found = await api.get("clock");
    clock.set(found.now);
    showWaiting(found.waiting);
  } catch {
    // Asked again in ten seconds; the page already says that the service is away.
  }
}

async function move(where) {
  const says = $("#clock-says");
  document.body.classList.add("moving");
  movingUntil = Infinity;
  says.textContent = "onderweg…";
  try {
    const found = await api.post("clock", where);
    clock.set(found.now);
    showWaiting(found.waiting);
    says.textContent = "";
  } catch (error) {
    says.textContent = error.status === 409 ? "De klok kan alleen vooruit, één keer tegelijk." : error.message;
  }
  movingUntil = performance.now() + AFTERGLOW_MS;
  document.body.classList.remove("moving");
}

function show(moment) {
  $("#time").textContent = clock.time(moment);
  $("#seconds").textContent = clock.format(moment, { second: "2-digit" }).padStart(2, "0");
  $("#date").textContent = clock.format(moment, { weekday: "long", day: "numeric", month: "long", year: "numeric" });
  const hour = clock.hour(moment);
  $("#sky").dataset.part = hour < 6 || hour >= 22 ? "night" : hour < 9 ? "dawn" : hour < 18 ? "day" : "dusk";
  const day = (hour + Number(clock.format(moment, { minute: "2-digit" })) / 60 - 6 + 24) % 24;
  const angle = (day % 12) / 12;
  $("#sky").style.setProperty("--along", angle.toFixed(3));
  $("#sky").style.setProperty("--high", Math.sin(angle * Math.PI).toFixed(3));
}

function showWaiting(count) {
  $("#waiting").hidden = count === 0;
  $("#waiting").textContent = count === 1 ? "1 bericht wacht op een provider" : `${count} berichten wachten op een provider`;
}

// A line of the feed; a tap on it takes the phone in the hand.
export function tell(phone, message, open) {
  $("#feed-empty").hidden = true;
  const at = Date.parse(message.at);
  const line = make(
    "li", { class: phone.info.channel },
    make(
      "button", { type: "button", onclick: open },
      make("span", { class: "feed-when" }, `${clock.shortDay(at)} · ${clock.time(at)}`),
      make("span", { class: "feed-what" }, words.notice(message.notice)),
      make("span", { class: "feed-who" }, phone.info.name),
      make("span", { class: "feed-text", dir: message.direction, lang: message.language }, message.text),
    ),
  );
  line.dataset.at = at;
  const feed = $("#feed");
  const later = [...feed.children].find((other) => Number(other.dataset.at) <= at);
  feed.insertBefore(line, later ?? null);
  while (feed.children.length > LONGEST_FEED) feed.lastElementChild.remove();
}
