// A phone in the hand: its screen, its lock screen, and what a thumb can do.

import { bubble } from "./bubbles.js";
import * as clock from "./clock.js";
import { $, make } from "./dom.js";
import * as store from "./store.js";
import { record } from "./voice.js";
import * as words from "./words.js";

const BANNER_MS = 5200;
const APP_KINDS = { telegram: "bot", whatsapp: "zakelijk account", sms: "06 10 00 00 00 · voorbeeld" };
const FIRST = {
  telegram: "Scan een kaart, of druk op START.",
  whatsapp: "Scan een kaart, of stuur een bericht.",
  sms: "Stuur een sms naar PIM.",
};

export class Phone {
  constructor(phone, putAway) {
    this.phone = phone;
    this.channel = phone.info.channel;
    this.element = $("#phone-template").content.firstElementChild.cloneNode(true);
    this.element.classList.add(this.channel);
    this.chat = $(".chat", this.element);
    this.lockScreen = $(".lock", this.element);
    this.#wire(putAway);
    this.describe();
    for (const message of phone.messages) this.#put(message, false);
    this.toEnd();
  }

  get id() {
    return this.phone.info.id;
  }

  #wire(putAway) {
    const part = (selector) => $(selector, this.element);
    part(".app-kind").textContent = APP_KINDS[this.channel];
    part(".close").addEventListener("click", putAway);
    part(".compose").addEventListener("submit", (event) => {
      event.preventDefault();
      const text = event.target.text.value.trim();
      event.target.reset();
      if (text) this.act({ text });
    });
    part(".speak").hidden = this.channel === "sms";
    part(".speak").addEventListener("click", () => this.#speak(part(".speak")));
    part(".scan").hidden = this.channel === "sms";
    part(".scan").addEventListener("click", () => {
      part(".card").hidden = !part(".card").hidden;
      if (!part(".card").hidden) part(".card input").focus();
    });
    part(".card").addEventListener("submit", (event) => {
      event.preventDefault();
      const code = event.target.code.value.trim();
      event.target.reset();
      event.target.hidden = true;
      this.act({ text: this.channel === "whatsapp" ? `PIM ${code}` : `/start ${code}` });
    });
    part(".first button").hidden = this.channel !== "telegram";
    part(".first button").addEventListener("click", () => this.act({ text: "/start" }));
    part(".sleep").addEventListener("click", () => this.lock());
    part(".block").addEventListener("click", () => store.block(this.id, !this.phone.info.blocked).catch((e) => this.say(e)));
    this.lockScreen.addEventListener("click", () => this.unlock());
  }

