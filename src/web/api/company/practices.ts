import { z } from 'zod';
import { type Transaction, Refusal } from '../../../platform/index.ts';
import { BOOKING, READING_REMINDERS, EVERYBODY } from '../../../base/index.ts';
import { USUAL_GOOD_FRIDAY } from '../../../law/index.ts';
import { frenchDay, type Day, zonesOf, GOOD_FRIDAY_CHOICES } from '../../../rule/index.ts';
import { remindersForeseen, wakeConcerned } from '../../../reminders/index.ts';
import { healthFindings, type Finding, checkSender, foundInEach } from '../../../sms/index.ts';
import {
  recordAudit,
  brandById,
  practiceOf,
  practices,
  putPractice,
  type KeptPractice,
  tenantOf,
  SECTORS,
  auditOf,
  changesOf,
  type WeightyChange,
  brandsOf,
  lockBrand,
  putBrand,
  keepChoice,
  type Tenant,
} from '../../../company/index.ts';
import { Answer, type Api, type Context, route, noteAct, orNotFound, tagged } from '../../server/route.ts';
import { actorOf, type Caller, knownTenant } from '../../server/caller.ts';
import {
  moment,
  ExternalId,
  Id,
  line,
  listOf,
  PageQuery,
  TerritoryName,
  TimeZone,
  readPage,
} from '../../server/schema.ts';
import { changingNothing, MOVES, movesShown, ofReminders } from '../bookings/closures.ts';
import { refuseWithoutReason } from './tenant-change.ts';
import { Sender, refuseSender } from './tenant-schema.ts';
import { fault } from '../../../words/index.ts';

const Body = z.strictObject({
  name: line(100),
  displayName: line(60).optional().describe('What recipients read; the name when absent.'),
  sender: Sender.optional(),
  phone: z
    .string()
    .regex(/^\+?[\d .()-]{4,25}$/, 'a phone number')
    .optional(),
  address: line(200).optional(),
  timeZone: TimeZone.optional(),
  territory: TerritoryName.optional(),
  brandId: Id.optional(),
  sector: z.enum(SECTORS).optional(),
  goodFriday: z.enum(GOOD_FRIDAY_CHOICES).optional().meta({
    description:
      'Whether Good Friday is a holiday in the communes of Moselle, Bas-Rhin and Haut-Rhin where its people live (WIN-09); as the company says when absent.',
  }),
  reason: line(300).optional().meta({
    description:
      'Needed when `goodFriday` or `sender` changes (not for the first sender): kept in the audit with both values.',
  }),
  override: z
    .strictObject({ reason: line(300) })
    .optional()
    .meta({ description: 'An admin takes the name or sender in spite of the health guard; audited.' }),
});

export const PracticeShown = z
  .object({
    id: z.string(),
    externalId: z.string(),
    name: z.string(),
    displayName: z.string(),
    sender: z.string().optional(),
    phone: z.string().optional(),
    address: z.string().optional(),
    timeZone: z.string().optional(),
    territory: z.string().optional(),
    brandId: z.string().optional(),
    sector: z.string().optional(),
    goodFriday: z.enum(GOOD_FRIDAY_CHOICES).optional(),
  })
  .meta({ id: 'Practice' });

/** The fields of a practice that decide when and under which sender its messages are sent. */
const WEIGHTY = ['goodFriday', 'sender'] as const;

const Foreseen = z
  .object({
    at: z.string(),
    changes: z.array(z.object({ field: z.enum(WEIGHTY), before: z.unknown(), after: z.unknown() })),
    ...MOVES,
    looked: z.object({ looked: z.int(), of: z.int() }).meta({
      description: 'How many series were looked at, and of how many: the figures are theirs alone.',
    }),
  })
  .meta({ id: 'PracticePreview' });

const ByExternalId = z.strictObject({ externalId: ExternalId });

/** The routes of practices, which are sites with a name, a sender, a phone and a time zone of their own. */
export const practiceRoutes = tagged('Tenant', [
  route('GET /v1/practices', {
    roles: READING_REMINDERS,
    summary: 'Lists the practices.',
    query: PageQuery,
    reply: listOf(PracticeShown),
    run: async ({ api, tx, query }) =>
      readPage(query, async (page) => practices(tx, await api.vault.tenant(tx), page)),
  }),
  route('GET /v1/practices/{externalId}', {
    roles: READING_REMINDERS,
    summary: 'Shows a practice.',
    params: ByExternalId,
    reply: PracticeShown,
    run: async ({ api, tx, params: { externalId } }) => {
      return orNotFound(await practiceOf(tx, await api.vault.tenant(tx), externalId));
    },
  }),
  route('PUT /v1/practices/{externalId}', {
    roles: BOOKING,
    summary: 'Makes a practice, or replaces it.',
    params: ByExternalId,
    body: Body,
    reply: PracticeShown,
    also: [201],
    run: ({ api, tx, caller, params, body }) => put(tx, { api, caller, body: { ...body, ...params } }),
  }),
  route('POST /v1/practices/{externalId}/preview', {
    roles: BOOKING,
    summary: 'Says which reminders a change of the practice would move; nothing is changed.',
    params: ByExternalId,
    body: Body,
    reply: Foreseen,
    reads: true,
    run: async ({ api, tx, caller, params, body }) => {
      await changingNothing(tx);
      return foresee(tx, { api, caller, body: { ...body, ...params } });
    },
  }),
]);

