import { createHash } from 'node:crypto';
import { z } from 'zod';
import { readLastAnchor, readHead } from '../../../people/index.ts';
import { canonicalJson, type Transaction, REVIEWING } from '../../../platform/index.ts';
import { recordPage } from '../../page/record-page.ts';
import { sendHtml } from '../../page/send-html.ts';
import { recordAudit } from '../../../company/index.ts';
import { alertsOf, complianceOf } from '../../../operations/index.ts';
import { Answer } from '../../server/answer.ts';
import type { Api } from '../../server/api.ts';
import { actorOf, knownTenant } from '../../server/caller.ts';
import { notWhole } from '../law/law-enforcement.ts';
import { moment } from '../../server/schema.ts';
import { PeriodAsked, periodMeant } from '../../server/period.ts';
import { streamRoute, type LongExchange, type Route } from '../../server/route.ts';
import { bilingual } from '../../../words/index.ts';
import { frenchDay } from '../../../law/index.ts';

const Report = z.record(z.string(), z.unknown()).meta({ id: 'ComplianceReport' });
const TITLE = bilingual.compliance.title;
const CALM = bilingual.compliance.calm;

/** The compliance report of a period, for a controller or an auditor. */
export const complianceRoutes = (api: Api): Route[] => [
  streamRoute({
    method: 'get',
    path: '/v1/reports/compliance',
    roles: REVIEWING,
    summary:
      'Counts a period, 30 days unless said otherwise: attempts outside the window (must be 0), what was held or refused and why, delays of STOP, consents by source; as JSON or to print.',
    tag: 'Reports',
    query: PeriodAsked,
    reply: Report,
    run: async (exchange) => {
      const { caller, req, res, language } = exchange;
      const report = await api.database.withTenant(caller.tenantId, (tx) => reportOf(api, tx, exchange));
      if (req.accepts(['json', 'html']) !== 'html') return new Answer(200, report);
      const { alerts, ...rest } = report;
      const before = alerts.length === 0 ? CALM[language] : alerts.join(' ');
      const page = recordPage(rest, { title: TITLE[language], language, before });
      res.set('Content-Security-Policy', page.policy);
      sendHtml(res, page.html);
      return undefined;
    },
  }),
];

type Asked = Pick<LongExchange, 'caller' | 'language'> & { readonly query: z.output<typeof PeriodAsked> };

/** The audit keeps the digest: it proves that a report is the one that was made. */
async function reportOf(api: Api, tx: Transaction, { caller, language, query }: Asked) {
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
  await recordAudit(
    tx,
    { actor: actorOf(caller), action: 'compliance.reported', details },
    moment(api.clock),
  );
  return { ...report, sha256 };
}

/** Reads the state of a chain at the time of the report, and the last head that an authority stamped. */
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
