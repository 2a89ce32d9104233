import { z } from 'zod';
import {
  addToWorkflowOutbox,
  type Clock,
  type Transaction,
  type Plan,
  type PlanReason,
} from '../../platform/index.ts';
import { resting } from '../../base/index.ts';
import type { TenantKeys } from '../../crypto/index.ts';
import {
  senderFromBrand,
  measure,
  stopMention,
  defaultText,
  render,
  parseTemplate,
  vocabularyOf,
  type OptOutMeans,
  type TextName,
} from '../../sms/index.ts';
import {
  answerOwed,
  mayBeInvitedBack,
  oweAnswer,
  readPublisher,
  answerText,
  readAnswers,
  expireLate,
  acknowledgementBatches,
  type AnswerKind,
} from './acknowledgement.repository.ts';
import type { LastMessage } from '../replies/inbound.repository.ts';
import { frenchDay, isTerritory } from '../../rule/index.ts';
import { optOutMeans, type Account } from '../accounts/account.ts';
import { keepBatchPlan, readRun, type BatchRun } from '../batch/batch-run.repository.ts';
import { NotComposable, type Composer } from '../compose/composing-text.ts';
import { languageOf, wordsIn, reasonWords, type Language } from '../../words/index.ts';
import { sendChunk, type SendRequest } from '../batch/chunk.ts';
import type { ChunkDeps } from '../batch/fail-over.ts';
import { placedPlan } from '../batch/next-plan.ts';
import { endTrials, openTrials } from '../batch/parking.repository.ts';

/** The answer to send and its recipient. */
export interface AnswerAsked {
  readonly inboundId: string;
  readonly kind: AnswerKind;
  readonly accountId: string;
  /** E.164. */
  readonly to: string;
  readonly last: LastMessage | undefined;
}

/** Owes a person one answer, at most one a day; the tenant's workflow is signalled in the same commit. */
export async function oweThem(
  tx: Transaction,
  deps: { readonly keys: TenantKeys; readonly clock: Clock; readonly newId: () => string },
  asked: AnswerAsked,
): Promise<void> {
  const { keys, clock } = deps;
  if (asked.kind === 'start' && !(await mayBeInvitedBack(tx, keys.phoneIndex(asked.to)))) return;
  const publisher = await readPublisher(tx, keys, asked.last?.batchId);
  const text = answerText(asked.kind, publisher);
  const now = clock.now();
  const sender =
    asked.last?.sender ?? publisher.sender ?? senderFromBrand(publisher.brand, frenchDay(now)) ?? '';
  const owed = await oweAnswer(tx, {
    inboundId: asked.inboundId,
    kind: asked.kind === 'contact' || asked.kind === 'start' ? asked.kind : 'stop',
    accountId: asked.accountId,
    phoneIndex: keys.phoneIndex(asked.to),
    onDay: now.setZone(publisher.timeZone).toISODate() ?? now.toISODate(),
    newBatchId: deps.newId(),
    at: now.toISO(),
    sealFor: (batchId, seq) =>
      keys.seal(answerPlace(batchId, seq), JSON.stringify({ to: asked.to, sender, text })),
  });
  if (owed) await addToWorkflowOutbox(tx, [answerOwed(tx.tenantId)], clock.machine());
}

const Answer = z.object({ to: z.string(), sender: z.string(), text: z.string() });

/** Thrown for an answer that this attempt did not read: the next one does. */
class AnswerNotRead extends NotComposable {
  override readonly name = 'AnswerNotRead';
}

/** The place of a sealed answer. */
export const answerPlace = (
  batchId: string,
  seq: number,
): { table: string; column: string; row: string } => ({
  table: 'acknowledgement',
  column: 'sealed',
  row: `${batchId}/${seq}`,
});

/**
 * Makes the texts of an acknowledgement batch, worded when the person wrote. The publisher is named with the
 * opt-out that the carrying account offers.
 */
export async function composerOfAnswers(
  tx: Transaction,
  keys: TenantKeys,
  { run, account }: { readonly run: BatchRun; readonly account: Account },
): Promise<Composer> {
  const answers = new Map((await readAnswers(tx, run.batchId)).map((answer) => [answer.seq, answer]));
  return {
    compose({ seq }) {
      const owed = answers.get(seq);
      if (owed === undefined) throw new AnswerNotRead(`answer ${seq} of batch ${run.batchId}`);
      const answer = Answer.parse(
        JSON.parse(keys.open(answerPlace(run.batchId, seq), owed.sealed).toString('utf8')),
      );
      const text =
        owed.kind === 'contact'
          ? withWayOut(answer.text, run, optOutMeans(account, answer.sender))
          : answer.text;
      const { parts, encoding } = measure(text);
      return { kind: 'text', ...answer, text, parts, encoding };
    },
  };
}

