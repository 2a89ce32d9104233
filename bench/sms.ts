import { classifyReply } from '../src/sms/inbound/inbound-word.ts';
import { checkText } from '../src/sms/text/content.ts';
import { measure } from '../src/sms/encoding/encoding.ts';
import { readPhone } from '../src/sms/number/phone-number.ts';
import { render, parseTemplate } from '../src/sms/text/template.ts';
import { vocabularyOf } from '../src/sms/text/variable.ts';
import { machine } from './machine.ts';

const NAMES = ['Ana', 'Loïc', 'Zoé', 'François', 'Dominique', 'Chloë', 'Jean-Baptiste', ''];

/** Texts as they leave: one part, two parts, a name that changes the alphabet. */
const TEXTS = NAMES.flatMap((name) => [
  `Maison Lumière : ${name}, -20 % ce mois-ci en boutique. STOP au 36180`,
  `Cabinet des Tilleuls : rappel de votre rendez-vous jeu. 12/08 à 14h30, 12 rue des Tilleuls. Pour le déplacer : 01 42 68 53 00. Pour ne plus recevoir ces rappels, répondez STOP. ${name}`,
  `${name} : échéance de 49,00 € le 12/08. L’équipe vous répond. STOP au 36180`,
]);

function timed(label: string, count: number, work: (turn: number) => unknown): void {
  for (let turn = 0; turn < count / 10; turn += 1) work(turn);
  const begun = process.hrtime.bigint();
  let done = 0;
  for (let turn = 0; turn < count; turn += 1) if (work(turn) !== undefined) done += 1;
  const seconds = Number(process.hrtime.bigint() - begun) / 1e9;
  const rate = Math.round(done / seconds).toLocaleString('en');
  process.stdout.write(`${label.padEnd(46)} ${rate.padStart(12)}/s  (${done} in ${seconds.toFixed(2)} s)\n`);
}

const of = <T>(list: readonly T[], turn: number): T | undefined => list[turn % list.length];

/** What the send path asks of a text, and what people send back, a second on one core. */
export function bench(): void {
  process.stdout.write(`${machine('libphonenumber-js', 'luxon')}\n`);
  timed('segment counts of final texts', 1_000_000, (turn) => measure(of(TEXTS, turn) ?? '').parts);
  const longest = 'Votre rendez-vous est confirmé. '.repeat(48);
  timed('segment counts of ten parts', 100_000, () => measure(longest).parts);
  const template = parseTemplate(
    '{brand} : bonjour {firstName|à vous}, -20 %. {stop}',
    vocabularyOf('marketing'),
  );
  if (template.kind === 'template')
    timed('texts rendered and counted', 200_000, (turn) => {
      const values = { brand: 'Maison', firstName: of(NAMES, turn), stop: 'STOP au 36180' };
      const rendered = render(template, values);
      return rendered.kind === 'text' ? measure(rendered.text).parts : undefined;
    });
  timed('replies read', 100_000, (turn) => classifyReply(of(TEXTS, turn) ?? '').kind);
  timed('numbers read', 20_000, (turn) => readPhone(`06 39 98 ${10 + (turn % 90)} 42`).kind);
  timed('whole texts checked', 5_000, (turn) =>
    checkText({ text: of(TEXTS, turn) ?? '', purpose: 'payment', on: '2027-04-12' }),
  );
}
