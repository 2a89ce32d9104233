import { z } from 'zod';
import { BASES, profiles, TERRITORIES, GOOD_FRIDAY_CHOICES, IF_LATE } from '../../law/index.ts';
import { settingsAsked } from './sure-words.ts';
import { SECTORS } from '../../company/index.ts';
import { readingOf, type ConsoleRoute, type Visit } from './visit.ts';
import { PreviewShown } from '../api/company/tenant.ts';
import { TenantShown } from '../api/company/tenant-schema.ts';
import { leadInWords, leadsFromWords } from '../../reminders/index.ts';
import { wordsIn, type Language } from '../../words/index.ts';
import { attributes, html, type Html } from '../../platform/index.ts';
import { field, type FormField, personWord, settingName } from './page-parts.ts';
import type { ConsolePage } from './frame-page.ts';

/** The pages of the company and its rules. */
export const settingPages: readonly ConsoleRoute[] = [
  { method: 'get', path: '/settings', work: show },
  { method: 'post', path: '/settings', work: saving },
];

const CHOICES = {
  sectors: SECTORS,
  profiles: profiles.map(({ id }) => id),
  territories: TERRITORIES,
  bases: BASES,
};

type Shown = z.output<typeof TenantShown>;

async function show(visit: Visit): Promise<void> {
  visit.needs('PATCH /v1/tenant');
  const tenant = await visit.ask('GET /v1/tenant', TenantShown);
  const seen = {
    values: valuesOf(tenant, visit.language),
    missing: tenant.missing,
    hasOneBrand: tenant.brand !== null,
    isSaved: visit.asked('saved') !== undefined,
  };
  visit.show(settingsPage(visit.language, seen, CHOICES));
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

/** Emptied, they return to their default. */
const EMPTIED: ReadonlySet<string> = new Set(['sender', 'publicUrl']);
const MEANS = ['phone', 'email', 'address', 'url'] as const;
const FLAGS = ['confirmationSkips', 'appointmentReplies'] as const;
const TIMES = ['perDay', 'perMonth'] as const;

/** Returns each field as a text; unset ones are absent. */
function valuesOf(tenant: Shown, language: Language): Readonly<Record<string, string>> {
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
    values.flatMap(([name, value]) => (value === undefined || value === null ? [] : [[name, String(value)]])),
  );
}

/** Only changed fields are sent: the rest is not even examined. */
async function saving(visit: Visit): Promise<void> {
  const tenant = await visit.ask('GET /v1/tenant', TenantShown);
  const before = valuesOf(tenant, visit.language);
  const isChanged = (names: readonly string[]): boolean =>
    names.some((name) => (visit.said(name) ?? '') !== (before[name] ?? ''));
  const parts = partsOf(visit, { tenant, before });
  const body = Object.fromEntries(
    parts.filter(({ names }) => isChanged(names)).map(({ field: property, value }) => [property, value]),
  );
  if (Object.keys(body).length > 0 && !(await changeConfirmed(visit, body))) return;
  visit.goTo('/settings?saved=1');
}

/** Changes the settings after the effect was shown; says whether they were changed. */
async function changeConfirmed(visit: Visit, body: Readonly<Record<string, unknown>>): Promise<boolean> {
  const reason = visit.said('reason');
  const asked = { body: { ...body, ...(reason === undefined ? {} : { reason }) } };
  const foreseen = await visit.ask('POST /v1/tenant/preview', PreviewShown, asked);
  // Without the reason that is asked for, the order is refused at its field.
  const isUnreasoned = foreseen.reasonFor.length > 0 && reason === undefined;
  if (weighs(foreseen) && !visit.isSure && !isUnreasoned) {
    visit.askFirst(settingsAsked(foreseen, readingOf(visit)));
    return false;
  }
  await visit.order('PATCH /v1/tenant', asked);
  return true;
}

/** Says whether the effect should be shown first: it needs a reason, or something planned changes. */
const weighs = ({ reasonFor, moved, ended, added, reworded }: z.output<typeof PreviewShown>): boolean =>
  reasonFor.length > 0 || moved + ended + added + reworded > 0;

/** A field of the API, and the form fields behind it. */
interface Part {
  readonly field: string;
  readonly names: readonly string[];
  readonly value: unknown;
}

