import type { z } from 'zod';
import { SECTORS } from '../../company/index.ts';
import { BASES, IF_LATE, profiles } from '../../law/index.ts';
import { GOOD_FRIDAY_CHOICES, TERRITORIES } from '../../rule/index.ts';
import { html, inLines, type Html } from '../../base/index.ts';
import { leadInWords, leadsFromWords, stepName } from '../../reminders/index.ts';
import { bilingual, wordsIn, type Language } from '../../words/index.ts';
import { TenantShown } from '../api/company/tenant-schema.ts';
import { PreviewShown } from '../api/company/tenant.ts';
import type { OrderQuestion } from './frame-page.ts';
import {
  choice,
  field,
  figureIn,
  momentText,
  optionsOf,
  personWord,
  settingName,
  type Reading,
} from './page-parts.ts';
import { given, type ConsoleRoute, type Visit } from './visit.ts';

/** The pages of the company and its rules. */
export const settingPages: readonly ConsoleRoute[] = [
  { method: 'get', path: '/settings', work: show },
  { method: 'post', path: '/settings', work: saving },
];

/** The settings by the names of the form's fields, as texts; unset ones are absent. */
type Values = Readonly<Record<string, string>>;

async function show(visit: Visit): Promise<void> {
  visit.needs('PATCH /v1/tenant');
  const tenant = await visit.ask('GET /v1/tenant', TenantShown);
  const { language } = visit;
  const words = wordsIn(language).companyPages.settings;
  const missing = tenant.missing.map((name) => settingName(name, language)).join(', ');
  visit.show({
    title: words.title,
    main: html`${visit.query('saved') !== undefined && html`<p class="note" role="status">${words.saved}</p>`}
${tenant.missing.length > 0 && html`<p class="alert">${words.missing} ${missing}</p>`}
<form method="post" action="/console/settings">
${groupsOf(tenant, { values: valuesOf(tenant, language), language })}
<p class="acts"><button class="main">${words.save}</button></p></form>`,
  });
}

const PLAIN = [
  'name',
  'legalName',
  'brand',
  'sender',
  'sector',
  'profile',
  'territory',
  'timeZone',
  'locale',
  'publicUrl',
  'weakWordings',
  'undeliveredTwice',
  'onDecline',
  'ifLate',
  'goodFriday',
] as const;

/** Fields that return to their default when they are emptied. */
const EMPTIED: ReadonlySet<string> = new Set(['sender', 'publicUrl']);
const MEANS = ['phone', 'email', 'address', 'url'] as const;
const FLAGS = ['confirmationSkips', 'appointmentReplies'] as const;
const TIMES = ['perDay', 'perMonth'] as const;

function valuesOf(tenant: z.output<typeof TenantShown>, language: Language): Values {
  const { plans, texts, bases, contact, frequency, approval, dataProtectionOfficer } = tenant;
  const values: (readonly [string, string | number | boolean | null | undefined])[] = [
    ...PLAIN.map((name) => [name, tenant[name]] as const),
    ...MEANS.map((name) => [`contact.${name}`, contact[name]] as const),
    ...MEANS.map((name) => [`dataProtectionOfficer.${name}`, dataProtectionOfficer?.[name]] as const),
    ...FLAGS.map((name) => [name, tenant[name]] as const),
    ...TIMES.map((name) => [`frequency.${name}`, frequency.marketing?.[name]] as const),
    ...REMINDED.flatMap((purpose) => [
      [
        `plans.${purpose}`,
        plans[purpose]?.map((lead) => leadInWords(lead, language) || lead).join(', '),
      ] as const,
      [`texts.${purpose}`, texts[purpose]] as const,
      [`bases.${purpose}`, bases[purpose]] as const,
    ]),
    ['domains', tenant.domains.join(', ')],
    ['approval', approval.recipients],
  ];
  return Object.fromEntries(
    values.flatMap(([name, value]) => (value == null ? [] : [[name, String(value)]])),
  );
}

