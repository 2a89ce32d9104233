import type { Payload } from '@temporalio/common';
import { Router, type Handler, type Request, type Response } from 'express';
import { z } from 'zod';
import { instant, Refusal } from '../../platform/index.ts';
import { attributes, html, type Html, inLines, parsedJson, REVIEWING, type Role } from '../../base/index.ts';
import { CiphertextRefused } from '../../crypto/index.ts';
import { isOnlyTenant, recordAudit } from '../../company/index.ts';
import { PayloadKeyUnknown, PayloadSealer } from '../../temporal/index.ts';
import type { Api } from '../server/route.ts';
import { type Mounted, isFromElsewhere } from '../server/edge.ts';
import { becomeKnown } from '../server/admission.ts';
import { budgets } from '../server/budgets.ts';
import { actorOf, sharerOf, type Caller, Identification } from '../server/caller.ts';
import { languageAsked, sendReply } from '../public/form-visit.ts';
import { parsed } from '../server/input-error.ts';
import { moment } from '../server/schema.ts';
import {
  AT_CODEC,
  closeSession,
  openSession,
  refuseEndedSession,
  shownKey,
  callerSigningIn,
  noteSignIn,
  ShownTokens,
} from '../server/sign-in.ts';
import type { OpenId } from '../server/open-id.ts';
import { bodyReader, fieldsReader, jsonOf } from '../server/read-body.ts';
import { framed, type FramedPage } from '../page/page.ts';
import { wordsIn, type Catalogue, type Language } from '../../words/index.ts';

/** More than a page of a workflow's history has, which is a few hundred payloads. */
const MOST_PAYLOADS = 2_000;
const MAY_DECODE: ReadonlySet<Role> = new Set(REVIEWING);

const Payloads = z.object({
  payloads: z
    .array(z.object({ metadata: z.record(z.string(), z.base64()).default({}), data: z.base64().default('') }))
    .max(MOST_PAYLOADS),
});
/** The limits of the body of a sign-in, which has a key and nothing else. */
const SIGN_IN_BODY = { ...budgets.classes.codec.body, mostBytes: 4_096 };
/** Characters of the longest payload, which may fill its body. */
const LONGEST_PAYLOAD = budgets.classes.codec.body.mostBytes;
const readPayloads = bodyReader(budgets.classes.codec.body);
const SignIn = z.strictObject({ key: z.string().min(1).max(200) });

/**
 * Mounts the codec server, by which Temporal's page decodes payloads for readers who may read them; each decoding is
 * audited.
 */
export const codec = (
  api: Api,
  given: { readonly ui: string; readonly openId?: OpenId | undefined },
): Mounted => ({
  at: '/codec',
  template: '/codec',
  router: routerOf(api, given),
});

function routerOf(
  api: Api,
  { ui, openId }: { readonly ui: string; readonly openId?: OpenId | undefined },
): Router {
  const tokens = openId && new ShownTokens(api, openId);
  const identification = new Identification(api);
  const router = Router({ strict: false });
  const shown = { ui, endpoint: `${api.publicUrl}/codec` };
  router.use(only(new URL(ui).origin));
  router.get('/', (req, res) => {
    show(req, res, { ...shown, state: 'out' });
  });
  router.post('/', fromHere, fieldsReader(SIGN_IN_BODY), async (req, res) => {
    await signIn({ api, identification, shown }, req, res);
  });
  router.post('/decode', async (req, res) => {
    await decode({ api, identification, tokens }, req, res);
  });
  return router;
}

/** Refuses requests from pages of other sites. */
const fromHere: Handler = (req, _, next) => {
  next(isFromElsewhere(req) ? new Refusal('ROLE_NOT_ALLOWED') : undefined);
};

/** Makes a handler that allows pages of one other origin to read answers: that of Temporal's page. */
const only =
  (origin: string): Handler =>
  (req, res, next) => {
    res.vary('Origin');
    if (req.headers.origin === origin)
      res.set({
        'Access-Control-Allow-Origin': origin,
        'Access-Control-Allow-Credentials': 'true',
        'Access-Control-Allow-Methods': 'POST',
        'Access-Control-Allow-Headers': 'content-type,authorization,x-namespace',
        'Access-Control-Max-Age': '600',
      });
    if (req.method === 'OPTIONS') res.status(204).end();
    else next();
  };

interface CodecShown {
  readonly language: Language;
  readonly ui: string;
  /** The address for the settings of Temporal's page. */
  readonly endpoint: string;
  readonly state: 'in' | 'out' | 'refused';
}

/** Renders the page on which somebody gives a key, so that Temporal's page shows them decoded payloads. */
export function codecPage({ language, state, ...places }: CodecShown): FramedPage {
  const words = wordsIn(language).publicPages.codec;
  const main = state === 'in' ? openedMain(language, places) : askedMain(words, state === 'refused');
  return framed({ language, title: words.title }, html`<header><h1>${words.title}</h1></header>\n${main}`);
}

const askedMain = (words: Catalogue['publicPages']['codec'], isRefused: boolean): Html => html`
<p class="lead">${words.lead}</p>
${isRefused && html`<p role="alert"><strong>${words.refused}</strong></p>`}
<form method="post" action="/codec">
<p><label for="key">${words.key}</label>
<input id="key" name="key" type="password" autocomplete="current-password" required maxlength="200"></p>
<p><button>${words.enter}</button></p>
</form>`;