interface Put extends Pick<Context, 'api' | 'caller'> {
  readonly body: z.output<typeof Body> & z.output<typeof ByExternalId>;
}

async function put(tx: Transaction, { api, caller, body }: Put): Promise<Answer<KeptPractice>> {
  const { vault, clock } = api;
  const guard = await judge(tx, { body, caller, on: frenchDay(clock.now()) });
  const { override: _override, reason, ...said } = body;
  const given = { ...said, displayName: said.displayName ?? said.name };
  const keys = await vault.tenant(tx);
  const before = await practiceOf(tx, keys, given.externalId);
  const changes = changed(before, given);
  refuseWithoutReason(
    reason,
    changes.some(({ needsReason }) => needsReason),
  );
  const { practice, created } = await putPractice(tx, { keys, clock }, given);
  if (before?.goodFriday !== given.goodFriday) await followGoodFriday(tx, { clock }, practice);
  const details = { ...guard, ...auditOf(changes, reason) };
  await noteAct({ api, tx, caller }, 'practice.put', { subject: practice.id, details });
  return new Answer(created ? 201 : 200, practice);
}

/** Computes which messages a change would move; a practice without a choice on Good Friday has that of its tenant. */
async function foresee(tx: Transaction, { api, caller, body }: Put): Promise<z.input<typeof Foreseen>> {
  const now = api.clock.now();
  await judge(tx, { body, caller, on: frenchDay(now) });
  const before = await practiceOf(tx, await api.vault.tenant(tx), body.externalId);
  const changes = changed(before, body);
  const usual = (await tenantOf(tx))?.settings.goodFriday ?? USUAL_GOOD_FRIDAY.on(frenchDay(now));
  const isFriday = changes.some(({ field }) => field === 'goodFriday');
  const change = isFriday ? { goodFriday: body.goodFriday ?? usual } : {};
  const none = { reminders: [], concerned: 0, looked: 0 };
  const found =
    before === undefined ? none : await remindersForeseen(tx, { now, change, practiceId: before.id });
  return {
    at: now.toISO(),
    changes: changes.map(({ field, before: was, after }) => ({ field, before: was, after })),
    ...movesShown(ofReminders(found.reminders)),
    looked: { looked: found.looked, of: found.concerned },
  };
}

const changed = (
  before: KeptPractice | undefined,
  given: z.output<typeof Body>,
): readonly WeightyChange<(typeof WEIGHTY)[number]>[] => changesOf(WEIGHTY, before ?? {}, given);

async function followGoodFriday(
  tx: Transaction,
  deps: Pick<Api, 'clock'>,
  { id, goodFriday = USUAL_GOOD_FRIDAY.on(frenchDay(deps.clock.now())) }: KeptPractice,
): Promise<void> {
  await wakeConcerned(tx, deps, { change: { goodFriday }, practiceId: id });
}

interface Judged {
  readonly on: Day;
  readonly body: z.output<typeof Body>;
  readonly caller: Caller;
}

/** Checks a practice, with the health guard on its name, which an admin may override once for the practice. */
async function judge(tx: Transaction, judged: Judged): Promise<Record<string, unknown>> {
  const { body, caller } = judged;
  refuseZone(body);
  if (body.brandId !== undefined && (await brandById(tx, body.brandId)) === undefined)
    throw new Refusal('BRAND_NOT_FOUND');
  const sector = body.sector ?? (await tenantOf(tx))?.sector ?? 'general';
  const errors = errorsIn(judged, sector);
  if (errors.length === 0) return {};
  const { override } = body;
  if (override === undefined || errors.some(({ code }) => code !== 'HEALTH_WORD')) throw refused(errors);
  if (caller.role !== 'admin')
    throw new Refusal('ROLE_NOT_ALLOWED', {
      detail: 'Only an admin takes such a name in spite of the guard.',
    });
  return { override: override.reason, rules: errors.map(({ ruleId }) => ruleId) };
}

type Found = ReturnType<typeof foundInEach<Finding>>[number];
type Located = Found & { readonly pointer: string };