function withWayOut(text: string, { locale, ...run }: BatchRun, means: OptOutMeans): string {
  const territory = isTerritory(run.territory) ? run.territory : 'FR';
  const question = { purpose: 'acknowledgement', language: languageOf(locale), territory, means } as const;
  const mention = stopMention(question);
  return mention.kind === 'mention' ? `${text} ${mention.text}` : text;
}

/** Time from the request to the first byte; later, nobody waits for it any more. */
const LEAVES_WITHIN_MS = 60_000;

/** The confirmation to send to a number. */
interface ConfirmationAsked {
  /** Id of the code; one message carries it. */
  readonly codeId: string;
  readonly accountId: string;
  /** E.164. */
  readonly to: string;
  readonly language: Language;
  readonly confirming: Confirming;
  /** Replaces the tenant's own. */
  readonly brand?: { readonly name: string; readonly sender: string | null } | undefined;
}

/** The confirmation of a number: digits to type, or an address to open. */
type Confirming =
  | { readonly kind: 'code'; readonly code: string }
  | { readonly kind: 'link'; readonly url: string };

/** Writes the confirmation's text, in the language of the page, without any offer. */
function confirmationText(brand: string, language: Language, confirming: Confirming): string {
  const name: TextName = confirming.kind === 'code' ? 'confirmation-code' : 'confirmation-link';
  const secret = confirming.kind === 'code' ? confirming.code : confirming.url;
  const parsed = parseTemplate(defaultText(name, language), vocabularyOf('confirmation'));
  const rendered =
    parsed.kind === 'template' ? render(parsed, { brand, code: secret, confirmLink: secret }) : parsed;
  return rendered.kind === 'text' ? rendered.text : `${brand}${wordsIn(language).punctuation.colon}${secret}`;
}

/** Owes a number one code or link, at any hour; the tenant's workflow is signalled in the same commit. */
export async function oweConfirmation(
  tx: Transaction,
  { keys, clock, newId }: { readonly keys: TenantKeys; readonly clock: Clock; readonly newId: () => string },
  asked: ConfirmationAsked,
): Promise<void> {
  const publisher = await readPublisher(tx, keys, undefined);
  const brand = asked.brand?.name ?? publisher.brand;
  const text = confirmationText(brand, asked.language, asked.confirming);
  const sender =
    asked.brand?.sender ?? publisher.sender ?? senderFromBrand(brand, frenchDay(clock.now())) ?? '';
  const now = clock.now();
  await oweAnswer(tx, {
    inboundId: asked.codeId,
    kind: 'confirmation',
    accountId: asked.accountId,
    phoneIndex: keys.phoneIndex(asked.to),
    onDay: now.setZone(publisher.timeZone).toISODate() ?? now.toISODate(),
    newBatchId: newId(),
    at: now.toISO(),
    leaveBefore: now.plus(LEAVES_WITHIN_MS).toISO(),
    sealFor: (batchId, seq) =>
      keys.seal(answerPlace(batchId, seq), JSON.stringify({ to: asked.to, sender, text })),
  });
  await addToWorkflowOutbox(tx, [answerOwed(tx.tenantId)], clock.machine());
}

/** Limit of the wait of a person who wrote or signed up, while trials are sent. */
const ANSWERED_WITHIN_MS = 1_000;

/**
 * Sends a tenant's answers to people who wrote or signed up, then its trials; `done` when nothing is left on any
 * account. No answer waits for a trial: those that come in while one is sent are sent meanwhile.
 */
export async function sendAnswers(
  deps: ChunkDeps,
  request: Omit<SendRequest, 'batchId'>,
): Promise<Plan<PlanReason>> {
  let answers = await sendOwed(deps, request);
  const under = { way: true };
  const trials = sendTrials(deps, request).finally(() => {
    under.way = false;
  });
  try {
    while (under.way) {
      await Promise.race([trials, resting(ANSWERED_WITHIN_MS)]);
      if (under.way) answers = await sendOwed(deps, request);
    }
  } finally {
    await trials;
  }
  return soonestOf([answers, await trials]);
}

