import { DateTime } from 'luxon';
import { Attempt, type Group, type AttemptTrouble } from '../attempt/attempt.ts';
import { tariffOf, type Account, type Tariff } from '../accounts/account.ts';
import { keepBatchPlan, noteBegun, readRun, type BatchRun } from './batch-run.repository.ts';
import { clearUp, handleTrouble, type ChunkDeps, type Task } from './fail-over.ts';
import { closedBy, nextPlan, placeUnknown, placedPlan, planIn, type Stuck } from './next-plan.ts';
import { keepPostponement } from './parking.repository.ts';
import { endReady, own } from './own.repository.ts';
import { isLastPage, readFollowing, readReadyPage, readRemaining, type ReadyRow } from './page.repository.ts';
import type { Plan, PlanReason } from '../../platform/index.ts';
import { allEnded } from '../../base/index.ts';
import type { TenantKeys } from '../../crypto/index.ts';
import { precedenceAt, rankOf } from '../pace/precedence.ts';
import { type Prepared, ReadyPage, type ReadyPlace } from '../compose/composing-text.ts';
import type { Unresolved } from '../uncertain/resolve-uncertain.ts';
import { ask, type Leave, Verdicts } from './verdict.ts';
import { languageOf, reasonWords } from '../../words/index.ts';

/** A chunk ends after a minute or so many messages, whichever is later, and never later than five minutes. */
const MINUTE_MS = 60_000;
const MESSAGES = 500;
const LONGEST_MS = 300_000;
/** Longer than one request time-out: on shutdown, answers are gathered and written. */
const GATHER_MS = 14_000;

/** The batch of this attempt, and the signal that stops it. */
export interface SendRequest {
  readonly tenantId: string;
  readonly batchId: string;
  /** Aborted on shutdown and cancellation: nothing more is marked, answers are gathered. */
  readonly signal: AbortSignal;
  /** ISO instant after which these messages are false, sooner than their order says. */
  readonly expireAt?: string;
}

/**
 * Claims a batch, resolves the leftovers of earlier attempts, sends what may be sent now, and returns the next
 * plan. Safe to repeat and to run twice at once: the epoch fences every mark, a mark sends a message once.
 */
export async function sendChunk(deps: ChunkDeps, request: SendRequest): Promise<Plan<PlanReason>> {
  const { run, account } = (await findRun(deps, request)) ?? {};
  if (run === undefined || account === undefined) return planBatch(deps, request);
  const ownership = await own(deps.ledger, request.tenantId, request.batchId);
  if (ownership === undefined) return planBatch(deps, request);
  const { composer, unresolved } = await clearUp(
    deps,
    { run, ownership, signal: request.signal, expireAt: expiryOf(run, request) },
    { account, composer: () => deps.composerOf(run, account) },
  );
  if (run.halted !== null || deps.clock.doubt() !== undefined) return keepPlan(deps, request, { unresolved });
  // Lower ranks step back only while messages of a higher rank are sent, not while an operator is asked for their outcome.
  const sent = await precedenceAt(account.gateway).sending(rankOf(run), () =>
    sendReady(deps, request, { run, account, composer, ownership }),
  );
  // Messages that became uncertain in this chunk have not been asked about yet.
  return keepPlan(deps, request, { ...sent, unresolved: sent.doubts > 0 ? undefined : unresolved });
}

/** Plans the next step of a batch without claiming it. */
export async function planBatch(deps: ChunkDeps, request: SendRequest): Promise<Plan<PlanReason>> {
  return keepPlan(deps, request, {});
}

/** Reads a batch; its account is undefined when this worker has no such one. */
async function findRun(
  deps: ChunkDeps,
  request: SendRequest,
): Promise<{ readonly run: BatchRun; readonly account: Account | undefined } | undefined> {
  const run = await deps.database.withTenant(request.tenantId, (tx) => readRun(tx, request.batchId));
  return run === undefined ? undefined : { run, account: deps.accounts.byId(run.accountId) };
}

interface Sent {
  readonly stuck: Stuck | undefined;
  readonly trouble: AttemptTrouble | undefined;
  readonly doubts: number;
}

