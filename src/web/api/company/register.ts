import { z } from 'zod';
import { localDate } from '../../../law/index.ts';
import { type Transaction, AUDITING } from '../../../platform/index.ts';
import { recordPage } from '../../page/record-page.ts';
import { sendHtml } from '../../page/send-html.ts';
import {
  dpiaOf,
  registerOf,
  type RegisterFacts,
  figuresNow,
  basesNow,
  operatorsUsed,
} from '../../../operations/index.ts';
import { Answer } from '../../server/answer.ts';
import type { Api } from '../../server/api.ts';
import { fakePurposes } from '../../../gateways/index.ts';
import { knownTenant } from '../../server/caller.ts';
import { PeriodAsked, periodMeant } from '../../server/period.ts';
import { streamRoute, type LongExchange, type Route } from '../../server/route.ts';
import { bilingual, type Language } from '../../../words/index.ts';

const Draft = z.record(z.string(), z.unknown()).meta({ id: 'Draft' });

/** The routes of drafts for the controller: the register of processing, and the start of an impact assessment. */
export const registerRoutes = (api: Api): Route[] => [
  drawn(api, {
    path: '/v1/register',
    summary:
      'Draws a register of processing from what the instance did, as JSON or to print; a draft with blanks.',
    title: bilingual.register.title,
    of: registerOf,
  }),
  drawn(api, {
    path: '/v1/register/dpia',
    summary: 'Draws the start of an impact assessment from what the instance does; a draft with blanks.',
    title: bilingual.register.dpiaTitle,
    of: dpiaOf,
  }),
];

interface Drawing {
  readonly path: string;
  readonly summary: string;
  readonly title: Readonly<Record<Language, string>>;
  readonly of: (facts: RegisterFacts) => Readonly<Record<string, unknown>>;
}

const drawn = (api: Api, { path, summary, title, of }: Drawing): Route =>
  streamRoute({
    method: 'get',
    path,
    roles: AUDITING,
    summary,
    tag: 'Register',
    query: PeriodAsked,
    reply: Draft,
    run: async ({ caller, req, res, language, query }) => {
      const facts = await api.database.withTenant(caller.tenantId, (tx) =>
        factsOf(api, tx, { language, ...query }),
      );
      const draft = of(facts);
      if (req.accepts(['json', 'html']) !== 'html') return new Answer(200, draft);
      sendPage(res, draft, { title: title[language], language });
      return undefined;
    },
  });

interface Asked extends z.output<typeof PeriodAsked> {
  readonly language: Language;
}

/** Collects the facts of the last year, or of the requested period. */
async function factsOf(api: Api, tx: Transaction, { language, ...asked }: Asked): Promise<RegisterFacts> {
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

function sendPage(
  res: LongExchange['res'],
  { notice, ...draft }: Readonly<Record<string, unknown>>,
  shown: { readonly title: string; readonly language: Language },
): void {
  const page = recordPage(draft, { ...shown, before: typeof notice === 'string' ? notice : '' });
  res.set('Content-Security-Policy', page.policy);
  sendHtml(res, page.html);
}
