import {
  type Clock,
  type Database,
  appliedMigrations,
  sealOf,
  journalDoubt,
  Refusal,
} from '../../platform/index.ts';
import { unseen } from '../../settings/index.ts';
import { isForwarded, isLocal, isLoopbackPeer, type Whence } from '../../base/index.ts';
import { calendarAlarm, lawReadyFor } from '../../law/index.ts';
import type { Conducting } from '../../temporal/index.ts';
import { BlockList, isIPv6 } from 'node:net';
import { Router } from 'express';
import type { Metrics } from './metrics.ts';
import { nameRoute } from '../server/request-log.ts';

/** The parts that readiness looks at. */
export interface ReadinessChecks {
  readonly database: Database;
  readonly clock: Clock;
  /** Resolves when Temporal answers; absent in the public server, which checks neither Temporal nor the calendar. */
  readonly temporal?: (() => Promise<void>) | undefined;
  /** Reads what Temporal knows about workers; absent in the public server. */
  readonly conducting?: (() => Promise<Conducting>) | undefined;
  /** Returns the reason why this process's journal holds the gate; undefined when it does not. */
  readonly journal: () => string | undefined;
  /** Returns the fault of the journal when it cannot be written, which alone does not hold the gate. */
  readonly journalFault: () => string | undefined;
}

/** For each part `ok`, or a sentence that says what is wrong. */
type ReadinessParts = Readonly<Record<'database' | 'migrations' | 'clock' | 'seal' | 'journal', string>> &
  // Checked in the api alone.
  Readonly<Partial<Record<'temporal' | 'law', string>>>;

export interface Looked {
  readonly parts: ReadinessParts;
  /** The unhealthy parts that keep the gate closed. */
  readonly shut: ReadonlySet<string>;
}

/** Parts that do not close the gate when they are unhealthy. */
export const BESIDES: ReadonlySet<string> = new Set(['temporal', 'migrations']);

const OK = 'ok';
const ANSWERS_WITHIN_MS = 2_000;

/** Checks all parts at once; returns within two seconds, whatever is down. */
export async function lookAtParts(checks: ReadinessChecks): Promise<Looked> {
  const { database, clock, temporal, journal, journalFault } = checks;
  const [stored, conducted] = await Promise.all([
    soon(() => lookAtDatabase(database)).catch(() => unreachable),
    temporal && lookAtTemporal(temporal),
  ]);
  const holding: ReadinessParts = {
    ...stored,
    journal: journal() ?? stored.journal,
    ...(conducted === undefined ? {} : { temporal: conducted }),
    ...(temporal === undefined ? {} : { law: lookAtLaw(clock) }),
    clock: clock.doubt() ?? OK,
  };
  const shut = Object.entries(holding).filter(([part, state]) => state !== OK && !BESIDES.has(part));
  return {
    parts: holding.journal === OK ? { ...holding, journal: journalFault() ?? OK } : holding,
    shut: new Set(shut.map(([part]) => part)),
  };
}

const lookAtTemporal = (answers: () => Promise<void>): Promise<string> =>
  soon(answers).then(
    () => OK,
    () => 'Temporal does not answer.',
  );

type Stored = Pick<ReadinessParts, 'database' | 'migrations' | 'seal' | 'journal'>;

const unreachable: Stored = {
  database: 'PostgreSQL does not answer.',
  migrations: 'unknown: PostgreSQL does not answer.',
  seal: 'unknown: PostgreSQL does not answer.',
  journal: 'unknown: PostgreSQL does not answer.',
};

async function lookAtDatabase(database: Database): Promise<Stored> {
  const { applied, seal, journal } = await database.outside(async (tx) => ({
    applied: await appliedMigrations(tx),
    seal: await sealOf(tx),
    journal: await journalDoubt(tx),
  }));
  const missing = await unseen(applied);
  return {
    database: OK,
    migrations: missing.length === 0 ? OK : `Run npm run migrate: ${missing.join(', ')}.`,
    seal: seal ?? OK,
    journal:
      journal === undefined ? OK : `${journal}: start it again, or write it off by POST /v1/journal/opening.`,
  };
}

function lookAtLaw(clock: Clock): string {
  const { year } = clock.now();
  return lawReadyFor(year) ? OK : `The public holidays of ${year} and ${year + 1} are not all known.`;
}

/** Lists the parts that work today and will soon fail. */
function warningsOf({ clock, temporal }: ReadinessChecks): readonly string[] {
  if (temporal === undefined) return [];
  const alarm = calendarAlarm(clock.now());
  return alarm === undefined ? [] : [`law: ${alarm}`];
}

async function soon<T>(look: () => Promise<T>): Promise<T> {
  const late = new AbortController();
  const timeout = new Promise<never>((_, reject) => {
    const timer = setTimeout(() => reject(new TookTooLong()), ANSWERS_WITHIN_MS);
    late.signal.addEventListener('abort', () => clearTimeout(timer));
  });
  try {
    return await Promise.race([look(), timeout]);
  } finally {
    late.abort();
  }
}

class TookTooLong extends Error {
  override readonly name = 'TookTooLong';
}

export interface FiguresShown {
  /** The figures of the whole instance, if this process counts them. */
  readonly figures?: { readonly refresh: () => Promise<void> } | undefined;
  /** Addresses and networks that may read metrics. */
  readonly metricsFrom: readonly string[];
}

/** Makes the router of the probes: alive, ready, metrics. */
export function probes(
  checks: ReadinessChecks,
  metrics: Metrics,
  { figures, metricsFrom }: FiguresShown,
): Router {
  const invited = networksOf(metricsFrom);
  return Router()
    .get('/healthz', (_, res) => {
      nameRoute(res, '/healthz');
      res.json({ status: 'ok' });
    })
    .get('/readyz', async (_, res) => {
      nameRoute(res, '/readyz');
      const { parts } = await lookAtParts(checks);
      const failing = Object.entries(parts).filter(([, state]) => state !== 'ok');
      if (failing.length === 0) {
        res.json({ status: 'ready', parts, warnings: warningsOf(checks) });
        return;
      }
      throw new Refusal(isSealed(parts) ? 'SEALED' : 'NOT_READY', { parts });
    })
    .get('/metrics', async (req, res) => {
      nameRoute(res, '/metrics');
      // Sums over all tenants are only for those who run the instance.
      if (!mayAskForFigures(req, invited)) throw new Refusal('NOT_FOUND');
      await figures?.refresh();
      res.type(metrics.registry.contentType).send(await metrics.registry.metrics());
    });
}

const isSealed = ({ database, seal }: { readonly database: string; readonly seal: string }): boolean =>
  database === 'ok' && seal !== 'ok';

export function networksOf(addresses: readonly string[]): BlockList {
  const networks = new BlockList();
  for (const one of addresses) {
    const [address = '', prefix] = one.split('/');
    const kind = familyOf(address);
    if (prefix === undefined) networks.addAddress(address, kind);
    else networks.addSubnet(address, Number(prefix), kind);
  }
  return networks;
}

/**
 * Says whether a request for metrics comes directly from one of these networks; from this machine only under its own
 * name.
 */
export function mayAskForFigures(req: Whence, networks: BlockList): boolean {
  const address = req.socket.remoteAddress ?? '';
  // A connection that has ended has no address.
  if (address === '' || !networks.check(address, familyOf(address))) return false;
  return isLoopbackPeer(address) ? isLocal(req) : !isForwarded(req);
}

const familyOf = (address: string): 'ipv4' | 'ipv6' => (isIPv6(address) ? 'ipv6' : 'ipv4');
