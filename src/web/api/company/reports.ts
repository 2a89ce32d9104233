import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { Tenant } from '../../../company/index.ts';
import { frenchDay, localDate } from '../../../rule/index.ts';
import {
  alertsOf,
  complianceOf,
  dpiaOf,
  registerOf,
  type RegisterFacts,
  figuresNow,
  basesNow,
  operatorsUsed,
  holdsIn,
  movedIn,
  shadowCsv,
  shadowDays,
} from '../../../operations/index.ts';
import { readLastAnchor, readHead } from '../../../people/index.ts';
import type { Transaction } from '../../../platform/index.ts';
import { canonicalJson, REVIEWING, AUDITING } from '../../../base/index.ts';
import { bilingual, type Language } from '../../../words/index.ts';
import { sendRecord } from '../../page/page.ts';
import { knownTenant, reasonKept, seesClear } from '../../server/caller.ts';
import {
  Answer,
  type Api,
  streamRoute,
  type Endpoint,
  type LongExchange,
  route,
  sendCsv,
  noteAct,
  tagged,
  type Untagged,
} from '../../server/route.ts';
import { PeriodAsked, periodMeant, type Period } from '../../server/schema.ts';
import { notWhole } from '../law/law-schema.ts';
import { fakePurposes } from '../../../gateways/index.ts';

const Report = z.record(z.string(), z.unknown()).meta({ id: 'ComplianceReport' });
const TITLE = bilingual.compliance.title;
const CALM = bilingual.compliance.calm;

/** The route of the compliance report of a period. */
export const complianceRoutes = tagged('Reports', [
  streamRoute('GET /v1/reports/compliance', {
    roles: REVIEWING,
    summary:
      'Counts a period, 30 days unless said otherwise: attempts outside the window (must be 0), what was held or refused and why, delays of STOP, consents by source; as JSON or to print.',
    query: PeriodAsked,
    reply: Report,
    run: async (exchange) => {
      const { caller, req, res, language } = exchange;
      const report = await exchange.api.database.withTenant(caller.tenantId, (tx) =>
        reportOf(exchange.api, tx, exchange),
      );
      if (req.accepts(['json', 'html']) !== 'html') return new Answer(200, report);
      const { alerts, ...rest } = report;
      const before = alerts.length === 0 ? CALM[language] : alerts.join(' ');
      sendRecord(res, rest, { title: TITLE[language], language, before });
      return undefined;
    },
  }),
]);

/** Makes a report, and records its digest in the audit, which later proves that it was not changed. */
async function reportOf(
  api: Api,
  tx: Transaction,
  {
    caller,
    language,
    query,
  }: Pick<LongExchange, 'caller' | 'language'> & { readonly query: z.output<typeof PeriodAsked> },
) {
  const now = api.clock.now();
  const tenant = await knownTenant(tx);
  const period = periodMeant(query, { now, timeZone: tenant.timeZone, lasts: { days: 30 } });
  const counted = await complianceOf(tx, period);
  const { name, legalName, sector, profile } = tenant;
  const report = {
    alerts: alertsOf(counted, { language, on: frenchDay(now) }),
    madeAt: now.toISO(),
    controller: { name, legalName, sector, profile },
    ...counted,
    notEnforced: notWhole(language),
    chains: { consents: await chainOf(tx, 'consent'), audit: await chainOf(tx, 'audit') },
  };
  const sha256 = createHash('sha256').update(canonicalJson(report)).digest('hex');
  const details = { ...period, sha256 };
  await noteAct({ api, tx, caller }, 'compliance.reported', { details });
  return { ...report, sha256 };
}

/** Reads the head of a chain, and the last head that a time-stamping authority has stamped. */
async function chainOf(tx: Transaction, chain: 'consent' | 'audit') {
  const head = await readHead(tx, chain);
  const anchor = await readLastAnchor(tx, chain);
  return {
    links: head?.position ?? 0,
    head: head?.hash ?? null,
    anchor:
      anchor === undefined
        ? null
        : { links: anchor.position, head: anchor.head, stampedAt: anchor.stampedAt },
  };
}

const Draft = z.record(z.string(), z.unknown()).meta({ id: 'Draft' });

const drawn = (
  endpoint: Endpoint,
  {
    summary,
    title,
    of,
  }: {
    readonly summary: string;
    readonly title: Readonly<Record<Language, string>>;
    readonly of: (facts: RegisterFacts) => Readonly<Record<string, unknown>>;
  },
): Untagged =>
  streamRoute(endpoint, {
    roles: AUDITING,
    summary,
    query: PeriodAsked,
    reply: Draft,
    run: async ({ api, caller, req, res, language, query }) => {
      const facts = await api.database.withTenant(caller.tenantId, (tx) =>
        factsOf(api, tx, { language, ...query }),
      );
      const draft = of(facts);
      if (req.accepts(['json', 'html']) !== 'html') return new Answer(200, draft);
      const { notice, ...parts } = draft;
      const before = typeof notice === 'string' ? notice : '';
      sendRecord(res, parts, { title: title[language], language, before });
      return undefined;
    },
  });

