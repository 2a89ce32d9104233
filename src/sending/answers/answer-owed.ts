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

/** Owes a person one answer, at most one a day; the tenant's workflow is signalled in the same commit. */
export async function oweThem(
  tx: Transaction,
  { keys, clock, newId }: { readonly keys: TenantKeys; readonly clock: Clock; readonly newId: () => string },
  answer: {
    readonly inboundId: string;
    readonly kind: AnswerKind;
    readonly accountId: string;
    /** E.164. */
    readonly to: string;
    readonly last: LastMessage | undefined;
  },
): Promise<void> {
  const { inboundId, kind, accountId, to, last } = answer;
  if (kind === 'start' && !(await mayBeInvitedBack(tx, keys.phoneIndex(to)))) return;
  const publisher = await readPublisher(tx, keys, last?.batchId);
  const text = answerText(kind, publisher);
  const now = clock.now();
  const sender = last?.sender ?? publisher.sender ?? senderFromBrand(publisher.brand, frenchDay(now)) ?? '';
  const owed = await oweAnswer(tx, {
    inboundId,
    kind: kind === 'contact' || kind === 'start' ? kind : 'stop',
    accountId,
    phoneIndex: keys.phoneIndex(to),
    onDay: now.setZone(publisher.timeZone).toISODate() ?? now.toISODate(),
    newBatchId: newId(),
    at: now.toISO(),
    sealFor: (batchId, seq) => keys.seal(answerPlace(batchId, seq), JSON.stringify({ to, sender, text })),
  });
  if (owed) await addToWorkflowOutbox(tx, [answerOwed(tx.tenantId)], clock.machine());
}

const Answer = z.object({ to: z.string(), sender: z.string(), text: z.string() });

/** Thrown for an answer that this attempt did not read: the next one does. */
class AnswerNotRead extends NotComposable {
  override readonly name = 'AnswerNotRead';
}

/** Returns the row and column that the seal of an answer is bound to. */
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
          ? withOptOut(answer.text, run, optOutMeans(account, answer.sender))
          : answer.text;
      const { parts, encoding } = measure(text);
      return { kind: 'text', ...answer, text, parts, encoding };
    },
  };
}

function withOptOut(text: string, { locale, ...run }: BatchRun, means: OptOutMeans): string {
  const territory = isTerritory(run.territory) ? run.territory : 'FR';
  const question = { purpose: 'acknowledgement', language: languageOf(locale), territory, means } as const;
  const mention = stopMention(question);
  return mention.kind === 'mention' ? `${text} ${mention.text}` : text;
}

/** Longest time from the request for a confirmation to its first byte; later, nobody waits for it any more. */
const LEAVES_WITHIN_MS = 60_000;

/** What confirms a number: digits to type, or an address to open. */
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
  confirmation: {
    /** Id of the code; one message carries it. */
    readonly codeId: string;
    readonly accountId: string;
    /** E.164. */
    readonly to: string;
    readonly language: Language;
    readonly confirming: Confirming;
    /** Replaces the tenant's own. */
    readonly brand?: { readonly name: string; readonly sender: string | null } | undefined;
  },
): Promise<void> {
  const { codeId, accountId, to, language, confirming } = confirmation;
  const publisher = await readPublisher(tx, keys, undefined);
  const brand = confirmation.brand?.name ?? publisher.brand;
  const text = confirmationText(brand, language, confirming);
  const now = clock.now();
  const sender =
    confirmation.brand?.sender ?? publisher.sender ?? senderFromBrand(brand, frenchDay(now)) ?? '';
  await oweAnswer(tx, {
    inboundId: codeId,
    kind: 'confirmation',
    accountId,
    phoneIndex: keys.phoneIndex(to),
    onDay: now.setZone(publisher.timeZone).toISODate() ?? now.toISODate(),
    newBatchId: newId(),
    at: now.toISO(),
    leaveBefore: now.plus(LEAVES_WITHIN_MS).toISO(),
    sealFor: (batchId, seq) => keys.seal(answerPlace(batchId, seq), JSON.stringify({ to, sender, text })),
  });
  await addToWorkflowOutbox(tx, [answerOwed(tx.tenantId)], clock.machine());
}

/** Longest wait of a person who wrote or signed up while trials are sent. */
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
  const progress = { areTrialsOver: false };
  const trials = sendTrials(deps, request).finally(() => {
    progress.areTrialsOver = true;
  });
  try {
    while (!progress.areTrialsOver) {
      await Promise.race([trials, resting(ANSWERED_WITHIN_MS)]);
      if (!progress.areTrialsOver) answers = await sendOwed(deps, request);
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

/** No trial is started after so long; the others wait for the next turn. */
const TURN_MS = 30_000;

/** A waiting trial is looked at again after this at the latest, so that one that is a day old ends. */
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
    plans.push(await cappedWait(deps, trial, await sendTrial(deps, trial)));
  }
  return soonestOf(plans);
}

const NEXT_TURN: Plan<PlanReason> = {
  kind: 'send',
  because: { code: 'TRIALS', text: reasonWords('trialsWait') },
};

/** Sends one trial; a failed one is retried in a minute, so that no answer to a person waits for it. */
async function sendTrial(deps: ChunkDeps, request: SendRequest): Promise<Plan<PlanReason>> {
  try {
    return await sendChunk(deps, request);
  } catch (fault) {
    return keepFault(deps, request, fault instanceof Error ? fault.name : 'Error');
  }
}

async function keepFault(deps: ChunkDeps, request: SendRequest, name: string): Promise<Plan<PlanReason>> {
  const nextActionAt = momentAfter(deps, AGAIN_MS);
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

/** Shortens a longer wait, so that the trial is looked at again; its batch keeps the moment of sending. */
async function cappedWait(
  deps: ChunkDeps,
  request: SendRequest,
  plan: Plan<PlanReason>,
): Promise<Plan<PlanReason>> {
  if (plan.kind !== 'wait' || plan.waitMs <= LONGEST_WAIT_MS) return plan;
  const nextActionAt = momentAfter(deps, LONGEST_WAIT_MS);
  return placed(deps, request, { ...plan, waitMs: LONGEST_WAIT_MS, nextActionAt });
}

const momentAfter = ({ clock }: ChunkDeps, ms: number): string => clock.now().plus(ms).toUTC().toISO();

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