/** Saves the changed fields; unchanged ones are not sent, and so not checked again. */
async function saving(visit: Visit): Promise<void> {
  const tenant = await visit.ask('GET /v1/tenant', TenantShown);
  const before = valuesOf(tenant, visit.language);
  const isChanged = (names: readonly string[]): boolean =>
    names.some((name) => (visit.field(name) ?? '') !== (before[name] ?? ''));
  const parts = partsOf(visit, { tenant, before });
  const body = Object.fromEntries(
    parts.filter(({ names }) => isChanged(names)).map(({ field: property, value }) => [property, value]),
  );
  if (Object.keys(body).length > 0 && !(await changeConfirmed(visit, body))) return;
  visit.goTo('/settings?saved=1');
}

/** Changes the settings, after the effect was shown if there is one; returns false while it is being shown. */
async function changeConfirmed(visit: Visit, body: Readonly<Record<string, unknown>>): Promise<boolean> {
  const reason = visit.fieldsOf('reason');
  const asked = { body: { ...body, ...reason } };
  const foreseen = await visit.ask('POST /v1/tenant/preview', PreviewShown, asked);
  // Without a required reason the order is sent, and refused at that field.
  const isUnreasoned = foreseen.reasonFor.length > 0 && reason['reason'] === undefined;
  if (weighs(foreseen) && !visit.isSure && !isUnreasoned) {
    visit.askFirst(settingsAsked(foreseen, visit));
    return false;
  }
  await visit.order('PATCH /v1/tenant', asked);
  return true;
}

/** Says whether the effect should be shown first: a reason is required, or planned messages change. */
const weighs = ({ reasonFor, moved, ended, added, reworded }: Moves): boolean =>
  reasonFor.length > 0 || moved + ended + added + reworded > 0;

interface Part {
  readonly field: string;
  readonly names: readonly string[];
  readonly value: unknown;
}

const alone = (name: string, value: unknown): Part => ({ field: name, names: [name], value });

function partsOf(
  visit: Visit,
  { tenant, before }: { readonly tenant: z.output<typeof TenantShown>; readonly before: Values },
): readonly Part[] {
  const byPurpose = (property: string, read: (text: string) => unknown): Part => ({
    field: property,
    names: REMINDED.map((purpose) => `${property}.${purpose}`),
    // The API keeps values that are absent, and resets those that are null.
    value: given(REMINDED, (purpose) => {
      const name = `${property}.${purpose}`;
      const text = visit.field(name);
      if (text !== undefined) return read(text);
      return before[name] === undefined ? undefined : null;
    }),
  });
  const whole = (name: string): number | undefined => {
    const text = visit.field(name);
    return text === undefined ? undefined : Number(text);
  };
  const times = given(TIMES, (name) => whole(`frequency.${name}`));
  return [
    ...PLAIN.map((name) => alone(name, visit.field(name) ?? (EMPTIED.has(name) ? null : ''))),
    ...FLAGS.map((name) => alone(name, visit.field(name) === 'true')),
    alone(
      'domains',
      (visit.field('domains') ?? '').split(/[,\s]+/).filter((part) => part !== ''),
    ),
    meansPart(visit, 'contact'),
    meansPart(visit, 'dataProtectionOfficer'),
    {
      field: 'frequency',
      names: TIMES.map((name) => `frequency.${name}`),
      value: { marketing: Object.keys(times).length > 0 ? times : null },
    },
    // The page does not show the threshold of the cost, which stays.
    alone(
      'approval',
      given(['recipients', 'cost'], (name) => (name === 'cost' ? tenant.approval.cost : whole('approval'))),
    ),
    byPurpose('plans', leadsFromWords),
    byPurpose('texts', (text) => text),
    byPurpose('bases', (text) => text),
  ];
}

/** Returns the ways to reach the company or its data protection officer; an officer without any is removed. */
function meansPart(visit: Visit, property: 'contact' | 'dataProtectionOfficer'): Part {
  const means = given(MEANS, (name) => visit.field(`${property}.${name}`));
  const isNone = property === 'dataProtectionOfficer' && Object.keys(means).length === 0;
  return { field: property, names: MEANS.map((name) => `${property}.${name}`), value: isNone ? null : means };
}