function partsOf(
  visit: Visit,
  { tenant, before }: { readonly tenant: Shown; readonly before: ReturnType<typeof valuesOf> },
): readonly Part[] {
  const said = (name: string): string | undefined => visit.said(name);
  const byPurpose = (property: string, read: (text: string) => unknown): Part => ({
    field: property,
    names: REMINDED.map((purpose) => `${property}.${purpose}`),
    // The API keeps what is not named, and takes back what is named null.
    value: known(REMINDED, (purpose) => {
      const name = `${property}.${purpose}`;
      const text = said(name);
      if (text !== undefined) return read(text);
      return before[name] === undefined ? undefined : null;
    }),
  });
  const whole = (name: string): number | undefined =>
    said(name) === undefined ? undefined : Number(said(name));
  const times = known(TIMES, (name) => whole(`frequency.${name}`));
  return [
    ...PLAIN.map((name) => ({
      field: name,
      names: [name],
      value: said(name) ?? (EMPTIED.has(name) ? null : ''),
    })),
    ...FLAGS.map((name) => ({ field: name, names: [name], value: said(name) === 'true' })),
    { field: 'domains', names: ['domains'], value: listIn(said('domains') ?? '') },
    meansPart(visit, 'contact'),
    meansPart(visit, 'dataProtectionOfficer'),
    {
      field: 'frequency',
      names: TIMES.map((name) => `frequency.${name}`),
      value: { marketing: Object.keys(times).length > 0 ? times : null },
    },
    {
      field: 'approval',
      names: ['approval'],
      // The page shows no cost: that threshold stays.
      value: known(['recipients', 'cost'], (name) =>
        name === 'cost' ? tenant.approval.cost : whole('approval'),
      ),
    },
    byPurpose('plans', leadsFromWords),
    byPurpose('texts', (text) => text),
    byPurpose('bases', (text) => text),
  ];
}

/** Ways to reach somebody; an officer without any is none. */
function meansPart(visit: Visit, property: 'contact' | 'dataProtectionOfficer'): Part {
  const means = known(MEANS, (name) => visit.said(`${property}.${name}`));
  const isNone = property === 'dataProtectionOfficer' && Object.keys(means).length === 0;
  return { field: property, names: MEANS.map((name) => `${property}.${name}`), value: isNone ? null : means };
}

/** Collects the defined values, by name. */
const known = (names: readonly string[], of: (name: string) => unknown): Readonly<Record<string, unknown>> =>
  Object.fromEntries(
    names.flatMap((name) => {
      const value = of(name);
      return value === undefined ? [] : [[name, value]];
    }),
  );

const listIn = (text: string): readonly string[] => text.split(/[,\s]+/).filter((part) => part !== '');

/** The purposes whose reminders have plans, texts and bases of their own. */
const REMINDED = ['appointment', 'renewal', 'payment'] as const;

/** The choices, from the API. */
interface Choices {
  readonly sectors: readonly string[];
  readonly profiles: readonly string[];
  readonly territories: readonly string[];
  readonly bases: readonly string[];
}

/** The company by field name, each as a text. */
interface SettingsSeen {
  readonly values: Readonly<Record<string, string>>;
  readonly missing: readonly string[];
  /** True when the only brand may be renamed here. */
  readonly hasOneBrand: boolean;
  readonly isSaved: boolean;
}

interface Within {
  readonly values: SettingsSeen['values'];
  readonly language: Language;
}

const IDENTITY = [
  'name',
  'legalName',
  'brand',
  'contact.phone',
  'contact.email',
  'contact.address',
  'contact.url',
  'sender',
];
const OFFICER = ['phone', 'email', 'address', 'url'].map((name) => `dataProtectionOfficer.${name}`);
const OPTIONAL = new Set([
  'contact.phone',
  'contact.email',
  'contact.address',
  'contact.url',
  'sender',
  'domains',
  'publicUrl',
  ...OFFICER,
]);

