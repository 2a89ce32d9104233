// Runs in the browser, inlined in the page; its words and language come with it.
const { words, language } = JSON.parse(document.querySelector('#words').textContent);
const locale = language === 'fr' ? 'fr-FR' : 'en-GB';
const at = (selector, within = document) => within.querySelector(selector);

const ZONE = 'Europe/Paris';
const LOOK_EVERY_MS = 1500;
const PHONES = 8;
const HOUR = 3_600_000;

const phones = new Map();
const closed = new Map();
/** The numbers that were written to last: their phones stay, else each look would make them anew. */
let newest = new Set();
let clock;

const say = (sentence) => {
  at('#said').textContent = sentence;
};

async function ask(path, options) {
  const answer = await fetch(`/sandbox${path}`, options);
  const body = await answer.json().catch(() => ({}));
  return { ok: answer.ok, status: answer.status, body };
}

const told = (method, body) => ({
  method,
  headers: { 'content-type': 'application/json', 'accept-language': language },
  body: JSON.stringify(body),
});

// --- the law clock ---

const wallOf = new Intl.DateTimeFormat('en-GB', {
  timeZone: ZONE,
  hourCycle: 'h23',
  year: 'numeric',
  month: 'numeric',
  day: 'numeric',
  hour: 'numeric',
  minute: 'numeric',
  second: 'numeric',
});

function wall(instant) {
  const parts = wallOf.formatToParts(instant).map(({ type, value }) => [type, Number(value)]);
  return Object.fromEntries(parts);
}

/** The instant of a wall time in Paris; asked twice, since the first guess may lie across a change of hour. */
function instantOf({ year, month, day, hour, minute }) {
  const wanted = Date.UTC(year, month - 1, day, hour, minute);
  let guess = wanted;
  for (let turn = 0; turn < 2; turn += 1) {
    const seen = wall(guess);
    guess += wanted - Date.UTC(seen.year, seen.month - 1, seen.day, seen.hour, seen.minute);
  }
  return guess;
}

/** The next such wall time after now; `weekday` counts from Sunday. */
function nextAt({ hour, minute, weekday }) {
  const today = wall(lawNow());
  for (let ahead = 0; ahead <= 8; ahead += 1) {
    const date = { ...today, day: today.day + ahead, hour, minute };
    const fits =
      weekday === undefined ||
      new Date(Date.UTC(date.year, date.month - 1, date.day)).getUTCDay() === weekday;
    const instant = instantOf(date);
    if (fits && instant > lawNow()) return instant;
  }
  return lawNow();
}

const lawNow = () => clock.now + performance.now() - clock.readAt;

const jumps = {
  evening: () => nextAt({ hour: 19, minute: 58 }),
  monday: () => nextAt({ hour: 8, minute: 0, weekday: 1 }),
  hour: () => lawNow() + HOUR,
  day: () => instantOf({ ...wall(lawNow()), day: wall(lawNow()).day + 1 }),
  real: () => lawNow() - clock.offsetMs,
};

async function jumpToNext() {
  const { body } = await ask('/clock/next');
  if (typeof body.at !== 'string') return say(words.nothingWaits);
  await jump(Date.parse(body.at), words.jumped);
}

const instantText = new Intl.DateTimeFormat(locale, {
  timeZone: ZONE,
  weekday: 'long',
  day: 'numeric',
  month: 'long',
  year: 'numeric',
});
const hourText = new Intl.DateTimeFormat(locale, {
  timeZone: ZONE,
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
});
const bubbleText = (instant, timeZone = ZONE) =>
  new Intl.DateTimeFormat(locale, {
    timeZone,
    weekday: 'short',
    day: '2-digit',
    month: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
  }).format(instant);

async function readClock() {
  const { ok, body } = await ask('/clock');
  at('.clock').hidden = !ok;
  if (ok) clock = { now: Date.parse(body.now), offsetMs: body.offsetMs, readAt: performance.now() };
}

function shiftText(offsetMs) {
  const hours = Math.round(Math.abs(offsetMs) / (HOUR / 10)) / 10;
  const [days, rest] = [Math.floor(hours / 24), Math.round((hours % 24) * 10) / 10];
  const sign = offsetMs < 0 ? '−' : '+';
  return `${sign}${days > 0 ? `${days} ${words.days} ` : ''}${rest.toLocaleString(locale)} h`;
}

function showClock() {
  if (clock === undefined) return;
  at('#hour').textContent = hourText.format(lawNow());
  at('#date').textContent = `${instantText.format(lawNow())}, ${words.paris}`;
  at('#moved').hidden = Math.abs(clock.offsetMs) < 1000;
  at('#moved').textContent = `${words.moved} ${shiftText(clock.offsetMs)}`;
}

async function jump(to, done = '') {
  const { ok, body } = await ask('/clock', told('POST', { now: new Date(to).toISOString() }));
  say(ok ? done : words.refused.replace('{why}', body.detail ?? body.title ?? ''));
  await look();
}

// --- phones ---