const PROFILES = profiles.map(({ id }) => id);

/** The purposes whose reminders have plans, texts and bases of their own. */
const REMINDED = ['appointment', 'renewal', 'payment'] as const;

interface Within {
  readonly values: Values;
  readonly language: Language;
}

const OFFICER = MEANS.map((name) => `dataProtectionOfficer.${name}`);
const CONTACT = MEANS.map((name) => `contact.${name}`);
const OPTIONAL = new Set([...CONTACT, 'sender', 'domains', 'publicUrl', ...OFFICER]);

/** Renders the fields in groups; an only brand can be renamed among them. */
function groupsOf({ brand }: z.output<typeof TenantShown>, within: Within): Html {
  const words = wordsIn(within.language).companyPages.settings;
  const identity = ['name', 'legalName', ...(brand === null ? [] : ['brand']), ...CONTACT, 'sender'];
  const where = [
    choiceFor('sector', SECTORS, within),
    choiceFor('profile', PROFILES, within),
    choiceFor('territory', TERRITORIES, within),
    lineFor('timeZone', within),
    choiceFor('locale', ['fr', 'en'], within),
    lineFor('domains', within),
    lineFor('publicUrl', within),
  ];
  const rules = [
    choiceFor('weakWordings', ['kept', 'refused'], within),
    choiceFor('undeliveredTwice', ['goes-on', 'paused'], within),
    choiceFor('onDecline', ['nothing', 'cancel'], within),
    choiceFor('ifLate', IF_LATE, within),
    choiceFor('goodFriday', GOOD_FRIDAY_CHOICES, within),
    yesOrNo('confirmationSkips', within),
    yesOrNo('appointmentReplies', within),
    numberFor('frequency.perDay', within),
    numberFor('frequency.perMonth', within),
    numberFor('approval', within),
  ];
  const reason = field({ name: 'reason', label: words.reason, optional: true });
  return inLines([
    group(
      words.identity,
      identity.map((name) => lineFor(name, within)),
    ),
    group(
      words.officer,
      OFFICER.map((name) => lineFor(name, within)),
      words.officerLead,
    ),
    group(words.where, where),
    group(words.rules, rules),
    group(
      words.reminders,
      REMINDED.map((purpose) => remindedFor(purpose, within)),
      words.remindersLead,
    ),
    group(words.bases, [...REMINDED.map((purpose) => basisFor(purpose, within)), reason], words.basesLead),
  ]);
}

const group = (legend: string, fields: readonly Html[], lead = ''): Html =>
  html`<fieldset><legend>${legend}</legend>${lead !== '' && html`<p class="faint">${lead}</p>`}<div class="fields pairs">${fields}</div></fieldset>`;

const lineFor = (name: string, { values, language }: Within): Html =>
  field({
    name,
    label: settingName(name, language),
    value: values[name],
    optional: OPTIONAL.has(name),
  });

const numberFor = (name: string, { values, language }: Within): Html =>
  field({
    name,
    label: settingName(name, language),
    type: 'number',
    value: values[name],
    optional: true,
  });

function choiceFor(name: string, choices: readonly string[], { values, language }: Within): Html {
  const value = values[name] ?? '';
  // A value that the page does not offer is kept as an option.
  const all = choices.includes(value) || value === '' ? choices : [value, ...choices];
  const options = optionsOf(all, (one) => settingName(one, language), value);
  return choice(name, settingName(name, language), options);
}

function yesOrNo(name: string, { values, language }: Within): Html {
  const { yes, no } = wordsIn(language).companyPages.settings;
  const options = optionsOf(['true', 'false'], (one) => (one === 'true' ? yes : no), values[name]);
  return choice(name, settingName(name, language), options);
}