/** Shows the company and its rules; unchanged fields stay. */
function settingsPage(language: Language, seen: SettingsSeen, choices: Choices): ConsolePage {
  const words = wordsIn(language).companyPages.settings;
  const within = { values: seen.values, language };
  const identity = IDENTITY.filter((name) => name !== 'brand' || seen.hasOneBrand);
  return {
    title: words.title,
    main: html`${seen.isSaved ? html`<p class="note" role="status">${words.saved}</p>` : ''}
${seen.missing.length === 0 ? '' : html`<p class="alert">${words.missing} ${seen.missing.map((name) => settingName(name, language)).join(', ')}</p>`}
<form method="post" action="/console/settings">
${group(
  words.identity,
  identity.map((name) => lineFor(name, within)),
)}
${group(
  words.officer,
  OFFICER.map((name) => lineFor(name, within)),
  words.officerLead,
)}
${group(words.where, [
  choiceFor('sector', choices.sectors, within),
  choiceFor('profile', choices.profiles, within),
  choiceFor('territory', choices.territories, within),
  lineFor('timeZone', within),
  choiceFor('locale', ['fr', 'en'], within),
  lineFor('domains', within),
  lineFor('publicUrl', within),
])}
${group(words.rules, [
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
])}
${group(
  words.reminders,
  REMINDED.map((purpose) => remindedFor(purpose, within)),
  words.remindersLead,
)}
${group(words.bases, [...REMINDED.map((purpose) => basisFor(purpose, choices.bases, within)), field({ name: 'reason', label: words.reason, optional: true })], words.basesLead)}
<p class="acts"><button class="main">${words.save}</button></p></form>`,
  };
}

const group = (legend: string, fields: readonly Html[], lead = ''): Html =>
  html`<fieldset><legend>${legend}</legend>${lead === '' ? '' : html`<p class="faint">${lead}</p>`}<div class="fields pairs">${fields}</div></fieldset>`;

function lineFor(name: string, within: Within): Html {
  const { values, language } = within;
  const label = settingName(name, language);
  const asked: FormField = { name, label, value: values[name] ?? '' };
  return field(OPTIONAL.has(name) ? { ...asked, optional: true } : asked);
}

const numberFor = (name: string, within: Within): Html =>
  field({
    name,
    label: settingName(name, within.language),
    type: 'number',
    value: within.values[name] ?? '',
    optional: true,
  });

function choiceFor(name: string, choices: readonly string[], within: Within): Html {
  const { values, language } = within;
  const value = values[name] ?? '';
  // A value that the page does not offer stays what it is.
  const all = choices.includes(value) || value === '' ? choices : [value, ...choices];
  const options = all.map(
    (one) =>
      html`<option value="${one}"${attributes({ selected: one === value })}>${settingName(one, language)}</option>`,
  );
  return html`<div><label for="${name}">${settingName(name, language)}</label><select id="${name}" name="${name}">${options}</select></div>`;
}

const yesOrNo = (name: string, { values, language }: Within): Html => {
  const words = wordsIn(language).companyPages.settings;
  const option = (value: string, label: string): Html =>
    html`<option value="${value}"${attributes({ selected: values[name] === value })}>${label}</option>`;
  return html`<div><label for="${name}">${settingName(name, language)}</label><select id="${name}" name="${name}">${option('true', words.yes)}${option('false', words.no)}</select></div>`;
};

function remindedFor(purpose: string, within: Within): Html {
  const { values, language } = within;
  const about = personWord(purpose, language);
  const [plan, text] = [`plans.${purpose}`, `texts.${purpose}`];
  return html`${field({ name: plan, label: `${settingName('plans', language)}${wordsIn(language).punctuation.colon}${about}`, value: values[plan] ?? '', optional: true })}<div><label for="${text}">${settingName('texts', language)}${wordsIn(language).punctuation.colon}${about}</label><textarea id="${text}" name="${text}" maxlength="1000">${values[text] ?? ''}</textarea></div>`;
}

function basisFor(purpose: string, bases: readonly string[], within: Within): Html {
  const { values, language } = within;
  const name = `bases.${purpose}`;
  const value = values[name] ?? '';
  const options = ['', ...bases].map((one) => {
    const label = one === '' ? wordsIn(language).companyPages.settings.unchosen : settingName(one, language);
    return html`<option value="${one}"${attributes({ selected: one === value })}>${label}</option>`;
  });
  return html`<div><label for="${name}">${personWord(purpose, language)}</label><select id="${name}" name="${name}">${options}</select></div>`;
}
