// The service's time as this page knows it, and how moments are written in the municipality's zone.

export const zone = document.body.dataset.zone;

const listeners = new Set();
let base = { now: Date.now(), seen: performance.now() };
let spin = null;

export function now() {
  const real = base.now + (performance.now() - base.seen);
  if (!spin) return real;
  const part = Math.min(1, (performance.now() - spin.start) / spin.length);
  if (part === 1) spin = null;
  const eased = part < 0.5 ? 4 * part ** 3 : 1 - (-2 * part + 2) ** 3 / 2;
  return spin ? spin.from + (real - spin.from) * eased : real;
}

// Take over the service's time; a jump is shown as hands that spin.
export function set(iso) {
  const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
  const shown = now();
  base = { now: Date.parse(iso), seen: performance.now() };
  if (!calm && base.now - shown > 60_000) spin = { from: shown, start: performance.now(), length: 1100 };
  tick();
}

export const spinning = () => spin !== null;

export function everySecond(listener) {
  listeners.add(listener);
  listener(now());
}

function tick() {
  for (const listener of listeners) listener(now());
  if (spin) requestAnimationFrame(tick);
}
setInterval(() => spin || tick(), 1000);

const formats = new Map();
export function format(moment, options, language = "nl") {
  const key = language + JSON.stringify(options);
  if (!formats.has(key)) {
    const whole = { timeZone: zone, numberingSystem: "latn", calendar: "gregory", ...options };
    let format;
    try {
      format = new Intl.DateTimeFormat(language, whole);
    } catch {
      format = new Intl.DateTimeFormat("nl", whole);
    }
    formats.set(key, format);
  }
  return formats.get(key).format(moment);
}

const HOURS = { hour: "2-digit", minute: "2-digit", hourCycle: "h23" };
export const time = (moment) => format(moment, HOURS);
export const day = (moment, language) => format(moment, { weekday: "long", day: "numeric", month: "long" }, language);
export const shortDay = (moment) => format(moment, { weekday: "short", day: "numeric", month: "short" });
export const hour = (moment) => Number(format(moment, { hour: "2-digit", hourCycle: "h23" }));

// What a clock in the zone shows, as datetime-local wants it.
export function wall(moment) {
  const parts = Object.fromEntries(
    new Intl.DateTimeFormat("en-CA", {
      timeZone: zone, year: "numeric", month: "2-digit", day: "2-digit", ...HOURS,
    }).formatToParts(moment).map((part) => [part.type, part.value]),
  );
  return `${parts.year}-${parts.month}-${parts.day}T${parts.hour}:${parts.minute}`;
}

// The moment at which a clock in the zone shows this wall time.
export function instant(wallTime) {
  const wished = Date.parse(`${wallTime}Z`);
  let moment = wished;
  for (let round = 0; round < 2; round += 1) moment += wished - Date.parse(`${wall(moment)}Z`);
  return new Date(moment).toISOString();
}
