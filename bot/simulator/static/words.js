// What things are called on this page.

export const CHANNELS = { telegram: "Telegram", whatsapp: "WhatsApp", sms: "Sms" };

export const ROLES = {
  inburgeraar: "inburgeraar", rolmodel: "rolmodel", vertaler: "vertaler", klantmanager: "klantmanager",
  regisseur: "regisseur", begeleider: "begeleider", beheerder: "beheerder", partner: "partner", tolk: "tolk", fg: "FG",
};

const KINDS = {
  appointment: "afspraak", workshop: "workshop", leefgeld: "leefgeld", term: "termijn", week: "week",
  update: "nieuws", answer: "antwoord", survey: "vraag", work: "werk voor rolmodel",
};
const STEPS = {
  announced: "nieuw", week: "een week ervoor", day: "een dag ervoor", hours: "2 uur ervoor", changed: "veranderd",
  cancelled: "gaat niet door", invitation: "uitnodiging", offered: "plek vrij", missed: "gemist", paid: "betaald",
  returned: "teruggekomen", late: "te laat",
};

export function notice(found) {
  if (!found) return "bericht";
  const step = STEPS[found.step];
  return step ? `${KINDS[found.kind] ?? found.kind} · ${step}` : (KINDS[found.kind] ?? found.kind);
}

export const FAULTS = {
  none: "geen", refuse: "neemt niet op", throttle: "te druk (429)", hang: "zwijgt", lose_answer: "antwoord kwijt",
  blocked: "geblokkeerd",
};

const names = new Intl.DisplayNames(["nl"], { type: "language" });
export function language(code) {
  if (!code) return "";
  try {
    return names.of(code.replace("_", "-"));
  } catch {
    return code;
  }
}

// Several made-up people on one phone say so once.
export const together = (name) => {
  const [first, ...others] = name.split(" · ");
  return others.length ? [first.replace(" (voorbeeld)", ""), ...others].join(" · ") : first;
};

export const number = (address) => (address.startsWith("+") ? address.replace(/^(\+\d\d)(\d)(\d{4})(\d+)$/, "$1 $2 $3 $4") : `chat ${address}`);
