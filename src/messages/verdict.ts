import { DateTime } from 'luxon';
import type { Clock } from '../clock.ts';
import type { Database } from '../database/connection.ts';
import { decide, type Decision } from '../law/decide.ts';
import type { BatchRun } from './batch-run.repository.ts';
import { keepDecision } from './decision.repository.ts';
import { placeOf } from './place.ts';

/** A verdict is asked again after this; the mark tolerates 30 s at most. */
const FRESH_FOR_MS = 25_000;

/** What the law said of one locality, and when it was asked. */
export interface Verdict {
  readonly decisionId: string;
  readonly decision: Decision;
  readonly decidedAt: number;
  readonly clockRevision: number;
}

/** Asks the law once per locality and keeps what it said. */
export class Verdicts {
  readonly #database: Database;
  readonly #clock: Clock;
  readonly #newId: () => string;
  readonly #run: BatchRun;
  readonly #expireAt: string | null;
  readonly #known = new Map<string, Verdict>();

  constructor(
    deps: { readonly database: Database; readonly clock: Clock; readonly newId: () => string },
    run: BatchRun,
    expireAt: string | null,
  ) {
    this.#database = deps.database;
    this.#clock = deps.clock;
    this.#newId = deps.newId;
    this.#run = run;
    this.#expireAt = expireAt;
  }

  /** The verdict in force for a locality, stored; undefined when the place is unknown. */
  async on(territory: string, timeZone: string): Promise<Verdict | undefined> {
    const known = this.#known.get(`${territory} ${timeZone}`);
    if (known !== undefined && this.#isFresh(known)) return known;
    const asked = ask(this.#run, { territory, timeZone, now: this.#clock.now(), expireAt: this.#expireAt });
    if (asked === undefined) return undefined;
    const verdict = await this.#keep(asked);
    this.#known.set(`${territory} ${timeZone}`, verdict);
    return verdict;
  }

  #isFresh(verdict: Verdict): boolean {
    return (
      this.#clock.monotonic() - verdict.decidedAt < FRESH_FOR_MS &&
      verdict.clockRevision === this.#clock.revision
    );
  }

  async #keep(decision: Decision): Promise<Verdict> {
    const verdict = {
      decisionId: this.#newId(),
      decision,
      decidedAt: this.#clock.monotonic(),
      clockRevision: this.#clock.revision,
    };
    await this.#database.withTenant(this.#run.tenantId, (tx) =>
      keepDecision(tx, {
        id: verdict.decisionId,
        batchId: this.#run.batchId,
        purpose: this.#run.purpose,
        decision,
        inputs: { expireAt: this.#expireAt, marginMs: marginOf(this.#run) },
        clockRevision: verdict.clockRevision,
      }),
    );
    return verdict;
  }
}

/** What the law says of a batch at one instant and place. */
export function ask(
  run: BatchRun,
  about: {
    readonly territory: string;
    readonly timeZone: string;
    readonly now: DateTime;
    readonly expireAt: string | null;
  },
): Decision | undefined {
  const locality = placeOf(about.territory, about.timeZone);
  if (locality === undefined) return undefined;
  return decide({
    purpose: run.purpose,
    ...(run.kind === 'acknowledgements' ? {} : { profile: run.profile }),
    at: about.now,
    now: about.now,
    direction: 'later',
    locality,
    marginMs: marginOf(run),
    language: run.locale.startsWith('en') ? 'en' : 'fr',
    ...(run.order.kind === 'series' ? { eventAt: DateTime.fromISO(run.order.eventAt) } : {}),
    ...(about.expireAt === null ? {} : { expireAt: DateTime.fromISO(about.expireAt) }),
  });
}

const marginOf = (run: BatchRun): number => (run.order.kind === 'campaign' ? run.order.marginMs : 0);
