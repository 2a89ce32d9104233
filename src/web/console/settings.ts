import { z } from 'zod';
import { BASES, profiles, TERRITORIES } from '../../law/index.ts';
import { settingsAsked } from './moves-page.ts';
import { REMINDED, settingsPage } from './settings-page.ts';
import { SECTORS } from '../../company/index.ts';
import { readingOf } from './reading.ts';
import type { ConsoleRoute } from './console-route.ts';
import type { Visit } from './visit.ts';
import { PreviewShown } from '../api/company/tenant.ts';
import { TenantShown } from '../api/company/tenant-schema.ts';
import { leadInWords, leadsFromWords } from '../../reminders/index.ts';
import type { Language } from '../../words/index.ts';

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
    parts.filter(({ names }) => isChanged(names)).map(({ field, value }) => [field, value]),
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
  const group = (field: string, read: (text: string) => unknown): Part => ({
    field,
    names: REMINDED.map((purpose) => `${field}.${purpose}`),
    // The API keeps what is not named, and takes back what is named null.
    value: known(REMINDED, (purpose) => {
      const name = `${field}.${purpose}`;
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
    group('plans', leadsFromWords),
    group('texts', (text) => text),
    group('bases', (text) => text),
  ];
}

/** Ways to reach somebody; an officer without any is none. */
function meansPart(visit: Visit, field: 'contact' | 'dataProtectionOfficer'): Part {
  const means = known(MEANS, (name) => visit.said(`${field}.${name}`));
  const isNone = field === 'dataProtectionOfficer' && Object.keys(means).length === 0;
  return { field, names: MEANS.map((name) => `${field}.${name}`), value: isNone ? null : means };
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