/** The routes of drafts for the controller: of the register of processing, and of an impact assessment. */
export const registerRoutes = tagged('Register', [
  drawn('GET /v1/register', {
    summary:
      'Draws a register of processing from what the instance did, as JSON or to print; a draft with blanks.',
    title: bilingual.register.title,
    of: registerOf,
  }),
  drawn('GET /v1/register/dpia', {
    summary: 'Draws the start of an impact assessment from what the instance does; a draft with blanks.',
    title: bilingual.register.dpiaTitle,
    of: dpiaOf,
  }),
]);

/** Reads the facts of the requested period, or of the last year. */
async function factsOf(
  api: Api,
  tx: Transaction,
  { language, ...asked }: z.output<typeof PeriodAsked> & { readonly language: Language },
): Promise<RegisterFacts> {
  const now = api.clock.now();
  const tenant = await knownTenant(tx);
  const period = periodMeant(asked, { now, timeZone: tenant.timeZone, lasts: { years: 1 } });
  const { name, legalName, contact, sector, profile, settings } = tenant;
  const dataProtectionOfficer = settings.dataProtectionOfficer ?? null;
  const on = localDate(now.setZone(tenant.timeZone));
  return {
    madeAt: now.toISO(),
    language,
    period,
    controller: { name, legalName, contact, dataProtectionOfficer, sector, profile },
    operators: await operatorsUsed(tx, period),
    processorOf: (account) => api.gateways.find((gateway) => gateway.name === account)?.processor,
    bases: await basesNow(tx, {
      at: now.toISO(),
      fakeFor: fakePurposes(api.gateways, settings),
    }),
    figures: await figuresNow(tx, on),
  };
}

const Counts = z.record(z.string(), z.int());

const ShadowReport = z
  .object({
    shadow: z.boolean().describe('Whether nothing leaves now.'),
    period: z.object({ from: z.string(), to: z.string() }),
    days: z.array(
      z.object({ on: z.string(), purpose: z.string(), wouldHaveLeft: z.int(), refused: Counts }).readonly(),
    ),
    held: z.array(
      z
        .object({
          purpose: z.string(),
          ruleId: z.string(),
          title: z.string(),
          decisions: z.int(),
          batches: z.int(),
        })
        .readonly(),
    ),
    remindersMoved: z.array(z.object({ code: z.string(), state: z.string(), steps: z.int() }).readonly()),
  })
  .meta({ id: 'ShadowReport' });

export const shadowRoutes = tagged('Reports', [
  route('GET /v1/reports/shadow', {
    roles: REVIEWING,
    summary:
      'Counts by day, 7 days unless said otherwise, what would have left, and what was refused, held or moved, and why.',
    query: PeriodAsked,
    reply: ShadowReport,
    run: async ({ api: { clock }, tx, query }) => {
      const tenant = await knownTenant(tx);
      const period = periodOf(query, clock, tenant);
      return {
        shadow: tenant.shadow,
        period,
        days: await shadowDays(tx, period),
        held: await holdsIn(tx, period),
        remindersMoved: await movedIn(tx, period),
      };
    },
  }),
  streamRoute('GET /v1/reports/shadow/messages', {
    roles: AUDITING,
    summary:
      'The same as CSV, one row a message, to lay beside the log of another tool; numbers in clear to an admin, or to an auditor who says why.',
    query: PeriodAsked,
    reply: z.string(),
    produces: 'text/csv',
    run: async ({ api, caller, reason, res, query }) => {
      const clear = seesClear({ caller, reason });
      const { keys, period } = await api.database.withTenant(caller.tenantId, async (tx) => {
        const asked = periodOf(query, api.clock, await knownTenant(tx));
        const said = reasonKept(reason);
        const details = { ...asked, clear, ...said };
        await noteAct({ api, tx, caller }, 'shadow.exported', { details });
        return { keys: await api.vault.tenant(tx), period: asked };
      });
      return sendCsv(res, 'shadow.csv', shadowCsv({ database: api.database, keys }, { ...period, clear }));
    },
  }),
]);

const periodOf = (asked: z.output<typeof PeriodAsked>, clock: Api['clock'], tenant: Tenant): Period =>
  periodMeant(asked, { now: clock.now(), timeZone: tenant.timeZone, lasts: { days: 7 } });