function phoneOf(number) {
  const known = phones.get(number);
  if (known !== undefined) return known;
  const phone = at('#phone').content.cloneNode(true).firstElementChild;
  at('h2', phone).textContent = number;
  phone.setAttribute('aria-label', number);
  at('[data-close]', phone).addEventListener('click', () => close(number));
  at('form', phone).addEventListener('submit', (event) => {
    event.preventDefault();
    void reply(number, at('input', phone).value);
  });
  at('select', phone).addEventListener('change', () => void showPhone(number, 'anew'));
  for (const quick of phone.querySelectorAll('[data-quick]')) {
    quick.addEventListener('click', () => void reply(number, quick.textContent));
  }
  phones.set(number, phone);
  at('main').prepend(phone);
  const idle = [...phones].filter(([other, one]) => one !== phone && !newest.has(other) && !isUsed(one));
  for (const [old] of idle.slice(0, Math.max(0, phones.size - PHONES))) remove(old);
  return phone;
}

/** Somebody writes on it, or is about to. */
const isUsed = (phone) => phone.contains(document.activeElement) || at('input', phone).value !== '';

function remove(number) {
  phones.get(number)?.remove();
  phones.delete(number);
}

/** It opens again by itself when something new happens on it. */
function close(number) {
  closed.set(number, phones.get(number)?.dataset.last);
  remove(number);
}

async function reply(number, text) {
  if (text.trim() === '') return;
  const phone = phoneOf(number);
  const to = at('select', phone).value;
  const { body } = await ask(
    `/handsets/${encodeURIComponent(number)}/replies`,
    told('POST', { text, ...(to !== '' && { to }) }),
  );
  const heard = body.webhookStatus >= 200 && body.webhookStatus < 300;
  say(heard ? words.heard : words.unheard.replace('{status}', body.webhookStatus ?? '?'));
  if (heard) at('input', phone).value = '';
  await look();
}

function bubble(entry, timeZone) {
  const item = document.createElement('li');
  item.className = entry.kind;
  const received = entry.kind === 'received';
  const text = document.createElement('div');
  text.className = 'bubble';
  text.textContent = entry.text;
  const above = document.createElement('small');
  above.textContent = received ? entry.from : `${words.to} ${entry.to ?? '?'}`;
  const below = document.createElement('small');
  const weight = received ? ` · ${entry.parts} ${words.part} ${entry.encoding} · ${words[entry.state]}` : '';
  below.textContent = `${bubbleText(Date.parse(received ? entry.acceptedAt : entry.at), timeZone)}${weight}`;
  item.append(above, text, below);
  return item;
}

async function showPhone(number, how) {
  const { ok, body } = await ask(`/handsets/${encodeURIComponent(number)}/conversation`);
  const phone = phones.get(number);
  if (!ok || phone === undefined) return;
  const zone = clock && (await globalThis.handsetCalendar.show(phone, number, lawNow()));
  const seen = JSON.stringify([zone, ...body.map(({ id, state }) => [id, state])]);
  if (phone.dataset.seen === seen && how !== 'anew') return;
  phone.dataset.seen = seen;
  const talk = at('.talk', phone);
  at('ol', talk).replaceChildren(...body.map((entry) => bubble(entry, zone)));
  globalThis.handsetReply.show(phone, body);
  talk.scrollTop = talk.scrollHeight;
}

async function showPhones() {
  const { body } = await ask('/handsets');
  at('#numbers').replaceChildren(...body.map(({ number }) => new Option(number, number)));
  const shown = body.slice(0, PHONES).toReversed();
  newest = new Set(shown.map(({ number }) => number));
  for (const { number, lastAt, lastText } of shown) {
    const last = `${lastAt} ${lastText}`;
    if (closed.get(number) === last) continue;
    // Another phone pushes away those that somebody is about to press; the next look comes soon.
    if (!phones.has(number) && !globalThis.reader.isIdle()) continue;
    phoneOf(number).dataset.last = last;
  }
  at('.empty').hidden = phones.size > 0;
  await Promise.all([...phones.keys()].map((number) => showPhone(number)));
}

// --- the page ---

async function look() {
  try {
    await readClock();
    await showPhones();
    if (at('#said').textContent === words.gone) say('');
  } catch {
    say(words.gone);
  }
  showClock();
}

async function follow() {
  if (!document.hidden) await look();
  setTimeout(() => void follow(), LOOK_EVERY_MS);
}

for (const button of document.querySelectorAll('[data-jump]')) {
  const { jump: where } = button.dataset;
  button.addEventListener('click', () => void (where === 'next' ? jumpToNext() : jump(jumps[where]())));
}
at('#jump').addEventListener('submit', (event) => {
  event.preventDefault();
  const [year, month, day, hour, minute] = at('#jump input').value.split(/\D/).map(Number);
  if (minute !== undefined) void jump(instantOf({ year, month, day, hour, minute }));
});
at('#open').addEventListener('submit', (event) => {
  event.preventDefault();
  const number = at('#open input')
    .value.replace(/[\s.]/g, '')
    .replace(/^0(?=[67])/, '+33');
  if (!/^\+[1-9]\d{6,14}$/.test(number)) return;
  closed.delete(number);
  at('input', phoneOf(number)).focus();
  at('#open input').value = '';
  void look();
});
document.addEventListener('keydown', (event) => {
  const typing = event.target instanceof HTMLInputElement || event.target instanceof HTMLSelectElement;
  if (event.key === '/' && !typing) {
    event.preventDefault();
    at('#open input').focus();
  }
  if (event.key === 'Escape' && typing) event.target.blur();
});
setInterval(showClock, 500);
void follow();
