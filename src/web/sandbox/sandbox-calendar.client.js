// The hours of a phone: a bar for each day, open stretches filled, closed ones said.
const { words, language } = JSON.parse(document.querySelector('#words').textContent);
const locale = language === 'fr' ? 'fr-FR' : 'en-GB';
const DAY_MINUTES = 24 * 60;
const asked = new Map();

const dayText = new Intl.DateTimeFormat(locale, { timeZone: 'UTC', weekday: 'short', day: 'numeric' });
const fullText = new Intl.DateTimeFormat(locale, {
  timeZone: 'UTC',
  weekday: 'long',
  day: 'numeric',
  month: 'long',
});
const regionName = new Intl.DisplayNames(locale, { type: 'region' });

const percent = (hour) => {
  const [hours, minutes] = hour.split(':').map(Number);
  return (100 * (hours * 60 + minutes)) / DAY_MINUTES;
};

/** What the clock on the wall shows there, as `2027-03-27 19:58`. */
const wallThere = (instant, timeZone) =>
  new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short', timeStyle: 'short' }).format(instant);

/** The calendar of a number, asked once for each day of the law clock. */
function calendarOf(number, lawNow) {
  const key = `${number} ${new Date(lawNow).toISOString().slice(0, 13)}`;
  const known = asked.get(number);
  if (known?.key === key) return known.answer;
  const answer = fetch(`/sandbox/handsets/${encodeURIComponent(number)}/calendar?lang=${language}`)
    .then((response) => (response.ok ? response.json() : undefined))
    .catch(() => undefined);
  asked.set(number, { key, answer });
  return answer;
}

function dayOf({ on, opensAt, closesAt, because }) {
  const item = document.createElement('li');
  const date = Date.parse(`${on}T00:00:00Z`);
  const hours = opensAt === undefined ? `${words.closed} ${because}` : `${opensAt} – ${closesAt}`;
  item.title = `${fullText.format(date)}, ${hours}`;
  item.dataset.on = on;
  item.className = opensAt === undefined ? 'closed' : 'open';
  const name = document.createElement('span');
  name.setAttribute('aria-hidden', 'true');
  name.textContent = dayText.format(date);
  const bar = document.createElement('i');
  bar.setAttribute('aria-hidden', 'true');
  if (opensAt !== undefined) {
    bar.style.setProperty('--opens', `${percent(opensAt)}%`);
    bar.style.setProperty('--closes', `${percent(closesAt === '00:00' ? '24:00' : closesAt)}%`);
  }
  const spoken = document.createElement('span');
  spoken.className = 'spoken';
  spoken.textContent = item.title;
  item.append(name, bar, spoken);
  return item;
}

function stateNow({ days, timeZone, territory }, lawNow) {
  const [today, hour] = wallThere(lawNow, timeZone).split(' ');
  const day = days.find(({ on }) => on === today);
  const open = day?.opensAt !== undefined && hour >= day.opensAt && hour < day.closesAt;
  const place = regionName.of(territory.slice(0, 2));
  const why = open || day?.because === undefined ? '' : ` (${day.because})`;
  return { today, hour, open, text: `${place}, ${hour} · ${open ? words.openNow : words.closedNow}${why}` };
}

function showState(phone, calendar, lawNow) {
  const state = stateNow(calendar, lawNow);
  const line = phone.querySelector('.state');
  if (line.textContent !== state.text) line.textContent = state.text;
  line.classList.toggle('open', state.open);
  for (const item of phone.querySelectorAll('.strip li')) {
    const today = item.dataset.on === state.today;
    item.toggleAttribute('data-today', today);
    if (today) item.querySelector('i').style.setProperty('--now', `${percent(state.hour)}%`);
  }
}

/** Shows the hours of a phone; answers its time zone, once known. */
async function show(phone, number, lawNow) {
  const calendar = await calendarOf(number, lawNow);
  if (calendar === undefined) return undefined;
  if (calendar.territory === null) {
    phone.querySelector('.state').textContent = words.elsewhere;
    return undefined;
  }
  const first = calendar.days[0]?.on;
  const strip = phone.querySelector('.strip');
  if (strip.dataset.first !== first) {
    strip.dataset.first = first;
    strip.replaceChildren(...calendar.days.map(dayOf));
  }
  showState(phone, calendar, lawNow);
  return calendar.timeZone;
}

globalThis.handsetCalendar = { show };