function openedMain(language: Language, { ui, endpoint }: Pick<CodecShown, 'ui' | 'endpoint'>): Html {
  const words = wordsIn(language).publicPages.codec;
  const button = (name: string): Html =>
    html`<b${attributes({ lang: language !== 'en' && 'en' })}>${name}</b>`;
  const named: Readonly<Record<string, Html>> = {
    endpoint: html`<code>${endpoint}</code>`,
    browser: button('Use my browser setting'),
    credentials: button('Include cross-origin credentials'),
    apply: button('Apply'),
  };
  const steps = words.steps.map((step) =>
    step.split(/\{(\w+)\}/).map((piece, index) => (index % 2 === 0 ? piece : named[piece])),
  );
  return html`
<p class="lead" role="status">${words.in}</p>
<p>${words.next}</p>
<ol>${inLines(steps.map((step) => html`<li>${step}</li>`))}</ol>
<p><a class="onward" href="${ui}">${words.back}</a></p>
<form method="post" action="/codec"><p><button>${words.leave}</button></p></form>`;
}

async function signIn(
  {
    api,
    identification,
    shown,
  }: {
    readonly api: Api;
    readonly identification: Identification;
    readonly shown: Pick<CodecShown, 'ui' | 'endpoint'>;
  },
  req: Request,
  res: Response,
): Promise<void> {
  const asked = SignIn.safeParse(req.body);
  if (!asked.success) {
    closeSession(api, res, AT_CODEC);
    show(req, res, { ...shown, state: 'out' });
    return;
  }
  const caller = await callerSigningIn({ api, identification }, req, asked.data.key);
  if (caller === undefined || !MAY_DECODE.has(caller.role)) {
    show(req, res, { ...shown, state: 'refused' });
    return;
  }
  await noteSignIn(api, req, caller);
  await openSession(api, res, { at: AT_CODEC, key: asked.data.key });
  show(req, res, { ...shown, state: 'in' });
}

function show(req: Request, res: Response, shown: Omit<CodecShown, 'language'>): void {
  const page = codecPage({ language: languageAsked(req), ...shown });
  sendReply(res, { status: shown.state === 'refused' ? 403 : 200, page });
}

async function decode(
  {
    api,
    identification,
    tokens,
  }: { readonly api: Api; readonly identification: Identification; readonly tokens: ShownTokens | undefined },
  req: Request,
  res: Response,
): Promise<void> {
  const shown = await shownKey(api, req, AT_CODEC);
  const { authorization, from } = shown;
  const caller = await identification.of((await tokens?.authorization(authorization)) ?? authorization, from);
  await refuseEndedSession(api, shown, caller);
  if (!MAY_DECODE.has(caller.role)) throw new Refusal('ROLE_NOT_ALLOWED');
  becomeKnown(res, sharerOf(caller));
  // Read only now, after the caller is known.
  const { payloads } = parsed(Payloads, jsonOf(await readPayloads(req, res), LONGEST_PAYLOAD), {
    where: 'body',
  });
  const asked = payloads.map(fromWire);
  const opened = await openedBy(await sealerOf(api), asked);
  const readable = await shownTo(api, caller, { asked, opened });
  if (payloads.length > 0) await note(api, caller, payloads.length);
  res.json({ payloads: readable.map(toWire) });
}

/**
 * Returns which payloads a caller may read: one that names another tenant, or none although there are several, stays
 * sealed.
 */
async function shownTo(
  { database }: Api,
  { tenantId }: Caller,
  { asked, opened }: Readonly<Record<'asked' | 'opened', readonly Payload[]>>,
): Promise<readonly Payload[]> {
  if (await database.withTenant(tenantId, isOnlyTenant)) return opened;
  return opened.map((payload, at) => (namesTenant(payload, tenantId) ? payload : (asked[at] ?? payload)));
}

const Named = z.object({ tenantId: z.string() });

function namesTenant({ data }: Payload, tenantId: string): boolean {
  const value = Named.safeParse(parsedJson(Buffer.from(data ?? []).toString('utf8')));
  return value.success && value.data.tenantId === tenantId;
}

const sealerOf = async ({ database, vault, clock }: Api): Promise<PayloadSealer> =>
  new PayloadSealer(
    await database.outside((tx) => vault.instanceKeys(tx, 'payload', instant(clock.machine()).toISO())),
  );

async function openedBy(sealer: PayloadSealer, payloads: Payload[]): Promise<readonly Payload[]> {
  try {
    return await sealer.decode(payloads);
  } catch (error) {
    if (error instanceof PayloadKeyUnknown || error instanceof CiphertextRefused)
      throw new Refusal('PAYLOAD_UNREADABLE');
    throw error;
  }
}

/** Records a decoding in the audit. */
const note = ({ database, clock }: Api, caller: Caller, payloads: number): Promise<void> =>
  database.withTenant(caller.tenantId, (tx) =>
    recordAudit(
      tx,
      { actor: actorOf(caller), action: 'payloads.decoded', details: { payloads } },
      moment(clock),
    ),
  );

type Wire = z.output<typeof Payloads>['payloads'][number];

const fromWire = ({ metadata, data }: Wire): Payload => ({
  metadata: Object.fromEntries(
    Object.entries(metadata).map(([name, value]) => [name, Buffer.from(value, 'base64')]),
  ),
  data: Buffer.from(data, 'base64'),
});

const toWire = ({ metadata, data }: Payload): Wire => ({
  metadata: Object.fromEntries(
    Object.entries(metadata ?? {}).map(([name, value]) => [name, Buffer.from(value).toString('base64')]),
  ),
  data: Buffer.from(data ?? []).toString('base64'),
});