function errorsIn({ body, on }: Judged, sector: string): Located[] {
  const { displayName = body.name, sender } = body;
  const findings = [
    ...foundInEach((language) => healthFindings(displayName, { sector, language })).map(at('/displayName')),
    ...(sender === undefined
      ? []
      : foundInEach((language) => checkSender(sender, { sector, language, on })).map(at('/sender'))),
  ];
  return findings.filter(({ severity }) => severity === 'error');
}

function refused(errors: readonly Located[]): Refusal {
  const code = errors.every((error) => error.code === 'HEALTH_WORD') ? 'CONTENT_REFUSED' : 'SENDER_INVALID';
  const places = errors.map(({ pointer, message }) => ({ in: 'body' as const, pointer, message }));
  return new Refusal(code, { errors: places });
}

const at =
  (pointer: string) =>
  (finding: Found): Located => ({ ...finding, pointer });

function refuseZone({ territory, timeZone }: z.output<typeof Body>): void {
  if (territory === undefined || timeZone === undefined || zonesOf(territory).includes(timeZone)) return;
  throw new Refusal('TIME_ZONE_CONTRADICTS', {
    detail: fault('The clocks of {territory} are those of {zones}.', {
      territory,
      zones: zonesOf(territory).join(', '),
    }),
  });
}

const Brand = z
  .object({ id: z.string(), externalId: z.string(), name: z.string(), sender: z.string().nullable() })
  .meta({ id: 'Brand' });

/** The routes of brands, the names under which a tenant sends. */
export const brandRoutes = tagged('Tenant', [
  route('GET /v1/brands', {
    roles: EVERYBODY,
    summary: 'Lists the brands.',
    query: PageQuery,
    reply: listOf(Brand),
    run: async ({ tx, query }) => readPage(query, (page) => brandsOf(tx, page)),
  }),
  route('PUT /v1/brands/{externalId}', {
    roles: ['admin'],
    summary: 'Makes a brand, or changes it.',
    params: z.strictObject({ externalId: ExternalId }),
    body: z.strictObject({
      name: line(60),
      sender: Sender.optional(),
      reason: line(300).optional().meta({
        description:
          'Needed when `sender` changes (not for the first one): kept in the audit with both values.',
      }),
    }),
    reply: Brand,
    also: [201],
    run: async ({ api, tx, caller, params: { externalId }, body: { name, sender = null, reason } }) => {
      const { clock } = api;
      const sector = (await tenantOf(tx))?.sector ?? 'general';
      if (sender !== null) refuseSender(sender, { sector, pointer: '/sender', on: frenchDay(clock.now()) });
      const changes = changesOf(['sender'], (await lockBrand(tx, externalId)) ?? {}, { sender });
      refuseWithoutReason(
        reason,
        changes.some(({ needsReason }) => needsReason),
      );
      const { brand, created } = await putBrand(tx, clock, { externalId, name, sender });
      const details = auditOf(changes, reason);
      await noteAct({ api, tx, caller }, 'brand.put', { subject: brand.id, details });
      return new Answer(created ? 201 : 200, brand);
    },
  }),
]);

const List = z
  .object({
    senders: z
      .array(z.string())
      .readonly()
      .meta({ description: 'Who may write: your own sender and your brands’, then those listed.' }),
    listed: z.array(z.string()).readonly().nullable().describe('Null: no list is kept.'),
  })
  .meta({ id: 'Senders' });

export const senderRoutes = tagged('Tenant', [
  route('GET /v1/senders', {
    roles: EVERYBODY,
    summary: 'Lists the senders you may use; without a list any on fakes, your own alone on real accounts.',
    reply: List,
    run: async ({ tx }) => shown(tx, await knownTenant(tx)),
  }),
  route('PUT /v1/senders', {
    roles: ['admin'],
    summary: 'Replaces the list; your own sender is always on it, and null keeps none.',
    body: z.strictObject({ senders: z.array(Sender).max(100).nullable() }),
    reply: List,
    run: async ({ api: { clock }, tx, caller, body: { senders } }) => {
      const when = moment(clock);
      const { sector } = await knownTenant(tx);
      for (const [place, sender] of (senders ?? []).entries())
        refuseSender(sender, { sector, pointer: `/senders/${place}`, on: frenchDay(clock.now()) });
      await keepChoice(tx, { name: 'senders', value: senders, at: when.at });
      const entry = { actor: actorOf(caller), action: 'tenant.senders-changed', details: { senders } };
      await recordAudit(tx, entry, when);
      return shown(tx, await knownTenant(tx));
    },
  }),
]);

async function shown(tx: Transaction, { sender, settings }: Tenant): Promise<z.input<typeof List>> {
  const brands = await brandsOf(tx);
  const own = [sender, ...brands.map((brand) => brand.sender)].flatMap((one) => one ?? []);
  const listed = settings.senders ?? null;
  return { senders: [...new Set([...own, ...(listed ?? [])])], listed };
}
