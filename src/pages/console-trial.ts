import { ASSUMPTION_WORDS, VERDICT_WORDS } from '../gateways/doctor/assumption-words.ts';
import type { AssumptionId, Verdict } from '../gateways/doctor/assumption.ts';
import type { Language } from '../law/rule.ts';
import type { ConsolePage } from './console-frame.ts';
import { momentIn, type Reading } from './console-moment.ts';
import { tableOf } from './console-table.ts';
import { escaped } from './escaped.ts';

const WORDS = {
  fr: {
    title: 'Essai du compte',
    lead: 'Avec un téléphone à vous, dix minutes et deux SMS, l’essai vérifie ce que Bonheure suppose de cet opérateur. Il se lance dans un terminal de la machine :',
    stop: 'Le STOP que vous y tapez est vrai : votre numéro est laissé tranquille jusqu’à ce que vous le leviez.',
    none: 'Ce compte n’a pas encore été essayé.',
    last: 'Dernier essai',
    what: 'Supposé',
    verdict: 'Constat',
    change: 'À changer',
  },
  en: {
    title: 'Trial of the account',
    lead: 'With a phone of yours, ten minutes and two texts, the trial checks what Bonheure assumes of this operator. It is started in a terminal of the machine:',
    stop: 'The STOP that you type there is real: your number is left alone until you lift it.',
    none: 'This account was not tried yet.',
    last: 'Last trial',
    what: 'Assumed',
    verdict: 'Found',
    change: 'To change',
  },
} as const satisfies Record<Language, Record<string, string>>;

interface Account {
  readonly name: string;
  readonly trial: {
    readonly endedAt: string;
    readonly findings: readonly {
      readonly id: string;
      readonly verdict: Verdict;
      readonly detail?: string | undefined;
    }[];
  } | null;
}

/** What the last trial of an account found of each assumption, and what to change. */
export function trialPage(reading: Reading, { name, trial }: Account): ConsolePage {
  const words = WORDS[reading.language];
  const last = trial === null ? '' : `<p>${words.last} : ${momentIn(trial.endedAt, reading)}</p>`;
  const table = tableOf({
    caption: words.last,
    columns: [{ head: words.what }, { head: words.verdict }, { head: words.change }],
    rows: (trial?.findings ?? []).flatMap((finding) => rowOf(finding, reading.language)),
    empty: words.none,
  });
  return {
    title: `${words.title} – ${name}`,
    main: `<p>${words.lead}</p>
<pre><code>npm run account -- try ${escaped(name)}</code></pre>
<p class="faint">${words.stop}</p>
${last}
${table}`,
  };
}

type Found = NonNullable<Account['trial']>['findings'][number];

const isKnown = (id: string): id is AssumptionId => Object.hasOwn(ASSUMPTION_WORDS, id);

/** An assumption that another version knew has no words any more. */
function rowOf({ id, verdict, detail }: Found, language: Language): readonly (readonly string[])[] {
  if (!isKnown(id)) return [];
  const { what, change } = ASSUMPTION_WORDS[id];
  const said = detail === undefined ? '' : ` <span class="faint">(${escaped(detail)})</span>`;
  return [
    [
      escaped(what[language]),
      `${VERDICT_WORDS[language][verdict]}${said}`,
      verdict === 'held' ? '–' : escaped(change[language]),
    ],
  ];
}
