import { ASSUMPTION_WORDS, VERDICT_WORDS } from '../gateways/doctor/assumption-words.ts';
import type { AssumptionId, Verdict } from '../gateways/doctor/assumption.ts';
import type { Language } from '../law/rule.ts';
import { actForm, field } from './console-form.ts';
import type { ConsolePage } from './console-frame.ts';
import { momentIn, type Reading } from './console-moment.ts';
import type { Question } from './console-sure.ts';
import { tableOf } from './console-table.ts';
import { escaped } from './escaped.ts';

const WORDS = {
  fr: {
    title: 'Essai du compte',
    lead: 'Avec un téléphone à vous, dix minutes et deux SMS, l’essai vérifie ce que Bonheure suppose de cet opérateur.',
    stop: 'Le STOP que vous y tapez est vrai : votre numéro est laissé tranquille jusqu’à ce que vous le leviez.',
    terminal:
      'Le même essai se lance dans un terminal de la machine ; il y écrit aussi une transcription sans numéro ni secret :',
    phone: 'Votre numéro de portable',
    hint: 'Un téléphone que vous avez en main. Le numéro est oublié à la fin de l’essai.',
    start: 'Lancer l’essai',
    none: 'Rien n’est encore constaté.',
    never: 'Ce compte n’a pas encore été essayé.',
    last: 'Dernier essai',
    now: 'Essai en cours',
    cut: 'Essai interrompu',
    what: 'Supposé',
    verdict: 'Constat',
    change: 'À changer',
    ordered: 'L’essai est demandé. Il commence dans quelques secondes.',
    'under-way': 'L’essai est en cours.',
    'not-finished':
      'L’essai ne s’est pas terminé : le processus qui le menait s’est arrêté. Rien de plus ne part. Ce qui avait été constaté est ci-dessous ; vous pouvez en lancer un autre.',
    ended: 'L’essai est terminé.',
    refresh: 'Actualiser',
    shows: 'Votre téléphone doit montrer exactement :',
    'as-sent': 'Oui, exactement',
    otherwise: 'Autre chose',
    nothing: 'Rien n’est arrivé',
    typeStop: 'Maintenant, tapez STOP sur votre téléphone.',
    waits: 'L’essai se termine de lui-même dès que la réponse est là, ou au bout de cinq minutes.',
    question: (account: string) => `Essayer le compte ${account} ?`,
    leaves: (masked: string) => `Deux SMS partent vers ${masked}, facturés comme tout autre.`,
    yours: 'Ne continuez que si c’est votre téléphone et que vous l’avez en main.',
    sure: 'C’est mon téléphone : lancer l’essai',
  },
  en: {
    title: 'Trial of the account',
    lead: 'With a phone of yours, ten minutes and two texts, the trial checks what Bonheure assumes of this operator.',
    stop: 'The STOP that you type there is real: your number is left alone until you lift it.',
    terminal:
      'The same trial is started in a terminal of the machine, where it also writes a transcript without numbers or secrets:',
    phone: 'Your mobile number',
    hint: 'A phone that you have at hand. The number is forgotten when the trial ends.',
    start: 'Start the trial',
    none: 'Nothing is found yet.',
    never: 'This account was not tried yet.',
    last: 'Last trial',
    now: 'Trial under way',
    cut: 'Trial cut short',
    what: 'Assumed',
    verdict: 'Found',
    change: 'To change',
    ordered: 'The trial is ordered. It begins in a few seconds.',
    'under-way': 'The trial is under way.',
    'not-finished':
      'The trial did not finish: the process that conducted it stopped. Nothing more is sent. What was found until then is below; you may start another.',
    ended: 'The trial has ended.',
    refresh: 'Refresh',
    shows: 'Your phone has to show exactly:',
    'as-sent': 'Yes, exactly',
    otherwise: 'Something else',
    nothing: 'Nothing arrived',
    typeStop: 'Now type STOP on your phone.',
    waits: 'The trial ends by itself once the reply is there, or after five minutes.',
    question: (account: string) => `Try the account ${account}?`,
    leaves: (masked: string) => `Two texts leave to ${masked}, charged as any other.`,
    yours: 'Go on only if it is your phone and you have it at hand.',
    sure: 'It is my phone: start the trial',
  },
} as const satisfies Record<Language, object>;

interface Found {
  readonly id: string;
  readonly verdict: Verdict;
  readonly detail?: string | undefined;
}

interface Trial {
  readonly id: string;
  readonly state: 'ordered' | 'under-way' | 'ended' | 'not-finished';
  readonly startedAt: string;
  readonly asks: { readonly what: 'accents' | 'two-parts' | 'stop'; readonly text: string } | null;
  readonly told: string | null;
  readonly turn: number;
  readonly findings: readonly Found[];
}

interface Account {
  readonly name: string;
  /** The last trial that came to its end. */
  readonly last: { readonly endedAt: string; readonly findings: readonly Found[] } | null;
  /** The latest, whatever became of it. */
  readonly latest: Trial | null;
  readonly mayOrder: boolean;
}