function remindedFor(purpose: string, { values, language }: Within): Html {
  const about = `${wordsIn(language).punctuation.colon}${personWord(purpose, language)}`;
  const [plan, text] = [`plans.${purpose}`, `texts.${purpose}`];
  return html`${field({ name: plan, label: `${settingName('plans', language)}${about}`, value: values[plan], optional: true })}<div><label for="${text}">${settingName('texts', language)}${about}</label><textarea id="${text}" name="${text}" maxlength="1000">${values[text] ?? ''}</textarea></div>`;
}

function basisFor(purpose: string, { values, language }: Within): Html {
  const { unchosen } = wordsIn(language).companyPages.settings;
  const name = `bases.${purpose}`;
  const say = (one: string): string => (one === '' ? unchosen : settingName(one, language));
  return choice(name, personWord(purpose, language), optionsOf(['', ...BASES], say, values[name] ?? ''));
}

type Moves = z.output<typeof PreviewShown>;

const WORDS = bilingual.companyPages.moves;

const COUNTED = ['ended', 'added', 'reworded', 'keepReminders', 'keepCampaigns', 'uncounted'] as const;

/** Makes the question before settings with an effect on planned messages are saved. */
export function settingsAsked(seen: Moves, reading: Reading): OrderQuestion {
  const { language } = reading;
  const word = (name: keyof typeof WORDS): string => WORDS[name][language];
  const { reminders: keepReminders, campaigns: keepCampaigns } = seen.keepSender;
  const figures = { ...seen, keepReminders, keepCampaigns };
  const counts = COUNTED.filter((name) => figures[name] > 0);
  return {
    title: word('title'),
    lines: [
      lineOf(word('moved'), figureIn(seen.moved, language), language),
      ...(seen.moved > 0 ? [shiftOf(seen, reading)] : []),
      ...counts.map((name) => lineOf(word(name), figureIn(figures[name], language), language)),
      ...(seen.isWhole ? [] : [word('sample')]),
      ...seen.changes.map(({ field: name, before, after }) =>
        lineOf(
          settingName(name, language),
          `${choiceSaid(before, language)} → ${choiceSaid(after, language)}`,
          language,
        ),
      ),
      ...openedLine(seen, reading),
      ...seen.examples.map((one) => exampleOf(one, reading)),
    ],
    label: word('label'),
    back: '/settings',
  };
}

const lineOf = (name: string, value: string, language: Language): string =>
  `${name}${wordsIn(language).punctuation.colon}${value}`;

const momentOr = (at: string | null, reading: Reading): string =>
  at === null ? WORDS.never[reading.language] : momentText(at, reading);

function shiftOf({ from, to }: Moves, reading: Reading): string {
  const range = ({ first, last }: Moves['from']): string =>
    first === last ? momentOr(first, reading) : `${momentOr(first, reading)} – ${momentOr(last, reading)}`;
  return `${range(from)} → ${range(to)}`;
}

function exampleOf(
  { kind, name, territory, messages, from, to }: Moves['examples'][number],
  reading: Reading,
): string {
  const { language } = reading;
  const what = kind === 'reminder' ? stepName(name, language) : name;
  const moments = `${momentOr(from, reading)} → ${momentOr(to, reading)}`;
  return [what, settingName(territory, language), figureIn(messages, language), moments].join(' · ');
}

function openedLine({ opened }: Moves, reading: Reading): string[] {
  if (opened.length === 0) return [];
  const days = opened.map(
    ({ on, because }) => `${momentText(on, reading)} (${because.map(({ text }) => text).join(', ')})`,
  );
  return [lineOf(WORDS.opened[reading.language], days.join(', '), reading.language)];
}

/** Writes a value as the page does; of choices by purpose, the changed ones. */
function choiceSaid(value: unknown, language: Language): string {
  if (value === null || value === undefined || value === '') return '–';
  if (typeof value === 'boolean') return WORDS[value ? 'yes' : 'no'][language];
  if (typeof value === 'object')
    return Object.values(value)
      .map((one: unknown) => choiceSaid(one, language))
      .join(', ');
  return typeof value === 'string' ? settingName(value, language) : JSON.stringify(value);
}
