// Puts the page together: which phones are open, what they hear, log-ins and faults.

import * as api from "./api.js";
import * as clock from "./clock.js";
import { $, make } from "./dom.js";
import * as machine from "./machine.js";
import { Phone } from "./phone.js";
import * as rail from "./rail.js";
import * as store from "./store.js";
import * as words from "./words.js";

const KEPT = "open-phones";
const open = new Map(); // id -> Phone, in the order in which they were taken

function toggle(id) {
  if (open.has(id)) putAway(id);
  else take(id);
}

function take(id) {
  const phone = store.phones.get(id);
  if (!phone) return;
  if (!open.has(id)) {
    const hand = new Phone(phone, () => putAway(id));
    open.set(id, hand);
    $("#stage").append(hand.element);
    hand.showTime(clock.now());
    hand.toEnd();
    if (phone.n === 0) store.read(id);
  }
  rail.unread.delete(id);
  open.get(id).element.scrollIntoView({ behavior: "smooth", inline: "center", block: "nearest" });
  remember();
}

function putAway(id) {
  open.get(id)?.element.remove();
  open.delete(id);
  remember();
}

function remember() {
  localStorage.setItem(KEPT, JSON.stringify([...open.keys()]));
  $("#nothing-open").hidden = open.size > 0;
  showRail();
}

const showRail = () => rail.show((id) => open.has(id), toggle);

function hear(phone, message, isNew) {
  const { id } = phone.info;
  if (message.pushed) machine.tell(phone, message, () => take(id));
  if (!isNew) return;
  if (open.has(id)) open.get(id).hear(message, machine.moving());
  else if (message.pushed) {
    rail.unread.set(id, (rail.unread.get(id) ?? 0) + 1);
    showRail();
  }
}

function firstOpen() {
  const all = [...store.phones.values()].map((phone) => phone.info);
  const kept = JSON.parse(localStorage.getItem(KEPT) ?? "null")?.filter((id) => store.phones.has(id));
  if (kept?.length) return kept;
  const first = (fits) => all.find(fits)?.id;
  const mine = (channel) => (info) => info.channel === channel && info.role === "inburgeraar";
  const wished = [
    first((info) => info.role === null), first(mine("telegram")), first(mine("whatsapp")), first(mine("sms")),
  ];
  return wished.filter(Boolean).slice(0, matchMedia("(min-width: 1200px)").matches ? 3 : 1);
}

async function showStaff() {
  const staff = await api.get("staff");
  $("#password").textContent = staff[0]?.password ?? "";
  $("#staff").replaceChildren(
    ...staff.map((login) =>
      make("li", {}, make("span", {}, words.ROLES[login.role] ?? login.role), make("b", {}, login.name), make("code", {}, login.email))),
  );
}

async function showFaults() {
  const faults = await api.get("faults");
  $("#faults").replaceChildren(...faults.map(faultRow));
}

function faultRow({ channel, fault, seconds }) {
  const options = Object.entries(words.FAULTS).map(([code, name]) => make("option", { value: code, selected: code === fault }, name));
  const chosen = make("select", { "aria-label": `Storing bij ${words.CHANNELS[channel]}` }, ...options);
  const length = make("input", { type: "number", min: 1, max: 86400, value: seconds, "aria-label": "seconden" });
  const row = make("label", { class: `fault ${channel}` }, make("span", {}, words.CHANNELS[channel]), chosen, length, "s");
  const send = async () => {
    const found = await api.post("faults", { channel, fault: chosen.value, seconds: Number(length.value) || 30 });
    row.classList.toggle("broken", found.fault !== "none");
  };
  row.classList.toggle("broken", fault !== "none");
  chosen.addEventListener("change", send);
  length.addEventListener("change", send);
  return row;
}

// A card's QR leads here with its channel and code (#telegram=CODE): it lies before the first phone that nobody knows.
async function showCard() {
  const [channel, code] = [...new URLSearchParams(location.hash.slice(1))].find(([name]) => name in words.CHANNELS) ?? [];
  if (!code) return;
  history.replaceState(null, "", location.pathname);
  const unknown = [...store.phones.values()].find(({ info }) => info.role === null && info.channel === channel);
  const id = unknown?.info.id ?? (await store.add(channel, ""));
  take(id);
  open.get(id).show(code);
}
addEventListener("hashchange", showCard);

$("#new-phone").addEventListener("submit", async (event) => {
  event.preventDefault();
  const { channel, language } = Object.fromEntries(new FormData(event.target));
  take(await store.add(channel, language));
});
$("#search").addEventListener("input", showRail);

store.on("message", hear);
store.on("removed", (phone, message) => open.get(phone.info.id)?.lose(message));
store.on("phones", () => {
  open.forEach((hand) => hand.describe());
  showRail();
});
await machine.start();
await store.start();
firstOpen().forEach(take);
$("#stage").scrollLeft = 0;
remember();
clock.everySecond((moment) => open.forEach((hand) => hand.showTime(moment)));
showStaff();
showFaults();
showCard();