/** A trial of an account: how to start one, the one under way, and what the last one found. */
export function trialPage(reading: Reading, account: Account): ConsolePage {
  const words = WORDS[reading.language];
  const { name, last, latest, mayOrder } = account;
  const isOn = latest !== null && isGoing(latest);
  const shown =
    latest === null || latest.state === 'ended' ? '' : standing(name, latest, { reading, mayOrder });
  return {
    title: `${words.title} – ${name}`,
    main: `<p>${words.lead}</p>
<p class="faint">${words.stop}</p>
${shown}
${mayOrder && !isOn ? starting(name, reading.language) : ''}
${latest?.state === 'ended' && latest.told !== null ? `<p class="alert">${escaped(latest.told)}</p>` : ''}
${isOn ? '' : lastOf(last, reading)}
<p class="faint">${words.terminal}</p>
<pre><code>npm run account -- try ${escaped(name)}</code></pre>`,
    live:
      latest !== null && isOn
        ? { events: `/console/trials/${latest.id}/events`, status: `${latest.state} ${latest.turn}` }
        : undefined,
  };
}

/** Asks whose telephone it is before two texts leave. */
export function trialAsked(
  { name, masked, back }: { readonly name: string; readonly masked: string; readonly back: string },
  language: Language,
): Question {
  const words = WORDS[language];
  return {
    back,
    title: words.question(name),
    lines: [words.leaves(masked), words.yours, words.stop],
    label: words.sure,
  };
}

const isGoing = ({ state }: Trial): boolean => state === 'ordered' || state === 'under-way';

const pathOf = (name: string): string => `/gateways/${encodeURIComponent(name)}`;

function starting(name: string, language: Language): string {
  const words = WORDS[language];
  const before = field({ name: 'phone', label: words.phone, hint: words.hint, type: 'tel' });
  return `<div class="acts">${actForm({ action: `${pathOf(name)}/trial`, label: words.start, before, isMain: true })}</div>`;
}

/** One that goes on, or did not finish: what it does, what it asks, and what it found until now. */
function standing(
  name: string,
  trial: Trial,
  { reading, mayOrder }: { readonly reading: Reading; readonly mayOrder: boolean },
): string {
  const { language } = reading;
  const words = WORDS[language];
  const isOn = isGoing(trial);
  const title = isOn ? words.now : words.cut;
  const told = trial.told === null ? '' : `<p>${escaped(trial.told)}</p>`;
  const again = isOn
    ? `<p><a class="button" href="/console${pathOf(name)}/trial">${words.refresh}</a></p>`
    : '';
  return `<section aria-labelledby="now"><h2 id="now">${title} (${momentIn(trial.startedAt, reading)})</h2>
<p role="status"${isOn ? '' : ' class="alert"'}>${words[trial.state]}</p>
${told}${asked(name, trial, { language, mayOrder })}
${found(title, trial.findings, { language, empty: words.none, isOn })}
${again}</section>`;
}

/** What the telephone shows is said by a press; STOP is typed there. */
function asked(
  name: string,
  { id, asks }: Trial,
  { language, mayOrder }: { readonly language: Language; readonly mayOrder: boolean },
): string {
  const words = WORDS[language];
  if (asks === null) return '';
  if (asks.what === 'stop')
    return `<p class="alert">${words.typeStop} ${escaped(asks.text)}</p>
<p>${words.stop} ${words.waits}</p>`;
  const buttons = (['as-sent', 'otherwise', 'nothing'] as const).map((shown) =>
    actForm({
      action: `${pathOf(name)}/trials/${encodeURIComponent(id)}`,
      label: words[shown],
      hidden: { text: asks.what, shown },
    }),
  );
  return `<p class="alert">${words.shows}</p>
<blockquote>${escaped(asks.text)}</blockquote>
${mayOrder ? `<div class="acts">${buttons.join('')}</div>` : ''}`;
}

function lastOf(last: Account['last'], reading: Reading): string {
  const words = WORDS[reading.language];
  const when = last === null ? '' : `<p>${words.last} : ${momentIn(last.endedAt, reading)}</p>`;
  return `${when}
${found(words.last, last?.findings ?? [], { language: reading.language, empty: words.never, isOn: false })}`;
}

interface Telling {
  readonly language: Language;
  /** What is not seen yet may still come. */
  readonly isOn: boolean;
}

function found(
  caption: string,
  findings: readonly Found[],
  { empty, ...how }: Telling & { readonly empty: string },
): string {
  const words = WORDS[how.language];
  return tableOf({
    caption,
    columns: [{ head: words.what }, { head: words.verdict }, { head: words.change }],
    rows: findings.flatMap((finding) => rowOf(finding, how)),
    empty,
  });
}

const isKnown = (id: string): id is AssumptionId => Object.hasOwn(ASSUMPTION_WORDS, id);

/** An assumption that another version knew has no words any more. */
function rowOf({ id, verdict, detail }: Found, { language, isOn }: Telling): readonly (readonly string[])[] {
  if (!isKnown(id)) return [];
  const { what, change } = ASSUMPTION_WORDS[id];
  const said = detail === undefined ? '' : ` <span class="faint">(${escaped(detail)})</span>`;
  return [
    [
      escaped(what[language]),
      `${VERDICT_WORDS[language][verdict]}${said}`,
      verdict === 'held' || (isOn && verdict === 'not-seen') ? '–' : escaped(change[language]),
    ],
  ];
}
