import { Refusal } from '../../../platform/index.ts';
import {
  asksForAnswer,
  canReceiveAnswers,
  checkText,
  type OptOutMeans,
  foundInEach,
} from '../../../sms/index.ts';
import {
  routedAccounts,
  PURPOSES,
  type AccountRoutes,
  type Tenant,
  type TenantPurpose,
} from '../../../company/index.ts';
import { type Day, isTerritory } from '../../../law/index.ts';
import { accountTerms, type ApiGateway } from '../messages/gateway-terms.ts';
import { bilingual, languageOf } from '../../../words/index.ts';

/** Refuses default texts that could never be sent. */
export function refuseTexts(
  texts: { readonly [P in TenantPurpose]?: string | null } | undefined,
  {
    sector,
    locale,
    domains,
    deaf,
    on,
  }: {
    readonly sector: string;
    /** The tenant's: the language of the texts. */
    readonly locale: string;
    readonly domains: readonly string[];
    /** True when an account that reminders may use receives no answers. */
    readonly deaf: boolean;
    readonly on: Day;
  },
): void {
  const means: OptOutMeans = { ...USUAL, canReceiveAnswers: !deaf };
  const found = PURPOSES.flatMap((purpose) => {
    const text = texts?.[purpose];
    if (text === undefined || text === null) return [];
    const about = { text, purpose, on, sector, ownDomains: domains, means, language: languageOf(locale) };
    return foundInEach((readBy) => checkText({ ...about, readBy }).findings)
      .filter(({ severity }) => severity === 'error')
      .map(({ code, message }) => ({
        code,
        error: { in: 'body' as const, pointer: `/texts/${purpose}`, message },
      }));
  });
  if (found.length === 0) return;
  const isUnheard = found.every(({ code }) => code === 'ANSWERS_IMPOSSIBLE');
  throw new Refusal(isUnheard ? 'ANSWERS_IMPOSSIBLE' : 'CONTENT_REFUSED', {
    errors: found.map(({ error }) => error),
  });
}

/** The account of a text depends on the booking: a short code represents them all. */
const USUAL: OptOutMeans = { stopCode: '36180', canReceive: false, stopMentionReclassifies: false };

/** Says whether any account that reminders of appointments may use receives no answers. */
export function isDeafSomewhere(gateways: readonly ApiGateway[], routes: AccountRoutes | undefined): boolean {
  const terms = accountTerms(gateways);
  const { defaultName } = terms;
  const places = [undefined, ...Object.keys(routes?.byTerritory ?? {}).filter((name) => isTerritory(name))];
  return places
    .flatMap((territory) => routedAccounts({ routes }, { purpose: 'appointment', territory, defaultName }))
    .some((name) => !canReceiveAnswers(terms.means(name)));
}

/** Refuses routes by which the text of reminders would ask for answers that nobody receives. */
export function refuseDeafRoutes(
  gateways: readonly ApiGateway[],
  { settings: { texts } }: Pick<Tenant, 'settings'>,
  routes: AccountRoutes,
): void {
  if (!asksForAnswer(texts?.appointment ?? '') || !isDeafSomewhere(gateways, routes)) return;
  const message = bilingual.booking.deafRoutes;
  throw new Refusal('ANSWERS_IMPOSSIBLE', { errors: [{ in: 'body', pointer: '/appointment', message }] });
}
