// Keeps a page up to date; without it the page says what it said when it was asked for.
const main = document.querySelector('main[data-events]');
const figure = new Intl.NumberFormat(document.documentElement.lang);

function at(view, path) {
  return path.split('.').reduce((value, name) => (value == null ? undefined : value[name]), view);
}

function sum(value) {
  return typeof value === 'object' && value !== null
    ? Object.values(value).reduce((total, each) => total + Number(each), 0)
    : value;
}

function fill(view) {
  for (const element of main.querySelectorAll('[data-value]')) {
    const value = sum(at(view, element.dataset.value));
    element.textContent = typeof value === 'number' ? figure.format(value) : (value ?? '');
  }
  for (const meter of main.querySelectorAll('[data-share]')) {
    const [part, whole] = meter.dataset.share.split('/').map((path) => Number(sum(at(view, path)) ?? 0));
    meter.setAttribute('width', String(whole === 0 ? 0 : (100 * part) / whole));
  }
}

/** What may be ordered depends on where it stands, and what the law holds on until when: the page is asked for anew. */
function moved(view) {
  const { status, until, halted } = main.dataset;
  if (status !== (view.status ?? view.state)) return true;
  if (halted !== undefined && halted !== String(view.waitingFor?.code === 'HALTED')) return true;
  const held = view.waitingFor?.ruleId == null ? undefined : view.waitingFor.until;
  return until !== undefined && until !== (held ?? '');
}

/** Shows what would leave while it is written; without it a button asks for the same page. */
function beside(form) {
  let waiting;
  let asked = 0;
  const show = async () => {
    asked += 1;
    const turn = asked;
    const body = new URLSearchParams(new FormData(form));
    const answer = await fetch(form.dataset.preview, { method: 'POST', body });
    if (!answer.ok) return;
    const text = await answer.text();
    // The text has changed since this was asked for, and a later answer is to come.
    if (turn !== asked) return;
    const page = new DOMParser().parseFromString(text, 'text/html');
    const [now, next] = [document, page].map((where) => where.getElementById('phone'));
    if (now && next) now.replaceChildren(...next.childNodes);
  };
  form.addEventListener('input', () => {
    clearTimeout(waiting);
    waiting = setTimeout(() => void show(), 350);
  });
  // A form that came back holds a text already.
  if (document.querySelector('main [role="alert"]') !== null) void show();
}

const written = document.querySelector('form[data-preview]');
if (written !== null) beside(written);

const OLD_IS_TOLD_AFTER_MS = 10_000;

/** Says that the page is old, or takes that back: the region is always there, so that what appears in it is read aloud. */
function sayOld(isSaid) {
  const region = document.getElementById('old');
  if (isSaid === region.hasChildNodes()) return;
  region.replaceChildren(
    ...(isSaid ? document.getElementById('old-says').content.cloneNode(true).childNodes : []),
  );
}

/** Asks for the page anew once nobody is using it; while somebody writes there, or it stays old long, the page says so. */
function asksAnew() {
  let asking;
  let oldSince;
  const ask = () => {
    const isWriting = reader.hasWritten();
    sayOld(isWriting || performance.now() - oldSince >= OLD_IS_TOLD_AFTER_MS);
    if (!isWriting && reader.isIdle()) location.reload();
  };
  return (isOld) => {
    if (isOld === (asking !== undefined)) return;
    clearInterval(asking);
    oldSince = performance.now();
    asking = isOld ? setInterval(ask, 200) : undefined;
    if (isOld) ask();
    else sayOld(false);
  };
}

if (main !== null) {
  const stream = new EventSource(main.dataset.events);
  const isOld = asksAnew();
  const told = ({ data }) => {
    const view = JSON.parse(data);
    isOld(moved(view));
    fill(view);
  };
  for (const name of ['campaign', 'import', 'trial']) stream.addEventListener(name, told);
  for (const name of ['ended', 'refused']) stream.addEventListener(name, () => stream.close());
}
