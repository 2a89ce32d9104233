import { MESSAGE_PURPOSES, REMINDERS, type Purpose } from '../../rule/index.ts';
import { ANSWERS_ASKED } from './stop-mention.ts';
import type { Vocabulary } from './template.ts';
import { bilingual, type Catalogue, type Language, languageOf, wordsIn } from '../../words/index.ts';

/** The name of a default text, which every language has. */
export type TextName = keyof Catalogue['defaultSms'];

/** Returns the default text of a name in the language of a locale. */
export function defaultText(name: TextName, locale: string): string {
  return wordsIn(languageOf(locale)).defaultSms[name];
}

interface Variable {
  readonly purposes: readonly Purpose[];
  /** True when a text is false or empty without this variable. */
  readonly needed: boolean;
  readonly sample: Readonly<Record<Language, string>>;
}

const same = (sample: string): Readonly<Record<Language, string>> => ({ fr: sample, en: sample });

/** Every variable of our texts; samples are plausible and long, so that previews do not count too few parts. */
const VARIABLES = {
  practice: { purposes: MESSAGE_PURPOSES, needed: false, sample: same('Cabinet des Tilleuls') },
  brand: { purposes: MESSAGE_PURPOSES, needed: false, sample: same('Maison Lumière') },
  phone: { purposes: MESSAGE_PURPOSES, needed: false, sample: same('01 42 68 53 00') },
  address: { purposes: MESSAGE_PURPOSES, needed: false, sample: same('12 rue des Tilleuls') },
  stop: { purposes: MESSAGE_PURPOSES, needed: false, sample: same('STOP au 36180') },
  stopLink: {
    purposes: MESSAGE_PURPOSES,
    needed: false,
    sample: same('https://sms.example/u/4Fz9kQ2bT7xWq8Rv3HnYs6J'),
  },
  firstName: { purposes: [...REMINDERS, 'marketing'], needed: false, sample: same('Dominique') },
  lastName: { purposes: [...REMINDERS, 'marketing'], needed: false, sample: same('Hernandez') },
  weekday: { purposes: ['appointment'], needed: true, sample: bilingual.sms.samples.weekday },
  date: { purposes: ['appointment'], needed: true, sample: same('12/08') },
  time: { purposes: ['appointment'], needed: true, sample: bilingual.sms.samples.time },
  answers: { purposes: ['appointment'], needed: false, sample: ANSWERS_ASKED },
  service: { purposes: ['renewal'], needed: false, sample: same('Confort') },
  renewsOn: { purposes: ['renewal'], needed: true, sample: same('12/08') },
  refuseBy: { purposes: ['renewal'], needed: true, sample: same('11/07') },
  label: { purposes: ['payment'], needed: false, sample: same('Confort') },
  instalments: {
    purposes: ['payment'],
    needed: true,
    sample: bilingual.sms.samples.instalments,
  },
  count: { purposes: ['payment'], needed: true, sample: same('12') },
  firstInstalment: {
    purposes: ['payment'],
    needed: true,
    sample: bilingual.sms.samples.firstInstalment,
  },
  lastInstalment: {
    purposes: ['payment'],
    needed: true,
    sample: bilingual.sms.samples.lastInstalment,
  },
  scheduleLink: { purposes: ['payment'], needed: false, sample: same('https://sms.example/s/8Kd2mP') },
  number: { purposes: ['payment'], needed: false, sample: same('3') },
  amount: { purposes: ['payment'], needed: true, sample: bilingual.sms.samples.amount },
  dueOn: { purposes: ['payment'], needed: true, sample: same('12/08') },
  legalName: { purposes: ['acknowledgement'], needed: true, sample: same('Maison Lumière SAS') },
  contact: { purposes: ['acknowledgement'], needed: true, sample: same('01 42 68 53 00') },
  code: { purposes: ['confirmation'], needed: true, sample: same('482151') },
  confirmLink: {
    purposes: ['confirmation'],
    needed: true,
    sample: same('https://sms.example/c/4Fz9kQ2bT7xW'),
  },
} as const satisfies Record<string, Variable>;

const entries: readonly (readonly [string, Variable])[] = Object.entries(VARIABLES);

/** The variables that name a person: in a health text only when the practice allows it. */
const OF_PEOPLE = new Set(['firstName', 'lastName']);

/**
 * Returns the variables that a text of a purpose may use. A health text may use no attributes of contacts, and no
 * names of people unless the practice allows them.
 */
export function vocabularyOf(
  purpose: Purpose,
  { sector = 'general', attributes = [], names = 'by-sector' }: VocabularyChoice = {},
): Vocabulary {
  const isHealth = sector === 'health';
  const ofPurpose = entries.filter(([, { purposes }]) => purposes.includes(purpose));
  const allowed = ofPurpose.filter(([name]) => !isHealth || names === 'allowed' || !OF_PEOPLE.has(name));
  return {
    known: new Set([...allowed.map(([name]) => name), ...(isHealth ? [] : attributes)]),
    needed: new Set(ofPurpose.filter(([, { needed }]) => needed).map(([name]) => name)),
  };
}

/** The options that widen or narrow a vocabulary. */
interface VocabularyChoice {
  readonly sector?: string | undefined;
  /** Attributes of the tenant's contacts. */
  readonly attributes?: Iterable<string>;
  /** `allowed` once a practice decided that its reminders may name people. */
  readonly names?: 'by-sector' | 'allowed';
}

/** Returns a sample value of every variable, for previews and for counting parts. */
export function sampleValues(language: Language): Readonly<Record<string, string>> {
  return Object.fromEntries(entries.map(([name, { sample }]) => [name, sample[language]]));
}