async function sendReady(deps: ChunkDeps, request: SendRequest, task: Task): Promise<Sent> {
  const keys = await deps.keysOf(request.tenantId);
  const attempt = new Attempt(deps, { ...task, keys, signal: request.signal });
  const verdicts = new Verdicts(deps, task.run, expiryOf(task.run, request));
  const scan: Scan = {
    ...task,
    keys,
    attempt,
    verdicts,
    held: [],
    refused: [],
    open: new Set(),
    begun: false,
  };
  let stuck: Stuck | undefined;
  let trouble: Sent['trouble'];
  try {
    const moved = await scanUntilNothingMoves(deps, scan);
    const { held, refused } = scan;
    stuck = moved || attempt.stopped ? undefined : { heldUntil: DateTime.min(...held), refused: refused[0] };
  } finally {
    try {
      await attempt.settled(GATHER_MS);
    } finally {
      // Trouble is reported to whoever has to know, also when something else failed.
      trouble = await handleTrouble(deps, task, attempt.trouble);
    }
  }
  return { stuck, trouble, doubts: attempt.doubts };
}

interface Scan extends Task {
  readonly attempt: Attempt;
  readonly verdicts: Verdicts;
  readonly keys: TenantKeys;
  /** Places whose people may be written to now: their texts are made ahead. */
  readonly open: Set<string>;
  /** The moments at which people with a closed window may be written to. */
  readonly held: DateTime[];
  /** The reasons why people may not be written to at any known hour. */
  readonly refused: PlanReason[];
  /** True when its day of a spread has begun. */
  begun: boolean;
}

/** Scans the batch again and again until a scan moves nothing; says whether any message was moved. */
async function scanUntilNothingMoves(deps: ChunkDeps, scan: Scan): Promise<boolean> {
  const startedAt = deps.clock.monotonic();
  const isOver = (): boolean => {
    const spent = deps.clock.monotonic() - startedAt;
    return (
      scan.attempt.stopped || spent > LONGEST_MS || (spent > MINUTE_MS && scan.attempt.marked >= MESSAGES)
    );
  };
  for (let anything = false; ; anything = true) {
    if (isOver()) return anything;
    const { moved, isAll } = await scanOnce(deps, scan, isOver);
    if (isAll || moved === 0) return anything || moved > 0;
  }
}

/** Scans the batch once; `isAll` when it fitted into one page, all of which moved: the plan looks for rows added since. */
async function scanOnce(deps: ChunkDeps, scan: Scan, isOver: () => boolean) {
  let moved = 0;
  const first = new ReadyPage(scan, await readReadyPage(deps.ledger, scan.ownership, -1));
  let page = first;
  while (!isOver() && page.rows.length > 0) {
    // Read and written while this page is sent, so that nothing waits for either between two pages.
    const following = readFollowing(deps.ledger, scan.ownership, page.rows).then((rows) =>
      preparedAhead(scan, rows),
    );
    following.catch(() => undefined);
    const places = await allEnded(page.places.map((place) => sendPlace(deps, scan, place)));
    const here = places.reduce((sum, place) => sum + place.moved, 0);
    moved += here;
    // Rows that were tried and did not move met a closed gate: the plan says which.
    if (places.some((place) => place.tried && place.moved === 0)) break;
    if (page === first && here === page.rows.length && isLastPage(page.rows)) return { moved, isAll: true };
    page = await following;
  }
  return { moved, isAll: false };
}

async function sendPlace(deps: ChunkDeps, scan: Scan, place: ReadyPlace) {
  const { territory, timeZone, name } = place;
  const verdict = await scan.verdicts.on(territory, timeZone);
  if (verdict?.decision.verdict === 'allow') scan.open.add(name);
  else scan.open.delete(name);
  if (verdict === undefined) scan.refused.push(placeUnknown);
  if (verdict === undefined) return NOT_TRIED;
  const { decision } = verdict;
  if (decision.verdict === 'expire')
    return { tried: true, moved: await expire(deps, scan.run, decision.because?.code ?? 'EXPIRE_AT') };
  if (isHeldBack(scan, decision)) return NOT_TRIED;
  await noteDayBegun(deps, scan);
  const prepared = await place.prepared();
  // A row with unreadable data holds up no other, and is not excluded for our fault.
  if (prepared.length < place.rows.length) scan.refused.push(unreadable);
  let moved = 0;
  for (const priced of byTariff(scan, prepared))
    moved += await scan.attempt.send({ ...priced, verdict, territory, timeZone });
  return { tried: prepared.length > 0, moved };
}

/** Groups rows by price: people of one place may have numbers of another, which the operator charges differently. */
function byTariff({ account, run }: Task, rows: readonly Prepared[]): Pick<Group, 'rows' | 'tariff'>[] {
  const tariffs = new Map<string, { readonly rows: Prepared[]; readonly tariff: Tariff }>();
  for (const row of rows) {
    const { composed } = row;
    // An excluded recipient costs nothing at any account.
    const tariff =
      composed.kind === 'text'
        ? tariffOf(account, composed.to)
        : { territory: run.territory, price: account.priceAt?.(run.territory) };
    const group = tariffs.get(tariff.territory) ?? { rows: [], tariff };
    tariffs.set(tariff.territory, group);
    group.rows.push(row);
  }
  return [...tariffs.values()];
}

