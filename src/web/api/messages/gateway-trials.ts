import { z } from 'zod';
import {
  newsLine,
  OPERATORS,
  trialSender,
  beginTrial,
  answerShown,
  latestTrial,
  trialPhonePlace,
  type TrialStatus,
  type ApiGateway,
} from '../../../gateways/index.ts';
import { instant, type Transaction, Refusal, type RefusalCode } from '../../../platform/index.ts';
import { uuidV7, EVERYBODY, OPERATING } from '../../../base/index.ts';
import { mobileLine } from '../../../people/index.ts';
import { isOnlyTenant } from '../../../company/index.ts';
import { idOfAccountNamed } from '../../../sending/index.ts';
import { type Api, NoContent, route, orNotFound, tagged, noteAct } from '../../server/route.ts';
import { knownTenant } from '../../server/caller.ts';
import { Phone } from '../people/contacts.ts';
import { ByAccount, Id } from '../../server/schema.ts';
import { wordsIn, type Language } from '../../../words/index.ts';

/** What a trial has found about one assumption of its adapter. */
export const FindingShown = z.object({
  id: z.string(),
  verdict: z.enum(['held', 'failed', 'not-seen']),
  detail: z.string().optional(),
});

const AccountTrialShown = z
  .object({
    id: z.string(),
    state: z.enum(['ordered', 'under-way', 'ended', 'not-finished']).meta({
      description: '`not-finished`: whoever conducted it did not go on, and nothing more is sent for it.',
    }),
    startedAt: z.string(),
    endedAt: z.string().nullable(),
    asks: z
      .object({
        what: z.enum(['accents', 'two-parts', 'stop']),
        text: z.string().describe('What the telephone has to show, or how STOP is answered.'),
      })
      .nullable()
      .meta({ description: 'What the trial waits for from whoever holds the telephone.' }),
    told: z.string().nullable().describe('What it did last, in a sentence.'),
    turn: z.int().describe('Rises with each change.'),
    findings: z.array(FindingShown),
  })
  .meta({ id: 'AccountTrial' });

/** The latest trial of an account, and whether another may be ordered. */
export const LatestTrial = z
  .object({
    mayOrder: z.boolean().meta({
      description: 'False to a tenant that shares the instance: its accounts are not for one tenant to try.',
    }),
    trial: AccountTrialShown.nullable(),
  })
  .meta({ id: 'LatestAccountTrial' });

/** The body that orders a trial. */
export const TrialOrdered = z.strictObject({
  phone: Phone.describe('A telephone of your own, which you hold: two texts go there.'),
});

export const gatewayTrialRoutes = tagged('Operating', [
  route('GET /v1/gateways/{name}/trial', {
    roles: EVERYBODY,
    summary: 'Shows the trial of an account that is under way, or the last.',
    params: ByAccount,
    reply: LatestTrial,
    run: async ({ api: { gateways, clock }, tx, language, params: { name } }) => {
      const gateway = known(gateways, name);
      if (!(await isOnlyTenant(tx))) return { mayOrder: false, trial: null };
      return latestShown(tx, gateway, { at: instant(clock.machine()).toISO(), language });
    },
  }),
  route('POST /v1/gateways/{name}/trials', {
    roles: OPERATING,
    summary:
      'Orders a trial of an account, which a worker conducts: two texts leave to a telephone of yours.',
    params: ByAccount,
    body: TrialOrdered,
    status: 202,
    reply: LatestTrial,
    run: async ({ api, tx, caller, language, params: { name }, body: { phone } }) => {
      const { clock, vault } = api;
      const gateway = known(api.gateways, name);
      const accountId = await mayTry(tx, name);
      const { e164 } = mobileLine(phone);
      const { sender } = await knownTenant(tx);
      if (trialSender(sender, gateway) === undefined) throw new Refusal('ACCOUNT_TRIAL_WITHOUT_SENDER');
      const id = uuidV7(clock.machine());
      const at = instant(clock.machine()).toISO();
      const sealedPhone = (await vault.tenant(tx)).seal(trialPhonePlace(id), e164);
      const order = { tenantId: tx.tenantId, language, sealedPhone };
      const begun = await beginTrial(tx, { id, accountId, at, order });
      if (begun !== 'begun') throw new Refusal(NOT_BEGUN[begun]);
      await noteAct({ api, tx, caller }, 'gateway.tried', { subject: accountId });
      return latestShown(tx, gateway, { at, language });
    },
  }),
  route('POST /v1/gateways/{name}/trials/{id}/answer', {
    roles: OPERATING,
    summary: 'Says what the telephone shows of a text of a trial, when the trial asks it.',
    params: ByAccount.extend({ id: Id }),
    body: z.strictObject({
      text: z.enum(['accents', 'two-parts']),
      shown: z.enum(['as-sent', 'otherwise', 'nothing']),
    }),
    status: 204,
    reply: NoContent,
    run: async ({ api, tx, params: { name, id }, body: { text, shown } }) => {
      known(api.gateways, name);
      const accountId = await mayTry(tx, name);
      if (!(await answerShown(tx, { id, accountId, text, shown })))
        throw new Refusal('ACCOUNT_TRIAL_ASKS_NOTHING');
      return undefined;
    },
  }),
]);

const NOT_BEGUN = {
  'under-way': 'ACCOUNT_TRIAL_UNDER_WAY',
  'too-many': 'ACCOUNT_TRIAL_LIMIT',
} as const satisfies Record<string, RefusalCode>;

const known = (gateways: Api['gateways'], name: string): ApiGateway =>
  orNotFound(gateways.find((one) => one.name === name));

/** Refuses trials to tenants that share the instance with others; returns the id of the account. */
async function mayTry(tx: Transaction, name: string): Promise<string> {
  if (!(await isOnlyTenant(tx)))
    throw new Refusal('ROLE_NOT_ALLOWED', {
      detail: 'There are several tenants: accounts are tried by `npm run account -- try`.',
    });
  return orNotFound(await idOfAccountNamed(tx, name));
}

/** Reads the latest trial of an account, for a tenant that may order one. */
async function latestShown(
  tx: Transaction,
  gateway: ApiGateway,
  { at, language }: { readonly at: string; readonly language: Language },
): Promise<z.input<typeof LatestTrial>> {
  const trial = await latestTrial(tx, { name: gateway.name, at });
  return { mayOrder: true, trial: trial === undefined ? null : trialShown(trial, gateway, language) };
}

/** Describes a trial, with its last event while it runs, and its obstacle even after that. */
function trialShown(
  trial: TrialStatus,
  { kind }: Pick<ApiGateway, 'kind'>,
  language: Language,
): z.input<typeof AccountTrialShown> {
  const { id, state, startedAt, endedAt, asks, news, turn, findings } = trial;
  const isOver = state === 'ended' || state === 'not-finished';
  const isSentenceShown = news !== null && (!isOver || news.kind === 'held-back');
  return {
    id,
    state,
    startedAt,
    endedAt,
    turn,
    findings,
    asks: asks && {
      what: asks,
      text: textAsked(asks, { kind, written: trial.language ?? language, language }),
    },
    told: isSentenceShown ? newsLine(news, language) : null,
  };
}

/** Describes the question of a trial; the text that was sent is in its own language, whoever reads the page. */
const textAsked = (
  asks: NonNullable<TrialStatus['asks']>,
  given: Pick<ApiGateway, 'kind'> & { readonly written: Language; readonly language: Language },
): string =>
  asks === 'stop'
    ? OPERATORS[given.kind].stopHow[given.language]
    : wordsIn(given.written).doctor.trialTexts[asks];
