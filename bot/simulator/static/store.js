// All phones and what stands on them; tells the page when something is new.

import * as api from "./api.js";
import * as clock from "./clock.js";

const FIRST = 60; // phones whose history is read at the start
const LIST_AFTER_MS = 400;
const WAIT = 25; // seconds that a call for changes is held open

export const phones = new Map(); // id -> { info, messages, n }
const listeners = { phones: new Set(), message: new Set(), removed: new Set() };
let version = 0;
let heard = false; // the history is in: what comes now is new

export const on = (what, listener) => listeners[what].add(listener);
const tell = (what, ...words) => listeners[what].forEach((listener) => listener(...words));

export async function start() {
  await list();
  const changed = await api.get("changes");
  version = changed.version;
  const known = Object.keys(changed.phones).slice(0, FIRST);
  await Promise.all(known.map((id) => read(id)));
  heard = true;
  follow();
}

async function follow() {
  for (;;) {
    try {
      const changed = await api.get(`changes?since=${version}&wait=${WAIT}`);
      if (changed.version === version) continue;
      version = changed.version;
      clock.set(changed.now);
      if (Object.keys(changed.phones).every((id) => phones.has(id))) listSoon();
      else await list();
      const behind = Object.entries(changed.phones).filter(([id, n]) => phones.has(id) && phones.get(id).n < n);
      await Promise.all(behind.slice(0, FIRST).map(([id]) => read(id)));
      document.body.classList.remove("away");
    } catch {
      document.body.classList.add("away");
      await new Promise((resolve) => setTimeout(resolve, 1500));
    }
  }
}

// Whose phone it is changes seldom, and the list may be long: read once after a burst of changes.
let planned = null;
function listSoon() {
  clearTimeout(planned);
  planned = setTimeout(() => list().catch(() => {}), LIST_AFTER_MS);
}

async function list() {
  for (const info of await api.get("phones")) {
    const known = phones.get(info.id);
    if (known) known.info = info;
    else phones.set(info.id, { info, messages: [], n: 0 });
  }
  tell("phones");
}

const reading = new Map(); // one read per phone at a time, so that nothing is told twice
export function read(id) {
  const before = reading.get(id) ?? Promise.resolve();
  const next = before.then(() => readNow(id));
  reading.set(id, next.catch(() => {}));
  return next;
}

async function readNow(id) {
  const phone = phones.get(id);
  if (!phone) return;
  const fresh = await api.get(`phones/${id}/messages?after=${phone.n}`);
  for (const message of fresh) {
    phone.messages.push(message);
    phone.n = message.n;
    tell("message", phone, message, heard);
  }
  if (heard && fresh.length) await readRemoved(phone);
}

// What left the screen has no number of its own: whoever got something new may have lost something old with it.
async function readRemoved(phone) {
  const gone = (await api.get(`phones/${phone.info.id}/messages?after=0`)).filter((message) => message.removed);
  for (const message of gone) {
    const at = phone.messages.findIndex((known) => known.n === message.n);
    if (at < 0 || phone.messages[at].removed) continue;
    phone.messages[at] = message;
    tell("removed", phone, message);
  }
}

export async function act(id, what) {
  await api.post(`phones/${id}/messages`, what);
}

export async function add(channel, language) {
  const { id } = await api.post("phones", language ? { channel, language } : { channel });
  await list();
  return id;
}

export async function block(id, blocked) {
  await api.put(`phones/${id}`, { blocked });
  await list();
}