const NOT_TRIED = { tried: false, moved: 0 } as const;

/** Says whether nobody of a place may be written to now, and keeps the reason for the plan. */
function isHeldBack(scan: Scan, decision: Leave): boolean {
  const { holds } = scan.composer;
  if (decision.verdict === 'hold') scan.held.push(decision.at);
  else if (decision.verdict !== 'allow') scan.refused.push(decision.because ?? placeUnknown);
  else if (holds !== undefined) scan.refused.push(holds);
  return decision.verdict !== 'allow' || holds !== undefined;
}

/** Notes that a day of a spread has begun with its first people: the next day is counted from there. */
async function noteDayBegun({ database, clock }: ChunkDeps, scan: Scan): Promise<void> {
  const { order, tenantId, batchId } = scan.run;
  if (scan.begun || order.kind !== 'campaign' || typeof order.pace?.day !== 'number') return;
  await database.withTenant(tenantId, (tx) => noteBegun(tx, batchId, clock.now().toISO()));
  scan.begun = true;
}

const unreadable: PlanReason = { code: 'TEXT_CANNOT_RENDER', text: reasonWords('unreadable') };

const expire = (deps: ChunkDeps, { tenantId, batchId }: BatchRun, reason: string): Promise<number> =>
  deps.database.withTenant(tenantId, (tx) =>
    endReady(tx, { batchId, state: 'expired', reason, at: deps.clock.now().toISO() }),
  );

/** Returns the next page, and begins to make the texts of the people who may be written to now. */
function preparedAhead(scan: Scan, rows: readonly ReadyRow[]): ReadyPage {
  const page = new ReadyPage(scan, rows);
  for (const place of page.places) if (scan.open.has(place.name)) place.prepared().catch(() => undefined);
  return page;
}

const expiryOf = (run: BatchRun, request: SendRequest): string | null =>
  request.expireAt ?? (run.order.kind === 'campaign' ? run.order.expireAt : null);

/** Plans the next step from the ledger, and stores the plan for people and the scheduler. */
async function keepPlan(
  deps: ChunkDeps,
  request: SendRequest,
  known: { readonly unresolved?: Unresolved | undefined } & Partial<Sent>,
): Promise<Plan<PlanReason>> {
  const [found, remaining] = await Promise.all([findRun(deps, request), readRemaining(deps.ledger, request)]);
  if (found === undefined) return { kind: 'done', because: { code: 'GONE', text: reasonWords('batchGone') } };
  const { run } = found;
  const now = deps.clock.now();
  const expireAt = expiryOf(run, request);
  const decision = ask(run, { territory: run.territory, timeZone: run.timeZone, now, expireAt });
  const decided = nextPlan({
    run,
    remaining,
    hasAccount: found.account !== undefined,
    unresolved: known.unresolved,
    stuck: known.stuck,
    trouble: known.trouble,
    now,
    machineMs: deps.clock.machine(),
    closedBy: closedBy(deps.clock),
    decision,
  });
  const plan = placedPlan(decided, { ...run, now });
  await deps.database.withTenant(request.tenantId, async (tx) => {
    const kept = keptPlan(run, planIn(plan, languageOf(run.locale)));
    await keepBatchPlan(tx, request.batchId, { plan: kept, at: now.toISO() });
    if (plan.kind === 'wait' && decision?.verdict === 'hold')
      await keepPostponement(tx, {
        id: deps.newId(),
        batchId: request.batchId,
        purpose: run.purpose,
        decision,
        inputs: { expireAt, plannedAt: deps.clock.now().toISO() },
        clockRevision: deps.clock.revision,
      });
  });
  return plan;
}

/** Returns the stored form of a plan. Batches of answers never end; a series' batch ends with its series. */
function keptPlan(run: BatchRun, plan: Plan): Parameters<typeof keepBatchPlan>[2]['plan'] {
  if (plan.kind === 'wait')
    return {
      state: 'open',
      nextActionAt: plan.nextActionAt,
      waiting: { ...plan.because, until: plan.nextActionAt },
    };
  const ends = plan.kind === 'done' && (run.kind === 'campaign' || run.kind === 'test');
  return { state: ends ? 'done' : 'open', nextActionAt: null, waiting: null };
}