  // Tap to speak, tap again to send; without a microphone a made-up tone goes.
  async #speak(button) {
    if (this.recording) {
      const stop = this.recording;
      this.recording = null;
      button.setAttribute("aria-pressed", "false");
      this.act({ voice: await stop() });
      return;
    }
    try {
      this.recording = await record();
      button.setAttribute("aria-pressed", "true");
    } catch {
      this.act({ voice: "tone" });
    }
  }

  // Hold a card before the camera: one tap opens it.
  show(code) {
    const card = $(".card", this.element);
    card.hidden = false;
    card.code.value = code;
    $("button", card).focus();
  }

  describe() {
    const { name, role, language, blocked, pictures, address } = this.phone.info;
    $(".owner-name", this.element).textContent = words.together(name);
    const facts = [words.ROLES[role] ?? "onbekend", words.language(language)];
    $(".owner-facts", this.element).replaceChildren(
      facts.filter(Boolean).join(" · "),
      ...pictures.map((pair) => make("span", { class: "pictures", title: "De twee plaatjes" }, pair.join(" "))),
    );
    $(".owner-facts", this.element).title = words.number(address);
    $(".first p", this.element).textContent = role ? "Nog geen berichten." : FIRST[this.channel];
    $(".first", this.element).hidden = this.phone.messages.length > 0;
    const block = $(".block", this.element);
    block.setAttribute("aria-pressed", blocked);
    block.textContent = blocked ? "Geblokkeerd" : "Blokkeer PIM";
    this.element.classList.toggle("blocked", blocked);
  }

  async act(what) {
    this.#closeSheet();
    try {
      await store.act(this.id, what);
      await store.read(this.id);
    } catch (error) {
      this.say(error);
    }
  }

  say(error) {
    this.#showBanner("Niet gelukt", error.message);
  }

  hear(message, moving) {
    const shown = this.#put(message, true);
    if (message.replaces === null) this.toEnd();
    else shown.scrollIntoView({ block: "nearest" });
    if (!message.pushed) return;
    if (moving || !this.lockScreen.hidden) this.lock(message);
    else this.#showBanner("PIM Welkom", message.text, message);
  }

  lose(message) {
    $(`[data-n="${message.n}"]`, this.chat)?.replaceWith(this.#shown(message));
  }

  #shown(message) {
    return bubble(message, this.channel, (what) => this.act(what), (list) => this.#openSheet(list));
  }

  #put(message, animate) {
    const shown = this.#shown(message);
    const old = message.replaces === null ? null : $(`[data-n="${message.replaces}"]`, this.chat);
    if (old) {
      old.replaceWith(shown);
      if (animate) shown.classList.add("changed");
    } else {
      this.#daySign(message);
      this.chat.append(shown);
      if (animate) shown.classList.add("fresh");
    }
    $(".first", this.element).hidden = true;
    this.#quick();
    return shown;
  }

  #daySign(message) {
    const day = clock.day(Date.parse(message.at));
    if (day === this.lastDay) return;
    this.lastDay = day;
    this.chat.append(make("p", { class: "day" }, day));
  }

  #quick() {
    if (this.channel !== "sms") return;
    const last = this.phone.messages.filter((message) => message.from === "service").at(-1);
    const quick = $(".quick", this.element);
    const choices = last?.choices ?? [];
    quick.hidden = !choices.length;
    quick.replaceChildren(
      ...choices.map((choice) =>
        make("button", { type: "button", title: choice.label, onclick: () => this.act({ choice: choice.id }) }, choice.id)),
    );
  }

  #openSheet(message) {
    const sheet = $(".sheet-list", this.element);
    sheet.replaceChildren(
      make("button", { type: "button", class: "sheet-close", "aria-label": "Sluit", onclick: () => this.#closeSheet() }, message.opens || "☰"),
      ...message.choices.map((choice) =>
        make("button", { type: "button", dir: "auto", onclick: () => this.act({ choice: choice.id }) }, choice.label)),
    );
    sheet.hidden = false;
  }

  #closeSheet() {
    $(".sheet-list", this.element).hidden = true;
  }

  #showBanner(title, text, message) {
    const banner = $(".banner", this.element);
    clearTimeout(this.bannerTimer);
    banner.replaceChildren(note(title, text, message));
    banner.hidden = false;
    this.bannerTimer = setTimeout(() => { banner.hidden = true; }, BANNER_MS);
    banner.onclick = () => { banner.hidden = true; };
  }

  lock(message) {
    const notes = $(".lock-notes", this.element);
    if (this.lockScreen.hidden) notes.replaceChildren();
    if (message) notes.prepend(note("PIM Welkom", message.text, message));
    this.lockScreen.hidden = false;
    $(".banner", this.element).hidden = true;
  }

  unlock() {
    this.lockScreen.hidden = true;
    this.toEnd();
  }

  showTime(moment) {
    $(".status-time", this.element).textContent = clock.time(moment);
    $(".lock-time", this.element).textContent = clock.time(moment);
    $(".lock-date", this.element).textContent = clock.day(moment, this.phone.info.language ?? "nl");
  }

  toEnd() {
    requestAnimationFrame(() => { this.chat.scrollTop = this.chat.scrollHeight; });
  }
}

// A push as the lock screen shows it: the whole of it.
function note(title, text, message) {
  return make(
    "span", { class: "note" },
    make("span", { class: "note-head" }, make("b", {}, title), message ? clock.time(Date.parse(message.at)) : ""),
    make("span", { class: "note-text", dir: message?.direction ?? "auto", lang: message?.language }, text),
  );
}
