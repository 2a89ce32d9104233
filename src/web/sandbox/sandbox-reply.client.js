// Whom a phone can answer: a name cannot be answered, the short code that it prints can.
const { words } = JSON.parse(document.querySelector('#words').textContent);

const isName = (from) => /[a-z]/i.test(from);
const printedCode = (text) => /STOP\D{0,8}(\d{5})\b/i.exec(text)?.[1];

/** Whom a phone can answer: a number that wrote, or the short code that a name prints. */
function wayBack({ from, text }) {
  const to = isName(from) ? printedCode(text) : from;
  const hint = to === undefined ? words.toNobody : words.toCode;
  return {
    to: to ?? from,
    said: isName(from) ? hint.replace('{from}', from).replace('{code}', to) : '',
  };
}

/** Offers whom this phone can answer, and says where the reply goes. */
function show(phone, entries) {
  const ways = entries.filter(({ kind }) => kind === 'received').map(wayBack);
  const byNumber = new Map(ways.map((way) => [way.to, way.said]));
  const choices = [...new Set(ways.toReversed().map(({ to }) => to))];
  const select = phone.querySelector('select');
  select.hidden = choices.length < 2;
  if (select.dataset.choices !== choices.join()) {
    select.dataset.choices = choices.join();
    select.replaceChildren(...choices.map((choice) => new Option(`${words.to} ${choice}`, choice)));
  }
  phone.querySelector('.goes').textContent = byNumber.get(select.value) ?? '';
}

globalThis.handsetReply = { show };
