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

/** What may be ordered depends on where it stands: the page is asked for anew. */
function moved(view) {
  return main.dataset.status !== (view.status ?? view.state);
}

if (main !== null) {
  const stream = new EventSource(main.dataset.events);
  const told = ({ data }) => {
    const view = JSON.parse(data);
    if (moved(view)) location.reload();
    else fill(view);
  };
  for (const name of ['campaign', 'import']) stream.addEventListener(name, told);
  for (const name of ['ended', 'refused']) stream.addEventListener(name, () => stream.close());
}
