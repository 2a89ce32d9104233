import { z } from 'zod';
import type { Transaction } from '../database/connection.ts';
import { Refusal } from '../errors.ts';
import type { Language } from '../law/rule.ts';
import { zonesOf } from '../law/territory.ts';
import { healthFindings } from '../sms/content-rule.ts';
import type { Finding } from '../sms/finding.ts';
import { checkSender } from '../sms/sender.ts';
import { recordAudit } from '../tenants/audit-entry.repository.ts';
import { brandById } from '../tenants/brand.repository.ts';
import { practiceOf, practices, putPractice } from '../tenants/practice.repository.ts';
import { tenantOf } from '../tenants/tenant.repository.ts';
import { SECTORS } from '../tenants/tenant.ts';
import { Answer } from './answer.ts';
import type { Api } from './api.ts';
import { actorOf, type Caller } from './caller.ts';
import { moment } from './moment.ts';
import { route, type Route } from './route.ts';
import { ExternalId, Id, line, listOf, Page, pageOf, TerritoryName, TimeZone } from './schema.ts';
import { Sender } from './sender.ts';
import { fault } from '../words/fault.ts';
import { foundInEach } from '../sms/finding.ts';

const Body = z.strictObject({
  name: line(100),
  displayName: line(60).optional().meta({ description: 'What recipients read; the name when absent.' }),
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
  override: z
    .strictObject({ reason: line(300) })
    .optional()
    .meta({ description: 'An admin takes the name or sender in spite of the health guard; audited.' }),
});

/** A practice as answers show it. */
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
  })
  .meta({ id: 'Practice' });

const ByExternalId = z.strictObject({ externalId: ExternalId });

/** Sites with a name, a sender, a phone and a zone of their own. */
export const practiceRoutes = ({ vault, clock }: Api): Route[] => [
  route({
    method: 'get',
    path: '/v1/practices',
    roles: ['admin', 'scheduler', 'operator', 'auditor'],
    summary: 'Lists the practices.',
    tag: 'Tenant',
    query: Page,
    reply: listOf(PracticeShown),
    run: async ({ tx, query: { limit, after } }) =>
      pageOf(await practices(tx, await vault.tenant(tx), { limit: limit + 1, after }), limit),
  }),
  route({
    method: 'get',
    path: '/v1/practices/{externalId}',
    roles: ['admin', 'scheduler', 'operator', 'auditor'],
    summary: 'Shows a practice.',
    tag: 'Tenant',
    params: ByExternalId,
    reply: PracticeShown,
    run: async ({ tx, params: { externalId } }) => {
      const practice = await practiceOf(tx, await vault.tenant(tx), externalId);
      if (practice === undefined) throw new Refusal('NOT_FOUND');
      return practice;
    },
  }),
  route({
    method: 'put',
    path: '/v1/practices/{externalId}',
    roles: ['admin', 'scheduler'],
    summary: 'Makes a practice, or replaces it.',
    tag: 'Tenant',
    params: ByExternalId,
    body: Body,
    reply: PracticeShown,
    also: [201],
    run: async ({ tx, caller, language, params, body: { override, ...body } }) => {
      const guard = await judge(tx, { body: { ...body, override }, caller, language });
      const given = { ...body, ...params, displayName: body.displayName ?? body.name };
      const { practice, created } = await putPractice(tx, { keys: await vault.tenant(tx), clock }, given);
      const entry = { actor: actorOf(caller), action: 'practice.put', subject: practice.id, details: guard };
      await recordAudit(tx, entry, moment(clock));
      return new Answer(created ? 201 : 200, practice);
    },
  }),
];

interface Judged {
  readonly body: z.output<typeof Body>;
  readonly caller: Caller;
  readonly language: Language;
}

/** The health guard, once for the practice; an override is one decision of an admin. */
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

function errorsIn({ body }: Judged, sector: string): Located[] {
  const { displayName = body.name, sender } = body;
  const findings = [
    ...foundInEach((language) => healthFindings(displayName, { sector, language })).map(at('/displayName')),
    ...(sender === undefined
      ? []
      : foundInEach((language) => checkSender(sender, { sector, language })).map(at('/sender'))),
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