async function sendOwed(deps: ChunkDeps, request: Omit<SendRequest, 'batchId'>): Promise<Plan<PlanReason>> {
  const batches = await deps.database.withTenant(request.tenantId, async (tx) => {
    await expireLate(tx, deps.clock.now().toISO());
    return acknowledgementBatches(tx);
  });
  const plans: Plan<PlanReason>[] = [];
  for (const batchId of batches) plans.push(await sendChunk(deps, { ...request, batchId }));
  return soonestOf(plans);
}

/** No trial is started after so long; the rest has the next turn. */
const TURN_MS = 30_000;

/** Interval of looking at a waiting trial: one that is a day old ends then. */
const LONGEST_WAIT_MS = 600_000;
const AGAIN_MS = 60_000;

/** Sends the trials of campaigns, and ends those that are over; `done` when none is left. */
async function sendTrials(deps: ChunkDeps, request: Omit<SendRequest, 'batchId'>): Promise<Plan<PlanReason>> {
  const { database, clock } = deps;
  const trials = await database.withTenant(request.tenantId, async (tx) => {
    await endTrials(tx, { at: clock.now().toISO() });
    return openTrials(tx);
  });
  const startedAt = clock.monotonic();
  const plans: Plan<PlanReason>[] = [];
  for (const batchId of trials) {
    if (clock.monotonic() - startedAt > TURN_MS) return soonestOf([...plans, NEXT_TURN]);
    const trial = { ...request, batchId };
    plans.push(await lookedAtAgain(deps, trial, await sendTrial(deps, trial)));
  }
  return soonestOf(plans);
}

const NEXT_TURN: Plan<PlanReason> = {
  kind: 'send',
  because: { code: 'TRIALS', text: reasonWords('trialsWait') },
};

/** A failed trial is retried in a minute: the answers to people do not wait for it. */
async function sendTrial(deps: ChunkDeps, request: SendRequest): Promise<Plan<PlanReason>> {
  try {
    return await sendChunk(deps, request);
  } catch (fault) {
    return keepFault(deps, request, fault instanceof Error ? fault.name : 'Error');
  }
}

async function keepFault(deps: ChunkDeps, request: SendRequest, name: string): Promise<Plan<PlanReason>> {
  const nextActionAt = inSome(deps, AGAIN_MS);
  const because = {
    code: 'TRIAL_FAILED',
    text: reasonWords('trialFailed', { fault: name }),
  };
  const waiting = { ...because, until: nextActionAt };
  const plan = { state: 'open', nextActionAt, waiting } as const;
  await deps.database.withTenant(request.tenantId, (tx) =>
    keepBatchPlan(tx, request.batchId, { plan, at: deps.clock.now().toISO() }),
  );
  return placed(deps, request, { kind: 'wait', state: 'parked', waitMs: AGAIN_MS, nextActionAt, because });
}

/** A plan with a longer wait is looked at earlier and says when; its batch keeps the moment of sending. */
async function lookedAtAgain(
  deps: ChunkDeps,
  request: SendRequest,
  plan: Plan<PlanReason>,
): Promise<Plan<PlanReason>> {
  if (plan.kind !== 'wait' || plan.waitMs <= LONGEST_WAIT_MS) return plan;
  const nextActionAt = inSome(deps, LONGEST_WAIT_MS);
  return placed(deps, request, { ...plan, waitMs: LONGEST_WAIT_MS, nextActionAt });
}

const inSome = ({ clock }: ChunkDeps, ms: number): string => clock.now().plus(ms).toUTC().toISO();

async function placed(
  { database, clock }: ChunkDeps,
  request: SendRequest,
  plan: Plan<PlanReason>,
): Promise<Plan<PlanReason>> {
  const run = await database.withTenant(request.tenantId, (tx) => readRun(tx, request.batchId));
  return run === undefined ? plan : placedPlan(plan, { ...run, now: clock.now() });
}

/** Returns the plan that acts first; `done` when there is none. */
const soonestOf = (plans: readonly Plan<PlanReason>[]): Plan<PlanReason> => plans.reduce(soonest, NOTHING);

const NOTHING: Plan<PlanReason> = {
  kind: 'done',
  because: { code: 'DONE', text: reasonWords('answersSent') },
};

function soonest(one: Plan<PlanReason>, other: Plan<PlanReason>): Plan<PlanReason> {
  if (one.kind === 'send' || other.kind === 'done') return one;
  if (other.kind === 'send' || one.kind === 'done') return other;
  return one.waitMs <= other.waitMs ? one : other;
}
